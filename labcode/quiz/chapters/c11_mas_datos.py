"""Preguntas de «Más datos»: leer la curva, comparar en ejemplos, y no creerle de más a una recta."""

from labcode import text
from labcode.quiz.questions import Option, Question

B = 0.2
FACTOR = 2**-B
SLOW = 2 ** (1 / B)
SMALL, LARGE = 5000, 45_000
TIMES = LARGE // SMALL

QUESTIONS = (
    Question(
        "¿Por qué se dibuja el número de ejemplos en escala logarítmica?",
        (
            Option("Porque así los puntos quedan más separados y el dibujo se lee mejor.", "Es una consecuencia, no el motivo. También se podría haber elegido cualquier otra escala que los separe."),
            Option("Porque lo que importa es por cuánto se multiplican los datos.", f"Sí: de 500 a 1000 y de {text.integer(20_000)} a {text.integer(40_000)} es la misma pregunta, el doble. En un eje lineal, la primera casi no se ve.", correct=True),
            Option("Porque la exactitud es un logaritmo.", "No: la exactitud es un porcentaje de aciertos. El logaritmo está en el eje de los ejemplos."),
            Option("Porque en escala lineal la curva no sería creciente.", "No: cambiar la escala de un eje no cambia si una curva sube o baja."),
        ),
    ),
    Question(
        f"El error de una red sigue $a\\,N^{{-b}}$ con $b$ = {text.plain(B)}. ¿Qué le pasa al doblar los ejemplos?",
        (
            Option("Se parte en dos.", f"No: eso pide b = 1. Con {text.plain(B)}, para partirlo en dos hay que multiplicar los ejemplos por {text.plain(round(SLOW))}."),
            Option(f"Baja {text.plain(B)} puntos.", "No: b no se mide en puntos. Es una pendiente, entre logaritmos."),
            Option(f"Se multiplica por {text.decimal(FACTOR)}.", f"Sí: 2 elevado a −{text.plain(B)}. Y la duplicación que sigue lo multiplica otra vez por lo mismo.", correct=True),
            Option("Baja mucho al comienzo y después nada.", "No: con esta ley, en puntos cada duplicación da menos; pero el factor es siempre el mismo, mientras valga la ley."),
        ),
    ),
    Question(
        "En un gráfico con los dos ejes logarítmicos, el error baja en línea recta y al final se dobla hacia la horizontal. ¿Qué sugiere?",
        (
            Option("Que la red dejó de entrenarse bien con muchos ejemplos.", "Podría ser, y hay que descartarlo, pero una receta que falla se ve también en la pérdida de entrenamiento."),
            Option("Que con más ejemplos el error volverá a bajar igual que antes.", "No hay motivo: lo que muestra la curva es que cada duplicación está dando menos que la anterior."),
            Option("Que hay un error de cálculo: una ley de potencias no se dobla.", "No: el error no tiene por qué seguir una ley de potencias para siempre."),
            Option("Que hay un piso: parte del error no se quita con más ejemplos.", "Sí: puede ser el límite de la red, o etiquetas e imágenes que nadie acertaría. Agregar datos no lo baja.", correct=True),
        ),
    ),
    Question(
        "¿Por qué conviene que el subconjunto de 500 ejemplos esté dentro del de 1000?",
        (
            Option("Para que al crecer solo se agreguen ejemplos, y el sorteo no meta ruido.", "Sí: la diferencia entre los dos puntos es lo que aportan los 500 nuevos, y no que los viejos eran otros.", correct=True),
            Option("Para que la red que ve más ejemplos pueda partir de los pesos de la que ve menos.", "No: cada red se entrena desde cero. Anidar los datos no tiene que ver con los pesos."),
            Option("Para usar menos memoria al guardar los índices.", "No: la memoria da lo mismo. Es por la comparación."),
            Option("Para que las clases queden balanceadas.", "No: balancear es otra cosa, y se hace aparte. Un subconjunto anidado podría estar desbalanceado."),
        ),
    ),
    Question(
        f"Supongan que la CNN con {text.integer(SMALL)} ejemplos acertara lo mismo que el MLP con {text.integer(LARGE)}. ¿Qué se podría decir?",
        (
            Option(f"Que la CNN aprende {TIMES} veces más rápido.", "No: no se midió tiempo ni pasos, sino ejemplos. La CNN hace incluso más operaciones por imagen."),
            Option(f"Que a esa exactitud, la arquitectura de la CNN vale por {TIMES} veces más ejemplos.", "Sí, y solo a esa exactitud: en otra altura del gráfico el cociente puede ser otro.", correct=True),
            Option(f"Que con {text.integer(LARGE)} la CNN acertará {TIMES} veces más.", "No: la exactitud no se multiplica así, ni podría pasar de 100."),
            Option("Que el MLP nunca alcanzará a la CNN.", "No: con los mismos ejemplos va atrás, pero de lo que pase con muchos más esto no dice nada."),
        ),
    ),
    Question(
        f"Entrenan con 500 y con {text.integer(50_000)} ejemplos, diez épocas cada vez, y concluyen que la diferencia se debe a los datos. ¿Qué falla?",
        (
            Option("Nada: dar las mismas épocas a las dos redes es lo justo, y aquí se cumplió.", "No: las mismas épocas son cien veces menos pasos para la red de 500, que quizás no alcanzó a aprender ni lo suyo."),
            Option("Que la de 500 dio cien veces menos pasos: se mezclan dos causas.", "Sí: hay que darle las épocas que necesite, hasta que no gane nada con seguir.", correct=True),
            Option("Que habría que usar la misma semilla en las dos.", "Eso ayuda, pero no arregla lo principal: una de las dos casi no se entrenó."),
            Option("Que 500 ejemplos son muy pocos para entrenar una red.", "No: son pocos para acertar mucho, pero se puede entrenar y medir. Es justamente el punto de la curva."),
        ),
    ),
    Question(
        f"La recta ajustada entre 500 y {text.integer(LARGE)} ejemplos dice que con un millón el error sería 12 puntos. ¿Cuánto le creen?",
        (
            Option("Del todo: las leyes de potencias se cumplen siempre.", "No: describen bien un trecho. Antes o después aparece un piso, de la red o de los datos."),
            Option("Nada: una recta en logaritmos no significa nada.", "Es demasiado: describe bien lo medido, y sirve para comparar cuánto rinde cada duplicación."),
            Option("Poco: está muy lejos de lo medido, y la recta no avisa si viene un piso.", "Sí: se puede probar ajustándola sin el último punto y viendo si lo adivina, pero eso es un paso corto, no un salto de veinte veces.", correct=True),
            Option("Depende solo de cuántas semillas se usaron.", "No: más semillas afinan los puntos medidos, pero no dicen qué pasa más allá de ellos."),
        ),
    ),
)
