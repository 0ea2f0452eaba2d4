// La CNN en la página contra torch: los casos vienen de tests/test_cnn_explorer.py.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";

const folder = process.env.LABCODE_EXPLORERS;
assert.ok(folder, "falta LABCODE_EXPLORERS: estas pruebas las lanza pytest");
const own = await import(pathToFileURL(join(folder, "cnn.mjs")));
const cases = JSON.parse(readFileSync(join(folder, "cases.json"), "utf8"));
const near = (a, b, what, scale = Math.abs(b)) => assert.ok(Math.abs(a - b) <= 1e-4 * Math.max(1, scale), `${what}: ${a} y torch da ${b}`);

test("float16 se lee entero", () => {
  const numbers = own.halfFloats(own.bytesFrom(cases.halves));
  assert.equal(numbers.length, cases.numbers.length);
  cases.numbers.forEach((x, i) => assert.equal(numbers[i], x));
});

test("cada etapa vale lo que en torch, en mil redes y en la de la clase", () => {
  for (const { network: data, image, sums, sizes, output, probabilities, conv2, pool2 } of cases.networks) {
    const network = own.networkOf(data);
    const maps = own.forward(network, own.bytesFrom(image));
    for (const [stage, sum] of Object.entries(sums)) {
      near(maps[stage].values.reduce((a, b) => a + b, 0), sum, stage, sizes[stage]);
      const [channels, side] = own.stageShape(stage, data);
      assert.deepEqual([maps[stage].channels, maps[stage].side], [channels, side], stage);
    }
    for (const [stage, values] of Object.entries({ output, conv2, pool2 })) values.forEach((x, i) => near(maps[stage].values[i], x, stage));
    probabilities.forEach((p, i) => near(maps.probabilities[i], p, "probabilidad"));
  }
});

test("la suma escrita de una celda es su valor, y su ventana es lo que la mueve", () => {
  const { network: data, image } = cases.networks.at(-1);
  const network = own.networkOf(data);
  const bytes = own.bytesFrom(image);
  const maps = own.forward(network, bytes);
  const random = own.randomFrom(5);
  for (const stage of Object.keys(own.STAGES)) {
    const [channels, side] = own.stageShape(stage, data);
    for (let i = 0; i < 12; i++) {
      const cell = [channels, side, side].map((n) => Math.floor(random() * n));
      const { kind, value, total, inputs } = own.explain(network, maps, stage, cell);
      assert.equal(value, own.valueAt(maps[stage], cell));
      if (kind === "max") assert.equal(value, Math.max(...inputs));
      if (kind === "relu") assert.equal(value, Math.max(0, inputs[0]));
      if (kind === "sum") near(stage.startsWith("dense") ? Math.max(0, total) : total, value, stage);
      const { top, left, size } = own.fieldOf(stage, cell);
      assert.ok(top >= 0 && left >= 0 && top + size <= 32 && left + size <= 32, `${stage} ${cell}`);
      const outside = Uint8Array.from(bytes, (x, at) => {
        const [r, c] = [Math.floor(at / 96), Math.floor(at / 3) % 32];
        return r >= top && r < top + size && c >= left && c < left + size ? x : 255 - x;
      });
      const moved = own.forward(network, outside);
      near(own.valueAt(moved[stage], cell), value, `${stage} mira fuera de su ventana`);
    }
  }
});

test("el campo receptivo es tan grande como dice: sus esquinas cuentan", () => {
  const { network: data } = cases.networks.at(-1);
  const network = own.networkOf(data);
  for (const stage of ["conv1", "conv2"]) { // sin ReLU ni máximo después, toda entrada con peso mueve la salida
    const { top, left, size } = own.fieldOf(stage, [0, 3, 2]);
    const random = own.randomFrom(2);
    const corners = [[top, left], [top + size - 1, left + size - 1]];
    for (const [r, c] of corners) {
      const moves = Array.from({ length: 40 }, () => {
        const bytes = Uint8Array.from({ length: 3072 }, () => Math.floor(random() * 256));
        const other = Uint8Array.from(bytes);
        other.set([0, 1, 2].map((k) => 255 - bytes[3 * (32 * r + c) + k]), 3 * (32 * r + c));
        return own.valueAt(own.forward(network, bytes)[stage], [0, 3, 2]) !== own.valueAt(own.forward(network, other)[stage], [0, 3, 2]);
      });
      assert.ok(moves.some(Boolean), `${stage}: el píxel (${r}, ${c}) no lo mueve nunca`);
    }
  }
});

