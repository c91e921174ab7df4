"""The library on disk: whole or refused, never half read."""

import errno
import os

import click
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.build import build, sewing_code
from assets.common.files import write_json
from assets.library import (
    INDEX,
    PRESENTATIONS,
    Mesh,
    entry_for,
    library_hash,
    read_index,
    read_library,
    write_index,
)
from assets.patterns import PATTERNS
from assets.plan import SPARE, Task, choose, plan
from assets.sewing.make import Made
from assets.sewing.rejected import Rejected


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
        ('{"garments": 5}', "broken index"),
        ('{"garments": [], "failed": null}', "broken index"),
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


REASON = "its cloth has passed through itself on 3.9% of what one sees"


class Sewing:
    """Stands in for sewing: the numbers in `hopeless` fail their checks, all others become triangles."""

    def __init__(self, hopeless=(), order=1, stop_after=None):
        self.hopeless, self.order, self.stop_after = set(hopeless), order, stop_after
        self.asked = []

    def make(self, type, presentation, seed, number):
        if len(self.asked) == self.stop_after:
            raise KeyboardInterrupt
        self.asked.append(Task(type, presentation, number))
        if number in self.hopeless:
            raise Rejected(*[REASON] * 5)
        return Made(triangle(0.01 * number + seed), (), (REASON,) if number == 0 else ())

    def in_processes(self, sew, tasks, *_):
        return ((task, sew(task)) for task in tasks[:: self.order])


@pytest.fixture
def sewing(monkeypatch):
    def use(*args, **kwargs):
        sewing = Sewing(*args, **kwargs)
        monkeypatch.setattr("assets.sewing.make.make", sewing.make)
        monkeypatch.setattr("assets.build.in_processes", sewing.in_processes)
        return sewing

    return use


def skirts(out, n, **options):
    return build(out, n, **{"seed": 1, "types": ["skirt"], "presentations": ["hung"], **options})


