"""La imagen que se corre, en la página: arrastre, dedo, teclado, predicción, dirección y tamaño."""

import re
from pathlib import Path

import pytest
from conftest import PHONE, SIZES, VIEWS, PageFactory
from playwright.sync_api import Locator, Page, expect
from test_cnn_browser import network, pixels, slide
from test_explorers_browser import explorer
from test_pages import AXE, OVERFLOW, SMALL, violations

from labcode.explorers import ShiftExplorer
from labcode.slides import explorer_scripts

CHAPTER = "08_max_pooling"


def wake(page: Page, site: Path) -> Locator:
    """Pone el explorador, con pesos al azar, al comienzo del artículo y lo despierta: no depende de los entrenados."""
    root = ShiftExplorer(network=network()).root()
    page.evaluate(
        """(html) => {
          document.querySelectorAll('[data-explorer=shift]').forEach((old) => old.remove());
          const holder = document.createElement('div');
          holder.innerHTML = html;
          document.querySelector('article').prepend(holder);
        }""",
        root,
    )
    for script in explorer_scripts(root):
        page.add_script_tag(path=site / "_static" / script)
    return explorer(page, "shift")


def skip(root: Locator) -> None:
    root.get_by_role("button", name="Ver sin predecir").click()


def place(root: Locator) -> list[str]:
    """A la derecha y hacia abajo, como lo dicen los deslizadores."""
    return root.locator(".rc-sh-bench .rc-value").all_inner_texts()


def drag(page: Page, stage: Locator, across: float, up: float) -> None:
    """Arrastra la imagen tantos píxeles suyos hacia el lado y hacia arriba."""
    box = stage.bounding_box()
    [x, y], pixel = [box["x"] + box["width"] / 2, box["y"] + box["height"] / 2], box["width"] / 32
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + across * pixel, y - up * pixel, steps=6)
    page.mouse.up()


@SIZES
def test_predict_then_see(page: PageFactory, site, size):
    root = wake(page(CHAPTER, size=size), site)
    canvases = root.locator("canvas")
    hidden = pixels(canvases.nth(1))
    for part in (".rc-sh-bench", ".rc-verdict", ".rc-sh-lab", ".rc-plot"):
        expect(root.locator(part)).to_be_hidden()
    root.get_by_role("button", name="Comprobar").click()
    expect(root.get_by_text("Elijan primero una respuesta")).to_be_visible()
    root.get_by_role("radio", name="con ninguno").check()
    root.get_by_role("button", name="Comprobar").click()
    expect(root.locator(".rc-feedback")).to_contain_text(re.compile(r"Corrida \d píxel(es)? a la derecha"))
    assert pixels(canvases.nth(1)) not in (hidden, pixels(canvases.nth(0)))
    first = re.search(r"Corrida (\d)", root.locator(".rc-feedback").inner_text())[1]
    assert place(root) == [first, "0"]  # queda donde cambia, o donde ya no se puede más
    expect(root.locator(".rc-verdict")).to_contain_text(f"Corrida {first} píxel")
    root.get_by_role("button", name="Otra imagen").click()
    expect(root.get_by_role("radio", name="Avión", exact=True)).to_be_checked()
    expect(root.locator(".rc-sh-lab")).to_be_hidden()


def test_dragging_keys_and_controls_move_it(page: PageFactory, site):
    opened = page(CHAPTER)
    root = wake(opened, site)
    stage = root.get_by_role("application")
    drag(opened, stage, 3, 0)
    assert root.locator(".rc-sh-bench .rc-value").first.text_content() == "0"  # antes de predecir no se mueve
    skip(root)
    centre = root.get_by_role("button", name="Volver al centro")
    expect(centre).to_be_disabled()
    still, before = pixels(root.locator("canvas").nth(0)), pixels(root.locator("canvas").nth(1))
    drag(opened, stage, 3, 2)
    assert place(root) == ["3", "−2"] and pixels(root.locator("canvas").nth(1)) != before
    expect(root.locator(".rc-verdict")).to_contain_text("3 píxeles a la derecha y 2 hacia arriba")
    expect(root.locator("[aria-live=polite]")).to_contain_text("3 píxeles a la derecha y 2 hacia arriba")
    drag(opened, stage, -14, 0)
    assert place(root) == ["−8", "−2"]
    expect(root.locator(".rc-p-box strong")).to_contain_text("a lo ancho (y 2 píxeles hacia arriba)")
    stage.focus()
    for key in ("ArrowDown", "ArrowDown", "ArrowDown", "ArrowRight"):
        opened.keyboard.press(key)
    assert place(root) == ["−7", "1"]
    outline = stage.evaluate("(e) => getComputedStyle(e).outlineStyle")
    assert outline == "solid", "el foco no se ve"
    slide(root, "Hacia abajo", 5)
    expect(root.locator(".rc-p-box strong")).to_contain_text("a lo alto (y 7 píxeles a la izquierda)")
    centre.click()
    assert place(root) == ["0", "0"] and pixels(root.locator("canvas").nth(1)) == before == still
    assert set(root.locator(".rc-sh-meters").nth(1).locator(".rc-c-share").all_inner_texts()) == {"0\u202f%"}
    slide(root, "A la derecha", 1)
    shares = [int(re.sub(r"\D", "", text)) for text in root.locator(".rc-sh-meters").nth(1).locator(".rc-c-share").all_inner_texts()]
    assert len(shares) == 6 and min(shares) > 0


