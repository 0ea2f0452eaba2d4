"""Preguntas de VGG-11: qué sale de cada capa, por qué 3 × 3, cuánto se mira y los dos modos de la normalización por lote."""

from labcode import text
from labcode.convolution import receptive_field
from labcode.models import MLPConfig, VGGConfig, build, count_parameters
from labcode.quiz.questions import Option, Question

CHANNELS = 128
SAVED = 100 * (1 - 2 * 9 / 25)
STACK = [(3, 1), (2, 2), (3, 1)]
FIELD, JUMP = receptive_field(STACK)
TINY = VGGConfig(blocks=((64,),), hidden=(512,))  # un bloque: solo para contar lo que agrega la normalización
EXTRA = count_parameters(build(VGGConfig(blocks=((64,),), hidden=(512,), batch_norm=True), 0)) - count_parameters(build(TINY, 0))
MLP = count_parameters(build(MLPConfig(), 0))
CONV = 512 * (9 * 512 + 1)

QUESTIONS = (
    Question(
        "¿En qué capas está la mayor parte de los parámetros de VGG-11?",
        (
            Option("En la primera convolución, que ve la imagen entera.", "No: la primera mira 3 canales y tiene 64 · (9 · 3 + 1) parámetros, muy pocos. Recorre toda la imagen, pero con los mismos pesos."),
            Option("En las convoluciones de 512 canales.", f"Sí: una de 512 a 512 tiene {text.integer(CONV)}, más de seis veces todo el MLP ({text.integer(MLP)}). Donde el mapa es chico, los canales son muchos.", correct=True),
            Option("En las tres capas densas del final.", "No: así es en el MLP, en la CNN de la clase y en la VGG original, pero aquí llegan 512 números y entre las tres suman cerca de la vigésima parte."),
            Option("Repartida por igual entre las once capas con pesos.", "No: va de menos de 2000 en la primera convolución a más de dos millones en las últimas."),
        ),
    ),
    Question(
        f"Cambian una convolución de 5 × 5 por dos de 3 × 3, todas de {CHANNELS} a {CHANNELS} canales, con una ReLU entre ellas. ¿Qué pasa?",
        (
            Option("Se mira lo mismo, con más pesos: ahora hay dos capas.", "No: son dos capas, pero 2 · 9 = 18 es menos que 25."),
            Option("Se mira menos, porque 3 es menor que 5.", "No: la segunda mira 3 vecinas que ya miraban 3 cada una, y de orilla a orilla son 5."),
            Option("Nada: componer dos convoluciones es hacer una sola.", "No: sería así sin la ReLU. Con ella, la pila calcula funciones que una sola convolución no puede."),
            Option(f"Se mira lo mismo con un {text.percent(SAVED, 0)} menos de pesos.", "Sí: 18 en vez de 25 por cada par de canales, y de regalo una no linealidad.", correct=True),
        ),
    ),
    Question(
        "Una pila: convolución de 3 × 3, *max pooling* de 2 × 2 con paso 2, convolución de 3 × 3. ¿Cuántos píxeles de lado mira una neurona del final?",
        (
            Option(f"{FIELD}", f"Sí: 1 + 2 = 3; con el *pooling*, 3 + 1 = 4 y el salto pasa a {JUMP}; la última suma 2 · {JUMP} = 4.", correct=True),
            Option("6", "No: eso es sumar 2 por cada convolución y 1 por el *pooling*, sin contar que después de él los vecinos quedan a dos píxeles."),
            Option("9", "No: el salto se duplica *después* del *pooling*; para su propia ventana todavía vale el de antes, así que agrega 1 y no 2."),
            Option("32", "No: mirar la imagen entera pide muchas más capas, o muchos más saltos."),
        ),
    ),
    Question(
        "El campo receptivo de la última neurona de VGG-11 mide 150 píxeles y la imagen, 32. ¿Qué significa?",
        (
            Option("Que la red solo sirve para imágenes de 150 píxeles o más.", "No: con relleno 1 funciona con 32. Lo que cae afuera de la imagen es relleno, ceros."),
            Option("Que la cuenta está mal: no se puede mirar más que la imagen.", "No: la cuenta no sabe de qué tamaño es la imagen. Dice hasta dónde llegan las conexiones."),
            Option("Que podría depender de todos los píxeles, pero no que le importen por igual.", "Sí: es una cota. El campo efectivo, lo que pesa de verdad, se concentra en el centro.", correct=True),
            Option("Que presta la misma atención a los 150 píxeles de cada lado.", "No: a los de la orilla se llega por poquísimos caminos. El efectivo es mucho menor que el teórico."),
        ),
    ),
    Question(
        "Entrenan una red con normalización por lote y la miden sin llamar a `eval()`. ¿Qué ocurre?",
        (
            Option("torch da un error, porque falta cambiar de modo.", "No: ojalá. No avisa nada, y por eso es una trampa."),
            Option("Nada: esa llamada solo apaga el *dropout*.", "No: también cambia la normalización, que deja de usar el lote y usa lo acumulado."),
            Option("La respuesta a cada imagen depende de las que la acompañan en el lote.", "Sí: la media y la varianza son las de ese lote, así que la exactitud cambia con el tamaño y el orden de los lotes.", correct=True),
            Option("La red se sigue entrenando con las imágenes de prueba.", "No del todo: los pesos no se mueven sin un paso del optimizador. Pero las estadísticas acumuladas sí, y eso ya es un problema."),
        ),
    ),
    Question(
        "Se multiplican por 10 los pesos de una convolución que va seguida de normalización por lote. Al entrenar, la salida de las dos juntas…",
        (
            Option("…se multiplica por 10.", "No: la desviación del canal también se multiplica por 10, y se divide por ella."),
            Option("…no cambia, salvo por el ε.", "Sí: por eso la escala de los pesos iniciales deja de importar, y una penalización L² actúa por otro camino.", correct=True),
            Option("…se divide por 10.", "No: se divide por una desviación diez veces mayor algo que también es diez veces mayor."),
            Option("…se vuelve 0, porque la normalización la apaga.", "No: normalizar deja desviación 1, y después γ y β la ajustan. No apaga nada."),
        ),
    ),
    Question(
        "¿Por qué la VGG-11 sin normalizar, con los pesos que le da PyTorch, tarda en empezar a aprender?",
        (
            Option("Porque sus pesos iniciales son demasiado grandes.", "No, al revés: con varianza 1/(3n), cada capa achica la señal."),
            Option("Porque tiene demasiados parámetros para los datos que hay.", "No: eso puede hacerla sobreajustar, pero no le impide bajar la pérdida de entrenamiento."),
            Option("Porque cada capa achica la señal, y tras once capas todas las imágenes se ven iguales.", "Sí: es una potencia, $g^L$ con $g < 1$. El gradiente sufre la misma al volver.", correct=True),
            Option("Porque las ReLU no dejan pasar el gradiente.", "No: dejan pasar el de las neuronas encendidas, que al comienzo son cerca de la mitad. Eso se arregla con la varianza 2/n."),
        ),
    ),
    Question(
        "¿Qué agrega a una convolución de 64 canales la normalización por lote que va detrás?",
        (
            Option(f"{EXTRA} parámetros, y otros tantos números que se acumulan sin gradiente.", "Sí: un γ y un β por canal se aprenden; la media y la varianza acumuladas, también una por canal, no.", correct=True),
            Option("Ningún parámetro: solo resta y divide.", "No: después estira en γ y corre en β, y esos se aprenden."),
            Option("64 parámetros, uno por canal.", "No: son dos por canal, γ y β."),
            Option("64 · 9 parámetros, como otra convolución de 3 × 3.", "No: no mira vecinos. Trata cada número del canal con la misma recta."),
        ),
    ),
)
