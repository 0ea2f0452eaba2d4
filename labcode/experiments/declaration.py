"""Qué se declara de un experimento y qué corridas salen de ahí."""

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from labcode.models import ModelConfig
from labcode.results import result_path
from labcode.training import Recipe, Run, describe

PHASES = ("selection", "final")


@dataclass(frozen=True)
class Job:
    """Una corrida con su lugar: de qué experimento y fase es, y con qué ajuste.

    Attributes:
        experiment: nombre del experimento.
        phase: "selection" o "final".
        setting: los ejes del ajuste.
        run: qué entrenar.
    """

    experiment: str
    phase: str
    setting: dict[str, Any]
    run: Run

    @property
    def path(self) -> Path:
        """El archivo donde vive su resultado."""
        return result_path(self.experiment, self.phase, self.setting, self.run.seed)

    @property
    def config(self) -> dict[str, Any]:
        """La configuración completa, como datos de JSON."""
        return describe(self.run)


@dataclass(frozen=True)
class Experiment:
    """Un experimento entrenado: sus ejes, sus semillas y su protocolo.

    El protocolo es siempre el mismo: cada ajuste se entrena con 45 000 imágenes y se elige por la
    exactitud media en las 5000 de validación; después, con otras tantas semillas nuevas, se entrena con
    las 50 000 y se lee la prueba una vez por red.

    Attributes:
        name: nombre, igual al de la constante del catálogo.
        question: qué se quiere saber, en una frase.
        chapter: cuaderno que lo muestra.
        model: red de base.
        recipe: receta de base.
        axes: por cada campo de la receta o de la red que varía, sus valores.
        seeds: semillas por ajuste y fase; la selección usa 0…n−1 y la final n…2n−1.
        lecture: exactitud en prueba que dio la clase, en porcentaje, si dio alguna.
        lecture_setting: el ajuste de la clase.
        test_every_setting: si la fase final entrena todos los ajustes, y no solo el elegido, para mostrar
            además el mejor *en prueba*, elegido como lo eligió la clase.
    """

    name: str
    question: str
    chapter: str
    model: ModelConfig
    recipe: Recipe
    axes: Mapping[str, tuple]
    seeds: int
    lecture: float | None = None
    lecture_setting: Mapping[str, Any] | None = None
    test_every_setting: bool = False

    @property
    def settings(self) -> list[dict[str, Any]]:
        """Todas las combinaciones de los ejes, en orden."""
        return [dict(zip(self.axes, values)) for values in itertools.product(*self.axes.values())]

    def phase_seeds(self, phase: str) -> range:
        """Las semillas de una fase; las de la final son nuevas."""
        return range(self.seeds) if phase == "selection" else range(self.seeds, 2 * self.seeds)

    def job(self, phase: str, setting: Mapping[str, Any], seed: int) -> Job:
        """Arma la corrida de un ajuste y una semilla."""
        in_recipe = {field.name for field in fields(Recipe)}
        recipe = replace(self.recipe, **{k: v for k, v in setting.items() if k in in_recipe})
        model = replace(self.model, **{k: v for k, v in setting.items() if k not in in_recipe})
        return Job(self.name, phase, dict(setting), Run(model, recipe, seed))

    def jobs(self, phase: str, settings: list[dict[str, Any]] | None = None) -> list[Job]:
        """Arma las corridas de una fase, semilla por semilla."""
        chosen = self.settings if settings is None else settings
        return [self.job(phase, setting, seed) for seed in self.phase_seeds(phase) for setting in chosen]


@dataclass(frozen=True)
class Calculation:
    """Un experimento de aritmética exacta: no se entrena, se calcula cada vez.

    Attributes:
        name: nombre en el catálogo.
        question: qué se quiere saber.
        chapter: cuaderno que lo muestra.
        compute: la cuenta.
    """

    name: str
    question: str
    chapter: str
    compute: Callable[[], Any]
