"""Dónde y cómo se calcula: dispositivo, precisión, hilos y grabación. Se elige solo, se puede fijar y queda anotado."""

import ctypes
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import torch

from labcode.checks import check_bool, check_choice, check_int
from labcode.models import FastConfig, MLPConfig, ModelConfig, VGGConfig, build, forward_flops
from labcode.training.recipe import Run

PRECISIONS = ("auto", "float32", "bfloat16")
# Con menos trabajo que este por paso, dos hilos pasan más tiempo esperándose que calculando (benchmarks/README.md).
SMALL_STEP = 2e8


@dataclass(frozen=True)
class Placement:
    """Cómo se calculó un entrenamiento; parte de su procedencia.

    Attributes:
        device: "cpu" o "cuda".
        precision: "float32" o "bfloat16" (los pesos y la actualización son siempre float32).
        threads: hilos de CPU.
        channels_last: si las imágenes van con los canales al final (redes convolucionales).
        winograd: si las convoluciones 3×3 de muchos canales se hacen con menos productos (VGG y la rápida, en CPU y float32).
        graph: si cada paso se graba una vez y se repite (CUDA graphs), para no esperar al lanzamiento.
    """

    device: str
    precision: str
    threads: int
    channels_last: bool
    winograd: bool
    graph: bool

    @property
    def dtype(self) -> torch.dtype:
        """El tipo en que se hacen los productos."""
        return getattr(torch, self.precision)


def pick_device(name: str = "auto") -> torch.device:
    """Elige dónde entrenar: la GPU si la hay, o la CPU.

    Args:
        name: "auto", "cpu" o "cuda".

    Raises:
        ValueError: si `name` es otra cosa, o se pide una GPU que no hay.
    """
    check_choice("device", name, ("auto", "cpu", "cuda"))
    if name == "cuda" and not torch.cuda.is_available():
        raise ValueError("`device = 'cuda'` no es posible: torch no ve ninguna GPU. Usen 'cpu' o 'auto'.")
    return torch.device("cuda" if name != "cpu" and torch.cuda.is_available() else "cpu")


def place(
    runs: Sequence[Run], device: str = "auto", precision: str = "auto", threads: int | None = None, graph: bool | None = None
) -> Placement:
    """Elige cómo entrenar un conjunto de corridas.

    Args:
        runs: las que irán juntas.
        device: "auto", "cpu" o "cuda".
        precision: "auto" usa bfloat16 en GPU y en CPU que lo multiplican por hardware, y float32 en las demás.
        threads: hilos de CPU; None elige uno si el paso es pequeño, y si no los que torch tenga.
        graph: si se graba el paso; None, en GPU, salvo con *dropout*, que sortea en cada paso.

    Raises:
        ValueError: si algún argumento no es válido o no es posible.
    """
    where = pick_device(device).type
    if graph is not None and check_bool("graph", graph) and where != "cuda":
        raise ValueError("`graph = True` no es posible en CPU: grabar el paso es de las GPU. Usen None o False.")
    available = torch.get_num_threads()
    if threads is None:
        with torch.device("meta"):  # solo las formas: nada se reserva ni se sortea
            work = 3 * forward_flops(build(runs[0].model, 0)) * runs[0].recipe.batch_size * len(runs)
        threads = 1 if work < SMALL_STEP else available
    else:
        check_int("threads", threads, 1, 1024, available)
    drops = runs[0].recipe.dropout > 0
    if graph and drops:
        raise ValueError("`graph = True` no va con `dropout`: un paso grabado repetiría siempre el mismo sorteo. Usen None o False.")
    recorded = where == "cuda" and not drops if graph is None else graph
    model, precision = runs[0].model, pick_precision(where, precision)
    winograd = fills(model) and where == "cpu" and precision == "float32"
    return Placement(where, precision, threads, not isinstance(model, MLPConfig), winograd, recorded)


def fills(model: ModelConfig) -> bool:
    """Dice si una sola red da trabajo a toda la máquina (VGG y la rápida): apilar varias no gana nada."""
    return isinstance(model, VGGConfig | FastConfig)


def pick_precision(device: str, name: str = "auto") -> str:
    """Elige la precisión de los productos: bfloat16 donde `device` ("cpu" o "cuda") lo multiplica por hardware.

    Raises:
        ValueError: si `name` no es "auto", "float32" ni "bfloat16".
    """
    check_choice("precision", name, PRECISIONS)
    if name != "auto":
        return name
    return "bfloat16" if device == "cuda" or cpu_has_bfloat16() else "float32"


@cache
def cpu_has_bfloat16() -> bool:
    """Dice si esta CPU multiplica bfloat16 por hardware (AMX o AVX-512 BF16)."""
    try:
        flags = next(line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("flags")).split()
    except (OSError, StopIteration):
        return False
    return "amx_bf16" in flags or "avx512_bf16" in flags


@contextmanager
def settled(placement: Placement) -> Iterator[None]:
    """Deja torch determinista y con los hilos de `placement`, y al salir todo como estaba."""
    threads, strict = torch.get_num_threads(), torch.are_deterministic_algorithms_enabled()
    warn = torch.is_deterministic_algorithms_warn_only_enabled()
    cuda = placement.device == "cuda"
    if cuda:
        os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")  # sin él, cuBLAS no es determinista
    if placement.threads != threads:
        torch.set_num_threads(placement.threads)
    if placement.winograd:
        _keep_memory()
    # En GPU solo avisa: el max pooling sin traslape es determinista aunque torch no lo sepa.
    torch.use_deterministic_algorithms(True, warn_only=cuda)
    filled = torch.utils.deterministic.fill_uninitialized_memory
    torch.utils.deterministic.fill_uninitialized_memory = False  # nada aquí lee memoria sin escribir
    try:
        yield
    finally:
        torch.utils.deterministic.fill_uninitialized_memory = filled
        torch.use_deterministic_algorithms(strict, warn_only=warn)
        if torch.get_num_threads() != threads:
            torch.set_num_threads(threads)


def _keep_memory() -> None:
    """Pide a glibc que no devuelva al sistema la memoria que libera: cada paso volvería a pedirla, página por página."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if mallopt:  # los nombres de malloc.h: M_MMAP_MAX y M_TRIM_THRESHOLD
        mallopt(-4, 0)
        mallopt(-1, 2**31 - 1)
