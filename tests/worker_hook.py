"""Para las pruebas con procesos de verdad: al importarlo, un proceso entrena sobre `figuras`, y se le puede pausar.

Lo importan los trabajadores de dask (`preload`) y los procesos de la línea de comandos de las pruebas. En la carpeta de
la caché deja `diario` (qué proceso guardó qué punto de control), y obedece a dos archivos: `pausa` detiene para siempre
al primero que guarda su tercera época, que dice en `en-pausa` quién es; `falla` hace que los grupos de la semilla 1 no
encuentren los datos. Como programa, es la línea de comandos con SLOW por catálogo.
"""

import math
import os
import sys
import time
from collections import Counter

from labcode.data import DataError, figuras
from labcode.experiments import runner
from labcode.files import cache_dir
from labcode.training import loop
from process_helpers import DATA, SLOW

PAUSE_AFTER = 3
_replace, _train_group, _saved = os.replace, runner.train_group, Counter()


def replace_and_tell(source, target, **options):
    _replace(source, target, **options)
    name = os.path.basename(target)
    if name.endswith(".ckpt"):
        with open(cache_dir() / "diario", "a", encoding="utf-8") as diary:
            diary.write(f"{os.getpid()} {name}\n")
        _saved[str(target)] += 1
        if _saved[str(target)] == PAUSE_AFTER and claim(name):
            while True:
                time.sleep(0.05)


def claim(name):
    """Si se pidió una pausa y nadie la tomó, la toma."""
    try:
        os.rename(cache_dir() / "pausa", cache_dir() / "pausando")
    except FileNotFoundError:
        return False
    (cache_dir() / "en-pausa").write_text(f"{os.getpid()} {name}", encoding="utf-8")
    return True


def train_group(group, device):
    if (cache_dir() / "falla").exists() and group[0].run.seed == 1:
        raise DataError("No se encontró CIFAR-10. Pónganlo en su lugar.")
    return _train_group(group, device)


loop.FREE = math.inf  # cada época se guarda, tarde lo que tarde
runner.load_cifar10 = lambda: figuras(**DATA)
os.replace = replace_and_tell
runner.train_group = train_group

if __name__ == "__main__":
    from labcode import catalog
    from labcode.__main__ import main

    catalog.EXPERIMENTS = (SLOW,)
    sys.exit(main())
