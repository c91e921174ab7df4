"""A user's own meshes: how they enter the library."""

import re
import subprocess
import sys
from pathlib import Path

import click
import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from assets import add, sheet
from assets.add import accept, new_to, refuse_unseen, stage
from assets.library import INDEX, Mesh, read_library
from assets.own.prepare import Prepared, Wanted
from tests.helpers.disk import full_after
from tests.helpers.meshes import tube
from tests.helpers.tiny_garments import files_of


def run(out, *arguments, answer=""):
    command = [sys.executable, "-m", "assets.add", *map(str, arguments), "--out", str(out)]
    return subprocess.run(
        [*command, "--sheet", str(out.parent / "added.png")],
        input=answer,
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[2],
    )


def test_a_garment_enters_the_library_when_its_picture_is_accepted(tmp_path):
    path, out = tube(tmp_path / "My Tube.glb"), tmp_path / "lib"
    refused = run(out, path, "--type", "skirt", answer="n\n")
    assert refused.returncode == 1
    assert "nothing was added" in refused.stderr
    assert (tmp_path / "added.png").exists()
    assert not files_of(out)
    accepted = run(out, path, "--type", "skirt", answer="y\n")
    assert accepted.returncode == 0, accepted.stderr
    (entry,) = read_library(out)
    assert f"{entry.id}: 0.50 x 0.50 x 0.90 m" in accepted.stdout
    assert (entry.type, entry.presentation) == ("skirt", "worn")
    assert re.fullmatch("own-my-tube-[0-9a-f]{8}", entry.id)
    assert len(Mesh.load(out / entry.file).vertices) == entry.vertices
    assert {item.name for item in out.iterdir()} == {INDEX, f"{entry.id}.npz"}
    before = (out / INDEX).read_bytes()
    again = run(out, path, "--type", "skirt")
    assert again.returncode == 0, again.stderr
    assert again.stdout == f"{entry.id}: already in {out}\n"
    assert (out / INDEX).read_bytes() == before


def prepared(name, height=1.0):
    vertices = np.array([[0, 0, 0], [1, 0, 0], [0, 0, height]])
    mesh = Mesh(vertices, np.array([[0, 1, 2]]), np.zeros((1, 3, 2)), np.zeros(3), np.zeros(1, np.int32))
    return Prepared(name, mesh, (), ())


def put(tmp_path, file, height=1.0, content=b"mesh", name="a"):
    path = tmp_path / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    folder = tmp_path / "staged"
    folder.mkdir(exist_ok=True)
    staged = new_to(tmp_path / "lib", stage(folder, [(path, prepared(name, height))], Wanted()))
    return accept(folder, staged, tmp_path / "lib") if staged else "none"


def heights(tmp_path):
    return sorted(entry.dimensions_m[2] for entry in read_library(tmp_path / "lib"))


def test_files_of_one_name_are_kept_apart_and_the_same_file_is_not_added_twice(tmp_path):
    assert put(tmp_path, "a/mesh.obj", 1.0, b"one") == "1 added"
    assert put(tmp_path, "b/mesh.obj", 0.5, b"two") == "1 added"
    assert put(tmp_path, "b/mesh.obj", 0.5, b"two") == "none"
    assert put(tmp_path, "Платье.obj", 0.3, b"three") == "1 added"
    assert put(tmp_path, "Рубашка.obj", 0.4, b"four") == "1 added"
    assert heights(tmp_path) == [0.3, 0.4, 0.5, 1.0]


def test_the_same_file_read_otherwise_replaces_what_it_gave(tmp_path):
    put(tmp_path, "a.obj", 1.0)
    put(tmp_path, "b.obj", 1.0)
    assert put(tmp_path, "a.obj", 0.5) == "1 added, 1 of the same file replaced"
    assert heights(tmp_path) == [0.5, 1.0]
    assert len(list((tmp_path / "lib").glob("*.npz"))) == 2


def test_a_very_long_name_makes_a_file_that_every_disk_takes(tmp_path):
    put(tmp_path, f"{'long ' * 45}.obj")
    (entry,) = read_library(tmp_path / "lib")
    assert len(entry.id) < 60


