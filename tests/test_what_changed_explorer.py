"""El explorador «¿Qué cambió?»: sus datos salen de los resultados, su cálculo es el de NumPy y nada se inventa."""

import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from explorer_helpers import node, passes, write_folder
from traitlets import TraitError

from labcode import catalog
from labcode.experiments import Findings
from labcode.explorers import WhatChangedExplorer
from labcode.explorers.what_changed import NAMES, gap, strongest
from labcode.results import Result, write_result
from labcode.training import Placement
from labcode.views import what_changed

EXPERIMENTS = {
    "batch": catalog.RECAP_BATCH, "optimizer": catalog.RECAP_OPTIMIZER, "normalization": catalog.RECAP_NORMALIZATION,
    "width": catalog.RECAP_WIDTH, "rate": catalog.RECAP_RATE,
}  # fmt: skip


def curve(azar: np.random.Generator, epochs: int, end: int | None) -> list[float | None]:
    values = np.sort(azar.uniform(5, 95, epochs)).round(2)
    return [float(x) if end is None or epoch < end else None for epoch, x in enumerate(values, 1)]


def setting(azar: np.random.Generator, label: str, epochs: int, end: int | None) -> dict:
    accuracy = curve(azar, epochs, end)
    loss = [None if x is None else round(2.5 - x / 50, 4) for x in accuracy]
    amount = float(azar.uniform(0.1, 9))
    return {"label": label, "detail": f"detalle {label}", "amount": amount, "seeds": 3, "accuracy": accuracy, "loss": loss, "diverged": end}


def distance(a: list, b: list) -> float:
    pairs = [(math.isnan(x), math.isnan(y), x - y) for x, y in zip(np.array(a, float), np.array(b, float))]
    return float(np.sqrt(np.mean([0 if p and q else 1e4 if p or q else d * d for p, q, d in pairs])))


def pair_case(azar: np.random.Generator) -> dict:
    epochs = int(azar.integers(1, 15))
    ends = [int(azar.integers(1, epochs + 1)) if azar.random() < 0.2 else None for _ in range(2)]
    a, b = (curve(azar, epochs, end) for end in ends)
    apart = gap(a, b)
    return {"a": a, "b": b, "gap": apart if math.isfinite(apart) else None, "distance": distance(a, b)}


def world(azar: np.random.Generator) -> dict:
    """Unos factores al azar, con lo que el explorador debe hacer con ellos."""
    epochs = int(azar.integers(2, 12))
    keys = [key for key in NAMES if azar.random() < 0.8] or ["rate"]
    factors, visible, firsts = [], [], []
    for key in keys:
        size = int(azar.integers(2, 6))
        base = int(azar.integers(size))
        ends = [int(azar.integers(2, epochs + 1)) if i != base and azar.random() < 0.2 else None for i in range(size)]
        settings = [setting(azar, f"{key}{i}", epochs, end) for i, end in enumerate(ends)]
        if azar.random() < 0.3 and size > 2:  # uno que no se distingue del de base
            twin = settings[base - 1]
            twin.update(accuracy=[x + 0.3 for x in settings[base]["accuracy"]], loss=settings[base]["loss"], diverged=None)
        factors.append({"key": key, "base": base, "settings": settings})
        others = [own for i, own in enumerate(settings) if i != base]
        far = {own["label"]: gap(settings[base]["accuracy"], own["accuracy"]) for own in others}
        seen = [own["label"] for own in others if far[own["label"]] >= 1 or own["diverged"]]
        visible += [f"{key}:{label}" for label in seen]
        firsts += [f"{key}:{max(seen, key=far.get)}"] if seen else []
    targets = []
    for key in NAMES:
        target = curve(azar, epochs, None)
        own = next((f for f in factors if f["key"] == key), None)
        others = [s for i, s in enumerate(own["settings"]) if i != own["base"]] if own else []
        label = min(others, key=lambda s: distance(s["accuracy"], target))["label"] if others else None
        targets.append({"key": key, "curve": target, "label": label})
    return {"factors": factors, "visible": visible, "firsts": firsts, "targets": targets}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    azar = np.random.default_rng(5)
    cases = {"pairs": [pair_case(azar) for _ in range(1_200)], "worlds": [world(azar) for _ in range(150)]}
    for one in cases["worlds"]:
        WhatChangedExplorer.factors.validate(WhatChangedExplorer(), one["factors"])
    return write_folder(tmp_path_factory.mktemp("cambio"), cases)


