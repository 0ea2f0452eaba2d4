"""«Tarjetas»: los datos, lo que se admite, y en JavaScript la cuenta, el orden y la dirección."""

import json
import re

import numpy as np
import pytest
from explorer_helpers import FOLDER, node, passes, write_folder

from labcode.explorers import CardsExplorer
from labcode.explorers.cards import REGULARIZERS
from labcode.explorers.draws import random_from

CASES = 1_200


def shuffled(n: int, seed: int) -> list[int]:
    """El orden que da la semilla: Fisher y Yates con el azar de los exploradores."""
    order, random = list(range(n)), random_from(seed)
    for i in range(n - 1, 0, -1):
        j = int(random() * (i + 1))
        order[i], order[j] = order[j], order[i]
    return order


def hand_case(random: np.random.Generator) -> dict:
    """Unas tarjetas con respuestas al azar, y la cuenta hecha en Python."""
    n, seed = int(random.integers(2, 41)), int(random.integers(1, 10_000))
    bins, answers = random.integers(0, 2, n), random.integers(-1, 2, n)
    order = shuffled(n, seed)
    waiting = [i for i in order if answers[i] < 0]
    return {
        "bins": bins.tolist(), "answers": answers.tolist(), "seed": seed, "order": order, "next": waiting[0] if waiting else -1,
        "answered": int((answers >= 0).sum()), "right": int((answers == bins).sum()),
        "retried": np.where(answers == bins, answers, -1).tolist(),
    }  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory):
    random = np.random.default_rng(20231107)
    cases = {"hands": [hand_case(random) for _ in range(CASES)], "cards": REGULARIZERS}
    return write_folder(tmp_path_factory.mktemp("tarjetas"), cases)


def test_javascript_counts_as_python(folder):
    passes("cards", folder)


def test_the_javascript_test_can_fail(folder, tmp_path):
    cases = json.loads((folder / "cases.json").read_text(encoding="utf-8"))
    cases["hands"][5]["right"] += 1
    assert node("--test", str(FOLDER / "cards.test.mjs"), folder=write_folder(tmp_path, cases)).returncode == 1


def test_the_cards_are_well_written():
    for card in REGULARIZERS:
        assert len(card["text"]) <= 110 and 60 <= len(card["why"]) <= 190, card["name"]
        assert '"' not in card["text"] + card["why"] and not re.search(r"\d%", card["why"])
    bins = [card["bin"] for card in REGULARIZERS]
    names = [card["name"] for card in REGULARIZERS if card["bin"] == 0]
    assert names == ["L²", "parar a tiempo", "dropout", "aumento de datos", "promediar redes", "compartir pesos", "lotes chicos"]
    assert len(bins) >= 12 and 5 <= sum(bins) <= len(bins) - 5


def test_the_fixed_picture_holds_every_card_and_its_reason():
    words = re.sub(r"<[^>]+>", " ", CardsExplorer().picture())
    for card in REGULARIZERS:
        for line in (card["text"], card["why"]):
            assert all(word in words for word in line.split()), card["name"]


CARD = {"name": "a", "text": "Una cosa.", "why": "Por esto.", "bin": 0}
OTHER = {**CARD, "name": "b", "bin": 1}


@pytest.mark.parametrize(
    "bad",
    [[], None, "x", [CARD], [CARD, CARD], [CARD, {**CARD, "name": "b"}], [CARD, {**OTHER, "bin": 2}], [CARD, {**OTHER, "why": " "}],
     [CARD, {**OTHER, "text": 3}], [CARD, {"name": "b"}], [{**CARD, "name": str(i), "bin": i % 2} for i in range(41)]],
)  # fmt: skip
def test_bad_cards_are_refused(bad):
    with pytest.raises(ValueError, match="(?s)`cards = .*` no es válido: debe ser una lista de 2 a 40 tarjetas"):
        CardsExplorer(cards=bad)


@pytest.mark.parametrize(
    ("name", "bad"),
    [("piles", ["uno"]), ("piles", ["a", "a"]), ("piles", "ab"), ("piles", ["a", ""]), ("question", ""), ("question", 3), ("question", "x" * 201),
     ("answers", [2]), ("answers", ["0"]), ("answers", None), ("answers", [True]), ("seed", -1), ("seed", 10_000), ("predict", 0)],
)  # fmt: skip
def test_the_rest_is_refused_too(name, bad):
    with pytest.raises(ValueError, match=f"`{name} = .*` no es válido"):
        CardsExplorer(**{name: bad})


def test_other_cards_can_be_sorted():
    explorer = CardsExplorer(cards=[CARD, OTHER], piles=("Sí", "No"), question="¿Es una cosa?", answers=[0])
    assert explorer.state()["cards"] == [CARD, OTHER] and explorer.piles == ["Sí", "No"]
    assert "Una cosa." in explorer.picture() and "¿Es una cosa?" in explorer.picture()
