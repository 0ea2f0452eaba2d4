// El valle con ruido, sin dibujo: la pérdida, el paso con ruido y la cuenta. Igual, bit a bit, que `valley.py`.

/** La pérdida en x; los dos mínimos valen 0. */
export function lossAt(world, x) {
  let total = world.top + world.base + world.bowl * x * x;
  for (const [depth, center, width] of world.wells) {
    const u = (x - center) / width;
    total -= depth / (1 + u * u);
  }
  return total;
}

/** La derivada de la pérdida, como función de x; los dos pozos van escritos uno a uno, que es lo más rápido. */
export function slopeOf(world) {
  const [[depth, center, width], [depth2, center2, width2]] = world.wells;
  const [bowl, narrow, narrow2] = [2 * world.bowl, 1 / width, 1 / width2];
  const [steep, steep2] = [2 * depth / width, 2 * depth2 / width2];
  return (x) => {
    const u = (x - center) * narrow;
    const q = 1 / (1 + u * u);
    const u2 = (x - center2) * narrow2;
    const q2 = 1 / (1 + u2 * u2);
    return bowl * x + steep * u * q * q + steep2 * u2 * q2 * q2;
  };
}

/** Desviación del gradiente de un lote sacado sin reposición: 0 con todos los ejemplos. */
export function deviation(world, batch) {
  const n = world.examples;
  return world.sigma * Math.sqrt((n - batch) / ((n - 1) * batch));
}

/** Ruido de media 0 y varianza 1, paso a paso y partícula a partícula: la suma de dos sorteos parejos. */
export function unitNoise(seed, total) {
  const random = randomFrom(seed);
  const scale = Math.sqrt(6);
  const noise = new Float64Array(total);
  for (let i = 0; i < total; i++) {
    const first = random();
    noise[i] = (first + random() - 1) * scale;
  }
  return noise;
}

/** Dónde parte cada partícula: repartidas por igual a los dos lados de la cima. */
export function startPlaces(world, particles) {
  return Float64Array.from({ length: particles }, (_, i) => world.ridge + world.spread * (2 * (i + 0.5) / particles - 1));
}

/** El camino, [pasos + 1, partículas] en fila: x ← x − α(1 − t/T)(L′(x) + ruido), con paredes. */
export function simulate(world, { batch, rate, steps }, noise, particles = world.particles) {
  const path = new Float64Array((steps + 1) * particles);
  path.set(startPlaces(world, particles));
  const [size, slope, wall] = [deviation(world, batch), slopeOf(world), world.wall];
  for (let t = 0, at = 0; t < steps; t++) {
    const pace = rate * (1 - t / steps);
    for (let i = 0; i < particles; i++, at++) {
      const x = path[at] - pace * (slope(path[at]) + size * noise[at]);
      path[at + particles] = x > wall ? wall : x < -wall ? -wall : x;
    }
  }
  return path;
}

/** Los lugares tras `t` pasos. */
export function placesAt(path, t, particles) {
  return path.subarray(t * particles, (t + 1) * particles);
}

/** Cuántas quedaron a cada lado de la cima, y su pérdida media. */
export function tally(world, places) {
  let [flat, total] = [0, 0];
  for (const x of places) {
    if (x > world.ridge) flat += 1;
    total += lossAt(world, x);
  }
  return { sharp: places.length - flat, flat, loss: total / places.length };
}

