// El plano donde viven los puntos: mirar, mover, poner y quitar, con ratón, dedo o teclado.

export const TOOLS = [
  ["look", "Mirar"],
  ["move", "Mover"],
  ["zero", "Poner azul"],
  ["one", "Poner naranja"],
  ["erase", "Quitar"],
];
const ARROW_STEPS = { ArrowUp: [0, 1], ArrowDown: [0, -1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };
const CLASS_NAMES = ["azul", "naranja"];
const REACH = 0.12; // hasta dónde se alcanza un punto, en unidades del plano

const bounded = (x) => Math.max(-SPAN, Math.min(SPAN, x));

/** Dónde está el puntero, en coordenadas del plano. */
function spotUnder(event, canvas) {
  const box = canvas.getBoundingClientRect();
  const place = (at, from, length) => bounded(((at - from) / length) * 2 * SPAN - SPAN);
  return [place(event.clientX, box.left, box.width), -place(event.clientY, box.top, box.height)];
}

/** «0.35, −0.2» */
export const spotText = ([x, y]) => `${number(x)}, ${number(y)}`;

/**
 * El lienzo y sus herramientas. `edit` trae las acciones: add(x, y, clase), pick(x, y, alcance), move(punto, x, y),
 * erase(punto), look(x, y) y done(). Devuelve { element, stage, canvas, view, update }.
 */
export function createPlane(edit) {
  const view = { tool: "look", cursor: null, held: -1, pressed: false };
  const canvas = h("canvas", { class: "rc-plane" });
  const stage = h("div", { class: "rc-plane-stage", tabindex: "0", role: "application" }, canvas);
  const tools = choice("Al tocar", TOOLS, (key) => {
    Object.assign(view, { tool: key, held: -1 });
    stage.dataset.tool = key;
  });
  const start = (x, y) => {
    if (view.tool === "zero" || view.tool === "one") edit.add(x, y, view.tool === "one" ? 1 : 0);
    else if (view.tool === "move") view.held = edit.pick(x, y, REACH);
    else if (view.tool === "erase") edit.erase(edit.pick(x, y, REACH));
    else edit.look(x, y);
  };
  canvas.addEventListener("pointerdown", (event) => {
    Object.assign(view, { cursor: null, pressed: true });
    if (view.tool !== "look") canvas.setPointerCapture(event.pointerId);
    start(...spotUnder(event, canvas));
  });
  canvas.addEventListener("pointermove", (event) => {
    const [x, y] = spotUnder(event, canvas);
    if (view.tool === "look") edit.look(x, y);
    else if (view.pressed && view.held >= 0) edit.move(view.held, x, y);
    else if (view.pressed && view.tool === "erase") edit.erase(edit.pick(x, y, REACH));
  });
  for (const kind of ["pointerup", "pointercancel"]) {
    canvas.addEventListener(kind, () => {
      if (view.held >= 0) edit.done();
      Object.assign(view, { held: -1, pressed: false });
    });
  }
  stage.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const by = ARROW_STEPS[event.key];
    const acts = event.key === "Enter" || event.key === " ";
    if (!by && !acts && event.key !== "Delete" && event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
    view.cursor ??= [0, 0];
    const [x, y] = view.cursor;
    if (by) {
      const size = event.shiftKey ? 0.25 : 0.05;
      view.cursor = [bounded(x + by[0] * size), bounded(y + by[1] * size)];
      if (view.held >= 0) edit.move(view.held, ...view.cursor);
      else edit.look(...view.cursor);
    } else if (event.key === "Escape") {
      Object.assign(view, { cursor: null, held: -1 });
      edit.done();
    } else if (event.key === "Delete") edit.erase(edit.pick(x, y, REACH));
    else if (view.held >= 0) {
      view.held = -1;
      edit.done();
    } else start(x, y);
  });
  stage.addEventListener("blur", () => {
    if (!view.cursor) return;
    Object.assign(view, { cursor: null, held: -1 });
    edit.done();
  });
  stage.dataset.tool = view.tool;
  tools.update(view.tool);
  return { stage, canvas, tools: tools.element, view };
}
