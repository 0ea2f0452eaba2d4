"""El motor: de una receta a una red entrenada, de a una o en conjuntos (*ensembles*)."""

from labcode.training.loop import Trained, pick_device, train
from labcode.training.recipe import Recipe, Run, learning_rate_at

__all__ = ["Recipe", "Run", "Trained", "learning_rate_at", "pick_device", "train"]
