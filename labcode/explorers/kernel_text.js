// El explorador de núcleos, en palabras: núcleos con nombre, la fórmula del tamaño, los comentarios y la dirección.

const NINTH = 1 / 9;

/** Núcleos con nombre: [clave, etiqueta, pesos]. */
export const PRESETS = [
  ["identity", "Identidad", [[0, 0, 0], [0, 1, 0], [0, 0, 0]]],
  ["blur", "Desenfoque", [[NINTH, NINTH, NINTH], [NINTH, NINTH, NINTH], [NINTH, NINTH, NINTH]]],
  ["vertical", "Bordes verticales", [[-1, 0, 1], [-1, 0, 1], [-1, 0, 1]]],
  ["horizontal", "Bordes horizontales", [[-1, -1, -1], [0, 0, 0], [1, 1, 1]]],
  ["sobel", "Sobel", [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]],
  ["laplacian", "Laplaciano", [[0, 1, 0], [1, -4, 1], [0, 1, 0]]],
  ["sharpen", "Enfoque", [[0, -1, 0], [-1, 5, -1], [0, -1, 0]]],
  ["emboss", "Relieve", [[-2, -1, 0], [-1, 1, 1], [0, 1, 2]]],
  ["lecture", "El de la clase", [[0.1, 0.2], [0.3, 0.4]]],
];

/** Límites de los ajustes: [menor, mayor]. */
export const LIMITS = { kernel_size: [1, 7], stride: [1, 4], padding: [0, 3], dilation: [1, 3] };

const MAX_WEIGHT = 100;

/** Dice si dos matrices son iguales, salvo lo que un redondeo les quite. */
export function sameMatrix(a, b) {
  return a.length === b.length && a.every((row, i) => row.length === b[i].length && row.every((x, j) => Math.abs(x - b[i][j]) < 1e-9));
}

/** Clave del núcleo con nombre que es `kernel`, o "" si no es ninguno. */
export function presetOf(kernel) {
  return PRESETS.find(([, , weights]) => sameMatrix(weights, kernel))?.[0] ?? "";
}

/** La fórmula del tamaño con los números puestos: { general, numbers, result }. */
export function sizeFormula(n, k, { stride, padding, dilation }) {
  const size = outputSize(n, k, { stride, padding, dilation });
  return {
    general: "⌊(n + 2p − d(k − 1) − 1) / s⌋ + 1",
    numbers: `⌊(${n} + 2·${padding} − ${dilation}·(${k} − 1) − 1) / ${stride}⌋ + 1`,
    result: size,
  };
}

/** Los ajustes en una frase: «un núcleo de 3 × 3, con paso 2 y relleno 1». */
export function layerPhrase(k, { stride, padding, dilation }) {
  const extras = [`paso ${stride}`];
  if (padding) extras.push(`relleno ${padding}`);
  if (dilation > 1) extras.push(`dilatación ${dilation}`);
  const list = extras.length > 1 ? `${extras.slice(0, -1).join(", ")} y ${extras.at(-1)}` : extras[0];
  return `un núcleo de ${k} × ${k}, con ${list}`;
}

/** Qué decir cuando el núcleo no cabe. */
export function impossibleText(height, width, k, { padding, dilation }) {
  const span = kernelSpan(k, dilation);
  const reach = dilation > 1 ? `abarca ${span} × ${span} (${k} × ${k} con dilatación ${dilation})` : `mide ${k} × ${k}`;
  const room = padding ? `la imagen con su relleno mide ${height + 2 * padding} × ${width + 2 * padding}` : `la imagen mide ${height} × ${width}`;
  return `El núcleo no cabe: ${reach} y ${room}. Achiquen el núcleo o su dilatación, o agreguen relleno.`;
}

