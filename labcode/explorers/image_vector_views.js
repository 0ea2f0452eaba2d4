// El explorador «Imagen y vector», dibujado: la imagen con su píxel marcado y el vector como tres códigos de barras.

const BAND = 30; // alto de un tramo en la pantalla
const MASK = 10; // alto de la línea que dice qué cambió
const HUES = [[235, 64, 52], [46, 160, 67], [66, 110, 235]];

/** Un lienzo de 32 × 32 con los colores de un vector. */
export function imageBitmap(vector) {
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width: SIDE, height: SIDE });
  const context = canvas.getContext("2d");
  const data = context.createImageData(SIDE, SIDE);
  for (let at = 0; at < PLANE; at++) data.data.set([vector[at], vector[PLANE + at], vector[2 * PLANE + at], 255], at * 4);
  context.putImageData(data, 0, 0);
  return canvas;
}

/** Un tramo del vector como una fila de 1024 colores: negro es 0 y el color del canal, 255. */
export function stripBitmap(vector, channel) {
  return rowBitmap((at) => [...HUES[channel].map((x) => (x * vector[channel * PLANE + at]) / 255), 255]);
}

/** Dónde difieren dos vectores en un tramo, como una fila de 1024: de un color o transparente. */
export function maskBitmap(a, b, channel, color) {
  return rowBitmap((at) => [...color, a[channel * PLANE + at] === b[channel * PLANE + at] ? 0 : 255]);
}

function rowBitmap(colorAt) {
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width: PLANE, height: 1 });
  const context = canvas.getContext("2d");
  const data = context.createImageData(PLANE, 1);
  for (let at = 0; at < PLANE; at++) data.data.set(colorAt(at), at * 4);
  context.putImageData(data, 0, 0);
  return canvas;
}

/** Una imagen donde se elige un píxel. `onPick(fila, columna, tocada)`; pasar por encima no es tocar. Devuelve { element, canvas, size, draw }. */
export function imagePanel(title, onPick) {
  const canvas = h("canvas", { class: "rc-canvas", role: "img", "aria-label": title });
  const size = h("span", { class: "rc-size" });
  const stage = h("div", { class: "rc-stage" }, canvas);
  const point = (event) => {
    const box = canvas.getBoundingClientRect();
    const at = [event.clientY - box.top, event.clientX - box.left].map((x) => Math.max(0, Math.min(SIDE - 1, Math.floor((x / box.width) * SIDE))));
    onPick(...at, event.type === "pointerdown");
  };
  for (const kind of ["pointermove", "pointerdown"]) canvas.addEventListener(kind, point);
  const draw = (bitmap, row, column, color) => {
    const { context, width } = fitCanvas(canvas);
    const cell = width / SIDE;
    context.imageSmoothingEnabled = false;
    if (!bitmap) {
      hatch(context, 0, 0, width, width, color.muted, 9);
      return;
    }
    context.drawImage(bitmap, 0, 0, width, width);
    outline(context, column * cell, row * cell, cell, cell, color.warm, { least: 11 });
  };
  return { element: h("figure", { class: "rc-figure-box" }, h("figcaption", {}, h("strong", {}, title), size), stage), canvas, stage, size, draw };
}

/** Los tres números de un píxel y la cuenta de su lugar en el vector. Devuelve { element, update }. */
export function pixelCard() {
  const swatch = h("span", { class: "rc-iv-swatch", "aria-hidden": "true" });
  const where = h("strong", {});
  const lines = CHANNELS.map(([name], channel) => {
    const [level, sum, index] = [h("b", {}), h("span", { class: "rc-iv-sum" }), h("strong", { class: "rc-result" })];
    return { level, sum, index, element: h("li", { "data-channel": channel }, h("span", { class: "rc-iv-name" }, h("i", { class: "rc-iv-dot", "data-channel": channel }), name), level, sum, index) };
  });
  const near = h("p", { class: "rc-note" });
  const update = (vector, row, column, channel) => {
    const levels = [0, 1, 2].map((c) => vector[indexOf(row, column, c)]);
    swatch.style.background = rgb(levels);
    where.textContent = `fila ${row}, columna ${column}`;
    lines.forEach((line, c) => {
      line.level.textContent = levels[c];
      line.sum.textContent = `${c}·1024 + ${row}·32 + ${column} =`;
      line.index.textContent = indexOf(row, column, c);
      line.element.classList.toggle("rc-iv-chosen", c === channel);
    });
    near.textContent = neighbourText(row, column, channel);
  };
  const element = h("div", { class: "rc-card rc-iv-pixel" },
    h("p", { class: "rc-sum-title rc-iv-where" }, swatch, h("span", {}, "El píxel de la ", where, ", contando desde 0:")),
    h("ul", { class: "rc-iv-lines", "aria-label": "Sus tres números: color, valor y posición" }, lines.map((line) => line.element)), near);
  return { element, update };
}

