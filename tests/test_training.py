"""El motor: igual a torch, igual por separado que en conjunto, igual tras morir a medias."""

import functools
import json
import math
import os
import signal
import subprocess
import sys
import time
from dataclasses import asdict, replace
from types import SimpleNamespace

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st

from fault_helpers import cases, flips
from labcode.augmentation import Cutout, HorizontalFlip, RandomCrop, RandomErasing, augment
from labcode.data import figuras, split
from labcode.models import CNNConfig, FastConfig, MLPConfig, VGGConfig, build
from labcode.regularization import weight_decay_for
from labcode.training import Recipe, Run, complete, describe, learning_rate_at
from labcode.training import checkpoints, loop
from labcode.training import train as train_anywhere
from labcode.training.checkpoints import load_checkpoint
from labcode.training import update
from labcode.training.ensemble import Ensemble
from labcode.training.feed import DRAWS_SEED, MASKS_SEED, NOISE_SEED, SUBSET_SEED, channel_statistics, choose_examples, noisy_labels
from labcode.training.placement import SMALL_STEP, place
from labcode.training.step import Stepper
from labcode.training.whitening import EPSILON, whiten

TINY_CNN = CNNConfig(channels=(2, 3), hidden=(8, 7))
TINY_VGG = VGGConfig(blocks=((4,), (6, 6)), hidden=(9,))
TINY_VGG_BN = VGGConfig(blocks=((4,), (6, 6)), hidden=(9,), batch_norm=True)
ALL = (HorizontalFlip(), RandomCrop(4), RandomErasing(), Cutout(6))
# Aquí se compara con torch y bit a bit: siempre en CPU y en float32, aunque la máquina ofrezca otra cosa.
train = functools.partial(train_anywhere, device="cpu", precision="float32")
DEVICES = ["cpu", *["cuda"] * torch.cuda.is_available()]
TINY_FAST = FastConfig(widths=(5, 6))
MODELS = [MLPConfig(hidden=(16, 12)), TINY_CNN, TINY_VGG, TINY_VGG_BN, TINY_FAST]


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


def reference(run: Run, data: SimpleNamespace) -> torch.nn.Module:
    """El mismo entrenamiento escrito como lo escribiría un tutorial, con torch.optim.SGD."""
    model, recipe = build(run.model, run.seed), run.recipe
    mean, std = channel_statistics(data.train_images) if recipe.normalize else (0.0, 1.0)
    if isinstance(run.model, FastConfig):
        whiten(model[0], [(data.train_images - mean) / std])
    weights = [p for p in model.parameters() if p.dim() > 1 and p.requires_grad]
    biases = [p for p in model.parameters() if p.dim() == 1 and p.requires_grad]
    shifts = {layer.bias for layer in model if isinstance(layer, torch.nn.BatchNorm2d)}
    groups = [{"params": weights, "weight_decay": weight_decay_for(recipe.lam)}, {"params": [p for p in biases if p not in shifts]}, {"params": list(shifts), "scale": recipe.norm_rate}]
    groups = [group for group in groups if group["params"]]
    adam = recipe.optimizer == "adam"
    optimizer = torch.optim.Adam(groups, betas=(recipe.momentum, 0.999)) if adam else torch.optim.SGD(groups, lr=1.0, momentum=recipe.momentum, nesterov=recipe.nesterov)
    order, step = torch.Generator().manual_seed(run.seed), 0
    draws = torch.Generator().manual_seed(run.seed + DRAWS_SEED)
    total = recipe.epochs * math.ceil(len(data.train_images) / recipe.batch_size)
    model.train()
    for _ in range(recipe.epochs):
        shuffled = torch.randperm(len(data.train_images), generator=order)
        images = augment(data.train_images[shuffled], recipe.augmentations, draws)
        for x, y in zip(images.split(recipe.batch_size), data.train_labels[shuffled].split(recipe.batch_size)):
            for group in optimizer.param_groups:
                group["lr"] = group.get("scale", 1.0) * recipe.learning_rate * learning_rate_at(step, total, recipe.warmup, recipe.schedule)
            optimizer.zero_grad()
            F.cross_entropy(model((x.float() - mean) / std), y, label_smoothing=recipe.label_smoothing).backward()
            if recipe.clip_norm:
                torch.nn.utils.clip_grad_norm_(model.parameters(), recipe.clip_norm)
            optimizer.step()
            step += 1
    return model


