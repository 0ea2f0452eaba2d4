"""Una imagen que se corre ante una red entrenada: qué responde, y cuánto le cambia cada etapa."""

import html
from typing import Any

import numpy as np

from labcode import text
from labcode.explorers.base import Checked, among, module_source, still, style, within
from labcode.explorers.cnn import PictureExplorer, missing_picture
from labcode.explorers.cnn_forward import Arrays, forward
from labcode.explorers.cnn_pictures import LABELS, SIDE, picture
from labcode.explorers.pictures import png

MOST = 8
AXES = ("right", "down")
MEASURED = {
    "input": "La imagen", "relu1": "Convolución 1, ReLU", "pool1": "Max pooling 1",
    "relu2": "Convolución 2, ReLU", "pool2": "Max pooling 2", "dense2": "Capas densas",
}  # fmt: skip


def shift(image: np.ndarray, down: int, right: int) -> np.ndarray:
    """La imagen [32, 32, 3] corrida; lo que entra por el borde repite la última fila o columna.

    Args:
        image: la que se mueve.
        down: filas hacia abajo; negativo, hacia arriba.
        right: columnas hacia la derecha; negativo, hacia la izquierda.
    """
    rows, columns = (np.clip(np.arange(SIDE) - by, 0, SIDE - 1) for by in (down, right))
    return image[rows][:, columns]


def along(image: np.ndarray, down: int, right: int, axis: str) -> np.ndarray:
    """La imagen en los 17 lugares de un eje, de −8 a 8, con el otro quieto: [17, 32, 32, 3]."""
    places = range(-MOST, MOST + 1)
    return np.stack([shift(image, place, right) if axis == "down" else shift(image, down, place) for place in places])


def stage_changes(before: Arrays, after: Arrays, others: Arrays) -> list[float]:
    """Cuánto cambia cada etapa de `MEASURED`: 0, nada; 1, tanto como cambiar la imagen por otra, en promedio.

    Args:
        before: lo que da `forward` con la imagen en su lugar [1, …].
        after: lo mismo, con la imagen corrida [1, …].
        others: lo mismo, con las otras imágenes [N, …].
    """

    def distances(maps: Arrays, stage: str) -> np.ndarray:
        return np.linalg.norm((maps[stage] - before[stage]).reshape(len(maps[stage]), -1), axis=1)

    return [float(distances(after, stage)[0] / (distances(others, stage).mean() or 1)) for stage in MEASURED]


def shift_text(down: int, right: int) -> str:
    """El corrimiento en palabras: «3 píxeles a la derecha y 1 hacia abajo»; «» si la imagen está en su lugar."""
    said = []
    for by, ways in ((right, ("a la derecha", "a la izquierda")), (down, ("hacia abajo", "hacia arriba"))):
        if by:
            unit = "" if said else " píxel" if abs(by) == 1 else " píxeles"
            said.append(f"{abs(by)}{unit} {ways[by < 0]}")
    return " y ".join(said)


