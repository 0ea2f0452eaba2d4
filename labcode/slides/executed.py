"""La copia ejecutada de un capítulo, si la que hay está al día: así nada se ejecuta dos veces."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

MADE_OF = ("*.py", "*.js", "*.css", "*.json", "*.safetensors")


def current_copy(chapter: Path, folders: Iterable[Path], made_of: Iterable[Path]) -> Path | None:
    """Busca una copia ejecutada de un capítulo que diga lo mismo que diría ejecutarlo ahora.

    Args:
        chapter: el cuaderno de origen.
        folders: dónde puede haber una, en orden de preferencia.
        made_of: carpetas de las que salen sus resultados (el código, lo medido, los pesos).

    Returns:
        La copia con las mismas celdas, sin fallas y más nueva que todo aquello; None si no hay.
    """
    newest = max(path.stat().st_mtime for path in [chapter, *_sources(made_of)])
    source = _cells(chapter)
    for folder in folders:
        copy = Path(folder) / chapter.name
        if copy.is_file() and copy.stat().st_mtime >= newest and _cells(copy) == source and _ran(copy):
            return copy
    return None


def _sources(folders: Iterable[Path]) -> list[Path]:
    return [path for folder in folders for pattern in MADE_OF for path in Path(folder).rglob(pattern)]


def _load(path: Path) -> list[dict[str, Any]]:
    return json.loads(path.read_text(encoding="utf-8"))["cells"]


def _cells(path: Path) -> list[tuple[str, str, dict[str, Any]]]:
    """Las celdas de un cuaderno; la que papermill agrega con los parámetros no cuenta."""
    cells = [cell for cell in _load(path) if "injected-parameters" not in cell["metadata"].get("tags", [])]
    return [(cell["cell_type"], "".join(cell["source"]), cell["metadata"].get("slideshow", {})) for cell in cells]


def _ran(path: Path) -> bool:
    """Si todas sus celdas de código se ejecutaron y ninguna falló."""
    code = [cell for cell in _load(path) if cell["cell_type"] == "code" and "".join(cell["source"]).strip()]
    failed = any(output["output_type"] == "error" for cell in code for output in cell["outputs"])
    return bool(code) and not failed and all(cell["execution_count"] for cell in code)
