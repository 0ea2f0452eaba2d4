// El explorador «Imagen y vector»: une modelo, dibujo y partes. Vale igual en Jupyter (anywidget) y en la página.

const PICTURE = ["shown", "image", "down", "right"]; // lo que cambia los vectores
const WATCHED = [...PICTURE, "row", "column", "channel"];
const OWN = "propia";

/** Lo que se dibuja: los dos vectores, sus imágenes y sus tramos. */
export function sceneOf(get, palette) {
  const own = get("shown") === OWN && get("image");
  const scene = own ? widen(get("image")) : bytesFrom((get("pictures")[get("shown")] ?? Object.values(get("pictures"))[0]).data);
  const [down, right] = [get("down"), get("right")];
  const moved = down !== 0 || right !== 0;
  const before = vectorOf(scene);
  const after = moved ? vectorOf(scene, down, right) : null;
  const strips = [0, 1, 2].map((channel) => ({
    before: stripBitmap(before, channel),
    after: after && stripBitmap(after, channel),
    mask: after && maskBitmap(before, after, channel, palette.warm),
  }));
  return { scene, before, after, moved, down, right, strips, picture: imageBitmap(before), shifted: after && imageBitmap(after) };
}

function render({ model, el }) {
  const get = (name) => model.get(name);
  const live = announcer();
  const view = { revealed: !get("predict"), scene: null, palette: null, drawn: null };
  el.classList.add("rc-x", "rc-iv");

  // Piezas
  const options = [...Object.entries(get("pictures")).map(([key, { label }]) => [key, label]), ...(get("image") ? [[OWN, get("caption")]] : [])];
  const picker = choice("Imagen", options, (key) => show({ shown: key }));
  const show = (values) => { // otra imagen: lo que se dijo era de la anterior
    gate.clear();
    change(model, values);
  };
  const pick = (next, save) => { // pasar por encima no se guarda: ni en la dirección ni en Python
    if (save) change(model, next);
    else Object.entries(next).forEach(([name, value]) => model.set(name, value));
  };
  const pickPixel = (row, column, save) => pick({ row, column }, save);
  const first = imagePanel("La imagen", pickPixel);
  const second = imagePanel("Corrida", (...at) => view.scene.after && view.revealed && pickPixel(...at));
  const veil = h("div", { class: "rc-veil", "aria-hidden": "true" }, "?");
  second.stage.classList.add("rc-stage-box");
  second.stage.append(veil);
  for (const [name, value] of Object.entries({ tabindex: "0", role: "application", "data-part": "image" })) first.stage.setAttribute(name, value);
  const card = pixelCard();
  const strips = [0, 1, 2].map((channel) => vectorStrip(channel, (index, save) => pick(placeOf(index), save)));
  const shift = (down, right) => change(model, { down, right });
  const pad = shiftPad((down, right) => {
    const next = [get("down") + down, get("right") + right];
    if (view.revealed && next.every((x) => Math.abs(x) <= MARGIN)) shift(...next);
  });
  const home = button("Sin correr", () => shift(0, 0), { "data-action": "home" });
  const moved = h("p", { class: "rc-iv-moved" });
  const meter = h("div", { class: "rc-iv-meter", "aria-hidden": "true" }, h("i", {}));
  const result = h("p", { class: "rc-iv-result" });
  const meaning = h("p", { class: "rc-note" });
  const key = h("p", { class: "rc-help" });
  const answer = h("input", { type: "number", id: uniqueId("answer"), min: "0", max: String(LENGTH), inputmode: "numeric", class: "rc-answer" });
  const question = h("label", { class: "rc-question", for: answer.id });
  const gate = predictionGate({
    question, field: answer, again: "Predecir de nuevo", empty: "Escriban primero un número, del 0 al 3072.",
    next: "Córranla en otras direcciones y con otras imágenes. ¿En cuál cambian menos números, y por qué?",
    judge: () => (answer.value === "" ? null : judgeChanged(Number(answer.value), compareVectors(view.scene.before, vectorOf(view.scene.scene, 0, 1)).changed)),
    onOpen: () => {
      if (!view.revealed) shift(0, 1);
      view.revealed = true;
      refresh();
    },
    onAgain: () => {
      view.revealed = false;
      answer.value = "";
      shift(0, 0);
      refresh();
    },
  });
  const reset = button("Volver al inicio", () => show({ shown: options[0][0], row: 14, column: 12, channel: 1, down: 0, right: 0 }), { "data-action": "reset" });

  // Dibujo
  const paint = () => {
    const colors = { warm: rgb(view.palette.warm), muted: rgb(view.palette.muted, 0.4) };
    const { scene } = view;
    const open = view.revealed && scene.moved;
    first.draw(scene.picture, get("row"), get("column"), colors);
    second.draw(open ? scene.shifted : null, get("row"), get("column"), colors);
    strips.forEach((strip, c) => strip.draw(open ? scene.strips[c] : { before: scene.strips[c].before }, colors));
  };
  const describeShift = () => {
    const { scene } = view;
    const open = view.revealed && scene.moved;
    const text = shiftText(scene.down, scene.right);
    veil.hidden = open;
    veil.textContent = view.revealed ? "=" : "?";
    second.size.textContent = open ? text : view.revealed ? "sin correr" : "por predecir";
    second.canvas.setAttribute("aria-label", open ? `La imagen corrida ${text}` : "La imagen corrida: todavía no se muestra");
    moved.textContent = open ? text : "sin correr";
    pad.update(scene.down, scene.right, view.revealed);
    home.disabled = !open;
    meter.hidden = !open;
    key.textContent = open ? "En cada tramo: arriba, la imagen; debajo, la imagen corrida; la línea del final marca los números que cambian." : "Cada tramo es una parte del vector: negro es 0 y el color más vivo, 255. Recórranlos con el ratón, el dedo o las flechas.";
    if (!open) {
      result.textContent = view.revealed ? "Con la imagen en su lugar no cambia ningún número." : "Aquí se dirá cuántos números cambian: primero, su predicción.";
      meaning.textContent = "";
      return;
    }
    const { changed, distance, levels } = compareVectors(scene.before, scene.after);
    meter.firstChild.style.width = `${(100 * changed) / LENGTH}%`;
    result.replaceChildren("Cambian ", h("strong", {}, String(changed)), ` de ${LENGTH} números: el ${shareText(changed)}.`);
    meaning.textContent = `Los dos vectores quedan a distancia ${number(distance, 0)}: la misma que habría si a toda la imagen le sumaran ${number(levels, 0)} niveles de brillo, de 255.`;
  };
  const select = () => {
    const { scene } = view;
    const [row, column, channel] = ["row", "column", "channel"].map(get);
    const open = view.revealed && scene.moved;
    const size = el.clientWidth > 560 ? 9 : 5;
    strips.forEach((strip) => strip.place(row, column));
    paint(); // antes que los textos: así el navegador no recalcula la página dos veces
    card.update(scene.before, row, column, channel);
    strips.forEach((strip, c) => strip.update({ before: scene.before, after: open ? scene.after : null, row, column, chosen: c === channel, size }));
    first.stage.setAttribute("aria-label", `La imagen: 32 × 32 píxeles. Elegido, el de la fila ${row}, columna ${column}. Muévanse con las flechas.`);
    const levels = [0, 1, 2].map((c) => `${CHANNELS[c][0]} ${scene.before[indexOf(row, column, c)]} en la posición ${indexOf(row, column, c)}`);
    live.say(`Fila ${row}, columna ${column}: ${levels.join(", ")}.`);
  };
  const refresh = () => {
    view.palette ??= paletteOf(el);
    const now = [...PICTURE.map(get), view.palette, view.revealed];
    if (view.drawn?.every((own, i) => own === now[i])) { // solo cambió el píxel elegido
      select();
      return;
    }
    view.drawn = now;
    view.scene = sceneOf(get, view.palette);
    const kept = options.some(([own]) => own === get("shown")) ? get("shown") : options[0][0];
    picker.update(kept);
    first.size.textContent = "32 × 32 × 3";
    question.textContent = `La imagen entera se corre un solo píxel a la derecha. De los ${LENGTH} números de su vector, ¿cuántos cambian?`;
    describeShift();
    select();
  };
  const onModel = coalesce(() => { refresh(); });

  first.stage.addEventListener("keydown", (event) => {
    const next = event.ctrlKey || event.metaKey || event.altKey ? null : stepInImage(event.key, event.shiftKey, get("row"), get("column"));
    if (!next) return;
    event.preventDefault();
    event.stopPropagation();
    pickPixel(...next, true);
  });

  el.replaceChildren(
    h("div", { class: "rc-head" }, h("p", { class: "rc-title" }, "Imagen y vector"), reset),
    picker.element,
    h("div", { class: "rc-iv-top" }, first.element, card.element),
    h("div", { class: "rc-iv-strips" }, strips.map((strip) => strip.element)), key,
    gate.element,
    h("div", { class: "rc-iv-top" }, second.element,
      h("div", { class: "rc-card rc-iv-shift" }, h("p", { class: "rc-sum-title" }, "Correr la imagen"),
        h("div", { class: "rc-row" }, pad.element, h("div", { class: "rc-iv-still" }, moved, home)), meter, result, meaning)),
    live.element,
  );
  if (view.revealed) gate.open();
  const retint = () => { view.palette = null; refresh(); };
  const stops = [listen(model, WATCHED, onModel), watchTheme(retint)];
  const resize = new ResizeObserver(() => { if (view.scene) select(); });
  refresh();
  resize.observe(el);
  return () => {
    stops.forEach((stop) => stop());
    resize.disconnect();
    live.stop();
  };
}

export default { render, toHash: imageVectorToHash, fromHash: imageVectorFromHash };
