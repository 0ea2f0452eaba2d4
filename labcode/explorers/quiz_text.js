// Textos de las preguntas: `código`, $fórmula$, **negrita** y *cursiva*, y una fórmula legible donde no hay MathJax.

// La misma expresión está en quiz.py.
const RUN = /`([^`]+)`|\$([^ \n$](?:[^$]*[^ \n$])?)\$|\*\*([^ \n*](?:[^*]*[^ \n*])?)\*\*|\*([^ \n*](?:[^*]*[^ \n*])?)\*(?![0-9A-Za-z])/gu;
const KINDS = ["code", "math", "strong", "em"];

/** Separa un texto en trozos [clase, contenido]. */
export function inlineRuns(text) {
  const runs = [];
  let at = 0;
  for (const found of text.matchAll(RUN)) {
    const which = found.slice(1).findIndex((group) => group !== undefined);
    runs.push(["text", text.slice(at, found.index)], [KINDS[which], found[which + 1]]);
    at = found.index + found[0].length;
  }
  return [...runs, ["text", text.slice(at)]].filter(([, content]) => content);
}

const SIGNS = {
  alpha: "α", beta: "β", gamma: "γ", delta: "δ", epsilon: "ε", varepsilon: "ε", eta: "η", theta: "θ", lambda: "λ", mu: "μ", nu: "ν", pi: "π",
  rho: "ρ", sigma: "σ", tau: "τ", phi: "φ", varphi: "φ", chi: "χ", psi: "ψ", omega: "ω", Gamma: "Γ", Delta: "Δ", Theta: "Θ", Lambda: "Λ",
  Sigma: "Σ", Phi: "Φ", Psi: "Ψ", Omega: "Ω", sum: "Σ", prod: "Π", int: "∫", partial: "∂", nabla: "∇", infty: "∞", ell: "ℓ", star: "⋆",
  cdot: " · ", times: " × ", div: " ÷ ", pm: " ± ", mp: " ∓ ", ast: "∗", circ: "∘", le: " ≤ ", leq: " ≤ ", ge: " ≥ ", geq: " ≥ ", ne: " ≠ ", neq: " ≠ ",
  approx: " ≈ ", sim: " ∼ ", equiv: " ≡ ", propto: " ∝ ", in: " ∈ ", ll: " ≪ ", gg: " ≫ ", to: " → ", rightarrow: " → ", longrightarrow: " → ",
  leftarrow: " ← ", mapsto: " ↦ ", Rightarrow: " ⇒ ", top: "ᵀ", lfloor: "⌊", rfloor: "⌋", lceil: "⌈", rceil: "⌉", lVert: "‖", rVert: "‖", Vert: "‖",
  ldots: "…", dots: "…", cdots: "⋯", quad: "  ", qquad: "   ", prime: "′", langle: "⟨", rangle: "⟩", mid: " | ", forall: "∀", exists: "∃",
  "\\": "; ", ",": " ", ";": " ", ":": " ", " ": " ", "!": "", "|": "‖", "{": "{", "}": "}", "%": "%", "&": "&", $: "$", "#": "#", _: "_",
};
const NAMES = new Set(["log", "ln", "exp", "max", "min", "arg", "sin", "cos", "tanh", "det", "Pr", "lim"]);
const WRAPS = new Set(["text", "mathrm", "mathbf", "mathcal", "mathbb", "mathit", "operatorname", "boldsymbol", "textstyle", "displaystyle", "underbrace", "mathsf"]);
const ACCENTS = { hat: "\u0302", bar: "\u0304", overline: "\u0304", tilde: "\u0303", vec: "\u20d7", widehat: "\u0302" };
const NOISE = new Set(["left", "right", "bigl", "bigr", "Bigl", "Bigr", "big", "Big", "limits", "nolimits"]);

/** Paréntesis alrededor de lo que tiene más de un término. */
function grouped(text) {
  return /^[^\s+\-−·×/=]*$/u.test(text) ? text : `(${text})`;
}

/** Una orden de TeX ya leída (`\name`) como texto; `take` lee su argumento siguiente. */
function command(name, take) {
  if (name === "frac" || name === "tfrac" || name === "dfrac") return `${grouped(take())}/${grouped(take())}`;
  if (name === "sqrt") return `√${grouped(take())}`;
  if (name in ACCENTS) return take() + ACCENTS[name];
  if (name === "begin" || name === "end") {
    take();
    return name === "begin" ? "[" : "]";
  }
  if (WRAPS.has(name)) return name.endsWith("style") ? "" : take();
  if (NOISE.has(name)) return "";
  if (NAMES.has(name)) return `${name} `;
  return SIGNS[name] ?? name;
}

/**
 * Una fórmula de TeX como trozos [clase, texto], con clases "text", "sup" y "sub": lo que se lee si no hay MathJax.
 */
export function readableTex(tex) {
  const tokens = tex.match(/\\(?:[a-zA-Z]+|.)|[\s\S]/gu) ?? [];
  const runs = [];
  const add = (kind, text) => {
    if (kind === "text" && runs.at(-1)?.[0] === "text") runs.at(-1)[1] += text;
    else if (text) runs.push([kind, text]);
  };
  let at = 0;
  const plain = (stop) => {
    let text = "";
    while (at < tokens.length && tokens[at] !== stop) text += one();
    at += 1;
    return text;
  };
  const take = () => {
    while (tokens[at] === " ") at += 1;
    return at < tokens.length ? one() : "";
  };
  const one = () => {
    const token = tokens[at];
    at += 1;
    if (token === "{") return plain("}");
    if (token === "}") return "";
    if (token === "^" || token === "_") return `${token === "^" ? "^" : ""}${grouped(take())}`;
    if (token.length > 1 && token[0] === "\\") return command(token.slice(1), take);
    return { "-": "−", "~": "\u00a0", "&": " ", "\n": " ", "'": "′" }[token] ?? token;
  };
  while (at < tokens.length) {
    const kind = { "^": "sup", _: "sub" }[tokens[at]];
    if (kind) at += 1;
    add(kind ?? "text", kind ? take() : one());
  }
  return runs.map(([kind, text]) => [kind, text.replace(/ {2,}/gu, " ")]);
}
