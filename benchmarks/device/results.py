"""Rows of a benchmark in one JSON file: each is measured once, however often the command is run."""

import json
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from accelerate.state import AcceleratorState

from assets.common.files import write_json

Row = dict[str, Any]


def forget_precision() -> None:
    """Let the next run in this process have another one; accelerate keeps it per process."""
    AcceleratorState._reset_state(True)


class Results:
    """Holds rows by section and name; written whole after each row, so that what is measured stays.

    Args: minutes: after which no more row is begun.
    """

    def __init__(self, path: Path, minutes: float) -> None:
        self.path, self.deadline = path, time.monotonic() + 60 * minutes
        self.rows: dict[str, dict[str, Row]] = json.loads(path.read_text()) if path.exists() else {}
        self.left: list[str] = []

    @property
    def seconds_left(self) -> float:
        return self.deadline - time.monotonic()

    def measure(self, section: str, name: str, work: Callable[[], Row], needs: float = 0) -> None:
        """Add a row, unless it is there or fewer than `needs` seconds are left; a failure is a row, too.

        Work that raises TimeoutError goes on in the next run.
        """
        rows = self.rows.setdefault(section, {})
        if name in rows and "error" not in rows[name]:
            return
        if self.seconds_left < needs:
            self.left.append(f"{section}: {name}")
            return
        forget_precision()
        began = time.monotonic()
        try:
            rows[name] = work()
        except TimeoutError:
            self.left.append(f"{section}: {name}")
            return
        except Exception as error:  # the other rows are still worth their time
            traceback.print_exc()
            rows[name] = {"error": f"{type(error).__name__}: {error}".splitlines()[0][:200]}
        rows[name]["seconds"] = round(time.monotonic() - began, 1)
        write_json(self.path, self.rows)
        click.echo(f"{section}: {name}: {rows[name]}", err=True)

    def table(self, section: str) -> str:
        """Return a section as a Markdown table."""
        rows = self.rows.get(section, {})
        columns = list(dict.fromkeys(key for row in rows.values() for key in row))
        lines = [f"| {section} | {' | '.join(columns)} |", "|---" * (len(columns) + 1) + "|"]
        lines += [
            f"| {name} | {' | '.join(_cell(row.get(key, '')) for key in columns)} |"
            for name, row in rows.items()
        ]
        return "\n".join(lines)


def _cell(value: Any) -> str:
    return f"{value:.3g}" if isinstance(value, float) and abs(value) < 1000 else str(value)
