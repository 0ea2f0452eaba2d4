// Las formas de una capa convolucional, sin dibujo: qué sale, cuántos pesos, cuántos productos, y dónde torch se niega.
// Una entrada es { channels, height, width }; una capa, { inputs, outputs, kernel, stride, padding, dilation }.

/** Límites de cada ajuste: [menor, mayor]. El paso 0 se admite para ver qué dice torch. */
export const BOUNDS = {
  side: [1, 64], channels: [1, 16], inputs: [1, 16], outputs: [1, 32], kernel: [1, 11], stride: [0, 5], padding: [0, 5], dilation: [1, 4],
};
export const FIELDS = Object.keys(BOUNDS);

/** Capas con nombre: [clave, etiqueta, ajustes]. */
export const LAYER_PRESETS = [
  ["clase", "La de la clase", { side: 32, channels: 3, inputs: 3, outputs: 6, kernel: 5, stride: 1, padding: 0, dilation: 1 }],
  ["paso2", "3 × 3, paso 2", { side: 32, channels: 3, inputs: 3, outputs: 6, kernel: 3, stride: 2, padding: 0, dilation: 1 }],
  ["segunda", "La segunda de la clase", { side: 14, channels: 6, inputs: 6, outputs: 16, kernel: 5, stride: 1, padding: 0, dilation: 1 }],
  ["vgg", "3 × 3 con relleno 1", { side: 32, channels: 3, inputs: 3, outputs: 16, kernel: 3, stride: 1, padding: 1, dilation: 1 }],
  ["uno", "1 × 1", { side: 14, channels: 16, inputs: 16, outputs: 4, kernel: 1, stride: 1, padding: 0, dilation: 1 }],
  ["canales", "Una que falla", { side: 28, channels: 6, inputs: 3, outputs: 16, kernel: 5, stride: 1, padding: 0, dilation: 1 }],
];

/**
 * Lo que hace una capa con una entrada: { shape: [canales, alto, ancho], parameters, products }, o
 * { error: { cause, torch }, parameters } con el mensaje exacto de torch. `cause`: «stride», «channels» o «small».
 */
export function layerOutcome({ channels, height, width }, { inputs, outputs, kernel: k, stride, padding, dilation }) {
  const parameters = outputs * (inputs * k * k + 1);
  const fail = (cause, torch) => ({ error: { cause, torch }, parameters });
  if (stride < 1) return fail("stride", "non-positive stride is not supported");
  if (inputs !== channels) {
    return fail("channels", `Given groups=1, weight of size [${outputs}, ${inputs}, ${k}, ${k}], expected input[1, ${channels}, ${height}, ${width}] to have ${inputs} channels, but got ${channels} channels instead`);
  }
  const [rows, columns] = [height, width].map((n) => outputSize(n, k, { stride, padding, dilation }));
  if (!rows || !columns) {
    const span = kernelSpan(k, dilation);
    return fail("small", `Calculated padded input size per channel: (${height + 2 * padding} x ${width + 2 * padding}). Kernel size: (${span} x ${span}). Kernel size can't be greater than actual input size`);
  }
  return { shape: [outputs, rows, columns], parameters, products: rows * columns * outputs * inputs * k * k };
}

/** Lo mismo, con los ajustes del explorador (la entrada es cuadrada). */
export function outcomeOf(setting) {
  const { side, channels, ...layer } = setting;
  return layerOutcome({ channels, height: side, width: side }, layer);
}

/** Por qué falla y qué hacer, en castellano. */
export function refusalText({ side, channels, inputs, kernel: k, padding, dilation }, { cause }) {
  if (cause === "stride") return "Con paso 0 la ventana no avanza nunca: el paso tiene que ser al menos 1.";
  if (cause === "channels") {
    return `Llegan ${count(channels, "canal", "canales")} y cada núcleo tiene pesos para ${inputs}. Los canales de entrada de la capa no se eligen: son los que entrega lo de antes.`;
  }
  return impossibleText(side, side, k, { padding, dilation });
}

