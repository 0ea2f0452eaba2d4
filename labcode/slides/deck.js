// Las diapositivas en marcha: reveal.js en castellano, el teclado, el tema y el lugar en la dirección.
"use strict";

(function () {
  const deck = window.Reveal;
  const printing = /print-pdf/.test(location.search);
  const KEYS = [
    ["→ · espacio · AvPág", "avanzar (también el control remoto)"],
    ["← · RePág", "volver"],
    ["Inicio · Fin", "primera y última"],
    ["S", "notas del docente, en otra ventana"],
    ["Esc · O", "vista general (y, dentro de un explorador, salir de él)"],
    ["F", "pantalla completa"],
    ["T", "claro u oscuro"],
    ["B", "pantalla en negro"],
    ["Alt + clic", "acercar una parte, y alejarla"],
  ];

  function read(key) {
    try { return localStorage.getItem(key); } catch { return null; }
  }

  function save(key, value) {
    try { localStorage.setItem(key, value); } catch { /* sin dónde guardar, dura lo que la página */ }
  }

  /** El tema elegido en el libro o aquí; si no hay, el del sistema. En papel, claro. */
  function applyTheme(theme) {
    document.documentElement.dataset.theme = printing ? "light" : theme;
    window.labcodeSpeaker.update();
  }
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const wanted = () => (["light", "dark"].includes(read("mode")) ? read("mode") : dark.matches ? "dark" : "light");
  document.documentElement.dataset.theme = printing ? "light" : wanted();
  dark.addEventListener("change", () => applyTheme(wanted()));
  function toggleTheme() {
    const theme = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
    save("mode", theme);
    save("theme", theme);
    applyTheme(theme);
  }

  const inExplorer = (target) => Boolean(target?.closest?.("[data-explorer]"));
  const isButton = (target) => Boolean(target?.closest?.("button, a[href], summary, dialog"));

  /** Antes que nadie: el control remoto siempre pasa la hoja, y Esc saca el foco de un explorador sin abrir la vista general. */
  function first(event) {
    const move = { PageDown: () => deck.next(), PageUp: () => deck.prev(), Home: () => goTo(1), End: () => goTo(slides().length) }[event.key];
    const free = event.key.startsWith("Page") || !inExplorer(event.target);
    if (move && free && !event.ctrlKey && !event.altKey && !event.target.closest?.("dialog")) {
      event.preventDefault();
      event.stopImmediatePropagation();
      move();
    } else if (event.key === "Escape" && inExplorer(event.target)) {
      event.stopImmediatePropagation();
      document.activeElement.blur();
    }
  }

  function shortcuts(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || inExplorer(event.target)) return;
    if (event.key === "?") help.showModal();
    else if (event.key === "t" || event.key === "T") toggleTheme();
    else if (event.key === "s" || event.key === "S") window.labcodeSpeaker.open();
  }

  function make(tag, properties, ...children) {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  }

  const help = make("dialog", { className: "deck-help" },
    make("h2", { textContent: "Teclas" }),
    make("dl", {}, ...KEYS.flatMap(([keys, what]) => [make("dt", { textContent: keys }), make("dd", { textContent: what })])),
    make("button", { type: "button", textContent: "Cerrar", onclick: () => help.close() }));
  help.setAttribute("aria-label", "Teclas");

  const where = make("output", {});
  const bar = make("nav", { className: "deck-bar" },
    make("button", { type: "button", textContent: "‹", title: "Volver", onclick: () => deck.prev() }),
    make("button", { type: "button", textContent: "›", title: "Avanzar", onclick: () => deck.next() }),
    make("button", { type: "button", textContent: "Notas", onclick: () => window.labcodeSpeaker.open() }),
    make("button", { type: "button", textContent: "Tema", title: "Claro u oscuro", onclick: toggleTheme }),
    make("button", { type: "button", textContent: "Teclas", onclick: () => help.showModal() }),
    where);
  bar.setAttribute("aria-label", "Diapositivas");
  bar.querySelectorAll("button[title]").forEach((own) => own.setAttribute("aria-label", own.title));

  /** Las diapositivas, en orden: un explorador puede tener adentro otros elementos `section`, que no lo son. */
  const slides = () => [...document.querySelectorAll(".slides section[data-kind]")];

  /** La dirección guarda la diapositiva (`lamina=12`) junto al estado de los exploradores. */
  function writePlace() {
    const at = slides().indexOf(deck.getCurrentSlide()) + 1;
    const hash = new URLSearchParams(location.hash.slice(1));
    hash.set("lamina", at);
    history.replaceState(history.state, "", `#${[...hash].map((pair) => pair.join("=")).join("&")}`);
    where.textContent = `${at} / ${slides().length}`;
  }

  /** Va a una diapositiva, contando desde 1; si no existe, se queda. */
  function goTo(at) {
    const slide = slides()[at - 1];
    if (!slide || slide === deck.getCurrentSlide()) return;
    const { h, v } = deck.getIndices(slide);
    deck.slide(h, v ?? 0);
  }

  function readPlace() {
    goTo(Number(new URLSearchParams(location.hash.slice(1)).get("lamina")));
  }

  function changed() {
    const focus = document.activeElement;
    if (inExplorer(focus) && !deck.getCurrentSlide().contains(focus)) focus.blur();
    writePlace();
    window.labcodeSpeaker.update();
  }

  /** Las pocas palabras en inglés que reveal.js deja en la página. */
  function speakSpanish() {
    const resume = document.querySelector(".pause-overlay button");
    if (resume) resume.textContent = "Seguir con la clase";
    const names = { left: "Volver", right: "Avanzar", up: "Subir", down: "Bajar" };
    Object.entries(names).forEach(([side, name]) => document.querySelector(`.controls .navigate-${side}`)?.setAttribute("aria-label", name));
  }

  async function start() {
    await window.MathJax?.startup?.promise;
    const paged = printing ? new Promise((done) => { deck.on("pdf-ready", done); }) : null;
    if (/showNotes/.test(location.search)) await window.labcodeSpeaker.typesetNotes(document);
    await deck.initialize({
      width: 1280, height: 720, margin: 0, minScale: 0.1, maxScale: 6, center: false, display: "flex",
      controls: false, progress: true, hash: false, history: false, help: false, jumpToSlide: false, overview: true, mouseWheel: false,
      navigationMode: "linear", transition: "none", backgroundTransition: "none", viewDistance: 9999, mobileViewDistance: 9999,
      scrollActivationWidth: null, pdfSeparateFragments: false, pdfMaxPagesPerSlide: 1,
      keyboardCondition: (event) => !inExplorer(event.target) && !(isButton(event.target) && [" ", "Enter"].includes(event.key)),
      plugins: [window.RevealZoom],
    });
    await paged; // en papel, reveal.js reparte primero las páginas
    document.body.append(bar, help);
    speakSpanish();
    await Promise.allSettled([...document.fonts].map((font) => font.load())); // antes de medir, las letras de las fórmulas
    window.labcodeFit.all();
    deck.on("resize", window.labcodeFit.nudge);
    deck.on("slidechanged", changed);
    window.addEventListener("hashchange", readPlace);
    readPlace();
    writePlace();
    document.documentElement.dataset.deck = "lista";
  }

  document.addEventListener("keydown", first, true);
  document.addEventListener("keydown", shortcuts);
  if (document.readyState === "complete") start();
  else window.addEventListener("load", start);
})();
