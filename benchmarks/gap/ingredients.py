"""What a scene is made of, each part as a function that takes it out: the same images with and without it."""

import hashlib
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TypeVar

import click
import numpy as np

from assets.common.progress import progress
from assets.common.settings import Settings
from assets.library import INDEX
from materials import palette
from materials.folds import Folds
from materials.trims import NO_TRIMS
from sdg.dataset.folder import Dataset
from sdg.farm.order import Order
from sdg.params import Quality
from sdg.plan import ClassRun, plan
from sdg.render import run
from sdg.scene.camera import facing, garment_box
from sdg.scene.lights import tint
from sdg.scene.phone import Phone
from sdg.scene.scene import Scene, sample_scene

WHITE = tint(0)
PAPER = {"kind": "paper", "color": "#dedbd6", "second": "#8a7f74", "relief": 0.0}
SMOOTH = {"folds": Folds()}
UNWORN = {"relief": 0.0, "melange": 0.0, "fading": 0.0, "shadow": 0.0}
WELL_WITHIN = 0.84
"""Of the image's side."""
MATT = {"roughness": 1.0, "sheen": 0.0}

Change = Callable[[Scene], Scene]
Part = TypeVar("Part", bound=Settings)


def changed(name: str, **values: object) -> Change:
    """Return the change that gives fields of part `name` of a scene other values."""
    return lambda scene: _with(scene, **{name: _with(getattr(scene, name), **values)})


def even_light(scene: Scene) -> Scene:
    """As much light, from everywhere alike, and white."""
    whole = scene.environment.brightness + sum(lamp.brightness for lamp in scene.lights)
    environment = _with(scene.environment, sky=WHITE, ground=WHITE, brightness=min(whole, 3.0))
    return _with(scene, environment=environment, lights=())


def white_light(scene: Scene) -> Scene:
    """The same lamps, without a tint."""
    environment = _with(scene.environment, sky=WHITE, ground=WHITE)
    return _with(
        scene, environment=environment, lights=tuple(_with(one, color=WHITE) for one in scene.lights)
    )


def unshaded(scene: Scene) -> Scene:
    """The same lamps, with nothing between them and the garment."""
    return _with(scene, lights=tuple(_with(one, blocker=None) for one in scene.lights))


def frontal_camera(scene: Scene) -> Scene:
    """As far away, straight in front and upright."""
    _, _, front = facing(scene.garment)
    target = np.array(scene.camera.target)
    position = target + scene.camera.distance_m * front
    return _with(scene, camera=_with(scene.camera, position=tuple(position.tolist()), roll_deg=0.0))


def seen_whole(scene: Scene) -> Scene:
    """From so far away that the garment lies well within the image, as in a shop's own pictures."""
    camera, target = scene.camera, np.array(scene.camera.target)
    extent = float(np.ptp(camera.project(garment_box(scene.garment)), axis=0).max())
    position = target + max(1.0, extent / WELL_WITHIN) * (np.array(camera.position) - target)
    return _with(scene, camera=_with(camera, position=tuple(position.tolist())))


def grey_backdrop(scene: Scene) -> Scene:
    """The same backdrop without its colours; what a print brings of its own stays."""
    greys = {part: _grey(getattr(scene.backdrop, part)) for part in ("color", "second")}
    return _with(scene, backdrop=_with(scene.backdrop, **greys))


NOTHING = "nothing"
INGREDIENTS: dict[str, Change] = {
    NOTHING: lambda scene: scene,
    "folds": changed("fabric", **SMOOTH),
    "threads, melange, fading": changed("fabric", **UNWORN),
    "gloss, sheen": changed("fabric", **MATT),
    "trims": lambda scene: _with(scene, trims=NO_TRIMS),
    "backdrop": changed("backdrop", **PAPER),
    "colours of the backdrop": grey_backdrop,
    "things at the border": changed("backdrop", things=0),
    "lamps, tints": even_light,
    "tints of the light": white_light,
    "cast shadows": unshaded,
    "camera": frontal_camera,
    "framing": seen_whole,
    "phone": lambda scene: _with(scene, phone=Phone()),
}
"""What is taken out -> the scene without it. An ingredient that is added is one line here."""


def render_without(
    ingredients: Sequence[str],
    classes: Sequence[str],
    n: int,
    seed: int,
    size: int,
    garments: Path,
    out: Path,
) -> None:
    """Render the scenes 0..n-1 of each class into OUT/INGREDIENT/CLASS, each without one ingredient.

    What is finished is kept; pictures of other code, settings or garments are rendered again.
    Raises click.ClickException if there is no garment library, or scenes could not be rendered.
    """
    if not (garments / INDEX).exists():
        raise click.ClickException(
            f"{garments}: no garment library here; build it with `python -m assets.build --out {garments}`"
        )
    runs = [
        _without(one, ingredient, seed, size)
        for ingredient in ingredients
        for one in plan(classes, range(n), out / folder_of(ingredient), seed, Quality(size=size), garments)
    ]
    with progress("img") as bar, ExitStack() as stack:
        for one in runs:
            stack.enter_context(one.data)
            one.data.resume(n, overwrite=True)
        failures = run(runs, garments, bar, workers=None, scheduler=None)
    if failures:
        raise click.ClickException(
            f"{out}: {len(failures)} scenes could not be rendered; the first: {failures[0].reason}; "
            "run the same command again"
        )


def folder_of(ingredient: str) -> str:
    """Return what the folder of the pictures without `ingredient` is called."""
    return ingredient.replace(", ", "-").replace(" ", "-")


def _without(one: ClassRun, ingredient: str, seed: int, size: int) -> ClassRun:
    """Return a class's run with `ingredient` taken out of every scene."""

    def scene(order: Order) -> Scene:
        whole = sample_scene(order.garment, seed, order.name, order.index, size)
        return INGREDIENTS[ingredient](whole)

    first = scene(one.order(0)).model_dump_json()  # tells whether the ingredient is taken out as before
    identity = hashlib.sha256(f"{one.data.fingerprint} {first}".encode()).hexdigest()

    def order(index: int) -> Order:
        whole = one.order(index)
        return whole.model_copy(update={"scene": scene(whole), "fingerprint": identity})

    return ClassRun(Dataset(one.data.folder, identity, one.data.suffix), one.wanted, order)


def _with(part: Part, **values: object) -> Part:
    """Return a part of a scene with other values, which are checked."""
    return type(part).model_validate(dict(part) | values)


def _grey(color: str) -> str:
    lightness, _, _ = palette.to_oklch(color)
    return palette.oklch(lightness, 0, 0)
