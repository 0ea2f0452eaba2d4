"""De lo hallado a la figura: un solo estilo, vectorial, que se lee igual en claro y en oscuro."""

from labcode.figures.style import INK, PALETTE, TALL, WIDE, Shown, show, style
from labcode.figures.sweeps import learning_curves, sweep_curve, weights_histogram

__all__ = ["INK", "PALETTE", "TALL", "WIDE", "Shown", "learning_curves", "show", "style", "sweep_curve", "weights_histogram"]
