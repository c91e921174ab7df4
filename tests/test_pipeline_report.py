"""The promises of pipeline.report: a self-contained page that works in a browser."""

import json
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path

import pytest
from browser import chromium
from click.testing import CliRunner, Result
from pipeline_project import write_models, write_project

from pipeline.evaluate import evaluate
from pipeline.report.__main__ import main
from pipeline.report.charts import draw_curve, read_curves
from pipeline.report.words import headline
from train.model_folder import load_classifier

CLASSES = ["plain", "striped", "dotted"]


def build_project(folder: Path) -> None:
    """Everything that comes before the report."""
    data, photos = folder / "data", folder / "<u>photos"
    labels = "".join(f"{seed}.png,{CLASSES[seed % 3]}\n" for seed in range(9))
    write_project(folder, CLASSES, 10, photos, 12, test=labels)
    write_models(folder / "models", CLASSES)
    classifier = load_classifier(folder / "models" / "classifier")
    evaluate(
        classifier,
        data / "manifest.parquet",
        data / "target" / "manifest.parquet",
        folder / "reports",
        100,
        0,
    )
    curve = folder / "reports" / "train" / "plots" / "metrics" / "loss" / "gan.tsv"
    curve.parent.mkdir(parents=True)
    curve.write_text("step\tloss/gan\n0\t2.5\n1\t1.5\n2\tnan\n3\t0.5\n")


def run(folder: Path) -> str:
    done = invoke(folder)
    assert done.exit_code == 0, done.output
    return (folder / "reports" / "index.html").read_text()


def invoke(folder: Path) -> Result:
    arguments = {
        "--out": folder / "reports" / "index.html",
        "--params": folder / "params.yaml",
        "--synthetic": folder / "data" / "manifest.parquet",
        "--target": folder / "data" / "target" / "manifest.parquet",
        "--generator": folder / "models" / "generator",
        "--evaluation": folder / "reports",
        "--curves": folder / "reports" / "train" / "plots" / "metrics",
    }
    return CliRunner().invoke(main, [str(part) for pair in arguments.items() for part in pair])


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("project")
    build_project(folder)
    return folder


@pytest.fixture(scope="module")
def page(project: Path) -> str:
    return run(project)


