// El valle con ruido, dibujado: la pérdida, las partículas sobre ella y, debajo, cuántas hay en cada lugar.

const VIEW = 3; // se dibuja de −3 a 3
const BINS = 60;
const TOP_LOSS = 1.25;

/** Colores del explorador en el tema actual. */
export function valleyPalette(element) {
  const names = ["accent", "warm", "text", "muted", "raised"];
  return Object.fromEntries(names.map((name) => [name, colorOf(element, `--x-${name}`)]));
}

/** Cuántas partículas hay en cada tramo del eje. */
export function histogram(places) {
  const bars = new Array(BINS).fill(0);
  for (const x of places) {
    const at = Math.floor(((x + VIEW) / (2 * VIEW)) * BINS);
    bars[Math.max(0, Math.min(BINS - 1, at))] += 1;
  }
  return bars;
}

/** Dibuja una escena: `places` son los lugares de las partículas en este paso. */
export function drawValley(canvas, { world, places, palette }) {
  const { context, width, height } = fitCanvas(canvas);
  const floor = height * 0.56;
  const across = (x) => ((x + VIEW) / (2 * VIEW)) * width;
  const up = (y) => floor - (y / TOP_LOSS) * (floor - 14);
  const side = (x) => (x > world.ridge ? palette.accent : palette.warm);
  drawRidge(context, across(world.ridge), height, palette);
  drawBars(context, { bars: histogram(places), across, side, bottom: height - 8, reach: height * 0.25, palette });
  drawNames(context, { world, across, at: floor + 24, palette });
  context.beginPath();
  for (let x = -VIEW; x <= VIEW; x += 0.02) context.lineTo(across(x), up(lossAt(world, x)));
  context.strokeStyle = rgb(palette.text);
  context.lineWidth = 2.2;
  context.stroke();
  const balls = new Map([palette.accent, palette.warm].map((color) => [color, ballOf(color)]));
  for (const x of places) {
    const [left, top] = [across(Math.max(-VIEW, Math.min(VIEW, x))), up(lossAt(world, x)) - 5];
    context.drawImage(balls.get(side(x)), left - 5, top - 5, 10, 10);
  }
}

/** Una partícula, pintada una vez: copiarla doscientas veces es más rápido que dibujarla. */
function ballOf(color) {
  const ball = document.createElement("canvas");
  Object.assign(ball, { width: 40, height: 40 });
  const context = ball.getContext("2d");
  context.arc(20, 20, 16, 0, 2 * Math.PI);
  context.fillStyle = rgb(color, 0.5);
  context.fill();
  return ball;
}

/** La cima que separa los dos lados. */
function drawRidge(context, x, height, palette) {
  context.setLineDash([4, 5]);
  context.strokeStyle = rgb(palette.muted, 0.7);
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(x, 6);
  context.lineTo(x, height - 8);
  context.stroke();
  context.setLineDash([]);
}

/** El histograma de los lugares, con el color de cada lado. */
function drawBars(context, { bars, across, side, bottom, reach, palette }) {
  const most = Math.max(12, ...bars);
  const wide = (2 * VIEW) / BINS;
  bars.forEach((n, i) => {
    if (!n) return;
    const x = -VIEW + i * wide;
    context.fillStyle = rgb(side(x + wide / 2), 0.85);
    const tall = Math.max(2, (n / most) * reach);
    context.fillRect(across(x) + 0.5, bottom - tall, across(x + wide) - across(x) - 1, tall);
  });
  context.strokeStyle = rgb(palette.muted);
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(0, bottom + 0.5);
  context.lineTo(across(VIEW), bottom + 0.5);
  context.stroke();
}

/** El nombre de cada mínimo, debajo de él. */
function drawNames(context, { world, across, at, palette }) {
  context.font = "600 13px system-ui, sans-serif";
  context.textAlign = "center";
  context.fillStyle = rgb(palette.text);
  context.strokeStyle = rgb(palette.raised);
  context.lineWidth = 5;
  for (const [name, place] of [["filoso", world.sharp[0]], ["plano", world.flat[0]]]) {
    context.strokeText(name, across(place), at);
    context.fillText(name, across(place), at);
  }
}
