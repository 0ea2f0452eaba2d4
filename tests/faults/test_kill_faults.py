"""Procesos que mueren de golpe mientras escriben: un archivo (F2), o un capítulo entero (F4)."""

import itertools
import json
import os
import random
import signal
import sys
import time
from collections import Counter
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest
import torch
from safetensors.torch import load, save

sys.path.insert(0, str(Path(__file__).parents[1]))

from fault_helpers import cases  # noqa: E402
from process_helpers import EPOCHS, ROOT, ask_pause, nursery, paused, saved, settle, wait_for  # noqa: E402
from test_experiments import TINY, Here  # noqa: E402

from labcode import __main__ as command  # noqa: E402
from labcode.data import figuras  # noqa: E402
from labcode.experiments import runner, speed, train_missing  # noqa: E402
from labcode.experiments.planning import checkpoint_folder  # noqa: E402
from labcode.figures import Shown  # noqa: E402
from labcode.files import clean_temporaries, write_atomic  # noqa: E402
from labcode.models import MLPConfig, build  # noqa: E402
from labcode.results import Result, ResultError, read_result, result_path, write_result  # noqa: E402
from labcode.training import Recipe, Run, describe  # noqa: E402
from labcode.training.checkpoints import load_checkpoint, save_checkpoint  # noqa: E402
from labcode.weights import read_weights, weights_path, write_weights  # noqa: E402

pytestmark = pytest.mark.fault

# --- F2: a media escritura -----------------------------------------------------------------------------------

SMALL = Run(MLPConfig(hidden=(3,), inputs=4), Recipe(), 0)


def write_version(folder, number):
    """Escribe la versión `number` de todo lo que el paquete escribe, cada cosa con lo suyo."""
    result = Result("TINY", "final", {}, 0, describe(SMALL), {"train_loss": [float(number)] * 400}, {}, {}, None, {})
    write_result(result)
    save_checkpoint(checkpoint_folder("TINY") / "c.ckpt", {"w": torch.full((4_000,), float(number))}, {"epoch": number})
    Shown(f"<svg>{f'{number} ' * 1_000}</svg>", "", "").save(folder / "figure.svg")
    filled = {name: torch.full_like(value, number) for name, value in build(SMALL.model, 0).state_dict().items()}
    write_weights(result, save(filled), (torch.full((3,), float(number)),) * 2)
    write_atomic(folder / "cache" / "speed.json", json.dumps({"clave": [number] * 400}).encode())


def versions(folder):
    """Los números que hay en cada archivo: uno solo, si es una versión entera."""
    tensors, info = load_checkpoint(checkpoint_folder("TINY") / "c.ckpt")
    drawn = (folder / "figure.svg").read_text(encoding="utf-8")
    card = json.loads(weights_path("TINY").with_suffix(".json").read_text(encoding="utf-8"))
    assert drawn.startswith("<svg>") and drawn.endswith("</svg>") and len(drawn.split()) == 1_001
    return {
        "result": set(read_result(result_path("TINY", "final", {}, 0)).history["train_loss"]),
        "checkpoint": {*tensors["w"].tolist(), info["epoch"]},
        "figure": {*map(int, drawn[5:-6].split())},
        "weights": {x for value in load(weights_path("TINY").read_bytes()).values() for x in value.flatten().tolist()},
        "card": {*card["mean"], *card["std"]},
        "speed": {*json.loads((folder / "cache" / "speed.json").read_bytes())["clave"]},
    }


def write_forever(folder):
    """Escribe una versión tras otra, desde la última que haya."""
    for number in itertools.count(int(max(set().union(*versions(folder).values()))) + 1):
        write_version(folder, number)


def strays(folder):
    """Los temporales de las carpetas del paquete; una figura se guarda donde diga el lector."""
    return [path for name in ("results", "cache", "weights") for path in (folder / name).rglob(".*.labcode-tmp")]


