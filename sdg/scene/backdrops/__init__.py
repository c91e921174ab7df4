"""The kinds of backdrops, by sort. Adding a kind is adding one function to a file here."""

from sdg.scene.backdrops import cloth, floors, rooms, walls
from sdg.scene.backdrops.kinds import KINDS, shares

__all__ = ["KINDS", "cloth", "floors", "rooms", "shares", "walls"]
