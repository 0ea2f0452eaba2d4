// El pincel de oclusión contra NumPy (que se compara con torch): los casos vienen de tests/test_cnn_explorer.py.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";

const folder = process.env.LABCODE_EXPLORERS;
assert.ok(folder, "falta LABCODE_EXPLORERS: estas pruebas las lanza pytest");
const own = await import(pathToFileURL(join(folder, "occlusion.mjs")));
const cases = JSON.parse(readFileSync(join(folder, "cases.json"), "utf8"));
const { network: data, image } = cases.networks[0];
const network = own.networkOf(data);
const bytes = own.bytesFrom(image);

test("el mapa entero es el de NumPy, y en cada rebanada solo avanza", () => {
  for (const { size, fill, drops } of cases.heats) {
    const heat = own.heatMap(network, bytes, size, own.fillColor(fill, network));
    let [steps, slices] = [0, 0];
    while (!heat.advance(() => (steps += 1) % 40 !== 0)) slices += 1;
    assert.ok(slices > 10 && heat.done === 1024);
    drops.forEach((drop, at) => assert.ok(Math.abs(heat.drops[at] - drop) < 1e-4, `${at}: ${heat.drops[at]} y ${drop}`));
  }
});

test("cada lugar se calcula una vez, de lo grueso a lo fino", () => {
  const order = own.heatOrder();
  assert.equal(new Set(order.map(([at]) => at)).size, 1024);
  assert.equal(order.length, 1024);
  const steps = order.map(([, step]) => step);
  assert.deepEqual(steps, [...steps].sort((a, b) => b - a));
});

test("nueve zonas que cubren la imagen, y un comentario que dice la que importa", () => {
  const random = own.randomFrom(4);
  for (let i = 0; i < 300; i++) {
    const best = Math.floor(random() * 9);
    const drops = Float32Array.from({ length: 1024 }, (_, at) => {
      const zone = 3 * Math.floor((3 * Math.floor(at / 32)) / 32) + Math.floor((3 * (at % 32)) / 32);
      return zone === best ? 0.4 : 0.1 * random();
    });
    for (let answer = 0; answer <= 9; answer++) {
      const verdict = own.judgeZone(answer, drops);
      assert.equal(verdict.right, answer === best);
      assert.ok(verdict.text.includes(own.ZONES[best]) && verdict.text.includes("40 puntos"), verdict.text);
    }
    const silent = drops.map((x) => x / 100);
    assert.ok(own.judgeZone(9, silent).right && !own.judgeZone(best, silent).right);
  }
});

test("a quien no acierta se le dice cuánto sube o baja donde dijo", () => {
  const drops = Float32Array.from({ length: 1024 }, (_, at) => {
    const [r, c] = [at >> 5, at % 32];
    return r < 11 && c < 11 ? -0.05 : r >= 11 && r < 22 && c >= 11 && c < 22 ? 0.5 : 0.25;
  });
  const truth = "Todavía no. Lo que más importa es el centro: tapar ahí la baja 50 puntos en promedio.";
  assert.equal(own.judgeZone(0, drops).text, `${truth} Donde ustedes dijeron, sube 5 puntos.`);
  assert.equal(own.judgeZone(8, drops).text, `${truth} Donde ustedes dijeron, baja 25 puntos.`);
  assert.deepEqual([0.05, 0.01, 0.123].map(own.points), ["5 puntos", "1 punto", "12 puntos"]);
});

test("el cuadrado se recorta en el borde y no toca la imagen de base", () => {
  const before = Uint8Array.from(bytes);
  assert.deepEqual(own.squareAt(0, 31, 8), { top: 0, left: 27, bottom: 4, right: 32 });
  const covered = own.occluded(bytes, 16, 16, 4, [1, 2, 3]);
  assert.ok(covered.filter((x, at) => x !== bytes[at]).length <= 48);
  assert.deepEqual([...covered.slice(3 * (32 * 14 + 14), 3 * (32 * 14 + 14) + 3)], [1, 2, 3]);
  assert.deepEqual(bytes, before);
});

test("las teclas no se salen y la dirección rechaza lo que no entiende", () => {
  for (const key of ["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "Home", "End", "PageUp", "PageDown"]) {
    for (const spot of [[0, 0], [31, 31], [16, 3]]) assert.ok(own.movePixel(key, true, spot).every((x) => x >= 0 && x <= 31));
  }
  assert.equal(own.movePixel("x", false, [0, 0]), null);
  const state = { shown: "gata", row: 3, column: 31, size: 20, fill: "negro" };
  const get = (name) => ({ ...state, pictures: cases.pictures })[name];
  assert.deepEqual(own.default.fromHash(own.default.toHash(get), get), state);
  for (const text of ["", "gata", "gata~3~32~8~negro", "gata~3~3~0~negro", "gata~3~3~21~negro", "gata~3~3~8~rojo", "perro~3~3~8~negro", "gata~3~3~8~negro~1", "toString~3~3~8~negro", "gata~-1~3~8~negro"]) {
    assert.equal(own.default.fromHash(text, get), null, text);
  }
});
