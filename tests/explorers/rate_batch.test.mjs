// El mapa tasa × lote contra NumPy: los casos vienen de tests/test_rate_batch_explorer.py.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";

const folder = process.env.LABCODE_EXPLORERS;
assert.ok(folder, "falta LABCODE_EXPLORERS: estas pruebas las lanza pytest");
const map = await import(pathToFileURL(join(folder, "rate_batch.mjs")));
const { cases } = JSON.parse(readFileSync(join(folder, "cases.json"), "utf8"));

test("el mejor de cada fila es el de NumPy", () => {
  assert.ok(cases.length >= 1000);
  for (const { data, best } of cases) assert.deepEqual(map.bestColumns(data.maps.epochs.cells), best);
});

test("las líneas de α/B constante pasan por donde dice NumPy", () => {
  for (const { data, lines } of cases) {
    for (const { row, column, power, columns } of lines) {
      const own = map.lineColumns(data, row, column, power);
      own.forEach((x, i) => assert.ok(Math.abs(x - columns[i]) < 1e-6, `${x} y NumPy da ${columns[i]}`));
      assert.ok(Math.abs(own[row] - column) < 1e-9, "pasa por la celda elegida");
      const ratio = (r) => Math.exp(Math.log(data.rates[0]) + own[r] * Math.log(data.rates[1] / data.rates[0])) / data.batches[r] ** power;
      if (data.rates.length === 2) own.forEach((_, r) => assert.ok(Math.abs(ratio(r) / ratio(row) - 1) < 1e-6));
    }
  }
});

test("la apuesta se cuenta como en NumPy", () => {
  for (const { data, bet, exact, near, trend } of cases) {
    const cells = data.maps.epochs.cells;
    const rows = map.bestColumns(cells).filter((column) => column !== null).length;
    assert.equal(map.trendOf(map.bestColumns(cells)), trend);
    for (const direction of ["sube", "baja", "queda"]) {
      const verdict = map.judgeBet(data, cells, bet, direction);
      assert.equal(verdict.right, direction === trend && exact * 2 >= rows);
      assert.ok(verdict.text.includes(`Acertaron ${exact} de ${rows} fila`), verdict.text);
      assert.equal(verdict.text.includes("a una casilla"), near > 0);
      assert.equal(verdict.text.startsWith("¡Eso es!"), verdict.right);
    }
  }
});

test("el color va del mejor a doce puntos menos, y sobra para todo", () => {
  for (const { data, top } of cases) {
    assert.equal(map.topOf(data), top);
    if (top === null) continue;
    assert.equal(map.shadeOf(top, top), 1);
    assert.equal(map.shadeOf(top - 12, top), 0);
    assert.equal(map.shadeOf(top - 30, top), 0);
  }
});

test("cada celda dice lo suyo: medida, sin medir o divergida", () => {
  for (const { data } of cases.slice(0, 200)) {
    data.maps.epochs.cells.forEach((row, r) => row.forEach((cell, c) => {
      const text = map.cellText(data, "epochs", r, c);
      assert.ok(text.startsWith(`Lotes de ${data.batches[r]}, tasa ${data.rates[c]}`), text);
      if (!cell) assert.match(text, /todavía no está medido/);
      else if (cell[0] === null) assert.match(text, /divergió/);
      else assert.ok(text.includes(map.decimal(cell[0])), text);
    }));
  }
});

test("un mapa escrito a mano se cuenta palabra por palabra", () => {
  const cells = [[[61.234, 0.995, 3], [50, null, 1]], [[null, null, 4], [55, 1, 3]]];
  const data = { batches: [32, 1024], rates: [0.0001, 0.1], maps: { epochs: { cells, epochs: [1, 10], steps: [20_000, 700] } } };
  assert.equal(map.cellText(data, "epochs", 0, 0), "Lotes de 32, tasa 0.0001: 61.23\u00a0±\u00a01.00\u202f%, con 3 redes (1 época, 20\u202f000 pasos).");
  assert.equal(map.cellText(data, "epochs", 0, 1), "Lotes de 32, tasa 0.1: 50.00\u202f%, con 1 red (1 época, 20\u202f000 pasos).");
  assert.equal(map.cellText(data, "epochs", 1, 0), "Lotes de 1024, tasa 0.0001: alguna de las 4 redes divergió (10 épocas, 700 pasos).");
  assert.deepEqual([map.ratioText(data, 0, 1), map.ratioText(data, 1, 0)], ["0.0031", "9.8·10⁻⁸"]);
  const hits = "Acertaron 1 de 2 filas y en 1 quedaron a una casilla. La mejor tasa";
  assert.equal(map.judgeBet(data, cells, [0, 0], "sube").text, `¡Eso es! ${hits} sube con el lote: 0.0001 con lotes de 32 y 0.1 con lotes de 1024. Con más ejemplos el gradiente es menos ruidoso y hay menos pasos: cada uno puede, y debe, ser más largo.`);
  assert.equal(map.judgeBet(data, cells.toReversed(), [0, 0], "sube").text, `Todavía no. ${hits} baja cuando el lote crece: 0.1 con lotes de 32 y 0.0001 con lotes de 1024.`);
});

test("las teclas no se salen del mapa", () => {
  for (const key of ["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "Home", "End", "PageUp", "PageDown"]) {
    for (const cell of [[0, 0], [2, 3], [1, 1]]) {
      const [r, c] = map.stepWith(key, cell, 3, 4);
      assert.ok(r >= 0 && r < 3 && c >= 0 && c < 4);
    }
  }
  assert.equal(map.stepWith("x", [0, 0], 3, 3), null);
});

test("la dirección guarda el estado y rechaza lo que no entiende", () => {
  const { data } = cases[0];
  for (const [key] of map.MAPS) {
    for (const [line] of map.LINES) {
      const state = { map: key, row: 1, column: 1, line };
      assert.deepEqual(map.default.fromHash(map.default.toHash((name) => state[name]), () => data), state);
    }
  }
  const hostile = ["", "epochs", "epochs.0.0", "epochs.99.0.none", "epochs.0.99.none", "epochs.-1.0.none", "otro.0.0.none", "epochs.0.0.otra", "epochs.0.0.none.1", "epochs.a.0.none"];
  for (const text of hostile) assert.equal(map.default.fromHash(text, () => data), null, text);
});
