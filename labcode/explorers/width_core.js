// El explorador del ancho, sin dibujo: el umbral, qué hace el error después de él, y el veredicto de una predicción.
// Una serie: { key, name, kind: "features" | "network" | "loss", log, threshold, regimes, epochs, points: [{ width, draws, train, test, … }] };
// `train` y `test` son [medio, menor, mayor].

export const FATES = [["up", "sube"], ["flat", "se queda igual"], ["down", "baja"]];
const WORDS = {
  features: { many: "características", train: "Error en sus puntos", test: "Error en puntos nuevos", wall: "tantas como puntos", draws: "sorteos",
    title: "Error cuadrático, según el ancho", under: "Tamaño de los pesos, ‖w‖" },
  network: { many: "neuronas", train: "Error en entrenamiento", test: "Error en prueba", wall: "memoriza", draws: "semillas",
    title: "Error (%), según el ancho", under: "Error en entrenamiento, época por época (%)" },
  loss: { many: "neuronas", train: "Pérdida en entrenamiento", test: "Pérdida en prueba", wall: "memoriza", draws: "semillas",
    title: "Pérdida (entropía cruzada), según el ancho", under: "Pérdida en entrenamiento, época por época" },
};

/** Cómo se llaman las cosas de una serie. */
export function wordsOf({ kind }) {
  return WORDS[kind];
}

/** Las series que tienen alguna medida. */
export function measuredSeries({ series }) {
  return series.filter(({ points }) => points.length > 0);
}

/** La serie que se mira: la de esa clave, o la primera medida; `null` si no hay ninguna. */
export function seriesOf(data, key) {
  const known = measuredSeries(data);
  return known.find((one) => one.key === key) ?? known[0] ?? null;
}

/** La posición del primer ancho que llega al umbral; −1 si no se sabe o ninguno llega. */
export function thresholdAt({ points, threshold }) {
  return threshold === null ? -1 : points.findIndex(({ width }) => width >= threshold);
}

/** Si se midió lo bastante para una banda: con menos de tres, no se sabe si dos anchos se distinguen. */
function hasBand({ draws }) {
  return draws >= 3;
}

/** Por qué no hay nada que predecir, en una frase; «» si hay un ancho más allá del umbral, y los dos tienen banda. */
export function unknownText(series) {
  const { points } = series;
  const at = thresholdAt(series);
  if (at < 0 || at === points.length - 1) return "De los anchos medidos, ninguno memoriza todavía sus datos: aún no hay un «más allá» que predecir.";
  return hasBand(points[at]) && hasBand(points.at(-1)) ? "" : "Con menos de tres semillas no hay intervalo, y sin él no se sabe si el error sube, baja o se queda: aún no se puede predecir.";
}

/** Si hay algo que predecir. */
export function canPredict(series) {
  return unknownText(series) === "";
}

/** Qué hace el error en prueba del umbral al mayor ancho: { kind, from, to, best }; `best`, el menor error antes del umbral. */
export function fateOf(series) {
  const at = thresholdAt(series);
  const [from, to] = [series.points[at], series.points.at(-1)];
  const before = series.points.slice(0, at).filter(hasBand);
  const best = before.length ? before.reduce((least, point) => (point.test[0] < least.test[0] ? point : least)) : null;
  const kind = to.test[2] < from.test[1] ? "down" : to.test[1] > from.test[2] ? "up" : "flat";
  return { kind, from, to, best };
}

/** La pregunta: hasta dónde llega la serie y qué hará el error. */
export function questionText(series) {
  const [wall, last] = [series.points[thresholdAt(series)], series.points.at(-1)].map(({ width }) => thousands(width));
  return series.kind === "features" ? `Con ${wall} características el modelo ya pasa por todos sus puntos. Si se lo agranda hasta ${last}, ¿qué hará el error en puntos nuevos?`
    : `Con ${wall} neuronas la red ya memoriza casi todos sus ejemplos. Si se la agranda hasta ${last}, ¿qué hará ${series.kind === "loss" ? "la pérdida" : "el error"} en prueba?`;
}

/** Juzga la predicción de lo que hace el error pasado el umbral: { right, text }. */
export function judgeFate(answer, series) {
  const { kind, from, to, best } = fateOf(series);
  const right = answer === kind;
  const [start, end] = [from, to].map(({ test }) => errorText(test[0], series));
  const told = { down: `Baja: de ${start} con ${thousands(from.width)} a ${end} con ${thousands(to.width)}.`,
    up: `Sube: de ${start} con ${thousands(from.width)} a ${end} con ${thousands(to.width)}.`,
    flat: `Se queda igual: ${start} con ${thousands(from.width)} y ${end} con ${thousands(to.width)}; sus bandas se traslapan.` }[kind];
  return { right, text: `${right ? "¡Eso es!" : "Todavía no."} ${told}${best ? ` ${againstBest(best, to, series)}` : ""}` };
}

/** El mayor modelo contra el mejor de los que no llegaban al umbral, en una frase. */
export function againstBest(best, to, series) {
  const own = `mejor de los que no llegaban al umbral (${errorText(best.test[0], series)}, con ${thousands(best.width)})`;
  if (to.test[2] < best.test[1]) return `Le gana también al ${own}.`;
  return to.test[1] > best.test[2] ? `No alcanza al ${own}.` : `Queda como el ${own}: sus bandas se traslapan.`;
}

/** En qué régimen está un ancho: antes, en o después del umbral, en una frase; «» si el umbral no se sabe. */
export function regimeOf(series, at) {
  const wall = thresholdAt(series);
  if (series.threshold === null || wall < 0) return "";
  return series.regimes[at < wall ? 0 : series.points[at].width === series.threshold ? 1 : 2];
}

/** Un error como se lee: en porcentaje si es de una red; una pérdida, con dos decimales; si no, con dos o más cifras. */
export function errorText(error, { kind }) {
  if (kind === "network") return percent(error);
  if (kind === "loss") return decimal(error);
  return error < 1e-4 ? "0" : decimal(error, error >= 0.1 ? 2 : 4);
}

/** Un valor con su banda: «0.52 (0.42 a 0.67)»; sin ella si no la tiene. */
export function bandText([middle, low, high], series) {
  const [said, from, to] = [middle, low, high].map((x) => errorText(x, series));
  return from === to ? said : `${said} (${from.replace("\u202f%", "")} a ${to})`;
}

/** Desde dónde y hasta dónde va el eje de los errores: en logaritmo, con sitio bajo la prueba para que se vea caer el entrenamiento. */
export function errorRange({ kind, points, log }) {
  const tests = points.flatMap(({ test }) => test);
  if (log) {
    const [least, most] = [Math.max(1e-9, Math.min(...tests)), Math.max(1e-9, ...tests)];
    return [least / 8, most * 1.4];
  }
  const most = Math.max(1, ...tests, ...points.flatMap(({ train }) => train));
  return [0, Math.min(kind === "network" ? 100 : Infinity, most * 1.08)];
}

/** El estado como texto para la dirección: «puntos.8». */
export function widthToHash(get) {
  return [get("series") || "-", get("at")].join(".");
}

/** El estado que dice una dirección, ya comprobado; `null` si no se entiende. */
export function widthFromHash(text, get) {
  const [, key, at] = /^([a-z0-9]{1,12}|-)\.(\d{1,2})$/.exec(text) ?? [];
  const one = key === "-" ? seriesOf(get("data"), "") : measuredSeries(get("data")).find((own) => own.key === key);
  return one && Number(at) < one.points.length ? { series: key === "-" ? "" : key, at: Number(at) } : null;
}
