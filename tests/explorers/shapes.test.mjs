// El explorador de formas contra torch: los casos vienen de tests/test_shapes_explorer.py.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";

const folder = process.env.LABCODE_EXPLORERS;
assert.ok(folder, "falta LABCODE_EXPLORERS: estas pruebas las lanza pytest");
const own = await import(pathToFileURL(join(folder, "shapes.mjs")));
const cases = JSON.parse(readFileSync(join(folder, "cases.json"), "utf8"));

test("cada capa da la forma, los pesos y el error de torch", () => {
  assert.ok(cases.layers.length >= 2000);
  for (const { input, layer, parameters, shape, error } of cases.layers) {
    const outcome = own.layerOutcome(input, layer);
    const what = JSON.stringify({ input, layer });
    assert.equal(outcome.parameters, parameters, what);
    assert.deepEqual(outcome.shape, shape, what);
    assert.equal(outcome.error?.torch, error, what);
    if (shape) assert.equal(outcome.products, shape[0] * shape[1] * shape[2] * layer.inputs * layer.kernel ** 2);
    else assert.ok(own.refusalText({ side: input.height, channels: input.channels, ...layer }, outcome.error).length > 30);
  }
});

test("el comentario acierta, o dice la forma que sale", () => {
  for (const { input, layer } of cases.layers.slice(0, 600)) {
    const setting = { side: input.height, channels: input.channels, ...layer };
    const outcome = own.outcomeOf(setting);
    if (outcome.error) {
      assert.ok(own.judgeShape({ fails: true }, setting).right);
      assert.ok(!own.judgeShape({ side: 1, channels: 1, fails: false }, setting).right);
      continue;
    }
    const [channels, side] = outcome.shape;
    for (const s of [0, side - 1, side, side + 1, setting.side]) {
      for (const c of [1, setting.inputs, channels, setting.inputs * channels]) {
        const verdict = own.judgeShape({ side: s, channels: c, fails: false }, setting);
        assert.equal(verdict.right, s === side && c === channels);
        assert.ok(verdict.text.includes(`Sale ${side} × ${side} × ${channels}.`), verdict.text);
      }
    }
    assert.ok(!own.judgeShape({ fails: true }, setting).right);
  }
});

test("las frases, la cuenta y el código de una capa son exactos", () => {
  const [lecture, strided, , padded, , wrong] = own.LAYER_PRESETS.map(([, , setting]) => setting);
  const why = (setting) => own.refusalText(setting, own.outcomeOf(setting).error);
  assert.equal(why(wrong), "Llegan 6 canales y cada núcleo tiene pesos para 3. Los canales de entrada de la capa no se eligen: son los que entrega lo de antes.");
  assert.equal(why({ ...lecture, side: 4, kernel: 7, padding: 1 }), "El núcleo no cabe: mide 7 × 7 y la imagen con su relleno mide 6 × 6. Achiquen el núcleo o su dilatación, o agreguen relleno.");
  assert.equal(why({ ...lecture, side: 5, kernel: 3, dilation: 4 }), "El núcleo no cabe: abarca 9 × 9 (3 × 3 con dilatación 4) y la imagen mide 5 × 5. Achiquen el núcleo o su dilatación, o agreguen relleno.");
  const said = (side, channels) => own.judgeShape({ side, channels, fails: false }, lecture).text;
  assert.equal(said(28, 6), "¡Eso es! Sale 28 × 28 × 6. Un mapa por núcleo.");
  assert.equal(said(28, 3), "El lado está bien, los canales no. Los canales que salen no son los que entran: son tantos como núcleos. Sale 28 × 28 × 6.");
  assert.equal(said(28, 18), "El lado está bien, los canales no. Cada núcleo suma sus canales de entrada y da un solo mapa: no se multiplican. Sale 28 × 28 × 6.");
  assert.equal(said(28, 5), "El lado está bien, los canales no. Cada núcleo da un mapa: con 6 núcleos salen 6. Sale 28 × 28 × 6.");
  assert.equal(said(27, 6), "Todavía no. Les faltó contar la posición inicial: por eso la fórmula termina en «+ 1». Son 28 filas. Sale 28 × 28 × 6.");
  assert.deepEqual(own.countLines(lecture, own.outcomeOf(lecture)), [["parámetros", "6 · (3 · 5 · 5 + 1)", "456"], ["productos", "28 · 28 · 6 · 3 · 5 · 5", "352\u202f800"]]);
  assert.deepEqual([lecture, strided, padded, { ...strided, padding: 2, dilation: 2 }].map(own.layerCode), [
    "nn.Conv2d(3, 6, kernel_size=5)", "nn.Conv2d(3, 6, kernel_size=3, stride=2)", "nn.Conv2d(3, 16, kernel_size=3, padding=1)",
    "nn.Conv2d(3, 6, kernel_size=3, stride=2, padding=2, dilation=2)",
  ]);
});

