"""Lo que se mide de una red ya entrenada, además de su exactitud: traslaciones, calibración, espejo, vistas y agudeza."""

from dataclasses import dataclass
from typing import ClassVar, Protocol

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.func import functional_call

from labcode.checks import check_float, check_int

Values = dict[str, list[float]]
TEMPERATURES = (0.5, 0.75, 1.0, 1.25, 1.5, 2.0, 2.5, 3.0)


@dataclass(frozen=True)
class Network:
    """Una red con lo que hay que hacerle a una imagen antes de dársela.

    Attributes:
        model: la red, en modo de evaluación.
        mean: lo que se resta, [C, 1, 1].
        std: por lo que se divide, [C, 1, 1].
    """

    model: nn.Module
    mean: Tensor
    std: Tensor

    def prepare(self, images: Tensor) -> Tensor:
        """Normaliza imágenes uint8 [N, C, H, W], en el dispositivo de la red."""
        return (images.to(self.mean.device).float() - self.mean) / self.std

    @torch.no_grad()
    def logits(self, images: Tensor, batch: int = 1000) -> Tensor:
        """Da los logits, [N, clases], de imágenes uint8 [N, C, H, W]."""
        return torch.cat([self.model(self.prepare(part)).float() for part in images.split(batch)])

    def accuracy(self, images: Tensor, labels: Tensor) -> float:
        """Da la exactitud, en porcentaje."""
        return percentage(self.logits(images), labels)


class Measured(Protocol):
    """Los datos que una medida puede mirar: los de aprender y los de evaluar de la fase."""

    train_images: Tensor
    train_labels: Tensor
    eval_images: Tensor
    eval_labels: Tensor


class Measure(Protocol):
    """Una medida: recibe una red y sus datos, y da listas de números con nombre.

    Attributes:
        name: el de una de ellas: un resultado que no la tiene se midió antes de que el experimento la pidiera.
    """

    name: ClassVar[str]

    def __call__(self, network: Network, data: Measured) -> Values:
        """Mide."""


def percentage(logits: Tensor, labels: Tensor) -> float:
    """Da el porcentaje de aciertos de unos logits [N, clases]."""
    return 100.0 * (logits.argmax(1) == labels.to(logits.device)).double().mean().item()


def shift_images(images: Tensor, down: int, right: int) -> Tensor:
    """Traslada imágenes [N, C, H, W]; lo que entra por el borde repite la última fila o columna.

    Args:
        images: las que se mueven.
        down: filas hacia abajo; negativo, hacia arriba.
        right: columnas hacia la derecha; negativo, hacia la izquierda.

    Raises:
        ValueError: si `down` o `right` no son enteros, o pasan del alto o del ancho.
    """
    check_int("down", down, -images.shape[2], images.shape[2], 1)
    check_int("right", right, -images.shape[3], images.shape[3], 1)
    rows = (torch.arange(images.shape[2], device=images.device) - down).clamp(0, images.shape[2] - 1)
    columns = (torch.arange(images.shape[3], device=images.device) - right).clamp(0, images.shape[3] - 1)
    return images[:, :, rows][:, :, :, columns]


@dataclass(frozen=True)
class Shift:
    """Exactitud cuando las imágenes se trasladan: `shift`, la media de las cuatro direcciones, por cada `shift_offsets`.

    Attributes:
        most: hasta cuántos píxeles, de 1 a 16.
    """

    most: int = 8
    name: ClassVar[str] = "shift"

    def __post_init__(self) -> None:
        check_int("most", self.most, 1, 16, 8)

    def __call__(self, network: Network, data: Measured) -> Values:
        """Mide en los datos de evaluar."""
        offsets = list(range(self.most + 1))
        found = []
        for d in offsets:
            directions = {(d, 0), (-d, 0), (0, d), (0, -d)}  # con d = 0, una sola
            scores = [network.accuracy(shift_images(data.eval_images, *way), data.eval_labels) for way in sorted(directions)]
            found.append(sum(scores) / len(scores))
        return {"shift_offsets": [float(d) for d in offsets], "shift": found}


@dataclass(frozen=True)
class Mirror:
    """Exactitud al promediar las probabilidades de cada imagen y de su espejo: `tta`, un número."""

    name: ClassVar[str] = "tta"

    def __call__(self, network: Network, data: Measured) -> Values:
        """Mide en los datos de evaluar."""
        return {"tta": [percentage(_with_mirror(network, data.eval_images), data.eval_labels)]}


@dataclass(frozen=True)
class Views:
    """Exactitud al promediar las probabilidades de seis vistas: `views`, un número.

    La imagen y su espejo pesan un cuarto cada uno. Las otras cuatro pesan un octavo: la imagen corrida un píxel hacia abajo y a
    la derecha, la corrida hacia arriba y a la izquierda, y sus espejos.

    Fuente: Jordan (2024), arXiv:2404.00498, sección 3.5, que promedia los logits y rellena los bordes con su reflejo.
    """

    name: ClassVar[str] = "views"

    def __call__(self, network: Network, data: Measured) -> Values:
        """Mide en los datos de evaluar."""
        still, one, other = (_with_mirror(network, shift_images(data.eval_images, d, d)) for d in (0, 1, -1))
        return {"views": [percentage(still + (one + other) / 2, data.eval_labels)]}


