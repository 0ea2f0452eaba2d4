"""Puntos de control: todo lo que hace falta para seguir como si nada, sellado con sha256."""

import json
from pathlib import Path
from typing import Any

import safetensors.torch
import torch
from torch import Tensor

from labcode.files import seal, unseal, write_atomic

FORMAT = 3


def save_checkpoint(path: Path, tensors: dict[str, Tensor], info: dict[str, Any]) -> None:
    """Escribe un punto de control de forma atómica.

    Args:
        path: archivo de destino.
        tensors: pesos, momentos y estados de generadores.
        info: época, historia y corridas; solo JSON.

    Raises:
        OSError: si no se puede escribir; el punto de control anterior queda intacto.
    """
    header = {"info": json.dumps({"format": FORMAT, **info})}
    cpu = {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
    write_atomic(path, seal(safetensors.torch.save(cpu, header)))


def load_checkpoint(path: Path) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """Lee un punto de control.

    Returns:
        Los tensores, en CPU, y la información que los acompaña.

    Raises:
        ValueError: si su sha256 no coincide o es de otro formato. No se ejecuta nada de su contenido.
    """
    payload = unseal(path)
    info = json.loads(_metadata(payload)["info"])
    if info.get("format") != FORMAT:
        raise ValueError(f"{path} es de otro formato ({info.get('format')}); bórrenlo para entrenar de nuevo.")
    return safetensors.torch.load(payload), info


def load_info(path: Path) -> dict[str, Any]:
    """Lee solo la información de un punto de control, comprobado entero igualmente."""
    return json.loads(_metadata(unseal(path))["info"])


def _metadata(payload: bytes) -> dict[str, str]:
    length = int.from_bytes(payload[:8], "little")
    return json.loads(payload[8 : 8 + length])["__metadata__"]


