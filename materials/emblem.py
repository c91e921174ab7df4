"""A logo as small as trims have it: lines of lettering or a badge, or one of each."""

from materials.nodes import Inputs, Value, absolute, below, floor, fract, length, random, vector
from materials.surface import Cloth


def emblem(p: Inputs, cloth: Cloth) -> tuple[Value, Value]:
    """Draw lines of lettering or a badge around the print's place: its colour, and where it is."""
    paired = ((cloth.place.x - 0.5) * (p.print_x - 0.5) < 0.0) * p.print_pair
    x = (cloth.place.x.mix(1.0 - cloth.place.x, paired) - p.print_x) * cloth.extent.x / p.print_cm
    y = (cloth.place.y - p.print_y) * cloth.extent.y / p.print_cm
    chance = random(floor(vector(x * 14.0, y * 24.0)), p.seed)
    letter = chance.x > 0.4
    rows = below(0.25, absolute(fract(y * 4.0 + 0.5) - 0.5), 0.05)
    inside = (absolute(x) < 0.5) * (absolute(y) < p.print_aspect * 0.5)
    radius = length(vector(x, y / p.print_aspect))
    badge = below(0.5, radius, 0.05)
    cut = below(0.37, radius, 0.05) * letter
    round_one = absolute(p.print_round - paired)
    ink = p.print_color.mix(p.print_color_2, (chance.y > 0.5).mix(radius < 0.33, round_one))
    return ink, (letter * rows * inside).mix(badge * (1.0 - cut * 0.7), round_one)
