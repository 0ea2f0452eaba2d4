"""Los capítulos: la misma forma en todos, sin salidas guardadas, y ningún número medido escrito a mano."""

import ast
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from IPython.core.inputtransformer2 import TransformerManager
from prose_helpers import check_house_style, measured_numbers

from labcode import quiz
from labcode.__main__ import chapter_parameters, rebuild_chapter

ROOT = Path(__file__).parent.parent
TOC = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
FILES = [chapter["file"] for part in TOC["parts"] for chapter in part["chapters"]]
CHAPTERS = [ROOT / "book" / f"{name}.ipynb" for name in FILES if re.match(r"\d\d_", name)]
HEADINGS = ["Predice", "Errores frecuentes", "Ejercicios", "Preguntas", "Resumen en un minuto", "Lo que sigue", "Referencias"]
WIDTH = 75  # caracteres de código que caben en la columna del texto
each_chapter = pytest.mark.parametrize("path", CHAPTERS, ids=lambda p: p.stem)


def cells(path: Path) -> list[dict]:
    return json.loads(path.read_text(encoding="utf-8"))["cells"]


def source(cell: dict) -> str:
    return "".join(cell["source"])


def prose(path: Path) -> str:
    return "\n\n".join(source(c) for c in cells(path) if c["cell_type"] == "markdown")


def section(path: Path, heading: str) -> str:
    return re.split(r"^## ", prose(path).split(f"## {heading}\n", 1)[1], flags=re.M)[0]


def code(path: Path) -> list[ast.Module]:
    plain = TransformerManager()
    return [ast.parse(plain.transform_cell(source(c))) for c in cells(path) if c["cell_type"] == "code"]


def test_there_are_chapters():
    assert len(CHAPTERS) >= 2 and all(path.exists() for path in CHAPTERS)


@each_chapter
def test_the_form_is_the_same_everywhere(path):
    first, parameters, setup = cells(path)[:3]
    assert source(first).startswith("# ") and "**Al terminar, ustedes podrán**" in source(first)
    assert 1 <= len(re.findall(r"^- ", source(first), re.M)) <= 5 and "minutos" in source(first)
    assert f"/blob/main/book/{path.name})" in source(first)
    assert chapter_parameters(path) == {"ENTRENAR": False} and "parameters" in parameters["metadata"]["tags"]
    assert 'check_bool("ENTRENAR", ENTRENAR)' in source(setup)
    titles = re.findall(r"^## (.+)$", prose(path), re.M)
    assert titles[0] == "Predice" and [t for t in titles if t in HEADINGS] == HEADINGS


@each_chapter
def test_exercises_have_a_self_check_and_a_hidden_solution(path):
    body = section(path, "Ejercicios")
    numbered = re.findall(r"^### \d+\. ", body, re.M)
    assert len(numbered) >= 3 and body.count("<summary>Solución</summary>") == len(numbered)
    assert "\n".join(source(c) for c in cells(path)).count("respuesta = ...") == len(numbered)


@each_chapter
def test_code_that_is_read_fits_the_page(path):
    seen = [c for c in cells(path) if c["cell_type"] == "code" and not {"hide-input", "remove-input"} & set(c["metadata"].get("tags", []))]
    lines = [line for c in seen for line in source(c).split("\n")] + [line for c in seen for o in c["outputs"] for line in "".join(o.get("text", "")).split("\n")]
    assert len(seen) >= 5 and not (cut := [line for line in lines if len(line) > WIDTH]), f"renglones que a 1280 píxeles quedan cortados: {cut}"


@each_chapter
def test_questions_are_shown_from_their_data(path):
    titles = [(re.findall(r"^## (.+)$", source(c), re.M), c) for c in cells(path)]
    start = next(i for i, (found, _) in enumerate(titles) if "Preguntas" in found)
    end = next(i for i, (found, _) in enumerate(titles) if "Resumen en un minuto" in found)
    shown = [c for c in cells(path)[start:end] if c["cell_type"] == "code"]
    assert [source(c) for c in shown] == [f'quiz.show("{path.stem}")'] and shown[0]["metadata"]["tags"] == ["remove-input"]
    assert len(quiz.questions(path.stem)) >= 5  # lo demás, en test_quiz.py


@each_chapter
def test_only_checked_outputs_are_kept(path):
    checked = [c for c in cells(path) if "nbval-check-output" in c["metadata"].get("tags", [])]
    assert len(checked) >= 3
    for cell in cells(path):
        if cell["cell_type"] == "code":
            assert (cell["execution_count"] is None) == (cell not in checked)  # nbval no compara una celda sin contar
            assert bool(cell["outputs"]) == (cell in checked)


@each_chapter
def test_a_chapter_trains_nothing_by_itself(path):
    for tree in code(path):
        for node in ast.walk(tree):
            if isinstance(node, ast.For | ast.While):
                called = {n.func.attr for n in ast.walk(node) if isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute)}
                assert "backward" not in called, f"{path.name}, línea {node.lineno}: un bucle de entrenamiento"


@each_chapter
def test_no_measured_number_is_typed_in_prose(path):
    assert not (typed := measured_numbers(prose(path))), f"números medidos escritos a mano: {typed}"


@each_chapter
def test_the_prose_follows_the_house_style(path):
    check_house_style(prose(path).split("## Referencias")[0])


def solved(path: Path) -> dict:
    """El capítulo con cada ejercicio resuelto como dice su solución, y «¡Correcto!» como salida que nbval compara."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    exercise = None
    for cell in notebook["cells"]:
        text = source(cell)
        if cell["cell_type"] == "code" and "check_answer(" in text and "= ..." in text:
            assert exercise is None, f"{path.stem}: un ejercicio sin solución"
            exercise = cell
        elif exercise is not None and "<summary>Solución</summary>" in text:
            exercise["source"] = with_answer(source(exercise), text)
            exercise["metadata"]["tags"] = ["nbval-check-output"]
            exercise["outputs"] = [{"name": "stdout", "output_type": "stream", "text": ["¡Correcto!\n"]}]
            exercise["execution_count"], exercise = 1, None
    assert exercise is None, f"{path.stem}: un ejercicio sin solución"
    return notebook


def with_answer(exercise: str, solution: str) -> str:
    block = re.search(r"```python\n(.+?)\n```", solution, re.S)
    if block:  # la solución reemplaza la función del lector, que es lo primero de la celda
        return block[1] + "\n\n\n" + exercise.split("\n\n\n", 1)[1]
    (answer,) = re.findall(r"`(respuesta = .+?)`", solution)
    return re.sub(r"respuesta = \.\.\..*", lambda _: answer, exercise)


@each_chapter
def test_every_chapter_gives_its_checked_outputs_and_every_solution_is_right(path, tmp_path):
    notebook, copy = solved(path), tmp_path / path.name
    right = [{"name": "stdout", "output_type": "stream", "text": ["¡Correcto!\n"]}]
    answered = sum(cell.get("outputs", [])[:1] == right for cell in notebook["cells"])
    assert answered >= section(path, "Ejercicios").count("<summary>Solución</summary>") >= 3
    copy.write_text(json.dumps(notebook), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--nbval-lax", "-p", "no:cacheprovider", "-q", "--rootdir", tmp_path, copy],
        cwd=ROOT / "book", capture_output=True, text=True, timeout=400,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:]


def test_papermill_refuses_a_misspelt_parameter_on_a_real_chapter():
    with pytest.raises(ValueError, match="`ENTRENA` no es un parámetro de"):
        rebuild_chapter(CHAPTERS[0], {"ENTRENA": True})
