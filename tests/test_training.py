"""El motor: igual a torch, igual por separado que en conjunto, igual tras morir a medias."""

import math
import os
import signal
import subprocess
import sys
import time
from types import SimpleNamespace

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st

from labcode.models import CNNConfig, MLPConfig, VGGConfig, build
from labcode.regularization import weight_decay_for
from labcode.training import Recipe, Run, learning_rate_at, train
from labcode.training.checkpoints import load_checkpoint
from labcode.training.loop import channel_statistics

TINY_CNN = CNNConfig(channels=(2, 3), hidden=(8, 7))
TINY_VGG = VGGConfig(blocks=((4,), (6, 6)), hidden=(9,))
TINY_VGG_BN = VGGConfig(blocks=((4,), (6, 6)), hidden=(9,), batch_norm=True)
MODELS = [MLPConfig(hidden=(16, 12)), TINY_CNN, TINY_VGG, TINY_VGG_BN]


def toy(n: int = 150, seed: int = 0) -> SimpleNamespace:
    """Imágenes con algo que aprender: una franja clara cuya altura depende de la clase."""
    g = torch.Generator().manual_seed(seed)
    labels = torch.randint(10, (n + 40,), generator=g)
    images = torch.randint(0, 150, (n + 40, 3, 32, 32), generator=g)
    stripe = torch.arange(32)[None, :] // 3 == labels[:, None]  # [N, alto]
    images = (images + 100 * stripe[:, None, :, None]).to(torch.uint8)
    return SimpleNamespace(
        train_images=images[:n], train_labels=labels[:n], eval_images=images[n:], eval_labels=labels[n:]
    )


def reference(run: Run, data: SimpleNamespace, steps: int | None = None) -> torch.nn.Module:
    """El mismo entrenamiento escrito como lo escribiría un tutorial, con torch.optim.SGD."""
    model, recipe = build(run.model, run.seed), run.recipe
    mean, std = channel_statistics(data.train_images)
    weights = [p for p in model.parameters() if p.dim() > 1]
    biases = [p for p in model.parameters() if p.dim() == 1]
    groups = [{"params": weights, "weight_decay": weight_decay_for(recipe.lam)}, {"params": biases}]
    optimizer = torch.optim.SGD(groups, lr=1.0, momentum=recipe.momentum)
    order, step = torch.Generator().manual_seed(run.seed), 0
    per_epoch = math.ceil(len(data.train_images) / recipe.batch_size)
    model.train()
    for _ in range(recipe.epochs):
        for batch in torch.randperm(len(data.train_images), generator=order).split(recipe.batch_size):
            if step == steps:
                return model
            for group in optimizer.param_groups:
                group["lr"] = recipe.learning_rate * learning_rate_at(step, recipe.epochs * per_epoch, recipe.warmup)
            optimizer.zero_grad()
            F.cross_entropy(model((data.train_images[batch].float() - mean) / std), data.train_labels[batch]).backward()
            optimizer.step()
            step += 1
    return model


def distance(a: torch.nn.Module, b: torch.nn.Module) -> float:
    return max((p - q).abs().max().item() for p, q in zip(a.state_dict().values(), b.state_dict().values()) if p.is_floating_point())


@pytest.mark.parametrize("model", MODELS, ids=lambda m: type(m).__name__ + "-bn" * getattr(m, "batch_norm", False))
def test_one_run_equals_the_tutorial_loop(model):
    run = Run(model, Recipe(batch_size=32, learning_rate=0.02, epochs=2, lam=0.003), seed=3)
    data = toy()
    assert distance(train(run, data)[0].model, reference(run, data)) < 2e-5


@pytest.mark.parametrize("model", MODELS, ids=lambda m: type(m).__name__ + "-bn" * getattr(m, "batch_norm", False))
def test_each_member_equals_its_own_sequential_run(model):
    data = toy()
    runs = [
        Run(model, Recipe(batch_size=50, learning_rate=rate, epochs=2, lam=lam), seed)
        for seed in (0, 7, 8)
        for lam, rate in ((0.0, 0.02), (0.01, 0.005))
    ]
    together = train(runs, data)
    for run, member in zip(runs, together):
        alone = train(run, data)[0]
        assert distance(member.model, alone.model) < 2e-5
        assert member.history["eval_accuracy"] == pytest.approx(alone.history["eval_accuracy"], abs=2.6)


