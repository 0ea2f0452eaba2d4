"""Entrenar lo que falta: en grupos, en varios procesos o máquinas, y sin perder nada si algo muere."""

import functools
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, Future
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from filelock import FileLock, Timeout
from safetensors.torch import save
from tqdm.auto import tqdm

from labcode import text
from labcode.checks import check_choice, check_int
from labcode.data import Split, load_cifar10, split
from labcode.experiments.declaration import PHASES, Experiment, Job
from labcode.experiments.failures import TrainingError, explain
from labcode.experiments.findings import Findings
from labcode.experiments.planning import checkpoint_folder, checkpoint_path, clean_finished, discard, lock_path, plan
from labcode.experiments.pool import UNGUARDED, being_born, local_pool, no_interrupt, process_count
from labcode.experiments.progress import as_they_finish
from labcode.experiments.remote import dask_duty
from labcode.files import cache_dir, clean_temporaries, ensure_writable
from labcode.measures import Measure, Network, Values
from labcode.results import Result, provenance, results_dir, running_code, write_result
from labcode.training import Trained, pick_device, train
from labcode.weights import weights_dir, write_weights

EDGES = [round(x, 3) for x in np.linspace(-0.5, 0.5, 101).tolist()]
_ONE_GROUP = threading.Lock()  # la semilla y los modos de torch son del proceso: en él, un grupo a la vez


def train_missing(
    experiment: Experiment,
    *,
    device: str = "auto",
    executor: Executor | None = None,
    workers: int | None = None,
    seeds: int | None = None,
    progress: bool | None = None,
) -> int:
    """Entrena lo que falta de un experimento: primero la selección, después la fase final.

    Lo interrumpido sigue desde su punto de control, en el mismo grupo y, con los mismos `workers`, hasta los mismos bits.

    Args:
        experiment: cuál.
        device: "auto", "cpu" o "cuda".
        executor: cualquiera con la forma de `concurrent.futures`, como el de `cluster`; por omisión, en CPU un
            proceso de un hilo por núcleo, y en GPU un proceso.
        workers: cuántos procesos, si no se da `executor`; los núcleos se reparten entre ellos.
        seeds: cuántas semillas, las primeras de cada fase; por omisión, todas las declaradas. Donde hay que elegir
            un ajuste, la fase final espera a que estén todas las de la selección.
        progress: si muestra una barra; por omisión, en una terminal o un cuaderno abierto, y si no, una línea
            por grupo.

    Returns:
        Cuántas corridas se entrenaron.

    Raises:
        ValueError: si `device`, `seeds` o `workers` no son posibles, o un punto de control está dañado.
        DataError: si los datos no están y no se pueden obtener.
        OSError: si, al empezar, no se puede escribir en la caché o en la carpeta de resultados.
        TrainingError: si algún grupo falla o su resultado no se puede escribir; los demás terminan y se escriben igual. También si la llama un guion
            sin `if __name__ == "__main__":`, pues cada proceso lo ejecuta de nuevo al nacer.
    """
    if executor is None and being_born():  # antes del candado, que tiene quien lo lanzó
        raise TrainingError(UNGUARDED)
    check_choice("device", device, ("auto", "cpu", "cuda"))
    if seeds is not None:
        check_int("seeds", seeds, 1, 1000, 1)
    if workers is not None:
        check_int("workers", workers, 1, 256, 2)
    folder = checkpoint_folder(experiment.name)
    ensure_writable(folder, "LABCODE_CACHE")
    pool: Executor | None = None
    trained = 0
    with _alone(experiment.name, folder / "lock"), ExitStack() as opened:
        clean_temporaries(folder, older_than=0.0)
        for shared in (cache_dir(), results_dir(), weights_dir()):
            clean_temporaries(shared)
        clean_finished(experiment, [result.config for result in Findings(experiment, check=False).whole])
        for phase in PHASES:
            wanted = experiment.phase_seeds(phase)[:seeds]
            lacking = [job for job in Findings(experiment, check=False).missing if job.phase == phase]
            missing = [job for job in lacking if job.run.seed in wanted]
            if not missing:
                continue
            ensure_writable(results_dir(), "LABCODE_RESULTS")
            pool = pool or opened.enter_context(_pool(executor, device, workers))  # uno para las dos fases
            kind = getattr(executor, "device", None) or pick_device(device).type  # con un planificador, el de sus trabajadores
            lanes = process_count(kind, workers) if executor is None else None
            # Un grupo que quedó a medias sigue entero, aunque ahora se pidan menos semillas: todo lo suyo se escribe.
            _train_groups(plan(experiment, missing, lanes, kind), lacking, device, pool, progress)
            trained += len(missing)
    return trained


@contextmanager
def _alone(name: str, path: Path) -> Iterator[None]:
    """Espera, y lo dice, a que nadie más reparta ese experimento."""
    lock = FileLock(path)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        print(f"{name}: otro proceso lo entrena con esta misma caché; cuando termine, sigue este.", flush=True)
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


