"""How often an attempt to sew a garment fails its checks, by type and presentation.

Each garment is number 0 of its kind and seed, drawn anew until it passes as `assets.sewing.make.make` does,
simulated and checked but not finished. A line of JSON for each attempt goes to OUT; what stands there is not
sewn again, so a run can be broken off. At the end the table of all of OUT, in Markdown.
"""

import json
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

import click

from assets.library import PRESENTATIONS
from assets.patterns import PATTERNS
from assets.sewing.make import TRIES, sew
from assets.sewing.rejected import Rejected


def attempts(type: str, presentation: str, seed: int) -> list[dict[str, Any]]:
    """Sew one garment; return its attempts, the last without a reason if it passed."""
    rows: list[dict[str, Any]] = []
    for attempt in range(TRIES):
        began, why = time.process_time(), None
        try:
            sew(type, presentation, seed, 0, attempt)
        except Rejected as reason:
            why = str(reason)
        seconds = round(time.process_time() - began, 2)
        rows.append(
            {"type": type, "presentation": presentation, "seed": seed, "rejected": why, "seconds": seconds}
        )
        if why is None:
            break
    return rows


def table(rows: list[dict[str, Any]]) -> str:
    """Return failed attempts of all, and of how many garments, for each type and presentation."""
    tried: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        tried[row["type"], row["presentation"]].append(row)

    def cell(kind: tuple[str, str]) -> str:
        failed = sum(row["rejected"] is not None for row in tried[kind])
        return f"{failed} of {len(tried[kind])} ({len({row['seed'] for row in tried[kind]})})"

    types = [type for type in PATTERNS if any(kind[0] == type for kind in tried)]
    lines = [["type", *PRESENTATIONS], ["---"] * 4]
    lines += [[type, *(cell((type, presentation)) for presentation in PRESENTATIONS)] for type in types]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


@click.command()
@click.option("--out", type=click.Path(path_type=Path), default=Path("sewing.jsonl"), show_default=True)
@click.option("--seeds", type=click.IntRange(min=1), default=20, show_default=True, help="From 0.")
@click.option("--types", multiple=True, type=click.Choice(list(PATTERNS)), help="[default: all]")
@click.option("--presentations", multiple=True, type=click.Choice(PRESENTATIONS), help="[default: all]")
def main(out: Path, seeds: int, types: tuple[str, ...], presentations: tuple[str, ...]) -> None:
    """Sew number 0 of every kind for each seed and count the attempts that fail."""
    rows = [json.loads(line) for line in out.read_text().splitlines()] if out.exists() else []
    done = {(row["type"], row["presentation"], row["seed"]) for row in rows}
    for seed in range(seeds):
        for type in dict.fromkeys(types or PATTERNS):
            for presentation in dict.fromkeys(presentations or PRESENTATIONS):
                if (type, presentation, seed) not in done:
                    new = attempts(type, presentation, seed)
                    rows += new
                    with out.open("a") as file:  # a garment whole or not at all
                        file.write("".join(json.dumps(row) + "\n" for row in new))
    click.echo(table(rows))
    failed = sum(row["rejected"] is not None for row in rows)
    garments = len({(row["type"], row["presentation"], row["seed"]) for row in rows})
    click.echo(f"{failed} of {len(rows)} attempts at {garments} garments failed")


if __name__ == "__main__":
    main()
