"""El explorador de la temperatura: su cálculo contra torch, sus datos comprobados, y de dónde salen."""

from functools import partial

import numpy as np
import pytest
import torch
from explorer_helpers import changed, passes, write_folder

from labcode import catalog
from labcode.experiments import Findings
from labcode.explorers import TemperatureExplorer
from labcode.explorers.cnn_pictures import pictures
from labcode.explorers.temperature import accuracy_of
from labcode.measures import TEMPERATURES, reliability
from labcode.results import Result, write_result
from labcode.views.temperature import GRID, from_logits, samples_of, telling_samples, temperature_data
from labcode.weights import read_weights

CASES = 1_100


def draw(generator: torch.Generator, count: int, scale: float) -> tuple[torch.Tensor, torch.Tensor]:
    """Logits y etiquetas que a veces coinciden."""
    logits = scale * torch.randn(count, 10, generator=generator, dtype=torch.float64)
    labels = torch.randint(0, 10, (count,), generator=generator)
    right = torch.rand(count, generator=generator) < torch.rand((), generator=generator)
    return logits, torch.where(right, logits.argmax(1), labels)


def random_case(generator: torch.Generator) -> dict:
    """Una red al azar con unas pocas temperaturas, y lo que torch dice de ella."""
    logits, labels = draw(generator, int(torch.randint(20, 120, (), generator=generator)), 4 * float(torch.rand((), generator=generator)) + 0.1)
    grid = sorted({round(0.2 + 8 * float(t), 2) for t in torch.rand(4, generator=generator)} | {1.0})
    rows = []
    for t in grid:
        found = reliability(logits / t, labels)
        rows.append({"t": t, "nll": found["nll"][0], "ece": found["ece"][0], "counts": [int(n) for n in found["bin_counts"]],
                     "confidence": found["bin_confidence"], "accuracy": found["bin_accuracy"]})  # fmt: skip
    sample = {"name": "una", "truth": int(labels[0]), "image": "", "logits": logits[0].tolist()}
    chances = [(logits / t).softmax(1) for t in grid]
    return {
        "network": {"key": "r", "name": "Red", "told": "", "classes": [f"c{i}" for i in range(10)], "rows": rows, "samples": [sample]},
        "chances": [p[0].tolist() for p in chances],
        "accuracy": 100 * (logits.argmax(1) == labels).double().mean().item(),
        "confidence": [100 * p.max(1).values.mean().item() for p in chances],
        "best": int(np.argmin([row["nll"] for row in rows])),
    }


@pytest.fixture(scope="module")
def cases() -> list[dict]:
    generator = torch.Generator().manual_seed(20231107)
    return [random_case(generator) for _ in range(CASES)]


def test_the_cases_are_varied(cases):
    gaps = [case["confidence"][[row["t"] for row in case["network"]["rows"]].index(1.0)] - case["accuracy"] for case in cases]
    assert min(sum(g > 2 for g in gaps), sum(g < -2 for g in gaps), sum(abs(g) < 2 for g in gaps)) > 20


def test_javascript_agrees_with_torch(cases, tmp_path):
    passes("temperature", write_folder(tmp_path, {"random": cases}))


def sound_network(key: str = "mlp") -> dict:
    logits, labels = draw(torch.Generator().manual_seed(1), 300, 4.0)
    images = torch.randint(0, 256, (300, 3, 32, 32), generator=torch.Generator().manual_seed(2), dtype=torch.uint8)
    parts = (logits[:150], labels[:150]), (logits[150:], labels[150:])
    return from_logits(key, "Una red", "De prueba.", *parts, [f"c{i}" for i in range(10)], telling_samples(logits[150:], labels[150:], images[150:]))


GOOD = {"networks": [sound_network()], "notice": ""}


def test_the_grid_doubles_in_twelve_steps():
    assert len(GRID) == 61 and set(GRID) >= {0.25, 0.5, 1.0, 2.0, 4.0, 8.0} and list(GRID) == sorted(set(GRID))


