"""Preguntas de data augmentation: qué etiquetas sobreviven, cuántas versiones salen y qué gana la red."""

from labcode.augmentation import RandomCrop
from labcode.quiz.questions import Option, Question

CROP = RandomCrop(4)
PLACES = (2 * CROP.padding + 1) ** 2
VERSIONS = 2 * PLACES

QUESTIONS = (
    Question(
        "¿A cuál de estas tareas le conviene el reflejo horizontal?",
        (
            Option("Reconocer letras escritas a mano.", "No: en el espejo, una b es una d. La etiqueta dejaría de ser cierta."),
            Option("Decir si una señal manda doblar a la izquierda o a la derecha.", "No: el espejo cambia justamente lo que se pregunta."),
            Option("Distinguir aviones, gatos y barcos en fotos.", "Sí: en el espejo siguen siendo lo que eran, y una foto así podría haberse tomado.", correct=True),
            Option("Leer la hora en un reloj de agujas.", "No: las tres se verían como las nueve."),
        ),
    ),
    Question(
        f"Con reflejo y recorte de relleno {CROP.padding}, ¿cuántas versiones distintas puede dar una imagen, a lo más?",
        (
            Option(str(VERSIONS), f"Sí: 2 reflejos por {2 * CROP.padding + 1} · {2 * CROP.padding + 1} ventanas son 2 · {PLACES}.", correct=True),
            Option(str(PLACES), "No: faltó el reflejo, que da dos versiones por cada ventana."),
            Option(str(2 * (2 * CROP.padding) ** 2), f"No: con {CROP.padding} píxeles a cada lado, la ventana parte en {2 * CROP.padding + 1} lugares por eje, contando el del medio."),
            Option(str(2 + PLACES), "No: cada reflejo se combina con cada ventana, así que se multiplican."),
        ),
    ),
    Question(
        "Si de cada imagen salen cien versiones, ¿equivale a tener cien veces más datos?",
        (
            Option("Sí: a la red le da lo mismo de dónde vienen.", "No: le dirán cómo se ve *este* gato corrido o reflejado, pero nunca cómo es otro gato."),
            Option("No: se parecen demasiado a la original para valer lo mismo.", "Sí: enseñan qué no importa (el lugar, el lado), y nada sobre lo que las demás imágenes tienen de distinto.", correct=True),
            Option("No: hay que dividir por dos, porque una de cada dos se refleja.", "No: el problema no es cuántas son, sino que todas vienen del mismo original."),
        ),
    ),
    Question(
        "Al entrenar con aumento, la exactitud en entrenamiento baja y la de prueba sube. ¿Qué pasó?",
        (
            Option("Hay un error: si aprende menos, generaliza menos.", "No: es lo que se espera de un regularizador. Busca bajar el error en lo nuevo, no en lo estudiado."),
            Option("La red sobreajustó a las imágenes de prueba.", "No: las de prueba no se usan para aprender, ni se aumentan."),
            Option("La tasa de aprendizaje quedó muy alta.", "No hace falta culparla: lo que se mide en entrenamiento ahora son imágenes más difíciles."),
            Option("Lo que estudia es más difícil, y ya no puede memorizarlo.", "Sí: nunca ve dos veces la misma imagen, así que le conviene lo que tienen en común.", correct=True),
        ),
    ),
    Question(
        "¿Por qué a cada imagen del lote se le sortea lo suyo, y otra vez en cada época?",
        (
            Option("Para que en cada paso haya de todo, y cada imagen se vea de muchas maneras.", "Sí: así el gradiente del lote promedia sobre los sorteos, y en otra época la misma imagen es otra.", correct=True),
            Option("Porque un lote necesita que todas sus imágenes sean distintas.", "No: lo son de todos modos. Lo que se busca es que *una* imagen se vea de muchas maneras."),
            Option("Para que el resultado no dependa de la semilla.", "No: la semilla fija también esos sorteos; por eso el entrenamiento se puede repetir al bit."),
            Option("Porque sortear una sola vez sería más lento.", "No: sería más rápido. Pero el lote entero se movería para el mismo lado."),
        ),
    ),
    Question(
        "Se promedia la respuesta de una red a una imagen y a su espejo. ¿Qué se gana, con seguridad?",
        (
            Option("Más exactitud en cualquier conjunto de prueba.", "No con seguridad: suele subir, pero hay que medirlo. Con letras, podría bajar."),
            Option("Una red más pequeña y más rápida.", "No: la red es la misma y ahora hay que usarla dos veces."),
            Option("Una respuesta igual para una imagen y para su espejo.", "Sí: el promedio de los dos es el mismo par, en otro orden. Es invarianza exacta, por construcción.", correct=True),
            Option("Que ya no hace falta reflejar al entrenar.", "No: la red sigue necesitando haber aprendido cosas que valgan de los dos lados."),
        ),
    ),
    Question(
        "¿A qué imágenes se les aplica el aumento de datos?",
        (
            Option("A las de entrenamiento y a las de prueba, para comparar parejo.", "No: la prueba mide con las imágenes tal como vienen. Alterarlas cambia la pregunta."),
            Option("A las de prueba, para ver si la red aguanta.", "No: eso sería otra medida, y útil, pero no es aumentar los datos con que se aprende."),
            Option("A todas, pero una sola vez, antes de empezar.", "No: sorteando una vez, la red vería en cada época las mismas versiones."),
            Option("Solo a las de entrenamiento, mientras se aprende.", "Sí: lo que se aumenta es lo que se estudia. Validación y prueba quedan intactas.", correct=True),
        ),
    ),
)
