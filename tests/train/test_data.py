import hashlib
from pathlib import Path

import click
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from tests.helpers.batches import random_images
from train.data.batch import IGNORE
from train.data.domains import Images, load_domains, load_images, require_every_class
from train.data.sampler import Sampler, balanced_order, labelled_order, labelled_shares, stream_order
from train.params import AugmentParams, TrainParams

PARAMS = TrainParams(batch_size=4)


def write_manifest(folder: Path, rows: list[tuple[str, str | None]]) -> Path:
    """Write an image per (split, label) and their manifest."""
    table = []
    for i, (split, label) in enumerate(rows):
        pixels = np.random.default_rng(i).integers(0, 256, (40, 32, 3), dtype=np.uint8)
        path = folder / f"{i}.png"
        Image.fromarray(pixels).save(path)
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        table.append({"path": path.name, "sha256": digest, "label": label, "split": split})
    pq.write_table(pa.Table.from_pylist(table), folder / "manifest.parquet")
    return folder / "manifest.parquet"


@pytest.mark.parametrize("jpeg", [None, 40])
def test_a_batch_is_made_for_a_device_without_reading_from_it(jpeg):
    """Nobody can read from `meta`; reading from a GPU, the host waits for it."""
    params = TrainParams(batch_size=4, size=32, augment=AugmentParams(jitter=0.5, blur=1.0, jpeg=jpeg))
    renders, photos = random_images(8, [0, 1] * 4), random_images(8, [])
    labels = torch.zeros(8, dtype=torch.int64)
    sampler = Sampler(renders, photos, params, seed=0, epochs=1)
    batch = next(sampler.batches(0, device="meta", photo_labels=labels))
    assert {t.device.type for t in (batch.x, batch.labels, batch.y, batch.y_labels)} == {"meta"}


@given(st.lists(st.integers(1, 9), min_size=2, max_size=7), st.integers(1, 60), st.integers(0, 2**32))
def test_synthetic_batches_hold_the_classes_in_equal_numbers(sizes, count, seed):
    labels = np.repeat(np.arange(len(sizes)), sizes)
    drawn = labels[balanced_order(labels, count, np.random.default_rng(seed))]
    counts = np.bincount(drawn, minlength=len(sizes))
    assert len(drawn) == count
    assert counts.max() - counts.min() <= 1


def test_an_epoch_shows_every_image_of_balanced_classes_once():
    labels = np.repeat(np.arange(3), 5)
    order = balanced_order(labels, 15, np.random.default_rng(0))
    assert sorted(order.tolist()) == list(range(15))


@given(st.integers(1, 20), st.integers(0, 50), st.integers(1, 50))
def test_the_target_stream_is_one_stream_wherever_it_is_cut(size, start, count):
    whole = stream_order(size, 0, start + count, seed=3)
    assert stream_order(size, start, count, seed=3).tolist() == whole[start:].tolist()
    assert sorted(whole[:size].tolist()) == list(range(min(size, len(whole)))) or len(whole) < size


def test_a_batch_is_the_same_whatever_was_drawn_before_it():
    sampler = Sampler(random_images(12, [0, 1, 2] * 4), random_images(7, []), PARAMS, seed=5, epochs=3)
    whole = list(sampler.batches(epoch=2))
    alone = next(iter(sampler.batches(epoch=2, first=2)))
    assert len(whole) == sampler.steps == 3
    for name in ("x", "labels", "y"):
        assert torch.equal(getattr(whole[2], name), getattr(alone, name))
    assert alone.rng.random() == whole[2].rng.random()
    assert alone.y_labels is None
    assert [(batch.epoch, batch.step) for batch in whole] == [(2, 6), (2, 7), (2, 8)]
    assert alone.progress == pytest.approx(8 / 9)


def test_two_processes_share_the_batch_of_one():
    sampler = Sampler(random_images(8, [0, 1] * 4), random_images(7, []), PARAMS, seed=5, epochs=3)
    whole = next(sampler.batches(epoch=0))
    halves = [next(sampler.batches(epoch=0, rank=rank, world=2)) for rank in range(2)]
    for name in ("x", "labels", "y"):
        for rank, half in enumerate(halves):
            assert torch.equal(getattr(whole, name)[rank::2], getattr(half, name))


@given(st.floats(0, 1), st.integers(0, 2**32))
@settings(max_examples=20)
def test_labelled_photos_are_as_even_as_asked_and_unsure_ones_are_never_drawn(balance, seed):
    labels = np.repeat([IGNORE, 0, 2], [500, 400, 25])
    drawn = labels[labelled_order(labels, 4000, balance, 1e9, np.random.default_rng(seed))]
    assert IGNORE not in drawn
    expected = 400 ** (1 - balance) / (400 ** (1 - balance) + 25 ** (1 - balance))
    assert (drawn == 0).mean() == pytest.approx(expected, abs=0.05)


@given(st.lists(st.integers(1, 400), min_size=1, max_size=7), st.floats(0, 1), st.floats(1, 50))
def test_no_labelled_photo_is_drawn_oftener_than_asked_and_the_others_stay_in_proportion(
    sizes, balance, repeats
):
    labels = np.repeat([IGNORE, *range(len(sizes))], [5, *sizes])
    shares = labelled_shares(labels, balance, repeats)
    most = repeats / sum(sizes)
    assert shares.sum() == pytest.approx(1)
    assert (shares[:5] == 0).all()
    assert shares.max() <= most * (1 + 1e-6)
    of_classes = np.array([shares[labels == name][0] for name in range(len(sizes))])
    asked = np.array(sizes, float) ** -balance
    free = of_classes < most * (1 - 1e-6)
    if free.any():
        ratio = (of_classes / asked)[free]
        assert ratio == pytest.approx(np.full(len(ratio), ratio[0]))
        assert (asked[~free] * ratio[0] >= most * (1 - 1e-6)).all()


def test_labelled_photos_come_with_their_labels_changed_as_renders_are():
    labels = torch.tensor([0, 0, 0, 0, 0, IGNORE, 1])
    pixels = np.repeat(np.arange(7, dtype=np.uint8), 32 * 32 * 3).reshape(7, 32, 32, 3) * 30
    target = Images(pixels, np.empty(0, np.int64), "")
    sampler = Sampler(random_images(12, [0, 1, 2] * 4), target, PARAMS, seed=5, epochs=3)
    batches = list(sampler.batches(epoch=2, photo_labels=labels))
    seen = torch.cat([batch.y_labels for batch in batches])
    shown = torch.cat([((batch.y[:, 0, 16, 16] + 1) * 127.5 / 30).round() for batch in batches]).long()
    assert torch.equal(labels[shown], seen)
    alone = next(sampler.batches(epoch=2, first=2, photo_labels=labels))
    assert torch.equal(alone.y, batches[2].y)
    assert torch.equal(alone.y_labels, batches[2].y_labels)
    jitter = TrainParams(batch_size=4, augment=AugmentParams(jitter=0.5))
    jittered = next(Sampler(sampler.synthetic, target, jitter, 5, 3).batches(epoch=2, photo_labels=labels))
    assert not torch.allclose(jittered.y, batches[0].y)


@pytest.mark.parametrize(("share", "world", "count"), [(0.25, 1, 3), (0.5, 1, 8), (0.01, 1, 2), (0.25, 2, 4)])
def test_labelled_photos_make_up_their_share_of_the_classifiers_batch(share, world, count):
    params = TrainParams(batch_size=8, labelled_share=share)
    labelled = random_images(9, [0] * 6 + [2] * 3)
    sampler = Sampler(random_images(16, [0, 1] * 8), random_images(7, []), params, 5, 3, labelled)
    shares = [[batch.labelled for batch in sampler.batches(0, 0, rank, world)] for rank in range(world)]
    assert [sum(len(images) for images, _ in step) for step in zip(*shares, strict=True)] == [count] * 2
    seen = torch.cat([labels for steps in shares for _, labels in steps])
    assert abs((seen == 0).sum() - (seen == 2).sum()) <= 1


