// El explorador «Imagen y vector», sin dibujo: del píxel a su lugar en el vector, y de una imagen a otra corrida.
// El orden es el de PyTorch al aplanar [3, 32, 32]: todo el rojo por filas, todo el verde, todo el azul.

export const SIDE = 32;
export const PLANE = SIDE * SIDE; // números por canal
export const LENGTH = 3 * PLANE;
export const MARGIN = 4; // cuánto se puede correr la imagen
const WIDE = SIDE + 2 * MARGIN;

/** Los canales: [nombre, nombre con artículo]. */
export const CHANNELS = [["rojo", "el rojo"], ["verde", "el verde"], ["azul", "el azul"]];

/** Posición en el vector de un número de la imagen: canal·1024 + fila·32 + columna. */
export function indexOf(row, column, channel) {
  return channel * PLANE + row * SIDE + column;
}

/** De qué número de la imagen es una posición del vector: { row, column, channel }. */
export function placeOf(index) {
  const rest = index % PLANE;
  return { channel: Math.floor(index / PLANE), row: Math.floor(rest / SIDE), column: rest % SIDE };
}

/** Una imagen [32][32][3] como bytes [40, 40, 3], con su borde repetido. */
export function widen(rows) {
  const inside = (at) => Math.max(0, Math.min(SIDE - 1, at - MARGIN));
  const bytes = new Uint8Array(WIDE * WIDE * 3);
  for (let r = 0; r < WIDE; r++) {
    for (let c = 0; c < WIDE; c++) bytes.set(rows[inside(r)][inside(c)], (r * WIDE + c) * 3);
  }
  return bytes;
}

/** El vector de la imagen que se ve cuando la escena se corre `down` píxeles abajo y `right` a la derecha. */
export function vectorOf(scene, down = 0, right = 0) {
  const vector = new Uint8Array(LENGTH);
  for (let r = 0; r < SIDE; r++) {
    for (let c = 0; c < SIDE; c++) {
      const at = ((r + MARGIN - down) * WIDE + c + MARGIN - right) * 3;
      for (let channel = 0; channel < 3; channel++) vector[indexOf(r, c, channel)] = scene[at + channel];
    }
  }
  return vector;
}

/**
 * En qué difieren dos vectores: cuántos números cambian, a qué distancia quedan y cuántos niveles de brillo habría
 * que sumarle a toda la imagen para moverla otro tanto.
 */
export function compareVectors(a, b) {
  let changed = 0;
  let squares = 0;
  for (let i = 0; i < a.length; i++) {
    const gap = a[i] - b[i];
    changed += gap !== 0;
    squares += gap * gap;
  }
  const distance = Math.sqrt(squares);
  return { changed, distance, levels: distance / Math.sqrt(a.length) };
}

/** Dónde quedan en el vector los vecinos de un número, de derecha y de abajo, en una frase. */
export function neighbourText(row, column, channel) {
  const at = indexOf(row, column, channel);
  const [name, nameToo] = CHANNELS[channel];
  const ends = at + 1 === LENGTH ? "y el vector" : `y la posición siguiente, la ${at + 1}, ya es de otr${row < SIDE - 1 ? "a fila" : "o color"}`;
  const right = column < SIDE - 1 ? `${nameToo} de su vecino de la derecha está al lado, en la ${at + 1}` : `a la derecha se acaba la imagen, ${ends}`;
  const below = row < SIDE - 1 ? `el ${name} del vecino de abajo, 32 lugares más allá, en la ${at + SIDE}` : "debajo no hay más imagen";
  return `${right[0].toUpperCase()}${right.slice(1)}; ${below}.`;
}

/** Hacia dónde y cuánto se corrió la imagen, en palabras; "" si no se corrió. */
export function shiftText(down, right) {
  const parts = [
    down && `${count(Math.abs(down), "píxel", "píxeles")} hacia ${down > 0 ? "abajo" : "arriba"}`,
    right && `${count(Math.abs(right), "píxel", "píxeles")} a la ${right > 0 ? "derecha" : "izquierda"}`,
  ].filter(Boolean);
  return parts.join(" y ");
}

