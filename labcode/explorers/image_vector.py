"""El explorador «Imagen y vector»: dónde queda cada píxel al aplanar una imagen, y qué hace correrla un poco.

Fotos de scikit-image (vienen dentro de su paquete): «chelsea» de Stéfan van der Walt (CC0) y «coffee» de Rachel
Michetti (CC0). El barco lo dibuja el proyecto.
"""

import base64
from functools import lru_cache
from typing import Any

import numpy as np

from labcode import text
from labcode.checks import check_bool, refuse
from labcode.explorers.base import Checked, Explorer, check_pixels, module_source, still, style, within
from labcode.explorers.pictures import png

SIDE, MARGIN = 32, 4  # lado de la imagen, y cuánto más se ve de cada foto para poder correrla
WIDE = SIDE + 2 * MARGIN
CHANNELS = ("rojo", "verde", "azul")
# Recorte [fila, columna, lado] de cada foto: lo que se reconoce en 32 × 32.
CROPS = {"chelsea": (10, 60, 240), "coffee": (8, 110, 360)}
OWN = "propia"


@lru_cache
def photo(name: str) -> np.ndarray:
    """Una foto de `CROPS`, uint8 [40, 40, 3]: cada píxel es la media de un cuadrado de la foto."""
    from skimage import data

    row, column, side = CROPS[name]
    block = side // WIDE
    crop = getattr(data, name)()[row : row + side, column : column + side]
    means = crop.reshape(WIDE, block, WIDE, block, 3).astype(float).mean(axis=(1, 3))
    return means.round().astype(np.uint8)


def ship() -> np.ndarray:
    """Un barco dibujado con colores parejos, uint8 [40, 40, 3]."""
    rows, columns = np.mgrid[:WIDE, :WIDE]
    image = np.full((WIDE, WIDE, 3), (150, 200, 235), np.uint8)
    image[rows >= 28] = (30, 80, 150)
    image[(rows - 9) ** 2 + (columns - 31) ** 2 <= 12] = (250, 205, 70)
    image[(rows >= 8) & (rows <= 24) & (columns >= 20) & (columns - 20 <= (rows - 8) * 0.6)] = (245, 245, 240)
    image[(rows >= 11) & (rows <= 24) & (columns <= 17) & (17 - columns <= (rows - 11) * 0.6)] = (225, 225, 215)
    image[(rows >= 7) & (rows <= 26) & (columns >= 18) & (columns <= 19)] = (95, 65, 45)
    image[(rows >= 26) & (rows <= 31) & (columns >= rows - 19) & (columns <= 57 - rows)] = (175, 45, 40)
    return image


def pictures() -> dict[str, dict[str, str]]:
    """Las imágenes del explorador: `{nombre: {"label", "data"}}`; `data` es base64 de los bytes [40, 40, 3]."""
    arrays = {"gata": ("Gata", photo("chelsea")), "cafe": ("Café", photo("coffee")), "barco": ("Barco dibujado", ship())}
    return {name: {"label": label, "data": base64.b64encode(a.tobytes()).decode()} for name, (label, a) in arrays.items()}


def widen(image: np.ndarray) -> np.ndarray:
    """Agranda una imagen [32, 32, 3] a [40, 40, 3] repitiendo su borde: así hay qué mostrar al correrla."""
    return np.pad(image, ((MARGIN, MARGIN), (MARGIN, MARGIN), (0, 0)), mode="edge")


def window(wide: np.ndarray, down: int = 0, right: int = 0) -> np.ndarray:
    """La imagen [32, 32, 3] que se ve cuando la escena [40, 40, 3] se corre `down` píxeles abajo y `right` a la derecha."""
    row, column = MARGIN - down, MARGIN - right
    return wide[row : row + SIDE, column : column + SIDE]


def flatten(image: np.ndarray) -> np.ndarray:
    """El vector [3072] de una imagen [32, 32, 3], en el orden de PyTorch: todo el rojo, todo el verde, todo el azul."""
    return image.transpose(2, 0, 1).ravel()


def _check_picture(name: str, value: Any) -> str:
    options = [*pictures(), OWN]
    if value not in options:
        raise refuse(name, value, "uno de " + ", ".join(map(repr, options)), "'gata'")
    return value


def _check_pictures(name: str, value: Any) -> dict[str, dict[str, str]]:
    if value != pictures():
        raise refuse(name, "…", "el que trae el explorador; para otra imagen está `image`", "ImageVectorExplorer(image=imagen)")
    return value


