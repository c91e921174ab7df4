"""Flowers drawn by shader nodes: one in every cell of a bent lattice."""

from typing import NamedTuple

from materials.nodes import (
    Inputs,
    Operand,
    Value,
    absolute,
    atan2,
    below,
    cos,
    floor,
    fract,
    length,
    maximum,
    random,
    sin,
    smoothstep,
    vector,
)

TAU = 6.283185307179586


class Flower(NamedTuple):
    """The polar frame of the flower nearest to a pixel; lengths in shares of the lattice's period."""

    radius: Value
    """Distance from its centre."""
    angle: Value
    """Angle around it, turned at random per flower."""
    chance: Value
    """Three random numbers of this flower."""


def flowers(p: Inputs, q: Value) -> Value:
    """Paint vines, small blossoms, leaves, large blooms over the ground; `q` is the place in periods."""
    q = q + vector(sin(q.y * 1.9 + p.seed), sin(q.x * 1.6 + p.seed)) * p.drift
    wave = q.x + sin(q.y * 2.6 + p.seed) * 0.28
    vine = below(p.vine_cm / p.period_cm * 0.5, absolute(fract(wave) - 0.5), 0.01) * (p.vine_cm > 0.0)
    color = p.ground.mix(p.leaf, vine)

    little = flower(q / p.small_scale + 0.37, p.seed + 50.0, p.jitter)
    present = (p.small > 0.0) * (little.chance.z < 0.85)
    color = paint(p, color, little, p.small, p.petal_2.mix(p.petal_1, little.chance.x < 0.3), present)

    large = flower(q, p.seed, p.jitter)
    present = large.chance.z < p.density
    lobe = absolute(cos(large.angle * p.leaf_count * 0.5 + 0.7))
    reach = p.leaf_length * lobe ** (1.6 / p.leaf_width)
    vein = smoothstep(0.94, 0.99, lobe)
    green = p.leaf * (1.0 - 0.35 * vein) * (0.75 + large.chance.y * 0.5)
    leaf_mask = below(reach, large.radius, 0.02 + p.wash * 0.03) * present
    rim = smoothstep(0.75, 0.9, large.radius / positive(reach))
    color = color.mix(green, leaf_mask * (1.0 - p.outline * (1.0 - rim)))
    petal = p.petal_1.mix(p.petal_2, large.chance.x < 0.4)
    color = paint(p, color, large, p.bloom, petal, present)
    inner = Flower(large.radius, large.angle + 0.5, large.chance)
    color = paint(p, color, inner, p.bloom * 0.62, petal * 0.4 + p.petal_2 * 0.6, present * p.double)
    return color


def flower(q: Value, seed: Operand, jitter: Operand) -> Flower:
    """Place one flower into each cell of a staggered lattice of period 1."""
    q = vector(q.x + floor(q.y) * 0.5, q.y)
    chance = random(floor(q), seed)
    offset = fract(q) - 0.5 - (chance - 0.5) * jitter
    turn = fract((chance.x + chance.y) * 5.0) * TAU
    return Flower(length(vector(offset.x, offset.y)), atan2(offset.y, offset.x) + turn, chance)


def paint(p: Inputs, under: Value, at: Flower, size: Value, petal: Value, present: Value) -> Value:
    """Paint a blossom of radius `size`: petals, their shading or outline, and the centre."""
    lobe = absolute(cos(at.angle * p.petals * 0.5)) ** p.roundness
    edge = size * (1.0 - p.notch * (1.0 - lobe)) * (0.85 + at.chance.y * 0.15)
    inward = at.radius / positive(edge)
    mask = below(1.0, inward, 0.08 + p.wash * 0.3)
    rim = smoothstep(0.72, 0.92, inward)
    shade = 1.0 - p.shading * (0.45 * smoothstep(0.75, 0.2, inward) + 0.3 * smoothstep(0.35, 0.0, lobe))
    pooled = shade * (1.0 - p.wash * 0.3 * rim)
    fill = mask * (1.0 - p.outline * 0.8 * (1.0 - rim)) * (1.0 - p.wash * 0.35 * (1.0 - rim))
    color = under.mix(petal * pooled, fill * present)
    return color.mix(p.centre, below(p.centre_size * size, at.radius, 0.03) * present)


def positive(x: Value) -> Value:
    """Keep a divisor away from zero."""
    return maximum(x, 0.001)
