"""El constructor en la página del libro: predecir, cambiar capas con ratón, dedo y teclado, y ver fallar la red."""

import pytest
from conftest import DESKTOP, PHONE, SIZES, VIEWS, PageFactory
from playwright.sync_api import Locator, Page, expect
from test_explorers_browser import explorer, slide
from test_pages import AXE, OVERFLOW, violations

CHAPTER = "10_vgg"


def opened_builder(page: Page) -> Locator:
    """El constructor con los números a la vista."""
    root = explorer(page, "builder")
    root.get_by_role("button", name="Ver sin predecir").click()
    return root


def network(root: Locator, name: str) -> None:
    """Carga una red con nombre."""
    root.get_by_role("button", name=name, exact=True).click()


def row(root: Locator, at: int) -> Locator:
    """La fila de una capa, desde 1."""
    return root.locator(".rc-b-pick").nth(at - 1)


def names(root: Locator) -> list[str]:
    """Los nombres de las capas, en orden."""
    return [name.replace("\xa0", " ") for name in root.locator(".rc-b-name b").all_inner_texts()]


@SIZES
def test_predict_then_see(page: PageFactory, size):
    root = explorer(page(CHAPTER, size=size), "builder")
    expect(root.locator(".rc-b-shape").first).to_have_text("¿?")
    root.get_by_role("button", name="Comprobar").click()
    expect(root.get_by_text("Elijan primero")).to_be_visible()
    root.get_by_role("radio", name="Menos que el MLP").check()
    root.get_by_role("button", name="Comprobar").click()
    expect(root.locator(".rc-feedback")).to_contain_text("Todavía no.")
    expect(root.locator(".rc-feedback")).to_contain_text("Son 9 750 922.")
    expect(root.locator(".rc-b-totals strong").first).to_have_text("9 750 922")
    root.get_by_role("button", name="Otra predicción").click()
    expect(root.locator(".rc-question")).to_contain_text("relleno 0")
    expect(root.locator(".rc-b-failure")).to_be_hidden()
    root.get_by_role("radio", name="En el cuarto bloque").check()
    root.get_by_role("button", name="Comprobar").click()
    expect(root.locator(".rc-feedback")).to_contain_text("¡Eso es!")
    expect(root.locator(".rc-b-failure")).to_contain_text("Falla en la capa 12")
    expect(root.locator(".rc-b-failure code")).to_have_text(
        "Calculated padded input size per channel: (1 x 1). Kernel size: (3 x 3). Kernel size can't be greater than actual input size"
    )


@SIZES
def test_it_breaks_and_is_repaired(page: PageFactory, size):
    root = opened_builder(page(CHAPTER, size=size))
    network(root, "CNN de la clase")
    row(root, 4).click()
    slide(root, "Núcleo", 3)
    failure = root.locator(".rc-b-failure")
    expect(failure).to_contain_text("Espera 400 números y le llegan 576.")
    expect(failure.locator("code")).to_have_text("mat1 and mat2 shapes cannot be multiplied (64x576 and 400x120)")
    expect(root.locator('[data-state="fails"]')).to_have_count(1)
    root.get_by_role("button", name="Ajustar las entradas").click()
    expect(failure).to_be_hidden()
    expect(root.locator(".rc-verdict")).to_contain_text("uno por clase: sirve para CIFAR-10")
    root.get_by_role("button", name="Deshacer").click()
    expect(failure).to_be_visible()
    root.get_by_role("checkbox", name="Ajustar las entradas solas").check()
    expect(failure).to_be_hidden()
    row(root, 7).click()
    root.get_by_role("button", name="Quitar").click()
    assert "Aplanar" not in names(root)
    expect(root.locator(".rc-verdict", has_text="torch no falla, pero la capa densa")).to_be_visible()


def test_keyboard_walks_moves_and_removes(page: PageFactory):
    opened = page(CHAPTER)
    root = opened_builder(opened)
    network(root, "CNN de la clase")
    row(root, 1).focus()
    opened.keyboard.press("ArrowDown")
    expect(row(root, 2)).to_be_focused()
    expect(root.locator(".rc-b-side-title")).to_have_text("Capa 2 · ReLU")
    opened.keyboard.press("Alt+ArrowUp")
    assert names(root)[:2] == ["ReLU", "Conv 5 × 5"]
    expect(row(root, 1)).to_be_focused()
    opened.keyboard.press("Delete")
    assert names(root)[:2] == ["Conv 5 × 5", "Pooling 2 × 2"]
    opened.keyboard.press("End")
    expect(row(root, 11)).to_be_focused()
    opened.keyboard.press("Enter")
    expect(row(root, 11)).to_have_attribute("aria-expanded", "true")
    root.get_by_role("button", name="+ Dropout").press("Enter")
    assert names(root)[-1] == "Dropout" and len(names(root)) == 12
    expect(row(root, 12)).to_be_focused()
    outline = row(root, 12).evaluate("(e) => [getComputedStyle(e).outlineStyle, parseFloat(getComputedStyle(e).outlineWidth)]")
    assert outline[0] == "solid" and outline[1] >= 2, "el foco no se ve"
    unreached = opened.evaluate("""() => [...document.querySelectorAll('[data-explorer=builder] :is(button, input, summary)')]
        .filter((e) => e.checkVisibility() && !e.disabled && e.tabIndex < 0).map((e) => e.outerHTML.slice(0, 80))""")
    assert unreached == [], "hay controles que el teclado no alcanza"


