"""De lo hallado al explorador de N: la exactitud en prueba de cada red con cada número de ejemplos."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from labcode.experiments import Findings


def data_size(findings: Mapping[str, Findings]) -> dict[str, Any]:
    """Reúne lo medido de varias redes, con un punto por tamaño.

    Args:
        findings: por el nombre con que se muestra cada red («MLP», «CNN»…), lo hallado en un experimento con el eje
            `examples`; los tamaños son la unión de los de todas.

    Returns:
        `{"sizes": […], "series": […]}`, como lo recibe `DataSizeExplorer`; lo no medido (o lo que divergió) es None.
    """
    sizes = sorted({n for found in findings.values() for n in found.values("examples")})
    series = [
        {"key": name.lower().replace("-", ""), "name": name, "notice": _notice(found), "points": [_point(found, n) for n in sizes]}
        for name, found in findings.items()
    ]
    return {"sizes": sizes, "series": series}


def _notice(found: Findings) -> str:
    return "" if found.complete else f"Se entrena con «{found.command}»."


def _point(found: Findings, examples: int) -> dict[str, Any] | None:
    if {"examples": examples} not in found.settings:
        return None
    score = found.score("test_accuracy", examples=examples)
    if not np.isfinite(score.mean):
        return None
    half = round(score.ci95, 6) if np.isfinite(score.ci95) else None
    return {"mean": round(score.mean, 6), "half": half, "seeds": score.seeds}
