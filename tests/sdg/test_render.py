"""Promises of the renderer: the same bytes, whatever happens on the way."""

import errno
import hashlib
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from assets.common.files import sha256
from assets.library import read_library
from sdg.dataset.folder import RECORDS, read_records
from sdg.render import main as render_command
from tests.helpers.rendering import SETTINGS, run
from tests.helpers.tiny_garments import files_of


def test_every_image_has_a_record_that_describes_it(rendered: Path) -> None:
    records = list(read_records(rendered))
    assert [record.index for record in records] == list(range(5))
    assert sorted(files_of(rendered)) == sorted([RECORDS, *(record.image for record in records)])
    for record in records:
        assert record.sha256 == sha256(rendered / record.image)
        assert (record.name, record.seed, record.preset) == ("striped", 0, "cpu")
        assert record.material
        assert record.garment.type == "square"
    assert len({record.sha256 for record in records}) == 5


def test_an_image_rendered_alone_and_out_of_order_is_the_same(rendered: Path, garments: Path) -> None:
    from sdg.params import Quality
    from sdg.picture.renderer import Renderer
    from sdg.scene.scene import sample_scene
    from sdg.scene.wardrobe import pick_garment

    renderer = Renderer(Quality(size=48, samples=1, format="png"), garments)
    library = read_library(garments)
    for index in (3, 1):
        scene = sample_scene(pick_garment(library, 0, "striped", index), 0, "striped", index, 48)
        image = renderer.render("striped", scene)
        assert hashlib.sha256(image).hexdigest() == sha256(rendered / f"{index:06d}.png")


def test_images_asked_for_by_number_are_those_of_the_whole_set(
    rendered: Path, garments: Path, tmp_path: Path
) -> None:
    own = ["--out", str(tmp_path), "--garments", str(garments), "--workers", "1"]
    finished = run(*SETTINGS, "--index", "3", "--index", "1-2", *own)
    assert finished.returncode == 0, finished.stderr
    assert [record.index for record in read_records(tmp_path / "striped")] == [1, 2, 3]
    for path in (tmp_path / "striped").glob("*.png"):
        assert path.read_bytes() == (rendered / path.name).read_bytes()
    again = run(*SETTINGS, "--index", "4", "--overwrite", *own)
    assert again.returncode == 0, again.stderr
    assert [record.index for record in read_records(tmp_path / "striped")] == [1, 2, 3, 4]


def test_rendering_leaves_no_data_behind_in_blender(garments: Path) -> None:
    from assets.common.blender import bpy
    from sdg.params import Quality
    from sdg.picture.renderer import Renderer
    from sdg.scene.scene import sample_scene

    renderer = Renderer(Quality(size=48, samples=1), garments)
    garment = read_library(garments)[0]
    counts = []
    for index in range(3):
        renderer.render("striped", sample_scene(garment, 0, "striped", index, 48))
        kinds = (bpy.data.objects, bpy.data.meshes, bpy.data.lights, bpy.data.materials, bpy.data.images)
        counts.append([len(kind) for kind in kinds] + [len(bpy.data.node_groups)])
    assert counts[0] == counts[1] == counts[2]


def test_a_run_killed_at_any_moment_resumes_to_the_same_bytes(
    rendered: Path, garments: Path, tmp_path: Path
) -> None:
    command = [*SETTINGS, "--out", str(tmp_path), "--garments", str(garments), "--workers", "1"]
    process = subprocess.Popen(
        [sys.executable, "-m", "sdg.render", *command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    records = tmp_path / "striped" / RECORDS
    deadline = time.monotonic() + 120
    while (
        not (records.exists() and records.stat().st_size)
        and process.poll() is None
        and time.monotonic() < deadline
    ):
        time.sleep(0.02)
    time.sleep(random.uniform(0, 0.3))
    process.send_signal(signal.SIGKILL)
    process.wait()
    with records.open("ab") as file:
        file.write(b'{"index": 4, "finger')
    (tmp_path / "striped" / ".tmp-half.png").write_bytes(b"half an image")
    (tmp_path / "striped" / "000777.png").write_bytes(b"no record")
    finished = run(*command)
    assert finished.returncode == 0, finished.stderr
    assert files_of(tmp_path / "striped") == files_of(rendered)


def test_a_finished_image_is_never_rendered_again(rendered: Path, garments: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in rendered.glob("*.png")}
    finished = run(*SETTINGS, "--out", str(rendered.parent), "--garments", str(garments))
    assert finished.returncode == 0, finished.stderr
    assert {path: path.stat().st_mtime_ns for path in rendered.glob("*.png")} == before


def test_images_of_other_settings_are_kept_until_told_otherwise(rendered: Path, garments: Path) -> None:
    other = run(*SETTINGS, "--seed", "7", "--out", str(rendered.parent), "--garments", str(garments))
    assert other.returncode == 1
    assert "--overwrite" in other.stderr
    assert len(list(rendered.glob("*.png"))) == 5


def test_a_vanished_garment_is_one_clear_line_and_resumable(garments: Path, tmp_path: Path) -> None:
    broken = tmp_path / "garments"
    broken.mkdir()
    for path in garments.iterdir():
        if path.name != "square-flat.npz":
            (broken / path.name).write_bytes(path.read_bytes())
    finished = run(*SETTINGS, "--out", str(tmp_path), "--garments", str(broken), "--workers", "1")
    assert finished.returncode == 1
    assert "square-flat.npz: garment file cannot be read" in finished.stderr
    assert "Traceback" not in finished.stderr


def test_a_disk_that_fills_half_way_loses_nothing(
    rendered: Path, garments: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sdg.dataset import folder as dataset

    write_bytes, written = dataset.write_bytes, []

    def full_after_two(path: Path, data: bytes) -> None:
        if len(written) == 2:
            raise OSError(errno.ENOSPC, "No space left on device", str(path))
        written.append(path)
        write_bytes(path, data)

    command = [*SETTINGS, "--out", str(tmp_path), "--garments", str(garments), "--workers", "1"]
    monkeypatch.setattr(dataset, "write_bytes", full_after_two)
    result = CliRunner().invoke(render_command, command)
    assert result.exit_code == 1
    assert "No space left on device" in result.output
    assert "Traceback" not in result.output

    monkeypatch.setattr(dataset, "write_bytes", write_bytes)
    assert CliRunner().invoke(render_command, command).exit_code == 0
    assert files_of(tmp_path / "striped") == files_of(rendered)


def test_a_machine_where_blender_does_not_load_is_told_what_to_install(
    garments: Path, tmp_path: Path
) -> None:
    (tmp_path / "bpy.py").write_text("raise ImportError('libXi.so.6: cannot open shared object file')\n")
    finished = subprocess.run(
        [sys.executable, "-m", "sdg.render", *SETTINGS, "--out", str(tmp_path), "--garments", str(garments)],
        env=os.environ | {"PYTHONPATH": f"{tmp_path}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"},
        capture_output=True, text=True,
    )  # fmt: skip
    assert finished.returncode == 1
    assert finished.stderr.count("apt-get install libegl1") == 1
    assert "libXi.so.6" in finished.stderr
    assert "Traceback" not in finished.stderr
