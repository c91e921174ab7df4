"""Run the command that renders."""

import subprocess
import sys

SETTINGS = ["--class", "striped", "--n", "5", "--size", "48", "--samples", "1", "--format", "png"]


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """`python -m sdg.render ARGUMENTS`, in a process of its own."""
    return subprocess.run([sys.executable, "-m", "sdg.render", *arguments], capture_output=True, text=True)
