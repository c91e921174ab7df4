"""What lies or stands at the border of a picture: things that were not put away, fixtures of walls."""

from collections.abc import Callable

import numpy as np

from sdg.scene.backdrops.colors import thing, wood_colors
from sdg.scene.canvas import Canvas, solid

Image = np.ndarray
"""(3, pixels, pixels) linear RGB, float32, bottom row first."""
SQUARE = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)])
"""Its corners."""


def put_things(on: Canvas, image: Image, count: int) -> Image:
    """Return `image` with `count` things at its border, drawn by the random numbers of `on`."""
    sorts = STANDING if on.upright else LYING
    chances = np.array(list(sorts.values()))
    for i in on.rng.choice(len(sorts), count, p=chances / chances.sum()):
        image = list(sorts)[i](on, image)
    return image


def end_of_bed(on: Canvas, image: Image) -> Image:
    """The bed, table or rug ends: behind a slightly slanting line lies something else, lower and darker."""
    inner, outer, inward = _side(on, on.rng.uniform(0.02, 0.13))
    color = wood_colors(on.rng)[0] if on.rng.random() < 0.5 else thing(on.rng)
    bend = on.rng.normal(0, 0.012, (9, 1)) * np.asarray(inward)
    line = np.linspace(inner[0], inner[1], 9) + np.cumsum(bend, axis=0) * 0.4
    polygon = [*line, outer[1], outer[0]]
    shade = 0.75 + 0.08 * on.noise(0.02, 8)
    image = _over(image, on.mask(polygon), color, shade)
    return image * (1 - 0.4 * (on.stroke(line, 0.012) + on.mask(polygon, 0.05) * 0.5))


def laundry(on: Canvas, image: Image) -> Image:
    """A sleeve or a hem of another garment."""
    middle = _at_border(on, 0.03)
    turn = np.linspace(0, 2 * np.pi, 28, endpoint=False)
    waves = sum(on.rng.normal(0, 0.22 / k) * np.cos(k * turn + on.rng.uniform(0, 6.3)) for k in range(1, 7))
    radius = on.rng.uniform(0.05, 0.13) * np.clip(1 + waves, 0.4, 1.8)
    polygon = middle + radius[:, None] * np.column_stack([np.cos(turn), np.sin(turn)])
    shade = 1 + 0.16 * on.slope(on.noise(0.035, 2.0))
    return _over(_shadow(on, image, polygon, 0.03), on.mask(polygon), thing(on.rng), shade)


def feet(on: Canvas, image: Image) -> Image:
    """The toes or shoes of who takes the photo, at the lower border."""
    color = "#c99a7c" if on.rng.random() < 0.4 else thing(on.rng)
    left, reach = on.low[0] + on.rng.uniform(0.05, 0.75) * on.size[0], on.rng.uniform(0.05, 0.11)
    for x in (left, left + on.rng.uniform(0.12, 0.2)):
        polygon = _capsule(
            np.array([x, on.low[1] + reach - 0.2]), np.array([x, on.low[1] + reach - 0.04]), 0.042
        )
        image = _shadow(on, image, polygon, 0.03)
        image = _over(image, on.mask(polygon), color, 1 - 5 * (on.x - x) ** 2 * 60)
    return image


def furniture(on: Canvas, image: Image) -> Image:
    """A leg or a corner of a chair, a bed or a cupboard."""
    corner = _at_border(on, -0.1)
    angle = on.rng.normal(0, 0.15) + on.angle * (not on.upright)
    half = on.rng.uniform(0.13, 0.35, 2)
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    polygon = corner + (SQUARE * half) @ turn
    blur = on.rng.choice([0.0, 0.012])
    shade = 1 + 0.3 * (on.x - corner[0]) + 0.04 * on.noise(0.02, 6)
    return _over(_shadow(on, image, polygon, 0.05), on.mask(polygon, blur), thing(on.rng), shade)


def cable(on: Canvas, image: Image) -> Image:
    """A cord that comes in from the border and leaves again."""
    start, end = _at_border(on, 0.0), _at_border(on, 0.0)
    bend = (start + end) / 2 + 0.5 * ((on.low + on.high) / 2 - (start + end) / 2) * on.rng.uniform(-0.6, 0.6)
    t = np.linspace(0, 1, 16)[:, None]
    line = (1 - t) ** 2 * start + 2 * t * (1 - t) * bend + t**2 * end
    color = "#f0efec" if on.rng.random() < 0.4 else "#1c1c1e"
    image = image * (1 - 0.35 * on.stroke(line - 0.006, 0.008))
    return _over(image, on.stroke(line, on.rng.uniform(0.003, 0.006)), color)


