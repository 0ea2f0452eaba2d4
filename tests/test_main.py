"""La línea de comandos: rechaza lo que no entiende, y reconstruir no toca el cuaderno de origen."""

import json
import os
import re
import signal
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest
import torch

from fault_helpers import cases
from labcode import __main__ as command
from labcode import catalog
from labcode.experiments import TrainingError
from process_helpers import RUNS, ask_pause, paused, train_here, wait_for
from test_experiments import ROOT, TINY, Here, place  # noqa: F401 - `place` es una fixture


@pytest.fixture
def chapter(tmp_path):
    cells = [
        nbformat.v4.new_code_cell("ENTRENAR = False", metadata={"tags": ["parameters"]}),
        nbformat.v4.new_code_cell("open('corrio.txt', 'w').write(str(ENTRENAR)); print(1, flush=True); __import__('time').sleep(0.5); print(2)"),
    ]
    path = tmp_path / "01_prueba.ipynb"
    metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=metadata), path)
    return path


def test_rebuild_runs_the_chapter_and_leaves_the_source_intact(chapter, tmp_path, monkeypatch):
    monkeypatch.setattr(command, "EXECUTED", tmp_path / "out")
    before = chapter.read_bytes()
    ended = subprocess.Popen(["true"])
    ended.wait()
    drafts = [tmp_path / "out" / f".{name}.ipynb" for name in (f"05_l2.{ended.pid}", f"05_l2.{os.getppid()}", "otro")]
    drafts[0].parent.mkdir()
    for draft in drafts:
        draft.touch()
    target = command.rebuild_chapter(chapter, {"ENTRENAR": True})
    assert (chapter.parent / "corrio.txt").read_text() == "True"
    assert chapter.read_bytes() == before and set((tmp_path / "out").iterdir()) == {target, *drafts[1:]}  # del que murió no queda nada
    printed = [o.text for o in nbformat.read(target, 4).cells[-1].outputs if o.output_type == "stream"]
    assert printed == ["1\n2\n"]  # un solo texto, aunque haya llegado en dos mensajes: así lo esperan las diapositivas


@pytest.mark.parametrize(
    "parameters, message",
    [({"ENTRENA": True}, "`ENTRENA` no es un parámetro"), ({"ENTRENAR": "True"}, "del tipo bool"),
     ({"ENTRENAR": float("nan")}, "del tipo bool"), ({"ENTRENAR": 1}, "del tipo bool")],
)  # fmt: skip
def test_rebuild_refuses_a_bad_parameter_before_the_first_cell(chapter, tmp_path, monkeypatch, parameters, message):
    monkeypatch.setattr(command, "EXECUTED", tmp_path / "out")
    with pytest.raises(ValueError, match=message):
        command.rebuild_chapter(chapter, parameters)
    assert not (chapter.parent / "corrio.txt").exists() and not (tmp_path / "out").exists()


def test_a_failing_chapter_leaves_no_executed_notebook(chapter, tmp_path, monkeypatch):
    monkeypatch.setattr(command, "EXECUTED", tmp_path / "out")
    book = nbformat.read(chapter, 4)
    book.cells[1].source = "raise RuntimeError('no')"
    nbformat.write(book, chapter)
    with pytest.raises(TrainingError, match=r"se detuvo en la celda que empieza por «raise RuntimeError\('no'\)». RuntimeError: no"):
        command.rebuild_chapter(chapter, {"ENTRENAR": True})
    assert not list((tmp_path / "out").iterdir())


@pytest.mark.parametrize(
    "argv, message",
    [(["train", "L2_MPL"], "`NOMBRE = 'L2_MPL'` no es válido: debe ser uno de RECAP_BATCH"),
     (["train", "L2_MLP", "--workers", "0"], "`workers = 0` no es válido"),
     (["train", "L2_MLP", "--seeds", "0"], "`seeds = 0` no es válido"),
     (["rebuild", "99_nada"], "`CAPÍTULO = '99_nada'` no es válido")],
)  # fmt: skip
def test_bad_orders_say_why_in_one_line(argv, message, capsys):
    assert command.main(argv) == 1
    captured = capsys.readouterr()
    assert message in captured.err and captured.err.count("\n") == 1


