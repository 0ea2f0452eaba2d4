"""Varias máquinas: un planificador de verdad, dos trabajadores en procesos aparte, y uno que muere a la mitad."""

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from distributed import Client, LocalCluster
from filelock import FileLock

from labcode import __main__ as command
from labcode import catalog
from labcode.data import figuras
from labcode.experiments import remote, runner
from labcode.experiments.planning import checkpoint_folder, checkpoint_path, lock_path
from labcode.results import Code
from process_helpers import DATA, EPOCHS, GROUPS, RUNS, SLOW, ask_pause, numbers, paused, saved, train_here, wait_for

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """La carpeta que comparten quien reparte y los trabajadores: resultados y caché."""
    folder = tmp_path_factory.mktemp("cluster")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LABCODE_RESULTS", str(folder / "results"))
        patch.setenv("LABCODE_CACHE", str(folder / "cache"))
        (folder / "cache").mkdir()
        yield folder


@pytest.fixture(scope="module")
def address(home):
    """Un planificador con dos trabajadores de un hilo, cada uno en su proceso; a los que mueren, nadie los revive."""
    options = "--no-nanny --nthreads 1 --memory-limit 0 --no-dashboard --preload worker_hook --local-directory".split()
    paths = os.pathsep.join(map(str, (ROOT, ROOT / "tests")))
    with LocalCluster(n_workers=0, dashboard_address=":0", silence_logs=logging.ERROR) as local:
        command_line = [sys.executable, "-m", "distributed.cli.dask_worker", local.scheduler_address, *options, str(home / "dask")]
        workers = [
            subprocess.Popen(command_line, env=os.environ | {"PYTHONPATH": paths}, stderr=subprocess.DEVNULL) for _ in range(2)
        ]
        try:
            with Client(local, set_as_default=False) as client:
                client.wait_for_workers(2, timeout=120)
            yield local.scheduler_address
        finally:
            for worker in workers:
                worker.kill()
                worker.wait()


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """Lo que deja entrenar sin interrupciones ni planificador, con un hilo, en los mismos grupos."""
    with pytest.MonkeyPatch.context() as patch:
        return train_here(tmp_path_factory.mktemp("whole"), patch)


@pytest.fixture
def scene(home, monkeypatch, request):
    """Un experimento propio de la prueba, en el catálogo, y la cuenta de lo que se escribe."""
    experiment = replace(SLOW, name=request.node.name.removeprefix("test_")[:20].upper())
    monkeypatch.setattr(catalog, "EXPERIMENTS", (experiment,))
    written, real = Counter(), runner.write_result
    monkeypatch.setattr(runner, "write_result", lambda result: written.update([real(result).stem + result.phase]))
    for name in ("pausa", "pausando", "en-pausa", "falla", "diario"):
        (home / "cache" / name).unlink(missing_ok=True)
    return experiment, written


def leftovers(experiment):
    return [p.name for p in checkpoint_folder(experiment.name).iterdir() if p.name != "lock"]


def test_a_worker_killed_half_way_costs_nothing(home, address, whole, scene, capsys):
    experiment, written = scene
    ask_pause(home)

    def kill():
        process, _ = wait_for(lambda: paused(home))
        os.kill(process, signal.SIGKILL)

    with ThreadPoolExecutor(1) as killer:
        killed = killer.submit(kill)
        assert command.main(["train", experiment.name, "--scheduler", address]) == 0
        killed.result()
    assert f"{experiment.name}: {RUNS} corridas entrenadas." in capsys.readouterr().out
    assert numbers(home, experiment.name) == whole and len(whole) == RUNS
    assert set(written.values()) == {1} and len(written) == RUNS
    assert saved(home) == Counter({name: EPOCHS for name in saved(home)}) and len(saved(home)) == GROUPS  # siguió, no repitió
    assert leftovers(experiment) == []


def test_an_interruption_frees_the_workers_and_says_how_to_go_on(home, address, whole, scene, capsys):
    experiment, written = scene
    order = ["train", experiment.name, "--scheduler", address]
    ask_pause(home)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # un proceso de fondo nace sin atenderla

    def interrupt():
        wait_for(lambda: paused(home))
        os.kill(os.getpid(), signal.SIGINT)

    with ThreadPoolExecutor(1) as other:
        interrupted = other.submit(interrupt)
        assert command.main(order) == 130
        interrupted.result()
    signal.signal(signal.SIGINT, before)
    assert f"python -m labcode {' '.join(order)}" in capsys.readouterr().err
    process, name = paused(home)
    with Client(address, set_as_default=False) as client:  # el que estaba en pausa soltó su grupo y atiende a otros
        (worker,) = [where for where, pid in client.run(os.getpid).items() if pid == process]
        assert client.submit(os.getpid, workers=[worker], pure=False).result(timeout=20) == process
    assert name in leftovers(experiment)
    assert command.main(order) == 0
    assert numbers(home, experiment.name) == whole and set(written.values()) == {1}
    assert set(saved(home).values()) == {EPOCHS} and leftovers(experiment) == []


