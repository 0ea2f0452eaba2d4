"""El explorador del ancho en la página del libro: lo que el capítulo calcula y, aparte, con una red inventada."""

import json
import re
from pathlib import Path

from conftest import SIZES, VIEWS, PageFactory
from playwright.sync_api import Locator, Page, expect
from test_explorers_browser import explorer, slide
from test_pages import ALL_RULES, AXE, OVERFLOW, SMALL, violations

from labcode.explorers import WidthExplorer

CHAPTER = "13_hasta_donde"
WHERE = "[data-explorer=width]"


def network(errors: dict[int, tuple[float, float]], threshold: int | None) -> dict:
    """Una red inventada: por ancho, su error en entrenamiento y en prueba."""
    points = [
        {"width": width, "draws": 3, "train": [train, max(0, train - 1), train + 1], "test": [test, test - 1, test + 1], "curve": [90, (90 + train) / 2, train]}
        for width, (train, test) in errors.items()
    ]
    return {"key": "red", "name": "MLP de prueba", "kind": "network", "log": False, "threshold": threshold, "points": points, "epochs": [1, 100, 200],
            "about": "Red inventada.", "notice": "faltan anchos.", "regimes": ["antes del umbral", "en el umbral", "pasado el umbral"]}  # fmt: skip


PEAK = network({2: (82, 80), 8: (60, 69), 32: (20, 74), 64: (0.4, 78), 128: (0.1, 70), 512: (0, 62)}, 64)


def planted(opened: Page, site: Path, *series: dict) -> Locator:
    """El explorador con datos de prueba, puesto en lugar del suyo."""
    explorer(opened, "width")
    opened.evaluate(f"(html) => {{ document.querySelector('{WHERE}').outerHTML = html; }}", WidthExplorer({"series": list(series)}).root())
    opened.add_script_tag(path=site / "_static" / "explorers.js")
    return explorer(opened, "width")


def own_points(root: Locator) -> list[dict]:
    """Los puntos que el capítulo calculó."""
    return json.loads(root.locator('script[type="application/json"]').text_content())["data"]["series"][0]["points"]


@SIZES
def test_the_chapter_asks_before_it_shows(page: PageFactory, size):
    root = explorer(page(CHAPTER, size=size), "width")
    points = own_points(root)
    expect(root.locator(".rc-question")).to_contain_text("Con 40 características el modelo ya pasa por todos sus puntos. Si se lo agranda hasta 1280")
    expect(root.locator(".rc-p-doubt")).to_have_count(2)
    hidden = root.locator(".rc-w-errors .rc-p-dot:not(.rc-p-big)")
    expect(hidden).to_have_count(2 * sum(p["width"] <= 40 for p in points))
    root.get_by_role("button", name="Comprobar").click()
    expect(root.get_by_text("Elijan primero una de las tres")).to_be_visible()
    root.get_by_role("radio", name="sube").check()
    root.get_by_role("button", name="Comprobar").click()
    expect(root.locator(".rc-feedback")).to_contain_text("Todavía no. Baja: de ")
    expect(root.locator(".rc-feedback")).to_contain_text("Le gana también al mejor de los que no llegaban al umbral")
    expect(root.locator(".rc-p-doubt")).to_have_count(0)
    expect(hidden).to_have_count(2 * len(points))


def test_the_measured_network_is_there_or_is_said_to_be_missing(page: PageFactory):
    root = explorer(page(CHAPTER), "width")
    data = json.loads(root.locator('script[type="application/json"]').text_content())["data"]["series"]
    assert [one["kind"] for one in data] == ["features", "network", "loss"] and data[0]["points"]
    for one in data[1:]:
        expect(root.get_by_role("radio", name=one["name"])).to_have_count(1 if one["points"] else 0)
    expect(root.locator(".rc-note").filter(has_text="labcode train WIDTH")).to_have_count(1 if data[1]["notice"] else 0)


@SIZES
def test_slider_keyboard_and_pointer_walk_the_widths(page: PageFactory, size):
    opened = page(CHAPTER, size=size)
    root = explorer(opened, "width")
    points = own_points(root)
    values = root.locator(".rc-w-facts dd")
    slide(root, "Ancho", len(points) - 1)
    expect(values.nth(1)).to_have_text("¿?")  # lo tapado no se lee moviendo el deslizador
    root.get_by_role("button", name="Ver sin predecir").click()
    handle = root.get_by_role("slider", name="Ancho")
    handle.focus()
    opened.keyboard.press("Home")
    expect(handle).to_have_attribute("aria-valuetext", "2")
    expect(root.locator(".rc-verdict")).to_contain_text("No le alcanza")
    opened.keyboard.press("End")
    expect(handle).to_have_attribute("aria-valuetext", "1280")
    expect(root.locator(".rc-verdict")).to_contain_text("Sobran parámetros")
    expect(values.nth(0)).to_have_text("0")
    expect(root.locator("[aria-live=polite]")).to_contain_text("Con 1280 características")
    chart = root.locator(".rc-w-errors")
    chart.scroll_into_view_if_needed()
    box = chart.bounding_box()
    opened.mouse.move(box["x"] + box["width"] - 30, box["y"] + box["height"] / 2)
    opened.mouse.down()
    opened.mouse.move(box["x"] + 60, box["y"] + box["height"] / 2, steps=8)
    opened.mouse.up()
    expect(handle).to_have_attribute("aria-valuetext", "2")
    opened.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(handle).to_have_attribute("aria-valuetext", "2")  # pasar por encima no cambia nada


