// El constructor: se apilan capas y se ve qué sale, cuánto pesa, cuánto mira y dónde falla. Vale en Jupyter y en la página.

/** La capa que conviene mirar al empezar: la última que deja un mapa. */
function firstLook(rows) {
  const at = rows.findLastIndex(({ shape }) => shape?.length === 3);
  return at < 0 ? rows.length - 1 : at;
}

/** Una predicción con sus opciones, que se cambia por la que sigue. Devuelve { question, field, next, answer, current }. */
function predictionDeck() {
  const view = { at: 0, answer: null };
  const question = h("p", { class: "rc-question" });
  const field = h("div");
  const current = () => PREDICTIONS[view.at];
  const show = () => {
    const options = choice("Respuesta", current().options, (key) => { view.answer = key; });
    question.textContent = current().question();
    options.element.querySelector("legend").className = "rc-hidden";
    field.replaceChildren(options.element);
    view.answer = null;
  };
  const next = () => { view.at = (view.at + 1) % PREDICTIONS.length; show(); };
  show();
  return { question, field, next, current, answer: () => view.answer };
}

/** La falla, explicada, con lo que torch dice y cómo arreglarla. Devuelve { element, update(traza, oculto) }. */
function failureCard(onRepair) {
  const [where, why, torch] = [h("strong"), h("span"), h("code")];
  const repair = button("Ajustar las entradas", onRepair, { kind: "main", "data-action": "repair" });
  const element = h("div", { class: "rc-alert rc-b-failure", role: "status" },
    h("p", {}, where, " ", why), h("p", { class: "rc-b-torch" }, "torch dice: ", torch), repair);
  const update = ({ rows, failed }, hidden) => {
    element.hidden = hidden || failed < 0;
    if (element.hidden) return;
    const row = rows[failed];
    where.textContent = `Falla en la capa ${failed + 1}, ${layerName(row.layer)}.`;
    why.textContent = failureText(row);
    torch.textContent = row.error.torch;
    repair.hidden = !("repair" in row.error);
  };
  return { element, update };
}

/** Lo que mira la capa señalada, dibujado y en palabras. Devuelve { element, update(traza, posición, oculto) }. */
function fieldPanel(source) {
  const picture = fieldPicture(source);
  const title = h("p", { class: "rc-b-side-title" });
  const words = h("p", { class: "rc-note" });
  const lines = h("p", { class: "rc-formula rc-b-recurrence" });
  const element = h("div", { class: "rc-b-side" }, picture.element, h("div", { class: "rc-b-side-text" }, title, words, lines));
  const update = (trace, at, hidden) => {
    const row = trace.rows[at];
    const seen = hidden ? null : row?.seen ?? null;
    title.textContent = row ? `Capa ${at + 1} · ${layerName(row.layer)}` : "Sin capas";
    words.textContent = hidden ? "Predigan, y aquí verán qué mira cada capa." : !row ? "Agreguen una capa." : row.shape ? fieldText(seen) : "La imagen no llega hasta aquí.";
    lines.replaceChildren(...(hidden || !row ? [] : fieldLines(row)).map((line) => h("span", {}, line)));
    picture.update(seen, seen ? `Imagen de 32 × 32 píxeles. Capa ${at + 1}: ${fieldText(seen)}` : "Imagen de 32 × 32 píxeles.");
  };
  return { element, update };
}

/** Los totales y lo que sale. Devuelve { element, update(traza, oculto) }. */
function totalsBar() {
  const [parameters, flops] = [h("strong"), h("strong")];
  const verdict = h("p", { class: "rc-verdict" });
  const element = h("div", { class: "rc-card rc-b-totals" },
    h("p", {}, parameters, " parámetros"), h("p", { title: "Sumas y productos para una imagen" }, flops, " operaciones por imagen"), verdict);
  const update = (trace, hidden) => {
    parameters.textContent = hidden ? "¿?" : trace.parameters === null ? "—" : thousands(trace.parameters);
    flops.textContent = hidden ? "¿?" : trace.flops === null ? "—" : large(trace.flops);
    verdict.textContent = hidden ? "" : trace.failed < 0 ? outputText(trace) : "La red no funciona: una imagen no alcanza a atravesarla.";
    verdict.dataset.kind = trace.failed < 0 && trace.output?.join() === "10" ? "right" : "wrong";
  };
  return { element, update };
}

