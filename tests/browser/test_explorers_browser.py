"""Los exploradores en la página del libro, abierta desde el disco: ratón, dedo, teclado, predicción y dirección."""

import re

import pytest
from conftest import PHONE, ROOT, SIZES, VIEWS, PageFactory
from playwright.sync_api import Locator, Page, expect
from test_pages import AXE, OVERFLOW, violations

CHAPTER = "07_convolucion_a_mano"
CHAPTERS = sorted(path.stem for path in (ROOT / "book").glob("[0-9]*.ipynb"))


def explorer(page: Page, name: str) -> Locator:
    """La raíz de un explorador ya despierto."""
    root = page.locator(f'[data-explorer="{name}"]').first
    expect(root).to_have_attribute("data-ready", "true", timeout=10_000)
    root.scroll_into_view_if_needed()
    return root


def predict(root: Locator, rows: str) -> None:
    """Responde la predicción del explorador de núcleos."""
    root.get_by_role("spinbutton").fill(rows)
    root.get_by_role("button", name="Comprobar").click()


def slide(root: Locator, label: str, value: int) -> None:
    """Lleva un deslizador a un valor, como lo haría el navegador."""
    root.get_by_role("slider", name=label).evaluate(
        "(e, v) => { e.value = v; e.dispatchEvent(new Event('input', {bubbles: true})); }", value
    )


def chosen(root: Locator) -> str:
    """La celda cuya suma está escrita: «fila 3, columna 5»."""
    return root.locator(".rc-sum-title strong").inner_text()


def pixels(canvas: Locator) -> str:
    """El dibujo de un lienzo, como texto que cambia si cambia un píxel."""
    return canvas.evaluate("(e) => e.toDataURL()")


def written_sum(root: Locator) -> tuple[float, float]:
    """La suma escrita, calculada aquí término a término, y el resultado que anuncia."""
    text = root.locator(".rc-sum").inner_text().replace("−", "-").replace("\n", " ")
    terms, result = text.rsplit("=", 1)
    products = [a.strip("() ").split("·") for a in re.split(r" \+ ", terms)]
    return sum(float(a.strip("() ")) * float(b.strip("() ")) for a, b in products), float(result)


@SIZES
def test_predict_then_see(page: PageFactory, size):
    root = explorer(page(CHAPTER, size=size), "kernel")
    output = root.locator("[data-part=output] canvas")
    hidden = pixels(output)
    expect(root.locator(".rc-size").nth(1)).to_have_text("¿?")
    root.get_by_role("button", name="Comprobar").click()
    expect(root.get_by_text("Escriban primero")).to_be_visible()
    predict(root, "45")
    expect(root.locator(".rc-feedback")).to_contain_text("posición inicial")
    expect(root.locator(".rc-size").nth(1)).to_have_text("46 × 46")
    expect(root.locator(".rc-formula")).to_contain_text("⌊(48 + 2·0 − 1·(3 − 1) − 1) / 1⌋ + 1")
    assert pixels(output) != hidden
    root.get_by_role("button", name="Otra predicción").click()
    expect(root.locator(".rc-size").nth(1)).to_have_text("¿?")


AGAIN = """() => document.querySelectorAll("[data-explorer]").forEach((root) => {
  const script = root.querySelector("script[type='application/json']");
  script.textContent = JSON.stringify({ ...JSON.parse(script.textContent), predict: false });
  const fresh = Object.assign(document.createElement("div"), { className: root.className });
  fresh.dataset.explorer = root.dataset.explorer;
  fresh.append(root.querySelector(".rc-static"), script);
  root.replaceWith(fresh);
})"""


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_without_asking_first_every_explorer_wakes_open(page: PageFactory, site, chapter):
    opened = page(chapter)
    roots = opened.locator("[data-explorer]")
    for i in range(roots.count()):
        expect(roots.nth(i)).to_have_attribute("data-ready", "true")
    opened.evaluate(AGAIN)  # como con `predict=False`
    opened.add_script_tag(path=site / "_static" / "explorers.js")
    for i in range(roots.count()):
        expect(roots.nth(i)).to_have_attribute("data-ready", "true")
        expect(roots.nth(i).locator(".rc-failure")).to_have_count(0)
        expect(roots.nth(i).locator(".rc-veil:visible", has_text="?")).to_have_count(0)


def test_system_colours_keep_what_a_colour_says(page: PageFactory):
    opened = page(CHAPTER)
    cells = explorer(opened, "kernel").locator(".rc-icon i")
    read = "(all) => all.map((e) => getComputedStyle(e).backgroundColor)"
    own = cells.evaluate_all(read)
    opened.emulate_media(forced_colors="active")
    assert len(set(own)) > 1 and cells.evaluate_all(read) == own


