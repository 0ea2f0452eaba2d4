// El campo de probabilidad de una red en el plano, dibujado: los colores de sus regiones, la frontera y los puntos.

/** De una coordenada del plano, que va de −span a span, al lienzo, de lado `side`. */
export const toX = (x, side, span) => ((x + span) / (2 * span)) * side;
export const toY = (y, side, span) => ((span - y) / (2 * span)) * side;

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
export function drawPoints(context, points, side, span, palette) {
  const radius = radiusFor(points.count);
  context.lineWidth = radius > 2 ? 1 : 0.5;
  for (const label of [0, 1]) {
    context.beginPath();
    for (let at = 0; at < points.count; at++) {
      if (points.labels[at] !== label) continue;
      const [x, y] = [toX(points.xy[2 * at], side, span), toY(points.xy[2 * at + 1], side, span)];
      const r = points.outside?.[at] ? Math.max(radius, 3.4) : radius;
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
