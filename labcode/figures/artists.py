"""De los artistas de matplotlib a series de datos: qué hay dibujado en un panel, y con qué rótulo."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PathCollection, PolyCollection
from matplotlib.colors import to_hex
from matplotlib.container import BarContainer, ErrorbarContainer
from matplotlib.lines import Line2D
from matplotlib.patches import StepPatch
from matplotlib.ticker import FixedLocator

MANY_COLORS = 8  # una nube con más colores no está pintada por series
OWN_KIND = re.compile(r"_([a-záéíóúñ]+)")  # un rótulo como `_semilla` no va a la leyenda: dice qué es lo dibujado
Pair = tuple[list[Any], list[Any]]


@dataclass(frozen=True)
class Series:
    """Algo dibujado en un panel.

    Attributes:
        kind: qué es: «curva», «intervalo», «punto», «barra», «escalón», «banda» o «recta».
        label: su rótulo; si no tiene, el de lo que comparte su color.
        x: posiciones horizontales (números, o textos en un eje de categorías); None en una recta horizontal.
        y: posiciones verticales; None en una recta vertical.
        ends: por eje ("x" o "y"), los extremos del intervalo o de la banda.
        color: en hexadecimal.
    """

    kind: str
    label: str
    x: list[Any] | None
    y: list[Any] | None
    color: str
    ends: dict[str, Pair] = field(default_factory=dict)

    def bounds(self, side: str) -> Pair | None:
        """Los extremos en ese eje, si los tiene."""
        return self.ends.get(side)


def drawn(ax: Axes) -> list[Series]:
    """Lo dibujado en un panel, en el orden en que se dibujó por clases de artista, y con su rótulo."""
    names = {series.color: series.label for series in _labelled(ax)}
    found = _with_bands([one for one in _all(ax) if one.x or one.y])
    named = [one if one.label else replace(one, label=names.get(one.color, "")) for one in found]
    return [_with_categories(ax, series) for series in _numbered(named)]


def _numbered(found: list[Series]) -> Iterator[Series]:
    """Numera las curvas que se repiten con el mismo rótulo: «semilla 1», «semilla 2»…"""
    runs = [one for one in found if len(set(one.x or ())) > 1 and len(set(one.y or ())) > 1]  # no las nubes sobre una marca del eje
    counts, seen = Counter((one.label, one.kind) for one in runs), Counter()
    for one in found:
        key = (one.label, one.kind)
        seen[key] += 1
        yield replace(one, kind=f"{one.kind} {seen[key]}") if counts[key] > 1 else one


def _labelled(ax: Axes) -> Iterator[Series]:
    return (one for one in reversed([*_all(ax)]) if one.label)


def _all(ax: Axes) -> Iterator[Series]:
    inside = set()
    for container in ax.containers:
        inside |= set(_flat(container))
        if isinstance(container, ErrorbarContainer):
            yield _errorbar(container)
        elif isinstance(container, BarContainer):
            yield from _bars(container)
    for line in ax.lines:
        if line not in inside:
            yield _line(ax, line)
    for patch in ax.patches:
        if isinstance(patch, StepPatch):
            yield _steps(patch)
    for collection in ax.collections:
        if collection not in inside:
            yield from _collection(collection)


def _flat(parts: Any) -> Iterator[Any]:
    for part in parts:
        if isinstance(part, (tuple, list)):
            yield from _flat(part)
        elif part is not None:
            yield part


def _label(artist: Any) -> str:
    label = str(artist.get_label() or "")
    return "" if label.startswith("_") else label


def _kind(artist: Any, usual: str) -> str:
    own = OWN_KIND.fullmatch(str(artist.get_label() or ""))
    return own[1] if own and own[1] not in ("nolegend", "child") else usual


def _numbers(values: Any) -> list[float]:
    return np.ma.filled(np.ma.asarray(values, dtype=float), np.nan).ravel().tolist()


def _line(ax: Axes, line: Line2D) -> Series:
    horizontal, vertical = line.get_transform().contains_branch_seperately(ax.transData)
    x, y, color = _numbers(line.get_xdata()), _numbers(line.get_ydata()), to_hex(line.get_color())
    if horizontal and vertical:
        traced = line.get_linestyle() not in ("None", "none", "", " ")
        kind = _kind(line, "curva" if traced else "punto")
        return Series(kind, _label(line), *(_dots(x, y) if traced and kind == "punto" else (x, y)), color)
    return Series("recta", _label(line), x[:1] if horizontal else None, y[:1] if vertical else None, color)


def _dots(x: list[float], y: list[float]) -> Pair:
    """Los puntos de una nube dibujada de un solo trazo, con un segmento diminuto por punto y un NaN entre dos."""
    starts = [at for at in range(len(x)) if np.isfinite(x[at]) and (at == 0 or not np.isfinite(x[at - 1]))]
    return [x[at] for at in starts], [y[at] for at in starts]


def _errorbar(container: ErrorbarContainer) -> Series:
    line, _, bars = container
    segments = [np.asarray(segment) for segment in bars[0].get_segments()] if bars else []
    x, y = (_numbers(line.get_xdata()), _numbers(line.get_ydata())) if line is not None else ([], [])
    color = to_hex(line.get_color() if line is not None else bars[0].get_color()[0])
    side = "x" if container.has_xerr and not container.has_yerr else "y"
    ends = [[float(segment[end, "xy".index(side)]) if len(segment) else float("nan") for segment in segments] for end in (0, 1)]
    return Series("intervalo", _label(container), x, y, color, {side: (ends[0], ends[1])} if len(segments) == len(x) and x else {})


def _bars(container: BarContainer) -> Iterator[Series]:
    if not container.patches:
        return
    flat = container.orientation == "horizontal"
    middle = [p.get_y() + p.get_height() / 2 if flat else p.get_x() + p.get_width() / 2 for p in container.patches]
    size = [p.get_x() + p.get_width() if flat else p.get_y() + p.get_height() for p in container.patches]
    colors = [to_hex(p.get_facecolor()) for p in container.patches]
    label = _label(container) or (_label(container.patches[0]) if len(container.patches) == 1 else "")
    for color in dict.fromkeys(colors):
        own = [at for at, other in enumerate(colors) if other == color]
        places, sizes = [float(middle[at]) for at in own], [float(size[at]) for at in own]
        yield Series("barra", label, sizes if flat else places, places if flat else sizes, color)


def _steps(patch: StepPatch) -> Series:
    data = patch.get_data()
    edges, color = _numbers(data.edges), to_hex(patch.get_edgecolor())
    middle = [(low + high) / 2 for low, high in zip(edges, edges[1:])]
    return Series("escalón", _label(patch), middle, _numbers(data.values), color, {"x": (edges[:-1], edges[1:])})


def _collection(collection: Any) -> Iterator[Series]:
    if isinstance(collection, PathCollection):
        yield from _points(collection)
    elif isinstance(collection, LineCollection):
        yield from _segments(collection)
    elif type(collection).__name__ in ("PolyCollection", "FillBetweenPolyCollection") and isinstance(collection, PolyCollection):
        yield from (_band(collection, path.vertices) for path in collection.get_paths())


def _points(collection: PathCollection) -> Iterator[Series]:
    places = np.asarray(np.ma.filled(collection.get_offsets(), np.nan), float)
    faces = collection.get_facecolors() if len(collection.get_facecolors()) else collection.get_edgecolors()
    colors = [to_hex(color) for color in faces] or ["#000000"]
    colors = colors * len(places) if len(colors) == 1 else colors
    several = list(dict.fromkeys(colors))
    if len(several) > MANY_COLORS:
        colors, several = [""] * len(places), [""]
    for color in several:
        own = places[[other == color for other in colors[: len(places)]]]
        yield Series(_kind(collection, "punto"), _label(collection), own[:, 0].tolist(), own[:, 1].tolist(), color)


def _segments(collection: LineCollection) -> Iterator[Series]:
    """Los tramos verticales u horizontales: lo demás son dibujos."""
    colors = [to_hex(color) for color in collection.get_colors()]
    for at, segment in enumerate(np.asarray(s, float) for s in collection.get_segments()):
        for side, across in (("x", "y"), ("y", "x")):
            run, fixed = segment[:, "xy".index(side)], segment[:, "xy".index(across)]
            if len(segment) == 2 and fixed[0] == fixed[1] and run[0] != run[1]:
                place = {across: [float(fixed[0])], side: None}
                yield Series("tramo", _label(collection), place["x"], place["y"], colors[at % len(colors)], {side: ([float(run.min())], [float(run.max())])})


def _band(collection: PolyCollection, corners: np.ndarray) -> Series:
    """Una banda entre dos curvas: el menor y el mayor valor en cada x."""
    places = np.unique(corners[:, 0])
    low, high = ([float(pick(corners[corners[:, 0] == x, 1])) for x in places] for pick in (np.min, np.max))
    face = collection.get_facecolor()
    return Series("banda", _label(collection), places.tolist(), None, to_hex(face[0]) if len(face) else "", {"y": (low, high)})


def _with_bands(found: list[Series]) -> list[Series]:
    """Junta cada banda con la curva rotulada de su color y sus mismos x: así la media y su intervalo van en una fila."""
    bands = {(one.color, tuple(one.x)): one for one in found if one.kind == "banda"}
    used, merged = set(), []
    for one in found:
        key = (one.color, tuple(one.x or ()))
        if one.kind in ("curva", "punto") and one.label and key in bands and key not in used:
            used.add(key)
            one = replace(one, ends=bands[key].ends)
        merged.append(one)
    return [one for one in merged if one.kind != "banda" or (one.color, tuple(one.x)) not in used]


def _with_categories(ax: Axes, series: Series) -> Series:
    exact = series.kind == "curva"
    return replace(series, x=_named(ax.xaxis, series.x, exact), y=_named(ax.yaxis, series.y, exact))


def _named(axis: Any, places: list[float] | None, exact: bool) -> list[Any] | None:
    """Las posiciones de un eje de categorías, con sus nombres; en uno de números quedan como están.

    Un punto puede estar corrido para que no lo tape otro; una curva (`exact`) tiene que pasar justo por las marcas.
    """
    if places is None or not isinstance(axis.get_major_locator(), FixedLocator):
        return places
    marks = axis.get_majorticklocs()
    ticks = [(float(tick), _clean(name)) for tick, name in zip(marks, axis.get_major_formatter().format_ticks(marks)) if name]
    if not ticks or all(_is_number(name) and np.isclose(float(name), tick) for tick, name in ticks):
        return places
    near = [min(ticks, key=lambda tick: abs(tick[0] - place)) for place in places]
    gap = 1e-9 if exact else min(np.diff(sorted(tick for tick, _ in ticks)), default=1.0) / 2
    return [name for _, name in near] if all(abs(tick - place) <= gap for (tick, _), place in zip(near, places)) else places


def _clean(name: str) -> str:
    """Un rótulo de eje como dato: en un renglón, y los números sin separar los miles ni signo tipográfico."""
    flat = name.replace("\n", " ")
    bare = flat.replace("\u202f", "").replace("−", "-")
    return bare if _is_number(bare) else flat


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
