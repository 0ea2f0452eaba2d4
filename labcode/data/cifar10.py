"""CIFAR-10: encontrarlo, comprobarlo y leerlo.

Se busca, en este orden, en la carpeta que nombra `LABCODE_DATA`, en la caché y en la red.
"""

import os
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from labcode.data.dataset import DataError, Dataset
from labcode.data.download import download as download_file
from labcode.data.editions import OFFICIAL, Edition, Form
from labcode.data.reading import archive_members, decode, folder_members
from labcode.files import cache_dir

VARIABLE = "LABCODE_DATA"
_FORMS: tuple[Form, ...] = ("python", "binary")


@dataclass(frozen=True)
class Source:
    """De dónde se leen los datos: una carpeta con los lotes o un archivo .tar.gz, en una de las dos versiones."""

    path: Path
    form: Form

    def members(self, edition: Edition) -> Iterator[tuple[str, bytes]]:
        """Da los lotes comprobados: (nombre, contenido).

        Raises:
            DataError: si algo no es lo oficial.
        """
        read_members = folder_members if self.path.is_dir() else archive_members
        return read_members(self.path, self.form, edition)


def data_dir() -> Path:
    """Da la carpeta de la caché donde queda lo descargado. No la crea."""
    return cache_dir() / "data"


def load_cifar10(*, download: bool = True, edition: Edition = OFFICIAL) -> Dataset:
    """Lee CIFAR-10, comprobado por sha256 antes de leerlo y después.

    Args:
        download: si se descarga (unos 170 MB, una sola vez) cuando no está en `LABCODE_DATA` ni en la caché.
        edition: qué edición se admite.

    Returns:
        50 000 imágenes de entrenamiento y 10 000 de prueba, uint8 [N, 3, 32, 32], en el orden oficial.

    Raises:
        DataError: si no están, o no son las oficiales; el mensaje dice qué archivo poner y dónde.
    """
    return _load(download, edition)[1]


def _load(download: bool, edition: Edition) -> tuple[Source, Dataset]:
    """Lee la primera fuente sana de las que hay y, si no hay ninguna, la que se descarga; dice cuál fue."""
    problem: DataError | None = None
    for source in find(edition):
        try:
            return source, read(source, edition)
        except DataError as error:
            problem = problem or error
    if problem is None and not download:
        raise DataError(f"No se encontró CIFAR-10. {where_to_put_it(edition)}")
    if problem is not None:
        if os.environ.get(VARIABLE) or not download:
            raise DataError(f"{problem} {where_to_put_it(edition)}") from problem
        warnings.warn(f"{problem} Se descarga de nuevo.", stacklevel=3)
    source = fetch(edition)
    return source, read(source, edition)


def fetch(edition: Edition = OFFICIAL) -> Source:
    """Descarga el archivo oficial a la caché y dice dónde quedó.

    Raises:
        DataError: si ningún sitio lo dio, o no se pudo guardar.
    """
    name = edition.names["python"]
    try:
        return Source(download_file(data_dir() / name, edition.archives["python"], edition.mirrors), "python")
    except DataError as error:
        raise DataError(f"{error} {where_to_put_it(edition)}") from error


def find(edition: Edition = OFFICIAL) -> list[Source]:
    """Busca los datos en `LABCODE_DATA` o, si no está definida, en la caché; no comprueba su contenido.

    Returns:
        Dónde están, en el orden en que se leen; nada, si no están en la caché.

    Raises:
        DataError: si `LABCODE_DATA` no los tiene.
    """
    named = os.environ.get(VARIABLE)
    if not named:
        return find_in(data_dir(), edition)
    sources = find_in(Path(named).expanduser(), edition)
    if not sources:
        raise DataError(f"`{VARIABLE} = {named!r}` no contiene CIFAR-10. {where_to_put_it(edition)}")
    return sources


def find_in(place: Path, edition: Edition = OFFICIAL) -> list[Source]:
    """Busca los datos en una carpeta: los lotes ahí mismo o en su carpeta oficial, o el archivo comprimido.

    Args:
        place: la carpeta, o el propio archivo comprimido.
        edition: qué archivos se buscan.

    Returns:
        Lo que esté completo: primero las carpetas.
    """
    folders = [
        Source(folder, form) for form in _FORMS for folder in (place / edition.folders[form], place)
        if all((folder / name).is_file() for name in edition.files[form])
    ]  # fmt: skip
    archives = [
        Source(archive, form) for form in _FORMS for archive in (place / edition.names[form], place)
        if archive.name == edition.names[form] and archive.is_file()
    ]  # fmt: skip
    return folders + archives


def where_to_put_it(edition: Edition = OFFICIAL) -> str:
    """Explica qué archivo hace falta y dónde ponerlo."""
    names, folders = edition.names, edition.folders
    return (
        f"Pongan {names['python']} (o {names['binary']}, de https://www.cs.toronto.edu/~kriz/cifar.html) en "
        f"{data_dir()}, o definan {VARIABLE} con la carpeta que lo contiene, o la que contiene {folders['python']}/."
    )


def read(source: Source, edition: Edition = OFFICIAL) -> Dataset:
    """Lee los datos de una fuente y comprueba su contenido.

    Raises:
        DataError: si un archivo, o lo leído, no es lo oficial.
    """
    n, batches = edition.batch, edition.batches(source.form)
    images = np.empty((len(batches) * n, 3, 32, 32), np.uint8)
    labels = np.empty(len(batches) * n, np.int64)
    for name, data in source.members(edition):
        if name in batches:
            start = batches.index(name) * n
            decoded = decode(f"{name}, en {source.path},", data, source.form, n)
            images[start : start + n], labels[start : start + n] = decoded
    parts = torch.from_numpy(images), torch.from_numpy(labels)
    train, test = [part[:-n] for part in parts], [part[-n:] for part in parts]
    dataset = Dataset(*train, *test, name=edition.name)
    if dataset.sha256 != edition.content:
        raise DataError(f"Lo leído de {source.path} no es {edition.name}: el sha256 de su contenido no coincide.")
    return dataset


def verify(edition: Edition = OFFICIAL) -> list[str]:
    """Comprueba los datos que hay, sin descargar nada.

    Returns:
        Una línea por hecho comprobado: la fuente, cada archivo y el contenido.

    Raises:
        DataError: si no están o no son los oficiales.
    """
    source, dataset = _load(False, edition)
    lines = [f"Fuente: {source.path} (versión {source.form})"]
    if not source.path.is_dir():
        lines.append(f"{source.path.name}: sha256 {edition.archives[source.form].sha256} ✓")
    lines += [f"{name}: sha256 {stamp.sha256} ✓" for name, stamp in edition.files[source.form].items()]
    amount = f"{len(dataset.train_labels)} + {len(dataset.test_labels)} imágenes"
    lines.append(f"Contenido: {amount}, sha256 {dataset.sha256} ✓")
    return lines


def get(edition: Edition = OFFICIAL) -> Path:
    """Deja CIFAR-10 disponible y comprobado: lo descarga si falta.

    Returns:
        La carpeta o el archivo de donde se lee.

    Raises:
        DataError: como `load_cifar10`.
    """
    return _load(True, edition)[0].path
