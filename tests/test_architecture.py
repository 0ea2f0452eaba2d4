"""La casa: los pisos, sin círculos, y una puerta con nombre en cada pieza pública."""

import ast
import inspect
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "labcode"
# Cada módulo solo importa de los pisos de abajo; los de un mismo piso no se conocen.
FLOORS = [
    {"checks", "text", "exercises", "files"},
    {"data", "models", "regularization", "convolution", "augmentation", "measures", "uncertainty"},
    {"training"},
    {"results"},
    {"weights"},
    {"experiments"},
    {"catalog"},
    {"figures", "views", "quiz", "slides"},
    {"__main__"},
]
FILES = sorted(p for p in PACKAGE.rglob("*.py") if "__pycache__" not in p.parts)


def room(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(path: Path) -> set[str]:
    """Los módulos de labcode que un archivo importa, por su primer nombre."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "labcode":
            inner = node.module.split(".")[1:]
            found |= {inner[0]} if inner else {alias.name for alias in node.names}
        elif isinstance(node, ast.Import):
            found |= {a.name.split(".")[1] for a in node.names if a.name.startswith("labcode.")}
    return {name for name in found if (PACKAGE / name).is_dir() or (PACKAGE / f"{name}.py").exists()}


def floor(name: str) -> int:
    return next(i for i, rooms in enumerate(FLOORS) if name in rooms)


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.relative_to(PACKAGE).as_posix())
def test_imports_go_down(path):
    own = room(path)
    for other in imports(path) - {own}:
        if own == "explorers":
            assert other in ("checks", "text"), f"explorers importa {other}"
        elif other == "explorers":
            assert own in ("quiz", "slides"), f"{own} importa explorers, que está aparte"
        elif own == "__init__":
            pytest.fail("labcode/__init__.py no importa nada")
        else:
            assert floor(other) < floor(own), f"{own} importa {other}, que no está más abajo"


def test_every_room_has_its_floor():
    rooms = {room(p) for p in FILES} - {"__init__", "explorers"}
    assert rooms == set().union(*FLOORS)


def definitions(path: Path):
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            yield node
            if isinstance(node, ast.ClassDef):
                yield from (n for n in node.body if isinstance(n, ast.FunctionDef) and not n.name.startswith("_"))


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.relative_to(PACKAGE).as_posix())
def test_public_names_have_docstrings_and_types(path):
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))), "el módulo no dice qué es"
    for node in definitions(path):
        assert ast.get_docstring(node), f"{node.name} no tiene docstring"
        if isinstance(node, ast.FunctionDef):
            arguments = node.args.posonlyargs + node.args.args + node.args.kwonlyargs
            bare = [a.arg for a in arguments if a.annotation is None and a.arg not in ("self", "cls")]
            assert not bare and node.returns is not None, f"{node.name}: faltan tipos en {bare or 'lo que devuelve'}"


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.relative_to(PACKAGE).as_posix())
def test_files_stay_small(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 320


def test_importing_the_command_line_trains_and_reads_nothing():
    import labcode.__main__ as command

    assert inspect.isfunction(command.main)
