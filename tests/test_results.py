"""Lo que queda escrito de cada corrida, de dónde se dice que viene, y cómo se lee después."""

import re
import shutil
import subprocess
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from fault_helpers import cases, flips
from test_experiments import ROOT, TINY, Here, place  # noqa: F401 - `place` es una fixture

from labcode import catalog, results
from labcode.experiments import Findings, obtain, runner, status_rows, summarize, train_missing
from labcode.experiments.planning import checkpoint_path, clean_finished
from labcode.measures import Calibration, Shift
from labcode.models import MLPConfig, build
from labcode.results import Result, ResultError, code_hash, read_result, result_path, write_result
from labcode.training import Placement
from labcode.weights import read_weights, weights_path


def test_each_phase_learns_and_is_measured_with_its_own_images(place, monkeypatch):
    real, seen = runner.train, []
    monkeypatch.setattr(runner, "train", lambda runs, part, **options: seen.append(part) or real(runs, part, **options))
    train_missing(replace(TINY, axes={}, seeds=1), executor=Here())
    selection, final = seen
    data = runner._dataset()
    assert len(selection.train_labels) == 270 and len(selection.eval_labels) == 30
    # Las de validación son de entrenamiento, y ninguna es de prueba.
    assert not {image.numpy().tobytes() for image in selection.eval_images} & {image.numpy().tobytes() for image in data.test_images}
    assert torch.equal(final.train_images, data.train_images) and torch.equal(final.eval_images, data.test_images)


