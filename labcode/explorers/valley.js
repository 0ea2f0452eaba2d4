// El explorador «Valle con ruido»: predecir dónde terminan 200 partículas, soltarlas y mover lote, tasa y pasos.

const WATCHED = ["batch", "rate", "steps", "seed"];
const SECONDS = 5; // lo que dura la película

/** La película de los pasos: soltar, pausar y recorrer a mano. Devuelve { element, update(t, total), stop }. */
function film({ total, position, onMove, onStill }) {
  let request = 0;
  const stop = () => {
    cancelAnimationFrame(request);
    request = 0;
    play.textContent = "▶ Soltar las partículas";
  };
  const start = () => {
    if (wantsStillness()) {
      onMove(total());
      onStill();
      return;
    }
    const first = position() >= total() ? 0 : position();
    let began = 0;
    const tick = (now) => {
      began ||= now;
      const at = Math.min(total(), first + Math.round(((now - began) / 1000 / SECONDS) * total()));
      onMove(at);
      if (at >= total()) stop();
      else request = requestAnimationFrame(tick);
    };
    play.textContent = "⏸ Pausar";
    request = requestAnimationFrame(tick);
  };
  const play = button("▶ Soltar las partículas", () => (request ? stop() : start()), { kind: "main", "data-action": "play" });
  const id = uniqueId("film");
  const range = h("input", { id, type: "range", min: 0, class: "rc-range", oninput: () => { stop(); onMove(Number(range.value)); } });
  const value = h("output", { for: id, class: "rc-value" });
  const bar = h("div", { class: "rc-slider" }, h("label", { for: id }, "Paso"), value, range);
  const update = (t, all, enabled) => {
    range.max = all;
    range.value = t;
    range.style.setProperty("--at", `${(t / all) * 100}%`);
    value.textContent = `${t} de ${all}`;
    range.setAttribute("aria-valuetext", value.textContent);
    [range, play].forEach((part) => { part.disabled = !enabled; });
  };
  return { element: h("div", { class: "rc-film" }, play, bar), update, start, stop };
}

/** Los dos recuentos y la pérdida media. Devuelve { element, update(cuenta | null) }. */
function scoreboard() {
  const side = (key, name) => {
    const total = h("strong", {}, "?");
    return [total, h("div", { class: "rc-side", "data-side": key }, h("span", {}, name), total)];
  };
  const [sharp, left] = side("sharp", "en el filoso");
  const [flat, right] = side("flat", "en el plano");
  const [loss, mean] = side("loss", "pérdida media");
  const bar = h("div", { class: "rc-share", "aria-hidden": "true" });
  const update = (found) => {
    sharp.textContent = found ? found.sharp : "?";
    flat.textContent = found ? found.flat : "?";
    loss.textContent = found ? number(Math.abs(found.loss), 3) : "?";
    bar.style.setProperty("--flat", found ? `${(100 * found.flat) / (found.flat + found.sharp)}%` : "50%");
    bar.classList.toggle("rc-unknown", !found);
  };
  return { element: h("div", { class: "rc-tally" }, h("div", { class: "rc-sides" }, left, right, mean), bar), update };
}

