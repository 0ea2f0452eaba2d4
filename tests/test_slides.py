"""Las diapositivas: qué se proyecta, qué va a las notas, y que de un capítulo no se pierda ni un párrafo."""

import json
import os
import re
from pathlib import Path

import pytest
import yaml
from labcode import __main__ as command
from labcode.explorers import QuizExplorer, module_sources
from labcode.quiz import show
from labcode.slides import SlidesError, current_copy, deck, slides_of
from labcode.slides.cells import STATE
from labcode.slides.deck import fix_links
from labcode.slides.markdown import blocks, plain, sentences
from labcode.slides.rule import short_item, shorten, split_text

ROOT = Path(__file__).resolve().parents[1]
CHAPTERS = sorted((ROOT / "book").glob("[0-9]*.ipynb"))
LONG = "Esta frase dice algo que conviene leer con calma y que no hace falta proyectar, porque quien da la clase la dirá con sus palabras."
KEY = "Lo que hay que recordar es que **los sesgos no pagan** nunca."


def text(source, **metadata):
    return {"cell_type": "markdown", "id": "texto", "metadata": metadata, "source": source}


def code(source, *outputs, **metadata):
    return {"cell_type": "code", "id": "codigo", "metadata": metadata, "source": source, "execution_count": 1, "outputs": list(outputs)}


def printed(words):
    return {"output_type": "stream", "name": "stdout", "text": words}


def displayed(**data):
    return {"output_type": "display_data", "metadata": {}, "data": data}


def html(written):
    return displayed(**{"text/html": written})


FIGURE = html('<figure class="rc-figure"><svg></svg><div class="rc-take"><button>SVG</button></div><script class="rc-table">{}</script></figure>')
EXPLORER = html('<div data-explorer="kernel" class="rc-explorer"><script type="application/json">{}</script></div>')


def slides(*cells):
    return slides_of({"cells": [text("# Un capítulo\n\n## Una sección"), *cells]})[1:]


def seen(slide):
    return " ".join(plain(block.html) for block in slide.blocks)


# La regla.


@pytest.mark.parametrize(
    "source, shown",
    [("Un párrafo corto se proyecta entero.", "Un párrafo corto se proyecta entero."),
     (f"{LONG} {LONG}", None),
     (f"{LONG} {KEY}", KEY),
     (f"{KEY} {LONG} {LONG}", KEY),
     (f"{LONG} **{LONG}**", f"**{LONG}**"),
     (f"{LONG} {KEY} {KEY} {KEY}", f"{KEY}\n\n{KEY}"),
     ("(Una aclaración entre paréntesis.)", None)],
)  # fmt: skip
def test_a_long_paragraph_leaves_only_what_the_chapter_marked(source, shown):
    (block,) = blocks(source)
    kept = shorten(block)
    assert (kept and kept.source) == shown


def test_the_sentence_that_presents_a_formula_stays_with_it():
    found = blocks(f"{LONG} La pérdida que vamos a usar es\n\n$$\nJ = 1\n$$\n\n{LONG} Sin nada que presentar después:")
    kept = [own and own.source for own, _ in split_text(found, "")]
    assert kept[0] == "La pérdida que vamos a usar es" and found[1].kind == "math" and kept[2] == "Sin nada que presentar después:"
    assert shorten(blocks(f"{LONG} Algo que no presenta nada:")[0]) is None


@pytest.mark.parametrize(
    "source, count",
    [("Una. Dos.", 2), ("Vale 3.5 y 0.1. ¿Y después? Nada.", 3), ("Con $f(x). A$ sigue.", 1), ("`a. B` sigue.", 1), ("[Uno. Dos](x) sigue.", 1),
     ("**Una. Dos.** Tres.", 2), ("Krogh y Hertz (1992). «Otra.» Y otra.", 3), ("p. ej. esto", 1)],
)  # fmt: skip
def test_sentences_do_not_break_formulas_code_nor_bold(source, count):
    found = sentences(source)
    assert len(found) == count and re.sub(r"\s", "", "".join(found)) == re.sub(r"\s", "", source)


def test_a_long_item_keeps_its_first_sentences():
    assert short_item(f"**Olvidar el 2.** Se nota tarde. {LONG} {LONG}") == "**Olvidar el 2.** Se nota tarde."
    assert short_item("Corto.") == "Corto."


@pytest.mark.parametrize("section", ["Predice", "Ejercicios"])
def test_what_the_class_must_answer_is_shown_whole(section):
    found = blocks(f"{LONG} {LONG}\n\n1. {LONG} {LONG}\n\n<details><summary>Ya respondí</summary>\n\n{LONG}\n\n</details>")
    cut = split_text(found, section)
    assert [own == block for (own, _), block in zip(cut, found)] == [True, True, False] and cut[2] == (None, found[2])


