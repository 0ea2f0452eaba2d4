// «Tarjetas»: la cuenta, el orden y la dirección; los casos vienen de tests/test_cards_explorer.py.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";

const folder = process.env.LABCODE_EXPLORERS;
assert.ok(folder, "falta LABCODE_EXPLORERS: estas pruebas las lanza pytest");
const own = await import(pathToFileURL(join(folder, "cards.mjs")));
const { hands, cards } = JSON.parse(readFileSync(join(folder, "cases.json"), "utf8"));

test("el orden, la próxima, la cuenta y las que se repiten son los de Python", () => {
  assert.ok(hands.length >= 1000);
  for (const { bins, answers, seed, order, next, answered, right, retried } of hands) {
    const dealt = bins.map((bin) => ({ bin }));
    assert.deepEqual(own.orderOf(bins.length, seed), order);
    assert.equal(own.nextCard(order, answers), next);
    assert.deepEqual(own.scoreOf(dealt, answers), { answered, right, total: bins.length });
    assert.deepEqual(own.retried(dealt, answers), retried);
  }
});

test("sin semilla salen como están, y las respuestas que faltan son −1", () => {
  assert.deepEqual(own.orderOf(4, 0), [0, 1, 2, 3]);
  assert.deepEqual(own.filled([1], 3), [1, -1, -1]);
  assert.deepEqual(own.filled([1, 0, 1, 0], 2), [1, 0]);
  assert.equal(own.nextCard([2, 0, 1], []), 2);
});

test("el comentario dice de qué montón es", () => {
  const piles = ["Regularizador", "No lo es"];
  for (const card of cards) {
    for (const answer of [0, 1]) {
      const { right, title } = own.verdictOf(card, answer, piles);
      assert.equal(right, answer === card.bin);
      assert.ok(title.startsWith(right ? "¡Eso es!" : "Todavía no.") && title.includes(card.name) && title.includes(piles[card.bin].toLowerCase()));
    }
  }
});

test("el resumen concuerda en número", () => {
  assert.match(own.finalText({ right: 13, total: 13 }), /^Las 13 bien/);
  assert.match(own.finalText({ right: 12, total: 13 }), /La que se les escapó está marcada/);
  assert.match(own.finalText({ right: 10, total: 13 }), /Las 3 que se les escaparon están marcadas/);
});

test("la dirección guarda el estado y rechaza lo que no entiende", () => {
  for (const { bins, answers, seed } of hands) {
    const state = { cards: bins, answers, seed };
    const get = (name) => state[name];
    assert.deepEqual(own.default.fromHash(own.default.toHash(get), get), { seed, answers });
  }
  const get = () => [0, 0, 0];
  for (const text of ["", "0", "0.", "0.01", "0.0101", "0.012", "10000.010", "-1.010", "0.01x", "0.010.1", "a.010"]) assert.equal(own.default.fromHash(text, get), null, text);
});
