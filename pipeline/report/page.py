"""Collect what the report shows and write the page."""

import importlib
import json
import shlex
import subprocess
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import jinja2
import torch

from assets.common.files import write_bytes
from materials.patterns import PATTERNS
from pipeline.answer import OTHER
from pipeline.evaluate import SPLITS, read_predictions
from pipeline.labels import class_of
from pipeline.open_set import in_sentences, read_curve
from pipeline.params import Params
from pipeline.report.charts import (
    HEIGHT,
    WIDTH,
    colors_in,
    draw_risk_coverage,
    parameter_histograms,
    read_curves,
)
from pipeline.report.pictures import embed, embed_pixels
from pipeline.report.words import headline, headline_split, translation_words
from sdg.dataset.folder import read_records
from sdg.dataset.record import Record
from train.data.images import open_prepared, to_tensor, to_uint8
from train.data.manifest import read_manifest
from train.data.photo import square
from train.model_folder import TrainedGenerator

SAMPLES = 24
"""Rendered images on a class's wall."""
PHOTOS = 24
"""Photos embedded per cell of a confusion matrix."""
MISTAKES = 12
SIDE = 256
"""Pixels of an embedded sample, at most."""
PHOTO_SIDE = 176
"""Pixels of an embedded photo of the target, at most."""

Row = dict[str, Any]


@dataclass(frozen=True)
class Sources:
    """The files a report is made of."""

    params: Path  # params.yaml
    synthetic: Path  # data/manifest.parquet
    target: Path  # data/target/manifest.parquet
    evaluation: Path  # folder of metrics.json and predictions_<split>.csv
    curves: Path  # folder of dvclive's TSV files


def write_report(
    sources: Sources, settings: Params, generators: dict[str, TrainedGenerator], out: Path
) -> None:
    """Write the self-contained page to `out`, atomically; `generators` by the name they are shown under."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("pipeline", "report"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.policies["json.dumps_kwargs"] = {"sort_keys": False}
    environment.filters["percent"] = lambda share: f"{100 * share:.0f} %"
    environment.filters["short"] = lambda value: f"{value:.3g}"
    page = environment.get_template("page.html.j2").render(collect(sources, settings, generators))
    write_bytes(out, page.encode())


def collect(sources: Sources, settings: Params, generators: dict[str, TrainedGenerator]) -> dict[str, Any]:
    """Return everything the template shows."""
    classes = settings.classes
    rendered = read_manifest(sources.synthetic, "python -m pipeline.manifest")
    photos = read_manifest(sources.target, "python -m pipeline.target")
    metrics = _read_json(sources.evaluation / "metrics.json", "python -m pipeline.evaluate")
    about = _read_json(sources.target.parent / "target.json", "python -m pipeline.target")
    folders = {
        "test": sources.target.parent,
        "val": sources.target.parent,
        "synthetic": sources.synthetic.parent,
    }
    results = [
        _split(split, metrics[split], sources.evaluation, folders[split], classes)
        for split in SPLITS
        if split in metrics
    ]
    samples = {name: [row for row in rendered if row["label"] == name] for name in classes}
    records = {name: _records(sources.synthetic.parent, samples[name]) for name in classes}
    tiles = settings.materials.floral.texture_dir
    walls = {name: _wall(sources.synthetic.parent, samples[name], records[name], tiles) for name in classes}
    best = headline_split(metrics)
    return {
        "words": headline(metrics, about),
        "labels": _label_counts(about, classes),
        "metrics": metrics[best] if best else None,
        "about": about,
        "classes": classes,
        "results": results,
        "walls": walls,
        "viewer": {
            "samples": [sample["about"] for wall in walls.values() for sample in wall],
            "photos": {result["name"]: result["photos"] for result in results},
        },
        "strip": {
            "rendered": [walls[name][0]["src"] for name in classes],
            "target": _target_strip(sources.target.parent, photos, len(classes)),
        },
        "translations": translations(sources.synthetic.parent, samples, generators),
        "translation_words": translation_words(_figures(sources.curves), settings.train.warm_up),
        "curves": read_curves(sources.curves),
        "curve_size": (WIDTH, HEIGHT),
        "OTHER": OTHER,
        "statistics": [_statistics(name, samples[name], records[name]) for name in classes],
        "garments": Counter(record.garment.type for found in records.values() for record in found.values()),
        "params": sources.params.read_text(),
        "revision": git_revision(),
    }


def _label_counts(about: Row, classes: list[str]) -> dict[str, Counter[str]]:
    """Return by split how many photos are labelled with each class, and with none of them as OTHER."""
    return {
        split: Counter(class_of(label, classes) or OTHER for label, n in counts.items() for _ in range(n))
        for split, counts in about.get("labels", {}).items()
    }


def render_command(record: Record, texture_dir: str = "") -> str:
    """Return the command that renders the record's image again, alone, into the folder `again`."""
    options = [
        f"--class {record.name} --index {record.index} --seed {record.seed}",
        f"--size {record.size} --preset {record.preset} --samples {record.samples}",
        f"--format {record.format}",
        *([f"--texture-dir {shlex.quote(texture_dir)}"] if texture_dir and record.name == "floral" else []),
        *(f"--without {shlex.quote(kind)}" for kind in record.without),
        "--out again",
    ]
    return f"python -m sdg.render {' '.join(options)}"


