// El explorador de la temperatura: predecir cuánto se cree la red, mover T, y mirar qué cambia y qué no.

/** Una imagen de 32 × 32 (bytes en base64), en un lienzo de un píxel por dato. */
function paintImage(canvas, text) {
  Object.assign(canvas, { width: 32, height: 32 });
  const bytes = bytesFrom(text);
  const context = canvas.getContext("2d");
  const data = context.createImageData(32, 32);
  for (let at = 0; at < 1024; at++) data.data.set([bytes[3 * at], bytes[3 * at + 1], bytes[3 * at + 2], 255], 4 * at);
  context.putImageData(data, 0, 0);
}

/** Las probabilidades de una imagen, en el orden de las clases. Devuelve { element, update(probabilidades, verdad) }. */
function chanceBars(classes) {
  const rows = classes.map((name) => {
    const [fill, value, label] = [h("i"), h("span", { class: "rc-t-share" }), h("span", {}, name)];
    return { fill, value, label, name, row: h("li", { class: "rc-t-bar" }, label, h("span", { class: "rc-t-track", "aria-hidden": "true" }, fill), value) };
  });
  const update = (chances, truth) => rows.forEach(({ fill, value, label, name, row }, i) => {
    fill.style.width = `${100 * chances[i]}%`;
    value.textContent = share(chances[i]);
    label.textContent = i === truth ? `${name} ✓` : name;
    row.dataset.top = i === topOf(chances);
  });
  return { element: h("ul", { class: "rc-t-bars", "aria-label": "Probabilidad de cada clase" }, rows.map(({ row }) => row)), update };
}

/** La tarjeta de una imagen: cuál, lo que la red dice de ella y sus probabilidades. Devuelve { element, update(estado) }. */
function imageCard(network, onPick) {
  const title = h("p", { class: "rc-sum-title" }, "Una imagen, y lo que la red dice de ella");
  if (!network.samples.length) {
    const none = h("p", {}, "De esta red se guardaron las medidas y no los pesos: no hay logits de una imagen que mostrar. Otras de la lista sí los tienen.");
    return { element: h("div", { class: "rc-card" }, title, none), update: () => {} };
  }
  const canvas = h("canvas", { class: "rc-t-image", role: "img" });
  const picker = choice("Imagen", network.samples.map(({ name }, i) => [String(i), name]), (i) => onPick(Number(i)));
  const bars = chanceBars(network.classes);
  const said = h("p", { class: "rc-t-said" });
  let painted = null;
  const update = ({ sample, t }) => {
    const own = network.samples[sample];
    if (painted !== sample) paintImage(canvas, own.image);
    painted = sample;
    canvas.setAttribute("aria-label", `Imagen: ${own.name}`);
    picker.update(String(sample));
    bars.update(softmaxAt(own.logits, t), own.truth);
    said.textContent = sampleText(own, network.classes, t);
  };
  const top = h("div", { class: "rc-t-top" }, canvas, said);
  return { element: h("div", { class: "rc-card" }, title, picker.element, top, bars.element), update };
}

/** Los cuatro números de la fila que se mira. Devuelve { element, update(fila, ¿a la vista?) }. */
function factStrip() {
  const names = ["Exactitud, con toda T", "Confianza media", "ECE", "Entropía cruzada"];
  const cells = names.map((name) => [h("dt", {}, name), h("dd", {})]);
  const update = (row, revealed) => {
    const { accuracy, confidence } = readingOf(row);
    const said = [percent(accuracy), percent(confidence), `${decimal(row.ece, 1)} puntos`, decimal(row.nll, 3)];
    cells.forEach(([, value], i) => { value.textContent = revealed || i === 0 ? said[i] : "¿?"; });
  };
  return { element: h("dl", { class: "rc-t-facts" }, cells.map((pair) => h("div", {}, pair))), update };
}

