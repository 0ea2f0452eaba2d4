"""Fallas de la descarga: redes malas, procesos que mueren, discos llenos y dos a la vez (F3, F7, F9, F10)."""

import dataclasses
import gzip
import multiprocessing
import os
import random
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from queue import Empty
from typing import Any

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))

from data_helpers import QUICK, Server, serving, stamp, tiny, try_download  # noqa: E402
from fault_helpers import cases  # noqa: E402

from labcode.data import DataError  # noqa: E402
from labcode.data.cifar10 import load_cifar10  # noqa: E402
from labcode.data.download import Patience, download  # noqa: E402
from labcode.data.editions import FileStamp  # noqa: E402

pytestmark = pytest.mark.fault


@pytest.fixture(autouse=True)
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LABCODE_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("LABCODE_DATA", raising=False)
    monkeypatch.setenv("no_proxy", "127.0.0.1")


# --- F7: redes malas -----------------------------------------------------------------------------------------

DATA = gzip.compress(np.random.default_rng(7).bytes(600_000), 1)
MARK = stamp(DATA)


@pytest.fixture
def server() -> Iterator[Server]:
    with serving(DATA) as running:
        yield running


@pytest.mark.parametrize(
    ("behaviour", "reason"),
    [
        ("stall", "dejó de enviar datos"), ("drip", "demasiado lento"), ("redirect", "no es https"),
        ("html", "página web"), ("page", "no es el archivo"), ("noise", "sha256"), ("gone", "404"),
        ("long", "más de lo debido"), ("wrongrange", "no reanudó"),
    ],
)  # fmt: skip
def test_f7_a_bad_mirror_is_left_for_the_next(behaviour: str, reason: str, server: Server, tmp_path: Path) -> None:
    target = tmp_path / "a" / "datos.gz"
    start = time.monotonic()
    with pytest.raises(DataError, match=reason) as error:
        download(target, MARK, [server.url(behaviour)], QUICK)
    assert "127.0.0.1" in str(error.value) and target.name in str(error.value)
    assert not target.exists()
    assert download(target, MARK, [server.url(behaviour), server.url("ok")], QUICK).read_bytes() == DATA
    assert time.monotonic() - start < 15
    assert not any("after-redirect" in path for path, _ in server.requests)
    assert sorted(p.name for p in target.parent.iterdir()) == ["datos.gz", "datos.gz.lock"]


@pytest.mark.parametrize("behaviour", ["half", "norange", "past"])
def test_f7_a_cut_download_goes_on(behaviour: str, server: Server, tmp_path: Path) -> None:
    target = tmp_path / "datos.gz"
    part = tmp_path / "datos.gz.part"
    part.write_bytes(DATA[:100_000])
    mirrors = [server.url(behaviour), server.url("ok")]
    assert download(target, MARK, mirrors, QUICK).read_bytes() == DATA
    assert server.requests[0][1] == 100_000
    assert not part.exists()


def test_f7_what_one_mirror_brought_serves_with_the_next(server: Server, tmp_path: Path) -> None:
    download(tmp_path / "datos.gz", MARK, [server.url("stall"), server.url("ok")], QUICK)
    path, start = server.requests[-1]
    assert path == "/ok" and start >= 1000


@pytest.mark.parametrize("left", [b"basura", DATA[:-5] + b"basur", DATA + b"mas", b"", DATA])
def test_f7_a_bad_partial_is_never_used(left: bytes, server: Server, tmp_path: Path) -> None:
    (tmp_path / "datos.gz.part").write_bytes(left)
    assert download(tmp_path / "datos.gz", MARK, [server.url("ok")], QUICK).read_bytes() == DATA


def test_f7_no_network_says_which_file_goes_where(tmp_path: Path) -> None:
    with serving(b"") as gone:
        url = gone.url("ok")
    edition = dataclasses.replace(tiny().edition, mirrors=(url, "https://nadie.invalid/cifar-10-python.tar.gz"))
    with pytest.raises(DataError, match="no se pudo conectar.*Pongan cifar-10-python.tar.gz") as error:
        load_cifar10(edition=edition)
    assert str(tmp_path / "cache" / "data") in str(error.value) and "LABCODE_DATA" in str(error.value)


@pytest.mark.parametrize("url", ["http://example.org/a.gz", "ftp://example.org/a.gz", "file:///etc/passwd", "a.gz", ""])
def test_f7_other_than_https_is_never_asked(url: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="https"):
        download(tmp_path / "a.gz", MARK, [url])


