"""Cada página del índice, abierta desde el disco: en castellano, accesible y sin pedir nada a nadie."""

import re
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import axe_playwright_python
import pytest
import yaml
from conftest import DESKTOP, PHONE, ROOT, PageFactory, page_address
from playwright.sync_api import Browser, Page, expect

import labcode

AXE = Path(axe_playwright_python.__file__).parent / "axe.min.js"
COLAB = "https://colab.research.google.com/github/redes-convolucionales/redes-convolucionales/blob/main/book"

# Textos del tema que ya se vieron en inglés en una página; ninguno puede volver.
ENGLISH = (
    "Contents", "Skip to main", "Back to top", "Search", "Toggle", "Previous", "Next", "Copy", "Print to",
    "Download", "Launch", "Light", "Dark", "System Settings", "Color mode", "Fullscreen", "Show code", "Hide code",
    "Click to", "Permalink", "Link to", "Site navigation", "Section Navigation", "On this page", "Copyright", "By ",
    "Theme by", "Built with", "Version warning", "Announcement", "Icon Links", "Home", "Warning", "Note", "Table of",
)  # fmt: skip

VISIBLE_CHROME = """() => {
  const outside = [...document.querySelectorAll('body *')].filter((e) => !e.closest('article, script, style, noscript'));
  const texts = outside.flatMap((e) => [...e.childNodes].filter((n) => n.nodeType === 3).map((n) => n.data.trim()));
  const names = [...document.querySelectorAll('[title], [aria-label], [placeholder], [alt], [data-bs-title], [data-tooltip]')]
    .filter((e) => !e.closest('.rc-figure'))
    .flatMap((e) => ['title', 'aria-label', 'placeholder', 'alt', 'data-bs-title', 'data-tooltip'].map((a) => e.getAttribute(a)));
  const boxes = [...document.querySelectorAll('summary, .admonition-title, figcaption .caption-number')].map((e) => e.innerText);
  return [...texts, ...names, ...boxes].filter(Boolean);
}"""

OVERFLOW = """() => {
  const wide = document.documentElement.clientWidth;
  const scroller = (e) => { for (let p = e.parentElement; p && p !== document.body && !p.matches('.rc-x'); p = p.parentElement)
    if (/auto|scroll|hidden|clip/.test(getComputedStyle(p).overflowX)) return p;
    return null; };
  const frame = (e) => {  // lo de un explorador tampoco llega a su marco: le deja el margen de adentro
    const x = e.parentElement.closest('.rc-x');
    if (!x) return { left: 0, right: wide };
    const [box, style] = [x.getBoundingClientRect(), getComputedStyle(x)];
    return { left: box.left + parseFloat(style.paddingLeft), right: box.right - parseFloat(style.paddingRight) };
  };
  // Lo que se recorre de lado no se sale por la derecha, pero lo que queda a la izquierda de su comienzo no se alcanza nunca.
  const lost = (box, p) => /auto|scroll/.test(getComputedStyle(p).overflowX) && box.left < p.getBoundingClientRect().left - p.scrollLeft - 1;
  const out = (box, { left, right }) => box.left < left - 1 || box.right > right + 1;
  const spill = [...document.querySelectorAll('article, article *')].filter((e) => {
    const [box, p] = [e.getBoundingClientRect(), scroller(e)];
    return box.width > 0 && (p ? lost(box, p) : out(box, frame(e)));
  }).map((e) => `${e.tagName}.${e.getAttribute('class') || ''}`);
  return { extra: document.documentElement.scrollWidth - wide, spill: spill.slice(0, 5) };
}"""

PROSE = """() => {
  const copy = document.querySelector('article').cloneNode(true);
  copy.querySelectorAll('pre, code, script, style, svg, mjx-container, .math').forEach((e) => e.remove());
  return copy.textContent;
}"""
# Lo que nadie compuso: una fórmula, una negrita, un enlace, una tabla o un título.
SOURCE = re.compile(r"\$[^$\n]+\$|\$\$|\\tag|\*\*\S|\]\(|\| *--|^\s*\|.*\||^\s*#+ ", re.MULTILINE)

