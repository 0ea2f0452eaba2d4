// El explorador «¿Qué cambió?», sin dibujo: los casos, el juicio y las firmas, todo calculado de las curvas medidas.

/** Las cinco cosas que pueden cambiar: [clave, nombre, nombre con artículo]. */
export const FACTORS = [
  ["batch", "Tamaño de lote", "el tamaño de lote"],
  ["optimizer", "Optimizador", "el optimizador"],
  ["normalization", "Normalización", "la normalización"],
  ["width", "Tamaño de la red", "el tamaño de la red"],
  ["rate", "Tasa de aprendizaje", "la tasa de aprendizaje"],
];
const LEAST = 1; // puntos de exactitud desde los que dos curvas se distinguen a la vista
const ALIKE = 2; // puntos bajo los cuales dos curvas son, en la práctica, la misma

/** Lo más que se separan dos curvas en una misma época; infinito si no comparten ninguna. */
export function curveGap(a, b) {
  const shared = a.map((x, i) => [x, b[i]]).filter(([x, y]) => x != null && y != null);
  return shared.length ? Math.max(...shared.map(([x, y]) => Math.abs(x - y))) : Infinity;
}

/** Separación típica de dos curvas: raíz de la media de los cuadrados. Donde una sola divergió, 100 puntos. */
export function curveDistance(a, b) {
  const apart = a.map((x, i) => (x == null && b[i] == null ? 0 : x == null || b[i] == null ? 100 : x - b[i]));
  return Math.sqrt(apart.reduce((sum, x) => sum + x * x, 0) / apart.length);
}

/** Baraja una lista, siempre igual para una misma semilla. */
export function shuffled(list, seed) {
  const random = randomFrom(seed);
  const copy = [...list];
  for (let i = copy.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [copy[i], copy[j]] = [copy[j], copy[i]];
  }
  return copy;
}

/**
 * Los casos, en orden: primero el más claro de cada factor, barajados, y después los demás. Un caso es
 * { key, base, other } con los dos ajustes; los que no se distinguen a la vista no son un caso.
 */
export function casesOf(factors) {
  const groups = factors.map(({ key, base, settings }) => {
    const own = settings[base];
    const others = settings.filter((_, i) => i !== base).map((other) => ({ key, base: own, other, apart: curveGap(own.accuracy, other.accuracy) }));
    return others.filter(({ apart, other }) => apart >= LEAST || other.diverged).sort((a, b) => b.apart - a.apart);
  }).filter((group) => group.length);
  return [...shuffled(groups.map(([first]) => first), 5), ...shuffled(groups.flatMap((group) => group.slice(1)), 9)];
}

/** El ajuste de un factor (no el de base) cuya curva más se parece a `target`; `null` si ese factor no está medido. */
export function nearest(factors, key, target) {
  const factor = factors.find((own) => own.key === key);
  if (!factor) return null;
  const others = factor.settings.filter((_, i) => i !== factor.base);
  return others.reduce((best, own) => (curveDistance(own.accuracy, target) < curveDistance(best.accuracy, target) ? own : best));
}

/** «10 veces», «2.5 veces»: cuánto cabe b en a. */
function times(a, b) {
  return `${number(Math.max(a / b, b / a), 1)} veces`;
}

/** Por qué ese cambio deja esa marca: la firma de cada factor, con los números del caso. */
export function signature(key, base, other) {
  const more = other.amount > base.amount;
  switch (key) {
    case "batch":
      return more
        ? `Con lotes de ${other.label}, cada época da ${other.detail} en vez de ${base.detail}: se dan más pasos, con gradientes más ruidosos. Si a igual tasa la curva se queda atrás, esa tasa les quedó grande.`
        : `Con lotes de ${other.label}, cada época da ${other.detail} en vez de ${base.detail}: a igual tasa, se avanza menos en cada una.`;
    case "optimizer":
      if (other.amount === 0 && base.amount > 0) {
        return `Sin momento los gradientes no se acumulan: cada paso termina siendo unas ${number(1 / (1 - base.amount), 0)} veces más corto, y es como haber bajado la tasa.`;
      }
      return `${other.label} (${other.detail}) mueve cada peso según el tamaño típico de su gradiente: cambia lo que avanza cada paso, con los mismos lotes y la misma red.`;
    case "normalization":
      return other.amount === 0
        ? "Con la entrada de 0 a 255 los gradientes de la primera capa crecen en proporción, y la tasa que antes servía ahora es enorme para ella."
        : "Con la entrada centrada y de desviación 1, una misma tasa les sirve a todas las direcciones.";
    case "width":
      return more
        ? `Con ${other.detail} en vez de ${base.detail}, a la red le sobra con qué ajustar.`
        : `Con ${other.detail} en vez de ${base.detail}, a la red le falta con qué ajustar, y más épocas no se lo dan.`;
    default:
      return more
        ? `Con una tasa ${times(other.amount, base.amount)} mayor, cada paso puede pasarse de largo: se salta de un lado a otro del valle en vez de bajar.`
        : `Con una tasa ${times(other.amount, base.amount)} menor, cada paso es más corto: va en la misma dirección, pero más lento.`;
  }
}

