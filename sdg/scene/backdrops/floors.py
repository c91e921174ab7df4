"""Floors: planks, parquet, tiles, and table tops."""

import numpy as np

from sdg.scene.backdrops.colors import tile_colors, wood_colors
from sdg.scene.backdrops.kinds import Coat, between, kind
from sdg.scene.canvas import Canvas, Field, hashed, line


@kind({"flat": 39, "hung": 0.5}, wood_colors, between(0.06, 0.2), on_wall_deg=90.0)
def wood(on: Canvas) -> Coat:
    """Planks or laminate, each five to nine times as long as wide."""
    row = np.floor(on.across / on.scale)
    length = on.scale * on.rng.uniform(5, 9)
    shifted = on.along + hashed(row) * length
    board = row * 131 + np.floor(shifted / length)
    away = np.minimum(_to_joint(on.across, on.scale), _to_joint(shifted, length))
    return _boards(on, board, on.along, on.across, away)


@kind({"flat": 3}, wood_colors, between(0.05, 0.1))
def parquet(on: Canvas) -> Coat:
    """Planks in a herringbone, each four or five times as long as wide."""
    n = int(on.rng.integers(4, 6))
    u, v = on.along / on.scale, on.across / on.scale
    i, j = np.floor(u), np.floor(v)
    k = (i - j) % (2 * n)
    lying = k < n
    along = np.where(lying, k + u - i, k - n + 1 + j - v)
    across = np.where(lying, v - j, u - i)
    board = np.where(lying, (i - k) * 57 + j * 131, i * 57 + (j + k - n) * 131 + 7)
    away = np.minimum(np.minimum(along, n - along), np.minimum(across, 1 - across)) * on.scale
    return _boards(on, board, along * on.scale, across * on.scale + board, away)


@kind({"flat": 13, "hung": 0.5}, tile_colors, between(0.15, 0.5))
def tiles(on: Canvas) -> Coat:
    """Square tiles with joints, and clouds in them as in stone."""
    i, j = np.floor(on.along / on.scale), np.floor(on.across / on.scale)
    shade = 1 + on.relief * (
        0.08 * (hashed(i * 71 + j) - 0.5) + 0.06 * on.noise(0.05, 1.5) + 0.04 * on.noise(0.01)
    )
    joint = (0.0025 + 0.3 * on.pitch.mean()) / on.scale
    joints = np.maximum(line(on.along / on.scale, joint), line(on.across / on.scale, joint))
    return Coat(shade, 0.75 * joints)


def _to_joint(place: Field, distance: float) -> Field:
    phase = place / distance
    return np.abs(phase - np.round(phase)) * distance


def _boards(on: Canvas, board: Field, along: Field, across: Field, away: Field) -> Coat:
    """Paint boards of wood that a number tells apart: rings, fibres, joints at 0 m `away` from one."""
    pitch = float(on.pitch.mean())
    tone = hashed(board) - 0.5
    bend = on.noise(0.05, 6)
    rings = np.sin(
        2 * np.pi * (across / 0.016 + 1.3 * bend + 11 * tone + 0.4 * np.sin(3 * along + 20 * tone))
    )
    fibres = on.noise(max(0.0025, 0.6 * pitch), 22)
    grain = (0.25 * rings + 0.55 * fibres + 0.5 * bend) * (0.4 + on.relief)
    joint = 0.0009 + 0.35 * pitch
    joints = np.clip(1.5 - away / joint, 0, 1) * min(1.0, 0.0024 / joint) * on.rng.uniform(0.4, 1)
    shade = 1 + (0.12 + 0.3 * on.relief) * tone + 0.17 * grain - 0.45 * joints
    return Coat(shade, np.clip(0.2 * grain + 0.2 * tone, 0, 1) + 0.5 * joints)
