"""Folds and creases of cloth that was stored, worn and laid down, drawn as one image over a garment's front.

An image holds the slope of the folds: it turns the normal, and shifts the pattern, which therefore bends at a
fold and jumps at a crease. Every class draws its folds from the same distribution.
"""

import numpy as np
from PIL import Image
from pydantic import Field

from assets.common.rng import rng_for
from assets.common.settings import Settings
from materials.nodes import Value, image, maximum, vector
from materials.surface import Cloth
from materials.view import View

FOLDS = "Folds"
"""The name of the image node. Red and green: slope across and up; blue: light; alpha: how washed out."""
SIDE = 256
"""Side of the image in pixels: it spans the longer side of the garment's bounding box."""
STEEPEST = 1.0
"""The steepest slope an image holds."""
SHIFT_CM = 0.9
"""A slope of 1 shifts the pattern so far."""
DEEPEST, BRIGHTEST = 0.35, 0.1
"""Valleys are at most so much darker, ridges so much brighter."""
HOLLOW_CM, HOLLOW_LIGHT = 2.5, 1.1
"""A place is darker by the second for every cm that it lies below what is around it, so far."""


class Folds(Settings):
    """How creased the cloth is, 0..1 each."""

    soft: float = Field(
        default=0, ge=0, le=1, description="long folds that fan out from where the cloth is held"
    )
    sharp: float = Field(default=0, ge=0, le=1, description="short creases of cloth that was handled")
    crumpled: float = Field(default=0, ge=0, le=1, description="facets of cloth that lay in a heap")
    pressed: float = Field(
        default=0, ge=0, le=1, description="crossed lines of clothes that were stored folded"
    )
    legs: bool = Field(default=False, description="folds fan out from the crotch instead of the armpits")
    seed: int = Field(default=0, ge=0, description="moves all of them about")


def sample_folds(rng: np.random.Generator, view: View) -> Folds:
    """Draw how creased a garment is: some are smooth all over, some very creased."""
    creased = rng.beta(1.4, 1.7)
    return Folds(
        soft=np.clip(creased * rng.uniform(0.5, 1.5), 0, 1),
        sharp=creased * rng.beta(1.3, 1.3),
        crumpled=creased * rng.beta(0.8, 1.6),
        pressed=rng.uniform(0.15, 1) if rng.random() < 0.35 else 0.0,
        legs=view.legs,
        seed=int(rng.integers(2**31)),
    )


def build(cloth: Cloth) -> tuple[Cloth, Value, Value, Value]:
    """Return where on the folded cloth a pixel lies, and `slope`, `light` and `wash` of a `Drape`."""
    longer = maximum(cloth.extent.x, cloth.extent.y)
    drawn = image(FOLDS, (cloth.place - 0.5) * cloth.extent / longer + 0.5)
    wash = Value(drawn.graph, drawn.socket.node.outputs["Alpha"])
    slope = vector(drawn.x - 128 / 255, drawn.y - 128 / 255) * (2 * STEEPEST)
    shifted = cloth._replace(
        uv=cloth.uv + slope * SHIFT_CM, place=cloth.place + slope * SHIFT_CM / cloth.extent
    )
    return shifted, slope, drawn.z * 0.5 + (1 - DEEPEST), wash


