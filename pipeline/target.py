"""Turn photos as people have them into the target set: upright RGB JPEGs of one size, and a manifest.

`python -m pipeline.target --out data/target`
"""

import hashlib
import re
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import combinations
from pathlib import Path
from typing import Any, NamedTuple

import click
from PIL import Image

from assets.common.code import code_hash
from assets.common.command import Command, path_option
from assets.common.files import atomic_path, require_writable, sha256, write_json
from assets.common.processes import cores
from assets.common.progress import progress
from pipeline.labels import read_labelled, refuse_two_labels, require_two
from pipeline.params import Params, TargetParams, load_params
from pipeline.photos import find_photos, report_notes, report_unreadable
from sdg.stand_in import ABOUT as STAND_IN
from train.data.manifest import write_manifest
from train.data.photo import UnreadablePhoto, open_photo

JPEG_QUALITY = 92
RESAMPLING = Image.Resampling.LANCZOS
LABELLED = ("val", "test", "labelled")
"""The splits that come with labels: the last one to train on, never on the others."""
OURS = re.compile(r".*-[0-9a-f]{12}\.jpg|\.tmp-.*")  # names of prepared photos, whole or half written


class Job(NamedTuple):
    """A photo to prepare; `where` a person named it: a line of a CSV, or the photo itself."""

    split: str
    photo: Path
    label: str | None
    where: str


Row = dict[str, Any]  # a row of the manifest


def build_target(params: Params, out: Path, workers: int | None = None) -> dict[str, Any]:
    """Prepare `params.target` into `out` and return what `out/target.json` says about it.

    `out` receives `<split>/<name>-<hash>.jpg`, manifest.parquet (see pipeline/manifest.py) and target.json.
    A label of val or test that is none of the classes is kept as it is: the photo shows none of the patterns.
    Photos that are there already are kept, so that an interrupted run continues; whatever does not belong
    is removed. Each photo is kept once: in test rather than in val, in val rather than in labelled or
    unlabelled. One to train on with its label is still one of the unlabelled, all that the shop has.
    Raises click.ClickException for a missing source, a wrong label, a split without one readable photo, or a
    single photo of a class to train on.
    """
    workers = workers or cores()
    require_writable(out)
    source = at_home(params.target.source)
    jobs = list_photos(source, params.target, params.classes)
    prepared, unreadable = _prepare_all(jobs, out, params.target.size, workers)
    splits = list(dict.fromkeys(job.split for job in jobs))
    for split in splits:
        if not any(job.split == split for job, _ in prepared):
            raise click.ClickException(
                f"{source}: none of its {split} photos can be read; see the reasons above"
            )
    kept = _drop_duplicates(prepared)
    for split in splits:
        if not any(row["split"] == split for row in kept):
            raise click.ClickException(
                f"{source}: all its {split} photos are in another set too, and none is left; set "
                f"target.{split} to photos of its own"
            )
    if params.target.labelled:
        labels = [row["label"] for row in kept if row["split"] == "labelled"]
        require_two(source / at_home(params.target.labelled), labels, params.classes)
    _remove_strangers(out, {row["path"] for row in kept})
    about = {
        "kind": "stand-in" if (source / STAND_IN).exists() else "photos",
        "name": source.resolve().name,
        "size": params.target.size,
        "images": dict(Counter(row["split"] for row in kept)),
        "labels": {
            split: dict(Counter(row["label"] for row in kept if row["split"] == split))
            for split in LABELLED
            if split != "labelled" or params.target.labelled
        },
        "unreadable": unreadable,
        "duplicates": len(prepared) - len(kept),
    }
    write_json(out / "target.json", about)
    write_manifest(out / "manifest.parquet", kept)
    return about


def list_photos(source: Path, target: TargetParams, classes: Sequence[str]) -> list[Job]:
    """Return every photo of the source with its split and label, without opening one."""
    if not source.is_dir():
        raise click.ClickException(f"{source}: no such folder; set target.source to a folder of photos")
    folder = source / target.unlabelled
    if not folder.is_dir():
        raise click.ClickException(
            f"{folder}: no such folder; "
            f"set target.unlabelled to the folder in {source} that holds your photos (. for all)"
        )
    jobs = [Job("unlabelled", photo, None, str(photo)) for photo in find_photos(folder)]
    if not jobs:
        raise click.ClickException(
            f"{folder}: no photos in it; set target.source and target.unlabelled to where they are"
        )
    entries = [(split, source / at_home(entry)) for split in LABELLED for entry in target.files(split)]
    for split, path in entries:
        if not path.exists():
            raise click.ClickException(
                f"{path}: does not exist; set target.{split} to null if you have no such labels"
            )
        labelled = read_labelled(path, classes, measured=split != "labelled")
        if not labelled:
            raise click.ClickException(
                f"{path}: lists no photos; set target.{split} to null if you have no such labels"
            )
        jobs += [Job(split, *one) for one in labelled]
    for (one, path), (other, other_path) in combinations(entries, 2):
        if one != other and path.samefile(other_path):
            raise click.ClickException(
                f"{path}: target.{one} and target.{other} are the same; set one of them to null, or "
                "share the photos out between two files"
            )
    return jobs


def at_home(path: str) -> Path:
    """Return `path`, its ~ or ~user replaced by the folder it stands for."""
    try:
        return Path(path).expanduser()
    except RuntimeError:  # there is no such user
        return Path(path)


