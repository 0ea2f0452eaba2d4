// El constructor, en palabras: formas, fallas, campo receptivo, código de PyTorch y predicciones.

/** Una cantidad grande en millones (M) o miles de millones (G) si hace falta. */
export function large(n) {
  if (n < 1e6) return thousands(n);
  return n < 1e9 ? `${(n / 1e6).toFixed(1)} M` : `${(n / 1e9).toFixed(1)} G`;
}

/** Una forma como la escribe el texto del libro: alto × ancho × canales, o cuántos números. */
export function shapeText(shape) {
  if (!shape) return "—";
  if (shape.length === 1) return thousands(shape[0]);
  const [channels, height, width] = shape;
  return `${height}\u00a0×\u00a0${width}\u00a0×\u00a0${thousands(channels)}`;
}

/** El nombre corto de una capa, con el tamaño de su ventana. */
export function layerName({ kind, kernel }) {
  const short = { conv: "Conv", pool: "Pooling", norm: "Norm. por lote" }[kind] ?? KINDS[kind].name;
  return kernel ? `${short} ${kernel}\u00a0×\u00a0${kernel}` : short;
}

/** Lo demás que hay que saber de una capa. */
export function layerDetail({ kind, outputs, kernel, stride, padding, rate }) {
  if (kind === "conv") return [count(outputs, "filtro", "filtros"), stride > 1 && `paso ${stride}`, `relleno ${padding}`].filter(Boolean).join(", ");
  if (kind === "pool") return stride === kernel ? "" : `paso ${stride}`;
  if (kind === "dense") return count(outputs, "neurona", "neuronas");
  return kind === "dropout" ? `apaga ${rate}\u202f%` : "";
}

/** Por qué falla una capa y qué hacer, en castellano. */
export function failureText({ layer, error, inputs }) {
  const [height, width] = error.arrives.length === 3 ? error.arrives.slice(1) : [];
  switch (error.cause) {
    case "flat":
      return `Necesita un mapa con alto y ancho, y le llegan ${thousands(error.arrives[0])} números en fila. Va antes de «Aplanar».`;
    case "channels":
      return `Espera ${count(layer.inputs, "canal", "canales")} y le ${error.arrives[0] === 1 ? "llega" : "llegan"} ${error.arrives[0]}.`;
    case "small": {
      const what = layer.kind === "conv" ? "El núcleo" : "La ventana";
      const padded = layer.padding ? `, con su relleno, ${height + 2 * layer.padding}\u00a0×\u00a0${width + 2 * layer.padding}` : ` ${height}\u00a0×\u00a0${width}`;
      const remedy = layer.kind === "conv" ? "Agreguen relleno, achiquen el núcleo o agrupen menos." : "Quítenla, o agrupen menos antes.";
      return `${what} mide ${layer.kernel}\u00a0×\u00a0${layer.kernel} y el mapa mide${padded}: no cabe ni una vez. ${remedy}`;
    }
    case "unflattened":
      return `Falta aplanar: le llega un mapa de ${shapeText(error.arrives)} y una capa densa mira solo la última dimensión, que mide ${error.arrives.at(-1)}; espera ${thousands(inputs ?? layer.inputs)}. Pongan «Aplanar» antes.`;
    default:
      return `Espera ${thousands(layer.inputs)} números y le llegan ${thousands(error.arrives.at(-1))}.`;
  }
}

/** Qué sale al final de la red, y si sirve para diez clases. */
export function outputText({ rows, output }) {
  if (!rows.length) return "Todavía no hay capas: la imagen sale como entró.";
  if (output.length === 1) {
    const n = output[0];
    return n === 10 ? "Salen 10 números, uno por clase: sirve para CIFAR-10." : `La red funciona, pero ${n === 1 ? "sale" : "salen"} ${count(n, "número", "números")} y CIFAR-10 tiene 10 clases.`;
  }
  const silent = rows.some(({ layer, shape }) => layer.kind === "dense" && shape.length === 3);
  if (silent) return `Ojo: torch no falla, pero la capa densa se aplicó a cada fila del mapa por separado, y sale ${shapeText(output)}. Falta «Aplanar».`;
  return `La red funciona, pero sale un mapa de ${shapeText(output)} y CIFAR-10 tiene 10 clases: falta aplanar y una capa densa.`;
}

