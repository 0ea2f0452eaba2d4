"""La penalización L²: su valor, su gradiente y su relación con el decaimiento de pesos."""

from collections.abc import Iterable

import torch
from torch import Tensor

from labcode.checks import check_float

MAX_LAM = 10.0


def l2_penalty(parameters: Iterable[Tensor]) -> Tensor:
    """Suma los cuadrados de los pesos, Ω(θ) = Σ w². Los sesgos (tensores de 1 dimensión) no cuentan.

    Args:
        parameters: los de una red, por ejemplo `model.parameters()`.

    Returns:
        Un escalar diferenciable ≥ 0; su gradiente respecto de cada peso es 2w.

    Raises:
        ValueError: si no hay ningún peso que penalizar.

    Fuente: Goodfellow, Bengio y Courville (2016), sección 7.1.1 (allí con un factor 1/2).
    """
    weights = [p for p in parameters if p.dim() > 1]
    if not weights:
        raise ValueError("No hay pesos que penalizar: `parameters` no trae ningún tensor de 2 o más dimensiones.")
    return torch.stack([w.square().sum() for w in weights]).sum()


def weight_decay_for(lam: float) -> float:
    """Da el `weight_decay` de `torch.optim.SGD` que equivale exactamente a sumar λ·Σw²: 2λ.

    El gradiente de λw² es 2λw, y `weight_decay` suma `weight_decay · w` al gradiente.

    Raises:
        ValueError: si λ no es un número finito entre 0 y 10.
    """
    return 2.0 * check_float("lam", lam, 0.0, MAX_LAM, 0.001)


def shrink_factor(lam: float, rate: float) -> float:
    """Da el factor 1 − 2αλ por el que un paso de descenso encoge cada peso, antes de ver los datos.

    Args:
        lam: λ, de 0 a 10.
        rate: tasa de aprendizaje α, de 0 a 10.

    Raises:
        ValueError: si alguno no es un número finito en su intervalo.

    Fuente: Goodfellow, Bengio y Courville (2016), ecuación 7.5 (con λ = α/2 en su notación).
    """
    return 1.0 - check_float("rate", rate, 0.0, 10.0, 0.015) * weight_decay_for(lam)
