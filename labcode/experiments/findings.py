"""Lo hallado: los resultados de un experimento, y las preguntas que el texto y las figuras les hacen."""

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
from IPython.display import Markdown

from labcode.checks import check_choice, refuse
from labcode.experiments.declaration import PHASES, Experiment, Job
from labcode.experiments.score import Score, Summary
from labcode.results import Result, ResultError, read_result
from labcode.training import complete
from labcode.weights import are_saved

METRICS = ("val_accuracy", "val_loss", "test_accuracy", "test_loss", "train_accuracy", "train_loss", "sum_squares")


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
        self._partial: set[tuple] = set()
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
                key = _key(phase, job.setting, job.run.seed)
                self._results[key] = result
                if not _whole(job, result):
                    self._partial.add(key)
            elif check:
                raise ResultError(
                    f"{job.path} es de otra configuración que la declarada en el catálogo. "
                    f"Vuelvan a entrenarlo con `python -m labcode train {self.experiment.name}`."
                )
            else:
                self.stale.append(job)

    @property
    def undecided(self) -> list[dict[str, Any]]:
        """Por cada elección que la selección aún no decide, el primero de sus ajustes: en la fase final irá uno de ellos."""
        if self.experiment.final != "chosen":
            return []
        decided = self._tested
        return [group[0] for group in self._alternatives() if not any(setting in decided for setting in group)]

    @property
    def _tested(self) -> list[dict[str, Any]]:
        """Los ajustes que la fase final mide; los elegidos, si hay de dónde elegir, solo se conocen terminada su selección."""
        if self.experiment.final == "every":
            return self.experiment.settings
        if self.experiment.final == "none":
            return []
        seeds = self.experiment.phase_seeds("selection")
        finished = [group for group in self._alternatives() if len(group) == 1 or all(len(self._of("selection", s)) == len(seeds) for s in group)]
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
        keys = [_key(phase, job.setting, job.run.seed) for job in jobs]
        return [job for job, key in zip(jobs, keys) if key not in self._results or key in self._partial]

    @property
    def missing(self) -> list[Job]:
        """Las corridas por entrenar: las que faltan y las de `partial`; las finales de un ajuste elegido solo se conocen terminada la selección."""
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
    def partial(self) -> list[Result]:
        """Los resultados a los que les falta algo que el experimento pide: una de sus medidas, o los pesos que guarda."""
        return [result for key, result in self._results.items() if key in self._partial]

    @property
    def whole(self) -> list[Result]:
        """Los resultados a los que no les falta nada."""
        return [result for key, result in self._results.items() if key not in self._partial]

    @property
    def complete(self) -> bool:
        """Si no falta ninguna corrida, ni nada de ninguna."""
        return len(self.whole) == self.declared

    @property
    def command(self) -> str:
        """La orden que entrena lo que falta."""
        return f"python -m labcode train {self.experiment.name}"

    def notice(self) -> Markdown:
        """Avisa en la página lo que falta y con qué orden se entrena; si no falta nada, también lo dice."""
        if self.complete:  # un Markdown vacío se vería en la página como su nombre de clase
            return Markdown(f"Las {self.declared} corridas de `{self.experiment.name}` están medidas.")
        name, lack, partial = self.experiment.name, self.declared - len(self._results), len(self._partial)
        said = f"Faltan {lack} de {self.declared} corridas de `{name}`" if lack else f"A {partial} de {self.declared} corridas de `{name}` les falta algo por medir"
        if lack and partial:
            said += f", y a otras {partial} les falta algo por medir"
        return Markdown(f"> **{said}.** Lo que sigue muestra solo lo que ya está medido. Para entrenar lo que falta: `{self.command}`")

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
            metric: "val_accuracy" o "val_loss" (selección), "test_accuracy" o "test_loss" (final), "train_accuracy", "train_loss" o
                "sum_squares".
            phase: fase; por omisión, la que corresponde a la medida ("selection" si ambas la tienen).
            **setting: el ajuste, por ejemplo `lam=0.001`.

        Raises:
            ValueError: si el ajuste no está declarado, o la medida no existe o no es de esa fase.
        """
        found = self._of(_phase(metric, phase), setting)
        return Score(tuple(r.metrics[_stored(metric)] for r in found), tuple(r.seed for r in found))

    def curves(self, metric: str, *, phase: str | None = None, **setting: Any) -> np.ndarray:
        """Da una medida época por época: [semillas, épocas]. Lo mismo que `score`, salvo "sum_squares"; la prueba se lee una sola vez, al final."""
        return np.array([r.history[_stored(metric)] for r in self._of(_phase(metric, phase), setting)])

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


def _whole(job: Job, result: Result) -> bool:
    """Dice si un resultado tiene cada medida que se pide, y su red, si se guarda."""
    if result.diverged:  # ni se mide ni se guarda
        return True
    return all(measure.name in result.measures for measure in job.measures) and (not job.keep or are_saved(job.experiment))


def _key(phase: str, setting: Mapping[str, Any], seed: int) -> tuple:
    return phase, tuple(sorted(setting.items())), seed


def _phase(metric: str, phase: str | None) -> str:
    """La fase en que se lee una medida, si no se dice otra."""
    if metric not in METRICS:
        raise refuse("metric", metric, "una de " + ", ".join(METRICS), "test_accuracy")
    own = {"val": "selection", "test": "final"}.get(metric.split("_")[0])
    if own is not None and phase not in (None, own):
        raise refuse("phase", phase, f"{own!r}, que es la de {metric}", own)
    return check_choice("phase", phase or own or "selection", PHASES)


def _stored(metric: str) -> str:
    return "eval_" + metric.split("_", 1)[1] if metric.startswith(("val_", "test_")) else metric