test("una imagen por la red de la clase tarda menos de 20 ms", () => {
  const { network: data, image } = cases.networks.at(-1);
  const network = own.networkOf(data);
  const bytes = own.bytesFrom(image);
  for (let i = 0; i < 10; i++) own.forward(network, bytes);
  const times = Array.from({ length: 30 }, () => {
    const began = performance.now();
    own.forward(network, bytes);
    return performance.now() - began;
  }).sort((a, b) => a - b);
  console.log(`mediana ${times[15].toFixed(2)} ms`);
  assert.ok(times[15] < 20, `${times[15]} ms`);
});

test("lo pintado va y vuelve, y es lo mismo que en Python", () => {
  const colors = cases.palette.map(([, color]) => color);
  for (const [text, numbers, bytes] of cases.paints) {
    const paint = own.paintFrom(text, colors.length);
    assert.deepEqual([...paint], numbers);
    assert.deepEqual(own.composed(own.bytesFrom(cases.pictures.gata.data), paint, colors), own.bytesFrom(bytes));
    assert.deepEqual(own.paintFrom(own.paintText(paint), colors.length), paint);
  }
  const random = own.randomFrom(9);
  const pick = (n) => Math.floor(random() * n);
  for (let i = 0; i < 300; i++) {
    const paint = own.paintFrom("", 9);
    for (let k = 0; k < 4; k++) own.paintLine(paint, [pick(40) - 4, pick(40) - 4], [pick(40) - 4, pick(40) - 4], 1 + pick(6), pick(9));
    assert.deepEqual(own.paintFrom(own.paintText(paint), 9), paint);
  }
  const dot = own.paintFrom("", 9);
  own.paintLine(dot, [5, 5], [5, 5], 3, 2);
  assert.equal(dot.filter((x) => x === 2).length, 9);
  for (const text of ["10a", "1024z", "1024", "a", "1025a", "1023a", "0a1024b", "1024a1a", "1e3a"]) assert.equal(own.paintFrom(text, 9), null, text);
});

test("una foto se promedia, y lo transparente es blanco", () => {
  const rgba = new Uint8ClampedArray(4 * 64 * 64);
  for (let i = 0; i < 64 * 64; i++) rgba.set([i % 2 ? 100 : 50, 10, 20, 255], 4 * i);
  assert.deepEqual([...own.shrinkPixels(rgba, 64).slice(0, 3)], [75, 10, 20]);
  assert.deepEqual([...own.shrinkPixels(new Uint8ClampedArray(4 * 32 * 32), 32).slice(0, 3)], [255, 255, 255]);
  assert.deepEqual(own.bytesFrom(own.textFrom(Uint8Array.from([0, 128, 255]))), Uint8Array.from([0, 128, 255]));
});

test("el comentario dice lo que dijo la red, y si acierta", () => {
  const classes = cases.networks[0].network.classes;
  for (const { probabilities } of cases.networks.slice(0, 300)) {
    const top = probabilities.indexOf(Math.max(...probabilities));
    for (let answer = 0; answer < 10; answer++) {
      const verdict = own.judgeClass(answer, probabilities, classes, { truth: 3, known: true });
      assert.equal(verdict.right, answer === top);
      assert.ok(verdict.text.includes(`«${classes[top]}»`));
      assert.ok(verdict.text.includes(top === 3 ? "Y acierta." : "es de la clase «gato»"));
    }
    assert.match(own.judgeClass(0, probabilities, classes, { truth: null, known: true }).text, /Ninguna de las diez/);
  }
});