# Axe mira la página entera aunque juzgue una parte: sin lo de adentro del código, de las fórmulas y de las figuras, que son
# casi todos los elementos, tarda la octava parte.
AXE_RUN = """([where, rules]) => {
  const judged = where === 'html' ? [] : [...document.querySelectorAll(where)];
  for (const e of document.querySelectorAll('pre, mjx-container, article svg[role=img]')) {
    if (!e.childElementCount || judged.some((own) => own.contains(e))) continue;
    e.replaceChildren(...(e.matches('pre') ? [e.textContent] : []));
  }
  return axe.run(where, { preload: false, resultTypes: ['violations'], runOnly: rules });
}"""
ALL_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]
# Lo que se toca y mide menos de 24 píxeles de alto, dentro de `where`; la respuesta de «Formas» lleva su campo al lado.
SMALL = """(where) => [...document.querySelectorAll(`${where} :is(button, label, summary, input[type=text])`)]
    .filter((e) => e.checkVisibility() && e.getBoundingClientRect().height < 24 && !e.closest('.rc-slider') && !e.matches('.rc-s-answer > label:not(.rc-s-fails)'))
    .map((e) => `${e.className} ${e.textContent.slice(0, 30)} ${e.getBoundingClientRect().height}`)"""


def toc_pages() -> list[str]:
    """Nombres de página de `_toc.yml`, la raíz primero."""
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    return [toc["root"], *(entry["file"] for part in toc["parts"] for entry in part["chapters"])]


PAGES = toc_pages()
NOTEBOOKS = [name for name in PAGES if (ROOT / "book" / f"{name}.ipynb").is_file()]


def settle(page: Page) -> None:
    """Espera a que las fórmulas estén compuestas y los exploradores, vivos."""
    page.evaluate("() => window.MathJax?.startup?.promise?.then(() => true)")
    page.wait_for_function(
        "() => [...document.querySelectorAll('[data-explorer]')].every((e) => e.dataset.ready === 'true')", timeout=10_000
    )


def violations(page: Page, where: str = "html", rules: list[str] = ALL_RULES) -> list[str]:
    """Faltas de accesibilidad serias o críticas que encuentra axe (ya cargado), con el elemento de cada una.

    Fuera de `where`, y en la página entera, vacía el código, las fórmulas y las figuras. Las fórmulas por dentro son de
    MathJax, que deja su propia versión para lectores de pantalla; el contraste del código coloreado tiene su propia prueba.
    """
    found = page.evaluate(AXE_RUN, [where, rules])
    return [
        f"{fault['id']} ({fault['impact']}): {node['html'][:160]} — {(node['any'] or node['all'] or node['none'] or [{}])[0].get('message', '')}"
        for fault in found["violations"]
        if fault["impact"] in ("serious", "critical")
        for node in fault["nodes"]
    ]


@pytest.fixture(scope="module")
def still(browser: Browser, site: Path) -> Iterator[Callable[[str], Page]]:
    """Páginas que solo se leen: cada una se abre una vez para todas las pruebas del módulo."""
    context = browser.new_context(viewport={"width": DESKTOP[0], "height": DESKTOP[1]})
    context.set_default_timeout(15_000)
    opened: dict[str, Page] = {}

    def open_once(name: str) -> Page:
        if name not in opened:
            opened[name] = context.new_page()
            opened[name].goto(page_address(site, name), wait_until="load")
            settle(opened[name])
        return opened[name]

    yield open_once
    context.close()


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["1280", "390"])
@pytest.mark.parametrize("name", PAGES)
def test_page_is_sound(page: PageFactory, name: str, size: tuple[int, int]) -> None:
    opened = page(name, size=size, formulas=True)
    settle(opened)
    assert opened.evaluate("document.documentElement.lang") == "es"
    measured = opened.evaluate(OVERFLOW)
    assert measured["extra"] <= 0 and not measured["spill"], f"se sale de la pantalla: {measured}"
    opened.add_script_tag(path=str(AXE))
    for scheme, rules in (("light", ALL_RULES), ("dark", ["color-contrast"])):  # el tema solo cambia los colores
        opened.emulate_media(color_scheme=scheme)
        opened.wait_for_function(f"() => document.documentElement.dataset.theme === '{scheme}'")
        assert not violations(opened, rules=rules), scheme


