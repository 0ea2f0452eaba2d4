"""Experimentos y resultados: nada se pierde, nada falso pasa, y se entrena solo lo que falta."""

import ast
import errno
import json
import math
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import Executor, Future
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from filelock import FileLock

from fault_helpers import cases, flips
from labcode import catalog, results
from labcode.augmentation import HorizontalFlip, RandomErasing
from labcode.data import figuras
from labcode.experiments import Experiment, Findings, Score, TrainingError, obtain, progress, runner, status_rows, train_missing
from labcode.experiments.failures import explain
from labcode.experiments.planning import checkpoint_folder, checkpoint_path, plan
from labcode.experiments.pool import local_pool, process_count, threads_each
from labcode.files import write_atomic
from labcode.models import MLPConfig
from labcode.results import Code, ResultError, code_hash, read_result, result_path
from labcode.training import Recipe, checkpoints, loop
from labcode.training import progress as training_progress
from labcode.training.checkpoints import load_info
from labcode.weights import weights_dir
from process_helpers import nursery, wait_for

ROOT = Path(__file__).parent.parent
TINY = Experiment(
    name="TINY", question="¿Anda?", chapter="05_l2", model=MLPConfig(hidden=(6,)),
    recipe=Recipe(batch_size=50, epochs=2), axes={"lam": (0.0, 0.01, 1.0)}, seeds=2, lecture=10.0, final="every",
)  # fmt: skip


class Here(Executor):
    """Un ejecutor que hace el trabajo en este mismo proceso, en el orden en que llega."""

    def submit(self, fn, /, *args, **kwargs):
        future = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except BaseException as error:  # noqa: BLE001 - se entrega tal cual a quien lo espera
            future.set_exception(error)
        return future


