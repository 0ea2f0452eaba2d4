"""Lo que la convolución a mano exige de sus arreglos, antes de calcular."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from labcode.checks import check_int, refuse

Array = NDArray[Any]

LIMIT = 10**6  # valor absoluto máximo de una entrada o un peso: así ninguna suma se desborda en int64
SIDE = 4096  # lado máximo de una imagen, un núcleo, un paso…


def check_array(name: str, value: ArrayLike, axes: str) -> Array:
    """Exige un arreglo numérico y lo devuelve como int64 (si era de enteros) o float64.

    Args:
        name: nombre del argumento.
        value: arreglo, lista o tensor en la CPU.
        axes: los ejes que debe tener, separados por comas («alto, ancho»).

    Raises:
        ValueError: si sobran o faltan ejes, alguno está vacío, o algún valor no es un número entre ±10⁶.
    """
    allowed = f"un arreglo [{axes}], sin ejes vacíos, de números entre {-LIMIT} y {LIMIT}"
    ndim = axes.count(",") + 1
    try:
        array = np.asarray(value)
    except (TypeError, ValueError, RuntimeError):
        raise refuse(name, value, allowed, f"np.ones({(2,) * ndim})") from None
    if array.dtype.kind not in "iuf" or array.ndim != ndim or array.size == 0:
        raise refuse_array(name, array, allowed, (2,) * ndim)
    if not np.all(np.abs(array.astype(float)) <= LIMIT):  # NaN tampoco pasa
        raise refuse_array(name, array, allowed, (2,) * ndim)
    return array.astype(np.float64 if array.dtype.kind == "f" else np.int64)


def refuse_array(name: str, array: Array, allowed: str, example: tuple[int, ...]) -> ValueError:
    """Arma el rechazo de un arreglo, que nombra su forma y su tipo en vez de todos sus números."""
    what = f"`{name}`, de forma {array.shape} y tipo {array.dtype}, no es válido"
    return ValueError(f"{what}: debe ser {allowed} (por ejemplo, np.ones({example})).")


def check_shape(name: str, shape: Sequence[int], axes: int, high: int) -> tuple[int, ...]:
    """Exige una tupla o lista de `axes` enteros entre 1 y `high`."""
    if not isinstance(shape, (tuple, list)) or len(shape) != axes:
        raise refuse(name, shape, f"una tupla de {axes} enteros", (32, 32, 3)[:axes])
    return tuple(check_int(f"{name}[{i}]", side, 1, high, 3) for i, side in enumerate(shape))
