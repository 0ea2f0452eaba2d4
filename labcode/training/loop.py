"""El bucle: lo que el libro enseña. Un conjunto de corridas avanza junto; una sola es un conjunto de una."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from tqdm.auto import tqdm

from labcode.checks import check_choice
from labcode.models import build
from labcode.training import checkpoints
from labcode.training.ensemble import Ensemble
from labcode.training.recipe import Run, check_group, learning_rate_at

HISTORY = ("train_loss", "train_accuracy", "eval_loss", "eval_accuracy")
EVAL_BATCH = 1000


class SplitLike(Protocol):
    """Lo que el motor pide de unos datos: imágenes (o vectores) y etiquetas, para aprender y para medir."""

    train_images: Tensor
    train_labels: Tensor
    eval_images: Tensor
    eval_labels: Tensor


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
    """

    run: Run
    model: nn.Sequential
    history: dict[str, list[float]]
    metrics: dict[str, float]
    diverged: int | None
    seconds: float


@dataclass
class _State:
    ensemble: Ensemble
    velocities: list[Tensor]
    orders: list[torch.Generator]  # uno por semilla: el orden de los datos
    epoch: int = 0
    seconds: float = 0.0
    history: list[dict[str, list[float]]] = field(default_factory=list)
    diverged: list[int | None] = field(default_factory=list)


def pick_device(name: str = "auto") -> torch.device:
    """Elige dónde entrenar: la GPU si la hay, o la CPU.

    Args:
        name: "auto", "cpu" o "cuda".

    Raises:
        ValueError: si `name` es otra cosa, o se pide una GPU que no hay.
    """
    check_choice("device", name, ("auto", "cpu", "cuda"))
    if name == "cuda" and not torch.cuda.is_available():
        raise ValueError("`device = 'cuda'` no es posible: torch no ve ninguna GPU. Usen 'cpu' o 'auto'.")
    return torch.device("cuda" if name != "cpu" and torch.cuda.is_available() else "cpu")


def train(
    runs: Run | Sequence[Run],
    split: SplitLike,
    *,
    device: str = "auto",
    checkpoint: Path | None = None,
    eval_every_epoch: bool = True,
    progress: bool = False,
) -> list[Trained]:
    """Entrena una corrida, o un conjunto de corridas que solo difieren en semilla, λ o tasa.

    Cada miembro equivale a su propia corrida por separado: mismos pesos iniciales y mismo orden de datos
    al bit, y los mismos pasos salvo redondeo.

    Args:
        runs: una corrida o varias; las de una misma semilla, juntas.
        split: datos; imágenes uint8 [N, 3, 32, 32] o vectores float [N, D], y etiquetas int64 [N].
        device: "auto", "cpu" o "cuda".
        checkpoint: archivo donde guardar el avance tras cada época; si ya existe, sigue desde ahí
            hasta los mismos bits.
        eval_every_epoch: con False, los datos de evaluación se leen una sola vez, al final.
        progress: si muestra una barra de avance.

    Returns:
        Una `Trained` por corrida, en el mismo orden. Las que divergen también vuelven, marcadas.

    Raises:
        ValueError: si las corridas no pueden ir juntas, los datos no calzan con la red o el punto de
            control es de otras corridas o está dañado.
    """
    runs = [runs] if isinstance(runs, Run) else list(runs)
    check_group(runs)
    place = pick_device(device)
    data = _Data(split, place)
    with _deterministic():
        state = _start(runs, place, checkpoint)
        bar = tqdm(total=runs[0].recipe.epochs, initial=state.epoch, desc="épocas", disable=not progress, leave=False)
        with bar:
            while state.epoch < runs[0].recipe.epochs:
                started = time.perf_counter()
                last = state.epoch + 1 == runs[0].recipe.epochs
                _epoch(state, runs, data, evaluate=eval_every_epoch or last)
                state.seconds += time.perf_counter() - started
                if checkpoint is not None:
                    _save(state, runs, checkpoint)
                bar.set_postfix_str(_postfix(state), refresh=False)
                bar.update()
        return _finish(state, runs)


