"""Benchmark training on a GPU, in one command of a few minutes that a second call goes on with.

python -m benchmarks.device pack --out archives                   # where the project is
tar xf pack-0.tar && ... && python -m benchmarks.device run       # on the GPU machine; `pack` prints it
"""

import os
from pathlib import Path

from assets.common.runtime import prepare_for_torch

prepare_for_torch()

import click  # noqa: E402
import torch  # noqa: E402

from assets.common.command import Command  # noqa: E402
from benchmarks.device import numerics, speed  # noqa: E402
from benchmarks.device.pack import pack  # noqa: E402
from benchmarks.device.results import Results  # noqa: E402
from benchmarks.device.training import train_for_the_rest  # noqa: E402

LEAST_TRAINING_S = 30.0


@click.group()
def main() -> None:
    """Is training on a GPU right, how fast is it, and what comes of it?"""


@main.command(cls=Command, name="run", context_settings={"show_default": True})
@click.option(
    "--data", type=click.Path(path_type=Path), help="Unpacked images; without them nothing is trained."
)
@click.option("--out", type=click.Path(path_type=Path), default=Path("device"), help="Folder of all results.")
@click.option(
    "--params", type=click.Path(path_type=Path), help="YAML whose `train` is trained.  [default: CUT's]"
)
@click.option("--minutes", type=click.FloatRange(min=0), default=8.0, help="After which nothing new begins.")
@click.option("--device", type=click.Choice(["cuda", "cpu"]), default="cuda")
@click.option("--tiny", is_flag=True, help="Sizes that mean nothing, to try the command out.")
def run_command(
    data: Path | None, out: Path, params: Path | None, minutes: float, device: str, tiny: bool
) -> None:
    """Measure numerics, then speed and memory, then train; write OUT/device.json and print tables.

    What is in OUT already is not measured again, and a training goes on.
    """
    if device == "cpu":
        os.environ["ACCELERATE_USE_CPU"] = "true"
    elif not torch.cuda.is_available():
        raise click.ClickException("no CUDA here; --device cpu --tiny tries the command out")
    out.mkdir(parents=True, exist_ok=True)
    results = Results(out / "device.json", minutes)
    where = torch.device(device)
    name = torch.cuda.get_device_name() if device == "cuda" else "cpu"
    results.measure("chip", "name", lambda: {"name": name, "torch": torch.__version__})
    numerics.measure(results, where, tiny)
    speed.measure(results, where, tiny)
    if data:
        results.measure(
            "training",
            "cut",
            lambda: train_for_the_rest(results, data, out, params, tiny),
            needs=0 if tiny else LEAST_TRAINING_S,
        )
    for section in results.rows:
        click.echo(f"\n{results.table(section)}")
    if results.left:
        click.echo(f"\nno time for {', '.join(results.left)}; run the same command to go on")
    wrong = [
        f"{section}: {name}"
        for section, rows in results.rows.items()
        for name, row in rows.items()
        if "error" in row or row.get("ok") is False
    ]
    if wrong:
        raise click.ClickException(f"not right: {', '.join(wrong)}")


@main.command(cls=Command, name="pack", context_settings={"show_default": True})
@click.option("--synthetic", type=click.Path(path_type=Path), default=Path("data/manifest.parquet"))
@click.option("--target", type=click.Path(path_type=Path), default=Path("data/target/manifest.parquet"))
@click.option(
    "--out", type=click.Path(path_type=Path), default=Path("archives"), help="Folder of the archives."
)
@click.option("--size", type=click.IntRange(min=32), default=224, help="Pixels of an image.")
@click.option("--archives", type=click.IntRange(min=1), default=2, help="At most so many, of 60 MB each.")
@click.option("--python", default="3.12", help="Version that the wheels are for.")
def pack_command(synthetic: Path, target: Path, out: Path, size: int, archives: int, python: str) -> None:
    """Write archives with code, wheels and as many images as there is room for."""
    counts = pack({"synthetic": synthetic, "target": target}, out, size, archives, python)
    told = ", ".join(f"{n} of {domain}" for domain, n in counts.items())
    click.echo(
        f"{out}: {told}. On the GPU machine:\n"
        "  for t in pack-*.tar; do tar xf $t; done; pip install --no-index --no-deps wheels/*.whl\n"
        "  cd code && python -m benchmarks.device run --data ../data --out ../device"
    )


if __name__ == "__main__":
    main()
