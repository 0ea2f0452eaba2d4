"""Con qué receta se entrena cada red, y de dónde sale cada número que no es de la clase.

Las tasas y las épocas del MLP y la CNN se eligieron mirando la validación; las demás se fijaron antes de medir y no se
barrieron. Lo que además varía un experimento está en su declaración.
"""

from labcode.augmentation import Cutout, HorizontalFlip, RandomCrop, RandomErasing
from labcode.training import Recipe

# La red de la clase: lotes de 64, y la tasa sube un 10 % de los pasos y después baja hasta 0.
MLP_RECIPE = Recipe(batch_size=64, learning_rate=0.015, momentum=0.9, epochs=20, warmup=0.1)
# El capítulo 1 mira las primeras épocas, y para que nada más cambie, la tasa es constante.
FIRST_EPOCHS = Recipe(batch_size=64, learning_rate=0.005, momentum=0.9, epochs=10, warmup=0.0, schedule="constant")
# Una red que se aprende los datos: tasa constante y sin penalización.
BIG_MLP_RECIPE = Recipe(batch_size=128, learning_rate=0.01, momentum=0.9, epochs=30, warmup=0.0, schedule="constant")
CNN_RECIPE = Recipe(batch_size=64, learning_rate=0.03, momentum=0.9, epochs=16, warmup=0.1, lam=0.001)
# Sin normalización por lote, la VGG-11 pide una subida larga y un gradiente recortado; λ = 0.00025 es `weight_decay` 0.0005.
VGG_RECIPE = Recipe(
    batch_size=256, learning_rate=0.08, momentum=0.9, epochs=24, warmup=0.2, lam=0.00025, label_smoothing=0.1, clip_norm=2.0,
)  # fmt: skip
VGG_BN_RECIPE = Recipe(batch_size=256, learning_rate=0.15, momentum=0.9, epochs=24, warmup=0.2, lam=0.00025, label_smoothing=0.1)

FLIP, CROP, ERASE = HorizontalFlip(), RandomCrop(4), RandomErasing()
# Los seis casos del capítulo 12. «Quitamos partes», dijo la clase: puede ser recortar o borrar, así que van los dos.
AUGMENTATIONS = {
    "ninguno": (),
    "reflejo": (FLIP,),
    "recorte": (CROP,),
    "borrado": (ERASE,),
    "reflejo+borrado": (FLIP, ERASE),
    "reflejo+recorte+borrado": (FLIP, CROP, ERASE),
}
SUMMIT_AUGMENTATIONS = (FLIP, CROP, Cutout(8))
# La de Jordan (2024), con lotes de 256 (y un cuarto de su tasa, que es la de 1024), dicha para la pérdida media del lote; sin sus
# últimos detalles, y por eso con más épocas.
FAST_RECIPE = Recipe(
    batch_size=256, learning_rate=0.375, momentum=0.85, nesterov=True, norm_rate=64.0, epochs=16, warmup=0.23, lam=0.00067, label_smoothing=0.2,
    augmentations=(FLIP, RandomCrop(2)),
)  # fmt: skip