/** La pregunta de la predicción. */
export function shapeQuestion({ side, channels, inputs, outputs, kernel: k, stride, padding, dilation }) {
  const layer = layerPhrase(k, { stride, padding, dilation }).replace("un núcleo", `${outputs === 1 ? "un núcleo" : `${outputs} núcleos`}`);
  return `Entra un mapa de ${side} × ${side} × ${channels} en una capa que espera ${count(inputs, "canal", "canales")} y tiene ${layer}. ¿Qué forma sale?`;
}

/** Juzga una predicción { side, channels, fails }: { right, text }, y dice cuál fue el error. */
export function judgeShape(answer, setting) {
  const { side, inputs, outputs, kernel, stride, padding, dilation } = setting;
  const outcome = outcomeOf(setting);
  if (outcome.error) {
    const why = refusalText(setting, outcome.error);
    return answer.fails ? { right: true, text: `¡Eso es! ${why}` } : { right: false, text: `Todavía no: esta capa falla. ${why}` };
  }
  const [, rows] = outcome.shape;
  const truth = `Sale ${rows} × ${rows} × ${outputs}.`;
  if (answer.fails) return { right: false, text: `Todavía no: esta capa funciona. ${truth}` };
  const size = judgeSize(answer.side, side, kernel, { stride, padding, dilation });
  if (size.right && answer.channels === outputs) return { right: true, text: `¡Eso es! ${truth} Un mapa por núcleo.` };
  const slip = answer.channels === outputs ? "" : channelSlip(answer.channels, inputs, outputs);
  return { right: false, text: `${size.right ? "El lado está bien, los canales no." : size.text}${slip} ${truth}` };
}

function channelSlip(answer, inputs, outputs) {
  if (answer === inputs) return " Los canales que salen no son los que entran: son tantos como núcleos.";
  if (answer === inputs * outputs) return " Cada núcleo suma sus canales de entrada y da un solo mapa: no se multiplican.";
  return ` Cada núcleo da un mapa: con ${outputs} núcleos salen ${outputs}.`;
}

/** Una capa al azar para predecir; una de cada cinco falla. */
export function randomSetting(random = Math.random) {
  const pick = (low, high) => low + Math.floor(random() * (high - low + 1));
  const wanted = random() < 0.2;
  for (;;) {
    const channels = [1, 3, 3, 6, 8, 16][pick(0, 5)];
    const inputs = random() < 0.85 ? channels : pick(1, 8);
    const setting = { side: pick(4, 32), channels, inputs, outputs: pick(2, 16), kernel: pick(1, 7), stride: pick(1, 3), padding: pick(0, 2), dilation: random() < 0.85 ? 1 : 2 };
    if (Boolean(outcomeOf(setting).error) === wanted) return setting;
  }
}

/** Lo que se cuenta de una capa que funciona: renglones [qué, cuenta, resultado]. */
export function countLines({ inputs, outputs, kernel: k }, { shape, parameters, products }) {
  const lines = [["parámetros", `${outputs} · (${inputs} · ${k} · ${k} + 1)`, thousands(parameters)]];
  if (shape) lines.push(["productos", `${shape[1]} · ${shape[2]} · ${outputs} · ${inputs} · ${k} · ${k}`, thousands(products)]);
  return lines;
}

/** La capa como la escribe PyTorch. */
export function layerCode({ inputs, outputs, kernel, stride, padding, dilation }) {
  const extras = [stride !== 1 && `stride=${stride}`, padding && `padding=${padding}`, dilation > 1 && `dilation=${dilation}`].filter(Boolean);
  return `nn.Conv2d(${[inputs, outputs, `kernel_size=${kernel}`, ...extras].join(", ")})`;
}

/** El estado como texto para la dirección. */
export function shapesToHash(get) {
  return FIELDS.map(get).join(".");
}

/** El estado que dice una dirección, ya comprobado; `null` si no se entiende. */
export function shapesFromHash(text) {
  const parts = text.split(".");
  const fits = parts.length === FIELDS.length && parts.every((part, i) => {
    const [low, high] = BOUNDS[FIELDS[i]];
    return /^\d{1,2}$/.test(part) && Number(part) >= low && Number(part) <= high;
  });
  return fits ? Object.fromEntries(parts.map((part, i) => [FIELDS[i], Number(part)])) : null;
}
