// Una imagen que se corre: se arrastra, y se mira qué dice la red y cuánto le cambia cada etapa. Vale en Jupyter y en la página.

const WATCHED = ["shown", "image", "down", "right", "axis"];
const SLICE = 9; // milisegundos de cálculo del gráfico por cuadro: la página no se traba
const PLOT = { left: 44, right: 14, top: 10, bottom: 40 };

/** La imagen que se arrastra, o se mueve con las flechas. `onShift` recibe el corrimiento nuevo, [abajo, derecha]. */
function movingPicture({ current, onShift }) {
  const canvas = h("canvas", { class: "rc-canvas" });
  const note = h("span", { class: "rc-size" });
  const stage = h("div", { class: "rc-stage", tabindex: "0", role: "application" }, canvas);
  let held = null;
  stage.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    held = { at: pixelUnder(event, canvas), shift: current() };
    stage.setPointerCapture(event.pointerId);
  });
  stage.addEventListener("pointermove", (event) => {
    if (!held) return;
    onShift(clampShift(pixelUnder(event, canvas).map((x, i) => held.shift[i] + x - held.at[i])));
  });
  for (const kind of ["pointerup", "pointercancel"]) stage.addEventListener(kind, () => { held = null; });
  stage.addEventListener("keydown", (event) => {
    const next = event.ctrlKey || event.metaKey || event.altKey ? null : shiftByKey(event.key, current());
    if (!next) return;
    event.preventDefault();
    event.stopPropagation();
    onShift(next);
  });
  return { element: h("figure", { class: "rc-figure-box" }, h("figcaption", {}, h("strong", {}, "Corrida"), note), stage), canvas, note, stage };
}

/** Barras con su nombre y su número: `many` filas, una barra por cada color de `kinds`. Devuelve { element, update(filas) }. */
function meters(many, kinds, label) {
  const rows = Array.from({ length: many }, () => {
    const [name, value, bars] = [h("span"), h("span", { class: "rc-c-share" }), kinds.map((kind) => h("i", { class: `rc-sh-${kind}` }))];
    return { row: h("li", { class: "rc-sh-meter" }, name, h("span", { class: "rc-sh-track", "aria-hidden": "true" }, bars), value), name, value, bars };
  });
  const update = (filled) => filled.forEach(([name, parts, value], at) => {
    rows[at].name.textContent = name;
    rows[at].value.textContent = value;
    parts.forEach((part, i) => { rows[at].bars[i].style.width = `${100 * Math.min(1, part)}%`; });
  });
  return { element: h("ul", { class: "rc-sh-meters", "aria-label": label }, rows.map(({ row }) => row)), update };
}

/** El gráfico: la probabilidad de la clase en los lugares de un eje que ya se saben; una cruz donde la red ya dice otra cosa. */
function drawAlong({ key, line, at, axis, top }) {
  return (width, height) => {
    const box = { left: PLOT.left, right: width - PLOT.right, top: PLOT.top, bottom: height - PLOT.bottom };
    const [x, y] = [shiftAxis(width), axisScale([0, 1], [box.bottom, box.top])];
    const spots = line.map((own, i) => own && [x(PLACES[i]), y(own[top]), ranking(own)[0][0] === top]);
    const known = spots.filter(Boolean);
    const mark = ([a, b, same]) => (same ? s("circle", { class: "rc-p-dot", cx: a, cy: b, r: 4 }) : s("path", { class: "rc-sh-cross", d: `M${a - 4} ${b - 4}l8 8m0 -8l-8 8` }));
    const marks = PLACES.filter((place) => place % 2 === 0).map((place) => [x(place), number(place)]);
    const words = axis === "down" ? ["← hacia arriba", "hacia abajo →"] : ["← a la izquierda", "a la derecha →"];
    const still = () => [
      frameOf(box, [0, 0.5, 1].map((p) => [y(p), `${100 * p}\u202f%`]), marks),
      svgText(box.left, height - 5, words[0], "start"), svgText(box.right, height - 5, words[1], "end"),
      s("path", { class: "rc-p-line", d: tracePath(known) }), known.map(mark),
    ];
    const [a, b] = spots[at];
    return { key, still, live: [s("path", { class: "rc-p-cursor", d: `M${a} ${box.top}V${box.bottom}` }), s("circle", { class: "rc-sh-here", cx: a, cy: b, r: 9 })] };
  };
}

/** Dónde va cada corrimiento en un gráfico de ese ancho. */
function shiftAxis(width) {
  return axisScale([-MOST, MOST], [PLOT.left + 8, width - PLOT.right - 8]);
}

