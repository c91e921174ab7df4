"""Promises of the renderer, the farm and the data set they leave behind."""

import errno
import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from contextlib import nullcontext
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from assets.common.files import sha256
from assets.library import read_library
from materials.patterns import CLASSES
from sdg import sheet, verify
from sdg.dataset.folder import RECORDS, Dataset, read_records
from sdg.render import main as render_command
from tests.helpers.tiny_garments import files_of, write_garments

SETTINGS = ["--class", "striped", "--n", "5", "--size", "48", "--samples", "1", "--format", "png"]


@pytest.fixture(scope="session")
def garments(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library of two wavy squares of cloth, one flat and one hung."""
    return write_garments(tmp_path_factory.mktemp("garments"))


@pytest.fixture(scope="session")
def rendered(garments: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five images of one class, rendered in one go. Read only."""
    out = tmp_path_factory.mktemp("synthetic")
    finished = run(*SETTINGS, "--out", str(out), "--garments", str(garments), "--workers", "1")
    assert finished.returncode == 0, finished.stderr
    return out / "striped"


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "sdg.render", *arguments], capture_output=True, text=True)


def test_every_image_has_a_record_that_describes_it(rendered: Path) -> None:
    records = list(read_records(rendered))
    assert [record["index"] for record in records] == list(range(5))
    assert sorted(files_of(rendered)) == sorted([RECORDS, *(record["image"] for record in records)])
    for record in records:
        assert record["sha256"] == sha256(rendered / record["image"])
        assert (record["class"], record["seed"], record["preset"]) == ("striped", 0, "cpu")
        assert record["material"]
        assert record["garment"]["type"] == "square"
    assert len({record["sha256"] for record in records}) == 5


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
    assert [record["index"] for record in read_records(tmp_path / "striped")] == [1, 2, 3]
    for path in (tmp_path / "striped").glob("*.png"):
        assert path.read_bytes() == (rendered / path.name).read_bytes()
    again = run(*SETTINGS, "--index", "4", "--overwrite", *own)
    assert again.returncode == 0, again.stderr
    assert [record["index"] for record in read_records(tmp_path / "striped")] == [1, 2, 3, 4]


def test_the_record_alone_renders_the_image_again(rendered: Path, garments: Path) -> None:
    from sdg.picture.renderer import rerender

    record = list(read_records(rendered))[2]
    assert hashlib.sha256(rerender(record, garments)).hexdigest() == record["sha256"]


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


def test_the_garment_is_seen_whole_and_large(garments: Path) -> None:
    from assets.common.rng import rng_for
    from sdg.scene.camera import garment_box, sample_camera

    cropped = 0
    for index in range(60):
        for garment in read_library(garments):
            camera = sample_camera(rng_for("framing", index), garment, 128)
            corners = camera.project(garment_box(garment))
            assert np.ptp(corners, axis=0).max() > 0.55
            cropped += bool(np.abs(corners).max() > 0.5)
    assert cropped < 0.25 * 120


