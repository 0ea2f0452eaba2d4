// «Mejor de K»: une modelo, dibujos y textos. Vale igual en Jupyter (anywidget) y en la página.

const STATE = ["networks", "images", "truth", "seed", "intervals"];
const BEGIN = { networks: 20, images: 1000, truth: 56, seed: 50, intervals: false };
const KEYS = [["single", "una red cualquiera"], ["wins", "la mejor de K"], ["again", "la misma, medida otra vez"]];

/** Lo que pasó en el primer concurso, en una frase por idea. */
export function drawText({ networks, images, truth, measured, winner, again, inside, winnerCovers }, intervals) {
  const best = measured[winner];
  const over = best - truth;
  const sign = over >= 0 ? "sobre" : "bajo";
  const said = [`${networks === 1 ? "La red" : `La mejor, la número ${winner + 1},`} midió ${decimal(best, 1)} %: ${decimal(Math.abs(over), 1)} puntos ${sign} la verdad. Con otras ${thousands(images)} imágenes, la misma red mide ${decimal((100 * again[0]) / images, 1)} %.`];
  if (intervals && networks === 1) said.push(inside ? "La verdad está en su intervalo." : "La verdad queda fuera de su intervalo.");
  if (intervals && networks > 1) said.push(`La verdad está en ${inside} de los ${networks} intervalos; en el de la mejor, ${winnerCovers ? "también" : "no"}.`);
  return said.join(" ");
}

/** Lo que pasa en promedio: las cuentas exactas junto a lo sorteado. */
export function averageText({ networks, sigma, gain, seen, fresh, covered, coveredBest }) {
  if (networks === 1) return `Una medida se desvía, en lo típico, σ = ${decimal(sigma)} puntos, hacia arriba o hacia abajo: en promedio, cero. Suban K.`;
  return `Una medida se desvía, en lo típico, σ = ${decimal(sigma)} puntos. La mejor de ${networks} sale ${decimal(gain)} puntos por encima (${decimal(gain / sigma)} σ) en la cuenta exacta, y ${signed(seen)} en estos ${REPEATS} sorteos; medida otra vez, ${signed(fresh)}. El intervalo de 95 % de una red cualquiera contiene la verdad el ${number(100 * covered, 0)} % de las veces; el de la mejor, el ${number(100 * coveredBest, 0)} %.`;
}

