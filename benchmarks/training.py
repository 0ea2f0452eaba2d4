"""Cuántas imágenes por segundo entrena labcode, junto al bucle habitual de los tutoriales.

Todo se mide en una misma ejecución y por turnos: el tutorial, una red, un conjunto de ocho y un barrido (un conjunto
por núcleo), una vez tras otra. Lo que vale son las razones; los números absolutos cambian con la máquina y su carga.
Uso: `make bench`, con CIFAR-10 en `LABCODE_DATA` o en el caché.
"""

import multiprocessing
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace

import torch
import torch.nn.functional as F
import torchvision
from torch.utils.data import DataLoader, Subset
from torchvision import transforms

from labcode import text
from labcode.augmentation import HorizontalFlip, RandomCrop
from labcode.data import load_cifar10
from labcode.models import CNNConfig, FastConfig, MLPConfig, ModelConfig, VGGConfig, build, forward_flops
from labcode.training import Recipe, Run, train
from labcode.training.placement import cpu_has_bfloat16

MEAN, STD = (0.4914, 0.4822, 0.4465), (0.2470, 0.2435, 0.2616)
ENSEMBLE = 8
ROUNDS = int(os.environ.get("LABCODE_BENCH_ROUNDS", "3"))
AUGMENTED = (HorizontalFlip(), RandomCrop(4))


@dataclass(frozen=True)
class Case:
    """Una fila de la tabla: red, receta y cuántas imágenes se entrenan en cada turno."""

    name: str
    model: ModelConfig
    recipe: Recipe
    images: int
    together: int = ENSEMBLE  # cuántas redes junta cada proceso de un barrido; las de muchos canales se entrenan solas


CASES = (
    Case("MLP, lote 64", MLPConfig(), Recipe(batch_size=64, epochs=1), 6_400),
    Case("MLP, lote 1024", MLPConfig(), Recipe(batch_size=1024, epochs=1), 8_192),
    Case("CNN, lote 64", CNNConfig(), Recipe(batch_size=64, epochs=1), 3_200),
    Case("VGG-11, lote 128, aumentada", VGGConfig(), Recipe(batch_size=128, epochs=1, augmentations=AUGMENTED), 1_024, 1),
    Case("la rápida, lote 256, aumentada", FastConfig(), Recipe(batch_size=256, epochs=1, augmentations=AUGMENTED), 1_024, 1),
)


def tutorial(case: Case, root: Path, workers: int) -> Callable[[], float]:
    """Prepara el bucle de siempre: imágenes PIL de torchvision, transformaciones de a una y un DataLoader."""
    steps = [transforms.ToTensor(), transforms.Normalize(MEAN, STD)]
    if case.recipe.augmentations:
        steps = [transforms.RandomCrop(32, padding=4), transforms.RandomHorizontalFlip(), *steps]
    dataset = torchvision.datasets.CIFAR10(root, train=True, transform=transforms.Compose(steps))
    loader = DataLoader(Subset(dataset, range(case.images)), case.recipe.batch_size, shuffle=True, num_workers=workers)
    model = build(case.model, 0)
    optimizer = torch.optim.SGD(model.parameters(), lr=1e-3, momentum=0.9, weight_decay=1e-3)

    def measure() -> float:
        started, total = time.perf_counter(), 0.0
        for x, y in loader:
            optimizer.zero_grad()
            loss = F.cross_entropy(model(x), y)
            loss.backward()
            optimizer.step()
            total += loss.item()
        return case.images / (time.perf_counter() - started)

    return measure


def ours(case: Case, members: int, images: torch.Tensor, labels: torch.Tensor) -> float:
    """Entrena un conjunto con `train()` y da las imágenes por segundo, sumadas sobre sus miembros."""
    n = case.images
    split = SimpleNamespace(train_images=images[:n], train_labels=labels[:n], eval_images=images[:10], eval_labels=labels[:10])
    runs = [Run(case.model, replace(case.recipe, learning_rate=1e-3, lam=1e-4 * i), 0) for i in range(members)]
    return n * members / sum(t.seconds for t in train(runs, split))


