"""Leer los lotes: primero el tamaño y el sha256, después, y solo entonces, el contenido.

Nada se extrae al disco: los miembros de un archivo comprimido se leen de a uno, por su nombre, con su
tamaño exacto. El lector de *pickle* no sabe construir más que un arreglo de bytes.
"""

import hashlib
import io
import pickle
import tarfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from labcode.data.dataset import CLASSES, DataError
from labcode.data.editions import Edition, FileStamp, Form
from labcode.files import reason

_ROW = 3 * 32 * 32
_BLOCK = 1 << 20
_SLACK = 1 << 20  # encabezados del tar y archivos menores (el «readme»)


def stamp_problem(stream: BinaryIO, stamp: FileStamp) -> str:
    """Compara un archivo abierto con su sello; al terminar queda otra vez en el principio.

    Returns:
        Qué no coincide, o un texto vacío. No lee más de `stamp.size` bytes.
    """
    size = stream.seek(0, io.SEEK_END)
    stream.seek(0)
    if size != stamp.size:
        return f"mide {size} bytes y debe medir {stamp.size}"
    digest = hashlib.sha256()
    while block := stream.read(_BLOCK):
        digest.update(block)
    stream.seek(0)
    return "" if digest.hexdigest() == stamp.sha256 else "su sha256 no es el de la edición oficial"


def check_bytes(where: str, data: bytes, stamp: FileStamp) -> bytes:
    """Devuelve `data` si su tamaño y su sha256 son los del sello.

    Raises:
        DataError: si no; el mensaje nombra `where`.
    """
    problem = stamp_problem(io.BytesIO(data), stamp)
    if problem:
        raise DataError(f"{where} está dañado o no es el oficial: {problem}.")
    return data


def folder_members(folder: Path, form: Form, edition: Edition) -> Iterator[tuple[str, bytes]]:
    """Da los lotes de una carpeta, en orden, ya comprobados: (nombre, contenido).

    Raises:
        DataError: si falta uno, no se puede leer o no es el oficial.
    """
    for name, stamp in edition.files[form].items():
        path = folder / name
        try:
            with path.open("rb") as stream:
                data = stream.read(stamp.size + 1)
        except OSError as error:
            raise DataError(f"No se pudo leer {path}: {reason(error)}.") from error
        yield name, check_bytes(str(path), data, stamp)


def archive_members(path: Path, form: Form, edition: Edition) -> Iterator[tuple[str, bytes]]:
    """Da los lotes de un archivo .tar.gz oficial, en el orden en que vienen, sin extraerlo.

    El archivo entero se comprueba antes de descomprimir un solo byte, y cada lote otra vez.

    Raises:
        DataError: si el archivo o un miembro no es el oficial, o falta alguno.
    """
    missing = dict(edition.files[form])
    try:
        with path.open("rb") as stream:
            problem = stamp_problem(stream, edition.archives[form])
            if problem:
                raise DataError(f"{path} está dañado o no es el oficial: {problem}.")
            limit = sum(stamp.size for stamp in missing.values()) + _SLACK
            plain = _Bounded(stream, limit)
            with tarfile.open(fileobj=plain, mode="r|") as tar:
                for member in tar:
                    name = member.name.removeprefix(f"{edition.folders[form]}/")
                    if member.name == name or name not in missing:
                        continue
                    yield name, _member(path, tar, member, missing.pop(name))
    except (tarfile.TarError, zlib.error, EOFError, ValueError, RecursionError, OverflowError) as error:
        raise DataError(f"{path} no es un .tar.gz válido: {error}.") from error
    except OSError as error:
        raise DataError(f"No se pudo leer {path}: {reason(error)}.") from error
    if missing:
        raise DataError(f"A {path} le falta {next(iter(missing))}.")


def _member(path: Path, tar: tarfile.TarFile, member: tarfile.TarInfo, stamp: FileStamp) -> bytes:
    if not member.isreg() or member.size != stamp.size:
        raise DataError(f"{member.name}, en {path}, no es un archivo corriente de {stamp.size} bytes.")
    stream = tar.extractfile(member)
    if stream is None:
        raise DataError(f"{member.name}, en {path}, no tiene contenido.")
    return check_bytes(f"{member.name}, en {path},", stream.read(stamp.size + 1), stamp)


