"""El explorador «Entrenador 2-D»: una red de verdad que se entrena en la página, con sus curvas y su frontera."""

import math
from typing import Any

import numpy as np

from labcode import text
from labcode.checks import check_bool, check_choice, check_int, refuse
from labcode.explorers.base import Checked, Explorer, module_source, still, style
from labcode.explorers.draws import random_from

# Lo que se puede elegir: los mismos valores que `OPTIONS` en trainer2d_data.js (una prueba los compara).
OPTIONS: dict[str, list[Any]] = {
    "data": ["curva", "circulo", "tablero", "espiral"],
    "examples": [50, 100, 200, 500, 1000, 2000, 5000],
    "noise": [0, 0.1, 0.2, 0.3, 0.4],
    "depth": [0, 1, 2, 3, 4],
    "width": [2, 4, 8, 16, 32, 64],
    "learning_rate": [0.001, 0.003, 0.01, 0.03, 0.1, 0.3],
    "batch_size": [8, 16, 32, 64, 128, 256],
    "lam": [0, 0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03],
    "dropout": [0, 0.1, 0.2, 0.3, 0.5],
    "epochs": [25, 50, 100, 200, 300, 500, 1000],
}
SPAN, TEST_COUNT = 1.3, 1000
COLORS = ("#0072B2", "#D55E00")


