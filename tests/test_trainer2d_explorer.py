"""El entrenador 2-D: su red escrita a mano contra torch, sus puntos contra NumPy, sus atributos y su dibujo fijo."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from explorer_helpers import node, passes, write_folder
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.nn import functional as F
from traitlets import TraitError

from labcode.explorers import Trainer2DExplorer
from labcode.explorers.trainer2d import OPTIONS, rule, sample
from labcode.regularization import l2_penalty

CASES = 1_200


def flat(tensors: list[Tensor]) -> list[float]:
    return torch.cat([t.detach().flatten() for t in tensors]).tolist()


def training_case(generator: torch.Generator) -> dict:
    """Una red y un lote al azar, con dropout o sin él: lo que torch calcula en dos pasos de SGD con momento."""

    def draw(low: int, high: int) -> int:
        return int(torch.randint(low, high + 1, (), generator=generator))

    def normal(*shape: int) -> Tensor:
        return torch.randn(shape, generator=generator, dtype=torch.float64)

    sizes = [2, *(draw(1, 9) for _ in range(draw(0, 4))), draw(2, 3)]
    rows, dropped = draw(1, 9), draw(0, 1) * draw(1, 5) / 10
    layers = [nn.Linear(a, b, dtype=torch.float64) for a, b in zip(sizes, sizes[1:])]
    parameters = [p for layer in layers for p in (layer.weight, layer.bias)]
    for p in parameters:
        p.data = normal(*p.shape)
    x, labels = normal(rows, 2), torch.randint(0, sizes[-1], (rows,), generator=generator)
    masks = [(torch.rand(rows, width, generator=generator) >= dropped).double() for width in sizes[1:-1]]
    step = {"rate": draw(1, 30) / 100, "momentum": draw(0, 9) / 10, "lam": draw(0, 3) / 100}
    case = {"sizes": sizes, "rows": rows, "x": x.tolist(), "labels": labels.tolist(), "step": step, "dropped": dropped, "masks": [m.tolist() for m in masks], "parameters": flat(parameters)}

    def loss() -> tuple[Tensor, Tensor]:
        h = x
        for layer, mask in zip(layers, masks):
            h = F.relu(layer(h)) * mask / (1 - dropped)
        logits = layers[-1](h)
        return logits, F.cross_entropy(logits, labels)

    optimizer = torch.optim.SGD(parameters, lr=step["rate"], momentum=step["momentum"])
    for i in range(2):
        optimizer.zero_grad()
        logits, value = loss()
        if i == 0:
            case |= {"logits": logits.tolist(), "loss": value.item(), "gradient": flat(list(torch.autograd.grad(value, parameters)))}
            logits, value = loss()
        (value + step["lam"] * l2_penalty(parameters)).backward()
        optimizer.step()
    return case | {"after": flat(parameters), "squares": l2_penalty(parameters).item()}


def point_case(generator: np.random.Generator) -> dict:
    """Un problema al azar, con los puntos que sortea Python."""
    state = {"data": str(generator.choice(OPTIONS["data"])), "noise": float(generator.choice(OPTIONS["noise"])), "seed": int(generator.integers(0, 1000))}
    stream, count = int(generator.integers(0, 2)), int(generator.integers(1, 60))
    xy, labels = sample(**state, count=count, stream=stream)
    return {"state": state, "stream": stream, "count": count, "xy": xy.ravel().tolist(), "labels": labels.tolist()}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    generator = torch.Generator().manual_seed(20231107)
    cases = {
        "training": [training_case(generator) for _ in range(CASES)],
        "points": [point_case(np.random.default_rng(i)) for i in range(200)],
        "options": OPTIONS,
        "state": Trainer2DExplorer().state(),
    }
    return write_folder(tmp_path_factory.mktemp("entrenador"), cases)


def test_the_gradient_by_hand_is_that_of_torch(folder):
    passes("trainer2d", folder)


def test_the_javascript_test_can_fail(folder, tmp_path):
    cases = json.loads((folder / "cases.json").read_text(encoding="utf-8"))
    cases["training"][3]["gradient"][-1] += 1e-4
    done = node("--test", str(Path(__file__).parent / "explorers" / "trainer2d.test.mjs"), folder=write_folder(tmp_path, cases))
    assert done.returncode == 1


@pytest.mark.parametrize("data", OPTIONS["data"])
def test_the_two_classes_are_equally_frequent(data):
    x, y = np.random.default_rng(0).uniform(-1, 1, (2, 200_000))
    assert rule(data, x, y).mean() == pytest.approx(0.5, abs=0.005)


def test_more_examples_keep_the_first_and_more_noise_keeps_the_flipped():
    few, many = sample("curva", 50, 0.1, 3, 0), sample("curva", 500, 0.4, 3, 0)
    assert np.array_equal(few[0], many[0][:50])
    truth = rule("curva", *many[0].T)
    flipped = few[1] != truth[:50]
    assert (many[1][:50][flipped] != truth[:50][flipped]).all()
    assert (many[1] != truth).mean() == pytest.approx(0.4, abs=0.07)
    assert not np.array_equal(few[0], sample("curva", 50, 0.1, 3, 1)[0])


@pytest.mark.parametrize("name", OPTIONS)
def test_every_option_is_admitted(name):
    for value in OPTIONS[name]:
        assert getattr(Trainer2DExplorer(**{name: value}), name) == value


JUNK = st.one_of(st.none(), st.text(max_size=4), st.booleans(), st.floats(), st.lists(st.integers(), max_size=2), st.integers())
_shared: list[Trainer2DExplorer] = []


@pytest.mark.parametrize("name", [*OPTIONS, "seed"])
@settings(max_examples=60, deadline=None)
@given(value=JUNK)
def test_anything_else_is_refused_in_spanish(name, value):
    if not _shared:
        _shared.append(Trainer2DExplorer())
    good = range(1000) if name == "seed" else OPTIONS[name]
    is_one = not isinstance(value, (bool, list)) and (value in good) and not (name == "seed" and isinstance(value, float))
    before = getattr(_shared[0], name)
    if is_one:
        setattr(_shared[0], name, value)
        return
    with pytest.raises(TraitError, match=rf"`{name} = .*` no es válido: debe ser un"):
        setattr(_shared[0], name, value)
    assert getattr(_shared[0], name) == before


@pytest.mark.parametrize(("name", "bad"), [("outliers", 1), ("predict", "no")])
def test_switches_are_true_or_false(name, bad):
    with pytest.raises(ValueError, match=f"`{name} = .*` no es válido: debe ser True o False"):
        Trainer2DExplorer(**{name: bad})


def test_the_fixed_picture_shows_every_point():
    svg = Trainer2DExplorer(examples=500, noise=0.3).picture()
    assert svg.count("h.01") == 1500
    assert "500 ejemplos de entrenamiento y 1000 de prueba" in svg and "30\u202f% con la etiqueta cambiada" in svg
    assert len(Trainer2DExplorer().root()) < 60_000
