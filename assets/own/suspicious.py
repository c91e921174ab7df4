"""Checks of a user's mesh file before Blender opens it, since it is untrusted input."""

import gzip
import json
import struct
import zipfile
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

import click

LARGEST_FILE = 500 * 2**20
LARGEST_UNPACKED = 2 * 2**30
_GZIP, _GLB = b"\x1f\x8b", b"glTF"


def refuse_suspicious(path: Path) -> None:
    """Raise click.ClickException for a file that is absent, too large once unpacked, or reaches outside.

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
    if kind == ".usdz":
        _refuse_archive(path)
    elif kind == ".blend" and path.open("rb").read(2) == _GZIP:
        _refuse_gzip(path)
    elif kind in (".glb", ".gltf"):
        _refuse_links(path)


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
                f"{path}: its member {member.filename!r} escapes the archive; do not use it"
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


def _refuse_links(path: Path) -> None:
    """A glTF names other files to load; they have to lie beside it."""
    try:
        data = path.read_bytes()
        if data[:4] == _GLB:
            (size,) = struct.unpack_from("<I", data, 12)
            data = data[20 : 20 + size]
        content = json.loads(data)
        links = [item.get("uri") or "" for key in ("buffers", "images") for item in content.get(key, [])]
    except (ValueError, struct.error, AttributeError, TypeError, RecursionError):
        return  # not glTF at all: the reader says so
    for link in links:
        if not str(link).startswith("data:") and _escapes(unquote(str(link))):
            raise click.ClickException(f"{path}: it loads {link!r} from outside its folder; do not use it")


def _escapes(name: str) -> bool:
    inside = PurePosixPath(name.replace("\\", "/"))
    return inside.is_absolute() or ".." in inside.parts or ":" in name
