"""Para probar los datos sin los datos: una edición diminuta con el formato oficial y un servidor travieso."""

import contextlib
import dataclasses
import gzip
import hashlib
import io
import os
import resource
import struct
import tarfile
import threading
import time
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import torch

from labcode.data.dataset import content_sha256
from labcode.data.download import Patience, download
from labcode.data.editions import OFFICIAL, Edition, FileStamp, Form

N = 4  # imágenes por lote
FORMS: tuple[Form, ...] = ("python", "binary")


def stamp(data: bytes) -> FileStamp:
    """El sello que de verdad tienen unos bytes."""
    return FileStamp(len(data), hashlib.sha256(data).hexdigest())


def _text(value: bytes) -> bytes:
    return b"T" + struct.pack("<i", len(value)) + value


def python2_pickle(pixels: np.ndarray, labels: list[int], dtype: bytes = b"u1") -> bytes:
    """Escribe un lote tal como lo escribió Python 2 (protocolo 2, textos de bytes, `numpy.core`)."""
    shape = b"(" + b"".join(b"J" + struct.pack("<i", n) for n in pixels.shape) + b"t"
    array = (
        b"cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(K\x00t" + _text(b"b") + b"tR"
        b"(K\x01" + shape + b"cnumpy\ndtype\n(" + _text(dtype) + b"K\x00K\x01tR"
        b"(K\x03" + _text(b"|") + b"NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb"
        b"\x89" + _text(pixels.tobytes()) + b"tb"
    )
    numbers = b"](" + b"".join(b"J" + struct.pack("<i", n) for n in labels) + b"e"
    return b"\x80\x02}(" + _text(b"labels") + numbers + _text(b"data") + array + b"u."


def tar_gz(members: Mapping[str, bytes]) -> bytes:
    """Comprime unos archivos corrientes."""
    return gzip.compress(tar(members), 1, mtime=0)


def tar(members: Mapping[str, bytes]) -> bytes:
    """Junta unos archivos corrientes en un tar."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


@dataclasses.dataclass(frozen=True)
class Tiny:
    """La edición diminuta: sus sellos, sus archivos y lo que debe leerse de ella."""

    edition: Edition
    files: dict[Form, dict[str, bytes]]
    archives: dict[Form, bytes]
    tensors: tuple[torch.Tensor, ...]

    def restamped(
        self, form: Form, *, archive: bytes | None = None, files: Mapping[str, bytes] | None = None
    ) -> Edition:
        """La misma edición, con los sellos puestos a otros bytes: para llegar a lo que hay detrás del sha256."""
        edition = self.edition
        if archive is not None:
            edition = dataclasses.replace(edition, archives={**edition.archives, form: stamp(archive)})
        if files is not None:
            stamps = {name: stamp(data) for name, data in {**self.files[form], **files}.items()}
            edition = dataclasses.replace(edition, files={**edition.files, form: stamps})
        return edition


def tiny(seed: int = 0) -> Tiny:
    """Arma la edición diminuta, con datos al azar."""
    generator = np.random.default_rng(seed)
    pixels = generator.integers(0, 256, (6, N, 3072), dtype=np.uint8)
    labels = generator.integers(0, 10, (6, N))
    names = [f"data_batch_{i}" for i in range(1, 6)] + ["test_batch"]
    rows = [np.hstack([labels[i, :, None].astype(np.uint8), pixels[i]]) for i in range(6)]
    files: dict[Form, dict[str, bytes]] = {
        "python": {name: python2_pickle(pixels[i], labels[i].tolist()) for i, name in enumerate(names)},
        "binary": {f"{name}.bin": rows[i].tobytes() for i, name in enumerate(names)},
    }
    files["python"]["batches.meta"] = b"\x80\x02}."
    archives = {form: archive_of(form, files[form]) for form in FORMS}
    images = torch.from_numpy(pixels.reshape(-1, 3, 32, 32))
    targets = torch.from_numpy(labels.reshape(-1))
    tensors = images[:-N], targets[:-N], images[-N:], targets[-N:]
    edition = dataclasses.replace(
        OFFICIAL,
        files={form: {name: stamp(data) for name, data in files[form].items()} for form in FORMS},
        archives={form: stamp(archives[form]) for form in FORMS},
        batch=N,
        content=content_sha256(*tensors),
        mirrors=(),
    )
    return Tiny(edition, files, archives, tensors)


def archive_of(form: Form, files: Mapping[str, bytes]) -> bytes:
    """El .tar.gz de unos lotes, en su carpeta oficial y con un «readme» al lado, como el de verdad."""
    folder = OFFICIAL.folders[form]
    return tar_gz({f"{folder}/readme.html": b"<p>CIFAR-10</p>"} | {f"{folder}/{name}": d for name, d in files.items()})


def write_folder(folder: Path, files: Mapping[str, bytes]) -> Path:
    """Escribe unos archivos en una carpeta."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return folder


