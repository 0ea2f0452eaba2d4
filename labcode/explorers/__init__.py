"""Exploradores: el mismo módulo vive en Jupyter (anywidget) y en la página estática, sin núcleo ni red."""

from labcode.explorers.augmenter import AugmenterExplorer
from labcode.explorers.base import Explorer, InvalidTrait, hydrate_script, module_source, style
from labcode.explorers.best_of_k import BestOfKExplorer
from labcode.explorers.builder import BuilderExplorer
from labcode.explorers.cards import CardsExplorer
from labcode.explorers.cnn import CNNExplorer
from labcode.explorers.image_vector import ImageVectorExplorer
from labcode.explorers.data_size import DataSizeExplorer
from labcode.explorers.kernel import KernelExplorer
from labcode.explorers.lam import LamExplorer
from labcode.explorers.max_pooling import MaxPoolingExplorer
from labcode.explorers.occlusion import OcclusionExplorer
from labcode.explorers.pattern import PatternExplorer
from labcode.explorers.quiz import QuizExplorer
from labcode.explorers.rate_batch import RateBatchExplorer
from labcode.explorers.shapes import ShapesExplorer
from labcode.explorers.shift import ShiftExplorer
from labcode.explorers.temperature import TemperatureExplorer
from labcode.explorers.trainer2d import Trainer2DExplorer
from labcode.explorers.valley import ValleyExplorer
from labcode.explorers.what_changed import WhatChangedExplorer
from labcode.explorers.width import WidthExplorer

EXPLORERS: tuple[type[Explorer], ...] = (
    AugmenterExplorer,
    BestOfKExplorer,
    BuilderExplorer,
    DataSizeExplorer,
    CardsExplorer,
    CNNExplorer,
    ImageVectorExplorer,
    KernelExplorer,
    LamExplorer,
    MaxPoolingExplorer,
    OcclusionExplorer,
    PatternExplorer,
    QuizExplorer,
    RateBatchExplorer,
    ShapesExplorer,
    ShiftExplorer,
    TemperatureExplorer,
    Trainer2DExplorer,
    ValleyExplorer,
    WhatChangedExplorer,
    WidthExplorer,
)

__all__ = [
    "EXPLORERS",
    "AugmenterExplorer",
    "BestOfKExplorer",
    "BuilderExplorer",
    "DataSizeExplorer",
    "CNNExplorer",
    "CardsExplorer",
    "Explorer",
    "ImageVectorExplorer",
    "InvalidTrait",
    "KernelExplorer",
    "LamExplorer",
    "MaxPoolingExplorer",
    "OcclusionExplorer",
    "PatternExplorer",
    "QuizExplorer",
    "RateBatchExplorer",
    "ShapesExplorer",
    "ShiftExplorer",
    "TemperatureExplorer",
    "Trainer2DExplorer",
    "ValleyExplorer",
    "WhatChangedExplorer",
    "WidthExplorer",
    "hydrate_script",
    "module_sources",
    "style",
]


def module_sources() -> dict[str, str]:
    """El código fuente de cada explorador, por su nombre (`data-explorer`)."""
    return {explorer.name: module_source(explorer.parts) for explorer in EXPLORERS}
