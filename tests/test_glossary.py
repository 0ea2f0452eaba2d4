"""El glosario: se enlaza solo, en el primer uso de cada término y solo en el texto corrido, y de ahí sale el índice."""

import json
import re
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from spelling_helpers import NOT_PROSE
from test_build import LONG, build

ROOT = Path(__file__).resolve().parents[1]
sys.path.append(str(ROOT / "book" / "_ext"))

import redes_buscador  # noqa: E402
import redes_glosario  # noqa: E402

ENTRIES = redes_glosario.read_glossary((ROOT / "book" / "apendices" / "glosario.md").read_text(encoding="utf-8"))

SMALL = """# Glosario

Palabras del libro. {long}

:::{{glossary}}
Aumento de datos
  *Data augmentation*. Cambiar las imágenes. [Capítulo 2](../02_segundo.ipynb).

Época
  *Epoch*. Una vuelta a los datos. Capítulos [1](../01_primero.ipynb) y [2](../02_segundo.ipynb).

Lote
  *Batch*, **minilote**. Unos pocos ejemplos. [Capítulo 1](../01_primero.ipynb).

Normalización por lote
  Medias y varianzas. [Capítulo 2](../02_segundo.ipynb).

Paso (*stride*)
  Lo que avanza el núcleo.
:::
""".format(long=LONG)

FIRST = f"""# Primero

Metas: una época, un lote. {LONG}

## Los lotes

Ni `lote` ni $lote$ ni [un lote](02_segundo.ipynb) cuentan; tampoco «mini-lote» ni los palotes.

> Una cita con un lote.

<details><summary>Solución</summary>

Un lote plegado.

</details>

- Aquí sí: los **lotes**, con su normalización
  por lote, y otra vez lotes.

| tabla | época |
| --- | --- |
| época | lote |

## Más

Otro paso. Dos épocas y un paso (*stride*) de 2.

## Referencias

- Un libro sobre el aumento de datos.
"""

SECOND = f"""# Segundo

{LONG}

## Una

Cada Época, un minilote: *data augmentation*, o aumentos de datos.
"""



def chapter(text: str) -> str:
    """Un cuaderno con ese texto en una sola celda."""
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    return json.dumps({"cells": [{"cell_type": "markdown", "id": "texto", "metadata": {}, "source": text}], "metadata": kernel, "nbformat": 4, "nbformat_minor": 5})


