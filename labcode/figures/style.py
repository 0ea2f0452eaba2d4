"""El estilo de las figuras del libro, y cómo llegan a la página: vectoriales, iguales en claro y en oscuro."""

import html
import io
import re
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib
from cycler import cycler
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from labcode.checks import check_choice
from labcode.figures.table import Table, table_of
from labcode.figures.take import take_line
from labcode.files import write_atomic

# Okabe e Ito: se distinguen con cualquier visión del color.
PALETTE = ("#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#56B4E9", "#999933", "#7F7F7F")
INK = "#010203"  # marca que al escribir el SVG se vuelve currentColor

LABELS = {
    "val_accuracy": "exactitud en validación (%)",
    "test_accuracy": "exactitud en prueba (%)",
    "train_accuracy": "exactitud en entrenamiento (%)",
    "train_loss": "pérdida en entrenamiento",
    "sum_squares": "Σw² de los pesos",
}
AXES = {
    "lam": "λ", "batch_size": "tamaño de lote", "learning_rate": "tasa de aprendizaje α", "hidden": "neuronas ocultas",
    "normalize": "¿entrada normalizada?", "optimizador": "optimizador", "dropout": "p", "epochs": "épocas",
}  # fmt: skip

# Pulgadas. A este ancho, la letra de una figura todavía se lee en la pantalla de un teléfono.
WIDE, TALL = (5.6, 3.7), (5.6, 4.2)

STYLE: dict[str, Any] = {
    "figure.figsize": WIDE, "figure.facecolor": "none", "axes.facecolor": "none", "savefig.facecolor": "none",
    "font.family": "sans-serif", "font.size": 11, "svg.fonttype": "path", "svg.hashsalt": "labcode",
    "text.color": INK, "axes.labelcolor": INK, "axes.edgecolor": INK, "xtick.color": INK, "ytick.color": INK,
    "axes.spines.top": False, "axes.spines.right": False, "axes.grid": True, "grid.color": INK, "grid.alpha": 0.12,
    "axes.prop_cycle": cycler(color=PALETTE), "legend.frameon": False, "lines.linewidth": 1.8,
    "axes.titlesize": 12, "axes.titlelocation": "left", "figure.constrained_layout.use": True,
}  # fmt: skip


def style() -> None:
    """Aplica el estilo del libro a toda figura que se dibuje después."""
    matplotlib.rcParams.update(STYLE)


def note(ax: Axes, words: str, *, x: float | None = None, y: float | None = None) -> None:
    """Escribe unas palabras donde no hay un punto que dibujar: en la columna `x`, de abajo hacia arriba, o en la fila `y`.

    Args:
        ax: dónde.
        words: por ejemplo, «sin medir todavía» o «divergió».
        x: la columna, en la escala del eje; o
        y: la fila.
    """
    if y is None:
        ax.text(x, 0.03, words, transform=ax.get_xaxis_transform(), rotation=90, ha="center", va="bottom", fontsize=9, color=INK, alpha=0.75)
    else:
        ax.text(0.11, y, words, transform=ax.get_yaxis_transform(), va="center", fontsize=10, color=INK, alpha=0.75)


@dataclass(frozen=True)
class Shown:
    """Una figura lista para mostrarse: SVG dentro de la página, con su texto alternativo.

    Attributes:
        svg: el dibujo.
        alt: lo que se ve, dicho en palabras.
        name: identificador de la figura.
        table: los datos dibujados; None si no hay (un esquema, una imagen).
    """

    svg: str
    alt: str
    name: str
    table: Table | None = None

    def save(self, path: Path | str) -> None:
        """Guarda la figura, si `path` termina en `.svg`, o sus datos, si termina en `.csv`.

        Raises:
            ValueError: si termina en otra cosa, o si se piden los datos de una figura que no los tiene.
            OSError: si no se puede escribir.
        """
        suffix = check_choice("la terminación de `path`", Path(path).suffix, (".svg", ".csv"))
        if suffix == ".csv" and self.table is None:
            raise ValueError(f"La figura «{self.name}» no dibuja datos: se puede guardar como .svg, no como .csv.")
        text = self.svg.replace("currentColor", "#22272e") if suffix == ".svg" else "\ufeff" + self.table.csv
        write_atomic(Path(path), text.encode())

    def _repr_html_(self) -> str:
        width = float(re.search(r"max-width:(\d+)px", self.svg)[1])
        take = take_line(self.table, width)
        return f'<figure class="rc-figure" data-figure="{html.escape(self.name)}">{self.svg}{take}</figure>'

    def __repr__(self) -> str:
        return f"Figura «{self.name}»: {self.alt}"


def show(fig: Figure, *, alt: str, name: str) -> Shown:
    """Convierte una figura de matplotlib en SVG que hereda el color del texto de la página.

    Args:
        fig: la figura; queda vacía.
        alt: descripción para quien no la ve.
        name: identificador corto, único en el capítulo.

    Raises:
        ValueError: si `alt` está vacío.
    """
    if not alt.strip():
        raise ValueError("`alt` está vacío: describan en una frase lo que la figura muestra.")
    buffer, table = io.StringIO(), table_of(fig)
    with matplotlib.rc_context({"svg.hashsalt": name}):
        fig.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    with warnings.catch_warnings():  # al vaciar ejes logarítmicos compartidos, algunas versiones avisan
        warnings.simplefilter("ignore")
        fig.clear()
    svg = buffer.getvalue()
    svg = svg[svg.index("<svg") :].strip()
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.S)
    svg = re.sub(r"<defs>\s*<style.*?</style>\s*</defs>", "", svg, flags=re.S)  # vale para toda la página, no solo para esta figura
    svg = re.sub(r'<g id="[a-z_]+\d*">', "<g>", svg)  # identificadores que se repetirían entre figuras
    svg = re.sub(r' d="[^"]*"', lambda path: re.sub(r"(\.\d\d)\d+", r"\1", path[0]), svg)  # un centésimo de punto no se ve, y pesa
    svg = _unique_ids(svg, name).replace(INK, "currentColor").replace(INK.upper(), "currentColor")
    label = html.escape(alt, quote=True)
    wide = float(re.search(r'width="([\d.]+)pt"', svg)[1]) * 4 / 3
    attributes = f'role="img" aria-label="{label}" style="width:100%;max-width:{wide:.0f}px;height:auto;stroke-linejoin:round"'
    svg = re.sub(r'width="[\d.]+pt" height="[\d.]+pt"', attributes, svg, count=1)
    return Shown(svg, alt, name, table)


def _unique_ids(svg: str, name: str) -> str:
    """Antepone el nombre de la figura a cada identificador, para que dos figuras de una página no choquen."""
    ids = set(re.findall(r' id="([^"]+)"', svg))
    pattern = re.compile(r'(id="|href="#|url\(#)([^")]+)')
    return pattern.sub(lambda m: m[1] + (f"{name}-{m[2]}" if m[2] in ids else m[2]), svg)
