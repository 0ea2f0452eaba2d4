"""«Mejor de K»: la binomial, el máximo esperado y los sorteos, en JavaScript contra SciPy y NumPy; y sus atributos."""

import json

import numpy as np
import pytest
from explorer_helpers import FOLDER, node, passes, write_folder
from scipy import stats

from labcode.explorers import BestOfKExplorer
from labcode.explorers.best_of_k import SIZES, best_distribution, binomial, contest, expected_best

CASES = 1_200


def exact_case(random: np.random.Generator) -> dict:
    """K, n y p al azar, con lo que da SciPy: probabilidades, máximo esperado y cobertura del intervalo."""
    networks, images, truth = int(random.integers(1, 101)), int(random.choice(SIZES)), int(random.integers(50, 96))
    one = stats.binom(images, truth / 100)
    counts = np.arange(images + 1)
    below = one.cdf(counts) ** networks
    best = np.diff(below, prepend=0.0)
    measured = counts / images
    half = stats.norm.ppf(0.975) * np.sqrt(measured * (1 - measured) / images)
    inside = (measured - half <= truth / 100) & (truth / 100 <= measured + half)
    some = random.integers(0, images + 1, 3)
    return {
        "networks": networks, "images": images, "truth": truth, "counts": some.tolist(), "pmf": one.pmf(some).tolist(),
        "expected": float((best * counts).sum() / images), "covered": float(one.pmf(counts)[inside].sum()),
        "coveredBest": float(best[inside].sum()),
    }  # fmt: skip


def draw_case(random: np.random.Generator) -> dict:
    networks, images, truth, seed = int(random.integers(1, 40)), int(random.choice(SIZES)), int(random.integers(50, 96)), int(random.integers(1e6))
    return {"networks": networks, "images": images, "truth": truth, "seed": seed, **contest(networks, images, truth / 100, seed, repeats=20)}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory):
    random = np.random.default_rng(20231107)
    cases = {"exact": [exact_case(random) for _ in range(CASES)], "draws": [draw_case(random) for _ in range(1_000)]}
    return write_folder(tmp_path_factory.mktemp("mejor"), cases)


def test_javascript_agrees_with_scipy(folder):
    passes("best_of_k", folder)


@pytest.mark.parametrize(("part", "field"), [("exact", "expected"), ("draws", "best")])
def test_the_javascript_test_can_fail(folder, tmp_path, part, field):
    cases = json.loads((folder / "cases.json").read_text(encoding="utf-8"))
    case = cases[part][7]
    case[field] = case[field] + 1e-6 if part == "exact" else [case[field][0] + 1, *case[field][1:]]
    assert node("--test", str(FOLDER / "best_of_k.test.mjs"), folder=write_folder(tmp_path, cases)).returncode == 1


def test_python_agrees_with_scipy_too():
    random = np.random.default_rng(5)
    for case in (exact_case(random) for _ in range(300)):
        arguments = case["networks"], case["images"], case["truth"] / 100
        assert expected_best(*arguments) == pytest.approx(case["expected"], abs=1e-10)
        low, single = binomial(*arguments[1:])
        there = {low + i: chance for i, chance in enumerate(single)}
        assert [there.get(x, 0.0) for x in case["counts"]] == pytest.approx(case["pmf"], abs=1e-12)
        assert best_distribution(*arguments)[1].sum() == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize(("networks", "images", "truth"), [(1, 100, 0.95), (2, 500, 0.5), (8, 10_000, 0.56), (20, 1000, 0.56), (100, 2000, 0.8)])
def test_the_expected_maximum_is_what_a_simulation_gives(networks, images, truth):
    trials = 20_000
    best = np.random.default_rng(1).binomial(images, truth, (trials, networks)).max(1) / images
    assert abs(best.mean() - expected_best(networks, images, truth)) < 5 * best.std() / np.sqrt(trials)


def test_the_winner_measured_again_is_worth_what_it_is_worth():
    drawn = contest(50, 1000, 0.6, seed=3, repeats=2000)
    again = np.array(drawn["again"]) / 1000
    assert abs(again.mean() - 0.6) < 5 * again.std() / np.sqrt(2000)
    assert np.mean(drawn["best"]) / 1000 > 0.63


BAD = [("networks", 0), ("networks", 101), ("networks", 2.5), ("networks", True), ("images", 300), ("images", 99), ("images", "1000"),
       ("truth", 49), ("truth", 96), ("truth", float("nan")), ("seed", -1), ("seed", 10**6), ("intervals", 1), ("predict", "no")]  # fmt: skip


@pytest.mark.parametrize(("name", "value"), BAD)
def test_a_bad_value_is_refused_in_spanish(name, value):
    with pytest.raises(ValueError, match=f"`{name} = .*` no es válido: debe ser"):
        BestOfKExplorer(**{name: value})


def test_the_fixed_picture_says_the_maximum_and_the_truth():
    picture = BestOfKExplorer().picture()
    drawn = contest(20, 1000, 0.56, 50, repeats=1)
    best, again = max(drawn["first"]) / 10, drawn["again"][0] / 10
    assert best != again and f"la mejor midió {best:.1f}\u202f% y, medida otra vez con imágenes nuevas, {again:.1f}\u202f%." in picture
    assert "aparenta 2.93 puntos de más" in picture
    assert picture.count("<rect") == 21 and picture.count("#D55E00") == 1
