"""Los datos del explorador «λ»: curvas, barrido y pesos de un experimento cuyo único eje es λ, y la frontera de una red del plano."""

import base64
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from labcode.experiments import Findings, Score
from labcode.measures import Network
from labcode.training import Trained

SIDE = 64  # nudos por lado del campo de cada red


def lam_data(findings: Findings) -> dict[str, Any]:
    """Reúne lo que muestra `LamExplorer`.

    Args:
        findings: los de un experimento con el eje `lam`, cuyo primer valor es 0.

    Returns:
        `edges`, los bordes del histograma de pesos; `chosen`, la posición del λ elegido en validación (o `None`), y `runs`: por λ, sus
        curvas y finales de entrenamiento y validación, como [medias, semianchos], la ganancia en validación sobre λ = 0 y lo que le
        falta para el elegido, semilla a semilla, Σw² y el histograma; `None` lo que falta, y sin semillas lo no medido o `diverged`.
    """
    lams = list(findings.values("lam"))
    first = next((r for lam in lams for r in findings.of("selection", lam=lam)), None)
    return {
        "edges": first.weights["edges"] if first else [],
        "chosen": lams.index(findings.chosen["lam"]) if findings.chosen else None,
        "runs": [_run(findings, lam, lams[0]) for lam in lams],
    }


def frontier_data(points: Tensor, labels: Tensor, networks: Sequence[Trained], truth: Callable[[np.ndarray], np.ndarray]) -> dict[str, Any]:
    """Reúne lo que muestra `LamExplorer` de unas redes que separan dos clases en el cuadrado [−1, 1]².

    Args:
        points: los ejemplos con que se entrenaron, [N, 2].
        labels: su clase, 0 o 1, [N].
        networks: una por λ, de menor a mayor.
        truth: la altura de la curva que separa las clases, en cada abscisa.

    Returns:
        `side`, los nudos por lado; `points`, [x, y, clase] de cada ejemplo; `truth`, puntos de la curva, y `nets`: por red, su λ, cuánto
        acierta en sus ejemplos y en los nuevos, Σw² y `field`, la probabilidad de la clase 1 en cada nudo, de arriba abajo, en bytes (base64).
    """
    places = np.linspace(-1, 1, SIDE)
    grid = torch.tensor(np.stack(np.meshgrid(places, -places), -1).reshape(-1, 2)).float()
    return {
        "side": SIDE,
        "points": [[*xy, label] for xy, label in zip(points.double().numpy().round(4).tolist(), labels.tolist())],
        "truth": np.stack([places, truth(places)], 1).round(4).tolist(),
        "nets": [_net(Network(one.model, *one.normalization), one, grid, points, labels) for one in networks],
    }


def _net(network: Network, one: Trained, grid: Tensor, points: Tensor, labels: Tensor) -> dict[str, Any]:
    field = (255 * network.logits(grid).softmax(1)[:, 1]).round().byte().numpy()
    return {
        "lam": one.run.recipe.lam,
        "train": network.accuracy(points, labels),
        "new": one.metrics["eval_accuracy"],
        "squares": one.metrics["sum_squares"],
        "field": base64.b64encode(field.tobytes()).decode(),
    }


def _run(findings: Findings, lam: float, base: float) -> dict[str, Any]:
    results = findings.of("selection", lam=lam)
    if not results or any(r.diverged for r in results):
        return {"lam": lam, "seeds": 0, "diverged": bool(results)}
    value, reference = (findings.score("val_accuracy", lam=v) for v in (lam, base))
    best = findings.score("val_accuracy", **findings.chosen) if findings.chosen else value
    return {
        "lam": lam,
        "seeds": len(results),
        "train": _curve(findings.curves("train_accuracy", lam=lam)),
        "val": _curve(findings.curves("val_accuracy", lam=lam)),
        "gain": _difference(value.minus(reference)),
        "behind": _difference(best.minus(value)),
        "squares": round(findings.score("sum_squares", lam=lam).mean, 2),
        "counts": np.mean([r.weights["counts"] for r in results], axis=0).round(1).tolist(),
    }


def _curve(curves: np.ndarray) -> list[list[float]]:
    pairs = [_pair(Score(tuple(column))) for column in curves.T]
    return [[mean for mean, _ in pairs], [half for _, half in pairs]]


def _pair(score: Score) -> list[float]:
    """La media y el semiancho de su intervalo; 0 si con esas semillas no lo hay, y la banda no se ve."""
    return [round(score.mean, 6), round(score.ci95, 6) if math.isfinite(score.ci95) else 0.0]


def _difference(score: Score) -> list[float | None]:
    """La media y el semiancho de su intervalo, `None` si con esas semillas no lo hay; `[None, None]` sin medidas."""
    half = round(score.ci95, 6) if math.isfinite(score.ci95) else None
    return [round(score.mean, 6) if score.seeds else None, half]
