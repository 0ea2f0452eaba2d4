"""La convolución en la base de Winograd: la misma función que la de torch, y usada donde conviene."""

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from labcode.models import VGGConfig, build
from labcode.training import winograd
from labcode.training.ensemble import Ensemble
from labcode.training.winograd import conv3x3


def drawn(images: int, inputs: int, outputs: int, height: int, width: int, dtype: torch.dtype = torch.float64):
    g = torch.Generator().manual_seed(images + 10 * inputs + 100 * outputs + 1000 * height + 10_000 * width)
    shapes = (images, inputs, height, width), (outputs, inputs, 3, 3), (outputs,), (images, outputs, height, width)
    return [torch.randn(shape, generator=g, dtype=torch.float64).to(dtype) for shape in shapes]


def both(x, weight, bias, grad):
    """La salida y los tres gradientes, con torch y con la nuestra."""
    leaves = [t.requires_grad_() for t in (x, weight, bias)]
    for convolve in (lambda *t: F.conv2d(*t, padding=1), conv3x3):
        y = convolve(*leaves)
        yield y.detach(), *torch.autograd.grad(y, leaves, grad)


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 4), st.integers(1, 5), st.integers(1, 5), st.integers(1, 16), st.integers(1, 16))
def test_it_is_the_convolution_of_torch_and_so_are_its_gradients(images, inputs, outputs, rows, columns):
    for theirs, ours in zip(*both(*drawn(images, inputs, outputs, rows, columns))):
        assert ours.shape == theirs.shape
        torch.testing.assert_close(ours, theirs, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("side", [2, 4, 7, 8, 15, 16])
def test_in_float32_it_rounds_a_little_more_and_repeats_to_the_bit(side):
    data = drawn(8, 128, 32, side, side, torch.float32)
    data[0] = data[0].contiguous(memory_format=torch.channels_last)
    (_, *_), ours = both(*data)
    again = list(both(*data))[1]
    assert all(torch.equal(a, b) for a, b in zip(ours, again))
    exact = next(both(*[t.detach().double() for t in data]))
    for own, true in zip(ours, exact):
        assert (own - true).abs().max() < 5e-5 * true.abs().max()


def test_it_is_used_where_it_pays_and_the_network_is_the_same(monkeypatch):
    config = VGGConfig(blocks=((64,), (128, 8)), hidden=(8,))
    model, x = build(config, 0), torch.randn(1, 6, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    calls = []
    monkeypatch.setattr(winograd, "conv3x3", lambda *args: calls.append(args[1].shape) or conv3x3(*args))
    masks = [torch.Generator()]
    logits = Ensemble([model], masks, torch.device("cpu"), True, winograd=True)(x)
    assert calls == [(128, 64, 3, 3)]  # la primera, con 3 canales de entrada, no, y la última, con 8 de salida, tampoco
    torch.testing.assert_close(logits[0].T, model(x[0]), rtol=1e-4, atol=1e-5)
    Ensemble([model], masks, torch.device("cpu"), True)(x)
    Ensemble([model, model], masks * 2, torch.device("cpu"), True, winograd=True)(x.expand(2, *x.shape[1:]))
    assert len(calls) == 1


def test_it_pays_with_many_channels_in_a_small_map():
    wide, narrow = nn.Conv2d(128, 128, 3, padding=1), nn.Conv2d(16, 16, 3, padding=1)
    assert all(winograd.pays(wide, side, side) for side in (2, 4, 7, 8, 16)) and not winograd.pays(wide, 32, 32)
    assert not any(winograd.pays(narrow, side, side) for side in (2, 4, 7, 8, 16))


@pytest.mark.parametrize("layer", [nn.Conv2d(128, 128, 3), nn.Conv2d(128, 128, 5, padding=1), nn.Conv2d(128, 128, 3, 2, 1)])
def test_it_is_not_for_other_layers(layer):
    assert not winograd.pays(layer, 8, 8)
