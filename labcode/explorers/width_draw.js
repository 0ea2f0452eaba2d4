// El explorador del ancho, dibujado: los dos errores contra el ancho, y debajo los pesos o el aprendizaje.

const SIDES = { left: 46, right: 14 };

/** Dónde va cada ancho en un gráfico (en logaritmo). */
export function widthAxis({ points }, width) {
  const [first, last] = [points[0].width, points.at(-1).width];
  return axisScale(first === last ? [first / 2, first * 2] : [first, last], [SIDES.left + 10, width - SIDES.right - 10], true);
}

/** Lo que tienen en común los gráficos contra el ancho: el lugar, el eje y sus marcas, el umbral, lo tapado y el cursor. */
function stage(series, at, hideAfter, width, height) {
  const box = { left: SIDES.left, right: width - SIDES.right, top: 20, bottom: height - 24 };
  const x = widthAxis(series, width);
  const places = series.points.map((point) => x(point.width));
  const shown = thinned(places, 38).map((i) => [places[i], thousands(series.points[i].width)]);
  const seen = series.points.filter((_, i) => hideAfter === null || i <= hideAfter);
  const wall = series.threshold === null || thresholdAt(series) < 0 ? null : x(series.threshold);
  const from = hideAfter === null ? null : (places[hideAfter] + places[hideAfter + 1]) / 2;
  const veil = from !== null && [s("rect", { class: "rc-p-veil", x: from, y: box.top, width: box.right - from, height: box.bottom - box.top }),
    svgText((from + box.right) / 2, (box.top + box.bottom) / 2 + 12, "?", "middle", "rc-p-doubt")];
  return { box, x, shown, seen, cursor: s("path", { class: "rc-p-cursor", d: `M${places[at]} ${box.top}V${box.bottom}` }), veil: veil || [],
    wall: wall === null ? [] : [s("path", { class: "rc-p-wall", d: `M${wall} ${box.top - 4}V${box.bottom}` }),
      wallName(wordsOf(series).wall, wall, width)] };
}

/** El nombre del umbral, a la izquierda de su línea; donde no cabe, a la derecha o hasta el borde. */
function wallName(name, at, width) {
  const long = 8 * name.length;
  return at > long ? svgText(at - 6, 14, name, "end", "rc-p-strong") : svgText(Math.max(0, Math.min(at + 6, width - long)), 14, name, "start", "rc-p-strong");
}

/** Una línea con su banda y sus puntos. `band(punto)` da [medio, menor, mayor]. */
function lineOf(seen, band, x, y, style) {
  const edge = (i) => seen.map((point) => [x(point.width), y(band(point)[i])]);
  return s("g", { class: style }, s("path", { class: "rc-p-band", d: ribbonPath(edge(2), edge(1)) }), s("path", { class: "rc-p-line", d: tracePath(edge(0)) }),
    ...seen.map((point) => s("circle", { class: "rc-p-dot", cx: x(point.width), cy: y(band(point)[0]), r: 3.5 })));
}

/** El punto que se mira, más grande; nada si está tapado. */
function bigDot(seen, point, band, x, y, style) {
  return seen.includes(point) && s("g", { class: style }, s("circle", { class: "rc-p-big rc-p-dot", cx: x(point.width), cy: y(band(point)[0]), r: 6 }));
}

/** El error en entrenamiento y en prueba contra el ancho. */
export function drawErrors(series, at, hideAfter) {
  return (width, height) => {
    const { box, x, shown, seen, cursor, wall, veil } = stage(series, at, hideAfter, width, height);
    const range = errorRange(series);
    const y = axisScale(range, [box.bottom, box.top], series.log);
    const lines = [[({ train }) => train, "rc-w-train"], [({ test }) => test, "rc-w-test"]];
    const still = () => [frameOf(box, roundTicks(range, series.log).map((v) => [y(v), number(v, 4)]), shown), veil, wall, lines.map(([band, style]) => lineOf(seen, band, x, y, style))];
    return { key: hideAfter, still, live: [cursor, lines.map(([band, style]) => bigDot(seen, series.points[at], band, x, y, style))] };
  };
}

/** El tamaño de los pesos contra el ancho. */
export function drawNorms(series, at, hideAfter) {
  return (width, height) => {
    const { box, x, shown, seen, cursor, wall, veil } = stage(series, at, hideAfter, width, height);
    const range = [0, Math.max(...series.points.map(({ norm }) => norm[2])) * 1.05];
    const y = axisScale(range, [box.bottom, box.top]);
    const band = ({ norm }) => norm;
    const still = () => [frameOf(box, roundTicks(range).map((v) => [y(v), number(v, 1)]), shown), veil, wall[0], lineOf(seen, band, x, y, "rc-w-norm")];
    return { key: hideAfter, still, live: [cursor, bigDot(seen, series.points[at], band, x, y, "rc-w-norm")] };
  };
}

/** El error en entrenamiento, época por época: fuerte el del ancho que se mira, tenues los demás. */
export function drawLearning({ points, epochs }, at, hideAfter) {
  return (width, height) => {
    const box = { left: SIDES.left, right: width - SIDES.right, top: 14, bottom: height - 24 };
    const range = [0, Math.max(1, ...points.flatMap(({ curve }) => curve))];
    const y = axisScale(range, [box.bottom, box.top]);
    const x = axisScale([epochs[0], Math.max(epochs[0] + 1, epochs.at(-1))], [box.left, box.right]);
    const curve = (own, style) => s("path", { class: `rc-p-line ${style}`, d: tracePath(own.curve.map((error, i) => [x(epochs[i]), y(error)])) });
    const seen = points.filter((_, i) => hideAfter === null || i <= hideAfter);
    const hidden = hideAfter !== null && at > hideAfter;
    const still = () => [frameOf(box, roundTicks(range).map((v) => [y(v), number(v)]), []),
      svgText(box.left, height - 7, `época ${epochs[0]}`, "start"), svgText(box.right, height - 7, `época ${epochs.at(-1)}`, "end"),
      s("g", { class: "rc-w-train" }, ...seen.map((own) => curve(own, "rc-p-faint")))];
    return { key: hideAfter, still, live: hidden ? [] : [s("g", { class: "rc-w-train" }, curve(points[at], ""))] };
  };
}