def distance(a: torch.nn.Module, b: torch.nn.Module) -> float:
    return max((p - q).abs().max().item() for p, q in zip(a.state_dict().values(), b.state_dict().values()) if p.is_floating_point())


each_model = pytest.mark.parametrize("model", MODELS, ids=lambda m: type(m).__name__ + "-bn" * getattr(m, "batch_norm", False))
# Dos pasos, casi exacto: después el redondeo crece solo, y con normalización por lote crece más.
FEW, MANY = 64, 150
RECIPES = {
    "simple": Recipe(batch_size=32, learning_rate=0.02, epochs=1, lam=0.003),
    "todo": Recipe(32, 0.02, 0.8, 1, 0.2, 0.001, "constant", label_smoothing=0.1, clip_norm=0.5, augmentations=ALL),
    "adam": Recipe(batch_size=32, learning_rate=0.001, epochs=1, lam=0.01, optimizer="adam"),
    "sin normalizar": Recipe(batch_size=32, learning_rate=1e-6, epochs=1, normalize=False),
    "nesterov": Recipe(batch_size=32, learning_rate=0.02, momentum=0.8, epochs=1, lam=0.003, nesterov=True, norm_rate=10.0),
    "sin momento": Recipe(batch_size=32, learning_rate=0.02, epochs=1, momentum=0.0, warmup=0.0),
}


@pytest.mark.parametrize("recipe", RECIPES.values(), ids=RECIPES)
@each_model
def test_the_first_steps_equal_the_tutorial_loop(model, recipe):
    run, data = Run(model, recipe, seed=3), toy(FEW)
    # El sesgo anterior a una normalización por lote tiene gradiente 0 salvo redondeo, y Adam divide por su tamaño; y
    # con los píxeles sin normalizar, las varianzas que ella recuerda son de miles.
    noise = getattr(model, "batch_norm", False) and (recipe.optimizer == "adam" or not recipe.normalize)
    assert distance(train(run, data)[0].model, reference(run, data)) < (3e-3 if noise else 1e-5)


def test_whitened_patches_are_uncorrelated_and_of_unit_moment():
    images = toy(120).train_images.float()
    images = (images - images.mean((0, 2, 3), keepdim=True)) / images.std((0, 2, 3), keepdim=True)
    layer = torch.nn.Conv2d(3, 24, 2, bias=False)
    whiten(layer, images.split(50))
    y = layer(images).detach().double().transpose(0, 1).flatten(1)  # [24, N·31·31]
    assert torch.equal(y[:12], -y[12:])
    moment = y[:12] @ y[:12].T / y.shape[1]
    raw = F.unfold(images.double(), 2).transpose(0, 1).flatten(1)
    values = torch.linalg.eigvalsh(raw @ raw.T / raw.shape[1])
    assert (moment - torch.diag(values / (values + EPSILON))).abs().max() < 1e-4


def test_the_first_layer_of_the_fast_network_does_not_learn_and_its_scales_either():
    trained = train(Run(TINY_FAST, Recipe(batch_size=32, learning_rate=0.1, epochs=2, lam=0.01), seed=1), toy(FEW))[0].model
    before = build(TINY_FAST, 1)
    whiten(before[0], [(toy(FEW).train_images - m) / s for m, s in [channel_statistics(toy(FEW).train_images)]])
    for (name, now), start in zip(trained.named_parameters(), before.parameters()):
        assert torch.equal(now, start) == (not start.requires_grad), name


@each_model
def test_ten_steps_are_still_the_tutorial_loop(model):
    run = Run(model, Recipe(batch_size=32, learning_rate=0.02, epochs=2, lam=0.003), seed=3)
    tolerance = 1e-3 if getattr(model, "batch_norm", False) else 2e-5
    assert distance(train(run, toy(MANY))[0].model, reference(run, toy(MANY))) < tolerance


class AsOnGPU(str):
    """«cpu» para torch, y una GPU para el conjunto: hace aquí las cuentas en el orden en que allá se hacen."""

    type = "cuda"


