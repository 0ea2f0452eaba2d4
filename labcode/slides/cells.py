"""De las celdas de un cuaderno ejecutado a bloques: el código, lo que imprimió, sus figuras y sus exploradores."""

import html
import json
import re
from typing import Any

from labcode.slides.markdown import Block, blocks, code_block
from labcode.slides.rule import LONG_OUTPUT, Cut, shorten, shows_code, source_listing

TAKE = re.compile(r'<div class="rc-take".*?</div>(?:<script[^>]*class="rc-table"[^>]*>.*?</script>)?', re.S)
STATE = re.compile(r'<script type="application/json">(.*?)</script>', re.S)
EXERCISE = "check_answer("
FIGURE_LINES, EXPLORER_LINES = 8.0, 99.0  # un explorador ocupa él solo una diapositiva
TEXT_KINDS = ("paragraph", "list", "quote")


class BrokenNotebook(ValueError):
    """El cuaderno tiene una celda que falló o que no se ejecutó: de él no salen diapositivas."""


def code_cell(cell: dict[str, Any], whole: bool) -> list[Cut]:
    """Lo que deja una celda de código: por cada bloque, lo que se proyecta y lo que queda en las notas.

    Args:
        cell: la celda, ejecutada.
        whole: si una celda lleva un `slide_type` propio, nada de lo que muestra se acorta.

    Raises:
        BrokenNotebook: si la celda falló.
    """
    tags = set(cell["metadata"].get("tags", []))
    source = "".join(cell["source"])
    if "parameters" in tags or "remove-cell" in tags or source.startswith("# @title Preparación"):
        return []
    exercise, shown = EXERCISE in source, _outputs(cell, tags)
    visible = not exercise and shows_code(source, tags, shown)
    cuts: list[Cut] = [(code_block(source), None)] if visible else []
    for found in shown:
        kept = _shown(found, source, whole, exercise)
        cuts.append((kept, found if kept != found and found.kind in TEXT_KINDS else None))
    return cuts


def _shown(block: Block, source: str, whole: bool, exercise: bool) -> Block | None:
    if block.kind in ("figure", "explorer"):
        return block
    if exercise:
        return None
    if whole:
        return block
    if block.kind == "code" and "text.source(" in source:
        return source_listing(block)
    if block.kind == "paragraph":
        return shorten(block) if "**" in block.source else None  # un aviso sin negritas no es para la pantalla
    if block.kind == "quote":
        return _notice(block)
    return shorten(block)


def _notice(block: Block) -> Block | None:
    """Un aviso del capítulo, como el de las corridas que faltan: lo que dice en negrita, chico."""
    bold = re.search(r"<strong>(.*?)</strong>", block.html, re.S)
    return Block("html", f'<div class="notice">{bold[1]}</div>', 1.2) if bold else None


def _outputs(cell: dict[str, Any], tags: set[str]) -> list[Block]:
    found: list[Block] = []
    printed = False
    for output in [] if "remove-output" in tags else cell.get("outputs", []):
        if output["output_type"] == "error":
            raise BrokenNotebook(f"la celda «{cell.get('id', '')}» falló con {output['ename']}: {output['evalue']}")
        if output["output_type"] != "stream":
            found += _displayed(output["data"], cell)
        elif output["name"] == "stdout" and not printed:  # la primera trae todo: si hay más, son restos que MyST-NB juntó en ella y no quitó
            found += _printed("".join(output["text"]))
            printed = True
    return found


def _printed(text: str) -> list[Block]:
    lines = text.rstrip("\n").splitlines()
    if not lines or len(lines) > LONG_OUTPUT:
        return []
    return [Block("output", f'<pre class="printed">{html.escape(text.rstrip())}</pre>', 0.72 * len(lines) + 0.6, text)]


def _displayed(data: dict[str, Any], cell: dict[str, Any]) -> list[Block]:
    if "text/html" in data:
        return [_from_html("".join(data["text/html"]))]
    if "image/svg+xml" in data:
        return [Block("figure", f'<figure class="rc-figure">{"".join(data["image/svg+xml"])}</figure>', FIGURE_LINES)]
    if "image/png" in data:
        alt = html.escape(cell["metadata"].get("mystnb", {}).get("image", {}).get("alt", ""))
        return [Block("figure", f'<figure class="rc-figure"><img alt="{alt}" src="data:image/png;base64,{data["image/png"]}"></figure>', FIGURE_LINES)]
    if "text/markdown" in data:
        return blocks("".join(data["text/markdown"]))
    return _printed("".join(data.get("text/plain", "")))


def _from_html(written: str) -> Block:
    if "data-explorer=" in written:
        return Block("explorer", written, EXPLORER_LINES, explorer_name(written))
    if 'class="rc-figure"' in written:
        return Block("figure", TAKE.sub("", written), FIGURE_LINES)
    return Block("html", written, 4.0)


def explorer_name(written: str) -> str:
    """El nombre del explorador de un HTML (`data-explorer`)."""
    return re.search(r'data-explorer="([^"]+)"', written)[1]


def question_roots(written: str) -> list[str]:
    """El elemento de preguntas, repartido: una raíz por pregunta, con su propio dibujo y sin guardar el avance.

    Args:
        written: la raíz que dejó `quiz.show`, con todas sus preguntas.
    """
    state = json.loads(STATE.search(written)[1].replace("<\\/", "</"))
    pictures = re.findall(r"<li>(?:.|\n)*?(?=<li>|</ol>)", written)
    roots = []
    for picture, question in zip(pictures, state["questions"], strict=True):
        own = {**state, "questions": [question], "chapter": ""}
        text = json.dumps(own, ensure_ascii=False, separators=(",", ":")).replace("</", "<\\/")
        roots.append(
            '<div data-explorer="quiz" class="rc-explorer">'
            f'<div class="rc-static"><ol class="rc-questions">{picture}</ol></div>'
            f'<script type="application/json">{text}</script></div>'
        )
    return roots
