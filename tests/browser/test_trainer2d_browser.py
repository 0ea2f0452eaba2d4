"""El entrenador 2-D en la página del libro, abierta desde el disco: predicción, curvas, puntos, teclado y dirección."""

from conftest import SIZES, VIEWS, PageFactory
from playwright.sync_api import Locator, Page, expect
from test_pages import AXE, OVERFLOW, violations

CHAPTER = "02_generalizacion"
QUICK = "#trainer2d=curva_200_0.2_0~2_8_0.03_32_0_0~25_3"  # una red chica: 25 épocas en un instante
PATIENCE = 60_000


def trainer(page: Page) -> Locator:
    """La raíz del explorador ya despierto."""
    root = page.locator('[data-explorer="trainer2d"]')
    expect(root).to_have_attribute("data-ready", "true", timeout=PATIENCE)
    root.scroll_into_view_if_needed()
    return root


def slide(root: Locator, label: str, place: int) -> None:
    """Lleva un deslizador a un lugar de su lista, como lo haría el navegador."""
    root.get_by_role("slider", name=label, exact=False).evaluate(
        "(e, v) => { e.value = v; e.dispatchEvent(new Event('input', {bubbles: true})); }", place
    )


def value(root: Locator, label: str) -> str:
    return root.get_by_role("slider", name=label, exact=False).get_attribute("aria-valuetext")


def measures(root: Locator) -> dict[str, str]:
    """Las medidas a la vista, por su nombre."""
    names, values = (root.locator(f".rc-measure:not([hidden]) {tag}").all_inner_texts() for tag in ("span", "strong"))
    return dict(zip(names, values))


def pixels(root: Locator) -> str:
    return root.locator(".rc-plane").evaluate("(e) => e.toDataURL()")


def open_now(root: Locator) -> None:
    root.get_by_role("button", name="Ver sin predecir").click()


def reach(root: Locator, epoch: int) -> None:
    expect(root.locator(".rc-trainer")).to_have_attribute("data-epoch", str(epoch), timeout=PATIENCE)


@SIZES
def test_predict_train_and_read_the_verdict(page: PageFactory, size):
    root = trainer(page(CHAPTER + QUICK, size=size))
    assert measures(root)["Prueba"] == "¿?"
    expect(root.get_by_role("button", name="Entrenar")).to_be_disabled()
    root.get_by_role("button", name="Comprobar").click()
    expect(root.get_by_text("Elijan primero")).to_be_visible()
    hidden = pixels(root)
    root.get_by_role("radio", name="Nunca será mejor que una moneda").check()
    root.get_by_role("button", name="Comprobar").click()
    reach(root, 25)
    expect(root.locator(".rc-feedback")).to_contain_text("No esta vez")
    seen = measures(root)
    assert seen["Época"] == "25" and float(seen["Prueba"].split("\u202f")[0]) > 60
    assert pixels(root) != hidden
    root.get_by_role("button", name="Otra predicción").click()
    assert measures(root)["Prueba"] == "¿?"


def test_with_movement_it_plays_pauses_and_steps(page: PageFactory):
    opened = page(CHAPTER + "#trainer2d=curva_1000_0.2_0~4_32_0.01_16_0_0~1000_0")
    opened.emulate_media(reduced_motion="no-preference")
    root = trainer(opened)
    open_now(root)
    assert measures(root)["Época"] == "0", "no debe entrenar sin que se lo pidan"
    root.get_by_role("button", name="Entrenar").click()
    pause = root.get_by_role("button", name="Pausar")
    expect(pause).to_be_visible()
    opened.wait_for_function("() => Number(document.querySelector('.rc-measure strong').textContent) >= 2", timeout=PATIENCE)
    pause.click()
    expect(root.get_by_role("button", name="Entrenar")).to_be_visible()
    stopped = measures(root)["Época"]
    root.get_by_role("button", name="Una época").click()
    assert int(measures(root)["Época"]) == int(stopped) + 1


