// El constructor, sin dibujo: qué sale de cada capa, cuánto pesa, cuánto mira y dónde falla, igual que en torch.
// Una capa es { kind, …sus parámetros }; una forma es [canales, alto, ancho] o, ya aplanada, [números].

export const IMAGE_SHAPE = [3, 32, 32];
export const MAX_LAYERS = 48;
const BATCH = 64; // imágenes en el lote: sale en los mensajes de torch

/** Cada capa: letra en la dirección, nombre, clase de torch y sus parámetros: [menor, mayor, inicial]. */
export const KINDS = {
  conv: { code: "c", name: "Convolución", torch: "nn.Conv2d", fields: { inputs: [1, 1e9, 3], outputs: [1, 1024, 64], kernel: [1, 11, 3], stride: [1, 4, 1], padding: [0, 5, 1] } },
  pool: { code: "p", name: "Max pooling", torch: "nn.MaxPool2d", fields: { kernel: [1, 8, 2], stride: [1, 8, 2] } },
  relu: { code: "r", name: "ReLU", torch: "nn.ReLU", fields: {} },
  norm: { code: "b", name: "Normalización por lote", torch: "nn.BatchNorm2d", fields: { inputs: [1, 1e9, 64] } },
  flatten: { code: "f", name: "Aplanar", torch: "nn.Flatten", fields: {} },
  dense: { code: "l", name: "Densa", torch: "nn.Linear", fields: { inputs: [1, 1e9, 512], outputs: [1, 4096, 10] } },
  dropout: { code: "d", name: "Dropout", torch: "nn.Dropout", fields: { rate: [0, 90, 50] } },
};

/** Una capa nueva de una clase, con sus valores iniciales y los que se den. */
export function newLayer(kind, values = {}) {
  const start = Object.entries(KINDS[kind].fields).map(([field, [, , first]]) => [field, values[field] ?? first]);
  return { kind, ...Object.fromEntries(start) };
}

/** Si una capa está bien escrita: clase conocida y cada parámetro entero y en su rango. */
export function isLayer(layer) {
  if (!Object.hasOwn(KINDS, layer?.kind ?? "")) return false;
  const { fields } = KINDS[layer.kind];
  return Object.keys(layer).length === Object.keys(fields).length + 1
    && Object.entries(fields).every(([field, [low, high]]) => Number.isInteger(layer[field]) && layer[field] >= low && layer[field] <= high);
}

const total = (shape) => shape.reduce((product, side) => product * side, 1);

/** Lo que falla: la causa, lo que llega, lo que torch dice, y las entradas que lo arreglarían (si es eso). */
function failure(cause, torch, arrives, extra = {}) {
  return { error: { cause, torch, arrives, ...extra } };
}