def test_f2_killed_while_it_writes_leaves_the_old_or_the_new(tmp_path, monkeypatch):
    settle(tmp_path, monkeypatch.setenv)
    dice, rounds, torn = random.Random(2), cases(30, 500), 0
    write_version(tmp_path, 0)
    last, final = [0] * 6, tmp_path / "cache" / "speed.json"

    def until(_):
        wait_for(lambda: final.stat().st_mtime_ns != before)  # ya escribió una versión entera
        limit = time.monotonic() + dice.uniform(0.0, 0.04)
        while time.monotonic() < limit:  # limpiar no molesta a quien está escribiendo
            clean_temporaries(tmp_path)

    with nursery(write_forever) as live:
        for _ in range(rounds):
            before = final.stat().st_mtime_ns
            assert live(tmp_path, until) == -signal.SIGKILL
            found = versions(tmp_path)
            assert all(len(numbers) == 1 for numbers in found.values()), found
            now = [min(numbers) for numbers in found.values()]
            assert all(new in (old, max(now) - 1, max(now)) for old, new in zip(last, now)), (last, now)
            last = now
            try:
                assert set(read_weights("TINY").card["mean"]) == found["weights"]
            except ResultError:  # entre los pesos y su ficha: no se usan
                assert found["weights"] != found["card"]
                torn += 1
    assert min(last) >= rounds - 1 and torn < rounds
    assert strays(tmp_path)
    places = [tmp_path / name for name in ("cache", "weights", "results/tiny/final")]
    for path in [*strays(tmp_path), *(place / ".viejo.labcode-tmp" for place in places)]:
        path.touch()
        os.utime(path, (time.time() - 4_000,) * 2)  # de hace más de una hora
    alive = {place / ".vivo.labcode-tmp" for place in places}
    for path in alive:
        path.touch()
    monkeypatch.setattr(runner, "load_cifar10", lambda: figuras(n_train=300, n_test=100, seed=0))
    runner._dataset.cache_clear()
    train_missing(replace(TINY, name="OTHER", axes={}, seeds=1, final="none"), executor=Here())
    runner._dataset.cache_clear()
    assert set(strays(tmp_path)) == alive


def measure_forever(_):
    """Mide la velocidad de una red, una vez tras otra."""
    while True:
        speed.measure([replace(SMALL, model=MLPConfig(hidden=(3,)))])


def test_f2_killed_while_it_measures_leaves_nothing_for_good(tmp_path, monkeypatch):
    settle(tmp_path, monkeypatch.setenv)
    with nursery(measure_forever) as live:
        for _ in range(cases(3, 30)):
            assert live(tmp_path, lambda _: wait_for(lambda: strays(tmp_path))) == -signal.SIGKILL
    assert strays(tmp_path)
    clean_temporaries(tmp_path, older_than=0.0)
    assert not [path for path in (tmp_path / "cache").rglob("*") if path.is_file()]


# --- F4: a medio capítulo ------------------------------------------------------------------------------------

CELL = f"""
import sys; sys.path[:0] = [{str(ROOT)!r}, {str(ROOT / "tests")!r}]
import worker_hook
from dataclasses import replace
from labcode.experiments import runner
from process_helpers import SLOW
from test_experiments import Here
for i in range(MUCHOS):
    print(runner.train_missing(replace(SLOW, name=f"SLOW_{{i}}", axes={{"lam": (i / 1000,)}}, seeds=1), executor=Here(), progress=False))
"""


def rebuild(folder):
    """Ejecuta el capítulo de una carpeta."""
    command.EXECUTED = folder / "out"
    command.rebuild_chapter(folder / "01_prueba.ipynb", {"ENTRENAR": True})


def test_f4_papermill_killed_half_way_loses_nothing(tmp_path):
    kills = cases(3, 50)
    many = kills // 4 + 2  # cada experimento son dos grupos, y en cada uno se muere a las tres épocas y a las seis
    cells = [nbformat.v4.new_code_cell("ENTRENAR = False", metadata={"tags": ["parameters"]}), nbformat.v4.new_code_cell(CELL.replace("MUCHOS", str(many)))]
    metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    chapter, executed = tmp_path / "01_prueba.ipynb", tmp_path / "out" / "01_prueba.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=metadata), chapter)
    source, finished = chapter.read_bytes(), {}

    def until(_):
        wait_for(lambda: paused(tmp_path))

    def results():
        return {path: (path.stat().st_ino, path.stat().st_mtime_ns) for path in (tmp_path / "results").rglob("*.json")}

    with nursery(rebuild, "papermill") as live:
        for kill in range(kills):
            ask_pause(tmp_path)
            assert live(tmp_path, until) == -signal.SIGKILL
            with suppress(ProcessLookupError):  # el núcleo, si no se fue tras papermill
                os.kill(paused(tmp_path)[0], signal.SIGKILL)
            assert chapter.read_bytes() == source
            assert not executed.exists() and len(list((tmp_path / "out").iterdir())) == 1  # un borrador: el último
            assert len(results()) == kill // 2 and finished.items() <= results().items()
            finished = results()
        assert live(tmp_path) == 0
    assert chapter.read_bytes() == source and list((tmp_path / "out").iterdir()) == [executed]
    assert len(results()) == 2 * many and finished.items() <= results().items()
    assert saved(tmp_path) == Counter({name: EPOCHS for name in saved(tmp_path)}) and len(saved(tmp_path)) == 2 * many
    printed = "".join(output.text for output in nbformat.read(executed, 4).cells[-1].outputs if output.output_type == "stream")
    assert printed.split()[-1] == "2"  # el último experimento, desde el principio
