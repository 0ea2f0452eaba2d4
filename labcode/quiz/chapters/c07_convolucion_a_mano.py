"""Preguntas de convolución a mano: pesos compartidos, equivarianza y el tamaño de la salida."""

from labcode import text
from labcode.convolution import KERNEL, PATTERN, connection_weights, conv2d, output_size
from labcode.quiz.questions import Option, Question

SIDE, KERNEL_SIZE, MAPS = 32, 5, 6
OUT = output_size(SIDE, KERNEL_SIZE)
WEIGHTS = connection_weights((SIDE, SIDE, 3), (OUT, OUT, MAPS), KERNEL_SIZE)
ONE = KERNEL_SIZE**2 * 3 + 1  # un núcleo por los tres canales, y su sesgo
STRIDED = output_size(SIDE, 3, stride=2)
SAME = next(p for p in range(9) if output_size(SIDE, KERNEL_SIZE, padding=p) == SIDE)
ANSWER = float(conv2d(PATTERN, KERNEL)[0, 0])
WEIGHTED = " + ".join(f"{text.plain(float(w))}·{text.plain(float(x))}" for w, x in zip(KERNEL.ravel(), PATTERN.ravel()))
TURNED = float(conv2d(PATTERN, KERNEL[::-1, ::-1])[0, 0])

