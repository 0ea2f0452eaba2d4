// El mapa tasa × lote, dibujado: una tabla de botones con su color y una línea encima.

/** Fondo de una celda según cuánto color lleva. */
export function cellShade(share) {
  return `color-mix(in srgb, var(--x-accent) ${Math.round(share * 46)}%, var(--x-surface))`;
}

/**
 * La tabla. `onPick(fila, columna)` se llama al pulsar una celda y `onLook`, al llegar a ella con el ratón o el teclado.
 * Devuelve { element, update(escena), focus(fila, columna) }.
 */
export function cellGrid({ batches, rates }, { onPick, onLook }) {
  const cells = batches.map((batch, r) => rates.map((rate, c) => {
    const label = h("b", {});
    const mark = h("small", { "aria-hidden": "true" });
    const cell = h("button", {
      type: "button", class: "rc-cell", tabindex: "-1", onclick: () => onPick(r, c), onpointerenter: () => onLook(r, c), onfocus: () => onLook(r, c),
    }, label, mark);
    return { cell, label, mark };
  }));
  const line = s("polyline");
  const veil = s("svg", { class: "rc-line", viewBox: `0 0 ${rates.length} ${batches.length}`, preserveAspectRatio: "none", "aria-hidden": "true" }, line);
  const head = h("tr", {}, h("th", { scope: "col", class: "rc-corner" }, "B \\ α"), rates.map((rate) => h("th", { scope: "col" }, String(rate))));
  const body = batches.map((batch, r) => h("tr", {}, h("th", { scope: "row" }, String(batch)), cells[r].map(({ cell }) => h("td", {}, cell))));
  const table = h("table", { class: "rc-map" }, h("caption", { class: "rc-hidden" }, "Exactitud en validación, en porcentaje, por tamaño de lote y tasa"), h("thead", {}, head), h("tbody", {}, body));
  const element = h("div", { class: "rc-map-box", style: `--columns:${rates.length};--rows:${batches.length}` }, table, veil);

  element.addEventListener("keydown", (event) => {
    const from = cells.flatMap((row, r) => row.map(({ cell }, c) => [cell, r, c])).find(([cell]) => cell === event.target);
    if (!from || event.ctrlKey || event.metaKey || event.altKey) return;
    const next = stepWith(event.key, from.slice(1), batches.length, rates.length);
    if (!next) return;
    event.preventDefault();
    event.stopPropagation();
    cells[next[0]][next[1]].cell.focus();
  });

  const update = ({ map, top, best, bet, chosen, revealed, through, describe }) => {
    cells.forEach((row, r) => row.forEach(({ cell, label, mark }, c) => {
      const own = map.cells[r][c];
      const mean = meanOf(own);
      const betted = bet[r] === c;
      label.textContent = !revealed ? "?" : mean !== null ? decimal(mean, 1) : own ? "div." : "–";
      mark.textContent = [revealed && best[r] === c && "★", betted && "◆"].filter(Boolean).join(" ");
      cell.style.background = revealed && mean !== null ? cellShade(shadeOf(mean, top)) : "";
      cell.dataset.state = !revealed ? "hidden" : mean !== null ? "measured" : own ? "diverged" : "missing";
      const picked = revealed ? chosen[0] === r && chosen[1] === c : betted;
      cell.setAttribute("aria-pressed", picked);
      cell.tabIndex = chosen[0] === r && chosen[1] === c ? 0 : -1;
      cell.setAttribute("aria-label", describe(r, c) + (betted ? " Su apuesta." : "") + (revealed && best[r] === c ? " Lo mejor de la fila." : ""));
    }));
    line.setAttribute("points", through ? through.map((column, r) => `${column + 0.5},${r + 0.5}`).join(" ") : "");
  };
  return { element, update };
}
