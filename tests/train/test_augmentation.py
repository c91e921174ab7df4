from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from train.data.augmentation import (
    Augmentation,
    change_appearance,
    color_matrices,
    draw_appearance,
    draw_maps,
    shift_and_flip,
    transform,
)
from train.data.batch import to_network
from train.data.domains import Images
from train.data.sampler import Sampler
from train.params import AugmentParams, TrainParams

STRONG = AugmentParams(crop=0.5, jitter=0.5, blur=2.0, jpeg=20)


def photos(count: int = 4, size: int = 32) -> torch.Tensor:
    coarse = np.random.default_rng(0).integers(0, 256, (count, 4, 4, 3), dtype=np.uint8)
    return to_network(coarse.repeat(size // 4, axis=1).repeat(size // 4, axis=2))


def rng() -> np.random.Generator:
    return np.random.default_rng(1)


def test_a_random_crop_keeps_range_and_shape_and_does_something():
    images = photos()
    result = transform(images, draw_maps(np.full(4, 0.8), rng()))
    assert result.shape == images.shape
    assert result.abs().max() <= 1
    assert not torch.allclose(result, images, atol=0.1)


def test_the_identity_map_leaves_images_as_they_are():
    same = transform(photos(2), torch.eye(2, 3).expand(2, 2, 3))
    torch.testing.assert_close(same, photos(2), atol=1e-4, rtol=0)


def test_crops_are_at_least_as_large_as_asked():
    maps = draw_maps(np.repeat([0.3, 0.9], 500), rng())
    sides = torch.linalg.det(maps[:, :, :2]).abs().sqrt()
    assert sides[:500].min() >= 0.3 - 1e-6
    assert sides[:500].min() < 0.35
    assert sides[500:].min() >= 0.9 - 1e-6
    assert sides.max() <= 1


def test_the_default_leaves_the_appearance_alone():
    same = change_appearance(photos(), draw_appearance(4, AugmentParams(), rng()))
    torch.testing.assert_close(same, photos())


@pytest.mark.parametrize("change", [{"jitter": 0.5}, {"hue": 90}, {"grey": 1}, {"blur": 2.0}, {"jpeg": 10}])
def test_every_change_of_appearance_changes_and_stays_in_range(change):
    looks = draw_appearance(4, AugmentParams(**change), rng())
    result = change_appearance(photos(), looks)
    assert result.abs().max() <= 1 + 1e-6
    assert ((result - photos()).abs().amax(dim=(1, 2, 3)) > 0.02).all()


def test_a_blur_keeps_the_mean_and_smooths_by_its_own_sigma():
    images = torch.zeros(2, 3, 31, 31)
    images[:, :, 15, 15] = 1
    looks = draw_appearance(2, AugmentParams(), rng())
    blurred = change_appearance(images, replace(looks, sigmas=torch.tensor([1.0, 2.0]), radius=6))
    for sigma, image in zip((1.0, 2.0), blurred, strict=True):
        assert image[0].sum().item() == pytest.approx(1, abs=1e-3)
        assert image[0, 15, 15].item() == pytest.approx(1 / (2 * np.pi * sigma**2), rel=0.05)


def test_jitter_is_the_product_worked_by_hand():
    grey = torch.full((1, 3, 4, 4), 0.0)  # 0.5 in [0, 1]
    looks = draw_appearance(1, AugmentParams(), rng())
    brighter = change_appearance(grey, replace(looks, jittered=True, factors=torch.tensor([[1.2], [1.0]])))
    torch.testing.assert_close(brighter, torch.full_like(grey, 0.2))


def test_without_colours_the_three_channels_are_equal():
    result = change_appearance(photos(), draw_appearance(4, AugmentParams(grey=1, hue=180), rng()))
    torch.testing.assert_close(result, result.mean(dim=1, keepdim=True).expand_as(result))


@given(saturation=st.floats(0, 2), turn=st.floats(-180, 180))
def test_a_turn_of_hues_leaves_greys_and_the_mean_of_the_channels(saturation, turn):
    (matrix,) = color_matrices(np.array([saturation]), np.array([turn]))
    torch.testing.assert_close(matrix.sum(dim=0), torch.ones(3))
    torch.testing.assert_close(matrix.sum(dim=1), torch.ones(3))


def test_strong_augmentation_changes_synthetic_images_only():
    def sampler(augment: AugmentParams) -> Sampler:
        pixels = np.random.default_rng(0).integers(0, 256, (8, 32, 32, 3), dtype=np.uint8)
        labels = np.arange(8) % 2
        params = TrainParams(batch_size=4, augment=augment)
        return Sampler(Images(pixels, labels, ""), Images(pixels, labels[:0], ""), params, 5, 3)

    plain, strong = (next(sampler(augment).batches(epoch=1)) for augment in (AugmentParams(), STRONG))
    assert not torch.allclose(plain.x, strong.x, atol=0.1)
    assert torch.equal(plain.labels, strong.labels)
    assert torch.equal(plain.y, strong.y)


def test_two_processes_see_the_strongly_augmented_batch_of_one():
    pixels = np.random.default_rng(0).integers(0, 256, (8, 32, 32, 3), dtype=np.uint8)
    labels = np.arange(8) % 2
    params = TrainParams(batch_size=4, augment=STRONG)
    sampler = Sampler(Images(pixels, labels, ""), Images(pixels, labels[:0], ""), params, 5, 3)
    whole = next(sampler.batches(epoch=0)).x
    for rank in range(2):
        half = next(sampler.batches(epoch=0, rank=rank, world=2)).x
        torch.testing.assert_close(whole[rank::2], half, atol=1e-5, rtol=0)


def colours(image: torch.Tensor) -> list[tuple[float, ...]]:
    """The pixels of an image (3, S, S), whatever their order."""
    return sorted(map(tuple, image.flatten(1).T.tolist()))


@given(st.lists(st.integers(-7, 7), min_size=2, max_size=2), st.booleans())
def test_a_move_by_whole_pixels_resamples_nothing(shift, flip):
    """What is not mirrored in at the border is there, pixel by pixel, at its new place."""
    (image,) = torch.rand(1, 3, 8, 8, generator=torch.Generator().manual_seed(0))
    (moved,) = shift_and_flip(image[None], np.array([shift]), np.array([flip]))
    moved = moved.flip(2) if flip else moved
    down, across = shift
    rows, columns = (slice(max(0, -s), 8 - max(0, s)) for s in shift)
    kept = image[:, max(0, down) : 8 + min(0, down), max(0, across) : 8 + min(0, across)]
    assert torch.equal(moved[:, rows, columns], kept)
    assert set(colours(moved)) <= set(colours(image))


@pytest.mark.parametrize("flip", [False, True])
def test_no_move_is_the_identity_and_a_mirrored_picture_has_the_same_pixels(flip):
    images = photos()
    moved = shift_and_flip(images, np.zeros((4, 2), int), np.full(4, flip))
    assert torch.equal(moved, images.flip(3) if flip else images)
    assert colours(moved[0]) == colours(images[0])


def test_each_image_moves_by_its_own_shift():
    shifts, flips = np.array([[3, -2], [0, 0], [-5, 1], [1, 1]]), np.array([True, False, False, True])
    together = shift_and_flip(photos(), shifts, flips)
    for i in range(4):
        assert torch.equal(
            together[i : i + 1], shift_and_flip(photos()[i : i + 1], shifts[i : i + 1], flips[i : i + 1])
        )


def test_an_augmentation_is_its_move_and_then_its_looks_and_a_part_of_it_is_that_of_a_part():
    maps, looks = draw_maps(np.full(4, 0.6), rng()), draw_appearance(4, STRONG, rng())
    augment = Augmentation(maps, looks)
    whole = augment(photos())
    assert torch.equal(whole, change_appearance(transform(photos(), maps), looks))
    torch.testing.assert_close(augment[1:3](photos()[1:3]), whole[1:3], atol=1e-5, rtol=0)
