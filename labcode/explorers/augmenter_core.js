// El aumentador, sin dibujo: lo que se sortea, lo que se le hace a la imagen y cómo se cuenta. Igual que augmenter_draws.py.

const AUG_SIDE = 32;
const ATTEMPTS = 10;
const RATIO = [0.3, 3.3];
const LEAST = 0.02;

/** Ajustes: [clave, etiqueta, mínimo, máximo, paso, cómo se muestra]; 0 es «no se usa». */
export const KNOBS = [
  ["flip", "Reflejo horizontal", 0, 1, 0.1, (x) => (x ? `p = ${number(x)}` : "no")],
  ["padding", "Recorte, relleno", 0, 16, 1, (x) => (x ? `${x} px` : "no")],
  ["erase", "Borrado aleatorio", 0, 1, 0.1, (x) => (x ? `p = ${number(x)}` : "no")],
  ["area", "Área mayor del borrado", 0.05, 0.6, 0.05, (x) => `${number(100 * x, 0)}\u202f%`],
  ["cutout", "Cuadrado tapado, lado", 0, 24, 1, (x) => (x ? `${x} px` : "no")],
  ["vertical", "Reflejo vertical", 0, 1, 0.1, (x) => (x ? `p = ${number(x)}` : "no")],
];

/** Sortea el rectángulo del borrado, [arriba, izquierda, alto, ancho] (todo 0 si no se borra); gasta siempre 23 números. */
export function drawBox(random, p, area, side) {
  const many = (value) => Array.from({ length: ATTEMPTS }, value);
  const areas = many(() => (LEAST + (area - LEAST) * random()) * side * side);
  const [low, high] = RATIO.map(Math.log);
  const ratios = many(() => Math.exp(low + (high - low) * random()));
  const boxes = areas.map((own, i) => [Math.round(Math.sqrt(own * ratios[i])), Math.round(Math.sqrt(own / ratios[i]))]);
  const place = [random(), random()];
  const erased = random() < p;
  const box = boxes.find((own) => Math.max(...own) < side);
  if (!box || !erased) return [0, 0, 0, 0];
  return [...box.map((length, axis) => Math.floor(place[axis] * (side - length + 1))), ...box];
}

/** Sortea lo que le toca a una imagen; siempre gasta 29 números, para que un ajuste no mueva el azar de los demás. */
export function drawOne(random, options, side = AUG_SIDE) {
  const mirror = random() < options.flip;
  const upside = random() < options.vertical;
  const window = [0, 1].map(() => Math.floor(random() * (2 * options.padding + 1)));
  const box = drawBox(random, options.erase, options.area, side);
  return { mirror, upside, window, box, centre: [0, 1].map(() => Math.floor(random() * side)) };
}

/** `n` sorteos de una semilla. */
export function drawsOf(options, seed, n) {
  const random = randomFrom(seed);
  return Array.from({ length: n }, () => drawOne(random, options));
}

/** Aplica lo sorteado, en orden: reflejos, recorte con relleno de ceros, borrado y tapado. No cambia `pixels`. */
export function transform(pixels, { padding, cutout }, { mirror, upside, window, box, centre }, side = AUG_SIDE) {
  const done = new Uint8Array(pixels.length);
  const holes = [box, [...centre.map((x) => x - Math.floor(cutout / 2)), cutout, cutout]];
  const hidden = (i, j) => holes.some(([top, left, height, width]) => i >= top && i < top + height && j >= left && j < left + width);
  for (let i = 0; i < side; i++) {
    for (let j = 0; j < side; j++) {
      const [row, column] = [i + window[0] - padding, j + window[1] - padding];
      if (row < 0 || row >= side || column < 0 || column >= side || hidden(i, j)) continue;
      const from = 3 * ((upside ? side - 1 - row : row) * side + (mirror ? side - 1 - column : column));
      const to = 3 * (i * side + j);
      for (let channel = 0; channel < 3; channel++) done[to + channel] = pixels[from + channel];
    }
  }
  return done;
}

/** Lo que le pasó a una imagen, en palabras. */
export function describeDraw({ mirror, upside, window, box, centre }, { padding, cutout }) {
  const [down, right] = window.map((x) => padding - x);
  const move = [down && `${Math.abs(down)} ${down > 0 ? "hacia abajo" : "hacia arriba"}`, right && `${Math.abs(right)} ${right > 0 ? "a la derecha" : "a la izquierda"}`].filter(Boolean);
  const parts = [mirror && "reflejada", upside && "boca abajo", move.length && `corrida ${move.join(" y ")}`,
    box[2] && `sin un rectángulo de ${box[2]} × ${box[3]} que parte en (${box[0]}, ${box[1]})`,
    cutout && `con un cuadrado de ${cutout} tapado, de centro (${centre.join(", ")})`].filter(Boolean);
  return parts.length ? parts.join("; ") : "tal como estaba";
}

