// Las formas, dibujadas: las pilas de canales que entran y salen, la ventana y los núcleos.

const VIEW = { width: 680, height: 290, left: 12, right: 668, middle: 158 };
const HUES = ["#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#56B4E9", "#999933", "#7F7F7F"];
const TINTS = ["#d64545", "#3f9b4f", "#3f73c9"]; // rojo, verde y azul, si los canales son tres

/** El color del mapa que hace cada núcleo. */
export function hueOf(out) {
  return HUES[out % HUES.length];
}

/** Dónde va una pila de `planes` planos de `side` píxeles de lado; el de adelante es el primero: { x, y, step, side }. */
export function stackAt(planes, side, anchor) {
  const step = planes > 1 ? Math.min(11, 66 / (planes - 1)) : 0;
  const spread = step * (planes - 1);
  const x = anchor === "left" ? VIEW.left : VIEW.right - side - spread;
  return { x, y: VIEW.middle - side / 2 + spread / 2, step, side };
}

/** La geometría de todo el dibujo: la escala, las dos pilas y la ventana de la celda elegida. */
export function sceneShapes(setting, outcome, at) {
  const { side, channels, kernel, stride, padding, dilation, outputs } = setting;
  const padded = side + 2 * padding;
  const rows = outcome.shape?.[1] ?? 0;
  const unit = 190 / Math.max(padded, rows, 6);
  const input = stackAt(channels, padded * unit, "left");
  const output = stackAt(outputs, rows * unit, "right");
  const span = kernelSpan(kernel, dilation);
  const window = rows ? { x: input.x + at[1] * stride * unit, y: input.y + at[0] * stride * unit, side: span * unit } : null;
  const lost = stride > 0 ? unseen(side, kernel, { stride, padding, dilation }) : 0;
  return { unit, input, output, window, lost: rows ? lost : 0, padded, rows };
}

const rect = (x, y, width, height, extra) => `<rect x="${x.toFixed(1)}" y="${y.toFixed(1)}" width="${Math.max(0, width).toFixed(1)}" height="${Math.max(0, height).toFixed(1)}" ${extra}/>`;

/** Los planos de una pila, de atrás hacia adelante. */
function planes(stack, n, paintOf) {
  return Array.from({ length: n }, (_, i) => n - 1 - i).map((i) => paintOf(i, stack.x + i * stack.step, stack.y - i * stack.step)).join("");
}

function inputStack({ channels, padding, side }, scene) {
  const { input, unit } = scene;
  return planes(input, channels, (i, x, y) => {
    const inner = padding * unit;
    const tint = channels === 3 ? TINTS[i] : "var(--x-muted)";
    const around = padding ? rect(x, y, input.side, input.side, 'class="rc-s-pad"') : "";
    return around + rect(x + inner, y + inner, side * unit, side * unit, `class="rc-s-plane" style="--tint:${tint}"`);
  });
}

function outputStack({ outputs }, { output }, chosen) {
  return planes(output, outputs, (i, x, y) => rect(x, y, output.side, output.side, `class="rc-s-plane" style="--tint:${hueOf((chosen + i) % outputs)}"`));
}

/** Las últimas filas y columnas que ninguna ventana alcanza, rayadas. */
function lostBands({ input, unit, lost, padded }) {
  if (!lost) return "";
  const size = lost * unit;
  const edge = padded * unit;
  return rect(input.x, input.y + edge - size, edge, size, 'class="rc-s-lost"') + rect(input.x + edge - size, input.y, size, edge - size, 'class="rc-s-lost"');
}

