"""«Valle con ruido» en la página del libro: predecir, soltar las partículas, mover los controles, teclado y dirección."""

import re

from conftest import SIZES, VIEWS, PageFactory
from playwright.sync_api import Locator, expect
from test_explorers_browser import explorer, pixels, slide
from test_pages import AXE, OVERFLOW, violations

CHAPTER = "06_batch_size"


def tally(root: Locator) -> tuple[int, int]:
    """Cuántas partículas hay en el filoso y en el plano, según el tablero."""
    sharp, flat = (root.locator(f'[data-side="{side}"] strong').inner_text() for side in ("sharp", "flat"))
    return int(sharp), int(flat)


def answer(root: Locator, text: str) -> None:
    """Responde la predicción."""
    root.get_by_role("radio", name=text).check()
    root.get_by_role("button", name="Comprobar").click()


@SIZES
def test_predict_then_see_where_they_end(page: PageFactory, size):
    root = explorer(page(CHAPTER, size=size), "valley")
    expect(root.locator('[data-side="flat"] strong')).to_have_text("?")
    expect(root.get_by_role("button", name="Soltar las partículas")).to_be_disabled()
    root.get_by_role("button", name="Comprobar").click()
    expect(root.get_by_text("Elijan primero una respuesta")).to_be_visible()
    before = pixels(root.locator("canvas"))
    answer(root, "Unas 100")
    expect(root.locator(".rc-feedback")).to_contain_text("Todavía no")
    sharp, flat = tally(root)
    assert sharp + flat == 200 and flat > 130 and pixels(root.locator("canvas")) != before
    expect(root.locator(".rc-feedback")).to_contain_text(f"{flat} en el plano y {sharp} en el filoso")


def test_four_predictions_each_with_its_answer(page: PageFactory):
    root = explorer(page(CHAPTER), "valley")
    for text in ("Unas 150", "Todas", "Unas 135", "como antes"):
        answer(root, text)
        expect(root.locator(".rc-feedback")).to_contain_text("¡Eso es!")
        root.get_by_role("button", name="Otra predicción").click()
        expect(root.locator('[data-side="flat"] strong')).to_have_text("?")
    expect(root.get_by_role("radio", name="Unas 150", exact=True)).to_be_visible()  # vuelve la primera


def test_controls_change_the_outcome(page: PageFactory):
    root = explorer(page(CHAPTER), "valley")
    answer(root, "Unas 150")
    slide(root, "Tamaño de lote", 9)
    expect(root.locator('[data-side="flat"] strong')).to_have_text("100")
    expect(root.locator(".rc-feedback")).to_have_text("")  # el veredicto era de otra configuración
    expect(root.locator(".rc-remarks")).to_contain_text("el gradiente es exacto")
    slide(root, "Tasa al empezar", 5)
    expect(root.locator('[data-side="flat"] strong')).to_have_text("200")
    slide(root, "Tamaño de lote", 2)
    before = tally(root)
    for _ in range(3):
        root.get_by_role("button", name="Otra semilla").click()
    assert tally(root) != before
    root.get_by_role("button", name="Volver al inicio").click()
    assert tally(root)[1] > 130


def test_the_film_runs_pauses_and_respects_stillness(page: PageFactory):
    opened = page(CHAPTER)
    root = explorer(opened, "valley")
    root.get_by_role("button", name="Ver sin predecir").click()
    root.get_by_role("button", name="Soltar las partículas").click()  # la página pide menos movimiento
    expect(root.get_by_text("menos movimiento")).to_be_visible()
    opened.emulate_media(reduced_motion="no-preference")
    root.get_by_role("button", name="Soltar las partículas").click()
    root.get_by_role("button", name="Pausar").click()
    expect(root.get_by_role("button", name="Soltar las partículas")).to_be_visible()
    root.locator(".rc-film input").evaluate("(e) => { e.value = 0; e.dispatchEvent(new Event('input', {bubbles: true})); }")
    assert tally(root) == (100, 100)
    root.get_by_role("button", name="Soltar las partículas").click()
    expect(root.locator(".rc-film .rc-value")).to_have_text("800 de 800", timeout=15_000)


def test_the_keyboard_is_enough(page: PageFactory):
    opened = page(CHAPTER)
    root = explorer(opened, "valley")
    root.get_by_role("radio", name="Unas 150").focus()
    opened.keyboard.press("Space")
    opened.keyboard.press("Enter")
    expect(root.locator(".rc-feedback")).to_contain_text("¡Eso es!")
    root.get_by_role("slider", name="Tamaño de lote").focus()
    opened.keyboard.press("End")
    expect(root.locator('[data-side="flat"] strong')).to_have_text("100")
    expect(root.locator("[aria-live=polite]")).to_contain_text("100 partículas en el mínimo filoso y 100 en el plano")
    outline = root.get_by_role("slider", name="Tamaño de lote").evaluate("(e) => getComputedStyle(e).outlineStyle")
    assert outline == "solid", "el foco no se ve"


def test_the_address_keeps_the_state_and_refuses_nonsense(page: PageFactory):
    opened = page(CHAPTER)
    root = explorer(opened, "valley")
    root.get_by_role("button", name="Ver sin predecir").click()
    slide(root, "Tamaño de lote", 5)
    slide(root, "Pasos", 2)
    opened.wait_for_function("() => location.hash.includes('valley=32_0.04_200_1')")
    opened.reload()
    root = explorer(opened, "valley")
    expect(root.locator(".rc-sliders .rc-value").first).to_have_text("32")
    opened.evaluate("() => { location.hash = 'valley=7_0.04_200_1'; }")
    expect(root.locator(".rc-sliders .rc-value").first).to_have_text("32")


@VIEWS
def test_it_is_accessible_and_fits(page: PageFactory, size, scheme):
    opened = page(CHAPTER, size=size, scheme=scheme)
    root = explorer(opened, "valley")
    opened.add_script_tag(path=str(AXE))
    assert not (fault := violations(opened, '[data-explorer="valley"]')), "\n".join(fault)
    answer(root, "Unas 50")
    slide(root, "Tasa al empezar", 5)
    assert opened.evaluate(OVERFLOW) == {"extra": 0, "spill": []}
    assert not (fault := violations(opened, '[data-explorer="valley"]')), "\n".join(fault)


def test_without_javascript_the_picture_says_the_same(page: PageFactory):
    opened = page(CHAPTER, java_script=False)
    picture = opened.locator('[data-explorer="valley"] svg')
    expect(picture).to_be_visible()
    assert re.search(r"con lotes de 8, \d+ en el filoso y \d+ en el plano", picture.get_attribute("aria-label"))
