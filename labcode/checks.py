"""Comprobaciones de argumentos: el sótano, del que todos pueden importar.

Cada rechazo dice qué estaba mal, su valor, qué se admite y cómo arreglarlo, antes de calcular nada.
"""

import math
from collections.abc import Collection
from numbers import Integral, Real
from typing import Any


def refuse(name: str, value: Any, allowed: str, example: Any) -> ValueError:
    """Arma el error de un argumento inválido; quien llama lo lanza.

    Args:
        name: nombre del argumento tal como se escribe en el código.
        value: el valor recibido.
        allowed: lo que se admite, como frase («un entero entre 1 y 64»).
        example: un valor válido.

    Returns:
        Un `ValueError` con el mensaje completo.
    """
    return ValueError(f"`{name} = {value!r}` no es válido: debe ser {allowed} (por ejemplo, {example}).")


def check_int(name: str, value: Any, low: int, high: int, example: int) -> int:
    """Exige un entero en [low, high] (ni booleano ni decimal) y lo devuelve como `int`.

    Raises:
        ValueError: si no lo es.
    """
    if isinstance(value, bool) or not isinstance(value, Integral) or not low <= value <= high:
        raise refuse(name, value, f"un entero entre {low} y {high}", example)
    return int(value)


def check_ints(name: str, value: Any, low: int, high: int, example: tuple[int, ...], many: int | None = None) -> tuple[int, ...]:
    """Exige una tupla (o una lista) de enteros en [low, high], y con `many`, de ese largo; la devuelve como tupla de `int`.

    Raises:
        ValueError: si no lo es.
    """
    wanted = f"una tupla de {'' if many is None else f'{many} '}enteros entre {low} y {high}"
    if not isinstance(value, tuple | list) or many not in (None, len(value)):
        raise refuse(name, value, wanted, example)
    try:
        return tuple(check_int(name, one, low, high, low) for one in value)
    except ValueError:
        raise refuse(name, value, wanted, example) from None


def check_float(name: str, value: Any, low: float, high: float, example: float) -> float:
    """Exige un número finito en [low, high] y lo devuelve como `float`.

    Raises:
        ValueError: si no lo es (un booleano, un texto, NaN e infinito tampoco se admiten).
    """
    bad_type = isinstance(value, bool) or not isinstance(value, Real)
    if bad_type or not low <= value <= high:  # NaN e infinito tampoco están entre dos números
        raise refuse(name, value, f"un número finito entre {low:g} y {high:g}", example)
    return float(value)


def check_bool(name: str, value: Any) -> bool:
    """Exige `True` o `False` y lo devuelve.

    Raises:
        ValueError: si es otra cosa (`1`, `"False"`…).
    """
    if not isinstance(value, bool):
        raise refuse(name, value, "True o False", False)
    return value


def keep(instance: Any, **values: Any) -> None:
    """Deja en un objeto inmutable sus valores ya comprobados: los que devuelven `check_int` y las demás."""
    for name, value in values.items():
        object.__setattr__(instance, name, value)


def check_choice(name: str, value: Any, options: Collection[str]) -> str:
    """Exige uno de los textos de `options` y lo devuelve.

    Raises:
        ValueError: si no está entre ellos.
    """
    if not isinstance(value, str) or value not in options:
        raise refuse(name, value, "uno de " + ", ".join(map(repr, options)), repr(next(iter(options))))
    return value
