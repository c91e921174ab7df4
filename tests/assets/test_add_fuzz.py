"""A user's own meshes: whatever bytes a file holds, it goes in or is one clear line, in bounded time."""

import time
from concurrent.futures.process import BrokenProcessPool
from functools import partial

import click
import numpy as np
import pytest

import assets.own.prepare
from assets.common.blender import empty_scene
from assets.common.processes import in_processes
from assets.common.rng import rng_for
from assets.own.prepare import Wanted, prepare_alone
from tests.helpers.meshes import add, export, obj_text, tapered

KINDS = ("obj", "glb", "ply", "stl")
EACH = 25
LONGEST_S = 120
"""For one file on a machine that does much else; alone it is a second."""


def write_mutants(folder, kind):
    """Write files with flipped bits, cut short, with another's beginning, other digits or bytes repeated."""
    vertices, quads = tapered(rows=6, around=12)
    whole = {}
    for other in KINDS:
        path = folder / f"whole.{other}"
        if other == "obj":
            path.write_text(obj_text(vertices[:, [0, 2, 1]] * [1, 1, -1], quads))
        else:
            empty_scene()
            add("tube", vertices, quads, "cloth")
            export(path)
        whole[other] = path.read_bytes()
    rng = rng_for("mutants", kind)
    paths = []
    for i in range(EACH):
        data = bytearray(whole[kind])
        how = i % 5
        if how == 0:
            for place in rng.integers(0, min(len(data), 4000), 1 + i // 5):
                data[place] ^= 1 << rng.integers(8)
        elif how == 1:
            del data[rng.integers(0, len(data)) :]
        elif how == 2:
            head = whole[KINDS[i // 5 % len(KINDS)]][: 2 ** rng.integers(2, 10)]
            data[: len(head)] = head
        elif how == 3:
            digits = [place for place, byte in enumerate(data[:4000]) if chr(byte).isdigit()]
            for place in rng.choice(digits or [0], 1 + i // 5):
                data[place] = rng.choice(list(b"0123456789-."))
        else:
            start, length = rng.integers(0, len(data)), rng.integers(1, 400)
            data[start:start] = data[start : start + length] * int(rng.integers(1, 4))
        paths.append(folder / f"{i:03}.{kind}")
        paths[-1].write_bytes(data)
    return paths


def read_all(said, paths):
    """Read every file as `assets.add` does, in this process, and write two lines on each into `said`."""
    assets.own.prepare.LONGEST_S = LONGEST_S
    with said.open("a", buffering=1) as file:
        for path in paths:
            file.write(f"{path.name}: \n")
            file.write(f"  {outcome(path)}\n")


def outcome(path):
    try:
        garments = prepare_alone(Wanted("dress"), path)
    except MemoryError:
        return "refused: too large"
    except click.ClickException as error:
        line = error.message.replace(str(path), "FILE")
        clear = line.startswith("FILE: ") and len(line) < 400 and line.isprintable()
        return f"refused: {line}" if clear and "Traceback" not in line else f"WRONG: {line!r}"
    except Exception as error:
        return f"WRONG: {error!r}"
    fine = all(np.isfinite(garment.mesh.vertices).all() for garment in garments)
    return "accepted" if fine else "WRONG: accepted, but not finite"


@pytest.mark.parametrize("kind", KINDS)
def test_a_damaged_file_goes_in_or_is_one_line(tmp_path, kind):
    paths = write_mutants(tmp_path, kind)
    said = tmp_path / "said"
    begun = 0
    while begun < len(paths):
        try:
            list(in_processes(partial(read_all, said), [paths[begun:]], workers=1, recycle=1))
        except BrokenProcessPool:  # `assets.add` says in one line that Blender died of it
            assert time.time() - said.stat().st_mtime < LONGEST_S / 2  # it crashed
            with said.open("a") as file:
                file.write("  died\n")
        begun = said.read_text().count("\n") // 2
    lines = said.read_text().splitlines()
    assert not [line for line in zip(lines[::2], lines[1::2], strict=True) if "WRONG" in line[1]]
    assert {line.split(":")[0] for line in lines[1::2]} >= {"  accepted", "  refused"}
