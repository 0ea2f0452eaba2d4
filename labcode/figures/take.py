"""Los botones «SVG · CSV» que van bajo cada figura: se la llevan, o sus datos, sin red y sin pedir nada a nadie."""

import html
import json
import re
from pathlib import Path

from labcode.figures.table import Table

# Con estilo propio, porque en Jupyter y en Colab no está la hoja del libro; ahí toman la letra y el color del texto.
LINE = "margin:.15rem auto 0;text-align:right;font-size:.8rem;line-height:1"
BUTTON = (
    "min-width:2.75rem;min-height:1.75rem;padding:0 .4rem;border:0;background:none;font:inherit;color:inherit;opacity:.8;"
    "text-decoration:underline;text-underline-offset:.2em;cursor:pointer"
)


def take_line(table: Table | None, width: float) -> str:
    """El HTML de los botones, y de la tabla que descargan; sin tabla queda solo el del SVG.

    Args:
        table: los datos de la figura.
        width: ancho de la figura, en píxeles: los botones quedan alineados con ella.
    """
    buttons = [_button("svg", "Descargar esta figura como SVG")]
    data = ""
    if table is not None:
        buttons.append(_button("csv", "Descargar los datos de esta figura como CSV"))
        compact = json.dumps(table.compact, ensure_ascii=False, separators=(",", ":"), allow_nan=False).replace("</", "<\\/")
        data = f'<script type="application/json" class="rc-table">{compact}</script>'
    dot = '<span aria-hidden="true">·</span>'
    return f'<div class="rc-take" style="{LINE};max-width:{width:.0f}px">{dot.join(buttons)}</div>{data}'


def _button(kind: str, title: str) -> str:
    name = kind.upper()
    return (
        f'<button type="button" data-take="{kind}" title="{title}" aria-label="{name}: {title[0].lower()}{title[1:]}" '
        f'style="{BUTTON}" onclick="{html.escape(_script())}">{name}</button>'
    )


def _script() -> str:
    """El guion de los botones, sin comentarios ni sangría: viaja en cada uno."""
    source = (Path(__file__).parent / "take.js").read_text(encoding="utf-8")
    lines = (re.sub(r"^\s*(//|/\*\*).*", "", line).strip() for line in source.splitlines())
    return " ".join(line for line in lines if line)
