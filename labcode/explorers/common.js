// Lo que comparten los exploradores: piezas de la página, números en castellano y la compuerta «predice».
// Va delante del módulo de cada explorador (ver `module_sources` en base.py).

/** Un identificador que no se repite en la página, aunque haya en ella varios exploradores. */
export function uniqueId(prefix) {
  globalThis.labcodeIds = (globalThis.labcodeIds ?? 0) + 1;
  return `rc-${prefix}-${globalThis.labcodeIds}`;
}

/** Crea un elemento: atributos, `on…` como oyentes, y sus hijos (elementos o textos). */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, value);
  }
  element.append(...children.flat().filter((child) => child != null && child !== false));
  return element;
}

/** Lo mismo para un elemento de SVG, sin oyentes. */
export function s(tag, attributes = {}, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) if (value != null) element.setAttribute(name, value);
  element.append(...children.flat().filter((child) => child != null && child !== false));
  return element;
}

/** Los bytes que dice un texto en base64. */
export function bytesFrom(text) {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}

/** Un número con `digits` decimales, igual que `labcode.text.decimal`: un 5 final sube, el menos es tipográfico y el cero va sin signo. */
export function decimal(x, digits = 2) {
  const text = (x + Math.sign(x) * 10 ** -(digits + 6)).toFixed(digits);
  return Number(text) === 0 ? text.replace("-", "") : text.replace("-", "−");
}

/** Lo mismo, con su signo siempre a la vista: «+3.8», «−1.2». */
export function signed(x, digits = 2) {
  const text = decimal(x, digits);
  return text.startsWith("−") ? text : `+${text}`;
}

/** Un porcentaje ya en puntos, con su espacio fino: «78.5 %». */
export function percent(x, digits = 1) {
  return `${decimal(x, digits)}\u202f%`;
}

/** Un porcentaje desde una probabilidad, con una cifra o, si llega a 10, sin ninguna: «0.4 %», «62 %». */
export function share(p) {
  return p > 0 && p < 0.0005 ? "< 0.1\u202f%" : percent(100 * p, p < 0.0995 ? 1 : 0);
}

/** Número legible: hasta `digits` decimales, sin ceros de más y con el signo menos tipográfico. */
export function number(x, digits = 2) {
  const text = decimal(x, digits);
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}

/** Un entero con sus miles, con espacio fino desde cinco cifras: 45 000, pero 5000. */
export function thousands(n) {
  return n < 10_000 ? String(n) : String(n).replace(/\B(?=(\d{3})+$)/g, "\u202f");
}

/** Número que multiplica en una suma: entre paréntesis si es negativo. */
export function factor(x, digits = 2) {
  const text = number(x, digits);
  return text.startsWith("−") ? `(${text})` : text;
}

/** Dice si dos decimales bastan para escribir un número exacto (si no, la suma lleva «≈»). */
export function isShort(x) {
  return Math.abs(x * 100 - Math.round(x * 100)) < 1e-6;
}

/** «1 fila», «2 filas». */
export function count(n, one, many) {
  return `${n} ${n === 1 ? one : many}`;
}

/** Lee un número escrito por una persona (coma o punto, menos tipográfico); NaN si no lo es. */
export function readNumber(text) {
  const clean = text.trim().replace("−", "-").replace(",", ".");
  return /^[+-]?(\d+\.?\d*|\.\d+)$/.test(clean) ? Number(clean) : NaN;
}

/** Deslizador con su etiqueta y su valor a la vista. Devuelve { element, update(valor) }. */
export function slider({ label, hint, min, max, step = 1, onChange, show = (x) => number(x) }) {
  const id = uniqueId("slider");
  const value = h("output", { for: id, class: "rc-value" });
  const input = h("input", {
    id, type: "range", min, max, step, class: "rc-range",
    oninput: () => onChange(Number(input.value)),
  });
  const name = h("label", { for: id }, label, hint && " ", hint && h("span", { class: "rc-hint" }, hint));
  const update = (x) => {
    if (Number(input.value) !== x) input.value = x;
    input.style.setProperty("--at", `${((x - min) / (max - min)) * 100}%`);
    input.setAttribute("aria-valuetext", show(x));
    value.textContent = show(x);
  };
  return { element: h("div", { class: "rc-slider" }, name, value, input), update };
}

