"""La CNN de la clase en la página: predecir lo que dirá, pintar la imagen y abrir cada número de cada etapa."""

import base64
import html
import re
from typing import Any

import numpy as np

from labcode import text
from labcode.checks import check_bool, check_choice, refuse
from labcode.explorers.base import Checked, Explorer, check_pixels, module_source, not_pixels, still, style
from labcode.explorers.cnn_forward import check_network, forward
from labcode.explorers.cnn_pictures import BLANK, OWN, PALETTE, SIDE, decode, encode, pictures
from labcode.explorers.pictures import png, signed

STAGES = {
    "input": "Entrada", "conv1": "Convolución 1", "relu1": "ReLU 1", "pool1": "Max pooling 1", "conv2": "Convolución 2",
    "relu2": "ReLU 2", "pool2": "Max pooling 2", "dense1": "Densa 1", "dense2": "Densa 2", "output": "Salida",
}  # fmt: skip
MISSING = "Faltan los pesos de la red, y aquí no se inventa ninguno. Se entrena con: python -m labcode train CNN"


def check_image(name: str, value: Any) -> str:
    """Admite una imagen de enteros de 0 a 255, [32, 32, 3] o [3, 32, 32], o su base64; devuelve el base64 («» si no hay).

    Raises:
        ValueError: si no es una imagen así.
    """
    return _check_text(name, value) if isinstance(value, str) else encode(check_pixels(name, value))


def _check_text(name: str, value: str) -> str:
    try:
        long = len(base64.b64decode(value, validate=True))
    except ValueError:
        raise not_pixels(name) from None
    if long not in (0, 3 * SIDE * SIDE):
        raise not_pixels(name)
    return value


def read_paint(value: str) -> np.ndarray | None:
    """El color pintado en cada píxel, [1024] (−1 donde no se tocó), o None si el texto no se entiende."""
    if value == "":
        return np.full(SIDE * SIDE, -1)
    if not re.fullmatch(r"([0-9]{1,4}[a-z-])+", value):
        return None
    runs = [(int(n), -1 if letter == "-" else ord(letter) - 97) for n, letter in re.findall(r"([0-9]+)([a-z-])", value)]
    fits = sum(n for n, _ in runs) == SIDE * SIDE and all(n > 0 and color < len(PALETTE) for n, color in runs)
    return np.concatenate([np.full(n, color) for n, color in runs]) if fits else None


def _check_paint(name: str, value: Any) -> str:
    if not isinstance(value, str) or read_paint(value) is None:
        raise refuse(name, "…", "un texto de corridas que sumen 1024 píxeles, «cuántos» y letra del color o «-»", "'500-24d500-'")
    return value


def check_shown(name: str, value: Any) -> str:
    """Exige el nombre de una imagen: una de `pictures()` o «propia»."""
    return check_choice(name, value, [*pictures(), OWN])


def check_pictures(name: str, value: Any) -> dict[str, Any]:
    """Exige las imágenes que trae el explorador."""
    if value != pictures():
        raise refuse(name, "…", "el que trae el explorador; para otra imagen está `image`", "CNNExplorer(image=imagen)")
    return value


def _check_palette(name: str, value: Any) -> list[list[Any]]:
    if value != _palette():
        raise refuse(name, "…", "la que trae el explorador", "CNNExplorer()")
    return value


def _palette() -> list[list[Any]]:
    return [[name, list(color)] for name, color in PALETTE.items()]


def _check_stage(name: str, value: Any) -> str:
    return check_choice(name, value, STAGES)


def _check_cell(name: str, value: Any) -> list[int]:
    try:
        cell = [x for x in value if isinstance(x, int) and not isinstance(x, bool) and 0 <= x < 256]
    except TypeError:
        cell = []
    if len(cell) != 3 or len(value) != 3:
        raise refuse(name, value, "[canal, fila, columna], enteros desde 0", [0, 13, 13])
    return cell


class PictureExplorer(Explorer):
    """Lo común de los exploradores que corren la CNN ante una imagen, de las que traen o propia."""

    network = Checked(check_network, None)
    pictures = Checked(check_pictures, {})
    shown = Checked(check_shown, "gata")
    image = Checked(check_image, "")
    predict = Checked(check_bool, True)

    def __init__(self, **values: Any) -> None:
        if "image" in values and "shown" not in values:
            values["shown"] = OWN
        super().__init__(**{"pictures": pictures(), **values})

    def pixels(self) -> np.ndarray:
        """La imagen elegida: uint8 [32, 32, 3]."""
        return decode(self.image if self.shown == OWN and self.image else self.pictures[self.shown if self.shown != OWN else BLANK]["data"])


