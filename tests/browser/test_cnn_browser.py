"""Las formas, la CNN y el pincel de oclusión en la página: ratón, dedo, teclado, predicción, dirección y tamaño.

La CNN y el pincel se prueban con pesos al azar que se ponen en la página: no dependen de que los entrenados ya estén.
"""

import io
import re
import time
from pathlib import Path

import pytest
import torch
from conftest import PHONE, SIZES, VIEWS, PageFactory
from PIL import Image
from playwright.sync_api import Locator, Page, expect
from test_pages import ALL_RULES, AXE, OVERFLOW, SMALL, violations

from labcode.explorers import CNNExplorer, OcclusionExplorer
from labcode.models import CNNConfig, build
from labcode.slides import explorer_scripts
from labcode.views import cnn
from labcode.weights import SavedNetwork

CHAPTER = "09_capa_convolucional"


def network() -> dict:
    """Una CNN de la clase con pesos al azar, algo más fuertes que los iniciales: sus respuestas no son todas iguales."""
    model = build(CNNConfig(), 3)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.mul_(2.2)
    mean, std = torch.tensor([125.3, 123.0, 113.9]), torch.tensor([63.0, 62.1, 66.7])
    return cnn.pack(SavedNetwork(model.eval(), mean, std, {"config": {"model": vars(CNNConfig())}, "metrics": {"eval_accuracy": 61.5}}))


def wake(page: Page, site: Path, name: str) -> Locator:
    """Pone un explorador de pesos al azar al comienzo del artículo y lo despierta."""
    root = {"cnn": CNNExplorer, "occlusion": OcclusionExplorer}[name](network=network()).root()
    page.evaluate(
        """([name, html]) => {
          document.querySelectorAll(`[data-explorer="${name}"]`).forEach((old) => old.remove());
          const holder = document.createElement('div');
          holder.innerHTML = html;
          document.querySelector('article').prepend(holder);
        }""",
        [name, root],
    )
    for script in explorer_scripts(root):
        page.add_script_tag(path=site / "_static" / script)
    return explorer(page, name)


def explorer(page: Page, name: str) -> Locator:
    root = page.locator(f'[data-explorer="{name}"]').first
    expect(root).to_have_attribute("data-ready", "true", timeout=10_000)
    root.scroll_into_view_if_needed()
    return root


def pixels(canvas: Locator) -> str:
    return canvas.evaluate("(e) => e.toDataURL()")


def slide(root: Locator, label: str, value: int) -> None:
    root.get_by_role("slider", name=label).evaluate("(e, v) => { e.value = v; e.dispatchEvent(new Event('input', {bubbles: true})); }", value)


def predict_class(root: Locator, name: str = "gato") -> None:
    root.get_by_role("radio", name=name, exact=True).check()
    root.get_by_role("button", name="Comprobar").click()


def said(root: Locator) -> str:
    """La celda cuyo detalle se ve."""
    return root.locator(".rc-c-detail-title").inner_text()


def predict_shape(root: Locator, side: str, channels: str) -> None:
    root.get_by_role("spinbutton", name="Lado").fill(side)
    root.get_by_role("spinbutton", name="Canales").fill(channels)
    root.get_by_role("button", name="Comprobar").click()


# Formas


@SIZES
def test_shapes_predict_then_see(page: PageFactory, size):
    root = explorer(page(CHAPTER, size=size), "shapes")
    out = root.locator(".rc-s-captions .rc-size").nth(1)
    expect(out).to_have_text("¿?")
    root.get_by_role("button", name="Comprobar").click()
    expect(root.get_by_text("Escriban el lado y los canales")).to_be_visible()
    predict_shape(root, "28", "18")
    expect(root.locator(".rc-feedback")).to_contain_text("suma sus canales")
    expect(out).to_have_text("28 × 28 × 6")
    expect(root.get_by_text("parámetros = 6 · (3 · 5 · 5 + 1) = 456")).to_be_visible()
    root.get_by_role("button", name="3 × 3, paso 2").click()
    expect(out).to_have_text("15 × 15 × 6")
    expect(root.get_by_text("Sobran 1 fila y 1 columna")).to_be_visible()
    assert root.locator(".rc-s-lost").count() == 2
    root.get_by_role("button", name="Otra predicción").click()
    expect(out).to_have_text("¿?")


