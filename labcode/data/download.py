"""Descargar un archivo grande sin sorpresas: varios sitios, solo https, reanudable y comprobado.

Lo que llega se guarda al lado, con el sufijo `.part`; solo si su sha256 es el esperado pasa a llamarse como
debe. Un proceso que muere deja el `.part`, y el siguiente sigue desde ahí, desde este sitio o desde otro: los
bytes son los mismos.
"""

import contextlib
import errno
import http.client
import os
import shutil
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

from filelock import FileLock, Timeout
from tqdm.auto import tqdm

from labcode.data.dataset import DataError
from labcode.data.editions import FileStamp
from labcode.data.reading import stamp_problem
from labcode.files import reason

_BLOCK = 1 << 16
_GZIP = b"\x1f\x8b"
_LOOPBACK = ("127.0.0.1", "::1")


@dataclass(frozen=True)
class Patience:
    """Cuánto se espera a un sitio antes de pasar al siguiente.

    Attributes:
        idle: segundos sin recibir un byte.
        window: cada cuántos segundos se mide la velocidad.
        rate: bytes por segundo que, como mínimo, debe dar en cada ventana.
        attempts: veces que se intenta con un sitio; las que traen más de un 1 % del archivo no cuentan.
    """

    idle: float = 30.0
    window: float = 30.0
    rate: float = 8_192.0
    attempts: int = 2


class _MirrorProblem(Exception):
    """Un sitio no sirvió; el texto dice por qué. `poisoned`: lo guardado no vale."""

    def __init__(self, reason: str, *, poisoned: bool = False) -> None:
        super().__init__(reason)
        self.poisoned = poisoned