def test_a_run_that_blows_up_says_so_and_starts_again(page: PageFactory):
    opened = page(CHAPTER + "#trainer2d=curva_200_0.2_0~2_64_0.3_8_0_0.5~500_0")
    opened.emulate_media(reduced_motion="no-preference")
    root = trainer(opened)
    open_now(root)
    root.get_by_role("button", name="Entrenar").click()
    expect(root.locator(".rc-remark")).to_contain_text("el entrenamiento divergió", timeout=PATIENCE)
    expect(root.locator("[aria-live=polite]")).to_contain_text("el entrenamiento divergió")
    root.get_by_role("button", name="Desde cero").click()
    expect(root.get_by_role("button", name="Entrenar")).to_be_enabled()


def test_out_of_sight_it_waits(page: PageFactory):
    opened = page(CHAPTER + "#trainer2d=curva_1000_0.2_0~4_32_0.01_16_0_0~1000_0")
    opened.emulate_media(reduced_motion="no-preference")
    root = trainer(opened)
    open_now(root)
    root.get_by_role("button", name="Entrenar").click()
    opened.wait_for_function("() => Number(document.querySelector('.rc-measure strong').textContent) >= 1", timeout=PATIENCE)
    opened.evaluate("() => window.scrollTo(0, 0)")
    expect(root).not_to_be_in_viewport()
    opened.wait_for_timeout(300)
    before = measures(root)["Época"]
    opened.wait_for_timeout(1200)
    assert measures(root)["Época"] == before
    root.scroll_into_view_if_needed()
    opened.wait_for_function(f"() => Number(document.querySelector('.rc-measure strong').textContent) > {before}", timeout=PATIENCE)
    root.get_by_role("button", name="Pausar").click()


def test_stop_here_goes_back_to_an_epoch(page: PageFactory):
    opened = page(CHAPTER + QUICK)
    root = trainer(opened)
    open_now(root)
    root.get_by_role("button", name="Hasta la época 25").click()
    expect(root.get_by_text("menos movimiento")).to_be_visible()
    reach(root, 25)
    opened.wait_for_timeout(300)
    last, seen = pixels(root), measures(root)
    back = root.get_by_role("slider", name="Para aquí")
    back.focus()
    opened.keyboard.press("Home")
    assert measures(root)["Época"] == "0" and measures(root) != seen
    opened.wait_for_timeout(300)
    assert pixels(root) != last
    opened.keyboard.press("End")
    assert measures(root) == seen
    opened.wait_for_timeout(300)
    assert pixels(root) == last
    box = root.locator(".rc-curves").bounding_box()
    opened.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    assert 8 <= int(measures(root)["Época"]) <= 17


def test_the_same_address_gives_the_same_training(page: PageFactory):
    seen = []
    for _ in range(2):
        root = trainer(page(CHAPTER + QUICK))
        open_now(root)
        root.get_by_role("button", name="Hasta la época 25").click()
        reach(root, 25)
        seen.append(measures(root))
    assert seen[0] == seen[1]


@SIZES
def test_points_are_put_moved_and_removed(page: PageFactory, size):
    opened = page(CHAPTER + QUICK, size=size)
    root = trainer(opened)
    open_now(root)
    before = pixels(root)

    def spot(right: float, up: float) -> tuple[float, float]:
        root.locator(".rc-plane").scroll_into_view_if_needed()
        box = root.locator(".rc-plane").bounding_box()
        return box["x"] + box["width"] * right, box["y"] + box["height"] * (1 - up)

    root.get_by_role("radio", name="Poner azul").check()
    opened.mouse.click(*spot(0.95, 0.95))
    said = root.locator("[aria-live=polite]")
    expect(said).to_contain_text("Son 201")
    root.get_by_role("radio", name="Mover").check()
    opened.wait_for_timeout(300)
    added = pixels(root)
    assert added != before
    opened.mouse.move(*spot(0.95, 0.95))
    opened.mouse.down()
    opened.mouse.move(*spot(0.9, 0.93), steps=4)
    opened.mouse.up()
    opened.wait_for_timeout(300)
    assert pixels(root) != added
    root.get_by_role("radio", name="Quitar").check()
    opened.mouse.click(*spot(0.9, 0.93))
    expect(said).to_contain_text("Quedan 200 puntos")


