"""El explorador «Imagen y vector» en la página: ratón, dedo, teclado, predicción, dirección y accesibilidad."""

from conftest import PHONE, SIZES, VIEWS, PageFactory
from playwright.sync_api import Locator, expect
from test_explorers_browser import explorer, pixels
from test_pages import AXE, OVERFLOW, violations

CHAPTER = "01_recordatorio"


def predict(root: Locator, changed: str) -> None:
    """Responde cuántos números cambian."""
    root.get_by_role("spinbutton").fill(changed)
    root.get_by_role("button", name="Comprobar").click()


def place(root: Locator) -> str:
    """El píxel elegido: «fila 14, columna 12»."""
    return root.locator(".rc-iv-where strong").inner_text()


def indices(root: Locator) -> list[int]:
    """Las posiciones de sus tres números, ya calculadas por el explorador."""
    return [int(text) for text in root.locator(".rc-iv-lines .rc-result").all_inner_texts()]


@SIZES
def test_a_pixel_and_its_three_numbers(page: PageFactory, size):
    opened = page(CHAPTER, size=size)
    root = explorer(opened, "image-vector")
    image = root.locator("canvas").first
    strips = root.locator(".rc-iv-bars")
    before = [pixels(strip) for strip in strips.all()]
    box = image.bounding_box()
    image.hover(position={"x": box["width"] * 20.5 / 32, "y": box["height"] * 5.5 / 32})
    assert place(root) == "fila 5, columna 20" and indices(root) == [180, 1204, 2228]
    assert all(pixels(strip) != old for strip, old in zip(strips.all(), before)), "la marca no se movió en el vector"
    shown = root.locator(".rc-iv-lens").nth(1).locator(".rc-iv-here")
    expect(shown.locator("small")).to_have_text("1204")
    expect(shown.locator("b").first).to_have_text(root.locator(".rc-iv-lines b").nth(1).inner_text())


@SIZES
def test_and_back_from_the_vector_to_the_image(page: PageFactory, size):
    opened = page(CHAPTER, size=size)
    root = explorer(opened, "image-vector")
    strip = root.locator(".rc-iv-bars").nth(2)
    box = strip.bounding_box()
    strip.hover(position={"x": box["width"] * 0.5, "y": 5})
    row, column = (int(part.split()[1]) for part in place(root).split(", "))
    assert abs(row * 32 + column - 512) <= 4
    expect(root.locator(".rc-iv-chosen")).to_have_attribute("data-channel", "2")


def test_a_finger_works_too(page: PageFactory):
    root = explorer(page(CHAPTER, size=PHONE, touch=True), "image-vector")
    root.locator("canvas").first.tap(position={"x": 3, "y": 3})
    assert place(root) == "fila 0, columna 0" and indices(root) == [0, 1024, 2048]


def test_keyboard_reaches_and_moves_everything(page: PageFactory):
    opened = page(CHAPTER)
    root = explorer(opened, "image-vector")
    root.locator("[data-part=image]").focus()
    for key in ("PageUp", "Home", "ArrowDown", "ArrowRight", "ArrowRight", "Shift+ArrowDown"):
        opened.keyboard.press(key)
    assert place(root) == "fila 5, columna 2"
    expect(root.locator("[aria-live=polite]")).to_contain_text("Fila 5, columna 2")
    blue = root.get_by_role("slider", name="tramo azul")
    blue.focus()
    opened.keyboard.press("End")
    assert place(root) == "fila 31, columna 31"
    expect(blue).to_have_attribute("aria-valuenow", "3071")
    opened.keyboard.press("PageDown")
    opened.keyboard.press("ArrowLeft")
    assert place(root) == "fila 30, columna 30" and indices(root)[2] == 2048 + 30 * 32 + 30
    outline = blue.evaluate("(e) => [getComputedStyle(e).outlineStyle, parseFloat(getComputedStyle(e).outlineWidth)]")
    assert outline[0] == "solid" and outline[1] >= 2, "el foco no se ve"
    reached = opened.evaluate("""() => [...document.querySelectorAll('[data-explorer="image-vector"] :is(button, input, [tabindex])')]
        .filter((e) => e.checkVisibility() && !e.disabled && e.tabIndex < 0).map((e) => e.outerHTML.slice(0, 80))""")
    assert reached == [], "hay controles que el teclado no alcanza"