/** Lo que se lee en dos curvas: la media de la primera época y la de la última. */
export function readingText(base, other) {
  const end = base.accuracy.length;
  if (other.accuracy[0] == null) return "La otra divergió en la primera época: su pérdida dejó de ser un número.";
  const say = (i) => `${percent(base.accuracy[i])} la base y ${percent(other.accuracy[i])} la otra`;
  const first = `En la primera época: ${say(0)}.`;
  if (other.diverged) return `${first} Después, en la época ${other.diverged}, la otra divergió: su pérdida dejó de ser un número.`;
  return end > 1 && base.accuracy[end - 1] != null ? `${first} En la ${end}: ${say(end - 1)}.` : first;
}

function article(key) {
  return FACTORS.find(([own]) => own === key)[2];
}

const WORDS = { batch: "lotes de ", optimizer: "", normalization: "entrada ", width: "capas de ", rate: "α = " };

/** Qué cambió en un caso, en una frase. */
export function truthText({ key, base, other }) {
  return `Cambió ${article(key)}: ${WORDS[key]}${other.label} en vez de ${base.label}.`;
}

/** Un ajuste con lo que lo distingue: «1024: 44 pasos por época». */
export function settingText({ label, detail }) {
  return detail.includes(label) ? detail : `${label}: ${detail}`;
}

/** Qué tan parecida a la curva del caso es la mejor del factor que eligieron, en una frase. */
function rivalText(answer, rival, target) {
  const apart = curveGap(rival.accuracy, target.accuracy);
  const [name, same] = [`${WORDS[answer]}${rival.label}`, rival.diverged === target.diverged];
  if (same && apart < ALIKE) {
    return `Pero no era mala idea: cambiando ${article(answer)} (${name}, la curva de puntos) sale casi lo mismo, a menos de ${ALIKE} puntos. Una curva sola no los distingue: por eso se cambia una cosa a la vez.`;
  }
  const parted = !rival.diverged ? "que no divergió" : target.diverged ? "que también divergió, pero en otra época" : "que divergió";
  const far = same ? `y se separa de la naranja hasta ${number(apart, 1)} puntos` : parted;
  return `Lo más parecido que se midió cambiando ${article(answer)} es ${name}, la curva de puntos, ${far}.`;
}

/** Juzga una respuesta: { right, text, rival }; `rival` es lo más parecido que da el factor elegido, si no acertó. */
export function judgeFactor(answer, { key, base, other }, factors) {
  const truth = `${truthText({ key, base, other })} ${signature(key, base, other)}`;
  if (answer === key) return { right: true, text: `¡Eso es! ${truth}`, rival: null };
  const rival = nearest(factors, answer, other.accuracy);
  const more = rival ? rivalText(answer, rival, other) : `(De ${article(answer)} todavía no hay curvas medidas con que comparar.)`;
  return { right: false, text: `Todavía no. ${truth} ${more}`, rival };
}

/** La red de base, en una línea, con lo que se sabe de ella. */
export function baseText(factors) {
  const label = (key) => {
    const found = factors.find((own) => own.key === key);
    return found?.settings[found.base].label;
  };
  const parts = [
    label("width") && `capas de ${label("width")}`, label("batch") && `lotes de ${label("batch")}`, label("optimizer"),
    label("rate") && `α = ${label("rate")}`, label("normalization") && `entrada ${label("normalization")}`,
  ];
  return parts.filter(Boolean).join(" · ");
}

/** El estado como texto para la dirección: «3.loss». */
export function whatChangedToHash(get) {
  return `${get("turn")}.${get("metric")}`;
}

/** El estado que dice una dirección, ya comprobado; `null` si no se entiende. */
export function whatChangedFromHash(text, get) {
  const found = /^(\d{1,2})\.(accuracy|loss)$/.exec(text);
  if (!found || Number(found[1]) >= casesOf(get("factors")).length) return null;
  return { turn: Number(found[1]), metric: found[2] };
}
