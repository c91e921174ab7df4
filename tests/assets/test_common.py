"""The promises of assets/common: atomic files, randomness by key, settings with one-line errors."""

import errno
import os
import platform
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field

from assets.common.command import Command
from assets.common.files import atomic_path, require_replaceable, write_bytes
from assets.common.processes import in_processes
from assets.common.progress import progress
from assets.common.rng import rng_for
from assets.common.settings import Settings, read_yaml

KEYS = st.lists(st.one_of(st.integers(0, 2**31), st.text(max_size=8)), min_size=1, max_size=4)


@given(KEYS, KEYS)
def test_equal_keys_give_equal_streams_and_different_keys_different_ones(a: list, b: list) -> None:
    first, again, other = rng_for(*a).random(4), rng_for(*a).random(4), rng_for(*b).random(4)
    assert (first == again).all()
    assert (first == other).all() == (a == b)


def test_a_failed_write_leaves_the_old_file_and_no_temporary_one(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    write_bytes(path, b"old")
    with pytest.raises(IsADirectoryError), atomic_path(path) as temporary:
        temporary.write_bytes(b"ne")
        tmp_path.read_bytes()
    assert [p.name for p in tmp_path.iterdir()] == ["a.json"]
    assert path.read_bytes() == b"old"


def test_a_process_killed_while_writing_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    write_bytes(path, b"old")
    code = (
        "import os, signal, sys\n"
        "from assets.common.files import atomic_path\n"
        "with atomic_path(sys.argv[1]) as temporary:\n"
        "    temporary.write_bytes(b'half')\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(path)], env=os.environ, check=False)
    assert done.returncode == -signal.SIGKILL
    assert path.read_bytes() == b"old"


def test_what_is_written_into_a_pipe_or_a_device_leaves_it_one(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    write_bytes(pipe, b"through")
    assert os.read(reader, 100) == b"through"
    os.close(reader)
    assert pipe.is_fifo()
    write_bytes("/dev/null", b"nothing")
    assert Path("/dev/null").is_char_device()
    require_replaceable(Path("/dev/null"))
    assert [p.name for p in tmp_path.iterdir()] == ["pipe"]


@pytest.mark.parametrize("redirect", ["> {}", "| cat > {}", ">> {}"])
def test_standard_output_is_a_place_for_a_file(tmp_path: Path, redirect: str) -> None:
    code = "from assets.common.files import write_bytes; write_bytes('/dev/stdout', b'whole\\n')"
    out = tmp_path / "out.txt"
    subprocess.run(f'{sys.executable} -c "{code}" {redirect.format(out)}', shell=True, check=True)
    assert out.read_bytes() == b"whole\n"
    assert Path("/dev/stdout").is_symlink()


def test_a_folder_is_never_replaced_and_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    for refuses in (lambda path: write_bytes(path, b"x"), require_replaceable):
        with pytest.raises(IsADirectoryError, match="folder"):
            refuses(tmp_path / "folder")
    write_bytes(tmp_path / "cache", b"cached")
    (tmp_path / "link").symlink_to(tmp_path / "cache")
    write_bytes(tmp_path / "link", b"new")
    assert (tmp_path / "cache").read_bytes() == b"cached"
    assert (tmp_path / "link").read_bytes() == b"new"


def test_an_input_is_not_replaceable(tmp_path: Path) -> None:
    write_bytes(tmp_path / "a", b"x")
    require_replaceable(tmp_path / "a", [tmp_path / "b"])
    (tmp_path / "b").symlink_to("a")
    with pytest.raises(FileExistsError, match="one of the files that are read"):
        require_replaceable(tmp_path / "a", [tmp_path / "b"])


def test_a_command_refuses_to_write_over_what_it_reads_and_empty_paths(tmp_path: Path) -> None:
    @click.command(cls=Command)
    @click.option("--params", type=click.Path(path_type=Path))
    @click.option("--out", type=click.Path(path_type=Path))
    @click.argument("others", nargs=-1, type=click.Path())
    def copy(params: Path, out: Path, others: tuple[str, ...]) -> None:
        write_bytes(out, b"new")

    file = tmp_path / "a.yaml"
    file.write_text("old")
    for arguments in (["--params", file, "--out", tmp_path / "." / "a.yaml"], ["--out", file, "b", file]):
        done = CliRunner().invoke(copy, [str(part) for part in arguments])
        assert done.exit_code == 2
        assert "write to another file" in done.stderr
    for arguments in (["--out", ""], ["--out", "x", ""], ["--out="]):
        done = CliRunner().invoke(copy, arguments)
        assert done.exit_code == 2
        assert "the path is empty" in done.stderr
    assert file.read_text() == "old"


@pytest.mark.parametrize("number", ["nan", "inf", "-inf"])
def test_an_option_that_is_no_number_is_refused(number: str) -> None:
    @click.command(cls=Command)
    @click.option("--share", type=click.FloatRange(0))
    def take(share: float) -> None:
        raise AssertionError

    assert CliRunner().invoke(take, ["--share", number]).exit_code == 2


def test_an_error_names_a_strange_file_without_obeying_it() -> None:
    @click.command(cls=Command)
    @click.option("--how")
    def fail(how: str) -> None:
        if how == "locked":
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), "a\x1b[2J\nb")
        raise click.ClickException("a\x1b[2Jb: wrong")

    assert CliRunner().invoke(fail, ["--how", "wrong"]).stderr == "Error: a\\x1b[2Jb: wrong\n"
    locked = CliRunner().invoke(fail, ["--how", "locked"]).stderr
    assert locked.startswith("Error: a\\x1b[2J\\nb: Permission denied; give yourself the right to it")
    assert "make room" not in locked


class Inner(Settings):
    epochs: int = Field(gt=0)


class Outer(Settings):
    train: Inner


@pytest.mark.parametrize(
    ("data", "line"),
    [
        ({"train": {"epochs": 0}}, "p.yaml: train.epochs: Input should be greater than 0 (got 0)"),
        ({"train": {"epochs": 1, "epoch": 2}}, "p.yaml: train.epoch: unknown key"),
        ({"train": {}}, "p.yaml: train.epochs: missing"),
        ({"train": {"epochs": "many"}}, "p.yaml: train.epochs: Input should be a valid integer"),
    ],
)
def test_a_wrong_setting_is_one_line_that_names_the_key(data: dict, line: str) -> None:
    with pytest.raises(click.ClickException) as error:
        Outer.parse(data, "p.yaml")
    assert error.value.message.startswith(line)
    assert "\n" not in error.value.message


def test_a_broken_yaml_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "p.yaml").write_text("a: [1")
    with pytest.raises(click.ClickException, match=r"p\.yaml: not valid YAML"):
        read_yaml(tmp_path / "p.yaml")
    with pytest.raises(click.ClickException, match=r"none\.yaml: no such file"):
        read_yaml(tmp_path / "none.yaml")


