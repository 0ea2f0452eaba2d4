"""De lo hallado a la figura: un solo estilo, vectorial, que se lee igual en claro y en oscuro."""

from labcode.figures.ablation import ablation
from labcode.figures.batch import batch_curves, batch_sweep, sharpness, sharpness_sweep
from labcode.figures.data_size import DataCurve, data_curve, data_curves
from labcode.figures.invariance import shift_curve, shift_curves
from labcode.figures.ladder import Rung, ladder, rung
from labcode.figures.networks import network_curves, network_scores
from labcode.figures.style import AXES, INK, PALETTE, TALL, WIDE, Shown, show, style
from labcode.figures.sweeps import learning_curves, sweep_curve, weights_histogram

__all__ = [
    "AXES", "DataCurve", "INK", "PALETTE", "TALL", "WIDE", "Shown", "ablation", "batch_curves", "batch_sweep", "data_curve", "data_curves", "Rung", "ladder", "learning_curves", "network_curves", "network_scores", "rung", "sharpness", "sharpness_sweep", "shift_curve", "shift_curves", "show", "style", "sweep_curve", "weights_histogram",
]  # fmt: skip
