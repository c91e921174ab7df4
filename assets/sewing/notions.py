"""What is put on when the cloth has come to rest: pockets, plackets, collars, buttons, and the hanger."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, partial

import numpy as np
from scipy.interpolate import LinearNDInterpolator
from scipy.spatial import cKDTree

from assets.library import Slot
from assets.parts import PARTS
from assets.parts import Part as PartName
from assets.patterns.panels import Button, Patch, Pattern, inside
from assets.sewing.cloth import cloth_coordinates, triangulate
from assets.sewing.finish import Shell, borders, vertex_normals

PATCH_STEP_M = 0.012
SHADOW_M, SHADOW_AO = 0.022, 0.8
"""How far the shade beside a raised edge reaches, and how dark it is at the edge."""


@dataclass(frozen=True)
class Part:
    """A piece of the finished mesh: vertices (V, 3), faces (F, 3), uv (F, 3, 2), ao (V,); slot, part (F,)."""

    vertices: np.ndarray
    faces: np.ndarray
    uv: np.ndarray
    ao: np.ndarray
    slot: np.ndarray
    part: np.ndarray


class _Layer:
    """Looks up a finished layer (its position, normal and occlusion) at points of the table.

    `side` 1 or -1 is only its right or left half, 0 the whole.
    """

    def __init__(self, surface: Shell, layer: str, side: int) -> None:
        mine = (surface.panel >= surface.fronts) == (layer == "back")
        mine &= surface.table[..., 0].mean(axis=1) * side >= 0
        self.vertex, first = np.unique(surface.faces[mine], return_index=True)
        self.table = surface.table[mine].reshape(-1, 2)[first]
        normals = vertex_normals(surface.vertices, surface.faces)
        values = np.column_stack([surface.vertices, normals, surface.ao])[self.vertex]
        self.linear = LinearNDInterpolator(self.table, values)
        self.tree, self.values = cKDTree(self.table), values

    def at(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return positions (N, 3), unit normals (N, 3) and occlusion (N,) at `points` (N, 2)."""
        found = self.linear(points)
        outside = np.isnan(found[:, 0])
        found[outside] = self.values[self.tree.query(points[outside])[1]]
        normals = found[:, 3:6] / np.linalg.norm(found[:, 3:6], axis=1, keepdims=True)
        return found[:, :3], normals, found[:, 6]


def put_on(surface: Shell, pattern: Pattern, rng: np.random.Generator) -> list[Part]:
    """Return the pattern's patches and buttons on `surface`, and shade the cloth beside them (in place)."""
    opened = pattern.open_below is not None
    layers = cache(partial(_Layer, surface))

    def layer_at(name: str, x: float) -> _Layer:
        return layers(name, int(np.sign(x)) if opened and name == "front" else 0)

    where = [layer_at(patch.layer, patch.panel.middle_x) for patch in pattern.patches]
    parts = [_patch(layer, patch, rng) for layer, patch in zip(where, pattern.patches, strict=True)]
    parts += [_button(layer_at("front", button.x), button, pattern.patches) for button in pattern.buttons]
    for layer, patch in zip(where, pattern.patches, strict=True):
        outline = patch.panel.outline(0.003)
        distance = cKDTree(outline).query(layer.table)[0]
        distance[inside(layer.table, outline)] = 0.0  # covered: so the shade's edge runs straight
        surface.ao[layer.vertex] *= 1 - (1 - SHADOW_AO) * (1 - distance / SHADOW_M).clip(0)
    return parts


def _patch(layer: _Layer, patch: Patch, rng: np.random.Generator) -> Part:
    """Return a patch with a rim down to the cloth; one with `raised` below 0 lies on the cloth's inside."""
    back = (patch.layer == "back") != (patch.raised < 0)
    table, faces, _ = triangulate([patch.panel], [], PATCH_STEP_M, rng)
    position, normal, ao = layer.at(table)
    a, b = borders(faces).T
    n = len(table)
    rim = np.concatenate([np.stack([a, a + n, b + n], axis=1), np.stack([a, b + n, b], axis=1)])
    every = np.concatenate([faces, rim])
    uv = cloth_coordinates(patch.panel, np.concatenate([table, table])[every], patch.layer == "back")
    return Part(
        np.concatenate([position + patch.raised * normal, position - np.sign(patch.raised) * 0.001 * normal]),
        every[:, ::-1] if back else every,
        uv[:, ::-1] if back else uv,
        np.concatenate([ao, ao * SHADOW_AO]),
        np.full(len(every), patch.panel.slot),
        np.full(len(every), PARTS.index(patch.panel.part)),
    )


