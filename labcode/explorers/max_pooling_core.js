// El explorador de max pooling, sin dibujo: los mapas, las ventanas, quién gana y qué sobrevive a un corrimiento.

const POOL_SIDE = 8; // lado del mapa que se ve
const POOL_REACH = 3; // corrimiento mayor: el mapa se lee de una escena con ese margen
const STROKE = [
  "..............",
  "..............",
  "..............",
  "......##+.....",
  ".....#++##....",
  "........+#....",
  "........##....",
  ".......##.....",
  "......#+......",
  ".....#######..",
  "..............",
  "..............",
  "..............",
  "..............",
];

/** Las escenas: clave y nombre. */
export const SCENES = [["random", "Al azar"], ["smooth", "Suave"], ["stroke", "Un trazo"], ["dot", "Un punto"]];

/** Límites de lo que se ajusta: [menor, mayor]. */
export const POOL_LIMITS = { size: [2, 4], stride: [1, 4], right: [-POOL_REACH, POOL_REACH], down: [-POOL_REACH, POOL_REACH] };

/** Un entero al azar entre `low` y `high`, los dos incluidos. */
function between(random, low, high) {
  return low + Math.floor(random() * (high - low + 1));
}

/** La escena completa, 14 × 14, de 0 a 99. «random» y «smooth» dependen de la semilla. */
export function sceneOf(name, seed) {
  const side = POOL_SIDE + 2 * POOL_REACH;
  const fill = (value) => Array.from({ length: side }, (_, i) => Array.from({ length: side }, (_, j) => value(i, j)));
  const random = randomFrom(seed);
  if (name === "random") return fill(() => between(random, 1, 99));
  if (name === "stroke") return fill((i, j) => ({ "#": 90, "+": 45 })[STROKE[i][j]] ?? 0);
  if (name === "dot") return fill((i, j) => (i === POOL_REACH + 2 && j === POOL_REACH + 2 ? 90 : 0));
  const coarse = Array.from({ length: 5 }, () => Array.from({ length: 5 }, () => between(random, 1, 99)));
  return fill((i, j) => { // interpolación bilineal entre puntos a 4 celdas, con enteros: igual en toda máquina
    const [a, b, y, x] = [i >> 2, j >> 2, i % 4, j % 4];
    const total = coarse[a][b] * (4 - y) * (4 - x) + coarse[a + 1][b] * y * (4 - x) + coarse[a][b + 1] * (4 - y) * x + coarse[a + 1][b + 1] * y * x;
    return Math.floor(total / 16);
  });
}

/** El mapa 8 × 8 que se ve cuando la escena se corre `down` filas y `right` columnas: lo nuevo entra por el borde. */
export function viewOf(scene, down, right) {
  const [top, left] = [POOL_REACH - down, POOL_REACH - right];
  return scene.slice(top, top + POOL_SIDE).map((row) => row.slice(left, left + POOL_SIDE));
}

/** Promedio de cada ventana de lado k; [] si la ventana no cabe. */
export function averagePool(image, k, stride = k) {
  const maxima = maxPool(image, k, stride); // solo por su tamaño
  return maxima.map((row, r) => row.map((_, c) =>
    windowOf(r, c, k, { stride }).flat().reduce((sum, [i, j]) => sum + image[i][j], 0) / (k * k)));
}

/** Agrupa con máximo o promedio. */
export function pool(kind, image, k, stride) {
  return kind === "max" ? maxPool(image, k, stride) : averagePool(image, k, stride);
}

/** Dónde está el máximo de una ventana: la primera celda que lo alcanza, en orden de lectura (como en torch, en CPU). */
export function winnerOf(image, r, c, k, stride) {
  const cells = windowOf(r, c, k, { stride }).flat();
  return cells.reduce((best, cell) => (image[cell[0]][cell[1]] > image[best[0]][best[1]] ? cell : best), cells[0]);
}

/** Qué sobrevive: cuántas salidas quedan iguales en su lugar, cuántas hay y cuánto cambian en promedio. */
export function survival(before, after) {
  const gaps = before.flatMap((row, r) => row.map((value, c) => Math.abs(after[r][c] - value)));
  const kept = gaps.filter((gap) => gap === 0).length;
  return { kept, total: gaps.length, change: gaps.reduce((a, b) => a + b, 0) / gaps.length };
}

/**
 * La parte que sobrevive, en promedio, en un mapa de números al azar sin empates: la ventana ve k² celdas antes y k²
 * después, y `common` las dos veces. La salida queda igual si el mayor de todas está entre las comunes.
 */
export function expectedShare(k, down, right) {
  const common = Math.max(0, k - Math.abs(down)) * Math.max(0, k - Math.abs(right));
  const seen = 2 * k * k - common;
  return { common, seen, share: common / seen };
}

/** Cuántas casillas se corrió la salida entera, [filas, columnas], si el corrimiento es múltiplo del paso; si no, `null`. */
export function wholeMove(stride, down, right) {
  const moved = [down / stride, right / stride];
  return (down || right) && moved.every(Number.isInteger) ? moved : null;
}

/** El mapa 4 × 4 del juego, de −9 a 9. */
export function gameMap(seed) {
  const random = randomFrom(seed + 5000);
  return Array.from({ length: 4 }, () => Array.from({ length: 4 }, () => between(random, -9, 9)));
}

