// El explorador «¿Qué cambió?», dibujado: curvas por época en un SVG que se mide con el lugar que tiene.

const TOP_LOSS = 3; // por encima de ln 10 ya no se aprende: lo que sigue se corta
const HEIGHT = 270;
const EDGE = { left: 44, right: 100, top: 28, bottom: 40 };
const TITLES = { accuracy: "exactitud en entrenamiento (%)", loss: "pérdida en entrenamiento" };

/** Desde dónde y hasta dónde va el eje vertical: { low, high, step }. */
export function rangeOf(lines, metric) {
  const values = lines.flatMap((line) => line.values).filter((x) => x != null);
  if (!values.length) return metric === "loss" ? { low: 0, high: TOP_LOSS, step: 0.5 } : { low: 0, high: 100, step: 20 };
  const [least, most] = [Math.min(...values), Math.max(...values)];
  if (metric === "loss") {
    const low = Math.min(Math.floor(least * 2) / 2, TOP_LOSS - 0.5);
    return { low, high: Math.max(low + 0.5, Math.min(TOP_LOSS, Math.ceil(most * 2) / 2)), step: 0.5 };
  }
  const low = Math.floor(least / 10) * 10;
  const high = Math.max(low + 10, Math.ceil(most / 10) * 10);
  return { low, high, step: high - low > 60 ? 20 : 10 };
}

/** Separa etiquetas que chocan: devuelve las alturas corregidas, en el mismo orden y dentro de [top, bottom]. */
export function spread(heights, gap, top, bottom) {
  const order = heights.map((y, i) => [y, i]).sort((a, b) => a[0] - b[0]);
  const placed = new Array(heights.length);
  let last = -Infinity;
  for (const [y, i] of order) {
    last = Math.max(y, last + gap, top);
    placed[i] = last;
  }
  let limit = bottom;
  for (const [, i] of order.reverse()) {
    placed[i] = Math.min(placed[i], limit);
    limit = placed[i] - gap;
  }
  return placed;
}

/** El trazo de una curva; los `null` lo cortan. */
export function pathOf(values, x, y) {
  let open = false;
  return values.map((value, i) => {
    if (value == null) {
      open = false;
      return "";
    }
    const step = `${open ? "L" : "M"}${x(i).toFixed(1)} ${y(value).toFixed(1)}`;
    open = true;
    return step;
  }).join("");
}

/** Cómo se lee un valor: porcentaje o pérdida con dos decimales. */
export function valueText(value, metric) {
  if (value == null) return "divergió";
  return metric === "loss" ? (value > 1000 ? "más de 1000" : decimal(value)) : percent(value);
}

