"""La CNN entrenada, para los exploradores que la corren en la página: sus pesos, en poco espacio."""

import base64
from typing import Any

import torch

from labcode.data import CLASSES
from labcode.weights import SavedNetwork, read_weights


def network(name: str = "CNN") -> dict[str, Any] | None:
    """La red guardada de un experimento, lista para `CNNExplorer`, `OcclusionExplorer` y `ShiftExplorer`; None si faltan sus pesos.

    Args:
        name: el experimento; su red debe ser la CNN de la clase, de cualquier ancho.

    Raises:
        ResultError: si los pesos no son los de su ficha.
    """
    trained = read_weights(name)
    return None if trained is None else pack(trained)


def pack(trained: SavedNetwork) -> dict[str, Any]:
    """Deja una red en los datos que viajan a la página: pesos en float16, normalización, tamaños y exactitud en prueba."""
    described = trained.card["config"]["model"]
    tensors = [tensor.detach().flatten() for tensor in trained.model.state_dict().values()]
    weights = torch.cat(tensors).numpy().astype("<f2").tobytes()
    measured = trained.card["metrics"].get("eval_accuracy")
    return {
        "weights": base64.b64encode(weights).decode(),
        "mean": [round(x, 4) for x in trained.mean.flatten().tolist()],
        "std": [round(x, 4) for x in trained.std.flatten().tolist()],
        "channels": list(described["channels"]),
        "hidden": list(described["hidden"]),
        "classes": list(CLASSES),
        "accuracy": None if measured is None else round(measured, 2),
    }
