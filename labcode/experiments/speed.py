"""La velocidad de un conjunto en esta máquina: se cronometran unos pasos, una sola vez."""

import json
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import astuple, dataclass, replace
from functools import cache
from pathlib import Path
from statistics import median
from uuid import uuid4

import torch

from labcode.experiments.declaration import Job
from labcode.experiments.pool import threads_each
from labcode.files import TEMPORARY, cache_dir, sha256, write_atomic
from labcode.results import provenance
from labcode.training import Run, pick_device, train
from labcode.training.placement import place

LONG = 0.25  # segundos que dura cada medida
REPEATS = 3  # veces que se mide una época, para quedarse con la mediana
SLOW = 0.1  # segundos: de un paso más lento, todo lo demás se deduce
HEAVY = 0.5  # segundos: uno más lento se mide con menos redes o un lote menor, y se extrapola
FIRST_BATCH, MOST_IMAGES, MOST_STEPS, MOST_EPOCHS, LOOKS = 16, 16_384, 256, 8, 1000
CLASSES = 10
OWN = 0.55  # del tiempo que duró una medida, cuánto debe haber calculado para que se recuerde: con la mitad, erraría por el doble
IRRELEVANT = ("lam", "learning_rate", "epochs", "warmup", "schedule")  # de la receta: no cambian lo que tarda


@dataclass(frozen=True)
class Lap:
    """Lo que tardó un ensayo: todo, y solo sus épocas."""

    total: float
    training: float


Rehearsal = Callable[[int, int, int], Lap]
_passing: dict[str, tuple[float, ...]] = {}  # lo medido con la máquina ocupada


@dataclass(frozen=True)
class Speed:
    """Lo que tarda un conjunto, en segundos.

    Attributes:
        first: de más, la primera vez en un proceso (compilar, reservar).
        epoch: por época, aparte de sus pasos: barajar, anotar y escribir el punto de control.
        step: por lote.
        look: por imagen que se mide.
    """

    first: float
    epoch: float
    step: float
    look: float


def speed_of(group: Sequence[Job], device: str = "auto", lanes: int = 1) -> Speed:
    """Da la velocidad de un grupo: la que recuerda la caché o, si no, la mide.

    Se recuerda por máquina, torch, código, red, receta y tamaño del grupo. Lo medido mientras otro programa ocupaba los
    núcleos vale solo para este proceso: la próxima vez se mide de nuevo.

    Args:
        group: corridas que se entrenan juntas.
        device: "auto", "cpu" o "cuda".
        lanes: cuántos procesos entrenan a la vez.
    """
    path, key = cache_dir() / "speed.json", _key(group, device, lanes)
    known = _remembered(path)
    if key not in _passing | known:
        _announce(group[0].experiment)
        found, alone = _attended(lambda: measure([job.run for job in group], device, lanes))
        if alone or pick_device(device).type != "cpu":
            known[key] = astuple(found)
            write_atomic(path, json.dumps(known, indent=1).encode())
        else:
            _warn()
            _passing[key] = astuple(found)
    return Speed(*(_passing | known)[key])


def _attended(act: Callable[[], Speed]) -> tuple[Speed, bool]:
    """Hace `act` y dice si este hilo tuvo mientras tanto un núcleo para él, o si se lo disputaba otro programa."""
    wall, own = time.perf_counter(), time.thread_time()
    found = act()
    wall, own = time.perf_counter() - wall, time.thread_time() - own
    return found, own > OWN * wall


@cache
def _announce(experiment: str) -> None:
    """Lo dice una vez por experimento, aunque haya varios conjuntos que medir."""
    print(f"Mido la velocidad de {experiment} en esta máquina (unos segundos, una sola vez)…", file=sys.stderr)


@cache
def _warn() -> None:
    print("Otro programa ocupa la máquina: lo estimado vale mientras siga así, y la próxima vez se medirá de nuevo.", file=sys.stderr)


def _key(group: Sequence[Job], device: str, lanes: int) -> str:
    origin = provenance("", place([job.run for job in group], device), ["-"], 0.0)
    config = {name: value for name, value in group[0].config.items() if name not in ("seed", "examples")}
    config["recipe"] = {name: value for name, value in config["recipe"].items() if name not in IRRELEVANT}
    machine = {name: origin[name] for name in ("hardware", "device", "precision", "torch", "code")}
    shape = {"members": len(group), "seeds": len({job.run.seed for job in group}), "lanes": lanes}
    return sha256(json.dumps([machine, config, shape], sort_keys=True).encode())[:24]


def _remembered(path: Path) -> dict[str, list[float]]:
    try:
        return {key: [float(x) for x in four] for key, four in json.loads(path.read_bytes()).items() if len(four) == 4}
    except (OSError, ValueError, TypeError, AttributeError):  # es una caché: si no se entiende, se mide de nuevo
        return {}


