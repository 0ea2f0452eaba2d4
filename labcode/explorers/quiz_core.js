// Las cuentas de las preguntas, sin página: corregir, resumir, y guardar y recuperar el avance.
// `tries` es, por pregunta, la lista de opciones probadas en orden ([2, 0]: primero la tercera y después la primera).

/** Resumen corto y estable de un texto (FNV-1a de 32 bits): si el texto cambia, cambia. */
export function textKey(text) {
  let sum = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) sum = Math.imul(sum ^ byte, 0x01000193) >>> 0;
  return sum.toString(16).padStart(8, "0");
}

/** Dónde está la opción correcta. */
export function rightOption(question) {
  return question.options.findIndex((option) => option.correct);
}

/** Agrega un intento; si la pregunta ya está respondida o la opción ya se probó, no cambia nada. */
export function answered(question, tries, option) {
  const known = Number.isInteger(option) && option >= 0 && option < question.options.length;
  return !known || tries.includes(rightOption(question)) || tries.includes(option) ? tries : [...tries, option];
}

/** Cómo va una pregunta: { solved, first }; `first` dice si acertó en el primer intento. */
export function grade(question, tries) {
  const right = rightOption(question);
  return { solved: tries.includes(right), first: tries[0] === right };
}

/** Cómo va el capítulo: cuántas respondidas, cuántas a la primera, y los números de las que costaron. */
export function tally(questions, tries) {
  const grades = questions.map((question, i) => grade(question, tries[i]));
  const missed = grades.flatMap(({ first }, i) => (tries[i].length && !first ? [i + 1] : []));
  return {
    total: questions.length,
    solved: grades.filter(({ solved }) => solved).length,
    first: grades.filter(({ first }) => first).length,
    missed,
  };
}

/** El avance, como texto: por el resumen de cada pregunta, los de las opciones probadas. */
export function progressText(questions, tries) {
  const pairs = questions.map(({ prompt, options }, i) => [textKey(prompt), tries[i].map((option) => textKey(options[option].text))]);
  return JSON.stringify(Object.fromEntries(pairs.filter(([, tried]) => tried.length)));
}

/** El avance que dice un texto guardado; lo que no se entiende o ya no existe se olvida. */
export function progressFrom(text, questions) {
  let saved;
  try {
    saved = JSON.parse(text);
  } catch {
    saved = null;
  }
  return questions.map((question) => {
    const key = textKey(question.prompt);
    const tried = saved && typeof saved === "object" && Object.hasOwn(saved, key) ? saved[key] : [];
    const keys = question.options.map((option) => textKey(option.text));
    return (Array.isArray(tried) ? tried : []).reduce((tries, own) => answered(question, tries, keys.indexOf(own)), []);
  });
}