def test_the_keyboard_does_it_all(page: PageFactory):
    opened = page(CHAPTER + QUICK)
    root = trainer(opened)
    open_now(root)
    stage = root.get_by_role("application")
    stage.focus()
    opened.keyboard.press("Shift+ArrowUp")
    opened.keyboard.press("ArrowRight")
    expect(root.locator(".rc-looked")).to_contain_text("En (0.05, 0.25) la red dice")
    root.get_by_role("radio", name="Poner naranja").focus()
    opened.keyboard.press("Space")
    stage.focus()
    for key in ("Shift+ArrowUp", "Shift+ArrowUp", "Shift+ArrowUp", "Shift+ArrowUp", "Shift+ArrowUp", "Enter"):
        opened.keyboard.press(key)
    expect(root.locator("[aria-live=polite]")).to_contain_text("Punto naranja en 0, 1.25. Son 201.")
    opened.keyboard.press("Delete")
    expect(root.locator("[aria-live=polite]")).to_contain_text("Quedan 200 puntos")
    outline = stage.evaluate("(e) => [getComputedStyle(e).outlineStyle, parseFloat(getComputedStyle(e).outlineWidth)]")
    assert outline[0] == "solid" and outline[1] >= 2, "el foco no se ve"
    unreached = opened.evaluate("""() => [...document.querySelectorAll('[data-explorer=trainer2d] :is(button, input, [tabindex])')]
        .filter((e) => e.checkVisibility() && !e.disabled && e.tabIndex < 0).map((e) => e.outerHTML.slice(0, 80))""")
    assert unreached == [], "hay controles que el teclado no alcanza"


def test_settings_presets_and_the_address(page: PageFactory):
    opened = page(CHAPTER)
    root = trainer(opened)
    open_now(root)
    root.get_by_role("button", name="1000 + 9 fuera de distribución").click()
    assert value(root, "Ejemplos") == "1000" and value(root, "Épocas") == "300"
    assert "En la esquina" in measures(root)
    expect(root.get_by_role("button", name="1000 + 9 fuera de distribución")).to_have_attribute("aria-pressed", "true")
    slide(root, "Neuronas", 2)
    root.get_by_role("radio", name="Espiral").check()
    root.get_by_label("Agregar 9 fuera de la distribución").uncheck()
    root.get_by_role("button", name="Otra semilla").click()
    opened.wait_for_function("() => location.hash === '#trainer2d=espiral_1000_0.2_0~4_8_0.01_16_0_0~300_1'")
    opened.reload()
    root = trainer(opened)
    expect(root.get_by_role("radio", name="Espiral")).to_be_checked()
    assert value(root, "Neuronas") == "8" and root.locator(".rc-seed strong").inner_text() == "1"
    open_now(root)
    root.get_by_role("button", name="Volver al inicio").click()
    assert value(root, "Ejemplos") == "200" and value(root, "Capas") == "4"


def test_a_hostile_address_is_ignored(page: PageFactory):
    root = trainer(page(f"{CHAPTER}#trainer2d=__proto___9e9_-1_2~4_32_<b>_16_0_0~500_0"))
    assert value(root, "Ejemplos") == "200"


@VIEWS
def test_everything_open_is_accessible_and_fits(page: PageFactory, size, scheme):
    opened = page(CHAPTER + QUICK.replace("0.2_0~", "0.2_1~"), size=size, scheme=scheme)
    root = trainer(opened)
    opened.add_script_tag(path=str(AXE))
    assert not (fault := violations(opened, "[data-explorer]")), "\n".join(fault)
    root.get_by_role("radio", name="Subirá, y después bajará").check()
    root.get_by_role("button", name="Comprobar").click()
    reach(root, 25)
    root.get_by_label("Ver los de prueba").check()
    root.get_by_label("Ver la regla").check()
    assert opened.evaluate(OVERFLOW) == {"extra": 0, "spill": []}
    assert not (fault := violations(opened, "[data-explorer]")), "\n".join(fault)
    small = root.evaluate("""(root) => [...root.querySelectorAll('button, input:not([type=radio]), .rc-option')].filter((e) => e.checkVisibility())
        .filter((e) => Math.max(e.getBoundingClientRect().height, e.closest('label')?.getBoundingClientRect().height ?? 0) < 24).map((e) => e.outerHTML.slice(0, 90))""")
    assert small == [], "hay blancos de menos de 24 píxeles"
