"""El explorador «¿Qué cambió?» en la página: se adivina, se compara, se recorre, y si no hay medidas lo dice."""

import re

from conftest import SIZES, VIEWS, PageFactory
from playwright.sync_api import Locator, Page, expect
from test_explorers_browser import explorer
from test_pages import AXE, OVERFLOW, violations

CHAPTER = "01_recordatorio"
FACTORS = ("Tamaño de lote", "Optimizador", "Normalización", "Tamaño de la red", "Tasa de aprendizaje")


def alive(page: Page) -> Locator:
    """El explorador con sus curvas."""
    root = explorer(page, "what-changed")
    expect(root.locator(".rc-wc-stage").first).to_be_visible()
    return root


def answer(root: Locator, name: str) -> str:
    """Elige un factor, comprueba y da el comentario."""
    root.locator(".rc-gate").get_by_role("radio", name=name, exact=True).check()
    root.get_by_role("button", name="Comprobar").click()
    return root.locator(".rc-feedback").inner_text()


def truth(text: str) -> str:
    """El factor que, según el comentario, cambió."""
    named = {"el tamaño de lote": FACTORS[0], "el optimizador": FACTORS[1], "la normalización": FACTORS[2], "el tamaño de la red": FACTORS[3], "la tasa de aprendizaje": FACTORS[4]}  # fmt: skip
    return named[re.search(r"Cambió (.+?):", text)[1]]


@SIZES
def test_guess_and_be_told_why(page: PageFactory, size):
    root = alive(page(CHAPTER, size=size))
    expect(root.locator(".rc-wc-all")).to_be_hidden()
    root.get_by_role("button", name="Comprobar").click()
    expect(root.get_by_text("Elijan primero una de las cinco")).to_be_visible()
    said = answer(root, FACTORS[0])
    right = truth(said)
    assert said.startswith("¡Eso es!" if right == FACTORS[0] else "Todavía no.")
    expect(root.locator(".rc-wc-all")).to_be_visible()
    expect(root.locator(".rc-wc-all input:checked + span")).to_have_text(right.lower())
    root.get_by_role("button", name="Volver al inicio").click()
    root.get_by_role("button", name="Otro caso").click()
    expect(root.locator(".rc-wc-all")).to_be_hidden()
    expect(root.locator(".rc-head .rc-size")).to_contain_text("Caso 2 de")


def test_a_wrong_guess_draws_its_closest_curve(page: PageFactory):
    root = alive(page(CHAPTER))
    drawn = root.locator(".rc-wc-stage").first.locator("path[data-line]")
    expect(drawn).to_have_count(2)
    first = answer(root, FACTORS[0])
    if first.startswith("¡Eso es!"):
        expect(drawn).to_have_count(2)
        root.get_by_role("button", name="Otro caso").click()
        first = answer(root, FACTORS[0])
    assert first.startswith("Todavía no.")
    if "todavía no hay curvas" not in first:
        expect(drawn).to_have_count(3)
        expect(root.locator(".rc-wc-legend").first).to_contain_text("lo más parecido con lo que eligieron")


def test_the_right_answers_are_counted(page: PageFactory):
    opened = page(CHAPTER)
    root = alive(opened)
    right = truth(answer(root, FACTORS[4]))
    opened.reload()
    root = alive(opened)
    assert answer(root, right).startswith("¡Eso es!")
    expect(root.locator(".rc-head .rc-size")).to_contain_text("1 acierto de 1")


def test_what_was_said_of_a_case_does_not_stay_in_another(page: PageFactory):
    opened = page(f"{CHAPTER}#what-changed=3.accuracy")
    root = alive(opened)
    said, gate = root.locator(".rc-feedback"), root.locator(".rc-gate")
    for leave in (lambda: root.get_by_role("button", name="Volver al inicio").click(), lambda: opened.evaluate("() => { location.hash = 'what-changed=2.accuracy'; }")):
        answer(root, FACTORS[4])
        expect(said).not_to_be_empty()
        leave()
        expect(said).to_be_empty()
        expect(root.locator(".rc-wc-stage").first.locator("path[data-line]")).to_have_count(2)
        right = root.locator(".rc-wc-truth").inner_text()
        expect(root.locator(".rc-wc-all input:checked + span")).to_have_text(truth(right).lower())
        root.get_by_role("button", name="Otro caso").click()
        expect(gate.locator("input:checked")).to_have_count(0)
        expect(root.locator(".rc-wc-truth")).to_be_empty()


