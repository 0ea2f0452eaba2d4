"""La convolución a mano contra PyTorch: enteros exactos, los valores del libro y cada rechazo."""

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.signal import convolve2d
from torch import nn
from torch.nn import functional as F

from fault_helpers import cases
from labcode import convolution as conv

MANY = settings(max_examples=300, deadline=None)
SOME = settings(max_examples=100, deadline=None)


def integers(shape):
    """Arreglos de enteros chicos, negativos incluidos, de la forma pedida."""
    return hnp.arrays(np.int64, shape, elements=st.integers(-50, 50))


@st.composite
def convolutions(draw, channels=None):
    """Imagen, núcleo y geometría tales que la ventana cabe al menos una vez."""
    height, width = draw(st.integers(1, 9)), draw(st.integers(1, 9))
    kh, kw = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    geometry = {name: draw(st.integers(low, 3)) for name, low in (("stride", 1), ("padding", 0), ("dilation", 1))}
    room = min(height - geometry["dilation"] * (kh - 1), width - geometry["dilation"] * (kw - 1))
    assume(room + 2 * geometry["padding"] >= 1)
    if channels is None:
        return draw(integers((height, width))), draw(integers((kh, kw))), geometry
    ins, outs = draw(st.integers(1, channels)), draw(st.integers(1, channels))
    return draw(integers((ins, height, width))), draw(integers((outs, ins, kh, kw))), geometry


def as_batch(array):
    """El mismo arreglo como tensor float64, donde estos enteros también son exactos."""
    return torch.from_numpy(np.ascontiguousarray(array)).double()[None]


@MANY
@given(convolutions())
def test_conv2d_equals_torch_exactly(case):
    image, kernel, geometry = case
    expected = F.conv2d(as_batch(image)[None], as_batch(kernel)[None], **geometry)[0, 0]
    ours = conv.conv2d(image, kernel, **geometry)
    assert ours.dtype == np.int64
    np.testing.assert_array_equal(ours, expected.numpy())


@SOME
@given(convolutions(channels=3), st.data())
def test_a_layer_of_channels_equals_torch_exactly(case, data):
    images, kernels, geometry = case
    bias = data.draw(integers((len(kernels),)))
    expected = F.conv2d(as_batch(images), torch.from_numpy(kernels).double(), torch.from_numpy(bias).double(), **geometry)
    np.testing.assert_array_equal(conv.conv2d_channels(images, kernels, bias, **geometry), expected[0].numpy())
    no_bias = F.conv2d(as_batch(images), torch.from_numpy(kernels).double(), **geometry)
    np.testing.assert_array_equal(conv.conv2d_channels(images, kernels, **geometry), no_bias[0].numpy())


@pytest.mark.fault
def test_thousands_of_layers_and_their_sizes_equal_torch_exactly():
    dice = np.random.default_rng(17)
    for case in range(cases(2_000, 50_000)):
        ins, outs, height, width, kh, kw, size = dice.integers(1, (4, 4, 10, 10, 5, 5, 4))
        geometry = {"stride": int(dice.integers(1, 4)), "padding": int(dice.integers(4)), "dilation": int(dice.integers(1, 4))}
        images, kernels = dice.integers(-50, 51, (ins, height, width)), dice.integers(-50, 51, (outs, ins, kh, kw))
        sizes = [(int(side), int(k), *geometry.values()) for side, k in ((height, kh), (width, kw))]
        if any(side + 2 * padding <= dilation * (k - 1) for side, k, _, padding, dilation in sizes):
            with pytest.raises(ValueError, match="no es válido: debe ser un núcleo que abarque a lo más"):
                conv.conv2d_channels(images, kernels, **geometry)
            continue
        expected = F.conv2d(as_batch(images), torch.from_numpy(kernels).double(), **geometry)[0].numpy()
        ours = conv.conv2d_channels(images, kernels, **geometry)
        assert np.array_equal(ours, expected) and expected.shape[1:] == tuple(conv.output_size(*one) for one in sizes), case
        if ins == outs == 1:
            assert np.array_equal(conv.conv2d(images[0], kernels[0, 0], **geometry), expected[0]), case
        if size <= min(height, width):
            stride = geometry["stride"]
            pooled = F.max_pool2d(as_batch(images), int(size), stride)[0, 0].numpy()
            assert np.array_equal(conv.max_pool2d(images[0], int(size), stride), pooled), case


