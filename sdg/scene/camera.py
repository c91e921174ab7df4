"""The camera: a phone or a studio camera that frames one garment."""

import numpy as np
from pydantic import Field

from assets.common.settings import Settings
from assets.library import Garment
from materials.view import MIN_EXTENT_PX, View

SENSOR_MM = 36.0
"""Width and height of the sensor; images are square."""

STEEPEST = np.radians(60.0)
"""At most so far from straight ahead lies what the middle of the image's border shows: never a floor that
reaches far beyond the garment."""

HANGER_CM = 14.0
"""A hanger reaches at most this far above the cloth."""
OPENING_CM = {"jacket": 37.0, "skirt": 0.0, "pencil-skirt": 0.0, "shorts": 0.0, "trousers": 0.0}
"""Type -> how far the neck or the open front reaches down from the top of the cloth, ..."""
NECK_CM, HOOD_CM = 17.0, 31.0
"""... of all other types, and of a hood that lies spread above the neck."""

Vector = tuple[float, float, float]


def unit(array: np.ndarray) -> np.ndarray:
    """Return an array (3,) of length 1 in the same direction."""
    return array / np.linalg.norm(array)


def vector(values: np.ndarray) -> Vector:
    """Return values (3,) as settings keep them: rounded to millionths."""
    x, y, z = (round(float(value), 6) for value in values)
    return x, y, z


class Camera(Settings):
    """A pinhole camera. Positions in metres, world coordinates."""

    position: Vector
    target: Vector = Field(description="the point in the middle of the image")
    up: Vector = Field(description="the direction that points up in the image when roll is 0")
    roll_deg: float = Field(0.0, ge=-180, le=180, description="clockwise turn of the camera")
    focal_mm: float = Field(50.0, ge=10, le=200, description="focal length on a 36 mm sensor")

    @property
    def axes(self) -> np.ndarray:
        """Right, up and backward (from the scene to the camera) as rows of a (3, 3) rotation."""
        back = unit(np.subtract(self.position, self.target))
        right = unit(np.cross(self.up, back))
        up = np.cross(back, right)
        cos, sin = np.cos(np.radians(self.roll_deg)), np.sin(np.radians(self.roll_deg))
        return np.stack([cos * right - sin * up, sin * right + cos * up, back])

    def project(self, points: np.ndarray) -> np.ndarray:
        """Project (N, 3) world points to (N, 2) image coordinates: x right, y up, the image is -0.5..0.5."""
        seen = (points - self.position) @ self.axes.T
        return seen[:, :2] / -seen[:, 2:] * self.focal_mm / SENSOR_MM

    def rays(self, image: np.ndarray) -> np.ndarray:
        """Return the world directions (N, 3) of (N, 2) image coordinates; the inverse of `project`."""
        flat = np.column_stack([image * SENSOR_MM / self.focal_mm, -np.ones(len(image))])
        return flat @ self.axes

    @property
    def distance_m(self) -> float:
        """From the camera to its target."""
        return float(np.linalg.norm(np.subtract(self.position, self.target)))


def garment_box(garment: Garment) -> np.ndarray:
    """Return the 8 corners (8, 3) of the garment's bounding box, metres; it stands or lies on z = 0."""
    x, y, z = garment.dimensions_m
    return np.array([[a, b, c] for a in (-x / 2, x / 2) for b in (-y / 2, y / 2) for c in (0, z)])


def facing(garment: Garment) -> np.ndarray:
    """Return right, up and toward-the-viewer of the garment as rows of a (3, 3) rotation."""
    if garment.presentation == "flat":
        return np.array([[1.0, 0, 0], [0, 1, 0], [0, 0, 1]])
    return np.array([[1.0, 0, 0], [0, 0, 1], [0, -1, 0]])


FRAMES = {4 / 3: 0.74, 8 / 7: 0.13, 16 / 9: 0.07, 1.0: 0.06}
"""Long side of a photo over its short side, and how often: of 1,500 photos that people took of their own
clothes. They stand upright, ..."""
LYING = 0.25
"""... but for this share of those of garments that are wider than high."""
LONGEST = 1.6
"""A garment is at most so many times as long as the image: two thirds of the way up it is seen."""


