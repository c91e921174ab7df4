"""The whole pipeline at smoke scale, from nothing to the report, as a newcomer runs it."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def run(*command: str, cwd: Path) -> str:
    """Run a command of this environment; its output, or a failed test that shows it."""
    environment = os.environ | {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "DVC_NO_ANALYTICS": "1",
        "GIT_AUTHOR_NAME": "t",
        "GIT_AUTHOR_EMAIL": "t@example.invalid",
        "GIT_COMMITTER_NAME": "t",
        "GIT_COMMITTER_EMAIL": "t@example.invalid",
    }
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
    return done.stdout


def changed_stages(clone: Path) -> set[str]:
    return set(json.loads(run("dvc", "status", "--json", "dvc.yaml", cwd=clone)))


@pytest.mark.long
def test_smoke_repro_goes_from_nothing_to_a_report_and_redoes_only_what_changed(tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    files = run("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", cwd=ROOT).split("\0")
    for name in filter(None, files):
        if (ROOT / name).is_file():
            (clone / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, clone / name)
    run(sys.executable, "-m", "pipeline.scale", "smoke", cwd=clone)
    run("git", "init", "-q", cwd=clone)
    run("git", "add", "-A", cwd=clone)
    run("git", "commit", "-qm", "smoke", cwd=clone)

    run("dvc", "repro", cwd=clone)
    page = (clone / "reports" / "index.html").read_text()
    assert "stand-in" in page
    metrics = json.loads((clone / "reports" / "metrics.json").read_text())
    assert 0 <= metrics["test"]["balanced_accuracy"] <= 1

    assert not changed_stages(clone)
    assert "up to date" in run("dvc", "repro", cwd=clone)

    with (clone / "materials" / "floral.py").open("a") as code:
        code.write("# touched\n")
    rendered_again = {stage for stage in changed_stages(clone) if stage.startswith("render@")}
    assert rendered_again == {"render@floral"}
    run("git", "checkout", "-q", "materials/floral.py", cwd=clone)

    run("dvc", "exp", "run", "-S", "train.pseudo_label_epoch=2", cwd=clone)
    assert "up to date" in run("dvc", "repro", cwd=clone)
