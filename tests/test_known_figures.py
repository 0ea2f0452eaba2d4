"""Las figuras con cifras conocidas: lo que dicen de un experimento inventado es lo que se inventó."""

from dataclasses import replace

import numpy as np
import pytest

from labcode import figures
from labcode.experiments import Findings, Score
from labcode.results import Result, write_result
from test_experiments import TINY

# Por cada ajuste y fase, la exactitud al aprender y la de evaluar: en validación gana el segundo; en prueba, el primero.
TOLD = {0.0: ((80.0, 50.0), (82.0, 48.0)), 0.01: ((70.0, 52.0), (71.0, 47.0)), 1.0: ((33.0, 31.0), (34.0, 29.0))}
WEIGHTS = {"edges": [-0.5, -0.005, 0.005, 0.5], "counts": [10.0, 60.0, 30.0]}


@pytest.fixture(autouse=True)
def place(monkeypatch, tmp_path):
    monkeypatch.setenv("LABCODE_RESULTS", str(tmp_path))


def fill(axis: str, told: dict, **measures: list[float]) -> Findings:
    """Los hallazgos de un experimento de un eje, con las mismas cifras en cada semilla."""
    own = replace(TINY, name=f"TINY_{axis.upper()}", axes={axis: tuple(told)}, along={axis: {value: {} for value in told}})
    for value, phases in told.items():
        for phase, (train, score) in zip(("selection", "final"), phases):
            for seed in own.phase_seeds(phase):
                job = own.job(phase, {axis: value}, seed)
                history = {"train_accuracy": [train - 5, train + 3, train], "eval_accuracy": [score - 5, score + 3, score]}
                metrics = {"train_accuracy": train, "eval_accuracy": score}
                write_result(Result(own.name, phase, job.setting, seed, job.config, history, metrics, WEIGHTS, None, {}, measures))
    return Findings(own)


def test_the_sweep_has_each_series_in_its_place_and_marks_the_chosen():
    drawn = figures.sweep_curve(fill("lam", TOLD))
    assert drawn.alt == (
        "Exactitud final contra λ. entrenamiento (45\u202f000): 0 → 80.0, 0.01 → 70.0, 1 → 33.0. "
        "validación: 0 → 50.0, 0.01 → 52.0, 1 → 31.0. prueba (50\u202f000): 0 → 48.0, 0.01 → 47.0, 1 → 29.0."
    )
    head, *rows = (line.split(",") for line in drawn.table.csv.splitlines())
    assert [row[head.index("λ")] for row in rows if row[0] == "elegido en validación"] == ["0.01"]


def test_curves_end_where_they_end_and_weights_near_zero_are_those_of_both_signs():
    findings = fill("lam", TOLD)
    curves = "Curvas de exactitud en validación (%) por época, una por valor de λ. Al final: λ 0: 50.0; λ 0.01: 52.0; λ 1: 31.0."
    assert figures.learning_curves(findings).alt == curves
    assert "λ 0.01: 60\u202f% de los pesos cerca de cero" in figures.weights_histogram(findings).alt


def test_a_rung_is_of_the_test_and_only_the_chosen_has_the_lecture():
    findings = fill("lam", TOLD)
    chosen, other = figures.rung("la elegida", findings), figures.rung("otra", findings, {"lam": 1.0})
    assert (chosen.score, chosen.lecture) == (Score((47.0, 47.0), (2, 3)), 10.0)
    assert (other.score, other.lecture) == (Score((29.0, 29.0), (2, 3)), None)
    assert ". la elegida: 47.0; otra: 29.0. La" in figures.ladder([chosen, other]).alt


def test_networks_are_compared_by_what_validation_chose():
    both = {"MLP": fill("lam", TOLD), "otra": Findings(replace(TINY, name="SIN_MEDIR"))}
    assert figures.network_curves(both).alt == "Curvas de exactitud en validación (%) por época, una por red. Al final: MLP: 52.0 en la época 3."
    scores = figures.network_scores(both)
    assert scores.alt == "Exactitud en prueba de cada red, en porcentaje. MLP: 47.0; otra: sin medir."
    assert "exactitud en prueba (%)" in scores.table.csv.splitlines()[0]


