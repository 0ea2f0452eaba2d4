"""Archivos que no se pierden: escritura atómica, sello sha256 y la carpeta de caché."""

import errno
import hashlib
import os
import tempfile
import time
from contextlib import suppress
from pathlib import Path

TEMPORARY = ".labcode-tmp"  # como termina el nombre de un temporal; empieza con un punto
_STALE_SECONDS = 3600.0
# Lo que el sistema dice en inglés.
_REASONS = {
    errno.ENOSPC: "no queda espacio en el disco",
    errno.EFBIG: "no queda espacio en el disco",
    errno.ENOENT: "no existe",
    errno.EDQUOT: "se llenó la cuota de disco",
    errno.EACCES: "falta permiso",
    errno.EPERM: "falta permiso",
    errno.EROFS: "es de solo lectura",
    errno.ENOTDIR: "en la ruta hay un archivo y no una carpeta",
    errno.EEXIST: "en la ruta hay un archivo y no una carpeta",
    errno.EISDIR: "es una carpeta",
}


def cache_dir() -> Path:
    """Da la carpeta de caché: `LABCODE_CACHE` si está definida, o `~/.cache/labcode`. No la crea."""
    named = os.environ.get("LABCODE_CACHE")
    return Path(named).expanduser() if named else Path.home() / ".cache" / "labcode"


def reason(error: OSError) -> str:
    """Dice por qué falló el sistema de archivos, en castellano si es lo que suele pasar."""
    return _REASONS.get(error.errno) or error.strerror or str(error)


def sha256(data: bytes) -> str:
    """Da el sha256 de unos bytes, en hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def write_atomic(path: Path, data: bytes) -> None:
    """Escribe `data` en `path` de modo que siempre exista el archivo viejo o el nuevo, entero.

    Escribe al lado, fuerza a disco y renombra. Crea las carpetas que falten.

    Raises:
        OSError: si el disco está lleno o la carpeta no admite escritura; el mensaje nombra la ruta
            y el archivo anterior queda intacto.
    """
    path = Path(path)
    temporary: Path | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(suffix=TEMPORARY, prefix=f".{path.name}.", dir=path.parent)
        temporary = Path(name)
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except OSError as error:
        if temporary is not None:
            temporary.unlink(missing_ok=True)
        raise OSError(
            error.errno, f"No se pudo escribir {path} ({reason(error)}); lo que había sigue intacto"
        ) from error


def ensure_writable(folder: Path, variable: str) -> None:
    """Crea una carpeta, si falta, y comprueba que se puede escribir en ella antes de empezar lo que tarda.

    Args:
        folder: cuál.
        variable: la variable de entorno que la elige, para el mensaje.

    Raises:
        OSError: si no se puede.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise OSError(error.errno, f"No se puede escribir en {folder} ({reason(error)}): den permiso, o elijan otra carpeta con {variable}") from error


def clean_temporaries(folder: Path, older_than: float = _STALE_SECONDS) -> int:
    """Borra de `folder` los temporales que dejó un proceso muerto y dice cuántos eran.

    Args:
        folder: carpeta que se recorre entera; puede no existir.
        older_than: segundos desde su última escritura, para no tocar los de un proceso vivo.
    """
    cleaned = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            if name.startswith(".") and name.endswith(TEMPORARY):
                with suppress(FileNotFoundError):  # otro proceso lo acaba de renombrar o de borrar
                    path = Path(parent, name)
                    if time.time() - path.stat().st_mtime >= older_than:
                        path.unlink()
                        cleaned += 1
    return cleaned


def seal(payload: bytes) -> bytes:
    """Antepone a `payload` una línea con su sha256."""
    return sha256(payload).encode() + b"\n" + payload


def unseal(path: Path) -> bytes:
    """Lee un archivo sellado y devuelve su contenido, tras comprobar que su sha256 coincide.

    Raises:
        ValueError: si un solo bit cambió; el mensaje nombra el archivo.
    """
    digest, _, payload = Path(path).read_bytes().partition(b"\n")
    if digest.decode("ascii", "replace") != sha256(payload):
        raise ValueError(f"{path} está dañado: su sha256 no coincide. Bórrenlo para empezar de nuevo ese tramo.")
    return payload
