"""La CNN en la página y el pincel de oclusión: lo que calculan JavaScript y NumPy, contra torch; atributos y dibujos fijos."""

import base64
import json

import numpy as np
import pytest
import torch
from explorer_helpers import FOLDER, node, passes, write_folder
from torch import nn

from labcode.explorers import CNNExplorer, OcclusionExplorer
from labcode.explorers.cnn import STAGES, read_paint
from labcode.explorers.cnn_forward import forward, unpack
from labcode.explorers.cnn_pictures import LABELS, PALETTE, decode, picture, pictures
from labcode.explorers.occlusion import FILLS, fill_color, heat_map, occlude
from labcode.models import CNNConfig, build
from labcode.results import Result
from labcode.views import cnn
from labcode.weights import SavedNetwork, read_weights, write_weights

SMALL, CASES = 1_000, 12
MEAN, STD = torch.tensor([125.3, 123.0, 113.9]).view(3, 1, 1), torch.tensor([63.0, 62.1, 66.7]).view(3, 1, 1)


def trained(config: CNNConfig, seed: int) -> SavedNetwork:
    """Una red de pesos al azar, redondeados a float16 (como viajan), con algo más de fuerza para que nada dé casi cero."""
    model = build(config, seed)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.copy_((2 * parameter).half().float())
    card = {"config": {"model": vars(config)}, "metrics": {"eval_accuracy": 61.234}}
    return SavedNetwork(model.eval(), MEAN, STD, card)


def network_case(config: CNNConfig, seed: int, image: torch.Tensor) -> dict:
    """Una red y una imagen, con lo que vale cada etapa según torch."""
    own, x = trained(config, seed), (image.permute(2, 0, 1)[None].float() - MEAN) / STD
    names, values = [name for name in STAGES if name != "input"], []
    with torch.no_grad():
        for layer in own.model:
            x = layer(x)
            if not isinstance(layer, nn.Flatten):
                values.append(x[0].flatten())
    # Las densas se guardan después de su ReLU: conv, relu, pool, conv, relu, pool, densa, ReLU, densa, ReLU, salida.
    kept = values[:6] + [values[7], values[9], values[10]]
    sums = {name: value.double().sum().item() for name, value in zip(names, kept)}
    sizes = {name: value.abs().double().sum().item() for name, value in zip(names, kept)}
    return {
        "network": cnn.pack(own), "image": base64.b64encode(image.numpy().astype(np.uint8).tobytes()).decode(), "sums": sums, "sizes": sizes,
        "output": kept[-1].tolist(), "probabilities": kept[-1].softmax(0).tolist(), "conv2": kept[3].tolist(), "pool2": kept[5].tolist(),
    }  # fmt: skip


def random_image(generator: torch.Generator) -> torch.Tensor:
    return torch.randint(0, 256, (32, 32, 3), generator=generator)


@pytest.fixture(scope="module")
def cases() -> dict:
    generator = torch.Generator().manual_seed(20231107)
    small, big = CNNConfig(channels=(2, 3), hidden=(6, 5)), CNNConfig()
    made = [network_case(small, seed, random_image(generator)) for seed in range(SMALL)]
    made += [network_case(big, seed, random_image(generator)) for seed in range(CASES)]
    made += [network_case(big, 3, torch.tensor(picture(name))) for name in LABELS]
    halves = np.concatenate([np.arange(0x7C00), np.arange(0x8000, 0xFC00)]).astype("<u2")
    heat = made[0]
    image, net = decode(heat["image"]), heat["network"]
    heats = [{"size": size, "fill": fill, "drops": heat_map(net, image, size, fill_color(fill, net)).ravel().tolist()} for size, fill in ((6, "medio"), (9, "negro"))]
    paints = ["", "1024a", "1024-", "500-24c500b", "1-1a1022-"]
    return {
        "networks": made, "halves": base64.b64encode(halves.tobytes()).decode(), "numbers": halves.view("<f2").astype(float).tolist(),
        "heats": heats, "stages": STAGES, "palette": [[name, list(color)] for name, color in PALETTE.items()], "pictures": pictures(),
        "paints": [[p, read_paint(p).tolist(), base64.b64encode(CNNExplorer(paint=p).pixels().tobytes()).decode()] for p in paints],
    }  # fmt: skip