/** Deslizador cuyos valores son los de una lista. Devuelve { element, update(valor) }. */
export function listSlider({ label, hint, values, show, onChange }) {
  const part = slider({ label, hint, min: 0, max: values.length - 1, show: (i) => show(values[i]), onChange: (i) => onChange(values[i]) });
  return { element: part.element, update: (value) => part.update(values.indexOf(value)) };
}

/** Botón de la casa. `kind`: "main", "quiet" o "chip". */
export function button(text, onclick, { kind = "quiet", ...attributes } = {}) {
  return h("button", { type: "button", class: `rc-button rc-${kind}`, onclick, ...attributes }, text);
}

/** Grupo de opciones excluyentes (radios con su etiqueta). Devuelve { element, update(clave) }. */
export function choice(legend, options, onChange) {
  const name = uniqueId("choice");
  const inputs = new Map();
  const labels = options.map(([key, text]) => {
    const input = h("input", { type: "radio", name, value: key, onchange: () => onChange(key) });
    inputs.set(key, input);
    return h("label", { class: "rc-option" }, input, h("span", {}, text));
  });
  const element = h("fieldset", { class: "rc-choice" }, h("legend", {}, legend), h("div", { class: "rc-row" }, labels));
  const update = (key) => inputs.forEach((input, own) => { input.checked = own === key; });
  return { element, update };
}

/**
 * Frase que un lector de pantalla dice cuando el lector se detiene. Calla lo que se dibuja al abrir la página, que nadie pidió, y lo
 * que ya dijo. Devuelve { element, say(texto) }.
 */
export function announcer() {
  const element = h("p", { class: "rc-hidden", "aria-live": "polite" });
  let awake = false;
  let timer = 0;
  requestAnimationFrame(() => requestAnimationFrame(() => { awake = true; }));
  const say = (text) => {
    clearTimeout(timer);
    if (awake && text !== element.textContent) timer = setTimeout(() => { element.textContent = text; }, 250);
  };
  return { element, say, stop: () => clearTimeout(timer) };
}

/** Une varias llamadas del mismo instante en una sola, antes de que se pinte la página. */
export function coalesce(work) {
  let waiting = false;
  return () => {
    if (waiting) return;
    waiting = true;
    queueMicrotask(() => { waiting = false; work(); });
  };
}

let knownSizes = new WeakMap();
const sizeWatcher = globalThis.ResizeObserver && new ResizeObserver(() => { knownSizes = new WeakMap(); }); // si uno cambia, todos se miden otra vez

/** El tamaño de un elemento, { width, height, scale }: en píxeles de CSS (0, si no se ve), y cuánto lo agranda la diapositiva donde está. */
export function boxSize(element) {
  const seen = element.getBoundingClientRect().width;
  const style = getComputedStyle(element);
  const [width, height] = ["width", "height"].map((side) => (seen && parseFloat(style[side])) || 0); // de lo que no se ve, dice «100%»
  return { width, height, scale: width ? seen / width : 1 };
}

/**
 * Lo mismo, recordado hasta que cambie: medirlo en cada dibujo obligaría al navegador a trazar la página otra vez. Quien redibuja
 * cuando cambia el tamaño lo recibe ya nuevo: este observador nació antes.
 */
export function sizeOf(element) {
  if (!knownSizes.get(element)?.width) {
    sizeWatcher.observe(element);
    knownSizes.set(element, boxSize(element));
  }
  return knownSizes.get(element);
}

/** Olvida el tamaño de un elemento que se acaba de cambiar: quien lo observa se entera más tarde. */
export function forgetSize(element) {
  knownSizes.delete(element);
}

/**
 * Prepara un lienzo, limpio y con tantos píxeles como ocupa en la pantalla (hasta `most` por cada uno de CSS): su contexto, su ancho
 * y su alto, en píxeles de CSS, y cuántos de los suyos tiene cada uno.
 */
export function fitCanvas(canvas, most = Infinity) {
  const size = sizeOf(canvas);
  const ratio = size.scale * Math.min(most, window.devicePixelRatio || 1);
  const [across, down] = [size.width, size.height].map((side) => Math.max(1, Math.round(side * ratio)));
  if (canvas.width !== across || canvas.height !== down) Object.assign(canvas, { width: across, height: down });
  const context = canvas.getContext("2d");
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  const [width, height] = [across / ratio, down / ratio];
  context.clearRect(0, 0, width, height);
  return { context, width, height, ratio };
}

