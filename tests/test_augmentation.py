"""El aumento de datos contra torchvision: los mismos píxeles al bit y los mismos sorteos en distribución.

Las pruebas estadísticas llevan semilla fija: dan siempre lo mismo. Rechazan con p < 1e-4.
"""

from collections import Counter
from dataclasses import asdict

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from torchvision import transforms
from torchvision.transforms import functional as TF

from fault_helpers import cases
from labcode import augmentation
from labcode.augmentation import Cutout, Draws, HorizontalFlip, RandomCrop, RandomErasing, apply, augment, draw

SIZE = (32, 32)
ALL = (HorizontalFlip(), RandomCrop(), RandomErasing(), Cutout())
RARE = 1e-4


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def pictures(n=64, size=SIZE, channels=3, seed=1):
    """Bytes al azar: ningún píxel vale 0, para que lo borrado se note."""
    return torch.randint(1, 256, (n, channels, *size), generator=seeded(seed), dtype=torch.uint8)


def numbered(size):
    """Una imagen cuyos píxeles son todos distintos, de 1 en adelante."""
    return torch.arange(1, 1 + size[0] * size[1], dtype=torch.uint8).view(1, *size)


def by_hand(augmentations, numbers):
    """Unos sorteos escritos a mano para imágenes de 32×32."""
    return Draws(torch.tensor(numbers), augmentations, SIZE)


