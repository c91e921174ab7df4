"""The terms of the paper's equation (1)."""

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional as F

from train.data.batch import IGNORE


def lsgan(scores: Tensor, real: bool) -> Tensor:
    """Least-squares GAN loss (Mao et al. 2017), CUT's default: mean (s - t)^2, t = 1 if real, else 0.

    Args: scores: D's output (N, 1, h, w). Returns: a scalar.

    D minimises `0.5 * (lsgan(D(y), True) + lsgan(D(G(x)), False))`, G minimises `lsgan(D(G(x)), True)`.

    >>> lsgan(torch.tensor([0.0, 0.5]), real=True)
    tensor(0.6250)
    """
    return (scores.float() - float(real)).square().mean()


def patch_nce(queries: Sequence[Tensor], keys: Sequence[Tensor], temperature: float) -> Tensor:
    """PatchNCE (Park et al. 2020, equations 3 and 4), averaged over layers; one value per image.

    For image n, layer l and patch i, with unit vectors q of the output and k of the input:
    -log( exp(q_i . k_i / tau) / sum_j exp(q_i . k_j / tau) ): the patch at the same place is the positive,
    the other patches of the same image are the negatives. No gradient flows into the keys.

    Args: queries, keys: per layer (N, P_l, C), rows of length 1. Returns: (N,), so that callers can weigh
    translated (x) and identity (y) images differently.

    >>> q = torch.eye(2).unsqueeze(0)
    >>> patch_nce([q], [q], temperature=1.0)          # log(1 + e) - 1
    tensor([0.3133])
    """
    losses = []
    for query, key in zip(queries, keys, strict=True):
        images, patches, _ = query.shape
        logits = (query / temperature) @ key.detach().transpose(1, 2)
        positives = torch.arange(patches, device=logits.device).repeat(images)
        loss = F.cross_entropy(logits.flatten(0, 1).float(), positives, reduction="none")
        losses.append(loss.view(images, patches).mean(dim=1))
    return torch.stack(losses).mean(dim=0)


def classification(logits: Tensor, labels: Tensor) -> Tensor:
    """Cross-entropy, the mean over the images whose label is not IGNORE; 0 if there are none.

    Args: logits (N, K), labels int64 (N,). Returns: a scalar.

    >>> classification(torch.zeros(2, 4), torch.tensor([1, IGNORE]))          # log 4
    tensor(1.3863)
    """
    total = F.cross_entropy(logits.float(), labels, ignore_index=IGNORE, reduction="sum")
    return total / (labels != IGNORE).sum().clamp(min=1)


def certainty(probabilities: Tensor) -> Tensor:
    """Return 1 + exp(-entropy) of each row of probabilities (N, K): from 1 + 1/K to 2.

    >>> certainty(torch.tensor([[0.5, 0.5], [1.0, 0.0]]))
    tensor([1.5000, 2.0000])
    """
    return 1 + torch.exp(torch.special.entr(probabilities).sum(dim=1).neg())
