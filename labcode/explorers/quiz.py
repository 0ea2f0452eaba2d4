"""El elemento de preguntas: una tarjeta por pregunta y un comentario para cada opción, con el avance en el navegador."""

import html
import re
from typing import Any

from labcode.checks import refuse
from labcode.explorers.base import Brief, Checked, Explorer, module_source, style

# La misma expresión está en quiz_text.js: `código`, $fórmula$, **negrita** y *cursiva*.
RUN = re.compile(
    r"`([^`]+)`"
    r"|\$([^ \n$](?:[^$]*[^ \n$])?)\$"
    r"|\*\*([^ \n*](?:[^*]*[^ \n*])?)\*\*"
    r"|\*([^ \n*](?:[^*]*[^ \n*])?)\*(?![0-9A-Za-z])"
)
KINDS = ("code", "math", "strong", "em")
EXAMPLE = [
    {
        "prompt": "¿Cuánto es $2 + 2$?",
        "options": [
            {"text": "3", "feedback": "No: falta contar uno más.", "correct": False},
            {"text": "4", "feedback": "Sí: dos y dos son cuatro.", "correct": True},
            {"text": "22", "feedback": "No: eso es poner uno al lado del otro, no sumar.", "correct": False},
        ],
    }
]


def inline_runs(text: str) -> list[list[str]]:
    """Separa un texto en trozos [clase, contenido]; las clases son "text", "code", "math", "strong" y "em"."""
    runs, at = [], 0
    for found in RUN.finditer(text):
        runs += [["text", text[at : found.start()]], [KINDS[found.lastindex - 1], found[found.lastindex]]]
        at = found.end()
    return [run for run in [*runs, ["text", text[at:]]] if run[1]]


def inline_html(text: str) -> str:
    """Un texto con formato en línea, como HTML; lo que no es formato queda escapado."""
    pieces = []
    for kind, content in inline_runs(text):
        if kind in ("strong", "em"):
            pieces.append(f"<{kind}>{inline_html(content)}</{kind}>")
        elif kind == "math":
            pieces.append(f'<span class="math notranslate nohighlight">\\({html.escape(content)}\\)</span>')
        else:
            escaped = html.escape(content)
            pieces.append(f'<code class="literal">{escaped}</code>' if kind == "code" else escaped)
    return "".join(pieces)


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise TypeError
    return value


def _option(value: Any) -> dict[str, Any]:
    return {"text": _text(value["text"]), "feedback": _text(value["feedback"]), "correct": value["correct"] is True}


def _question(value: Any) -> dict[str, Any]:
    options = [_option(option) for option in value["options"]]
    if len(options) < 2 or sum(option["correct"] for option in options) != 1:
        raise ValueError
    if len({option["text"] for option in options}) < len(options):
        raise ValueError
    return {"prompt": _text(value["prompt"]), "options": options}


def _check_questions(name: str, value: Any) -> list[dict[str, Any]]:
    try:
        questions = [_question(question) for question in value]
    except (TypeError, KeyError, ValueError):
        questions = []
    if not questions:
        allowed = "una lista de preguntas con `prompt` y `options`, y cada opción con `text`, `feedback` y `correct`, verdadero en una sola"
        raise refuse(name, Brief(value), allowed, EXAMPLE)
    return questions


def _check_chapter(name: str, value: Any) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"[a-z0-9_]{0,60}", value):
        raise refuse(name, Brief(value), "el nombre de un capítulo, en minúsculas, sin espacios ni acentos, o vacío para no guardar el avance", "'05_l2'")
    return value


class QuizExplorer(Explorer):
    """Preguntas con una sola opción correcta, y un comentario para cada una; el avance queda en el navegador del lector.

    Args:
        chapter: nombre del capítulo; con él se guarda el avance, y vacío no se guarda. Nada sale del navegador.
        questions: lista de `{"prompt": …, "options": [{"text": …, "feedback": …, "correct": …}, …]}`. Los textos
            admiten `código`, $fórmula$, **negrita** y *cursiva*.

    Raises:
        ValueError: si un valor no se admite (también es `TraitError`).
    """

    name = "quiz"
    parts = ("common.js", "quiz_text.js", "quiz_core.js", "quiz.js")
    _esm = module_source(parts)
    _css = style()

    chapter = Checked(_check_chapter, "")
    questions = Checked(_check_questions, EXAMPLE)

    def picture(self) -> str:
        """Las preguntas como lista, con el comentario de cada opción plegado: para el papel y sin JavaScript."""
        items = "".join(f"<li><p>{inline_html(q['prompt'])}</p>{_answers(q)}</li>" for q in self.questions)
        return f'<ol class="rc-questions">{items}</ol>'


def _answers(question: dict[str, Any]) -> str:
    return "".join(
        f"<details><summary><span>{inline_html(option['text'])}</span></summary><p>{inline_html(option['feedback'])}</p></details>"
        for option in question["options"]
    )
