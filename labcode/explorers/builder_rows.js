// El constructor, por partes: la lista de capas, el editor de una y las que se pueden agregar.

/** A dónde lleva el foco una tecla en la lista; `null` si no es de las suyas. */
export function rowFor(key, at, size) {
  const next = { ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: size - 1 }[key];
  return next === undefined ? null : Math.max(0, Math.min(size - 1, next));
}

/** Las capas con la de `from` llevada a `to`. */
export function moved(layers, from, to) {
  const rest = layers.filter((_, i) => i !== from);
  return [...rest.slice(0, to), layers[from], ...rest.slice(to)];
}

/** Lo que se lee de una fila sin verla: lo mismo que se ve y en ese orden, como pide quien la nombra de viva voz. */
export function rowLabel({ layer, shape, parameters, error }, at, hidden) {
  const detail = layerDetail(layer);
  const name = `Capa ${at + 1}, ${layerName(layer)}${detail ? `, ${detail}` : ""}`;
  if (hidden) return `${name}: por predecir`;
  if (error) return `${name}, falla`;
  if (!shape) return `${name}: la imagen no llega hasta aquí`;
  return `${name}, ${shapeText(shape)}${parameters ? `, ${count(parameters, "parámetro", "parámetros")}` : ""}`;
}

/** Una fila de la lista. Devuelve { element, pick, grip, update(fila, opciones) }. */
function layerRow() {
  const name = h("span", { class: "rc-b-name" }, h("b"), h("small"));
  const [shape, weights] = [h("span", { class: "rc-b-shape" }), h("span", { class: "rc-b-weights" })];
  const bar = h("i", { class: "rc-b-bar", "aria-hidden": "true" });
  const number = h("span", { class: "rc-b-number" });
  const pick = h("button", { type: "button", class: "rc-b-pick" }, number, name, shape, weights, bar);
  const grip = h("span", { class: "rc-b-grip", "aria-hidden": "true", title: "Arrastrar" }, "⠿");
  const element = h("li", { class: "rc-b-row" }, grip, pick);
  const update = (row, { at, hidden, most, chosen, looked }) => {
    number.textContent = at + 1;
    name.firstChild.textContent = layerName(row.layer);
    name.lastChild.textContent = layerDetail(row.layer);
    shape.textContent = hidden ? "¿?" : row.error ? "✗ falla" : shapeText(row.shape);
    weights.textContent = hidden ? "¿?" : row.parameters ? thousands(row.parameters) : "";
    bar.style.width = hidden || !most ? "0" : `${((row.parameters ?? 0) / most) * 100}%`;
    element.dataset.kind = row.layer.kind;
    element.dataset.state = hidden ? "hidden" : row.error ? "fails" : row.shape ? "works" : "unreached";
    element.classList.toggle("rc-b-looked", looked);
    element.classList.toggle("rc-b-chosen", chosen);
    pick.setAttribute("aria-expanded", chosen);
    pick.setAttribute("aria-label", rowLabel(row, at, hidden));
  };
  return { element, pick, grip, update };
}

/**
 * La lista de capas. `on` trae lo que pasa: look(i) al pasar o enfocar, choose(i) al elegir, move(i, j) y remove(i).
 * Devuelve { element, update(traza, opciones), focus(i), row(i) }.
 */
