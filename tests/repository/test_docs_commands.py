"""The docs tell the truth: commands parse, links lead somewhere, params and messages are the code's."""

import ast
import re
import shlex
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import click
import pytest
import yaml

from assets.common.settings import read_yaml
from pipeline.params import Params
from pipeline.reference import reference
from tests.helpers.documented import ELSEWHERE, PAGES, ROOT, console

OTHERS = {
    "source",
    "pip",
    "git",
    "cd",
    "accelerate",
    "export",
    "eval",
    "fashion-cut",
    "dask",
    "ssh",
    "srun",
    "kubectl",
}
DVC = {
    "repro",
    "exp run",
    "exp show",
    "exp apply",
    "metrics diff",
    "plots show",
    "queue start",
    "queue status",
}


def commands(page: Path) -> Iterator[str]:
    """The commands of console blocks, and every `python -m ...` between backticks."""
    yield from console(page)
    text = re.sub(r"```.*?```", "", page.read_text(), flags=re.DOTALL)
    yield from re.findall(r"`(python -m [^`\n]+|dvc exp run [^`\n]+)`", text)


def check(command: str) -> None:
    """Parse a command as its program would, without running it."""
    words = [word for word in shlex.split(command) if "=" not in word or word.startswith("-") or "." in word]
    program, arguments = words[0], words[1:]
    if program == "python" and arguments[0] == "-m":
        module, rest = arguments[1], arguments[2:]
        try:
            main = import_module(f"{module}.__main__").main
        except ModuleNotFoundError:
            main = import_module(module).main
        if isinstance(main, click.Group) and rest and rest[0] in main.commands:
            main, rest = main.commands[rest[0]], rest[1:]
        known = {name for option in main.params for name in option.opts}
        assert {word for word in rest if word.startswith("--")} <= known | {"--help"}, command
        if rest and "--help" not in rest:
            main.make_context(module, [word for word in rest if word not in {"..."}])
    elif program == "make":
        assert all(f"\n{target}:" in MAKEFILE or f" {target}" in MAKEFILE for target in arguments), command
    elif program == "dvc":
        verb = " ".join(arguments[:2]) if arguments[0] != "repro" else "repro"
        assert verb in DVC, command
        for setting in re.findall(r"-S (\S+?)=", command):
            value = read_yaml(ROOT / "params.yaml")
            for key in setting.split("."):
                assert key in value, f"{command}: no param {setting}"
                value = value[key]
    else:
        assert program in OTHERS or "=" in command, command


MAKEFILE = (ROOT / "Makefile").read_text()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_documented_command_is_one_that_exists(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    for command in commands(page):
        try:
            check(command)
        except click.exceptions.ClickException as error:
            if "does not exist" not in error.format_message():  # the reader's files
                pytest.fail(f"{command}: {error.format_message()}")


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
