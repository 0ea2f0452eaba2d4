"""El costo: la aritmética, con un reloj de mentira; la medida, contra un entrenamiento de verdad."""

import time
from contextlib import nullcontext
from dataclasses import replace
from types import SimpleNamespace

import pytest
import torch

from labcode import __main__ as command
from labcode import catalog
from labcode.data import figuras
from labcode.experiments import Findings, cost, duration, estimate, runner, speed, train_missing
from labcode.experiments.speed import Speed
from labcode.models import MLPConfig
from labcode.training import Recipe, Run
from test_experiments import TINY, Here, place  # noqa: F401 - `place` es una fixture

IMAGES = {"selection": (270, 30), "final": (300, 100)}
PACE = Speed(first=5.0, epoch=0.5, step=0.1, look=0.01)


class Clock:
    """Un entrenamiento que solo adelanta el reloj: 0.3 s al empezar y, por época, 0.02 s, sus pasos y sus miradas."""

    def __init__(self, fixed, per_image):
        self.now, self.seen, self.fixed, self.per_image = 0.0, set(), fixed, per_image

    def train(self, runs, split, *, device, checkpoint):
        batch, members = runs[0].recipe.batch_size, len(runs)
        steps = len(split.train_images) / batch
        epoch = 0.02 + members * (steps * (self.fixed + batch * self.per_image) + len(split.eval_images) * 1e-4)
        loop = runs[0].recipe.epochs * epoch + (1.5 if (members, batch) not in self.seen else 0.0)  # la primera, compila
        self.seen.add((members, batch))
        self.now += 0.3 + loop
        return [SimpleNamespace(seconds=loop / members) for _ in runs]


@pytest.fixture
def clock(monkeypatch, place):  # noqa: F811
    def start(fixed, per_image):
        fake = Clock(fixed, per_image)
        monkeypatch.setattr(speed, "train", fake.train)
        monkeypatch.setattr(speed, "time", SimpleNamespace(perf_counter=lambda: fake.now))
        return fake

    return start


def runs(count, batch):
    return [Run(MLPConfig(hidden=(6,)), Recipe(batch_size=batch, lam=0.001 * i), 0) for i in range(count)]


def test_the_measure_separates_first_epoch_step_and_look(clock):
    fake = clock(1e-4, 1e-6)
    found = speed.measure(runs(3, 64))
    assert (3, 64) in fake.seen
    assert found.step == pytest.approx(3 * 1.64e-4, rel=1e-6) and found.look == pytest.approx(3e-4, rel=1e-6)
    assert found.epoch == pytest.approx(0.02 + 3e-4, rel=1e-6) and found.first == pytest.approx(1.5, abs=0.02)


def test_what_is_too_heavy_is_measured_smaller_and_extended(clock):
    fake = clock(0.05, 0.01)  # 16 imágenes, 0.21 s; 256, 2.61 s; ocho redes, 20.9 s
    found = speed.measure(runs(8, 256))
    assert {members for members, _ in fake.seen} == {1} and max(batch for _, batch in fake.seen) < 64 and fake.now < 10.0
    assert found.step == pytest.approx(8 * 2.61, rel=0.1) and found.look == pytest.approx(8 * 0.01 / 3, rel=0.1)


def test_what_is_slow_but_fits_is_measured_whole_and_only_twice(clock):
    fake = clock(0.01, 0.0005)  # 64 imágenes, 0.042 s; cinco redes, 0.21 s
    found = speed.measure(runs(5, 64))
    assert (5, 64) in fake.seen and fake.now < 10.0
    assert found.step == pytest.approx(0.21, rel=0.1) and found.epoch == 0.0


def test_runs_with_fewer_examples_are_measured_too(monkeypatch):
    monkeypatch.setattr(speed, "LONG", 0.01)
    found = speed.measure([replace(run, examples=4000) for run in runs(2, 32)])
    assert 0 < found.step < 1


@pytest.mark.parametrize("half, step", [(0.2, 0.2), (0.3, 0.2), (0.0, 0.2), (0.1, 0.2)])
def test_an_extension_is_never_absurd(half, step):
    full = speed._extrapolated(0.0, half, step, 16, 256, 1.0).step
    assert 0.5 * step * 16 <= full <= step * 16


