"""A user's own floral tiles: used, recorded, and never confused with others."""

from pathlib import Path

import click
import numpy as np
import pytest
from PIL import Image

from assets.common.rng import rng_for
from materials import tiles
from materials.patterns import floral
from materials.textures import load_texture, read_textures
from materials.view import View
from sdg.dataset.fingerprint import fingerprint
from sdg.params import Quality

VIEW = View(cm_per_pixel=0.5, width_cm=60, height_cm=70)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, color in (("rose.png", (200, 30, 60)), ("fern.jpg", (20, 120, 40))):
        Image.new("RGB", (100, 100), color).save(tmp_path / name)
    (tmp_path / "notes.txt").write_text("not a tile")
    return tmp_path


def test_own_tiles_come_in_the_order_of_their_names(folder: Path) -> None:
    assert [Path(texture.file).name for texture in read_textures(folder)] == ["fern.jpg", "rose.png"]


def test_some_draws_show_an_own_tile_and_its_record_names_it(folder: Path) -> None:
    own = read_textures(folder)
    drawn = [floral.sample(rng_for(i), VIEW, own) for i in range(60)]
    sources = [p.source for p in drawn]
    assert all(sources.count(source) > 3 for source in ("nodes", "tile", "texture"))
    assert {p.texture for p in drawn} == {"", *(texture.file for texture in own)}
    p = next(p for p in drawn if p.texture.endswith("rose.png"))
    again = floral.Params.model_validate(p.model_dump())
    picture = floral.draw_image(again)
    assert picture is not None
    assert picture.shape == (tiles.SIZE, tiles.SIZE, 3)
    assert np.ptp(picture - np.array([200, 30, 60], np.uint8)) == 0


def test_own_tiles_change_no_other_image(folder: Path) -> None:
    own = read_textures(folder)
    for i in range(20):
        with_own, without = floral.sample(rng_for(i), VIEW, own), floral.sample(rng_for(i), VIEW)
        if with_own.source != "texture":
            assert with_own == without


def test_images_of_other_tiles_count_as_other_images(folder: Path) -> None:
    def identity() -> str:
        return fingerprint("floral", 0, Quality(), "library", read_textures(folder))

    before = identity()
    assert before == identity() != fingerprint("floral", 0, Quality(), "library")
    Image.new("RGB", (100, 100), "blue").save(folder / "rose.png")
    assert identity() != before


def test_a_tile_that_changed_after_the_draw_is_an_error(folder: Path) -> None:
    rose = read_textures(folder)[1]
    Image.new("RGB", (100, 100), "blue").save(folder / "rose.png")
    with pytest.raises(click.ClickException, match=r"rose\.png: has changed .* render again"):
        load_texture(rose.file, rose.sha256, 64)
    (folder / "rose.png").unlink()
    with pytest.raises(click.ClickException, match=r"rose\.png: cannot be read .* restore it"):
        load_texture(rose.file, rose.sha256, 64)


def test_what_is_no_tile_is_an_error_that_names_the_file_and_the_cure(folder: Path, tmp_path: Path) -> None:
    (folder / "broken.png").write_bytes(b"not a picture")
    with pytest.raises(click.ClickException, match=r"broken\.png: not a readable image .* remove or replace"):
        read_textures(folder)
    Image.new("RGB", (100, 60)).save(folder / "broken.png")
    with pytest.raises(click.ClickException, match=r"broken\.png: 100 x 60 pixels; a tile is square"):
        read_textures(folder)
    with pytest.raises(click.ClickException, match=r"missing: no such folder; name a folder"):
        read_textures(tmp_path / "missing")
    (tmp_path / "empty").mkdir()
    with pytest.raises(click.ClickException, match=r"empty: holds no tiles"):
        read_textures(tmp_path / "empty")


def test_the_picture_book_needs_no_tiles_of_a_user() -> None:
    drawn = floral.draw_image(floral.Params(source="texture"))
    assert drawn is not None
    assert np.array_equal(drawn, floral.draw_image(floral.Params(source="tile")))
