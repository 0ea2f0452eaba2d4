"""Los exploradores: su cálculo contra torch (en Node), sus atributos validados y lo que dejan en la página."""

import json
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
import torch
from explorer_helpers import FOLDER, node, write_folder
from fault_helpers import cases
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional as F
from traitlets import TraitError

from labcode.explorers import EXPLORERS, Explorer, KernelExplorer, PatternExplorer, hydrate_script, module_sources, style
from labcode.explorers.kernel import fit_kernel
from labcode.explorers.pattern import WEIGHTS, outputs, place
from labcode.explorers.pictures import LABELS, correlate, picture
from labcode.text import decimal

TESTS = [FOLDER / "core.test.mjs"]  # los demás exploradores tienen la suya en test_<nombre>_explorer.py
CASES = cases(2_200, 50_000)


def convolution_case(generator: torch.Generator, exact: bool) -> dict:
    """Una imagen, un núcleo y una capa al azar, con la salida de torch ([] si el núcleo no cabe)."""

    def draw(low: int, high: int) -> int:
        return int(torch.randint(low, high + 1, (), generator=generator))

    shape, k = (draw(1, 13), draw(1, 13)), draw(1, 7)
    stride, padding, dilation = draw(1, 4), draw(0, 3), draw(1, 3)
    if exact:
        image, weights = (torch.randint(-9, 10, s, generator=generator).double() for s in (shape, (k, k)))
    else:
        image, weights = (torch.randn(s, generator=generator, dtype=torch.float64) for s in (shape, (k, k)))
    fits = min(shape) + 2 * padding >= dilation * (k - 1) + 1
    output = F.conv2d(image[None, None], weights[None, None], None, stride, padding, dilation)[0, 0] if fits else torch.zeros(0, 0)
    layer = {"stride": stride, "padding": padding, "dilation": dilation}
    return {"image": image.tolist(), "weights": weights.tolist(), "layer": layer, "output": output.tolist(), "exact": exact}


def pooling_case(generator: torch.Generator) -> dict:
    side, stride = (int(torch.randint(1, 5, (), generator=generator)) for _ in range(2))
    image = torch.randint(-99, 100, (int(torch.randint(side, 14, (), generator=generator)), 9), generator=generator).double()
    return {"image": image.tolist(), "side": side, "stride": stride, "output": F.max_pool2d(image[None, None], side, stride)[0, 0].tolist()}


def layer_case(generator: torch.Generator) -> dict:
    image = torch.randn(3, 3, generator=generator, dtype=torch.float64)
    weights = torch.randn(4, 9, generator=generator, dtype=torch.float64)
    kernels = torch.randn(2, 2, 2, 2, generator=generator, dtype=torch.float64)
    windows = F.unfold(image[None, None], 2)[0].T.reshape(2, 2, 2, 2)
    return {
        "image": image.tolist(),
        "weights": weights.tolist(),
        "kernels": kernels.tolist(),
        "dense": F.linear(image.flatten(), weights).tolist(),
        "local": (windows * kernels).sum((2, 3)).tolist(),
    }


def fit_cases() -> list[dict]:
    fits = []
    for k in range(1, 8):
        kernel = [[float(i * k + j) for j in range(k)] for i in range(k)]
        for weights in (kernel, [[0.25] * k] * k):
            fits += [{"weights": weights, "size": size, "fitted": fit_kernel(weights, size)} for size in range(1, 8)]
    return fits


