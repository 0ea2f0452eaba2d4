"""Lo que las diapositivas y las páginas del libro necesitan y ya está instalado: reveal.js, MathJax y los exploradores.

Nada se descarga al abrir ni se guarda en el repositorio: se copia de los paquetes de `requirements.txt` al construir.
"""

import importlib.util
import json
import re
import shutil
from pathlib import Path

from pygments.formatters import HtmlFormatter

from labcode import explorers

HERE = Path(__file__).parent
OWN_FILES = ("deck.css", "deck.js", "fit.js", "speaker.js")
REVEAL_FILES = ("dist/reset.css", "dist/reveal.css", "dist/reveal.js", "plugin/zoom/zoom.js", "LICENSE")
MATHJAX_PARTS = ("tex-chtml.js", "output/chtml/fonts", "input/tex/extensions")
EXPLORER = re.compile(r'data-explorer="([\w-]+)"')
STYLES = {"light": "a11y-high-contrast-light", "dark": "a11y-high-contrast-dark"}  # los de `_config.yml`


def package_folder(module: str, requirement: str) -> Path:
    """Carpeta de un paquete instalado.

    Raises:
        ValueError: si no está; el mensaje dice cómo instalarlo.
    """
    spec = importlib.util.find_spec(module)
    if spec is None or spec.origin is None:
        raise ValueError(f"Falta {requirement}: pip install {requirement} (está en requirements.txt).")
    return Path(spec.origin).parent


def copy_mathjax(static: Path) -> None:
    """Copia a `static` la parte de MathJax que las páginas usan: TeX, salida CHTML y sus letras."""
    source = package_folder("sphinx-mathjax-offline", "sphinx-mathjax-offline") / "static" / "mathjax"
    for part in MATHJAX_PARTS:
        target = static / "mathjax" / part
        target.parent.mkdir(parents=True, exist_ok=True)
        if (source / part).is_dir():
            shutil.copytree(source / part, target, dirs_exist_ok=True)
        else:
            shutil.copyfile(source / part, target)


def explorer_scripts(page: str) -> list[str]:
    """Los guiones que una página necesita, en orden y vistos desde `_static/`: el de cada explorador que tiene, y el que los despierta.

    Args:
        page: su HTML.

    Returns:
        Una lista vacía si no tiene ninguno.
    """
    names = sorted(set(EXPLORER.findall(page)))
    return [*(f"exploradores/{name}.js" for name in names), "explorers.js"] if names else []


def write_explorers(static: Path) -> None:
    """Genera desde `labcode.explorers` un guion por explorador, el que los despierta y la hoja de todos.

    El código de cada uno va como texto porque el navegador no deja importar módulos de un archivo abierto desde el disco.
    """
    folder = static / "exploradores"
    folder.mkdir(parents=True, exist_ok=True)
    for name, source in explorers.module_sources().items():
        script = f"(window.labcodeExplorers ??= {{}})[{json.dumps(name)}] = {json.dumps(source, ensure_ascii=False)};\n"
        (folder / f"{name}.js").write_text(script, encoding="utf-8")
    (static / "explorers.js").write_text(explorers.hydrate_script(), encoding="utf-8")
    (static / "explorers.css").write_text(explorers.style(), encoding="utf-8")


def copy_deck_files(static: Path) -> None:
    """Deja en `static/diapositivas/` reveal.js y lo propio de las diapositivas."""
    target = static / "diapositivas"
    target.mkdir(parents=True, exist_ok=True)
    reveal = package_folder("sphinx_revealjs", "sphinx-revealjs") / "_static" / "revealjs"
    for name in REVEAL_FILES:
        final = "LICENSE-reveal.js" if name == "LICENSE" else Path(name).name
        shutil.copyfile(reveal / name, target / final)
    for name in OWN_FILES:
        shutil.copyfile(HERE / name, target / name)
    (target / "code.css").write_text(code_style(), encoding="utf-8")


def code_style() -> str:
    """Los colores del código, en claro y en oscuro: los mismos de las páginas."""
    return "\n".join(HtmlFormatter(style=style).get_style_defs(f'html[data-theme="{theme}"] .highlight') for theme, style in STYLES.items())


def copy_assets(static: Path, book: Path) -> None:
    """Deja en `static` todo lo que unas diapositivas sueltas necesitan, también la hoja y el ícono del libro.

    Args:
        static: la carpeta `_static/` de las diapositivas.
        book: la carpeta `book/` del repositorio.
    """
    copy_mathjax(static)
    write_explorers(static)
    copy_deck_files(static)
    for name in ("redes.css", "icono.svg"):
        shutil.copyfile(book / "_static" / name, static / name)
