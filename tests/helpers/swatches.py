"""Swatches of a pattern at the corners of its ranges, and what directions their lines have."""

import numpy as np
from scipy import ndimage

from materials import sheet
from materials.fabric import Fabric
from materials.folds import Folds
from materials.trims import Trims
from materials.view import View

PIXELS = 72
VIEW = View(cm_per_pixel=100 * sheet.CELL / PIXELS, width_cm=70, height_cm=70)
SMOOTH = Fabric(relief=0, melange=0, fading=0, shadow=0, sheen=0, rim=0, stitch=0)
CREASED = Folds(soft=1, sharp=1, crumpled=1, pressed=1)
ROUGH = Fabric(relief=0, melange=1, fading=1, shadow=0.35, sheen=0.6, rim=1, stitch=1, folds=CREASED)
TRIMMED = Trims(
    placket=1, buttons=1, seam=1, seam_height=0.75, pocket=1, hem=1, cuffs=1, waist=1, sides=1, print=1
)
"""More trims than any draw has: patterns must survive under them."""


def spectrum(picture):
    """Return power, angle in degrees (0 = varies across, 90 = varies up) and cycles per picture."""
    light = picture.mean(-1)
    light = light - ndimage.gaussian_filter(light, 12)
    window = np.hanning(len(light))
    power = np.abs(np.fft.fft2(light * window[:, None] * window)) ** 2
    fy, fx = np.meshgrid(*(np.fft.fftfreq(n, 1 / n) for n in light.shape), indexing="ij")
    return power, np.degrees(np.arctan2(-fy, fx)) % 180, np.hypot(fx, fy)


def share_toward(picture, angle, width=14):
    """Return the share of the spectrum's power within `width` degrees of a direction."""
    power, directions, radius = spectrum(picture)
    power = power * (radius > 1.5)
    apart = np.abs((directions - angle + 90) % 180 - 90)
    return power[apart <= width].sum() / power.sum()
