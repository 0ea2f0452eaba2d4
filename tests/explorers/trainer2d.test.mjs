// La red del entrenador 2-D contra torch, sus puntos contra NumPy, y que un entrenamiento se repita al bit.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";

const folder = process.env.LABCODE_EXPLORERS;
assert.ok(folder, "falta LABCODE_EXPLORERS: estas pruebas las lanza pytest (tests/test_trainer2d_explorer.py)");
const t = await import(pathToFileURL(join(folder, "trainer2d.mjs")));
const cases = JSON.parse(readFileSync(join(folder, "cases.json"), "utf8"));
const SMALL = { ...t.START, examples: 50, depth: 2, width: 8, epochs: 25 };

function close(actual, expected, tolerance, what) {
  assert.equal(actual.length, expected.length, what);
  expected.forEach((value, i) => assert.ok(Math.abs(actual[i] - value) <= tolerance * Math.max(1, Math.abs(value)), `${what} [${i}]: ${actual[i]} y torch da ${value}`));
}

function run(settings, epochs) {
  const session = t.createSession(settings);
  while (session.epoch < epochs) t.trainStep(session);
  return session;
}

test("logits, pérdida, gradiente y dos pasos de SGD son los de torch", () => {
  assert.ok(cases.training.length >= 1000);
  for (const [i, { sizes, rows, x, labels, step, dropped, masks, parameters, ...torch }] of cases.training.entries()) {
    const net = t.createNet(sizes, 0, rows);
    net.parameters.set(parameters);
    net.values[0].set(x.flat());
    const dropout = dropped ? { masks: masks.map((m) => m.flat()), scale: 1 / (1 - dropped) } : null;
    for (let k = 0; k < 2; k++) {
      t.forward(net, rows, dropout);
      const loss = t.softmaxLoss(net, labels, rows);
      t.backward(net, rows, dropout?.scale);
      if (k === 0) {
        close([...net.values.at(-1).subarray(0, rows * sizes.at(-1))], torch.logits.flat(), 1e-9, `caso ${i}, logits`);
        close([loss], [torch.loss], 1e-9, `caso ${i}, pérdida`);
        close([...net.gradient], torch.gradient, 1e-9, `caso ${i}, gradiente`);
      }
      t.descend(net, step);
    }
    close([...net.parameters], torch.after, 1e-8, `caso ${i}, parámetros`);
    close([t.sumOfSquares(net)], [torch.squares], 1e-8, `caso ${i}, Σw²`);
  }
});

test("los puntos son los de Python, y las opciones también", () => {
  for (const { state, stream, count, xy, labels } of cases.points) {
    const points = t.samplePoints(state, count, stream);
    assert.deepEqual([...points.xy], xy);
    assert.deepEqual([...points.labels], labels);
  }
  assert.deepEqual(t.OPTIONS, cases.options);
  for (const key of t.KEYS) assert.deepEqual(t.START[key], cases.state[key], key);
});

test("la red inicial solo depende de la semilla, y no es simétrica", () => {
  const [a, b, c] = [1, 1, 2].map((seed) => [...t.createNet([2, 8, 2], seed).parameters]);
  assert.deepEqual(a, b);
  assert.notDeepEqual(a, c);
  assert.equal(t.parameterCount([2, 8, 2]), 42);
  const wide = t.createNet([2, 64, 64, 2], 5);
  const { weights, biases } = wide.layers[1];
  const bound = Math.sqrt(6 / 64);
  const own = [...wide.parameters.subarray(weights, biases)];
  assert.ok(own.every((w) => Math.abs(w) <= bound) && Math.max(...own) > 0.98 * bound);
});

test("un entrenamiento se repite al bit, se reparta como se reparta en cuadros", () => {
  const whole = run({ ...SMALL, dropout: 0.2, lam: 0.001 }, 12);
  const pieces = t.createSession({ ...SMALL, dropout: 0.2, lam: 0.001 });
  let clock = 0;
  while (pieces.epoch < 12) t.advance(pieces, 3, () => (clock = (clock + 1) % 5));
  assert.deepEqual([...pieces.net.parameters], [...whole.net.parameters]);
  assert.deepEqual([...pieces.history.test], [...whole.history.test]);
  assert.equal(whole.steps, 12 * Math.ceil(50 / 16));
  const other = run({ ...SMALL, seed: 1 }, 3);
  assert.notDeepEqual([...other.net.parameters], [...run(SMALL, 3).net.parameters]);
});

