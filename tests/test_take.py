"""Los datos de una figura: la tabla dice lo dibujado, y el botón de la página da la misma tabla que Python."""

import csv
import html
import io
import json
import re
from dataclasses import replace

import numpy as np
import pytest
from explorer_helpers import node
from labcode import figures
from labcode.experiments import Findings, train_missing
from labcode.figures import take
from labcode.figures.table import table_of
from matplotlib.figure import Figure
from test_experiments import TINY, Here, place  # noqa: F401 - `place` es una fixture


def rows(fig):
    """La tabla de una figura, fila por fila, como la lee cualquier programa."""
    table = table_of(fig)
    return [] if table is None else list(csv.DictReader(io.StringIO(table.csv)))


def one_panel():
    fig = Figure()
    return fig, fig.add_subplot()


def test_a_curve_and_its_band_share_their_rows():
    fig, ax = one_panel()
    ax.fill_between([1, 2, 3], [0, 1, 2], [2, 3, 4.5], color="C0", alpha=0.2, linewidth=0)
    ax.plot([1, 2, 3], [1, 2, 3.25], color="C0", label="red")
    ax.set(xlabel="época", ylabel="exactitud (%)")
    first, *_, last = found = rows(fig)
    assert len(found) == 3 and first["serie"] == "red" and first["qué"] == "curva"
    assert (last["época"], last["exactitud (%)"], last["exactitud (%): desde"], last["exactitud (%): hasta"]) == ("3", "3.25", "2", "4.5")


def test_intervals_keep_their_ends_and_categories_their_names():
    fig, ax = one_panel()
    ax.errorbar([0, 1], [50, 60], [1.5, 2], marker="o", label="prueba")
    ax.scatter([0, 0.1, 1], [49, 51, 60], color="C0", label="_semilla")
    ax.set_xticks([0, 1], ["0.001", "50\u202f000"])
    ax.set(xlabel="λ", ylabel="y")
    found = rows(fig)
    assert [r["λ"] for r in found] == ["0.001", "50000", "0.001", "0.001", "50000"]
    assert [r["qué"] for r in found] == ["intervalo"] * 2 + ["semilla"] * 3 and {r["serie"] for r in found} == {"prueba"}
    assert found[0]["y: desde"] == "48.5" and found[1]["y: hasta"] == "62" and found[2]["y: desde"] == ""


def test_a_cloud_drawn_in_one_stroke_gives_one_row_per_point():
    fig, ax = one_panel()
    nothing = float("nan")
    ax.plot([1, 1.0001, nothing, 2, 2.0001, nothing, 3, 3.0001], [5, 5, nothing, 6, 6, nothing, 7, 7], label="_punto")
    assert [(r["x"], r["y"], r["qué"]) for r in rows(fig)] == [("1", "5", "punto"), ("2", "6", "punto"), ("3", "7", "punto")]


def test_a_horizontal_interval_is_of_x():
    fig, ax = one_panel()
    ax.errorbar([70.0], [0], xerr=[2.5])
    ax.set_yticks([0], ["CNN"])
    (found,) = rows(fig)
    assert (found["x"], found["x: desde"], found["x: hasta"], found["y"]) == ("70", "67.5", "72.5", "CNN")


def test_a_point_without_an_interval_says_so():
    fig, ax = one_panel()
    ax.errorbar([70.0, 91.1], [0, 1], xerr=[2.5, float("nan")])
    one, other = rows(fig)
    assert (one["x: desde"], one["x: hasta"]) == ("67.5", "72.5")
    assert (other["x"], other["x: desde"], other["x: hasta"]) == ("91.1", "NaN", "NaN")


def test_a_curve_over_marks_is_not_a_category():
    fig, ax = one_panel()
    ax.plot(np.linspace(0, 1, 5), range(5))
    ax.set_xticks([0, 1], ["poco", "mucho"])
    assert [r["x"] for r in rows(fig)] == ["0", "0.25", "0.5", "0.75", "1"]


def test_bars_steps_and_lines_of_reference():
    fig, ax = one_panel()
    ax.bar([0, 1], [3, 4], color="C0", label="pesos")
    ax.stairs([5, 6], [0, 0.5, 1.5], color="C1", label="histograma")
    ax.axhline(55.76, color="C2", label="la clase")
    bars, steps, line = ([r for r in rows(fig) if r["qué"] == kind] for kind in ("barra", "escalón", "recta"))
    assert [(r["x"], r["y"]) for r in bars] == [("0", "3"), ("1", "4")]
    assert [(r["x"], r["x: desde"], r["x: hasta"]) for r in steps] == [("0.25", "0", "0.5"), ("1", "0.5", "1.5")]
    assert [(r["serie"], r["x"], r["y"]) for r in line] == [("la clase", "", "55.76")]


def test_panels_are_named_and_different_axes_are_said():
    fig = Figure()
    left, right = fig.subplots(1, 2)
    left.plot([1], [2], "o")
    left.set(title="uno", xlabel="w", ylabel="J")
    right.plot([3], [4], "o")
    right.set(title="dos", xlabel="época", ylabel="J")
    first, second = rows(fig)
    assert (first["panel"], first["eje x"], second["panel"], second["eje x"], second["x"]) == ("uno", "w", "dos", "época", "3")


