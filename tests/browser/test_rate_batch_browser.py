"""«Tasa × lote» en la página del libro: apostar, leer el mapa con ratón y teclado, las líneas y la dirección."""

import json

from conftest import SIZES, VIEWS, PageFactory
from labcode import text
from playwright.sync_api import Locator, expect
from test_explorers_browser import explorer
from test_pages import AXE, OVERFLOW, violations

CHAPTER = "06_batch_size"


def state(root: Locator) -> dict:
    """Los datos con que la página construyó el mapa."""
    return json.loads(root.locator('script[type="application/json"]').text_content())["data"]


def measured(root: Locator) -> bool:
    """Si el mapa de las mismas épocas tiene alguna celda medida."""
    return any(cell and cell[0] is not None for row in state(root)["maps"]["epochs"]["cells"] for cell in row)


def opened_map(root: Locator) -> None:
    """Muestra el mapa sin apostar; si no hay nada medido, ya está a la vista."""
    skip = root.get_by_role("button", name="Ver sin predecir")
    if skip.is_visible():
        skip.click()


@SIZES
def test_bet_then_see(page: PageFactory, size):
    root = explorer(page(CHAPTER, size=size), "rate_batch")
    if not measured(root):
        expect(root.get_by_text("Todavía no hay resultados medidos")).to_be_visible()
        expect(root.get_by_role("button", name="Comprobar")).to_be_hidden()
        return
    data = state(root)
    expect(root.locator(".rc-cell b").first).to_have_text("?")
    root.get_by_role("button", name="Comprobar").click()
    expect(root.get_by_text("Marquen al menos una casilla")).to_be_visible()
    rows, columns = len(data["batches"]), len(data["rates"])
    for r in range(rows):
        root.locator(".rc-cell").nth(r * columns).click()
    expect(root.get_by_text(f"Filas marcadas: {rows} de {rows}")).to_be_visible()
    root.locator(".rc-cell").first.click()  # volver a pulsar la quita
    expect(root.get_by_text(f"Filas marcadas: {rows - 1} de {rows}")).to_be_visible()
    root.locator(".rc-cell").first.click()
    root.get_by_role("radio", name="Queda igual").check()
    root.get_by_role("button", name="Comprobar").click()
    best = [max(range(columns), key=lambda c: (row[c] or [None])[0] or -1) for row in data["maps"]["epochs"]["cells"]]
    exact = sum(c == 0 for c in best)
    expect(root.locator(".rc-feedback")).to_contain_text(f"Acertaron {exact} de {rows} filas")
    for r, c in enumerate(best):
        expect(root.locator(".rc-cell").nth(r * columns + c)).to_contain_text("★")
    assert root.locator(".rc-cell", has_text="◆").count() == rows
    root.get_by_role("button", name="Otra apuesta").click()
    expect(root.locator(".rc-cell b").first).to_have_text("?")


def test_each_cell_is_read_with_the_mouse(page: PageFactory):
    root = explorer(page(CHAPTER), "rate_batch")
    opened_map(root)
    data = state(root)
    columns = len(data["rates"])
    for r, c in ((0, 1), (len(data["batches"]) - 1, columns - 1)):
        root.locator(".rc-cell").nth(r * columns + c).hover()
        expect(root.locator(".rc-reading")).to_contain_text(f"Lotes de {data['batches'][r]}, tasa {data['rates'][c]}")
        cell = data["maps"]["epochs"]["cells"][r][c]
        said = "todavía no está medido" if cell is None else "divergió" if cell[0] is None else text.decimal(cell[0])
        expect(root.locator(".rc-reading")).to_contain_text(said)


def test_the_keyboard_walks_the_map(page: PageFactory):
    opened = page(CHAPTER)
    root = explorer(opened, "rate_batch")
    opened_map(root)
    data = state(root)
    root.locator('.rc-cell[tabindex="0"]').focus()
    assert root.locator('.rc-cell[tabindex="0"]').count() == 1
    for key in ("PageUp", "Home", "ArrowDown", "ArrowRight"):
        opened.keyboard.press(key)
    expect(root.locator(".rc-reading")).to_contain_text(f"Lotes de {data['batches'][1]}, tasa {data['rates'][1]}")
    opened.keyboard.press("End")
    expect(root.locator(".rc-reading")).to_contain_text(f"tasa {data['rates'][-1]}")
    style = opened.evaluate("() => getComputedStyle(document.activeElement).outlineStyle")
    assert style == "solid", "el foco no se ve"
    expect(root.locator("[aria-live=polite]")).to_contain_text("Lotes de")


def test_lines_maps_and_address(page: PageFactory):
    opened = page(CHAPTER)
    root = explorer(opened, "rate_batch")
    opened_map(root)
    root.locator(".rc-cell").nth(len(state(root)["rates"]) + 1).click()
    line = root.locator(".rc-line polyline")
    assert not line.get_attribute("points")
    root.get_by_role("radio", name="α/B constante").check()
    linear = line.get_attribute("points")
    widths = root.locator(".rc-map thead th:not(.rc-corner)").evaluate_all("(all) => all.map((e) => e.getBoundingClientRect().width)")
    assert max(widths) - min(widths) < 1, widths  # la línea se traza con columnas iguales
    root.get_by_role("radio", name="α/√B constante").check()
    assert linear and line.get_attribute("points") != linear
    root.get_by_role("radio", name="los mismos pasos").check()
    opened.wait_for_function("() => location.hash.includes('rate_batch=steps.1.1.root')")
    opened.reload()
    root = explorer(opened, "rate_batch")
    opened_map(root)
    expect(root.get_by_role("radio", name="α/√B constante")).to_be_checked()
    opened.evaluate("() => { location.hash = 'rate_batch=steps.99.1.root'; }")
    expect(root.get_by_role("radio", name="α/√B constante")).to_be_checked()


@VIEWS
def test_it_is_accessible_and_fits(page: PageFactory, size, scheme):
    opened = page(CHAPTER, size=size, scheme=scheme)
    root = explorer(opened, "rate_batch")
    opened.add_script_tag(path=str(AXE))
    assert not (fault := violations(opened, '[data-explorer="rate_batch"]')), "\n".join(fault)
    opened_map(root)
    root.get_by_role("radio", name="α/B constante").check()
    assert opened.evaluate(OVERFLOW) == {"extra": 0, "spill": []}
    assert not (fault := violations(opened, '[data-explorer="rate_batch"]')), "\n".join(fault)
    assert min(root.locator(".rc-cell").first.bounding_box()[side] for side in ("width", "height")) >= 40


def test_without_javascript_the_picture_shows_both_maps(page: PageFactory):
    picture = page(CHAPTER, java_script=False).locator('[data-explorer="rate_batch"] svg')
    expect(picture).to_contain_text("Con las mismas épocas")
    expect(picture).to_contain_text("Con los mismos pasos")
