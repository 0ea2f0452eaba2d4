"""El examen final: veinte preguntas, de todos los capítulos."""

import math

from labcode import text
from labcode.convolution import connection_weights, output_size
from labcode.models import CNNConfig, MLPConfig, build, count_parameters
from labcode.quiz.questions import Option, Question
from labcode.uncertainty import sampling_error

_MLP, _CNN = (count_parameters(build(config, seed=0)) for config in (MLPConfig(), CNNConfig()))
_LINKS = connection_weights((32, 32, 3), (28, 28, 6), 5)
_STRIDED = output_size(32, 3, stride=2)
_ERROR = 100 * sampling_error(0.56, 10_000)

QUESTIONS = (
    Question(
        "¿Qué hace que un cambio al algoritmo de aprendizaje sea un *regularizador*?",
        (
            Option("Que agregue un término a la pérdida.", "Esa es una manera. El aumento de datos no toca la pérdida y regulariza."),
            Option("Que baje el error de entrenamiento sin tocar el de prueba.", "Al revés: lo habitual es que en entrenamiento empeore un poco."),
            Option("Que disminuya el número de parámetros, o de números que la red tiene que ajustar.", "Una convolución lo disminuye; $L^2$ y el *dropout* no quitan ninguno, y regularizan."),
            Option("Que busque bajar el error de generalización, y no el de entrenamiento.",
                   "Sí: se define por su propósito, no por su forma. Por eso caben cosas tan distintas.", correct=True),
        ),
    ),
    Question(
        "Una red recién creada, con diez clases y sin entrenar, informa una pérdida de 8.1. ¿Qué es lo más probable?",
        (
            Option("Nada: antes de entrenar la pérdida puede valer cualquier cosa.", f"Si reparte la probabilidad por igual, debe estar cerca de $\\ln 10 \\approx {math.log(10):.2f}$."),
            Option("Que la tasa de aprendizaje es muy alta y la red ya divergió antes de empezar a aprender nada.", "Todavía no ha dado un solo paso: la tasa no ha intervenido."),
            Option("Que algo anda mal: la entrada sin normalizar, por ejemplo, o pesos iniciales enormes.",
                   f"Sí: una red sin opinión da 1/10 a cada clase y su pérdida es $\\ln 10 \\approx {math.log(10):.2f}$. Ocho es estar muy segura y equivocada.", correct=True),
            Option("Que las etiquetas están bien y el problema es difícil.", "La dificultad se ve después de entrenar. Al principio, cualquier problema de diez clases empieza cerca de 2.3."),
        ),
    ),
    Question(
        "Su red acierta 97 % en entrenamiento y 52 % en prueba. ¿Qué conviene?",
        (
            Option("Entrenar más épocas.", "Ya se aprendió los datos: más épocas no le enseñan nada nuevo sobre imágenes que no vio."),
            Option("Una red más grande, con más neuronas en cada capa, para que aprenda mejor las imágenes.", "Capacidad le sobra. Lo que le falta es algo que la haga generalizar."),
            Option("Más datos, o algo que le diga qué cambios de la imagen no importan.", "Sí: el problema es de generalización, y eso es lo que más la mejora.", correct=True),
            Option("Subir la tasa de aprendizaje.", "Puede cambiar a qué mínimo se llega, y con él un poco lo que se generaliza; una brecha de 45 puntos no se cierra con la tasa."),
        ),
    ),
    Question(
        "¿Para qué se usa el conjunto de *prueba*?",
        (
            Option("Para medir, una vez y al final, lo que ya se eligió.", "Sí: elegir con ella convierte su azar en ventaja propia.", correct=True),
            Option("Para elegir λ, las épocas y el tamaño de lote.", "Para eso está la validación. Si la prueba elige, deja de medir lo que no se ha visto."),
            Option("Para seguir el entrenamiento época por época y parar a tiempo, antes de que empeore.", "Parar mirando la prueba es elegir con ella. Eso también es trabajo de la validación."),
            Option("Para ampliar el entrenamiento cuando faltan datos.", "Entonces no quedaría con qué medir."),
        ),
    ),
    Question(
        "Se prueban veinte configuraciones idénticas en todo, salvo la semilla, y se publica la mejor en prueba. ¿Qué pasa con esa cifra?",
        (
            Option("Es la mejor estimación de lo que dará la red: para eso se buscó.", "Es la del máximo de veinte números con ruido: está por encima del valor esperado."),
            Option("Es pesimista, porque hubo veinte intentos.", "Al revés: quedarse con el mejor de varios empuja hacia arriba."),
            Option("Es optimista, aunque las veinte sean la misma receta.", "Sí: a la mejor la distinguen la suerte de su semilla y la de esas imágenes. Quien entrene otra vez la misma receta no tiene por qué repetirla.", correct=True),
            Option("Es correcta si la prueba tiene 10 000 imágenes.", "Más imágenes achican el sesgo, pero no lo quitan."),
        ),
    ),
    Question(
        "Una red acierta 56 % de 10 000 imágenes de prueba. ¿Cuánto vale, más o menos, el error de muestreo de 95 %?",
        (
            Option(f"±{text.decimal(_ERROR, 2)} puntos.", "Sí: $1.96\\sqrt{p(1-p)/n}$ con $p = 0.56$. Por eso dos cifras que difieren en menos de un punto no se distinguen con una corrida cada una.", correct=True),
            Option(f"±{text.decimal(_ERROR / 100, 2)} puntos.", "Faltó la raíz: el error se divide por $\\sqrt{n}$, no por $n$."),
            Option("Cero: son 10 000 imágenes fijas.", "Son una muestra de las imágenes posibles. Otras 10 000 darían otra cifra."),
            Option(f"±{text.decimal(5 * _ERROR, 2)} puntos.", "Con ese error no podríamos distinguir casi nada; con 10 000 imágenes se está mejor."),
        ),
    ),
    Question(
        "¿Por qué parar a tiempo (*early stopping*) regulariza?",
        (
            Option("Porque la frontera se va volviendo más compleja a medida que se entrena.", "Sí: pararse temprano deja una frontera más simple, como lo haría una penalización.", correct=True),
            Option("Porque ahorra cómputo.", "Ahorra, y está bien, pero eso no explica que generalice mejor."),
            Option("Porque evita que la tasa de aprendizaje llegue a cero antes de que la red termine de aprender.", "La tasa no tiene que ver: se puede parar a tiempo con tasa constante."),
            Option("Porque usa la prueba para elegir la época.", "Si usara la prueba, la cifra quedaría inflada. La época se elige en validación."),
        ),
    ),
    Question(
        "Con SGD, ¿qué `weight_decay` de PyTorch equivale a sumar $\\lambda \\sum w^2$ a la pérdida?",
        (
            Option("Uno igual a $\\lambda$.", "PyTorch suma `weight_decay · w` al gradiente, y la derivada de $w^2$ es $2w$: falta un 2."),
            Option("La mitad, $\\lambda / 2$.", "El 2 va al otro lado: el gradiente de $\\lambda w^2$ es $2\\lambda w$."),
            Option("El doble, $2\\lambda$.", "Sí: el gradiente de $\\lambda w^2$ es $2\\lambda w$. Y solo en los pesos, no en los sesgos.", correct=True),
            Option("Ninguno: son cosas distintas.", "Con AdamW lo son, porque encoge los pesos aparte. Con SGD son exactamente lo mismo."),
        ),
    ),
    Question(
        "¿Qué le pasa a una red entrenada con un λ enorme?",
        (
            Option("Que sus pesos tienden a cero y responde casi lo mismo a todo.", "Sí: la pérdida se acerca a $\\ln 10$, la de quien no sabe nada.", correct=True),
            Option("Que memoriza los datos.", "Para memorizar necesita pesos, y no puede pagarlos."),
            Option("Que diverge siempre: un paso tan grande hacia cero se pasa de largo y crece.", "Solo si $2\\alpha\\lambda$ pasa de 2: con una tasa prudente, se apaga sin divergir."),
            Option("Que generaliza cada vez mejor.", "Hasta cierto λ, puede ser. Después no le queda con qué aprender."),
        ),
    ),
    Question(
        "Dos redes se entrenan 20 épocas, una con lotes de 64 y otra con lotes de 1024, a la misma tasa. La segunda acierta menos. ¿Qué se puede concluir?",
        (
            Option("Que los lotes grandes generalizan peor, como dicen Keskar y otros.", "Puede ser, pero esta prueba no lo dice: la segunda dio dieciséis veces menos pasos."),
            Option("Que hay que usar siempre lotes de 64.", "Con otra tasa, o con los mismos pasos, el resultado puede ser otro."),
            Option("Poco: dio dieciséis veces menos pasos, con una tasa que no era la suya.", "Sí: hay que igualar los pasos o elegir la tasa de cada una, y mejor las dos cosas.", correct=True),
            Option("Que la segunda cayó en un mínimo filoso.", "Eso habría que medirlo; y quizá ni siquiera llegó a un mínimo."),
        ),
    ),
    Question(
        "¿Por qué aplanar una imagen en un vector es *extraño*?",
        (
            Option("Porque se pierden los colores.", "No se pierde ningún número: están los 3072."),
            Option("Porque el vector tiene muchos más números que la imagen, y una capa densa no puede con tantos.", "Tiene exactamente los mismos números."),
            Option("Porque la red ya no sabe qué píxeles eran vecinos, y mover la imagen un poco cambia casi todo el vector.", "Sí: la información está, pero la estructura hay que volver a descubrirla, lugar por lugar.", correct=True),
            Option("Porque una capa densa no puede aprender con tantos números.", "Puede, y aprende. Lo que le cuesta es generalizar."),
        ),
    ),
    Question(
        f"Una capa densa de 32×32×3 a 28×28×6 tiene {text.integer(_LINKS['dense'])} parámetros, y la convolución de 5×5 que da una salida de la misma forma, {text.integer(_LINKS['shared'])}. ¿De dónde sale tanta diferencia?",
        (
            Option("De dos restricciones: cada salida mira una ventana, y todas usan los mismos pesos.",
                   f"Sí: con solo la primera quedarían {text.integer(_LINKS['local'])}; compartir hace el resto.", correct=True),
            Option("De que la convolución no usa los tres canales.", "Los usa: cada núcleo es de 5×5×3."),
            Option("De que la convolución tiene menos salidas.", "Las dos tienen 28×28×6."),
            Option("De que en la convolución muchos pesos terminan en cero al entrenar, y esos no se cuentan como parámetros.", "No es que terminen en cero: no existen."),
        ),
    ),
    Question(
        "Si la imagen se traslada dos píxeles, ¿qué le pasa al mapa de una convolución de paso 1 (lejos del borde)?",
        (
            Option("No cambia en nada: la convolución es invariante a traslaciones.", "Invariante sería que no cambiara. El mapa se mueve."),
            Option("Se traslada también dos píxeles: es equivariante.", "Sí: la respuesta es la misma, en otro lugar. La invarianza hay que agregarla después.", correct=True),
            Option("Cambia por completo.", "Eso le pasa a una capa densa."),
            Option("Se traslada un píxel.", "Con paso 2 sería uno. Con paso 1 se mueve lo mismo que la imagen."),
        ),
    ),
    Question(
        "¿Adónde va el gradiente al pasar hacia atrás por un *max pooling* de 2×2?",
        (
            Option("Se reparte por igual entre los cuatro.", "Eso hace el promedio."),
            Option("A ninguno: no tiene pesos.", "No tiene pesos que aprender, pero deja pasar el gradiente hacia las capas de abajo."),
            Option("Solo al que era el máximo.", "Sí: mover a los otros un poco no cambia la salida.", correct=True),
            Option("A los cuatro, en proporción a su valor.", "La salida no depende de los que no ganaron."),
        ),
    ),
    Question(
        "Una capa con núcleo de 3×3 y paso 2, sin relleno, recibe una imagen de 32×32. ¿De qué tamaño sale cada mapa?",
        (
            Option("16×16: el paso 2 deja la mitad.", "Para que fueran 16, la última ventana tendría que salirse de la imagen: haría falta relleno."),
            Option(f"{_STRIDED}×{_STRIDED}, y la última fila y la última columna no entran en ninguna ventana.",
                   f"Sí: ⌊(32 − 3)/2⌋ + 1 = {_STRIDED}. Contando desde 0, la última ventana va de la fila 28 a la 30, y la 31 queda afuera.", correct=True),
            Option(f"{_STRIDED}×{_STRIDED}, y todos los píxeles entran en alguna ventana, porque las vecinas se traslapan.", "Se traslapan en una fila, y aun así la última ventana termina en la fila 30: la 31 no la mira nadie."),
            Option("30×30: cada ventana quita un píxel por lado.", "Eso es con paso 1. Con paso 2 la ventana avanza de a dos."),
        ),
    ),
    Question(
        f"El MLP de la clase tiene {text.integer(_MLP)} parámetros y la CNN, {text.integer(_CNN)}. ¿Por qué la segunda generaliza mejor?",
        (
            Option("Porque tiene menos parámetros.", "Quitarle neuronas al MLP hasta igualarlas no le enseñaría qué píxeles son vecinos. Importa *cuáles* parámetros faltan."),
            Option("Porque se entrena más épocas y con una tasa de aprendizaje más alta que la otra.", "En este libro se entrena menos épocas que el MLP, y aun así le gana. La tasa de cada una se eligió en validación."),
            Option("Porque sus capas son lineales.", "Lleva ReLU, como la otra."),
            Option("Porque lo que no puede hacer es justo lo que las imágenes no necesitan.", "Sí: mirar cerca y repetir en todas partes es conocimiento sobre imágenes.", correct=True),
        ),
    ),
    Question(
        "¿Por qué apilar dos convoluciones de 3×3 en lugar de una de 5×5?",
        (
            Option("Miran lo mismo con menos pesos, y con una ReLU en el medio.", "Sí: 18 pesos por par de canales contra 25, y una no linealidad más.", correct=True),
            Option("Miran más lejos que una de 5×5.", "Miran exactamente lo mismo: una ventana de 5×5."),
            Option("Miran lo mismo con más pesos, y por eso aprenden funciones más ricas que una sola de 5×5.", "Con más no, con menos: 18 por par de canales contra 25."),
            Option("Porque son más rápidas de programar.", "Se programan igual. La razón es otra."),
        ),
    ),
    Question(
        "Quieren aumentar un conjunto de *dígitos escritos a mano*. ¿Cuál de estas transformaciones es un error?",
        (
            Option("Trasladar dos píxeles.", "Un 7 corrido sigue siendo un 7."),
            Option("Borrar un pedazo pequeño.", "Se sigue leyendo casi siempre; el resto del trazo alcanza."),
            Option("Cambiar un poco el grosor.", "La clase no depende del grosor: es justo lo que se quiere enseñar."),
            Option("Girar 180 grados.", "Sí, es la peor: convierte un 6 en un 9 y deja la etiqueta. Eso enseña algo falso.", correct=True),
        ),
    ),
    Question(
        "Se agranda un modelo hasta que puede pasar exactamente por todos sus datos, y se lo sigue agrandando. ¿Qué puede hacer el error en prueba?",
        (
            Option("Solo subir: con más parámetros que datos, el sobreajuste es inevitable y crece.", "Es lo peor cuando *apenas* alcanzan. Con muchos más, hay soluciones suaves entre las cuales elegir."),
            Option("Quedarse igual: el de entrenamiento ya es cero.", "El de entrenamiento no cambia; cambia cuál de las muchas soluciones perfectas se encuentra."),
            Option("Tener un pico donde apenas alcanza, y volver a bajar.", "Sí: es el doble descenso. Cuál solución se elige, entre todas las que pasan por los datos, es un regularizador que nadie escribió.", correct=True),
            Option("Saltar al azar, porque la solución deja de ser única.", "No es única, pero el entrenamiento no elige al azar: tiende a las de pesos chicos."),
        ),
    ),
    Question(
        "Ordenen de menor a mayor lo que suelen ganar en CIFAR-10:",
        (
            Option("arquitectura, $L^2$, aumento de datos", "La arquitectura es de las que más ganan, y $L^2$ de las que menos."),
            Option("$L^2$, aumento de datos y arquitectura, con la misma ganancia", "No son comparables: $L^2$ mueve unos pocos puntos, y cambiar de red, más de diez."),
            Option("$L^2$ y tamaño de lote; mucho después, arquitectura y aumento de datos", "Sí: lo que no sabe nada de imágenes ayuda un poquito; lo que sabe, hace la diferencia.", correct=True),
            Option("aumento de datos y arquitectura; mucho después, tamaño de lote y $L^2$", "El aumento de datos gana mucho más que el tamaño de lote."),
        ),
    ),
)  # fmt: skip