def test_javascript_agrees_with_numpy(folder):
    passes("what_changed", folder)


def test_the_javascript_test_can_fail(folder, tmp_path):
    cases = json.loads((folder / "cases.json").read_text(encoding="utf-8"))
    cases["pairs"][3]["distance"] += 1e-3
    test = Path(__file__).parent / "explorers" / "what_changed.test.mjs"
    assert node("--test", str(test), folder=write_folder(tmp_path, cases)).returncode == 1


def measured(name: str, values: list, lame: object = None, seeds: int = 3) -> Findings:
    """Los hallazgos de un factor con resultados escritos para la prueba; con el valor `lame`, una semilla diverge."""
    experiment = EXPERIMENTS[name]
    for job in experiment.jobs("selection"):
        (value,) = job.setting.values()
        if value not in values or job.run.seed >= seeds:
            continue
        broken = value == lame and job.run.seed == 1
        series = ("train_accuracy", "eval_accuracy", "train_loss", "eval_loss")
        history = {m: [9.0 * (e + 1) + job.run.seed + i for e in range(10)] for i, m in enumerate(series)}
        if broken:
            history["train_loss"][6:] = [float("nan")] * 4
        metrics = {m: v[-1] for m, v in history.items()} | {"sum_squares": 1.0}
        origin = {"code": "x", "commit": "x", "hardware": "x", "seconds": 1.0, "placement": str(Placement)}
        write_result(Result(job.experiment, job.phase, job.setting, job.run.seed, job.config, history, metrics, {"edges": [0.0, 1.0], "counts": [1]}, 7 if broken else None, origin))  # fmt: skip
    return Findings(experiment)


