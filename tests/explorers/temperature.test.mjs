// La temperatura contra torch: los casos vienen de tests/test_temperature_explorer.py, en un archivo.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";

const folder = process.env.LABCODE_EXPLORERS;
assert.ok(folder, "falta LABCODE_EXPLORERS: estas pruebas las lanza pytest");
const m = await import(pathToFileURL(join(folder, "temperature.mjs")));
const { random } = JSON.parse(readFileSync(join(folder, "cases.json"), "utf8"));
const close = (a, b) => Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(b));
const rowOf = (over) => ({ t: 1, nll: 1, ece: 5, counts: [0, 10], confidence: [0, 0.8], accuracy: [0, 0.8], ...over });

test("softmax(z / T) es la de torch, y suma uno", () => {
  assert.ok(random.length >= 1000);
  for (const { network, chances } of random) {
    network.rows.forEach(({ t }, i) => {
      const actual = m.softmaxAt(network.samples[0].logits, t);
      assert.ok(close(actual.reduce((a, b) => a + b, 0), 1));
      actual.forEach((p, c) => assert.ok(close(p, chances[i][c]), `${p} y torch da ${chances[i][c]}`));
    });
  }
});

test("con logits enormes, softmax no se desborda", () => {
  assert.deepEqual(m.softmaxAt([9000, -9000], 0.1), [1, 0]);
  assert.deepEqual(m.softmaxAt([-9000, -9000], 0.1), [0.5, 0.5]);
});

test("la exactitud de las casillas es la de torch con toda T, y el mayor no cambia de lugar", () => {
  for (const { network, accuracy, confidence } of random) {
    const top = m.topOf(network.samples[0].logits);
    network.rows.forEach((row, i) => {
      const reading = m.readingOf(row);
      assert.ok(close(reading.accuracy, accuracy), `${reading.accuracy} y torch da ${accuracy}`);
      assert.ok(close(reading.confidence, confidence[i]));
      assert.equal(m.topOf(m.softmaxAt(network.samples[0].logits, row.t)), top);
      assert.ok(close(m.sharesOf(row).reduce((a, b) => a + b, 0), 1));
    });
  }
});

test("la mejor T es la de menor pérdida, y la fila más cercana, la de T", () => {
  for (const { network: { rows }, best } of random) {
    assert.equal(m.bestRow(rows), best);
    rows.forEach(({ t }, i) => assert.equal(m.nearestRow(rows, t), i));
    assert.equal(m.nearestRow(rows, 1e-3), 0);
    assert.equal(m.nearestRow(rows, 1e3), rows.length - 1);
  }
});

test("el veredicto depende de lo que se midió, y siempre dice los números", () => {
  for (const { network } of random) {
    const { rows } = network;
    const [plain, best] = [rows[m.nearestRow(rows, 1)], rows[m.bestRow(rows)]];
    const truth = m.kindOf(plain);
    const good = m.judgeTemperature(network, truth, best.t);
    assert.ok(good.right && good.text.startsWith("¡Eso es!"), good.text);
    const other = m.KINDS.map(([kind]) => kind).find((kind) => kind !== truth);
    assert.ok(m.judgeTemperature(network, other, best.t).text.startsWith("A medias."));
    assert.ok(m.judgeTemperature(network, other, best.t * 3).text.startsWith("Todavía no."));
    assert.equal(m.judgeTemperature(network, truth, best.t / 1.5).right, false);
    for (const said of [m.percent(m.readingOf(plain).accuracy), `T = ${m.temperatureText(best.t)}`, m.decimal(plain.ece, 1)]) assert.ok(good.text.includes(said), good.text);
    assert.ok(!/NaN|undefined/.test(good.text + m.sampleText(network.samples[0], network.classes, 2)));
  }
});

test("de más, lo justo y de menos se distinguen con dos puntos", () => {
  assert.equal(m.kindOf(rowOf({})), "fair");
  assert.equal(m.kindOf(rowOf({ confidence: [0, 0.83] })), "over");
  assert.equal(m.kindOf(rowOf({ confidence: [0, 0.77] })), "under");
  assert.match(m.remarkOf(rowOf({ confidence: [0, 0.9] })), /10\.0 puntos de más/);
  assert.match(m.remarkOf(rowOf({ confidence: [0, 0.7] })), /10\.0 puntos de menos/);
});

