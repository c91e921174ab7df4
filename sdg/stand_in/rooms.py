"""Rooms people photograph their clothes in: floors, beds, walls, doors, hangers, clutter, and the light.

A lying garment lies on z = 0, seen from above; a hung one hangs before a wall, its front toward -y.
"""

import numpy as np

from assets.common.blender import bpy
from sdg.stand_in import grounds
from sdg.stand_in.props import Waves, aim, block, coated, dyed, rod, sheet
from sdg.stand_in.swatch import Rng

GROUNDS = {
    grounds.wood: 0.2,
    grounds.laminate: 0.2,
    grounds.carpet: 0.15,
    grounds.tiles: 0.1,
    grounds.bed: 0.35,
}
"""What clothes are laid on, and how often."""
EVENINGS = 0.7
"""How often there is no daylight. Clothes are sold after work: warm lamps, deep shadows."""
KELVIN = np.array([2500, 3200, 4000, 5000, 6500, 8000])
BLACKBODY = np.array(
    [
        [1.0, 0.36, 0.07],
        [1.0, 0.5, 0.19],
        [1.0, 0.64, 0.38],
        [1.0, 0.78, 0.61],
        [1.0, 0.95, 0.98],
        [0.8, 0.87, 1.0],
    ]
)
"""Linear Rec. 709 colours of black bodies at KELVIN, brightest channel 1."""
X, Y, Z = np.eye(3)


def lay_out(rng: Rng, size: np.ndarray) -> Waves | None:
    """Furnish the room round a garment that lies on z = 0; `size` (3,) metres. Returns the ground's swell."""
    ground = list(GROUNDS)[int(rng.choice(len(GROUNDS), p=list(GROUNDS.values())))]
    swell = Waves.draw(rng, 0.6) if ground is grounds.bed else None
    turn = rng.uniform(-0.15, 0.15) + (np.pi / 2) * rng.integers(2)
    across, up = np.cos(turn) * X + np.sin(turn) * Y, np.cos(turn) * Y - np.sin(turn) * X
    sheet("ground", ground(rng), np.zeros(3), 1.6 * across, 1.6 * up, swell)
    for _ in range(rng.integers(0, 3)):
        angle = rng.uniform(0, 2 * np.pi)
        reach = size[:2].max() * rng.uniform(0.55, 0.75) + 0.08
        _clutter(rng, reach * (np.cos(angle) * X + np.sin(angle) * Y))
    angle = rng.uniform(0, 2 * np.pi)
    _light(rng, np.zeros(3), Z, np.cos(angle) * X + np.sin(angle) * Y)
    return swell


def hang_up(rng: Rng, size: np.ndarray, foot: float) -> None:
    """Furnish the room round a garment whose lowest point hangs at z = `foot`, centred on x = y = 0."""
    wall_y = size[1] / 2 + rng.uniform(0.01, 0.08)
    wall = grounds.wallpaper if rng.random() < 0.2 else grounds.painted
    sheet("wall", wall(rng), wall_y * Y + 1.4 * Z, 2.2 * X, 1.4 * Z)
    if rng.random() < 0.3:
        left = rng.uniform(-0.15, 0.15)
        sheet("door", grounds.door(rng), left * X + (wall_y - 0.004) * Y + 1.05 * Z, 0.45 * X, 1.05 * Z)
        handle = (left + 0.38) * X + (wall_y - 0.04) * Y + Z
        block(handle, np.array([0.06, 0.02, 0.012]), coated("handle", np.full(3, 0.5), 0.3, metallic=1.0))
    sheet("floor", grounds.laminate(rng), (wall_y - 1.5) * Y, 2.2 * X, 1.5 * Y)
    white = coated("white", np.full(3, 0.75), 0.5)
    block((wall_y - 0.008) * Y + 0.04 * Z, np.array([2.2, 0.008, 0.04]), white)
    side = rng.choice([-1, 1])
    if rng.random() < 0.35:
        half = np.array([0.25, 0.15, rng.uniform(0.3, 1.1)])
        beside = side * (size[0] / 2 + 0.25 + rng.uniform(0.08, 0.3))
        block(
            beside * X + (wall_y - 0.15) * Y + half[2] * Z, half, dyed("cupboard", rng, rng.uniform(0.2, 0.8))
        )
    if rng.random() < 0.25:
        switch = -side * (size[0] / 2 + 0.12) * X + (wall_y - 0.005) * Y + 1.15 * Z
        block(switch, np.array([0.04, 0.008, 0.04]), white)
    _peg(rng, foot + size[2], wall_y)
    _light(rng, (foot + size[2] / 2) * Z, -Y, rng.choice([-1, 1]) * X + rng.uniform(-0.1, 0.6) * Z)