# --- F3, F9, F10: procesos que mueren, discos llenos, dos a la vez -------------------------------------------

CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(["labcode.data.download", "data_helpers"])
CALM = Patience(idle=5, window=5, rate=1, attempts=2)


def launch(target: Path, mirrors: list[str], mark: FileStamp = MARK, **limits: Any) -> tuple[Any, Any]:
    report = CONTEXT.Queue()
    process = CONTEXT.Process(target=try_download, args=(report, target, mark, mirrors, CALM), kwargs=limits)
    process.start()
    return process, report


def kill(process: Any) -> None:
    process.kill()
    process.join(10)
    assert process.exitcode is not None


def wait_for_first_bytes(server: Server, part: Path) -> None:
    limit = time.monotonic() + 20
    while not (server.requests and part.exists() and part.stat().st_size) and time.monotonic() < limit:
        time.sleep(0.005)
    assert part.exists()


def test_f3_killed_downloads_resume(tmp_path: Path) -> None:
    dice = random.Random(3)
    with serving(DATA) as server:
        for round_ in range(cases(10, 200)):
            target = tmp_path / str(round_) / "datos.gz"
            process, _ = launch(target, [server.url("slow")])
            wait_for_first_bytes(server, target.with_name("datos.gz.part"))
            time.sleep(dice.random() * 0.4)
            kill(process)
            got = target.with_name("datos.gz.part").stat().st_size if not target.exists() else len(DATA)
            assert not target.exists() or target.read_bytes() == DATA
            server.requests.clear()
            assert download(target, MARK, [server.url("ok")], CALM).read_bytes() == DATA
            assert server.requests == ([("/ok", got)] if 0 < got < len(DATA) else [])
            server.requests.clear()


def test_f10_two_at_once_download_once(tmp_path: Path) -> None:
    with serving(DATA) as server:
        for round_ in range(cases(2, 20)):
            target = tmp_path / str(round_) / "datos.gz"
            running = [launch(target, [server.url("slow")]) for _ in range(3)]
            assert [report.get(timeout=30)[0] for _, report in running] == ["bien"] * 3
            for process, _ in running:
                process.join(10)
            assert target.read_bytes() == DATA
            assert len(server.requests) == round_ + 1


def test_f10_the_lock_of_a_dead_process_is_free(tmp_path: Path) -> None:
    with serving(DATA) as server:
        for round_ in range(cases(5, 100)):
            target = tmp_path / str(round_) / "datos.gz"
            first, _ = launch(target, [server.url("slow")])
            wait_for_first_bytes(server, target.with_name("datos.gz.part"))
            second, report = launch(target, [server.url("slow")])
            time.sleep(0.15)
            with pytest.raises(Empty):
                report.get_nowait()
            kill(first)
            assert report.get(timeout=30) == ("bien", "")
            second.join(10)
            assert target.read_bytes() == DATA
            server.requests.clear()


def refusal(target: Path, **limits: Any) -> str:
    """Intenta descargar donde no se puede y devuelve el mensaje, tras ver que lo viejo sigue ahí."""
    old = b"lo de antes"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(old)
    before = limits.pop("before", lambda: None)
    before()
    with serving(DATA) as server:
        process, report = launch(target, [server.url("ok")], limits.pop("mark", MARK), **limits)
        kind, message = report.get(timeout=30)
        process.join(10)
    assert (kind, target.read_bytes()) == ("DataError", old)
    assert str(target) in message and "sigue intacto" in message
    return message


def test_f9_a_full_disk_keeps_the_old_file(tmp_path: Path) -> None:
    dice = random.Random(9)
    for round_ in range(cases(10, 100)):
        message = refusal(tmp_path / str(round_) / "datos.gz", file_limit=dice.randrange(len(DATA)))
        assert "no queda espacio" in message


def test_f9_what_would_not_fit_is_not_begun(tmp_path: Path) -> None:
    huge = FileStamp(10**16, MARK.sha256)
    with serving(DATA) as server:
        with pytest.raises(DataError, match="no queda espacio") as error:
            download(tmp_path / "datos.gz", huge, [server.url("unsized")], QUICK)
    assert str(tmp_path / "datos.gz") in str(error.value)


def test_f9_a_read_only_folder_is_named(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.getbasetemp() / "solo-lectura"
    nobody = 65_534 if os.geteuid() == 0 else None
    try:
        message = refusal(folder / "datos.gz", user=nobody, before=lambda: folder.chmod(0o555))
    finally:
        folder.chmod(0o755)
    assert str(folder) in message and "LABCODE_CACHE" in message
