"""Las referencias al final de cada capítulo, y de «Cómo se midió»: todo lo citado está, cada obra se escribe igual en todos, y como en `referencias.bib`."""

import re
from pathlib import Path

import pytest
from pybtex.database import Person, parse_file
from test_chapters import CHAPTERS, ROOT, prose

WORKS = parse_file(ROOT / "book" / "referencias.bib").entries
DATED = re.compile(r"\(\d{4}\)")
ENTRY = re.compile(r"- (?P<work>(?P<authors>.+?) \((?P<year>\d{4})\)\. (?P<told>.+?) \[.+?\]\((?P<link>https://\S+)\))(?:\. .+\.)?")
NAME = r"[A-ZÁÉÍÓÚ][\w-]+"
CITED = re.compile(rf"({NAME})(?:(?:,\s+{NAME})*\s+[ye]\s+(?:{NAME}|otros))?,?\s+\(?((?:19|20)\d\d)\b")
PAGES = [*CHAPTERS, ROOT / "book" / "apendices" / "metodologia.md"]
each_page = pytest.mark.parametrize("path", PAGES, ids=lambda p: p.stem)


def halves(path: Path) -> tuple[str, str]:
    """El texto de una página, y sus referencias."""
    whole = prose(path) if path.suffix == ".ipynb" else path.read_text(encoding="utf-8")
    text, references = whole.split("## Referencias\n")
    return text, references


def entries(path: Path) -> list[re.Match[str]]:
    return [ENTRY.fullmatch(line) or pytest.fail(f"no se entiende: {line}") for line in halves(path)[1].splitlines() if DATED.search(line)]


def signature(people: list[Person]) -> str:
    """«Apellido, I., Apellido, I. y Apellido, I.»."""
    names = [
        ", ".join(filter(None, (" ".join(p.prelast_names + p.last_names), " ".join(f"{name[0]}." for name in p.first_names + p.middle_names)))) for p in people
    ]
    whole = " y ".join(filter(None, (", ".join(names[:-1]), names[-1])))
    return whole.replace(" y others", " y otros")


def plain(title: str) -> str:
    return title.translate({ord(mark): None for mark in "{}\\"}).replace("--", "–").casefold()


def numbers(text: str) -> set[str]:
    return set(re.findall(r"\d+", text))


@each_page
def test_references_are_those_of_the_bibliography(path: Path) -> None:
    found = entries(path)
    assert [e["authors"].casefold() for e in found] == sorted(e["authors"].casefold() for e in found)
    for entry in found:
        (work,) = [w for w in WORKS.values() if signature(w.persons["author"]) == entry["authors"] and w.fields["year"] == entry["year"]]
        fields = work.fields
        title = plain(fields["title"])
        told = entry["told"].lstrip("*")
        assert told.casefold().startswith(title)
        assert numbers(told[len(title) :]) <= numbers(" ".join(fields.get(name, "") for name in ("booktitle", "volume", "number", "pages")))
        assert entry["link"] in {fields.get("url"), f"https://doi.org/{fields.get('doi')}", f"https://arxiv.org/abs/{fields.get('eprint')}"}


def test_a_work_is_written_the_same_in_every_page() -> None:
    written: dict[tuple[str, str], set[str]] = {}
    for entry in (entry for path in PAGES for entry in entries(path)):
        written.setdefault((entry["authors"], entry["year"]), set()).add(entry["work"])
    assert len(written) > 25
    assert not {key: ways for key, ways in written.items() if len(ways) > 1}


@each_page
def test_what_a_page_cites_is_among_its_references(path: Path) -> None:
    listed = {(entry["authors"].split(",")[0].split()[-1], entry["year"]) for entry in entries(path)}
    cited = set(CITED.findall(halves(path)[0]))
    assert cited
    assert not cited - listed
