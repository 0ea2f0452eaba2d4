"""El Markdown de una celda, en bloques: con el mismo analizador que usa el libro, y del mismo modo las fórmulas."""

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.amsmath import amsmath_plugin
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

MASKED = re.compile(r"\$[^$\n]+\$|`[^`]+`|\[[^\]]*\]\([^)]*\)", re.S)  # dentro de esto, un punto no termina una frase
SENTENCE_END = re.compile(r"(?<=[.!?…])([*»\")]*)\s+(?=[*«\"(¿¡\[]*[A-ZÁÉÍÓÚÜÑ0-9\ue000])")
OPEN, SHUT, CUT = "\ue000", "\ue001", "\ue002"  # marcas que ningún texto usa
ROW_OF_TEXT = 74  # letras que caben en un renglón de la diapositiva


@dataclass(frozen=True)
class Block:
    """Una pieza de un capítulo.

    Attributes:
        kind: "heading", "paragraph", "list", "table", "quote", "math", "code", "fold", "figure", "explorer", "output" o "html".
        html: cómo se escribe entera.
        lines: cuánto alto ocupa en la diapositiva, en renglones de texto (estimado).
        source: el Markdown de un párrafo o de un título; el estado de un explorador.
        items: el Markdown de cada punto de una lista.
        level: la profundidad de un título.
        inner: lo que hay dentro de un pliegue (`<details>`).
    """

    kind: str
    html: str
    lines: float = 1.0
    source: str = ""
    items: tuple[str, ...] = ()
    level: int = 0
    inner: tuple["Block", ...] = ()


@cache
def parser() -> MarkdownIt:
    """El analizador, con las extensiones del libro (`myst_enable_extensions` en `_config.yml`)."""
    own = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    own.use(dollarmath_plugin, renderer=_formula, double_inline=False, label_normalizer=None)
    own.use(amsmath_plugin, renderer=lambda tex: _formula(tex, {"display_mode": True})).use(deflist_plugin)
    own.add_render_rule("fence", lambda self, tokens, i, *_: code_html(tokens[i].content, tokens[i].info.strip()))
    own.add_render_rule("math_block", lambda self, tokens, i, *_: _formula(tokens[i].content, {"display_mode": True}))
    own.add_render_rule("math_inline", lambda self, tokens, i, *_: _formula(tokens[i].content, {"display_mode": False}))
    own.add_render_rule("amsmath", lambda self, tokens, i, *_: _formula(tokens[i].content, {"display_mode": True}))
    return own


def _formula(tex: str, options: dict[str, Any]) -> str:
    body = html.escape(tex.strip())
    return f'<div class="math">\\[{body}\\]</div>' if options["display_mode"] else f'<span class="math">\\({body}\\)</span>'


def code_html(source: str, language: str = "python") -> str:
    """Código con sus colores (las clases son las de Pygments, y las pinta la hoja de las diapositivas)."""
    try:
        lexer = get_lexer_by_name(language or "text")
    except ClassNotFound:
        lexer = get_lexer_by_name("text")
    return highlight(source.rstrip("\n"), lexer, HtmlFormatter(cssclass="highlight", nowrap=False, wrapcode=True))


def code_block(source: str, language: str = "python") -> Block:
    """Un bloque de código."""
    return Block("code", code_html(source, language), 0.72 * len(source.rstrip("\n").splitlines()) + 0.9, source)


def inline(source: str) -> str:
    """El HTML de un texto en línea; los enlaces del libro se arreglan al escribir la página."""
    return parser().renderInline(source)


def blocks(source: str) -> list[Block]:
    """Los bloques de una celda de texto, en orden; los `<details>` llegan como un solo bloque "fold"."""
    return list(_folded(_flat_blocks(source)))


def _flat_blocks(source: str) -> Iterator[Block]:
    tokens = parser().parse(source)
    at = 0
    while at < len(tokens):
        end = _closing(tokens, at)
        yield _block(tokens[at : end + 1])
        at = end + 1


def _closing(tokens: Sequence[Token], at: int) -> int:
    depth = 0
    for end in range(at, len(tokens)):
        depth += tokens[end].nesting
        if depth == 0:
            return end
    return len(tokens) - 1


def _block(tokens: list[Token]) -> Block:
    first, written = tokens[0], parser().renderer.render(tokens, parser().options, {})
    if first.type == "heading_open":
        return Block("heading", inline(tokens[1].content), 2.0, tokens[1].content, level=int(first.tag[1]))
    if first.type == "paragraph_open":
        return paragraph(tokens[1].content)
    if first.type in ("bullet_list_open", "ordered_list_open"):
        return list_block(_items(tokens), first.type.startswith("ordered"), int(first.attrGet("start") or 1))
    if first.type == "fence":
        return code_block(first.content, first.info.strip() or "text")
    if first.type in ("math_block", "amsmath"):
        return Block("math", written, _math_lines(first.content), first.content)
    kinds = {"table_open": "table", "blockquote_open": "quote"}
    rows = sum(token.type == "tr_open" for token in tokens)
    height = 1.05 * rows + 0.6 if rows else text_lines(plain(written)) + 0.6
    return Block(kinds.get(first.type, "html"), written, height, first.content)