def socket(on: Canvas, image: Image) -> Image:
    """A socket or a switch."""
    middle = _at_border(on, on.rng.uniform(0.04, 0.1))
    half, color = 0.041, "#f3f2ee" if on.rng.random() < 0.85 else "#d9cfb8"
    image = image * (1 - 0.3 * on.mask(middle + SQUARE * half + (0.003, -0.004), 0.006))
    image = _over(image, on.mask(middle + SQUARE * half), color)
    upward = np.array([0.0, 0.03])
    if on.rng.random() < 0.5:
        return image * (1 - 0.25 * on.stroke([middle - upward, middle + upward], 0.002))
    turn = np.linspace(0, 2 * np.pi, 16)
    ring = middle + 0.02 * np.column_stack([np.cos(turn), np.sin(turn)])
    return image * (1 - 0.2 * on.mask(ring))


def skirting(on: Canvas, image: Image) -> Image:
    """The floor below the wall, and the board between them."""
    floor = on.low[1] + on.rng.uniform(-0.03, 0.1)
    board, slant = on.rng.uniform(0.05, 0.1), on.rng.normal(0, 0.012)
    (left, _), (right, _) = on.low, on.high

    def below(height: float) -> np.ndarray:
        return on.mask([(left, height), (right, height + slant), (right, height - 2), (left, height - 2)])

    white = on.rng.random() < 0.7
    image = image * (1 - 0.3 * below(floor + board + 0.006))
    image = _over(image, below(floor + board), "#eceae5" if white else wood_colors(on.rng)[0])
    shade = 0.85 + 0.08 * on.noise(0.01, 14)
    return _over(image * (1 - 0.5 * below(floor + 0.008)), below(floor), wood_colors(on.rng)[0], shade)


def door_frame(on: Canvas, image: Image) -> Image:
    """The frame of a door at a side of the picture, and the door or a dark room behind it."""
    edge, out = _at_a_side(on, 0.02, 0.12)
    wide, slant = on.rng.uniform(0.05, 0.09), on.rng.normal(0, 0.01)

    def beyond(x: float) -> np.ndarray:
        low, high = on.low[1], on.high[1]
        return on.mask([(x, low), (x + slant, high), (x + 3 * out, high), (x + 3 * out, low)])

    frame = "#ecebe6" if on.rng.random() < 0.65 else wood_colors(on.rng)[0]
    image = image * (1 - 0.25 * beyond(edge - 0.006 * out))
    image = _over(image, beyond(edge), frame)
    groove = edge + wide * out * 0.35
    image = image * (1 - 0.2 * on.stroke([(groove, on.low[1]), (groove + slant, on.high[1])], 0.005))
    behind = thing(on.rng) if on.rng.random() < 0.5 else frame
    return _over(image, beyond(edge + wide * out), behind, np.full_like(on.x, 0.8))


def radiator(on: Canvas, image: Image) -> Image:
    """The ribs of a radiator at the bottom of the wall."""
    top = on.low[1] + on.rng.uniform(0.04, 0.18)
    left = on.rng.uniform(on.low[0] - 0.6, on.high[0] - 0.2)
    polygon = [(left, top), (left + 0.9, top), (left + 0.9, top - 2), (left, top - 2)]
    ribs = 1 + 0.12 * np.sin(2 * np.pi * on.x / 0.045) - 0.25 * np.exp(-(((on.y - top + 0.012) / 0.008) ** 2))
    return _over(_shadow(on, image, np.array(polygon), 0.04), on.mask(polygon), "#efede8", ribs)


def rail(on: Canvas, image: Image) -> Image:
    """A sleeve or a side of the next garment on the rail."""
    edge, out = _at_a_side(on, 0.01, 0.1)
    top, bottom = on.high[1] - on.rng.uniform(0.05, 0.3) * on.size[1], on.low[1] + on.rng.uniform(-0.1, 0.3)
    heights = np.linspace(top, bottom, 9)
    line = np.column_stack([edge + np.cumsum(on.rng.normal(0, 0.008, 9)), heights])
    behind = edge + 0.6 * out
    polygon = [(edge + 0.15 * out, top + 0.08), *line, (behind, bottom), (behind, top + 0.1)]
    shade = 1 + 0.09 * on.slope(np.sin(2 * np.pi * (on.x + 0.05 * on.noise(0.2)) / 0.06).astype(np.float32))
    return _over(_shadow(on, image, np.array(polygon), 0.05), on.mask(polygon), thing(on.rng), shade)


