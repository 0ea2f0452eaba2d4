"""El explorador del patrón 1-2-3-4: una capa densa, una local y una convolución ante la misma imagen."""

from typing import Any

import numpy as np

from labcode import text
from labcode.checks import check_bool, refuse
from labcode.explorers.base import Checked, Explorer, between, module_source, still, style, within

PATTERN = [[1.0, 2.0], [3.0, 4.0]]
# Los pesos de las tres capas, en un solo lugar. Para que la comparación sea justa, las tres reconocen el patrón
# abajo a la derecha con los mismos .1, .2, .3, .4 (salida 3.0); los demás pesos, densos y locales, son otros.
WEIGHTS: dict[str, Any] = {
    "shared": [[0.1, 0.2], [0.3, 0.4]],
    "local": [
        [[[0.3, -0.2], [0.1, -0.1]], [[-0.1, 0.2], [0.2, -0.2]]],
        [[[0.2, 0.1], [-0.3, 0.2]], [[0.1, 0.2], [0.3, 0.4]]],
    ],
    "dense": [
        [0.1, -0.3, 0.2, 0.2, -0.1, 0.1, -0.2, 0.3, 0.1],
        [-0.1, 0.2, 0.3, 0.1, -0.2, 0.2, 0.3, 0.1, -0.3],
        [0.2, 0.1, -0.1, -0.3, 0.2, 0.1, 0.1, -0.2, 0.3],
        [-0.2, 0.1, 0.0, 0.2, 0.1, 0.2, -0.1, 0.3, 0.4],
    ],
}
TITLES = {"dense": "Densa: 36 pesos", "local": "Local: 16 pesos", "shared": "Convolución: 4 pesos"}


def outputs(image: np.ndarray) -> dict[str, np.ndarray]:
    """Las salidas [2, 2] de las tres capas ante una imagen [3, 3], sin sesgo."""
    windows = np.lib.stride_tricks.sliding_window_view(image, (2, 2))
    return {
        "dense": (np.array(WEIGHTS["dense"]) @ image.ravel()).reshape(2, 2),
        "local": (windows * np.array(WEIGHTS["local"])).sum((2, 3)),
        "shared": (windows * np.array(WEIGHTS["shared"])).sum((2, 3)),
    }


def place(row: int, column: int) -> np.ndarray:
    """La imagen [3, 3] con el patrón sin ruido; `row` y `column`, en {0, 1}, dicen dónde empieza."""
    image = np.zeros((3, 3))
    image[row : row + 2, column : column + 2] = PATTERN
    return image


def _check_weights(name: str, value: Any) -> dict[str, Any]:
    if value != WEIGHTS:
        raise refuse(name, "…", "los pesos fijos del explorador", "PatternExplorer()")
    return value


class PatternExplorer(Explorer):
    """Mover el patrón 1-2-3-4, agregarle ruido y comparar tres capas lado a lado.

    Args:
        row: fila donde empieza el patrón, 0 o 1.
        column: columna donde empieza el patrón, 0 o 1.
        noise: amplitud del ruido sobre el patrón, de 0 a 0.5.
        seed: semilla del ruido, de 0 a 999; la 0, con amplitud 0.1, es el ruido del ejemplo de la clase.
        predict: con `False`, las salidas se muestran sin pedir antes una predicción.

    Raises:
        ValueError: si un valor no se admite (también es `TraitError`).
    """

    name = "pattern"
    parts = ("math.js", "common.js", "pattern_layers.js", "pattern.js")
    _esm = module_source(parts)
    _css = style()

    row = Checked(within(0, 1, 1), 1)
    column = Checked(within(0, 1, 1), 1)
    noise = Checked(between(0, 0.5, 0.1), 0.0)
    seed = Checked(within(0, 999, 0), 0)
    weights = Checked(_check_weights, WEIGHTS)
    predict = Checked(check_bool, True)

    def picture(self) -> str:
        """El patrón en dos lugares y las salidas de las tres capas, como SVG con su descripción."""
        rows = [("Abajo a la derecha", place(1, 1)), ("Arriba a la izquierda", place(0, 0))]
        body = "".join(_row(40 + 150 * i, title, image) for i, (title, image) in enumerate(rows))
        heads = "".join(f'<text x="{x}" y="18">{title}</text>' for x, title in zip((180, 345, 510), TITLES.values()))
        alt = "El patrón 1, 2, 3, 4 abajo a la derecha y arriba a la izquierda: al moverlo, solo la convolución conserva el 3.0."
        return still(
            alt, 335, 14,
            f'<text x="0" y="18">Imagen</text>{heads}{body}'
        )


def _row(y: int, title: str, image: np.ndarray) -> str:
    layers = "".join(_table(x, y, 40, values, 1) for x, values in zip((180, 345, 510), outputs(image).values()))
    tops = "".join(
        f'<text x="{x}" y="{y + 100}">máximo {text.decimal(values.max(), 1)}</text>'
        for x, values in zip((180, 345, 510), outputs(image).values())
    )
    return f'{_table(0, y, 32, image, 0)}<text x="0" y="{y + 115}">{title}</text>{layers}{tops}'


def _table(x: int, y: int, side: int, values: np.ndarray, digits: int) -> str:
    top = np.abs(values).max()
    return "".join(
        f'<rect x="{x + j * side}" y="{y + i * side}" width="{side}" height="{side}" stroke="currentColor"'
        f' stroke-opacity=".4" fill="#D55E00" fill-opacity="{max(0.0, value / top) * 0.45:.2f}"/>'
        f'<text x="{x + (j + 0.5) * side}" y="{y + (i + 0.62) * side}" text-anchor="middle">{text.decimal(value, digits)}</text>'
        for (i, j), value in np.ndenumerate(values)
    )
