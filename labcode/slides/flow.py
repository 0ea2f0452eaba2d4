"""De los bloques a las diapositivas: un título abre una, lo que no cabe sigue en otra, y un explorador ocupa la suya."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from labcode.checks import refuse
from labcode.slides.cells import BrokenNotebook, code_cell, question_roots
from labcode.slides.markdown import Block, blocks, inline, list_block, plain
from labcode.slides.rule import Cut, as_note, first_sentence, fragment, is_answer, is_lead, split_text

ROOM = 12.0  # renglones que caben bajo el título
BESIDE_FIGURE = 3.5  # renglones que pueden acompañar a una figura
TYPES = ("", "-", "slide", "subslide", "fragment", "skip", "notes")
REFERENCES = 6  # por diapositiva
ASIDE = ("Ejercicios", "Preguntas")  # lo que dicen antes del primer ejercicio es para quien tiene el cuaderno delante


@dataclass
class Slide:
    """Una diapositiva.

    Attributes:
        kind: "title", "text", "explorer", "question" o "references".
        title: su título, en HTML; vacío en las de un explorador, que trae el suyo.
        kicker: la sección a la que pertenece, en HTML.
        section: número de la sección (columna en la vista general).
        blocks: lo que se proyecta.
        notes: las notas del docente, en HTML.
    """

    kind: str
    title: str
    kicker: str
    section: int
    blocks: list[Block] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    cut: list[Block] = field(default_factory=list)

    @property
    def lines(self) -> float:
        """Cuánto ocupa ya, en renglones."""
        return sum(block.lines for block in self.blocks)

    @property
    def name(self) -> str:
        """Su título como texto, para quien no lo ve."""
        return plain(self.title or self.kicker)


class Deck:
    """Las diapositivas que se van armando, y en qué parte del capítulo vamos."""

    def __init__(self) -> None:
        self.slides: list[Slide] = []
        self.section = ""
        self.title = ""
        self.in_part = False  # si ya hubo un título de nivel 3 en la sección

    def heading(self, block: Block) -> None:
        """Un título abre una diapositiva; uno de nivel 2, además, una sección."""
        if block.level == 2:
            self.section = block.source
        self.in_part = block.level > 2
        self.title = block.html
        self.open(block.level)

    def open(self, level: int = 3, kind: str = "text") -> Slide:
        """Abre una diapositiva con el título en curso."""
        section = (self.slides[-1].section if self.slides else 0) + (level <= 2 and bool(self.slides))
        kicker = inline(self.section) if self.section and level > 2 and plain(self.title) != self.section else ""
        self.slides.append(Slide(kind, self.title, kicker, section))
        return self.slides[-1]

    @property
    def current(self) -> Slide:
        """La diapositiva en curso."""
        return self.slides[-1] if self.slides else self.open(1)

    def add(self, block: Block) -> None:
        """Pone un bloque en la diapositiva en curso o, si no cabe, en una que la continúa."""
        if block.kind == "explorer":
            self.explorer(block)
        elif block.kind == "list" and block.lines > ROOM and len(block.items) > 1:
            for part in _halves(block):
                self.add(part)
        else:
            self.together([block])

    def together(self, group: list[Block]) -> None:
        """Pone unos bloques que no se separan, como un código y lo que imprime; si no caben, en otra diapositiva.

        La frase que los presentaba, si había quedado la última, se va con ellos.
        """
        slide = self.current
        if slide.kind != "text" or not all_fit(slide, group):
            last = slide.blocks[-1] if slide.blocks else None
            presents = last is not None and last.kind == "paragraph" and (is_lead(last.source) or group[0].kind == "math")
            moves = slide.kind == "text" and presents
            group = [slide.blocks.pop(), *group] if moves else group
            slide = self.open() if slide.blocks or slide.kind != "text" else slide
        slide.blocks += group

    def explorer(self, block: Block) -> None:
        """Un explorador tiene una diapositiva para él; las preguntas, una para cada una."""
        quiz = block.source == "quiz"
        for root in question_roots(block.html) if quiz else [block.html]:
            slide = self.open(kind="question" if quiz else "explorer")
            slide.kicker = inline(self.section) + (f" · {self.title}" if plain(self.title) != self.section else "")
            slide.blocks.append(Block("explorer", root, block.lines, block.source))

    def note(self, found: list[Block]) -> None:
        """Deja unos bloques en las notas de la diapositiva en curso."""
        self.current.notes += [as_note(block) for block in found]
        self.current.cut += found


def all_fit(slide: Slide, group: list[Block]) -> bool:
    """Si unos bloques caben en una diapositiva con lo que ya tiene: dos figuras no van juntas, ni una figura con mucho texto."""
    whole = [*slide.blocks, *group]
    figures = sum(one.kind == "figure" for one in whole)
    text = sum(one.lines for one in whole if one.kind != "figure")
    return not slide.blocks or (figures == 1 and text <= BESIDE_FIGURE) or (figures == 0 and text <= ROOM)


def _halves(block: Block) -> Iterator[Block]:
    """Una lista larga, en dos."""
    middle = (len(block.items) + 1) // 2
    ordered = block.source == "ol"
    yield list_block(block.items[:middle], ordered, block.level)
    yield list_block(block.items[middle:], ordered, block.level + middle)


def slides_of(notebook: dict[str, Any]) -> list[Slide]:
    """Las diapositivas de un cuaderno ejecutado.

    Args:
        notebook: el cuaderno, como lo lee `json` o `nbformat`.

    Raises:
        ValueError: si una celda falló, o si su `slideshow.slide_type` no existe.
    """
    deck = Deck()
    for cell in notebook["cells"]:
        kind = slide_type(cell)
        if kind != "skip":
            _cell(deck, cell, kind)
    return [slide for slide in _completed(deck.slides) if slide.blocks or slide.kind == "title"]


def slide_type(cell: dict[str, Any]) -> str:
    """El `slideshow.slide_type` de una celda; vacío si no lo lleva, y entonces decide la regla.

    Raises:
        ValueError: si es otro que los de Jupyter.
    """
    kind = cell["metadata"].get("slideshow", {}).get("slide_type", "") or ""
    if kind not in TYPES:
        raise refuse(f"slide_type de la celda «{cell.get('id', '')}»", kind, "uno de " + ", ".join(TYPES[1:]), "slide")
    return kind


def _cell(deck: Deck, cell: dict[str, Any], kind: str) -> None:
    if cell["cell_type"] == "markdown":
        found = blocks("".join(cell["source"]))
        if kind == "notes":
            deck.note([block for block in found if block.kind != "heading"])
        else:
            _text(deck, found, kind)
    elif cell["cell_type"] == "code":
        cuts = code_cell(cell, bool(kind))
        _place(deck, [(None, noted or kept) for kept, noted in cuts] if kind == "notes" else cuts, kind)


def _text(deck: Deck, found: list[Block], kind: str) -> None:
    """Reparte una celda de texto por sus títulos."""
    part: list[Block] = []
    for block in found:
        if block.kind == "heading":
            _paragraphs(deck, part, kind)
            part, kind = [], "" if kind in ("slide", "subslide") else kind
            _title(deck, block) if block.level == 1 else deck.heading(block)
        else:
            part.append(block)
    _paragraphs(deck, part, kind)


def _paragraphs(deck: Deck, found: list[Block], kind: str) -> None:
    if not found:
        return
    if deck.slides and deck.current.kind == "title":
        _front(deck, found)
        return
    if deck.section in ASIDE and not deck.in_part and not kind:
        deck.note(found)
        deck.current.cut.clear()
        return
    cuts: list[Cut] = [(block, None) for block in found] if kind else split_text(found, deck.section)
    if deck.section == "Referencias":
        _references(deck, [kept for kept, _ in cuts if kept is not None])
        return
    _place(deck, cuts, kind)
    if deck.section == "Ejercicios":
        _solutions(deck, [noted for _, noted in cuts if noted is not None])


def _place(deck: Deck, cuts: list[Cut], kind: str) -> None:
    if kind in ("slide", "subslide") and any(kept for kept, _ in cuts) and deck.current.blocks:
        deck.open(2 if kind == "slide" else 3)
    for group, noted in _groups(cuts):
        shown = [fragment(block) if kind == "fragment" else block for block in group]
        if shown and kind == "-" and shown[0].kind != "explorer":
            deck.current.blocks += shown
        elif len(shown) > 1:
            deck.together(shown)
        elif shown:
            deck.add(shown[0])
        deck.note(noted)


def _groups(cuts: list[Cut]) -> Iterator[tuple[list[Block], list[Block]]]:
    """Cada bloque por su lado, salvo un código con lo que imprimió; y lo que de él queda en las notas."""
    group: list[Block] = []
    for kept, noted in cuts:
        joins = kept is not None and kept.kind == "output" and group and group[-1].kind in ("code", "output")
        if group and not joins:
            yield group, []
            group = []
        group += [] if kept is None else [kept]
        if noted is not None:
            yield group, [noted]
            group = []
    if group:
        yield group, []


def _title(deck: Deck, block: Block) -> None:
    deck.title = block.html
    deck.open(1, kind="title")


def _front(deck: Deck, found: list[Block]) -> None:
    """La portada: los datos del capítulo van a las notas, y lo que se aprenderá, a la diapositiva siguiente."""
    for block in found:
        if block.kind == "list":
            deck.open()
            deck.add(block)
        elif block.kind == "paragraph" and block.source.startswith("**"):
            deck.title = inline(block.source.strip("*"))
        else:
            deck.note([block])


def _references(deck: Deck, found: list[Block]) -> None:
    """Las referencias, sean una lista o un párrafo cada una: unas pocas por diapositiva."""
    each = [own for block in found for own in ([list_block([item], False) for item in block.items] or [block])]
    for block in each:
        slide = deck.current if len(deck.current.blocks) < REFERENCES else deck.open()
        slide.kind = "references"
        slide.blocks.append(block)


def _solutions(deck: Deck, notes: list[Block]) -> None:
    """La solución de un ejercicio: en las notas, y en pantalla con un paso más, bajo el enunciado o en la que sigue."""
    for fold in (block for block in notes if block.kind == "fold" and "solución" in block.source.lower()):
        inner = [block for block in fold.inner if not is_answer(block)] or list(fold.inner)
        whole = "".join(block.html for block in inner)
        written = Block("html", f'<p class="solution-title">Solución</p>{whole}', sum(block.lines for block in inner) + 1.2)
        deck.together([fragment(written, "solution")])


def _completed(slides: list[Slide]) -> list[Slide]:
    """Quita las que dirían muy poco, y sus notas pasan a la que sigue.

    Si de un título todo el texto quedó en las notas, vuelve su primera frase; si solo presenta un explorador, sobra.
    """
    for slide, following in zip(slides, [*slides[1:], None]):
        if slide.kind == "text" and not slide.blocks and (first := first_sentence(slide.cut)) is not None:
            slide.blocks.append(first)
        leads = following is not None and following.kind == "explorer" and [block.kind for block in slide.blocks] == ["paragraph"]
        if slide.kind == "text" and following is not None and (leads or not slide.blocks):
            following.notes[:0] = [*map(as_note, slide.blocks), *slide.notes]
            slide.blocks = []
    return slides


def chapter_number(name: str) -> str:
    """«Capítulo 5», desde el nombre del cuaderno.

    Raises:
        BrokenNotebook: si el nombre no empieza con dos cifras.
    """
    found = re.match(r"(\d\d)_", name)
    if not found:
        raise BrokenNotebook(f"«{name}» no es un capítulo: su nombre no empieza con dos cifras.")
    return f"Capítulo {int(found[1])}"
