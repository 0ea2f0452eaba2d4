"""El avance de un entrenamiento: una barra donde alguien la mira, y líneas sueltas donde se guarda."""

import os
import sys
import time

from IPython import get_ipython
from tqdm.auto import tqdm

QUIET_SECONDS = 30.0  # entre dos líneas, cuando no hay barra


def wants_bar() -> bool:
    """Dice si hay alguien mirando: una terminal o un cuaderno abierto, y no papermill, CI ni un archivo."""
    if os.environ.get("CI"):
        return False
    kernel = getattr(get_ipython(), "kernel", None)
    # papermill y nbclient le dicen al núcleo que nadie puede contestar; Jupyter, Colab y VS Code, que sí.
    return sys.stderr.isatty() if kernel is None else bool(getattr(kernel, "_allow_stdin", False))


class Progress:
    """Cuenta épocas, con exactitud, imágenes por segundo y el tiempo que falta.

    Args:
        shown: si se muestra algo.
        epochs: cuántas son.
        done: cuántas estaban hechas al empezar.
        images: imágenes por época, sumadas sobre los miembros.
        name: de qué es el avance.
    """

    def __init__(self, shown: bool, epochs: int, done: int, images: int, name: str) -> None:
        self.epochs, self.done, self.images, self.name = epochs, done, images, name
        self._start = self._said = time.perf_counter()
        self._first = done
        self._quiet = shown and not wants_bar()
        self._bar = tqdm(total=epochs, initial=done, desc=name, unit="época", disable=not shown or self._quiet, leave=False)

    def epoch(self, accuracy: float | None) -> None:
        """Anota una época más; `accuracy`, la mejor exactitud en evaluación, en porcentaje."""
        self.done += 1
        now = time.perf_counter()
        rate = self.images * (self.done - self._first) / max(now - self._start, 1e-9)
        best = "" if accuracy is None else f"mejor exactitud {accuracy:.1f} %, "
        self._bar.set_postfix_str(f"{best}{rate:,.0f} imágenes/s".replace(",", " "), refresh=False)
        self._bar.update()
        if self._quiet and (now - self._said >= QUIET_SECONDS or self.done == self.epochs):
            self._said = now
            left = (now - self._start) / (self.done - self._first) * (self.epochs - self.done)
            line = f"{self.name}: {self.done} de {self.epochs} épocas; {best}{rate:.0f} imágenes/s; faltan unos {left / 60:.1f} min"
            print(line, file=sys.stderr, flush=True)

    def close(self) -> None:
        """Quita la barra."""
        self._bar.close()
