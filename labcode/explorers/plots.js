// Gráficos de líneas en SVG, a tamaño real: escalas rectas y logarítmicas, ejes, bandas, y señalar un punto con ratón o dedo.

/** Una escala de `domain` a `range`; con `log`, pareja en el logaritmo. Fuera del dominio, se queda en el borde más cercano. */
export function axisScale([from, to], [low, high], log = false) {
  const f = log ? Math.log : (x) => x;
  return (x) => {
    const share = (f(Math.max(log ? Number.MIN_VALUE : -Infinity, x)) - f(from)) / (f(to) - f(from) || 1);
    return low + Math.max(0, Math.min(1, share)) * (high - low);
  };
}

/** Las potencias de diez de un dominio, o hasta seis marcas redondas si la escala es recta. */
export function roundTicks([low, high], log = false) {
  if (log) return powersOfTen(low, high);
  const rough = (high - low) / 5;
  const unit = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((k) => k * unit).find((k) => k >= rough - 1e-12);
  const first = Math.ceil(low / step - 1e-9);
  return Array.from({ length: Math.floor(high / step + 1e-9) - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

function powersOfTen(low, high) {
  const [first, last] = [Math.ceil(Math.log10(low) - 1e-9), Math.floor(Math.log10(high) + 1e-9)];
  return Array.from({ length: last - first + 1 }, (_, i) => Number((10 ** (first + i)).toPrecision(12)));
}

/** El trazo que une unos puntos [x, y]. */
export function tracePath(points) {
  return points.length ? `M${points.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`).join("L")}` : "";
}

/** La banda entre dos líneas de puntos: ida por la de arriba, vuelta por la de abajo. */
export function ribbonPath(upper, lower) {
  return upper.length ? `${tracePath([...upper, ...[...lower].reverse()])}Z` : "";
}

/** Cuáles de unas marcas en orden caben sin tocarse: quedan las que están a `gap` o más de la anterior, y siempre la última. */
export function thinned(places, gap) {
  const kept = [];
  places.forEach((at, i) => { if (!kept.length || at - places[kept.at(-1)] >= gap) kept.push(i); });
  const last = places.length - 1;
  if (last < 0 || kept.at(-1) === last) return kept;
  while (kept.length > 1 && places[last] - places[kept.at(-1)] < gap) kept.pop();
  return [...kept, last];
}

/** La posición más cercana a un lugar. */
export function nearestOf(places, at) {
  return places.reduce((best, place, i) => (Math.abs(place - at) < Math.abs(places[best] - at) ? i : best), 0);
}

/** Texto de un gráfico. `kind`: "start", "middle" o "end". */
export function svgText(x, y, words, kind = "middle", style = "") {
  return s("text", { x, y, class: `rc-p-text ${style}`.trim(), "text-anchor": kind }, words);
}

/** Las líneas y los números de los dos ejes: `marks` son [lugar, texto]. */
export function frameOf({ left, right, top, bottom }, vertical, horizontal) {
  return [
    ...vertical.map(([y]) => s("path", { class: "rc-p-grid", d: `M${left} ${y}H${right}` })),
    s("path", { class: "rc-p-axis", d: `M${left} ${bottom}H${right}` }),
    ...vertical.map(([y, words]) => svgText(left - 6, y + 4, words, "end")),
    ...horizontal.map(([x, words]) => svgText(x, bottom + 17, words)),
  ];
}

/**
 * Un gráfico con su título, que se vuelve a dibujar si cambia de tamaño. `onPoint(x, ancho)` recibe el lugar que se pulsa o
 * arrastra, en píxeles del dibujo.
 * Devuelve { element, update(dibujo, descripción) }; `dibujo(ancho, alto)` da { key, still, live }: lo que se queda quieto
 * mientras no cambie `key` (una función que lo hace), y lo que se mueve.
 */
export function plot(title, { style = "", onPoint } = {}) {
  const area = s("svg", { class: `rc-plot ${onPoint ? "rc-p-live" : ""} ${style}`, role: "img", "aria-label": title });
  const element = h("figure", { class: "rc-p-box" }, h("figcaption", {}, h("strong", {}, title)), area);
  const point = (event) => onPoint(spotIn(event, area)[0], width);
  if (onPoint) {
    area.addEventListener("pointerdown", (event) => { area.setPointerCapture(event.pointerId); point(event); });
    area.addEventListener("pointermove", (event) => event.buttons && point(event));
  }
  const [still, live] = [s("g"), s("g")];
  area.append(still, live);
  let [last, shown, width, height] = [null, "", 0, 0];
  const fill = (group, parts) => group.replaceChildren(...parts.flat(2).filter(Boolean));
  const paint = () => {
    if (!last || width < 100) return; // no se ve, o se está midiendo cuánto cabe en la diapositiva
    const drawing = last.draw(width, height);
    const key = [drawing.key, width, height].join();
    area.setAttribute("viewBox", `0 0 ${width} ${height}`);
    area.setAttribute("aria-label", last.label);
    if (key !== shown) fill(still, drawing.still());
    shown = key;
    fill(live, drawing.live);
  };
  const update = (draw, label) => { last = { draw, label }; paint(); };
  // Medir al dibujar frenaría cada paso. Se vigila la caja, y no el SVG: Safari 16 dice de él lo que ocupa su dibujo, que aún no está.
  new ResizeObserver(() => {
    ({ width, height } = boxSize(area));
    paint();
  }).observe(element);
  return { element, update };
}