function render({ model, el }) {
  const get = (name) => model.get(name);
  const live = announcer();
  const view = { revealed: !get("predict"), study: null };
  el.classList.add("rc-x", "rc-best");

  const bars = h("div", { class: "rc-best-chart", role: "img", "data-part": "bars" });
  const veil = h("div", { class: "rc-veil", "aria-hidden": "true" }, "?");
  const histogram = h("div", { class: "rc-best-chart", role: "img", "data-part": "histogram" });
  const legend = h("p", { class: "rc-best-legend" }, KEYS.map(([kind, text]) => h("span", {}, h("i", { class: `rc-best-key-${kind}` }), text)));
  const draw = h("p", { "data-part": "draw" });
  const average = h("p", { "data-part": "average" });
  const sliders = {
    networks: slider({ label: "Redes", hint: "K", min: 1, max: 100, show: (x) => `${x}`, onChange: (x) => change(model, { networks: x }) }),
    images: slider({ label: "Imágenes", hint: "n", min: 0, max: SIZES.length - 1, show: (at) => thousands(SIZES[at]), onChange: (at) => change(model, { images: SIZES[at] }) }),
    truth: slider({ label: "Exactitud real", hint: "p", min: 50, max: 95, show: (x) => `${x} %`, onChange: (x) => change(model, { truth: x }) }),
  };
  const style = choice("Barras", [["no", "sin intervalos"], ["si", "con intervalos"]], (key) => change(model, { intervals: key === "si" }));
  const another = button("Otro sorteo", () => change(model, { seed: (get("seed") % 999999) + 1 }), { "data-action": "draw" });
  const reset = button("Volver al inicio", () => change(model, BEGIN), { "data-action": "reset" });

  const question = h("label", { class: "rc-question" });
  const answer = h("input", { type: "text", inputmode: "decimal", autocomplete: "off", id: uniqueId("answer"), class: "rc-answer" });
  question.setAttribute("for", answer.id);
  const gate = predictionGate({
    question, field: answer, again: "Otra predicción", empty: "Escriban primero cuántos puntos (por ejemplo, 0.5).",
    next: "Muevan K y n por separado. ¿Qué hace falta para que la exageración baje a la mitad?",
    judge: () => {
      const value = readNumber(answer.value);
      return Number.isNaN(value) ? null : judgeGain(value, view.study);
    },
    onOpen: () => { view.revealed = true; refresh(); },
    onAgain: () => {
      view.revealed = false;
      answer.value = "";
      change(model, randomContest());
      refresh();
    },
  });

  const measure = () => { view.widths = [bars, histogram].map((chart) => Math.max(220, Math.floor(chart.clientWidth || 300))); };
  const paint = () => {
    const { study, revealed, widths: [width, other] } = view;
    bars.innerHTML = revealed ? barsChart(study, { width, intervals: get("intervals") }) : "";
    histogram.innerHTML = histogramChart(study, { width: other, revealed });
  };
  const describe = () => {
    const { study, revealed } = view;
    const { networks, images, truth } = study;
    question.textContent = `${count(networks, "red acierta", "redes aciertan")}, de verdad, lo mismo: el ${truth} %. Cada una se mide con ${thousands(images)} imágenes y anunciamos la que mejor salió. En promedio, ¿cuántos puntos sobre ${truth} % saldrá?`;
    draw.textContent = revealed ? drawText(study, get("intervals")) : "Cuando respondan, aquí se sortea lo que mide cada red.";
    average.textContent = revealed ? averageText(study) : "En azul, lo que puede medir una red cualquiera, con su cuenta exacta. ¿Dónde caerá la mejor?";
    bars.setAttribute("aria-label", revealed ? `Barras con lo que midió cada red${get("intervals") ? " y su intervalo de 95 %" : ""}. ${draw.textContent}` : "Lo que midió cada red, por predecir");
    histogram.setAttribute("aria-label", revealed ? `Histogramas de una red, de la mejor y de la mejor medida otra vez. ${average.textContent}` : "Histograma de lo que mide una red cualquiera; el de la mejor, por predecir");
    veil.hidden = revealed;
    style.element.hidden = !revealed;
    another.disabled = !revealed;
    for (const kind of ["wins", "again"]) legend.querySelector(`.rc-best-key-${kind}`).parentNode.hidden = !revealed;
  };
  const refresh = () => {
    view.study = studyOf(Object.fromEntries(STATE.map((name) => [name, get(name)])));
    sliders.networks.update(get("networks"));
    sliders.images.update(SIZES.indexOf(get("images")));
    sliders.truth.update(get("truth"));
    style.update(get("intervals") ? "si" : "no");
    describe();
    paint();
    live.say(view.revealed ? draw.textContent : "");
  };

  el.replaceChildren(
    h("div", { class: "rc-head" }, h("p", { class: "rc-title" }, "El mejor de K"), reset),
    gate.element,
    h("div", { class: "rc-best-sliders" }, Object.values(sliders).map((part) => part.element)),
    h("div", { class: "rc-pair" },
      h("figure", {}, h("figcaption", {}, h("strong", {}, "Un sorteo"), h("span", { class: "rc-size" }, "el eje no parte en cero")), h("div", { class: "rc-stage-box" }, bars, veil)),
      h("figure", {}, h("figcaption", {}, h("strong", {}, `${REPEATS} sorteos`), h("span", { class: "rc-size" }, "exactitud medida")), histogram)),
    h("div", { class: "rc-best-tools" }, h("div", { class: "rc-row" }, style.element, another), legend),
    h("div", { class: "rc-best-said" }, h("div", { class: "rc-card" }, draw), h("div", { class: "rc-card" }, average)),
    live.element,
  );
  const onScene = coalesce(() => { gate.clear(); refresh(); });
  const onLook = coalesce(refresh);
  const stops = [listen(model, ["networks", "images", "truth"], onScene), listen(model, ["seed", "intervals"], onLook)];
  measure();
  refresh();
  if (view.revealed) gate.open();
  const resize = new ResizeObserver(() => { measure(); paint(); });
  resize.observe(histogram);
  return () => {
    stops.forEach((stop) => stop());
    resize.disconnect();
    live.stop();
  };
}

export default { render, toHash: contestToHash, fromHash: contestFromHash };
