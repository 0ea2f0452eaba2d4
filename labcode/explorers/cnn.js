// La CNN de la clase en la página: se predice, se pinta, y cada número de cada etapa se abre. Vale en Jupyter y en el libro.

const ORDER = Object.keys(STAGES);
const BLOCKS = [
  ["Convolución 5 × 5, ReLU y max pooling", ["conv1", "relu1", "pool1"]],
  ["Otra vez, sobre los mapas de antes", ["conv2", "relu2", "pool2"]],
  ["Capas densas", ["dense1", "dense2"]],
];
const WATCHED = ["shown", "image", "paint", "stage", "cell"];
const START_CELL = { stage: "conv1", cell: [0, 13, 13] };

function render({ model, el }) {
  const get = (name) => model.get(name);
  el.classList.add("rc-x", "rc-cnn");
  if (!get("network")) {
    el.replaceChildren(h("p", { class: "rc-title" }, "La CNN de la clase, número por número"), missingWeights());
    return () => {};
  }
  const network = networkOf(get("network"));
  const { classes } = network;
  const pictures = get("pictures");
  const palette = get("palette");
  const colors = palette.map(([, color]) => color);
  const live = announcer();
  const view = { revealed: !get("predict"), pinned: false, hover: null, paint: null, past: [], maps: null, tint: null, answer: null };
  const strips = Object.fromEntries(ORDER.map((stage) => [stage, document.createElement("canvas")]));
  const current = () => view.hover ?? { stage: get("stage"), cell: get("cell") };

  // Elegir y pintar
  const look = (stage, cell) => {
    if (view.pinned || !view.revealed) return;
    const before = current().stage;
    view.hover = cell && { stage, cell };
    draw(new Set([before, current().stage].flatMap((own) => [own, STAGES[own].from])));
  };
  const pick = (stage, cell, keyboard = false) => {
    if (!view.revealed) return;
    const same = view.pinned && get("stage") === stage && get("cell").join() === cell.join();
    Object.assign(view, { hover: null, pinned: keyboard || !same });
    change(model, { stage, cell });
    draw();
    live.say(`${STAGES[stage].name}, ${cellName(stage, cell, classes)}: ${number(valueAt(view.maps[stage], cell))}. ${fieldWords(stage, cell)}`);
  };
  const show = (values) => {
    view.past = [];
    chooser.quiet();
    gate.clear();
    change(model, { paint: "", ...values });
  };
  const remember = () => { view.past = [...view.past.slice(-29), get("paint")]; };
  const repaint = (paint) => { // es otra imagen: lo que se dijo era de la anterior
    gate.clear();
    change(model, { paint });
  };
  const brush = brushBox(palette);
  const stand = easel({
    brush: brush.current,
    onStroke: (from, to) => {
      view.paint ??= paintFrom(get("paint"), palette.length);
      const { color, width } = brush.current();
      paintLine(view.paint, from, to, width, color);
      compute();
      draw();
    },
    onEnd: () => {
      remember();
      const paint = paintText(view.paint);
      view.paint = null;
      repaint(paint);
      if (view.revealed) live.say(topWords());
    },
    redraw: () => drawEasel(),
  });
  const chooser = pictureChooser(pictures, {
    onPick: (shown) => show({ shown }),
    onOwn: (bytes) => show({ image: textFrom(bytes), shown: "propia" }),
  });
  const undo = button("Deshacer", () => repaint(view.past.pop() ?? ""), { "data-action": "undo" });
  const clean = button("Quitar lo pintado", () => { remember(); repaint(""); }, { "data-action": "clean" });

  // Predecir
  const answers = choice("¿Qué clase dirá la red?", classes.map((name, at) => [String(at), name]), (key) => { view.answer = Number(key); });
  const gate = predictionGate({
    question: h("p", { class: "rc-question" }, "Miren la imagen, o pinten una. La red tiene que elegir una de diez clases: ¿cuál dirá? No la que ven ustedes: la que dirá ella."),
    field: answers.element, again: "Otra imagen", empty: "Elijan primero una clase.",
    next: "Pinten sobre la imagen y miren cómo cambian los números; después, abran uno y expliquen de dónde sale.",
    judge: () => (view.answer === null ? null : judgeClass(view.answer, view.maps.probabilities, classes, {
      truth: pictures[get("shown")]?.truth ?? null, known: get("shown") in pictures && get("shown") !== "blanco" && get("paint") === "",
    })),
    onOpen: () => { view.revealed = true; draw(); },
    onAgain: () => {
      const names = Object.keys(pictures).filter((name) => name !== "blanco");
      Object.assign(view, { revealed: false, pinned: false, hover: null, answer: null });
      answers.update(null);
      show({ shown: names[(names.indexOf(get("shown")) + 1) % names.length] });
      draw();
    },
  });
  const reset = button("Volver al inicio", () => {
    Object.assign(view, { pinned: false, hover: null });
    show({ shown: Object.keys(pictures)[0], ...START_CELL });
    draw();
  }, { "data-action": "reset" });

  // Las partes
  const bars = probabilityBars(classes, (at) => pick("output", [at, 0, 0]));
  const boxes = ORDER.filter((stage) => stage !== "output").map((stage) => stageBox(stage, { onHover: look, onPick: pick, current }));
  const boxOf = (stage) => boxes.find((box) => box.stage === stage).element;
  const detail = detailPanel({ onPick: pick, onRelease: () => { view.pinned = false; draw(); } });
  const blocks = h("div", { class: "rc-c-blocks" }, BLOCKS.map(([title, stages]) => h("div", { class: "rc-c-block", role: "group", "aria-label": title }, stages.map(boxOf))));
  for (const part of [blocks, boxOf("input")]) part.addEventListener("pointerleave", () => look(null, null));
  const words = h("p", { class: "rc-help" }, networkWords({ parameters: network.parameters, accuracy: get("network").accuracy }));

  // Calcular y dibujar
  const topWords = () => {
    const [[top, p]] = ranking(view.maps.probabilities);
    return `La red dice ${classes[top]}, con ${share(p)}.`;
  };
  const compute = () => {
    view.tint ??= paletteOf(el);
    view.bytes = composed(baseBytes(get), view.paint ?? paintFrom(get("paint"), palette.length), colors);
    view.maps = forward(network, view.bytes);
    view.bitmap = bitmapOfBytes(view.bytes);
    if (view.revealed) paintStrips();
  };
  const paintStrips = () => ORDER.forEach((stage) => stripOf(view.maps[stage], reachOf(view.maps[stage].values), view.tint, strips[stage]));
  const drawEasel = () => {
    const { stage, cell } = current();
    const square = stand.cursor();
    drawPicture(stand.canvas, view.bitmap, {
      palette: view.tint, window: view.revealed && !square ? fieldOf(stage, cell) : null,
      brush: square && { ...square, color: colors[brush.current().color] },
    });
    stand.canvas.setAttribute("aria-label", `La imagen, de 32 × 32. Flechas: mover el pincel; Espacio: pintar.${stand.at() ? ` Pincel en la fila ${stand.at()[0] + 1}, columna ${stand.at()[1] + 1}.` : ""}`);
  };
  const draw = (only = null) => { // al pasar el ratón, solo las etapas que cambian de marca
    const { stage, cell } = current();
    const hidden = !view.revealed;
    if (view.revealed && !view.drawn) paintStrips();
    view.drawn = view.revealed;
    drawEasel();
    bars.update({ probabilities: hidden ? null : view.maps.probabilities, chosen: stage === "output" ? cell[0] : null });
    boxes.filter((box) => !only || only.has(box.stage)).forEach((box) => box.update(view.maps[box.stage], strips[box.stage], {
      palette: view.tint, cell: stage === box.stage ? cell : null, seen: seenIn(box.stage, stage, cell, view.maps), hidden,
    }));
    detail.update(hidden ? null : sceneOf(stage, cell));
    undo.disabled = !view.past.length;
    clean.disabled = !get("paint") && !view.paint;
  };
  const sceneOf = (stage, cell) => ({
    stage, cell, map: view.maps[stage], strip: strips[stage], palette: view.tint, classes, pinned: view.pinned,
    explained: explain(network, view.maps, stage, cell),
    extra: { byte: view.bytes[3 * (32 * cell[1] + cell[2]) + cell[0]], probability: view.maps.probabilities[cell[0]] },
  });
  const refresh = () => {
    if (!isCell(get("stage"), get("cell"), get("network"))) change(model, START_CELL);
    chooser.update(get("shown"), get("image") !== "");
    compute();
    draw();
  };

  el.replaceChildren(
    h("div", { class: "rc-head" }, h("p", { class: "rc-title" }, "La CNN de la clase, número por número"), reset),
    chooser.element, gate.element,
    h("div", { class: "rc-c-top" },
      h("div", { class: "rc-c-side" }, stand.element, brush.element, h("div", { class: "rc-row" }, undo, clean)),
      h("div", { class: "rc-c-answer" }, bars.element, boxOf("input"))),
    blocks, detail.element,
    h("p", { class: "rc-help" }, "Naranja: sobre cero; azul: bajo cero. Pasen el ratón por cualquier mapa; un clic (o un toque) deja fija una celda. Con el teclado: Tab llega a cada etapa, las flechas se mueven por el mapa y RePág y AvPág cambian de mapa."),
    words, live.element,
  );
  const retint = () => { view.tint = null; view.drawn = false; refresh(); };
  const stops = [listen(model, WATCHED, coalesce(refresh)), watchTheme(retint)];
  const resize = new ResizeObserver(() => draw());
  refresh();
  if (view.revealed) gate.open();
  resize.observe(el);
  return () => {
    stops.forEach((stop) => stop());
    resize.disconnect();
    live.stop();
  };
}

export default { render, toHash: cnnToHash, fromHash: cnnFromHash };
