"""Cuánto se puede confiar en una exactitud: error de muestreo, diferencia de dos medidas y máximo de varias."""

import math

import numpy as np

from labcode.checks import check_float, check_int

Z95 = 1.959963984540054  # entre −Z95 y Z95 cae el 95 % de una normal
MAX_COUNT = 10**9


def sampling_error(p: float, n: int) -> float:
    """Da el semiancho del intervalo de 95 % de una exactitud medida con n imágenes: 1.96·√(p(1 − p)/n).

    Args:
        p: exactitud, de 0 a 1.
        n: imágenes con que se midió, de 1 a 10⁹.

    Returns:
        El semiancho, en la misma escala que `p` (0.01 es un punto). Es una aproximación normal: vale si hay al
        menos unos diez aciertos y diez errores.

    Raises:
        ValueError: si `p` no es una proporción o `n`, una cantidad.
    """
    p, n = check_float("p", p, 0.0, 1.0, 0.56), check_int("n", n, 1, MAX_COUNT, 10_000)
    return Z95 * math.sqrt(p * (1.0 - p) / n)


def difference_test(first: float, second: float, n: int) -> tuple[float, float]:
    """Compara dos exactitudes, medida cada una con sus propias n imágenes.

    Args:
        first: la primera, de 0 a 1.
        second: la segunda, de 0 a 1.
        n: imágenes con que se midió cada una, de 1 a 10⁹.

    Returns:
        z, cuántas desviaciones estándar separan a la segunda de la primera, y el valor p: con qué probabilidad dos
        redes igual de buenas diferirían al menos tanto, para cualquiera de los dos lados.

    Raises:
        ValueError: si no son proporciones, o las dos son 0 o 1 y no hay ruido con que compararlas.
    """
    errors = [sampling_error(p, n) / Z95 for p in (first, second)]
    spread = math.hypot(*errors)
    if spread == 0.0:
        raise ValueError(f"`first = {first!r}` y `second = {second!r}` no tienen error de muestreo: midan con más imágenes.")
    z = (second - first) / spread
    return z, math.erfc(abs(z) / math.sqrt(2.0))


def expected_maximum(k: int) -> float:
    """Da el valor esperado del mayor de k números al azar de una normal de media 0 y desviación 1.

    La mayor de k exactitudes iguales, medidas cada una con un error de desviación σ, sale en promedio
    `expected_maximum(k) · σ` por encima de lo que valen.

    Args:
        k: cuántos, de 1 a 10⁶.

    Raises:
        ValueError: si `k` no es una cantidad así.
    """
    k = check_int("k", k, 1, 10**6, 20)
    from scipy.special import ndtr  # SciPy tarda en importarse

    x = np.linspace(-10.0, 10.0, 8001)  # la densidad del máximo, derivada de Φ(x)ᵏ, se anula en los dos extremos
    density = k * np.exp(-(x**2) / 2.0) / math.sqrt(2.0 * math.pi) * ndtr(x) ** (k - 1)
    return float((x * density).sum() * (x[1] - x[0]))
