// El explorador «¿Qué cambió?» contra NumPy: los casos vienen de tests/test_what_changed_explorer.py.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";

const folder = process.env.LABCODE_EXPLORERS;
assert.ok(folder, "falta LABCODE_EXPLORERS: estas pruebas las lanza pytest");
const own = await import(pathToFileURL(join(folder, "what-changed.mjs")));
const { pairs, worlds } = JSON.parse(readFileSync(join(folder, "cases.json"), "utf8"));
const near = (a, b) => Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(b));

test("lo que separa a dos curvas es lo que dice NumPy", () => {
  assert.ok(pairs.length >= 1000);
  for (const { a, b, gap, distance } of pairs) {
    if (gap === null) assert.equal(own.curveGap(a, b), Infinity);
    else assert.ok(near(own.curveGap(a, b), gap), `${own.curveGap(a, b)} y NumPy da ${gap}`);
    assert.ok(near(own.curveDistance(a, b), distance));
    assert.ok(near(own.curveDistance(b, a), distance));
  }
});

test("los casos son los que se distinguen a la vista, y los primeros, de factores distintos", () => {
  for (const { factors, visible, firsts } of worlds) {
    const cases = own.casesOf(factors);
    const names = cases.map(({ key, other }) => `${key}:${other.label}`);
    assert.deepEqual([...names].sort(), [...visible].sort());
    assert.deepEqual(names.slice(0, firsts.length).sort(), [...firsts].sort());
    assert.deepEqual(own.casesOf(factors).map(({ key, other }) => `${key}:${other.label}`), names, "siempre en el mismo orden");
  }
});

test("el más parecido de un factor es el de NumPy, y de lo que no está medido no se dice nada", () => {
  for (const { factors, targets } of worlds) {
    for (const { key, curve, label } of targets) assert.equal(own.nearest(factors, key, curve)?.label ?? null, label);
  }
});

test("acierta quien nombra el factor, y a los demás se les dice cuál era", () => {
  for (const { factors } of worlds) {
    for (const one of own.casesOf(factors)) {
      for (const [key, , name] of own.FACTORS) {
        const verdict = own.judgeFactor(key, one, factors);
        assert.equal(verdict.right, key === one.key);
        const [, , truth] = own.FACTORS.find(([mine]) => mine === one.key);
        assert.ok(verdict.text.includes(`Cambió ${truth}: `) && verdict.text.includes(one.other.label));
        assert.ok(!/undefined|NaN|Infinity|null/.test(verdict.text), verdict.text);
        if (!verdict.right) assert.ok(verdict.text.includes(name));
        const measured = factors.some((factor) => factor.key === key);
        assert.equal(verdict.rival !== null, !verdict.right && measured);
        if (!measured) assert.ok(verdict.text.includes("todavía no hay curvas medidas"));
      }
    }
  }
});

test("lo que se lee en las curvas sale de las curvas", () => {
  for (const { factors } of worlds) {
    for (const { base, other } of own.casesOf(factors)) {
      const text = own.readingText(base, other);
      assert.ok(!/undefined|NaN|Infinity|null/.test(text), text);
      if (other.diverged) assert.match(text, /divergió/);
      else assert.ok(text.includes(own.percent(other.accuracy.at(-1))) && text.includes(own.percent(base.accuracy[0])));
    }
  }
});

test("cada curva y cada ajuste se nombran en su sitio", () => {
  const [base, other] = [{ label: "64", accuracy: [50, 60, 70] }, { label: "1024", accuracy: [30, 40, 45] }];
  assert.equal(own.readingText(base, other), "En la primera época: 50.0\u202f% la base y 30.0\u202f% la otra. En la 3: 70.0\u202f% la base y 45.0\u202f% la otra.");
  assert.equal(own.readingText(base, { accuracy: [30, null, null], diverged: 2 }), "En la primera época: 50.0\u202f% la base y 30.0\u202f% la otra. Después, en la época 2, la otra divergió: su pérdida dejó de ser un número.");
  assert.equal(own.truthText({ key: "batch", base, other }), "Cambió el tamaño de lote: lotes de 1024 en vez de 64.");
  assert.equal(own.settingText({ label: "1024", detail: "44 pasos por época" }), "1024: 44 pasos por época");
  assert.equal(own.settingText({ label: "SGD", detail: "SGD sin momento" }), "SGD sin momento");
  const labels = { rate: "0.01", batch: "64", width: "120-84", normalization: "normalizada", optimizer: "SGD" };
  const factors = Object.entries(labels).map(([key, label]) => ({ key, base: 1, settings: [{ label: "otro" }, { label }] }));
  assert.equal(own.baseText(factors), "capas de 120-84 · lotes de 64 · SGD · α = 0.01 · entrada normalizada");
});