def rule(data: str, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """La clase verdadera, 0 o 1, de cada punto.

    Args:
        data: «curva», «circulo», «tablero» o «espiral».
        x: primera coordenada.
        y: segunda coordenada, de la misma forma.
    """
    match data:
        case "curva":
            return (y > 0.4 * np.sin(3 * x)).astype(int)
        case "circulo":
            return (x * x + y * y < 2 / math.pi).astype(int)
        case "tablero":
            return (x * y > 0).astype(int)
    return (np.cos(np.arctan2(y, x) - 5 * np.sqrt(x * x + y * y)) > 0).astype(int)


def sample(data: str, count: int, noise: float, seed: int, stream: int) -> tuple[np.ndarray, np.ndarray]:
    """Los puntos que el explorador sortea, iguales en Python y en la página.

    Args:
        data: qué problema.
        count: cuántos; con más, los primeros son los mismos.
        noise: fracción de las etiquetas que se cambian, de 0 a 1.
        seed: semilla, de 0 a 999.
        stream: 0, entrenamiento; 1, prueba.

    Returns:
        Coordenadas en [−1, 1], float64 [count, 2], y etiquetas 0 o 1, [count].
    """
    random = random_from((seed + 1) * 0x9E3779B1 + (stream + 1) * 0x85EBCA6B)
    draws = np.array([random() for _ in range(3 * count)]).reshape(count, 3)
    xy = 2 * draws[:, :2] - 1
    return xy, rule(data, *xy.T) ^ (draws[:, 2] < noise)


def _one_of(name: str, value: Any) -> Any:
    options = OPTIONS[name]
    if name == "data":
        return check_choice(name, value, options)
    if isinstance(value, (bool, str)) or value not in options:
        raise refuse(name, value, "uno de " + ", ".join(text.plain(x) for x in options), options[1])
    return options[options.index(value)]


def _seed(name: str, value: Any) -> int:
    return check_int(name, value, 0, 999, 0)


class Trainer2DExplorer(Explorer):
    """Entrenar una red en el plano: predecir qué hará la exactitud en prueba, verlo época por época, y volver atrás.

    Args:
        data: problema: «curva», «circulo», «tablero» o «espiral».
        examples: ejemplos de entrenamiento: 50, 100, 200, 500, 1000, 2000 o 5000.
        noise: fracción de las etiquetas cambiadas, en entrenamiento y en prueba: 0, 0.1, 0.2, 0.3 o 0.4.
        outliers: si se agregan 9 ejemplos en una esquina fuera de la distribución.
        depth: capas ocultas, de 0 a 4.
        width: neuronas de cada una: 2, 4, 8, 16, 32 o 64.
        learning_rate: tasa de aprendizaje: 0.001, 0.003, 0.01, 0.03, 0.1 o 0.3.
        batch_size: ejemplos por lote: 8, 16, 32, 64, 128 o 256.
        lam: λ de la penalización λ·Σw²: 0, 0.0001, 0.0003, 0.001, 0.003, 0.01 o 0.03.
        dropout: probabilidad de callar cada neurona oculta: 0, 0.1, 0.2, 0.3 o 0.5.
        epochs: hasta qué época se entrena: 25, 50, 100, 200, 300, 500 o 1000.
        seed: de 0 a 999; fija los puntos, los pesos iniciales y el orden.
        predict: con `False`, se puede entrenar sin predecir antes.

    Raises:
        ValueError: si un valor no se admite (también es `TraitError`).
    """

    name = "trainer2d"
    parts = (
        "math.js", "common.js", "trainer2d_net.js", "trainer2d_data.js", "trainer2d_session.js", "trainer2d_text.js",
        "field.js", "trainer2d_canvas.js", "trainer2d_panels.js", "trainer2d_plane.js", "trainer2d_loop.js", "trainer2d.js",
    )  # fmt: skip
    _esm = module_source(parts)
    _css = style()

    data = Checked(_one_of, "curva")
    examples = Checked(_one_of, 200)
    noise = Checked(_one_of, 0.2)
    outliers = Checked(check_bool, False)
    depth = Checked(_one_of, 4)
    width = Checked(_one_of, 32)
    learning_rate = Checked(_one_of, 0.01)
    batch_size = Checked(_one_of, 16)
    lam = Checked(_one_of, 0)
    dropout = Checked(_one_of, 0)
    epochs = Checked(_one_of, 500)
    seed = Checked(_seed, 0)
    predict = Checked(check_bool, True)

    def picture(self) -> str:
        """Los ejemplos de entrenamiento y los de prueba con la regla verdadera, como SVG con su descripción."""
        train = sample(self.data, self.examples, self.noise, self.seed, 0)
        test = sample(self.data, TEST_COUNT, self.noise, self.seed, 1)
        flipped = f", {text.percent(100 * self.noise, 0)} con la etiqueta cambiada" if self.noise else ""
        alt = (
            f"Dos planos con puntos de dos clases{flipped}: {self.examples} ejemplos de entrenamiento y {TEST_COUNT} de "
            "prueba, con la línea verdadera que separa las clases. La red aprende de los primeros y se la mide en los segundos."
        )
        titles = (f"Entrenamiento: {self.examples}", f"Prueba: {TEST_COUNT}")
        body = "".join(_panel(350 * i, title, self.data, *points) for i, (title, points) in enumerate(zip(titles, (train, test))))
        return still(alt, 362, 15, body)


def _panel(x: int, title: str, data: str, xy: np.ndarray, labels: np.ndarray) -> str:
    """Un plano de 330 × 330 con sus puntos (círculos y cuadrados) y la línea verdadera."""
    size = 4.2 if len(xy) <= 300 else 3.0 if len(xy) <= 1000 else 1.8
    dots = "".join(
        f'<path d="{_dots(x, xy[labels == label])}" stroke="{COLORS[label]}" stroke-width="{size}" stroke-linecap="{cap}"/>'
        for label, cap in ((0, "round"), (1, "square"))
    )
    return (
        f'<text x="{x}" y="16">{title}</text><rect x="{x}" y="28" width="330" height="330" fill="none" stroke="currentColor"'
        f' stroke-opacity=".4"/>{dots}<path d="{_border(x, data)}" stroke="currentColor" stroke-width="1.6" fill="none"/>'
    )


def _dots(x: int, xy: np.ndarray) -> str:
    return "".join(f"M{x + 165 * (1 + a):.1f} {28 + 165 * (1 - b):.1f}h.01" for a, b in xy)


def _border(x: int, data: str, n: int = 133) -> str:
    """La línea verdadera: un segmento entre cada par de celdas vecinas de clase distinta."""
    places = -1 + (2 * np.arange(n) + 1) / n
    a, b = np.meshgrid(places, -places)
    classes, cell = rule(data, a, b), 330 / n
    across, down = np.argwhere(classes[:, 1:] != classes[:, :-1]), np.argwhere(classes[1:] != classes[:-1])
    rows = [f"M{x + (j + 1) * cell:.1f} {28 + i * cell:.1f}v{cell:.2f}" for i, j in across]
    return "".join(rows + [f"M{x + j * cell:.1f} {28 + (i + 1) * cell:.1f}h{cell:.2f}" for i, j in down])
