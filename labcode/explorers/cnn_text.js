// La CNN, en palabras: nombres de etapas y celdas, la suma escrita, los comentarios y la dirección.

const CHANNELS = ["rojo", "verde", "azul"];

/** Qué hay en una etapa: «6 mapas de 28 × 28», «120 neuronas». */
export function stageSize(stage, { channels, side }) {
  if (stage === "input") return `${channels} canales de ${side}\u00a0×\u00a0${side}`;
  if (side === 1) return `${count(channels, stage === "output" ? "número" : "neurona", stage === "output" ? "números" : "neuronas")}`;
  return `${count(channels, "mapa", "mapas")} de ${side}\u00a0×\u00a0${side}`;
}

/** Cómo se llama una celda: «mapa 3, fila 5, columna 8». */
export function cellName(stage, [c, r, k], classes) {
  if (stage === "output") return classes[c];
  if (STAGES[stage].field === IMAGE_SIDE) return `neurona ${c + 1}`;
  return `${stage === "input" ? CHANNELS[c] : `mapa ${c + 1}`}, fila ${r + 1}, columna ${k + 1}`;
}

/** Lo que mira una celda de la imagen, en una frase. */
export function fieldWords(stage, cell) {
  const { top, left, size } = fieldOf(stage, cell);
  if (size === IMAGE_SIDE) return "Mira la imagen entera.";
  if (size === 1) return "Es un solo píxel.";
  return `De la imagen mira ${size} × ${size} píxeles: filas ${top + 1} a ${top + size} y columnas ${left + 1} a ${left + size}.`;
}

/** Cómo se llama un grupo de productos: el canal o el mapa del que vienen. */
export function groupName(stage, at) {
  if (stage === "conv1") return CHANNELS[at];
  return stage === "conv2" || stage === "dense1" ? `mapa ${at + 1}` : "";
}

/** Suma con signos: «0.4 − 0.2 + 1.1». */
function signedSum(terms) {
  return terms.map(([x, name], i) => {
    const size = `${number(Math.abs(x))}${name ? ` (${name})` : ""}`;
    return i === 0 ? `${x < 0 ? "−" : ""}${size}` : `${x < 0 ? "−" : "+"} ${size}`;
  }).join(" ");
}

/** Los productos que más empujan de una lista larga, y lo que suma el resto. */
function strongest({ inputs, weights }) {
  const products = inputs.map((x, i) => [x * weights[i], `neurona ${i + 1}`]);
  const top = [...products].sort((a, b) => Math.abs(b[0]) - Math.abs(a[0])).slice(0, 4);
  const rest = products.reduce((sum, [x]) => sum + x, 0) - top.reduce((sum, [x]) => sum + x, 0);
  return [...top, [rest, "las demás"]];
}

/** La cuenta de una celda, escrita con lo que suma cada canal. */
export function accountText(stage, explained, extra) {
  const { kind, value, inputs, groups, bias, total } = explained;
  if (kind === "pixel") return `(${extra.byte} − ${number(explained.mean, 1)}) / ${number(explained.std, 1)} = ${number(value)}`;
  if (kind === "relu") return `máx(0, ${number(inputs[0])}) = ${number(value)}`;
  if (kind === "max") return `máx(${inputs.map((x) => number(x)).join(", ")}) = ${number(value)}`;
  const parts = groups.length > 1 ? groups.map(({ subtotal }, i) => [subtotal, groupName(stage, i)]) : strongest(groups[0]);
  const sum = `${signedSum([...parts, [bias, "sesgo"]])} = ${number(total)}`;
  if (stage === "output") return `${sum}, y la softmax lo vuelve ${share(extra.probability)}`;
  return STAGES[stage].field === IMAGE_SIDE ? `${sum} → ReLU → ${number(value)}` : sum;
}

/** Todos los productos de una suma, uno por uno. */
export function allProducts({ groups, bias }) {
  const terms = groups.flatMap(({ inputs, weights }) => inputs.map((x, i) => `${factor(weights[i])}·${factor(x)}`));
  return `${terms.join(" + ")} + ${factor(bias)}`;
}

