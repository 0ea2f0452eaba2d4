// La CNN, dibujada: los mapas de una etapa en cuadrícula, el mapa ampliado, los productos y la imagen con su ventana.

const GAP = 3; // píxeles entre dos mapas

/** Cómo se acomodan los mapas de una etapa: [columnas, filas]. */
export function mosaicOf({ channels, side }) {
  const columns = side === 1 ? Math.min(STRIP, channels) : channels === 3 ? 3 : Math.ceil(Math.sqrt(channels));
  return [columns, Math.ceil(channels / columns)];
}

/** El mayor valor absoluto de unos números; 1 si todos son cero. */
export function reachOf(values) {
  let reach = 0;
  for (const x of values) reach = Math.max(reach, Math.abs(x));
  return reach || 1;
}

/** Los mapas de una etapa, uno bajo otro, en un lienzo de un píxel por valor: azul bajo cero, naranja sobre cero. */
export function stripOf({ channels, side, values }, reach, palette, canvas = document.createElement("canvas")) {
  if (canvas.width !== side || canvas.height !== side * channels) Object.assign(canvas, { width: side, height: side * channels });
  const context = canvas.getContext("2d");
  const data = context.createImageData(side, side * channels);
  const base = palette.surface;
  for (let i = 0; i < values.length; i++) {
    const end = values[i] < 0 ? palette.accent : palette.warm;
    const amount = Math.min(1, Math.abs(values[i]) / reach);
    for (let c = 0; c < 3; c++) data.data[4 * i + c] = base[c] + (end[c] - base[c]) * amount;
    data.data[4 * i + 3] = 255;
  }
  context.putImageData(data, 0, 0);
  return canvas;
}

/** Prepara un lienzo donde los píxeles se amplían sin suavizar: { context, width, height }, en píxeles de CSS. */
export function fit(canvas) {
  const fitted = fitCanvas(canvas);
  fitted.context.imageSmoothingEnabled = false;
  return fitted;
}

/** Dónde va cada mapa de una etapa en un lienzo: { size, place(canal) }. */
export function layoutOf(map, width, height) {
  const [columns, rows] = mosaicOf(map);
  const gap = map.side === 1 ? 1 : GAP;
  const size = Math.min((width - gap * (columns - 1)) / columns, (height - gap * (rows - 1)) / rows);
  return { size, gap, columns, rows, place: (c) => [(c % columns) * (size + gap), Math.floor(c / columns) * (size + gap)] };
}

/** Dibuja los mapas de una etapa: recuadra la celda elegida, si está aquí, o la ventana (`seen`) que mira la de más adelante. */
export function drawStage(canvas, map, strip, { palette, cell, seen, hidden }) {
  const { context, width, height } = fit(canvas);
  const { size, place } = layoutOf(map, width, height);
  for (let c = 0; c < map.channels; c++) {
    const [x, y] = place(c);
    if (hidden) {
      context.fillStyle = rgb(palette.raised);
      context.fillRect(x, y, size, size);
      if (map.side > 1) hatch(context, x, y, size, size, rgb(palette.muted, 0.35), 9);
    } else context.drawImage(strip, 0, c * map.side, map.side, map.side, x, y, size, size);
    context.strokeStyle = rgb(palette.muted, 0.55);
    context.lineWidth = 0.5;
    context.strokeRect(x, y, size, size);
  }
  if (hidden) return;
  const step = size / map.side;
  for (const c of seen?.channels ?? []) {
    const [x, y] = place(c);
    outline(context, x + seen.left * step, y + seen.top * step, seen.size * step, seen.size * step, rgb(palette.text), { least: 5, weight: 1.25 });
  }
  if (!cell) return;
  const [x, y] = place(cell[0]);
  if (map.side > 1) {
    context.strokeStyle = rgb(palette.text);
    context.lineWidth = 2;
    context.strokeRect(x, y, size, size);
  }
  outline(context, x + cell[2] * step, y + cell[1] * step, step, step, rgb(palette.warm), { least: 6, weight: 2 });
}

