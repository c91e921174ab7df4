"""Walls, doors, and the white of a studio."""

import numpy as np

from materials.color import linear
from materials.palette import to_oklch
from sdg.scene.backdrops.colors import brick_colors, door_colors, studio_colors, wall_colors
from sdg.scene.backdrops.kinds import Coat, between, kind
from sdg.scene.canvas import Canvas, hashed, line, step


@kind({"flat": 8, "hung": 27, "worn": 12}, wall_colors)
def paper(on: Canvas) -> Coat:
    """A painted wall or a plain board: rough plaster or smooth, with stains."""
    rough = on.rng.choice([0.0, 1.0, 1.0]) * on.relief
    shade = 1 + on.relief * 0.02 * on.noise(0.3)
    if rough:
        shade += 0.055 * rough * on.noise(max(on.rng.uniform(0.003, 0.012), 0.8 * on.pitch.mean()))
    return Coat(shade)


@kind({"flat": 3, "hung": 3, "worn": 50}, studio_colors, things=False)
def studio(on: Canvas) -> Coat:
    """Paper or a wall of even white, darker toward the edges."""
    middle = (on.low + on.high) / 2
    radius = np.hypot(on.x - middle[0], on.y - middle[1]) / np.linalg.norm(on.size)
    return Coat(1.04 - 0.4 * on.relief * radius**1.5)


@kind({"hung": 8, "worn": 5}, door_colors, between(0.35, 0.6), on_wall_deg=90.0)
def wardrobe(on: Canvas) -> Coat:
    """Doors side by side, of wood or painted, with or without frames and handles."""
    offset = on.rng.random()
    phase = -on.across / on.scale + offset
    door = np.floor(phase)
    shade = 1 + 0.04 * (hashed(door) - 0.5) + 0.015 * on.noise(0.3)
    if to_oklch(on.ground)[1] > 0.035:
        shade += (0.03 + 0.07 * on.relief) * on.noise(max(0.003, on.pitch.mean()), 20)
        shade += 0.05 * on.relief * on.noise(0.04, 8)
    inside = (phase - door - 0.5) * on.scale
    if on.rng.random() < 0.5:
        border = on.rng.uniform(0.05, 0.09)
        low = on.horizon + 0.1
        edge = np.minimum(on.scale / 2 - border - np.abs(inside), on.y - low)
        ridge = edge / 0.006
        shade += 0.22 * np.exp(-(ridge**2)) * np.sign(inside + 0.3 * on.scale) * (np.abs(ridge) < 3)
    gap = (0.002 + 0.3 * on.pitch.mean()) / on.scale
    shade *= 1 - 0.6 * line(phase, gap)
    away = on.scale * (0.5 - on.rng.uniform(0.08, 0.14))
    height = on.rng.uniform(0.02, 0.16) * on.rng.integers(0, 2) + 0.018
    middle = on.low[1] + on.rng.uniform(0.15, 0.75) * on.size[1]
    side = np.where(door % 2, -1, 1) * inside - away
    handle = step(0.009 - np.abs(side), on.pitch[0]) * step(height - np.abs(on.y - middle), on.pitch[1])
    drop = np.exp(-((np.abs(side - 0.008) / 0.014) ** 2)) * step(height - np.abs(on.y - middle + 0.01), 0.02)
    return Coat(shade * (1 - 0.35 * drop * (1 - handle)), handle)


@kind({"hung": 1, "worn": 2}, brick_colors, between(0.055, 0.08))
def brick(on: Canvas) -> Coat:
    """Bricks three times as long as high, in rows that overlap."""
    row = np.floor(on.y / on.scale)
    shifted = on.x / (3 * on.scale) + 0.5 * (row % 2)
    bump = on.noise(max(0.008, on.pitch.mean()))
    wide = (0.006 + 0.3 * on.pitch.mean()) / on.scale
    joints = np.maximum(line(on.y / on.scale + 0.03 * bump, wide), line(shifted + 0.01 * bump, wide / 3))
    shade = 1 + 0.2 * (hashed(row * 71 + np.floor(shifted)) - 0.5) + (0.03 + 0.06 * on.relief) * bump
    return Coat(shade * (1 - 0.15 * joints), 0.8 * joints)


@kind({"hung": 1.5, "worn": 8}, wall_colors, things=False)
def room(on: Canvas) -> Coat:
    """A wall over a floor of planks that run away from the viewer, with a skirting board between."""
    below = on.horizon - on.y
    floor = step(below, on.pitch[1])
    depth = 1 / (np.maximum(below, 0) + 0.35)
    lane = (on.x - on.x.mean()) * depth / 0.16 + on.rng.random()
    planks = 0.12 * (hashed(np.floor(lane)) - 0.5) - 0.25 * line(lane, 0.02 + 0.3 * on.pitch[0] / 0.16)
    shade = 1 + 0.025 * on.noise(0.3) + floor * (planks + 0.04 * on.noise(0.01, 12))
    board = on.rng.uniform(0.05, 0.12)
    inside = step(-below, on.pitch[1]) * step(board + below, on.pitch[1])
    shade *= 1 - 0.3 * np.exp(-(((-below - board) / 0.008) ** 2)) - 0.3 * np.exp(-((below / 0.012) ** 2))
    color = np.where(inside > 0.5, linear("#e4e2dd")[:, None, None], linear(on.ground)[:, None, None])
    return Coat(shade, floor, color)
