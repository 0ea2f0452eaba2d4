"""Preguntas del tamaño de lote: cuánto ruido hay, qué hace, y qué se iguala al comparar."""

import math

from labcode import text
from labcode.quiz.questions import Option, Question

BATCH, TIMES = 64, 4
EXAMPLES, SMALL, LARGE, EPOCHS = 45_000, 64, 1024, 12
SMALL_STEPS, LARGE_STEPS = (EPOCHS * math.ceil(EXAMPLES / size) for size in (SMALL, LARGE))
RATE, FROM, TO = 0.015, 64, 256
SCALED = RATE * TO / FROM
CURVATURE = 40.0
LIMIT = 2 / CURVATURE

QUESTIONS = (
    Question(
        f"Pasamos de lotes de {BATCH} a lotes de {BATCH * TIMES}. ¿Qué le ocurre al error típico del gradiente (la raíz de su varianza)?",
        (
            Option("Queda igual: el gradiente medio no cambia.", "No: el gradiente medio no cambia, pero cada lote se aparta menos de él."),
            Option("Baja a la cuarta parte: hay cuatro veces más ejemplos.", f"No: lo que se divide por {TIMES} es la varianza. El error típico es su raíz."),
            Option("Baja a la mitad.", f"Sí: la varianza es $\\sigma^2/B$ y se divide por {TIMES}; su raíz, por {math.isqrt(TIMES)}.", correct=True),
            Option("Sube, porque hay más ejemplos que promediar.", "No: promediar más ejemplos deja menos ruido, no más."),
        ),
    ),
    Question(
        "¿Está sesgado el gradiente de un lote chico?",
        (
            Option("No: en promedio es el gradiente completo.", "Sí: todos los ejemplos tienen la misma probabilidad de salir. El lote chico se equivoca más, pero no hacia un lado.", correct=True),
            Option("Sí: con tan pocos ejemplos, casi siempre apunta corto.", "No: a veces apunta corto y a veces largo. Lo que crece con un lote chico es la dispersión."),
            Option("Solo si los ejemplos se sacan sin reposición.", "No: sin reposición también es insesgado, y su varianza es incluso menor, por el factor $(N-B)/(N-1)$."),
        ),
    ),
    Question(
        f"Con {text.integer(EXAMPLES)} imágenes y {EPOCHS} épocas, ¿cuántos pasos da el lote de {LARGE} por cada paso que da el de {SMALL}?",
        (
            Option("Los mismos: las dos ven las mismas imágenes.", "No: ven las mismas imágenes, pero dan un paso por lote, y los lotes grandes son menos."),
            Option(f"Unos {text.decimal(LARGE_STEPS / SMALL_STEPS, 2)}", f"Sí: son {text.integer(LARGE_STEPS)} pasos contra {text.integer(SMALL_STEPS)}. A iguales épocas, quien tiene el lote grande camina mucho menos.", correct=True),
            Option(f"Unos {LARGE // SMALL}", "No, al revés: un lote mayor deja menos lotes por época."),
        ),
    ),
    Question(
        f"A iguales épocas, el lote de 4096 acierta menos en validación que el de {SMALL}. También acierta menos en entrenamiento. ¿Qué se puede concluir?",
        (
            Option("Que los lotes grandes sobreajustan más que los chicos.", "No: habría sobreajuste si en lo estudiado le fuera igual o mejor y en lo nuevo, peor. Aquí también le va peor en lo estudiado."),
            Option("Que cayó en un mínimo filoso, y por eso falla en lo nuevo.", "No se puede saber: quien no ha terminado de aprender puede no haber llegado a ningún mínimo."),
            Option("Que tiene un error en el código.", "No hace falta: da muchos menos pasos, y con eso basta para quedar atrás."),
            Option("Que tal vez le faltaron pasos.", "Sí: hay que darle los mismos y mirar de nuevo. A iguales épocas se confunden el ruido y el número de pasos. Para separarlos se compara también a iguales pasos.", correct=True),
        ),
    ),
    Question(
        f"Con lotes de {FROM} la mejor tasa fue {text.plain(RATE)}. ¿Con cuál conviene empezar a probar en lotes de {TO}, según la regla lineal?",
        (
            Option(text.plain(SCALED), f"Sí: $\\alpha/B$ constante, así que la tasa crece {TO // FROM} veces. Es un punto de partida: después se ajusta en validación.", correct=True),
            Option(text.plain(RATE), f"No: con la misma tasa, el ruido baja y el avance por época se divide por {TO // FROM}."),
            Option(text.plain(RATE * FROM / TO), "No: eso es ir para el otro lado. Con un gradiente más exacto, el paso puede ser más largo."),
            Option(text.plain(RATE * math.sqrt(TO / FROM)), "No: esa es la regla de la raíz, $\\alpha/\\sqrt B$ constante. Existe y a veces calza mejor, pero no es la lineal."),
        ),
    ),
    Question(
        f"Una dirección tiene curvatura {text.plain(CURVATURE)}. Sin momento y **sin ruido alguno**, ¿qué pasa con una tasa de {text.plain(2 * LIMIT)}?",
        (
            Option("Converge, pero despacio, porque el paso es chico.", f"No: el paso no es chico. El límite para esa curvatura es $2/h$ = {text.plain(LIMIT)}."),
            Option("Se aleja, cada vez con saltos mayores.", f"Sí: el factor $1 - \\alpha h$ vale {text.plain(1 - 2 * LIMIT * CURVATURE).replace('-', '−')}. La tasa, por sí sola, también prohíbe los pozos filosos.", correct=True),
            Option("Nada: sin ruido no hay manera de salirse de un mínimo.", "No: el ruido es una manera de salir; una tasa mayor que $2/h$ es otra."),
        ),
    ),
    Question(
        "Dos redes con ReLU dan la misma respuesta a toda imagen, pero una es cien veces más filosa. ¿Qué dice eso?",
        (
            Option("Que la más filosa generaliza peor.", "No puede: si responden lo mismo a todo, aciertan y fallan en las mismas imágenes."),
            Option("Que una de las dos agudezas tiene que estar mal medida.", "No: la agudeza mira los pesos, y hay muchos pesos que dan la misma función."),
            Option("Que la agudeza depende de cómo se escriban los pesos.", "Sí: es el argumento de Dinh y otros. Multiplicar una capa por $a$ y dividir la siguiente por $a$ no cambia la función y sí la agudeza.", correct=True),
        ),
    ),
    Question(
        "¿Por qué cada tamaño de lote elige su propia tasa, y por qué en validación?",
        (
            Option("Para que todos demoren lo mismo en entrenar.", "No: el tiempo no depende de la tasa, sino del lote y de las épocas."),
            Option("Porque una tasa fija favorece a algún lote.", "Sí: fijar la tasa es elegir de antemano al ganador. Y se elige en validación para que la prueba siga siendo nueva.", correct=True),
            Option("Porque así se puede informar la mejor cifra en prueba.", "No, al contrario: elegir mirando la prueba infla la cifra."),
            Option("Porque la tasa no influye en la generalización.", "No: influye, y junto con el lote. Lo que importa en el ruido es $\\alpha/B$."),
        ),
    ),
)