def paragraph(source: str) -> Block:
    """Un párrafo."""
    return Block("paragraph", f"<p>{inline(source)}</p>", text_lines(plain_source(source)) + 0.4, source)


def list_block(items: Sequence[str], ordered: bool, start: int = 1) -> Block:
    """Una lista, desde el Markdown de sus puntos."""
    tag = f'ol start="{start}"' if ordered else "ul"
    written = "".join(f"<li>{parser().render(item) if _has_blocks(item) else inline(item)}</li>" for item in items)
    height = sum(text_lines(plain_source(item)) + 0.3 for item in items)
    return Block("list", f"<{tag}>{written}</{tag.split()[0]}>", height, "ol" if ordered else "ul", tuple(items), level=start)


def _items(tokens: list[Token]) -> list[str]:
    """El Markdown de cada punto; lo que trae además de su primer párrafo va detrás, separado por un renglón vacío."""
    found: list[list[str]] = []
    for token in tokens:
        if token.type == "list_item_open" and token.level == 1:
            found.append([])
        elif found and token.type in ("inline", "math_block", "amsmath", "fence"):
            found[-1].append(_source_of(token))
    return ["\n\n".join(parts) for parts in found]


def _source_of(token: Token) -> str:
    if token.type == "math_block":
        return f"$$\n{token.content.strip()}\n$$"
    return f"```{token.info}\n{token.content}```" if token.type == "fence" else token.content


def _has_blocks(item: str) -> bool:
    return "\n\n" in item


def _math_lines(tex: str) -> float:
    tall = 1.5 if re.search(r"\\(frac|sum|prod|int|underbrace|begin\{[bp]matrix)", tex) else 1.0
    return tall * (1 + tex.count(r"\\")) + 0.8


def _folded(flat: Iterator[Block]) -> Iterator[Block]:
    """Junta cada `<details>…</details>` con lo que encierra."""
    fold: list[Block] | None = None
    title = ""
    for one in flat:
        opens = one.kind == "html" and re.match(r"\s*<details", one.source)
        if opens:
            summary = re.search(r"<summary>(.*?)</summary>", one.source, re.S)
            fold, title = [], summary[1].strip() if summary else ""
        elif fold is not None and one.kind == "html" and "</details>" in one.source:
            yield Block("fold", "".join(b.html for b in fold), sum(b.lines for b in fold), title, inner=tuple(fold))
            fold = None
        elif fold is not None:
            fold.append(one)
        else:
            yield one
    yield from fold or ()


def sentences(source: str) -> list[str]:
    """Las frases de un párrafo. Ni una fórmula, ni un código, ni un enlace, ni una **negrita** se cortan por la mitad."""
    kept: list[str] = []
    masked = MASKED.sub(lambda found: kept.append(found[0]) or f"{OPEN}{len(kept) - 1}{SHUT}", source.replace("\n", " "))
    joined: list[str] = []
    for part in SENTENCE_END.sub(lambda found: found[1] + CUT, masked).split(CUT):
        if joined and joined[-1].count("**") % 2:
            joined[-1] += f" {part}"
        else:
            joined.append(part)
    return [re.sub(f"{OPEN}(\\d+){SHUT}", lambda found: kept[int(found[1])], part).strip() for part in joined]


def plain_source(source: str) -> str:
    """El Markdown en línea como texto corrido; una fórmula cuenta más o menos lo que ocupa compuesta."""
    text = re.sub(r"\$\$?([^$]+)\$\$?", lambda found: "x" * _tex_width(found[1]), source)
    text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", text)
    return re.sub(r"<[^>]+>|[*`]", "", text)


def _tex_width(tex: str) -> int:
    return max(1, len(re.sub(r"\\[a-zA-Z]+", "x", re.sub(r"[{}^_$\s]|\\[,;!]", "", tex))))


def plain(written: str) -> str:
    """El HTML como texto corrido."""
    return html.unescape(re.sub(r"<[^>]+>", "", written))


def words(source: str) -> int:
    """Cuántas palabras tiene un texto en línea."""
    return len(plain_source(source).split())


def text_lines(text: str) -> float:
    """Cuántos renglones ocupa un texto."""
    return max(1.0, -(-len(text.strip()) // ROW_OF_TEXT))
