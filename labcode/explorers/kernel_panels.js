// El explorador de núcleos, por partes: editor de pesos, núcleos con nombre, la suma escrita y el recorrido.

const SLIDERS = [
  ["kernel_size", "Núcleo", "k", (x) => `${x} × ${x}`],
  ["stride", "Paso", "s, stride", (x) => `${x}`],
  ["padding", "Relleno", "p, padding", (x) => `${x}`],
  ["dilation", "Dilatación", "d", (x) => `${x}`],
];

/** Los cuatro deslizadores. Devuelve { element, update(get) }. */
export function layerSliders(onChange) {
  const parts = SLIDERS.map(([key, label, hint, show]) => {
    const [min, max] = LIMITS[key];
    return [key, slider({ label, hint, min, max, show, onChange: (value) => onChange(key, value) })];
  });
  const element = h("div", { class: "rc-sliders" }, parts.map(([, part]) => part.element));
  return { element, update: (get) => parts.forEach(([key, part]) => part.update(get(key))) };
}

/** Fondo de un peso: naranja si suma, azul si resta, más intenso cuanto más pesa. */
export function weightShade(weight, reach) {
  const color = weight < 0 ? "--x-accent" : "--x-warm";
  const share = reach ? Math.round((Math.abs(weight) / reach) * 42) : 0;
  return `color-mix(in srgb, var(${color}) ${share}%, var(--x-surface))`;
}

/** Núcleos con nombre, cada uno con su miniatura. Devuelve { element, update(kernel) }. */
export function presetBar(onPick) {
  const chips = PRESETS.map(([key, label, weights]) => {
    const reach = Math.max(...weights.flat().map(Math.abs));
    const icon = h("span", { class: "rc-icon", "aria-hidden": "true", style: `--n:${weights.length}` },
      weights.flat().map((w) => h("i", { style: `background:${weightShade(w, reach)}` })));
    return [key, button("", () => onPick(weights), { kind: "chip", "data-preset": key }), icon, label];
  });
  chips.forEach(([, chip, icon, label]) => chip.append(icon, label));
  const element = h("div", { class: "rc-row rc-chips", role: "group", "aria-label": "Núcleos con nombre" }, chips.map(([, chip]) => chip));
  const update = (kernel) => {
    const current = presetOf(kernel);
    chips.forEach(([key, chip]) => chip.setAttribute("aria-pressed", key === current));
  };
  return { element, update };
}

