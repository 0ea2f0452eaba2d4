"""Los términos del glosario, enlazados en su primer uso de cada capítulo.

Nada se escribe a mano en los capítulos: los términos, sus otros nombres y su definición se leen de
`apendices/glosario.md`. Los nombres de una entrada son su término y lo que su definición pone *en cursiva*
o **en negrita** antes del primer punto. De un término con paréntesis, como «Paso (*stride*)», se busca
solo lo que va dentro: la palabra suelta significa además otras cosas.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from docutils import nodes
from redes_buscador import fold
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.transforms import SphinxTransform
from sphinx.util.nodes import clean_astext

GLOSSARY = "apendices/glosario"
CHAPTER = re.compile(r"(\d\d)_\w+")
BLOCK = re.compile(r"^:::\{glossary\}\n(.+?)^:::", re.S | re.M)
NAMES = re.compile(r"((?:\*{1,2}[^*]+\*{1,2}(?:, )?)+)\. ")
CHAPTER_LINKS = re.compile(r"\s*(?:Capítulos )?\[[^]]+\]\([^)]+\)(?: y \[\d+\]\([^)]+\))*\.$")
BEFORE_PREPOSITION = re.compile(r"\s(?=(?:de|en|por) )")
# Donde no se enlaza: lo que ya enlaza o tiene forma propia, y lo que no es texto corrido.
NOT_PROSE = (
    nodes.title, nodes.rubric, nodes.reference, addnodes.pending_xref, nodes.literal, nodes.literal_block, nodes.math, nodes.math_block,
    nodes.caption, nodes.legend, nodes.figure, nodes.table, nodes.block_quote, nodes.footnote, nodes.citation, nodes.raw, nodes.comment,
)  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """Un término del glosario.

    Attributes:
        term: como se lee en el glosario, «Paso (stride)».
        names: lo que se busca en los capítulos.
        english: los nombres que están en inglés, y van en cursiva.
        meaning: la definición, en texto plano y sin los enlaces a los capítulos.
        chapters: números de los capítulos que lo explican.
    """

    term: str
    names: tuple[str, ...]
    english: tuple[str, ...]
    meaning: str
    chapters: tuple[int, ...]

    @property
    def anchor(self) -> str:
        """Ancla de su primer uso en un capítulo: «uso-paso-stride»."""
        return "uso-" + re.sub(r"[^a-z0-9]+", "-", fold(self.term)).strip("-")


@dataclass(frozen=True)
class Use:
    """El primer uso de un término en un capítulo, y el título de la sección donde está."""

    entry: Entry
    section: str


def plain(markdown: str) -> str:
    """Texto sin marcas de Markdown."""
    return re.sub(r"[*`$]|\[([^]]+)\]\([^)]+\)", lambda found: found[1] or "", markdown)


def read_entry(term: str, definition: str) -> Entry:
    """La entrada de un término y el renglón que lo define."""
    named = NAMES.match(definition)
    others = re.findall(r"(\*{1,2})([^*]+)\*{1,2}", named[1]) if named else []
    inner = re.search(r"\(\*([^*)]+)\*\)", term)
    names = (inner[1] if inner else term, *(name for _, name in others))
    english = (*(inner.groups() if inner else ()), *(name for mark, name in others if mark == "*"))
    meaning = plain(CHAPTER_LINKS.sub("", definition[named.end() if named else 0 :]))
    chapters = re.findall(r"\(\.\./(\d\d)_\w+\.(?:ipynb|md)\)", definition)
    return Entry(plain(term), names, english, meaning, tuple(map(int, chapters)))


@cache
def read_glossary(text: str) -> tuple[Entry, ...]:
    """Entradas del texto de `glosario.md`, en su orden."""
    block = BLOCK.search(text)
    paragraphs = [paragraph.split("\n") for paragraph in block[1].strip().split("\n\n")] if block else []
    return tuple(read_entry(term, " ".join(line.strip() for line in lines)) for term, *lines in paragraphs)


def word_pattern(word: str) -> str:
    """Expresión regular de una palabra en singular o en plural."""
    if word.endswith("ión"):
        return re.escape(word[:-3]) + "(?:ión|iones)"
    return re.escape(word) + ("s?" if word[-1] in "aeiouáéíóú" else "(?:es|s)?")


def name_pattern(name: str) -> str:
    """Expresión regular de un nombre: hasta la primera preposición, cada palabra admite plural."""
    head, *tail = BEFORE_PREPOSITION.split(name, maxsplit=1)
    fixed = [re.escape(word) for rest in tail for word in rest.split()]
    return r"\s+".join([*map(word_pattern, head.split()), *fixed])


@cache
def finder(entries: tuple[Entry, ...]) -> tuple[re.Pattern[str], tuple[Entry, ...]]:
    """Expresión que encuentra cualquier nombre (el más largo primero), y la entrada de cada uno de sus grupos."""
    named = sorted(((name, entry) for entry in entries for name in entry.names), key=lambda pair: -len(pair[0]))
    groups = "|".join(f"({name_pattern(name)})" for name, _ in named)
    return re.compile(rf"(?<![\w-])(?:{groups})(?![\w-])", re.I), tuple(entry for _, entry in named)


def glossary(env: BuildEnvironment) -> tuple[Entry, ...]:
    """Las entradas del glosario del libro; ninguna si el libro no lo tiene."""
    if GLOSSARY not in env.found_docs:
        return ()
    return read_glossary(Path(env.doc2path(GLOSSARY)).read_text(encoding="utf-8"))


def uses(env: BuildEnvironment) -> dict[str, list[Use]]:
    """Los primeros usos de cada capítulo leído hasta ahora."""
    if not hasattr(env, "redes_uses"):
        env.redes_uses = {}
    return env.redes_uses


def is_prose(node: nodes.Node) -> bool:
    """Si dentro del nodo puede haber texto corrido: no es código, fórmula, título, figura ni las referencias."""
    if isinstance(node, nodes.section):
        return node.next_node(nodes.title).astext() != "Referencias"
    if isinstance(node, nodes.container):  # una salida trae varias versiones: la que se lee es el Markdown
        return node.get("mime_type", "text/markdown") == "text/markdown"
    return not isinstance(node, NOT_PROSE)


def running_texts(node: nodes.Element) -> Iterator[nodes.Text]:
    """Los textos corridos de un nodo, en orden; salta lo que está plegado en un `<details>`."""
    folded = 0
    for child in list(node.children):
        if isinstance(child, nodes.raw):
            folded += child.astext().count("<details") - child.astext().count("</details")
        elif not folded and isinstance(child, nodes.Text):
            yield child
        elif not folded and is_prose(child):
            yield from running_texts(child)


def join_texts(node: nodes.Element) -> None:
    """Une los textos seguidos de cada párrafo: un término puede quedar partido entre dos renglones de la fuente."""
    for element in list(node.findall(nodes.TextElement)):
        children: list[nodes.Node] = []
        for child in element.children:
            if isinstance(child, nodes.Text) and children and isinstance(children[-1], nodes.Text):
                children[-1] = nodes.Text(children[-1] + child)
            else:
                children.append(child)
        if len(children) < len(element.children):
            element.children = []
            element.extend(children)


def section_title(node: nodes.Node) -> str:
    """Título de la sección en que está un nodo."""
    while not isinstance(node, nodes.section):
        node = node.parent
    return clean_astext(node.next_node(nodes.title))


def term_link(entry: Entry, words: str) -> nodes.reference:
    """Un enlace a la entrada del glosario; su dirección se sabe cuando todo el libro está leído."""
    english = ", ".join(name[:1].lower() + name[1:] if name[1:2].islower() else name for name in entry.english)
    told = f"En inglés, {english}. {entry.meaning}" if english else entry.meaning
    return nodes.reference("", words, internal=True, reftitle=told, rc_term=entry.term, classes=["rc-term"])


class LinkTerms(SphinxTransform):
    """Enlaza el primer uso de cada término en un capítulo, y lo anota para el índice alfabético."""

    default_priority = 900

    def apply(self, **kwargs: Any) -> None:
        """Recorre las secciones del capítulo; lo que va antes de la primera (enlaces, metas) no es texto corrido."""
        entries = glossary(self.env)
        found = uses(self.env)[self.env.docname] = []
        if not entries or not CHAPTER.fullmatch(self.env.docname):
            return
        join_texts(self.document)
        pattern, owners = finder(entries)
        for section in self.document.findall(nodes.section):
            if isinstance(section.parent.parent, nodes.document) and is_prose(section):
                for text in running_texts(section):
                    link_terms(text, pattern, owners, found)


def link_terms(text: nodes.Text, pattern: re.Pattern[str], owners: tuple[Entry, ...], found: list[Use]) -> None:
    """Cambia un texto por sus pedazos, con un enlace en cada término que no esté en `found`, y lo agrega ahí."""
    pieces: list[nodes.Node] = []
    end = 0
    for match in pattern.finditer(text):
        entry = owners[match.lastindex - 1]
        if all(use.entry != entry for use in found):
            found.append(Use(entry, section_title(text)))
            link = term_link(entry, match[0])
            link["ids"].append(entry.anchor)
            pieces += [nodes.Text(text[end : match.start()]), link]
            end = match.end()
    if pieces:
        text.parent.replace(text, [*pieces, nodes.Text(text[end:])])


def resolve(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Da su dirección a los enlaces de una página al glosario."""
    for link in doctree.findall(nodes.reference):
        if "rc_term" in link:
            page, anchor = app.env.get_domain("std").objects["term", link["rc_term"]]
            link["refuri"] = f"{app.builder.get_relative_uri(docname, page)}#{anchor}"


def purge(app: Sphinx, env: BuildEnvironment, docname: str) -> None:
    """Olvida los usos de un capítulo que va a leerse de nuevo."""
    uses(env).pop(docname, None)


def merge(app: Sphinx, env: BuildEnvironment, docnames: list[str], other: BuildEnvironment) -> None:
    """Reúne los usos que leyó otro proceso."""
    uses(env).update({name: found for name, found in uses(other).items() if name in docnames})


def install(app: Sphinx) -> None:
    """Conecta este módulo a la construcción."""
    app.add_transform(LinkTerms)
    app.connect("env-purge-doc", purge)
    app.connect("env-merge-info", merge)
    app.connect("doctree-resolved", resolve, priority=600)