# El orden.


def test_headings_open_slides_and_sections():
    found = slides_of({"cells": [text("# Título\n\n## Uno\n\nAlgo.\n\n### Dentro\n\nMás.\n\n## Dos\n\nFin.")]})
    assert [(s.name, s.section, plain(s.kicker)) for s in found] == [("Título", 0, ""), ("Uno", 1, ""), ("Dentro", 1, "Uno"), ("Dos", 2, "")]


def test_a_figure_goes_alone_or_with_a_few_lines_and_without_its_buttons():
    found = slides(text("Una frase corta."), code("f()", FIGURE), code("f()", FIGURE), text(f"{KEY}\n\n{KEY}\n\n{KEY}\n\n{KEY}"))
    assert [[b.kind for b in s.blocks] for s in found] == [["paragraph", "figure"], ["figure", "paragraph", "paragraph"], ["paragraph", "paragraph"]]
    assert not any("rc-take" in b.html or "rc-table" in b.html for s in found for b in s.blocks)


def test_an_explorer_has_its_own_slide_and_its_lead_goes_to_the_notes():
    first, explorer, last = slides(text("Uno.\n\nDos."), code("K()", EXPLORER), text("Tres."))
    assert (first.kind, explorer.kind, last.kind) == ("text", "explorer", "text") and len(explorer.blocks) == 1
    alone, *_ = slides(text("Prueben aquí mismo:"), code("K()", EXPLORER))
    assert alone.kind == "explorer" and "Prueben aquí mismo" in "".join(alone.notes)


def test_each_question_has_its_own_slide_and_forgets_the_progress_of_the_page():
    whole = show("05_l2")
    found = [s for s in slides(code("quiz.show('05_l2')", html(whole.root()))) if s.kind == "question"]
    assert len(found) == len(whole.questions)
    for slide, question in zip(found, whole.questions):
        state = json.loads(STATE.search(slide.blocks[0].html)[1].replace("<\\/", "</"))
        assert QuizExplorer(**state).questions == [question] and not state["chapter"]
        assert slide.blocks[0].html.count("<li>") == 1 and slide.blocks[0].html.count("<details>") == len(question["options"])


def test_code_is_shown_only_if_it_is_short_open_and_says_something():
    short, out = "print(1)", printed("1\n")
    assert [b.kind for b in slides(code(short, out))[0].blocks] == ["code", "output"]
    for tag in ("hide-input", "remove-input"):
        assert [b.kind for b in slides(code(short, out, tags=[tag]))[0].blocks] == ["output"]
    assert [b.kind for b in slides(code("\n".join(["x = 1"] * 13), out))[0].blocks] == ["output"]
    assert slides(code("x = 1")) == [] and slides(code("x = 1", tags=["parameters"])) == []
    assert slides(code("# @title Preparación\nprint(1)", out)) == []
    assert [b.kind for b in slides(code("def f():\n    return 1"))[0].blocks] == ["code"]
    assert [b.kind for b in slides(code("f()", FIGURE))[0].blocks] == ["figure"]
    assert slides(code("respuesta = ...\ncheck_answer(respuesta, 1)", out)) == []
    assert slides(code(short, printed("1\n" * 40), tags=["hide-input"])) == []


def test_code_what_it_prints_and_its_lead_stay_together():
    lead = "Comprobémoslo con un ejemplo:"
    filler = text("\n\n".join([KEY] * 6))
    first, second = slides(filler, text(lead), code("\n".join(["print(1)"] * 6), printed("1\n" * 6)))
    assert lead not in seen(first) and [b.kind for b in second.blocks] == ["paragraph", "code", "output"]


def test_what_is_printed_in_several_messages_is_shown_once():
    # Así queda la copia que MyST-NB ejecuta: lo del segundo mensaje pasó al primero, y el segundo sigue ahí.
    (slide,) = slides(code("print(1)\nprint(2)", printed("1\n2\n"), FIGURE, printed("2\n")))
    assert [b.html for b in slide.blocks if b.kind == "output"] == ['<pre class="printed">1\n2</pre>']


def test_a_long_list_goes_on_in_another_slide_with_its_numbers():
    first, second = slides(text("\n".join(f"{n}. Un punto de la lista, de largo mediano, que ocupa un renglón o dos." for n in range(1, 15))))
    assert first.blocks[0].html.startswith('<ol start="1">') and second.blocks[0].html.startswith('<ol start="8">') and first.name == second.name


def test_a_title_is_never_alone():
    (slide,) = slides(text(f"{LONG} {LONG}"))
    assert seen(slide) == LONG and LONG in plain("".join(slide.notes))
    assert slides(text("### Vacía"), text("### Otra\n\nAlgo."))[-1].name == "Otra"


