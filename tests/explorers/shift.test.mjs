// La imagen que se corre, contra NumPy (que se compara con torch): los casos vienen de tests/test_shift_explorer.py.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";

const folder = process.env.LABCODE_EXPLORERS;
assert.ok(folder, "falta LABCODE_EXPLORERS: estas pruebas las lanza pytest");
const own = await import(pathToFileURL(join(folder, "shift.mjs")));
const cases = JSON.parse(readFileSync(join(folder, "cases.json"), "utf8"));
const network = own.networkOf(cases.network);
const { classes } = network;
const close = (found, expected, tolerance, what) => {
  assert.equal(found.length, expected.length);
  found.forEach((x, i) => assert.ok(Math.abs(x - expected[i]) < tolerance, `${what} ${i}: ${x} y ${expected[i]}`));
};
/** Diez probabilidades con `p` en una clase y el resto repartido. */
const saying = (top, p = 0.6) => Array.from({ length: 10 }, (_, i) => (i === top ? p : (1 - p) / 9));

test("los píxeles corridos son los de NumPy, y las probabilidades y los cambios también", () => {
  const others = Object.entries(cases.pictures).filter(([key]) => key !== "blanco").map(([, { data }]) => own.forward(network, own.bytesFrom(data)));
  for (const { image, down, right, moved, probabilities, changes, line, text } of cases.found) {
    const bytes = own.bytesFrom(image);
    const copy = Uint8Array.from(bytes);
    assert.deepEqual(own.shifted(bytes, [down, right]), own.bytesFrom(moved));
    assert.deepEqual(bytes, copy);
    const [before, after] = [own.forward(network, bytes), own.forward(network, own.shifted(bytes, [down, right]))];
    close(after.probabilities, probabilities, 1e-6, "probabilidad");
    close(own.stageChanges(before, after, own.typicalDistances(before, others)), changes, 1e-5, "cambio");
    for (const axis of ["right", "down"]) {
      own.alongAxis([down, right], axis).forEach((shift, i) => assert.deepEqual(own.shifted(bytes, shift), own.bytesFrom(line[axis][i])));
    }
    assert.equal(own.shiftText([down, right]), text);
  }
  assert.deepEqual(own.MEASURED, cases.stages);
});

test("el corrimiento en palabras, y lo que pasó en una frase", () => {
  assert.deepEqual([[0, 1], [0, -2], [1, 0], [-3, 0], [1, -1], [0, 0]].map(own.shiftText),
    ["1 píxel a la derecha", "2 píxeles a la izquierda", "1 píxel hacia abajo", "3 píxeles hacia arriba", "1 píxel a la izquierda y 1 hacia abajo", ""]);
  const [cat, less, dog] = [saying(3, 0.74), saying(3, 0.61), saying(5, 0.5)];
  assert.equal(own.shiftTold([0, 3], cat, less, classes), "Corrida 3 píxeles a la derecha: sigue diciendo «gato», 61\u202f%; sin correr, 74\u202f%.");
  assert.equal(own.shiftTold([0, 3], cat, dog, classes), "Corrida 3 píxeles a la derecha: ahora dice «perro», 50\u202f%; a «gato» le da 5.6\u202f%, y sin correr, 74\u202f%.");
  assert.match(own.shiftTold([0, 0], cat, cat, classes), /^En su lugar dice «gato», 74\u202f%\./);
});

test("van adelante las que más tienen, antes o después, y en un orden que no salta", () => {
  const [before, after] = [saying(3, 0.7), saying(5, 0.6)];
  before[8] = 0.2;
  assert.deepEqual(own.leaders(before, after, 3), [3, 8, 5]);
});

test("se juzga el primer cambio, y cada número tiene su respuesta", () => {
  for (let first = 0; first <= 8; first++) {
    const answers = Array.from({ length: 9 }, (_, i) => saying(first && i >= first && i !== first + 1 ? 5 : 3)); // vuelve atrás, y vale el primero
    assert.equal(own.firstChange(answers), first);
    const right = own.FIRSTS.filter(([key]) => own.judgeFirst(key, answers, classes).right);
    assert.equal(right.length, 1);
    const [[key]] = right;
    const { text } = own.judgeFirst(key, answers, classes);
    if (first) assert.match(text, new RegExp(`^¡Eso es! Corrida ${first} píxel(es)? a la derecha ya dice «perro», 60`));
    else assert.match(text, /^¡Eso es! Corrida 8 píxeles a la derecha todavía dice «gato», 60/);
  }
  assert.equal(own.judgeFirst("1", Array.from({ length: 9 }, () => saying(3)), classes).right, false);
});

test("las teclas y el arrastre no se salen, y el eje es el que más se movió", () => {
  assert.deepEqual(own.shiftByKey("ArrowRight", [0, 8]), [0, 8]);
  assert.deepEqual(own.shiftByKey("ArrowUp", [0, 3]), [-1, 3]);
  assert.deepEqual(own.shiftByKey("Home", [-5, 3]), [0, 0]);
  assert.equal(own.shiftByKey("x", [0, 0]), null);
  assert.deepEqual(own.clampShift([-20, 9]), [-8, 8]);
  assert.deepEqual([[2, 1], [1, 2], [1, 1]].map((to) => own.axisMoved([0, 0], to, "down")), ["down", "right", "down"]);
});

test("la dirección guarda el estado y rechaza lo que no entiende", () => {
  const state = { shown: "rana", down: -8, right: 3, axis: "down" };
  const get = (name) => ({ ...state, pictures: cases.pictures })[name];
  assert.deepEqual(own.default.fromHash(own.default.toHash(get), get), state);
  const mine = own.default.toHash((name) => (name === "shown" ? "propia" : get(name)));
  assert.deepEqual(own.default.fromHash(mine, get), { down: -8, right: 3, axis: "down" });
  for (const text of ["", "rana", "rana~9~0~down", "rana~0~-9~down", "rana~0~0~left", "perro~0~0~down", "rana~0~0~down~1", "constructor~0~0~down", "rana~1.5~0~down"]) {
    assert.equal(own.default.fromHash(text, get), null, text);
  }
  assert.ok(Object.is(own.default.fromHash("rana~-0~0~down", get).down, 0));
});
