"""Table 1: every method beside the paper's figures.

`python -m pipeline.experiments.table1 --out reports/experiments/table1`
"""

from pathlib import Path
from typing import Any

import click
import yaml

from assets.common.command import Command, path_option
from assets.common.files import write_bytes
from pipeline.experiments.params import SharedParams
from pipeline.experiments.recipe import recipe
from pipeline.experiments.results import (
    SPLITS,
    bounded,
    bounds,
    cost,
    read_seeds,
    resample,
    with_bounds,
    write_lines,
)
from pipeline.experiments.rows import ROWS, base_of, changes_of
from pipeline.metrics import COMMON
from pipeline.params import Params, load_params


def table(runs: Path, params: Params) -> list[dict[str, Any]]:
    """Return one line per split and method.

    `<metric>` is the mean over the seeds, `<metric>_sd` their standard deviation (None for one seed), `_low`
    and `_high` bound the mean's 95 % bootstrap interval over images; `gain` is the accuracy over its base's.
    `common_recall` is the mean recall of classes with at least COMMON images (nan if there are none), and
    `common_gain` what is gained in it.
    """
    names, seeds = params.experiments.methods, params.experiments.seeds
    folders = {name: [runs / f"{name}-{seed}" for seed in seeds] for name in names}
    lines = []
    for split in SPLITS:
        read = {name: read_seeds(folders[name], split) for name in names}
        resampled = {
            name: resample(found, params.evaluate.bootstrap, params.seed)
            for name, found in read.items()
            if found is not None
        }
        for name, found in read.items():
            if found is None:
                continue
            line: dict[str, Any] = {"split": split, "method": name, "images": len(found.actual)}
            line["seeds"] = len(seeds)
            for metric in ("accuracy", "balanced_accuracy", "macro_f1"):
                values = found.values(metric)
                line[metric] = values.mean()
                line[f"{metric}_sd"] = values.std(ddof=1) if len(values) > 1 else None
            ours = resampled[name]
            for metric in ("accuracy", "balanced_accuracy"):
                line |= bounded(metric, line[metric], getattr(ours, metric))
            line |= bounded("common_recall", found.common_recall, ours.common_recall)
            base = read.get(base_of(name))
            if base is not None and base is not found:
                theirs = resampled[base_of(name)]
                gain = line["accuracy"] - base.values("accuracy").mean()
                line |= bounded("gain", gain, ours.accuracy - theirs.accuracy)
                gain = found.common_recall - base.common_recall
                line |= bounded("common_gain", gain, ours.common_recall - theirs.common_recall)
            for label, (photos, recall) in found.recalls.items():
                line[f"photos_{label}"], line[f"recall_{label}"] = photos, recall
            line["minutes"], line["peak_mb"] = cost(folders[name])
            line["published"] = ROWS[name].published
            lines.append(line)
    return lines


def markdown(lines: list[dict[str, Any]], shared: SharedParams) -> str:
    """Return the tables of all splits as Markdown, and the settings of all rows."""
    text = []
    for split in dict.fromkeys(line["split"] for line in lines):
        chosen = [line for line in lines if line["split"] == split]
        text += [
            f"`{split}`: {chosen[0]['images']} photos, {chosen[0]['seeds']} seeds. Mean ± standard deviation "
            "over seeds (95 % bootstrap interval of the mean, over photos).",
            "",
            "| method | accuracy | gain over no adaptation | balanced accuracy | macro-F1 | minutes "
            "| peak MB | paper |",
            "|---|---|---|---|---|---|---|---|",
            *(_markdown_line(line) for line in chosen),
            "",
            *_recalls(chosen),
            "",
        ]
    text += [
        "The gain is over no adaptation trained alike: the rivals' over theirs, the others' over the first. "
        "Paper: accuracy in Moreu et al. 2023, table 1, with other photos, other renders and a larger scale.",
        "",
        f"All rows share `{_plain(shared.model_dump())}` and make as many updates of the classifier. Nothing "
        "was tuned for a row with a source; the others have what stands in `train:`.",
        "",
        *_recipes(list(dict.fromkeys(line["method"] for line in lines))),
    ]
    return "\n".join(text) + "\n"


def _recipes(names: list[str]) -> list[str]:
    """Return a table of what each row sets of `train:`, where from, and what is not as there."""
    text = ["| method | settings | source | differs |", "|---|---|---|---|"]
    for name in names:
        own = recipe(name)
        settings = ", ".join(f"{key}: {_plain(value)}" for key, value in changes_of(name).items())
        source = f"[{own.source.rpartition('/')[2]}]({own.source})" if own else "params.yaml"
        cells = [ROWS[name].title, f"`{settings}`" if settings else "", source, own.differs if own else ""]
        text.append(f"| {' | '.join(cells)} |")
    return text


def _plain(value: Any) -> str:
    """Return a value as YAML on one line."""
    text = yaml.safe_dump(value, default_flow_style=True, sort_keys=False, width=1000)
    return text.removesuffix("...\n").strip()


def _markdown_line(line: dict[str, Any]) -> str:
    def mean(metric: str) -> str:
        spread = line[f"{metric}_sd"]
        return f"{line[metric]:.3f}" + (f" ± {spread:.3f}" if spread is not None else "")

    cells = [
        ROWS[line["method"]].title,
        f"{mean('accuracy')} {bounds(line, 'accuracy')}",
        with_bounds(line, "gain", "+.3f"),
        f"{mean('balanced_accuracy')} {bounds(line, 'balanced_accuracy')}",
        mean("macro_f1"),
        f"{line['minutes']:.1f}",
        f"{line['peak_mb']:.0f}",
        f"{line['published']:.3f}" if line["published"] is not None else "",
    ]
    return f"| {' | '.join(cells)} |"


def _recalls(lines: list[dict[str, Any]]) -> list[str]:
    """Return a table of the recall of every class, with its number of photos."""
    labels = [key.removeprefix("recall_") for key in lines[0] if key.startswith("recall_")]
    head = [f"{label} ({lines[0][f'photos_{label}']})" for label in labels]
    text = [
        f"Recall (photos of each pattern). The mean leaves out patterns with fewer than {COMMON} photos.",
        "",
        f"| method | {' | '.join(head)} | mean | gain |",
        "|---" * (len(head) + 3) + "|",
    ]
    for line in lines:
        cells = [f"{line[f'recall_{label}']:.2f}" for label in labels]
        cells += [with_bounds(line, "common_recall", ".3f"), with_bounds(line, "common_gain", "+.3f")]
        text.append(f"| {ROWS[line['method']].title} | {' | '.join(cells)} |")
    return text


@click.command(cls=Command, epilog="Example: dvc repro pipeline/experiments/dvc.yaml:table1")
@path_option("--runs", "reports/experiments/runs", "Folder of the finished runs, <method>-<seed>.")
@path_option("--out", "reports/experiments/table1", "Folder for table1.csv and table1.md.")
@path_option("--params", "params.yaml", "Its `experiments` says which methods and seeds.")
def main(runs: Path, out: Path, params: Path) -> None:
    """Put the finished runs into one table, as CSV and Markdown, and print it."""
    settings = load_params(params)
    lines = table(runs, settings)
    write_lines(out / "table1.csv", lines, runs)
    text = markdown(lines, settings.experiments.train)
    write_bytes(out / "table1.md", text.encode())
    click.echo(text)


if __name__ == "__main__":
    main()
