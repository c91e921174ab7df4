"""The commands in the pages for users."""

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])

ELSEWHERE = {
    "make env": "CI makes the environment so",
    "make repro": "is `make env`, then the `dvc repro` that the test of the whole pipeline runs",
    "make test": "CI runs it",
    "make check": "CI runs it",
    "make clean": "removes what other commands make",
    'eval "$(_FASHION_CUT_COMPLETE=bash_source fashion-cut)"': "tests/repository/test_commands.py runs it",
    "python -m pipeline.import_photos clothing --out photos": "needs the network; its own tests "
    "download from a local server",
    "python -m sdg.render --class all --n 300 --preset gpu": "needs a GPU",
    "python -m benchmarks.gap data/synthetic PHOTOS --labels val.csv --labels other_val.csv --labels few.csv "
    "--n 128 --seed 7 --without all": "half an hour; tests/benchmarks/test_gap.py runs it small",
    "accelerate launch --num_processes 4 -m train": "needs four GPUs; its own tests start two CPU processes",
    "ACCELERATE_USE_CPU=true accelerate launch --multi_gpu --num_processes 2 -m train": "its tests run it",
}
"""Commands that the test of the documented commands does not run, and why."""
OTHER_MACHINES = {"cluster.md"}
"""Pages whose commands need several machines: tests/sdg/test_faults.py runs a cluster on loopback."""
DRY = {"gpu.md", "results.md"}
"""Pages whose DVC commands take hours or a GPU: DVC checks `dvc repro` (--dry) without running its stages;
`dvc exp run --dry` wants outputs of stages that it did not run, and is left out."""


def first_told(page: Path) -> list[str]:
    """The page's commands without those ELSEWHERE, and those that an earlier page runs as well."""
    earlier = [one for one in PAGES[: PAGES.index(page)] if one.name not in OTHER_MACHINES | DRY]
    before = {command for one in earlier for command in console(one)}
    return [command for command in console(page) if command not in before | set(ELSEWHERE)]


def console(page: Path) -> Iterator[str]:
    """Yield the lines after `$ ` of the page's console blocks, without comments."""
    for block in re.findall(r"```console\n(.*?)```", page.read_text(), re.DOTALL):
        yield from re.findall(r"^\$ (.*?)(?:\s{2,}#.*)?$", block, re.MULTILINE)
