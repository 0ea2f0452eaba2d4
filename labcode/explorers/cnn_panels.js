// La CNN, por partes: la imagen que se pinta, las diez probabilidades, las etapas y el detalle de una celda.

/** Lo que se ve cuando los pesos no están: qué falta y cómo conseguirlo. */
export function missingWeights() {
  return h("div", { class: "rc-alert" }, h("p", {}, "Faltan los pesos de esta red, y aquí no se inventa ninguno. Se entrena con ",
    h("code", {}, "python -m labcode train CNN"), ", que los deja en ", h("code", {}, "book/weights/"), "."));
}

/** La imagen de base: la que se eligió o la que trajo el lector. */
export function baseBytes(get) {
  const shown = get("shown");
  return bytesFrom(shown === "propia" && get("image") ? get("image") : get("pictures")[shown]?.data ?? get("pictures").blanco.data);
}

/** Las diez probabilidades; con `onPick`, cada una se puede elegir. Devuelve { element, update({ probabilities, chosen }) }. */
export function probabilityBars(classes, onPick) {
  const rows = classes.map((name, at) => {
    const value = h("span", { class: "rc-c-share" });
    const fill = h("i");
    const pressed = onPick ? { type: "button", onclick: () => onPick(at) } : {};
    const row = h(onPick ? "button" : "div", { class: "rc-c-bar", "data-class": at, ...pressed },
      h("span", { class: "rc-c-class" }, name), h("span", { class: "rc-c-track", "aria-hidden": "true" }, fill), value);
    return { row, fill, value, name };
  });
  const element = h("div", { class: "rc-c-bars", role: "group", "aria-label": "Lo que dice la red" }, rows.map(({ row }) => row));
  const update = ({ probabilities, chosen = null }) => {
    const top = probabilities && ranking(probabilities)[0][0];
    rows.forEach(({ row, fill, value, name }, at) => {
      const p = probabilities?.[at];
      value.textContent = probabilities ? share(p) : "?";
      fill.style.width = `${probabilities ? 100 * p : 0}%`;
      row.dataset.top = at === top;
      if (!onPick) return;
      row.disabled = !probabilities;
      row.setAttribute("aria-pressed", chosen === at);
      row.setAttribute("aria-label", `${name}: ${probabilities ? share(p) : "por predecir"}`);
    });
  };
  return { element, update };
}

/** Los colores del pincel (radios) y su grueso. Devuelve { element, current() }. */
export function brushBox(palette) {
  const name = uniqueId("color");
  const view = { color: 0, width: 3 };
  const swatches = palette.map(([label, color], at) => h("label", { class: "rc-c-swatch", title: label },
    h("input", { type: "radio", name, checked: at === 0, "aria-label": label, onchange: () => { view.color = at; } }),
    h("span", { style: `background:${rgb(color)}` })));
  const width = slider({ label: "Grueso", min: 1, max: 6, onChange: (x) => { view.width = x; width.update(x); } });
  width.update(view.width);
  const element = h("div", { class: "rc-c-brush" }, h("div", { class: "rc-c-swatches", role: "group", "aria-label": "Color del pincel" }, swatches), width.element);
  return { element, current: () => view };
}

/** El cuadrado que cubre el pincel en una celda. */
function brushSquare([row, column], width) {
  const low = Math.floor((width - 1) / 2);
  return { top: row - low, left: column - low, size: width };
}

/**
 * La imagen donde se pinta, con ratón, dedo o teclado. `onStroke(desde, hasta)` pinta una línea y `onEnd()` termina el
 * trazo. Devuelve { element, canvas, cursor() }: dónde está el pincel, para dibujarlo.
 */
export function easel({ brush, onStroke, onEnd, redraw }) {
  const canvas = h("canvas", { class: "rc-canvas rc-c-picture", tabindex: "0", role: "application" });
  let [last, keyboard, hover] = [null, null, null];
  canvas.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    canvas.setPointerCapture(event.pointerId);
    keyboard = null;
    last = pixelUnder(event, canvas);
    onStroke(last, last);
  });
  canvas.addEventListener("pointermove", (event) => {
    hover = pixelUnder(event, canvas);
    if (!last) redraw();
    else {
      onStroke(last, hover);
      last = hover;
    }
  });
  const lift = () => {
    if (last) onEnd();
    last = null;
  };
  for (const kind of ["pointerup", "pointercancel"]) canvas.addEventListener(kind, lift);
  canvas.addEventListener("pointerleave", () => { hover = null; redraw(); });
  canvas.addEventListener("blur", () => { keyboard = null; redraw(); });
  canvas.addEventListener("keydown", (event) => {
    const arrows = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
    const paints = event.key === " " || event.key === "Enter";
    if ((!paints && !arrows[event.key]) || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    const [down, right] = arrows[event.key] ?? [0, 0];
    const from = keyboard ?? [16, 16];
    keyboard = [Math.max(0, Math.min(31, from[0] + down)), Math.max(0, Math.min(31, from[1] + right))];
    if (paints || event.shiftKey) {
      onStroke(from, keyboard);
      onEnd();
    } else redraw();
  });
  const cursor = () => {
    const at = keyboard ?? hover;
    return at && brushSquare(at, brush().width);
  };
  return { element: canvas, canvas, cursor, at: () => keyboard };
}

/** Los mapas de una etapa, que se recorren con ratón, dedo o teclado. Devuelve { element, stage, canvas, update(…) }. */
export function stageBox(stage, { onHover, onPick, current }) {
  const caption = h("figcaption");
  const canvas = h("canvas", { class: "rc-c-maps" });
  const box = h("div", { class: "rc-stage", tabindex: "0", role: "application", "data-stage": stage }, canvas);
  const element = h("figure", { class: "rc-c-stage" }, caption, box);
  const view = { map: null, hidden: true };
  const at = (event) => (view.hidden ? null : stageCell(event, canvas, view.map));
  canvas.addEventListener("pointermove", (event) => { if (event.pointerType === "mouse") onHover(stage, at(event)); });
  canvas.addEventListener("click", (event) => { const cell = at(event); if (cell) onPick(stage, cell); });
  box.addEventListener("keydown", (event) => {
    if (view.hidden || event.ctrlKey || event.metaKey || event.altKey) return;
    const here = current();
    const middle = [0, view.map.side >> 1, view.map.side >> 1];
    const moved = moveCell(event.key, event.shiftKey, here.stage === stage ? here.cell : middle, view.map);
    const next = here.stage === stage ? moved : moved && middle; // la primera tecla entra a la etapa
    if (!next) return;
    event.preventDefault();
    event.stopPropagation();
    onPick(stage, next, true);
  });
  const update = (map, strip, marks) => {
    if (!view.map) {
      const [columns, rows] = mosaicOf(map);
      canvas.style.aspectRatio = `${columns} / ${rows}`;
      caption.replaceChildren(h("strong", {}, STAGES[stage].name), " ", h("span", { class: "rc-size" }, stageSize(stage, map)));
    }
    const { hidden } = marks;
    Object.assign(view, { map, hidden });
    box.setAttribute("aria-label", `${STAGES[stage].name}: ${stageSize(stage, map)}${hidden ? ", por predecir" : ""}`);
    drawStage(canvas, map, strip, marks);
  };
  return { element, stage, canvas, update };
}
