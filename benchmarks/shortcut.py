"""Look for shortcuts: can mean colour and brightness alone tell the class of a rendered image?

    python benchmarks/shortcut.py data/synthetic

Whatever a class does not define itself must be distributed alike in all classes. Then a classifier that sees
only four numbers of an image (mean red, green, blue, and luminance) does no better than chance. The middle of
the image, a square of half its side, is nearly all garment: what is left there is the dye itself. What lies
around the garment should tell nothing at all: it is measured where masks are (`--passes mask`). The classes
are those that have a folder.
"""

from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path

import click
import numpy as np
from PIL import Image, ImageFilter
from scipy.optimize import minimize
from scipy.special import log_softmax

from materials.patterns import CLASSES
from sdg.dataset.folder import read_records
from sdg.dataset.names import pass_file

Predict = Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]
"""(training features, training labels, new features) -> labels of the new ones."""
FOLDS = 5
NEIGHBOURS = 25
AWAY = 3
"""Pixels: compression smears colours so far beyond an outline."""
LUMINANCE = np.array([0.2126, 0.7152, 0.0722])


@click.command(context_settings={"show_default": True})
@click.argument("folder", type=click.Path(path_type=Path, exists=True))
@click.option("--n", default=500, type=click.IntRange(FOLDS), help="Images per class, at most.")
def main(folder: Path, n: int) -> None:
    """Print a Markdown table of accuracies on the images of FOLDER/CLASS, cross-validated, beside chance."""
    images = read_images(folder, n)
    labels = np.repeat(np.arange(len(images)), [len(paths) for paths in images.values()])
    paths = [path for paths in images.values() for path in paths]
    chance = np.bincount(labels).max() / len(labels)
    click.echo(f"{date.today()}, {len(labels)} images of {len(images)} classes; chance {chance:.3f}\n")
    click.echo("| mean colour of | classifier | accuracy (95 %) | recall: " + " | ".join(images) + " |")
    click.echo("|---" * (3 + len(images)) + "|")
    parts: dict[str, Callable[[Path], np.ndarray]] = {
        "the image": partial(colour, share=1.0), "its middle": partial(colour, share=0.5)
    }  # fmt: skip
    if all(mask_of(path).exists() for path in paths):
        parts["around the garment"] = around
    for part, measure in parts.items():
        features = np.array([measure(path) for path in paths])
        for name, predict in (("logistic regression", logistic), (f"{NEIGHBOURS} neighbours", nearest)):
            right = cross_validate(predict, features, labels) == labels
            mean = right.mean()
            spread = 1.96 * (mean * (1 - mean) / len(right)) ** 0.5
            recalls = " | ".join(f"{right[labels == k].mean():.2f}" for k in range(len(images)))
            click.echo(
                f"| {part} | {name} | {mean:.3f} ({mean - spread:.3f} to {mean + spread:.3f}) | {recalls} |"
            )


def read_images(folder: Path, n: int) -> dict[str, list[Path]]:
    """Return up to `n` images of each class that has a folder in `folder`."""
    names = [name for name in CLASSES if (folder / name).is_dir()]
    if len(names) < 2:
        raise click.ClickException(f"{folder}: no folders of two classes or more; name what sdg.render wrote")
    return {
        name: [folder / name / record.image for record in read_records(folder / name)][:n] for name in names
    }


def colour(path: Path, share: float) -> np.ndarray:
    """Return mean red, green, blue and luminance, 0..1, of the middle `share` of an image's sides."""
    pixels = np.asarray(Image.open(path).convert("RGB"), np.float64) / 255
    y, x = (round(side * (1 - share) / 2) for side in pixels.shape[:2])
    mean = pixels[y : len(pixels) - y, x : pixels.shape[1] - x].mean((0, 1))
    return np.append(mean, mean @ LUMINANCE)


def around(path: Path) -> np.ndarray:
    """Return the same of what is farther than `AWAY` from the garment; of all of it where that is nothing."""
    pixels = np.asarray(Image.open(path).convert("RGB"), np.float64) / 255
    garment = np.asarray(Image.open(mask_of(path)).filter(ImageFilter.MaxFilter(2 * AWAY + 1)))
    mean = pixels[garment == 0 if (garment == 0).any() else garment >= 0].mean(0)
    return np.append(mean, mean @ LUMINANCE)


def mask_of(path: Path) -> Path:
    """Return where the mask of an image lies."""
    return path.with_name(pass_file(int(path.stem), "mask"))


def cross_validate(predict: Predict, features: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Predict every image by a classifier that was fitted on the other folds."""
    predicted = np.empty_like(labels)
    fold = np.random.default_rng(0).permutation(len(labels)) % FOLDS
    for k in range(FOLDS):
        train, test = fold != k, fold == k
        mean, scale = features[train].mean(0), features[train].std(0)
        scaled = (features - mean) / scale
        predicted[test] = predict(scaled[train], labels[train], scaled[test])
    return predicted


def logistic(x: np.ndarray, y: np.ndarray, new: np.ndarray) -> np.ndarray:
    """Multinomial logistic regression on the features and their products, with a little weight decay."""
    x, new = quadratic(x), quadratic(new)
    classes = y.max() + 1
    target = np.eye(classes)[y]

    def loss(flat: np.ndarray) -> tuple[float, np.ndarray]:
        weights = flat.reshape(x.shape[1], classes)
        log_p = log_softmax(x @ weights, axis=1)
        gradient = x.T @ (np.exp(log_p) - target) / len(x) + 1e-3 * weights
        return -(target * log_p).sum() / len(x) + 5e-4 * (flat**2).sum(), gradient.ravel()

    best = minimize(loss, np.zeros(x.shape[1] * classes), jac=True, method="L-BFGS-B").x
    return (new @ best.reshape(x.shape[1], classes)).argmax(1)


def quadratic(x: np.ndarray) -> np.ndarray:
    """Return 1, the features, and all their products of two."""
    i, j = np.triu_indices(x.shape[1])
    return np.column_stack([np.ones(len(x)), x, x[:, i] * x[:, j]])


def nearest(x: np.ndarray, y: np.ndarray, new: np.ndarray) -> np.ndarray:
    """The most frequent class among the nearest neighbours."""
    distance = np.linalg.norm(new[:, None] - x, axis=-1)
    votes = y[np.argsort(distance, axis=1)[:, :NEIGHBOURS]]
    return np.array([np.bincount(row).argmax() for row in votes])


if __name__ == "__main__":
    main()