const STEPS = {
  conv(layer, shape, auto, batch) {
    const { outputs, kernel: k, stride, padding } = layer;
    const size = `[${[batch, ...shape].join(", ")}]`;
    if (shape.length !== 3) {
      const got = auto ? `LazyConv2d, but got input of size: torch.Size(${size})` : `conv2d, but got input of size: ${size}`;
      return failure("flat", `Expected 3D (unbatched) or 4D (batched) input to ${got}`, shape);
    }
    const inputs = auto ? shape[0] : layer.inputs;
    if (inputs !== shape[0]) {
      return failure("channels", `Given groups=1, weight of size [${outputs}, ${inputs}, ${k}, ${k}], expected input${size} to have ${inputs} channels, but got ${shape[0]} channels instead`, shape, { repair: shape[0] });
    }
    const sides = shape.slice(1).map((side) => outputSize(side, k, { stride, padding }));
    if (Math.min(...sides) < 1) {
      const padded = shape.slice(1).map((side) => side + 2 * padding).join(" x ");
      return failure("small", `Calculated padded input size per channel: (${padded}). Kernel size: (${k} x ${k}). Kernel size can't be greater than actual input size`, shape);
    }
    return { shape: [outputs, ...sides], flops: 2 * sides[0] * sides[1] * outputs * inputs * k * k };
  },
  pool({ kernel: k, stride }, shape) {
    if (shape.length !== 3) return failure("flat", "non-empty 3D or 4D (batch mode) tensor expected for input", shape);
    const sides = shape.slice(1).map((side) => Math.floor((side - k) / stride) + 1);
    if (Math.min(...sides) < 1) {
      return failure("small", `Given input size: (${shape.join("x")}). Calculated output size: (${[shape[0], ...sides].join("x")}). Output size is too small`, shape);
    }
    return { shape: [shape[0], ...sides], flops: 0 };
  },
  relu: (_, shape) => ({ shape, flops: 0 }),
  dropout: (_, shape) => ({ shape, flops: 0 }),
  norm(layer, shape, auto) {
    if (shape.length !== 3) return failure("flat", "expected 4D input (got 2D input)", shape);
    if (!auto && layer.inputs !== shape[0]) {
      return failure("channels", `running_mean should contain ${shape[0]} elements not ${layer.inputs}`, shape, { repair: shape[0] });
    }
    return { shape, flops: 0 };
  },
  flatten: (_, shape) => ({ shape: [total(shape)], flops: 0 }),
  dense(layer, shape, auto, batch) {
    const last = shape.at(-1); // nn.Linear mira solo la última dimensión
    const inputs = auto ? last : layer.inputs;
    const rows = total(shape.slice(0, -1));
    if (inputs !== last) {
      const torch = `mat1 and mat2 shapes cannot be multiplied (${batch * rows}x${last} and ${inputs}x${layer.outputs})`;
      return shape.length === 3 ? failure("unflattened", torch, shape) : failure("features", torch, shape, { repair: last });
    }
    return { shape: [...shape.slice(0, -1), layer.outputs], flops: 2 * rows * inputs * layer.outputs };
  },
};

/** Cuántos parámetros tiene una capa a la que entran `inputs` canales o números. */
export function layerParameters({ kind, outputs, kernel }, inputs) {
  if (kind === "conv") return outputs * (inputs * kernel * kernel + 1);
  if (kind === "dense") return outputs * (inputs + 1);
  return kind === "norm" ? 2 * inputs : 0;
}

/**
 * El campo receptivo tras una capa: { field, jump, start }, en píxeles de la imagen. `field` es su lado, `jump` lo que
 * hay entre dos vecinos y `start` el centro del primero; `null` donde una capa densa mezcló columnas sin aplanar.
 */
export function nextField(layer, before, shape) {
  if (!before) return null;
  const { field, jump, start, side } = before;
  if (layer.kind === "conv" || layer.kind === "pool") {
    const { kernel: k, stride, padding = 0 } = layer;
    return { field: field + (k - 1) * jump, jump: jump * stride, start: start + ((k - 1) / 2 - padding) * jump, side: shape[1] };
  }
  if (layer.kind !== "dense") return before;
  if (shape.length === 3) return null;
  return { field: field + (side - 1) * jump, jump: 0, start: start + ((side - 1) * jump) / 2, side: 1 }; // mira todo el mapa
}

/**
 * Pasa una imagen por la red, capa por capa.
 * Devuelve { rows, failed, parameters, flops, output }: cada fila tiene { layer, before, shape, inputs, parameters,
 * flops, seen, error }; desde la que falla (`failed`, o −1) las formas son `null`. `parameters` es `null` si falta alguno.
 */
export function traceNetwork(layers, auto = false, batch = BATCH) {
  let shape = IMAGE_SHAPE;
  let seen = { field: 1, jump: 1, start: 0.5, side: IMAGE_SHAPE[1] };
  const rows = [];
  let failed = -1;
  layers.forEach((layer, at) => {
    const reached = failed < 0;
    const done = reached ? STEPS[layer.kind](layer, shape, auto, batch) : {};
    const arriving = layer.kind === "dense" ? shape.at(-1) : shape[0];
    const inputs = auto ? (reached && !done.error ? arriving : null) : layer.inputs ?? arriving;
    const countable = inputs !== null || !("inputs" in KINDS[layer.kind].fields);
    const row = { layer, before: reached ? shape : null, shape: done.shape ?? null, inputs, error: done.error ?? null,
      parameters: countable ? layerParameters(layer, inputs) : null, flops: done.flops ?? null, seenBefore: reached ? seen : null, seen: null };
    if (done.error) failed = at;
    if (done.shape) {
      seen = nextField(layer, seen, done.shape);
      row.seen = seen;
      shape = done.shape;
    }
    rows.push(row);
  });
  const sum = (key) => rows.reduce((known, row) => (known === null || row[key] === null ? null : known + row[key]), 0);
  return { rows, failed, parameters: sum("parameters"), flops: failed < 0 ? sum("flops") : null, output: failed < 0 ? shape : null };
}