def sample_camera(rng: np.random.Generator, garment: Garment, size: int) -> Camera:
    """Draw a camera that sees the front of `garment`: the image is the middle square of a phone's photo.

    The garment fills 68 to 98 % of the photo; one photo in ten crops it. The square cuts more off, as
    that of a real photo does: of a long dress in an upright photo the shoulders and the hem. In images of few
    pixels (`size` is their side) it goes closer, alike in every class, until patterns show.
    """
    focal = float(np.exp(rng.uniform(np.log(27), np.log(75))))
    yaw, pitch, roll = _angles(
        rng, garment.presentation == "flat", STEEPEST - np.arctan(SENSOR_MM / 2 / focal)
    )
    fill = rng.uniform(1.0, 1.2) if rng.random() < 0.1 else rng.uniform(0.68, 0.98)
    right, up, front = facing(garment)
    extent = np.abs(np.array([right, up]) @ garment.dimensions_m)
    frame = _frame(rng, extent)
    slender, turned = float(extent.max() / extent.min()), np.radians(abs((roll + 45) % 90 - 45))
    smaller = np.cos(np.hypot(yaw, pitch)) / (np.cos(turned) + np.sin(turned) / slender)
    least = MIN_EXTENT_PX / size * slender**0.5 / float(smaller)
    longest = fill * float(extent.max() / (extent / frame).max())
    fill *= max(least, min(longest, LONGEST)) / longest
    wander = rng.uniform(-0.7, 0.7, 2) * max(0.0, 1 - fill) / 2

    toward = np.cos(pitch) * (np.cos(yaw) * front + np.sin(yaw) * right) + np.sin(pitch) * up
    box = garment_box(garment)
    target, distance = box.mean(axis=0), 2.0 * float(np.ptp(box, axis=0).max())
    for _ in range(12):
        camera = Camera(
            position=vector(target + distance * toward),
            target=vector(target),
            up=vector(up),
            roll_deg=roll,
            focal_mm=focal,
        )
        corners = camera.project(box)
        distance *= float((np.ptp(corners, axis=0) / frame).max()) / fill
        middle = np.where(
            np.ptp(corners, axis=0) > 1,  # then the near end would draw it away from the garment's middle
            camera.project(box.mean(axis=0, keepdims=True))[0],
            (corners.min(axis=0) + corners.max(axis=0)) / 2,
        )
        shift = (middle - wander) * camera.distance_m * SENSOR_MM / focal
        target = target + shift @ camera.axes[:2]
    return camera


def _frame(rng: np.random.Generator, extent: np.ndarray) -> np.ndarray:
    """Draw a photo's width and height (2,), its short side 1, for a garment of this width and height."""
    long = list(FRAMES)[int(rng.choice(len(FRAMES), p=list(FRAMES.values())))]
    lying = rng.random() < LYING and extent[0] > extent[1]
    return np.array([long, 1.0] if lying else [1.0, long])


def _angles(rng: np.random.Generator, flat: bool, most: float) -> tuple[float, float, float]:
    """Draw yaw and pitch, radians, together at most `most` from straight ahead, and roll, degrees.

    Shares of flat garments taken aslant by somebody who stands at the hem, with the phone clearly turned, or
    lying across, are estimated by eye from about a hundred real photos.
    """
    yaw, pitch = rng.normal(0, 6 if flat else 10), rng.normal(-4 if flat else 3, 5 if flat else 6)
    roll = rng.normal(0, 3.5 if flat else 1.8)
    if flat:
        standing, turned, across = rng.random(3) < (0.3, 0.15, 0.06)
        pitch -= standing * rng.uniform(8, 28)
        roll += turned * rng.normal(0, 11) + across * rng.choice([-90, 90])
    slant = np.radians([yaw, pitch])
    yaw, pitch = slant * min(1.0, most / max(float(np.hypot(*slant)), 1e-6))
    return float(yaw), float(pitch), float(np.clip(roll, -115, 115))


def view_of(camera: Camera, garment: Garment, size: int) -> View:
    """Return how large the garment appears in an image of `size` x `size` pixels."""
    middle = garment_box(garment).mean(axis=0)
    right, up, _ = facing(garment)
    width_m, height_m = (float(abs(way @ garment.dimensions_m)) for way in (right, up))
    shown_x, shown_y = _seen(camera, middle, width_m * right), _seen(camera, middle, height_m * up)
    ends = camera.project(middle + 0.005 * np.stack([right, up, -right, -up]))
    centimetres = np.linalg.norm(ends[:2] - ends[2:], axis=1)
    flat_hood = garment.type == "hoodie" and garment.presentation == "flat"
    neck_cm = HOOD_CM if flat_hood else OPENING_CM.get(garment.type, NECK_CM)
    hung = any(slot.name == "hanger" for slot in garment.slots)
    return View(
        cm_per_pixel=1 / float(size * centimetres.min()),  # along the way that is foreshortened
        width_cm=100 * width_m * (shown_x[1] - shown_x[0]),
        height_cm=100 * height_m * (shown_y[1] - shown_y[0]),
        shown_x=shown_x,
        shown_y=shown_y,
        opening_cm=neck_cm + HANGER_CM * hung,
        legs=garment.type in ("shorts", "trousers"),
    )


def _seen(camera: Camera, middle: np.ndarray, across: np.ndarray) -> tuple[float, float]:
    """Return from where to where, in shares of it, the image shows a line `across` (3,) round `middle`."""
    shares = np.linspace(0, 1, 201)
    image = camera.project(middle + (shares[:, None] - 0.5) * across)
    inside = shares[np.abs(image).max(axis=1) <= 0.5]
    return float(inside[0]), float(inside[-1])
