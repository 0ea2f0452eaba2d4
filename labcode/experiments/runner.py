"""Entrenar lo que falta: en grupos, en varios procesos, y sin perder nada si algo muere."""

import functools
import hashlib
import json
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import torch
from filelock import FileLock

from labcode.data import load_cifar10, split
from labcode.experiments.declaration import PHASES, Experiment, Job
from labcode.experiments.findings import Findings
from labcode.files import cache_dir, clean_temporaries
from labcode.results import Result, provenance, results_dir, write_result
from labcode.training import Trained, pick_device, train
from labcode.training.checkpoints import load_info
from labcode.training.recipe import together

GROUP = 8  # miembros por conjunto: sus pesos y momentos caben en la caché de un procesador
EDGES = [round(x, 3) for x in np.linspace(-0.5, 0.5, 101).tolist()]


def train_missing(
    experiment: Experiment,
    *,
    device: str = "auto",
    executor: Executor | None = None,
    workers: int | None = None,
    progress: bool = False,
) -> int:
    """Entrena lo que falta de un experimento: primero la selección, después la fase final.

    Lo interrumpido sigue desde su punto de control, en el mismo grupo y hasta los mismos bits.

    Args:
        experiment: cuál.
        device: "auto", "cpu" o "cuda".
        executor: cualquiera con la forma de `concurrent.futures`; por omisión, en CPU un proceso de un
            hilo por núcleo, y en GPU un proceso.
        workers: cuántos procesos, si no se da `executor`.
        progress: si cada grupo muestra su barra.

    Returns:
        Cuántas corridas se entrenaron.

    Raises:
        ValueError: si `device` no es posible.
        DataError: si los datos no están y no se pueden obtener.
    """
    place = pick_device(device)
    folder = cache_dir() / "checkpoints" / experiment.name.lower()
    folder.mkdir(parents=True, exist_ok=True)
    trained = 0
    with FileLock(folder / "lock"):
        clean_temporaries(folder, older_than=0.0)
        clean_temporaries(results_dir())
        for phase in PHASES:
            missing = [job for job in Findings(experiment, check=False).missing if job.phase == phase]
            if not missing:
                continue
            load_cifar10()  # obtiene los datos una vez, antes de repartir
            with _executor(executor, place, workers) as pool:
                _train_groups(plan(experiment, missing, folder), missing, folder, device, pool, progress)
            trained += len(missing)
    return trained


def plan(experiment: Experiment, missing: Sequence[Job], folder: Path) -> list[list[Job]]:
    """Reparte las corridas que faltan en grupos que se entrenan juntos.

    Primero, los grupos que quedaron a medias, tal como eran; después, lo demás: las corridas de una misma
    semilla que solo difieren en λ o tasa, de a 8.
    """
    groups = _interrupted(experiment, missing, folder)
    taken = {job.path for group in groups for job in group}
    families: dict[tuple, list[Job]] = {}
    for job in missing:
        if job.path not in taken:
            families.setdefault((job.phase, job.run.seed, together(job.run)), []).append(job)
    for family in families.values():
        groups += [family[i : i + GROUP] for i in range(0, len(family), GROUP)]
    return groups


def _interrupted(experiment: Experiment, missing: Sequence[Job], folder: Path) -> list[list[Job]]:
    declared = {_key(job.config): job for phase in PHASES for job in experiment.jobs(phase)}
    lacking = {_key(job.config) for job in missing}
    groups = []
    for path in sorted(folder.glob("*.ckpt")):
        keys = [_key(config) for config in load_info(path)["runs"]]
        if lacking & set(keys) and declared.keys() >= set(keys):
            groups.append([declared[key] for key in keys])
    return groups


def _key(config: dict) -> str:
    return json.dumps(config, sort_keys=True)


def checkpoint_path(group: Sequence[Job], folder: Path) -> Path:
    """Da el punto de control de un grupo: lleva por nombre el resumen de sus configuraciones."""
    return folder / (hashlib.sha256("".join(_key(job.config) for job in group).encode()).hexdigest()[:24] + ".ckpt")


def _train_groups(
    groups: list[list[Job]], missing: Sequence[Job], folder: Path, device: str, pool: Executor, progress: bool
) -> None:
    lacking = {job.path for job in missing}
    started = time.perf_counter()
    futures: dict[Future, list[Job]] = {
        pool.submit(train_group, group, checkpoint_path(group, folder), device, progress): group for group in groups
    }
    for done, future in enumerate(as_completed(futures), start=1):
        group = futures[future]
        for result, job in zip(future.result(), group):
            if job.path in lacking:
                write_result(result)
        checkpoint_path(group, folder).unlink(missing_ok=True)
        elapsed = time.perf_counter() - started
        left = elapsed / done * (len(groups) - done)
        print(f"{group[0].experiment}: {done} de {len(groups)} grupos; faltan unos {left / 60:.1f} min", flush=True)


def train_group(group: Sequence[Job], checkpoint: Path, device: str, progress: bool) -> list[Result]:
    """Entrena un grupo hasta el final (o lo que le falte) y devuelve un resultado por corrida.

    Args:
        group: corridas de una misma fase que pueden ir juntas.
        checkpoint: dónde guardar el avance de cada época.
        device: "auto", "cpu" o "cuda".
        progress: si muestra una barra.
    """
    dataset = _dataset()
    part = split(dataset, group[0].phase)
    selecting = group[0].phase == "selection"  # en la fase final la prueba se lee una sola vez
    runs = [job.run for job in group]
    finished = train(
        runs, part, device=device, checkpoint=checkpoint, eval_every_epoch=selecting, progress=progress
    )
    names = [job.path.stem for job in group]
    origin = provenance(dataset.sha256, finished[0].placement, names, sum(t.seconds for t in finished))
    return [_result(job, trained, origin) for job, trained in zip(group, finished)]


def _result(job: Job, trained: Trained, origin: dict) -> Result:
    weights = torch.cat([p.detach().flatten() for p in trained.model.parameters() if p.dim() > 1])
    counts = np.histogram(np.clip(weights.numpy(), EDGES[0], EDGES[-1]), bins=EDGES)[0]
    return Result(
        job.experiment, job.phase, job.setting, job.run.seed, job.config, trained.history, trained.metrics,
        {"edges": EDGES, "counts": counts.tolist()}, trained.diverged, origin,
    )  # fmt: skip


@functools.cache
def _dataset():  # noqa: ANN202 - el tipo vive en labcode.data
    return load_cifar10()


@contextmanager
def _executor(given: Executor | None, place: torch.device, workers: int | None) -> Iterator[Executor]:
    if given is not None:
        yield given
        return
    processes = 1 if place.type == "cuda" else workers or len(os.sched_getaffinity(0))
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(processes, mp_context=context, initializer=_start_worker, initargs=(os.getpid(),))
    try:
        yield pool
        pool.shutdown()
    except BaseException:
        for process in list(pool._processes.values()):  # no esperan al final de su grupo
            process.kill()
        pool.shutdown(wait=False, cancel_futures=True)
        raise


def _start_worker(parent: int) -> None:
    """Un hilo por proceso, sin Ctrl-C propio, y sin sobrevivir a quien lo lanzó."""
    torch.set_num_threads(1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.5)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
