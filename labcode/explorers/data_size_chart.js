// El explorador de N, dibujado: exactitud contra número de ejemplos, con bandas y la lectura en un N.

const MARKS = ["M-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0", "M-4 -4h8v8h-8z", "M0 -5l5 9h-10z"]; // círculo, cuadrado, triángulo

/** Cómo va cada N y cada exactitud a píxeles: { x(n), y(mean), ticks, box }. */
export function axesOf({ sizes, series }, scale, { width, height }) {
  const box = { left: 46, right: width - 14, top: 14, bottom: height - 44 };
  const seen = series.flatMap(({ points }) => points.filter(Boolean).flatMap(({ mean, half }) => [mean - (half ?? 0), mean + (half ?? 0)]));
  const [least, most] = seen.length ? [Math.min(...seen), Math.max(...seen)] : [10, 90];
  const margin = Math.max(1, (most - least) * 0.07);
  const [low, high] = [Math.max(0, least - margin), Math.min(99.5, most + margin)];
  const [bottom, top] = [heightOf(low, scale), heightOf(high, scale)];
  const [first, last] = sizes.length > 1 ? [Math.log(sizes[0]), Math.log(sizes.at(-1))] : [Math.log(sizes[0] ?? 1) - 1, Math.log(sizes[0] ?? 1) + 1];
  return {
    box, ticks: verticalTicks(low, high, scale),
    x: (n) => box.left + 14 + ((Math.log(n) - first) / (last - first)) * (box.right - box.left - 28),
    y: (mean) => box.bottom - ((heightOf(mean, scale) - bottom) / (top - bottom)) * (box.bottom - box.top),
  };
}

/** El N medido más cercano a una posición horizontal. */
export function nearestSize(sizes, x, at) {
  return sizes.reduce((best, n, i) => (Math.abs(x(n) - at) < Math.abs(x(sizes[best]) - at) ? i : best), 0);
}

/** El gráfico. `onPick(i)` recibe el tamaño que se señala. Devuelve { element, update(vista) }. */
export function accuracyChart(onPick) {
  const element = s("svg", { class: "rc-n-chart", role: "img" });
  let last = null;
  const pick = (event) => {
    if (!last || last.hideAfter !== null) return;
    onPick(nearestSize(last.data.sizes, last.axes.x, spotIn(event, element)[0]));
  };
  element.addEventListener("pointerdown", pick);
  element.addEventListener("pointermove", (event) => (event.pointerType === "mouse" || event.buttons) && pick(event));

  const frame = ({ data, axes, scale }) => {
    const { box, ticks, x, y } = axes;
    const lines = ticks.map(({ mean }) => `M${box.left} ${y(mean)}H${box.right}`).join("");
    const middle = (box.left + box.right) / 2;
    const centre = (box.top + box.bottom) / 2;
    const title = scale === "error" ? "error en prueba (%)" : "exactitud en prueba (%)";
    return [s("path", { class: "rc-n-grid", d: lines }), s("path", { class: "rc-n-axis", d: `M${box.left} ${box.bottom}H${box.right}` }),
      ...ticks.map(({ mean, text }) => s("text", { x: box.left - 8, y: y(mean) + 4, "text-anchor": "end" }, text)),
      ...data.sizes.map((n) => s("text", { x: x(n), y: box.bottom + 18, "text-anchor": "middle" }, number(n / 1000, 1))),
      s("text", { x: middle, y: box.bottom + 38, "text-anchor": "middle" }, "miles de ejemplos (escala logarítmica)"),
      s("text", { x: 12, y: centre, "text-anchor": "middle", transform: `rotate(-90 12 ${centre})` }, title)];
  };
  const curve = (series, index, { data, axes, hideAfter, at }) => {
    const points = measured(data, series).filter((point) => hideAfter === null || point.at <= hideAfter);
    if (!points.length) return [];
    const { x, y } = axes;
    const edge = (sign) => points.map(({ n, mean, half }) => `${x(n)} ${y(mean + sign * (half ?? 0))}`);
    const group = s("g", { class: "rc-n-series", "data-series": index });
    group.append(
      s("path", { class: "rc-n-band", d: `M${[...edge(1), ...edge(-1).reverse()].join("L")}Z` }),
      s("path", { class: "rc-n-line", d: `M${points.map(({ n, mean }) => `${x(n)} ${y(mean)}`).join("L")}` }),
      ...points.map((point) => s("path", { class: point.at === at ? "rc-n-mark rc-n-here" : "rc-n-mark", d: MARKS[index % 3], transform: `translate(${x(point.n)} ${y(point.mean)})${point.at === at ? " scale(1.5)" : ""}` })));
    return [group];
  };
  const reading = ({ data, axes, at, hideAfter, reference }) => {
    const { x, y, box } = axes;
    const parts = [];
    if (data.sizes.length) parts.push(s("path", { class: "rc-n-cursor", d: `M${x(data.sizes[at])} ${box.top}V${box.bottom}` }));
    const point = reference?.points[at];
    if (point && hideAfter === null) parts.push(s("path", { class: "rc-n-level", d: `M${box.left} ${y(point.mean)}H${box.right}` }));
    if (hideAfter !== null) {
      const from = (x(data.sizes[hideAfter]) + x(data.sizes[hideAfter + 1])) / 2;
      parts.push(s("rect", { class: "rc-n-veil", x: from, y: box.top, width: box.right - from, height: box.bottom - box.top }),
        s("text", { class: "rc-n-doubt", x: (from + box.right) / 2, y: (box.top + box.bottom) / 2 + 10, "text-anchor": "middle" }, "?"));
    }
    return parts;
  };
  const update = (view, label) => {
    const width = Math.max(280, Math.round(boxSize(element).width) || 640);
    const size = { width, height: Math.round(Math.min(400, Math.max(270, width * 0.58))) };
    last = { ...view, axes: axesOf(view.data, view.scale, size) };
    element.setAttribute("viewBox", `0 0 ${size.width} ${size.height}`);
    element.style.height = `${size.height}px`;
    element.setAttribute("aria-label", label);
    element.replaceChildren(...frame(last), ...reading(last), ...view.data.series.flatMap((series, i) => curve(series, i, last)));
  };
  return { element, update };
}
