// Lo que hacen los botones «SVG» y «CSV» de una figura. Va entero en el `onclick` de cada uno, así que sirve igual en la página
// abierta desde el disco, en Jupyter y en Colab, sin otro guion ni red.
(function take(button) {
  const figure = button.closest("figure");

  /** El dibujo, con su tamaño propio y tinta oscura en lugar del color del texto de la página. */
  function drawing() {
    const copy = figure.querySelector("svg").cloneNode(true);
    const [, , width, height] = copy.getAttribute("viewBox").split(/\s+/);
    copy.setAttribute("width", `${width}pt`);
    copy.setAttribute("height", `${height}pt`);
    copy.removeAttribute("style");
    return new XMLSerializer().serializeToString(copy).replaceAll("currentColor", "#22272e");
  }

  /** Una celda escrita: con comillas si trae una coma o comillas, y «NaN» si no es un número finito. */
  function written(cell) {
    const text = cell === null ? "NaN" : String(cell);
    return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  }

  /** La tabla desplegada; empieza con la marca que hace que una planilla lea bien los acentos. */
  function table({ columns, groups }) {
    const rows = groups.flatMap(([head, body]) => {
      const count = Math.max(...body.map((column) => column?.length ?? 0));
      return Array.from({ length: count }, (_, i) => [...head, ...body.map((column) => (column ? column[i] : ""))]);
    });
    return `\ufeff${[columns, ...rows].map((row) => row.map(written).join(",")).join("\n")}\n`;
  }

  // Dentro de un `onclick`, `URL` a secas es la dirección del documento.
  const kind = button.dataset.take;
  const text = kind === "csv" ? table(JSON.parse(figure.querySelector("script.rc-table").textContent)) : drawing();
  const type = kind === "csv" ? "text/csv" : "image/svg+xml";
  const address = window.URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }));
  const link = Object.assign(document.createElement("a"), { href: address, download: `${figure.dataset.figure}.${kind}` });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => window.URL.revokeObjectURL(address), 1000);
})(this);
