"""El bucle: lo que el libro enseña. Un conjunto de corridas avanza junto; una sola es un conjunto de una."""

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from labcode.checks import check_bool
from labcode.models import FastConfig, build
from labcode.training import checkpoints
from labcode.training.ensemble import Ensemble
from labcode.training.feed import Feed, SplitLike
from labcode.training.placement import Placement, fills, place, settled
from labcode.training.progress import Progress
from labcode.training.recipe import Run, check_group, describe
from labcode.training.step import Stepper
from labcode.training.whitening import whiten

WHITENED = 5000  # imágenes que se miran para elegir los filtros de una primera capa que no aprende
FREE, PATIENCE = 0.01, 10  # un punto de control que tarda más que FREE segundos espera PATIENCE veces lo que se pasa
HISTORY = ("train_loss", "train_accuracy", "eval_loss", "eval_accuracy")


@dataclass(frozen=True)
class Trained:
    """Una corrida terminada.

    Attributes:
        run: qué se pidió.
        model: la red entrenada, en CPU.
        history: por época, medias mientras se aprende (`train_loss`, `train_accuracy`) y medidas al
            terminarla (`eval_loss`, `eval_accuracy`); exactitudes en porcentaje, y NaN lo que no fue finito y lo que siguió.
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
class _Stack:
    """Corridas que avanzan apiladas, con sus datos; en GPU, en su propia cola."""

    runs: Sequence[Run]
    ensemble: Ensemble
    feed: Feed
    stepper: Stepper
    queue: torch.cuda.Stream | None
    history: list[dict[str, list[float]]]
    diverged: list[int | None]


@dataclass
class _State:
    stacks: list[_Stack]
    epoch: int = 0
    seconds: float = 0.0
    saved: float = 0.0  # cuándo se escribió el último punto de control,
    saving: float = 0.0  # y cuánto tardó


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
    sorteos al bit, y los mismos pasos salvo redondeo. Las redes pequeñas avanzan apiladas; las que solas llenan la
    máquina (`fills`), una al lado de otra: por turnos en CPU, y en GPU a la vez, cada una en su cola.

    Args:
        runs: una corrida o varias; las de una misma semilla y aumento, juntas.
        split: datos; imágenes uint8 [N, 3, 32, 32] o vectores float [N, D], y etiquetas int64 [N].
        device: "auto", "cpu" o "cuda".
        precision: "auto" (bfloat16 donde el equipo lo multiplica por hardware), "float32" o "bfloat16".
        threads: hilos de CPU; None, aquellos con que empezó el punto de control o, si no lo hay, los que convengan al paso.
        graph: si en GPU se graba el paso (CUDA graphs); None, sí.
        checkpoint: archivo donde guardar el avance tras cada época (o tras varias, si escribirlo tarda más que
            ellas); si ya existe, sigue desde ahí hasta los mismos bits.
        eval_every_epoch: con False, los datos de evaluación se leen una sola vez, al final.
        progress: si muestra el avance: una barra en terminales y cuadernos, líneas en lo demás.

    Returns:
        Una `Trained` por corrida, en el mismo orden. Las que divergen también vuelven, marcadas: desde ahí sus medidas son NaN, y
        si todas lo hicieron nada más se calcula.

    Raises:
        ValueError: si las corridas no pueden ir juntas, los datos no calzan con la red o el punto de control está
            dañado, es de otras corridas o se empezó en otro dispositivo, precisión o número de hilos.
    """
    runs = [runs] if isinstance(runs, Run) else list(runs)
    check_group(runs)
    check_bool("eval_every_epoch", eval_every_epoch)
    check_bool("progress", progress)
    placement = place(runs, device, precision, _begun(checkpoint) if threads is None else threads, graph)
    epochs = runs[0].recipe.epochs
    with settled(placement):
        state = _State([_start(own, split, placement) for own in _stacks(runs)])
        if checkpoint is not None and Path(checkpoint).exists():
            _resume(state, runs, placement, Path(checkpoint))
        images = sum(len(stack.feed) * len(stack.runs) for stack in state.stacks)
        bar = Progress(progress, epochs, state.epoch, images, f"{len(runs)} redes")
        while state.epoch < epochs:
            started = time.perf_counter()
            _epoch(state, evaluate=eval_every_epoch or state.epoch + 1 == epochs)
            state.seconds += time.perf_counter() - started
            if checkpoint is not None:
                _save(state, runs, placement, Path(checkpoint))
            seen = [h["eval_accuracy"][-1] for stack in state.stacks for h in stack.history if h["eval_accuracy"]]
            bar.epoch(max(filter(math.isfinite, seen), default=None))
        bar.close()
        return _finish(state, placement)


def _stacks(runs: Sequence[Run]) -> list[Sequence[Run]]:
    """Reparte un conjunto entre sus pilas: una sola, o una por corrida si cada una llena la máquina."""
    return [[run] for run in runs] if fills(runs[0].model) else [runs]


def _start(runs: Sequence[Run], split: SplitLike, placement: Placement) -> _Stack:
    queue = torch.cuda.Stream() if placement.device == "cuda" else None
    with torch.cuda.stream(queue):
        feed = Feed(split, runs, placement)
        models = [build(run.model, run.seed) for run in runs]
        if isinstance(runs[0].model, FastConfig):
            _whiten(models, feed)
        masks = [stream.masks for stream in feed.streams]
        ensemble = Ensemble(models, masks, feed.device, placement.channels_last, runs[0].recipe.dropout, placement.winograd)
        stepper = Stepper(ensemble, feed, runs, placement)
    return _Stack(runs, ensemble, feed, stepper, queue, [{name: [] for name in HISTORY} for _ in runs], [None] * len(runs))