def test_a_network_from_its_logits_is_what_torch_says():
    logits, labels = draw(torch.Generator().manual_seed(1), 300, 4.0)
    for row in GOOD["networks"][0]["rows"]:
        assert row["nll"] == pytest.approx(torch.nn.functional.cross_entropy(logits[:150] / row["t"], labels[:150]).item(), abs=1e-4)
        assert row["ece"] == pytest.approx(reliability(logits[150:] / row["t"], labels[150:])["ece"][0], abs=0.01)
        assert accuracy_of(row) == pytest.approx((logits[150:].argmax(1) == labels[150:]).double().mean().item(), abs=1e-3)


def test_the_samples_tell_a_right_answer_a_wrong_one_and_a_doubt():
    logits = torch.tensor([[9.0, 0, 0], [0, 7, 0], [0, 0, 8], [0.1, 0, 0.0]])
    images = torch.arange(4, dtype=torch.uint8)[:, None, None, None].expand(4, 3, 32, 32)
    found = telling_samples(logits, torch.tensor([0, 1, 0, 0]), images)
    assert [own["name"] for own in found] == ["error seguro", "acierto seguro", "duda"]
    assert [own["logits"] for own in found] == [[0, 0, 8.0], [9.0, 0, 0], [0.1, 0, 0]] and [own["truth"] for own in found] == [0, 0, 0]
    assert [own["name"] for own in telling_samples(logits[:1], torch.tensor([0]), images[:1])] == ["acierto seguro", "duda"]


def write_some(folder, monkeypatch, settings: dict[float, int]) -> Findings:
    """Deja la calibración de una red al azar por λ y semilla, en validación."""
    monkeypatch.setenv("LABCODE_RESULTS", str(folder))
    for lam, seeds in settings.items():
        for seed in range(seeds):
            job = catalog.CNN.job("selection", {"lam": lam}, seed)
            logits, labels = draw(torch.Generator().manual_seed(seed), 200, 3.0)
            measures = {"temperatures": list(TEMPERATURES), "ece": [], "nll": [], "bin_counts": [], "bin_confidence": [], "bin_accuracy": []}
            for t in TEMPERATURES:
                for name, values in reliability(logits / t, labels).items():
                    measures[name] += values
            write_result(Result(job.experiment, "selection", job.setting, seed, job.config, {"eval_accuracy": [50.0]}, {"eval_accuracy": 50.0}, {}, None, {}, measures))
    return Findings(catalog.CNN)


def test_the_data_come_from_the_results(tmp_path, monkeypatch):
    findings = write_some(tmp_path, monkeypatch, {0.0: 2, 0.001: 1})
    data = temperature_data([sound_network()], findings)
    mlp, first, second = data["networks"]
    assert (mlp["key"], first["key"], first["name"], second["name"]) == ("mlp", "cnn0", "CNN, λ = 0", "CNN, λ = 0.001")
    assert [row["t"] for row in first["rows"]] == list(TEMPERATURES) and "2 redes, 200 imágenes cada una" in first["told"] and "1 red," in second["told"]
    names = ("nll", "ece", "bin_counts", "bin_confidence", "bin_accuracy")
    nll, ece, counts, sure, hits = (findings.measure(name, phase="selection", lam=0.0) for name in names)
    row, at = first["rows"][2], slice(30, 45)
    assert row["nll"] == pytest.approx(nll[:, 2].mean(), abs=1e-4) and sum(row["counts"]) == 400
    assert accuracy_of(row) == pytest.approx((counts[:, at] * hits[:, at]).sum() / 400, abs=1e-3)
    assert row["ece"] == pytest.approx(ece[:, 2].mean(), abs=0.01)
    assert np.array(row["counts"]) * row["confidence"] == pytest.approx((counts[:, at] * sure[:, at]).sum(0), abs=0.02)
    assert data["notice"] == "De la CNN falta medir λ = 0.003: se entrena con «python -m labcode train CNN»."
    assert TemperatureExplorer(data=data).data == data


