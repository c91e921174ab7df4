"""Write a trained classifier as one ONNX file, for programs without PyTorch.

`python -m pipeline.export --onnx model.onnx`
"""

import json
from pathlib import Path

import click
import torch
from torch import Tensor, nn

from assets.common.command import Command, path_option
from assets.common.files import atomic_path, is_stream, require_replaceable
from pipeline.answer import OTHER
from train.model_folder import DESCRIPTION, WEIGHTS, TrainedClassifier, load_classifier

INPUT, OUTPUT = "pixels", "probabilities"


class FromPixels(nn.Module):
    """uint8 RGB (N, size, size, 3) -> probabilities float32 (N, K): all that follows the resizing."""

    def __init__(self, classifier: TrainedClassifier) -> None:
        super().__init__()
        self.network = classifier.network
        self.temperature = classifier.description.temperature

    def forward(self, pixels: Tensor) -> Tensor:
        images = pixels.permute(0, 3, 1, 2).float() / 255
        return (self.network(images * 2 - 1) / self.temperature).softmax(dim=1)


def export_onnx(classifier: TrainedClassifier, path: Path) -> None:
    """Write `path`: input `pixels` uint8 (N, size, size, 3), output `probabilities` float32 (N, K), any N.

    The metadata hold `classes`, `mean` and `std` (as JSON), `size`, and `preprocessing` and `answer`, words.
    Raises click.ClickException if the packages for it are not installed.
    """
    try:
        import onnx
        import onnxscript  # noqa: F401  torch.onnx needs it
    except ImportError:
        raise click.ClickException("ONNX is not installed; run `pip install -e '.[onnx]'`") from None

    description = classifier.description
    example = torch.zeros(2, classifier.size, classifier.size, 3, dtype=torch.uint8)
    program = torch.onnx.export(
        FromPixels(classifier).cpu().eval(),
        (example,),
        dynamo=True,
        input_names=[INPUT],
        output_names=[OUTPUT],
        dynamic_shapes=({0: torch.export.Dim("images")},),
        verbose=False,
    )
    assert program is not None
    model = program.model_proto
    metadata = {
        "classes": json.dumps(description.classes),
        "size": str(description.size),
        "mean": json.dumps(description.mean),
        "std": json.dumps(description.std),
        "preprocessing": "train/data/photo.py of this project, which needs NumPy and Pillow only, does it: "
        "turn the photo upright (EXIF), put it over white, crop the centre square and resize it to "
        f"{description.size} x {description.size} pixels (bicubic, anti-aliased). The mean and std are "
        "applied inside.",
        "answer": f"Of a set of patterns, all classes but {OTHER!r} or those that you use: the probability "
        "that a photo shows none of them is the sum of the probabilities of all other classes. If that is "
        f"larger than every one in the set, the answer is {OTHER!r}, else the most probable one of the set.",
    }
    onnx.helper.set_model_props(model, metadata)
    with atomic_path(path) as temporary:
        onnx.save(model, temporary)


@click.command(
    cls=Command,
    epilog="""Example:

    \b
    python -m pipeline.export --model models/classifier --onnx model.onnx

    In Python, with onnxruntime, NumPy and Pillow only, and a copy of train/data/photo.py beside your program,
    the photo is prepared as everywhere in this project:

    \b
    import json
    import onnxruntime
    from photo import open_photo, square
    session = onnxruntime.InferenceSession("model.onnx")
    meta = session.get_modelmeta().custom_metadata_map
    pixels = square(open_photo("photo.jpg").image, int(meta["size"]))
    scores = session.run(None, {"pixels": pixels[None]})[0][0]
    classes = json.loads(meta["classes"])
    label = classes[scores.argmax()]
    # Some of the patterns only, as predict --only answers:
    only = ["plain", "striped", "floral"]
    answers = {name: score for name, score in zip(classes, scores) if name in only}
    answers["other"] = sum(score for name, score in zip(classes, scores) if name not in only)
    label = max(answers, key=answers.get)
    """,
)
@path_option("--model", "models/release", "Folder of the trained classifier.")
@path_option("--onnx", "model.onnx", "File to write.")
def main(model: Path, onnx: Path) -> None:
    """Write the classifier as one ONNX file.

    Its input is `pixels`, uint8 RGB (N, size, size, 3), its output `probabilities`, float32 (N, classes), for
    any N. Size, classes, what to do with a photo before and how to answer `other` are in the file's metadata.
    """
    require_replaceable(onnx, [model / WEIGHTS, model / DESCRIPTION])
    classifier = load_classifier(model)
    export_onnx(classifier, onnx)
    size = "" if is_stream(onnx) else f", {onnx.stat().st_size / 1e6:.1f} MB"
    click.echo(f"{onnx}: {classifier.description.backbone}{size}", err=is_stream(onnx))


if __name__ == "__main__":
    main()
