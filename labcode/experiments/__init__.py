"""Un experimento es un dato: se declara, se entrena lo que falte y se obtiene lo que dejó."""

from labcode.experiments.cost import estimate
from labcode.experiments.declaration import PHASES, Calculation, Experiment, Job
from labcode.experiments.failures import TrainingError
from labcode.experiments.findings import Findings
from labcode.experiments.obtain import obtain, status_rows, train_missing
from labcode.experiments.progress import duration
from labcode.experiments.remote import cluster
from labcode.experiments.score import Score, Summary, band
from labcode.experiments.summary import summarize

__all__ = [
    "PHASES", "Calculation", "Experiment", "Findings", "Job", "Score", "Summary", "TrainingError",
    "band", "cluster", "duration", "estimate", "obtain", "status_rows", "summarize", "train_missing",
]  # fmt: skip
