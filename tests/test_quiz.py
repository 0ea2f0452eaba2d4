"""Las preguntas: los datos de cada capítulo, lo que se rechaza, y el elemento sin página (en Node) y sin JavaScript."""

import ast
import html
import inspect
import json
import random
import re
from pathlib import Path

import pytest
from explorer_helpers import node, passes, write_folder
from hypothesis import given, settings
from hypothesis import strategies as st
from prose_helpers import check_house_style, measured_numbers

from labcode import quiz
from labcode.explorers import QuizExplorer
from labcode.explorers.quiz import EXAMPLE, inline_html, inline_runs
from labcode.quiz import Option, Question

FOLDER = Path(inspect.getfile(quiz)).parent / "chapters"
FILES = sorted(FOLDER.glob("c*.py"))
STEMS = [path.stem.removeprefix("c") for path in FILES]
each_file = pytest.mark.parametrize("stem", STEMS)
PIECES = ["*", "**", "$", "`", " ", "\n", "a", "Ω", "\\lambda", "2", "·", "<b>", "&", "é", "x_1", "𝑤", "—", "(", ")", "{", "}", "^", "\\frac", ".", "\u202f%"]


def texts(chapter: str) -> list[str]:
    """Todo lo que se lee en las preguntas de un capítulo."""
    return [
        text
        for question in quiz.questions(chapter)
        for text in (question.prompt, *(part for option in question.options for part in (option.text, option.feedback)))
    ]


def random_texts(n: int, seed: int = 20231107) -> list[str]:
    generator = random.Random(seed)
    return ["".join(generator.choices(PIECES, k=generator.randint(0, 24))) for _ in range(n)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    samples = random_texts(2_000) + [text for stem in STEMS for text in texts(stem)]
    cases = {
        "texts": [{"text": text, "runs": inline_runs(text)} for text in samples],
        "chapters": {stem: quiz.show(stem).questions for stem in STEMS},
        "junk": random_texts(300, seed=5) + [json.dumps({key: [key]}) for key in random_texts(100, seed=6)],
    }
    return write_folder(tmp_path_factory.mktemp("preguntas"), cases)


def test_the_javascript_core(folder):
    passes("quiz", folder)


def test_the_javascript_tests_can_fail(folder, tmp_path):
    cases = json.loads((folder / "cases.json").read_text(encoding="utf-8"))
    cases["texts"][0]["runs"].append(["text", "de más"])
    done = node("--test", str(Path(__file__).parent / "explorers" / "quiz.test.mjs"), folder=write_folder(tmp_path, cases))
    assert done.returncode == 1


@each_file
def test_a_chapter_asks_enough_and_well(stem):
    asked = quiz.questions(stem)
    assert len(asked) >= 5 and len({question.prompt for question in asked}) == len(asked)
    for question in asked:
        assert question.prompt[-1] in "?:….", question.prompt
        for option in question.options:
            assert option.feedback.startswith("Sí") == option.correct, f"{question.prompt}: {option.feedback}"


@each_file
def test_the_right_answer_is_not_given_away(stem):
    asked = quiz.questions(stem)
    places = [next(i for i, option in enumerate(question.options) if option.correct) for question in asked]
    assert len(set(places)) >= 3, f"la correcta está siempre en los mismos lugares: {places}"
    assert max(places.count(place) for place in set(places)) <= 0.6 * len(places), f"la correcta se repite de lugar: {places}"
    longest = sum(len(question.options[place].text) > max(len(o.text) for o in question.options if not o.correct) for question, place in zip(asked, places))
    assert longest <= 0.6 * len(asked), f"la correcta es la más larga en {longest} de {len(asked)}: se adivina sin saber"


@each_file
def test_the_texts_follow_the_house_style(stem):
    for text in texts(stem):
        check_house_style(text)
        assert not re.search(r"</?[a-zA-Z]|\]\(", text), f"las preguntas no admiten HTML ni enlaces: {text}"
        plain = "".join(content for kind, content in inline_runs(text) if kind == "text")
        assert not re.search(r"[`$]|\*\*", plain), f"una marca sin pareja: {text}"
        assert text == text.strip() and "  " not in text, f"espacios de más: {text!r}"


@each_file
def test_no_measured_number_is_typed(stem):
    tree = ast.parse((FOLDER / f"c{stem}.py").read_text(encoding="utf-8"))
    typed = " ".join(n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str))
    assert not (found := measured_numbers(typed)), f"números medidos escritos a mano: {found}"