def test_the_solution_of_an_exercise_comes_one_step_later_and_is_in_the_notes():
    cells = [text("## Ejercicios\n\nEscriban en la celda.\n\n### 1. Uno\n\n¿Cuánto?"), text("<details><summary>Solución</summary>\n\nEs 3.\n\n`respuesta = 3`\n\n</details>")]
    (slide,) = slides(*cells)
    assert slide.name == "1. Uno" and 'class="fragment solution"' in slide.blocks[1].html
    assert "respuesta" not in seen(slide) and "Es 3." in "".join(slide.notes) and "Escriban" in "".join(slide.notes)


def test_a_notice_is_short_and_goes_with_what_follows():
    notice = displayed(**{"text/markdown": "> **Faltan 8 de 19 corridas.** Para entrenar lo que falta: `python -m labcode train CNN`"})
    done = displayed(**{"text/markdown": "Las 19 corridas de `CNN` están medidas."})
    (slide,) = slides(code("x.notice()", notice, tags=["hide-input"]), code("f()", FIGURE))
    assert seen(slide).strip() == "Faltan 8 de 19 corridas." and "labcode train" in "".join(slide.notes)
    assert [b.kind for b in slides(code("x.notice()", done, tags=["hide-input"]), code("f()", FIGURE))[0].blocks] == ["figure"]


@pytest.mark.parametrize("mark", ["- ", ""], ids=["lista", "párrafos"])
def test_references_go_a_few_on_each_slide(mark):
    found = slides(text("## Referencias\n\n" + "\n\n".join(f"{mark}Autora {n} (2020). Un artículo." for n in range(8))))
    assert [len(s.blocks) for s in found] == [6, 2] and {s.kind for s in found} == {"references"}


# La celda manda.


def test_the_cell_can_decide():
    own = lambda kind: text(f"{LONG} {LONG}", slideshow={"slide_type": kind})  # noqa: E731
    assert [len(s.blocks) for s in slides(text("Algo."), own("slide"))] == [1, 1] and slides(text("Algo."), own("slide"))[1].section == 2
    assert slides(text("Algo."), own("subslide"))[1].section == 1
    assert [len(s.blocks) for s in slides(text("Algo."), own("-"))] == [2] and LONG in seen(slides(own("-"))[0])
    assert 'class="fragment"' in slides(own("fragment"))[0].blocks[0].html
    assert LONG in "".join(slides(text("Algo."), own("notes"))[0].notes) and "frase" not in seen(slides(text("Algo."), own("notes"))[0])
    assert slides(own("skip")) == []
    with pytest.raises(ValueError, match="`slide_type de la celda «texto» = 'slid'` no es válido: debe ser uno de -, slide"):
        slides(own("slid"))


def test_a_cell_that_failed_makes_no_deck():
    failed = {"output_type": "error", "ename": "ValueError", "evalue": "no", "traceback": []}
    with pytest.raises(SlidesError, match="05_l2: la celda «codigo» falló con ValueError: no"):
        deck({"cells": [text("# T\n\n## S\n\nAlgo."), code("f()", failed)]}, "05_l2")
    with pytest.raises(SlidesError, match="«apuntes» no es un capítulo"):
        deck({"cells": []}, "apuntes")
    with pytest.raises(SlidesError, match="salieron 1 diapositivas"):
        deck({"cells": [text("# Solo el título")]}, "05_l2")


# Los capítulos de verdad.


def normal(words):
    return re.sub(r"\s+", "", plain(words))


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda p: p.stem)
def test_not_a_paragraph_of_a_chapter_is_lost(path):
    notebook = json.loads(path.read_text(encoding="utf-8"))
    found = slides_of(notebook)
    everything = normal(" ".join(b.html for s in found for b in s.blocks) + " ".join(n for s in found for n in [s.title, *s.notes]))
    for cell in notebook["cells"]:
        for block in blocks("".join(cell["source"])) if cell["cell_type"] == "markdown" else []:
            for own in block.inner or (block,):
                pieces = [own.html] if own.kind == "paragraph" else re.findall(r"<li>(.*?)</li>", own.html, re.S)
                assert all(normal(piece) in everything for piece in pieces), own.source


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda p: p.stem)
def test_no_slide_is_a_wall_of_text(path):
    for slide in slides_of(json.loads(path.read_text(encoding="utf-8"))):
        assert len(seen(slide).split()) <= 165 or slide.kind == "references", seen(slide)


