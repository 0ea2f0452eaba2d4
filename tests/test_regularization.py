"""La penalización L²: su gradiente, y su igualdad exacta con weight_decay = 2λ en SGD."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from fault_helpers import cases
from labcode.models import MLPConfig, build
from labcode.regularization import l2_penalty, shrink_factor, weight_decay_for

LAMS = st.floats(0.0, 10.0)


@given(LAMS, st.floats(1e-4, 0.5), st.integers(0, 1000))
@settings(max_examples=60, deadline=None)
def test_penalty_in_the_loss_equals_weight_decay(lam, rate, seed):
    g = torch.Generator().manual_seed(seed)
    start = torch.randn(4, 3, generator=g, dtype=torch.float64)
    x, y = torch.randn(5, 3, generator=g, dtype=torch.float64), torch.randn(5, 4, generator=g, dtype=torch.float64)
    by_loss, by_decay = (start.clone().requires_grad_() for _ in range(2))
    one = torch.optim.SGD([by_loss], lr=rate, momentum=0.9)
    two = torch.optim.SGD([by_decay], lr=rate, momentum=0.9, weight_decay=weight_decay_for(lam))
    for _ in range(3):
        for weight, optimizer, extra in ((by_loss, one, lam), (by_decay, two, 0.0)):
            optimizer.zero_grad()
            loss = (x @ weight.T - y).square().mean() + (extra * l2_penalty([weight]) if extra else 0.0)
            loss.backward()
            optimizer.step()
    assert torch.allclose(by_loss, by_decay, rtol=1e-9, atol=1e-12)


def test_gradient_is_twice_the_weight_and_biases_do_not_count():
    model = build(MLPConfig(hidden=(5,), inputs=4), 0)
    l2_penalty(model.parameters()).backward()
    for parameter in model.parameters():
        if parameter.dim() > 1:
            assert torch.allclose(parameter.grad, 2 * parameter)
        else:
            assert parameter.grad is None


def test_value_by_hand():
    assert l2_penalty([torch.tensor([[1.0, -2.0], [3.0, 0.5]]), torch.tensor([100.0])]).item() == 14.25


@given(LAMS, st.floats(0.0, 10.0))
@settings(max_examples=100, deadline=None)
def test_shrink_factor_is_what_one_step_without_data_does(lam, rate):
    weight = torch.tensor([[2.0]], dtype=torch.float64, requires_grad=True)
    (lam * l2_penalty([weight])).backward()
    assert math.isclose((weight - rate * weight.grad).item(), 2.0 * shrink_factor(lam, rate), abs_tol=1e-9, rel_tol=1e-9)


@pytest.mark.fault
@given(st.one_of(st.floats(max_value=-1e-300), st.floats(min_value=10.001), st.just(math.nan), st.booleans(), st.text()))
@settings(max_examples=cases(500, 20_000), deadline=None)
def test_bad_lam_is_refused(lam):
    with pytest.raises(ValueError, match="debe ser un número finito entre 0 y 10"):
        weight_decay_for(lam)


def test_nothing_to_penalize_is_refused():
    with pytest.raises(ValueError, match="No hay pesos"):
        l2_penalty([torch.zeros(3)])
