"""De lo hallado al explorador de la temperatura: qué tan calibrada queda cada red con cada T, y los logits de algunas imágenes."""

import base64
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from labcode import text
from labcode.data import CLASSES
from labcode.experiments import Findings
from labcode.measures import TEMPERATURES, Network, reliability
from labcode.weights import SavedNetwork

# De 0.25 a 8: doce pasos por cada vez que T se duplica.
GRID = tuple(round(0.25 * 2 ** (step / 12), 2) for step in range(61))
Sample = dict[str, Any]


def temperature_data(networks: Sequence[dict[str, Any]], findings: Findings, samples: Sequence[Sample] = (), kept: SavedNetwork | None = None) -> dict[str, Any]:
    """Reúne lo que muestra `TemperatureExplorer`: redes cuyos logits se tienen, y las de un experimento con el eje `lam`.

    Args:
        networks: cada una como la da `from_logits`.
        findings: los de un experimento que mide la calibración, como `CNN`; de cada λ ya medido sale una red.
        samples: imágenes de la red guardada (ver `samples_of`).
        kept: la red guardada del experimento: las imágenes acompañan a su λ.

    Returns:
        `{"networks": […], "notice": …}`; `notice` dice qué λ faltan y cómo se miden («» si ninguno).
    """
    name = findings.experiment.name
    at = enumerate(findings.settings)
    measured = [_measured(findings, setting, f"{name.lower()}{i}") for i, setting in at if findings.measure("ece", phase="selection", **setting).size]
    for one in measured:
        own = kept is not None and one["name"] == _named(name, kept.card["setting"])
        one.update(samples=list(samples) if own else [])
    lack = [text.plain(float(s["lam"])) for s in findings.settings if not findings.measure("ece", phase="selection", **s).size]
    notice = f"De la {name} falta medir λ = {', '.join(lack)}: se entrena con «{findings.command}»." if lack else ""
    return {"networks": [*networks, *measured], "notice": notice}


def from_logits(
    key: str, name: str, told: str, validation: tuple[Tensor, Tensor], test: tuple[Tensor, Tensor], classes: Sequence[str], samples: Sequence[Sample] = ()
) -> dict[str, Any]:
    """Mide con cada T de `GRID` una red cuyos logits se tienen: la entropía cruzada en validación, lo demás en prueba.

    Args:
        key: clave corta, de letras minúsculas y cifras.
        name: cómo se llama en pantalla.
        told: qué red es, y en cuántas imágenes se mide, en una frase.
        validation: logits [N, clases] y etiquetas [N] para elegir T.
        test: los de medir.
        classes: nombres de las clases.
        samples: algunas imágenes con sus logits (ver `telling_samples`).
    """
    rows = []
    for t in GRID:
        chosen, found = (reliability(logits.double() / t, labels) for logits, labels in (validation, test))
        rows.append(_row(t, chosen["nll"][0], found["ece"][0], *(np.array(found[key]) for key in ("bin_counts", "bin_confidence", "bin_accuracy"))))
    return {"key": key, "name": name, "told": told, "classes": list(classes), "rows": rows, "samples": list(samples)}


def _measured(findings: Findings, setting: Mapping[str, Any], key: str) -> dict[str, Any]:
    """Una red del experimento, en validación: las casillas de sus semillas se juntan; la ECE y la pérdida se promedian."""
    nll, ece, *bins = (findings.measure(name, phase="selection", **setting) for name in ("nll", "ece", "bin_counts", "bin_confidence", "bin_accuracy"))
    counts, confidence, accuracy = (values.reshape(len(ece), len(TEMPERATURES), -1) for values in bins)
    total = counts.sum(0)
    means = [(counts * values).sum(0) / np.maximum(total, 1) for values in (confidence, accuracy)]
    rows = [_row(t, nll[:, i].mean(), ece[:, i].mean(), total[i], means[0][i], means[1][i]) for i, t in enumerate(TEMPERATURES)]
    images = text.integer(int(counts[0, 0].sum()))
    told = f"CIFAR-10, en validación: {len(ece)} {'red' if len(ece) == 1 else 'redes'}, {images} imágenes cada una."
    return {"key": key, "name": _named(findings.experiment.name, setting), "told": told, "classes": list(CLASSES), "rows": rows}


def _named(name: str, setting: Mapping[str, Any]) -> str:
    return f"{name}, λ = {text.plain(float(setting['lam']))}"


def _row(t: float, nll: float, ece: float, counts: np.ndarray, confidence: np.ndarray, accuracy: np.ndarray) -> dict[str, Any]:
    return {
        "t": t, "nll": round(float(nll), 6), "ece": round(float(ece), 6), "counts": counts.astype(int).tolist(),
        "confidence": confidence.round(4).tolist(), "accuracy": accuracy.round(4).tolist(),
    }  # fmt: skip


def telling_samples(logits: Tensor, labels: Tensor, images: Tensor) -> list[Sample]:
    """Tres imágenes que dicen mucho: el error y el acierto de más confianza, y la respuesta de menos.

    Args:
        logits: [N, clases].
        labels: int64 [N].
        images: uint8 [N, 3, 32, 32].
    """
    sure, answer = logits.softmax(1).max(1)
    right = answer == labels
    picks = {"error seguro": (~right, sure), "acierto seguro": (right, sure), "duda": (torch.ones_like(right), -sure)}
    found = []
    for name, (fits, score) in picks.items():
        if fits.any():
            i = int(torch.where(fits, score, torch.full_like(score, -torch.inf)).argmax())
            found.append(_sample(name, int(labels[i]), images[i].permute(1, 2, 0).numpy(), logits[i]))
    return found


def samples_of(trained: SavedNetwork, pictures: Mapping[str, Mapping[str, Any]]) -> list[Sample]:
    """Los logits de una red guardada ante unas imágenes como las de `labcode.explorers.cnn_pictures.pictures()`."""
    arrays = [np.frombuffer(base64.b64decode(own["data"]), np.uint8).reshape(32, 32, 3) for own in pictures.values()]
    images = torch.from_numpy(np.stack(arrays)).permute(0, 3, 1, 2)
    logits = Network(trained.model, trained.mean, trained.std).logits(images)
    return [_sample(own["label"].lower(), own["truth"], array, z) for own, array, z in zip(pictures.values(), arrays, logits)]


def _sample(name: str, truth: int | None, pixels: np.ndarray, logits: Tensor) -> Sample:
    image = base64.b64encode(np.ascontiguousarray(pixels).tobytes()).decode()
    return {"name": name, "truth": truth, "image": image, "logits": [round(z, 3) for z in logits.tolist()]}
