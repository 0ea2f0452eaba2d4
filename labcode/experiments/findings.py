"""Lo hallado: los resultados de un experimento, y las preguntas que el texto y las figuras les hacen."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from IPython.display import Markdown

from labcode import text
from labcode.experiments.declaration import Experiment, Job
from labcode.results import Result, ResultError, read_result
from labcode.training import complete


@dataclass(frozen=True)
class Score:
    """Una medida sobre las semillas de un ajuste.

    Attributes:
        values: una por semilla.
        mean: su media.
        ci95: semiancho del intervalo de 95 % de la media, t de Student; NaN con menos de tres semillas.
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
    def ci95(self) -> float:
        """Semiancho del intervalo de confianza de 95 % de la media sobre semillas."""
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
        """Escribe la media con su intervalo, «57.10 ± 0.32 %»; con dos semillas o una, que no dan para un intervalo, los valores.

        Args:
            digits: decimales; los valores son porcentajes.
        """
        if np.isfinite(self.ci95):
            return text.interval(self.mean, self.ci95, digits)
        return " y ".join(text.decimal(value, digits) for value in self.values) + f"{text.THIN}%"


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
        """Semiancho del intervalo de 95 %."""
        return self.score.ci95

    @property
    def seeds(self) -> int:
        """Cuántas semillas."""
        return self.score.seeds


