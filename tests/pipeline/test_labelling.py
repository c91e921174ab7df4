"""The promises of `pipeline.demo --label`: answers are on disk, and labelling goes on where it stopped."""

import csv
import json
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from werkzeug.test import TestResponse

from pipeline.demo.__main__ import main
from tests.helpers.browser import Page, chromium
from tests.helpers.disk import full_after
from tests.helpers.pipeline_project import save_photo, write_models
from train.model_folder import TrainedClassifier, load_classifier

pytest.importorskip("flask")
waitress = pytest.importorskip("waitress")
from pipeline.demo.labelling import Answers, Question, choose, create_label_app  # noqa: E402

CLASSES = ("plain", "striped", "dotted")


@pytest.fixture(scope="module")
def classifier(tmp_path_factory: pytest.TempPathFactory) -> TrainedClassifier:
    folder = tmp_path_factory.mktemp("models")
    write_models(folder, list(CLASSES))
    return load_classifier(folder / "classifier")


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    for seed in range(6):
        save_photo(tmp_path / "photos" / "sub" / f"{seed}.png", seed)
    return tmp_path / "photos"


def rows(path: Path) -> list[tuple[str, ...]]:
    with path.open(newline="", encoding="utf-8") as file:
        return [tuple(row.values()) for row in csv.DictReader(file)]


def test_every_photo_is_asked_once_and_what_cannot_be_read_is_named(
    classifier: TrainedClassifier, photos: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (photos / "broken.jpg").write_bytes(b"no photo")
    answers = Answers(photos / "labels.csv", CLASSES)
    questions = choose(classifier, photos, answers, 1000)
    assert sorted(question.photo.name for question in questions) == [f"{seed}.png" for seed in range(6)]
    assert "unreadable" in capsys.readouterr().err
    scores = {question.photo.name: question.scores for question in questions}
    alone = choose(classifier, photos / "sub", answers, 1)[0]
    assert scores[alone.photo.name] == pytest.approx(alone.scores, abs=1e-4)
    answers.give(photos / "sub" / "3.png", "dotted")
    answers.give(photos / "sub" / "4.png", "")
    again = Answers(photos / "labels.csv", CLASSES)
    left = choose(classifier, photos, again, 1000)
    assert sorted(question.photo.name for question in left) == ["0.png", "1.png", "2.png", "5.png"]


def test_photos_to_measure_with_are_not_asked_about(classifier: TrainedClassifier, photos: Path) -> None:
    val = photos / "val.csv"
    val.write_text("path,label\nsub/0.png,plain\nsub/5.png,dotted\n")
    asked = choose(classifier, photos, Answers(photos / "labels.csv", CLASSES), 1000, val)
    assert sorted(question.photo.name for question in asked) == [f"{seed}.png" for seed in (1, 2, 3, 4)]


def test_answers_are_paths_beside_the_file_and_may_be_taken_back(photos: Path) -> None:
    out = photos.parent / "mine" / "labels.csv"
    answers = Answers(out, CLASSES)
    answers.give(photos / "sub" / "0.png", "plain")
    answers.give(photos / "sub" / "1.png", "striped")
    answers.give(photos / "sub" / "0.png", "dotted")
    answers.give(photos / "sub" / "2.png", "")
    assert rows(out) == [("../photos/sub/1.png", "striped"), ("../photos/sub/0.png", "dotted")]
    assert rows(out.with_name("labels.none.csv")) == [("../photos/sub/2.png",)]
    answers.give(photos / "sub" / "1.png", None)
    answers.give(photos / "sub" / "2.png", None)
    assert rows(out) == [("../photos/sub/0.png", "dotted")]
    assert rows(out.with_name("labels.none.csv")) == []
    assert Answers(out, CLASSES).counts == {"dotted": 1}


def ask(photos: Path, out: Path) -> tuple[list[Question], Answers]:
    answers = Answers(out, CLASSES)
    files = [path for path in sorted((photos / "sub").iterdir()) if path.absolute() not in answers.given]
    return [Question(path, np.array([0.2, 0.7, 0.1])) for path in files], answers


def post(photos: Path, body: object, **more: str) -> TestResponse:
    app = create_label_app(CLASSES, *ask(photos, photos / "labels.csv"))
    return app.test_client().post("/answer", json=body, **more)


@pytest.mark.parametrize(
    "body",
    [
        {"id": 6, "label": "plain"},
        {"id": -1, "label": "plain"},
        {"id": 0, "label": "checked"},
        {"id": True},
        [],
        {},
    ],
)
def test_an_answer_to_nothing_is_refused_and_writes_nothing(photos: Path, body: object) -> None:
    assert post(photos, body).status_code == 400
    assert not (photos / "labels.csv").exists()


def test_only_pages_of_its_own_can_answer(photos: Path) -> None:
    app = create_label_app(CLASSES, *ask(photos, photos / "labels.csv"))
    body = json.dumps({"id": 0, "label": "plain"})
    client = app.test_client()
    assert client.post("/answer", data=body, content_type="text/plain").status_code == 415
    assert (
        client.post("/answer", json={"id": 0, "label": "plain"}, headers={"Host": "evil.example"}).status_code
        == 400
    )
    assert not (photos / "labels.csv").exists()
    assert client.get("/photo/0").mimetype == "image/jpeg"
    assert client.get("/photo/6").status_code == 404


def test_a_full_disk_costs_the_answer_but_none_before_it(photos: Path) -> None:
    questions, answers = ask(photos, photos / "labels.csv")
    client = create_label_app(CLASSES, questions, answers).test_client()
    assert client.post("/answer", json={"id": 0, "label": "plain"}).json == {"plain": 1}
    with full_after(0):
        failed = client.post("/answer", json={"id": 1, "label": "plain"})
    assert failed.status_code == 500
    assert "labels.csv: File too large" in failed.text
    assert rows(photos / "labels.csv") == [("sub/0.png", "plain")]
    assert client.post("/answer", json={"id": 1, "label": "striped"}).json == {"plain": 1, "striped": 1}


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Page]:
    with chromium(tmp_path / "profile") as tab:
        yield tab


