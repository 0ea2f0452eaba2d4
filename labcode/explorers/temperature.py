"""El explorador de la temperatura: predecir si la red se cree de más, y ver qué le hace T a lo que dice y a cuánto acierta."""

import html
import re
from typing import Any

from labcode import text
from labcode.checks import check_bool, refuse
from labcode.explorers.base import Checked, Explorer, are_numbers, between, module_source, still, style, within
from labcode.explorers.cnn_pictures import decode
from labcode.explorers.pictures import png

EMPTY: dict[str, Any] = {"networks": [], "notice": ""}
LOW, HIGH = 0.1, 20.0  # las temperaturas que se admiten
MAX_NETWORKS, MAX_ROWS, MAX_SAMPLES = 6, 100, 12
_ROW = {"t", "nll", "ece", "counts", "confidence", "accuracy"}
_NETWORK = {"key", "name", "told", "classes", "rows", "samples"}


def _is_row(row: Any) -> bool:
    if not isinstance(row, dict) or set(row) != _ROW or not are_numbers([row["t"]], LOW, HIGH):
        return False
    bins = len(row["counts"]) if isinstance(row["counts"], list) else 0
    return (
        are_numbers([row["nll"], row["ece"]], 0, 1e6) and 2 <= bins <= 100 and are_numbers(row["counts"], 0, 1e9) and sum(row["counts"]) > 0
        and all(are_numbers(row[key], 0, 1) and len(row[key]) == bins for key in ("confidence", "accuracy"))
    )  # fmt: skip


def _is_sample(sample: Any, classes: int) -> bool:
    if not isinstance(sample, dict) or set(sample) != {"name", "truth", "image", "logits"} or not isinstance(sample["name"], str):
        return False
    truth = sample["truth"]
    known = truth is None or (isinstance(truth, int) and not isinstance(truth, bool) and 0 <= truth < classes)
    return known and are_numbers(sample["logits"], -1e4, 1e4) and len(sample["logits"]) == classes and _is_image(sample["image"])


def _is_image(image: Any) -> bool:
    try:
        return decode(image).shape == (32, 32, 3)
    except (TypeError, ValueError):
        return False


def _is_network(one: Any) -> bool:
    if not isinstance(one, dict) or set(one) != _NETWORK or not all(isinstance(one[key], str) for key in ("key", "name", "told")):
        return False
    classes, rows, samples = one["classes"], one["rows"], one["samples"]
    if not all(isinstance(part, list) for part in (classes, rows, samples)) or not 2 <= len(classes) <= 20 or len(samples) > MAX_SAMPLES:
        return False
    sound = 1 <= len(rows) <= MAX_ROWS and all(map(_is_row, rows)) and all(isinstance(own, str) for own in classes)
    grid = [row["t"] for row in rows] if sound else []
    return bool(re.fullmatch("[a-z0-9]{1,12}", one["key"])) and sound and grid == sorted(set(grid)) and all(_is_sample(own, len(classes)) for own in samples)


def _check_data(name: str, value: Any) -> dict[str, Any]:
    sound = (
        isinstance(value, dict) and set(value) == set(EMPTY) and isinstance(value["notice"], str) and isinstance(value["networks"], list)
        and len(value["networks"]) <= MAX_NETWORKS and all(map(_is_network, value["networks"]))
        and len({one["key"] for one in value["networks"]}) == len(value["networks"])
    )  # fmt: skip
    if not sound:
        raise refuse(name, "…", "lo que da labcode.views.temperature.temperature_data", "temperature_data([], obtain(catalog.CNN))")
    return value


def _check_network(name: str, value: Any) -> str:
    if not isinstance(value, str):
        raise refuse(name, value, "la clave de una red, o '' para la primera", "'mlp'")
    return value


