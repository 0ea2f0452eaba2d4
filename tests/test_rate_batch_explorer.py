"""El explorador «Tasa × lote»: sus datos, su cálculo en JavaScript contra NumPy, sus atributos y su dibujo fijo."""

import copy
import re

import numpy as np
import pytest
from explorer_helpers import passes, write_folder
from traitlets import TraitError

from labcode import catalog
from labcode.experiments import Findings
from labcode.explorers import RateBatchExplorer
from labcode.explorers.rate_batch import EMPTY, best_columns
from labcode.results import Result, write_result
from labcode.views.rate_batch import rate_batch_data

CASES = 1_100


def random_map(generator: np.random.Generator, rows: int, columns: int) -> dict:
    means = generator.uniform(10, 60, (rows, columns)).round(1)
    kinds = generator.random((rows, columns))
    cells = [[None if k < 0.15 else [None, None, 3] if k < 0.25 else [m, 0.4, 3] for m, k in zip(*line)] for line in zip(means.tolist(), kinds)]
    return {"epochs": [12] * rows, "steps": [100] * rows, "cells": cells}


def random_case(generator: np.random.Generator) -> dict:
    """Un mapa al azar, con huecos y divergencias, una apuesta y lo que NumPy dice de ellos."""
    rows, columns = (int(n) for n in generator.integers(2, 8, 2))
    batches = np.sort(generator.choice(2 ** np.arange(13), rows, replace=False)).tolist()
    rates = np.sort(generator.choice([0.001, 0.004, 0.01, 0.015, 0.06, 0.24, 0.5, 1.0], columns, replace=False)).tolist()
    maps = {key: random_map(generator, rows, columns) for key in ("epochs", "steps")}
    means = np.array([[-1.0 if not cell or cell[0] is None else cell[0] for cell in row] for row in maps["epochs"]["cells"]])
    best = [int(row.argmax()) if row.max() >= 0 else None for row in means]
    bet = [None if generator.random() < 0.2 else int(c) for c in generator.integers(0, columns, rows)]
    pairs = [(a, b) for a, b in zip(bet, best) if b is not None]
    there = [b for b in best if b is not None]
    every = [cell[0] for one in maps.values() for row in one["cells"] for cell in row if cell and cell[0] is not None]
    return {
        "data": {"batches": batches, "rates": rates, "chance": 10, "maps": maps},
        "best": best,
        "bet": bet,
        "exact": sum(a == b for a, b in pairs),
        "near": sum(a is not None and abs(a - b) == 1 for a, b in pairs),
        "trend": ["baja", "queda", "sube"][int(np.sign(there[-1] - there[0])) + 1] if len(there) > 1 else None,
        "top": max(every, default=None),
        "lines": [random_line(generator, batches, rates) for _ in range(2)],
    }


def random_line(generator: np.random.Generator, batches: list, rates: list) -> dict:
    """Una línea de α/B^p constante y por dónde pasa: interpolación lineal en log α, y extrapolación en las puntas."""
    row, column, power = int(generator.integers(len(batches))), int(generator.integers(len(rates))), float(generator.choice([1, 0.5]))
    wanted = np.log(rates[column]) + power * (np.log(batches) - np.log(batches[row]))
    marks = np.log(rates)
    inside = np.interp(wanted, marks, np.arange(len(rates)))
    below, above = (wanted - marks[0]) / (marks[1] - marks[0]), len(rates) - 1 + (wanted - marks[-1]) / (marks[-1] - marks[-2])
    columns = np.where(wanted < marks[0], below, np.where(wanted > marks[-1], above, inside))
    return {"row": row, "column": column, "power": power, "columns": columns.tolist()}


@pytest.fixture(scope="module")
def cases() -> list[dict]:
    generator = np.random.default_rng(20231107)
    return [random_case(generator) for _ in range(CASES)]


def test_javascript_agrees_with_numpy(cases, tmp_path):
    passes("rate_batch", write_folder(tmp_path, {"cases": cases}))


def test_python_agrees_with_numpy_too(cases):
    for case in cases:
        assert best_columns(case["data"]["maps"]["epochs"]["cells"]) == case["best"]


def write_fake(experiment, setting: dict, seed: int, accuracy: float) -> None:
    job = experiment.job("selection", setting, seed)
    metrics = {"eval_accuracy": accuracy, "train_accuracy": 60.0}
    write_result(Result(experiment.name, "selection", job.setting, seed, job.config, {}, metrics, {}, None, {}, {}))


