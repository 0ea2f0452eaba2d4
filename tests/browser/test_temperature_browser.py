"""El explorador de la temperatura en la página del libro: lo que el capítulo calcula y, aparte, con redes inventadas."""

import json
import re
from pathlib import Path

import pytest
import torch
from conftest import SIZES, VIEWS, PageFactory
from labcode import text
from playwright.sync_api import Locator, Page, expect
from test_explorers_browser import explorer, slide
from test_pages import ALL_RULES, AXE, OVERFLOW, SMALL, violations

from labcode.explorers import TemperatureExplorer
from labcode.explorers.temperature import accuracy_of
from labcode.views.temperature import from_logits, telling_samples

CHAPTER = "13_hasta_donde"
WHERE = "[data-explorer=temperature]"


def network(key: str, name: str, scale: float, samples: bool = True) -> dict:
    """Una red inventada, calibrada con T = scale: sus etiquetas se sortean con lo que diría a esa temperatura."""
    generator = torch.Generator().manual_seed(7)
    logits = 1.5 * torch.randn(600, 10, generator=generator)
    labels = torch.multinomial(logits.softmax(1), 1, generator=generator)[:, 0]
    images = torch.randint(0, 256, (600, 3, 32, 32), generator=generator, dtype=torch.uint8)
    z = scale * logits
    own = telling_samples(z[300:], labels[300:], images[300:]) if samples else []
    return from_logits(key, name, "Red inventada.", (z[:300], labels[:300]), (z[300:], labels[300:]), [f"clase {i}" for i in range(10)], own)


LOUD, FAIR = network("gritona", "La gritona", 3.0), network("justa", "La justa", 1.0, samples=False)


def planted(opened: Page, site: Path, *networks: dict, notice: str = "") -> Locator:
    """El explorador con datos de prueba, puesto en lugar del suyo."""
    explorer(opened, "temperature")
    html = TemperatureExplorer(data={"networks": list(networks), "notice": notice}).root()
    opened.evaluate(f"(html) => {{ document.querySelector('{WHERE}').outerHTML = html; }}", html)
    opened.add_script_tag(path=site / "_static" / "explorers.js")
    return explorer(opened, "temperature")


def networks_of(root: Locator) -> list[dict]:
    """Las redes que el capítulo calculó o leyó."""
    return json.loads(root.locator('script[type="application/json"]').text_content())["data"]["networks"]


def fact(root: Locator, at: int) -> Locator:
    """Uno de los cuatro números: exactitud, confianza, ECE y entropía cruzada."""
    return root.locator(".rc-t-facts dd").nth(at)


@SIZES
def test_predict_then_see(page: PageFactory, site, size):
    root = planted(page(CHAPTER, size=size), site, LOUD, FAIR)
    expect(root.locator(".rc-p-doubt")).to_have_count(2)
    expect(fact(root, 2)).to_have_text("¿?")
    root.get_by_role("button", name="Comprobar").click()
    expect(root.get_by_text("Elijan primero cuánto se cree la red")).to_be_visible()
    root.get_by_role("radio", name="más de lo que acierta").check()
    slide(root, "T", 43)  # T = 3
    root.get_by_role("button", name="Comprobar").click()
    expect(root.locator(".rc-feedback")).to_contain_text("¡Eso es! Sin temperatura dice")
    expect(root.locator(".rc-feedback")).to_contain_text("La exactitud no se movió.")
    expect(root.locator(".rc-p-doubt")).to_have_count(0)
    root.get_by_role("button", name="Otra red").click()
    expect(root.get_by_role("radio", name="La justa")).to_be_checked()
    expect(root.locator(".rc-question")).to_contain_text("«La justa» acierta")
    expect(root.locator(".rc-card")).to_contain_text("no los pesos")
    root.get_by_role("radio", name="menos de lo que acierta", exact=True).check()
    root.get_by_role("button", name="Comprobar").click()
    expect(root.locator(".rc-feedback")).to_contain_text("A medias.")


@SIZES
def test_accuracy_never_moves_and_the_rest_does(page: PageFactory, site, size):
    opened = page(CHAPTER, size=size)
    root = planted(opened, site, LOUD)
    root.get_by_role("button", name="Ver sin predecir").click()
    exact = text.percent(100 * accuracy_of(LOUD['rows'][24]), 1)
    handle = root.get_by_role("slider", name="T")
    handle.focus()
    seen, top = set(), root.locator(".rc-t-bar[data-top=true]")
    first = top.inner_text().split("\n")[0]
    for key, row in (("Home", LOUD["rows"][0]), ("ArrowRight", LOUD["rows"][1]), ("End", LOUD["rows"][-1])):
        opened.keyboard.press(key)
        expect(handle).to_have_attribute("aria-valuetext", f"{row['t']:g}")
        expect(fact(root, 0)).to_have_text(exact)
        expect(fact(root, 2)).to_have_text(f"{text.decimal(row['ece'], 1)} puntos")
        expect(root.locator("[aria-live=polite]")).to_contain_text(f"T = {row['t']:g}: dice")
        assert top.inner_text().split("\n")[0] == first  # la respuesta tampoco
        seen.add(root.locator(".rc-t-said").inner_text())
    assert len(seen) > 1
    expect(root.locator(".rc-verdict")).to_contain_text("demasiado tímida")


