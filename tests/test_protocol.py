"""El protocolo de un experimento: qué se elige, qué se mide en prueba, qué más se mide y qué pesos quedan."""

from dataclasses import replace

import pytest
import torch
from test_experiments import TINY, Here, place  # noqa: F401 - `place` es un accesorio de pytest

from fault_helpers import cases, flips
from labcode import catalog, text
from labcode.experiments import Experiment, Findings, Score, obtain, train_missing
from labcode.experiments.planning import plan
from labcode.measures import Calibration, Mirror, Network, Sharpness, Shift, shift_images
from labcode.models import CNNConfig, MLPConfig, build
from labcode.results import ResultError
from labcode.training import Recipe
from labcode.weights import read_weights, weights_path

SWEEP = replace(TINY, name="SWEEP", axes={"batch_size": (20, 50), "learning_rate": (0.001, 0.02)}, per="batch_size", final="chosen")


def test_per_chooses_the_rest_for_each_value_and_tests_each_choice(place):
    assert train_missing(SWEEP, executor=Here()) == 8 + 4
    findings = obtain(SWEEP)
    assert findings.complete and findings.declared == 12 and set(findings.chosen_per) == {20, 50}
    for size, setting in findings.chosen_per.items():
        means = {rate: findings.score("val_accuracy", batch_size=size, learning_rate=rate).mean for rate in (0.001, 0.02)}
        assert setting["learning_rate"] == max(means, key=means.get) and findings.score("test_accuracy", **setting).seeds == 2


def test_none_trains_only_the_selection_and_zero_selection_seeds_only_the_final(place):
    curves = replace(TINY, name="CURVES", final="none")
    assert train_missing(curves, executor=Here()) == 6 and obtain(curves).complete and obtain(curves).declared == 6
    straight = replace(TINY, name="STRAIGHT", selection_seeds=0)
    assert train_missing(straight, executor=Here()) == 6 and obtain(straight).complete
    assert {r.seed for r in obtain(straight).results} == {0, 1} and obtain(straight).chosen is None


def test_along_changes_more_than_the_axis_and_names_may_be_free(place):
    named = replace(TINY, name="NAMED", axes={"optimizador": ("momento", "adam")}, final="none", seeds=1,
                    along={"optimizador": {"adam": {"optimizer": "adam", "learning_rate": 0.001}}})  # fmt: skip
    plain, adam = (named.job("selection", setting, 0).run.recipe for setting in named.settings)
    assert (plain.optimizer, plain.learning_rate) == ("sgd", 0.015) and (adam.optimizer, adam.learning_rate) == ("adam", 0.001)
    some = replace(TINY, axes={"examples": (50,), "hidden": ((4,),)})
    run = some.job("selection", some.settings[0], 0).run
    assert run.examples == 50 and run.model.hidden == (4,)
    assert train_missing(named, executor=Here()) == 2 and obtain(named).complete
    tuples = replace(some, name="TUPLES", final="none", seeds=1)
    assert train_missing(tuples, executor=Here()) == 1 and obtain(tuples).complete  # en JSON una tupla es una lista


@pytest.mark.parametrize("change, said", [({"axes": {"lambda": (1,)}}, "'lambda' no es de la receta"), ({"final": "all"}, "`final = 'all'`"),
                                          ({"per": "epochs"}, "`per = 'epochs'`")])  # fmt: skip
def test_a_bad_declaration_is_refused(change, said):
    with pytest.raises(ValueError, match=said):
        replace(TINY, **change)


def test_streams_are_joined_only_while_every_process_has_work():
    seeds = replace(TINY, axes={}, seeds=30, selection_seeds=0, final="every")
    jobs = seeds.jobs("final")
    assert [len(g) for g in plan(seeds, jobs, lanes=2)] == [8, 8, 8, 6] and len(plan(seeds, jobs)) == 30
    assert max(len(g) for g in plan(seeds, jobs[:4], lanes=2)) == 2 and len(plan(seeds, jobs, lanes=64)) == 30
    images = replace(seeds, model=CNNConfig())
    assert len(plan(images, images.jobs("final"), lanes=2)) == 30


