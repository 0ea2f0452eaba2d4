"""`figuras` al centro: la figura queda en el medio, y lo demás no cambia."""

import pytest
import torch

from labcode.data import centre_figures, figuras


def test_the_figure_ends_in_the_middle():
    images = figuras(400, 1).train_images
    centred = centre_figures(images)
    assert centred.shape == images.shape and centred.dtype == torch.uint8 and centred is not images
    again = centre_figures(centred)
    assert (again == centred).flatten(1).all(1).float().mean() > 0.97  # ya estaban: a lo más, un píxel de redondeo


def test_a_known_square_moves_where_it_must_and_the_edge_repeats():
    image = torch.full((1, 3, 32, 32), 20, dtype=torch.uint8)
    image[..., :3] = 30  # una franja en el borde
    image[:, :, 4:10, 20:26] = 240
    before = image.clone()
    (moved,) = centre_figures(image)
    rows, columns = (moved[0] == 240).nonzero().T
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (13, 18, 13, 18)
    assert torch.equal(image, before) and (moved[:, :, 0] == moved[:, :, 0][0, 0]).all()


@pytest.mark.parametrize("bad", [torch.zeros(2, 3, 32, 32), torch.zeros(2, 3, 16, 16, dtype=torch.uint8), torch.zeros(3, 32, 32, dtype=torch.uint8)])
def test_other_things_are_refused(bad):
    with pytest.raises(ValueError, match="`figuras_images`"):
        centre_figures(bad)
