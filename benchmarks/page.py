"""Cuánto tarda la página: de abrirla a tener vivo el primer explorador, y de mover un deslizador a ver el dibujo.

Uso: `make bench`, con el libro ya construido (`make book`).
"""

import statistics
import sys
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "browser"))
from chromium import NONE_FOUND, find_chromium, launch_flags  # noqa: E402

OPENINGS, STEPS = 7, 60
READY = "() => document.querySelector('[data-explorer]')?.dataset.ready === 'true' && performance.now()"
SLIDE = """async ([steps]) => {
  const root = document.querySelector('[data-explorer=kernel]');
  const slider = [...root.querySelectorAll('input[type=range]')][1], canvas = root.querySelector('[data-part=output] canvas');
  const times = [];
  for (let i = 0; i < steps; i++) {
    const start = performance.now();
    slider.value = 1 + (i + 1) % 4;
    slider.dispatchEvent(new Event('input', {bubbles: true}));
    await Promise.resolve();
    canvas.getContext('2d').getImageData(0, 0, 1, 1);
    times.push(performance.now() - start);
    await new Promise((done) => setTimeout(done, 20));
  }
  return times;
}"""


def opening(browser: Browser, address: str) -> float:
    """Milisegundos de empezar a cargar la página a que el primer explorador esté vivo."""
    page = browser.new_page()
    page.goto(address)
    seconds = page.wait_for_function(READY, polling=5).json_value()
    page.close()
    return float(seconds)


def slides(browser: Browser, address: str) -> list[float]:
    """Milisegundos de cada paso del deslizador al dibujo, con la salida a la vista."""
    page = browser.new_page()
    page.goto(address)
    page.wait_for_function(READY)
    root = page.locator("[data-explorer=kernel]")
    root.get_by_role("button", name="Ver sin predecir").click()
    times = page.evaluate(SLIDE, [STEPS])
    page.close()
    return sorted(times)


def main() -> int:
    """Mide e imprime la tabla en Markdown."""
    site, path = ROOT / "_build" / "html", find_chromium()
    chapters = sorted(p for p in site.glob("[0-9]*.html") if "data-explorer=" in p.read_text(encoding="utf-8"))
    if not chapters or path is None:
        print(NONE_FOUND if chapters else "Falta el libro: corran `make book`.", file=sys.stderr)
        return 1
    print("| página | abrir → primer explorador, ms | deslizador → dibujo, ms (mediana, p95) |\n| --- | --- | --- |")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=launch_flags())
        for chapter in chapters:
            opened = statistics.median(opening(browser, chapter.as_uri()) for _ in range(OPENINGS))
            times = slides(browser, chapter.as_uri())
            print(f"| {chapter.stem} | {opened:.0f} | {statistics.median(times):.1f}, {times[int(0.95 * len(times))]:.1f} |", flush=True)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
