"""El pincel de oclusión: tapar un cuadrado de la imagen y ver cuánto baja la probabilidad de lo que la red dice.

Fuente: Zeiler y Fergus (2014), sección 4.2.
"""

import html
from typing import Any

import numpy as np

from labcode import text
from labcode.explorers.base import Checked, among, module_source, still, style, within
from labcode.explorers.cnn import PictureExplorer, missing_picture
from labcode.explorers.cnn_forward import forward
from labcode.explorers.cnn_pictures import SIDE
from labcode.explorers.pictures import png

FILLS = ("medio", "negro", "blanco")


def fill_color(fill: str, network: dict[str, Any]) -> np.ndarray:
    """El color con que se tapa, [3]: el medio de CIFAR-10 (tras normalizar, ceros), negro o blanco."""
    return {"medio": np.round(network["mean"]), "negro": np.zeros(3), "blanco": np.full(3, 255.0)}[fill].astype(np.uint8)


def occlude(image: np.ndarray, row: int, column: int, size: int, color: np.ndarray) -> np.ndarray:
    """Una copia de la imagen [32, 32, 3] con un cuadrado de lado `size` centrado en (row, column), recortado al borde."""
    covered, top, left = image.copy(), row - size // 2, column - size // 2
    covered[max(0, top) : max(0, top + size), max(0, left) : max(0, left + size)] = color
    return covered


def heat_map(network: dict[str, Any], image: np.ndarray, size: int, color: np.ndarray, step: int = 1) -> np.ndarray:
    """Cuánto baja la probabilidad de la clase elegida al tapar cada lugar: [32 / step, 32 / step], de −1 a 1."""
    centres = range(step // 2, SIDE, step)
    covered = np.stack([occlude(image, row, column, size, color) for row in centres for column in centres])
    before = forward(network, image[None])["probabilities"][0]
    after = np.concatenate([forward(network, part)["probabilities"] for part in np.array_split(covered, -(-len(covered) // 64))])
    return (before.max() - after[:, before.argmax()]).reshape(len(centres), -1)


class OcclusionExplorer(PictureExplorer):
    """Tapar un cuadrado de la imagen: la probabilidad de la clase elegida, y el mapa de cuánto baja en cada lugar.

    Args:
        network: la red, como la da `labcode.views.cnn.network()`; con None, el explorador dice que faltan los pesos.
        shown: qué imagen se ve: una de las que trae o, si se dio `image`, «propia».
        image: una imagen propia, enteros de 0 a 255 de forma [3, 32, 32] o [32, 32, 3]; se lee como base64.
        row: fila del centro del cuadrado, de 0 a 31.
        column: columna del centro, de 0 a 31.
        size: lado del cuadrado, de 1 a 20.
        fill: con qué se tapa: «medio» (el color medio de CIFAR-10), «negro» o «blanco».
        predict: con `False`, el mapa se muestra sin pedir antes una predicción.

    Raises:
        ValueError: si un valor no se admite (también es `TraitError`).
    """

    name = "occlusion"
    parts = (
        "math.js", "common.js", "kernel_canvas.js", "cnn_core.js", "cnn_image.js", "cnn_text.js", "cnn_draw.js",
        "cnn_panels.js", "occlusion_core.js", "occlusion.js",
    )  # fmt: skip
    _esm = module_source(parts)
    _css = style()

    row = Checked(within(0, SIDE - 1, 16), 16)
    column = Checked(within(0, SIDE - 1, 16), 16)
    size = Checked(within(1, 20, 8), 8)
    fill = Checked(among(FILLS), "medio")

    def picture(self) -> str:
        """La imagen tapada y el mapa de cuánto importa cada lugar, como SVG con su descripción."""
        if self.network is None:
            return missing_picture()
        image, color = self.pixels(), fill_color(self.fill, self.network)
        covered = occlude(image, self.row, self.column, self.size, color)
        before, after = forward(self.network, np.stack([image, covered]))["probabilities"]
        top = int(before.argmax())
        heat = heat_map(self.network, image, self.size, color, step=2)
        said = f"«{self.network['classes'][top]}» pasa de {text.percent(100 * before[top], 0)} a {text.percent(100 * after[top], 0)}"
        alt = f"Una imagen con un cuadrado de {self.size} × {self.size} tapado: {said}. Al lado, cuánto baja según el lugar: hasta {text.decimal(100 * heat.max(), 0)} puntos"
        return still(
            f"{alt}.", 330, 14,
            f'{_panel(0, "La imagen, tapada", covered)}'
            f"{_panel(360, 'Cuánto importa cada lugar', _tint(image, heat))}"
            f'<text x="0" y="318">{html.escape(said)} al tapar ahí. Naranja: tapar baja la probabilidad; azul: la sube.</text>'
        )


def _panel(x: int, title: str, pixels: np.ndarray) -> str:
    return (
        f'<text x="{x}" y="16">{title}</text>'
        f'<image x="{x}" y="26" width="264" height="264" style="image-rendering:pixelated" href="{png(pixels)}"/>'
    )


def _tint(image: np.ndarray, heat: np.ndarray) -> np.ndarray:
    """La imagen en gris con la caída encima, uint8 [32, 32, 3]."""
    block = SIDE // len(heat)
    drops = np.kron(heat, np.ones((block, block)))[:, :, None]
    gray = (image @ [0.3, 0.59, 0.11])[:, :, None]
    amount = 0.92 * np.abs(drops) / max(0.05, np.abs(drops).max())
    end = np.where(drops < 0, [0, 114, 178], [213, 94, 0])
    return (gray + (end - gray) * amount).round().astype(np.uint8)
