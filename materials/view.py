"""How large the garment appears in the final image: what a sampler needs to keep its pattern visible."""

import click
from pydantic import Field

from assets.common.settings import Settings

MIN_EXTENT_PX = 50
"""A garment whose `View.extent_cm` spans this many pixels can carry every pattern."""


class View(Settings):
    """The scale of the final image at the garment and the garment's extent as the camera sees it."""

    cm_per_pixel: float = Field(gt=0, description="centimetres of cloth under one pixel of the final image")
    width_cm: float = Field(gt=0, description="visible width of the garment")
    height_cm: float = Field(gt=0, description="visible height of the garment")
    shown_x: tuple[float, float] = Field(
        default=(0, 1), description="from where to where the image shows the garment, shares of its width"
    )
    shown_y: tuple[float, float] = Field(
        default=(0, 1), description="the same of its height, from the bottom up"
    )
    opening_cm: float = Field(
        default=0,
        ge=0,
        description="from its top down to where the middle of the front is cloth: hanger, neck, hood",
    )
    legs: bool = Field(default=False, description="the garment has legs, with a gap in its middle")

    @property
    def extent_cm(self) -> float:
        """Side of the square whose area is the garment's visible box."""
        return (self.width_cm * self.height_cm) ** 0.5

    @property
    def whole_width_cm(self) -> float:
        """Width of the garment, with what the image does not show."""
        return self.width_cm / (self.shown_x[1] - self.shown_x[0])

    @property
    def whole_height_cm(self) -> float:
        """Height of the garment, with what the image does not show."""
        return self.height_cm / (self.shown_y[1] - self.shown_y[0])

    @property
    def cloth_top(self) -> float:
        """Up to where the image shows cloth of the front: share of the height, from the bottom up."""
        return min(self.shown_y[1], 1 - self.opening_cm / self.whole_height_cm)

    @property
    def body_cm(self) -> float:
        """About the width of the garment's body: its width, or 0.8 of its height where sleeves are spread."""
        return min(self.width_cm, 0.8 * self.height_cm)

    def visible_cm(
        self, low: float, high: float, min_pixels: float, min_repeats: float
    ) -> tuple[float, float]:
        """Narrow a range of periods as `period_cm` does; if none is visible, the first is the larger."""
        return max(low, min_pixels * self.cm_per_pixel), min(high, self.extent_cm / min_repeats)

    def period_cm(
        self, what: str, low: float, high: float, min_pixels: float, min_repeats: float
    ) -> tuple[float, float]:
        """Narrow the range [low, high] of a period so that it is visible in this view.

        A period spans at least `min_pixels` pixels, and at least `min_repeats` of it fit into `extent_cm`.
        Raises click.ClickException when no period does both.
        """
        smallest, largest = self.visible_cm(low, high, min_pixels, min_repeats)
        if smallest > largest:
            raise click.ClickException(
                f"{what}: no period is visible on a garment of {self.width_cm:.0f} x {self.height_cm:.0f} cm "
                f"at {self.cm_per_pixel:.2f} cm per pixel: it needs >= {smallest:.2f} cm to span "
                f"{min_pixels:g} pixels and <= {largest:.2f} cm to repeat {min_repeats:g} times; "
                "render larger images (--size)"
            )
        return smallest, largest