@pytest.fixture(autouse=True)
def results(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LABCODE_RESULTS", str(tmp_path))


def test_nothing_measured_gives_nothing():
    assert what_changed.factors({name: Findings(own) for name, own in EXPERIMENTS.items()}) == []
    explorer = WhatChangedExplorer(factors=[])
    assert "Todavía no hay curvas medidas" in explorer.picture()


def test_a_factor_without_its_base_or_with_nothing_to_compare_is_left_out():
    assert what_changed.factors({"rate": measured("rate", [0.02, 0.1])}) == []
    assert what_changed.factors({"batch": measured("batch", [64])}) == []


def test_curves_are_means_over_the_seeds_there_are():
    (batch,) = what_changed.factors({"batch": measured("batch", [16, 64, 1024])})
    assert [own["label"] for own in batch["settings"]] == ["16", "64", "1024"] and batch["base"] == 1
    assert batch["settings"][1]["accuracy"][0] == 10.0 and batch["settings"][1]["seeds"] == 3  # 9, 10 y 11
    assert batch["settings"][1]["loss"][0] == 12.0  # la de entrenamiento: 11, 12 y 13
    assert [own["amount"] for own in batch["settings"]] == [2813, 704, 44]
    assert batch["settings"][2]["detail"] == "44 pasos por época"


def test_what_diverged_is_cut_and_said():
    (rate,) = what_changed.factors({"rate": measured("rate", [0.005, 0.1], lame=0.1)})
    broken = rate["settings"][1]
    assert broken["diverged"] == 7 and broken["accuracy"][5] is not None and broken["accuracy"][6:] == broken["loss"][6:] == [None] * 4
    assert "divergió" in WhatChangedExplorer(factors=[rate]).picture()


def test_the_base_is_the_declared_recipe():
    bases = {name: what_changed.base_of(Findings(own)) for name, own in EXPERIMENTS.items()}
    assert [*bases.values()] == [{"batch_size": 64}, {"optimizador": "momento"}, {"normalize": True}, {"hidden": (120, 84)}, {"learning_rate": 0.005}]
    other = replace(catalog.RECAP_RATE, axes={"learning_rate": (0.3, 0.7)})
    assert what_changed.base_of(Findings(other)) == {"learning_rate": 0.3}


def test_every_factor_fits_the_explorer():
    findings = {name: measured(name, [next(iter(s.values())) for s in own.settings]) for name, own in EXPERIMENTS.items()}
    factors = what_changed.factors(findings)
    explorer = WhatChangedExplorer(factors=factors)
    assert [f["key"] for f in factors] == list(NAMES) and json.loads(json.dumps(explorer.state()))["factors"] == factors
    assert all(name in explorer.picture() for name in NAMES.values())
    labels = {f["key"]: [own["label"] for own in f["settings"]] for f in factors}
    assert labels["optimizer"] == ["SGD", "momento", "Adam"] and labels["normalization"] == ["normalizada", "de 0 a 255"]
    assert labels["width"][2] == "120-84" and "379\u202f774 parámetros" in factors[3]["settings"][2]["detail"]
    said = {f["key"]: [(own["detail"], own["amount"]) for own in f["settings"]] for f in factors}
    assert said["optimizer"] == [("α = 0.005, sin momento", 0.0), ("α = 0.005, momento 0.9", 0.9), ("α = 0.001", 0.9)]
    assert said["normalization"] == [("media 0 y desviación 1", 1), ("sin normalizar", 0)]
    assert said["rate"][1] == ("α = 0.001", 0.001) and said["width"][2] == ("379\u202f774 parámetros", 379_774)
    assert max(len(label) for own in labels.values() for label in own) <= 12, "un nombre que no cabe al final de su curva"


def test_the_fixed_picture_says_how_each_curve_ends():
    first, base = ({**setting(np.random.default_rng(0), label, 2, None), "accuracy": curve} for label, curve in (("0.1", [10.0, 15.5]), ("0.005", [20.0, 40.0])))
    picture = WhatChangedExplorer(factors=[{"key": "rate", "base": 1, "settings": [first, base]}]).picture()
    assert "Al final, Tasa de aprendizaje: 40.0\u202f% con 0.005 y 15.5\u202f% con 0.1." in picture
    assert "—— 0.005: 40.0\u202f%" in picture and "- - - 0.1: 15.5\u202f%" in picture


def test_the_strongest_is_the_farthest():
    azar = np.random.default_rng(1)
    settings = [setting(azar, str(i), 5, None) for i in range(4)]
    factor = {"key": "rate", "base": 2, "settings": settings}
    gaps = [np.abs(np.subtract(own["accuracy"], settings[2]["accuracy"])).max() for own in settings]
    assert strongest(factor) is settings[int(np.argmax(gaps))]


def bad_factors() -> list:
    azar = np.random.default_rng(2)
    good = {"key": "rate", "base": 0, "settings": [setting(azar, "a", 3, None), setting(azar, "b", 3, None)]}
    one, two = good["settings"]
    return [
        None, "rate", {}, [1], [{}], [good, good], [{**good, "key": "magia"}], [{**good, "base": 2}], [{**good, "base": True}],
        [{**good, "settings": [one]}], [{**good, "settings": [one, one]}], [{**good, "settings": [one, {**two, "accuracy": [1.0]}]}],
        [{**good, "settings": [one, {**two, "accuracy": [1.0, 2.0, 101.0]}]}], [{**good, "settings": [one, {**two, "loss": [1.0, 2.0, float("nan")]}]}],
        [{**good, "settings": [one, {**two, "label": ""}]}], [{**good, "settings": [one, {**two, "seeds": 0}]}],
        [{**good, "settings": [one, {**two, "diverged": 0}]}], [{**good, "extra": 1}], torch.zeros(2),
    ]  # fmt: skip


@pytest.mark.parametrize("bad", bad_factors(), ids=str)
def test_bad_curves_are_refused(bad):
    with pytest.raises(ValueError, match=r"(?s)`factors = .*` no es válido: debe ser la lista que arma"):
        WhatChangedExplorer(factors=bad)


@pytest.mark.parametrize(("name", "bad"), [("turn", -1), ("turn", 1.5), ("turn", True), ("metric", "val"), ("metric", None), ("predict", 0)])
def test_bad_values_are_refused(name, bad):
    with pytest.raises(TraitError, match=f"`{name} = .*` no es válido"):
        WhatChangedExplorer(**{name: bad})
