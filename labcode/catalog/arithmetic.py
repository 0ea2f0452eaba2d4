"""Las cuentas exactas: no se entrenan, se hacen cada vez."""

from labcode import convolution
from labcode.experiments import Calculation
from labcode.models import CNNConfig, MLPConfig, VGGConfig, build, count_parameters

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
