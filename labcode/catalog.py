"""El catálogo: cada experimento del libro, declarado una vez. Texto, entrenamiento, figuras y pruebas lo leen de aquí."""

from labcode import convolution
from labcode.experiments import Calculation, Experiment
from labcode.models import CNNConfig, MLPConfig, VGGConfig, build, count_parameters
from labcode.training import Recipe

L2_MLP = Experiment(
    name="L2_MLP",
    question="¿Cuánto ayuda penalizar los pesos, y con qué λ?",
    chapter="05_l2",
    model=MLPConfig(hidden=(120, 84)),
    recipe=Recipe(batch_size=64, learning_rate=0.015, momentum=0.9, epochs=20, warmup=0.1),
    axes={"lam": (0.0, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1)},
    seeds=5,
    lecture=55.76,
    lecture_setting={"lam": 0.001},
    test_every_setting=True,
)

HAND_CONVOLUTION = Calculation(
    name="HAND_CONVOLUTION",
    question="¿Qué responde el núcleo 0.1, 0.2, 0.3, 0.4 al patrón 1, 2, 3, 4, en su lugar, con ruido y trasladado?",
    chapter="07_convolucion_a_mano",
    compute=convolution.hand_example,
)

CONNECTIONS = Calculation(
    name="CONNECTIONS",
    question="¿Cuántos pesos hacen falta para ir de 32×32×3 a 28×28×6?",
    chapter="07_convolucion_a_mano",
    compute=lambda: convolution.connection_weights((32, 32, 3), (28, 28, 6), 5),
)

PARAMETERS = Calculation(
    name="PARAMETERS",
    question="¿Cuántos parámetros tiene cada red de la clase?",
    chapter="05_l2",
    compute=lambda: {
        name: count_parameters(build(config, seed=0))
        for name, config in {"MLP": MLPConfig(), "CNN": CNNConfig(), "VGG-11": VGGConfig()}.items()
    },
)

EXPERIMENTS = (L2_MLP,)
CALCULATIONS = (HAND_CONVOLUTION, CONNECTIONS, PARAMETERS)
