"""Redes frente a redes: las curvas de lo elegido en cada una, y su exactitud en prueba con intervalo."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from labcode import text
from labcode.checks import check_choice
from labcode.experiments import Findings, Score, band
from labcode.figures.style import INK, LABELS, PALETTE, TALL, Shown, note, show


def network_curves(networks: Mapping[str, Findings], metric: str = "val_accuracy") -> Shown:
    """Dibuja una medida época por época, una curva por red, con su banda de 95 % sobre semillas.

    Args:
        networks: por el nombre de cada red, lo hallado; se lee su ajuste elegido en validación y la fase de selección.
            Las que no están medidas no se dibujan.
        metric: "val_accuracy", "train_accuracy" o "train_loss".
    """
    check_choice("metric", metric, ("val_accuracy", "train_accuracy", "train_loss"))
    fig = Figure(figsize=TALL)
    ax = fig.add_subplot()
    said = []
    for (name, findings), color in zip(networks.items(), PALETTE):
        curves = findings.curves(metric, **findings.chosen) if findings.chosen is not None else np.array([])
        if curves.size == 0:
            continue
        mean, half = band(curves)
        epochs = np.arange(1, len(mean) + 1)
        ax.fill_between(epochs, mean - half, mean + half, color=color, alpha=0.2, linewidth=0)
        ax.plot(epochs, mean, color=color, label=name)
        end = f"{text.decimal(mean[-1], 1)} en la época {len(mean)}" if np.isfinite(mean[-1]) else "divergió"
        said.append(f"{name}: {end}")
    ax.set(xlabel="época", ylabel=LABELS[metric])
    ax.xaxis.get_major_locator().set_params(integer=True)
    _legend_or_notice(ax, said)
    alt = f"Curvas de {LABELS[metric]} por época, una por red. Al final: {'; '.join(said) or 'todavía no hay resultados medidos'}."
    return show(fig, alt=alt, name=f"redes-{metric.replace('_', '-')}")


def network_scores(networks: Mapping[str, Findings]) -> Shown:
    """Dibuja la exactitud en prueba de cada red: la media de sus semillas, su intervalo de 95 % y cada semilla.

    Args:
        networks: por el nombre de cada red, lo hallado; se lee su ajuste elegido en validación. Las que no están medidas
            quedan en el eje, con esas palabras.
    """
    fig = Figure(figsize=(5.6, 0.8 + 0.55 * len(networks)))
    ax = fig.add_subplot()
    said = []
    scores = {name: findings.score("test_accuracy", **findings.chosen) if findings.chosen is not None else Score(()) for name, findings in networks.items()}
    known = [score.mean for score in scores.values() if np.isfinite(score.mean)]
    for at, ((name, score), color) in enumerate(zip(scores.items(), PALETTE)):
        if not np.isfinite(score.mean):
            note(ax, score.written() or "sin medir todavía", y=at)
            said.append(f"{name}: {score.written() or 'sin medir'}")
            continue
        ax.errorbar(score.mean, at, xerr=score.ci95, color=color, marker="o", markersize=7, capsize=4)
        ax.scatter(score.values, np.full(score.seeds, at), s=14, color=color, alpha=0.35, linewidths=0, label="_semilla")
        said.append(f"{name}: {text.decimal(score.mean, 1)}")
    ax.set(xlabel=LABELS["test_accuracy"], ylim=(len(networks) - 0.4, -0.6))
    ax.set_yticks(range(len(networks)), list(networks))
    if not known:
        ax.set_xticks([])
    return show(fig, alt=f"Exactitud en prueba de cada red, en porcentaje. {'; '.join(said)}.", name="redes-prueba")


def _legend_or_notice(ax: Any, said: list[str]) -> None:
    if said:
        ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.16), ncols=2, fontsize=10)
    else:
        ax.text(0.5, 0.5, "Todavía no hay resultados medidos", transform=ax.transAxes, ha="center", color=INK)
