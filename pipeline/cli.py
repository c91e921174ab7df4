"""`fashion-cut`: all commands under one name, with shell completion. See docs/commands.md."""

from importlib import import_module

import click
from click.shell_completion import CompletionItem

COMMANDS = {
    "predict": ("pipeline.predict", "Read the pattern off photos."),
    "demo": ("pipeline.demo.__main__", "The same in a browser; or label photos there."),
    "finetune": ("pipeline.finetune", "Teach a classifier your own labels, in a minute."),
    "export": ("pipeline.export", "Write a classifier as one ONNX file."),
    "release": ("pipeline.release.__main__", "Make a classifier ready for others, with its card."),
    "import-photos": ("pipeline.import_photos", "Fetch or sort a public set of photos."),
    "scale": ("pipeline.scale", "Set params.yaml to smoke, laptop, release or paper scale."),
    "build-garments": ("assets.build", "Sew the garment library."),
    "add-garment": ("assets.add", "Add a mesh of your own to it."),
    "render": ("sdg.render", "Render labelled images of garments."),
    "verify": ("sdg.verify", "Check rendered images and passes, and render damaged ones again."),
    "train": ("train.__main__", "Train a classifier on renders and unlabelled photos."),
    "evaluate": ("pipeline.evaluate", "Measure a classifier on labelled photos."),
    "report": ("pipeline.report.__main__", "Write the page that shows the result."),
    "doctor": ("assets.common.doctor", "Say whether Blender can render on this machine."),
}
"""Name -> the module whose `main` it is, and what it does in a line."""


class Lazy(click.Group):
    """A group that imports a command when it is called, not to list it: some of them import PyTorch."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        main: click.Command = import_module(COMMANDS[cmd_name][0]).main
        return main

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        names = [
            CompletionItem(n, help=line) for n, (_, line) in COMMANDS.items() if n.startswith(incomplete)
        ]
        return names + click.Command.shell_complete(self, ctx, incomplete)


@click.group(cls=Lazy, epilog="Each is also a module: `fashion-cut predict` is `python -m pipeline.predict`.")
def main() -> None:
    """Train a classifier of clothing patterns for your own photos from rendered clothes, without labels."""


if __name__ == "__main__":
    main(prog_name="fashion-cut")
