"""El explorador del ancho: predecir qué hace el error en prueba al agrandar un modelo que ya pasa por todos sus datos."""

import math
import re
from collections.abc import Callable
from typing import Any

from labcode import text
from labcode.checks import check_bool, refuse
from labcode.explorers.base import Checked, Explorer, are_numbers, module_source, still, style, within

EMPTY: dict[str, Any] = {"series": []}
MAX_SERIES, MAX_WIDTHS = 4, 40
KINDS = ("features", "network", "loss")
_TEXTS = ("key", "name", "about", "notice")
_SERIES = {*_TEXTS, "kind", "log", "threshold", "regimes", "epochs", "points"}


def _is_band(band: Any) -> bool:
    return are_numbers(band, 0, 1e9, 3) and band[1] <= band[0] <= band[2]


def _is_point(point: Any, kind: str, epochs: int) -> bool:
    own = "norm" if kind == "features" else "curve"
    if not isinstance(point, dict) or set(point) != {"width", "draws", "train", "test", own} or not are_numbers([point["width"], point["draws"]], 1, 1e9):
        return False
    fits = _is_band(point["norm"]) if kind == "features" else are_numbers(point["curve"], 0, 100 if kind == "network" else 1e9, epochs)
    return fits and _is_band(point["train"]) and _is_band(point["test"])


def _is_series(one: Any) -> bool:
    if not isinstance(one, dict) or set(one) != _SERIES or not all(isinstance(one[key], str) for key in _TEXTS) or one["kind"] not in KINDS:
        return False
    points, epochs, regimes = one["points"], one["epochs"], one["regimes"]
    sound = (
        isinstance(points, list) and len(points) <= MAX_WIDTHS and isinstance(one["log"], bool) and are_numbers(epochs, 1, 1e6)
        and isinstance(regimes, list) and len(regimes) == 3 and all(isinstance(own, str) for own in regimes)
        and (one["threshold"] is None or are_numbers([one["threshold"]], 1, 1e9))
        and all(_is_point(point, one["kind"], len(epochs)) for point in points)
    )  # fmt: skip
    widths = [point["width"] for point in points] if sound else []
    return sound and bool(re.fullmatch("[a-z0-9]{1,12}", one["key"])) and widths == sorted(set(widths)) and epochs == sorted(set(epochs))


def _check_data(name: str, value: Any) -> dict[str, Any]:
    sound = (
        isinstance(value, dict) and set(value) == set(EMPTY) and isinstance(value["series"], list) and len(value["series"]) <= MAX_SERIES
        and all(map(_is_series, value["series"])) and len({one["key"] for one in value["series"]}) == len(value["series"])
    )  # fmt: skip
    if not sound:
        raise refuse(name, "…", "{'series': […]}, con lo que dan from_draws y from_findings de labcode.views.width", "{'series': [from_findings(obtain(catalog.WIDTH))]}")
    return value


def _check_series(name: str, value: Any) -> str:
    if not isinstance(value, str):
        raise refuse(name, value, "la clave de un experimento, o '' para el primero medido", "'puntos'")
    return value


class WidthExplorer(Explorer):
    """El ancho: error o pérdida en entrenamiento y en prueba de modelos cada vez más grandes, y qué pasa después de memorizarlo todo.

    Args:
        data: `{"series": […]}`, hasta cuatro experimentos de `labcode.views.width`; sin él, dice que no hay nada medido.
        series: clave del experimento que se mira; vacía, el primero que tenga medidas.
        at: cuál de los anchos, desde 0; si pasa del último, el último. Sin él, el del umbral del primer experimento medido.
        predict: con `False`, las curvas se muestran enteras sin pedir antes una predicción.

    Raises:
        ValueError: si un valor no se admite (también es `TraitError`).
    """

    name = "width"
    parts = ("common.js", "plots.js", "width_core.js", "width_draw.js", "width.js")
    _esm = module_source(parts)
    _css = style()

    data = Checked(_check_data, EMPTY)
    series = Checked(_check_series, "")
    at = Checked(within(0, MAX_WIDTHS - 1, 0), 0)
    predict = Checked(check_bool, True)

    def __init__(self, data: dict[str, Any] | None = None, **values: Any) -> None:
        data = _check_data("data", EMPTY if data is None else data)
        super().__init__(**{"data": data, "at": _start(data), **values})

    def picture(self) -> str:
        """Las dos curvas de error contra el ancho, como SVG con su descripción; sin medidas, lo dice."""
        measured = [one for one in self.data["series"] if one["points"]]
        if not measured:
            return still("Error contra el ancho del modelo. Todavía no hay resultados medidos.", 60, 14, '<text x="20" y="40">Todavía no hay resultados medidos.</text>')
        one = next((own for own in measured if own["key"] == self.series), measured[0])
        said = ", ".join(f"{text.integer(p['width'])} → {error_text(p['test'][0], one)}" for p in one["points"])
        where = "" if one["threshold"] is None else f" El umbral de interpolación está en {text.integer(one['threshold'])}."
        return still(f"Error en prueba de «{one['name']}» según el ancho: {said}.{where} Entrenamiento, en gris.", 360, 14, _chart(one))


