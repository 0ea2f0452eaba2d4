"""Preguntas de la capa convolucional: canales, pesos, formas, y qué hay en la CNN de la clase."""

from labcode import text
from labcode.convolution import connection_weights, output_size
from labcode.models import CNNConfig, MLPConfig, build, count_parameters
from labcode.quiz.questions import Option, Question

SIDE, INPUTS, OUTPUTS, KERNEL = 32, 3, 6, 5
AFTER = output_size(SIDE, KERNEL)
WEIGHTS = connection_weights((SIDE, SIDE, INPUTS), (AFTER, AFTER, OUTPUTS), KERNEL)["shared"]
FLAT = KERNEL * KERNEL  # los pesos de un núcleo que olvidara los canales
HALF = output_size(SIDE, 3, stride=2)
CHANNELS, HIDDEN = CNNConfig().channels, CNNConfig().hidden
POOLED = AFTER // 2
SECOND = output_size(POOLED, KERNEL)
CNN, MLP = (count_parameters(build(config, seed=0)) for config in (CNNConfig(), MLPConfig()))
FLATTENED = CHANNELS[1] * (SECOND // 2) ** 2
DENSE = HIDDEN[0] * (FLATTENED + 1)
FIELD = KERNEL + 1 + (KERNEL - 1) * 2  # tras la convolución, el pooling y otra convolución con salto 2
STACKED = KERNEL + (KERNEL - 1)


def shape(side: int, channels: int) -> str:
    """Una forma como la escribe el libro: alto × ancho × canales."""
    return f"{side} × {side} × {channels}"


QUESTIONS = (
    Question(
        f"Una imagen de {shape(SIDE, INPUTS)} entra en una capa con {OUTPUTS} núcleos de {KERNEL} × {KERNEL}, paso 1 y sin relleno. ¿Qué sale?",
        (
            Option(shape(AFTER, INPUTS * OUTPUTS), "No: cada núcleo *suma* los tres canales y da un solo mapa. No sale un mapa por cada pareja."),
            Option(shape(SIDE, OUTPUTS), f"No: los canales están bien, pero sin relleno la ventana completa tiene que caber, y caben {AFTER} posiciones."),
            Option(shape(AFTER, OUTPUTS), f"Sí: {SIDE} − {KERNEL} + 1 = {AFTER} posiciones en cada eje, y un mapa por núcleo.", correct=True),
            Option(shape(AFTER, INPUTS), "No: los canales que salen son tantos como núcleos. Los que entran quedaron sumados."),
        ),
    ),
    Question(
        "¿Cuántos números tiene que aprender esa capa?",
        (
            Option(str(WEIGHTS), f"Sí: {OUTPUTS} · ({INPUTS} · {FLAT} + 1). Un peso por canal y por lugar de la ventana, y un sesgo por núcleo.", correct=True),
            Option(str(OUTPUTS * (FLAT + 1)), f"No: así cada núcleo tendría {FLAT} pesos, como si la imagen fuera gris. Tiene una lámina por canal."),
            Option(str(OUTPUTS * INPUTS * FLAT), "Casi: faltan los sesgos, uno por núcleo."),
            Option(text.integer(WEIGHTS * AFTER * AFTER), "No: eso sería sin compartir pesos, con un juego distinto en cada posición del mapa."),
        ),
    ),
    Question(
        "En la segunda convolución de la clase, ¿quién decide que `in_channels` sea 6?",
        (
            Option("Ustedes, al elegir cuánto debe aprender la capa.", "No: lo que ustedes eligen es `out_channels`. Con otro `in_channels`, PyTorch da un error."),
            Option("El tamaño de la imagen de entrada.", "No: el alto y el ancho no cambian los canales."),
            Option("El *max pooling*, que dejó la mitad de los mapas.", "No: el *pooling* achica cada mapa, pero deja los seis."),
            Option("La capa anterior: son los mapas que entrega.", "Sí: los canales que entran no se eligen. Son los núcleos de la convolución anterior.", correct=True),
        ),
    ),
    Question(
        f"Con núcleos de 3 × 3, paso 2 y sin relleno, de {SIDE} filas salen {HALF}. ¿Qué pasa con la última fila de la imagen?",
        (
            Option("Se agrega a la ventana anterior, que crece.", "No: todas las ventanas miden lo mismo."),
            Option("Ninguna ventana la toca: se pierde sin aviso.", f"Sí: la última ventana parte en la fila {2 * (HALF - 1)} y termina en la {2 * (HALF - 1) + 2}, contando desde 0. La {SIDE - 1} queda afuera.", correct=True),
            Option("PyTorch da un error, porque la división no es exacta.", "No: la división se redondea hacia abajo y nadie avisa. Por eso conviene hacer la cuenta."),
            Option("Se completa con ceros para que la ventana quepa.", "No: eso es relleno, y hay que pedirlo."),
        ),
    ),
    Question(
        "La CNN de la clase, ya construida, recibe imágenes de 64 × 64 en vez de 32 × 32. ¿Qué pasa?",
        (
            Option("Fallan las convoluciones: tienen pesos para 32 × 32.", "No: sus pesos no dependen del tamaño de la imagen. La misma ventana recorre más lugares."),
            Option("Falla la primera capa densa: le llegan más números.", f"Sí: espera {FLATTENED} números y los mapas, al ser más grandes, dan más. Las convoluciones no se enteran.", correct=True),
            Option("Nada: la red completa acepta cualquier tamaño.", "No: sería así si no hubiera capas densas, que tienen un peso por cada número que entra."),
        ),
    ),
    Question(
        f"De los {text.integer(CNN)} parámetros de la CNN, ¿dónde está la mayor parte?",
        (
            Option("En la primera convolución, que mira la imagen.", f"No: tiene {WEIGHTS}. Lo que sí hace es más de la mitad de los productos, porque repite esos pesos en cada lugar."),
            Option("En la segunda convolución, que tiene más canales.", f"No: tiene {CHANNELS[1] * (CHANNELS[0] * FLAT + 1)}, pese a sus {CHANNELS[1]} núcleos."),
            Option("En la primera capa densa, tras aplanar.", f"Sí: {HIDDEN[0]} · ({FLATTENED} + 1) = {text.integer(DENSE)}, más de tres cuartas partes del total.", correct=True),
            Option("Se reparten más o menos por igual.", "No, para nada: las convoluciones comparten sus pesos y las capas densas no."),
        ),
    ),
    Question(
        f"Una convolución de {KERNEL} × {KERNEL}, un *max pooling* de 2 × 2 y otra convolución de {KERNEL} × {KERNEL}. ¿De qué lado es la zona de la imagen que mira una salida?",
        (
            Option(str(KERNEL), "No: eso mira en el mapa que recibe. Pero cada celda de ese mapa ya venía de mirar una zona de la imagen."),
            Option(str(STACKED), f"No: {KERNEL} + {KERNEL - 1} sería sin el *pooling*. Tras él, dos celdas vecinas miran a dos píxeles de distancia, y todo crece el doble."),
            Option(str(2 * KERNEL), "No: los lados no se suman. Cada capa agrega (k − 1) veces el salto que ya hay."),
            Option(str(FIELD), f"Sí: 5, después 6 con el *pooling*, y la segunda convolución agrega (5 − 1) · 2 = {4 * 2}.", correct=True),
        ),
    ),
    Question(
        f"El MLP tiene {text.integer(MLP)} parámetros y la CNN {text.integer(CNN)}. ¿Por qué la CNN puede acertar más en imágenes nuevas?",
        (
            Option("Porque con menos parámetros siempre se generaliza mejor.", "No siempre: una red con diez parámetros generaliza pésimo. Importa *cuáles* se quitan."),
            Option("Porque lo que aprende en un lugar le sirve en todos.", "Sí: mira de cerca y comparte pesos. Son cosas que sabemos de las imágenes, puestas en la arquitectura.", correct=True),
            Option("Porque hace más operaciones por imagen que el MLP.", "Es cierto que hace más, pero gastar más no es la razón: un MLP más grande también gasta más, y no por eso alcanza a la CNN."),
            Option("Porque puede calcular funciones que el MLP no puede.", "No: una convolución es una capa densa con restricciones, y un MLP de sobra ancho puede imitarla. Lo que cambia es cuántos ejemplos necesita para encontrarla."),
        ),
    ),
)
