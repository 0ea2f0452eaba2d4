// Un entrenamiento en marcha: los lotes, las medidas de cada época y los pesos guardados para volver atrás.
// Depende solo de los ajustes (y de los puntos que se muevan): ni de la velocidad ni de cuándo se pausa.

export const MOMENTUM = 0.9;
export const MAX_EPOCHS = 2000;
const SLOTS = 64; // cuántas épocas se recuerdan; al llenarse, queda una de cada dos
const SCALE = Math.sqrt(3); // los puntos son uniformes en [−1, 1]: así entran con desviación 1

/** Los anchos de la red que piden unos ajustes: 2 entradas, las capas ocultas, 2 clases. */
export function sizesOf({ depth, width }) {
  return [2, ...Array.from({ length: depth }, () => width), 2];
}

const emptyHistory = () => Object.fromEntries(
  ["train", "test", "trainLoss", "testLoss", "outside", "memorized"].map((name) => [name, new Float32Array(MAX_EPOCHS + 1)]));

/** Empieza un entrenamiento desde cero y mide la red sin entrenar (época 0). */
export function createSession(settings) {
  const sizes = sizesOf(settings);
  const net = createNet(sizes, streamSeed(settings.seed, 2), Math.max(256, settings.batch_size));
  const training = trainingPoints(settings);
  const session = {
    settings, net, training, test: testPoints(settings), corner: cornerPoints(settings.data),
    order: Int32Array.from({ length: training.capacity }, (_, i) => i), shuffled: 0, cursor: 0,
    epoch: 0, steps: 0, diverged: false,
    random: randomFrom(streamSeed(settings.seed, 3)), luck: randomFrom(streamSeed(settings.seed, 4)),
    labels: new Uint8Array(net.rows), history: emptyHistory(), measured: { accuracy: 0, loss: 0, memorized: 0 },
    snapshots: { every: 1, count: 0, epochs: new Int32Array(SLOTS), weights: new Float64Array(SLOTS * net.parameters.length) },
    dropout: settings.dropout ? {
      scale: 1 / (1 - settings.dropout),
      masks: net.layers.slice(0, -1).map(({ outputs }) => new Uint8Array(net.rows * outputs)),
    } : null,
  };
  record(session);
  return session;
}

/** Baraja los ejemplos para una vuelta nueva (Fisher y Yates). */
function shuffle(session) {
  const { order, random, training: { count } } = session;
  if (session.shuffled !== count) {
    for (let i = 0; i < count; i++) order[i] = i;
    session.shuffled = count;
  }
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    const kept = order[i];
    order[i] = order[j];
    order[j] = kept;
  }
}

/** Sortea qué neuronas se callan en este paso. */
function drawMasks({ net, dropout, luck, settings }, rows) {
  for (let l = 0; l < dropout.masks.length; l++) {
    const mask = dropout.masks[l];
    const total = rows * net.layers[l].outputs;
    for (let i = 0; i < total; i++) mask[i] = luck() < settings.dropout ? 0 : 1;
  }
}

/** Copia `rows` puntos a la entrada de la red: los de `order` desde `from`, o los de la lista misma. */
function load(net, points, from, rows, order = null) {
  const input = net.values[0];
  for (let row = 0; row < rows; row++) {
    const at = order ? order[from + row] : from + row;
    input[2 * row] = points.xy[2 * at] * SCALE;
    input[2 * row + 1] = points.xy[2 * at + 1] * SCALE;
  }
}

/** Un paso de descenso con el lote siguiente. Devuelve `true` si con él terminó una época. */
export function trainStep(session) {
  const { net, training, settings, labels, order, dropout } = session;
  if (session.shuffled !== training.count) session.cursor = 0; // entraron o salieron puntos: la vuelta empieza otra vez
  if (session.cursor === 0) shuffle(session);
  const count = session.shuffled;
  const rows = Math.min(settings.batch_size, count - session.cursor);
  load(net, training, session.cursor, rows, order);
  for (let row = 0; row < rows; row++) labels[row] = training.labels[order[session.cursor + row]];
  if (dropout) drawMasks(session, rows);
  forward(net, rows, dropout);
  const loss = softmaxLoss(net, labels, rows);
  backward(net, rows, dropout ? dropout.scale : 1);
  descend(net, { rate: settings.learning_rate, momentum: MOMENTUM, lam: settings.lam });
  session.steps += 1;
  session.cursor += rows;
  if (!Number.isFinite(loss)) session.diverged = true;
  if (session.cursor < count) return false;
  session.cursor = 0;
  session.epoch += 1;
  record(session);
  return true;
}