QUESTIONS = (
    Question(
        "Corremos un dibujo dos píxeles a la derecha, lejos de los bordes. ¿Qué pasa con la salida de una convolución de paso 1?",
        (
            Option("No cambia en nada.", "No: eso sería invarianza. La salida dice *dónde* responde el núcleo, y el dónde cambió."),
            Option("Se corre dos píxeles a la derecha.", "Sí: es la equivarianza, $f(Tx) = T f(x)$.", correct=True),
            Option("Cambia por completo, como el vector.", "No: eso le pasa a la capa densa, que tiene otros pesos para cada posición. Aquí los pesos viajan con la ventana."),
            Option("Se corre, pero con otros valores.", "No: los valores serían distintos si cada posición tuviera sus propios pesos, como en una capa localmente conectada."),
        ),
    ),
    Question(
        f"El núcleo {', '.join(text.plain(float(w)) for w in KERNEL.ravel())} cae justo sobre el dibujo 1, 2, 3, 4 (los dos leídos por filas). ¿Cuánto responde?",
        (
            Option(text.plain(float(KERNEL.sum())), "No: eso es la suma de los pesos. Cada peso multiplica al número que le queda debajo."),
            Option(text.plain(TURNED), "No: ese es el núcleo dado vuelta, el de la convolución de los libros de matemáticas. Aquí se multiplica sin girar."),
            Option(text.plain(float(PATTERN.sum())), "No: eso es la suma del dibujo, con todos los pesos iguales a 1."),
            Option(text.plain(round(ANSWER, 6)), f"Sí: {WEIGHTED} = {text.plain(round(ANSWER, 6))}.", correct=True),
        ),
    ),
    Question(
        "¿Qué distingue a una capa localmente conectada de una convolucional?",
        (
            Option("La convolucional mira la imagen entera y la local, ventanas.", "No: las dos miran exactamente las mismas ventanas."),
            Option("En la convolucional, todas las posiciones usan los mismos pesos.", "Sí: son las mismas líneas, pero con los pesos compartidos.", correct=True),
            Option("La local tiene menos pesos, porque cada salida mira pocos píxeles.", "No, al revés: tiene un juego de pesos por posición; la convolucional, uno solo."),
            Option("La local no puede calcular lo que calcula una convolucional.", "No: podría, si sus pesos resultaran iguales en todas las posiciones. Lo que pasa es que nada la obliga."),
        ),
    ),
    Question(
        f"Una capa convolucional tiene {MAPS} núcleos de {KERNEL_SIZE} × {KERNEL_SIZE} sobre una imagen a color de {SIDE} × {SIDE}. ¿Cuántos parámetros son, con los sesgos?",
        (
            Option(text.integer(MAPS * (KERNEL_SIZE**2 + 1)), "No: faltan los canales de entrada. Cada núcleo tiene una capa por color."),
            Option(text.integer(MAPS * KERNEL_SIZE**2 * 3), f"No: faltan los sesgos, uno por núcleo: {MAPS} más."),
            Option(text.integer(WEIGHTS["shared"]), f"Sí: {MAPS} · ({KERNEL_SIZE} · {KERNEL_SIZE} · 3 + 1) = {MAPS} · {ONE}.", correct=True),
            Option(text.integer(WEIGHTS["local"]), "No: esos son los de una capa localmente conectada, con otro núcleo en cada posición."),
        ),
    ),
    Question(
        f"En esa misma capa, la imagen pasa de {SIDE} × {SIDE} a {2 * SIDE} × {2 * SIDE}. ¿Qué ocurre con sus pesos?",
        (
            Option("Se cuadruplican.", "No: eso le pasa (aproximadamente) al número de *salidas*, y a los pesos de una capa localmente conectada."),
            Option("Se duplican.", f"No: los núcleos siguen siendo de {KERNEL_SIZE} × {KERNEL_SIZE} × 3, cualquiera sea el lado de la imagen."),
            Option("Son dieciséis veces más.", "No: eso le pasa, aproximadamente, a la capa densa, con cuatro veces más entradas y cuatro veces más salidas."),
            Option("Son los mismos.", "Sí: ninguno depende del tamaño de la imagen. Lo que crece es el cálculo, no la memoria de los pesos.", correct=True),
        ),
    ),
    Question(
        f"Entrada de largo {SIDE}, núcleo de 3, paso 2, sin relleno. ¿De qué largo es la salida?",
        (
            Option(str(STRIDED + 1), f"No: {SIDE}/2 supone que la ventana puede empezar en la posición {SIDE - 2}, y ahí se sale: necesitaría hasta la {SIDE}, y la última es la {SIDE - 1}."),
            Option(str(STRIDED), f"Sí: $\\lfloor ({SIDE} - 3)/2 \\rfloor + 1$ = {STRIDED - 1} + 1. La última posición de la entrada no entra en ninguna ventana.", correct=True),
            Option(str(STRIDED - 1), f"No: {STRIDED - 1} son los saltos. Falta sumar la posición de partida."),
            Option(str(output_size(SIDE, 3)), "No: ese es el largo con paso 1."),
        ),
    ),
    Question(
        f"¿Qué relleno conserva el tamaño con un núcleo de {KERNEL_SIZE} × {KERNEL_SIZE} y paso 1?",
        (
            Option(str(SAME), f"Sí: $p = (k - 1)/2$. La ventana quita {2 * SAME} posiciones y el relleno repone {SAME} por lado.", correct=True),
            Option(str(2 * SAME), f"No: {2 * SAME} es lo que hay que reponer entre los dos lados; el relleno se cuenta por lado."),
            Option(str(SAME - 1), "No: ese es el relleno para un núcleo de 3 × 3."),
            Option("Ninguno lo logra", "No: con k impar siempre hay uno. Con k par y paso 1, en cambio, sobraría o faltaría una posición."),
        ),
    ),
    Question(
        "¿Por qué a una red no le importa que PyTorch calcule la correlación cruzada y no la convolución matemática?",
        (
            Option("Porque las dos dan siempre el mismo resultado.", "No: solo coinciden si el núcleo es igual a sí mismo dado vuelta, como el de desenfoque."),
            Option("Porque la correlación hace menos productos.", "No: cuestan lo mismo; es el mismo número de productos."),
            Option("Porque los pesos se aprenden, y se aprenden ya girados.", "Sí: una es la otra con el núcleo girado, y las dos pueden expresar las mismas capas.", correct=True),
            Option("Porque el *max pooling* borra la diferencia.", "No: el máximo de dos mapas distintos es, en general, distinto."),
        ),
    ),
    Question(
        "Después de un *max pooling* de 2 × 2, ¿es la red invariante a traslaciones de un píxel?",
        (
            Option("Lo es, por definición de máximo.", "No: si el máximo cruza la frontera de su cuadrante, la salida cambia. Lo vimos al pasar de la columna 1 a la 2."),
            Option("A veces la salida no cambia, y a veces sí.", "Sí: tolera los movimientos que no salen del cuadrante. Es un poco de invarianza, no toda.", correct=True),
            Option("Nunca: el *pooling* siempre lo empeora.", "No: dentro del cuadrante ayuda. Lo que sí rompe su paso 2 es la equivarianza exacta (Zhang, 2019)."),
            Option("Lo es, siempre que el paso sea 2.", "No: el paso 2 es justamente lo que crea las fronteras entre cuadrantes."),
        ),
    ),
)
