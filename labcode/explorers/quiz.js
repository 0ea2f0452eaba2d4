// Las preguntas de un capítulo: una tarjeta por pregunta. El avance queda en el navegador del lector y no sale de él; sin capítulo, dura
// lo que la página.

/** Lo guardado con esa clave; `null` si no hay nada o el navegador no deja leer. */
function readSaved(key) {
  try {
    return window.localStorage.getItem(key);
  } catch {
    return null;
  }
}

/** Guarda un texto; dice si el navegador dejó. */
function save(key, text) {
  try {
    window.localStorage.setItem(key, text);
    return true;
  } catch {
    return false;
  }
}

/** Una fórmula: texto legible ya, y compuesta en cuanto MathJax esté (ver `typeset`). */
function formula(tex) {
  const pieces = readableTex(tex).map(([kind, text]) => (kind === "text" ? text : h(kind, {}, text)));
  return h("span", { class: "rc-tex", "data-tex": tex }, pieces);
}

/** Los nodos de un texto con formato. */
function inlineNodes(text) {
  return inlineRuns(text).map(([kind, content]) => {
    if (kind === "text") return content.replace(/(^|[^\wα-ω])([\wα-ω]) = (?=[\d−])/gu, "$1$2\u00a0=\u00a0"); // «λ = 0» no se parte
    if (kind === "math") return formula(content);
    return h(kind, {}, kind === "code" ? content : inlineNodes(content));
  });
}

/** Compone las fórmulas nuevas de `element` si la página tiene MathJax; si no, quedan como texto legible. */
async function typeset(element) {
  if (document.readyState !== "complete") await new Promise((done) => { window.addEventListener("load", done, { once: true }); });
  const mathJax = window.MathJax;
  if (!mathJax?.typesetPromise || !mathJax.startup?.promise) return;
  await mathJax.startup.promise;
  const spans = [...element.querySelectorAll(".rc-tex:not(.mathjax_process)")].filter((span) => span.isConnected);
  if (!spans.length) return;
  for (const span of spans) {
    span.classList.add("mathjax_process");
    span.textContent = `\\(${span.dataset.tex}\\)`;
  }
  mathJax.startup.promise = mathJax.startup.promise.then(() => mathJax.typesetPromise(spans)).catch((error) => console.warn(error));
}

/** Una opción: su botón de radio y, debajo, el lugar de su comentario. */
function optionRow(option, name, at, onPick) {
  const mark = h("span", { class: "rc-mark", "aria-hidden": "true" });
  const input = h("input", { type: "radio", name, value: at, onchange: () => onPick(at) });
  const label = h("label", { class: "rc-pick" }, input, mark, h("span", { class: "rc-pick-text" }, inlineNodes(option.text)));
  const comment = h("div", { class: "rc-comment", "aria-live": "polite" });
  const element = h("div", { class: "rc-answer-row" }, label, comment);
  const update = ({ chosen, shown, solved }) => {
    input.checked = chosen;
    input.disabled = solved;
    const state = shown ? (option.correct ? "right" : "wrong") : "";
    if (state === (element.dataset.state ?? "")) return;
    element.dataset.state = state;
    mark.textContent = { right: "✓", wrong: "✗", "": "" }[state];
    const says = option.correct ? "Opción correcta. " : "Opción incorrecta. ";
    comment.replaceChildren(...(shown ? [h("p", {}, h("span", { class: "rc-hidden" }, says), inlineNodes(option.feedback))] : []));
    typeset(comment);
  };
  return { element, update };
}

