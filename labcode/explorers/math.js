// El cálculo de los exploradores, sin dibujo: funciones puras que las pruebas comparan con torch.
// Una matriz es un arreglo de filas; una capa se describe con { stride, padding, dilation }.

/** Ancho en la entrada de un núcleo de lado k con dilatación d: d(k − 1) + 1. */
export function kernelSpan(k, d) {
  return d * (k - 1) + 1;
}

/** Lado de la salida: ⌊(n + 2p − d(k − 1) − 1) / s⌋ + 1; 0 si el núcleo no cabe. */
export function outputSize(n, k, { stride = 1, padding = 0, dilation = 1 } = {}) {
  const room = n + 2 * padding - kernelSpan(k, dilation);
  return room < 0 ? 0 : Math.floor(room / stride) + 1;
}

/** Filas (o columnas) finales de la imagen con relleno que ninguna ventana alcanza. */
export function unseen(n, k, options) {
  const m = outputSize(n, k, options);
  const { stride = 1, padding = 0, dilation = 1 } = options ?? {};
  return m === 0 ? 0 : n + 2 * padding - ((m - 1) * stride + kernelSpan(k, dilation));
}

/** Posiciones [fila, columna] que mira la salida (r, c), en coordenadas de la imagen: fuera de ella es relleno. */
export function windowOf(r, c, k, { stride = 1, padding = 0, dilation = 1 } = {}) {
  return Array.from({ length: k }, (_, i) =>
    Array.from({ length: k }, (_, j) => [r * stride - padding + i * dilation, c * stride - padding + j * dilation]));
}

/** Valor de la imagen, o 0 donde hay relleno. */
export function pixelAt(image, row, column) {
  return image[row]?.[column] ?? 0;
}

/** Los términos de una salida: { row, column, pixel, weight, product, padded }, en orden de lectura. */
export function termsOf(image, kernel, r, c, options) {
  return windowOf(r, c, kernel.length, options).flatMap((line, i) => line.map(([row, column], j) => {
    const pixel = pixelAt(image, row, column);
    const padded = image[row]?.[column] === undefined;
    return { row, column, pixel, weight: kernel[i][j], product: pixel * kernel[i][j], padded };
  }));
}

/** Copia de la imagen con p filas y columnas de ceros a cada lado. */
export function pad(image, p) {
  const width = image[0].length + 2 * p;
  const zeros = () => Array.from({ length: p }, () => new Array(width).fill(0));
  const side = new Array(p).fill(0);
  return [...zeros(), ...image.map((row) => [...side, ...row, ...side]), ...zeros()];
}

/** Correlación cruzada de una imagen con un núcleo cuadrado, como torch.nn.functional.conv2d; [] si no cabe. */
export function conv2d(image, kernel, options = {}) {
  const { stride = 1, padding = 0, dilation = 1 } = options;
  const k = kernel.length;
  const height = outputSize(image.length, k, options);
  const width = outputSize(image[0].length, k, options);
  if (height === 0 || width === 0) return [];
  const padded = pad(image, padding);
  const output = [];
  for (let r = 0; r < height; r++) {
    const line = new Array(width).fill(0);
    for (let i = 0; i < k; i++) {
      const source = padded[r * stride + i * dilation];
      for (let j = 0; j < k; j++) {
        const weight = kernel[i][j];
        if (weight === 0) continue;
        for (let c = 0, at = j * dilation; c < width; c++, at += stride) line[c] += weight * source[at];
      }
    }
    output.push(line);
  }
  return output;
}

/** Máximo de cada ventana de lado k (max pooling), sin relleno; [] si la ventana no cabe. */
export function maxPool(image, k, stride = k) {
  const height = outputSize(image.length, k, { stride });
  const width = outputSize(image[0].length, k, { stride });
  if (height === 0 || width === 0) return [];
  return Array.from({ length: height }, (_, r) => Array.from({ length: width }, (_, c) =>
    Math.max(...windowOf(r, c, k, { stride }).flat().map(([row, column]) => image[row][column]))));
}

/** Capa densa sin sesgo: cada fila de `weights` tiene un peso por píxel de la imagen aplanada. */
export function dense(image, weights) {
  const flat = image.flat();
  return weights.map((row) => row.reduce((sum, weight, i) => sum + weight * flat[i], 0));
}

/** Capa localmente conectada, paso 1: `kernels[r][c]` es el núcleo propio de la salida (r, c). */
export function local(image, kernels) {
  return kernels.map((line, r) => line.map((kernel, c) =>
    termsOf(image, kernel, r, c).reduce((sum, term) => sum + term.product, 0)));
}

/**
 * Lleva un núcleo a otro lado: centrado, con ceros alrededor o recortado. Uno de pesos todos iguales
 * (desenfoque, con lado > 1) se reparte de nuevo y conserva su suma. Igual que `fit_kernel` en Python.
 */
export function fitKernel(kernel, size) {
  const k = kernel.length;
  if (k === size) return kernel;
  const first = kernel[0][0];
  if (k > 1 && kernel.every((row) => row.every((weight) => weight === first))) {
    return Array.from({ length: size }, () => new Array(size).fill((first * k * k) / (size * size)));
  }
  const shift = Math.trunc((size - k) / 2);
  return Array.from({ length: size }, (_, i) =>
    Array.from({ length: size }, (_, j) => kernel[i - shift]?.[j - shift] ?? 0));
}

/** Cómo se ve una salida: «gris» si el núcleo solo promedia, «signo» si también resta. */
export function scaleOf(kernel) {
  const flat = kernel.flat();
  const total = flat.reduce((a, b) => a + b, 0);
  const center = kernel[kernel.length >> 1][kernel.length >> 1];
  const keepsTone = Math.abs(total - 1) < 1e-6 && center > 0;
  return flat.every((weight) => weight >= 0) || keepsTone ? "gris" : "signo";
}

/** Valor que se ve blanco en una imagen: 255 en una foto, su máximo en una cuadrícula. */
export function whiteOf(image) {
  const top = image.reduce((high, row) => Math.max(high, ...row), 0);
  return top > 16 ? 255 : Math.max(top, 1);
}

/** Generador de números en [0, 1) con semilla (mulberry32): el mismo en toda máquina. */
export function randomFrom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
