"""Las figuras y el texto: dibujan lo que hay, dicen lo que dibujan, y caben en la página."""

from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest
import torch
from matplotlib.figure import Figure

from labcode import figures, text
from labcode.exercises import check_answer
from labcode.experiments import Findings, train_missing
from test_experiments import TINY, Here, place  # noqa: F401 - `place` es una fixture

DRAW = [figures.learning_curves, figures.sweep_curve, figures.weights_histogram]


@pytest.mark.parametrize("draw", DRAW, ids=lambda f: f.__name__)
def test_each_figure_is_one_labelled_svg_without_fixed_ink(place, draw):  # noqa: F811
    train_missing(TINY, executor=Here())
    figures.style()
    shown = draw(Findings(TINY))
    root = ElementTree.fromstring(shown.svg)
    assert root.get("role") == "img" and len(root.get("aria-label")) > 60 and root.get("width") is None
    assert "currentColor" in shown.svg and figures.INK not in shown.svg
    ids = [e.get("id") for e in root.iter() if e.get("id")]
    assert len(ids) == len(set(ids)) and all(i.startswith(shown.name) for i in ids)
    assert "0.01" in shown.alt and shown.svg == draw(Findings(TINY)).svg  # la misma figura, byte por byte


@pytest.mark.parametrize("draw", DRAW, ids=lambda f: f.__name__)
def test_without_results_the_figure_says_so(place, draw):  # noqa: F811
    figures.style()
    assert "sin datos" in draw(Findings(TINY)).alt.lower()


def test_the_values_in_the_alt_text_are_those_of_the_results(place):  # noqa: F811
    train_missing(TINY, executor=Here())
    findings = Findings(TINY)
    alt = figures.sweep_curve(findings).alt
    for lam in findings.values("lam"):
        assert f"{text.plain(lam)} → {findings.score('test_accuracy', lam=lam).mean:.1f}" in alt


def test_an_axis_can_be_words_and_a_run_can_diverge(place):  # noqa: F811
    words = replace(TINY, name="PALABRAS", axes={"normalize": (True, False)}, along={})
    train_missing(words, executor=Here())
    findings = Findings(words)
    for result in findings.of("selection", normalize=False):
        result.history["train_loss"][-1] = float("nan")
    shown = figures.learning_curves(findings, "train_loss")
    assert "normalizada? sí: " in shown.alt and "normalizada? no: divergió" in shown.alt


def test_two_figures_of_a_page_do_not_share_identifiers():
    def draw(name):
        fig = Figure()
        fig.add_subplot().plot([1, 2], [3, 4])
        return figures.show(fig, alt="una recta", name=name).svg

    ids = [{e.get("id") for e in ElementTree.fromstring(draw(n)).iter()} - {None} for n in ("a", "b")]
    assert ids[0] and not ids[0] & ids[1]


def test_a_figure_does_not_dress_the_rest_of_its_page():
    fig = Figure()
    fig.add_subplot().plot([1, 2], [3, 4])
    svg = figures.show(fig, alt="una recta", name="a").svg
    assert "<style" not in svg and "stroke-linejoin:round" in svg[: svg.index(">")]


def test_a_figure_without_alt_is_refused():
    with pytest.raises(ValueError, match="`alt` está vacío"):
        figures.show(Figure(), alt=" ", name="x")


def test_numbers_are_written_one_way():
    assert text.integer(50_000) == "50\u202f000" and text.integer(1024) == "1024" and text.integer(-50_000) == "-50\u202f000"
    assert text.percent(90.924) == "90.92\u202f%" and text.interval(57.1, 0.321) == "57.10\u00a0±\u00a00.32\u202f%"
    assert text.decimal(-0.5, 1) == "−0.5" and [text.plain(x) for x in (0.0, 1e-4, 3e-5, 0.1, 64)] == ["0", "0.0001", "0.00003", "0.1", "64"]
    ties = (56.745, 56.745000000000005, sum([56.74, 56.75]) / 2)  # el mismo número, guardado de maneras distintas
    assert {text.decimal(x) for x in ties} == {"56.75"} and text.decimal(-0.125) == "−0.13" and text.decimal(56.7449) == "56.74"
    assert [text.decimal(x, 1) for x in (-0.04, -0.06, -0.0, -10.0)] == ["0.0", "−0.1", "0.0", "−10.0"]
    assert [text.decimal(x, 0) for x in (2.5, 7, 0.0, float("nan"), float("inf"))] == ["3", "7", "0", "nan", "inf"]
    assert [text.decimal(x, 1) for x in (23_025.85, -9999.96, 9999.94)] == ["23\u202f025.9", "−10\u202f000.0", "9999.9"]
    assert [text.plain(x) for x in (True, False, (120, 84), "adam", "momento")] == ["sí", "no", "120-84", "Adam", "momento"]
    assert "def percent" in text.source(text.percent).data


@pytest.mark.parametrize(
    "answer, said",
    [(..., "Todavía no hay respuesta"), (None, "Todavía no hay respuesta"), (14.25, "¡Correcto!"), (14.26, "Todavía no. Pista: sumen"),
     ("hola", "Se esperaba un número"), ([14.25, 1], "La forma no coincide"), (np.float32(14.25), "¡Correcto!"), (torch.tensor(14.25, requires_grad=True), "¡Correcto!"), (torch.tensor(14.25, dtype=torch.bfloat16), "¡Correcto!"), (10**400, "Se esperaba un número"), (float("nan"), "Todavía no")],
)  # fmt: skip
def test_self_check(answer, said, capsys):
    check_answer(answer, 14.25, hint="sumen los cuadrados")
    assert said in capsys.readouterr().out


def test_the_tolerance_of_a_small_answer_is_relative_and_that_of_a_zero_is_not(capsys):
    for answer, expected in ((0.0008, 0.0003), (1e-3, 0.0), (1e-7, 0.0)):
        check_answer(answer, expected)
    assert capsys.readouterr().out.splitlines() == ["Todavía no.", "Todavía no.", "¡Correcto!"]


def test_the_invitation_to_answer_fits_a_phone(capsys):
    check_answer(..., 14.25)  # es lo que la página muestra bajo cada ejercicio
    assert max(map(len, capsys.readouterr().out.splitlines())) <= 37