@SIZES
def test_mouse_lights_the_window_and_writes_the_sum(page: PageFactory, size):
    root = explorer(page(CHAPTER, size=size), "kernel")
    predict(root, "46")
    image, output = root.locator("canvas").nth(0), root.locator("canvas").nth(1)
    before, window = chosen(root), pixels(image)
    box = output.bounding_box()
    output.hover(position={"x": box["width"] * 0.1, "y": box["height"] * 0.2})
    assert chosen(root) != before and pixels(image) != window
    computed, announced = written_sum(root)
    assert computed == pytest.approx(announced, abs=1e-6)
    where = chosen(root)
    image.hover(position={"x": box["width"] * 0.8, "y": box["height"] * 0.7})
    assert chosen(root) != where


def test_a_finger_works_too(page: PageFactory):
    root = explorer(page(CHAPTER, size=PHONE, touch=True), "kernel")
    predict(root, "46")
    before = chosen(root)
    root.locator("[data-part=output] canvas").tap(position={"x": 12, "y": 12})
    assert chosen(root) != before


def test_keyboard_reaches_and_moves_everything(page: PageFactory):
    opened = page(CHAPTER)
    root = explorer(opened, "kernel")
    predict(root, "46")
    stage = root.locator("[data-part=output]")
    stage.focus()
    opened.keyboard.press("PageUp")
    opened.keyboard.press("Home")
    assert chosen(root) == "fila 1, columna 1"
    for key in ("ArrowDown", "ArrowDown", "ArrowRight", "Shift+ArrowRight"):
        opened.keyboard.press(key)
    assert chosen(root) == "fila 3, columna 7"
    expect(root.locator("[aria-live=polite]")).to_contain_text("Fila 3, columna 7")
    outline = stage.evaluate("(e) => [getComputedStyle(e).outlineStyle, parseFloat(getComputedStyle(e).outlineWidth)]")
    assert outline[0] == "solid" and outline[1] >= 2, "el foco no se ve"
    root.get_by_role("slider", name="Paso").focus()
    opened.keyboard.press("ArrowRight")
    expect(root.locator(".rc-size").nth(1)).to_have_text("23 × 23")
    reached = opened.evaluate("""() => [...document.querySelectorAll('[data-explorer=kernel] :is(button, input, [tabindex])')]
        .filter((e) => e.checkVisibility() && !e.disabled && e.tabIndex < 0).map((e) => e.outerHTML.slice(0, 80))""")
    assert reached == [], "hay controles que el teclado no alcanza"


def test_sliders_presets_and_weights(page: PageFactory):
    root = explorer(page(CHAPTER), "kernel")
    predict(root, "46")
    size = root.locator(".rc-size").nth(1)
    for label, value, expected in (("Núcleo", 5, "44 × 44"), ("Relleno", 2, "48 × 48"), ("Dilatación", 2, "44 × 44"), ("Paso", 3, "15 × 15")):
        slide(root, label, value)
        expect(size).to_have_text(expected)
    expect(root.get_by_text("Sobra 1 fila y 1 columna")).to_have_count(0)
    expect(root.locator(".rc-note").filter(has_text="ninguna ventana llega")).to_contain_text("Sobran 1 fila y 1 columna")
    assert root.locator(".rc-kernel input").count() == 25
    root.get_by_role("button", name="Laplaciano").click()
    assert root.locator(".rc-kernel input").count() == 9
    weight = root.get_by_label("Peso, fila 2, columna 2")
    assert weight.input_value() == "−4"
    before = pixels(root.locator("[data-part=output] canvas"))
    weight.fill("0,5")
    assert pixels(root.locator("[data-part=output] canvas")) != before
    weight.fill("mil")
    expect(root.get_by_text("no sirve como peso")).to_be_visible()
    weight.fill("2")
    weight.press("ArrowUp")
    assert weight.input_value() == "2.1"
    computed, announced = written_sum(root)
    assert computed == pytest.approx(announced, abs=0.02)


def test_an_impossible_combination_is_explained(page: PageFactory):
    root = explorer(page(CHAPTER), "kernel")
    predict(root, "46")
    root.get_by_role("radio", name="Patrón 1-2-3-4").check()
    slide(root, "Núcleo", 7)
    expect(root.get_by_text("El núcleo no cabe: mide 7 × 7 y la imagen mide 3 × 3.")).to_be_visible()
    expect(root.get_by_role("button", name="Reproducir")).to_be_disabled()
    slide(root, "Relleno", 2)
    expect(root.locator(".rc-size").nth(1)).to_have_text("1 × 1")
    root.get_by_role("button", name="Volver al inicio").click()
    expect(root.locator(".rc-size").nth(1)).to_have_text("46 × 46")


