"""Whether a documented command is one that its program would take, without running it."""

import argparse
import re
import shlex
from importlib import import_module
from importlib.util import find_spec

import click
import yaml
from accelerate.commands.launch import launch_command_parser
from dvc.cli import DvcParserError
from dvc.cli.parser import get_main_parser

from pipeline.cli import COMMANDS
from pipeline.params import Params
from tests.helpers.documented import ROOT
from tests.helpers.params import merged

NOT_OURS = {"pip", "git", "kubectl", "eval"}
"""Programs whose arguments are not looked at."""
BEFORE_A_COMMAND = {"ssh", "srun"}
TARGETS = {
    target
    for targets in re.findall(r"^([\w ]+):(?!=)", (ROOT / "Makefile").read_text(), re.MULTILINE)
    for target in targets.split()
}


class WrongCommand(Exception):
    """A command that its program would refuse, and why."""


def check(command: str) -> None:
    """Raise WrongCommand if a line of a shell is none that works; the files may be missing."""
    words: list[str] = []
    for word in [*shlex.split(command), "&&"]:
        if word == "&&":
            _check(words)
            words = []
        elif words or not re.match(r"[A-Z_]+=", word):
            words.append(word)


def _check(words: list[str]) -> None:
    program, *arguments = words
    if program in BEFORE_A_COMMAND and "dask" in arguments:
        program, *arguments = arguments[arguments.index("dask") :]
    match program, arguments:
        case "python", ["-m", module, *rest]:
            _parse(main_of(module), rest)
        case "fashion-cut", [name, *rest] if name in COMMANDS:
            _parse(main_of(COMMANDS[name][0]), rest)
        case "dask", [("scheduler" | "worker") as name, *rest]:
            _parse(import_module(f"distributed.cli.dask_{name}").main, rest)
        case "accelerate", ["launch", *rest]:
            launched = _arguments(launch_command_parser(), rest)
            _parse(main_of(launched.training_script), launched.training_script_args)
        case "make", targets:
            _require(set(targets) <= TARGETS, f"the Makefile has {sorted(TARGETS)}")
        case "dvc", rest:
            _dvc(_arguments(get_main_parser(), rest))
        case _:
            _require(program in NOT_OURS, f"no program or command of ours: {shlex.join(words)}")


def main_of(module: str) -> click.Command:
    """The command of `python -m module`."""
    try:
        package = find_spec(module)
    except ModuleNotFoundError:
        package = None
    _require(package is not None, f"no module {module}")
    found = import_module(f"{module}.__main__" if package and package.submodule_search_locations else module)
    _require(hasattr(found, "main"), f"{module} is no command")
    main: click.Command = found.main
    return main


def _parse(main: click.Command, words: list[str]) -> None:
    """Let click parse; a command that is only named, without arguments, is that."""
    if isinstance(main, click.Group) and words and not words[0].startswith("-"):
        _require(words[0] in main.commands, f"{main.name} has {sorted(main.commands)}")
        main, words = main.commands[words[0]], words[1:]
    if not words:
        return
    try:
        main.make_context(main.name, words)
    except click.exceptions.Exit:  # --help
        pass
    except click.ClickException as error:
        _require("does not exist" in error.format_message(), error.format_message())


def _arguments(parser: argparse.ArgumentParser, words: list[str]) -> argparse.Namespace:
    try:
        return parser.parse_args(words)
    except (SystemExit, DvcParserError) as error:
        raise WrongCommand(f"{parser.prog} refuses {shlex.join(words)}") from error


def _dvc(arguments: argparse.Namespace) -> None:
    """Stages that are named exist; `-S` sets keys that exist to values that they take."""
    for target in getattr(arguments, "targets", None) or []:
        file, _, stage = target.rpartition(":")
        stages = yaml.safe_load((ROOT / (file or "dvc.yaml")).read_text())["stages"]
        _require(stage in stages, f"{file or 'dvc.yaml'} has {sorted(stages)}")
    params = yaml.safe_load((ROOT / "params.yaml").read_text())
    for setting in getattr(arguments, "set_param", None) or []:
        key, _, values = setting.partition("=")
        for value in re.split(r",(?![^[]*])", values):  # not within a list
            change = yaml.safe_load(value)
            for part in reversed(key.split(".")):
                change = {part: change}
            try:
                Params.parse(merged(params, change), key)
            except (AssertionError, TypeError, click.ClickException) as error:
                raise WrongCommand(f"{setting}: {error}") from error


def _require(truth: bool, otherwise: str) -> None:
    if not truth:
        raise WrongCommand(otherwise)