def test_only_the_pattern_depends_on_the_class(garments: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from assets.common.rng import rng_for
    from sdg.scene import scene

    monkeypatch.setattr(scene, "rng_for", lambda seed, what, name, index: rng_for(seed, what, index))
    garment = read_library(garments)[0]
    for index in range(3):
        scenes = [scene.sample_scene(garment, 0, name, index, 128) for name in CLASSES]
        others = [drawn.model_dump(exclude={"material"}) for drawn in scenes]
        assert all(other == others[0] for other in others)


@pytest.mark.parametrize("size", [64, 128])
def test_every_pattern_can_be_drawn_on_every_garment_at_this_size(garments: Path, size: int) -> None:
    from sdg.scene.scene import sample_scene

    _, hung = read_library(garments)
    for extents in ((0.42, 0.3, 1.0), (0.32, 0.2, 0.54), (1.2, 0.1, 0.75), (0.5, 0.25, 1.2)):
        garment = hung.model_copy(update={"dimensions_m": extents})
        for name in CLASSES:
            for index in range(10):
                sample_scene(garment, 0, name, index, size)


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


def record(index: int, fingerprint: str = "now") -> dict[str, object]:
    return {"index": index, "image": f"{index:06d}.png", "fingerprint": fingerprint}


def fill(folder: Path, indices: list[int], fingerprint: str = "now") -> None:
    with Dataset(folder, fingerprint, "png") as data:
        data.resume(100, overwrite=False)
        for index in indices:
            data.add(b"image", record(index, fingerprint))


def test_overwriting_removes_stale_and_surplus_images_only(tmp_path: Path) -> None:
    fill(tmp_path, [3, 0, 1])
    with (tmp_path / RECORDS).open("a") as file:
        file.write(json.dumps(record(2, "before")) + "\n")
    (tmp_path / "000002.png").write_bytes(b"stale")
    with Dataset(tmp_path, "now", "png") as data:
        data.resume(3, overwrite=True)
        assert data.finished == {0, 1}
        data.add(b"image", record(2))
        data.finish()
    assert [r["index"] for r in read_records(tmp_path)] == [0, 1, 2]
    assert len(list(tmp_path.glob("*.png"))) == 3


def test_a_record_without_its_image_does_not_count(tmp_path: Path) -> None:
    fill(tmp_path, [0, 1])
    (tmp_path / "000000.png").unlink()
    with Dataset(tmp_path, "now", "png") as data:
        data.resume(2, overwrite=False)
        assert data.finished == {1}


def test_two_runs_do_not_write_to_one_folder(tmp_path: Path) -> None:
    with (
        Dataset(tmp_path, "now", "png"),
        pytest.raises(Exception, match="another run"),
        Dataset(tmp_path, "now", "png"),
    ):
        pass


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--class", "polka"], "'polka' is not one of 'plain', 'floral'"),
        (["--class", "plain", "--n", "0"], "'--n': 0 is not in the range x>=1"),
        (["--class", "plain", "--size", "3"], "'--size': 3 is not in the range"),
        (["--class", "plain", "--index", "five"], "--index: 'five' is no number"),
        (["--class", "plain", "--index", "5-3"], "'5-3' does not go upwards"),
    ],
)
def test_a_wrong_option_is_told_with_exit_status_2(arguments: list[str], words: str, tmp_path: Path) -> None:
    result = CliRunner().invoke(render_command, [*arguments, "--out", str(tmp_path)])
    assert result.exit_code == 2
    assert words in result.output


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_run_that_is_stopped_says_how_to_go_on(
    garments: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: signal.Signals, status: int
) -> None:
    monkeypatch.setattr("sdg.render.farm", lambda *_: nullcontext())
    monkeypatch.setattr("sdg.render.render_orders", lambda *_: signal.raise_signal(number))
    before = {each: signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        command = [*SETTINGS, "--out", str(tmp_path), "--garments", str(garments)]
        result = CliRunner().invoke(render_command, command)
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
    assert result.exit_code == status
    assert "resume with the same command" in result.stderr


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


def test_verify_finds_damage_and_repairs_it(rendered: Path, garments: Path, tmp_path: Path) -> None:
    copy = tmp_path / "striped"
    copy.mkdir()
    for path in rendered.iterdir():
        (copy / path.name).write_bytes(path.read_bytes())
    (copy / "000001.png").write_bytes(b"not an image")
    (copy / "000003.png").unlink()
    assert {index for index, _ in verify.check(copy)} == {1, 3}
    result = subprocess.run(
        [sys.executable, "-m", "sdg.verify", str(copy), "--repair", "--garments", str(garments)],
        capture_output=True, text=True,
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    assert files_of(copy) == files_of(rendered)


def test_the_sheet_shows_evenly_picked_images(tmp_path: Path) -> None:
    for index in range(10):
        Image.new("RGB", (8, 8), (index * 20, 0, 0)).save(tmp_path / f"{index:06d}.png")
    result = CliRunner().invoke(
        sheet.main, [str(tmp_path), "--n", "4", "--size", "32", "--out", str(tmp_path / "s.png")]
    )
    assert result.exit_code == 0, result.output
    picture = Image.open(tmp_path / "s.png")
    assert picture.size == (70, 70)
    assert [int(np.asarray(picture)[y + 20, x + 20, 0]) for y in (2, 36) for x in (2, 36)] == [
        0,
        40,
        100,
        140,
    ]
