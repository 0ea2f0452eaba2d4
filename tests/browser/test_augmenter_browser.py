"""«Aumentador» en la página del libro: juzgar las seis imágenes, sortear, mover los controles, teclado y dirección."""

import re

from conftest import SIZES, VIEWS, PageFactory
from playwright.sync_api import Locator, expect
from test_explorers_browser import explorer, pixels, slide
from test_pages import AXE, OVERFLOW, violations

CHAPTER = "12_data_augmentation"
TRUTH = [True, False, True, False, False, True]


def judge(root: Locator, answers: list[bool]) -> None:
    """Responde las seis preguntas."""
    for i, survives in enumerate(answers):
        root.locator(".rc-case").nth(i).get_by_role("radio", name="sobrevive" if survives else "no", exact=True).check()
    root.get_by_role("button", name="Comprobar").click()


def draws(root: Locator) -> list[str]:
    """Lo que dice cada sorteo."""
    return root.locator(".rc-draw").evaluate_all("(all) => all.map((e) => e.getAttribute('aria-label').split(': ')[1])")


@SIZES
def test_predict_then_see_each_case(page: PageFactory, size):
    root = explorer(page(CHAPTER, size=size), "augmenter")
    expect(root.locator(".rc-draws")).to_be_hidden()
    root.locator(".rc-case").first.get_by_role("radio", name="no", exact=True).check()
    root.get_by_role("button", name="Comprobar").click()
    expect(root.get_by_text("Respondan primero las seis")).to_be_visible()
    judge(root, [False, *TRUTH[1:]])
    expect(root.locator(".rc-feedback")).to_contain_text("Acertaron 5 de 6")
    told = root.locator(".rc-case-head").all_inner_texts()
    assert [text.startswith("✓") for text in told] == TRUTH
    assert ["Habían dicho lo contrario" in text for text in told] == [True] + [False] * 5
    before, after = (pixels(root.locator(".rc-case-answer").nth(3).locator("canvas").nth(i)) for i in (0, 1))
    assert before != after
    root.get_by_role("button", name="Responder de nuevo").click()
    judge(root, TRUTH)
    expect(root.locator(".rc-feedback")).to_contain_text("¡Eso es! Acertaron 6 de 6")


def test_draws_follow_the_controls(page: PageFactory):
    root = explorer(page(CHAPTER), "augmenter")
    root.get_by_role("button", name="Ver sin predecir").click()
    first = draws(root)
    assert len(first) == 12 and any("reflejada" in text for text in first) and not any("rectángulo" in text for text in first)
    expect(root.locator(".rc-code code")).to_have_text("(HorizontalFlip(p=0.5), RandomCrop(padding=4))")
    expect(root.locator(".rc-note")).to_contain_text("2 · 9² = 162")
    root.get_by_role("button", name="Otra: sortear de nuevo").click()
    assert draws(root) != first
    picture = pixels(root.locator(".rc-draw canvas").first)
    slide(root, "Borrado aleatorio", 1)
    assert all("sin un rectángulo" in text for text in draws(root)) and pixels(root.locator(".rc-draw canvas").first) != picture
    slide(root, "Reflejo horizontal", 0)
    slide(root, "Recorte, relleno", 0)
    slide(root, "Borrado aleatorio", 0)
    assert draws(root) == ["tal como estaba"] * 12
    same = root.locator(".rc-draw canvas").evaluate_all("(all) => new Set(all.map((e) => e.toDataURL())).size")
    original = pixels(root.locator(".rc-original canvas"))
    assert same == 1 and pixels(root.locator(".rc-draw canvas").first) == original
    expect(root.locator(".rc-code code")).to_have_text("()")
    slide(root, "Cuadrado tapado, lado", 8)
    slide(root, "Reflejo vertical", 1)
    assert all(re.match(r"boca abajo; con un cuadrado de 8 tapado", text) for text in draws(root))
    root.get_by_role("button", name="letra b").click()
    assert pixels(root.locator(".rc-original canvas")) != original
    root.get_by_role("button", name="Volver al inicio").click()
    assert draws(root) == first


def test_the_keyboard_is_enough(page: PageFactory):
    opened = page(CHAPTER)
    root = explorer(opened, "augmenter")
    root.get_by_role("button", name="Ver sin predecir").focus()
    opened.keyboard.press("Enter")
    root.locator(".rc-draw").nth(4).focus()
    said = draws(root)[4]
    expect(root.locator(".rc-told")).to_have_text(f"Sorteo 5: {said}.")
    expect(root.locator("[aria-live=polite]")).to_have_text(f"Sorteo 5: {said}.")
    outline = root.locator(".rc-draw").nth(4).evaluate("(e) => getComputedStyle(e).outlineStyle")
    assert outline == "solid", "el foco no se ve"
    root.get_by_role("slider", name="Recorte, relleno").focus()
    opened.keyboard.press("End")
    expect(root.locator(".rc-code code")).to_contain_text("padding=16")


def test_the_address_keeps_the_state_and_refuses_nonsense(page: PageFactory):
    opened = page(CHAPTER)
    root = explorer(opened, "augmenter")
    root.get_by_role("button", name="Ver sin predecir").click()
    root.get_by_role("button", name="seis").click()
    slide(root, "Reflejo vertical", 0.5)
    slide(root, "Área mayor del borrado", 0.2)
    opened.wait_for_function("() => location.hash.includes('augmenter=six.5.5.4.0.20.0.0')")
    before = draws(root)
    opened.reload()
    root = explorer(opened, "augmenter")
    root.get_by_role("button", name="Ver sin predecir").click()
    assert draws(root) == before
    expect(root.get_by_role("button", name="seis")).to_have_attribute("aria-pressed", "true")
    opened.evaluate("() => { location.hash = 'augmenter=toString.5.5.4.0.20.0.0'; }")
    expect(root.get_by_role("button", name="seis")).to_have_attribute("aria-pressed", "true")


@VIEWS
def test_it_is_accessible_and_fits(page: PageFactory, size, scheme):
    opened = page(CHAPTER, size=size, scheme=scheme)
    root = explorer(opened, "augmenter")
    opened.add_script_tag(path=str(AXE))
    assert not (fault := violations(opened, '[data-explorer="augmenter"]')), "\n".join(fault)
    judge(root, TRUTH)
    assert opened.evaluate(OVERFLOW) == {"extra": 0, "spill": []}
    assert not (fault := violations(opened, '[data-explorer="augmenter"]')), "\n".join(fault)
    small = root.locator("button:visible").evaluate_all("(all) => all.filter((e) => Math.min(e.offsetWidth, e.offsetHeight) < 24).map((e) => e.outerHTML.slice(0, 80))")
    assert not small, small
