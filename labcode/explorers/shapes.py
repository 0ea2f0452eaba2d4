"""El explorador de formas: qué sale de una capa convolucional, cuántos pesos tiene y por qué a veces falla."""

from typing import Any

from labcode import text
from labcode.checks import check_bool, check_int
from labcode.explorers.base import Checked, Explorer, module_source, still, style

# Menor y mayor valor de cada ajuste, como en shapes_core.js. El paso 0 se admite para ver qué dice torch.
BOUNDS = {
    "side": (1, 64), "channels": (1, 16), "inputs": (1, 16), "outputs": (1, 32),
    "kernel": (1, 11), "stride": (0, 5), "padding": (0, 5), "dilation": (1, 4),
}  # fmt: skip
HUES = ("#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#56B4E9", "#999933", "#7F7F7F")


def _within(name: str, example: int) -> Checked:
    low, high = BOUNDS[name]
    return Checked(lambda trait, value: check_int(trait, value, low, high, example), example)


class ShapesExplorer(Explorer):
    """Una capa convolucional con todos sus ajustes: predecir la forma que sale y ver las pilas de canales.

    Args:
        side: lado de la entrada, de 1 a 64.
        channels: canales que llegan, de 1 a 16.
        inputs: canales que la capa espera (`in_channels`), de 1 a 16.
        outputs: cuántos núcleos tiene (`out_channels`), de 1 a 32.
        kernel: lado del núcleo, de 1 a 11.
        stride: paso, de 0 a 5; con 0 torch se niega.
        padding: relleno, de 0 a 5.
        dilation: dilatación, de 1 a 4.
        predict: con `False`, la salida se muestra sin pedir antes una predicción.

    Raises:
        ValueError: si un valor no se admite (también es `TraitError`). Una capa que torch rechaza no es un error: el
            explorador dice qué responde torch y por qué.
    """

    name = "shapes"
    parts = ("math.js", "common.js", "kernel_text.js", "shapes_core.js", "shapes_draw.js", "shapes.js")
    _esm = module_source(parts)
    _css = style()

    side = _within("side", 32)
    channels = _within("channels", 3)
    inputs = _within("inputs", 3)
    outputs = _within("outputs", 6)
    kernel = _within("kernel", 5)
    stride = _within("stride", 1)
    padding = _within("padding", 0)
    dilation = _within("dilation", 1)
    predict = Checked(check_bool, True)

    def result(self) -> int | None:
        """El lado de cada mapa que sale, o None si la capa falla."""
        room = self.side + 2 * self.padding - self.dilation * (self.kernel - 1) - 1
        return None if self.stride < 1 or self.inputs != self.channels or room < 0 else room // self.stride + 1

    def picture(self) -> str:
        """Las pilas que entran y salen, con su forma y sus parámetros, como SVG con su descripción."""
        rows, before = self.result(), f"{self.side} × {self.side} × {self.channels}"
        weights = self.outputs * (self.inputs * self.kernel**2 + 1)
        after = "error" if rows is None else f"{rows} × {rows} × {self.outputs}"
        layer = f"{self.outputs} núcleos de {self.kernel} × {self.kernel} × {self.inputs}, paso {self.stride}, relleno {self.padding}"
        alt = f"Entra {before}; una capa de {layer} tiene {text.integer(weights)} parámetros y sale {after}"
        unit = 170 / max(self.side, rows or 0, 6)
        stacks = _stack(0, self.channels, self.side * unit, ["#7F7F7F"])
        stacks += "" if rows is None else _stack(420, self.outputs, rows * unit, list(HUES))
        return still(
            f"{alt}.", 300, 15,
            f'<text x="0" y="16">Entra {before}</text>'
            f'<text x="420" y="16">Sale {after}</text>{stacks}<text x="0" y="292">{layer}: {text.integer(weights)} parámetros</text>'
        )


def _stack(x: float, planes: int, side: float, hues: list[Any]) -> str:
    step = min(9.0, 60 / max(planes - 1, 1))
    return "".join(
        f'<rect x="{x + i * step:.1f}" y="{260 - side - i * step:.1f}" width="{side:.1f}" height="{side:.1f}"'
        f' fill="{hues[i % len(hues)]}" fill-opacity=".3" stroke="{hues[i % len(hues)]}"/>'
        for i in reversed(range(planes))
    )