@SOME
@given(hnp.arrays(np.float64, (6, 7), elements=st.floats(-1e3, 1e3)), hnp.arrays(np.float64, (3, 2), elements=st.floats(-1e3, 1e3)))
def test_conv2d_of_decimals_equals_torch(image, kernel):
    expected = F.conv2d(as_batch(image)[None], as_batch(kernel)[None])[0, 0].numpy()
    np.testing.assert_allclose(conv.conv2d(image, kernel), expected, rtol=1e-12, atol=1e-8)


@MANY
@given(hnp.array_shapes(min_dims=2, max_dims=2, max_side=9).flatmap(integers), st.integers(1, 4), st.none() | st.integers(1, 4))
def test_max_pool2d_equals_torch_exactly(image, size, stride):
    assume(size <= min(image.shape))
    expected = F.max_pool2d(as_batch(image)[None], size, stride)[0, 0].numpy()
    np.testing.assert_array_equal(conv.max_pool2d(image, size, stride), expected)


@SOME
@given(st.data())
def test_locally_connected_equals_unfold(data):
    height, width, kh, kw = (data.draw(st.integers(low, high)) for low, high in ((3, 7), (3, 7), (1, 3), (1, 3)))
    image, kernels = data.draw(integers((height, width))), data.draw(integers((height - kh + 1, width - kw + 1, kh, kw)))
    windows = F.unfold(as_batch(image)[None], (kh, kw))[0].T.numpy()  # una ventana por fila
    expected = (windows * kernels.reshape(len(windows), -1)).sum(1).reshape(kernels.shape[:2])
    np.testing.assert_array_equal(conv.locally_connected(image, kernels), expected)


@SOME
@given(integers((5,)), integers((3, 5)), integers((3,)))
def test_dense_layer_equals_torch(vector, weights, bias):
    tensors = [torch.from_numpy(array).double() for array in (vector, weights, bias)]
    np.testing.assert_array_equal(conv.dense_layer(vector, weights, bias), F.linear(*tensors).numpy())
    np.testing.assert_array_equal(conv.dense_layer(vector, weights), F.linear(*tensors[:2]).numpy())


@SOME
@given(convolutions())
def test_the_matrix_of_a_convolution_is_the_convolution(case):
    image, kernel, geometry = case
    matrix = conv.connection_matrix(kernel, image.shape, **geometry)
    expected = conv.conv2d(image, kernel, **geometry).ravel()
    np.testing.assert_array_equal(conv.dense_layer(image.ravel(), matrix), expected)


@SOME
@given(integers((7, 6)), integers((2, 3)))
def test_flipping_the_kernel_gives_the_convolution_of_mathematics(image, kernel):
    np.testing.assert_array_equal(conv.conv2d(image, conv.flip(kernel)), convolve2d(image, kernel, mode="valid"))


@SOME
@given(integers((4, 3)), integers((2, 3)), st.integers(0, 3), st.integers(0, 4))
def test_convolution_is_equivariant(pattern, kernel, down, right):
    """Trasladar y convolucionar es convolucionar y trasladar, si nada se sale del borde."""
    base = conv.conv2d(conv.place(pattern, 2, 2, (12, 12)), kernel)
    moved = conv.conv2d(conv.place(pattern, 2 + down, 2 + right, (12, 12)), kernel)
    rows, cols = base.shape
    np.testing.assert_array_equal(moved[down:, right:], base[: rows - down, : cols - right])
    assert moved.max() == base.max()