@pytest.fixture(scope="module")
def folder(cases, tmp_path_factory: pytest.TempPathFactory):
    return write_folder(tmp_path_factory.mktemp("cnn"), cases)


@pytest.mark.parametrize("name", ["cnn", "occlusion"])
def test_javascript_agrees_with_torch(name, folder):
    passes(name, folder)


def test_the_javascript_test_can_fail(folder, tmp_path):
    cases = json.loads((folder / "cases.json").read_text(encoding="utf-8"))
    cases["networks"][-1]["output"][2] += 0.01
    cases["networks"] = cases["networks"][-1:]
    assert node("--test", str(FOLDER / "cnn.test.mjs"), folder=write_folder(tmp_path, cases)).returncode == 1


def test_numpy_agrees_with_torch(cases):
    for case in cases["networks"][::25]:
        maps = forward(case["network"], decode(case["image"])[None])
        for name in ("conv2", "pool2", "output", "probabilities"):
            assert maps[name][0].ravel() == pytest.approx(np.array(case[name]), abs=1e-4, rel=1e-4)


def test_the_weights_travel_whole_and_in_order():
    own = trained(CNNConfig(), 5)
    layers = unpack(cnn.pack(own))
    state = list(own.model.state_dict().values())
    assert sum(w.size + b.size for w, b in layers.values()) == 61_482
    for (weight, bias), (w, b) in zip(layers.values(), zip(state[::2], state[1::2])):
        assert np.array_equal(weight, w.numpy()) and np.array_equal(bias, b.numpy())


def test_the_real_file_becomes_an_explorer(tmp_path, monkeypatch):
    from safetensors.torch import save

    monkeypatch.setenv("LABCODE_WEIGHTS", str(tmp_path))
    assert cnn.network() is None
    own = trained(CNNConfig(), 5)
    config = {"kind": "CNNConfig", "model": {"channels": [6, 16], "hidden": [120, 80]}}
    result = Result("CNN", "final", {"lam": 0.0}, 3, config, {}, {"eval_accuracy": 66.6}, {}, None, {})
    path = write_weights(result, save(own.model.state_dict()), (MEAN, STD))
    network = cnn.network()
    assert network["classes"] == "avión auto pájaro gato ciervo perro rana caballo barco camión".split()  # el orden de CIFAR-10
    assert network["accuracy"] == 66.6 and len(network["weights"]) == 61_482 * 2 * 4 // 3
    assert CNNExplorer(network=network).network == network
    path.write_bytes(path.read_bytes()[:-1] + b"\0")
    with pytest.raises(ValueError, match="no se puede usar"):
        cnn.network()


def test_the_trained_network_of_the_book_is_the_one_in_the_page():
    """Con los pesos del repositorio, si ya están: float16 y torch dicen lo mismo ante las imágenes del explorador."""
    own = read_weights("CNN")
    if own is None:
        return
    images = np.stack([picture(name) for name in LABELS])
    x = (torch.tensor(images).permute(0, 3, 1, 2).float() - own.mean) / own.std
    with torch.no_grad():
        expected = own.model(x).softmax(1).numpy()
    found = forward(cnn.network(), images)["probabilities"]
    assert np.abs(found - expected).max() < 5e-3 and (found.argmax(1) == expected.argmax(1)).all()


def test_without_weights_nothing_is_invented():
    for explorer in (CNNExplorer(), OcclusionExplorer()):
        assert explorer.network is None
        assert "Faltan los pesos" in explorer.picture() and "labcode train CNN" in explorer.picture()
        assert "%" not in explorer.picture()


