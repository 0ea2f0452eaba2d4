"""El explorador «Valle con ruido»: 200 partículas bajan por una pérdida con un mínimo filoso y otro plano."""

from typing import Any

import numpy as np

from labcode import text
from labcode.checks import check_bool, refuse
from labcode.explorers.base import Checked, Explorer, module_source, still, style, within

# El mundo, en un solo lugar: JavaScript recibe esto mismo. Cada pozo es profundidad, centro y ancho; el fondo de los
# dos mínimos queda en 0. «ridge» es la cima que los separa; «sharp» y «flat», el lugar y la curvatura de cada mínimo.
WORLD: dict[str, Any] = {
    "wells": [[0.5, -1.2, 0.12], [0.531, 1.0, 0.9]],
    "bowl": 0.08,
    "base": -0.8386,
    "top": 1.3,
    "wall": 3.2,
    "ridge": -0.8243,
    "spread": 1.8,
    "sharp": [-1.1964, 69.2],
    "flat": [0.8871, 1.35],
    "particles": 200,
    "examples": 512,
    "sigma": 12.0,
    "batches": [1, 2, 4, 8, 16, 32, 64, 128, 256, 512],
    "rates": [0.01, 0.02, 0.04, 0.08, 0.16, 0.32],
    "steps": [50, 100, 200, 400, 800],
}


def loss(x: np.ndarray) -> np.ndarray:
    """La pérdida en cada lugar; los dos mínimos valen 0."""
    total = WORLD["top"] + WORLD["base"] + WORLD["bowl"] * x * x
    for depth, center, width in WORLD["wells"]:
        u = (x - center) / width
        total = total - depth / (1 + u * u)
    return total


def slope(x: np.ndarray) -> np.ndarray:
    """La derivada de la pérdida: el gradiente con todos los ejemplos."""
    total = 2 * WORLD["bowl"] * x
    for depth, center, width in WORLD["wells"]:
        narrow, steep = 1 / width, 2 * depth / width  # así JavaScript divide una sola vez por pozo
        u = (x - center) * narrow
        q = 1 / (1 + u * u)
        total = total + steep * u * q * q
    return total


def deviation(batch: int) -> float:
    """Desviación estándar del gradiente de un lote, sacado sin reposición: con todos los ejemplos es 0."""
    n = WORLD["examples"]
    return float(WORLD["sigma"] * np.sqrt((n - batch) / ((n - 1) * batch)))


def uniforms(seed: int, count: int) -> np.ndarray:
    """Números en [0, 1) del generador mulberry32, los mismos que da `randomFrom` en JavaScript."""
    states = (seed + np.arange(1, count + 1, dtype=np.uint64) * 0x6D2B79F5) & 0xFFFFFFFF
    s = states.astype(np.uint32)
    t = (s ^ (s >> np.uint32(15))) * (s | np.uint32(1))
    t = (t + (t ^ (t >> np.uint32(7))) * (t | np.uint32(61))) ^ t
    return (t ^ (t >> np.uint32(14))).astype(float) / 4294967296


def noise(seed: int, steps: int, particles: int) -> np.ndarray:
    """Ruido [pasos, partículas] de media 0 y varianza 1: la suma de dos sorteos parejos."""
    pairs = uniforms(seed, steps * particles * 2).reshape(steps, particles, 2)
    return (pairs[..., 0] + pairs[..., 1] - 1) * np.sqrt(6.0)


def simulate(batch: int, rate: float, steps: int, seed: int, particles: int = WORLD["particles"]) -> np.ndarray:
    """El camino de las partículas: x ← x − α(1 − t/T)(L′(x) + ruido), con paredes.

    Args:
        batch: tamaño de lote, de 1 a 512.
        rate: tasa de aprendizaje α al empezar; baja en línea recta hasta 0.
        steps: pasos T.
        seed: semilla del ruido.
        particles: cuántas parten, repartidas por igual a los dos lados de la cima.

    Returns:
        Lugares [T + 1, partículas].
    """
    start = WORLD["ridge"] + WORLD["spread"] * (2 * (np.arange(particles) + 0.5) / particles - 1)
    path, kicks, size = [start], noise(seed, steps, particles), deviation(batch)
    for t in range(steps):
        x = path[-1] - rate * (1 - t / steps) * (slope(path[-1]) + size * kicks[t])
        path.append(np.clip(x, -WORLD["wall"], WORLD["wall"]))
    return np.stack(path)


