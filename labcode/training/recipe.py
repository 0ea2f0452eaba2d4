"""Cómo se entrena, como dato: la receta, la corrida y la tasa en cada paso."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from labcode.checks import check_float, check_int, refuse
from labcode.models import ModelConfig
from labcode.regularization import MAX_LAM

# Lo que puede diferir entre los miembros de un conjunto que se entrena junto.
FREE = {"lam": 0.0, "learning_rate": 1.0}


@dataclass(frozen=True)
class Recipe:
    """Descenso de gradiente estocástico con momento, calentamiento y tasa que baja en línea recta a 0.

    Attributes:
        batch_size: ejemplos por lote, de 1 a 65 536.
        learning_rate: tasa máxima α, en (0, 10].
        momentum: de 0 a 0.999.
        epochs: vueltas al conjunto de entrenamiento, de 1 a 10 000.
        warmup: fracción de los pasos en que la tasa sube desde 0, de 0 a 0.9.
        lam: λ de la penalización λ·Σw², que se suma a la pérdida *media* del lote; de 0 a 10.
    """

    batch_size: int = 64
    learning_rate: float = 0.015
    momentum: float = 0.9
    epochs: int = 20
    warmup: float = 0.1
    lam: float = 0.0

    def __post_init__(self) -> None:
        check_int("batch_size", self.batch_size, 1, 65_536, 64)
        check_float("learning_rate", self.learning_rate, 1e-9, 10.0, 0.015)
        check_float("momentum", self.momentum, 0.0, 0.999, 0.9)
        check_int("epochs", self.epochs, 1, 10_000, 20)
        check_float("warmup", self.warmup, 0.0, 0.9, 0.1)
        check_float("lam", self.lam, 0.0, MAX_LAM, 0.001)


@dataclass(frozen=True)
class Run:
    """Una corrida: qué red, con qué receta y con qué semilla.

    La semilla fija los pesos iniciales y el orden de los datos: dos corridas con la misma semilla
    ven los mismos lotes, y así sus diferencias se deben a lo demás.
    """

    model: ModelConfig
    recipe: Recipe
    seed: int

    def __post_init__(self) -> None:
        check_int("seed", self.seed, 0, 2**32 - 1, 0)


def learning_rate_at(step: int, steps: int, warmup: float) -> float:
    """Da la fracción de la tasa máxima que se usa en un paso: sube en línea recta y baja hasta 0.

    Args:
        step: paso actual, de 0 a `steps` − 1.
        steps: pasos del entrenamiento entero.
        warmup: fracción de los pasos que dura la subida.

    Returns:
        Un número en (0, 1]; llega a 1 al terminar la subida.
    """
    rise = warmup * steps
    return (step + 1) / rise if step + 1 < rise else (steps - step) / max(steps - rise + 1, 1)


def same_but_free(run: Run) -> tuple:
    """Da lo que dos corridas deben compartir para entrenarse juntas: red y receta salvo λ y tasa."""
    return run.model, replace(run.recipe, **FREE)


def check_group(runs: Sequence[Run]) -> None:
    """Exige que las corridas puedan entrenarse juntas, en bloques contiguos e iguales por semilla.

    Raises:
        ValueError: si no hay ninguna, difieren en algo más que semilla, λ o tasa, o los bloques no calzan.
    """
    if not runs:
        raise ValueError("`runs` está vacío: hace falta al menos una corrida.")
    if len({same_but_free(run) for run in runs}) > 1:
        raise ValueError("Las corridas de un conjunto solo pueden diferir en semilla, λ y tasa de aprendizaje.")
    seeds = list(dict.fromkeys(run.seed for run in runs))
    if len(runs) % len(seeds):
        raise refuse("runs", f"{len(runs)} corridas", "el mismo número de corridas por semilla", "8 λ × 2 semillas")
    if [run.seed for run in runs] != [seed for seed in seeds for _ in range(len(runs) // len(seeds))]:
        raise ValueError("Las corridas de una misma semilla deben ir juntas y ser tantas como las de las otras.")
