"""Bring a public set of photos into the layout that `target.source` reads.

`python -m pipeline.import_photos clothing --out photos`
"""

import csv
import os
import shutil
import zipfile
import zlib
from collections import Counter
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

import click
import pooch
import requests

from assets.common.command import Command, path_option
from assets.common.files import atomic_path, sha256, write_csv
from assets.common.progress import progress
from materials.patterns import PAPER
from pipeline.classes import classes_option
from pipeline.deepfashion import read_deepfashion

CLOTHING = (
    "https://github.com/alexeygrigorev/clothing-dataset/archive/2e050aebce9beea65b30d2b56ef4b8d51f86a953.zip"
)
"""One commit of the Clothing dataset (CC0 1.0). GitHub packs the archive on request and promises its
files, not its bytes, so there is no checksum of it to write down here."""
NO_GARMENT = {"Shoes", "Hat", "Not sure", "Other", "Skip"}
"""Labels in the Clothing dataset's images.csv whose photos are left out."""


@click.group(
    epilog="""Examples:

    \b
    python -m pipeline.import_photos clothing --out photos
    python -m pipeline.import_photos deepfashion path/to/benchmark --out photos

    A folder of your own photos needs no import: set target.source to it.
    """
)
def main() -> None:
    """Bring a public set of photos into a folder that target.source reads."""


@main.command(cls=Command)
@path_option("--out", "photos", "Folder to fill.")
@path_option("--cache", str(pooch.os_cache("fashion-cut")), "Folder that keeps the download.")
@click.option("--url", default=CLOTHING, show_default=True, help="Where the archive is.")
@click.option("--sha256", "checksum", help="What the archive's checksum must be.  [default: print it only]")
def clothing(out: Path, cache: Path, url: str, checksum: str | None) -> None:
    """Download the Clothing dataset: photos that people took of their own clothes (CC0 1.0).

    It has no pattern labels, so all its photos go to OUT/unlabelled. Shoes, hats and unclear photos are left
    out. The archive's SHA-256 is printed; give it as --sha256 next time, to be sure of the same archive.
    """
    archive = download(url, cache, checksum)
    count = unpack_clothing(archive, out / "unlabelled")
    click.echo(f"{archive}: SHA-256 {sha256(archive)}")
    _done(out, Counter(unlabelled=count))


def download(url: str, cache: Path, checksum: str | None) -> Path:
    """Return the file behind `url`, from `cache` if it is there; raises click.ClickException."""
    pooch.get_logger().setLevel("ERROR")
    name = PurePosixPath(urlsplit(url).path).name
    if not name or urlsplit(url).scheme not in ("http", "https"):
        raise click.ClickException(
            f"{url}: no address of a file; give one that begins with https:// as --url"
        )
    try:
        known = checksum and f"sha256:{checksum.lower()}"
        return Path(pooch.retrieve(url, known, name, cache, progressbar=True))
    except requests.RequestException as error:
        reason = " ".join(str(error).split())[:160]
        raise click.ClickException(
            f"{url}: cannot be downloaded ({reason}); go online, or put the file there yourself "
            f"as {cache / name}, then run the same command again"
        ) from None
    except ValueError:
        raise click.ClickException(
            f"{url}: its checksum is not the one in --sha256; nothing was kept. The archive has changed or "
            "was damaged on its way"
        ) from None


def unpack_clothing(archive: Path, folder: Path) -> int:
    """Write the garments of the Clothing dataset's archive into `folder`; return their number."""
    try:
        with zipfile.ZipFile(archive) as files, progress("img") as bar:
            members = {PurePosixPath(name).name: name for name in files.namelist()}
            lines = files.read(members["images.csv"]).decode().splitlines()
            wanted = [
                f"{row['image']}.jpg" for row in csv.DictReader(lines) if row["label"] not in NO_GARMENT
            ]
            names = [name for name in wanted if name in members]
            task = bar.add_task("unpack", total=len(names))
            for name in names:
                with atomic_path(folder / name) as temporary:
                    temporary.write_bytes(files.read(members[name]))
                bar.advance(task)
    except (zipfile.BadZipFile, zlib.error, csv.Error, KeyError, UnicodeDecodeError, RuntimeError) as error:
        raise click.ClickException(
            f"{archive}: not the Clothing dataset, or damaged ({error}); delete it and run this again"
        ) from None
    return len(names)


@main.command(cls=Command)
@click.argument("root", type=click.Path(path_type=Path, exists=True, file_okay=False))
@path_option("--out", "photos", "Folder to fill.")
@classes_option
def deepfashion(root: Path, out: Path, classes: tuple[str, ...]) -> None:
    """Sort DeepFashion's images by its attribute annotations ("Category and Attribute Prediction").

    ROOT holds Anno_fine (or Anno_coarse, Anno), Eval and Img, as its authors hand it out for research.
    Training images go to OUT/unlabelled, without their labels. Validation and test images whose texture
    attributes name exactly one of the patterns go to OUT/val and OUT/test, with val.csv and test.csv. With
    `other` among the patterns, those that name none of the rest are labelled so. Images are linked where the
    disk allows it, else copied.
    """
    splits = {"train": "unlabelled", "val": "val", "test": "test"}
    labels: dict[str, list[tuple[str, str]]] = {"val": [], "test": []}
    counts: Counter[str] = Counter()
    missing = 0
    for split, image, label in read_deepfashion(root, classes):
        target = splits.get(split)
        if target is None or (target != "unlabelled" and label is None):
            continue
        if not image.is_file():
            missing += 1
            continue
        inside = Path(target, *image.parts[-2:])
        _link(image, out / inside)
        counts[target] += 1
        if target in labels:
            labels[target].append((inside.as_posix(), str(label)))
    if not counts["unlabelled"]:
        raise click.ClickException(f"{root}: none of its training images is there; unpack Img/img.zip")
    for target, rows in labels.items():
        write_csv(out / f"{target}.csv", ["path", "label"], sorted(rows))
    if missing:
        click.echo(f"{root}: {missing} listed images are not there", err=True)
    _done(out, counts, classes)


def _link(source: Path, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists():
        return
    try:
        os.link(source, path)
    except OSError:  # another disk, or one without links
        with atomic_path(path) as temporary:
            shutil.copyfile(source, temporary)


def _done(out: Path, counts: Counter[str], classes: tuple[str, ...] = PAPER) -> None:
    click.echo(f"{out}: " + ", ".join(f"{count} {split}" for split, count in counts.items()))
    settings = [f"-S target.source={out}"]
    settings += [f"-S target.{split}=null" for split in ("val", "test") if not counts[split]]
    settings += [f"-S 'classes=[{','.join(classes)}]'"] if classes != PAPER else []
    click.echo(f"Train on them: dvc exp run {' '.join(settings)}")


if __name__ == "__main__":
    main()
