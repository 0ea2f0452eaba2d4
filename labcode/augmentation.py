"""Aumento de datos (*data augmentation*): reflejar, recortar y borrar, un lote entero a la vez.

El azar va aparte: `draw` sortea en CPU lo de todas las imágenes de una época, y `apply` lo aplica a un lote, en
cualquier dispositivo, sin bucles sobre las imágenes y sin esperar a la GPU. Así una semilla sortea lo mismo en
toda máquina. Un aumento con un argumento fuera de sus límites da un ValueError al crearlo.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

import torch
import torch.nn.functional as F
from torch import Tensor

from labcode.checks import check_float, check_int, keep, refuse

_ATTEMPTS = 10  # intentos de RandomErasing por imagen, como en torchvision

Size = tuple[int, int]


@dataclass(frozen=True)
class HorizontalFlip:
    """Refleja de izquierda a derecha, como `torchvision.transforms.RandomHorizontalFlip`.

    Attributes:
        p: probabilidad de reflejar, de 0 a 1.
    """

    p: float = 0.5
    _columns: ClassVar[int] = 1  # [reflejar]

    def __post_init__(self) -> None:
        keep(self, p=check_float("p", self.p, 0.0, 1.0, 0.5))

    def _draw(self, n: int, size: Size, generator: torch.Generator) -> Tensor:
        return (torch.rand(n, 1, generator=generator, dtype=torch.float64) < self.p).long()

    def _apply(self, images: Tensor, numbers: Tensor) -> Tensor:
        both = torch.cat([images, images.flip(-1)])
        return both.index_select(0, torch.arange(len(images), device=images.device) + numbers[:, 0] * len(images))


@dataclass(frozen=True)
class RandomCrop:
    """Rellena los bordes y recorta al azar una ventana del tamaño inicial, como `torchvision.transforms.RandomCrop`.

    Attributes:
        padding: píxeles de relleno a cada lado, de 0 a 32; la imagen se traslada a lo más otro tanto.
        fill: valor del relleno, entero de 0 a 255, en la escala de las imágenes.
    """

    padding: int = 4
    fill: int = 0
    _columns: ClassVar[int] = 2  # [arriba, izquierda] de la ventana, en la imagen con relleno

    def __post_init__(self) -> None:
        keep(self, padding=check_int("padding", self.padding, 0, 32, 4), fill=check_int("fill", self.fill, 0, 255, 0))

    def _draw(self, n: int, size: Size, generator: torch.Generator) -> Tensor:
        return torch.randint(0, 2 * self.padding + 1, (n, 2), generator=generator)

    def _apply(self, images: Tensor, numbers: Tensor) -> Tensor:
        return _windows(F.pad(images, (self.padding,) * 4, value=self.fill), numbers, *images.shape[-2:])


@dataclass(frozen=True)
class RandomErasing:
    """Borra un rectángulo al azar (borrado aleatorio, *random erasing*).

    Se sortean área y proporción alto/ancho (esta, pareja en escala logarítmica) hasta que el rectángulo sea más
    bajo y más angosto que la imagen, y luego su lugar. Si en 10 intentos no cabe, no se borra.

    Attributes:
        p: probabilidad de borrar, de 0 a 1.
        scale: área mínima y máxima, como fracción de la imagen, de 1e-6 a 1.
        ratio: proporción alto/ancho mínima y máxima, de 0.01 a 100.
        value: valor de lo borrado, entero de 0 a 255, en la escala de las imágenes.

    Fuente: Zhong y otros (2020), arXiv:1708.04896; la distribución de `torchvision.transforms.RandomErasing`.
    """

    p: float = 0.5
    scale: tuple[float, float] = (0.02, 0.33)
    ratio: tuple[float, float] = (0.3, 3.3)
    value: int = 0
    _columns: ClassVar[int] = 4  # [arriba, izquierda, alto, ancho]; todo 0 si no se borra

    def __post_init__(self) -> None:
        keep(self, p=check_float("p", self.p, 0.0, 1.0, 0.5), value=check_int("value", self.value, 0, 255, 0))
        keep(self, scale=_check_range("scale", self.scale, 1e-6, 1.0, (0.02, 0.33)), ratio=_check_range("ratio", self.ratio, 0.01, 100.0, (0.3, 3.3)))

    def _draw(self, n: int, size: Size, generator: torch.Generator) -> Tensor:
        area = _uniform((n, _ATTEMPTS), *self.scale, generator) * math.prod(size)
        ratio = _uniform((n, _ATTEMPTS), *map(math.log, self.ratio), generator).exp()
        boxes = torch.stack([area * ratio, area / ratio], 2).sqrt().round().long()  # [n, intentos, (alto, ancho)]
        sides = torch.tensor(size)
        fits = (boxes < sides).all(2)
        first = fits.int().argmax(1)  # el primero que cabe
        box = boxes[torch.arange(n), first]
        corner = (_uniform((n, 2), 0.0, 1.0, generator) * (sides - box + 1)).long()
        erased = (_uniform((n,), 0.0, 1.0, generator) < self.p) & fits.any(1)
        return torch.cat([corner, box], 1) * erased[:, None]

    def _apply(self, images: Tensor, numbers: Tensor) -> Tensor:
        return _erase(images, numbers[:, :2], numbers[:, 2:], self.value)


@dataclass(frozen=True)
class Cutout:
    """Borra un cuadrado cuyo centro es un píxel cualquiera: en los bordes, el cuadrado se corta.

    Abarca las filas de centro − ⌊size/2⌋ a centro − ⌊size/2⌋ + size − 1, y las columnas lo mismo.

    Attributes:
        size: lado del cuadrado, de 1 a 32.
        value: valor de lo borrado, entero de 0 a 255, en la escala de las imágenes.

    Fuente: DeVries y Taylor (2017), arXiv:1708.04552.
    """

    size: int = 8
    value: int = 0
    _columns: ClassVar[int] = 2  # [fila, columna] del centro

    def __post_init__(self) -> None:
        keep(self, size=check_int("size", self.size, 1, 32, 8), value=check_int("value", self.value, 0, 255, 0))

    def _draw(self, n: int, size: Size, generator: torch.Generator) -> Tensor:
        return torch.stack([torch.randint(0, side, (n,), generator=generator) for side in size], 1)

    def _apply(self, images: Tensor, numbers: Tensor) -> Tensor:
        return _erase(images, numbers - self.size // 2, self.size, self.value)


Augmentation = HorizontalFlip | RandomCrop | RandomErasing | Cutout


@dataclass(frozen=True, eq=False)
class Draws:
    """Lo sorteado para unas imágenes. Se indexa como ellas: `draws[64:128]` es el segundo lote de 64.

    Attributes:
        numbers: int64 [N, K]: por imagen, las columnas de cada aumento en orden. Con otra forma (o si al indexar
            se pierden columnas), ValueError.
        augmentations: los aumentos que se sortearon.
        height_width: alto y ancho de las imágenes.
    """

    numbers: Tensor
    augmentations: tuple[Augmentation, ...]
    height_width: Size

    def __post_init__(self) -> None:
        columns = sum(a._columns for a in self.augmentations)
        if self.numbers.dim() != 2 or self.numbers.shape[-1] != columns or self.numbers.dtype != torch.int64:
            found = f"{self.numbers.dtype} de forma {list(self.numbers.shape)}"
            raise ValueError(f"`numbers` es {found}: debe ser torch.int64 de forma [N, {columns}].")

    def __getitem__(self, index: Any) -> Self:
        return replace(self, numbers=self.numbers[index])

    def to(self, device: torch.device | str) -> Self:
        """Lleva los sorteos a un dispositivo, en un solo envío."""
        return replace(self, numbers=self.numbers.to(device))


def draw(augmentations: Sequence[Augmentation], n: int, height_width: Size, generator: torch.Generator) -> Draws:
    """Sortea, por separado para cada imagen, lo que hará cada aumento.

    Args:
        augmentations: los aumentos, en el orden en que se aplican; ninguno es la identidad.
        n: cuántas imágenes, de 1 a 1 000 000.
        height_width: alto y ancho de las imágenes, de 1 a 4096.
        generator: de CPU; solo depende de él, y avanza.

    Returns:
        Los sorteos, en CPU.

    Raises:
        ValueError: si un argumento no es válido.
    """
    augmentations = check_augmentations(augmentations)
    check_int("n", n, 1, 1_000_000, 128)
    if not isinstance(height_width, tuple) or len(height_width) != 2:
        raise refuse("height_width", height_width, "una tupla (alto, ancho)", (32, 32))
    size = tuple(check_int(f"height_width[{i}]", side, 1, 4096, 32) for i, side in enumerate(height_width))
    if not isinstance(generator, torch.Generator) or generator.device.type != "cpu":
        raise refuse("generator", generator, "un torch.Generator de CPU", "torch.Generator().manual_seed(0)")
    parts = [a._draw(n, size, generator) for a in augmentations]
    return Draws(torch.cat([torch.empty(n, 0, dtype=torch.int64), *parts], 1), augmentations, size)


def apply(images: Tensor, augmentations: Sequence[Augmentation], draws: Draws) -> Tensor:
    """Aplica los aumentos, uno tras otro, a un lote.

    Args:
        images: uint8 o de coma flotante, [N, C, alto, ancho]; no cambian. Lo normal son los bytes de 0 a 255,
            antes de normalizar.
        augmentations: los mismos con que se sorteó.
        draws: un sorteo por imagen, en el mismo dispositivo.

    Returns:
        Un tensor nuevo, de la misma forma y tipo.

    Raises:
        ValueError: si `images` no son imágenes, o los sorteos no son suyos.
    """
    augmentations = check_augmentations(augmentations)
    _check_images(images)
    _check_draws(images, augmentations, draws)
    batch = images
    for augmentation, part in zip(augmentations, draws.numbers.split([a._columns for a in augmentations], 1)):
        batch = augmentation._apply(batch, part)
    return batch if augmentations else images.clone()


def augment(images: Tensor, augmentations: Sequence[Augmentation], generator: torch.Generator) -> Tensor:
    """Sortea y aplica de una vez, para un lote suelto: `draw` y luego `apply`, con lo que piden, dan y rechazan."""
    _check_images(images)
    draws = draw(augmentations, len(images), tuple(images.shape[-2:]), generator)
    return apply(images, augmentations, draws.to(images.device))


def _uniform(shape: tuple[int, ...], low: float, high: float, generator: torch.Generator) -> Tensor:
    return low + (high - low) * torch.rand(shape, generator=generator, dtype=torch.float64)


def _windows(padded: Tensor, corners: Tensor, height: int, width: int) -> Tensor:
    """Lee de cada imagen la ventana de esquina [N, (arriba, izquierda)], entre todas las que hay en la memoria.

    Copia filas enteras: 2 µs por imagen en CPU, contra 5 de un `gather` con un índice por píxel.
    """
    channels, (image, channel, row, column) = padded.shape[1], padded.stride()
    span = (channels - 1) * channel + (height - 1) * row + (width - 1) * column + 1
    windows = padded.as_strided((padded.numel() - span + 1, channels, height, width), (1, channel, row, column))
    first = torch.arange(len(padded), device=padded.device) * image
    return windows.index_select(0, first + corners[:, 0] * row + corners[:, 1] * column)


def _erase(images: Tensor, corner: Tensor, box: Tensor | int, value: int) -> Tensor:
    """Pone `value` en el rectángulo de cada imagen: corner [N, (arriba, izquierda)], box [N, (alto, ancho)] o lado."""
    height, width = (torch.arange(side, device=images.device) for side in images.shape[-2:])
    end = corner + box
    rows = (height >= corner[:, :1]) & (height < end[:, :1])
    columns = (width >= corner[:, 1:]) & (width < end[:, 1:])
    hole = rows.byte()[:, None, :, None] * columns.byte()[:, None, None, :]  # [N, 1, alto, ancho], de 0 y 1
    if images.dtype == torch.uint8:  # lo mismo que `where`, que con bytes tarda el triple
        kept = images * (1 - hole)
        return kept.add_(hole * value) if value else kept
    return torch.where(hole.bool(), value, images)


def _check_range(name: str, value: Any, low: float, high: float, example: tuple[float, float]) -> tuple[float, float]:
    if not isinstance(value, tuple) or len(value) != 2:
        raise refuse(name, value, "una tupla (mínimo, máximo)", example)
    least, most = (check_float(f"{name}[{i}]", value[i], low, high, example[i]) for i in range(2))
    if least > most:
        raise refuse(name, value, "una tupla con el mínimo primero", example)
    return least, most


def check_augmentations(value: Any) -> tuple[Augmentation, ...]:
    """Exige una secuencia de aumentos y la devuelve como tupla; si no lo es, ValueError."""
    if not isinstance(value, tuple | list) or not all(isinstance(a, Augmentation) for a in value):
        raise refuse("augmentations", value, "una tupla de aumentos", "(HorizontalFlip(), RandomCrop(4))")
    return tuple(value)


def _check_images(images: Any) -> None:
    wanted = "debe ser un tensor uint8 o de coma flotante, no vacío, [N, C, alto, ancho]"
    if not isinstance(images, Tensor):
        raise ValueError(f"`images` es de tipo {type(images).__name__}: {wanted}.")
    numeric = images.dtype == torch.uint8 or images.is_floating_point()
    if images.dim() != 4 or images.numel() == 0 or not numeric:
        raise ValueError(f"`images` es {images.dtype} de forma {list(images.shape)}: {wanted}.")


def _check_draws(images: Tensor, augmentations: tuple[Augmentation, ...], draws: Any) -> None:
    if not isinstance(draws, Draws):
        raise ValueError(f"`draws` es de tipo {type(draws).__name__}: debe venir de `draw`.")
    found = (draws.augmentations, draws.height_width, len(draws.numbers), str(draws.numbers.device))
    wanted = (augmentations, tuple(images.shape[-2:]), len(images), str(images.device))
    for name, ours, theirs in zip(("aumentos", "alto y ancho", "cuántas", "dispositivo"), found, wanted):
        if ours != theirs:
            raise ValueError(f"`draws` no es de estas imágenes ({name}): se sorteó {ours} y se pide {theirs}.")
