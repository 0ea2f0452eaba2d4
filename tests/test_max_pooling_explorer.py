"""El explorador de *max pooling*: su cálculo en JavaScript contra torch, sus atributos y su dibujo fijo."""

import json

import numpy as np
import pytest
import torch
from explorer_helpers import FOLDER, node, passes, write_folder
from fault_helpers import cases
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional as F

from labcode.explorers import MaxPoolingExplorer
from labcode.explorers.draws import random_from
from labcode.explorers.max_pooling import expected_share, game_map, pool

CASES = cases(2_000, 50_000)


def pooling_case(generator: torch.Generator, exact: bool) -> dict:
    """Un mapa, una ventana y un corrimiento al azar; torch dice los máximos, dónde están, los promedios y qué sobrevive."""

    def pick(low: int, high: int) -> int:
        return int(torch.randint(low, high + 1, (), generator=generator))

    size, stride, down, right = pick(2, 4), pick(1, 4), pick(-3, 3), pick(-3, 3)
    scene = torch.randint(-9, 10, (14, 14), generator=generator).double()
    if not exact:
        scene = torch.randn(14, 14, generator=generator, dtype=torch.float64)
    before, after = scene[3:11, 3:11], torch.roll(scene, (down, right), (0, 1))[3:11, 3:11]  # |corrimiento| ≤ margen: nada da la vuelta
    both = [F.max_pool2d(x[None], size, stride, return_indices=True) for x in (before, after)]
    (old, _), (now, where) = both
    means = [F.avg_pool2d(x[None], size, stride)[0] for x in (before, after)]
    return {
        "scene": scene.tolist(), "size": size, "stride": stride, "down": down, "right": right,
        "after": after.tolist(), "max": now[0].tolist(), "where": where[0].tolist(), "average": means[1].tolist(),
        "kept": int((old == now).sum()), "change": float((old - now).abs().mean()),
    }  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory):
    generator = torch.Generator().manual_seed(20231107)
    seeds = list(range(40)) + [999, 5999, 2**32 - 1]
    data = {
        "pooling": [pooling_case(generator, exact=i % 2 == 0) for i in range(CASES)],
        "games": [game_map(seed).tolist() for seed in range(1000)],
        "draws": [[seed, [draw() for _ in range(20)]] for seed in seeds for draw in [random_from(seed)]],
        "expected": [[k, d, r, expected_share(k, d, r)] for k in (2, 3, 4) for d in range(-3, 4) for r in range(-3, 4)],
    }
    return write_folder(tmp_path_factory.mktemp("agrupar"), data)


@pytest.mark.fault
def test_javascript_agrees_with_torch(folder):
    passes("max_pooling", folder)


def test_the_javascript_test_can_fail(folder, tmp_path):
    data = json.loads((folder / "cases.json").read_text(encoding="utf-8"))
    data["pooling"][3]["where"][0][0] += 1
    assert node("--test", str(FOLDER / "max_pooling.test.mjs"), folder=write_folder(tmp_path, data)).returncode == 1


def test_python_pools_as_torch_does():
    generator = torch.Generator().manual_seed(7)
    for case in (pooling_case(generator, exact=True) for _ in range(200)):
        image = np.array(case["after"])
        for kind in ("max", "average"):
            assert pool(kind, image, case["size"], case["stride"]) == pytest.approx(np.array(case[kind]), abs=1e-12)


@pytest.mark.parametrize(("size", "down", "right"), [(2, 0, 1), (3, 0, 1), (2, 1, 1), (4, 1, 2), (2, 0, 2)])
def test_the_expected_share_is_what_happens_in_random_maps(size, down, right):
    maps = torch.rand(400, 1, 40, 40, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    moved = maps.roll((down, right), (2, 3))[..., 4:, 4:]
    before, after = (F.max_pool2d(x, size, size) for x in (maps[..., 4:, 4:], moved))
    assert float((before == after).double().mean()) == pytest.approx(expected_share(size, down, right), abs=0.01)


INTEGERS = {"game": (0, 999), "seed": (0, 999), "size": (2, 4), "stride": (1, 4), "down": (-3, 3), "right": (-3, 3)}
_one: list[MaxPoolingExplorer] = []


@pytest.mark.fault
@pytest.mark.parametrize("name", INTEGERS)
@settings(max_examples=cases(500, 20_000), deadline=None)
@given(value=st.one_of(st.none(), st.text(max_size=3), st.booleans(), st.floats(), st.integers(), st.lists(st.integers(), max_size=1)))
def test_integers_are_checked_in_spanish(name, value):
    explorer = (_one or _one.append(MaxPoolingExplorer()) or _one)[0]
    low, high = INTEGERS[name]
    if isinstance(value, int) and not isinstance(value, bool) and low <= value <= high:
        setattr(explorer, name, value)
        assert getattr(explorer, name) == value
        return
    with pytest.raises(ValueError, match=rf"`{name} = .*` no es válido: debe ser un entero entre {low} y {high}"):
        setattr(explorer, name, value)


@pytest.mark.parametrize(("name", "bad"), [("scene", "gato"), ("scene", 3), ("kind", "min"), ("predict", 1)])
def test_choices_are_checked_too(name, bad):
    with pytest.raises(ValueError, match=f"`{name} = .*` no es válido"):
        MaxPoolingExplorer(**{name: bad})


def test_the_fixed_picture_says_the_maxima():
    for game in (0, 7, 21):
        drawn, board = MaxPoolingExplorer(game=game).picture(), game_map(game)
        best = ", ".join(str(x).replace("-", "−") for x in pool("max", board, 2, 2).ravel())
        assert best in drawn and "2 × 2: 33" in drawn and "3 × 3: 50" in drawn
