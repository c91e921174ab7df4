"""A scene: everything that decides how an image looks, drawn from its key alone."""

from collections.abc import Sequence
from typing import Any

from assets.common.rng import rng_for
from assets.common.settings import Settings
from assets.library import Garment
from materials.fabric import Fabric, sample_fabric
from materials.patterns import pattern
from materials.textures import Texture
from materials.trims import Trims, sample_trims
from sdg.scene.backdrop import Backdrop, sample_backdrop
from sdg.scene.camera import Camera, sample_camera, view_of
from sdg.scene.lights import Environment, Light, sample_lights
from sdg.scene.phone import Phone, sample_phone


class Scene(Settings):
    """One garment in one pattern, lit and framed. `material` holds the values of the class's own `Params`."""

    garment: Garment
    material: dict[str, Any]
    trims: Trims
    fabric: Fabric
    environment: Environment
    lights: tuple[Light, ...]
    camera: Camera
    backdrop: Backdrop
    phone: Phone = Phone()


def sample_scene(
    garment: Garment,
    seed: int,
    name: str,
    index: int,
    size: int,
    textures: Sequence[Texture] = (),
    without: Sequence[str] = (),
) -> Scene:
    """Draw image `index` of class `name`; everything but the pattern is distributed alike in every class.

    `size` is the image's side in pixels: patterns and fabric stay coarse enough to be seen in it. `textures`
    are a user's own tiles, for a pattern that takes some; `without` are kinds that one of many kinds leaves
    out.
    """
    camera = sample_camera(rng_for(seed, "camera", name, index), garment, size)
    environment, lights = sample_lights(rng_for(seed, "lights", name, index), garment, camera)
    view = view_of(camera, garment, size)
    choices = [choice for choice in (textures, without) if choice]
    material = pattern(name).sample(rng_for(seed, "pattern", name, index), view, *choices)
    return Scene(
        garment=garment,
        material=material.model_dump(mode="json"),
        trims=sample_trims(rng_for(seed, "trims", name, index), view),
        fabric=sample_fabric(rng_for(seed, "fabric", name, index), view),
        environment=environment,
        lights=lights,
        camera=camera,
        backdrop=sample_backdrop(rng_for(seed, "backdrop", name, index), garment),
        phone=sample_phone(rng_for(seed, "phone", name, index)),
    )
