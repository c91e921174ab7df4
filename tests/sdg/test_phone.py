"""What a phone does to a picture."""

import numpy as np
import pytest

from assets.common.rng import rng_for
from sdg.dataset.record import Record
from sdg.picture.phone import photographed
from sdg.scene.phone import MAX_DEFOCUS_PX, MAX_SHAKE_PX, Glare, Phone, Sent, sample_phone
from tests.helpers.records import a_garment, record_of

FINEST_PX = 4.2
"""The shortest period of stripes that a sampler draws."""


def grey(value: int, side: int = 128) -> np.ndarray:
    return np.full((side, side, 3), value, np.uint8)


def stripes(period: float = FINEST_PX, side: int = 128) -> np.ndarray:
    wave = np.sin(2 * np.pi * np.arange(side) / period)
    return np.tile(np.round(128 + 60 * wave).astype(np.uint8)[None, :, None], (side, 1, 3))


def population(n: int = 600) -> list[Phone]:
    return [sample_phone(rng_for(0, "phone", "plain", index)) for index in range(n)]


def test_a_phone_without_faults_returns_the_picture_bit_for_bit() -> None:
    picture = np.random.default_rng(0).integers(0, 256, (64, 48, 3), dtype=np.uint8)
    assert (photographed(picture, Phone()) == picture).all()


@pytest.mark.parametrize("shape", [(48, 48), (49, 71), (128, 128)])
def test_a_picture_of_any_size_replays_from_its_phone(shape: tuple[int, int]) -> None:
    picture = np.random.default_rng(1).integers(0, 256, (*shape, 3), dtype=np.uint8)
    for phone in population(12):
        taken = photographed(picture, phone)
        again = photographed(picture, Phone.model_validate_json(phone.model_dump_json()))
        assert (taken.shape, taken.dtype) == (picture.shape, np.uint8)
        assert (taken == again).all()


def test_a_record_holds_the_phone_and_one_without_is_of_a_picture_that_no_phone_changed() -> None:
    record = record_of(b"", "plain", 3)
    assert record.scene([a_garment()]).phone == sample_phone(rng_for(0, "phone", "plain", 3))
    older = record.as_dict()
    del older["phone"]
    assert Record.model_validate(older).scene([a_garment()]).phone == Phone()


def test_only_the_seed_tells_one_noise_from_another() -> None:
    one, other = (photographed(grey(128), Phone(read_noise=0.02, seed=seed)) for seed in (1, 2))
    assert (one != other).mean() > 0.5


def test_a_stop_doubles_the_light_and_white_burns_out() -> None:
    ramp = np.tile(np.arange(256, dtype=np.uint8)[None, :, None], (64, 1, 3))
    brighter = photographed(ramp, Phone(exposure=1.0))
    assert int(brighter[0, 100, 0]) == pytest.approx(137, abs=1)  # linear 0.127, twice
    assert (ramp[0, :, 0] == 255).mean() < 0.01 < 0.2 < (brighter[0, :, 0] == 255).mean()


def test_metering_brightens_a_dark_picture_and_darkens_a_bright_one() -> None:
    levels = [photographed(grey(value), Phone(metering=1.0)).mean() for value in (120, 222, 250)]
    assert levels[0] > 150
    assert levels[1] == pytest.approx(222, abs=1)
    assert levels[2] < 235
    black_shirt_on_white = grey(222)
    black_shirt_on_white[:, 20:] = 20
    assert photographed(black_shirt_on_white, Phone(metering=1.0))[0, 100, 0] == pytest.approx(20, abs=1)


def test_white_balance_moves_red_over_blue_and_keeps_the_brightness() -> None:
    red, green, blue = photographed(grey(100), Phone(warmth=0.5))[0, 0] / 255
    light = [((value + 0.055) / 1.055) ** 2.4 for value in (red, green, blue)]
    assert np.log2(light[0] / light[2]) == pytest.approx(0.5, abs=0.05)
    assert np.dot(light, [0.2126, 0.7152, 0.0722]) == pytest.approx(0.127, abs=0.003)


def test_a_vignette_darkens_the_corners_alone() -> None:
    taken = photographed(grey(200, 129), Phone(vignette=0.5)).astype(int)
    assert taken[64, 64, 0] == 200
    assert taken[0, 0, 0] == taken[-1, -1, 0] == pytest.approx(146, abs=1)  # half the light


