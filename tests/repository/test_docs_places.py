"""The docs lead to places that exist: files, headings, benchmarks."""

import re
from pathlib import Path

import pytest

from tests.helpers.documented import PAGES, ROOT

ROOMS = "assets|materials|sdg|train|pipeline|tests|benchmarks|docs"
WALK_THROUGHS = "add-a-"
"""Pages so named name files that their reader is about to make."""


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_files_and_folders_that_are_named_exist(page: Path) -> None:
    named = set(re.findall(rf"`((?:{ROOMS})/[\w./-]*)`", page.read_text()))
    missing = {path for path in named if not (ROOT / path).exists()}
    assert not missing or page.name.startswith(WALK_THROUGHS), missing


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_to_headings_find_them(page: Path) -> None:
    for target, anchor in re.findall(r"\]\((?!https?:)([^)#]*)#([^)]+)\)", page.read_text()):
        text = (page.parent / target if target else page).read_text()
        assert anchor in {slug(heading) for heading in re.findall(r"^#+ (.*)$", text, re.MULTILINE)}, anchor


def slug(heading: str) -> str:
    """The anchor that GitHub gives a heading."""
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


def test_every_folder_of_every_room_is_in_the_architecture() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text()
    folders = {
        f"{path.parent.relative_to(ROOT)}/"
        for room in ("assets", "materials", "sdg", "train", "pipeline")
        for path in (ROOT / room).glob("*/__init__.py")
    }
    assert len(folders) > 15
    assert {folder for folder in folders if f"`{folder}`" not in page} == set()


def test_every_benchmark_is_in_the_page_of_figures() -> None:
    page = (ROOT / "docs" / "benchmarks.md").read_text()
    scripts = {path.stem for path in (ROOT / "benchmarks").glob("*.py")} - {"__init__"}
    assert scripts <= set(re.findall(r"python (?:-m )?benchmarks[./](\w+)", page))