def test_keyboard_reads_the_curves(page: PageFactory):
    opened = page(CHAPTER)
    root = alive(opened)
    stage = root.locator(".rc-wc-stage").first
    stage.focus()
    opened.keyboard.press("Home")
    reading = root.locator(".rc-wc-reading").first
    expect(reading).to_contain_text("Época 1:")
    opened.keyboard.press("ArrowRight")
    expect(reading).to_contain_text("Época 2:")
    expect(stage).to_have_attribute("aria-valuetext", re.compile(r"Época 2: base: .+ · otra: "))
    opened.keyboard.press("Home")
    before = reading.inner_text()
    root.get_by_role("radio", name="pérdida").check()
    expect(reading).not_to_have_text(before)
    expect(reading).to_contain_text("Época 1:")
    expect(root.locator("[aria-live=polite]")).to_contain_text("Época 1")
    reached = opened.evaluate("""() => [...document.querySelectorAll('[data-explorer="what-changed"] :is(button, input, [tabindex])')]
        .filter((e) => e.checkVisibility() && !e.disabled && e.tabIndex < 0).map((e) => e.outerHTML.slice(0, 80))""")
    assert reached == [], "hay controles que el teclado no alcanza"


def test_the_mouse_reads_the_curves(page: PageFactory):
    root = alive(page(CHAPTER))
    stage = root.locator(".rc-wc-stage").first
    box = stage.bounding_box()
    stage.hover(position={"x": 45, "y": box["height"] / 2})
    expect(root.locator(".rc-wc-reading").first).to_contain_text("Época 1:")


def test_every_factor_shows_its_curves(page: PageFactory):
    root = alive(page(CHAPTER))
    root.get_by_role("button", name="Ver sin predecir").click()
    expect(root.locator(".rc-wc-truth")).to_contain_text("Cambió")
    panel = root.locator(".rc-wc-all")
    for option in panel.locator(".rc-choice input").all():
        option.check()
        names = panel.locator(".rc-wc-name").all_text_contents()
        assert len(names) == len(set(names)) >= 2
        assert panel.locator(".rc-wc-legend li").count() == len(names)
        boxes = sorted(name.bounding_box()["y"] for name in panel.locator(".rc-wc-name").all())
        assert all(b - a >= 12 for a, b in zip(boxes, boxes[1:])), "dos nombres se pisan"


def test_the_address_keeps_the_state(page: PageFactory):
    opened = page(CHAPTER)
    root = alive(opened)
    root.get_by_role("radio", name="pérdida").check()
    opened.wait_for_function("() => location.hash.includes('what-changed=0.loss')")
    opened.reload()
    expect(alive(opened).get_by_role("radio", name="pérdida")).to_be_checked()
    opened.evaluate("() => { location.hash = 'what-changed=99.loss'; }")
    expect(alive(opened).locator(".rc-head .rc-size")).to_contain_text("Caso 1 de")


@VIEWS
def test_everything_open_is_accessible_and_fits(page: PageFactory, size, scheme):
    opened = page(CHAPTER, size=size, scheme=scheme)
    root = explorer(opened, "what-changed")
    opened.add_script_tag(path=str(AXE))
    where = '[data-explorer="what-changed"]'
    assert not (fault := violations(opened, where)), "\n".join(fault)
    if root.locator(".rc-wc-stage").count():
        answer(root, FACTORS[0])
        root.locator(".rc-wc-all .rc-choice input").last.check()
    assert opened.evaluate(OVERFLOW) == {"extra": 0, "spill": []}
    assert not (fault := violations(opened, where)), "\n".join(fault)
