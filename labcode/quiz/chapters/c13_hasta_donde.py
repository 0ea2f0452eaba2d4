"""Preguntas del capítulo 13: mirar dentro, calibrar, el doble descenso y la receta moderna."""

import math

from labcode.quiz.questions import Option, Question

_SMOOTH = 0.9 + 0.1 / 10

QUESTIONS = (
    Question(
        "Una red está *calibrada* si…",
        (
            Option("acierta siempre que dice más de 90 %.", "Si acertara siempre, decir 90 % sería quedarse corta: tampoco estaría calibrada."),
            Option("su exactitud en prueba es igual a la de entrenamiento.", "Eso es no sobreajustar. Una red puede generalizar mal y saberlo."),
            Option("de las veces que dice 70 %, acierta cerca de 70 %, y así con cada confianza.", "Sí: lo que dice y lo que pasa coinciden, en cada nivel de confianza.", correct=True),
            Option("su confianza media es 50 %.", "La confianza media no dice nada si no se la compara con el acierto."),
        ),
    ),
    Question(
        "Dividen los logits por $T = 3$. ¿Qué pasa con la exactitud?",
        (
            Option("Nada: el mayor logit sigue siendo el mayor.", "Sí: se aplanan las probabilidades, pero no cambia ninguna respuesta.", correct=True),
            Option("Baja, porque la red queda menos segura.", "Menos segura sí, pero responde lo mismo."),
            Option("Sube, porque corrige el exceso de confianza.", "Corrige la confianza, no las respuestas."),
            Option("Depende de la imagen.", "Dividir por un mismo número positivo no cambia el orden en ninguna."),
        ),
    ),
    Question(
        "¿Por qué una red muy entrenada suele quedar demasiado confiada?",
        (
            Option("Porque la softmax exagera siempre.", "Con logits chicos, la softmax es de lo más tímida. El asunto es por qué crecen."),
            Option("Porque, cuando ya acierta en entrenamiento, agrandar los logits sigue bajando la pérdida.",
                   "Sí: la entropía cruzada premia decir 0.999 en vez de 0.9 en lo que ya acertaba, y nadie le cobra por equivocarse así en la prueba.", correct=True),
            Option("Porque tiene demasiadas clases.", "Con dos clases pasa lo mismo."),
            Option("Porque se la evaluó con pocas imágenes.", "Con pocas, el ECE se mide con ruido, pero el exceso de confianza es de la red."),
        ),
    ),
    Question(
        "Con 40 puntos y características al azar, ¿con cuántas características da *peor* error en puntos nuevos la solución de menor norma?",
        (
            Option("Con 4: no alcanza a ajustar nada.", "Ajusta poco, y por eso mismo no hace locuras."),
            Option("Con 1280: tiene parámetros de sobra para memorizar.", "Memoriza los 40, pero entre todas las maneras de hacerlo toma la más suave."),
            Option("Con 40: apenas alcanza a pasar por todos.", "Sí: no le queda libertad para elegir cómo, y los pesos se disparan.", correct=True),
            Option("Da lo mismo: siempre son los mismos 40 puntos.", "Los puntos son los mismos; lo que cambia es entre qué soluciones se puede elegir."),
        ),
    ),
    Question(
        "Tapan el cielo de una foto de un avión y la probabilidad de «avión» se derrumba. ¿Qué aprendieron?",
        (
            Option("Que la red se apoya en el fondo, y podría fallar con un avión en tierra.", "Sí: es un atajo que los datos permitían. La exactitud en prueba no lo muestra.", correct=True),
            Option("Que la red reconoce las alas.", "Si fuera por las alas, tapar el cielo no importaría."),
            Option("Que la imagen está mal etiquetada.", "La etiqueta es «avión» y hay un avión. Lo que falla es la razón."),
            Option("Que hay que taparla siempre al entrenar.", "Borrar pedazos al azar puede ayudar; tapar siempre el cielo cambiaría un atajo por otro."),
        ),
    ),
    Question(
        "Con suavizado de etiquetas $\\varepsilon = 0.1$ y diez clases, ¿qué valor se le pide a la clase correcta?",
        (
            Option("1", "Eso es sin suavizar."),
            Option("0.9", "Casi: la fracción que se reparte también le toca, en parte, a la correcta."),
            Option(f"{_SMOOTH:g}", "Sí: $0.9 + 0.1/10$. A cada una de las otras, 0.01.", correct=True),
            Option("0.1", "Esa es la fracción que se reparte entre todas."),
        ),
    ),
    Question(
        f"La pérdida de una red en la prueba es mayor que $\\ln 10 \\approx {math.log(10):.2f}$ y su exactitud, 60 %. ¿Es posible?",
        (
            Option("No: con pérdida mayor que la del azar, acierta menos que el azar.", "La pérdida castiga sin límite las respuestas seguras y equivocadas; la exactitud, no."),
            Option("Solo si hay más de diez clases.", "Con diez también: depende de cuán segura esté cuando falla."),
            Option("Sí: basta que en el 40 % que falla esté segurísima.", "Sí: cada error con probabilidad $10^{-6}$ en la correcta cuesta casi 14. Es el síntoma de una red mal calibrada.", correct=True),
        ),
    ),
)  # fmt: skip
