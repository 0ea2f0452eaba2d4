"""Un conjunto: M redes iguales apiladas en tensores, que avanzan en una sola pasada.

Los M miembros se ordenan por corriente (semilla y aumento), en S bloques de K. Los K de un bloque ven el mismo
lote, así que su primera capa es un solo producto de matrices. Ningún número de un miembro depende de otro.
"""

import copy
from collections.abc import Callable, Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from labcode.models import Scale
from labcode.training import pooling, winograd

Layer = Callable[[Tensor], Tensor]


class Ensemble:
    """M redes apiladas. Una capa densa guarda [M, salidas, entradas]; una convolución, [M·salidas, entradas, k, k].

    Args:
        models: las M redes, de la misma arquitectura, ya en orden de corriente.
        masks: un generador por corriente, en `device`, que sortea qué neuronas calla el *dropout*; son S, y S divide a M.
        device: dónde viven los tensores.
        channels_last: si las imágenes van con los canales al final, como las convoluciones las leen mejor.
        dropout: probabilidad de callar cada neurona de una capa densa oculta mientras se aprende.
        winograd: si las convoluciones a las que conviene se hacen con menos productos (`winograd.conv3x3`).
    """

    def __init__(
        self,
        models: Sequence[nn.Sequential],
        masks: Sequence[torch.Generator],
        device: torch.device,
        channels_last: bool = False,
        dropout: float = 0.0,
        winograd: bool = False,
    ) -> None:
        self.size, self.streams, self.device = len(models), len(masks), device
        self.dropout, self.training, self._masks = dropout, True, masks
        self._winograd = winograd
        self.template = models[0]
        self._format = torch.channels_last if channels_last else torch.contiguous_format
        self.parameters: list[Tensor] = []
        self.is_weight: list[bool] = []
        self.is_shift: list[bool] = []  # los desplazamientos de la normalización por lote
        self.norms: list[nn.BatchNorm2d] = []
        self._first = True
        self._late: Tensor | None = None  # el sesgo de una convolución que se suma después de reducir
        order = _execution_order(self.template)
        self._layers = [layer for i, after in zip(order, [*order[1:], 0]) for layer in self._stack_at(i, after, models)]

    def __call__(self, x: Tensor) -> Tensor:
        """Lleva un lote por corriente [S, B, C, H, W] (o [S, B, C]) a los logits de cada miembro [M, clases, B]."""
        if self._convolutional:
            x = x.transpose(0, 1).flatten(1, 2)  # [B, S·C, H, W]: las corrientes, como canales
            x = x.contiguous(memory_format=self._format)
        for layer in self._layers:
            x = layer(x)
        return x

    @property
    def _convolutional(self) -> bool:
        return any(isinstance(layer, nn.Conv2d) for layer in self.template)

    def train(self, training: bool) -> None:
        """Pone las normalizaciones por lote y el *dropout* en modo de entrenamiento o de evaluación."""
        self.training = training
        for norm in self.norms:
            norm.train(training)

    def member(self, index: int) -> nn.Sequential:
        """Copia un miembro a una red normal de torch, en CPU."""
        model = copy.deepcopy(self.template).cpu()
        with torch.no_grad():
            for own, stacked in zip(model.parameters(), self.parameters):
                own.copy_(stacked.reshape(self.size, *own.shape)[index])
            norms = [layer for layer in model if isinstance(layer, nn.BatchNorm2d)]
            for own, stacked in zip(norms, self.norms):
                own.running_mean.copy_(stacked.running_mean.view(self.size, -1)[index])
                own.running_var.copy_(stacked.running_var.view(self.size, -1)[index])
                own.num_batches_tracked.copy_(stacked.num_batches_tracked)
        return model

    def state(self) -> dict[str, Tensor]:
        """Da los tensores que definen el conjunto, con nombre, para un punto de control."""
        named = {f"parameter.{i}": p.detach() for i, p in enumerate(self.parameters)}
        for i, norm in enumerate(self.norms):
            named |= {f"norm.{i}.{key}": value for key, value in norm.named_buffers()}
        return named

    def load(self, state: dict[str, Tensor]) -> None:
        """Repone lo que dio `state`."""
        with torch.no_grad():
            for name, tensor in self.state().items():
                tensor.copy_(state[name])

    def _keep(self, tensors: list[Tensor], weight: bool, shift: bool = False) -> Tensor:
        stacked = torch.cat([t.detach() for t in tensors]).to(self.device)
        if self.device.type == "cuda" and stacked.dim() == 4:
            stacked = stacked.contiguous(memory_format=self._format)  # como lo leen sus convoluciones, que si no lo copian
        stacked.requires_grad_(tensors[0].requires_grad)
        self.parameters.append(stacked)
        self.is_weight.append(weight)
        self.is_shift.append(shift)
        return stacked

    def _keep_bias(self, layers: list[nn.Module]) -> Tensor | None:
        return None if layers[0].bias is None else self._keep([layer.bias for layer in layers], False)

    def _stack_at(self, i: int, after: int, models: Sequence[nn.Sequential]) -> list[Layer]:
        hidden = isinstance(self.template[i], nn.ReLU) and isinstance(self.template[i - 1], nn.Linear)
        return [self._stack([m[i] for m in models], self.template[after])] + [self._drop] * bool(hidden and self.dropout)

    def _drop(self, x: Tensor) -> Tensor:
        """Calla neuronas de x, [M, C, B], y agranda las demás para que la suma esperada no cambie.

        Los miembros de una corriente comparten el sorteo. Fuente: Srivastava y otros (2014), sección 4.
        """
        if not self.training:
            return x
        keep = 1.0 - self.dropout
        drawn = [torch.rand(x.shape[1:], generator=g, device=self.device) < keep for g in self._masks]
        mask = torch.stack(drawn).to(x.dtype).div_(keep)
        return x * mask.repeat_interleave(self.size // self.streams, dim=0)

    def _stack(self, layers: list[nn.Module], after: nn.Module) -> Layer:
        match layers[0]:
            case nn.Linear():
                return self._linear(layers)
            case nn.Conv2d():
                return self._conv(layers, reduced=isinstance(after, nn.MaxPool2d))
            case nn.BatchNorm2d():
                return self._norm(layers)
            case nn.Flatten():
                return self._flatten
            case nn.MaxPool2d():
                return self._pool(layers[0])
            case nn.ReLU() | nn.GELU() | Scale():
                return layers[0]
        raise TypeError(f"Una capa {type(layers[0]).__name__} no sabe apilarse en un conjunto.")

    def _flatten(self, x: Tensor) -> Tensor:
        if self._convolutional:  # [B, M·C, H, W] → [M, C·H·W, B]
            return x.unflatten(1, (self.size, -1)).flatten(2).permute(1, 2, 0)
        return x.flatten(2).transpose(1, 2)  # [S, B, C, …] → [S, C·…, B]

    def _linear(self, layers: list[nn.Linear]) -> Layer:
        """Capa densa en columnas: y = W x + b con x [bloques, entradas, B], para que el gradiente salga sin copias."""
        outputs, inputs = layers[0].weight.shape
        weight = self._keep([layer.weight for layer in layers], True)  # [M·salidas, entradas]
        bias = self._keep_bias(layers)  # [M·salidas]
        blocks = self.streams if self._first else self.size
        self._first = False

        def apply(x: Tensor) -> Tensor:
            w = weight.view(blocks, -1, inputs)
            y = torch.bmm(w, x) if bias is None else torch.baddbmm(bias.view(blocks, -1, 1), w, x)
            return y.view(self.size, outputs, -1)  # [bloques, miembros·salidas, B] → [M, salidas, B]

        return apply

    def _conv(self, layers: list[nn.Conv2d], reduced: bool) -> Layer:
        weight = self._keep([layer.weight for layer in layers], True)
        bias = self._keep_bias(layers)
        groups = self.streams if self._first else self.size
        self._first = False
        fewer = self._winograd and groups == 1
        if reduced and self.device.type == "cuda":  # sumar el sesgo a los máximos da lo mismo, con un cuarto del trabajo
            self._late, bias = bias, None

        def apply(x: Tensor) -> Tensor:
            if fewer and winograd.pays(layers[0], *x.shape[2:]):
                return winograd.conv3x3(x, weight, bias)
            return F.conv2d(x, weight, bias, layers[0].stride, layers[0].padding, groups=groups)

        return apply

    def _pool(self, layer: nn.MaxPool2d) -> Layer:
        late, halves = self._late, (layer.kernel_size, layer.stride, layer.padding) == (2, 2, 0)
        self._late = None

        def apply(x: Tensor) -> Tensor:
            x = pooling.max_pool2x2(x) if halves and pooling.pays(x) else layer(x)
            return x if late is None else x + late[:, None, None].to(x.dtype)

        return apply

    def _norm(self, layers: list[nn.BatchNorm2d]) -> Layer:
        one = layers[0]
        stacked = nn.BatchNorm2d(len(layers) * one.num_features, one.eps, one.momentum, affine=False).to(self.device)
        self.norms.append(stacked)
        scale = self._keep([layer.weight for layer in layers], False)
        shift = self._keep([layer.bias for layer in layers], False, True)

        def apply(x: Tensor) -> Tensor:
            if stacked.training:
                stacked.num_batches_tracked += 1
            return F.batch_norm(
                x, stacked.running_mean, stacked.running_var, scale, shift, stacked.training, stacked.momentum, stacked.eps
            )

        return apply


def _execution_order(model: nn.Sequential) -> list[int]:
    """Da el orden en que se aplican las capas: el max pooling antes que su ReLU, que da lo mismo con un cuarto del trabajo."""
    order = list(range(len(model)))
    for i in order[:-1]:
        if isinstance(model[i], nn.ReLU) and isinstance(model[i + 1], nn.MaxPool2d):
            order[i], order[i + 1] = i + 1, i
    return order
