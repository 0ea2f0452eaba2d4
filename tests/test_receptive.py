"""El campo receptivo: las redes del libro, y lo que el gradiente de torch alcanza en pilas al azar."""

import pytest
import torch
from torch import nn

from labcode.convolution import receptive_field
from labcode.models import CNNConfig, VGGConfig, build


def windows(model: nn.Sequential) -> list[tuple[int, int]]:
    pairs = [(layer.kernel_size, layer.stride) for layer in model if isinstance(layer, nn.Conv2d | nn.MaxPool2d)]
    return [tuple(n if isinstance(n, int) else n[0] for n in pair) for pair in pairs]


def test_the_networks_of_the_book():
    assert receptive_field(windows(build(CNNConfig(), seed=0))) == (16, 4)
    assert receptive_field(windows(build(VGGConfig(), seed=0))) == (150, 32)
    assert receptive_field([]) == (1, 1) and receptive_field([(3, 1)] * 2) == receptive_field([(5, 1)])


def test_it_is_what_the_gradient_reaches():
    generator = torch.Generator().manual_seed(7)
    for _ in range(60):
        draws = torch.randint(1, 4, (int(torch.randint(1, 5, (), generator=generator)), 2), generator=generator)
        stack = [(max(k, s), min(k, s)) for k, s in draws.tolist()]  # paso ≤ ventana: sin huecos
        x = torch.ones(1, 1, 1, 200, requires_grad=True)
        y = x
        for kernel, stride in stack:
            y = torch.conv2d(y, torch.ones(1, 1, 1, kernel), stride=(1, stride))
        field, jump = receptive_field(stack)
        (first,) = torch.autograd.grad(y[..., 0].sum(), x, retain_graph=True)
        (second,) = torch.autograd.grad(y[..., 1].sum(), x)
        assert int(first.count_nonzero()) == field
        assert int(second.nonzero()[0, -1] - first.nonzero()[0, -1]) == jump


@pytest.mark.parametrize("bad", [[3], [(3,)], [(3, 0)], [(0, 1)], [(3.0, 1)], ["31"], [(3, True)], [(5000, 1)]])
def test_a_bad_window_is_refused(bad):
    with pytest.raises(ValueError, match="no es válido"):
        receptive_field(bad)