def counts(x: np.ndarray) -> tuple[int, int]:
    """Cuántas partículas quedaron del lado filoso y cuántas del plano."""
    flat = int((x > WORLD["ridge"]).sum())
    return x.size - flat, flat


def _among(name: str) -> Any:
    def check(trait: str, value: Any) -> Any:
        options = WORLD[name]
        if isinstance(value, (bool, str)) or value not in options:
            raise refuse(trait, value, "uno de " + ", ".join(map(str, options)), options[3])
        return options[options.index(value)]

    return check


def _check_world(name: str, value: Any) -> dict[str, Any]:
    if value != WORLD:
        raise refuse(name, "…", "el mundo fijo del explorador", "ValleyExplorer()")
    return value


class ValleyExplorer(Explorer):
    """Bajar con ruido por una pérdida de dos mínimos, uno filoso y otro plano, y contar dónde se termina.

    Args:
        batch: tamaño de lote, una potencia de 2 de 1 a 512; 512 son todos los ejemplos, sin ruido.
        rate: tasa de aprendizaje al empezar: 0.01, 0.02, 0.04, 0.08, 0.16 o 0.32; baja en línea recta hasta 0.
        steps: cuántos pasos: 50, 100, 200, 400 u 800.
        seed: semilla del ruido, de 0 a 999.
        predict: con `False`, las partículas se mueven sin pedir antes una predicción.

    Raises:
        ValueError: si un valor no se admite (también es `TraitError`).
    """

    name = "valley"
    parts = ("math.js", "common.js", "valley_core.js", "valley_canvas.js", "valley.js")
    _esm = module_source(parts)
    _css = style()

    batch = Checked(_among("batches"), 8)
    rate = Checked(_among("rates"), 0.04)
    steps = Checked(_among("steps"), 800)
    seed = Checked(within(0, 999, 1), 1)
    world = Checked(_check_world, WORLD)
    predict = Checked(check_bool, True)

    def picture(self) -> str:
        """La pérdida y dónde terminan las partículas con el lote pedido y con todos los ejemplos, como SVG."""
        batches = (self.batch, WORLD["examples"])
        ends = [simulate(batch, self.rate, self.steps, self.seed)[-1] for batch in batches]
        said = [f"con lotes de {b}, {counts(x)[0]} en el filoso y {counts(x)[1]} en el plano" for b, x in zip(batches, ends)]
        alt = f"Una pérdida con un mínimo filoso y uno plano, y dónde terminan 200 partículas: {'; '.join(said)}."
        panels = "".join(_panel(345 * i, batch, x) for i, (batch, x) in enumerate(zip(batches, ends)))
        return still(alt, 300, 15, panels)


def _panel(left: int, batch: int, x: np.ndarray) -> str:
    def across(place: Any) -> Any:
        return left + 335 * (place + 3) / 6

    grid = np.linspace(-3, 3, 241)
    curve = " ".join(f"{across(a):.1f},{190 - 140 * b:.1f}" for a, b in zip(grid, loss(grid)))
    tally, edges = np.histogram(x, bins=60, range=(-3, 3))
    bars = "".join(
        f'<rect x="{across(a):.1f}" y="{265 - min(n, 65)}" width="5" height="{min(n, 65)}" fill="{"#D55E00" if a < WORLD["ridge"] else "#0072B2"}"/>'
        for n, a in zip(tally, edges)
        if n
    )
    sharp, flat = counts(x)
    title = "sin ruido: todos los ejemplos" if batch == WORLD["examples"] else f"lotes de {text.integer(batch)}"
    return (
        f'<text x="{left}" y="18">{title}</text><polyline points="{curve}" fill="none" stroke="currentColor" stroke-width="2"/>'
        f'{bars}<text x="{across(-2.4):.0f}" y="288">filoso: {sharp}</text><text x="{across(0.3):.0f}" y="288">plano: {flat}</text>'
    )
