// El explorador de max pooling, por partes: el juego de los cuadrantes, el mapa que se corre y sus dos salidas.

/** Fondo de un valor: más naranja cuanto mayor; azul si es negativo. */
export function poolShade(x, reach) {
  const share = Math.round(Math.min(1, Math.abs(x) / reach) * 44);
  return `color-mix(in srgb, var(${x < 0 ? "--x-accent" : "--x-warm"}) ${share}%, var(--x-surface))`;
}

/** El juego: elegir el máximo de cada cuadrante. `onNew()` pide otro mapa. Devuelve { element, update(mapa) }. */
export function quadrantGame(onNew) {
  let map = [];
  let found = new Map();
  let misses = 0;
  const cells = Array.from({ length: 16 }, (_, at) => {
    const cell = [at >> 2, at % 4];
    return h("button", { type: "button", class: "rc-pick", tabindex: at ? "-1" : "0", "data-cell": cell.join(), onclick: () => pick(cell), onfocus: () => rove(at) });
  });
  const rove = (at) => cells.forEach((own, i) => { own.tabIndex = i === at ? 0 : -1; });
  const outs = Array.from({ length: 4 }, () => h("span", { class: "rc-pick-out" }));
  const feedback = h("p", { class: "rc-feedback", role: "status" });
  const paint = () => {
    cells.forEach((button, at) => {
      const cell = [at >> 2, at % 4];
      const chosen = found.get(quadrantKey(cell)) === cell.join();
      button.textContent = number(map[cell[0]][cell[1]]);
      button.style.background = poolShade(map[cell[0]][cell[1]], 12);
      button.setAttribute("aria-pressed", chosen);
      button.setAttribute("aria-label", `${number(map[cell[0]][cell[1]])}, fila ${cell[0] + 1}, columna ${cell[1] + 1}, cuadrante de ${quadrantName(cell.map((x) => x >> 1))}`);
    });
    outs.forEach((out, at) => {
      const best = found.get(`${at >> 1},${at % 2}`)?.split(",").map(Number);
      out.textContent = best ? number(map[best[0]][best[1]]) : "?";
      out.style.background = best ? poolShade(map[best[0]][best[1]], 12) : "";
    });
    const done = [0, 1, 2, 3].map((at) => (found.has(`${at >> 1},${at % 2}`) ? outs[at].textContent : "por elegir"));
    output.setAttribute("aria-label", `Salida de 2 × 2: ${done.join(", ")}`);
  };
  const quadrantKey = ([r, c]) => `${r >> 1},${c >> 1}`;
  const pick = (cell) => {
    const verdict = judgePick(map, cell);
    if (verdict.right) found.set(verdict.quadrant.join(), cell.join());
    else misses += 1;
    const slips = misses === 0 ? "sin ningún error" : `con ${count(misses, "error", "errores")}`;
    feedback.dataset.kind = verdict.right ? "right" : "wrong";
    feedback.textContent = found.size === 4 && verdict.right ? `${verdict.text} Listo, ${slips}: de 16 números quedan 4, uno por cuadrante.` : verdict.text;
    paint();
  };
  const grid = h("div", { class: "rc-picks", role: "group", "aria-label": "Mapa de 4 × 4 en cuatro cuadrantes: elijan el máximo de cada uno" }, cells);
  grid.addEventListener("keydown", (event) => {
    const at = cells.indexOf(event.target);
    const next = arrowFrom(event.key, [at >> 2, at % 4], 4, 4);
    if (!next || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    cells[next[0] * 4 + next[1]].focus();
  });
  const output = h("div", { class: "rc-pick-outs", role: "img" }, outs);
  const another = button("Otro mapa", onNew, { "data-action": "game" });
  const element = h("div", { role: "group", class: "rc-game", "aria-label": "El máximo de cada cuadrante" },
    h("p", { class: "rc-question" }, "El máximo de cada cuadrante: elíjanlo en los cuatro."),
    h("div", { class: "rc-game-row" }, grid, h("span", { class: "rc-arrow", "aria-hidden": "true" }, "→"), output, another), feedback);
  const update = (next) => {
    if (next === map || JSON.stringify(next) === JSON.stringify(map)) return;
    [map, found, misses] = [next, new Map(), 0];
    feedback.textContent = "";
    paint();
  };
  return { element, update };
}

/** Una cuadrícula de números que se repinta sin rehacerse y sin escribir lo que no cambió. Devuelve { element, update(matriz, { mark, show, reach }) }. */
function numberGrid(className) {
  const inner = h("div", { class: "rc-cells" });
  const element = h("div", { class: `rc-grid ${className}`, "aria-hidden": "true" }, inner);
  let cells = [];
  const update = (matrix, { mark = () => "", show = (x) => number(x), reach = 99 }) => {
    const columns = matrix[0].length;
    if (cells.length !== matrix.length * columns) {
      cells = Array.from({ length: matrix.length * columns }, () => ({ span: h("span", {}, "") }));
      inner.style.setProperty("--n", columns);
      inner.replaceChildren(...cells.map(({ span }) => span));
    }
    cells.forEach((cell, at) => {
      const [i, j] = [Math.floor(at / columns), at % columns];
      const [text, shade, kind] = [show(matrix[i][j]), poolShade(matrix[i][j], reach), mark(i, j)];
      if (cell.text !== text) cell.span.firstChild.data = cell.text = text;
      if (cell.shade !== shade) cell.span.style.backgroundColor = cell.shade = shade;
      if (cell.kind !== kind) cell.span.className = cell.kind = kind;
    });
  };
  return { element, update };
}

/** Celda de una cuadrícula de `rows` × `columns` bajo el puntero. */
function cellAt(event, element, rows, columns) {
  const box = element.getBoundingClientRect();
  const inside = (x, n) => Math.max(0, Math.min(n - 1, Math.floor(x * n)));
  return [inside((event.clientY - box.top) / box.height, rows), inside((event.clientX - box.left) / box.width, columns)];
}

/** El mapa que se corre, con sus ventanas y sus ganadores. `onMove([abajo, derecha])` recibe las flechas y el arrastre. */
export function movingMap(onMove) {
  const grid = numberGrid("rc-map");
  const frame = h("div", { class: "rc-frame", "aria-hidden": "true" });
  const stage = h("div", { class: "rc-map-stage", tabindex: "0", role: "application" }, grid.element, frame);
  stage.addEventListener("keydown", (event) => {
    const by = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
    if (!by || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    onMove(by);
  });
  let held = null;
  stage.addEventListener("pointerdown", (event) => {
    held = cellAt(event, grid.element, POOL_SIDE, POOL_SIDE);
    stage.setPointerCapture(event.pointerId);
  });
  stage.addEventListener("pointermove", (event) => {
    if (!held) return;
    const now = cellAt(event, grid.element, POOL_SIDE, POOL_SIDE);
    const by = now.map((x, axis) => x - held[axis]);
    if (!by[0] && !by[1]) return;
    held = now;
    onMove(by);
  });
  for (const kind of ["pointerup", "pointercancel"]) stage.addEventListener(kind, () => { held = null; });
  const update = ({ after, size, stride, kind, cell, hidden, rows, down, right }) => {
    const reach = (rows - 1) * stride + size; // lo que está más allá no lo ve ninguna ventana
    const winners = new Set();
    if (kind === "max" && !hidden) for (let r = 0; r < rows; r++) for (let c = 0; c < rows; c++) winners.add(winnerOf(after, r, c, size, stride).join());
    const covered = (x) => x < reach && x % stride < size;
    const mark = (i, j) => [!(covered(i) && covered(j)) && "rc-unseen", winners.has(`${i},${j}`) && "rc-winner",
      stride >= size && covered(i) && covered(j) && i % stride === 0 && "rc-top", stride >= size && covered(i) && covered(j) && j % stride === 0 && "rc-left"].filter(Boolean).join(" ");
    grid.update(after, { mark });
    frame.hidden = hidden || !cell;
    if (cell) frame.style.cssText = `left:${(cell[1] * stride * 100) / POOL_SIDE}%;top:${(cell[0] * stride * 100) / POOL_SIDE}%;width:${(size * 100) / POOL_SIDE}%;height:${(size * 100) / POOL_SIDE}%`;
    stage.setAttribute("aria-label", `Mapa de 8 × 8, corrido ${number(down)} hacia abajo y ${number(right)} hacia la derecha. Córranlo con las flechas.`);
  };
  return { element: stage, update };
}

/** Las salidas de antes y de ahora. `onChoose(celda)` recibe la que se mira. */
export function twoOutputs(onChoose) {
  const [before, after] = [numberGrid("rc-out-grid"), numberGrid("rc-out-grid")];
  let size = 0;
  let chosen = [0, 0];
  const stage = h("div", { class: "rc-out-stage", tabindex: "0", role: "application", "data-part": "outputs" }, after.element);
  const over = (event) => { if (size) onChoose(cellAt(event, after.element, size, size)); };
  stage.addEventListener("pointermove", over);
  stage.addEventListener("pointerdown", over);
  stage.addEventListener("keydown", (event) => {
    const next = size && arrowFrom(event.key, chosen, size, size);
    if (!next || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    onChoose(next);
  });
  const title = h("strong", {}, "Ahora");
  const element = h("div", { class: "rc-two-outs" },
    h("figure", {}, h("figcaption", {}, h("strong", {}, "Antes")), before.element), h("figure", {}, h("figcaption", {}, title), stage));
  const update = ({ old, now, hidden, cell, moved }) => {
    size = hidden ? 0 : now.length;
    chosen = cell ?? [0, 0];
    const show = (x) => number(x, now.length > 4 ? 0 : 1);
    const picked = (i, j) => cell && cell[0] === i && cell[1] === j && !hidden;
    before.update(old, { show, mark: (i, j) => (picked(i, j) ? "rc-picked" : "") });
    after.update(now, {
      show: hidden ? () => "?" : show, reach: hidden ? Infinity : 99,
      mark: (i, j) => [!hidden && moved && (old[i][j] === now[i][j] ? "rc-kept" : "rc-lost"), picked(i, j) && "rc-picked"].filter(Boolean).join(" "),
    });
    stage.setAttribute("aria-label", hidden ? "Salida después del corrimiento, por predecir" : `Salida de ${now.length} × ${now.length} después del corrimiento. Recórranla con las flechas.`);
  };
  return { element, update };
}
