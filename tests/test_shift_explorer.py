"""La imagen que se corre: lo que calcula JavaScript contra NumPy y torch, sus atributos, su dibujo fijo y lo que dice el capítulo."""

import base64
import copy

import numpy as np
import pytest
import torch
from explorer_helpers import FOLDER, node, passes, write_folder
from hypothesis import given, settings
from hypothesis import strategies as st
from test_cnn_explorer import random_image, trained

from labcode.explorers import ShiftExplorer
from labcode.explorers.cnn_forward import forward
from labcode.explorers.cnn_pictures import LABELS, picture, pictures
from labcode.explorers.shift import MEASURED, along, shift, shift_text, stage_changes
from labcode.measures import shift_images
from labcode.models import CNNConfig
from labcode.views import cnn

ONE_PIXEL = [(0, 1), (0, -1), (1, 0), (-1, 0)]


def base_text(image: np.ndarray) -> str:
    return base64.b64encode(image.astype(np.uint8).tobytes()).decode()


def changes(network: dict, image: np.ndarray, others: np.ndarray, down: int, right: int) -> dict[str, float]:
    """Cuánto cambia cada etapa de una imagen al correrla."""
    before, after, rest = (forward(network, own) for own in (image[None], shift(image, down, right)[None], others))
    return dict(zip(MEASURED, stage_changes(before, after, rest)))


@pytest.fixture(scope="module")
def cases() -> dict:
    generator = torch.Generator().manual_seed(20231107)
    network, found = cnn.pack(trained(CNNConfig(), 3)), []
    others = np.stack([picture(name) for name in LABELS])
    for down, right in [(0, 0), (8, -8), *torch.randint(-8, 9, (60, 2), generator=generator).tolist()]:
        image = random_image(generator).numpy().astype(np.uint8)
        moved = shift(image, down, right)
        found.append({
            "image": base_text(image), "down": down, "right": right, "moved": base_text(moved),
            "probabilities": forward(network, moved[None])["probabilities"][0].tolist(), "text": shift_text(down, right),
            "changes": list(changes(network, image, others, down, right).values()),
            "line": {axis: [base_text(own) for own in along(image, down, right, axis)] for axis in ("right", "down")},
        })  # fmt: skip
    return {"network": network, "found": found, "pictures": pictures(), "stages": list(MEASURED.items())}


@pytest.fixture(scope="module")
def folder(cases, tmp_path_factory: pytest.TempPathFactory):
    return write_folder(tmp_path_factory.mktemp("correr"), cases)


def test_javascript_agrees_with_numpy(folder):
    passes("shift", folder)


@pytest.mark.parametrize("spoil", ["moved", "probabilities", "changes"])
def test_the_javascript_test_can_fail(cases, spoil, tmp_path):
    wrong = copy.deepcopy(cases)
    wrong["found"][5][spoil] = wrong["found"][6][spoil]
    assert node("--test", str(FOLDER / "shift.test.mjs"), folder=write_folder(tmp_path, wrong)).returncode == 1


@pytest.mark.parametrize(("down", "right"), [(0, 0), (3, -8), (-8, 1), (8, 8), *ONE_PIXEL])
def test_it_shifts_as_the_measure_does(down, right):
    image = random_image(torch.Generator().manual_seed(4))
    expected = shift_images(image.permute(2, 0, 1)[None], down, right)[0].permute(1, 2, 0)
    assert np.array_equal(shift(image.numpy(), down, right), expected.numpy())
    assert np.array_equal(along(image.numpy(), down, right, "right")[8 + right], expected.numpy())
    assert np.array_equal(along(image.numpy(), down, right, "down")[8 + down], expected.numpy())


def test_the_change_is_the_one_of_the_chapter():
    network = cnn.pack(trained(CNNConfig(), 3))
    images = np.stack([picture(name) for name in LABELS])
    still, moved, other = changes(network, images[0], images[1:], 0, 0), changes(network, images[0], images[1:], 0, 1), {}
    maps = forward(network, images)
    for stage in MEASURED:
        one, *rest = torch.tensor(maps[stage]).flatten(1).double()
        other[stage] = torch.stack([(one - own).norm() for own in rest]).mean().item()
    after = forward(network, shift(images[0], 0, 1)[None])
    for stage in MEASURED:
        expected = np.linalg.norm(after[stage][0] - maps[stage][0]) / other[stage]
        assert still[stage] == 0 and moved[stage] == pytest.approx(expected, rel=1e-4)


