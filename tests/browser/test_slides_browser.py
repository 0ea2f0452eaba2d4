"""Las diapositivas en el navegador, abiertas desde el disco y sin red: caben, están en castellano y los exploradores viven."""

import re

import pytest
from conftest import PageFactory
from playwright.sync_api import Locator, Page, expect
from test_pages import AXE, ENGLISH, PAGES

CHAPTER = "07_convolucion_a_mano"
SMALL, LARGE = (1280, 720), (1920, 1080)
SLIDES = "section[data-kind]"
SMALLEST = 0.6  # con menos, la letra no se lee desde la sala

# Lo que se sale de una diapositiva; de una fórmula cuenta la caja, y de una figura, el dibujo entero.
SPILL = """(slide) => {
  const box = slide.getBoundingClientRect();
  const parts = [...slide.querySelectorAll('.room *, header *')].filter((e) => !e.closest('mjx-container *, svg *, .notes'));
  const out = parts.filter((e) => { const b = e.getBoundingClientRect(); return b.width && (b.left < box.left - 1 || b.right > box.right + 1 || b.bottom > box.bottom + 1 || b.top < box.top - 1); });
  const room = slide.querySelector('.room');
  const stage = slide.querySelector('.stage');
  const frame = stage?.firstElementChild.getBoundingClientRect();
  const area = stage?.getBoundingClientRect();
  return {
    out: out.map((e) => `${e.tagName}.${e.getAttribute('class') || ''}`).slice(0, 5),
    room: room ? window.labcodeFit.spills(room) : false,
    stage: stage ? frame.right > area.right + 1.5 || frame.left < area.left - 1.5 || (frame.bottom > area.bottom + 1.5 && !stage.matches('.scrolls')) : false,
    scale: Number(slide.dataset.scale ?? 1), kind: slide.dataset.kind, scrolls: Boolean(stage?.matches('.scrolls')), explorer: stage?.querySelector('[data-explorer]').dataset.explorer,
    name: slide.getAttribute('aria-label'),
  };
}"""
# Lo ancho de un dibujo: para quien lo dibuja, en la página, los píxeles que tiene y los que ocupa en la pantalla.
DRAWN = """(all) => all.map((e) => {
  const [own, seen] = [parseFloat(getComputedStyle(e).width), e.getBoundingClientRect().width];
  return e.tagName === 'CANVAS' ? [e.width / e.getContext('2d').getTransform().a, own, e.width, seen] : [e.viewBox.baseVal.width, own, seen, seen];
})"""
# Todo lo que se lee fuera del contenido, y los nombres de los botones.
CHROME = """() => {
  const outside = [...document.querySelectorAll('body *')].filter((e) => !e.closest('section, script, style'));
  const texts = outside.flatMap((e) => [...e.childNodes].filter((n) => n.nodeType === 3).map((n) => n.data.trim()));
  const names = [...document.querySelectorAll('body [title], body [aria-label], body [placeholder], body [alt]')]
    .flatMap((e) => ['title', 'aria-label', 'placeholder', 'alt'].map((a) => e.getAttribute(a)));
  return [document.title, ...texts, ...names].filter(Boolean);
}"""


def open_deck(page: PageFactory, name: str = CHAPTER, size: tuple[int, int] = SMALL, **options: object) -> Page:
    """Unas diapositivas ya acomodadas, sin red."""
    opened = page(f"diapositivas/{name}", size=size, **options)
    opened.context.set_offline(True)
    opened.wait_for_function("() => document.documentElement.dataset.deck === 'lista'", timeout=40_000)
    return opened


def number(page: Page) -> int:
    """El número de la diapositiva en curso."""
    return int(page.locator(".deck-bar output").inner_text().split("/")[0])


def measured(page: Page, which: str = f"{SLIDES}.present") -> list[dict]:
    """Lo que se sale de cada una de esas diapositivas."""
    return page.locator(which).evaluate_all(f"(all) => all.map({SPILL})")


def go_to(page: Page, name: str) -> Locator:
    """Lleva a la diapositiva de un explorador, y lo devuelve."""
    at = page.evaluate(f"(name) => [...document.querySelectorAll('{SLIDES}')].findIndex((s) => s.querySelector(`[data-explorer=${{name}}]`)) + 1", name)
    page.evaluate("(at) => { location.hash = `lamina=${at}`; }", at)
    root = page.locator(f'{SLIDES}.present [data-explorer="{name}"]')
    expect(root).to_have_attribute("data-ready", "true")
    return root


