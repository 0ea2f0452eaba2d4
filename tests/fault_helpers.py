"""Cuántas veces se causa cada falla: unas pocas en toda corrida de las pruebas, y muchas con `make faults`."""

import os
import random
from collections.abc import Iterator
from pathlib import Path


def cases(short: int, long: int) -> int:
    """Las veces que toca: `short`, o `long` en la versión larga."""
    return long if os.environ.get("LABCODE_FAULTS") == "long" else short


def flips(path: Path, many: int) -> Iterator[bytes]:
    """Cambia en un archivo un bit al azar y da cómo quedó, `many` veces; al final está como antes."""
    good, dice = path.read_bytes(), random.Random(8)
    with open(path, "r+b", buffering=0) as file:
        for _ in range(many):
            at = dice.randrange(len(good))
            bad = bytes([good[at] ^ 1 << dice.randrange(8)])
            os.pwrite(file.fileno(), bad, at)
            yield good[:at] + bad + good[at + 1 :]
            os.pwrite(file.fileno(), good[at : at + 1], at)
