// El explorador de formas: se predice qué sale de una capa, y se ve por qué. Vale en Jupyter y en la página.

const SHAPE_SLIDERS = {
  side: ["Lado", "alto = ancho"], channels: ["Canales", "que llegan"], inputs: ["in_channels", "entran"], outputs: ["out_channels", "salen"],
  kernel: ["kernel_size", "k"], stride: ["stride", "paso"], padding: ["padding", "relleno"], dilation: ["dilation", "dilatación"],
};
const GROUPS = [["Lo que entra", ["side", "channels"]], ["La capa", ["inputs", "outputs", "kernel", "stride", "padding", "dilation"]]];

/** Los deslizadores de un grupo. Devuelve { element, update(ajustes) }. */
function sliderGroup(title, fields, onChange) {
  const parts = fields.map((field) => {
    const [label, hint] = SHAPE_SLIDERS[field];
    const [min, max] = BOUNDS[field];
    return [field, slider({ label, hint, min, max, show: String, onChange: (value) => onChange({ [field]: value }) })];
  });
  const element = h("div", { class: "rc-s-group", role: "group", "aria-label": title },
    h("p", { class: "rc-sum-title" }, title), h("div", { class: "rc-sliders" }, parts.map(([, part]) => part.element)));
  return { element, update: (setting) => parts.forEach(([field, part]) => part.update(setting[field])) };
}

/** Los núcleos, uno por mapa de salida: se elige cuál se mira. Devuelve { element, update(ajustes, elegido) }. */
function kernelRow(onPick) {
  const title = h("p", { class: "rc-sum-title" });
  const row = h("div", { class: "rc-s-kernels", role: "group", "aria-label": "Núcleos" });
  row.addEventListener("click", (event) => {
    const at = [...row.children].indexOf(event.target.closest("button"));
    if (at >= 0) onPick(at);
  });
  let made = "";
  const update = (setting, chosen) => {
    const { inputs, outputs, kernel } = setting;
    const key = [inputs, outputs, kernel].join();
    if (made !== key) row.innerHTML = Array.from({ length: outputs }, (_, at) => kernelButton(setting, at)).join("");
    made = key;
    [...row.children].forEach((pick, at) => pick.setAttribute("aria-pressed", at === chosen));
    title.textContent = `${count(outputs, "núcleo", "núcleos")} de ${inputs} × ${kernel} × ${kernel}: ${outputs === 1 ? "da un mapa" : "cada uno da un mapa, de su color"}`;
  };
  return { element: h("div", { class: "rc-s-row" }, title, row), update };
}

/** El botón de un núcleo, con su ícono. */
function kernelButton(setting, at) {
  const label = `Núcleo ${at + 1} de ${setting.outputs}, de ${setting.inputs} × ${setting.kernel} × ${setting.kernel}`;
  return `<button type="button" class="rc-button rc-chip" aria-label="${label}">${kernelIcon(setting, hueOf(at))}</button>`;
}

/** Lo que se cuenta: la fórmula, la forma, los pesos y los productos. Devuelve { element, update(ajustes, resultado, oculto) }. */
function countCard() {
  const formula = h("p", { class: "rc-formula" });
  const sums = h("p", { class: "rc-formula" });
  const code = h("code", { class: "rc-s-code" });
  const note = h("p", { class: "rc-note" });
  const element = h("div", { class: "rc-card" }, code, formula, sums, note);
  const update = (setting, outcome, hidden) => {
    const { side, channels, kernel, stride, padding, dilation } = setting;
    const layer = { stride, padding, dilation };
    code.textContent = hidden ? layerCode(setting) : `${layerCode(setting)}: [N, ${channels}, ${side}, ${side}] → ${outcome.shape ? `[N, ${outcome.shape.join(", ")}]` : "error"}`;
    const size = stride > 0 && sizeFormula(side, kernel, layer);
    formula.replaceChildren(h("span", { class: "rc-general" }, "lado = ⌊(n + 2p − d(k − 1) − 1) / s⌋ + 1"),
      h("span", {}, hidden || !size ? "= …" : `= ${size.numbers}`), hidden || !size ? "" : h("strong", { class: "rc-result" }, size.result ? `= ${size.result}` : "→ no cabe"));
    sums.replaceChildren(...(hidden ? [] : countLines(setting, outcome)).flatMap(([what, sum, total]) =>
      [h("span", {}, `${what} = ${sum} = `, h("strong", { class: "rc-result" }, total))]));
    note.textContent = hidden || !outcome.shape ? "" : leftoverText(side, side, kernel, layer);
  };
  return { element, update };
}

