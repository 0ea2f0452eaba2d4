// El entrenador, dibujado: el campo de probabilidad, la frontera, los puntos y las curvas.

export const SHARP = 2; // píxeles del lienzo por cada uno de CSS: con más no se ve mejor, y cuesta

/** De una coordenada del plano al lienzo, de lado `side`. */
export const toX = (x, side) => ((x + SPAN) / (2 * SPAN)) * side;
export const toY = (y, side) => ((SPAN - y) / (2 * SPAN)) * side;

/** 256 colores, de la clase 0 a la 1 pasando por el fondo, como enteros ABGR listos para un lienzo. */
export function fieldColors(palette) {
  const colors = new Uint32Array(256);
  for (let i = 0; i < 256; i++) {
    const p = i / 255;
    const [red, green, blue] = mix(palette.surface, p < 0.5 ? palette.accent : palette.warm, 0.12 + 0.5 * Math.abs(2 * p - 1));
    colors[i] = (255 << 24) | (blue << 16) | (green << 8) | red;
  }
  return colors;
}

/** Un pintor del campo: guarda el lienzo pequeño y sus píxeles, y los reutiliza. */
export function createFieldPainter() {
  const canvas = document.createElement("canvas");
  let [image, pixels] = [null, null];
  const paint = (context, field, fieldSide, side, colors) => {
    const wide = canvas.width !== fieldSide;
    if (wide) Object.assign(canvas, { width: fieldSide, height: fieldSide });
    const own = canvas.getContext("2d");
    if (wide || !image) {
      image = own.createImageData(fieldSide, fieldSide);
      pixels = new Uint32Array(image.data.buffer);
    }
    for (let i = 0; i < pixels.length; i++) pixels[i] = colors[(field[i] * 255.99) | 0];
    own.putImageData(image, 0, 0);
    context.imageSmoothingEnabled = true;
    const cell = side / (fieldSide - 1); // los valores están en los nudos: el dibujo se corre medio píxel
    context.drawImage(canvas, -cell / 2, -cell / 2, cell * fieldSide, cell * fieldSide);
  };
  return paint;
}

/**
 * Traza donde el campo vale `level` (cuadrados en marcha): segmentos de nudo a nudo, interpolados. Con `dotted`, solo
 * en una celda de cada dos: una línea de puntos.
 */
export function traceLevel(path, field, n, level, side, dotted = false) {
  const cell = side / (n - 1);
  const crossing = [0, 0, 0, 0, 0, 0, 0, 0];
  for (let r = 0; r + 1 < n; r++) {
    for (let c = 0; c + 1 < n; c++) {
      if (dotted && (r + c) % 2) continue;
      const at = r * n + c;
      const a = field[at] - level, b = field[at + 1] - level, d = field[at + n] - level, e = field[at + n + 1] - level;
      if ((a > 0) === (b > 0) && (b > 0) === (e > 0) && (e > 0) === (d > 0)) continue;
      let found = 0;
      if (a > 0 !== b > 0) found = cross(crossing, found, c + a / (a - b), r);
      if (b > 0 !== e > 0) found = cross(crossing, found, c + 1, r + b / (b - e));
      if (d > 0 !== e > 0) found = cross(crossing, found, c + d / (d - e), r + 1);
      if (a > 0 !== d > 0) found = cross(crossing, found, c, r + a / (a - d));
      for (let k = 0; k + 1 < found; k += 2) {
        path.moveTo(crossing[2 * k] * cell, crossing[2 * k + 1] * cell);
        path.lineTo(crossing[2 * k + 2] * cell, crossing[2 * k + 3] * cell);
      }
    }
  }
}

function cross(crossing, found, x, y) {
  crossing[2 * found] = x;
  crossing[2 * found + 1] = y;
  return found + 1;
}

/** Radio de un punto según cuántos hay. */
export const radiusFor = (total) => (total > 2500 ? 1.5 : total > 700 ? 2.1 : total > 300 ? 2.8 : 3.6);

/** Dibuja los puntos: círculos la clase 0, cuadrados la 1; con borde, para que se lean sobre su propio color. */
export function drawPoints(context, points, side, palette) {
  const radius = radiusFor(points.count);
  context.lineWidth = radius > 2 ? 1 : 0.5;
  for (const label of [0, 1]) {
    context.beginPath();
    for (let at = 0; at < points.count; at++) {
      if (points.labels[at] !== label) continue;
      const [x, y] = [toX(points.xy[2 * at], side), toY(points.xy[2 * at + 1], side)];
      const r = points.outside[at] ? Math.max(radius, 3.4) : radius;
      if (label) context.rect(x - r * 0.9, y - r * 0.9, r * 1.8, r * 1.8);
      else {
        context.moveTo(x + r, y);
        context.arc(x, y, r, 0, 2 * Math.PI);
      }
    }
    context.fillStyle = rgb(label ? palette.warm : palette.accent);
    context.strokeStyle = rgb(palette.surface);
    context.fill();
    context.stroke();
  }
}

/** El cuadrado de donde salen los ejemplos. */
export function drawDistribution(context, side, palette) {
  context.save();
  context.setLineDash([2, 4]);
  context.strokeStyle = rgb(palette.muted, 0.8);
  context.lineWidth = 1;
  const corner = toX(-1, side);
  context.strokeRect(corner, corner, side - 2 * corner, side - 2 * corner);
  context.restore();
}

/** Una línea de nivel con halo, para que se lea sobre cualquier color. */
export function drawLevel(context, path, palette, weight = 2) {
  context.save();
  context.lineCap = "round";
  context.strokeStyle = rgb(palette.surface, 0.85);
  context.lineWidth = weight + 2;
  context.stroke(path);
  context.strokeStyle = rgb(palette.text);
  context.lineWidth = weight;
  context.stroke(path);
  context.restore();
}

/** La cruz que el teclado mueve por el plano. */
export function drawCursor(context, [x, y], side, palette) {
  const [u, v] = [toX(x, side), toY(y, side)];
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
    top = Math.max(top, history.trainLoss[e], Math.min(history.testLoss[e], 3));
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
