// El explorador del patrón: se mueve, se ensucia, y las tres capas se miran lado a lado.

const PLACES = [
  ["Abajo a la derecha", { row: 1, column: 1, noise: 0 }],
  ["Con ruido", { row: 1, column: 1, noise: 0.1, seed: 0 }],
  ["Trasladado", { row: 0, column: 0, noise: 0 }],
];
const ARROWS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

/** Fondo de un valor de la imagen o de una salida: más naranja cuanto mayor; azul si es negativo. */
export function valueShade(x, reach) {
  const share = Math.round(Math.min(1, Math.abs(x) / reach) * 46);
  return `color-mix(in srgb, var(${x < 0 ? "--x-accent" : "--x-warm"}) ${share}%, var(--x-surface))`;
}

/** Los pesos de una capa como cuadritos de color: tantos como pesos tiene. */
function weightMap(kind, weights) {
  const kernels = { dense: weights.dense, local: weights.local.flat(), shared: [weights.shared] }[kind];
  const grids = kernels.map((kernel) => {
    const flat = kernel.flat();
    return h("span", { class: "rc-icon", style: `--n:${Math.sqrt(flat.length)}` }, flat.map((w) => h("i", { style: `background:${valueShade(w, 0.4)}` })));
  });
  return h("div", { class: "rc-weight-map", "data-kind": kind, "aria-hidden": "true" }, grids);
}

/** La tarjeta de una capa: pesos contados, salida, máximo y veredicto. Devuelve { element, update }. */
function layerCard([kind, name, total, why], weights, onLook) {
  const tiles = [0, 1, 2, 3].map((at) => {
    const cell = [at >> 1, at % 2];
    const look = () => onLook(kind, cell);
    return h("button", { type: "button", class: "rc-out", "data-cell": cell.join(), onpointerenter: look, onfocus: look, onclick: look });
  });
  const top = h("p", { class: "rc-max" });
  const verdict = h("p", { class: "rc-verdict" });
  const element = h("div", { role: "group", class: "rc-card rc-layer", "data-layer": kind, "aria-label": name },
    h("p", { class: "rc-layer-name" }, name),
    h("p", { class: "rc-count" }, h("strong", {}, String(total)), h("span", {}, `pesos: ${why}`)),
    weightMap(kind, weights), h("div", { class: "rc-outs" }, tiles), top, verdict);
  const update = ({ now, before, moved, trips, hidden, looking }) => {
    tiles.forEach((tile, at) => {
      const [r, c] = [at >> 1, at % 2];
      const trip = moved && !hidden ? trips[r][c] : null;
      const note = trip ? (trip.same ? "✓ viajó" : `era ${value(trip.before)}`) : "";
      tile.replaceChildren(h("b", {}, hidden ? "?" : value(now[r][c])), h("small", {}, note));
      tile.style.background = hidden ? "" : valueShade(now[r][c], 3.2);
      tile.dataset.trip = trip ? (trip.same ? "same" : "other") : "";
      tile.setAttribute("aria-pressed", looking?.kind === kind && looking.cell.join() === `${r},${c}`);
      tile.setAttribute("aria-label", `${name}, salida ${r + 1}, ${c + 1}: ${hidden ? "por predecir" : value(now[r][c])}${note && `, ${note.replace("✓ ", "")}`}`);
    });
    const [best, old] = [now, before].map((matrix) => maxPool(matrix, 2)[0][0]);
    top.replaceChildren("Máximo: ", h("strong", {}, hidden ? "?" : value(best)), !hidden && moved ? ` (era ${value(old)})` : "");
    const kept = trips.flat().every((trip) => !trip || trip.same);
    verdict.textContent = hidden || !moved ? "" : kept ? "Los mismos valores, en otro lugar." : "Otros valores: tendría que aprenderlo de nuevo.";
    verdict.dataset.kind = kept ? "right" : "wrong";
  };
  return { element, update };
}