def decimal_cases() -> list[list]:
    """[número, cifras, cómo lo escribe el libro]: empates, números al azar, y casi ceros de los dos signos."""
    azar = np.random.default_rng(5)
    cases = []
    for digits in range(5):
        ties = (azar.integers(-90_000, 90_000, 400) * 10 + 5) / 10 ** (digits + 1)
        near_zero = [sign * x for sign in (1, -1) for x in (0.0, 0.4 * 10.0**-digits, 0.5 * 10.0**-digits)]
        cases += [[x, digits, decimal(x, digits)] for x in [*ties.tolist(), *azar.normal(0, 50, 400).tolist(), *near_zero] if abs(x) < 9_999]
    return cases


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Los módulos tal como los importa el navegador y los casos que calculó torch."""
    target = tmp_path_factory.mktemp("exploradores")
    generator = torch.Generator().manual_seed(20231107)
    data = {
        "convolution": [convolution_case(generator, exact=i % 2 == 0) for i in range(CASES)],
        "pooling": [pooling_case(generator) for _ in range(300)],
        "layers": [layer_case(generator) for _ in range(300)],
        "fits": fit_cases(),
        "weights": WEIGHTS,
        "decimals": decimal_cases(),
    }
    return write_folder(target, data)


@pytest.mark.fault
@pytest.mark.parametrize("path", TESTS, ids=lambda p: p.name)
def test_javascript_agrees_with_torch(path, folder):
    done = node("--test", str(path), folder=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "fail 0" in done.stdout and "skipped 0" in done.stdout and "pass 0" not in done.stdout


def test_the_javascript_tests_can_fail(folder, tmp_path):
    data = json.loads((folder / "cases.json").read_text(encoding="utf-8"))
    first = next(case for case in data["convolution"] if case["output"])
    first["output"][0][0] += 1
    assert node("--test", str(TESTS[0]), folder=write_folder(tmp_path, data)).returncode == 1


def test_a_module_has_a_face_and_no_imports(folder):
    for name, source in module_sources().items():
        lines = [line for line in source.splitlines() if line.lstrip().startswith(("import ", "import{")) or " from \"" in line]
        assert not lines, f"{name} importa algo: un blob no resuelve rutas"
        assert source.count("export default") == 1
        script = f"import({json.dumps((folder / f'{name}.mjs').as_uri())}).then((m) => console.log(typeof m.default.render, typeof m.default.toHash, typeof m.default.fromHash))"
        assert node("-e", script, folder=folder).stdout.split() == ["function"] * 3


def test_the_widget_and_the_page_run_the_same_source():
    for explorer in EXPLORERS:
        assert str(explorer()._esm) == module_sources()[explorer.name]
        assert str(explorer()._css) == style()


class Roots(HTMLParser):
    """Lee la raíz de un explorador: atributos, estado y el dibujo fijo."""

    def __init__(self) -> None:
        super().__init__()
        self.root, self.svg, self.json, self.inside = {}, {}, "", False

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        self.root = values if "data-explorer" in values else self.root
        self.svg = values if tag == "svg" else self.svg
        self.inside = tag == "script" and values.get("type") == "application/json"

    def handle_data(self, data):
        self.json += data if self.inside else ""

    def handle_endtag(self, tag):
        self.inside = self.inside and tag != "script"


@pytest.mark.parametrize("explorer", EXPLORERS, ids=lambda e: e.name)
def test_the_cell_leaves_the_widget_and_the_page(explorer):
    widget = explorer()
    data, _ = widget._repr_mimebundle_()
    assert data["application/vnd.jupyter.widget-view+json"]["model_id"] == widget.model_id
    page = Roots()
    page.feed(data["text/html"])
    assert page.root == {"data-explorer": explorer.name, "class": "rc-explorer"}
    assert json.loads(page.json) == json.loads(json.dumps(widget.state()))
    if explorer.name != "quiz":  # las preguntas no se dibujan: quedan escritas
        assert page.svg["role"] == "img" and len(page.svg["aria-label"]) > 30
    assert "http" not in data["text/html"].replace("http://www.w3.org/2000/svg", "")


def test_an_explorer_without_its_fixed_picture_is_not_one():
    with pytest.raises(TypeError, match="picture"):
        type("SinDibujo", (Explorer,), {"_esm": ""})()


def test_the_fixed_picture_says_the_sizes():
    assert "48 × 48" in KernelExplorer().picture() and "46 × 46" in KernelExplorer().picture()
    assert "no cabe" in KernelExplorer(image="pattern", kernel_size=7).picture()
    assert PatternExplorer().picture().count("máximo 3.0") == 4  # las tres capas en casa; al moverlo, solo una


def test_a_state_cannot_close_its_script():
    root = KernelExplorer().root()
    assert root.count("</script>") == 1 and "window.labcodeExplorers" in hydrate_script()


GOOD = {"kernel_size": 5, "stride": 2, "padding": 1, "dilation": 2}
INTEGERS = {"kernel_size": (1, 7), "stride": (1, 4), "padding": (0, 3), "dilation": (1, 3)}
JUNK = st.one_of(st.none(), st.text(max_size=4), st.booleans(), st.floats(), st.lists(st.integers(), max_size=2), st.integers())


@pytest.mark.fault
@pytest.mark.parametrize("name", INTEGERS)
@settings(max_examples=cases(500, 20_000), deadline=None)
@given(value=JUNK)
def test_integers_are_checked_in_spanish(name, value):
    explorer = shared_kernel()
    low, high = INTEGERS[name]
    before = getattr(explorer, name)
    if isinstance(value, int) and not isinstance(value, bool) and low <= value <= high:
        setattr(explorer, name, value)
        assert getattr(explorer, name) == value
        return
    with pytest.raises(ValueError, match=rf"`{name} = .*` no es válido: debe ser un entero entre {low} y {high}"):
        setattr(explorer, name, value)
    assert getattr(explorer, name) == before


_shared: list[KernelExplorer] = []


def shared_kernel() -> KernelExplorer:
    """Un explorador para las pruebas de hypothesis: crear uno por caso abriría miles de canales."""
    if not _shared:
        _shared.append(KernelExplorer())
    return _shared[0]


@pytest.mark.parametrize(
    "bad",
    [[], [[]], [[1, 2]], [[1], [2, 3]], [[float("nan")]], [[float("inf")]], [["1"]], [[True]], "sobel", 3, None, [[101]], np.eye(8), [1, 2]],
)
def test_a_bad_kernel_is_refused(bad):
    explorer = KernelExplorer()
    with pytest.raises(TraitError, match="`kernel = .*` no es válido: debe ser una matriz"):
        explorer.kernel = bad
    assert explorer.kernel_size == 3


@pytest.mark.parametrize("bad", ["gato", [[1, 2], [3]], np.zeros((65, 3)), np.zeros((2, 2, 3)), None, [[np.nan]]])
def test_a_bad_image_is_refused(bad):
    with pytest.raises(ValueError, match=r"(?s)`image = .*` no es válido"):
        KernelExplorer(image=bad)


@pytest.mark.parametrize(
    ("name", "bad"), [("row", 2), ("column", -1), ("noise", 0.6), ("noise", float("nan")), ("noise", "0"), ("seed", 1000), ("weights", {}), ("predict", 1)]
)
def test_the_pattern_is_checked_too(name, bad):
    with pytest.raises(ValueError, match=f"`{name} = .*` no es válido"):
        PatternExplorer(**{name: bad})


def test_the_kernel_follows_its_size_and_the_size_its_kernel():
    explorer = KernelExplorer()
    explorer.kernel_size = 5
    assert len(explorer.kernel) == 5 and explorer.kernel[2][1:4] == [-2, 0, 2]
    explorer.kernel = np.array([[0.1, 0.2], [0.3, 0.4]])
    assert explorer.kernel_size == 2 and explorer.kernel == [[0.1, 0.2], [0.3, 0.4]]
    assert KernelExplorer(kernel=[[1]]).kernel_size == 1
    both = KernelExplorer()
    both.set_state({"kernel_size": 4, "kernel": [[1.0] * 4] * 4})  # así llega un cambio del explorador
    assert (both.kernel_size, both.kernel) == (4, [[1.0] * 4] * 4)


def test_sliders_drive_the_explorer():
    from ipywidgets import IntSlider, link

    explorer = KernelExplorer()
    size, stride = IntSlider(value=3, min=1, max=7), IntSlider(value=1, min=1, max=4)
    link((explorer, "kernel_size"), (size, "value"))
    link((explorer, "stride"), (stride, "value"))
    size.value, stride.value = 6, 2
    assert (explorer.kernel_size, len(explorer.kernel), explorer.stride) == (6, 6, 2)
    explorer.stride = 4
    assert stride.value == 4


@pytest.mark.parametrize("name", LABELS)
def test_pictures_need_no_network(name, monkeypatch):
    import socket

    monkeypatch.setattr(socket, "socket", lambda *a, **k: pytest.fail("pidió algo a la red"))
    picture.cache_clear()
    rows = np.array(picture(name))
    assert rows.ndim == 2 and rows.min() >= 0 and rows.max() <= 255 and np.issubdtype(rows.dtype, np.integer)


def test_the_fixed_pictures_are_computed_as_torch_does():
    generator = torch.Generator().manual_seed(3)
    for case in (convolution_case(generator, exact=True) for _ in range(200)):
        output = correlate(np.array(case["image"]), np.array(case["weights"]), **case["layer"])
        assert (output is None and not case["output"]) or np.array_equal(output, case["output"])
    assert [values.max() for values in outputs(place(1, 1)).values()] == pytest.approx([3, 3, 3])
