"""Cómo el gradiente mueve los pesos de todo el conjunto: recorte, descenso con momento y Adam."""

from collections.abc import Sequence
from functools import cache

import torch
from torch import Tensor
from torch.optim.sgd import sgd

BETA2, EPSILON = 0.999, 1e-8  # los de Kingma y Ba (2015)


@torch.no_grad()
def clip_gradients(parameters: Sequence[Tensor], members: int, norm: float) -> None:
    """Achica el gradiente de cada miembro cuya norma pase de `norm`, sin cambiar su dirección.

    Args:
        parameters: tensores apilados, con su gradiente en `.grad`.
        members: M, cuántos miembros hay apilados.
        norm: la máxima.

    Fuente: Pascanu, Mikolov y Bengio (2013), algoritmo 1.
    """
    if members == 1:
        torch.nn.utils.clip_grad_norm_(parameters, norm, foreach=True)
        return
    gradients = [_rows(p.grad, members) for p in parameters]
    total = torch.stack([torch.linalg.vector_norm(g, dim=1) for g in gradients]).square().sum(0).sqrt()  # [M]
    scale = (norm / (total + 1e-6)).clamp_max(1.0)
    for gradient in gradients:
        gradient.mul_(scale[:, None])


@torch.no_grad()
def sgd_step(
    parameters: Sequence[Tensor],
    is_weight: Sequence[bool],
    scales: Sequence[float],
    velocities: Sequence[Tensor],
    rates: Tensor,
    lams: Sequence[float],
    momentum: float,
    nesterov: bool = False,
) -> None:
    """Un paso de SGD con momento y L² para los M miembros: v ← μv + d con d = g + 2λw; w ← w − αv, o w ← w − α(d + μv).

    En CPU, y en GPU con un solo miembro, lo hace el SGD fundido de torch, que recorre la memoria una sola vez.

    Args:
        parameters: tensores apilados, con su gradiente en `.grad`; este se consume y queda en None.
        is_weight: cuáles son pesos; los sesgos no se penalizan.
        scales: por cuánto se multiplica la tasa de cada uno.
        velocities: momentos, de las mismas formas.
        rates: tasa α de cada miembro en este paso, [M].
        lams: λ de cada miembro.
        momentum: μ.
        nesterov: si se avanza por d + μv, el momento de Nesterov, y no por v.
    """
    update = _fused_update if rates.device.type == "cpu" or len(rates) == 1 else _batched_update
    update(parameters, is_weight, scales, velocities, rates, lams, momentum, nesterov)
    for parameter in parameters:
        parameter.grad = None


@torch.no_grad()
def adam_step(
    parameters: Sequence[Tensor],
    is_weight: Sequence[bool],
    means: Sequence[Tensor],
    squares: Sequence[Tensor],
    rates: Tensor,
    lams: Sequence[float],
    beta: float,
    count: Tensor,
) -> None:
    """Un paso de Adam para los M miembros, con la penalización L² dentro del gradiente.

    Args:
        parameters: tensores apilados, con su gradiente en `.grad`; este se consume y queda en None.
        is_weight: cuáles son pesos; los sesgos no se penalizan.
        means: medias móviles del gradiente, de las mismas formas.
        squares: medias móviles de su cuadrado.
        rates: tasa α de cada miembro en este paso, [M].
        lams: λ de cada miembro.
        beta: β₁; β₂ es 0.999 y ε, 1e-8.
        count: cuántos pasos van con este, [1].

    Fuente: Kingma y Ba (2015), algoritmo 1.
    """
    first, second = 1 - beta**count, 1 - BETA2**count  # [1]
    for parameter, weight, mean, square in zip(parameters, is_weight, means, squares):
        w, m, v, g = (_rows(t, len(rates)) for t in (parameter, mean, square, parameter.grad))
        if weight:
            g.addcmul_(w, 2.0 * _column(tuple(lams), w.device))
        m.lerp_(g, 1 - beta)
        v.mul_(BETA2).addcmul_(g, g, value=1 - BETA2)
        w.sub_(rates[:, None] / first * m / ((v / second).sqrt_().add_(EPSILON)))
        parameter.grad = None


@cache  # un paso grabado lee siempre la misma memoria
def _column(values: tuple[float, ...], device: torch.device) -> Tensor:
    return torch.tensor(values, device=device)[:, None]


def _batched_update(parameters, is_weight, scales, velocities, rates, lams, momentum, nesterov) -> None:  # noqa: ANN001 - los de sgd_step
    for parameter, weight, scale, velocity in zip(parameters, is_weight, scales, velocities):
        w, v, g = (_rows(t, len(rates)) for t in (parameter, velocity, parameter.grad))
        if weight:
            g.addcmul_(w, 2.0 * _column(tuple(lams), w.device))
        v.mul_(momentum).add_(g)
        w.addcmul_(g.add_(v, alpha=momentum) if nesterov else v, -scale * rates[:, None])


def _fused_update(parameters, is_weight, scales, velocities, rates, lams, momentum, nesterov) -> None:  # noqa: ANN001 - los de sgd_step
    flat = [[_rows(t, len(rates)) for t in tensors] for tensors in (parameters, [p.grad for p in parameters], velocities)]
    kinds = list(zip(is_weight, scales))
    here = rates.tolist() if rates.device.type == "cpu" else rates.unbind()  # en GPU no se espera por la tasa
    for m, (rate, lam) in enumerate(zip(here, lams)):
        for kind in dict.fromkeys(kinds):
            own = [[t[m] for t, one in zip(tensors, kinds) if one == kind] for tensors in flat]
            weight, scale = kind
            sgd(
                *own, fused=True, weight_decay=2.0 * lam if weight else 0.0, momentum=momentum, lr=scale * rate,
                dampening=0.0, nesterov=nesterov, maximize=False,
            )  # fmt: skip


def _rows(stacked: Tensor, members: int) -> Tensor:
    """Da un tensor apilado como [M, n], sin copiarlo: en el orden en que esté en la memoria."""
    if stacked.dim() == 4 and not stacked.is_contiguous():  # los canales al final
        stacked = stacked.permute(0, 2, 3, 1)
    return stacked.detach().view(members, -1)
