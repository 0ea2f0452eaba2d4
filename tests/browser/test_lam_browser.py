"""«λ» en la página del libro: apostar, deslizar, leer, teclado y dirección."""

import json
import re

from conftest import SIZES, VIEWS, PageFactory
from labcode import text
from playwright.sync_api import Locator, expect
from test_explorers_browser import explorer
from test_pages import AXE, OVERFLOW, violations

CHAPTER = "05_l2"


def state(root: Locator) -> dict:
    """Los datos con que la página construyó el explorador."""
    return json.loads(root.locator('script[type="application/json"]').text_content())["data"]


def slide_lam(root: Locator, index: int) -> None:
    """Lleva el deslizador de λ a una posición."""
    root.locator(".rc-lam-body input[type=range]").evaluate(
        "(e, v) => { e.value = v; e.dispatchEvent(new Event('input', {bubbles: true})); }", index
    )


@SIZES
def test_bet_then_see(page: PageFactory, size):
    root = explorer(page(CHAPTER, size=size), "lam")
    data = state(root)
    expect(root.locator(".rc-lam-body")).to_be_hidden()
    root.get_by_role("button", name="Comprobar").click()
    expect(root.get_by_text("Elijan primero un λ")).to_be_visible()
    root.get_by_role("radio", name="0.1", exact=True).check()
    root.get_by_role("slider", name="¿Por cuántos puntos").evaluate(
        "(e) => { e.value = 5; e.dispatchEvent(new Event('input', {bubbles: true})); }"
    )
    root.get_by_role("button", name="Comprobar").click()
    winner = data["runs"][data["chosen"]]
    expect(root.locator(".rc-feedback")).to_contain_text(f"Gana λ = {winner['lam']:g}, con {text.decimal(winner['val'][0][-1])}")
    expect(root.locator(".rc-feedback")).to_contain_text("ustedes dijeron 5")
    expect(root.locator(".rc-lam-body")).to_be_visible()
    root.get_by_role("button", name="Otra apuesta").click()
    expect(root.locator(".rc-lam-body")).to_be_hidden()


def test_each_lam_shows_its_numbers(page: PageFactory):
    root = explorer(page(CHAPTER), "lam")
    root.get_by_role("button", name="Ver sin predecir").click()
    seen = set()
    for index, run in enumerate(state(root)["runs"]):
        slide_lam(root, index)
        expect(root.locator(".rc-facts dd").first).to_contain_text(f"{text.decimal(run['val'][0][-1])} ± {text.percent(run['val'][1][-1])}")
        expect(root.locator(".rc-lam-body .rc-value")).to_have_text(f"{run['lam']:g}")
        seen.add(root.locator(".rc-chart").nth(2).inner_html())
    assert len(seen) == len(state(root)["runs"]), "el histograma no cambia con λ"


# Cuántos colores se ven en el lienzo, en una muestra de sus píxeles, y una huella de todos.
DRAWN = """(canvas) => {
  const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d", { willReadFrequently: true });
  copy.drawImage(canvas, 0, 0);
  const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
  const colors = new Set();
  for (let at = 0; at < data.length; at += 52) colors.add(data.slice(at, at + 4).join());
  return [colors.size, canvas.toDataURL()];
}"""


@VIEWS
def test_the_frontier_changes_with_lam(page: PageFactory, size, scheme):
    opened = page(CHAPTER, size=size, scheme=scheme)
    root = explorer(opened, "lam")
    canvas, facts = root.locator(".rc-frontier"), root.locator(".rc-card").nth(1).locator("dd")
    expect(canvas).to_be_hidden()
    root.get_by_role("button", name="Ver sin predecir").click()
    nets = json.loads(root.locator('script[type="application/json"]').text_content())["frontier"]["nets"]
    assert [net["lam"] for net in nets] == [run["lam"] for run in state(root)["runs"]]
    seen = set()
    for index, net in enumerate(nets):
        slide_lam(root, index)
        expect(canvas).to_have_attribute("aria-label", re.compile(rf"λ = {net['lam']:g}: en el plano acierta"))
        expect(facts.nth(2)).to_have_text(text.decimal(net["squares"], 1).removesuffix(".0"))
        colors, drawn = canvas.evaluate(DRAWN)
        assert colors > (50 if index < len(nets) - 1 else 5), "el lienzo está vacío"
        seen.add(drawn)
    assert len(seen) == len(nets), "la frontera no cambia con λ"
    expect(facts.nth(3)).to_have_text("no hay")  # con el mayor λ, los pesos se apagan
    expect(root.locator("[aria-live=polite]")).to_contain_text("no tiene frontera: responde siempre")
    opened.evaluate("(theme) => { document.documentElement.dataset.theme = theme; }", "dark" if scheme == "light" else "light")
    opened.wait_for_function("([canvas, before]) => canvas.toDataURL() !== before", arg=[canvas.element_handle(), drawn])


def test_the_keyboard_and_the_sweep_choose_too(page: PageFactory):
    opened = page(CHAPTER)
    root = explorer(opened, "lam")
    root.get_by_role("button", name="Ver sin predecir").click()
    lams = [f"{run['lam']:g}" for run in state(root)["runs"]]
    value = root.locator(".rc-lam-body .rc-value")
    root.locator(".rc-lam-body input[type=range]").focus()
    opened.keyboard.press("End")
    expect(value).to_have_text(lams[-1])
    opened.keyboard.press("ArrowLeft")
    expect(value).to_have_text(lams[-2])
    expect(root.locator("[aria-live=polite]")).to_contain_text(f"λ = {lams[-2]}: validación")
    root.locator(".rc-target").first.click()
    expect(value).to_have_text(lams[0])


def test_the_address_keeps_the_state_and_refuses_nonsense(page: PageFactory):
    opened = page(CHAPTER)
    root = explorer(opened, "lam")
    root.get_by_role("button", name="Ver sin predecir").click()
    slide_lam(root, 3)
    opened.wait_for_function("() => location.hash.includes('lam=3')")
    opened.evaluate("() => { location.hash = 'lam=99'; }")
    expect(root.locator(".rc-lam-body .rc-value")).to_have_text(f"{state(root)['runs'][3]['lam']:g}")
    opened.evaluate("() => { location.hash = 'lam=1'; }")
    expect(root.locator(".rc-lam-body .rc-value")).to_have_text(f"{state(root)['runs'][1]['lam']:g}")


@VIEWS
def test_it_is_accessible_and_fits(page: PageFactory, size, scheme):
    opened = page(CHAPTER, size=size, scheme=scheme)
    root = explorer(opened, "lam")
    opened.add_script_tag(path=str(AXE))
    assert not (fault := violations(opened, '[data-explorer="lam"]')), "\n".join(fault)
    root.get_by_role("button", name="Ver sin predecir").click()
    slide_lam(root, 5)
    assert opened.evaluate(OVERFLOW) == {"extra": 0, "spill": []}
    assert not (fault := violations(opened, '[data-explorer="lam"]')), "\n".join(fault)


def test_without_javascript_the_picture_says_the_numbers(page: PageFactory):
    picture = page(CHAPTER, java_script=False).locator('[data-explorer="lam"] svg')
    expect(picture).to_be_visible()
    assert "En validación: 0 → " in picture.get_attribute("aria-label")
