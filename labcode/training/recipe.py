"""Cómo se entrena, como dato: la receta, la corrida y la tasa en cada paso."""

import json
from collections.abc import Sequence
from dataclasses import MISSING, asdict, dataclass, fields, replace
from typing import Any

from labcode import augmentation
from labcode.augmentation import Augmentation
from labcode.checks import check_bool, check_choice, check_float, check_int, keep, refuse
from labcode.models import CONFIGS, ModelConfig
from labcode.regularization import MAX_LAM

SCHEDULES = ("linear", "constant")
OPTIMIZERS = ("sgd", "adam")
# Lo que puede diferir entre los miembros de un conjunto que se entrena junto, aparte de la semilla.
FREE = {"lam": 0.0, "learning_rate": 1.0, "augmentations": ()}


@dataclass(frozen=True)
class Recipe:
    """Descenso de gradiente estocástico con momento, calentamiento y tasa programada.

    Un campo nuevo lleva por omisión lo que se hacía antes de que existiera: así un resultado anterior
    sigue siendo de la misma receta (`complete`).

    Attributes:
        batch_size: ejemplos por lote, de 1 a 65 536.
        learning_rate: tasa máxima α, en (0, 10].
        momentum: de 0 a 0.999.
        epochs: vueltas al conjunto de entrenamiento, de 1 a 10 000.
        warmup: fracción de los pasos en que la tasa sube desde 0, de 0 a 0.9.
        lam: λ de la penalización λ·Σw², que se suma a la pérdida *media* del lote; de 0 a 10.
        schedule: tras la subida, "linear" baja la tasa en línea recta hasta 0 y "constant" la deja igual.
        label_smoothing: fracción ε de la etiqueta que se reparte entre todas las clases, de 0 a 0.9
            (Szegedy y otros, 2016, sección 7).
        clip_norm: norma máxima del gradiente de cada miembro, sin la penalización, en [0, 1e6]; 0 no recorta
            (Pascanu y otros, 2013, algoritmo 1).
        augmentations: aumento de datos de cada imagen de entrenamiento, en orden.
        optimizer: "sgd", o "adam" (Kingma y Ba, 2015), que toma `momentum` como β₁.
        dropout: probabilidad de callar cada neurona de las capas densas ocultas en cada paso, de 0 a 0.9.
        normalize: si a cada canal se le resta su media y se lo divide por su desviación; con False entran los
            números tal como vienen (los píxeles, de 0 a 255).
        label_noise: fracción de las etiquetas de entrenamiento que se cambian por otra al azar, de 0 a 1.
        nesterov: con "sgd", si el momento es el de Nesterov: se avanza por g + μv (Sutskever y otros, 2013, sección 2).
        norm_rate: con "sgd", cuántas veces mayor es la tasa de los desplazamientos de la normalización por lote, de 1 a 1000
            (Jordan, 2024, sección 3.4).
    """

    batch_size: int = 64
    learning_rate: float = 0.015
    momentum: float = 0.9
    epochs: int = 20
    warmup: float = 0.1
    lam: float = 0.0
    schedule: str = "linear"
    label_smoothing: float = 0.0
    clip_norm: float = 0.0
    augmentations: tuple[Augmentation, ...] = ()
    optimizer: str = "sgd"
    dropout: float = 0.0
    normalize: bool = True
    label_noise: float = 0.0
    nesterov: bool = False
    norm_rate: float = 1.0

    def __post_init__(self) -> None:
        keep(
            self,
            batch_size=check_int("batch_size", self.batch_size, 1, 65_536, 64),
            learning_rate=check_float("learning_rate", self.learning_rate, 1e-9, 10.0, 0.015),
            momentum=check_float("momentum", self.momentum, 0.0, 0.999, 0.9),
            epochs=check_int("epochs", self.epochs, 1, 10_000, 20),
            warmup=check_float("warmup", self.warmup, 0.0, 0.9, 0.1),
            lam=check_float("lam", self.lam, 0.0, MAX_LAM, 0.001),
            schedule=check_choice("schedule", self.schedule, SCHEDULES),
            label_smoothing=check_float("label_smoothing", self.label_smoothing, 0.0, 0.9, 0.1),
            clip_norm=check_float("clip_norm", self.clip_norm, 0.0, 1e6, 2.0),
            augmentations=augmentation.check_augmentations(self.augmentations),
            optimizer=check_choice("optimizer", self.optimizer, OPTIMIZERS),
            dropout=check_float("dropout", self.dropout, 0.0, 0.9, 0.5),
            normalize=check_bool("normalize", self.normalize),
            label_noise=check_float("label_noise", self.label_noise, 0.0, 1.0, 0.1),
            norm_rate=check_float("norm_rate", self.norm_rate, 1.0, 1000.0, 64.0),
        )
        if check_bool("nesterov", self.nesterov) and (self.optimizer != "sgd" or not self.momentum):
            raise ValueError("`nesterov = True` necesita `optimizer = 'sgd'` y un `momentum` mayor que 0.")
        if self.norm_rate != 1.0 and self.optimizer != "sgd":
            raise ValueError("`norm_rate` distinto de 1 necesita `optimizer = 'sgd'`.")


