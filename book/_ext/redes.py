"""Extensión local de Sphinx: lo que la página del libro necesita y el tema no da.

- Todo es local: MathJax y los exploradores se copian o se generan en `_static/`, y cada página lleva solo los suyos.
- Castellano en todo el marco de la página, y un buscador que no distingue acentos.
- El número del capítulo sale del nombre del archivo (`05_l2.ipynb` es el 5).
- El glosario se enlaza solo desde los capítulos, y de ahí sale el índice alfabético.
- Las diapositivas de cada capítulo salen de la misma ejecución, en `diapositivas/`.
- El pie dice la versión y el commit; el botón de Colab se ve sin abrir ningún menú.
- La construcción falla si una página del índice falta o está vacía.
"""

import html
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import redes_buscador
import redes_glosario
import redes_indice
import redes_palabras
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.errors import SphinxError
from sphinx.transforms import SphinxTransform

import labcode
from labcode.slides import SlidesError, copy_deck_files, copy_mathjax, explorer_scripts, write_deck, write_explorers

CHAPTER_NAME = re.compile(r"(\d\d)_\w+")
MIN_WORDS = 40
WIDGET_STATE = "application/vnd.jupyter.widget-state+json"

INDEX = """<!DOCTYPE html>
<html lang="es">
<head><meta charset="utf-8"><title>{title}</title>
<meta http-equiv="refresh" content="0; url={page}"></head>
<body><p><a href="{page}">{title}</a></p></body>
</html>
"""


class ShortBookError(SphinxError):
    """Al libro le falta una página de `_toc.yml`, o una salió vacía."""

    category = "El libro salió incompleto"


class ChapterNumber(SphinxTransform):
    """Antepone al título el número que lleva el nombre del archivo, si no lo tiene ya."""

    default_priority = 10

    def apply(self, **kwargs: Any) -> None:
        """Cambia el primer título del documento («L2» pasa a ser «5. L2»)."""
        name = CHAPTER_NAME.fullmatch(self.env.docname)
        title = next(iter(self.document.findall(nodes.title)), None)
        if name and title is not None and not title.astext()[:1].isdigit():
            title.insert(0, nodes.Text(f"{int(name[1])}. "))


class GlueFormulas(SphinxTransform):
    """Junta cada fórmula con lo que se le escribe pegado: un renglón no empieza con la coma que la sigue."""

    default_priority = 950  # después de que el glosario enlace sus términos
    longest = 60  # letras de LaTeX: una fórmula más larga ya ocupa casi todo el renglón de un teléfono

    def apply(self, **kwargs: Any) -> None:
        """Envuelve «(», la fórmula y «),» en un solo elemento de clase `junto`."""
        for formula in [found for found in self.document.findall(nodes.math) if len(found.astext()) <= self.longest]:
            line, before, after = formula.parent, "", ""
            at = line.index(formula)
            if at and isinstance(line[at - 1], nodes.Text):
                before = re.search(r"\S*\Z", line[at - 1])[0]
            if at + 1 < len(line) and isinstance(line[at + 1], nodes.Text):
                after = re.match(r"\S*", line[at + 1])[0]
            if before or after:
                whole = nodes.inline("", "", nodes.Text(before), formula.deepcopy(), nodes.Text(after), classes=["junto"])
                line.replace(formula, whole)
                for place, rest in ((at + 1, len(after)), (at - 1, -len(before))):
                    if rest:
                        text = line[place]
                        line.replace(text, nodes.Text(text[rest:] if rest > 0 else text[:rest]))


def git(*arguments: str) -> str:
    """Salida de git en la carpeta del libro; vacía si no hay repositorio o aún no hay commits."""
    folder = Path(__file__).parent
    try:
        answer = subprocess.run(
            ["git", *arguments], cwd=folder, capture_output=True, text=True, check=False
        )
    except FileNotFoundError:
        return ""
    return answer.stdout.strip() if answer.returncode == 0 else ""


def prepare(app: Sphinx) -> None:
    """Al empezar: palabras en castellano, archivos locales y datos del pie."""
    redes_palabras.install(app)
    static = Path(app.outdir) / "_static"
    copy_mathjax(static)
    write_explorers(static)
    copy_deck_files(static)
    commit = git("rev-parse", "--short=10", "HEAD")
    repository = app.config.html_theme_options["repository_url"]
    app.config.html_context.update(
        rc_version=labcode.__version__,
        rc_commit=commit,
        rc_commit_url=f"{repository}/commit/{commit}",
        rc_modified=bool(git("status", "--porcelain", "--untracked-files=no")),
    )