def measure(runs: Sequence[Run], device: str = "auto", lanes: int = 1) -> Speed:
    """Cronometra unos pasos de un conjunto, sobre imágenes al azar; en CPU, como en uno de sus procesos.

    Lo que es demasiado pesado se mide con una red y un lote menor, y se extrapola.

    Args:
        runs: las del conjunto.
        device: "auto", "cpu" o "cuda".
        lanes: cuántos procesos entrenan a la vez en esta máquina.
    """
    full = runs[0].recipe.batch_size
    members, batch = 1, min(FIRST_BATCH, full)
    with _like_a_worker(pick_device(device), lanes), _scratch() as checkpoint:
        while True:
            rehearse = _rehearsal(_reduced(runs[:members], batch), device, checkpoint)
            first, step = _two_steps(rehearse)
            bigger = _next_size(len(runs), full, members, batch, step)
            if bigger == (members, batch):
                break
            members, batch = bigger
        if (members, batch) == (len(runs), full):
            return _fine(rehearse, batch, first, step) if step < SLOW else Speed(first, 0.0, step, step / batch / 3)
        _, half = _two_steps(_rehearsal(_reduced(runs[:members], batch // 2), device, checkpoint))
    return _extrapolated(first, half, step, batch, full, len(runs) / members)


def _two_steps(rehearse: Rehearsal) -> tuple[float, float]:
    """Da lo que cuesta de más el primer paso en este proceso, y cada uno de los siguientes."""
    first = rehearse(1, 1, 1).training
    step = max(rehearse(1, 2, 1).training / 2, 1e-6)
    return max(first - step, 0.0), step


def _next_size(runs: int, full: int, members: int, batch: int, step: float) -> tuple[int, int]:
    """Decide con cuántas redes y qué lote medir, si un paso de `members` redes y `batch` imágenes tarda `step`."""
    room = HEAVY / step
    if runs * full <= members * batch * room:
        return runs, full
    wider = min(full, int(batch * room))
    return (members, wider) if wider >= 2 * batch or wider == full else (members, batch)


def _extrapolated(first: float, half: float, step: float, batch: int, full: int, scale: float) -> Speed:
    """Prolonga hasta el lote entero la recta que pasa por dos pasos, de medio lote (`half`) y de un lote (`step`).

    Se supone que al menos la mitad del paso es proporcional a las imágenes.
    """
    image = max((step - half) / (batch - batch // 2), step / batch / 2)
    image = min(image, step / batch)
    return Speed(first, 0.0, (step + image * (full - batch)) * scale, image / 3 * scale)


def _fine(rehearse: Rehearsal, batch: int, first: float, step: float) -> Speed:
    """Mide lo que cabe entero; `step` es una primera idea de lo que tarda un paso."""
    many = max(4, min(round(LONG / step), MOST_STEPS, MOST_IMAGES // batch))
    looks = max(16, min(round(3 * LONG * batch / step), LOOKS))
    one, more = _per_epoch(rehearse, 1, step), _per_epoch(rehearse, many, step)
    step = max(more - one, 1e-6) / (many - 1)
    look = rehearse(1, 1, looks).training - rehearse(1, 1, 1).training
    return Speed(first, max(one - step, 0.0), step, max(look, 0.0) / (looks - 1))


def _per_epoch(rehearse: Rehearsal, steps: int, step: float) -> float:
    """Segundos por época de `steps` pasos: la diferencia con entrenar una sola quita lo que se hace al empezar.

    Es la mediana de varias: a una sola la estropea cualquier pausa de la máquina.
    """
    more = max(1, min(round(LONG / (steps * step)), MOST_EPOCHS))
    spans = [rehearse(1 + more, steps, 1).total - rehearse(1, steps, 1).total for _ in range(REPEATS)]
    return max(median(spans), 1e-6) / more


def _reduced(runs: Sequence[Run], batch: int) -> list[Run]:
    """Las mismas corridas con otro lote, y con todas las imágenes que haya: cuántas son no cambia lo que tarda un paso."""
    return [replace(run, recipe=replace(run.recipe, batch_size=batch), examples=None) for run in runs]


def _rehearsal(runs: Sequence[Run], device: str, checkpoint: Path) -> Rehearsal:
    """Da la función que ensaya `(épocas, pasos, imágenes que se miden)` y devuelve lo que tardó."""

    def rehearse(epochs: int, steps: int, looks: int) -> Lap:
        short = [replace(run, recipe=replace(run.recipe, epochs=epochs)) for run in runs]
        noise = _Noise(steps * runs[0].recipe.batch_size, looks)
        checkpoint.unlink(missing_ok=True)
        started = time.perf_counter()
        trained = train(short, noise, device=device, checkpoint=checkpoint if epochs > 1 else None)
        return Lap(time.perf_counter() - started, sum(one.seconds for one in trained))

    return rehearse


class _Noise:
    """Imágenes y etiquetas al azar, con la forma de las de verdad."""

    def __init__(self, learn: int, look: int) -> None:
        generator = torch.Generator().manual_seed(0)
        images = torch.randint(256, (learn + look, 3, 32, 32), dtype=torch.uint8, generator=generator)
        labels = torch.arange(learn + look) % CLASSES
        self.train_images, self.eval_images = images[:learn], images[learn:]
        self.train_labels, self.eval_labels = labels[:learn], labels[learn:]


@contextmanager
def _like_a_worker(device: torch.device, lanes: int) -> Iterator[None]:
    """En CPU, los hilos de un proceso, y los demás núcleos tan ocupados como cuando entrenan los otros procesos."""
    if device.type != "cpu":
        yield
        return
    before, ended = torch.get_num_threads(), threading.Event()
    torch.set_num_threads(threads_each(lanes))
    others = [threading.Thread(target=_keep_busy, args=(ended,), daemon=True) for _ in range(lanes - 1)]
    try:
        for other in others:
            other.start()
        yield
    finally:
        ended.set()
        for other in others:
            other.join()
        torch.set_num_threads(before)


def _keep_busy(ended: threading.Event) -> None:
    a, b, out = torch.ones(3, 768, 768)
    while not ended.is_set():
        torch.mm(a, b, out=out)  # unos milisegundos sin el candado de Python


@contextmanager
def _scratch() -> Iterator[Path]:
    """Un archivo en el disco de los puntos de control, pues escribirlos también cuesta; lleva nombre de temporal, y si el proceso muere se borra con ellos."""
    cache_dir().mkdir(parents=True, exist_ok=True)
    path = cache_dir() / f".medida-{uuid4().hex}{TEMPORARY}"
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)