/** La recurrencia del campo receptivo en una capa, con los números puestos: [renglones]. */
export function fieldLines({ layer, seenBefore: before, seen }) {
  if (!seen) return [];
  const k = layer.kernel;
  if (layer.kind === "conv" || layer.kind === "pool") {
    return [`r = ${before.field} + (${k} − 1)·${before.jump} = ${seen.field}`, `salto = ${before.jump}·${layer.stride} = ${seen.jump}`];
  }
  if (layer.kind === "dense" && before.jump) return [`r = ${before.field} + (${before.side} − 1)·${before.jump} = ${seen.field}`, "mira el mapa entero"];
  return ["no cambia"];
}

/** Lo que una neurona de la capa alcanza a mirar, en una frase. */
export function fieldText(seen) {
  if (!seen) return "No se puede decir qué mira: una capa densa mezcló las columnas sin aplanar.";
  const { field, jump } = seen;
  const beyond = field > IMAGE_SHAPE[1] ? ", más que la imagen" : "";
  const apart = jump ? ` Dos vecinas miran a ${count(jump, "píxel", "píxeles")} de distancia.` : "";
  return `Cada neurona alcanza a mirar ${field}\u00a0×\u00a0${field} píxeles${beyond}.${apart}`;
}

/** La red como código de PyTorch. */
export function torchCode(layers, auto) {
  const lazy = (name) => (auto ? name.replace("nn.", "nn.Lazy") : name);
  const line = (layer) => {
    const { kind, inputs, outputs, kernel, stride, padding, rate } = layer;
    const first = auto ? [] : [inputs];
    const call = (name, values) => `${name}(${values.join(", ")})`;
    if (kind === "conv") {
      const extras = [stride > 1 && `stride=${stride}`, padding && `padding=${padding}`].filter(Boolean);
      return call(lazy("nn.Conv2d"), [...first, outputs, kernel, ...extras]);
    }
    if (kind === "pool") return call("nn.MaxPool2d", stride === kernel ? [kernel] : [kernel, `stride=${stride}`]);
    if (kind === "dense") return call(lazy("nn.Linear"), [...first, outputs]);
    if (kind === "norm") return call(lazy("nn.BatchNorm2d"), first);
    return call(KINDS[kind].torch, kind === "dropout" ? [rate / 100] : []);
  };
  return ["nn.Sequential(", ...layers.map((layer) => `    ${line(layer)},`), ")"].join("\n");
}

const of = (key) => NETWORKS.find(([name]) => name === key)[2];

/**
 * Las predicciones, en orden: red, pregunta, opciones [clave, texto, comentario] y la correcta, que se calcula.
 * El comentario de una equivocada termina con la respuesta (`truth`).
 */
