"""La CNN de la clase en NumPy: cómo viajan sus pesos a la página, y lo que calcula, para los dibujos fijos."""

import base64
from typing import Any

import numpy as np

from labcode.checks import refuse
from labcode.explorers.base import number

Arrays = dict[str, np.ndarray]
CLASSES = ("avión", "auto", "pájaro", "gato", "ciervo", "perro", "rana", "caballo", "barco", "camión")
_KEYS = {"weights", "mean", "std", "channels", "hidden", "classes", "accuracy"}
EXAMPLE = "labcode.views.cnn.network()"


def layer_shapes(channels: tuple[int, int], hidden: tuple[int, int], classes: int) -> dict[str, tuple[int, ...]]:
    """La forma de los pesos de cada capa, en el orden en que van: convoluciones [salida, entrada, 5, 5] y densas."""
    (first, second), (third, fourth) = channels, hidden
    return {
        "conv1": (first, 3, 5, 5), "conv2": (second, first, 5, 5),
        "dense1": (third, second * 25), "dense2": (fourth, third), "output": (classes, fourth),
    }  # fmt: skip


def unpack(network: dict[str, Any]) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Los pesos y sesgos de cada capa, float32, desde el texto en base64 (float16, peso y sesgo de cada capa en orden)."""
    numbers = np.frombuffer(base64.b64decode(network["weights"]), "<f2").astype(np.float32)
    layers, at = {}, 0
    for name, shape in layer_shapes(network["channels"], network["hidden"], len(network["classes"])).items():
        size = int(np.prod(shape))
        layers[name] = (numbers[at : at + size].reshape(shape), numbers[at + size : at + size + shape[0]])
        at += size + shape[0]
    return layers


def check_network(name: str, value: Any) -> dict[str, Any] | None:
    """Exige una red como la que da `labcode.views.cnn.network()`, o None (faltan los pesos).

    Raises:
        ValueError: si le falta algo o sus números no son los que corresponden.
    """
    if value is None:
        return None
    try:
        return _checked(value)
    except (TypeError, KeyError, ValueError, AttributeError):
        allowed = "None o una red con `weights` (base64 de float16 finitos), `mean`, `std`, `channels`, `hidden`, `classes` y `accuracy`"
        raise refuse(name, "…", allowed, EXAMPLE) from None


def _checked(value: dict[str, Any]) -> dict[str, Any]:
    channels, hidden = ([_width(n) for n in value[key]] for key in ("channels", "hidden"))
    mean, std = ([number(x) for x in value[key]] for key in ("mean", "std"))
    classes, accuracy = [str(c) for c in value["classes"]], value["accuracy"]
    if set(value) != _KEYS or not len(channels) == len(hidden) == 2 or not len(mean) == len(std) == 3 or min(std) <= 0:
        raise ValueError
    shapes = layer_shapes(tuple(channels), tuple(hidden), len(classes)).values()
    numbers = np.frombuffer(base64.b64decode(value["weights"], validate=True), "<f2")
    if len(numbers) != sum(int(np.prod(s)) + s[0] for s in shapes) or not np.isfinite([*numbers, *mean, *std]).all():
        raise ValueError
    accuracy = None if accuracy is None else number(accuracy)
    return {
        "weights": value["weights"], "mean": mean, "std": std, "channels": channels, "hidden": hidden,
        "classes": classes, "accuracy": accuracy,
    }  # fmt: skip


def _width(n: Any) -> int:
    if isinstance(n, bool) or not isinstance(n, int) or not 1 <= n <= 256:
        raise ValueError
    return n


def forward(network: dict[str, Any], images: np.ndarray) -> Arrays:
    """Lo que vale cada etapa ante unas imágenes.

    Args:
        network: una red admitida por `check_network`.
        images: [N, 32, 32, 3], de 0 a 255.

    Returns:
        Un arreglo por etapa: `input`, `conv1`, `relu1`, `pool1`, `conv2`, `relu2` y `pool2` de [N, canales, lado, lado];
        `dense1`, `dense2`, `output` (logits) y `probabilities` de [N, neuronas].
    """
    layers, maps = unpack(network), {}
    mean, std = (np.array(network[key], np.float32) for key in ("mean", "std"))
    maps["input"] = x = ((images - mean) / std).astype(np.float32).transpose(0, 3, 1, 2)
    for n in (1, 2):
        maps[f"conv{n}"] = _convolve(x, *layers[f"conv{n}"])
        maps[f"relu{n}"] = np.maximum(maps[f"conv{n}"], 0)
        maps[f"pool{n}"] = x = _pool(maps[f"relu{n}"])
    flat = x.reshape(len(x), -1)
    for name in ("dense1", "dense2"):
        maps[name] = flat = np.maximum(flat @ layers[name][0].T + layers[name][1], 0)
    maps["output"] = flat @ layers["output"][0].T + layers["output"][1]
    powers = np.exp(maps["output"] - maps["output"].max(1, keepdims=True))
    return {**maps, "probabilities": powers / powers.sum(1, keepdims=True)}


def _convolve(x: np.ndarray, weight: np.ndarray, bias: np.ndarray) -> np.ndarray:
    windows = np.lib.stride_tricks.sliding_window_view(x, (5, 5), axis=(2, 3))  # [N, C, alto, ancho, 5, 5]
    return np.tensordot(windows, weight, axes=((1, 4, 5), (1, 2, 3))).transpose(0, 3, 1, 2) + bias[:, None, None]


def _pool(x: np.ndarray) -> np.ndarray:
    n, channels, height, width = x.shape
    return x.reshape(n, channels, height // 2, 2, width // 2, 2).max(axis=(3, 5))
