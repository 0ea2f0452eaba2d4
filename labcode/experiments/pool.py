"""Los procesos de esta máquina: uno de un hilo por núcleo, o uno para la GPU."""

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager

import torch


def process_count(device: torch.device, workers: int | None = None) -> int:
    """Da cuántos procesos entrenan a la vez: los pedidos o uno por núcleo en CPU, y uno en GPU."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return 1 if device.type == "cuda" else workers or cores or 1


@contextmanager
def local_pool(processes: int) -> Iterator[ProcessPoolExecutor]:
    """Abre procesos y no deja ninguno: si algo interrumpe, mueren sin esperar al final de su grupo.

    Args:
        processes: cuántos.
    """
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(processes, mp_context=context, initializer=_start_worker, initargs=(os.getpid(),))
    try:
        with _no_interrupt():  # lo heredan: Ctrl-C llega solo a quien los lanzó, que los termina
            pool.submit(int)
        yield pool
        pool.shutdown()
    except BaseException:
        for process in list((pool._processes or {}).values()):
            process.kill()
        pool.shutdown(wait=False, cancel_futures=True)
        raise


@contextmanager
def _no_interrupt() -> Iterator[None]:
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _start_worker(parent: int) -> None:
    """Un hilo por proceso, sin Ctrl-C propio, y sin sobrevivir a quien lo lanzó."""
    torch.set_num_threads(1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.5)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
