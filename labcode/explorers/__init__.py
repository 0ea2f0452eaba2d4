"""Exploradores: el mismo módulo vive en Jupyter (anywidget) y en la página estática, sin núcleo ni red."""

from labcode.explorers.base import Explorer, InvalidTrait, hydrate_script, module_source, style
from labcode.explorers.kernel import KernelExplorer
from labcode.explorers.pattern import PatternExplorer

EXPLORERS: tuple[type[Explorer], ...] = (KernelExplorer, PatternExplorer)

__all__ = [
    "EXPLORERS",
    "Explorer",
    "InvalidTrait",
    "KernelExplorer",
    "PatternExplorer",
    "hydrate_script",
    "module_sources",
    "style",
]


def module_sources() -> dict[str, str]:
    """El código fuente de cada explorador, por su nombre (`data-explorer`)."""
    return {explorer.name: module_source(explorer.parts) for explorer in EXPLORERS}