def test_without_results_only_the_live_network_is_there(tmp_path, monkeypatch):
    data = temperature_data([sound_network()], write_some(tmp_path, monkeypatch, {}))
    assert [one["key"] for one in data["networks"]] == ["mlp"] and "falta medir λ = 0, 0.001, 0.003" in data["notice"]
    empty = TemperatureExplorer(data={"networks": [], "notice": data["notice"]})
    assert "Todavía no hay resultados medidos" in empty.picture() and "Todavía no hay" in TemperatureExplorer().picture()


def test_the_kept_network_brings_its_pictures():
    kept = read_weights("CNN")
    assert kept is not None, "faltan los pesos de la CNN, que van en el repositorio"
    samples = samples_of(kept, pictures())
    data = temperature_data([], Findings(catalog.CNN), samples, kept)
    own = [one for one in data["networks"] if one["samples"]]
    assert [one["name"] for one in own] == [f"CNN, λ = {kept.card['setting']['lam']}"]
    assert [s["name"] for s in samples][:2] == ["gata", "avión"] and len(samples) == len(pictures())
    assert TemperatureExplorer(data=data).data == data


broken = partial(changed, GOOD)  # los datos buenos con un valor cambiado
ROW, SAMPLE = ("networks", 0, "rows", 3), ("networks", 0, "samples", 0)
BAD = [
    None, 3, {}, {"networks": []}, {**GOOD, "más": 1}, {**GOOD, "networks": GOOD["networks"] * 2}, {**GOOD, "networks": [sound_network(f"r{i}") for i in range(7)]},
    broken(("networks", 0, "key"), "Con Espacio"), broken(("networks", 0, "told"), ...), broken(("networks", 0, "rows"), []), broken(("networks", 0, "classes"), ["una"]),
    broken(("notice",), None), broken((*ROW, "t"), 0.001), broken((*ROW, "t"), 7.0), broken((*ROW, "nll"), float("nan")), broken((*ROW, "nll"), None), broken((*ROW, "counts"), [0] * 15),
    broken((*ROW, "counts"), [1, 2]), broken((*ROW, "accuracy"), [1.5] * 15), broken((*ROW, "confidence"), "x"), broken((*ROW, "ece"), True),
    broken((*SAMPLE, "logits"), [1.0]), broken((*SAMPLE, "logits"), [float("inf")] * 10), broken((*SAMPLE, "truth"), 10), broken((*SAMPLE, "truth"), True),
    broken((*SAMPLE, "image"), "AAAA"), broken((*SAMPLE, "image"), None), broken((*SAMPLE, "name"), ...),
]  # fmt: skip


@pytest.mark.parametrize("bad", BAD, ids=range(len(BAD)))
def test_bad_data_is_refused(bad):
    explorer = TemperatureExplorer(data=GOOD)
    with pytest.raises(ValueError, match="`data = .*` no es válido: debe ser lo que da labcode.views.temperature"):
        explorer.data = bad
    assert explorer.data == GOOD


@pytest.mark.parametrize(("name", "bad"), [
    ("network", None), ("temperature", 0), ("temperature", 21.0), ("temperature", float("nan")), ("temperature", "1"), ("sample", -1), ("sample", 12), ("sample", 1.0), ("predict", 1),
])  # fmt: skip
def test_the_other_traits_are_checked_too(name, bad):
    with pytest.raises(ValueError, match=f"`{name} = .*` no es válido"):
        TemperatureExplorer(data=GOOD, **{name: bad})


def test_the_fixed_picture_says_both_temperatures():
    rows = GOOD["networks"][0]["rows"]
    plain, best = rows[24], min(rows, key=lambda row: row["nll"])
    text = TemperatureExplorer(data=GOOD).picture()
    assert f"con T = 1 el error de calibración es de {plain['ece']:.1f} puntos" in text and f"T = {best['t']:g}" in text
    logits, labels = draw(torch.Generator().manual_seed(1), 300, 4.0)
    exact = 100 * (logits[150:].argmax(1) == labels[150:]).double().mean().item()
    assert f"La exactitud, {exact:.1f}\u202f%, no cambia." in text and "nan" not in text
    sample = GOOD["networks"][0]["samples"][0]
    top = int(np.argmax(sample["logits"]))
    assert sample["truth"] != top and f"La red dice «c{top}»" in text
