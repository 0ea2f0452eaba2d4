"""Diapositivas de un capítulo, sacadas del mismo cuaderno: qué queda en pantalla, qué va a las notas y cómo se escribe."""

from labcode.slides.assets import copy_assets, copy_deck_files, copy_mathjax, explorer_scripts, write_explorers
from labcode.slides.deck import SlidesError, deck, write_deck
from labcode.slides.executed import current_copy
from labcode.slides.flow import Slide, slides_of

__all__ = [
    "Slide", "SlidesError", "copy_assets", "copy_deck_files", "copy_mathjax", "current_copy", "deck", "explorer_scripts", "slides_of",
    "write_deck", "write_explorers",
]  # fmt: skip
