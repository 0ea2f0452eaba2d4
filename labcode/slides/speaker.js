// La ventana del docente: las notas de la diapositiva, la que sigue, la hora y el tiempo que va. Se abre con S.
"use strict";

window.labcodeSpeaker = (function () {
  const STYLE = `
    body { margin: 0; display: grid; grid-template: auto 1fr / 1fr 30rem; gap: 1rem 1.5rem; height: 100vh; box-sizing: border-box; padding: 1rem 1.5rem; overflow: hidden; }
    header { grid-column: 1 / -1; display: flex; gap: 1.5rem; align-items: baseline; font: 600 1.3rem/1.2 var(--rc-sans); border-bottom: 1px solid var(--rc-border); padding-bottom: .6rem; }
    header output { font-variant-numeric: tabular-nums; } #where { flex: 1; }
    header button { font: inherit; font-size: .9rem; padding: .3rem .7rem; border: 1px solid var(--rc-border); border-radius: .4rem; background: var(--rc-raised); color: inherit; cursor: pointer; }
    #notes { overflow: auto; font: 400 1.35rem/1.5 var(--rc-sans); } #notes p, #notes ul, #notes ol, #notes pre, #notes table { margin: 0 0 .8em; } #notes ul { list-style: disc; padding-left: 1.2em; } #notes ol { list-style: decimal; padding-left: 1.4em; }
    #notes strong { font-weight: 680; } #notes em { font-style: italic; } #notes mjx-container { max-width: 100%; }
    aside h2 { font: 600 1rem/1.3 var(--rc-sans); margin: 0 0 .5rem; color: var(--rc-muted); }
    #next { position: relative; width: 30rem; height: 16.9rem; overflow: hidden; border: 1px solid var(--rc-border); border-radius: .4rem; }
    #next .reveal { position: absolute; width: 1280px; height: 720px; transform: scale(.375); transform-origin: 0 0; pointer-events: none; visibility: visible; }
    #next .slides { position: static; width: 1280px; height: 720px; margin: 0; } #next aside { display: none; }
    #next section { display: flex !important; width: 1280px; height: 720px; visibility: visible !important; opacity: 1 !important; transform: none !important; }
    #next .fragment { visibility: visible; opacity: 1; } #next .rc-static { display: block !important; } #next .rc-x { display: none; }`;
  const BODY = `<header><span id="where"></span><output id="spent">0:00</output><output id="clock"></output><button id="again" type="button">Reloj a cero</button></header>
    <main id="notes" tabindex="0" aria-live="polite" aria-label="Notas"></main>
    <aside><h2>Lo que sigue</h2><div id="next" aria-hidden="true"></div></aside>`;
  let view = null;
  let start = Date.now();

  const pad = (n) => String(n).padStart(2, "0");
  const find = (id) => view.document.getElementById(id);

  function tick() {
    if (!view || view.closed) return;
    const seconds = Math.floor((Date.now() - start) / 1000);
    find("spent").textContent = `${Math.floor(seconds / 60)}:${pad(seconds % 60)}`;
    const now = new Date();
    find("clock").textContent = `${now.getHours()}:${pad(now.getMinutes())}`;
  }

  /** Las hojas de estilo de las diapositivas, también la que MathJax escribió. */
  function styles() {
    return [...document.querySelectorAll("link[rel=stylesheet], style")].map((own) => {
      const copy = view.document.importNode(own, true);
      if (own.href) copy.setAttribute("href", own.href);
      if (own.sheet && !own.href) copy.textContent = [...own.sheet.cssRules].map((rule) => rule.cssText).join("\n");
      return copy;
    });
  }

  /** Pone en la ventana las hojas de estilo que hay ahora (MathJax va agregando a la suya). */
  function dress() {
    const make = (tag, textContent) => Object.assign(view.document.createElement(tag), { textContent });
    view.document.head.replaceChildren(make("title", "Notas del docente"), ...styles(), make("style", STYLE));
  }

  function write() {
    const page = view.document;
    page.documentElement.lang = "es";
    page.documentElement.dataset.deck = "notas";
    dress();
    page.body.innerHTML = BODY;
    find("again").addEventListener("click", () => { start = Date.now(); tick(); });
    page.onkeydown = (event) => { // no se suma a otro: la ventana puede seguir abierta desde antes
      const move = { ArrowRight: "next", PageDown: "next", " ": "next", ArrowLeft: "prev", PageUp: "prev" }[event.key];
      if (!move || event.target.closest("button")) return;
      event.preventDefault();
      window.Reveal[move]();
    };
  }

  /** Compone las fórmulas de las notas que hay dentro de `part`, que hasta ahora no hacían falta. */
  async function typesetNotes(part) {
    const formulas = [...part.querySelectorAll("aside.notes .later")];
    formulas.forEach((own) => { own.className = "math"; });
    if (formulas.length) await window.MathJax?.typesetPromise?.(formulas);
  }

  /** Las notas de una diapositiva, con sus fórmulas compuestas. */
  async function notesOf(slide) {
    await typesetNotes(slide);
    return slide.querySelector("aside.notes")?.innerHTML ?? "<p>Esta diapositiva no tiene notas.</p>";
  }

  /** Pone al día la ventana, si está abierta. */
  async function update() {
    if (!view || view.closed) return;
    const deck = window.Reveal;
    const slides = [...document.querySelectorAll(".slides section[data-kind]")];
    const at = slides.indexOf(deck.getCurrentSlide());
    view.document.documentElement.dataset.theme = document.documentElement.dataset.theme;
    find("where").textContent = `${at + 1} de ${slides.length} · ${slides[at].getAttribute("aria-label")}`;
    const following = slides[at + 1];
    const [frame, inner] = ["reveal", "slides"].map((name) => Object.assign(view.document.createElement("div"), { className: name }));
    frame.append(inner);
    if (following) inner.append(view.document.importNode(following, true));
    find("next").replaceChildren(frame);
    tick();
    const notes = await notesOf(slides[at]);
    if (slides[at] !== deck.getCurrentSlide()) return; // mientras se componían, se pasó la hoja
    dress();
    find("notes").innerHTML = notes;
    find("notes").scrollTop = 0;
  }

  function open() {
    if (view && !view.closed) view.focus();
    else view = window.open("", "labcode-notas", "width=1200,height=760");
    if (!view) return false;
    write();
    update();
    return true;
  }

  setInterval(tick, 1000);
  return { open, update, typesetNotes };
})();