test("la cuenta de una celda, su lugar y el veredicto se escriben enteros", () => {
  const sums = (subtotals, bias, total) => ({ kind: "sum", value: Math.max(0, total), groups: subtotals.map((subtotal) => ({ subtotal })), bias, total });
  assert.equal(own.accountText("conv1", sums([0.5, -1, 2], 0.25, 1.75)), "0.5 (rojo) − 1 (verde) + 2 (azul) + 0.25 (sesgo) = 1.75");
  assert.equal(own.accountText("conv2", sums([-1.5, 2], -0.25, 0.25)), "−1.5 (mapa 1) + 2 (mapa 2) − 0.25 (sesgo) = 0.25");
  assert.equal(own.accountText("dense1", sums([1, -3], 0.5, -1.5)), "1 (mapa 1) − 3 (mapa 2) + 0.5 (sesgo) = −1.5 → ReLU → 0");
  const dense = { kind: "sum", value: 0, groups: [{ inputs: [1, 2, 3, 4, 5, 6], weights: [1, -1, 2, 0.75, -3, 0.25] }], bias: 0.5, total: -5 };
  const terms = "−15 (neurona 5) + 6 (neurona 3) + 3 (neurona 4) − 2 (neurona 2) + 2.5 (las demás) + 0.5 (sesgo) = −5";
  assert.equal(own.accountText("dense2", dense), `${terms} → ReLU → 0`);
  assert.equal(own.accountText("output", dense, { probability: 0.004 }), `${terms}, y la softmax lo vuelve 0.4\u202f%`);
  assert.equal(own.accountText("input", { kind: "pixel", value: 0.5, mean: 120, std: 60 }, { byte: 150 }), "(150 − 120) / 60 = 0.5");
  assert.equal(own.cellName("input", [0, 4, 7], []), "rojo, fila 5, columna 8");
  assert.equal(own.fieldWords("pool1", [0, 3, 2]), "De la imagen mira 6\u00a0×\u00a06 píxeles: filas 7 a 12 y columnas 5 a 10.");
  assert.deepEqual([0.0004, 0.004, 0.62].map(own.share), ["< 0.1\u202f%", "0.4\u202f%", "62\u202f%"]);
  const judged = (answer, truth) => own.judgeClass(answer, [0.004, 0.7, 0.296], ["avión", "auto", "pájaro"], { truth, known: true }).text;
  assert.equal(judged(0, 2), "Dice otra cosa: «auto», con 70\u202f%. A «avión» le da 0.4\u202f%. Y se equivoca: es de la clase «pájaro».");
  assert.equal(judged(1, 1), "¡Eso es! Dice «auto», con 70\u202f%. Y acierta.");
});

test("las teclas no se salen de una etapa", () => {
  const { network: data, image } = cases.networks.at(-1);
  const maps = own.forward(own.networkOf(data), own.bytesFrom(image));
  for (const stage of Object.keys(own.STAGES)) {
    const [channels, side] = own.stageShape(stage, data);
    for (const key of ["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "Home", "End", "PageUp", "PageDown"]) {
      for (const cell of [[0, 0, 0], [channels - 1, side - 1, side - 1]]) {
        const next = own.moveCell(key, true, cell, maps[stage]);
        assert.ok(next === null || own.isCell(stage, next, data), `${stage} ${key} ${next}`);
      }
    }
  }
  assert.equal(own.moveCell("x", false, [0, 0, 0], maps.conv1), null);
});

test("las etapas se llaman igual en Python, y la dirección guarda el estado y rechaza lo demás", () => {
  assert.deepEqual(Object.fromEntries(Object.entries(own.STAGES).map(([key, { name }]) => [key, name])), cases.stages);
  const { network } = cases.networks.at(-1);
  const base = { network, pictures: cases.pictures, palette: cases.palette };
  for (const state of [{ shown: "gata", paint: "500-24c500b", stage: "conv2", cell: [15, 9, 9] }, { shown: "blanco", paint: "", stage: "output", cell: [9, 0, 0] }]) {
    const get = (name) => ({ ...base, ...state })[name];
    assert.deepEqual(own.default.fromHash(own.default.toHash(get), get), state);
  }
  const mine = { ...base, shown: "propia", paint: "1024a", stage: "conv1", cell: [0, 1, 2] };
  assert.deepEqual(own.default.fromHash(own.default.toHash((name) => mine[name]), (name) => mine[name]), { stage: "conv1", cell: [0, 1, 2] });
  for (const text of ["", "gata", "gata~~conv1", "perro~~conv1~0.0.0", "gata~5a~conv1~0.0.0", "gata~~conv9~0.0.0", "gata~~conv1~6.0.0", "gata~~conv1~0.28.0", "gata~~dense1~0.0.1", "gata~~conv1~0.0.0~x", "__proto__~~conv1~0.0.0", "gata~~constructor~0.0.0"]) {
    assert.equal(own.default.fromHash(text, (name) => mine[name]), null, text);
  }
});