def test_glare_burns_out_its_core_has_a_halo_and_darkens_nothing() -> None:
    taken = photographed(grey(60, 129), Phone(glare=Glare(x=0.5, y=-0.5, size=0.05, strength=4.0)))[..., 0]
    assert taken[32, 96] == 255
    assert 70 < taken[32, 84] < 250
    assert 60 <= taken[128, 0] == taken.min() <= 62


def test_noise_has_the_deviation_of_its_record() -> None:
    for value, expected in ((40, 0.006), (188, 0.0412)):  # linear 0.021 and 0.503
        phone = Phone(shot_noise=0.058 if value > 100 else 0.0, read_noise=0.006, grain_px=0.6)
        taken = photographed(grey(value), phone) / 255
        light = np.where(taken < 0.04, taken / 12.92, ((taken + 0.055) / 1.055) ** 2.4)
        assert light.std() == pytest.approx(expected, rel=0.1)


def test_grain_makes_neighbours_alike() -> None:
    def likeness(grain: float) -> float:
        taken = photographed(grey(128), Phone(read_noise=0.02, grain_px=grain))[..., 1].astype(float)
        return float(np.corrcoef(taken[:, 1:].ravel(), taken[:, :-1].ravel())[0, 1])

    assert likeness(0.8) > likeness(0.0) + 0.25


def test_shake_blurs_along_its_way_and_moves_nothing() -> None:
    picture = grey(0, 65)
    picture[32, 32] = 255
    flat, steep = (photographed(picture, Phone(shake_px=4.0, shake_deg=deg))[..., 0] for deg in (0, 90))
    assert (flat[32] > 60).sum() > 3
    assert (flat[:, 32] > 0).sum() == 1
    assert (steep == flat.T).all()
    slanted = photographed(picture, Phone(shake_px=4.0, shake_deg=45))[..., 0]
    assert slanted[31, 33] > 100 > slanted[31, 31]
    assert (slanted == slanted[::-1, ::-1]).all()


def test_contrast_darkens_shadows_and_brightens_lights() -> None:
    dark, middle, light = (
        photographed(grey(value), Phone(contrast=0.5))[0, 0, 0] for value in (50, 128, 200)
    )
    assert dark < 40
    assert middle == pytest.approx(128, abs=1)
    assert light > 210


def test_sharpening_draws_halos_along_edges() -> None:
    picture = grey(80)
    picture[:, 64:] = 160
    taken = photographed(picture, Phone(sharpening=1.0))
    assert taken[60, 63, 0] < 75
    assert taken[60, 64, 0] > 165
    assert (taken[:, :50] == picture[:, :50]).all()
    assert (taken[:, 80:] == picture[:, 80:]).all()


def test_a_messenger_takes_away_detail_but_no_brightness() -> None:
    rng = np.random.default_rng(3)
    picture = rng.integers(100, 156, (96, 96, 3), dtype=np.uint8)
    taken = photographed(picture, Phone(sent=Sent(scale=0.6, quality=40)))
    assert taken.std() < 0.7 * picture.std()
    assert taken.mean() == pytest.approx(picture.mean(), abs=1)


def test_defocus_and_shake_leave_the_finest_stripes_half_of_their_contrast() -> None:
    before = stripes().std()
    for worst in (Phone(defocus_px=MAX_DEFOCUS_PX), Phone(shake_px=MAX_SHAKE_PX)):
        assert photographed(stripes(), worst).std() > 0.5 * before
    kept = [photographed(stripes(), phone).std() / before for phone in population(150)]
    assert np.quantile(kept, 0.05) > 0.5
    assert np.median(kept) > 0.75


def test_most_photos_are_good_and_a_few_are_bad() -> None:
    phones = population()
    share = {
        "dim": np.mean([phone.exposure < -0.45 for phone in phones]),
        "sent": np.mean([phone.sent is not None for phone in phones]),
        "shaken": np.mean([phone.shake_px > 0 for phone in phones]),
        "cast": np.mean([abs(phone.warmth) > 0.17 for phone in phones]),
        "dark corners": np.mean([phone.vignette > 0.25 for phone in phones]),
    }
    assert all(0.03 < value < 0.17 for value in share.values()), share
    assert 0.01 < np.mean([phone.glare is not None for phone in phones]) < 0.07
    assert np.mean([phone.defocus_px < 0.6 and phone.shake_px < 1.2 for phone in phones]) > 0.9
