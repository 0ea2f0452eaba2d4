"""El explorador de N: su cálculo contra NumPy, sus datos comprobados, y de dónde salen."""

import json
from dataclasses import replace

import numpy as np
import pytest
from explorer_helpers import passes, write_folder

from labcode import catalog
from labcode.experiments import Findings
from labcode.explorers import DataSizeExplorer
from labcode.results import Result, write_result
from labcode.views.data_size import data_size

CASES = 1_000
SIZES = (500, 1000, 2500, 5000, 10_000, 25_000, 45_000)


def random_data(generator: np.random.Generator) -> dict:
    """Curvas que suben, con ruido y con puntos que faltan."""
    sizes = sorted(int(n) for n in generator.choice(SIZES, generator.integers(1, len(SIZES) + 1), replace=False))
    series = []
    for at in range(generator.integers(1, 4)):
        means = np.clip(np.sort(generator.uniform(10, 95, len(sizes))) + generator.normal(0, 1, len(sizes)), 0.1, 99)
        there = generator.random(len(sizes)) > generator.choice([0.0, 0.3, 1.0])
        half = [None if generator.random() < 0.2 else float(h) for h in generator.uniform(0, 2, len(sizes))]
        points = [{"mean": float(m), "half": h, "seeds": 1 if h is None else 3} if ok else None for m, h, ok in zip(means, half, there)]
        series.append({"key": f"r{at}", "name": f"Red {at}", "notice": "", "points": points, "diverged": []})
    return {"sizes": sizes, "series": series}


def random_case(generator: np.random.Generator) -> dict:
    """Datos al azar y con cuántos ejemplos llega una red a una exactitud, según `np.interp`."""
    data = random_data(generator)
    at = int(generator.integers(len(data["series"])))
    accuracy = float(generator.uniform(5, 99))
    return {"data": data, "at": at, "accuracy": accuracy, "found": examples_for(data, at, accuracy)}


def examples_for(data: dict, at: int, accuracy: float) -> dict | None:
    known = [(n, point["mean"]) for n, point in zip(data["sizes"], data["series"][at]["points"]) if point]
    if not known:
        return None
    sizes, means = map(np.array, zip(*known))
    if means[0] >= accuracy:
        return {"below": int(sizes[0])}
    if means.max() < accuracy:
        return {"beyond": int(sizes[-1])}
    first = int(np.argmax(means >= accuracy))  # el primer cruce
    return {"n": float(np.exp(np.interp(accuracy, means[first - 1 : first + 1], np.log(sizes[first - 1 : first + 1]))))}


@pytest.fixture(scope="module")
def cases() -> list[dict]:
    generator = np.random.default_rng(20231107)
    return [random_case(generator) for _ in range(CASES)]


def test_the_cases_are_varied(cases):
    found = [case["found"] for case in cases]
    assert found.count(None) > 50
    for kind in ("n", "below", "beyond"):
        assert sum(kind in (own or {}) for own in found) > 50, kind


def test_javascript_agrees_with_numpy(cases, tmp_path):
    passes("data_size", write_folder(tmp_path, {"random": cases}))


def test_every_case_is_admitted_and_drawn(cases):
    for case in cases[:20]:
        explorer = DataSizeExplorer(case["data"])
        assert explorer.state()["data"] == case["data"]
        assert "NaN" not in explorer.picture() and "nan" not in explorer.picture()


GOOD = {"sizes": [500, 1000], "series": [{"key": "mlp", "name": "MLP", "notice": "", "points": [None, {"mean": 50.0, "half": 0.5, "seeds": 3}], "diverged": [0]}]}


def changed(**values) -> dict:
    series = [{**GOOD["series"][0], **values}]
    return {**GOOD, "series": series}


