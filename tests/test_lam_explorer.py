"""El explorador «λ»: sus datos, su cálculo en JavaScript contra NumPy, sus atributos y su dibujo fijo."""

import base64
import copy
import re
from types import SimpleNamespace

import contourpy
import numpy as np
import pytest
import torch
from explorer_helpers import changed, passes, write_folder
from traitlets import TraitError

from labcode import catalog
from labcode.experiments import Findings, Score
from labcode.explorers import LamExplorer
from labcode.models import MLPConfig
from labcode.results import Result, write_result
from labcode.training import Recipe, Run, train
from labcode.views.lam import SIDE, frontier_data, lam_data

CASES = 1_100
EDGES = [round(-0.05 + 0.01 * i, 2) for i in range(11)]


def random_curve(generator: np.random.Generator) -> list[list[float]]:
    return [generator.uniform(10, 90, 6).round(3).tolist(), generator.uniform(0, 5, 6).round(3).tolist()]


def random_run(generator: np.random.Generator, lam: float) -> dict:
    if generator.random() < 0.2:
        return {"lam": lam, "seeds": 0, "diverged": bool(generator.random() < 0.5)}
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


def random_field(generator: np.random.Generator) -> dict:
    """Un campo suave al azar, o uno que no llega al medio, y el largo que le da contourpy a su frontera sobre [−1, 1]²."""
    x, y = np.meshgrid(np.linspace(-1, 1, 20), -np.linspace(-1, 1, 20))
    a, b, c, d = generator.uniform(-3, 3, 4)
    heights = 0.5 + generator.choice([0.4, 0.4, 0.004]) * np.sin(a * x + b * y + c * x * y + d) + generator.choice([0, 0, 0.05])
    field = (255 * heights).round().clip(0, 255).astype(np.uint8)
    lines = contourpy.contour_generator(x, y, field / 255).lines(0.5)
    length = sum(np.hypot(*np.diff(line, axis=0).T).sum() for line in lines)
    return {"field": base64.b64encode(field.tobytes()).decode(), "values": (field / 255).ravel().tolist(), "length": length}


def test_javascript_agrees_with_numpy(tmp_path):
    generator = np.random.default_rng(20231107)
    cases = {"cases": [random_case(generator) for _ in range(CASES)], "fields": [random_field(generator) for _ in range(200)]}
    passes("lam", write_folder(tmp_path, cases))


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
    assert data["chosen"] is None and not any(run["seeds"] or run["diverged"] for run in data["runs"])
    assert "Todavía no hay resultados medidos" in LamExplorer(data=data).picture()


def test_what_diverged_is_not_missing(monkeypatch, tmp_path):
    monkeypatch.setenv("LABCODE_RESULTS", str(tmp_path))
    job = catalog.L2_MLP.job("selection", {"lam": 0.1}, 0)
    write_result(Result(job.experiment, job.phase, job.setting, 0, job.config, {}, {"eval_accuracy": float("nan")}, {"edges": EDGES, "counts": [0] * 10}, 3, {}))
    data = lam_data(Findings(catalog.L2_MLP))
    assert [run["lam"] for run in data["runs"] if run["diverged"]] == [0.1] and LamExplorer(data=data).data == data


def ramp(x: np.ndarray) -> np.ndarray:
    return 0.3 * x


@pytest.fixture(scope="module")
def trained() -> tuple:
    """Puntos del plano a un lado y otro de `ramp`, y dos redes: una sin castigo y otra con uno que la apaga."""
    x = torch.rand(60, 2, generator=torch.Generator().manual_seed(1)) * 2 - 1
    y = (x[:, 1] > ramp(x[:, 0])).long()
    data = SimpleNamespace(train_images=x, train_labels=y, eval_images=x, eval_labels=y)
    runs = [Run(MLPConfig(hidden=(8,), inputs=2, classes=2), Recipe(batch_size=20, learning_rate=0.1, epochs=40, lam=lam), seed=0) for lam in (0.0, 1.0)]
    return x, y, train(runs, data, device="cpu", eval_every_epoch=False)


def test_the_frontier_is_that_of_the_networks(trained):
    x, y, networks = trained
    data = frontier_data(x, y, networks, ramp)
    assert LamExplorer(frontier=data).frontier == data and LamExplorer().frontier is None
    assert [net["lam"] for net in data["nets"]] == [0.0, 1.0]
    assert np.allclose(np.array(data["points"]), torch.cat([x, y[:, None]], 1), atol=1e-4)
    assert all(abs(height - 0.3 * place) < 1e-3 for place, height in data["truth"])
    for net, one in zip(data["nets"], networks):
        field = np.frombuffer(base64.b64decode(net["field"]), np.uint8).reshape(SIDE, SIDE) / 255
        mean, std = x.mean(0), x.std(0, unbiased=False)

        def probability(places, model=one.model, mean=mean, std=std):
            with torch.no_grad():
                return model((torch.tensor(places).float() - mean) / std).softmax(1)[:, 1].numpy()

        for row, column in ((0, 0), (0, SIDE - 1), (SIDE - 1, 5), (20, 41)):  # de arriba abajo y de izquierda a derecha
            place = [-1 + 2 * column / (SIDE - 1), 1 - 2 * row / (SIDE - 1)]
            assert field[row, column] == pytest.approx(probability([place])[0], abs=0.003)
        assert net["train"] == pytest.approx(100 * ((probability(x.tolist()) > 0.5) == y.numpy()).mean())
        assert net["new"] == one.metrics["eval_accuracy"] and net["squares"] == one.metrics["sum_squares"]
    assert data["nets"][0]["train"] > 90 and data["nets"][1]["squares"] < 0.01


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("nets",), ...), (("nets",), []), (("side",), SIDE - 1), (("side",), "64"), (("points", 0, 2), 2), (("points", 0), [0.0, 0.0]),
        (("points", 3, 0), 1.5), (("truth", 0), [0.0]), (("nets", 0, "field"), "ñ"), (("nets", 0, "field"), "AAAA"), (("nets", 0, "lam"), 2.0),
        (("nets", 1, "train"), 101), (("nets", 1, "new"), float("nan")), (("nets", 1, "squares"), None), (("nets", 1, "squares"), ...),
    ],
)  # fmt: skip
def test_a_bad_frontier_is_refused(trained, path, value):
    bad = changed(frontier_data(*trained, ramp), path, value)
    with pytest.raises(TraitError, match=r"`frontier = '…'` no es válido: debe ser lo que da labcode.views.lam.frontier_data, o None"):
        LamExplorer(frontier=bad)


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
        "sin motivo": lambda d: d["runs"].__setitem__(-1, {"lam": d["runs"][-1]["lam"], "seeds": 0}),
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
