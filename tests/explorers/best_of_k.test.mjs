// «Mejor de K» contra SciPy y NumPy: los casos vienen de tests/test_best_of_k_explorer.py.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";

const folder = process.env.LABCODE_EXPLORERS;
assert.ok(folder, "falta LABCODE_EXPLORERS: estas pruebas las lanza pytest");
const own = await import(pathToFileURL(join(folder, "best_of_k.mjs")));
const cases = JSON.parse(readFileSync(join(folder, "cases.json"), "utf8"));
const near = (a, b, within, what) => assert.ok(Math.abs(a - b) <= within, `${what}: ${a} y ${b}`);

test("las probabilidades, el máximo esperado y la cobertura son los de SciPy", () => {
  assert.ok(cases.exact.length >= 1000);
  for (const { networks, images, truth, counts, pmf, expected, covered, coveredBest } of cases.exact) {
    const what = `${networks} ${images} ${truth}`;
    const table = own.binomialTable(images, truth / 100);
    counts.forEach((x, i) => near(table.pmf[x - table.low] ?? 0, pmf[i], 1e-12, what));
    near(own.expectedBest(table, images, networks), expected, 1e-10, what);
    near(own.coverage(table, images, truth / 100, 1), covered, 1e-9, what);
    near(own.coverage(table, images, truth / 100, networks), coveredBest, 1e-9, what);
  }
});

test("los sorteos son los de Python, número por número", () => {
  assert.ok(cases.draws.length >= 1000);
  for (const { networks, images, truth, seed, first, best, again } of cases.draws) {
    const table = own.binomialTable(images, truth / 100);
    assert.deepEqual(own.contest({ networks, seed }, table, best.length), { first, best, again });
    assert.equal(best[0], Math.max(...first));
  }
});

test("el máximo esperado crece con K, baja con n y no pasa de la cota", () => {
  for (const n of own.SIZES) {
    const table = own.binomialTable(n, 0.56);
    const sigma = Math.sqrt((0.56 * 0.44) / n);
    let before = -1;
    for (let k = 1; k <= 100; k++) {
      const gain = own.expectedBest(table, n, k) - 0.56;
      assert.ok(gain > before - 1e-12 && gain <= sigma * Math.sqrt(2 * Math.log(k)) + 1e-9, `${n} ${k}`);
      before = gain;
    }
  }
});

test("lo que se muestra sale de esas cuentas", () => {
  const study = own.studyOf({ networks: 20, images: 1000, truth: 56, seed: 50 });
  assert.equal(study.measured.length, 20);
  assert.equal(study.measured[study.winner], Math.max(...study.measured));
  assert.equal(study.gain.toFixed(2), "2.93");
  near(study.seen, study.gain, 0.15, "sorteado");
  near(study.fresh, 0, 0.25, "medida otra vez");
  assert.ok(study.covered > 0.94 && study.coveredBest < 0.65);
});

test("el comentario acierta o dice cuánto es", () => {
  for (const { networks, images, truth } of cases.exact.slice(0, 200)) {
    const study = own.studyOf({ networks, images, truth, seed: 1 });
    assert.ok(own.judgeGain(study.gain, study).right);
    for (const answer of [-1, study.gain + 5, 40]) {
      const verdict = own.judgeGain(answer, study);
      assert.equal(verdict.right, false);
      assert.match(verdict.text, /^Todavía no\. .+/);
      assert.ok(!/NaN|undefined|Infinity/.test(verdict.text));
    }
  }
});

test("los textos no traen números rotos, ni siquiera con una red", () => {
  for (const networks of [1, 2, 100]) {
    for (const images of own.SIZES) {
      for (const truth of [50, 95]) {
        const study = own.studyOf({ networks, images, truth, seed: 9 });
        for (const text of [own.drawText(study, true), own.averageText(study), own.barsChart(study, { width: 320, intervals: true }), own.histogramChart(study, { width: 320, revealed: true })]) {
          assert.ok(!/NaN|undefined|Infinity|-0\b/.test(text), text);
        }
      }
    }
  }
});

test("el histograma reparte todo, sin casillas vacías en medio", () => {
  for (const { networks, images, truth } of cases.exact.slice(0, 300)) {
    const study = own.studyOf({ networks, images, truth, seed: 4 });
    const shares = own.binned(study.table.pmf.map((_, i) => study.table.low + i), study.table.pmf, own.gridOf(study));
    near(shares.reduce((a, b) => a + b, 0), 1, 1e-4, "suma");
    const [from, to] = [shares.findIndex((x) => x > 1e-3), shares.findLastIndex((x) => x > 1e-3)];
    assert.ok(shares.slice(from, to).every((x) => x > 0));
  }
});

test("la dirección guarda el estado y rechaza lo que no entiende", () => {
  for (const { networks, images, truth } of cases.exact.slice(0, 300)) {
    const state = { networks, images, truth, seed: networks * 7, intervals: networks % 2 === 0 };
    assert.deepEqual(own.default.fromHash(own.default.toHash((name) => state[name])), state);
  }
  for (const text of ["", "20", "0.1000.56.1.0", "101.1000.56.1.0", "20.300.56.1.0", "20.1000.49.1.0", "20.1000.96.1.0", "20.1000.56.1000000.0", "20.1000.56.1.2", "20.1000.56.1.0.0", "-1.1000.56.1.0", "a.1000.56.1.0"]) {
    assert.equal(own.default.fromHash(text), null, text);
  }
});

test("otra predicción siempre cae dentro de los controles", () => {
  const random = own.randomFrom(8);
  for (let i = 0; i < 500; i++) {
    const state = { ...own.randomContest(random), intervals: false };
    assert.deepEqual(own.default.fromHash(own.default.toHash((name) => state[name])), state);
  }
});

test("los números se escriben como en el libro", () => {
  assert.deepEqual([own.points(2.9), own.points(-0.001, 2, true), own.points(3, 1, true), own.points(-1.26, 1)], ["2.90", "+0.00", "+3.0", "−1.3"]);
});