def test_only_what_decides_the_numbers_changes_the_hash_of_the_code(tmp_path, monkeypatch):
    copy = tmp_path / "labcode"
    shutil.copytree(ROOT / "labcode", copy, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(results, "PACKAGE", copy)
    before = code_hash()
    for name in ("models.py", "regularization.py", "augmentation.py", "training/loop.py", "training/feed.py", "measures.py", "data/splits.py"):
        text = (copy / name).read_text()
        (copy / name).write_text("# Un comentario.\n" + text.replace('"""', '"""Otra frase. ', 1))
        assert code_hash() == before, name
        (copy / name).write_text(text + "\nX = 1\n")
        assert code_hash() != before, name
        (copy / name).write_text(text)


def test_a_result_tells_the_code_that_trained_it_and_not_the_one_edited_meanwhile(place, tmp_path, monkeypatch):
    copy = tmp_path / "labcode"
    shutil.copytree(ROOT / "labcode", copy, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(results, "PACKAGE", copy)
    before, real = code_hash(), runner.train

    def edited(*args, **options):
        (copy / "models.py").write_text("X = 1\n")
        return real(*args, **options)

    monkeypatch.setattr(runner, "train", edited)
    results.running_code.cache_clear()
    try:
        train_missing(replace(TINY, axes={}, seeds=1), executor=Here())
        assert {one.provenance["code"] for one in Findings(replace(TINY, axes={}, seeds=1)).results} == {before} != {code_hash()}
    finally:
        results.running_code.cache_clear()  # la copia no es lo que corre


def test_a_commit_with_changes_says_so(tmp_path, monkeypatch):
    (tmp_path / "labcode").mkdir()
    monkeypatch.setattr(results, "PACKAGE", tmp_path / "labcode")
    git = ["git", "-C", str(tmp_path), "-c", "user.name=n", "-c", "user.email=n@n"]
    (tmp_path / "a").write_text("1")
    for order in (["init", "-q"], ["add", "a"], ["commit", "-qm", "uno"]):
        subprocess.run([*git, *order], check=True)
    assert results._commit().isalnum()
    (tmp_path / "a").write_text("2")
    assert results._commit().endswith("-dirty")
    inside = tmp_path / "site-packages" / "labcode"  # instalado dentro de otro repositorio: ese commit no es el suyo
    inside.mkdir(parents=True)
    monkeypatch.setattr(results, "PACKAGE", inside)
    assert results._commit() == "desconocido"


def test_the_time_of_a_group_is_that_of_its_runs_together(place, monkeypatch):
    real = runner.train
    monkeypatch.setattr(runner, "train", lambda *args, **options: [replace(one, seconds=1.5) for one in real(*args, **options)])
    train_missing(replace(TINY, final="none"), executor=Here())
    for result in Findings(replace(TINY, final="none")).results:
        assert (result.provenance["group_seconds"], result.provenance["seconds"]) == (4.5, 1.5)
    assert status_rows((replace(TINY, final="none"),))[0].seconds == pytest.approx(9.0)
    placed = Placement("cpu", "bfloat16", 3, False, False, False)
    origin = results.provenance("", placed, ["-"], 0.0)
    assert (origin["threads"], origin["precision"]) == (3, "bfloat16")


def test_the_histogram_counts_every_weight_and_no_bias():
    model = build(MLPConfig(hidden=(6,)), 0)
    with torch.no_grad():
        model[1].weight.mul_(1000)  # casi todos, fuera de ±0.5: van a las casillas de los extremos
    trained = SimpleNamespace(model=model, history={}, metrics={}, diverged=None)
    counts = runner._result(TINY.jobs("selection")[0], trained, {}, {}).weights["counts"]
    assert sum(counts) == 3072 * 6 + 6 * 10 and counts[0] + counts[-1] > 3072 * 3


def test_a_network_that_diverged_is_not_measured(place):
    measured = (Shift(1), Calibration())
    broken = replace(TINY, name="BROKEN", axes={}, seeds=1, final="none", measures=measured,
                     recipe=replace(TINY.recipe, learning_rate=10.0, lam=10.0, warmup=0.0, epochs=3))  # fmt: skip
    train_missing(broken, executor=Here())
    (result,) = Findings(broken).results
    assert result.diverged and result.measures == {} and np.isnan(result.metrics["train_loss"])


def test_a_setting_that_diverged_is_never_chosen_and_is_told(place, capsys):
    hot = replace(TINY.recipe, learning_rate=10.0, warmup=0.0, epochs=3)
    wild = replace(TINY, name="WILD", axes={"lam": (10.0, 0.0)}, along={"lam": {0.0: {"learning_rate": 0.001}}}, seeds=1, recipe=hot)
    train_missing(wild, executor=Here())
    findings = Findings(wild)
    assert findings.chosen == {"lam": 0.0} and findings.score("val_accuracy", lam=10.0).written() == "divergió"
    said = capsys.readouterr().out
    assert re.search("WILD, selection/lam-10_seed-0: divergió en la época [123], con tasa 10 y λ = 10", said) and "lam-0_" not in said


def test_what_a_result_lacks_is_trained_and_nothing_else(place, monkeypatch):
    monkeypatch.setenv("LABCODE_WEIGHTS", str(place / "weights"))
    old = replace(TINY, name="LACKS", axes={}, final="every", measures=(Shift(1),))
    assert train_missing(old, executor=Here()) == 4
    asked = replace(old, measures=(Shift(1), Calibration()))
    findings = Findings(asked)
    assert not findings.complete and len(findings.partial) == 4 and findings.score("test_accuracy").seeds == 2
    assert "A 4 de 4 corridas de `LACKS` les falta algo por medir" in findings.notice().data
    (row,) = status_rows((asked,))
    assert (row.finished, row.missing, row.partial, row.lack) == (4, 0, 4, "a 4 de 4 corridas les falta algo por medir")
    path = result_path("LACKS", "selection", {}, 0)
    path.unlink()
    assert "Faltan 1 de 4 corridas de `LACKS`, y a otras 3 les falta algo por medir" in Findings(asked).notice().data
    assert train_missing(asked, executor=Here()) == 4 and Findings(asked).complete and Findings(asked).measure("ece").shape == (2, 8)
    kept = replace(asked, keep=True)
    assert train_missing(kept, executor=Here()) == 1 and read_weights("LACKS") is not None and train_missing(kept, executor=Here()) == 0


def test_a_value_with_many_digits_is_found_again(place):
    exact = replace(TINY, name="EXACT", axes={"lam": (1 / 3,)}, recipe=replace(TINY.recipe, warmup=1 / 7), seeds=1)
    assert train_missing(exact, executor=Here()) == 2 and Findings(exact).complete and train_missing(exact, executor=Here()) == 0


def test_a_measure_is_read_in_its_own_phase(place):
    train_missing(TINY, executor=Here())
    findings = Findings(TINY)
    assert findings.score("test_loss", lam=0.0).which == (2, 3) and findings.score("val_loss", lam=0.0).which == (0, 1)
    assert findings.curves("test_accuracy", lam=0.0).tolist() == [[x] for x in findings.score("test_accuracy", lam=0.0).values]
    for metric, phase in (("val_accuracy", "final"), ("test_accuracy", "selection"), ("val_acuracy", None), ("train_loss", "otra")):
        with pytest.raises(ValueError, match="no es válido: debe ser"):
            findings.score(metric, phase=phase, lam=0.0)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"axes": {"lam": (0.0,), "seed": (0, 1)}}, "el eje 'seed' no es"),
        ({"axes": {"cual": ("a",)}, "along": {"cual": {"a": {"optimzer": "adam"}}}}, "en `along`, 'optimzer' no es"),
        ({"axes": {"cual": ("a",)}, "along": {"cual": {"A": {"optimizer": "adam"}}}}, "en `along`, 'A' no es un valor"),
    ],
)
def test_a_slip_in_the_declaration_is_refused(change, said):
    with pytest.raises(ValueError, match=re.escape(said)):
        replace(TINY, **change)


def test_a_result_of_another_experiment_or_phase_is_refused(place):
    one = replace(TINY, axes={}, seeds=1)
    train_missing(one, executor=Here())
    other = replace(one, name="OTHER")
    shutil.copytree(place / "results" / "tiny", place / "results" / "other")
    with pytest.raises(ResultError, match="otra configuración"):
        obtain(other)


