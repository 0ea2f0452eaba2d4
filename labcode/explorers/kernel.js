// El explorador de núcleos: une modelo, dibujo y partes. Vale igual en Jupyter (anywidget) y en la página.

const LAYER = ["kernel_size", "stride", "padding", "dilation"];
const WATCHED = [...LAYER, "kernel", "image"];
const START = { kernel_size: 3, stride: 1, padding: 0, dilation: 1 };

/** Todo lo que se dibuja, calculado una vez por cambio del modelo. */
export function sceneOf(get, palette) {
  const [image, stride, padding, dilation] = ["image", "stride", "padding", "dilation"].map(get);
  const kernel = fitKernel(get("kernel"), get("kernel_size"));
  const layer = { stride, padding, dilation };
  const output = conv2d(image, kernel, layer);
  const white = whiteOf(image);
  const kind = scaleOf(kernel);
  const reach = output.reduce((high, row) => row.reduce((own, x) => Math.max(own, Math.abs(x)), high), 0);
  const paint = painter("gris", { white }, palette);
  const outputPaint = painter(kind, { white, reach }, palette);
  return {
    image, kernel, layer, output, white, kind, reach, paint, outputPaint, palette,
    bitmap: bitmapOf(image, paint),
    outputBitmap: output.length ? bitmapOf(output, outputPaint) : null,
    side: output.length ? image.length : Math.min(image.length, image[0].length), // el lado que decide si cabe
  };
}

/** Una configuración al azar que cabe en la imagen, para predecir otra vez. */
export function randomLayer(image, random = Math.random) {
  const pick = (low, high) => low + Math.floor(random() * (high - low + 1));
  const small = Math.min(image.length, image[0].length);
  for (;;) {
    const layer = { kernel_size: pick(2, 7), stride: pick(1, 3), padding: pick(0, 2), dilation: small > 20 ? pick(1, 2) : 1 };
    if (outputSize(small, layer.kernel_size, layer) > 0) return layer;
  }
}

/** Un lienzo con su título y su tamaño al pie. */
function figure(title, canvas) {
  const size = h("span", { class: "rc-size" });
  return { size, element: h("figure", { class: "rc-figure-box" }, h("figcaption", {}, h("strong", {}, title), size), canvas) };
}

/** La barra que dice qué color es qué valor. */
function legendBar() {
  const [low, middle, high] = [h("span"), h("span"), h("span")];
  const bar = h("div", { class: "rc-scale" });
  const update = ({ kind, white, reach }) => {
    bar.dataset.kind = kind;
    const ends = [-reach, reach].map((x) => number(x, reach < 10 ? 2 : 0));
    [low, middle, high].forEach((mark, i) => {
      mark.textContent = kind === "gris" ? ["0", "", number(white)][i] : [ends[0], "0", ends[1]][i];
    });
  };
  return { element: h("div", { class: "rc-legend" }, bar, h("div", { class: "rc-marks" }, low, middle, high)), update };
}

/** Celda de la salida bajo el puntero, o `null`. */
function cellUnder(event, canvas, rows, columns) {
  if (!rows) return null;
  const box = canvas.getBoundingClientRect();
  const side = box.width / Math.max(rows, columns);
  const r = Math.floor((event.clientY - box.top - (box.height - side * rows) / 2) / side);
  const c = Math.floor((event.clientX - box.left - (box.width - side * columns) / 2) / side);
  return r >= 0 && r < rows && c >= 0 && c < columns ? [r, c] : null;
}

/** Salida cuya ventana está centrada más cerca del puntero sobre la entrada. */
function cellLookingAt(event, canvas, scene) {
  const { image, kernel, layer, output } = scene;
  const at = cellUnder(event, canvas, image.length + 2 * layer.padding, image[0].length + 2 * layer.padding);
  if (!at || !output.length) return null;
  const half = (kernelSpan(kernel.length, layer.dilation) - 1) / 2;
  const limits = [output.length, output[0].length];
  return at.map((x, axis) => Math.max(0, Math.min(limits[axis] - 1, Math.round((x - half) / layer.stride))));
}

/** A qué celda lleva una tecla desde `cell`. */
export function moveWith(key, large, [r, c], rows, columns) {
  const by = large ? 5 : 1;
  const moves = {
    ArrowUp: [r - by, c], ArrowDown: [r + by, c], ArrowLeft: [r, c - by], ArrowRight: [r, c + by],
    Home: [r, 0], End: [r, columns - 1], PageUp: [0, c], PageDown: [rows - 1, c],
  };
  const next = moves[key];
  return next ? [Math.max(0, Math.min(rows - 1, next[0])), Math.max(0, Math.min(columns - 1, next[1]))] : null;
}

