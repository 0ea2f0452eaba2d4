"""Cuántas imágenes por segundo entrena labcode, junto al bucle habitual de los tutoriales.

Todo se mide en una misma ejecución y por turnos: el tutorial, una red, un conjunto de ocho y un barrido (un conjunto
por núcleo; en GPU, un conjunto como los de `train`), una vez tras otra. Donde hay GPU, el tutorial también la usa. Lo
que vale son las razones; los números absolutos cambian con la máquina y su carga.
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
from labcode.experiments.planning import ABREAST, GROUP
from labcode.models import CNNConfig, FastConfig, MLPConfig, ModelConfig, VGGConfig, build, forward_flops
from labcode.training import Recipe, Run, pick_device, train
from labcode.training.placement import fills, pick_precision

MEAN, STD = (0.4914, 0.4822, 0.4465), (0.2470, 0.2435, 0.2616)
ENSEMBLE = 8
ROUNDS = int(os.environ.get("LABCODE_BENCH_ROUNDS", "3"))
AUGMENTED = (HorizontalFlip(), RandomCrop(4))
DEVICE = pick_device().type
GPU_IMAGES = 25_600  # las que una GPU entrena por época y por red en cada turno


@dataclass(frozen=True)
class Case:
    """Una fila de la tabla: red, receta y cuántas imágenes se entrenan en cada turno."""

    name: str
    model: ModelConfig
    recipe: Recipe
    images: int
    laps: int = 30  # cuántas épocas da una GPU en cada turno

    @property
    def together(self) -> int:
        """Cuántas redes junta cada proceso de un barrido."""
        return (ABREAST if fills(self.model) else GROUP)[DEVICE]


CASES = (
    Case("MLP, lote 64", MLPConfig(), Recipe(batch_size=64, epochs=1), 6_400),
    Case("MLP, lote 1024", MLPConfig(), Recipe(batch_size=1024, epochs=1), 8_192),
    Case("CNN, lote 64", CNNConfig(), Recipe(batch_size=64, epochs=1), 3_200),
    Case("VGG-11, lote 128, aumentada", VGGConfig(), Recipe(batch_size=128, epochs=1, augmentations=AUGMENTED), 1_024, 2),
    Case("la rápida, lote 256, aumentada", FastConfig(), Recipe(batch_size=256, epochs=1, augmentations=AUGMENTED), 1_024, 2),
)


def tutorial(case: Case, root: Path, workers: int) -> Callable[[], float]:
    """Prepara el bucle de siempre: imágenes PIL de torchvision, transformaciones de a una y un DataLoader."""
    steps = [transforms.ToTensor(), transforms.Normalize(MEAN, STD)]
    if case.recipe.augmentations:
        steps = [transforms.RandomCrop(32, padding=4), transforms.RandomHorizontalFlip(), *steps]
    dataset = torchvision.datasets.CIFAR10(root, train=True, transform=transforms.Compose(steps))
    loader = DataLoader(Subset(dataset, range(case.images)), case.recipe.batch_size, shuffle=True, num_workers=workers)
    model = build(case.model, 0).to(DEVICE)
    optimizer = torch.optim.SGD(model.parameters(), lr=1e-3, momentum=0.9, weight_decay=1e-3)

    def measure() -> float:
        started, total = time.perf_counter(), 0.0
        for x, y in loader:
            optimizer.zero_grad()
            loss = F.cross_entropy(model(x.to(DEVICE)), y.to(DEVICE))
            loss.backward()
            optimizer.step()
            total += loss.item()
        return case.images / (time.perf_counter() - started)

    return measure


def ours(case: Case, members: int, images: torch.Tensor, labels: torch.Tensor) -> float:
    """Entrena un conjunto con `train()` y da las imágenes por segundo, sumadas sobre sus miembros.

    En GPU no se cuenta la primera época, en que se graba el paso.
    """
    n = GPU_IMAGES if DEVICE == "cuda" else case.images
    split = SimpleNamespace(train_images=images[:n], train_labels=labels[:n], eval_images=images[:10], eval_labels=labels[:10])

    def seconds(epochs: int) -> float:
        recipe = replace(case.recipe, learning_rate=1e-3, epochs=epochs)
        return sum(t.seconds for t in train([Run(case.model, replace(recipe, lam=1e-4 * i), 0) for i in range(members)], split))

    if DEVICE == "cpu":
        return n * members / seconds(1)
    return n * members * case.laps / (seconds(1 + case.laps) - seconds(1))


def in_worker(case: Case, members: int) -> float:
    """Lo mismo, en otro proceso con sus propios datos."""
    dataset = load_cifar10()
    return ours(case, members, dataset.train_images, dataset.train_labels)


def sweep(case: Case, pool: ProcessPoolExecutor, processes: int) -> float:
    """Un conjunto por proceso a la vez, como entrena `python -m labcode train`."""
    return sum(pool.map(in_worker, [case] * processes, [case.together] * processes))


def peak() -> float:
    """El mejor producto de matrices que se logra aquí, con todos los hilos, en GFLOP/s."""
    side = 8192 if DEVICE == "cuda" else 2048
    a = torch.randn(side, side, device=DEVICE).to(getattr(torch, pick_precision(DEVICE)))
    times = []
    for _ in range(6):
        started = time.perf_counter()
        (a @ a)[0, 0].item()
        times.append(time.perf_counter() - started)
    return 2 * side**3 / min(times) / 1e9


def training_flops(model: ModelConfig) -> int:
    """Operaciones de entrenar con una imagen: ida, gradiente de los pesos que aprenden y de las activaciones que lo piden."""
    network = build(model, 0)
    first = next(i for i, layer in enumerate(network) if hasattr(layer, "weight") and layer.weight.requires_grad)
    return 3 * forward_flops(network) - forward_flops(network[: first + 1]) - forward_flops(network[:first])


def row(case: Case, root: Path, pool: ProcessPoolExecutor, cores: int, processes: int) -> str:
    """Mide un caso por turnos y arma su fila."""
    dataset = load_cifar10()
    images, labels = dataset.train_images, dataset.train_labels
    turns: dict[str, Callable[[], float]] = {f"tutorial-{w}": tutorial(case, root, w) for w in (0, cores)}
    turns["una"] = lambda: ours(case, 1, images, labels)
    if not fills(case.model):
        turns["ocho"] = lambda: ours(case, ENSEMBLE, images, labels)
    turns["barrido"] = lambda: sweep(case, pool, processes)
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


def main() -> int:
    """Mide todo e imprime la tabla en Markdown."""
    root = os.environ.get("LABCODE_DATA")
    if not root:
        print("Falta `LABCODE_DATA`: la carpeta que contiene `cifar-10-batches-py/`.", file=sys.stderr)
        return 1
    cores = len(os.sched_getaffinity(0))
    torch.set_num_threads(cores)
    processes = 1 if DEVICE == "cuda" else cores
    chip = torch.cuda.get_device_name() if DEVICE == "cuda" else f"CPU {torch.backends.cpu.get_cpu_capability()}"
    print(f"{platform.machine()}, {cores} núcleos, torch {torch.__version__}, {chip}")
    print(f"medianas de {ROUNDS} turnos, imágenes por segundo (y razón al tutorial)\n")
    print(f"| red | tutorial | una red | conjunto de {ENSEMBLE} | {'un conjunto de train' if DEVICE == 'cuda' else 'un conjunto por núcleo'} | parte del mejor producto, GFLOP/s |\n| --- | --- | --- | --- | --- | --- |")
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, mp_context=context, initializer=torch.set_num_threads, initargs=(cores // processes,)) as pool:
        for case in CASES:
            print(row(case, Path(root), pool, cores, processes), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