def serve(photos: Path, out: Path) -> tuple[str, waitress.server.BaseWSGIServer]:
    server = waitress.create_server(create_label_app(CLASSES, *ask(photos, out)), host="127.0.0.1", port=0)
    threading.Thread(target=server.run, daemon=True).start()
    return f"http://127.0.0.1:{server.effective_port}", server


def press(page: Page, key: str) -> None:
    before = page.evaluate("document.getElementById('status').textContent")
    page.evaluate(f"document.dispatchEvent(new KeyboardEvent('keydown', {{key: '{key}'}})) && 0")
    page.wait_for(f"document.getElementById('status').textContent !== {json.dumps(before)}")


def test_photos_are_labelled_by_keys_and_clicks_undone_and_gone_on_with(page: Page, photos: Path) -> None:
    out = photos / "labels.csv"
    address, server = serve(photos, out)
    page.open(address, 1200)
    assert page.evaluate("document.querySelector('.guess').dataset.label") == "striped"
    press(page, "Enter")
    press(page, "1")
    press(page, "0")
    assert rows(out) == [("sub/0.png", "striped"), ("sub/1.png", "plain")]
    press(page, "Backspace")
    assert page.evaluate("document.getElementById('name').textContent") == "2.png"
    press(page, "3")
    assert rows(out)[-1] == ("sub/2.png", "dotted")
    page.open(address, 360, 740, dark=True)
    press(page, "Backspace")
    assert page.evaluate("document.getElementById('name').textContent") == "2.png"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.wait_for("document.getElementById('photo').complete")
    assert page.evaluate("document.getElementById('photo').naturalWidth") == 40
    server.close()

    address, server = serve(photos, out)
    page.open(address, 360, 740)
    assert page.evaluate("document.getElementById('status').textContent").startswith(
        "2 labelled, 0 none of these, 4 left"
    )
    for label in ("dotted", "dotted", "plain", ""):
        before = page.evaluate("document.getElementById('status').textContent")
        page.evaluate(f"find('{label}').click()")
        page.wait_for(f"document.getElementById('status').textContent !== {json.dumps(before)}")
    assert page.evaluate("!document.getElementById('end').hidden && document.querySelector('figure').hidden")
    shown = "[...document.querySelectorAll('h1, .keys')].filter((part) => part.checkVisibility())"
    page.open(address, 1200)
    assert page.evaluate(f"{shown}.map((part) => part.textContent)") == ["All answered."]
    assert page.evaluate("document.getElementById('end').getBoundingClientRect().top") < 300
    assert len(rows(out)) == 5
    server.close()
    assert page.errors == []


SEVEN = ("plain", "floral", "striped", "dotted", "camouflage", "gradient", "herringbone")
ELEVEN = (*SEVEN, "checked", "animal", "graphic", "other")


