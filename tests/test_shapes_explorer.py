"""El explorador de formas: lo que dice de cada capa es lo que hace torch, también cuando torch se niega."""

import json

import fault_helpers
import pytest
import torch
from explorer_helpers import FOLDER, node, passes, write_folder
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from labcode.explorers import ShapesExplorer
from labcode.explorers.shapes import BOUNDS

CASES = fault_helpers.cases(2_400, 50_000)


def layer_case(generator: torch.Generator) -> dict:
    """Una entrada y una capa al azar, con la forma que da torch o el mensaje con que la rechaza."""

    def draw(low: int, high: int) -> int:
        return int(torch.randint(low, high + 1, (), generator=generator))

    channels, height, width = draw(1, 5), draw(1, 14), draw(1, 14)
    inputs = channels if draw(0, 4) else draw(1, 5)
    outputs, k, stride, padding, dilation = draw(1, 6), draw(1, 7), draw(0, 4) if draw(0, 3) else 1, draw(0, 3), draw(1, 3)
    layer = {"inputs": inputs, "outputs": outputs, "kernel": k, "stride": stride, "padding": padding, "dilation": dilation}
    made = nn.Conv2d(inputs, outputs, k, stride=stride, padding=padding, dilation=dilation)
    case = {"input": {"channels": channels, "height": height, "width": width}, "layer": layer, "parameters": sum(p.numel() for p in made.parameters())}
    try:
        return case | {"shape": list(made(torch.zeros(1, channels, height, width)).shape[1:])}
    except RuntimeError as error:
        return case | {"error": str(error)}


@pytest.fixture(scope="module")
def cases() -> list[dict]:
    generator = torch.Generator().manual_seed(20231107)
    return [layer_case(generator) for _ in range(CASES)]


@pytest.fixture(scope="module")
def folder(cases, tmp_path_factory: pytest.TempPathFactory):
    return write_folder(tmp_path_factory.mktemp("formas"), {"layers": cases, "bounds": {name: list(b) for name, b in BOUNDS.items()}})


@pytest.mark.fault
def test_javascript_says_what_torch_says(folder):
    passes("shapes", folder)


def test_the_cases_fail_in_every_way(cases):
    errors = [case["error"] for case in cases if "error" in case]
    assert 400 < len(errors) < CASES - 800
    for words in ("non-positive stride", "channels, but got", "greater than actual"):
        assert sum(words in error for error in errors) > 50, words


def test_the_javascript_test_can_fail(folder, tmp_path):
    cases = json.loads((folder / "cases.json").read_text(encoding="utf-8"))
    next(case for case in cases["layers"] if "error" in case)["error"] += "."
    assert node("--test", str(FOLDER / "shapes.test.mjs"), folder=write_folder(tmp_path, cases)).returncode == 1


def test_the_fixed_picture_has_the_size_of_torch(cases):
    square = [case for case in cases if case["input"]["height"] == case["input"]["width"]]
    assert len(square) > 100
    explorer = ShapesExplorer()
    for case in square:
        values = {"side": case["input"]["height"], "channels": case["input"]["channels"], **case["layer"]}
        explorer.set_trait("predict", False)
        for name, value in values.items():
            setattr(explorer, name, value)
        assert explorer.result() == (case["shape"][1] if "shape" in case else None)


def test_the_fixed_picture_says_the_shapes():
    assert "Sale 28 × 28 × 6" in ShapesExplorer().picture() and "456 parámetros" in ShapesExplorer().picture()
    assert "Sale 15 × 15 × 6" in ShapesExplorer(kernel=3, stride=2).picture()
    assert "Sale error" in ShapesExplorer(inputs=4).picture()


_shared: list[ShapesExplorer] = []


@pytest.mark.fault
@pytest.mark.parametrize("name", BOUNDS)
@settings(max_examples=fault_helpers.cases(500, 20_000), deadline=None)
@given(value=st.one_of(st.none(), st.text(max_size=3), st.booleans(), st.floats(), st.integers()))
def test_every_setting_is_checked_in_spanish(name, value):
    explorer = _shared[0] if _shared else _shared.append(ShapesExplorer()) or _shared[0]
    low, high = BOUNDS[name]
    if isinstance(value, int) and not isinstance(value, bool) and low <= value <= high:
        setattr(explorer, name, value)
        return
    with pytest.raises(ValueError, match=rf"`{name} = .*` no es válido: debe ser un entero entre {low} y {high}"):
        setattr(explorer, name, value)