@pytest.mark.parametrize("name", PAGES)
def test_page_fits_the_narrowest_screen(page: PageFactory, name: str) -> None:
    opened = page(name, size=(320, 640))  # WCAG 2.1, 1.4.10: también lo que ve quien agranda cuatro veces una pantalla de 1280
    settle(opened)
    opened.evaluate("document.querySelectorAll('.rc-gate button').forEach((e) => e.textContent === 'Ver sin predecir' && e.click())")
    assert opened.evaluate(OVERFLOW) == {"extra": 0, "spill": []}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_coloured_code_is_legible(page: PageFactory, scheme: str) -> None:
    opened = page("05_l2", scheme=scheme)
    opened.evaluate("document.querySelectorAll('article details').forEach((e) => { e.open = true; })")
    opened.add_script_tag(path=str(AXE))
    found = opened.evaluate("() => axe.run('article div.highlight', {preload: false, runOnly: ['color-contrast']})")
    faint = [node["html"] for fault in found["violations"] for node in fault["nodes"]]
    assert found["passes"] and not faint, faint


@pytest.mark.parametrize("name", [*PAGES, "search"])
def test_chrome_is_spanish(still: Callable[[str], Page], name: str) -> None:
    opened = still(name)
    english = [text for text in opened.evaluate(VISIBLE_CHROME) if text.strip().startswith(ENGLISH)]
    assert not english, f"quedan textos en inglés: {sorted(set(english))}"


@pytest.mark.parametrize("name", PAGES)
def test_no_markdown_is_left_as_it_was_typed(still: Callable[[str], Page], name: str) -> None:
    text = still(name).evaluate(PROSE)
    assert len(text) > 300 and not (left := SOURCE.findall(text)), f"Markdown sin componer: {left}"


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_no_output_is_the_name_of_a_class(still: Callable[[str], Page], name: str) -> None:
    printed = still(name).locator("article .cell_output pre").all_text_contents()
    assert not (left := [text for text in printed if re.search(r"<[\w.]+ object\b|<Figure\b", text)]), left


@pytest.mark.parametrize("name", PAGES)
def test_footer_names_version_and_commit(still: Callable[[str], Page], name: str) -> None:
    opened = still(name)
    expect(opened.locator(".rc-footer .rc-version")).to_have_text(labcode.__version__)
    assert re.fullmatch(r"[0-9a-f]{7,40}|sin commit", opened.locator(".rc-footer .rc-commit").inner_text())


@pytest.mark.parametrize("name", PAGES)
def test_colab_button_opens_this_notebook(still: Callable[[str], Page], name: str) -> None:
    links = still(name).locator(".header-article-items a.btn-colab")
    assert links.count() == (name in NOTEBOOKS)
    if name in NOTEBOOKS:
        assert links.get_attribute("href") == f"{COLAB}/{name}.ipynb"
        assert (ROOT / "book" / f"{name}.ipynb").is_file()


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_download_button_gives_the_notebook(still: Callable[[str], Page], site: Path, name: str) -> None:
    link = still(name).locator("a.btn-download-source-button")
    target = (site / f"{name}.html").parent / link.get_attribute("href")
    assert target.resolve().read_bytes() == (ROOT / "book" / f"{name}.ipynb").read_bytes()


