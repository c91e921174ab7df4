"""Things that prints show: fruit, pets, boats, stars; each a small picture of a few polygons."""

import numpy as np

from materials.others.pictograms import Part, Picture
from materials.tiles import LEAF, Points

T = np.linspace(0, 1, 14)
DISC = np.exp(1j * np.linspace(0, 2 * np.pi, 24, endpoint=False))


def ellipse(x: float, y: float, width: float, height: float) -> Points:
    """Return an ellipse around (x, y) from its half axes."""
    return x + 1j * y + width * DISC.real + 1j * height * DISC.imag


def cherries() -> Picture:
    """Return two cherries on a stalk."""
    return [
        Part(np.array([-0.5 - 0.4j, 0.15 + 0.9j, 0.5 - 0.2j]), 1, 0.1),
        Part(ellipse(-0.5, -0.55, 0.43, 0.43), 0),
        Part(ellipse(0.5, -0.35, 0.43, 0.43), 0),
        Part(0.15 + 0.85j + 0.8 * np.exp(0.1j) * LEAF, 1),
    ]


def cat() -> Picture:
    """Return a cat."""
    return [
        Part(ellipse(0, -0.1, 0.85, 0.72), 0),
        Part(np.array([-0.8 + 0.1j, -0.75 + 1j, -0.1 + 0.55j]), 0),
        Part(np.array([0.8 + 0.1j, 0.75 + 1j, 0.1 + 0.55j]), 0),
        Part(ellipse(-0.35, 0.05, 0.14, 0.17), -1),
        Part(ellipse(0.35, 0.05, 0.14, 0.17), -1),
        Part(np.array([-0.12 - 0.25j, 0.12 - 0.25j, -0.4j]), 1),
    ]


def dog() -> Picture:
    """Return a dog."""
    return [
        Part(np.array([-0.8 + 0.25j, -0.7 - 0.1j, 0.5 - 0.1j, 0.55 + 0.4j, -0.7 + 0.35j]), 0),
        *(
            Part(np.array([x - 0.85j, x + 0.18 - 0.85j, x + 0.22 + 0.1j, x + 0.1j]), 0)
            for x in (-0.72, -0.4, 0.1, 0.34)
        ),
        Part(np.array([0.4 + 0.1j, 0.35 + 0.85j, 0.7 + 0.9j, 1.05 + 0.65j, 1.05 + 0.45j, 0.65 + 0.4j]), 0),
        Part(np.array([0.35 + 0.85j, 0.2 + 0.35j, 0.48 + 0.45j, 0.55 + 0.85j]), 1),
        Part(np.array([-0.75 + 0.25j, -1.0 + 0.75j]), 0, 0.14),
    ]


def fish() -> Picture:
    """Return a fish."""
    return [
        Part(np.array([0.35, 1 + 0.5j, 0.85, 1 - 0.5j]), 1),
        Part(ellipse(-0.2, 0, 0.75, 0.45), 0),
        Part(ellipse(-0.6, 0.12, 0.1, 0.1), -1),
        Part(np.array([-0.3 + 0.42j, -0.15, -0.3 - 0.42j]), 1, 0.1),
    ]


def bird() -> Picture:
    """Return a bird."""
    return [
        Part(
            np.array(
                [
                    -1 + 0.3j,
                    -0.6 + 0.5j,
                    -0.35 + 0.25j,
                    0.35,
                    1 + 0.15j,
                    0.95 - 0.1j,
                    0.2 - 0.35j,
                    -0.45 - 0.25j,
                ]
            ),
            0,
        ),
        Part(np.array([-0.25 + 0.1j, 0.35 + 0.95j, 0.45]), 1),
        Part(np.array([-0.1, 0.5 - 0.9j, 0.4 - 0.1j]), 0),
    ]


def pineapple() -> Picture:
    """Return a pineapple."""
    crown = [Part(0.25j + 0.8 * np.exp(1j * (np.pi / 2 + a)) * LEAF, 1) for a in (-0.7, -0.35, 0, 0.35, 0.7)]
    lines = [Part(np.array([x - 0.85j, x + 0.4 + 0.2j]), -1, 0.07) for x in (-0.5, -0.2, 0.1)]
    return [*crown, Part(ellipse(0, -0.4, 0.48, 0.62), 0), *lines]


