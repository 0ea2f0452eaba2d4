"""`figuras`: un conjunto de imágenes dibujado por el proyecto, que no necesita descarga.

Diez formas en imágenes de 32×32 píxeles a color, con lugar, tamaño, giro, colores, fondo y ruido al azar. Nada
de lo que varía dice qué forma es: una red tiene que aprender la forma.
"""

from collections.abc import Callable

import numpy as np
import torch

from labcode.checks import check_int
from labcode.data.dataset import Dataset, check_images_and_labels

FIGURAS = (
    "círculo", "cuadrado", "triángulo", "anillo", "cruz",
    "marco", "barra", "media luna", "estrella", "dos puntos",
)  # fmt: skip
_SIDE = 32
_BATCH = 500
_EDGE = 0.9  # ancho del borde suavizado, en píxeles
_NOISE = 16.0  # desviación estándar del ruido, en niveles de 0 a 255
_BYTE_DIFFERENCE = 104.5  # la de la diferencia de dos bytes al azar

Field = Callable[[np.ndarray, np.ndarray], np.ndarray]


def figuras(n_train: int = 2000, n_test: int = 1000, seed: int = 0) -> Dataset:
    """Dibuja el conjunto `figuras`.

    Args:
        n_train: imágenes de entrenamiento, de 1 a 100 000; las clases se reparten por igual.
        n_test: imágenes de prueba, de 1 a 100 000; se dibujan aparte y no dependen de `n_train`.
        seed: semilla; la misma da siempre las mismas imágenes.

    Returns:
        Imágenes uint8 [N, 3, 32, 32] y etiquetas de 0 a 9, en desorden.

    Raises:
        ValueError: si un argumento no es válido.
    """
    n_train = check_int("n_train", n_train, 1, 100_000, 2000)
    n_test = check_int("n_test", n_test, 1, 100_000, 1000)
    streams = np.random.SeedSequence(check_int("seed", seed, 0, 2**32 - 1, 0)).spawn(2)
    train, test = _draw(n_train, streams[0]), _draw(n_test, streams[1])
    return Dataset(*train, *test, classes=FIGURAS, name="figuras")


def centre_figures(images: torch.Tensor) -> torch.Tensor:
    """Traslada cada imagen de `figuras` hasta que su figura, que es lo claro, quede al centro.

    Lo que entra por el borde repite la última fila o columna.

    Args:
        images: uint8 [N, 3, 32, 32]; no cambian.

    Raises:
        ValueError: si no son imágenes así.
    """
    check_images_and_labels("figuras", images, torch.zeros(len(images), dtype=torch.int64), 1)
    bright, grid = images.int().sum(1), torch.arange(_SIDE)
    edge = torch.cat([bright[:, 0], bright[:, -1], bright[:, :, 0], bright[:, :, -1]], 1).amax(1)
    figure = 2 * bright > (edge + bright.amax((1, 2)))[:, None, None]
    counts = figure.sum((1, 2)).clamp_min(1)
    rows, columns = (_towards_centre((figure.sum(axis) * grid).sum(1) / counts) for axis in (2, 1))
    pictures, channels = torch.arange(len(images))[:, None, None, None], torch.arange(3)[None, :, None, None]
    return images[pictures, channels, rows[:, None, :, None], columns[:, None, None, :]]


def _towards_centre(place: torch.Tensor) -> torch.Tensor:
    """De qué fila (o columna) sale cada una, para que `place` quede al medio: [N, 32]."""
    move = ((_SIDE - 1) / 2 - place).round().long()
    return (torch.arange(_SIDE) - move[:, None]).clamp(0, _SIDE - 1)


def _draw(n: int, stream: np.random.SeedSequence) -> tuple[torch.Tensor, torch.Tensor]:
    generator = np.random.Generator(np.random.PCG64(stream))
    labels = generator.permutation(np.arange(n) % len(FIGURAS))
    images = np.empty((n, 3, _SIDE, _SIDE), np.uint8)
    for start in range(0, n, _BATCH):  # por trozos: la memoria no crece con n
        images[start : start + _BATCH] = _paint(labels[start : start + _BATCH], generator)
    return torch.from_numpy(images), torch.from_numpy(labels.astype(np.int64))