/** Cuántas versiones distintas puede dar una imagen, sin contar lo borrado: { text, total }. */
export function versionsOf({ flip, vertical, padding }) {
  const both = (p) => p > 0 && p < 1;
  const factors = [both(flip) && "2", both(vertical) && "2", padding && `${2 * padding + 1}²`].filter(Boolean);
  const total = (both(flip) ? 2 : 1) * (both(vertical) ? 2 : 1) * (2 * padding + 1) ** 2;
  return { text: factors.length ? `${factors.join(" · ")}${factors.length > 1 || padding ? ` = ${total}` : ""}` : "1", total };
}

/** El mismo ajuste en labcode. */
export function pythonOf({ flip, padding, erase, area, cutout }) {
  const parts = [flip && `HorizontalFlip(p=${flip})`, padding && `RandomCrop(padding=${padding})`,
    erase && `RandomErasing(p=${erase}, scale=(${LEAST}, ${area}))`, cutout && `Cutout(size=${cutout})`].filter(Boolean);
  return parts.length === 1 ? `(${parts[0]},)` : `(${parts.join(", ")})`;
}

const STILL = { mirror: false, upside: false, window: [0, 0], box: [0, 0, 0, 0], centre: [0, 0] };

/** Los casos que se piden juzgar: imagen, qué se le hace, el sorteo, si la etiqueta sobrevive y por qué. */
export const CASES = [
  { picture: "cat", what: "en el espejo", draw: { ...STILL, mirror: true }, survives: true,
    why: "Un gato visto en un espejo es un gato. Por eso este reflejo se usa casi siempre con fotos." },
  { picture: "letter", what: "en el espejo", draw: { ...STILL, mirror: true }, survives: false,
    why: "Ahora es una d. Con letras y palabras, el espejo cambia lo que dice." },
  { picture: "coffee", what: "sin la mitad izquierda", draw: { ...STILL, box: [0, 0, 32, 16] }, survives: true,
    why: "Con media taza a la vista basta. Así la red aprende a no depender de una sola parte." },
  { picture: "six", what: "de cabeza", draw: { ...STILL, mirror: true, upside: true }, survives: false,
    why: "Los dos reflejos juntos son media vuelta, y el 6 se lee 9." },
  { picture: "dots", what: "sin la mitad derecha", draw: { ...STILL, box: [0, 16, 32, 16] }, survives: false,
    why: "Queda un solo punto: lo borrado era justo lo que la distinguía." },
  { picture: "astronaut", what: "con la cabeza abajo", draw: { ...STILL, upside: true }, survives: true,
    why: "Sigue siendo una persona, pero casi ninguna foto de prueba está así: la etiqueta sobrevive y el ejemplo sirve de poco." },
];

/** Comentario de las respuestas (true: sobrevive), en orden: { right, text }. */
export function judgeCases(answers) {
  const good = CASES.filter(({ survives }, i) => answers[i] === survives).length;
  const right = good === CASES.length;
  return { right, text: `${right ? "¡Eso es! Acertaron" : "Acertaron"} ${good} de ${CASES.length}. Abajo está cada una, transformada, con su porqué.` };
}

const DIGITS = { flip: 10, vertical: 10, padding: 1, erase: 10, area: 100, cutout: 1 };

/** El estado como texto para la dirección: «cat.5.0.4.0.35.0.7» es imagen, ajustes (en enteros) y semilla. */
export function augmenterToHash(get) {
  return [get("image"), ...Object.entries(DIGITS).map(([key, scale]) => Math.round(get(key) * scale)), get("seed")].join(".");
}

/** El estado que dice una dirección, ya comprobado; `null` si no se entiende. */
export function augmenterFromHash(text, get) {
  if (!/^[a-z]+(\.\d{1,3}){7}$/.test(text)) return null;
  const [image, ...numbers] = text.split(".");
  const values = Object.entries(DIGITS).map(([key, scale], i) => [key, Number(numbers[i]) / scale]);
  const fits = values.every(([key, value]) => {
    const [, , low, high] = KNOBS.find(([own]) => own === key);
    return value >= low && value <= high;
  });
  return fits && Object.hasOwn(get("pictures"), image) ? { image, ...Object.fromEntries(values), seed: Number(numbers[6]) } : null;
}
