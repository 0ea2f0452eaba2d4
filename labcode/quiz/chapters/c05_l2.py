"""Preguntas de L2: qué se paga, qué encoge, y qué se puede concluir de un experimento."""

from labcode import text
from labcode.quiz.questions import Option, Question
from labcode.regularization import shrink_factor, weight_decay_for

LAM, RATE, WEIGHT = 0.1, 0.05, 2.0
FACTOR = shrink_factor(LAM, RATE)
HALF, DOUBLE = shrink_factor(LAM / 2, RATE), shrink_factor(2 * LAM, RATE)  # sin el 2 de la derivada, y con él dos veces
COPIED = 0.005
DECAY = weight_decay_for(COPIED)
BATCH, SUMMED = 128, 0.064

QUESTIONS = (
    Question(
        "Al subir λ desde 0, ¿qué le pasa a la pérdida $J$ en entrenamiento, si se llega al mínimo de cada $\\hat J$?",
        (
            Option("Baja, porque la red queda mejor.", "No: el mínimo de $J$ sola es lo más bajo que se puede llegar, y lo busca λ = 0. Lo que puede mejorar es lo que pasa en imágenes nuevas."),
            Option("No cambia, porque λ solo mira los pesos.", "No: los pesos son los que deciden las respuestas. Si se mueven, se mueve el ajuste."),
            Option("Sube o, a lo más, queda igual.", "Sí: se cede ajuste a cambio de pesos chicos. Un regularizador busca bajar el error de generalización, no el de entrenamiento.", correct=True),
        ),
    ),
    Question(
        "Si λ es enorme, ¿qué aprende la red?",
        (
            Option("Casi nada: apaga sus pesos y responde lo mismo a todo.", "Sí: con todos los pesos en cero solo quedan los sesgos, y la salida no depende de la imagen. La cota (ln 10)/λ dice cuánto se aprieta el presupuesto.", correct=True),
            Option("A generalizar mejor que con cualquier otro valor.", "No: es cierto que deja de sobreajustar, pero porque deja de ajustar. Acertar poco en todas partes no es generalizar bien."),
            Option("Lo mismo que con λ = 0, pero después de más épocas.", "No: lo que cambia es el mínimo al que se llega, no la velocidad."),
            Option("Pesos muy grandes, para compensar lo que se le cobra.", "No, al revés: los pesos grandes son precisamente lo que se cobra."),
        ),
    ),
    Question(
        f"Un paso de SGD sin momento, con λ = {text.plain(LAM)} y α = {text.plain(RATE)}. Un peso vale {text.plain(WEIGHT)} y el gradiente de $J$ en él es 0. ¿Cuánto vale después?",
        (
            Option(text.plain(WEIGHT), f"No: el gradiente de $J$ es cero, pero el de la penalización es 2λw = {text.plain(2 * LAM * WEIGHT)}."),
            Option(text.plain(WEIGHT * HALF), "No: eso es $2\\,(1 - \\alpha\\lambda)$. Falta el 2 que sale de derivar w²."),
            Option(text.plain(WEIGHT * FACTOR), f"Sí: el factor es $1 - 2\\alpha\\lambda$ = {text.plain(FACTOR)}, y 2 · {text.plain(FACTOR)} = {text.plain(WEIGHT * FACTOR)}.", correct=True),
            Option(text.plain(WEIGHT * DOUBLE), "No: eso es $2\\,(1 - 4\\alpha\\lambda)$. El 2 de la derivada se contó dos veces."),
        ),
    ),
    Question(
        f"¿Qué `weight_decay` de SGD equivale a sumar $\\lambda \\sum w^2$ con λ = {text.plain(COPIED)}?",
        (
            Option(text.plain(COPIED / 2), "No: el 2 multiplica; no divide."),
            Option(text.plain(COPIED), "No: la derivada de w² trae un 2. Este es el error más común al copiar un λ."),
            Option("Depende de la tasa.", "No: los dos términos entran al gradiente antes de multiplicar por la tasa de aprendizaje, que les afecta por igual."),
            Option(text.plain(DECAY), "Sí: es 2λ. Y solo en los pesos, no en los sesgos.", correct=True),
        ),
    ),
    Question(
        "¿Por qué no se penalizan los sesgos?",
        (
            Option("Porque siempre terminan siendo muy chicos.", "No: nada los obliga. Algunos necesitan ser grandes, y por eso conviene no estorbarles."),
            Option("Porque no multiplican a la entrada: solo desplazan.", "Sí: un sesgo no puede volver brusca a la red, así que cobrarle dificulta el ajuste sin hacerla más suave.", correct=True),
            Option("Porque `weight_decay` los deja fuera por su cuenta.", "No: `SGD(red.parameters(), weight_decay=…)` les cobra también a ellos. Para dejarlos fuera hay que separarlos en otro grupo."),
        ),
    ),
    Question(
        "Tras entrenar mucho con $L^2$ y un λ moderado, ¿cómo quedan los pesos que a los datos les importan poco?",
        (
            Option("Exactamente en cero, y los demás intactos.", "No: la fuerza que los encoge es proporcional al peso, y se apaga junto con él. Y los que importan también ceden algo."),
            Option("Todos reducidos a la misma fracción.", "No: el castigo los encoge por igual, pero los datos no los defienden por igual. Cada uno conserva $h/(h + 2\\lambda)$."),
            Option("Muy chicos, pero rara vez en cero.", "Sí: con una curvatura $h$ mucho menor que $2\\lambda$ conservan una fracción pequeña de lo que serían. $L^2$ achica; no elige unos pocos.", correct=True),
            Option("Iguales, porque nadie los está empujando.", "No: justo a ellos los empuja solo el castigo, y sin datos que contesten se encogen."),
        ),
    ),
    Question(
        "Con Adam, ¿da lo mismo sumar $\\lambda \\sum w^2$ a la pérdida que usar AdamW?",
        (
            Option("Sí, porque la penalización es la misma.", "No: Adam reescala el gradiente de cada peso y, con él, la penalización que viaja dentro."),
            Option("No: en Adam, los de gradientes grandes decaen menos.", "Sí: lo vimos con tres pesos. AdamW aplica el encogimiento aparte, igual para todos.", correct=True),
            Option("Sí, siempre que λ sea suficientemente chico.", "No: el reescalado ocurre con cualquier λ. Con uno chico la diferencia se nota menos, pero está."),
            Option("No: AdamW penaliza también los sesgos y Adam no.", "No: los dos penalizan lo que uno ponga en el grupo de parámetros. La diferencia es otra."),
        ),
    ),
    Question(
        f"Un artículo *suma* la pérdida de lotes de {BATCH} ejemplos y usa λ = {text.plain(SUMMED)}. Ustedes *promedian*. ¿Qué λ deja el mismo mínimo?",
        (
            Option(text.plain(SUMMED / BATCH), f"Sí: al dividir toda la pérdida por {BATCH}, también se divide el castigo.", correct=True),
            Option(text.plain(SUMMED), f"No: con la pérdida {BATCH} veces menor, el mismo castigo pesaría {BATCH} veces más."),
            Option(text.plain(SUMMED * BATCH), f"No: eso es multiplicar donde hay que dividir. El castigo pesaría {text.integer(BATCH * BATCH)} veces lo que debe."),
            Option("No existe ninguno.", "No: las dos pérdidas son la misma función salvo un factor, y eso no mueve el mínimo si el castigo lo lleva también."),
        ),
    ),
    Question(
        "¿Por qué no se elige λ con el conjunto de prueba?",
        (
            Option("Porque es más chico que el de validación.", "No: en CIFAR-10 es más grande. El tamaño no es el problema."),
            Option("Se puede, si se entrena con varias semillas.", "No: repetir baja el ruido de cada media, pero la prueba sigue decidiendo, y entonces ya no es nueva para el elegido."),
            Option("Porque la cifra del elegido quedaría inflada.", "Sí: entre varios candidatos gana, en parte, el que tuvo suerte en esas imágenes. Con imágenes nuevas, esa parte no se repite.", correct=True),
        ),
    ),
    Question(
        "Se entrenó una red con λ = 0 y otra con λ = 0.001, una vez cada una, y la segunda acierta tres décimas de punto más en prueba. ¿Qué se concluye?",
        (
            Option("Que $L^2$ ayuda, aunque sea poco.", "No todavía: dos semillas de la misma red pueden diferir en tanto como eso."),
            Option("Que $L^2$ no sirve con esta red.", "No: que un experimento no alcance para ver un efecto no es lo mismo que ver que no existe."),
            Option("Que hay que probar más λ en la prueba.", "No: eso agrega candidatos, y con ellos más oportunidades de que gane la suerte."),
            Option("Nada todavía: hay que repetir.", "Sí: con varias semillas, restando pareja a pareja y mirando el intervalo, se ve si la diferencia es del regularizador o del azar.", correct=True),
        ),
    ),
)
