"""El max pooling de 2 × 2 en GPU, con los canales al final: lee y escribe cada número una sola vez.

El de torch guarda de cada máximo dónde estaba en el mapa, en 8 bytes, y al volver lo busca; aquí basta uno, cuál de los
cuatro fue. Es un programa de Triton, que viene con el torch de las GPU; sin él se usa el de torch, que da lo mismo.
"""

from collections.abc import Sequence

import torch
from torch import Tensor

try:
    import triton
    import triton.language as tl
except ImportError:  # Windows, o un torch de CPU
    triton = None

BLOCK = 1024  # números de los que se ocupa cada programa
MOST = 2**31  # los índices son de 32 bits


def pays(x: Tensor) -> bool:
    """Dice si un mapa [B, C, H, W] se puede reducir aquí: en GPU, con los canales al final y no más grande que un índice."""
    return triton is not None and x.is_cuda and x.numel() < MOST and x.is_contiguous(memory_format=torch.channels_last)


def max_pool2x2(x: Tensor) -> Tensor:
    """Da lo mismo que `max_pool2d(x, 2)`, y el mismo gradiente: si hay empate, para el primero.

    Args:
        x: [B, C, H, W] con los canales al final; lo que sobra de un lado impar no se mira.

    Returns:
        [B, C, ⌊H/2⌋, ⌊W/2⌋], con los canales al final.
    """
    return _MaxPool.apply(x)


class _MaxPool(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x: Tensor) -> Tensor:  # noqa: ANN001 - el de torch
        images, channels, height, width = ctx.shape = x.shape
        y = _empty((images, channels, height // 2, width // 2), x)
        which = torch.empty(y.numel(), dtype=torch.uint8, device=x.device)
        _reduce[_programs(y)](x, y, which, y.numel(), channels, height, width, BLOCK)
        ctx.save_for_backward(which)
        return y

    @staticmethod
    def backward(ctx, gradient: Tensor) -> Tensor:  # noqa: ANN001 - el de torch
        (which,) = ctx.saved_tensors
        images, channels, height, width = ctx.shape
        gradient = gradient.contiguous(memory_format=torch.channels_last)
        back = _empty(ctx.shape, gradient)
        _spread[_programs(back)](gradient, which, back, back.numel(), channels, height, width, BLOCK)
        return back


def _empty(shape: Sequence[int], like: Tensor) -> Tensor:
    return torch.empty(shape, dtype=like.dtype, device=like.device, memory_format=torch.channels_last)


def _programs(x: Tensor) -> tuple[int]:
    return (-(-x.numel() // BLOCK),)


if triton is not None:

    @triton.jit
    def _reduce(x, y, which, total, channels, height, width, BLOCK: tl.constexpr):  # noqa: ANN001, ANN202, N803
        """Por cada número de la salida, el mayor de sus cuatro y cuál fue (0 a 3, por filas)."""
        i = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
        inside = i < total
        channel, pixel = i % channels, i // channels
        column, row = pixel % (width // 2), pixel // (width // 2)
        image, row = row // (height // 2), row % (height // 2)
        corner = ((image * height + 2 * row) * width + 2 * column) * channels + channel
        best = tl.load(x + corner, inside).to(tl.float32)
        first = tl.zeros((BLOCK,), tl.int32)
        for k in tl.static_range(1, 4):
            other = tl.load(x + corner + (k // 2 * width + k % 2) * channels, inside).to(tl.float32)
            wins = (other > best) | (other != other)  # un NaN no se pierde
            best = tl.where(wins, other, best)
            first = tl.where(wins, k, first)
        tl.store(y + i, best, inside)
        tl.store(which + i, first.to(tl.uint8), inside)

    @triton.jit
    def _spread(gradient, which, back, total, channels, height, width, BLOCK: tl.constexpr):  # noqa: ANN001, ANN202, N803
        """Por cada número de la entrada, el gradiente del máximo que dio, o cero."""
        i = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
        inside = i < total
        channel, pixel = i % channels, i // channels
        column, row = pixel % width, pixel // width
        image, row = row // height, row % height
        seen = inside & (row // 2 < height // 2) & (column // 2 < width // 2)
        source = ((image * (height // 2) + row // 2) * (width // 2) + column // 2) * channels + channel
        own = tl.load(which + source, seen, other=4) == row % 2 * 2 + column % 2
        tl.store(back + i, tl.load(gradient + source, seen & own, other=0.0), inside)
