"""Un resultado es un dato: un archivo de texto por corrida, con su procedencia y su sello."""

import ast
import functools
import hashlib
import json
import math
import os
import platform
import subprocess
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import torch

from labcode.files import sha256, write_atomic
from labcode.training import Placement

PACKAGE = Path(__file__).parent
# Lo que decide los números de un entrenamiento; los datos tienen su propio sha256.
TRAINING_CODE = ("models.py", "regularization.py", "augmentation.py", "measures.py", "data/splits.py", "training/*.py")


class ResultError(ValueError):
    """Un resultado que no se puede usar: dañado, editado a mano o de otra configuración."""


def results_dir() -> Path:
    """Da la carpeta de resultados: `LABCODE_RESULTS`, o `book/results/` del repositorio.

    En una instalación suelta (Colab) es la copia que viaja dentro del paquete.
    """
    named = os.environ.get("LABCODE_RESULTS")
    if named:
        return Path(named).expanduser()
    repository = PACKAGE.parent / "book" / "results"
    return repository if repository.parent.is_dir() else PACKAGE / "_results"


@dataclass(frozen=True)
class Result:
    """Lo que dejó una corrida.

    Attributes:
        experiment: nombre del experimento en el catálogo.
        phase: "selection" (45 000 / validación) o "final" (50 000 / prueba).
        setting: los ejes que definen el ajuste, por ejemplo {"lam": 0.001}.
        seed: semilla.
        config: la configuración completa que se entrenó.
        history: una lista por medida, con un número por época.
        metrics: medidas finales; exactitudes en porcentaje.
        weights: histograma de los pesos finales: {"edges": […], "counts": […]}.
        diverged: época en que divergió, o None.
        provenance: commit, código, datos, torch, dispositivo, hilos, grupo, segundos y fecha.
        measures: lo que además se midió de la red terminada: una lista de números por nombre.
    """

    experiment: str
    phase: str
    setting: dict[str, Any]
    seed: int
    config: dict[str, Any]
    history: dict[str, list[float]]
    metrics: dict[str, float]
    weights: dict[str, list[float]]
    diverged: int | None
    provenance: dict[str, Any]
    measures: dict[str, list[float]] = field(default_factory=dict)


def result_path(experiment: str, phase: str, setting: dict[str, Any], seed: int) -> Path:
    """Da la ruta del archivo de una corrida: `book/results/l2_mlp/selection/lam-0.001_seed-0.json`."""
    parts = [f"{name}-{value:.15g}" if isinstance(value, float) else f"{name}-{value}" for name, value in setting.items()]
    stem = "_".join([*parts, f"seed-{seed}"]).replace(" ", "").replace("(", "").replace(")", "").replace(",", "x")
    return results_dir() / experiment.lower() / phase / f"{stem}.json"


def write_result(result: Result) -> Path:
    """Escribe un resultado, sellado, de forma atómica, y da su ruta.

    Los números no finitos (una corrida que divergió) se guardan como texto: "nan", "inf".
    """
    exact = {name: json.loads(json.dumps(vars(result)[name])) for name in ("setting", "config")}  # se compara con lo declarado
    body = _encode(vars(result)) | exact
    path = result_path(result.experiment, result.phase, result.setting, result.seed)
    text = json.dumps({**body, "sha256": seal(body)}, ensure_ascii=False, indent=1, allow_nan=False)
    write_atomic(path, (_compact_lists(text) + "\n").encode())
    return path


def read_result(path: Path) -> Result:
    """Lee un resultado y comprueba su sello.

    Raises:
        ResultError: si no es JSON, le falta un campo o fue alterado desde que se escribió.
    """
    hint = f"Bórrenlo y vuelvan a entrenarlo con `python -m labcode train {path.parent.parent.name.upper()}`."
    try:
        body = json.loads(path.read_bytes())
        digest = body.pop("sha256")
        honest = digest == seal(body)
        result = Result(**_decode(body))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, IsADirectoryError) as error:
        raise ResultError(f"{path} no es un resultado legible ({error}). {hint}") from error
    if not honest:
        raise ResultError(f"{path} fue alterado: su sha256 no coincide con su contenido. {hint}")
    return result