def _with_mirror(network: Network, images: Tensor) -> Tensor:
    """Suma las probabilidades de cada imagen y las de su espejo: [N, clases]."""
    return network.logits(images).softmax(1) + network.logits(images.flip(3)).softmax(1)


def reliability(logits: Tensor, labels: Tensor, bins: int = 15) -> Values:
    """Compara la confianza de unas respuestas con sus aciertos: `ece`, `nll`, y las casillas, como en `Calibration`.

    Args:
        logits: [N, clases], ya divididos por la temperatura.
        labels: int64 [N], en el mismo dispositivo.
        bins: casillas iguales entre 0 y 1.
    """
    confidence, answer = logits.softmax(1).max(1)
    hit = (answer == labels).double()
    where = (confidence * bins).long().clamp_max(bins - 1)
    counts = torch.bincount(where, minlength=bins).double()
    sums = [torch.zeros(bins, dtype=torch.float64, device=logits.device).index_add_(0, where, x) for x in (confidence, hit)]
    gap = 100.0 * (sums[0] - sums[1]).abs().sum().item() / len(labels)
    means = [(total / counts.clamp_min(1)).tolist() for total in sums]
    return {
        "ece": [gap], "nll": [F.cross_entropy(logits, labels).item()],
        "bin_counts": counts.tolist(), "bin_confidence": means[0], "bin_accuracy": means[1],
    }  # fmt: skip


@dataclass(frozen=True)
class Calibration:
    """Cuánto se cree la red lo que dice, con varias temperaturas.

    Por cada una de `temperatures`: `ece`, la diferencia media entre confianza y acierto, en puntos porcentuales; `nll`, la entropía
    cruzada; y, una tras otra, las casillas de confianza: `bin_counts`, `bin_confidence` y `bin_accuracy` (0 las vacías).
    Fuente: Guo y otros (2017), ecuaciones 2, 3 y 9.

    Attributes:
        bins: casillas iguales entre 0 y 1, de 2 a 100.
    """

    bins: int = 15
    name: ClassVar[str] = "ece"

    def __post_init__(self) -> None:
        check_int("bins", self.bins, 2, 100, 15)

    def __call__(self, network: Network, data: Measured) -> Values:
        """Mide en los datos de evaluar."""
        logits, labels = network.logits(data.eval_images).double(), data.eval_labels.to(network.mean.device)
        found: Values = {"temperatures": list(TEMPERATURES), "ece": [], "nll": [], "bin_counts": [], "bin_confidence": [], "bin_accuracy": []}
        for temperature in TEMPERATURES:
            for name, values in reliability(logits / temperature, labels, self.bins).items():
                found[name] += values
        return found


@dataclass(frozen=True)
class Sharpness:
    """Agudeza del mínimo: cuánto sube la pérdida, en porcentaje, al mover cada peso w hasta ε(|w| + 1): `sharpness`, un número.

    El máximo se busca subiendo por el signo del gradiente, sin salir de la caja, en vez del L-BFGS-B del artículo.
    Fuente: Keskar y otros (2016), métrica 2.1, con A = I.

    Attributes:
        epsilon: ε, en (0, 1].
        steps: pasos de subida, de 1 a 1000.
        examples: primeras imágenes de entrenamiento con que se mide.
    """

    epsilon: float = 1e-3
    steps: int = 20
    examples: int = 2000
    name: ClassVar[str] = "sharpness"

    def __post_init__(self) -> None:
        check_float("epsilon", self.epsilon, 1e-9, 1.0, 1e-3)
        check_int("steps", self.steps, 1, 1000, 20)
        check_int("examples", self.examples, 1, 10_000_000, 2000)

    def __call__(self, network: Network, data: Measured) -> Values:
        """Mide en los datos de aprender."""
        x = network.prepare(data.train_images[: self.examples])
        y = data.train_labels[: self.examples].to(x.device)
        center = {name: p.detach() for name, p in network.model.named_parameters()}
        box = {name: self.epsilon * (p.abs() + 1) for name, p in center.items()}
        moved = {name: torch.zeros_like(p) for name, p in center.items()}
        base = highest = None
        for _ in range(self.steps + 1):
            point = {name: (center[name] + moved[name]).requires_grad_() for name in center}
            loss = F.cross_entropy(functional_call(network.model, point, (x,)).float(), y)
            gradients = torch.autograd.grad(loss, list(point.values()))
            base = loss.item() if base is None else base
            highest = loss.item() if highest is None else max(highest, loss.item())
            for (name, own), gradient in zip(box.items(), gradients):
                moved[name] = (moved[name] + own * gradient.sign() / 4).clamp(-own, own)
        return {"sharpness": [100.0 * (highest - base) / (1.0 + base)]}