/** Un gráfico que se recorre por épocas. Devuelve { element, update({ lines, metric }), say }. */
export function curveChart(label, onRead) {
  const clip = uniqueId("corte");
  const stage = h("div", { class: "rc-wc-stage", tabindex: "0", role: "slider", "aria-label": label, "aria-valuemin": 1 });
  const legend = h("ul", { class: "rc-wc-legend" });
  const reading = h("p", { class: "rc-wc-reading" });
  let [state, epoch, x] = [null, null, null]; // sin época elegida, la última
  const read = (at) => {
    epoch = Math.max(0, Math.min(state.lines[0].values.length - 1, at));
    const said = state.lines.map((line) => `${line.name}: ${valueText(line.values[epoch], state.metric)}`).join(" · ");
    reading.textContent = `Época ${epoch + 1}: ${said}`;
    stage.setAttribute("aria-valuenow", epoch + 1);
    stage.setAttribute("aria-valuetext", reading.textContent);
    const mark = stage.querySelector(".rc-wc-mark");
    if (mark) for (const name of ["x1", "x2"]) mark.setAttribute(name, x(epoch));
    onRead?.(reading.textContent);
  };
  stage.addEventListener("keydown", (event) => {
    const moves = { ArrowLeft: epoch - 1, ArrowDown: epoch - 1, ArrowRight: epoch + 1, ArrowUp: epoch + 1, Home: 0, End: Infinity };
    if (!(event.key in moves) || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    read(moves[event.key]);
  });
  for (const kind of ["pointermove", "pointerdown"]) {
    stage.addEventListener(kind, (event) => {
      const share = (spotIn(event, stage)[0] - EDGE.left) / (stage.clientWidth - EDGE.left - EDGE.right);
      read(Math.round(share * (state.lines[0].values.length - 1)));
    });
  }
  const draw = () => {
    const { lines, metric } = state;
    const width = Math.max(260, stage.clientWidth || 640);
    const { right } = EDGE;
    const epochs = lines[0].values.length;
    const { low, high, step } = rangeOf(lines, metric);
    x = (i) => EDGE.left + (epochs > 1 ? i / (epochs - 1) : 0.5) * (width - EDGE.left - right);
    const y = (value) => HEIGHT - EDGE.bottom - ((Math.min(value, high * 4) - low) / (high - low)) * (HEIGHT - EDGE.top - EDGE.bottom);
    const floor = HEIGHT - EDGE.bottom;
    const rows = Array.from({ length: Math.floor((high - low) / step + 1e-9) + 1 }, (_, i) => low + i * step);
    const grid = rows.flatMap((value) => [
      s("line", { x1: EDGE.left, x2: width - right, y1: y(value), y2: y(value), class: "rc-wc-grid" }),
      s("text", { x: EDGE.left - 8, y: y(value) + 4, "text-anchor": "end" }, metric === "loss" ? value.toFixed(1) : String(value)),
    ]);
    const every = epochs > 12 || width < 460 ? 5 : 1;
    const ticks = Array.from({ length: epochs }, (_, i) => i).filter((i) => i === 0 || (i + 1) % every === 0);
    const names = ticks.map((i) => s("text", { x: x(i), y: floor + 18, "text-anchor": "middle" }, String(i + 1)));
    const ends = lines.map((line) => {
      const last = line.values.findLastIndex((value) => value != null);
      return { last, height: last < 0 ? floor - 4 : Math.max(EDGE.top, Math.min(floor, y(line.values[last]))) };
    });
    const heights = spread(ends.map((end) => end.height), 16, EDGE.top + 4, floor);
    const curves = lines.flatMap((line, i) => {
      const cut = ends[i].last < epochs - 1;
      const place = ends[i].last < 0 || !cut ? x(epochs - 1) : x(ends[i].last);
      return [
        s("path", { d: pathOf(line.values, x, y), class: "rc-wc-line", "data-line": line.kind, "clip-path": `url(#${clip})` }),
        ...(epochs === 1 || ends[i].last === 0 ? [s("circle", { cx: x(0), cy: ends[i].height, r: 4, class: "rc-wc-dot", "data-line": line.kind })] : []),
        ...(cut && ends[i].last >= 0 ? [s("text", { x: place, y: ends[i].height + 6, "text-anchor": "middle", class: "rc-wc-cross", "data-line": line.kind }, "✕")] : []),
        s("text", { x: width - right + 8, y: heights[i] + 4, class: "rc-wc-name", "data-line": line.kind }, cut ? `${line.name} ✕` : line.name),
      ];
    });
    stage.replaceChildren(s("svg", { viewBox: `0 0 ${width} ${HEIGHT}`, width, height: HEIGHT, "aria-hidden": "true" },
      s("clipPath", { id: clip }, s("rect", { x: EDGE.left, y: EDGE.top - 3, width: width - EDGE.left - right + 3, height: floor - EDGE.top + 6 })),
      ...grid, ...names, s("text", { x: 2, y: 14 }, TITLES[metric]), s("text", { x: (EDGE.left + width - right) / 2, y: HEIGHT - 4, "text-anchor": "middle" }, "época"),
      s("line", { class: "rc-wc-mark", y1: EDGE.top, y2: floor, x1: x(epoch), x2: x(epoch) }), ...curves));
  };
  const update = (next) => {
    state = next;
    const last = state.lines[0].values.length - 1;
    stage.setAttribute("aria-valuemax", last + 1);
    epoch = Math.min(epoch ?? last, last);
    legend.replaceChildren(...state.lines.map((line) => h("li", {}, h("i", { class: "rc-wc-key", "data-line": line.kind }), line.long ?? line.name)));
    draw();
    read(epoch);
  };
  const resize = new ResizeObserver(() => { if (state) draw(); });
  resize.observe(stage);
  return { element: h("div", { class: "rc-wc-chart" }, stage, reading, legend), update, stop: () => resize.disconnect() };
}