def hang(on: Canvas, image: Image, height: float) -> Image:
    """Put a rod or a peg at a `height` in metres, right behind the middle of the garment."""
    color = str(on.rng.choice(["#9a9a98", "#c9c9c6", "#2a2826", "#e9e7e2"]))
    if on.rng.random() < 0.3:
        color = wood_colors(on.rng)[0]
    if on.rng.random() < 0.6:
        half, drop = on.rng.uniform(0.006, 0.014), on.rng.uniform(0.01, 0.08)
        tilt = on.rng.normal(0, 0.006)
        ends = np.array([(x, height + tilt * x) for x in (on.low[0] - 1, on.high[0] + 1)])
        up, down = np.array([0, half]), np.array([0, drop])
        shadow = on.mask([*(ends - down - up), *(ends[::-1] - down + up)], 0.3 * drop)
        image = image * (1 - 0.3 * shadow)
        away = (on.y - height - tilt * on.x) / half
        shade = 1.15 - 0.45 * np.abs(away - 0.3)
        return _over(image, on.mask([*(ends - up), *(ends[::-1] + up)]), color, shade)
    plate = _capsule(np.array([0, height - 0.02]), np.array([0, height + on.rng.uniform(0.02, 0.05)]), 0.014)
    image = _over(_shadow(on, image, plate, 0.012), on.mask(plate), color, np.full_like(on.x, 0.8))
    return _over(image, on.mask(_capsule(np.array([0, height - 0.001]), np.array([0, height]), 0.011)), color)


LYING: dict[Callable[[Canvas, Image], Image], float] = {
    end_of_bed: 8,
    laundry: 4,
    furniture: 4,
    feet: 1.5,
    cable: 1,
}
"""On a floor or a bed -> how often. Counted: of 197 photos 21 show some, mostly where the bed ends."""
STANDING: dict[Callable[[Canvas, Image], Image], float] = {
    socket: 5,
    skirting: 4,
    door_frame: 5,
    rail: 2,
    cable: 2,
    furniture: 2,
    radiator: 1,
}
"""On a wall -> how often. Counted: of 43 photos 12 show some."""


def _over(image: Image, mask: np.ndarray, color: str, shade: np.ndarray | None = None) -> Image:
    """Return `image` with a `#rrggbb` over it where `mask` is 1, as bright as `shade` says."""
    over = solid(color)
    if shade is not None:
        over = over * np.clip(shade, 0.1, 1.6).astype(np.float32)
    return image + (over - image) * mask


def _shadow(on: Canvas, image: Image, polygon: np.ndarray, blur: float) -> Image:
    """Return `image` with the shadow of a polygon (N, 2), soft over `blur` metres."""
    return image * (1 - 0.45 * on.mask(polygon + on.rng.normal(0, 0.3 * blur, 2), blur))


def _side(on: Canvas, reach: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return a line `reach` (a share of the picture) inside one side, one outside, and the way inward."""
    (x0, y0), (x1, y1) = on.low, on.high
    side = int(on.rng.choice(4, p=[0.25, 0.2, 0.35, 0.2]))  # bottom, right, top, left
    ends = [((x0, y0), (x1, y0)), ((x1, y0), (x1, y1)), ((x1, y1), (x0, y1)), ((x0, y1), (x0, y0))][side]
    inward = np.array([(0, 1), (-1, 0), (0, -1), (1, 0)][side])
    tilt = on.rng.normal(0, 0.02, 2)
    line = np.array(
        [
            np.array(end) + inward * on.size[1 - side % 2] * (reach + t)
            for end, t in zip(ends, tilt, strict=True)
        ]
    )
    return line, np.array(ends) - inward * on.size.max(), inward


def _at_a_side(on: Canvas, nearest: float, farthest: float) -> tuple[float, int]:
    """Return an x so many metres inside the left or the right side, and the sign of the way out."""
    right = on.rng.random() < 0.5
    inside = on.rng.uniform(nearest, farthest)
    return (on.high[0] - inside, 1) if right else (on.low[0] + inside, -1)


def _at_border(on: Canvas, reach: float) -> np.ndarray:
    """Return a point (2,) that lies `reach` metres inside one of the sides; outside if it is negative."""
    place = on.rng.uniform(on.low, on.high)
    axis = int(on.rng.integers(2))
    ends = (on.low[axis] + reach, on.high[axis] - reach)
    place[axis] = ends[int(on.rng.integers(2))]
    return place


def _capsule(start: np.ndarray, end: np.ndarray, radius: float) -> np.ndarray:
    """Return the outline (20, 2) of a stroke with round ends."""
    heading = np.arctan2(*(end - start)[::-1])
    turn = np.linspace(-np.pi / 2, np.pi / 2, 10)
    caps = [
        at + radius * np.column_stack([np.cos(heading + half + turn), np.sin(heading + half + turn)])
        for at, half in ((end, 0.0), (start, np.pi))
    ]
    return np.concatenate(caps)