@pytest.mark.parametrize("touch", [False, True], ids=["ratón", "dedo"])
def test_a_layer_is_dragged(page: PageFactory, touch):
    opened = page(CHAPTER, size=PHONE if touch else DESKTOP, touch=touch)
    root = opened_builder(opened)
    network(root, "MLP")
    before = names(root)
    grips = root.locator(".rc-b-grip")
    grips.nth(1).evaluate("(e) => e.scrollIntoView({ block: 'center' })")
    grips.nth(0).hover()  # lo que se cuenta de una capa puede ocupar más renglones que lo de otra
    start, end = grips.nth(0).bounding_box(), grips.nth(2).bounding_box()
    opened.mouse.move(start["x"] + 6, start["y"] + 6)
    opened.mouse.down()
    opened.mouse.move(end["x"] + 6, end["y"] + end["height"] / 2, steps=8)
    opened.mouse.up()
    assert names(root) == [before[1], before[2], before[0], *before[3:]]
    expect(root.locator(".rc-b-failure")).to_contain_text("Falta aplanar")


def test_the_receptive_field_follows_the_pointer(page: PageFactory):
    root = opened_builder(page(CHAPTER))
    network(root, "VGG-11")
    row(root, 21).hover()
    expect(root.locator(".rc-b-side .rc-note")).to_contain_text("150 × 150 píxeles, más que la imagen")
    expect(root.locator(".rc-b-recurrence")).to_contain_text("r = 134 + (2 − 1)·16 = 150")
    box = root.locator(".rc-b-box")
    wide = float(box.get_attribute("width"))
    row(root, 1).hover()
    expect(root.locator(".rc-b-side-title")).to_have_text("Capa 1 · Conv 3 × 3")
    assert (wide, float(box.get_attribute("width"))) == (150, 3)


def test_numbers_are_typed_and_checked(page: PageFactory):
    root = opened_builder(page(CHAPTER))
    network(root, "CNN de la clase")
    row(root, 1).click()
    filters = root.get_by_label("Filtros (canales que salen)", exact=True)
    filters.fill("12")
    expect(root.locator(".rc-b-failure")).to_contain_text("Espera 6 canales y le llegan 12.")
    filters.fill("mil")
    expect(root.get_by_text("«mil» no sirve: debe ser un entero de 1 a 1024.")).to_be_visible()
    filters.fill("6")
    expect(root.locator(".rc-b-failure")).to_be_hidden()
    filters.fill("5000")
    expect(filters).to_have_attribute("aria-invalid", "true")
    filters.blur()
    expect(filters).to_have_value("6")
    root.get_by_role("button", name="Filtros (canales que salen): el doble").click()
    expect(root.locator(".rc-b-failure")).to_contain_text("le llegan 12")
    root.get_by_text("La misma red en PyTorch").click()
    expect(root.locator(".rc-b-code")).to_contain_text("nn.Conv2d(3, 12, 5)")


def test_from_nothing_to_a_network_that_works(page: PageFactory):
    root = opened_builder(page(CHAPTER))
    network(root, "MLP")
    while names(root):
        row(root, 1).press("Delete")
    expect(root.locator(".rc-verdict")).to_contain_text("Todavía no hay capas")
    for kind in ("Aplanar", "Densa"):
        root.get_by_role("button", name=f"+ {kind}", exact=True).click()
    expect(root.locator(".rc-verdict")).to_contain_text("uno por clase: sirve para CIFAR-10")
    expect(root.locator(".rc-b-totals strong").first).to_have_text("30 730")


def test_the_address_keeps_the_network(page: PageFactory):
    opened = page(CHAPTER)
    root = opened_builder(opened)
    network(root, "CNN de la clase")
    row(root, 1).click()
    slide(root, "Paso", 2)
    opened.wait_for_function("() => location.hash.includes('builder=c3.6.5.2.0_r_p2.2')")
    opened.reload()
    root = opened_builder(opened)
    assert names(root)[0] == "Conv 5 × 5" and len(names(root)) == 12
    expect(root.locator(".rc-b-name small").first).to_have_text("6 filtros, paso 2, relleno 0")
    hostile = explorer(page(f"{CHAPTER}#builder=c9.9.9.9.9_<img>~7"), "builder")
    assert len(names(hostile)) == 27


@VIEWS
def test_it_is_accessible_and_fits(page: PageFactory, size, scheme):
    opened = page(CHAPTER, size=size, scheme=scheme)
    root = explorer(opened, "builder")
    opened.add_script_tag(path=str(AXE))
    where = "[data-explorer=builder]"
    assert not (fault := violations(opened, where)), "\n".join(fault)
    root.get_by_role("button", name="Ver sin predecir").click()
    network(root, "VGG-11 con relleno 0")
    row(root, 12).click()
    root.get_by_text("La misma red en PyTorch").click()
    assert opened.evaluate(OVERFLOW) == {"extra": 0, "spill": []}
    assert not (fault := violations(opened, where)), "\n".join(fault)
    small = root.evaluate("""(e) => [...e.querySelectorAll('button, .rc-b-grip, input:not([type=radio])')].filter((x) => x.checkVisibility())
        .filter((x) => Math.min(x.getBoundingClientRect().height, x.closest('label')?.getBoundingClientRect().height ?? 99) < 18 || x.getBoundingClientRect().width < 18).map((x) => x.outerHTML.slice(0, 90))""")
    assert not small, small