def test_the_lecture_example_by_hand(page: PageFactory):
    opened = page(CHAPTER)
    root = explorer(opened, "kernel")
    root.get_by_role("radio", name="Patrón 1-2-3-4").check()
    root.get_by_role("button", name="El de la clase").click()
    predict(root, "2")
    expect(root.locator(".rc-feedback")).to_contain_text("¡Eso es!")
    root.locator("[data-part=output]").focus()
    opened.keyboard.press("PageDown")
    opened.keyboard.press("End")
    assert written_sum(root) == (pytest.approx(3.0), 3.0)


def test_step_and_play(page: PageFactory):
    opened = page(CHAPTER)
    root = explorer(opened, "kernel")
    root.get_by_role("radio", name="Patrón 1-2-3-4").check()
    root.get_by_role("button", name="El de la clase").click()
    predict(root, "2")
    step = root.get_by_role("button", name="Paso ▶")
    places = []
    for _ in range(4):
        step.click()
        places.append(chosen(root))
    assert len(set(places)) == 4
    root.get_by_role("button", name="Reproducir").click()  # la página pide menos movimiento
    expect(root.get_by_text("menos movimiento")).to_be_visible()
    opened.emulate_media(reduced_motion="no-preference")
    root.get_by_role("button", name="Reproducir").click()
    expect(root.get_by_role("button", name="Pausar")).to_be_visible()
    expect(root.locator(".rc-sum-title strong")).to_have_text("fila 2, columna 2", timeout=6_000)
    expect(root.get_by_role("button", name="Reproducir")).to_be_visible(timeout=3_000)


def test_the_address_keeps_the_state(page: PageFactory):
    opened = page(CHAPTER)
    root = explorer(opened, "kernel")
    predict(root, "46")
    slide(root, "Paso", 2)
    root.get_by_role("button", name="Desenfoque").click()
    root.get_by_role("radio", name="Café").check()
    pattern = explorer(opened, "pattern")
    pattern.get_by_role("button", name="Subir el patrón").click()
    opened.wait_for_function("() => location.hash.includes('kernel=3.2.0.1~coffee~blur') && location.hash.includes('pattern=0.1.0.0')")
    opened.reload()
    root = explorer(opened, "kernel")
    expect(root.get_by_role("radio", name="Café")).to_be_checked()
    expect(root.get_by_role("button", name="Desenfoque")).to_have_attribute("aria-pressed", "true")
    expect(root.locator(".rc-value").nth(1)).to_have_text("2")
    opened.evaluate("() => { location.hash = 'kernel=3.4.0.1~camera~sobel'; }")
    expect(root.locator(".rc-value").nth(1)).to_have_text("4")


def test_a_hostile_address_is_ignored(page: PageFactory):
    root = explorer(page(f"{CHAPTER}#kernel=9.9.9.9~<img>~1_2&pattern=8.8"), "kernel")
    expect(root.locator(".rc-value").nth(0)).to_have_text("3 × 3")


def outputs(root: Locator, layer: str) -> list[str]:
    """Los cuatro valores de una capa del explorador del patrón."""
    return root.locator(f'[data-layer="{layer}"] .rc-out b').all_inner_texts()


def answer(root: Locator, text: str) -> None:
    """Responde la predicción del explorador del patrón."""
    root.get_by_role("radio", name=text).check()
    root.get_by_role("button", name="Comprobar").click()


@SIZES
def test_the_pattern_travels_only_in_the_convolution(page: PageFactory, size):
    opened = page(CHAPTER, size=size)
    root = explorer(opened, "pattern")
    assert outputs(root, "shared") == ["?"] * 4
    answer(root, "Las tres")
    expect(root.locator(".rc-feedback")).to_contain_text("Todavía no")
    assert outputs(root, "shared") == ["3.0", "1.4", "1.1", "0.4"]
    expect(root.locator('[data-layer="shared"] [data-trip="same"]')).to_have_count(1)
    expect(root.locator('[data-layer="dense"] [data-trip="other"]')).to_have_count(1)
    board = root.get_by_role("application")
    board.focus()
    opened.keyboard.press("ArrowDown")
    opened.keyboard.press("ArrowRight")
    assert outputs(root, "shared") == ["0.4", "1.1", "1.4", "3.0"]
    for layer in ("dense", "local", "shared"):
        expect(root.locator(f'[data-layer="{layer}"] .rc-max')).to_contain_text("3.0")
    root.get_by_role("button", name="Con ruido").click()
    assert outputs(root, "shared") == ["0.44", "1.09", "1.42", "3.07"]