def test_a_machine_without_opengl_is_told_which_packages_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    from assets.common import blender

    def absent(name: str) -> None:
        raise OSError(f"{name}: cannot open shared object file")

    monkeypatch.setattr(blender.ctypes, "CDLL", absent)
    with pytest.raises(click.ClickException, match=r"apt-get install libegl1 .*libEGL.so.1: cannot open"):
        blender.require_opengl()


def test_egl_without_a_driver_is_told_too(monkeypatch: pytest.MonkeyPatch) -> None:
    from assets.common import blender

    monkeypatch.setattr(blender, "_EGL_PLATFORMS", (0,))
    with pytest.raises(click.ClickException, match="finds no driver"):
        blender.require_opengl()


def test_workers_of_a_killed_run_end_with_it(tmp_path: Path) -> None:
    code = (
        "import sys, time\n"
        "from assets.common.processes import in_processes\n"
        "sys.path.append('tests/assets')\n"
        "from test_common import note_and_sleep\n"
        "if __name__ == '__main__':\n"
        "    list(in_processes(note_and_sleep, [sys.argv[1]], 1, 1))\n"
    )
    note = tmp_path / "pid"
    run = subprocess.Popen([sys.executable, "-c", code, str(note)], cwd=Path(__file__).parents[2])
    wait_for(note.exists)
    run.kill()
    run.wait()
    wait_for(lambda: not alive(int(note.read_text())))


def test_processes_are_replaced_and_no_task_is_lost() -> None:
    done = dict(in_processes(process_of, list(range(5)), workers=1, recycle=2))
    assert sorted(done) == [0, 1, 2, 3, 4]
    assert len(set(done.values())) == 3


def process_of(_: int) -> int:
    return os.getpid()


def note_and_sleep(note: str) -> None:
    write_bytes(note, str(os.getpid()).encode())
    time.sleep(60)


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def wait_for(condition: Callable[[], bool], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_log_gets_one_line_with_the_rate_of_all_tasks_together(capsys):
    with progress("img") as bar:
        for name in ("plain", "floral"):
            bar.advance(bar.add_task(name, total=3), 3)
    assert re.search(r"plain, floral: 6 img in [\d.]+ s \([\d.]+ img/s\)", capsys.readouterr().err)


def test_freed_memory_is_kept_for_the_next_frame_or_step():
    """On glibc; where there is no mallopt, nothing is promised."""
    code = """
import resource, sys
import numpy as np
from assets.common.runtime import keep_freed_memory
if sys.argv[1] == "prepared":
    keep_freed_memory()
for _ in range(3):
    np.ones(4 << 20).sum()
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(20):
    np.ones(4 << 20).sum()
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""
    kept, given_back = (
        int(subprocess.run([sys.executable, "-c", code, how], capture_output=True, check=True).stdout)
        for how in ("prepared", "plain")
    )
    assert kept < 100
    if platform.libc_ver()[0] == "glibc":
        assert given_back > 20 * kept
