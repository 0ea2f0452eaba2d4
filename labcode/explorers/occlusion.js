// El pincel de oclusión: se tapa un cuadrado, y se mira cuánto le importa a la red. Vale en Jupyter y en la página.

const WATCHED = ["shown", "image", "row", "column", "size", "fill"];
const SLICE = 9; // milisegundos de cálculo por cuadro: la página no se traba

/** La imagen en gris con la caída encima: naranja donde tapar baja la probabilidad, azul donde la sube. */
function heatBitmap(bytes, drops, reach, palette, canvas) {
  Object.assign(canvas, { width: 32, height: 32 });
  const context = canvas.getContext("2d");
  const data = context.createImageData(32, 32);
  for (let at = 0; at < 1024; at++) {
    const gray = 0.3 * bytes[3 * at] + 0.59 * bytes[3 * at + 1] + 0.11 * bytes[3 * at + 2];
    const end = drops[at] < 0 ? palette.accent : palette.warm;
    const amount = 0.92 * Math.min(1, Math.abs(drops[at]) / reach);
    for (let c = 0; c < 3; c++) data.data[4 * at + c] = gray + (end[c] - gray) * amount;
    data.data[4 * at + 3] = 255;
  }
  context.putImageData(data, 0, 0);
  return canvas;
}

/** Un lienzo de la imagen con su título, que mueve el cuadrado con ratón, dedo o teclado. */
function board(title, label, { onMove, onSettle, current }) {
  const canvas = h("canvas", { class: "rc-canvas" });
  const stage = h("div", { class: "rc-stage", tabindex: "0", role: "application", "aria-label": label }, canvas);
  const note = h("span", { class: "rc-size" });
  const at = (event) => pixelUnder(event, canvas).map((x) => Math.max(0, Math.min(31, x)));
  for (const kind of ["pointerdown", "pointermove"]) canvas.addEventListener(kind, (event) => onMove(at(event)));
  for (const kind of ["pointerup", "pointerleave"]) canvas.addEventListener(kind, onSettle);
  stage.addEventListener("keydown", (event) => {
    const next = event.ctrlKey || event.metaKey || event.altKey ? null : movePixel(event.key, event.shiftKey, current());
    if (!next) return;
    event.preventDefault();
    event.stopPropagation();
    onMove(next);
    onSettle();
  });
  const caption = h("figcaption", {}, h("strong", {}, title), note);
  return { element: h("figure", { class: "rc-figure-box" }, caption, stage), canvas, note, stage };
}

