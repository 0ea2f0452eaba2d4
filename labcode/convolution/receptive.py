"""Cuánto de la imagen mira una neurona: el campo receptivo, capa por capa."""

from collections.abc import Sequence

from labcode.checks import check_int, refuse
from labcode.convolution.arrays import SIDE


def receptive_field(windows: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """Calcula el campo receptivo de una pila de convoluciones y *poolings*.

    Args:
        windows: por cada capa, de la imagen hacia adentro, el lado de su ventana y su paso.

    Returns:
        El lado del campo receptivo, en píxeles de la imagen, y el salto: a cuántos píxeles miran dos neuronas vecinas.

    Raises:
        ValueError: si una ventana no es un par de enteros entre 1 y 4096.

    Fuente: Araujo, Norris y Sim (2019), ecuaciones 1 y 2.
    """
    field, jump = 1, 1
    for window in windows:
        if not isinstance(window, tuple | list) or len(window) != 2:
            raise refuse("windows", window, "un par (ventana, paso) por capa", "(3, 1)")
        kernel, stride = (check_int(name, n, 1, SIDE, 3) for name, n in zip(("kernel", "stride"), window))
        field += (kernel - 1) * jump
        jump *= stride
    return field, jump
