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
  const padded = kernel.termsOf([[1, 2], [3, 4]], Array(3).fill([1, 1, 1]), 0, 0, { padding: 1 }).map((term) => term.padded);
  assert.deepEqual(padded, [true, true, true, true, false, false, true, false, false]);
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

test("cada tropiezo al predecir el tamaño tiene su comentario", () => {
  const said = (answer, n, k, layer) => kernel.judgeSize(answer, n, k, { stride: 1, padding: 0, dilation: 1, ...layer }).text;
  assert.equal(said(6, 8, 3), "¡Eso es! La ventana cabe en 6 posiciones de arriba abajo.");
  assert.equal(said(2, 3, 5), "Todavía no. La ventana es más grande que la imagen con su relleno. El núcleo no cabe: no hay salida (0 filas).");
  assert.equal(said(2, 5, 3), "Todavía no. Les faltó contar la posición inicial: por eso la fórmula termina en «+ 1». Son 3 filas.");
  assert.equal(said(4, 8, 3, { stride: 2 }), "Todavía no. La división se redondea hacia abajo: una ventana que se sale de la imagen no cuenta. Son 3 filas.");
  assert.equal(said(5, 8, 4, { padding: 2 }), "Todavía no. Olvidaron el relleno: agrega filas arriba y abajo antes de empezar. Son 9 filas.");
  assert.equal(said(7, 8, 4, { padding: 2 }), "Todavía no. El relleno va a los dos lados: suma 2p, no p. Son 9 filas.");
  assert.equal(said(6, 8, 3, { dilation: 2 }), "Todavía no. Con dilatación el núcleo abarca más: d(k − 1) + 1 píxeles. Son 4 filas.");
  assert.equal(said(7, 9, 3, { stride: 2 }), "Todavía no. Olvidaron el paso: la ventana no se detiene en todas las filas. Son 4 filas.");
  assert.equal(said(8, 8, 3), "Todavía no. La salida no siempre mide lo mismo que la entrada: la ventana completa tiene que caber. Son 6 filas.");
  assert.equal(said(5, 8, 3, { stride: 3 }), "Todavía no. Cuenten cuántas veces puede apoyarse la ventana de arriba abajo. Son 2 filas.");
  assert.equal(said(1, 8, 3), "Todavía no. Cuenten cuántas veces puede apoyarse la ventana de arriba abajo. Son 6 filas.");
});

test("las frases dicen los ajustes, lo que sobra y lo que suman los pesos", () => {
  assert.equal(kernel.layerPhrase(3, { stride: 1, padding: 0, dilation: 1 }), "un núcleo de 3 × 3, con paso 1");
  assert.equal(kernel.layerPhrase(3, { stride: 2, padding: 1, dilation: 1 }), "un núcleo de 3 × 3, con paso 2 y relleno 1");
  assert.equal(kernel.layerPhrase(5, { stride: 1, padding: 3, dilation: 2 }), "un núcleo de 5 × 5, con paso 1, relleno 3 y dilatación 2");
  assert.equal(kernel.leftoverText(7, 8, 3, { stride: 3 }), "Sobran 1 fila y 2 columnas: ninguna ventana llega hasta ahí.");
  assert.equal(kernel.leftoverText(9, 7, 3, { stride: 3 }), "Sobra 1 columna: ninguna ventana llega hasta ahí.");
  assert.equal(kernel.leftoverText(9, 9, 3, { stride: 3 }), "");
  assert.equal(kernel.sumText([[1, -1]]), "Los pesos suman 0: en una zona pareja la salida es 0.");
  assert.equal(kernel.sumText([[2, -1]]), "Los pesos suman 1: una zona pareja queda igual.");
  assert.equal(kernel.sumText([[0.5, -1.5]]), "Los pesos suman −1: una zona pareja se multiplica por −1.");
  assert.deepEqual([[1, 0], [0, 1], [1, 1], [0, 0]].map(([row, column]) => pattern.placeText(row, column)),
    ["abajo a la izquierda", "arriba a la derecha", "abajo a la derecha", "arriba a la izquierda"]);
});

test("cada núcleo con nombre hace lo que dice con un borde vertical y con uno horizontal", () => {
  const borders = [[[0, 0, 9], [0, 0, 9], [0, 0, 9]], [[0, 0, 0], [0, 0, 0], [9, 9, 9]]];
  const corner = (weights) => borders.map((image) => Number(kernel.conv2d(image, weights).at(-1).at(-1).toFixed(9)));
  assert.deepEqual(Object.fromEntries(kernel.PRESETS.map(([key, , weights]) => [key, corner(weights)])), {
    identity: [0, 0], blur: [3, 3], vertical: [27, 0], horizontal: [0, 27], sobel: [36, 0], laplacian: [9, 9], sharpen: [-9, -9], emboss: [27, 27], lecture: [5.4, 6.3],
  });
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
  for (const path of [[6], [7], [7, 6], [4, 5, 7]]) { // un núcleo con nombre vuelve con todos sus decimales, aunque haya cambiado de lado
    const blur = path.reduce((own, size) => kernel.fitKernel(own, size), kernel.PRESETS.find(([key]) => key === "blur")[2]);
    const state = { kernel_size: path.at(-1), stride: 1, padding: 0, dilation: 1, kernel: blur, image: pictures.uno.rows, pictures };
    const restored = kernel.default.fromHash(kernel.default.toHash((name) => state[name]), (name) => state[name]);
    assert.equal(kernel.sumText(restored.kernel), "Los pesos suman 1: una zona pareja queda igual.", path.join());
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
  assert.deepEqual([2, 0.25, 0.125, 1 / 3].map(kernel.isShort), [true, true, false, false]);
  assert.deepEqual([7, 9999, 10_000, 33_756, 9_750_922].map(kernel.thousands), ["7", "9999", "10\u202f000", "33\u202f756", "9\u202f750\u202f922"]);
});

test("los decimales se escriben como en el texto del libro, también los empates", () => {
  assert.ok(cases.decimals.length >= 2000);
  for (const [x, digits, text] of cases.decimals) assert.equal(kernel.decimal(x, digits), text, `${x} con ${digits}`);
  assert.deepEqual([0, -0.001, 3, -1.255].map((x) => kernel.signed(x)), ["+0.00", "+0.00", "+3.00", "−1.26"]);
  assert.equal(kernel.percent(49.55), "49.6\u202f%");
  assert.equal(kernel.number(49.525), "49.53");
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