function render({ model, el }) {
  const get = (name) => model.get(name);
  el.classList.add("rc-x", "rc-cnn", "rc-occlusion");
  if (!get("network")) {
    el.replaceChildren(h("p", { class: "rc-title" }, "Pincel de oclusión"), missingWeights());
    return () => {};
  }
  const network = networkOf(get("network"));
  const { classes } = network;
  const pictures = Object.fromEntries(Object.entries(get("pictures")).filter(([key]) => key !== "blanco"));
  const live = announcer();
  const view = { revealed: !get("predict"), at: null, heat: null, frame: 0, answer: null };
  const sheet = document.createElement("canvas");
  const place = () => view.at ?? [get("row"), get("column")];

  // Mover el cuadrado
  const move = (spot) => {
    if (!view.revealed || place().join() === spot.join()) return;
    view.at = spot;
    draw();
  };
  const settle = () => {
    if (!view.at) return;
    const [row, column] = view.at;
    view.at = null;
    change(model, { row, column });
    live.say(statusWords());
  };
  const hands = { onMove: move, onSettle: settle, current: place };
  const photo = board("La imagen, tapada", "La imagen: las flechas mueven el cuadrado que la tapa", hands);
  const map = board("Cuánto importa cada lugar", "Mapa: cuánto baja la probabilidad al tapar cada lugar. Las flechas mueven el cuadrado", hands);

  // Predecir
  const question = h("p", { class: "rc-question" });
  const answers = choice("Zona", [...ZONES.map((zone, at) => [String(at), zone]), ["9", "ninguna: casi no cambia"]], (key) => { view.answer = Number(key); });
  answers.element.classList.add("rc-o-zones");
  const gate = predictionGate({
    question, field: answers.element, again: "Otra imagen", empty: "Elijan primero una zona.",
    next: "Muevan el cuadrado y miren la probabilidad. ¿Mira la red lo mismo que miran ustedes? Prueben con otro tamaño y otro color.",
    judge: () => {
      if (view.answer === null) return null;
      view.heat.advance(() => true);
      return judgeZone(view.answer, view.heat.drops);
    },
    onOpen: () => { view.revealed = true; draw(); },
    onAgain: () => {
      const names = Object.keys(pictures);
      Object.assign(view, { revealed: false, at: null, answer: null });
      answers.update(null);
      change(model, { shown: names[(names.indexOf(get("shown")) + 1) % names.length] });
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
  const reset = button("Volver al inicio", () => show({ shown: Object.keys(pictures)[0], row: 16, column: 16, size: 8, fill: "medio" }), { "data-action": "reset" });

  // Las partes
  const size = slider({ label: "Lado del cuadrado", min: 1, max: 20, show: (x) => `${x} × ${x}`, onChange: (x) => show({ size: x }) });
  const fills = choice("Tapar con", FILLS, (fill) => show({ fill }));
  const status = h("p", { class: "rc-o-status" });
  const bars = probabilityBars(classes);
  const [least, most] = [h("span"), h("span")];
  const legend = h("div", { class: "rc-legend" }, h("div", { class: "rc-scale", "data-kind": "signo" }), h("div", { class: "rc-marks" }, least, h("span", {}, "no cambia"), most));

  // Calcular y dibujar
  const color = () => fillColor(get("fill"), network);
  const statusWords = () => {
    const { heat, now } = view;
    const drop = heat.chance - now.probabilities[heat.top];
    const [[top, p]] = ranking(now.probabilities);
    const shift = Math.abs(drop) < 0.0005 ? "no se mueve" : `${drop > 0 ? "baja" : "sube"} ${points(drop)}`;
    const changed = top === heat.top ? "" : ` Ahora diría «${classes[top]}», con ${share(p)}.`;
    return `«${classes[heat.top]}» tiene ${share(now.probabilities[heat.top])}: tapando aquí ${shift}.${changed}`;
  };
  const drawMap = () => {
    const { heat, tint, bytes, revealed } = view;
    const done = heat.done === heat.total;
    map.note.textContent = !revealed ? "¿?" : done ? "" : `${Math.round((100 * heat.done) / heat.total)}\u202f%`;
    const { context, width } = fit(map.canvas);
    if (!revealed) return hatch(context, 0, 0, width, width, rgb(tint.muted, 0.4), 9);
    const reach = Math.max(0.05, reachOf(heat.drops));
    const [row, column] = place();
    context.drawImage(heatBitmap(bytes, heat.drops, reach, tint, sheet), 0, 0, width, width);
    outline(context, (column * width) / 32, (row * width) / 32, width / 32, width / 32, rgb(tint.text));
    [least.textContent, most.textContent] = [`sube ${points(reach)}`, `baja ${points(reach)}`];
  };
  const draw = () => {
    const { revealed, bytes, tint } = view;
    const [row, column] = place();
    const covered = revealed ? occluded(bytes, row, column, get("size"), color()) : bytes;
    view.now = forward(network, covered);
    const { top, left, bottom, right } = squareAt(row, column, get("size"));
    const { context, width } = fit(photo.canvas);
    context.drawImage(bitmapOfBytes(covered), 0, 0, width, width);
    const step = width / 32;
    if (revealed) outline(context, left * step, top * step, (right - left) * step, (bottom - top) * step, rgb(tint.warm));
    photo.note.textContent = revealed ? `fila ${row + 1}, columna ${column + 1}` : "";
    bars.update({ probabilities: view.now.probabilities });
    status.textContent = revealed ? statusWords() : "";
    legend.classList.toggle("rc-ghost", !revealed);
    drawMap();
  };
  const work = () => {
    const began = performance.now();
    const done = view.heat.advance(() => performance.now() - began < SLICE);
    if (view.revealed) drawMap();
    view.frame = done ? 0 : requestAnimationFrame(work);
  };
  const refresh = () => {
    view.tint ??= paletteOf(el);
    view.bytes = baseBytes(get);
    const key = [get("shown"), get("image"), get("size"), get("fill")].join();
    if (view.key !== key) {
      cancelAnimationFrame(view.frame);
      Object.assign(view, { key, heat: heatMap(network, view.bytes, get("size"), color()), frame: requestAnimationFrame(work) });
    }
    const { heat } = view;
    question.textContent = `La red dice «${classes[heat.top]}», con ${share(heat.chance)}. Vamos a tapar un cuadrado de ${get("size")} × ${get("size")}. ¿En qué zona bajará más esa probabilidad?`;
    chooser.update(get("shown"), get("image") !== "");
    size.update(get("size"));
    fills.update(get("fill"));
    draw();
  };

  el.replaceChildren(
    h("div", { class: "rc-head" }, h("p", { class: "rc-title" }, "Pincel de oclusión"), reset),
    chooser.element, gate.element,
    h("div", { class: "rc-pair" }, photo.element, map.element),
    h("div", { class: "rc-under" }, status, legend),
    h("div", { class: "rc-c-top rc-o-bench" }, h("div", { class: "rc-c-side" }, size.element, fills.element,
      h("p", { class: "rc-help" }, "Muevan el cuadrado con el ratón, el dedo o las flechas (con Mayúsculas, de a cinco). El mapa se calcula aquí mismo: la red responde una vez por cada lugar.")), bars.element),
    live.element,
  );
  const retint = () => { view.tint = null; refresh(); };
  const stops = [listen(model, WATCHED, coalesce(refresh)), watchTheme(retint)];
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

export default { render, toHash: occlusionToHash, fromHash: occlusionFromHash };
