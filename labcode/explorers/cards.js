// «Tarjetas»: una tarjeta a la vez, dos montones. Se arrastra, se toca o se responde con las flechas.

const FAR = 70; // píxeles que hay que arrastrar una tarjeta para dejarla en un montón

/** La tarjeta que se arrastra hacia un lado. `onLean(lado)` avisa hacia dónde va y `onDrop(lado)`, dónde quedó. */
function draggable(element, { onLean, onDrop, enabled }) {
  let start = null;
  const sideOf = (x) => (Math.abs(x) < FAR ? -1 : x < 0 ? 0 : 1);
  const settle = () => {
    start = null;
    element.style.transform = "";
    element.classList.remove("rc-cards-held");
    onLean(-1);
  };
  element.addEventListener("pointerdown", (event) => {
    if (!enabled() || event.button > 0) return;
    start = event.clientX;
    element.setPointerCapture(event.pointerId);
    element.classList.add("rc-cards-held");
  });
  element.addEventListener("pointermove", (event) => {
    if (start === null) return;
    const x = event.clientX - start;
    element.style.transform = wantsStillness() ? `translateX(${x}px)` : `translateX(${x}px) rotate(${x / 40}deg)`;
    onLean(sideOf(x));
  });
  element.addEventListener("pointerup", (event) => {
    if (start === null) return;
    const side = sideOf(event.clientX - start);
    settle();
    if (side >= 0) onDrop(side);
  });
  element.addEventListener("pointercancel", settle);
}

/** Un montón: el botón que manda ahí la tarjeta y las que ya llegaron. Devuelve { element, button, update, lean }. */
function pile(side, name, { onSend, onRead }) {
  const send = button(side ? `${name} →` : `← ${name}`, () => onSend(side), { kind: "main", "data-pile": side });
  const title = h("p", { class: "rc-cards-pile-name" }, name);
  const list = h("ul", { class: "rc-cards-list" });
  const element = h("div", { role: "group", class: "rc-cards-pile", "aria-label": `Montón: ${name}` }, title, list);
  const update = (cards, shown) => {
    title.textContent = `${name} (${cards.length})`;
    list.replaceChildren(...cards.map(({ card, at, right }) => h("li", {}, button(`${right ? "✓" : "✗"} ${card.name}`, () => onRead(at), {
      kind: "chip", "aria-pressed": at === shown, "data-right": `${right}`, "data-card": at,
      "aria-label": `${card.name}: ${right ? "bien" : "respondida al revés"}. Leer su razón`,
    }))));
  };
  return { element, send, update, lean: (yes) => element.classList.toggle("rc-cards-lean", yes) };
}

