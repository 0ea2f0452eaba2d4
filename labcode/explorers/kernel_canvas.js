// El explorador de núcleos, dibujado: imagen con su relleno, mapa de salida y la ventana iluminada.

const NUMBERS_FROM = 19; // píxeles de pantalla desde los que una celda muestra su número

/** Colores del explorador en el tema actual. */
export function paletteOf(element) {
  const names = ["accent", "warm", "surface", "raised", "text", "muted"];
  return Object.fromEntries(names.map((name) => [name, colorOf(element, `--x-${name}`)]));
}

/** Función valor → color de una salida: gris de 0 a `white`, o azul/naranja alrededor de 0 hasta `reach`. */
export function painter(kind, { white, reach }, palette) {
  if (kind === "gris") {
    return (x) => {
      const level = Math.round(255 * Math.min(1, Math.max(0, x / white)));
      return [level, level, level];
    };
  }
  const end = reach || 1;
  return (x) => mix(palette.surface, x < 0 ? palette.accent : palette.warm, Math.min(1, Math.abs(x) / end));
}

/** Negro o blanco, lo que mejor se lee sobre un color. */
export function inkOn([red, green, blue]) {
  const linear = [red, green, blue].map((x) => (x / 255) ** 2.2);
  return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] > 0.18 ? "#000" : "#fff";
}

/** Pinta una matriz en un lienzo pequeño: un píxel por valor. */
export function bitmapOf(matrix, paint) {
  const height = matrix.length;
  const width = matrix[0].length;
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width, height });
  const context = canvas.getContext("2d");
  const data = context.createImageData(width, height);
  let at = 0;
  for (const row of matrix) {
    for (const value of row) {
      const [red, green, blue] = paint(value);
      data.data.set([red, green, blue, 255], at);
      at += 4;
    }
  }
  context.putImageData(data, 0, 0);
  return canvas;
}

/** Prepara un lienzo para `rows` × `columns` celdas: su contexto, el lado de la celda y el origen. */
export function prepare(canvas, rows, columns) {
  const { context, width, height } = fitCanvas(canvas);
  context.imageSmoothingEnabled = false;
  const cell = width / Math.max(rows, columns, 1);
  return { context, cell, left: (width - cell * columns) / 2, top: (height - cell * rows) / 2 };
}

/** Rayas diagonales en una zona: lo que es relleno, lo que nadie mira, lo que falta por ver. */
export function hatch(context, x, y, width, height, color, gap = 7) {
  context.save();
  context.beginPath();
  context.rect(x, y, width, height);
  context.clip();
  context.strokeStyle = color;
  context.lineWidth = 1;
  context.beginPath();
  for (let at = -height; at < width; at += gap) {
    context.moveTo(x + at, y + height);
    context.lineTo(x + at + height, y);
  }
  context.stroke();
  context.restore();
}

/** Los números de cada celda, si caben. */
export function drawNumbers(frame, matrix, paint, digits) {
  const { context, cell, left, top } = frame;
  if (cell < NUMBERS_FROM) return;
  const longest = Math.max(...matrix.flat().map((x) => number(x, digits).length));
  const size = Math.min(cell * 0.42, (cell * 1.45) / longest);
  if (size < 7.5) return;
  context.font = `600 ${size}px system-ui, sans-serif`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  matrix.forEach((row, i) => row.forEach((value, j) => {
    context.fillStyle = inkOn(paint(value));
    context.fillText(number(value, digits), left + (j + 0.5) * cell, top + (i + 0.53) * cell);
  }));
}

/** Líneas entre celdas, cuando son grandes. */
export function drawGrid(frame, rows, columns, color) {
  const { context, cell, left, top } = frame;
  if (cell < 9) return;
  context.strokeStyle = color;
  context.lineWidth = 0.5;
  context.beginPath();
  for (let i = 0; i <= rows; i++) {
    context.moveTo(left, top + i * cell);
    context.lineTo(left + columns * cell, top + i * cell);
  }
  for (let j = 0; j <= columns; j++) {
    context.moveTo(left + j * cell, top);
    context.lineTo(left + j * cell, top + rows * cell);
  }
  context.stroke();
}

/** Un recuadro que se ve sobre cualquier fondo; nunca menor que `least` píxeles. */
export function outline(context, x, y, width, height, color, { least = 7, weight = 2.5 } = {}) {
  const growX = Math.max(0, (least - width) / 2);
  const growY = Math.max(0, (least - height) / 2);
  const box = [x - growX, y - growY, width + 2 * growX, height + 2 * growY];
  context.strokeStyle = "rgb(255 255 255 / .9)";
  context.lineWidth = weight + 2;
  context.strokeRect(...box);
  context.strokeStyle = color;
  context.lineWidth = weight;
  context.strokeRect(...box);
}

