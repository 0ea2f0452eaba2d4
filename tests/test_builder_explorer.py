"""El constructor de redes: falla donde torch falla, cuenta lo que torch cuenta y rechaza lo mal escrito."""

import json
import re
from pathlib import Path

import pytest
import torch
from explorer_helpers import FOLDER, node, passes, write_folder
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from labcode.explorers import BuilderExplorer
from labcode.explorers.builder_trace import FIELDS, networks, trace
from labcode.models import CNNConfig, MLPConfig, VGGConfig, build, count_parameters, forward_flops

CASES, BATCH = 1_200, 2


def module(layer: dict, auto: bool) -> nn.Module:
    """La capa de torch que dice una del constructor."""
    kind = layer["kind"]
    if kind == "conv":
        rest = (layer["outputs"], layer["kernel"], layer["stride"], layer["padding"])
        return nn.LazyConv2d(*rest) if auto else nn.Conv2d(layer["inputs"], *rest)
    if kind == "dense":
        return nn.LazyLinear(layer["outputs"]) if auto else nn.Linear(layer["inputs"], layer["outputs"])
    if kind == "norm":
        return nn.LazyBatchNorm2d() if auto else nn.BatchNorm2d(layer["inputs"])
    if kind == "pool":
        return nn.MaxPool2d(layer["kernel"], layer["stride"])
    return nn.Dropout(layer["rate"] / 100) if kind == "dropout" else {"relu": nn.ReLU, "flatten": nn.Flatten}[kind]()


class Dice:
    """Capas al azar: casi siempre con las entradas que llegan, a veces con otras."""

    def __init__(self, seed: int) -> None:
        self.generator = torch.Generator().manual_seed(seed)

    def draw(self, low: int, high: int) -> int:
        """Un entero entre `low` y `high`, ambos posibles."""
        return int(torch.randint(low, high + 1, (), generator=self.generator))

    def layer(self, shape: tuple[int, ...] | None) -> dict:
        """Una capa para lo que llega."""
        flat = shape is not None and len(shape) == 1
        common = ["dense", "relu", "dropout"] if flat else ["conv", "conv", "conv", "pool", "relu", "norm", "flatten"]
        kinds = common if self.draw(0, 9) else list(FIELDS)
        layer = {"kind": kinds[self.draw(0, len(kinds) - 1)]}
        tops = {"outputs": 12, "kernel": 6, "stride": 3, "padding": 2}
        for field, (low, high) in FIELDS[layer["kind"]].items():
            layer[field] = self.draw(low, min(high, tops.get(field, 90)))
        if "inputs" in layer and self.draw(0, 6):
            known = shape or (7,)
            layer["inputs"] = known[-1] if layer["kind"] == "dense" else known[0]
        return layer


def random_case(dice: Dice) -> dict:
    """Una red al azar, y lo que torch hace con ella: formas, la capa en que falla y su mensaje."""
    auto, x = dice.draw(0, 3) == 0, torch.zeros(BATCH, 3, 32, 32)
    layers, modules, shapes, failed, message = [], [], [], -1, ""
    counter = FlopCounterMode(display=False)
    with torch.no_grad(), counter:
        for at in range(dice.draw(0, 10)):
            layer = dice.layer(tuple(x.shape[1:]) if failed < 0 else None)
            layers.append(layer)
            modules.append(module(layer, auto))
            if failed >= 0:
                continue
            try:
                x = modules[-1](x)
                shapes.append(list(x.shape[1:]))
            except (RuntimeError, ValueError) as error:
                failed, message = at, str(error)
    known = not auto or failed < 0
    return {
        "layers": layers, "auto": auto, "batch": BATCH, "shapes": shapes, "failed": failed, "message": message,
        "parameters": count_parameters(nn.Sequential(*modules)) if known else None,
        "flops": counter.get_total_flops() // BATCH if failed < 0 else None,
        "python": trace(layers, auto),
    }  # fmt: skip


def field_case(dice: Dice) -> dict:
    """Convoluciones y *poolings* al azar, y de qué píxel a qué píxel llega el gradiente de la neurona del centro."""
    while True:
        layers, side = [], 32
        for _ in range(dice.draw(1, 4)):
            kind = ("conv", "pool")[dice.draw(0, 1)]
            kernel = dice.draw(2 if kind == "pool" else 1, 5)
            layer = {"kind": kind, "kernel": kernel, "stride": dice.draw(1, min(kernel, 3))}  # sin huecos entre ventanas
            layer |= {"inputs": 1 if layers else 3, "outputs": 1, "padding": dice.draw(0, 2)} if kind == "conv" else {}
            layers.append(layer)
        if _fits(layers, side):
            break
    x = torch.ones(1, 3, 32, 32, requires_grad=True)
    y, channels = x, 3
    for layer in layers:
        if layer["kind"] == "conv":
            layer["inputs"] = channels
            weight = torch.ones(1, channels, layer["kernel"], layer["kernel"])
            y, channels = torch.conv2d(y, weight, None, layer["stride"], layer["padding"]), 1
        else:  # un promedio mira lo mismo que un máximo, y reparte el gradiente entre todos
            y = torch.nn.functional.avg_pool2d(y, layer["kernel"], layer["stride"])
    middle = y.shape[-1] // 2
    y[0, 0, middle, middle].backward()
    touched = x.grad[0, 0].sum(0).nonzero().flatten()
    return {"layers": layers, "low": int(touched[0]), "high": int(touched[-1]) + 1}


