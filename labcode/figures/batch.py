"""El tamaño de lote: curvas y barridos, cada uno con la tasa que eligió en validación, y la agudeza de lo encontrado."""

from collections.abc import Mapping

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from labcode import text
from labcode.checks import check_choice
from labcode.experiments import Findings, Score, band
from labcode.figures.style import AXES, INK, LABELS, PALETTE, TALL, Shown, note, show

SELECTION_EXAMPLES = 45_000  # con cuántas imágenes se entrena al elegir
MARKERS = "os^D"
DEPTH = 12.0  # puntos bajo el menor de los máximos


def batch_curves(findings: Findings, metric: str = "val_accuracy", by: str = "epoch") -> Shown:
    """Dibuja una curva por tamaño de lote, con la tasa elegida para él y su banda de 95 % sobre semillas.

    Args:
        findings: los de un experimento con `per="batch_size"`.
        metric: "val_accuracy" o "train_accuracy".
        by: eje horizontal, "epoch" o "step"; por pasos se mira el final, y lo que está más de `DEPTH` puntos por debajo del menor de los máximos no se ve.
    """
    check_choice("metric", metric, ("val_accuracy", "train_accuracy"))
    check_choice("by", by, ("epoch", "step"))
    fig = Figure(figsize=TALL)
    ax = fig.add_subplot()
    said, peaks = [], []
    sizes = findings.values("batch_size")
    for color, size in zip(matplotlib.colormaps["viridis"](np.linspace(0.22, 0.8, len(sizes))), sizes):
        setting = findings.chosen_per.get(size)
        curves = findings.curves(metric, **setting) if setting else np.empty(0)
        if not curves.size:
            continue
        x = np.arange(1, curves.shape[1] + 1) * (int(np.ceil(SELECTION_EXAMPLES / size)) if by == "step" else 1)
        mean, half = band(curves)
        ax.fill_between(x, mean - half, mean + half, color=color, alpha=0.18, linewidth=0)
        ax.plot(x, mean, color=color, linewidth=1.9, marker="o" if len(x) < 4 else None, label=text.integer(size))
        if not np.isfinite(mean[-1]):
            said.append(f"{text.integer(size)}: divergió")
            continue
        peaks.append(mean.max())
        fell = f" (había llegado a {text.decimal(peaks[-1], 1)})" if peaks[-1] > mean[-1] + 0.3 else ""
        said.append(f"{text.integer(size)}: {text.decimal(mean[-1], 1)}{fell}")
    ax.set(xlabel="época" if by == "epoch" else "paso", ylabel=LABELS[metric])
    if by == "step" and peaks:
        ax.set_ylim(bottom=max(ax.get_ylim()[0], min(peaks) - DEPTH))
    _finish(ax, AXES["batch_size"] if said else None, 3)
    alt = f"Curvas de {LABELS[metric]}, una por tamaño de lote. Al final: {'; '.join(said) or 'sin datos'}."
    return show(fig, alt=alt, name=f"{findings.experiment.name.lower()}-{metric.replace('_', '-')}-{by}")


def batch_sweep(studies: Mapping[str, Findings], metric: str = "test_accuracy") -> Shown:
    """Dibuja la exactitud final contra el tamaño de lote, una línea por experimento, y la cifra de la clase.

    Args:
        studies: nombre que se lee → hallazgos con `per="batch_size"`.
        metric: "test_accuracy" o "val_accuracy".
    """
    check_choice("metric", metric, ("test_accuracy", "val_accuracy"))
    fig = Figure(figsize=TALL)
    ax = fig.add_subplot()
    said = []
    for i, (name, findings) in enumerate(studies.items()):
        scores = {size: findings.score(metric, **setting) for size, setting in findings.chosen_per.items()}
        told = _line(ax, scores, name, i)
        said += [f"{name}: {told}"] if told else []
    lecture = next((f.experiment.lecture for f in studies.values() if f.experiment.lecture), None)
    if lecture and said:
        ax.axhline(lecture, color=PALETTE[4], linestyle=":", linewidth=1.6, label=f"la clase ({text.decimal(lecture)})")
    ax.set(xlabel=AXES["batch_size"], ylabel=LABELS[metric])
    _sizes(ax, studies)
    _finish(ax, None, 2)
    alt = f"{LABELS[metric].capitalize()} contra tamaño de lote. {'. '.join(said) or 'Sin datos'}."
    return show(fig, alt=alt, name=f"lotes-{metric.replace('_', '-')}")


