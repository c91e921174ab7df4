"""The docs tell the truth: commands parse, links lead somewhere, params and messages are the code's."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from assets.common.settings import read_yaml
from pipeline.params import Params
from pipeline.reference import reference
from tests.helpers.documented import ELSEWHERE, PAGES, ROOT, console
from tests.helpers.parsing import WrongCommand, check


def commands(page: Path) -> Iterator[str]:
    """The commands of console blocks, and every `python -m ...` between backticks."""
    yield from console(page)
    text = re.sub(r"```.*?```", "", page.read_text(), flags=re.DOTALL)
    yield from re.findall(r"`(python -m [^`\n]+|dvc exp run [^`\n]+)`", text)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_documented_command_is_one_that_its_program_takes(
    page: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    for command in commands(page):
        check(command)


@pytest.mark.parametrize(
    "command",
    [
        "make tests",
        "make check environment",
        "python -m pipeline.predit --help",
        "python -m pipeline.params",
        "python -m train --epochs 3",
        "python -m sdg.render --class florale --n 5000",
        "python -m pipeline.import_photos deepfashon path --out photos",
        "fashion-cut predit",
        "TRUE=1 nonsense",
        "nonsense --n=1",
        "dvc expp show",
        "dvc exp show --sort-after n",
        "dvc exp run -S train.learning_rate=1",
        "dvc exp run -S train.epochs=many",
        "dvc exp run --queue -S train.lr=1e-4,-1",
        "dvc exp run -S 'classes=[plain,stripy]'",
        "dvc repro pipeline/experiments/dvc.yaml:figure6",
        "git add params.yaml && make tests",
        "accelerate launch --num_processes 4 -m trian",
        "accelerate launch --number 4 -m train",
        "ssh node1 dask worker tcp://10.0.0.1:8786 --threads 8",
    ],
)
def test_a_wrong_command_would_be_found(command: str) -> None:
    with pytest.raises(WrongCommand):
        check(command)


def test_what_is_not_run_is_still_documented() -> None:
    """Every other command of a console block is run by tests/repository/test_smoke_repro.py."""
    assert set(ELSEWHERE) <= {command for page in PAGES for command in console(page)}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text()):
        assert (page.parent / target).exists(), target


def test_the_reference_of_params_is_up_to_date() -> None:
    page = (ROOT / "docs" / "params.md").read_text()
    assert page == reference(read_yaml(ROOT / "params.yaml")), "run python -m pipeline.reference"
    assert all(f"`{name}`" in page or f"## {name}" in page for name in Params.model_fields)


def texts() -> list[str]:
    """Every string of the code, with … for what is filled in."""
    found = []
    for room in ("assets", "materials", "sdg", "train", "pipeline"):
        for path in (ROOT / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.JoinedStr):
                    parts = [part.value if isinstance(part, ast.Constant) else "…" for part in node.values]
                    found.append("".join(map(str, parts)))
                elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                    found.append(node.value)
    return found


def test_the_messages_in_the_faq_are_those_of_the_code() -> None:
    known = texts()
    messages = re.findall(r"^### `(.*)`$", (ROOT / "docs" / "faq.md").read_text(), re.MULTILINE)
    assert len(messages) >= 8
    for message in messages:
        plain = message.replace("model.json", "…")
        parts = [re.escape(part) for part in plain.split("…") if part.strip(" :;,()")]
        assert any(re.search(".*".join(parts), text, re.DOTALL) for text in known), message


def test_the_citation_names_the_paper_and_the_version() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    assert citation["cff-version"] == "1.2.0"
    assert f'version = "{citation["version"]}"' in (ROOT / "pyproject.toml").read_text()
    (paper,) = citation["references"]
    assert paper["authors"][0]["family-names"] == "Moreu"
    assert paper["title"].startswith("Fashion CUT")
