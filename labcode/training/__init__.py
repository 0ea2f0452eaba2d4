"""El motor: de una receta a una red entrenada, de a una o en conjuntos (*ensembles*)."""

from labcode.training.loop import Trained, train
from labcode.training.placement import Placement, pick_device
from labcode.training.recipe import Recipe, Run, complete, describe, learning_rate_at

__all__ = ["Placement", "Recipe", "Run", "Trained", "complete", "describe", "learning_rate_at", "pick_device", "train"]
