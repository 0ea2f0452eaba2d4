"""El avance de una fase: una barra si alguien mira, y si no, una línea por grupo."""

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, as_completed, wait
from pathlib import Path

from tqdm.auto import tqdm

from labcode.experiments.declaration import Job
from labcode.experiments.planning import checkpoint_path
from labcode.training.progress import wants_bar

PHASE_NAMES = {"selection": "selección", "final": "fase final"}
LOOK_EVERY = 1.0  # segundos entre dos miradas a los puntos de control
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
    with tqdm(total=_total(futures), initial=_done(futures), desc=title, unit=" épocas") as bar:
        while pending:
            finished, pending = wait(pending, LOOK_EVERY, FIRST_COMPLETED)
            yield from finished
            bar.update(_done(futures) - bar.n)


def _with_lines(futures: Mapping[Future, Sequence[Job]]) -> Iterator[Future]:
    name = next(iter(futures.values()))[0].experiment
    started, before, total = time.monotonic(), _done(futures), _total(futures)
    for count, future in enumerate(as_completed(futures), start=1):
        yield future
        done = _done(futures)
        left = (time.monotonic() - started) * (total - done) / max(done - before, 1)
        ahead = f"; falta {duration(left)}" if count < len(futures) else ""
        print(f"{name}: {count} de {len(futures)} grupos{ahead}", flush=True)


def _epochs(group: Sequence[Job]) -> int:
    return sum(job.run.recipe.epochs for job in group)


def _total(futures: Mapping[Future, Sequence[Job]]) -> int:
    """Las épocas de la fase, sumadas sobre sus corridas."""
    return sum(map(_epochs, futures.values()))


def _done(futures: Mapping[Future, Sequence[Job]]) -> int:
    """Las que van: todas las de un grupo terminado, y las que anotó el punto de control de los demás."""
    return sum(
        _epochs(group) if _succeeded(future) else len(group) * epochs_done(checkpoint_path(group))
        for future, group in futures.items()
    )


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