@pytest.fixture
def place(tmp_path, monkeypatch):
    """Resultados y caché en una carpeta propia, y `figuras` en lugar de CIFAR-10."""
    monkeypatch.setenv("LABCODE_RESULTS", str(tmp_path / "results"))
    monkeypatch.setenv("LABCODE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(runner, "load_cifar10", lambda: figuras(n_train=300, n_test=100, seed=0))
    runner._dataset.cache_clear()
    yield tmp_path
    runner._dataset.cache_clear()


def files(place):
    return {p.relative_to(place / "results").as_posix(): p.read_bytes() for p in (place / "results").rglob("*.json")}


def numbers(path):
    result = read_result(path)
    return result.history, result.metrics, result.weights


def test_trains_everything_once_and_then_nothing(place):
    assert train_missing(TINY, executor=Here()) == 12
    before = files(place)
    assert len(before) == 12 == TINY.seeds * 3 * 2
    assert train_missing(TINY, executor=Here()) == 0 and files(place) == before
    findings = obtain(TINY)
    assert findings.complete and not findings.missing and f"corridas de `{findings.experiment.name}` están medidas" in findings.notice().data
    assert not list((place / "cache").rglob("*.ckpt"))


def test_selection_never_sees_the_test_set_and_final_seeds_are_new(place):
    train_missing(TINY, executor=Here())
    findings = Findings(TINY)
    for setting in TINY.settings:
        assert {r.seed for r in findings.of("selection", **setting)} == {0, 1}
        assert {r.seed for r in findings.of("final", **setting)} == {2, 3}
        assert all(len(r.history["eval_accuracy"]) == 2 for r in findings.of("selection", **setting))
        assert all(len(r.history["eval_accuracy"]) == 1 for r in findings.of("final", **setting))


def test_deleting_one_result_trains_only_that_one_and_the_page_says_so(place):
    train_missing(TINY, executor=Here())
    victim = result_path("TINY", "selection", {"lam": 0.01}, 1)
    victim.unlink()
    before = files(place)
    findings = obtain(TINY)
    assert not findings.complete and "python -m labcode train TINY" in findings.notice().data and "1 de 12" in findings.notice().data
    assert train_missing(TINY, executor=Here()) == 1
    after = files(place)
    assert {k: after[k] for k in before} == before and len(after) == 12


def test_without_every_setting_only_the_chosen_is_tested(place):
    modest = replace(TINY, name="MODEST", final="chosen")
    assert train_missing(modest, executor=Here()) == 6 + 2
    findings = obtain(modest)
    assert findings.complete and findings.best_on_test.setting == findings.chosen
    for setting in modest.settings:
        assert findings.score("test_accuracy", **setting).seeds == (2 if setting == findings.chosen else 0)


def test_one_setting_needs_no_selection_and_a_single_seed_is_enough_to_begin(place):
    single = replace(TINY, name="SINGLE", axes={}, final="chosen")
    assert train_missing(single, executor=Here(), seeds=1) == 2
    assert sorted(files(place)) == ["single/final/seed-2.json", "single/selection/seed-0.json"]
    findings = obtain(single)
    assert not findings.complete and findings.chosen == {} and findings.score("test_accuracy").seeds == 1
    assert train_missing(single, executor=Here(), seeds=1) == 0 and train_missing(single, executor=Here()) == 2
    shutil.rmtree(place / "results" / "single" / "selection")
    assert obtain(single).chosen == {} and not obtain(single).complete
    shutil.rmtree(place / "results" / "single")
    assert obtain(single).chosen is None


def test_with_few_seeds_nothing_is_tested_until_the_choice_is_whole(place):
    modest = replace(TINY, name="MODEST", final="chosen")
    assert train_missing(modest, executor=Here(), seeds=1) == 3
    assert all(result.phase == "selection" and result.seed == 0 for result in Findings(modest).results)
    assert train_missing(modest, executor=Here()) == 3 + 2


def test_retraining_a_group_gives_the_same_bits(place):
    train_missing(TINY, executor=Here())
    paths = sorted((place / "results").rglob("*seed-0.json"))
    first = [numbers(p) for p in paths]
    for path in paths:
        path.unlink()
    train_missing(TINY, executor=Here())
    assert [numbers(p) for p in paths] == first


def test_a_result_edited_by_hand_is_refused(place):
    train_missing(TINY, executor=Here())
    path = result_path("TINY", "final", {"lam": 0.0}, 2)
    body = json.loads(path.read_text())
    body["metrics"]["eval_accuracy"] = 99.0
    path.write_text(json.dumps(body))
    with pytest.raises(ResultError, match="alterado.*python -m labcode train TINY"):
        obtain(TINY)


@pytest.mark.fault
def test_every_flipped_byte_is_refused(place):
    train_missing(replace(TINY, axes={}, seeds=1), executor=Here())
    path = result_path("TINY", "final", {}, 1)
    good = json.loads(path.read_bytes())
    for bad in flips(path, cases(2_000, 20_000)):
        try:
            read_result(path)
        except ResultError:
            continue
        assert json.loads(bad) == good  # solo pasa si el bit cambió un espacio entre campos


def test_a_changed_declaration_is_an_error_and_status_counts_it_as_stale(place):
    train_missing(TINY, executor=Here())
    changed = replace(TINY, recipe=replace(TINY.recipe, learning_rate=0.02))
    with pytest.raises(ResultError, match="otra configuración.*python -m labcode train TINY"):
        obtain(changed)
    (row,) = status_rows((changed,))
    assert (row.stale, row.finished, row.missing) == (12, 0, 12)
    assert train_missing(changed, executor=Here()) == 12 and obtain(changed).complete


def test_status_tells_when_only_the_training_code_changed(place, monkeypatch):
    train_missing(TINY, executor=Here())
    monkeypatch.setattr(sys.modules["labcode.experiments.obtain"], "running_code", lambda: Code("abc", "otro"))
    (row,) = status_rows((TINY,))
    assert (row.stale, row.finished, row.code_changed) == (0, 12, 12)


def test_provenance_is_whole(place):
    train_missing(TINY, executor=Here())
    origin = read_result(result_path("TINY", "final", {"lam": 0.0}, 2)).provenance
    assert origin["code"] == code_hash() and len(origin["data"]) == 64 and origin["device"] == "cpu"
    assert origin["group"] == ["lam-0_seed-2", "lam-0.01_seed-2", "lam-1_seed-2"] and origin["seconds"] > 0
    assert origin.keys() >= {"commit", "torch", "hardware", "threads", "date"}


def test_the_code_is_written_the_same_in_every_python():
    written = (
        "Module(body=[FunctionDef(name='f', args=arguments(posonlyargs=[], args=[arg(arg='x')], kwonlyargs=[], kw_defaults=[], defaults=[]), "
        "body=[Return(value=BinOp(left=Name(id='x', ctx=Load()), op=Add(), right=Constant(value=1)))], decorator_list=[], type_params=[])], type_ignores=[])"
    )
    assert results._dump(ast.parse("def f(x): return x + 1")) == written


def test_choice_is_by_validation_and_best_on_test_is_apart(place):
    train_missing(TINY, executor=Here())
    findings = Findings(TINY)
    means = {s["lam"]: findings.score("val_accuracy", **s).mean for s in TINY.settings}
    tests = {s["lam"]: findings.score("test_accuracy", **s).mean for s in TINY.settings}
    assert findings.chosen["lam"] == max(means, key=means.get)
    assert findings.best_on_test.setting["lam"] == max(tests, key=tests.get)
    with pytest.raises(ValueError, match="no declara el ajuste"):
        findings.score("val_accuracy", lam=0.5)


def test_interval_is_student_t():
    assert Score((50.0, 51.0, 52.0, 53.0, 54.0)).ci95 == pytest.approx(1.9633, abs=1e-3)  # 2.7764 · 1.5811 / √5
    assert Score((50.0, 51.0, 52.0, 53.0, 54.0)).mean == 52.0 and np.isnan(Score((1.0,)).ci95)
    assert np.isnan(Score((91.1, 91.1)).ci95) and Score((1.0, 2.0, 4.0)).ci95 > 0


def test_two_scores_are_subtracted_seed_by_seed():
    better, other = Score((54.9, 54.2, 55.1)), Score((54.5, 53.9, 54.6))
    assert better.minus(other).values == pytest.approx((0.4, 0.3, 0.5))
    # Los intervalos de las dos se tocan, y el de la diferencia no llega al cero: aquí decide la diferencia.
    assert better.mean - better.ci95 < other.mean + other.ci95 and better.minus(other).mean > better.minus(other).ci95
    assert better.minus(Score((54.5,))).seeds == 0
    assert Score((54.9, 54.2), (5, 6)).minus(Score((54.5, 53.9), (5, 7))).seeds == 0  # tantas, pero otras


SWEEP = replace(TINY, name="SWEPT", keep=True, recipe=replace(TINY.recipe, batch_size=10, epochs=12, dropout=0.2, augmentations=(HorizontalFlip(), RandomErasing())))


def sweep(folder):
    """Entrena un barrido en el que se sortea de todo, y anota cada época que guarda."""

    def save(path, tensors, info):
        real(path, tensors, info)
        with open(folder / "diario", "a", encoding="utf-8") as diary:
            diary.write(f"{path.name} {info['epoch']}\n")

    real, data = checkpoints.save_checkpoint, figuras(n_train=100, n_test=50, seed=0)
    checkpoints.save_checkpoint, loop.FREE = save, math.inf  # que guarde todas, tarde lo que tarde
    runner.load_cifar10 = lambda: data
    train_missing(SWEEP, executor=Here())


@pytest.mark.fault
def test_kill_9_in_a_sweep_and_again_gives_the_same_results(tmp_path):
    generator, kills, rounds = np.random.default_rng(7), 0, cases(1, 50)

    def lines(folder):
        return (folder / "diario").read_text(encoding="utf-8").splitlines() if (folder / "diario").exists() else []

    def left(folder):
        assert not list((folder / "cache").rglob("*.ckpt"))
        assert len(lines(folder)) == len(set(lines(folder)))  # a lo más se pierde la época que no se llegó a guardar
        found = {p.relative_to(folder): numbers(p) for p in sorted((folder / "results").rglob("*.json"))}
        assert len(found) == 12
        return found, (folder / "weights" / "swept.safetensors").read_bytes()

    def kill(folder):
        goal = min(len(lines(folder)) + generator.integers(1, 4), len(lines(tmp_path / "whole")))

        def until(_):
            wait_for(lambda: len(lines(folder)) >= goal, every=0.002)
            time.sleep(generator.uniform(0.0, 0.02))

        return live(folder, until) == -signal.SIGKILL

    with nursery(sweep, "torch._dynamo") as live:
        for name in ["whole", *range(rounds)]:
            folder = tmp_path / str(name)
            folder.mkdir()
            kills += sum(kill(folder) for _ in range(10 * (name != "whole")))
            assert live(folder) == 0 and left(folder) == left(tmp_path / "whole")
    assert kills >= 8 * rounds  # con la máquina muy ocupada, alguna vez termina antes


def test_write_atomic_keeps_the_old_file_when_it_cannot_write(tmp_path):
    path = tmp_path / "a.json"
    write_atomic(path, b"viejo")
    script = (
        "import resource,sys;from pathlib import Path;from labcode.files import write_atomic;"
        "resource.setrlimit(resource.RLIMIT_FSIZE,(10,10));import signal;signal.signal(signal.SIGXFSZ,signal.SIG_IGN);"
        "write_atomic(Path(sys.argv[1]),b'x'*1000)"
    )
    done = subprocess.run([sys.executable, "-c", script, str(path)], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode != 0 and f"{path} (no queda espacio en el disco); lo que había sigue intacto" in done.stderr
    assert path.read_bytes() == b"viejo" and os.listdir(tmp_path) == ["a.json"]


def test_the_catalog_is_what_the_lecture_says():
    assert catalog.L2_MLP.model == MLPConfig(hidden=(120, 84)) and catalog.L2_MLP.lecture == 55.76
    lams = catalog.L2_MLP.axes["lam"]
    assert len(lams) == 8 and lams[0] == 0.0 and lams[-1] == 0.1 and 0.001 in lams and catalog.L2_MLP.seeds == 10
    assert obtain(catalog.PARAMETERS) == {"MLP": 379_774, "CNN": 61_482, "VGG-11": 9_750_922}
    assert list(obtain(catalog.CONNECTIONS).values()) == [14_455_392, 357_504, 456]
    with pytest.raises(ValueError, match="`entrenar = 'sí'`"):
        obtain(catalog.L2_MLP, entrenar="sí")


def test_nobody_looking_means_quiet_lines(place, capsys):
    train_missing(TINY, executor=Here())
    said = capsys.readouterr()
    assert said.out.splitlines()[:2] == ["TINY: 1 de 2 grupos; falta 0 s", "TINY: 2 de 2 grupos"]
    assert said.err == "" and "\r" not in said.out and len(said.out.splitlines()) == 4


def test_somebody_looking_gets_one_bar_a_phase_counted_in_epochs(place, capsys):
    train_missing(TINY, executor=Here(), progress=True)
    said = capsys.readouterr()
    assert said.out == "" and "TINY, selección: 100%" in said.err and "TINY, fase final: 100%" in said.err
    assert f"{TINY.recipe.epochs * 6}/{TINY.recipe.epochs * 6}" in said.err


def test_time_left_counts_examples_and_steps_not_just_epochs(place, monkeypatch, capsys):
    """Con lotes de 1 una época son muchos más pasos: a mitad de las épocas falta mucho menos que la mitad del tiempo."""
    small, large = (replace(TINY, recipe=replace(TINY.recipe, batch_size=size)).jobs("selection")[:3] for size in (1, 64))
    futures = {Future(): small, Future(): large}
    clock = iter((0.0, 66.0, 67.0))
    monkeypatch.setattr(progress.time, "monotonic", lambda: next(clock))
    monkeypatch.setattr(progress, "as_completed", lambda futures: (future for future in futures if not future.set_result(None)))
    list(progress.as_they_finish(futures, show_bar=False))
    assert capsys.readouterr().out.splitlines()[0].endswith("falta 2 s")  # 65 contra 2 por imagen: 66 · 2/65


@pytest.mark.parametrize(
    "kernel, terminal, ci, bar",
    [(None, True, "", True), (None, False, "", False), (None, True, "true", False), (True, False, "", True), (False, True, "", False)],
)
def test_a_bar_only_when_somebody_looks(monkeypatch, kernel, terminal, ci, bar):
    """Terminal o cuaderno abierto, sí; papermill (un núcleo al que nadie contesta), CI o un archivo, no."""
    shell = None if kernel is None else SimpleNamespace(kernel=SimpleNamespace(_allow_stdin=kernel))
    monkeypatch.setattr(training_progress, "get_ipython", lambda: shell)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: terminal, raising=False)
    monkeypatch.setenv("CI", ci)
    assert training_progress.wants_bar() is bar


def test_the_bar_reads_how_far_a_checkpoint_is_and_never_trips(place):
    group = TINY.jobs("selection")[:3]
    path = checkpoint_path(group)
    assert progress.epochs_done(path) == 0
    runner.train_group(group, "cpu")
    good = path.read_bytes()
    assert progress.epochs_done(path) == 2 == load_info(path)["epoch"]
    for bad in (b"", good[:40], good[:90], good[:200], b"\0" * 300, good[:65] + b"\xff" * 8 + good[73:]):
        path.write_bytes(bad)
        assert progress.epochs_done(path) == 0


def test_a_leftover_checkpoint_of_finished_runs_is_cleaned(place):
    group = TINY.jobs("selection")[:3]
    runner.train_group(group, "cpu")
    kept = checkpoint_path(group).read_bytes()
    train_missing(TINY, executor=Here())
    checkpoint_path(group).write_bytes(kept)  # quien escribió los resultados murió antes de borrarlo
    assert train_missing(TINY, executor=Here()) == 0 and not checkpoint_path(group).exists()


def test_a_group_that_fails_does_not_take_the_others_with_it(place, monkeypatch):
    real = runner.train

    def failing(runs, *args, **options):
        if runs[0].seed == 0:
            raise MemoryError("no cabe")
        return real(runs, *args, **options)

    monkeypatch.setattr(runner, "train", failing)
    with pytest.raises(TrainingError, match=r"1 de 2 grupos no terminaron(.|\n)*selection/lam-0_seed-0…lam-1_seed-0: MemoryError: no cabe"):
        train_missing(TINY, executor=Here())
    assert len(files(place)) == 3
    monkeypatch.setattr(runner, "train", real)
    assert train_missing(TINY, executor=Here()) == 9


def test_a_result_that_does_not_fit_on_the_disk_waits_in_its_checkpoint(place, monkeypatch):
    def write(result):
        if result.seed == 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        return results.write_result(result)

    monkeypatch.setattr(runner, "write_result", write)
    with pytest.raises(TrainingError, match=r"1 de 2 grupos no terminaron(.|\n)*python -m labcode train TINY"):
        train_missing(TINY, executor=Here())
    assert len(files(place)) == 3 and len(list(checkpoint_folder("TINY").glob("*.ckpt"))) == 1
    monkeypatch.setattr(runner, "write_result", results.write_result)
    assert train_missing(TINY, executor=Here()) == 9


def test_who_waits_for_another_process_says_so(place, capsys):
    lock = checkpoint_folder("TINY") / "lock"
    lock.parent.mkdir(parents=True)
    taken, finished = threading.Event(), threading.Event()

    def train_too():
        with FileLock(lock):
            taken.set()
            time.sleep(0.5)
            finished.set()

    threading.Thread(target=train_too).start()
    assert taken.wait(10) and train_missing(TINY, executor=Here(), progress=False) == 12
    assert finished.is_set() and capsys.readouterr().out.startswith("TINY: otro proceso lo entrena")


@pytest.mark.parametrize("variable", ["LABCODE_RESULTS", "LABCODE_CACHE"])
def test_where_it_cannot_write_it_does_not_train(place, monkeypatch, variable):
    busy = place / "archivo"
    busy.write_text("")
    monkeypatch.setenv(variable, str(busy / "dentro"))
    monkeypatch.setattr(runner, "train_group", None)
    with pytest.raises(OSError, match=rf"No se puede escribir en .*: den permiso, o elijan otra carpeta con {variable}"):
        train_missing(TINY, executor=Here())


def test_the_home_of_the_user_has_its_short_name(monkeypatch):
    monkeypatch.setenv("LABCODE_RESULTS", "~/mis-resultados")
    monkeypatch.setenv("LABCODE_WEIGHTS", "~/mis-pesos")
    assert results.results_dir() == Path.home() / "mis-resultados" and weights_dir() == Path.home() / "mis-pesos"


UNGUARDED = """
from labcode.data import figuras
from labcode.experiments import runner
from test_experiments import TINY
data = figuras(n_train=300, n_test=100, seed=0)
runner.load_cifar10 = lambda: data
runner.train_missing(TINY, workers=1)
"""


def test_a_script_without_its_guard_is_told_so_and_does_not_hang(tmp_path):
    script = tmp_path / "mio.py"
    script.write_text(UNGUARDED)
    own = {"LABCODE_RESULTS": str(tmp_path / "r"), "LABCODE_CACHE": str(tmp_path / "c"), "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}"}
    done = subprocess.run([sys.executable, str(script)], env=os.environ | own, capture_output=True, text=True, timeout=180, check=False)
    assert done.returncode == 1 and done.stderr.count("TrainingError: Los procesos que entrenan no llegaron a empezar") == 2
    assert 'if __name__ == "__main__":' in done.stderr and not list((tmp_path / "r").rglob("*.json"))


def test_the_cores_are_shared_among_the_processes():
    cores = process_count("cpu")
    for processes in {1, cores}:
        with local_pool(processes) as pool:
            assert pool.submit(torch.get_num_threads).result() == threads_each(processes) == cores // processes
    assert threads_each(cores + 1) == 1


def test_a_process_that_dies_is_told_in_spanish():
    group = TINY.jobs("selection")[:3]
    broken = explain([(group, BrokenProcessPool("A process in the process pool was terminated"))] * 5, 6)
    assert "5 de 6 grupos" in str(broken) and "y 2 más: el proceso que entrenaba murió" in str(broken)
    assert "python -m labcode train TINY" in str(broken)


def test_out_of_memory_says_what_did_not_fit_and_what_to_do():
    group = TINY.jobs("selection")[:3]
    said = str(explain([(group, torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB"))], 1))
    assert "no cabe en la memoria de la GPU (3 redes a la vez, lotes de 50)" in said and "--device cpu" in said and "allocate" not in said


def test_with_fewer_seeds_what_was_half_done_is_still_kept(place):
    many = replace(TINY, name="MANY", axes={}, seeds=4, selection_seeds=0, final="every")
    (group,) = plan(many, many.jobs("final"), lanes=1)
    checkpoint = checkpoint_path(group)
    checkpoint.parent.mkdir(parents=True)
    real = runner.train

    def cut(runs, part, **options):
        real(runs, part, **{**options, "checkpoint": checkpoint})
        raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(runner, "train", cut)
        runner.train_group(group, "cpu")
    assert checkpoint.exists()
    train_missing(many, executor=Here(), seeds=1)
    assert len(files(place)) == 4 and not checkpoint.exists() and train_missing(many, executor=Here()) == 0


def test_a_scheduler_trains_where_its_workers_are(place):
    class Elsewhere(Here):
        device = "cuda"

        def submit(self, work, group, device):
            asked.append((len(group), device))
            return super().submit(work, group, "cpu")

    asked = []
    many = replace(TINY, name="AFAR", axes={}, seeds=12, selection_seeds=0, final="every")
    assert train_missing(replace(many, axes={"lam": tuple(i / 100 for i in range(12))}, seeds=1), device="cuda", executor=Elsewhere()) == 12
    assert asked == [(12, "cuda")], "los grupos de una GPU son más grandes que los de una CPU"


@pytest.mark.parametrize("workers", [0, -1, 2.5, 1000])
def test_workers_that_cannot_be_are_refused(place, workers):
    with pytest.raises(ValueError, match="`workers = .* no es válido"):
        train_missing(TINY, workers=workers)