/** Dónde está el puntero en un elemento, [x, y], en píxeles de CSS: como se dibujó, sin la escala de una diapositiva. */
export function spotIn(event, element) {
  const { left, top } = element.getBoundingClientRect();
  const { scale } = boxSize(element);
  return [(event.clientX - left) / scale, (event.clientY - top) / scale];
}

/** Llama a `work` cuando cambia uno de `names` en el modelo; devuelve cómo dejar de hacerlo. */
export function listen(model, names, work) {
  names.forEach((name) => model.on(`change:${name}`, work));
  return () => names.forEach((name) => model.off(`change:${name}`, work));
}

/** Cambia varios atributos a la vez y los guarda. */
export function change(model, values) {
  for (const [name, value] of Object.entries(values)) model.set(name, value);
  model.save_changes();
}

/** Avisa cuando la página o Jupyter cambian de claro a oscuro; devuelve cómo dejar de hacerlo. */
export function watchTheme(work) {
  const observer = new MutationObserver(work);
  const options = { attributes: true, attributeFilter: ["data-theme", "data-jp-theme-light", "class", "theme"] };
  observer.observe(document.documentElement, options);
  observer.observe(document.body, options);
  return () => observer.disconnect();
}

/** Color de una propiedad CSS del explorador, como [rojo, verde, azul] de 0 a 255. */
export function colorOf(element, property) {
  const context = document.createElement("canvas").getContext("2d");
  context.fillStyle = getComputedStyle(element).getPropertyValue(property).trim();
  const hex = context.fillStyle;
  return [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
}

/** Mezcla dos colores: 0 da el primero y 1 el segundo. */
export function mix(from, to, amount) {
  return from.map((x, i) => Math.round(x + (to[i] - x) * amount));
}

/** Escribe un color para CSS o un lienzo. */
export function rgb([red, green, blue], alpha = 1) {
  return `rgb(${red} ${green} ${blue} / ${alpha})`;
}

/** Dice si el sistema del lector pide menos movimiento. */
export function wantsStillness() {
  return window.matchMedia("(prefers-reduced-motion: reduce)").matches;
}

/**
 * Compuerta «predice»: pregunta, respuesta y comentario antes de mostrar nada.
 * `field` es el elemento donde se responde, `judge()` devuelve { right, text } (null si falta responder) y `next`
 * dice qué probar y explicar después.
 */
export function predictionGate({ question, field, judge, empty, next, onOpen, onAgain, again }) {
  const feedback = h("p", { class: "rc-feedback", role: "status" });
  const open = () => {
    const byKeys = form.querySelector(":focus-visible"); // esconder el formulario le quitaría el foco a quien usa el teclado
    form.hidden = true;
    after.hidden = false;
    tag.textContent = "Prueba";
    onOpen();
    if (byKeys) repeat.focus({ preventScroll: true });
  };
  const answer = (event) => {
    event.preventDefault();
    const verdict = judge();
    feedback.dataset.kind = verdict?.right ? "right" : "wrong";
    feedback.textContent = verdict ? verdict.text : empty;
    if (verdict) open();
  };
  const skip = button("Ver sin predecir", () => { feedback.textContent = ""; open(); });
  const check = h("button", { type: "submit", class: "rc-button rc-main" }, "Comprobar");
  const form = h("form", { class: "rc-form", novalidate: true, onsubmit: answer },
    question, h("div", { class: "rc-row" }, field, h("div", { class: "rc-row" }, check, skip)));
  const repeat = button(again, () => {
    form.hidden = false;
    after.hidden = true;
    tag.textContent = "Predice";
    feedback.textContent = "";
    onAgain();
    form.querySelector("input").focus();
  }, { kind: "quiet" });
  const after = h("div", { class: "rc-after", hidden: true }, h("p", {}, next), repeat);
  const tag = h("span", { class: "rc-tag" }, "Predice");
  const element = h("div", { class: "rc-gate" }, tag, h("div", { class: "rc-gate-body" }, form, feedback, after));
  return { element, open: () => { if (!form.hidden) open(); }, clear: () => { feedback.textContent = ""; } };
}
