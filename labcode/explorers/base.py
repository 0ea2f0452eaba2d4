"""Lo común de los exploradores: de dónde sale su código, cómo se valida y qué queda en la página.

Un explorador es un módulo ES sin dependencias. El mismo texto es el `_esm` de anywidget (Jupyter, Colab, VS Code)
y lo que la página del libro importa: piezas de `labcode/explorers/*.js` puestas una tras otra, sin empaquetador.
"""

import html
import json
import textwrap
from abc import ABCMeta, abstractmethod
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, ClassVar

import anywidget
import numpy as np
from traitlets import TraitError, TraitType

from labcode.checks import check_choice, check_float, check_int, refuse

FOLDER = Path(__file__).parent


class InvalidTrait(TraitError, ValueError):
    """Un atributo de un explorador recibió un valor que no admite; el mensaje dice cuál sí."""


class Brief:
    """Un valor que, al escribirse en un mensaje, ocupa una línea corta."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def __repr__(self) -> str:
        return textwrap.shorten(repr(self.value), 90, placeholder=" …")


Check = Callable[[str, Any], Any]


def within(low: int, high: int, example: int) -> Check:
    """Da la comprobación de un entero entre `low` y `high`, los dos incluidos."""
    return lambda name, value: check_int(name, value, low, high, example)


def between(low: float, high: float, example: float) -> Check:
    """Da la comprobación de un número real entre `low` y `high`, los dos incluidos."""
    return lambda name, value: check_float(name, value, low, high, example)


def among(options: Sequence[str]) -> Check:
    """Da la comprobación de un texto que debe ser uno de varios."""
    return lambda name, value: check_choice(name, value, options)


class Checked(TraitType):
    """Atributo sincronizado cuyo valor pasa antes por una comprobación de la casa.

    Args:
        check: recibe nombre y valor; devuelve el valor admitido o lanza `ValueError` en castellano.
        default: valor inicial, ya válido.
    """

    def __init__(self, check: Check, default: Any) -> None:
        super().__init__(default_value=default)
        self.check = check
        self.tag(sync=True)

    def validate(self, obj: Any, value: Any) -> Any:
        """Devuelve el valor admitido.

        Raises:
            InvalidTrait: si la comprobación lo rechaza (es `ValueError` y `TraitError` a la vez).
        """
        try:
            return self.check(self.name, value)
        except ValueError as error:
            raise InvalidTrait(str(error)) from None


def check_matrix(name: str, value: Any, sides: tuple[int, int], bound: float, example: Any) -> list[list[float]]:
    """Exige una matriz de números finitos entre −bound y bound y la devuelve como listas de `float`.

    Args:
        name: nombre del atributo.
        value: lista de filas o arreglo de NumPy, de forma [alto, ancho].
        sides: menor y mayor lado admitidos.
        bound: mayor valor absoluto admitido.
        example: una matriz válida, para el mensaje.

    Raises:
        ValueError: si no es una matriz así.
    """
    low, high = sides
    allowed = f"una matriz de {low} a {high} filas y columnas, de números finitos entre {-bound:g} y {bound:g}"
    try:
        rows = [[number(x) for x in row] for row in value]
    except (TypeError, ValueError, OverflowError):
        raise refuse(name, Brief(value), allowed, example) from None
    widths = {len(row) for row in rows}
    fits = low <= len(rows) <= high and len(widths) == 1 and low <= min(widths) <= high
    if not fits or not all(abs(x) <= bound for row in rows for x in row):  # NaN tampoco cumple
        raise refuse(name, Brief(value), allowed, example)
    return rows


def not_pixels(name: str) -> ValueError:
    """Da el error de lo que no es una imagen."""
    return refuse(name, "…", "una imagen de [3, 32, 32] o [32, 32, 3] enteros entre 0 y 255", "figuras().train_images[0]")


def check_pixels(name: str, value: Any) -> np.ndarray:
    """Exige una imagen de enteros de 0 a 255, [32, 32, 3] o [3, 32, 32] (como las da PyTorch); la devuelve como [32, 32, 3].

    Raises:
        ValueError: si no es una imagen así.
    """
    try:
        array = np.asarray(value)
    except (TypeError, ValueError, RuntimeError):
        raise not_pixels(name) from None
    array = array.transpose(1, 2, 0) if array.shape == (3, 32, 32) else array
    whole = array.dtype != bool and np.issubdtype(array.dtype, np.integer)
    if array.shape != (32, 32, 3) or not whole or array.min() < 0 or array.max() > 255:
        raise not_pixels(name)
    return array


def number(x: Any) -> float:
    """Un número como `float`; un texto o un booleano no lo son.

    Raises:
        TypeError: si no es un número.
    """
    if isinstance(x, (bool, str, bytes)):
        raise TypeError
    return float(x)


def is_number(x: Any, low: float, high: float) -> bool:
    """Dice si es un número entre `low` y `high` (NaN y los booleanos no lo son)."""
    return isinstance(x, int | float) and not isinstance(x, bool) and low <= x <= high


def are_numbers(values: Any, low: float, high: float, many: int | None = None) -> bool:
    """Dice si es una lista de números entre `low` y `high`; con `many`, además, de ese largo."""
    return isinstance(values, list) and many in (None, len(values)) and all(is_number(x, low, high) for x in values)


def still(alt: str, height: int, size: int, body: str) -> str:
    """El marco de un dibujo fijo: 680 de ancho, con la letra y el color del texto.

    Args:
        alt: lo que se ve, dicho en palabras.
        height: su alto.
        size: tamaño de la letra.
        body: lo que lleva dentro, como SVG.
    """
    return (
        f'<svg viewBox="0 0 680 {height}" role="img" aria-label="{html.escape(alt)}" xmlns="http://www.w3.org/2000/svg"'
        f' fill="currentColor" font-family="inherit" font-size="{size}">{body}</svg>'
    )


class _Abstract(type(anywidget.AnyWidget), ABCMeta):
    """Lo que hace falta para que un widget sea también una clase abstracta."""


class Explorer(anywidget.AnyWidget, metaclass=_Abstract):
    """Base de los exploradores: widget en un cuaderno, raíz con su estado y un dibujo fijo en la página."""

    name: ClassVar[str] = ""
    parts: ClassVar[tuple[str, ...]] = ()

    def state(self) -> dict[str, Any]:
        """Los atributos propios del explorador, listos para JSON."""
        return {key: getattr(self, key) for key in sorted(self.traits()) if isinstance(self.traits()[key], Checked)}

    @abstractmethod
    def picture(self) -> str:
        """Un SVG fijo que dice lo mismo que el explorador al empezar: para el papel y para quien no usa JavaScript."""

    def root(self) -> str:
        """El HTML que la página hidrata: `[data-explorer]` con el dibujo fijo y el estado como JSON."""
        state = json.dumps(self.state(), ensure_ascii=False, separators=(",", ":")).replace("</", "<\\/")
        return (
            f'<div data-explorer="{html.escape(self.name)}" class="rc-explorer">'
            f'<div class="rc-static">{self.picture()}</div>'
            f'<script type="application/json">{state}</script></div>'
        )

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]] | None:
        """Deja la vista del widget (Jupyter y Colab toman esa) y el HTML que toma el libro."""
        bundle = super()._repr_mimebundle_(**kwargs)
        if bundle is None:
            return None
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle, {})
        return {**data, "text/html": self.root()}, metadata


def module_source(parts: tuple[str, ...]) -> str:
    """El módulo ES de un explorador: sus piezas, una tras otra.

    Ninguna pieza importa a otra (un blob no resuelve rutas), así que juntarlas da un módulo válido.
    """
    return "\n".join((FOLDER / part).read_text(encoding="utf-8") for part in parts)


def style() -> str:
    """La hoja de estilo de todos los exploradores, la misma en la página y en Jupyter: la común y la de cada uno."""
    own = sorted(path for path in FOLDER.glob("*.css") if path.name != "explorers.css")
    return "\n".join(path.read_text(encoding="utf-8") for path in [FOLDER / "explorers.css", *own])


def hydrate_script() -> str:
    """El guion clásico que despierta los exploradores de una página; espera su código en `window.labcodeExplorers`."""
    return (FOLDER / "hydrate.js").read_text(encoding="utf-8")