class ShiftExplorer(PictureExplorer):
    """Correr una imagen ante la CNN entrenada: lo que dice antes y después, a lo largo de un eje, y cuánto cambia cada etapa.

    Args:
        network: la red, como la da `labcode.views.cnn.network()`; con None, el explorador dice que faltan los pesos.
        shown: qué imagen se ve: una de las que trae o, si se dio `image`, «propia».
        image: una imagen propia, enteros de 0 a 255 de forma [3, 32, 32] o [32, 32, 3]; se lee como base64.
        down: filas que se corre hacia abajo, de −8 a 8.
        right: columnas que se corre hacia la derecha, de −8 a 8.
        axis: el eje del gráfico: «right» o «down».
        predict: con `False`, la imagen se corre sin pedir antes una predicción.

    Raises:
        ValueError: si un valor no se admite (también es `TraitError`).
    """

    name = "shift"
    parts = (
        "math.js", "common.js", "plots.js", "kernel_canvas.js", "cnn_core.js", "cnn_image.js", "cnn_text.js", "cnn_draw.js",
        "cnn_panels.js", "shift_core.js", "shift.js",
    )  # fmt: skip
    _esm = module_source(parts)
    _css = style()

    down = Checked(within(-MOST, MOST, 0), 0)
    right = Checked(within(-MOST, MOST, 3), 0)
    axis = Checked(among(AXES), "right")

    def picture(self) -> str:
        """La imagen en su lugar y corrida, lo que dice la red en cada lugar del eje y cuánto cambia cada etapa, como SVG."""
        if self.network is None:
            return missing_picture()
        image, classes = self.pixels(), self.network["classes"]
        right = self.right or (0 if self.down else 1)  # corrida en nada, no se vería qué cambia
        moved, where = shift(image, self.down, right), shift_text(self.down, right)
        before, after = (forward(self.network, own[None]) for own in (image, moved))
        others = forward(self.network, np.stack([picture(name) for name in LABELS if name != self.shown]))
        (chances,), (now,) = before["probabilities"], after["probabilities"]
        line = forward(self.network, along(image, self.down, right, self.axis))["probabilities"]
        top = int(chances.argmax())
        said = (
            f"En su lugar dice «{classes[top]}», {text.percent(100 * chances[top], 0)}",
            f"corrida {where}, «{classes[now.argmax()]}», {text.percent(100 * now.max(), 0)}",
        )
        same = int((line.argmax(1) == top).sum())
        changes = zip(MEASURED.values(), stage_changes(before, after, others))
        listed = "".join(f'<text x="440" y="{62 + 26 * i}">{name}: {text.percent(100 * x, 0)}</text>' for i, (name, x) in enumerate(changes))
        aside = shift_text(0, right) if self.axis == "down" else shift_text(self.down, 0)
        way = f"a lo {'alto' if self.axis == 'down' else 'ancho'}{aside and f' (y {aside})'}"
        return still(
            f"Una imagen en su lugar y corrida. {said[0]}; {said[1]}. Al correrla {way} hasta {MOST} píxeles, en {same} de {len(line)} lugares dice lo mismo.", 440, 14,
            f'{_panel(0, "En su lugar", image)}{_panel(214, "Corrida", moved)}<text x="440" y="16">Cuánto cambia cada etapa</text>'
            f'<text x="440" y="34" font-size="12">(100{text.THIN}%: como poner otra imagen)</text>{listed}'
            f'<text x="0" y="246">{html.escape(said[0])};</text><text x="0" y="267">{html.escape(said[1])}.</text>'
            f'<text x="0" y="293">Probabilidad de «{html.escape(classes[top])}» al correrla {way}; hueco: ahí dice otra cosa.</text>{_curve(line, top, self.axis)}'
        )


def _panel(x: int, title: str, pixels: np.ndarray) -> str:
    return (
        f'<text x="{x}" y="16">{title}</text>'
        f'<image x="{x}" y="26" width="196" height="196" style="image-rendering:pixelated" href="{png(pixels)}"/>'
    )


def _curve(line: np.ndarray, top: int, axis: str) -> str:
    """La probabilidad de una clase en los 17 lugares de un eje."""
    spots = [(50 + 37 * i, 400 - 95 * own[top], own.argmax() == top) for i, own in enumerate(line)]
    dots = "".join(f'<circle cx="{x}" cy="{y:.1f}" r="4" fill="{"currentColor" if same else "none"}" stroke="currentColor"/>' for x, y, same in spots)
    ends = ("8 hacia arriba", "8 hacia abajo") if axis == "down" else ("8 a la izquierda", "8 a la derecha")
    return (
        f'<path d="M40 305V400H652" fill="none" stroke="currentColor" stroke-opacity=".4"/><text x="34" y="404" text-anchor="end">0</text>'
        f'<text x="34" y="310" text-anchor="end">100</text><polyline points="{" ".join(f"{x},{y:.1f}" for x, y, _ in spots)}" fill="none" stroke="currentColor"/>{dots}'
        f'<text x="50" y="422">{ends[0]}</text><text x="346" y="422" text-anchor="middle">0</text><text x="652" y="422" text-anchor="end">{ends[1]}</text>'
    )