function render({ model, el }) {
  const get = (name) => model.get(name);
  const world = get("world");
  const live = announcer();
  const view = { revealed: !get("predict"), at: 0, path: null, answer: null, ask: 0, noise: null, noiseSeed: null, palette: null, key: "" };
  el.classList.add("rc-x", "rc-valley");

  const canvas = h("canvas", { class: "rc-plot", role: "img" });
  const board = scoreboard();
  const alert = h("p", { class: "rc-alert", role: "status" });
  const remark = h("ul", { class: "rc-remarks" });
  const reel = film({
    total: () => get("steps"),
    position: () => view.at,
    onMove: (t) => { view.at = t; show(); },
    onStill: () => { alert.textContent = "Su sistema pide menos movimiento: se muestra el final. Recorran los pasos con el deslizador."; },
  });
  const controls = [
    ["batch", listSlider({
      label: "Tamaño de lote", hint: "B", values: world.batches, onChange: (batch) => change(model, { batch }),
      show: (x) => (x === world.examples ? `${x}, todos` : String(x)),
    })],
    ["rate", listSlider({ label: "Tasa al empezar", hint: "α", values: world.rates, show: (x) => String(x), onChange: (rate) => change(model, { rate }) })],
    ["steps", listSlider({ label: "Pasos", hint: "T", values: world.steps, show: (x) => String(x), onChange: (steps) => change(model, { steps }) })],
  ];
  const seed = button("Otra semilla", () => change(model, { seed: (get("seed") + 1) % 1000 }));
  const reset = button("Volver al inicio", () => change(model, PREDICTIONS[0].state), { "data-action": "reset" });

  // Predice
  const question = h("p", { class: "rc-question" });
  const field = h("div", {});
  const asked = () => PREDICTIONS[view.ask % PREDICTIONS.length];
  const pose = () => {
    view.answer = null;
    question.textContent = asked().question;
    field.replaceChildren(choice("Terminarán en el plano", asked().options, (key) => { view.answer = key; }).element);
  };
  const outcome = (state) => tally(world, placesAt(simulate(world, state, noiseFor(state)), state.steps, world.particles));
  const gate = predictionGate({
    question, field, again: "Otra predicción", empty: "Elijan primero una respuesta.",
    next: "Muevan el lote, la tasa y los pasos. ¿Con qué valores casi nadie queda en el filoso? ¿Qué se paga por ello?",
    judge: () => (view.answer ? judgeValley(asked(), view.answer, outcome(asked().state)) : null),
    onOpen: () => {
      view.revealed = true;
      if (view.answer) change(model, asked().state);
      compute();
      if (view.answer && !wantsStillness()) { view.at = 0; reel.start(); }
    },
    onAgain: () => {
      view.ask += 1;
      view.revealed = false;
      pose();
      compute();
    },
  });

  // Cálculo y dibujo
  const keyOf = () => valleyToHash(get);
  const noiseFor = (state) => { // el ruido depende solo de la semilla: se sortea una vez
    if (view.noiseSeed !== state.seed) {
      view.noise = unitNoise(state.seed, Math.max(...world.steps) * world.particles);
      view.noiseSeed = state.seed;
    }
    return view.noise;
  };
  const show = () => {
    const steps = get("steps");
    const places = placesAt(view.path, view.at, world.particles);
    const found = tally(world, places);
    drawValley(canvas, { world, places, palette: (view.palette ??= valleyPalette(el)) });
    board.update(view.revealed ? found : null);
    reel.update(view.at, steps, view.revealed);
    const label = view.revealed ? `Tras ${view.at} pasos: ${found.sharp} partículas en el mínimo filoso y ${found.flat} en el plano` : "Antes de partir: 100 partículas a cada lado de la cima";
    canvas.setAttribute("aria-label", `Una pérdida con un mínimo filoso a la izquierda y uno plano a la derecha. ${label}.`);
    if (view.revealed && view.at === steps) live.say(`${label}.`);
  };
  const compute = () => {
    const state = Object.fromEntries(WATCHED.map((name) => [name, get(name)]));
    view.key = keyOf();
    reel.stop();
    view.path = simulate(world, state, noiseFor(state));
    view.at = view.revealed ? state.steps : 0;
    alert.textContent = "";
    controls.forEach(([name, part]) => part.update(state[name]));
    remark.replaceChildren(...remarksOf(world, state).map((said) => h("li", {}, said)));
    show();
  };

  el.replaceChildren(
    h("div", { class: "rc-head" }, h("p", { class: "rc-title" }, "Valle con ruido"), reset),
    gate.element, canvas, board.element, reel.element, alert,
    h("div", { class: "rc-sliders" }, controls.map(([, part]) => part.element), seed),
    h("div", { class: "rc-card" }, remark),
    h("p", { class: "rc-help" }, "Los dos mínimos tienen la misma pérdida, 0. Las 200 partículas parten repartidas, 100 a cada lado de la cima, y dan pasos x ← x − α(L′(x) + ruido); la tasa baja en línea recta hasta 0. Abajo, cuántas hay en cada lugar."),
    live.element,
  );
  pose();
  const stops = [
    listen(model, WATCHED, coalesce(() => {
      if (view.key === keyOf()) return; // lo cambió la predicción, y ya está dibujado
      gate.clear();
      compute();
    })),
    watchTheme(() => { view.palette = null; show(); }),
  ];
  compute();
  if (view.revealed) gate.open();
  const resize = new ResizeObserver(() => show());
  resize.observe(canvas);
  return () => {
    stops.forEach((stop) => stop());
    resize.disconnect();
    reel.stop();
    live.stop();
  };
}

export default { render, toHash: valleyToHash, fromHash: valleyFromHash };