PAGES = {
    "intro.md": f"# Portada\n\nUn lote. {LONG}",
    "01_primero.ipynb": chapter(FIRST),
    "02_segundo.ipynb": chapter(SECOND),
    "apendices/glosario.md": SMALL,
    "apendices/indice.md": f"# Índice alfabético\n\n{LONG}\n\n:::{{indice-alfabetico}}\n:::\n",
}
NAMES = [str(Path(name).with_suffix("")) for name in PAGES]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Un libro pequeño con glosario, índice y dos capítulos, construido de verdad."""
    code, log, folder = build(tmp_path_factory.mktemp("libro"), PAGES, NAMES[1:])
    assert code == 0, log
    return folder


def article(site: Path, name: str) -> str:
    return (site / f"{name}.html").read_text(encoding="utf-8").split("<article")[1].split("</article>")[0]


def links(page: str) -> list[tuple[str, str]]:
    """Los enlaces de términos de una página: ancla y texto."""
    return [(found[1], found[2]) for found in re.finditer(r'<a class="rc-term[^>]*id="uso-([\w-]+)"[^>]*>([^<]*)</a>', page)]


def test_the_first_use_in_running_prose_is_linked_and_nothing_else(site):
    page = article(site, "01_primero")
    assert links(page) == [("lote", "lotes"), ("normalizacion-por-lote", "normalización\npor lote"), ("epoca", "épocas"), ("paso-stride", "stride")]
    assert page.count("rc-term") == 4 and page.index("uso-lote") > page.index("Aquí sí")
    assert re.search(r'<strong><a class="rc-term[^>]*href="apendices/glosario.html#term-Lote"[^>]*title="En inglés, batch. Unos pocos ejemplos."', page)


def test_each_chapter_starts_anew_and_knows_other_names_and_plurals(site):
    assert links(article(site, "02_segundo")) == [("epoca", "Época"), ("lote", "minilote"), ("aumento-de-datos", "data augmentation")]


def test_pages_that_are_not_chapters_have_no_links(site):
    assert not links(article(site, "intro")) and not links(article(site, "apendices/glosario"))


def test_no_link_is_inside_another_and_every_one_arrives(site):
    anchors = {name: set(re.findall(r'\bid="([^"]+)"', article(site, name))) for name in NAMES}
    for name in anchors:
        page = article(site, name)
        assert not re.search(r"<a\b[^>]*>(?:(?!</a>).)*<a\b", page, re.S), f"{name}: un enlace dentro de otro"
        for target, anchor in re.findall(r'href="([^"#:]*)#([^"]+)"', page):
            place = (site / name).parent / target.removesuffix(".html") if target else site / name
            assert anchor in anchors[str(place.resolve().relative_to(site.resolve()))], f"{name}: {target}#{anchor}"


def test_the_index_tells_where_each_term_is(site):
    page = article(site, "apendices/indice")
    rows = {re.sub(r"<.*?>", "", head): re.sub(r"<.*?>", "", body).strip() for head, body in re.findall(r"<dt\b.*?>(.*?)</dt><dd>(.*?)</dd>", page, re.S)}
    assert rows == {
        "Aumento de datos": "2. Segundo › Una",
        "batch": "véase Lote",
        "data augmentation": "véase Aumento de datos",
        "epoch": "véase Época",
        "Época": "1. Primero › Más2. Segundo › Una",
        "Lote": "1. Primero › Los lotesTambién en el capítulo 2",
        "minilote": "véase Lote",
        "Normalización por lote": "En el capítulo 1",
        "Paso (stride)": "En el capítulo 1",
    }
    assert list(rows) == sorted(rows, key=redes_buscador.fold)
    assert [letter for letter in re.findall(r"<h2>(\w)<", page)] == list("ABDELMNP")
    assert "<em>epoch</em>" in page and "<em>minilote</em>" not in page


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("tasas de aprendizaje", "Tasa de aprendizaje"), ("Las capas completamente conectadas", "Capa completamente conectada"),
        ("convoluciones", "Convolución"), ("los canales", "Canal"), ("pesos\ncompartidos", "Pesos compartidos"), ("SGD", "Descenso de gradiente estocástico"),
        ("mini-batch", "Lote"), ("batch normalization", "Batch normalization"), ("el paso de descenso", None), ("por un momento", None),
        ("momentum", "Momento (momentum)"), ("convolucional", None), ("canalizar", None), ("pre-semilla", None),
    ],
)  # fmt: skip
def test_forms_of_the_real_terms(text, found):
    pattern, owners = redes_glosario.finder(ENTRIES)
    match = pattern.search(text)
    assert (owners[match.lastindex - 1].term if match else None) == found


def test_the_glossary_is_whole_and_in_order():
    terms = [entry.term for entry in ENTRIES]
    assert len(terms) >= 40 and terms == sorted(terms, key=redes_buscador.fold)
    assert len({entry.anchor for entry in ENTRIES}) == len(terms)
    for entry in ENTRIES:
        assert entry.meaning.endswith((".", "?")) and not set(entry.meaning) & set("*[]`"), entry
        assert "apítulo" not in entry.meaning and len(entry.meaning) < 220, f"no cabe en un aviso: {entry.meaning}"
    names = [redes_buscador.fold(name) for entry in ENTRIES for name in entry.names]
    assert len(names) == len(set(names)), "un nombre está en dos entradas"


def test_every_term_is_used_in_the_chapters_that_are_said_to_explain_it():
    chapters = {int(path.name[:2]): path for path in (ROOT / "book").glob("[0-9][0-9]_*.ipynb")}
    prose = {
        number: NOT_PROSE.sub(" ", "\n\n".join("".join(c["source"]) for c in json.loads(path.read_text(encoding="utf-8"))["cells"][1:] if c["cell_type"] == "markdown"))
        for number, path in chapters.items()
    }
    pattern, owners = redes_glosario.finder(ENTRIES)
    used = {number: {owners[match.lastindex - 1] for match in pattern.finditer(text)} for number, text in prose.items()}
    absent = [(entry.term, number) for entry in ENTRIES for number in entry.chapters if entry not in used[number]]
    assert not absent, f"el glosario dice que se explican ahí, y ni se nombran: {absent}"


def test_the_uses_of_another_process_are_added_and_those_of_a_page_read_again_are_forgotten():
    own, other = (SimpleNamespace(redes_uses=found) for found in ({"01_a": ["lote"]}, {"01_a": ["de antes"], "02_b": ["paso"]}))
    redes_glosario.merge(None, own, ["02_b"], other)
    assert own.redes_uses == {"01_a": ["lote"], "02_b": ["paso"]}
    redes_glosario.purge(None, own, "01_a")
    assert own.redes_uses == {"02_b": ["paso"]}
