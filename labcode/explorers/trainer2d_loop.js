// El motor de la animación: reparte el entrenamiento en cuadros, sin pasarse del tiempo de cada uno.

const FRAME = 8; // ms de cada cuadro para entrenar cuando se mira cómo cambia la frontera
const HURRY = 24; // y cuando solo importa llegar

/**
 * Un motor que entrena hasta una época. `work(deadline)` avanza y dice si terminó una época; `epoch()` dice por cuál
 * va; `draw(prisa)` pinta; `stopped(llegó)` avisa al detenerse. Si la página se oculta o el explorador sale de la
 * pantalla, espera.
 */
export function createLoop({ work, epoch, draw, stopped, failed }) {
  const state = { frame: 0, playing: false, hurry: false, goal: 0, perFrame: 1, visible: true, frames: 0 };
  const schedule = () => {
    if (state.playing && state.visible && !document.hidden && !state.frame) state.frame = requestAnimationFrame(tick);
  };
  const hold = () => {
    cancelAnimationFrame(state.frame);
    state.frame = 0;
  };
  const stop = () => {
    hold();
    const was = state.playing;
    state.playing = false;
    if (was) stopped(epoch() >= state.goal);
  };
  const tick = () => {
    state.frame = 0;
    const deadline = performance.now() + (state.hurry ? HURRY : FRAME);
    for (let done = 0; epoch() < state.goal && !failed();) {
      if (work(deadline)) done += 1;
      if (performance.now() >= deadline || (!state.hurry && done >= state.perFrame)) break;
    }
    state.frames += 1;
    if (epoch() >= state.goal || failed()) {
      stop();
      return;
    }
    draw(state.hurry);
    schedule();
  };
  const start = (goal, hurry) => {
    Object.assign(state, { playing: true, hurry, goal, perFrame: Math.ceil((goal - epoch()) / 300) });
    schedule();
  };
  const see = (visible) => {
    state.visible = visible;
    if (visible) schedule();
    else hold();
  };
  const onVisibility = () => (document.hidden ? hold() : schedule());
  document.addEventListener("visibilitychange", onVisibility);
  const close = () => {
    document.removeEventListener("visibilitychange", onVisibility);
    hold();
  };
  return { state, start, stop, see, close };
}