def content(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_what_cannot_be_made_is_replaced_by_the_next_number_and_named(tmp_path, sewing, capsys):
    sewing(hopeless={1, 3})
    garments = skirts(tmp_path, 3)
    assert [garment.id for garment in garments] == ["skirt-hung-000", "skirt-hung-002", "skirt-hung-004"]
    assert read_library(tmp_path) == garments
    _, failed = read_index(tmp_path)
    assert [(one.id, one.seed, one.reasons) for one in failed] == [
        ("skirt-hung-001", 1, (REASON,) * 5),
        ("skirt-hung-003", 1, (REASON,) * 5),
    ]
    said = capsys.readouterr().out
    assert "11 attempts failed their checks and were drawn again" in said
    assert "11 x its cloth has passed through itself on N% of what one sees" in said
    assert "skirt-hung-001 could not be made; skirt-hung-004 stands in for it" in said


@pytest.mark.parametrize("hopeless", [(), (0,), (1, 3), (0, 1, 2), (2, 5, 6)])
def test_the_library_is_the_same_in_any_order_and_after_any_interruption(tmp_path, sewing, hopeless):
    types = ["skirt", "dress"]
    sewing(hopeless)
    skirts(tmp_path / "at once", 8, types=types)
    expected = content(tmp_path / "at once")
    _, failed = read_index(tmp_path / "at once")
    assert set(expected) == {INDEX, *(f"{g.id}.npz" for g in read_library(tmp_path / "at once"))}
    sewing(hopeless, order=-1)
    skirts(tmp_path / "backwards", 8, types=types)
    assert content(tmp_path / "backwards") == expected
    for stop_after in (1, 4, 7):
        out = tmp_path / str(stop_after)
        sewing(hopeless, stop_after=stop_after)
        with pytest.raises(KeyboardInterrupt):
            skirts(out, 8, types=types)
        again = sewing(hopeless)
        skirts(out, 8, types=types)
        assert content(out) == expected
        assert len(set(again.asked)) == len(again.asked) == 8 + len(failed) - stop_after
    idle = sewing(hopeless)
    skirts(tmp_path / "at once", 8, types=types)
    assert not idle.asked
    assert content(tmp_path / "at once") == expected
    skirts(tmp_path / "grown", 4, types=types)
    few = set(read_library(tmp_path / "grown"))
    skirts(tmp_path / "grown", 8, types=types)
    assert content(tmp_path / "grown") == expected
    assert few <= set(read_library(tmp_path / "grown"))


@pytest.mark.parametrize(("n", "tried"), [(1, SPARE + 1), (12, 24)])
def test_a_kind_that_cannot_be_made_ends_in_a_line_and_costs_no_other(tmp_path, sewing, n, tried):
    bad = sewing(hopeless=range(10_000))
    with pytest.raises(click.ClickException) as caught:
        skirts(tmp_path, n)
    assert caught.value.message.startswith(
        f"skirt hung: {tried} garments could not be made; in {5 * tried} of"
    )
    assert "passed through itself" in caught.value.message
    assert "another seed; `python -m assets.build` can also" in caught.value.message  # sdg.stand_in cannot
    assert len(bad.asked) == len(set(bad.asked)) == tried
    good = sewing()
    skirts(tmp_path, 1, types=["dress"])
    assert len(good.asked) == 1


def test_a_kind_that_is_named_twice_counts_once(tmp_path, sewing):
    sewing(hopeless={0})
    twice = skirts(tmp_path / "twice", 4, types=["skirt"] * 2, presentations=["hung"] * 2)
    assert twice == skirts(tmp_path / "once", 4)
    assert len({garment.id for garment in twice}) == 4


def test_a_full_disk_leaves_no_mesh_without_a_note_and_the_next_build_goes_on(tmp_path, sewing, monkeypatch):
    sewing()
    skirts(tmp_path / "whole", 3)
    with monkeypatch.context() as patch:

        def full(path, value):
            if path.stem == "skirt-hung-001":
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
            write_json(path, value)

        patch.setattr("assets.build.write_json", full)
        with pytest.raises(OSError, match="No space left"):
            skirts(tmp_path / "full", 3)
    assert sorted(content(tmp_path / "full")) == ["skirt-hung-000.json", "skirt-hung-000.npz"]
    rest = sewing()
    skirts(tmp_path / "full", 3)
    assert [task.number for task in rest.asked] == [1, 2]
    assert content(tmp_path / "full") == content(tmp_path / "whole")


def test_a_build_leaves_no_mesh_that_its_index_does_not_name(tmp_path, sewing):
    sewing()
    skirts(tmp_path, 3)
    own = triangle()
    own.save(tmp_path / "own-skirt.npz")
    mine = entry_for(
        tmp_path / "own-skirt.npz", own, type="skirt", presentation="worn", seed=0, slots=[], code=""
    )
    write_index(tmp_path, [*read_library(tmp_path), mine])
    (tmp_path / "notes.json").write_text("mine")
    skirts(tmp_path, 1, types=["dress"])
    assert set(content(tmp_path)) == {INDEX, "dress-hung-000.npz", "own-skirt.npz", "notes.json"}
    assert mine in read_library(tmp_path)


def test_the_users_own_garments_do_not_make_the_index_forget_what_failed(tmp_path, sewing):
    sewing(hopeless={0})
    skirts(tmp_path, 1)
    write_index(tmp_path, read_library(tmp_path))
    assert [one.id for one in read_index(tmp_path)[1]] == ["skirt-hung-000"]


@given(failed=st.sets(st.integers(0, 12)), n=st.integers(1, 8))
def test_a_kind_has_the_first_numbers_that_can_be_made(failed, n):
    tasks = plan(n, ["skirt"], ["hung"])
    chosen, given_up = choose(tasks, {Task("skirt", "hung", number) for number in failed})
    made = [number for number in range(30) if number not in failed][:n]
    gaps = [number for number in failed if number < made[-1]]
    if len(gaps) > max(n, SPARE):
        assert [task.number for task in given_up] == sorted(gaps)
        assert not chosen
    else:
        assert [task.number for task in chosen] == made
        assert not given_up


@pytest.mark.parametrize("spoil", ["other seed", "changed file", "changed code", "nothing"])
def test_a_stale_garment_is_sewn_again(tmp_path, sewing, spoil, monkeypatch):
    sewing()
    skirts(tmp_path, 1)
    if spoil == "changed file":
        (tmp_path / "skirt-hung-000.npz").write_bytes(b"x")
    if spoil == "changed code":
        monkeypatch.setattr("assets.build.sewing_code", lambda _: "other")
    again = sewing()
    skirts(tmp_path, 1, seed=2 if spoil == "other seed" else 1)
    assert len(again.asked) == (spoil != "nothing")


def test_a_broken_index_is_one_line_before_anything_is_sewn(tmp_path, sewing):
    (tmp_path / INDEX).write_text("{")
    bad = sewing()
    with pytest.raises(click.ClickException, match="broken index"):
        skirts(tmp_path, 1)
    assert not bad.asked
