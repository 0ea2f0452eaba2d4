"""El explorador «λ»: apostar qué λ gana en validación, y mirar qué le hace cada uno a las curvas y a los pesos."""

import base64
from typing import Any

from labcode import text
from labcode.checks import check_bool, refuse
from labcode.explorers.base import Checked, Explorer, are_numbers, module_source, still, style, within

EMPTY: dict[str, Any] = {"edges": [], "chosen": None, "runs": [{"lam": lam, "seeds": 0, "diverged": False} for lam in (0.0, 0.001)]}


def _is_curve(curve: Any) -> bool:
    if not isinstance(curve, list) or len(curve) != 2 or not all(are_numbers(part, 0, 1000) for part in curve):
        return False
    return 1 <= len(curve[0]) == len(curve[1]) and max(curve[0]) <= 100


def _is_run(run: Any, bins: int) -> bool:
    if not are_numbers([run["lam"], run["seeds"]], 0, 10_000):
        return False
    if not run["seeds"]:
        return isinstance(run["diverged"], bool)
    return (
        _is_curve(run["train"]) and _is_curve(run["val"]) and len(run["train"][0]) == len(run["val"][0])
        and are_numbers([run["squares"]], 0, 1e12) and are_numbers(run["counts"], 0, 1e12) and len(run["counts"]) == bins
        and all(_is_difference(run[key]) for key in ("gain", "behind"))
    )  # fmt: skip


def _is_difference(pair: Any) -> bool:
    return len(pair) == 2 and are_numbers([x for x in pair if x is not None], -100, 100) and (pair[0] is not None or pair[1] is None)


def _check_data(name: str, value: Any) -> dict[str, Any]:
    try:
        runs, chosen = value["runs"], value["chosen"]
        measured = [i for i, run in enumerate(runs) if run["seeds"]]
        sound = (
            2 <= len(runs) <= 16
            and [run["lam"] for run in runs] == sorted({run["lam"] for run in runs})
            and are_numbers(value["edges"], -1e6, 1e6)
            and all(_is_run(run, len(value["edges"]) - 1) for run in runs)
            and (chosen in measured if measured else chosen is None)
        )
    except (KeyError, TypeError, IndexError):
        sound = False
    if not sound:
        raise refuse(name, "…", "lo que da labcode.views.lam.lam_data", "lam_data(obtain(catalog.L2_MLP))")
    return value


def _is_net(net: Any, side: int) -> bool:
    nodes = len(base64.b64decode(net["field"], validate=True))
    return nodes == side * side and are_numbers([net["train"], net["new"]], 0, 100) and are_numbers([net["lam"], net["squares"]], 0, 1e12)


def _check_frontier(name: str, value: Any) -> dict[str, Any] | None:
    if value is None:
        return None
    try:
        points, nets = value["points"], value["nets"]
        sound = (
            2 <= value["side"] <= 256
            and 1 <= len(points) <= 2000
            and all(are_numbers(point, -1, 1, many=3) and point[2] in (0, 1) for point in points)
            and all(are_numbers(place, -1, 1, many=2) for place in value["truth"])
            and 1 <= len(nets) <= 16
            and all(_is_net(net, value["side"]) for net in nets)
            and [net["lam"] for net in nets] == sorted({net["lam"] for net in nets})
        )
    except (KeyError, TypeError, ValueError):
        sound = False
    if not sound:
        raise refuse(name, "…", "lo que da labcode.views.lam.frontier_data, o None", "frontier_data(x, y, redes, curva)")
    return value


class LamExplorer(Explorer):
    """Un deslizador de λ sobre resultados medidos: curvas con sus bandas, el barrido, el histograma de los pesos y una frontera en el plano.

    Args:
        data: lo que da `labcode.views.lam.lam_data`; sin él, sin medir.
        frontier: lo que da `labcode.views.lam.frontier_data`; sin él, no hay frontera.
        index: qué λ se ve, por su posición; si pasa del último, el último.
        predict: con `False`, todo se muestra sin pedir antes una apuesta.

    Raises:
        ValueError: si un valor no se admite (también es `TraitError`).
    """

    name = "lam"
    parts = ("math.js", "common.js", "field.js", "lam_core.js", "lam_charts.js", "lam_frontier.js", "lam.js")
    _esm = module_source(parts)
    _css = style()

    data = Checked(_check_data, EMPTY)
    frontier = Checked(_check_frontier, None)
    index = Checked(within(0, 15, 0), 0)
    predict = Checked(check_bool, True)

    def picture(self) -> str:
        """La exactitud final de entrenamiento y validación contra λ, como SVG con su descripción."""
        runs, chosen = self.data["runs"], self.data["chosen"]
        said = [f"{text.plain(float(r['lam']))} → {text.decimal(r['val'][0][-1], 1)}" for r in runs if r["seeds"]]
        alt = f"Exactitud final contra λ. En validación: {', '.join(said)}." if said else "Exactitud final contra λ. Todavía no hay resultados medidos."
        body = "".join(_series(runs, key, color) for key, color in (("train", "#7F7F7F"), ("val", "#0072B2")))
        if chosen is not None:
            body += f'<line x1="{_x(runs, chosen):.1f}" x2="{_x(runs, chosen):.1f}" y1="20" y2="240" stroke="currentColor" stroke-dasharray="4 4"/>'
        else:
            body += '<text x="340" y="130" text-anchor="middle">Todavía no hay resultados medidos</text>'
        ticks = "".join(f'<text x="{_x(runs, i):.1f}" y="262" text-anchor="middle">{text.plain(float(r["lam"]))}</text>' for i, r in enumerate(runs))
        grid = "".join(
            f'<line x1="50" x2="670" y1="{_y(v):.1f}" y2="{_y(v):.1f}" stroke="currentColor" stroke-opacity=".15"/>'
            f'<text x="42" y="{_y(v) + 5:.1f}" text-anchor="end">{v}</text>'
            for v in range(0, 101, 20)
        )
        return still(
            alt, 300, 14,
            f'{grid}{body}{ticks}<text x="360" y="290" text-anchor="middle">λ; en gris, entrenamiento;'
            " en azul, validación (%)</text>"
        )


def _x(runs: list[Any], i: int) -> float:
    return 80 + 560 * i / (len(runs) - 1)


def _y(value: float) -> float:
    return 240 - 2.2 * value


def _series(runs: list[Any], key: str, color: str) -> str:
    there = [(_x(runs, i), run[key][0][-1], run[key][1][-1]) for i, run in enumerate(runs) if run["seeds"]]
    points = " ".join(f"{x:.1f},{_y(mean):.1f}" for x, mean, _ in there)
    marks = "".join(
        f'<circle cx="{x:.1f}" cy="{_y(mean):.1f}" r="4" fill="{color}"/>'
        f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{_y(mean - half):.1f}" y2="{_y(mean + half):.1f}" stroke="{color}" stroke-width="2"/>'
        for x, mean, half in there
    )
    return f'<polyline points="{points}" fill="none" stroke="{color}" stroke-width="2"/>{marks}' if there else ""