def _peg(rng: Rng, top: float, wall_y: float) -> None:
    """Add what the hanger's hook, whose top is at z = `top`, hangs on: a wardrobe rail or a nail."""
    steel = coated("steel", np.full(3, 0.5), 0.35, metallic=1.0)
    if rng.random() < 0.35:
        rod([(-2, 0, top - 0.015), (2, 0, top - 0.015)], 0.012, steel)
    else:
        rod([(0, -0.01, top - 0.005), (0, wall_y, top - 0.01)], 0.003, steel)


def _clutter(rng: Rng, place: np.ndarray) -> None:
    """Something left on the ground: a book or a box, or something round (a mug, a slipper's toe)."""
    material = dyed("clutter", rng, rng.uniform(0.1, 0.8))
    if rng.random() < 0.6:
        half = np.array([rng.uniform(0.03, 0.12), rng.uniform(0.03, 0.15), rng.uniform(0.004, 0.04)])
        block(place + half[2] * Z, half, material, turn=rng.uniform(-0.5, 0.5))
        return
    half = np.array([1.0, rng.uniform(1.0, 2.5), rng.uniform(0.4, 1.2)]) * rng.uniform(0.03, 0.09)
    bpy.ops.mesh.primitive_uv_sphere_add(segments=24, ring_count=12, location=place, scale=half)
    bpy.context.object.data.shade_smooth()
    bpy.context.object.data.materials.append(material)


def _light(rng: Rng, target: np.ndarray, facing: np.ndarray, aside: np.ndarray) -> None:
    """Light a lamp at one side, by day a window at the other, `aside`, sometimes the flash, and the walls.

    `facing` is the direction the garment looks in; all light comes from that half of the room.
    """
    by_day = rng.random() > EVENINGS
    if by_day:
        there = target + 2.2 * (aside + rng.uniform(0.5, 1.6) * facing)
        _shine("AREA", there, target, 220 * rng.uniform(0.25, 1.0), _warmth(rng, 5200, 7800))
    there = target - rng.uniform(0.4, 1.4) * aside + rng.uniform(0.9, 1.7) * facing
    _shine("POINT", there, target, 70 * rng.uniform(0.5, 1.0), _warmth(rng, 2500, 3400), 0.05)
    if rng.random() < 0.12:
        _shine("POINT", target + 1.3 * facing + 0.05 * aside, target, 25.0, _warmth(rng, 5000, 6000))
    world = bpy.data.worlds.new("room")
    bpy.context.scene.world = world
    world.use_nodes = True
    background = world.node_tree.nodes["Background"]
    background.inputs["Color"].default_value = (*_warmth(rng, 2600, 4500), 1.0)
    background.inputs["Strength"].default_value = rng.uniform(0.1, 0.8 if by_day else 0.4)


def _shine(
    kind: str, place: np.ndarray, target: np.ndarray, watts: float, color: np.ndarray, radius: float = 0.02
) -> None:
    light = bpy.data.lights.new("light", kind)
    light.energy, light.color = watts, color
    if kind == "AREA":
        light.shape, light.size, light.size_y = "RECTANGLE", 0.9, 1.4
    else:
        light.shadow_soft_size = radius
    lamp = bpy.data.objects.new("light", light)
    aim(lamp, place, target, up=X + 0.3 * Y + 0.2 * Z)
    bpy.context.collection.objects.link(lamp)


def _warmth(rng: Rng, low: float, high: float) -> np.ndarray:
    """Draw the linear colour (3,) of a black body between `low` and `high` kelvin."""
    kelvin = rng.uniform(low, high)
    return np.array([np.interp(kelvin, KELVIN, BLACKBODY[:, c]) for c in range(3)])