class _Handler(BaseHTTPRequestHandler):
    server: Any

    def do_GET(self) -> None:  # noqa: N802
        start = int(self.headers.get("Range", "bytes=0-").removeprefix("bytes=").rstrip("-"))
        self.server.requests.append((self.path, start))
        with contextlib.suppress(OSError):
            getattr(self, "_" + self.path.strip("/").split("-")[0])(start)

    def log_message(self, format: str, *args: Any) -> None:
        return

    def _head(self, code: int, headers: Mapping[str, Any]) -> None:
        self.send_response(code)
        for name, value in headers.items():
            self.send_header(name, str(value))
        self.end_headers()

    def _partial(self, start: int) -> bytes:
        data = self.server.data
        if start:
            here = f"bytes {start}-{len(data) - 1}/{len(data)}"
            self._head(206, {"Content-Range": here, "Content-Length": len(data) - start})
        else:
            self._head(200, {"Content-Length": len(data), "Content-Type": "application/gzip"})
        return data[start:]

    def _ok(self, start: int) -> None:
        self.wfile.write(self._partial(start))

    def _slow(self, start: int) -> None:  # constante, pero que da tiempo a matar a quien descarga
        rest = self._partial(start)
        for at in range(0, len(rest), 16384):
            self.wfile.write(rest[at : at + 16384])
            time.sleep(0.01)

    def _half(self, start: int) -> None:  # se corta a la mitad de lo que queda
        rest = self._partial(start)
        self.wfile.write(rest[: len(rest) // 2])

    def _stall(self, start: int) -> None:  # empieza y calla
        self.wfile.write(self._partial(start)[:1000])
        self.server.stopped.wait(20)

    def _drip(self, start: int) -> None:  # un byte de vez en cuando, para siempre
        for byte in self._partial(start):
            self.wfile.write(bytes([byte]))
            if self.server.stopped.wait(0.02):
                return

    def _norange(self, start: int) -> None:  # no sabe reanudar
        self.wfile.write(self._partial(0))

    def _wrongrange(self, start: int) -> None:
        data = self.server.data
        self._head(206, {"Content-Range": f"bytes 7-{len(data) - 1}/{len(data)}"})
        self.wfile.write(data[7:])

    def _noise(self, start: int) -> None:  # lo que debe medir, y lo que no debe decir
        self._partial(0)
        self.wfile.write(b"\x1f\x8b" + bytes(len(self.server.data) - 2))

    def _long(self, start: int) -> None:  # no dice cuánto mide, y no termina
        self._head(200, {})
        self.wfile.write(self.server.data + bytes(100_000))

    def _unsized(self, start: int) -> None:  # no dice cuánto mide
        self._head(200, {})
        self.wfile.write(self.server.data)

    def _html(self, start: int) -> None:
        self._head(200, {"Content-Type": "text/html; charset=utf-8"})
        self.wfile.write(b"<html>Inicie sesion en la red</html>")

    def _page(self, start: int) -> None:  # la misma página, sin decir que lo es
        self._head(200, {"Content-Type": "application/octet-stream"})
        self.wfile.write(b"<html>Inicie sesion en la red</html>")

    def _redirect(self, start: int) -> None:
        self._head(302, {"Location": f"http://127.0.0.1:{self.server.server_port}/ok-after-redirect"})

    def _gone(self, start: int) -> None:
        self._head(404, {})

    def _past(self, start: int) -> None:
        if start:
            self._head(416, {})
        else:
            self._ok(0)


class Server(ThreadingHTTPServer):
    """Un servidor en 127.0.0.1: el camino que se le pide dice cómo se porta."""

    daemon_threads = True

    def __init__(self, data: bytes) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.data, self.stopped = data, threading.Event()
        self.requests: list[tuple[str, int]] = []

    def url(self, behaviour: str) -> str:
        return f"http://127.0.0.1:{self.server_port}/{behaviour}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        return


@contextlib.contextmanager
def serving(data: bytes) -> Iterator[Server]:
    """Sirve `data` mientras dure el bloque."""
    server = Server(data)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.stopped.set()
        server.shutdown()
        server.server_close()
        thread.join(5)


QUICK = Patience(idle=0.4, window=0.5, rate=20_000, attempts=2)


def try_download(
    report: Any,
    target: Path,
    mark: FileStamp,
    mirrors: list[str],
    patience: Patience = QUICK,
    file_limit: int | None = None,
    user: int | None = None,
) -> None:
    """En otro proceso: descarga y cuenta por `report` cómo le fue, con menos permisos si se pide."""
    if file_limit is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (file_limit, file_limit))
    if user is not None:
        os.setresuid(user, user, user)
    try:
        download(target, mark, mirrors, patience)
    except Exception as error:
        report.put((type(error).__name__, str(error)))
    else:
        report.put(("bien", ""))
