"""Lo que se exige a todo texto del libro, esté en un cuaderno o en las preguntas."""

import re
from functools import cache

from labcode import catalog
from labcode.experiments import Findings


def check_house_style(text: str) -> None:
    """Falla si un texto (Markdown) no sigue las reglas de escritura de la casa."""
    text = re.sub(r"\$\$.*?\$\$|\$[^$]*\$|`[^`]*`|\]\([^)]*\)|<[^>]*>", " ", text, flags=re.S)
    assert not re.search(r"\d,\d", text), f"coma decimal: {text}"
    assert '"' not in text and "“" not in text, f"comillas que no son «»: {text}"
    assert not re.search(r"\d%", text), f"% sin espacio: {text}"
    for paragraph in text.split("\n\n"):
        assert paragraph.count("¿") == paragraph.count("?"), f"falta ¿ o sobra ? en: {paragraph.strip()}"


@cache
def known_numbers() -> frozenset[str]:
    """Las exactitudes medidas, como se escribirían con una o dos cifras."""
    known: set[str] = set()
    for experiment in catalog.EXPERIMENTS:
        findings = Findings(experiment)
        for setting in findings.settings:
            for metric in ("val_accuracy", "test_accuracy", "train_accuracy"):
                score = findings.score(metric, **setting)
                known |= {f"{x:.{d}f}" for x in (score.mean, score.ci95, *score.values) for d in (1, 2) if x == x and x >= 10}
        if experiment.lecture:
            known |= {f"{experiment.lecture:.2f}"}
    assert known
    return frozenset(known)


def measured_numbers(text: str) -> set[str]:
    """Los números medidos que un texto trae escritos a mano."""
    return set(re.findall(r"(?<![\d.])\d{2}\.\d{1,2}(?=\s*%|\s+puntos)", text)) & known_numbers()
