// El explorador «λ», sin dibujo: lo que se lee de cada λ, la apuesta y su veredicto, escalas y dirección.

/** λ escrito como se lee: 0, 0.0003, 0.1. */
export function lamText(lam) {
  return String(Number(lam.toFixed(10)));
}

/** Las posiciones medidas. */
export function measured({ runs }) {
  return runs.map((run, i) => i).filter((i) => runs[i].seeds > 0);
}

/** Lo que se lee de un λ sin números. */
export function absenceOf({ diverged }) {
  return diverged ? "divergió" : "sin medir";
}

/** El valor final de una curva: [media, semiancho]. */
export function finalOf([means, halves]) {
  return [means.at(-1), halves.at(-1)];
}

/** Lo que se lee de un λ: exactitudes finales, su distancia, Σw² y qué parte de los pesos está a menos de 0.01 de 0. */
export function readingOf({ runs, edges }, index) {
  const run = runs[index];
  if (!run.seeds) return null;
  const [train, val] = [finalOf(run.train), finalOf(run.val)];
  const all = run.counts.reduce((a, b) => a + b, 0);
  const near = run.counts.reduce((sum, n, i) => (Math.abs(edges[i] + edges[i + 1]) / 2 < 0.01 ? sum + n : sum), 0);
  return { train, val, gap: train[0] - val[0], squares: run.squares, near: all ? (100 * near) / all : 0, seeds: run.seeds };
}

/** Los λ que con estas semillas no se distinguen del elegido: el intervalo de la diferencia, semilla a semilla, contiene el cero. */
export function tiedWith(data) {
  if (data.chosen === null) return [];
  return measured(data).filter((i) => {
    const [behind, half] = data.runs[i].behind;
    return i === data.chosen || (behind !== null && (half === null || behind <= half)); // sin intervalo no se distinguen
  });
}

/** Juzga la apuesta: qué λ (posición) y por cuántos puntos le gana a λ = 0. { right, text }. */
export function judgeLam(data, index, points) {
  const { runs, chosen } = data;
  const best = runs[chosen];
  const tied = tiedWith(data);
  const right = tied.includes(index);
  const winner = `Gana λ = ${lamText(best.lam)}, con ${percent(finalOf(best.val)[0], 2)} en validación`;
  const own = runs[index].seeds ? percent(finalOf(runs[index].val)[0], 2) : null;
  const said = index === chosen ? `${winner}.`
    : `${winner}; λ = ${lamText(runs[index].lam)} ${own === null ? (runs[index].diverged ? "divergió" : "no está medido") : `llega a ${own}`}${right ? ", y la diferencia, semilla a semilla, no se distingue de cero" : ""}.`;
  const [gain, half] = best.gain;
  if (chosen === 0) return { right, text: `${right ? "¡Eso es!" : "Todavía no."} ${said} Ningún castigo de los medidos mejora a λ = 0.` };
  if (gain === null) return { right, text: `${right ? "¡Eso es!" : "Todavía no."} ${said}` };
  const off = Math.abs(points - gain);
  const close = off <= Math.max(half ?? 0, 0.5) ? "muy cerca" : points > gain ? "es menos de lo que creían" : "es más de lo que creían";
  return { right, text: `${right ? "¡Eso es!" : "Todavía no."} ${said} A λ = 0 le gana por ${decimal(gain, 1)}${half === null ? "" : ` ± ${decimal(half, 1)}`} puntos; ustedes dijeron ${number(points, 1)}: ${close}.` };
}

/** La red del plano que se entrenó con ese λ; `null` si no la hay. */
export function netOf(frontier, lam) {
  return frontier.nets.find((net) => net.lam === lam) ?? null;
}

/** La probabilidad de la clase 1 en cada nudo del plano, de arriba abajo. */
export function fieldOf({ field }) {
  return Float32Array.from(bytesFrom(field), (byte) => byte / 255);
}

/** Largo de una línea quebrada de puntos [x, y]. */
export function lengthOf(pairs) {
  return pairs.slice(1).reduce((sum, [x, y], i) => sum + Math.hypot(x - pairs[i][0], y - pairs[i][1]), 0);
}

/** Largo de la frontera de un campo sobre [−1, 1]²; 0 si de un lado no queda nada. */
export function frontierLength(field, side) {
  let [from, length] = [null, 0];
  traceLevel({ moveTo: (...at) => { from = at; }, lineTo: (...to) => { length += lengthOf([from, to]); } }, field, side, 0.5, 2);
  return length;
}

/** Lo que se lee de una red del plano: lo que acierta en sus ejemplos y en puntos nuevos, Σw² y el largo de su frontera, y todo en una frase. */
export function planeTexts({ side, truth }, net) {
  const field = fieldOf(net);
  const length = frontierLength(field, side);
  const [train, fresh] = [net.train, net.new].map((x) => percent(x));
  const border = length ? `su frontera mide ${decimal(length, 1)} y la verdadera ${decimal(lengthOf(truth), 1)}` : `no tiene frontera: responde siempre ${field[0] > 0.5 ? "naranja" : "azul"}`;
  return {
    facts: [train, fresh, number(net.squares, 1), length ? decimal(length, 1) : "no hay"],
    told: `en el plano acierta ${train} de sus ejemplos y ${fresh} de los nuevos, y ${border}`,
  };
}

/** Escala lineal de `domain` a `range`. */
export function linear([from, to], [low, high]) {
  return (x) => low + ((x - from) / (to - from)) * (high - low);
}

/** Puntos «x,y» para un `polyline` o un `polygon`. */
export function pointsOf(pairs) {
  return pairs.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(" ");
}

/** La banda de media ± semiancho: ida por arriba y vuelta por abajo. */
export function bandOf([means, halves], x, y) {
  const up = means.map((mean, i) => [x(i), y(mean + halves[i])]);
  const down = means.map((mean, i) => [x(i), y(mean - halves[i])]).reverse();
  return [...up, ...down];
}

/** Menor y mayor exactitud de todas las curvas, redondeadas hacia afuera a decenas. */
export function rangeOf(data) {
  const all = measured(data).flatMap((i) => [...data.runs[i].train[0], ...data.runs[i].val[0]]);
  if (!all.length) return [0, 100];
  return [Math.floor(Math.min(...all) / 10) * 10, Math.ceil(Math.max(...all) / 10) * 10];
}

/** Los números del eje vertical: de 10 en 10, o de 20 en 20 si son muchos. */
export function marksOf([low, high]) {
  const step = high - low > 50 ? 20 : 10;
  return Array.from({ length: Math.floor((high - low) / step) + 1 }, (_, i) => low + step * i);
}

/** El estado como texto para la dirección: la posición de λ. */
export function lamToHash(get) {
  return String(get("index"));
}

/** El estado que dice una dirección, ya comprobado; `null` si no se entiende. */
export function lamFromHash(text, get) {
  return /^\d{1,2}$/.test(text) && Number(text) < get("data").runs.length ? { index: Number(text) } : null;
}
