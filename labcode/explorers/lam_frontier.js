// El explorador «λ», en el plano: las regiones que traza la red de cada λ, su frontera, la verdadera y los ejemplos.

/** El panel de la frontera. Devuelve { element, update(red, descripción), retint() }: lo segundo, al cambiar de claro a oscuro. */
export function frontierPanel({ side: nodes, points, truth }, el) {
  const canvas = h("canvas", { class: "rc-frontier", role: "img" });
  const element = h("figure", { class: "rc-figure-box" },
    h("figcaption", {}, h("strong", {}, "La frontera, en el plano")), canvas);
  const examples = { count: points.length, labels: points.map((point) => point[2]), xy: points.flatMap(([x, y]) => [x, y]) };
  const paint = createFieldPainter();
  let palette = null;
  const update = (net, label) => {
    canvas.setAttribute("aria-label", label);
    const { context, width } = fitCanvas(canvas);
    if (!net) return;
    palette ??= Object.fromEntries(["accent", "warm", "surface", "text"].map((name) => [name, colorOf(el, `--x-${name}`)]));
    const field = fieldOf(net);
    paint(context, field, nodes, width, fieldColors(palette));
    drawPoints(context, examples, width, 1, palette);
    const [own, real] = [new Path2D(), new Path2D()];
    truth.forEach(([x, y]) => real.lineTo(toX(x, width, 1), toY(y, width, 1)));
    traceLevel(own, field, nodes, 0.5, width);
    context.setLineDash([1, 6]);
    drawLevel(context, real, palette, 2.5);
    context.setLineDash([]);
    drawLevel(context, own, palette);
  };
  return { element, update, retint: () => { palette = null; } };
}