def test_shapes_fail_as_torch_does_and_are_mended(page: PageFactory):
    root = explorer(page(CHAPTER), "shapes")
    root.get_by_role("button", name="Una que falla").click()
    root.get_by_role("checkbox", name="da error").check()
    root.get_by_role("button", name="Comprobar").click()
    expect(root.locator(".rc-feedback")).to_contain_text("¡Eso es!")
    expect(root.get_by_text("Given groups=1, weight of size [16, 3, 5, 5]")).to_be_visible()
    root.get_by_role("button", name="Ajustar in_channels").click()
    expect(root.locator(".rc-s-captions .rc-size").nth(1)).to_have_text("24 × 24 × 16")
    slide(root, "Lado", 4)
    expect(root.get_by_text("Kernel size can't be greater than actual input size")).to_be_visible()
    slide(root, "stride", 0)
    expect(root.get_by_text("non-positive stride is not supported")).to_be_visible()


@SIZES
def test_shapes_by_hand_and_keyboard(page: PageFactory, size):
    opened = page(CHAPTER, size=size)
    root = explorer(opened, "shapes")
    predict_shape(root, "28", "6")
    stage, status = root.locator(".rc-s-stage"), root.locator(".rc-s-view .rc-help")
    stage.focus()
    for key in ("ArrowDown", "Shift+ArrowRight", "PageDown"):
        opened.keyboard.press(key)
    expect(status).to_contain_text("mapa 2, fila 2, columna 6")
    box = stage.bounding_box()
    stage.hover(position={"x": box["width"] * 0.7, "y": box["height"] * 0.6})
    expect(status).not_to_contain_text("fila 2, columna 6")
    root.get_by_role("button", name="Núcleo 5 de 6").click()
    expect(status).to_contain_text("mapa 5")


# La CNN


@SIZES
def test_predict_the_class_then_see_everything(page: PageFactory, site, size):
    root = wake(page(CHAPTER, size=size), site, "cnn")
    maps = root.locator("[data-stage=conv1] canvas")
    hidden = pixels(maps)
    expect(root.locator(".rc-c-share").first).to_have_text("?")
    root.get_by_role("button", name="Comprobar").click()
    expect(root.get_by_text("Elijan primero una clase")).to_be_visible()
    predict_class(root)
    expect(root.locator(".rc-feedback")).to_contain_text(re.compile("Dice"))
    assert pixels(maps) != hidden
    shares = [float(re.sub(r"[^\d.]", "", text)) for text in root.locator(".rc-c-share").all_inner_texts()]
    assert len(shares) == 10 and 97 < sum(shares) < 103
    for stage, number in (("conv1", "6 mapas de 28"), ("pool2", "16 mapas de 5"), ("dense1", "120 neuronas"), ("dense2", "80 neuronas")):
        expect(root.locator(f"figure:has([data-stage={stage}]) figcaption")).to_contain_text(number)
    root.get_by_role("button", name="Otra imagen").click()
    expect(root.locator(".rc-c-share").first).to_have_text("?")
    expect(root.get_by_role("radio", name="Avión", exact=True)).to_be_checked()


def test_hover_previews_and_click_pins(page: PageFactory, site):
    opened = page(CHAPTER)
    root = wake(opened, site, "cnn")
    predict_class(root)
    picture = root.locator(".rc-c-picture")
    before, window = said(root), pixels(picture)
    root.locator("[data-stage=conv2] canvas").hover(position={"x": 20, "y": 20})
    assert said(root).startswith("Convolución 2, mapa 1, fila") and said(root) != before and pixels(picture) != window
    expect(root.locator(".rc-c-group")).to_have_count(6)
    opened.mouse.move(2, 2)
    assert said(root) == before
    root.locator("[data-stage=input] canvas").hover(position={"x": 20, "y": 20})
    assert said(root).startswith("Entrada")
    opened.mouse.move(2, 2)
    assert said(root) == before and pixels(picture) == window
    root.locator("[data-stage=pool1] canvas").click(position={"x": 20, "y": 20})
    pinned = said(root)
    assert pinned.startswith("Max pooling 1, mapa 1")
    root.locator("[data-stage=conv2] canvas").hover(position={"x": 40, "y": 40})
    assert said(root) == pinned
    root.get_by_role("button", name="Soltar").click()
    root.locator("[data-stage=relu2] canvas").hover(position={"x": 40, "y": 40})
    assert said(root).startswith("ReLU 2")
    root.locator('.rc-c-bar[data-class="3"]').click()
    assert said(root).startswith("Salida, gato")
    expect(root.locator(".rc-sum").first).to_contain_text("la softmax lo vuelve")