def download(target: Path, stamp: FileStamp, mirrors: Sequence[str], patience: Patience = Patience()) -> Path:
    """Descarga un archivo .gz a `target`, o deja el que ya está si es el correcto.

    Un solo proceso descarga a la vez; los demás esperan y aprovechan lo que él trajo.

    Args:
        target: dónde queda; sus carpetas se crean.
        stamp: tamaño y sha256 que debe tener.
        mirrors: direcciones, en el orden en que se prueban: https, o http de esta misma máquina.
        patience: cuánto se espera a cada una.

    Returns:
        `target`.

    Raises:
        ValueError: si una dirección no es https.
        DataError: si ningún sitio lo dio, o no se pudo guardar; el mensaje nombra la ruta, y lo que había en
            `target` sigue ahí.
    """
    for url in mirrors:
        _check_address(url)
    with _explaining(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        with _only_one(target):
            if not _right(target, stamp):
                _from_some_mirror(target, stamp, mirrors, patience)
    return target


def _check_address(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        raise ValueError(f"La dirección {url!r} no se admite: debe empezar por https://.")


class _DiskProblem(Exception):
    """Un error del disco, apartado de los de la red (que también son `OSError`)."""

    def __init__(self, error: OSError) -> None:
        super().__init__(str(error))
        self.error = error


@contextlib.contextmanager
def _disk() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise _DiskProblem(error) from error


@contextlib.contextmanager
def _explaining(target: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, _DiskProblem) as caught:
        error = caught.error if isinstance(caught, _DiskProblem) else caught
        raise DataError(
            f"No se pudo guardar {target}: {reason(error)}. Liberen espacio, den permiso de escritura en {target.parent} o "
            "elijan otra carpeta con LABCODE_CACHE. Lo que había sigue intacto."
        ) from caught


@contextlib.contextmanager
def _only_one(target: Path) -> Iterator[None]:
    lock = FileLock(_beside(target, ".lock"))
    try:
        lock.acquire(timeout=0)
    except Timeout:
        print(f"Otro proceso está descargando {target.name}; se espera a que termine.", file=sys.stderr)
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def _beside(target: Path, suffix: str) -> Path:
    return target.with_name(target.name + suffix)


def _right(path: Path, stamp: FileStamp) -> bool:
    try:
        with path.open("rb") as stream:
            return not stamp_problem(stream, stamp)
    except FileNotFoundError:
        return False


def _from_some_mirror(target: Path, stamp: FileStamp, mirrors: Sequence[str], patience: Patience) -> None:
    part = _beside(target, ".part")
    problems = []
    for url in mirrors:
        problem = _from_mirror(url, part, stamp, patience)
        if problem is None:
            os.replace(part, target)
            _sync_folder(target.parent)
            return
        problems.append(f"{urlsplit(url).hostname}: {problem}")
    raise DataError(f"No se pudo descargar {target.name} ({'; '.join(problems) or 'sin sitios'}).")


def _from_mirror(url: str, part: Path, stamp: FileStamp, patience: Patience) -> str | None:
    left, problem = patience.attempts, ""
    while left > 0:
        before = _size(part)
        try:
            _receive(url, part, stamp, patience)
            return None
        except _MirrorProblem as error:
            problem = str(error)
            if error.poisoned:
                part.unlink(missing_ok=True)
        if _size(part) - before <= stamp.size // 100:
            left -= 1
    return problem


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _receive(url: str, part: Path, stamp: FileStamp, patience: Patience) -> None:
    """Pide lo que falta de `part`, lo agrega y comprueba el total."""
    if _size(part) > stamp.size:
        part.unlink()
    if _size(part) < stamp.size:
        with _mirror_faults(patience), _ask(url, _size(part), patience) as response:
            start = _check_response(response, _size(part), stamp)
            _check_space(part, stamp.size - start)
            _append(response, part, start, stamp, patience)
    with part.open("rb") as stream:
        if stamp_problem(stream, stamp):
            raise _MirrorProblem("lo que envió no es el archivo oficial (su sha256 no coincide)", poisoned=True)
        os.fsync(stream.fileno())


@contextlib.contextmanager
def _mirror_faults(patience: Patience) -> Iterator[None]:
    """Convierte los errores de la red en `_MirrorProblem`."""
    try:
        yield
    except urllib.error.HTTPError as error:
        # 416: el sitio no tiene nada a partir de donde íbamos, así que lo guardado no era suyo.
        raise _MirrorProblem(f"respondió {error.code}", poisoned=error.code == 416) from error
    except urllib.error.URLError as error:
        raise _MirrorProblem(f"no se pudo conectar ({error.reason})") from error
    except TimeoutError as error:
        raise _MirrorProblem(f"dejó de enviar datos durante {patience.idle:g} s") from error
    except (http.client.HTTPException, OSError) as error:
        raise _MirrorProblem("la conexión se cortó") from error


class _HttpsOnly(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, req: Any, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> Any:
        if urlsplit(newurl).scheme != "https":
            raise _MirrorProblem("redirige a una dirección que no es https")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _ask(url: str, start: int, patience: Patience) -> IO[bytes]:
    headers = {"User-Agent": "labcode", "Accept-Encoding": "identity"}
    if start:
        headers["Range"] = f"bytes={start}-"
    opener = urllib.request.build_opener(_HttpsOnly)
    return opener.open(urllib.request.Request(url, headers=headers), timeout=patience.idle)


def _check_response(response: Any, start: int, stamp: FileStamp) -> int:
    """Comprueba que la respuesta sea la del archivo y dice desde qué byte viene."""
    if "html" in response.headers.get("Content-Type", ""):
        raise _MirrorProblem("respondió una página web, no el archivo")
    if response.status == 206:
        expected = f"bytes {start}-{stamp.size - 1}/{stamp.size}"
        if response.headers.get("Content-Range") != expected:
            raise _MirrorProblem("no reanudó desde donde se le pidió", poisoned=True)
    elif response.status == 200:
        start = 0
    else:
        raise _MirrorProblem(f"respondió {response.status}")
    length = response.headers.get("Content-Length")
    if length is not None and length != str(stamp.size - start):
        raise _MirrorProblem(f"ofrece {length} bytes y se esperaban {stamp.size - start}")
    return start


def _check_space(part: Path, needed: int) -> None:
    if shutil.disk_usage(part.parent).free < needed:
        raise _DiskProblem(OSError(errno.ENOSPC, f"hacen falta {needed} bytes"))


def _append(response: Any, part: Path, start: int, stamp: FileStamp, patience: Patience) -> None:
    pace = _Pace(patience)
    # Lo que aquí no es leer de la red es del disco, también la barra, que puede estar escribiendo en un archivo.
    # Sin memoria intermedia: lo que no cabe falla al escribir, y no al cerrar.
    with (
        _disk(),
        tqdm(total=stamp.size, initial=start, unit="B", unit_scale=True, desc=part.stem, leave=False) as bar,
        part.open("r+b" if start else "wb", buffering=0) as stream,
    ):
        stream.seek(start)
        while block := _read(response, patience):
            if start == 0 and not block.startswith(_GZIP[: len(block)]):
                raise _MirrorProblem("respondió algo que no es el archivo", poisoned=True)
            start += len(block)
            if start > stamp.size:
                raise _MirrorProblem("envió más de lo debido", poisoned=True)
            _write_all(stream, block)
            bar.update(len(block))
            pace.check(len(block))
    if start < stamp.size:
        raise _MirrorProblem("la conexión se cortó")


def _read(response: Any, patience: Patience) -> bytes:
    with _mirror_faults(patience):
        return response.read1(_BLOCK)


def _write_all(stream: Any, block: bytes) -> None:
    view = memoryview(block)
    while view:
        view = view[stream.write(view) :]


class _Pace:
    """Vigila que un sitio no gotee para siempre."""

    def __init__(self, patience: Patience) -> None:
        self._patience, self._since, self._received = patience, time.monotonic(), 0

    def check(self, received: int) -> None:
        self._received += received
        elapsed = time.monotonic() - self._since
        if elapsed < self._patience.window:
            return
        if self._received < self._patience.rate * elapsed:
            raise _MirrorProblem(f"es demasiado lento ({self._received / elapsed / 1000:.1f} kB/s)")
        self._since, self._received = time.monotonic(), 0


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":  # Windows no abre carpetas
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
