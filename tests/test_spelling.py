"""Ortografía: toda palabra que un lector ve está en el diccionario de hunspell o en `palabras.txt`."""

import json
import unicodedata

import pytest
import spelling_helpers as spelling

PLANTED = "convolusión"


def known(text: str) -> bool:
    return not spelling.misspelt(text)


def test_every_word_that_readers_see_is_well_spelt():
    faults = {
        str(path.relative_to(spelling.ROOT)): sorted(found)
        for path in spelling.sources()
        if (found := set().union(*map(spelling.misspelt, spelling.prose(path))))
    }
    assert not faults, f"mal escritas, o nuevas y buenas (entonces van en tests/palabras.txt): {faults}"


def test_no_number_can_be_cut_at_the_end_of_a_line():
    printed = {"labcode/models.py": ["3 × 3"]}  # va en un error, y es parte de la huella del código que entrenó
    faults = {
        str(path.relative_to(spelling.ROOT)): found
        for path in spelling.sources()
        if (found := [number for text in spelling.prose(path) for number in spelling.cut_numbers(text)])
    }
    assert faults == printed, f"entre los miles va U+202F (espacio fino que no se corta), y antes de «%», U+202F, y en torno a «×», U+00A0: {faults}"


def test_a_number_that_can_be_cut_is_found():
    assert spelling.cut_numbers("Con 45 000 imágenes y 3 676 682 pesos, de 32 × 32 × 3, un 97 %.") == ["45 000", "3 676 682", "32 × 32 × 3", "97 %"]
    assert not spelling.cut_numbers("Con 45\u202f000, `10 000`, $10\\,000$ y 5000 imágenes de 32\u00a0×\u00a032, el 10\u202f%; en 2015 100 más; N × 2.")


def test_all_kinds_of_sources_are_read():
    files = {str(path.relative_to(spelling.ROOT)) for path in spelling.sources()}
    assert {
        "README.md", "book/intro.md", "book/apendices/glosario.md", "book/05_l2.ipynb", "book/apendices/estado.ipynb",
        "labcode/quiz/chapters/c05_l2.py", "labcode/explorers/kernel.py", "labcode/explorers/kernel_text.js",
    } <= files  # fmt: skip
    for name in ("book/intro.md", "book/05_l2.ipynb", "labcode/quiz/chapters/c05_l2.py", "labcode/explorers/kernel_text.js"):
        words = {word for text in spelling.prose(spelling.ROOT / name) for word, _ in spelling.words(text)}
        assert len(words) > 30, name


NOTEBOOK_CELLS = {
    "markdown": ("markdown", f"Esta es la {PLANTED} de siempre."),
    "prosa calculada": ("code", f'text.prose(f"""Con {{n}} ejemplos, la {PLANTED} gana.""")'),
    "un pedazo tras un número": ("code", f'text.prose(f"{{n}} puntos gana la {PLANTED}")'),
    "leyenda": ("code", f'figures.show(fig, alt="Una {PLANTED} y su mapa.")'),
    "comentario": ("code", f"x = 1  # la {PLANTED} de una imagen"),
    "título de la celda": ("code", f"# @title Figura: la {PLANTED}\nx = 1"),
    "después de una orden de IPython": ("code", f'%pip install -q algo\ntext.prose("La {PLANTED} gana.")'),
}


@pytest.mark.parametrize("kind", NOTEBOOK_CELLS)
def test_a_misspelling_in_a_notebook_is_found(kind):
    cell_type, source = NOTEBOOK_CELLS[kind]
    texts = spelling.notebook_prose(json.dumps({"cells": [{"cell_type": cell_type, "source": [source]}]}))
    assert set().union(*map(spelling.misspelt, texts)) == {PLANTED}


SOURCES = {
    "pregunta": (".py", f'QUESTIONS = (Question("¿Qué hace la {PLANTED}?"),)'),
    "opción de una sola palabra": (".py", f'Option("{PLANTED}", "No.")'),
    "docstring": (".py", f'def f(x):\n    """Aplica la {PLANTED}.\n\n    Args:\n        x: imagen [alto, ancho].\n    """'),
    "explicación de un argumento": (".py", f'def f(kind):\n    """Suma.\n\n    Args:\n        kind: la {PLANTED} que se aplica.\n    """'),
    "rótulo": (".js", f'h("button", {{}}, "Ver la {PLANTED}");'),
    "plantilla": (".js", f"say(`Van ${{n > 1 ? `${{n}} pasos` : 'uno'}} de la {PLANTED}`);"),
    "tras una expresión regular": (".js", f'x.replace(/["`]/g, ""); say("Otra {PLANTED} más");'),
    "página": (".md", f"# Título\n\nUna [{PLANTED}](pagina.md) cualquiera."),
    "tabla": (".md", f"| uno | dos |\n| --- | --- |\n| la {PLANTED} | 3 |"),
}


@pytest.mark.parametrize("kind", SOURCES)
def test_a_misspelling_elsewhere_is_found(kind, tmp_path):
    suffix, text = SOURCES[kind]
    (tmp_path / f"archivo{suffix}").write_text(text, encoding="utf-8")
    assert set().union(*map(spelling.misspelt, spelling.prose(tmp_path / f"archivo{suffix}"))) == {PLANTED}


@pytest.mark.parametrize("wrong", ["regularizasión", "exactitúd", "tambien", "Generalizacion", "capitulo", "díficil", "busquenlo", "apagárlo", "nucleo"])
def test_common_faults_are_found_upright_and_in_italics(wrong):
    assert spelling.misspelt(f"Aquí está {wrong}, señalada.") == {wrong}
    assert spelling.misspelt(f"Aquí está *{wrong}*, señalada.") == {wrong}


@pytest.mark.parametrize("right", [
    "Búsquenlo y midámoslo, sumémosle uno, probándola sin apagarlo.", "La VGG-11 y una MLP en PyTorch, con `torch.nn.Conv2d`.",
    "El paso (*stride*) y el relleno (*padding*).", "Vale $\\frac{x}{asdf}$ y más en <https://asdf.org/qwer>.",
    "Torch se niega: «Expected more than 1 value per channel when training».", "La fórmula\n\n\\begin{align*}\nasdf &= qwer\n\\end{align*}\n\nes esa.",
    "```python\nasdf = qwer\n```\n\nY ya.", "<span class='asdf'>Hola</span> a todos.",
])  # fmt: skip
def test_what_is_not_spanish_prose_is_left_alone(right):
    assert known(right), spelling.misspelt(right)


def test_english_belongs_in_italics():
    assert known("Se llama *learning rate*.") and not known("Se llama learning rate.")


def test_references_are_not_read():
    text = "Hola.\n\n## Referencias\n\n- Qwertz, A. Asdfg of hjkl."
    cell = {"cell_type": "markdown", "source": [text]}
    for read in ("".join(spelling.READERS[".ipynb"](json.dumps({"cells": [cell]}))), "".join(spelling.READERS[".md"](text))):
        assert "Hola" in read and "Qwertz" not in read


def test_own_words_are_sorted_and_needed():
    def order(word: str) -> tuple[str, str]:
        plain = unicodedata.normalize("NFD", word.lower())
        return "".join(letter for letter in plain if letter.isalpha()), word

    listed = spelling.OWN_WORDS.read_text(encoding="utf-8").splitlines()
    assert listed == sorted(set(listed), key=order), "una palabra por línea, en orden alfabético y sin repetir"
    assert all(word.isalpha() for word in listed), "solo palabras"
    assert not (needless := [word for word in listed if spelling.is_spanish(word) or spelling.is_name(word)]), f"ya están en el diccionario: {needless}"