def git_revision() -> str:
    """Return the short commit hash, with a note if files differ from it; "unknown" outside a repository."""
    commit = subprocess.run(
        ["git", "describe", "--always", "--dirty= with uncommitted changes", "--exclude=*"],
        capture_output=True,
        text=True,
        check=False,
    )
    return commit.stdout.strip() or "unknown"


def _read_json(path: Path, cure: str) -> Row:
    try:
        content: Row = json.loads(path.read_text())
    except FileNotFoundError:
        raise click.ClickException(f"{path}: no such file; run `{cure}`") from None
    except ValueError:
        raise click.ClickException(f"{path}: not valid JSON; run `{cure}`") from None
    return content


def _figures(curves: Path) -> Row:
    """Return the last figures of training, or none: a folder of curves alone can be shown too."""
    path = curves.parent.parent / "metrics.json"
    return _read_json(path, "dvc repro train") if path.exists() else {}


def _records(base: Path, rows: list[Row]) -> dict[str, Record]:
    """Return the records of one class by manifest path."""
    folders = {(base / row["path"]).parent for row in rows}
    found = {folder / record.image: record for folder in folders for record in read_records(folder)}
    try:
        return {row["path"]: found[base / row["path"]] for row in rows}
    except KeyError as error:
        raise click.ClickException(
            f"{error.args[0]}: no record of it any more; run `python -m pipeline.manifest`"
        ) from None


def _wall(base: Path, rows: list[Row], records: dict[str, Record], texture_dir: str) -> list[Row]:
    return [
        {
            "src": embed(base / row["path"], SIDE),
            "about": {
                "path": row["path"],
                "record": records[row["path"]].as_dict(),
                "command": render_command(records[row["path"]], texture_dir),
            },
        }
        for row in rows[:: max(1, len(rows) // SAMPLES)][:SAMPLES]
    ]


def _target_strip(base: Path, photos: list[Row], most: int) -> list[str]:
    rows = [row for row in photos if row["split"] == "unlabelled"]
    return [_thumbnail(base / row["path"]) for row in rows[:: max(1, len(rows) // most)][:most]]


def _thumbnail(path: Path) -> str:
    return embed_pixels(square(open_prepared(path), PHOTO_SIDE), PHOTO_SIDE)


def _split(split: str, metrics: Row, evaluation: Path, base: Path, classes: list[str]) -> Row:
    """Return what the page shows about one evaluated split."""
    predictions = read_predictions(evaluation, split)
    found = {row[key] for row in predictions for key in ("actual", "predicted")}
    names = [name for name in classes if name != OTHER] + [OTHER] * (OTHER in found)
    cells: dict[str, dict[str, list[Row]]] = {a: {p: [] for p in names} for a in names}
    for row in predictions:
        cells[row["actual"]][row["predicted"]].append(row)
    photos = [row for line in cells.values() for cell in line.values() for row in cell[:PHOTOS]]
    wrong = [row for row in predictions if row["actual"] != row["predicted"]]
    sources = {row["path"]: embed(base / row["path"], PHOTO_SIDE) for row in [*photos, *wrong[:MISTAKES]]}
    return {
        "name": split,
        "title": SPLITS[split],
        "metrics": metrics,
        "total": len(predictions),
        "names": names,
        "counts": {a: {p: len(cells[a][p]) for p in names} for a in names},
        "others": in_sentences(metrics.get("open_set", {}), "images" if split == "synthetic" else "photos"),
        "curve": draw_risk_coverage(read_curve(evaluation, split)),
        "photos": [_photo(row, sources) for row in photos],
        "mistakes": [_photo(row, sources) for row in wrong[:MISTAKES]],
        "wrong": len(wrong),
    }


def _photo(row: Row, sources: dict[str, str]) -> Row:
    return {
        "src": sources[row["path"]],
        "path": row["path"],
        "actual": row["actual"],
        "label": row.get("label", row["actual"]),
        "predicted": row["predicted"],
        "confidence": float(row["confidence"]),
    }


def translations(
    base: Path, samples: dict[str, list[Row]], generators: dict[str, TrainedGenerator]
) -> dict[str, Any] | None:
    """Return two renders of each class, before and after each generator; None if there is no generator.

    `change` says by generator how far it moves a pixel, on average, as a share of the whole range.
    """
    if not generators:
        return None
    size = next(iter(generators.values())).size
    chosen = [(name, rows[0]) for name, rows in samples.items()]
    chosen += [(name, rows[len(rows) // 2]) for name, rows in samples.items()]
    before = [square(open_prepared(base / row["path"]), size) for _, row in chosen]
    pixels = torch.stack([to_tensor(picture) for picture in before])
    pictures = {"rendered": before}
    change = {}
    for name, generator in generators.items():
        after = generator.translate(pixels)
        change[name] = float((after - pixels).abs().mean())
        pictures[name] = list(to_uint8(after))
    return {
        "change": change,
        "pairs": [
            {
                "class": name,
                "pictures": {way: embed_pixels(found[i], SIDE) for way, found in pictures.items()},
            }
            for i, (name, _) in enumerate(chosen)
        ],
    }


def _statistics(name: str, rows: list[Row], records: dict[str, Record]) -> Row:
    drawn = [record.material for record in records.values()]
    return {
        "name": name,
        "images": len(rows),
        "splits": Counter(row["split"] for row in rows),
        "garments": len({row["garment"] for row in rows}),
        "histograms": parameter_histograms(importlib.import_module(PATTERNS[name]).Params, drawn),
        "colors": colors_in(drawn),
    }
