"""Los datos: CIFAR-10 comprobado, `figuras` sin descarga, y las particiones del protocolo."""

from labcode.data.cifar10 import data_dir, get, load_cifar10, verify
from labcode.data.dataset import CLASSES, DataError, Dataset, normalization
from labcode.data.figuras import FIGURAS, centre_figures, figuras
from labcode.data.splits import Split, split, validation_indices

__all__ = [
    "CLASSES",
    "FIGURAS",
    "DataError",
    "Dataset",
    "Split",
    "centre_figures",
    "data_dir",
    "figuras",
    "get",
    "load_cifar10",
    "normalization",
    "split",
    "validation_indices",
    "verify",
]
