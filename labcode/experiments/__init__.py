"""Un experimento es un dato: se declara, se entrena lo que falte y se obtiene lo que dejó."""

from labcode.experiments.declaration import PHASES, Calculation, Experiment, Job
from labcode.experiments.findings import Findings, Score, Summary
from labcode.experiments.obtain import obtain, status_rows, train_missing

__all__ = [
    "PHASES", "Calculation", "Experiment", "Findings", "Job", "Score", "Summary",
    "obtain", "status_rows", "train_missing",
]  # fmt: skip
