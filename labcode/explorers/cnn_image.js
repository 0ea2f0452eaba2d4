// Las imágenes de los exploradores de la CNN: bytes [32, 32, 3], lo que se les pinta encima y las que trae el lector.

const PIXELS = 1024; // 32 × 32
const FINE = 8; // una foto se lleva a 256 × 256 y se promedia de a 8 × 8, como en Python

/** Lo pintado que dice un texto: corridas de «cuántos» y letra del color, o «-» si no se tocó; `null` si no se entiende. */
export function paintFrom(text, colors) {
  const paint = new Int8Array(PIXELS).fill(-1);
  if (text === "") return paint;
  if (!/^(\d{1,4}[a-z-])+$/.test(text)) return null;
  let at = 0;
  for (const [, count, letter] of text.matchAll(/(\d+)([a-z-])/g)) {
    const color = letter === "-" ? -1 : letter.charCodeAt(0) - 97;
    if (color >= colors || Number(count) < 1 || at + Number(count) > PIXELS) return null;
    paint.fill(color, at, (at += Number(count)));
  }
  return at === PIXELS ? paint : null;
}

/** Lo pintado como texto corto; "" si no hay nada. */
export function paintText(paint) {
  if (paint.every((color) => color < 0)) return "";
  const runs = [];
  for (let at = 0, start = 0; at < PIXELS; start = at) {
    while (at < PIXELS && paint[at] === paint[start]) at++;
    runs.push(`${at - start}${paint[start] < 0 ? "-" : String.fromCharCode(97 + paint[start])}`);
  }
  return runs.join("");
}

/** La imagen con lo pintado encima. */
export function composed(base, paint, colors) {
  const bytes = Uint8Array.from(base);
  paint.forEach((color, at) => { if (color >= 0) bytes.set(colors[color], 3 * at); });
  return bytes;
}

/** Pinta una línea de `width` píxeles de grueso entre dos celdas [fila, columna]; cambia `paint`. */
export function paintLine(paint, from, to, width, color) {
  const steps = Math.max(1, ...from.map((x, axis) => Math.abs(to[axis] - x)));
  const low = -Math.floor((width - 1) / 2);
  for (let step = 0; step <= steps; step++) {
    const [row, column] = from.map((x, axis) => Math.round(x + ((to[axis] - x) * step) / steps));
    for (let i = low; i < low + width; i++) {
      for (let j = low; j < low + width; j++) {
        const [r, c] = [row + i, column + j];
        if (r >= 0 && r < 32 && c >= 0 && c < 32) paint[32 * r + c] = color;
      }
    }
  }
}

/** Reduce una imagen RGBA de lado `side` (múltiplo de 32) a bytes [32, 32, 3]: la media de cada cuadro; lo transparente, blanco. */
export function shrinkPixels(rgba, side) {
  const block = side / 32;
  const sums = new Float64Array(3 * PIXELS);
  for (let at = 0; at < side * side; at++) {
    const to = 3 * (32 * Math.floor(at / side / block) + Math.floor((at % side) / block));
    const opaque = rgba[4 * at + 3] / 255;
    for (let c = 0; c < 3; c++) sums[to + c] += opaque * rgba[4 * at + c] + (1 - opaque) * 255;
  }
  return Uint8Array.from(sums, (sum) => Math.round(sum / block ** 2));
}

/** Bytes como texto en base64. */
export function textFrom(bytes) {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}

/** El cuadrado central de una imagen del lector, como bytes [32, 32, 3]. Nada sale del navegador. */
export async function readPicture(file) {
  const bitmap = await createImageBitmap(file);
  const side = Math.min(bitmap.width, bitmap.height);
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width: 32 * FINE, height: 32 * FINE });
  const context = canvas.getContext("2d");
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, (bitmap.width - side) / 2, (bitmap.height - side) / 2, side, side, 0, 0, canvas.width, canvas.height);
  return shrinkPixels(context.getImageData(0, 0, canvas.width, canvas.height).data, canvas.width);
}

/** Un lienzo de 32 × 32 con la imagen, para dibujarla agrandada. */
export function bitmapOfBytes(bytes) {
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width: 32, height: 32 });
  const context = canvas.getContext("2d");
  const data = context.createImageData(32, 32);
  for (let at = 0; at < PIXELS; at++) data.data.set([bytes[3 * at], bytes[3 * at + 1], bytes[3 * at + 2], 255], 4 * at);
  context.putImageData(data, 0, 0);
  return canvas;
}

/** Celda [fila, columna] de una imagen de 32 × 32 bajo el puntero; puede quedar fuera. */
export function pixelUnder(event, canvas) {
  const box = canvas.getBoundingClientRect();
  return [Math.floor(((event.clientY - box.top) / box.height) * 32), Math.floor(((event.clientX - box.left) / box.width) * 32)];
}

/** Elegir una imagen, o traer una propia. Devuelve { element, update(clave, hayPropia) }. */
export function pictureChooser(pictures, { onPick, onOwn }) {
  const note = h("p", { class: "rc-note", role: "status" });
  const read = async () => {
    const [file] = input.files;
    input.value = "";
    if (!file) return;
    try {
      onOwn(await readPicture(file));
      note.textContent = "Se recortó al centro y se redujo a 32 × 32. La imagen no salió de este navegador.";
    } catch {
      note.textContent = `«${file.name}» no se pudo leer como imagen: prueben con un archivo JPG, PNG o WebP.`;
    }
  };
  const input = h("input", { type: "file", accept: "image/*", class: "rc-hidden", tabindex: "-1", "aria-label": "Traer una imagen", onchange: read });
  const bring = button("Traer una imagen…", () => input.click(), { "data-action": "file" });
  const options = [...Object.entries(pictures).map(([key, { label }]) => [key, label]), ["propia", "La mía"]];
  const choices = choice("Imagen", options, onPick);
  choices.element.querySelector(".rc-row").append(bring, input);
  const own = choices.element.querySelector('[value="propia"]').parentNode;
  const update = (key, hasOwn) => {
    own.hidden = !hasOwn;
    choices.update(key);
  };
  return { element: h("div", { class: "rc-c-chooser" }, choices.element, note), update, quiet: () => { note.textContent = ""; } };
}
