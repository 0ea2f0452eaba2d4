// «Mejor de K», dibujado: las barras de un sorteo y los histogramas de mil. Cada dibujo es un SVG del ancho que haya.

const HEIGHT = 270;
const SPANS = [2.5, 5, 10, 25]; // puntos a cada lado de la verdad que muestra el eje
const TICKS = { 2.5: 1, 5: 2, 10: 5, 25: 10 };

/** Cuántos puntos muestra el eje a cada lado de la verdad: los que caben en cuatro desviaciones. */
export function spanOf(sigma) {
  return SPANS.find((span) => span >= 4.2 * sigma) ?? SPANS.at(-1);
}

/** Marcas del eje entre dos extremos, en números redondos. */
export function ticksOf(truth, span) {
  const step = TICKS[span];
  const marks = [];
  for (let at = Math.ceil((truth - span) / step) * step; at <= Math.min(100, truth + span); at += step) marks.push(at);
  return marks;
}

const line = (kind, x1, y1, x2, y2) => `<line class="rc-best-${kind}" x1="${x1.toFixed(1)}" y1="${y1.toFixed(1)}" x2="${x2.toFixed(1)}" y2="${y2.toFixed(1)}"/>`;
const path = (kind, pieces) => `<path class="rc-best-${kind}" d="${pieces.join("")}"/>`;
const box = (x, y, width, height) => `M${x.toFixed(1)} ${y.toFixed(1)}h${width.toFixed(1)}v${Math.max(0, height).toFixed(1)}h${(-width).toFixed(1)}Z`;
const whisker = (x, low, high, foot) => `M${x.toFixed(1)} ${low.toFixed(1)}V${high.toFixed(1)}M${(x - foot).toFixed(1)} ${low.toFixed(1)}h${(2 * foot).toFixed(1)}M${(x - foot).toFixed(1)} ${high.toFixed(1)}h${(2 * foot).toFixed(1)}`;
const label = (kind, x, y, text, anchor = "middle") => `<text class="rc-best-${kind}" x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}">${text}</text>`;
const svg = (width, parts) => `<svg viewBox="0 0 ${width} ${HEIGHT}" width="${width}" height="${HEIGHT}" aria-hidden="true">${parts.join("")}</svg>`;
const clamp = (x, low, high) => Math.min(high, Math.max(low, x));

/** Las barras de un sorteo: lo que midió cada red, la mejor, y la mejor medida otra vez. */
export function barsChart(study, { width, intervals }) {
  const { measured, winner, truth, images, again, networks } = study;
  const span = spanOf(study.sigma);
  const [left, right, top, bottom] = [46, width - 8, 26, HEIGHT - 34];
  const y = (value) => bottom - ((clamp(value, truth - span, truth + span) - truth + span) / (2 * span)) * (bottom - top);
  const step = Math.min(44, (right - left) / (networks + 2.5));
  const wide = step * 0.78;
  const parts = ticksOf(truth, span).flatMap((at) => [line("grid", left, y(at), right, y(at)), label("tick", left - 6, y(at) + 4, `${number(at)} %`, "end")]);
  const ends = (value) => intervalOf(value / 100, images).map((q) => y(100 * q));
  const column = (value, x, least = 0) => box(x, y(value), Math.max(wide, least), bottom - y(value));
  const placeOf = (i) => left + step * (i + 0.25);
  const newX = placeOf(networks + 1);
  const fresh = (100 * again[0]) / images;
  parts.push(path("bar", measured.map((value, i) => (i === winner ? "" : column(value, placeOf(i))))));
  parts.push(path("top", [column(measured[winner], placeOf(winner), 4)]), path("fresh", [column(fresh, newX, 4)]));
  if (intervals) {
    const all = [...measured.map((value, i) => [value, placeOf(i)]), [fresh, newX]];
    parts.push(path("whisker", all.map(([value, x]) => whisker(x + wide / 2, ...ends(value), Math.min(4, wide / 2)))));
  }
  const heads = (value) => (intervals ? ends(value)[1] : y(value)) - 6;
  const best = measured[winner];
  parts.push(line("truth", left, y(truth), right, y(truth)));
  parts.push(label("value", clamp(placeOf(winner) + wide / 2, left + 18, right - 18), heads(best), decimal(best, 1)));
  if (newX - placeOf(winner) > 34) parts.push(label("value", clamp(newX + wide / 2, left, right - 18), heads(fresh), decimal(fresh, 1)));
  parts.push(label("tick", left, HEIGHT - 12, count(networks, "red", "redes"), "start"), label("tick", right, HEIGHT - 12, "la mejor, otra vez", "end"));
  return svg(width, parts);
}

