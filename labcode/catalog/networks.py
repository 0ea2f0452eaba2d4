"""Los experimentos de los capítulos 8 a 13: convoluciones, más datos, aumento, y hasta dónde se llega."""

from dataclasses import replace

from labcode.catalog.recipes import AUGMENTATIONS, CNN_RECIPE, FAST_RECIPE, MLP_RECIPE, SUMMIT_AUGMENTATIONS, VGG_BN_RECIPE, VGG_RECIPE
from labcode.catalog.regularizers import LECTURE_MLP
from labcode.experiments import Experiment
from labcode.measures import Calibration, Mirror, Shift, Views
from labcode.models import CNNConfig, FastConfig, MLPConfig, VGGConfig

CNN = Experiment(
    name="CNN",
    question="¿Cuánto gana una red que sabe que mira una imagen?",
    chapter="09_capa_convolucional",
    model=CNNConfig(),
    recipe=CNN_RECIPE,
    axes={"lam": (0.0, 0.001, 0.003)},
    seeds=10,
    selection_seeds=3,
    measures=(Shift(), Calibration()),
    keep=True,
)

VGG_MODEL = VGGConfig(init="he")  # con los pesos que sortea PyTorch no arranca
VGG = Experiment(
    name="VGG",
    question="¿Y una red más honda?",
    chapter="10_vgg",
    model=VGG_MODEL,
    recipe=VGG_RECIPE,
    axes={},
    seeds=5,
    selection_seeds=3,
    measures=(Shift(), Calibration()),
)
VGG_BN = replace(
    VGG, name="VGG_BN", question="¿Qué cambia con la normalización por lote?", model=replace(VGG_MODEL, batch_norm=True), recipe=VGG_BN_RECIPE,
)  # fmt: skip

# Con menos ejemplos, más épocas: ninguna red se queda corta de pasos.
EPOCHS = {500: 200, 1000: 120, 2500: 80, 5000: 50, 10_000: 35, 25_000: 22, 45_000: 16}
DATA_MLP = Experiment(
    name="DATA_MLP",
    question="¿Cuánto gana el MLP con más ejemplos?",
    chapter="11_mas_datos",
    model=LECTURE_MLP,
    recipe=replace(MLP_RECIPE, lam=0.003),
    axes={"examples": tuple(EPOCHS)},
    along={"examples": {n: {"epochs": epochs} for n, epochs in EPOCHS.items()}},
    seeds=3,
    selection_seeds=0,
    final="every",
)
DATA_CNN = replace(DATA_MLP, name="DATA_CNN", question="¿Y la CNN?", model=CNNConfig(), recipe=CNN_RECIPE)
DATA_VGG = replace(DATA_MLP, name="DATA_VGG", question="¿Y la VGG-11?", model=VGG_MODEL, recipe=VGG_RECIPE)

AUGMENTATION = Experiment(
    name="AUGMENTATION",
    question="¿Cuánto da aumentar los datos, y qué parte pone cada transformación?",
    chapter="12_data_augmentation",
    model=VGG_MODEL,
    recipe=replace(VGG_RECIPE, epochs=60),
    axes={"aumento": tuple(AUGMENTATIONS)},
    along={"aumento": {name: {"augmentations": kinds} for name, kinds in AUGMENTATIONS.items()}},
    seeds=5,
    selection_seeds=3,
    final="every",
    lecture=90.92,
    lecture_setting={"aumento": "reflejo+borrado"},
    measures=(Mirror(),),
)
AUGMENTATION_CNN = replace(
    AUGMENTATION,
    name="AUGMENTATION_CNN",
    question="¿Y en una red pequeña?",
    model=CNNConfig(),
    recipe=replace(CNN_RECIPE, lam=0.0),
    seeds=3,
    selection_seeds=1,
    lecture=None,
    lecture_setting=None,
)

WIDTH = Experiment(
    name="WIDTH",
    question="¿Una red más ancha sobreajusta más?",
    chapter="13_hasta_donde",
    model=MLPConfig(hidden=(64,)),
    recipe=replace(MLP_RECIPE, learning_rate=0.01, epochs=200, label_noise=0.2),
    axes={"hidden": ((2,), (4,), (8,), (12,), (16,), (24,), (32,), (64,), (128,), (256,), (512,)), "examples": (4000,)},
    seeds=3,
    selection_seeds=0,
    final="every",
)
SUMMIT = Experiment(
    name="SUMMIT",
    question="¿Hasta dónde llega la VGG-11 con todo lo del libro?",
    chapter="13_hasta_donde",
    model=replace(VGG_MODEL, batch_norm=True),
    recipe=replace(VGG_BN_RECIPE, epochs=60, augmentations=SUMMIT_AUGMENTATIONS),
    axes={},
    seeds=5,
    selection_seeds=1,
    measures=(Mirror(), Calibration()),
)
FAST = Experiment(
    name="FAST",
    question="¿Y una red de hoy, hecha para aprender rápido?",
    chapter="13_hasta_donde",
    model=FastConfig(),
    recipe=FAST_RECIPE,
    axes={},
    seeds=5,
    selection_seeds=1,
    measures=(Mirror(), Views(), Calibration()),
)
