// La CNN de la clase, sin dibujo: de una imagen a las diez probabilidades, y de qué está hecho cada número.
// Un mapa es { channels, side, values }: canal por canal y fila por fila. Una capa densa es un mapa de lado 1.

const KERNEL = 5;
const LAST_SIDE = 5; // el lado del último mapa: 32 → 28 → 14 → 10 → 5
export const IMAGE_SIDE = 32;
export const STRIP = 20; // neuronas por renglón al dibujar una capa densa

/**
 * Las etapas, de la imagen a la salida: nombre, la que le da de comer (`from`), el lado de lo que mira en la imagen
 * (`field`) y a cuántos píxeles están las miradas de dos vecinas (`jump`). Sin relleno, la primera parte en la esquina.
 */
export const STAGES = {
  input: { name: "Entrada", field: 1, jump: 1 },
  conv1: { name: "Convolución 1", from: "input", field: 5, jump: 1 },
  relu1: { name: "ReLU 1", from: "conv1", field: 5, jump: 1 },
  pool1: { name: "Max pooling 1", from: "relu1", field: 6, jump: 2 },
  conv2: { name: "Convolución 2", from: "pool1", field: 14, jump: 2 },
  relu2: { name: "ReLU 2", from: "conv2", field: 14, jump: 2 },
  pool2: { name: "Max pooling 2", from: "relu2", field: 16, jump: 4 },
  dense1: { name: "Densa 1", from: "pool2", field: IMAGE_SIDE, jump: 0 },
  dense2: { name: "Densa 2", from: "dense1", field: IMAGE_SIDE, jump: 0 },
  output: { name: "Salida", from: "dense2", field: IMAGE_SIDE, jump: 0 },
};

/** Números de media precisión (float16, el byte menor primero) como Float32Array. */
export function halfFloats(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Float32Array.from({ length: bytes.length / 2 }, (_, i) => {
    const half = view.getUint16(2 * i, true);
    const exponent = (half >> 10) & 31;
    const fraction = half & 1023;
    const size = exponent ? (1024 + fraction) * 2 ** (exponent - 25) : fraction * 2 ** -24;
    return half & 0x8000 ? -size : size;
  });
}

/** La red que viene en el estado de un explorador: { weights (base64, float16), mean, std, channels, hidden, classes }. */
export function networkOf({ weights, mean, std, channels, hidden, classes }) {
  const numbers = halfFloats(bytesFrom(weights));
  let at = 0;
  const take = (size) => numbers.subarray(at, (at += size));
  const layer = (inputs, outputs, area) => ({ inputs, outputs, weight: take(outputs * inputs * area), bias: take(outputs) });
  const [first, second] = channels;
  const area = KERNEL * KERNEL;
  return {
    mean, std, classes,
    conv1: layer(3, first, area), conv2: layer(first, second, area),
    dense1: layer(second * LAST_SIDE ** 2, hidden[0], 1), dense2: layer(hidden[0], hidden[1], 1),
    output: layer(hidden[1], classes.length, 1),
    parameters: numbers.length,
  };
}

/** La imagen [32, 32, 3] de bytes, normalizada y con los canales adelante. */
export function normalize(bytes, { mean, std }) {
  const area = IMAGE_SIDE * IMAGE_SIDE;
  const values = new Float32Array(3 * area);
  for (let c = 0; c < 3; c++) {
    for (let i = 0; i < area; i++) values[c * area + i] = (bytes[3 * i + c] - mean[c]) / std[c];
  }
  return { channels: 3, side: IMAGE_SIDE, values };
}

/** Convolución 5 × 5, paso 1, sin relleno: cada canal de salida suma las de todos los de entrada y su sesgo. */
export function convolve({ channels, side, values }, { outputs, weight, bias }) {
  const out = side - KERNEL + 1;
  const result = new Float32Array(outputs * out * out);
  for (let o = 0, w = 0; o < outputs; o++) {
    const base = o * out * out;
    result.fill(bias[o], base, base + out * out);
    for (let c = 0; c < channels; c++) {
      for (let i = 0; i < KERNEL; i++, w += KERNEL) { // una fila del núcleo a la vez: cinco productos por suma
        const [a, b, m, d, e] = [weight[w], weight[w + 1], weight[w + 2], weight[w + 3], weight[w + 4]];
        for (let r = 0; r < out; r++) {
          let from = (c * side + r + i) * side;
          for (let to = base + r * out, end = to + out; to < end; to++, from++) {
            result[to] += a * values[from] + b * values[from + 1] + m * values[from + 2] + d * values[from + 3] + e * values[from + 4];
          }
        }
      }
    }
  }
  return { channels: outputs, side: out, values: result };
}

/** ReLU: lo negativo queda en cero. */
export function rectify({ channels, side, values }) {
  return { channels, side, values: values.map((x) => (x > 0 ? x : 0)) };
}

/** Max pooling de 2 × 2. */
export function pool({ channels, side, values }) {
  const out = side >> 1;
  const result = new Float32Array(channels * out * out);
  let at = 0;
  for (let c = 0; c < channels; c++) {
    for (let r = 0; r < out; r++) {
      for (let k = 0, from = (c * side + 2 * r) * side; k < out; k++, from += 2) {
        result[at++] = Math.max(values[from], values[from + 1], values[from + side], values[from + side + 1]);
      }
    }
  }
  return { channels, side: out, values: result };
}

