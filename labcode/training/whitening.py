"""La primera capa que no aprende: sus filtros salen de los datos y dejan los parches de la imagen sin correlación."""

from collections.abc import Iterable

import torch
import torch.nn.functional as F
from torch import Tensor, nn

EPSILON = 5e-4  # a las direcciones en que casi no hay variación no se las agranda sin límite


@torch.no_grad()
def whiten(layer: nn.Conv2d, batches: Iterable[Tensor]) -> None:
    """Pone en una convolución los filtros que blanquean sus parches, y los opuestos: a cada lado del cero, una salida.

    Las respuestas a los filtros, uno por dirección propia de los parches, no tienen correlación entre sí y su segundo
    momento es casi 1 (σ²/(σ² + ε), con σ² el valor propio).

    Args:
        layer: de k × k y 2·C·k² canales de salida.
        batches: imágenes ya normalizadas, [N, C, H, W] cada lote.

    Fuente: Jordan (2024), arXiv:2404.00498, sección 3.2.
    """
    side, moment, count = layer.kernel_size[0], 0.0, 0
    for images in batches:
        patches = F.unfold(images.double(), side).transpose(0, 1).flatten(1)  # [C·k², N·lugares]
        moment, count = moment + patches @ patches.T, count + patches.shape[1]
    values, directions = torch.linalg.eigh(moment / count)
    filters = (directions / (values + EPSILON).sqrt()).T  # uno por fila
    layer.weight.copy_(torch.cat([filters, -filters]).view_as(layer.weight))
