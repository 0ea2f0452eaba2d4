// La temperatura, sin dibujo: softmax(z / T), lo que dicen las casillas, la mejor T y el veredicto de una predicción.
// Una red: { key, name, told, classes, rows: [{ t, nll, ece, counts, confidence, accuracy }], samples }.

const FAIR = 2; // puntos entre confianza y acierto que se toman por «calibrada»
const NEAR = 1.4; // veces que una T predicha puede alejarse de la elegida
export const KINDS = [["over", "más de lo que acierta"], ["fair", "lo que acierta"], ["under", "menos de lo que acierta"]];

/** Las probabilidades de unos logits divididos por T: softmax(z / T). */
export function softmaxAt(logits, t) {
  const top = Math.max(...logits);
  const powers = logits.map((z) => Math.exp((z - top) / t));
  const total = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / total);
}

/** La posición del mayor; la primera, si empatan. */
export function topOf(values) {
  return values.reduce((best, x, i) => (x > values[best] ? i : best), 0);
}

/** La fila cuya T está más cerca, en proporción. */
export function nearestRow(rows, t) {
  return rows.reduce((best, row, i) => (Math.abs(Math.log(row.t / t)) < Math.abs(Math.log(rows[best].t / t)) ? i : best), 0);
}

/** La fila de menor entropía cruzada en validación: la T que se elige; la primera, si empatan. */
export function bestRow(rows) {
  return rows.reduce((best, row, i) => (row.nll < rows[best].nll ? i : best), 0);
}

/** Lo que dicen las casillas juntas, en porcentaje: { accuracy, confidence, gap }; `gap` es cuánto se cree de más. */
export function readingOf({ counts, confidence, accuracy }) {
  const total = counts.reduce((a, b) => a + b, 0);
  const mean = (values) => (100 * values.reduce((sum, x, i) => sum + counts[i] * x, 0)) / total;
  const [sure, hit] = [mean(confidence), mean(accuracy)];
  return { accuracy: hit, confidence: sure, gap: sure - hit };
}

/** Qué parte de las respuestas cae en cada casilla. */
export function sharesOf({ counts }) {
  const total = counts.reduce((a, b) => a + b, 0);
  return counts.map((n) => n / total);
}

/** Si se cree de más ("over"), de menos ("under") o lo justo ("fair"). */
export function kindOf(row) {
  const { gap } = readingOf(row);
  return gap > FAIR ? "over" : gap < -FAIR ? "under" : "fair";
}

/** Una temperatura como se lee: 0.25, 1, 3.78. */
export function temperatureText(t) {
  return number(t);
}

/** Cuánto se cree de más o de menos, en una frase. */
export function remarkOf(row) {
  const { gap } = readingOf(row);
  if (kindOf(row) === "fair") return "En promedio dice lo que acierta: la diferencia no llega a 2 puntos.";
  return `En promedio se cree ${decimal(Math.abs(gap), 1)} puntos ${gap > 0 ? "de más: es demasiado confiada" : "de menos: es demasiado tímida"}.`;
}

/** Juzga la predicción: cuánto se cree la red sin temperatura (`kind`) y qué T la deja mejor. { right, text }. */
export function judgeTemperature({ rows }, kind, t) {
  const [plain, best] = [rows[nearestRow(rows, 1)], rows[bestRow(rows)]];
  const { accuracy, confidence } = readingOf(plain);
  const truth = kindOf(plain);
  const near = Math.abs(Math.log(t / best.t)) <= Math.log(NEAR);
  const right = truth === kind && near;
  const said = { over: "demasiada", fair: "la justa", under: "demasiado poca" }[truth];
  const opening = right ? "¡Eso es!" : truth === kind || near ? "A medias." : "Todavía no.";
  const edge = best === rows[0] ? ", la menor de las medidas" : best === rows.at(-1) ? ", la mayor de las medidas" : "";
  const change = best === plain ? `no hace falta corregirla: el ECE es de ${decimal(plain.ece, 1)} puntos` : `el ECE pasa de ${decimal(plain.ece, 1)} a ${decimal(best.ece, 1)} puntos`;
  return {
    right,
    text: `${opening} Sin temperatura dice ${percent(confidence)} en promedio y acierta ${percent(accuracy)}: su confianza es ${said}. `
      + `La validación elige T = ${temperatureText(best.t)}${edge} (ustedes, ${temperatureText(t)}), y ${change}. La exactitud no se movió.`,
  };
}

/** Lo que la red dice de una imagen con T, en una frase. */
export function sampleText({ logits, truth }, classes, t) {
  const chances = softmaxAt(logits, t);
  const top = topOf(logits);
  const verdict = truth === null ? "no es de ninguna de las diez clases" : truth === top ? "y lo es" : `y es «${classes[truth]}»`;
  return `Dice «${classes[top]}», con ${share(chances[top])}; ${verdict}.`;
}

/** El estado como texto para la dirección: «mlp.378.0» (T en centésimas). */
export function temperatureToHash(get) {
  return [get("network") || "-", Math.round(100 * get("temperature")), get("sample")].join(".");
}

/** El estado que dice una dirección, ya comprobado; `null` si no se entiende. */
export function temperatureFromHash(text, get) {
  const [, network, hundredths, sample] = /^([a-z0-9]{1,12}|-)\.(\d{2,4})\.(\d{1,2})$/.exec(text) ?? [];
  const { networks } = get("data");
  const one = network === "-" ? networks[0] : networks.find(({ key }) => key === network);
  const t = Number(hundredths) / 100;
  if (!one || !(t >= 0.1 && t <= 20) || Number(sample) >= Math.max(1, one.samples.length)) return null;
  return { network: network === "-" ? "" : network, temperature: t, sample: Number(sample) };
}
