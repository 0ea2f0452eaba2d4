"""El constructor de redes: apilar capas y ver qué sale de cada una, cuánto pesa, cuánto mira y dónde falla."""

from functools import lru_cache
from typing import Any

from labcode import text
from labcode.checks import check_bool, check_choice, check_int, refuse
from labcode.explorers.base import Brief, Checked, Explorer, module_source, still, style
from labcode.explorers.builder_trace import FIELDS, MAX_LAYERS, NAMES, Layer, Shape, networks, trace
from labcode.explorers.pictures import png

EXAMPLE = "[{'kind': 'flatten'}]"


def _check_layers(name: str, value: Any) -> list[Layer]:
    if isinstance(value, str):
        return networks()[check_choice(name, value, networks())]
    if not isinstance(value, list | tuple) or len(value) > MAX_LAYERS:
        raise refuse(name, Brief(value), f"una lista de hasta {MAX_LAYERS} capas o el nombre de una red", EXAMPLE)
    return [_check_layer(f"{name}[{at}]", layer) for at, layer in enumerate(value)]


def _check_layer(name: str, layer: Any) -> Layer:
    kinds = ", ".join(map(repr, FIELDS))
    if not isinstance(layer, dict) or not isinstance(layer.get("kind"), str) or layer["kind"] not in FIELDS:
        raise refuse(name, Brief(layer), f"un diccionario cuyo `kind` sea uno de {kinds}", "{'kind': 'relu'}")
    fields = FIELDS[layer["kind"]]
    if set(layer) != {"kind", *fields}:
        raise refuse(name, Brief(layer), f"una capa con exactamente {', '.join(['kind', *fields])}", "{'kind': 'relu'}")
    return {"kind": layer["kind"], **{key: check_int(f"{name}.{key}", layer[key], *fields[key], fields[key][0]) for key in fields}}


@lru_cache
def photo() -> str:
    """Una fotografía de 32 × 32 en color, como `data:` URL: la astronauta de scikit-image (NASA, dominio público)."""
    from skimage.data import astronaut

    crop = astronaut()[0:256, 92:348]
    return png(crop.reshape(32, 8, 32, 8, 3).mean(axis=(1, 3)).round().astype("uint8"))


def _check_picture(name: str, value: Any) -> str:
    if value != photo():
        raise refuse(name, "…", "la que trae el explorador", "BuilderExplorer()")
    return value


class BuilderExplorer(Explorer):
    """Constructor de redes: capas que se agregan, cambian, mueven y quitan, y una red que falla donde torch falla.

    Args:
        layers: las capas, de la imagen a la salida, como diccionarios con `kind` y sus parámetros enteros (los de
            `builder_trace.FIELDS`), hasta 48; o el nombre de una red: «mlp», «cnn», «vgg», «vgg0» (con relleno 0) o
            «vggbn» (con normalización por lote). Se lee siempre como lista.
        auto: con `True`, cada capa toma las entradas que le llegan, como las capas *lazy* de torch.
        predict: con `False`, los números se muestran sin pedir antes una predicción.

    Raises:
        ValueError: si una capa no está bien escrita (también es `TraitError`). Una red que no funciona no es un error:
            el explorador dice dónde falla y por qué.
    """

    name = "builder"
    parts = ("math.js", "common.js", "builder_core.js", "builder_text.js", "builder_picture.js", "builder_rows.js", "builder.js")
    _esm = module_source(parts)
    _css = style()

    layers = Checked(_check_layers, [])
    auto = Checked(check_bool, False)
    picture_source = Checked(_check_picture, "")
    predict = Checked(check_bool, True)

    def __init__(self, **values: Any) -> None:
        super().__init__(**{"layers": "vgg", "picture_source": photo(), **values})

    def picture(self) -> str:
        """La lista de capas con lo que sale de cada una y sus parámetros, como SVG con su descripción."""
        rows = trace(self.layers, self.auto)
        lines = [_line(at, layer, *row) for at, (layer, row) in enumerate(zip(self.layers, rows))]
        known = [count for _, count in rows]
        total = "—" if None in known else text.integer(sum(known))
        failed = next((at for at, (shape, _) in enumerate(rows) if shape is None), None)
        alt = f"Una red de {len(rows)} capas y {total} parámetros"
        alt += f" que falla en la capa {failed + 1}" if failed is not None else f"; sale {_shape(rows[-1][0] if rows else (3, 32, 32))}"
        height = 24 * len(rows) + 60
        return still(
            f"{alt}.", height, 14,
            '<text x="0" y="18">capa</text><text x="420" y="18">sale</text>'
            f'<text x="560" y="18">parámetros</text>{"".join(lines)}<text x="0" y="{height - 8}">{alt}.</text>'
        )


def _shape(shape: Shape | None) -> str:
    if shape is None:
        return "✗"
    return text.integer(shape[0]) if len(shape) == 1 else f"{shape[1]} × {shape[2]} × {shape[0]}"


def _detail(layer: Layer) -> str:
    match layer["kind"]:
        case "conv":
            extra = f", paso {layer['stride']}" if layer["stride"] > 1 else ""
            return f": {layer['outputs']} de {layer['kernel']} × {layer['kernel']}{extra}, relleno {layer['padding']}"
        case "pool":
            return f": {layer['kernel']} × {layer['kernel']}, paso {layer['stride']}"
        case "dense":
            return f": {layer['outputs']} neuronas"
        case "dropout":
            return f": apaga {layer['rate']}{text.THIN}%"
    return ""


def _line(at: int, layer: Layer, shape: Shape | None, parameters: int | None) -> str:
    y = 42 + 24 * at
    count = text.integer(parameters) if parameters else ""
    return (
        f'<text x="0" y="{y}">{at + 1}. {NAMES[layer["kind"]]}{_detail(layer)}</text>'
        f'<text x="420" y="{y}">{_shape(shape)}</text><text x="560" y="{y}">{count}</text>'
    )
