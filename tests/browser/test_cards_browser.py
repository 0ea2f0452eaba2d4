"""«Tarjetas» en la página del libro: arrastrar, tocar, responder con el teclado, repetir, dirección y accesibilidad."""

from conftest import PHONE, SIZES, VIEWS, PageFactory
from playwright.sync_api import Locator, Page, expect
from test_explorers_browser import explorer
from test_pages import AXE, OVERFLOW, violations

from labcode.explorers.cards import PILES, REGULARIZERS

CHAPTER = "04_regularizacion"
TOTAL = len(REGULARIZERS)
RIGHT = [card["bin"] for card in REGULARIZERS]


def shown(root: Locator) -> dict:
    """La tarjeta que está a la vista."""
    text = root.locator(".rc-cards-text").inner_text()
    return next(card for card in REGULARIZERS if card["text"] == text)


def drag(page: Page, root: Locator, by: int) -> None:
    """Arrastra la tarjeta `by` píxeles hacia un lado, con el ratón."""
    root.locator('[data-part="card"]').scroll_into_view_if_needed()
    box = root.locator('[data-part="card"]').bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + by / 2, y, steps=3)
    page.mouse.move(x + by, y, steps=3)
    page.mouse.up()


def answer_all(page: Page, root: Locator, wrong: set[int]) -> None:
    """Responde todas con el teclado; las de `wrong`, al revés."""
    root.locator("[data-pile]").first.focus()
    for i, card in enumerate(REGULARIZERS):
        page.keyboard.press("ArrowRight" if (card["bin"] == 1) != (i in wrong) else "ArrowLeft")
        page.keyboard.press("Enter")  # «Siguiente tarjeta» o «Ver el resumen»


@SIZES
def test_drag_to_a_side_and_read_the_reason(page: PageFactory, size):
    opened = page(CHAPTER, size=size)
    root = explorer(opened, "cards")
    first = shown(root)
    drag(opened, root, 40)  # poco: la tarjeta vuelve a su lugar
    expect(root.locator(".rc-cards-said")).to_be_hidden()
    drag(opened, root, 120 if first["bin"] else -120)
    expect(root.locator(".rc-cards-verdict")).to_contain_text("¡Eso es!")
    expect(root.locator(".rc-cards-said")).to_contain_text(first["why"])
    root.get_by_role("button", name="Siguiente tarjeta").click()
    second = shown(root)
    assert second != first
    drag(opened, root, -120 if second["bin"] else 120)
    expect(root.locator(".rc-cards-verdict")).to_contain_text("Todavía no.")
    expect(root.locator(f'.rc-cards-pile >> nth={second["bin"]}')).to_contain_text(f"✗ {second['name']}")


@SIZES
def test_each_pile_is_on_its_side(page: PageFactory, size):
    opened = page(CHAPTER, size=size)
    root = explorer(opened, "cards")
    for side, by in ((0, -120), (1, 120)):
        card = root.locator('[data-part="card"]')
        card.scroll_into_view_if_needed()
        box = card.bounding_box()
        opened.mouse.move(box["x"] + box["width"] / 2, box["y"] + 20)
        opened.mouse.down()
        opened.mouse.move(box["x"] + box["width"] / 2 + by, box["y"] + 20, steps=4)
        lit = root.locator(".rc-cards-lean")
        expect(lit).to_have_count(1)
        expect(lit).to_contain_text(PILES[side])
        middle = root.bounding_box()["x"] + root.bounding_box()["width"] / 2
        assert (lit.bounding_box()["x"] > middle) == (side == 1)
        opened.mouse.move(box["x"] + box["width"] / 2, box["y"] + 20)
        opened.mouse.up()


def test_a_finger_works_too(page: PageFactory):
    root = explorer(page(CHAPTER, size=PHONE, touch=True), "cards")
    first = shown(root)
    root.locator(f'[data-pile="{first["bin"]}"]').tap()
    expect(root.locator(".rc-cards-verdict")).to_contain_text("¡Eso es!")
    root.get_by_role("button", name="Siguiente tarjeta").tap()
    assert shown(root) != first
    root.locator("[data-card]").tap()  # la que ya está en su montón: se vuelve a leer
    expect(root.locator(".rc-cards-said")).to_contain_text(first["why"])


