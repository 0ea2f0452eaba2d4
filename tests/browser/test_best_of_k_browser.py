"""«Mejor de K» en la página del libro: predecir, sortear, mover los controles, teclado, dirección y accesibilidad."""

import re

from conftest import SIZES, VIEWS, PageFactory
from playwright.sync_api import Locator, expect
from test_explorers_browser import explorer, slide
from test_pages import AXE, OVERFLOW, violations

CHAPTER = "03_medir_bien"
def predict(root: Locator, points: str) -> None:
    """Responde la predicción."""
    root.get_by_role("textbox").fill(points)
    root.get_by_role("button", name="Comprobar").click()


def said(root: Locator, part: str) -> str:
    """Lo que dice una de las dos tarjetas."""
    return root.locator(f'[data-part="{part}"]').inner_text()


@SIZES
def test_predict_then_see_the_best(page: PageFactory, size):
    root = explorer(page(CHAPTER, size=size), "best_of_k")
    expect(root.locator(".rc-veil")).to_be_visible()
    expect(root.get_by_role("button", name="Otro sorteo")).to_be_disabled()
    root.get_by_role("button", name="Comprobar").click()
    expect(root.get_by_text("Escriban primero cuántos puntos")).to_be_visible()
    predict(root, "0")
    expect(root.locator(".rc-feedback")).to_contain_text("alguna tuvo suerte")
    expect(root.locator(".rc-feedback")).to_contain_text("2.9 puntos de más")
    expect(root.locator(".rc-veil")).to_be_hidden()
    assert re.search(r"La mejor, la número \d+, midió 59\.2", said(root, "draw"))
    root.get_by_role("button", name="Otra predicción").click()
    expect(root.locator(".rc-veil")).to_be_visible()


def test_a_good_prediction_is_told_so(page: PageFactory):
    root = explorer(page(CHAPTER), "best_of_k")
    predict(root, "3,1")
    expect(root.locator(".rc-feedback")).to_contain_text("¡Eso es!")


@SIZES
def test_sliders_buttons_and_intervals(page: PageFactory, size):
    root = explorer(page(CHAPTER, size=size), "best_of_k")
    predict(root, "2")
    first = said(root, "draw")
    root.get_by_role("button", name="Otro sorteo").click()
    expect(root.locator('[data-part="draw"]')).not_to_have_text(first)
    assert root.locator(".rc-best-whisker").count() == 0
    root.get_by_role("radio", name="con intervalos").check()
    expect(root.locator(".rc-best-whisker")).to_have_count(1)
    assert re.search(r"La verdad está en \d+ de los 20 intervalos", said(root, "draw"))
    slide(root, "Imágenes", 6)
    expect(root.locator('[data-part="average"]')).to_contain_text("σ = 0.50 puntos")
    slide(root, "Redes", 1)
    expect(root.locator('[data-part="average"]')).to_contain_text("Suban K")
    slide(root, "Redes", 100)
    expect(root.locator('[data-part="average"]')).to_contain_text("(2.51 σ)")
    slide(root, "Exactitud real", 90)
    expect(root.locator('[data-part="average"]')).to_contain_text("σ = 0.30 puntos")
    root.get_by_role("button", name="Volver al inicio").click()
    expect(root.locator('[data-part="average"]')).to_contain_text("La mejor de 20 sale 2.93 puntos")


def test_keyboard_reaches_everything(page: PageFactory):
    opened = page(CHAPTER)
    root = explorer(opened, "best_of_k")
    root.get_by_role("textbox").focus()
    opened.keyboard.type("3")
    opened.keyboard.press("Enter")
    expect(root.locator(".rc-feedback")).to_contain_text("¡Eso es!")
    root.get_by_role("slider", name="Redes").focus()
    opened.keyboard.press("ArrowRight")
    expect(root.locator('[data-part="average"]')).to_contain_text("La mejor de 21")
    outline = root.get_by_role("slider", name="Redes").evaluate("(e) => parseFloat(getComputedStyle(e).outlineWidth)")
    assert outline >= 2, "el foco no se ve"
    root.get_by_role("radio", name="sin intervalos").focus()
    opened.keyboard.press("ArrowRight")
    expect(root.locator(".rc-best-whisker")).to_have_count(1)
    root.get_by_role("button", name="Otro sorteo").focus()
    opened.keyboard.press("Enter")
    expect(root.locator("[aria-live=polite]")).to_contain_text("La mejor, la número")
    lost = opened.evaluate("""() => [...document.querySelectorAll('[data-explorer=best_of_k] :is(button, input)')]
        .filter((e) => e.checkVisibility() && !e.disabled && e.tabIndex < 0).map((e) => e.outerHTML.slice(0, 80))""")
    assert lost == []


def test_the_address_keeps_the_state(page: PageFactory):
    root = explorer(page(f"{CHAPTER}#best_of_k=50.10000.80.7.1"), "best_of_k")
    root.get_by_role("button", name="Ver sin predecir").click()
    expect(root.locator('[data-part="average"]')).to_contain_text("La mejor de 50")
    expect(root.get_by_role("radio", name="con intervalos")).to_be_checked()
    broken = explorer(page(f"{CHAPTER}#best_of_k=999.1.2.3.4"), "best_of_k")
    expect(broken.locator(".rc-question")).to_contain_text("20 redes aciertan")


@VIEWS
def test_it_is_accessible_and_fits(page: PageFactory, size, scheme):
    opened = page(CHAPTER, size=size, scheme=scheme)
    root = explorer(opened, "best_of_k")
    opened.add_script_tag(path=str(AXE))
    where = "[data-explorer=best_of_k]"
    assert not (fault := violations(opened, where)), "\n".join(fault)
    predict(root, "9")
    root.get_by_role("radio", name="con intervalos").check()
    slide(root, "Redes", 100)
    assert opened.evaluate(OVERFLOW) == {"extra": 0, "spill": []}
    assert not (fault := violations(opened, where)), "\n".join(fault)
    small = root.evaluate("(e) => [...e.querySelectorAll('button, input:not([type=radio])')].filter((b) => b.checkVisibility() && b.getBoundingClientRect().height < 24).length")
    assert small == 0, "hay blancos de menos de 24 píxeles"


def test_without_javascript_the_picture_stays(page: PageFactory):
    opened = page(CHAPTER, java_script=False)
    picture = opened.locator("[data-explorer=best_of_k] svg")
    expect(picture).to_be_visible()
    expect(picture).to_have_attribute("aria-label", re.compile("aparenta 2.93 puntos de más"))