def test_the_data_are_those_of_the_results(monkeypatch, tmp_path):
    monkeypatch.setenv("LABCODE_RESULTS", str(tmp_path))
    experiment = catalog.BATCH_EPOCHS
    setting, diverged = experiment.settings[1], experiment.settings[2]
    for seed, accuracy in enumerate((50.0, 52.0)):
        write_fake(experiment, setting, seed, accuracy)
        write_fake(experiment, diverged, seed, float("nan") if seed else 30.0)
    data = rate_batch_data(Findings(catalog.BATCH_EPOCHS), Findings(catalog.BATCH_STEPS))
    first = data["maps"]["epochs"]["cells"][0]
    assert first[0] is None and first[1][0] == 51.0 and first[1][2] == 2 and first[2] == [None, None, 2]
    assert data["batches"] == list(experiment.axes["batch_size"]) and data["rates"] == list(experiment.axes["learning_rate"])
    sixty_four = data["batches"].index(64)
    assert data["maps"]["epochs"]["steps"][sixty_four] == 12 * 704  # 45 000 / 64, hacia arriba
    steps = data["maps"]["steps"]["steps"]
    assert max(steps) / min(steps) < 1.05, "a iguales pasos, salvo el último lote de cada época"
    widget = RateBatchExplorer(data=data)
    assert "con lotes de 16, 0.015" in widget.picture() and "51.0" in widget.picture()


def test_without_results_it_says_so():
    assert "Todavía no hay resultados medidos" in RateBatchExplorer().picture()


def test_the_fixed_picture_reads_each_map():
    data = copy.deepcopy(EMPTY)
    cells = {"epochs": [[51.5, 41.5], [31.5, 61.5]], "steps": [[42.5, 52.5], [62.5, 32.5]]}
    data["maps"] = {key: {**data["maps"][key], "cells": [[[mean, 1.0, 3] for mean in row] for row in own]} for key, own in cells.items()}
    picture = RateBatchExplorer(data=data).picture()
    assert "La mejor tasa con las mismas épocas: con lotes de 16, 0.004, con lotes de 64, 0.015." in picture
    assert "La mejor tasa con los mismos pasos: con lotes de 16, 0.015, con lotes de 64, 0.004." in picture
    assert re.findall(r">(\d\d\.\d)<", picture) == ["51.5", "41.5", "31.5", "61.5", "42.5", "52.5", "62.5", "32.5"]
    assert re.findall(r'"700">([\d.]+)<', picture) == ["51.5", "61.5", "52.5", "62.5"]


BROKEN = {
    "sin mapas": lambda d: d.pop("maps"),
    "falta un mapa": lambda d: d["maps"].pop("steps"),
    "fila corta": lambda d: d["maps"]["epochs"]["cells"][0].pop(),
    "fila de menos": lambda d: d["maps"]["epochs"]["cells"].pop(),
    "celda corta": lambda d: d["maps"]["epochs"]["cells"][0].__setitem__(0, [50.0, 1.0]),
    "exactitud imposible": lambda d: d["maps"]["epochs"]["cells"][0].__setitem__(0, [150.0, 1.0, 3]),
    "NaN": lambda d: d["maps"]["epochs"]["cells"][0].__setitem__(0, [float("nan"), 1.0, 3]),
    "lotes en desorden": lambda d: d["batches"].reverse(),
    "tasas repetidas": lambda d: d.update(rates=[0.004, 0.004]),
    "un texto": lambda d: d.update(rates=["0.004", "0.015"]),
    "épocas de menos": lambda d: d["maps"]["steps"]["epochs"].pop(),
}


@pytest.mark.parametrize("name", BROKEN)
def test_bad_data_are_refused(name):
    data = copy.deepcopy(EMPTY)
    data["maps"] = {key: copy.deepcopy(one) for key, one in data["maps"].items()}
    BROKEN[name](data)
    with pytest.raises(TraitError, match="`data = '…'` no es válido: debe ser lo que da labcode.views.rate_batch"):
        RateBatchExplorer(data=data)
    for junk in (None, 3, "mapa", []):
        with pytest.raises(TraitError):
            RateBatchExplorer(data=junk)


@pytest.mark.parametrize(("name", "bad"), [("map", "otro"), ("row", 12), ("row", -1), ("column", True), ("line", None), ("predict", "no")])
def test_traits_are_checked_in_spanish(name, bad):
    with pytest.raises(ValueError, match=re.escape(f"`{name} = {bad!r}` no es válido: debe ser")):
        RateBatchExplorer(**{name: bad})
