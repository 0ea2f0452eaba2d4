"""El explorador «Tarjetas»: repartir tarjetas en dos montones, y leer la razón de cada una."""

import html
import textwrap
from typing import Any

from labcode.checks import check_bool, check_int, refuse
from labcode.explorers.base import Brief, Checked, Explorer, module_source, still, style, within

FIELDS = ("name", "text", "why")
BOLD, PLAIN = 38, 42  # letras que caben en una línea de la columna, con una letra ancha
# `bin` dice a qué montón va: 0, el primero («Regularizador»), o 1. Las tarjetas dicen *para qué* se hace cada cosa,
# porque la definición mira la intención.
REGULARIZERS = [
    {"name": "L²", "bin": 0, "text": "Sumar a la pérdida un castigo por los pesos grandes, λΣw².",
     "why": "Entre dos redes que aciertan lo mismo en lo que estudiaron, prefiere la de pesos chicos. Cede algo de ajuste y busca acertar en lo nuevo."},
    {"name": "más neuronas", "bin": 1, "text": "Agregar neuronas, porque la red no logra aprender ni sus propios ejemplos.",
     "why": "Eso busca bajar el error de entrenamiento: es darle más capacidad. Con más capacidad el sobreajuste suele ser más fácil, no más difícil."},
    {"name": "parar a tiempo", "bin": 0, "text": "Detener el entrenamiento cuando la validación deja de mejorar, aunque la pérdida siga bajando.",
     "why": "Se renuncia a propósito a bajar más la pérdida de entrenamiento, para quedarse donde se acierta mejor en imágenes nuevas."},
    {"name": "Adam", "bin": 1, "text": "Cambiar SGD por Adam, porque así la pérdida baja en menos pasos.",
     "why": "Es un optimizador: busca bajar antes la pérdida de entrenamiento. Lo que pase después con lo nuevo no es su propósito."},
    {"name": "dropout", "bin": 0, "text": "Callar neuronas al azar en cada paso, para que ninguna dependa demasiado de otra.",
     "why": "Estorba al ajuste adrede: la red entrena con la mitad apagada, y su error de entrenamiento sube. Lo que se busca es que lo aprendido sirva fuera."},
    {"name": "máquina más rápida", "bin": 1, "text": "Entrenar en una máquina diez veces más rápida.",
     "why": "La red que resulta es la misma, solo que antes. No cambia ni lo que acierta en lo estudiado ni en lo nuevo."},
    {"name": "aumento de datos", "bin": 0, "text": "Reflejar y recortar al azar cada imagen de entrenamiento.",
     "why": "Hace más difícil aprenderse las imágenes de memoria, y le dice a la red qué cambios no importan: una foto reflejada sigue siendo la misma cosa."},
    {"name": "normalizar la entrada", "bin": 1, "text": "Restar a cada canal su media y dividirlo por su desviación, para que el descenso avance parejo.",
     "why": "Acomoda los números para que entrenar sea más fácil. Es una ayuda a la optimización: se hace para bajar el error de entrenamiento."},
    {"name": "promediar redes", "bin": 0, "text": "Entrenar cinco redes y promediar sus respuestas, para que se cancelen sus errores.",
     "why": "Cada red ya se sabía sus ejemplos; lo que se gana al promediar se nota en lo nuevo, donde se equivocan en cosas distintas."},
    {"name": "la mejor semilla", "bin": 1, "text": "Entrenar con cien semillas y quedarse con la que más acierta en la prueba.",
     "why": "No hace mejor a ninguna red: elige a la que tuvo suerte con esas imágenes. Mejora la cifra, no la generalización (capítulo 3)."},
    {"name": "compartir pesos", "bin": 0, "text": "Usar los mismos pesos en toda la imagen, porque un ojo es un ojo esté donde esté.",
     "why": "Quita libertad con algo que ya sabíamos del problema. Es la idea de las convoluciones (capítulo 7), y la que más ayuda en este libro."},
    {"name": "subir la tasa", "bin": 1, "text": "Subir la tasa de aprendizaje, porque la pérdida baja demasiado lento.",
     "why": "Se sube para ajustar antes los datos de entrenamiento. Que a veces además cambie la generalización no era lo que se buscaba."},
    {"name": "lotes chicos", "bin": 0, "text": "Achicar el lote, con la esperanza de que el ruido lleve a un mínimo que generalice mejor.",
     "why": "Por su intención lo es: acepta descender con más ruido a cambio de generalizar. Si lo consigue es otra cosa, y se mide en el capítulo 6."},
]  # fmt: skip
PILES = ["Regularizador", "No lo es"]
QUESTION = "¿Se hace para acertar más en lo nuevo, aunque no se acierte más en lo estudiado?"


def _card(value: Any) -> dict[str, Any]:
    texts = {field: value[field] for field in FIELDS}
    if not all(isinstance(own, str) and 0 < len(own.strip()) <= 400 for own in texts.values()):
        raise ValueError
    return {**texts, "bin": check_int("bin", value["bin"], 0, 1, 0)}


def _check_cards(name: str, value: Any) -> list[dict[str, Any]]:
    try:
        cards = [_card(card) for card in value]
    except (TypeError, KeyError, ValueError):
        cards = []
    names = {card["name"] for card in cards}
    if not 2 <= len(cards) <= 40 or len(names) < len(cards) or {card["bin"] for card in cards} != {0, 1}:
        allowed = "una lista de 2 a 40 tarjetas con `name` (distinto en cada una), `text`, `why` y `bin`, 0 o 1, y alguna de cada montón"
        raise refuse(name, Brief(value), allowed, REGULARIZERS[:2])
    return cards


def _check_piles(name: str, value: Any) -> list[str]:
    fits = isinstance(value, (list, tuple)) and len(value) == 2 and all(isinstance(x, str) and 0 < len(x) <= 30 for x in value)
    if not fits or value[0] == value[1]:
        raise refuse(name, Brief(value), "una lista de dos nombres distintos, de hasta 30 letras", PILES)
    return list(value)


def _check_answers(name: str, value: Any) -> list[int]:
    try:
        return [check_int(name, answer, -1, 1, 0) for answer in value]
    except (TypeError, ValueError):
        raise refuse(name, Brief(value), "una lista con −1 (sin responder), 0 o 1 por tarjeta", [0, 1, -1]) from None


def _check_question(name: str, value: Any) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= 200:
        raise refuse(name, Brief(value), "una pregunta de hasta 200 letras", repr(QUESTION))
    return value


class CardsExplorer(Explorer):
    """Tarjetas que se reparten en dos montones, de a una: decidir, leer la razón y seguir.

    Args:
        cards: lista de `{"name", "text", "why", "bin"}`: nombre corto, lo que dice, la razón y su montón (0 o 1).
        piles: los nombres de los dos montones.
        question: lo que hay que preguntarse ante cada tarjeta.
        answers: lo respondido: −1 (todavía nada), 0 o 1 por tarjeta, en el orden de `cards`; las que falten son −1.
        seed: semilla del orden en que salen, de 0 a 9999; con 0 salen como están.
        predict: con `False`, se muestran ya repartidas.

    Raises:
        ValueError: si un valor no se admite (también es `TraitError`).
    """

    name = "cards"
    parts = ("math.js", "common.js", "cards_core.js", "cards.js")
    _esm = module_source(parts)
    _css = style()

    cards = Checked(_check_cards, REGULARIZERS)
    piles = Checked(_check_piles, PILES)
    question = Checked(_check_question, QUESTION)
    answers = Checked(_check_answers, [])
    seed = Checked(within(0, 9999, 0), 0)
    predict = Checked(check_bool, True)

    def picture(self) -> str:
        """Los dos montones con sus tarjetas y la razón de cada una, como SVG con su descripción."""
        columns = [[card for card in self.cards if card["bin"] == pile] for pile in (0, 1)]
        drawn = [_column(15 + 335 * pile, self.piles[pile], cards) for pile, cards in enumerate(columns)]
        said = ". ".join(f"{pile}: {', '.join(card['name'] for card in cards)}" for pile, cards in zip(self.piles, columns))
        return still(f"{self.question} {said}.", max(height for _, height in drawn), 13, "".join(body for body, _ in drawn))


def _column(x: int, title: str, cards: list[dict[str, Any]]) -> tuple[str, int]:
    y, body = 24, f'<text x="{x}" y="22" font-size="17" font-weight="bold">{html.escape(title)}</text>'
    for card in cards:
        y += 26
        for kind, lines in ((' font-weight="bold"', textwrap.wrap(card["text"], BOLD)), (' fill-opacity=".85"', textwrap.wrap(card["why"], PLAIN))):
            for line in lines:
                body += f'<text x="{x}" y="{y}"{kind}>{html.escape(line)}</text>'
                y += 17
    return body, y
