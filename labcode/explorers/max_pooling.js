// El explorador de max pooling: primero elegir los máximos, después correr el mapa y ver qué sobrevive.

const POOL_WATCHED = ["game", "scene", "seed", "size", "stride", "down", "right", "kind"];
const POOL_START = { game: 0, scene: "random", seed: 0, size: 2, stride: 2, down: 0, right: 0, kind: "max" };

/** Todo lo que se muestra, calculado una vez por cambio del modelo. */
export function poolView(get) {
  const [size, stride, down, right, kind] = ["size", "stride", "down", "right", "kind"].map(get);
  const scene = sceneOf(get("scene"), get("seed"));
  const [before, after] = [viewOf(scene, 0, 0), viewOf(scene, down, right)];
  const both = Object.fromEntries(["max", "average"].map((own) =>
    [own, { old: pool(own, before, size, stride), now: pool(own, after, size, stride) }]));
  const scores = Object.fromEntries(Object.entries(both).map(([own, { old, now }]) => [own, survival(old, now)]));
  return { size, stride, down, right, kind, before, after, ...both[kind], scores, rows: both.max.now.length, moved: down !== 0 || right !== 0 };
}

/** Una barra con cuántas salidas quedan iguales. Devuelve { element, update }. */
function shareBar(label) {
  const fill = h("i", {});
  const text = h("span", { class: "rc-share-text" });
  const element = h("div", { class: "rc-share" }, h("span", {}, label), h("span", { class: "rc-share-bar", "aria-hidden": "true" }, fill), text);
  const update = ({ kept, total, change }, ready) => {
    fill.style.width = ready ? `${(100 * kept) / total}%` : "0";
    text.textContent = ready ? `${kept} de ${total} iguales; cambio medio ${number(change, 1)}` : "¿?";
  };
  return { element, update };
}

/** Cuatro deslizadores: ventana, paso y corrimiento. */
function poolSliders(set) {
  const squares = (x) => `${x} × ${x}`;
  const made = [
    ["size", { label: "Ventana", show: squares }],
    ["stride", { label: "Paso", hint: "stride" }],
    ["right", { label: "Correr a la derecha" }],
    ["down", { label: "Correr hacia abajo" }],
  ].map(([key, options]) => [key, slider({ ...options, min: POOL_LIMITS[key][0], max: POOL_LIMITS[key][1], onChange: (x) => set({ [key]: x }) })]);
  return { element: h("div", { class: "rc-sliders" }, made.map(([, part]) => part.element)), update: (view) => made.forEach(([key, part]) => part.update(view[key])) };
}

/** Lo que se lee del corrimiento entero y de lo que se espera en un mapa al azar. */
function poolRemark(view, scene) {
  if (!view.moved) return "Corran el mapa con los deslizadores, arrastrándolo o con las flechas.";
  const { common, seen, share } = expectedShare(view.size, view.down, view.right);
  const whole = wholeMove(view.stride, view.down, view.right);
  return [
    whole && `El corrimiento es múltiplo del paso: la salida entera se corrió ${whole.map((x) => Math.abs(x)).filter(Boolean).join(" y ")} ${whole.map(Math.abs).reduce((a, b) => a + b) === 1 ? "casilla" : "casillas"}. Eso es equivarianza.`,
    scene === "random" && view.kind === "max" && `En mapas al azar, el máximo se salva, en promedio, ${common} de cada ${seen} veces (${number(100 * share, 0)} %).`,
    scene === "dot" && "Casi todo es cero y sigue siéndolo: miren solo las salidas que tienen o tenían el punto.",
  ].filter(Boolean).join(" ");
}

