"""The demo's web server: its page, and the address that reads photos."""

import base64
import io
import json
import threading
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from flask import Flask, Response, render_template, request
from PIL import Image
from werkzeug.exceptions import RequestEntityTooLarge

from pipeline.answer import OTHER, Choice
from pipeline.demo.evidence import evidence
from pipeline.demo.site import create_site
from pipeline.report.pictures import embed_pixels
from train.data.photo import open_photo, square
from train.model_folder import TrainedClassifier

SHOWN = 360
"""Pixels of the photo as the page shows it."""
NONE_OF_THESE = "none of these patterns"
"""How the page calls OTHER."""
MASK = 48
"""Pixels of the regions' mask; the browser enlarges it smoothly."""


def create_app(
    classifier: TrainedClassifier,
    max_photos: int,
    max_mb: int,
    host: str = "127.0.0.1",
    only: str | None = None,
) -> Flask:
    """Return the WSGI application that listens on `host`, see `create_site`; `only`: see `Choice.of`.

    `GET /` is the page. `POST /predict` takes at most `max_photos` files named `photo`, together at most
    `max_mb` megabytes, and answers with one JSON line per photo, as each is done; see `read_photo`. What is
    over a limit is refused whole with status 413, no photo at all with 400, both with a line of text.
    """
    choice = Choice.of(classifier.classes, only)
    app = create_site(host)
    app.config["MAX_CONTENT_LENGTH"] = max_mb * 1_000_000
    app.config["MAX_FORM_PARTS"] = max_photos
    one_at_a_time = threading.Lock()
    too_much = f"at most {max_photos} photos and {max_mb} MB at once"

    @app.get("/")
    def page() -> str:
        limits = {"photos": max_photos, "megabytes": max_mb}
        return render_template(
            "demo/page.html", limits=limits, patterns=choice.patterns, names={OTHER: NONE_OF_THESE}
        )

    @app.post("/predict")
    def predict() -> Response | tuple[str, int]:
        try:
            uploads = [(file.filename or "", file.read()) for file in request.files.getlist("photo")]
        except RequestEntityTooLarge:
            return f"Too much: {too_much}", 413
        if not uploads:
            return "No photo in the request", 400

        def answer() -> Iterator[str]:
            for name, content in uploads:
                with one_at_a_time:
                    result = read_upload(classifier, content, choice)
                yield json.dumps({"name": name, **result}) + "\n"

        return Response(answer(), mimetype="application/x-ndjson")

    return app


def read_upload(classifier: TrainedClassifier, content: bytes, choice: Choice) -> dict[str, Any]:
    """Return what `read_photo` says of a file, and a `note`, or `{"error": why it cannot be read}`."""
    try:
        photo = open_photo(io.BytesIO(content))
        return {**read_photo(classifier, photo.image, choice), "note": photo.note}
    except (
        Exception
    ) as error:  # UnreadablePhoto, or what nobody has thought of: the other photos come through
        return {"error": str(error) or type(error).__name__}


def read_photo(classifier: TrainedClassifier, photo: Image.Image, choice: Choice) -> dict[str, Any]:
    """Return label, confidence, scores by answer, and as data URIs: `photo`, the square the model reads, and
    `mask`, whose alpha says which regions spoke for the label (null if the backbone cannot tell).

    What speaks for OTHER are the regions of the most probable class that was not chosen.
    """
    image = classifier.preprocess(photo)
    scores = classifier.probabilities(image[None]).numpy()
    (answers,) = choice.probabilities(scores)
    best = int(answers.argmax())
    meant = choice.inside == (choice.names[best] != OTHER)
    regions = evidence(classifier, image, int(np.where(meant, scores[0], -1).argmax()))
    return {
        "label": choice.names[best],
        "confidence": float(answers[best]),
        "scores": dict(zip(choice.names, answers.tolist(), strict=True)),
        "photo": embed_pixels(square(photo, SHOWN), SHOWN),
        "mask": None if regions is None else _embed_mask(regions),
    }


def _embed_mask(regions: torch.Tensor) -> str:
    grey = Image.fromarray((regions * 255).byte().numpy()).resize((MASK, MASK), Image.Resampling.BICUBIC)
    mask = Image.new("LA", grey.size)
    mask.putalpha(grey)
    buffer = io.BytesIO()
    mask.save(buffer, "PNG")
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()
