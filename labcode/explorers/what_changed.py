"""El explorador «¿Qué cambió?»: dos curvas de entrenamiento medidas, y cuál de cinco cosas las distingue."""

import html
import math
from typing import Any

from labcode import text
from labcode.checks import check_bool, refuse
from labcode.explorers.base import Brief, Checked, Explorer, among, is_number, module_source, still, style, within

NAMES = {
    "batch": "Tamaño de lote",
    "optimizer": "Optimizador",
    "normalization": "Normalización",
    "width": "Tamaño de la red",
    "rate": "Tasa de aprendizaje",
}
METRICS = ("accuracy", "loss")
FIELDS = {"label", "detail", "amount", "seeds", "accuracy", "loss", "diverged"}
MAX_EPOCHS, MAX_SETTINGS = 200, 12
BASE, OTHER = "var(--rc-accent, #0072B2)", "var(--rc-warm, #D55E00)"
_EXAMPLE = "what_changed.factors({'rate': obtain(catalog.RECAP_RATE)})"
Curve = list[float | None]


def gap(one: Curve, other: Curve) -> float:
    """Lo más que se separan dos curvas en una misma época; infinito si no tienen ninguna en común."""
    shared = [abs(a - b) for a, b in zip(one, other) if a is not None and b is not None]
    return max(shared, default=math.inf)


def strongest(factor: dict[str, Any]) -> dict[str, Any]:
    """El ajuste de un factor cuya exactitud más se separa de la de base."""
    base = factor["settings"][factor["base"]]
    others = [own for own in factor["settings"] if own is not base]
    return max(others, key=lambda own: gap(own["accuracy"], base["accuracy"]))


def _check_factors(name: str, value: Any) -> list[dict[str, Any]]:
    allowed = "la lista que arma `labcode.views.what_changed`: por factor, su clave, su base y sus curvas"
    try:
        keys = [factor["key"] for factor in value if isinstance(value, list)]
        good = isinstance(value, list) and len(set(keys)) == len(keys) and all(map(_good_factor, value))
    except (TypeError, KeyError, AttributeError):
        good = False
    if not good:
        raise refuse(name, Brief(value), allowed, _EXAMPLE)
    return value


def _good_factor(factor: dict[str, Any]) -> bool:
    settings, base = factor["settings"], factor["base"]
    lengths = {len(own[metric]) for own in settings for metric in METRICS}
    return (
        set(factor) == {"key", "base", "settings"}
        and factor["key"] in NAMES
        and 2 <= len(settings) <= MAX_SETTINGS
        and isinstance(base, int) and not isinstance(base, bool) and 0 <= base < len(settings)
        and len(lengths) == 1 and 1 <= lengths.pop() <= MAX_EPOCHS
        and len({own["label"] for own in settings}) == len(settings)
        and all(_good_setting(own) for own in settings)
    )  # fmt: skip


def _good_setting(own: dict[str, Any]) -> bool:
    words = all(isinstance(own[k], str) and 1 <= len(own[k]) <= 60 for k in ("label", "detail"))
    end = own["diverged"]
    return (
        set(own) == FIELDS and words and is_number(own["amount"], 0, 1e12) and is_number(own["seeds"], 1, 1000)
        and (end is None or is_number(end, 1, MAX_EPOCHS))
        and all(x is None or is_number(x, 0, 100) for x in own["accuracy"])
        and all(x is None or is_number(x, 0, 1e30) for x in own["loss"])
    )  # fmt: skip


class WhatChangedExplorer(Explorer):
    """Reconocer, por sus curvas, cuál de cinco cosas cambió de un entrenamiento a otro.

    Args:
        factors: las curvas medidas, de `labcode.views.what_changed.factors`; vacía, el explorador dice que faltan.
        turn: qué caso se muestra, desde 0.
        metric: «accuracy» (exactitud en entrenamiento) o «loss» (pérdida).
        predict: con `False`, lo que cambió se muestra sin pedir antes una predicción.

    Raises:
        ValueError: si un valor no se admite (también es `TraitError`).
    """

    name = "what-changed"
    parts = ("math.js", "common.js", "what_changed_core.js", "what_changed_chart.js", "what_changed.js")
    _esm = module_source(parts)
    _css = style()

    factors = Checked(_check_factors, [])
    turn = Checked(within(0, 99, 0), 0)
    metric = Checked(among(METRICS), "accuracy")
    predict = Checked(check_bool, True)

    def picture(self) -> str:
        """Por factor, la curva de base y la que más se separa de ella, como SVG con su descripción."""
        pairs = [(NAMES[f["key"]], f["settings"][f["base"]], strongest(f)) for f in self.factors]
        said = [f"{title}: {_end(base)} con {base['label']} y {_end(other)} con {other['label']}" for title, base, other in pairs]
        alt = f"Curvas de exactitud en entrenamiento al cambiar una sola cosa. Al final, {'; '.join(said)}."
        if not pairs:
            alt = "Todavía no hay curvas medidas que comparar: aparecerán aquí cuando se entrenen."
        panels = "".join(_panel(i, *pair) for i, pair in enumerate(pairs))
        height = 30 + 210 * math.ceil(len(pairs) / 2)
        head = "Exactitud en entrenamiento, de 0 a 100\u202f%, en cada época; abajo, la de la última." if pairs else alt
        return still(
            alt, height, 14,
            f'<text x="0" y="16">{head}</text>{panels}'
        )


def _end(own: dict[str, Any]) -> str:
    last = own["accuracy"][-1]
    return "divergió" if last is None else text.percent(last, 1)


def _panel(position: int, title: str, base: dict[str, Any], other: dict[str, Any]) -> str:
    x, y = 350 * (position % 2), 30 + 210 * (position // 2)
    lines = _line(base["accuracy"], BASE, "") + _line(other["accuracy"], OTHER, "7 4")
    names = "".join(
        f'<text x="0" y="{178 + 17 * i}" fill="{color}">{mark} {html.escape(own["label"])}: {_end(own)}</text>'
        for i, (own, color, mark) in enumerate(((base, BASE, "——"), (other, OTHER, "- - -")))
    )
    return (
        f'<g transform="translate({x} {y})"><text x="0" y="16" font-weight="600">{title}</text>'
        f'<path d="M0 30V155H310" fill="none" stroke="currentColor" stroke-opacity=".4"/>{lines}{names}</g>'
    )


def _line(values: Curve, color: str, dash: str) -> str:
    step = 310 / max(len(values) - 1, 1)
    points = " ".join(f"{i * step:.1f},{155 - 1.25 * v:.1f}" for i, v in enumerate(values) if v is not None)
    return f'<polyline points="{points}" fill="none" stroke="{color}" stroke-width="2.5" stroke-dasharray="{dash}"/>'
