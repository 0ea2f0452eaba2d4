"""El explorador «λ»: sus datos, su cálculo en JavaScript contra NumPy, sus atributos y su dibujo fijo."""

import copy
import re

import numpy as np
import pytest
from explorer_helpers import passes, write_folder
from traitlets import TraitError

from labcode import catalog
from labcode.experiments import Findings, Score
from labcode.explorers import LamExplorer
from labcode.views.lam import lam_data

CASES = 1_100
EDGES = [round(-0.05 + 0.01 * i, 2) for i in range(11)]


def random_curve(generator: np.random.Generator) -> list[list[float]]:
    return [generator.uniform(10, 90, 6).round(3).tolist(), generator.uniform(0, 5, 6).round(3).tolist()]


def random_run(generator: np.random.Generator, lam: float) -> dict:
    if generator.random() < 0.2:
        return {"lam": lam, "seeds": 0}
    gain = [None, None] if generator.random() < 0.2 else generator.uniform(0, 20, 2).round(3).tolist()
    return {
        "lam": lam, "seeds": int(generator.integers(1, 9)), "train": random_curve(generator), "val": random_curve(generator), "gain": gain,
        "behind": [None, None] if generator.random() < 0.1 else generator.uniform(0, 10, 2).round(3).tolist(),
        "squares": 3.5, "counts": generator.integers(0, 9_000, 10).tolist(),
    }  # fmt: skip


def random_case(generator: np.random.Generator) -> dict:
    """Resultados al azar, algunos sin medir, y lo que NumPy lee de ellos."""
    lams = np.sort(generator.choice([0.0001, 0.0003, 0.001, 0.003, 0.01, 0.1], generator.integers(1, 7), replace=False))
    runs = [random_run(generator, lam) for lam in [0.0, *lams.tolist()]]
    there = [i for i, run in enumerate(runs) if run["seeds"]]
    finals = {i: np.array(runs[i]["val"])[:, -1] for i in there}
    chosen = max(there, key=lambda i: finals[i][0]) if there else None
    curves = np.array([runs[i][key][0] for i in there for key in ("train", "val")])
    behind = np.array([run.get("behind", [None, None]) for run in runs], dtype=float)  # NaN donde no hay con qué comparar
    tied = [i for i in there if i == chosen or behind[i, 0] - behind[i, 1] <= 0]
    low, high = (np.floor(curves.min() / 10) * 10, np.ceil(curves.max() / 10) * 10) if there else (0, 100)
    return {
        "data": {"edges": EDGES, "chosen": chosen, "runs": runs},
        "readings": [reading(run) for run in runs],
        "tied": tied,
        "range": [int(low), int(high)],
        "band": band(runs, there[0], low, high) if there else None,
    }


def reading(run: dict) -> dict | None:
    if not run["seeds"]:
        return None
    counts, middles = np.array(run["counts"]), (np.array(EDGES)[1:] + np.array(EDGES)[:-1]) / 2
    near = 100 * counts[np.abs(middles) < 0.01].sum() / counts.sum()
    val, train = run["val"][0][-1], run["train"][0][-1]
    return {"val": val, "gap": train - val, "near": near}


def band(runs: list[dict], index: int, low: float, high: float) -> dict:
    means, halves = np.array(runs[index]["val"])
    x = np.interp(np.arange(6), [0, 5], [30, 300])
    edge = np.concatenate([means + halves, (means - halves)[::-1]])
    y = 200 + (edge - low) / (high - low) * (10 - 200)
    return {"index": index, "points": np.stack([np.concatenate([x, x[::-1]]), y], 1).tolist()}


def test_javascript_agrees_with_numpy(tmp_path):
    generator = np.random.default_rng(20231107)
    passes("lam", write_folder(tmp_path, {"cases": [random_case(generator) for _ in range(CASES)]}))


