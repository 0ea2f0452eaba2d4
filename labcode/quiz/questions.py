"""Las preguntas de un capítulo, como datos: cada opción con su comentario, y los números, calculados."""

from dataclasses import dataclass

from labcode.checks import refuse


@dataclass(frozen=True)
class Option:
    """Una respuesta posible.

    Attributes:
        text: lo que se lee; admite matemática entre `$`, `código` y *cursiva*.
        feedback: qué tiene de cierta o de falsa; dice por qué, no solo si acierta.
        correct: si es la correcta.
    """

    text: str
    feedback: str
    correct: bool = False


@dataclass(frozen=True)
class Question:
    """Una pregunta con una sola opción correcta.

    Attributes:
        prompt: la pregunta.
        options: de 3 a 5, con una sola correcta, en el orden en que se muestran.

    Raises:
        ValueError: si falta la correcta, hay dos, o una opción no trae un comentario.
    """

    prompt: str
    options: tuple[Option, ...]

    def __post_init__(self) -> None:
        right = sum(option.correct for option in self.options)
        if not 3 <= len(self.options) <= 5 or right != 1:
            raise refuse("options", f"{len(self.options)} opciones, {right} correctas", "de 3 a 5, una sola correcta", "3 y 1")
        if len({option.text for option in self.options}) < len(self.options):
            raise ValueError(f"Dos opciones de «{self.prompt}» dicen lo mismo.")
        if any(len(option.feedback) < 15 for option in self.options):
            raise ValueError(f"Cada opción de «{self.prompt}» necesita un comentario que diga por qué.")
