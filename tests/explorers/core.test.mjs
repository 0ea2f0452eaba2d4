// El cálculo de los exploradores contra torch: los casos vienen de tests/test_explorers.py, en un archivo.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";

const folder = process.env.LABCODE_EXPLORERS;
assert.ok(folder, "falta LABCODE_EXPLORERS: estas pruebas las lanza pytest (tests/test_explorers.py)");
const load = (name) => import(pathToFileURL(join(folder, `${name}.mjs`)));
const cases = JSON.parse(readFileSync(join(folder, "cases.json"), "utf8"));
const kernel = await load("kernel");
const pattern = await load("pattern");

/** El lado que decide: el alto o, si el núcleo no cabe en la imagen, su lado menor. */
function side(image, output) {
  return output.length ? image.length : Math.min(image.length, image[0].length);
}

function same(actual, expected, exact, what) {
  assert.equal(actual.length, expected.length, `${what}: filas`);
  expected.forEach((row, i) => {
    assert.equal(actual[i].length, row.length, `${what}: columnas`);
    row.forEach((value, j) => {
      const close = exact ? actual[i][j] === value : Math.abs(actual[i][j] - value) <= 1e-6 * Math.max(1, Math.abs(value));
      assert.ok(close, `${what} (${i}, ${j}): ${actual[i][j]} y torch da ${value}`);
    });
  });
}

test("la convolución y su tamaño son los de torch", () => {
  assert.ok(cases.convolution.length >= 2000);
  for (const { image, weights, layer, output, exact } of cases.convolution) {
    const what = JSON.stringify(layer);
    same(kernel.conv2d(image, weights, layer), output, exact, what);
    assert.equal(kernel.outputSize(side(image, output), weights.length, layer), output.length, what);
    if (output.length) assert.equal(kernel.outputSize(image[0].length, weights.length, layer), output[0].length, what);
  }
});

test("la suma escrita de una celda es el valor de la salida", () => {
  for (const { image, weights, layer, output, exact } of cases.convolution.slice(0, 400)) {
    if (!output.length) continue;
    const [r, c] = [output.length - 1, output[0].length - 1];
    const total = kernel.termsOf(image, weights, r, c, layer).reduce((sum, term) => sum + term.product, 0);
    same([[total]], [[output[r][c]]], exact, JSON.stringify(layer));
  }
});

test("lo que ninguna ventana toca es lo que torch deja fuera", () => {
  for (const { image, weights, layer, output } of cases.convolution) {
    const lost = kernel.unseen(side(image, output), weights.length, layer);
    if (!output.length) {
      assert.equal(lost, 0);
      continue;
    }
    const last = kernel.windowOf(output.length - 1, 0, weights.length, layer).at(-1)[0][0];
    assert.equal(last + lost, image.length + layer.padding - 1);
    assert.ok(lost >= 0 && lost < layer.stride);
  }
});

test("el máximo por ventanas es el de torch", () => {
  for (const { image, side: k, stride, output } of cases.pooling) same(kernel.maxPool(image, k, stride), output, true, `${k}/${stride}`);
});

test("las capas densa y local son las de torch", () => {
  for (const { image, weights, kernels, dense, local } of cases.layers) {
    same([pattern.dense(image, weights)], [dense], false, "densa");
    same(pattern.local(image, kernels), local, false, "local");
  }
});

test("un núcleo cambia de lado como en Python", () => {
  for (const { weights, size, fitted } of cases.fits) same(kernel.fitKernel(weights, size), fitted, true, `a ${size}`);
});

test("el ejemplo de la clase da sus valores exactos", () => {
  const { weights } = cases;
  const at = (state) => pattern.layerOutputs(pattern.patternImage(state), weights).shared.map((row) => row.map((x) => Number(x.toFixed(9))));
  assert.deepEqual(at({ row: 1, column: 1 }), [[0.4, 1.1], [1.4, 3]]);
  assert.deepEqual(at({ row: 1, column: 1, noise: 0.1 }), [[0.44, 1.09], [1.42, 3.07]]);
  assert.deepEqual(at({ row: 0, column: 0 }), [[3, 1.4], [1.1, 0.4]]);
});

test("solo en la convolución viajan los valores, con cualquier ruido", () => {
  const { weights } = cases;
  for (let seed = 0; seed < 200; seed++) {
    const outputs = (row, column) => pattern.layerOutputs(pattern.patternImage({ row, column, noise: 0.05 * (seed % 11), seed }), weights);
    const home = outputs(1, 1);
    for (const [row, column] of [[0, 0], [0, 1], [1, 0]]) {
      const moved = outputs(row, column);
      const trips = (kind) => pattern.travel(moved[kind], home[kind], row, column).flat().filter(Boolean);
      assert.ok(trips("shared").every((trip) => trip.same));
      assert.equal(Math.max(...moved.shared.flat()).toFixed(9), Math.max(...home.shared.flat()).toFixed(9));
      for (const kind of ["dense", "local"]) assert.ok(trips(kind).some((trip) => !trip.same), `${kind} ${row} ${column} ${seed}`);
    }
  }
});

