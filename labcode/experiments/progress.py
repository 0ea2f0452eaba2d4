"""El avance de una fase: una barra si alguien mira, y si no, una línea por grupo."""

import json
import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, as_completed, wait
from pathlib import Path

from tqdm.auto import tqdm

from labcode.experiments.declaration import Job
from labcode.experiments.planning import checkpoint_path
from labcode.training.progress import wants_bar

PHASE_NAMES = {"selection": "selección", "final": "fase final"}
LOOK_EVERY = 1.0  # segundos entre dos miradas a los puntos de control
ALL_EXAMPLES = 50_000
STEP = 64  # lo que cuesta dar un paso, además de sus imágenes y contado en imágenes: el MLP en CPU, con lotes de 16 a 1024
BAR = "{l_bar}{bar}| [{elapsed}<{remaining}{postfix}]"
_HEADER_LIMIT = 1 << 24


def as_they_finish(futures: Mapping[Future, Sequence[Job]], show_bar: bool | None = None) -> Iterator[Future]:
    """Entrega los trabajos de una fase según terminan, y entretanto muestra cuánto falta.

    Args:
        futures: por cada trabajo, su grupo; al menos uno.
        show_bar: si muestra una barra; None, solo si alguien mira.
    """
    show_bar = wants_bar() if show_bar is None else show_bar
    yield from (_with_bar if show_bar else _with_lines)(futures)


def _with_bar(futures: Mapping[Future, Sequence[Job]]) -> Iterator[Future]:
    first = next(iter(futures.values()))[0]
    pending = set(futures)
    title = f"{first.experiment}, {PHASE_NAMES[first.phase]}"
    done, total = _count(futures, _epoch_cost)
    with tqdm(total=total, initial=done, desc=title, bar_format=BAR) as bar:
        while pending:
            finished, pending = wait(pending, LOOK_EVERY, FIRST_COMPLETED)
            yield from finished
            epochs, all_epochs = _count(futures, lambda job: 1)
            bar.set_postfix_str(f"{epochs}/{all_epochs} épocas", refresh=False)
            bar.update(_count(futures, _epoch_cost)[0] - bar.n)


def _with_lines(futures: Mapping[Future, Sequence[Job]]) -> Iterator[Future]:
    name = next(iter(futures.values()))[0].experiment
    started, (before, total) = time.monotonic(), _count(futures, _epoch_cost)
    for count, future in enumerate(as_completed(futures), start=1):
        yield future
        done, _ = _count(futures, _epoch_cost)
        left = (time.monotonic() - started) * (total - done) / max(done - before, 1)
        ahead = f"; falta {duration(left)}" if count < len(futures) else ""
        print(f"{name}: {count} de {len(futures)} grupos{ahead}", flush=True)


def _epoch_cost(job: Job) -> int:
    """Lo que cuesta una época, en imágenes: con lotes chicos, la misma época son más pasos."""
    examples = job.run.examples or ALL_EXAMPLES
    return examples + STEP * math.ceil(examples / job.run.recipe.batch_size)


def _count(futures: Mapping[Future, Sequence[Job]], cost: Callable[[Job], int]) -> tuple[int, int]:
    """Suma lo que va y el total: todo lo de un grupo terminado, y lo que anotó el punto de control de los demás.

    Args:
        futures: por cada trabajo, su grupo.
        cost: cuánto cuenta cada época de una corrida.
    """
    done = total = 0
    for future, group in futures.items():
        finished = _succeeded(future)
        reached = 0 if finished else epochs_done(checkpoint_path(group))
        for job in group:
            epochs = job.run.recipe.epochs
            done += cost(job) * (epochs if finished else reached)
            total += cost(job) * epochs
    return done, total


def _succeeded(future: Future) -> bool:
    return future.done() and not future.cancelled() and future.exception() is None


def epochs_done(checkpoint: Path) -> int:
    """Lee cuántas épocas lleva un punto de control, sin comprobarlo: sirve para contar, no para seguir.

    Returns:
        Las épocas; 0 si no existe o no se entiende.
    """
    try:
        with checkpoint.open("rb") as stream:
            stream.readline(256)  # el sello
            length = int.from_bytes(stream.read(8), "little")
            header = json.loads(stream.read(min(length, _HEADER_LIMIT)))
        return int(json.loads(header["__metadata__"]["info"])["epoch"])
    except (OSError, ValueError, KeyError, TypeError):
        return 0


def duration(seconds: float) -> str:
    """Escribe una duración como se dice: «40 s», «35 min», «2 h 10 min», «3 días 4 h»."""
    if seconds < 59.5:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    return f"{hours // 24} días {hours % 24} h" if hours % 24 else f"{hours // 24} días"
