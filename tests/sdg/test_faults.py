"""Nothing is lost: farm, data set and resuming against kills, crashes, hangs and lost workers.

Everything is real but the pixels (`stub_blender.py`), so that 20 kills take seconds.
"""

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from sdg import verify
from sdg.dataset.folder import RECORDS, read_records
from tests.helpers.cluster import cluster
from tests.helpers.tiny_garments import files_of, write_garments

STUB = Path(__file__).parents[1] / "helpers" / "stub_blender.py"
N = 120
KILLS = 20


@pytest.fixture(scope="module")
def garments(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_garments(tmp_path_factory.mktemp("garments"))


@pytest.fixture(scope="module")
def uninterrupted(garments: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    out = tmp_path_factory.mktemp("uninterrupted")
    assert start(out, garments).wait() == 0
    return files_of(out / "plain")


def start(
    out: Path, garments: Path, *more: str, n: int = N, env: dict[str, str] | None = None
) -> subprocess.Popen[str]:
    command = ["--class", "plain", "--n", str(n), "--size", "48", "--format", "png", "--workers", "2"]
    command += ["--out", str(out), "--garments", str(garments), *more]
    return subprocess.Popen(
        [sys.executable, str(STUB), "render", *command],
        env=environment(**env or {}),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


def environment(**more: str) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(STUB.parents[2]), **more}


def finished(out: Path) -> int:
    path = out / "plain" / RECORDS
    return path.read_bytes().count(b"\n") if path.exists() else 0


def children(pid: int) -> list[psutil.Process]:
    """The processes that stand for Blender and run."""
    found = []
    for process in psutil.Process(pid).children():
        try:
            if "child" in process.cmdline():
                found.append(process)
        except psutil.Error:  # just ended
            continue
    return found


def kill(process: subprocess.Popen[str], victim: str) -> None:
    """Kill -9 a Blender child, the coordinator, or all of them."""
    victims = children(process.pid)
    if victim == "child":
        victims = victims[:1]
    else:
        process.kill()
        victims = victims if victim == "all" else []
    for one in victims:
        try:
            one.kill()
        except psutil.NoSuchProcess:
            continue


@pytest.mark.long
def test_a_run_killed_20_times_ends_with_the_bytes_of_an_uninterrupted_one(
    garments: Path, uninterrupted: dict[str, bytes], tmp_path: Path
) -> None:
    rng = random.Random(time.time_ns())
    process, seen, done = start(tmp_path, garments), set(), 0
    for number in range(KILLS):
        due = done + rng.randint(0, N // KILLS)
        while process.poll() is None and finished(tmp_path) < due:
            seen |= set(children(process.pid))
            time.sleep(0.01)
        time.sleep(rng.uniform(0, 0.06))
        assert process.poll() is None, f"over after {number} kills: {process.communicate()[1]}"
        seen |= set(children(process.pid))
        victim = rng.choice(["child", "child", "coordinator", "all"])
        kill(process, victim)
        if victim != "child":
            process.communicate()
            process = start(tmp_path, garments)
        done = finished(tmp_path)
    _, said = process.communicate()
    assert process.returncode == 0, said
    assert files_of(tmp_path / "plain") == uninterrupted
    assert list(verify.check(tmp_path / "plain", N)) == []
    _, alive = psutil.wait_procs(seen, timeout=20)
    assert not alive, "a process outlived its coordinator"


def test_an_image_that_always_crashes_is_listed_and_costs_no_other(
    garments: Path, uninterrupted: dict[str, bytes], tmp_path: Path
) -> None:
    process = start(tmp_path, garments, n=10, env={"STUB_CRASH": "4"})
    _, said = process.communicate()
    assert process.returncode == 1
    assert "1 images failed" in said
    assert "plain 4 (seed 0, garment square-" in said
    assert said.count("died") == 3, "two retries"
    assert sorted(record.index for record in read_records(tmp_path / "plain")) == [
        0,
        1,
        2,
        3,
        *range(5, 10),
    ]

    assert start(tmp_path, garments, n=10).wait() == 0
    files = files_of(tmp_path / "plain")
    assert all(files[name] == uninterrupted[name] for name in files if name != RECORDS)
    assert [record.index for record in read_records(tmp_path / "plain")] == list(range(10))


def test_an_image_that_hangs_is_cut_off(garments: Path, tmp_path: Path) -> None:
    process = start(tmp_path, garments, n=3, env={"STUB_HANG": "1"})
    _, said = process.communicate()
    assert process.returncode == 1
    assert said.count("took longer than 5 s") == 3
    assert [record.index for record in read_records(tmp_path / "plain")] == [0, 2]


def test_a_garment_that_vanishes_stops_the_run_and_its_return_resumes_it(
    garments: Path, uninterrupted: dict[str, bytes], tmp_path: Path
) -> None:
    library = tmp_path / "garments"
    library.mkdir()
    for path in garments.iterdir():
        (library / path.name).write_bytes(path.read_bytes())
    (library / "square-hung.npz").unlink()
    process = start(tmp_path / "out", library)
    _, said = process.communicate()
    assert process.returncode == 1
    progress, error = said.strip().splitlines()
    assert progress.startswith("plain: ")
    assert "square-hung.npz: garment file cannot be read" in error

    (library / "square-hung.npz").write_bytes((garments / "square-hung.npz").read_bytes())
    assert start(tmp_path / "out", library).wait() == 0
    assert files_of(tmp_path / "out" / "plain") == uninterrupted


def test_a_cluster_renders_the_same_bytes_even_if_it_loses_a_machine(
    garments: Path, uninterrupted: dict[str, bytes], tmp_path: Path
) -> None:
    with cluster(2, tmp_path, "--preload", str(STUB)) as (address, workers):
        out = tmp_path / "out"
        process = start(out, garments, "--scheduler", address)
        while finished(out) < N // 4 and process.poll() is None:
            time.sleep(0.02)
        workers[0].kill()
        _, said = process.communicate()
        assert process.returncode == 0, said
    assert files_of(out / "plain") == uninterrupted