def test_a_group_that_fails_is_named_and_the_others_are_kept(home, address, whole, scene, capsys, monkeypatch):
    experiment, _ = scene
    (home / "cache" / "falla").touch()
    order = ["train", experiment.name, "--scheduler", address]
    assert command.main(order) == 1
    said = capsys.readouterr().err
    assert "1 de 2 grupos no terminaron" in said and "selection/lam-0_seed-1…lam-1_seed-1: No se encontró CIFAR-10" in said
    assert "en el trabajador tcp://127.0.0.1" in said and f"python -m labcode train {experiment.name}" in said
    kept = numbers(home, experiment.name)
    assert {stem for _, stem in kept} == {"lam-0_seed-0", "lam-0.01_seed-0", "lam-1_seed-0"}
    (home / "cache" / "falla").unlink()
    monkeypatch.setattr(runner, "discard", lambda checkpoint: None)  # como si el disco de los trabajadores fuera otro
    assert command.main(order) == 0 and numbers(home, experiment.name) == whole
    assert leftovers(experiment) == []


def test_workers_with_other_code_are_refused_before_anything(home, address, scene, monkeypatch, capsys):
    experiment, written = scene
    monkeypatch.setattr(remote, "running_code", lambda: Code("abc", "de otra versión"))
    assert command.main(["train", experiment.name, "--scheduler", address]) == 1
    assert "no es como los demás: código" in capsys.readouterr().err
    assert not written and not checkpoint_folder(experiment.name).exists()


@pytest.mark.parametrize("scheduler", ["http://127.0.0.1:8786", "127.0.0.1:8786", "tcp://127.0.0.1", "tcp://:8786", "tcp://a b:1", ""])
def test_an_address_that_is_not_one_is_refused(scheduler, capsys):
    assert command.main(["train", "L2_MLP", "--scheduler", scheduler]) == 1
    assert f"`scheduler = {scheduler!r}` no es válido: debe ser tcp://" in capsys.readouterr().err


def test_nobody_answers(monkeypatch, capsys):
    monkeypatch.setattr(remote, "ANSWER_WITHIN", 1.0)
    started = time.monotonic()
    assert command.main(["train", "L2_MLP", "--scheduler", "tcp://127.0.0.1:9"]) == 1
    assert "Ningún planificador de dask contesta en tcp://127.0.0.1:9" in capsys.readouterr().err
    assert time.monotonic() - started < 8


def test_workers_and_scheduler_do_not_go_together(capsys):
    assert command.main(["train", "L2_MLP", "--scheduler", "tcp://127.0.0.1:9", "--workers", "2"]) == 1
    assert "`--workers` y `--scheduler` no van juntos" in capsys.readouterr().err


def test_without_the_package_it_says_which_to_install(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "distributed", None)
    assert command.main(["train", "L2_MLP", "--scheduler", "tcp://127.0.0.1:9"]) == 1
    assert "pip install distributed" in capsys.readouterr().err


@pytest.mark.parametrize("workers, threads, message", [(0, 1, "no tiene trabajadores"), (1, 2, "tiene 2 hilos, y debe tener 1")])
def test_a_cluster_without_proper_workers_is_refused(workers, threads, message, monkeypatch, capsys):
    monkeypatch.setattr(remote, "ANSWER_WITHIN", 1.0)
    with LocalCluster(n_workers=workers, threads_per_worker=threads, processes=False, dashboard_address=":0") as local:
        address = local.scheduler.address
        assert address.startswith("inproc://")
        with pytest.raises(ValueError, match=message):
            remote._check_workers(Client(local, set_as_default=False), address, "auto")


def test_a_group_is_trained_by_one_at_a_time(home, monkeypatch):
    began, real = threading.Event(), runner.train
    monkeypatch.setattr(runner, "_dataset", lambda: figuras(**DATA))
    monkeypatch.setattr(runner, "train", lambda *args, **options: began.set() or real(*args, **options))
    experiment = replace(SLOW, name="LOCKED", recipe=replace(SLOW.recipe, epochs=1))
    group = experiment.jobs("selection")[:3]
    lock = lock_path(checkpoint_path(group))
    lock.parent.mkdir(parents=True)
    with ThreadPoolExecutor(1) as other:
        with FileLock(lock):  # otro, que se creía muerto, lo está entrenando
            waiting = other.submit(runner.train_group, group, "cpu")
            assert not began.wait(1.5)
        assert len(waiting.result(timeout=60)) == 3 and began.is_set()
