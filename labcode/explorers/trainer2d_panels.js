// El entrenador, por partes: ajustes, medidas, curvas con su «para aquí», y los botones que lo mueven.

const share0 = (x) => percent(100 * x, 0);
const CONTROLS = [
  ["Los datos", [
    ["examples", "Ejemplos", "N", String],
    ["noise", "Ruido", "etiquetas", share0],
  ]],
  ["La red", [
    ["depth", "Capas", "ocultas", String],
    ["width", "Neuronas", "", String],
  ]],
  ["El entrenamiento", [
    ["epochs", "Épocas", "", String],
    ["learning_rate", "Tasa", "α", String],
    ["batch_size", "Lote", "batch", String],
    ["lam", "Castigo L2", "λ", (x) => number(x, 4)],
    ["dropout", "Dropout", "", share0],
  ]],
];

/** Casilla con su etiqueta. Devuelve { element, update(si) }. */
export function toggle(label, onChange) {
  const input = h("input", { type: "checkbox", onchange: () => onChange(input.checked) });
  return { element: h("label", { class: "rc-toggle" }, input, h("span", {}, label)), update: (on) => { input.checked = on; } };
}

/** Todos los ajustes, en tres grupos. Devuelve { element, update(get) }. */
export function settingsPanel(onChange, onSeed) {
  const updates = [];
  const seed = h("strong", {});
  const data = choice("Problema", DATA_NAMES, (key) => onChange("data", key));
  const outliers = toggle(`Agregar ${OUTLIERS} fuera de la distribución`, (on) => onChange("outliers", on));
  const groups = CONTROLS.map(([title, list], i) => {
    const parts = list.map(([key, label, hint, show]) => {
      const part = listSlider({ label, hint, values: OPTIONS[key], show, onChange: (value) => onChange(key, value) });
      updates.push((get) => part.update(get(key)));
      return part.element;
    });
    const extra = i ? [] : [data.element, outliers.element, h("div", { class: "rc-row" }, h("span", { class: "rc-seed" }, "Semilla ", seed), button("Otra semilla", onSeed, { "data-action": "seed" }))];
    return h("div", { class: "rc-card", role: "group", "aria-label": title }, h("p", { class: "rc-sum-title" }, title), i ? null : extra[0], parts, extra.slice(1));
  });
  const update = (get) => {
    updates.forEach((work) => work(get));
    data.update(get("data"));
    outliers.update(get("outliers"));
    seed.textContent = get("seed");
  };
  return { element: h("div", { class: "rc-settings" }, groups), update };
}

/** Las medidas de la época que se mira. Devuelve { element, update(medidas) }. */
export function meter() {
  const cell = (name, kind) => {
    const value = h("strong", {});
    return [value, h("div", { class: "rc-measure", "data-kind": kind }, h("span", {}, name), value)];
  };
  const [epoch, epochBox] = cell("Época", "epoch");
  const [train, trainBox] = cell("Entrenamiento", "train");
  const [test, testBox] = cell("Prueba", "test");
  const [gap, gapBox] = cell("Brecha", "gap");
  const [corner, cornerBox] = cell("En la esquina", "corner");
  const update = ({ at, shown }) => {
    cornerBox.hidden = !shown?.outliers;
    epoch.textContent = at;
    train.textContent = shown ? percent(shown.train) : "¿?";
    test.textContent = shown ? percent(shown.test) : "¿?";
    gap.textContent = shown ? number(shown.train - shown.test, 1) : "¿?";
    corner.textContent = shown ? percent(shown.outside, 0) : "";
  };
  return { element: h("div", { class: "rc-meter" }, epochBox, trainBox, testBox, gapBox, cornerBox), update };
}

/** Las curvas y el deslizador «para aquí». Devuelve { element, canvas, update(estado) }. */
export function curvesPanel(onStop) {
  const canvas = h("canvas", { class: "rc-curves", role: "img" });
  const box = h("div", { class: "rc-curves-box" }, canvas, h("span", { class: "rc-veil", "aria-hidden": "true" }, "?"));
  const stop = slider({ label: "Para aquí", min: 0, max: 1, onChange: (i) => onStop(i), show: () => shown });
  const input = stop.element.querySelector("input");
  let shown = "0";
  let held = false;
  const jump = (event) => {
    const [x] = spotIn(event, canvas);
    const part = (x - MARGIN.left) / (sizeOf(canvas).width - MARGIN.left - MARGIN.right);
    onStop(null, Math.min(1, Math.max(0, part)));
  };
  canvas.addEventListener("pointerdown", (event) => { held = true; canvas.setPointerCapture(event.pointerId); jump(event); });
  canvas.addEventListener("pointermove", (event) => { if (held) jump(event); });
  for (const kind of ["pointerup", "pointercancel"]) canvas.addEventListener(kind, () => { held = false; });
  const update = ({ revealed, slot, slots, at, said }) => {
    box.lastChild.hidden = revealed;
    canvas.classList.toggle("rc-ghost", !revealed);
    stop.element.hidden = !revealed || slots < 2;
    canvas.setAttribute("aria-label", said);
    shown = `época ${at}`;
    input.max = Math.max(1, slots - 1);
    stop.update(slot);
    input.style.setProperty("--at", `${(slot / Math.max(1, slots - 1)) * 100}%`);
  };
  return { element: h("div", { class: "rc-curves-panel" }, box, stop.element), canvas, update };
}

/** Los botones del entrenamiento. Devuelve { element, update(estado) }. */
export function playBar({ onPlay, onStep, onGoal, onRestart }) {
  const play = button("▶ Entrenar", onPlay, { kind: "main", "data-action": "play" });
  const step = button("Una época", onStep, { "data-action": "step" });
  const goal = button("", onGoal, { "data-action": "goal" });
  const restart = button("Desde cero", onRestart, { "data-action": "restart" });
  const update = ({ enabled, playing, finished, epoch, target }) => {
    play.textContent = playing ? "⏸ Pausar" : "▶ Entrenar";
    goal.textContent = `Hasta la época ${target}`;
    play.disabled = !enabled || finished;
    step.disabled = !enabled || playing || finished;
    goal.disabled = !enabled || playing || finished || epoch >= target;
    restart.disabled = !enabled || epoch === 0;
  };
  return { element: h("div", { class: "rc-row rc-play", role: "group", "aria-label": "Entrenar" }, play, step, goal, restart), update };
}