@each_file
def test_the_chapter_shows_its_questions(stem):
    page = Path(__file__).parent.parent / "book" / f"{stem}.ipynb"
    assert page.is_file() and f'quiz.show(\\"{stem}\\")' in page.read_text(encoding="utf-8")


@pytest.mark.parametrize("bad", ["nada", "", "05", None, 5, "../c05_l2", "c05_l2", "__init__"])
def test_an_unknown_chapter_is_refused(bad):
    with pytest.raises(ValueError, match=r"`chapter = .*` no es válido: debe ser uno de .*'05_l2'"):
        quiz.show(bad)


RIGHT, WRONG, OTHER = Option("sí", "Sí: por esto mismo.", correct=True), Option("no", "No: por lo contrario."), Option("tal vez", "No: algo es seguro.")


@pytest.mark.parametrize(
    "options",
    [
        (), (RIGHT, WRONG), (WRONG, OTHER, Option("c", "No: tampoco es así.")), (RIGHT, RIGHT, WRONG), (RIGHT, WRONG, WRONG),
        (RIGHT, WRONG, Option("c", "No.")), (RIGHT, Option("claro", "Sí: otra correcta.", correct=True), WRONG),
        (RIGHT, WRONG, OTHER, *(Option(str(i), "No: tampoco es así.") for i in range(3))),
    ],
)  # fmt: skip
def test_a_bad_question_is_refused(options):
    with pytest.raises(ValueError, match="opciones|opción|comentario"):
        Question("¿Y bien?", options)
    assert Question("¿Y bien?", (RIGHT, WRONG, OTHER)).options[0].correct


def spoilt(**changes: object) -> list:
    return [{**EXAMPLE[0], **changes}]


@pytest.mark.parametrize(
    "bad",
    [
        [], None, 3, "05_l2", [3], [{}], [None], spoilt(prompt=""), spoilt(prompt=3), spoilt(options=[]), spoilt(options=None),
        spoilt(options=EXAMPLE[0]["options"][:1]), spoilt(options=[{**o, "correct": False} for o in EXAMPLE[0]["options"]]),
        spoilt(options=[{**o, "correct": True} for o in EXAMPLE[0]["options"]]), spoilt(options=[{**o, "text": "x"} for o in EXAMPLE[0]["options"]]),
        spoilt(options=[{**o, "feedback": " "} for o in EXAMPLE[0]["options"]]), spoilt(options=["a", "b"]),
    ],
)  # fmt: skip
def test_bad_data_is_refused_by_the_element(bad):
    with pytest.raises(ValueError, match="`questions = .*` no es válido: debe ser una lista de preguntas"):
        QuizExplorer(questions=bad)


@pytest.mark.parametrize("bad", ["Con espacio", "acentó", "a" * 61, None, 5, "a-b"])
def test_a_bad_chapter_name_is_refused_by_the_element(bad):
    with pytest.raises(ValueError, match="`chapter = .*` no es válido"):
        QuizExplorer(chapter=bad)


@each_file
def test_the_fixed_form_has_every_text(stem):
    page = quiz.show(stem).picture()
    seen = html.unescape(re.sub(r"<[^>]+>", "", page))
    for kind, content in (run for text in texts(stem) for run in inline_runs(text)):
        assert kind in ("em", "strong") or content in seen
    assert page.count("<details>") == page.count("</details>") == sum(len(q.options) for q in quiz.questions(stem))
    assert page.count("<li>") == len(quiz.questions(stem)) and "<details open" not in page


@settings(max_examples=1_000, deadline=None)
@given(text=st.text(alphabet=st.sampled_from(list("*$`<>&\"' \nab2ñ\\_^{}.")), max_size=40))
def test_nothing_escapes_the_formatter(text):
    page = inline_html(text)
    assert re.sub(r"</?(?:strong|em|code|span)(?: class=\"[a-z ]+\")?>", "", page).count("<") == 0
    seen = html.unescape(re.sub(r"<[^>]+>", "", page)).replace("\\(", "").replace("\\)", "")
    marks = str.maketrans("", "", "*$`\\")
    assert seen.translate(marks) == text.translate(marks)
