// El constructor contra torch: los casos vienen de tests/test_builder_explorer.py, en un archivo.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";

const folder = process.env.LABCODE_EXPLORERS;
assert.ok(folder, "falta LABCODE_EXPLORERS: estas pruebas las lanza pytest");
const builder = await import(pathToFileURL(join(folder, "builder.mjs")));
const cases = JSON.parse(readFileSync(join(folder, "cases.json"), "utf8"));
const network = (key) => builder.NETWORKS.find(([name]) => name === key)[2];

test("falla exactamente cuando torch falla, en la misma capa y con el mismo mensaje", () => {
  assert.ok(cases.random.length >= 1000);
  for (const { layers, auto, batch, shapes, failed, message } of cases.random) {
    const trace = builder.traceNetwork(layers, auto, batch);
    const what = JSON.stringify({ layers, auto });
    assert.equal(trace.failed, failed, what);
    trace.rows.forEach((row, i) => assert.deepEqual(row.shape, shapes[i] ?? null, `capa ${i}: ${what}`));
    if (failed >= 0) assert.equal(trace.rows[failed].error.torch, message, what);
    else assert.deepEqual(trace.output, shapes.at(-1) ?? builder.IMAGE_SHAPE);
  }
});

test("los parámetros y las operaciones son los de torch", () => {
  for (const { layers, auto, parameters, flops } of cases.random) {
    const trace = builder.traceNetwork(layers, auto);
    if (parameters !== null) assert.equal(trace.parameters, parameters, JSON.stringify(layers));
    assert.equal(trace.flops, flops, JSON.stringify(layers));
  }
});

test("el campo receptivo es lo que el gradiente alcanza", () => {
  let inside = 0;
  for (const { layers, low, high } of cases.fields) {
    const { rows } = builder.traceNetwork(layers);
    const box = builder.fieldBox(rows.at(-1).seen);
    const what = JSON.stringify(layers);
    if (box.low >= 0 && box.high <= 32) {
      inside += 1;
      assert.deepEqual([box.low, box.high], [low, high], what);
    } else assert.ok(box.low <= low && box.high >= high, what); // lo que sobra es relleno
  }
  assert.ok(inside >= 100, `solo ${inside} casos caben en la imagen`);
});

test("en Python se cuenta lo mismo", () => {
  for (const { layers, auto, python } of cases.random) {
    const { rows } = builder.traceNetwork(layers, auto);
    assert.deepEqual(rows.map((row) => [row.shape, row.parameters]), python, JSON.stringify(layers));
  }
  assert.deepEqual(Object.fromEntries(builder.NETWORKS.map(([key, , layers]) => [key, layers])), cases.networks);
});

test("las redes con nombre dan lo que se sabe de ellas", () => {
  const traces = Object.fromEntries(builder.NETWORKS.map(([key, , layers]) => [key, builder.traceNetwork(layers)]));
  assert.deepEqual(["mlp", "cnn", "vgg"].map((key) => traces[key].parameters), [379_774, 61_482, 9_750_922]);
  const last = (key) => traces[key].rows.findLast(({ layer }) => layer.kind === "pool").seen;
  assert.deepEqual([last("cnn").field, last("cnn").jump, last("vgg").field, last("vgg").jump], [16, 4, 150, 32]);
  assert.equal(traces.vgg0.rows[traces.vgg0.failed].error.cause, "small");
  for (const key of ["mlp", "cnn", "vgg", "vggbn"]) assert.deepEqual(traces[key].output, [10]);
});