@pytest.mark.parametrize("name", [name for name in PAGES if re.match(r"\d\d_", name)])
def test_every_slide_fits(page: PageFactory, name: str) -> None:
    opened = open_deck(page, name, formulas=True)
    found = measured(opened, SLIDES)
    assert len(found) > 20 and not [slide for slide in found if slide["out"] or slide["room"] or slide["stage"]]
    assert not [slide for slide in found if slide["scale"] < SMALLEST]
    assert {slide["explorer"] for slide in found if slide["scrolls"]} <= {"builder"}  # una red larga no cabe de ningún modo
    assert opened.locator("mjx-merror").count() == 0 and opened.locator("section .math mjx-container").count() > 5


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["1280", "1920"])
def test_the_keys_go_through_all_the_slides(page: PageFactory, size: tuple[int, int]) -> None:
    opened = open_deck(page, size=size)
    total = opened.locator(SLIDES).count()
    seen = []
    for _ in range(3 * total):
        if number(opened) not in seen:
            seen.append(number(opened))
            (found,) = measured(opened)
            assert not (found["out"] or found["room"] or found["stage"]), found
        if number(opened) == total:
            break
        opened.keyboard.press("ArrowRight")
    assert seen == list(range(1, total + 1)) and total > 30
    opened.keyboard.press("Home")
    assert number(opened) == 1
    go_to(opened, "kernel")
    opened.evaluate("Reveal.prev()")
    opened.locator(f"{SLIDES}.present .matter").evaluate("(e) => { e.style.fontSize = '150px'; }")
    assert measured(opened)[0]["room"] and measured(opened)[0]["out"]  # la medida ve lo que se sale


@pytest.mark.parametrize("name", [CHAPTER, "05_l2"])
def test_nothing_is_in_english(page: PageFactory, name: str) -> None:
    opened = open_deck(page, name)
    opened.keyboard.press("?")
    expect(opened.get_by_role("dialog", name="Teclas")).to_be_visible()
    english = [text for text in opened.evaluate(CHROME) if text.strip().startswith((*ENGLISH, "Resume ", "Slide", "above", "below", "previous", "next", "Speaker"))]
    assert opened.evaluate("document.documentElement.lang") == "es" and not english, english
    opened.get_by_role("button", name="Cerrar").click()


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["1280", "1920"])
def test_an_explorer_is_dragged_and_keeps_its_arrows(page: PageFactory, size: tuple[int, int]) -> None:
    opened = open_deck(page, size=size)
    root = go_to(opened, "pattern")
    at = number(opened)
    root.get_by_role("button", name="Ver sin predecir").click()
    board = root.get_by_role("application")
    before = board.get_attribute("aria-label")
    box = board.bounding_box()
    opened.mouse.move(box["x"] + box["width"] * 0.67, box["y"] + box["height"] * 0.67)
    opened.mouse.down()
    opened.mouse.move(box["x"] + box["width"] * 0.33, box["y"] + box["height"] * 0.33, steps=5)
    opened.mouse.up()
    expect(board).not_to_have_attribute("aria-label", before)
    noise = root.get_by_role("slider", name="Ruido")
    track = noise.bounding_box()
    opened.mouse.click(track["x"] + track["width"] / 2, track["y"] + track["height"] / 2)
    assert 0.2 <= float(noise.input_value()) <= 0.3  # a cualquier escala, el clic cae donde se ve
    opened.keyboard.press("ArrowRight")
    opened.keyboard.press("ArrowRight")
    assert number(opened) == at and float(noise.input_value()) > 0.3
    opened.keyboard.press("Escape")
    assert opened.evaluate("document.activeElement === document.body") and not opened.locator(".reveal.overview").count()
    opened.keyboard.press("ArrowRight")
    assert number(opened) == at + 1
    found = opened.evaluate("location.hash")
    assert f"lamina={at + 1}" in found and "pattern=" in found


@pytest.mark.parametrize(
    "deck, name, drawings",
    [
        ("01_recordatorio", "image-vector", "canvas"), ("01_recordatorio", "what-changed", ".rc-wc-stage svg"),
        ("02_generalizacion", "trainer2d", "canvas"), ("05_l2", "lam", "svg.rc-chart, canvas"), ("06_batch_size", "valley", "canvas"),
        ("07_convolucion_a_mano", "kernel", "canvas.rc-canvas"), ("08_max_pooling", "shift", "canvas, svg.rc-plot"),
        ("09_capa_convolucional", "cnn", "canvas"),
        ("11_mas_datos", "data_size", "svg.rc-n-chart"), ("13_hasta_donde", "occlusion", "canvas"),
        ("13_hasta_donde", "temperature", "svg.rc-plot"), ("13_hasta_donde", "width", "svg.rc-plot"),
    ],
)  # fmt: skip
def test_a_drawing_grows_with_its_slide(page: PageFactory, deck: str, name: str, drawings: str) -> None:
    root = go_to(open_deck(page, deck, size=LARGE), name)
    if (skip := root.get_by_role("button", name="Ver sin predecir")).count():
        skip.click()
    expect(root.locator(f".rc-x :is({drawings}):visible").first).to_be_visible()
    assert root.evaluate("(e) => e.getBoundingClientRect().width / e.offsetWidth") > 1.05
    for _ in range(20):  # hasta que la diapositiva se reacomode y el explorador vuelva a dibujar
        root.page.wait_for_timeout(250)
        drawn = root.locator(f".rc-x :is({drawings}):visible").evaluate_all(DRAWN)
        if all(pixels == pytest.approx(seen, rel=0.04) for *_, pixels, seen in drawn):
            break
    assert drawn and all(box == pytest.approx(own, abs=1.5) for box, own, *_ in drawn), drawn  # las letras, como en la página
    assert all(pixels == pytest.approx(seen, rel=0.04) for *_, pixels, seen in drawn), drawn  # y nítidas


