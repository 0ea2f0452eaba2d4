"""La convolución 3×3 con menos productos: la misma cuenta, en otra base, para CPU que multiplican en float32.

Cada tesela de m × m salidas depende de n × n entradas, con n = m + 2. Llevadas las teselas y los filtros a la base de
Winograd, la convolución es un producto por posición: n² en vez de 9m² por cada par de canales, es decir, 36 en vez de
144 con m = 4, y 16 en vez de 36 con m = 2. Ir y volver de esa base cuesta, y más si el mapa es grande o los canales,
pocos. Se va y se vuelve con una matriz por fila de teselas, que lee el mapa donde está: no se copian teselas que se
traslapan ni se rellenan bordes, y lo que cae fuera son ceros que la matriz no tiene.

Fuente: Lavin y Gray (2016), «Fast Algorithms for Convolutional Neural Networks», arXiv:1509.09308, secciones 4.1 y 4.3.
"""

from functools import cache
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.autograd.function import FunctionCtx, once_differentiable

# Con menos canales de entrada, o con cuentas que no bajan al menos esto, la convolución directa es igual de rápida o más (benchmarks/README.md).
MIN_CHANNELS, MIN_GAIN = 64, 1.4

# Por cada m: lo que lleva a la base las entradas (Bᵀ) y los filtros (G), y lo que trae las salidas (Aᵀ).
_INPUTS = {
    2: [[1, 0, -1, 0], [0, 1, 1, 0], [0, -1, 1, 0], [0, 1, 0, -1]],
    4: [[4, 0, -5, 0, 1, 0], [0, -4, -4, 1, 1, 0], [0, 4, -4, -1, 1, 0], [0, -2, -1, 2, 1, 0], [0, 2, -1, -2, 1, 0], [0, 4, 0, -5, 0, 1]],
}  # fmt: skip
_FILTERS = {
    2: [[1, 0, 0], [1 / 2, 1 / 2, 1 / 2], [1 / 2, -1 / 2, 1 / 2], [0, 0, 1]],
    4: [
        [1 / 4, 0, 0], [-1 / 6, -1 / 6, -1 / 6], [-1 / 6, 1 / 6, -1 / 6],
        [1 / 24, 1 / 12, 1 / 6], [1 / 24, -1 / 12, 1 / 6], [0, 0, 1],
    ],
}  # fmt: skip
_OUTPUTS = {
    2: [[1, 1, 1, 0], [0, 1, -1, -1]],
    4: [[1, 1, 1, 1, 1, 0], [0, 1, -1, 2, -2, 0], [0, 1, 1, 4, 4, 0], [0, 1, -1, 8, -8, 1]],
}


def pays(layer: nn.Conv2d, height: int, width: int) -> bool:
    """Dice si a esta capa le conviene en un mapa de ese alto y ancho: filtros 3×3, relleno 1, paso 1 y bastantes menos cuentas."""
    inputs, outputs = layer.in_channels, layer.out_channels
    if layer.kernel_size != (3, 3) or layer.padding != (1, 1) or layer.stride != (1, 1) or inputs < MIN_CHANNELS:
        return False
    base = _base(height, width, torch.float32)
    there, back = (sum(matrix.numel() for matrix in kind) for kind in (base.inputs, base.outputs))
    points = sum(len(matrix) for matrix in base.inputs)
    return 9 * height * width * inputs * outputs > MIN_GAIN * (points * inputs * outputs + there * inputs + back * outputs)


