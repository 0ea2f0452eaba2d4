// El mapa tasa × lote, sin dibujo: el mejor de cada fila, las líneas de α/B constante, la apuesta y la dirección.

export const MAPS = [["epochs", "mismas épocas"], ["steps", "mismos pasos"]];
export const LINES = [["none", "Ninguna"], ["linear", "α/B constante"], ["root", "α/√B constante"]];
const DEPTH = 12; // puntos bajo el mejor en que el color se apaga

/** La media de una celda, o `null` si no está medida o divergió. */
export function meanOf(cell) {
  return cell?.[0] ?? null;
}

/** Por cada fila, la columna de mayor media (la primera, si empatan); `null` si no hay ninguna. */
export function bestColumns(cells) {
  return cells.map((row) => row.reduce((best, cell, j) =>
    (meanOf(cell) !== null && (best === null || meanOf(cell) > meanOf(row[best])) ? j : best), null));
}

/** Dónde cae x entre marcas crecientes, en posiciones fraccionarias; sigue en línea recta más allá de las puntas. */
export function placeOf(x, marks) {
  const at = Math.min(marks.length - 2, Math.max(0, marks.filter((mark) => mark <= x).length - 1));
  return at + (x - marks[at]) / (marks[at + 1] - marks[at]);
}

/** Por qué columna pasa, en cada fila, la línea de α/B^power constante que cruza una celda. */
export function lineColumns({ batches, rates }, row, column, power) {
  const ratio = rates[column] / batches[row] ** power;
  const marks = rates.map(Math.log);
  return batches.map((batch) => placeOf(Math.log(ratio * batch ** power), marks));
}

/** Cuánto color lleva una celda, de 0 a 1: el mejor de los mapas lleva 1 y, 12 puntos más abajo, 0. */
export function shadeOf(mean, top) {
  return Math.max(0, 1 - (top - mean) / DEPTH);
}

/** La mayor media de todos los mapas; `null` si no hay ninguna. */
export function topOf({ maps }) {
  const means = Object.values(maps).flatMap(({ cells }) => cells.flat()).map(meanOf).filter((mean) => mean !== null);
  return means.length ? Math.max(...means) : null;
}

/** Cuántas celdas de un mapa están medidas. */
export function measuredIn({ cells }) {
  return cells.flat().filter(Boolean).length;
}

/** Hacia dónde se mueve la mejor tasa cuando el lote crece: «sube», «baja» o «queda», de la primera fila a la última. */
export function trendOf(best) {
  const there = best.filter((column) => column !== null);
  if (there.length < 2) return null;
  const change = there.at(-1) - there[0];
  return change > 0 ? "sube" : change < 0 ? "baja" : "queda";
}

/** Juzga la apuesta: columnas marcadas por fila y hacia dónde se mueve. { right, text }. */
export function judgeBet({ batches, rates }, cells, bet, direction) {
  const best = bestColumns(cells);
  const rows = best.map((column, i) => i).filter((i) => best[i] !== null);
  const exact = rows.filter((i) => bet[i] === best[i]).length;
  const near = rows.filter((i) => bet[i] !== null && Math.abs(bet[i] - best[i]) === 1).length;
  const trend = trendOf(best);
  const right = direction === trend && exact * 2 >= rows.length;
  const [first, last] = [rows[0], rows.at(-1)];
  const verbs = { sube: "sube con el lote", baja: "baja cuando el lote crece", queda: "termina donde empezó" };
  const told = trend ? ` La mejor tasa ${verbs[trend]}: ${rates[best[first]]} con lotes de ${batches[first]} y ${rates[best[last]]} con lotes de ${batches[last]}.` : "";
  const why = trend === "sube" ? " Con más ejemplos el gradiente es menos ruidoso y hay menos pasos: cada uno puede, y debe, ser más largo." : "";
  const hits = `Acertaron ${exact} de ${count(rows.length, "fila", "filas")}${near ? ` y en ${near} quedaron a una casilla` : ""}.`;
  return { right, text: `${right ? "¡Eso es!" : "Todavía no."} ${hits}${told}${why}` };
}

/** Lo que dice una celda, en una frase. */
export function cellText(data, key, row, column) {
  const { batches, rates, maps } = data;
  const { cells, epochs, steps } = maps[key];
  const cell = cells[row][column];
  const where = `Lotes de ${batches[row]}, tasa ${rates[column]}`;
  const work = `${count(epochs[row], "época", "épocas")}, ${thousands(steps[row])} pasos`;
  if (!cell) return `${where}: todavía no está medido (${work}).`;
  if (cell[0] === null) return `${where}: alguna de las ${cell[2]} redes divergió (${work}).`;
  const half = cell[1] === null ? "" : `\u00a0±\u00a0${decimal(cell[1])}`;
  return `${where}: ${decimal(cell[0])}${half}\u202f%, con ${count(cell[2], "red", "redes")} (${work}).`;
}

/** El cociente α/B de una celda, con dos cifras. */
export function ratioText({ batches, rates }, row, column) {
  return (rates[column] / batches[row]).toPrecision(2).replace(/e-(\d)/, "·10⁻$1").replace(/⁻(\d)/, (_, d) => `⁻${"⁰¹²³⁴⁵⁶⁷⁸⁹"[d]}`);
}

/** A qué celda lleva una tecla desde `[fila, columna]`; `null` si no es de moverse. */
export function stepWith(key, [r, c], rows, columns) {
  const moves = {
    ArrowUp: [r - 1, c], ArrowDown: [r + 1, c], ArrowLeft: [r, c - 1], ArrowRight: [r, c + 1],
    Home: [r, 0], End: [r, columns - 1], PageUp: [0, c], PageDown: [rows - 1, c],
  };
  const next = moves[key];
  return next ? [Math.max(0, Math.min(rows - 1, next[0])), Math.max(0, Math.min(columns - 1, next[1]))] : null;
}

/** El estado como texto para la dirección: «epochs.1.2.linear». */
export function rateBatchToHash(get) {
  return ["map", "row", "column", "line"].map(get).join(".");
}

/** El estado que dice una dirección, ya comprobado; `null` si no se entiende. */
export function rateBatchFromHash(text, get) {
  const [map, row, column, line, ...rest] = text.split(".");
  const { batches, rates } = get("data");
  const fits = MAPS.some(([key]) => key === map) && LINES.some(([key]) => key === line) && rest.length === 0
    && /^\d{1,2}$/.test(row) && /^\d{1,2}$/.test(column) && Number(row) < batches.length && Number(column) < rates.length;
  return fits ? { map, row: Number(row), column: Number(column), line } : null;
}
