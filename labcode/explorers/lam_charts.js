// El explorador «λ», dibujado: curvas con sus bandas, el barrido y el histograma de los pesos, en SVG a tamaño real.

/** Un gráfico con su título: se redibuja con `draw(lienzo, ancho, alto)`. Devuelve { element, update(dibujo, descripción) }. */
export function chart(title) {
  const svg = s("svg", { class: "rc-chart", role: "img", "aria-label": title });
  const element = h("figure", { class: "rc-figure-box" }, h("figcaption", {}, h("strong", {}, title)), svg);
  const update = (draw, label) => {
    const { width, height } = sizeOf(svg);
    if (!width) return;
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    svg.setAttribute("aria-label", label);
    svg.replaceChildren(...draw(width, height).flat().filter(Boolean));
  };
  return { element, update };
}

/** Líneas y números del eje vertical. */
export function verticalAxis(values, y, left, right, show = String) {
  return values.map((value) => s("g", {},
    s("line", { x1: left, x2: right, y1: y(value), y2: y(value), class: "rc-gridline" }),
    s("text", { x: left - 6, y: y(value) + 4, class: "rc-tick rc-end" }, show(value))));
}

/** Texto de eje o de serie. */
export function label(x, y, text, kind = "rc-tick") {
  return s("text", { x, y, class: kind }, text);
}

/** Las curvas de un λ sobre las de λ = 0, tenues. */
export function drawCurves(data, index) {
  return (width, height) => {
    const [left, right, top, bottom] = [34, width - 8, 10, height - 24];
    const range = rangeOf(data);
    const run = data.runs[index];
    const first = data.runs[0];
    const epochs = (run.seeds ? run : data.runs[measured(data)[0] ?? 0]).train?.[0].length ?? 1;
    const x = linear([0, Math.max(1, epochs - 1)], [left, right]);
    const y = linear(range, [bottom, top]);
    const line = ([means], kind) => s("polyline", { points: pointsOf(means.map((mean, i) => [x(i), y(mean)])), class: kind });
    const band = (curve, kind) => s("polygon", { points: pointsOf(bandOf(curve, x, y)), class: kind });
    return [
      verticalAxis(marksOf(range), y, left, right),
      label(left, height - 6, "época 1"), label(right, height - 6, `época ${epochs}`, "rc-tick rc-end"),
      first.seeds && index > 0 && [line(first.train, "rc-curve rc-train rc-faint"), line(first.val, "rc-curve rc-val rc-faint")],
      run.seeds ? [band(run.train, "rc-band rc-train"), line(run.train, "rc-curve rc-train"), band(run.val, "rc-band rc-val"), line(run.val, "rc-curve rc-val")]
        : label((left + right) / 2, (top + bottom) / 2, absenceOf(run), "rc-tick rc-middle"),
    ].flat(2);
  };
}

/** La exactitud final contra λ, con el λ elegido por el lector destacado. `onPick(posición)` al pulsar. */
export function drawSweep(data, index, { bet, onPick }) {
  return (width, height) => {
    const [left, right, top, bottom] = [34, width - 8, 16, height - 24];
    const slot = (right - left) / data.runs.length;
    const x = (i) => left + slot * (i + 0.5);
    const range = rangeOf(data);
    const y = linear(range, [bottom, top]);
    const there = measured(data);
    const dots = (key) => there.map((i) => {
      const [mean, half] = finalOf(data.runs[i][key]);
      return s("g", { class: `rc-dot rc-${key}` }, s("line", { x1: x(i), x2: x(i), y1: y(mean - half), y2: y(mean + half) }), s("circle", { cx: x(i), cy: y(mean), r: i === index ? 5.5 : 4 }));
    });
    const line = (key) => s("polyline", { class: `rc-curve rc-${key}`, points: pointsOf(there.map((i) => [x(i), y(finalOf(data.runs[i][key])[0])])) });
    const crowded = slot < 46;
    return [
      s("rect", { x: x(index) - slot / 2, y: 2, width: slot, height: height - 4, class: "rc-cursor", rx: 4 }),
      verticalAxis(marksOf(range), y, left, right), line("train"), line("val"), ...dots("train"), ...dots("val"),
      data.chosen !== null && label(x(data.chosen), 14, "★", "rc-tick rc-middle"),
      bet !== null && bet !== data.chosen && label(x(bet), 14, "◆", "rc-tick rc-middle"),
      data.runs.map((run, i) => (!crowded || i === index || (i % 2 === 0 && Math.abs(i - index) > 1)) && label(x(i), height - 6, lamText(run.lam), `rc-tick rc-middle${i === index ? " rc-own" : ""}`)),
      data.runs.map((run, i) => {
        const target = s("rect", { x: x(i) - slot / 2, y: 0, width: slot, height, class: "rc-target" });
        target.addEventListener("click", () => onPick(i));
        return target;
      }),
    ].flat();
  };
}

/** El histograma de los pesos (eje vertical logarítmico): el de λ relleno y el de λ = 0 en línea. */
export function drawWeights(data, index) {
  return (width, height) => {
    const { edges, runs } = data;
    const [left, right, top, bottom] = [34, width - 8, 10, height - 24];
    if (!edges.length) return [label(width / 2, height / 2, "sin medir", "rc-tick rc-middle")];
    const most = Math.max(10, ...measured(data).flatMap((i) => runs[i].counts));
    const x = linear([edges[0], edges.at(-1)], [left, right]);
    const y = linear([0, Math.log10(most)], [bottom, top]);
    const outline = ({ counts }) => counts.flatMap((n, i) => [edges[i], edges[i + 1]].map((edge) => [x(edge), y(Math.log10(Math.max(1, n)))]));
    const powers = Array.from({ length: Math.floor(Math.log10(most)) + 1 }, (_, i) => i).filter((i) => i % 2 === 0);
    const run = runs[index];
    return [
      verticalAxis(powers, y, left, right, (power) => ["1", "", "100", "", "10⁴", "", "10⁶"][power]),
      run.seeds && s("polygon", { points: pointsOf([[left, bottom], ...outline(run), [right, bottom]]), class: "rc-fill" }),
      runs[0].seeds && index > 0 && s("polyline", { points: pointsOf(outline(runs[0])), class: "rc-curve rc-outline" }),
      [edges[0], 0, edges.at(-1)].map((edge, i) => label(x(edge), height - 6, number(edge, 1), ["rc-tick", "rc-tick rc-middle", "rc-tick rc-end"][i])),
    ].flat();
  };
}