/** Nombre de un cuadrante por su fila y columna, 0 o 1. */
export function quadrantName([r, c]) {
  return `${r ? "abajo" : "arriba"} a la ${c ? "derecha" : "izquierda"}`;
}

/** Juzga una celda del juego: { right, quadrant, text }. Un empate también vale. */
export function judgePick(map, [r, c]) {
  const quadrant = [r >> 1, c >> 1];
  const cells = windowOf(...quadrant, 2, { stride: 2 }).flat().map(([i, j]) => map[i][j]);
  const [value, best] = [map[r][c], Math.max(...cells)];
  const where = `cuadrante de ${quadrantName(quadrant)}`;
  if (value === best) {
    const tie = cells.filter((x) => x === best).length > 1 ? " Hay empate, y da lo mismo cuál: pasa el valor, no el lugar." : "";
    return { right: true, quadrant, text: `Sí: ${number(best)} es el máximo del ${where}.${tie}` };
  }
  const slip = value < 0 && best < 0 ? ` Entre negativos, el mayor es el más cercano a cero.`
    : Math.abs(value) > Math.abs(best) ? " El signo cuenta: un negativo es menor que cero y que cualquier positivo." : "";
  return { right: false, quadrant, text: `Todavía no: en el ${where} hay uno mayor que ${number(value)}.${slip}` };
}

/** Los casos que se piden predecir: [lado, abajo, derecha, respuesta]; con paso igual al lado. */
export const ROUNDS = [[2, 0, 1, "third"], [3, 0, 1, "half"], [2, 1, 1, "seventh"], [2, 0, 2, "none"]];

/** Las respuestas a la predicción: [clave, texto, parte]. */
export const SHARES = [["all", "Todas", 1], ["half", "La mitad", 1 / 2], ["third", "Un tercio", 1 / 3], ["seventh", "Un séptimo", 1 / 7], ["none", "Ninguna", 0]];

/** Comentario de una predicción: { right, text }. */
export function judgeShare(answer, k, down, right, { kept, total }) {
  const { common, seen, share } = expectedShare(k, down, right);
  const good = Math.abs(SHARES.find(([key]) => key === answer)[2] - share) < 1e-9;
  const here = `En este mapa ${kept === 1 ? "queda igual" : "quedan iguales"} ${kept} de ${total}.`;
  const why = common === 0
    ? `Antes y después, cada ventana ve ${k * k} celdas del todo distintas. Pero miren: como el corrimiento es múltiplo del paso, los valores siguen ahí, corridos.`
    : `Entre antes y después, una ventana ve ${seen} celdas; ${common} las ve las dos veces. La salida queda igual si el mayor está entre esas: ${common} de cada ${seen} veces.`;
  const head = good ? "¡Eso es!" : answer === "all" ? "Todavía no: eso sería invarianza." : "Todavía no.";
  return { right: good, text: `${head} ${why} ${here}` };
}

/** Por qué cambió (o no) una salida, en una frase. */
export function explainOutput({ kind, before, after, cell, size, stride }) {
  const [r, c] = cell;
  const [old, now] = [before, after].map((map) => pool(kind, map, size, stride)[r][c]);
  const show = (x) => number(x, 2);
  if (kind === "average") return old === now ? `El promedio quedó en ${show(now)}.` : `El promedio pasó de ${show(old)} a ${show(now)}: cambia con cualquier número que entre o salga.`;
  if (old === now) return `El máximo sigue siendo ${show(now)}: nada mayor entró y el ganador, o uno igual, sigue a la vista.`;
  return now > old ? `El máximo subió de ${show(old)} a ${show(now)}: entró uno mayor.` : `El máximo bajó de ${show(old)} a ${show(now)}: el ganador salió de la ventana.`;
}

/** A qué celda lleva una flecha desde `cell`; `null` si no es una flecha. */
export function arrowFrom(key, [r, c], rows, columns) {
  const next = { ArrowUp: [r - 1, c], ArrowDown: [r + 1, c], ArrowLeft: [r, c - 1], ArrowRight: [r, c + 1], Home: [r, 0], End: [r, columns - 1] }[key];
  return next ? [Math.max(0, Math.min(rows - 1, next[0])), Math.max(0, Math.min(columns - 1, next[1]))] : null;
}

/** El estado como texto para la dirección: «0.random.0.2.2.0.1.max» es juego, escena, semilla, lado, paso, abajo, derecha y tipo. */
export function poolToHash(get) {
  return ["game", "scene", "seed", "size", "stride", "down", "right", "kind"].map(get).join(".");
}

/** El estado que dice una dirección, ya comprobado; `null` si no se entiende. */
export function poolFromHash(text) {
  const match = /^(\d{1,3})\.(random|smooth|stroke|dot)\.(\d{1,3})\.([2-4])\.([1-4])\.(-?[0-3])\.(-?[0-3])\.(max|average)$/.exec(text);
  if (!match) return null;
  const [game, seed, size, stride, down, right] = [1, 3, 4, 5, 6, 7].map((at) => Number(match[at]) || 0);
  return { game, scene: match[2], seed, size, stride, down, right, kind: match[8] };
}
