// El aumentador contra labcode.augmentation: los casos vienen de tests/test_augmenter_explorer.py.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";

const folder = process.env.LABCODE_EXPLORERS;
assert.ok(folder, "falta LABCODE_EXPLORERS: estas pruebas las lanza pytest");
const own = await import(pathToFileURL(join(folder, "augmenter.mjs")));
const cases = JSON.parse(readFileSync(join(folder, "cases.json"), "utf8"));

test("con los mismos sorteos, la imagen que sale es la de labcode, byte a byte", () => {
  assert.ok(cases.augmented.length >= 1000);
  for (const { image, options, draw, done } of cases.augmented) {
    const [before, wanted] = [image, done].map(own.bytesFrom);
    const copy = Uint8Array.from(before);
    assert.ok(Buffer.from(own.transform(before, options, draw)).equals(Buffer.from(wanted)), JSON.stringify({ options, draw }));
    assert.deepEqual(before, copy);
  }
});

test("de los mismos números al azar sale el rectángulo que sortea labcode", () => {
  assert.ok(cases.erased.length >= 1000);
  let erased = 0;
  for (const { p, area, uniforms, box } of cases.erased) {
    let at = 0;
    assert.deepEqual(own.drawBox(() => uniforms[at++], p, area, 32), box);
    assert.equal(at, 23);
    erased += box[2] > 0;
  }
  assert.ok(erased > cases.erased.length / 2);
});

test("una semilla sortea lo mismo aquí y en Python", () => {
  for (const { seed, options, draw } of cases.drawn) assert.deepEqual(own.drawsOf(options, seed, 1)[0], draw);
});

test("un ajuste no mueve el azar de los demás", () => {
  const base = { flip: 0.5, vertical: 0, padding: 4, erase: 0, area: 0.35, cutout: 0 };
  const [before, after] = [base, { ...base, erase: 1, cutout: 8, area: 0.2 }].map((options) => own.drawsOf(options, 3, 12));
  after.forEach((draw, i) => {
    assert.deepEqual([draw.mirror, draw.window, draw.centre], [before[i].mirror, before[i].window, before[i].centre]);
    assert.ok(draw.box[2] > 0 && before[i].box[2] === 0);
  });
});

test("reflejar dos veces es no hacer nada, y la etiqueta se juzga con lo que se ve", () => {
  const still = { mirror: false, upside: false, window: [0, 0], box: [0, 0, 0, 0], centre: [0, 0] };
  const none = { padding: 0, cutout: 0 };
  const image = own.bytesFrom(cases.pictures.six.pixels);
  for (const way of ["mirror", "upside"]) {
    const once = own.transform(image, none, { ...still, [way]: true });
    assert.notDeepEqual(once, image);
    assert.deepEqual(own.transform(once, none, { ...still, [way]: true }), image);
  }
  assert.deepEqual(own.transform(image, none, still), image);
  for (const { picture, draw } of own.CASES) {
    const pixels = own.bytesFrom(cases.pictures[picture].pixels);
    assert.notDeepEqual(own.transform(pixels, none, draw), pixels);
  }
});

test("las palabras dicen lo sorteado", () => {
  const draw = { mirror: true, upside: false, window: [6, 1], box: [3, 4, 9, 12], centre: [5, 6] };
  assert.equal(own.describeDraw(draw, { padding: 4, cutout: 0 }), "reflejada; corrida 2 hacia arriba y 3 a la derecha; sin un rectángulo de 9 × 12 que parte en (3, 4)");
  assert.equal(own.describeDraw({ mirror: false, upside: false, window: [0, 0], box: [0, 0, 0, 0], centre: [1, 1] }, { padding: 0, cutout: 0 }), "tal como estaba");
  assert.match(own.describeDraw(draw, { padding: 6, cutout: 8 }), /cuadrado de 8 tapado, de centro \(5, 6\)$/);
  assert.deepEqual(own.versionsOf({ flip: 0.5, vertical: 0, padding: 4 }), { text: "2 · 9² = 162", total: 162 });
  assert.deepEqual(own.versionsOf({ flip: 1, vertical: 0, padding: 0 }), { text: "1", total: 1 });
  assert.deepEqual(own.versionsOf({ flip: 0, vertical: 1, padding: 0 }), { text: "1", total: 1 });
  assert.deepEqual(own.versionsOf({ flip: 0.5, vertical: 0.5, padding: 0 }), { text: "2 · 2 = 4", total: 4 });
  const [chance, share] = [["no", "p = 1"], ["0\u202f%", "60\u202f%"]];
  assert.deepEqual(Object.fromEntries(own.KNOBS.map(([key, , , high, , text]) => [key, [0, high].map(text)])),
    { flip: chance, padding: ["no", "16 px"], erase: chance, area: share, cutout: ["no", "24 px"], vertical: chance });
  assert.equal(own.pythonOf({ flip: 0.5, padding: 0, erase: 0, area: 0.35, cutout: 0 }), "(HorizontalFlip(p=0.5),)");
  assert.equal(own.pythonOf({ flip: 0, padding: 0, erase: 0, area: 0.35, cutout: 0 }), "()");
  assert.equal(own.pythonOf({ flip: 0, padding: 4, erase: 0.5, area: 0.35, cutout: 8 }), "(RandomCrop(padding=4), RandomErasing(p=0.5, scale=(0.02, 0.35)), Cutout(size=8))");
});

test("el comentario cuenta los aciertos", () => {
  const truth = own.CASES.map((one) => one.survives);
  assert.ok(new Set(truth).size === 2 && own.judgeCases(truth).right);
  const verdict = own.judgeCases(truth.map((x) => !x));
  assert.ok(!verdict.right && verdict.text.startsWith("Acertaron 0 de 6"));
});

test("la dirección guarda el estado y rechaza lo que no entiende", () => {
  const state = { image: "six", flip: 0.3, vertical: 1, padding: 16, erase: 0.7, area: 0.15, cutout: 24, seed: 12, pictures: cases.pictures };
  const { pictures, ...expected } = state;
  assert.deepEqual(own.default.fromHash(own.default.toHash((name) => state[name]), () => pictures), expected);
  for (const text of ["", "cat", "perro.5.0.4.0.35.0.0", "cat.11.0.4.0.35.0.0", "cat.5.0.17.0.35.0.0", "cat.5.0.4.0.4.0.0", "cat.5.0.4.0.35.25.0", "cat.5.0.4.0.35.0.0.0", "constructor.5.0.4.0.35.0.0", "<b>.5.0.4.0.35.0.0"]) {
    assert.equal(own.default.fromHash(text, () => pictures), null, text);
  }
});