def test_the_first_final_network_is_the_one_kept(place, monkeypatch):
    monkeypatch.setenv("LABCODE_WEIGHTS", str(place / "weights"))
    train_missing(replace(TINY, name="KEPT2", axes={}, keep=True), executor=Here())
    saved = read_weights("KEPT2")
    assert saved.card["seed"] == 2 and not saved.model.training


def test_what_the_lecture_measured():
    told = {e.name: (e.lecture, e.lecture_setting) for e in catalog.EXPERIMENTS if e.lecture is not None}
    assert told["AUGMENTATION"] == (90.92, {"aumento": "reflejo+borrado"}) and told["L2_MLP"] == (55.76, {"lam": 0.001})
    assert told["BIG_MLP"] == (52.0, None) and told["BATCH_EPOCHS"] == (56.57, {"batch_size": 64})


def test_validation_training_and_test_disagree_and_each_is_asked_its_own(place):
    train_missing(TINY, executor=Here())
    findings = Findings(TINY)
    # Por λ: validación, entrenamiento y prueba; cada una prefiere otro.
    told = {0.0: (50.0, 99.0, 55.0), 0.01: (60.0, 70.0, 50.0), 1.0: (40.0, 60.0, 65.0)}
    for lam, (validation, training, test) in told.items():
        for result in findings.of("selection", lam=lam):
            result.metrics.update(eval_accuracy=validation, train_accuracy=training)
        for result in findings.of("final", lam=lam):
            result.metrics.update(eval_accuracy=test, train_accuracy=training)
    assert findings.chosen == {"lam": 0.01} and findings.best_on_test.setting == {"lam": 1.0}
    assert findings.best_on_test.mean == 65.0 and findings.score("val_accuracy", lam=0.01).mean == 60.0


def test_numbers_keep_seven_digits_and_what_is_not_finite(place):
    told = [1.2345678, 1e-9, float("inf"), -float("inf"), float("nan")]
    path = write_result(Result("X", "final", {}, 0, {}, {"train_loss": told}, {}, {}, None, {}))
    assert read_result(path).history["train_loss"] == pytest.approx([1.234568, *told[1:]], rel=1e-9, nan_ok=True)


def test_a_result_that_is_there_is_not_written_again(place):
    group = TINY.jobs("selection")[:3]
    runner.train_group(group, "cpu")
    kept = checkpoint_path(group).read_bytes()
    train_missing(TINY, executor=Here())
    checkpoint_path(group).write_bytes(kept)  # del grupo queda un resultado por escribir; los otros dos, como estaban
    group[1].path.unlink()
    before = [group[i].path.stat().st_ino for i in (0, 2)]
    assert train_missing(TINY, executor=Here()) == 1
    assert group[1].path.exists() and [group[i].path.stat().st_ino for i in (0, 2)] == before


def test_a_checkpoint_is_cleaned_only_when_all_its_runs_are_written(place):
    group = TINY.jobs("selection")[:3]
    runner.train_group(group, "cpu")
    clean_finished(TINY, [job.config for job in group[:2]])
    assert checkpoint_path(group).exists()
    clean_finished(TINY, [job.config for job in group])
    assert not checkpoint_path(group).exists()


def test_the_summary_tells_validation_and_test_apart(place):
    three = replace(TINY, name="THREE", axes={"lam": (0.0,)}, seeds=3)
    train_missing(three, executor=Here())
    findings, row = Findings(three), summarize(three)
    for name, metric in (("val", "val_accuracy"), ("test", "test_accuracy")):
        score = findings.score(metric, lam=0.0)
        assert (row[f"{name}_mean"], row[f"{name}_ci95"]) == (round(score.mean, 4), round(score.ci95, 4))


def test_settings_that_differ_a_little_do_not_share_a_file():
    paths = [result_path("X", "final", {"lam": lam}, 0).name for lam in (0.001, 0.0010000001)]
    assert paths == ["lam-0.001_seed-0.json", "lam-0.0010000001_seed-0.json"]


@pytest.mark.fault
def test_the_card_of_some_weights_is_sealed_and_of_its_own_experiment(place, monkeypatch):
    monkeypatch.setenv("LABCODE_WEIGHTS", str(place / "weights"))
    train_missing(replace(TINY, name="SEALED", axes={}, keep=True), executor=Here())
    card = weights_path("SEALED").with_suffix(".json")
    known = read_weights("SEALED").card
    for _ in flips(card, cases(2_000, 20_000)):
        try:
            assert read_weights("SEALED").card == known  # solo si el bit cambió un espacio entre campos
        except ResultError:
            continue
    for suffix in (".json", ".safetensors"):
        shutil.copy(card.with_suffix(suffix), weights_path("OTHER").with_suffix(suffix))
    with pytest.raises(ResultError, match="es la red de SEALED"):
        read_weights("OTHER")
