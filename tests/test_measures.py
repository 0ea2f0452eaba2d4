"""Las medidas de una red terminada, cada una contra un caso cuyo valor se sabe."""

from dataclasses import replace
from types import SimpleNamespace

import pytest
import torch
import torch.nn.functional as F
from test_experiments import TINY, Here, place  # noqa: F401 - `place` es una fixture
from test_protocol import toy

from labcode.experiments import obtain, train_missing
from labcode.measures import Calibration, Mirror, Network, Sharpness, Shift, Views, reliability
from labcode.models import MLPConfig, VGGConfig, build

ZERO = torch.zeros(3, 1, 1)


def split_of(eval_images, eval_labels):
    """Los datos de una medida en que aprender y evaluar no se parecen: confundirlos se nota."""
    learn = torch.zeros_like(eval_images)
    return SimpleNamespace(train_images=learn, train_labels=torch.full((len(learn),), 9), eval_images=eval_images, eval_labels=eval_labels)


def test_mirror_averages_the_probabilities_of_an_image_and_of_its_reflection():
    class Reads(torch.nn.Module):
        def forward(self, x):
            return x[:, 0, 0, :10]  # los logits, escritos en la primera fila; los del espejo, al final de ella

    images = torch.zeros(2, 3, 32, 32, dtype=torch.uint8)
    images[0, 0, 0, 1], images[0, 0, 0, 31 - 2] = 3, 5  # de frente dice 1; su espejo, 2 y con más confianza
    images[1, 0, 0, 1], images[1, 0, 0, 31 - 2], images[1, 0, 0, 31 - 3] = 200, 250, 250  # el espejo duda entre 2 y 3
    found = Mirror()(Network(Reads(), ZERO, ZERO + 1), split_of(images, torch.tensor([2, 1])))
    assert found == {"tta": [100.0]}


def test_six_views_weigh_the_image_and_its_mirror_twice_as_much_as_the_moved_ones():
    network = Network(build(MLPConfig(hidden=(16,)), 0), ZERO + 120, ZERO + 6)
    images = torch.zeros(300, 3, 32, 32, dtype=torch.uint8)
    images[:, :, 1:-1, 1:-1] = toy(300).eval_images[:, :, 1:-1, 1:-1]  # con el borde igual, correr la imagen es darle la vuelta
    weights = {(0, False): 2, (0, True): 2, (1, False): 1, (1, True): 1, (-1, False): 1, (-1, True): 1}  # (cuánto se corre, en el espejo)
    each = {}
    for moved, mirrored in weights:
        view = images.roll((moved, moved), (2, 3))
        each[moved, mirrored] = network.logits(view.flip(3) if mirrored else view).softmax(1)
    answer = sum(weight * each[view] for view, weight in weights.items()).argmax(1)
    assert Views()(network, split_of(images, answer)) == {"views": [100.0]}
    for left_out in weights:  # sin una de las vistas, o con todas iguales, alguna respuesta sería otra
        assert (sum(weight * each[view] for view, weight in weights.items() if view != left_out).argmax(1) != answer).any()
    assert (sum(each.values()).argmax(1) != answer).any()


def test_shift_is_the_mean_of_the_four_directions():
    class Quadrant(torch.nn.Module):
        def forward(self, x):
            rows, columns = (x.amax((1, axis)).argmax(1) >= 16 for axis in (3, 2))
            return F.one_hot(2 * rows + columns, 10).float()

    # Al moverse un píxel cambian de cuadrante: 1 hacia arriba, 2 hacia abajo, 4 a la izquierda y 8 a la derecha.
    places = [(16, 8)] + [(15, 8)] * 2 + [(8, 16)] * 4 + [(8, 15)] * 8
    images = torch.zeros(15, 3, 32, 32, dtype=torch.uint8)
    for image, (row, column) in zip(images, places):
        image[:, row, column] = 255
    labels = torch.tensor([2 * (row >= 16) + (column >= 16) for row, column in places])
    found = Shift(1)(Network(Quadrant(), ZERO, ZERO + 1), split_of(images, labels))
    assert found["shift_offsets"] == [0.0, 1.0] and found["shift"] == pytest.approx([100.0, 75.0])


def test_calibration_divides_by_each_temperature_and_looks_at_the_evaluation_images():
    network, own = Network(build(MLPConfig(hidden=(16,)), 0), ZERO + 120, ZERO + 60), toy(120)
    found = Calibration(7)(network, split_of(own.eval_images, own.eval_labels))
    logits = network.logits(own.eval_images).double()
    expected = [F.cross_entropy(logits / t, own.eval_labels).item() for t in found["temperatures"]]
    assert found["nll"] == pytest.approx(expected) and len(found["bin_counts"]) == 7 * len(expected)


def test_sharpness_of_a_loss_whose_maximum_is_known():
    class One(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.w = torch.nn.Parameter(torch.tensor(1.0))

        def forward(self, x):  # dos clases, de logits 0 y w: si todas son la 0, la pérdida es log(1 + eʷ)
            return torch.stack([0 * self.w, self.w]).expand(len(x), 2)

    images, labels = torch.zeros(8, 3, 32, 32, dtype=torch.uint8), torch.zeros(8, dtype=torch.int64)
    data = SimpleNamespace(train_images=images, train_labels=labels, eval_images=images, eval_labels=labels + 1)
    base, top = (F.softplus(torch.tensor(w)).item() for w in (1.0, 1.0 + 0.1 * (1.0 + 1)))
    found = Sharpness(epsilon=0.1)(Network(One(), ZERO, ZERO + 1), data)
    assert found["sharpness"] == pytest.approx([100 * (top - base) / (1 + base)], rel=1e-4)


def test_a_network_with_batch_norm_is_measured_as_it_was_evaluated(place):
    deep = replace(TINY, name="DEEP", model=VGGConfig(blocks=((4,), (4,)), hidden=(6,), batch_norm=True), axes={}, seeds=1, measures=(Shift(1),))
    train_missing(deep, executor=Here())
    (result,) = obtain(deep).of("final")
    assert result.measures["shift"][0] == pytest.approx(result.metrics["eval_accuracy"])


def test_ece_does_not_let_one_bin_make_up_for_another():
    sure, doubtful = (torch.tensor([p, 1 - p], dtype=torch.float64).log() for p in (0.97, 0.57))
    found = reliability(torch.stack([sure, sure, doubtful, doubtful]), torch.tensor([1, 1, 0, 0]), bins=10)
    assert found["ece"] == pytest.approx([100 * (0.97 + 0.43) / 2])  # 0.97 sin acertar, y 0.57 acertando siempre
    assert [i for i, count in enumerate(found["bin_counts"]) if count] == [5, 9]