@pytest.fixture
def as_on_gpu(monkeypatch):
    def stacked(models, masks, device, channels_last, dropout, winograd):
        built.append(Ensemble(models, masks, AsOnGPU(device), channels_last, dropout, winograd=False))
        return built[-1]

    built = []
    monkeypatch.setattr(loop, "Ensemble", stacked)
    return built


@pytest.mark.parametrize("recipe", RECIPES.values(), ids=RECIPES)
@each_model
def test_the_order_of_operations_of_a_gpu_is_still_the_tutorial_loop(model, recipe, as_on_gpu):
    test_the_first_steps_equal_the_tutorial_loop(model, recipe)
    kernels = [p for p in as_on_gpu[0].parameters if p.dim() == 4]
    assert all(p.is_contiguous(memory_format=torch.channels_last) for p in kernels) and bool(kernels) == (not isinstance(model, MLPConfig))


@pytest.mark.parametrize("model", [TINY_CNN, TINY_VGG_BN, TINY_FAST], ids=["cnn", "vgg-bn", "rápida"])
def test_what_a_gpu_stacks_resumes_to_the_same_bits(model, as_on_gpu, tmp_path):
    test_resume_reaches_the_same_bits(model, tmp_path)
    assert as_on_gpu


@each_model
def test_each_member_equals_its_own_sequential_run(model):
    data = toy(FEW)
    runs = [
        Run(model, Recipe(batch_size=32, learning_rate=rate, epochs=1, lam=lam, augmentations=kinds), seed)
        for seed, kinds in ((0, ()), (7, ()), (7, ALL), (8, ALL[:1]))
        for lam, rate in ((0.0, 0.02), (0.01, 0.005))
    ]
    for run, member in zip(runs, train(runs, data)):
        alone = train(run, data)[0]
        assert distance(member.model, alone.model) < 1e-5
        assert member.history["eval_accuracy"] == pytest.approx(alone.history["eval_accuracy"], abs=2.6)


@pytest.mark.parametrize("recipe", [Recipe(batch_size=32, epochs=2, dropout=0.5), Recipe(batch_size=32, epochs=2, optimizer="adam", learning_rate=0.001),
                                    Recipe(batch_size=32, epochs=2, label_noise=0.3)], ids=["dropout", "adam", "etiquetas"])  # fmt: skip
def test_members_draw_their_own_masks_and_labels(recipe, tmp_path):
    runs = [Run(TINY_CNN, replace(recipe, lam=lam), seed) for seed in (0, 7) for lam in (0.0, 0.01)]
    whole = train(runs, toy(FEW))
    for run, member in zip(runs, whole):
        assert distance(member.model, train(run, toy(FEW))[0].model) < 1e-5
    stop_after(1, runs, toy(FEW), tmp_path / "c.ckpt")
    for a, b in zip(whole, train(runs, toy(FEW), checkpoint=tmp_path / "c.ckpt")):
        assert distance(a.model, b.model) == 0.0 and a.history == b.history


def test_dropout_silences_its_share_keeps_the_expected_sum_and_rests_when_measuring():
    masks = [torch.Generator().manual_seed(seed) for seed in (0, 1)]
    own = Ensemble([build(TINY_CNN, 0)] * 4, masks, torch.device("cpu"), dropout=0.25)
    assert sum(layer == own._drop for layer in own._layers) == 2  # tras las dos capas densas ocultas, y solo ahí
    x = torch.ones(4, 200, 500)
    dropped = own._drop(x)
    assert torch.equal(dropped[0], dropped[1]) and not torch.equal(dropped[0], dropped[2])
    assert dropped.unique().tolist() == pytest.approx([0.0, 1 / 0.75]) and dropped.mean().item() == pytest.approx(1.0, abs=0.01)
    assert not torch.equal(own._drop(x), dropped)
    own.train(False)
    assert own._drop(x) is x


def test_label_noise_changes_that_many_and_always_to_another_class():
    labels = torch.arange(10).repeat(200)
    changed = noisy_labels(labels, 0.3, seed=5)
    moved = changed != labels
    assert moved.sum() == 600 and 0 <= changed.min() and changed.max() == 9
    assert torch.bincount(((changed - labels) % 10)[moved], minlength=10)[1:].min() > 40  # cualquiera de las otras nueve
    assert torch.equal(changed, noisy_labels(labels, 0.3, 5)) and not torch.equal(changed, noisy_labels(labels, 0.3, 6))
    assert torch.equal(noisy_labels(labels, 0.0, 5), labels)