def test_the_pointer_finds_its_place_on_a_slide(page: PageFactory) -> None:
    root = go_to(open_deck(page, "01_recordatorio", size=LARGE), "what-changed")
    root.get_by_role("button", name="Ver sin predecir").click()
    stage, mark = root.locator(".rc-wc-stage").first, root.locator(".rc-wc-mark").first
    stage.hover()  # espera a que ya no se mueva
    ends = []
    for key in ("Home", "End"):
        stage.press(key)
        ends.append(mark.bounding_box())
    last = int(stage.get_attribute("aria-valuemax")) - 1
    first, step = ends[0]["x"] + ends[0]["width"] / 2, (ends[1]["x"] - ends[0]["x"]) / last
    for epoch in range(last + 1):
        for aside in (-0.45, 0.45):
            root.page.mouse.move(first + (epoch + aside) * step, ends[0]["y"] + 50)
            expect(stage).to_have_attribute("aria-valuenow", str(epoch + 1))


def test_a_remote_control_always_turns_the_page(page: PageFactory) -> None:
    opened = open_deck(page)
    root = go_to(opened, "pattern")
    at = number(opened)
    root.get_by_role("slider", name="Ruido").focus()
    opened.keyboard.press("PageDown")
    assert number(opened) == at + 1
    opened.keyboard.press("PageUp")
    assert number(opened) == at and opened.evaluate("document.activeElement === document.body")


def test_a_question_is_answered_and_the_next_class_finds_it_clean(page: PageFactory) -> None:
    opened = open_deck(page, "05_l2")
    root = go_to(opened, "quiz")
    root.get_by_role("radio").first.check()
    root.get_by_role("button", name="Comprobar").click()
    expect(root.locator(".rc-comment p")).to_have_count(1)
    assert not measured(opened)[0]["stage"]
    assert not opened.evaluate("() => Object.keys(localStorage)")  # ni queda para otra clase, ni para el capítulo
    opened.reload()
    opened.wait_for_function("() => document.documentElement.dataset.deck === 'lista'")
    expect(go_to(opened, "quiz").locator(".rc-comment p")).to_have_count(0)


def test_the_place_survives_a_reload_and_the_screen_can_change(page: PageFactory) -> None:
    opened = open_deck(page)
    go_to(opened, "kernel")
    at = number(opened)
    opened.reload()
    opened.wait_for_function("() => document.documentElement.dataset.deck === 'lista'")
    assert number(opened) == at
    opened.set_viewport_size({"width": 1920, "height": 1080})
    opened.wait_for_timeout(300)
    canvas = opened.locator(f"{SLIDES}.present canvas").first
    seen, drawn = canvas.bounding_box()["width"], canvas.evaluate("(e) => e.width / devicePixelRatio")
    assert abs(seen - drawn) <= 2  # el dibujo se rehízo a la nueva escala


def test_the_notes_open_in_their_own_window(page: PageFactory) -> None:
    opened = open_deck(page)
    with opened.expect_popup() as popup:
        opened.keyboard.press("s")
    notes = popup.value
    expect(notes).to_have_title("Notas del docente")
    expect(notes.locator("#where")).to_contain_text(re.compile(r"^1 de \d+"))
    opened.keyboard.press("s")  # otra vez: la misma ventana
    for _ in range(3):
        notes.keyboard.press("ArrowRight")
    expect(notes.locator("#where")).to_contain_text(re.compile(r"^4 de \d+ · Predice"))
    assert number(opened) == 4
    expect(notes.locator("#notes")).to_contain_text("Ya respondí")
    assert notes.locator("#next section").count() == 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colours_are_legible(page: PageFactory, scheme: str) -> None:
    opened = open_deck(page, "05_l2", scheme=scheme)
    assert opened.evaluate("document.documentElement.dataset.theme") == scheme
    opened.add_script_tag(path=str(AXE))
    for at in (1, 3, 6, 13, 24, 37):
        opened.evaluate("(at) => { location.hash = `lamina=${at}`; }", at)
        found = opened.evaluate("() => axe.run('.present:not(.stack), .deck-bar', {preload: false, runOnly: ['color-contrast', 'button-name', 'aria-valid-attr']})")
        faults = [node["html"][:120] for fault in found["violations"] for node in fault["nodes"]]
        assert not faults, (at, faults)
    opened.keyboard.press("t")
    assert opened.evaluate("document.documentElement.dataset.theme") != scheme


def test_it_prints_one_page_for_each_slide(page: PageFactory) -> None:
    opened = page("diapositivas/05_l2?print-pdf")
    opened.wait_for_function("() => document.documentElement.dataset.deck === 'lista'", timeout=40_000)
    opened.wait_for_function("() => document.querySelectorAll('.pdf-page').length > 0")
    total = opened.locator(SLIDES).count()
    printed = opened.pdf(prefer_css_page_size=True, print_background=True)
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == total
    assert opened.locator('[data-explorer="lam"] > .rc-static').evaluate("(e) => getComputedStyle(e).display") == "block"
