"""Lo común de las pruebas que matan procesos: un experimento, sus datos, y esperar a que algo ocurra."""

import time
from collections import Counter

import torch

from labcode.experiments import Experiment
from labcode.models import MLPConfig
from labcode.results import read_result
from labcode.training import Recipe

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


def wait_for(condition, seconds=120.0):
    """Espera a que algo sea cierto y lo devuelve."""
    limit = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < limit, "no ocurrió a tiempo"
        time.sleep(0.02)
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
