"""De lo calculado y lo hallado al explorador del ancho: error en entrenamiento y en prueba según el tamaño del modelo."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from labcode.experiments import Findings, Score

MEMORISED = 99.0  # exactitud en entrenamiento, en porcentaje, desde la que se dice que la red memorizó sus datos
CURVE_POINTS = 60  # cuántas épocas, a lo más, se dibujan de cada curva
REGIMES = {
    "features": (
        "No le alcanza para pasar por todos los puntos: hay una sola mejor solución, y deja un resto.",
        "Tantos parámetros como puntos: hay una sola manera de pasar por todos, y sus pesos son enormes.",
        "Sobran parámetros: hay infinitas maneras de pasar por todos los puntos, y se toma la de pesos más chicos.",
    ),
    "network": (
        "No le alcanza para memorizar sus ejemplos: aprende lo que se repite.",
        "Aquí, por primera vez, memoriza casi todos sus ejemplos, también los mal etiquetados.",
        "Le sobra con qué memorizar: de todas las redes que podrían, el entrenamiento encuentra una.",
    ),
}


def from_draws(widths: Sequence[int], threshold: int, train: np.ndarray, test: np.ndarray, norm: np.ndarray) -> dict[str, Any]:
    """Deja un experimento de características al azar en lo que muestra `WidthExplorer`: medianas y cuartiles de los sorteos.

    Args:
        widths: números de características, en orden creciente.
        threshold: cuántos puntos hay que ajustar.
        train: error cuadrático medio en los puntos ajustados, [sorteos, anchos].
        test: en puntos nuevos, igual.
        norm: ‖w‖, igual.
    """
    points = [
        {"width": int(w), "draws": len(test), "train": _quartiles(train[:, i]), "test": _quartiles(test[:, i]), "norm": _quartiles(norm[:, i])}
        for i, w in enumerate(widths)
    ]
    return {
        "key": "puntos", "name": "características al azar", "kind": "features", "log": True, "threshold": int(threshold), "points": points,
        "about": f"Cuadrados mínimos con {threshold} puntos, calculado al construir esta página: medianas de {len(test)} sorteos, con la mitad central de ellos en la banda.",
        "regimes": list(REGIMES["features"]), "epochs": [], "notice": "",
    }  # fmt: skip


def _quartiles(values: np.ndarray) -> list[float]:
    low, middle, high = np.quantile(values, (0.25, 0.5, 0.75))
    return [float(f"{x:.4g}") for x in (middle, low, high)]


def from_findings(findings: Findings) -> dict[str, Any]:
    """Deja un experimento con el eje `hidden` (una capa) en lo que muestra `WidthExplorer`: errores en porcentaje, con su intervalo de 95 %.

    Un ancho sin medir, o que divergió, no está. El umbral es el menor ancho cuya exactitud en entrenamiento llega a `MEMORISED`.
    """
    points = [point for setting in findings.settings if (point := _point(findings, setting))]
    curves = [findings.curves("train_accuracy", phase="final", **s) for s in findings.settings if _point(findings, s)]
    epochs = _epochs(curves[0].shape[1]) if curves else []
    for point, curve in zip(points, curves):
        point["curve"] = [round(100 - float(x), 2) for x in curve.mean(0)[[e - 1 for e in epochs]]]
    return {
        "key": "red", "name": "MLP en CIFAR-10", "kind": "network", "log": False, "points": points,
        "threshold": next((p["width"] for p in points if p["train"][0] <= 100 - MEMORISED), None),
        "about": _about(findings), "regimes": list(REGIMES["network"]), "epochs": epochs,
        "notice": _notice(findings, len(points)),
    }  # fmt: skip


def _notice(findings: Findings, measured: int) -> str:
    every = len(findings.settings)
    if measured == every:
        return ""
    return f"{f'están medidos {measured} de {every} anchos, y lo demás' if measured else 'todavía sin medir;'} se entrena con «{findings.command}»."


def _about(findings: Findings) -> str:
    examples = findings.settings[0].get("examples")
    noise = findings.experiment.recipe.label_noise
    return (
        f"MLP de una capa oculta, {f'{examples} imágenes' if examples else 'todas las imágenes'} de CIFAR-10"
        f"{f' y {100 * noise:.0f} de cada 100 etiquetas cambiadas' if noise else ''}: medias sobre semillas, con su intervalo de 95\u202f%."
    )


def _epochs(total: int) -> list[int]:
    """Las épocas que se dibujan, desde 1: todas, o unas pocas parejas que incluyen la última."""
    return sorted({int(e) for e in np.linspace(1, total, min(total, CURVE_POINTS)).round()})


def _point(findings: Findings, setting: Mapping[str, Any]) -> dict[str, Any] | None:
    train, test = (findings.score(name, phase="final", **setting) for name in ("train_accuracy", "test_accuracy"))
    if not np.isfinite([train.mean, test.mean]).all():
        return None
    return {"width": setting["hidden"][0], "draws": test.seeds, "train": _error(train), "test": _error(test)}


def _error(score: Score) -> list[float]:
    mean, half = 100 - score.mean, score.ci95 if np.isfinite(score.ci95) else 0.0
    return [round(x, 2) for x in (mean, max(0.0, mean - half), min(100.0, mean + half))]