test("cada ajuste llega a la red: la semilla, λ y el dropout", () => {
  const [zero, one] = [0, 1].map((seed) => [...t.createSession({ ...SMALL, seed }).net.parameters]);
  assert.notDeepEqual(zero, one);
  assert.ok(t.sumOfSquares(run({ ...SMALL, lam: 0.03 }, 12).net) < 0.8 * t.sumOfSquares(run(SMALL, 12).net));
  const session = t.createSession({ ...SMALL, width: 64, dropout: 0.1 });
  t.trainStep(session);
  const silent = session.dropout.masks[0].subarray(0, 16 * 64).filter((on) => !on).length / (16 * 64);
  assert.ok(Math.abs(silent - 0.1) < 0.03, `se calla ${silent}`);
});

test("medir no cambia la red, mide lo que dice y cada medida queda en su serie", () => {
  const session = run(SMALL, 5);
  const { net, history } = session;
  const before = [...net.parameters];
  const series = { training: ["train", "trainLoss", "memorized"], test: ["test", "testLoss"], corner: ["outside"] };
  for (const [name, lists] of Object.entries(series)) {
    const { count, xy, labels, wrong } = session[name];
    const result = t.measure(net, session[name], {});
    assert.deepEqual([...net.parameters], before);
    let [right, loss, memorized] = [0, 0, 0];
    for (let i = 0; i < count; i++) {
      const p = t.probabilityAt(net, xy[2 * i], xy[2 * i + 1]);
      const hit = Number(p > 0.5) === labels[i];
      right += hit;
      memorized += hit && wrong[i];
      loss -= Math.log(labels[i] ? p : 1 - p) / count;
    }
    assert.equal(result.accuracy, (100 * right) / count);
    assert.equal(result.memorized, memorized);
    assert.ok(Math.abs(result.loss - loss) < 1e-9, `${name}: pérdida ${result.loss} y es ${loss}`);
    const own = [result.accuracy, result.loss, memorized];
    lists.forEach((list, k) => assert.equal(history[list][5], Math.fround(own[k]), list));
  }
});

test("las épocas guardadas devuelven los pesos que tenía la red, aunque sean muchas", () => {
  const session = t.createSession(SMALL);
  const seen = [];
  while (session.epoch < 300) if (t.trainStep(session)) seen[session.epoch] = [...session.net.parameters];
  const { snapshots } = session;
  assert.ok(snapshots.count > 30 && snapshots.count <= 64);
  for (let slot = 1; slot < snapshots.count; slot++) {
    const epoch = snapshots.epochs[slot];
    assert.equal(epoch, slot * snapshots.every);
    assert.deepEqual([...t.netAt(session, slot).parameters], seen[epoch]);
  }
  assert.equal(snapshots.epochs[t.snapshotNear(snapshots, 151)], Math.round(151 / snapshots.every) * snapshots.every);
});

test("el campo coincide con la red en cada nudo, y la frontera con el campo", () => {
  const session = run(SMALL, 4);
  const n = 21;
  const field = new Float32Array(n * n);
  t.probabilityField(session.net, n, field);
  for (const [r, c] of [[0, 0], [0, 20], [7, 3], [20, 11]]) {
    const place = (i) => -t.SPAN + (i * 2 * t.SPAN) / (n - 1);
    assert.ok(Math.abs(field[r * n + c] - t.probabilityAt(session.net, place(c), -place(r))) < 1e-6);
  }
  const ramp = Float32Array.from({ length: n * n }, (_, i) => (i % n) / (n - 1));
  const xs = [];
  const keep = (x) => xs.push(x);
  t.traceLevel({ moveTo: keep, lineTo: keep }, ramp, n, 0.33, 200);
  assert.equal(xs.length, 2 * (n - 1));
  assert.ok(xs.every((x) => Math.abs(x - 66) < 1e-4), "una rampa corta en una recta");
});

test("los 9 de fuera están fuera, contradicen la regla y son los únicos", () => {
  for (const data of t.OPTIONS.data) {
    const points = t.trainingPoints({ ...t.START, data, examples: 1000, outliers: true });
    assert.equal(points.count, 1009);
    for (let i = 0; i < 1009; i++) {
      const [x, y] = points.xy.subarray(2 * i, 2 * i + 2);
      assert.equal(points.outside[i], i >= 1000 ? 1 : 0);
      assert.equal(Math.max(Math.abs(x), Math.abs(y)) > 1, i >= 1000);
      if (i >= 1000) assert.equal(points.labels[i], 1 - t.ruleOf(data, 1.15, 1.15));
    }
    const test = t.testPoints({ ...t.START, data });
    assert.ok(Math.abs(t.ruleAccuracy(test) - 80) < 4);
  }
  assert.equal(t.ruleAccuracy({ count: 5, wrong: [0, 1, 0, 0, 0], outside: [0, 0, 0, 0, 1] }), 75, "los de fuera no cuentan");
});