function render({ model, el }) {
  const get = (name) => model.get(name);
  const live = announcer();
  const view = { revealed: !get("predict"), chosen: null, looked: null, past: [], trace: null, dragging: false };
  el.classList.add("rc-x", "rc-builder");

  const put = (layers, values = {}) => {
    if (sameNetwork(layers, get("layers"))) return;
    view.past = [...view.past.slice(-49), get("layers")];
    change(model, { layers, ...values });
  };
  const settle = (at) => { view.chosen = view.looked = at; };
  const move = (from, to, dragging = false) => {
    view.dragging = dragging;
    const size = get("layers").length;
    if (to < 0 || to >= size || to === from) return;
    if (view.chosen !== null || !dragging) settle(to);
    view.looked = to;
    put(moved(get("layers"), from, to));
    refresh();
    if (!dragging) list.focus(to);
  };
  const remove = (at) => {
    const layers = get("layers").filter((_, i) => i !== at);
    if (view.chosen !== null) settle(layers.length ? Math.min(at, layers.length - 1) : null);
    put(layers);
    refresh();
    if (layers.length) list.focus(Math.min(at, layers.length - 1));
    else adder.element.querySelector("button").focus();
  };
  const add = (kind) => {
    const layers = get("layers");
    const at = view.chosen === null ? layers.length : view.chosen + 1;
    const arriving = at ? view.trace.rows[at - 1].shape : IMAGE_SHAPE;
    const inputs = arriving && (kind === "dense" ? arriving.at(-1) : arriving[0]);
    const outputs = kind === "conv" ? Math.min(1024, 2 * (inputs ?? 32)) : undefined;
    settle(at);
    put([...layers.slice(0, at), newLayer(kind, { ...(inputs && { inputs }), ...(outputs && { outputs }) }), ...layers.slice(at)]);
    refresh();
    list.focus(at);
  };
  const edit = (field, value) => put(get("layers").map((layer, i) => (i === view.chosen ? { ...layer, [field]: value } : layer)));
  const choose = (at) => { view.chosen = view.chosen === at ? null : at; view.looked = at; refresh(); };
  const look = (at) => {
    if (view.looked === at) return;
    view.looked = at;
    draw();
  };

  const list = layerList({ look, choose, move, remove, drop: () => { view.dragging = false; refresh(); } });
  const editor = layerEditor({ edit, move: (by) => move(view.chosen, view.chosen + by), remove: () => remove(view.chosen) });
  const adder = layerAdder(add);
  const failed = failureCard(() => put(repairInputs(get("layers"))));
  const side = fieldPanel(get("picture_source"));
  const totals = totalsBar();
  const code = h("pre", { class: "rc-b-code", tabindex: "0", "aria-label": "La red en PyTorch" });
  const presets = NETWORKS.map(([key, label, layers]) => [layers, button(label, () => { view.chosen = view.looked = null; put(layers); refresh(); }, { kind: "chip", "data-network": key })]);
  const autoInput = h("input", { type: "checkbox", id: uniqueId("auto"), onchange: () => change(model, { auto: autoInput.checked }) });
  const auto = h("label", { class: "rc-b-auto", for: autoInput.id }, autoInput, h("span", {}, "Ajustar las entradas solas"));
  const undo = button("Deshacer", () => {
    const layers = view.past.pop();
    view.chosen = null;
    change(model, { layers });
    refresh();
  }, { "data-action": "undo" });
  const deck = predictionDeck();
  const gate = predictionGate({
    question: deck.question, field: deck.field, again: "Otra predicción",
    next: "Cambien, muevan o quiten capas, y expliquen cada número antes de mirarlo.", empty: "Elijan primero una respuesta.",
    judge: () => judgePrediction(deck.current(), deck.answer()),
    onOpen: () => {
      view.revealed = true;
      if (deck.answer()) put(NETWORKS.find(([key]) => key === deck.current().network)[2], { auto: false });
      view.looked = null;
      refresh();
    },
    onAgain: () => {
      deck.next();
      Object.assign(view, { revealed: false, chosen: null, looked: null });
      put(NETWORKS.find(([key]) => key === deck.current().network)[2], { auto: false });
      refresh();
    },
  });

  // Mientras se arrastra una capa, lo que está sobre la lista no cambia: al crecer la correría bajo el dedo.
  const draw = () => {
    const hidden = !view.revealed;
    list.update(view.trace, { hidden, chosen: view.chosen, looked: view.looked });
    if (!view.dragging) side.update(view.trace, view.looked, hidden);
  };
  const placeTools = () => {
    const { rows } = view.trace;
    const home = view.chosen === null ? null : list.row(view.chosen);
    editor.element.hidden = !home;
    if (home) editor.update(rows[view.chosen], { at: view.chosen, size: rows.length, auto: get("auto") });
    if (home && editor.element.parentNode !== home) home.append(editor.element);
    const nest = home ? editor.element : end;
    if (adder.element.parentNode !== nest) nest.append(adder.element);
    adder.update(view.chosen, rows.length >= MAX_LAYERS);
  };
  const refresh = () => {
    const layers = get("layers");
    view.trace = traceNetwork(layers, get("auto"));
    if (view.chosen !== null && view.chosen >= layers.length) view.chosen = null;
    if (view.looked === null || view.looked >= layers.length) view.looked = firstLook(view.trace.rows);
    draw();
    placeTools();
    if (!view.dragging) failed.update(view.trace, !view.revealed);
    totals.update(view.trace, !view.revealed);
    presets.forEach(([network, chip]) => chip.setAttribute("aria-pressed", sameNetwork(network, layers)));
    autoInput.checked = get("auto");
    undo.disabled = !view.past.length;
    code.textContent = torchCode(layers, get("auto"));
    const { failed: at } = view.trace;
    if (view.revealed) live.say(at < 0 ? outputText(view.trace) : `Falla en la capa ${at + 1}. ${failureText(view.trace.rows[at])}`);
  };

  const end = h("div", { class: "rc-b-end" });
  const head = h("div", { class: "rc-b-columns", "aria-hidden": "true" }, h("span", {}, "capa"), h("span", {}, "sale"), h("span", {}, "parámetros"));
  el.replaceChildren(
    h("div", { class: "rc-head" }, h("p", { class: "rc-title" }, "Constructor de redes"), undo),
    gate.element,
    h("div", { class: "rc-row rc-chips", role: "group", "aria-label": "Redes con nombre" }, presets.map(([, chip]) => chip)),
    h("div", { class: "rc-b-main" }, side.element, h("div", { class: "rc-b-stack" }, failed.element, head, list.element, end, auto)),
    totals.element,
    h("p", { class: "rc-help" }, "Entra una imagen de 32 × 32 × 3 (alto × ancho × canales). Elijan una capa para cambiarla; se mueven arrastrándolas de ⠿, o con Alt y las flechas, y se quitan con Supr."),
    h("details", { class: "rc-b-details" }, h("summary", {}, "La misma red en PyTorch"), code),
    live.element,
  );
  if (view.revealed) gate.open();
  const stop = listen(model, ["layers", "auto"], coalesce(refresh));
  refresh();
  return () => {
    stop();
    live.stop();
  };
}

export default { render, toHash: builderToHash, fromHash: builderFromHash };