def test_initial_weights_are_those_of_the_member_to_the_bit():
    data = toy()
    runs = [Run(TINY_CNN, Recipe(learning_rate=1e-9, momentum=0.0, epochs=1, lam=lam), s) for s in (1, 2) for lam in (0.0, 0.1)]
    for run, member in zip(runs, train(runs, data)):
        assert distance(member.model, build(run.model, run.seed)) < 1e-8


def test_same_seed_same_bits_and_other_seed_other_bits():
    run, data = Run(MODELS[0], Recipe(epochs=2), 5), toy()
    one, two, other = train(run, data)[0], train(run, data)[0], train(Run(MODELS[0], Recipe(epochs=2), 6), data)[0]
    assert distance(one.model, two.model) == 0.0 and one.history == two.history
    assert distance(one.model, other.model) > 1e-3


def test_it_learns():
    finished = train(Run(MLPConfig(hidden=(32,)), Recipe(batch_size=16, learning_rate=0.005, epochs=12), 0), toy(600))[0]
    assert finished.metrics["eval_accuracy"] > 90.0
    assert finished.history["train_loss"][-1] < finished.history["train_loss"][0] / 2


def test_huge_lam_sends_every_weight_to_zero():
    small, huge = train([Run(MODELS[0], Recipe(epochs=30, learning_rate=0.05, lam=lam), 0) for lam in (0.0, 1.0)], toy())
    assert huge.metrics["sum_squares"] < 0.01 < small.metrics["sum_squares"]


def test_rate_too_high_is_kept_and_marked_as_diverged():
    runs = [Run(MODELS[0], Recipe(learning_rate=rate, epochs=3, warmup=0.0), 0) for rate in (0.01, 10.0)]
    runs[1] = Run(MODELS[0], Recipe(learning_rate=10.0, epochs=3, warmup=0.0, lam=10.0), 0)
    fine, broken = train(runs, toy())
    assert fine.diverged is None and math.isfinite(fine.metrics["train_loss"])
    assert broken.diverged in (1, 2, 3)


def test_test_data_is_read_only_once_when_asked():
    finished = train(Run(MODELS[0], Recipe(epochs=3), 0), toy(), eval_every_epoch=False)[0]
    assert len(finished.history["eval_accuracy"]) == 1 and len(finished.history["train_loss"]) == 3


@pytest.mark.parametrize("model", [MODELS[0], TINY_VGG_BN], ids=["mlp", "vgg-bn"])
def test_resume_reaches_the_same_bits(model, tmp_path):
    data, path = toy(), tmp_path / "c.ckpt"
    runs = [Run(model, Recipe(epochs=3, lam=lam), seed) for seed in (0, 1) for lam in (0.0, 0.01)]
    whole = train(runs, data)
    _stop_after(2, runs, data, path)
    assert load_checkpoint(path)[1]["epoch"] == 2
    resumed = train(runs, data, checkpoint=path)
    for a, b in zip(whole, resumed):
        assert distance(a.model, b.model) == 0.0 and a.history == b.history


def _stop_after(epochs, runs, data, path):
    """Corta el entrenamiento justo después de guardar una época, como lo haría una señal."""
    from labcode.training import checkpoints

    real, calls = checkpoints.save_checkpoint, []

    def save(*args):
        real(*args)
        calls.append(1)
        if len(calls) == epochs:
            raise KeyboardInterrupt

    checkpoints.save_checkpoint = save
    try:
        with pytest.raises(KeyboardInterrupt):
            train(runs, data, checkpoint=path)
    finally:
        checkpoints.save_checkpoint = real


