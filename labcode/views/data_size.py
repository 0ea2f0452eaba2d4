"""De lo hallado al explorador de N: la exactitud en prueba de cada red con cada número de ejemplos."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from labcode.experiments import Findings, Score


def data_size(findings: Mapping[str, Findings]) -> dict[str, Any]:
    """Reúne lo medido de varias redes, con un punto por tamaño.

    Args:
        findings: por el nombre con que se muestra cada red («MLP», «CNN»…), lo hallado en un experimento con el eje
            `examples`; los tamaños son la unión de los de todas.

    Returns:
        `{"sizes": […], "series": […]}`, como lo recibe `DataSizeExplorer`; lo no medido es None, y también lo que divergió, que se
        nombra en `diverged`, por su posición.
    """
    sizes = sorted({n for found in findings.values() for n in found.values("examples")})
    return {"sizes": sizes, "series": [_series(name, found, sizes) for name, found in findings.items()]}


def _series(name: str, found: Findings, sizes: list[int]) -> dict[str, Any]:
    scores = [found.score("test_accuracy", examples=n) if {"examples": n} in found.settings else Score(()) for n in sizes]
    return {
        "key": name.lower().replace("-", ""), "name": name, "notice": _notice(found),
        "points": [_point(score) for score in scores], "diverged": [at for at, score in enumerate(scores) if score.diverged],
    }  # fmt: skip


def _notice(found: Findings) -> str:
    return "" if found.complete else f"Se entrena con «{found.command}»."


def _point(score: Score) -> dict[str, Any] | None:
    if not np.isfinite(score.mean):
        return None
    half = round(score.ci95, 6) if np.isfinite(score.ci95) else None
    return {"mean": round(score.mean, 6), "half": half, "seeds": score.seeds}