/** Dibuja la entrada con su relleno y, si hay celda elegida, la ventana que mira. */
export function drawInput(canvas, scene) {
  const { image, bitmap, paint, kernel, layer, cell: chosen, palette, output } = scene;
  const { padding, dilation, stride } = layer;
  const [height, width] = [image.length, image[0].length];
  const frame = prepare(canvas, height + 2 * padding, width + 2 * padding);
  const { context, cell } = frame;
  const inner = { ...frame, left: frame.left + padding * cell, top: frame.top + padding * cell };
  if (padding) {
    context.fillStyle = rgb(palette.raised);
    context.fillRect(frame.left, frame.top, (width + 2 * padding) * cell, (height + 2 * padding) * cell);
    hatch(context, frame.left, frame.top, (width + 2 * padding) * cell, (height + 2 * padding) * cell, rgb(palette.muted, 0.55));
  }
  context.drawImage(bitmap, inner.left, inner.top, width * cell, height * cell);
  drawGrid(inner, height, width, rgb(palette.muted, 0.5));
  drawNumbers(inner, image, paint, 1);
  if (output.length) drawUnseen(frame, scene);
  if (!chosen || !output.length) return;
  const k = kernel.length;
  const x = frame.left + chosen[1] * stride * cell;
  const y = frame.top + chosen[0] * stride * cell;
  const span = kernelSpan(k, dilation) * cell;
  if (dilation > 1) {
    context.strokeStyle = rgb(palette.warm);
    context.fillStyle = rgb(palette.warm, 0.45);
    for (let i = 0; i < k; i++) {
      for (let j = 0; j < k; j++) context.fillRect(x + j * dilation * cell, y + i * dilation * cell, cell, cell);
    }
  }
  outline(context, x, y, span, span, rgb(palette.warm));
}

/** Raya las últimas filas y columnas que ninguna ventana toca. */
export function drawUnseen({ context, cell, left, top }, { image, kernel, layer, palette }) {
  const rows = image.length + 2 * layer.padding;
  const columns = image[0].length + 2 * layer.padding;
  const lostRows = unseen(image.length, kernel.length, layer);
  const lostColumns = unseen(image[0].length, kernel.length, layer);
  const color = rgb(palette.warm, 0.85);
  hatch(context, left, top + (rows - lostRows) * cell, columns * cell, lostRows * cell, color, 5);
  hatch(context, left + (columns - lostColumns) * cell, top, lostColumns * cell, (rows - lostRows) * cell, color, 5);
}

/** Dibuja la salida: toda, o hasta `progress` celdas mientras se recorre; un velo si está por predecir. */
export function drawOutput(canvas, scene) {
  const { output, outputBitmap, outputPaint, cell: chosen, palette, progress, revealed } = scene;
  const rows = output.length;
  const columns = rows ? output[0].length : 0;
  const frame = prepare(canvas, revealed ? rows : 1, revealed ? columns : 1);
  const { context, cell, left, top } = frame;
  if (!revealed || !rows) {
    hatch(context, 0, 0, cell, cell, rgb(palette.muted, 0.4), 9);
    return frame;
  }
  context.drawImage(outputBitmap, left, top, columns * cell, rows * cell);
  drawGrid(frame, rows, columns, rgb(palette.muted, 0.5));
  drawNumbers(frame, output, outputPaint, 2);
  if (progress !== null) coverFrom(frame, progress, rows, columns, palette);
  if (chosen) outline(context, left + chosen[1] * cell, top + chosen[0] * cell, cell, cell, rgb(palette.warm));
  return frame;
}

/** Tapa las celdas que el recorrido aún no visita. */
export function coverFrom({ context, cell, left, top }, progress, rows, columns, palette) {
  const row = Math.floor(progress / columns);
  const column = progress % columns;
  context.fillStyle = rgb(palette.raised);
  if (row < rows) context.fillRect(left + column * cell, top + row * cell, (columns - column) * cell, cell + 0.5);
  if (row + 1 < rows) context.fillRect(left, top + (row + 1) * cell, columns * cell, (rows - row - 1) * cell);
}

/** La ventana, píxel por píxel: su valor y, debajo, el peso por el que se multiplica; rayado lo que cae en el relleno. */
export function drawWindow(canvas, terms, paint, palette) {
  const k = Math.sqrt(terms.length);
  const { context, cell } = prepare(canvas, k, k);
  const side = cell - 2;
  context.textAlign = "center";
  context.textBaseline = "middle";
  terms.forEach(({ pixel, weight, padded }, at) => {
    const [x, y] = [(at % k) * cell + 1, Math.floor(at / k) * cell + 1];
    const color = padded ? palette.surface : paint(pixel);
    context.fillStyle = rgb(color);
    context.fillRect(x, y, side, side);
    if (padded) hatch(context, x, y, side, side, rgb(palette.muted, 0.35), 6);
    const [value, times] = [number(pixel, 1), `×${factor(weight)}`];
    context.fillStyle = padded ? rgb(palette.text) : inkOn(color);
    context.font = `700 ${Math.min(13.6, (side * 1.6) / value.length)}px system-ui, sans-serif`;
    context.fillText(value, x + side / 2, y + side * 0.36);
    context.font = `${Math.min(11.5, (side * 1.75) / times.length)}px system-ui, sans-serif`;
    context.fillText(times, x + side / 2, y + side * 0.7);
  });
}
