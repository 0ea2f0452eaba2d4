"""Lo que rodea al libro: flujos de GitHub, documentos de la raíz, cita, bibliografía y la figura de la portada."""

import importlib.util
import re
import threading
import tomllib
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import ModuleType
from typing import Any
from xml.etree import ElementTree

import pytest
import torch
import yaml

import labcode

ROOT = Path(__file__).parent.parent
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
DOCUMENTS = ["README.md", "CONTRIBUTING.md", "LICENSE-TEXT.md", "CHANGELOG.md"]
WRITES = {("deploy", "deploy"): {"pages": "write", "id-token": "write"}}  # los únicos permisos de más que se admiten


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def workflow(name: str) -> dict[str, Any]:
    return yaml.safe_load(read(f".github/workflows/{name}.yml"))


def runs(name: str) -> list[str]:
    jobs = workflow(name)["jobs"].values()
    return [step["run"] for job in jobs for step in job["steps"] if "run" in step]


def script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / f".github/{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def readme_commands() -> list[str]:
    blocks = re.findall(r"```bash\n(.*?)```", read("README.md"), re.DOTALL)
    return [line.split("  #")[0].strip() for block in blocks for line in block.splitlines()]


# --- flujos -------------------------------------------------------------------------------------------------------


def test_the_three_workflows_exist() -> None:
    assert [path.stem for path in WORKFLOWS] == ["ci", "deploy", "linkcheck"]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda p: p.stem)
def test_actions_are_pinned_by_commit_with_their_version(path: Path) -> None:
    uses = re.findall(r"^\s*(?:- )?uses:.*$", path.read_text(encoding="utf-8"), re.MULTILINE)
    assert uses
    for line in uses:
        assert re.search(r"uses: [\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$", line), line


def test_one_action_has_one_pin() -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in WORKFLOWS)
    pins = set(re.findall(r"uses: (\S+)@(\S+) # (\S+)", text))
    assert len(pins) == len({action for action, _, _ in pins})


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda p: p.stem)
def test_permissions_are_least_and_jobs_end(path: Path) -> None:
    flow = workflow(path.stem)
    assert flow["permissions"] == {"contents": "read"}
    assert flow["concurrency"]["group"]
    for name, job in flow["jobs"].items():
        assert job.get("permissions", {}) == WRITES.get((path.stem, name), {})
        assert 0 < job["timeout-minutes"] <= 45
    assert "secrets." not in path.read_text(encoding="utf-8")
    assert "pull_request_target" not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda p: p.stem)
def test_checkout_leaves_no_credentials(path: Path) -> None:
    for job in workflow(path.stem)["jobs"].values():
        for step in job["steps"]:
            if step.get("uses", "").startswith("actions/checkout@"):
                assert step["with"]["persist-credentials"] is False


def test_ci_runs_the_two_commands_of_the_readme() -> None:
    two = [line for line in readme_commands() if line in ("make book", "make test")]
    assert sorted(runs("ci")) == sorted(two) == ["make book", "make test"]
    # «on» es un booleano para YAML 1.1
    assert set(workflow("ci")[True]) == {"push", "pull_request"}


def test_deploy_tests_builds_and_checks_before_uploading() -> None:
    steps = workflow("deploy")["jobs"]["build"]["steps"]
    order = [step.get("run") or step["uses"].split("@")[0] for step in steps]
    check = ".venv/bin/python .github/check_pages.py _toc.yml _build/html"
    assert order[-4:] == ["make test", "make book", check, "actions/upload-pages-artifact"]
    assert workflow("deploy")["jobs"]["deploy"]["needs"] == "build"


# --- el libro entero ----------------------------------------------------------------------------------------------


@pytest.fixture
def site(tmp_path: Path) -> Path:
    (tmp_path / "_toc.yml").write_text("root: intro\nparts:\n- chapters:\n  - file: uno\n  - file: a/dos.md\n")
    for name in ("index", "intro", "uno", "a/dos"):
        page = tmp_path / "html" / f"{name}.html"
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(f"<nav>menú</nav><article><h1>Uno</h1>{'palabra ' * 50}</article>", encoding="utf-8")
    return tmp_path


