"""El archivo de las diapositivas: de un cuaderno ejecutado a una página que se abre sin red."""

import html
import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from labcode.files import write_atomic
from labcode.slides.assets import explorer_scripts
from labcode.slides.flow import Slide, chapter_number, slides_of
from labcode.slides.markdown import Block, plain

ONLINE = "https://redes-convolucionales.github.io/redes-convolucionales/"
LINK = re.compile(r'href="([^"#]*)(#[^"]*)?"')
CHAPTER = re.compile(r"\d\d_\w+")

PAGE = """<!DOCTYPE html>
<html lang="es" data-theme="light">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} · diapositivas</title>
<link rel="icon" href="{static}/icono.svg">
<link rel="stylesheet" href="{static}/diapositivas/reset.css">
<link rel="stylesheet" href="{static}/diapositivas/reveal.css">
<link rel="stylesheet" href="{static}/redes.css">
<link rel="stylesheet" href="{static}/explorers.css">
<link rel="stylesheet" href="{static}/diapositivas/code.css">
<link rel="stylesheet" href="{static}/diapositivas/deck.css">
<script>
document.documentElement.classList.add("js");
window.MathJax = {{
  options: {{ enableMenu: false, enableAssistiveMml: true, ignoreHtmlClass: "deck", processHtmlClass: "math|mathjax_process" }},
}};
</script>
{explorers}<script defer src="{static}/mathjax/tex-chtml.js"></script>
<script defer src="{static}/diapositivas/reveal.js"></script>
<script defer src="{static}/diapositivas/zoom.js"></script>
<script defer src="{static}/diapositivas/fit.js"></script>
<script defer src="{static}/diapositivas/speaker.js"></script>
<script defer src="{static}/diapositivas/deck.js"></script>
</head>
<body class="deck">
<main class="reveal" aria-label="Diapositivas: {title}"><div class="slides">
{slides}
</div></main>
</body>
</html>
"""


class SlidesError(ValueError):
    """De este cuaderno no salen diapositivas; el mensaje dice cuál es y por qué."""


def deck(notebook: dict[str, Any], name: str, static: str = "_static", book: str = ONLINE) -> str:
    """La página de las diapositivas de un capítulo.

    Args:
        notebook: el cuaderno ejecutado.
        name: su nombre, sin extensión («05_l2»).
        static: dónde está `_static/`, visto desde la página.
        book: dónde está el libro, visto desde la página: hacia allá van los enlaces que no son de un capítulo.

    Raises:
        SlidesError: si una celda falló, o si no hay nada que proyectar.
    """
    try:
        number, slides = chapter_number(name), slides_of(notebook)
    except ValueError as error:
        raise SlidesError(f"{name}: {error}") from None
    if len(slides) < 2:
        raise SlidesError(f"{name}: salieron {len(slides)} diapositivas; ¿es un capítulo, con título y secciones?")
    written = "\n".join(_columns(slides, number))
    scripts = "".join(f'<script defer src="{static}/{script}"></script>\n' for script in explorer_scripts(written))
    return PAGE.format(title=html.escape(plain(slides[0].title)), static=static, explorers=scripts, slides=fix_links(written, book))


def _columns(slides: list[Slide], number: str) -> Iterable[str]:
    """Cada sección, una columna en la vista general."""
    for section in dict.fromkeys(slide.section for slide in slides):
        own = [section_html(slide, number) for slide in slides if slide.section == section]
        yield own[0] if len(own) == 1 else "<section>\n" + "\n".join(own) + "\n</section>"


def section_html(slide: Slide, number: str) -> str:
    """Una diapositiva."""
    later = "".join(slide.notes).replace('class="math"', 'class="later"')  # se componen al abrir las notas
    notes = f'<aside class="notes">{later}</aside>' if later else ""
    shut = f'<section data-kind="{slide.kind}" aria-label="{html.escape(slide.name, quote=True)}">'
    if slide.kind == "title":
        own = f'<header><p class="kicker">Redes convolucionales · {number}</p><h1>{slide.title}</h1></header>'
        return f'{shut}{own}<p class="hint">→ avanza · S notas · ? teclas</p>{notes}</section>'
    kicker = f'<p class="kicker">{slide.kicker}</p>' if slide.kicker else ""
    if slide.kind in ("explorer", "question"):
        body = f'<div class="stage" data-prevent-swipe><div class="frame">{slide.blocks[0].html}</div></div>'
        return f"{shut}<header>{kicker}</header>{body}{notes}</section>"
    body = "".join(map(_block_html, slide.blocks))
    return f'{shut}<header>{kicker}<h2>{slide.title}</h2></header><div class="room"><div class="matter">{body}</div></div>{notes}</section>'


def _block_html(block: Block) -> str:
    return block.html if block.kind != "html" or block.html.startswith("<div") else f"<div>{block.html}</div>"


def fix_links(written: str, book: str) -> str:
    """Lleva los enlaces a otro capítulo a sus diapositivas, y los demás del libro, a su página; los de afuera abren otra pestaña."""

    def fixed(found: re.Match[str]) -> str:
        target, anchor = found[1], found[2] or ""
        if target.startswith(("http:", "https:")):
            return f'href="{target}{anchor}" target="_blank" rel="noopener"'
        page = re.sub(r"\.(ipynb|md)$", ".html", target)
        if not target or page == target:
            return found[0]
        return f'href="{page}"' if CHAPTER.fullmatch(page.removesuffix(".html")) else f'href="{book}{page}{anchor}"'

    return LINK.sub(fixed, written)


def write_deck(executed: Path, folder: Path, static: str = "_static", book: str = ONLINE) -> Path:
    """Escribe las diapositivas de un cuaderno ejecutado en `folder/<nombre>.html` y devuelve dónde quedaron.

    Raises:
        SlidesError: si del cuaderno no salen diapositivas; lo que había sigue intacto.
        OSError: si no se puede leer o escribir.
    """
    notebook = json.loads(Path(executed).read_text(encoding="utf-8"))
    target = Path(folder) / f"{Path(executed).stem}.html"
    write_atomic(target, deck(notebook, target.stem, static, book).encode())
    return target
