// Las preguntas sin página: el formato de los textos contra Python, corregir, y guardar y recuperar el avance.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";

const folder = process.env.LABCODE_EXPLORERS;
assert.ok(folder, "falta LABCODE_EXPLORERS: estas pruebas las lanza pytest");
const quiz = await import(pathToFileURL(join(folder, "quiz.mjs")));
const { texts, chapters, junk } = JSON.parse(readFileSync(join(folder, "cases.json"), "utf8"));
const MARKS = { text: "", code: "`", math: "$", strong: "**", em: "*" };

/** Un generador repetible de enteros menores que n (congruencial de 32 bits). */
function dice(seed) {
  let state = seed >>> 0;
  return (n) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
}

/** Intentos al azar sobre unas preguntas, con opciones que existen y que no. */
function play(questions, roll, moves) {
  const tries = questions.map(() => []);
  for (let k = 0; k < moves; k += 1) {
    const i = roll(questions.length);
    tries[i] = quiz.answered(questions[i], tries[i], roll(questions[i].options.length + 2) - 1);
  }
  return tries;
}

test("los trozos de un texto son los de Python y no se pierde ni una letra", () => {
  assert.ok(texts.length >= 1000);
  for (const { text, runs } of texts) {
    const own = quiz.inlineRuns(text);
    assert.deepEqual(own, runs, JSON.stringify(text));
    assert.equal(own.map(([kind, content]) => MARKS[kind] + content + MARKS[kind]).join(""), text);
  }
  assert.ok(new Set(texts.flatMap(({ runs }) => runs.map(([kind]) => kind))).size === 5);
});

test("cualquier fórmula da texto, y las de los capítulos se leen sin órdenes de TeX", () => {
  for (const { text } of texts) {
    const runs = quiz.readableTex(text);
    assert.ok(runs.every(([kind, content]) => ["text", "sup", "sub"].includes(kind) && content.length), JSON.stringify(text));
  }
  const written = Object.values(chapters).flat().flatMap(({ prompt, options }) => [prompt, ...options.flatMap(({ text, feedback }) => [text, feedback])]);
  const formulas = written.flatMap((text) => quiz.inlineRuns(text)).filter(([kind]) => kind === "math").map(([, tex]) => tex);
  for (const tex of formulas) {
    const seen = quiz.readableTex(tex).map(([, text]) => text).join("");
    assert.ok(seen.trim() && !/[\\{}]|[a-z]{9}/u.test(seen), `${tex} se leería «${seen}»`);
  }
});

test("una fórmula legible conserva letras, números y orden", () => {
  const seen = (tex) => quiz.readableTex(tex).map(([kind, text]) => (kind === "text" ? text : `<${kind}>${text}</${kind}>`)).join("");
  const pairs = [
    ["(1 - 2\\alpha\\lambda)^{n+1}", "(1 − 2αλ)<sup>n+1</sup>"],
    ["\\frac{h}{h + 2\\lambda}\\,w_0", "h/(h + 2λ) w<sub>0</sub>"],
    ["\\lfloor (n - k)/s \\rfloor + 1", "⌊ (n − k)/s ⌋ + 1"],
    ["\\lambda \\sum w^2", "λ Σ w<sup>2</sup>"],
    ["\\hat J", "J\u0302"],
    ["32 \\times 32 \\to 28", "32 × 32 → 28"],
    ["\\text{media}", "media"],
    ["\\sqrt{x}", "√x"],
    ["a \\le b \\leq c \\ge d \\geq e", "a ≤ b ≤ c ≥ d ≥ e"],
  ];
  for (const [tex, expected] of pairs) assert.equal(seen(tex).normalize("NFD"), expected.normalize("NFD"));
});

test("el resumen de un texto es FNV-1a, estable", () => {
  assert.equal(quiz.textKey(""), "811c9dc5");
  assert.equal(quiz.textKey("a"), "e40c292c");
  assert.equal(quiz.textKey("foobar"), "bf9cf968");
  const keys = Object.values(chapters).flat().flatMap(({ prompt, options }) => [prompt, ...options.map(({ text }) => prompt + text)]);
  assert.equal(new Set(keys.map(quiz.textKey)).size, new Set(keys).size);
});

test("se corrige bien: un intento por opción, y nada después de acertar", () => {
  const roll = dice(7);
  for (const questions of Object.values(chapters)) {
    for (let round = 0; round < 60; round += 1) {
      const tries = play(questions, roll, roll(6 * questions.length));
      const total = quiz.tally(questions, tries);
      let [solved, first, missed] = [0, 0, []];
      questions.forEach(({ options }, i) => {
        const hits = tries[i].filter((option) => options[option].correct);
        assert.equal(new Set(tries[i]).size, tries[i].length);
        assert.ok(hits.length <= 1 && (!hits.length || tries[i].at(-1) === hits[0]));
        solved += hits.length;
        if (tries[i].length && options[tries[i][0]].correct) first += 1;
        else if (tries[i].length) missed.push(i + 1);
      });
      assert.deepEqual(total, { total: questions.length, solved, first, missed });
    }
  }
});

test("el avance va y vuelve, también si las preguntas cambian de orden o de texto", () => {
  const roll = dice(11);
  for (const questions of Object.values(chapters)) {
    for (let round = 0; round < 40; round += 1) {
      const tries = play(questions, roll, roll(5 * questions.length));
      const text = quiz.progressText(questions, tries);
      assert.deepEqual(quiz.progressFrom(text, questions), tries);
      const turned = [...questions].reverse();
      assert.deepEqual(quiz.progressFrom(text, turned), [...tries].reverse());
      const at = roll(questions.length);
      const changed = questions.map((question, i) => (i === at ? { ...question, prompt: `${question.prompt} (otra)` } : question));
      assert.deepEqual(quiz.progressFrom(text, changed), tries.map((own, i) => (i === at ? [] : own)));
      const mixed = questions.map((question) => ({ ...question, options: [...question.options].reverse() }));
      assert.deepEqual(quiz.progressFrom(text, mixed), tries.map((own, i) => own.map((option) => questions[i].options.length - 1 - option)));
    }
  }
});

test("un avance que no se entiende se olvida, sin fallar", () => {
  const questions = Object.values(chapters)[0];
  const none = questions.map(() => []);
  const [prompt, option] = [questions[0].prompt, questions[0].options[0].text].map(quiz.textKey);
  const hostile = [null, "", "{", "[]", "3", "null", '"x"', "[[0]]", '{"__proto__": ["x"]}', `{"${prompt}": 3}`, `{"${prompt}": ["nada", 7, null, {}]}`, `{"${prompt}": {"0": "${option}"}}`];
  for (const text of [...hostile, ...junk]) assert.deepEqual(quiz.progressFrom(text, questions), none, String(text));
  assert.deepEqual(quiz.progressFrom(`{"${prompt}": ["nada", "${option}", "${option}"]}`, questions)[0], [0]);
});
