"""All commands behave alike: names of options, exit statuses, one name with shell completion for them all."""

import ast
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from assets.common.command import Command
from pipeline.cli import COMMANDS
from pipeline.cli import main as fashion_cut

ROOT = Path(__file__).parents[2]
MEANINGS = {
    "--seed": click.IntRange,
    "--n": click.IntRange,
    "--workers": click.IntRange,
    "--size": click.IntRange,
    "--out": click.Path,
    "--model": click.Path,
    "--images": click.Path,
    "--garments": click.Path,
    "--params": click.Path,
    "--synthetic": click.Path,
    "--target": click.Path,
    "--class": click.Choice,
    "--format": click.Choice,
}
"""What an option of this name is, in every command."""


def modules() -> Iterator[str]:
    """Every module of the rooms that is a command."""
    for room in ("assets", "materials", "sdg", "train", "pipeline"):
        for path in sorted((ROOT / room).rglob("*.py")):
            names = {getattr(node, "name", None) for node in ast.parse(path.read_text()).body}
            if "main" in names:
                yield ".".join(path.relative_to(ROOT).with_suffix("").parts)


def commands(module: str) -> list[click.Command]:
    main = import_module(module).main
    return list(main.commands.values()) if isinstance(main, click.Group) else [main]


MODULES = list(modules())


@pytest.mark.parametrize("module", MODULES)
def test_an_option_means_the_same_in_every_command(module: str) -> None:
    for command in commands(module):
        assert isinstance(command, Command), "gives it the exit statuses of the others"
        assert command.help
        for option in command.params:
            if isinstance(option, click.Option):
                assert option.help, option.name
                for name in option.opts:
                    assert name == name.lower().replace("_", "-")
                    kind = MEANINGS.get(name)
                    assert kind is None or isinstance(option.type, kind), f"{module} {name}: {option.type}"
                if "--seed" in option.opts or "--workers" in option.opts:
                    assert option.type.min == ("--workers" in option.opts)  # type: ignore[attr-defined]


@pytest.mark.parametrize("module", MODULES)
def test_a_wrong_option_is_exit_status_2_and_help_is_0(module: str) -> None:
    for command in commands(module):
        wrong = CliRunner().invoke(command, ["--no-such-option"])
        assert wrong.exit_code == 2
        assert "No such option" in wrong.stderr
        assert CliRunner().invoke(command, ["--help"]).exit_code == 0


def test_the_walk_found_the_commands() -> None:
    assert len(MODULES) >= 25
    assert {module for module, _ in COMMANDS.values()} <= set(MODULES)


STUBBORN = """
import sys, time, click
from assets.common.command import Command

@click.command(cls=Command)
def main():
    print("ready", flush=True)
    time.sleep(60)

main()
"""


@pytest.mark.parametrize(
    ("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, -signal.SIGTERM)], ids=["INT", "TERM"]
)
def test_a_command_that_is_stopped_has_the_exit_status_of_a_shell(
    number: signal.Signals, status: int
) -> None:
    """A process that ends by signal 15, here -15, is 143 to a shell."""
    process = subprocess.Popen(
        [sys.executable, "-c", STUBBORN], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout
    assert process.stdout.readline() == "ready\n"
    time.sleep(0.1)
    process.send_signal(number)
    assert "Traceback" not in process.communicate(timeout=60)[1]
    assert process.returncode == status


def test_an_error_of_the_disk_is_one_line_and_exit_status_1(tmp_path: Path) -> None:
    @click.command(cls=Command)
    def full() -> None:
        raise OSError(28, "No space left on device", str(tmp_path))

    done = CliRunner().invoke(full)
    assert done.exit_code == 1
    assert done.stderr.startswith(f"Error: {tmp_path}: No space left on device; make room")


def test_every_command_of_fashion_cut_is_there_and_described() -> None:
    for name in COMMANDS:
        done = CliRunner().invoke(fashion_cut, [name, "--help"], prog_name="fashion-cut")
        assert done.exit_code == 0, name
        assert f"fashion-cut {name}" in done.stdout
        listed = CliRunner().invoke(fashion_cut, ["--help"]).stdout
        assert re.search(rf"^  {name} ", listed, re.MULTILINE), "its name in a description does not count"
    assert CliRunner().invoke(fashion_cut, ["nonsense"]).exit_code == 2
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["scripts"]
    assert scripts == {"fashion-cut": "pipeline.cli:main"}


def test_the_page_of_commands_lists_them_all() -> None:
    page = (ROOT / "docs" / "commands.md").read_text()
    rows = [
        f"| `{name}` | `{module.removesuffix('.__main__')}` | {line} |"
        for name, (module, line) in COMMANDS.items()
    ]
    assert re.findall(r"^\| `.*` \| `.*` \| .* \|$", page, re.MULTILINE) == rows


def test_listing_the_commands_loads_none_of_them() -> None:
    code = (
        "import sys; from pipeline.cli import main; main(['--help'], standalone_mode=False); "
        "assert not {'torch', 'bpy', 'numpy'} & sys.modules.keys()"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)


@pytest.fixture
def path_with_fashion_cut(tmp_path: Path) -> str:
    """A PATH that has the script, as `pip install` writes it."""
    script = tmp_path / "fashion-cut"
    script.write_text(f"#!{sys.executable}\nfrom pipeline.cli import main\nmain()\n")
    script.chmod(0o755)
    return f"{tmp_path}:{os.environ['PATH']}"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("fashion-cut re", {"release", "render", "report"}),
        ("fashion-cut scale s", {"smoke"}),
        ("fashion-cut render --class str", {"striped"}),
        ("fashion-cut render --ind", {"--index"}),
    ],
)
def test_bash_completes_commands_options_and_choices(
    path_with_fashion_cut: str, line: str, expected: set[str]
) -> None:
    bash = shutil.which("bash")
    assert bash
    script = f"""
        eval "$(_FASHION_CUT_COMPLETE=bash_source fashion-cut)"
        COMP_WORDS=({line}); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))
        _fashion_cut_completion fashion-cut
        printf '%s\n' "${{COMPREPLY[@]}}"
    """
    environment = os.environ | {"PATH": path_with_fashion_cut, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([bash, "-c", script], env=environment, capture_output=True, text=True, check=False)
    assert set(done.stdout.split()) == expected, done.stderr