test("de lo más parecido se dice si es casi lo mismo, cuánto se separa o quién divergió", () => {
  const curve = (accuracy, diverged = null) => ({ label: "0.02", amount: 1, detail: "algo", accuracy, diverged });
  const told = (rival, other) => own.judgeFactor("rate", { key: "batch", base: curve([50, 70]), other }, [{ key: "rate", base: 0, settings: [curve([50, 70]), rival] }]).text;
  assert.match(told(curve([41, 60]), curve([40, 60])), /cambiando la tasa de aprendizaje \(α = 0\.02, la curva de puntos\) sale casi lo mismo, a menos de 2 puntos\./);
  const far = "Lo más parecido que se midió cambiando la tasa de aprendizaje es α = 0.02, la curva de puntos, ";
  assert.ok(told(curve([45, 61]), curve([40, 60])).endsWith(`${far}y se separa de la naranja hasta 5 puntos.`));
  assert.ok(told(curve([40, null], 2), curve([40, 60])).endsWith(`${far}que divergió.`));
  assert.ok(told(curve([40, 60]), curve([40, null], 2)).endsWith(`${far}que no divergió.`));
  assert.ok(told(curve([40, null, null], 2), curve([40, 60, null], 3)).endsWith(`${far}que también divergió, pero en otra época.`));
});

test("la firma distingue lo mayor de lo menor", () => {
  const setting = (label, amount) => ({ label, amount, detail: `${label} de algo` });
  assert.match(own.signature("rate", setting("0.005", 0.005), setting("0.02", 0.02)), /4 veces mayor/);
  assert.match(own.signature("rate", setting("0.005", 0.005), setting("0.0001", 0.0001)), /50 veces menor/);
  assert.match(own.signature("batch", setting("64", 704), setting("1024", 44)), /cada época da 1024 de algo en vez de 64 de algo: a igual tasa, se avanza menos en cada una/);
  assert.match(own.signature("batch", setting("64", 704), setting("16", 2813)), /cada época da 16 de algo en vez de 64 de algo: se dan más pasos/);
  assert.match(own.signature("optimizer", setting("momento", 0.9), setting("SGD", 0)), /unas 10 veces más corto/);
  assert.match(own.signature("width", setting("120-84", 379774), setting("8-6", 24706)), /^Con 8-6 de algo en vez de 120-84 de algo, a la red le falta/);
  assert.match(own.signature("width", setting("8-6", 24706), setting("120-84", 379774)), /^Con 120-84 de algo en vez de 8-6 de algo, a la red le sobra/);
  assert.match(own.signature("normalization", setting("normalizada", 1), setting("de 0 a 255", 0)), /0 a 255/);
});

test("el eje contiene las curvas, y la pérdida se corta en 3", () => {
  for (const { factors } of worlds) {
    for (const factor of factors) {
      const lines = factor.settings.map(({ accuracy, loss }) => ({ accuracy, loss }));
      const range = own.rangeOf(lines.map(({ accuracy }) => ({ values: accuracy })), "accuracy");
      for (const x of lines.flatMap(({ accuracy }) => accuracy)) if (x != null) assert.ok(x >= range.low && x <= range.high);
      const losses = own.rangeOf(lines.map(({ loss }) => ({ values: loss })), "loss");
      assert.ok(losses.high <= 3 && losses.low >= 0 && losses.low < losses.high);
    }
  }
  assert.deepEqual(own.rangeOf([{ values: [null] }], "accuracy"), { low: 0, high: 100, step: 20 });
});

test("las etiquetas no chocan ni se salen", () => {
  for (let seed = 0; seed < 200; seed++) {
    const random = own.randomFrom(seed);
    const heights = Array.from({ length: 2 + (seed % 5) }, () => 20 + random() * 200);
    const placed = own.spread(heights, 16, 16, 230);
    const sorted = [...placed].sort((a, b) => a - b);
    assert.ok(sorted[0] >= 16 - 1e-9 && sorted.at(-1) <= 230 + 1e-9);
    sorted.slice(1).forEach((y, i) => assert.ok(y - sorted[i] >= 16 - 1e-9));
  }
});

test("una curva que divergió se corta", () => {
  const x = (i) => i;
  assert.equal(own.pathOf([1, 2, null, 3, 4], x, x), "M0.0 1.0L1.0 2.0M3.0 3.0L4.0 4.0");
  assert.equal(own.pathOf([null, null], x, x), "");
  assert.equal(own.valueText(null, "loss"), "divergió");
  assert.equal(own.valueText(7597.9, "loss"), "más de 1000");
  assert.equal(own.valueText(51.55, "accuracy"), "51.6\u202f%");
});

test("la dirección guarda el estado y rechaza lo que no entiende", () => {
  const { factors } = worlds.find((world) => own.casesOf(world.factors).length > 3);
  const get = (name) => ({ factors })[name];
  for (const state of [{ turn: 0, metric: "accuracy" }, { turn: 3, metric: "loss" }]) {
    assert.deepEqual(own.default.fromHash(own.default.toHash((name) => state[name]), get), state);
  }
  for (const text of ["", "0", "0.", "99.loss", "-1.loss", "1.speed", "1.loss.2", "1e1.loss", "<b>.loss"]) assert.equal(own.default.fromHash(text, get), null, text);
  assert.equal(own.default.fromHash("0.loss", () => []), null);
});
