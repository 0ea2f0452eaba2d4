"""Pregunta por cada enlace externo del libro construido y de los documentos; termina con error si alguno murió.

Uso: python .github/check_links.py _build/html README.md …

Un enlace está muerto si su servidor ya no tiene nombre en la red o si responde 404 o 410, dos veces. Otra respuesta (403 a un
programa, 429, 5xx, demora) se informa como dudosa y no falla: el aviso semanal debe merecer atención.
"""

import re
import socket
import sys
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from http.client import HTTPException
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

AGENT = "Mozilla/5.0 (compatible; revisor de enlaces de Redes convolucionales)"
TIMEOUT = 30  # segundos por intento
NO_ANSWER, NO_HOST = 0, -1  # junto a los códigos HTTP
DEAD = {404, 410, NO_HOST}
LINK = re.compile(r"""href="(https?://[^"#]+)|<(https?://[^>#\s]+)>|\]\((https?://[^)#\s]+)""")


def files(roots: Iterable[str]) -> Iterator[Path]:
    """Recorre las páginas de cada carpeta y los documentos dados por su nombre."""
    for root in map(Path, roots):
        yield from sorted(root.rglob("*.html")) if root.is_dir() else [root]


def links(text: str) -> set[str]:
    """Devuelve las direcciones externas de una página HTML o de un documento Markdown, sin su ancla."""
    return {next(filter(None, groups)).replace("&amp;", "&") for groups in LINK.findall(text)}


def ask(url: str) -> int:
    """Devuelve el código HTTP de una dirección; NO_ANSWER si su servidor no respondió y NO_HOST si ya no existe."""
    try:
        with urlopen(Request(url, headers={"User-Agent": AGENT}), timeout=TIMEOUT) as answer:
            return int(answer.status)
    except HTTPError as error:
        return error.code
    except URLError as error:
        return NO_HOST if isinstance(error.reason, socket.gaierror) else NO_ANSWER
    except (OSError, HTTPException):
        return NO_ANSWER


def verdict(url: str, wait: float) -> tuple[str, int]:
    """Clasifica una dirección en «viva», «muerta» o «dudosa», con un segundo intento tras `wait` segundos."""
    code = ask(url)
    if code not in range(200, 400):
        time.sleep(wait)
        code = ask(url)
    return ("viva" if code in range(200, 400) else "muerta" if code in DEAD else "dudosa"), code


def main(roots: list[str], wait: float = 5.0) -> int:
    """Revisa todos los enlaces e informa; devuelve 1 si alguno murió o si no había ninguno que revisar."""
    urls = sorted(set().union(*(links(path.read_text(encoding="utf-8")) for path in files(roots))))
    with ThreadPoolExecutor(8) as pool:
        states = dict(zip(urls, pool.map(partial(verdict, wait=wait), urls)))
    for url, (state, code) in states.items():
        if state != "viva":
            print(f"{state} ({code if code > 0 else 'sin respuesta'}): {url}")
    print(f"{len(urls)} enlaces revisados.")
    return int(not urls or any(state == "muerta" for state, _ in states.values()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
