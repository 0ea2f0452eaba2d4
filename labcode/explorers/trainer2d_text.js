// El entrenador, en palabras: situaciones con nombre, la predicción y su veredicto, lo que se ve, y la dirección.

/** Los ajustes que deciden un entrenamiento, en el orden de la dirección. */
export const KEYS = ["data", "examples", "noise", "outliers", "depth", "width", "learning_rate", "batch_size", "lam", "dropout", "epochs", "seed"];
export const MAX_SEED = 999;
const POINTS = { circulo: "círculo", curva: "curva", tablero: "tablero", espiral: "espiral" };
const PART = { 0.1: "una de cada diez", 0.2: "una de cada cinco", 0.3: "tres de cada diez", 0.4: "dos de cada cinco" };

/** Ajustes de partida, y los de los botones: los de la clase (500, 1000, 5000 y 1000 + 9) y uno más chico. */
export const START = {
  data: "curva", examples: 200, noise: 0.2, outliers: false, depth: 4, width: 32, learning_rate: 0.01, batch_size: 16,
  lam: 0, dropout: 0, epochs: 500, seed: 0,
};
export const PRESETS = [
  ["200", {}],
  ["500", { examples: 500 }],
  ["1000", { examples: 1000, epochs: 300 }],
  ["5000", { examples: 5000, epochs: 50 }],
  ["1000 + 9 fuera de distribución", { examples: 1000, outliers: true, epochs: 300 }],
].map(([label, changes]) => [label, { ...START, ...changes }]);

/** Los nombres de los problemas, para elegir. */
export const DATA_NAMES = OPTIONS.data.map((key) => [key, POINTS[key][0].toUpperCase() + POINTS[key].slice(1)]);

/** La etiqueta del botón que corresponde a unos ajustes (la semilla no cuenta), o "". */
export function presetOf(settings) {
  const same = (values) => KEYS.every((key) => key === "seed" || values[key] === settings[key]);
  return PRESETS.find(([, values]) => same(values))?.[0] ?? "";
}

/** La red y su tarea, en una frase. */
export function setupText({ examples, outliers, noise, depth, width }) {
  const net = depth ? `con ${count(depth, "capa oculta", "capas ocultas")} de ${width} neuronas` : "sin capas ocultas";
  const labels = noise ? ` A ${PART[noise]} le cambiamos la etiqueta, también en los de prueba.` : "";
  return `${examples}${outliers ? ` + ${OUTLIERS}` : ""} ejemplos y una red ${net}.${labels}`;
}

/** Las respuestas a la predicción: [clave, texto]. */
export const ANSWERS = [
  ["follow", "Subirá junto con la otra"],
  ["stay", "Subirá, y se quedará más abajo"],
  ["turn", "Subirá, y después bajará"],
  ["none", "Nunca será mejor que una moneda"],
];

/** Media de las últimas `width` épocas hasta `epoch`: el vaivén de una época a otra no cuenta. */
export function smoothAt(list, epoch, width = 5) {
  const from = Math.max(0, epoch - width + 1);
  let sum = 0;
  for (let e = from; e <= epoch; e++) sum += list[e];
  return sum / (epoch - from + 1);
}

/** Lo que hizo la exactitud en prueba hasta `epoch`: { kind, best, bestEpoch, last, train }. */
export function shapeOf({ train, test }, epoch) {
  let bestEpoch = 0;
  for (let e = 1; e <= epoch; e++) if (smoothAt(test, e) > smoothAt(test, bestEpoch)) bestEpoch = e;
  const found = { best: smoothAt(test, bestEpoch), bestEpoch, last: smoothAt(test, epoch), train: smoothAt(train, epoch) };
  if (found.best < 60) return { kind: "none", ...found };
  if (found.best - found.last >= 3) return { kind: "turn", ...found };
  return { kind: found.train - found.last >= 5 ? "stay" : "follow", ...found };
}

/** El veredicto de una predicción, con lo que de verdad pasó: { right, text }. */
export function verdictOf(answer, shape) {
  const { kind, best, bestEpoch, last, train } = shape;
  const told = {
    turn: `La de prueba llegó a ${percent(best)} cerca de la época ${bestEpoch} y terminó en ${percent(last)}, mientras la de entrenamiento subía hasta ${percent(train)}. Desde ahí la red no aprendió la regla: se aprendió sus ejemplos.`,
    stay: `La de prueba se quedó en ${percent(last)} y la de entrenamiento llegó a ${percent(train)}: la red acierta más en lo que estudió, pero todavía no empeora en lo nuevo.`,
    follow: `Terminaron cerca: ${percent(train)} en entrenamiento y ${percent(last)} en prueba. Aquí casi todo lo aprendido sirve para lo nuevo.`,
    none: `La de prueba nunca pasó de ${percent(best)}: la red no aprendió nada que sirva para ejemplos nuevos.`,
  }[kind];
  return { right: answer === kind, text: `${answer === kind ? "¡Eso es!" : "No esta vez."} ${told}` };
}

/** Qué se está viendo en una época, comparado con lo que acertaría quien conoce la regla. */
export function remarkOf({ epoch, train, test, ceiling, memorized, wrong, bestEpoch, best, noise }) {
  if (epoch === 0) return "La red todavía no ha visto ningún ejemplo: sus pesos son los iniciales.";
  const said = [];
  if (train > ceiling + 2 && noise) {
    said.push(`En entrenamiento la red ya acierta más que quien conoce la regla (${percent(ceiling)}): para eso tuvo que aprenderse errores. De las ${wrong} etiquetas cambiadas, ya repite ${memorized}.`);
  } else if (train < ceiling - 12) {
    said.push(`Todavía no acierta ni en sus propios ejemplos: quien conoce la regla llega a ${percent(ceiling)}. Eso es subajuste.`);
  }
  if (best - test >= 3 && epoch > bestEpoch) said.push(`En prueba iba mejor en la época ${bestEpoch} (${percent(best)}): esto es sobreajuste.`);
  else if (train - test >= 5) said.push(`La brecha es de ${decimal(train - test, 1)} puntos.`);
  else if (!said.length) said.push("Entrenamiento y prueba van juntas: lo que la red aprende sirve para ejemplos nuevos.");
  return said.join(" ");
}

/** El estado como texto para la dirección: «curva_200_0.2_0~4_32_0.01_16_0_0~500_0». */
export function trainerToHash(get) {
  const text = KEYS.map((key) => (key === "outliers" ? Number(get(key)) : get(key)));
  return [text.slice(0, 4), text.slice(4, 10), text.slice(10)].map((part) => part.join("_")).join("~");
}

/** El estado que dice una dirección, ya comprobado; `null` si no se entiende. */
export function trainerFromHash(text) {
  const parts = text.split(/[~_]/);
  if (parts.length !== KEYS.length || text.split("~").length !== 3) return null;
  const state = {};
  for (const [i, key] of KEYS.entries()) {
    const options = { outliers: [0, 1], ...OPTIONS }[key];
    const value = key === "data" ? parts[i] : readNumber(parts[i]);
    const fits = key === "seed" ? Number.isInteger(value) && value >= 0 && value <= MAX_SEED : options.includes(value);
    if (!fits) return null;
    state[key] = key === "outliers" ? value === 1 : value;
  }
  return state;
}
