"""What a pattern may be drawn for: seeds, and garments large enough in the picture to carry any pattern."""

from hypothesis import strategies as st

from materials.view import MIN_EXTENT_PX, View

seeds = st.integers(0, 2**32)
VIEW = View(cm_per_pixel=0.5, width_cm=60, height_cm=70)
views = st.builds(
    lambda pixels, width, height: View(cm_per_pixel=height / pixels, width_cm=width, height_cm=height),
    pixels=st.integers(60, 400),
    width=st.floats(40, 90),
    height=st.floats(40, 120),
).filter(lambda view: view.extent_cm / view.cm_per_pixel >= MIN_EXTENT_PX)
