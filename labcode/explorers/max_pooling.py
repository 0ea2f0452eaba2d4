"""El explorador de *max pooling*: encontrar el máximo de cada cuadrante y ver qué sobrevive a un corrimiento."""

import numpy as np

from labcode import text
from labcode.checks import check_bool
from labcode.explorers.base import Checked, Explorer, among, module_source, still, style, within
from labcode.explorers.draws import draw_int, random_from

SCENES = ("random", "smooth", "stroke", "dot")
KINDS = ("max", "average")


def game_map(seed: int) -> np.ndarray:
    """El mapa del juego, int64 [4, 4], de −9 a 9: el mismo que dibuja la página."""
    random = random_from(seed + 5000)
    return np.array([[draw_int(random, -9, 9) for _ in range(4)] for _ in range(4)])


def pool(kind: str, image: np.ndarray, size: int, stride: int) -> np.ndarray:
    """Agrupa un mapa [alto, ancho] por máximo ("max") o promedio ("average"): [alto', ancho'].

    Args:
        kind: qué se guarda de cada ventana.
        image: el mapa.
        size: lado de la ventana; no mayor que el mapa.
        stride: paso.
    """
    windows = np.lib.stride_tricks.sliding_window_view(image, (size, size))[::stride, ::stride]
    return windows.max((2, 3)) if kind == "max" else windows.mean((2, 3))


def expected_share(size: int, down: int, right: int) -> float:
    """La parte de las salidas del máximo que queda igual, en promedio, en un mapa al azar sin empates.

    Args:
        size: lado de la ventana.
        down: filas que se corre el mapa.
        right: columnas que se corre.
    """
    common = max(0, size - abs(down)) * max(0, size - abs(right))
    return common / (2 * size * size - common)


class MaxPoolingExplorer(Explorer):
    """Dos pruebas: elegir el máximo de cada cuadrante, y correr un mapa para ver qué salidas quedan iguales.

    Args:
        game: semilla del mapa del juego, de 0 a 999.
        scene: qué se corre: "random" (números al azar), "smooth" (un mapa suave), "stroke" (un trazo) o "dot" (un punto).
        seed: semilla de los mapas al azar y suave, de 0 a 999.
        size: lado de la ventana, de 2 a 4.
        stride: paso, de 1 a 4.
        down: filas que se corre el mapa hacia abajo, de −3 a 3.
        right: columnas que se corre hacia la derecha, de −3 a 3.
        kind: "max" o "average".
        predict: con `False`, lo que sobrevive se muestra sin pedir antes una predicción.

    Raises:
        ValueError: si un valor no se admite (también es `TraitError`).
    """

    name = "max_pooling"
    parts = ("math.js", "common.js", "max_pooling_core.js", "max_pooling_boards.js", "max_pooling.js")
    _esm = module_source(parts)
    _css = style()

    game = Checked(within(0, 999, 0), 0)
    scene = Checked(among(SCENES), "random")
    seed = Checked(within(0, 999, 0), 0)
    size = Checked(within(2, 4, 2), 2)
    stride = Checked(within(1, 4, 2), 2)
    down = Checked(within(-3, 3, 0), 0)
    right = Checked(within(-3, 3, 1), 0)
    kind = Checked(among(KINDS), "max")
    predict = Checked(check_bool, True)

    def picture(self) -> str:
        """El mapa del juego con sus cuadrantes y su salida, y lo que sobrevive a un píxel, como SVG con su descripción."""
        board = game_map(self.game)
        output = pool("max", board, 2, 2)
        listed = ", ".join(text.plain(int(x)).replace("-", "−") for x in output.ravel())
        alt = f"Un mapa de 4 × 4 dividido en cuatro cuadrantes y el máximo de cada uno: {listed}."
        shares = "".join(
            f'<text x="390" y="{104 + 26 * i}">{k} × {k}: {text.percent(100 * expected_share(k, 0, 1), 0)}</text>' for i, k in enumerate((2, 3, 4))
        )
        return still(
            alt, 225, 15,
            '<text x="0" y="16">Un mapa y sus cuadrantes</text>'
            f'{_board(2, 30, board, _winners(board))}<text x="206" y="126" font-size="22">→</text>'
            f'<text x="240" y="16">Sus máximos</text>{_board(240, 74, output, np.ones((2, 2), bool))}'
            '<text x="390" y="16">Al correr un píxel un mapa al azar,</text><text x="390" y="36">quedan iguales, según la ventana</text>'
            f'<text x="390" y="56">(con cualquier paso):</text>{shares}'
        )


def _winners(board: np.ndarray) -> np.ndarray:
    return board == np.kron(pool("max", board, 2, 2), np.ones((2, 2), int))


def _board(x: int, y: int, values: np.ndarray, strong: np.ndarray) -> str:
    side = 46
    cells = "".join(
        f'<rect x="{x + j * side}" y="{y + i * side}" width="{side}" height="{side}" stroke="currentColor" stroke-opacity=".3"'
        f' fill="#E69F00" fill-opacity="{0.45 if strong[i, j] else 0}"/><text x="{x + (j + 0.5) * side}" y="{y + (i + 0.62) * side}"'
        f' text-anchor="middle" font-weight="{700 if strong[i, j] else 400}">{str(value).replace("-", "−")}</text>'
        for (i, j), value in np.ndenumerate(values)
    )
    quadrants = "".join(
        f'<rect x="{x + 2 * j * side}" y="{y + 2 * i * side}" width="{2 * side}" height="{2 * side}" fill="none" stroke="currentColor" stroke-width="2.5"/>'
        for i in range(len(values) // 2) for j in range(len(values) // 2)
    )
    return cells + quadrants
