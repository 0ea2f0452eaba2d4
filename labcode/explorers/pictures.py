"""Las imágenes del explorador de núcleos y los dibujos fijos: todo local, nada se descarga.

Fotos de scikit-image (vienen dentro de su paquete): «camera» de Lav Varshney (CC0), «astronaut» de la NASA
(dominio público) y «coffee» de Rachel Michetti (CC0).
"""

import base64
import struct
import zlib
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np

SIDE = 48
# Recorte [fila, columna, lado] de cada foto: lo que se reconoce en 48 × 48.
CROPS = {"camera": (20, 100, 336), "astronaut": (0, 100, 240), "coffee": (8, 110, 384)}
GRIDS = {
    "digit": ["00000000", "01999990", "01900000", "01988600", "00000190", "00000190", "01988600", "00000000"],
    "pattern": ["000", "012", "034"],
}
LABELS = {
    "camera": "Camarógrafo",
    "astronaut": "Astronauta",
    "coffee": "Café",
    "digit": "Un dígito",
    "pattern": "Patrón 1-2-3-4",
}


@lru_cache
def picture(name: str) -> tuple[tuple[int, ...], ...]:
    """Una imagen en gris, como filas de enteros: fotos de 48 × 48 en [0, 255], cuadrículas en [0, 9].

    Args:
        name: una clave de `LABELS`.
    """
    if name in GRIDS:
        return tuple(tuple(map(int, row)) for row in GRIDS[name])
    row, column, side = CROPS[name]
    crop = load(name)[row : row + side, column : column + side]
    block = side // SIDE
    means = crop.reshape(SIDE, block, SIDE, block).mean(axis=(1, 3))
    return tuple(tuple(int(x) for x in line) for line in means.round())


def load(name: str) -> np.ndarray:
    """Una foto de scikit-image en gris, float64 [alto, ancho] en [0, 255] (luminancia Rec. 709)."""
    from skimage import data

    photo: Callable[[], np.ndarray] = getattr(data, name)
    pixels = photo().astype(float)
    return pixels @ [0.2125, 0.7154, 0.0721] if pixels.ndim == 3 else pixels


def pictures() -> dict[str, Any]:
    """Todas las imágenes, como las recibe el explorador: `{nombre: {"label", "rows"}}`."""
    return {name: {"label": label, "rows": [list(row) for row in picture(name)]} for name, label in LABELS.items()}


def correlate(image: np.ndarray, kernel: np.ndarray, stride: int, padding: int, dilation: int) -> np.ndarray | None:
    """Correlación cruzada [alto, ancho] * [k, k] → [m, m']; `None` si el núcleo no cabe."""
    k = len(kernel)
    span = dilation * (k - 1) + 1
    padded = np.pad(image, padding)
    if min(padded.shape) < span:
        return None
    windows = np.lib.stride_tricks.sliding_window_view(padded, (span, span))
    return np.einsum("rcij,ij->rc", windows[::stride, ::stride, ::dilation, ::dilation], kernel)


def png(pixels: np.ndarray) -> str:
    """Una imagen uint8 [alto, ancho, 3] como `data:` URL de un PNG (un píxel por dato)."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    height, width, _ = pixels.shape
    lines = b"".join(b"\0" + line.tobytes() for line in pixels)
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(lines, 9)) + chunk(b"IEND", b"")
    return "data:image/png;base64," + base64.b64encode(b"\x89PNG\r\n\x1a\n" + body).decode()


def gray(values: np.ndarray, white: float) -> np.ndarray:
    """Valores [alto, ancho] a gris uint8 [alto, ancho, 3]: 0 es negro y `white`, blanco."""
    level = (np.clip(values / white, 0, 1) * 255).round().astype(np.uint8)
    return np.repeat(level[:, :, None], 3, axis=2)


def signed(values: np.ndarray) -> np.ndarray:
    """Valores con signo a color uint8 [alto, ancho, 3]: azul bajo 0, blanco en 0, naranja sobre 0."""
    reach = np.abs(values).max() or 1.0
    share = np.abs(values / reach)[:, :, None]
    end = np.where(values[:, :, None] < 0, [0, 114, 178], [213, 94, 0])
    return (255 + (end - 255) * share).round().astype(np.uint8)
