// «Entrenador 2-D»: una red de verdad que se entrena en la página, cuadro a cuadro, y se puede volver atrás.

const COARSE = 41; // nudos del campo mientras algo se mueve
const FINE = 101; // y cuando se detiene
const DOTTED = 71; // y los de la regla verdadera, que se dibuja con puntos
const LOOK_HINT = "Pasen por el plano: aquí se lee lo que la red dice de cada punto.";

/** Los ajustes del modelo, como objeto. */
const settingsOf = (get) => Object.fromEntries(KEYS.map((key) => [key, get(key)]));

/** Otra situación que valga la pena predecir, distinta de la actual. */
export function anotherSetting(settings, random = Math.random) {
  const pick = (list) => list[Math.floor(random() * list.length)];
  for (;;) {
    const next = { ...pick(PRESETS.slice(0, 4))[1], data: pick(OPTIONS.data), noise: pick([0, 0.1, 0.2, 0.3]), seed: Math.floor(random() * 100) };
    if (["data", "examples", "noise"].some((key) => next[key] !== settings[key])) return next;
  }
}

/** Lo medido en una época, listo para mostrarse. */
export function shownAt(session, epoch) {
  const { history, settings } = session;
  return { train: history.train[epoch], test: history.test[epoch], outside: history.outside[epoch], outliers: settings.outliers };
}

