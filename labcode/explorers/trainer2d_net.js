// La red del entrenador, escrita a mano: pesos iniciales, hacia adelante, gradiente y un paso de descenso.
// Todo vive en arreglos planos que se reservan una vez; dentro del bucle no se crea nada. Los tres productos de
// matrices (`affine`, `weightGradient`, `inputGradient`) van por bloques: cada número leído se usa varias veces.

/** Dónde empieza cada capa en el arreglo de parámetros: pesos [salidas × entradas] por filas y después sesgos. */
export function layersOf(sizes) {
  let at = 0;
  return sizes.slice(1).map((outputs, i) => {
    const inputs = sizes[i];
    const layer = { inputs, outputs, weights: at, biases: at + inputs * outputs };
    at += (inputs + 1) * outputs;
    return layer;
  });
}

/** Cuántos números ajusta una red de esos anchos. */
export function parameterCount(sizes) {
  return layersOf(sizes).reduce((total, { inputs, outputs }) => total + (inputs + 1) * outputs, 0);
}

/**
 * Una red de capas densas con ReLU y salida lineal, con lugar para `rows` ejemplos a la vez.
 * Pesos iniciales uniformes: en ±√(6/entradas) en las capas ocultas, para que la señal no se apague al pasar por las
 * ReLU, y en ±1/√entradas en la última. Los sesgos, en ±1/√entradas. Todo depende solo de la semilla.
 */
export function createNet(sizes, seed, rows = 256) {
  const total = parameterCount(sizes);
  const room = rows + (rows % 2); // las filas van de a dos: si son impares, la última se calcula y no se usa
  const net = {
    sizes, rows: room, layers: layersOf(sizes),
    parameters: new Float64Array(total), gradient: new Float64Array(total), velocity: new Float64Array(total),
    values: sizes.map((width) => new Float64Array(room * width)), // lo que sale de cada capa; values[0] es la entrada
    deltas: sizes.map((width) => new Float64Array(room * width)), // cuánto cambia la pérdida con cada salida
  };
  const random = randomFrom(seed);
  net.layers.forEach(({ inputs, outputs, weights, biases }, l) => {
    const bound = 1 / Math.sqrt(inputs);
    const gain = l < net.layers.length - 1 ? Math.sqrt(6) : 1;
    for (let i = weights; i < biases + outputs; i++) net.parameters[i] = (2 * random() - 1) * bound * (i < biases ? gain : 1);
  });
  return net;
}

/** Una capa densa: out = x·Wᵀ + b, con ReLU si `rectify`. Bloques de 2 ejemplos × 4 salidas. */
function affine(parameters, { inputs, outputs, weights, biases }, x, out, rows, rectify) {
  for (let row = 0; row < rows; row += 2) {
    const xa = row * inputs;
    const xb = xa + inputs;
    const ya = row * outputs;
    const yb = ya + outputs;
    let o = 0;
    for (; o + 3 < outputs; o += 4) {
      const w0 = weights + o * inputs;
      const w1 = w0 + inputs;
      const w2 = w1 + inputs;
      const w3 = w2 + inputs;
      let a0 = parameters[biases + o], a1 = parameters[biases + o + 1], a2 = parameters[biases + o + 2], a3 = parameters[biases + o + 3];
      let b0 = a0, b1 = a1, b2 = a2, b3 = a3;
      for (let i = 0; i < inputs; i++) {
        const u = x[xa + i], v = x[xb + i];
        const p = parameters[w0 + i], q = parameters[w1 + i], r = parameters[w2 + i], s = parameters[w3 + i];
        a0 += u * p; a1 += u * q; a2 += u * r; a3 += u * s;
        b0 += v * p; b1 += v * q; b2 += v * r; b3 += v * s;
      }
      out[ya + o] = a0; out[ya + o + 1] = a1; out[ya + o + 2] = a2; out[ya + o + 3] = a3;
      out[yb + o] = b0; out[yb + o + 1] = b1; out[yb + o + 2] = b2; out[yb + o + 3] = b3;
    }
    for (; o < outputs; o++) {
      const w = weights + o * inputs;
      let a = parameters[biases + o], b = a;
      for (let i = 0; i < inputs; i++) {
        a += x[xa + i] * parameters[w + i];
        b += x[xb + i] * parameters[w + i];
      }
      out[ya + o] = a;
      out[yb + o] = b;
    }
  }
  if (!rectify) return;
  const total = rows * outputs;
  for (let i = 0; i < total; i++) if (out[i] < 0) out[i] = 0;
}

/** El gradiente de los pesos y sesgos de una capa: δᵀ·x y Σδ. Bloques de 2 salidas × 4 entradas. */
function weightGradient(gradient, { inputs, outputs, weights, biases }, x, delta, rows) {
  for (let o = 0; o < outputs; o++) {
    let sum = 0;
    for (let at = o; at < rows * outputs; at += outputs) sum += delta[at];
    gradient[biases + o] = sum;
  }
  const pairs = outputs - (outputs % 2);
  const fours = inputs - (inputs % 4);
  for (let o = 0; o < pairs; o += 2) {
    for (let i = 0; i < fours; i += 4) {
      let a0 = 0, a1 = 0, a2 = 0, a3 = 0, b0 = 0, b1 = 0, b2 = 0, b3 = 0;
      let from = i, d = o;
      for (let row = 0; row < rows; row++) {
        const u = delta[d], v = delta[d + 1];
        const p = x[from], q = x[from + 1], r = x[from + 2], s = x[from + 3];
        a0 += u * p; a1 += u * q; a2 += u * r; a3 += u * s;
        b0 += v * p; b1 += v * q; b2 += v * r; b3 += v * s;
        from += inputs;
        d += outputs;
      }
      const w = weights + o * inputs + i;
      const z = w + inputs;
      gradient[w] = a0; gradient[w + 1] = a1; gradient[w + 2] = a2; gradient[w + 3] = a3;
      gradient[z] = b0; gradient[z + 1] = b1; gradient[z + 2] = b2; gradient[z + 3] = b3;
    }
  }
  for (let o = 0; o < outputs; o++) { // lo que no alcanzó a formar un bloque
    for (let i = o < pairs ? fours : 0; i < inputs; i++) {
      let sum = 0;
      for (let row = 0; row < rows; row++) sum += delta[row * outputs + o] * x[row * inputs + i];
      gradient[weights + o * inputs + i] = sum;
    }
  }
}

