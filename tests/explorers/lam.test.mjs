// El explorador «λ» contra NumPy: los casos vienen de tests/test_lam_explorer.py.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";

const folder = process.env.LABCODE_EXPLORERS;
assert.ok(folder, "falta LABCODE_EXPLORERS: estas pruebas las lanza pytest");
const lam = await import(pathToFileURL(join(folder, "lam.mjs")));
const { cases, fields } = JSON.parse(readFileSync(join(folder, "cases.json"), "utf8"));
const close = (a, b, what) => assert.ok(Math.abs(a - b) <= 1e-6 * Math.max(1, Math.abs(b)), `${what}: ${a} y NumPy da ${b}`);

test("lo que se lee de cada λ es lo que calcula NumPy", () => {
  assert.ok(cases.length >= 1000);
  for (const { data, readings } of cases) {
    readings.forEach((expected, i) => {
      const own = lam.readingOf(data, i);
      if (!expected) return assert.equal(own, null);
      close(own.val[0], expected.val, "validación");
      close(own.gap, expected.gap, "distancia");
      close(own.near, expected.near, "cerca de cero");
    });
  }
});

test("empatan con el elegido los mismos que en NumPy, y el veredicto lo dice", () => {
  for (const { data, tied } of cases) {
    assert.deepEqual(lam.tiedWith(data), tied);
    if (data.chosen === null) continue;
    const best = data.runs[data.chosen];
    for (let i = 0; i < data.runs.length; i++) {
      const verdict = lam.judgeLam(data, i, 2);
      assert.equal(verdict.right, tied.includes(i));
      assert.ok(verdict.text.includes(`Gana λ = ${lam.lamText(best.lam)}, con ${lam.decimal(best.val[0].at(-1))}`), verdict.text);
      assert.equal(verdict.text.includes("no se distingue de cero"), tied.includes(i) && i !== data.chosen);
      assert.equal(verdict.text.includes("Ningún castigo"), data.chosen === 0);
      if (data.chosen > 0 && best.gain[0] !== null) assert.ok(verdict.text.includes(`${lam.decimal(best.gain[0], 1)} ± ${lam.decimal(best.gain[1], 1)} puntos; ustedes dijeron 2`), verdict.text);
    }
  }
});

test("el veredicto dice cada cifra en su sitio", () => {
  const runOf = (lam, train, val, behind, gain) => ({ lam, seeds: 3, train: [[50, train], [1, 1]], val: [[50, val], [1, 1]], behind, gain });
  const data = { chosen: 1, runs: [runOf(0, 95, 70, [3, 1], [0, 0]), runOf(0.001, 90, 73, [0, 0], [3, 2]), runOf(0.1, 65, 61.5, [11.5, 1], [-8.5, 1])] };
  assert.equal(lam.judgeLam(data, 2, 8).text,
    "Todavía no. Gana λ = 0.001, con 73.00\u202f% en validación; λ = 0.1 llega a 61.50\u202f%. A λ = 0 le gana por 3.0 ± 2.0 puntos; ustedes dijeron 8: es menos de lo que creían.");
  const ending = (points) => lam.judgeLam(data, 1, points).text.split(": ").at(-1);
  assert.deepEqual([0.5, 1.5, 4.5, 5.5].map(ending), ["es más de lo que creían.", "muy cerca.", "muy cerca.", "es menos de lo que creían."]);
});

test("lo que divergió se dice así, y no como si faltara", () => {
  const runOf = (lam, val) => ({ lam, seeds: 3, train: [[90], [1]], val: [[val], [1]], behind: [73 - val, 1], gain: [val - 70, 1] });
  const data = { chosen: 1, runs: [runOf(0, 70), runOf(0.001, 73), { lam: 0.01, seeds: 0, diverged: false }, { lam: 0.1, seeds: 0, diverged: true }] };
  assert.deepEqual([2, 3].map((i) => lam.judgeLam(data, i, 3).text.match(/; (λ = [^.]+\.[^.]+)\./)[1]), ["λ = 0.01 no está medido", "λ = 0.1 divergió"]);
  assert.deepEqual([2, 3].map((i) => lam.absenceOf(data.runs[i])), ["sin medir", "divergió"]);
});