test("poner, mover y quitar puntos", () => {
  const session = t.createSession({ ...SMALL, noise: 0 });
  const points = session.training;
  assert.equal(t.addPoint(points, 0, 0.9, 0, "curva"), 50);
  assert.equal(points.wrong[50], 1);
  t.movePoint(points, 50, 0, -0.9, "curva");
  assert.deepEqual([points.wrong[50], points.outside[50]], [0, 0]);
  t.movePoint(points, 50, 1.2, -0.9, "curva");
  assert.equal(points.outside[50], 1);
  assert.equal(t.nearest(points, 1.21, -0.9, 0.1), 50);
  assert.equal(t.nearest(points, 1.28, 1.28, 0.05), -1);
  const last = [...points.xy.subarray(100, 102)];
  t.removePoint(points, 3);
  assert.equal(points.count, 50);
  assert.deepEqual([...points.xy.subarray(6, 8)], last);
  while (session.epoch < 2) t.trainStep(session);
  while (t.addPoint(points, 0, 0, 1, "curva") >= 0);
  assert.equal(points.count, points.capacity);
  while (session.epoch < 4) t.trainStep(session);
  assert.ok(!session.diverged && points.count > 400);
});

test("si a media época entra o sale un punto, la época empieza otra vez y se ven todos los que quedan", () => {
  for (const edit of [(points) => t.removePoint(points, 3), (points) => t.addPoint(points, 0, 0.9, 0, "curva")]) {
    const session = t.createSession(SMALL);
    for (let i = 0; i < 2; i++) t.trainStep(session);
    edit(session.training);
    let steps = 0;
    while (session.epoch === 0) {
      t.trainStep(session);
      assert.ok(session.net.gradient.some((x) => x !== 0));
      steps += 1;
    }
    assert.equal(steps, Math.ceil(session.training.count / SMALL.batch_size));
    assert.deepEqual([...session.order.subarray(0, session.training.count)].sort((a, b) => a - b), Array.from({ length: session.training.count }, (_, i) => i));
  }
});

test("una tasa imposible diverge, se dice y no sigue", () => {
  const session = t.createSession({ ...SMALL, learning_rate: 0.3, lam: 0.03, depth: 4, width: 64, batch_size: 8 });
  session.net.parameters.fill(1e160);
  assert.equal(t.advance(session, Infinity, () => 0), false);
  assert.ok(session.diverged);
});

test("el bucle no reserva memoria: los arreglos son siempre los mismos", () => {
  const session = t.createSession(SMALL);
  const before = [session.net.parameters, session.net.values[1], session.order, session.history.test, session.snapshots.weights];
  while (session.epoch < 80) t.trainStep(session);
  const after = [session.net.parameters, session.net.values[1], session.order, session.history.test, session.snapshots.weights];
  before.forEach((list, i) => assert.equal(list, after[i]));
});

test("el veredicto sale de la curva, no de la pregunta", () => {
  const curve = (values) => Float32Array.from(values);
  const long = (f) => curve(Array.from({ length: 101 }, (_, e) => f(e)));
  const up = long((e) => 50 + 0.49 * e);
  const kinds = {
    follow: { train: up, test: long((e) => 50 + 0.48 * e) },
    stay: { train: up, test: long((e) => Math.min(80, 50 + e)) },
    turn: { train: up, test: long((e) => (e < 40 ? 50 + 0.7 * e : 78 - 0.2 * (e - 40))) },
    none: { train: up, test: long(() => 50) },
  };
  for (const [kind, history] of Object.entries(kinds)) {
    const shape = t.shapeOf(history, 100);
    assert.equal(shape.kind, kind);
    for (const [answer] of t.ANSWERS) {
      const { right, text } = t.verdictOf(answer, shape);
      assert.equal(right, answer === kind);
      assert.ok(text.startsWith(right ? "¡Eso es!" : "No esta vez.") && text.length > 60);
    }
  }
  assert.equal(t.shapeOf(kinds.turn, 100).bestEpoch > 36 && t.shapeOf(kinds.turn, 100).bestEpoch < 46, true);
  for (const [best, last, end, kind] of [[59, 59, 90, "none"], [60, 60, 60, "follow"], [65, 62, 65, "turn"], [65, 63, 67, "follow"], [65, 63, 68, "stay"]]) {
    const list = (from, to) => [...Array(10).fill(from), ...Array(10).fill(to)];
    assert.equal(t.shapeOf({ train: list(50, end), test: list(best, last) }, 19).kind, kind, `${best}, ${last} y ${end}`);
  }
});

