"""Buscador en castellano que no distingue acentos ni plurales: «convolucion» encuentra «convoluciones».

El índice (Python) y la consulta (JavaScript) reducen cada palabra con la misma regla, corta a propósito:
las raíces de Snowball de Sphinx no coinciden entre los dos lenguajes cuando sus versiones difieren.
"""

import re
import unicodedata
from pathlib import Path

from sphinx.search.es import SearchSpanish

# Sin mirar hacia atrás, `(?<=…)`: Safari no lo entendió hasta su versión 16.4, y ahí el buscador entero moría.
PLURAL = re.compile(r"([a-z]{3}[^aeiou])es$|([a-z]{3})s$")
SCRIPT = Path(__file__).with_suffix(".js")


def fold(word: str) -> str:
    """Quita los acentos y pasa a minúsculas: «Convolución» → «convolucion»."""
    letters = unicodedata.normalize("NFD", word.lower())
    return "".join(letter for letter in letters if not "\u0300" <= letter <= "\u036f")


class FoldedSpanish(SearchSpanish):
    """El castellano de Sphinx, sin acentos ni plurales en el índice y en la consulta."""

    js_stemmer_rawcode = ""
    js_stemmer_code = SCRIPT.read_text(encoding="utf-8").replace("PLURAL", PLURAL.pattern)

    def stem(self, word: str) -> str:
        """Forma reducida de `word`, la misma que calcula el JavaScript de la página."""
        return PLURAL.sub(r"\1\2", fold(word))