KILLED = """
import sys; sys.path.insert(0, "tests"); sys.path.insert(0, ".")
from pathlib import Path
import torch; torch.set_num_threads(1)
from test_training import toy, MODELS
from labcode.training import Recipe, Run, train
runs = [Run(MODELS[0], Recipe(batch_size=8, epochs=40, lam=lam), 0) for lam in (0.0, 0.01)]
done = train(runs, toy(400), checkpoint=Path(sys.argv[1]))
torch.save([d.model.state_dict() for d in done], sys.argv[2]); print([d.history for d in done])
"""


def test_kill_9_at_random_instants_and_resume_gives_the_same_bits(tmp_path):
    root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

    def start(name):
        command = [sys.executable, "-c", KILLED, str(tmp_path / f"{name}.ckpt"), str(tmp_path / f"{name}.pt")]
        return subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, text=True)

    whole = start("whole").communicate(timeout=120)[0]
    kills = 0
    for delay in (0.3, 0.05, 0.6):
        process = start("killed")
        deadline = time.monotonic() + 60
        while not (tmp_path / "killed.ckpt").exists() and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.02)
        time.sleep(delay)
        if process.poll() is None:
            os.kill(process.pid, signal.SIGKILL)
            kills += 1
        process.communicate()
        if (tmp_path / "killed.pt").exists():
            break
    assert kills >= 1
    assert start("killed").communicate(timeout=120)[0] == whole
    expected, got = torch.load(tmp_path / "whole.pt"), torch.load(tmp_path / "killed.pt")
    assert all(torch.equal(a[k], b[k]) for a, b in zip(expected, got) for k in a)


def test_checkpoint_with_one_flipped_bit_is_refused(tmp_path):
    path = tmp_path / "c.ckpt"
    train(Run(MODELS[0], Recipe(epochs=1), 0), toy(), checkpoint=path)
    good = path.read_bytes()
    for position in torch.randint(len(good), (60,), generator=torch.Generator().manual_seed(0)).tolist():
        path.write_bytes(good[:position] + bytes([good[position] ^ 4]) + good[position + 1 :])
        with pytest.raises(ValueError, match="dañado"):
            load_checkpoint(path)


def test_checkpoint_of_other_runs_is_refused(tmp_path):
    train(Run(MODELS[0], Recipe(epochs=1), 0), toy(), checkpoint=tmp_path / "c.ckpt")
    with pytest.raises(ValueError, match="otras corridas"):
        train(Run(MODELS[0], Recipe(epochs=1), 1), toy(), checkpoint=tmp_path / "c.ckpt")


@given(st.integers(1, 5000), st.floats(0.0, 0.9))
@settings(max_examples=200, deadline=None)
def test_schedule_rises_to_one_and_falls_to_zero(steps, warmup):
    rates = [learning_rate_at(i, steps, warmup) for i in range(0, steps, max(1, steps // 50))]
    assert all(0.0 < r <= 1.0 + 1e-9 for r in rates)
    assert learning_rate_at(steps - 1, steps, warmup) <= 1.0


@pytest.mark.parametrize(
    "field, value",
    [("lam", -0.1), ("lam", math.nan), ("lam", True), ("learning_rate", 0.0), ("learning_rate", math.inf),
     ("batch_size", 0), ("batch_size", 2.5), ("epochs", 0), ("momentum", 1.0), ("warmup", "0.1")],
)  # fmt: skip
def test_bad_recipe_is_refused_in_spanish(field, value):
    with pytest.raises(ValueError, match=f"`{field} = .*no es válido: debe ser"):
        Recipe(**{field: value})


def test_groups_that_cannot_go_together_are_refused():
    data = toy()
    with pytest.raises(ValueError, match="solo pueden diferir"):
        train([Run(MODELS[0], Recipe(epochs=1), 0), Run(MODELS[0], Recipe(epochs=2), 0)], data)
    with pytest.raises(ValueError, match="misma semilla"):
        train([Run(MODELS[0], Recipe(epochs=1, lam=lam), s) for lam in (0.0, 0.1) for s in (0, 1)], data)
    with pytest.raises(ValueError, match="vacío"):
        train([], data)