def test_what_one_seed_draws_for_different_things_is_unrelated():
    # Un sumando en los bits altos no cambia el sorteo en CPU: el subconjunto era justo el de las etiquetas cambiadas.
    labels = torch.arange(10).repeat(500)
    changed = noisy_labels(labels, 0.2, seed=7) != labels
    share = changed[choose_examples(labels, 1000, seed=7)].double().mean()
    assert 0.15 < share < 0.25, f"entre los elegidos, {share:.0%} de etiquetas cambiadas en lugar de 20 %"
    first = [torch.rand(8, generator=torch.Generator().manual_seed(7 + own)) for own in (0, DRAWS_SEED, SUBSET_SEED, MASKS_SEED, NOISE_SEED)]
    assert not any(torch.equal(a, b) for i, a in enumerate(first) for b in first[:i])


def test_members_of_one_seed_share_their_order_whatever_their_augmentation():
    still = (RandomCrop(0),)  # un aumento que no cambia nada: la única diferencia sería el orden
    plain, drawn = (train(Run(MODELS[0], Recipe(epochs=2, augmentations=kinds), 4), toy())[0] for kinds in ((), still))
    assert distance(plain.model, drawn.model) == 0.0


def test_augmentations_change_what_is_seen_and_other_seeds_see_other_things():
    seen = [train(Run(MODELS[0], Recipe(epochs=1, augmentations=kinds), seed), toy())[0] for kinds, seed in (((), 0), (ALL, 0), (ALL, 1))]
    assert all(distance(a.model, b.model) > 1e-4 for a in seen for b in seen if a is not b)


def test_examples_are_balanced_nested_and_chosen_by_the_seed():
    labels = torch.arange(10).repeat(30)[torch.randperm(300, generator=torch.Generator().manual_seed(1))]
    few, many, other = choose_examples(labels, 45, 0), choose_examples(labels, 120, 0), choose_examples(labels, 45, 1)
    assert len(few.unique()) == 45 and set(few.tolist()) < set(many.tolist()) and few.tolist() != other.tolist()
    counts = torch.bincount(labels[few])
    assert counts.min() == 4 and counts.max() == 5
    one, whole = train(Run(MODELS[0], Recipe(epochs=1, batch_size=50), 0, examples=50), toy())[0], train(Run(MODELS[0], Recipe(epochs=1), 0), toy())[0]
    assert distance(one.model, whole.model) > 1e-4
    with pytest.raises(ValueError, match="`examples = 999`.*entre 1 y 150"):
        train(Run(MODELS[0], Recipe(epochs=1), 0, examples=999), toy())
    for count in (-1, 0, 2.5, "0.1", True):
        with pytest.raises(ValueError, match="`examples = .* no es válido"):
            choose_examples(labels, count, 0)


def test_wrong_noise_and_labels_are_refused_in_spanish():
    for fraction in (-0.5, 1e30, math.nan, "0.1"):
        with pytest.raises(ValueError, match="`label_noise = .* no es válido"):
            noisy_labels(torch.arange(10), fraction, 0)
    with pytest.raises(ValueError, match="al menos dos clases"):
        noisy_labels(torch.zeros(10, dtype=torch.int64), 0.5, 0)
    for part in ("train_labels", "eval_labels"):
        data = toy()
        setattr(data, part, getattr(data, part)[:, None])
        with pytest.raises(ValueError, match=r"un número por imagen, \[N\]"):
            train(Run(MODELS[0], Recipe(epochs=1), 0), data)
    with pytest.raises(ValueError, match="`lam = .* no es válido"):
        Recipe(lam=10**400)


def test_a_feature_that_never_changes_is_not_blown_up_when_it_does():
    mean, std = channel_statistics(torch.tensor([[1.0, 0.0], [3.0, 0.0]]))
    assert mean.tolist() == [2.0, 0.0] and std.tolist() == [1.0, 1.0]
    flat = torch.full((4, 3, 2, 2), 7, dtype=torch.uint8)
    assert channel_statistics(flat)[1].flatten().tolist() == [1.0, 1.0, 1.0]