def test_the_chapter_says_what_happens_with_its_network():
    """Lo que explica el capítulo 8, con los pesos del repositorio, si ya están."""
    network = cnn.network()
    if network is None:
        return
    names, classes = list(LABELS), network["classes"]

    def each(by: int) -> list[dict[str, float]]:
        others = {name: np.stack([picture(other) for other in names if other != name]) for name in names}
        return [changes(network, picture(name), others[name], by * down, by * right) for name in names for down, right in ONE_PIXEL]

    def falls(found: list[dict[str, float]], before: str, after: str) -> float:
        return np.mean([own[after] < own[before] for own in found])

    one, eight = each(1), each(8)
    assert min(falls(one, "relu1", "pool1"), falls(one, "relu2", "pool2")) > 0.9  # «en casi todos los max pooling»
    assert falls(eight, "relu1", "pool1") < 0.25 and 0.5 < falls(eight, "relu2", "pool2") < 0.8  # «casi nunca», «no siempre»
    for found in (one, eight):  # «lo que más lo baja, en general, son las capas densas»
        mean = {stage: np.mean([own[stage] for own in found]) for stage in MEASURED}
        assert mean["pool2"] - mean["dense2"] > 2 * max(mean["relu1"] - mean["pool1"], mean["relu2"] - mean["pool2"])

    said = forward(network, np.stack([shift(picture("camion"), -by, 0) for by in range(1, 9)]))["probabilities"].argmax(1)
    assert [classes[top] for top in said] == ["camión", "auto"] * 4
    rest = {name: np.stack([picture(other) for other in names if other != name]) for name in ("barco", "rana")}
    ship, frog = changes(network, picture("barco"), rest["barco"], 0, 8), changes(network, picture("rana"), rest["rana"], 0, 2)
    assert all(ship[stage] > frog[stage] for stage in MEASURED)
    chances = forward(network, np.stack([picture("barco"), shift(picture("barco"), 0, 8), picture("rana"), shift(picture("rana"), 0, 2)]))["probabilities"]
    assert [classes[top] for top in chances.argmax(1)][:3] == ["barco", "barco", "rana"] and classes[chances[3].argmax()] != "rana"
    assert chances[0].max() > 0.95 and 0.5 < chances[2].max() < 0.6


def test_the_fixed_picture_says_what_the_network_says():
    network = cnn.pack(trained(CNNConfig(), 3))
    image, classes = picture("auto"), network["classes"]
    before, after = forward(network, np.stack([image, shift(image, -2, 5)]))["probabilities"]
    drawn = ShiftExplorer(network=network, shown="auto", down=-2, right=5, axis="down").picture()
    assert before.argmax() != after.argmax()
    assert f"En su lugar dice «{classes[before.argmax()]}», {100 * before.max():.0f}\u202f%" in drawn
    assert f"corrida 5 píxeles a la derecha y 2 hacia arriba, «{classes[after.argmax()]}», {100 * after.max():.0f}\u202f%" in drawn
    assert "a lo alto (y 5 píxeles a la derecha)" in drawn and drawn.count("<circle") == 17
    assert "corrida 1 píxel a la derecha" in ShiftExplorer(network=network).picture()  # en su lugar no se vería qué cambia


def test_without_weights_nothing_is_invented():
    assert "Faltan los pesos" in ShiftExplorer().picture() and "%" not in ShiftExplorer().picture()


def test_an_own_image_is_shifted_too():
    image = np.arange(3072).reshape(32, 32, 3) % 256
    explorer = ShiftExplorer(image=image, network=cnn.pack(trained(CNNConfig(), 3)))
    assert explorer.shown == "propia" and np.array_equal(explorer.pixels(), image) and "En su lugar" in explorer.picture()


_one: list[ShiftExplorer] = []


@pytest.mark.parametrize("name", ["down", "right"])
@settings(max_examples=80, deadline=None)
@given(value=st.one_of(st.none(), st.text(max_size=3), st.booleans(), st.floats(), st.integers(-20, 20)))
def test_integers_are_checked_in_spanish(name, value):
    explorer = (_one or _one.append(ShiftExplorer()) or _one)[0]
    if isinstance(value, int) and not isinstance(value, bool) and -8 <= value <= 8:
        setattr(explorer, name, value)
        assert getattr(explorer, name) == value
        return
    with pytest.raises(ValueError, match=rf"`{name} = .*` no es válido: debe ser un entero entre -8 y 8"):
        setattr(explorer, name, value)


BAD = [("network", {}), ("shown", "perro"), ("image", [[1]]), ("axis", "left"), ("axis", None), ("predict", 1), ("pictures", {})]


@pytest.mark.parametrize(("name", "bad"), BAD)
def test_the_rest_is_checked_too(name, bad):
    with pytest.raises(ValueError, match=rf"(?s)`{name} = .*` no es válido: debe ser"):
        ShiftExplorer(**{name: bad})
