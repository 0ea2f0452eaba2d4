"""Más datos: la exactitud contra el número de ejemplos, y el error en escala logarítmica con la recta que lo sigue."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from labcode import text
from labcode.experiments import Findings
from labcode.figures.style import INK, PALETTE, TALL, Shown, note, show

MARKERS = "osD^v"


@dataclass(frozen=True)
class DataCurve:
    """La exactitud en prueba de una red con cada número de ejemplos que se midió.

    Attributes:
        sizes: N, de menor a mayor, [K].
        means: exactitud media sobre semillas, en porcentaje, [K].
        halves: semiancho del intervalo de 95 %; NaN con menos de tres semillas, [K].
        diverged: por cada N en que alguna red divergió, que no es un punto de la curva, las palabras que lo dicen.
    """

    sizes: np.ndarray
    means: np.ndarray
    halves: np.ndarray
    diverged: Mapping[int, str] = field(default_factory=dict)

    def power_law(self) -> tuple[float, float]:
        """Ajusta error ≈ a·N^(−b), por mínimos cuadrados en logaritmos; NaN con menos de tres puntos.

        Returns:
            El factor `a`, en puntos porcentuales, y el exponente `b`.
        """
        if len(self.sizes) < 3:
            return float("nan"), float("nan")
        slope, level = np.polyfit(np.log(self.sizes), np.log(100 - self.means), 1)
        return float(np.exp(level)), float(-slope)

    def examples_for(self, accuracy: float) -> float:
        """Con cuántos ejemplos llega a una exactitud, recto entre los puntos vecinos en la escala logarítmica de N.

        Returns:
            NaN si no hay medidas, si ya la tiene con el menor N o si no llega con el mayor.
        """
        if not len(self.sizes) or self.means[0] >= accuracy or self.means.max() < accuracy:
            return float("nan")
        first = int(np.argmax(self.means >= accuracy))
        two = slice(first - 1, first + 1)
        return float(np.exp(np.interp(accuracy, self.means[two], np.log(self.sizes[two]))))


def data_curve(findings: Findings) -> DataCurve:
    """Lee la curva de un experimento con el eje `examples`; lo que falta no entra, y lo que divergió queda aparte."""
    scores = {n: findings.score("test_accuracy", examples=n) for n in findings.values("examples")}
    known = {n: score for n, score in scores.items() if np.isfinite(score.mean)}
    lost = {n: score.written() for n, score in scores.items() if score.diverged}
    return DataCurve(np.array(list(known), float), np.array([s.mean for s in known.values()]), np.array([s.ci95 for s in known.values()]), lost)


def data_curves(networks: Mapping[str, Findings], log_error: bool = False) -> Shown:
    """Dibuja la exactitud en prueba contra N (en escala logarítmica), con su banda de 95 %.

    Args:
        networks: por el nombre de cada red, lo hallado en un experimento con el eje `examples`; las que no están medidas
            no se dibujan.
        log_error: si en vez de la exactitud se dibuja el error en escala logarítmica, con la recta ajustada a cada red.
    """
    fig = Figure(figsize=TALL)
    ax = fig.add_subplot()
    curves = {name: data_curve(findings) for name, findings in networks.items()}
    said = [_draw(ax, name, curve, style, log_error) for (name, curve), style in zip(curves.items(), zip(PALETTE, MARKERS)) if len(curve.sizes) or curve.diverged]
    for name, curve in curves.items():
        for n, words in curve.diverged.items():
            note(ax, f"{name}: {words}", x=n)
    ax.set(xscale="log", xlabel="ejemplos de entrenamiento, N", ylabel=f"{'error' if log_error else 'exactitud'} en prueba (%)")
    sizes = sorted({n for findings in networks.values() for n in findings.values("examples")})
    ax.set_xticks(sizes, [text.integer(n) if n == sizes[-1] or n < 0.5 * sizes[-1] else "" for n in sizes])  # los dos últimos se toparían
    ax.set_xlim(0.9 * sizes[0], 1.12 * sizes[-1])
    ax.minorticks_off()
    if log_error and said:
        _error_ticks(ax)
    if said:
        ax.legend(loc="lower left" if log_error else "upper left")
    else:
        ax.text(0.5, 0.5, "Todavía no hay resultados medidos", transform=ax.transAxes, ha="center", color=INK)
    what = "Error en prueba, en escala logarítmica," if log_error else "Exactitud en prueba"
    return show(fig, alt=f"{what} contra el número de ejemplos. {'; '.join(said) or 'Sin datos'}.", name="error-contra-n" if log_error else "exactitud-contra-n")


def _draw(ax: Any, name: str, curve: DataCurve, style: tuple[str, str], log_error: bool) -> str:
    color, marker = style
    means = 100 - curve.means if log_error else curve.means
    ax.fill_between(curve.sizes, means - curve.halves, means + curve.halves, color=color, alpha=0.2, linewidth=0)
    ax.plot(curve.sizes, means, color=color, marker=marker, markersize=5, linestyle="none" if log_error else "-", label=name)
    factor, exponent = curve.power_law()
    if log_error and np.isfinite(exponent):
        ax.plot(curve.sizes, factor * curve.sizes**-exponent, color=color, linewidth=1.2, linestyle="--")
    told = [f"{text.integer(int(n))} → {text.decimal(mean, 1)}" for n, mean in zip(curve.sizes, means)]
    return f"{name}: " + ", ".join(told + [f"{text.integer(n)}: {words}" for n, words in curve.diverged.items()])


def _error_ticks(ax: Any) -> None:
    ax.set_yscale("log")
    low, high = ax.get_ylim()
    ticks = [error for error in (2, 3, 5, 7, 10, 15, 20, 30, 40, 50, 60, 70, 80, 90) if low <= error <= high]
    ax.set_yticks(ticks, [str(error) for error in ticks])
    ax.minorticks_off()
