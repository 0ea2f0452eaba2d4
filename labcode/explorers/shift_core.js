// Correr una imagen, sin dibujo: sus píxeles, cuánto cambia cada etapa de la red y qué responde a lo largo de un eje.

export const MOST = 8; // hasta cuántos píxeles se corre
export const PLACES = Array.from({ length: 2 * MOST + 1 }, (_, i) => i - MOST);
const AXES = { right: ["a la derecha", "a la izquierda"], down: ["hacia abajo", "hacia arriba"] };

/** Las etapas cuyo cambio se mide. */
export const MEASURED = [
  ["input", "La imagen"], ["relu1", "Convolución 1, ReLU"], ["pool1", "Max pooling 1"],
  ["relu2", "Convolución 2, ReLU"], ["pool2", "Max pooling 2"], ["dense2", "Capas densas"],
];

/** Lo que se puede predecir: clave, texto, y el menor y el mayor número de píxeles. */
export const FIRSTS = [["1", "1", 1, 1], ["2", "2 o 3", 2, 3], ["4", "4 o 5", 4, 5], ["6", "6, 7 u 8", 6, MOST], ["0", "con ninguno", 0, 0]];

/** La imagen corrida; lo que entra por el borde repite la última fila o columna, como `shift_images`. */
export function shifted(bytes, [down, right]) {
  const moved = new Uint8Array(bytes.length);
  const from = (x) => Math.max(0, Math.min(IMAGE_SIDE - 1, x));
  for (let r = 0; r < IMAGE_SIDE; r++) {
    for (let c = 0; c < IMAGE_SIDE; c++) {
      const at = 3 * (IMAGE_SIDE * from(r - down) + from(c - right));
      moved.set(bytes.subarray(at, at + 3), 3 * (IMAGE_SIDE * r + c));
    }
  }
  return moved;
}

/** La distancia entre lo que vale una etapa en dos pasadas. */
function distance(one, other, stage) {
  const [a, b] = [one[stage].values, other[stage].values];
  return Math.sqrt(a.reduce((sum, x, i) => sum + (x - b[i]) ** 2, 0));
}

/** Cuánto dista, en promedio, una pasada de las de otras imágenes: un número por etapa de `MEASURED`. */
export function typicalDistances(maps, others) {
  return MEASURED.map(([stage]) => others.reduce((sum, other) => sum + distance(maps, other, stage), 0) / others.length);
}

/** Cuánto cambia cada etapa de `MEASURED`: 0, nada; 1, tanto como cambiar la imagen por otra. */
export function stageChanges(before, after, typical) {
  return MEASURED.map(([stage], i) => distance(before, after, stage) / (typical[i] || 1));
}

/** A dónde lleva [abajo, derecha] sin pasarse. */
export function clampShift(shift) {
  return shift.map((x) => Math.max(-MOST, Math.min(MOST, x)));
}

/** El corrimiento tras una tecla; `null` si no es suya. */
export function shiftByKey(key, [down, right]) {
  const moves = { ArrowUp: [down - 1, right], ArrowDown: [down + 1, right], ArrowLeft: [down, right - 1], ArrowRight: [down, right + 1], Home: [0, 0] };
  return moves[key] ? clampShift(moves[key]) : null;
}

/** El eje que se movió más entre dos lugares; `axis` si los dos igual. */
export function axisMoved(from, to, axis) {
  const [down, right] = from.map((x, i) => Math.abs(to[i] - x));
  return down === right ? axis : down > right ? "down" : "right";
}

/** Los 17 lugares del eje que se mira, con el otro quieto: [[abajo, derecha], …]. */
export function alongAxis([down, right], axis) {
  return PLACES.map((place) => (axis === "down" ? [place, right] : [down, place]));
}

/** Cuánto, a lo largo de un eje: «3 a la derecha»; "" si nada. */
function stretch(by, axis, unit = false) {
  if (!by) return "";
  const many = Math.abs(by);
  return `${unit ? count(many, "píxel", "píxeles") : many} ${AXES[axis][by > 0 ? 0 : 1]}`;
}

/** «3 píxeles a la derecha y 1 hacia abajo»; "" si está en su lugar. */
export function shiftText([down, right]) {
  return [stretch(right, "right", true), stretch(down, "down", !right)].filter(Boolean).join(" y ");
}

/** Lo que pasó al correrla, en una frase. */
export function shiftTold(shift, before, after, classes) {
  const [[top, p]] = ranking(before);
  const [[now, q]] = ranking(after);
  const where = shiftText(shift);
  if (!where) return `En su lugar dice «${classes[top]}», ${share(p)}. Córranla y miren qué cambia.`;
  if (now === top) return `Corrida ${where}: sigue diciendo «${classes[top]}», ${share(q)}; sin correr, ${share(p)}.`;
  return `Corrida ${where}: ahora dice «${classes[now]}», ${share(q)}; a «${classes[top]}» le da ${share(after[top])}, y sin correr, ${share(p)}.`;
}

/** Las clases que van adelante, antes o después: sus índices, de la que más tenía a la que menos. */
export function leaders(before, after, many = 4) {
  const best = ranking(before.map((p, i) => Math.max(p, after[i]))).slice(0, many);
  return best.map(([i]) => i).sort((a, b) => before[b] - before[a]);
}

/** Cuántos píxeles a la derecha bastan para que cambie de respuesta; 0 si no basta ninguno. `answers`: de 0 a 8 píxeles. */
export function firstChange(answers) {
  const tops = answers.map((probabilities) => ranking(probabilities)[0][0]);
  return Math.max(0, tops.findIndex((top) => top !== tops[0]));
}

/** Juzga con cuántos píxeles cambia: { right, text }. */
export function judgeFirst(answer, answers, classes) {
  const first = firstChange(answers);
  const [, , low, high] = FIRSTS.find(([key]) => key === answer);
  const right = first >= low && first <= high;
  const [[now, q]] = ranking(answers[first || MOST]);
  const truth = first
    ? `Corrida ${stretch(first, "right", true)} ya dice «${classes[now]}», ${share(q)}.`
    : `Corrida ${stretch(MOST, "right", true)} todavía dice «${classes[now]}», ${share(q)}.`;
  return { right, text: `${right ? "¡Eso es!" : "Todavía no."} ${truth}` };
}

/** El estado como texto para la dirección: imagen, abajo, derecha y eje. Una imagen propia no viaja. */
export function shiftToHash(get) {
  return [get("shown") === "propia" ? "" : get("shown"), get("down"), get("right"), get("axis")].join("~");
}

/** El estado que dice una dirección, ya comprobado; `null` si no se entiende. */
export function shiftFromHash(text, get) {
  const [, shown, ...parts] = /^([a-z]*)~(-?[0-8])~(-?[0-8])~(right|down)$/.exec(text) ?? [];
  if (!parts.length || (shown !== "" && !Object.hasOwn(get("pictures"), shown))) return null;
  return { ...(shown && { shown }), down: Number(parts[0]) || 0, right: Number(parts[1]) || 0, axis: parts[2] };
}