def draw_folds(folds: Folds, width_cm: float, height_cm: float) -> np.ndarray:
    """Return the image of a garment of that size as uint8 (SIDE, SIDE, 4), row 0 at the top."""
    rng = rng_for("folds", str(folds.seed))
    soft = _Heights(width_cm, height_cm, SIDE // 2)
    _drape(soft, rng, folds)
    _fan(soft, rng, folds)
    height = _Heights(width_cm, height_cm, SIDE)
    height.field += _enlarged(soft.field)
    _handle(height, rng, folds)
    _press(height, rng, folds)
    field = height.field
    up, across = np.gradient(field, -height.step, height.step)
    cells = max(round(height.span / HOLLOW_CM), 2)
    around = Image.fromarray(field).resize((cells, cells), Image.Resampling.BOX)
    hollow = _enlarged(np.asarray(around)) - field
    light = np.clip(1 - HOLLOW_LIGHT * hollow, 1 - DEEPEST, 1 + BRIGHTEST)
    pixels = np.empty((SIDE, SIDE, 4), np.float32)
    for channel, slope in enumerate((across, up)):
        pixels[..., channel] = 128 + 127 * np.clip(slope / STEEPEST, -1, 1)
    pixels[..., 2] = (light - (1 - DEEPEST)) * 510
    wash = _noise(rng, 4, 4, SIDE // 4) * 0.7 + _noise(rng, 11, 11, SIDE // 4) * 0.35 + 0.3
    pixels[..., 3] = 255 * np.clip(_enlarged(wash), 0, 1)
    return np.round(pixels).astype(np.uint8)


class _Heights:
    """A height field in cm over a square around the middle of the garment."""

    def __init__(self, width_cm: float, height_cm: float, side: int) -> None:
        self.width, self.height = width_cm, height_cm
        self.span = max(width_cm, height_cm)
        self.side, self.step = side, self.span / side
        self.axis = ((np.arange(side) + 0.5) * self.step - self.span / 2).astype(np.float32)
        self.field = np.zeros((side, side), np.float32)

    def ridge(
        self,
        start: np.ndarray,
        angle: float,
        size: float,
        widths: tuple[float, float],
        slope: float,
        bow: float,
    ) -> None:
        """Add a fold `size` cm long from `start` toward `angle`: it rises soon and fades out slowly.

        `widths` are those of its two sides: the narrower one is the steeper.
        """
        along = np.array([np.cos(angle), np.sin(angle)], np.float32)
        reach = 2.2 * max(widths) + abs(bow) * size
        ends = np.stack([start, start + size * along])
        low, high = ends.min(axis=0) - reach, ends.max(axis=0) + reach
        columns = slice(*np.searchsorted(self.axis, (low[0], high[0])))
        rows = slice(*(self.side - np.searchsorted(self.axis, (high[1], low[1]))))
        x = self.axis[columns] - np.float32(start[0])
        y = self.axis[::-1][rows, None] - np.float32(start[1])
        s = (x * along[0] + y * along[1]) / np.float32(size)
        t = y * along[0] - x * along[1]
        s = s.clip(0, 1)
        t = t - np.float32(4 * bow * size) * s * (1 - s)
        fade = s * (1 - s) * np.sqrt(1 - s) * np.float32(5.4)
        q = t / (np.where(t > 0, *map(np.float32, widths)) * (0.6 + s))
        self.field[rows, columns] += np.float32(slope * min(widths)) * fade * np.exp(-q * q)


def _drape(height: _Heights, rng: np.random.Generator, folds: Folds) -> None:
    """Long waves along the garment and the facets of a crumpled cloth, whose edges are sharp."""
    cells = height.span / 14
    waves = _noise(rng, cells * rng.uniform(0.6, 1.4), cells * rng.uniform(0.3, 0.8), height.side)
    height.field += np.float32(2.2 * folds.soft) * waves
    if folds.crumpled > 0.03:
        _crumple(height, rng, folds.crumpled)


def _crumple(height: _Heights, rng: np.random.Generator, strength: float) -> None:
    """Bowls that meet in sharp ridges: each place belongs to the nearest of some points."""
    axis, side = height.axis, height.side
    lean, stretch = rng.normal(0, 0.6), rng.uniform(1.2, 2.2)
    bent = np.stack([_noise(rng, 6, 6, side) for _ in range(2)]) * (0.06 * height.span)
    for size, share in ((rng.uniform(12, 20), 1.0), (rng.uniform(5, 8), 0.5)):
        x, y = axis[None, :] + bent[0], axis[::-1, None] + bent[1]
        x, y = x + np.float32(lean) * y, y / np.float32(stretch)
        count = min(int(height.span**2 / size**2 / stretch * 1.5) + 2, 40 if share == 1 else 90)
        points = rng.uniform(-0.6, 0.6, (count, 2)) * height.span * (1 + abs(lean), 1 / stretch)
        nearest = np.full((side, side), np.inf, np.float32)
        for px, py in points.astype(np.float32):
            np.minimum(nearest, (x - px) ** 2 + (y - py) ** 2, out=nearest)
        bowls = np.minimum(nearest, size**2) * np.float32(0.45 * share * strength / size)
        height.field += bowls * (0.5 + 0.5 * np.clip(_noise(rng, 3, 3, side) * 2, -1, 1))


def _fan(height: _Heights, rng: np.random.Generator, folds: Folds) -> None:
    """Folds that fan out from armpits and neck, or from crotch and waist."""
    w, h = height.width, height.height
    body = min(w, 0.8 * h)
    if folds.legs:
        fans = [
            ((0.02 * w, 0.08 * h), 25, 45, 0.3),
            ((0.3 * w, 0.48 * h), -95, 20, 0.35),
            ((0.1 * w, -0.2 * h), 5, 60, 0.25),
        ]
    else:
        fans = [
            ((0.42 * body, 0.22 * h), 215, 40, 0.45),
            ((0.2 * body, 0.45 * h), -75, 30, 0.5),
            ((0.4 * body, -0.05 * h), 200, 50, 0.4),
            ((0.5 * body, 0.3 * h), -40, 30, 0.3),
            ((0.15 * body, -0.1 * h), -90, 22, 0.5),
        ]
    for sign in (1, -1):
        for (x, y), degrees, spread, reach in fans:
            for _ in range(rng.poisson(5 * folds.soft)):
                angle = np.radians(rng.normal(degrees, spread))
                start = np.array([x, y]) + rng.normal(0, 0.06, 2) * body
                wide = rng.uniform(0.8, 3.2)
                height.ridge(
                    start * (sign, 1),
                    angle if sign > 0 else np.pi - angle,
                    reach * h * rng.uniform(0.5, 1.4),
                    (wide, wide * rng.uniform(0.4, 1)),
                    (0.25 + 0.45 * folds.soft) * rng.uniform(0.3, 1.2) * (1 if rng.random() < 0.7 else -1),
                    rng.normal(0, 0.06),
                )


def _handle(height: _Heights, rng: np.random.Generator, folds: Folds) -> None:
    """Short sharp creases anywhere."""
    for _ in range(rng.poisson(0.012 * folds.sharp * height.width * height.height)):
        wide = rng.uniform(0.4, 1.3)
        height.ridge(
            rng.uniform(-0.5, 0.5, 2) * (height.width, height.height),
            rng.normal(np.pi / 2, 0.5) if rng.random() < 0.4 else rng.uniform(0, 2 * np.pi),
            rng.uniform(4, 18),
            (wide, wide * rng.uniform(0.3, 1)),
            (0.3 + 0.5 * folds.sharp) * rng.uniform(0.3, 1.1) * (1 if rng.random() < 0.5 else -1),
            rng.normal(0, 0.1),
        )


def _press(height: _Heights, rng: np.random.Generator, folds: Folds) -> None:
    """Straight sharp lines, in halves and thirds of the garment."""
    if not folds.pressed:
        return
    for axis, size, places in ((1, height.width, (0, 0.22, -0.22)), (0, height.height, (0, 0.2, -0.2, 0.02))):
        for place in places:
            if rng.random() < 0.55:
                lean, fade = rng.normal(0, 0.015), rng.uniform(1.5, 5)
                at = (place + rng.normal(0, 0.03)) * size
                x, y = height.axis[None, :], height.axis[::-1, None]
                t = np.abs((x - lean * y if axis else y - lean * x) - at).astype(np.float32)
                slope = folds.pressed * rng.uniform(0.12, 0.4) * (1 if rng.random() < 0.5 else -1)
                height.field += np.float32(slope * fade) * np.exp(-t / np.float32(fade))


def _noise(rng: np.random.Generator, across: float, up: float, side: int) -> np.ndarray:
    """Return smooth noise (side, side) of mean 0 and deviation about 0.5, so many features a side."""
    shape = max(int(up), 1) + 3, max(int(across), 1) + 3
    grid = rng.uniform(-1, 1, shape).astype(np.float32)
    return _resized(grid, side, (1, 1, 1 + max(across, 1), 1 + max(up, 1)))


def _enlarged(field: np.ndarray) -> np.ndarray:
    return _resized(field, SIDE, None)


def _resized(field: np.ndarray, side: int, box: tuple[float, float, float, float] | None) -> np.ndarray:
    return np.asarray(Image.fromarray(field).resize((side, side), Image.Resampling.BICUBIC, box=box))
