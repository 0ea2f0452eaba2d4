"""Los términos del glosario en la página: se distinguen sin gritar, se alcanzan con el teclado y llevan a su entrada."""

import re

import pytest
from conftest import DESKTOP, PHONE, PageFactory
from playwright.sync_api import expect
from test_pages import AXE, settle, violations

CHAPTER = "07_convolucion_a_mano"
TERM = "article a.rc-term"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["1280", "390"])
def test_a_term_looks_like_the_text_with_a_dotted_line(page: PageFactory, size: tuple[int, int], scheme: str) -> None:
    opened = page(CHAPTER, size=size, scheme=scheme)
    looks = opened.locator(TERM).evaluate_all(
        "(all) => all.map((a) => { const own = getComputedStyle(a), text = getComputedStyle(a.parentElement);"
        " return [own.textDecorationLine, own.textDecorationStyle, own.color === text.color, !!a.title]; })"
    )
    assert len(looks) >= 5 and all(look == ["underline", "dotted", True, True] for look in looks)
    opened.add_script_tag(path=str(AXE))
    assert not violations(opened, "article section p", ["link-in-text-block", "color-contrast", "link-name"])


def test_a_term_leads_to_its_entry_by_keyboard(page: PageFactory) -> None:
    opened = page(CHAPTER)
    term = opened.locator(TERM, has_text=re.compile("^pesos compartidos$"))
    term.focus()
    assert opened.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    opened.keyboard.press("Enter")
    opened.wait_for_url("**/apendices/glosario.html#term-Pesos-compartidos")
    expect(opened.locator(":target")).to_have_text(re.compile("Pesos compartidos"))
    expect(opened.locator(":target")).to_be_in_viewport()


def test_the_index_leads_to_the_very_place(page: PageFactory) -> None:
    opened = page("apendices/indice", size=PHONE)
    row = opened.locator("dt#indice-pesos-compartidos + dd")
    expect(row.locator(".rc-index-main a")).to_contain_text("7. Convolución a mano ›")
    row.locator(".rc-index-main a").click()
    opened.wait_for_url(f"**/{CHAPTER}.html#uso-pesos-compartidos")
    settle(opened)
    expect(opened.locator(":target")).to_have_text(re.compile(r"pesos\s+compartidos", re.I))
    expect(opened.locator(":target")).to_be_in_viewport()


def test_another_name_leads_to_its_row(page: PageFactory) -> None:
    opened = page("apendices/indice")
    opened.locator("dt", has_text=re.compile("^weight sharing$")).locator("+ dd a").click()
    expect(opened.locator("dt:target")).to_contain_text("Pesos compartidos")
    expect(opened.locator("dt:target")).to_be_in_viewport()


def test_every_row_of_the_index_says_where(page: PageFactory) -> None:
    rows = page("apendices/indice").locator("section.rc-index dd").all_inner_texts()
    assert len(rows) > 70 and all(text.strip() for text in rows)
    alone = [text for text in rows if "Solo en el glosario" in text]
    assert len(alone) <= 1, "términos del glosario que ningún capítulo usa"