def test_the_curves_are_dragged_and_hovering_does_nothing(page: PageFactory, site):
    opened = page(CHAPTER)
    root = planted(opened, site, LOUD)
    root.get_by_role("button", name="Ver sin predecir").click()
    chart = root.locator(".rc-p-live").first
    chart.scroll_into_view_if_needed()
    box = chart.bounding_box()
    middle = box["y"] + box["height"] / 2
    opened.mouse.move(box["x"] + 60, middle)
    expect(root.locator(".rc-value")).to_have_text("1")
    opened.mouse.down()
    opened.mouse.move(box["x"] + box["width"] - 20, middle, steps=8)
    opened.mouse.up()
    expect(root.locator(".rc-value")).to_have_text("8")
    opened.wait_for_function("() => location.hash.includes('temperature=-.800.0')")


def test_a_picture_and_its_probabilities(page: PageFactory, site):
    root = planted(page(CHAPTER), site, LOUD)
    for sample in LOUD["samples"]:
        root.get_by_role("radio", name=sample["name"]).check()
        for at in (12, 24, 48):
            slide(root, "T", at)
            chances = (torch.tensor(sample["logits"], dtype=torch.float64) / LOUD["rows"][at]["t"]).softmax(0)
            shown = [float(text.replace("\u202f%", "").replace("<", "")) for text in root.locator(".rc-t-share").all_inner_texts()]
            assert shown == pytest.approx([100 * p for p in chances.tolist()], abs=0.51)
        expect(root.locator(f".rc-t-bar:nth-child({sample['truth'] + 1})")).to_contain_text("✓")


def test_the_chapter_brings_its_network_and_the_measured_ones(page: PageFactory):
    root = explorer(page(CHAPTER), "temperature")
    networks = networks_of(root)
    assert networks[0]["key"] == "mlp" and len(networks[0]["samples"]) == 3
    for one in networks[1:]:
        root.get_by_role("radio", name=one["name"], exact=True).check()
        expect(root.locator(".rc-question")).to_contain_text(text.decimal(100 * accuracy_of(one['rows'][0]), 1))
        expect(root.locator(".rc-t-image")).to_have_count(1 if one["samples"] else 0)


def test_without_networks_it_says_so(page: PageFactory, site):
    root = planted(page(CHAPTER), site, notice="Falta todo.")
    expect(root.get_by_text("Todavía no hay resultados medidos: cuando los haya")).to_be_visible()
    expect(root.locator(".rc-note")).to_have_text("Falta todo.")


@VIEWS
def test_it_is_accessible_and_fits(page: PageFactory, site, size, scheme):
    opened = page(CHAPTER, size=size, scheme=scheme)
    root = planted(opened, site, LOUD, FAIR, notice="Falta una.")
    opened.add_script_tag(path=str(AXE))
    assert not (fault := violations(opened, WHERE, ALL_RULES)), "\n".join(fault)
    root.get_by_role("button", name="Ver sin predecir").click()
    assert opened.evaluate(OVERFLOW) == {"extra": 0, "spill": []}
    assert not (fault := violations(opened, WHERE, ALL_RULES)), "\n".join(fault)
    assert opened.evaluate(SMALL, WHERE) == []


def test_the_address_restores_the_state_and_a_hostile_one_is_ignored(page: PageFactory):
    root = explorer(page(f"{CHAPTER}#temperature=mlp.200.1"), "temperature")
    expect(root.get_by_role("slider", name="T temperatura")).to_have_attribute("aria-valuetext", "2")
    expect(root.get_by_role("radio", name="acierto seguro")).to_be_checked()
    root = explorer(page(f"{CHAPTER}#temperature=%3Cimg%3E.99999.7"), "temperature")
    expect(root.get_by_role("slider", name="T temperatura")).to_have_attribute("aria-valuetext", "1")


def test_the_picture_stays_without_javascript(page: PageFactory):
    opened = page(CHAPTER, java_script=False)
    expect(opened.locator(f"{WHERE} svg")).to_have_attribute("aria-label", re.compile("con T = 1 el error de calibración es de"))
