// «Tarjetas», sin dibujo: el orden, la cuenta, lo que se dice de cada respuesta y la dirección.

/** El orden en que salen n tarjetas: el de la lista con semilla 0, o uno barajado. */
export function orderOf(n, seed) {
  const order = Array.from({ length: n }, (_, i) => i);
  if (seed === 0) return order;
  const random = randomFrom(seed);
  for (let i = n - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}

/** Las respuestas, una por tarjeta: las que faltan son −1. */
export function filled(answers, n) {
  return Array.from({ length: n }, (_, i) => answers[i] ?? -1);
}

/** La cuenta: { answered, right, total }. */
export function scoreOf(cards, answers) {
  const own = filled(answers, cards.length);
  return {
    answered: own.filter((answer) => answer >= 0).length,
    right: cards.filter((card, i) => own[i] === card.bin).length,
    total: cards.length,
  };
}

/** La primera tarjeta sin responder, según el orden; −1 si no queda ninguna. */
export function nextCard(order, answers) {
  return order.find((i) => (answers[i] ?? -1) < 0) ?? -1;
}

/** Lo que se dice al responder: { right, title }; la razón está en la tarjeta. */
export function verdictOf(card, answer, piles) {
  const right = answer === card.bin;
  return { right, title: `${right ? "¡Eso es!" : "Todavía no."} «${card.name}»: ${piles[card.bin].toLowerCase()}.` };
}

/** El resumen, cuando ya no quedan tarjetas. */
export function finalText({ right, total }) {
  if (right === total) return `Las ${total} bien. Toquen cualquiera para volver a leer su razón.`;
  const missed = total - right;
  return `${right} de ${total} bien. ${missed === 1 ? "La que se les escapó está marcada" : `Las ${missed} que se les escaparon están marcadas`} con ✗: toquen cualquiera para leer su razón.`;
}

/** Borra las respuestas equivocadas, para volver a intentarlas. */
export function retried(cards, answers) {
  return filled(answers, cards.length).map((answer, i) => (answer === cards[i].bin ? answer : -1));
}

/** El estado como texto para la dirección de la página: «0.01--1…», la semilla y una respuesta por tarjeta. */
export function cardsToHash(get) {
  return `${get("seed")}.${filled(get("answers"), get("cards").length).map((answer) => (answer < 0 ? "-" : answer)).join("")}`;
}

/** El estado que dice una dirección, ya comprobado; `null` si no se entiende o es de otras tarjetas. */
export function cardsFromHash(text, get) {
  if (!/^\d{1,4}\.[-01]+$/.test(text)) return null;
  const [seed, marks] = text.split(".");
  if (marks.length !== get("cards").length) return null;
  return { seed: Number(seed), answers: [...marks].map((mark) => (mark === "-" ? -1 : Number(mark))) };
}
