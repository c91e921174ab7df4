"""The promises of pipeline.demo: the web page, over plain HTTP and in a browser."""

import base64
import io
import json
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from click.testing import CliRunner
from PIL import Image

from pipeline.answer import Choice
from pipeline.demo.__main__ import main
from tests.helpers.browser import chromium
from tests.helpers.pipeline_project import photo, save_photo, write_models
from train.model_folder import TrainedClassifier, load_classifier

pytest.importorskip("flask")
waitress = pytest.importorskip("waitress")
from pipeline.demo.app import create_app, read_photo  # noqa: E402
from pipeline.demo.evidence import evidence  # noqa: E402

CLASSES = ["plain", "striped", "dotted"]
LIMITS = {"max_photos": 3, "max_mb": 1}


@pytest.fixture(scope="module")
def classifier(tmp_path_factory: pytest.TempPathFactory) -> TrainedClassifier:
    folder = tmp_path_factory.mktemp("models")
    write_models(folder, CLASSES)
    return load_classifier(folder / "classifier")


def upload(name: str, content: bytes | None = None) -> tuple[io.BytesIO, str]:
    if content is None:
        buffer = io.BytesIO()
        photo(1, 60).save(buffer, "PNG")
        content = buffer.getvalue()
    return io.BytesIO(content), name


def test_each_photo_gets_its_line_with_label_picture_and_regions(classifier: TrainedClassifier) -> None:
    client = create_app(classifier, **LIMITS).test_client()
    files = [upload("<b>a.png"), upload("broken.jpg", b"no photo"), upload("c.png")]
    answer = client.post("/predict", data={"photo": files})
    first, second, third = (json.loads(line) for line in answer.text.splitlines())
    assert second == {"name": "broken.jpg", "error": "not an image Pillow can read"}
    assert (first["name"], third["name"]) == ("<b>a.png", "c.png")
    expected = classifier.probabilities(classifier.preprocess(photo(1, 60))[None])[0]
    assert first["scores"] == pytest.approx(dict(zip(CLASSES, expected.tolist(), strict=True)))
    assert first["label"] == CLASSES[int(expected.argmax())]
    assert first["confidence"] == pytest.approx(float(expected.max()))
    for key, kind in (("photo", "JPEG"), ("mask", "PNG")):
        picture = Image.open(io.BytesIO(base64.b64decode(first[key].partition(",")[2])))
        assert picture.format == kind


