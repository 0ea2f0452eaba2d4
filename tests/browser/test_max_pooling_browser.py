"""«Max pooling» en la página del libro: el juego de los cuadrantes, la predicción, el corrimiento, teclado y dirección."""

from conftest import SIZES, VIEWS, PageFactory
from playwright.sync_api import Locator, expect
from test_explorers_browser import explorer, slide
from test_pages import AXE, OVERFLOW, violations

CHAPTER = "08_max_pooling"

# Milisegundos entre mover un deslizador y que la página esté pintada de nuevo, en 60 pasos; da el percentil 95.
def grid(root: Locator, which: int) -> list[str]:
    """Los números de una salida: 0, antes; 1, ahora."""
    return root.locator(".rc-out-grid").nth(which).locator("span").all_inner_texts()


def answer(root: Locator, text: str) -> None:
    """Responde la predicción."""
    root.get_by_role("radio", name=text, exact=True).check()
    root.get_by_role("button", name="Comprobar").click()


def maxima(root: Locator) -> list[int]:
    """Las cuatro celdas (de 0 a 15) con el máximo de cada cuadrante."""
    numbers = [float(x.replace("−", "-")) for x in root.locator(".rc-pick").all_inner_texts()]
    quadrants = [[8 * i + 2 * j + 4 * a + b for a in (0, 1) for b in (0, 1)] for i in (0, 1) for j in (0, 1)]
    return [max(cells, key=numbers.__getitem__) for cells in quadrants]


@SIZES
def test_the_game_tells_right_from_wrong(page: PageFactory, size):
    root = explorer(page(CHAPTER, size=size), "max_pooling")
    best = maxima(root)
    wrong = next(at for at in (0, 1, 4, 5) if at != best[0])
    root.locator(".rc-pick").nth(wrong).click()
    expect(root.locator(".rc-game .rc-feedback")).to_contain_text("hay uno mayor que")
    for at in best:
        root.locator(".rc-pick").nth(at).click()
    expect(root.locator(".rc-game .rc-feedback")).to_contain_text("Listo, con 1 error")
    values = root.locator(".rc-pick").all_inner_texts()
    assert root.locator(".rc-pick-out").all_inner_texts() == [values[at] for at in best]
    root.get_by_role("button", name="Otro mapa").click()
    assert root.locator(".rc-pick-out").all_inner_texts() == ["?"] * 4
    assert root.locator(".rc-pick").all_inner_texts() != values


