"""Preguntas de medir bien: qué azar trae una cifra, cuándo dos difieren, y qué se paga por elegir."""

from labcode import text
from labcode.quiz.questions import Option, Question
from labcode.uncertainty import difference_test, expected_maximum, sampling_error

SMALL, LARGE = 2500, 10_000
WIDE, NARROW = (text.decimal(100 * sampling_error(0.9, n)) for n in (SMALL, LARGE))
EVEN = text.decimal(100 * sampling_error(0.9, 2 * SMALL))
Z, CHANCE = difference_test(0.900, 0.905, LARGE)
K, IMAGES, TRUE = 50, 1000, 0.7
SIGMA = 100 * (TRUE * (1 - TRUE) / IMAGES) ** 0.5
GAIN = text.decimal(expected_maximum(K) * SIGMA, 1)

QUESTIONS = (
    Question(
        "Para elegir λ entrenan ocho redes. ¿Dónde comparan sus exactitudes?",
        (
            Option("En las imágenes de entrenamiento.", "No: ahí gana la que mejor se aprendió los ejemplos de memoria, que suele ser la de λ = 0."),
            Option("En las imágenes de prueba.", "No: en cuanto la prueba decide algo, deja de ser nueva para lo elegido y su cifra queda inflada."),
            Option("En las imágenes de validación.", "Sí: para eso se apartan. La cifra de validación del elegido se gasta al elegir, y la que se anuncia es la de la prueba.", correct=True),
            Option("En las tres, y se promedia.", "No: mezclar no quita los defectos de cada una. Entrenamiento premia la memoria, y la prueba dejaría de servir para medir."),
        ),
    ),
    Question(
        f"Una red acierta el 90\u202f% de {text.integer(SMALL)} imágenes: ±{WIDE} puntos. ¿Cuánto sería con {text.integer(LARGE)} y la misma exactitud?",
        (
            Option(f"±{NARROW} puntos", f"Sí: hay cuatro veces más imágenes, y $\\sqrt{{4}} = 2$. El error se parte en dos: de {WIDE} a {NARROW}.", correct=True),
            Option(f"±{text.decimal(100 * sampling_error(0.9, SMALL) / 4)} puntos", "No: eso sería dividir por cuatro. El error baja con la raíz de la cantidad de imágenes."),
            Option(f"±{EVEN} puntos", f"No: eso correspondería a {text.integer(2 * SMALL)} imágenes. Cuadruplicarlas divide el error por dos."),
            Option(f"±{WIDE} puntos, lo mismo", "No: la exactitud es igual, pero ahora la respaldan cuatro veces más imágenes."),
        ),
    ),
    Question(
        f"Dos redes miden {text.percent(90, 1)} y {text.percent(90.5, 1)} y el valor p es {text.decimal(CHANCE)}. ¿Qué significa?",
        (
            Option(f"Que con probabilidad {text.decimal(CHANCE)} las dos son iguales.", "No: el valor p se calcula *suponiendo* que son iguales. No dice cuán probable es ese supuesto."),
            Option("Que está demostrado que son iguales.", "No: que una balanza no las distinga no las hace iguales. Con más imágenes podría distinguirlas."),
            Option(f"Que la segunda es mejor con probabilidad {text.decimal(1 - CHANCE)}.", "No: es el mismo error, dado vuelta. El valor p no es la probabilidad de ninguna de las dos."),
            Option(f"Que dos redes iguales diferirían así el {text.percent(100 * CHANCE, 0)} de las veces.", f"Sí: así o más, para cualquier lado. Como z = {text.decimal(Z)}, la diferencia es de las que el azar hace a menudo.", correct=True),
        ),
    ),
    Question(
        "Informan «56 ± 0.3, con diez semillas». ¿Qué se achica si entrenan cien?",
        (
            Option("Ese intervalo, que habla de las semillas.", "Sí: cae como $1/\\sqrt{S}$. El error por haber medido con esas imágenes, y no con otras, sigue igual.", correct=True),
            Option("El error por medir solo con 10 000 imágenes.", "No: ese depende de cuántas imágenes hay. Más redes miradas con las mismas imágenes no traen imágenes nuevas."),
            Option("La diferencia entre una semilla y otra.", "No: la desviación entre semillas es una propiedad de la receta. Lo que se conoce mejor es la *media*."),
        ),
    ),
    Question(
        "Dos recetas, las mismas diez semillas para ambas. ¿Por qué conviene restar semilla a semilla?",
        (
            Option("Porque la diferencia media sale más grande.", "No: la media de las diferencias es la diferencia de las medias, exactamente la misma. Cambia el intervalo."),
            Option("Porque la suerte común de cada semilla se cancela.", "Sí: parten de los mismos pesos y ven los mismos lotes. Lo que eso les dio o les quitó a las dos no entra en la resta.", correct=True),
            Option("Porque así hay veinte datos, y no diez.", "No: quedan diez diferencias, y la $t$ lleva nueve grados de libertad. Lo que se gana es que varían menos."),
            Option("Porque así no hace falta un conjunto de prueba.", "No: aparear ordena la comparación, pero hay que seguir midiendo en imágenes que no se usaron para elegir."),
        ),
    ),
    Question(
        f"{K} redes valen, todas, el {text.percent(100 * TRUE, 0)}. Se miden con {IMAGES} imágenes y la mejor sale, en promedio, {GAIN} puntos arriba. ¿Y si a esa misma red se la mide con otras {IMAGES}?",
        (
            Option(f"Saldrá otra vez unos {GAIN} puntos arriba.", "No: nada en la red causó esa ventaja. La causaron las imágenes con que se la eligió, y estas son otras."),
            Option(f"Saldrá unos {GAIN} puntos abajo, para compensar.", "No: el azar no lleva cuentas. Simplemente ya no hay nada que la empuje hacia arriba."),
            Option(f"Saldrá alrededor del {text.percent(100 * TRUE, 0)}, que es lo que vale.", "Sí: la red no tiene nada de malo. Lo inflado era la medida que sirvió para elegirla.", correct=True),
            Option("Saldrá alrededor de la mitad de esa ventaja.", "No: no queda ni la mitad. En imágenes nuevas su error es tan probable hacia arriba como hacia abajo."),
        ),
    ),
    Question(
        "Se elige en validación entre muchas redes, y la ganadora acierta ahí más que después en la prueba. ¿Qué pasó?",
        (
            Option("Sobreajustó las imágenes de validación al entrenar.", "No: nunca se entrenó con ellas. Pero se *eligió* con ellas, que es otra manera de acomodarse."),
            Option("Lo de siempre: la cifra con que se elige está inflada.", "Sí: es la mejor de $K$ en validación. Por eso lo que se anuncia es la de la prueba, que no eligió a nadie.", correct=True),
            Option("Las imágenes de prueba son más difíciles.", "No hace falta suponerlo: aunque fueran igual de difíciles, la mayor de varias medidas con ruido cae al medirla otra vez."),
            Option("Hay un error: debieran dar la misma cifra.", "No: son dos medidas con azar distinto, y además la primera viene elegida por haber salido alta."),
        ),
    ),
)