/** Las predicciones: estado, pregunta, opciones { clave, texto, cuántas en el plano } y la explicación. */
export const PREDICTIONS = [
  {
    state: { batch: 8, rate: 0.04, steps: 800, seed: 1 },
    question: "Con los 512 ejemplos en cada paso no hay ruido, y cada partícula rueda hasta el mínimo de su lado: 100 y 100. Si cada paso mira lotes de 8, ¿cuántas de las 200 terminarán en el plano?",
    options: [["less", "Unas 50", 50], ["same", "Unas 100", 100], ["more", "Unas 150", 150]],
    why: "El ruido sacude a todas por igual, pero del pozo angosto se cae con un empujón y del ancho cuesta salir.",
  },
  {
    state: { batch: 512, rate: 0.32, steps: 800, seed: 1 },
    question: "Ahora sin ruido (los 512 ejemplos), pero con una tasa ocho veces mayor: 0.32. ¿Cuántas terminarán en el plano?",
    options: [["none", "Ninguna", 0], ["same", "Las mismas 100", 100], ["all", "Todas", 200]],
    why: "Con una tasa muy por encima de 2 dividido por la curvatura, cada paso salta el pozo filoso de lado a lado. También sin ruido, una tasa grande prefiere lo plano.",
  },
  {
    state: { batch: 1, rate: 0.04, steps: 800, seed: 1 },
    question: "Vuelve la tasa 0.04, con el mayor ruido posible: lotes de 1. Con lotes de 8 terminaban unas 160 en el plano. ¿Y ahora?",
    options: [["fewer", "Unas 135", 135], ["same", "Unas 165", 165], ["all", "Casi todas", 195]],
    why: "Con tanto ruido también se sale del plano, y muchas no alcanzan a asentarse en ningún fondo: miren la pérdida media. Más ruido no siempre es mejor.",
  },
  {
    state: { batch: 16, rate: 0.08, steps: 400, seed: 1 },
    question: "Lotes de 16 en lugar de 8, tasa 0.08 en lugar de 0.04, y la mitad de los pasos: las mismas épocas, y el mismo cociente entre tasa y lote. ¿Cuántas en el plano?",
    options: [["fewer", "Unas 120", 120], ["same", "Unas 160, como antes", 160], ["all", "Casi todas", 195]],
    why: "Un paso doble con la mitad de la varianza hace casi lo mismo que dos pasos: lo que manda es α/B. Es la regla de escalar la tasa con el lote.",
  },
];

/** La opción más cercana a lo que pasó. */
export function nearest(options, flat) {
  return options.reduce((best, own) => (Math.abs(own[2] - flat) < Math.abs(best[2] - flat) ? own : best))[0];
}

/** Juzga una respuesta: { right, text }; el texto dice cuántas fueron y por qué. */
export function judgeValley(prediction, answer, { flat, sharp }) {
  const right = answer === nearest(prediction.options, flat);
  return { right, text: `${right ? "¡Eso es!" : "Todavía no."} Terminan ${flat} en el plano y ${sharp} en el filoso. ${prediction.why}` };
}

/** Qué se puede decir de esta configuración antes de soltar a nadie: tres frases. */
export function remarksOf(world, { batch, rate }) {
  const size = deviation(world, batch);
  const limit = 2 / rate;
  const [sharp, flat] = [number(world.sharp[1], 0), number(world.flat[1], 1)];
  const room = `Con esta tasa se aguantan curvaturas de hasta 2/α = ${number(limit, limit < 10 ? 1 : 0)}`;
  return [
    size ? `El gradiente de un lote se equivoca en ±${number(size, 1)}; la pendiente del valle nunca pasa de 3.` : "Con los 512 ejemplos, el gradiente es exacto.",
    limit > world.sharp[1] ? `${room}: caben las dos, ${sharp} y ${flat}.` : `${room}, y la del mínimo filoso es ${sharp}: al comenzar, ${world.sharp[1] > 4 * limit ? "cada paso lo salta" : "en su fondo se rebota de un lado a otro"}.`,
    `Cociente α/B: ${number(rate / batch, 5)}.`,
  ];
}

/** El estado como texto para la dirección: «8_0.04_800_1». */
export function valleyToHash(get) {
  return ["batch", "rate", "steps", "seed"].map(get).join("_");
}

/** El estado que dice una dirección, ya comprobado; `null` si no se entiende. */
export function valleyFromHash(text, get) {
  if (!/^\d{1,3}_0\.\d\d?_\d{2,3}_\d{1,3}$/.test(text)) return null;
  const [batch, rate, steps, seed] = text.split("_").map(Number);
  const world = get("world");
  const known = world.batches.includes(batch) && world.rates.includes(rate) && world.steps.includes(steps);
  return known ? { batch, rate, steps, seed } : null;
}
