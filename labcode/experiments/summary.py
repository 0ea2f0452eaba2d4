"""El resumen de un experimento: lo elegido, la prueba con su intervalo y, al lado, la cifra de la clase."""

from typing import Any

from labcode.experiments.declaration import Experiment
from labcode.experiments.findings import Findings
from labcode.experiments.obtain import status_rows


def summarize(experiment: Experiment) -> dict[str, Any]:
    """Resume un experimento: lo elegido en validación, la prueba con su intervalo y la cifra de la clase.

    Returns:
        Un objeto listo para JSON; exactitudes en porcentaje, y None donde aún no hay medida.
    """
    findings = Findings(experiment)
    chosen, best = findings.chosen, findings.best_on_test
    validation = findings.score("val_accuracy", **chosen) if chosen is not None else None
    test = findings.score("test_accuracy", **chosen) if chosen is not None else None
    row = next(iter(status_rows((experiment,))))
    return {
        "experiment": experiment.name,
        "question": experiment.question,
        "chosen": chosen,
        "seeds": test.seeds if test else 0,
        "val_mean": _rounded(validation.mean if validation else None),
        "val_ci95": _rounded(validation.ci95 if validation else None),
        "test_mean": _rounded(test.mean if test else None),
        "test_ci95": _rounded(test.ci95 if test else None),
        "best_on_test": best and {
            "setting": best.setting, "test_mean": _rounded(best.mean), "test_ci95": _rounded(best.ci95), "seeds": best.seeds,
        },
        "lecture": experiment.lecture,
        "lecture_setting": experiment.lecture_setting and dict(experiment.lecture_setting),
        "missing": row.missing,
        "devices": list(row.devices),
        "seconds": row.seconds,
    }  # fmt: skip


def _rounded(x: float | None) -> float | None:
    return None if x is None or x != x else round(x, 4)
