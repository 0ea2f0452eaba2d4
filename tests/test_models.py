"""Las redes: parámetros exactos, formas y semillas."""

import numpy as np
import pytest
import torch

from labcode.models import CNNConfig, FastConfig, MLPConfig, VGGConfig, build, count_parameters

CONFIGS = [MLPConfig(), CNNConfig(), VGGConfig(), VGGConfig(batch_norm=True), FastConfig()]


@pytest.mark.parametrize(
    "config, expected", [(MLPConfig(), 379_774), (CNNConfig(), 61_482), (VGGConfig(), 9_750_922), (FastConfig(), 1_971_352)],
    ids=["mlp", "cnn", "vgg", "rápida"],
)
def test_exact_parameter_counts(config, expected):
    assert count_parameters(build(config, 0)) == expected


@pytest.mark.parametrize("config", CONFIGS, ids=["mlp", "cnn", "vgg", "vgg-bn", "rápida"])
def test_images_in_logits_out(config):
    model = build(config, 1).eval()
    images = torch.randn(2, 3, 32, 32)
    assert model(images).shape == (2, 10)
    assert model(images).min() < 0  # logits, no probabilidades


def test_vgg_follows_the_lecture_layer_by_layer():
    names = [(m.in_channels, m.out_channels) for m in build(VGGConfig(), 0) if isinstance(m, torch.nn.Conv2d)]
    assert names == [(3, 64), (64, 128), (128, 256), (256, 256), (256, 512), (512, 512), (512, 512), (512, 512)]
    shapes, x = [], torch.zeros(1, 3, 32, 32)
    for layer in build(VGGConfig(), 0):
        x = layer(x)
        if isinstance(layer, torch.nn.MaxPool2d):
            shapes.append(tuple(x.shape[1:]))
    assert shapes == [(64, 16, 16), (128, 8, 8), (256, 4, 4), (512, 2, 2), (512, 1, 1)]


def test_the_seed_fixes_the_weights_and_leaves_the_global_generator_alone():
    torch.manual_seed(99)
    expected = torch.rand(3)
    torch.manual_seed(99)
    one, two, other = build(CNNConfig(), 4), build(CNNConfig(), 4), build(CNNConfig(), 5)
    assert torch.equal(torch.rand(3), expected)
    assert all(torch.equal(a, b) for a, b in zip(one.parameters(), two.parameters()))
    assert not torch.equal(next(one.parameters()), next(other.parameters()))


@pytest.mark.parametrize("bad", [dict(hidden=(0,)), dict(hidden=(12.5,)), dict(inputs=-1), dict(classes=True)])
def test_impossible_mlp_is_refused(bad):
    with pytest.raises(ValueError, match="no es válido: debe ser"):
        MLPConfig(**bad)


def test_impossible_vgg_seed_and_config_are_refused():
    with pytest.raises(ValueError, match="de 1 a 5 bloques"):
        VGGConfig(blocks=((4,),) * 6)
    with pytest.raises(ValueError, match="`batch_norm = 1`"):
        VGGConfig(batch_norm=1)
    with pytest.raises(ValueError, match="`init = 'xavier'` no es válido"):
        VGGConfig(init="xavier")
    for widths in ((), (4,) * 4):
        with pytest.raises(ValueError, match="de 1 a 3 bloques"):
            FastConfig(widths=widths)
    with pytest.raises(ValueError, match="`seed = -1`"):
        build(MLPConfig(), -1)
    with pytest.raises(ValueError, match="`config = 'MLP'`"):
        build("MLP", 0)


@pytest.mark.parametrize("batch_norm", [False, True])
def test_he_weights_have_variance_two_over_n_and_keep_the_signal(batch_norm):
    model = build(VGGConfig(batch_norm=batch_norm, init="he"), 3)
    for layer in model:
        if isinstance(layer, torch.nn.Conv2d | torch.nn.Linear):
            n = layer.weight[0].numel()
            assert layer.weight.var().item() == pytest.approx(2 / n, rel=0.15) and not layer.bias.any()
    again, other = build(VGGConfig(batch_norm=batch_norm, init="he"), 3), build(VGGConfig(batch_norm=batch_norm, init="he"), 4)
    assert torch.equal(model[0].weight, again[0].weight) and not torch.equal(model[0].weight, other[0].weight)
    images = torch.randn(8, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    assert model(images).std(0).mean() > 1000 * build(VGGConfig(), 3)(images).std(0).mean()


def test_the_fast_network_follows_its_article_layer_by_layer():
    model = build(FastConfig(widths=(24, 30)), 0)
    names = [type(layer).__name__ for layer in model]
    block = ["Conv2d", "MaxPool2d", "BatchNorm2d", "GELU", "Conv2d", "BatchNorm2d", "GELU"]
    assert names == ["Conv2d", "GELU", *block, *block, "MaxPool2d", "Flatten", "Linear", "Scale"] and model[-1].factor == 1 / 9
    x = torch.randn(2, 24, 9, 9, generator=torch.Generator().manual_seed(0))
    for conv in (model[2], model[6]):  # al empezar, las primeras salidas de una convolución son sus entradas
        assert torch.equal(conv(x)[:, :24], x)


def test_batch_norm_goes_between_each_convolution_and_its_relu():
    names = [type(layer).__name__ for layer in build(VGGConfig(blocks=((4,), (6, 6)), hidden=(9,), batch_norm=True), 0)]
    step = ["Conv2d", "BatchNorm2d", "ReLU"]
    assert names == [*step, "MaxPool2d", *step, *step, "MaxPool2d", "Flatten", "Linear", "ReLU", "Linear"]


def test_the_simple_cnn_and_the_mlp_are_those_of_the_lecture():
    names = [[type(layer).__name__ for layer in build(config, 0)] for config in (CNNConfig(), MLPConfig())]
    dense = ["Flatten", "Linear", "ReLU", "Linear", "ReLU", "Linear"]
    assert names == [["Conv2d", "ReLU", "MaxPool2d"] * 2 + dense, dense]


def test_lists_and_numpy_integers_are_as_good_as_tuples():
    assert MLPConfig(hidden=[120, np.int64(84)], inputs=np.int32(3072)) == MLPConfig() and hash(MLPConfig(hidden=[120, 84]))
    assert CNNConfig(channels=[6, 16], hidden=[120, 80]) == CNNConfig() and FastConfig(widths=[64, 256, 256]) == FastConfig()
    assert VGGConfig(blocks=[[64], [128], [256, 256], [512, 512], [512, 512]], hidden=[512, 512]) == VGGConfig()
    assert all(type(width) is int for width in MLPConfig(hidden=np.arange(1, 4).tolist() + [np.int64(4)]).hidden)


@pytest.mark.parametrize(
    "kind, bad",
    [(MLPConfig, {"hidden": 8}), (MLPConfig, {"hidden": None}), (MLPConfig, {"hidden": (8, 0.5)}), (MLPConfig, {"classes": 1}), (CNNConfig, {"channels": (6, 16, 32)}),
     (CNNConfig, {"hidden": (120,)}), (VGGConfig, {"blocks": (64, 128)}), (VGGConfig, {"blocks": 64}), (VGGConfig, {"hidden": "512"}), (FastConfig, {"widths": 64}), (FastConfig, {"widths": ()})],
)  # fmt: skip
def test_a_shape_that_cannot_be_is_refused_by_its_name(kind, bad):
    (name,) = bad
    with pytest.raises(ValueError, match=rf"`{name}(\[0\])? = .*` no es válido: debe ser"):
        kind(**bad)