def _whiten(models: Sequence[nn.Sequential], feed: Feed) -> None:
    """Da a cada red los filtros que blanquean algunas de sus imágenes de entrenamiento."""
    each = len(models) // len(feed.streams)
    for i, model in enumerate(models):
        own = feed.streams[i // each].members[:WHITENED].to(feed.device)
        whiten(model[0].to(feed.device), (feed.normalize(feed.train[0][part]) for part in own.split(500)))


def _begun(checkpoint: Path | None) -> int | None:
    """Con cuántos hilos empezó lo que se va a seguir: con otros, los bits serían otros."""
    if checkpoint is None or not Path(checkpoint).exists():
        return None
    place = checkpoints.load_info(Path(checkpoint)).get("place")
    return place["threads"] if isinstance(place, dict) else None  # una lista: de otro formato, y se dirá al leerlo entero


def _resume(state: _State, runs: Sequence[Run], placement: Placement, path: Path) -> None:
    tensors, info = checkpoints.load_checkpoint(path)
    if info["runs"] != [describe(run) for run in runs]:
        raise ValueError(f"{path} es un punto de control de otras corridas; bórrenlo o usen otro archivo.")
    if info["place"] != _place(placement):
        begun, now = ("{precision} en {device} con {threads} hilo{s}".format(**one, s="s" * (one["threads"] > 1)) for one in (info["place"], _place(placement)))
        raise ValueError(f"{path} se empezó en {begun} y ahora se sigue en {now}: sigan como empezó, o bórrenlo.")
    for i, stack in enumerate(state.stacks):
        for name, tensor in _tensors(stack).items():
            tensor.copy_(tensors[f"{i}.{name}"])
        for name, generator in stack.feed.generators().items():
            generator.set_state(tensors[f"{i}.{name}"])
        stack.history, stack.diverged = info["history"][i], info["diverged"][i]
    state.epoch, state.seconds = info["epoch"], info["seconds"]


def _save(state: _State, runs: Sequence[Run], placement: Placement, path: Path) -> None:
    """Escribe el punto de control, salvo que el anterior haya tardado y sea de hace poco; el de la última época, siempre."""
    begun = time.perf_counter()
    if state.epoch < runs[0].recipe.epochs and begun - state.saved < PATIENCE * (state.saving - FREE):
        return
    tensors = {}
    for i, stack in enumerate(state.stacks):
        kept = _tensors(stack) | {name: generator.get_state() for name, generator in stack.feed.generators().items()}
        tensors |= {f"{i}.{name}": tensor for name, tensor in kept.items()}
    info = {
        "runs": [describe(run) for run in runs],
        "place": _place(placement),
        "epoch": state.epoch,
        "seconds": state.seconds,
        "history": [stack.history for stack in state.stacks],
        "diverged": [stack.diverged for stack in state.stacks],
    }
    checkpoints.save_checkpoint(path, tensors, info)
    state.saved = time.perf_counter()
    state.saving = state.saved - begun


def _place(placement: Placement) -> dict[str, str | int]:
    return {"device": placement.device, "precision": placement.precision, "threads": placement.threads}


def _tensors(stack: _Stack) -> dict[str, Tensor]:
    return stack.ensemble.state() | stack.stepper.state()


def _epoch(state: _State, evaluate: bool) -> None:
    """Una vuelta a los datos, y la medida al terminarla. En GPU, todas las colas reciben su trabajo antes de esperar a ninguna."""
    found = []
    for stack in state.stacks:
        if all(stack.diverged):  # sus pesos ya no son números: no hay qué aprender ni qué medir
            nothing = torch.full((len(stack.runs),), math.nan)
            found.append({name: nothing for name in HISTORY if evaluate or name.startswith("train")})
            continue
        with torch.cuda.stream(stack.queue):
            loss, accuracy = stack.stepper.epoch(state.epoch)
            columns = {"train_loss": loss, "train_accuracy": accuracy}
            if evaluate:
                columns["eval_loss"], columns["eval_accuracy"] = stack.stepper.evaluate(*stack.feed.eval)
            found.append(columns)
    state.epoch += 1
    for stack, columns in zip(state.stacks, found):
        with torch.cuda.stream(stack.queue):
            _record(stack, columns, state.epoch)


def _record(stack: _Stack, columns: dict[str, Tensor], epoch: int) -> None:
    read = {name: values.tolist() for name, values in columns.items()}
    for name, values in read.items():
        losses = read[name.replace("accuracy", "loss")]
        for history, value, loss, before in zip(stack.history, values, losses, stack.diverged):
            # Con pesos que no son números, la exactitud sería la de responder siempre lo mismo.
            history[name].append(value if before is None and math.isfinite(loss) else math.nan)
    losses = zip(*(values for name, values in read.items() if name.endswith("loss")))  # la de medir también: pudo romperse en el último paso
    stack.diverged = [before or (None if all(map(math.isfinite, own)) else epoch) for before, own in zip(stack.diverged, losses)]


def _finish(state: _State, placement: Placement) -> list[Trained]:
    finished, each = [], state.seconds / sum(len(stack.runs) for stack in state.stacks)
    for stack in state.stacks:
        scale = stack.feed.mean.cpu(), stack.feed.std.cpu()
        for i, (run, history, diverged) in enumerate(zip(stack.runs, stack.history, stack.diverged)):
            model = stack.ensemble.member(i)
            metrics = {name: values[-1] for name, values in history.items()}
            weights = [p for p in model.parameters() if p.dim() > 1 and p.requires_grad]
            metrics["sum_squares"] = sum(w.detach().double().square().sum().item() for w in weights)
            finished.append(Trained(run, model, history, metrics, diverged, each, placement, scale))
    return finished
