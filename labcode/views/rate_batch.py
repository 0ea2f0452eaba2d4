"""Los datos del mapa tasa × lote: la exactitud en validación de cada pareja, a igual número de épocas y de pasos."""

import math
from typing import Any

from labcode.experiments import Findings

SELECTION_EXAMPLES = 45_000  # con cuántas imágenes se entrena al elegir


def rate_batch_data(epochs: Findings, steps: Findings) -> dict[str, Any]:
    """Reúne los dos mapas que muestra `RateBatchExplorer`.

    Args:
        epochs: los hallazgos a iguales épocas; sus ejes son `batch_size` y `learning_rate`.
        steps: los mismos ejes, a iguales pasos.

    Returns:
        Lotes, tasas, el azar y, por mapa, las épocas y los pasos de cada fila y sus celdas [lotes, tasas]:
        [media, semiancho, semillas], `None` sin medir; media `None` si alguna divergió.
    """
    experiment = epochs.experiment
    return {
        "batches": list(experiment.axes["batch_size"]),
        "rates": list(experiment.axes["learning_rate"]),
        "chance": 100 / experiment.model.classes,
        "maps": {"epochs": _map(epochs), "steps": _map(steps)},
    }


def _map(findings: Findings) -> dict[str, Any]:
    axes = findings.experiment.axes
    rows = [[{"batch_size": size, "learning_rate": rate} for rate in axes["learning_rate"]] for size in axes["batch_size"]]
    epochs = [findings.experiment.job("selection", row[0], 0).run.recipe.epochs for row in rows]
    return {
        "epochs": epochs,
        "steps": [n * math.ceil(SELECTION_EXAMPLES / size) for n, size in zip(epochs, axes["batch_size"])],
        "cells": [[_cell(findings, setting) for setting in row] for row in rows],
    }


def _cell(findings: Findings, setting: dict[str, Any]) -> list[float | None] | None:
    score = findings.score("val_accuracy", **setting)
    if not score.seeds:
        return None
    return [_number(score.mean), _number(score.ci95), score.seeds]


def _number(x: float) -> float | None:
    return round(x, 6) if math.isfinite(x) else None
