"""Cloth whose pattern is in the weave: stripes, checks, herringbone."""

import numpy as np

from sdg.stand_in.swatch import Rng, Swatch, cloth, contrasting, noise, pick_dye


def striped(rng: Rng, cm_per_pixel: float) -> Swatch:
    """A yarn-dye sequence: runs of coloured threads, repeated across or along the cloth."""
    ground = pick_dye(rng, neutral=0.6)
    kind = rng.choice(["even", "breton", "multi"], p=[0.4, 0.3, 0.3])
    other = contrasting(rng, ground, 0.35)
    run = rng.uniform(2.5, 7.0)  # pixels of the picture
    if kind == "even":
        sequence = [(ground, run), (other, run * rng.uniform(0.7, 1.3))]
    elif kind == "breton":
        sequence = [(ground, run * rng.uniform(1.2, 1.8)), (other, max(2.0, run * 0.5))]
    else:
        third = contrasting(rng, ground, 0.25)
        sequence = [
            (ground, run * 1.3),
            (other, run),
            (ground, run * rng.uniform(0.6, 1.3)),
            (third, run * 0.8),
        ]
    texels_per_pixel = 8
    runs = [max(1, round(length * texels_per_pixel)) for _, length in sequence]
    threads = np.repeat(np.array([color for color, _ in sequence]), runs, axis=0)
    threads = threads * (1 + 0.03 * rng.standard_normal((len(threads), 1)))
    columns = 128
    wobble = np.rint(rng.uniform(0, 1.2) * noise(rng, (1, columns), (0, 6))[0]).astype(int)
    rows = (np.arange(len(threads))[:, None] + wobble[None]) % len(threads)
    color = threads[rows]
    height = 0.15 * np.sin(2 * np.pi * np.arange(columns) / 4)[None].repeat(len(threads), axis=0)
    cm = (columns / texels_per_pixel * cm_per_pixel, len(threads) / texels_per_pixel * cm_per_pixel)
    if rng.random() < 0.25:  # along the grain
        color, height, cm = color.swapaxes(0, 1), height.T, cm[::-1]
    return cloth(rng, color, height, cm)


def herringbone(rng: Rng, cm_per_pixel: float) -> Swatch:
    """A woven 2/2 twill whose diagonal turns back every few warp threads; warp and weft each have one colour.

    Warp thread j lies above weft thread i where (i ± j) mod 4 < 2; at each turn a broken draft skips two
    threads, which makes the bones meet out of step.
    """
    warp = pick_dye(rng, neutral=0.85)
    weft = contrasting(rng, warp, 0.3, neutral=0.8)
    half = int(rng.integers(5, 9))  # warp threads until the diagonal turns
    thread = rng.uniform(1.3, 2.1)  # pixels of the picture
    texels, columns, rows = 8, 2 * half * 2, 32
    j = np.arange(columns)
    leg = (j // half) % 2
    skip = 2 if rng.random() < 0.8 else 0
    shift = np.where(leg == 0, j % half, half - 1 - j % half + skip)
    above = (np.arange(rows)[:, None] + shift[None]) % 4 < 2
    yarn = 1 + 0.06 * rng.standard_normal((rows, columns, 1))
    cells = np.where(above[..., None], warp, weft) * yarn
    color = cells.repeat(texels, axis=0).repeat(texels, axis=1)
    bulge = np.sin(np.pi * (np.arange(texels) + 0.5) / texels)
    over, under = above.repeat(texels, axis=0).repeat(texels, axis=1), np.tile(bulge, rows)[:, None]
    height = np.where(over, np.tile(bulge, columns)[None], under)
    color = color * (0.85 + 0.15 * height[..., None])
    cm = (columns * thread * cm_per_pixel, rows * thread * cm_per_pixel)
    return cloth(rng, color, height, cm)


def checked(rng: Rng, cm_per_pixel: float) -> Swatch:
    """A sequence of coloured threads in the warp and in the weft: gingham, tartan, windowpane, tattersall."""
    ground = pick_dye(rng, neutral=0.6)
    line = contrasting(rng, ground, 0.35)
    kind = rng.choice(["gingham", "tartan", "windowpane", "tattersall"], p=[0.34, 0.42, 0.12, 0.12])
    if kind == "gingham":
        run = rng.uniform(3.0, 11.0)  # pixels of the picture
        sett = [(ground, run), (line, run * rng.uniform(0.9, 1.1))]
    elif kind == "tartan":
        run = rng.uniform(2.0, 4.5)
        half = [(ground, run * 2), (line, run * rng.uniform(0.8, 2.0)), (pick_dye(rng, 0.4), run)]
        half.append((contrasting(rng, half[-1][0], 0.2), max(1.2, run * 0.4)))
        sett = half + half[-2:0:-1]
    elif kind == "windowpane":
        sett = [(ground, rng.uniform(9.0, 20.0)), (line, rng.uniform(1.5, 2.5))]
    else:
        gap, third = rng.uniform(4.0, 8.0), contrasting(rng, ground, 0.3)
        sett = [(ground, gap), (line, rng.uniform(1.3, 2.0)), (ground, gap), (third, rng.uniform(1.3, 2.0))]
    texels_per_pixel = 8
    oblong = rng.uniform(0.85, 1.2)
    warp, weft = (
        np.repeat(
            np.array([dye for dye, _ in sett]),
            [max(4, 4 * round(run * stretch * texels_per_pixel / 4)) for _, run in sett],
            axis=0,
        )
        for stretch in (1.0, oblong)
    )
    i, j = np.ogrid[: len(weft), : len(warp)]
    above = ((i + j) // 2) % 2 == 0  # a 2/2 twill
    color = np.where(above[..., None], warp[None], weft[:, None])
    color = color * (1 + 0.04 * rng.standard_normal((*above.shape, 1)))
    cm = (len(warp) / texels_per_pixel * cm_per_pixel, len(weft) / texels_per_pixel * cm_per_pixel)
    return cloth(rng, color, np.zeros(above.shape), cm)
