"""El explorador «Tasa × lote»: el mapa de exactitud en validación, y dónde está la mejor tasa de cada lote."""

from collections.abc import Callable
from typing import Any

from labcode import text
from labcode.checks import check_bool, refuse
from labcode.explorers.base import Checked, Explorer, among, is_number, module_source, still, style, within

MAPS = {"epochs": "mismas épocas", "steps": "mismos pasos"}
LINES = ("none", "linear", "root")
DEPTH = 12.0  # puntos bajo el mejor en que el color se apaga
_EMPTY_MAP = {"epochs": [12, 12], "steps": [33_756, 8448], "cells": [[None, None], [None, None]]}
EMPTY: dict[str, Any] = {
    "batches": [16, 64],
    "rates": [0.004, 0.015],
    "chance": 10.0,
    "maps": {"epochs": _EMPTY_MAP, "steps": _EMPTY_MAP},
}


def _is_list(values: Any, fits: Callable[[Any], bool], least: int = 1, most: int = 12) -> bool:
    return isinstance(values, list) and least <= len(values) <= most and all(map(fits, values))


def _is_cell(cell: Any) -> bool:
    if cell is None:
        return True
    if not isinstance(cell, list) or len(cell) != 3:
        return False
    mean, half, seeds = cell
    return (mean is None or is_number(mean, 0, 100)) and (half is None or is_number(half, 0, 1000)) and is_number(seeds, 1, 10_000)


def _is_map(one: Any, rows: int, columns: int) -> bool:
    return (
        isinstance(one, dict)
        and set(one) == {"epochs", "steps", "cells"}
        and all(_is_list(one[key], lambda n: is_number(n, 1, 1e9)) and len(one[key]) == rows for key in ("epochs", "steps"))
        and isinstance(one["cells"], list)
        and len(one["cells"]) == rows
        and all(_is_list(row, _is_cell) and len(row) == columns for row in one["cells"])
    )


def _check_data(name: str, value: Any) -> dict[str, Any]:
    allowed = "lo que da labcode.views.rate_batch.rate_batch_data"
    example = "rate_batch_data(obtain(catalog.BATCH_EPOCHS), obtain(catalog.BATCH_STEPS))"
    try:
        rows, columns = value["batches"], value["rates"]
        sound = (
            _is_list(rows, lambda n: is_number(n, 1, 1e6), 2)
            and _is_list(columns, lambda x: is_number(x, 1e-9, 100), 2)
            and rows == sorted(set(rows))
            and columns == sorted(set(columns))
            and is_number(value["chance"], 0, 100)
            and set(value["maps"]) == set(MAPS)
            and all(_is_map(one, len(rows), len(columns)) for one in value["maps"].values())
        )
    except (KeyError, TypeError):
        sound = False
    if not sound:
        raise refuse(name, "…", allowed, example)
    return value


def best_columns(cells: list[list[Any]]) -> list[int | None]:
    """Por cada fila, la columna de mayor media (la primera, si empatan); `None` si no hay ninguna medida."""
    found = []
    for row in cells:
        means = [-1.0 if cell is None or cell[0] is None else cell[0] for cell in row]
        found.append(means.index(max(means)) if max(means) >= 0 else None)
    return found


class RateBatchExplorer(Explorer):
    """Apostar dónde está la mejor tasa de cada tamaño de lote, y leer el mapa medido, celda por celda.

    Args:
        data: lo que da `labcode.views.rate_batch.rate_batch_data`; sin él, un mapa sin medir.
        map: qué mapa se ve: "epochs" (mismas épocas) o "steps" (mismos pasos).
        row: fila de la celda elegida; si pasa de la última, la última.
        column: columna de la celda elegida.
        line: línea por la celda elegida: "none", "linear" (α/B constante) o "root" (α/√B constante).
        predict: con `False`, el mapa se muestra sin pedir antes una apuesta.

    Raises:
        ValueError: si un valor no se admite (también es `TraitError`).
    """

    name = "rate_batch"
    parts = ("math.js", "common.js", "rate_batch_core.js", "rate_batch_grid.js", "rate_batch.js")
    _esm = module_source(parts)
    _css = style()

    data = Checked(_check_data, EMPTY)
    map = Checked(among(tuple(MAPS)), "epochs")
    row = Checked(within(0, 11, 1), 0)
    column = Checked(within(0, 11, 1), 0)
    line = Checked(among(LINES), "none")
    predict = Checked(check_bool, True)

    def picture(self) -> str:
        """Los dos mapas como SVG, con el mejor de cada fila destacado."""
        rows, columns = len(self.data["batches"]), len(self.data["rates"])
        panels = "".join(_panel(self.data, key, 345 * i) for i, key in enumerate(MAPS))
        alt = f"Exactitud en validación de {rows} tamaños de lote por {columns} tasas. {_said(self.data)}"
        return still(alt, 86 + 34 * rows, 14, panels)


def _said(data: dict[str, Any]) -> str:
    said = []
    for key, name in MAPS.items():
        best = best_columns(data["maps"][key]["cells"])
        pairs = [f"con lotes de {text.integer(b)}, {text.plain(float(data['rates'][c]))}" for b, c in zip(data["batches"], best) if c is not None]
        if pairs:
            said.append(f"La mejor tasa con las {name}: {', '.join(pairs)}.".replace("las mismos", "los mismos"))
    return " ".join(said) or "Todavía no hay resultados medidos."


def _panel(data: dict[str, Any], key: str, left: int) -> str:
    cells, best = data["maps"][key]["cells"], best_columns(data["maps"][key]["cells"])
    side = 270 / len(data["rates"])
    top = max((cell[0] for row in cells for cell in row if cell and cell[0] is not None), default=0.0)
    parts = [f'<text x="{left}" y="18">Con {"las" if key == "epochs" else "los"} {MAPS[key]}</text>']
    for j, rate in enumerate(data["rates"]):
        parts.append(f'<text x="{left + 60 + (j + 0.5) * side:.0f}" y="44" text-anchor="middle">{text.plain(float(rate))}</text>')
    for i, row in enumerate(cells):
        parts.append(f'<text x="{left + 50}" y="{74 + 34 * i}" text-anchor="end">{text.integer(data["batches"][i])}</text>')
        for j, cell in enumerate(row):
            parts.append(_box(left + 60 + j * side, 52 + 34 * i, side, cell, top, best[i] == j))
    parts.append(f'<text x="{left + 60}" y="{76 + 34 * len(cells)}">→ tasa α; hacia abajo, el lote B</text>')
    return "".join(parts)


def _box(x: float, y: int, side: float, cell: Any, top: float, best: bool) -> str:
    measured = cell is not None and cell[0] is not None
    share = max(0.0, 1 - (top - cell[0]) / DEPTH) * 0.5 if measured else 0.0
    label = text.decimal(cell[0], 1) if measured else ("–" if cell is None else "div.")
    weight = ' font-weight="700"' if best else ""
    return (
        f'<rect x="{x:.1f}" y="{y}" width="{side:.1f}" height="34" fill="#0072B2" fill-opacity="{share:.2f}" stroke="currentColor"'
        f' stroke-opacity="{1 if best else 0.3}"/><text x="{x + side / 2:.1f}" y="{y + 22}" text-anchor="middle"{weight}>{label}</text>'
    )