/** Juzga qué dirá la red: { right, text }. `truth` es la clase de la imagen, o `null` si no es de ninguna o no se sabe. */
export function judgeClass(answer, probabilities, classes, { truth, known }) {
  const [[top, confidence]] = ranking(probabilities);
  const right = answer === top;
  const said = `«${classes[top]}», con ${share(confidence)}`;
  const first = right ? `¡Eso es! Dice ${said}.` : `Dice otra cosa: ${said}. A «${classes[answer]}» le da ${share(probabilities[answer])}.`;
  return { right, text: `${first}${verdictTail(top, truth, known, classes)}` };
}

function verdictTail(top, truth, known, classes) {
  if (!known) return "";
  if (truth === null) return " Ninguna de las diez clases sirve para esta imagen, pero la softmax reparte siempre un 100\u202f% entre ellas.";
  return truth === top ? " Y acierta." : ` Y se equivoca: es de la clase «${classes[truth]}».`;
}

/** La red, en una frase. */
export function networkWords({ parameters, accuracy }) {
  const hits = accuracy === null ? "" : ` y acierta ${number(accuracy, 1)}\u202f% de las imágenes de prueba`;
  return `Es la CNN de la clase, entrenada con CIFAR-10: tiene ${thousands(parameters)} parámetros${hits}. Solo conoce fotos de diez clases, y muy pequeñas: un dibujo es algo que nunca vio.`;
}

/** El estado como texto para la dirección: imagen, lo pintado, etapa y celda. Una imagen propia no viaja. */
export function cnnToHash(get) {
  const shown = get("shown") === "propia" ? "" : get("shown");
  return [shown, shown ? get("paint") : "", get("stage"), get("cell").join(".")].join("~");
}

/** El estado que dice una dirección, ya comprobado; `null` si no se entiende. */
export function cnnFromHash(text, get) {
  const [shown = "", paint = "", stage = "", place = "", ...rest] = text.split("~");
  const cell = place.split(".").map((x) => (/^\d{1,3}$/.test(x) ? Number(x) : NaN));
  const fits = !rest.length && (shown === "" || Object.hasOwn(get("pictures"), shown)) && paintFrom(paint, get("palette").length);
  if (!fits || !Object.hasOwn(STAGES, stage) || !get("network") || !isCell(stage, cell, get("network"))) return null;
  return { ...(shown && { shown, paint }), stage, cell };
}

/** Cuántos canales y de qué lado es una etapa: [canales, lado]. */
export function stageShape(stage, { channels, hidden, classes }) {
  const [first, second] = channels;
  return {
    input: [3, 32], conv1: [first, 28], relu1: [first, 28], pool1: [first, 14], conv2: [second, 10], relu2: [second, 10],
    pool2: [second, 5], dense1: [hidden[0], 1], dense2: [hidden[1], 1], output: [classes.length, 1],
  }[stage];
}

/** Si [canal, fila, columna] es una celda de la etapa. */
export function isCell(stage, cell, network) {
  const [channels, side] = stageShape(stage, network);
  return cell.length === 3 && cell.every(Number.isInteger) && cell.every((x, axis) => x >= 0 && x < (axis ? side : channels));
}

/** A qué celda lleva una tecla desde `cell`: flechas en el mapa, RePág y AvPág de un mapa a otro. */
export function moveCell(key, large, [c, r, k], { channels, side }) {
  const by = large ? 5 : 1;
  const flat = side === 1;
  const moves = flat
    ? { ArrowLeft: [c - 1, 0, 0], ArrowRight: [c + 1, 0, 0], ArrowUp: [c - STRIP, 0, 0], ArrowDown: [c + STRIP, 0, 0], Home: [0, 0, 0], End: [channels - 1, 0, 0] }
    : { ArrowUp: [c, r - by, k], ArrowDown: [c, r + by, k], ArrowLeft: [c, r, k - by], ArrowRight: [c, r, k + by], Home: [c, r, 0], End: [c, r, side - 1], PageUp: [c - 1, r, k], PageDown: [c + 1, r, k] };
  const next = moves[key];
  return next ? next.map((x, axis) => Math.max(0, Math.min((axis ? side : channels) - 1, x))) : null;
}
