"""«SVG · CSV» bajo cada figura, en la página abierta desde el disco: se descargan, no estorban y no se imprimen."""

import csv
import io
from pathlib import Path
from xml.etree import ElementTree

import pytest
from conftest import VIEWS, PageFactory
from playwright.sync_api import Page, expect
from test_pages import PAGES

CHAPTER = "05_l2"
SWEEP = 'figure[data-figure="l2_mlp-barrido"]'


def taken(page: Page, figure: str, kind: str, folder: Path) -> tuple[str, str]:
    """Descarga una figura con el teclado; devuelve el nombre que propone el navegador y lo descargado."""
    button = page.locator(f"{figure} [data-take={kind}]")
    button.focus()
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    download.value.save_as(folder / kind)
    return download.value.suggested_filename, (folder / kind).read_text(encoding="utf-8")


def test_the_figure_and_its_data_are_downloaded(page: PageFactory, tmp_path: Path) -> None:
    opened = page(CHAPTER)
    name, drawing = taken(opened, SWEEP, "svg", tmp_path)
    root = ElementTree.fromstring(drawing)
    assert name == "l2_mlp-barrido.svg" and root.get("width").endswith("pt") and "currentColor" not in drawing
    assert root.get("aria-label").startswith("Exactitud final contra λ") and len(root.findall(".//{*}path")) > 20
    name, text = taken(opened, SWEEP, "csv", tmp_path)
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    assert name == "l2_mlp-barrido.csv" and {"serie", "qué", "λ", "exactitud (%)"} <= rows[0].keys()
    assert {row["λ"] for row in rows if row["qué"] == "intervalo"} >= {"0", "0.0001", "0.1"}
    assert all(float(row["exactitud (%)"]) <= 100 for row in rows if row["exactitud (%)"])


@VIEWS
def test_the_buttons_can_be_touched_and_are_not_printed(page: PageFactory, size: tuple[int, int], scheme: str) -> None:
    opened = page(CHAPTER, size=size, scheme=scheme)
    buttons = opened.locator("[data-take]")
    assert buttons.count() >= 12
    for button in buttons.all():
        box = button.bounding_box()
        assert box["width"] >= 24 and box["height"] >= 24 and box["x"] + box["width"] <= size[0]
        assert button.get_attribute("title").startswith("Descargar ") and button.inner_text() in button.get_attribute("aria-label")
    opened.emulate_media(media="print")
    expect(buttons.first).to_be_hidden()


def test_without_javascript_there_is_nothing_to_press(page: PageFactory) -> None:
    expect(page(CHAPTER, java_script=False).locator("[data-take]").first).to_be_hidden()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_stays_light(site: Path, name: str) -> None:
    assert (site / f"{name}.html").stat().st_size <= 1_500_000


def test_the_slides_do_not_carry_them(site: Path) -> None:
    written = (site / "diapositivas" / f"{CHAPTER}.html").read_text(encoding="utf-8")
    assert "data-take" not in written and "rc-table" not in written and 'class="rc-figure"' in written