test("el veredicto dice cada cifra en su sitio", () => {
  const told = (rows, kind, t) => m.judgeTemperature({ rows }, kind, t).text;
  assert.equal(told([rowOf({ nll: 3, ece: 10, confidence: [0, 0.9] }), rowOf({ t: 2, ece: 2.5 })], "over", 2.5),
    "¡Eso es! Sin temperatura dice 90.0\u202f% en promedio y acierta 80.0\u202f%: su confianza es demasiada. La validación elige T = 2, la mayor de las medidas (ustedes, 2.5), y el ECE pasa de 10.0 a 2.5 puntos. La exactitud no se movió.");
  assert.equal(told([rowOf({ t: 0.5, ece: 1.5 }), rowOf({ nll: 3, ece: 10, confidence: [0, 0.7] })], "under", 0.6),
    "¡Eso es! Sin temperatura dice 70.0\u202f% en promedio y acierta 80.0\u202f%: su confianza es demasiado poca. La validación elige T = 0.5, la menor de las medidas (ustedes, 0.6), y el ECE pasa de 10.0 a 1.5 puntos. La exactitud no se movió.");
  assert.equal(told([rowOf({ t: 0.5, nll: 3 }), rowOf({}), rowOf({ t: 2, nll: 3 })], "fair", 1.2),
    "¡Eso es! Sin temperatura dice 80.0\u202f% en promedio y acierta 80.0\u202f%: su confianza es la justa. La validación elige T = 1 (ustedes, 1.2), y no hace falta corregirla: el ECE es de 5.0 puntos. La exactitud no se movió.");
});

test("las barras, las marcas y la estrella dibujan lo suyo", () => {
  globalThis.document = { createElementNS: () => ({ setAttribute(name, value) { this[name] = value; }, append(words) { this.words = words; } }) };
  const barsOf = (row) => m.drawReliability(row, true)(154, 136).live[0].flat().map((bar) => [bar.class, Math.round(bar.y), Math.round(bar.height)]);
  const sure = rowOf({ confidence: [0, 0.9] });
  assert.deepEqual(barsOf(sure), [["rc-t-hit", 32, 80], ["rc-t-over", 22, 10]]);
  assert.deepEqual(barsOf(rowOf({ confidence: [0, 0.7] })), [["rc-t-hit", 32, 80], ["rc-t-under", 32, 10]]);
  const marks = m.drawHistogram(sure, true)(154, 136).live.slice(-2).map(([line, { words }]) => [line.class, Math.round(/M([\d.]+)/.exec(line.d)[1]), words]);
  assert.deepEqual(marks, [["rc-t-mark rc-t-hit-mark", 120, "acierta 80.0\u202f%"], ["rc-t-mark rc-t-over-mark", 130, "dice 90.0\u202f%"]]);
  const rows = [rowOf({ nll: 3 }), rowOf({ t: 2 }), rowOf({ t: 4, nll: 2 })];
  const star = m.drawAgainst(rows, "nll", 0)(322, 136).still().flat().find(({ words }) => words === "★");
  assert.equal(Math.round(star.x), 174, "a mitad del eje de 1 a 4, en logaritmo");
  delete globalThis.document;
});

test("una imagen se dice con su verdad", () => {
  const classes = ["gato", "perro"];
  assert.equal(m.sampleText({ logits: [2, 0], truth: 0 }, classes, 1), "Dice «gato», con 88\u202f%; y lo es.");
  assert.equal(m.sampleText({ logits: [2, 0], truth: 1 }, classes, 4), "Dice «gato», con 62\u202f%; y es «perro».");
  assert.match(m.sampleText({ logits: [2, 0], truth: null }, classes, 1), /no es de ninguna/);
  assert.deepEqual([0.0001, 0.034, 0.88, 1, 0].map(m.share), ["< 0.1\u202f%", "3.4\u202f%", "88\u202f%", "100\u202f%", "0.0\u202f%"]);
});

test("los gráficos: escalas, marcas y el punto más cercano", () => {
  const x = m.axisScale([0.25, 8], [10, 110], true);
  assert.ok(close(x(0.25), 10) && close(x(8), 110) && close(x(Math.sqrt(2)), 60) && close(x(0), 10) && close(x(99), 110));
  assert.deepEqual(m.roundTicks([0.07, 12], true), [0.1, 1, 10]);
  assert.deepEqual(m.roundTicks([0, 63]), [0, 20, 40, 60]);
  assert.deepEqual(m.roundTicks([0.85, 1.28]), [0.9, 1, 1.1, 1.2]);
  assert.deepEqual(m.thinned([0, 10, 20, 30, 35], 20), [0, 35].map((at) => [0, 10, 20, 30, 35].indexOf(at)));
  for (const { network: { rows } } of random) {
    const places = rows.map(({ t }) => m.temperatureAxis(rows, 320)(t));
    places.forEach((at, i) => assert.equal(m.nearestOf(places, at), i));
  }
});

test("la dirección guarda el estado y rechaza lo que no entiende", () => {
  const data = { networks: [random[0].network, { ...random[1].network, key: "otra", samples: [] }] };
  for (const state of [{ network: "r", temperature: 3.78, sample: 0 }, { network: "", temperature: 0.25, sample: 0 }, { network: "otra", temperature: 1, sample: 0 }]) {
    const get = (name) => ({ data, ...state })[name];
    assert.deepEqual(m.default.fromHash(m.default.toHash(get), get), state);
  }
  for (const text of ["", "r", "r.100", "r.100.1", "nadie.100.0", "r.1e2.0", "r.-10.0", "r.5.0", "r.9999.0", "r.100.0.0", "__proto__.100.0", "<img>.100.0"]) {
    assert.equal(m.default.fromHash(text, () => data), null, text);
  }
  assert.equal(m.default.fromHash("-.100.0", () => ({ networks: [] })), null);
});
