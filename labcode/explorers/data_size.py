"""El explorador de N: cuánto acierta cada red según con cuántos ejemplos aprendió, medido."""

import html
import math
from typing import Any

from labcode import text
from labcode.checks import check_bool, check_float, check_int, refuse
from labcode.explorers.base import Brief, Checked, Explorer, among, module_source, still, style, within

EMPTY: dict[str, Any] = {"sizes": [], "series": []}
MAX_SIZES, MAX_SERIES = 20, 3
SCALES = ("accuracy", "error")
COLOURS = ("#0072B2", "#D55E00", "#00734F")


def _check_point(name: str, point: Any) -> dict[str, Any] | None:
    if point is None:
        return None
    if not isinstance(point, dict) or set(point) != {"mean", "half", "seeds"}:
        raise refuse(name, Brief(point), "None o un punto con `mean`, `half` y `seeds`", "{'mean': 55.0, 'half': 0.3, 'seeds': 3}")
    half = point["half"] if point["half"] is None else check_float(f"{name}.half", point["half"], 0, 100, 0.3)
    return {"mean": check_float(f"{name}.mean", point["mean"], 0, 100, 55.0), "half": half, "seeds": check_int(f"{name}.seeds", point["seeds"], 1, 1000, 3)}


def _check_series(name: str, series: Any, sizes: int) -> dict[str, Any]:
    texts = ("key", "name", "notice")
    if not isinstance(series, dict) or set(series) != {*texts, "points", "diverged"} or not all(isinstance(series[key], str) for key in texts):
        raise refuse(name, Brief(series), "una red con `key`, `name`, `notice` (textos), `points` y `diverged`", "lo que da data_size de labcode.views.data_size")
    if not isinstance(series["points"], list | tuple) or len(series["points"]) != sizes:
        raise refuse(f"{name}.points", Brief(series["points"]), f"una lista de {sizes} puntos, uno por tamaño", "[None, …]")
    points = [_check_point(f"{name}.points[{at}]", point) for at, point in enumerate(series["points"])]
    absent = [at for at, point in enumerate(points) if point is None]
    diverged = series["diverged"]
    if not isinstance(diverged, list | tuple) or not all(at in absent for at in diverged):
        raise refuse(f"{name}.diverged", Brief(diverged), "una lista de posiciones cuyo punto es None", "[]")
    return {**{key: series[key] for key in texts}, "points": points, "diverged": [at for at in absent if at in diverged]}


def _check_data(name: str, value: Any) -> dict[str, Any]:
    example = "lo que da data_size de labcode.views.data_size"
    if not isinstance(value, dict) or set(value) != set(EMPTY) or not all(isinstance(part, list | tuple) for part in value.values()):
        raise refuse(name, Brief(value), "un diccionario con las listas `sizes` y `series`", example)
    sizes = [check_int(f"{name}.sizes", n, 1, 10_000_000, 500) for n in value["sizes"]]
    if sizes != sorted(set(sizes)) or len(sizes) > MAX_SIZES or len(value["series"]) > MAX_SERIES:
        raise refuse(name, Brief(value), f"hasta {MAX_SIZES} tamaños crecientes y hasta {MAX_SERIES} redes", example)
    return {"sizes": sizes, "series": [_check_series(f"{name}.series[{at}]", own, len(sizes)) for at, own in enumerate(value["series"])]}


def _check_reference(name: str, value: Any) -> str:
    if not isinstance(value, str):
        raise refuse(name, value, "la clave de una red, o '' para la primera", "'cnn'")
    return value


class DataSizeExplorer(Explorer):
    """Explorador de N: predecir cuánto da una duplicación, recorrer N y comparar redes en ejemplos.

    Args:
        data: lo medido, de `labcode.views.data_size.data_size`: `sizes`, los N en orden, y `series`, hasta tres redes con
            un punto (o `None`) por tamaño. Sin él, el explorador dice que todavía no hay resultados.
        at: cuál de los tamaños se mira, desde 0.
        reference: clave de la red con que se comparan las otras; vacía, la primera que tenga medidas.
        scale: «accuracy», exactitud, o «error», error en escala logarítmica.
        predict: con `False`, las curvas se muestran sin pedir antes una predicción.

    Raises:
        ValueError: si un valor no se admite (también es `TraitError`).
    """

    name = "data_size"
    parts = ("common.js", "data_size_core.js", "data_size_chart.js", "data_size.js")
    _esm = module_source(parts)
    _css = style()

    data = Checked(_check_data, EMPTY)
    at = Checked(within(0, MAX_SIZES - 1, 3), 0)
    reference = Checked(_check_reference, "")
    scale = Checked(among(SCALES), "accuracy")
    predict = Checked(check_bool, True)

    def __init__(self, data: dict[str, Any] | None = None, **values: Any) -> None:
        data = EMPTY if data is None else data
        sizes = data.get("sizes", []) if isinstance(data, dict) else []
        super().__init__(**{"data": data, "at": max(0, (len(sizes) - 1) // 2), **values})

    def picture(self) -> str:
        """Las curvas, como SVG con su descripción; sin medidas, lo dice."""
        said = [f"{own['name']}: {_said(self.data['sizes'], own['points'])}" for own in self.data["series"]]
        alt = "Exactitud en prueba contra número de ejemplos. " + ("; ".join(said) or "Todavía no hay resultados medidos")
        body = _chart(self.data) if any(any(own["points"]) for own in self.data["series"]) else '<text x="20" y="40">Todavía no hay resultados medidos.</text>'
        return still(f"{alt}.", 380, 14, body)


def _said(sizes: list[int], points: list[dict[str, Any] | None]) -> str:
    known = [f"{text.integer(n)} → {text.percent(point['mean'], 1)}" for n, point in zip(sizes, points) if point]
    return ", ".join(known) or "sin medir"


def _chart(data: dict[str, Any]) -> str:
    means = [point["mean"] for own in data["series"] for point in own["points"] if point]
    low, high = 5 * math.floor(min(means) / 5), 5 * math.ceil(max(means) / 5 + 0.01)
    first, last = math.log(data["sizes"][0]), math.log(data["sizes"][-1])

    def x(n: int) -> float:
        return 60 + 600 * (math.log(n) - first) / (last - first or 1)

    def y(mean: float) -> float:
        return 330 - 310 * (mean - low) / (high - low)

    marks = "".join(f'<text x="{x(n):.0f}" y="352" text-anchor="middle">{text.plain(n / 1000)}</text>' for n in data["sizes"])
    levels = "".join(f'<text x="40" y="{y(v) + 5:.0f}" text-anchor="end">{v}</text><path d="M50 {y(v):.0f}H670" stroke="currentColor" stroke-opacity=".15"/>' for v in range(low, high + 1, 5))
    lines = []
    for own, colour in zip(data["series"], COLOURS):
        points = [(x(n), y(point["mean"])) for n, point in zip(data["sizes"], own["points"]) if point]
        if points:
            path = "L".join(f"{a:.1f} {b:.1f}" for a, b in points)
            dots = "".join(f'<circle cx="{a:.1f}" cy="{b:.1f}" r="4" fill="{colour}"/>' for a, b in points)
            label = f'<text x="{points[-1][0] - 8:.0f}" y="{points[-1][1] - 10:.0f}" text-anchor="end">{html.escape(own["name"])}</text>'
            lines.append(f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="2.5"/>{dots}{label}')
    return f'{levels}{marks}<text x="360" y="374" text-anchor="middle">miles de ejemplos (escala logarítmica)</text>{"".join(lines)}'