def test_garments_of_one_name_get_names_of_their_own(tmp_path):
    path = tmp_path / "set.glb"
    path.write_bytes(b"mesh")
    ids = [item.entry.id for item in stage(tmp_path, [(path, prepared("Top"))] * 3, Wanted())]
    assert [id.rpartition("-")[0] for id in ids] == ["own-set-top", "own-set-top-2", "own-set-top-3"]
    assert len({id.rpartition("-")[2] for id in ids}) == 1


def test_a_garment_that_no_picture_shows_stays_out(tmp_path):
    path = tmp_path / "thread.obj"
    path.write_bytes(b"mesh")
    thread, sheet = prepared("thread"), prepared("sheet")
    thread.mesh.vertices[:, 0] *= 1e-4
    refuse_unseen(tmp_path, stage(tmp_path, [(path, sheet)], Wanted()))
    with pytest.raises(click.ClickException, match=r"thread\.obj: a picture of own-thread.* shows nothing"):
        refuse_unseen(tmp_path, stage(tmp_path, [(path, thread)], Wanted()))


def test_one_bad_file_among_good_ones_leaves_the_library_as_it_was(tmp_path):
    good, bad, out = tube(tmp_path / "good.glb"), tmp_path / "bad.glb", tmp_path / "lib"
    bad.write_bytes(b"nothing")
    result = run(out, good, bad, "--yes")
    assert result.returncode == 1
    assert "bad.glb: Blender cannot read it" in result.stderr
    assert not files_of(out)


def test_a_disk_too_full_for_the_index_leaves_the_library_as_it_was(tmp_path):
    for number in range(4):
        put(tmp_path, f"{number}.obj")
    before = files_of(tmp_path / "lib")
    (tmp_path / "new.obj").write_bytes(b"mesh")
    found = [(tmp_path / f"{name}.obj", prepared("a", 0.5)) for name in ("0", "new")]
    staged = stage(tmp_path / "staged", found, Wanted())
    assert staged[0].entry.file in before, "it replaces one, and the other is new"
    largest = max((tmp_path / "staged" / item.entry.file).stat().st_size for item in staged)
    assert largest < len(before[INDEX])
    with full_after(largest), pytest.raises(OSError, match="too large") as error:
        accept(tmp_path / "staged", staged, tmp_path / "lib")
    assert error.value.filename == str(tmp_path / "lib" / INDEX)
    assert files_of(tmp_path / "lib") == before


@pytest.mark.parametrize("option", ["--out", "--sheet"])
def test_a_place_that_takes_no_files_is_told_before_the_meshes_are_read(tmp_path, monkeypatch, option):
    monkeypatch.setattr(add, "read_alone", lambda *_: pytest.fail("it was read"))
    (tmp_path / "file").touch()
    places = {"--out": tmp_path / "lib", "--sheet": tmp_path / "added.png"}
    places[option] = tmp_path / "file" / "below"
    words = [str(word) for place in places.items() for word in place]
    result = CliRunner().invoke(add.main, ["dress.glb", *words])
    assert result.exit_code == 1, result.output
    assert result.stderr.startswith(f"Error: {tmp_path / 'file'}")
    assert result.stderr.endswith("then run the same command again\n")


@pytest.mark.parametrize("name", ["sheet", "sheet.txt"])
def test_a_sheet_is_a_png_whatever_its_name(tmp_path, monkeypatch, name):
    for stub in ("require_opengl", "_scene"):
        monkeypatch.setattr(sheet, stub, lambda *_: None)
    monkeypatch.setattr(sheet, "_picture", lambda *_: Image.new("RGBA", (64, 64)))
    put(tmp_path, "a.obj")
    sheet.contact_sheet(tmp_path / "lib", read_library(tmp_path / "lib"), tmp_path / name, 64)
    assert Image.open(tmp_path / name).format == "PNG"


def test_the_sheet_never_replaces_the_mesh(tmp_path):
    mesh = tmp_path / "dress.glb"
    mesh.write_bytes(b"mesh")
    result = CliRunner().invoke(add.main, [str(mesh), "--sheet", str(mesh), "--out", str(tmp_path / "lib")])
    assert result.exit_code == 2
    assert f"--sheet {mesh} is" in result.stderr
    assert mesh.read_bytes() == b"mesh"