/** Reparte valores en casillas: proporción de `weights` (o de cuántos) que cae en cada una. */
export function binned(values, weights, { start, size, bins }) {
  const shares = new Array(bins).fill(0);
  values.forEach((value, i) => {
    const at = Math.floor((value - start) / size);
    if (at >= 0 && at < bins) shares[at] += weights ? weights[i] : 1 / values.length;
  });
  return shares;
}

/** Las casillas del histograma: un número entero de aciertos cada una, para que ninguna quede vacía por redondeo. */
export function gridOf({ truth, images, sigma }) {
  const span = spanOf(sigma);
  const size = Math.max(1, Math.ceil((2 * span * images) / 100 / 46));
  const start = Math.round(((truth - span) * images) / 100) - 0.5;
  return { start, size, bins: Math.ceil((2 * span * images) / 100 / size) + 1 };
}

/** Los histogramas de mil concursos: una red cualquiera, la mejor de K y la misma medida otra vez. */
export function histogramChart(study, { width, revealed }) {
  const { truth, images, table, best, again, gain } = study;
  const span = spanOf(study.sigma);
  const grid = gridOf(study);
  const [left, right, top, bottom] = [10, width - 10, 44, HEIGHT - 34];
  const x = (value) => left + ((clamp(value, truth - span, truth + span) - truth + span) / (2 * span)) * (right - left);
  const single = binned(table.pmf.map((_, i) => table.low + i), table.pmf, grid);
  const tops = binned(best, null, grid);
  const news = binned(again, null, grid);
  const high = Math.max(...single, ...(revealed ? tops : [0]));
  const y = (share) => bottom - (share / high) * (bottom - top);
  const edge = (at) => x((100 * (grid.start + at * grid.size)) / images);
  const steps = (shares) => {
    const [from, to] = [shares.findIndex((share) => share > 1e-4), shares.findLastIndex((share) => share > 1e-4)];
    const tops = shares.slice(from, to + 1).map((share, at) => `V${y(share).toFixed(1)}H${edge(from + at + 1).toFixed(1)}`);
    return `M${edge(from).toFixed(1)} ${bottom}${tops.join("")}V${bottom}`;
  };
  const parts = ticksOf(truth, span).flatMap((at) => [line("grid", x(at), top, x(at), bottom), label("tick", clamp(x(at), 20, width - 20), HEIGHT - 14, `${number(at)} %`)]);
  parts.push(path("single", [steps(single), "Z"]));
  parts.push(line("truth", x(truth), top - 6, x(truth), bottom));
  if (!revealed) return svg(width, [...parts, label("value", x(truth), top - 14, "la verdad"), label("ask", x(truth + 0.62 * span), (top + bottom) / 2, "¿y la mejor?")]);
  const cell = (share, at) => (share > 0 ? box(edge(at) + 0.5, y(share), Math.max(1, edge(at + 1) - edge(at) - 1), bottom - y(share)) : "");
  parts.push(path("wins", tops.map(cell)), path("again", [steps(news)]));
  const to = x(truth + gain);
  parts.push(line("truth", x(truth), top - 6, x(truth), bottom), line("mean", to, top - 6, to, bottom));
  if (to - x(truth) > 3) parts.push(line("gap", x(truth), top - 6, to, top - 6));
  parts.push(label("value", clamp((x(truth) + to) / 2, 60, width - 60), top - 14, `${signed(gain)} puntos`));
  return svg(width, parts);
}