@SIZES
def test_predict_then_move(page: PageFactory, size):
    root = explorer(page(CHAPTER, size=size), "image-vector")
    root.get_by_role("button", name="Correr a la derecha").click(force=True)
    expect(root.locator(".rc-size").nth(1)).to_have_text("por predecir")
    root.get_by_role("button", name="Comprobar").click()
    expect(root.get_by_text("Escriban primero")).to_be_visible()
    predict(root, "96")
    expect(root.locator(".rc-feedback")).to_contain_text("columna que entra")
    expect(root.locator(".rc-size").nth(1)).to_have_text("1 píxel a la derecha")
    photo = int(root.locator(".rc-iv-result strong").inner_text())
    assert photo > 2700 and str(photo) in root.locator(".rc-feedback").inner_text()
    old, new = (root.locator(".rc-iv-lens").first.locator("b:nth-of-type(%d)" % n).all_inner_texts() for n in (1, 2))
    assert new[1:] == old[:-1], "corrida un píxel, a cada lugar llega el número del lugar anterior"
    root.get_by_role("button", name="Correr hacia abajo").click()
    expect(root.locator(".rc-size").nth(1)).to_have_text("1 píxel hacia abajo y 1 píxel a la derecha")
    root.get_by_role("radio", name="Barco dibujado").check()
    expect(root.locator(".rc-feedback")).to_be_empty()  # lo que se dijo era de la foto
    assert int(root.locator(".rc-iv-result strong").inner_text()) < photo / 2
    root.get_by_role("button", name="Sin correr").click()
    expect(root.locator(".rc-iv-result")).to_contain_text("no cambia ningún número")
    root.get_by_role("button", name="Predecir de nuevo").click()
    expect(root.locator(".rc-size").nth(1)).to_have_text("por predecir")


def test_it_does_not_move_past_its_margin(page: PageFactory):
    root = explorer(page(CHAPTER), "image-vector")
    predict(root, "3000")
    right = root.get_by_role("button", name="Correr a la derecha")
    for _ in range(6):
        right.click(force=True)
    expect(root.locator(".rc-size").nth(1)).to_have_text("4 píxeles a la derecha")
    expect(right).to_have_attribute("aria-disabled", "true")


def test_the_address_keeps_the_state(page: PageFactory):
    opened = page(CHAPTER)
    root = explorer(opened, "image-vector")
    predict(root, "3000")
    root.get_by_role("radio", name="Café").check()
    root.locator("[data-part=image]").focus()
    opened.keyboard.press("ArrowDown")
    opened.wait_for_function("() => location.hash.includes('image-vector=cafe.15.12.1.0.1')")
    opened.reload()
    root = explorer(opened, "image-vector")
    expect(root.get_by_role("radio", name="Café")).to_be_checked()
    assert place(root) == "fila 15, columna 12"
    opened.evaluate("() => { location.hash = 'image-vector=gata.99.12.1.0.1'; }")
    assert place(root) == "fila 15, columna 12", "una dirección imposible se ignora"


@VIEWS
def test_everything_open_is_accessible_and_fits(page: PageFactory, size, scheme):
    opened = page(CHAPTER, size=size, scheme=scheme)
    root = explorer(opened, "image-vector")
    opened.add_script_tag(path=str(AXE))
    where = '[data-explorer="image-vector"]'
    assert not (fault := violations(opened, where)), "\n".join(fault)
    predict(root, "96")
    assert opened.evaluate(OVERFLOW) == {"extra": 0, "spill": []}
    assert not (fault := violations(opened, where)), "\n".join(fault)
    small = root.evaluate("(r) => [...r.querySelectorAll('button, input')].filter((e) => e.checkVisibility() && e.getBoundingClientRect().height < 24).length")
    assert small == 0, "un control demasiado chico para el dedo"


def test_passing_over_does_not_write_the_address(page: PageFactory):
    opened = page(CHAPTER)
    root = explorer(opened, "image-vector")
    image = root.locator("canvas").first
    image.hover(position={"x": 30, "y": 40})
    opened.wait_for_timeout(400)
    assert place(root) != "fila 14, columna 12" and "image-vector" not in opened.url
    image.click(position={"x": 30, "y": 40})
    opened.wait_for_function("() => location.hash.includes('image-vector=gata.')")