def test_the_game_is_played_with_the_keyboard(page: PageFactory):
    opened = page(CHAPTER)
    root = explorer(opened, "max_pooling")
    best = maxima(root)
    root.locator('.rc-pick[tabindex="0"]').focus()
    at = 0
    for target in best:
        keys = ["ArrowDown"] * (target // 4 - at // 4) + ["ArrowUp"] * (at // 4 - target // 4)
        keys += ["ArrowRight"] * (target % 4 - at % 4) + ["ArrowLeft"] * (at % 4 - target % 4)
        for key in [*keys, "Enter"]:
            opened.keyboard.press(key)
        at = target
    expect(root.locator(".rc-game .rc-feedback")).to_contain_text("Listo, sin ningún error")
    assert root.locator('.rc-pick[tabindex="0"]').count() == 1
    outline = root.locator(".rc-pick:focus").evaluate("(e) => getComputedStyle(e).outlineStyle")
    assert outline == "solid", "el foco no se ve"


@SIZES
def test_predict_then_see_what_survives(page: PageFactory, size):
    root = explorer(page(CHAPTER, size=size), "max_pooling")
    assert grid(root, 1) == ["?"] * 16 and "?" not in grid(root, 0)
    root.get_by_role("button", name="Comprobar").click()
    expect(root.get_by_text("Elijan primero una respuesta")).to_be_visible()
    answer(root, "Todas")
    expect(root.locator(".rc-gate .rc-feedback")).to_contain_text("eso sería invarianza")
    before, after = grid(root, 0), grid(root, 1)
    same = sum(a == b for a, b in zip(before, after))
    expect(root.locator(".rc-share-text").first).to_contain_text(f"{same} de 16 iguales")
    expect(root.locator(".rc-gate .rc-feedback")).to_contain_text(f"{same} de 16.")
    assert root.locator(".rc-kept").count() == same and root.locator(".rc-lost").count() == 16 - same
    slide(root, "Ventana", 3)
    expect(root.locator(".rc-gate .rc-feedback")).to_have_text("")  # el veredicto era de otra configuración


def test_each_prediction_has_its_answer(page: PageFactory):
    root = explorer(page(CHAPTER), "max_pooling")
    for text in ("Un tercio", "La mitad", "Un séptimo", "Ninguna"):
        answer(root, text)
        expect(root.locator(".rc-gate .rc-feedback")).to_contain_text("¡Eso es!")
        root.get_by_role("button", name="Otra predicción").click()
        assert set(grid(root, 1)) == {"?"}


def test_controls_keys_and_dragging(page: PageFactory):
    opened = page(CHAPTER)
    root = explorer(opened, "max_pooling")
    root.get_by_role("button", name="Ver sin predecir").click()
    expect(root.locator(".rc-share-text").first).to_have_text("¿?")
    slide(root, "Correr a la derecha", 2)
    expect(root.get_by_text("la salida entera se corrió 1 casilla")).to_be_visible()
    assert [grid(root, 1)[4 * r + 1] for r in range(4)] == [grid(root, 0)[4 * r] for r in range(4)]
    root.get_by_role("radio", name="Un punto").check()
    root.get_by_role("radio", name="el promedio").check()
    assert "22.5" in grid(root, 1)
    root.get_by_role("radio", name="el máximo").check()
    stage = root.locator(".rc-map-stage")
    stage.focus()
    opened.keyboard.press("ArrowLeft")
    opened.keyboard.press("ArrowDown")
    assert [root.locator(".rc-sliders .rc-value").nth(i).inner_text() for i in (2, 3)] == ["1", "1"]
    box = stage.bounding_box()
    cell = box["width"] / 8
    opened.mouse.move(box["x"] + 3.5 * cell, box["y"] + 3.5 * cell)
    opened.mouse.down()
    opened.mouse.move(box["x"] + 1.5 * cell, box["y"] + 2.5 * cell, steps=8)
    opened.mouse.up()
    assert [root.locator(".rc-sliders .rc-value").nth(i).inner_text() for i in (2, 3)] == ["−1", "0"]
    outputs = root.locator("[data-part=outputs]")
    outputs.focus()
    opened.keyboard.press("ArrowRight")
    opened.keyboard.press("ArrowDown")
    expect(root.locator(".rc-told")).to_contain_text("Fila 2, columna 2.")
    expect(root.locator("[aria-live=polite]")).to_contain_text("Fila 2, columna 2.")
    slide(root, "Ventana", 3)
    slide(root, "Paso", 1)
    assert len(grid(root, 1)) == 36
    root.get_by_role("button", name="Volver al inicio").click()
    assert len(grid(root, 1)) == 16


def test_the_address_keeps_the_state_and_refuses_nonsense(page: PageFactory):
    opened = page(CHAPTER)
    root = explorer(opened, "max_pooling")
    root.get_by_role("button", name="Ver sin predecir").click()
    slide(root, "Ventana", 3)
    slide(root, "Correr hacia abajo", -2)
    opened.wait_for_function("() => location.hash.includes('max_pooling=0.random.0.3.2.-2.0.max')")
    opened.reload()
    root = explorer(opened, "max_pooling")
    root.get_by_role("button", name="Ver sin predecir").click()
    expect(root.locator(".rc-sliders .rc-value").first).to_have_text("3 × 3")
    opened.evaluate("() => { location.hash = 'max_pooling=0.gato.0.9.2.-2.0.max'; }")
    expect(root.locator(".rc-sliders .rc-value").first).to_have_text("3 × 3")


@VIEWS
def test_it_is_accessible_and_fits(page: PageFactory, size, scheme):
    opened = page(CHAPTER, size=size, scheme=scheme)
    root = explorer(opened, "max_pooling")
    opened.add_script_tag(path=str(AXE))
    assert not (fault := violations(opened, '[data-explorer="max_pooling"]')), "\n".join(fault)
    for at in maxima(root):
        root.locator(".rc-pick").nth(at).click()
    answer(root, "La mitad")
    assert opened.evaluate(OVERFLOW) == {"extra": 0, "spill": []}
    assert not (fault := violations(opened, '[data-explorer="max_pooling"]')), "\n".join(fault)
    small = root.locator("button:visible").evaluate_all("(all) => all.filter((e) => Math.min(e.offsetWidth, e.offsetHeight) < 24).map((e) => e.outerHTML)")
    assert not small, small
