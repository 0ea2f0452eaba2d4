"""El explorador «Mejor de K»: entre redes iguales, la que mejor sale en la prueba sale mejor de lo que es."""

from functools import lru_cache
from typing import Any

import numpy as np

from labcode import text
from labcode.checks import check_bool, check_int, refuse
from labcode.explorers.base import Checked, Explorer, module_source, still, style, within
from labcode.explorers.draws import random_from

SIZES = (100, 200, 500, 1000, 2000, 5000, 10_000)
REPEATS = 1000
MAX_NETWORKS, MAX_SEED = 100, 999_999
_TAIL = 1e-18  # lo que pesa menos que esto, frente al valor más probable, no se suma


@lru_cache(maxsize=64)
def binomial(images: int, truth: float) -> tuple[int, np.ndarray]:
    """La distribución de los aciertos entre `images` imágenes, cada una acertada con probabilidad `truth`.

    Args:
        images: cuántas imágenes, 1 o más.
        truth: exactitud verdadera, en (0, 1).

    Returns:
        El menor número de aciertos que no es despreciable, y la probabilidad de ese y de los que siguen.
    """
    odds, mode = truth / (1 - truth), int((images + 1) * truth)
    up, down = [1.0], []
    for x in range(mode, images):
        if (weight := up[-1] * (images - x) / (x + 1) * odds) < _TAIL:
            break
        up.append(weight)
    weight = 1.0
    for x in range(mode, 0, -1):
        if (weight := weight * x / (images - x + 1) / odds) < _TAIL:
            break
        down.append(weight)
    weights = np.array(down[::-1] + up)
    chances = weights / weights.sum()
    chances.flags.writeable = False  # se reparte la misma, guardada
    return mode - len(down), chances


def best_distribution(networks: int, images: int, truth: float) -> tuple[int, np.ndarray]:
    """La distribución de los aciertos de la mejor de K redes iguales: P(máximo ≤ x) = P(una ≤ x)ᴷ."""
    low, single = binomial(images, truth)
    below = np.minimum(np.cumsum(single), 1.0) ** networks
    return low, np.diff(below, prepend=0.0)


def expected_best(networks: int, images: int, truth: float) -> float:
    """La exactitud que se espera *medir* en la mejor de K redes iguales, en [0, 1]."""
    low, best = best_distribution(networks, images, truth)
    return float(((low + np.arange(len(best))) * best).sum() / best.sum() / images)


def contest(networks: int, images: int, truth: float, seed: int, repeats: int = REPEATS) -> dict[str, Any]:
    """Sortea concursos: K redes iguales se miden, gana la mejor, y la ganadora se mide con imágenes nuevas.

    Args:
        networks: K, cuántas redes.
        images: imágenes de cada medida.
        truth: exactitud verdadera de todas, en (0, 1).
        seed: semilla; da los mismos sorteos que la página.
        repeats: cuántos concursos.

    Returns:
        `first`, los aciertos de las K redes del primero; `best` y `again`, por concurso, los de la ganadora y los de
        la ganadora medida otra vez.
    """
    low, single = binomial(images, truth)
    below, random = np.cumsum(single), random_from(seed)
    uniforms = np.array([random() for _ in range(repeats * (networks + 1))]).reshape(repeats, networks + 1)
    counts = low + np.minimum(np.searchsorted(below, uniforms), len(below) - 1)
    return {"first": counts[0, :-1].tolist(), "best": counts[:, :-1].max(1).tolist(), "again": counts[:, -1].tolist()}


def _check_images(name: str, value: Any) -> int:
    number = check_int(name, value, SIZES[0], SIZES[-1], 1000)
    if number not in SIZES:
        raise refuse(name, value, "uno de " + ", ".join(map(str, SIZES)), 1000)
    return number


class BestOfKExplorer(Explorer):
    """Sortear K redes iguales, quedarse con la mejor en prueba y ver cuánto se exagera.

    Args:
        networks: K, de 1 a 100.
        images: imágenes con que se mide cada red: 100, 200, 500, 1000, 2000, 5000 o 10 000.
        truth: exactitud verdadera de todas las redes, un porcentaje entero de 50 a 95.
        seed: semilla de los sorteos, de 0 a 999 999.
        intervals: si cada barra lleva su intervalo de 95 %.
        predict: con `False`, el resultado se muestra sin pedir antes una predicción.

    Raises:
        ValueError: si un valor no se admite (también es `TraitError`).
    """

    name = "best_of_k"
    parts = ("math.js", "common.js", "best_of_k_core.js", "best_of_k_charts.js", "best_of_k.js")
    _esm = module_source(parts)
    _css = style()

    networks = Checked(within(1, MAX_NETWORKS, 20), 20)
    images = Checked(_check_images, 1000)
    truth = Checked(within(50, 95, 56), 56)
    seed = Checked(within(0, MAX_SEED, 50), 50)
    intervals = Checked(check_bool, False)
    predict = Checked(check_bool, True)

    def picture(self) -> str:
        """Las barras del primer sorteo, la mejor y la verdad, como SVG con su descripción."""
        drawn = contest(self.networks, self.images, self.truth / 100, self.seed, repeats=1)
        measured = [100 * x / self.images for x in drawn["first"]]
        best, again = max(measured), 100 * drawn["again"][0] / self.images
        gain = 100 * expected_best(self.networks, self.images, self.truth / 100) - self.truth
        size = f"{text.integer(self.images)} imágenes"
        said = (
            f"{self.networks} redes que aciertan el {text.percent(self.truth, 0)}, medidas con {size}: la mejor midió "
            f"{text.percent(best, 1)} y, medida otra vez con imágenes nuevas, {text.percent(again, 1)}. En promedio, la mejor "
            f"aparenta {text.decimal(gain)} puntos de más."
        )
        return _bars(measured, again, self.truth, said)


def _bars(measured: list[float], again: float, truth: float, said: str) -> str:
    low, high = min(*measured, again, truth) - 2, max(*measured, again, truth) + 1
    step = 560 / (len(measured) + 2)

    def at(value: float) -> float:
        return 215 - 170 * (value - low) / (high - low)

    def bar(position: float, value: float, color: str) -> str:
        box = f'x="{60 + position * step:.1f}" y="{at(value):.1f}" width="{step * 0.8:.1f}" height="{215 - at(value):.1f}"'
        return f'<rect {box} fill="{color}"/>'

    top = measured.index(max(measured))
    bars = "".join(bar(i, value, "#D55E00" if i == top else "#0072B2") for i, value in enumerate(measured))
    lines = "".join(f'<text x="0" y="{245 + 20 * i}">{line}</text>' for i, line in enumerate(_wrapped(said)))
    return still(
        said, 310, 15,
        f'{bars}{bar(len(measured) + 1, again, "#009E73")}'
        f'<line x1="56" x2="640" y1="{at(truth):.1f}" y2="{at(truth):.1f}" stroke="currentColor" stroke-width="2" stroke-dasharray="7 5"/>'
        f'<text x="0" y="{at(truth) + 5:.1f}">{text.percent(truth, 0)}</text><text x="0" y="18">Lo que midió cada red; al final, '
        f"la mejor medida otra vez (el eje no parte en cero)</text>{lines}"
    )


def _wrapped(said: str, width: int = 92) -> list[str]:
    lines = [""]
    for word in said.split(" "):
        if len(lines[-1]) + len(word) > width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines
