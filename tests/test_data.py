"""Los datos: se leen igual de cualquier fuente, se parten siempre igual y se rechaza lo que no son."""

import dataclasses
import os
import time
import warnings
from pathlib import Path

import numpy as np
import pytest
import torch
from data_helpers import FORMS, N, Tiny, serving, tiny, write_folder
from hypothesis import given, settings
from hypothesis import strategies as st

from labcode.data import CLASSES, DataError, Dataset, figuras, load_cifar10, normalization, split, validation_indices, verify
from labcode.data.cifar10 import find, find_in, get
from labcode.data.editions import OFFICIAL, Form

REAL = os.environ.get("LABCODE_DATA", "")


@pytest.fixture(scope="module")
def small() -> Tiny:
    return tiny()


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LABCODE_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("LABCODE_DATA", raising=False)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    return tmp_path / "cache"


def same(dataset: Dataset, small: Tiny) -> bool:
    parts = dataset.train_images, dataset.train_labels, dataset.test_images, dataset.test_labels
    return all(torch.equal(a, b) for a, b in zip(parts, small.tensors, strict=True))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("shape", ["folder inside", "folder", "archive inside", "archive"])
def test_every_source_gives_the_same(
    small: Tiny, form: Form, shape: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "datos"
    folder, archive = place / OFFICIAL.folders[form], place / OFFICIAL.names[form]
    if shape.startswith("folder"):
        write_folder(folder, small.files[form])
    else:
        write_folder(place, {archive.name: small.archives[form]})
    named = {"folder inside": place, "folder": folder, "archive inside": place, "archive": archive}[shape]
    monkeypatch.setenv("LABCODE_DATA", str(named))
    dataset = load_cifar10(edition=small.edition)
    assert same(dataset, small)
    assert dataset.sha256 == small.edition.content
    assert dataset.classes == CLASSES and CLASSES[0] == "avión"
    lines = verify(small.edition)
    assert str(named) in lines[0] and small.edition.content in lines[-1]
    assert sum("✓" in line for line in lines) >= len(small.files[form]) + 1


def test_a_damaged_folder_does_not_hide_a_sound_archive(small: Tiny, own_cache: Path) -> None:
    damaged = {**small.files["python"], "data_batch_3": bytes(len(small.files["python"]["data_batch_3"]))}
    write_folder(own_cache / "data" / OFFICIAL.folders["python"], damaged)
    archive = write_folder(own_cache / "data", {OFFICIAL.names["python"]: small.archives["python"]}) / OFFICIAL.names["python"]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert same(load_cifar10(edition=small.edition), small)
        assert get(small.edition) == archive and str(archive) in verify(small.edition)[0]


def test_the_named_folder_comes_before_the_cache(
    small: Tiny, own_cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_folder(own_cache / "data", {OFFICIAL.names["python"]: small.archives["python"]})
    assert same(load_cifar10(edition=small.edition), small)
    write_folder(tmp_path / "otra", small.files["binary"])
    monkeypatch.setenv("LABCODE_DATA", str(tmp_path / "otra"))
    (source,) = find(small.edition)
    assert source.path == tmp_path / "otra" and source.form == "binary"


def test_a_named_folder_without_the_data_is_an_error(
    small: Tiny, own_cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_folder(own_cache / "data", {OFFICIAL.names["python"]: small.archives["python"]})
    monkeypatch.setenv("LABCODE_DATA", str(tmp_path))
    with pytest.raises(DataError, match=r"LABCODE_DATA = .* no contiene CIFAR-10.*cifar-10-python.tar.gz"):
        load_cifar10(edition=small.edition)


def test_without_data_it_says_which_file_goes_where(small: Tiny, own_cache: Path) -> None:
    with pytest.raises(DataError, match="cifar-10-python.tar.gz") as error:
        load_cifar10(edition=small.edition, download=False)
    assert str(own_cache / "data") in str(error.value) and "LABCODE_DATA" in str(error.value)
    with pytest.raises(DataError, match="cifar-10-python.tar.gz"):
        verify(small.edition)


def test_a_download_stays_in_the_cache_and_serves_later(small: Tiny, own_cache: Path) -> None:
    with serving(small.archives["python"]) as server:
        edition = dataclasses.replace(small.edition, mirrors=(server.url("ok"),))
        assert same(load_cifar10(edition=edition), small)
        assert get(edition) == own_cache / "data" / OFFICIAL.names["python"]
        assert len(server.requests) == 1
    assert same(load_cifar10(edition=edition), small)  # el servidor ya no está


def test_a_damaged_cache_is_downloaded_again(small: Tiny, own_cache: Path) -> None:
    name = OFFICIAL.names["python"]
    write_folder(own_cache / "data", {name: small.archives["python"][:-1] + b"!"})
    with serving(small.archives["python"]) as server, pytest.warns(UserWarning, match="Se descarga de nuevo"):
        edition = dataclasses.replace(small.edition, mirrors=(server.url("ok"),))
        assert same(load_cifar10(edition=edition), small)
    assert (own_cache / "data" / name).read_bytes() == small.archives["python"]


@pytest.mark.parametrize("missing", ["data_batch_3", "test_batch", "batches.meta"])
def test_an_incomplete_folder_is_not_a_source(small: Tiny, missing: str, tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "f", small.files["python"])
    (folder / missing).unlink()
    assert find_in(folder, small.edition) == []


def test_swapped_batches_do_not_pass_even_with_their_hashes_swapped(
    small: Tiny, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = dict(small.files["binary"])
    files["data_batch_1.bin"], files["data_batch_2.bin"] = files["data_batch_2.bin"], files["data_batch_1.bin"]
    monkeypatch.setenv("LABCODE_DATA", str(write_folder(tmp_path / "f", files)))
    with pytest.raises(DataError, match="sha256 de su contenido.*Pongan cifar-10-python.tar.gz"):
        load_cifar10(edition=small.restamped("binary", files=files))


def test_the_official_tables_are_whole() -> None:
    assert list(OFFICIAL.files["python"]) == [*(f"data_batch_{i}" for i in range(1, 6)), "test_batch", "batches.meta"]
    stamps = [s for form in FORMS for s in (*OFFICIAL.files[form].values(), OFFICIAL.archives[form])]
    assert len({s.sha256 for s in stamps}) == 15 and all(len(s.sha256) == 64 for s in stamps)
    assert all(s.size == OFFICIAL.batch * 3073 for s in OFFICIAL.files["binary"].values())
    assert len(OFFICIAL.mirrors) >= 3 and all(url.startswith("https://") for url in OFFICIAL.mirrors)
    assert len({url.split("/")[2] for url in OFFICIAL.mirrors}) == len(OFFICIAL.mirrors)


def stratified() -> Dataset:
    """60 imágenes por clase, cada una distinta, para seguirles la pista."""
    labels = torch.arange(600) % 10
    images = torch.zeros(600, 3, 32, 32, dtype=torch.uint8)
    images[:, 0, 0, 0], images[:, 0, 0, 1] = torch.arange(600) // 256, torch.arange(600) % 256
    return Dataset(images, labels, images[:20].clone(), labels[:20].clone())


def test_selection_is_stratified_disjoint_and_fixed() -> None:
    dataset = stratified()
    part, again = split(dataset, "selection"), split(dataset, "selection")
    assert part.eval_labels.bincount().tolist() == [6] * 10 and part.train_labels.bincount().tolist() == [54] * 10
    ids = [x[:, 0, 0, 0].long() * 256 + x[:, 0, 0, 1].long() for x in (part.train_images, part.eval_images)]
    assert torch.cat(ids).sort().values.equal(torch.arange(600))
    assert torch.equal(dataset.train_labels[ids[1]], part.eval_labels)
    assert part.sha256 == again.sha256
    assert part.name == "selection"


def test_final_is_everything_and_the_test() -> None:
    dataset = stratified()
    part = split(dataset, "final")
    assert part.train_images is dataset.train_images and part.train_labels is dataset.train_labels
    assert part.eval_images is dataset.test_images and part.eval_labels is dataset.test_labels


@pytest.mark.parametrize("phase", ["Selection", "test", "", None, 0])
def test_an_unknown_phase_is_refused(phase: object) -> None:
    with pytest.raises(ValueError, match="`phase = .*'selection', 'final'"):
        split(stratified(), phase)  # type: ignore[arg-type]


def test_too_few_images_to_validate_are_refused() -> None:
    with pytest.raises(ValueError, match="al menos 10"):
        split(figuras(50, 10), "selection")


IMAGES, LABELS = torch.zeros(5, 3, 32, 32, dtype=torch.uint8), torch.arange(5)


@pytest.mark.parametrize(
    ("images", "labels", "message"),
    [
        (IMAGES.permute(0, 2, 3, 1), LABELS, r"permute"),
        (IMAGES[:, :1], LABELS, r"\[5, 1, 32, 32\].*debe ser \[N, 3, 32, 32\]"),
        (IMAGES.float(), LABELS, "float32.*debe ser un tensor de torch uint8"),
        (IMAGES.numpy(), LABELS, "ndarray.*from_numpy"),
        (IMAGES[0], LABELS, r"\[3, 32, 32\]"),
        (IMAGES[:0], LABELS[:0], "N ≥ 1"),
        (IMAGES, LABELS[:4], "5 imágenes y 4 etiquetas"),
        (IMAGES, LABELS.int(), "int32.*int64"),
        (IMAGES, LABELS + 6, "va de 6 a 10.*entre 0 y 9"),
        (IMAGES, LABELS - 1, "va de -1 a 3.*entre 0 y 9"),
        (IMAGES, None, "NoneType"),
    ],
)
def test_what_is_not_a_dataset_is_refused(images: object, labels: object, message: str) -> None:
    for arguments in ((images, labels, IMAGES, LABELS), (IMAGES, LABELS, images, labels)):
        with pytest.raises(ValueError, match=message):
            Dataset(*arguments)  # type: ignore[arg-type]


def test_the_hash_sees_any_change() -> None:
    base = Dataset(IMAGES, LABELS, IMAGES, LABELS)
    pixel, label = IMAGES.clone(), LABELS.clone()
    pixel[4, 2, 31, 31], label[4] = 1, 9
    others = [(pixel, LABELS, IMAGES, LABELS), (IMAGES, LABELS, IMAGES, label), (IMAGES, label, IMAGES, LABELS)]
    assert len({base.sha256, *(Dataset(*parts).sha256 for parts in others)}) == 4


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 40), st.integers(0, 2**32 - 1))
def test_normalization_is_that_of_float64(n: int, seed: int) -> None:
    images = torch.from_numpy(np.random.default_rng(seed).integers(0, 256, (n, 3, 32, 32), dtype=np.uint8))
    mean, deviation = normalization(images)
    wide = images.double() / 255
    torch.testing.assert_close(mean, wide.mean((0, 2, 3)).float(), rtol=1e-6, atol=0)
    torch.testing.assert_close(deviation, wide.std((0, 2, 3), unbiased=False).float(), rtol=1e-5, atol=0)
    assert mean.dtype == deviation.dtype == torch.float32


def test_a_constant_channel_can_be_divided_by() -> None:
    mean, deviation = normalization(torch.full((3, 3, 32, 32), 51, dtype=torch.uint8))
    torch.testing.assert_close(mean, torch.full((3,), 0.2))
    assert deviation.tolist() == [1.0, 1.0, 1.0]


def test_figuras_are_fixed_balanced_and_quick() -> None:
    start = time.process_time()
    dataset = figuras()
    assert time.process_time() - start < 1.0
    assert dataset.sha256 == "48fc1bae9199041f17b076c8fe6e61a96e8512a929153e0f095eec91fce84848"
    assert dataset.train_labels.bincount().tolist() == [200] * 10
    assert dataset.test_labels.bincount().tolist() == [100] * 10
    assert figuras(seed=1).sha256 != dataset.sha256
    assert figuras(700).test_images.equal(dataset.test_images)
    assert split(dataset, "selection").eval_labels.bincount().tolist() == [20] * 10


@pytest.mark.parametrize(
    "arguments", [{"n_train": 0}, {"n_test": -1}, {"n_train": 1.5}, {"seed": -1}, {"n_train": True}]
)
def test_figuras_refuse_what_makes_no_sense(arguments: dict) -> None:
    with pytest.raises(ValueError, match=f"`{next(iter(arguments))} = .*debe ser un entero"):
        figuras(**arguments)


def accuracy(net: torch.nn.Module, x: torch.Tensor, y: torch.Tensor) -> float:
    with torch.no_grad():
        return 100 * (net(x).argmax(1) == y).float().mean().item()


def fit(net: torch.nn.Module, x: torch.Tensor, y: torch.Tensor, rate: float, epochs: int) -> None:
    optimizer = torch.optim.SGD(net.parameters(), lr=rate, momentum=0.9)
    generator = torch.Generator().manual_seed(0)
    for epoch in range(epochs):
        optimizer.param_groups[0]["lr"] = rate * (1 - epoch / epochs)
        for rows in torch.randperm(len(x), generator=generator).split(64):
            optimizer.zero_grad()
            torch.nn.functional.cross_entropy(net(x[rows]), y[rows]).backward()
            optimizer.step()


def test_in_figuras_an_mlp_overfits_and_a_cnn_generalizes() -> None:
    dataset = figuras()
    mean, deviation = (x.view(3, 1, 1) for x in normalization(dataset.train_images))
    x, x_test = ((images / 255 - mean) / deviation for images in (dataset.train_images, dataset.test_images))
    y, y_test = dataset.train_labels, dataset.test_labels
    with torch.random.fork_rng():
        torch.manual_seed(0)
        nn = torch.nn
        mlp = nn.Sequential(
            nn.Flatten(), nn.Linear(3072, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10)
        )
        cnn = nn.Sequential(
            nn.Conv2d(3, 6, 5), nn.MaxPool2d(2), nn.ReLU(), nn.Conv2d(6, 16, 5), nn.MaxPool2d(2), nn.ReLU(),
            nn.Flatten(), nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 80), nn.ReLU(), nn.Linear(80, 10),
        )  # fmt: skip
    fit(mlp, x, y, 0.03, 12)
    fit(cnn, x, y, 0.05, 6)
    assert accuracy(mlp, x, y) > 95
    assert accuracy(mlp, x_test, y_test) < 75
    assert accuracy(cnn, x_test, y_test) > 85


if REAL:  # sin el CIFAR-10 de verdad, su formato se prueba con la edición diminuta

    def test_the_real_thing(monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("LABCODE_DATA", REAL)
        dataset = load_cifar10(download=False)
        assert dataset.train_labels.bincount().tolist() == [5000] * 10
        assert dataset.test_labels.bincount().tolist() == [1000] * 10
        part = split(dataset, "selection")
        assert part.eval_labels.bincount().tolist() == [500] * 10 and len(part.train_labels) == 45_000
        assert part.sha256 == "e18a8e003315ef0e234c4bed8b7eec95a23b834464229e243c15ebbd0453b1dd"
        mean, deviation = normalization(dataset.train_images)
        assert mean.tolist() == pytest.approx([0.4914, 0.4822, 0.4465], abs=1e-4)
        assert deviation.tolist() == pytest.approx([0.2470, 0.2435, 0.2616], abs=1e-4)


def test_the_validation_images_are_always_the_same():
    chosen = validation_indices(torch.arange(600) % 10)  # cambiar la partición cambia todo resultado del libro
    assert chosen[:8].tolist() == [11, 27, 34, 65, 66, 70, 76, 78]


def test_the_classes_are_in_the_order_of_the_official_index():
    # batches.meta: airplane, automobile, bird, cat, deer, dog, frog, horse, ship, truck.
    assert CLASSES == ("avión", "auto", "pájaro", "gato", "ciervo", "perro", "rana", "caballo", "barco", "camión")