@pytest.mark.parametrize("name", PAGES)
def test_figures_and_pictures_have_a_description(still: Callable[[str], Page], name: str) -> None:
    unnamed = still(name).evaluate(
        "() => [...document.querySelectorAll('article img:not([alt]), article img[alt=\"\"], article svg[role=img]:not([aria-label]):not([aria-labelledby])')]"
        ".map((e) => e.outerHTML.slice(0, 120))"
    )
    assert not unnamed, f"sin descripción: {unnamed}"


@pytest.mark.parametrize("name", PAGES)
def test_formulas_are_typeset_without_errors(still: Callable[[str], Page], name: str) -> None:
    opened = still(name)
    formulas = opened.locator("article .math").count()
    assert opened.locator("article mjx-container").count() >= formulas
    assert opened.locator("article mjx-merror, article .MathJax_Error").count() == 0


@pytest.mark.parametrize("name", [name for name in NOTEBOOKS if name[0].isdigit()])
def test_formulas_fit_a_phone(page: PageFactory, name: str) -> None:
    opened = page(name, size=PHONE, formulas=True)
    settle(opened)
    wide = opened.evaluate("""async () => {
      document.querySelectorAll('article details').forEach((e) => { e.open = true; });
      const frames = async () => { for (let i = 0; i < 3; i++) await new Promise(requestAnimationFrame); };
      await frames();  // lo que se abre avisa después, y las letras que pide llegan más tarde
      await document.fonts.ready;
      await frames();
      const formulas = [...document.querySelectorAll('article mjx-container[display]')];
      return [formulas.length, formulas.filter((e) => e.scrollWidth > e.clientWidth + 1).map((e) => e.textContent)];
    }""")
    assert wide[0] and not wide[1]


def test_formulas_are_typeset_only_where_a_test_asks(page: PageFactory) -> None:
    typeset = [page("05_l2", formulas=asked).evaluate("() => Boolean(window.MathJax?.version)") for asked in (False, True)]
    assert typeset == [False, True]  # componerlas sin que nadie las mire es la mitad de lo que tarda una prueba


@pytest.mark.parametrize("query", ["convolucion", "convolución", "CONVOLUCION"])
def test_search_ignores_accents(page: PageFactory, query: str) -> None:
    opened = page(f"search?q={query}")
    results = opened.locator("#search-results ul.search li")
    expect(results.first).to_be_visible(timeout=10_000)
    targets = [link.get_attribute("href") for link in results.locator("a").all()]
    assert any("07_convolucion_a_mano.html" in target for target in targets)
    expect(opened.locator("#search-results")).to_contain_text("Páginas encontradas")


@pytest.mark.parametrize(
    ("query", "first"), [("convolucion a mano", "07_convolucion"), ("la convolución", "07_convolucion"), ("lotes", "06_batch"), ("aumento", "12_data")]
)
def test_search_puts_first_the_chapter_of_that_name(page: PageFactory, query: str, first: str) -> None:
    links = page(f"search?q={query}").locator("#search-results ul.search li a")
    expect(links.first).to_be_visible()
    chapters = [own for own in (link.get_attribute("href") for link in links.all()) if own[:2].isdigit()]
    assert chapters[0].startswith(first)


