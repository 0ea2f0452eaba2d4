"""Las imágenes de los exploradores de la CNN: 32 × 32 a color, todas locales. Ninguna es de CIFAR-10.

Fotos de scikit-image (vienen dentro de su paquete): «chelsea» de Stéfan van der Walt (CC0), «astronaut» de la NASA
(dominio público) y la silueta «horse» de Andreas Preuss (CC0), aquí coloreada. Las demás las dibuja el proyecto.
"""

import base64
from functools import lru_cache
from typing import Any

import numpy as np

SIDE, FINE = 32, 8  # los dibujos se hacen 8 veces más grandes y se promedian
BLANK, OWN = "blanco", "propia"
Color = tuple[int, int, int]
# Con qué se pinta: nombre y color. La letra de cada uno en `paint` es la de su lugar: a, b, c…
PALETTE: dict[str, Color] = {
    "negro": (20, 20, 24), "gris": (128, 128, 128), "blanco": (245, 245, 245), "rojo": (200, 40, 40), "café": (120, 75, 40),
    "amarillo": (245, 205, 70), "verde": (80, 140, 55), "celeste": (140, 190, 235), "azul": (30, 70, 150),
}  # fmt: skip


class Canvas:
    """Un dibujo de 32 × 32 en construcción: cada método pinta encima, en coordenadas de píxel (x, y)."""

    def __init__(self, top: Color, bottom: Color) -> None:
        ramp = np.linspace(0, 1, SIDE * FINE)[:, None, None]
        self.pixels = np.repeat(np.array(top) * (1 - ramp) + np.array(bottom) * ramp, SIDE * FINE, axis=1)

    def polygon(self, points: list[tuple[float, float]], color: Color) -> None:
        """Pinta un polígono."""
        from skimage.draw import polygon

        x, y = np.array(points).T * FINE
        self.pixels[polygon(y, x, self.pixels.shape[:2])] = color

    def box(self, left: float, top: float, right: float, bottom: float, color: Color) -> None:
        """Pinta un rectángulo."""
        rows, columns = (slice(round(a * FINE), round(b * FINE)) for a, b in ((top, bottom), (left, right)))
        self.pixels[rows, columns] = color

    def ellipse(self, x: float, y: float, wide: float, high: float, color: Color) -> None:
        """Pinta una elipse de semiejes `wide` y `high`."""
        from skimage.draw import ellipse

        self.pixels[ellipse(y * FINE, x * FINE, high * FINE, wide * FINE, self.pixels.shape[:2])] = color

    def finish(self) -> np.ndarray:
        """El dibujo, uint8 [32, 32, 3]."""
        return shrink(self.pixels)


def shrink(pixels: np.ndarray) -> np.ndarray:
    """Promedia una imagen cuadrada, de lado múltiplo de 32, hasta [32, 32, 3] uint8."""
    block = len(pixels) // SIDE
    return pixels.reshape(SIDE, block, SIDE, block, 3).mean(axis=(1, 3)).round().astype(np.uint8)


def photo(name: str, row: int, column: int, side: int) -> np.ndarray:
    """Un recorte cuadrado de una foto de scikit-image, reducido a 32 × 32."""
    from skimage import data

    return shrink(getattr(data, name)()[row : row + side, column : column + side].astype(float))


def plane() -> np.ndarray:
    """Un avión en el cielo."""
    c = Canvas((95, 150, 215), (190, 215, 240))
    c.polygon([(12, 17), (20, 17), (9, 27), (6, 27)], (150, 155, 165))
    c.polygon([(14, 15), (20, 15), (15, 8), (13, 8)], (165, 170, 180))
    c.ellipse(16, 16, 13.5, 2.3, (225, 228, 232))
    c.polygon([(2.5, 15.5), (7, 15), (4, 8), (1.5, 8)], (200, 60, 50))
    c.ellipse(27, 15.3, 1.5, 0.7, (60, 80, 110))
    return c.finish()


def ship() -> np.ndarray:
    """Un barco en el mar."""
    c = Canvas((150, 190, 230), (205, 220, 235))
    c.box(0, 21, 32, 32, (45, 85, 125))
    c.polygon([(2, 19), (30, 19), (27, 25), (5, 25)], (60, 65, 80))
    for box in ((4, 18, 29, 19.3, (170, 50, 40)), (8, 13, 20, 18, (235, 235, 230)), (10, 10, 17, 13, (220, 220, 215)),
                (12, 6, 15, 10, (190, 60, 45)), (24, 9, 24.7, 18, (90, 80, 70)), (0, 25, 32, 32, (40, 75, 115))):  # fmt: skip
        c.box(*box)
    for x in (9.5, 12.5, 15.5, 18):
        c.box(x, 14.5, x + 1.2, 16, (70, 100, 130))
    return c.finish()


