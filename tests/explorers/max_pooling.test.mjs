// El explorador de max pooling contra torch: los casos vienen de tests/test_max_pooling_explorer.py.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";

const folder = process.env.LABCODE_EXPLORERS;
assert.ok(folder, "falta LABCODE_EXPLORERS: estas pruebas las lanza pytest");
const own = await import(pathToFileURL(join(folder, "max_pooling.mjs")));
const cases = JSON.parse(readFileSync(join(folder, "cases.json"), "utf8"));

const close = (a, b) => a.forEach((row, i) => row.forEach((x, j) => assert.ok(Math.abs(x - b[i][j]) < 1e-12, `${x} y ${b[i][j]}`)));

test("mapa corrido, máximos, su lugar, promedios y lo que sobrevive son los de torch", () => {
  assert.ok(cases.pooling.length >= 1000);
  for (const { scene, size, stride, down, right, after, max, where, average, kept, change } of cases.pooling) {
    const what = `${size} ${stride} ${down} ${right}`;
    const moved = own.viewOf(scene, down, right);
    assert.deepEqual(moved, after, what);
    const now = own.pool("max", moved, size, stride);
    assert.deepEqual(now, max, what);
    close(own.pool("average", moved, size, stride), average);
    now.forEach((row, r) => row.forEach((_, c) => {
      const [i, j] = own.winnerOf(moved, r, c, size, stride);
      assert.equal(i * 8 + j, where[r][c], what);
    }));
    const found = own.survival(own.pool("max", own.viewOf(scene, 0, 0), size, stride), now);
    assert.equal(found.kept, kept, what);
    assert.equal(found.total, now.length ** 2);
    assert.ok(Math.abs(found.change - change) < 1e-12);
  }
});

test("el azar y los mapas del juego son los de Python", () => {
  for (const [seed, values] of cases.draws) {
    const random = own.randomFrom(seed);
    assert.deepEqual(values.map(() => random()), values);
  }
  cases.games.forEach((map, seed) => assert.deepEqual(own.gameMap(seed), map));
});

test("en el juego acierta quien elige un máximo, y solo él", () => {
  cases.games.slice(0, 300).forEach((map) => {
    for (let at = 0; at < 16; at++) {
      const cell = [at >> 2, at % 4];
      const quadrant = cell.map((x) => x >> 1);
      const verdict = own.judgePick(map, cell);
      assert.deepEqual(verdict.quadrant, quadrant);
      assert.equal(verdict.right, map[cell[0]][cell[1]] === own.maxPool(map, 2)[quadrant[0]][quadrant[1]]);
      assert.match(verdict.text, verdict.right ? /^Sí: / : /^Todavía no: .* hay uno mayor que/);
    }
  });
});

test("la parte que se espera es la de Python, y cada ronda tiene su respuesta", () => {
  for (const [k, down, right, share] of cases.expected) assert.ok(Math.abs(own.expectedShare(k, down, right).share - share) < 1e-12);
  for (const [k, down, right, answer] of own.ROUNDS) {
    const right_ = own.SHARES.filter(([key]) => own.judgeShare(key, k, down, right, { kept: 1, total: 4 }).right).map(([key]) => key);
    assert.deepEqual(right_, [answer]);
  }
});

test("un corrimiento múltiplo del paso corre la salida entera", () => {
  for (const { scene, size, stride } of cases.pooling.slice(0, 300)) {
    if (stride > 3) continue;
    assert.deepEqual(own.wholeMove(stride, 0, stride), [0, 1]);
    const [old, now] = [0, stride].map((right) => own.pool("max", own.viewOf(scene, 0, right), size, stride));
    now.forEach((row, r) => row.slice(1).forEach((x, c) => assert.equal(x, old[r][c])));
  }
  assert.equal(own.wholeMove(2, 0, 1), null);
  assert.ok(!own.wholeMove(2, 0, 0));
});