/** Entrena hasta terminar una época o hasta que `clock()` llegue a `deadline`. Devuelve si terminó la época. */
export function advance(session, deadline, clock) {
  while (!session.diverged) {
    if (trainStep(session)) return true;
    if (clock() >= deadline) return false;
  }
  return false;
}

/** Mide exactitud (en porcentaje), pérdida y etiquetas cambiadas que la red ya repite. Escribe en `result`. */
export function measure(net, points, result) {
  let right = 0;
  let loss = 0;
  let memorized = 0;
  const logits = net.values[net.values.length - 1];
  for (let from = 0; from < points.count; from += net.rows) {
    const rows = Math.min(net.rows, points.count - from);
    load(net, points, from, rows);
    forward(net, rows);
    for (let row = 0; row < rows; row++) {
      const label = points.labels[from + row];
      const margin = logits[2 * row + label] - logits[2 * row + 1 - label];
      const hit = margin > 0 || (margin === 0 && label === 0) ? 1 : 0; // un empate cuenta como clase 0
      right += hit;
      memorized += hit * points.wrong[from + row];
      loss += margin > 0 ? Math.log1p(Math.exp(-margin)) : Math.log1p(Math.exp(margin)) - margin;
    }
  }
  result.accuracy = (100 * right) / points.count;
  result.loss = loss / points.count;
  result.memorized = memorized;
  return result;
}

/** Mide la época que terminó y, cada tanto, guarda sus pesos. */
export function record(session) {
  const { net, history, epoch, measured, snapshots } = session;
  measure(net, session.training, measured);
  history.train[epoch] = measured.accuracy;
  history.trainLoss[epoch] = measured.loss;
  history.memorized[epoch] = measured.memorized;
  measure(net, session.test, measured);
  history.test[epoch] = measured.accuracy;
  history.testLoss[epoch] = measured.loss;
  measure(net, session.corner, measured);
  history.outside[epoch] = measured.accuracy;
  if (epoch % snapshots.every === 0) keep(snapshots, epoch, net.parameters);
}

/** Guarda los pesos de una época; si ya no cabe, olvida una de cada dos. */
function keep(snapshots, epoch, parameters) {
  const size = parameters.length;
  if (snapshots.count === SLOTS) {
    for (let i = 1; 2 * i < SLOTS; i++) {
      snapshots.weights.copyWithin(i * size, 2 * i * size, (2 * i + 1) * size);
      snapshots.epochs[i] = snapshots.epochs[2 * i];
    }
    snapshots.count = SLOTS / 2;
    snapshots.every *= 2;
    if (epoch % snapshots.every) return;
  }
  snapshots.weights.set(parameters, snapshots.count * size);
  snapshots.epochs[snapshots.count] = epoch;
  snapshots.count += 1;
}

/** El lugar de la época guardada más cercana a `epoch`. */
export function snapshotNear({ count, epochs }, epoch) {
  let best = 0;
  for (let i = 1; i < count; i++) if (Math.abs(epochs[i] - epoch) < Math.abs(epochs[best] - epoch)) best = i;
  return best;
}

/** La misma red con los pesos de una época guardada (comparte todo lo demás). */
export function netAt({ net, snapshots }, slot) {
  const size = net.parameters.length;
  return { ...net, parameters: snapshots.weights.subarray(slot * size, (slot + 1) * size) };
}

/** La probabilidad de la clase 1 en una cuadrícula de side × side sobre [−SPAN, SPAN]², de arriba abajo. */
export function probabilityField(net, side, out) {
  const input = net.values[0];
  const logits = net.values[net.values.length - 1];
  const step = (2 * SPAN) / (side - 1);
  const total = side * side;
  for (let from = 0; from < total; from += net.rows) {
    const rows = Math.min(net.rows, total - from);
    for (let row = 0; row < rows; row++) {
      const at = from + row;
      input[2 * row] = (-SPAN + (at % side) * step) * SCALE;
      input[2 * row + 1] = (SPAN - Math.floor(at / side) * step) * SCALE;
    }
    forward(net, rows);
    for (let row = 0; row < rows; row++) out[from + row] = 1 / (1 + Math.exp(logits[2 * row] - logits[2 * row + 1]));
  }
}

/** La probabilidad de la clase 1 en un punto. */
export function probabilityAt(net, x, y) {
  net.values[0].set([x * SCALE, y * SCALE]);
  forward(net, 1);
  const [zero, one] = net.values[net.values.length - 1];
  return 1 / (1 + Math.exp(zero - one));
}
