"""Fallas de los archivos de datos: dañados, cambiados, hostiles (F6)."""

import dataclasses
import gzip
import hashlib
import io
import os
import pickle
import random
import struct
import subprocess
import sys
import tarfile
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))

from data_helpers import (  # noqa: E402
    FORMS, N, Tiny, archive_of, python2_pickle, stamp, tar, tar_gz, tiny, write_folder,
)  # fmt: skip
from fault_helpers import cases  # noqa: E402

from labcode.data import DataError, reading  # noqa: E402
from labcode.data.cifar10 import Source, read  # noqa: E402
from labcode.data.editions import OFFICIAL, Edition, Form  # noqa: E402

pytestmark = pytest.mark.fault
HTML = b"<!doctype html><html><body>Inicie sesi\xc3\xb3n en la red</body></html>"


@pytest.fixture(scope="module")
def small() -> Tiny:
    return tiny()


class Spy:
    """Mira, sin cambiar nada, qué bytes llegan al lector de pickle."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.unpickled: set[str] = set()
        real = reading._ArrayUnpickler

        def spied(stream: io.BytesIO, **options: Any) -> pickle.Unpickler:
            self.unpickled.add(hashlib.sha256(stream.getvalue()).hexdigest())
            return real(stream, **options)

        monkeypatch.setattr(reading, "_ArrayUnpickler", spied)


def outcome(source: Source, edition: Edition, small: Tiny) -> str:
    """«igual» si se leyó exactamente lo bueno, o el mensaje del rechazo; cualquier otra cosa es una falla."""
    try:
        dataset = read(source, edition)
    except DataError as error:
        assert str(source.path) in str(error)
        return str(error)
    assert dataset.sha256 == small.edition.content
    return "igual"


def damage(data: bytes, dice: random.Random, others: list[bytes]) -> bytes:
    """Daña unos bytes de uno de los modos de F6."""
    at = dice.randrange(len(data))
    kinds: list[Callable[[], bytes]] = [
        lambda: data[:at],
        lambda: data[:at] + bytes([data[at] ^ (1 << dice.randrange(8))]) + data[at + 1 :],
        lambda: dice.choice(others),
        lambda: data[:at] + dice.randbytes(min(64, len(data) - at)) + data[at + 64 :],
        lambda: dice.randbytes(len(data)),
        lambda: HTML,
        lambda: data + dice.randbytes(dice.randrange(1, 99)),
        lambda: pickle.dumps({"data": [1, 2, 3]}),
    ]
    return dice.choice(kinds)()


def test_f6_damaged_files_are_refused_before_they_are_read(
    small: Tiny, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dice, spy = random.Random(6), Spy(monkeypatch)
    folders = {form: write_folder(tmp_path / OFFICIAL.folders[form], small.files[form]) for form in FORMS}
    place = write_folder(tmp_path / "archivos", {OFFICIAL.names[f]: small.archives[f] for f in FORMS})
    refused = 0
    for _ in range(cases(1_000, 100_000)):
        form = dice.choice(FORMS)
        if dice.random() < 0.5:
            source, path = Source(place / OFFICIAL.names[form], form), place / OFFICIAL.names[form]
            good, others = small.archives[form], list(small.archives.values())
        else:
            name = dice.choice(list(small.files[form]))
            source, path = Source(folders[form], form), folders[form] / name
            good, others = small.files[form][name], list(small.files[form].values())
        bad = damage(good, dice, others)
        path.write_bytes(bad)
        result = outcome(source, small.edition, small)
        assert (result == "igual") == (bad == good)
        refused += result != "igual"
        path.write_bytes(good)
    assert refused > 900
    assert spy.unpickled <= {s.sha256 for s in small.edition.files["python"].values()}


def test_f6_behind_the_hash_a_damaged_tar_is_still_refused(small: Tiny, tmp_path: Path) -> None:
    """El archivo dañado lleva aquí un sello que coincide: lo que se prueba es el lector del tar."""
    dice = random.Random(66)
    for _ in range(cases(200, 20_000)):
        form = dice.choice(FORMS)
        plain = bytearray(gzip.decompress(small.archives[form]))
        headers = [at for at in range(0, len(plain), 512) if plain[at : at + 5] == b"cifar"]
        for _ in range(dice.randrange(1, 4)):
            at = dice.choice(headers) + dice.randrange(512) if dice.random() < 0.8 else dice.randrange(len(plain))
            plain[at] = dice.randrange(256)
        bad = gzip.compress(bytes(plain), 1)
        if dice.random() < 0.2:
            bad = bad[: dice.randrange(len(bad))]
        place = write_folder(tmp_path, {OFFICIAL.names[form]: bad})
        outcome(Source(place / OFFICIAL.names[form], form), small.restamped(form, archive=bad), small)


def member(name: str, **fields: Any) -> tuple[tarfile.TarInfo, bytes]:
    info, data = tarfile.TarInfo(name), fields.pop("data", b"")
    info.size = len(data)
    for key, value in fields.items():
        setattr(info, key, value)
    return info, data


def hostile_archives(small: Tiny, outside: Path) -> Iterator[tuple[str, bytes]]:
    folder = OFFICIAL.folders["python"]
    files = {f"{folder}/{name}": data for name, data in small.files["python"].items()}
    first, size = f"{folder}/data_batch_1", len(files[f"{folder}/data_batch_1"])
    rest = {name: data for name, data in files.items() if name != first}

    def with_member(*members: tuple[tarfile.TarInfo, bytes]) -> bytes:
        out = io.BytesIO()
        with tarfile.open(fileobj=out, mode="w:gz", compresslevel=1) as archive:
            for info, data in members:
                archive.addfile(info, io.BytesIO(data))
            for name, data in rest.items():
                archive.addfile(member(name, data=data)[0], io.BytesIO(data))
        return out.getvalue()

    for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE, tarfile.DIRTYPE):
        yield f"tipo {kind!r}", with_member(member(first, type=kind, linkname=str(outside)))
    for path in ("../data_batch_1", f"../{first}", f"{folder}/../{first}", f"/{first}", str(outside), "data_batch_1"):
        yield f"camino {path}", with_member(member(path, data=files[first]))
    yield "otro tamaño", with_member(member(first, data=files[first] + b"x"))
    yield "falta uno", tar_gz(rest)
    yield "dos veces, el segundo malo", tar_gz(rest) + with_member(member(first, data=bytes(size)))
    yield "gzip vacío", gzip.compress(b"")
    yield "no es gzip", tar(files)
    yield "página", HTML
    yield "gzip de una página", gzip.compress(HTML)
    yield "pax enorme", with_member(member(first, data=files[first], pax_headers={"comment": "x" * 3_000_000}))
    for kind in (tarfile.REGTYPE, tarfile.XHDTYPE, tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_SPARSE):
        header = member(first, type=kind)[0]
        header.size = 2**40
        yield f"un terabyte, tipo {kind!r}", gzip.compress(header.tobuf(tarfile.GNU_FORMAT) + files[first])


def test_f6_hostile_archives_write_nothing_and_are_refused(small: Tiny, tmp_path: Path) -> None:
    outside = tmp_path / "fuera"
    outside.write_text("intacto")
    path = tmp_path / OFFICIAL.names["python"]
    for what, bad in hostile_archives(small, outside):
        path.write_bytes(bad)
        source, stamped = Source(path, "python"), small.restamped("python", archive=bad)
        assert outcome(source, small.edition, small) != "igual", what
        assert outcome(source, stamped, small) != "igual", what
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted(["fuera", path.name])
    assert outside.read_text() == "intacto"


def test_f6_a_bomb_does_not_fill_memory(small: Tiny, tmp_path: Path) -> None:
    size = 300_000_000
    header = tarfile.TarInfo("relleno")
    header.size = size
    zeros = gzip.compress(bytes(10_000_000), 9)
    bombs = [
        gzip.compress(header.tobuf() + bytes(50_000_000), 9),
        gzip.compress(b"x" + bytes(50_000_000), 9),
        zeros * 30,
    ]
    path = tmp_path / OFFICIAL.names["python"]
    for bomb in bombs:
        path.write_bytes(bomb)
        edition = small.restamped("python", archive=bomb)
        tracemalloc.start()
        try:
            assert outcome(Source(path, "python"), edition, small) != "igual"
            assert tracemalloc.get_traced_memory()[1] < 16_000_000
        finally:
            tracemalloc.stop()


def hostile_batches(small: Tiny, marker: Path) -> Iterator[tuple[str, Form, bytes]]:
    pixels, labels = np.zeros((N, 3072), np.uint8), [0] * N
    order = f"touch {marker}"

    class Attack:
        def __init__(self, function: Callable[..., Any], *arguments: Any) -> None:
            self.call = (function, arguments)

        def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
            return self.call

    attacks = [(os.system, order), (subprocess.getoutput, order), (eval, f"open({str(marker)!r}, 'w')"),
               (exec, f"open({str(marker)!r}, 'w')"), (getattr, order, "upper"), (open, str(marker), "w"),
               (pickle.loads, b"cos\nsystem\n(V" + order.encode() + b"\ntR."), (np.load, str(marker), None, True)]  # fmt: skip
    for protocol in range(5):
        for attack in attacks:
            bad = pickle.dumps({b"data": Attack(*attack)}, protocol)
            yield f"{attack[0].__name__}, protocolo {protocol}", "python", bad
    yield "orden suelta", "python", b"cos\nsystem\n(V" + order.encode() + b"\ntR."
    yield "lista", "python", pickle.dumps([1, 2], 2)
    yield "nada", "python", pickle.dumps(None, 2)
    yield "vacío", "python", b""
    yield "recursivo", "python", b"\x80\x02" + b"(" * 5000 + b"."
    yield "sin datos", "python", pickle.dumps({}, 2)
    for bad_labels in ([10] + labels[1:], [-1] + labels[1:], labels + [0], labels[1:]):
        yield f"etiquetas {bad_labels}", "python", python2_pickle(pixels, bad_labels)
    yield "pocas imágenes", "python", python2_pickle(pixels[1:], labels)
    yield "menos píxeles", "python", python2_pickle(pixels[:, 1:], labels)
    lie = python2_pickle(pixels, labels).replace(struct.pack("<i", 3072), struct.pack("<i", 9072))
    yield "forma que miente", "python", lie
    yield "de objetos", "python", python2_pickle(pixels, labels, b"O8")
    yield "flotante", "python", python2_pickle(pixels, labels, b"f4")
    rows = small.files["binary"]["data_batch_1.bin"]
    yield "etiqueta 10", "binary", b"\x0a" + rows[1:]
    yield "etiqueta 255", "binary", b"\xff" + rows[1:]
    yield "una fila menos", "binary", rows[3073:]
    yield "un byte menos", "binary", rows[1:]
    yield "vacío", "binary", b""


def test_f6_hostile_batches_run_nothing_even_with_their_hash(small: Tiny, tmp_path: Path) -> None:
    marker = tmp_path / "ejecutado"
    for what, form, bad in hostile_batches(small, marker):
        name = next(iter(small.files[form]))
        folder = write_folder(tmp_path / OFFICIAL.folders[form], small.files[form] | {name: bad})
        edition = small.restamped(form, files={name: bad})
        assert outcome(Source(folder, form), small.edition, small) != "igual", what
        assert outcome(Source(folder, form), edition, small) != "igual", what
        archive = archive_of(form, small.files[form] | {name: bad})
        path = write_folder(tmp_path / "z", {OFFICIAL.names[form]: archive}) / OFFICIAL.names[form]
        edition = dataclasses.replace(edition, archives={form: stamp(archive)})
        assert outcome(Source(path, form), edition, small) != "igual", what
        assert not marker.exists(), what
