"""The labelling page's web server: photos one by one, the most useful first, each answer on disk at once."""

import io
import json
import os
import threading
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import numpy as np
import torch
from flask import Flask, Response, render_template, request
from PIL import Image

from assets.common.files import write_csv
from assets.common.progress import progress
from assets.common.rng import rng_for
from pipeline.answer import OTHER
from pipeline.demo.site import create_site
from pipeline.inference import classify
from pipeline.labels import locate, read_csv, read_labelled
from pipeline.photos import find_photos, report_unreadable, utf8_name
from train.data.photo import UnreadablePhoto, open_photo
from train.model_folder import TrainedClassifier
from train.useful import most_useful_first

SHOWN = 800
"""Pixels of the photo's long side as the page shows it."""
NONE = ""
"""The answer that a photo shows none of the patterns, of a model without the class OTHER."""
KEYS = "123456789abcdefghijklmnopqrstuvwxyz"
"""The key of each pattern, in the order of the classes."""


class Answers:
    """What was answered, in that order, and on disk: `out` (path,label), beside it <name>.none.csv (path),
    the photos that show no pattern. Paths are relative to these files. Labels that are none of `classes` stay
    as they are.

    Raises click.ClickException if one of the files is there but is not what this class writes.
    """

    def __init__(self, out: Path, classes: tuple[str, ...]) -> None:
        self.out, self.none = out, out.with_name(f"{out.stem}.none.csv")
        self.given: dict[Path, str] = {}
        if out.exists():
            listed = read_labelled(out, classes, measured=True)
            self.given |= {_place(photo): label for photo, label, _ in listed}
        if self.none.exists():
            names = [row["path"] for _, row in read_csv(self.none, ["path"])]
            self.given |= {_place(photo): NONE for photo in locate(self.none, names)}

    def give(self, photo: Path, label: str | None) -> None:
        """Keep an answer, or take it back (None); as before if it cannot be written (OSError)."""
        before = dict(self.given)
        self.given.pop(_place(photo), None)
        if label is not None:
            self.given[_place(photo)] = label
        try:
            self._write()
        except OSError:
            self.given = before
            raise

    def _write(self) -> None:
        base = self.out.parent.resolve()
        rows = [(Path(os.path.relpath(photo, base)).as_posix(), label) for photo, label in self.given.items()]
        write_csv(self.out, ["path", "label"], [row for row in rows if row[1] != NONE])
        write_csv(self.none, ["path"], [row[:1] for row in rows if row[1] == NONE])

    @property
    def counts(self) -> dict[str, int]:
        """How often each label was given."""
        return dict(Counter(self.given.values()))


def _place(photo: Path) -> Path:
    """Return the one absolute name of a photo; where a link leads is not asked."""
    return Path(os.path.abspath(photo))  # noqa: PTH100


@dataclass(frozen=True)
class Question:
    """A photo, and what the model makes of it: probabilities float32 (K,)."""

    photo: Path
    scores: np.ndarray


def choose(
    classifier: TrainedClassifier, folder: Path, answers: Answers, most: int, exclude: Path | None = None
) -> list[Question]:
    """Return what to ask, the most useful first, of at most `most` photos drawn from those without an answer.

    Photos that the CSV `exclude` names are not asked about: a model is not measured with what it learnt from.

    Raises click.ClickException if there is no photo in `folder`, or none that can be read.
    """
    found = find_photos(folder)
    over = set(answers.given)
    if exclude:
        names = [row["path"] for _, row in read_csv(exclude, ["path"])]
        over |= {_place(photo) for photo in locate(exclude, names)}
    photos = [photo for photo in found if _place(photo) not in over and str(photo) == utf8_name(photo)]
    if not found:
        raise click.ClickException(f"{folder}: no photos in it; name a folder of photos to label")
    rng = rng_for("label")
    photos = [photos[i] for i in sorted(rng.permutation(len(photos))[:most].tolist())]
    seen: list[torch.Tensor] = []
    hook = classifier.network.head.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0].cpu()))
    readings = []
    with progress("img") as bar:
        task = bar.add_task("look", total=len(photos))
        for reading in classify(classifier, photos):
            readings.append(reading)
            bar.advance(task)
    hook.remove()
    questions, problems = [], []
    for photo, reading in zip(photos, readings, strict=True):
        if reading.scores is None:
            problems.append((photo, reading.note))
        else:
            questions.append(Question(photo, reading.scores))
    report_unreadable(problems)
    if not questions:
        if problems:
            raise click.ClickException(f"{folder}: none of its photos can be read; see the reasons above")
        return []
    scores = np.stack([question.scores for question in questions])
    order = most_useful_first(torch.cat(seen).float().numpy(), scores, rng)
    return [questions[i] for i in order.tolist()]


def create_label_app(
    classes: tuple[str, ...], questions: list[Question], answers: Answers, host: str = "127.0.0.1"
) -> Flask:
    """Return the WSGI application, see `create_site`.

    `GET /` is the page, `GET /photo/<i>` a JPEG. `POST /answer` takes JSON {"id": i, "label": a class, "" for
    none of them, null to take the answer back} and answers with how often each label was given. What is no
    such thing is refused with 400, an answer that cannot be written with 500, both with a line of text. On
    the page, none of them is the class OTHER if there is one.
    """
    app = create_site(host)
    one_at_a_time = threading.Lock()

    @app.get("/")
    def page() -> str:
        items = [
            {
                "name": question.photo.name,
                "scores": [round(float(score), 4) for score in question.scores],
                "answer": answers.given.get(_place(question.photo)),
            }
            for question in questions
        ]
        places = {_place(question.photo): i for i, question in enumerate(questions)}
        history = [places[place] for place in answers.given if place in places]
        none = OTHER if OTHER in classes else NONE
        keys = dict(zip((name for name in classes if name != OTHER), KEYS, strict=False)) | {none: "0"}
        data: dict[str, Any] = {"classes": classes, "keys": keys, "none": none}
        data |= {"items": items, "history": history, "counts": answers.counts}
        return render_template("demo/label.html", data=data, out=answers.out)

    @app.get("/photo/<int:number>")
    def photo(number: int) -> Response | tuple[str, int]:
        if number >= len(questions):
            return "No such photo", 404
        try:
            image = open_photo(questions[number].photo).image
        except UnreadablePhoto as error:
            return f"{questions[number].photo}: cannot be read any more ({error})", 404
        image.thumbnail((SHOWN, SHOWN), Image.Resampling.BICUBIC)
        buffer = io.BytesIO()
        image.save(buffer, "JPEG", quality=88)
        return Response(buffer.getvalue(), mimetype="image/jpeg")

    @app.post("/answer")
    def answer() -> Response | tuple[str, int]:
        given: Any = request.get_json()
        number, label = (given.get("id"), given.get("label", 0)) if isinstance(given, dict) else (None, 0)
        if type(number) is not int or not 0 <= number < len(questions) or label not in (*classes, NONE, None):
            return "No such photo or label", 400
        try:
            with one_at_a_time:
                answers.give(questions[number].photo, label)
        except OSError as error:
            return f"{answers.out}: {error.strerror or error}", 500
        return Response(json.dumps(answers.counts), mimetype="application/json")

    return app
