"""Tres maneras de conectar dos capas (densa, local, compartida) y el ejemplo 1, 2, 3, 4 de la clase."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from labcode.checks import check_bool, check_int, refuse
from labcode.convolution.arrays import SIDE, Array, check_array, check_shape, refuse_array
from labcode.convolution.operations import conv2d, output_size, window_sum

PATTERN = np.array([[1, 2], [3, 4]])
KERNEL = np.array([[0.1, 0.2], [0.3, 0.4]])
NOISY = np.array([[0.0, 0.0, 0.0], [0.0, 1.1, 1.9], [0.0, 3.0, 4.2]])
for _constant in (PATTERN, KERNEL, NOISY):
    _constant.setflags(write=False)


def locally_connected(image: ArrayLike, kernels: ArrayLike) -> Array:
    """Una capa localmente conectada: la ventana se mueve, pero en cada posición usa otro núcleo.

    Args:
        image: [alto, ancho].
        kernels: [alto', ancho', kh, kw]: el núcleo de cada posición, con paso 1 y sin relleno.

    Returns:
        [alto', ancho'].

    Raises:
        ValueError: si un argumento no es válido o no hay un núcleo por posición.
    """
    image = check_array("image", image, "alto, ancho")
    kernels = check_array("kernels", kernels, "filas, columnas, alto, ancho")
    rows = output_size(image.shape[0], kernels.shape[2])
    cols = output_size(image.shape[1], kernels.shape[3])
    if kernels.shape[:2] != (rows, cols):
        allowed = f"de {rows} × {cols} núcleos, uno por posición"
        raise refuse_array("kernels", kernels, allowed, (rows, cols, *kernels.shape[2:]))
    output = np.zeros((rows, cols), dtype=np.result_type(image, kernels))
    for i in range(rows):
        for j in range(cols):
            output[i, j] = window_sum(image, kernels[i, j], i, j)
    return output


def dense_layer(vector: ArrayLike, weights: ArrayLike, bias: ArrayLike | None = None) -> Array:
    """Una capa densa sin activación: cada salida mira todas las entradas.

    Args:
        vector: [entradas].
        weights: [salidas, entradas].
        bias: [salidas]; None es 0.

    Returns:
        [salidas].

    Raises:
        ValueError: si un argumento no es válido o los largos no coinciden.
    """
    vector, weights = check_array("vector", vector, "entradas"), check_array("weights", weights, "salidas, entradas")
    bias = np.zeros(len(weights), dtype=np.int64) if bias is None else check_array("bias", bias, "salidas")
    if weights.shape[1] != len(vector):
        allowed = f"de {len(vector)} columnas, una por entrada"
        raise refuse_array("weights", weights, allowed, (len(weights), len(vector)))
    if len(bias) != len(weights):
        raise refuse_array("bias", bias, f"de largo {len(weights)}, uno por salida", (len(weights),))
    return weights @ vector + bias


def connection_matrix(kernel: ArrayLike, shape: Sequence[int], **geometry: int) -> Array:
    """La convolución escrita como capa densa: la matriz que, por el vector de la imagen, da la salida.

    Cada columna es la respuesta a una imagen con un solo 1: basta, porque la convolución es lineal.

    Args:
        kernel: [alto, ancho] del núcleo.
        shape: (alto, ancho) de la imagen, cada uno de 1 a 64.
        geometry: `stride`, `padding` y `dilation`, como en `conv2d`.

    Returns:
        [alto'·ancho', alto·ancho], casi toda de ceros.

    Raises:
        ValueError: si un argumento no es válido o la ventana no cabe.
    """
    height, width = check_shape("shape", shape, 2, 64)
    units = np.eye(height * width, dtype=np.int64).reshape(-1, height, width)
    return np.stack([conv2d(unit, kernel, **geometry).ravel() for unit in units], axis=1)


def connection_weights(
    in_shape: Sequence[int], out_shape: Sequence[int], kernel: int, bias: bool = True
) -> dict[str, int]:
    """Cuántos pesos (con sus sesgos) hay que aprender según cómo se conecten dos capas.

    Args:
        in_shape: (alto, ancho, canales) de la entrada, como en la clase (32 × 32 × 3), cada uno de 1 a 4096.
        out_shape: (alto, ancho, canales) de la salida.
        kernel: lado del núcleo cuadrado; no mayor que la entrada.
        bias: si cada salida (densa, local) o cada canal de salida (compartida) tiene su sesgo.

    Returns:
        `dense`: toda salida mira toda entrada; `local`: mira su ventana, con pesos propios;
        `shared`: mira su ventana, con los mismos pesos en toda la imagen.

    Raises:
        ValueError: si un argumento no es válido o esa salida no sale de esa entrada con ese núcleo.
    """
    height, width, channels = check_shape("in_shape", in_shape, 3, SIDE)
    rows, cols, out_channels = check_shape("out_shape", out_shape, 3, SIDE)
    check_int("kernel", kernel, 1, min(height, width), min(height, width, 3))
    check_bool("bias", bias)
    if rows > height + kernel - 1 or cols > width + kernel - 1:
        allowed = f"una salida de a lo más {height + kernel - 1} × {width + kernel - 1}, la del relleno {kernel - 1}"
        raise refuse("out_shape", tuple(out_shape), allowed, (height - kernel + 1, width - kernel + 1, out_channels))
    inputs, outputs, window = channels * height * width, out_channels * rows * cols, channels * kernel * kernel
    return {
        "dense": outputs * (inputs + bias),
        "local": outputs * (window + bias),
        "shared": out_channels * (window + bias),
    }


def place(pattern: ArrayLike, row: int, col: int, shape: Sequence[int]) -> Array:
    """Una imagen de ceros con el patrón puesto en (row, col), que es su esquina superior izquierda.

    Args:
        pattern: [alto, ancho].
        row, col: desde 0, tales que el patrón quepa entero.
        shape: (alto, ancho) de la imagen.

    Raises:
        ValueError: si un argumento no es válido o el patrón no cabe ahí.
    """
    pattern = check_array("pattern", pattern, "alto, ancho")
    height, width = check_shape("shape", shape, 2, SIDE)
    if pattern.shape[0] > height or pattern.shape[1] > width:
        raise refuse_array("pattern", pattern, f"un patrón que quepa en {height} × {width}", (1, 1))
    check_int("row", row, 0, height - pattern.shape[0], 0)
    check_int("col", col, 0, width - pattern.shape[1], 0)
    image = np.zeros((height, width), dtype=pattern.dtype)
    image[row : row + pattern.shape[0], col : col + pattern.shape[1]] = pattern
    return image


def hand_example() -> dict[str, dict[str, list[list[float]] | float]]:
    """El ejemplo de la clase: el patrón 1, 2, 3, 4 abajo a la derecha, con ruido y trasladado.

    Returns:
        Por caso (`corner`, `noisy`, `translated`): `image` [3, 3], `output` [2, 2] con `KERNEL`, y su `maximum`.
    """
    shape = (3, 3)
    images = {"corner": place(PATTERN, 1, 1, shape), "noisy": NOISY, "translated": place(PATTERN, 0, 0, shape)}
    outputs = {case: conv2d(image, KERNEL).round(12) for case, image in images.items()}
    return {
        case: {"image": images[case].tolist(), "output": outputs[case].tolist(), "maximum": float(outputs[case].max())}
        for case in images
    }