/** La imagen 3 × 3 donde se arrastra el patrón. Devuelve { element, update }. */
function board(onPlace, current) {
  const cells = Array.from({ length: 9 }, () => h("span", { class: "rc-pixel" }, h("b", {}), h("small", {})));
  const stage = h("div", { class: "rc-board", tabindex: "0", role: "application" }, cells);
  let held = null;
  const at = (event) => {
    const box = stage.getBoundingClientRect();
    return [((event.clientY - box.top) / box.height) * 3, ((event.clientX - box.left) / box.width) * 3];
  };
  const inside = ([y, x]) => y >= current()[0] && y < current()[0] + 2 && x >= current()[1] && x < current()[1] + 2;
  stage.addEventListener("pointerdown", (event) => {
    const spot = at(event);
    const [row, column] = current();
    held = inside(spot) ? [spot[0] - row, spot[1] - column] : [1, 1];
    stage.setPointerCapture(event.pointerId);
    drag(event);
  });
  const drag = (event) => {
    if (!held) return;
    const to = at(event).map((x, axis) => Math.max(0, Math.min(1, Math.round(x - held[axis]))));
    onPlace(to[0], to[1]);
  };
  stage.addEventListener("pointermove", drag);
  for (const kind of ["pointerup", "pointercancel"]) stage.addEventListener(kind, () => { held = null; });
  stage.addEventListener("keydown", (event) => {
    const move = ARROWS[event.key];
    if (!move || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    const [row, column] = current();
    onPlace(Math.max(0, Math.min(1, row + move[0])), Math.max(0, Math.min(1, column + move[1])));
  });
  const update = (image, [row, column], lens) => {
    cells.forEach((cell, i) => {
      const [r, c] = [Math.floor(i / 3), i % 3];
      const own = r >= row && r < row + 2 && c >= column && c < column + 2;
      const weight = lens?.[r][c] ?? null;
      cell.firstChild.textContent = number(image[r][c]);
      cell.lastChild.textContent = weight === null ? "" : `×${factor(weight)}`;
      cell.style.background = valueShade(image[r][c], 5);
      cell.className = `rc-pixel${own ? " rc-own" : ""}${weight === null ? "" : " rc-lit"}`;
    });
    stage.setAttribute("aria-label", `Imagen de 3 × 3 con el patrón ${placeText(row, column)}. Muévanlo con las flechas.`);
  };
  return { element: stage, update };
}

/** Cuatro botones que mueven el patrón. Devuelve { element, update }. */
function arrowPad(onMove) {
  const names = [["ArrowUp", "↑", "Subir el patrón"], ["ArrowLeft", "←", "Patrón a la izquierda"], ["ArrowRight", "→", "Patrón a la derecha"], ["ArrowDown", "↓", "Bajar el patrón"]];
  const keys = names.map(([key, sign, label]) => [key, button(sign, () => onMove(ARROWS[key]), { "aria-label": label, "data-move": key })]);
  const update = (row, column) => keys.forEach(([key, part]) => {
    const [r, c] = [row + ARROWS[key][0], column + ARROWS[key][1]];
    part.setAttribute("aria-disabled", r < 0 || r > 1 || c < 0 || c > 1);
  });
  return { element: h("div", { class: "rc-pad", role: "group", "aria-label": "Mover el patrón" }, keys.map(([, part]) => part)), update };
}

/** La cuenta de una salida, escrita. */
function writtenSum(image, kind, cell, weights, total) {
  const lens = connections(kind, weights, cell[0], cell[1]);
  const terms = lens.flatMap((line, r) => line.map((weight, c) => weight !== null && { weight, pixel: image[r][c] })).filter(Boolean);
  const spans = terms.flatMap((term, i) => [i ? " + " : "",
    h("span", { class: term.weight * term.pixel === 0 ? "rc-term rc-zero" : "rc-term" }, `${factor(term.weight)}·${factor(term.pixel)}`)]);
  return [...spans, " = ", h("strong", { class: "rc-result" }, value(total))];
}

function render({ model, el }) {
  const get = (name) => model.get(name);
  const weights = get("weights");
  const view = { revealed: !get("predict"), looking: null };
  const live = announcer();
  el.classList.add("rc-x");

  const place = (row, column) => {
    if (row !== get("row") || column !== get("column")) change(model, { row, column });
  };
  const show = (values) => { // otra situación: lo que se dijo vale sin ruido
    gate.clear();
    change(model, values);
  };
  const look = (kind, cell) => {
    if (!view.revealed) return;
    view.looking = { kind, cell };
    refresh();
  };
  const image = board(place, () => [get("row"), get("column")]);
  const pad = arrowPad(([down, right]) => place(Math.max(0, Math.min(1, get("row") + down)), Math.max(0, Math.min(1, get("column") + right))));
  const noise = slider({ label: "Ruido", min: 0, max: 0.5, step: 0.05, onChange: (x) => show({ noise: rounded(x) }) });
  const another = button("Otro ruido", () => show({ seed: (get("seed") + 1) % 1000, noise: get("noise") || 0.2 }), { "data-action": "noise" });
  const places = PLACES.map(([label, state]) => button(label, () => show(state), { kind: "chip" }));
  const vector = h("p", { class: "rc-vector" });
  const cards = LAYERS.map((layer) => [layer[0], layerCard(layer, weights, look)]);
  const sumTitle = h("p", { class: "rc-sum-title" });
  const sum = h("p", { class: "rc-sum" });
  const reset = button("Volver al inicio", () => { view.looking = null; show({ row: 1, column: 1, noise: 0, seed: 0 }); }, { "data-action": "reset" });
  const answers = choice("¿Cuáles seguirán dando 3.0?", ANSWERS.map(([key, text]) => [key, text]), (key) => { view.answer = key; });
  const gate = predictionGate({
    question: h("p", { class: "rc-question" }, "Las tres capas reconocen el patrón abajo a la derecha: una de sus salidas vale 3.0. Lo llevan arriba a la izquierda, sin cambiar ningún peso."),
    field: answers.element, again: "Predecir de nuevo", next: "Lleven el patrón a los cuatro lugares y expliquen por qué una sola capa conserva su máximo.",
    empty: "Elijan primero una respuesta.",
    judge: () => {
      const found = ANSWERS.find(([key]) => key === view.answer);
      return found ? { right: found[0] === "one", text: found[2] } : null;
    },
    onOpen: () => {
      view.revealed = true;
      if (view.answer) change(model, { row: 0, column: 0, noise: 0 });
      refresh();
    },
    onAgain: () => {
      Object.assign(view, { revealed: false, looking: null, answer: null });
      answers.update(null);
      change(model, { row: 1, column: 1, noise: 0 });
      refresh();
    },
  });

  const refresh = () => {
    const [row, column] = [get("row"), get("column")];
    const shake = { noise: get("noise"), seed: get("seed") };
    const pixels = patternImage({ row, column, ...shake });
    const now = layerOutputs(pixels, weights);
    const before = layerOutputs(patternImage({ row: 1, column: 1, ...shake }), weights);
    const moved = row !== 1 || column !== 1;
    const { looking } = view;
    image.update(pixels, [row, column], looking && connections(looking.kind, weights, ...looking.cell));
    pad.update(row, column);
    noise.update(get("noise"));
    vector.replaceChildren("Aplanada, para la capa densa: ", h("code", {}, `(${pixels.flat().map((x) => number(x)).join(", ")})`));
    cards.forEach(([kind, card]) => card.update({
      now: now[kind], before: before[kind], moved, hidden: !view.revealed, looking, trips: travel(now[kind], before[kind], row, column),
    }));
    sum.hidden = !looking;
    sumTitle.textContent = "Elijan una salida de cualquiera de las capas: se ilumina lo que mira y aquí se escribe su suma.";
    if (looking) {
      const [r, c] = looking.cell;
      sumTitle.textContent = `${LAYERS.find(([kind]) => kind === looking.kind)[1]}, salida de la fila ${r + 1}, columna ${c + 1}:`;
      sum.replaceChildren(...writtenSum(pixels, looking.kind, looking.cell, weights, now[looking.kind][r][c]));
    }
    const best = LAYERS.map(([kind, name]) => `${name} ${value(maxPool(now[kind], 2)[0][0])}`).join(", ");
    live.say(`Patrón ${placeText(row, column)}.${view.revealed ? ` Máximos: ${best}.` : ""}`);
  };
  el.replaceChildren(
    h("div", { class: "rc-head" }, h("p", { class: "rc-title" }, "El patrón 1, 2, 3, 4 y tres capas"), reset),
    gate.element,
    h("div", { class: "rc-pattern-top" }, h("div", { class: "rc-board-side" }, image.element),
      h("div", { class: "rc-pattern-controls" }, h("div", { class: "rc-row rc-chips", role: "group", "aria-label": "Situaciones" }, places),
        h("div", { class: "rc-row" }, pad.element, h("div", { class: "rc-noise" }, noise.element, another)), vector)),
    h("div", { class: "rc-layers" }, cards.map(([, card]) => card.element)),
    h("div", { class: "rc-card rc-sum-card" }, sumTitle, sum),
    h("p", { class: "rc-help" }, "Los pesos densos y locales son fijos: reconocen el patrón abajo a la derecha con los mismos 0.1, 0.2, 0.3 y 0.4 de la convolución, y en los demás lugares tienen otros. «✓ viajó»: el mismo valor, movido con el patrón."),
    live.element,
  );
  if (view.revealed) gate.open();
  const stop = listen(model, ["row", "column", "noise", "seed"], coalesce(refresh));
  refresh();
  return () => {
    stop();
    live.stop();
  };
}

export default { render, toHash: patternToHash, fromHash: patternFromHash };
