"""Los pesos que el libro guarda: uno por red que una página usa, con su ficha y su sello."""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load
from torch import Tensor, nn

from labcode.files import sha256, write_atomic
from labcode.models import CONFIGS, ModelConfig, build
from labcode.results import PACKAGE, Result, ResultError, seal


def weights_dir() -> Path:
    """Da la carpeta de pesos: `LABCODE_WEIGHTS`, `book/weights/` del repositorio, o la copia que viaja en el paquete."""
    named = os.environ.get("LABCODE_WEIGHTS")
    if named:
        return Path(named).expanduser()
    book = PACKAGE.parent / "book"
    return book / "weights" if book.is_dir() else PACKAGE / "_weights"


def weights_path(name: str) -> Path:
    """Da el archivo de pesos de un experimento, `book/weights/cnn.safetensors`; su ficha es el `.json` de al lado."""
    return weights_dir() / f"{name.lower()}.safetensors"


def are_saved(name: str) -> bool:
    """Dice si están los dos archivos de la red guardada de un experimento, sin leerlos."""
    path = weights_path(name)
    return path.exists() and path.with_suffix(".json").exists()


@dataclass(frozen=True)
class SavedNetwork:
    """Una red guardada, lista para usarse.

    Attributes:
        model: en modo de evaluación, en CPU.
        mean: lo que se resta a cada canal de una imagen de 0 a 255, [3, 1, 1].
        std: por lo que se divide, [3, 1, 1].
        card: de dónde salió: experimento, ajuste, semilla, configuración, medidas, procedencia, el sha256 de los pesos y su propio sello.
    """

    model: nn.Sequential
    mean: Tensor
    std: Tensor
    card: dict[str, Any]


def write_weights(result: Result, tensors: bytes, normalization: tuple[Tensor, Tensor]) -> Path:
    """Escribe los pesos de una corrida y su ficha, y da la ruta de los pesos.

    Args:
        result: lo que dejó la corrida.
        tensors: sus pesos, como safetensors.
        normalization: media y desviación de cada canal, [3, 1, 1] cada una.
    """
    path = weights_path(result.experiment)
    mean, std = (t.flatten().tolist() for t in normalization)
    card = {
        "experiment": result.experiment, "setting": result.setting, "seed": result.seed, "config": result.config,
        "metrics": result.metrics, "mean": mean, "std": std, "provenance": result.provenance, "sha256": sha256(tensors),
    }  # fmt: skip
    card["seal"] = seal(card)
    write_atomic(path, tensors)
    write_atomic(path.with_suffix(".json"), (json.dumps(card, ensure_ascii=False, indent=1) + "\n").encode())
    return path


def read_weights(name: str) -> SavedNetwork | None:
    """Lee la red guardada de un experimento; None si no está.

    Raises:
        ResultError: si los pesos no son los de su ficha, o esta no es la que se escribió o es de otro experimento.
    """
    path = weights_path(name)
    if not path.exists() and not path.with_suffix(".json").exists():
        return None
    hint = f"Borren los dos archivos y vuelvan a entrenar con `python -m labcode train {name.upper()}`."
    try:
        tensors, card = path.read_bytes(), json.loads(path.with_suffix(".json").read_bytes())
        if card.pop("seal") != seal(card):
            raise ValueError("su ficha fue alterada: no coincide con su sello")
        if sha256(tensors) != card["sha256"]:
            raise ValueError("el sha256 no coincide con el de su ficha")
        if card["experiment"] != name.upper():
            raise ValueError(f"es la red de {card['experiment']}")
        model = build(_config(card["config"]), seed=0)
        model.load_state_dict(load(tensors))
        mean, std = (torch.tensor(card[key]).view(-1, 1, 1) for key in ("mean", "std"))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RuntimeError) as error:
        raise ResultError(f"{path} no se puede usar: {error}. {hint}") from error
    return SavedNetwork(model.eval(), mean, std, card)


def _config(described: dict[str, Any]) -> ModelConfig:
    return CONFIGS[described["kind"]](**{name: _tuples(value) for name, value in described["model"].items()})


def _tuples(value: Any) -> Any:
    return tuple(map(_tuples, value)) if isinstance(value, list) else value
