"""Los datos del explorador «λ»: curvas, barrido y pesos de un experimento cuyo único eje es λ."""

import math
from typing import Any

import numpy as np

from labcode.experiments import Findings, Score


def lam_data(findings: Findings) -> dict[str, Any]:
    """Reúne lo que muestra `LamExplorer`.

    Args:
        findings: los de un experimento con el eje `lam`, cuyo primer valor es 0.

    Returns:
        `edges`, los bordes del histograma de pesos; `chosen`, la posición del λ elegido en validación (o `None`), y `runs`: por λ, sus
        curvas y finales de entrenamiento y validación, como [medias, semianchos], la ganancia en validación sobre λ = 0 y lo que le
        falta para el elegido, semilla a semilla, Σw² y el histograma; `None` lo que falta.
    """
    lams = list(findings.values("lam"))
    first = next((r for lam in lams for r in findings.of("selection", lam=lam)), None)
    return {
        "edges": first.weights["edges"] if first else [],
        "chosen": lams.index(findings.chosen["lam"]) if findings.chosen else None,
        "runs": [_run(findings, lam, lams[0]) for lam in lams],
    }


def _run(findings: Findings, lam: float, base: float) -> dict[str, Any]:
    results = findings.of("selection", lam=lam)
    if not results or any(r.diverged for r in results):
        return {"lam": lam, "seeds": 0}
    value, reference = (findings.score("val_accuracy", lam=v) for v in (lam, base))
    best = findings.score("val_accuracy", **findings.chosen) if findings.chosen else value
    return {
        "lam": lam,
        "seeds": len(results),
        "train": _curve(findings.curves("train_accuracy", lam=lam)),
        "val": _curve(findings.curves("val_accuracy", lam=lam)),
        "gain": _pair(value.minus(reference)),
        "behind": _pair(best.minus(value)),
        "squares": round(findings.score("sum_squares", lam=lam).mean, 2),
        "counts": np.mean([r.weights["counts"] for r in results], axis=0).round(1).tolist(),
    }


def _curve(curves: np.ndarray) -> list[list[float]]:
    pairs = [_pair(Score(tuple(column))) for column in curves.T]
    return [[mean for mean, _ in pairs], [half for _, half in pairs]]


def _pair(score: Score) -> list[float | None]:
    """La media y el semiancho de su intervalo (0 con una semilla); `[None, None]` sin medidas."""
    if not score.seeds:
        return [None, None]
    return [round(score.mean, 3), round(score.ci95, 3) if math.isfinite(score.ci95) else 0.0]