/** Un tramo del vector: código de barras que se recorre y lupa con sus números. `onMove(posición, tocada)`. Devuelve { element, canvas, place, update, draw }. */
export function vectorStrip(channel, onMove) {
  const [name] = CHANNELS[channel];
  const canvas = h("canvas", { class: "rc-iv-bars" });
  const stage = h("div", {
    class: "rc-iv-stage", tabindex: "0", role: "slider", "data-channel": channel,
    "aria-label": `Posición en el tramo ${name}`, "aria-valuemin": channel * PLANE, "aria-valuemax": channel * PLANE + PLANE - 1,
  }, canvas);
  const lens = h("div", { class: "rc-iv-lens", "aria-hidden": "true" });
  let [at, cells] = [0, []];
  const point = (event) => {
    const box = canvas.getBoundingClientRect();
    onMove(channel * PLANE + Math.max(0, Math.min(PLANE - 1, Math.floor(((event.clientX - box.left) / box.width) * PLANE))), event.type === "pointerdown");
  };
  for (const kind of ["pointermove", "pointerdown"]) canvas.addEventListener(kind, point);
  stage.addEventListener("keydown", (event) => {
    const next = event.ctrlKey || event.metaKey || event.altKey ? null : stepInStrip(event.key, at);
    if (next === null) return;
    event.preventDefault();
    event.stopPropagation();
    onMove(channel * PLANE + next, true);
  });
  stage.addEventListener("focus", () => { if (stage.matches(":focus-visible")) onMove(channel * PLANE + at, true); });
  const build = (size) => {
    cells = Array.from({ length: size }, () => h("span", { class: "rc-iv-cell" }, h("small", {}), h("b", {}), h("b", { class: "rc-iv-new" })));
    lens.replaceChildren(h("span", { class: "rc-iv-dots" }, "…"), ...cells, h("span", { class: "rc-iv-dots" }, "…"));
  };
  const update = ({ before, after, row, column, chosen, size }) => {
    if (cells.length !== size) build(size);
    lensOf(at, channel, size).forEach((index, i) => {
      const [mark, old, fresh] = cells[i].children;
      mark.textContent = index;
      old.textContent = before[index];
      fresh.textContent = after ? after[index] : "";
      cells[i].className = ["rc-iv-cell", index % PLANE === at && "rc-iv-here", chosen && "rc-iv-now", after && after[index] !== before[index] && "rc-iv-changed"].filter(Boolean).join(" ");
    });
    const index = channel * PLANE + at;
    stage.setAttribute("aria-valuenow", index);
    stage.setAttribute("aria-valuetext", `posición ${index}: ${name} de la fila ${row}, columna ${column}, vale ${before[index]}${after ? `; con la imagen corrida, ${after[index]}` : ""}`);
  };
  const place = (row, column) => { at = row * SIDE + column; };
  const draw = (bitmaps, colors) => {
    const tall = `${bitmaps.after ? 2 * BAND + MASK + 6 : BAND}px`;
    if (canvas.style.height !== tall) {
      canvas.style.height = tall;
      forgetSize(canvas);
    }
    const { context, width, height } = fitCanvas(canvas);
    context.drawImage(bitmaps.before, 0, 0, width, BAND);
    if (bitmaps.after) {
      context.drawImage(bitmaps.after, 0, BAND + 3, width, BAND);
      context.drawImage(bitmaps.mask, 0, 2 * BAND + 6, width, MASK);
    }
    const x = ((at + 0.5) / PLANE) * width;
    outline(context, x - 1, 1, 2, height - 2, colors.warm, { least: 5, weight: 2 });
  };
  const element = h("div", { class: "rc-iv-strip" },
    h("p", { class: "rc-iv-range" }, h("i", { class: "rc-iv-dot", "data-channel": channel }), h("strong", {}, name), h("span", {}, `posiciones ${channel * PLANE} a ${channel * PLANE + PLANE - 1}`)),
    stage, lens);
  return { element, canvas, place, update, draw };
}

/** Cuatro flechas que corren la imagen. `onShift(abajo, derecha)` recibe cuánto se suma. Devuelve { element, update }. */
export function shiftPad(onShift) {
  const moves = [["ArrowUp", "↑", "Correr hacia arriba", -1, 0], ["ArrowLeft", "←", "Correr a la izquierda", 0, -1], ["ArrowRight", "→", "Correr a la derecha", 0, 1], ["ArrowDown", "↓", "Correr hacia abajo", 1, 0]];
  const keys = moves.map(([key, sign, label, down, right]) => [button(sign, () => onShift(down, right), { "aria-label": label, "data-move": key }), down, right]);
  const update = (down, right, enabled) => keys.forEach(([part, y, x]) => {
    part.setAttribute("aria-disabled", !enabled || Math.abs(down + y) > MARGIN || Math.abs(right + x) > MARGIN);
  });
  return { element: h("div", { class: "rc-pad", role: "group", "aria-label": "Correr la imagen" }, keys.map(([part]) => part)), update };
}