/** La parte de los números que cambia, en porcentaje con un decimal (espacio fino antes de %). */
export function shareText(changed) {
  return `${number((100 * changed) / LENGTH, 1)}\u202f%`;
}

/** Juzga cuántos números creen que cambian: { right, text }; se acepta lo que esté a una décima parte del vector, o a la mitad de lo que cambia si es menos. */
export function judgeChanged(answer, changed) {
  const truth = `Cambian ${changed} de ${LENGTH}: el ${shareText(changed)}.`;
  if (Math.abs(answer - changed) <= Math.min(LENGTH / 10, changed / 2)) {
    return { right: true, text: `¡Eso es! ${truth} A cada lugar del vector llega el color del píxel que estaba al lado.` };
  }
  const slips = [
    [answer > LENGTH || answer < 0, `El vector tiene ${LENGTH} números: 32 filas por 32 columnas por 3 colores.`],
    [answer === 0, "A la vista es la misma imagen, pero el vector no mira: compara lugar por lugar, y en cada lugar hay ahora otro píxel."],
    [answer === SIDE || answer === 3 * SIDE, "Esa es la columna que entra por el borde. Pero todas las demás también se corrieron: en cada lugar hay ahora otro píxel."],
    [answer === 2 * SIDE || answer === 6 * SIDE, "Esas son la columna que entra y la que sale. Pero las del medio también se corrieron."],
    [answer === PLANE, "Esos son los lugares de un solo color: cada píxel tiene tres números en el vector."],
    [changed < LENGTH / 2, "Donde el dibujo es parejo, el vecino tiene el mismo color y el número no cambia: solo cambian los contornos. Prueben con una foto."],
  ];
  const slip = slips.find(([happened]) => happened)?.[1] ?? "En cada lugar del vector hay ahora otro píxel, y en una foto dos píxeles vecinos casi nunca tienen exactamente el mismo color.";
  return { right: false, text: `Todavía no. ${slip} ${truth}` };
}

/** A qué lugar lleva una tecla dentro de un tramo de 1024 números; `null` si no es de las que mueven. */
export function stepInStrip(key, at) {
  const moves = { ArrowLeft: at - 1, ArrowDown: at - 1, ArrowRight: at + 1, ArrowUp: at + 1, PageUp: at + SIDE, PageDown: at - SIDE, Home: 0, End: PLANE - 1 };
  return key in moves ? Math.max(0, Math.min(PLANE - 1, moves[key])) : null;
}

/** A qué píxel lleva una tecla en la imagen; `null` si no es de las que mueven. */
export function stepInImage(key, large, row, column) {
  const by = large ? 4 : 1;
  const moves = {
    ArrowUp: [row - by, column], ArrowDown: [row + by, column], ArrowLeft: [row, column - by], ArrowRight: [row, column + by],
    Home: [row, 0], End: [row, SIDE - 1], PageUp: [0, column], PageDown: [SIDE - 1, column],
  };
  return key in moves ? moves[key].map((x) => Math.max(0, Math.min(SIDE - 1, x))) : null;
}

/** Las posiciones que muestra la lupa de un tramo: `size` seguidas, con `at` al centro si no está en la orilla. */
export function lensOf(at, channel, size) {
  const first = Math.max(0, Math.min(PLANE - size, at - (size >> 1)));
  return Array.from({ length: size }, (_, i) => channel * PLANE + first + i);
}

/** El estado como texto para la dirección: «gata.14.12.1.0.1» es imagen, fila, columna, canal y cuánto se corrió. */
export function imageVectorToHash(get) {
  return ["shown", "row", "column", "channel", "down", "right"].map(get).join(".");
}

/** El estado que dice una dirección, ya comprobado; `null` si no se entiende. */
export function imageVectorFromHash(text, get) {
  const found = /^([a-z]+)\.(\d{1,2})\.(\d{1,2})\.([012])\.(-?[0-4])\.(-?[0-4])$/.exec(text);
  if (!found) return null;
  const [row, column, channel, down, right] = found.slice(2).map(Number);
  const known = Object.hasOwn(get("pictures"), found[1]) || (found[1] === "propia" && get("image"));
  if (!known || row >= SIDE || column >= SIDE) return null;
  return { shown: found[1], row, column, channel, down: down || 0, right: right || 0 };
}