@pytest.mark.parametrize("nesterov", [False, True])
def test_the_fused_update_is_the_one_written_out(nesterov):
    def tensors():
        g = torch.Generator().manual_seed(0)
        parameters, velocities = ([torch.randn(shape, generator=g) for shape in ((6, 5), (6,))] for _ in range(2))
        for p in parameters:
            p.grad = torch.randn(p.shape, generator=g)
        return parameters, [True, False], [1.0, 8.0], velocities, torch.tensor([0.1, 0.02, 0.5]), [0.0, 0.01, 0.3], 0.9, nesterov

    fused, written = tensors(), tensors()
    update._fused_update(*fused)
    with torch.no_grad():
        update._batched_update(*written)
    for a, b in zip(fused[0] + fused[3], written[0] + written[3]):
        assert torch.allclose(a, b, rtol=1e-6, atol=1e-7)


def test_bfloat16_gives_almost_the_same_first_steps_and_learns():
    run, data = Run(TINY_CNN, RECIPES["simple"], 3), toy(FEW)
    half = train_anywhere(run, data, device="cpu", precision="bfloat16")[0]
    gap = distance(half.model, train(run, data)[0].model)
    assert 0.0 < gap < 5e-3 and half.placement.precision == "bfloat16"
    long = Run(MLPConfig(hidden=(32,)), Recipe(batch_size=16, learning_rate=0.005, epochs=12), 0)
    assert train_anywhere(long, toy(600), device="cpu", precision="bfloat16")[0].metrics["eval_accuracy"] > 90.0


def test_the_placement_is_chosen_overridden_and_restored():
    small, large = [Run(MLPConfig(inputs=2, classes=2, hidden=(8,)), Recipe(batch_size=20), 0)], [Run(VGGConfig(), Recipe(), 0)]
    threads = torch.get_num_threads()
    assert place(small, "cpu").threads == 1 and place(large, "cpu").threads == threads and SMALL_STEP > 1e6
    assert not place(small, "cpu").channels_last and place(large, "cpu").channels_last and not place(large, "cpu").graph
    assert place(large, "cpu", "float32").winograd and not place(large, "cpu", "bfloat16").winograd and not place(small, "cpu").winograd
    done = train_anywhere(Run(MODELS[0], Recipe(epochs=1), 0), toy(), device="cpu", precision="float32", threads=2)[0]
    assert done.placement.threads == 2 and torch.get_num_threads() == threads and not torch.are_deterministic_algorithms_enabled()
    with pytest.raises(ValueError, match="`threads = 0`"):
        place(small, threads=0)
    with pytest.raises(ValueError, match="`precision = 'fp16'`"):
        place(small, precision="fp16")
    with pytest.raises(ValueError, match="`graph = True` no es posible en CPU"):
        place(small, "cpu", graph=True)


@pytest.mark.parametrize("device", DEVICES)
def test_on_every_device_of_this_machine_the_bits_repeat_and_the_recorded_step_is_the_same(device):
    runs = [Run(TINY_VGG_BN, Recipe(epochs=2, batch_size=16, lam=lam, augmentations=ALL), s) for s in (0, 1) for lam in (0.0, 0.01)]
    one, two, plain = (train_anywhere(runs, toy(), device=device, precision="float32", graph=graph) for graph in (None, None, False))
    for a, b, c in zip(one, two, plain):
        assert distance(a.model, b.model) == 0.0 and a.history == b.history
        assert distance(a.model, c.model) < 1e-3


def test_a_stored_configuration_without_the_new_fields_is_the_same_run():
    config = describe(Run(MLPConfig(), Recipe(lam=0.001), 3))
    old = {"kind": "MLPConfig", "seed": 3, "model": {"hidden": [120, 84], "inputs": 3072, "classes": 10}, "recipe": {
        "batch_size": 64, "learning_rate": 0.015, "momentum": 0.9, "epochs": 20, "warmup": 0.1, "lam": 0.001}}  # fmt: skip
    assert complete(old) == config == complete(config) and complete(old | {"seed": 4}) != config
    drawn = describe(Run(MLPConfig(), Recipe(augmentations=ALL), 0))
    assert [a["kind"] for a in drawn["recipe"]["augmentations"]] == ["HorizontalFlip", "RandomCrop", "RandomErasing", "Cutout"]


