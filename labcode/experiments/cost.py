"""Cuánto costará: la velocidad de cada conjunto en esta máquina, y lo demás es aritmética."""

import heapq
import math
from collections.abc import Callable, Mapping, Sequence

from labcode.experiments.declaration import PHASES, Experiment, Job
from labcode.experiments.findings import Findings
from labcode.experiments.planning import checkpoint_path, plan
from labcode.experiments.pool import process_count
from labcode.experiments.progress import epochs_done
from labcode.experiments.speed import Speed, speed_of
from labcode.training import pick_device

# Imágenes para aprender y para medir, en cada fase de CIFAR-10.
CIFAR10 = {"selection": (45_000, 5_000), "final": (50_000, 10_000)}
START = 10.0  # segundos hasta que los procesos están listos: torch y los datos, comprobados

Sizes = Mapping[str, tuple[int, int]]


def estimate(
    experiment: Experiment,
    *,
    device: str = "auto",
    workers: int | None = None,
    images: Sizes = CIFAR10,
    start: float = START,
) -> float:
    """Predice cuánto tardará `train_missing` en esta máquina, sin entrenar.

    La primera vez cronometra unos pasos de cada conjunto distinto (unos segundos); después lo recuerda.

    Args:
        experiment: cuál.
        device: "auto", "cpu" o "cuda".
        workers: cuántos procesos; por omisión, los de `train_missing`.
        images: por fase, cuántas imágenes hay para aprender y para medir.
        start: segundos que los procesos tardan en estar en marcha.

    Returns:
        Segundos; 0 si no falta nada.
    """
    kind = pick_device(device).type
    lanes = process_count(kind, workers)
    missing = foreseen(Findings(experiment, check=False))
    total, warm = start if missing else 0.0, set()
    for phase in PHASES:
        groups = plan(experiment, [job for job in missing if job.phase == phase], lanes, kind)
        total += phase_seconds(groups, lambda group: speed_of(group, device, lanes), lanes, images, warm)
    return total


def foreseen(findings: Findings) -> list[Job]:
    """Da las corridas que faltan, y también las finales de un ajuste que aún no se elige: cuestan como otro."""
    return findings.missing + findings.experiment.jobs("final", findings.undecided)


def phase_seconds(
    groups: Sequence[Sequence[Job]],
    speed: Callable[[Sequence[Job]], Speed],
    lanes: int,
    images: Sizes,
    warm: set[tuple[int, Speed]],
) -> float:
    """Reparte los grupos, en orden, entre los procesos, y da cuánto tarda el último en terminar.

    Args:
        groups: los de una fase.
        speed: la velocidad de un grupo.
        lanes: cuántos procesos.
        images: por fase, cuántas imágenes hay para aprender y para medir.
        warm: qué conjuntos entrenó ya cada proceso, que no vuelve a compilar; se completa.
    """
    ends = [(0.0, lane) for lane in range(lanes)]
    for group in groups:
        pace = speed(group)
        end, lane = heapq.heappop(ends)
        cold = 0.0 if (lane, pace) in warm else pace.first
        warm.add((lane, pace))
        heapq.heappush(ends, (end + cold + group_seconds(group, pace, images), lane))
    return max(ends)[0]


def group_seconds(group: Sequence[Job], speed: Speed, images: Sizes) -> float:
    """Da lo que le falta a un grupo, descontado lo que ya guardó su punto de control."""
    learn, look = images[group[0].phase]
    run = group[0].run
    steps = math.ceil(min(getattr(run, "examples", None) or learn, learn) / run.recipe.batch_size)
    left = run.recipe.epochs - epochs_done(checkpoint_path(group))
    looks = left if group[0].phase == "selection" else 1  # en la fase final la prueba se lee una sola vez
    return left * (speed.epoch + steps * speed.step) + looks * look * speed.look
