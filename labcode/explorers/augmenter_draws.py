"""El aumento de datos del aumentador: lo que sortea y lo que hace, igual a la página y, con los mismos sorteos, a labcode.augmentation."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

ATTEMPTS = 10
RATIO = (0.3, 3.3)
LEAST = 0.02  # la menor área que se borra, como fracción de la imagen


@dataclass(frozen=True)
class Draw:
    """Lo sorteado para una imagen.

    Attributes:
        mirror: si se refleja de izquierda a derecha.
        upside: si se refleja de arriba abajo.
        window: esquina (arriba, izquierda) de la ventana, en la imagen con relleno.
        box: (arriba, izquierda, alto, ancho) de lo borrado; todo 0 si nada.
        centre: (fila, columna) del centro del cuadrado que se tapa.
    """

    mirror: bool
    upside: bool
    window: tuple[int, int]
    box: tuple[int, int, int, int]
    centre: tuple[int, int]


def draw_box(random: Callable[[], float], p: float, area: float, side: int) -> tuple[int, int, int, int]:
    """Sortea el rectángulo del borrado aleatorio; gasta siempre 23 números.

    Args:
        random: da números en [0, 1).
        p: probabilidad de borrar.
        area: la mayor área, como fracción de la imagen.
        side: lado de la imagen.
    """
    areas = [(LEAST + (area - LEAST) * random()) * side * side for _ in range(ATTEMPTS)]
    low, high = map(math.log, RATIO)
    ratios = [math.exp(low + (high - low) * random()) for _ in range(ATTEMPTS)]
    boxes = [(round(math.sqrt(a * r)), round(math.sqrt(a / r))) for a, r in zip(areas, ratios)]
    place, erased = (random(), random()), random() < p
    box = next((box for box in boxes if max(box) < side), None)
    if box is None or not erased:
        return 0, 0, 0, 0
    top, left = (int(u * (side - b + 1)) for u, b in zip(place, box))
    return top, left, *box


def draw_one(random: Callable[[], float], options: dict[str, float], side: int = 32) -> Draw:
    """Sortea lo que le toca a una imagen; siempre gasta 29 números, para que un ajuste no mueva el azar de los demás.

    Args:
        random: da números en [0, 1).
        options: `flip`, `vertical` y `erase` (probabilidades), `padding`, `area` y `cutout`.
        side: lado de la imagen.
    """
    mirror, upside = random() < options["flip"], random() < options["vertical"]
    window = tuple(int(random() * (2 * options["padding"] + 1)) for _ in range(2))
    box = draw_box(random, options["erase"], options["area"], side)
    return Draw(mirror, upside, window, box, (int(random() * side), int(random() * side)))


def transform(image: np.ndarray, options: dict[str, float], draw: Draw) -> np.ndarray:
    """Aplica lo sorteado, en orden: reflejos, recorte, borrado y tapado.

    Args:
        image: uint8 [lado, lado, 3]; no cambia.
        options: los mismos del sorteo.
        draw: lo sorteado.
    """
    side, padding, size = len(image), int(options["padding"]), int(options["cutout"])
    done = image[:, ::-1] if draw.mirror else image
    done = done[::-1] if draw.upside else done
    (top, left), padded = draw.window, np.pad(done, ((padding, padding), (padding, padding), (0, 0)))
    done = padded[top : top + side, left : left + side].copy()
    for row, column, height, width in (draw.box, (draw.centre[0] - size // 2, draw.centre[1] - size // 2, size, size)):
        done[max(0, row) : max(0, row + height), max(0, column) : max(0, column + width)] = 0
    return done
