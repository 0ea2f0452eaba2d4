"""Autocorrección de los ejercicios: la respuesta correcta se calcula, no se escribe."""

from typing import Any

import numpy as np


def check_answer(answer: Any, expected: Any, *, tolerance: float = 1e-6, hint: str = "") -> None:
    """Dice si una respuesta numérica es correcta; con `...` o None, invita a responder.

    Args:
        answer: número o arreglo que escribió el lector; `...` si aún no responde.
        expected: el valor correcto, calculado por labcode, de la misma forma.
        tolerance: error admitido, relativo al valor correcto (absoluto si este es 0).
        hint: pista que se da si la respuesta no es correcta.
    """
    if answer is None or answer is ...:
        print("Todavía no hay respuesta: pónganla\nen lugar de los puntos suspensivos\ny ejecuten la celda otra vez.")  # cabe en un teléfono
        return
    try:
        given, right = _numbers(answer), _numbers(expected)
    except (TypeError, ValueError, OverflowError, RuntimeError):
        print(f"Se esperaba un número y llegó {answer!r}.")
        return
    if given.shape != right.shape:
        print(f"La forma no coincide: se esperaba {right.shape} y llegó {given.shape}.")
    elif np.allclose(given, right, rtol=tolerance, atol=tolerance * (right == 0).any()):
        print("¡Correcto!")
    else:
        print("Todavía no." + (f" Pista: {hint}" if hint else ""))


def _numbers(value: Any) -> np.ndarray:
    """Los números de una respuesta; un tensor puede estar en la GPU, en bfloat16 o llevar su gradiente."""
    return np.asarray(value.detach().cpu().double() if hasattr(value, "detach") else value, dtype=float)