def naive_step(image, augmentation, numbers):
    """Un aumento de una imagen, [C, alto, ancho], con lo que trae torchvision."""
    height, width = image.shape[-2:]
    match augmentation, numbers:
        case HorizontalFlip(), [flip]:
            return TF.hflip(image) if flip else image
        case RandomCrop(padding, fill), [top, left]:
            return TF.crop(TF.pad(image, padding, fill), top, left, height, width)
        case RandomErasing(), [top, left, rows, columns]:
            pass
        case Cutout(size), [row, column]:
            top, left = max(row - size // 2, 0), max(column - size // 2, 0)
            rows, columns = (c - size // 2 + size - start for c, start in ((row, top), (column, left)))
    return TF.erase(image, top, left, rows, columns, torch.tensor(augmentation.value, dtype=image.dtype))


def naive(images, augmentations, draws):
    """Lo mismo que `apply`, imagen por imagen."""
    widths = [{HorizontalFlip: 1, RandomCrop: 2, RandomErasing: 4, Cutout: 2}[type(a)] for a in augmentations]
    result = []
    for image, numbers in zip(images, draws.numbers):
        for augmentation, part in zip(augmentations, numbers.split(widths) if widths else []):
            image = naive_step(image, augmentation, part.tolist())
        result.append(image)
    return torch.stack(result)


# Los píxeles.


@st.composite
def some_augmentations(draw_):
    p, byte = st.floats(0, 1), st.integers(0, 255)
    scale, ratio = (st.tuples(*[st.floats(*ends)] * 2).map(lambda t: tuple(sorted(t))) for ends in ((0.02, 1), (0.1, 10)))
    kinds = [
        st.builds(HorizontalFlip, p),
        st.builds(RandomCrop, st.integers(0, 6), byte),
        st.builds(RandomErasing, p, scale, ratio, byte),
        st.builds(Cutout, st.integers(1, 12), byte),
    ]
    return tuple(draw_(st.lists(st.one_of(kinds), max_size=4)))


LAYOUTS = {
    "contiguas": lambda x: x.contiguous(),
    "canales al final": lambda x: x.contiguous(memory_format=torch.channels_last),
    "traspuestas": lambda x: x.transpose(2, 3).contiguous().transpose(2, 3),
    "una de cada dos": lambda x: x.repeat_interleave(2, 0)[::2],
    "repetidas": lambda x: x[:1].expand_as(x),
}
TYPES = (torch.uint8, torch.float32, torch.float64, torch.float16, torch.bfloat16)


@settings(max_examples=150, deadline=None)
@given(
    some_augmentations(), st.tuples(st.integers(1, 5), st.integers(1, 4)), st.tuples(st.integers(1, 9), st.integers(1, 9)),
    st.sampled_from(TYPES), st.sampled_from(sorted(LAYOUTS)), st.integers(0, 2**32),
)  # fmt: skip
def test_apply_equals_torchvision_image_by_image_in_order(augmentations, many, size, dtype, layout, seed):
    images = LAYOUTS[layout](pictures(many[0], size, many[1], seed).to(dtype))
    before = images.clone()
    draws = draw(augmentations, len(images), size, seeded(seed))
    result = apply(images, augmentations, draws)
    assert result.dtype == dtype and result.shape == images.shape
    assert torch.equal(result, naive(images, augmentations, draws))
    result.zero_()
    assert torch.equal(images, before), "el resultado comparte memoria con la entrada"


@pytest.mark.parametrize("chosen", [ALL, ALL[::-1], (RandomCrop(2, 9), HorizontalFlip(), RandomCrop(3)), ALL[:2], ALL[1::-1]])
def test_combinations_equal_torchvision_on_a_batch_of_32_by_32(chosen):
    images = pictures(128)
    draws = draw(chosen, 128, SIZE, seeded())
    result = apply(images, chosen, draws)
    assert torch.equal(result, naive(images, chosen, draws))
    assert torch.equal(result.float(), apply(images.float(), chosen, draws)), "bytes y coma flotante difieren"
    assert torch.equal(result, augment(images, chosen, seeded()))


def test_the_order_of_the_augmentations_matters():
    images, pair = pictures(), (RandomCrop(4), Cutout(8, 200))
    draws = draw(pair, 64, SIZE, seeded())
    swapped = Draws(draws.numbers[:, [2, 3, 0, 1]], pair[::-1], SIZE)
    assert not torch.equal(apply(images, pair, draws), apply(images, pair[::-1], swapped))


def test_crop_equals_torchvision_at_every_offset():
    offsets = [[top, left] for top in range(9) for left in range(9)]
    images, crop = pictures(81), RandomCrop(4, 7)
    result = apply(images, (crop,), by_hand((crop,), offsets))
    for image, (top, left), ours in zip(images, offsets, result):
        assert torch.equal(ours, TF.crop(TF.pad(image, 4, 7), top, left, 32, 32))
    assert torch.equal(result[40], images[40])  # la ventana del medio es la imagen


def test_erasing_changes_the_rectangle_and_nothing_else():
    images, erasing = pictures(3), RandomErasing(value=9)
    result = apply(images, (erasing,), by_hand((erasing,), [[2, 5, 3, 4], [0, 0, 0, 0], [31, 30, 1, 2]]))
    expected = images.clone()
    expected[0, :, 2:5, 5:9] = 9
    expected[2, :, 31:, 30:] = 9
    assert torch.equal(result, expected)


@pytest.mark.parametrize(
    ("size", "centre", "rows", "columns"),
    [(8, (16, 10), (12, 20), (6, 14)), (8, (0, 31), (0, 4), (27, 32)), (3, (0, 5), (0, 2), (4, 7)), (1, (31, 0), (31, 32), (0, 1))],
)
def test_cutout_is_a_square_around_its_centre_clipped_at_the_border(size, centre, rows, columns):
    images, cutout = pictures(1), Cutout(size, 5)
    expected = images.clone()
    expected[:, :, slice(*rows), slice(*columns)] = 5
    assert torch.equal(apply(images, (cutout,), by_hand((cutout,), [list(centre)])), expected)


def test_what_is_erased_does_not_depend_on_what_was_there():
    images = torch.full((2, 3, *SIZE), float("nan"))
    result = apply(images, (Cutout(4, 6),), by_hand((Cutout(4, 6),), [[16, 16], [0, 0]]))
    assert (result == 6).sum((1, 2, 3)).tolist() == [48, 12] and result.isnan().sum() == 2 * 3072 - 60


@pytest.mark.parametrize("none", [(), [], (HorizontalFlip(0),), (RandomCrop(0),), (RandomErasing(0),), (RandomErasing(1, (1, 1), (1, 1)),)])
def test_the_identity_gives_the_same_pixels_in_another_tensor(none):
    images = pictures()
    result = augment(images, none, seeded())
    assert torch.equal(result, images) and result.data_ptr() != images.data_ptr()


# Los sorteos.


def outcomes(results):
    return Counter(result.numpy().tobytes() for result in results)


@pytest.mark.parametrize(
    ("ours", "theirs", "size"),
    [
        (HorizontalFlip(0.3), transforms.RandomHorizontalFlip(0.3), (3, 4)),
        (RandomCrop(1, 250), transforms.RandomCrop((4, 3), padding=1, fill=250), (4, 3)),
        (RandomErasing(0.8), transforms.RandomErasing(0.8), (5, 6)),
        (RandomErasing(1, (0.3, 0.9), (0.2, 1.5), 255), transforms.RandomErasing(1, (0.3, 0.9), (0.2, 1.5), 255), (4, 6)),
    ],
    ids=["flip", "crop", "erasing", "erasing, angosto"],
)
def test_results_have_the_distribution_of_torchvision(ours, theirs, size):
    """Sin mirar dentro: con la misma imagen, cada resultado posible sale con la misma frecuencia."""
    image, n = numbered(size), 2000
    with torch.random.fork_rng():
        torch.manual_seed(0)
        reference = outcomes(theirs(image) for _ in range(n))
    got = outcomes(augment(image.expand(10 * n, -1, -1, -1), (ours,), seeded()))
    assert {k for k, count in reference.items() if count > 1} <= set(got), "torchvision da resultados que aquí no salen"
    common = [k for k, count in reference.items() if count >= 10]
    table = [[c[k] for k in common] + [c.total() - sum(c[k] for k in common) + 1] for c in (reference, got)]
    assert len(common) >= 2 and stats.chi2_contingency(table).pvalue > RARE


def rectangles(size, scale, ratio, n=3000):
    """Los de torchvision, [n, (arriba, izquierda, alto, ancho)]; si ninguno cupo, la imagen entera."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        image = torch.zeros(1, *size)
        return np.array([transforms.RandomErasing.get_params(image, scale, ratio, [0.0])[:4] for _ in range(n)])


@pytest.mark.parametrize(
    ("size", "scale", "ratio"), [(SIZE, (0.02, 0.33), (0.3, 3.3)), ((20, 32), (0.1, 0.5), (0.4, 4.0))], ids=["32×32", "20×32"]
)
def test_erasing_draws_the_rectangles_of_torchvision(size, scale, ratio):
    theirs = rectangles(size, scale, ratio)
    ours = draw((RandomErasing(1, scale, ratio),), 60_000, size, seeded()).numbers.numpy()
    ours, theirs = ours[ours.any(1)], theirs[theirs[:, 2] < size[0]]  # los que cupieron
    measures = {
        "arriba": lambda r: r[:, 0],
        "izquierda": lambda r: r[:, 1],
        "alto": lambda r: r[:, 2],
        "ancho": lambda r: r[:, 3],
        "área": lambda r: r[:, 2] * r[:, 3],
        "proporción": lambda r: r[:, 2] / r[:, 3],
        "lugar vertical": lambda r: r[:, 0] / (size[0] - r[:, 2]),
        "lugar horizontal": lambda r: r[:, 1] / (size[1] - r[:, 3]),
    }
    for name, measure in measures.items():
        assert stats.ks_2samp(measure(ours), measure(theirs)).pvalue > RARE, name
    for column in (2, 3):
        bins = np.arange(ours[:, column].min(), ours[:, column].max() + 2)
        counts = np.array([np.histogram(r[:, column], bins)[0] for r in (ours, theirs)])
        counts = counts[:, counts[1] >= 10]
        assert stats.chi2_contingency(counts).pvalue > RARE


def test_erasing_gives_up_after_ten_attempts():
    """Casi nunca cabe: la fracción que se salva cuenta los intentos, en torchvision y aquí."""
    scale, ratio, n = (0.85, 1.0), (0.3, 3.3), 200_000
    random = np.random.default_rng(0)
    area = 1024 * random.uniform(*scale, 2_000_000)
    aspect = np.exp(random.uniform(*np.log(ratio), 2_000_000))
    misses = ((np.rint(np.sqrt(area * aspect)) >= 32) | (np.rint(np.sqrt(area / aspect)) >= 32)).mean()
    numbers = draw((RandomErasing(1, scale, ratio),), n, SIZE, seeded()).numbers
    nothing = int((numbers[:, 2:] == 0).all(1).sum())
    assert 0.2 < misses**10 < 0.8 and abs(nothing / n - misses**10) < 0.006
    theirs = int((rectangles(SIZE, scale, ratio, 1000)[:, 2:] == 32).all(1).sum())
    assert stats.binomtest(theirs, 1000, nothing / n).pvalue > RARE


@pytest.mark.parametrize("p", [0.0, 0.1, 0.5, 1.0])
def test_each_image_is_flipped_or_erased_with_probability_p(p):
    for augmentation in (HorizontalFlip(p), RandomErasing(p)):
        numbers = draw((augmentation,), 10_000, SIZE, seeded()).numbers
        assert stats.binomtest(int(numbers.any(1).sum()), 10_000, p).pvalue > RARE


@pytest.mark.parametrize(("augmentation", "cells"), [(RandomCrop(4), (9, 9)), (RandomCrop(1), (3, 3)), (Cutout(), (12, 7))])
def test_offsets_and_centres_are_uniform(augmentation, cells):
    top, left = draw((augmentation,), 40_000, (12, 7), seeded()).numbers.numpy().T
    counts = np.bincount(top * cells[1] + left, minlength=cells[0] * cells[1])
    assert len(counts) == cells[0] * cells[1] and stats.chisquare(counts).pvalue > RARE


def test_draws_are_independent_between_images_and_between_augmentations():
    n, twice = 20_000, (*ALL, *ALL)
    numbers = draw(twice, n, SIZE, seeded()).numbers.double()
    columns = torch.cat([numbers[:, [0, 1, 2, 7, 8, 9, 10, 11, 16, 17]], (numbers[:, [5, 14]] > 0).double()], 1)
    for lag in (0, 1, 2, n // 2):
        pair = torch.cat([columns[: n - lag], columns[lag:]], 1).T
        correlation = pair.corrcoef()[:12, 12:] - (torch.eye(12) if lag == 0 else 0)
        assert correlation.abs().max() < 5 / (n - lag) ** 0.5, f"correlación a distancia {lag}"


@pytest.mark.parametrize("augmentation", ALL, ids=lambda a: type(a).__name__)
def test_equal_images_of_a_batch_come_out_different(augmentation):
    images = pictures(1).expand(64, -1, -1, -1)
    result = augment(images, (augmentation,), seeded())
    different = (result[1:] != result[:-1]).flatten(1).any(1)
    assert different.float().mean() > 0.3


def test_the_draws_depend_on_the_generator_and_on_nothing_else():
    generator, before = seeded(3), torch.get_rng_state()
    first, second = (draw(ALL, 50, SIZE, generator).numbers for _ in range(2))
    torch.rand(7)
    again = seeded(3)
    assert torch.equal(first, draw(ALL, 50, SIZE, again).numbers)
    resumed = torch.Generator()
    resumed.set_state(again.get_state())
    assert torch.equal(second, draw(ALL, 50, SIZE, resumed).numbers)
    assert not torch.equal(first, second) and not torch.equal(first, draw(ALL, 50, SIZE, seeded(4)).numbers)
    torch.set_rng_state(before)
    augment(pictures(), ALL, seeded())
    assert torch.equal(torch.get_rng_state(), before), "se usó el generador global"


# El trato con el motor.


def test_a_slice_of_the_draws_serves_its_batch():
    images, draws = pictures(50), draw(ALL, 50, SIZE, seeded())
    whole = apply(images, ALL, draws)
    parts = [apply(images[i : i + 16], ALL, draws[i : i + 16]) for i in range(0, 50, 16)]
    assert torch.equal(torch.cat(parts), whole)
    order = torch.randperm(50, generator=seeded())
    assert torch.equal(apply(images[order], ALL, draws[order]), whole[order])


@pytest.mark.parametrize("dtype", [torch.uint8, torch.float32])
def test_applying_never_waits_for_a_value(dtype):
    """En el dispositivo «meta» no hay valores: `.item()`, una máscara o `nonzero` fallarían."""
    images = torch.empty(8, 3, *SIZE, dtype=dtype, device="meta")
    result = apply(images, ALL, draw(ALL, 8, SIZE, seeded()).to("meta"))
    assert result.shape == images.shape and result.dtype == dtype and result.device.type == "meta"


# Los rechazos.

NOT_PROBABILITIES = st.one_of(st.floats().filter(lambda p: not 0 <= p <= 1), st.text(max_size=2), st.none(), st.booleans())
NOT_BYTES = st.one_of(st.floats(), st.text(max_size=2), st.none(), st.booleans(), st.integers(max_value=-1), st.integers(256))
OUT_OF_ORDER = st.tuples(st.floats(0.02, 1), st.floats(0.02, 1)).filter(lambda t: t[0] > t[1])
NOT_RANGES = st.one_of(
    OUT_OF_ORDER, st.none(), st.floats(0.02, 1), st.lists(st.floats(0.1, 0.2)), st.just((0.1,)), st.just((0.1, 0.2, 0.3)),
    st.sampled_from([(0, 0.5), (-0.1, 0.5), (0.1, float("nan")), (0.1, float("inf")), ("0.1", 0.2), (0.1, True), (0.1, 101)]),
)  # fmt: skip
BAD = [
    (HorizontalFlip, "p", NOT_PROBABILITIES),
    (RandomErasing, "p", NOT_PROBABILITIES),
    (RandomErasing, "scale", NOT_RANGES | st.just((0.5, 1.01))),
    (RandomErasing, "ratio", NOT_RANGES),
    (RandomErasing, "value", NOT_BYTES),
    (RandomCrop, "padding", NOT_BYTES | st.integers(33)),
    (RandomCrop, "fill", NOT_BYTES),
    (Cutout, "size", NOT_BYTES | st.integers(33) | st.just(0)),
    (Cutout, "value", NOT_BYTES),
]


@pytest.mark.fault
@pytest.mark.parametrize(("kind", "name", "values"), BAD, ids=[f"{kind.__name__}.{name}" for kind, name, _ in BAD])
def test_a_bad_argument_is_refused_with_its_name(kind, name, values):
    @settings(max_examples=cases(500, 20_000), deadline=None)
    @given(values)
    def refused(bad):
        with pytest.raises(ValueError, match=rf"(?s)`{name}.* = .*` no es válido: debe ser .*por ejemplo"):
            kind(**{name: bad})

    refused()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: draw(HorizontalFlip(), 2, SIZE, seeded()), "`augmentations = .*una tupla de aumentos"),
        (lambda: draw((HorizontalFlip,), 2, SIZE, seeded()), "`augmentations = .*una tupla de aumentos"),
        (lambda: apply(pictures(2), ("flip",), draw((), 2, SIZE, seeded())), "una tupla de aumentos"),
        (lambda: draw(ALL, 0, SIZE, seeded()), "`n = 0` no es válido"),
        (lambda: draw(ALL, 2.0, SIZE, seeded()), "`n = 2.0` no es válido"),
        (lambda: draw(ALL, 2, 32, seeded()), r"`height_width = 32` .*una tupla \(alto, ancho\)"),
        (lambda: draw(ALL, 2, (32, 0), seeded()), r"`height_width\[1\] = 0` no es válido"),
        (lambda: draw(ALL, 2, SIZE, 0), "`generator = 0` .*un torch.Generator de CPU"),
        (lambda: augment(np.zeros((2, 3, 8, 8)), ALL, seeded()), "`images` es de tipo ndarray"),
        (lambda: augment(torch.zeros(3, 8, 8), ALL, seeded()), r"`images` es torch.float32 de forma \[3, 8, 8\]"),
        (lambda: augment(torch.zeros(1, 1, 2, 3, 8, 8), ALL, seeded()), r"de forma \[1, 1, 2, 3, 8, 8\]"),
        (lambda: augment(torch.zeros(2, 3, 8, 8, dtype=torch.int64), ALL, seeded()), "`images` es torch.int64"),
        (lambda: augment(torch.zeros(2, 3, 8, 8, dtype=torch.bool), ALL, seeded()), "`images` es torch.bool"),
        (lambda: augment(torch.zeros(0, 3, 8, 8), ALL, seeded()), r"de forma \[0, 3, 8, 8\].*no vacío"),
        (lambda: apply(pictures(2).tolist(), ALL, draw(ALL, 2, SIZE, seeded())), "`images` es de tipo list"),
        (lambda: apply(pictures(2).long(), ALL, draw(ALL, 2, SIZE, seeded())), "`images` es torch.int64"),
        (lambda: apply(pictures(3), ALL, draw(ALL, 2, SIZE, seeded())), "cuántas.*se sorteó 2 y se pide 3"),
        (lambda: apply(pictures(2)[None], ALL, draw(ALL, 2, SIZE, seeded())), r"`images` es torch.uint8 de forma \[1, 2, 3, "),
        (lambda: apply(pictures(2), ALL, draw(ALL, 2, (32, 31), seeded())), r"alto y ancho.*\(32, 31\)"),
        (lambda: apply(pictures(2), ALL[::-1], draw(ALL, 2, SIZE, seeded())), "`draws` no es de estas imágenes .aumentos"),
        (lambda: apply(pictures(2), (RandomCrop(3),), draw((RandomCrop(4),), 2, SIZE, seeded())), "aumentos"),
        (lambda: apply(pictures(2), ALL, draw(ALL, 2, SIZE, seeded()).to("meta")), "dispositivo.*meta.*cpu"),
        (lambda: apply(pictures(2), ALL, torch.zeros(2, 9)), "`draws` es de tipo Tensor"),
        (lambda: draw(ALL, 2, SIZE, seeded())[:, :3], r"`numbers` .*\[2, 3\]: debe ser .*\[N, 9\]"),
        (lambda: draw(ALL, 2, SIZE, seeded())[0], r"`numbers` .*de forma \[9\]"),
        (lambda: Draws(torch.zeros(2, 9), ALL, SIZE), "`numbers` es torch.float32"),
    ],
)
def test_what_does_not_fit_is_refused_in_spanish(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_nothing_is_drawn_before_the_arguments_are_checked(monkeypatch):
    def too_soon(*_args, **_kwargs):
        raise AssertionError("sorteó antes de comprobar")

    for kind in augmentation.Augmentation.__args__:
        monkeypatch.setattr(kind, "_draw", too_soon)
        monkeypatch.setattr(kind, "_apply", too_soon)
    with pytest.raises(ValueError, match="generator"):
        draw(ALL, 2, SIZE, None)
    with pytest.raises(ValueError, match="images"):
        augment(torch.zeros(2, 2), ALL, seeded())


@pytest.mark.parametrize("augmentation", ALL, ids=lambda a: type(a).__name__)
def test_augmentations_are_values(augmentation):
    assert augmentation == type(augmentation)() and hash(augmentation) == hash(type(augmentation)())
    with pytest.raises(AttributeError):
        augmentation.value = 3


def test_what_each_augmentation_does_unless_told():
    told = [asdict(kind()) for kind in (HorizontalFlip, RandomCrop, RandomErasing, Cutout)]
    assert told == [{"p": 0.5}, {"padding": 4, "fill": 0}, {"p": 0.5, "scale": (0.02, 0.33), "ratio": (0.3, 3.3), "value": 0}, {"size": 8, "value": 0}]
