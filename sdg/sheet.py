"""`python -m sdg.sheet DIR`: a contact sheet, so that a person can look."""

import math
from pathlib import Path

import click
from PIL import Image, ImageDraw

from assets.common.command import Command
from assets.common.files import atomic_path
from sdg.params import PASS

SUFFIXES = {".jpg", ".jpeg", ".png"}
GAP = 2


@click.command(
    cls=Command,
    context_settings={"show_default": True},
    epilog="\b\nExamples:\n  python -m sdg.sheet data/synthetic/floral\n"
    "  python -m sdg.sheet data/synthetic --n 100 --out sheet.png",
)
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), default=Path("sheet.png"), help="The PNG to write.")
@click.option("--n", type=click.IntRange(min=1), default=49, help="Images at most, picked evenly.")
@click.option(
    "--size", type=click.IntRange(min=16), default=128, help="Side of an image on the sheet, pixels."
)
def main(folder: Path, out: Path, n: int, size: int) -> None:
    """Show N images of FOLDER (and its subfolders) on one sheet, each with its number."""
    found = sorted(
        p
        for p in folder.rglob("*")
        if p.suffix.lower() in SUFFIXES and not p.name.startswith(".") and not PASS.fullmatch(p.name)
    )
    if not found:
        raise click.ClickException(f"{folder}: no images here; render some with `python -m sdg.render`")
    sheet = contact_sheet(pick(found, n), size)
    try:
        with atomic_path(out) as temporary:
            sheet.save(temporary, "PNG")
    except OSError as error:
        raise click.ClickException(f"{out}: {error.strerror or error}; choose another --out") from None
    click.echo(f"{out}: {min(n, len(found))} of {len(found)} images")


def pick(paths: list[Path], n: int) -> list[Path]:
    """Return `n` of `paths`, evenly spaced, the first included; all of them if there are fewer."""
    if len(paths) <= n:
        return paths
    return [paths[i * len(paths) // n] for i in range(n)]


def contact_sheet(paths: list[Path], size: int) -> Image.Image:
    """Return the images in a near-square grid, `size` pixels each, with small captions."""
    columns = math.ceil(math.sqrt(len(paths)))
    rows = math.ceil(len(paths) / columns)
    cell = size + GAP
    sheet = Image.new("RGB", (columns * cell + GAP, rows * cell + GAP), "white")
    draw = ImageDraw.Draw(sheet)
    for i, path in enumerate(paths):
        x, y = GAP + i % columns * cell, GAP + i // columns * cell
        try:
            with Image.open(path) as image:
                sheet.paste(image.convert("RGB").resize((size, size), Image.Resampling.LANCZOS), (x, y))
        except OSError:
            draw.line([(x, y), (x + size, y + size)], fill="red", width=3)
        caption = path.stem.lstrip("0") or "0"
        draw.text((x + 2, y + 1), caption, fill="white", font_size=9, stroke_width=1, stroke_fill="black")
    return sheet


if __name__ == "__main__":
    main()