function render({ model, el }) {
  const get = (name) => model.get(name);
  el.classList.add("rc-x", "rc-cnn", "rc-shift");
  if (!get("network")) {
    el.replaceChildren(h("p", { class: "rc-title" }, "Una imagen que se corre"), missingWeights());
    return () => {};
  }
  const network = networkOf(get("network"));
  const { classes } = network;
  const pictures = Object.fromEntries(Object.entries(get("pictures")).filter(([key]) => key !== "blanco"));
  const all = new Map(); // lo que vale la red ante cada imagen de la lista: se calcula una vez
  const mapsOf = (key) => all.get(key) ?? all.set(key, forward(network, bytesFrom(pictures[key].data))).get(key);
  const live = announcer();
  const view = { revealed: !get("predict"), answer: null, picture: null, frame: 0 };
  const place = () => [get("down"), get("right")];

  /** Lo que dice la red con la imagen corrida, recordado mientras sea la misma. */
  const answerAt = (shift) => {
    const { seen, bytes } = view;
    const key = shift.join();
    if (!seen.has(key)) seen.set(key, forward(network, shifted(bytes, shift)).probabilities);
    return seen.get(key);
  };
  const toTheRight = () => PLACES.slice(MOST).map((right) => answerAt([0, right]));

  // Correrla
  const move = (to) => {
    if (!view.revealed || place().join() === to.join()) return;
    change(model, { down: to[0], right: to[1], axis: axisMoved(place(), to, get("axis")) });
  };
  const moving = movingPicture({ current: place, onShift: move });
  const still = h("canvas", { class: "rc-canvas", role: "img", "aria-label": "La imagen en su lugar" });
  const bySlider = (label, axis) => slider({ label, min: -MOST, max: MOST, onChange: (x) => change(model, { [axis]: x, axis }) });
  const sliders = { right: bySlider("A la derecha", "right"), down: bySlider("Hacia abajo", "down") };
  const centre = button("Volver al centro", () => move([0, 0]), { "data-action": "centre" });

  // Predecir
  const question = h("p", { class: "rc-question" });
  const answers = choice("Píxeles", FIRSTS.map(([key, words]) => [key, words]), (key) => { view.answer = key; });
  const gate = predictionGate({
    question, field: answers.element, again: "Otra imagen", empty: "Elijan primero una respuesta.",
    next: "Córranla para todos lados. ¿Qué etapas cambian menos que la anterior con un píxel? ¿Y con ocho?",
    judge: () => view.answer && judgeFirst(view.answer, toTheRight(), classes),
    onOpen: () => {
      view.revealed = true;
      if (view.answer) change(model, { down: 0, right: firstChange(toTheRight()) || MOST, axis: "right" });
      refresh();
    },
    onAgain: () => {
      const names = Object.keys(pictures);
      Object.assign(view, { revealed: false, answer: null });
      answers.update(null);
      show({ shown: names[(names.indexOf(get("shown")) + 1) % names.length], down: 0, right: 0, axis: "right" });
      refresh();
    },
  });
  const show = (values) => {
    chooser.quiet();
    gate.clear();
    change(model, values);
  };
  const chooser = pictureChooser(pictures, {
    onPick: (shown) => show({ shown }),
    onOwn: (bytes) => show({ image: textFrom(bytes), shown: "propia" }),
  });
  const reset = button("Volver al inicio", () => show({ shown: Object.keys(pictures)[0], down: 0, right: 0, axis: "right" }), { "data-action": "reset" });

  // Lo que se ve
  const told = h("p", { class: "rc-verdict" });
  const chances = meters(4, ["before", "after"], "Las clases que van adelante: en su lugar y corrida");
  const changes = meters(MEASURED.length, ["change"], "Cuánto cambia cada etapa");
  const chart = plot("La probabilidad", { onPoint: (x, width) => {
    const to = PLACES[nearestOf(PLACES.map(shiftAxis(width)), x)];
    move(get("axis") === "down" ? [to, get("right")] : [get("down"), to]);
  } });
  const chartTitle = chart.element.querySelector("strong");
  const keys = (pairs) => h("p", { class: "rc-p-keys" }, pairs.map(([kind, words]) => h("span", { class: `rc-p-key rc-sh-${kind}-key` }, words)));
  const lab = h("div", { class: "rc-sh-lab" },
    h("div", { class: "rc-card" }, h("p", { class: "rc-sum-title" }, "Lo que dice la red"), chances.element, keys([["before", "en su lugar"], ["after", "corrida"]])),
    h("div", { class: "rc-card" }, h("p", { class: "rc-sum-title" }, "Cuánto cambia cada etapa"), changes.element,
      h("p", { class: "rc-help" }, "0\u202f%: queda igual. 100\u202f%: cambia tanto como si pusiéramos otra imagen de la lista (en promedio).")));
  const graph = h("div", {}, chart.element, keys([["same", "responde lo mismo que en su lugar"], ["cross", "ya dice otra cosa"]]));

  const lookAt = () => {
    const key = [get("shown"), get("image")].join();
    if (view.picture === key) return;
    const bytes = baseBytes(get);
    Object.assign(view, { picture: key, bytes, seen: new Map(), maps: forward(network, bytes), typical: null });
  };
  const drawChart = (top, shift, axis) => {
    cancelAnimationFrame(view.frame);
    const [began, fixed] = [performance.now(), axis === "down" ? [0, shift[1]] : [shift[0], 0]];
    const line = alongAxis(shift, axis).map((spot) => (view.seen.has(spot.join()) || performance.now() - began < SLICE ? answerAt(spot) : null));
    const [aside, known] = [shiftText(fixed), line.filter(Boolean)];
    const title = `Probabilidad de «${classes[top]}» al correrla ${axis === "down" ? "a lo alto" : "a lo ancho"}${aside && ` (y ${aside})`}`;
    const same = known.filter((own) => ranking(own)[0][0] === top).length;
    chartTitle.textContent = title;
    chart.update(drawAlong({ key: [view.picture, axis, fixed, known.length].join(), line, axis, top, at: PLACES.indexOf(shift[axis === "down" ? 0 : 1]) }),
      `${title}: en ${same} de los ${known.length} lugares responde lo mismo que en su lugar. Aquí, ${share(answerAt(shift)[top])}.`);
    if (known.length < line.length) view.frame = requestAnimationFrame(() => drawChart(top, shift, axis));
  };
  const drawLab = () => {
    const { maps, bytes } = view;
    const others = Object.keys(pictures).filter((key) => key !== get("shown"));
    view.typical ??= typicalDistances(maps, others.map(mapsOf));
    const [shift, axis] = [place(), get("axis")];
    const after = forward(network, shifted(bytes, shift));
    const [before, now] = [maps.probabilities, after.probabilities];
    view.seen.set(shift.join(), now);
    const [[top]] = ranking(before);
    told.textContent = shiftTold(shift, before, now, classes);
    told.dataset.kind = ranking(now)[0][0] === top ? "right" : "";
    chances.update(leaders(before, now).map((i) => [classes[i], [before[i], now[i]], `${share(before[i])} → ${share(now[i])}`]));
    changes.update(stageChanges(maps, after, view.typical).map((x, i) => [MEASURED[i][1], [x], `${number(100 * x, 0)}\u202f%`]));
    drawChart(top, shift, axis);
    live.say(told.textContent);
  };
  const draw = () => {
    const { revealed, bytes } = view;
    const shift = place();
    const { context, width } = fit(still);
    context.drawImage(bitmapOfBytes(bytes), 0, 0, width, width);
    const moved = fit(moving.canvas);
    if (revealed) moved.context.drawImage(bitmapOfBytes(shifted(bytes, shift)), 0, 0, moved.width, moved.width);
    else hatch(moved.context, 0, 0, moved.width, moved.width, rgb(paletteOf(el).muted, 0.4), 9);
    moving.note.textContent = revealed ? "" : "¿?";
    moving.stage.setAttribute("aria-label", revealed
      ? `La imagen, corrida ${shiftText(shift) || "nada"}. Arrástrenla o córranla con las flechas; Inicio la devuelve al centro.`
      : "La imagen corrida, por predecir");
  };
  const refresh = () => {
    lookAt();
    const [[top, p]] = ranking(view.maps.probabilities);
    question.textContent = `La red dice «${classes[top]}», con ${share(p)}. Si corremos la imagen a la derecha, de a un píxel, ¿con cuántos cambia de respuesta por primera vez?`;
    chooser.update(get("shown"), get("image") !== "");
    for (const axis of ["right", "down"]) sliders[axis].update(get(axis));
    centre.disabled = !shiftText(place());
    for (const part of [bench, told, lab, graph]) part.hidden = !view.revealed;
    draw();
    if (view.revealed) drawLab();
  };

  const bench = h("div", { class: "rc-sh-bench" }, sliders.right.element, sliders.down.element, centre);
  el.replaceChildren(
    h("div", { class: "rc-head" }, h("p", { class: "rc-title" }, "Una imagen que se corre"), reset),
    chooser.element, gate.element,
    h("div", { class: "rc-sh-top" }, h("figure", { class: "rc-figure-box" }, h("figcaption", {}, h("strong", {}, "En su lugar")), still), moving.element, bench),
    told, lab, graph, live.element,
  );
  const stops = [listen(model, WATCHED, coalesce(refresh)), watchTheme(draw)];
  const resize = new ResizeObserver(() => draw());
  refresh();
  if (view.revealed) gate.open();
  resize.observe(el);
  return () => {
    stops.forEach((stop) => stop());
    resize.disconnect();
    cancelAnimationFrame(view.frame);
    live.stop();
  };
}

export default { render, toHash: shiftToHash, fromHash: shiftFromHash };