def _start(data: dict[str, Any]) -> int:
    """La posición del umbral en el primer experimento medido; 0 si no se sabe."""
    one = next((own for own in data["series"] if own["points"]), None)
    if one is None or one["threshold"] is None:
        return 0
    return next((i for i, point in enumerate(one["points"]) if point["width"] >= one["threshold"]), 0)


def error_text(error: float, one: dict[str, Any]) -> str:
    """Un error como se lee: en porcentaje si es de una red; una pérdida, con dos decimales; si no, con dos cifras que importan."""
    if one["kind"] == "network":
        return text.percent(error, 1)
    if one["kind"] == "loss":
        return text.decimal(error, 2)
    return "0" if error < 1e-4 else text.decimal(error, 2 if error >= 0.1 else 4)


def _chart(one: dict[str, Any]) -> str:
    points = one["points"]
    tests = [p["test"][0] for p in points]
    low, high = (math.log10(min(tests) / 8), math.log10(max(tests) * 1.5)) if one["log"] else (0.0, _top(max(*tests, 1)))
    first, last = math.log(points[0]["width"]), math.log(points[-1]["width"])

    def x(width: float) -> float:
        return 70 + 580 * (math.log(width) - first) / (last - first or 1)

    def y(error: float) -> float:
        value = math.log10(max(error, 1e-12)) if one["log"] else error
        return 300 - 270 * max(0.0, (value - low) / (high - low))

    lines = "".join(_line([(x(p["width"]), y(p[key][0])) for p in points], colour) for key, colour in (("train", "#7F7F7F"), ("test", "#D55E00")))
    ticks = "".join(f'<text x="{x(p["width"]):.0f}" y="322" text-anchor="middle">{text.integer(p["width"])}</text>' for p in _apart(points, x))
    levels = [10.0**k for k in range(math.ceil(low), math.floor(high) + 1)] if one["log"] else [high * k / 4 for k in range(5)]
    grid = "".join(
        f'<text x="56" y="{y(v) + 5:.0f}" text-anchor="end">{text.plain(float(v))}</text><path d="M62 {y(v):.0f}H660" stroke="currentColor" stroke-opacity=".15"/>'
        for v in levels
    )
    wall = "" if one["threshold"] is None else f'<path d="M{x(one["threshold"]):.0f} 20V300" stroke="currentColor" stroke-dasharray="5 4" fill="none"/>'
    what = {"features": "características", "network": "neuronas ocultas; error en %", "loss": "neuronas ocultas; pérdida"}[one["kind"]]
    return f'{grid}{ticks}{wall}{lines}<text x="360" y="350" text-anchor="middle">{what} (en gris, entrenamiento; en naranja, prueba)</text>'


def _top(most: float) -> float:
    """Hasta dónde llega un eje que empieza en 0: un número redondo que deja algo de sitio."""
    step = 5 if most > 20 else 2
    return float(step * math.ceil(most / step + 0.2))


def _apart(points: list[dict[str, Any]], x: Callable[[float], float]) -> list[dict[str, Any]]:
    """Los puntos cuyo número cabe en el eje sin tocar al anterior."""
    kept: list[dict[str, Any]] = []
    for point in points:
        if not kept or x(point["width"]) - x(kept[-1]["width"]) >= 44:
            kept.append(point)
    return kept


def _line(points: list[tuple[float, float]], colour: str) -> str:
    path = "L".join(f"{a:.1f} {b:.1f}" for a, b in points)
    dots = "".join(f'<circle cx="{a:.1f}" cy="{b:.1f}" r="3.5" fill="{colour}"/>' for a, b in points)
    return f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="2.5"/>{dots}'