test("las tres capas reconocen el patrón abajo a la derecha, y solo una en los demás lugares", () => {
  const best = (row, column) => Object.values(pattern.layerOutputs(pattern.patternImage({ row, column }), cases.weights)).map((rows) => Number(Math.max(...rows.flat()).toFixed(9)));
  assert.deepEqual(best(1, 1), [3, 3, 3]);
  for (const [row, column] of [[0, 0], [0, 1], [1, 0]]) {
    const [dense, local, shared] = best(row, column);
    assert.ok(dense < 2 && local < 2 && shared === 3, `${row}, ${column}: ${dense}, ${local}`);
  }
});

test("los pesos se cuentan de verdad", () => {
  const { weights } = cases;
  const sizes = { dense: weights.dense.flat(1).length, local: weights.local.flat(3).length, shared: weights.shared.flat().length };
  assert.deepEqual(pattern.LAYERS.map(([kind, , total]) => [kind, total]), Object.entries(sizes));
});

test("el comentario acierta o dice cuántas filas son", () => {
  for (const { image, weights, layer, output } of cases.convolution) {
    for (let answer = 0; answer < 16; answer++) {
      const verdict = kernel.judgeSize(answer, side(image, output), weights.length, layer);
      const right = answer === output.length;
      assert.equal(verdict.right, right);
      if (!right) assert.match(verdict.text, output.length ? new RegExp(output.length === 1 ? "Es 1 fila\\." : `Son ${output.length} filas\\.`) : /no hay salida/);
    }
  }
});

test("la dirección guarda el estado y rechaza lo que no entiende", () => {
  const pictures = { uno: { label: "Uno", rows: [[1, 2], [3, 4]] } };
  for (const { weights, layer } of cases.convolution.slice(0, 500)) {
    if (layer.stride > 4 || layer.padding > 3 || layer.dilation > 3) continue;
    const clean = weights.map((row) => row.map((w) => Number(w.toFixed(6))));
    const state = { ...layer, kernel_size: weights.length, kernel: clean, image: pictures.uno.rows, pictures };
    const { pictures: _, ...expected } = state;
    assert.deepEqual(kernel.default.fromHash(kernel.default.toHash((name) => state[name]), (name) => state[name]), expected);
  }
  const hostile = ["", "3", "3.1.0.1", "9.1.0.1~uno~sobel", "3.0.0.1~uno~sobel", "3.1.0.1~uno~1_2", "2.1.0.1~uno~1_2_3_NaN", "2.1.0.1~uno~1_2_3_1e9", "1.1.0.1~__proto__~999", "3.1.0.1.1~uno~sobel"];
  for (const text of hostile) assert.equal(kernel.default.fromHash(text, () => pictures), null, text);
  for (const text of ["1.1.10.0", "0.1.50.999"]) assert.equal(pattern.default.toHash((name) => pattern.default.fromHash(text)[name]), text);
  for (const text of ["", "2.0.0.0", "1.1.51.0", "1.1.0.-1", "1.1.0", "1.1.0.0.0"]) assert.equal(pattern.default.fromHash(text), null, text);
});

test("los números se leen y se escriben como los escribe una persona", () => {
  assert.deepEqual(["1", "-0.5", "−2", "1,5", ".5", " 3 "].map(kernel.readNumber), [1, -0.5, -2, 1.5, 0.5, 3]);
  for (const text of ["", "a", "1e9", "--1", "1.2.3", "Infinity"]) assert.ok(Number.isNaN(kernel.readNumber(text)), text);
  assert.deepEqual([0, -0.001, -2, 10, 100.5, 1 / 3].map((x) => kernel.number(x)), ["0", "0", "−2", "10", "100.5", "0.33"]);
  assert.deepEqual([7, 9999, 10_000, 33_756, 9_750_922].map(kernel.thousands), ["7", "9999", "10\u202f000", "33\u202f756", "9\u202f750\u202f922"]);
});

test("las teclas no se salen de la salida", () => {
  for (const key of ["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "Home", "End", "PageUp", "PageDown"]) {
    for (const large of [false, true]) {
      for (const cell of [[0, 0], [2, 3], [1, 1]]) {
        const [r, c] = kernel.moveWith(key, large, cell, 3, 4);
        assert.ok(r >= 0 && r < 3 && c >= 0 && c < 4);
      }
    }
  }
  assert.equal(kernel.moveWith("x", false, [0, 0], 3, 3), null);
});

test("una predicción al azar siempre tiene respuesta", () => {
  for (let side = 3; side <= 48; side++) {
    const random = kernel.randomFrom(side);
    for (let i = 0; i < 50; i++) {
      const layer = kernel.randomLayer(Array.from({ length: side }, () => new Array(side).fill(0)), random);
      assert.ok(kernel.outputSize(side, layer.kernel_size, layer) > 0);
    }
  }
});
