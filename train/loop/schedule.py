"""How the learning rates change over a run."""

import math

from train.params import TrainParams

WARM_UP = 0.2
"""Share of a run in which one_cycle rises."""


def rate_factor(params: TrainParams, step: int, progress: float) -> float:
    """Return what every learning rate is multiplied by after `step` steps, the share `progress` of a run.

    `inverse` is that of Ganin et al. 2016 by the step, as in TLlib: (1 + gamma step)^-power.
    """
    match params.schedule:
        case "one_cycle":
            return one_cycle(progress)
        case "inverse":
            return (1 + params.decay.gamma * step) ** -params.decay.power
        case _:
            return 1.0


def one_cycle(progress: float) -> float:
    """Return the factor after the share `progress` in [0, 1) of a run's steps.

    From 1/25 linearly up to 1, then down along a half cosine to 0 (Smith and Topin 2018, "Super-convergence",
    with the falling part of Loshchilov and Hutter 2017).

    >>> [round(one_cycle(p), 2) for p in (0.0, 0.1, 0.2, 0.6, 1.0)]
    [0.04, 0.52, 1.0, 0.5, 0.0]
    """
    if progress < WARM_UP:
        return 0.04 + 0.96 * progress / WARM_UP
    return 0.5 + 0.5 * math.cos(math.pi * (progress - WARM_UP) / (1 - WARM_UP))


def linear(progress: float) -> float:
    """Return the factor on the rate of a generator and its discriminator: 1, then linearly to 0, as in CUT.

    >>> [linear(p) for p in (-0.5, 0.0, 0.5, 0.75, 1.0, 1.5)]
    [1.0, 1.0, 1.0, 0.5, 0.0, 0.0]
    """
    return min(1.0, max(0.0, 2 * (1 - progress)))
