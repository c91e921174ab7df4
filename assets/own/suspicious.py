"""Checks of a user's mesh file before Blender opens it, since it is untrusted input."""

import gzip
import json
import struct
import zipfile
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

import click

from assets.own.words import quoted

LARGEST_FILE = 500 * 2**20
LARGEST_UNPACKED = 2 * 2**30
_GZIP, _GLB = b"\x1f\x8b", b"glTF"
_SOMETHING_ELSE = {
    b"version https://git-lfs": "a git-lfs pointer, not the mesh; fetch it with `git lfs pull`",
    b"PK\x03\x04": "a zip archive; unpack it and give the mesh in it",
    b"Rar!": "a rar archive; unpack it and give the mesh in it",
    b"7z\xbc\xaf\x27\x1c": "a 7z archive; unpack it and give the mesh in it",
    b"<!doctype html": "a web page, not a mesh; download it again",
    b"<html": "a web page, not a mesh; download it again",
}


def refuse_suspicious(path: Path) -> None:
    """Raise click.ClickException for a file that is absent, of another kind, too large, or reaches outside.

    A zip bomb is told by what its archive declares, a gzip one by unpacking it in small pieces. What these
    cannot tell (zstd inside .blend, counts in a binary) meets the memory limit of `assets.add`.
    """
    if not path.is_file():
        raise click.ClickException(f"{path}: no such file")
    if path.stat().st_size > LARGEST_FILE:
        raise click.ClickException(
            f"{path}: larger than 500 MB; export only the garment, without its textures"
        )
    kind = path.suffix.lower()
    with path.open("rb") as file:
        start = file.read(64)
    if not start:
        raise click.ClickException(f"{path}: it is empty; export or download it again")
    for begins, what in _SOMETHING_ELSE.items():
        if start.lstrip().lower().startswith(begins.lower()) and kind != ".usdz":
            raise click.ClickException(f"{path}: it is {what}")
    if kind == ".usdz":
        _refuse_archive(path)
    elif kind == ".blend" and path.open("rb").read(2) == _GZIP:
        _refuse_gzip(path)
    elif kind in (".glb", ".gltf"):
        _refuse_gltf(path)


def _bomb(path: Path) -> click.ClickException:
    return click.ClickException(
        f"{path}: unpacks to more than 2 GB; export only the garment, without its textures"
    )


def _refuse_archive(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, struct.error, ValueError):
        raise click.ClickException(f"{path}: not a .usdz archive; export it again") from None
    for member in members:
        if _escapes(member.filename):
            raise click.ClickException(
                f"{path}: its member {quoted(member.filename)} escapes the archive; do not use it"
            )
    if sum(member.file_size for member in members) > LARGEST_UNPACKED:
        raise _bomb(path)


def _refuse_gzip(path: Path) -> None:
    try:
        with gzip.open(path) as file:
            size = 0
            while piece := file.read(2**20):
                size += len(piece)
                if size > LARGEST_UNPACKED:
                    raise _bomb(path)
    except (OSError, EOFError):
        raise click.ClickException(f"{path}: its compression is broken; save it again") from None


def _refuse_gltf(path: Path) -> None:
    """A glTF names other files to load, which have to lie beside it; its nodes are a tree in a scene."""
    try:
        data = path.read_bytes()
        if data[:4] == _GLB:
            (size,) = struct.unpack_from("<I", data, 12)
            data = data[20 : 20 + size]
        content = json.loads(data)
        links = [item.get("uri") or "" for key in ("buffers", "images") for item in content.get(key, [])]
        children = [node.get("children", []) for node in content.get("nodes", [])]
        scenes = content.get("scenes")
        endless = _endless(children)
    except (ValueError, struct.error, AttributeError, TypeError, LookupError, RecursionError):
        return  # not glTF at all: the reader says so
    for link in links:
        if not str(link).startswith("data:") and _escapes(unquote(str(link))):
            raise click.ClickException(
                f"{path}: it loads {quoted(link)} from outside its folder; do not use it"
            )
    if endless:
        raise click.ClickException(f"{path}: its nodes contain one another; export it again")
    if not scenes:
        raise click.ClickException(f"{path}: it has no scene, so nothing shows; put the garment into one")


def _endless(children: list[list[int]]) -> bool:
    """Say whether following `children` of some node leads back to it: leaves are taken away until none is."""
    waits = [len(set(mine)) for mine in children]
    parents: list[list[int]] = [[] for _ in children]
    for parent, mine in enumerate(children):
        for child in set(mine):
            parents[child].append(parent)
    leaves = [node for node, count in enumerate(waits) if not count]
    done = 0
    while leaves:
        done += 1
        for parent in parents[leaves.pop()]:
            waits[parent] -= 1
            if not waits[parent]:
                leaves.append(parent)
    return done < len(children)


def _escapes(name: str) -> bool:
    inside = PurePosixPath(name.replace("\\", "/"))
    return inside.is_absolute() or ".." in inside.parts or ":" in name
