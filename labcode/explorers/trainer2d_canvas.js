// El entrenador, dibujado: lo que lleva el plano además del campo, y las curvas.

export const SHARP = 2; // píxeles del lienzo por cada uno de CSS: con más no se ve mejor, y cuesta

/** El cuadrado de donde salen los ejemplos. */
export function drawDistribution(context, side, palette) {
  context.save();
  context.setLineDash([2, 4]);
  context.strokeStyle = rgb(palette.muted, 0.8);
  context.lineWidth = 1;
  const corner = toX(-1, side, SPAN);
  context.strokeRect(corner, corner, side - 2 * corner, side - 2 * corner);
  context.restore();
}

/** La cruz que el teclado mueve por el plano. */
export function drawCursor(context, [x, y], side, palette) {
  const [u, v] = [toX(x, side, SPAN), toY(y, side, SPAN)];
  for (const [color, weight] of [[palette.surface, 5], [palette.text, 2]]) {
    context.strokeStyle = rgb(color);
    context.lineWidth = weight;
    context.beginPath();
    for (const [du, dv] of [[1, 0], [0, 1]]) {
      context.moveTo(u - 11 * du, v - 11 * dv);
      context.lineTo(u - 4 * du, v - 4 * dv);
      context.moveTo(u + 4 * du, v + 4 * dv);
      context.lineTo(u + 11 * du, v + 11 * dv);
    }
    context.stroke();
  }
}

/** Marcas redondas de un eje: entre 3 y 6 números. */
export function ticksOf(low, high) {
  const step = [0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500].find((s) => (high - low) / s <= 5) ?? 1000;
  const first = Math.ceil(low / step - 1e-9);
  return Array.from({ length: Math.floor(high / step + 1e-9) - first + 1 }, (_, i) => (first + i) * step);
}

/** Los márgenes de las curvas, en píxeles: el deslizador «para aquí» se alinea con ellos. */
export const MARGIN = { left: 38, right: 12 };

/** Dibuja un panel: marcas, curvas de entrenamiento (gris) y prueba (verde), y hasta dónde se mira. */
function drawPanel({ context, palette }, box, { lists, epoch, span, low, high, label, level, at, foot }) {
  const x = (e) => box.left + (e / span) * (box.right - box.left);
  const y = (value) => box.bottom - ((Math.min(high, Math.max(low, value)) - low) / (high - low)) * (box.bottom - box.top);
  context.font = "12px system-ui, sans-serif";
  context.textBaseline = "middle";
  context.lineWidth = 1;
  for (const tick of ticksOf(low, high)) {
    context.strokeStyle = rgb(palette.border);
    context.strokeRect(box.left, y(tick), box.right - box.left, 0);
    context.fillStyle = rgb(palette.muted);
    context.textAlign = "right";
    context.fillText(number(tick), box.left - 6, y(tick));
  }
  if (foot) drawFoot(context, ticksOf(0, span), x, box, palette);
  context.textAlign = "left";
  context.fillStyle = rgb(palette.text);
  context.fillText(label, box.left, box.top - 10);
  if (level !== null) {
    context.setLineDash([2, 3]);
    context.strokeStyle = rgb(palette.text);
    context.strokeRect(box.left, y(level), box.right - box.left, 0);
    context.setLineDash([]);
  }
  for (const [list, color, weight] of lists) {
    context.strokeStyle = rgb(color);
    context.lineWidth = weight;
    context.beginPath();
    for (let e = 0; e <= epoch; e++) context.lineTo(x(e), y(list[e]));
    context.stroke();
  }
  context.strokeStyle = rgb(palette.text);
  context.lineWidth = 1.5;
  context.strokeRect(x(at), box.top, 0, box.bottom - box.top);
  for (const [list, color] of lists) {
    context.fillStyle = rgb(color);
    context.beginPath();
    context.arc(x(at), y(list[at]), 3.5, 0, 2 * Math.PI);
    context.fill();
  }
}

/** Las épocas, al pie de las curvas. */
function drawFoot(context, ticks, x, box, palette) {
  context.fillStyle = rgb(palette.muted);
  context.textAlign = "left";
  context.fillText("época", 0, box.bottom + 11);
  context.textAlign = "center";
  ticks.slice(1).forEach((tick) => context.fillText(tick, x(tick), box.bottom + 11));
}

/** Las curvas: exactitud arriba y pérdida abajo, hasta la época `epoch`, con la marca en la época `at`. */
export function drawCurves(canvas, { history, epoch, span, at, ceiling, palette }) {
  const { context, width, height } = fitCanvas(canvas, SHARP);
  let [low, top] = [100, 0.7];
  for (let e = 0; e <= epoch; e++) {
    low = Math.min(low, history.train[e], history.test[e]);
    for (const loss of [history.trainLoss[e], history.testLoss[e]]) if (loss > top) top = Math.min(loss, 3); // NaN e infinito no caben en un eje
  }
  const pair = (train, test) => [[train, palette.muted, 1.6], [test, palette.good, 2]];
  const sides = { left: MARGIN.left, right: width - MARGIN.right };
  const cut = Math.round(height * 0.6);
  drawPanel({ context, palette }, { ...sides, top: 22, bottom: cut - 8 }, {
    lists: pair(history.train, history.test), epoch, span, at, low: Math.max(0, Math.floor(low / 10) * 10), high: 100, label: "exactitud (%)", level: ceiling, foot: false,
  });
  drawPanel({ context, palette }, { ...sides, top: cut + 24, bottom: height - 20 }, {
    lists: pair(history.trainLoss, history.testLoss), epoch, span, at, low: 0, high: top, label: "pérdida", level: null, foot: true,
  });
}