@contextmanager
def _pool(given: Executor | None, device: str, workers: int | None) -> Iterator[Executor]:
    if given is not None:
        yield given
        return
    kind = pick_device(device).type
    load_cifar10()  # obtiene los datos una vez, antes de repartir
    with local_pool(process_count(kind, workers)) as pool:
        yield pool


def _train_groups(
    groups: list[list[Job]], missing: Sequence[Job], device: str, pool: Executor, progress: bool | None
) -> None:
    lacking = {job.path for job in missing}
    failed: list[tuple[list[Job], Exception]] = []
    futures: dict[Future, list[Job]] = {}
    try:
        with no_interrupt():  # al recibir un grupo puede nacer un proceso
            for group in groups:
                futures[pool.submit(train_group, group, device)] = group
        for future in as_they_finish(futures, progress):
            group = futures[future]
            try:
                for (result, network), job in zip(future.result(), group):
                    if network is not None:
                        write_weights(result, *network)
                    if job.path in lacking:
                        write_result(result)
                        _tell_if_diverged(job, result)
                discard(checkpoint_path(group))
            except Exception as error:  # noqa: BLE001 - se cuenta al final: los demás grupos no tienen la culpa
                failed.append((group, error))
    except BaseException:
        for future in futures:
            future.cancel()
        raise
    if failed:
        raise explain(failed, len(groups)) from failed[0][1]


def _tell_if_diverged(job: Job, result: Result) -> None:
    if result.diverged:
        rate, lam = text.plain(job.run.recipe.learning_rate), text.plain(job.run.recipe.lam)
        tqdm.write(
            f"{job.experiment}, {job.phase}/{job.path.stem}: divergió en la época {result.diverged}, con tasa {rate} y λ = {lam}. "
            "Queda guardada, y se dibuja como «divergió»; con una tasa menor, quizá aprenda."
        )


class Outcome(NamedTuple):
    """Lo que deja una corrida: su resultado y, si se guarda, la red: los pesos (safetensors) y su normalización."""

    result: Result
    network: tuple[bytes, tuple[torch.Tensor, torch.Tensor]] | None


def train_group(group: Sequence[Job], device: str) -> list[Outcome]:
    """Entrena un grupo hasta el final (o lo que le falte) y devuelve lo que deja cada corrida.

    Nadie más entrena ese grupo entretanto, ni en otro proceso que comparta la caché: si un trabajador que se
    creía muerto sigue vivo, quien lo releva espera, y sigue desde su último punto de control.

    Args:
        group: corridas de una misma fase que pueden ir juntas.
        device: "auto", "cpu" o "cuda".
    """
    running_code()  # antes de entrenar: mientras tanto, alguien puede editarlo
    checkpoint = checkpoint_path(group)
    checkpoint.parent.mkdir(parents=True, exist_ok=True)
    with _ONE_GROUP, dask_duty(), FileLock(lock_path(checkpoint)):
        dataset = _dataset()
        part = split(dataset, group[0].phase)
        selecting = group[0].phase == "selection"  # en la fase final la prueba se lee una sola vez
        runs = [job.run for job in group]
        finished = train(runs, part, device=device, checkpoint=checkpoint, eval_every_epoch=selecting)
        names = [job.path.stem for job in group]
        origin = provenance(dataset.sha256, finished[0].placement, names, sum(t.seconds for t in finished))
        return [_outcome(job, trained, part, origin) for job, trained in zip(group, finished)]


def _outcome(job: Job, trained: Trained, part: Split, origin: dict) -> Outcome:
    measured = _measure(job.measures, trained, part)
    kept = (save(trained.model.state_dict()), trained.normalization) if job.keep and not trained.diverged else None
    return Outcome(_result(job, trained, origin, measured), kept)


def _measure(measures: Sequence[Measure], trained: Trained, part: Split) -> Values:
    if not measures or trained.diverged:
        return {}
    device = torch.device(trained.placement.device)
    network = Network(trained.model.eval().to(device), *(t.to(device) for t in trained.normalization))
    found = {name: values for measure in measures for name, values in measure(network, part).items()}
    trained.model.cpu()
    return found


def _result(job: Job, trained: Trained, origin: dict, measured: Values) -> Result:
    weights = torch.cat([p.detach().flatten() for p in trained.model.parameters() if p.dim() > 1 and p.requires_grad])
    counts = np.histogram(np.clip(weights.numpy(), EDGES[0], EDGES[-1]), bins=EDGES)[0]
    return Result(
        job.experiment, job.phase, job.setting, job.run.seed, job.config, trained.history, trained.metrics,
        {"edges": EDGES, "counts": counts.tolist()}, trained.diverged, origin, measured,
    )  # fmt: skip


@functools.cache
def _dataset():  # noqa: ANN202 - el tipo vive en labcode.data
    return load_cifar10()