def test_labelled_photos_change_nothing_else_about_a_batch_and_are_changed_as_renders_are():
    pixels = np.repeat(np.arange(1, 7, dtype=np.uint8), 32 * 32 * 3).reshape(6, 32, 32, 3) * 40
    labelled = Images(pixels, np.array([0, 0, 0, 2, 2, 2]), "")
    alone = Sampler(random_images(12, [0, 1, 2] * 4), random_images(7, []), PARAMS, 5, 3)
    sampler = Sampler(alone.synthetic, alone.target, PARAMS, 5, 3, labelled)
    whole = list(sampler.batches(epoch=2))
    for one, other in zip(whole, alone.batches(epoch=2), strict=True):
        assert torch.equal(one.x, other.x)
        assert torch.equal(one.y, other.y)
        assert one.rng.random() == other.rng.random()
        assert other.labelled is None
    images, labels = (torch.cat(parts) for parts in zip(*(b.labelled for b in whole), strict=True))
    shown = ((images[:, 0, 16, 16] + 1) * 127.5 / 40).round().long() - 1
    assert torch.equal(torch.from_numpy(labelled.labels)[shown], labels)
    assert sorted(set(shown.tolist())) == list(range(6))
    assert torch.equal(next(sampler.batches(epoch=2, first=2)).labelled[0], whole[2].labelled[0])
    jitter = TrainParams(batch_size=4, augment=AugmentParams(jitter=0.5))
    changed = next(Sampler(alone.synthetic, alone.target, jitter, 5, 3, labelled).batches(epoch=2))
    assert not torch.allclose(changed.labelled[0], whole[0].labelled[0])


def test_the_labelled_photos_of_a_target_are_loaded_with_their_labels(tmp_path):
    renders, photos = tmp_path / "renders", tmp_path / "photos"
    for folder, rows in (
        (renders, [("train", "plain"), ("train", "striped"), ("val", "plain")]),
        (photos, [("unlabelled", None), ("val", "plain"), ("labelled", "striped"), ("test", "plain")]),
    ):
        folder.mkdir()
        write_manifest(folder, rows)
    manifests = [folder / "manifest.parquet" for folder in (renders, photos)]
    domains = load_domains(*manifests, ["plain", "striped"], TrainParams(size=32), tmp_path / "cache")
    assert domains.labelled.labels.tolist() == [1]
    without = load_domains(
        manifests[0],
        *[write_manifest(photos, [("unlabelled", None)])],
        ["plain", "striped"],
        TrainParams(size=32),
        tmp_path / "cache",
    )
    assert without.labelled is None


def test_images_are_decoded_once_and_come_back_the_same(tmp_path, monkeypatch):
    manifest = write_manifest(tmp_path, [("train", "plain"), ("val", "plain"), ("train", "striped")])
    load = lambda: load_images(manifest, "train", ["striped", "plain"], 16, tmp_path / "cache")  # noqa: E731
    first = load()
    monkeypatch.setattr("train.data.domains._decode", None)
    second = load()
    assert first.pixels.shape == (2, 16, 16, 3)
    assert first.labels.tolist() == [1, 0]
    assert np.array_equal(first.pixels, second.pixels)
    assert first.digest == second.digest


def test_the_cache_notices_other_content_size_and_labels(tmp_path):
    for name in "ab":
        (tmp_path / name).mkdir()
    one = write_manifest(tmp_path / "a", [("train", "plain"), ("train", "striped")])
    two = write_manifest(tmp_path / "b", [("train", "plain")])
    cache = tmp_path / "cache"
    digests = {
        load_images(one, "train", ["plain", "striped"], 16, cache).digest,
        load_images(one, "train", ["striped", "plain"], 16, cache).digest,
        load_images(one, "train", ["plain", "striped"], 24, cache).digest,
        load_images(two, "train", ["plain", "striped"], 16, cache).digest,
    }
    assert len(digests) == 4


def test_a_missing_manifest_is_one_clear_line(tmp_path):
    with pytest.raises(click.ClickException, match=r"none\.parquet: no such file"):
        load_images(tmp_path / "none.parquet", "train", ["plain"], 16, tmp_path)


def test_a_file_that_is_no_manifest_is_one_clear_line(tmp_path):
    (tmp_path / "m.parquet").write_text("hello")
    with pytest.raises(click.ClickException, match=r"m\.parquet: not a manifest") as error:
        load_images(tmp_path / "m.parquet", "train", ["plain"], 16, tmp_path)
    assert "\n" not in error.value.message


def test_an_unreadable_image_is_named_and_leaves_no_cache(tmp_path):
    manifest = write_manifest(tmp_path, [("train", "plain"), ("train", "plain")])
    (tmp_path / "1.png").write_bytes(b"not an image")
    with pytest.raises(click.ClickException, match=r"1\.png: cannot be read"):
        load_images(manifest, "train", ["plain"], 16, tmp_path / "cache")
    assert list((tmp_path / "cache").iterdir()) == []


def test_a_class_without_images_is_named(tmp_path):
    with pytest.raises(click.ClickException, match="no training image of floral, dotted"):
        require_every_class(random_images(2, [0, 0]), ["plain", "floral", "dotted"], "m.parquet")
