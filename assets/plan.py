"""Which garments a library of a given size holds, and which stand in for those that cannot be made."""

import re
from collections import Counter
from collections.abc import Sequence, Set
from itertools import count, islice
from typing import NamedTuple, Self, cast

from assets.library import PRESENTATIONS, Presentation
from assets.patterns import PATTERNS

SPARE = 4
"""How many garments of a kind may fail, if no more were asked for, before the kind is given up."""


class Task(NamedTuple):
    """Which garment: `number` counts those of one type and presentation."""

    type: str
    presentation: Presentation
    number: int

    @property
    def id(self) -> str:
        return f"{self.type}-{self.presentation}-{self.number:03d}"

    @property
    def kind(self) -> tuple[str, Presentation]:
        return self.type, self.presentation

    @classmethod
    def of(cls, id: str) -> Self | None:
        """Return which garment `id` names, None if it is not one of ours."""
        match = re.fullmatch(rf"({'|'.join(PATTERNS)})-({'|'.join(PRESENTATIONS)})-(\d{{3,}})", id)
        return match and cls(match[1], cast(Presentation, match[2]), int(match[3]))


def plan(n: int, types: Sequence[str], presentations: Sequence[Presentation]) -> list[Task]:
    """Return the first `n` garments, cycling over types and presentations; a longer plan only adds to it."""
    tasks = []
    for i in range(n):
        turn, t = divmod(i, len(types))
        number = turn // len(presentations)
        tasks.append(Task(types[t], presentations[(turn + t) % len(presentations)], number))
    return tasks


def choose(tasks: Sequence[Task], failed: Set[Task]) -> tuple[list[Task], list[Task]]:
    """Return as many of each kind as in `tasks`, the first numbers not in `failed`; and what is given up.

    A kind is given up, and nothing of it chosen, when more numbers failed than it has in `tasks`, and more
    than SPARE: then the failed ones are returned.
    """
    chosen: list[Task] = []
    given_up: list[Task] = []
    for kind, wanted in Counter(task.kind for task in tasks).items():
        numbers = (Task(*kind, number) for number in count())
        mine = list(islice((task for task in numbers if task not in failed), wanted))
        gaps = [task for task in sorted(failed) if task.kind == kind and task < mine[-1]]
        if len(gaps) > max(wanted, SPARE):
            given_up += gaps
        else:
            chosen += mine
    return sorted(chosen, key=lambda task: task.number), given_up
