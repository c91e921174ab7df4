"""The one rule for what an output depends on: the code that its entry modules reach by imports."""

import ast
import hashlib
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import click
import grimp

ROOMS = ("assets", "materials", "sdg", "train")


@cache
def code_hash(*entries: str) -> str:
    """Return the hex SHA-256 of the modules `entries` and of all of ours that they import, however far.

    What is imported by name only (a pattern, a garment type, a method) no import graph sees: it is an entry
    of its own. Comments, docstrings and layout do not count, nor do the `__init__` files of packages, which
    hold registries: a new pattern changes no other one.
    """
    reached = set(entries).union(*(_imports().find_upstream_modules(entry) for entry in entries))
    digest = hashlib.sha256()
    for module in sorted(reached):
        spec = find_spec(module)
        if spec and spec.origin and not spec.submodule_search_locations:
            digest.update(f"{module}\0{_meaning(Path(spec.origin))}\0".encode())
    return digest.hexdigest()


@cache
def _imports() -> grimp.ImportGraph:
    try:
        return grimp.build_graph(*ROOMS, exclude_type_checking_imports=True, cache_dir=None)
    except grimp.exceptions.SourceSyntaxError as error:
        raise click.ClickException(f"{error}; mend it: all code is read to know what to make anew") from None


@cache
def _meaning(source: Path) -> str:
    """Return the syntax tree of a Python file without its free-standing strings."""
    tree = ast.parse(source.read_bytes())
    for node in ast.walk(tree):
        if isinstance(body := getattr(node, "body", None), list):
            node.body = [line for line in body if not _is_text(line)]  # type: ignore[attr-defined]
    return ast.dump(tree)


def _is_text(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )
