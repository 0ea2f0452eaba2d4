"""Preguntas de max pooling: cuánta invarianza da, a dónde va el gradiente y qué inventa el paso 2."""

import numpy as np

from labcode import text
from labcode.convolution import max_pool2d, output_size
from labcode.quiz.questions import Option, Question

WINDOW = np.array([[-3, -7], [-1, -4]])
BEST = int(max_pool2d(WINDOW, 2)[0, 0])
SIDE, CHANNELS = 28, 6
HALF = output_size(SIDE, 2, stride=2)
ODD = 15
LEFT = output_size(ODD, 2, stride=2)


def minus(x: float) -> str:
    """Un entero con el signo menos tipográfico."""
    return text.decimal(x, 0)


QUESTIONS = (
    Question(
        f"En un cuadrante están los números {', '.join(minus(x) for x in WINDOW.ravel())}. ¿Qué deja pasar el *max pooling*?",
        (
            Option(minus(WINDOW.min()), "No: ese es el menor. Es el más grande sin el signo, pero el signo cuenta."),
            Option("0", "No: eso haría una ReLU. El máximo es siempre uno de los números de la ventana."),
            Option(minus(BEST), f"Sí: entre negativos, el mayor es el más cercano a cero, y es {minus(BEST)}.", correct=True),
            Option(text.plain(float(WINDOW.mean())).replace("-", "−"), "No: ese es el promedio, otra manera de agrupar."),
        ),
    ),
    Question(
        f"Entran {CHANNELS} mapas de {SIDE} × {SIDE} y se agrupan en cuadrantes de 2 × 2. ¿Qué sale, y con cuántos pesos?",
        (
            Option(f"{CHANNELS} mapas de {HALF} × {HALF}, sin pesos.", "Sí: actúa en cada canal por separado, y tomar un máximo no necesita pesos.", correct=True),
            Option(f"{CHANNELS // 2} mapas de {HALF} × {HALF}, sin pesos.", "No: se reducen el alto y el ancho. Los canales no se mezclan ni se pierden."),
            Option(f"{CHANNELS} mapas de {HALF} × {HALF}, con {4 * CHANNELS} pesos.", "No: no hay nada que aprender en un máximo. Los pesos están en las convoluciones."),
            Option(f"{CHANNELS} mapas de {SIDE - 1} × {SIDE - 1}, sin pesos.", "No: eso saldría con paso 1. Los cuadrantes avanzan de a 2."),
        ),
    ),
    Question(
        "Un mapa de números al azar, todos distintos, se corre un píxel a la derecha. Con ventanas de 3 × 3, ¿qué parte de las salidas queda igual, en promedio?",
        (
            Option("Todas, porque el máximo es invariante.", "No: cada ventana pierde una columna y gana otra, y el mayor puede estar en cualquiera de ellas."),
            Option("Un tercio: 1 de cada 3.", "No: eso es con ventanas de 2 × 2, donde la ventana ve 2 celdas comunes de 6."),
            Option("Dos tercios: 2 de cada 3.", "No: dos tercios de lo que la ventana ve *ahora* lo veía antes. Pero también cuenta lo que dejó de ver."),
            Option("La mitad: 1 de cada 2.", "Sí: entre antes y ahora ve 12 celdas y 6 son comunes. Queda igual si el mayor está en esas.", correct=True),
        ),
    ),
    Question(
        "Un mapa se corre dos columnas y se agrupa en cuadrantes, con paso 2. ¿Qué le pasa a la salida, lejos de los bordes?",
        (
            Option("No cambia: el máximo tolera los corrimientos.", "No: dos columnas son un cuadrante completo, así que cada máximo pasa al vecino."),
            Option("Se corre una columna, con los mismos valores.", "Sí: el corrimiento es múltiplo del paso, y entonces la equivarianza es exacta.", correct=True),
            Option("Se corre dos columnas, con los mismos valores.", "No: en la salida, cada columna vale por dos del mapa."),
            Option("Cambian los valores, y no hay cómo saber cuánto.", "No: eso puede pasar con un corrimiento impar. Con uno par, los cuadrantes vuelven a calzar."),
        ),
    ),
    Question(
        "En una ventana de 2 × 2 sin empates, la salida recibe un gradiente de 1. ¿Cuánto les llega a las cuatro entradas?",
        (
            Option("1/4 a cada una.", "No: así reparte el promedio. Mover una celda que no gana no cambia el máximo."),
            Option("1 a cada una.", "No: mover las que perdieron no cambia la salida, así que su derivada es 0."),
            Option("1 a la mayor, y 0 a las demás.", "Sí: el máximo vale lo que vale su ganador, y solo él recibe el error.", correct=True),
            Option("Nada: sin pesos no hay gradiente.", "No: que la capa no aprenda no impide que deje pasar el gradiente hacia las anteriores."),
        ),
    ),
    Question(
        "Una red convolucional que agrupa una vez aprendió con dibujos siempre centrados, y falla cuando se corren 4 píxeles. ¿Por qué?",
        (
            Option("Porque la convolución no reconoce el dibujo corrido.", "No: responde lo mismo, corrido. Esa parte funciona en cualquier lugar."),
            Option("Porque la capa densa del final tiene pesos por posición.", "Sí: recibe una respuesta corrida que nunca vio. Equivariante no es invariante.", correct=True),
            Option("Porque el máximo borró el dibujo al agrupar.", "No: si lo hubiera borrado, tampoco acertaría con los dibujos centrados."),
        ),
    ),
    Question(
        "¿Para qué se desenfoca antes de saltarse uno de cada dos números?",
        (
            Option("Para que la red sea invariante del todo.", "No: sigue sin serlo. Solo se evita que la reducción invente diferencias."),
            Option("Para que la capa tenga pesos que aprender.", "No: los pesos del desenfoque son fijos, 1, 2, 1 divididos por 4."),
            Option("Para achicar más la salida.", "No: la salida mide lo mismo. Lo que cambia es qué valores lleva."),
            Option("Para borrar lo que el salto confundiría.", "Sí: lo que alterna de un lugar al siguiente se ve distinto según dónde cae el salto. Sin eso, las dos sumas coinciden.", correct=True),
        ),
    ),
    Question(
        f"Un mapa mide {ODD} × {ODD} y se agrupa con `MaxPool2d(2)`. ¿Cuánto mide la salida?",
        (
            Option(f"{LEFT} × {LEFT}", f"Sí: caben {LEFT} ventanas por lado, y la última fila y la última columna no las mira nadie.", correct=True),
            Option(f"{LEFT + 1} × {LEFT + 1}", "No: la última ventana se saldría del mapa, y PyTorch no la cuenta (salvo con `ceil_mode=True`)."),
            Option(f"{ODD - 1} × {ODD - 1}", "No: eso es con paso 1. El paso por omisión de `MaxPool2d` es el lado de la ventana."),
        ),
    ),
)
