// El explorador «Tasa × lote»: apostar la mejor tasa de cada lote, ver el mapa y leerlo celda por celda.

const WATCHED = ["data", "map", "row", "column", "line"];
const DIRECTIONS = [["baja", "Baja"], ["queda", "Queda igual"], ["sube", "Sube"]];

function render({ model, el }) {
  const get = (name) => model.get(name);
  const data = get("data");
  const live = announcer();
  const some = Object.values(data.maps).some((map) => measuredIn(map) > 0);
  const view = { revealed: !get("predict") || !some, bet: data.batches.map(() => null), direction: null };
  el.classList.add("rc-x", "rc-rate-batch");

  const chosenCell = () => [Math.min(get("row"), data.batches.length - 1), Math.min(get("column"), data.rates.length - 1)];
  const select = (row, column) => change(model, { row, column });
  const describe = (r, c) => (view.revealed ? cellText(data, get("map"), r, c) : `Lotes de ${data.batches[r]}, tasa ${data.rates[c]}.`);
  const grid = cellGrid(data, {
    onPick: (r, c) => {
      if (!view.revealed) view.bet[r] = view.bet[r] === c ? null : c;
      select(r, c);
      refresh();
    },
    onLook: (r, c) => { if (view.revealed) select(r, c); },
  });
  const which = choice("Se entrenó con", MAPS.map(([key, name]) => [key, `${key === "epochs" ? "las" : "los"} ${name}`]), (map) => change(model, { map }));
  const lines = choice("Línea por la celda", LINES, (line) => change(model, { line }));
  const reading = h("p", { class: "rc-reading" });
  const ratio = h("p", { class: "rc-note" });
  const legend = h("div", { class: "rc-legend" }, h("div", { class: "rc-scale rc-heat" }), h("div", { class: "rc-marks" }, h("span"), h("span")));
  const notice = h("p", { class: "rc-alert" });
  const card = h("div", { class: "rc-card" }, reading, ratio, lines.element);
  const reset = button("Volver al inicio", () => change(model, { map: "epochs", row: 0, column: 0, line: "none" }), { "data-action": "reset" });

  // Predice
  const marked = h("span", { class: "rc-note" });
  const answers = choice("Y al crecer el lote, la mejor tasa", DIRECTIONS, (key) => { view.direction = key; });
  const rows = bestColumns(data.maps.epochs.cells).filter((column) => column !== null).length;
  const gate = predictionGate({
    question: h("p", { class: "rc-question" }, "Con las mismas épocas para todos, ¿qué tasa le conviene a cada tamaño de lote? Marquen en el mapa una casilla por fila."),
    field: h("div", { class: "rc-bet" }, marked, answers.element),
    again: "Otra apuesta", empty: "Marquen al menos una casilla y digan hacia dónde se mueve la mejor tasa.",
    next: "Recorran el mapa. Tracen las líneas: ¿siguen las estrellas a alguna? Comparen con los mismos pasos.",
    judge: () => (view.direction && view.bet.some((c) => c !== null) ? judgeBet(data, data.maps.epochs.cells, view.bet, view.direction) : null),
    onOpen: () => { view.revealed = true; change(model, { map: "epochs" }); refresh(); },
    onAgain: () => {
      Object.assign(view, { revealed: false, bet: data.batches.map(() => null), direction: null });
      answers.update(null);
      refresh();
    },
  });
  gate.element.hidden = rows === 0 || !some;

  const refresh = () => {
    const key = get("map");
    const map = data.maps[key];
    const chosen = chosenCell();
    const power = { linear: 1, root: 0.5 }[get("line")];
    const top = topOf(data);
    const total = map.cells.flat().length;
    const lack = total - measuredIn(map);
    grid.update({
      map, top, chosen, describe, bet: view.bet, revealed: view.revealed, best: bestColumns(map.cells),
      through: power && view.revealed ? lineColumns(data, ...chosen, power) : null,
    });
    which.update(key);
    lines.update(get("line"));
    marked.textContent = `Filas marcadas: ${view.bet.filter((c) => c !== null).length} de ${data.batches.length}.`;
    reading.textContent = cellText(data, key, ...chosen);
    ratio.textContent = `α/B = ${ratioText(data, ...chosen)}. La estrella es lo mejor de la fila; el rombo, su apuesta. Al azar se acierta ${number(data.chance, 0)}\u202f%.`;
    notice.textContent = !some ? "Todavía no hay resultados medidos: el mapa está vacío." : view.revealed && lack ? `Faltan por medir ${lack} de ${count(total, "celda", "celdas")}: se ven con una raya.` : "";
    legend.classList.toggle("rc-ghost", !view.revealed || top === null);
    if (top !== null) [`${number(top - 12, 1)}\u202f% o menos`, `${number(top, 1)}\u202f%`].forEach((mark, i) => { legend.querySelectorAll("span")[i].textContent = mark; });
    [which.element, card].forEach((part) => { part.hidden = !view.revealed; });
    if (view.revealed) live.say(cellText(data, key, ...chosen));
  };

  el.replaceChildren(
    h("div", { class: "rc-head" }, h("p", { class: "rc-title" }, "Tasa × lote"), reset),
    gate.element, notice, which.element, grid.element, legend,
    card,
    h("p", { class: "rc-help" }, "Filas: tamaño de lote B. Columnas: tasa de aprendizaje α. En cada celda, la exactitud en validación, en porcentaje. Pasen el ratón o el dedo, o recorran el mapa con las flechas."),
    live.element,
  );
  const stop = listen(model, WATCHED, coalesce(refresh));
  refresh();
  if (view.revealed) gate.open();
  return () => {
    stop();
    live.stop();
  };
}

export default { render, toHash: rateBatchToHash, fromHash: rateBatchFromHash };