def strawberry() -> Picture:
    """Return a strawberry."""
    body = np.array([-0.7 + 0.35j, -0.35 + 0.6j, 0.35 + 0.6j, 0.7 + 0.35j, 0.5 - 0.35j, -0.95j, -0.5 - 0.35j])
    crown = [Part(0.55j + 0.55 * np.exp(1j * a) * LEAF, 1) for a in (-0.3, 0.6, 1.57, 2.5, 3.4)]
    seeds = [
        Part(ellipse(x, y, 0.07, 0.1), -1) for x, y in ((-0.3, 0.15), (0.3, 0.15), (0, -0.15), (0, -0.55))
    ]
    return [Part(body, 0), *crown, *seeds]


def melon() -> Picture:
    """Return a melon."""
    half = np.exp(1j * np.linspace(np.pi, 2 * np.pi, 20))
    seeds = [
        Part(ellipse(x, y, 0.07, 0.11), 2)
        for x, y in ((-0.4, 0), (0, -0.05), (0.4, 0), (-0.2, -0.35), (0.2, -0.35))
    ]
    return [Part(0.35j + half, 1), Part(0.35j + 0.8 * half, 0), *seeds]


def palm_tree() -> Picture:
    """Return a palm tree."""
    trunk = Part(np.array([0.2 - 0.95j, 0.15 - 0.3j, -0.05 + 0.4j]), 0, 0.17)
    hanging = [1.05 * LEAF * np.exp(1j * (rise - 1.6 * LEAF.real)) for rise in (0.5, 1.0, 1.6)]
    crown = [Part(-0.05 + 0.4j + frond, 1) for right in hanging for frond in (right, -right.conj())]
    return [trunk, *crown, Part(ellipse(0.2, -0.95, 0.5, 0.13), 0)]


def bus() -> Picture:
    """Return a bus."""
    return [
        Part(np.array([-1 - 0.45j, -1 + 0.5j, 0.75 + 0.5j, 1 + 0.05j, 1 - 0.45j]), 0),
        *(
            Part(np.array([x + 0.05j, x + 0.05j + 0.32j, x + 0.38 + 0.37j, x + 0.38 + 0.05j]), -1)
            for x in (-0.85, -0.35, 0.15)
        ),
        Part(ellipse(-0.55, -0.5, 0.24, 0.24), 1),
        Part(ellipse(0.55, -0.5, 0.24, 0.24), 1),
    ]


def sailing_boat() -> Picture:
    """Return a sailing boat."""
    return [
        Part(np.array([-0.95 - 0.4j, 0.95 - 0.4j, 0.6 - 0.9j, -0.6 - 0.9j]), 0),
        Part(np.array([0.05 - 0.25j, 0.75 - 0.25j, 0.05 + 0.95j]), 1),
        Part(np.array([-0.07 - 0.25j, -0.6 - 0.25j, -0.07 + 0.75j]), 2),
    ]


def anchor() -> Picture:
    """Return an anchor."""
    arc = 0.75 * np.exp(1j * np.linspace(-np.pi, 0, 16)) - 0.15j
    return [
        Part(np.array([0.6j, -0.9j]), 0, 0.2),
        Part(arc, 0, 0.2),
        Part(0.75j + 0.2 * np.append(DISC, DISC[:2]), 0, 0.13),
        Part(np.array([-0.4 + 0.35j, 0.4 + 0.35j]), 0, 0.17),
        *(
            Part(np.array([0.75 * w - 0.15j + 0.25j, 0.75 * w - 0.28 - 0.2j, 0.75 * w + 0.28 - 0.2j]), 0)
            for w in (-1, 1)
        ),
    ]


def rocket() -> Picture:
    """Return a rocket."""
    body = np.concatenate(
        [
            1j * (1.8 * T - 0.75) + 0.42 * np.sin(np.pi * (0.18 + 0.82 * T)),
            (1j * (1.8 * T - 0.75) - 0.42 * np.sin(np.pi * (0.18 + 0.82 * T)))[::-1],
        ]
    )
    return [
        Part(np.array([-0.25 - 0.4j, -0.8 - 0.9j, -0.25 - 0.85j, 0.25 - 0.85j, 0.8 - 0.9j, 0.25 - 0.4j]), 1),
        Part(body, 0),
        Part(ellipse(0, 0.2, 0.18, 0.18), -1),
        Part(np.array([-0.2 - 0.8j, -1.15j, 0.2 - 0.8j]), 2),
    ]