def test_repeated_curves_are_numbered_and_a_divergence_stays():
    fig, ax = one_panel()
    for last in (2.0, float("nan")):
        ax.plot([1, 2], [1, last], color="C0", label="_semilla")
    ax.plot([1, 2], [1, float("nan")], color="C0", label="0.1")
    assert [(r["qué"], r["serie"], r["y"]) for r in rows(fig)] == [
        ("semilla 1", "0.1", "1"), ("semilla 1", "0.1", "2"), ("semilla 2", "0.1", "1"), ("semilla 2", "0.1", "NaN"),
        ("curva", "0.1", "1"), ("curva", "0.1", "NaN"),
    ]  # fmt: skip


def test_a_picture_or_a_drawing_has_no_data():
    fig = Figure()
    photo, scheme = fig.subplots(1, 2)
    photo.imshow(np.zeros((3, 3)))
    scheme.plot([0, 1], [0, 1])
    scheme.set_axis_off()
    assert table_of(fig) is None
    shown = figures.show(fig, alt="una foto y un esquema", name="x")
    assert 'data-take="svg"' in shown._repr_html_() and 'data-take="csv"' not in shown._repr_html_()


def test_the_table_of_a_measured_figure_is_that_of_the_results(place):  # noqa: F811
    three = replace(TINY, seeds=3)
    train_missing(three, executor=Here())
    findings = Findings(three)
    found = list(csv.DictReader(io.StringIO(figures.sweep_curve(findings).table.csv)))
    for lam in findings.values("lam"):
        score = findings.score("test_accuracy", lam=lam)
        mine = [r for r in found if r["serie"].startswith("prueba") and float(r["λ"]) == lam]
        (mean,) = [r for r in mine if r["qué"] == "intervalo"]
        assert float(mean["exactitud (%)"]) == pytest.approx(score.mean, rel=1e-5)
        assert float(mean["exactitud (%): hasta"]) == pytest.approx(score.mean + score.ci95, rel=1e-5)
        assert sorted(float(r["exactitud (%)"]) for r in mine if r["qué"] == "semilla") == pytest.approx(sorted(score.values), rel=1e-5)


def test_the_button_writes_the_same_table_as_python(tmp_path):
    fig, ax = one_panel()
    ax.plot([0.1, 1e-5, 14455392], [1, float("nan"), -2], label='con "comillas", y coma')
    ax.plot([1, 2], [3, 4], "--", label="λ")
    shown = figures.show(fig, alt="dos curvas", name="prueba")
    script = html.unescape(re.search(r'data-take="csv"[^>]*onclick="([^"]*)"', shown._repr_html_())[1])
    compact = re.search(r'class="rc-table">(.*?)</script>', shown._repr_html_())[1]
    stand_in = f"""
      const link = {{ click() {{}}, remove() {{}} }};
      const figure = {{ dataset: {{ figure: 'prueba' }}, querySelector: () => ({{ textContent: {json.dumps(compact)} }}) }};
      globalThis.document = {{ createElement: () => link, body: {{ append() {{}} }} }};
      globalThis.Blob = class {{ constructor(parts) {{ this.text = parts.join(''); }} }};
      globalThis.window = globalThis;
      globalThis.URL = {{ createObjectURL: (blob) => {{ console.log(JSON.stringify(blob.text)); return 'blob:x'; }}, revokeObjectURL() {{}} }};
      const button = {{ dataset: {{ take: 'csv' }}, closest: () => figure }};
      (function () {{ {script} }}).call(button);
      console.log(JSON.stringify(link.download));
    """
    (tmp_path / "boton.js").write_text(stand_in, encoding="utf-8")
    done = node(str(tmp_path / "boton.js"), folder=tmp_path)
    assert done.returncode == 0, done.stderr
    text, name = map(json.loads, done.stdout.splitlines())
    assert name == "prueba.csv" and text.startswith("\ufeff")
    mine, theirs = ([*csv.reader(io.StringIO(one))] for one in (shown.table.csv, text.removeprefix("\ufeff")))
    assert mine[0] == theirs[0] and [row[:2] for row in mine] == [row[:2] for row in theirs]
    np.testing.assert_array_equal(*(np.array([row[2:] for row in one[1:]], float) for one in (mine, theirs)))


def test_the_buttons_say_what_they_do_in_spanish():
    fig, ax = one_panel()
    ax.plot([1, 2], [3, 4])
    written = figures.show(fig, alt="una recta", name="x")._repr_html_()
    assert re.findall(r'title="([^"]+)"', written) == ["Descargar esta figura como SVG", "Descargar los datos de esta figura como CSV"]
    assert re.findall(r'aria-label="((?:SVG|CSV)[^"]+)"', written) == ["SVG: descargar esta figura como SVG", "CSV: descargar los datos de esta figura como CSV"]
    assert "http" not in re.sub(r"<svg.*?</svg>", "", written, flags=re.S) and "//" not in take._script().replace("http://", "")


def test_save_writes_the_figure_or_its_data(tmp_path):
    fig, ax = one_panel()
    ax.plot([1, 2], [3, 4])
    shown = figures.show(fig, alt="una recta", name="x")
    shown.save(tmp_path / "x.svg")
    shown.save(tmp_path / "x.csv")
    assert "currentColor" not in (tmp_path / "x.svg").read_text() and (tmp_path / "x.csv").read_bytes().startswith(b"\xef\xbb\xbfserie,")
    with pytest.raises(ValueError, match=r"terminación"):
        shown.save(tmp_path / "x.png")
    bare = figures.show(Figure(), alt="nada", name="y")
    with pytest.raises(ValueError, match="no dibuja datos"):
        bare.save(tmp_path / "y.csv")