@SIZES
def test_all_by_keyboard_then_retry_the_missed(page: PageFactory, size):
    opened = page(CHAPTER, size=size)
    root = explorer(opened, "cards")
    answer_all(opened, root, wrong={2, 5})
    expect(root.locator('[data-part="counter"]')).to_have_text(f"{TOTAL} de {TOTAL} · {TOTAL - 2} bien")
    expect(root.locator(".rc-cards-said")).to_contain_text("Las 2 que se les escaparon")
    assert root.locator('[data-right="false"]').count() == 2
    root.get_by_role("button", name="Repetir las falladas").click()
    for i in (2, 5):
        assert shown(root) == REGULARIZERS[i]
        opened.keyboard.press("ArrowRight" if RIGHT[i] else "ArrowLeft")
        opened.keyboard.press("Enter")
    expect(root.locator(".rc-cards-said")).to_contain_text(f"Las {TOTAL} bien")
    expect(root.get_by_role("button", name="Repetir las falladas")).to_be_hidden()
    for button in root.locator("[data-card]").all():
        button.click()
        at = int(button.get_attribute("data-card"))
        expect(root.locator(".rc-cards-said")).to_contain_text(REGULARIZERS[at]["why"])


def test_focus_is_seen_and_never_lost(page: PageFactory):
    opened = page(CHAPTER)
    root = explorer(opened, "cards")
    root.locator("[data-pile]").first.focus()
    opened.keyboard.press("Enter")
    expect(root.get_by_role("button", name="Siguiente tarjeta")).to_be_focused()
    outline = opened.evaluate("() => parseFloat(getComputedStyle(document.activeElement).outlineWidth)")
    assert outline >= 2, "el foco no se ve"
    opened.keyboard.press("Enter")
    expect(root.locator("[data-pile]").first).to_be_focused()
    expect(root.locator("[aria-live=polite]")).to_contain_text(f"Tarjeta 2 de {TOTAL}")


def test_shuffle_and_see_all(page: PageFactory):
    root = explorer(page(CHAPTER), "cards")
    root.get_by_role("button", name="Barajar y empezar de nuevo").click()
    expect(root.locator('[data-part="counter"]')).to_have_text(f"1 de {TOTAL} · 0 bien")
    root.get_by_role("button", name="Ver todas").click()
    expect(root.locator("[data-card]")).to_have_count(TOTAL)
    root.locator("[data-card]").last.click()
    expect(root.locator(".rc-cards-said")).to_be_visible()
    root.get_by_role("button", name="Barajar y empezar de nuevo").click()
    expect(root.locator("[data-card]")).to_have_count(0)


def test_the_address_keeps_the_answers(page: PageFactory):
    marks = "".join(map(str, RIGHT[:3])) + "-" * (TOTAL - 3)
    root = explorer(page(f"{CHAPTER}#cards=0.{marks}"), "cards")
    expect(root.locator('[data-part="counter"]')).to_have_text(f"4 de {TOTAL} · 3 bien")
    broken = explorer(page(f"{CHAPTER}#cards=0.01"), "cards")
    expect(broken.locator('[data-part="counter"]')).to_have_text(f"1 de {TOTAL} · 0 bien")


@VIEWS
def test_it_is_accessible_and_fits(page: PageFactory, size, scheme):
    opened = page(CHAPTER, size=size, scheme=scheme)
    root = explorer(opened, "cards")
    opened.add_script_tag(path=str(AXE))
    where = "[data-explorer=cards]"
    assert not (fault := violations(opened, where)), "\n".join(fault)
    root.locator("[data-pile]").first.click()
    assert not (fault := violations(opened, where)), "\n".join(fault)
    root.get_by_role("button", name="Ver todas").click()
    root.locator("[data-card]").first.click()
    assert opened.evaluate(OVERFLOW) == {"extra": 0, "spill": []}
    assert not (fault := violations(opened, where)), "\n".join(fault)
    small = root.evaluate("(e) => [...e.querySelectorAll('button')].filter((b) => b.checkVisibility() && b.getBoundingClientRect().height < 24).length")
    assert small == 0, "hay blancos de menos de 24 píxeles"


def test_without_javascript_every_reason_can_be_read(page: PageFactory):
    opened = page(CHAPTER, java_script=False)
    written = " ".join(opened.locator("[data-explorer=cards] svg text").all_text_contents())
    assert all(card["why"] in written for card in REGULARIZERS)
