// El aumentador: primero decidir si la etiqueta sobrevive, después sortear y mirar.

const SHOWN = 12;
const AUG_START = { image: "cat", flip: 0.5, vertical: 0, padding: 4, erase: 0, area: 0.35, cutout: 0, seed: 0 };
const AUG_WATCHED = Object.keys(AUG_START);

/** Un lienzo de 32 × 32 que se agranda sin suavizar. Devuelve { element, paint(bytes) }. */
function tile(attributes = {}) {
  const element = h("canvas", { width: AUG_SIDE, height: AUG_SIDE, class: "rc-tile-picture", ...attributes });
  const context = element.getContext("2d");
  const data = context.createImageData(AUG_SIDE, AUG_SIDE);
  const paint = (pixels) => {
    for (let at = 0, to = 0; at < pixels.length; at += 3, to += 4) {
      data.data[to] = pixels[at];
      data.data[to + 1] = pixels[at + 1];
      data.data[to + 2] = pixels[at + 2];
      data.data[to + 3] = 255;
    }
    context.putImageData(data, 0, 0);
  };
  return { element, paint };
}

/** Las seis preguntas de la compuerta. Devuelve { element, answers, clear }. */
function caseQuestions(pictures, labels) {
  const answers = CASES.map(() => null);
  const parts = CASES.map(({ picture, what }, i) => {
    const { element, paint } = tile({ "aria-hidden": "true" });
    paint(pictures[picture]);
    const options = choice(`${labels[picture]}, ${what}`, [["yes", "sobrevive"], ["no", "no"]], (key) => { answers[i] = key === "yes"; });
    return { element: h("div", { class: "rc-case" }, element, options.element), options };
  });
  const clear = () => parts.forEach(({ options }, i) => {
    answers[i] = null;
    options.update(null);
  });
  return { element: h("div", { class: "rc-cases" }, parts.map((part) => part.element)), answers, clear };
}

/** Los mismos casos, transformados y explicados. Devuelve { element, update(respuestas) }. */
function caseAnswers(pictures, labels) {
  const parts = CASES.map(({ picture, what, draw, survives, why }) => {
    const [before, after] = [tile({ role: "img", "aria-label": labels[picture] }), tile({ role: "img", "aria-label": `${labels[picture]}, ${what}` })];
    before.paint(pictures[picture]);
    after.paint(transform(pictures[picture], { padding: 0, cutout: 0 }, draw));
    const head = h("p", { class: "rc-case-head" });
    const element = h("li", { class: "rc-case-answer" }, before.element, h("span", { class: "rc-arrow", "aria-hidden": "true" }, "→"), after.element, h("div", {}, head, h("p", {}, why)));
    const update = (answer) => {
      const told = answer === null ? "" : answer === survives ? " Acertaron." : " Habían dicho lo contrario.";
      head.textContent = `${survives ? "✓ Sobrevive" : "✗ No sobrevive"}: ${labels[picture]}, ${what}.${told}`;
      element.dataset.kind = survives ? "right" : "wrong";
    };
    return { element, update };
  });
  const list = h("ul", { class: "rc-case-answers" }, parts.map((part) => part.element));
  const element = h("details", { class: "rc-cases-told", open: true }, h("summary", {}, "Los seis casos, uno por uno"), list);
  return { element, update: (answers) => parts.forEach((part, i) => part.update(answers[i])) };
}

/** Botones con miniatura para elegir imagen. Devuelve { element, update(clave) }. */
function picturePicker(pictures, labels, onPick) {
  const chips = Object.keys(labels).map((key) => {
    const { element, paint } = tile({ "aria-hidden": "true" });
    paint(pictures[key]);
    const chip = button("", () => onPick(key), { kind: "chip", "data-picture": key });
    chip.append(element, labels[key]);
    return [key, chip];
  });
  const element = h("div", { class: "rc-row rc-chips", role: "group", "aria-label": "Imagen" }, chips.map(([, chip]) => chip));
  return { element, update: (key) => chips.forEach(([own, chip]) => chip.setAttribute("aria-pressed", own === key)) };
}

/** Los doce sorteos. `onLook(i)` recibe el que se mira. Devuelve { element, update }. */
function drawGrid12(onLook) {
  const cells = Array.from({ length: SHOWN }, (_, i) => {
    const { element, paint } = tile();
    const look = () => onLook(i);
    return { paint, button: h("button", { type: "button", class: "rc-draw", onclick: look, onfocus: look, onpointerenter: look }, element) };
  });
  const element = h("div", { class: "rc-draws", role: "group", "aria-label": "Doce sorteos" }, cells.map((cell) => cell.button));
  const update = (pixels, draws, options, looking) => cells.forEach(({ paint, button: own }, i) => {
    paint(transform(pixels, options, draws[i]));
    own.setAttribute("aria-label", `Sorteo ${i + 1}: ${describeDraw(draws[i], options)}`);
    own.setAttribute("aria-pressed", i === looking);
  });
  return { element, update };
}