class Code(NamedTuple):
    """El código que entrena: su commit y su huella (`code_hash`)."""

    commit: str
    hash: str


@functools.cache
def running_code() -> Code:
    """Da el código como estaba la primera vez que este proceso lo pidió: es el que corre, aunque alguien lo edite después."""
    return Code(_commit(), code_hash())


def code_hash() -> str:
    """Resume en un sha256 el código que decide los números, sin comentarios ni docstrings."""
    digest = hashlib.sha256()
    for path in sorted(p for pattern in TRAINING_CODE for p in PACKAGE.glob(pattern)):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node) is not None:
                node.body = node.body[1:]
        digest.update(path.relative_to(PACKAGE).as_posix().encode() + _dump(tree).encode())
    return digest.hexdigest()


def _dump(node: Any) -> str:
    """Escribe un árbol como `ast.dump` en Python 3.12; las demás versiones callan o agregan campos vacíos, y la huella sería otra."""
    if isinstance(node, list):
        return f"[{', '.join(map(_dump, node))}]"
    if not isinstance(node, ast.AST):
        return repr(node)
    parametric = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    names = [*node._fields, *["type_params"] * (parametric and "type_params" not in node._fields)]
    values = {name: getattr(node, name, [] if name == "type_params" else None) for name in names}
    told = [f"{name}={_dump(value)}" for name, value in values.items() if value is not None or getattr(type(node), name, ...) is not None]
    return f"{type(node).__name__}({', '.join(told)})"


def provenance(data_sha256: str, placement: Placement, group: list[str], seconds: float) -> dict[str, Any]:
    """Reúne de dónde sale un resultado.

    Args:
        data_sha256: huella de los datos.
        placement: dónde y cómo se entrenó.
        group: rutas relativas de las corridas que se entrenaron juntas.
        seconds: duración del grupo entero.
    """
    code = running_code()
    return {
        "commit": code.commit,
        "code": code.hash,
        "data": data_sha256,
        "torch": torch.__version__,
        "device": placement.device,
        "hardware": _hardware(placement.device),
        "threads": placement.threads,
        "precision": placement.precision,
        "graph": placement.graph,
        "group": group,
        "group_seconds": round(seconds, 4),
        "seconds": round(seconds / len(group), 4),
        "date": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def _hardware(device: str) -> str:
    if device == "cuda":
        return torch.cuda.get_device_name()
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        return next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def _commit() -> str:
    if not (PACKAGE.parent / ".git").exists():  # instalado aparte: si está dentro de otro repositorio, ese commit no es el suyo
        return "desconocido"
    command = ["git", "-C", str(PACKAGE.parent), "describe", "--always", "--dirty", "--abbrev=12", "--exclude=*"]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=10).stdout.strip()
    except (OSError, subprocess.SubprocessError):
        return "desconocido"


def seal(body: dict[str, Any]) -> str:
    """Resume en un sha256 unos datos de JSON, sin mirar el orden de las claves."""
    return sha256(json.dumps(body, ensure_ascii=False, sort_keys=True, allow_nan=False).encode())


def _encode(value: Any) -> Any:
    match value:
        case dict():
            return {key: _encode(item) for key, item in value.items()}
        case list() | tuple():
            return [_encode(item) for item in value]
        case float():
            return float(f"{value:.7g}") if math.isfinite(value) else str(value)
    return value


def _decode(value: Any) -> Any:
    match value:
        case dict():
            return {key: _decode(item) for key, item in value.items()}
        case list():
            return [_decode(item) for item in value]
        case "nan" | "inf" | "-inf":
            return float(value)
    return value


def _compact_lists(text: str) -> str:
    """Junta en una línea cada lista de números, para que un archivo se lea y se compare bien."""
    lines: list[str] = []
    inside = False
    for line in text.split("\n"):
        if inside:
            lines[-1] += line.strip() + (" " if line.endswith(",") else "")
        else:
            lines.append(line)
        if line.endswith("["):
            inside = True
        elif line.strip() in ("]", "],"):
            inside = False
    return "\n".join(lines)