def test_a_photo_of_none_of_the_chosen_patterns_is_said_to_show_none(
    classifier: TrainedClassifier, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An untrained model is for plain, which is not chosen here."""
    scores = classifier.probabilities(classifier.preprocess(photo(1, 60))[None])[0]
    assert CLASSES[int(scores.argmax())] == "plain"
    app = create_app(classifier, **LIMITS, only="dotted,striped")
    found = json.loads(app.test_client().post("/predict", data={"photo": [upload("a.png")]}).text)
    assert found["label"] == "other"
    assert list(found["scores"]) == ["striped", "dotted", "other"]
    assert found["confidence"] == found["scores"]["other"] == pytest.approx(float(scores[0]))
    asked: list[int] = []
    with monkeypatch.context() as patch:
        patch.setattr("pipeline.demo.app.evidence", lambda *given: asked.append(given[2]))
        read_photo(classifier, photo(1, 60), Choice.of(CLASSES, "dotted,striped"))
    assert asked == [CLASSES.index("plain")]  # what speaks for plain

    server = waitress.create_server(app, host="127.0.0.1", port=0)
    threading.Thread(target=server.run, daemon=True).start()
    with chromium(tmp_path / "profile") as page:
        page.open(f"http://127.0.0.1:{server.effective_port}", 1200)
        page.choose_files("#files", [save_photo(tmp_path / "a.png", 1, 60)])
        page.wait_for("document.querySelectorAll('.result').length === 1")
        assert (
            page.evaluate("document.querySelector('.verdict .class').textContent") == "none of these patterns"
        )
        assert page.evaluate("document.querySelector('.known').textContent") == "stripeddotted"
        assert page.errors == []
    server.close()


@pytest.mark.parametrize(
    ("files", "status"), [(4, 413), (0, 400), ("large", 413)], ids=["too many", "none", "too large"]
)
def test_too_many_too_large_or_no_photos_are_refused_in_words(
    classifier: TrainedClassifier, files: int | str, status: int
) -> None:
    client = create_app(classifier, **LIMITS).test_client()
    photos = [upload("a.png", b"x" * 1_100_000)] if files == "large" else [upload("a.png")] * int(files)
    photos = [(io.BytesIO(stream.getvalue()), name) for stream, name in photos]
    answer = client.post("/predict", data={"photo": photos}, content_type="multipart/form-data")
    assert answer.status_code == status
    assert "photo" in answer.text


def test_the_page_may_load_nothing_from_elsewhere(classifier: TrainedClassifier) -> None:
    answer = create_app(classifier, **LIMITS).test_client().get("/")
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "http:" not in answer.text
    assert "https:" not in answer.text


def test_the_regions_that_decide_are_those_that_carry_the_class(classifier: TrainedClassifier) -> None:
    """A class that reads nothing but one feature finds its evidence where that feature is strongest."""
    network = classifier.network
    image = torch.zeros(3, 64, 64)
    image[:, 40:, 40:] = torch.from_numpy(np.random.default_rng(0).random((3, 24, 24), np.float32))
    with torch.no_grad():
        features = network.backbone.forward_features((image[None] - network.mean) / network.std)[0]
        channel = int((features.amax((1, 2)) - features.mean((1, 2))).argmax())
        before = network.head.weight.clone()
        network.head.weight.zero_()
        network.head.weight[0, channel] = 1
        found = evidence(classifier, image, 0)
        opposed = evidence(classifier, image, 1)
        network.head.weight.copy_(before)
    assert found is not None
    assert opposed is not None
    assert int(found.argmax()) == int(features[channel].argmax())
    assert found.max() == 1
    assert not opposed.any()


@pytest.mark.parametrize("suffix", [".jpg", "." + "j" * 300, "/../../x.png", ""])
def test_the_name_of_an_upload_decides_nothing(classifier: TrainedClassifier, suffix: str) -> None:
    client = create_app(classifier, **LIMITS).test_client()
    answer = client.post("/predict", data={"photo": [upload(f"a{suffix}"), upload("b.png")]})
    first, second = (json.loads(line) for line in answer.text.splitlines())
    assert first["scores"] == second["scores"]


@pytest.mark.parametrize(
    ("host", "name", "status"),
    [
        ("127.0.0.1", "localhost:8765", 200),
        ("127.0.0.1", "127.0.0.1:8765", 200),
        ("::1", "[::1]:8765", 200),
        ("192.0.2.7", "192.0.2.7", 200),
        ("shop.local", "shop.local:80", 200),
        ("0.0.0.0", "any.example", 200),
        ("127.0.0.1", "evil.example", 400),
        ("127.0.0.1", "[::1", 400),
        ("127.0.0.1", "127.0.0.1.evil.example:8765", 400),
        ("shop.local", "evil.shop.local", 400),
    ],
)
def test_only_its_own_names_are_answered(
    classifier: TrainedClassifier, host: str, name: str, status: int
) -> None:
    """Or a page from elsewhere could have its own name lead here, and read the answers (DNS rebinding)."""
    client = create_app(classifier, **LIMITS, host=host).test_client()
    assert client.get("/", headers={"Host": name}).status_code == status
    photos = {"photo": [upload("a.png")]}
    assert client.post("/predict", data=photos, headers={"Host": name}).status_code == status


@pytest.fixture
def address(classifier: TrainedClassifier) -> Iterator[str]:
    server = waitress.create_server(create_app(classifier, **LIMITS), host="127.0.0.1", port=0)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.effective_port}"
    server.close()


def test_photos_are_read_in_a_browser_at_any_width_without_errors(address: str, tmp_path: Path) -> None:
    good = save_photo(tmp_path / "<i>good.png", 1)
    bad = tmp_path / "bad.jpg"
    bad.write_text("not a photo")
    with chromium(tmp_path / "profile") as page:
        for width in (1200, 360):
            page.open(address, width, dark=width == 360)
            page.choose_files("#files", [good, bad])
            page.wait_for("document.querySelectorAll('.result').length === 2")
            assert page.evaluate("document.querySelector('.verdict').textContent.trim() !== ''")
            assert "Not read" in page.evaluate("document.getElementById('results').textContent")
            assert page.evaluate("document.querySelector('#results i[class^=swatch]') !== null")
            assert not page.evaluate("document.querySelector('.file i')")
            page.evaluate("document.querySelector('button.seen').click()")
            assert page.evaluate("document.querySelector('.seen').ariaPressed") == "false"
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        shares = page.evaluate("[0.9995, 0.998, 0.002, 0.00039, 0].map(percent)")
        assert shares == ["> 99.9 %", "99.8 %", "0.2 %", "< 0.1 %", "< 0.1 %"]
        page.choose_files("#files", [good] * 4)
        page.wait_for("document.getElementById('status').textContent.startsWith('Too much')")
        assert page.errors == []


def test_it_listens_on_this_machine_only_unless_told_and_says_when_it_cannot(
    classifier: TrainedClassifier, tmp_path: Path
) -> None:
    host = next(option for option in main.params if option.name == "host")
    assert host.default == "127.0.0.1"
    write_models(tmp_path, CLASSES)
    arguments = ["--model", str(tmp_path / "classifier"), "--host", "192.0.2.1"]
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 1
    assert "choose another --host or --port" in done.stderr