def test_none_of_these_is_a_label_of_a_model_that_knows_it_and_every_pattern_has_a_key(
    page: Page, photos: Path
) -> None:
    out = photos / "labels.csv"
    files = sorted((photos / "sub").iterdir())
    questions = [Question(path, np.array([0.01] * 10 + [0.9])) for path in files]
    app = create_label_app(ELEVEN, questions, Answers(out, ELEVEN))
    server = waitress.create_server(app, host="127.0.0.1", port=0)
    threading.Thread(target=server.run, daemon=True).start()
    page.open(f"http://127.0.0.1:{server.effective_port}", 1200)
    assert page.evaluate("document.querySelector('.guess').textContent") == "0none of these90 %"
    for key in ("Enter", "a", "0", "9"):
        press(page, key)
    assert [label for _, label in rows(out)] == ["other", "graphic", "other", "animal"]
    assert rows(out.with_name("labels.none.csv")) == []
    assert page.evaluate("document.getElementById('status').textContent") == (
        "2 labelled, 2 none of these, 2 left"
    )
    server.close()
    assert page.errors == []


def test_a_page_to_label_on_takes_no_choice_of_patterns(photos: Path) -> None:
    done = CliRunner().invoke(main, ["--label", str(photos), "--only", "plain"])
    assert done.exit_code == 2
    assert "--only: a page to label photos on asks about all patterns" in done.stderr


def test_labels_that_the_model_does_not_know_stay_as_they_are(photos: Path) -> None:
    out = photos / "labels.csv"
    out.write_text("path,label\nsub/0.png,checked\nsub/1.png,plain\n")
    answers = Answers(out, CLASSES)
    answers.give(photos / "sub" / "2.png", "dotted")
    assert rows(out) == [("sub/0.png", "checked"), ("sub/1.png", "plain"), ("sub/2.png", "dotted")]


@pytest.mark.parametrize("classes", [SEVEN, ELEVEN], ids=["seven", "eleven"])
@pytest.mark.parametrize(("width", "height"), [(390, 664), (844, 390), (1200, 800)])
def test_all_answers_are_in_sight_and_each_percentage_on_one_line(
    page: Page, photos: Path, width: int, height: int, classes: tuple[str, ...]
) -> None:
    question = Question(photos / "sub" / "0.png", np.array([0.0] * (len(classes) - 1) + [1.0]))
    app = create_label_app(classes, [question], Answers(photos / "labels.csv", classes))
    server = waitress.create_server(app, host="127.0.0.1", port=0)
    threading.Thread(target=server.run, daemon=True).start()
    page.open(f"http://127.0.0.1:{server.effective_port}", width, height)
    assert page.evaluate("document.getElementById('undo').getBoundingClientRect().bottom <= innerHeight")
    heights = page.evaluate("buttons.map((button) => button.querySelector('b')?.offsetHeight ?? 0)")
    assert max(heights) < 30
    server.close()


def test_an_answer_that_nobody_took_is_said_and_asked_again(page: Page, photos: Path) -> None:
    questions, answers = ask(photos, photos / "labels.csv")
    server = waitress.create_server(create_label_app(CLASSES, questions, answers), host="127.0.0.1", port=0)
    threading.Thread(target=server.run, daemon=True).start()
    page.open(f"http://127.0.0.1:{server.effective_port}")
    page.evaluate("window.fetch = () => Promise.reject(new TypeError('gone')), 0")
    press(page, "1")
    assert page.evaluate("document.getElementById('status').textContent").startswith("Not saved")
    assert page.evaluate("document.getElementById('name').textContent") == "0.png"
    server.close()


def test_wrong_folders_and_files_are_one_clear_line(tmp_path: Path, photos: Path) -> None:
    write_models(tmp_path, list(CLASSES))
    (tmp_path / "empty").mkdir()
    (tmp_path / "other.csv").write_text("path,label\nphotos/sub/0.png,stripy\n")
    for folder, out, message in (
        (tmp_path / "empty", tmp_path / "a.csv", "no photos in it; name a folder of photos to label"),
        (photos, tmp_path / "other.csv", "other.csv line 2: label 'stripy' is not one of plain"),
    ):
        arguments = ["--model", str(tmp_path / "classifier"), "--label", str(folder), "--out", str(out)]
        done = CliRunner().invoke(main, arguments)
        assert done.exit_code == 1
        assert message in done.stderr
