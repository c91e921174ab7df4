"""What the woven, knitted, openwork, geometric and block kinds of `other` promise, without Blender."""

import inspect

import numpy as np
import pytest
from PIL import Image

from assets.common.rng import rng_for
from materials import trims
from materials.others import blocks, canvas, geometric, openwork, patchwork, woven
from materials.others.kinds import KINDS
from materials.view import MIN_EXTENT_PX

SIDE = 96
COLORS = ("#f4efe6", "#1f3a5f", "#c4506a", "#4f7d3a", "#8a5a1b")
FILES = (blocks, geometric, openwork, patchwork, woven)
OURS = [name for name, kind in KINDS.items() if kind.draw.__module__ in {module.__name__ for module in FILES}]
TILES = [name for name in OURS if not KINDS[name].placed]
SEEDS = range(5)
GRID = canvas.grid


def draw(name, seed, side=SIDE):
    return KINDS[name].draw(rng_for("test", name, seed), COLORS, side)


def at_fewest_pixels(name, seed):
    pixels = round(KINDS[name].period_pixels)
    tile = Image.fromarray(draw(name, seed, 192))
    return np.asarray(tile.resize((pixels, pixels), Image.Resampling.BOX))


def shifted_by(tiles):
    """`canvas.grid`, moved by `tiles` and by a little, so that no sample lies just on a border."""

    def grid(side):
        x, y = GRID(side)
        return x + (tiles + 0.0004), y + (tiles + 0.0001)

    return grid


def lightness(pixels):
    """OKLab lightness 0..1 of uint8 sRGB."""
    linear = ((pixels / 255 + 0.055) / 1.055) ** 2.4
    to_lms = [[0.4122, 0.5363, 0.0514], [0.2119, 0.6807, 0.1074], [0.0883, 0.2817, 0.6300]]
    return np.cbrt(linear @ np.transpose(to_lms)) @ [0.2105, 0.7936, -0.0041]


def test_every_draw_of_these_files_is_a_kind():
    drawn = {KINDS[name].draw for name in OURS}
    for module in FILES:
        for _, function in inspect.getmembers(module, inspect.isfunction):
            parameters = list(inspect.signature(function).parameters)
            if function.__module__ == module.__name__ and parameters == ["rng", "colors", "side"]:
                assert function in drawn, function


@pytest.mark.parametrize("name", OURS)
def test_a_picture_has_its_shape_and_depends_on_nothing_but_the_generator(name):
    first, again, other = draw(name, 1), draw(name, 1), [draw(name, seed) for seed in range(2, 5)]
    assert first.dtype == np.uint8
    assert first.shape == (SIDE, SIDE, 3)
    assert (first == again).all()
    assert any((first != picture).any() for picture in other)


@pytest.mark.parametrize("name", TILES)
@pytest.mark.parametrize("seed", SEEDS)
def test_a_tile_is_seamless_since_its_drawing_has_period_one(name, seed, monkeypatch):
    drawn = []
    for tiles in (0, 0.5):
        for module in (canvas, *FILES):
            monkeypatch.setattr(module, "grid", shifted_by(tiles), raising=False)
        drawn.append(draw(name, seed).astype(int))
    apart = np.abs(np.roll(drawn[1], SIDE // 2, (0, 1)) - drawn[0]).max(-1)
    assert (apart > 8).mean() < 0.01


@pytest.mark.parametrize("name", TILES)
@pytest.mark.parametrize("seed", SEEDS)
def test_its_contrast_and_its_detail_survive_the_fewest_pixels(name, seed):
    full, small = lightness(draw(name, seed, 192)), lightness(at_fewest_pixels(name, seed))
    low, high = np.percentile(small, (10, 90))
    assert high - low > 0.12
    detail, kept = ((light - light.mean(1, keepdims=True)).std() for light in (full, small))
    assert kept > 0.55 * detail


@pytest.mark.parametrize("name", TILES)
def test_every_garment_is_large_enough(name):
    assert KINDS[name].period_pixels * KINDS[name].repeats <= MIN_EXTENT_PX


@pytest.mark.parametrize("layout", blocks.LAYOUTS)
def test_blocks_are_few_and_large_and_no_stripes(layout):
    assert not KINDS["colour blocks"].faint, "a yoke of a near shade is plain"
    x, down = canvas.grid(48)
    for seed in range(30):
        drawn = np.broadcast_to(layout(rng_for("blocks", seed), x - 0.5, 1 - down), (96, 96))
        shares = np.bincount(drawn.ravel(), minlength=5) / drawn.size
        middle = np.bincount(drawn[:, 16:80].ravel(), minlength=5) / drawn[:, 16:80].size
        assert middle.max() < 0.85, "a narrow garment has to show more than one block, too"
        assert 2 <= (shares > 0.05).sum() <= 4
        assert all(share == 0 or share > 0.02 for share in shares)
        level = (drawn == drawn[:, :1]).all(1)
        bands = 1 + (np.diff(drawn[level, 0]) != 0).sum()
        assert not level.all() or bands == np.count_nonzero(shares) <= 3, "more level bands are stripes"
        assert 1 - shares.max() >= blocks.MIN_SHARE > 1.5 * trims.MAX_HEM_SHARE, "hems are no blocks"


@pytest.mark.parametrize("name", ["fair isle", "nordic", "aztec", "greek key", "lace", "fans"])
@pytest.mark.parametrize("seed", SEEDS)
def test_bands_are_no_stripes_since_they_change_along_the_row_too(name, seed):
    light = lightness(at_fewest_pixels(name, seed))
    assert light.var(1).mean() > 0.35 * light.var()
