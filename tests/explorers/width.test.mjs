// El explorador del ancho contra NumPy: los casos vienen de tests/test_width_explorer.py, en un archivo.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";

const folder = process.env.LABCODE_EXPLORERS;
assert.ok(folder, "falta LABCODE_EXPLORERS: estas pruebas las lanza pytest");
const w = await import(pathToFileURL(join(folder, "width.mjs")));
const { random } = JSON.parse(readFileSync(join(folder, "cases.json"), "utf8"));
const every = random.flatMap(({ data, read }) => data.series.map((series, i) => ({ series, read: read[i] })));

test("el umbral y lo que hace el error después son los de NumPy", () => {
  assert.ok(random.length >= 1000);
  for (const { series, read } of every) {
    assert.equal(w.thresholdAt(series), read.at);
    assert.equal(w.canPredict(series), read.kind !== null);
    if (read.kind === null) continue;
    const { kind, best, from, to } = w.fateOf(series);
    assert.equal(kind, read.kind);
    assert.equal(best?.width ?? null, read.best);
    assert.ok(from.width >= series.threshold && to.width > from.width);
  }
});

test("el veredicto acierta solo con lo que pasó, y dice los dos errores", () => {
  for (const { series, read } of every.filter((one) => one.read.kind)) {
    const { from, to } = w.fateOf(series);
    for (const [fate] of w.FATES) {
      const { right, text } = w.judgeFate(fate, series);
      assert.equal(right, fate === read.kind);
      assert.ok(text.startsWith(right ? "¡Eso es!" : "Todavía no."));
      for (const { test: [error] } of [from, to]) assert.ok(text.includes(w.errorText(error, series)), text);
      assert.ok(!/NaN|undefined/.test(text + w.questionText(series)), text);
      assert.equal(w.questionText(series).includes("la pérdida en prueba"), series.kind === "loss");
    }
  }
});

test("sin banda no se pregunta, y se dice por qué", () => {
  const one = (draws) => ({ kind: "network", threshold: 8, points: draws.map((n, i) => ({ width: 4 * 2 ** i, draws: n, test: [9 - i, 9 - i, 9 - i] })) });
  assert.ok(w.canPredict(one([1, 3, 3])) && w.fateOf(one([1, 3, 3])).best === null);
  for (const few of [[3, 2, 3], [3, 3, 2]]) assert.match(w.unknownText(one(few)), /Con menos de tres semillas no hay intervalo/);
  assert.match(w.unknownText(one([3, 3])), /ninguno memoriza/);
});

test("la comparación con el mejor de antes respeta las bandas", () => {
  const series = { kind: "features" };
  const best = { width: 8, test: [0.5, 0.4, 0.6] };
  const against = (...errors) => w.againstBest(best, { width: 512, test: errors }, series);
  assert.equal(against(0.2, 0.1, 0.3), "Le gana también al mejor de los que no llegaban al umbral (0.50, con 8).");
  assert.equal(against(0.9, 0.8, 1), "No alcanza al mejor de los que no llegaban al umbral (0.50, con 8).");
  assert.equal(against(0.55, 0.3, 0.7), "Queda como el mejor de los que no llegaban al umbral (0.50, con 8): sus bandas se traslapan.");
});

test("cada curva se llama por su nombre", () => {
  const names = ["features", "network", "loss"].map((kind) => [w.wordsOf({ kind }).train, w.wordsOf({ kind }).test]);
  assert.deepEqual(names, [["Error en sus puntos", "Error en puntos nuevos"], ["Error en entrenamiento", "Error en prueba"], ["Pérdida en entrenamiento", "Pérdida en prueba"]]);
});

test("cada ancho está en su régimen", () => {
  for (const { series, read } of every) {
    series.points.forEach(({ width }, at) => {
      const expected = read.at < 0 ? "" : at < read.at ? "antes" : width === series.threshold ? "en" : "después";
      assert.equal(w.regimeOf(series, at), expected);
    });
  }
});

test("se mira la serie que se pide, o la primera medida", () => {
  for (const { data } of random) {
    const first = data.series.find(({ points }) => points.length) ?? null;
    assert.equal(w.seriesOf(data, "nadie"), first);
    for (const one of data.series) assert.equal(w.seriesOf(data, one.key), one.points.length ? one : first);
  }
});

test("los ejes ponen cada punto dentro del dibujo, de menor a mayor", () => {
  for (const { series } of every.filter((one) => one.series.points.length)) {
    const x = w.widthAxis(series, 340);
    const places = series.points.map(({ width }) => x(width));
    places.forEach((at, i) => assert.ok(at >= 40 && at <= 330 && (i === 0 || at > places[i - 1]) && w.nearestOf(places, at) === i));
    const range = w.errorRange(series);
    assert.ok(range[0] < range[1]);
    const y = w.axisScale(range, [200, 20], series.log);
    series.points.forEach(({ test: errors }) => errors.forEach((error) => {
      assert.ok(y(error) <= 200 && y(error) >= 20);
      assert.ok(error <= range[1] && (error >= range[0] || error < 1e-9), "la prueba nunca se recorta");
    }));
    w.roundTicks(range, series.log).forEach((v) => assert.ok(v >= range[0] * 0.999 && v <= range[1] * 1.001));
    const kept = w.thinned(places, 38);
    kept.slice(1).forEach((i, k) => assert.ok(places[i] - places[kept[k]] >= 38));
  }
});

test("los errores se escriben como se leen", () => {
  const [points, network, loss] = [{ kind: "features" }, { kind: "network" }, { kind: "loss" }];
  assert.deepEqual([8.803, 0.132, 0.0088, 1e-20].map((x) => w.errorText(x, points)), ["8.80", "0.13", "0.0088", "0"]);
  assert.equal(w.errorText(63.04, network), "63.0\u202f%");
  assert.deepEqual([8.163, 0.001].map((x) => w.errorText(x, loss)), ["8.16", "0.00"]);
  assert.equal(w.bandText([8.163, 7.8, 8.5], loss), "8.16 (7.80 a 8.50)");
  assert.equal(w.bandText([0.5, 0.4, 0.7], points), "0.50 (0.40 a 0.70)");
  assert.equal(w.bandText([63, 61, 65], network), "63.0\u202f% (61.0 a 65.0\u202f%)");
  assert.equal(w.bandText([63, 63, 63], network), "63.0\u202f%");
});

test("la dirección guarda el estado y rechaza lo que no entiende", () => {
  const { data } = random.find((own) => own.data.series[0].points.length > 3);
  for (const state of [{ series: data.series[0].key, at: 3 }, { series: "", at: 0 }]) {
    const get = (name) => ({ data, ...state })[name];
    assert.deepEqual(w.default.fromHash(w.default.toHash(get), get), state);
  }
  for (const text of ["", "-", "-.99", "-.-1", "nadie.0", "-.0.1", "-.1e0", "__proto__.0", "<img>.0"]) assert.equal(w.default.fromHash(text, () => data), null, text);
  assert.equal(w.default.fromHash("-.0", () => ({ series: [] })), null);
});
