"""El aumentador: decidir si la etiqueta sobrevive, y después sortear reflejos, recortes y borrados de una imagen."""

import html
from typing import Any

import numpy as np

from labcode.checks import check_bool, refuse
from labcode.explorers.augmenter_draws import draw_one, transform
from labcode.explorers.augmenter_pictures import LABELS, colour_picture, colour_pictures
from labcode.explorers.base import Checked, Explorer, among, between, module_source, still, style, within
from labcode.explorers.draws import random_from
from labcode.explorers.pictures import png

OPTIONS = ("flip", "vertical", "padding", "erase", "area", "cutout")
_DRAWN = 6  # sorteos en el dibujo fijo


def _check_pictures(name: str, value: Any) -> dict[str, Any]:
    if value != colour_pictures():
        raise refuse(name, "…", "el que trae el explorador", "AugmenterExplorer()")
    return value


class AugmenterExplorer(Explorer):
    """Aumentador: doce sorteos de una imagen, con cada aumento de labcode y su parámetro.

    Args:
        image: "cat", "astronaut", "coffee", "six", "letter", "arrow" o "dots".
        flip: probabilidad del reflejo horizontal, de 0 a 1.
        vertical: probabilidad del reflejo vertical (que labcode no trae), de 0 a 1.
        padding: relleno del recorte, en píxeles, de 0 a 16.
        erase: probabilidad del borrado aleatorio, de 0 a 1.
        area: mayor área borrada, como fracción de la imagen, de 0.05 a 0.6.
        cutout: lado del cuadrado tapado, en píxeles, de 0 (ninguno) a 24.
        seed: semilla de los sorteos, de 0 a 999.
        predict: con `False`, se sortea sin preguntar antes.

    Raises:
        ValueError: si un valor no se admite (también es `TraitError`).
    """

    name = "augmenter"
    parts = ("math.js", "common.js", "augmenter_core.js", "augmenter.js")
    _esm = module_source(parts)
    _css = style()

    image = Checked(among(LABELS), "cat")
    flip = Checked(between(0.0, 1.0, 0.5), 0.5)
    vertical = Checked(between(0.0, 1.0, 0.0), 0.0)
    padding = Checked(within(0, 16, 4), 4)
    erase = Checked(between(0.0, 1.0, 0.5), 0.0)
    area = Checked(between(0.05, 0.6, 0.35), 0.35)
    cutout = Checked(within(0, 24, 8), 0)
    seed = Checked(within(0, 999, 0), 0)
    pictures = Checked(_check_pictures, {})
    predict = Checked(check_bool, True)

    def __init__(self, **values: Any) -> None:
        super().__init__(**{"pictures": colour_pictures(), **values})

    def picture(self) -> str:
        """La imagen y sus primeros sorteos, los mismos que muestra el explorador, como SVG con su descripción."""
        image, random = colour_picture(self.image), random_from(self.seed)
        options = {name: getattr(self, name) for name in OPTIONS}
        drawn = [transform(image, options, draw_one(random, options)) for _ in range(_DRAWN)]
        sheet = np.concatenate([np.concatenate(drawn[:3], 1), np.concatenate(drawn[3:], 1)], 0)
        label = html.escape(LABELS[self.image])
        return still(
            f"La imagen «{label}» y {_DRAWN} versiones suyas, sorteadas.", 270, 15,
            f'<text x="0" y="16">Original: {label}</text>'
            f'{_embed(0, 160, 160, image)}<text x="270" y="16">{_DRAWN} sorteos</text>{_embed(270, 360, 240, sheet)}'
        )


def _embed(x: int, width: int, height: int, pixels: np.ndarray) -> str:
    return f'<image x="{x}" y="26" width="{width}" height="{height}" preserveAspectRatio="none" style="image-rendering:pixelated" href="{png(np.ascontiguousarray(pixels))}"/>'
