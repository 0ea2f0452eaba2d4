"""La convolución a mano: NumPy con bucles, para leerla como se lee una fórmula.

Aquí se busca claridad, no velocidad: cada función hace lo que dice su fórmula, un número a la vez, y las
pruebas la comparan con PyTorch. Los enteros se calculan en int64 (exactos) y lo demás en float64. Como en
PyTorch, «convolución» es aquí la correlación cruzada: el núcleo no se da vuelta (véase `flip`).

Fuentes: Goodfellow, Bengio y Courville (2016), cap. 9; Dumoulin y Visin (2016), arXiv:1603.07285, cap. 2.
"""

from labcode.convolution.connections import (
    KERNEL,
    NOISY,
    PATTERN,
    connection_matrix,
    connection_weights,
    dense_layer,
    hand_example,
    locally_connected,
    place,
)
from labcode.convolution.operations import (
    conv2d,
    conv2d_channels,
    flip,
    max_pool2d,
    output_size,
    window_sum,
)
from labcode.convolution.receptive import receptive_field

__all__ = [
    "KERNEL",
    "NOISY",
    "PATTERN",
    "connection_matrix",
    "connection_weights",
    "conv2d",
    "conv2d_channels",
    "dense_layer",
    "flip",
    "hand_example",
    "locally_connected",
    "max_pool2d",
    "output_size",
    "place",
    "receptive_field",
    "window_sum",
]