def test_the_sum_is_written_out_and_adds_up(page: PageFactory, site):
    opened = page(CHAPTER)
    root = wake(opened, site, "cnn")
    predict_class(root)
    for stage, products in (("conv1", 75), ("conv2", 150), ("dense1", 400), ("dense2", 120)):
        root.locator(f"[data-stage={stage}] canvas").click(position={"x": 30, "y": 12})
        root.locator(".rc-c-details").evaluate("(e) => { e.open = true; }")
        expect(root.get_by_text(f"Ver los {products} productos")).to_be_visible()
        terms, total = root.locator(".rc-c-all").inner_text().replace("−", "-").rsplit(" = ", 1)
        pairs = [term.split("·") for term in terms.split(" + ")]
        assert len(pairs) == products + 1
        value = sum(float(a.strip("() ")) * float(b[0].strip("() ")) if b else float(a.strip("() ")) for a, *b in pairs)
        assert value == pytest.approx(float(total), abs=0.02 * products)  # dos decimales por número


def test_keyboard_reaches_every_stage_and_paints(page: PageFactory, site):
    opened = page(CHAPTER)
    root = wake(opened, site, "cnn")
    predict_class(root)
    root.locator("[data-stage=conv2]").focus()
    opened.keyboard.press("ArrowDown")
    assert said(root).startswith("Convolución 2, mapa 1, fila 6, columna 6")
    for key in ("PageDown", "ArrowRight", "Home"):
        opened.keyboard.press(key)
    assert said(root).startswith("Convolución 2, mapa 2, fila 6, columna 1")
    expect(root.locator("[aria-live=polite]")).to_contain_text("mapa 2, fila 6, columna 1")
    expect(root.locator(".rc-feedback")).not_to_be_empty()
    picture = root.locator(".rc-c-picture")
    picture.focus()
    before, shares = pixels(picture), root.locator(".rc-c-share").all_inner_texts()
    for key in ("ArrowLeft", "Space", *["Shift+ArrowDown"] * 8):
        opened.keyboard.press(key)
    assert pixels(picture) != before and root.locator(".rc-c-share").all_inner_texts() != shares
    expect(root.locator(".rc-feedback")).to_be_empty()  # lo que se dijo era de la imagen sin pintar
    expect(root.get_by_role("button", name="Deshacer")).to_be_enabled()
    root.get_by_role("button", name="Quitar lo pintado").click()
    assert root.locator(".rc-c-share").all_inner_texts() == shares
    unreachable = opened.evaluate("""() => [...document.querySelectorAll('[data-explorer=cnn] :is(button, input, [tabindex])')]
        .filter((e) => e.checkVisibility() && !e.disabled && e.tabIndex < 0 && e.type !== 'file').map((e) => e.outerHTML.slice(0, 80))""")
    assert unreachable == []


def test_painting_with_a_finger_changes_the_answer_and_the_address(page: PageFactory, site):
    opened = page(CHAPTER, size=PHONE, touch=True)
    root = wake(opened, site, "cnn")
    root.get_by_role("button", name="Ver sin predecir").click()
    root.get_by_role("radio", name="azul").check()
    slide(root, "Grueso", 6)
    shares = root.locator(".rc-c-share").all_inner_texts()
    picture = root.locator(".rc-c-picture")
    picture.scroll_into_view_if_needed()
    for x in (60, 90, 120, 150):
        picture.tap(position={"x": x, "y": 100})
    assert root.locator(".rc-c-share").all_inner_texts() != shares
    opened.wait_for_function("() => location.hash.includes('cnn=gata~')")
    painted = opened.evaluate("location.hash").split("cnn=")[1].split("~")[1]
    assert re.fullmatch(r"(\d+[a-i-])+", painted)
    root.locator("[data-stage=conv1] canvas").tap(position={"x": 20, "y": 20})
    assert said(root).startswith("Convolución 1")


def test_an_own_photo_stays_here(page: PageFactory, site):
    root = wake(page(CHAPTER), site, "cnn")
    root.get_by_role("button", name="Ver sin predecir").click()
    shares = root.locator(".rc-c-share").all_inner_texts()
    photo = io.BytesIO()
    Image.effect_mandelbrot((300, 200), (-2, -1, 1, 1), 60).convert("RGB").save(photo, "PNG")
    root.locator("input[type=file]").set_input_files({"name": "foto.png", "mimeType": "image/png", "buffer": photo.getvalue()})
    expect(root.get_by_role("radio", name="La mía")).to_be_checked()
    expect(root.get_by_text("no salió de este navegador")).to_be_visible()
    assert root.locator(".rc-c-share").all_inner_texts() != shares
    root.locator("input[type=file]").set_input_files({"name": "carta.txt", "mimeType": "text/plain", "buffer": b"hola"})
    expect(root.get_by_text("«carta.txt» no se pudo leer")).to_be_visible()