class Findings:
    """Los resultados de un experimento, leídos y comprobados.

    Args:
        experiment: el experimento declarado.
        check: si un resultado de otra configuración es un error (lo es siempre, salvo para `status`).

    Raises:
        ResultError: si un resultado está dañado, fue editado o es de otra configuración.
    """

    def __init__(self, experiment: Experiment, check: bool = True) -> None:
        self.experiment = experiment
        self._results: dict[tuple, Result] = {}
        self.stale: list[Job] = []
        self._read("selection", experiment.settings, check)
        self._read("final", self._tested, check)

    def _read(self, phase: str, settings: list[dict[str, Any]], check: bool) -> None:
        for job in self.experiment.jobs(phase, settings):
            if not job.path.exists():
                continue
            result = read_result(job.path)
            declared = (job.experiment, job.phase, json.loads(json.dumps(job.setting)), job.run.seed, job.config)
            if (result.experiment, result.phase, result.setting, result.seed, complete(result.config)) == declared:
                self._results[_key(phase, job.setting, job.run.seed)] = result
            elif check:
                raise ResultError(
                    f"{job.path} es de otra configuración que la declarada en el catálogo. "
                    f"Vuelvan a entrenarlo con `python -m labcode train {self.experiment.name}`."
                )
            else:
                self.stale.append(job)

    @property
    def _tested(self) -> list[dict[str, Any]]:
        """Los ajustes que la fase final mide; los elegidos, si hay de dónde elegir, solo se conocen terminada su selección."""
        if self.experiment.final == "every":
            return self.experiment.settings
        if self.experiment.final == "none":
            return []
        finished = [group for group in self._alternatives() if len(group) == 1 or not self._missing("selection", group)]
        bests = [group[0] if len(group) == 1 else self._best(group) for group in finished]
        return [best for best in bests if best is not None]

    def _alternatives(self) -> list[list[dict[str, Any]]]:
        """Reparte los ajustes en los grupos dentro de los que se elige: uno por valor de `per`, o uno solo."""
        settings, per = self.experiment.settings, self.experiment.per
        if per is None:
            return [settings]
        return [[s for s in settings if s[per] == value] for value in self.experiment.axes[per]]

    def _missing(self, phase: str, settings: list[dict[str, Any]]) -> list[Job]:
        jobs = self.experiment.jobs(phase, settings)
        return [job for job in jobs if _key(phase, job.setting, job.run.seed) not in self._results]

    @property
    def missing(self) -> list[Job]:
        """Las corridas que faltan; las finales de un ajuste elegido solo se conocen terminada la selección."""
        return self._missing("selection", self.experiment.settings) + self._missing("final", self._tested)

    @property
    def declared(self) -> int:
        """Cuántas corridas pide el experimento, en las dos fases."""
        settings = len(self.experiment.settings)
        tested = settings if self.experiment.final == "every" else len(self._alternatives())
        return sum(len(self.experiment.phase_seeds(phase)) * n for phase, n in (("selection", settings), ("final", tested)))

    @property
    def results(self) -> list[Result]:
        """Todos los resultados presentes."""
        return list(self._results.values())

    @property
    def complete(self) -> bool:
        """Si no falta ninguna corrida."""
        return len(self._results) == self.declared

    @property
    def command(self) -> str:
        """La orden que entrena lo que falta."""
        return f"python -m labcode train {self.experiment.name}"

    def notice(self) -> Markdown:
        """Avisa en la página lo que falta y con qué orden se entrena; si no falta nada, también lo dice."""
        if self.complete:  # un Markdown vacío se vería en la página como su nombre de clase
            return Markdown(f"Las {self.declared} corridas de `{self.experiment.name}` están medidas.")
        lack = self.declared - len(self._results)
        return Markdown(
            f"> **Faltan {lack} de {self.declared} corridas de `{self.experiment.name}`.** Lo que sigue muestra solo lo "
            f"que ya está medido. Para entrenar lo que falta: `{self.command}`"
        )

    @property
    def settings(self) -> list[dict[str, Any]]:
        """Los ajustes declarados."""
        return self.experiment.settings

    def values(self, axis: str) -> tuple:
        """Los valores de un eje."""
        return tuple(self.experiment.axes[axis])


    @property
    def chosen(self) -> dict[str, Any] | None:
        """El ajuste de mayor exactitud media en validación (el primero, si empatan); None si no hay medidas.

        Si hay uno solo no hay nada que elegir: es ese, en cuanto una de sus corridas esté medida, de la fase que sea.
        """
        return self._best(self.settings)

    @property
    def chosen_per(self) -> dict[Any, dict[str, Any]]:
        """Por cada valor del eje `per` del experimento, el ajuste elegido en validación; los sin medir no están."""
        best = [self._best(group) for group in self._alternatives()]
        return {setting[self.experiment.per]: setting for setting in best if setting is not None}

    def _best(self, settings: list[dict[str, Any]]) -> dict[str, Any] | None:
        if len(settings) == 1 and self._of("final", settings[0]):
            return settings[0]
        ranked = [(self.score("val_accuracy", **s).mean, s) for s in settings]
        ranked = [(mean, s) for mean, s in ranked if np.isfinite(mean)]
        return max(ranked, key=lambda pair: pair[0])[1] if ranked else None

    @property
    def best_on_test(self) -> Summary | None:
        """El ajuste de mayor exactitud media en *prueba*: así eligió la clase, y así no se debe."""
        scored = [Summary(s, self.score("test_accuracy", **s)) for s in self.settings]
        scored = [summary for summary in scored if np.isfinite(summary.mean)]
        return max(scored, key=lambda summary: summary.mean) if scored else None

    def score(self, metric: str, *, phase: str | None = None, **setting: Any) -> Score:
        """Da una medida final de un ajuste sobre sus semillas.

        Args:
            metric: "val_accuracy" (selección), "test_accuracy" (final), "train_accuracy", "train_loss" o
                "sum_squares".
            phase: fase; por omisión, la que corresponde a la medida ("selection" si ambas la tienen).
            **setting: el ajuste, por ejemplo `lam=0.001`.

        Raises:
            ValueError: si el ajuste no está declarado.
        """
        phase = phase or ("final" if metric == "test_accuracy" else "selection")
        found = self._of(phase, setting)
        return Score(tuple(r.metrics[_stored(metric)] for r in found), tuple(r.seed for r in found))

    def curves(self, metric: str, *, phase: str = "selection", **setting: Any) -> np.ndarray:
        """Da una medida época por época: [semillas, épocas]. Las mismas medidas que `score`."""
        return np.array([r.history[_stored(metric)] for r in self._of(phase, setting)])

    def measure(self, name: str, *, phase: str = "final", **setting: Any) -> np.ndarray:
        """Da una medida adicional de un ajuste: [semillas, …]; vacía si no hay ninguna.

        Args:
            name: la de una de las `measures` del experimento, por ejemplo "shift".
            phase: "final" (en prueba) o "selection" (en validación).
            **setting: el ajuste.
        """
        return np.array([r.measures[name] for r in self._of(phase, setting) if name in r.measures])

    def of(self, phase: str, **setting: Any) -> list[Result]:
        """Da los resultados de un ajuste en una fase, por semilla."""
        return self._of(phase, setting)

    def _of(self, phase: str, setting: Mapping[str, Any]) -> list[Result]:
        if dict(setting) not in self.settings:
            raise ValueError(f"{self.experiment.name} no declara el ajuste {dict(setting)}: vean `findings.settings`.")
        keys = [_key(phase, setting, seed) for seed in self.experiment.phase_seeds(phase)]
        return [self._results[key] for key in keys if key in self._results]


def _key(phase: str, setting: Mapping[str, Any], seed: int) -> tuple:
    return phase, tuple(sorted(setting.items())), seed


def _stored(metric: str) -> str:
    return "eval_" + metric.split("_", 1)[1] if metric.startswith(("val_", "test_")) else metric
