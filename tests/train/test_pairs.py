"""What a translation is learned from: renders and photos in pairs, as they come or aligned; updates."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers.batches import random_images
from train.data.augmentation import shift_and_flip
from train.data.batch import IGNORE, to_network
from train.data.domains import Images
from train.data.sampler import Sampler
from train.params import TrainParams

MANY = {"batch_size": 24, "updates": 400}


def paired_sampler(labels: list[int] | None = None, **changes: object) -> Sampler:
    """Of 12 renders and 40 photos at 32 px, each photo of one grey level, its index times 6."""
    pixels = np.repeat(np.arange(40, dtype=np.uint8), 32 * 32 * 3).reshape(40, 32, 32, 3) * 6
    params = TrainParams.model_validate({"size": 32, "batch_size": 4} | changes)
    target = Images(pixels, np.empty(0, np.int64), "")
    return Sampler(random_images(12, labels or [0, 1, 2] * 4), target, params, 5, 3, paired=True)


MOVES = [(down, across, flip) for down in range(-2, 3) for across in range(-2, 3) for flip in (0, 1)]
"""What may happen to an image of a pair: whole pixels down and across, mirrored or not."""


def known_renders(pixels: np.ndarray) -> dict[bytes, tuple[int, tuple[int, int, int]]]:
    """Every moved image -> its number, and its move."""
    known = {}
    for down, across, flip in MOVES:
        shifts, flipped = np.tile([down, across], (len(pixels), 1)), np.full(len(pixels), bool(flip))
        for number, image in enumerate(shift_and_flip(to_network(pixels), shifts, flipped)):
            known[image.numpy().tobytes()] = number, (down, across, flip)
    return known


def shown(photos: torch.Tensor) -> np.ndarray:
    """Which photos of `paired_sampler` these are."""
    return ((photos[:, 0, 16, 16] + 1) * 127.5 / 6).round().long().numpy()


@pytest.mark.parametrize(("asked", "pairs"), [(None, 4), (1, 1), (3, 3), (9, 4)])
def test_a_step_has_as_many_pairs_as_asked_and_every_render_for_the_classifier(asked, pairs):
    for batch in paired_sampler(translation_batch=asked).batches(0):
        assert len(batch.pairs.y) == pairs
        assert len(batch.pairs.x) == len(batch.x) == 4
        assert torch.equal(batch.pairs.labels, batch.labels)
        assert batch.pairs.maps.shape == (4, 2, 3)


def test_both_domains_of_a_pair_are_moved_and_mirrored_alike_and_nothing_is_resampled():
    sampler = paired_sampler(**MANY)
    moves = {"x": set(), "y": set()}
    pixels = sampler.synthetic.pixels
    both = Sampler(sampler.synthetic, Images(pixels, np.empty(0), ""), sampler.params, 5, 3, paired=True)
    known = known_renders(pixels)
    for batch in both.batches(0):
        for name, images in (("x", batch.pairs.x), ("y", batch.pairs.y)):
            moves[name] |= {known[image.numpy().tobytes()][1] for image in images}
    assert moves["x"] == moves["y"] == set(MOVES)


def test_pairs_change_nothing_else_about_a_batch():
    with_pairs = paired_sampler()
    without = Sampler(with_pairs.synthetic, with_pairs.target, with_pairs.params, 5, 3)
    for one, other in zip(with_pairs.batches(1), without.batches(1), strict=True):
        assert other.pairs is None
        assert torch.equal(one.x, other.x)
        assert torch.equal(one.y, other.y)
        assert one.rng.random() == other.rng.random()


def test_pairs_are_the_same_whatever_was_drawn_before_them():
    labels = torch.arange(40) % 2
    sampler = paired_sampler(aligned=0.5, translation_batch=2)
    whole = list(sampler.batches(2, photo_labels=labels))[2].pairs
    alone = next(sampler.batches(2, first=2, photo_labels=labels)).pairs
    for name in ("x", "labels", "y", "source", "maps"):
        assert torch.equal(getattr(whole, name), getattr(alone, name))


def test_two_processes_share_the_pairs_of_one():
    labels = torch.arange(40) % 2
    changes = {"aligned": 0.5, "batch_size": 8, "translation_batch": 4, "augment": {"jitter": 0.5}}
    sampler = paired_sampler(**changes)
    whole = next(sampler.batches(1, photo_labels=labels)).pairs
    assert len(whole.y) == 4
    for rank in range(2):
        half = next(sampler.batches(1, rank=rank, world=2, photo_labels=labels)).pairs
        for name in ("x", "labels", "y", "source", "maps"):
            assert torch.equal(getattr(whole, name)[rank::2], getattr(half, name))


def test_without_alignment_every_photo_is_paired_once_before_any_comes_again():
    sampler = paired_sampler(updates=50)
    seen = np.concatenate([shown(batch.pairs.y) for batch in sampler.batches(0)])
    assert sorted(seen) == sorted(range(40))
    labels = torch.full((40,), IGNORE).index_fill(0, torch.tensor([3]), 0)
    again = [shown(batch.pairs.y) for batch in sampler.batches(0, photo_labels=labels)]
    assert (np.concatenate(again) == seen).all()


def like_photos(sampler: Sampler, labels: torch.Tensor) -> np.ndarray:
    """How often each class is among the renders that are paired with photos."""
    sources = torch.cat([b.pairs.source for b in sampler.batches(0, photo_labels=labels)])
    known, classes = known_renders(sampler.synthetic.pixels), sampler.synthetic.labels
    return np.bincount([classes[known[image.numpy().tobytes()][0]] for image in sources]) / len(sources)


def test_aligned_renders_are_as_often_of_each_class_as_photos_are():
    """30 plain photos, 10 striped ones, none of the third class, and 20 without a label."""
    labels = torch.tensor([0] * 15 + [1] * 5 + [IGNORE] * 20)
    all_of_them = paired_sampler(**MANY, aligned=1.0)
    assert like_photos(all_of_them, labels) == pytest.approx([0.75, 0.25], abs=0.02)
    half = paired_sampler(**MANY, aligned=0.5)
    assert like_photos(half, labels) == pytest.approx([0.54, 0.29, 0.17], abs=0.02)


def test_without_labels_or_alignment_the_renders_of_pairs_are_the_classifiers():
    labels = torch.tensor([0] * 40)
    for sampler, known in ((paired_sampler(aligned=1.0), None), (paired_sampler(), labels)):
        for batch in sampler.batches(1, photo_labels=known):
            assert not batch.pairs.aligned
            assert torch.equal(batch.pairs.source, batch.pairs.x)


def test_alignment_leaves_the_classifiers_images_alone_if_photos_are_labelled_by_the_step():
    labels = torch.tensor([0] * 20 + [IGNORE] * 20)
    sampler = paired_sampler(aligned=1.0, pseudo_labels="step", augment={"jitter": 0.5})
    for plain, aligned in zip(sampler.batches(1), sampler.batches(1, photo_labels=labels), strict=True):
        assert torch.equal(plain.y, aligned.y)
        assert torch.equal(plain.pairs.x, aligned.pairs.x)
        assert torch.equal(plain.pairs.y, aligned.pairs.y)
        assert aligned.y_labels is None
        assert aligned.pairs.aligned


def test_labels_that_no_render_has_draw_all_renders_alike():
    labels = torch.full((40,), IGNORE)
    assert like_photos(paired_sampler(**MANY, aligned=1.0), labels) == pytest.approx(
        np.full(3, 1 / 3), abs=0.02
    )


@given(st.integers(1, 200), st.integers(1, 12))
def test_updates_are_spread_over_the_epochs_whatever_the_images(updates, epochs):
    params = TrainParams(batch_size=4, epochs=epochs, updates=updates)
    sampler = Sampler(random_images(12, [0, 1, 2] * 4, 1), random_images(7, [], 1), params, 5, epochs)
    assert sampler.steps >= 1
    assert abs(sampler.steps - updates / epochs) <= 0.5 or sampler.steps == 1


def test_more_updates_than_renders_go_round_again_in_equal_numbers():
    batches = list(paired_sampler(updates=50).batches(1))
    assert len(batches) == 10
    assert [batch.step for batch in batches] == list(range(10, 20))
    counts = torch.cat([batch.labels for batch in batches]).bincount()
    assert counts.max() - counts.min() <= 1