def test_the_ablation_compares_the_same_networks_in_test_and_in_training():
    findings = fill("aumento", {"nada": TOLD[0.0], "reflejo+borrado": TOLD[0.01]})
    alt = "Exactitud con cada aumento de datos. en prueba: nada → 48.0, reflejo + borrado → 47.0. mientras aprendía: nada → 82.0, reflejo + borrado → 71.0."
    assert figures.ablation(findings).alt == alt


def test_each_shift_has_its_accuracy():
    findings = fill("lam", TOLD, shift_offsets=[0.0, 1.0, 2.0], shift=[47.0, 45.0, 40.0])
    assert figures.shift_curves({"MLP": findings}).alt.endswith("la imagen. MLP: 0 px → 47.0, 1 px → 45.0, 2 px → 40.0.")


def test_the_power_law_and_the_examples_of_a_known_curve():
    sizes = np.array([1000.0, 4000.0, 16_000.0])
    assert figures.DataCurve(sizes, 100 - 40 * sizes**-0.3, sizes).power_law() == pytest.approx((40, 0.3))
    curve = figures.DataCurve(np.array([100.0, 1000.0, 10_000.0, 100_000.0]), np.array([20.0, 40.0, 60.0, 61.0]), np.zeros(4))
    assert [curve.examples_for(accuracy) for accuracy in (30, 50)] == pytest.approx([100 * 10**0.5, 1000 * 10**0.5])
    assert np.isnan([curve.examples_for(accuracy) for accuracy in (20, 62)]).all()


def test_the_data_curve_is_of_the_test_and_its_error_is_what_is_left():
    networks = {"MLP": fill("examples", {1000: TOLD[1.0], 4000: TOLD[0.01], 16_000: TOLD[0.0]})}
    assert figures.data_curve(networks["MLP"]).means.tolist() == [29.0, 47.0, 48.0]
    assert figures.data_curves(networks).alt == "Exactitud en prueba contra el número de ejemplos. MLP: 1000 → 29.0, 4000 → 47.0, 16\u202f000 → 48.0."
    error = figures.data_curves(networks, log_error=True).alt
    assert error == "Error en prueba, en escala logarítmica, contra el número de ejemplos. MLP: 1000 → 71.0, 4000 → 53.0, 16\u202f000 → 52.0."


def test_what_diverged_is_said_wherever_its_number_would_be():
    nan = float("nan")
    told = {0.0: ((80.0, 50.0), (82.0, 48.0)), 1.0: ((nan, nan), (nan, nan))}
    lost, fine = fill("lam", told), fill("lam", TOLD)
    assert lost.chosen == {"lam": 0.0} and Score((nan, 3.0)).written() == "divergió 1 de 2" and Score((nan,)).written() == "divergió"
    shown = figures.sweep_curve(lost)
    assert "1: divergieron 2 de 2" in shown.alt and "nan" not in shown.alt
    alone = fill("epochs", {2: ((nan, nan), (nan, nan))})
    assert "alguna: divergieron 2 de 2" in figures.network_scores({"alguna": alone, "otra": fine}).alt
    assert "alguna: divergieron 2 de 2" in figures.ladder([figures.rung("alguna", alone), figures.rung("otra", fine)]).alt
    assert "alguna: divergió" in figures.network_curves({"alguna": alone}).alt
    kinds = fill("aumento", {"ninguno": ((80.0, 50.0), (82.0, 48.0)), "borrado": ((nan, nan), (nan, nan))})
    assert "borrado: divergieron 2 de 2" in figures.ablation(kinds).alt
    sizes = fill("examples", {100: ((80.0, 50.0), (82.0, 48.0)), 200: ((nan, nan), (nan, nan))})
    assert "100 → 48.0, 200: divergieron 2 de 2" in figures.data_curves({"MLP": sizes}).alt
    assert list(figures.data_curve(sizes).sizes) == [100.0]


def test_two_seeds_draw_no_interval():
    findings = fill("lam", TOLD)
    for drawn in (figures.sweep_curve(findings), figures.network_scores({"MLP": findings}), figures.learning_curves(findings)):
        head, *rows = (line.split(",") for line in drawn.table.csv.splitlines())
        low = [i for i, name in enumerate(head) if name.endswith(": desde")]
        bounds = {row[i] for row in rows for i in low if "intervalo" in row or "banda" in row} - {""}
        assert bounds <= {"NaN"}, f"con dos semillas no hay intervalo, y se dibujó {bounds}"