test("por qué cambió una salida dice la verdad", () => {
  for (const { scene, size, stride, down, right } of cases.pooling) {
    const [before, after] = [own.viewOf(scene, 0, 0), own.viewOf(scene, down, right)];
    const text = own.explainOutput({ kind: "max", before, after, cell: [0, 0], size, stride });
    const [old, now] = [before, after].map((map) => own.pool("max", map, size, stride)[0][0]);
    assert.match(text, old === now ? /sigue siendo/ : now > old ? /entró uno mayor/ : /salió de la ventana/);
  }
});

test("lo que se lee en una jugada, en una predicción y en una salida es exacto", () => {
  assert.deepEqual([[0, 1], [1, 0]].map(own.quadrantName), ["arriba a la derecha", "abajo a la izquierda"]);
  const map = [[0, 0, 0, 0], [0, 0, 0, 0], [-9, 3, 0, 0], [1, 2, 0, 0]];
  assert.equal(own.judgePick(map, [2, 0]).text, "Todavía no: en el cuadrante de abajo a la izquierda hay uno mayor que −9. El signo cuenta: un negativo es menor que cero y que cualquier positivo.");
  assert.equal(own.judgePick(map, [3, 0]).text, "Todavía no: en el cuadrante de abajo a la izquierda hay uno mayor que 1.");
  assert.equal(own.judgeShare("third", 2, 0, 1, { kept: 5, total: 16 }).text, "¡Eso es! Entre antes y después, una ventana ve 6 celdas; 2 las ve las dos veces. La salida queda igual si el mayor está entre esas: 2 de cada 6 veces. En este mapa quedan iguales 5 de 16.");
  assert.equal(own.judgeShare("all", 3, 0, 3, { kept: 1, total: 4 }).text, "Todavía no: eso sería invarianza. Antes y después, cada ventana ve 9 celdas del todo distintas. Pero miren: como el corrimiento es múltiplo del paso, los valores siguen ahí, corridos. En este mapa queda igual 1 de 4.");
  const [low, high] = [[[1, 2], [3, 4]], [[5, 0], [0, 2]]];
  const said = (kind, before, after) => own.explainOutput({ kind, before, after, cell: [0, 0], size: 2, stride: 2 });
  assert.equal(said("max", low, high), "El máximo subió de 4 a 5: entró uno mayor.");
  assert.equal(said("max", high, low), "El máximo bajó de 5 a 4: el ganador salió de la ventana.");
  assert.equal(said("average", low, high), "El promedio pasó de 2.5 a 1.75: cambia con cualquier número que entre o salga.");
});

test("las escenas miden 14 × 14, son enteros de 0 a 99 y no cambian con la misma semilla", () => {
  for (const [name] of own.SCENES) {
    for (const seed of [0, 1, 999]) {
      const scene = own.sceneOf(name, seed);
      assert.ok(scene.length === 14 && scene.every((row) => row.length === 14 && row.every((x) => Number.isInteger(x) && x >= 0 && x <= 99)));
      assert.deepEqual(own.sceneOf(name, seed), scene);
    }
  }
});

test("la dirección guarda el estado y rechaza lo que no entiende", () => {
  const state = { game: 3, scene: "smooth", seed: 12, size: 3, stride: 1, down: -2, right: 3, kind: "average" };
  assert.deepEqual(own.default.fromHash(own.default.toHash((name) => state[name])), state);
  assert.equal(own.default.fromHash("0.random.0.2.2.-0.0.max").down, 0);
  for (const text of ["", "0", "0.gato.0.2.2.0.0.max", "0.random.0.5.2.0.0.max", "0.random.0.2.2.4.0.max", "0.random.0.2.2.0.0.max.1", "1000.random.0.2.2.0.0.max", "<b>"]) {
    assert.equal(own.default.fromHash(text), null, text);
  }
});

test("las flechas no se salen", () => {
  for (const key of ["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "Home", "End"]) {
    for (const cell of [[0, 0], [3, 2], [1, 1]]) {
      const [r, c] = own.arrowFrom(key, cell, 4, 3);
      assert.ok(r >= 0 && r < 4 && c >= 0 && c < 3);
    }
  }
  assert.equal(own.arrowFrom("x", [0, 0], 3, 3), null);
});
