"""Garments on other renders' backdrops: what is kept of a picture, what is changed, and what it needs."""

from dataclasses import replace
from pathlib import Path

import click
import numpy as np
import pytest
import torch
from PIL import Image
from scipy import ndimage
from scipy.stats import chi2_contingency
from scipy.stats.contingency import crosstab

from tests.helpers.train_project import write_train_project
from train.__main__ import main
from train.data.augmentation import draw_maps, transform
from train.data.backdrops import fill, layers_of, paste
from train.data.batch import to_network
from train.data.domains import Images, load_images
from train.data.manifest import mask_of, read_manifest, write_manifest
from train.data.sampler import Sampler
from train.params import AugmentParams, TrainParams

SIZE = 32
COUNT = 24
RED = 250


def blue_of(number: int) -> int:
    return 60 + 8 * number


def around(mask: np.ndarray) -> np.ndarray:
    """Return where the pixels next to a mask (S, S) are."""
    return (mask == 0) & ndimage.binary_dilation(mask > 0)


def render(number: int, shade: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    """A red disc with soft edges on a blue of its own, at a place of its own, and its mask.

    The pixels next to it have `shade` of their light.
    """
    rng = np.random.default_rng(number)
    rows, columns = np.indices((SIZE, SIZE))
    distance = np.hypot(rows - rng.integers(10, 22), columns - rng.integers(10, 22))
    mask = (rng.integers(5, 8) - distance + 0.5).clip(0, 1)[:, :, None]
    blue = np.where(around(mask[:, :, 0]), shade, 1.0) * blue_of(number)
    behind = np.dstack([0 * blue, 0 * blue, blue])
    pixels = mask * [RED, 0, 0] + (1 - mask) * behind
    return np.rint(pixels).astype(np.uint8), np.rint(255 * mask[:, :, 0]).astype(np.uint8)


def renders(labels: np.ndarray, layered: bool = True) -> Images:
    both = [render(number) for number in range(len(labels))]
    layers = np.stack([layers_of(*one) for one in both])
    return Images(np.stack([pixels for pixels, _ in both]), labels, "", layers if layered else None)


def sampler(share: float, labels: np.ndarray | None = None, jitter: float = 0.0) -> Sampler:
    """Of renders that are cropped, turned and flipped, changed in colour by `jitter` alone, with no pairs."""
    labels = np.arange(COUNT) % 2 if labels is None else labels
    augment = AugmentParams(swap_backdrop=share, jitter=jitter)
    params = TrainParams(batch_size=8, size=SIZE, pseudo_labels="epoch", augment=augment)
    data = renders(labels, layered=share > 0)
    return Sampler(data, Images(data.pixels, labels[:0], ""), params, 5, 3)


def pasted(own: int, other: int, shade: float = 1.0) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """One render as a network reads it (3, S, S), it on the backdrop of another, and where all is garment."""
    pixels, mask = render(own, shade)
    layers, others = (torch.from_numpy(layers_of(*one))[None] for one in ((pixels, mask), render(other)))
    images = to_network(pixels[None])
    return images[0], paste(images, layers, others[..., :3])[0], torch.from_numpy(mask == 255)


def swapped(own: int, other: int, shade: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    """The pixels of one render, whose shadow leaves `shade`, on the backdrop of another, and its mask."""
    _, images, _ = pasted(own, other, shade)
    return ((images + 1) * 127.5).permute(1, 2, 0).numpy(), render(own, shade)[1]


def test_of_a_pasted_garment_no_pixel_changes():
    before, after, garment = pasted(1, 20)
    assert torch.equal(before[:, garment], after[:, garment])
    assert garment.sum() > 40


def test_around_it_there_is_the_other_backdrop_and_nothing_of_the_other_garment():
    """The discs lie in different places, so the other one's would be seen."""
    pixels, mask = swapped(1, 20)
    other = render(20)[1]
    assert ((other == 255) & (mask == 0)).any()
    np.testing.assert_allclose(pixels[mask == 0], [[0, 0, blue_of(20)]] * (mask == 0).sum(), atol=1)


def test_a_soft_edge_mixes_the_garment_with_the_new_backdrop_and_none_of_the_old():
    pixels, mask = swapped(1, 20)
    soft = (mask > 0) & (mask < 255)
    cover = mask[soft, None] / 255
    expected = cover * [RED, 0, 0] + (1 - cover) * [0, 0, blue_of(20)]
    assert soft.any()
    np.testing.assert_allclose(pixels[soft], expected, atol=2)


def test_a_garment_keeps_its_contact_shadow_on_the_new_backdrop():
    pixels, mask = swapped(10, 20, shade=0.5)
    np.testing.assert_allclose(pixels[around(mask), 2], 0.5 * blue_of(20), atol=2)
    assert pixels[0, 0, 2] == pytest.approx(blue_of(20), abs=1)


def test_a_hole_is_filled_with_what_surrounds_it_mirrored_at_its_outline():
    columns = np.arange(SIZE, dtype=np.uint8)[None, :, None].repeat(SIZE, axis=0).repeat(3, axis=2)
    hole = np.zeros((SIZE, SIZE), bool)
    hole[:, 10:22] = True
    filled = fill(columns, hole)[5, :, 0].tolist()
    assert filled == [*range(10), *range(8, 2, -1), *range(28, 22, -1), *range(22, SIZE)]


def test_a_corner_fills_the_largest_hole_though_mirroring_leads_into_the_hole_again():
    pixels = np.random.default_rng(0).integers(0, 200, (SIZE, SIZE, 3)).astype(np.uint8)
    hole = np.ones((SIZE, SIZE), bool)
    hole[:2, :2] = False
    pixels[hole] = 255
    assert fill(pixels, hole).max() < 200


@pytest.mark.parametrize("covered", [0, 255])
def test_a_picture_without_a_garment_or_without_a_backdrop_has_layers_too(covered):
    pixels, mask = np.full((SIZE, SIZE, 3), 90, np.uint8), np.full((SIZE, SIZE), covered, np.uint8)
    layers = layers_of(pixels, mask)
    assert layers.shape == (SIZE, SIZE, 5)
    assert (layers[:, :, 0] == (128 if covered else 90)).all()
    assert covered or (layers[:, :, 4] == 255).all()


def test_a_garment_moves_with_its_picture():
    """As if a picture with the new backdrop had been rendered, whatever is drawn."""
    maps = draw_maps(np.full(1, 0.5), np.random.default_rng(2))
    pixels, mask = render(1)
    cover = torch.from_numpy(mask)[None, None] / 255
    moved = transform(cover.expand(1, 3, -1, -1), maps)[0, 0] == 1
    on_other = to_network(swapped(1, 20)[0].round().astype(np.uint8)[None])
    before, after = (transform(images, maps)[0] for images in (to_network(pixels[None]), on_other))
    torch.testing.assert_close(before[:, moved], after[:, moved], atol=0.02, rtol=0)
    assert not torch.allclose(before, after, atol=0.1)


def blues(images: torch.Tensor) -> np.ndarray:
    """Whose backdrops (N, 3, S, S) in [-1, 1] show."""
    brightest = (images[:, 2].amax(dim=(1, 2)) + 1) * 127.5
    return (brightest - blue_of(0)).div(blue_of(1) - blue_of(0)).round().int().numpy()


def shown(sampler: Sampler, epochs: int = 1) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of every render of some epochs: whose backdrop it came with, whose is seen, and its label."""
    alone = replace(sampler, params=sampler.params.model_copy(update={"augment": AugmentParams()}))
    found = [
        (blues(before.x), blues(after.x), after.labels.numpy())
        for epoch in range(epochs)
        for before, after in zip(alone.batches(epoch), sampler.batches(epoch), strict=True)
    ]
    own, seen, labels = (np.concatenate(part) for part in zip(*found, strict=True))
    return own, seen, labels


@pytest.mark.parametrize("share", [0.3, 1.0])
def test_as_many_renders_as_asked_get_the_backdrop_of_another(share):
    own, seen, _ = shown(sampler(share), epochs=20)
    assert (own != seen).mean() == pytest.approx(share, abs=0.06)


def test_each_time_it_is_the_backdrop_of_another():
    own, seen, _ = shown(sampler(1.0), epochs=20)
    assert len({*zip(own.tolist(), seen.tolist(), strict=True)}) > 10 * COUNT


def test_a_backdrop_does_not_tell_the_class():
    """Renders of one class lie on dark blue, those of the other on light blue: which is all that one sees."""
    labels = np.repeat([0, 1], COUNT // 2)
    own, seen, drawn = shown(sampler(1.0, labels), epochs=20)
    assert chi2_contingency(crosstab(drawn, labels[own]).count).pvalue < 1e-6
    assert chi2_contingency(crosstab(drawn, labels[seen]).count).pvalue > 0.01


@pytest.mark.parametrize("photo_labels", [None, torch.arange(COUNT) % 2])
def test_off_no_batch_changes_and_on_only_renders_for_the_classifier_do(photo_labels):
    none, all = (replace(sampler(share, jitter=0.4), paired=True) for share in (0.0, 1.0))
    layered = replace(none, synthetic=all.synthetic)
    off, on, too = (next(one.batches(1, photo_labels=photo_labels)) for one in (none, all, layered))
    assert torch.equal(off.x, too.x)
    assert not torch.equal(off.x, on.x)
    for name in ("labels", "y"):
        assert torch.equal(getattr(off, name), getattr(on, name))
    for name in ("x", "y"):
        assert torch.equal(getattr(off.pairs, name), getattr(on.pairs, name))
    assert off.rng.random() == on.rng.random()


def test_two_processes_swap_the_backdrops_of_one():
    whole = next(sampler(0.5).batches(0)).x
    for rank in range(2):
        half = next(sampler(0.5).batches(0, rank=rank, world=2)).x
        torch.testing.assert_close(whole[rank::2], half, atol=1e-5, rtol=0)


def test_backdrops_are_swapped_on_a_device_without_reading_from_it():
    """Nobody can read from `meta`; reading from a GPU, the host waits for it."""
    assert next(sampler(0.5).batches(0, device="meta")).x.device.type == "meta"


@pytest.fixture
def project(tmp_path: Path) -> list[str]:
    return write_train_project(tmp_path, method="source_only", augment={"swap_backdrop": 0.5})


def add_masks(folder: Path, leave_out: int | None = None) -> None:
    """Write a mask beside each render of a project, and its hash into the manifest."""
    rows = read_manifest(folder / "manifest.parquet", "")
    for number, row in enumerate(rows):
        mask = np.zeros((SIZE, SIZE), np.uint8)
        mask[8:24, 8:24] = 255
        Image.fromarray(mask).save(mask_of(folder / row["path"]))
        row["mask"] = None if number == leave_out else str(number)
    write_manifest(folder / "manifest.parquet", rows)


def test_without_masks_the_first_image_and_the_cure_are_named(project, tmp_path):
    add_masks(tmp_path, leave_out=2)
    with pytest.raises(click.ClickException) as error:
        main(project, standalone_mode=False)
    assert error.value.message.startswith(f"{tmp_path / 'manifest2.png'}: has no mask")
    assert "set render.passes: mask in params.yaml and run `dvc repro train`" in error.value.message
    assert "\n" not in error.value.message


def test_a_mask_that_is_gone_is_named(project, tmp_path):
    add_masks(tmp_path)
    mask_of(tmp_path / "manifest3.png").unlink()
    with pytest.raises(click.ClickException, match=r"manifest3\.mask\.png: cannot be read"):
        main(project, standalone_mode=False)


def test_masks_are_decoded_when_asked_for_and_count_in_what_a_run_depends_on(project, tmp_path):
    add_masks(tmp_path)
    manifest, classes = tmp_path / "manifest.parquet", ["plain", "striped"]
    plain, layered = (
        load_images(manifest, "train", classes, SIZE, tmp_path, wanted) for wanted in (False, True)
    )
    assert plain.layers is None
    assert layered.layers.shape == (8, SIZE, SIZE, 5)
    assert (layered.layers[..., 3] == 255).mean() == 0.25
    assert np.array_equal(plain.pixels, layered.pixels)
    rows = read_manifest(manifest, "")
    rows[0]["mask"] = "another"
    write_manifest(manifest, rows)
    other = load_images(manifest, "train", classes, SIZE, tmp_path, layered=True)
    assert len({plain.digest, layered.digest, other.digest}) == 3


def test_training_with_swapped_backdrops_ends_with_a_model(project, tmp_path):
    add_masks(tmp_path)
    main(project, standalone_mode=False)
    assert (tmp_path / "models" / "classifier" / "model.json").exists()
