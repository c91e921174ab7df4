"""Which images train and which validate."""

import hashlib
from typing import Literal

Split = Literal["train", "val"]


def split_of(name: str, index: int) -> Split:
    """Return "val" for one image in every ten consecutive ones of a class, chosen by hash, else "train".

    It depends on (class, index) alone, so no image changes sides when more are rendered, and a class of at
    least ten images always has some in val.
    """
    tens = range(index - index % 10, index - index % 10 + 10)
    chosen = min(tens, key=lambda i: hashlib.sha256(f"{name}:{i}".encode()).digest())
    return "val" if index == chosen else "train"
