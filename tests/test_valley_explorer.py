"""El explorador «Valle con ruido»: su cálculo en JavaScript contra NumPy, sus atributos y su dibujo fijo."""

from pathlib import Path

import numpy as np
import pytest
from explorer_helpers import node, passes, write_folder
from hypothesis import given, settings
from hypothesis import strategies as st
from traitlets import TraitError

from labcode.explorers import ValleyExplorer
from labcode.explorers.valley import WORLD, counts, deviation, loss, noise, simulate, slope

CASES = 1_200


def run_case(generator: np.random.Generator, particles: int, steps: int | None = None) -> dict:
    """Una configuración al azar y el camino que calcula NumPy."""
    state = {
        "batch": int(generator.choice(WORLD["batches"])),
        "rate": float(generator.choice(WORLD["rates"])),
        "steps": steps or int(generator.integers(1, 40)),
        "seed": int(generator.integers(0, 1000)),
    }
    path = simulate(**state, particles=particles)
    return {"state": state, "particles": particles, "path": path.ravel().tolist(), "flat": counts(path[-1])[1]}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    generator = np.random.default_rng(20231107)
    places = generator.uniform(-WORLD["wall"], WORLD["wall"], 2000)
    cases = {
        "world": WORLD,
        "slopes": np.stack([places, loss(places), slope(places)], 1).tolist(),
        "runs": [run_case(generator, 4) for _ in range(CASES)] + [run_case(generator, 200, steps) for steps in (100, 400)],
    }
    return write_folder(tmp_path_factory.mktemp("valle"), cases)


def test_javascript_agrees_with_numpy_to_the_bit(folder):
    passes("valley", folder)


def test_the_javascript_test_can_fail(folder, tmp_path):
    import json

    cases = json.loads((folder / "cases.json").read_text(encoding="utf-8"))
    cases["runs"][7]["path"][-1] += 1e-15
    done = node("--test", str(Path(__file__).parent / "explorers" / "valley.test.mjs"), folder=write_folder(tmp_path, cases))
    assert done.returncode == 1


def test_the_world_says_the_truth_about_its_minima():
    x = np.linspace(-WORLD["wall"], WORLD["wall"], 200_001)
    values, step = loss(x), 1e-5
    dips = x[1:-1][(values[1:-1] < values[:-2]) & (values[1:-1] < values[2:])]
    tops = x[1:-1][(values[1:-1] > values[:-2]) & (values[1:-1] > values[2:])]
    assert len(dips) == 2 and len(tops) == 1
    assert tops[0] == pytest.approx(WORLD["ridge"], abs=1e-3)
    for dip, (place, curvature) in zip(dips, (WORLD["sharp"], WORLD["flat"])):
        assert dip == pytest.approx(place, abs=1e-3) and loss(np.array(place)) == pytest.approx(0, abs=2e-4)
        bend = (slope(np.array(place + step)) - slope(np.array(place - step))) / (2 * step)
        assert bend == pytest.approx(curvature, rel=5e-3)
    assert np.abs(slope(x)).max() < 3, "lo dice el comentario del explorador"
    numeric = (loss(x[1:-1] + step) - loss(x[1:-1] - step)) / (2 * step)
    assert np.allclose(numeric, slope(x[1:-1]), atol=1e-6)


def test_the_noise_is_that_of_a_batch_without_replacement():
    draws = noise(3, 1000, 200)
    assert draws.mean() == pytest.approx(0, abs=0.01) and draws.var() == pytest.approx(1, abs=0.01)
    population = np.random.default_rng(0).normal(size=WORLD["examples"])
    population *= WORLD["sigma"] / population.std()
    order = np.random.default_rng(1).random((20_000, WORLD["examples"])).argsort(1)
    for batch in (1, 8, 256):
        seen = population[order[:, :batch]].mean(1).std()
        assert seen == pytest.approx(deviation(batch), rel=0.03)
    assert deviation(WORLD["examples"]) == 0


@pytest.mark.parametrize("name", ["batch", "rate", "steps", "seed"])
@settings(max_examples=60, deadline=None)
@given(value=st.one_of(st.none(), st.text(max_size=3), st.booleans(), st.floats(), st.integers(), st.lists(st.integers(), max_size=1)))
def test_traits_are_checked_in_spanish(name, value):
    options = {"batch": WORLD["batches"], "rate": WORLD["rates"], "steps": WORLD["steps"], "seed": range(1000)}[name]
    good = isinstance(value, int | float) and not isinstance(value, bool) and value in options and (name != "seed" or isinstance(value, int))
    if good:
        assert getattr(ValleyExplorer(**{name: value}), name) == value
    else:
        with pytest.raises(TraitError, match=f"`{name} = .*` no es válido: debe ser"):
            ValleyExplorer(**{name: value})


def test_the_world_cannot_be_changed_and_predict_is_a_boolean():
    with pytest.raises(ValueError, match="`world = '…'` no es válido"):
        ValleyExplorer(world={})
    with pytest.raises(ValueError, match="`predict = 1` no es válido"):
        ValleyExplorer(predict=1)


def test_the_fixed_picture_says_where_they_end():
    sharp, flat = counts(simulate(8, 0.04, 800, 1)[-1])
    drawn = ValleyExplorer().picture()
    assert f"con lotes de 8, {sharp} en el filoso y {flat} en el plano" in drawn
    assert "con lotes de 512, 100 en el filoso y 100 en el plano" in drawn
