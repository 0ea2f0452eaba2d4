"""El explorador del ancho: su cálculo contra NumPy, sus datos comprobados, y de dónde salen."""

from functools import partial

import numpy as np
import pytest
from explorer_helpers import changed, passes, write_folder

from labcode import catalog
from labcode.experiments import Findings
from labcode.explorers import WidthExplorer
from labcode.results import Result, write_result
from labcode.views.width import from_draws, from_findings

CASES = 1_100
WIDTHS = (2, 4, 8, 16, 32, 40, 64, 128, 256, 512)


def band(generator: np.random.Generator, top: float) -> list[float]:
    middle, half = generator.uniform(0, top), generator.uniform(0, 0.4)
    return [float(middle), float(middle * (1 - half)), float(min(top, middle * (1 + half)))]


def random_series(generator: np.random.Generator, key: str) -> dict:
    """Un experimento al azar, a veces sin medir o sin umbral."""
    kind = str(generator.choice(["features", "network", "loss"]))
    widths = sorted(int(w) for w in generator.choice(WIDTHS, generator.integers(0, len(WIDTHS) + 1), replace=False))
    epochs, top = ([] if kind == "features" else [1, 50, 100, 200]), 100.0 if kind == "network" else 10 ** generator.uniform(-2, 2)
    points = []
    for w in widths:
        own = {"norm": band(generator, 50)} if kind == "features" else {"curve": generator.uniform(0, 100, 4).tolist()}
        points.append({"width": w, "draws": int(generator.integers(1, 31)), "train": band(generator, top), "test": band(generator, top), **own})
    threshold = None if generator.random() < 0.2 else int(generator.choice(WIDTHS))
    return {"key": key, "name": "Una", "kind": kind, "log": kind == "features", "threshold": threshold, "points": points, "about": "", "notice": "",
            "regimes": ["antes", "en", "después"], "epochs": epochs}  # fmt: skip


def random_case(generator: np.random.Generator) -> dict:
    series = [random_series(generator, f"s{i}") for i in range(generator.integers(1, 4))]
    return {"data": {"series": series}, "read": [reading(one) for one in series]}


def reading(one: dict) -> dict:
    """El umbral y lo que hace el error después, según NumPy; con menos de tres semillas no hay banda que comparar."""
    widths, tests, draws = (np.array([p[key] for p in one["points"]]) for key in ("width", "test", "draws"))
    reached = np.flatnonzero(widths >= (one["threshold"] or np.inf)) if len(widths) else []
    at = int(reached[0]) if len(reached) else -1
    if at < 0 or at == len(widths) - 1 or min(draws[at], draws[-1]) < 3:
        return {"at": at, "kind": None, "best": None}
    kind = "down" if tests[-1, 2] < tests[at, 1] else "up" if tests[-1, 1] > tests[at, 2] else "flat"
    before = np.flatnonzero(draws[:at] >= 3)
    return {"at": at, "kind": kind, "best": int(widths[before][tests[before, 0].argmin()]) if len(before) else None}


@pytest.fixture(scope="module")
def cases() -> list[dict]:
    generator = np.random.default_rng(20231107)
    return [random_case(generator) for _ in range(CASES)]


def test_the_cases_are_varied(cases):
    read = [one for case in cases for one in case["read"]]
    for kind in ("up", "flat", "down", None):
        assert sum(one["kind"] == kind for one in read) > 100, kind


def test_javascript_agrees_with_numpy(cases, tmp_path):
    passes("width", write_folder(tmp_path, {"random": cases}))


def test_every_case_is_admitted_and_drawn(cases):
    for case in cases[:40]:
        explorer = WidthExplorer(case["data"])
        assert explorer.state()["data"] == case["data"]
        text = explorer.picture()
        assert "NaN" not in text and "nan" not in text and "inf" not in text
        first = next((i for i, one in enumerate(case["data"]["series"]) if one["points"]), None)
        assert explorer.at == (max(0, case["read"][first]["at"]) if first is not None else 0)


def draws_series() -> dict:
    generator = np.random.default_rng(0)
    return from_draws([2, 8, 40, 160], 40, *(generator.uniform(0.1, 9, (3, 30, 4))))


GOOD = {"series": [draws_series()]}


