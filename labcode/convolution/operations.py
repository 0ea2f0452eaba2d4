"""Convolución y *max pooling* con bucles: una ventana a la vez, un producto a la vez."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from labcode.checks import check_int, refuse
from labcode.convolution.arrays import SIDE, Array, check_array, refuse_array


def output_size(size: int, kernel: int, stride: int = 1, padding: int = 0, dilation: int = 1) -> int:
    """Cuántas posiciones recorre la ventana a lo largo de un eje: ⌊(n + 2p − d(k − 1) − 1) / s⌋ + 1.

    Args:
        size: n, largo del eje de entrada, de 1 a 4096.
        kernel: k, largo del núcleo, de 1 a 4096.
        stride: s, paso, de 1 a 4096.
        padding: p, ceros que se agregan a cada lado, de 0 a 4096.
        dilation: d, separación entre los pesos del núcleo, de 1 a 4096.

    Raises:
        ValueError: si un argumento no es válido o la ventana no cabe ni una vez.

    Fuente: Dumoulin y Visin (2016), relación 6 y sec. 5.1 (dilatación).
    """
    check_int("size", size, 1, SIDE, 32)
    check_int("kernel", kernel, 1, SIDE, 3)
    check_int("stride", stride, 1, SIDE, 1)
    check_int("padding", padding, 0, SIDE, 0)
    check_int("dilation", dilation, 1, SIDE, 1)
    window = dilation * (kernel - 1) + 1  # lo que abarca el núcleo, con sus huecos
    room = size + 2 * padding
    if window > room:
        allowed = f"un núcleo que abarque a lo más {room} (abarca {window}, y la entrada con relleno mide {room})"
        raise refuse("kernel", kernel, allowed, min(size, kernel))
    return (room - window) // stride + 1


# Las dos que siguen se muestran en el capítulo tal cual: líneas de a lo más 76 letras.
def window_sum(
    padded: Array, kernel: Array, top: int, left: int, dilation: int = 1
) -> Any:
    """Suma los productos de la ventana cuya esquina es (top, left)."""
    total = padded.dtype.type(0)
    for a in range(kernel.shape[0]):
        for b in range(kernel.shape[1]):
            below = padded[top + a * dilation, left + b * dilation]
            total += kernel[a, b] * below
    return total


def conv2d(
    image: ArrayLike,
    kernel: ArrayLike,
    stride: int = 1,
    padding: int = 0,
    dilation: int = 1,
) -> Array:
    """Aplica la misma suma ponderada en cada posición (un canal).

    Args:
        image: [alto, ancho].
        kernel: [alto, ancho] del núcleo; puede no ser cuadrado.
        stride, padding, dilation: como en `output_size`, en ambos ejes.

    Returns:
        El mapa de características [alto', ancho'] que da `output_size`.

    Raises:
        ValueError: si un argumento no es válido o la ventana no cabe.
    """
    image = check_array("image", image, "alto, ancho")
    kernel = check_array("kernel", kernel, "alto, ancho")
    geometry = (stride, padding, dilation)
    rows = output_size(image.shape[0], kernel.shape[0], *geometry)
    cols = output_size(image.shape[1], kernel.shape[1], *geometry)
    padded = np.pad(image, padding)
    output = np.zeros((rows, cols), dtype=np.result_type(image, kernel))
    for i in range(rows):
        for j in range(cols):
            top, left = i * stride, j * stride
            output[i, j] = window_sum(padded, kernel, top, left, dilation)
    return output


def conv2d_channels(images: ArrayLike, kernels: ArrayLike, bias: ArrayLike | None = None, **geometry: int) -> Array:
    """Una capa convolucional: cada canal de salida suma las convoluciones de todos los de entrada.

    Args:
        images: [C, alto, ancho].
        kernels: [K, C, alto, ancho]: un núcleo por par (canal de salida, canal de entrada).
        bias: [K], lo que se suma a cada canal de salida; None es 0.
        geometry: `stride`, `padding` y `dilation`, como en `conv2d`.

    Returns:
        [K, alto', ancho'].

    Raises:
        ValueError: si un argumento no es válido o los canales no coinciden.
    """
    images = check_array("images", images, "canales, alto, ancho")
    kernels = check_array("kernels", kernels, "salidas, canales, alto, ancho")
    bias = np.zeros(len(kernels), dtype=np.int64) if bias is None else check_array("bias", bias, "salidas")
    if kernels.shape[1] != len(images):
        allowed = f"de {len(images)} canales de entrada, como `images`"
        raise refuse_array("kernels", kernels, allowed, (1, len(images), 1, 1))
    if len(bias) != len(kernels):
        raise refuse_array("bias", bias, f"de largo {len(kernels)}, uno por núcleo", (len(kernels),))
    maps = [sum(conv2d(image, k, **geometry) for image, k in zip(images, kernel)) for kernel in kernels]
    return np.stack([channel + b for channel, b in zip(maps, bias)])


def flip(kernel: ArrayLike) -> Array:
    """Da vuelta el núcleo en los dos ejes: la diferencia entre correlación cruzada y convolución.

    Con él, `conv2d(image, flip(kernel))` es la convolución de los libros de matemáticas.

    Raises:
        ValueError: si el núcleo no es un arreglo [alto, ancho] de números.
    """
    return check_array("kernel", kernel, "alto, ancho")[::-1, ::-1]


# También se muestra en un capítulo, tal cual.
def max_pool2d(
    image: ArrayLike, size: int = 2, stride: int | None = None
) -> Array:
    """Se queda con el máximo de cada ventana de size × size.

    Args:
        image: [alto, ancho].
        size: lado de la ventana.
        stride: paso; None es `size`: cuadrantes que no se traslapan.

    Returns:
        [alto', ancho']; si el paso no calza, las últimas filas y columnas
        quedan fuera, como en PyTorch.

    Raises:
        ValueError: si un argumento no es válido o la ventana no cabe.
    """
    image = check_array("image", image, "alto, ancho")
    check_int("size", size, 1, min(image.shape), min(2, *image.shape))
    stride = size if stride is None else stride
    rows = output_size(image.shape[0], size, stride)
    cols = output_size(image.shape[1], size, stride)
    output = np.zeros((rows, cols), dtype=image.dtype)
    for i in range(rows):
        for j in range(cols):
            top, left = i * stride, j * stride
            window = image[top : top + size, left : left + size]
            output[i, j] = window.max()
    return output
