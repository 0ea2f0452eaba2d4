// El valle con ruido contra NumPy: los casos vienen de tests/test_valley_explorer.py.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";

const folder = process.env.LABCODE_EXPLORERS;
assert.ok(folder, "falta LABCODE_EXPLORERS: estas pruebas las lanza pytest");
const valley = await import(pathToFileURL(join(folder, "valley.mjs")));
const { world, slopes, runs } = JSON.parse(readFileSync(join(folder, "cases.json"), "utf8"));
const runOf = (state, particles = world.particles) =>
  valley.simulate(world, state, valley.unitNoise(state.seed, state.steps * particles), particles);
const endOf = (state) => valley.tally(world, valley.placesAt(runOf(state), state.steps, world.particles));

test("la pérdida y su derivada son las de NumPy, bit a bit", () => {
  for (const [x, loss, slope] of slopes) {
    assert.equal(valley.lossAt(world, x), loss);
    assert.equal(valley.slopeOf(world)(x), slope);
  }
  const mean = slopes.reduce((sum, [, loss]) => sum + loss, 0) / slopes.length;
  assert.equal(valley.tally(world, slopes.map(([x]) => x)).loss, mean);
});

test("el camino con ruido es el de NumPy, bit a bit", () => {
  assert.ok(runs.length >= 1000);
  for (const { state, particles, path, flat } of runs) {
    const own = runOf(state, particles);
    assert.deepEqual([...own], path, JSON.stringify(state));
    assert.equal(valley.tally(world, valley.placesAt(own, state.steps, particles)).flat, flat);
  }
});

test("sin ruido, cada una rueda a su lado; con lotes chicos, gana el plano", () => {
  assert.deepEqual(endOf({ batch: 512, rate: 0.04, steps: 800, seed: 3 }).flat, 100);
  for (let seed = 0; seed < 12; seed++) {
    const small = endOf({ batch: 8, rate: 0.04, steps: 800, seed }).flat;
    assert.ok(small > 135 && small < 175, `semilla ${seed}: ${small}`);
    assert.ok(Math.abs(endOf({ batch: 16, rate: 0.08, steps: 400, seed }).flat - small) < 25, "mismo α/B");
    const noisy = endOf({ batch: 1, rate: 0.04, steps: 800, seed });
    assert.ok(noisy.flat < 155 && noisy.loss > 0.2, "demasiado ruido");
  }
});

test("cada predicción tiene una respuesta, y es la que su explicación dice", () => {
  const rights = valley.PREDICTIONS.map((own) => valley.nearest(own.options, endOf(own.state).flat));
  assert.deepEqual(rights, ["more", "all", "fewer", "same"]);
  for (const own of valley.PREDICTIONS) {
    const end = endOf(own.state);
    for (const [key, , about] of own.options) {
      const verdict = valley.judgeValley(own, key, end);
      assert.equal(verdict.right, key === valley.nearest(own.options, end.flat));
      assert.ok(verdict.text.includes(`${end.flat} en el plano`));
      assert.equal(verdict.text.startsWith("¡Eso es!"), verdict.right);
      if (verdict.right) assert.ok(Math.abs(about - end.flat) <= 12, `«${key}» dice ${about} y son ${end.flat}`);
    }
  }
});

test("el histograma cuenta a todas", () => {
  const path = runOf({ batch: 1, rate: 0.32, steps: 100, seed: 5 });
  for (const t of [0, 10, 100]) {
    assert.equal(valley.histogram(valley.placesAt(path, t, world.particles)).reduce((a, b) => a + b), world.particles);
  }
});

test("los comentarios dicen lo que pasa con cada tasa", () => {
  const of = (batch, rate) => valley.remarksOf(world, { batch, rate }).join(" ");
  assert.equal(of(8, 0.04), "El gradiente de un lote se equivoca en ±4.2; la pendiente del valle nunca pasa de 3. Con esta tasa se aguantan curvaturas de hasta 2/α = 50, y la del mínimo filoso es 69: al comenzar, en su fondo se rebota de un lado a otro. Cociente α/B: 0.005.");
  assert.equal(of(32, 0.01), "El gradiente de un lote se equivoca en ±2.1; la pendiente del valle nunca pasa de 3. Con esta tasa se aguantan curvaturas de hasta 2/α = 200: caben las dos, 69 y 1.4. Cociente α/B: 0.00031.");
  assert.match(of(512, 0.01), /es exacto.*caben las dos/);
  assert.match(of(8, 0.32), /±4\.2.*lo salta/);
  for (const rate of world.rates) {
    const left = endOf({ batch: 512, rate, steps: 800, seed: 1 }).flat > 100; // sin ruido: ¿sale alguna del filoso?
    assert.equal(/lo salta/.test(of(512, rate)), left, `tasa ${rate}`);
    assert.equal(/se rebota|lo salta/.test(of(512, rate)), rate * world.sharp[1] > 2, `tasa ${rate}`);
  }
});

test("la dirección guarda el estado y rechaza lo que no entiende", () => {
  for (const batch of world.batches) {
    for (const rate of world.rates) {
      for (const steps of world.steps) {
        const state = { world, batch, rate, steps, seed: (batch + steps) % 1000 };
        const { world: _, ...expected } = state;
        assert.deepEqual(valley.default.fromHash(valley.default.toHash((name) => state[name]), () => world), expected);
      }
    }
  }
  const hostile = ["", "8", "3_0.04_800_1", "8_0.05_800_1", "8_0.04_801_1", "8_0.04_800_1000", "8_0.04_800_-1", "8_0.04_800_1_2", "<b>_0.04_800_1", "8_4e-2_800_1"];
  for (const text of hostile) assert.equal(valley.default.fromHash(text, () => world), null, text);
});