def test_the_bands_of_the_draws_are_their_quartiles():
    test = np.random.default_rng(1).uniform(0.1, 9, (30, 4))
    one = from_draws([2, 8, 40, 160], 40, test / 2, test, test * 3)
    assert one["threshold"] == 40 and [p["width"] for p in one["points"]] == [2, 8, 40, 160]
    for i, point in enumerate(one["points"]):
        middle, low, high = np.quantile(test[:, i], (0.5, 0.25, 0.75))
        assert point["test"] == pytest.approx([middle, low, high], rel=1e-3) and point["norm"][0] == pytest.approx(3 * middle, rel=1e-3)
        assert point["draws"] == 30
    assert WidthExplorer({"series": [one]}).at == 2


def write_some(folder, monkeypatch, values: dict[int, list[tuple[float, float]]], epochs: int = 200) -> Findings:
    """Deja resultados inventados de `WIDTH`: por ancho, exactitud en entrenamiento y en prueba de cada semilla; la pérdida, un décimo del error."""
    monkeypatch.setenv("LABCODE_RESULTS", str(folder))
    for width, seeds in values.items():
        for seed, (train, test) in enumerate(seeds):
            job = catalog.WIDTH.job("final", {"hidden": (width,), "examples": 4000}, seed)
            history = {"train_accuracy": np.linspace(10, train, epochs).tolist(), "train_loss": np.linspace(9, 10 - train / 10, epochs).tolist(), "eval_accuracy": [test]}
            metrics = {"train_accuracy": train, "eval_accuracy": test, "train_loss": 10 - train / 10, "eval_loss": 10 - test / 10}
            write_result(Result(job.experiment, job.phase, job.setting, seed, job.config, history, metrics, {}, None, {}))
    return Findings(catalog.WIDTH)


def test_the_network_comes_from_its_results(tmp_path, monkeypatch):
    nan = float("nan")
    findings = write_some(tmp_path, monkeypatch, {2: [(20.0, 19.0)], 16: [(60.0, 30.0), (62.0, 32.0), (64.0, 34.0)], 64: [(99.5, 25.0)] * 3, 256: [(nan, nan)], 512: [(100.0, 36.0)] * 3})
    one = from_findings(findings)
    two, sixteen, sixty, last = one["points"]
    assert [p["width"] for p in one["points"]] == [2, 16, 64, 512] and one["threshold"] == 64  # lo que divergió no está
    assert two["test"] == [81.0, 81.0, 81.0] and two["draws"] == 1  # una semilla: sin intervalo
    assert sixteen["test"] == pytest.approx([68.0, 68 - 4.968, 68 + 4.968], abs=0.01) and sixteen["train"][0] == 38.0
    assert one["epochs"][0] == 1 and one["epochs"][-1] == 200 and len(one["epochs"]) == len(last["curve"]) == 60
    assert (sixty["curve"][0], sixty["curve"][-1]) == (90.0, 0.5)
    assert "divergió con 256 neuronas; están medidos 4 de 11 anchos" in one["notice"] and "labcode train WIDTH" in one["notice"]
    assert "4000 imágenes" in one["about"] and "20 de cada 100 etiquetas cambiadas" in one["about"]
    explorer = WidthExplorer({"series": [one]})
    for error, colour in ((0.0, "#7F7F7F"), (64.0, "#D55E00")):  # el eje va de 0 a 85, y de 300 a 30
        assert f'650.0 {300 - 270 * error / 85:.1f}" fill="none" stroke="{colour}"' in explorer.picture()
    assert explorer.at == 2 and "64.0" in explorer.picture() and "umbral de interpolación está en 64" in explorer.picture()


def test_what_diverged_is_not_missing(tmp_path, monkeypatch):
    widths = [setting["hidden"][0] for setting in catalog.WIDTH.settings]
    ends = {width: [(50.0, 40.0)] * 3 for width in widths} | {widths[-1]: [(50.0, 40.0), (float("nan"), float("nan")), (50.0, 40.0)]}
    one = from_findings(write_some(tmp_path, monkeypatch, ends))
    assert len(one["points"]) == len(widths) - 1 and one["notice"] == f"divergió con {widths[-1]} neuronas."


