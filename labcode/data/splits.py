"""Particiones: 45 000 para entrenar y 5000 para validar al elegir; 50 000 y la prueba al terminar."""

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
import torch
from torch import Tensor

from labcode.checks import check_choice
from labcode.data.dataset import Dataset, content_sha256

Phase = Literal["selection", "final"]
PHASES: tuple[Phase, ...] = ("selection", "final")
VALIDATION_SHARE = 10  # una de cada diez imágenes de cada clase
_SEED = 20_240_911  # fija: cambiarla cambia la partición de todo el libro


@dataclass(frozen=True, eq=False)
class Split:
    """Las imágenes con que se entrena y las imágenes con que se mide.

    Attributes:
        train_images: uint8 [N, 3, 32, 32].
        train_labels: int64 [N].
        eval_images: uint8 [M, 3, 32, 32]: validación o prueba, según `name`.
        eval_labels: int64 [M].
        name: fase, "selection" o "final".
    """

    train_images: Tensor
    train_labels: Tensor
    eval_images: Tensor
    eval_labels: Tensor
    name: Phase

    @cached_property
    def sha256(self) -> str:
        """Huella de las cuatro partes."""
        return content_sha256(self.train_images, self.train_labels, self.eval_images, self.eval_labels)


def split(dataset: Dataset, phase: Phase) -> Split:
    """Parte un conjunto según la fase del protocolo.

    Args:
        dataset: `load_cifar10()`, `figuras()`…
        phase: "selection" entrena con el 90 % de cada clase y mide en el otro 10 % (validación: 45 000 y
            5000 en CIFAR-10, 500 por clase), siempre el mismo; "final" entrena con todo y mide en la prueba.

    Raises:
        ValueError: si la fase no existe, o el conjunto es tan pequeño que una clase quedaría sin validación.
    """
    check_choice("phase", phase, PHASES)
    images, labels = dataset.train_images, dataset.train_labels
    if phase == "final":
        return Split(images, labels, dataset.test_images, dataset.test_labels, phase)
    validation = validation_indices(labels)
    keep = torch.ones(len(labels), dtype=torch.bool)
    keep[validation] = False
    return Split(images[keep], labels[keep], images[validation], labels[validation], phase)


def validation_indices(labels: Tensor) -> Tensor:
    """Elige la décima parte de cada clase, al azar pero siempre la misma.

    Args:
        labels: int64 [N].

    Returns:
        Posiciones, int64, en orden creciente.

    Raises:
        ValueError: si una clase tiene menos de 10 imágenes.
    """
    classes, counts = np.unique(labels.numpy(), return_counts=True)
    if counts.min() < VALIDATION_SHARE:
        raise ValueError(
            f"La clase {classes[counts.argmin()]} tiene {counts.min()} imágenes de entrenamiento: para apartar una "
            f"de cada {VALIDATION_SHARE} como validación debe tener al menos {VALIDATION_SHARE}."
        )
    generator = np.random.Generator(np.random.PCG64(_SEED))
    chosen = [
        generator.permutation(np.flatnonzero(labels.numpy() == c))[: n // VALIDATION_SHARE]
        for c, n in zip(classes, counts, strict=True)
    ]
    return torch.from_numpy(np.sort(np.concatenate(chosen)))