test("las capas con nombre y las que salen al azar están en los límites", () => {
  const inside = (setting) => own.FIELDS.every((field) => {
    const [low, high] = own.BOUNDS[field];
    return Number.isInteger(setting[field]) && setting[field] >= low && setting[field] <= high;
  });
  assert.deepEqual(own.BOUNDS, cases.bounds);
  const lecture = own.outcomeOf(own.LAYER_PRESETS[0][2]);
  assert.deepEqual([lecture.shape, lecture.parameters], [[6, 28, 28], 456]);
  assert.deepEqual(own.outcomeOf(own.LAYER_PRESETS[1][2]).shape, [6, 15, 15]);
  for (const [, , setting] of own.LAYER_PRESETS) assert.ok(inside(setting));
  const random = own.randomFrom(7);
  const drawn = Array.from({ length: 500 }, () => own.randomSetting(random));
  assert.ok(drawn.every(inside));
  const failing = drawn.filter((setting) => own.outcomeOf(setting).error).length;
  assert.ok(failing > 40 && failing < 200, `${failing} de 500 fallan`);
});

test("el dibujo cabe en su marco, y el puntero encuentra la celda dibujada", () => {
  const svg = { getBoundingClientRect: () => ({ left: 0, top: 0, width: 680, height: 290 }) };
  const random = own.randomFrom(11);
  for (let i = 0; i < 400; i++) {
    const setting = own.randomSetting(random);
    const outcome = own.outcomeOf(setting);
    const drawn = own.shapesSvg(setting, outcome, { at: [0, 0], chosen: 0, hidden: false });
    for (const [, x, y, width, height] of drawn.matchAll(/<rect x="([-\d.]+)" y="([-\d.]+)" width="([\d.]+)" height="([\d.]+)"/g)) {
      assert.ok(+x >= 0 && +y >= 0 && +x + +width <= 680.5 && +y + +height <= 290.5, `${JSON.stringify(setting)}: ${x} ${y} ${width} ${height}`);
    }
    if (!outcome.shape) continue;
    const [, rows] = outcome.shape;
    const at = [Math.floor(random() * rows), Math.floor(random() * rows)];
    const { output, unit } = own.sceneShapes(setting, outcome, at);
    const event = { clientX: output.x + (at[1] + 0.5) * unit, clientY: output.y + (at[0] + 0.5) * unit };
    assert.deepEqual(own.cellFrom(event, svg, setting, outcome), at);
  }
  const setting = { side: 8, channels: 1, inputs: 1, outputs: 1, kernel: 3, stride: 2, padding: 1, dilation: 1 };
  const { window, lost } = own.sceneShapes(setting, own.outcomeOf(setting), [1, 3]); // 10 píxeles con el relleno, de 19 cada uno
  assert.deepEqual([window, lost], [{ x: 12 + 6 * 19, y: 63 + 2 * 19, side: 3 * 19 }, 1]);
});

test("la dirección guarda el estado y rechaza lo que no entiende", () => {
  const random = own.randomFrom(3);
  for (let i = 0; i < 200; i++) {
    const setting = own.randomSetting(random);
    assert.deepEqual(own.default.fromHash(own.default.toHash((name) => setting[name])), setting);
  }
  for (const text of ["", "32", "32.3.3.6.5.1.0", "65.3.3.6.5.1.0.1", "32.3.3.6.5.1.0.0", "32.3.3.6.5.1.0.1.1", "a.3.3.6.5.1.0.1", "32.-3.3.6.5.1.0.1", "3e1.3.3.6.5.1.0.1"]) {
    assert.equal(own.default.fromHash(text), null, text);
  }
});
