"""One progress bar for every command: what, how far, how fast, how long still."""

import time

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn
from rich.progress import TimeRemainingColumn as Remaining
from rich.text import Text


class _Rate(ProgressColumn):
    def __init__(self, unit: str) -> None:
        super().__init__()
        self.unit = unit

    def render(self, task: Task) -> Text:
        return Text(f"{task.speed or task.finished_speed or 0:.2f} {self.unit}/s", style="cyan")


class _Bar(Progress):
    """Without a terminal (CI, a log file) the live bar is silent, so `stop` leaves one line instead."""

    def __init__(self, unit: str) -> None:
        console = Console(stderr=True)
        super().__init__(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            _Rate(unit),
            Remaining(),
            console=console,
            transient=not console.is_terminal,
            speed_estimate_period=60,
        )
        self.unit = unit
        self.began = time.monotonic()

    def stop(self) -> None:
        super().stop()
        if self.tasks and not self.console.is_terminal:
            seconds = time.monotonic() - self.began
            done = sum(task.completed for task in self.tasks)
            self.console.print(
                f"{', '.join(task.description for task in self.tasks)}: {done:g} {self.unit} in "
                f"{seconds:.1f} s ({done / max(seconds, 1e-6):.1f} {self.unit}/s)",
                highlight=False,
                soft_wrap=True,
            )


def progress(unit: str) -> Progress:
    """Return a progress bar that counts `unit` (e.g. "img") and shows the rate and the time left.

    Use it as rich's own: `with progress("img") as bar: task = bar.add_task("floral", total=n)`.
    """
    return _Bar(unit)