class Parser(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in ("meta", "img", "br", "link", "input", "polyline"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag != "polyline":
            assert self.open.pop() == tag


def test_the_page_is_whole_html_and_loads_nothing(page: str) -> None:
    parser = Parser(page)
    assert parser.open == []
    for _, attributes in parser.tags:
        for name in ("src", "href", "srcset", "data", "action"):
            assert (attributes.get(name) or "#").startswith(("data:image/jpeg;base64,", "#"))
    assert not re.search(r"https?:|@import|url\(", page)
    identities = [attributes["id"] for _, attributes in parser.tags if "id" in attributes]
    for _, attributes in parser.tags:
        if "href" in attributes:
            assert str(attributes["href"])[1:] in identities


def test_the_page_shows_every_part(project: Path, page: str) -> None:
    metrics = json.loads((project / "reports" / "metrics.json").read_text())
    for identity in ("samples", "translation", "training", "confusion", "mistakes", "data", "made"):
        assert f'id="{identity}"' in page
    assert f"on {100 * metrics['test']['balanced_accuracy']:.0f} of 100 photos" in page
    assert page.count('class="shot"') == 30
    assert page.count('class="pair"') == 6
    assert page.count("<polyline") == 1
    for word in ("period_cm", "Revision", "Balanced accuracy", "Most confident mistakes"):
        assert word.replace("_", " ") in page or word in page
    records = json.loads(re.search(r'id="sample-data">(.*?)</script>', page, re.DOTALL).group(1))
    assert records[12]["command"].startswith("python -m sdg.render --class striped --n 3 --seed 0 --size 32")
    shown = json.loads(re.search(r'id="photo-data">(.*?)</script>', page, re.DOTALL).group(1))
    assert len(shown["test"]) == 9


def test_names_and_params_cannot_put_markup_into_the_page(page: str) -> None:
    assert "<u>" not in page
    assert "the photos in “&lt;u&gt;photos”" in page


def test_clicks_work_in_a_browser_without_errors(page: str, tmp_path: Path) -> None:
    clicks = """(() => {
      const seen = {};
      document.querySelectorAll(".shot")[12].click();
      seen.sample = viewer.open && content.textContent.includes("--class striped --n 3");
      viewer.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight" }));
      seen.next = content.textContent.includes("--class striped --n 4");
      viewer.close();
      const cell = document.querySelector("button.cell");
      cell.click();
      seen.photos = viewer.open && content.querySelectorAll("img").length === Number(cell.dataset.count);
      seen.width = document.documentElement.scrollWidth <= innerWidth;
      return seen;
    })()"""
    file = tmp_path / "page.html"
    file.write_text(page)
    with chromium(tmp_path / "profile") as tab:
        tab.open(file.as_uri(), 500)
        seen = tab.evaluate(clicks)
        assert seen == {"sample": True, "next": True, "photos": True, "width": True}
        assert tab.errors == []


@pytest.fixture
def about() -> dict:
    return {"kind": "photos", "name": "shop", "images": {"unlabelled": 1000, "test": 60}}


METRICS = {
    "images": 60,
    "accuracy": 0.9,
    "balanced_accuracy": 0.5,
    "balanced_accuracy_95": [0.4, 0.6],
    "support": {"plain": 50, "striped": 10, "dotted": 0},
}


def test_the_headline_is_the_test_sets_balanced_accuracy_with_its_baselines(about: dict) -> None:
    words = headline({"val": METRICS | {"balanced_accuracy": 0.99}, "test": METRICS}, about)
    assert "on 50 of 100 photos" in words["title"]
    assert "40 to 60" in words["detail"]
    assert "over 2 patterns" in words["detail"]
    assert "guessing gets 50" in words["detail"]
    assert "always saying “plain” would reach an accuracy of 83 %" in words["baseline"]
    assert "“shop”" in words["target"]


def test_a_stand_in_is_called_one_and_no_labels_are_no_result(about: dict) -> None:
    words = headline({"test": METRICS}, about | {"kind": "stand-in"})
    assert "stand-in photos" in words["title"]
    assert "not real photos" in words["target"]
    assert "not yet measured" in headline({}, about)["title"]


def test_a_run_without_labels_translation_or_curves_still_has_a_report(project: Path, tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(project, folder)
    (folder / "reports" / "metrics.json").write_text("{}")
    shutil.rmtree(folder / "reports" / "train")
    description = folder / "models" / "generator" / "model.json"
    description.write_text(json.dumps(json.loads(description.read_text()) | {"generator": None}))
    page = run(folder)
    Parser(page)
    assert "not yet measured" in page
    assert 'id="training"' not in page
    assert 'id="translation"' not in page


@pytest.mark.parametrize(
    ("missing", "cure"),
    [
        ("reports/metrics.json", "pipeline.evaluate"),
        ("data/target/target.json", "pipeline.target"),
        ("data/synthetic/plain/000000.jpg", "dvc repro"),
        ("models/generator/model.json", "python -m train"),
    ],
)
def test_what_is_missing_is_one_clear_line(project: Path, tmp_path: Path, missing: str, cure: str) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(project, folder)
    (folder / missing).unlink()
    done = invoke(folder)
    assert done.exit_code == 1
    assert len(done.stderr.splitlines()) == 1
    assert cure in done.stderr


def test_a_curve_leaves_out_what_is_not_a_number(project: Path) -> None:
    (curve,) = read_curves(project / "reports" / "train" / "plots" / "metrics")["loss"]
    assert (curve.steps, curve.low, curve.high, curve.last) == ((0, 3), 0.5, 2.5, 0.5)
    assert len(curve.points.split()) == 3


def test_a_long_curve_stays_short_and_inside_its_drawing() -> None:
    curve = draw_curve("loss", [(step, (-1) ** step * step) for step in range(10_000)])
    points = [tuple(map(float, point.split(","))) for point in curve.points.split()]
    assert len(points) <= 150
    assert all(0 <= x <= 320 and 0 <= y <= 110 for x, y in points)
    assert len(draw_curve("loss", [(5, 1.0)]).points.split()) == 2