class _Data:
    """Los datos, enteros en el dispositivo y normalizados por canal al vuelo."""

    def __init__(self, split: SplitLike, device: torch.device) -> None:
        self.train = split.train_images.to(device), split.train_labels.to(device)
        self.eval = split.eval_images.to(device), split.eval_labels.to(device)
        if len(self.train[0]) != len(self.train[1]) or len(self.eval[0]) != len(self.eval[1]):
            raise ValueError("Cada imagen necesita su etiqueta: los tamaños de imágenes y etiquetas no coinciden.")
        self.device = device
        self.mean, self.std = channel_statistics(split.train_images)
        self.mean, self.std = self.mean.to(device), self.std.to(device)

    def normalize(self, images: Tensor) -> Tensor:
        return images.float().sub_(self.mean).div_(self.std)


def channel_statistics(images: Tensor) -> tuple[Tensor, Tensor]:
    """Da media y desviación estándar de cada canal, de forma que se restan y dividen por difusión.

    Args:
        images: [N, C, …], uint8 o float.

    Returns:
        Dos tensores float32 [C, 1, …].
    """
    channels = images.transpose(0, 1).flatten(1)  # [C, N·…]
    if images.dtype == torch.uint8:  # exacto: se cuentan los 256 valores posibles
        counts = torch.stack([torch.bincount(channel, minlength=256) for channel in channels]).double()
        values, weights = torch.arange(256.0, dtype=torch.float64), counts / counts.sum(1, keepdim=True)
        mean = weights @ values
        std = (weights @ values.square() - mean.square()).sqrt()
    else:
        mean, std = channels.double().mean(1), channels.double().std(1, unbiased=False)
    shape = (-1, *[1] * (images.dim() - 2))
    return mean.float().view(shape), std.clamp_min(1e-6).float().view(shape)


@contextmanager
def _deterministic() -> Iterator[None]:
    before = torch.are_deterministic_algorithms_enabled()
    torch.use_deterministic_algorithms(True)
    try:
        yield
    finally:
        torch.use_deterministic_algorithms(before)


def _seeds(runs: Sequence[Run]) -> list[int]:
    return list(dict.fromkeys(run.seed for run in runs))


def _start(runs: Sequence[Run], device: torch.device, checkpoint: Path | None) -> _State:
    ensemble = Ensemble([build(run.model, run.seed) for run in runs], len(_seeds(runs)), device)
    state = _State(
        ensemble,
        [torch.zeros_like(p, requires_grad=False) for p in ensemble.parameters],
        [torch.Generator().manual_seed(seed) for seed in _seeds(runs)],
        history=[{name: [] for name in HISTORY} for _ in runs],
        diverged=[None] * len(runs),
    )
    if checkpoint is not None and Path(checkpoint).exists():
        _resume(state, runs, Path(checkpoint))
    return state


def _resume(state: _State, runs: Sequence[Run], path: Path) -> None:
    tensors, info = checkpoints.load_checkpoint(path)
    if info["runs"] != [checkpoints.describe(run) for run in runs]:
        raise ValueError(f"{path} es un punto de control de otras corridas; bórrenlo o usen otro archivo.")
    state.ensemble.load(tensors)
    for i, velocity in enumerate(state.velocities):
        velocity.copy_(tensors[f"velocity.{i}"])
    for i, generator in enumerate(state.orders):
        generator.set_state(tensors[f"order.{i}"])
    state.epoch, state.seconds = info["epoch"], info["seconds"]
    state.history, state.diverged = info["history"], info["diverged"]


def _save(state: _State, runs: Sequence[Run], path: Path) -> None:
    tensors = state.ensemble.state()
    tensors |= {f"velocity.{i}": v for i, v in enumerate(state.velocities)}
    tensors |= {f"order.{i}": checkpoints.generator_state(g) for i, g in enumerate(state.orders)}
    info: dict[str, Any] = {
        "runs": [checkpoints.describe(run) for run in runs],
        "epoch": state.epoch,
        "seconds": state.seconds,
        "history": state.history,
        "diverged": state.diverged,
    }
    checkpoints.save_checkpoint(path, tensors, info)


