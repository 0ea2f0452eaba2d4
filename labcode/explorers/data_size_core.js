// El explorador de N, sin dibujo: leer las curvas, comparar redes en datos y juzgar una predicción.
// Los datos: { sizes, series: [{ key, name, points: [{ mean, half, seeds } | null], diverged: [posiciones], notice }] }, un punto por tamaño.

/** Los puntos medidos de una red: [{ n, at, mean, half, seeds }]. */
export function measured({ sizes }, series) {
  return series.points.map((point, at) => point && { n: sizes[at], at, ...point }).filter(Boolean);
}

/**
 * Con cuántos ejemplos alcanza una red cierta exactitud, recto entre puntos en la escala logarítmica de N:
 * { n }, { below: menor N } si ya la tiene con el menor, { beyond: mayor N } si no llega; `null` sin medidas.
 */
export function examplesFor(data, series, accuracy) {
  const points = measured(data, series);
  if (!points.length) return null;
  if (points[0].mean >= accuracy) return points[0].mean === accuracy ? { n: points[0].n } : { below: points[0].n };
  for (let i = 1; i < points.length; i++) {
    const [from, to] = [points[i - 1], points[i]];
    if (to.mean < accuracy) continue;
    const share = (accuracy - from.mean) / (to.mean - from.mean);
    return { n: Math.exp(Math.log(from.n) + share * Math.log(to.n / from.n)) };
  }
  return { beyond: points.at(-1).n };
}

/** Un número de ejemplos con dos cifras que importan: 8312 → 8300. */
export function roughly(n) {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(n)) - 1);
  return Math.round(n / unit) * unit;
}

/** Cuánto suma cada paso de una red a otro N: [{ from, to, ratio, gain }], entre puntos vecinos. */
export function gains(data, series) {
  const points = measured(data, series);
  return points.slice(1).map((to, i) => ({ from: points[i], to, ratio: to.n / points[i].n, gain: to.mean - points[i].mean }));
}

/** Las predicciones posibles: los pasos de cada red, primero los que doblan los datos, y del medio hacia afuera. */
export function questions(data) {
  const all = data.series.flatMap((series) => gains(data, series).map((step) => ({ series, ...step })));
  const middle = (data.sizes.length - 1) / 2;
  const away = ({ ratio, from }) => [Math.abs(Math.log2(ratio) - 1) > 0.05 ? 1 : 0, Math.abs(from.at - middle)];
  return all.sort((a, b) => away(a)[0] - away(b)[0] || away(a)[1] - away(b)[1]);
}

/** Juzga cuántos puntos se dijo que sumaría: { right, text }. */
export function judgeGain(answer, { from, to, gain, series }) {
  const near = Math.abs(answer - gain) <= Math.max(1, Math.abs(gain) / 4);
  const truth = `${series.name} pasa de ${decimal(from.mean, 1)} a ${percent(to.mean)}: ${signedPoints(gain)}.`;
  if (near) return { right: true, text: `¡Eso es! ${truth}` };
  return { right: false, text: `${answer > gain ? "Es menos" : "Es más"}: ${truth}` };
}

/** «+3.8 puntos», con el signo tipográfico. */
export function signedPoints(x) {
  return `${signed(x, 1)} puntos`;
}

/** Media con su intervalo: «55.1 ± 0.4 %»; sin intervalo si hay una sola semilla. */
export function pointText({ mean, half }) {
  return half === null ? percent(mean) : `${decimal(mean, 1)}\u00a0±\u00a0${percent(half)}`;
}

/** Lo que una red acierta con el N de esa posición, o por qué no se sabe. */
export function readingText({ points, diverged }, at) {
  return points[at] ? pointText(points[at]) : diverged.includes(at) ? "divergió" : "sin medir";
}

/** Lo que a una red le falta, en una frase; «» si no le falta nada. */
export function lackText({ sizes }, { points, diverged, notice }) {
  const absent = points.filter((point) => !point).length - diverged.length;
  const lack = !absent ? "" : absent === points.length ? "sin medir todavía" : `${absent === 1 ? "falta" : "faltan"} ${absent} de ${points.length} tamaños`;
  const broken = diverged.length ? `divergió con N = ${diverged.map((at) => thousands(sizes[at])).join(", ")}` : "";
  const said = [lack, broken].filter(Boolean).join("; ");
  return said && `${said}. ${notice}`.trim();
}

/** Cuántos ejemplos necesita otra red para lo que `reference` acierta con N, en una frase. */
export function equivalenceText(data, reference, other, at) {
  const point = reference.points[at];
  const found = point && examplesFor(data, other, point.mean);
  if (!found) return "";
  const n = data.sizes[at];
  if (found.below) return `${other.name}: menos de ${thousands(found.below)}, el menor que se midió.`;
  if (found.beyond) return `${other.name}: más de ${thousands(found.beyond)}; con esos todavía no llega.`;
  const times = n / found.n;
  const compared = times > 1.05 ? `${decimal(times, 1)} veces menos` : times < 0.95 ? `${decimal(1 / times, 1)} veces más` : "los mismos";
  return `${other.name}: unos ${thousands(roughly(found.n))} (${compared}).`;
}

/** Lo que se ve de la escala vertical: exactitud tal cual, o el error en logaritmo. */
export const SCALES = [["accuracy", "Exactitud"], ["error", "Error, en logaritmo"]];

/** Altura de una exactitud en la escala elegida, sin normalizar. */
export function heightOf(mean, scale) {
  return scale === "error" ? -Math.log(Math.max(0.1, 100 - mean)) : mean;
}

/** Marcas del eje vertical que caben entre dos exactitudes: [{ mean, text }], en la escala elegida. */
export function verticalTicks(low, high, scale) {
  if (scale === "error") {
    return [1, 2, 5, 10, 20, 30, 40, 50, 60, 80].filter((error) => 100 - error >= low && 100 - error <= high).map((error) => ({ mean: 100 - error, text: `${error}` }));
  }
  const step = high - low > 40 ? 10 : high - low > 16 ? 5 : 2;
  const first = Math.ceil(low / step) * step;
  return Array.from({ length: Math.floor((high - first) / step) + 1 }, (_, i) => first + i * step).map((mean) => ({ mean, text: `${mean}` }));
}

/** El estado como texto para la dirección: «3.cnn.error». */
export function dataSizeToHash(get) {
  return [get("at"), get("reference") || "-", get("scale")].join(".");
}

/** El estado que dice una dirección, ya comprobado; `null` si no se entiende. */
export function dataSizeFromHash(text, get) {
  const [at, reference, scale, ...rest] = text.split(".");
  const { sizes, series } = get("data");
  const known = reference === "-" || series.some(({ key }) => key === reference);
  const fits = /^\d{1,2}$/.test(at) && Number(at) < Math.max(1, sizes.length) && known && SCALES.some(([key]) => key === scale);
  return fits && !rest.length ? { at: Number(at), reference: reference === "-" ? "" : reference, scale } : null;
}