test("cada falla se explica en castellano, sin huecos", () => {
  const flat = { kind: "flatten" };
  const broken = [
    [network("vgg0"), /mide 3\s×\s3 y el mapa mide 1\s×\s1/],
    [[flat, builder.newLayer("conv")], /3072 números en fila/],
    [[flat, builder.newLayer("pool")], /Va antes de «Aplanar»/],
    [[flat, builder.newLayer("norm")], /alto y ancho/],
    [[builder.newLayer("conv", { inputs: 4 })], /Espera 4 canales y le llegan 3/],
    [[builder.newLayer("norm", { inputs: 1 })], /Espera 1 canal y le llegan 3/],
    [[builder.newLayer("dense", { inputs: 400 })], /Falta aplanar.*mide 32; espera 400/],
    [[flat, builder.newLayer("dense", { inputs: 400 })], /Espera 400 números y le llegan 3072/],
    [[builder.newLayer("conv", { kernel: 11, padding: 0 }), builder.newLayer("conv", { kernel: 11, padding: 0, inputs: 64 }), builder.newLayer("conv", { kernel: 11, padding: 0, inputs: 64 }), builder.newLayer("conv", { kernel: 11, padding: 1, inputs: 64 })], /con su relleno, 4\s×\s4/],
  ];
  for (const [layers, said] of broken) {
    const { rows, failed } = builder.traceNetwork(layers);
    assert.match(builder.failureText(rows[failed]), said);
    assert.ok(!/undefined|NaN|null/.test(builder.failureText(rows[failed])));
  }
});

test("lo que torch acepta en silencio también se dice", () => {
  const silent = [builder.newLayer("dense", { inputs: 32, outputs: 10 })];
  assert.match(builder.outputText(builder.traceNetwork(silent)), /torch no falla/);
  assert.match(builder.outputText(builder.traceNetwork(network("cnn"))), /uno por clase/);
  assert.match(builder.outputText(builder.traceNetwork([{ kind: "flatten" }])), /3072 números y CIFAR-10 tiene 10/);
  assert.match(builder.outputText(builder.traceNetwork([])), /Todavía no hay capas/);
});

test("ajustar las entradas repara todo lo que se repara así, y nada más", () => {
  const wider = network("vgg").map((layer) => (layer.outputs === 128 ? { ...layer, outputs: 100 } : layer));
  assert.ok(builder.traceNetwork(wider).failed >= 0);
  assert.deepEqual(builder.traceNetwork(builder.repairInputs(wider)).output, [10]);
  assert.equal(builder.repairInputs(network("cnn")).every((layer, i) => layer === network("cnn")[i]), true);
  assert.equal(builder.traceNetwork(builder.repairInputs(network("vgg0"))).failed, builder.traceNetwork(network("vgg0")).failed);
});

test("cada predicción tiene una sola respuesta correcta y su comentario", () => {
  assert.deepEqual(builder.PREDICTIONS.map((p) => p.right()), ["tens", "late", "most", "beyond"]);
  for (const prediction of builder.PREDICTIONS) {
    const verdicts = prediction.options.map(([key]) => builder.judgePrediction(prediction, key));
    assert.equal(verdicts.filter(({ right }) => right).length, 1);
    for (const { text } of verdicts) assert.ok(text.length > 60 && !/undefined|NaN/.test(text), text);
    assert.ok(network(prediction.network) && /\?$/.test(prediction.question()));
    assert.equal(builder.judgePrediction(prediction, null), null);
  }
  assert.match(builder.judgePrediction(builder.PREDICTIONS[0], "fewer").text, /Son 9\u202f750\u202f922/);
  assert.ok(builder.judgePrediction(builder.PREDICTIONS[1], "first").text.endsWith(" Falla en la capa 12, la primera convolución del cuarto bloque, a la que le llega un mapa de 1\u00a0×\u00a01\u00a0×\u00a0256."));
  assert.match(builder.judgePrediction(builder.PREDICTIONS[3], "three").text, /Son 150/);
});

test("las formas, los detalles y el campo receptivo se dicen con sus números", () => {
  assert.deepEqual([null, [3072], [16, 5, 4]].map(builder.shapeText), ["—", "3072", "5\u00a0×\u00a04\u00a0×\u00a016"]);
  const layers = [builder.newLayer("conv", { outputs: 4, stride: 2 }), builder.newLayer("conv", { inputs: 4, outputs: 1, kernel: 5, stride: 3, padding: 0 }),
    builder.newLayer("pool", { kernel: 3 }), builder.newLayer("pool"), builder.newLayer("dense"), builder.newLayer("dropout"), builder.newLayer("relu")];
  assert.deepEqual(layers.map(builder.layerDetail), ["4 filtros, paso 2, relleno 1", "1 filtro, paso 3, relleno 0", "paso 2", "", "10 neuronas", "apaga 50\u202f%", ""]);
  assert.deepEqual(builder.fieldLines(builder.traceNetwork(layers).rows[1]), ["r = 3 + (5 − 1)·2 = 11", "salto = 2·3 = 6"]);
  const { rows } = builder.traceNetwork(network("cnn"));
  assert.deepEqual([6, 7].map((at) => builder.fieldLines(rows[at])), [["no cambia"], ["r = 16 + (5 − 1)·4 = 32", "mira el mapa entero"]]);
  assert.equal(builder.fieldText({ field: 32, jump: 0 }), "Cada neurona alcanza a mirar 32\u00a0×\u00a032 píxeles.");
  assert.equal(builder.fieldText({ field: 33, jump: 1 }), "Cada neurona alcanza a mirar 33\u00a0×\u00a033 píxeles, más que la imagen. Dos vecinas miran a 1 píxel de distancia.");
});

