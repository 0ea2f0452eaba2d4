// El constructor, dibujado: la imagen de 32 × 32, lo que una neurona mira de ella y dónde están sus vecinas.

const SIDE = 32; // píxeles de la imagen

/** Centros de las neuronas de un mapa a lo largo de un eje, en píxeles. */
export function centres({ start, jump, side }) {
  return Array.from({ length: side }, (_, i) => start + i * jump);
}

/** El trozo de plano que se dibuja: la imagen y todo lo que mira la neurona, con un margen: { low, size }. */
export function viewOf(box) {
  const low = Math.min(0, box?.low ?? 0);
  const high = Math.max(SIDE, box?.high ?? SIDE);
  const reach = Math.max(SIDE / 2 - low, high - SIDE / 2) * 1.06; // centrada en la imagen
  return { low: SIDE / 2 - reach, size: 2 * reach };
}

/** La imagen con el campo receptivo encima. Devuelve { element, update(fila) }. */
export function fieldPicture(source) {
  const id = uniqueId("rayas");
  const pattern = s("pattern", { id, width: 4, height: 4, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" });
  const stripe = s("rect", { width: 1, height: 4, class: "rc-b-stripe" });
  pattern.append(stripe);
  const padding = s("rect", { fill: `url(#${id})` });
  const photo = s("image", { href: source, x: 0, y: 0, width: SIDE, height: SIDE, style: "image-rendering:pixelated" });
  const dots = s("path", { class: "rc-b-dots" });
  const halo = s("rect", { class: "rc-b-halo" });
  const box = s("rect", { class: "rc-b-box" });
  const element = s("svg", { class: "rc-b-picture", role: "img" });
  element.append(pattern, padding, photo, dots, halo, box);
  const place = (rect, low, size) => Object.entries({ x: low, y: low, width: size, height: size }).forEach(([k, v]) => rect.setAttribute(k, v));
  const update = (seen, label) => {
    const own = fieldBox(seen);
    const { low, size } = viewOf(own);
    element.setAttribute("viewBox", `${low} ${low} ${size} ${size}`);
    element.setAttribute("aria-label", label);
    pattern.setAttribute("patternTransform", `rotate(45) scale(${size / 90})`);
    for (const rect of [padding, halo, box]) place(rect, own?.low ?? 0, own ? own.high - own.low : 0);
    const show = seen && seen.jump > 1 && seen.side <= 16;
    const at = show ? centres(seen) : [];
    const radius = size / 90;
    dots.setAttribute("d", at.flatMap((y) => at.map((x) => `M${x - radius} ${y}a${radius} ${radius} 0 1 0 ${2 * radius} 0a${radius} ${radius} 0 1 0 ${-2 * radius} 0`)).join(""));
  };
  return { element, update };
}
