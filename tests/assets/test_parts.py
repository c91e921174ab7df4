"""Promises of the parts of a garment: every sewn face knows its own, and older meshes still load."""

from collections import defaultdict
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

from assets.common.rng import rng_for
from assets.library import Mesh, Slot
from assets.parts import PARTS, ids_of
from assets.patterns import PATTERNS
from assets.sewing.make import Sewn, finish
from tests.helpers.sewing import sewn
from tests.helpers.tiny_garments import cloth

EXPECTED = {
    "t-shirt": {"body", "sleeve", "rib"},
    "shirt": {"body", "sleeve", "collar", "closure", "button"},
    "hoodie": {"body", "sleeve", "hood", "rib", "pocket"},
    "jacket": {"body", "sleeve", "collar", "pocket", "button"},
    "dress": {"body", "skirt"},
    "skirt": {"skirt", "waistband"},
    "trousers": {"leg", "waistband"},
}


def finished(type: str) -> tuple[dict[str, np.ndarray], Mesh, tuple[Slot, ...]]:
    """A hung garment that was not simulated: its parts' face centres (F, 3), its mesh and slots."""
    pattern, cut, surface = sewn(type, seed=1)
    mesh, slots = finish(Sewn(pattern, cut, surface, "hung", rng_for(1, "finish")))
    assert mesh.part is not None
    centres = mesh.vertices[mesh.faces].mean(axis=1)
    return {PARTS[i]: centres[mesh.part == i] for i in np.unique(mesh.part)}, mesh, slots


@pytest.mark.parametrize("type", EXPECTED)
def test_every_face_of_a_sewn_garment_is_of_the_part_that_lies_there(type: str) -> None:
    parts, mesh, slots = finished(type)
    assert len(mesh.part) == len(mesh.faces)  # type: ignore[arg-type]
    assert EXPECTED[type] | {"hanger"} <= parts.keys()
    assert not {"background", "cloth", "trim"} & parts.keys()
    top = defaultdict(float, {name: float(places[:, 2].max()) for name, places in parts.items()})
    if "sleeve" in parts:
        assert np.abs(parts["sleeve"][:, 0]).mean() > np.abs(parts["body"][:, 0]).mean()
    if "skirt" in parts:
        assert top["skirt"] <= max(top["waistband"], top["body"])
    for name in ("button", "hanger"):
        assert (len(parts.get(name, ())) > 0) == (name in [slot.name for slot in slots])


def test_every_panel_of_every_pattern_has_a_part_that_fits_its_name() -> None:
    fits = {
        "sleeve": "sleeve",
        "cuff": "rib",
        "rib": "rib",
        "hood": "hood",
        "skirt": "skirt",
        "collar": "collar",
    }
    for module in PATTERNS.values():
        style = import_module(module)
        for seed in range(4):
            pattern = style.draft(style.sample(rng_for(seed, "test")))
            for panel in [*pattern.front, *pattern.back, *(patch.panel for patch in pattern.patches)]:
                for word, part in fits.items():
                    assert word not in panel.name.split() or panel.part == part, panel.name


def test_a_mesh_without_parts_has_those_that_its_slots_tell() -> None:
    mesh = replace(cloth("flat"), material_index=np.array([0, 1, 2, 3, 0]))
    slots = [Slot(name="fabric", fabric=True), Slot(name="button"), Slot(name="hanger"), Slot(name="buckle")]
    assert [PARTS[i] for i in ids_of(mesh, slots)] == ["cloth", "button", "hanger", "trim", "cloth"]


def test_a_mesh_keeps_its_parts_and_one_from_before_there_were_any_still_loads(tmp_path: Path) -> None:
    old = cloth("flat")
    old.save(tmp_path / "old.npz")
    replace(old, part=np.full(len(old.faces), 3, np.uint8)).save(tmp_path / "new.npz")
    assert Mesh.load(tmp_path / "old.npz").part is None
    assert (Mesh.load(tmp_path / "new.npz").part == 3).all()
    assert "part" not in np.load(tmp_path / "old.npz")