@pytest.mark.parametrize(
    "argv, message",
    [([], "Error: falta ORDEN."), (["hacer"], "`ORDEN`: 'hacer' no es válido: debe ser uno de "), (["train"], "falta NOMBRE"),
     (["train", "L2_MLP", "--device", "tpu"], "`--device`: 'tpu' no es válido: debe ser uno de "), (["status", "--todo"], "no se reconoce --todo"),
     (["train", "L2_MLP", "--seeds", "dos"], "`--seeds`: 'dos' no es válido: debe ser un entero"), (["train", "L2_MLP", "--seeds"], "`--seeds`: falta su valor"),
     (["train", "L2_MLP", "--s", "2"], "--s puede ser --seeds, --scheduler")],
)  # fmt: skip
def test_a_misspelt_order_is_refused_in_spanish(argv, message, capsys):
    with pytest.raises(SystemExit) as stop:
        command.main(argv)
    captured = capsys.readouterr()
    assert stop.value.code == 2 and message in captured.err and "--help" in captured.err and captured.err.count("\n") == 1


def test_the_help_is_in_spanish(capsys):
    for argv in (["--help"], ["train", "--help"]):
        with pytest.raises(SystemExit):
            command.main(argv)
        said = capsys.readouterr().out
        assert said.startswith("uso: ") and "opciones:" in said and not {"usage", "options", "show"} & set(re.findall(r"\w+", said))