@pytest.mark.parametrize(
    "bad",
    [
        None, 3, {}, {"sizes": [500]}, {**GOOD, "sizes": [1000, 500]}, {**GOOD, "sizes": [500, 500]}, {**GOOD, "sizes": [0, 500]},
        {**GOOD, "series": GOOD["series"] * 4}, {**GOOD, "more": 1}, changed(points=[None]), changed(points=3), changed(name=None),
        changed(points=[None, {"mean": float("nan"), "half": None, "seeds": 1}]), changed(points=[None, {"mean": 101, "half": None, "seeds": 1}]),
        changed(points=[None, {"mean": 50, "half": -1, "seeds": 1}]), changed(points=[None, {"mean": 50, "half": 1, "seeds": 0}]), changed(points=[None, {"mean": 50}]),
        changed(diverged=None), changed(diverged=[1]), changed(diverged=[2]), changed(diverged=[[0]]),
    ],
    ids=lambda bad: json.dumps(bad)[:60],
)  # fmt: skip
def test_bad_data_is_refused(bad):
    explorer = DataSizeExplorer(GOOD)
    with pytest.raises(ValueError, match=r"(?s)`data.* no es válido: debe ser"):
        explorer.data = bad
    assert explorer.data == GOOD


@pytest.mark.parametrize(("name", "bad"), [("at", -1), ("at", 20), ("at", 1.0), ("reference", None), ("scale", "log"), ("predict", 0)])
def test_the_other_traits_are_checked_too(name, bad):
    with pytest.raises(ValueError, match=f"`{name} = .*` no es válido"):
        DataSizeExplorer(GOOD, **{name: bad})


def test_without_results_it_says_so():
    for explorer in (DataSizeExplorer(), DataSizeExplorer(changed(points=[None, None], diverged=[]))):
        assert "Todavía no hay resultados medidos" in explorer.picture()
    assert "MLP: 1000 → 50.0" in DataSizeExplorer(GOOD).picture()


def write_some(experiment, values: dict[int, list[float]]) -> None:
    """Deja resultados inventados de un experimento, uno por semilla."""
    for examples, scores in values.items():
        for seed, score in enumerate(scores):
            job = experiment.job("final", {"examples": examples}, seed)
            write_result(Result(
                job.experiment, job.phase, job.setting, seed, job.config, {"eval_accuracy": [score]}, {"eval_accuracy": score}, {}, None, {},
            ))  # fmt: skip


def test_the_data_come_from_the_results(tmp_path, monkeypatch):
    monkeypatch.setenv("LABCODE_RESULTS", str(tmp_path))
    write_some(catalog.DATA_MLP, {500: [30.0, 31.0, 32.0], 1000: [35.0], 2500: [float("nan")] * 3})
    data = data_size({"MLP": Findings(catalog.DATA_MLP), "VGG-11": Findings(catalog.DATA_VGG)})
    mlp, vgg = data["series"]
    assert data["sizes"] == list(SIZES) and (mlp["key"], vgg["key"]) == ("mlp", "vgg11")
    assert mlp["points"][0] == {"mean": 31.0, "half": pytest.approx(2.484, abs=1e-3), "seeds": 3}
    assert mlp["points"][1] == {"mean": 35.0, "half": None, "seeds": 1}
    assert mlp["points"][2:] == [None] * 5 and vgg["points"] == [None] * 7
    assert mlp["diverged"] == [2] and vgg["diverged"] == []  # lo que divergió no es un punto, y no falta
    assert "labcode train DATA_VGG" in vgg["notice"]
    assert DataSizeExplorer(data).data == data


def test_networks_with_other_sizes_share_the_axis(tmp_path, monkeypatch):
    monkeypatch.setenv("LABCODE_RESULTS", str(tmp_path))
    other = replace(catalog.DATA_MLP, axes={"examples": (700, 1000)}, along={})
    data = data_size({"MLP": Findings(catalog.DATA_MLP), "otra": Findings(other)})
    assert data["sizes"] == sorted([*SIZES, 700]) and len(data["series"][1]["points"]) == 8