/** La tarjeta de una pregunta. `onCheck(opción)` registra un intento; devuelve { element, update(intentos), focus }. */
function questionCard(question, number, onCheck) {
  const view = { picked: null, others: false, tries: [] };
  const name = uniqueId("quiz");
  const rows = question.options.map((option, at) => optionRow(option, name, at, pick));
  const hint = h("p", { class: "rc-note", role: "status" });
  const check = h("button", { type: "submit", class: "rc-button rc-main" }, "Comprobar");
  const more = button("", () => { view.others = !view.others; paint(); });
  const actions = h("div", { class: "rc-row" }, check, more, hint);
  const legend = h("legend", { tabindex: "-1" }, h("span", { class: "rc-number" }, `${number}.`), " ", h("span", {}, inlineNodes(question.prompt)));
  const element = h("form", { class: "rc-card rc-quiz-card", novalidate: true, onsubmit: submit },
    h("fieldset", {}, legend, h("div", { class: "rc-answers" }, rows.map((row) => row.element))),
    actions);

  function pick(at) {
    view.picked = at;
    hint.textContent = "";
  }
  function submit(event) {
    event.preventDefault();
    if (view.picked === null || view.tries.includes(view.picked)) {
      hint.textContent = view.picked === null ? "Elijan primero una opción." : "Esa ya la probaron: elijan otra.";
      return;
    }
    onCheck(view.picked);
    if (grade(question, view.tries).solved) (more.hidden ? legend : more).focus({ preventScroll: true });
  }
  function paint() {
    const { solved } = grade(question, view.tries);
    rows.forEach((row, at) => row.update({ chosen: view.picked === at, solved, shown: view.tries.includes(at) || (solved && view.others) }));
    const rest = question.options.length - view.tries.length;
    check.hidden = solved;
    more.hidden = !solved || rest === 0;
    actions.hidden = check.hidden && more.hidden;
    more.setAttribute("aria-expanded", view.others);
    more.textContent = view.others ? "Ocultar los otros comentarios" : "Leer los otros comentarios";
  }
  const update = (tries) => {
    if (tries.length < view.tries.length) Object.assign(view, { picked: null, others: false });
    if (tries.length > view.tries.length) view.picked = tries.at(-1);
    view.tries = tries;
    hint.textContent = "";
    paint();
  };
  return { element, update, focus: () => { element.scrollIntoView({ block: "start" }); legend.focus({ preventScroll: true }); } };
}

/** «3 de 5» con su barra, y el botón que borra el avance (y lo devuelve, si fue sin querer). */
function progressHead(onReset) {
  const text = h("p", { class: "rc-progress-text", role: "status" });
  const fill = h("span");
  const reset = button("Empezar de nuevo", onReset);
  const element = h("div", { class: "rc-head" }, h("div", { class: "rc-progress" }, text, h("div", { class: "rc-bar", "aria-hidden": "true" }, fill)), reset);
  const update = ({ solved, total }, { undo, started }) => {
    text.replaceChildren(h("strong", {}, `${solved} de ${total}`), ` ${total === 1 ? "respondida" : "respondidas"}`);
    fill.style.width = `${(100 * solved) / total}%`;
    reset.textContent = undo ? "Deshacer" : "Empezar de nuevo";
    reset.setAttribute("aria-disabled", !undo && !started);
  };
  return { element, update };
}

/** El puntaje, cuando ya no queda ninguna por responder. */
function scoreCard(onVisit) {
  const element = h("div", { class: "rc-score", role: "status" });
  const update = ({ solved, first, total, missed }) => {
    element.hidden = solved < total;
    if (element.hidden) return;
    const verdict = h("p", {}, h("strong", {}, `${first} de ${total}`), " a la primera.");
    const links = missed.map((number) => button(String(number), () => onVisit(number - 1), { kind: "chip", "aria-label": `Ir a la pregunta ${number}` }));
    element.replaceChildren(verdict, missed.length
      ? h("div", { class: "rc-row" }, h("span", {}, "Conviene volver a mirar:"), links)
      : h("p", {}, "Ni un error: pueden seguir tranquilos."));
  };
  return { element, update };
}

/** Todo el elemento, para unas preguntas dadas. */
function build(el, chapter, questions) {
  const key = `labcode.quiz.${chapter}`;
  const view = { tries: progressFrom(chapter ? readSaved(key) : null, questions), undo: null };
  const note = h("p", { class: "rc-help" }, chapter ? "El avance se guarda en este navegador, y en ningún otro lugar." : "El avance no se guarda.");
  const change = (tries, undo = null) => {
    Object.assign(view, { tries, undo });
    if (chapter && !save(key, progressText(questions, tries))) note.textContent = "Este navegador no deja guardar el avance: se perderá al cerrar la página.";
    refresh();
  };
  const started = () => view.tries.some((tries) => tries.length);
  const head = progressHead(() => {
    if (view.undo) change(view.undo);
    else if (started()) change(questions.map(() => []), view.tries);
  });
  const cards = questions.map((question, i) => questionCard(question, i + 1, (option) => {
    change(view.tries.map((tries, at) => (at === i ? answered(question, tries, option) : tries)));
  }));
  const score = scoreCard((at) => cards[at].focus());
  const refresh = () => {
    const total = tally(questions, view.tries);
    head.update(total, { undo: view.undo, started: started() });
    cards.forEach((card, i) => card.update(view.tries[i]));
    score.update(total);
  };
  refresh();
  el.replaceChildren(head.element, ...cards.map((card) => card.element), score.element, note);
  typeset(el);
}

function render({ model, el }) {
  el.classList.add("rc-x", "rc-quiz");
  const refresh = () => build(el, model.get("chapter"), model.get("questions"));
  refresh();
  return listen(model, ["chapter", "questions"], coalesce(refresh));
}

export default { render, toHash: () => "", fromHash: () => null };