def in_worker(case: Case, members: int) -> float:
    """Lo mismo, en un proceso de un hilo con sus propios datos."""
    dataset = load_cifar10()
    return ours(case, members, dataset.train_images, dataset.train_labels)


def sweep(case: Case, pool: ProcessPoolExecutor, cores: int) -> float:
    """Un conjunto por núcleo a la vez, como entrena `python -m labcode train`."""
    return sum(pool.map(in_worker, [case] * cores, [case.together] * cores))


def peak() -> float:
    """El mejor producto de matrices que se logra aquí, con todos los hilos, en GFLOP/s."""
    a = torch.randn(2048, 2048).to(torch.bfloat16 if cpu_has_bfloat16() else torch.float32)
    a @ a
    times = []
    for _ in range(5):
        started = time.perf_counter()
        a @ a
        times.append(time.perf_counter() - started)
    return 2 * 2048**3 / min(times) / 1e9


def training_flops(model: ModelConfig) -> int:
    """Operaciones de entrenar con una imagen: ida, gradiente de los pesos que aprenden y de las activaciones que lo piden."""
    network = build(model, 0)
    first = next(i for i, layer in enumerate(network) if hasattr(layer, "weight") and layer.weight.requires_grad)
    return 3 * forward_flops(network) - forward_flops(network[: first + 1]) - forward_flops(network[:first])


def row(case: Case, root: Path, pool: ProcessPoolExecutor, cores: int) -> str:
    """Mide un caso por turnos y arma su fila."""
    dataset = load_cifar10()
    images, labels = dataset.train_images, dataset.train_labels
    turns: dict[str, Callable[[], float]] = {f"tutorial-{w}": tutorial(case, root, w) for w in (0, cores)}
    turns["una"] = lambda: ours(case, 1, images, labels)
    if case.together > 1:
        turns["ocho"] = lambda: ours(case, case.together, images, labels)
    turns["barrido"] = lambda: sweep(case, pool, cores)
    turns["producto"] = peak
    rates: dict[str, list[float]] = {name: [] for name in turns}
    for round_ in range(ROUNDS + 1):
        for name, turn in turns.items():
            rate = turn()
            if round_:  # el primero es de calentamiento
                rates[name].append(rate)
    middle = {name: statistics.median(values) for name, values in rates.items()}
    base = max(middle[f"tutorial-{w}"] for w in (0, cores))
    best = max(middle.get(name, 0.0) for name in ("una", "ocho", "barrido"))
    share = 100 * best * training_flops(case.model) / (max(rates["producto"]) * 1e9)
    cells = [f"{text.integer(round(middle[name]))} ({middle[name] / base:.1f}×)" if name in middle else "–" for name in ("una", "ocho", "barrido")]
    return f"| {case.name} | {text.integer(round(base))} | " + " | ".join(cells) + f" | {share:.0f} % de {max(rates['producto']):.0f} |"


def _one_thread() -> None:
    torch.set_num_threads(1)


def main() -> int:
    """Mide todo e imprime la tabla en Markdown."""
    root = os.environ.get("LABCODE_DATA")
    if not root:
        print("Falta `LABCODE_DATA`: la carpeta que contiene `cifar-10-batches-py/`.", file=sys.stderr)
        return 1
    cores = len(os.sched_getaffinity(0))
    torch.set_num_threads(cores)
    print(f"{platform.machine()}, {cores} núcleos, torch {torch.__version__}, CPU {torch.backends.cpu.get_cpu_capability()}")
    print(f"medianas de {ROUNDS} turnos, imágenes por segundo (y razón al tutorial)\n")
    print(f"| red | tutorial | una red | conjunto de {ENSEMBLE} | un conjunto por núcleo | parte del mejor producto, GFLOP/s |\n| --- | --- | --- | --- | --- | --- |")
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(cores, mp_context=context, initializer=_one_thread) as pool:
        for case in CASES:
            print(row(case, Path(root), pool, cores), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