def test_the_pattern_is_dragged_and_looked_at(page: PageFactory):
    opened = page(CHAPTER)
    root = explorer(opened, "pattern")
    answer(root, "Solo la convolución")
    expect(root.locator(".rc-feedback")).to_contain_text("¡Eso es!")
    root.get_by_role("button", name="Abajo a la derecha").click()
    box = root.get_by_role("application").bounding_box()
    third = box["width"] / 3
    opened.mouse.move(box["x"] + 2 * third, box["y"] + 2 * third)
    opened.mouse.down()
    opened.mouse.move(box["x"] + third, box["y"] + 2 * third, steps=6)
    opened.mouse.up()
    assert outputs(root, "shared") == ["1.1", "0.6", "3.0", "1.4"]
    root.locator('[data-layer="shared"] .rc-out').nth(2).hover()
    computed, announced = written_sum(root)
    assert computed == pytest.approx(3.0) and announced == 3.0
    expect(root.locator(".rc-lit")).to_have_count(4)
    root.locator('[data-layer="dense"] .rc-out').nth(2).focus()
    expect(root.locator(".rc-lit")).to_have_count(9)
    values = outputs(root, "shared")
    root.get_by_role("button", name="Otro ruido").click()
    assert outputs(root, "shared") != values


def test_the_pattern_is_answered_without_noise(page: PageFactory):
    root = explorer(page(CHAPTER), "pattern")
    root.get_by_role("button", name="Con ruido").click()
    answer(root, "Solo la convolución")
    expect(root.locator(".rc-feedback")).to_contain_text("3.0")
    assert outputs(root, "shared")[0] == "3.0"
    root.get_by_role("button", name="Con ruido").click()
    expect(root.locator(".rc-feedback")).to_be_empty()


def test_answering_with_the_keyboard_keeps_the_focus(page: PageFactory):
    opened = page(CHAPTER)
    root = explorer(opened, "kernel")
    again = root.get_by_role("button", name="Otra predicción")
    root.get_by_role("spinbutton").fill("46")
    opened.keyboard.press("Enter")
    expect(again).to_be_focused()
    opened.keyboard.press("Enter")
    expect(root.get_by_role("spinbutton")).to_be_focused()
    root.get_by_role("button", name="Ver sin predecir").press("Enter")
    expect(again).to_be_focused()
    pattern = explorer(opened, "pattern")
    pattern.get_by_role("button", name="Ver sin predecir").click()
    expect(pattern.get_by_role("button", name="Predecir de nuevo")).not_to_be_focused()


@pytest.mark.parametrize("chapter", ["01_recordatorio", CHAPTER])
def test_nothing_is_announced_until_someone_asks(page: PageFactory, chapter):
    opened = page(chapter)
    lines = opened.locator(".rc-hidden[aria-live]")
    expect(opened.locator("[data-explorer]:not([data-ready])")).to_have_count(0)
    opened.wait_for_timeout(600)
    assert lines.count() and not any(lines.all_inner_texts())


def test_the_legend_says_how_far_a_small_output_goes(page: PageFactory):
    root = explorer(page(f"{CHAPTER}#kernel=2.1.0.1~pattern~-0.1_0.1_0_0"), "kernel")
    predict(root, "2")
    assert root.locator(".rc-marks span").all_inner_texts() == ["−0.1", "0", "0.1"]


@VIEWS
def test_everything_open_is_accessible_and_fits(page: PageFactory, size, scheme):
    opened = page(CHAPTER, size=size, scheme=scheme)
    kernel, pattern = explorer(opened, "kernel"), explorer(opened, "pattern")
    opened.add_script_tag(path=str(AXE))
    assert not (fault := violations(opened, "[data-explorer]")), "\n".join(fault)
    predict(kernel, "45")
    slide(kernel, "Núcleo", 7)
    slide(kernel, "Relleno", 3)
    answer(pattern, "Ninguna")
    pattern.locator('[data-layer="dense"] .rc-out').first.focus()
    assert opened.evaluate(OVERFLOW) == {"extra": 0, "spill": []}
    assert not (fault := violations(opened, "[data-explorer]")), "\n".join(fault)


def test_a_dead_explorer_says_so(page: PageFactory, site):
    opened = page(CHAPTER)
    explorer(opened, "kernel")
    opened.evaluate(
        "() => { console.error = () => {}; window.labcodeExplorers = {}; delete document.querySelector('[data-explorer]').dataset.ready; }"
    )
    opened.add_script_tag(path=site / "_static" / "explorers.js")
    alert = opened.get_by_role("alert").first
    expect(alert).to_contain_text("no pudo iniciarse")
    expect(opened.locator('[data-ready="false"] .rc-static svg').first).to_be_visible()
