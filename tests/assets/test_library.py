"""The library on disk: whole or refused, never half read."""

import json

import click
import numpy as np
import pytest

from assets.build import Task, plan, sewing_code
from assets.library import INDEX, PRESENTATIONS, Mesh, entry_for, library_hash, read_library, write_index
from assets.patterns import PATTERNS


def triangle(shift: float = 0.0) -> Mesh:
    """One triangle of one square decimetre."""
    return Mesh(
        vertices=np.array([[shift, 0, 0], [0.2, 0, 0], [0, 0, 0.1]], dtype=np.float32),
        faces=np.array([[0, 1, 2]], dtype=np.int32),
        uv=np.zeros((1, 3, 2), dtype=np.float32),
        ao=np.ones(3, dtype=np.float32),
        material_index=np.zeros(1, dtype=np.int32),
    )


def put(folder, name, shift=0.0):
    path = folder / f"{name}.npz"
    triangle(shift).save(path)
    return entry_for(
        path,
        triangle(shift),
        type="skirt",
        presentation="hung",
        seed=1,
        slots=[],
        code=sewing_code("skirt"),
    )


def test_a_library_reads_back_as_it_was_written(tmp_path):
    entries = [put(tmp_path, name) for name in ("b", "a")]
    write_index(tmp_path, entries)
    assert [garment.id for garment in read_library(tmp_path)] == ["a", "b"]
    assert read_library(tmp_path)[0].area_m2 == pytest.approx(0.01)
    assert np.array_equal(Mesh.load(tmp_path / "a.npz").vertices, triangle().vertices)


def test_equal_meshes_give_equal_bytes(tmp_path):
    assert put(tmp_path, "a").sha256 == put(tmp_path, "b").sha256


def test_the_hash_follows_any_garment(tmp_path):
    write_index(tmp_path, [put(tmp_path, "a")])
    before = library_hash(tmp_path)
    write_index(tmp_path, [put(tmp_path, "a", shift=0.01)])
    assert library_hash(tmp_path) != before


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "no garment library here"),
        ("{", "broken index"),
        ('{"garments": []}', "is empty"),
        ('{"garments": [{"id": "a"}]}', "missing"),
    ],
)
def test_a_bad_library_names_file_and_cure(tmp_path, content, says):
    if content is not None:
        (tmp_path / INDEX).write_text(content)
    with pytest.raises(click.ClickException, match=says) as caught:
        read_library(tmp_path)
    assert INDEX in caught.value.message


def test_a_broken_garment_file_names_file_and_cure(tmp_path):
    (tmp_path / "a.npz").write_bytes(b"not a zip")
    with pytest.raises(click.ClickException, match=r"a\.npz: not a garment file.*assets\.build"):
        Mesh.load(tmp_path / "a.npz")


def test_the_plan_is_even_and_only_grows():
    tasks = plan(3 * len(PATTERNS), tuple(PATTERNS), PRESENTATIONS)
    assert len(set(tasks)) == len(tasks)
    assert {task[:2] for task in tasks} == {(t, p) for t in PATTERNS for p in PRESENTATIONS}
    assert plan(7, tuple(PATTERNS), PRESENTATIONS) == tasks[:7]


def test_an_interrupted_build_keeps_what_is_finished(tmp_path, monkeypatch):
    import assets.build as build

    task = Task("skirt", "hung", 0)
    entry = put(tmp_path, task.id)
    (tmp_path / f"{task.id}.json").write_text(json.dumps(entry.model_dump(mode="json")))
    monkeypatch.setattr(build, "_sew", int)  # sewing anything would fail
    assert build.build(tmp_path, 1, seed=1, workers=1, types=["skirt"], presentations=["hung"]) == [entry]
    assert build.build(tmp_path, 1, seed=1, workers=1, types=["skirt"], presentations=["hung"]) == [entry]
    assert not (tmp_path / f"{task.id}.json").exists()


def test_the_build_says_what_it_rejected(tmp_path, monkeypatch, capsys):
    import assets.build as build

    entries = {task: put(tmp_path, task.id) for task in plan(2, ["skirt"], ["hung"])}
    reasons = ("its cloth has passed through itself",) * 2
    monkeypatch.setattr(
        build, "in_processes", lambda *_: ((task, (entry, reasons)) for task, entry in entries.items())
    )
    build.build(tmp_path, 2, seed=5, types=["skirt"], presentations=["hung"])
    said = capsys.readouterr().out
    assert "4 attempts failed their checks and were drawn again" in said
    assert "4 x its cloth has passed through itself" in said


@pytest.mark.parametrize("spoil", ["other seed", "changed file", "changed code"])
def test_a_stale_garment_is_not_kept(tmp_path, spoil, monkeypatch):
    import assets.build
    from assets.build import _kept

    task = Task("skirt", "hung", 0)
    write_index(tmp_path, [put(tmp_path, task.id)])
    assert _kept(tmp_path, task, seed=1)
    if spoil == "changed file":
        (tmp_path / f"{task.id}.npz").write_bytes(b"x")
    if spoil == "changed code":
        monkeypatch.setattr(assets.build, "sewing_code", lambda _: "other")
    assert _kept(tmp_path, task, seed=2 if spoil == "other seed" else 1) is None