test("la dirección guarda la red y rechaza lo que no entiende", () => {
  for (const [, , layers] of [...builder.NETWORKS, ["", "", []]]) {
    for (const auto of [true, false]) {
      const text = builder.default.toHash((name) => ({ layers, auto })[name]);
      assert.deepEqual(builder.default.fromHash(text), { layers, auto });
      assert.equal(encodeURIComponent(text).replaceAll("~", ""), text.replaceAll("~", ""), "no necesita escaparse");
    }
  }
  const hostile = ["", "r", "r~2", "~", "x~0", "c3.64.3.1~0", "c3.64.3.1.1.1~0", "c3.64.0.1.1~0", "c3.2000.3.1.1~0", "p2.9~0", "r1~0", "c-3.64.3.1.1~0", "c3.6e1.3.1.1~0", "__proto__~0", "r~0~0", `${Array(49).fill("r").join("_")}~0`];
  for (const text of hostile) assert.equal(builder.default.fromHash(text), null, text);
  assert.equal(builder.isLayer({ kind: "constructor" }), false);
  assert.equal(builder.isLayer({ kind: "relu", extra: 1 }), false);
  assert.equal(builder.isLayer(null), false);
});

test("el código de PyTorch dice cada capa", () => {
  const code = builder.torchCode(network("cnn"), false);
  for (const line of ["nn.Conv2d(3, 6, 5),", "nn.MaxPool2d(2),", "nn.Flatten(),", "nn.Linear(400, 120),", "nn.ReLU(),"]) assert.ok(code.includes(line), line);
  assert.ok(builder.torchCode(network("vggbn"), true).includes("nn.LazyConv2d(64, 3, padding=1),\n    nn.LazyBatchNorm2d(),"));
  const rest = [builder.newLayer("conv", { stride: 2, padding: 0 }), builder.newLayer("pool", { kernel: 3 }), builder.newLayer("pool", { kernel: 3, stride: 3 }), builder.newLayer("dropout")];
  assert.equal(builder.torchCode(rest, false), "nn.Sequential(\n    nn.Conv2d(3, 64, 3, stride=2),\n    nn.MaxPool2d(3, stride=2),\n    nn.MaxPool2d(3),\n    nn.Dropout(0.5),\n)");
});

test("mover una capa y recorrer la lista no se salen de ella", () => {
  assert.deepEqual(builder.moved(["a", "b", "c"], 0, 2), ["b", "c", "a"]);
  assert.deepEqual(builder.moved(["a", "b", "c"], 2, 0), ["c", "a", "b"]);
  for (const key of ["ArrowUp", "ArrowDown", "Home", "End"]) for (const at of [0, 1, 2]) assert.ok([0, 1, 2].includes(builder.rowFor(key, at, 3)));
  assert.equal(builder.rowFor("x", 0, 3), null);
});

test("el dibujo abarca la imagen y todo lo que se mira", () => {
  const { rows } = builder.traceNetwork(network("vgg"));
  for (const { seen } of rows) {
    const box = builder.fieldBox(seen);
    const { low, size } = builder.viewOf(box);
    assert.ok(low <= Math.min(0, box.low) && low + size >= Math.max(32, box.high));
  }
  assert.deepEqual(builder.viewOf(null), builder.viewOf({ low: 10, high: 20 }));
});

test("los números grandes se leen", () => {
  assert.deepEqual([999_999, 1e6, 305_000_000, 2.5e9].map(builder.large), ["999\u202f999", "1.0 M", "305.0 M", "2.5 G"]);
});