/** Celda [canal, fila, columna] de una etapa bajo el puntero, o `null` si no hay mapa ahí; lo que separa dos mapas es del primero. */
export function stageCell(event, canvas, map) {
  const { width, height } = sizeOf(canvas);
  const { size, gap, columns, rows } = layoutOf(map, width, height);
  const spot = spotIn(event, canvas).reverse();
  const [row, column] = spot.map((at) => Math.floor(at / (size + gap)));
  const channel = row * columns + column;
  if (row < 0 || column < 0 || row >= rows || column >= columns || channel >= map.channels) return null;
  const inside = spot.map((at, axis) => Math.floor(((at - [row, column][axis] * (size + gap)) / size) * map.side));
  return [channel, ...inside.map((at) => Math.min(map.side - 1, at))];
}

/** Un mapa ampliado, con su celda elegida. */
export function drawOneMap(canvas, map, strip, { palette, cell }) {
  const { context, width } = fit(canvas);
  const step = width / map.side;
  context.drawImage(strip, 0, cell[0] * map.side, map.side, map.side, 0, 0, width, width);
  context.strokeStyle = rgb(palette.muted, 0.4);
  context.lineWidth = 0.5;
  for (let i = 0; i <= map.side && step > 5; i++) {
    context.strokeRect(0, 0, i * step, width);
    context.strokeRect(0, 0, width, i * step);
  }
  outline(context, cell[2] * step, cell[1] * step, step, step, rgb(palette.warm));
}

/** Celda [fila, columna] de un mapa ampliado bajo el puntero. */
export function oneMapCell(event, canvas, { side }) {
  const box = canvas.getBoundingClientRect();
  const at = [(event.clientY - box.top) / box.height, (event.clientX - box.left) / box.width];
  return at.map((x) => Math.max(0, Math.min(side - 1, Math.floor(x * side))));
}

/** Una o dos cuadrículas de valores (lo que entra y los pesos, o los productos), lado a lado. */
export function drawGrids(canvas, grids, columns, palette) {
  const { context, width, height } = fit(canvas);
  const rows = Math.ceil(grids[0].values.length / columns);
  const gap = 18;
  const step = Math.min((width - gap * (grids.length - 1)) / (columns * grids.length), height / rows);
  grids.forEach(({ values, reach }, at) => {
    const left = at * (columns * step + gap);
    values.forEach((x, i) => {
      context.fillStyle = rgb(mix(palette.surface, x < 0 ? palette.accent : palette.warm, Math.min(1, Math.abs(x) / reach)));
      context.fillRect(left + (i % columns) * step, Math.floor(i / columns) * step, step, step);
    });
    context.strokeStyle = rgb(palette.muted, 0.6);
    context.lineWidth = 1;
    context.strokeRect(left + 0.5, 0.5, columns * step - 1, rows * step - 1);
    if (!at) return;
    context.fillStyle = rgb(palette.text);
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.font = "15px system-ui, sans-serif";
    context.fillText("×", left - gap / 2, (rows * step) / 2);
  });
}

/** La imagen, con la ventana de la celda elegida o el cursor del pincel. */
export function drawPicture(canvas, bitmap, { palette, window: seen, brush }) {
  const { context, width } = fit(canvas);
  const step = width / IMAGE_SIDE;
  context.drawImage(bitmap, 0, 0, width, width);
  if (seen) outline(context, seen.left * step, seen.top * step, seen.size * step, seen.size * step, rgb(palette.warm));
  if (!brush) return;
  context.fillStyle = rgb(brush.color, 0.7);
  context.fillRect(brush.left * step, brush.top * step, brush.size * step, brush.size * step);
  outline(context, brush.left * step, brush.top * step, brush.size * step, brush.size * step, rgb(palette.accent), { weight: 1.5 });
}
