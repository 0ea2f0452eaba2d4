"""Preguntas de regularización: qué la define, qué cuesta, y cómo se usan sus tres formas."""

from labcode import text
from labcode.quiz.questions import Option, Question

DROP, VALUE = 0.2, 4.0
KEPT = VALUE / (1 - DROP)
RATE, STEPS = 0.05, 100
TWIN = 1 / (2 * RATE * STEPS)

QUESTIONS = (
    Question(
        "¿Qué hace que un cambio sea un regularizador?",
        (
            Option("Que baje la pérdida de entrenamiento.", "No: eso es optimizar mejor, o darle más capacidad a la red. El regularizador apunta al error en datos nuevos."),
            Option("Que se haga para bajar el error de generalización, y no el de entrenamiento.", "Sí: lo define su intención, y por eso puede fallar sin dejar de serlo.", correct=True),
            Option("Que sume a la pérdida un castigo por los pesos.", "No: así es uno de ellos. Parar a tiempo o callar neuronas no suman nada a la pérdida, y también lo son."),
            Option("Que baje siempre el error de generalización.", "No: ninguno lo baja siempre. Con datos de sobra, o con demasiada fuerza, puede subirlo."),
        ),
    ),
    Question(
        "Una red acierta poco en entrenamiento y poco en validación. ¿Qué hace agregarle un regularizador?",
        (
            Option("Casi seguro la empeora: todavía no ha aprendido ni lo que tiene.", "Sí: no hay sobreajuste que frenar. Primero, una red a la que le vaya bien en entrenamiento; después, regularizar.", correct=True),
            Option("La mejora en los dos conjuntos.", "No: un regularizador le quita libertad para ajustar, y a esta le falta ajuste."),
            Option("La mejora solo en validación.", "No: en validación falla por lo mismo que en entrenamiento. Frenarla más no le enseña lo que no sabe."),
        ),
    ),
    Question(
        "Minimizan $J + \\lambda\\Omega$ y suben λ. ¿Qué les pasa a $J$ y a $\\Omega$ en el mínimo?",
        (
            Option("Los dos bajan, porque la red mejora.", "No: si $J$ pudiera bajar a la vez que $\\Omega$, el mínimo anterior no habría sido un mínimo."),
            Option("$J$ baja y $\\Omega$ sube.", "No, al revés: cobrar más por la complejidad compra menos complejidad, y la paga con ajuste."),
            Option("Depende de qué sea $\\Omega$.", "No: la demostración del intercambio no usa qué es $\\Omega$. Vale para cualquiera."),
            Option("$J$ sube y $\\Omega$ baja, o quedan igual.", "Sí: sumando las dos desigualdades de ser mínimo se obtiene, sea cual sea $\\Omega$.", correct=True),
        ),
    ),
    Question(
        f"*Dropout* invertido con p = {text.plain(DROP)}. Una neurona vale {text.plain(VALUE)} y no le toca callar. ¿Cuánto pasa a la capa siguiente, al entrenar?",
        (
            Option(text.plain(VALUE), f"No: si nada compensara, en promedio pasaría menos al entrenar que al evaluar. Las que hablan se dividen por {text.plain(1 - DROP)}."),
            Option(text.plain(VALUE * (1 - DROP)), "No: eso es multiplicar por $1 - p$, que es lo que hacía el *dropout* original *al evaluar*."),
            Option(text.plain(KEPT), f"Sí: {text.plain(VALUE)} / (1 − {text.plain(DROP)}) = {text.plain(KEPT)}. Así la media sobre los sorteos es {text.plain(VALUE)}, lo mismo que al evaluar.", correct=True),
            Option(text.plain(VALUE / DROP), "No: se divide por la probabilidad de *hablar*, $1 - p$, y no por la de callar."),
        ),
    ),
    Question(
        "Una red con *dropout* da cada vez otra exactitud en los mismos datos de validación. ¿Qué se olvidó?",
        (
            Option("Fijar la semilla antes de evaluar.", "No: daría siempre lo mismo, pero seguiría siendo la respuesta de una red a medio apagar."),
            Option("Llamar a `red.eval()` antes de evaluar.", "Sí: sin eso las neuronas se siguen callando al azar. Y al volver a entrenar hay que llamar a `red.train()`.", correct=True),
            Option("Llamar a `torch.no_grad()` al evaluar.", "No: eso ahorra memoria y tiempo, pero no cambia lo que la red calcula."),
            Option("Entrenar más épocas, hasta que se estabilice.", "No: el sorteo no se acaba nunca. No depende de cuánto se entrenó, sino del modo en que está la red."),
        ),
    ),
    Question(
        f"En una parábola, {STEPS} pasos de descenso desde cero con α = {text.plain(RATE)} se parecen a penalizar con…",
        (
            Option(f"λ = {text.plain(TWIN)}", f"Sí: $2\\lambda \\approx 1/(\\alpha t)$, y αt = {text.plain(RATE * STEPS)}. Más pasos equivalen a un λ más chico.", correct=True),
            Option(f"λ = {text.plain(RATE * STEPS)}", "No: eso es αt, que va al revés. Mientras más se entrena, *menos* se está regularizando."),
            Option(f"λ = {text.plain(2 * TWIN)}", f"No: {text.plain(2 * TWIN)} es 1/(αt). Falta el 2 que sale de derivar w²."),
            Option("ningún λ: parar no penaliza los pesos.", "No los penaliza, pero deja a cada uno casi donde lo dejaría el castigo: en los dos casos avanzan las direcciones que más importan."),
        ),
    ),
    Question(
        "Detienen el entrenamiento en la época que mejor salió en validación. ¿Qué cifra informan?",
        (
            Option("La de validación en esa época.", "No: es la mejor de muchas épocas, elegida por ser la mayor. Está un poco inflada."),
            Option("La de prueba en la época que mejor salió en la prueba.", "No: entonces la época la eligió la prueba, y ya no queda con qué medir."),
            Option("La de entrenamiento, que no participó en la elección.", "No: no se infló al elegir, pero mide memoria. No dice nada de imágenes nuevas."),
            Option("La de prueba, en la época que eligió la validación.", "Sí: la época es un hiperparámetro como cualquiera. Se elige en validación y se mide en la prueba, una vez.", correct=True),
        ),
    ),
)
