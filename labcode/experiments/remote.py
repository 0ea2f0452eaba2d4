"""Varias máquinas: los grupos van a los trabajadores de un planificador de dask, y vuelven sus resultados."""

import ctypes
import re
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch

from labcode.checks import refuse
from labcode.experiments.declaration import Job
from labcode.experiments.failures import TrainingError
from labcode.experiments.planning import checkpoint_folder, checkpoint_path, discard
from labcode.files import clean_temporaries
from labcode.results import running_code
from labcode.training import pick_device
from labcode.training.placement import pick_precision

ANSWER_WITHIN = 10.0  # segundos que se espera a quien no contesta
LOOK_EVERY = 0.5  # segundos entre dos miradas a si aún se quiere el grupo
_ADDRESS = re.compile(r"(tcp|tls)://(\[[0-9a-fA-F:]+\]|[^\s:/\[\]]+):\d{1,5}")


class Cluster(Executor):
    """Los trabajadores de un planificador, con la forma de un ejecutor de grupos.

    Si uno muere, dask da su grupo a otro, que sigue desde el punto de control si comparten `LABCODE_CACHE`, y si
    no, empieza de nuevo: en ambos casos llega a los mismos bits.

    Args:
        client: un `distributed.Client`.
        device: "auto", "cpu" o "cuda".
        facts: lo que todo trabajador debe tener igual (`worker_facts`).
    """

    def __init__(self, client: Any, device: str, facts: dict[str, str]) -> None:
        self._client, self._device, self._facts = client, device, facts
        self._pool = client.get_executor(pure=False)
        self._groups: dict[Future, Path] = {}

    @property
    def device(self) -> str:
        """Dónde entrenan los trabajadores: "cpu" o "cuda"."""
        return self._facts["dispositivo"]

    def submit(self, work: Callable, group: Sequence[Job], /, *args: Any) -> Future:
        """Manda un grupo; `work` recibe el grupo y lo demás."""
        future = self._pool.submit(_on_worker, self._facts, self._device, work, group, *args)
        self._groups[future] = checkpoint_path(group)
        return future

    def forget(self) -> None:
        """Borra de los discos de los trabajadores lo que dejaron a medias los grupos ya entregados."""
        names = [
            (path.parent.name, path.name)
            for future, path in self._groups.items()
            if future.done() and not future.cancelled() and future.exception() is None
        ]
        if names:
            self._client.run(_forget, names, on_error="ignore")

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Cierra; sin `wait`, los grupos en curso se detienen tras su última época guardada."""
        self._pool.shutdown(wait=wait and not cancel_futures)


@contextmanager
def cluster(address: str, device: str = "auto") -> Iterator[Cluster]:
    """Se conecta a un planificador y comprueba a sus trabajadores antes de mandarles nada.

    Args:
        address: `tcp://máquina:puerto` o `tls://máquina:puerto`.
        device: dónde entrena cada trabajador: "auto", "cpu" o "cuda".

    Raises:
        ValueError: si la dirección no vale, falta el paquete `distributed`, nadie contesta en 10 s, no hay
            trabajadores, o no son todos iguales: mismo código, torch, dispositivo y precisión, y un hilo.
    """
    client = _connect(address)
    try:
        pool = Cluster(client, device, _check_workers(client, address, device))
        try:
            yield pool
        except TrainingError:  # lo demás terminó y está escrito
            pool.forget()
            raise
        pool.forget()
    finally:
        client.close()


def _connect(address: str) -> Any:
    if not isinstance(address, str) or not _ADDRESS.fullmatch(address):
        raise refuse("scheduler", address, "tcp://máquina:puerto o tls://máquina:puerto", "tcp://10.0.0.5:8786")
    try:
        from distributed import Client
    except ImportError:
        raise ValueError("`--scheduler` usa el paquete distributed, y no está: `pip install distributed`.") from None
    try:
        return Client(address, timeout=ANSWER_WITHIN, set_as_default=False, name="labcode")
    except (OSError, ValueError, TypeError, RuntimeError) as error:
        raise ValueError(
            f"Ningún planificador de dask contesta en {address} ({_first_line(error)}). "
            f"¿Está en marcha (`dask scheduler`) y se llega a él desde aquí?"
        ) from error


def _check_workers(client: Any, address: str, device: str) -> dict[str, str]:
    start = f"`dask worker {address} --nthreads 1`, uno por GPU o por núcleo"
    try:
        client.wait_for_workers(1, timeout=ANSWER_WITHIN)
    except TimeoutError:
        raise ValueError(f"El planificador {address} contesta, pero no tiene trabajadores. Láncenlos: {start}.") from None
    for worker, threads in client.nthreads().items():
        if threads != 1:
            raise ValueError(f"El trabajador {worker} tiene {threads} hilos, y debe tener 1. Láncenlo así: {start}.")
    answers = client.run(worker_facts, device, on_error="return")
    wanted = next((facts for facts in answers.values() if isinstance(facts, dict)), {}) | {"código": running_code().hash}
    for worker, facts in answers.items():
        if isinstance(facts, BaseException):
            raise ValueError(f"El trabajador {worker} no puede entrenar: {_first_line(facts)}.") from facts
        if facts != wanted:
            raise ValueError(f"El trabajador {worker} no es como los demás: {_differences(facts, wanted)}")
    return wanted


def worker_facts(device: str) -> dict[str, str]:
    """Dice lo que decide los bits de un entrenamiento en este proceso, aparte de los datos.

    Raises:
        ValueError: si se pide una GPU y no la hay.
    """
    place = pick_device(device).type
    facts = {"código": running_code().hash, "torch": torch.__version__, "dispositivo": place}
    return facts | {"precisión": pick_precision(place)}


def _differences(facts: dict[str, str], wanted: dict[str, str]) -> str:
    told = [f"{name} {facts[name][:12]}, y no {wanted[name][:12]}" for name in wanted if facts[name] != wanted[name]]
    mend = "pongan allí el mismo labcode y el mismo torch, y si unos tienen GPU y otros no, elijan con --device."
    return f"{'; '.join(told)}. Para que los números no dependan de a quién le toca, {mend}"


def _first_line(error: BaseException) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0].rstrip(".")


def _on_worker(facts: dict[str, str], device: str, work: Callable, group: Sequence[Job], *args: Any) -> Any:
    try:
        own = worker_facts(device)
        if own != facts:  # llegó después de la comprobación
            raise ValueError(f"No es como los demás: {_differences(own, facts)}")
        clean_temporaries(checkpoint_path(group).parent)
        return work(group, *args)
    except Exception as error:
        error.add_note(f"en el trabajador {_current_worker().address}")
        raise


def _forget(names: list[tuple[str, str]]) -> None:
    for experiment, name in names:
        discard(checkpoint_folder(experiment) / name)


class _Unwanted(BaseException):
    """Ya nadie espera este grupo."""


@contextmanager
def dask_duty() -> Iterator[None]:
    """Lo que se hace distinto en un trabajador de dask; en cualquier otro proceso, nada.

    Un solo hilo de torch, como los procesos locales, y alto si el planificador deja de querer el grupo (quien lo
    pidió se interrumpió o murió): dask no detiene lo que ya empezó.
    """
    worker = _current_worker()
    if worker is None:
        yield
        return
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with _stop_when(_nobody_wants(worker)):
            yield
    except _Unwanted:
        raise RuntimeError("Ya nadie espera este grupo: queda en su punto de control.") from None
    finally:
        torch.set_num_threads(threads)


def _current_worker() -> Any:
    distributed = sys.modules.get("distributed")
    if distributed is None:
        return None
    try:
        return distributed.get_worker()
    except ValueError:
        return None


def _nobody_wants(worker: Any) -> Callable[[], bool]:
    key = worker.get_current_task()

    def ask() -> bool:
        task = worker.state.tasks.get(key)
        return task is None or task.state == "cancelled" or worker.status.name in ("closing", "closed", "failed")

    return ask


@contextmanager
def _stop_when(unwanted: Callable[[], bool]) -> Iterator[None]:
    """Lanza `_Unwanted` en este hilo, como un Ctrl-C, si `unwanted` llega a ser cierto."""
    target, ended, turn = threading.get_ident(), threading.Event(), threading.Lock()

    def watch() -> None:
        while not ended.wait(LOOK_EVERY):
            with turn:  # quien termina espera su turno: nada se lanza fuera de aquí
                if not ended.is_set() and unwanted():
                    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(target), ctypes.py_object(_Unwanted))
                    return

    threading.Thread(target=watch, daemon=True).start()
    try:
        yield
    finally:
        with turn:
            ended.set()