/** Las mismas capas con las entradas que de verdad llegan a cada una, hasta donde se puede. */
export function repairInputs(layers) {
  const { rows } = traceNetwork(layers, true);
  return layers.map((layer, at) => {
    if (!("inputs" in layer) || rows[at].inputs === null) return layer;
    return rows[at].inputs === layer.inputs ? layer : { ...layer, inputs: rows[at].inputs };
  });
}

/** Qué píxeles ve la neurona del centro de una capa: { low, high } en cada eje; `null` si no se sabe. */
export function fieldBox(seen) {
  if (!seen) return null;
  const centre = seen.start + Math.floor(seen.side / 2) * seen.jump;
  return { low: centre - seen.field / 2, high: centre + seen.field / 2 };
}

const VGG_BLOCKS = [[64], [128], [256, 256], [512, 512], [512, 512]];

/** VGG-11 como la lista la clase, con el relleno que se diga y, si se pide, normalización por lote. */
export function vgg(padding = 1, norm = false) {
  let inputs = 3;
  const blocks = VGG_BLOCKS.map((block) => [...block.flatMap((outputs) => {
    const layers = [newLayer("conv", { inputs, outputs, padding }), norm && newLayer("norm", { inputs: outputs }), newLayer("relu")];
    inputs = outputs;
    return layers.filter(Boolean);
  }), newLayer("pool")]);
  return [...blocks.flat(), newLayer("flatten"), ...denseStack(512, 512, 512, 10)];
}

/** Capas densas una tras otra, con ReLU entre ellas: los anchos, desde el que entra. */
export function denseStack(...widths) {
  return widths.slice(1).flatMap((outputs, i) => {
    const layer = newLayer("dense", { inputs: widths[i], outputs });
    return i < widths.length - 2 ? [layer, newLayer("relu")] : [layer];
  });
}

/** Las redes con nombre: [clave, etiqueta, capas]. */
export const NETWORKS = [
  ["mlp", "MLP", [newLayer("flatten"), ...denseStack(3072, 120, 84, 10)]],
  ["cnn", "CNN de la clase", [
    newLayer("conv", { inputs: 3, outputs: 6, kernel: 5, padding: 0 }), newLayer("relu"), newLayer("pool"),
    newLayer("conv", { inputs: 6, outputs: 16, kernel: 5, padding: 0 }), newLayer("relu"), newLayer("pool"),
    newLayer("flatten"), ...denseStack(400, 120, 80, 10)]],
  ["vgg", "VGG-11", vgg(1)],
  ["vgg0", "VGG-11 con relleno 0", vgg(0)],
  ["vggbn", "VGG-11 con normalización", vgg(1, true)],
];

/** Si dos listas de capas son la misma red. */
export function sameNetwork(a, b) {
  return networkToText(a) === networkToText(b);
}

/** La red como texto corto: «c3.64.3.1.1_r_p2.2_f_l512.10». */
export function networkToText(layers) {
  return layers.map(({ kind, ...fields }) => KINDS[kind].code + Object.keys(KINDS[kind].fields).map((field) => fields[field]).join(".")).join("_");
}

/** La red que dice un texto, ya comprobada; `null` si no se entiende. */
export function networkFromText(text) {
  if (text === "") return [];
  const parts = text.split("_");
  if (parts.length > MAX_LAYERS) return null;
  const layers = parts.map((part) => {
    const [kind, { fields } = {}] = Object.entries(KINDS).find(([, { code }]) => code === part[0]) ?? [];
    const names = Object.keys(fields ?? {});
    const numbers = part.length > 1 ? part.slice(1).split(".") : [];
    if (!kind || numbers.length !== names.length || !numbers.every((x) => /^\d{1,10}$/.test(x))) return null;
    return { kind, ...Object.fromEntries(names.map((name, i) => [name, Number(numbers[i])])) };
  });
  return layers.every(isLayer) ? layers : null;
}
