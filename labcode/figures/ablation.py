"""Qué pone cada aumento de datos: la exactitud con cada combinación, de peor a mejor."""

from typing import Any

import numpy as np
from matplotlib.figure import Figure

from labcode import text
from labcode.experiments import Findings
from labcode.figures.style import INK, PALETTE, Shown, note, show


def ablation(findings: Findings) -> Shown:
    """Dibuja la exactitud en prueba con cada aumento, y la de entrenamiento al lado, con intervalos de 95 % donde hay tres semillas o más.

    Args:
        findings: los de un experimento con el eje "aumento".
    """
    kinds = findings.values("aumento")
    fig = Figure(figsize=(5.6, 0.9 + 0.46 * len(kinds)))
    ax = fig.add_subplot()
    said = []
    series = (("test_accuracy", "en prueba", PALETTE[3], "o"), ("train_accuracy", "mientras aprendía", PALETTE[0], "s"))
    for metric, name, color, marker in series:
        told = _dots(ax, findings, metric, color, marker, name)
        said += [f"{name}: {told}"] if told else []
    ax.set_yticks(range(len(kinds)), [label(kind) for kind in kinds])
    ax.set(xlabel="exactitud (%)", ylim=(len(kinds) - 0.5, -0.5))
    if said:
        _lecture(ax, findings)
        fig.legend(*ax.get_legend_handles_labels(), loc="outside lower center", ncols=3, fontsize=10)
    else:
        ax.text(0.5, 0.5, "Todavía no hay resultados medidos", transform=ax.transAxes, ha="center", color=INK)
    alt = f"Exactitud con cada aumento de datos. {'. '.join(said) or 'Sin datos'}."
    return show(fig, alt=alt, name=f"{findings.experiment.name.lower().replace('_', '-')}-ablacion")


def label(kind: str) -> str:
    """Escribe el nombre de un aumento como se lee: «reflejo + borrado»."""
    return kind.replace("+", " + ")


def _dots(ax: Any, findings: Findings, metric: str, color: str, marker: str, name: str) -> str:
    phase = "final" if metric == "train_accuracy" else None  # las mismas redes que se miden en prueba
    scores = [(y, kind, findings.score(metric, phase=phase, aumento=kind)) for y, kind in enumerate(findings.values("aumento"))]
    lost = [(y, kind, score) for y, kind, score in scores if score.diverged]
    scores = [(y, kind, score) for y, kind, score in scores if np.isfinite(score.mean)]
    for y, _, score in lost:
        note(ax, score.written(), y=y)
    told = [f"{label(kind)}: {score.written()}" for _, kind, score in lost]
    if not scores:
        return ", ".join(told)
    means, halves = [s.mean for *_, s in scores], [s.ci95 for *_, s in scores]  # NaN: se ven las semillas, sin intervalo
    ax.errorbar(means, [y for y, *_ in scores], xerr=halves, color=color, marker=marker, linestyle="", capsize=3, label=name)
    for y, _, score in scores:
        ax.scatter(score.values, np.full(score.seeds, y), s=9, color=color, alpha=0.3, linewidths=0, label="_semilla")
    return ", ".join([f"{label(kind)} → {text.decimal(s.mean, 1)}" for _, kind, s in scores] + told)


def _lecture(ax: Any, findings: Findings) -> None:
    if findings.experiment.lecture is not None:
        ax.axvline(findings.experiment.lecture, color=PALETTE[4], linestyle=":", linewidth=1.6, label=f"la clase ({text.decimal(findings.experiment.lecture)})")
