// El explorador de N contra NumPy: los casos vienen de tests/test_data_size_explorer.py, en un archivo.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";

const folder = process.env.LABCODE_EXPLORERS;
assert.ok(folder, "falta LABCODE_EXPLORERS: estas pruebas las lanza pytest");
const n = await import(pathToFileURL(join(folder, "data_size.mjs")));
const { random } = JSON.parse(readFileSync(join(folder, "cases.json"), "utf8"));
const close = (a, b) => Math.abs(a - b) <= 1e-6 * Math.max(1, Math.abs(b));

test("cuántos ejemplos hacen falta es la interpolación de NumPy", () => {
  assert.ok(random.length >= 1000);
  for (const { data, at, accuracy, found } of random) {
    const actual = n.examplesFor(data, data.series[at], accuracy);
    const what = JSON.stringify({ data, at, accuracy });
    if (found === null) assert.equal(actual, null, what);
    else if (found.n === undefined) assert.deepEqual(actual, found, what);
    else assert.ok(close(actual.n, found.n), `${what}: ${actual.n} y NumPy da ${found.n}`);
  }
});

test("lo que suma cada paso se lee de los puntos, y los que doblan van primero", () => {
  for (const { data } of random) {
    const all = n.questions(data);
    assert.equal(all.length, data.series.reduce((sum, own) => sum + Math.max(0, own.points.filter(Boolean).length - 1), 0));
    const doubles = all.map(({ ratio }) => Math.abs(Math.log2(ratio) - 1) <= 0.05);
    assert.deepEqual(doubles, [...doubles].sort((a, b) => b - a));
    for (const { series, from, to, gain, ratio } of all) {
      assert.ok(close(series.points[to.at].mean - series.points[from.at].mean, gain) && close(data.sizes[to.at] / data.sizes[from.at], ratio));
      assert.ok(series.points.slice(from.at + 1, to.at).every((point) => !point));
    }
  }
});

test("el comentario acierta cerca del valor y dice cuánto fue", () => {
  for (const { data } of random.slice(0, 300)) {
    for (const question of n.questions(data).slice(0, 2)) {
      assert.equal(n.judgeGain(question.gain, question).right, true);
      assert.equal(n.judgeGain(question.gain + Math.max(1.01, Math.abs(question.gain) / 4 + 0.01), question).right, false);
      const { text } = n.judgeGain(question.gain - 60, question);
      assert.ok(text.startsWith("Es más") && text.includes(n.signedPoints(question.gain)), text);
    }
  }
});

test("la comparación en ejemplos se dice sin huecos", () => {
  for (const { data } of random) {
    data.series.forEach((reference) => data.series.forEach((other) => data.sizes.forEach((_, at) => {
      const text = n.equivalenceText(data, reference, other, at);
      const known = reference.points[at] && other.points.some(Boolean);
      assert.equal(text !== "", Boolean(known));
      assert.ok(!/NaN|undefined|Infinity/.test(text), text);
    })));
  }
});

test("dos redes escritas a mano se comparan, se juzgan y se marcan palabra por palabra", () => {
  const series = (name, means) => ({ name, points: means.map((mean) => ({ mean, half: null })) });
  const [a, b] = [series("A", [40, 50, 60]), series("B", [45, 55, 58])];
  const data = { sizes: [1000, 2000, 4000], series: [a, b] };
  assert.equal(n.equivalenceText(data, a, b, 0), "B: menos de 1000, el menor que se midió.");
  assert.equal(n.equivalenceText(data, a, b, 1), "B: unos 1400 (1.4 veces menos)."); // √(1000 · 2000) = 1414
  assert.equal(n.equivalenceText(data, a, b, 2), "B: más de 4000; con esos todavía no llega.");
  assert.equal(n.equivalenceText(data, b, a, 1), "A: unos 2800 (1.4 veces más).");
  const fall = { from: { mean: 60 }, to: { mean: 52 }, gain: -8, series: a };
  assert.deepEqual(n.judgeGain(-6.5, fall), { right: true, text: "¡Eso es! A pasa de 60.0 a 52.0\u202f%: −8.0 puntos." });
  assert.deepEqual(n.verticalTicks(70, 92, "error"), [{ mean: 90, text: "10" }, { mean: 80, text: "20" }, { mean: 70, text: "30" }]);
});

test("a cada red le falta lo que no se midió; lo que divergió se nombra aparte", () => {
  const data = { sizes: [1000, 2000, 4000] };
  const point = { mean: 50, half: null };
  const lack = (points, diverged, notice = "Se entrena.") => n.lackText(data, { points, diverged, notice });
  assert.equal(lack([point, point, point], [], ""), "");
  assert.equal(lack([null, null, null], []), "sin medir todavía. Se entrena.");
  assert.equal(lack([point, null, null], [2]), "falta 1 de 3 tamaños; divergió con N = 4000. Se entrena.");
  assert.equal(lack([point, null, null], [1, 2], ""), "divergió con N = 2000, 4000.");
  assert.deepEqual([0, 1, 2].map((at) => n.readingText({ points: [point, null, null], diverged: [2] }, at)), ["50.0\u202f%", "sin medir", "divergió"]);
});

test("los ejes ponen cada punto dentro del dibujo, de menor a mayor", () => {
  for (const { data } of random) {
    for (const [scale] of n.SCALES) {
      const { x, y, box, ticks } = n.axesOf(data, scale, { width: 360, height: 280 });
      const across = data.sizes.map(x);
      assert.ok(across.every((at, i) => at >= box.left && at <= box.right && (i === 0 || at > across[i - 1])));
      data.series.flatMap((own) => own.points).filter(Boolean).forEach(({ mean }) => assert.ok(y(mean) >= box.top - 1e-6 && y(mean) <= box.bottom + 1e-6, `${mean}`));
      ticks.forEach(({ mean }) => assert.ok(y(mean) >= box.top - 1e-6 && y(mean) <= box.bottom + 1e-6));
      data.sizes.forEach((_, at) => assert.equal(n.nearestSize(data.sizes, x, across[at]), at));
    }
  }
});

test("los números se escriben como en el libro", () => {
  assert.deepEqual([8312, 871, 45_000, 12_345, 7].map(n.roughly), [8300, 870, 45_000, 12_000, 7]);
  assert.deepEqual([3.84, -1.26].map(n.signedPoints), ["+3.8 puntos", "−1.3 puntos"]);
  assert.equal(n.pointText({ mean: 55.123, half: 0.42 }), "55.1\u00a0±\u00a00.4\u202f%");
  assert.equal(n.pointText({ mean: 55.123, half: null }), "55.1\u202f%");
});

test("la dirección guarda el estado y rechaza lo que no entiende", () => {
  const { data } = random.find((own) => own.data.sizes.length >= 3 && own.data.series.length);
  const [{ key }] = data.series;
  for (const state of [{ at: 2, reference: key, scale: "error" }, { at: 0, reference: "", scale: "accuracy" }]) {
    const get = (name) => ({ data, ...state })[name];
    assert.deepEqual(n.default.fromHash(n.default.toHash(get), get), state);
  }
  for (const text of ["", "0", "0.-", "0.-.log", "99.-.error", "-1.-.error", "0.nadie.error", "0.-.error.1", "1e0.-.error", "0.__proto__.error"]) {
    assert.equal(n.default.fromHash(text, () => data), null, text);
  }
});
