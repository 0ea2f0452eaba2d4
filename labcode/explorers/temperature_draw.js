// La temperatura, dibujada: el diagrama de confianza, cuántas respuestas hay en cada casilla, y las curvas contra T.

const EDGE = { left: 40, right: 14, top: 12, bottom: 24 };

/** Lo que tapa un gráfico antes de la predicción. */
function doubt(width, height) {
  const still = () => [s("rect", { class: "rc-p-veil", x: 1, y: 1, width: width - 2, height: height - 2, rx: 6 }), svgText(width / 2, height / 2 + 12, "?", "middle", "rc-p-doubt")];
  return { key: "?", still, live: [] };
}

/** Los rectángulos de una casilla: hasta dónde acierta, y lo que se cree de más o de menos. */
function binBars({ counts, confidence, accuracy }, i, x, y, faint) {
  if (!counts[i]) return [];
  const [from, to] = [x(i / counts.length) + 0.5, x((i + 1) / counts.length) - 0.5];
  const box = (low, high, kind) => s("rect", { class: `rc-t-${kind}${faint ? " rc-t-few" : ""}`, x: from, width: to - from, y: y(high), height: Math.max(0, y(low) - y(high)) });
  const [hit, sure] = [accuracy[i], confidence[i]];
  return [box(0, hit, "hit"), sure > hit ? box(hit, sure, "over") : box(sure, hit, "under")];
}

/** El diagrama de confianza de una fila: una barra por casilla, contra la diagonal. */
export function drawReliability(row, revealed) {
  return (width, height) => {
    if (!revealed) return doubt(width, height);
    const box = { left: EDGE.left, right: width - EDGE.right, top: EDGE.top, bottom: height - EDGE.bottom };
    const x = axisScale([0, 1], [box.left, box.right]);
    const y = axisScale([0, 1], [box.bottom, box.top]);
    const marks = [0, 0.25, 0.5, 0.75, 1];
    const shares = sharesOf(row);
    return {
      key: "marco", still: () => frameOf(box, marks.map((v) => [y(v), `${100 * v}`]), marks.map((v) => [x(v), `${100 * v}`])),
      live: [row.counts.map((_, i) => binBars(row, i, x, y, shares[i] < 0.01)), s("path", { class: "rc-p-wall", d: `M${x(0)} ${y(0)}L${x(1)} ${y(1)}` })],
    };
  };
}

/** Cuántas respuestas hay en cada casilla, con la confianza media y el acierto. */
export function drawHistogram(row, revealed) {
  return (width, height) => {
    if (!revealed) return doubt(width, height);
    const box = { left: EDGE.left, right: width - EDGE.right, top: 34, bottom: height - EDGE.bottom };
    const x = axisScale([0, 1], [box.left, box.right]);
    const most = Math.ceil(10 * Math.max(...sharesOf(row))) / 10;
    const y = axisScale([0, most], [box.bottom, box.top]);
    const { accuracy, confidence } = readingOf(row);
    const bars = sharesOf(row).map((share, i, all) => share > 0 && s("rect", {
      class: "rc-t-count", x: x(i / all.length) + 0.5, width: (box.right - box.left) / all.length - 1, y: y(share), height: box.bottom - y(share),
    }));
    const mark = (value, words, level, kind) => {
      const at = x(value / 100);
      const side = at > width * 0.6 ? "end" : "start";
      return [s("path", { class: `rc-t-mark rc-t-${kind}-mark`, d: `M${at} ${level - 8}V${box.bottom}` }), svgText(at + (side === "end" ? -5 : 5), level, words, side, "rc-p-strong")];
    };
    return {
      key: most, still: () => frameOf(box, [0, most / 2, most].map((v) => [y(v), number(100 * v, 0)]), [0, 0.25, 0.5, 0.75, 1].map((v) => [x(v), `${100 * v}`])),
      live: [...bars, mark(accuracy, `acierta ${percent(accuracy)}`, 12, "hit"), mark(confidence, `dice ${percent(confidence)}`, 27, "over")],
    };
  };
}

/** Dónde va cada T en un gráfico de ese ancho (en logaritmo). */
export function temperatureAxis(rows, width) {
  return axisScale([rows[0].t, rows.at(-1).t], [EDGE.left + 8, width - EDGE.right - 8], true);
}

/** Una medida (`nll` o `ece`) contra T: la fila que se mira y la que elige la validación. */
export function drawAgainst(rows, measure, at) {
  return (width, height) => {
    const box = { left: EDGE.left, right: width - EDGE.right, top: 18, bottom: height - EDGE.bottom };
    const values = rows.map((row) => row[measure]);
    const least = Math.min(...values);
    const [low, high] = measure === "ece" ? [0, Math.max(5, ...values)] : [least * 0.97, Math.min(Math.max(...values), 2.2 * least) * 1.02];
    const x = temperatureAxis(rows, width);
    const y = axisScale([low, high], [box.bottom, box.top]);
    const seen = rows.filter((row) => row[measure] <= high); // lo que se sale por arriba no se dibuja
    const best = rows[bestRow(rows)];
    const ticks = [0.25, 0.5, 1, 2, 4, 8].filter((t) => t >= rows[0].t && t <= rows.at(-1).t);
    const still = () => [
      frameOf(box, roundTicks([low, high]).map((v) => [y(v), number(v, 2)]), ticks.map((t) => [x(t), number(t)])),
      s("path", { class: "rc-p-line", d: tracePath(seen.map((row) => [x(row.t), y(row[measure])])) }),
      (rows.length < 20 ? seen : []).map((row) => s("circle", { class: "rc-p-dot", cx: x(row.t), cy: y(row[measure]), r: 4 })),
      svgText(x(best.t), 12, "★", "middle", "rc-p-strong"),
    ];
    return { key: measure, still, live: [
      s("path", { class: "rc-p-cursor", d: `M${x(rows[at].t)} ${box.top}V${box.bottom}` }),
      s("circle", { class: "rc-p-dot", cx: x(rows[at].t), cy: y(rows[at][measure]), r: 6 }),
    ] };
  };
}
