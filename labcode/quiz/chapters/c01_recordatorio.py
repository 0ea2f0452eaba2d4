"""Preguntas del recordatorio: qué entra y qué sale, la primera pérdida, el gradiente, y leer una curva."""

import math

from labcode import text
from labcode.models import MLPConfig, build, count_parameters
from labcode.quiz.questions import Option, Question

CLASSES, PIXELS, CHANNELS = 10, 32 * 32, 3
NUMBERS = PIXELS * CHANNELS
FIRST = text.decimal(math.log(CLASSES))
FLOOR = text.decimal(math.log(1 + (CLASSES - 1) / math.e))  # lo mejor que se puede con dos softmax
WEIGHTS = count_parameters(build(MLPConfig(hidden=(120, 84)), seed=0))
BATCH, BIG, RATE, EXAMPLES = 64, 256, 0.064, 45_000
STEPS, FEWER = -(-EXAMPLES // BATCH), -(-EXAMPLES // BIG)
P = (0.7, 0.2, 0.1)
PUSH = text.decimal(P[1] - 1, 1)

QUESTIONS = (
    Question(
        "¿Qué cambia en una red cuando se la entrena?",
        (
            Option("Sus capas: cuántas hay y cuántas neuronas tienen.", "No: eso se decide antes y queda fijo. Cambiarlo es hacer otra red."),
            Option("Los ejemplos, que se corrigen hasta que calzan.", "No: los ejemplos no se tocan. Lo que se mueve está dentro de la red."),
            Option("Sus pesos y sesgos, y nada más.", f"Sí: son {text.integer(WEIGHTS)} números en la red de la clase. La función es otra porque ellos son otros.", correct=True),
            Option("La pérdida, que aprende a ser más exigente.", "No: la pérdida es una regla fija. Baja porque las respuestas mejoran."),
        ),
    ),
    Question(
        "¿A cuántos lugares quedan, en el vector que entra a la red, el rojo y el azul de un mismo píxel?",
        (
            Option(f"A {2 * PIXELS}.", f"Sí: primero va todo el rojo, después todo el verde y después todo el azul, y cada canal ocupa {PIXELS} lugares.", correct=True),
            Option("A 2.", "No: así sería si los tres colores de cada píxel fueran juntos. PyTorch aplana canal por canal."),
            Option("A 64.", "No: 64 lugares son dos filas de la imagen dentro de un mismo canal."),
            Option("Depende del píxel.", "No: la distancia es la misma para todos, porque los tres canales recorren los píxeles en el mismo orden."),
        ),
    ),
    Question(
        "A todos los logits se les suma 5. ¿Qué pasa con las probabilidades de la softmax?",
        (
            Option("Suben todas un poco.", "No pueden: tienen que seguir sumando 1."),
            Option("La mayor se acerca a 1.", "No: eso pasa al *multiplicarlos* por un número mayor que 1, que agranda las diferencias. Sumar no las cambia."),
            Option("Ninguna cambia.", "Sí: el factor $e^5$ aparece arriba y abajo, y se cancela. Por eso se puede restar el máximo antes de calcular.", correct=True),
        ),
    ),
    Question(
        f"Una red recién hecha, con {CLASSES} clases, tiene una pérdida inicial de 14. ¿Qué les dice?",
        (
            Option("Nada: al comienzo la pérdida puede valer cualquier cosa.", f"No: una red que no sabe nada debe repartir parejo, y eso da $\\ln {CLASSES}$ ≈ {FIRST}."),
            Option("Que está convencida de respuestas que no ha aprendido.", f"Sí: con logits enormes y al azar, la sorpresa es enorme. Lo sano es $\\ln {CLASSES}$ ≈ {FIRST}. Revisen la entrada y los pesos iniciales.", correct=True),
            Option("Que le falta entrenar, y entrenando se le pasará.", "Tal vez baje, pero lo que la puso ahí sigue ahí, y suele ser una entrada sin normalizar."),
            Option("Que acierta menos que si respondiera al azar.", "No: acierta cerca de una de cada diez, como cualquiera que adivina. Lo que está mal es su confianza."),
        ),
    ),
    Question(
        "La red termina en softmax y además se usa `F.cross_entropy`. ¿Qué se observa?",
        (
            Option("Un error: las formas no calzan.", "No: las formas calzan perfectamente. Por eso la trampa es tan común."),
            Option("Nada: la segunda softmax no hace efecto.", "No: la softmax de unas probabilidades no son las mismas probabilidades. Las aplana."),
            Option(f"Aprende, pero la pérdida no baja de {FLOOR}.", f"Sí: la segunda recibe números entre 0 y 1, y ni con una respuesta perfecta puede dar menos de {FLOOR}. Además los gradientes se achican.", correct=True),
            Option("La pérdida se vuelve negativa.", "No: sigue siendo menos el logaritmo de una probabilidad, y eso nunca es negativo."),
        ),
    ),
    Question(
        f"La red da probabilidades {', '.join(text.plain(p) for p in P)} y la clase correcta es la segunda. ¿Cuánto vale la derivada de la pérdida respecto del segundo logit?",
        (
            Option(text.plain(P[1]), "No: eso es lo que la red dijo. Falta restarle lo que debía decir, que es 1."),
            Option(PUSH, f"Sí: lo que dijo menos lo que debía decir, {text.plain(P[1])} − 1. Es negativa: al moverse en contra, ese logit sube.", correct=True),
            Option(text.decimal(1 - P[1], 1), "Casi: el tamaño es ese, pero el signo no. Con el signo al revés, el paso alejaría a la red de la respuesta."),
            Option(text.decimal(-1 / P[1], 1), "No: esa es la derivada respecto de la *probabilidad*. Falta pasar por la softmax, que la vuelve mucho más simple."),
        ),
    ),
    Question(
        f"Con {text.integer(EXAMPLES)} imágenes, ¿qué pasa con la cantidad de pasos por época si el lote pasa de {BATCH} a {BIG}?",
        (
            Option(f"Baja de {STEPS} a {FEWER}.", "Sí: una época es siempre una vuelta a las mismas imágenes. Con lotes más grandes se reparte en menos pasos.", correct=True),
            Option(f"Sube de {FEWER} a {STEPS}.", "No, al revés: caben menos lotes, no más."),
            Option("No cambia: una época es una época.", "No cambia cuántas imágenes se ven, pero sí cuántas veces se mueven los pesos."),
            Option("Depende de la tasa de aprendizaje.", "No: la tasa decide cuán largo es cada paso, no cuántos hay."),
        ),
    ),
    Question(
        f"Un código suma la pérdida de lotes de {BATCH} y usa α = {text.plain(RATE / BATCH)}. Ustedes promedian. ¿Qué tasa da los mismos pasos, con SGD?",
        (
            Option(text.plain(RATE / BATCH / BATCH), "No: eso achica el paso dos veces. La media ya tiene el gradiente más chico."),
            Option(text.plain(RATE / BATCH), f"No: el gradiente de la media es {BATCH} veces menor, y el paso también lo sería."),
            Option("No existe ninguna.", "No: los dos gradientes apuntan en la misma dirección. Solo cambia un factor."),
            Option(text.plain(RATE), f"Sí: el gradiente de la media es {BATCH} veces menor, así que la tasa debe ser {BATCH} veces mayor.", correct=True),
        ),
    ),
    Question(
        "¿Por qué ayuda restar la media a cada canal, y no solo dividir por 255?",
        (
            Option("Porque así los números ocupan menos memoria.", "No: ocupan lo mismo. Lo que cambia es la forma del valle por el que se baja."),
            Option("Porque la red no entiende números positivos.", "Los entiende. El problema es que, si todas las entradas son positivas, hay una dirección mucho más empinada que las demás."),
            Option("Porque quita la dirección que obliga a dar pasos cortos.", "Sí: mientras todo suba y baje junto con el brillo, esa dirección limita la tasa, y en las otras casi no se avanza. Dividir por 255 no cambia esa razón.", correct=True),
            Option("Porque la softmax necesita entradas de media cero.", "No: la softmax actúa sobre los logits, al final, y ni siquiera nota si se les suma una constante."),
        ),
    ),
    Question(
        f"A las dos épocas la pérdida se queda en {text.decimal(math.log(CLASSES), 3)}, exactamente, y no se mueve más. ¿Qué es lo más probable?",
        (
            Option("Que la tasa es muy chica y hay que esperar.", "No: con una tasa chica bajaría despacio, no se quedaría clavada en ese número."),
            Option("Que la red ya aprendió todo lo que podía.", f"No: {FIRST} es $\\ln {CLASSES}$, la pérdida de quien reparte parejo. No ha aprendido nada."),
            Option("Que a la red le faltan neuronas y hay que agrandarla.", "No: una red chica también baja algo antes de estancarse, y se estanca en cualquier parte."),
            Option("Que sus neuronas se apagaron y responde lo mismo a todo.", f"Sí: es $\\ln {CLASSES}$. Un paso enorme dejó a las ReLU en cero para toda imagen, y por ahí ya no pasa gradiente. Sospechen de la entrada o de la tasa.", correct=True),
        ),
    ),
    Question(
        "¿Por qué los pesos de las capas ocultas no parten todos en cero?",
        (
            Option("Porque la pérdida inicial sería infinita.", f"No: daría $\\ln {CLASSES}$, que es de lo más sano."),
            Option("Porque no aprenderían nada: ni siquiera se distinguirían unas de otras.", "Sí: con ReLU, su gradiente es cero y no se mueven. Y aunque partieran iguales en otro número, recibirían el mismo gradiente: 120 copias de una neurona son como una sola.", correct=True),
            Option("Porque PyTorch no deja entrenar con ceros.", "No: deja, y en una sola capa incluso funciona, como en el gradiente que hicimos a mano."),
        ),
    ),
    Question(
        "Una curva de entrenamiento sube sin saltos, pero mucho más lento que la de base. ¿Cuál de estas causas queda descartada?",
        (
            Option("Una tasa diez veces menor.", "No se descarta: son pasos más cortos, en la misma dirección."),
            Option("Haber dejado de usar momento.", "No se descarta: con momento 0.9 los pasos terminan siendo unas diez veces más largos."),
            Option("Una tasa diez veces mayor.", "Sí: no calza. Con pasos demasiado largos se parte rápido y se estanca, o se rompe. Lo lento y parejo viene de pasos cortos o de pocos pasos.", correct=True),
            Option("Lotes mucho más grandes.", "No se descarta: hay menos pasos por época, y con la misma tasa."),
        ),
    ),
)