def test_the_data_are_those_of_the_results():
    findings = Findings(catalog.L2_MLP)
    data = lam_data(findings)
    assert [run["lam"] for run in data["runs"]] == list(findings.values("lam"))
    assert data["runs"][data["chosen"]]["lam"] == findings.chosen["lam"]
    for run in data["runs"]:
        scores = {key: findings.score(f"{key}_accuracy", lam=run["lam"]) for key in ("train", "val")}
        for key, score in scores.items():
            assert run[key][0][-1] == pytest.approx(score.mean, abs=1e-3) and run[key][1][-1] == pytest.approx(score.ci95, abs=1e-3)
            assert len(run[key][0]) == findings.curves(f"{key}_accuracy", lam=run["lam"]).shape[1]
        base, best = findings.score("val_accuracy", lam=0.0), findings.score("val_accuracy", **findings.chosen)
        for key, (more, less) in {"gain": (scores["val"], base), "behind": (best, scores["val"])}.items():
            paired = Score(tuple(a - b for a, b in zip(more.values, less.values)))
            assert run[key] == pytest.approx([paired.mean, paired.ci95], abs=1e-3)
        assert run["squares"] == pytest.approx(np.mean([r.metrics["sum_squares"] for r in findings.of("selection", lam=run["lam"])]), abs=0.01)
        assert sum(run["counts"]) == pytest.approx(sum(findings.of("selection", lam=run["lam"])[0].weights["counts"]), rel=1e-6)
    assert LamExplorer(data=data).data == data


def test_without_results_it_says_so(monkeypatch, tmp_path):
    monkeypatch.setenv("LABCODE_RESULTS", str(tmp_path))
    data = lam_data(Findings(catalog.L2_MLP))
    assert data["chosen"] is None and not any(run["seeds"] for run in data["runs"])
    assert "Todavía no hay resultados medidos" in LamExplorer(data=data).picture()


def damaged() -> dict[str, dict]:
    good = lam_data(Findings(catalog.L2_MLP))
    bad = {}
    for name, change in {
        "sin runs": lambda d: d.pop("runs"),
        "un solo λ": lambda d: d.update(runs=d["runs"][:1]),
        "λ en desorden": lambda d: d["runs"].reverse(),
        "elegido afuera": lambda d: d.update(chosen=99),
        "sin elegido": lambda d: d.update(chosen=None),
        "exactitud imposible": lambda d: d["runs"][1]["val"][0].__setitem__(0, 150.0),
        "NaN": lambda d: d["runs"][1]["val"][0].__setitem__(0, float("nan")),
        "curva corta": lambda d: d["runs"][1]["val"][0].pop(),
        "histograma corto": lambda d: d["runs"][2]["counts"].pop(),
        "texto": lambda d: d["runs"][2].update(squares="3"),
    }.items():
        bad[name] = copy.deepcopy(good)
        change(bad[name])
    return bad | {"nada": None, "lista": [1], "texto suelto": "λ"}


@pytest.mark.parametrize("name", damaged())
def test_bad_data_are_refused(name):
    with pytest.raises(TraitError, match=r"`data = '…'` no es válido: debe ser lo que da labcode.views.lam.lam_data"):
        LamExplorer(data=damaged()[name])


@pytest.mark.parametrize(("name", "bad"), [("index", 16), ("index", -1), ("index", 1.5), ("index", True), ("index", "1"), ("predict", 1)])
def test_traits_are_checked_in_spanish(name, bad):
    with pytest.raises(ValueError, match=re.escape(f"`{name} = {bad!r}` no es válido: debe ser")):
        LamExplorer(**{name: bad})


def test_the_fixed_picture_says_the_numbers():
    findings = Findings(catalog.L2_MLP)
    data = lam_data(findings)
    drawn = LamExplorer(data=data).picture()
    x = 80 + 560 * data["chosen"] / (len(data["runs"]) - 1)  # la línea va en el λ elegido, no en el que se mira
    assert data["chosen"] > 0 and f'<line x1="{x:.1f}" x2="{x:.1f}" y1="20"' in drawn
    for lam in (0.003, 0.1):
        assert f"{lam:g} → {findings.score('val_accuracy', lam=lam).mean:.1f}" in drawn
