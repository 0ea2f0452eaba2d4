// El explorador del patrón, sin dibujo: la imagen con su ruido, las tres capas y lo que viaja de una a otra.

const PATTERN = [[1, 2], [3, 4]];
const LECTURE_NOISE = [[1, -1], [0, 2]]; // con amplitud 0.1: 1.1, 1.9, 3, 4.2

/** Las tres capas: clave, nombre, cuántos pesos y de dónde salen. */
export const LAYERS = [
  ["dense", "Densa", 36, "9 píxeles × 4 neuronas"],
  ["local", "Localmente conectada", 16, "4 píxeles × 4 neuronas"],
  ["shared", "Convolución", 4, "los mismos 4 en todas"],
];

/** Redondea a dos decimales: el ruido se ve igual que se calcula. */
export function rounded(x) {
  return Math.round(x * 100) / 100;
}

/** Dirección del ruido, 2 × 2: la 0 es la del ejemplo de la clase; las demás, sorteadas con su semilla. */
export function noiseOf(seed) {
  if (seed === 0) return LECTURE_NOISE;
  const random = randomFrom(seed);
  const draw = () => Math.round((random() + random() + random() - 1.5) * 20) / 10;
  return PATTERN.map((line) => line.map(draw));
}

/** La imagen 3 × 3 con el patrón en (row, column) y su ruido, que viaja con él. */
export function patternImage({ row, column, noise = 0, seed = 0 }) {
  const shake = noiseOf(seed);
  const image = Array.from({ length: 3 }, () => [0, 0, 0]);
  PATTERN.forEach((line, i) => line.forEach((value, j) => {
    image[row + i][column + j] = rounded(value + noise * shake[i][j]);
  }));
  return image;
}

/** Los pesos con que cada salida (r, c) mira la imagen, como matriz 3 × 3; `null` donde no hay conexión. */
export function connections(kind, weights, r, c) {
  if (kind === "dense") return [0, 1, 2].map((i) => weights.dense[r * 2 + c].slice(i * 3, i * 3 + 3));
  const kernel = kind === "local" ? weights.local[r][c] : weights.shared;
  return [0, 1, 2].map((i) => [0, 1, 2].map((j) => kernel[i - r]?.[j - c] ?? null));
}

/** Las salidas 2 × 2 de las tres capas. */
export function layerOutputs(image, weights) {
  const flat = dense(image, weights.dense);
  return { dense: [flat.slice(0, 2), flat.slice(2)], local: local(image, weights.local), shared: conv2d(image, weights.shared) };
}

/**
 * Qué viajó: por cada salida, el valor que habría si la salida se hubiera movido con el patrón (`before`, el de
 * abajo a la derecha) y si es el mismo (`same`); `null` donde no hay con qué comparar.
 */
export function travel(now, before, row, column) {
  return now.map((line, r) => line.map((value, c) => {
    const old = before[r + 1 - row]?.[c + 1 - column];
    return old === undefined ? null : { before: old, same: Math.abs(old - value) < 1e-9 };
  }));
}

/** Dónde está el patrón, en palabras. */
export function placeText(row, column) {
  return `${row ? "abajo" : "arriba"} a la ${column ? "derecha" : "izquierda"}`;
}

/** Un valor con uno o dos decimales, como los escribe la clase: 3.0, 1.42. */
export function value(x) {
  const text = number(x);
  return /\./.test(text) ? text : `${text}.0`;
}

/** Las respuestas a la predicción: [clave, texto, comentario]. */
export const ANSWERS = [
  ["all", "Las tres", "Todavía no. Solo la convolución: las otras dos aprendieron el patrón en un lugar, y arriba a la izquierda lo miran otros pesos."],
  ["two", "La local y la convolución", "Todavía no. La local también mira por ventanas, pero cada ventana tiene sus propios pesos: los que reconocen el patrón están abajo a la derecha."],
  ["one", "Solo la convolución", "¡Eso es! Los mismos cuatro pesos miran todas las ventanas: el 3.0 viaja con el patrón y el máximo se queda en 3.0."],
  ["none", "Ninguna", "Todavía no. La convolución sí: usa los mismos cuatro pesos en todas las ventanas, así que el 3.0 viaja con el patrón."],
];

/** El estado como texto para la dirección de la página: «1.1.10.0» es fila, columna, ruido en centésimas y semilla. */
export function patternToHash(get) {
  return [get("row"), get("column"), Math.round(get("noise") * 100), get("seed")].join(".");
}

/** El estado que dice una dirección, ya comprobado; `null` si no se entiende. */
export function patternFromHash(text) {
  if (!/^[01]\.[01]\.\d{1,2}\.\d{1,3}$/.test(text)) return null;
  const [row, column, noise, seed] = text.split(".").map(Number);
  return noise <= 50 ? { row, column, noise: noise / 100, seed } : null;
}
