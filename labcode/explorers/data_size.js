// El explorador de N: cuánto acierta cada red según con cuántos ejemplos aprendió.

/** La predicción en curso: qué red, desde qué N y hasta cuál. Devuelve { current(), next() }. */
function questionDeck(data) {
  const all = questions(data);
  let at = 0;
  return { current: () => all[at % all.length] ?? null, next: () => { at += 1; } };
}

/** La tabla de lo que acierta cada red en el N elegido. Devuelve { element, update(vista) }. */
function readingTable({ series }) {
  const cells = series.map((own, i) => {
    const mark = h("span", { class: "rc-n-key", "data-series": i, "aria-hidden": "true" });
    const [now, seeds, gain] = [h("td"), h("td"), h("td")];
    return { own, now, seeds, gain, row: h("tr", {}, h("th", { scope: "row" }, mark, own.name), now, seeds, gain) };
  });
  const head = h("thead", {}, h("tr", {}, ["Red", "Acierta", "Semillas", "Desde el N de antes"].map((name) => h("th", { scope: "col" }, name))));
  const element = h("table", { class: "rc-n-table" }, head, h("tbody", {}, cells.map(({ row }) => row)));
  const update = ({ data, at, hideAfter }) => cells.forEach(({ own, now, seeds, gain }) => {
    const point = own.points[at];
    const hidden = hideAfter !== null && at > hideAfter;
    const step = hidden ? null : gains(data, own).find(({ to }) => to.at === at);
    now.textContent = hidden ? "¿?" : readingText(own, at);
    seeds.textContent = point && !hidden ? point.seeds : "";
    gain.textContent = step ? `${signedPoints(step.gain)} (×\u00a0${number(step.ratio, 1)})` : "—";
  });
  return { element, update };
}

/** Cuántos ejemplos necesitan las otras redes para acertar lo mismo. Devuelve { element, update(vista) }. */
function equivalenceCard(data, onReference) {
  const known = data.series.filter((own) => own.points.some(Boolean));
  const picker = choice("Para acertar lo mismo que", known.map(({ key, name }) => [key, name]), onReference);
  const list = h("ul", { class: "rc-n-list" });
  const element = h("div", { class: "rc-card" }, picker.element, h("p", { class: "rc-sum-title" }), list);
  const update = ({ reference, at, hideAfter }) => {
    element.hidden = known.length < 2 || hideAfter !== null;
    if (element.hidden) return;
    picker.update(reference.key);
    const point = reference.points[at];
    element.querySelector(".rc-sum-title").textContent = point
      ? `Con ${thousands(data.sizes[at])} ejemplos, ${reference.name} acierta ${pointText(point)}. Las otras necesitan:`
      : `${reference.name} ${reference.diverged.includes(at) ? "divergió" : "no está medida"} con ${thousands(data.sizes[at])} ejemplos.`;
    list.replaceChildren(...known.filter(({ key }) => key !== reference.key).map((other) => equivalenceText(data, reference, other, at))
      .filter(Boolean).map((line) => h("li", {}, line)));
  };
  return { element, update };
}

function render({ model, el }) {
  const get = (name) => model.get(name);
  const data = get("data");
  const live = announcer();
  const deck = questionDeck(data);
  const view = { revealed: !get("predict") || !deck.current() };
  el.classList.add("rc-x", "rc-data-size");

  const pick = (at) => at !== get("at") && change(model, { at });
  const chart = accuracyChart(pick);
  const table = readingTable(data);
  const equivalence = equivalenceCard(data, (reference) => change(model, { reference }));
  const scale = choice("Eje vertical", SCALES, (key) => change(model, { scale: key }));
  const size = slider({ label: "Ejemplos de entrenamiento", hint: "N", min: 0, max: Math.max(0, data.sizes.length - 1), onChange: pick,
    show: (at) => (data.sizes.length ? thousands(data.sizes[at]) : "—") });
  const question = h("label", { class: "rc-question" });
  const answer = h("input", { type: "text", id: uniqueId("answer"), inputmode: "decimal", autocomplete: "off", class: "rc-answer" });
  question.setAttribute("for", answer.id);
  const gate = predictionGate({
    question, field: h("span", { class: "rc-row" }, answer, "puntos"), again: "Otra predicción",
    next: "Comparen las pendientes: ¿a qué red le rinde más cada duplicación?", empty: "Escriban primero un número de puntos, por ejemplo 3.",
    judge: () => { const guess = readNumber(answer.value); return Number.isNaN(guess) ? null : judgeGain(guess, deck.current()); },
    onOpen: () => {
      view.revealed = true;
      if (answer.value) change(model, { at: deck.current().to.at, reference: deck.current().series.key });
      refresh();
    },
    onAgain: () => {
      deck.next();
      view.revealed = false;
      answer.value = "";
      change(model, { at: deck.current().from.at });
      refresh();
    },
  });
  const notes = data.series.map((own) => [own.name, lackText(data, own)]).filter(([, lack]) => lack)
    .map(([name, lack]) => h("p", { class: "rc-note" }, h("strong", {}, name), `: ${lack}`));
  const nothing = h("p", { class: "rc-alert" }, "Todavía no hay resultados medidos: cuando los haya, aquí se dibujan.");

  const describe = (at) => data.series.map((own) => `${own.name} ${readingText(own, at)}`).join("; ");
  const refresh = () => {
    const at = Math.min(get("at"), Math.max(0, data.sizes.length - 1));
    const current = deck.current();
    const hideAfter = view.revealed ? null : current.from.at;
    const measuredOnes = data.series.filter((own) => own.points.some(Boolean));
    const reference = data.series.find(({ key }) => key === get("reference")) ?? measuredOnes[0] ?? null;
    const shown = { data, at, hideAfter, reference, scale: get("scale") };
    if (current) question.textContent = `${current.series.name} acierta ${pointText(current.from)} con ${thousands(current.from.n)} ejemplos. ¿Cuántos puntos más, o menos, acertará con ${thousands(current.to.n)}?`;
    const told = data.sizes.length && !(hideAfter !== null && at > hideAfter) ? `Con ${thousands(data.sizes[at])} ejemplos: ${describe(at)}.` : "";
    chart.update(shown, `Exactitud en prueba contra número de ejemplos. ${told}`);
    size.update(at);
    scale.update(get("scale"));
    table.update(shown);
    if (reference) equivalence.update(shown);
    else equivalence.element.hidden = true;
    live.say(told);
  };
  const reset = button("Volver al inicio", () => change(model, { at: Math.floor((data.sizes.length - 1) / 2), reference: "", scale: "accuracy" }), { "data-action": "reset" });
  const any = data.series.some((own) => own.points.some(Boolean));
  const body = any ? [deck.current() && gate.element, scale.element, chart.element, size.element, table.element, equivalence.element] : [nothing];
  el.replaceChildren(
    h("div", { class: "rc-head" }, h("p", { class: "rc-title" }, "Cuánto da cada ejemplo"), any && reset),
    ...body.filter(Boolean), ...notes, live.element,
  );
  if (!any) return () => live.stop();
  if (view.revealed) gate.open();
  const stops = [listen(model, ["at", "reference", "scale"], coalesce(refresh))];
  let width = 0;
  const resize = new ResizeObserver(() => {
    if (width !== el.clientWidth) refresh();
    width = el.clientWidth;
  });
  refresh();
  resize.observe(el);
  return () => {
    stops.forEach((stop) => stop());
    resize.disconnect();
    live.stop();
  };
}

export default { render, toHash: dataSizeToHash, fromHash: dataSizeFromHash };
