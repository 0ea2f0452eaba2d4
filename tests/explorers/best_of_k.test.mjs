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
  for (const { networks, images, truth } of [...cases.exact.slice(0, 200), { networks: 2, images: 10000, truth: 90 }, { networks: 1, images: 100, truth: 50 }]) {
    const study = own.studyOf({ networks, images, truth, seed: 1 });
    assert.ok(own.judgeGain(study.gain, study).right);
    for (const answer of [-1, study.gain + 5, 40, ...(networks > 1 ? [0, -0.1] : [])]) {
      const verdict = own.judgeGain(answer, study);
      assert.equal(verdict.right, false);
      assert.match(verdict.text, /^Todavía no\. .+/);
      assert.ok(!/NaN|undefined|Infinity/.test(verdict.text));
    }
  }
});

test("la verdad está en los intervalos que se cuentan, y en el de la mejor si se dice", () => {
  for (let seed = 1; seed <= 20; seed++) {
    const { measured, inside, winnerCovers } = own.studyOf({ networks: 20, images: 1000, truth: 56, seed });
    const holds = (q) => Math.abs(q - 56) <= 1.96 * Math.sqrt((q * (100 - q)) / 1000);
    assert.deepEqual([inside, winnerCovers], [measured.filter(holds).length, holds(Math.max(...measured))], `${seed}`);
  }
});

test("un estudio escrito a mano se cuenta palabra por palabra", () => {
  const study = { networks: 3, images: 1000, truth: 56, measured: [55, 57.5, 59], winner: 2, again: [554, 600, 610], inside: 2, winnerCovers: false };
  const best = "La mejor, la número 3, midió 59.0\u202f%: 3.0 puntos sobre la verdad. Con otras 1000 imágenes, la misma red mide 55.4\u202f%. La verdad está en 2 de los 3 intervalos; en el de la mejor,";
  assert.equal(own.drawText(study, true), `${best} no.`);
  assert.equal(own.drawText({ ...study, winnerCovers: true }, true), `${best} también.`);
  assert.equal(own.drawText({ ...study, networks: 1, measured: [54.5], winner: 0 }, false), "La red midió 54.5\u202f%: 1.5 puntos bajo la verdad. Con otras 1000 imágenes, la misma red mide 55.4\u202f%.");
  const alone = (inside) => own.drawText({ ...study, networks: 1, measured: [54.5], winner: 0, inside }, true);
  assert.ok(alone(1).endsWith(" La verdad está en su intervalo.") && alone(0).endsWith(" La verdad queda fuera de su intervalo."));
  assert.equal(own.averageText({ networks: 4, sigma: 2, gain: 3, seen: 2.75, fresh: -0.25, covered: 0.95, coveredBest: 0.6 }), "Una medida se desvía, en lo típico, σ = 2.00 puntos. La mejor de 4 sale 3.00 puntos por encima (1.50 σ) en la cuenta exacta, y +2.75 en estos 1000 sorteos; medida otra vez, −0.25. El intervalo de 95\u202f% de una red cualquiera contiene la verdad el 95\u202f% de las veces; el de la mejor, el 60\u202f%.");
  const judged = (answer) => own.judgeGain(answer, { networks: 20, gain: 3, sigma: 1.5 }).text;
  const truth = "En promedio, la mejor de 20 mide 3.0 puntos de más: 2.0 veces lo que se desvía una sola.";
  assert.equal(judged(1), `Todavía no. Se quedaron cortos: basta que una entre todas tenga suerte. ${truth}`);
  assert.equal(judged(5), `Todavía no. Se pasaron un poco: la suerte de la mejor crece con K, pero muy despacio. ${truth}`);
  assert.equal(judged(8), `Todavía no. Se pasaron: una medida casi nunca se aleja tanto, por muchas que sean las redes. ${truth}`);
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
  assert.deepEqual([own.decimal(2.9), own.signed(-0.001), own.signed(3, 1), own.decimal(-1.26, 1)], ["2.90", "+0.00", "+3.0", "−1.3"]);
});
