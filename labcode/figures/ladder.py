"""La escalera: qué exactitud en prueba da cada idea del libro, una debajo de la otra."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.figure import Figure

from labcode import text
from labcode.experiments import Findings, Score
from labcode.figures.style import INK, PALETTE, Shown, note, show


@dataclass(frozen=True)
class Rung:
    """Un peldaño.

    Attributes:
        label: qué se entrenó, en pocas palabras.
        score: su exactitud en prueba, con los ajustes elegidos en validación; vacía si aún no se mide.
        lecture: la cifra de la clase, si dio alguna.
        command: la orden que la mide.
    """

    label: str
    score: Score
    lecture: float | None
    command: str


def rung(label: str, findings: Findings, setting: dict | None = None) -> Rung:
    """Saca un peldaño de un experimento.

    Args:
        label: qué se entrenó.
        findings: lo hallado.
        setting: el ajuste; None, el elegido en validación, al que acompaña la cifra de la clase.
    """
    best = findings.chosen if setting is None else setting
    score = Score(()) if best is None else findings.score("test_accuracy", **best)
    return Rung(label, score, findings.experiment.lecture if setting is None else None, findings.command)


def ladder(rungs: Sequence[Rung]) -> Shown:
    """Dibuja los peldaños: la media y su intervalo de 95 % sobre semillas (tres o más), cada semilla, y la cifra de la clase.

    Args:
        rungs: de arriba hacia abajo; lo que no se ha medido se dice en su lugar.
    """
    fig = Figure(figsize=(5.6, 0.9 + 0.45 * len(rungs)))
    ax = fig.add_subplot()
    said = []
    for y, own in enumerate(rungs):
        if own.lecture is not None:
            ax.plot(own.lecture, y, marker="D", color=PALETTE[4], markersize=6, linestyle="none", zorder=3)
        if not np.isfinite(own.score.mean):
            note(ax, own.score.written() or "sin medir todavía", y=y)
            said.append(f"{own.label}: {own.score.written() or 'sin medir'}")
            continue
        ax.barh(y, own.score.mean, height=0.55, color=PALETTE[0], alpha=0.25)
        ax.errorbar(own.score.mean, y, xerr=own.score.ci95, color=PALETTE[0], marker="o", markersize=5, capsize=3)
        ax.scatter(own.score.values, np.full(own.score.seeds, y), s=9, color=PALETTE[0], alpha=0.35, linewidths=0, label="_semilla")
        left = min(own.score.mean - np.nan_to_num(own.score.ci95), own.score.mean if own.lecture is None else own.lecture)
        ax.text(left - 2, y, text.decimal(own.score.mean, 1), va="center", ha="right", fontsize=10, color=INK)
        said.append(f"{own.label}: {text.decimal(own.score.mean, 1)}")
    ax.plot([], [], marker="D", color=PALETTE[4], linestyle="none", label="la clase")
    ax.plot([], [], marker="o", color=PALETTE[0], label="el libro, con intervalo de 95 %")
    ax.axvline(10, color=INK, alpha=0.4, linestyle=":", linewidth=1.2)
    ax.set(xlim=(0, 100), xlabel="exactitud en prueba (%)")
    ax.set_yticks(range(len(rungs)), [own.label for own in rungs])
    ax.set_ylim(len(rungs) - 0.4, -0.6)
    ax.grid(axis="y", visible=False)
    fig.legend(loc="outside lower center", ncols=2, fontsize=10)
    return show(fig, name="escalera", alt="Exactitud en prueba de cada idea, de arriba abajo. " + "; ".join(said) + ". La línea de puntos es el azar.")