def check(site: Path) -> list[str]:
    return script("check_pages").problems(site / "_toc.yml", site / "html")


def test_a_whole_book_passes(site: Path) -> None:
    assert check(site) == []


@pytest.mark.parametrize("name", ["index", "intro", "uno", "a/dos"])
def test_a_missing_page_is_named(site: Path, name: str) -> None:
    (site / f"html/{name}.html").unlink()
    assert [f"{name}.html" in problem for problem in check(site)] == [True]


@pytest.mark.parametrize("body", ["", "<article></article>", f"<nav>{'menú ' * 99}</nav><article>Error</article>"])
def test_an_empty_page_is_named(site: Path, body: str) -> None:
    (site / "html/uno.html").write_text(body, encoding="utf-8")
    assert len(check(site)) == 1


def test_an_empty_toc_is_refused(site: Path) -> None:
    (site / "_toc.yml").write_text("root: intro\n")
    assert "1 páginas" in check(site)[0]


def test_the_real_toc_lists_the_chapters() -> None:
    names = script("check_pages").pages(yaml.safe_load(read("_toc.yml")))
    assert {"intro", "como_usar", "05_l2", "07_convolucion_a_mano", "apendices/metodologia"} <= set(names)
    assert len(names) == len(set(names))


# --- enlaces ------------------------------------------------------------------------------------------------------


