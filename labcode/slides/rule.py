"""La regla: qué parte de un bloque se proyecta y qué parte queda en las notas del docente.

Se proyecta lo que se mira o se piensa en clase (figuras, exploradores, fórmulas, tablas, citas, preguntas) y, del texto, lo que el
capítulo ya marcó como importante: las frases con **negrita** y la frase que presenta lo que viene. El párrafo completo no se
pierde: va a las notas.
"""

import re
from dataclasses import replace

from labcode.slides.markdown import Block, code_block, list_block, paragraph, sentences, words

SHORT_PARAGRAPH = 24  # palabras: hasta aquí un párrafo se proyecta entero
KEY_SENTENCE = 42  # una frase con negrita, aunque más larga, cansa
KEY_SENTENCES = 2  # por párrafo
SHORTEST_LEAD = 4
LEAD_SENTENCE = 30  # la frase que presenta la fórmula, la lista o la figura que sigue
TELLING = 6  # palabras: una frase más corta no dice nada por sí sola
LONG_ITEM = 26  # palabras de un punto de una lista
LONG_CODE = 12  # renglones
LONG_OUTPUT = 14
WHOLE = ("Predice", "Ejercicios")  # secciones cuyo texto se proyecta entero
HIDDEN_TAGS = {"hide-input", "remove-input", "hide-cell", "remove-cell", "parameters"}
SEEN = ("math", "list", "code", "table", "quote", "")  # lo que una frase presenta; "" es la celda siguiente
BOLD = re.compile(r"\*\*[^*]+\*\*")

Cut = tuple[Block | None, Block | None]


def split_text(found: list[Block], section: str) -> list[Cut]:
    """Reparte los bloques de una celda de texto entre la pantalla y las notas.

    Args:
        found: los bloques, sin títulos.
        section: el título de nivel 2 en que están.

    Returns:
        Por cada bloque, lo que se proyecta (él mismo, acortado, o None) y lo que queda en las notas (entero, o None).
    """
    if section in WHOLE or section == "Referencias":
        return [(None, block) if block.kind == "fold" else (block, None) for block in found]
    following = [block.kind for block in found[1:]] + [""]
    kept = [shorten(block, then) for block, then in zip(found, following)]
    return [(own, block if own != block else None) for own, block in zip(kept, found)]


def shorten(block: Block, following: str | None = None) -> Block | None:
    """Lo que se proyecta de un bloque: él mismo, una versión corta, o nada (None).

    Args:
        block: el bloque.
        following: la clase del bloque que sigue; vacía si sigue otra celda, y None si no hay nada que presentar.
    """
    if block.kind == "fold":
        return None
    if block.kind == "paragraph":
        return _short_paragraph(block, following)
    if block.kind == "list":
        items = [short_item(item) for item in block.items]
        return list_block(items, block.source == "ol", block.level) if items != list(block.items) else block
    if block.kind == "code":
        return block if len(block.source.rstrip("\n").splitlines()) <= LONG_OUTPUT else None
    return block


def _short_paragraph(block: Block, following: str | None) -> Block | None:
    if block.source.startswith("("):
        return None
    if words(block.source) <= SHORT_PARAGRAPH:
        return block
    parts = sentences(block.source)
    key = [part for part in parts if BOLD.search(part) and words(part) <= KEY_SENTENCE][:KEY_SENTENCES]
    last = parts[-1]
    presents = following in SEEN and is_lead(last) or following == "math" and not key
    if presents and last not in key and SHORTEST_LEAD <= words(last) <= LEAD_SENTENCE:
        key.append(last)
    return joined(key) if key else None


def joined(parts: list[str]) -> Block:
    """Unas frases que no se seguían en el capítulo: cada una en su párrafo, en un solo bloque."""
    each = [paragraph(part) for part in parts]
    return replace(each[-1], html="".join(one.html for one in each), lines=sum(one.lines for one in each), source="\n\n".join(parts))


def is_lead(source: str) -> bool:
    """Si un texto presenta lo que viene: termina en dos puntos o en coma, o queda abierto."""
    return not source.rstrip().rstrip("*»\")").endswith((".", "!", "?", "…"))


def short_item(item: str) -> str:
    """Un punto de una lista: las frases que quepan desde la primera."""
    if words(item) <= LONG_ITEM or "\n\n" in item:
        return item
    kept: list[str] = []
    for part in sentences(item):
        if kept and words(" ".join([*kept, part])) > LONG_ITEM:
            break
        kept.append(part)
    return " ".join(kept)


def first_sentence(found: list[Block]) -> Block | None:
    """La primera frase de lo que quedó en las notas (dos, si es muy corta): para que un título nunca se proyecte solo."""
    for block in found:
        if block.kind == "paragraph":
            parts = sentences(block.source)
            return paragraph(" ".join(parts[: 1 if words(parts[0]) >= TELLING else 2]))
    return None


def shows_code(source: str, tags: set[str], shown: list[Block]) -> bool:
    """Si el código de una celda se proyecta: es corto, el capítulo no lo esconde, y define algo o imprime lo que se va a leer."""
    teaches = all(block.kind == "output" for block in shown) if shown else re.search(r"^(def|class) ", source, re.M) is not None
    return teaches and not tags & HIDDEN_TAGS and 0 < len(source.strip().splitlines()) <= LONG_CODE


def source_listing(block: Block) -> Block | None:
    """El código de una función mostrado con `text.source`: sin su docstring, y nada si aun así es largo."""
    bare = re.sub(r'\n[ ]+"""(?:.|\n)*?"""', "", block.source, count=1)
    return code_block(bare) if len(bare.rstrip("\n").splitlines()) <= LONG_OUTPUT else None


def as_note(block: Block) -> str:
    """Un bloque en las notas; un pliegue lleva su título."""
    return f"<p><strong>{block.source}</strong></p>{block.html}" if block.kind == "fold" else block.html


def fragment(block: Block, name: str = "") -> Block:
    """El mismo bloque, que aparece con un paso más."""
    return replace(block, html=f'<div class="fragment{name and " "}{name}">{block.html}</div>')


def is_answer(block: Block) -> bool:
    """Si un bloque es la línea `respuesta = …` de una solución, que solo sirve para la celda."""
    return block.kind == "paragraph" and re.fullmatch(r"`respuesta\s*=[^`]*`", block.source.strip()) is not None
