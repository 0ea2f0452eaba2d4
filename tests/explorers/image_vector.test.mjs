// El explorador «Imagen y vector» contra torch: los casos vienen de tests/test_image_vector_explorer.py.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";

const folder = process.env.LABCODE_EXPLORERS;
assert.ok(folder, "falta LABCODE_EXPLORERS: estas pruebas las lanza pytest");
const own = await import(pathToFileURL(join(folder, "image-vector.mjs")));
const { moves, places, pictures, widened } = JSON.parse(readFileSync(join(folder, "cases.json"), "utf8"));

test("el vector de una imagen corrida y lo que cambia son los de torch", () => {
  assert.ok(moves.length >= 1000);
  for (const { scene, down, right, vector, changed, distance } of moves) {
    const bytes = own.bytesFrom(scene);
    const moved = own.vectorOf(bytes, down, right);
    if (vector) assert.deepEqual([...moved], vector);
    const found = own.compareVectors(own.vectorOf(bytes), moved);
    assert.equal(found.changed, changed);
    assert.ok(Math.abs(found.distance - distance) <= 1e-6 * Math.max(1, distance));
    assert.ok(Math.abs(found.levels - distance / Math.sqrt(3072)) <= 1e-6 * Math.max(1, distance));
  }
});

test("la posición de cada número es la que le da torch al aplanar, y se puede volver", () => {
  assert.equal(places.length, 3072);
  for (const [row, column, channel, index] of places) {
    assert.equal(own.indexOf(row, column, channel), index);
    assert.deepEqual(own.placeOf(index), { row, column, channel });
  }
});

test("una imagen propia se agranda repitiendo su borde", () => {
  const { image, wide } = widened;
  assert.deepEqual([...own.widen(image)], wide.flat(2));
});

test("los vecinos están donde dice la frase", () => {
  for (const [row, column, channel, index] of places) {
    const text = own.neighbourText(row, column, channel);
    if (column < 31) assert.ok(text.includes(`al lado, en la ${own.indexOf(row, column + 1, channel)}`));
    else assert.match(text, index === 3071 ? /y el vector/ : row < 31 ? /otra fila/ : /otro color/);
    if (row < 31) assert.ok(text.endsWith(`en la ${own.indexOf(row + 1, column, channel)}.`));
    else assert.ok(text.endsWith("debajo no hay más imagen."));
  }
});

test("el comentario acierta o dice cuántos son", () => {
  for (const changed of [0, 300, 900, 2000, 2992, 3072]) {
    for (let answer = -1; answer <= 3200; answer++) {
      const verdict = own.judgeChanged(answer, changed);
      assert.equal(verdict.right, Math.abs(answer - changed) <= Math.min(307.2, changed / 2));
      assert.ok(verdict.text.includes(`Cambian ${changed} de 3072`));
    }
  }
  assert.deepEqual([0, 1024, 3072].map(own.shareText), ["0\u202f%", "33.3\u202f%", "100\u202f%"]);
  assert.match(own.judgeChanged(96, 2992).text, /columna que entra/);
  for (const changed of [285, 2992]) assert.match(own.judgeChanged(0, changed).text, /^Todavía no\. A la vista/);
  assert.match(own.judgeChanged(4000, 2992).text, /3072 números/);
  assert.match(own.judgeChanged(3000, 500).text, /contornos/);
});

test("las teclas no se salen de la imagen ni de su tramo", () => {
  for (const key of ["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "Home", "End", "PageUp", "PageDown"]) {
    for (const at of [0, 1, 500, 1023]) {
      const next = own.stepInStrip(key, at);
      assert.ok(next >= 0 && next < 1024);
    }
    for (const place of [[0, 0], [31, 31], [5, 9]]) {
      for (const large of [false, true]) assert.ok(own.stepInImage(key, large, ...place).every((x) => x >= 0 && x < 32));
    }
  }
  assert.equal(own.stepInStrip("a", 3), null);
  assert.equal(own.stepInImage("Enter", false, 3, 3), null);
});

test("la lupa muestra siempre las mismas casillas, con la elegida entre ellas y sin salir de su tramo", () => {
  for (const size of [5, 9]) {
    for (let channel = 0; channel < 3; channel++) {
      for (let at = 0; at < 1024; at++) {
        const lens = own.lensOf(at, channel, size);
        assert.equal(lens.length, size);
        assert.ok(lens.includes(channel * 1024 + at) && lens[0] >= channel * 1024 && lens.at(-1) < (channel + 1) * 1024);
      }
    }
  }
});

test("lo corrido se dice con palabras", () => {
  assert.equal(own.shiftText(0, 1), "1 píxel a la derecha");
  assert.equal(own.shiftText(-2, -1), "2 píxeles hacia arriba y 1 píxel a la izquierda");
  assert.equal(own.shiftText(0, 0), "");
});

test("la dirección guarda el estado y rechaza lo que no entiende", () => {
  const known = { pictures: Object.fromEntries(pictures.map((name) => [name, {}])), image: null };
  for (const shown of pictures) {
    for (const [row, column, channel] of [[0, 0, 0], [31, 31, 2], [14, 12, 1]]) {
      for (const [down, right] of [[0, 0], [-4, 4], [3, -1]]) {
        const state = { shown, row, column, channel, down, right };
        assert.deepEqual(own.default.fromHash(own.default.toHash((name) => state[name]), (name) => known[name]), state);
      }
    }
  }
  const hostile = ["", "gata", "gata.32.0.0.0.0", "gata.0.32.0.0.0", "gata.0.0.3.0.0", "gata.0.0.0.5.0", "gata.0.0.0.0.-5", "perro.0.0.0.0.0",
    "propia.0.0.0.0.0", "constructor.0.0.0.0.0", "gata.0.0.0.0.0.0", "<img>.0.0.0.0.0", "gata.-1.0.0.0.0", "gata.1e1.0.0.0.0"];
  for (const text of hostile) assert.equal(own.default.fromHash(text, (name) => known[name]), null, text);
  assert.equal(own.default.fromHash("propia.0.0.0.0.0", (name) => ({ ...known, image: [1] })[name]).shown, "propia");
});