/** La derivada respecto de lo que entró en una capa: δ·W. Bloques de 2 ejemplos × 4 entradas. */
function inputGradient(parameters, { inputs, outputs, weights }, delta, before, rows) {
  const fours = inputs - (inputs % 4);
  for (let row = 0; row < rows; row += 2) {
    const da = row * outputs;
    const db = da + outputs;
    const a = row * inputs;
    const b = a + inputs;
    for (let i = 0; i < fours; i += 4) {
      let a0 = 0, a1 = 0, a2 = 0, a3 = 0, b0 = 0, b1 = 0, b2 = 0, b3 = 0;
      let w = weights + i;
      for (let o = 0; o < outputs; o++) {
        const u = delta[da + o], v = delta[db + o];
        const p = parameters[w], q = parameters[w + 1], r = parameters[w + 2], s = parameters[w + 3];
        a0 += u * p; a1 += u * q; a2 += u * r; a3 += u * s;
        b0 += v * p; b1 += v * q; b2 += v * r; b3 += v * s;
        w += inputs;
      }
      before[a + i] = a0; before[a + i + 1] = a1; before[a + i + 2] = a2; before[a + i + 3] = a3;
      before[b + i] = b0; before[b + i + 1] = b1; before[b + i + 2] = b2; before[b + i + 3] = b3;
    }
    for (let i = fours; i < inputs; i++) {
      let first = 0, second = 0;
      for (let o = 0; o < outputs; o++) {
        first += delta[da + o] * parameters[weights + o * inputs + i];
        second += delta[db + o] * parameters[weights + o * inputs + i];
      }
      before[a + i] = first;
      before[b + i] = second;
    }
  }
}

/** Calla neuronas: multiplica cada valor por 0 o por `scale` según su máscara. */
function silence(values, mask, count, scale) {
  for (let i = 0; i < count; i++) values[i] *= mask[i] ? scale : 0;
}

/**
 * Lleva los `rows` ejemplos de `net.values[0]` a sus logits, en la última de `net.values`.
 * `dropout`, si está, es { masks, scale }: por capa oculta, un 0 o 1 por neurona y ejemplo, y el factor de las que quedan.
 */
export function forward(net, rows, dropout = null) {
  const last = net.layers.length - 1;
  for (let l = 0; l <= last; l++) {
    affine(net.parameters, net.layers[l], net.values[l], net.values[l + 1], rows, l < last);
    if (dropout && l < last) silence(net.values[l + 1], dropout.masks[l], rows * net.layers[l].outputs, dropout.scale);
  }
}

/** Entropía cruzada media de los logits; deja en `net.deltas` su derivada respecto de cada logit. */
export function softmaxLoss(net, labels, rows) {
  const classes = net.sizes[net.sizes.length - 1];
  const logits = net.values[net.values.length - 1];
  const delta = net.deltas[net.deltas.length - 1];
  let loss = 0;
  for (let row = 0; row < rows; row++) {
    const at = row * classes;
    let top = logits[at];
    for (let c = 1; c < classes; c++) if (logits[at + c] > top) top = logits[at + c];
    let sum = 0;
    for (let c = 0; c < classes; c++) sum += delta[at + c] = Math.exp(logits[at + c] - top);
    for (let c = 0; c < classes; c++) delta[at + c] /= sum * rows;
    delta[at + labels[row]] -= 1 / rows;
    loss += Math.log(sum) + top - logits[at + labels[row]];
  }
  return loss / rows;
}

/**
 * De la derivada en la salida al gradiente de todos los parámetros, de la última capa a la primera: la regla de la
 * cadena. Por una ReLU apagada, o callada por el *dropout*, no pasa nada; por las demás, `scale` veces lo que llega.
 */
export function backward(net, rows, scale = 1) {
  for (let l = net.layers.length - 1; l >= 0; l--) {
    const x = net.values[l];
    weightGradient(net.gradient, net.layers[l], x, net.deltas[l + 1], rows);
    if (l === 0) return;
    const before = net.deltas[l];
    inputGradient(net.parameters, net.layers[l], net.deltas[l + 1], before, rows);
    const total = rows * net.layers[l].inputs;
    for (let i = 0; i < total; i++) before[i] = x[i] > 0 ? before[i] * scale : 0;
  }
}

/** Suma a la derivada la de λ·Σw² (2λw, sin sesgos) y da un paso de SGD con momento, como el de torch. */
export function descend(net, { rate, momentum, lam }) {
  const { parameters, gradient, velocity } = net;
  for (const { weights, biases, outputs } of net.layers) {
    for (let i = weights; i < biases + outputs; i++) {
      const pull = i < biases ? gradient[i] + 2 * lam * parameters[i] : gradient[i];
      velocity[i] = momentum * velocity[i] + pull;
      parameters[i] -= rate * velocity[i];
    }
  }
}

/** Σw² de los pesos; los sesgos no cuentan. */
export function sumOfSquares(net) {
  let total = 0;
  for (const { weights, biases } of net.layers) {
    for (let i = weights; i < biases; i++) total += net.parameters[i] * net.parameters[i];
  }
  return total;
}