function render({ model, el }) {
  const get = (name) => model.get(name);
  const view = { reading: -1, all: !get("predict") };
  const live = announcer();
  el.classList.add("rc-x", "rc-cards");

  const answersNow = () => filled(get("answers"), get("cards").length);
  const current = () => (view.reading >= 0 || view.all ? -1 : nextCard(orderOf(get("cards").length, get("seed")), answersNow()));
  const answer = (side) => {
    const at = current();
    if (at < 0) return;
    view.reading = at;
    change(model, { answers: answersNow().map((old, i) => (i === at ? side : old)) });
    refresh();
    (onward.hidden ? el.querySelector(".rc-cards-list button[aria-pressed=true]") : onward)?.focus({ preventScroll: true });
  };
  const read = (at) => {
    view.reading = at;
    refresh();
  };
  const onward = button("Siguiente tarjeta", () => {
    view.reading = -1;
    refresh();
    (current() >= 0 ? piles[0].send : again.hidden ? shuffle : again).focus({ preventScroll: true });
  }, { kind: "main", "data-action": "next" });
  const piles = get("piles").map((name, side) => pile(side, name, { onSend: answer, onRead: read }));

  const counter = h("span", { class: "rc-size", "data-part": "counter" });
  const tag = h("span", { class: "rc-tag" });
  const cardText = h("p", { class: "rc-cards-text" });
  const card = h("div", { class: "rc-cards-card", "data-part": "card" }, cardText);
  const verdict = h("p", { class: "rc-cards-verdict" });
  const reason = h("p", {});
  const said = h("div", { class: "rc-cards-said", role: "status" }, verdict, reason);
  const hint = h("p", { class: "rc-help" }, "Arrastren la tarjeta hacia un lado, usen los botones o respondan con las flechas ← y →.");
  const skip = button("Ver todas", () => { view.all = true; view.reading = -1; refresh(); }, { "data-action": "all" });
  const again = button("Repetir las falladas", () => restart(retried(get("cards"), answersNow()), get("seed")), { "data-action": "retry" });
  const shuffle = button("Barajar y empezar de nuevo", () => restart([], 1 + Math.floor(Math.random() * 9999)), { "data-action": "shuffle" });
  const sends = h("div", { class: "rc-cards-sends" }, piles.map((own) => own.send));
  const restart = (answers, seed) => {
    Object.assign(view, { reading: -1, all: false });
    change(model, { answers, seed });
    refresh();
    if (current() >= 0) piles[0].send.focus({ preventScroll: true });
  };

  draggable(card, {
    enabled: () => current() >= 0,
    onLean: (side) => piles.forEach((own, i) => own.lean(i === side)),
    onDrop: answer,
  });
  el.addEventListener("keydown", (event) => {
    const side = { ArrowLeft: 0, ArrowRight: 1 }[event.key];
    if (side === undefined || event.ctrlKey || event.metaKey || event.altKey || current() < 0) return;
    event.preventDefault();
    event.stopPropagation();
    answer(side);
  });

  const refresh = () => {
    const cards = get("cards");
    const answers = view.all ? cards.map((own) => own.bin) : answersNow();
    const score = scoreOf(cards, answers);
    if (view.reading >= 0 && answers[view.reading] < 0) view.reading = -1;
    const at = current();
    const shown = at >= 0 ? at : view.reading;
    const done = score.answered === score.total;
    tag.textContent = at >= 0 ? "Predice" : done ? "Explica" : "Prueba";
    counter.textContent = view.all ? `${score.total} tarjetas` : `${Math.min(score.total, score.answered + (at >= 0 ? 1 : 0))} de ${score.total} · ${score.right} bien`;
    card.hidden = shown < 0;
    card.dataset.live = at >= 0;
    cardText.textContent = shown >= 0 ? cards[shown].text : "";
    sends.hidden = hint.hidden = at < 0;
    const told = view.reading >= 0 ? verdictOf(cards[view.reading], answers[view.reading], get("piles")) : null;
    verdict.textContent = told ? told.title : view.all ? "Repartidas: toquen una para leer su razón." : done ? finalText(score) : "";
    reason.textContent = told ? cards[view.reading].why : "";
    said.dataset.kind = told ? (told.right ? "right" : "wrong") : "";
    said.hidden = !verdict.textContent;
    onward.hidden = at >= 0 || (done && view.reading < 0) || view.all;
    onward.textContent = done ? "Ver el resumen" : "Siguiente tarjeta";
    skip.hidden = view.all || done;
    again.hidden = view.all || !done || score.right === score.total;
    piles.forEach((own, side) => own.update(cards.map((one, i) => ({ card: one, at: i, right: answers[i] === one.bin }))
      .filter((one) => answers[one.at] >= 0 && one.card.bin === side), view.reading));
    if (at >= 0) live.say(`Tarjeta ${score.answered + 1} de ${score.total}: ${cards[at].text}`);
  };

  el.replaceChildren(
    h("div", { class: "rc-head" }, h("p", { class: "rc-title" }, `${get("piles")[0]} o no`), counter),
    h("div", { class: "rc-cards-table" },
      h("div", { class: "rc-cards-deck" }, h("div", { class: "rc-row" }, tag, h("p", { class: "rc-question" }, get("question"))), card, sends, hint, said, h("div", { class: "rc-row" }, onward)),
      piles.map((own) => own.element)),
    h("div", { class: "rc-row" }, again, shuffle, skip),
    live.element,
  );
  const stop = listen(model, ["answers", "seed", "cards"], coalesce(refresh));
  refresh();
  return () => {
    stop();
    live.stop();
  };
}

export default { render, toHash: cardsToHash, fromHash: cardsFromHash };
