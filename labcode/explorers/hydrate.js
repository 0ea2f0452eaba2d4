// Despierta los exploradores de una página sin Python: da a cada uno un modelo como el de anywidget e importa su
// código desde un blob (el navegador niega `import` de archivos abiertos desde el disco, y acepta un blob).
"use strict";

(function () {
  /** Un modelo con la cara del de anywidget: get, set, on, off, save_changes. */
  function createModel(state) {
    const values = { ...state };
    const listeners = new Map();
    const emit = (event) => [...(listeners.get(event) ?? [])].forEach((callback) => callback());
    return {
      get: (name) => values[name],
      set(name, value) {
        if (JSON.stringify(values[name]) === JSON.stringify(value)) return;
        values[name] = value;
        emit(`change:${name}`);
        emit("change");
      },
      on(event, callback) {
        listeners.set(event, [...(listeners.get(event) ?? []), callback]);
      },
      off(event, callback) {
        listeners.set(event, (listeners.get(event) ?? []).filter((own) => own !== callback));
      },
      save_changes: () => emit("saved"),
    };
  }

  /** Importa un módulo desde su texto. */
  async function importSource(source) {
    const address = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
    try {
      return (await import(address)).default;
    } finally {
      URL.revokeObjectURL(address);
    }
  }

  /** El estado de un explorador en la dirección (`#kernel=…`), o `null`. */
  function readHash(name) {
    return new URLSearchParams(location.hash.slice(1)).get(name);
  }

  /** Deja el estado en la dirección, sin mover la página ni llenar el historial. */
  function writeHash(name, text) {
    const known = Object.keys(window.labcodeExplorers);
    const old = new URLSearchParams(location.hash.slice(1));
    const others = [...old.keys()].filter((own) => !known.includes(own)); // lo que otro guion dejó, como la diapositiva en curso
    const entries = [...known, ...others].map((own) => [own, own === name ? text : old.get(own)]).filter(([, value]) => value);
    history.replaceState(history.state, "", `#${entries.map((pair) => pair.join("=")).join("&")}`);
  }

  /** Une el modelo con la dirección, en los dos sentidos. */
  function followHash(name, model, explorer) {
    const restore = () => {
      const text = readHash(name);
      const state = text && explorer.fromHash(text, model.get);
      if (state) Object.entries(state).forEach(([key, value]) => model.set(key, value));
    };
    restore();
    let timer = 0;
    model.on("saved", () => {
      clearTimeout(timer);
      timer = setTimeout(() => writeHash(name, explorer.toHash(model.get)), 150);
    });
    window.addEventListener("hashchange", restore);
  }

  /** Dice a la vista que un explorador no pudo despertar; el dibujo fijo queda. */
  function showFailure(root, error) {
    const message = document.createElement("p");
    message.setAttribute("role", "alert");
    message.className = "rc-failure";
    message.textContent = `Este explorador no pudo iniciarse (${error.message}). Arriba queda su dibujo fijo; recarguen la página o actualicen el navegador.`;
    root.append(message);
    root.dataset.ready = "false";
    console.error(error);
  }

  /** Despierta un explorador. */
  async function hydrate(root) {
    const name = root.dataset.explorer;
    const el = document.createElement("div");
    try {
      const source = window.labcodeExplorers?.[name];
      if (!source) throw new Error(`falta el código de «${name}»`);
      const state = root.querySelector('script[type="application/json"]');
      if (!state) throw new Error("falta su estado");
      const model = createModel(JSON.parse(state.textContent));
      const explorer = await importSource(source);
      followHash(name, model, explorer);
      root.append(el);
      await explorer.render({ model, el });
      root.dataset.ready = "true";
    } catch (error) {
      el.remove();
      showFailure(root, error);
    }
  }

  // En Safari 16, lo que hay dentro de un explorador (un contenedor) no se entera de que el tema cambió hasta que deja de serlo.
  new MutationObserver(() => {
    for (const box of document.querySelectorAll(".rc-x")) {
      box.style.containerType = "normal";
      box.getBoundingClientRect();
      box.style.containerType = "";
    }
  }).observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });

  function start() {
    document.querySelectorAll("[data-explorer]:not([data-ready])").forEach(hydrate);
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
