"""El azar de los exploradores, igual en Python y en la página: `randomFrom` de math.js (mulberry32)."""

from collections.abc import Callable

_MASK = 0xFFFFFFFF


def random_from(seed: int) -> Callable[[], float]:
    """Un generador de números en [0, 1) con semilla: la misma da los mismos números que `randomFrom(seed)`.

    Args:
        seed: entero; solo cuentan sus 32 bits bajos.
    """
    state = seed & _MASK

    def draw() -> float:
        nonlocal state
        state = (state + 0x6D2B79F5) & _MASK
        t = ((state ^ (state >> 15)) * (state | 1)) & _MASK
        t = ((t + (((t ^ (t >> 7)) * (t | 61)) & _MASK)) & _MASK) ^ t
        return (t ^ (t >> 14)) / 4294967296

    return draw


def draw_int(random: Callable[[], float], low: int, high: int) -> int:
    """Un entero al azar entre `low` y `high`, los dos incluidos."""
    return low + int(random() * (high - low + 1))