def test_a_group_costs_its_steps_its_looks_and_its_epochs(place):  # noqa: F811
    selection, final = TINY.jobs("selection")[:3], TINY.jobs("final")[:3]  # 2 épocas de lotes de 50
    assert cost.group_seconds(selection, PACE, IMAGES) == pytest.approx(2 * (0.5 + 6 * 0.1) + 2 * 30 * 0.01)
    assert cost.group_seconds(final, PACE, IMAGES) == pytest.approx(2 * (0.5 + 6 * 0.1) + 100 * 0.01)


def test_what_a_checkpoint_keeps_is_not_paid_again(place, monkeypatch):  # noqa: F811
    monkeypatch.setattr(cost, "epochs_done", lambda path: 1)
    assert cost.group_seconds(TINY.jobs("selection")[:3], PACE, IMAGES) == pytest.approx(0.5 + 6 * 0.1 + 30 * 0.01)


@pytest.mark.parametrize("groups, lanes, rounds", [(1, 2, 1), (4, 2, 2), (5, 2, 3), (5, 8, 1), (5, 1, 5)])
def test_groups_share_the_lanes(place, groups, lanes, rounds):  # noqa: F811
    group = TINY.jobs("selection")[:3]
    each = cost.group_seconds(group, PACE, IMAGES)
    warm = set()
    assert cost.phase_seconds([group] * groups, lambda _: PACE, lanes, IMAGES, warm) == pytest.approx(PACE.first + rounds * each)
    assert cost.phase_seconds([group] * groups, lambda _: PACE, lanes, IMAGES, warm) == pytest.approx(rounds * each)
    assert cost.phase_seconds([], lambda _: PACE, lanes, IMAGES, warm) == 0.0


def test_each_choice_is_foreseen_with_its_own_epochs(place):  # noqa: F811
    axes = {"batch_size": (50, 100), "learning_rate": (0.01, 0.02)}
    own = {"batch_size": {50: {"epochs": 2}, 100: {"epochs": 4}}}
    steps = replace(TINY, name="STEPS", axes=axes, along=own, per="batch_size", final="chosen")
    final = [job.run.recipe.epochs for job in cost.foreseen(Findings(steps)) if job.phase == "final"]
    assert sorted(final) == [2, 2, 4, 4]


def test_final_runs_are_foreseen_before_the_choice(place):  # noqa: F811
    modest = replace(TINY, name="MODEST", final="chosen")
    assert len(cost.foreseen(Findings(modest))) == modest.seeds * (3 + 1)
    assert len(cost.foreseen(Findings(TINY))) == 12
    train_missing(modest, executor=Here())
    assert cost.foreseen(Findings(modest)) == []


def test_a_speed_is_measured_once_for_this_machine_and_code(place, monkeypatch):  # noqa: F811
    measured = []
    monkeypatch.setattr(speed, "measure", lambda *_: measured.append(1) or PACE)
    monkeypatch.setattr(speed, "OWN", -1.0)  # esa medida no dura nada: no se mira si el hilo estuvo solo
    group = TINY.jobs("selection")[:3]
    assert speed.speed_of(group, "cpu") == PACE == speed.speed_of(group, "cpu") and len(measured) == 1
    other_rate = [replace(job, run=replace(job.run, recipe=replace(job.run.recipe, learning_rate=0.5, epochs=9))) for job in group]
    assert speed.speed_of(other_rate, "cpu") == PACE and len(measured) == 1
    speed.speed_of(group[:2], "cpu")
    speed.speed_of([replace(j, run=replace(j.run, recipe=replace(j.run.recipe, batch_size=7))) for j in group], "cpu")
    assert len(measured) == 3
    real = speed.provenance
    monkeypatch.setattr(speed, "provenance", lambda *args: real(*args) | {"code": "otro"})
    speed.speed_of(group, "cpu")
    assert len(measured) == 4
    (place / "cache" / "speed.json").write_text("no es JSON")
    speed.speed_of(group, "cpu")
    assert len(measured) == 5