def test_without_the_chapters_it_says_where_to_go(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(command, "BOOK", tmp_path)
    for order in ("rebuild", "slides"):
        assert command.main([order]) == 1 and "clonen el repositorio" in capsys.readouterr().err


def test_a_missing_package_is_named(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "papermill", None)
    assert command.main(["rebuild", "05_l2"]) == 1
    assert "falta el paquete papermill" in capsys.readouterr().err


def test_whoever_stops_reading_is_not_an_error():
    order = f"{sys.executable} -m labcode summary --json | head -1"
    done = subprocess.run(["bash", "-o", "pipefail", "-c", order], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "[\n", "")


def test_without_a_gpu_it_says_what_it_will_cost_before_training(place, monkeypatch, capsys):  # noqa: F811
    said = []
    monkeypatch.setattr(catalog, "EXPERIMENTS", (TINY,))
    monkeypatch.setattr(command, "train_missing", lambda e, **_: said.append(capsys.readouterr().out) or 12)
    monkeypatch.setattr(command, "pick_device", lambda name="auto": torch.device("cpu"))
    monkeypatch.setattr(command, "estimate", lambda e, workers: 90.0 * (workers or 1))
    assert command.main(["train", "tiny"]) == 0 and command.main(["train", "tiny", "--workers", "2", "--seeds", "1"]) == 0
    assert "TINY: no hay GPU y se entrena en CPU. Lo que falta tardaría aquí cerca de 2 min." in said[0]
    assert "Lo que falta tardaría aquí con todas sus semillas cerca de 3 min." in said[1]
    monkeypatch.setattr(command, "pick_device", lambda name="auto": torch.device("cuda"))
    assert command.main(["train", "tiny"]) == 0 and said[2].startswith("TINY: 12 corridas")


def test_status_train_and_summary_on_a_tiny_catalog(place, monkeypatch, capsys):  # noqa: F811
    monkeypatch.setattr(catalog, "EXPERIMENTS", (TINY,))
    real = command.train_missing
    monkeypatch.setattr(command, "train_missing", lambda e, **_: real(e, executor=Here()))
    assert command.main(["status", "--missing"]) == 0
    assert "TINY: faltan 12 de 12 corridas · python -m labcode train TINY" in capsys.readouterr().out
    assert command.main(["summary", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["chosen"] is None
    assert command.main(["train", "tiny", "--device", "cpu"]) == 0
    assert "TINY: 12 corridas entrenadas." in capsys.readouterr().out
    assert command.main(["status", "--missing"]) == 0 and capsys.readouterr().out == ""
    assert command.main(["status"]) == 0 and "12" in capsys.readouterr().out
    assert command.main(["summary"]) == 0
    said = capsys.readouterr().out
    assert "elegido en validación" in said and "la clase: 10\u202f%" in said and "mejor en prueba, elegido como en la clase:" in said and "±" not in said
    monkeypatch.setattr(catalog, "EXPERIMENTS", (replace(TINY, final="none", lecture=None),))
    assert command.main(["summary"]) == 0 and "mejor en validación (aquí no se elige)" in capsys.readouterr().out
    monkeypatch.setattr(catalog, "EXPERIMENTS", (replace(TINY, lecture=None),))
    assert command.main(["summary"]) == 0
    said = capsys.readouterr().out
    assert "mejor en prueba: " in said and "la clase" not in said
    monkeypatch.setattr(catalog, "EXPERIMENTS", (TINY,))
    assert command.main(["summary", "--json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)
    wanted = {"experiment", "chosen", "seeds", "val_mean", "test_mean", "test_ci95", "best_on_test", "lecture"}
    assert row.keys() >= wanted and row["seeds"] == 2 and 0 <= row["test_mean"] <= 100 and row["lecture"] == 10.0
    for job in TINY.jobs("selection") + [job for job in TINY.jobs("final") if job.run.seed == 3]:
        job.path.unlink()
    assert command.main(["summary"]) == 0  # una semilla en prueba y ninguna en validación
    said = capsys.readouterr().out
    assert "sin elegir: faltan las redes de validación" in said and "mejor en prueba" in said and "sin resultados" not in said and "±" not in said
    monkeypatch.setattr(catalog, "EXPERIMENTS", (replace(TINY, selection_seeds=0, seeds=3),))
    assert command.main(["summary"]) == 0 and "nada se elige" in capsys.readouterr().out


def test_an_interruption_says_how_to_go_on(monkeypatch, capsys):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(command, "train_missing", interrupted)
    assert command.main(["train", "L2_MLP"]) == 130
    assert "python -m labcode train L2_MLP" in capsys.readouterr().err


def test_the_results_of_the_book_are_sound():
    for row in command.status_rows(catalog.EXPERIMENTS):
        assert row.stale == 0 and row.declared == row.finished + row.missing
    assert all(Path(command.BOOK / f"{e.chapter}.ipynb").exists() for e in catalog.EXPERIMENTS + catalog.CALCULATIONS)


@contextmanager
def training(folder, workers):
    """La línea de comandos, en su propio grupo de procesos; se detiene sola en su tercera época."""
    ask_pause(folder)
    paths = {"LABCODE_RESULTS": str(folder / "results"), "LABCODE_CACHE": str(folder / "cache"), "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "tests" / "worker_hook.py"), "train", "slow", "--workers", workers, "--device", "cpu"],  # sin el aviso de cuánto tardará, que entrena un poco
        env=os.environ | paths, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # aunque a las pruebas las hayan lanzado de fondo
    )  # fmt: skip
    try:
        yield process
    finally:
        if alive(process.pid):
            os.killpg(process.pid, signal.SIGKILL)


@pytest.mark.fault
@pytest.mark.parametrize("_", range(cases(1, 10)))
def test_a_stop_leaves_nothing_running_and_the_same_order_goes_on(tmp_path, monkeypatch, _):
    """SIGTERM y Ctrl-C de verdad, a media época: 130, la orden que sigue, nadie vivo, y los mismos bits después."""
    with training(tmp_path / "one", "1") as one, training(tmp_path / "two", "2") as two:
        wait_for(lambda: paused(tmp_path / "one") and paused(tmp_path / "two"))
        one.terminate()
        os.killpg(two.pid, signal.SIGINT)  # como una terminal: a todo el grupo
        whole = train_here(tmp_path / "whole", monkeypatch)
        for process, workers in ((one, "1"), (two, "2")):
            _, said = process.communicate(timeout=60)
            assert process.returncode == 130 and f"python -m labcode train slow --workers {workers}" in said
            assert "Traceback" not in said and "Warning" not in said and "\r" not in said
            wait_for(lambda: not alive(process.pid), 10)
    for folder in (tmp_path / "one", tmp_path / "two"):
        assert list((folder / "cache").rglob("*.ckpt"))
        assert train_here(folder, monkeypatch) == whole and len(whole) == RUNS


def alive(group):
    """Si queda algún proceso de un grupo."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True