@pytest.mark.fault
def test_measures_and_weights_are_those_of_the_trained_network(place, monkeypatch):
    monkeypatch.setenv("LABCODE_WEIGHTS", str(place / "weights"))
    kept = replace(TINY, name="KEPT", model=CNNConfig((2, 3), (8, 7)), final="chosen", keep=True, seeds=1,
                   measures=(Shift(2), Calibration(5), Mirror(), Sharpness(examples=50, steps=3)))  # fmt: skip
    assert read_weights("KEPT") is None
    train_missing(kept, executor=Here())
    findings = obtain(kept)
    (result,) = findings.of("final", **findings.chosen)
    assert result.measures["shift"][0] == pytest.approx(result.metrics["eval_accuracy"]) and len(result.measures["shift"]) == 3
    assert findings.measure("ece", **findings.chosen).shape == (1, 8) and findings.measure("tta", phase="selection", lam=0.0).shape == (1, 1)
    assert result.measures["sharpness"][0] >= 0.0
    saved = read_weights("KEPT")
    assert saved.card["seed"] == result.seed and saved.card["setting"] == result.setting and saved.mean.shape == (3, 1, 1)
    assert saved.card["provenance"] == result.provenance
    from labcode.experiments import runner

    data = runner._dataset()
    assert Network(saved.model, saved.mean, saved.std).accuracy(data.test_images, data.test_labels) == pytest.approx(result.metrics["eval_accuracy"])
    path = weights_path("KEPT")
    for _ in flips(path, cases(2_000, 20_000)):
        with pytest.raises(ResultError, match="sha256 no coincide"):
            read_weights("KEPT")
    path.unlink()
    with pytest.raises(ResultError, match="no se puede usar"):
        read_weights("KEPT")


def toy(n=200, seed=0):
    g = torch.Generator().manual_seed(seed)
    from types import SimpleNamespace

    images, labels = torch.randint(256, (n, 3, 32, 32), dtype=torch.uint8, generator=g), torch.randint(10, (n,), generator=g)
    return SimpleNamespace(train_images=images, train_labels=labels, eval_images=images, eval_labels=labels)


def test_shifts_move_and_repeat_the_border():
    image = torch.arange(9).view(1, 1, 3, 3)
    assert shift_images(image, 1, 0)[0, 0].tolist() == [[0, 1, 2], [0, 1, 2], [3, 4, 5]]
    assert shift_images(image, 0, -1)[0, 0].tolist() == [[1, 2, 2], [4, 5, 5], [7, 8, 8]]
    assert torch.equal(shift_images(image, 0, 0), image)


def test_calibration_of_a_known_network():
    class Sure(torch.nn.Module):
        def forward(self, x):
            return torch.log(torch.tensor([0.82] + [0.02] * 9)).expand(len(x), 10)

    data = toy(500)
    zero = torch.zeros(3, 1, 1)
    found = Calibration(10)(Network(Sure(), zero, zero + 1), data)
    at = found["temperatures"].index(1.0)
    hits = 100.0 * (data.eval_labels == 0).double().mean().item()
    assert found["ece"][at] == pytest.approx(82.0 - hits, abs=1e-3)
    assert found["bin_counts"][at * 10 + 8] == 500 and found["bin_confidence"][at * 10 + 8] == pytest.approx(0.82)
    assert found["nll"][at] == pytest.approx(-(hits / 100 * torch.tensor(0.82).log() + (1 - hits / 100) * torch.tensor(0.02).log()).item(), abs=1e-4)


def test_sharpness_grows_with_the_box_and_with_scale():
    data, zero = toy(), torch.zeros(3, 1, 1)
    model = build(MLPConfig(hidden=(16,)), 0)
    values = [Sharpness(epsilon, 10, 100)(Network(model, zero + 120, zero + 60), data)["sharpness"][0] for epsilon in (1e-4, 1e-3, 1e-2)]
    assert 0.0 < values[0] < values[1] < values[2]