@MANY
@given(*(st.integers(low, high) for low, high in ((1, 40), (1, 7), (1, 5), (0, 5), (1, 4))))
def test_output_size_counts_the_windows_of_torch(size, kernel, stride, padding, dilation):
    window = dilation * (kernel - 1) + 1
    if window > size + 2 * padding:
        with pytest.raises(ValueError, match="no es válido: debe ser un núcleo que abarque a lo más"):
            conv.output_size(size, kernel, stride, padding, dilation)
        return
    line = torch.zeros(1, 1, size)
    expected = F.conv1d(line, torch.zeros(1, 1, kernel), stride=stride, padding=padding, dilation=dilation).shape[-1]
    assert conv.output_size(size, kernel, stride, padding, dilation) == expected
    starts = [t for t in range(0, size + 2 * padding, stride) if t + window <= size + 2 * padding]
    assert len(starts) == expected


def test_the_hand_example_has_the_values_of_the_class():
    example = conv.hand_example()
    expected = {
        "corner": ([[0, 0, 0], [0, 1, 2], [0, 3, 4]], [[0.4, 1.1], [1.4, 3.0]], 3.0),
        "noisy": ([[0, 0, 0], [0, 1.1, 1.9], [0, 3, 4.2]], [[0.44, 1.09], [1.42, 3.07]], 3.07),
        "translated": ([[1, 2, 0], [3, 4, 0], [0, 0, 0]], [[3.0, 1.4], [1.1, 0.4]], 3.0),
    }
    got = {case: (values["image"], values["output"], values["maximum"]) for case, values in example.items()}
    assert got == expected
    for values in example.values():
        np.testing.assert_allclose(conv.conv2d(values["image"], conv.KERNEL), values["output"], atol=1e-12)
        assert conv.max_pool2d(values["output"], 2).item() == values["maximum"]


def test_the_constants_cannot_be_changed_by_accident():
    for constant in (conv.PATTERN, conv.KERNEL, conv.NOISY):
        with pytest.raises(ValueError, match="read-only"):
            constant[0, 0] = 9


def test_connection_weights_of_the_chapter():
    assert conv.connection_weights((32, 32, 3), (28, 28, 6), 5) == {"dense": 14_455_392, "local": 357_504, "shared": 456}
    assert conv.connection_weights((3, 3, 1), (2, 2, 1), 2, bias=False) == {"dense": 36, "local": 16, "shared": 4}


@SOME
@given(st.integers(3, 9), st.integers(3, 9), st.integers(1, 3), st.integers(1, 3), st.integers(1, 3), st.booleans())
def test_connection_weights_count_the_layers_of_torch(height, width, ins, outs, kernel, bias):
    layer = nn.Conv2d(ins, outs, kernel, bias=bias)
    rows, cols = layer(torch.zeros(1, ins, height, width)).shape[2:]
    dense = nn.Linear(ins * height * width, outs * rows * cols, bias=bias)
    count = {name: sum(p.numel() for p in module.parameters()) for name, module in (("dense", dense), ("shared", layer))}
    windows = F.unfold(torch.zeros(1, ins, height, width), kernel)[0]  # [pesos de una ventana, ventanas]
    local = outs * (windows.numel() + bias * windows.shape[1])
    assert conv.connection_weights((height, width, ins), (rows, cols, outs), kernel, bias) == count | {"local": local}


def test_place_puts_the_pattern_where_it_says():
    image = conv.place([[5, 6, 7]], 1, 0, (3, 4))
    np.testing.assert_array_equal(image, [[0, 0, 0, 0], [5, 6, 7, 0], [0, 0, 0, 0]])


NOT_MATRICES = (
    "a", None, {}, [], [[]], [1, 2], [[1, 2], [3]], [[True]], [["1"]], [[None]], [[1j]], np.zeros((2, 0)), np.zeros((1, 2, 2)),
    [[float("nan")]], [[float("inf")]], [[10**7]], [[-1.5e6]], [[10**30]],
)  # fmt: skip


@pytest.mark.parametrize("bad", NOT_MATRICES, ids=repr)
@pytest.mark.parametrize(
    "use",
    [
        lambda bad: conv.conv2d(bad, [[1]]),
        lambda bad: conv.conv2d(np.ones((3, 3)), bad),
        lambda bad: conv.max_pool2d(bad),
        lambda bad: conv.flip(bad),
        lambda bad: conv.place(bad, 0, 0, (3, 3)),
        lambda bad: conv.connection_matrix(bad, (3, 3)),
        lambda bad: conv.locally_connected(bad, np.ones((1, 1, 1, 1))),
        lambda bad: conv.dense_layer([1], bad),
    ],
)
def test_what_is_not_a_matrix_is_refused(use, bad):
    with pytest.raises(ValueError, match=r"no es válido: debe ser un arreglo .*por ejemplo"):
        use(bad)


