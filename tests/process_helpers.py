"""Lo común de las pruebas que matan procesos: un experimento, sus datos, y esperar a que algo ocurra."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import contextmanager, suppress
from pathlib import Path

import torch

from labcode.experiments import Experiment
from labcode.models import MLPConfig
from labcode.results import read_result
from labcode.training import Recipe

ROOT = Path(__file__).parent.parent
DATA = {"n_train": 300, "n_test": 100, "seed": 0}
EPOCHS, GROUPS, RUNS = 6, 4, 12
SLOW = Experiment(
    name="SLOW", question="¿Sigue?", chapter="05_l2", model=MLPConfig(hidden=(6,)),
    recipe=Recipe(batch_size=10, epochs=EPOCHS), axes={"lam": (0.0, 0.01, 1.0)}, seeds=2, final="every",
)  # fmt: skip


def numbers(folder, name):
    """Los números de cada resultado de un experimento, por fase y ajuste."""
    return {
        (path.parent.name, path.stem): (result.history, result.metrics, result.weights)
        for path in sorted((folder / "results" / name.lower()).rglob("*.json"))
        for result in [read_result(path)]
    }


def train_here(folder, patch):
    """Entrena SLOW (o lo que le falte) en este proceso y con un hilo, y da sus números."""
    from labcode.data import figuras
    from labcode.experiments import runner
    from test_experiments import Here

    patch.setenv("LABCODE_RESULTS", str(folder / "results"))
    patch.setenv("LABCODE_CACHE", str(folder / "cache"))
    patch.setattr(runner, "load_cifar10", lambda: figuras(**DATA))
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    runner._dataset.cache_clear()
    try:
        runner.train_missing(SLOW, executor=Here())
    finally:
        runner._dataset.cache_clear()
        torch.set_num_threads(threads)
    return numbers(folder, SLOW.name)


def wait_for(condition, seconds=120.0, every=0.02):
    """Espera a que algo sea cierto y lo devuelve."""
    limit = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < limit, "no ocurrió a tiempo"
        time.sleep(every)
    return found


def ask_pause(folder):
    """Pide que se detenga el primer proceso que guarde su tercera época (`worker_hook`)."""
    (folder / "cache").mkdir(parents=True, exist_ok=True)
    for name in ("pausando", "en-pausa"):
        (folder / "cache" / name).unlink(missing_ok=True)
    (folder / "cache" / "pausa").touch()


def paused(folder):
    """El proceso y el punto de control de quien está en pausa, o None."""
    path = folder / "cache" / "en-pausa"
    words = path.read_text(encoding="utf-8").split() if path.exists() else []
    return (int(words[0]), words[1]) if len(words) == 2 else None


def saved(folder):
    """Cuántas veces se guardó cada punto de control, entre todos los procesos."""
    lines = (folder / "cache" / "diario").read_text(encoding="utf-8").splitlines()
    return Counter(line.split()[1] for line in lines)


NURSERY = """
import os, sys; sys.path[:0] = ["tests/faults", "tests", "."]
from pathlib import Path
import torch{modules}; torch.set_num_threads(1)
from {module} import {act}
from labcode.results import running_code
from process_helpers import settle
running_code()
for folder in map(Path, map(str.strip, sys.stdin)):
    child = os.fork()
    if not child:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        settle(folder, os.environ.__setitem__)
        {act}(folder)
        os._exit(0)
    print(child, flush=True)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


def settle(folder, setenv):
    """Pone en una carpeta los resultados, la caché y los pesos."""
    for name in ("results", "cache", "weights"):
        setenv(f"LABCODE_{name.upper()}", str(folder / name))


@contextmanager
def nursery(act, *modules):
    """Un vivero: un proceso que ya importó todo (y `modules`) y da a luz a otros, que corren `act(carpeta)`.

    Da la función que los pide. Espera a que el nacido termine y da su código de salida; con `until`, lo mata
    cuando esa función, que recibe su número, vuelve.
    """

    def live(folder, until=None):
        print(folder, file=process.stdin, flush=True)
        child = int(process.stdout.readline())
        if until is not None:
            until(child)
            with suppress(ProcessLookupError):  # ya había terminado
                os.kill(child, signal.SIGKILL)
        return int(process.stdout.readline())

    script = NURSERY.format(module=act.__module__, act=act.__name__, modules="".join(f", {name}" for name in modules))
    with subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield live
        finally:
            process.kill()