@dataclass(frozen=True)
class Run:
    """Una corrida: qué red, con qué receta y con qué semilla.

    La semilla fija los pesos iniciales, el orden de los datos y los sorteos del aumento: dos corridas con la
    misma semilla ven los mismos lotes, y así sus diferencias se deben a lo demás.

    Attributes:
        model: qué red.
        recipe: cómo se entrena.
        seed: de 0 a 2³²−1.
        examples: con cuántas imágenes de entrenamiento, repartidas por igual entre las clases y elegidas por la
            semilla (con menos, un subconjunto de las que se usan con más); None, todas.
    """

    model: ModelConfig
    recipe: Recipe
    seed: int
    examples: int | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.model, ModelConfig):
            raise refuse("model", self.model, "un MLPConfig, un CNNConfig, un VGGConfig o un FastConfig", "MLPConfig()")
        if not isinstance(self.recipe, Recipe):
            raise refuse("recipe", self.recipe, "una receta", "Recipe()")
        keep(self, seed=check_int("seed", self.seed, 0, 2**32 - 1, 0))
        if self.examples is not None:
            keep(self, examples=check_int("examples", self.examples, 1, 10_000_000, 5000))


def learning_rate_at(step: int, steps: int, warmup: float, schedule: str = "linear") -> float:
    """Da la fracción de la tasa máxima que se usa en un paso.

    Args:
        step: paso actual, de 0 a `steps` − 1.
        steps: pasos del entrenamiento entero.
        warmup: fracción de los pasos que dura la subida, en línea recta.
        schedule: qué viene después, "linear" (baja hasta 0) o "constant".

    Returns:
        Un número en (0, 1]; al terminar la subida llega a 1, o cerca si esta no dura un número entero de pasos.
    """
    rise = warmup * steps
    if step + 1 < rise:
        return (step + 1) / rise
    return 1.0 if schedule == "constant" else (steps - step) / max(steps - rise + 1, 1)


def describe(run: Run) -> dict[str, Any]:
    """Escribe una corrida como datos de JSON, con el nombre de su red y de cada aumento."""
    body = {"kind": type(run.model).__name__, **asdict(run)}
    body["recipe"]["augmentations"] = [{"kind": type(a).__name__, **asdict(a)} for a in run.recipe.augmentations]
    return json.loads(json.dumps(body))


def complete(config: dict[str, Any]) -> dict[str, Any]:
    """Completa una configuración guardada con los campos que aún no existían, que valen lo que por omisión."""
    kind = CONFIGS.get(config.get("kind"))
    model = _defaults(kind) | config["model"] if kind else config.get("model")
    return {**_defaults(Run), **config, "model": model, "recipe": _defaults(Recipe) | config.get("recipe", {})}


def _defaults(kind: type) -> dict[str, Any]:
    return json.loads(json.dumps({f.name: f.default for f in fields(kind) if f.default is not MISSING}))


def together(run: Run) -> tuple:
    """Da lo que dos corridas deben compartir para entrenarse juntas: todo salvo semilla, λ, tasa y aumento."""
    return run.model, replace(run.recipe, **FREE), run.examples


def stream(run: Run) -> tuple:
    """Da lo que decide qué lotes ve una corrida: las que lo comparten leen los mismos."""
    return run.seed, run.recipe.augmentations


def check_group(runs: Sequence[Run]) -> None:
    """Exige que las corridas puedan entrenarse juntas, en bloques contiguos e iguales por semilla y aumento.

    Raises:
        ValueError: si no hay ninguna, difieren en algo más que semilla, λ, tasa o aumento, o los bloques no calzan.
    """
    if not runs:
        raise ValueError("`runs` está vacío: hace falta al menos una corrida.")
    if len({together(run) for run in runs}) > 1:
        raise ValueError("Las corridas de un conjunto solo pueden diferir en semilla, λ, tasa de aprendizaje y aumento.")
    streams = list(dict.fromkeys(stream(run) for run in runs))
    if len(runs) % len(streams):
        raise refuse("runs", f"{len(runs)} corridas", "el mismo número de corridas por semilla", "8 λ × 2 semillas")
    if [stream(run) for run in runs] != [s for s in streams for _ in range(len(runs) // len(streams))]:
        raise ValueError("Las corridas de una misma semilla (y aumento) deben ir juntas y ser tantas como las de las otras.")
