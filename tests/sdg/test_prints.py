import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sdg.scene.prints import PRINTS, flowered, printed

METRES = np.meshgrid(np.linspace(-0.5, 0.5, 96), np.linspace(-0.5, 0.5, 96))


@pytest.mark.parametrize("draw", PRINTS, ids=lambda draw: draw.__name__)
@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 2**31 - 1))
def test_every_print_shows_both_colours(draw, seed):
    share = np.clip(draw(np.random.default_rng(seed), *(10 * p for p in METRES)), 0, 1)
    assert share.min() < 0.2
    assert share.max() > 0.4
    assert 0.01 < share.mean() < 0.99


@given(seed=st.integers(0, 2**31 - 1), period=st.floats(0.02, 0.35))
@settings(max_examples=20, deadline=None)
def test_the_same_seed_prints_the_same_bedspread(seed, period):
    first, again = (printed(np.random.default_rng(seed), *METRES, period) for _ in range(2))
    np.testing.assert_array_equal(first, again)
    assert first.min() >= 0
    assert first.max() <= 1


@given(seed=st.integers(0, 2**31 - 1), tile=st.floats(0.12, 0.9))
@settings(max_examples=8, deadline=None)
def test_the_same_seed_prints_the_same_flowers_in_several_colours(seed, tile):
    first, again = (
        flowered(np.random.default_rng(seed), *METRES, tile, 1 / 96, "#f0e8d8", 0.9) for _ in range(2)
    )
    np.testing.assert_array_equal(first, again)
    assert first.shape == (3, 96, 96)
    assert 0 <= first.min() <= first.max() <= 1
    assert len(np.unique(first.round(2).reshape(3, -1).T, axis=0)) > 4