def test_every_experiment_of_the_catalog_is_well_declared():
    names = [e.name for e in catalog.EXPERIMENTS]
    assert len(set(names)) == len(names) and all(getattr(catalog, name) is e for name, e in zip(names, catalog.EXPERIMENTS))
    for experiment in catalog.EXPERIMENTS:
        assert experiment.question.startswith("¿") and Findings(experiment).declared > 0
        paths = [job.path for phase in ("selection", "final") for job in experiment.jobs(phase)]
        assert len(set(paths)) == len(paths)
        assert isinstance(experiment, Experiment) and isinstance(experiment.recipe, Recipe)


@pytest.mark.parametrize("experiment", catalog.EXPERIMENTS, ids=lambda e: e.name)
def test_a_tiny_sibling_of_every_experiment_runs(experiment, place, monkeypatch):
    """El mismo experimento, con redes y épocas mínimas, pasa entero por las dos fases."""
    monkeypatch.setenv("LABCODE_WEIGHTS", str(place / "weights"))
    small = {"MLPConfig": {"hidden": (6,)}, "CNNConfig": {"channels": (2, 2), "hidden": (6, 6)},
             "VGGConfig": {"blocks": ((4,), (4,)), "hidden": (6,)}, "FastConfig": {"widths": (5, 6)}}[type(experiment.model).__name__]  # fmt: skip
    axes = {name: ((values[0], values[-1]) if name not in ("examples", "epochs", "hidden") else {"examples": (50, 90), "epochs": (1, 2), "hidden": ((3,), (5,))}[name])
            for name, values in experiment.axes.items()}  # fmt: skip
    along = {axis: {value: {k: v for k, v in extra.items() if k != "epochs"} for value, extra in own.items() if value in axes[axis]} for axis, own in experiment.along.items()}
    tiny = replace(experiment, name="TINY_SIBLING", model=replace(experiment.model, **small), recipe=replace(experiment.recipe, epochs=1),
                   axes=axes, along=along, seeds=1, selection_seeds=min(1, experiment.phase_seeds("selection").stop))  # fmt: skip
    trained = train_missing(tiny, executor=Here())
    findings = obtain(tiny)
    assert trained == findings.declared and findings.complete


def test_a_score_is_written_with_its_interval_or_with_its_few_values():
    assert Score((50.0, 51.0, 52.0)).written(1) == text.interval(51.0, Score((50.0, 51.0, 52.0)).ci95, 1)
    assert Score((91.1, 91.104)).written() == "91.10 y 91.10\u202f%"  # «91.10 ± 0.00» diría que se sabe
    assert Score((83.24,)).written(1) == "83.2\u202f%"


FINAL_SEEDS = {"MLP": 30, "L2_MLP": 10, "DROPOUT": 5, "EARLY_STOPPING": 5, "BATCH_EPOCHS": 10, "BATCH_STEPS": 10, "BATCH_L2": 10, "CNN": 10,
               "VGG": 5, "VGG_BN": 5, "AUGMENTATION": 5, "SUMMIT": 5, "FAST": 5}  # fmt: skip


def test_nothing_is_said_of_fewer_networks_than_were_promised():
    for experiment in catalog.EXPERIMENTS:
        wanted = FINAL_SEEDS.get(experiment.name, 3)
        assert len(experiment.phase_seeds("final" if experiment.final != "none" else "selection")) == wanted, experiment.name
    each = [e.name for e in catalog.EXPERIMENTS if e.per == "batch_size"]  # cada lote, con la tasa que le conviene
    assert each == ["BATCH_EPOCHS", "BATCH_STEPS", "BATCH_L2"]
    for network in (catalog.MLP, catalog.CNN, catalog.VGG, catalog.VGG_BN):  # se comparan en los capítulos 8 y 13
        assert {type(measure) for measure in network.measures} == {Shift, Calibration}
