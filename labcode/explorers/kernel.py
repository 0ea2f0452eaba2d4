"""El explorador de núcleos: un núcleo propio sobre una imagen real, con paso, relleno y dilatación."""

from typing import Any

import numpy as np
from traitlets import observe

from labcode import text
from labcode.checks import check_bool, refuse
from labcode.explorers.base import Checked, Explorer, check_matrix, module_source, still, style, within
from labcode.explorers.pictures import LABELS, correlate, gray, picture, pictures, png, signed

SOBEL = [[-1.0, 0.0, 1.0], [-2.0, 0.0, 2.0], [-1.0, 0.0, 1.0]]
MAX_KERNEL, MAX_IMAGE = 7, 64


def fit_kernel(kernel: list[list[float]], size: int) -> list[list[float]]:
    """Lleva un núcleo [k, k] a [size, size]: centrado, con ceros alrededor o recortado.

    Uno de pesos todos iguales (desenfoque, k > 1) se reparte de nuevo y conserva su suma.
    """
    k = len(kernel)
    if k == size:
        return kernel
    first = kernel[0][0]
    if k > 1 and all(weight == first for row in kernel for weight in row):
        return [[(first * k * k) / (size * size)] * size for _ in range(size)]
    shift = int((size - k) / 2)  # hacia cero, como Math.trunc
    fitted = [[0.0] * size for _ in range(size)]
    for i in range(max(0, shift), min(size, k + shift)):
        for j in range(max(0, shift), min(size, k + shift)):
            fitted[i][j] = kernel[i - shift][j - shift]
    return fitted


def _check_kernel(name: str, value: Any) -> list[list[float]]:
    rows = check_matrix(name, value, (1, MAX_KERNEL), 100, [[0.1, 0.2], [0.3, 0.4]])
    if len(rows) != len(rows[0]):
        raise refuse(name, value, "una matriz cuadrada", [[0.1, 0.2], [0.3, 0.4]])
    return rows


def _check_image(name: str, value: Any) -> list[list[float]]:
    if isinstance(value, str):
        if value not in LABELS:
            raise refuse(name, value, "una matriz o uno de " + ", ".join(map(repr, LABELS)), "'camera'")
        return [list(row) for row in picture(value)]
    return check_matrix(name, value, (1, MAX_IMAGE), 1e6, "'camera'")


def _check_pictures(name: str, value: Any) -> dict[str, Any]:
    if value != pictures():
        raise refuse(name, "…", "el que trae el explorador; para otra imagen está `image`", "KernelExplorer(image=matriz)")
    return value


class KernelExplorer(Explorer):
    """Explorador de núcleos: predecir el tamaño de la salida, recorrerla y ver cada suma.

    Args:
        kernel_size: lado del núcleo, de 1 a 7; al cambiarlo, `kernel` se ajusta.
        stride: paso, de 1 a 4.
        padding: filas y columnas de ceros a cada lado, de 0 a 3.
        dilation: separación entre los píxeles que mira el núcleo, de 1 a 3.
        kernel: pesos [k, k], finitos, entre −100 y 100; al cambiarlo, `kernel_size` lo sigue.
        image: matriz [alto, ancho] de hasta 64 × 64, o el nombre de una imagen («camera», «astronaut», «coffee»,
            «digit» o «pattern»); se lee siempre como matriz.
        predict: con `False`, la salida se muestra sin pedir antes una predicción.

    Raises:
        ValueError: si un valor no se admite (también es `TraitError`). Una combinación en que el núcleo no cabe en
            la imagen no es un error: el explorador lo explica.
    """

    name = "kernel"
    parts = ("math.js", "common.js", "kernel_text.js", "kernel_canvas.js", "kernel_panels.js", "kernel.js")
    _esm = module_source(parts)
    _css = style()

    kernel_size = Checked(within(1, MAX_KERNEL, 3), 3)
    stride = Checked(within(1, 4, 1), 1)
    padding = Checked(within(0, 3, 0), 0)
    dilation = Checked(within(1, 3, 1), 1)
    kernel = Checked(_check_kernel, SOBEL)
    image = Checked(_check_image, [[0.0]])
    pictures = Checked(_check_pictures, {})
    predict = Checked(check_bool, True)

    def __init__(self, **values: Any) -> None:
        if "kernel" in values and "kernel_size" not in values:
            values["kernel_size"] = len(_check_kernel("kernel", values["kernel"]))
        values = {"image": "camera", "pictures": pictures(), **values}
        super().__init__(**values)

    @observe("kernel_size")
    def _resize_kernel(self, change: Any) -> None:
        if len(self.kernel) != change.new:
            self.kernel = fit_kernel(self.kernel, change.new)

    @observe("kernel")
    def _follow_kernel(self, change: Any) -> None:
        self.kernel_size = len(change.new)

    def picture(self) -> str:
        """La imagen, el núcleo y la salida, como SVG con su descripción."""
        image, kernel = np.array(self.image, dtype=float), np.array(self.kernel)
        output = correlate(image, kernel, self.stride, self.padding, self.dilation)
        white = 255.0 if image.max() > 16 else max(image.max(), 1.0)
        alt = f"Una imagen de {_size(image)}, un núcleo de {_size(kernel)}"
        alt += " que no cabe en ella" if output is None else f" y la salida, de {_size(output)}"
        parts = [_panel(0, "Entrada", image, gray(image, white)), _weights(kernel)]
        if output is not None:
            plain = (kernel >= 0).all()
            parts.append(_panel(440, "Salida", output, gray(output, white) if plain else signed(output)))
        return still(f"{alt}.", 285, 15, "".join(parts))


def _size(matrix: np.ndarray) -> str:
    return f"{matrix.shape[0]} × {matrix.shape[1]}"


def _panel(x: int, title: str, values: np.ndarray, pixels: np.ndarray) -> str:
    return (
        f'<text x="{x}" y="16">{title}: {_size(values)}</text>'
        f'<image x="{x}" y="28" width="240" height="240" style="image-rendering:pixelated" href="{png(pixels)}"/>'
        f'<rect x="{x}" y="28" width="240" height="240" fill="none" stroke="currentColor" stroke-opacity=".4"/>'
    )


def _weights(kernel: np.ndarray) -> str:
    k = len(kernel)
    side, digits = 150 / k, 1 if k > 4 else 2
    cells = [
        f'<rect x="{265 + j * side:.1f}" y="{73 + i * side:.1f}" width="{side:.1f}" height="{side:.1f}" fill="none"'
        f' stroke="currentColor" stroke-opacity=".4"/><text text-anchor="middle" font-size="{min(17, side / 2.3):.1f}"'
        f' x="{265 + (j + 0.5) * side:.1f}" y="{73 + (i + 0.63) * side:.1f}">{text.plain(round(float(w), digits))}</text>'
        for (i, j), w in np.ndenumerate(kernel)
    ]
    return f'<text x="265" y="61">Núcleo: {_size(kernel)}</text>{"".join(cells)}'
