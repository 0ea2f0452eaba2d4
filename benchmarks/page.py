"""Cuánto tarda la página: de abrirla a tener vivo el primer explorador, y de mover un deslizador a ver el dibujo.

Uso: `make bench`, con el libro ya construido (`make book`). Con nombres de capítulos, solo esos: `python benchmarks/page.py 07_convolucion_a_mano`.
"""

import statistics
import sys
from pathlib import Path

from playwright.sync_api import Browser, Locator, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "browser"))
from chromium import NONE_FOUND, find_chromium, launch_flags  # noqa: E402

OPENINGS, STEPS = 7, 60
READY = "() => document.querySelector('[data-explorer]')?.dataset.ready === 'true' && performance.now()"
# Cada paso mueve un deslizador y espera el dibujo: lo que el explorador junta para hacer una sola vez, el trazado y los lienzos.
SLIDE = """async (slider, steps) => {
  const root = slider.closest('[data-explorer]'), canvases = [...root.querySelectorAll('canvas')].filter((e) => e.width && e.checkVisibility());
  const [min, max, step] = [slider.min || 0, slider.max || 100, slider.step || 1].map(Number), places = Math.round((max - min) / step);
  const times = [];
  for (let i = 0; i < steps; i++) {
    await new Promise((done) => requestAnimationFrame(done));
    const began = performance.now();
    slider.value = min + step * ((i + 1) * (places > 40 ? 7 : 1) % (places + 1));
    slider.dispatchEvent(new Event('input', { bubbles: true }));
    await null; await null;
    document.body.offsetHeight;
    canvases.forEach((canvas) => canvas.getContext('2d').getImageData(0, 0, 1, 1));
    times.push(performance.now() - began);
  }
  return times;
}"""


def opening(browser: Browser, address: str) -> float:
    """Milisegundos de empezar a cargar la página a que el primer explorador esté vivo."""
    page = browser.new_page()
    page.goto(address)
    milliseconds = page.wait_for_function(READY, polling=5).json_value()
    page.close()
    return float(milliseconds)


def slides(root: Locator) -> list[float]:
    """Milisegundos de cada paso, ordenados, de todos los deslizadores a la vista de un explorador, ya abierto."""
    skip = root.get_by_role("button", name="Ver sin predecir")
    if skip.count():
        skip.first.click()
    sliders = root.locator("input[type=range]:visible:enabled")
    return sorted(time for slider in sliders.all() for time in slider.evaluate(SLIDE, STEPS))


def main(names: list[str]) -> int:
    """Mide e imprime dos tablas en Markdown: las páginas y los exploradores."""
    site, path = ROOT / "_build" / "html", find_chromium()
    chapters = sorted(p for p in site.glob("[0-9]*.html") if "data-explorer=" in p.read_text(encoding="utf-8") and (not names or p.stem in names))
    if not chapters or path is None:
        print(NONE_FOUND if chapters else "Falta el libro: corran `make book`.", file=sys.stderr)
        return 1
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=launch_flags())
        print("| página | abrir → primer explorador, ms |\n| --- | --- |")
        for chapter in chapters:
            print(f"| {chapter.stem} | {statistics.median(opening(browser, chapter.as_uri()) for _ in range(OPENINGS)):.0f} |", flush=True)
        print("\n| página | explorador | pasos | deslizador → dibujo, ms: mediana | p95 |\n| --- | --- | --- | --- | --- |")
        for chapter in chapters:
            page = browser.new_page()
            page.goto(chapter.as_uri())
            page.wait_for_function(READY)
            for root in page.locator("[data-explorer]:not([data-explorer=quiz])").all():
                if times := slides(root):
                    name = root.get_attribute("data-explorer")
                    print(f"| {chapter.stem} | {name} | {len(times)} | {statistics.median(times):.1f} | {times[int(0.95 * len(times))]:.1f} |", flush=True)
            page.close()
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