function render({ model, el }) {
  const get = (name) => model.get(name);
  const set = (values) => change(model, values);
  const known = get("pictures");
  const pictures = Object.fromEntries(Object.entries(known).map(([key, { pixels }]) => [key, bytesFrom(pixels)]));
  const labels = Object.fromEntries(Object.entries(known).map(([key, { label }]) => [key, label]));
  const view = { revealed: !get("predict"), looking: 0 };
  const live = announcer();
  el.classList.add("rc-x", "rc-augmenter");

  const questions = caseQuestions(pictures, labels);
  const answers = caseAnswers(pictures, labels);
  const gate = predictionGate({
    question: h("p", { class: "rc-question" }, "A cada imagen se le hace lo que dice su rótulo. ¿Sigue siendo cierta su etiqueta?"),
    field: questions.element, again: "Responder de nuevo", empty: "Respondan primero las seis.",
    next: "Ahora sorteen: busquen un ajuste que rompa la etiqueta de una imagen y no la de otra, y expliquen por qué.",
    judge: () => (questions.answers.includes(null) ? null : judgeCases(questions.answers)),
    onOpen: () => { view.revealed = true; answers.update(questions.answers); refresh(); },
    onAgain: () => { view.revealed = false; questions.clear(); refresh(); },
  });

  const picker = picturePicker(pictures, labels, (image) => set({ image }));
  const original = tile({ role: "img" });
  const name = h("figcaption", {});
  const grid = drawGrid12((i) => {
    if (view.looking === i) return;
    view.looking = i;
    refresh();
  });
  const told = h("p", { class: "rc-told" });
  const knobs = KNOBS.map(([key, label, min, max, step, show]) => [key, slider({ label, min, max, step, show, onChange: (x) => set({ [key]: Math.round(x * 100) / 100 }) })]);
  const another = button("Otra", () => set({ seed: (get("seed") + 1) % 1000 }), { kind: "main", "data-action": "another", "aria-label": "Otra: sortear de nuevo" });
  const seed = h("span", { class: "rc-size" });
  const code = h("code", {});
  const note = h("p", { class: "rc-note" });
  const reset = button("Volver al inicio", () => set(AUG_START), { "data-action": "reset" });

  const refresh = () => {
    const options = Object.fromEntries(AUG_WATCHED.map((key) => [key, get(key)]));
    const pixels = pictures[options.image];
    const draws = drawsOf(options, options.seed, SHOWN);
    picker.update(options.image);
    original.paint(pixels);
    original.element.setAttribute("aria-label", `Imagen original: ${labels[options.image]}`);
    name.textContent = `Original: «${labels[options.image]}»`;
    grid.update(pixels, draws, options, view.looking);
    told.textContent = `Sorteo ${view.looking + 1}: ${describeDraw(draws[view.looking], options)}.`;
    knobs.forEach(([key, part]) => part.update(options[key]));
    seed.textContent = `semilla ${options.seed}`;
    code.textContent = pythonOf(options);
    const { text } = versionsOf(options);
    note.textContent = `Sin contar lo que se borra, de una imagen pueden salir ${text} ${text === "1" ? "versión" : "versiones"}.${options.vertical ? " El reflejo vertical no está en labcode: con fotos casi nunca conviene." : ""}`;
    play.hidden = !view.revealed;
    answers.element.hidden = !view.revealed;
    if (view.revealed) live.say(told.textContent);
  };
  const play = h("div", { class: "rc-play" },
    picker.element,
    h("div", { class: "rc-aug-pair" }, h("figure", { class: "rc-original" }, original.element, name, another, seed), h("div", { class: "rc-aug-side" }, grid.element, told)),
    h("div", { class: "rc-sliders" }, knobs.map(([, part]) => part.element)),
    h("p", { class: "rc-code" }, "En labcode: ", code), note);
  el.replaceChildren(h("div", { class: "rc-head" }, h("p", { class: "rc-title" }, "Aumentador"), reset), gate.element, answers.element, play, live.element);
  answers.update(questions.answers);
  if (view.revealed) gate.open();
  const stop = listen(model, AUG_WATCHED, coalesce(refresh));
  refresh();
  return () => {
    stop();
    live.stop();
  };
}

export default { render, toHash: augmenterToHash, fromHash: augmenterFromHash };