export function layerList(on) {
  const element = h("ol", { class: "rc-b-list", "aria-label": "Capas, de la imagen a la salida" });
  const rows = [];
  let size = 0;
  let held = null;
  const focus = (at) => rows[Math.max(0, Math.min(size - 1, at))]?.pick.focus();
  const onKey = (event, at) => {
    if (event.ctrlKey || event.metaKey) return;
    const to = rowFor(event.key, at, size);
    if (to !== null && event.altKey) on.move(at, to);
    else if (to !== null) focus(to);
    else if (event.key === "Delete") on.remove(at);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const grab = (event, at) => {
    if (event.button) return;
    event.preventDefault();
    held = at;
    element.setPointerCapture(event.pointerId);
    element.classList.add("rc-b-dragging");
  };
  const under = (y) => rows.slice(0, size).findIndex(({ element: row }) => y < row.getBoundingClientRect().bottom);
  element.addEventListener("pointermove", (event) => {
    if (held === null) return;
    const found = under(event.clientY);
    const to = found < 0 ? size - 1 : found;
    if (to === held) return;
    on.move(held, to, true);
    held = to;
  });
  for (const kind of ["pointerup", "pointercancel"]) {
    element.addEventListener(kind, () => {
      if (held === null) return;
      held = null;
      element.classList.remove("rc-b-dragging");
      on.drop();
    });
  }
  const grow = () => {
    const at = rows.length;
    const row = layerRow();
    row.pick.addEventListener("click", () => on.choose(at));
    row.pick.addEventListener("focus", () => on.look(at));
    row.pick.addEventListener("keydown", (event) => onKey(event, at));
    row.element.addEventListener("pointerenter", ({ pointerType }) => pointerType === "mouse" && held === null && on.look(at));
    row.grip.addEventListener("pointerdown", (event) => grab(event, at));
    rows.push(row);
  };
  const update = (trace, { hidden, chosen, looked }) => {
    size = trace.rows.length;
    while (rows.length < size) grow();
    const most = Math.max(...trace.rows.map((row) => row.parameters ?? 0));
    trace.rows.forEach((row, at) => rows[at].update(row, { at, hidden, most, chosen: at === chosen, looked: at === looked }));
    if (element.children.length !== size) element.replaceChildren(...rows.slice(0, size).map((row) => row.element));
  };
  return { element, update, focus, row: (at) => rows[at]?.element ?? null };
}

const LABELS = {
  inputs: { conv: "Canales que entran", norm: "Canales que entran", dense: "Números que entran" },
  outputs: { conv: "Filtros (canales que salen)", dense: "Neuronas" },
  kernel: { conv: "Núcleo", pool: "Ventana" },
  stride: { conv: "Paso", pool: "Paso" },
  padding: { conv: "Relleno" },
  rate: { dropout: "Apaga" },
};
const SHOWN = { kernel: (x) => `${x}\u00a0×\u00a0${x}`, rate: (x) => `${x}\u202f%` };

/** Un número que se escribe, con dos botones que lo parten y lo doblan. Devuelve { element, update(valor, libre) }. */
function amount(label, [low, high], onChange) {
  const id = uniqueId("cantidad");
  const input = h("input", { id, type: "text", inputmode: "numeric", autocomplete: "off", class: "rc-answer" });
  const note = h("p", { class: "rc-note", role: "status" });
  let shown = "";
  const commit = () => {
    const value = Number(input.value.replace(/\s/g, "") || NaN);
    const fits = Number.isInteger(value) && value >= low && value <= high;
    input.setAttribute("aria-invalid", !fits);
    note.textContent = fits ? "" : `«${input.value}» no sirve: debe ser un entero de ${low} a ${thousands(high)}.`;
    if (fits) onChange(value);
  };
  const scale = (by) => onChange(Math.max(low, Math.min(high, Math.round(Number(input.value.replace(/\s/g, "")) * by) || low)));
  input.addEventListener("input", commit);
  input.addEventListener("blur", () => { input.value = shown; note.textContent = ""; input.setAttribute("aria-invalid", "false"); });
  const [half, twice] = [button("÷ 2", () => scale(0.5), { "aria-label": `${label}: la mitad` }), button("× 2", () => scale(2), { "aria-label": `${label}: el doble` })];
  const update = (value, free) => {
    shown = value;
    if (input !== input.getRootNode().activeElement) input.value = value;
    [input, half, twice].forEach((part) => { part.disabled = !free; });
  };
  return { element: h("div", { class: "rc-b-amount" }, h("label", { for: id }, label), h("div", { class: "rc-row" }, half, input, twice), note), update };
}

/** Los controles de una clase de capa. Devuelve { element, update(fila, auto) }. */
function fieldControls(kind, onEdit) {
  const parts = Object.entries(KINDS[kind].fields).map(([field, range]) => {
    const label = LABELS[field][kind];
    const onChange = (value) => onEdit(field, value);
    if (field === "inputs" || field === "outputs") return [field, amount(label, range, onChange)];
    const [min, max] = range;
    return [field, slider({ label, min, max, step: field === "rate" ? 10 : 1, onChange, show: SHOWN[field] })];
  });
  const update = ({ layer, inputs }, auto) => parts.forEach(([field, part]) => {
    const automatic = auto && field === "inputs";
    part.update(automatic ? inputs ?? "?" : layer[field], !automatic);
  });
  return { element: h("div", { class: "rc-b-fields" }, parts.map(([, part]) => part.element)), update };
}

/**
 * El editor de la capa elegida: sus números, moverla, quitarla. `on` trae edit(campo, valor), move(−1 o 1) y remove().
 * Devuelve { element, update(fila, opciones) }.
 */
export function layerEditor(on) {
  const controls = Object.fromEntries(Object.keys(KINDS).map((kind) => [kind, fieldControls(kind, on.edit)]));
  const fields = h("div");
  const up = button("↑ Subir", () => on.move(-1), { "data-action": "up" });
  const down = button("↓ Bajar", () => on.move(1), { "data-action": "down" });
  const remove = button("Quitar", () => on.remove(), { "data-action": "remove" });
  const element = h("div", { class: "rc-b-editor", role: "group" }, fields, h("div", { class: "rc-row" }, up, down, remove));
  let shown = "";
  const update = (row, { at, size, auto }) => {
    const { kind } = row.layer;
    if (kind !== shown) fields.replaceChildren(controls[kind].element);
    fields.hidden = !Object.keys(KINDS[kind].fields).length;
    shown = kind;
    controls[kind].update(row, auto);
    up.disabled = at === 0;
    down.disabled = at === size - 1;
    element.setAttribute("aria-label", `Ajustes de la capa ${at + 1}, ${KINDS[kind].name}`);
  };
  return { element, update };
}

/** Los botones que agregan una capa. Devuelve { element, update(posición o null, lleno) }. */
export function layerAdder(onAdd) {
  const title = h("p", { class: "rc-b-add-title" });
  const chips = Object.entries(KINDS).map(([kind, { name }]) => button(`+ ${name}`, () => onAdd(kind), { kind: "chip", "data-add": kind }));
  const element = h("div", { class: "rc-b-add", role: "group", "aria-label": "Agregar una capa" }, title, h("div", { class: "rc-row rc-chips" }, chips));
  const update = (at, full) => {
    title.textContent = full ? `Caben ${MAX_LAYERS} capas: quiten una para agregar otra.` : at === null ? "Agregar al final:" : `Agregar después de la capa ${at + 1}:`;
    chips.forEach((chip) => { chip.disabled = full; });
  };
  return { element, update };
}
