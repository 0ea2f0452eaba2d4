"""Lo que comparten las pruebas en el navegador: el sitio construido, un Chromium y páginas vigiladas."""

import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, sync_playwright

sys.path.insert(0, str(Path(__file__).parent))
from chromium import NONE_FOUND, find_chromium, launch_flags  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
LOCAL_SCHEMES = ("file:", "blob:", "data:", "about:")
PHONE = (390, 844)
DESKTOP = (1280, 900)
SIZES = pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["1280", "390"])
# Lo ancho no depende de los colores, ni al revés: con dos vistas se prueban los dos tamaños y los dos temas.
VIEWS = pytest.mark.parametrize("size, scheme", [(DESKTOP, "light"), (PHONE, "dark")], ids=["1280-claro", "390-oscuro"])


@dataclass
class Watch:
    """Lo que una página hizo y no debía: cada lista termina vacía o la prueba falla."""

    requests: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def on_request(self, request: Request) -> None:
        """Anota cada pedido que sale de la máquina."""
        if not request.url.startswith(LOCAL_SCHEMES):
            self.requests.append(request.url)

    def on_failed(self, request: Request) -> None:
        """Anota cada archivo local que la página pide y no está."""
        if request.failure != "net::ERR_ABORTED":  # lo que se dejó de pedir porque la página se fue
            self.errors.append(f"no se pudo cargar {request.url}: {request.failure}")

    def on_console(self, message: ConsoleMessage) -> None:
        """Anota los errores y avisos de la consola."""
        if message.type in ("error", "warning"):
            self.errors.append(f"{message.type}: {message.text}")

    def on_page_error(self, error: Exception) -> None:
        """Anota las excepciones que nadie atrapó."""
        self.errors.append(f"excepción: {error}")

    def verify(self) -> None:
        """Falla si hubo pedidos a otros servidores o errores."""
        assert not self.requests, f"la página pidió a otros servidores: {self.requests}"
        assert not self.errors, f"la página dio errores: {self.errors}"


PageFactory = Callable[..., Page]


@pytest.fixture(scope="session")
def site() -> Path:
    """Carpeta del libro construido (`LABCODE_SITE`, o la de `make book`)."""
    folder = Path(os.environ.get("LABCODE_SITE", ROOT / "_build" / "html"))
    assert (folder / "index.html").is_file(), f"no está el libro en {folder}: corran «make book»"
    return folder


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Un Chromium para toda la sesión."""
    path = find_chromium()
    assert path, NONE_FOUND
    with sync_playwright() as playwright:
        instance = playwright.chromium.launch(executable_path=path, args=launch_flags())
        yield instance
        instance.close()


@pytest.fixture
def page(browser: Browser, site: Path) -> Iterator[PageFactory]:
    """Fábrica de páginas vigiladas: `page("05_l2", size=PHONE, scheme="dark")`.

    El nombre es el de `_toc.yml`; admite `#ancla` y `?consulta` al final. Las fórmulas quedan como texto si no se
    piden: componerlas es la mitad de lo que tarda en abrirse un capítulo. Al terminar la prueba se comprueba que
    ninguna pidió nada a otro servidor ni dio errores.
    """
    contexts, watches = [], []

    def open_page(
        name: str,
        size: tuple[int, int] = DESKTOP,
        scheme: str = "light",
        java_script: bool = True,
        touch: bool = False,
        formulas: bool = False,
    ) -> Page:
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            color_scheme=scheme,
            java_script_enabled=java_script,
            has_touch=touch,
            reduced_motion="reduce",
            locale="es-CL",
        )
        context.set_default_timeout(15_000)
        if not formulas:
            context.route("**/mathjax/*.js*", lambda route: route.fulfill(content_type="text/javascript", body=""))
        contexts.append(context)
        opened, watch = context.new_page(), Watch()
        watches.append(watch)
        opened.on("request", watch.on_request)
        if java_script:  # sin él, los guiones se niegan a propósito
            opened.on("requestfailed", watch.on_failed)
        opened.on("console", watch.on_console)
        opened.on("pageerror", watch.on_page_error)
        opened.goto(page_address(site, name), wait_until="load")
        return opened

    yield open_page
    for context in contexts:
        context.close()
    for watch in watches:
        watch.verify()


def page_address(site: Path, name: str) -> str:
    """Dirección `file://` de una página; respeta el `#ancla` o la `?consulta` de `name`."""
    cut = min((name.find(mark) for mark in "?#" if mark in name), default=len(name))
    return (site / f"{name[:cut]}.html").as_uri() + name[cut:]