def _epoch(state: _State, runs: Sequence[Run], data: _Data, evaluate: bool) -> None:
    """Una vuelta a los datos: barajar, partir en lotes, y un paso de descenso por lote."""
    recipe, ensemble = runs[0].recipe, state.ensemble
    images, labels = data.train
    rates = torch.tensor([run.recipe.learning_rate for run in runs], device=data.device)
    lams = torch.tensor([run.recipe.lam for run in runs], device=data.device)
    order = torch.stack([torch.randperm(len(images), generator=g) for g in state.orders]).to(data.device)  # [S, N]
    batches = order.split(recipe.batch_size, dim=1)
    loss_sum = torch.zeros(len(runs), dtype=torch.float64, device=data.device)
    hits = torch.zeros(len(runs), dtype=torch.int64, device=data.device)
    ensemble.train(True)
    for i, batch in enumerate(batches):
        x, y = data.normalize(images[batch]), labels[batch]  # [S, B, C, H, W], [S, B]
        losses, correct = _losses(ensemble, x, y)
        losses.sum().backward()
        fraction = learning_rate_at(state.epoch * len(batches) + i, recipe.epochs * len(batches), recipe.warmup)
        sgd_step(ensemble.parameters, ensemble.is_weight, state.velocities, rates * fraction, lams, recipe.momentum)
        loss_sum += losses.detach().double() * batch.shape[1]
        hits += correct
    state.epoch += 1
    _record(state, data, loss_sum / len(images), 100.0 * hits.double() / len(images), evaluate)


def _losses(ensemble: Ensemble, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    """Da la entropía cruzada media de cada miembro en su lote, [M], y cuántos aciertos tuvo, [M]."""
    logits = ensemble(x)  # [M, clases, B]
    members = y.repeat_interleave(ensemble.size // ensemble.seeds, dim=0)  # [M, B]
    losses = F.cross_entropy(logits, members, reduction="none")
    return losses.mean(1), (logits.detach().argmax(1) == members).sum(1)


@torch.no_grad()
def sgd_step(
    parameters: Sequence[Tensor],
    is_weight: Sequence[bool],
    velocities: Sequence[Tensor],
    rates: Tensor,
    lams: Tensor,
    momentum: float,
) -> None:
    """Un paso de SGD con momento y L² para los M miembros: v ← μv + g + 2λw; w ← w − αv.

    Args:
        parameters: tensores apilados, con su gradiente en `.grad`; este se consume y queda en None.
        is_weight: cuáles son pesos; los sesgos no se penalizan.
        velocities: momentos, de las mismas formas.
        rates: tasa α de cada miembro en este paso, [M].
        lams: λ de cada miembro, [M].
        momentum: μ.
    """
    for parameter, weight, velocity in zip(parameters, is_weight, velocities):
        w, v, g = (t.view(len(rates), -1) for t in (parameter, velocity, parameter.grad))
        v.mul_(momentum).add_(g)
        if weight:
            v.addcmul_(w, 2.0 * lams[:, None])
        w.addcmul_(v, -rates[:, None])
        parameter.grad = None


def _record(state: _State, data: _Data, loss: Tensor, accuracy: Tensor, evaluate: bool) -> None:
    columns = {"train_loss": loss.tolist(), "train_accuracy": accuracy.tolist()}
    if evaluate:
        columns |= _evaluate(state.ensemble, data, *data.eval)
    for name, values in columns.items():
        for history, value in zip(state.history, values):
            history[name].append(value)
    finite = torch.isfinite(loss).tolist()
    state.diverged = [before or (None if fine else state.epoch) for before, fine in zip(state.diverged, finite)]


@torch.no_grad()
def _evaluate(ensemble: Ensemble, data: _Data, images: Tensor, labels: Tensor) -> dict[str, list[float]]:
    ensemble.train(False)
    loss = torch.zeros(ensemble.size, dtype=torch.float64, device=data.device)
    hits = torch.zeros(ensemble.size, dtype=torch.int64, device=data.device)
    for x, y in zip(images.split(EVAL_BATCH), labels.split(EVAL_BATCH)):
        shared = data.normalize(x).expand(ensemble.seeds, *x.shape)
        losses, correct = _losses(ensemble, shared, y.expand(ensemble.seeds, -1))
        loss += losses.double() * len(x)
        hits += correct
    return {"eval_loss": (loss / len(images)).tolist(), "eval_accuracy": (100.0 * hits.double() / len(images)).tolist()}


def _finish(state: _State, runs: Sequence[Run]) -> list[Trained]:
    finished = []
    for i, run in enumerate(runs):
        model = state.ensemble.member(i)
        history = state.history[i]
        metrics = {name: values[-1] for name, values in history.items()}
        metrics["sum_squares"] = sum(p.detach().double().square().sum().item() for p in model.parameters() if p.dim() > 1)
        finished.append(Trained(run, model, history, metrics, state.diverged[i], state.seconds / len(runs)))
    return finished


def _postfix(state: _State) -> str:
    best = max((h["eval_accuracy"][-1] for h in state.history if h["eval_accuracy"]), default=None)
    return "" if best is None else f"mejor exactitud {best:.1f} %"