function render({ model, el }) {
  const get = (name) => model.get(name);
  const pictures = get("pictures");
  const live = announcer();
  const view = { cell: null, progress: null, revealed: !get("predict"), scene: null };
  el.classList.add("rc-x");

  // Piezas
  const picker = choice("Imagen", Object.entries(pictures).map(([key, { label }]) => [key, label]),
    (key) => change(model, { image: pictures[key].rows }));
  const inputCanvas = h("canvas", { class: "rc-canvas", role: "img" });
  const outputCanvas = h("canvas", { class: "rc-canvas" });
  const input = figure("Entrada", inputCanvas);
  const help = h("p", { class: "rc-help", id: uniqueId("help") },
    "Pasen por la salida con el ratón o el dedo, o recórranla con las flechas (con Mayúsculas, de a cinco).");
  const stage = h("div", { class: "rc-stage", tabindex: "0", role: "application", "aria-label": "Salida", "aria-describedby": help.id, "data-part": "output" }, outputCanvas);
  const veil = h("div", { class: "rc-veil", "aria-hidden": "true" }, "?");
  const output = figure("Salida", h("div", { class: "rc-stage-box" }, stage, veil));
  const legend = legendBar();
  const alert = h("p", { class: "rc-alert", role: "status" });
  const formula = h("p", { class: "rc-formula" });
  const remarks = h("p", { class: "rc-note" });
  const sliders = layerSliders((key, value) => change(model, {
    [key]: value, ...(key === "kernel_size" && { kernel: fitKernel(get("kernel"), value) }),
  }));
  const presets = presetBar((kernel) => change(model, { kernel, kernel_size: kernel.length }));
  const editor = kernelEditor((i, j, value) => {
    const kernel = fitKernel(get("kernel"), get("kernel_size")).map((row) => [...row]);
    kernel[i][j] = value;
    change(model, { kernel });
  });
  const panel = sumPanel();
  const trip = tour({
    total: () => view.scene.output.length * view.scene.output[0].length,
    position: () => view.cell[0] * view.scene.output[0].length + view.cell[1],
    onMove: (at, progress) => {
      const columns = view.scene.output[0].length;
      view.progress = progress;
      choose([Math.floor(at / columns), at % columns]);
    },
    onStill: () => { alert.textContent = "Su sistema pide menos movimiento: la salida se muestra completa. Recórranla con «Paso»."; },
  });
  const question = h("label", { class: "rc-question" });
  const answer = h("input", { type: "number", id: uniqueId("answer"), min: "0", max: "99", inputmode: "numeric", class: "rc-answer" });
  question.setAttribute("for", answer.id);
  const gate = predictionGate({
    question, field: answer, again: "Otra predicción", next: "Cambien el paso, el relleno o el núcleo, y expliquen cada cambio con la fórmula.",
    empty: "Escriban primero un número de filas.",
    judge: () => (answer.value === "" ? null : judgeSize(Number(answer.value), view.scene.side, get("kernel_size"), view.scene.layer)),
    onOpen: () => { view.revealed = true; refresh(); },
    onAgain: () => {
      const layer = randomLayer(get("image"));
      view.revealed = false;
      answer.value = "";
      change(model, { ...layer, kernel: fitKernel(get("kernel"), layer.kernel_size) });
      refresh();
    },
  });
  const reset = button("Volver al inicio", () => change(model, { ...START, kernel: PRESETS.find(([key]) => key === "sobel")[2], image: Object.values(pictures)[0].rows }), { "data-action": "reset" });

  // Dibujo
  const paintCanvases = () => {
    const scene = { ...view.scene, ...view };
    drawInput(inputCanvas, scene);
    drawOutput(outputCanvas, scene);
    panel.draw(scene);
  };
  const choose = (cell) => {
    view.cell = cell;
    const { output: values } = view.scene;
    paintCanvases();
    panel.update({ ...view.scene, ...view });
    live.say(`Fila ${cell[0] + 1}, columna ${cell[1] + 1}: ${number(values[cell[0]][cell[1]])}`);
  };
  const describe = () => {
    const { image, kernel, layer, output: values } = view.scene;
    const [height, width, k] = [image.length, image[0].length, kernel.length];
    const sizes = sizeFormula(view.scene.side, k, layer);
    const hidden = !view.revealed;
    const label = values.length ? `${values.length} × ${values[0].length}` : "no hay";
    input.size.textContent = `${height} × ${width}${layer.padding ? ` + relleno ${layer.padding}` : ""}`;
    output.size.textContent = hidden ? "¿?" : label;
    question.textContent = `Una imagen de ${height} × ${width} y ${layerPhrase(k, layer)}. ¿Cuántas filas tendrá la salida?`;
    formula.replaceChildren(h("span", { class: "rc-general" }, `filas = ${sizes.general}`),
      h("span", {}, `= ${hidden ? "…" : sizes.numbers}`), hidden ? "" : h("strong", { class: "rc-result" }, values.length ? `= ${sizes.result}` : "→ no cabe"));
    remarks.textContent = [hidden ? "" : leftoverText(height, width, k, layer), sumText(kernel)].filter(Boolean).join(" ");
    alert.textContent = values.length || hidden ? "" : impossibleText(height, width, k, layer);
    inputCanvas.setAttribute("aria-label", `Entrada de ${height} × ${width} píxeles`);
    stage.setAttribute("aria-label", hidden ? "Salida, por predecir" : `Salida: ${label}`);
    veil.hidden = !hidden && values.length > 0;
    veil.textContent = hidden ? "?" : "∅";
    legend.element.classList.toggle("rc-ghost", hidden || !values.length);
    trip.update(!hidden && values.length > 0);
  };
  const refresh = () => {
    view.scene = sceneOf(get, view.palette ??= paletteOf(el));
    view.progress = null;
    const { output: values, kernel, image } = view.scene;
    const inside = view.cell && values.length && view.cell[0] < values.length && view.cell[1] < values[0].length;
    if (!inside) view.cell = values.length ? [values.length >> 1, values[0].length >> 1] : null;
    if (!view.revealed) view.cell = null;
    else if (!view.cell && values.length) view.cell = [0, 0];
    paintCanvases(); // antes de escribir en la página: elegir la letra de un lienzo la obliga a trazarse si algo cambió
    sliders.update(get);
    presets.update(kernel);
    editor.update(kernel);
    picker.update(Object.entries(pictures).find(([, { rows }]) => sameMatrix(rows, image))?.[0]);
    legend.update(view.scene);
    describe();
    panel.update({ ...view.scene, ...view });
  };
  const onModel = coalesce(() => { trip.stop(); gate.clear(); refresh(); });

  // Ratón, dedo y teclado
  const point = (pick) => (event) => {
    if (!view.revealed) return;
    const cell = pick(event);
    if (!cell || (view.cell && cell.join() === view.cell.join())) return;
    trip.stop();
    view.progress = null;
    choose(cell);
  };
  const overOutput = point((event) => cellUnder(event, outputCanvas, view.scene.output.length, view.scene.output[0]?.length));
  const overInput = point((event) => cellLookingAt(event, inputCanvas, view.scene));
  for (const kind of ["pointermove", "pointerdown"]) {
    outputCanvas.addEventListener(kind, overOutput);
    inputCanvas.addEventListener(kind, overInput);
  }
  stage.addEventListener("keydown", (event) => {
    const { output: values } = view.scene;
    if (!view.cell || event.ctrlKey || event.metaKey || event.altKey) return;
    const next = moveWith(event.key, event.shiftKey, view.cell, values.length, values[0].length);
    if (!next) return;
    event.preventDefault();
    event.stopPropagation();
    trip.stop();
    view.progress = null;
    choose(next);
  });

  el.replaceChildren(
    h("div", { class: "rc-head" }, h("p", { class: "rc-title" }, "Explorador de núcleos"), reset),
    picker.element, gate.element,
    h("div", { class: "rc-pair" }, h("div", {}, input.element), h("div", {}, output.element)),
    h("div", { class: "rc-under" }, trip.element, legend.element), help, alert,
    h("div", { class: "rc-bench" }, h("div", { class: "rc-bench-kernel" }, h("p", { class: "rc-sum-title" }, "Pesos del núcleo"), editor.element),
      h("div", { class: "rc-bench-controls" }, sliders.element, presets.element)),
    h("div", { class: "rc-card" }, h("p", { class: "rc-sum-title" }, "Tamaño de la salida"), formula, remarks),
    panel.element,
    live.element,
  );
  if (view.revealed) gate.open();
  const retint = () => { view.palette = null; refresh(); };
  const stops = [listen(model, WATCHED, onModel), watchTheme(retint)];
  const resize = new ResizeObserver(paintCanvases);
  refresh();
  [inputCanvas, panel.tiles].forEach((canvas) => resize.observe(canvas));
  return () => {
    stops.forEach((stop) => stop());
    resize.disconnect();
    trip.stop();
    live.stop();
  };
}

export default { render, toHash: kernelToHash, fromHash: kernelFromHash };
