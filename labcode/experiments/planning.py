"""El plan: qué corridas se entrenan juntas, y dónde queda lo que dejan a medias."""

import hashlib
import json
import math
from collections.abc import Iterable, Sequence
from pathlib import Path

from labcode.experiments.declaration import PHASES, Experiment, Job
from labcode.files import cache_dir
from labcode.training.checkpoints import load_info
from labcode.models import MLPConfig
from labcode.training.placement import fills
from labcode.training.recipe import stream, together

# Miembros por conjunto. En CPU, con más, sus pesos y momentos no caben en la caché; en GPU, con menos, sobra máquina.
GROUP = {"cpu": 8, "cuda": 32}
# Y de las redes que llenan la máquina solas: en GPU, unas tapan los huecos de otras (benchmarks/README.md).
ABREAST = {"cpu": 1, "cuda": 6}


def plan(experiment: Experiment, missing: Sequence[Job], lanes: int | None = None, device: str = "cpu") -> list[list[Job]]:
    """Reparte las corridas que faltan en grupos que se entrenan juntos.

    Primero, los grupos que quedaron a medias, tal como eran; después, lo demás: corridas que solo difieren en lo que un
    conjunto admite (semilla, λ, tasa, aumento), de a `GROUP` (las VGG y la rápida, de a `ABREAST`). Las que ven los mismos lotes van
    juntas; si no llenan un grupo, y son MLP o van lado a lado en una GPU, se les suman las de otras corrientes, mientras alcance para
    ocupar todos los procesos.

    Args:
        experiment: a qué experimento pertenecen.
        missing: corridas que faltan, de una o de las dos fases.
        lanes: cuántos procesos entrenarán a la vez; None si no se sabe, y entonces no se juntan corrientes.
        device: "cpu" o "cuda", donde entrenarán.

    Raises:
        ValueError: si un punto de control está dañado; el mensaje lo nombra.
    """
    groups = _interrupted(experiment, missing)
    taken = {job.path for group in groups for job in group}
    families: dict[tuple, dict[tuple, list[Job]]] = {}
    for job in missing:
        if job.path not in taken:
            families.setdefault((job.phase, together(job.run)), {}).setdefault(stream(job.run), []).append(job)
    for family in families.values():
        groups += _pack(list(family.values()), lanes, device)
    return groups


def _pack(streams: list[list[Job]], lanes: int | None, device: str) -> list[list[Job]]:
    """Corta cada corriente en bloques y, si conviene, junta los que son iguales."""
    model = streams[0][0].run.model
    size = (ABREAST if fills(model) else GROUP)[device]
    blocks = [jobs[i : i + size] for jobs in streams for i in range(0, len(jobs), size)]
    # Apiladas, una convolución con un grupo por corriente es más lenta que por separado.
    if lanes is None or not (isinstance(model, MLPConfig) or fills(model)):
        return blocks
    groups = []
    for width in dict.fromkeys(map(len, blocks)):
        same = [block for block in blocks if len(block) == width]
        many = min(size // width, math.ceil(len(same) / lanes))
        groups += [sum(same[i : i + many], []) for i in range(0, len(same), many)]
    return groups


def _interrupted(experiment: Experiment, missing: Sequence[Job]) -> list[list[Job]]:
    declared = {_key(job.config): job for phase in PHASES for job in experiment.jobs(phase)}
    lacking = {_key(job.config) for job in missing}
    groups = []
    for path in sorted(checkpoint_folder(experiment.name).glob("*.ckpt")):
        keys = _runs(path)
        if lacking & set(keys) and declared.keys() >= set(keys):
            groups.append([declared[key] for key in keys])
    return groups


def clean_finished(experiment: Experiment, finished: Iterable[dict]) -> None:
    """Borra los puntos de control de los grupos que ya tienen todos sus resultados.

    Quedan si algo muere entre escribir un resultado y borrarlos, o si los rehace un trabajador que se creía perdido.

    Args:
        experiment: a qué experimento pertenecen.
        finished: configuraciones de los resultados presentes.
    """
    done = {_key(config) for config in finished}
    for path in checkpoint_folder(experiment.name).glob("*.ckpt"):
        keys = _runs(path)
        if keys and done.issuperset(keys):
            discard(path)


def _runs(path: Path) -> list[str]:
    try:
        return [_key(config) for config in load_info(path)["runs"]]
    except FileNotFoundError:  # su grupo acaba de terminar
        return []


def _key(config: dict) -> str:
    return json.dumps(config, sort_keys=True)


def checkpoint_folder(experiment: str) -> Path:
    """Da la carpeta de los puntos de control de un experimento, en la caché de esta máquina."""
    return cache_dir() / "checkpoints" / experiment.lower()


def checkpoint_path(group: Sequence[Job]) -> Path:
    """Da el punto de control de un grupo: lleva por nombre el resumen de sus configuraciones."""
    digest = hashlib.sha256("".join(_key(job.config) for job in group).encode()).hexdigest()
    return checkpoint_folder(group[0].experiment) / f"{digest[:24]}.ckpt"


def lock_path(checkpoint: Path) -> Path:
    """Da el candado de un punto de control: solo quien lo tiene entrena."""
    return checkpoint.with_suffix(".lock")


def discard(checkpoint: Path) -> None:
    """Borra lo que un grupo dejó a medias, una vez escritos sus resultados."""
    checkpoint.unlink(missing_ok=True)
    lock_path(checkpoint).unlink(missing_ok=True)