def car() -> np.ndarray:
    """Un auto en la calle."""
    c = Canvas((170, 190, 205), (200, 205, 210))
    c.box(0, 20, 32, 32, (120, 120, 122))
    c.polygon([(8, 16), (12, 10), (21, 10), (26, 16)], (150, 30, 35))
    c.polygon([(10, 15.5), (13, 11.2), (16.2, 11.2), (16.2, 15.5)], (60, 80, 95))
    c.polygon([(17.2, 11.2), (20.5, 11.2), (24, 15.5), (17.2, 15.5)], (60, 80, 95))
    c.polygon([(2.5, 17), (5, 15.5), (26, 15.5), (29.5, 18), (29.5, 23), (2.5, 23)], (190, 35, 40))
    _wheels(c, (9, 23.5), 23, 3.4)
    c.ellipse(29, 18.8, 0.9, 0.8, (250, 235, 170))
    return c.finish()


def truck() -> np.ndarray:
    """Un camión en la calle."""
    c = Canvas((175, 195, 215), (205, 210, 215))
    c.box(0, 23, 32, 32, (110, 110, 112))
    c.box(9, 6, 30, 22, (238, 238, 236))
    c.box(9, 12, 30, 15, (60, 110, 170))
    c.polygon([(1.5, 22), (1.5, 14.5), (4, 10), (9, 10), (9, 22)], (45, 95, 160))
    c.polygon([(2.7, 14.5), (4.6, 11.2), (7.7, 11.2), (7.7, 14.5)], (180, 205, 225))
    c.box(1.5, 20.5, 30, 23.5, (60, 60, 65))
    _wheels(c, (6, 21, 26.5), 24.5, 2.7)
    return c.finish()


def _wheels(c: Canvas, columns: tuple[float, ...], y: float, radius: float) -> None:
    for x in columns:
        c.ellipse(x, y, radius, radius, (25, 25, 28))
        c.ellipse(x, y, radius * 0.43, radius * 0.43, (165, 165, 170))


def horse() -> np.ndarray:
    """La silueta de un caballo, café, en un prado."""
    from skimage import data

    c = Canvas((160, 200, 235), (215, 225, 230))
    c.box(0, 20, 32, 32, (95, 130, 60))
    shadow = ~data.horse()  # [328, 400]
    rows, columns = np.arange(205) * 328 // 205, np.arange(250) * 400 // 250
    c.pixels[30:235, 3:253][shadow[rows][:, columns]] = (115, 70, 40)
    return c.finish()


def frog() -> np.ndarray:
    """Una rana de frente."""
    c = Canvas((70, 120, 60), (60, 95, 45))
    for x, y, wide, high, color in (
        (16, 19, 10, 7, (110, 160, 50)), (11, 12, 3.3, 3.3, (120, 170, 55)), (21, 12, 3.3, 3.3, (120, 170, 55)),
        (16, 15, 8, 5, (120, 170, 55)), (11, 11.5, 1.6, 1.9, (20, 25, 15)), (21, 11.5, 1.6, 1.9, (20, 25, 15)),
        (16, 22, 6, 3.4, (205, 215, 150)), (6, 25, 4, 2, (95, 145, 45)), (26, 25, 4, 2, (95, 145, 45)),
    ):  # fmt: skip
        c.ellipse(x, y, wide, high, color)
    c.box(11, 17.6, 21, 18.1, (60, 90, 30))
    return c.finish()


# Nombre, etiqueta, clase (su índice en CIFAR-10, o None si no es de ninguna) y cómo se hace.
_MADE: dict[str, tuple[str, int | None, Any]] = {
    "gata": ("Gata", 3, lambda: photo("chelsea", 0, 75, 288)),
    "avion": ("Avión", 0, plane),
    "barco": ("Barco", 8, ship),
    "caballo": ("Caballo", 7, horse),
    "auto": ("Auto", 1, car),
    "camion": ("Camión", 9, truck),
    "rana": ("Rana", 6, frog),
    "astronauta": ("Astronauta", None, lambda: photo("astronaut", 0, 100, 256)),
}
LABELS = {name: label for name, (label, _, _) in _MADE.items()}


@lru_cache
def picture(name: str) -> np.ndarray:
    """Una imagen uint8 [32, 32, 3]; no se escribe en ella.

    Args:
        name: una clave de `LABELS`, o «blanco».
    """
    pixels = np.full((SIDE, SIDE, 3), PALETTE["blanco"], np.uint8) if name == BLANK else _MADE[name][2]()
    pixels.setflags(write=False)
    return pixels


def encode(pixels: np.ndarray) -> str:
    """Los bytes de una imagen [32, 32, 3], en base64."""
    return base64.b64encode(pixels.astype(np.uint8).tobytes()).decode()


def decode(data: str) -> np.ndarray:
    """La imagen [32, 32, 3] que dice un texto en base64."""
    return np.frombuffer(base64.b64decode(data), np.uint8).reshape(SIDE, SIDE, 3)


@lru_cache
def pictures() -> dict[str, dict[str, Any]]:
    """Las imágenes como las recibe un explorador: `{nombre: {"label", "truth", "data"}}`."""
    made = {name: {"label": label, "truth": truth, "data": encode(picture(name))} for name, (label, truth, _) in _MADE.items()}
    return {**made, BLANK: {"label": "En blanco", "truth": None, "data": encode(picture(BLANK))}}