@pytest.fixture(scope="module")
def server(site: Path) -> Iterator[str]:
    """El sitio servido por HTTP: abierto desde el disco, el navegador no deja leer las páginas y no hay extractos."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(site))) as serving:
        Thread(target=serving.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{serving.server_port}"
        serving.shutdown()


@pytest.mark.parametrize(("query", "marked"), [("convolucion", "convolución"), ("relleno", "relleno"), ("pesos regularizar", "peso")])
def test_search_excerpts_are_readable_and_marked(browser: Browser, server: str, query: str, marked: str) -> None:
    opened = browser.new_page()
    opened.goto(f"{server}/search.html?q={query}")
    excerpts = opened.locator("#search-results p.context")
    expect(opened.locator("#search-results")).to_contain_text("Páginas encontradas")
    expect(excerpts.nth(3)).to_be_visible()
    texts = excerpts.all_inner_texts()
    opened.close()
    assert all(len(text) < 260 for text in texts)
    for strange in ("\\(", "import ", "Abrir en Colab", "Mostrar código", "undefined", "NaN"):
        assert not [text for text in texts if strange in text], strange
    assert sum(marked in text.lower() for text in texts) > len(texts) / 2


@pytest.mark.parametrize("name", ["05_l2", "search?q=convolucion"])
def test_pages_work_where_nothing_may_be_stored(browser: Browser, site: Path, name: str) -> None:
    opened, errors = browser.new_page(reduced_motion="reduce"), []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    forbid = "Object.defineProperty(window, 'localStorage', { configurable: true, get() { throw new DOMException('', 'SecurityError'); } })"
    opened.add_init_script(forbid)
    opened.goto(page_address(site, name))
    if name.startswith("search"):
        expect(opened.locator("#search-results ul.search li").first).to_be_visible()
    else:
        expect(opened.locator("[data-explorer=quiz][data-ready=true]")).to_be_attached()
    before = opened.evaluate("document.documentElement.dataset.mode")
    opened.locator("button.theme-switch-button").first.click()
    assert opened.evaluate("document.documentElement.dataset.mode") != before and not errors
    opened.close()


def test_no_script_looks_behind(site: Path) -> None:
    scripts = [path for path in site.rglob("*.js") if "mathjax" not in path.parts]
    assert len(scripts) > 25
    # Safari no conoció `(?<=…)` hasta la versión 16.4, y un guion con una que no entiende no se ejecuta.
    assert not [path.name for path in scripts if re.search(r"\(\?<[=!]", path.read_text(encoding="utf-8"))]


def test_search_says_when_nothing_is_found(page: PageFactory) -> None:
    opened = page("search?q=xyzzyplugh")
    expect(opened.locator("#search-results")).to_contain_text("Ninguna página tiene eso")


def test_first_page_leads_to_the_cover(page: PageFactory) -> None:
    opened = page("index")
    opened.wait_for_url(f"**/{PAGES[0]}.html")
    expect(opened.locator("article h1")).to_contain_text("Redes convolucionales")


def test_chapter_titles_carry_their_number(page: PageFactory) -> None:
    chapters = {name: int(name[:2]) for name in PAGES if re.match(r"\d\d_", name)}
    opened = page(PAGES[0])
    for name, number in chapters.items():
        expect(opened.locator(f"nav.bd-docs-nav a[href$='{name}.html']")).to_have_text(re.compile(rf"^\s*{number}\. \S"))


def test_theme_button_changes_the_theme(page: PageFactory) -> None:
    opened = page(PAGES[0])
    seen = set()
    for _ in range(3):
        opened.locator(".theme-switch-button").first.click()
        seen.add(opened.evaluate("document.documentElement.dataset.theme"))
    assert seen == {"light", "dark"}


def test_phone_opens_and_closes_the_index(page: PageFactory) -> None:
    opened = page(PAGES[0], size=PHONE)
    link = opened.locator("nav.bd-docs-nav a", has_text="Cómo usar este libro")
    expect(link).not_to_be_in_viewport()
    opened.locator("button.primary-toggle").first.click()
    expect(link).to_be_in_viewport()
    link.click()
    opened.wait_for_url("**/como_usar.html")


@pytest.mark.parametrize("name", PAGES)
def test_page_reads_without_javascript(page: PageFactory, name: str) -> None:
    opened = page(name, java_script=False)
    assert len(opened.locator("article").inner_text().split()) > 40
    for explorer in opened.locator("[data-explorer]").all():
        assert explorer.locator("svg, img, table, details").count() > 0, "sin JavaScript el explorador no muestra ningún dibujo"
