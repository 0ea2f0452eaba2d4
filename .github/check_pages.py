"""Compara las páginas construidas con `_toc.yml`: una ausente o vacía termina con error.

Uso: python .github/check_pages.py _toc.yml _build/html
"""

import re
import sys
from pathlib import Path
from typing import Any

import yaml

MIN_WORDS = 40  # una portada corta los supera; una página sin contenido, no


def pages(toc: Any) -> list[str]:
    """Devuelve los nombres (sin extensión) de todas las páginas de un índice, en orden."""
    if isinstance(toc, list):
        return [name for entry in toc for name in pages(entry)]
    if not isinstance(toc, dict):
        return []
    own = [toc[key] for key in ("root", "file") if key in toc]
    return own + [name for value in toc.values() if isinstance(value, list) for name in pages(value)]


def words(html: str) -> int:
    """Cuenta las palabras del artículo de una página (no las del menú)."""
    article = re.search(r"<article\b.*?</article>", html, re.DOTALL)
    text = re.sub(r"<(script|style)\b.*?</\1>|<[^>]+>", " ", article.group() if article else "", flags=re.DOTALL)
    return len(text.split())


def problems(toc: Path, site: Path) -> list[str]:
    """Enumera lo que falta: páginas sin archivo, páginas sin texto, un índice vacío."""
    names = pages(yaml.safe_load(toc.read_text(encoding="utf-8")))
    if len(names) < 2:
        return [f"{toc} nombra {len(names)} páginas: un libro tiene más."]
    found = []
    for name in names:
        page = site / f"{re.sub(r'[.](md|ipynb)$', '', name)}.html"
        if not page.is_file():
            found.append(f"Falta {page}.")
        elif (count := words(page.read_text(encoding="utf-8"))) < MIN_WORDS:
            found.append(f"{page} tiene {count} palabras: se esperaban {MIN_WORDS} o más.")
    if not (site / "index.html").is_file():
        found.append(f"Falta {site / 'index.html'}.")
    return found


def main(toc: str, site: str) -> int:
    """Informa y devuelve el código de salida: 0 si el libro está entero."""
    found = problems(Path(toc), Path(site))
    print("\n".join(found) if found else "El libro está entero.")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