def test_progress_is_quiet_where_nobody_looks(capsys, monkeypatch):
    monkeypatch.setenv("CI", "true")
    train(Run(MODELS[0], Recipe(epochs=2), 0), toy(), progress=True)
    said = capsys.readouterr().err
    assert "2 de 2 épocas" in said and "imágenes/s" in said and "exactitud" in said and "\r" not in said


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
    after = [values[broken.diverged :] for values in broken.history.values()]
    assert any(after) and all(math.isnan(x) for values in after for x in values)  # responder siempre lo mismo acierta 10 %, y no vale
    assert math.isnan(broken.metrics["eval_accuracy"]) and all(map(math.isfinite, fine.history["eval_accuracy"]))


def test_when_every_run_diverged_nothing_else_is_computed(monkeypatch):
    steps = []
    one = Stepper.epoch
    monkeypatch.setattr(Stepper, "epoch", lambda self, number: steps.append(number) or one(self, number))
    (broken,) = train([Run(MODELS[0], Recipe(learning_rate=10.0, epochs=9, warmup=0.0, lam=10.0), 0)], toy())
    assert steps == list(range(broken.diverged)) and broken.diverged < 9
    assert all(len(values) == 9 for values in broken.history.values()) and math.isnan(broken.metrics["train_accuracy"])


def test_test_data_is_read_only_once_when_asked():
    finished = train(Run(MODELS[0], Recipe(epochs=3), 0), toy(), eval_every_epoch=False)[0]
    assert len(finished.history["eval_accuracy"]) == 1 and len(finished.history["train_loss"]) == 3


@pytest.mark.parametrize("model", [MODELS[0], TINY_VGG_BN, TINY_FAST], ids=["mlp", "vgg-bn", "rápida"])
def test_resume_reaches_the_same_bits(model, tmp_path):
    data, path = toy(), tmp_path / "c.ckpt"
    runs = [Run(model, Recipe(epochs=3, lam=lam, augmentations=ALL), seed) for seed in (0, 1) for lam in (0.0, 0.01)]
    whole = train(runs, data)
    stop_after(2, runs, data, path)
    assert load_checkpoint(path)[1]["epoch"] == 2
    resumed = train(runs, data, checkpoint=path)
    for a, b in zip(whole, resumed):
        assert distance(a.model, b.model) == 0.0 and a.history == b.history


def stop_after(epochs, runs, data, path, **options):
    """Corta el entrenamiento justo después de guardar una época, como lo haría una señal."""
    real, calls, free = checkpoints.save_checkpoint, [], loop.FREE

    def save(*args):
        real(*args)
        calls.append(1)
        if len(calls) == epochs:
            raise KeyboardInterrupt

    checkpoints.save_checkpoint, loop.FREE = save, math.inf  # que guarde todas, tarde lo que tarde
    try:
        with pytest.raises(KeyboardInterrupt):
            train(runs, data, checkpoint=path, **options)
    finally:
        checkpoints.save_checkpoint, loop.FREE = real, free


def test_a_checkpoint_slower_than_the_epochs_is_written_only_now_and_then(tmp_path, monkeypatch):
    real, written = checkpoints.save_checkpoint, []

    def slow(path, tensors, info):
        written.append(info["epoch"])
        time.sleep(0.1)
        real(path, tensors, info)

    monkeypatch.setattr(checkpoints, "save_checkpoint", slow)
    run, path = Run(MODELS[0], Recipe(epochs=30), 0), tmp_path / "c.ckpt"
    train(run, toy(), checkpoint=path)
    assert written[0] == 1 and written[-1] == 30 and len(written) < 15
    assert train(run, toy(), checkpoint=path)[0].history == train(run, toy())[0].history


def test_what_was_begun_goes_on_with_as_many_threads(tmp_path):
    run, path = Run(TINY_CNN, Recipe(epochs=3), 0), tmp_path / "c.ckpt"
    whole = train(run, toy(), threads=2)[0]
    stop_after(2, run, toy(), path, threads=2)
    with pytest.raises(ValueError, match="en cpu con 2 hilos y ahora se sigue en float32 en cpu con 1 hilo"):
        train(run, toy(), checkpoint=path, threads=1)
    resumed = train(run, toy(), checkpoint=path)[0]
    assert resumed.placement.threads == 2 and distance(whole.model, resumed.model) == 0.0


