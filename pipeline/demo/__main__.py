"""`python -m pipeline.demo`: read photos in a browser, or label them."""

import ipaddress
from pathlib import Path

import click

from assets.common.command import Command, path_option
from assets.common.files import require_replaceable
from pipeline.inference import default_device
from train.model_folder import load_classifier


@click.command(
    cls=Command,
    context_settings={"show_default": True},
    epilog="""Examples:

    \b
    python -m pipeline.demo --model models/classifier --port 8000
    python -m pipeline.demo --only plain,striped,floral
    python -m pipeline.demo --label photos --exclude photos/val.csv --out photos/labels.csv
    """,
)
@path_option("--model", "models/release", "Folder of the trained classifier.")
@click.option("--host", default="127.0.0.1", help="Address to listen on; the default is this machine only.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8765, help="Port to listen on; 0: any free one."
)
@click.option("--max-photos", type=click.IntRange(min=1), default=24, help="Photos in one upload.")
@click.option("--max-mb", type=click.IntRange(min=1), default=64, help="Megabytes in one upload.")
@click.option(
    "--only",
    metavar="PATTERNS",
    help="Patterns that may be answered, separated by commas; whatever shows none of them is said to.",
)
@click.option(
    "--label",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Folder of photos, searched recursively: serve a page to label them instead, the most useful first.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    default="labels.csv",
    help="With --label: CSV path,label to write. If it is there, labelling goes on.",
)
@click.option(
    "--exclude",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="With --label: CSV with a column path; these photos, which you measure with, are not asked about.",
)
@click.option(
    "--n",
    "most",
    type=click.IntRange(min=1),
    default=1000,
    help="With --label: photos that the model looks at, drawn at random, to choose the most useful of.",
)
def main(
    model: Path,
    host: str,
    port: int,
    max_photos: int,
    max_mb: int,
    only: str | None,
    label: Path | None,
    out: Path,
    exclude: Path | None,
    most: int,
) -> None:
    """Serve a web page that reads the pattern off photos dropped into it.

    It shows the label, the probabilities, and the regions that decided. It needs no network; photos stay on
    this machine and are not kept.

    With --label, the page asks you which pattern photos show: those first that the model is least sure of
    and that are unlike each other. Its guess is marked, each pattern has a key, every answer is saved at
    once. Photos that show none of the patterns are labelled other if the model knows that class; else they
    are listed beside the CSV, in <name>.none.csv, and not asked about again.
    """
    if label and only is not None:
        raise click.UsageError("--only: a page to label photos on asks about all patterns; leave it out")
    try:
        from waitress import create_server

        from pipeline.demo.app import create_app
        from pipeline.demo.labelling import Answers, choose, create_label_app
    except ImportError:
        raise click.ClickException("Flask is not installed; run `pip install -e '.[demo]'`") from None

    if label:
        require_replaceable(out)
        classifier = load_classifier(model, default_device())
        answers = Answers(out, classifier.classes)
        questions = choose(classifier, label, answers, most, exclude)
        app = create_label_app(classifier.classes, questions, answers, host)
    else:
        app = create_app(load_classifier(model), max_photos, max_mb, host, only)
    try:
        server = create_server(app, host=host, port=port, max_request_body_size=(max_mb + 1) * 1_000_000)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise click.ClickException(f"{host}:{port}: {reason}; choose another --host or --port") from None
    if not _is_loopback(host):
        click.echo("Warning: whoever reaches this address can use the page; it has no password.", err=True)
    click.echo(f"Open http://{host}:{server.effective_port} in a browser; Ctrl-C stops it.")
    server.run()


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


if __name__ == "__main__":
    main()
