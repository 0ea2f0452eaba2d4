// El buscador, en la página de resultados: la misma raíz que calcula Python, y un extracto que se lee, con lo buscado marcado.
"use strict";

/** Lo que Sphinx espera: da la raíz de una palabra. */
function Stemmer() {
  this.stemWord = (word) => {
    const folded = word.toLowerCase().normalize("NFD").replace(/[\u0300-\u036f]/g, "");
    return folded.replace(/PLURAL/, "$1$2");
  };
}

const SIGNS = {
  alpha: "α", beta: "β", epsilon: "ε", lambda: "λ", mu: "μ", sigma: "σ",
  approx: "≈", cdot: "·", ge: "≥", le: "≤", pm: "±", sum: "Σ", times: "×", to: "→",
};

/** El texto de una página, o de una de sus secciones, que se entiende suelto: sin título, código, soluciones ni fórmulas largas. */
function readableText(page, anchor) {
  const parsed = new DOMParser().parseFromString(page, "text/html");
  const part = (anchor && parsed.getElementById(anchor.slice(1))) || parsed.querySelector("article");
  if (!part) return "";
  part.querySelectorAll("h1, .headerlink, script, style, details, .cell, div.math").forEach((own) => own.remove());
  part.querySelectorAll('p > a:first-child[href*="colab."]').forEach((link) => link.parentElement.remove()); // «Abrir en Colab · 60 minutos»
  part.querySelectorAll("span.math").forEach((formula) => {
    const inside = formula.textContent.replace(/^\\\(|\\\)$/g, "");
    const written = inside.replace(/\\([a-z]+)/g, (whole, name) => SIGNS[name] ?? whole).replace(/\^2/g, "²").replace(/\\[,;]/g, "");
    formula.textContent = /[\\{}_^]/.test(written) ? "…" : written;
  });
  for (const [blocks, end] of [["h2, h3, h4", ". "], ["dt", ": "], ["dd, li, p, td, th", " "]]) {
    part.querySelectorAll(blocks).forEach((block) => block.append(end)); // lo que la página separa en renglones
  }
  return part.textContent.normalize("NFC").replace(/\s+/g, " ").trim();
}

/** El extracto: lo que rodea a la primera de las palabras, cortado entre palabras, con todas marcadas. */
function excerpt(text, words, length = 240) {
  const folded = text.toLowerCase().replace(/[^\x00-\x7f]/g, (letter) => letter.normalize("NFD")[0]); // cada letra, en su lugar
  const escaped = words.map((word) => word.replace(/\W/g, "\\$&"));
  const found = words.length ? [...folded.matchAll(new RegExp(`\\b(?:${escaped.join("|")})\\w*`, "g"))] : [];
  const near = (found[0]?.index ?? 0) - length / 3;
  const from = near > 0 ? text.indexOf(" ", near) + 1 : 0;
  const to = from + length < text.length ? text.lastIndexOf(" ", from + length) : text.length;
  const paragraph = document.createElement("p");
  paragraph.className = "context";
  let last = from;
  if (from) paragraph.append("… ");
  for (const { 0: word, index } of found) {
    if (index < from || index + word.length > to) continue;
    const mark = document.createElement("span");
    mark.className = "highlighted";
    mark.textContent = text.slice(index, index + word.length);
    paragraph.append(text.slice(last, index), mark);
    last = index + word.length;
  }
  paragraph.append(text.slice(last, to), to < text.length ? " …" : "");
  return paragraph;
}

/** El puntaje de un resultado: más si la página se llama como lo buscado, y menos en la bitácora, que nombra todo. */
function scoreOf([page, title, , , score]) {
  const { stemWord } = new Stemmer();
  const words = splitQuery(new URLSearchParams(location.search).get("q").toLowerCase()).filter((word) => !stopwords.includes(word)).map(stemWord);
  const named = new Set(splitQuery(title).map(stemWord));
  return score + (words.every((word) => named.has(word)) ? 10 : 0) - (page === "apendices/bitacora" ? 11 : 0);
}

if (typeof Search !== "undefined") {
  Scorer.score = scoreOf;
  Search.makeSearchSummary = (page, words, anchor) => excerpt(readableText(page, anchor), [...words]);
}