class _Server(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(int(self.path.strip("/")))
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Calla: la prueba no lee este registro."""


@pytest.fixture
def server() -> Iterator[str]:
    httpd = ThreadingHTTPServer(("127.0.0.1", 0), _Server)
    threading.Thread(target=httpd.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{httpd.server_port}"
    httpd.shutdown()
    httpd.server_close()


@pytest.mark.parametrize(("code", "state"), [(200, "viva"), (404, "muerta"), (410, "muerta"), (403, "dudosa"), (503, "dudosa")])
def test_links_are_judged_by_their_answer(server: str, code: int, state: str) -> None:
    assert script("check_links").verdict(f"{server}/{code}", wait=0) == (state, code)


def test_a_host_that_does_not_answer_is_doubtful_and_a_lost_one_dead() -> None:
    links = script("check_links")
    assert links.verdict("http://127.0.0.1:1/", wait=0)[0] == "dudosa"
    assert links.verdict("http://no-existe.invalid/", wait=0)[0] == "muerta"


def test_links_are_found_in_pages_and_documents() -> None:
    found = script("check_links").links('<a href="https://a.b/c?x=1&amp;y=2#z">, [d](https://d.e/f#g), <https://h.i/j>')
    assert found == {"https://a.b/c?x=1&y=2", "https://d.e/f", "https://h.i/j"}


def test_a_dead_link_fails_the_review(server: str, tmp_path: Path) -> None:
    page = tmp_path / "a.html"
    review = script("check_links").main
    for html, code in [
        (f'<a href="{server}/200">', 0),
        (f'<a href="{server}/200"> <a href="{server}/503">', 0),
        (f'<a href="{server}/200"> <a href="{server}/404">', 1),
        ("sin enlaces", 1),
    ]:
        page.write_text(html)
        assert review([str(tmp_path)], wait=0) == code, html


# --- documentos ---------------------------------------------------------------------------------------------------


def test_readme_commands_exist() -> None:
    makefile, commands = read("Makefile"), readme_commands()
    targets = {line.split("make ")[1].split()[0] for line in commands if "make " in line}
    assert targets == {"book", "test"}
    for target in targets:
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
    subcommands = {line.split()[3] for line in commands if line.startswith("python -m labcode")}
    assert subcommands == {"data", "status", "train", "summary", "rebuild", "slides"}
    main = read("labcode/__main__.py")
    for name in subcommands:
        assert f'"{name}"' in main, name


def test_readme_names_the_pinned_torch() -> None:
    pins = dict(re.findall(r"^(torch|torchvision)==(\S+)", read("requirements.txt"), re.MULTILINE))
    assert f"torch=={pins['torch']} torchvision=={pins['torchvision']} --index-url" in read("README.md")


@pytest.mark.parametrize("name", DOCUMENTS)
def test_local_links_lead_somewhere(name: str) -> None:
    targets = re.findall(r"\]\((?!https?://|#)([^)#]+)", read(name))
    missing = [target for target in targets if not (ROOT / target).exists()]
    assert missing == []


def test_contributing_fits_one_screen_and_has_four_steps() -> None:
    text = read("CONTRIBUTING.md")
    steps = text.split("## Agregar un experimento en 4 pasos")[1].split("##")[0]
    assert re.findall(r"^(\d)\. ", steps, re.MULTILINE) == ["1", "2", "3", "4"]
    assert len(text.splitlines()) <= 60


# --- cita, versión y bibliografía ---------------------------------------------------------------------------------


def test_citation_is_cff_1_2_0_and_the_version_is_one() -> None:
    citation = yaml.safe_load(read("CITATION.cff"))
    assert citation["cff-version"] == "1.2.0"
    assert {"message", "title", "authors"} <= set(citation)
    allowed = {
        "abstract", "authors", "cff-version", "commit", "contact", "date-released", "doi", "identifiers", "keywords",
        "license", "license-url", "message", "preferred-citation", "references", "repository", "repository-artifact",
        "repository-code", "title", "type", "url", "version",
    }  # fmt: skip
    assert set(citation) <= allowed
    assert citation["type"] in {"software", "dataset"}
    for reference in citation["references"]:
        assert {"type", "title", "authors"} <= set(reference)
    project = tomllib.loads(read("pyproject.toml"))["project"]
    declared = project.get("version", labcode.__version__)
    assert str(citation["version"]) == labcode.__version__ == declared
    assert f"## [{labcode.__version__}]" in read("CHANGELOG.md")
    assert f"versión {labcode.__version__}" in read("book/apendices/como_citar.md")


def test_licences_say_what_they_are() -> None:
    assert read("LICENSE").startswith("MIT License") and "WITHOUT WARRANTY OF ANY KIND" in read("LICENSE")
    assert "https://creativecommons.org/licenses/by/4.0/" in read("LICENSE-TEXT.md")


def test_bibliography_parses_and_stays_ascii() -> None:
    from pybtex.database import parse_string

    text = read("book/referencias.bib")
    assert text.isascii()
    entries = parse_string(text, "bibtex").entries
    assert len(entries) == text.count("\n@") >= 28
    for key, entry in entries.items():
        assert entry.persons.get("author") and {"title", "year"} <= set(entry.fields), key
        assert entry.fields["year"] in key, key


# --- la figura de la portada --------------------------------------------------------------------------------------


def _cells(svg: ElementTree.Element, kind: str) -> torch.Tensor:
    rects = [rect for rect in svg.iter("{http://www.w3.org/2000/svg}rect") if f"data-{kind}" in rect.attrib]
    values = torch.tensor([float(rect.get(f"data-{kind}")) for rect in rects])
    side = int(len(values) ** 0.5)
    return values.reshape(1, 1, side, side)


def test_the_cover_picture_is_a_true_convolution() -> None:
    svg = ElementTree.fromstring(read("book/_static/portada.svg"))
    image, kernel, drawn = (_cells(svg, kind) for kind in ("image", "kernel", "map"))
    assert (image.shape[-1], kernel.shape[-1], drawn.shape[-1]) == (8, 3, 6)
    assert torch.equal(torch.nn.functional.conv2d(image, kernel), drawn)
    window = svg.find(".//*[@id='ventana']")
    total = int(drawn[0, 0, int(window.get("data-row")), int(window.get("data-column"))])
    assert f"y sumar: {total}" in "".join(svg.itertext())


def test_the_cover_picture_shows_the_numbers_it_declares() -> None:
    svg = ElementTree.fromstring(read("book/_static/portada.svg"))
    space = "{http://www.w3.org/2000/svg}"
    for group in svg.iter(f"{space}g"):
        rect, label = group.find(f"{space}rect"), group.find(f"{space}text")
        if rect is not None and label is not None:
            declared = next(value for key, value in rect.attrib.items() if key.startswith("data-"))
            assert label.text.replace("−", "-") == declared
