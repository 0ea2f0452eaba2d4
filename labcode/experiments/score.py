"""Una medida sobre las semillas de un ajuste: su media, su intervalo y cómo se escriben."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from labcode import text


@dataclass(frozen=True)
class Score:
    """Una medida sobre las semillas de un ajuste.

    Attributes:
        values: una por semilla.
        mean: su media.
        ci95: semiancho del intervalo de 95 % de la media, t de Student; NaN con menos de tres semillas.
        seeds: cuántas son.
        which: qué semillas, en el orden de `values`; vacía si no se sabe.
    """

    values: tuple[float, ...]
    which: tuple[int, ...] = ()

    @property
    def mean(self) -> float:
        """La media; NaN si no hay ninguna o alguna divergió."""
        return float(np.mean(self.values)) if self.values else float("nan")

    @property
    def diverged(self) -> int:
        """Cuántas divergieron: las que no son un número."""
        return sum(not np.isfinite(value) for value in self.values)

    @property
    def ci95(self) -> float:
        """Semiancho del intervalo de confianza de 95 % de la media sobre semillas."""
        if self.seeds < 3:
            return float("nan")  # dos se parecen o no por azar: el intervalo saldría enorme, o diminuto
        from scipy import stats  # tarda más de un segundo en importarse

        spread = np.std(self.values, ddof=1) / np.sqrt(self.seeds)
        return float(stats.t.ppf(0.975, self.seeds - 1) * spread)

    @property
    def seeds(self) -> int:
        """Cuántas semillas hay."""
        return len(self.values)

    def minus(self, other: "Score") -> "Score":
        """Da la diferencia con otra medida, semilla a semilla: si su intervalo contiene el cero, no se distinguen.

        Args:
            other: la de otro ajuste con las mismas semillas, en el mismo orden.

        Returns:
            Una medida vacía si no son las mismas.
        """
        if (self.seeds, self.which) != (other.seeds, other.which):
            return Score(())
        return Score(tuple(a - b for a, b in zip(self.values, other.values)), self.which)

    def written(self, digits: int = 2) -> str:
        """Escribe la media con su intervalo, «57.10 ± 0.32 %»; con dos semillas o una, que no dan para un intervalo, los valores.

        Si alguna divergió, lo dice en lugar de la media: «divergió», o «divergieron 2 de 5»; sin ninguna medida, nada.

        Args:
            digits: decimales; los valores son porcentajes.
        """
        if self.diverged:
            return ("divergió" if self.diverged == 1 else "divergieron") + f" {self.diverged} de {self.seeds}" * (self.seeds > 1)
        if np.isfinite(self.ci95):
            return text.interval(self.mean, self.ci95, digits)
        return " y ".join(text.decimal(value, digits) for value in self.values) + f"{text.THIN}%" * (self.seeds > 0)


def band(curves: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Da la media de unas curvas y el semiancho de su intervalo de 95 %, NaN con menos de tres semillas: [K] y [K].

    Args:
        curves: una por semilla, [semillas, K].
    """
    return curves.mean(0), np.array([Score(tuple(column)).ci95 for column in curves.T])


@dataclass(frozen=True)
class Summary:
    """Un ajuste con su nota."""

    setting: dict[str, Any]
    score: Score

    @property
    def mean(self) -> float:
        """Media de la nota."""
        return self.score.mean

    @property
    def ci95(self) -> float:
        """Semiancho del intervalo de 95 %."""
        return self.score.ci95

    @property
    def seeds(self) -> int:
        """Cuántas semillas."""
        return self.score.seeds
