"""El explorador «Imagen y vector»: su cálculo contra torch y sus atributos, validados en castellano."""

import base64
import json
from pathlib import Path

import numpy as np
import pytest
import torch
from explorer_helpers import FOLDER, node, passes, write_folder
from traitlets import TraitError

from labcode.data import figuras
from labcode.explorers import ImageVectorExplorer
from labcode.explorers.image_vector import WIDE, flatten, pictures, ship, widen, window

CASES = 1_200


def move_case(azar: np.random.Generator, whole: bool) -> dict:
    """Una escena al azar, corrida al azar, con su vector y lo que cambia según torch."""
    levels = int(azar.integers(2, 257))  # con pocos niveles, muchos vecinos coinciden
    scene = azar.integers(0, levels, (WIDE, WIDE, 3), dtype=np.uint8)
    down, right = (int(x) for x in azar.integers(-4, 5, 2))
    wide = torch.from_numpy(scene).permute(2, 0, 1)
    before = wide[:, 4:36, 4:36].flatten()
    after = wide.roll((down, right), (1, 2))[:, 4:36, 4:36].flatten()
    return {
        "scene": base64.b64encode(scene.tobytes()).decode(), "down": down, "right": right,
        "vector": after.tolist() if whole else None,
        "changed": int((before != after).sum()), "distance": torch.dist(before.double(), after.double()).item(),
    }  # fmt: skip


def places() -> list[list[int]]:
    """[fila, columna, canal, posición] de los 3072 números, según torch."""
    order = torch.arange(3072).reshape(3, 32, 32)
    return [[r, c, k, int(order[k, r, c])] for k in range(3) for r in range(32) for c in range(32)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    azar = np.random.default_rng(11)
    image = azar.integers(0, 256, (32, 32, 3))
    cases = {
        "moves": [move_case(azar, whole=i % 10 == 0) for i in range(CASES)],
        "places": places(),
        "pictures": list(pictures()),
        "widened": {"image": image.tolist(), "wide": widen(image).tolist()},
    }
    return write_folder(tmp_path_factory.mktemp("imagen"), cases)


def test_javascript_agrees_with_torch(folder):
    passes("image_vector", folder)


@pytest.mark.parametrize("break_it", [("moves", 0, "changed"), ("places", 7, 3)])
def test_the_javascript_tests_can_fail(folder, tmp_path, break_it):
    cases = json.loads((folder / "cases.json").read_text(encoding="utf-8"))
    part, at, what = break_it
    cases[part][at][what] += 1
    assert node("--test", str(FOLDER / "image_vector.test.mjs"), folder=write_folder(tmp_path, cases)).returncode == 1


def test_the_vector_is_the_one_torch_makes():
    image = figuras(10, 10).train_images[0]
    assert np.array_equal(flatten(image.permute(1, 2, 0).numpy()), image.flatten().numpy())


def test_moving_a_scene_shows_what_was_outside():
    wide = np.arange(WIDE * WIDE * 3).reshape(WIDE, WIDE, 3)
    assert np.array_equal(window(wide, right=1)[:, 1:], window(wide)[:, :-1])
    assert np.array_equal(window(wide, down=-2)[:-2], window(wide)[2:])
    assert np.array_equal(window(wide, 4, 4)[0, 0], wide[0, 0]) and np.array_equal(window(wide, -4, -4)[-1, -1], wide[-1, -1])


def test_a_photo_changes_almost_everywhere_and_a_flat_drawing_does_not():
    shares = {}
    for name in pictures():
        scene = ImageVectorExplorer(shown=name).scene()
        shares[name] = np.mean(flatten(window(scene)) != flatten(window(scene, right=1)))
    assert shares["gata"] > 0.9 and shares["cafe"] > 0.85 and shares["barco"] < 0.25


def test_an_own_picture_comes_from_torch_or_numpy():
    image = figuras(10, 10).train_images[3]
    explorer = ImageVectorExplorer(image=image, caption=" Figura ", shown="propia")
    assert explorer.caption == "Figura" and np.array_equal(explorer.scene()[4:36, 4:36], image.permute(1, 2, 0))
    again = ImageVectorExplorer(image=np.array(explorer.image), shown="propia")
    assert again.image == explorer.image and np.array_equal(again.scene(), explorer.scene())
    assert ImageVectorExplorer(shown="propia").scene().shape == (WIDE, WIDE, 3)  # sin imagen propia, muestra la primera


def test_the_fixed_picture_counts_what_changes():
    explorer = ImageVectorExplorer()
    changed = int((flatten(window(explorer.scene())) != flatten(window(explorer.scene(), right=1))).sum())
    assert f"cambian {changed} de 3072" in explorer.picture()
    assert explorer.picture().count("<image") == 5


@pytest.mark.parametrize(
    ("name", "bad"),
    [
        ("row", 32), ("row", -1), ("column", 1.0), ("channel", 3), ("down", 5), ("right", -5), ("right", True), ("shown", "perro"),
        ("shown", None), ("caption", ""), ("caption", "x" * 21), ("caption", 3), ("predict", 1), ("pictures", {}),
        ("image", "gata"), ("image", np.zeros((32, 32))), ("image", np.zeros((3, 32, 32))), ("image", np.full((3, 32, 32), 256)),
        ("image", np.full((3, 32, 32), -1)), ("image", np.zeros((3, 32, 32), bool)), ("image", [[1, 2], [3]]),
    ],
)  # fmt: skip
def test_bad_values_are_refused_in_spanish(name, bad):
    with pytest.raises(ValueError, match=rf"(?s)`{name} = .*` no es válido: debe ser"):
        ImageVectorExplorer(**{name: bad})
    explorer = ImageVectorExplorer()
    with pytest.raises(TraitError):
        setattr(explorer, name, bad)


def test_the_ship_is_flat():
    assert len(np.unique(ship().reshape(-1, 3), axis=0)) <= 8 and ship().dtype == np.uint8
