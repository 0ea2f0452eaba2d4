"""Lo que un entrenamiento cuenta de sí: la tasa de cada paso, sus curvas, cuándo divergió y cuánto tardó."""

import math
from dataclasses import replace

import pytest
import torch
import torch.nn.functional as F
from test_training import MODELS, TINY_FAST, TINY_VGG, TINY_VGG_BN, distance, reference, stop_after, toy, train

from labcode.models import build
from labcode.regularization import l2_penalty
from labcode.training import Recipe, Run, learning_rate_at, loop
from labcode.training.feed import Feed, channel_statistics, choose_examples, noisy_labels
from labcode.training.placement import place


def test_the_rate_step_by_step():
    # 10 pasos y una subida de 4: 1/4, 2/4, 3/4, 1, y después baja a 0 en línea recta.
    rates = [learning_rate_at(i, 10, 0.4) for i in range(10)]
    assert rates == pytest.approx([1 / 4, 2 / 4, 3 / 4, 1, 6 / 7, 5 / 7, 4 / 7, 3 / 7, 2 / 7, 1 / 7])
    assert [learning_rate_at(i, 10, 0.4, "constant") for i in range(10)] == pytest.approx([1 / 4, 2 / 4, 3 / 4, *[1] * 7])
    assert [learning_rate_at(i, 3, 0.0) for i in range(3)] == pytest.approx([3 / 4, 2 / 4, 1 / 4])


def test_what_an_epoch_reports_is_what_the_network_got():
    """Con una tasa que no mueve nada, toda pérdida y toda exactitud son las de la red inicial; el último lote es menor."""
    data, recipe = toy(150), Recipe(batch_size=64, learning_rate=1e-9, momentum=0.0, epochs=2, label_smoothing=0.2)
    run = Run(MODELS[0], recipe, 0)
    (trained,) = train(run, data)
    mean, std = channel_statistics(data.train_images)
    model = build(run.model, 0).eval()
    learn, look = (model((images - mean) / std).detach() for images in (data.train_images, data.eval_images))
    assert trained.history["train_loss"] == pytest.approx([F.cross_entropy(learn, data.train_labels, label_smoothing=0.2).item()] * 2, rel=1e-5)
    assert trained.history["eval_loss"] == pytest.approx([F.cross_entropy(look, data.eval_labels).item()] * 2, rel=1e-5)  # sin suavizar
    hits = [100 * (logits.argmax(1) == labels).double().mean().item() for logits, labels in ((learn, data.train_labels), (look, data.eval_labels))]
    assert trained.history["train_accuracy"] == [hits[0]] * 2 and trained.history["eval_accuracy"] == [hits[1]] * 2


def test_noisy_labels_are_learned_from_and_never_measured_with():
    data = toy(150)
    noisy = replace(Recipe(batch_size=64, epochs=2), label_noise=0.4)
    dirty = toy(150)
    dirty.train_labels = noisy_labels(data.train_labels, 0.4, 3)
    one, two = train(Run(MODELS[0], noisy, 3), data)[0], train(Run(MODELS[0], replace(noisy, label_noise=0.0), 3), dirty)[0]
    assert distance(one.model, two.model) == 0.0 and one.history == two.history


def test_fewer_examples_are_those_the_seed_chooses():
    data, recipe = toy(150), Recipe(batch_size=50, learning_rate=1e-9, momentum=0.0, epochs=1)
    for seed in (0, 3):
        (trained,) = train(Run(MODELS[0], recipe, seed, examples=50), data)
        own = choose_examples(data.train_labels, 50, seed)
        mean, std = channel_statistics(data.train_images)
        logits = build(MODELS[0], seed)((data.train_images[own] - mean) / std)
        assert trained.history["train_loss"][0] == pytest.approx(F.cross_entropy(logits, data.train_labels[own]).item(), rel=1e-5)


def test_each_seed_draws_its_own_dropout():
    runs = [Run(MODELS[0], Recipe(dropout=0.5), seed) for seed in (0, 1)]
    one, other = Feed(toy(), runs, place(runs, "cpu")).streams
    assert not torch.equal(torch.rand(8, generator=one.masks), torch.rand(8, generator=other.masks))


def test_the_epoch_in_which_it_diverged_is_counted_from_one_and_survives_a_stop(tmp_path):
    run, path = Run(MODELS[0], Recipe(learning_rate=10.0, epochs=5, warmup=0.0, lam=10.0), 0), tmp_path / "c.ckpt"
    (broken,) = train(run, toy())
    bad = [not math.isfinite(loss) for loss in broken.history["train_loss"]]
    assert broken.diverged == 1 + bad.index(True) < 5
    stop_after(4, run, toy(), path)
    assert train(run, toy(), checkpoint=path)[0].diverged == broken.diverged


@pytest.mark.parametrize("model", [MODELS[0], TINY_VGG_BN, TINY_FAST], ids=["mlp", "vgg-bn", "rápida"])
def test_the_sum_of_squares_is_that_of_what_is_penalized(model):
    (trained,) = train(Run(model, Recipe(epochs=1, batch_size=64), 0), toy(64))
    learned = [p.double() for p in trained.model.parameters() if p.requires_grad]
    assert trained.metrics["sum_squares"] == pytest.approx(l2_penalty(learned).item())


@pytest.mark.parametrize("norm", [0.5, 1000.0])  # que todos pasen de ella, y que ninguno
def test_members_are_clipped_each_by_its_own_norm(norm):
    data, recipe = toy(64), Recipe(batch_size=32, learning_rate=0.02, epochs=1, clip_norm=norm)
    runs = [Run(MODELS[0], replace(recipe, lam=lam), seed) for seed in (0, 7) for lam in (0.0, 0.01)]
    for run, member in zip(runs, train(runs, data)):
        assert distance(member.model, reference(run, data)) < 1e-5


@pytest.mark.parametrize("model", [MODELS[0], TINY_VGG], ids=["mlp", "vgg"])
def test_the_seconds_of_the_members_add_up_and_survive_a_stop(model, tmp_path, monkeypatch):
    ticks = iter(range(10_000))
    monkeypatch.setattr(loop.time, "perf_counter", lambda: float(next(ticks)))
    data, path = toy(64), tmp_path / "c.ckpt"
    runs = [Run(model, Recipe(epochs=3, lam=lam), seed) for seed in (0, 1) for lam in (0.0, 0.01)]
    whole = sum(one.seconds for one in train(runs, data))
    assert whole == pytest.approx(3.0)  # un tic por época, repartido
    stop_after(2, runs, data, path)
    assert sum(one.seconds for one in train(runs, data, checkpoint=path)) == pytest.approx(whole)
