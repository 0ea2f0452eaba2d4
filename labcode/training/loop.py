"""El bucle: lo que el libro enseña. Un conjunto de corridas avanza junto; una sola es un conjunto de una."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import torch
from torch import Tensor, nn

from labcode.models import FastConfig, build
from labcode.training import checkpoints
from labcode.training.ensemble import Ensemble
from labcode.training.feed import Feed, SplitLike
from labcode.training.placement import Placement, place, settled
from labcode.training.progress import Progress
from labcode.training.recipe import Run, check_group, describe
from labcode.training.step import Stepper
from labcode.training.whitening import whiten

WHITENED = 5000  # imágenes que se miran para elegir los filtros de una primera capa que no aprende
HISTORY = ("train_loss", "train_accuracy", "eval_loss", "eval_accuracy")


@dataclass(frozen=True)
class Trained:
    """Una corrida terminada.

    Attributes:
        run: qué se pidió.
        model: la red entrenada, en CPU.
        history: por época, medias mientras se aprende (`train_loss`, `train_accuracy`) y medidas al
            terminarla (`eval_loss`, `eval_accuracy`); exactitudes en porcentaje.
        metrics: medidas finales: las de `history` y `sum_squares` (Σw²).
        diverged: época (desde 1) en que la pérdida dejó de ser finita, o None.
        seconds: tiempo del conjunto repartido entre sus miembros.
        placement: dónde y cómo se calculó.
        normalization: lo que se resta y por lo que se divide cada canal antes de entrar en la red, [C, 1, …] cada uno.
    """

    run: Run
    model: nn.Sequential
    history: dict[str, list[float]]
    metrics: dict[str, float]
    diverged: int | None
    seconds: float
    placement: Placement
    normalization: tuple[Tensor, Tensor]


@dataclass
class _State:
    ensemble: Ensemble
    feed: Feed
    stepper: Stepper
    epoch: int = 0
    seconds: float = 0.0
    history: list[dict[str, list[float]]] = field(default_factory=list)
    diverged: list[int | None] = field(default_factory=list)


def train(
    runs: Run | Sequence[Run],
    split: SplitLike,
    *,
    device: str = "auto",
    precision: str = "auto",
    threads: int | None = None,
    graph: bool | None = None,
    checkpoint: Path | None = None,
    eval_every_epoch: bool = True,
    progress: bool = False,
) -> list[Trained]:
    """Entrena una corrida, o un conjunto de corridas que solo difieren en semilla, λ, tasa o aumento.

    Cada miembro equivale a su propia corrida por separado: mismos pesos iniciales, mismo orden de datos y mismos
    sorteos al bit, y los mismos pasos salvo redondeo.

    Args:
        runs: una corrida o varias; las de una misma semilla y aumento, juntas.
        split: datos; imágenes uint8 [N, 3, 32, 32] o vectores float [N, D], y etiquetas int64 [N].
        device: "auto", "cpu" o "cuda".
        precision: "auto" (bfloat16 donde el equipo lo multiplica por hardware), "float32" o "bfloat16".
        threads: hilos de CPU; None, los que convengan al tamaño del paso.
        graph: si en GPU se graba el paso (CUDA graphs); None, sí.
        checkpoint: archivo donde guardar el avance tras cada época; si ya existe, sigue desde ahí
            hasta los mismos bits.
        eval_every_epoch: con False, los datos de evaluación se leen una sola vez, al final.
        progress: si muestra el avance: una barra en terminales y cuadernos, líneas en lo demás.

    Returns:
        Una `Trained` por corrida, en el mismo orden. Las que divergen también vuelven, marcadas.

    Raises:
        ValueError: si las corridas no pueden ir juntas, los datos no calzan con la red o el punto de control está
            dañado, es de otras corridas o se empezó en otro dispositivo o precisión.
    """
    runs = [runs] if isinstance(runs, Run) else list(runs)
    check_group(runs)
    placement = place(runs, device, precision, threads, graph)
    epochs = runs[0].recipe.epochs
    with settled(placement):
        state = _start(runs, split, placement, checkpoint)
        bar = Progress(progress, epochs, state.epoch, len(state.feed) * len(runs), f"{len(runs)} redes")
        while state.epoch < epochs:
            started = time.perf_counter()
            _epoch(state, evaluate=eval_every_epoch or state.epoch + 1 == epochs)
            state.seconds += time.perf_counter() - started
            if checkpoint is not None:
                _save(state, runs, placement, checkpoint)
            bar.epoch(max((h["eval_accuracy"][-1] for h in state.history if h["eval_accuracy"]), default=None))
        bar.close()
        return _finish(state, runs, placement)


def _start(runs: Sequence[Run], split: SplitLike, placement: Placement, checkpoint: Path | None) -> _State:
    feed = Feed(split, runs, placement)
    models = [build(run.model, run.seed) for run in runs]
    if isinstance(runs[0].model, FastConfig):
        _whiten(models, feed)
    masks = [stream.masks for stream in feed.streams]
    ensemble = Ensemble(models, masks, feed.device, placement.channels_last, runs[0].recipe.dropout, placement.winograd)
    state = _State(
        ensemble,
        feed,
        Stepper(ensemble, feed, runs, placement),
        history=[{name: [] for name in HISTORY} for _ in runs],
        diverged=[None] * len(runs),
    )
    if checkpoint is not None and Path(checkpoint).exists():
        _resume(state, runs, placement, Path(checkpoint))
    return state


def _whiten(models: Sequence[nn.Sequential], feed: Feed) -> None:
    """Da a cada red los filtros que blanquean algunas de sus imágenes de entrenamiento."""
    each = len(models) // len(feed.streams)
    for i, model in enumerate(models):
        own = feed.streams[i // each].members[:WHITENED].to(feed.device)
        whiten(model[0].to(feed.device), (feed.normalize(feed.train[0][part]) for part in own.split(500)))


def _resume(state: _State, runs: Sequence[Run], placement: Placement, path: Path) -> None:
    tensors, info = checkpoints.load_checkpoint(path)
    if info["runs"] != [describe(run) for run in runs]:
        raise ValueError(f"{path} es un punto de control de otras corridas; bórrenlo o usen otro archivo.")
    if info["place"] != [placement.device, placement.precision]:
        begun = " en ".join(reversed(info["place"]))
        now = f"{placement.precision} en {placement.device}"
        raise ValueError(f"{path} se empezó en {begun} y ahora se sigue en {now}: sigan como empezó, o bórrenlo.")
    state.ensemble.load(tensors)
    for name, tensor in state.stepper.state().items():
        tensor.copy_(tensors[name])
    for name, generator in state.feed.generators().items():
        generator.set_state(tensors[name])
    state.epoch, state.seconds = info["epoch"], info["seconds"]
    state.history, state.diverged = info["history"], info["diverged"]


def _save(state: _State, runs: Sequence[Run], placement: Placement, path: Path) -> None:
    tensors = state.ensemble.state() | state.stepper.state()
    tensors |= {name: generator.get_state() for name, generator in state.feed.generators().items()}
    info = {
        "runs": [describe(run) for run in runs],
        "place": [placement.device, placement.precision],
        "epoch": state.epoch,
        "seconds": state.seconds,
        "history": state.history,
        "diverged": state.diverged,
    }
    checkpoints.save_checkpoint(path, tensors, info)


def _epoch(state: _State, evaluate: bool) -> None:
    """Una vuelta a los datos, y la medida al terminarla."""
    loss, accuracy = state.stepper.epoch(state.epoch)
    state.epoch += 1
    columns = {"train_loss": loss, "train_accuracy": accuracy}
    if evaluate:
        columns["eval_loss"], columns["eval_accuracy"] = state.stepper.evaluate(*state.feed.eval)
    _record(state, columns)


def _record(state: _State, columns: dict[str, Tensor]) -> None:
    for name, values in columns.items():
        for history, value in zip(state.history, values.tolist()):
            history[name].append(value)
    finite = torch.isfinite(columns["train_loss"]).tolist()
    state.diverged = [before or (None if fine else state.epoch) for before, fine in zip(state.diverged, finite)]


def _finish(state: _State, runs: Sequence[Run], placement: Placement) -> list[Trained]:
    finished = []
    for i, run in enumerate(runs):
        model = state.ensemble.member(i)
        history = state.history[i]
        metrics = {name: values[-1] for name, values in history.items()}
        metrics["sum_squares"] = sum(p.detach().double().square().sum().item() for p in model.parameters() if p.dim() > 1 and p.requires_grad)
        seconds, scale = state.seconds / len(runs), (state.feed.mean.cpu(), state.feed.std.cpu())
        finished.append(Trained(run, model, history, metrics, state.diverged[i], seconds, placement, scale))
    return finished
