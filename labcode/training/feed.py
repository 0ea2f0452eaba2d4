"""Los datos en el dispositivo: enteros, sin cargadores ni procesos, y los lotes que ve cada corrida."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

from labcode import augmentation
from labcode.augmentation import Augmentation, Draws
from labcode.checks import check_float, check_int
from labcode.models import CLASSES, IMAGE, MLPConfig, ModelConfig
from labcode.training.placement import Placement
from labcode.training.recipe import Run, stream

# Cada cosa que sortea una semilla tiene su propio generador: cambiar una no mueve las otras. Los de CPU miran solo los 32 bits bajos de
# la semilla (mt19937), así que lo que las distingue tiene que estar ahí.
DRAWS_SEED, SUBSET_SEED, MASKS_SEED, NOISE_SEED = 1 << 28, 2 << 28, 3 << 28, 4 << 28

CONSTANT = 1e-6  # un canal que no se desvía más que esto no dice nada: dividir por ello agrandaría cualquier cambio al evaluar


class SplitLike(Protocol):
    """Lo que el motor pide de unos datos: imágenes (o vectores) y etiquetas, para aprender y para medir."""

    train_images: Tensor
    train_labels: Tensor
    eval_images: Tensor
    eval_labels: Tensor


@dataclass
class Stream:
    """Lo que ven las corridas de una misma semilla y un mismo aumento.

    Attributes:
        augmentations: los de todas.
        members: posiciones de los ejemplos que usa, int64 [N].
        order: generador del orden de los datos.
        draws: generador de los sorteos del aumento.
        masks: generador de los sorteos del *dropout*, en el dispositivo.
        size: alto y ancho de las imágenes.
    """

    augmentations: tuple[Augmentation, ...]
    members: Tensor
    order: torch.Generator
    draws: torch.Generator
    masks: torch.Generator
    size: tuple[int, int]

    def epoch(self) -> tuple[Tensor, Draws]:
        """Sortea una vuelta: el orden de los ejemplos, [N], y lo que hará el aumento con cada uno."""
        order = self.members[torch.randperm(len(self.members), generator=self.order)]
        return order, augmentation.draw(self.augmentations, len(order), self.size, self.draws)


def _check_split(split: SplitLike, model: ModelConfig) -> None:
    """Exige cuatro tensores que calcen entre sí y con la red, antes de calcular nada."""
    for name in ("train_images", "train_labels", "eval_images", "eval_labels"):
        if not isinstance(getattr(split, name, None), Tensor):
            raise ValueError(f"`split` no trae `{name}` como tensor: hace falta una partición, como la que da `split(datos, 'final')`.")
    classes = model.classes if isinstance(model, MLPConfig) else CLASSES
    for images, labels in ((split.train_images, split.train_labels), (split.eval_images, split.eval_labels)):
        if labels.dim() != 1:
            raise ValueError(f"Las etiquetas son un número por imagen, [N], y llegaron de forma {list(labels.shape)}.")
        if len(images) != len(labels) or not len(labels):
            raise ValueError(f"Cada imagen necesita su etiqueta, y hay {len(images)} imágenes y {len(labels)} etiquetas.")
        shape = tuple(images.shape[1:])
        if (math.prod(shape) != model.inputs) if isinstance(model, MLPConfig) else (shape != IMAGE):
            wanted = f"{model.inputs} números" if isinstance(model, MLPConfig) else f"imágenes de forma {list(IMAGE)}"
            raise ValueError(f"La red ({type(model).__name__}) recibe {wanted}, y cada ejemplo es de forma {list(shape)}.")
        if labels.dtype != torch.int64 or labels.min() < 0 or labels.max() >= classes:
            raise ValueError(f"Las etiquetas deben ser int64 entre 0 y {classes - 1}, y son {labels.dtype}, de {labels.min()} a {labels.max()}.")


class Feed:
    """Los datos, enteros en el dispositivo, y un lote por corriente (*stream*) cada vez que se pide.

    Args:
        split: imágenes uint8 [N, C, H, W] o vectores float [N, D], y etiquetas int64 [N].
        runs: las corridas, ya agrupadas por semilla y aumento.
        placement: dónde viven los tensores.

    Raises:
        ValueError: si los datos no son una partición, no calzan con la red o entre sí, se piden más ejemplos de los que hay o se
            aumentan vectores.
    """

    def __init__(self, split: SplitLike, runs: Sequence[Run], placement: Placement) -> None:
        _check_split(split, runs[0].model)
        self.device = torch.device(placement.device)
        self.train = split.train_images.to(self.device), split.train_labels.to(self.device)
        self.eval = split.eval_images.to(self.device), split.eval_labels.to(self.device)
        if split.train_images.dim() != 4 and any(run.recipe.augmentations for run in runs):
            raise ValueError("`augmentations` solo se aplica a imágenes [N, C, H, W], y estos datos son vectores.")
        recipe, seeds = runs[0].recipe, [seed for seed, _ in dict.fromkeys(map(stream, runs))]
        self.mean, self.std = (t.to(self.device) for t in channel_statistics(split.train_images))
        if not recipe.normalize:
            self.mean, self.std = torch.zeros_like(self.mean), torch.ones_like(self.std)
        noisy = [noisy_labels(split.train_labels, recipe.label_noise, seed) for seed in seeds]
        self.labels = torch.stack(noisy).to(self.device)  # [S, N]
        size = tuple(split.train_images.shape[2:]) or (1, 1)
        self.streams = [
            Stream(
                augmentations,
                choose_examples(split.train_labels, runs[0].examples, seed),
                torch.Generator().manual_seed(seed),
                torch.Generator().manual_seed(seed + DRAWS_SEED),
                torch.Generator(self.device).manual_seed(seed + MASKS_SEED),
                size,
            )
            for seed, augmentations in dict.fromkeys(map(stream, runs))
        ]

    def __len__(self) -> int:
        return len(self.streams[0].members)

    def generators(self) -> dict[str, torch.Generator]:
        """Todos los generadores, con nombre, para un punto de control."""
        kinds = ("order", "draws", "masks")
        return {f"{kind}.{i}": getattr(s, kind) for i, s in enumerate(self.streams) for kind in kinds}

    def epoch(self) -> "Epoch":
        """Sortea una vuelta completa y la lleva al dispositivo."""
        drawn = [s.epoch() for s in self.streams]
        return Epoch(torch.stack([order for order, _ in drawn]).to(self.device), [draws.to(self.device) for _, draws in drawn])

    def batch(self, epoch: "Epoch", where: slice | Tensor) -> tuple[Tensor, Tensor]:
        """Arma un lote por corriente.

        Args:
            epoch: la vuelta en curso.
            where: qué posiciones de la vuelta.

        Returns:
            Imágenes normalizadas, float [S, B, …], y etiquetas, [S, B].
        """
        index = epoch.order[:, where]
        images = self.train[0].index_select(0, index.flatten()).unflatten(0, index.shape)
        labels = self.labels.gather(1, index)
        if any(draws.augmentations for draws in epoch.draws):
            each = zip(images, epoch.draws)
            images = torch.stack([augmentation.apply(own, draws.augmentations, draws[where]) for own, draws in each])
        return self.normalize(images), labels

    def normalize(self, images: Tensor) -> Tensor:
        """Resta la media y divide por la desviación estándar de cada canal."""
        return images.to(torch.float32, copy=True).sub_(self.mean).div_(self.std)  # una copia: los datos no se tocan


@dataclass
class Epoch:
    """Una vuelta sorteada, en el dispositivo.

    Attributes:
        order: posiciones de los ejemplos, int64 [S, N].
        draws: por corriente, lo sorteado para su aumento.
    """

    order: Tensor
    draws: list[Draws]


def choose_examples(labels: Tensor, count: int | None, seed: int) -> Tensor:
    """Elige con qué ejemplos se entrena: los mismos de cada clase (±1), y con menos, un subconjunto de los de más.

    Args:
        labels: int64 [N].
        count: cuántos; None, todos, en su orden.
        seed: de la corrida.

    Raises:
        ValueError: si `count` no es un entero entre 1 y los que hay, o `seed` no es una semilla.
    """
    if count is None:
        return torch.arange(len(labels))
    check_int("examples", count, 1, len(labels), len(labels))
    check_int("seed", seed, 0, 2**32 - 1, 0)
    shuffled = torch.randperm(len(labels), generator=torch.Generator().manual_seed(seed + SUBSET_SEED))
    ranks = torch.empty_like(shuffled)
    for label in labels.unique():
        own = labels[shuffled] == label
        ranks[own] = torch.arange(int(own.sum()))
    return shuffled[ranks.argsort(stable=True)[:count]]


def noisy_labels(labels: Tensor, fraction: float, seed: int) -> Tensor:
    """Cambia al azar una fracción de las etiquetas por otra clase, cada una de las otras con la misma probabilidad.

    Args:
        labels: int64 [N], de 0 a C − 1.
        fraction: cuántas, en [0, 1]; el número se redondea.
        seed: de la corrida.

    Raises:
        ValueError: si `fraction` no es un número entre 0 y 1, `seed` no es una semilla o hay una sola clase.
    """
    check_float("label_noise", fraction, 0.0, 1.0, 0.1)
    check_int("seed", seed, 0, 2**32 - 1, 0)
    if not fraction:
        return labels
    generator = torch.Generator().manual_seed(seed + NOISE_SEED)
    where = torch.randperm(len(labels), generator=generator)[: round(fraction * len(labels))]
    classes = int(labels.max()) + 1
    if classes < 2:
        raise ValueError("`label_noise` necesita al menos dos clases: con una no hay otra etiqueta que poner.")
    other = torch.randint(1, classes, where.shape, generator=generator)
    changed = labels.clone()
    changed[where] = (labels[where] + other) % classes
    return changed


def channel_statistics(images: Tensor) -> tuple[Tensor, Tensor]:
    """Da media y desviación estándar de cada canal, de forma que se restan y dividen por difusión; la de un canal constante, como 1.

    Args:
        images: [N, C, …], uint8 o float.

    Returns:
        Dos tensores float32 [C, 1, …].
    """
    channels = images.transpose(0, 1).flatten(1)  # [C, N·…]
    if images.dtype == torch.uint8:  # exacto: se cuentan los 256 valores posibles
        counts = torch.stack([torch.bincount(channel, minlength=256) for channel in channels]).double()
        values, weights = torch.arange(256.0, dtype=torch.float64), counts / counts.sum(1, keepdim=True)
        mean = weights @ values
        std = (weights @ values.square() - mean.square()).sqrt()
    else:
        mean, std = channels.double().mean(1), channels.double().std(1, unbiased=False)
    shape = (-1, *[1] * (images.dim() - 2))
    return mean.float().view(shape), torch.where(std > CONSTANT, std, 1.0).float().view(shape)
