"""Las figuras del tamaño de lote: con resultados, con pocos y con ninguno."""

from dataclasses import replace

import numpy as np
import pytest

from labcode import catalog, figures
from labcode.experiments import Findings
from labcode.results import Result, write_result

TINY = replace(
    catalog.BATCH_EPOCHS, name="TINY_BATCH", axes={"batch_size": (16, 64, 1024), "learning_rate": (0.01, 0.1)}, seeds=3, selection_seeds=2,
    recipe=replace(catalog.BATCH_EPOCHS.recipe, epochs=2),
)  # fmt: skip


def accuracy(setting: dict, seed: int) -> float:
    """La inventada: cada lote prefiere una tasa."""
    favourite = 0.01 if setting["batch_size"] < 100 else 0.1
    return 50.0 - setting["batch_size"] / 200 - 5 * (setting["learning_rate"] != favourite) + 0.1 * seed


@pytest.fixture
def place(monkeypatch, tmp_path):
    monkeypatch.setenv("LABCODE_RESULTS", str(tmp_path))


def write(phase: str, setting: dict, seed: int, sharpness: float | None = None) -> None:
    job, value = TINY.job(phase, setting, seed), accuracy(setting, seed)
    history = {"train_accuracy": [value, value + 5], "eval_accuracy": [value - 1, value]}
    metrics = {"train_accuracy": value + 5, "eval_accuracy": value}
    measures = {} if sharpness is None else {"sharpness": [sharpness]}
    write_result(Result(TINY.name, phase, job.setting, seed, job.config, history, metrics, {}, None, {}, measures))


def fill(sizes: tuple = (16, 64, 1024)) -> Findings:
    for setting in TINY.settings:
        if setting["batch_size"] in sizes:
            for seed in TINY.phase_seeds("selection"):
                write("selection", setting, seed)
    for setting in Findings(TINY).chosen_per.values():
        for seed in TINY.phase_seeds("final"):
            write("final", setting, seed, sharpness=setting["batch_size"] / 2 + seed)
    return Findings(TINY)


@pytest.mark.parametrize("metric", ["train_accuracy", "val_accuracy"])
@pytest.mark.parametrize("by", ["epoch", "step"])
def test_curves_use_the_rate_each_size_chose(place, metric, by):
    findings = fill()
    drawn = figures.batch_curves(findings, metric, by)
    for size, setting in findings.chosen_per.items():
        assert setting["learning_rate"] == (0.01 if size < 100 else 0.1)
        assert f"{size}: {findings.score(metric, **setting).mean:.1f}" in drawn.alt
    assert drawn.name == f"tiny_batch-{metric.replace('_', '-')}-{by}" and "había llegado" not in drawn.alt


def test_a_step_is_a_batch_and_the_last_of_an_epoch_may_be_smaller(place):
    rows = [line.split(",") for line in figures.batch_curves(fill(), by="step").table.csv.splitlines()]
    last = {row[0]: row[rows[0].index("paso")] for row in rows if row[1] == "curva"}
    assert last == {"16": "5626", "64": "1408", "1024": "88"}  # dos épocas de 2813, 704 y 44 lotes


def test_the_curve_that_peaked_before_the_end_says_so(place):
    for setting in TINY.settings:
        for seed in TINY.phase_seeds("selection"):
            job, value = TINY.job("selection", setting, seed), accuracy(setting, seed)
            fall = 3.0 if setting["batch_size"] == 1024 else 0.0
            history = {"train_accuracy": [value, value], "eval_accuracy": [value + fall, value]}
            write_result(Result(TINY.name, "selection", job.setting, seed, job.config, history, {"eval_accuracy": value}, {}, None, {}, {}))
    alt = figures.batch_curves(Findings(TINY), by="step").alt
    assert alt.count("había llegado") == 1 and alt.endswith("1024: 44.9 (había llegado a 47.9).")


def test_the_sweep_shows_the_test_and_the_lecture(place):
    findings = fill()
    drawn = figures.batch_sweep({"mismas épocas": findings}, "test_accuracy")
    for size, setting in findings.chosen_per.items():
        assert f"{size} → {findings.score('test_accuracy', **setting).mean:.1f}" in drawn.alt
    assert drawn.alt.startswith("Exactitud en prueba (%) contra tamaño de lote. mismas épocas: ")


def test_sharpness_is_that_of_the_final_networks(place):
    findings = fill()
    seeds = np.array(TINY.phase_seeds("final"))
    assert figures.sharpness(findings, 64).mean == pytest.approx(32 + seeds.mean())
    assert f"64 → {32 + seeds.mean():.1f}" in figures.sharpness_sweep({"mismas épocas": findings}).alt


def test_what_is_missing_is_not_drawn_and_nothing_is_said_as_such(place):
    empty = Findings(TINY)
    assert "sin datos" in figures.batch_curves(empty).alt
    assert "Sin datos" in figures.batch_sweep({"mismas épocas": empty}).alt and "Sin datos" in figures.sharpness_sweep({"mismas épocas": empty}).alt
    assert figures.sharpness(empty, 16).seeds == 0
    part = fill(sizes=(16,))
    assert "16 →" in figures.batch_sweep({"mismas épocas": part}).alt and "64 →" not in figures.batch_sweep({"mismas épocas": part}).alt


@pytest.mark.parametrize(("call", "name"), [(lambda f: figures.batch_curves(f, "test_accuracy"), "metric"), (lambda f: figures.batch_curves(f, by="hora"), "by")])
def test_bad_options_are_refused(place, call, name):
    with pytest.raises(ValueError, match=f"`{name} = .*` no es válido: debe ser uno de"):
        call(Findings(TINY))