/** Todo lo que se ve de una red. `hands` = { onTemperature, onSample }. Devuelve { element, update(estado) }. */
function networkView(network, { onTemperature, onSample }) {
  const { rows } = network;
  const pick = (i) => onTemperature(rows[i].t);
  const temperature = slider({ label: "T", hint: "temperatura", min: 0, max: rows.length - 1, onChange: pick, show: (i) => temperatureText(rows[i].t) });
  const against = (title) => plot(title, { onPoint: (x, width) => pick(nearestOf(rows.map(({ t }) => temperatureAxis(rows, width)(t)), x)) });
  const [diagram, histogram] = [plot("Acierto según la confianza (%)", { style: "rc-t-diagram" }), plot("Cuántas respuestas con cada confianza (%)", { style: "rc-t-histogram" })];
  const [nll, ece] = [against("Entropía cruzada, en validación"), against("ECE, en puntos")];
  const keys = h("p", { class: "rc-p-keys" }, [["hit", "acierta"], ["over", "se cree de más"], ["under", "se cree de menos"]].map(([kind, name]) => h("span", { class: `rc-p-key rc-t-${kind}-key` }, name)));
  const card = imageCard(network, onSample);
  const facts = factStrip();
  const remark = h("p", { class: "rc-verdict" });
  const curves = h("div", { class: "rc-t-two" }, nll.element, ece.element);
  const update = ({ t, sample, revealed }) => {
    const at = nearestRow(rows, t);
    const row = rows[at];
    const { accuracy, confidence } = readingOf(row);
    const told = revealed ? `T = ${temperatureText(row.t)}: dice ${percent(confidence)} y acierta ${percent(accuracy)}; ECE ${decimal(row.ece, 1)} puntos.` : "";
    temperature.update(at);
    card.update({ sample: Math.min(sample, network.samples.length - 1), t: row.t });
    facts.update(row, revealed);
    remark.textContent = revealed ? remarkOf(row) : "";
    remark.dataset.kind = kindOf(row) === "fair" ? "right" : "";
    curves.hidden = keys.hidden = !revealed;
    element.dataset.revealed = revealed;
    diagram.update(drawReliability(row, revealed), revealed ? `Acierto según la confianza. ${told}` : "Acierto según la confianza: primero, predigan.");
    histogram.update(drawHistogram(row, revealed), revealed ? `Respuestas según su confianza. ${told}` : "Respuestas según su confianza: primero, predigan.");
    nll.update(drawAgainst(rows, "nll", at), `Entropía cruzada en validación según T: la menor, con T = ${temperatureText(rows[bestRow(rows)].t)}.`);
    ece.update(drawAgainst(rows, "ece", at), `Error de calibración según T. ${told}`);
    return told;
  };
  const pictured = network.samples.length > 0;
  const side = h("div", { class: pictured ? "rc-t-side" : "rc-t-two" }, h("div", { class: "rc-t-side" }, diagram.element, keys), histogram.element);
  const main = pictured ? h("div", { class: "rc-t-two" }, side, card.element) : h("div", { class: "rc-t-body" }, side, card.element);
  const element = h("div", { class: "rc-t-body" }, h("p", { class: "rc-help" }, network.told), temperature.element, main, facts.element, remark, curves);
  return { element, update };
}

function render({ model, el }) {
  const get = (name) => model.get(name);
  const { networks, notice } = get("data");
  const live = announcer();
  const note = h("p", { class: "rc-note" }, notice);
  const title = h("p", { class: "rc-title" }, "Temperatura");
  el.classList.add("rc-x", "rc-temperature");
  if (!networks.length) {
    el.replaceChildren(title, h("p", { class: "rc-alert" }, "Todavía no hay resultados medidos: cuando los haya, aquí se miran."), note);
    return () => {};
  }
  const view = { revealed: !get("predict"), kind: null };
  const current = () => networks.find(({ key }) => key === get("network")) ?? networks[0];
  const hands = { onTemperature: (temperature) => change(model, { temperature }), onSample: (sample) => change(model, { sample }) };
  const views = new Map(networks.map((network) => [network.key, networkView(network, hands)]));
  const stage = h("div");

  const question = h("p", { class: "rc-question" });
  const kinds = choice("Se cree", KINDS, (kind) => { view.kind = kind; });
  const forget = () => {
    view.kind = null;
    kinds.update(null);
  };
  const gate = predictionGate({
    question, again: "Otra red", empty: "Elijan primero cuánto se cree la red.",
    field: h("div", { class: "rc-t-field" }, kinds.element, h("p", {}, "Y dejen el deslizador en la T con que creen que quedará mejor calibrada: mientras, miren qué le hace a una imagen.")),
    next: "Recorran T de un extremo al otro. ¿Qué se mueve y qué se queda quieto? ¿Qué pasa con las respuestas equivocadas?",
    judge: () => view.kind && judgeTemperature(current(), view.kind, current().rows[nearestRow(current().rows, get("temperature"))].t),
    onOpen: () => { view.revealed = true; refresh(); },
    onAgain: () => {
      view.revealed = false;
      forget();
      const next = networks[(networks.indexOf(current()) + 1) % networks.length];
      change(model, { network: next.key, temperature: 1, sample: 0 });
      refresh();
    },
  });
  const picker = choice("Red", networks.map(({ key, name }) => [key, name]), (network) => {
    gate.clear();
    change(model, { network, sample: 0 });
  });
  const reset = button("Volver al inicio", () => { gate.clear(); change(model, { network: "", temperature: 1, sample: 0 }); }, { "data-action": "reset" });

  const refresh = () => {
    const network = current();
    const own = views.get(network.key);
    if (stage.firstChild !== own.element) stage.replaceChildren(own.element);
    picker.update(network.key);
    const { accuracy } = readingOf(network.rows[nearestRow(network.rows, 1)]);
    question.textContent = `Sin temperatura (T = 1), «${network.name}» acierta ${percent(accuracy)} de lo que no estudió. ¿Qué confianza dice tener, en promedio?`;
    const told = own.update({ t: get("temperature"), sample: get("sample"), revealed: view.revealed });
    if (told) live.say(told);
  };
  el.replaceChildren(
    h("div", { class: "rc-head" }, title, reset), networks.length > 1 && picker.element, gate.element, stage,
    h("p", { class: "rc-help" }, "★ es la T que elige la validación: la de menor entropía cruzada. En el diagrama, una barra que llega justo a la diagonal acierta tanto como dice; las tenues tienen menos del 1\u202f% de las respuestas."),
    ...[notice && note].filter(Boolean), live.element,
  );
  const stop = listen(model, ["network", "temperature", "sample"], coalesce(refresh));
  refresh();
  if (view.revealed) gate.open();
  return () => {
    stop();
    live.stop();
  };
}

export default { render, toHash: temperatureToHash, fromHash: temperatureFromHash };