test("el veredicto dice cada cifra en su sitio", () => {
  const told = (kind) => t.verdictOf(kind, { kind, best: 78, bestEpoch: 50, last: 70, train: 92 }).text;
  assert.equal(told("turn"), "¡Eso es! La de prueba llegó a 78.0\u202f% cerca de la época 50 y terminó en 70.0\u202f%, mientras la de entrenamiento subía hasta 92.0\u202f%. Desde ahí la red no aprendió la regla: se aprendió sus ejemplos.");
  assert.equal(told("stay"), "¡Eso es! La de prueba se quedó en 70.0\u202f% y la de entrenamiento llegó a 92.0\u202f%: la red acierta más en lo que estudió, pero todavía no empeora en lo nuevo.");
  assert.equal(told("follow"), "¡Eso es! Terminaron cerca: 92.0\u202f% en entrenamiento y 70.0\u202f% en prueba. Aquí casi todo lo aprendido sirve para lo nuevo.");
  assert.equal(told("none"), "¡Eso es! La de prueba nunca pasó de 78.0\u202f%: la red no aprendió nada que sirva para ejemplos nuevos.");
});

test("la situación de partida sube y baja con cualquier semilla chica", () => {
  const session = run(t.START, t.START.epochs);
  const shape = t.shapeOf(session.history, t.START.epochs);
  assert.equal(shape.kind, "turn", JSON.stringify(shape));
  assert.ok(shape.train > t.ruleAccuracy(session.test) + 2);
});

test("lo que se dice de una época", () => {
  const base = { ceiling: 80, memorized: 30, wrong: 40, bestEpoch: 50, best: 78, noise: 0.2 };
  assert.match(t.remarkOf({ ...base, epoch: 0, train: 50, test: 50 }), /iniciales/);
  assert.match(t.remarkOf({ ...base, epoch: 9, train: 60, test: 60, best: 60, bestEpoch: 9 }), /subajuste/);
  assert.match(t.remarkOf({ ...base, epoch: 300, train: 92, test: 70 }), /De las 40 etiquetas cambiadas, ya repite 30\. En prueba iba mejor en la época 50 \(78\.0\u202f%\)/);
  assert.match(t.remarkOf({ ...base, epoch: 60, train: 79, test: 77 }), /van juntas/);
  assert.match(t.remarkOf({ ...base, epoch: 60, train: 80, test: 74, best: 75 }), /brecha es de 6\.0 puntos/);
});

test("la dirección va y vuelve, y la basura se rechaza", () => {
  const random = t.randomFrom(7);
  const pick = (list) => list[Math.floor(random() * list.length)];
  for (let k = 0; k < 300; k++) {
    const state = Object.fromEntries(t.KEYS.map((key) => [key, key === "seed" ? Math.floor(random() * 1000) : key === "outliers" ? random() < 0.5 : pick(t.OPTIONS[key])]));
    assert.deepEqual(t.trainerFromHash(t.trainerToHash((key) => state[key])), state);
  }
  const good = t.trainerToHash((key) => t.START[key]);
  assert.equal(good, "curva_200_0.2_0~4_32_0.01_16_0_0~500_0");
  for (const bad of ["", "x", good + "_1", good.replace("200", "201"), good.replace("curva", "__proto__"), good.replace("~500", "~NaN"), good.replace("_0~4", "_2~4"), good.replaceAll("~", "_"), "<img>", good.replace("~500_0", "~500_1000"), good.replace("~500_0", "~500_-1")]) {
    assert.equal(t.trainerFromHash(bad), null, bad);
  }
});

test("cada situación de la clase se reconoce, y la siguiente predicción es otra", () => {
  for (const [label, values] of t.PRESETS) assert.equal(t.presetOf({ ...values, seed: 5 }), label);
  assert.equal(t.presetOf({ ...t.START, width: 8 }), "");
  for (let k = 0; k < 50; k++) {
    const next = t.anotherSetting(t.START, t.randomFrom(k));
    assert.notDeepEqual({ ...next, seed: 0 }, t.START);
    assert.deepEqual(t.trainerFromHash(t.trainerToHash((key) => next[key])), next);
  }
});

test("la tasa y el ruido se escriben como en español", () => {
  assert.equal(t.setupText(t.START), "200 ejemplos y una red con 4 capas ocultas de 32 neuronas. A una de cada cinco le cambiamos la etiqueta, también en los de prueba.");
  assert.equal(t.setupText({ ...t.START, depth: 0, noise: 0, outliers: true }), "200 + 9 ejemplos y una red sin capas ocultas.");
  for (const [noise, part] of [[0.1, "una de cada diez"], [0.3, "tres de cada diez"], [0.4, "dos de cada cinco"]]) {
    assert.ok(t.setupText({ ...t.START, noise }).includes(` A ${part} le cambiamos`));
  }
});