KILLED = """
import sys; sys.path.insert(0, "tests"); sys.path.insert(0, ".")
from pathlib import Path
import torch; torch.set_num_threads(1)
from test_training import toy, MODELS
from labcode.training import Recipe, Run, train
from labcode.augmentation import HorizontalFlip, RandomErasing
kinds = (HorizontalFlip(), RandomErasing())
runs = [Run(MODELS[0], Recipe(batch_size=8, epochs=40, lam=lam, dropout=0.2, augmentations=kinds), 0) for lam in (0.0, 0.01)]
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


@pytest.mark.fault
def test_checkpoint_with_one_flipped_bit_is_refused(tmp_path):
    path = tmp_path / "c.ckpt"
    train(Run(MLPConfig(hidden=(1,)), Recipe(epochs=1), 0), toy(), checkpoint=path)
    for _ in flips(path, cases(2_000, 20_000)):
        with pytest.raises(ValueError, match="dañado"):
            load_checkpoint(path)


def test_checkpoint_of_other_runs_is_refused(tmp_path):
    train(Run(MODELS[0], Recipe(epochs=1), 0), toy(), checkpoint=tmp_path / "c.ckpt")
    with pytest.raises(ValueError, match="se empezó en float32 en cpu con 1 hilo y ahora se sigue en bfloat16 en cpu"):
        train_anywhere(Run(MODELS[0], Recipe(epochs=1), 0), toy(), device="cpu", precision="bfloat16", checkpoint=tmp_path / "c.ckpt")
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
     ("batch_size", 0), ("batch_size", 2.5), ("epochs", 0), ("momentum", 1.0), ("warmup", "0.1"), ("schedule", "coseno"),
     ("label_smoothing", 1.0), ("clip_norm", -1.0), ("optimizer", "sgdm"), ("dropout", 1.0), ("normalize", 1), ("label_noise", -0.1), ("augmentations", ("espejo",))],
)  # fmt: skip
def test_bad_recipe_is_refused_in_spanish(field, value):
    with pytest.raises(ValueError, match=f"`{field} = .*no es válido: debe ser"):
        Recipe(**{field: value})


NO_NUMBER = st.one_of(st.none(), st.text(max_size=3), st.booleans(), st.sampled_from((math.nan, math.inf)), st.floats(max_value=-1e-9), st.tuples(st.integers()))
JUNK = {
    **{name: NO_NUMBER | st.floats() | st.integers(max_value=0) for name in ("batch_size", "epochs")},
    **{name: NO_NUMBER | st.floats(1.001) for name in ("momentum", "warmup", "label_smoothing", "dropout", "label_noise")},
    "learning_rate": NO_NUMBER | st.floats(10.001) | st.just(0.0), "lam": NO_NUMBER | st.floats(10.001), "clip_norm": NO_NUMBER | st.floats(1.001e6),
}  # fmt: skip


@pytest.mark.fault
@pytest.mark.parametrize("field", JUNK)
def test_whatever_is_not_a_value_of_a_recipe_is_refused(field):
    @settings(max_examples=cases(500, 20_000), deadline=None)
    @given(JUNK[field])
    def refused(value):
        with pytest.raises(ValueError, match=rf"(?s)`{field} = .*no es válido: debe ser"):
            Recipe(**{field: value})

    refused()


def test_groups_that_cannot_go_together_are_refused():
    data = toy()
    with pytest.raises(ValueError, match="solo pueden diferir"):
        train([Run(MODELS[0], Recipe(epochs=1), 0), Run(MODELS[0], Recipe(epochs=2), 0)], data)
    with pytest.raises(ValueError, match="misma semilla"):
        train([Run(MODELS[0], Recipe(epochs=1, lam=lam), s) for lam in (0.0, 0.1) for s in (0, 1)], data)
    with pytest.raises(ValueError, match="vacío"):
        train([], data)


def test_measuring_vectors_every_epoch_leaves_the_data_as_it_was():
    generator = torch.Generator().manual_seed(4)
    x, y = 3 + 2 * torch.randn(90, 2, generator=generator), torch.randint(2, (90,), generator=generator)
    data = SimpleNamespace(train_images=x[:60], train_labels=y[:60], eval_images=x[60:], eval_labels=y[60:])
    kept = x.clone()
    run = Run(MLPConfig(hidden=(8,), inputs=2, classes=2), Recipe(batch_size=20, epochs=4), seed=0)
    (each,), (last,) = train(run, data), train(run, data, eval_every_epoch=False)
    assert torch.equal(x, kept)
    assert each.metrics["eval_loss"] == last.metrics["eval_loss"]


@pytest.mark.parametrize("bad", [dict(nesterov=True, momentum=0.0), dict(nesterov=True, optimizer="adam"), dict(norm_rate=64.0, optimizer="adam")])
def test_what_only_sgd_can_do_is_refused_with_its_reason(bad):
    with pytest.raises(ValueError, match="necesita `optimizer = 'sgd'`"):
        Recipe(**bad)


def test_what_a_recipe_keeps_can_be_written_and_compared():
    numbers = Recipe(batch_size=np.int64(20), lam=np.float32(0.5), learning_rate=1, augmentations=[HorizontalFlip(np.float64(0.5)), RandomCrop(np.int64(4)), Cutout(np.int32(6))])
    plain = Recipe(batch_size=20, lam=0.5, learning_rate=1.0, augmentations=(HorizontalFlip(), RandomCrop(4), Cutout(6)))
    assert numbers == plain and hash(numbers) == hash(plain)
    assert asdict(RandomErasing(scale=(np.float64(0.02), 1))) == asdict(RandomErasing(scale=(0.02, 1.0)))
    assert json.dumps(describe(Run(MODELS[0], numbers, np.int64(1)))) == json.dumps(describe(Run(MODELS[0], plain, 1)))


@pytest.mark.parametrize(("model", "recipe", "name"), [("MLP", Recipe(), "model"), (MODELS[0], None, "recipe"), (MLPConfig, Recipe(), "model")])
def test_a_run_is_a_network_and_a_recipe(model, recipe, name):
    with pytest.raises(ValueError, match=f"`{name} = .*` no es válido: debe ser una? "):
        Run(model, recipe, 0)


def _without(name, value=None):
    data = toy(64)
    setattr(data, name, value)
    return data


@pytest.mark.parametrize(
    ("model", "data", "message"),
    [(MODELS[0], figuras(n_train=100, n_test=20, seed=0), "hace falta una partición"), (MODELS[0], _without("eval_labels"), "`eval_labels` como tensor"),
     (MLPConfig(hidden=(4,), inputs=10), toy(64), "recibe 10 números, y cada ejemplo es de forma"), (MLPConfig(hidden=(4,), classes=3), toy(64), "int64 entre 0 y 2"),
     (TINY_CNN, _without("train_images", torch.zeros(64, 3, 28, 28)), "recibe imágenes de forma"), (MODELS[0], _without("eval_images", torch.zeros(0, 3, 32, 32)), "necesita su etiqueta")],
    ids=range(6),
)  # fmt: skip
def test_data_that_do_not_fit_the_network_are_refused(model, data, message):
    with pytest.raises(ValueError, match=message):
        train(Run(model, Recipe(epochs=1), 0), data)


@pytest.mark.parametrize("bad", [{"threads": 0}, {"progress": "no"}, {"eval_every_epoch": 1}])
def test_options_of_another_kind_are_refused(bad):
    with pytest.raises(ValueError, match="no es válido: debe ser"):
        train(Run(MODELS[0], Recipe(epochs=1), 0), toy(64), **bad)


def test_it_can_diverge_in_its_very_last_step():
    recipe = Recipe(batch_size=64, epochs=1, learning_rate=2.0, lam=10.0, warmup=0.0)
    (broken,) = train(Run(MLPConfig(hidden=(16, 12)), recipe, 0), split(figuras(n_train=300, n_test=100, seed=0), "selection"))
    assert math.isfinite(broken.history["train_loss"][0]) and not math.isfinite(broken.metrics["eval_loss"]) and broken.diverged == 1
