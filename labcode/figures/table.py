"""Los datos de una figura, como tabla: lo que está dibujado, leído de los artistas de matplotlib.

Vale para cualquier figura: curvas, bandas, puntos con intervalo, nubes de puntos, barras, escalones y rectas de referencia.
Lo que no es un dato (imágenes, flechas, rótulos, paneles sin ejes) no entra.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from labcode.figures.artists import Series, drawn

INTERVAL = ("desde", "hasta")
EXACT = 2**53  # hasta aquí un decimal representa todo entero


@dataclass(frozen=True)
class Group:
    """Filas seguidas que comparten sus primeras celdas.

    Attributes:
        head: los textos que se repiten en cada fila (panel, serie, qué es).
        body: una lista por columna restante, todas del mismo largo; None si esa columna queda vacía.
    """

    head: tuple[str, ...]
    body: tuple[list[Any] | None, ...]

    @property
    def rows(self) -> list[list[Any]]:
        """Las filas completas."""
        count = max(len(column) for column in self.body if column is not None)
        columns = [[""] * count if column is None else column for column in self.body]
        return [[*self.head, *cells] for cells in zip(*columns)]


@dataclass(frozen=True)
class Table:
    """Los datos de una figura.

    Attributes:
        columns: nombre de cada columna; los de los ejes son los de la figura.
        groups: las filas, por series.
    """

    columns: tuple[str, ...]
    groups: tuple[Group, ...]

    @property
    def csv(self) -> str:
        """La tabla como CSV: coma entre celdas, punto decimal y una fila de encabezado."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(self.columns)
        writer.writerows([written(cell) for cell in row] for group in self.groups for row in group.rows)
        return text.getvalue()

    @property
    def compact(self) -> dict[str, Any]:
        """Lo mismo sin repetir nada, listo para JSON (un número que no es finito va como null): así viaja en la página."""
        groups = [[group.head, [_plain(column) for column in group.body]] for group in self.groups]
        return {"columns": self.columns, "groups": groups}


def written(cell: Any) -> str:
    """Escribe una celda: un entero, exacto; otro número, con seis cifras; lo que no es finito, «NaN»."""
    if isinstance(cell, str):
        return cell
    number = _number(cell)
    return "NaN" if number is None else str(number)


def _plain(column: list[Any] | None) -> list[Any] | None:
    return None if column is None else [cell if isinstance(cell, str) else _number(cell) for cell in column]


def _number(x: float) -> float | int | None:
    if not np.isfinite(x):
        return None
    short = x if float(x).is_integer() and abs(x) < EXACT else float(f"{x:.6g}")
    return int(short) if float(short).is_integer() and abs(short) < EXACT else short


def table_of(fig: Figure) -> Table | None:
    """Lee los datos de una figura todavía sin cerrar; None si no dibuja ninguno."""
    panels = [(ax, drawn(ax)) for ax in fig.axes if ax.axison and ax.get_label() != "<colorbar>"]
    panels = [(ax, series) for ax, series in panels if series]
    if not panels:
        return None
    sides = [side for side in ("x", "y") if any(s.bounds(side) for _, group in panels for s in group)]
    names = {side: _axis_names([ax for ax, _ in panels], side) for side in "xy"}
    mixed = any(len(set(own)) > 1 for own in names.values())
    columns = (*(["panel"] if len(panels) > 1 else []), "serie", "qué", *_columns(names, sides, mixed))
    groups = [
        Group((*_panel(panels, at), one.label, one.kind, *([names["x"][at], names["y"][at]] if mixed else [])), tuple(_body(one, sides)))
        for at, (_, series) in enumerate(panels) for one in series
    ]  # fmt: skip
    return Table(columns, tuple(groups))


def _columns(names: dict[str, list[str]], sides: Sequence[str], mixed: bool) -> Iterator[str]:
    if mixed:
        yield from ("eje x", "eje y")
    for side in "xy":
        own = side if mixed else names[side][0]
        yield own
        if side in sides:
            yield from (f"{own}: {end}" for end in INTERVAL)


def _axis_names(panels: list[Axes], side: str) -> list[str]:
    """El nombre del eje en cada panel; uno sin nombre toma el único que haya en los demás."""
    labels = [getattr(ax, f"get_{side}label")().replace("\n", " ").strip() for ax in panels]
    known = {label for label in labels if label}
    return [label or (next(iter(known)) if len(known) == 1 else side) for label in labels]


def _panel(panels: list[tuple[Axes, list[Series]]], at: int) -> tuple[str, ...]:
    if len(panels) == 1:
        return ()
    titles = [ax.get_title() or ax.get_title("left") for ax, _ in panels]
    return (titles[at].replace("\n", " ") or str(at + 1),)


def _body(series: Series, sides: Sequence[str]) -> Iterator[list[Any] | None]:
    for side in "xy":
        yield series.x if side == "x" else series.y
        if side in sides:
            yield from series.bounds(side) or (None, None)
