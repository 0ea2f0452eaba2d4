"""Buscador en castellano que no distingue acentos: «convolucion» encuentra «convolución».

El índice (Python) y la consulta (JavaScript) quitan los acentos antes de la misma raíz de Snowball.
"""

import unicodedata
from pathlib import Path

import sphinx.search
from sphinx.search.es import SearchSpanish

STEMMERS = Path(sphinx.search.__file__).parent.parent / "search" / "minified-js"

FOLDING_STEMMER = r"""
var Stemmer = function () {
  var spanish = new SpanishStemmer();
  this.stemWord = function (word) {
    return spanish.stemWord(word.toLowerCase().normalize("NFD").replace(/[\u0300-\u036f]/g, ""));
  };
};
"""


def fold(word: str) -> str:
    """Quita los acentos y pasa a minúsculas: «Convolución» → «convolucion»."""
    letters = unicodedata.normalize("NFD", word.lower())
    return "".join(letter for letter in letters if not "\u0300" <= letter <= "\u036f")


class FoldedSpanish(SearchSpanish):
    """El castellano de Sphinx, con los acentos quitados en el índice y en la consulta."""

    js_stemmer_rawcode = ""

    @property
    def js_stemmer_code(self) -> str:  # type: ignore[override]
        """Código de la raíz que Sphinx escribe en `language_data.js`."""
        parts = (STEMMERS / name for name in ("base-stemmer.js", "spanish-stemmer.js"))
        return "\n".join([*(part.read_text(encoding="utf-8") for part in parts), FOLDING_STEMMER])

    def stem(self, word: str) -> str:
        """Raíz de `word` sin acentos, la misma que calcula el JavaScript de la página."""
        return super().stem(fold(word))