def test_the_chapter_shows_the_trained_network_or_says_it_is_missing(page: PageFactory):
    root = explorer(page(CHAPTER), "cnn")
    if root.locator(".rc-c-bars").count():
        expect(root.get_by_text("parámetros y acierta")).to_be_visible()
    else:
        expect(root.get_by_text("Faltan los pesos")).to_be_visible()


# El pincel de oclusión


@SIZES
def test_occlusion_predict_then_see_the_map(page: PageFactory, site, size):
    opened = page(CHAPTER, size=size)
    root = wake(opened, site, "occlusion")
    map_canvas, photo = root.locator("canvas").nth(1), root.locator("canvas").nth(0)
    hidden, whole = pixels(map_canvas), pixels(photo)
    root.get_by_role("button", name="Comprobar").click()
    expect(root.get_by_text("Elijan primero una zona")).to_be_visible()
    root.get_by_role("radio", name="el centro").check()
    root.get_by_role("button", name="Comprobar").click()
    expect(root.locator(".rc-feedback")).to_contain_text("en promedio")
    assert pixels(map_canvas) != hidden and pixels(photo) != whole
    status = root.locator(".rc-o-status")
    before = status.inner_text()
    box = photo.bounding_box()
    photo.hover(position={"x": box["width"] * 0.25, "y": box["height"] * 0.3})
    assert status.inner_text() != before
    root.locator("[role=application]").first.focus()
    opened.keyboard.press("PageUp")
    opened.keyboard.press("Home")
    expect(root.locator(".rc-figure-box .rc-size").first).to_have_text("fila 1, columna 1")
    expect(root.locator("[aria-live=polite]")).to_contain_text("tapando aquí")
    slide(root, "Lado del cuadrado", 3)
    expect(root.locator(".rc-feedback")).to_be_empty()
    root.get_by_role("button", name="Otra imagen").click()
    root.get_by_role("radio", name="el centro").check()
    root.get_by_role("button", name="Comprobar").click()
    expect(root.locator(".rc-feedback")).to_contain_text("en promedio")
    root.get_by_role("radio", name="negro").check()
    expect(root.locator(".rc-feedback")).to_be_empty()


def test_the_map_is_made_without_freezing_the_page(page: PageFactory, site):
    opened = page(CHAPTER)
    root = wake(opened, site, "occlusion")
    root.get_by_role("button", name="Ver sin predecir").click()
    slide(root, "Lado del cuadrado", 12)
    frames, began = 0, time.monotonic()
    while "%" in root.locator(".rc-figure-box .rc-size").nth(1).inner_text() and time.monotonic() - began < 60:
        frames += opened.evaluate("() => new Promise((done) => requestAnimationFrame(() => done(1)))")
    assert frames > 5
    expect(root.locator(".rc-figure-box .rc-size").nth(1)).to_have_text("")
    root.get_by_role("radio", name="negro").check()
    root.get_by_role("radio", name="Rana").check()
    expect(root.locator(".rc-o-status")).to_contain_text("tapando aquí")


# Todo abierto


OWN = "[data-explorer]:not([data-explorer=quiz])"


@VIEWS
def test_everything_open_is_accessible_and_fits(page: PageFactory, site, size, scheme):
    opened = page(CHAPTER, size=size, scheme=scheme)
    rules = ALL_RULES if scheme == "light" else ["color-contrast"]  # el tema solo cambia los colores
    opened.add_script_tag(path=str(AXE))
    shapes = explorer(opened, "shapes")
    roots = [wake(opened, site, name) for name in ("cnn", "occlusion")]
    assert not (fault := violations(opened, OWN, rules)), "\n".join(fault)
    predict_shape(shapes, "28", "3")
    slide(shapes, "out_channels", 32)
    slide(shapes, "in_channels", 9)
    for root in roots:
        root.get_by_role("button", name="Ver sin predecir").click()
    opened.locator("[data-explorer=cnn] [data-stage=dense1] canvas").click(position={"x": 30, "y": 12})
    opened.locator("[data-explorer=cnn] .rc-c-details").evaluate("(e) => { e.open = true; }")
    assert opened.evaluate(OVERFLOW) == {"extra": 0, "spill": []}
    assert not (fault := violations(opened, OWN, rules)), "\n".join(fault)
    assert opened.evaluate(SMALL, OWN) == []
