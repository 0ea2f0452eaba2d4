"""Qué se declara de un experimento y qué corridas salen de ahí."""

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from labcode.checks import check_choice, refuse
from labcode.measures import Measure
from labcode.models import ModelConfig
from labcode.results import result_path
from labcode.training import Recipe, Run, describe

PHASES = ("selection", "final")
FINALS = ("chosen", "every", "none")


@dataclass(frozen=True)
class Job:
    """Una corrida con su lugar: de qué experimento y fase es, y con qué ajuste.

    Attributes:
        experiment: nombre del experimento.
        phase: "selection" o "final".
        setting: los ejes del ajuste.
        run: qué entrenar.
        measures: qué más se mide de la red al terminar.
        keep: si sus pesos se guardan.
    """

    experiment: str
    phase: str
    setting: dict[str, Any]
    run: Run
    measures: tuple[Measure, ...] = ()
    keep: bool = False

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

    El protocolo es siempre el mismo: cada ajuste se entrena con 45 000 imágenes y se elige por la
    exactitud media en las 5000 de validación; después, con semillas nuevas, se entrena con las 50 000 y se
    lee la prueba una vez por red.

    Attributes:
        name: nombre, igual al de la constante del catálogo.
        question: qué se quiere saber, en una frase.
        chapter: cuaderno que lo muestra.
        model: red de base.
        recipe: receta de base.
        axes: por cada cosa que varía, sus valores: un campo de la receta, de la red o de la corrida, o un nombre de `along`.
        seeds: semillas por ajuste de la fase final.
        lecture: exactitud en prueba que dio la clase, en porcentaje, si dio alguna.
        lecture_setting: el ajuste de la clase.
        along: lo que cambia además con un valor de un eje: `{"optimizador": {"adam": {"learning_rate": 0.001}}}`.
        selection_seeds: semillas por ajuste de la selección (0…n−1; las de la final siguen desde n); None, tantas como `seeds`.
        final: qué se mide en prueba: "chosen", solo lo elegido; "every", todo ajuste, para mostrar además el mejor
            *en prueba*, elegido como lo eligió la clase; "none", nada: bastan las curvas.
        per: un eje; por cada valor suyo se elige lo demás en validación, y lo elegido se mide en prueba.
        measures: qué más se mide de cada red al terminar.
        keep: si se guardan los pesos de la primera red de la fase final.

    Raises:
        ValueError: si `final` o `per` no son de los admitidos, o un eje, un valor de `along` o lo que este cambia no existe.
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
    along: Mapping[str, Mapping[Any, Mapping[str, Any]]] = field(default_factory=dict)
    selection_seeds: int | None = None
    final: str = "chosen"
    per: str | None = None
    measures: tuple[Measure, ...] = ()
    keep: bool = False

    def __post_init__(self) -> None:
        check_choice("final", self.final, FINALS)
        if self.per is not None and self.per not in self.axes:
            raise refuse("per", self.per, "None o uno de los ejes", next(iter(self.axes), None))
        known = {own.name for kind in (Recipe, Run, type(self.model)) for own in fields(kind)} - {"model", "recipe", "seed"}
        if unknown := set(self.axes) - known - set(self.along):
            raise ValueError(f"{self.name}: el eje {sorted(unknown)[0]!r} no es de la receta, la red, la corrida ni `along`.")
        for axis, changes in self.along.items():
            if axis in self.axes and (unknown := set(changes) - set(self.axes[axis])):
                raise ValueError(f"{self.name}: en `along`, {next(iter(unknown))!r} no es un valor del eje {axis!r}.")
            if unknown := {field for change in changes.values() for field in change} - known:
                raise ValueError(f"{self.name}: en `along`, {sorted(unknown)[0]!r} no es de la receta, la red ni la corrida.")

    @property
    def settings(self) -> list[dict[str, Any]]:
        """Todas las combinaciones de los ejes, en orden."""
        return [dict(zip(self.axes, values)) for values in itertools.product(*self.axes.values())]

    def phase_seeds(self, phase: str) -> range:
        """Las semillas de una fase; las de la final son nuevas."""
        first = self.seeds if self.selection_seeds is None else self.selection_seeds
        if phase == "selection":
            return range(first)
        return range(first, first + self.seeds * (self.final != "none"))

    def job(self, phase: str, setting: Mapping[str, Any], seed: int) -> Job:
        """Arma la corrida de un ajuste y una semilla."""
        changes: dict[str, Any] = {}
        for axis, value in setting.items():
            changes |= {axis: value} if _is_field(axis, self.model) else {}
            changes |= self.along.get(axis, {}).get(value, {})
        recipe, model, run = ({k: v for k, v in changes.items() if _owns(kind, k)} for kind in (Recipe, type(self.model), Run))
        whole = Run(replace(self.model, **model), replace(self.recipe, **recipe), seed, **run)
        first = phase == "final" and seed == self.phase_seeds("final")[0]
        return Job(self.name, phase, dict(setting), whole, self.measures, self.keep and first)

    def jobs(self, phase: str, settings: list[dict[str, Any]] | None = None) -> list[Job]:
        """Arma las corridas de una fase, semilla por semilla."""
        chosen = self.settings if settings is None else settings
        return [self.job(phase, setting, seed) for seed in self.phase_seeds(phase) for setting in chosen]


def _owns(kind: type, name: str) -> bool:
    return name in {own.name for own in fields(kind)}


def _is_field(axis: str, model: ModelConfig) -> bool:
    return any(_owns(kind, axis) for kind in (Recipe, Run, type(model)))


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
