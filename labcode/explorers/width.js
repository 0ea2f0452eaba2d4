// El explorador del ancho: predecir qué hace el error cuando el modelo ya pasa por todos sus datos, y recorrer los anchos.

/** Los números del ancho que se mira. Devuelve { element, update(serie, punto, ¿tapado?) }. */
function widthFacts() {
  const cells = Array.from({ length: 3 }, () => [h("dt"), h("dd")]);
  const update = (series, point, hidden) => {
    const { train, test, draws } = wordsOf(series);
    const last = series.kind === "features" ? ["Tamaño de los pesos, ‖w‖", decimal(point.norm[0], 1)] : ["Medidas", count(point.draws, "semilla", draws)];
    const said = [[train, bandText(point.train, series)], [test, bandText(point.test, series)], last];
    cells.forEach(([name, value], i) => {
      name.textContent = said[i][0];
      value.textContent = hidden ? "¿?" : said[i][1];
    });
  };
  return { element: h("dl", { class: "rc-w-facts" }, cells.map((pair, i) => h("div", { class: ["rc-w-train", "rc-w-test", ""][i] }, pair))), update };
}

/** Todo lo que se ve de una serie. Devuelve { element, update({ at, hideAfter }) }, que dice lo que se lee. */
function seriesView(series, pick) {
  const { points, kind } = series;
  const words = wordsOf(series);
  const onPoint = (x, width) => pick(nearestOf(points.map((point) => widthAxis(series, width)(point.width)), x));
  const size = slider({ label: "Ancho", hint: words.many, min: 0, max: Math.max(1, points.length - 1), onChange: (at) => pick(Math.min(at, points.length - 1)), show: (at) => thousands(points[at].width) });
  size.element.hidden = points.length < 2;
  const errors = plot(words.title, { style: "rc-w-errors", onPoint });
  const under = plot(words.under, { style: "rc-w-under", ...(kind === "features" ? { onPoint } : {}) });
  const keys = h("p", { class: "rc-p-keys" }, [["test", words.test], ["train", words.train]].map(([style, name]) => h("span", { class: `rc-p-key rc-w-${style}` }, name)));
  const facts = widthFacts();
  const regime = h("p", { class: "rc-verdict" });
  const update = ({ at, hideAfter }) => {
    const hidden = hideAfter !== null && at > hideAfter;
    const point = points[at];
    const told = hidden ? "" : `Con ${thousands(point.width)} ${words.many}: ${words.train.toLowerCase()}, ${bandText(point.train, series)}; ${words.test.toLowerCase()}, ${bandText(point.test, series)}.`;
    size.update(at);
    facts.update(series, point, hidden);
    regime.textContent = regimeOf(series, at);
    errors.update(drawErrors(series, at, hideAfter), `${words.title}. ${told}`);
    if (kind === "features") under.update(drawNorms(series, at, hideAfter), `Tamaño de los pesos según el ancho.${hidden ? "" : ` Aquí, ${decimal(point.norm[0], 1)}.`}`);
    else under.update(drawLearning(series, at, hideAfter), `${words.train} por época, con ${thousands(point.width)} ${words.many}.`);
    return told;
  };
  return { element: h("div", { class: "rc-w-body" }, h("p", { class: "rc-help" }, series.about), errors.element, keys, size.element, facts.element, regime, under.element), update };
}

function render({ model, el }) {
  const get = (name) => model.get(name);
  const data = get("data");
  const known = measuredSeries(data);
  const live = announcer();
  const title = h("p", { class: "rc-title" }, "El ancho, y más allá");
  const notes = data.series.filter(({ notice }) => notice).map(({ name, notice }) => h("p", { class: "rc-note" }, h("strong", {}, name), `: ${notice}`));
  el.classList.add("rc-x", "rc-width");
  if (!known.length) {
    el.replaceChildren(title, h("p", { class: "rc-alert" }, "Todavía no hay resultados medidos: cuando los haya, aquí se dibujan."), ...notes);
    return () => {};
  }
  const view = { revealed: !get("predict"), answer: null };
  const current = () => seriesOf(data, get("series"));
  const pick = (at) => at !== get("at") && change(model, { at });
  const views = new Map(known.map((series) => [series.key, seriesView(series, pick)]));
  const box = h("div");

  const question = h("p", { class: "rc-question" });
  const fates = choice("Pasado el umbral…", FATES, (fate) => { view.answer = fate; });
  const forget = () => {
    view.answer = null;
    fates.update(null);
  };
  const gate = predictionGate({
    question, field: fates.element, again: "Otra predicción", empty: "Elijan primero una de las tres.",
    next: "Recorran los anchos. ¿Dónde está lo peor? ¿Qué les pasa ahí a las dos curvas?",
    judge: () => view.answer && judgeFate(view.answer, current()),
    onOpen: () => { view.revealed = true; refresh(); },
    onAgain: () => {
      view.revealed = false;
      forget();
      const next = known[(known.indexOf(current()) + 1) % known.length];
      change(model, { series: next.key, at: Math.max(0, thresholdAt(next)) });
      refresh();
    },
  });
  const picker = choice("Experimento", known.map(({ key, name }) => [key, name]), (series) => {
    gate.clear();
    forget();
    change(model, { series, at: Math.max(0, thresholdAt(seriesOf(data, series))) });
  });
  const reset = button("Volver al inicio", () => { gate.clear(); change(model, { series: "", at: Math.max(0, thresholdAt(known[0])) }); }, { "data-action": "reset" });
  const unknown = h("p", { class: "rc-note" });

  const refresh = () => {
    const series = current();
    const own = views.get(series.key);
    const asks = canPredict(series);
    const at = Math.min(get("at"), series.points.length - 1);
    if (box.firstChild !== own.element) box.replaceChildren(own.element);
    picker.update(series.key);
    gate.element.hidden = !asks;
    unknown.hidden = asks;
    unknown.textContent = unknownText(series);
    if (asks) question.textContent = questionText(series);
    const told = own.update({ at, hideAfter: asks && !view.revealed ? thresholdAt(series) : null });
    if (told) live.say(told);
  };
  el.replaceChildren(...[
    h("div", { class: "rc-head" }, title, reset), known.length > 1 && picker.element, gate.element, unknown, box, ...notes,
    h("p", { class: "rc-help" }, "La línea a trazos es el umbral de interpolación: el primer ancho que ajusta todos sus datos (en una red, el 99\u202f% de ellos). Los anchos van en escala logarítmica."), live.element,
  ].filter(Boolean));
  const stop = listen(model, ["series", "at"], coalesce(refresh));
  refresh();
  if (view.revealed) gate.open();
  return () => {
    stop();
    live.stop();
  };
}

export default { render, toHash: widthToHash, fromHash: widthFromHash };