def sharpness_sweep(studies: Mapping[str, Findings]) -> Shown:
    """Dibuja la agudeza de Keskar y otros (2016) contra el tamaño de lote, una línea por experimento.

    Args:
        studies: nombre que se lee → hallazgos con la medida "sharpness" y `per="batch_size"`.
    """
    fig = Figure(figsize=TALL)
    ax = fig.add_subplot()
    said = []
    for i, (name, findings) in enumerate(studies.items()):
        scores = {size: sharpness(findings, size) for size in findings.chosen_per}
        told = _line(ax, scores, name, i)
        said += [f"{name}: {told}"] if told else []
    if said:
        ax.set_yscale("log")
    ax.set(xlabel=AXES["batch_size"], ylabel="agudeza (%, escala logarítmica)")
    _sizes(ax, studies)
    _finish(ax, None, 2)
    return show(fig, alt=f"Agudeza contra tamaño de lote. {'. '.join(said) or 'Sin datos'}.", name="lotes-agudeza")


def sharpness(findings: Findings, size: int) -> Score:
    """Da la agudeza de las redes finales de un tamaño de lote, con la tasa elegida para él.

    Args:
        findings: los de un experimento con la medida "sharpness" y `per="batch_size"`.
        size: uno de sus tamaños de lote.
    """
    setting = findings.chosen_per.get(size)
    found = findings.measure("sharpness", **setting) if setting else np.empty(0)
    return Score(tuple(found[:, 0].tolist()) if found.size else ())


def _line(ax: Axes, scores: Mapping[int, Score], name: str, i: int) -> str:
    """Dibuja una línea de medias con su intervalo y sus semillas; devuelve lo dibujado, en palabras."""
    there = {size: score for size, score in scores.items() if np.isfinite(score.mean)}
    lost = {size: score for size, score in scores.items() if score.diverged}
    for size, score in lost.items():
        note(ax, score.written(), x=np.log2(size))
    told = [f"{text.integer(size)}: {score.written()}" for size, score in lost.items()]
    if not there:
        return ", ".join(told)
    x, means = np.log2(list(there)), np.array([s.mean for s in there.values()])
    halves = [s.ci95 for s in there.values()]
    ax.errorbar(x, means, halves, color=PALETTE[i], marker=MARKERS[i % 4], markersize=6, capsize=3, linestyle=("-", "--", "-.", ":")[i % 4], label=name)
    for at, score in zip(x, there.values()):
        ax.scatter(np.full(score.seeds, at), score.values, s=9, color=PALETTE[i], alpha=0.3, linewidths=0, label="_semilla")
    return ", ".join([f"{text.integer(size)} → {text.decimal(score.mean, 1)}" for size, score in there.items()] + told)


def _sizes(ax: Axes, studies: Mapping[str, Findings]) -> None:
    sizes = next(iter(studies.values())).values("batch_size")
    ax.set_xticks(np.log2(sizes), [text.integer(size) for size in sizes])
    ax.set_xlim(np.log2(sizes[0]) - 0.5, np.log2(sizes[-1]) + 0.5)


def _finish(ax: Axes, title: str | None, columns: int) -> None:
    if ax.get_legend_handles_labels()[0]:
        ax.legend(title=title, loc="upper center", bbox_to_anchor=(0.5, -0.16), ncols=columns, fontsize=10)
    else:
        ax.text(0.5, 0.5, "Todavía no hay resultados medidos", transform=ax.transAxes, ha="center", color=INK)
