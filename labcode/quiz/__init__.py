"""Las preguntas de cada capítulo y el elemento que las muestra."""

import importlib
import pkgutil
from dataclasses import asdict

from labcode.checks import check_choice
from labcode.explorers import QuizExplorer
from labcode.quiz import chapters
from labcode.quiz.questions import Option, Question

__all__ = ["Option", "Question", "questions", "show"]


def questions(chapter: str) -> tuple[Question, ...]:
    """Las preguntas de un capítulo.

    Args:
        chapter: nombre del capítulo, sin extensión («05_l2»).

    Raises:
        ValueError: si ese capítulo no tiene preguntas; el mensaje dice cuáles las tienen.
    """
    known = sorted(module.name.removeprefix("c") for module in pkgutil.iter_modules(chapters.__path__))
    check_choice("chapter", chapter, known)
    return importlib.import_module(f"labcode.quiz.chapters.c{chapter}").QUESTIONS


def show(chapter: str) -> QuizExplorer:
    """El elemento con las preguntas de un capítulo: se responde en el cuaderno y en la página.

    Raises:
        ValueError: si ese capítulo no tiene preguntas.
    """
    return QuizExplorer(chapter=chapter, questions=[asdict(question) for question in questions(chapter)])
