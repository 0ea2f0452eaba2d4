// Los problemas en el plano: la regla verdadera de cada uno, y puntos sorteados con semilla. Igual que en Python.
// La distribución es el cuadrado [−1, 1]²; el dibujo llega hasta ±SPAN, para que se vea qué pasa fuera de ella.

export const SPAN = 1.3;
export const TEST_COUNT = 1000;
export const OUTLIERS = 9;
const SPARE = 400; // lugar para los puntos que agrega el lector
const CORNER = [1.05, 1.15, 1.25]; // la esquina de los 9 ejemplos fuera de la distribución

/** Lo que se puede elegir, con sus valores. Los mismos que en `trainer2d.py`. */
export const OPTIONS = {
  data: ["curva", "circulo", "tablero", "espiral"],
  examples: [50, 100, 200, 500, 1000, 2000, 5000],
  noise: [0, 0.1, 0.2, 0.3, 0.4],
  depth: [0, 1, 2, 3, 4],
  width: [2, 4, 8, 16, 32, 64],
  learning_rate: [0.001, 0.003, 0.01, 0.03, 0.1, 0.3],
  batch_size: [8, 16, 32, 64, 128, 256],
  lam: [0, 0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03],
  dropout: [0, 0.1, 0.2, 0.3, 0.5],
  epochs: [25, 50, 100, 200, 300, 500, 1000],
};

/** La regla verdadera como función: positiva donde la clase es 1. En cada problema las dos clases son igual de frecuentes. */
export function marginOf(data, x, y) {
  if (data === "curva") return y - 0.4 * Math.sin(3 * x);
  if (data === "circulo") return 2 / Math.PI - (x * x + y * y);
  if (data === "tablero") return x * y;
  return Math.cos(Math.atan2(y, x) - 5 * Math.sqrt(x * x + y * y));
}

/** Lo que la verdad dice de un punto: su clase, 0 o 1. */
export function ruleOf(data, x, y) {
  return marginOf(data, x, y) > 0 ? 1 : 0;
}

/** La regla en una cuadrícula de side × side sobre [−SPAN, SPAN]², de arriba abajo. */
export function ruleField(data, side, out) {
  const step = (2 * SPAN) / (side - 1);
  for (let i = 0; i < side * side; i++) out[i] = marginOf(data, -SPAN + (i % side) * step, SPAN - Math.floor(i / side) * step);
}

/** Semilla de cada sorteo: 0 entrenamiento, 1 prueba, 2 pesos iniciales, 3 orden, 4 dropout. */
export function streamSeed(seed, stream) {
  return (Math.imul(seed + 1, 0x9e3779b1) + Math.imul(stream + 1, 0x85ebca6b)) >>> 0;
}

/** Lugar para `capacity` puntos: coordenadas, etiqueta, si contradice a la regla y si está fuera de la distribución. */
function emptyPoints(capacity) {
  return {
    count: 0, capacity, xy: new Float64Array(2 * capacity), labels: new Uint8Array(capacity),
    wrong: new Uint8Array(capacity), outside: new Uint8Array(capacity),
  };
}

/** Escribe un punto en el lugar `at`. */
export function writePoint(points, at, x, y, label, data, outside = false) {
  points.xy[2 * at] = x;
  points.xy[2 * at + 1] = y;
  points.labels[at] = label;
  points.wrong[at] = !outside && label !== ruleOf(data, x, y) ? 1 : 0;
  points.outside[at] = outside ? 1 : 0;
}

/**
 * `count` puntos uniformes en [−1, 1]², con una fracción `noise` de las etiquetas cambiadas. Con más puntos, los
 * primeros son los mismos; con más ruido, los que ya estaban cambiados siguen cambiados.
 */
export function samplePoints({ data, noise, seed }, count, stream, spare = 0) {
  const points = emptyPoints(count + spare);
  const random = randomFrom(streamSeed(seed, stream));
  for (let at = 0; at < count; at++) {
    const [x, y, luck] = [2 * random() - 1, 2 * random() - 1, random()];
    const label = ruleOf(data, x, y);
    writePoint(points, at, x, y, luck < noise ? 1 - label : label, data);
  }
  points.count = count;
  return points;
}

/** La clase de la esquina que los demás ejemplos nunca vieron: la contraria de la que seguiría la regla. */
export function cornerLabel(data) {
  return 1 - ruleOf(data, CORNER[1], CORNER[1]);
}

/** Los ejemplos de entrenamiento de unos ajustes: los sorteados y, si se piden, los 9 fuera de la distribución. */
export function trainingPoints(settings) {
  const { data, examples, outliers } = settings;
  const points = samplePoints(settings, examples, 0, OUTLIERS + SPARE);
  if (outliers) for (const y of CORNER) for (const x of CORNER) writePoint(points, points.count++, x, y, cornerLabel(data), data, true);
  return points;
}

/** Los ejemplos de prueba: de la misma distribución, con el mismo ruido, y que la red nunca ve. */
export function testPoints(settings) {
  return samplePoints(settings, TEST_COUNT, 1);
}

/** Puntos de la esquina, en cuadrícula, para medir qué responde la red fuera de la distribución. */
export function cornerPoints(data) {
  const points = emptyPoints(100);
  const place = (i) => 1.02 + (i * 0.26) / 9;
  for (let at = 0; at < 100; at++) writePoint(points, at, place(at % 10), place(Math.floor(at / 10)), cornerLabel(data), data, true);
  points.count = 100;
  return points;
}

/** Cuántos puntos acertaría, en porcentaje, quien conoce la regla: nadie puede aspirar a más, salvo por suerte. */
export function ruleAccuracy(points) {
  let wrong = 0;
  let inside = 0;
  for (let at = 0; at < points.count; at++) {
    inside += 1 - points.outside[at];
    wrong += points.wrong[at];
  }
  return inside ? (100 * (inside - wrong)) / inside : 0;
}

/** El punto más cercano a (x, y) a menos de `reach`, o −1. */
export function nearest(points, x, y, reach) {
  let best = -1;
  let least = reach * reach;
  for (let at = 0; at < points.count; at++) {
    const far = (points.xy[2 * at] - x) ** 2 + (points.xy[2 * at + 1] - y) ** 2;
    if (far <= least) [best, least] = [at, far];
  }
  return best;
}

/** Agrega un punto del lector; devuelve su lugar, o −1 si ya no cabe. */
export function addPoint(points, x, y, label, data) {
  if (points.count === points.capacity) return -1;
  writePoint(points, points.count, x, y, label, data, Math.max(Math.abs(x), Math.abs(y)) > 1);
  points.count += 1;
  return points.count - 1;
}

/** Lleva un punto a otro lugar, con su misma etiqueta. */
export function movePoint(points, at, x, y, data) {
  writePoint(points, at, x, y, points.labels[at], data, Math.max(Math.abs(x), Math.abs(y)) > 1);
}

/** Quita un punto: el último toma su lugar. */
export function removePoint(points, at) {
  const last = points.count - 1;
  points.xy.copyWithin(2 * at, 2 * last, 2 * last + 2);
  for (const list of [points.labels, points.wrong, points.outside]) list[at] = list[last];
  points.count = last;
}