class _Bounded(io.RawIOBase):
    """Descomprime gzip por trozos y se niega a pasar de un total: una bomba no llena la memoria."""

    def __init__(self, stream: BinaryIO, limit: int) -> None:
        self._stream, self._left = stream, limit
        self._inflate = zlib.decompressobj(wbits=31)

    def read(self, size: int = -1) -> bytes:
        wanted = _BLOCK if size < 0 else min(size, self._left + 1)
        parts: list[bytes] = []
        while wanted > 0 and not self._inflate.eof:
            source = self._inflate.unconsumed_tail or self._stream.read(_BLOCK)
            if not source:
                raise EOFError("se corta antes de terminar")
            part = self._inflate.decompress(source, min(wanted, _BLOCK))
            parts.append(part)
            wanted -= len(part)
            self._left -= len(part)
        if self._left < 0:
            raise ValueError("descomprimido, mide mucho más de lo que debe")
        return b"".join(parts)


def decode(where: str, data: bytes, form: Form, batch: int) -> tuple[np.ndarray, np.ndarray]:
    """Convierte un lote ya comprobado en imágenes y etiquetas.

    Args:
        where: de dónde viene, para el mensaje.
        data: el lote; en la versión binaria, filas de una etiqueta y 3072 píxeles.
        form: versión.
        batch: imágenes que debe traer.

    Returns:
        Imágenes uint8 [batch, 3, 32, 32] y etiquetas int64 [batch].

    Raises:
        DataError: si no es un lote con etiquetas entre 0 y 9.
    """
    pixels, labels = _decode_binary(data) if form == "binary" else _decode_pickle(where, data)
    right = pixels.shape == (batch, _ROW) and labels.shape == (batch,)
    if not right or labels.min() < 0 or labels.max() >= len(CLASSES):
        raise DataError(f"{where} no es un lote de {batch} imágenes de 3×32×32 con etiquetas entre 0 y 9.")
    return pixels.reshape(batch, 3, 32, 32), labels


def _decode_binary(data: bytes) -> tuple[np.ndarray, np.ndarray]:
    rows = np.frombuffer(data[: len(data) // (_ROW + 1) * (_ROW + 1)], np.uint8).reshape(-1, _ROW + 1)
    return rows[:, 1:], rows[:, 0].astype(np.int64)


def _decode_pickle(where: str, data: bytes) -> tuple[np.ndarray, np.ndarray]:
    try:
        found = _ArrayUnpickler(io.BytesIO(data), encoding="bytes").load()
        pixels, labels = found[b"data"], np.asarray(found[b"labels"])
    except Exception as error:  # un pickle ajeno puede fallar de cualquier modo
        raise DataError(f"{where} no es un lote de CIFAR-10: {error}.") from error
    if not isinstance(pixels, np.ndarray) or pixels.dtype != np.uint8 or labels.dtype.kind not in "iu":
        raise DataError(f"{where} no es un lote de CIFAR-10: sus píxeles o sus etiquetas son de otro tipo.")
    return pixels, labels.astype(np.int64)


class _ArrayUnpickler(pickle.Unpickler):
    """Un lector de *pickle* que solo sabe hacer listas, textos y arreglos de bytes sin signo."""

    def find_class(self, module: str, name: str) -> Any:
        allowed = {
            ("numpy.core.multiarray", "_reconstruct"): _empty_array,
            ("numpy", "ndarray"): "ndarray",
            ("numpy", "dtype"): _byte_dtype,
        }
        if (module, name) not in allowed:
            raise pickle.UnpicklingError(f"pide {module}.{name}, que no se admite")
        return allowed[module, name]


def _empty_array(*arguments: Any) -> np.ndarray:
    if arguments != ("ndarray", (0,), b"b"):
        raise pickle.UnpicklingError("arma un arreglo de un modo que no se admite")
    return np.empty(0, np.uint8)


def _byte_dtype(*arguments: Any) -> np.dtype:
    if arguments[:1] != (b"u1",):
        raise pickle.UnpicklingError("trae un arreglo que no es de bytes")
    return np.dtype(np.uint8)