def ice_cream() -> Picture:
    """Return an ice cream."""
    return [
        Part(np.array([-0.5 + 0.05j, 0.5 + 0.05j, -1j]), 1),
        Part(ellipse(0, 0.25, 0.56, 0.42), 0),
        Part(ellipse(0.02, 0.68, 0.38, 0.32), 2),
    ]


def cactus() -> Picture:
    """Return a cactus."""
    return [
        Part(np.array([-0.2j, 0.85j]), 0, 0.42),
        Part(np.array([-0.6 + 0.5j, -0.6 + 0.15j, 0.15j]), 0, 0.24),
        Part(np.array([0.6 + 0.7j, 0.6 + 0.35j, 0.35j]), 0, 0.24),
        Part(np.array([-0.5 - 0.2j, 0.5 - 0.2j, 0.35 - 0.95j, -0.35 - 0.95j]), 1),
    ]


def umbrella() -> Picture:
    """Return an umbrella."""
    top = np.exp(1j * np.linspace(0, np.pi, 20)) * 0.95 + 0.05j
    hook = np.concatenate([[0.05j, -0.65j], 0.2 + 0.2 * np.exp(1j * np.linspace(-np.pi, 0, 8)) - 0.65j])
    return [
        Part(hook, 1, 0.12),
        Part(top, 0),
        Part(np.array([0.9j, -0.35 + 0.1j]), -1, 0.07),
        Part(np.array([0.9j, 0.35 + 0.1j]), -1, 0.07),
    ]


def star() -> Picture:
    """Return a star."""
    points = np.exp(1j * (np.pi / 2 + np.pi * np.arange(10) / 5)) * np.tile([1, 0.42], 5)
    return [Part(points, 0)]


def heart() -> Picture:
    """Return a heart."""
    t = np.linspace(0, 2 * np.pi, 30, endpoint=False)
    return [
        Part(
            (
                16 * np.sin(t) ** 3
                + 1j * (13 * np.cos(t) - 5 * np.cos(2 * t) - 2 * np.cos(3 * t) - np.cos(4 * t))
            )
            / 17,
            0,
        )
    ]


def moon() -> Picture:
    """Return a moon."""
    return [
        Part(
            np.concatenate(
                [
                    0.9 * np.exp(1j * np.linspace(0.9, 5.4, 24)),
                    0.25 + 0.72 * np.exp(1j * np.linspace(5.1, 1.2, 20)),
                ]
            ),
            0,
        )
    ]


def cloud() -> Picture:
    """Return a cloud."""
    return [
        Part(ellipse(-0.5, -0.15, 0.45, 0.38), 0),
        Part(ellipse(0.5, -0.15, 0.45, 0.38), 0),
        Part(ellipse(0, 0.15, 0.55, 0.5), 0),
    ]


def mushroom() -> Picture:
    """Return a mushroom."""
    cap = np.exp(1j * np.linspace(0, np.pi, 20)) * 0.9
    return [
        Part(np.array([-0.28 + 0.05j, 0.28 + 0.05j, 0.35 - 0.85j, -0.35 - 0.85j]), 1),
        Part(cap, 0),
        *(Part(ellipse(x, y, 0.14, 0.13), -1) for x, y in ((-0.4, 0.3), (0.05, 0.6), (0.45, 0.25))),
    ]


THEMES: dict[str, list[Picture]] = {
    "fruit": [cherries(), pineapple(), strawberry(), melon()],
    "pets": [cat(), dog(), fish(), heart()],
    "sea": [anchor(), sailing_boat(), fish(), bird()],
    "beach": [palm_tree(), bus(), ice_cream(), umbrella(), melon()],
    "sky": [star(), moon(), cloud(), rocket()],
    "garden": [mushroom(), cactus(), bird(), cat()],
    "play": [heart(), star(), rocket(), bus()],
}
"""Things that prints show together."""
