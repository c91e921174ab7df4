"""Hashes of source code: what was made by code that has changed is made again."""

import ast
import hashlib
from collections.abc import Iterable
from pathlib import Path


def code_hash(sources: Iterable[Path]) -> str:
    """Return the hex SHA-256 of Python files, in the order given; comments and layout do not count."""
    digest = hashlib.sha256()
    for source in sources:
        digest.update(ast.dump(ast.parse(source.read_bytes())).encode())
        digest.update(b"\0")
    return digest.hexdigest()