def _fits(layers: list[dict], side: int) -> bool:
    for layer in layers:
        side = (side + 2 * layer.get("padding", 0) - layer["kernel"]) // layer["stride"] + 1
        if side < 1:
            return False
    return True


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    dice = Dice(20231107)
    cases = {
        "random": [random_case(dice) for _ in range(CASES)],
        "fields": [field_case(dice) for _ in range(250)],
        "networks": networks(),
    }
    return write_folder(tmp_path_factory.mktemp("constructor"), cases)


def test_the_cases_are_varied(folder):
    cases = json.loads((folder / "cases.json").read_text(encoding="utf-8"))["random"]
    failing = [case for case in cases if case["failed"] >= 0]
    assert 300 < len(failing) < 900 and sum(case["auto"] for case in cases) > 200
    causes = ("Kernel size can't", "Output size is too small", "to have", "mat1 and mat2", "Expected 3D", "non-empty 3D", "expected 4D", "running_mean")
    for cause in causes:
        assert sum(cause in case["message"] for case in failing) >= 5, cause
    assert sum(len(case["shapes"][-1:]) and len(case["shapes"][-1]) == 3 and any(layer["kind"] == "dense" for layer in case["layers"]) for case in cases) > 3


def test_javascript_agrees_with_torch(folder):
    passes("builder", folder)


def test_the_javascript_tests_can_fail(folder, tmp_path):
    cases = json.loads((folder / "cases.json").read_text(encoding="utf-8"))
    cases["random"][0]["flops"] = -1
    assert node("--test", str(FOLDER / "builder.test.mjs"), folder=write_folder(tmp_path, cases)).returncode == 1


def test_the_named_networks_are_the_ones_of_the_book():
    configs = {"mlp": MLPConfig(), "cnn": CNNConfig(), "vgg": VGGConfig(), "vggbn": VGGConfig(batch_norm=True)}
    for name, config in configs.items():
        model, layers = build(config, seed=0), networks()[name]
        assert [type(module(layer, False)) for layer in layers] == [type(own) for own in model]
        assert sum(count for _, count in trace(layers)) == count_parameters(model)
        flops = FlopCounterMode(display=False)
        with torch.no_grad(), flops:
            model.eval()(torch.zeros(1, 3, 32, 32))
        assert flops.get_total_flops() == forward_flops(model)


BAD = [
    3, None, "resnet", [3], [{}], [{"kind": "conv"}], [{"kind": "relu", "kernel": 3}], [{"kind": "lstm"}], [{"kind": ["conv"]}],
    [{"kind": "pool", "kernel": 0, "stride": 1}], [{"kind": "pool", "kernel": 2.0, "stride": 2}], [{"kind": "pool", "kernel": True, "stride": 2}],
    [{"kind": "dropout", "rate": 100}], [{"kind": "relu"}] * 49,
    [{"kind": "conv", "inputs": 3, "outputs": 2000, "kernel": 3, "stride": 1, "padding": 1}],
]  # fmt: skip


@pytest.mark.parametrize("bad", BAD, ids=str)
def test_a_badly_written_network_is_refused(bad):
    explorer = BuilderExplorer(layers="cnn")
    with pytest.raises(ValueError, match=r"(?s)`layers.* no es válido: debe ser"):
        explorer.layers = bad
    assert explorer.layers == networks()["cnn"]


@pytest.mark.parametrize(("name", "bad"), [("auto", 1), ("predict", "no"), ("picture_source", "data:,")])
def test_the_other_traits_are_checked_too(name, bad):
    with pytest.raises(ValueError, match=f"`{name} = .*` no es válido"):
        BuilderExplorer(**{name: bad})


def test_a_name_is_read_as_its_layers():
    explorer = BuilderExplorer(layers="vgg0")
    assert explorer.layers == networks()["vgg0"] and explorer.state()["layers"] == networks()["vgg0"]


def test_the_fixed_picture_says_what_comes_out():
    assert "9\u202f750\u202f922 parámetros; sale 10" in BuilderExplorer().picture()
    assert "falla en la capa 12" in BuilderExplorer(layers="vgg0").picture()
    assert "0 capas" in BuilderExplorer(layers=[]).picture()
    assert "—" in BuilderExplorer(layers="vgg0", auto=True).picture()


def test_each_line_of_the_fixed_picture_is_its_layer():
    layers = [
        {"kind": "conv", "inputs": 3, "outputs": 6, "kernel": 5, "stride": 2, "padding": 1}, {"kind": "pool", "kernel": 3, "stride": 2},
        {"kind": "flatten"}, {"kind": "dropout", "rate": 30}, {"kind": "dense", "inputs": 294, "outputs": 10},
    ]  # fmt: skip
    assert re.findall(r"<text [^>]*>(.*?)</text>", BuilderExplorer(layers=layers).picture()) == [
        "capa", "sale", "parámetros", "1. Convolución: 6 de 5\u00a0×\u00a05, paso 2, relleno 1", "15\u00a0×\u00a015\u00a0×\u00a06", "456", "2. Max pooling: 3\u00a0×\u00a03, paso 2", "7\u00a0×\u00a07\u00a0×\u00a06", "",
        "3. Aplanar", "294", "", "4. Dropout: apaga 30\u202f%", "294", "", "5. Densa: 10 neuronas", "10", "2950", "Una red de 5 capas y 3406 parámetros; sale 10.",
    ]  # fmt: skip