def prepare_photo(path: Path, folder: Path, size: int) -> tuple[Path, str]:
    """Write the photo as a JPEG whose short side is `size` pixels into `folder`; return its path and a note.

    The name holds a hash of the original file and of the way it is prepared: what is there already is
    not prepared again, and its comment holds the note. Raises UnreadablePhoto.
    """
    try:
        content = sha256(path)
    except OSError as error:
        raise UnreadablePhoto(error.strerror or str(error)) from None
    name = re.sub(r"[^A-Za-z0-9_.]+", "-", path.stem)[:40].strip("-.")
    way = [content, size, JPEG_QUALITY, RESAMPLING.name, code_hash("train.data.photo")]
    digest = hashlib.sha256(repr(way).encode()).hexdigest()
    prepared = folder / f"{name}-{digest[:12]}.jpg"
    if (note := _note_of(prepared)) is not None:
        return prepared, note
    photo, note = open_photo(path)
    scale = size / min(photo.size)
    photo = photo.resize((round(photo.width * scale), round(photo.height * scale)), RESAMPLING)
    with atomic_path(prepared) as temporary:
        photo.save(temporary, "JPEG", quality=JPEG_QUALITY, comment=note.encode())
    return prepared, note


def _note_of(prepared: Path) -> str | None:
    """Return the note of a prepared photo, None if it is not there or not whole."""
    try:
        with Image.open(prepared) as image:
            image.load()
            return image.info.get("comment", b"").decode()
    except OSError:
        return None


def _prepare_all(jobs: list[Job], out: Path, size: int, workers: int) -> tuple[list[tuple[Job, Row]], int]:
    """Return each job whose photo can be read, with its row, and how many cannot; name those, and why."""

    def prepare(job: Job) -> tuple[Row | None, str]:
        try:
            prepared, note = prepare_photo(job.photo, out / job.split, size)
        except OSError:  # of the disk we write to
            raise
        except Exception as error:  # UnreadablePhoto, or what nobody has thought of
            return None, str(error) or type(error).__name__
        with Image.open(prepared) as image:
            width, height = image.size
        row = {
            "path": prepared.relative_to(out).as_posix(),
            "sha256": sha256(prepared),
            "label": job.label,
            "garment": None,
            "split": job.split,
            "width": width,
            "height": height,
        }
        return row, note

    rows, problems, notes = [], [], []
    with progress("img") as bar, ThreadPoolExecutor(workers) as pool:
        task = bar.add_task("target", total=len(jobs))
        for job, (row, note) in zip(jobs, pool.map(prepare, jobs), strict=True):
            if row is None:
                problems.append((job.photo, note))
            else:
                rows.append((job, row))
                notes += [(job.photo, note)] if note else []
            bar.advance(task)
    report_notes(notes)
    report_unreadable(problems)
    return rows, len(problems)


def _drop_duplicates(prepared: list[tuple[Job, Row]]) -> list[Row]:
    """Keep each photo once, as `build_target` says."""
    jobs: dict[str, Job] = {}
    rows: list[Row] = []
    for split in ("test", "val", "labelled", "unlabelled"):
        dropped = 0
        for job, row in (one for one in prepared if one[0].split == split):
            other = jobs.get(row["sha256"])
            if other is None or (split, other.split) == ("unlabelled", "labelled"):
                jobs[row["sha256"]] = job
                rows.append(row)
                continue
            dropped += 1
            if split != "unlabelled":
                refuse_two_labels(other.label, other.where, job.label, job.where)
        if dropped:
            click.echo(
                f"{split}: left out {dropped} photos that are there twice or in a set to measure on", err=True
            )
    order = {"unlabelled": 0, "val": 1, "test": 2, "labelled": 3}
    return sorted(rows, key=lambda row: (order[row["split"]], row["path"]))


def _remove_strangers(out: Path, keep: set[str]) -> None:
    """Delete prepared photos that are not in `keep`, and nothing that another hand has put there."""
    for split in ("unlabelled", *LABELLED):
        for path in (out / split).glob("*"):
            if OURS.fullmatch(path.name) and path.relative_to(out).as_posix() not in keep:
                path.unlink()


@click.command(
    cls=Command,
    epilog="""Your own photos, in params.yaml:

    \b
    target:
      source: my/photos   # their folder
      unlabelled: .       # the folder in it to search, . for all of it
      val: labels.csv     # a CSV path,label or a folder of class folders, a list of these, or null
      test: null
      labelled: null      # another CSV or folder like val: photos to train on with their labels
    """,
)
@path_option("--out", "data/target", "Folder to fill.")
@path_option("--params", "params.yaml", "Its `target` is prepared.")
@click.option("--workers", type=click.IntRange(min=1), help="Threads.  [default: one per core]")
def main(out: Path, params: Path, workers: int | None) -> None:
    """Prepare the target set: every photo upright, RGB, and of one size.

    Any image format that Pillow reads, in any depth of folders. A photo that cannot be read is named and
    left out.
    """
    about = build_target(load_params(params), out, workers)
    counts = ", ".join(f"{count} {split}" for split, count in about["images"].items())
    left_out = f"{about['unreadable']} unreadable, {about['duplicates']} duplicates"
    click.echo(f"{out}: {about['kind']}: {counts} ({left_out})")


if __name__ == "__main__":
    main()
