"""El explorador de N en la página del libro: lo que haya medido y, aparte, con datos de prueba."""

import json
from pathlib import Path

from conftest import SIZES, VIEWS, PageFactory
from playwright.sync_api import Locator, Page, expect
from test_explorers_browser import explorer
from test_pages import AXE, OVERFLOW, violations

from labcode.explorers import DataSizeExplorer

CHAPTER = "11_mas_datos"


def points(*means: float | None) -> list[dict | None]:
    """Puntos con su intervalo, o sin medir."""
    return [mean and {"mean": mean, "half": 0.5, "seeds": 3} for mean in means]


DATA = {
    "sizes": [500, 1000, 2500, 5000, 10_000],
    "series": [
        {"key": "mlp", "name": "MLP", "notice": "", "points": points(30.0, 34.0, 39.0, 42.0, 46.0), "diverged": []},
        {"key": "cnn", "name": "CNN", "notice": "Se entrena con «una orden».", "points": points(28.0, 36.0, 45.0, 52.0, None), "diverged": []},
        {"key": "vgg11", "name": "VGG-11", "notice": "Se entrena con «otra orden».", "points": points(*[None] * 5), "diverged": [4]},
    ],
}


def planted(opened: Page, site: Path) -> Locator:
    """El explorador con los datos de prueba, puesto en la página en lugar del suyo."""
    explorer(opened, "data_size")
    opened.evaluate("(html) => { document.querySelector('[data-explorer=data_size]').outerHTML = html; }", DataSizeExplorer(DATA).root())
    opened.add_script_tag(path=site / "_static" / "explorers.js")
    return explorer(opened, "data_size")


def answer(root: Locator, points: str) -> None:
    """Responde la predicción."""
    root.locator(".rc-answer").fill(points)
    root.get_by_role("button", name="Comprobar").click()


def test_the_page_shows_what_is_measured_and_nothing_else(page: PageFactory):
    root = explorer(page(CHAPTER), "data_size")
    data = json.loads(root.locator('script[type="application/json"]').text_content())["data"]
    known = [own for own in data["series"] if any(own["points"])]
    if not known:
        expect(root.get_by_text("Todavía no hay resultados medidos: cuando los haya")).to_be_visible()
    for own in data["series"]:
        if not any(own["points"]):
            expect(root.locator(".rc-note").filter(has_text=own["name"])).to_contain_text("sin medir todavía")


@SIZES
def test_predict_then_see(page: PageFactory, site, size):
    root = planted(page(CHAPTER, size=size), site)
    expect(root.locator(".rc-question")).to_contain_text("MLP acierta 39.0 ± 0.5 % con 2500 ejemplos")
    expect(root.locator(".rc-n-doubt")).to_have_count(1)
    expect(root.locator(".rc-n-mark")).to_have_count(6)
    root.get_by_role("button", name="Comprobar").click()
    expect(root.get_by_text("Escriban primero un número de puntos")).to_be_visible()
    answer(root, "10")
    expect(root.locator(".rc-feedback")).to_contain_text("Es menos: MLP pasa de 39.0 a 42.0 %: +3.0 puntos.")
    expect(root.locator(".rc-n-doubt")).to_have_count(0)
    expect(root.locator(".rc-n-mark")).to_have_count(9)
    expect(root.locator(".rc-n-table tbody tr").nth(2)).to_contain_text("sin medir")
    root.get_by_role("button", name="Otra predicción").click()
    expect(root.locator(".rc-n-doubt")).to_have_count(1)
    answer(root, "7,0")
    expect(root.locator(".rc-feedback")).to_contain_text("¡Eso es! CNN pasa de 45.0 a 52.0")


@SIZES
def test_slider_chart_and_keyboard_read_each_size(page: PageFactory, site, size):
    opened = page(CHAPTER, size=size)
    root = planted(opened, site)
    root.get_by_role("button", name="Ver sin predecir").click()
    handle = root.get_by_role("slider", name="Ejemplos de entrenamiento")
    handle.focus()
    opened.keyboard.press("Home")
    first = root.locator(".rc-n-table tbody td").first
    expect(first).to_have_text("30.0 ± 0.5 %")
    expect(handle).to_have_attribute("aria-valuetext", "500")
    opened.keyboard.press("ArrowRight")
    expect(first).to_have_text("34.0 ± 0.5 %")
    expect(root.locator(".rc-n-table tbody td").nth(2)).to_have_text("+4.0 puntos (× 2)")
    expect(root.locator("[aria-live=polite]")).to_contain_text("Con 1000 ejemplos: MLP 34.0")
    box = root.locator(".rc-n-chart").bounding_box()
    root.locator(".rc-n-chart").click(position={"x": box["width"] - 25, "y": box["height"] / 2})
    expect(first).to_have_text("46.0 ± 0.5 %")


def test_networks_are_compared_in_examples(page: PageFactory, site):
    opened = page(CHAPTER)
    root = planted(opened, site)
    root.get_by_role("button", name="Ver sin predecir").click()
    root.get_by_role("slider", name="Ejemplos").evaluate("(e) => { e.value = 3; e.dispatchEvent(new Event('input', {bubbles: true})); }")
    card = root.locator(".rc-card")
    expect(card).to_contain_text("Con 5000 ejemplos, MLP acierta 42.0")
    expect(card.locator("li")).to_have_text("CNN: unos 1800 (2.7 veces menos).")
    root.get_by_role("radio", name="CNN").check()
    expect(card.locator("li")).to_have_text("MLP: más de 10 000; con esos todavía no llega.")
    root.get_by_role("radio", name="Error, en logaritmo").check()
    expect(root.locator(".rc-n-chart")).to_contain_text("error en prueba (%)")
    opened.wait_for_function("() => location.hash.includes('data_size=3.cnn.error')")
    root.get_by_role("button", name="Volver al inicio").click()
    expect(root.get_by_role("radio", name="Exactitud")).to_be_checked()


@VIEWS
def test_it_is_accessible_and_fits(page: PageFactory, site, size, scheme):
    opened = page(CHAPTER, size=size, scheme=scheme)
    root = planted(opened, site)
    opened.add_script_tag(path=str(AXE))
    where = "[data-explorer=data_size]"
    assert not (fault := violations(opened, where)), "\n".join(fault)
    answer(root, "1")
    assert opened.evaluate(OVERFLOW) == {"extra": 0, "spill": []}
    assert not (fault := violations(opened, where)), "\n".join(fault)


def test_a_hostile_address_is_ignored(page: PageFactory):
    explorer(page(f"{CHAPTER}#data_size=99.<img>.nada"), "data_size")
