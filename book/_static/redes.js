// Lo poco que la página hace por sí misma: la búsqueda en castellano, también abierta desde el disco.
"use strict";

(function () {
  if (typeof Documentation !== "undefined") {
    Documentation.addTranslations({
      locale: "es",
      messages: {
        "Search Results": "Resultados",
        "Searching": "Buscando",
        "Preparing search...": "Preparando la búsqueda…",
        "Hide Search Matches": "Quitar el resaltado de la búsqueda",
        "Search finished, found ${resultCount} page(s) matching the search query.":
          "Páginas encontradas: ${resultCount}.",
        "Your search did not match any documents. Please make sure that all words are spelled correctly and that you've selected enough categories.":
          "Ninguna página tiene eso. Revisen la ortografía o prueben con menos palabras.",
      },
      plural_expr: "n == 1 ? 0 : 1",
    });
  }
  // El extracto de cada resultado se lee con fetch, que el navegador niega en file://.
  if (location.protocol === "file:" && typeof DOCUMENTATION_OPTIONS !== "undefined") {
    DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;
  }

  // Al imprimir se ve todo: soluciones, respuestas y código.
  const opened = [];
  window.addEventListener("beforeprint", () => {
    for (const box of document.querySelectorAll("article details:not([open])")) {
      box.open = true;
      opened.push(box);
    }
  });
  window.addEventListener("afterprint", () => {
    while (opened.length) opened.pop().open = false;
  });

  // Una fórmula algo más ancha que la pantalla se achica hasta caber; si con eso no basta, se recorre, también con el teclado.
  const SMALLEST = 0.8;
  const isWide = (math) => math.scrollWidth > math.clientWidth + 1;
  function fitMath(root) {
    const boxes = Array.from(root.querySelectorAll("div.math"), (box) => [box, box.querySelector("mjx-container[display]") ?? box]);
    for (const [box] of boxes) box.style.removeProperty("--cabe");
    const shares = boxes.map(([, math]) => (isWide(math) ? math.clientWidth / (math.scrollWidth + 1) : 1));
    boxes.forEach(([box], i) => {
      if (shares[i] < 1 && shares[i] >= SMALLEST) box.style.setProperty("--cabe", shares[i].toFixed(3));
    });
    for (const [, math] of boxes) {
      if (isWide(math)) {
        math.tabIndex = 0;
        math.dataset.wide = "";
        math.setAttribute("role", "group");
        math.setAttribute("aria-label", "Fórmula ancha");
      } else if ("wide" in math.dataset) {
        for (const name of ["tabindex", "data-wide", "role", "aria-label"]) math.removeAttribute(name);
      }
    }
  }
  const fitAll = () => fitMath(document);
  window.addEventListener("load", () => {
    const started = window.MathJax && window.MathJax.startup && window.MathJax.startup.promise;
    if (started) started.then(fitAll);
  });
  window.addEventListener("resize", fitAll);
  document.fonts?.addEventListener("loadingdone", fitAll); // las letras de las fórmulas llegan después, y miden otra cosa
  document.addEventListener("toggle", (event) => fitMath(event.target), true); // lo plegado no tiene ancho hasta que se abre
})();
