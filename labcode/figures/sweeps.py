"""Un experimento con un eje: sus curvas, su barrido y sus pesos."""

from collections.abc import Sequence
from typing import Any

import matplotlib
import numpy as np
from matplotlib.figure import Figure

from labcode import text
from labcode.checks import check_choice
from labcode.experiments import Findings, band
from labcode.figures.style import AXES, INK, LABELS, PALETTE, TALL, WIDE, Shown, note, show


def learning_curves(findings: Findings, metric: str = "val_accuracy") -> Shown:
    """Dibuja una medida época por época, una curva por ajuste, con su banda de 95 % sobre semillas.

    Args:
        findings: los de un experimento con un solo eje.
        metric: "val_accuracy", "train_accuracy" o "train_loss".
    """
    check_choice("metric", metric, ("val_accuracy", "train_accuracy", "train_loss"))
    axis = _only_axis(findings)
    fig = Figure(figsize=TALL)
    ax = fig.add_subplot()
    said = []
    colors = matplotlib.colormaps["viridis"](np.linspace(0.22, 0.8, len(findings.settings)))
    for color, value in zip(colors, findings.values(axis)):
        curves = findings.curves(metric, **{axis: value})
        if not curves.size:
            continue
        epochs = np.arange(1, curves.shape[1] + 1)
        mean, half = band(curves)
        highlight = findings.chosen == {axis: value}
        ax.fill_between(epochs, mean - half, mean + half, color=color, alpha=0.18, linewidth=0)
        for curve in curves:
            ax.plot(epochs, curve, color=color, alpha=0.14, linewidth=0.7, label="_semilla")
        ax.plot(epochs, mean, color=color, linewidth=2.8 if highlight else 1.6, label=text.plain(value))
        end = text.decimal(mean[-1], 1) if np.isfinite(mean[-1]) else "divergió"
        said.append(f"{AXES.get(axis, axis)} {text.plain(value)}: {end}")
    ax.set(xlabel="época", ylabel=LABELS[metric])
    ax.xaxis.get_major_locator().set_params(integer=True)
    _legend(ax, AXES.get(axis, axis), said)
    alt = f"Curvas de {LABELS[metric]} por época, una por valor de {AXES.get(axis, axis)}. Al final: {'; '.join(said) or 'sin datos'}."
    return show(fig, alt=alt, name=f"{findings.experiment.name.lower()}-{metric.replace('_', '-')}")


def sweep_curve(findings: Findings) -> Shown:
    """Dibuja la exactitud final contra el eje del experimento: entrenamiento, validación y prueba.

    Cada punto es la media sobre semillas con su intervalo de 95 %; los puntos tenues son las semillas. Una línea
    vertical marca el ajuste elegido en validación y una horizontal, la cifra de la clase.
    """
    axis = _only_axis(findings)
    fig = Figure(figsize=TALL)
    ax = fig.add_subplot()
    positions = np.arange(len(findings.settings))
    said, lost = [], {}
    series = (("train_accuracy", "entrenamiento (45 000)", PALETTE[7]), ("val_accuracy", "validación", PALETTE[0]),
              ("test_accuracy", "prueba (50 000)", PALETTE[3]))  # fmt: skip
    for metric, name, color in series:
        scores = [findings.score(metric, **setting) for setting in findings.settings]
        lost |= {x: s for x, s in zip(positions, scores) if s.diverged}
        there = [(x, s) for x, s in zip(positions, scores) if s.seeds and not s.diverged]
        if not there:
            continue
        x = np.array([p for p, _ in there])
        means, halves = [s.mean for _, s in there], [s.ci95 for _, s in there]
        ax.errorbar(x, means, halves, color=color, marker="o", markersize=5, capsize=3, label=name)
        for p, s in there:
            ax.scatter(np.full(s.seeds, p), s.values, s=9, color=color, alpha=0.3, linewidths=0, label="_semilla")
        said.append(f"{name}: " + ", ".join(f"{text.plain(findings.values(axis)[p])} → {text.decimal(s.mean, 1)}" for p, s in there))
    for x, score in lost.items():
        note(ax, score.written(), x=x)
        said.append(f"{text.plain(findings.values(axis)[x])}: {score.written()}")
    _marks(ax, findings, positions)
    ax.set(xlabel=AXES.get(axis, axis), ylabel="exactitud (%)")
    ax.set_xticks(positions, [text.plain(value) for value in findings.values(axis)])
    _legend(ax, None, said, columns=2)
    alt = f"Exactitud final contra {AXES.get(axis, axis)}. {'. '.join(said) or 'Sin datos'}."
    return show(fig, alt=alt, name=f"{findings.experiment.name.lower()}-barrido")


def _marks(ax: Any, findings: Findings, positions: np.ndarray) -> None:
    if findings.chosen is not None:
        where = positions[findings.settings.index(findings.chosen)]
        ax.axvline(where, color=INK, alpha=0.35, linestyle="--", linewidth=1.2, label="elegido en validación")
    if findings.experiment.lecture is not None:
        ax.axhline(findings.experiment.lecture, color=PALETTE[4], linestyle=":", linewidth=1.6,
                   label=f"la clase ({text.decimal(findings.experiment.lecture)})")  # fmt: skip


def weights_histogram(findings: Findings) -> Shown:
    """Dibuja cómo quedan repartidos los pesos al final, una curva por ajuste (eje vertical logarítmico)."""
    axis = _only_axis(findings)
    fig = Figure(figsize=WIDE)
    ax = fig.add_subplot()
    said = []
    colors = matplotlib.colormaps["viridis"](np.linspace(0.22, 0.8, len(findings.settings)))
    for color, value in zip(colors, findings.values(axis)):
        results = findings.of("selection", **{axis: value})
        if not results:
            continue
        edges = np.array(results[0].weights["edges"])
        counts = np.mean([r.weights["counts"] for r in results], axis=0)
        ax.stairs(np.maximum(counts, 0.5), edges, color=color, linewidth=1.6, label=text.plain(value), baseline=None)
        near = 100.0 * counts[np.abs(edges[:-1] + edges[1:]) / 2 < 0.01].sum() / counts.sum()
        said.append(f"{AXES.get(axis, axis)} {text.plain(value)}: {text.percent(near, 0)} de los pesos cerca de cero")
    ax.set_yscale("log")
    ax.set(xlabel="valor del peso (los extremos juntan lo que queda afuera)", ylabel="cuántos pesos")
    _legend(ax, AXES.get(axis, axis), said)
    alt = f"Histograma de los pesos finales por valor de {AXES.get(axis, axis)}. {'; '.join(said) or 'Sin datos'}."
    return show(fig, alt=alt, name=f"{findings.experiment.name.lower()}-pesos")


def _legend(ax: Any, title: str | None, drawn: Sequence[str], columns: int = 4) -> None:
    if drawn:
        ax.legend(title=title, loc="upper center", bbox_to_anchor=(0.5, -0.16), ncols=columns, fontsize=10)
    else:
        ax.text(0.5, 0.5, "Todavía no hay resultados medidos", transform=ax.transAxes, ha="center", color=INK)


def _only_axis(findings: Findings) -> str:
    axes = list(findings.experiment.axes)
    if len(axes) != 1:
        raise ValueError(f"{findings.experiment.name} tiene los ejes {axes}: esta figura necesita uno solo.")
    return axes[0]
