"""The whole pipeline at smoke scale, from nothing to the report, and then every command of the docs."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.helpers.deepfashion import write_benchmark
from tests.helpers.documented import DRY, OTHER_MACHINES, PAGES, ROOT, first_told
from tests.helpers.pipeline_project import save_photo

ENVIRONMENT = os.environ | {
    "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
    "DVC_NO_ANALYTICS": "1",
    "GIT_AUTHOR_NAME": "t",
    "GIT_AUTHOR_EMAIL": "t@example.invalid",
    "GIT_COMMITTER_NAME": "t",
    "GIT_COMMITTER_EMAIL": "t@example.invalid",
}
YOURS = r"/path/to/photos|\bPHOTOS\b"
"""How the docs call the reader's folder of photos; the tests have another one."""
RUNS = ("reports/experiments/runs", "reports/experiments/sizes")
"""Folders that finished runs fill: `dvc repro --dry` of what depends on one wants it there, if empty."""


def run(*command: str, cwd: Path) -> str:
    """Run a command of this environment, saying yes if it asks; its output, or a failed test with it."""
    done = subprocess.run(
        command, cwd=cwd, env=ENVIRONMENT, input="y\n", capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
    return done.stdout


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository of the working tree's files at smoke scale, after its first `dvc repro`."""
    clone = tmp_path_factory.mktemp("smoke") / "clone"
    files = run("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", cwd=ROOT).split("\0")
    for name in filter(None, files):
        if (ROOT / name).is_file() and name != "dvc.lock":  # of data that the clone does not have
            (clone / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, clone / name)
    run(sys.executable, "-m", "pipeline.scale", "smoke", cwd=clone)
    run("git", "init", "-q", cwd=clone)
    run("git", "add", "-A", cwd=clone)
    run("git", "commit", "-qm", "smoke", cwd=clone)
    run("dvc", "repro", cwd=clone)
    for runs in RUNS:
        (clone / runs).mkdir(parents=True)
    return clone


@pytest.mark.long
def test_smoke_repro_goes_from_nothing_to_a_report_and_a_second_one_has_nothing_to_do(clone: Path) -> None:
    page = (clone / "reports" / "index.html").read_text()
    assert "stand-in" in page
    metrics = json.loads((clone / "reports" / "metrics.json").read_text())
    assert 0 <= metrics["test"]["balanced_accuracy"] <= 1

    assert "up to date" in run("dvc", "repro", cwd=clone)


@pytest.mark.long
def test_the_command_in_the_report_renders_just_that_image(clone: Path, tmp_path: Path) -> None:
    page = (clone / "reports" / "index.html").read_text()
    samples = json.loads(re.search(r'id="sample-data">(.*?)</script>', page, re.DOTALL).group(1))
    sample = next(sample for sample in samples if sample["record"]["index"] == 7)
    run(*sample["command"].split()[:-1], str(tmp_path), "--workers", "1", cwd=clone)
    (image,) = tmp_path.rglob("*.jpg")
    assert image.read_bytes() == (clone / "data" / sample["path"]).read_bytes()


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A reader's photos, some of them with labels."""
    folder = tmp_path_factory.mktemp("photos")
    for seed in range(20):
        save_photo(folder / "shop" / f"{seed}.png", seed, 80)
    labels = ["plain", "floral", "striped", "dotted"]
    lines = [f"shop/{seed}.png,{labels[seed % 4]}" for seed in range(8)]
    (folder / "val.csv").write_text("\n".join(["path,label", *lines]) + "\n")
    (folder / "other_val.csv").write_text("path,label\nshop/8.png,tartan\nshop/9.png,lettering\n")
    return folder


def looks_served(clone: Path, command: str) -> None:
    """Start a command that serves a page, look at it, and stop it with Ctrl-C."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    process = subprocess.Popen(
        [*command.split(), "--port", port],
        cwd=clone,
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        assert process.stdout
        address = re.search(r"http://\S+", process.stdout.readline())
        assert address, command
        with urllib.request.urlopen(address[0], timeout=60) as answer:
            served = b"data.classes" if "--label" in command else b"Drop photos here"
            assert served in answer.read()
        if "--label" in command:
            answer_some(address[0])
    finally:
        process.send_signal(signal.SIGINT)
    assert process.wait(60) == 0


def answer_some(address: str) -> None:
    """Tell the labelling page, as its keys do, what the first photos show; the next commands learn it."""
    for number in range(8):
        told = json.dumps({"id": number, "label": ("plain", "floral")[number % 2]}).encode()
        request = urllib.request.Request(f"{address}/answer", told, {"Content-Type": "application/json"})
        urllib.request.urlopen(request, timeout=60).close()


def queue_is_done(clone: Path, _: str) -> None:
    deadline = time.monotonic() + 600
    while run("git", "for-each-ref", "refs/exps", cwd=clone).count("/lr-") < 2:  # DVC itself takes seconds
        assert time.monotonic() < deadline, run("dvc", "queue", "status", cwd=clone)
        time.sleep(1)
    while re.search("Queued|Running", status := run("dvc", "queue", "status", cwd=clone)):
        assert time.monotonic() < deadline, status
    assert status.count("Success") == 2, status
    assert "Failed" not in status


def shows_experiments(_: Path, output: str) -> None:
    """Both of the queue, with their learning rates and figures."""
    for name, lr in (("lr-1", "0.0001"), ("lr-2", "0.0003")):
        assert re.search(rf"\[{name}\].* {lr} ", output), output
    assert "calibration_error" in output


def compares_metrics(_: Path, output: str) -> None:
    """Before, after and the difference."""
    number = r"-?[\d.e-]+"
    row = rf"reports/metrics.json +\S+\.calibration_error +{number} +{number} +{number}\s"
    assert re.search(row, output), output


def draws_plots(clone: Path, output: str) -> None:
    page = (clone / "dvc_plots" / "index.html").read_text()
    assert "dvc_plots/index.html" in output
    assert "Target val photos" in page
    assert "loss" in page


def labels_photos(clone: Path, _: str) -> None:
    assert len((clone / "predictions.csv").read_text().splitlines()) == 21


def trains_with(setting: str, value: str) -> Callable[[Path, str], None]:
    """Is the model in the workspace one of this setting, not an older one out of a cache?"""

    def check(clone: Path, _: str) -> None:
        model = json.loads((clone / "models" / "classifier" / "model.json").read_text())
        assert model["trained_with"]["params"][setting] == value

    return check


CHECKS: dict[str, Callable[[Path, str], None]] = {
    "dvc exp run -S train.method=mcc": trains_with("method", "mcc"),
    "dvc queue start": queue_is_done,
    "dvc exp show --only-changed": shows_experiments,
    "dvc metrics diff": compares_metrics,
    "dvc plots show": draws_plots,
    "python -m pipeline.predict": labels_photos,
}
"""What more is true after a command that begins so than that its exit status is 0."""


def test_every_check_is_of_a_documented_command() -> None:
    told = [command for page in PAGES for command in first_told(page)]
    assert [start for start in CHECKS if not any(command.startswith(start) for command in told)] == []


@pytest.mark.long
@pytest.mark.parametrize(
    "page",
    [page for page in PAGES if first_told(page) and page.name not in OTHER_MACHINES],
    ids=lambda page: page.name,
)
def test_every_command_of_a_console_block_runs_as_printed(clone: Path, photos: Path, page: Path) -> None:
    make_the_readers_files(clone)
    variables = ""
    for command in first_told(page):
        command = re.sub(YOURS, str(photos), command)
        if re.match(r"[A-Z]+=", command):
            variables += command + "\n"
        elif command.startswith("python -m pipeline.demo"):
            looks_served(clone, command)
        elif page.name not in DRY or not command.startswith("dvc exp run"):
            dry = " --dry" if page.name in DRY and command.startswith("dvc repro") else ""
            output = run("bash", "-c", variables + command + dry, cwd=clone)
            for start, check in CHECKS.items():
                if command.startswith(start):
                    check(clone, output)
    run("git", "checkout", "-q", ".", cwd=clone)
    if page.name == "add-a-garment.md":
        run("dvc", "checkout", "-q", "--force", "data/garments", cwd=clone)


def make_the_readers_files(clone: Path) -> None:
    """What the docs take for granted: a mesh and DeepFashion's benchmark."""
    if not (clone / "my_dress.glb").exists():
        code = "from pathlib import Path; from tests.helpers.meshes import tube; tube(Path('my_dress.glb'))"
        run(sys.executable, "-c", code, cwd=clone)
        write_benchmark(clone / "path" / "to" / "benchmark")
