"""Las palabras del tema que quedan en inglés, en castellano.

Sphinx busca cada texto en un catálogo (`sphinx` o `booktheme`); aquí se completan los dos, por
encima de lo que el tema trae: parte de ello falta y parte es una traducción automática.
"""

import gettext

from sphinx.application import Sphinx
from sphinx.locale import get_translator

SPHINX = {
    "Skip to main content": "Saltar al contenido",
    "Back to top": "Volver arriba",
    "Search": "Buscar",
    "Color mode": "Cambiar entre claro, oscuro y automático",
    "Light": "Claro",
    "Dark": "Oscuro",
    "System Settings": "Como el sistema",
    "On this page": "En esta página",
    "Site navigation": "Índice del libro",
    "Section Navigation": "Índice de la sección",
    "previous page": "página anterior",
    "next page": "página siguiente",
    "previous": "anterior",
    "next": "siguiente",
    "Version warning": "Aviso de versión",
    "Announcement": "Anuncio",
    "Permalink to this heading": "Enlace a esta sección",
    "Link to this heading": "Enlace a esta sección",
    "Link to this equation": "Enlace a esta ecuación",
    "Link to this table": "Enlace a esta tabla",
    "Link to this image": "Enlace a esta figura",
    "Link to this code": "Enlace a este código",
    "Link to this definition": "Enlace a esta definición",
    "Link to this term": "Enlace a este término",
    "Please activate JavaScript to enable the search functionality.":
        "La búsqueda necesita JavaScript.",
}

BOOKTHEME = {
    "By": "Por",
    "Contents": "En esta página",
    "Copyright": "Derechos",
    "Download this page": "Descargar esta página",
    "Download notebook file": "Descargar el cuaderno",
    "Download source file": "Descargar el texto fuente",
    "Print to PDF": "Imprimir o guardar en PDF",
    "Fullscreen mode": "Pantalla completa",
    "Launch": "Abrir",
    "Launch on": "Abrir en",
    "Launch interactive content": "Abrir en un cuaderno",
    "Colab": "Colab",
    "logo": "",
    "Toggle navigation": "Abrir o cerrar el índice",
    "next page": "página siguiente",
    "previous page": "página anterior",
    "Source repository": "Repositorio",
    "Repository": "Repositorio",
    "Show source": "Ver el texto fuente",
    "Suggest edit": "Proponer un cambio",
    "Open issue": "Avisar de un problema",
    "Open an issue": "Avisar de un problema",
}


def install(app: Sphinx) -> None:
    """Pone las palabras de este módulo en los catálogos de `app` (al empezar la construcción)."""
    for catalog, words in (("sphinx", SPHINX), ("booktheme", BOOKTHEME)):
        translator = get_translator(catalog)
        if not isinstance(translator, gettext.GNUTranslations):
            raise RuntimeError(f"No hay catálogo «{catalog}» en castellano que completar.")
        translator._catalog.update(words)