def test_a_deck_asks_nothing_to_the_network_and_is_in_spanish():
    page = deck(json.loads(CHAPTERS[4].read_text(encoding="utf-8")), "05_l2")
    assert '<html lang="es"' in page and "Capítulo 5" in page
    assert not re.findall(r'(?:src|<link[^>]*href)="(?:https?:)?//', page)
    assert all('target="_blank" rel="noopener"' in page[at : at + 400] for at in (m.start() for m in re.finditer('href="http', page)) if 'colab' not in page[at : at + 60])


def test_a_deck_brings_the_code_of_its_own_explorers_and_no_other():
    head = [text("# T"), text("## Uno\n\nDos.")]
    plain, live = (deck({"cells": cells}, "07_x") for cells in (head, [*head, code("K()", EXPLORER)]))
    found = [re.findall(r'src="_static/(explor[\w/]+\.js)"', page) for page in (plain, live)]
    assert found == [[], ["exploradores/kernel.js", "explorers.js"]]


def test_no_explorer_draws_what_reveal_takes_for_a_slide():
    assert not [name for name, source in module_sources().items() if re.search(r"""h\(["']section|<section""", source)]


def test_links_go_to_other_decks_or_to_the_book():
    found = fix_links('<a href="07_x.ipynb#y"> <a href="apendices/a.md"> <a href="http://z"> <a href="#w">', "../")
    assert found == '<a href="07_x.html"> <a href="../apendices/a.html"> <a href="http://z" target="_blank" rel="noopener"> <a href="#w">'


def test_the_page_for_lecturers_links_every_deck():
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    names = [entry["file"] for part in toc["parts"] for entry in part["chapters"] if entry["file"][:2].isdigit()]
    assert re.findall(r'href="\.\./diapositivas/(\w+)\.html"', (ROOT / "book" / "apendices" / "docentes.md").read_text(encoding="utf-8")) == names


# La orden.


def test_an_executed_copy_is_used_only_if_it_is_current(tmp_path):
    source, made, copies = tmp_path / "05_l2.ipynb", tmp_path / "labcode", tmp_path / "copias"
    made.mkdir()
    copies.mkdir()
    (made / "a.py").write_text("1")
    cells = [text("# T"), code("f()", printed("1"))]
    source.write_text(json.dumps({"cells": [cells[0], {**cells[1], "outputs": [], "execution_count": None}]}))
    copy = copies / source.name
    find = lambda: current_copy(source, [tmp_path / "nada", copies], [made])  # noqa: E731
    assert find() is None
    injected = code("ENTRENAR = True", tags=["injected-parameters"])
    copy.write_text(json.dumps({"cells": [cells[0], injected, cells[1]]}))
    assert find() == copy
    for bad in (code("g()", printed("1")), {**cells[1], "execution_count": None}, code("f()", {"output_type": "error", "ename": "E", "evalue": ""})):
        copy.write_text(json.dumps({"cells": [cells[0], bad]}))
        assert find() is None
    copy.write_text(json.dumps({"cells": cells}))
    os.utime(made / "a.py", (2**32, 2**32))  # el código cambió después
    assert find() is None


def test_the_order_executes_once_and_leaves_everything_at_hand(tmp_path, monkeypatch, capsys):
    book = tmp_path / "book"
    (book / "_static").mkdir(parents=True)
    for name in ("redes.css", "icono.svg"):
        (book / "_static" / name).write_text("/**/")
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    cells = [text("# Prueba\n\n## Una sección"), code("ENTRENAR = False", tags=["parameters"]), code("print(6 * 7)")]
    for number, cell in enumerate(cells):
        cell["id"] = f"c{number}"
    cells[1]["execution_count"] = cells[2]["execution_count"] = None
    source = book / "01_prueba.ipynb"
    source.write_text(json.dumps({"cells": cells, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}))
    for name, folder in (("BOOK", book), ("EXECUTED", tmp_path / "rebuild"), ("BUILT", tmp_path / "built"), ("SLIDES", tmp_path / "slides")):
        monkeypatch.setattr(command, name, folder)
    before = source.read_bytes()
    assert command.main(["slides"]) == 0 and "se ejecuta antes" in capsys.readouterr().out
    page = (tmp_path / "slides" / "01_prueba.html").read_text(encoding="utf-8")
    assert ">42<" in re.sub(r"\s", "", page) and source.read_bytes() == before
    local = [link for link in re.findall(r'(?:src|href)="([^"]+)"', page) if not link.startswith(("http", "#"))]
    assert len(local) > 10 and all((tmp_path / "slides" / link).is_file() for link in local)
    assert command.main(["slides", "01_prueba"]) == 0 and "se ejecuta antes" not in capsys.readouterr().out
    assert command.main(["slides", "99_nada"]) == 1 and "`CAPÍTULO = '99_nada'` no es válido" in capsys.readouterr().err