def _button(layer: _Layer, button: Button, patches: Sequence[Patch]) -> Part:
    """Return a flat disc with a rounded edge."""
    position, normal, _ = layer.at(np.array([[button.x, button.y]]))
    base, up = position[0] + normal[0] * (max((p.raised for p in patches), default=0.0) + 0.0005), normal[0]
    side = np.cross([0.0, 0.0, 1.0] if abs(up[2]) < 0.9 else [0.0, 1.0, 0.0], up)
    side /= np.linalg.norm(side)
    turn = np.linspace(0, 2 * np.pi, 12, endpoint=False)[:, None]
    circle = np.cos(turn) * side + np.sin(turn) * np.cross(up, side)
    r = button.radius
    vertices = np.concatenate(
        [[base + 0.0022 * up], base + 0.0022 * up + 0.8 * r * circle, base + r * circle]
    )
    k = np.arange(12)
    m = (k + 1) % 12
    faces = np.concatenate(
        [
            np.stack([0 * k, 1 + k, 1 + m], axis=1),
            np.stack([1 + k, 13 + k, 13 + m], axis=1),
            np.stack([1 + k, 13 + m, 1 + m], axis=1),
        ]
    )
    return solid(vertices, faces, button.slot, "button")


def solid(vertices: np.ndarray, faces: np.ndarray, slot: int, part: PartName) -> Part:
    """Return a part that is not cloth, its UVs a view from the front."""
    shape = vertices, faces, vertices[faces][:, :, [0, 2]], np.ones(len(vertices))
    return Part(*shape, np.full(len(faces), slot), np.full(len(faces), PARTS.index(part)))


def tube(points: np.ndarray, radius: float, slot: int, sides: int = 8) -> Part:
    """Return a tube of a hanger along a polyline (N, 3) in the plane y = constant."""
    along = np.gradient(points, axis=0)
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    across = np.cross(along, [0.0, 1.0, 0.0])
    turn = np.linspace(0, 2 * np.pi, sides, endpoint=False)[None, :, None]
    rings = points[:, None] + radius * (
        np.cos(turn) * across[:, None] - np.sin(turn) * np.array([0.0, 1.0, 0.0])
    )
    k = np.arange(sides)
    m = (k + 1) % sides
    quads = []
    for i in range(len(points) - 1):
        low, high = i * sides, (i + 1) * sides
        quads += [
            np.stack([low + k, low + m, high + m], axis=1),
            np.stack([low + k, high + m, high + k], axis=1),
        ]
    return solid(rings.reshape(-1, 3), np.concatenate(quads), slot, "hanger")


HANGERS = (
    Slot(name="hanger", color=(0.28, 0.15, 0.07), roughness=0.4),
    Slot(name="hanger", color=(0.02, 0.02, 0.02), roughness=0.35),
    Slot(name="hanger", color=(0.75, 0.75, 0.75), roughness=0.3),
    Slot(name="hanger", color=(0.6, 0.6, 0.62), roughness=0.2, metallic=1.0),
)


def _under(point: np.ndarray, cloth: np.ndarray) -> np.ndarray:
    """Return `point` (3,) of a hanger moved between the layers of `cloth` (V, 3), below where they meet."""
    near = cloth[np.abs(cloth[:, 0] - point[0]) < 0.014]
    if len(near) < 4:
        return point
    top = near[:, 2].max()
    layers = near[(near[:, 2] < top - 0.008) & (near[:, 2] > top - 0.035), 1]
    y = (layers.min() + layers.max()) / 2 if len(layers) else point[1]
    return np.array([point[0], y, min(point[2], top - 0.017)])


def hanger(pattern: Pattern, slot: int, cloth: np.ndarray) -> list[Part]:
    """Return a hanger for `cloth` (V, 3): inside a top's shoulders, or clipped to a waistband."""
    if "shoulder" in pattern.anchors:
        (nx, ny), (sx, sy) = pattern.anchors["neck"], pattern.anchors["shoulder"]
        fall = (sy - ny) / (sx - nx)
        x = np.linspace(nx + 0.5 * (sx - nx), 0, 20)
        x = np.concatenate([-x[:-1], x[::-1]])
        z = ny + (np.sqrt(x**2 + 0.02**2) - nx) * fall - 0.026
        arms = np.column_stack([x, 0 * x, z])
        in_shoulder = np.abs(x) > 0.9 * nx
        arms[in_shoulder] = [_under(point, cloth) for point in arms[in_shoulder]]
        parts = [tube(arms, 0.005, slot)]
        root = z[len(z) // 2]
    else:
        half, band = pattern.anchors["band"]
        parts = [tube(np.array([[-half * 0.85, 0, 0.03], [0, 0, 0.03], [half * 0.85, 0, 0.03]]), 0.004, slot)]
        for x0 in (-0.68 * half, 0.68 * half):
            parts.append(tube(np.array([[x0, 0, 0.034], [x0, 0, 0.0], [x0, 0, -0.5 * band]]), 0.011, slot))
        root = 0.03
    turn = np.linspace(-np.pi / 2, np.pi, 16)
    hook = np.column_stack([0.022 * np.cos(turn), 0 * turn, root + 0.075 + 0.022 * np.sin(turn)])
    return [*parts, tube(np.concatenate([[[0, 0, root], [0, 0, root + 0.03]], hook]), 0.0022, slot)]
