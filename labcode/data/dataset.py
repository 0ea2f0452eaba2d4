"""Un conjunto de datos: imágenes y etiquetas comprobadas, con el sha256 de su contenido."""

import hashlib
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import torch
from torch import Tensor

CLASSES = ("avión", "auto", "pájaro", "gato", "ciervo", "perro", "rana", "caballo", "barco", "camión")
IMAGE_SHAPE = (3, 32, 32)
_CHUNK = 4096  # imágenes que se cuentan a la vez


class DataError(RuntimeError):
    """Los datos faltan, no son los que se esperaban o no se pudieron guardar."""


@dataclass(frozen=True, eq=False)
class Dataset:
    """Imágenes y etiquetas de entrenamiento y de prueba, en CPU.

    Attributes:
        train_images: uint8 [N, 3, 32, 32], 0 a 255, canales rojo, verde y azul.
        train_labels: int64 [N], índices de `classes`.
        test_images: uint8 [M, 3, 32, 32].
        test_labels: int64 [M].
        classes: nombres de las clases, en el orden de sus índices.
        name: nombre del conjunto («cifar10», «figuras»).

    Raises:
        ValueError: si una forma, un tipo o una etiqueta no es la que corresponde.
    """

    train_images: Tensor
    train_labels: Tensor
    test_images: Tensor
    test_labels: Tensor
    classes: tuple[str, ...] = CLASSES
    name: str = field(default="datos", kw_only=True)

    def __post_init__(self) -> None:
        check_images_and_labels("train", self.train_images, self.train_labels, len(self.classes))
        check_images_and_labels("test", self.test_images, self.test_labels, len(self.classes))

    @cached_property
    def sha256(self) -> str:
        """Huella del contenido: no depende de la fuente (archivos, versión binaria…) ni de la máquina."""
        return content_sha256(self.train_images, self.train_labels, self.test_images, self.test_labels)

    def __repr__(self) -> str:
        return f"Dataset({self.name}: {len(self.train_labels)} + {len(self.test_labels)} imágenes)"


def check_images_and_labels(part: str, images: Tensor, labels: Tensor, n_classes: int) -> None:
    """Comprueba que imágenes y etiquetas sean las de un conjunto de datos.

    Args:
        part: nombre de la parte, para el mensaje («train», «test»).
        images: se esperan uint8 [N, 3, 32, 32], N ≥ 1.
        labels: se esperan int64 [N], entre 0 y `n_classes` − 1.
        n_classes: cuántas clases hay.

    Raises:
        ValueError: si no lo son; el mensaje dice qué llegó y cómo arreglarlo.
    """
    _check_tensor(f"{part}_images", images, torch.uint8, "[N, 3, 32, 32]", 4)
    if tuple(images.shape[1:]) != IMAGE_SHAPE:
        raise ValueError(
            f"`{part}_images` tiene forma {list(images.shape)}: debe ser [N, 3, 32, 32]"
            " (si los canales están al final, usen `images.permute(0, 3, 1, 2)`)."
        )
    _check_tensor(f"{part}_labels", labels, torch.int64, "[N]", 1)
    if len(labels) != len(images):
        raise ValueError(f"`{part}`: hay {len(images)} imágenes y {len(labels)} etiquetas; debe haber una por imagen.")
    low, high = int(labels.min()), int(labels.max())
    if low < 0 or high >= n_classes:
        raise ValueError(
            f"`{part}_labels` va de {low} a {high}: cada etiqueta debe ser un entero entre 0 y {n_classes - 1}."
        )


def _check_tensor(name: str, value: Tensor, dtype: torch.dtype, form: str, dimensions: int) -> None:
    wanted = f"debe ser un tensor de torch {str(dtype).removeprefix('torch.')} de forma {form}, con N ≥ 1"
    if not isinstance(value, Tensor):
        raise ValueError(f"`{name}` es de tipo {type(value).__name__}: {wanted} (por ejemplo, `torch.from_numpy(a)`).")
    if value.dtype != dtype or value.ndim != dimensions or len(value) == 0:
        raise ValueError(f"`{name}` es {value.dtype} de forma {list(value.shape)}: {wanted}.")


def content_sha256(*tensors: Tensor) -> str:
    """Da el sha256 de forma, tipo y contenido de varios tensores enteros (little-endian), en hexadecimal."""
    digest = hashlib.sha256()
    for tensor in tensors:
        array = tensor.contiguous().numpy()
        digest.update(f"{array.dtype.name}{array.shape};".encode())
        digest.update(array.astype(array.dtype.newbyteorder("<"), copy=False).data)
    return digest.hexdigest()


def normalization(images: Tensor) -> tuple[Tensor, Tensor]:
    """Calcula la media y la desviación estándar de cada canal, con los píxeles en [0, 1].

    Se cuentan los píxeles de cada nivel, por trozos: las sumas son exactas en cualquier máquina y no se copia
    todo en coma flotante. Úsenla solo con las imágenes de entrenamiento.

    Args:
        images: uint8 [N, 3, 32, 32].

    Returns:
        Media y desviación, float32 [3] cada una. La desviación de un canal constante se da como 1, para
        poder dividir por ella.

    Raises:
        ValueError: si `images` no son imágenes.
    """
    check_images_and_labels("train", images, torch.zeros(len(images), dtype=torch.int64), 1)
    counts = np.zeros((3, 256), np.int64)
    for chunk in images.cpu().split(_CHUNK):
        for channel in range(3):
            counts[channel] += np.bincount(chunk[:, channel].reshape(-1).numpy(), minlength=256)
    levels, count = np.arange(256), counts[0].sum()
    total, squares = (torch.from_numpy(counts @ powers) for powers in (levels, levels**2))
    mean = total.double() / count
    variance = (squares.double() / count - mean.square()).clamp_min(0.0)
    deviation = torch.where(variance > 1e-9, variance.sqrt(), 255.0)
    return (mean / 255).float(), (deviation / 255).float()