export const PREDICTIONS = [
  {
    network: "vgg",
    question: () => `El MLP de la clase tiene ${thousands(traceNetwork(of("mlp")).parameters)} parámetros. ¿Y VGG-11, que es una red convolucional de once capas con pesos?`,
    options: [
      ["fewer", "Menos que el MLP", "Las convoluciones comparten sus pesos en toda la imagen, pero aquí son muchos canales: una sola capa de 512 a 512 tiene 512·(512·9 + 1)."],
      ["double", "Como el doble", "Miren las capas que van de 512 a 512 canales: una sola ya tiene seis veces los parámetros de todo el MLP."],
      ["tens", "Unas 25 veces más", "Casi todos están en las últimas convoluciones, donde hay más canales y menos píxeles."],
      ["hundreds", "Unas 250 veces más", "Sería así si sus capas fueran densas. Compartir los pesos ahorra, y mucho."],
    ],
    right: () => {
      const ratio = traceNetwork(of("vgg")).parameters / traceNetwork(of("mlp")).parameters;
      return ratio < 1 ? "fewer" : ratio < 8 ? "double" : ratio < 80 ? "tens" : "hundreds";
    },
    truth: () => `Son ${thousands(traceNetwork(of("vgg")).parameters)}.`,
  },
  {
    network: "vgg0",
    question: () => "La clase lista las capas de VGG-11 sin decir el relleno. Si se toma relleno 0, ¿dónde se rompe la red?",
    options: [
      ["first", "En la primera convolución", "Ahí todavía sobra: de 32 se pasa a 30. Cada convolución quita dos píxeles y cada pooling, la mitad."],
      ["late", "En el cuarto bloque", "El tercer bloque termina en 1\u00a0×\u00a01, y ahí una ventana de 3\u00a0×\u00a03 ya no cabe."],
      ["dense", "En la primera capa densa", "Antes de la densa hay trece convoluciones y poolings que achican el mapa, y se acaba antes de llegar."],
      ["never", "No se rompe", "Sin relleno el mapa se encoge con cada convolución y con cada pooling, y son trece capas de esas."],
    ],
    right: () => {
      const { failed, rows } = traceNetwork(of("vgg0"));
      if (failed < 0) return "never";
      if (failed === 0) return "first";
      return rows[failed].layer.kind === "dense" ? "dense" : "late";
    },
    truth: () => {
      const { failed, rows } = traceNetwork(of("vgg0"));
      return `Falla en la capa ${failed + 1}, la primera convolución del cuarto bloque, a la que le llega un mapa de ${shapeText(rows[failed].before)}.`;
    },
  },
  {
    network: "cnn",
    question: () => "En la CNN de la clase hay dos convoluciones y tres capas densas. ¿Qué parte de los parámetros está en las densas?",
    options: [
      ["little", "Menos de un 10\u202f%", "Al revés: las convoluciones comparten sus pesos y por eso tienen pocos."],
      ["half", "Cerca de la mitad", "Comparen la segunda convolución con la primera densa: a esta le llegan 400 números, y tiene un peso por cada par."],
      ["most", "Más de un 90\u202f%", "Las convoluciones hacen casi todo el cálculo con casi ningún parámetro."],
    ],
    right: () => {
      const share = denseShare();
      return share < 0.1 ? "little" : share < 0.9 ? "half" : "most";
    },
    truth: () => `En las densas está el ${Math.round(100 * denseShare())}\u202f%.`,
  },
  {
    network: "vgg",
    question: () => "Tras el último pooling de VGG-11 queda un mapa de 1\u00a0×\u00a01. ¿Cuántos píxeles de lado alcanza a mirar esa neurona?",
    options: [
      ["three", "3", "Eso mira cada convolución en el mapa que recibe. Pero ese mapa ya viene de otros, y cada uno agranda la mirada."],
      ["image", "32, la imagen entera", "Sería razonable que se detuviera ahí, pero la cuenta no sabe cuánto mide la imagen: sigue creciendo sobre el relleno."],
      ["beyond", "Más de 100", "Con cada pooling el salto se duplica, y las últimas convoluciones suman de a mucho. La mayor parte de lo que mira es relleno."],
    ],
    right: () => {
      const { field } = lastMap(of("vgg")).seen;
      return field <= 3 ? "three" : field <= 40 ? "image" : "beyond";
    },
    truth: () => `Son ${lastMap(of("vgg")).seen.field}.`,
  },
];

function denseShare() {
  const { rows, parameters } = traceNetwork(of("cnn"));
  return rows.filter(({ layer }) => layer.kind === "dense").reduce((sum, row) => sum + row.parameters, 0) / parameters;
}

function lastMap(layers) {
  return traceNetwork(layers).rows.findLast(({ shape }) => shape?.length === 3);
}

/** Juzga una respuesta: { right, text }; `null` si no es de las opciones. */
export function judgePrediction({ options, right, truth }, answer) {
  const found = options.find(([key]) => key === answer);
  if (!found) return null;
  return found[0] === right() ? { right: true, text: `¡Eso es! ${found[2]} ${truth()}` } : { right: false, text: `Todavía no. ${found[2]} ${truth()}` };
}

/** El estado como texto para la dirección de la página: la red y, tras «~», si las entradas se ajustan solas. */
export function builderToHash(get) {
  return `${networkToText(get("layers"))}~${get("auto") ? 1 : 0}`;
}

/** El estado que dice una dirección, ya comprobado; `null` si no se entiende. */
export function builderFromHash(text) {
  const [network, auto, ...rest] = text.split("~");
  const layers = networkFromText(network);
  return layers && !rest.length && (auto === "0" || auto === "1") ? { layers, auto: auto === "1" } : null;
}