def _check_image(name: str, value: Any) -> list | None:
    return None if value is None else check_pixels(name, value).astype(int).tolist()


def _check_caption(name: str, value: Any) -> str:
    if not isinstance(value, str) or not 1 <= len(value.strip()) <= 20:
        raise refuse(name, value, "un texto de 1 a 20 letras", "'Figura'")
    return value.strip()


class ImageVectorExplorer(Explorer):
    """Una imagen de 32×32×3 y su vector de 3072 números: buscar un píxel en el vector, y al revés, y correr la imagen.

    Args:
        shown: qué imagen se ve: «gata», «cafe», «barco» o, si se dio `image`, «propia».
        image: una imagen propia, enteros de 0 a 255 de forma [3, 32, 32] o [32, 32, 3]; su borde se repite al correrla.
        caption: cómo se llama esa imagen, de 1 a 20 letras.
        row: fila del píxel elegido, de 0 a 31.
        column: columna del píxel elegido, de 0 a 31.
        channel: canal elegido: 0 rojo, 1 verde, 2 azul.
        down: píxeles que la imagen se corre hacia abajo, de −4 a 4.
        right: píxeles que la imagen se corre hacia la derecha, de −4 a 4.
        predict: con `False`, la imagen corrida se muestra sin pedir antes una predicción.

    Raises:
        ValueError: si un valor no se admite (también es `TraitError`).
    """

    name = "image-vector"
    parts = ("math.js", "common.js", "kernel_canvas.js", "image_vector_core.js", "image_vector_views.js", "image_vector.js")
    _esm = module_source(parts)
    _css = style()

    shown = Checked(_check_picture, "gata")
    image = Checked(_check_image, None)
    caption = Checked(_check_caption, "Propia")
    pictures = Checked(_check_pictures, {})
    row = Checked(within(0, SIDE - 1, 14), 14)
    column = Checked(within(0, SIDE - 1, 12), 12)
    channel = Checked(within(0, 2, 1), 1)
    down = Checked(within(-MARGIN, MARGIN, 0), 0)
    right = Checked(within(-MARGIN, MARGIN, 1), 0)
    predict = Checked(check_bool, True)

    def __init__(self, **values: Any) -> None:
        super().__init__(**{"pictures": pictures(), **values})

    def scene(self) -> np.ndarray:
        """La imagen que se ve con sus orillas, uint8 [40, 40, 3]."""
        if self.shown == OWN and self.image is not None:
            return widen(np.array(self.image, np.uint8))
        data = self.pictures.get(self.shown, self.pictures["gata"])["data"]
        return np.frombuffer(base64.b64decode(data), np.uint8).reshape(WIDE, WIDE, 3)

    def picture(self) -> str:
        """La imagen, la misma corrida un píxel y sus vectores, como SVG con su descripción."""
        before, after = window(self.scene()), window(self.scene(), right=1)
        old, new = flatten(before), flatten(after)
        changed = int((old != new).sum())
        said = f"cambian {text.integer(changed)} de {text.integer(old.size)} números"
        alt = f"Una imagen de 32 × 32 × 3, la misma corrida un píxel a la derecha y sus vectores, en tres tramos: {said}."
        strips = "".join(_strip(330 + 62 * c, c, old, new) for c in range(3))
        return still(
            alt, 530, 15,
            f'{_panel(0, "La imagen", before)}'
            f"{_panel(360, 'Corrida un píxel a la derecha', after)}"
            f'<text x="0" y="312">El vector de cada una: {said}.</text>{strips}'
        )


def _panel(x: int, title: str, image: np.ndarray) -> str:
    return (
        f'<text x="{x}" y="16">{title}</text>'
        f'<image x="{x}" y="28" width="256" height="256" style="image-rendering:pixelated" href="{png(image)}"/>'
    )


def _strip(y: int, channel: int, old: np.ndarray, new: np.ndarray) -> str:
    """El tramo de un canal en los dos vectores, uno sobre otro, como dos códigos de barras."""
    part = slice(1024 * channel, 1024 * (channel + 1))
    rows = np.zeros((2, 1024, 3), np.uint8)
    rows[:, :, channel] = np.stack([old[part], new[part]])
    return (
        f'<text x="0" y="{y + 14}">{CHANNELS[channel]}, posiciones {1024 * channel} a {1024 * channel + 1023}</text>'
        f'<image x="0" y="{y + 20}" width="680" height="30" preserveAspectRatio="none" style="image-rendering:pixelated" href="{png(rows)}"/>'
    )