def test_a_network_shows_how_it_learns_and_takes_turns(page: PageFactory, site):
    opened = page(CHAPTER)
    points = json.loads(explorer(opened, "width").locator('script[type="application/json"]').text_content())["data"]["series"][0]
    root = planted(opened, site, points, PEAK)
    root.get_by_role("radio", name="MLP de prueba").check()
    expect(root.locator(".rc-question")).to_contain_text("Con 64 neuronas la red ya memoriza casi todos sus ejemplos. Si se la agranda hasta 512")
    root.get_by_role("radio", name="baja").check()
    root.get_by_role("button", name="Comprobar").click()
    expect(root.locator(".rc-feedback")).to_contain_text("¡Eso es! Baja: de 78.0 % con 64 a 62.0 % con 512.")
    expect(root.locator(".rc-w-under .rc-p-line")).to_have_count(7)  # las seis, y la que se mira encima
    expect(root.locator(".rc-w-facts")).to_contain_text("78.0 % (77.0 a 79.0 %)")
    slide(root, "Ancho", 5)
    opened.wait_for_function("() => location.hash.includes('width=red.5')")
    root.get_by_role("button", name="Otra predicción").click()
    expect(root.get_by_role("radio", name="características al azar")).to_be_checked()
    root.get_by_role("button", name="Volver al inicio").click()
    expect(root.get_by_role("slider", name="Ancho")).to_have_attribute("aria-valuetext", "40")


def test_the_loss_is_read_as_a_loss(page: PageFactory, site):
    opened = page(CHAPTER)
    loss = PEAK | {"key": "perdida", "name": "Pérdida de prueba", "kind": "loss", "notice": ""}
    root = planted(opened, site, PEAK, loss)
    root.get_by_role("radio", name="Pérdida de prueba").check()
    expect(root.locator(".rc-question")).to_contain_text("¿qué hará la pérdida en prueba?")
    root.get_by_role("radio", name="baja").check()
    root.get_by_role("button", name="Comprobar").click()
    expect(root.locator(".rc-feedback")).to_contain_text("¡Eso es! Baja: de 78.00 con 64 a 62.00 con 512.")
    expect(root.locator(".rc-w-facts")).to_contain_text("Pérdida en prueba")
    expect(root.locator(".rc-w-facts")).to_contain_text("78.00 (77.00 a 79.00)")
    expect(root.get_by_text("Pérdida (entropía cruzada), según el ancho", exact=True)).to_be_visible()


def test_what_is_missing_is_said(page: PageFactory, site):
    opened = page(CHAPTER)
    root = planted(opened, site, network({}, None))
    expect(root.get_by_text("Todavía no hay resultados medidos: cuando los haya")).to_be_visible()
    expect(root.locator(".rc-note")).to_have_text("MLP de prueba: faltan anchos.")
    root = planted(opened, site, network({2: (80, 80), 8: (50, 66)}, None))
    expect(root.get_by_text("ninguno memoriza todavía sus datos")).to_be_visible()
    expect(root.get_by_role("button", name="Comprobar")).to_be_hidden()
    expect(root.locator(".rc-w-errors .rc-p-dot:not(.rc-p-big)")).to_have_count(4)
    root = planted(opened, site, network({8: (50, 66)}, None))
    expect(root.locator(".rc-w-facts")).to_contain_text("66.0 %")
    expect(root.get_by_role("slider", name="Ancho")).to_be_hidden()


@VIEWS
def test_it_is_accessible_and_fits(page: PageFactory, site, size, scheme):
    opened = page(CHAPTER, size=size, scheme=scheme)
    points = json.loads(explorer(opened, "width").locator('script[type="application/json"]').text_content())["data"]["series"][0]
    root = planted(opened, site, points, PEAK)
    opened.add_script_tag(path=str(AXE))
    assert not (fault := violations(opened, WHERE, ALL_RULES)), "\n".join(fault)
    root.get_by_role("button", name="Ver sin predecir").click()
    assert opened.evaluate(OVERFLOW) == {"extra": 0, "spill": []}
    assert not (fault := violations(opened, WHERE, ALL_RULES)), "\n".join(fault)
    assert opened.evaluate(SMALL, WHERE) == []
    root.get_by_role("radio", name="MLP de prueba").check()
    assert opened.evaluate(OVERFLOW) == {"extra": 0, "spill": []}


def test_the_address_restores_the_state_and_a_hostile_one_is_ignored(page: PageFactory):
    root = explorer(page(f"{CHAPTER}#width=puntos.3"), "width")
    expect(root.get_by_role("slider", name="Ancho")).to_have_attribute("aria-valuetext", "12")
    root = explorer(page(f"{CHAPTER}#width=%3Cimg%3E.99"), "width")
    expect(root.get_by_role("slider", name="Ancho")).to_have_attribute("aria-valuetext", "40")


def test_the_picture_stays_without_javascript(page: PageFactory):
    opened = page(CHAPTER, java_script=False)
    expect(opened.locator(f"{WHERE} svg")).to_have_attribute("aria-label", re.compile("El umbral de interpolación está en 40"))
