"""Un paso de descenso para todo el conjunto: pérdida, gradiente, recorte y actualización."""

from collections.abc import Sequence
from dataclasses import replace

import torch
import torch.nn.functional as F
from torch import Tensor

from labcode.training.ensemble import Ensemble
from labcode.training.feed import Epoch, Feed
from labcode.training.placement import Placement
from labcode.training.recipe import Run, learning_rate_at
from labcode.training.update import adam_step, clip_gradients, sgd_step

WARM_UP = 3  # pasos que CUDA pide dar antes de grabar uno


class Stepper:
    """Da los pasos de una época y lleva la cuenta de la pérdida y los aciertos, sin mirar el dispositivo entre medio.

    Args:
        ensemble: las redes apiladas.
        feed: de dónde salen los lotes.
        runs: una por miembro.
        placement: precisión y si el paso se graba.
    """

    def __init__(self, ensemble: Ensemble, feed: Feed, runs: Sequence[Run], placement: Placement) -> None:
        self.ensemble, self.feed, self.placement, self.recipe = ensemble, feed, placement, runs[0].recipe
        device = feed.device
        self.rates = torch.tensor([run.recipe.learning_rate for run in runs], device=device)
        self.lams = [run.recipe.lam for run in runs]
        learned = [i for i, parameter in enumerate(ensemble.parameters) if parameter.requires_grad]
        self.parameters, self.is_weight = [ensemble.parameters[i] for i in learned], [ensemble.is_weight[i] for i in learned]
        self.scales = [self.recipe.norm_rate if ensemble.is_shift[i] else 1.0 for i in learned]
        self.velocities = [torch.zeros_like(p, requires_grad=False) for p in self.parameters]
        self.squares = [torch.zeros_like(v) for v in self.velocities] if self.recipe.optimizer == "adam" else []
        self.count = torch.zeros(1, device=device)  # pasos dados: Adam los necesita
        self.loss_sum = torch.zeros(len(runs), dtype=torch.float64, device=device)
        self.hits = torch.zeros(len(runs), dtype=torch.int64, device=device)
        self._graph: _Graph | None = None

    def epoch(self, number: int) -> tuple[Tensor, Tensor]:
        """Da una vuelta a los datos.

        Args:
            number: cuál, desde 0.

        Returns:
            Pérdida media mientras se aprende, [M], y exactitud en porcentaje, [M].
        """
        recipe, size, total = self.recipe, self.recipe.batch_size, len(self.feed)
        steps = -(-total // size)
        fractions = [
            learning_rate_at(number * steps + i, recipe.epochs * steps, recipe.warmup, recipe.schedule) for i in range(steps)
        ]
        self.loss_sum.zero_()
        self.hits.zero_()
        self.ensemble.train(True)
        epoch, done = self.feed.epoch(), 0
        if self.placement.graph and total // size > WARM_UP:
            self._graph = self._graph or _Graph(self, epoch)
            done = self._graph.play(epoch, fractions[: total // size])
        for i in range(done, steps):
            self.step(epoch, slice(i * size, (i + 1) * size), fractions[i])
        return self.loss_sum / total, 100.0 * self.hits.double() / total

    def step(self, epoch: Epoch, where: slice | Tensor, fraction: float | Tensor) -> None:
        """Un paso de descenso en un lote.

        Args:
            epoch: la vuelta en curso.
            where: qué posiciones de la vuelta forman el lote.
            fraction: fracción de la tasa máxima.
        """
        x, y = self.feed.batch(epoch, where)  # [S, B, C, H, W], [S, B]
        losses, correct = self.losses(x, y, self.recipe.label_smoothing)
        losses.sum().backward()
        if self.recipe.clip_norm:
            clip_gradients(self.parameters, len(self.rates), self.recipe.clip_norm)
        self._update(self.rates * fraction)
        self.loss_sum += losses.detach().double() * y.shape[1]
        self.hits += correct

    def _update(self, rates: Tensor) -> None:
        recipe, momentum = self.recipe, self.recipe.momentum
        if recipe.optimizer == "adam":
            self.count += 1
            adam_step(self.parameters, self.is_weight, self.velocities, self.squares, rates, self.lams, momentum, self.count)
        else:
            sgd_step(self.parameters, self.is_weight, self.scales, self.velocities, rates, self.lams, momentum, recipe.nesterov)

    def state(self) -> dict[str, Tensor]:
        """Da lo que el optimizador recuerda, con nombre, para un punto de control."""
        kept = {"velocity": self.velocities, "square": self.squares, "count": [self.count]}
        return {f"{name}.{i}": tensor for name, tensors in kept.items() for i, tensor in enumerate(tensors)}

    def losses(self, x: Tensor, y: Tensor, smoothing: float = 0.0) -> tuple[Tensor, Tensor]:
        """Da la entropía cruzada media de cada miembro en su lote, [M], y cuántos aciertos tuvo, [M]."""
        with torch.autocast(self.placement.device, self.placement.dtype, enabled=self.placement.dtype != torch.float32):
            logits = self.ensemble(x)  # [M, clases, B]
        logits = logits.transpose(1, 2).float()
        members = y.repeat_interleave(self.ensemble.size // self.ensemble.streams, dim=0)  # [M, B]
        flat = F.cross_entropy(logits.flatten(0, 1), members.flatten(), reduction="none", label_smoothing=smoothing)
        return flat.view(members.shape).mean(1), (logits.detach().argmax(2) == members).sum(1)

    @torch.no_grad()
    def evaluate(self, images: Tensor, labels: Tensor, batch: int = 1000) -> tuple[Tensor, Tensor]:
        """Mide todos los miembros en unos mismos datos: pérdida media, [M], y exactitud en porcentaje, [M]."""
        self.ensemble.train(False)
        loss, hits = torch.zeros_like(self.loss_sum), torch.zeros_like(self.hits)
        for x, y in zip(images.split(batch), labels.split(batch)):
            x = self.feed.normalize(x).expand(self.ensemble.streams, *x.shape)
            losses, correct = self.losses(x, y.expand(self.ensemble.streams, -1))
            loss += losses.double() * len(y)
            hits += correct
        return loss / len(images), 100.0 * hits.double() / len(images)


class _Graph:
    """El paso, grabado una vez (CUDA graph) y repetido: la época no espera a que la CPU lance cada operación.

    Lo grabado lee siempre la misma memoria, así que la vuelta, la tasa y el número de paso viven en tensores fijos, que
    duran lo que la grabación.
    """

    def __init__(self, stepper: Stepper, epoch: Epoch) -> None:
        device, size = stepper.feed.device, stepper.recipe.batch_size
        self.epoch = Epoch(epoch.order.clone(), [replace(draws, numbers=draws.numbers.clone()) for draws in epoch.draws])
        self.fractions = torch.ones(epoch.order.shape[1] // size, device=device)
        self.counter = torch.zeros(1, dtype=torch.int64, device=device)
        self.positions = torch.arange(size, device=device)
        kept = self._state(stepper)
        before = [t.detach().clone() for t in kept]

        def step() -> None:
            stepper.step(self.epoch, self.positions + self.counter * size, self.fractions[self.counter])
            self.counter += 1

        for _ in range(WARM_UP):
            step()
        self.recorded = torch.cuda.CUDAGraph()
        # En su propia cola: cuBLAS guarda una memoria de trabajo por cola, y dos pasos que avanzan a la vez no pueden compartirla.
        with torch.cuda.graph(self.recorded, stream=torch.cuda.current_stream()):
            step()
        with torch.no_grad():  # los pasos de prueba no cuentan
            for tensor, value in zip(kept, before):
                tensor.copy_(value)

    @staticmethod
    def _state(stepper: Stepper) -> list[Tensor]:
        return [*stepper.ensemble.state().values(), *stepper.state().values(), stepper.loss_sum, stepper.hits]

    def play(self, epoch: Epoch, fractions: list[float]) -> int:
        """Da los pasos de lotes completos y dice cuántos fueron."""
        self.epoch.order.copy_(epoch.order)
        for own, new in zip(self.epoch.draws, epoch.draws):
            own.numbers.copy_(new.numbers)
        self.fractions.copy_(torch.tensor(fractions))
        self.counter.zero_()
        for _ in fractions:
            self.recorded.replay()
        return len(fractions)