NOT_INTEGERS = st.one_of(
    st.floats(), st.text(max_size=3), st.booleans(), st.none(), st.integers(max_value=-1), st.integers(min_value=4097)
)


@pytest.mark.fault
@settings(max_examples=cases(500, 20_000), deadline=None)
@given(st.sampled_from(["size", "kernel", "stride", "padding", "dilation"]), NOT_INTEGERS)
def test_a_bad_geometry_is_refused_with_its_name(name, bad):
    with pytest.raises(ValueError, match=rf"`{name} = .*` no es válido: debe ser un entero entre"):
        conv.output_size(**({"size": 32, "kernel": 3} | {name: bad}))
    if name in ("stride", "padding", "dilation"):
        with pytest.raises(ValueError, match=rf"`{name} = .*` no es válido"):
            conv.conv2d(np.ones((5, 5)), np.ones((3, 3)), **{name: bad})
    if name in ("size", "stride") and bad is not None:
        with pytest.raises(ValueError, match=rf"`{name} = .*` no es válido"):
            conv.max_pool2d(np.ones((5, 5)), **({"size": 2} | {name: bad}))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: conv.output_size(32, 0), "`kernel = 0` no es válido"),
        (lambda: conv.output_size(5, 3, dilation=3), "abarca 7, y la entrada con relleno mide 5"),
        (lambda: conv.conv2d(np.ones((2, 2)), np.ones((3, 3))), "`kernel = 3` no es válido"),
        (lambda: conv.max_pool2d(np.ones((2, 5)), 3), "`size = 3` no es válido: debe ser un entero entre 1 y 2"),
        (lambda: conv.conv2d_channels(np.ones((2, 3, 3)), np.ones((1, 3, 2, 2))), "`kernels`, de forma .1, 3, 2, 2.*de 2 canales"),
        (lambda: conv.conv2d_channels(np.ones((1, 3, 3)), np.ones((2, 1, 2, 2)), [1]), "`bias`.*de largo 2"),
        (lambda: conv.dense_layer([1, 2], [[1, 2, 3]]), "`weights`.*de 2 columnas"),
        (lambda: conv.dense_layer([1], [[1]], [1, 2]), "`bias`.*de largo 1"),
        (lambda: conv.locally_connected(np.ones((3, 3)), np.ones((3, 3, 2, 2))), "`kernels`.*de 2 × 2 núcleos"),
        (lambda: conv.place(conv.PATTERN, 2, 0, (3, 3)), "`row = 2` no es válido: debe ser un entero entre 0 y 1"),
        (lambda: conv.place(conv.PATTERN, 0, -1, (3, 3)), "`col = -1` no es válido"),
        (lambda: conv.place(conv.PATTERN, 0, 0, (1, 3)), "`pattern`.*un patrón que quepa en 1 × 3"),
        (lambda: conv.place(conv.PATTERN, 0, 0, "33"), "`shape = '33'` no es válido"),
        (lambda: conv.connection_matrix([[1]], (65, 3)), r"`shape\[0\] = 65` no es válido"),
        (lambda: conv.connection_weights((32, 32), (28, 28, 6), 5), "una tupla de 3 enteros"),
        (lambda: conv.connection_weights((32, 32, 3), (28, 28.0, 6), 5), r"`out_shape\[1\] = 28.0` no es válido"),
        (lambda: conv.connection_weights((3, 32, 32), (6, 28, 28), 5), "`kernel = 5` no es válido: debe ser un entero entre 1 y 3"),
        (lambda: conv.connection_weights((32, 32, 3), (40, 28, 6), 5), "a lo más 36 × 36"),
        (lambda: conv.connection_weights((32, 32, 3), (28, 28, 6), 5, bias=1), "`bias = 1` no es válido: debe ser True o False"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused_in_spanish(call, message):
    with pytest.raises(ValueError, match=message):
        call()
