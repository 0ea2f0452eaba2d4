// El explorador «λ»: apostar qué λ gana en validación y por cuánto; después, deslizar y mirar.

/** Lista de nombres con su valor. Devuelve { element, update(valores) }. */
function factList(names) {
  const values = names.map(() => h("dd", {}));
  const element = h("dl", { class: "rc-facts" }, names.flatMap((name, i) => [h("dt", {}, name), values[i]]));
  return { element, update: (texts) => values.forEach((value, i) => { value.textContent = texts[i]; }) };
}

function render({ model, el }) {
  const get = (name) => model.get(name);
  const data = get("data");
  const { runs } = data;
  const frontier = get("frontier");
  const live = announcer();
  const some = measured(data).length > 0;
  const view = { revealed: !get("predict") || !some, bet: null, points: 2 };
  el.classList.add("rc-x", "rc-lam");

  const index = () => Math.min(get("index"), runs.length - 1);
  const pick = (i) => change(model, { index: i });
  const lam = slider({ label: "λ", hint: "cuánto se cobra por los pesos", min: 0, max: runs.length - 1, show: (i) => lamText(runs[i].lam), onChange: pick });
  const curves = chart("Exactitud por época (%)");
  const sweep = chart("Exactitud final contra λ (%)");
  const weights = chart("Cuántos pesos de cada valor");
  const reading = factList(["Validación", "Entrenamiento", "Distancia", "Σw²", "Pesos a menos de 0.01 de cero"]);
  const plane = frontier && frontierPanel(frontier, el);
  const planeReading = plane && factList(["En sus ejemplos", "En puntos nuevos", "Σw²", "Largo de la frontera"]);
  const keys = h("p", { class: "rc-keys" }, h("span", { class: "rc-key rc-val" }, "validación"), h("span", { class: "rc-key rc-train" }, "entrenamiento"), h("span", { class: "rc-key rc-zero" }, "tenue: con λ = 0"));
  const notice = h("p", { class: "rc-alert" }, some ? "" : "Todavía no hay resultados medidos.");
  const reset = button("Volver al inicio", () => pick(0), { "data-action": "reset" });

  // Predice
  const which = choice("Gana λ =", runs.map(({ lam: value }, i) => [String(i), lamText(value)]), (key) => { view.bet = Number(key); });
  const byHow = slider({ label: "¿Por cuántos puntos le gana a λ = 0?", min: 0, max: 10, step: 0.5, show: (x) => number(x, 1), onChange: (x) => { view.points = x; byHow.update(x); } });
  byHow.update(view.points);
  const gate = predictionGate({
    question: h("p", { class: "rc-question" }, `La misma red, ${runs.length} valores de λ. ¿Cuál acierta más en validación?`),
    field: h("div", { class: "rc-bet" }, which.element, byHow.element),
    again: "Otra apuesta", empty: "Elijan primero un λ.",
    next: `Deslicen λ. ¿Qué baja primero, el entrenamiento o la validación? ¿Qué les pasa a los pesos?${plane ? " ¿Y a la frontera?" : ""}`,
    judge: () => (view.bet === null ? null : judgeLam(data, view.bet, view.points)),
    onOpen: () => { view.revealed = true; refresh(); },
    onAgain: () => {
      Object.assign(view, { revealed: false, bet: null });
      which.update(null);
      refresh();
    },
  });
  gate.element.hidden = !some;

  const body = h("div", { class: "rc-lam-body" }, lam.element, keys,
    h("div", { class: `rc-four${plane ? " rc-six" : ""}` }, curves.element, sweep.element, weights.element, plane?.element,
      h("div", { class: "rc-card" }, plane && h("strong", {}, "En CIFAR-10"), reading.element),
      plane && h("div", { class: "rc-card" }, h("strong", {}, "En el plano"), planeReading.element,
        h("p", { class: "rc-note" }, `Otro problema y otras redes, con los mismos λ. Línea llena, su frontera; de puntos, la verdadera, de largo ${decimal(lengthOf(frontier.truth), 1)}.`))));

  const refresh = () => {
    const i = index();
    const found = readingOf(data, i);
    body.hidden = !view.revealed || !some;
    if (body.hidden) return;
    lam.update(i);
    const said = found
      ? [`${decimal(found.val[0])}${found.val[1] ? ` ± ${decimal(found.val[1])}` : ""}\u202f%`, percent(found.train[0], 2), `${decimal(found.gap, 1)} puntos`, number(found.squares, 1), percent(found.near, 0)]
      : new Array(5).fill(absenceOf(runs[i]));
    reading.update(said);
    const name = `λ = ${lamText(runs[i].lam)}`;
    const told = found ? `${name}: validación ${said[0]}, entrenamiento ${said[1]}` : `${name}: ${absenceOf(runs[i])}`;
    curves.update(drawCurves(data, i), `Curvas por época con ${told}.`);
    sweep.update(drawSweep(data, i, { bet: view.bet, onPick: pick }), `Exactitud final contra λ. ${told}.`);
    weights.update(drawWeights(data, i), `Histograma de los pesos con ${name}${found ? `: ${said[4]} a menos de 0.01 de cero` : ""}.`);
    live.say(`${told}${showPlane(name)}.`);
  };

  /** Muestra la red del plano de este λ; devuelve lo que se dice de ella. */
  const showPlane = (name) => {
    if (!plane) return "";
    const net = netOf(frontier, runs[index()].lam);
    const { facts, told } = net ? planeTexts(frontier, net) : { facts: new Array(4).fill("sin medir"), told: "en el plano, sin medir" };
    planeReading.update(facts);
    plane.update(net, `Regiones de la red del plano con ${name}: ${told}.`);
    return `; ${told}`;
  };

  el.replaceChildren(
    h("div", { class: "rc-head" }, h("p", { class: "rc-title" }, "λ, de un extremo al otro"), reset),
    gate.element, notice, body,
    h("p", { class: "rc-help" }, "Resultados medidos en CIFAR-10. Las bandas y las barras son intervalos de 95\u202f% de la media sobre semillas. La estrella marca el λ elegido en validación; el rombo, su apuesta."),
    live.element,
  );
  const stops = [listen(model, ["index", "data"], coalesce(refresh)), watchTheme(() => { plane?.retint(); refresh(); })];
  const resize = new ResizeObserver(() => refresh());
  refresh();
  if (view.revealed) gate.open();
  resize.observe(el);
  return () => {
    stops.forEach((stop) => stop());
    resize.disconnect();
    live.stop();
  };
}

export default { render, toHash: lamToHash, fromHash: lamFromHash };