function render({ model, el }) {
  const get = (name) => model.get(name);
  const live = announcer();
  const view = { revealed: !get("predict"), at: [0, 0], chosen: 0, setting: null, outcome: null };
  el.classList.add("rc-x", "rc-shapes");

  // Las partes
  const svg = s("svg", { viewBox: "0 0 680 290" });
  const stage = h("div", { class: "rc-stage rc-s-stage", tabindex: "0", role: "application" }, svg);
  const [from, to] = [h("span", { class: "rc-size" }), h("span", { class: "rc-size" })];
  const captions = h("div", { class: "rc-s-captions" }, h("p", {}, h("strong", {}, "Entra "), from), h("p", {}, h("strong", {}, "Sale "), to));
  const put = (values) => change(model, values);
  const groups = GROUPS.map(([title, fields]) => sliderGroup(title, fields, put));
  const kernels = kernelRow((at) => { view.chosen = at; draw(); });
  const card = countCard();
  const why = h("p");
  const torch = h("code", { class: "rc-s-code" });
  const repair = button("Ajustar in_channels", () => put({ inputs: get("channels") }), { kind: "main", "data-action": "repair" });
  const failed = h("div", { class: "rc-alert rc-s-alert", role: "status" }, why, h("p", {}, "torch dice: ", torch), repair);
  const presets = LAYER_PRESETS.map(([key, label, values]) => [values, button(label, () => put(values), { kind: "chip", "data-layer": key })]);
  const status = h("p", { class: "rc-help" });

  // Predecir
  const question = h("p", { class: "rc-question" });
  const ask = (label, name) => {
    const id = uniqueId(name);
    const input = h("input", { type: "number", id, min: "0", max: "99", inputmode: "numeric", class: "rc-answer" });
    return [h("label", { for: id }, label), input];
  };
  const [sideLabel, sideInput] = ask("Lado", "side");
  const [channelLabel, channelInput] = ask("Canales", "channels");
  const fails = h("input", { type: "checkbox", id: uniqueId("fails") });
  const field = h("div", { class: "rc-row rc-s-answer" }, sideLabel, sideInput, channelLabel, channelInput, h("label", { for: fails.id, class: "rc-s-fails" }, fails, " da error"));
  const gate = predictionGate({
    question, field, again: "Otra predicción", empty: "Escriban el lado y los canales, o marquen que da error.",
    next: "Cambien un ajuste a la vez y digan antes qué va a cambiar: ¿el lado, los canales o los pesos?",
    judge: () => {
      if (!fails.checked && (sideInput.value === "" || channelInput.value === "")) return null;
      return judgeShape({ side: Number(sideInput.value), channels: Number(channelInput.value), fails: fails.checked }, view.setting);
    },
    onOpen: () => { view.revealed = true; draw(); },
    onAgain: () => {
      Object.assign(view, { revealed: false, at: [0, 0], chosen: 0 });
      [sideInput.value, channelInput.value, fails.checked] = ["", "", false];
      put(randomSetting());
      refresh();
    },
  });
  const reset = button("Volver al inicio", () => { Object.assign(view, { at: [0, 0], chosen: 0 }); put(LAYER_PRESETS[0][2]); draw(); }, { "data-action": "reset" });

  // Dibujar
  const draw = () => {
    const { setting, outcome, revealed } = view;
    const rows = outcome.shape?.[1] ?? 1;
    view.at = view.at.map((x) => Math.min(x, rows - 1));
    view.chosen = Math.min(view.chosen, setting.outputs - 1);
    const hidden = !revealed;
    svg.innerHTML = shapesSvg(setting, outcome, { ...view, hidden });
    from.textContent = `${setting.side} × ${setting.side} × ${setting.channels}${setting.padding ? ` + relleno ${setting.padding}` : ""}`;
    to.textContent = hidden ? "¿?" : outcome.shape ? `${rows} × ${rows} × ${setting.outputs}` : "error";
    question.textContent = shapeQuestion(setting);
    kernels.update(setting, view.chosen);
    card.update(setting, outcome, hidden);
    failed.hidden = hidden || !outcome.error;
    if (outcome.error) {
      why.textContent = refusalText(setting, outcome.error);
      torch.textContent = outcome.error.torch;
      repair.hidden = outcome.error.cause !== "channels";
    }
    stage.setAttribute("aria-label", `Entra ${from.textContent}, sale ${hidden ? "por predecir" : to.textContent}. Flechas: mover la ventana; RePág y AvPág: cambiar de núcleo.`);
    const place = `mapa ${view.chosen + 1}, fila ${view.at[0] + 1}, columna ${view.at[1] + 1}`;
    const seen = setting.inputs * setting.kernel ** 2;
    status.textContent = hidden || !outcome.shape ? "Las pilas son los canales, uno detrás de otro." : `Salida en el ${place}: una suma de ${count(seen, "producto", "productos")}, ${setting.kernel} × ${setting.kernel} de cada canal, más un sesgo.`;
  };
  const refresh = () => {
    view.setting = Object.fromEntries(FIELDS.map((name) => [name, get(name)]));
    view.outcome = outcomeOf(view.setting);
    groups.forEach((group) => group.update(view.setting));
    presets.forEach(([values, chip]) => chip.setAttribute("aria-pressed", FIELDS.every((name) => values[name] === view.setting[name])));
    draw();
    if (view.revealed) live.say(`Entra ${from.textContent}. Sale ${to.textContent}. ${view.outcome.error ? why.textContent : ""}`);
  };
  const look = (event) => {
    const cell = view.revealed && cellFrom(event, svg, view.setting, view.outcome);
    if (!cell || cell.join() === view.at.join()) return;
    view.at = cell;
    draw();
  };
  svg.addEventListener("pointermove", look);
  svg.addEventListener("pointerdown", look);
  stage.addEventListener("keydown", (event) => {
    const { setting, outcome } = view;
    if (!view.revealed || !outcome.shape || event.ctrlKey || event.metaKey || event.altKey) return;
    const [r, c] = view.at;
    const by = event.shiftKey ? 5 : 1;
    const moves = { ArrowUp: [r - by, c], ArrowDown: [r + by, c], ArrowLeft: [r, c - by], ArrowRight: [r, c + by], Home: [r, 0], End: [r, 99], PageUp: [r, c], PageDown: [r, c] };
    if (!moves[event.key]) return;
    event.preventDefault();
    event.stopPropagation();
    const turn = { PageUp: -1, PageDown: 1 }[event.key] ?? 0;
    view.chosen = (view.chosen + turn + setting.outputs) % setting.outputs;
    view.at = moves[event.key].map((x) => Math.max(0, Math.min(outcome.shape[1] - 1, x)));
    draw();
    live.say(status.textContent);
  });

  el.replaceChildren(
    h("div", { class: "rc-head" }, h("p", { class: "rc-title" }, "Formas de una capa convolucional"), reset),
    h("div", { class: "rc-row rc-chips", role: "group", "aria-label": "Capas con nombre" }, presets.map(([, chip]) => chip)),
    gate.element,
    h("div", { class: "rc-s-view" }, captions, stage, status),
    failed, h("div", { class: "rc-s-groups" }, groups.map((group) => group.element)),
    kernels.element, card.element,
    live.element,
  );
  const stop = listen(model, FIELDS, coalesce(() => { gate.clear(); refresh(); }));
  refresh();
  if (view.revealed) gate.open();
  return () => {
    stop();
    live.stop();
  };
}

export default { render, toHash: shapesToHash, fromHash: shapesFromHash };
