"""Lo que sale de cada capa del constructor, en Python: para comprobar una red y para su dibujo fijo.

Lo mismo calcula `builder_core.js` en la página; las pruebas comparan los dos con torch.
"""

import math
from typing import Any

Layer = dict[str, Any]
Shape = tuple[int, ...]

IMAGE: Shape = (3, 32, 32)
MAX_LAYERS = 48
# Parámetros de cada clase de capa: [menor, mayor].
FIELDS: dict[str, dict[str, tuple[int, int]]] = {
    "conv": {"inputs": (1, 10**9), "outputs": (1, 1024), "kernel": (1, 11), "stride": (1, 4), "padding": (0, 5)},
    "pool": {"kernel": (1, 8), "stride": (1, 8)},
    "relu": {},
    "norm": {"inputs": (1, 10**9)},
    "flatten": {},
    "dense": {"inputs": (1, 10**9), "outputs": (1, 4096)},
    "dropout": {"rate": (0, 90)},
}
NAMES = {
    "conv": "Convolución", "pool": "Max pooling", "relu": "ReLU", "norm": "Normalización por lote",
    "flatten": "Aplanar", "dense": "Densa", "dropout": "Dropout",
}  # fmt: skip


def conv(inputs: int, outputs: int, kernel: int = 3, stride: int = 1, padding: int = 0) -> Layer:
    """Una convolución, como `nn.Conv2d(inputs, outputs, kernel, stride, padding)`."""
    return {"kind": "conv", "inputs": inputs, "outputs": outputs, "kernel": kernel, "stride": stride, "padding": padding}


def pool(kernel: int = 2, stride: int = 2) -> Layer:
    """Un *max pooling*, como `nn.MaxPool2d(kernel, stride)`."""
    return {"kind": "pool", "kernel": kernel, "stride": stride}


def dense_stack(*widths: int) -> list[Layer]:
    """Capas densas con ReLU entre ellas; `widths` son los anchos, desde el que entra."""
    layers: list[Layer] = []
    for inputs, outputs in zip(widths, widths[1:]):
        layers += [{"kind": "dense", "inputs": inputs, "outputs": outputs}, {"kind": "relu"}]
    return layers[:-1]


def vgg(padding: int = 1, norm: bool = False) -> list[Layer]:
    """VGG-11 como la lista la clase, con el relleno que se diga y, si se pide, normalización por lote."""
    layers, inputs = [], 3
    for block in ((64,), (128,), (256, 256), (512, 512), (512, 512)):
        for outputs in block:
            layers.append(conv(inputs, outputs, padding=padding))
            layers += [{"kind": "norm", "inputs": outputs}] if norm else []
            layers.append({"kind": "relu"})
            inputs = outputs
        layers.append(pool())
    return [*layers, {"kind": "flatten"}, *dense_stack(512, 512, 512, 10)]


def networks() -> dict[str, list[Layer]]:
    """Las redes con nombre del explorador."""
    simple = [conv(3, 6, 5), {"kind": "relu"}, pool(), conv(6, 16, 5), {"kind": "relu"}, pool(), {"kind": "flatten"}]
    return {
        "mlp": [{"kind": "flatten"}, *dense_stack(3072, 120, 84, 10)],
        "cnn": [*simple, *dense_stack(400, 120, 80, 10)],
        "vgg": vgg(),
        "vgg0": vgg(padding=0),
        "vggbn": vgg(norm=True),
    }


def next_shape(layer: Layer, shape: Shape, auto: bool = False) -> Shape | None:
    """La forma que deja una capa, [canales, alto, ancho] o [números]; `None` si torch fallaría.

    Args:
        layer: la capa.
        shape: lo que le llega, sin la dimensión del lote.
        auto: si toma como entradas las que llegan, como las capas *lazy* de torch.
    """
    kind, flat = layer["kind"], len(shape) == 1
    arriving = shape[-1] if kind == "dense" else shape[0]
    if flat and kind in ("conv", "pool", "norm") or not auto and layer.get("inputs", arriving) != arriving:
        return None
    if kind == "flatten":
        return (math.prod(shape),)
    if kind == "dense":
        return (*shape[:-1], layer["outputs"])
    if kind not in ("conv", "pool"):
        return shape
    room = [side + 2 * layer.get("padding", 0) - layer["kernel"] for side in shape[1:]]
    return None if min(room) < 0 else (layer.get("outputs", shape[0]), *(r // layer["stride"] + 1 for r in room))


def parameters(layer: Layer, inputs: int) -> int:
    """Cuántos números aprende una capa a la que entran `inputs` canales o números."""
    match layer["kind"]:
        case "conv":
            return layer["outputs"] * (inputs * layer["kernel"] ** 2 + 1)
        case "dense":
            return layer["outputs"] * (inputs + 1)
        case "norm":
            return 2 * inputs
    return 0


def trace(layers: list[Layer], auto: bool = False) -> list[tuple[Shape | None, int | None]]:
    """Por cada capa, la forma que deja y sus parámetros; la forma es `None` desde la que falla."""
    shape: Shape | None = IMAGE
    rows: list[tuple[Shape | None, int | None]] = []
    for layer in layers:
        before, shape = shape, next_shape(layer, shape, auto) if shape else None
        arriving = (before[-1] if layer["kind"] == "dense" else before[0]) if before and shape else None
        inputs = arriving if auto else layer.get("inputs", 0)
        counted = "inputs" not in FIELDS[layer["kind"]] or inputs is not None
        rows.append((shape, parameters(layer, inputs or 0) if counted else None))
    return rows