def test_the_chart_says_what_the_page_says(page: PageFactory, site):
    opened = page(CHAPTER)
    root = wake(opened, site)
    skip(root)
    slide(root, "A la derecha", -3)
    chart = root.locator(".rc-plot")
    expect(root.locator(".rc-p-dot, .rc-sh-cross")).to_have_count(17)
    y = float(root.locator(".rc-sh-here").get_attribute("cy"))
    zero, whole = (float(re.search(r"(?<= )[\d.]+(?=H)", line)[0]) for line in chart.locator(".rc-p-grid").evaluate_all("(all) => [all[0], all[2]].map((e) => e.getAttribute('d'))"))
    said = re.search(r"Aquí, ([\d.]+)", chart.get_attribute("aria-label"))[1]
    assert 100 * (y - zero) / (whole - zero) == pytest.approx(float(said), abs=0.6)
    chart.click(position={"x": chart.bounding_box()["width"] - 22, "y": 60})
    assert place(root) == ["8", "0"]


def test_a_finger_moves_it_and_another_picture_stays_moved(page: PageFactory, site):
    opened = page(CHAPTER, size=PHONE, touch=True)
    root = wake(opened, site)
    skip(root)
    targets = root.locator(".rc-sh-bench :is(input, button)").evaluate_all("(all) => all.map((e) => e.getBoundingClientRect().height)")
    assert min(targets) >= 44, targets
    root.get_by_role("slider", name="A la derecha").tap(position={"x": 4, "y": 22})
    assert int(place(root)[0].replace("−", "-")) <= -7
    root.get_by_role("radio", name="Rana").check()
    assert int(place(root)[0].replace("−", "-")) <= -7  # la otra imagen, corrida igual
    expect(root.locator(".rc-verdict")).to_contain_text("a la izquierda")


def test_the_address_keeps_the_state_and_refuses_nonsense(page: PageFactory):
    opened = page(CHAPTER)
    root = explorer(opened, "shift")
    skip(root)
    root.get_by_role("radio", name="Barco").check()
    slide(root, "A la derecha", 4)
    slide(root, "Hacia abajo", -2)
    opened.wait_for_function("() => location.hash.includes('shift=barco~-2~4~down')")
    opened.reload()
    root = explorer(opened, "shift")
    expect(root.get_by_role("radio", name="Barco")).to_be_checked()
    skip(root)
    assert place(root) == ["4", "−2"]
    opened.evaluate("() => { location.hash = 'shift=<img>~9~0~down'; }")
    assert place(root) == ["4", "−2"]
    root.get_by_role("button", name="Volver al inicio").click()
    assert place(root) == ["0", "0"]
    expect(root.get_by_role("radio", name="Gata")).to_be_checked()


def test_without_weights_it_says_so(page: PageFactory, site):
    opened = page(CHAPTER)
    explorer(opened, "shift")
    opened.evaluate("""() => {
      const old = document.querySelector('[data-explorer=shift]'), fresh = document.createElement('div');
      fresh.dataset.explorer = 'shift';
      fresh.append(old.querySelector('.rc-static'), old.querySelector('script'));
      fresh.querySelector('script').textContent = JSON.stringify({ ...JSON.parse(fresh.querySelector('script').textContent), network: null });
      old.replaceWith(fresh);
    }""")
    opened.add_script_tag(path=site / "_static" / "explorers.js")
    expect(explorer(opened, "shift").get_by_text("Faltan los pesos")).to_be_visible()


@VIEWS
def test_it_is_accessible_and_fits(page: PageFactory, site, size, scheme):
    opened = page(CHAPTER, size=size, scheme=scheme)
    root, own = wake(opened, site), "[data-explorer=shift]"
    opened.add_script_tag(path=str(AXE))
    assert not (fault := violations(opened, own)), "\n".join(fault)
    skip(root)
    slide(root, "A la derecha", -7)
    slide(root, "Hacia abajo", 6)
    assert opened.evaluate(OVERFLOW) == {"extra": 0, "spill": []}
    assert not (fault := violations(opened, own)), "\n".join(fault)
    assert opened.evaluate(SMALL, own) == []