function render({ model, el }) {
  const get = (name) => model.get(name);
  const set = (values) => change(model, values);
  const view = { revealed: !get("predict"), cell: null, answer: null, round: 0, judged: null };
  const config = () => POOL_WATCHED.slice(1).map(get).join(); // todo menos el juego
  const live = announcer();
  el.classList.add("rc-x", "rc-pool");

  const game = quadrantGame(() => set({ game: (get("game") + 1) % 1000 }));
  const clamp = (x) => Math.max(-POOL_REACH, Math.min(POOL_REACH, x));
  const map = movingMap(([down, right]) => { if (view.revealed) set({ down: clamp(get("down") + down), right: clamp(get("right") + right) }); });
  const outputs = twoOutputs((cell) => {
    if (view.cell?.join() === cell.join()) return;
    view.cell = cell;
    refresh();
  });
  const scenes = choice("Mapa", SCENES, (key) => set({ scene: key }));
  const kinds = choice("De cada ventana", [["max", "el máximo"], ["average", "el promedio"]], (key) => set({ kind: key }));
  const sliders = poolSliders(set);
  const another = button("Otro al azar", () => set({ seed: (get("seed") + 1) % 1000 }), { "data-action": "seed" });
  const bars = { max: shareBar("Máximo"), average: shareBar("Promedio") };
  const remark = h("p", { class: "rc-note" });
  const told = h("p", { class: "rc-told" });
  const reset = button("Volver al inicio", () => { view.cell = null; set(POOL_START); }, { "data-action": "reset" });
  const question = h("p", { class: "rc-question" });
  const answers = choice("Su respuesta", SHARES.map(([key, label]) => [key, label]), (key) => { view.answer = key; });
  const gate = predictionGate({
    question, field: answers.element, again: "Otra predicción", empty: "Elijan primero una respuesta.",
    next: "Cambien la ventana, el paso y el mapa, comparen con el promedio y expliquen qué salidas se salvan.",
    judge: () => {
      if (!view.answer) return null;
      const [size, down, right] = ROUNDS[view.round];
      const [before, after] = [0, 1].map((go) => pool("max", viewOf(sceneOf("random", get("seed")), go * down, go * right), size, size));
      return judgeShare(view.answer, size, down, right, survival(before, after));
    },
    onOpen: () => {
      view.revealed = true;
      const [, down, right] = ROUNDS[view.round];
      if (view.answer) set({ down, right });
      view.judged = config();
      refresh();
    },
    onAgain: () => {
      Object.assign(view, { revealed: false, answer: null, cell: null, round: (view.round + 1) % ROUNDS.length });
      answers.update(null);
      const [size] = ROUNDS[view.round];
      set({ scene: "random", seed: (get("seed") + 1) % 1000, size, stride: size, down: 0, right: 0, kind: "max" });
      refresh();
    },
  });

  const ask = () => {
    const [size, down, right] = ROUNDS[view.round];
    const way = down ? "un píxel en diagonal" : right === 1 ? "un píxel a la derecha" : "dos píxeles a la derecha";
    question.textContent = `Un mapa de números al azar se corre ${way}. Ventanas de ${size} × ${size}, paso ${size}: ¿qué parte de las salidas del máximo queda igual en su lugar, en promedio?`;
  };
  const refresh = () => {
    const now = poolView(get);
    const hidden = !view.revealed;
    if (!hidden && view.judged !== config()) gate.clear(); // el veredicto era de otra configuración
    if (view.cell && Math.max(...view.cell) >= now.rows) view.cell = null;
    const cell = hidden ? null : view.cell ?? [0, 0];
    game.update(gameMap(get("game")));
    map.update({ ...now, cell, hidden });
    outputs.update({ ...now, cell, hidden });
    scenes.update(get("scene"));
    kinds.update(get("kind"));
    sliders.update(now);
    another.disabled = !["random", "smooth"].includes(get("scene"));
    Object.entries(bars).forEach(([own, bar]) => bar.update(now.scores[own], !hidden && now.moved));
    remark.textContent = hidden ? "" : poolRemark(now, get("scene"));
    told.textContent = cell && now.moved ? `Fila ${cell[0] + 1}, columna ${cell[1] + 1}. ${explainOutput({ ...now, cell })}` : "";
    bench.hidden = hidden;
    ask();
    const { kept, total } = now.scores[now.kind];
    live.say(hidden ? "" : `${now.moved ? `Quedan iguales ${kept} de ${total}.` : "Sin corrimiento."} ${told.textContent}`);
  };
  const bench = h("div", { class: "rc-pool-controls" }, h("div", { class: "rc-row" }, scenes.element, another), kinds.element, sliders.element);
  el.replaceChildren(
    h("div", { class: "rc-head" }, h("p", { class: "rc-title" }, "Max pooling"), reset),
    game.element,
    h("div", { class: "rc-rule", role: "presentation" }),
    gate.element,
    h("div", { class: "rc-pool-pair" }, h("figure", {}, h("figcaption", {}, h("strong", {}, "Mapa")), map.element),
      h("div", { class: "rc-pool-side" }, outputs.element,
        h("div", { class: "rc-card" }, h("p", { class: "rc-sum-title" }, "Salidas que quedan iguales en su lugar"), bars.max.element, bars.average.element), remark)),
    told,
    bench, live.element,
  );
  if (view.revealed) gate.open();
  const stop = listen(model, POOL_WATCHED, coalesce(refresh));
  refresh();
  return () => {
    stop();
    live.stop();
  };
}

export default { render, toHash: poolToHash, fromHash: poolFromHash };
