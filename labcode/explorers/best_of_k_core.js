// «Mejor de K», sin dibujo: la binomial exacta, el máximo esperado, los sorteos y lo que se dice de una predicción.

/** Imágenes con que se puede medir. */
export const SIZES = [100, 200, 500, 1000, 2000, 5000, 10000];
export const REPEATS = 1000;
const TAIL = 1e-18; // como en Python: lo que pesa menos que esto no se suma
const Z = 1.959963984540054; // entre −Z y Z cae el 95 % de una normal

/** Distribución de los aciertos en n imágenes con exactitud p: { low, pmf, cdf }, desde `low` aciertos. */
export function binomialTable(n, p) {
  const odds = p / (1 - p);
  const mode = Math.floor((n + 1) * p);
  const up = [1];
  for (let x = mode; x < n; x++) {
    const weight = up[up.length - 1] * ((n - x) / (x + 1)) * odds;
    if (weight < TAIL) break;
    up.push(weight);
  }
  const down = [];
  for (let x = mode, weight = 1; x > 0; x--) {
    weight *= x / (n - x + 1) / odds;
    if (weight < TAIL) break;
    down.push(weight);
  }
  const weights = [...down.reverse(), ...up];
  const total = weights.reduce((sum, w) => sum + w, 0);
  let below = 0;
  const cdf = weights.map((w) => Math.min(1, (below += w / total)));
  return { low: mode - down.length, pmf: weights.map((w) => w / total), cdf };
}

/** Los aciertos que corresponden a un número al azar u en [0, 1): el menor x con P(aciertos ≤ x) ≥ u. */
export function countAt({ low, cdf }, u) {
  let [from, to] = [0, cdf.length - 1];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (cdf[middle] >= u) to = middle;
    else from = middle + 1;
  }
  return low + from;
}

/** Probabilidad de que la mejor de K redes iguales acierte cada cantidad: diferencias de P(una ≤ x)^K. */
export function bestPmf({ cdf }, k) {
  return cdf.map((below, i) => below ** k - (i ? cdf[i - 1] ** k : 0));
}

/** Exactitud que se espera medir en la mejor de K, en [0, 1]. */
export function expectedBest(table, n, k) {
  return bestPmf(table, k).reduce((sum, chance, i) => sum + chance * (table.low + i), 0) / n;
}

/** Intervalo de 95 % de una exactitud q medida con n imágenes: [menor, mayor]. */
export function intervalOf(q, n) {
  const half = Z * Math.sqrt((q * (1 - q)) / n);
  return [q - half, q + half];
}

/** Dice si el intervalo de una medida de x aciertos contiene la verdad. */
export function covers(x, n, truth) {
  const [low, high] = intervalOf(x / n, n);
  return low <= truth && truth <= high;
}

/** Con qué probabilidad el intervalo contiene la verdad: el de la mejor de K (K = 1, el de cualquiera). */
export function coverage(table, n, truth, k) {
  return bestPmf(table, k).reduce((sum, chance, i) => sum + (covers(table.low + i, n, truth) ? chance : 0), 0);
}

/**
 * Concursos: K redes iguales se miden, gana la mejor y se la mide con imágenes nuevas. Devuelve { first, best, again }:
 * los aciertos de las K del primero y, por concurso, los de la ganadora y los de la ganadora medida otra vez.
 */
export function contest({ networks, seed }, table, repeats = REPEATS) {
  const random = randomFrom(seed);
  const first = Array.from({ length: networks }, random);
  const best = [countAt(table, Math.max(...first))];
  const again = [countAt(table, random())];
  for (let r = 1; r < repeats; r++) {
    let top = 0; // los aciertos crecen con el número sorteado: la mejor es la del mayor
    for (let i = 0; i < networks; i++) top = Math.max(top, random());
    best.push(countAt(table, top));
    again.push(countAt(table, random()));
  }
  return { first: first.map((u) => countAt(table, u)), best, again };
}

/** La media de una lista. */
export function mean(values) {
  return values.reduce((sum, x) => sum + x, 0) / values.length;
}

/** Todo lo que se muestra, calculado una vez por cambio; las exactitudes, en porcentaje. */
export function studyOf({ networks, images, truth, seed }) {
  const table = binomialTable(images, truth / 100);
  const { first, best, again } = contest({ networks, seed }, table);
  const winner = first.indexOf(best[0]);
  const percent = (x) => (100 * x) / images;
  const inside = first.filter((x) => covers(x, images, truth / 100)).length;
  return {
    networks, images, truth, table, best, winner, inside,
    measured: first.map(percent),
    again,
    sigma: 100 * Math.sqrt(((truth / 100) * (1 - truth / 100)) / images),
    gain: 100 * expectedBest(table, images, networks) - truth,
    seen: percent(mean(best)) - truth,
    fresh: percent(mean(again)) - truth,
    covered: coverage(table, images, truth / 100, 1),
    coveredBest: coverage(table, images, truth / 100, networks),
    winnerCovers: covers(best[0], images, truth / 100),
  };
}

/** Juzga cuántos puntos de más se predijeron: { right, text }. */
export function judgeGain(answer, { gain, sigma, networks }) {
  const truth = networks === 1 ? "Con una sola no hay de dónde elegir: en promedio mide lo que vale." : `En promedio, la mejor de ${networks} mide ${decimal(gain, 1)} puntos de más: ${decimal(gain / sigma, 1)} veces lo que se desvía una sola.`;
  const near = networks === 1 ? Math.min(0.3, sigma) : Math.max(Math.min(0.3, gain / 2), 0.25 * gain); // 0 nunca es casi lo mismo
  if (Math.abs(answer - gain) <= near) return { right: true, text: `¡Eso es! ${truth}` };
  const slip = answer < 0 ? "La mejor de varias no sale por debajo de la verdad sino por casualidad."
    : answer === 0 ? "Ninguna es mejor que otra, pero alguna tuvo suerte con sus imágenes, y con esa nos quedamos."
      : answer < gain ? "Se quedaron cortos: basta que una entre todas tenga suerte."
        : answer > 4 * sigma ? "Se pasaron: una medida casi nunca se aleja tanto, por muchas que sean las redes."
          : "Se pasaron un poco: la suerte de la mejor crece con K, pero muy despacio.";
  return { right: false, text: `Todavía no. ${slip} ${truth}` };
}

/** Una situación al azar para predecir otra vez. */
export function randomContest(random = Math.random) {
  const pick = (list) => list[Math.floor(random() * list.length)];
  return { networks: pick([2, 5, 10, 20, 50, 100]), images: pick([100, 500, 1000, 2000, 10000]), truth: pick([56, 70, 80, 90]), seed: 1 + Math.floor(random() * 9999) };
}

/** El estado como texto para la dirección de la página: «20.1000.56.1.0» es K, imágenes, exactitud, semilla e intervalos. */
export function contestToHash(get) {
  return [get("networks"), get("images"), get("truth"), get("seed"), get("intervals") ? 1 : 0].join(".");
}

/** El estado que dice una dirección, ya comprobado; `null` si no se entiende. */
export function contestFromHash(text) {
  if (!/^\d{1,3}\.\d{3,5}\.\d{2}\.\d{1,6}\.[01]$/.test(text)) return null;
  const [networks, images, truth, seed, intervals] = text.split(".").map(Number);
  const fits = networks >= 1 && networks <= 100 && SIZES.includes(images) && truth >= 50 && truth <= 95;
  return fits ? { networks, images, truth, seed, intervals: intervals === 1 } : null;
}