def test_the_loss_of_the_same_network_comes_too(tmp_path, monkeypatch):
    findings = write_some(tmp_path, monkeypatch, {16: [(60.0, 30.0), (62.0, 32.0), (64.0, 34.0)], 64: [(99.5, 25.0)] * 3})
    error, loss = from_findings(findings), from_findings(findings, "loss")
    assert (loss["kind"], loss["threshold"], loss["epochs"]) == ("loss", 64, error["epochs"]) and loss["key"] != error["key"]
    assert loss["points"][0]["test"] == pytest.approx([6.8, 6.8 - 0.4968, 6.8 + 0.4968], abs=0.001) and loss["points"][0]["train"][0] == 3.8
    assert (loss["points"][1]["curve"][0], loss["points"][1]["curve"][-1]) == (9.0, 0.05)
    assert error["notice"] and not loss["notice"]  # lo que falta se dice una vez
    explorer = WidthExplorer({"series": [error, loss]}, series=loss["key"])
    assert "«MLP: pérdida» según el ancho: 16 → 6.80, 64 → 7.50." in explorer.picture()
    with pytest.raises(ValueError, match="`measure = 'pérdida'` no es válido"):
        from_findings(findings, "pérdida")


def test_a_network_that_memorises_nothing_has_no_threshold(tmp_path, monkeypatch):
    one = from_findings(write_some(tmp_path, monkeypatch, {2: [(20.0, 19.0)], 512: [(98.0, 36.0)]}, epochs=3))
    assert one["threshold"] is None and one["epochs"] == [1, 2, 3]
    assert WidthExplorer({"series": [one]}).at == 0 and "umbral" not in WidthExplorer({"series": [one]}).picture()


def test_without_results_it_says_so(tmp_path, monkeypatch):
    one = from_findings(write_some(tmp_path, monkeypatch, {}))
    assert one["points"] == [] and "todavía sin medir; se entrena con «python -m labcode train WIDTH»" in one["notice"]
    for explorer in (WidthExplorer(), WidthExplorer({"series": [one]})):
        assert "Todavía no hay resultados medidos" in explorer.picture()
    both = WidthExplorer({"series": [one, draws_series()]})  # la que sí se calculó aparece aunque la otra falte
    assert "características al azar" in both.picture() and both.at == 2


broken = partial(changed, GOOD)  # los datos buenos con un valor cambiado
ONE, POINT = ("series", 0), ("series", 0, "points", 1)
BAD = [
    {}, 3, {"series": 3}, {**GOOD, "más": 1}, {"series": GOOD["series"] * 2}, {"series": [{**draws_series(), "key": f"s{i}"} for i in range(5)]},
    broken((*ONE, "key"), "Con espacio"), broken((*ONE, "kind"), "red"), broken((*ONE, "log"), 1), broken((*ONE, "threshold"), 0), broken((*ONE, "threshold"), ...),
    broken((*ONE, "regimes"), ["uno"]), broken((*ONE, "epochs"), [2, 1]), broken((*ONE, "about"), None), broken((*ONE, "points"), None), broken((*ONE, "points"), draws_series()["points"] * 11),
    broken((*POINT, "width"), 1), broken((*POINT, "width"), 40), broken((*POINT, "width"), "8"), broken((*POINT, "test"), [1, 2, 3]), broken((*POINT, "test"), [1.0, 0.5]),
    broken((*POINT, "test"), [float("nan")] * 3), broken((*POINT, "train"), [-1.0, -1.0, -1.0]), broken((*POINT, "norm"), ...), broken((*POINT, "curve"), []), broken((*POINT, "draws"), 0),
]  # fmt: skip


@pytest.mark.parametrize("bad", BAD, ids=range(len(BAD)))
def test_bad_data_is_refused(bad):
    explorer = WidthExplorer(GOOD)
    with pytest.raises(ValueError, match=r"(?s)`data = .*` no es válido: debe ser \{'series'"):
        explorer.data = bad
    assert explorer.data == GOOD
    with pytest.raises(ValueError, match="`data = .*` no es válido"):
        WidthExplorer(bad)


@pytest.mark.parametrize(("name", "bad"), [("at", -1), ("at", 40), ("at", 1.0), ("at", True), ("series", None), ("series", 3), ("predict", 1)])
def test_the_other_traits_are_checked_too(name, bad):
    with pytest.raises(ValueError, match=f"`{name} = .*` no es válido"):
        WidthExplorer(GOOD, **{name: bad})