class TemperatureExplorer(Explorer):
    """La temperatura: diagrama de confianza, entropía cruzada y ECE de una red con cada T, y las probabilidades de una imagen.

    Args:
        data: lo que da `labcode.views.temperature.temperature_data`; sin él, el explorador dice que no hay nada medido.
        network: clave de la red que se mira; vacía, la primera.
        temperature: T, de 0.1 a 20; se muestra la más cercana de las medidas.
        sample: cuál de las imágenes de la red, desde 0.
        predict: con `False`, lo medido se muestra sin pedir antes una predicción.

    Raises:
        ValueError: si un valor no se admite (también es `TraitError`).
    """

    name = "temperature"
    parts = ("common.js", "plots.js", "temperature_core.js", "temperature_draw.js", "temperature.js")
    _esm = module_source(parts)
    _css = style()

    data = Checked(_check_data, EMPTY)
    network = Checked(_check_network, "")
    temperature = Checked(between(LOW, HIGH, 1.5), 1.0)
    sample = Checked(within(0, MAX_SAMPLES - 1, 0), 0)
    predict = Checked(check_bool, True)

    def picture(self) -> str:
        """El diagrama de confianza con T = 1 y con la T que elige la validación, como SVG con su descripción."""
        networks = self.data["networks"]
        if not networks:
            return still("Confianza contra acierto. Todavía no hay resultados medidos.", 60, 14, '<text x="20" y="40">Todavía no hay resultados medidos.</text>')
        one = next((own for own in networks if own["key"] == self.network), networks[0])
        plain = min(one["rows"], key=lambda row: abs(row["t"] - 1))
        best = min(one["rows"], key=lambda row: row["nll"])
        said = [f"con T = {text.plain(float(row['t']))} el error de calibración es de {text.decimal(row['ece'], 1)} puntos" for row in (plain, best)]
        exact = text.percent(100 * accuracy_of(plain), 1)
        alt = f"Confianza contra acierto de «{one['name']}»: {'; '.join(said)}. La exactitud, {exact}, no cambia."
        body = _diagram(60, plain) + _diagram(400, best) + _image(one)
        return still(alt, 330 if one["samples"] else 300, 14, body)


def accuracy_of(row: dict[str, Any]) -> float:
    """La exactitud, de 0 a 1, que dicen las casillas: no depende de la temperatura."""
    return sum(n * hit for n, hit in zip(row["counts"], row["accuracy"])) / sum(row["counts"])


def _diagram(left: int, row: dict[str, Any]) -> str:
    """Una barra por casilla, hasta donde acierta, y la diagonal: acertar tanto como se dice."""
    wide = 220 / len(row["counts"])
    bars = "".join(
        f'<rect x="{left + i * wide + 0.5:.1f}" y="{250 - 220 * hit:.1f}" width="{wide - 1:.1f}" height="{220 * hit:.1f}" fill="#0072B2" fill-opacity="{_ink(n, row)}"/>'
        for i, (n, hit) in enumerate(zip(row["counts"], row["accuracy"]))
        if n
    )
    return (
        f'<text x="{left}" y="18">T = {text.plain(float(row["t"]))}, ECE {text.decimal(row["ece"], 1)} puntos</text>{bars}'
        f'<path d="M{left} 250h220M{left} 30v220M{left} 250l220 -220" stroke="currentColor" fill="none" stroke-opacity=".6"/>'
        f'<text x="{left}" y="270">0</text><text x="{left + 220}" y="270" text-anchor="end">1</text>'
        f'<text x="{left + 110}" y="286" text-anchor="middle">confianza</text><text x="{left - 8}" y="140" text-anchor="middle"'
        f' transform="rotate(-90 {left - 8} 140)">acierto</text>'
    )


def _ink(count: float, row: dict[str, Any]) -> float:
    """Una casilla con menos del 1 % de las respuestas se ve tenue: dice poco."""
    return 1.0 if count >= 0.01 * sum(row["counts"]) else 0.35


def _image(one: dict[str, Any]) -> str:
    """La primera imagen de la red, con lo que dice de ella."""
    if not one["samples"]:
        return ""
    own = one["samples"][0]
    top = max(range(len(own["logits"])), key=own["logits"].__getitem__)
    return (
        f'<image x="60" y="296" width="32" height="32" style="image-rendering:pixelated" href="{png(decode(own["image"]))}"/>'
        f'<text x="102" y="317">La red dice «{html.escape(one["classes"][top])}», con cualquier T: solo cambia cuánto se lo cree.</text>'
    )
