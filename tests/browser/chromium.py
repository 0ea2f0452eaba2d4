"""Consigue un Chromium para las pruebas de las páginas, del modo que responda en esta máquina.

En orden: uno ya instalado, el paquete de Debian (si somos root) y la descarga de Playwright. El que no trae ventana va
primero: es el mismo motor, y abrir una página le cuesta la mitad.
Uso: `python tests/browser/chromium.py` lo instala si falta y dice cuál quedó.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium-headless-shell", "chrome-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
FLAGS = (
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
NONE_FOUND = (
    "No se pudo conseguir un Chromium para las pruebas de las páginas. Instalen uno de estos:\n"
    "  - el paquete de su sistema (en Debian: sudo apt-get install chromium-headless-shell, o chromium), o\n"
    "  - Google Chrome, o\n"
    "  - el de Playwright: .venv/bin/python -m playwright install --with-deps chromium\n"
    "Leer y construir el libro no lo necesita: solo «make test»."
)


def is_root() -> bool:
    """Dice si el proceso es root (Chromium pide entonces `--no-sandbox`)."""
    return hasattr(os, "geteuid") and os.geteuid() == 0


def launch_flags() -> list[str]:
    """Opciones con que se abre el navegador."""
    return [*FLAGS, "--no-sandbox"] if is_root() else list(FLAGS)


def playwright_chromium() -> str | None:
    """Ruta del Chromium de Playwright si ya está descargado."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).is_file() else None


def find_chromium() -> str | None:
    """Ruta de un Chromium que ya esté en la máquina, o `None`."""
    on_path = (shutil.which(name) for name in NAMES)
    return next(filter(None, on_path), None) or playwright_chromium()


def succeeds(*command: str) -> bool:
    """Ejecuta una orden a la vista y dice si terminó bien."""
    print(f"→ {' '.join(command)}", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    return subprocess.run(command, env=environment, check=False).returncode == 0


def install_chromium() -> str | None:
    """Busca un Chromium y, si no hay, prueba a instalarlo.

    Returns:
        Su ruta, o `None` si ninguna vía respondió.
    """
    found = find_chromium()
    if found:
        return found
    if is_root() and shutil.which("apt-get") and succeeds("apt-get", "update", "-qq"):
        for package in ("chromium-headless-shell", "chromium"):
            if not found and succeeds("apt-get", "install", "-y", "-qq", "--no-install-recommends", package):
                found = find_chromium()
    if not found:
        extra = ["--with-deps"] if is_root() else []
        succeeds(sys.executable, "-m", "playwright", "install", *extra, "chromium")
        found = find_chromium()
    return found


def main() -> int:
    """Deja un Chromium instalado; 1 y un mensaje claro si no se pudo."""
    path = install_chromium()
    print(f"Navegador para las pruebas: {path}" if path else NONE_FOUND)
    return 0 if path else 1


if __name__ == "__main__":
    sys.exit(main())