/** Capa densa, sin activación. */
export function connect({ values }, { inputs, outputs, weight, bias }) {
  const result = new Float32Array(outputs);
  for (let o = 0; o < outputs; o++) {
    let sum = bias[o];
    for (let i = 0, w = o * inputs; i < inputs; i++, w++) sum += weight[w] * values[i];
    result[o] = sum;
  }
  return { channels: outputs, side: 1, values: result };
}

/** Softmax: de los logits a probabilidades que suman 1. */
export function softmax(logits) {
  const top = Math.max(...logits);
  const powers = Array.from(logits, (z) => Math.exp(z - top));
  const total = powers.reduce((a, b) => a + b, 0);
  return powers.map((x) => x / total);
}

/** Pasa una imagen por la red: un mapa por etapa, y `probabilities`. `bytes`: [32, 32, 3], de 0 a 255. */
export function forward(network, bytes) {
  const maps = { input: normalize(bytes, network) };
  for (const n of [1, 2]) {
    maps[`conv${n}`] = convolve(n === 1 ? maps.input : maps.pool1, network[`conv${n}`]);
    maps[`relu${n}`] = rectify(maps[`conv${n}`]);
    maps[`pool${n}`] = pool(maps[`relu${n}`]);
  }
  maps.dense1 = rectify(connect(maps.pool2, network.dense1));
  maps.dense2 = rectify(connect(maps.dense1, network.dense2));
  maps.output = connect(maps.dense2, network.output);
  return { ...maps, probabilities: softmax(maps.output.values) };
}

/** El valor de una celda [canal, fila, columna]. */
export function valueAt({ side, values }, [c, r, k]) {
  return values[(c * side + r) * side + k];
}

/** Lo que mira una celda en la imagen: { top, left, size }. */
export function fieldOf(stage, [, r, k]) {
  const { field, jump } = STAGES[stage];
  return { top: r * jump, left: k * jump, size: field };
}

/** Lo que mira una celda en la etapa anterior: { top, left, size }; `null` en la entrada. */
export function windowIn(stage, [, r, k], before) {
  if (stage === "input") return null;
  if (stage.startsWith("conv")) return { top: r, left: k, size: KERNEL };
  if (stage.startsWith("pool")) return { top: 2 * r, left: 2 * k, size: 2 };
  return stage.startsWith("relu") ? { top: r, left: k, size: 1 } : { top: 0, left: 0, size: before.side };
}

/** La ventana que una celda mira en la etapa `where`, con los canales que toca; `null` si no es la que le da de comer o es toda. */
export function seenIn(where, stage, cell, maps) {
  if (STAGES[stage].from !== where || STAGES[stage].field === IMAGE_SIDE) return null;
  const own = stage.startsWith("relu") || stage.startsWith("pool");
  const channels = own ? [cell[0]] : Array.from({ length: maps[where].channels }, (_, c) => c);
  return { ...windowIn(stage, cell, maps[where]), channels };
}

/** Los valores de una ventana de un canal, en orden de lectura. */
export function cut({ side, values }, channel, { top, left, size }) {
  return Array.from({ length: size * size }, (_, i) =>
    values[(channel * side + top + Math.floor(i / size)) * side + left + (i % size)]);
}

/**
 * De qué está hecha una celda: { kind, value, … }. `kind` es «pixel», «max», «relu» o «sum»; una suma trae `groups`
 * ({ inputs, weights, columns, subtotal }), `bias` y `total`, lo que suman antes de la activación.
 */
export function explain(network, maps, stage, cell) {
  const value = valueAt(maps[stage], cell);
  if (stage === "input") return { kind: "pixel", value, mean: network.mean[cell[0]], std: network.std[cell[0]] };
  const before = maps[STAGES[stage].from];
  const inputs = cut(before, stage.startsWith("relu") || stage.startsWith("pool") ? cell[0] : 0, windowIn(stage, cell, before));
  if (stage.startsWith("relu")) return { kind: "relu", value, inputs };
  if (stage.startsWith("pool")) return { kind: "max", value, inputs };
  return { kind: "sum", value, ...sumOf(network[stage], before, windowIn(stage, cell, before), cell[0]) };
}

/** Los productos de una suma, reunidos por canal de entrada (una densa sobre otra tiene un solo grupo). */
function sumOf({ weight, bias, outputs }, before, window, out) {
  const size = weight.length / outputs;
  const grids = before.side > 1 ? before.channels : 1;
  const area = size / grids;
  const groups = Array.from({ length: grids }, (_, g) => {
    const inputs = before.side > 1 ? cut(before, g, window) : Array.from(before.values);
    const weights = Array.from(weight.subarray(out * size + g * area, out * size + (g + 1) * area));
    return { inputs, weights, columns: before.side > 1 ? window.size : STRIP, subtotal: inputs.reduce((sum, x, i) => sum + x * weights[i], 0) };
  });
  return { groups, bias: bias[out], total: groups.reduce((sum, group) => sum + group.subtotal, bias[out]) };
}

/** Las clases de mayor a menor probabilidad: [[índice, probabilidad], …]. */
export function ranking(probabilities) {
  return probabilities.map((p, i) => [i, p]).sort((a, b) => b[1] - a[1]);
}
