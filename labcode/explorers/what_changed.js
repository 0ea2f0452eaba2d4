// El explorador «¿Qué cambió?»: une modelo, dibujo y partes. Vale igual en Jupyter (anywidget) y en la página.

const WATCHED = ["factors", "turn", "metric"];

/** Las curvas de un caso: la base, la otra y, si la hay, la que más se le parece con el factor elegido. */
export function caseLines({ base, other }, metric, { revealed, rival }) {
  const lines = [
    { kind: "base", name: "base", long: revealed ? `base: ${settingText(base)}` : "la red de base", values: base[metric] },
    { kind: "other", name: "otra", long: revealed ? `otra: ${settingText(other)}` : "la otra: una sola cosa cambió", values: other[metric] },
  ];
  return rival ? [...lines, { kind: "rival", name: rival.label, long: `lo más parecido con lo que eligieron: ${settingText(rival)}`, values: rival[metric] }] : lines;
}

/** Todas las curvas de un factor. */
export function factorLines({ base, settings }, metric) {
  let order = 0;
  return settings.map((own, i) => ({
    kind: i === base ? "base" : `all${order++ % 5}`, name: own.label, long: `${settingText(own)}${i === base ? " (la base)" : ""}`, values: own[metric],
  }));
}

function render({ model, el }) {
  const get = (name) => model.get(name);
  const factors = get("factors");
  const cases = casesOf(factors);
  el.classList.add("rc-x", "rc-wc");
  if (!cases.length) {
    el.replaceChildren(h("p", { class: "rc-title" }, "¿Qué cambió?"),
      h("p", { class: "rc-alert" }, "Todavía no hay curvas medidas que comparar: este explorador las mostrará cuando se entrenen. Mientras tanto no inventa ninguna."));
    return () => {};
  }
  const live = announcer();
  const view = { revealed: !get("predict"), turn: null, answer: null, rival: null, tried: 0, hits: 0, looking: null };
  const turn = () => Math.min(get("turn"), cases.length - 1);

  const place = h("p", { class: "rc-size" });
  const metrics = choice("Ver", [["accuracy", "exactitud"], ["loss", "pérdida"]], (key) => change(model, { metric: key }));
  const chart = curveChart("Época que se lee en el gráfico", (text) => live.say(text));
  const read = h("p", { class: "rc-note" });
  const answers = choice("¿Qué cambió?", FACTORS.map(([key, name]) => [key, name]), (key) => { view.answer = key; });
  const question = h("p", { class: "rc-question" }, "Dos entrenamientos con las mismas imágenes de CIFAR-10. Entre la curva azul y la naranja cambió una sola cosa. ¿Cuál?");
  const truth = h("p", { class: "rc-wc-truth" });
  const gate = predictionGate({
    question, field: answers.element, again: "Otro caso", next: "Miren la misma curva en pérdida, y más abajo, todas las del factor.",
    empty: "Elijan primero una de las cinco.",
    judge: () => {
      if (!view.answer) return null;
      const verdict = judgeFactor(view.answer, cases[turn()], factors);
      view.tried += 1;
      view.hits += verdict.right;
      view.rival = verdict.rival;
      return verdict;
    },
    onOpen: () => {
      view.revealed = true;
      refresh();
    },
    onAgain: () => {
      Object.assign(view, { revealed: false, turn: null });
      change(model, { turn: (turn() + 1) % cases.length });
      refresh();
    },
  });
  const pick = choice("Todas las curvas de", factors.map(({ key }) => [key, FACTORS.find(([own]) => own === key)[1].toLowerCase()]), (key) => { view.looking = key; refresh(); });
  const all = curveChart("Época que se lee en el gráfico del factor", (text) => live.say(text));
  const whole = h("div", { role: "group", class: "rc-card rc-wc-all", "aria-label": "Todas las curvas de un factor" }, pick.element, all.element);
  const reset = button("Volver al inicio", () => {
    Object.assign(view, { turn: null, tried: 0, hits: 0 });
    change(model, { turn: 0, metric: "accuracy" });
    refresh();
  }, { "data-action": "reset" });

  const refresh = () => {
    const now = cases[turn()];
    if (view.turn !== turn()) { // otro caso: lo que se respondió y se dijo era del anterior
      Object.assign(view, { turn: turn(), answer: null, rival: null, looking: now.key });
      answers.update(null);
      gate.clear();
    }
    const metric = get("metric");
    const tally = view.tried ? ` · ${count(view.hits, "acierto", "aciertos")} de ${view.tried}` : "";
    place.textContent = `Caso ${turn() + 1} de ${cases.length}${tally}`;
    metrics.update(metric);
    chart.update({ lines: caseLines(now, metric, view), metric });
    read.textContent = readingText(now.base, now.other);
    truth.textContent = !view.revealed || view.answer || !get("predict") ? "" : `${truthText(now)} ${signature(now.key, now.base, now.other)}`;
    whole.hidden = !view.revealed;
    if (!view.revealed) return;
    const factor = factors.find(({ key }) => key === view.looking);
    pick.update(view.looking);
    all.update({ lines: factorLines(factor, metric), metric });
  };
  const onModel = coalesce(refresh);

  el.replaceChildren(
    h("div", { class: "rc-head" }, h("div", {}, h("p", { class: "rc-title" }, "¿Qué cambió?"), place), reset),
    h("p", { class: "rc-help" }, `La red de base: ${baseText(factors)}.`),
    metrics.element, chart.element, read, gate.element, truth, whole, live.element,
  );
  if (view.revealed) gate.open();
  const stop = listen(model, WATCHED, onModel);
  refresh();
  return () => {
    stop();
    chart.stop();
    all.stop();
    live.stop();
  };
}

export default { render, toHash: whatChangedToHash, fromHash: whatChangedFromHash };
