// El pincel de oclusión, sin dibujo: tapar un cuadrado, cuánto baja la probabilidad en cada lugar, y qué zona importa más.

const STEPS = [8, 4, 2, 1]; // el mapa se calcula de lo grueso a lo fino

/** Con qué se tapa: clave y nombre. El color medio es el de CIFAR-10: tras normalizar, ceros. */
export const FILLS = [["medio", "color medio"], ["negro", "negro"], ["blanco", "blanco"]];

/** El color de un relleno, [rojo, verde, azul]. */
export function fillColor(fill, { mean }) {
  return { medio: mean.map(Math.round), negro: [0, 0, 0], blanco: [255, 255, 255] }[fill];
}

/** El cuadrado de lado `size` centrado en un píxel, recortado a la imagen: { top, left, bottom, right }, sin incluir el final. */
export function squareAt(row, column, size) {
  const low = size >> 1;
  const clip = (x) => Math.max(0, Math.min(IMAGE_SIDE, x));
  return { top: clip(row - low), left: clip(column - low), bottom: clip(row - low + size), right: clip(column - low + size) };
}

/** La imagen con un cuadrado tapado. */
export function occluded(bytes, row, column, size, color) {
  const covered = Uint8Array.from(bytes);
  const { top, left, bottom, right } = squareAt(row, column, size);
  for (let r = top; r < bottom; r++) {
    for (let c = left; c < right; c++) covered.set(color, 3 * (IMAGE_SIDE * r + c));
  }
  return covered;
}

/** Los 1024 centros, de lo grueso a lo fino: [posición, paso], sin repetir. */
export function heatOrder() {
  const seen = new Set();
  return STEPS.flatMap((step) => {
    const found = [];
    for (let r = step >> 1; r < IMAGE_SIDE; r += step) {
      for (let c = step >> 1; c < IMAGE_SIDE; c += step) {
        const at = IMAGE_SIDE * r + c;
        if (!seen.has(at)) found.push([at, step]);
        seen.add(at);
      }
    }
    return found;
  });
}

/**
 * El mapa de calor: cuánto baja la probabilidad de la clase que la red dice, según dónde se tape.
 * `advance(until)` calcula mientras `until()` sea cierto; `drops` tiene, hasta entonces, lo grueso.
 */
export function heatMap(network, bytes, size, color) {
  const { probabilities } = forward(network, bytes);
  const [[top, chance]] = ranking(probabilities);
  const order = heatOrder();
  const heat = { top, chance, drops: new Float32Array(1024), done: 0, total: order.length };
  const exact = new Uint8Array(1024);
  const put = (at, step, drop) => { // llena también los vecinos que aún no se calculan
    const [r, c] = [Math.floor(at / IMAGE_SIDE), at % IMAGE_SIDE];
    exact[at] = 1;
    heat.drops[at] = drop;
    for (let i = Math.max(0, r - (step >> 1)); i < Math.min(IMAGE_SIDE, r + (step >> 1)); i++) {
      for (let j = Math.max(0, c - (step >> 1)); j < Math.min(IMAGE_SIDE, c + (step >> 1)); j++) {
        if (!exact[IMAGE_SIDE * i + j]) heat.drops[IMAGE_SIDE * i + j] = drop;
      }
    }
  };
  heat.advance = (until) => {
    while (heat.done < heat.total && until()) {
      const [at, step] = order[heat.done];
      const covered = occluded(bytes, Math.floor(at / IMAGE_SIDE), at % IMAGE_SIDE, size, color);
      put(at, step, chance - forward(network, covered).probabilities[top]);
      heat.done++;
    }
    return heat.done === heat.total;
  };
  return heat;
}

/** La media de la caída en cada una de las nueve zonas, de arriba a la izquierda a abajo a la derecha. */
export function zoneDrops(drops) {
  const [sums, counts] = [new Array(9).fill(0), new Array(9).fill(0)];
  drops.forEach((drop, at) => {
    const zone = 3 * Math.floor((3 * Math.floor(at / IMAGE_SIDE)) / IMAGE_SIDE) + Math.floor((3 * (at % IMAGE_SIDE)) / IMAGE_SIDE);
    sums[zone] += drop;
    counts[zone] += 1;
  });
  return sums.map((sum, zone) => sum / counts[zone]);
}

/** Las nueve zonas y una más: que no importe ninguna. */
export const ZONES = [
  "arriba a la izquierda", "arriba al centro", "arriba a la derecha", "a la izquierda", "el centro",
  "a la derecha", "abajo a la izquierda", "abajo al centro", "abajo a la derecha",
];
const NONE = 9;
const LEAST = 0.02; // por debajo de dos puntos se dice que no importa

/** «12 puntos», «1 punto»: una diferencia de probabilidades en puntos porcentuales. */
export function points(drop) {
  const rounded = Math.abs(drop) < 0.0995 ? number(100 * Math.abs(drop), 1) : number(100 * Math.abs(drop), 0);
  return `${rounded} ${rounded === "1" ? "punto" : "puntos"}`;
}

/** Juzga qué zona importa más: { right, text }. `answer`, de 0 a 9: la 9 es «ninguna». */
export function judgeZone(answer, drops) {
  const means = zoneDrops(drops);
  const best = means.indexOf(Math.max(...means));
  const silent = means[best] < LEAST;
  const right = silent ? answer === NONE : answer === best;
  const truth = silent
    ? `Ninguna zona la mueve más que ${points(Math.max(0, means[best]))} en promedio: para esto, un cuadrado así no basta.`
    : `Lo que más importa es ${ZONES[best]}: tapar ahí la baja ${points(means[best])} en promedio.`;
  if (right) return { right, text: `¡Eso es! ${truth}` };
  const own = answer === NONE ? "" : ` Donde ustedes dijeron, ${means[answer] < 0 ? "sube" : "baja"} ${points(means[answer])}.`;
  return { right, text: `Todavía no. ${truth}${own}` };
}

/** A qué píxel lleva una tecla. */
export function movePixel(key, large, [row, column]) {
  const by = large ? 5 : 1;
  const moves = { ArrowUp: [row - by, column], ArrowDown: [row + by, column], ArrowLeft: [row, column - by], ArrowRight: [row, column + by], Home: [row, 0], End: [row, 31], PageUp: [0, column], PageDown: [31, column] };
  return moves[key]?.map((x) => Math.max(0, Math.min(31, x))) ?? null;
}

/** El estado como texto para la dirección: imagen, fila, columna, lado y relleno. Una imagen propia no viaja. */
export function occlusionToHash(get) {
  return [get("shown") === "propia" ? "" : get("shown"), get("row"), get("column"), get("size"), get("fill")].join("~");
}

/** El estado que dice una dirección, ya comprobado; `null` si no se entiende. */
export function occlusionFromHash(text, get) {
  const [shown, ...parts] = text.split("~");
  const fill = parts[3];
  const [row, column, size] = parts.slice(0, 3).map((x) => (/^\d{1,2}$/.test(x) ? Number(x) : NaN));
  const fits = parts.length === 4 && row <= 31 && column <= 31 && size >= 1 && size <= 20 && FILLS.some(([key]) => key === fill);
  if (!fits || (shown !== "" && !Object.hasOwn(get("pictures"), shown))) return null;
  return { ...(shown && { shown }), row, column, size, fill };
}