def flatten_colab(buttons: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Saca el botón de Colab de su menú de un solo elemento y le da un nombre que diga qué hace."""
    flat: list[dict[str, Any]] = []
    for button in buttons:
        if button.get("label") == "launch-buttons":
            names = {"text": "Abrir en Colab", "tooltip": "Abrir este cuaderno en Google Colab"}
            flat += [{**inner, **names, "label": "colab"} for inner in button["buttons"]]
        else:
            flat.append(button)
    return flat


def dress_page(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    """Por página: el botón de Colab a la vista, las cajas de código y los exploradores donde los hay."""
    context["header_buttons"] = flatten_colab(context.get("header_buttons", []))
    body = context.get("body", "")
    # Las cajas de código ya dicen «Mostrar código»: esta etiqueta en inglés taparía esas palabras.
    context["body"] = body.replace(' aria-label="Toggle hidden content"', "")
    # El estado de los widgets es para un gestor que esta página no carga: cada explorador ya lleva el suyo en su raíz.
    context["script_files"][:] = [script for script in context["script_files"] if getattr(script, "attributes", {}).get("type") != WIDGET_STATE]
    scripts = explorer_scripts(body)
    for script in scripts:
        app.add_js_file(script, priority=450, loading_method="defer")  # antes que MathJax: viven sin esperarlo
    if scripts:
        app.add_css_file("explorers.css", priority=900)  # después de redes.css: dentro de un explorador manda su hoja
    elif 'class="math' not in body:  # Sphinx da MathJax a la portada porque la tienen las páginas de su índice
        context["script_files"][:] = [script for script in context["script_files"] if "mathjax" not in str(script.filename)]


def visible_words(page: str) -> int:
    """Cuenta las palabras del artículo de una página ya escrita (sin etiquetas ni guiones)."""
    article = page.partition('<article class="bd-article"')[2].partition("</article>")[0]
    text = re.sub(r"(?s)<(script|style)\b.*?</\1>|<[^>]+>", " ", article)
    return len(html.unescape(text).split())


def missing_pages(folder: Path, names: list[str]) -> list[str]:
    """Frases que dicen qué páginas de `names` faltan en `folder` o salieron vacías."""
    faults = []
    for name in names:
        path = folder / f"{name}.html"
        if not path.is_file():
            faults.append(f"falta la página «{name}»")
        elif visible_words(path.read_text(encoding="utf-8")) < MIN_WORDS:
            faults.append(f"la página «{name}» salió vacía (menos de {MIN_WORDS} palabras)")
    return faults


def toc_pages(app: Sphinx) -> list[str]:
    """Páginas que `_toc.yml` anuncia, en su orden."""
    from sphinx_external_toc.parsing import parse_toc_yaml

    return list(parse_toc_yaml(app.config.external_toc_path))


def write_slides(app: Sphinx, names: list[str]) -> list[str]:
    """Escribe las diapositivas de cada capítulo desde su copia recién ejecutada; devuelve las faltas, como frases."""
    executed = Path(app.outdir).parent / "jupyter_execute"
    faults = []
    for name in filter(CHAPTER_NAME.fullmatch, names):
        try:
            write_deck(executed / f"{name}.ipynb", Path(app.outdir) / "diapositivas", "../_static", "../")
        except (SlidesError, OSError) as error:
            faults.append(f"no salieron las diapositivas de «{name}» ({error})")
    return faults


def finish(app: Sphinx, exception: Exception | None) -> None:
    """Al terminar: compara lo construido con el índice y escribe la primera página."""
    if exception is not None or app.builder.name != "html":
        return
    names = toc_pages(app)
    faults = missing_pages(Path(app.outdir), names) or write_slides(app, names)
    if faults:
        raise ShortBookError("; ".join(faults) + ".")
    index = INDEX.format(title=html.escape(app.config.html_title), page=f"{names[0]}.html")
    (Path(app.outdir) / "index.html").write_text(index, encoding="utf-8")


def read_in_parallel(app: Sphinx, config: Any) -> None:
    """Lee, y así ejecuta, tantos cuadernos a la vez como núcleos hay: Sphinx sabe hacerlo y `jupyter-book build` no tiene cómo pedirlo."""
    app.parallel = max(app.parallel, os.cpu_count() or 1)
    app.extensions["sphinx_multitoc_numbering"].parallel_read_safe = True  # no lo declara, pero solo numera, con todo ya leído


def deal_out(app: Sphinx, env: BuildEnvironment, names: list[str]) -> None:
    """Reparte las páginas como naipes: Sphinx da a cada proceso un tramo seguido, y los cuadernos, que son lo que tarda, van todos al comienzo."""
    names[:] = [name for hand in range(app.parallel) for name in names[hand :: app.parallel]]


def setup(app: Sphinx) -> dict[str, Any]:
    """Registra la extensión."""
    app.add_config_value("comments_config", {}, "")  # lo pone Jupyter Book y nadie lo usa
    app.add_search_language(redes_buscador.FoldedSpanish)
    app.add_transform(ChapterNumber)
    app.add_transform(GlueFormulas)
    redes_glosario.install(app)
    redes_indice.install(app)
    app.connect("config-inited", read_in_parallel)
    app.connect("env-before-read-docs", deal_out)
    app.connect("builder-inited", prepare)
    app.connect("html-page-context", dress_page, priority=900)
    app.connect("build-finished", finish)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
