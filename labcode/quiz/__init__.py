"""Las preguntas de cada capítulo y el elemento que las muestra."""

from labcode.quiz.questions import Option, Question

__all__ = ["Option", "Question"]