/** La ventana en todos los canales, y las líneas que la unen con su celda. */
function windowMarks({ channels, kernel, dilation }, { input, output, unit, window }, at, hue) {
  const back = channels - 1;
  const taps = dilation > 1 ? Array.from({ length: kernel * kernel }, (_, i) =>
    rect(window.x + (i % kernel) * dilation * unit, window.y + Math.floor(i / kernel) * dilation * unit, unit, unit, `fill="${hue}" fill-opacity=".55"`)).join("") : "";
  const behind = back ? rect(window.x + back * input.step, window.y - back * input.step, window.side, window.side, `class="rc-s-window rc-s-behind" stroke="${hue}"`) : "";
  const [x, y] = [output.x + at[1] * unit, output.y + at[0] * unit];
  const lines = [[0, 0], [1, 0], [0, 1], [1, 1]].map(([i, j]) =>
    `<line x1="${(window.x + i * window.side).toFixed(1)}" y1="${(window.y + j * window.side).toFixed(1)}" x2="${(x + i * unit).toFixed(1)}" y2="${(y + j * unit).toFixed(1)}" class="rc-s-line" stroke="${hue}"/>`).join("");
  return behind + lines + taps + rect(window.x, window.y, window.side, window.side, `class="rc-s-window" stroke="${hue}" fill="${hue}" fill-opacity="${dilation > 1 ? 0.08 : 0.25}"`)
    + rect(x, y, unit, unit, `class="rc-s-cell" fill="${hue}"`);
}

/** El dibujo entero, como SVG. Sin salida (por predecir o porque falla), un signo en su lugar. */
export function shapesSvg(setting, outcome, { at, chosen, hidden }) {
  const scene = sceneShapes(setting, hidden ? {} : outcome, at);
  const hue = hueOf(chosen);
  const sign = hidden ? "?" : "✗";
  const end = scene.rows ? outputStack(setting, scene, chosen) + windowMarks(setting, scene, at, hue)
    : `<text x="560" y="${VIEW.middle + 24}" class="rc-s-sign" text-anchor="middle">${sign}</text>`;
  const stripes = '<pattern id="rc-s-stripes" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="2" height="6" class="rc-s-stripe"/></pattern>';
  return `<defs>${stripes}</defs>${inputStack(setting, scene)}${hidden ? "" : lostBands(scene)}${end}`;
}

/** Qué celda de la salida dice el puntero, sobre la pila que sale o sobre la que entra; `null` si ninguna. */
export function cellFrom(event, svg, setting, outcome) {
  if (!outcome.shape) return null;
  const box = svg.getBoundingClientRect();
  const scale = VIEW.width / box.width;
  const [x, y] = [(event.clientX - box.left) * scale, (event.clientY - box.top) * scale];
  const { unit, input, output, window, rows } = sceneShapes(setting, outcome, [0, 0]);
  const within = ({ x: left, y: top, side }) => x >= left && x < left + side && y >= top && y < top + side;
  const clip = (n) => Math.max(0, Math.min(rows - 1, n));
  if (within(output)) return [clip(Math.floor((y - output.y) / unit)), clip(Math.floor((x - output.x) / unit))];
  if (!within(input)) return null;
  return [y - input.y, x - input.x].map((n) => clip(Math.round((n - window.side / 2) / (setting.stride * unit))));
}

/** Un núcleo como ícono: una pila de láminas (hasta seis) con sus k × k pesos. */
export function kernelIcon({ inputs, kernel: k }, hue) {
  const layers = Math.min(6, inputs);
  const step = layers > 1 ? Math.min(3, 12 / (layers - 1)) : 0;
  const side = 24;
  const grid = Array.from({ length: k - 1 }, (_, i) => {
    const at = (side * (i + 1)) / k;
    return `M${at} 0V${side}M0 ${at}H${side}`;
  }).join("");
  const behind = Array.from({ length: layers - 1 }, (_, i) => // lo que asoma de cada lámina: una escuadra
    `M${1 + (i + 1) * step} ${13 - i * step}v${-step}h${side}v${side}h${-step}v${step - side}z`).join("");
  return `<svg viewBox="0 0 38 38" aria-hidden="true"><path d="M1 13h${side}v${side}H1z${behind}" fill="${hue}" stroke="${hue}" class="rc-s-sheet"/><path d="${grid}" transform="translate(1 13)" class="rc-s-grid"/></svg>`;
}
