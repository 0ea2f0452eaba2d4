"""Los experimentos de los capítulos 1 a 6: una red pequeña, y qué la hace aprender y generalizar."""

from dataclasses import replace

from labcode.catalog.recipes import BIG_MLP_RECIPE, FIRST_EPOCHS, MLP_RECIPE
from labcode.experiments import Experiment
from labcode.measures import Calibration, Sharpness, Shift
from labcode.models import MLPConfig

LECTURE_MLP = MLPConfig(hidden=(120, 84))


def _first_epochs(name: str, question: str, axis: str, values: tuple, along: dict | None = None) -> Experiment:
    """Uno de los factores del capítulo 1: solo curvas, tres semillas."""
    return Experiment(
        name=name, question=question, chapter="01_recordatorio", model=LECTURE_MLP, recipe=FIRST_EPOCHS, axes={axis: values},
        along={axis: along or {}}, seeds=3, final="none",
    )  # fmt: skip


RECAP_BATCH = _first_epochs("RECAP_BATCH", "¿Qué cambia con el tamaño de lote?", "batch_size", (16, 64, 256, 1024))
RECAP_OPTIMIZER = _first_epochs(
    "RECAP_OPTIMIZER", "¿Qué cambia con el optimizador?", "optimizador", ("sgd", "momento", "adam"),
    {"sgd": {"momentum": 0.0}, "adam": {"optimizer": "adam", "learning_rate": 0.001}},
)  # fmt: skip
RECAP_NORMALIZATION = _first_epochs("RECAP_NORMALIZATION", "¿Qué pasa si no se normaliza la entrada?", "normalize", (True, False))
RECAP_WIDTH = _first_epochs(
    "RECAP_WIDTH", "¿Qué cambia con el tamaño de la red?", "hidden", ((8, 6), (30, 21), (120, 84), (480, 336))
)
RECAP_RATE = _first_epochs(
    "RECAP_RATE", "¿Qué cambia con la tasa de aprendizaje?", "learning_rate", (0.0001, 0.001, 0.005, 0.02, 0.1)
)

BIG_MLP = Experiment(
    name="BIG_MLP",
    question="¿Qué pasa con una red que puede aprenderse los datos?",
    chapter="02_generalizacion",
    model=MLPConfig(hidden=(1024, 512)),
    recipe=BIG_MLP_RECIPE,
    axes={},
    seeds=3,
    selection_seeds=3,
    lecture=52.0,
)

MLP = Experiment(
    name="MLP",
    question="¿Cuánto cambia el resultado de una misma red con solo cambiar la semilla?",
    chapter="03_medir_bien",
    model=LECTURE_MLP,
    recipe=replace(MLP_RECIPE, lam=0.003),
    axes={},
    seeds=30,
    selection_seeds=5,
    measures=(Shift(), Calibration()),
)

DROPOUT = Experiment(
    name="DROPOUT",
    question="¿Cuánto ayuda callar neuronas al azar, y con qué probabilidad?",
    chapter="04_regularizacion",
    model=MLPConfig(hidden=(256, 128)),
    recipe=MLP_RECIPE,
    axes={"dropout": (0.0, 0.1, 0.2, 0.3, 0.5)},
    seeds=5,
    selection_seeds=3,
    final="every",
)

EARLY_STOPPING = Experiment(
    name="EARLY_STOPPING",
    question="¿En qué época conviene detenerse?",
    chapter="04_regularizacion",
    model=LECTURE_MLP,
    recipe=FIRST_EPOCHS,
    axes={"epochs": (1, 2, 4, 8, 16, 32)},
    seeds=5,
    final="every",
)

L2_MLP = Experiment(
    name="L2_MLP",
    question="¿Cuánto ayuda penalizar los pesos, y con qué λ?",
    chapter="05_l2",
    model=LECTURE_MLP,
    recipe=MLP_RECIPE,
    axes={"lam": (0.0, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1)},
    seeds=10,
    selection_seeds=5,
    lecture=55.76,
    lecture_setting={"lam": 0.001},
    final="every",
)

SIZES, RATES = (16, 32, 64, 256, 1024, 4096), (0.004, 0.015, 0.06, 0.24)
BATCH_EPOCHS = Experiment(
    name="BATCH_EPOCHS",
    question="¿Qué tamaño de lote generaliza mejor, con las mismas épocas?",
    chapter="06_batch_size",
    model=LECTURE_MLP,
    recipe=replace(MLP_RECIPE, epochs=12),
    axes={"batch_size": SIZES, "learning_rate": RATES},
    seeds=10,
    selection_seeds=3,
    per="batch_size",
    lecture=56.57,
    lecture_setting={"batch_size": 64},
    measures=(Sharpness(),),
)
BATCH_STEPS = replace(
    BATCH_EPOCHS,
    name="BATCH_STEPS",
    question="¿Qué tamaño de lote generaliza mejor, con los mismos pasos?",
    along={"batch_size": {size: {"epochs": max(1, 12 * size // 64)} for size in SIZES}},
)
BATCH_L2 = replace(
    BATCH_EPOCHS,
    name="BATCH_L2",
    question="¿Y si además se penalizan los pesos?",
    recipe=replace(MLP_RECIPE, epochs=12, lam=0.003),
)