function render({ model, el }) {
  const get = (name) => model.get(name);
  const live = announcer();
  const view = { revealed: !get("predict"), session: null, slot: null, answer: null, pending: null, test: false, rule: false, palette: null, looked: "" };
  const paintField = createFieldPainter();
  const fields = { [COARSE]: new Float32Array(COARSE * COARSE), [FINE]: new Float32Array(FINE * FINE) };
  const rules = new Float32Array(DOTTED * DOTTED);
  const layer = document.createElement("canvas"); // los puntos, que solo se vuelven a dibujar si cambian
  el.classList.add("rc-x", "rc-trainer");

  // La época que se mira: la última, o la que eligió «para aquí»
  const snapshots = () => view.session.snapshots;
  const lookedEpoch = () => (view.slot === null ? view.session.epoch : snapshots().epochs[view.slot]);
  const lookedNet = () => (view.slot === null ? view.session.net : netAt(view.session, view.slot));

  // Dibujo del plano
  const retintPoints = (ratio, side) => {
    const { session, palette } = view;
    if (layer.width !== Math.round(side * ratio)) Object.assign(layer, { width: Math.round(side * ratio), height: Math.round(side * ratio) });
    const context = layer.getContext("2d");
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, side, side);
    drawPoints(context, view.test ? session.test : session.training, side, SPAN, palette);
    view.stale = false;
  };
  const drawPlane = (detail) => {
    const { context, width: side, ratio } = fitCanvas(plane.canvas, SHARP);
    const { palette, colors } = view;
    if (view.revealed) {
      const field = fields[detail];
      probabilityField(lookedNet(), detail, field);
      paintField(context, field, detail, side, colors);
    }
    drawDistribution(context, side, palette);
    if (view.stale || layer.width !== Math.round(side * ratio)) retintPoints(ratio, side);
    context.drawImage(layer, 0, 0, side, side);
    if (view.rule) drawLevel(context, levelPath(rules, DOTTED, side, 0, true), palette, 2.5);
    if (view.revealed) drawLevel(context, levelPath(fields[detail], detail, side, 0.5), palette);
    if (plane.view.cursor) drawCursor(context, plane.view.cursor, side, palette);
  };
  const levelPath = (field, n, side, level, dotted) => {
    const path = new Path2D();
    traceLevel(path, field, n, level, side, dotted);
    return path;
  };
  let refine = 0;
  const redraw = () => {
    clearTimeout(refine);
    drawPlane(COARSE);
    refine = setTimeout(() => { if (!loop.state.playing) drawPlane(FINE); }, 120);
  };

  // Medidas y curvas
  const describe = () => {
    const { session, revealed } = view;
    const at = lookedEpoch();
    const { history } = session;
    const shape = shapeOf(history, at);
    const ceiling = ruleAccuracy(session.training); // en estos mismos ejemplos, no en los de prueba
    const { wrong, count: total } = session.training;
    let flipped = 0;
    for (let i = 0; i < total; i++) flipped += wrong[i];
    measures.update({ at, shown: revealed ? shownAt(session, at) : null });
    remark.textContent = !revealed ? "" : session.diverged
      ? "La pérdida dejó de ser finita: con esta tasa el entrenamiento divergió. Bájenla y empiecen de nuevo."
      : remarkOf({ epoch: at, train: history.train[at], test: history.test[at], ceiling, memorized: history.memorized[at], wrong: flipped, noise: session.settings.noise, ...shape });
  };
  const drawHistory = () => {
    const { session, palette } = view;
    const span = Math.max(session.settings.epochs, session.epoch);
    drawCurves(curves.canvas, { history: session.history, epoch: session.epoch, span, at: lookedEpoch(), ceiling: ruleAccuracy(session.test), palette });
  };
  const controls = () => {
    const { session, revealed } = view;
    const slots = snapshots().count;
    const at = lookedEpoch();
    const said = `Época ${at}: entrenamiento ${percent(session.history.train[at])}, prueba ${percent(session.history.test[at])}.`;
    play.update({ enabled: revealed, playing: loop.state.playing, finished: session.diverged || session.epoch >= MAX_EPOCHS, epoch: session.epoch, target: get("epochs") });
    curves.update({ revealed, slot: view.slot ?? slots - 1, slots, at, said: revealed ? said : "Curvas, por predecir" });
    plane.stage.setAttribute("aria-label", `Plano con ${view.test ? "los ejemplos de prueba" : "los ejemplos de entrenamiento"}. Flechas: mover la cruz; Enter: usar la herramienta.`);
    el.dataset.epoch = session.epoch;
    return said;
  };
  const refresh = () => {
    describe();
    redraw();
    drawHistory();
    return controls();
  };

  // El entrenamiento
  const loop = createLoop({
    work: (deadline) => advance(view.session, deadline, () => performance.now()),
    epoch: () => view.session.epoch,
    failed: () => view.session.diverged,
    draw: (hurry) => {
      view.slot = null;
      if (hurry && (wantsStillness() || loop.state.frames % 6)) {
        measures.update({ at: view.session.epoch, shown: wantsStillness() ? null : shownAt(view.session, view.session.epoch) });
        return;
      }
      describe();
      drawPlane(COARSE);
      if (loop.state.frames % 2) drawHistory();
    },
    stopped: () => {
      live.say(`${refresh()} ${remark.textContent}`);
      judge();
    },
  });
  const judge = () => {
    const { session, pending } = view;
    if (!pending || (session.epoch < pending.goal && !session.diverged)) return;
    const verdict = verdictOf(pending.answer, shapeOf(session.history, session.epoch));
    view.pending = null;
    feedback.dataset.kind = verdict.right ? "right" : "wrong";
    feedback.textContent = verdict.text;
  };
  const train = (goal, hurry) => {
    view.slot = null;
    const still = wantsStillness();
    alert.textContent = still ? "Su sistema pide menos movimiento: la red se entrena y se muestra al final. Recórranla con «Para aquí»." : "";
    loop.start(Math.min(MAX_EPOCHS, goal), hurry || still);
    controls();
  };
  const onPlay = () => {
    if (loop.state.playing) loop.stop();
    else train(view.session.epoch < get("epochs") ? get("epochs") : MAX_EPOCHS, false);
  };
  const restart = () => {
    const again = loop.state.playing && { ...loop.state };
    loop.state.playing = false; // sin avisar: no llegó, cambió de problema
    view.session = createSession(settingsOf(get));
    Object.assign(view, { slot: null, stale: true, palette: view.palette ?? paletteOf() });
    ruleField(get("data"), DOTTED, rules);
    settings.update(get);
    presets.forEach(([label, chip]) => chip.setAttribute("aria-pressed", label === presetOf(settingsOf(get))));
    question.textContent = `${setupText(settingsOf(get))} La exactitud en entrenamiento sube durante ${get("epochs")} épocas. ¿Y la de prueba?`;
    refresh();
    if (again) train(get("epochs"), again.hurry);
  };
  const paletteOf = () => {
    const palette = Object.fromEntries(["accent", "warm", "good", "surface", "text", "muted", "border"].map((name) => [name, colorOf(el, `--x-${name}`)]));
    view.colors = fieldColors(palette);
    return palette;
  };

  // Las piezas
  const changeSettings = (values) => {
    Object.assign(view, { pending: null });
    gate.clear();
    change(model, values);
  };
  const measures = meter();
  const curves = curvesPanel((slot, part) => {
    if (!view.revealed) return;
    loop.stop();
    const last = snapshots().count - 1;
    const span = Math.max(view.session.settings.epochs, view.session.epoch);
    const chosen = slot ?? snapshotNear(snapshots(), part * span);
    view.slot = chosen >= last ? null : chosen;
    live.say(refresh());
  });
  const remark = h("p", { class: "rc-remark" });
  const looked = h("p", { class: "rc-note rc-looked" }, LOOK_HINT);
  const alert = h("p", { class: "rc-note", role: "status" });
  const edited = () => {
    Object.assign(view, { stale: true, slot: null });
    if (!loop.state.playing) redraw();
  };
  const plane = createPlane({
    add: (x, y, label) => {
      const at = addPoint(view.session.training, x, y, label, get("data"));
      live.say(at < 0 ? "Ya no caben más puntos." : `Punto ${CLASS_NAMES[label]} en ${spotText([x, y])}. Son ${view.session.training.count}.`);
      edited();
    },
    pick: (x, y, reach) => nearest(view.session.training, x, y, reach),
    move: (at, x, y) => { movePoint(view.session.training, at, x, y, get("data")); edited(); },
    erase: (at) => {
      if (at < 0 || view.session.training.count <= 2) return;
      removePoint(view.session.training, at);
      live.say(`Quedan ${view.session.training.count} puntos.`);
      edited();
    },
    look: (x, y) => {
      const p = view.revealed ? probabilityAt(lookedNet(), x, y) : null;
      looked.textContent = p === null ? LOOK_HINT : `En (${spotText([x, y])}) la red dice ${CLASS_NAMES[p > 0.5 ? 1 : 0]}, con ${percent(100 * Math.max(p, 1 - p), 0)}; la verdad es ${CLASS_NAMES[ruleOf(get("data"), x, y)]}.`;
      live.say(looked.textContent);
      if (plane.view.cursor && !loop.state.playing) redraw();
    },
    done: () => { if (!loop.state.playing) redraw(); },
  });
  const showTest = toggle("Ver los de prueba", (on) => { Object.assign(view, { test: on, stale: true }); refresh(); });
  const showRule = toggle("Ver la regla", (on) => { view.rule = on; redraw(); });
  const play = playBar({
    onPlay,
    onStep: () => { if (!view.session.diverged) advance(view.session, Infinity, () => 0); view.slot = null; live.say(refresh()); judge(); },
    onGoal: () => train(get("epochs"), true),
    onRestart: () => { loop.stop(); view.pending = null; restart(); },
  });
  const settings = settingsPanel((key, value) => changeSettings({ [key]: value }), () => changeSettings({ seed: (get("seed") + 1) % (MAX_SEED + 1) }));
  const presets = PRESETS.map(([label, values]) => [label, button(label, () => changeSettings({ ...values, seed: get("seed") }), { kind: "chip", "data-preset": label })]);
  const answers = choice("Mi predicción", ANSWERS, (key) => { view.answer = key; });
  const question = h("p", { class: "rc-question" });
  const gate = predictionGate({
    question, field: answers.element, again: "Otra predicción", empty: "Elijan primero una respuesta.",
    next: "Ahora cambien una sola cosa: cuántos ejemplos, cuánto ruido, el ancho, λ. Antes de entrenar, digan qué le hará a la brecha; después, por qué.",
    judge: () => (view.answer ? { right: true, text: `Anotado. El veredicto llega en la época ${get("epochs")}: miren la curva verde.` } : null),
    onOpen: () => {
      view.revealed = true;
      refresh();
      if (!view.answer) return;
      view.pending = { answer: view.answer, goal: get("epochs") };
      train(get("epochs"), false);
    },
    onAgain: () => {
      loop.stop();
      Object.assign(view, { revealed: false, answer: null, pending: null });
      answers.update(null);
      change(model, anotherSetting(settingsOf(get)));
    },
  });
  const feedback = gate.element.querySelector(".rc-feedback");
  const reset = button("Volver al inicio", () => { loop.stop(); changeSettings(START); restart(); }, { "data-action": "reset" });
  const key = (kind, text) => h("span", { class: "rc-key", "data-kind": kind }, text);
  el.replaceChildren(
    h("div", { class: "rc-head" }, h("p", { class: "rc-title" }, "Entrenador 2-D"), reset),
    gate.element,
    h("div", { class: "rc-row rc-chips", role: "group", "aria-label": "Situaciones de la clase" }, h("span", { class: "rc-chips-name" }, "Ejemplos:"), presets.map(([, chip]) => chip)),
    h("div", { class: "rc-lab" },
      h("div", { class: "rc-plane-side" }, plane.stage,
        h("div", { class: "rc-keys" }, key("zero", "azul"), key("one", "naranja"), key("line", "frontera de la red"), key("square", "de dónde salen los ejemplos")), looked),
      h("div", { class: "rc-touch" }, plane.tools, h("div", { class: "rc-toggles" }, showTest.element, showRule.element)),
      h("div", { class: "rc-curve-side" }, measures.element, curves.element,
        h("div", { class: "rc-keys" }, key("train", "entrenamiento"), key("test", "prueba"), key("ceiling", "quien conoce la regla")), remark),
      h("div", { class: "rc-play-side" }, play.element, alert)),
    settings.element,
    h("p", { class: "rc-help" }, `La red es de verdad: ReLU, entropía cruzada y SGD con momento ${MOMENTUM}, con el gradiente escrito a mano. Cambiar un ajuste empieza de nuevo, y los mismos ajustes y semilla dan siempre lo mismo: están en la dirección de la página. `
      + "Elegir la época mirando la prueba es hacer trampa: aquí se mira para entender; para elegir está la validación, que viene en el capítulo siguiente."),
    live.element,
  );
  const retint = () => { view.palette = paletteOf(); view.stale = true; refresh(); };
  const stops = [listen(model, KEYS, coalesce(restart)), watchTheme(retint)];
  const resize = new ResizeObserver(() => { if (el.isConnected) { redraw(); drawHistory(); } });
  const sight = new IntersectionObserver((entries) => loop.see(entries.at(-1).isIntersecting));
  restart();
  if (view.revealed) gate.open();
  resize.observe(plane.canvas);
  resize.observe(curves.canvas);
  sight.observe(el);
  return () => {
    stops.forEach((stop) => stop());
    [resize, sight].forEach((observer) => observer.disconnect());
    clearTimeout(refine);
    loop.close();
    live.stop();
  };
}

export default { render, toHash: trainerToHash, fromHash: trainerFromHash };
