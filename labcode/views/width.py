"""De lo calculado y lo hallado al explorador del ancho: error en entrenamiento y en prueba según el tamaño del modelo."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from labcode import text
from labcode.checks import check_choice
from labcode.experiments import Findings, Score

MEASURES = ("error", "loss")
MEMORISED = 99.0  # exactitud en entrenamiento, en porcentaje, desde la que se dice que la red memorizó sus datos
_METRICS = ("train_accuracy", "test_accuracy", "train_loss", "test_loss")
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


def from_findings(findings: Findings, measure: str = "error") -> dict[str, Any]:
    """Deja un experimento con el eje `hidden` (una capa) en lo que muestra `WidthExplorer`, con su intervalo de 95 %.

    Un ancho sin medir, o que divergió, no está; con menos de tres semillas no hay intervalo, y los tres números de su banda son el mismo.
    El umbral es el menor ancho cuya exactitud en entrenamiento llega a `MEMORISED`.

    Args:
        findings: lo hallado.
        measure: "error", en porcentaje, o "loss", la entropía cruzada media.

    Raises:
        ValueError: si `measure` es otra cosa.
    """
    check_choice("measure", measure, MEASURES)
    settings = [setting for setting in findings.settings if np.isfinite([findings.score(m, phase="final", **setting).mean for m in _METRICS]).all()]
    broken = [setting["hidden"][0] for setting in findings.settings if findings.score("test_accuracy", phase="final", **setting).diverged]
    points = [_point(findings, setting, measure) for setting in settings]
    curves = [_curve(findings, setting, measure) for setting in settings]
    epochs = _epochs(len(curves[0])) if curves else []
    for point, curve in zip(points, curves):
        point["curve"] = [round(float(x), 3) for x in curve[[e - 1 for e in epochs]]]
    memorised = (s["hidden"][0] for s in settings if findings.score("train_accuracy", phase="final", **s).mean >= MEMORISED)
    own = {"key": "red", "name": "MLP: error", "kind": "network"} if measure == "error" else {"key": "perdida", "name": "MLP: pérdida", "kind": "loss"}
    return {
        **own, "log": False, "points": points, "threshold": next(memorised, None), "about": _about(findings), "regimes": list(REGIMES["network"]),
        "epochs": epochs, "notice": _notice(findings, len(points), broken) if measure == "error" else "",
    }  # fmt: skip


def _notice(findings: Findings, measured: int, broken: Sequence[int]) -> str:
    every = len(findings.settings)
    failed = f"divergió con {', '.join(map(text.integer, broken))} neuronas" if broken else ""
    if measured + len(broken) == every:
        return failed and f"{failed}."
    lack = f"{f'están medidos {measured} de {every} anchos, y lo demás' if measured else 'todavía sin medir;'} se entrena con «{findings.command}»"
    return "; ".join(part for part in (failed, lack) if part) + "."


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


def _point(findings: Findings, setting: Mapping[str, Any], measure: str) -> dict[str, Any]:
    names, band = (("train_accuracy", "test_accuracy"), _error) if measure == "error" else (("train_loss", "test_loss"), _loss)
    train, test = (findings.score(name, phase="final", **setting) for name in names)
    return {"width": setting["hidden"][0], "draws": test.seeds, "train": band(train), "test": band(test)}


def _curve(findings: Findings, setting: Mapping[str, Any], measure: str) -> np.ndarray:
    """Lo de entrenamiento, época por época: [épocas]."""
    if measure == "error":
        return 100 - findings.curves("train_accuracy", phase="final", **setting).mean(0)
    return findings.curves("train_loss", phase="final", **setting).mean(0)


def _error(score: Score) -> list[float]:
    mean, half = 100 - score.mean, _half(score)
    return [round(x, 6) for x in (mean, max(0.0, mean - half), min(100.0, mean + half))]


def _loss(score: Score) -> list[float]:
    mean, half = score.mean, _half(score)
    return [round(x, 6) for x in (mean, max(0.0, mean - half), mean + half)]


def _half(score: Score) -> float:
    return score.ci95 if np.isfinite(score.ci95) else 0.0
