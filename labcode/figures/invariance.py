"""Qué pasa cuando la imagen se mueve: la exactitud en prueba contra la traslación, una curva por red."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from labcode import text
from labcode.experiments import Findings, band
from labcode.figures.style import INK, PALETTE, WIDE, Shown, show

Curve = tuple[np.ndarray, np.ndarray]


def shift_curve(findings: Findings) -> Curve | None:
    """Da las traslaciones medidas, en píxeles, y la exactitud en prueba con cada una: [D] y [semillas, D].

    Args:
        findings: los de un experimento con la medida `Shift`; se lee su ajuste elegido en validación.

    Returns:
        None si no hay nada medido.
    """
    setting = findings.chosen
    scores = findings.measure("shift", **setting) if setting is not None else np.array([])
    if not scores.size:
        return None
    return findings.measure("shift_offsets", **setting)[0], scores


def shift_curves(networks: Mapping[str, Findings]) -> Shown:
    """Dibuja la exactitud en prueba contra la traslación, con su banda de 95 % sobre semillas.

    Args:
        networks: por el nombre de cada red, sus resultados; las que no están medidas no se dibujan.
    """
    fig = Figure(figsize=WIDE)
    ax = fig.add_subplot()
    said = []
    for (name, findings), color, marker in zip(networks.items(), PALETTE, "osD^v"):
        curve = shift_curve(findings)
        if curve is not None:
            said.append(_draw(ax, name, *curve, color, marker))
    ax.set(xlabel="traslación (píxeles)", ylabel="exactitud en prueba (%)", ylim=(0, 100))
    if said:
        ax.legend(loc="lower left")
    else:
        ax.text(0.5, 0.5, "Todavía no hay resultados medidos", transform=ax.transAxes, ha="center", color=INK)
    alt = f"Exactitud en prueba contra los píxeles que se traslada la imagen. {'; '.join(said) or 'Sin datos'}."
    return show(fig, alt=alt, name="traslacion")


def _draw(ax: Any, name: str, offsets: np.ndarray, scores: np.ndarray, color: str, marker: str) -> str:
    mean, half = band(scores)
    ax.fill_between(offsets, mean - half, mean + half, color=color, alpha=0.2, linewidth=0)
    ax.plot(offsets, mean, color=color, marker=marker, markersize=5, label=name)
    shown = ", ".join(f"{offset:.0f} px → {text.decimal(value, 1)}" for offset, value in zip(offsets, mean))
    return f"{name}: {shown}"
