"""Del número al texto: el único formateador del libro, y las piezas que un capítulo muestra.

Punto decimal siempre; espacio fino sin corte antes de «%» y entre miles a partir de cinco cifras.
"""

import inspect
import math
import textwrap
from collections.abc import Callable
from typing import Any

from IPython.display import Markdown

THIN = "\u202f"
PROPER = {"sgd": "SGD", "adam": "Adam"}
NB = "\u00a0"  # espacio que no se corta al final del renglón


def integer(n: int) -> str:
    """Escribe un entero con miles separados: 50 000, pero 1024."""
    return str(n) if abs(n) < 10_000 else f"{n:,}".replace(",", THIN)


def decimal(x: float, digits: int = 2) -> str:
    """Escribe un decimal con `digits` cifras, miles separados como en `integer` y el signo menos tipográfico; un 5 final sube (56.745 → «56.75») y el cero va sin signo.

    Un empate exacto, como la media de diez exactitudes, no depende de cómo lo guarde la máquina (56.745 o 56.7449…).
    """
    grouped = "," if abs(round(x, digits)) >= 10_000 else ""
    written = f"{x + math.copysign(10.0 ** -(digits + 6), x):{grouped}.{digits}f}"
    return (written if written.strip("-0.") else written.lstrip("-")).replace("-", "−").replace(",", THIN)  # nunca «−0.0»


def percent(x: float, digits: int = 2) -> str:
    """Escribe un porcentaje ya en puntos (57.1 → «57.10 %»)."""
    return f"{decimal(x, digits)}{THIN}%"


def interval(mean: float, half: float, digits: int = 2) -> str:
    """Escribe media ± semiancho, en porcentaje: «57.10 ± 0.32 %»."""
    return f"{decimal(mean, digits)}{NB}±{NB}{decimal(half, digits)}{THIN}%"


def plain(x: float | str | tuple[int, ...]) -> str:
    """Escribe un ajuste tal como se lee mejor: 0, 0.001, 64 (sin notación científica), 120-84, sí, Adam."""
    if isinstance(x, bool):
        return "sí" if x else "no"
    if isinstance(x, tuple):
        return "-".join(map(str, x))
    if isinstance(x, str):
        return PROPER.get(x, x)
    return f"{x:.10f}".rstrip("0").rstrip(".") if isinstance(x, float) else integer(x)


def prose(text: str) -> Markdown:
    """Convierte un párrafo armado con números de los resultados en texto de la página."""
    return Markdown(textwrap.dedent(text).strip())


def source(thing: Callable[..., Any]) -> Markdown:
    """Muestra el código real de una función o clase del paquete, nunca una copia."""
    return Markdown(f"```python\n{textwrap.dedent(inspect.getsource(thing)).rstrip()}\n```")