/** Juzga la predicción del número de filas: { right, text }; el texto dice qué pasó, no solo «no». */
export function judgeSize(answer, n, k, { stride, padding, dilation }) {
  const layer = { stride, padding, dilation };
  const size = outputSize(n, k, layer);
  const room = n + 2 * padding - kernelSpan(k, dilation);
  const truth = size ? `${size === 1 ? "Es" : "Son"} ${count(size, "fila", "filas")}.` : "El núcleo no cabe: no hay salida (0 filas).";
  if (answer === size) return { right: true, text: `¡Eso es! ${size ? `La ventana cabe en ${count(size, "posición", "posiciones")} de arriba abajo.` : truth}` };
  const slips = [
    [size === 0, `La ventana es más grande que la imagen con su relleno.`],
    [answer === size - 1, "Les faltó contar la posición inicial: por eso la fórmula termina en «+ 1»."],
    [stride > 1 && answer === Math.ceil(room / stride) + 1, "La división se redondea hacia abajo: una ventana que se sale de la imagen no cuenta."],
    [padding && answer === outputSize(n, k, { ...layer, padding: 0 }), "Olvidaron el relleno: agrega filas arriba y abajo antes de empezar."],
    [padding && answer === outputSize(n + padding, k, { ...layer, padding: 0 }), "El relleno va a los dos lados: suma 2p, no p."],
    [dilation > 1 && answer === outputSize(n, k, { ...layer, dilation: 1 }), "Con dilatación el núcleo abarca más: d(k − 1) + 1 píxeles."],
    [stride > 1 && answer === room + 1, "Olvidaron el paso: la ventana no se detiene en todas las filas."],
    [answer === n, "La salida no siempre mide lo mismo que la entrada: la ventana completa tiene que caber."],
  ];
  const slip = slips.find(([happened]) => happened)?.[1] ?? "Cuenten cuántas veces puede apoyarse la ventana de arriba abajo.";
  return { right: false, text: `Todavía no. ${slip} ${truth}` };
}

/** Las filas y columnas del final que ninguna ventana toca, en una frase; "" si no sobra nada. */
export function leftoverText(height, width, k, layer) {
  const rows = unseen(height, k, layer);
  const columns = unseen(width, k, layer);
  if (!rows && !columns) return "";
  const parts = [rows && count(rows, "fila", "filas"), columns && count(columns, "columna", "columnas")].filter(Boolean);
  return `${rows + columns === 1 ? "Sobra" : "Sobran"} ${parts.join(" y ")}: ninguna ventana llega hasta ahí.`;
}

/** La suma escrita término a término: «0.1·1 + 0.2·2 + … ». Los términos del relleno se dicen. */
export function termText({ pixel, weight }) {
  return `${factor(weight)}·${factor(pixel)}`;
}

/** Qué hace el núcleo donde la imagen es pareja, según la suma de sus pesos. */
export function sumText(kernel) {
  const total = kernel.flat().reduce((a, b) => a + b, 0);
  if (Math.abs(total) < 1e-9) return "Los pesos suman 0: en una zona pareja la salida es 0.";
  if (Math.abs(total - 1) < 1e-9) return "Los pesos suman 1: una zona pareja queda igual.";
  return `Los pesos suman ${number(total)}: una zona pareja se multiplica por ${number(total)}.`;
}

/** El estado como texto para la dirección de la página: «3.1.0.1~camera~-1_0_1_…». */
export function kernelToHash(get) {
  const name = Object.entries(get("pictures")).find(([, { rows }]) => sameMatrix(rows, get("image")))?.[0] ?? "";
  const layer = ["kernel_size", "stride", "padding", "dilation"].map(get).join(".");
  const kernel = fitKernel(get("kernel"), get("kernel_size"));
  const preset = PRESETS.find(([, , weights]) => sameMatrix(fitKernel(weights, kernel.length), kernel))?.[0];
  return [layer, name, preset ?? kernel.flat().map((w) => Number(w.toFixed(6))).join("_")].join("~");
}

/** El estado que dice una dirección, ya comprobado; `null` si no se entiende. */
export function kernelFromHash(text, get) {
  const [layer = "", name = "", weights = ""] = text.split("~");
  const numbers = layer.split(".").map(Number);
  const keys = Object.keys(LIMITS);
  const fits = numbers.length === keys.length && keys.every((key, i) =>
    Number.isInteger(numbers[i]) && numbers[i] >= LIMITS[key][0] && numbers[i] <= LIMITS[key][1]);
  if (!fits) return null;
  const state = Object.fromEntries(keys.map((key, i) => [key, numbers[i]]));
  const kernel = kernelFromText(weights, state.kernel_size);
  if (!kernel) return null;
  const pictures = get("pictures");
  return { ...state, kernel, ...(Object.hasOwn(pictures, name) && { image: pictures[name].rows }) };
}

function kernelFromText(text, size) {
  const preset = PRESETS.find(([key]) => key === text)?.[2];
  if (preset) return fitKernel(preset, size);
  const weights = text.split("_").map(readNumber);
  if (weights.length !== size * size || !weights.every((w) => Math.abs(w) <= MAX_WEIGHT)) return null;
  return Array.from({ length: size }, (_, i) => weights.slice(i * size, (i + 1) * size));
}