def test_what_is_measured_on_a_busy_machine_is_told_and_not_remembered(place, monkeypatch, capsys):  # noqa: F811
    clock = SimpleNamespace(now=0.0, own=0.0)
    monkeypatch.setattr(speed, "time", SimpleNamespace(perf_counter=lambda: clock.now, thread_time=lambda: clock.own))
    monkeypatch.setattr(speed, "_passing", {})
    speed._warn.cache_clear()
    measured = []

    def measure(*_):
        measured.append(1)
        clock.now, clock.own = clock.now + 2.0, clock.own + share * 2.0
        return replace(PACE, step=0.1 / share)

    monkeypatch.setattr(speed, "measure", measure)
    group, share = TINY.jobs("selection")[:3], 0.25
    assert speed.speed_of(group, "cpu").step == 0.4 == speed.speed_of(group, "cpu").step and len(measured) == 1
    assert "Otro programa ocupa la máquina" in capsys.readouterr().err and not (place / "cache" / "speed.json").exists()
    speed._passing.clear()  # otro día, con la máquina libre
    share = 1.0
    assert speed.speed_of(group, "cpu") == PACE and len(measured) == 2 and (place / "cache" / "speed.json").exists()
    speed._passing.clear()
    assert speed.speed_of(group, "cpu") == PACE and len(measured) == 2


def test_the_estimate_is_within_a_factor_of_two(place, monkeypatch):  # noqa: F811
    data = figuras(n_train=3000, n_test=600, seed=0)
    monkeypatch.setattr(runner, "load_cifar10", lambda: data)
    # Todo ocurre en este proceso y con un hilo, también la medida: su tiempo de cálculo depende poco de lo ocupada que esté la máquina.
    monkeypatch.setattr(speed, "threads_each", lambda lanes: 1)
    monkeypatch.setattr(runner, "_pool", lambda *_: nullcontext(Here()))  # con los mismos grupos que se predicen
    clock = SimpleNamespace(perf_counter=time.process_time, thread_time=time.process_time)
    for module in ("labcode.experiments.speed", "labcode.training.loop"):
        monkeypatch.setattr(f"{module}.time", clock)
    images = {"selection": (2700, 300), "final": (3000, 600)}
    ratios = []
    for attempt in range(3):  # y aun así, una medida tan corta puede salir mal
        experiment = replace(TINY, name=f"REAL_{attempt}", recipe=replace(TINY.recipe, batch_size=20, epochs=4))
        (place / "cache" / "speed.json").unlink(missing_ok=True)
        threads = torch.get_num_threads()
        predicted = estimate(experiment, device="cpu", workers=1, images=images, start=0.0)
        assert torch.get_num_threads() == threads
        torch.set_num_threads(1)
        started = time.process_time()
        train_missing(experiment, device="cpu", workers=1)
        torch.set_num_threads(threads)
        ratios.append(predicted / (time.process_time() - started))
        if 0.5 < ratios[-1] < 2:
            return
    pytest.fail(f"predicho / real: {ratios}")


def test_status_predicts_only_what_is_missing(place, monkeypatch, capsys):  # noqa: F811
    asked = []
    monkeypatch.setattr(catalog, "EXPERIMENTS", (TINY,))
    monkeypatch.setattr(command, "estimate", lambda experiment: asked.append(experiment.name) or 2150.0)
    assert command.main(["status", "--missing"]) == 0 and not asked
    assert command.main(["status"]) == 0 and asked == ["TINY"]
    said = capsys.readouterr().out
    assert "estimado" in said and "36 min" in said
    train_missing(TINY, executor=Here())
    assert command.main(["status"]) == 0 and asked == ["TINY"] and "36 min" not in capsys.readouterr().out


@pytest.mark.parametrize(
    "seconds, said",
    [(0.2, "0 s"), (59.4, "59 s"), (59.6, "1 min"), (2100, "35 min"), (3599, "1 h"), (7800, "2 h 10 min"), (172_800, "2 días"),
     (270_000, "3 días 3 h")],
)  # fmt: skip
def test_durations_read_as_they_are_said(seconds, said):
    assert duration(seconds) == said


def test_fewer_examples_cost_fewer_steps(place):
    few = replace(TINY, axes={"examples": (100,)}).jobs("selection")[:1]
    pace = cost.Speed(first=5.0, epoch=0.5, step=0.1, look=0.01)
    images = {"selection": (270, 30), "final": (300, 100)}
    assert cost.group_seconds(few, pace, images) == pytest.approx(2 * (0.5 + 2 * 0.1) + 2 * 30 * 0.01)
    assert cost.CIFAR10 == {"selection": (45_000, 5000), "final": (50_000, 10_000)}
