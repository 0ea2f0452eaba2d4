"""El aumentador: lo que sortea y lo que hace, en JavaScript y en Python, contra labcode.augmentation."""

import base64
import json
import math

import numpy as np
import pytest
import torch
from explorer_helpers import FOLDER, node, passes, write_folder

from labcode import augmentation
from labcode.augmentation import Cutout, HorizontalFlip, RandomCrop, RandomErasing
from labcode.explorers import AugmenterExplorer
from labcode.explorers.augmenter_draws import RATIO, Draw, draw_box, draw_one, transform
from labcode.explorers.augmenter_pictures import LABELS, colour_picture, colour_pictures
from labcode.explorers.draws import random_from

CASES = 1_200
SIDE = 32


def random_options(generator: np.random.Generator) -> dict:
    """Un ajuste cualquiera de los que el aumentador admite; a menudo, algo apagado."""
    p = lambda: float(generator.choice([0.0, 0.3, 0.5, 1.0]))  # noqa: E731
    return {
        "flip": p(), "vertical": 0.0, "padding": int(generator.integers(0, 17)), "erase": p(),
        "area": float(generator.choice([0.05, 0.2, 0.35, 0.6])), "cutout": int(generator.choice([0, 1, 7, 8, 16, 24])),
    }  # fmt: skip


def drawn_by_labcode(options: dict, generator: torch.Generator) -> tuple[Draw, list]:
    """Un sorteo de labcode.augmentation, con los aumentos que lo aplican."""
    augmentations = [HorizontalFlip(options["flip"]), RandomCrop(options["padding"]), RandomErasing(options["erase"], (0.02, options["area"]))]
    augmentations += [Cutout(options["cutout"])] if options["cutout"] else []
    draws = augmentation.draw(augmentations, 1, (SIDE, SIDE), generator)
    numbers = draws.numbers[0].tolist()
    centre = tuple(numbers[7:9]) if options["cutout"] else (0, 0)
    return Draw(bool(numbers[0]), False, tuple(numbers[1:3]), tuple(numbers[3:7]), centre), [augmentations, draws]


def augmented_case(generator: np.random.Generator, torch_generator: torch.Generator) -> dict:
    options = random_options(generator)
    image = generator.integers(0, 256, (SIDE, SIDE, 3), dtype=np.uint8)
    draw, (augmentations, draws) = drawn_by_labcode(options, torch_generator)
    done = augmentation.apply(torch.from_numpy(image).permute(2, 0, 1)[None], augmentations, draws)[0].permute(1, 2, 0).numpy()
    assert np.array_equal(transform(image, options, draw), done)
    pack = lambda pixels: base64.b64encode(pixels.tobytes()).decode()  # noqa: E731
    return {"image": pack(image), "options": options, "draw": vars(draw), "done": pack(done)}


def erasing_case(generator: torch.Generator, p: float, area: float) -> dict:
    """El rectángulo que sortea labcode, y los 23 números uniformes de donde salió."""
    state = generator.get_state()
    box = RandomErasing(p, (0.02, area))._draw(1, (SIDE, SIDE), generator)[0].tolist()
    generator.set_state(state)
    return {"p": p, "area": area, "uniforms": torch.rand(23, generator=generator, dtype=torch.float64).tolist(), "box": box}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory):
    generator, torch_generator = np.random.default_rng(20231107), torch.Generator().manual_seed(20231107)
    seeds = [(int(generator.integers(0, 1000)), {**random_options(generator), "vertical": 0.5}) for _ in range(CASES)]
    cases = {
        "augmented": [augmented_case(generator, torch_generator) for _ in range(CASES)],
        "erased": [erasing_case(torch_generator, p, area) for p in (0.5, 1.0) for area in (0.1, 0.6) for _ in range(CASES // 4)],
        "drawn": [{"seed": seed, "options": options, "draw": vars(draw_one(random_from(seed), options))} for seed, options in seeds],
        "pictures": colour_pictures(),
    }
    return write_folder(tmp_path_factory.mktemp("aumentar"), cases)


def test_javascript_does_what_labcode_does(folder):
    passes("augmenter", folder)


def test_the_javascript_test_can_fail(folder, tmp_path):
    cases = json.loads((folder / "cases.json").read_text(encoding="utf-8"))
    cases["augmented"][5]["draw"]["window"][0] += 1
    cases["augmented"][5]["options"]["padding"] = 8
    assert node("--test", str(FOLDER / "augmenter.test.mjs"), folder=write_folder(tmp_path, cases)).returncode == 1


def test_python_erases_where_labcode_does():
    generator = torch.Generator().manual_seed(3)
    for case in (erasing_case(generator, 0.7, 0.6) for _ in range(CASES)):
        numbers = iter(case["uniforms"])
        assert list(draw_box(lambda: next(numbers), case["p"], case["area"], SIDE)) == case["box"]
        assert next(numbers, None) is None


def test_the_draws_have_the_declared_frequencies():
    options = {"flip": 0.3, "vertical": 0.5, "padding": 2, "erase": 0.4, "area": 0.35, "cutout": 8}
    random = random_from(1)
    draws = [draw_one(random, options) for _ in range(6000)]
    assert np.mean([d.mirror for d in draws]) == pytest.approx(0.3, abs=0.02)
    assert np.mean([d.box[2] > 0 for d in draws]) == pytest.approx(0.4, abs=0.02)
    assert np.bincount([d.window[0] for d in draws], minlength=5) / 6000 == pytest.approx([0.2] * 5, abs=0.02)
    assert {d.centre[1] for d in draws} == set(range(SIDE))
    ratios = [math.log(d.box[2] / d.box[3]) for d in draws if d.box[2]]
    assert min(ratios) >= math.log(RATIO[0]) - 0.3 and max(ratios) <= math.log(RATIO[1]) + 0.3


GOOD = {"image": "six", "flip": 1, "vertical": 0.5, "padding": 16, "erase": 1.0, "area": 0.6, "cutout": 24, "seed": 999}


@pytest.mark.parametrize("name", GOOD)
def test_traits_are_checked_in_spanish(name):
    assert getattr(AugmenterExplorer(**{name: GOOD[name]}), name) == GOOD[name]
    for bad in (None, "gato", True, float("nan"), -1, 1000, [], 0.01 if name == "area" else 1.5):
        with pytest.raises(ValueError, match=rf"`{name} = .*` no es válido: debe ser"):
            AugmenterExplorer(**{name: bad})


def test_the_pictures_are_small_local_and_fixed(monkeypatch):
    import socket

    monkeypatch.setattr(socket, "socket", lambda *a, **k: pytest.fail("pidió algo a la red"))
    colour_picture.cache_clear()
    for name in LABELS:
        picture = colour_picture(name)
        assert picture.shape == (SIDE, SIDE, 3) and picture.dtype == np.uint8 and not picture.flags.writeable
    with pytest.raises(ValueError, match="`pictures = '…'` no es válido"):
        AugmenterExplorer(pictures={})


def test_the_fixed_picture_shows_the_first_draws():
    plain = AugmenterExplorer(flip=0, padding=0)
    assert plain.picture() != AugmenterExplorer().picture() and "«gato» y 6 versiones" in plain.picture()
    options = {"flip": 0, "vertical": 0, "padding": 0, "erase": 0, "area": 0.35, "cutout": 0}
    image = colour_picture("cat")
    assert np.array_equal(transform(image, options, draw_one(random_from(0), options)), image)
