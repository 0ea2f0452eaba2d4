"""El índice alfabético: cada nombre del glosario, y los capítulos y secciones donde se usa.

La página solo trae la directiva `indice-alfabetico`; lo demás sale del glosario y de los usos que
`redes_glosario` anota al leer los capítulos.
"""

from collections.abc import Iterator

from docutils import nodes
from redes_buscador import fold
from redes_glosario import CHAPTER, GLOSSARY, Entry, glossary, term_link, uses
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from sphinx.util.nodes import clean_astext


class Places(nodes.General, nodes.Inline, nodes.Element):
    """Lugar del índice donde irán los capítulos de una entrada, cuando todos estén leídos."""


class AlphabeticalIndex(SphinxDirective):
    """`indice-alfabetico`: una sección por letra, con los nombres de todas las entradas."""

    def run(self) -> list[nodes.Node]:
        """Arma las secciones; los capítulos de cada entrada se ponen al final."""
        self.env.note_dependency(self.env.doc2path(GLOSSARY))
        letters: dict[str, nodes.definition_list] = {}
        for name, entry in sorted(rows(glossary(self.env)), key=lambda row: fold(row[0])):
            letters.setdefault(fold(name)[0], nodes.definition_list()).append(index_item(name, entry))
        return [letter_section(letter, items) for letter, items in letters.items()]


def rows(entries: tuple[Entry, ...]) -> Iterator[tuple[str, Entry]]:
    """Cada entrada con su término, y con sus otros nombres si no están ya en él."""
    for entry in entries:
        yield entry.term, entry
        yield from ((name, entry) for name in entry.names if fold(name) not in fold(entry.term))


def letter_section(letter: str, items: nodes.definition_list) -> nodes.section:
    """La sección de una letra, con su título."""
    return nodes.section("", nodes.title("", letter.upper()), items, ids=[f"letra-{letter}"], names=[], classes=["rc-index"])


def index_item(name: str, entry: Entry) -> nodes.definition_list_item:
    """Un renglón del índice: un término y dónde se usa, u otro nombre y de quién lo es."""
    if name == entry.term:
        head = nodes.term("", "", term_link(entry, name), ids=[index_anchor(entry)])
        body = [Places(entry=entry)]
    else:
        mark = nodes.emphasis if name in entry.english else nodes.inline
        shown = name if name.isupper() else name[0].lower() + name[1:]
        head = nodes.term("", "", mark("", shown), classes=["rc-index-other"])
        body = [nodes.Text("véase "), nodes.reference("", entry.term, internal=True, refid=index_anchor(entry))]
    return nodes.definition_list_item("", head, nodes.definition("", nodes.paragraph("", "", *body)))


def index_anchor(entry: Entry) -> str:
    """Ancla del renglón de una entrada en el índice."""
    return entry.anchor.replace("uso-", "indice-", 1)


def chapter_uses(app: Sphinx, entry: Entry) -> dict[str, str]:
    """Los capítulos que usan una entrada, en orden, y la sección de cada uno donde aparece primero."""
    return {chapter: use.section for chapter, found in sorted(uses(app.env).items()) for use in found if use.entry == entry}


def places(app: Sphinx, docname: str, entry: Entry) -> list[nodes.Node]:
    """Los enlaces de una entrada: los capítulos que la explican, con su sección; los demás, con su número."""
    explained: list[nodes.Node] = []
    others: list[nodes.Node] = []
    for chapter, section in chapter_uses(app, entry).items():
        number, label = int(CHAPTER.fullmatch(chapter)[1]), f"{clean_astext(app.env.titles[chapter])} › {section}"
        address = f"{app.builder.get_relative_uri(docname, chapter)}#{entry.anchor}"
        if number in entry.chapters:
            explained.append(nodes.inline("", "", nodes.reference("", label, internal=True, refuri=address), classes=["rc-index-main"]))
        else:
            others.append(nodes.reference("", str(number), internal=True, refuri=address, reftitle=label))
    return [*explained, *also(others, bool(explained))] or [nodes.Text("Solo en el glosario")]


def also(links: list[nodes.Node], after: bool) -> list[nodes.Node]:
    """«También en los capítulos 2, 5 y 9», con un enlace en cada número; nada si no hay ninguno."""
    if not links:
        return []
    lead = ("También en " if after else "En ") + ("el capítulo " if len(links) == 1 else "los capítulos ")
    joints = [nodes.Text(", ") for _ in links[2:]] + [nodes.Text(" y ") for _ in links[1:2]]
    mixed = [node for pair in zip(links, [*joints, nodes.Text("")]) for node in pair]
    return [nodes.inline("", "", nodes.Text(lead), *mixed, classes=["rc-index-more"])]


def fill(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Pone en el índice los capítulos de cada entrada."""
    for place in list(doctree.findall(Places)):
        place.replace_self(places(app, docname, place["entry"]))


def install(app: Sphinx) -> None:
    """Conecta este módulo a la construcción."""
    app.add_node(Places)
    app.add_directive("indice-alfabetico", AlphabeticalIndex)
    app.connect("doctree-resolved", fill)