def conv3x3(x: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """Convolución 3×3 con relleno 1 y paso 1, igual a `F.conv2d` salvo redondeo, con sus gradientes.

    Args:
        x: [B, C, H, W]; rápida si los canales van al final.
        weight: [K, C, 3, 3].
        bias: [K], o None.

    Returns:
        [B, K, H, W], con los canales al final.
    """
    return _Conv3x3.apply(x, weight, weight.new_zeros(len(weight)) if bias is None else bias)


class _Base(NamedTuple):
    """Cómo se va a la base y se vuelve de ella, por filas de teselas, en mapas de un tamaño, escritos como [H·W, C].

    Attributes:
        reads: por fila de teselas, qué posiciones del mapa mira.
        writes: y cuáles produce.
        inputs: y la matriz que lleva lo que mira a la base, [T·n², miradas], con T teselas por fila.
        outputs: y la que trae sus salidas, [producidas, T·n²].
        filters: la matriz que lleva los filtros, [n², 9].
    """

    reads: list[slice]
    writes: list[slice]
    inputs: list[Tensor]
    outputs: list[Tensor]
    filters: Tensor


@cache
def _base(height: int, width: int, dtype: torch.dtype) -> _Base:
    m = 4 if max(height, width) > 2 else 2
    into, out, filters = (torch.tensor(matrices[m], dtype=torch.float64) for matrices in (_INPUTS, _OUTPUTS, _FILTERS))

    def along(side: int) -> list[tuple[slice, slice, Tensor, Tensor]]:
        """Por cada tesela de un eje: qué mira, qué produce, y las matrices de lo uno y lo otro; lo que cae fuera no está."""
        found = []
        for start in range(0, side, m):
            there, back = into.new_zeros(m + 2, side + m + 2), out.new_zeros(side + m, m + 2)
            there[:, start : start + m + 2], back[start : start + m] = into, out
            sees, makes = slice(max(start - 1, 0), min(start + m + 1, side)), slice(start, min(start + m, side))
            found.append((sees, makes, there[:, 1 : side + 1], back[:side]))
        return found

    rows, columns = along(height), along(width)
    there = [[torch.kron(row[:, sees].contiguous(), column.contiguous()) for _, _, column, _ in columns] for sees, _, row, _ in rows]
    back = [[torch.kron(row[makes].contiguous(), column.contiguous()) for *_, column in columns] for _, makes, _, row in rows]
    return _Base(
        [slice(sees.start * width, sees.stop * width) for sees, *_ in rows],
        [slice(makes.start * width, makes.stop * width) for _, makes, *_ in rows],
        [torch.cat(row).to(dtype) for row in there],
        [torch.cat(row, 1).to(dtype) for row in back],
        torch.kron(filters, filters).to(dtype),
    )


class _Conv3x3(torch.autograd.Function):
    @staticmethod
    def forward(ctx: FunctionCtx, x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
        images, inputs, height, width = x.shape
        outputs, base = len(weight), _base(height, width, x.dtype)
        points = len(base.filters)
        tiles = _there(base.inputs, _flat(x), base.reads).view(-1, points, inputs).transpose(0, 1)  # [n², P, C], con P teselas
        filters = weight.view(outputs, -1).t().contiguous().view(inputs, 9, outputs)
        filters = torch.bmm(_each(base.filters, inputs), filters).transpose(0, 1)  # [n², C, K]
        y = bias.expand(images, height * width, outputs).contiguous()
        _back(base.outputs, _products(tiles, filters).view(images, -1, outputs), base.writes, y)
        ctx.save_for_backward(tiles, filters)
        ctx.base, ctx.shape = base, x.shape
        return _map(y, height, width)

    @staticmethod
    @once_differentiable
    def backward(ctx: FunctionCtx, grad: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        (tiles, filters), base = ctx.saved_tensors, ctx.base
        images, inputs, height, width = ctx.shape
        points, outputs, grad = len(base.filters), grad.shape[1], _flat(grad)
        own = _there([matrix.t() for matrix in base.outputs], grad, base.writes).view(-1, points, outputs).transpose(0, 1)  # [n², P, K]
        turned = torch.bmm(tiles.transpose(1, 2), own).transpose(0, 1)  # [C, n², K]
        turned = torch.bmm(_each(base.filters.t(), inputs), turned).view(-1, outputs)  # [C·9, K]
        dx = grad.new_zeros(images, height * width, inputs)
        _back([matrix.t() for matrix in base.inputs], _products(own, filters.transpose(1, 2)).view(images, -1, inputs), base.reads, dx)
        return _map(dx, height, width), turned.t().contiguous().view(outputs, inputs, 3, 3), grad.sum((0, 1))


def _flat(x: Tensor) -> Tensor:
    """[B, C, H, W] → [B, H·W, C], sin copiar si los canales van al final."""
    return x.permute(0, 2, 3, 1).flatten(1, 2).contiguous()


def _map(x: Tensor, height: int, width: int) -> Tensor:
    """Deshace `_flat`."""
    return x.unflatten(1, (height, width)).permute(0, 3, 1, 2)


def _each(matrix: Tensor, count: int) -> Tensor:
    """La misma matriz `count` veces, sin copiarla."""
    return matrix.expand(count, *matrix.shape)


def _there(matrices: list[Tensor], x: Tensor, where: list[slice]) -> Tensor:
    """Aplica cada matriz a su parte de x, [B, H·W, C], y junta lo que sale, [B, filas·T·n², C]."""
    points = len(matrices[0])
    base = x.new_empty(len(x), len(matrices) * points, x.shape[2])
    for i, (matrix, part) in enumerate(zip(matrices, where)):
        torch.bmm(_each(matrix, len(x)), x[:, part], out=base[:, i * points : (i + 1) * points])
    return base


def _back(matrices: list[Tensor], base: Tensor, where: list[slice], x: Tensor) -> None:
    """Aplica cada matriz a su fila de teselas, de `base`, [B, filas·T·n², C], y suma lo que sale a su parte de x, [B, H·W, C]."""
    for matrix, own, part in zip(matrices, base.chunk(len(matrices), 1), where):
        x[:, part].baddbmm_(_each(matrix, len(x)), own)


def _products(a: Tensor, b: Tensor) -> Tensor:
    """El producto de matrices de cada punto: a, [n², P, C], por b, [n², C, K], como [P, n², K]."""
    out = a.new_empty(a.shape[1], len(a), b.shape[2])
    torch.bmm(a, b, out=out.transpose(0, 1))
    return out
