"""Two tiny garments, and five images of them."""

from pathlib import Path

import pytest

from tests.helpers.rendering import SETTINGS, run
from tests.helpers.tiny_garments import write_garments


@pytest.fixture(scope="session")
def garments(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library of two wavy squares of cloth, one flat and one hung."""
    return write_garments(tmp_path_factory.mktemp("garments"))


@pytest.fixture(scope="session")
def rendered(garments: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five images of one class, rendered in one go. Read only."""
    out = tmp_path_factory.mktemp("synthetic")
    finished = run(*SETTINGS, "--out", str(out), "--garments", str(garments), "--workers", "1")
    assert finished.returncode == 0, finished.stderr
    return out / "striped"
