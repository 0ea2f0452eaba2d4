"""La convolución 3×3 con menos productos: la misma cuenta, en otra base, para CPU que multiplican en float32.

Cada tesela de m × m salidas depende de (m+2) × (m+2) entradas. Llevadas las teselas y los filtros a la base de
Winograd, la convolución es un producto por posición: (m+2)² en vez de 9m² por cada par de canales, es decir, 36 en vez
de 144 con m = 4, y 16 en vez de 36 con m = 2. Ir y volver de esa base cuesta; con pocos canales no se recupera.

Fuente: Lavin y Gray (2016), «Fast Algorithms for Convolutional Neural Networks», arXiv:1509.09308, secciones 4.1 y 4.3.
"""

import torch
from torch import Tensor, nn
from torch.autograd.function import FunctionCtx, once_differentiable

MIN_CHANNELS = 128  # con menos canales de entrada, la convolución directa es más rápida (benchmarks/README.md)

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


def pays(layer: nn.Conv2d) -> bool:
    """Dice si a esta capa le conviene: filtros 3×3 con relleno 1, paso 1 y bastantes canales de entrada."""
    fits = layer.kernel_size == (3, 3) and layer.padding == (1, 1) and layer.stride == (1, 1)
    return fits and layer.in_channels >= MIN_CHANNELS


def conv3x3(x: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """Convolución 3×3 con relleno 1 y paso 1, igual a `F.conv2d` salvo redondeo, con sus gradientes.

    Args:
        x: [B, C, H, W]; rápida si los canales van al final. Un lado impar se calcula con uno más, que se descarta.
        weight: [K, C, 3, 3].
        bias: [K], o None.

    Returns:
        [B, K, H, W], con los canales al final.
    """
    height, width = x.shape[2:]
    if height % 2 or width % 2:
        x = nn.functional.pad(x, (0, width % 2, 0, height % 2))
    y = _Conv3x3.apply(x, weight)[:, :, :height, :width]
    return y if bias is None else y + bias.view(1, -1, 1, 1)


class _Conv3x3(torch.autograd.Function):
    @staticmethod
    def forward(ctx: FunctionCtx, x: Tensor, weight: Tensor) -> Tensor:
        tiles, y = _correlate(x.permute(0, 2, 3, 1), weight.permute(2, 3, 1, 0))
        ctx.save_for_backward(tiles, weight)
        return y.permute(0, 3, 1, 2)

    @staticmethod
    @once_differentiable
    def backward(ctx: FunctionCtx, grad: Tensor) -> tuple[Tensor, Tensor]:
        tiles, weight = ctx.saved_tensors
        grad = grad.permute(0, 2, 3, 1).contiguous()  # [B, H, W, K]
        m = _tile(grad)
        own = _change(_OUTPUTS, m, _split(grad, m), transposed=True)  # [n², P, K]
        turned = _change(_FILTERS, m, torch.bmm(tiles.transpose(1, 2), own), transposed=True)  # [9, C, K]
        back = weight.flip(2, 3).permute(2, 3, 0, 1)  # la entrada recibe el gradiente por los filtros girados media vuelta
        return _correlate(grad, back)[1].permute(0, 3, 1, 2), turned.permute(2, 1, 0).reshape(weight.shape)


def _correlate(x: Tensor, filters: Tensor) -> tuple[Tensor, Tensor]:
    """Pasa filtros [3, 3, C, K] sobre x, [B, H, W, C]; da las teselas en la base, [n², P, C], y la salida, [B, H, W, K]."""
    m = _tile(x)
    tiles = _change(_INPUTS, m, _gather(x, m))
    products = torch.bmm(tiles, _change(_FILTERS, m, filters.reshape(9, *filters.shape[2:])))  # [n², P, K]
    return tiles, _join(_change(_OUTPUTS, m, products), m, x.shape)


def _tile(x: Tensor) -> int:
    return 2 if x.shape[1] % 4 or x.shape[2] % 4 else 4


def _change(matrices: dict[int, list], m: int, x: Tensor, transposed: bool = False) -> Tensor:
    """Aplica una matriz de cambio de base a las filas y a las columnas de cada tesela: [p², P, C] → [q², P, C]."""
    matrix = x.new_tensor(matrices[m])
    matrix = torch.kron(matrix, matrix)
    return ((matrix.T if transposed else matrix) @ x.flatten(1)).unflatten(1, x.shape[1:])


def _gather(x: Tensor, m: int) -> Tensor:
    """Copia las teselas de x, [B, H, W, C], rellenado con un borde de ceros: [n², P, C], con n = m + 2 y P = B·H·W/m²."""
    rows, columns, n = x.shape[1] // m, x.shape[2] // m, m + 2
    padded = nn.functional.pad(x, (0, 0, 1, 1, 1, 1)).contiguous()
    image, row, column, channel = padded.stride()
    shape = (n, n, len(x), rows, columns, x.shape[3])
    return padded.as_strided(shape, (row, column, image, m * row, m * column, channel)).reshape(n * n, -1, x.shape[3])


def _split(y: Tensor, m: int) -> Tensor:
    """Corta y, [B, H, W, K], en teselas que no se traslapan: [m², P, K]."""
    cut = y.unflatten(2, (-1, m)).unflatten(1, (-1, m))  # [B, filas, m, columnas, m, K]
    return cut.permute(2, 4, 0, 1, 3, 5).reshape(m * m, -1, y.shape[3])


def _join(tiles: Tensor, m: int, shape: torch.Size) -> Tensor:
    """Deshace `_split`: [m², P, K] → [B, H, W, K], con B, H y W de `shape`."""
    images, height, width = shape[:3]
    cut = tiles.view(m, m, images, height // m, width // m, -1)
    return cut.permute(2, 3, 0, 4, 1, 5).reshape(images, height, width, -1)