def test_the_fixed_pictures_say_what_the_network_says(cases):
    network = cases["networks"][-1]["network"]
    chances = forward(network, picture("gata")[None])["probabilities"][0]
    best = network["classes"][chances.argmax()]
    assert f"Dice: {best} " in CNNExplorer(network=network).picture()
    covered = picture("gata").copy()
    covered[17:, :16] = 0
    after = forward(network, covered[None])["probabilities"][0]
    drawn = OcclusionExplorer(network=network, row=25, column=8, size=16, fill="negro").picture()
    assert after.argmax() != chances.argmax() and f"«{best}» pasa de {100 * chances.max():.0f}\u202f% a {100 * after[chances.argmax()]:.0f}\u202f%" in drawn


@pytest.mark.parametrize("name", LABELS)
def test_pictures_are_local_and_whole(name, monkeypatch):
    import socket

    monkeypatch.setattr(socket, "socket", lambda *a, **k: pytest.fail("pidió algo a la red"))
    image = picture.__wrapped__(name)
    assert image.shape == (32, 32, 3) and image.dtype == np.uint8 and image.std() > 15


def test_an_own_image_comes_in_either_order():
    image = np.arange(3072).reshape(32, 32, 3) % 256
    explorer = CNNExplorer(image=image)
    assert explorer.shown == "propia" and np.array_equal(explorer.pixels(), image)
    assert CNNExplorer(image=torch.tensor(image).permute(2, 0, 1)).image == explorer.image
    assert OcclusionExplorer(image=explorer.image).shown == "propia"


def test_a_square_is_clipped_at_the_edge():
    image = np.zeros((32, 32, 3), np.uint8)
    white = np.full(3, 255, np.uint8)
    assert (occlude(image, 16, 16, 8, white) > 0).sum() == 3 * 64
    assert (occlude(image, 0, 0, 8, white) > 0).sum() == 3 * 16 and not image.any()
    assert (occlude(image, 31, 16, 5, white) > 0).sum() == 3 * 15


BAD = {
    "network": [{}, 3, "red", {"weights": ""}],
    "shown": ["perro", None, 3],
    "image": [[[1]], np.zeros((32, 32, 3)), np.full((32, 32, 3), 256), "hola", "aG9sYQ==", 3, None],
    "paint": ["10a", "1024z", "1024", None, "a1024", "512a512a1-"],
    "stage": ["conv3", None],
    "cell": [[1, 2], [1, 2, 3, 4], [0, 0, -1], [0, 0, 1.5], None, "abc", [True, 0, 0]],
    "pictures": [{}],
    "palette": [[]],
    "predict": [1],
}


@pytest.mark.parametrize(("name", "bad"), [(name, bad) for name, values in BAD.items() for bad in values])
def test_bad_values_are_refused_in_spanish(name, bad):
    with pytest.raises(ValueError, match=rf"(?s)`{name} = .*` no es válido: debe ser"):
        CNNExplorer(**{name: bad})


def test_a_damaged_network_is_refused(cases):
    good = cases["networks"][0]["network"]
    for change in ({"weights": good["weights"][:-4]}, {"std": [1, 0, 1]}, {"channels": [2]}, {"hidden": [6, "5"]}, {"mean": [1, 2]}, {"otra": 1},
                   {"weights": base64.b64encode(np.full(len(base64.b64decode(good["weights"])) // 2, np.inf, "<f2").tobytes()).decode()}):  # fmt: skip
        with pytest.raises(ValueError, match="`network = .*` no es válido"):
            CNNExplorer(network={**good, **change})


@pytest.mark.parametrize(("name", "bad"), [("row", 32), ("column", -1), ("size", 0), ("size", 21), ("fill", "rojo"), ("shown", "x"), ("predict", None)])
def test_the_occlusion_brush_is_checked_too(name, bad):
    with pytest.raises(ValueError, match=rf"`{name} = .*` no es válido"):
        OcclusionExplorer(**{name: bad})
    assert FILLS[0] == OcclusionExplorer().fill