def _paint(labels: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    n = len(labels)
    cover = _cover(labels, generator)[:, None]
    background, ink = _colours(n, generator)
    picture = background + (ink - background) * cover
    noise = generator.integers(0, 256, (2, n, 3, _SIDE, _SIDE), dtype=np.uint8)
    picture += (noise[0].astype(np.float32) - noise[1]) * np.float32(_NOISE / _BYTE_DIFFERENCE)
    return np.clip(np.rint(picture), 0, 255).astype(np.uint8)


def _colours(n: int, generator: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Fondo oscuro, con un degradado suave, [n, 3, 32, 32], y tinta clara [n, 3, 1, 1]."""
    base = generator.uniform(20, 110, (n, 3, 1, 1)).astype(np.float32)
    ink = generator.uniform(130, 250, (n, 3, 1, 1)).astype(np.float32)
    slopes = generator.uniform(-20, 20, (n, 2, 3, 1, 1)).astype(np.float32)
    ramp = np.linspace(-1, 1, _SIDE, dtype=np.float32)
    return base + slopes[:, 0] * ramp + slopes[:, 1] * ramp[:, None], ink


def _cover(labels: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """Cuánto cubre la figura cada píxel, de 0 a 1: [n, 32, 32]."""
    n = len(labels)
    radius = generator.uniform(5.5, 9.5, n).astype(np.float32)
    margin = radius + 1
    centre = margin + generator.random((2, n), dtype=np.float32) * (_SIDE - 1 - 2 * margin)
    half = generator.uniform(-0.13, 0.13, n).astype(np.float32)  # tangente de medio giro: hasta ±15°
    cosine, sine = (1 - half**2) / (1 + half**2), 2 * half / (1 + half**2)  # sin senos: iguales en toda máquina
    grid = np.arange(_SIDE, dtype=np.float32)
    x = (grid[None, None, :] - centre[0, :, None, None]) / radius[:, None, None]
    y = (grid[None, :, None] - centre[1, :, None, None]) / radius[:, None, None]
    u = cosine[:, None, None] * x + sine[:, None, None] * y
    v = cosine[:, None, None] * y - sine[:, None, None] * x
    distance = np.empty((n, _SIDE, _SIDE), np.float32)
    for label, field in enumerate(_FIELDS):
        rows = labels == label
        distance[rows] = field(u[rows], v[rows])
    return np.clip(0.5 - distance * radius[:, None, None] / _EDGE, 0, 1)


# Cada forma es un campo: negativo adentro, positivo afuera, en unidades del radio.
# `u` crece hacia la derecha y `v` hacia abajo.


def _circle(u: np.ndarray, v: np.ndarray) -> np.ndarray:
    return np.sqrt(u * u + v * v) - 0.85


def _square(u: np.ndarray, v: np.ndarray) -> np.ndarray:
    return np.maximum(np.abs(u), np.abs(v)) - 0.75


def _triangle(u: np.ndarray, v: np.ndarray) -> np.ndarray:
    return np.maximum(v - 0.6, 0.866 * np.abs(u) - 0.5 * v - 0.45)


def _ring(u: np.ndarray, v: np.ndarray) -> np.ndarray:
    return np.abs(np.sqrt(u * u + v * v) - 0.72) - 0.2


def _cross(u: np.ndarray, v: np.ndarray) -> np.ndarray:
    a, b = np.abs(u), np.abs(v)
    return np.maximum(np.minimum(a, b) - 0.24, np.maximum(a, b) - 0.92)


def _frame(u: np.ndarray, v: np.ndarray) -> np.ndarray:
    return np.abs(np.maximum(np.abs(u), np.abs(v)) - 0.66) - 0.18


def _bar(u: np.ndarray, v: np.ndarray) -> np.ndarray:
    return np.maximum(np.abs(u) - 0.95, np.abs(v) - 0.28)


def _crescent(u: np.ndarray, v: np.ndarray) -> np.ndarray:
    return np.maximum(_circle(u, v), 0.68 - np.sqrt((u - 0.42) ** 2 + v * v))


def _star(u: np.ndarray, v: np.ndarray) -> np.ndarray:
    return np.sqrt(np.abs(u)) + np.sqrt(np.abs(v)) - 1.0


def _two_dots(u: np.ndarray, v: np.ndarray) -> np.ndarray:
    return np.sqrt((np.abs(u) - 0.55) ** 2 + v * v) - 0.36


_FIELDS: tuple[Field, ...] = (
    _circle, _square, _triangle, _ring, _cross,
    _frame, _bar, _crescent, _star, _two_dots,
)  # fmt: skip
