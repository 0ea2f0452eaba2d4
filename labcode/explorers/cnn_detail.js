// La CNN, en detalle: una celda, lo que mira y su suma escrita.

/** El detalle de la celda elegida. Devuelve { element, update(escena) }. */
export function detailPanel({ onPick, onRelease }) {
  const title = h("p", { class: "rc-c-detail-title" });
  const release = button("Soltar", onRelease, { "data-action": "release" });
  const zoom = h("canvas", { class: "rc-canvas rc-c-zoom" });
  const zoomBox = h("figure", {}, h("figcaption", {}, "El mapa, ampliado"), zoom);
  const sees = h("p", { class: "rc-note" });
  const groups = groupRow();
  const account = h("p", { class: "rc-sum" });
  const all = h("p", { class: "rc-sum rc-c-all", tabindex: "0", role: "group", "aria-label": "Todos los productos" });
  const summary = h("summary");
  const details = h("details", { class: "rc-c-details", ontoggle: () => fillAll() }, summary, all);
  const body = h("div", { class: "rc-c-detail-body" }, zoomBox, h("div", { class: "rc-c-account" }, sees, groups.element, account, details));
  const element = h("div", { class: "rc-card rc-c-detail" }, h("div", { class: "rc-head" }, title, release), body);
  let scene = null;
  const fillAll = () => {
    all.textContent = details.open && scene?.explained.kind === "sum" ? `${allProducts(scene.explained)} = ${number(scene.explained.total)}` : "";
  };
  zoom.addEventListener("click", (event) => {
    if (scene) onPick(scene.stage, [scene.cell[0], ...oneMapCell(event, zoom, scene.map)]);
  });
  const update = (next) => {
    scene = next;
    body.hidden = !next;
    release.hidden = !next?.pinned;
    title.textContent = "Respondan primero; después, elijan cualquier celda de cualquier mapa, y aquí verán de qué está hecha.";
    if (!next) return;
    const { stage, cell, map, explained, extra, classes } = next;
    title.replaceChildren(h("strong", {}, STAGES[stage].name), `, ${cellName(stage, cell, classes)}: `, h("strong", { class: "rc-result" }, number(explained.value)));
    sees.textContent = fieldWords(stage, cell);
    account.textContent = accountText(stage, explained, extra);
    zoomBox.hidden = map.side === 1;
    details.hidden = explained.kind !== "sum";
    summary.textContent = explained.kind === "sum" ? `Ver los ${explained.groups.reduce((n, { inputs }) => n + inputs.length, 0)} productos` : "";
    fillAll();
    groups.update(next);
    if (map.side > 1) drawOneMap(zoom, map, next.strip, next);
  };
  return { element, update };
}

/** Los productos de una suma, un dibujo por canal de entrada. Los elementos se hacen una vez por etapa. */
function groupRow() {
  const element = h("div", { class: "rc-c-groups" });
  let [cards, made] = [[], ""];
  const build = (stage, groups) => {
    cards = groups.map((_, at) => ({ canvas: h("canvas", { "aria-hidden": "true" }), total: h("span"), name: groupName(stage, at) }));
    element.dataset.kind = stage;
    element.replaceChildren(...cards.map(({ canvas, total, name }) => h("div", { class: "rc-c-group" }, name && h("span", { class: "rc-c-name" }, name), canvas, total)));
  };
  const update = ({ stage, explained, palette }) => {
    element.hidden = explained.kind !== "sum";
    if (element.hidden) return;
    const { groups } = explained;
    if (made !== stage) build(stage, groups);
    made = stage;
    const products = groups.map(({ inputs, weights }) => inputs.map((x, i) => x * weights[i]));
    const [most, heaviest, biggest] = [groups.map((g) => g.inputs), groups.map((g) => g.weights), products].map((lists) => reachOf(lists.flat()));
    groups.forEach(({ subtotal }, at) => { cards[at].total.textContent = number(subtotal); }); // antes que los dibujos, que miden la página
    groups.forEach(({ inputs, weights, columns }, at) => {
      const grids = stage.startsWith("conv") ? [{ values: inputs, reach: most }, { values: weights, reach: heaviest }] : [{ values: products[at], reach: biggest }];
      drawGrids(cards[at].canvas, grids, columns, palette);
    });
  };
  return { element, update };
}
