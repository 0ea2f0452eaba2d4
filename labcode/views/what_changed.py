"""Las curvas del explorador «¿Qué cambió?»: por cada factor del capítulo 1, sus curvas de entrenamiento en pocos números."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from labcode import text
from labcode.experiments import Findings
from labcode.models import build, count_parameters
from labcode.training import Run

EXAMPLES = 45_000  # imágenes con que se entrena en la selección


def factors(findings: Mapping[str, Findings]) -> list[dict[str, Any]]:
    """Da las curvas de cada factor, como las recibe `WhatChangedExplorer`.

    Un factor aparece solo si están medidos su ajuste de base y al menos otro: lo que falta no se inventa.

    Args:
        findings: lo hallado por factor: "batch", "optimizer", "normalization", "width" y "rate".

    Returns:
        Por factor, `{"key", "base", "settings"}`: `base` es la posición del ajuste de base en `settings`, y cada
        ajuste es `{"label", "detail", "amount", "seeds", "accuracy", "loss", "diverged"}`. Las curvas son medias
        sobre semillas, con `None` desde la época en que alguna divergió (`diverged`, desde 1, o `None`).
    """
    drawn = [(key, own, [s for s in own.settings if own.of("selection", **s)]) for key, own in findings.items()]
    return [
        {"key": key, "base": settings.index(base_of(own)), "settings": [_setting(key, own, s) for s in settings]}
        for key, own, settings in drawn
        if base_of(own) in settings and len(settings) > 1
    ]


def base_of(findings: Findings) -> dict[str, Any]:
    """Da el ajuste que no cambia nada: el de la receta y la red que el experimento declara (o el primero)."""
    experiment = findings.experiment
    plain = Run(experiment.model, experiment.recipe, 0)
    same = [s for s in experiment.settings if experiment.job("selection", s, 0).run == plain]
    return (same or experiment.settings)[0]


def label_of(value: Any) -> str:
    """Escribe el valor de un factor como se lee en una figura: «64», «Adam», «de 0 a 255», «120-84»."""
    if isinstance(value, bool):
        return "normalizada" if value else "de 0 a 255"
    return text.plain(value)


def _setting(key: str, findings: Findings, setting: dict[str, Any]) -> dict[str, Any]:
    results = findings.of("selection", **setting)
    ends = [result.diverged for result in results if result.diverged]
    end = min(ends, default=None)
    detail, amount = _detail(key, findings.experiment.job("selection", setting, 0).run)
    return {
        "label": label_of(next(iter(setting.values()))),
        "detail": detail,
        "amount": amount,
        "seeds": len(results),
        "accuracy": _mean(findings.curves("train_accuracy", **setting), end),
        "loss": _mean(findings.curves("train_loss", **setting), end),
        "diverged": end,
    }


def _mean(curves: np.ndarray, end: int | None) -> list[float | None]:
    """La media sobre semillas, época por época; `None` desde la época `end`."""
    mean = [round(float(x), 6) for x in curves.mean(0)]
    return [x if math.isfinite(x) and (end is None or epoch < end) else None for epoch, x in enumerate(mean, 1)]


def _detail(key: str, run: Run) -> tuple[str, float]:
    """Lo que distingue a un ajuste, en palabras, y el número con que se lo compara con el de base."""
    recipe = run.recipe
    match key:
        case "batch":
            steps = -(-EXAMPLES // recipe.batch_size)
            return f"{text.integer(steps)} pasos por época", steps
        case "optimizer":
            momentum = "" if recipe.optimizer == "adam" else f", {f'momento {text.plain(recipe.momentum)}' if recipe.momentum else 'sin momento'}"
            return f"α = {text.plain(recipe.learning_rate)}{momentum}", recipe.momentum
        case "normalization":
            return ("media 0 y desviación 1", 1) if recipe.normalize else ("sin normalizar", 0)
        case "width":
            parameters = count_parameters(build(run.model, 0))
            return f"{text.integer(parameters)} parámetros", parameters
    return f"α = {text.plain(recipe.learning_rate)}", recipe.learning_rate
