"""Obtener: leer lo medido y, si se pide, entrenar antes lo que falta."""

from dataclasses import dataclass
from typing import Any

from labcode.checks import check_bool
from labcode.experiments.declaration import Calculation, Experiment
from labcode.experiments.findings import Findings
from labcode.experiments.runner import train_missing
from labcode.results import running_code


def obtain(what: Experiment | Calculation, entrenar: bool = False, **options: Any) -> Any:
    """Da los resultados de un experimento del catálogo (o hace la cuenta, si es exacto).

    Args:
        what: `catalog.X`.
        entrenar: si antes entrena lo que falta.
        **options: las de `train_missing`.

    Returns:
        `Findings`, o lo que dé la cuenta.

    Raises:
        ValueError: si `entrenar` no es un booleano.
        ResultError: si algún resultado está dañado, fue editado o es de otra configuración.
    """
    check_bool("entrenar", entrenar)
    if isinstance(what, Calculation):
        return what.compute()
    if entrenar:
        train_missing(what, **options)
    return Findings(what)


@dataclass(frozen=True)
class StatusRow:
    """El estado de un experimento.

    Attributes:
        experiment: nombre.
        chapter: cuaderno que lo muestra.
        declared: corridas que pide.
        finished: las que están y valen.
        missing: las que faltan (las viejas cuentan como faltantes).
        partial: de las que están, a cuántas les falta una medida que ahora se pide, o su red guardada.
        stale: resultados de otra configuración.
        code_changed: resultados medidos con otro código de entrenamiento que el de ahora.
        devices: dispositivos en que se midió.
        commits: commits en que se midió.
        seconds: segundos de entrenamiento, sumados.
    """

    experiment: str
    chapter: str
    declared: int
    finished: int
    missing: int
    partial: int
    stale: int
    code_changed: int
    devices: tuple[str, ...]
    commits: tuple[str, ...]
    seconds: float

    @property
    def lack(self) -> str:
        """Lo que falta, en palabras: «faltan 36 de 48 corridas», «a 4 de 6 corridas les falta algo por medir»; vacío si no falta nada."""
        said = [f"faltan {self.missing} de {self.declared} corridas"] * (self.missing > 0)
        return ", y ".join(said + [f"a {self.partial} de {self.declared} corridas les falta algo por medir"] * (self.partial > 0))


def status_rows(experiments: tuple[Experiment, ...]) -> list[StatusRow]:
    """Da el estado de cada experimento, sin entrenar nada.

    Raises:
        ResultError: si algún resultado está dañado o fue editado.
    """
    return [_status(experiment) for experiment in experiments]


def _status(experiment: Experiment) -> StatusRow:
    findings = Findings(experiment, check=False)
    origins = [result.provenance for result in findings.results]
    now = running_code().hash
    return StatusRow(
        experiment=experiment.name,
        chapter=experiment.chapter,
        declared=findings.declared,
        finished=len(origins),
        missing=findings.declared - len(origins),
        partial=len(findings.partial),
        stale=len(findings.stale),
        code_changed=sum(origin["code"] != now for origin in origins),
        devices=tuple(sorted({origin["hardware"] for origin in origins})),
        commits=tuple(sorted({origin["commit"] for origin in origins})),
        seconds=sum(origin["seconds"] for origin in origins),
    )
