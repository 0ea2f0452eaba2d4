"""Preguntas de generalización: qué mide la prueba, qué es sobreajuste y qué no, y qué compran más ejemplos."""

from labcode import text
from labcode.quiz.questions import Option, Question

FLIPPED, EXAMPLES = 0.2, 1000
CEILING = 100 * (1 - FLIPPED)
SEEN = 95.0
LIES = round(EXAMPLES * (SEEN - CEILING) / 100)  # las etiquetas cambiadas que, como mínimo, se aprendió
RATES = 20


def _percent(x: float) -> str:
    return text.percent(x, 0)


QUESTIONS = (
    Question(
        "¿Para qué sirve el conjunto de prueba?",
        (
            Option("Para saber en qué época detener el entrenamiento.", "No: detenerse mirándolo es elegir la época con él, y su cifra queda inflada. Para eso está la validación."),
            Option("Para que la red vea más ejemplos al final.", "No: si la red los ve, dejan de ser nuevos, y ya no queda con qué medir."),
            Option("Para estimar cuánto acertará en ejemplos nuevos.", "Sí: y solo sirve si nada de la red, ni sus pesos ni sus hiperparámetros, dependió de él.", correct=True),
            Option("Para comparar tasas y quedarse con la mejor.", "No: eso es ajustar un hiperparámetro. La ganadora tendría, en parte, suerte en esos ejemplos."),
        ),
    ),
    Question(
        f"Se probaron {RATES} tasas de aprendizaje y se informó la mejor exactitud *en prueba*. Nunca se entrenó con la prueba. ¿Qué tiene de malo?",
        (
            Option("Que la prueba decidió, y su cifra ya no es la de ejemplos nuevos.", f"Sí: entre {RATES} candidatas gana, en parte, la que tuvo suerte en esas imágenes. La regla habla de entrenar *y* de ajustar hiperparámetros.", correct=True),
            Option("Nada: los pesos nunca vieron esos ejemplos, y con eso basta para que valga.", "No: los pesos no, pero la tasa sí. Elegir también es aprender de esos ejemplos."),
            Option(f"Que {RATES} tasas son muy pocas para estar seguros.", "No, al revés: con más candidatas, más oportunidades de que gane la suerte."),
        ),
    ),
    Question(
        "Época tras época sube la exactitud en entrenamiento, y la de prueba también, pero más despacio: la brecha crece. ¿Qué conviene?",
        (
            Option("Detenerse: si crece la brecha, es sobreajuste.", "No: lo nuevo todavía mejora. La brecha es un síntoma, no el error que se quiere bajar."),
            Option("Seguir: lo que importa, la prueba, aún mejora.", "Sí: habrá sobreajuste cuando lo nuevo empiece a empeorar. (Y para decidir cuándo parar se mira la validación.)", correct=True),
            Option("Achicar la red hasta que la brecha sea cero.", "No: brecha cero la tiene también una red que responde al azar."),
            Option("Nada: la brecha solo depende de los datos.", "No: depende también de la red y de cuánto se entrena. Basta mirar cómo crece con las épocas."),
        ),
    ),
    Question(
        f"Dos clases, {EXAMPLES} ejemplos, y a {_percent(100 * FLIPPED)} se les cambió la etiqueta. La red acierta {_percent(SEEN)} en entrenamiento. ¿Qué se puede asegurar?",
        (
            Option(f"Que en ejemplos nuevos acertará cerca de {_percent(SEEN)}.", f"No: si los nuevos traen el mismo ruido, ni quien conoce la regla pasa, en promedio, de {_percent(CEILING)}."),
            Option("Que aprendió la regla mejor que nadie.", f"No: la regla acierta {_percent(CEILING)} de esos ejemplos. Para acertar más hay que repetir errores."),
            Option("Que le faltan épocas para llegar al 100.", "No es algo que convenga: la regla no da 100, así que para llegar tendría que aprenderse todas las etiquetas falsas."),
            Option(f"Que se aprendió al menos {LIES} etiquetas falsas.", f"Sí: aunque acierte todas las buenas, que son {_percent(CEILING)}, lo que pasa de ahí tiene que salir de las cambiadas.", correct=True),
        ),
    ),
    Question(
        "Una red acierta 100 de cada 100 etiquetas *sorteadas* de su entrenamiento. ¿Qué se concluye?",
        (
            Option("Que esa red siempre memoriza y no sirve.", "No: la misma red, con las etiquetas verdaderas, acierta en lo nuevo más que el azar. Poder memorizar no es memorizar siempre."),
            Option("Que el 100 % en entrenamiento no prueba que haya aprendido algo.", "Sí: ahí no había nada que entender, y el número es el mismo. Para ver la diferencia hacen falta ejemplos nuevos.", correct=True),
            Option("Que en el sorteo quedó por casualidad alguna regla, y la red la descubrió.", "No: en ejemplos nuevos acierta lo que el azar. Se aprendió cada imagen por separado."),
        ),
    ),
    Question(
        "Se agregan 9 ejemplos de una zona que la distribución no visita. La exactitud en prueba no cambia. ¿Qué pasó?",
        (
            Option("Los 9 son muy pocos para mover la frontera.", "No: la mueven, y mucho, justo donde están: ahí no había ningún otro ejemplo que la sujetara."),
            Option("La red los trató como ruido y los ignoró.", "No: si fueran ruido en medio de otros ejemplos podría pasar, pero están solos y acertarlos no cuesta nada."),
            Option("La prueba no tiene ejemplos de esa zona y no puede verlo.", "Sí: la prueba promete sobre la distribución de la que salió. Lo que cambió está en otra parte.", correct=True),
            Option("Se sobreajustó a esos 9 ejemplos, y la prueba no hace más que esconderlo.", "No: sobreajustar es empeorar en lo nuevo por ajustar lo visto, y aquí lo nuevo de siempre quedó igual."),
        ),
    ),
    Question(
        "Una red sin capas ocultas acierta poco en entrenamiento y lo mismo en prueba, con 200 ejemplos y con 5000. ¿De qué está hecho su error?",
        (
            Option("Sobre todo de sesgo: no puede dibujar la frontera.", "Sí: con otros ejemplos daría casi la misma recta, y también equivocada. Más datos no lo arreglan; otra red, sí.", correct=True),
            Option("Sobre todo de varianza: le faltan ejemplos.", "No: con 5000 da lo mismo, y dos sorteos dan casi la misma recta. La varianza es chica."),
            Option("Sobre todo de sobreajuste: hay que regularizarla.", "No: si acierta poco hasta en lo suyo, el problema es el contrario. Regularizar lo agrava."),
        ),
    ),
    Question(
        "¿Por qué con más ejemplos baja a menudo la exactitud *en entrenamiento*?",
        (
            Option("Porque la red se confunde cuando le muestran tantos ejemplos.", "No: a la vez acierta más en lo nuevo. No está confundida; está menos aprendida de memoria."),
            Option("Porque cada vuelta a los datos tarda más.", "No: aun dando los mismos pasos, o muchos más, acierta menos en lo suyo."),
            Option("Porque los ejemplos nuevos traen más ruido.", "No: traen el mismo. La fracción de etiquetas cambiadas no depende de cuántos sean."),
            Option("Porque es más difícil aprendérselos todos de memoria.", "Sí: cada excepción queda rodeada de ejemplos que la desmienten. La brecha se cierra por los dos lados.", correct=True),
        ),
    ),
)