/** Editor de pesos, celda por celda. Devuelve { element, update(kernel) }. */
export function kernelEditor(onEdit) {
  const grid = h("div", { class: "rc-kernel", role: "group", "aria-label": "Pesos del núcleo, editables" });
  const note = h("p", { class: "rc-note", role: "status" });
  const made = []; // todos los campos que se han hecho; los primeros `inputs.length` están puestos
  let inputs = [];
  const commit = (at, input) => {
    const value = readNumber(input.value);
    const fits = Math.abs(value) <= MAX_WEIGHT;
    input.setAttribute("aria-invalid", !fits);
    note.textContent = fits ? "" : `«${input.value}» no sirve como peso: escriban un número entre −100 y 100 (por ejemplo, 0.5).`;
    if (fits) onEdit(Math.floor(at / shown.length), at % shown.length, value);
  };
  const nudge = (event, input, at) => {
    const step = { ArrowUp: 0.1, ArrowDown: -0.1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const value = readNumber(input.value) || 0;
    input.value = number(Math.max(-MAX_WEIGHT, Math.min(MAX_WEIGHT, value + step * (event.shiftKey ? 10 : 1))));
    commit(at, input);
  };
  const weightInput = (at) => {
    const input = h("input", {
      type: "text", inputmode: "text", autocomplete: "off", spellcheck: "false",
      oninput: () => commit(at, input), onkeydown: (event) => nudge(event, input, at),
      onfocus: () => input.select(), onblur: () => { note.textContent = ""; input.setAttribute("aria-invalid", "false"); refresh(true); },
    });
    return input;
  };
  const build = (k) => { // solo se ponen o se quitan los que faltan o sobran, y se guardan: hacer cuarenta y nueve campos en cada paso se nota
    inputs.slice(k * k).forEach((input) => input.remove());
    while (made.length < k * k) made.push(weightInput(made.length));
    grid.append(...made.slice(inputs.length, k * k));
    inputs = made.slice(0, k * k);
    inputs.forEach((input, at) => input.setAttribute("aria-label", `Peso, fila ${Math.floor(at / k) + 1}, columna ${(at % k) + 1}`));
    grid.style.setProperty("--k", k);
    grid.toggleAttribute("data-many", k > 5);
  };
  let shown = [];
  const shades = [];
  const refresh = (all) => {
    const flat = shown.flat();
    const reach = Math.max(...flat.map(Math.abs));
    inputs.forEach((input, at) => {
      const said = number(flat[at], shown.length > 5 ? 2 : 3);
      if (input.value !== said && (all || input !== input.getRootNode().activeElement)) input.value = said;
      const shade = weightShade(flat[at], reach);
      if (shades[at] !== shade) input.style.backgroundColor = shades[at] = shade;
    });
  };
  const update = (kernel) => {
    shown = kernel;
    if (inputs.length !== kernel.length ** 2) build(kernel.length);
    refresh(false);
  };
  return { element: h("div", {}, grid, note), update };
}

/** La ventana elegida, peso por píxel, y su suma escrita. Devuelve { element, tiles, draw(escena), update(escena) }: `tiles` es el lienzo de la ventana. */
export function sumPanel() {
  const title = h("p", { class: "rc-sum-title" });
  const tiles = h("canvas", { class: "rc-tiles", "aria-hidden": "true" });
  const sum = h("p", { class: "rc-sum" });
  const notes = h("p", { class: "rc-note" });
  const fillTerm = (span, term) => {
    const [style, said] = [term.product === 0 ? "rc-term rc-zero" : "rc-term", termText(term)];
    if (span.className !== style) span.className = style;
    if (span.textContent !== said) span.textContent = said;
  };
  const place = h("strong", {});
  const result = h("strong", { class: "rc-result" });
  const equals = document.createTextNode("");
  const made = []; // todos los términos que se han hecho; los primeros `spans.length` están puestos
  let spans = [];
  sum.append(equals, result);
  const build = (k) => { // como los campos: solo los que faltan o sobran
    spans.slice(k * k).forEach((parts) => parts.forEach((part) => part.remove()));
    while (made.length < k * k) made.push([document.createTextNode(made.length ? " + " : ""), h("span", {})]);
    equals.before(...made.slice(spans.length, k * k).flat());
    spans = made.slice(0, k * k);
    tiles.style.setProperty("--k", k);
  };
  const draw = ({ image, kernel, layer, output, paint, palette, cell, revealed }) => {
    if (revealed && output.length && cell) drawWindow(tiles, termsOf(image, kernel, cell[0], cell[1], layer), paint, palette);
  };
  const update = ({ image, kernel, layer, output, white, kind, cell, revealed }) => {
    const ready = revealed && output.length && cell;
    body.hidden = !ready;
    notes.textContent = "";
    if (!ready) {
      title.textContent = revealed && !output.length ? "No hay salida que recorrer." : "Cuando vean la salida, elijan en ella una celda: aquí se escribirá su suma.";
      return;
    }
    const terms = termsOf(image, kernel, cell[0], cell[1], layer);
    const value = output[cell[0]][cell[1]];
    if (spans.length !== terms.length) build(kernel.length);
    spans.forEach(([, span], i) => fillTerm(span, terms[i]));
    place.textContent = `fila ${cell[0] + 1}, columna ${cell[1] + 1}`;
    if (place.parentNode !== title) title.replaceChildren("Salida en la ", place, ": cada píxel de la ventana por su peso, y todo sumado.");
    equals.data = isShort(value) && terms.every((term) => isShort(term.weight) && isShort(term.pixel)) ? " = " : " ≈ ";
    result.textContent = number(value);
    const padded = terms.filter((term) => term.padded).length;
    const said = [padded && `${count(padded, "término cae", "términos caen")} en el relleno y ${padded === 1 ? "vale" : "valen"} 0.`,
      kind === "gris" && value > white && "Se ve blanco: pasa del máximo."].filter(Boolean);
    notes.textContent = said.join(" ");
  };
  const body = h("div", { class: "rc-sum-body" }, tiles, h("div", {}, sum, notes));
  return { element: h("div", { class: "rc-card rc-sum-card" }, title, body), tiles, draw, update };
}

/**
 * El recorrido de la salida: un paso atrás, un paso, reproducir. `total()` dice cuántas celdas hay y
 * `onMove(posición, avance)` recibe cada parada (avance null: todo visible).
 */
export function tour({ total, position, onMove, onStill }) {
  let request = 0;
  const playing = () => request !== 0;
  const stop = () => {
    cancelAnimationFrame(request);
    request = 0;
    play.textContent = "▶ Reproducir";
  };
  const step = (by) => {
    stop();
    const next = (position() + by + total()) % total();
    onMove(next, next + 1);
  };
  const start = () => {
    if (wantsStillness()) {
      onMove(total() - 1, null);
      onStill();
      return;
    }
    const first = position() + 1 >= total() ? 0 : position();
    const per = Math.min(600, 14_000 / total());
    let began = 0;
    const tick = (now) => {
      began ||= now;
      const at = Math.min(total() - 1, first + Math.floor((now - began) / per));
      if (at + 1 >= total()) {
        stop();
        onMove(at, null);
        return;
      }
      onMove(at, at + 1);
      request = requestAnimationFrame(tick);
    };
    play.textContent = "⏸ Pausar";
    request = requestAnimationFrame(tick);
  };
  const play = button("▶ Reproducir", () => (playing() ? stop() : start()), { "data-action": "play" });
  const back = button("◀ Paso atrás", () => step(-1), { "data-action": "back" });
  const forward = button("Paso ▶", () => step(1), { "data-action": "step" });
  const element = h("div", { class: "rc-row", role: "group", "aria-label": "Recorrido de la salida" }, back, forward, play);
  const update = (enabled) => [back, forward, play].forEach((part) => { part.disabled = !enabled; });
  return { element, update, stop };
}