class CNNExplorer(PictureExplorer):
    """La CNN de la clase, entrenada, corriendo en la página: cada mapa y cada neurona ante una imagen que se elige o pinta.

    Args:
        network: la red, como la da `labcode.views.cnn.network()`; con None, el explorador dice que faltan los pesos.
        shown: qué imagen se ve: una de `pictures()` o, si se dio `image`, «propia».
        image: una imagen propia, enteros de 0 a 255 de forma [3, 32, 32] o [32, 32, 3]; se lee como base64.
        paint: lo pintado encima: corridas de «cuántos» y letra del color (o «-»), que suman 1024; «» es nada.
        stage: etapa de la celda elegida: una de `STAGES`.
        cell: la celda elegida, [canal, fila, columna], desde 0.
        predict: con `False`, los números se muestran sin pedir antes una predicción.

    Raises:
        ValueError: si un valor no se admite (también es `TraitError`).
    """

    name = "cnn"
    parts = (
        "math.js", "common.js", "kernel_canvas.js", "cnn_core.js", "cnn_image.js", "cnn_text.js", "cnn_draw.js",
        "cnn_panels.js", "cnn_detail.js", "cnn.js",
    )  # fmt: skip
    _esm = module_source(parts)
    _css = style()

    palette = Checked(_check_palette, [])
    paint = Checked(_check_paint, "")
    stage = Checked(_check_stage, "conv1")
    cell = Checked(_check_cell, [0, 13, 13])

    def __init__(self, **values: Any) -> None:
        super().__init__(**{"palette": _palette(), **values})

    def pixels(self) -> np.ndarray:
        """La imagen que ve la red, con lo pintado: uint8 [32, 32, 3]."""
        pixels, paint = super().pixels().reshape(-1, 3).copy(), read_paint(self.paint)
        pixels[paint >= 0] = np.array(list(PALETTE.values()), np.uint8)[paint[paint >= 0]]
        return pixels.reshape(SIDE, SIDE, 3)

    def picture(self) -> str:
        """La imagen, los mapas de cada etapa y las diez probabilidades, como SVG con su descripción."""
        if self.network is None:
            return missing_picture()
        image = self.pixels()
        maps = {name: values[0] for name, values in forward(self.network, image[None]).items()}
        chances, classes = 100 * maps["probabilities"], self.network["classes"]
        best = chances.argsort()[::-1][:3]
        alt = f"La CNN de la clase ante una imagen. Dice: {', '.join(f'{classes[i]} {text.percent(chances[i], 0)}' for i in best)}"
        rows = "".join(_maps(x, y, name, maps[name], columns, size) for name, x, y, columns, size in _PLACES)
        return still(
            f"{alt}.", 700, 14,
            '<text x="0" y="16">Entrada: 32 × 32 × 3</text>'
            f"{_image(0, 26, 192, image)}{_bars(230, chances, classes)}{rows}"
        )


# Etapa, lugar, columnas y lado de cada mapa en el dibujo fijo.
_PLACES = (
    ("conv1", 0, 250, 3, 68), ("relu1", 236, 250, 3, 68), ("pool1", 472, 250, 3, 68),
    ("conv2", 0, 430, 4, 50), ("relu2", 236, 430, 4, 50), ("pool2", 472, 430, 4, 50),
)  # fmt: skip


def missing_picture() -> str:
    """El dibujo fijo de una red sin pesos: dice que faltan y cómo se consiguen."""
    first, second = MISSING.split(". ")
    return still(f"{MISSING}.", 60, 14, f'<text x="0" y="24">{first}.</text><text x="0" y="48">{second}</text>')


def _image(x: float, y: float, side: float, pixels: np.ndarray) -> str:
    return f'<image x="{x}" y="{y}" width="{side}" height="{side}" style="image-rendering:pixelated" href="{png(pixels)}"/>'


def _maps(x: int, y: int, name: str, values: np.ndarray, columns: int, size: int) -> str:
    """Los mapas de una etapa, en una sola imagen con una línea entre ellos."""
    channels, side, _ = values.shape
    rows = -(-channels // columns)
    sheet = np.zeros((rows * columns, side, side))
    sheet[:channels] = values
    flat = sheet.reshape(rows, columns, side, side).transpose(0, 2, 1, 3).reshape(rows * side, columns * side)
    lines = "".join(
        f'<rect x="{x + c % columns * size}" y="{y + 10 + c // columns * size}" width="{size}" height="{size}" fill="none" stroke="currentColor" stroke-opacity=".5"/>'
        for c in range(channels)
    )
    return (
        f'<text x="{x}" y="{y}" font-size="13">{STAGES[name]}: {channels} de {side} × {side}</text>'
        f'<image x="{x}" y="{y + 10}" width="{columns * size}" height="{rows * size}" preserveAspectRatio="none"'
        f' style="image-rendering:pixelated" href="{png(signed(flat))}"/>{lines}'
    )


def _bars(x: int, chances: np.ndarray, classes: list[str]) -> str:
    return "".join(
        f'<text x="{x}" y="{38 + 19 * i}">{html.escape(name)}</text><rect x="{x + 70}" y="{27 + 19 * i}" width="{2.6 * chance:.1f}" height="12" fill="#D55E00"/>'
        f'<text x="{x + 340}" y="{38 + 19 * i}">{text.percent(chance, 0)}</text>'
        for i, (name, chance) in enumerate(zip(classes, chances))
    )