test("con dos semillas no hay intervalo: nada se distingue del elegido, y no se escribe uno", () => {
  const runOf = (lam, val, behind, gain) => ({ lam, seeds: 2, train: [[50, 90], [0, 0]], val: [[50, val], [0, 0]], behind, gain });
  const data = { chosen: 1, runs: [runOf(0, 70, [3, null], [0, null]), runOf(0.001, 73, [0, null], [3, null])] };
  assert.deepEqual(lam.tiedWith(data), [0, 1]);
  assert.ok(lam.judgeLam(data, 0, 3).text.endsWith("A λ = 0 le gana por 3.0 puntos; ustedes dijeron 3: muy cerca."));
});

test("las bandas y las escalas caen donde dice NumPy", () => {
  for (const { data, band, range } of cases) {
    assert.deepEqual(lam.rangeOf(data), range);
    if (!band) continue;
    const y = lam.linear(range, [200, 10]);
    const points = lam.bandOf(data.runs[band.index].val, lam.linear([0, 5], [30, 300]), y);
    assert.equal(points.length, band.points.length);
    points.forEach(([px, py], i) => { close(px, band.points[i][0], "x"); close(py, band.points[i][1], "y"); });
    assert.ok(lam.marksOf(range).every((mark) => mark >= range[0] && mark <= range[1]));
  }
});

test("la frontera mide lo que dice contourpy, y sin dos lados no la hay", () => {
  assert.ok(fields.some(({ length }) => length === 0) && fields.some(({ length }) => length > 2));
  for (const { field, values, length } of fields) {
    const own = lam.fieldOf({ field });
    values.forEach((value, i) => close(own[i], value, "campo"));
    assert.ok(Math.abs(lam.frontierLength(own, 20) - length) < 0.01 * Math.max(1, length), `${lam.frontierLength(own, 20)} y contourpy da ${length}`);
  }
});

test("de cada λ se lee su red del plano, y solo la suya", () => {
  const bytes = (values) => btoa(String.fromCharCode(...values));
  const net = (value, field) => ({ lam: value, train: 88.75, new: 91.26, squares: 8.04, field: bytes(field) });
  const frontier = { side: 2, truth: [[-1, 0], [0, 0], [0, 1]], nets: [net(0, [0, 255, 0, 255]), net(0.01, [100, 100, 100, 100]), net(0.1, [140, 140, 140, 140])] };
  assert.equal(lam.netOf(frontier, 0.01), frontier.nets[1]);
  assert.equal(lam.netOf(frontier, 0.02), null);
  const [split, blue, orange] = frontier.nets.map((own) => lam.planeTexts(frontier, own));
  assert.deepEqual(split.facts, ["88.8\u202f%", "91.3\u202f%", "8", "2.0"]);
  assert.equal(split.told, "en el plano acierta 88.8\u202f% de sus ejemplos y 91.3\u202f% de los nuevos, y su frontera mide 2.0 y la verdadera 2.0");
  assert.equal(blue.facts[3], "no hay");
  assert.ok(blue.told.endsWith("y no tiene frontera: responde siempre azul") && orange.told.endsWith("responde siempre naranja"));
});

test("λ se escribe sin notación científica", () => {
  assert.deepEqual([0, 0.0001, 0.0003, 0.1, 10].map(lam.lamText), ["0", "0.0001", "0.0003", "0.1", "10"]);
});

test("la dirección guarda el estado y rechaza lo que no entiende", () => {
  const { data } = cases[0];
  for (let index = 0; index < data.runs.length; index++) {
    assert.deepEqual(lam.default.fromHash(lam.default.toHash(() => index), () => data), { index });
  }
  for (const text of ["", "-1", "a", "1.5", "99", "100", "0x1", "1 "]) assert.equal(lam.default.fromHash(text, () => data), null, text);
});
