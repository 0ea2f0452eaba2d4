"""Los procesos de esta máquina: uno por núcleo, o los que se pidan, con los núcleos repartidos; o uno para la GPU."""

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager

import torch
from tqdm import tqdm

from labcode.experiments.failures import TrainingError

UNGUARDED = (
    "Los procesos que entrenan no llegaron a empezar. Cada uno ejecuta, al nacer, el guion que lo pide: si es tuyo, pon la llamada bajo "
    '`if __name__ == "__main__":`; o entrena con `python -m labcode train NOMBRE`.'
)


def process_count(device: str, workers: int | None = None) -> int:
    """Da cuántos procesos entrenan a la vez en "cpu" o "cuda": los pedidos o, si no, uno por núcleo en CPU y uno en GPU."""
    return workers or (1 if device == "cuda" else _cores())


def threads_each(processes: int) -> int:
    """Da cuántos hilos le tocan a cada proceso: los núcleos, repartidos."""
    return max(1, _cores() // processes)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def being_born() -> bool:
    """Dice si este proceso aún está naciendo: ejecuta el guion de quien lo lanzó, y no puede lanzar otros."""
    return getattr(multiprocessing.current_process(), "_inheriting", False)


@contextmanager
def local_pool(processes: int) -> Iterator[ProcessPoolExecutor]:
    """Abre procesos y no deja ninguno: si algo interrumpe, mueren sin esperar al final de su grupo.

    Args:
        processes: cuántos.

    Raises:
        TrainingError: si mueren al nacer, como al lanzarlos desde un guion sin `if __name__ == "__main__":`.
    """
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(processes, mp_context=context, initializer=_start_worker, initargs=(os.getpid(), threads_each(processes)))
    try:
        with no_interrupt():
            born = pool.submit(int)
        try:
            born.result()
        except BrokenProcessPool as error:
            raise TrainingError(UNGUARDED) from error
        yield pool
        pool.shutdown()
    except BaseException:
        for process in list((pool._processes or {}).values()):
            process.kill()
        pool.shutdown(wait=False, cancel_futures=True)
        raise


@contextmanager
def no_interrupt() -> Iterator[None]:
    """Aparta Ctrl-C de los procesos que nacen entretanto, que lo heredan: llega solo a quien los lanzó, y él los termina."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _start_worker(parent: int, threads: int) -> None:
    """Sus hilos, sin Ctrl-C propio, y sin sobrevivir a quien lo lanzó."""
    torch.set_num_threads(threads)
    tqdm.set_lock(threading.RLock())  # el suyo, entre procesos, queda sin soltar si lo matan, y Python lo avisa al salir
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.5)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
