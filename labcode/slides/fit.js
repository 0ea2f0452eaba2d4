// Que todo quepa: la letra de cada diapositiva es la más grande con que su contenido entra entero, y cada explorador toma el ancho y
// la escala con que se ve completo. Se mide en el navegador, con las letras que de verdad hay.
"use strict";

window.labcodeFit = (function () {
  const LARGEST = 1.25;
  const SMALLEST = 0.45;
  const SHAPES = [[1, 1240], [1, 1000], [1, 860], [1, 740], [2, 1240], [2, 1400], [2, 1560], [3, 1700], [3, 1900]]; // columnas, ancho
  const READABLE = 0.62; // con menos escala, un explorador no se lee desde la sala: se recorre hacia abajo
  const SCROLLING = 0.8;
  const TALL = 0.6; // parte del alto desde la que una pieza se puede repartir entre dos columnas
  const TRIES = 2; // veces que un explorador se reacomoda por cada cosa que hace la persona
  const LARGEST_STAGE = 1.5;

  const spills = (room) => room.scrollHeight > room.clientHeight + 1 || room.scrollWidth > room.clientWidth + 1;

  /** El mayor factor entre `low` y `high` con que `fits(factor)` se cumple; `low` si con ninguno. */
  function largest(low, high, fits) {
    if (fits(high)) return high;
    let [good, bad] = [low, high];
    for (let step = 0; step < 7; step += 1) {
      const middle = (good + bad) / 2;
      if (fits(middle)) good = middle;
      else bad = middle;
    }
    fits(good);
    return good;
  }

  /** Achica por separado lo que no cabe a lo ancho: una fórmula, una tabla o una salida no arrastran a todo el texto. */
  function fitWide(room) {
    for (const part of room.querySelectorAll("div.math, span.math, table, pre.printed")) {
      part.style.fontSize = "";
      const inner = part.matches(".math") ? part.querySelector("mjx-container") ?? part : part;
      const width = Math.max(inner.scrollWidth, inner.offsetWidth);
      const block = part.matches("span") ? part.closest("p, li, td, th, dd, blockquote, .matter") : part.parentElement;
      const style = getComputedStyle(block);
      const free = block.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
      if (width > free) part.style.fontSize = `${parseFloat(getComputedStyle(part).fontSize) * (free / width) * 0.99}px`;
    }
  }

  /** Una figura necesita al menos la mitad del alto. */
  function figureIsSmall(room) {
    const figure = room.querySelector(":scope > .matter > figure");
    return figure !== null && figure.offsetHeight < room.clientHeight * 0.5;
  }

  function fitText(room) {
    const matter = room.firstElementChild;
    const base = parseFloat(getComputedStyle(matter.parentElement).fontSize);
    const small = room.closest("[data-kind=references]") ? 0.74 : 1;
    const scale = largest(SMALLEST, LARGEST, (factor) => {
      matter.style.fontSize = `${base * factor * small}px`;
      fitWide(room);
      return !spills(room) && !figureIsSmall(room);
    });
    room.closest("section").dataset.scale = scale.toFixed(2);
  }

  /** Reparte las piezas de un explorador en columnas; con una, queda como en la página. */
  function arrange(frame, columns, width, tall) {
    const box = frame.querySelector(".rc-x");
    frame.style.width = `${width}px`;
    if (!box) return;
    if (columns === 1) delete box.dataset.columns;
    else {
      box.dataset.columns = columns;
      box.style.setProperty("--columns", columns);
      for (const part of box.children) part.classList.toggle("breaks", part.offsetHeight > tall);
    }
  }

  /** Piezas de un explorador a las que no les alcanza el ancho. */
  function narrow(frame) {
    return [...frame.querySelectorAll(".rc-x > :not(.rc-hidden)")].filter((part) => part.scrollWidth > part.clientWidth + 2 && part.clientWidth > 0).length;
  }

  /** La escala con que un explorador entra entero si se lo acomoda así; peor, si algo le queda angosto. */
  function tryShape(frame, room, [columns, width]) {
    arrange(frame, columns, width, room.height * TALL);
    const scale = Math.min(room.width / width, room.height / frame.offsetHeight, LARGEST_STAGE);
    return { columns, width, scale, worth: narrow(frame) ? scale * 0.8 : scale };
  }

  /** Elige columnas, ancho y escala: la mayor escala con que el explorador entra entero. */
  function fitStage(stage) {
    const frame = stage.firstElementChild;
    const room = { width: stage.clientWidth, height: stage.clientHeight };
    if (!room.width || !room.height) return;
    const tried = SHAPES.map((shape) => tryShape(frame, room, shape));
    place(stage, frame, tried.reduce((a, b) => (b.worth > a.worth + 0.02 ? b : a)));
  }

  /** Hace que un explorador mida otra vez sus dibujos: que se vea más grande no le cambia el tamaño; un píxel de margen, sí. */
  function remeasure(frame) {
    frame.style.paddingRight = frame.style.paddingRight === "1px" ? "0" : "1px";
  }

  function place(stage, frame, { columns, width, scale }) {
    const scrolls = scale < READABLE;
    const shown = scrolls ? Math.min(SCROLLING, stage.clientWidth / width) : scale;
    arrange(frame, columns, width, stage.clientHeight * TALL);
    stage.classList.toggle("scrolls", scrolls);
    const transform = `scale(${shown})`;
    if (frame.style.transform !== transform) remeasure(frame);
    frame.style.transform = transform;
    frame.style.left = `${Math.max(0, (stage.clientWidth - width * shown) / 2)}px`;
    stage.closest("section").dataset.scale = shown.toFixed(2);
    stage.dataset.height = frame.offsetHeight;
  }

  /** Si el explorador creció (una respuesta, un panel que se abre), lo vuelve a encajar; pocas veces, para que nunca baile. */
  function watchStage(stage) {
    const frame = stage.firstElementChild;
    let [waiting, left] = [false, TRIES];
    for (const kind of ["pointerdown", "pointerup", "keyup", "input"]) stage.addEventListener(kind, () => { left = TRIES; }, true);
    new ResizeObserver(() => {
      if (waiting || left === 0 || Math.abs(frame.offsetHeight - Number(stage.dataset.height)) < 3) return;
      waiting = true;
      requestAnimationFrame(() => { waiting = false; left -= 1; fitStage(stage); });
    }).observe(frame);
  }

  /** Cuando cambia la escala de la pantalla, los exploradores miden otra vez sus dibujos. */
  function nudge() {
    document.querySelectorAll(".frame").forEach(remeasure);
  }

  function all() {
    document.querySelectorAll(".reveal .room").forEach(fitText);
    document.querySelectorAll(".reveal .stage").forEach((stage) => { fitStage(stage); watchStage(stage); });
  }

  return { all, nudge, spills };
})();
