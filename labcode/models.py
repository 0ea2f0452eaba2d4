"""Las tres redes de la clase, MLP, CNN simple y VGG-11, y una rápida de hoy. Entran imágenes normalizadas, salen logits."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from labcode.checks import check_bool, check_choice, check_int, check_ints, keep, refuse

IMAGE = (3, 32, 32)
WIDEST = 65_536
CLASSES = 10
INITS = ("torch", "he")


@dataclass(frozen=True)
class MLPConfig:
    """Perceptrón multicapa: aplana la entrada y apila capas densas con ReLU.

    Attributes:
        hidden: neuronas de cada capa oculta (la clase usa 120 y 84).
        inputs: números de entrada; 3072 = 32·32·3.
        classes: logits de salida.
    """

    hidden: tuple[int, ...] = (120, 84)
    inputs: int = 3072
    classes: int = CLASSES

    def __post_init__(self) -> None:
        hidden = check_ints("hidden", self.hidden, 1, WIDEST, (120, 84))
        inputs, classes = check_int("inputs", self.inputs, 1, 1_000_000, 3072), check_int("classes", self.classes, 2, 10_000, 10)
        keep(self, hidden=hidden, inputs=inputs, classes=classes)


@dataclass(frozen=True)
class CNNConfig:
    """CNN simple de la clase: dos convoluciones 5×5 con max pooling y tres capas densas.

    Attributes:
        channels: canales de salida de cada convolución.
        hidden: neuronas de las capas densas ocultas.
    """

    channels: tuple[int, int] = (6, 16)
    hidden: tuple[int, int] = (120, 80)

    def __post_init__(self) -> None:
        channels = check_ints("channels", self.channels, 1, WIDEST, CNNConfig.channels, many=2)
        keep(self, channels=channels, hidden=check_ints("hidden", self.hidden, 1, WIDEST, CNNConfig.hidden, many=2))


@dataclass(frozen=True)
class VGGConfig:
    """VGG-11 tal como la lista la clase, con relleno 1 (sin él, el mapa se agota antes del final).

    Simonyan y Zisserman (2014), arXiv:1409.1556, tabla 1, columna A, con capas densas de 512.

    Attributes:
        blocks: canales de las convoluciones 3×3 de cada bloque; cada bloque termina en max pooling.
        hidden: neuronas de las capas densas ocultas.
        batch_norm: si sigue a cada convolución una normalización por lote.
        init: los pesos iniciales, "torch" (los de PyTorch, de varianza 1/(3n) con n entradas) o "he", de varianza 2/n y con
            los sesgos en cero (He y otros, 2015, arXiv:1502.01852, sección 2.2).
    """

    blocks: tuple[tuple[int, ...], ...] = ((64,), (128,), (256, 256), (512, 512), (512, 512))
    hidden: tuple[int, ...] = (512, 512)
    batch_norm: bool = False
    init: str = "torch"

    def __post_init__(self) -> None:
        if not isinstance(self.blocks, tuple | list) or not 1 <= len(self.blocks) <= 5:
            raise refuse("blocks", self.blocks, "de 1 a 5 bloques (32 se divide por dos en cada uno)", VGGConfig.blocks)
        blocks = tuple(check_ints(f"blocks[{i}]", block, 1, WIDEST, (64,)) for i, block in enumerate(self.blocks))
        keep(self, blocks=blocks, hidden=check_ints("hidden", self.hidden, 1, WIDEST, VGGConfig.hidden))
        check_bool("batch_norm", self.batch_norm)
        check_choice("init", self.init, INITS)


@dataclass(frozen=True)
class FastConfig:
    """Una red convolucional hecha para aprender CIFAR-10 en pocas épocas, sin capas densas ocultas.

    La primera capa mira parches de 2×2 y no aprende: `labcode.training` le pone, antes de empezar, los filtros que
    blanquean los datos. Cada bloque tiene dos convoluciones 3×3 con normalización por lote, sin escala, y GELU; las
    convoluciones empiezan dejando pasar sus entradas tal cual, hasta donde alcanzan los canales.

    Fuente: Jordan (2024), arXiv:2404.00498, secciones 3.1 a 3.3; la normalización por lote olvida aquí al ritmo de siempre.

    Attributes:
        widths: canales de las convoluciones de cada bloque; cada bloque divide el lado por dos.
    """

    widths: tuple[int, ...] = (64, 256, 256)

    def __post_init__(self) -> None:
        keep(self, widths=check_ints("widths", self.widths, 1, WIDEST, FastConfig.widths))
        if not 1 <= len(self.widths) <= 3:
            raise refuse("widths", self.widths, "de 1 a 3 bloques (al último mapa se le toma el máximo de 3 × 3)", FastConfig.widths)


ModelConfig = MLPConfig | CNNConfig | VGGConfig | FastConfig
CONFIGS = {config.__name__: config for config in (MLPConfig, CNNConfig, VGGConfig, FastConfig)}


class Scale(nn.Module):
    """Multiplica por un número fijo."""

    def __init__(self, factor: float) -> None:
        super().__init__()
        self.factor = factor

    def forward(self, x: Tensor) -> Tensor:
        """Devuelve `factor`·x."""
        return self.factor * x


def build(config: ModelConfig, seed: int) -> nn.Sequential:
    """Construye la red con pesos iniciales que solo dependen de `config` y de `seed` (sorteados en CPU).

    Args:
        config: qué red y de qué tamaño.
        seed: semilla de los pesos, de 0 a 2³²−1. El generador global de torch queda como estaba.

    Returns:
        Una red que lleva [N, 3, 32, 32] (o [N, inputs] en un MLP) a logits [N, classes].

    Raises:
        ValueError: si `seed` no es un entero admisible o `config` no es una de las cuatro.
    """
    check_int("seed", seed, 0, 2**32 - 1, 0)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        match config:
            case MLPConfig():
                return nn.Sequential(nn.Flatten(), *_dense(config.inputs, *config.hidden, config.classes))
            case CNNConfig():
                return nn.Sequential(*_simple_cnn(config))
            case VGGConfig():
                return _initialized(nn.Sequential(*_vgg(config)), config.init)
            case FastConfig():
                return nn.Sequential(*_fast(config))
    raise refuse("config", config, "un MLPConfig, un CNNConfig, un VGGConfig o un FastConfig", "MLPConfig()")


def _dense(*widths: int) -> list[nn.Module]:
    layers: list[nn.Module] = []
    for inputs, outputs in zip(widths, widths[1:]):
        layers += [nn.Linear(inputs, outputs), nn.ReLU()]
    return layers[:-1]  # los logits salen sin activación: la softmax vive en la pérdida


def _simple_cnn(config: CNNConfig) -> list[nn.Module]:
    first, second = config.channels
    return [
        nn.Conv2d(3, first, 5), nn.ReLU(), nn.MaxPool2d(2),        # 32 → 28 → 14
        nn.Conv2d(first, second, 5), nn.ReLU(), nn.MaxPool2d(2),   # 14 → 10 → 5
        nn.Flatten(), *_dense(second * 25, *config.hidden, CLASSES),
    ]  # fmt: skip


def _vgg(config: VGGConfig) -> list[nn.Module]:
    layers: list[nn.Module] = []
    channels = IMAGE[0]
    for block in config.blocks:
        for width in block:
            layers.append(nn.Conv2d(channels, width, 3, padding=1))
            layers += [nn.BatchNorm2d(width)] if config.batch_norm else []
            layers.append(nn.ReLU())
            channels = width
        layers.append(nn.MaxPool2d(2))  # 32 → 16 → 8 → 4 → 2 → 1
    side = IMAGE[1] >> len(config.blocks)
    return layers + [nn.Flatten(), *_dense(channels * side * side, *config.hidden, CLASSES)]


def _initialized(model: nn.Sequential, init: str) -> nn.Sequential:
    for layer in model:
        if init == "he" and isinstance(layer, nn.Conv2d | nn.Linear):
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
            nn.init.zeros_(layer.bias)
    return model


def _fast(config: FastConfig) -> list[nn.Module]:
    channels = 2 * IMAGE[0] * 2 * 2  # cada filtro que blanquea un parche de 2×2, y su opuesto
    first = nn.Conv2d(IMAGE[0], channels, 2)
    first.weight.requires_grad_(False)
    layers: list[nn.Module] = [first, nn.GELU()]  # 32 → 31
    for width in config.widths:  # 31 → 15 → 7 → 3
        layers += [_passing(channels, width), nn.MaxPool2d(2), _shifting(width), nn.GELU()]
        layers += [_passing(width, width), _shifting(width), nn.GELU()]
        channels = width
    side = (IMAGE[1] - 1) >> len(config.widths)
    return layers + [nn.MaxPool2d(side), nn.Flatten(), nn.Linear(channels, CLASSES, bias=False), Scale(1 / 9)]


def _passing(inputs: int, outputs: int) -> nn.Conv2d:
    """Una convolución 3×3 sin sesgo cuyas primeras salidas son, al empezar, sus entradas."""
    layer = nn.Conv2d(inputs, outputs, 3, padding=1, bias=False)
    with torch.no_grad():
        nn.init.dirac_(layer.weight[:inputs])
    return layer


def _shifting(width: int) -> nn.BatchNorm2d:
    """Una normalización por lote que aprende su desplazamiento y no su escala."""
    layer = nn.BatchNorm2d(width)
    layer.weight.requires_grad_(False)
    return layer


def count_parameters(model: nn.Module) -> int:
    """Cuenta los números que el entrenamiento ajusta (pesos y sesgos)."""
    return sum(parameter.numel() for parameter in model.parameters() if parameter.requires_grad)


def forward_flops(model: nn.Sequential) -> int:
    """Cuenta las operaciones (una suma y un producto son dos) de pasar una imagen por las capas con pesos.

    Args:
        model: una red de `build`; una que empieza en una capa densa recibe un vector de su largo.
    """
    total, side = 0, IMAGE[1]
    for layer in model:
        match layer:
            case nn.Conv2d():
                side = (side + 2 * layer.padding[0] - layer.kernel_size[0]) // layer.stride[0] + 1
                total += 2 * side * side * layer.weight.numel()
            case nn.MaxPool2d():
                side //= layer.stride
            case nn.Linear():
                total += 2 * layer.weight.numel()
    return total
