"""The promises of pipeline.report: a self-contained page that works in a browser.

Longer than other files, since all of it shares one project that takes seconds to make, and two JavaScript
programs that run in the page.
"""

import base64
import json
import re
import shlex
import shutil
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pipeline.evaluate import evaluate
from pipeline.examples import list_prepared
from pipeline.open_set import CURVE
from pipeline.params import load_params
from pipeline.report.__main__ import main
from pipeline.report.charts import draw_curve, draw_risk_coverage, read_curves
from pipeline.report.page import render_command
from pipeline.report.words import headline, translation_words
from pipeline.target import build_target
from sdg.render import main as render_main
from tests.helpers.browser import Page, chromium
from tests.helpers.pipeline_project import save_photo, write_models, write_params, write_project
from tests.helpers.records import record_of
from train.model_folder import load_classifier
from train.params import TrainParams

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
        list_prepared(data / "manifest.parquet", data / "target" / "manifest.parquet"),
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
        "--runs": folder / "reports" / "experiments" / "runs",
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
    assert "Fashion CUT with pseudo-labels moves" not in page
    assert "Fashion CUT moves a pixel by" in page
    assert "Vanilla CUT is shown beside it once" in page
    assert page.count("<polyline") == 1
    for word in ("period_cm", "Revision", "Balanced accuracy", "Most confident mistakes"):
        assert word.replace("_", " ") in page or word in page
    shown = json.loads(re.search(r'id="photo-data">(.*?)</script>', page, re.DOTALL).group(1))
    assert len(shown["test"]) == 9


@pytest.fixture(scope="module")
def open_project(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project with three test photos of none of the patterns and a model that may say so."""
    folder = tmp_path_factory.mktemp("open") / "copy"
    shutil.copytree(project, folder)
    photos = project / "<u>photos"
    (photos / "others.csv").write_text("path,label\n9.png,graphic\n10.png,graphic\n11.png,<i>lace\n")
    target = {"source": str(photos), "unlabelled": ".", "test": ["test.csv", "others.csv"]}
    save_photo(photos / "12.png", 12)
    write_params(folder / "params.yaml", CLASSES, **target)
    about = build_target(load_params(folder / "params.yaml"), folder / "data" / "target")
    assert about["images"] == {"unlabelled": 1, "test": 12}
    write_models(folder / "models", [*CLASSES, "other"])
    manifests = (folder / "data" / "manifest.parquet", folder / "data" / "target" / "manifest.parquet")
    classifier = load_classifier(folder / "models" / "classifier")
    evaluate(classifier, list_prepared(*manifests), folder / "reports", 100, 0)
    return folder


def test_photos_of_none_of_the_patterns_have_their_row_their_words_and_their_curve(
    open_project: Path,
) -> None:
    page = run(open_project)
    assert Parser(page).open == []
    matrix = re.search(r'<table class="matrix">.*?</table>', page, re.DOTALL).group()
    assert re.findall(r'<th scope="col"><span>(.*?)</span>', matrix) == [*CLASSES, "other"]
    cells = re.findall(r'data-actual="other".*? data-count="(\d+)"', matrix, re.DOTALL)
    assert sum(map(int, cells)) == 3
    found = json.loads((open_project / "reports" / "metrics.json").read_text())["test"]["open_set"]
    sentence = (
        f"Of 3 photos that show none of the patterns, {100 * found['turned_away']:.1f} % are turned away"
    )
    assert page.count(sentence) == 2  # at the top, and beside the matrix
    assert "Turned away by their own labels: graphic " in page
    assert "&lt;i&gt;lace" in page
    assert "<i>lace" not in page
    assert page.count('<polyline class="stream"') == 1
    assert re.search(r'<th scope="col">dotted</th><th scope="col">other</th></tr>', page)
    shown = json.loads(re.search(r'id="photo-data">(.*?)</script>', page, re.DOTALL).group(1))
    assert {photo["label"] for photo in shown["test"] if photo["actual"] == "other"} == {"graphic", "<i>lace"}


def test_other_photos_alone_are_no_headline(open_project: Path, about: dict) -> None:
    metrics = json.loads((open_project / "reports" / "metrics.json").read_text())
    alone = {"test": {"images": 0, "open_set": metrics["test"]["open_set"]}}
    assert "not yet measured" in headline(alone, about)["title"]


def test_the_curve_is_drawn_from_nothing_answered_to_all() -> None:
    lines = [{"answered": 0.5, "accuracy": 1.0, "stream_accuracy": 0.75}, dict.fromkeys(CURVE, 1.0)]
    drawn = draw_risk_coverage(lines)
    assert drawn == {"accuracy": "160.0,0.0 320.0,0.0", "stream_accuracy": "160.0,27.5 320.0,0.0"}


def test_a_sample_has_the_command_that_renders_it_and_no_other(page: str) -> None:
    samples = json.loads(re.search(r'id="sample-data">(.*?)</script>', page, re.DOTALL).group(1))
    assert samples[12]["record"]["index"] == 2
    words = shlex.split(samples[12]["command"])
    assert words[:3] == ["python", "-m", "sdg.render"]
    asked = render_main.make_context("sdg.render", words[3:]).params
    assert (asked["names"], asked["ranges"], asked["seed"]) == (("striped",), ("2",), 0)
    assert (asked["size"], asked["samples"], asked["suffix"]) == (48, 1, "jpg")


def test_a_floral_sample_names_the_tiles_it_was_drawn_with() -> None:
    floral, plain = (
        record_of(b"", name, 3, size=64, samples=16, preset="gpu", format="png")
        for name in ("floral", "plain")
    )
    command = render_command(floral, "my tiles")
    assert "--texture-dir 'my tiles' --out again" in command
    assert "--preset gpu --samples 16 --format png" in command
    assert "tiles" not in render_command(plain, "my tiles")


def test_a_sample_of_other_names_the_kinds_it_was_drawn_without() -> None:
    record = record_of(b"", "other", 3, size=64, samples=16, preset="cpu", format="png")
    record.material["without"] = "tie-dye,icons"
    assert "--without tie-dye --without icons --out again" in render_command(record)


def test_vanilla_cut_stands_beside_fashion_cut_once_it_was_trained(project: Path, tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(project, folder)
    run_of_cut = folder / "reports" / "experiments" / "runs" / "cut_paper-0" / "models"
    shutil.copytree(folder / "models" / "generator", run_of_cut / "generator")
    page = run(folder)
    Parser(page)
    pair = re.search(r'<button class="pair".*?</button>', page, re.DOTALL).group()
    assert re.findall("<small>(.*?)</small>", pair) == ["rendered", "vanilla CUT", "Fashion CUT"]
    assert len(set(re.findall('src="(.*?)"', pair))) == 2  # the same generator twice here
    assert "Vanilla CUT is shown beside it once" not in page


def test_names_and_params_cannot_put_markup_into_the_page(page: str) -> None:
    assert "<u>" not in page
    assert "the photos in “&lt;u&gt;photos”" in page


CLICKS = """(() => {
  const seen = {};
  const fits = () => [document.documentElement, viewer].every((node) => node.scrollWidth <= node.clientWidth);
  document.querySelectorAll(".shot")[12].click();
  seen.sample = viewer.open && content.textContent.includes("--class striped --index 2 ");
  seen.sampleFits = fits();
  viewer.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight" }));
  seen.next = content.textContent.includes("--class striped --index 3 ");
  document.getElementById("previous").click();
  seen.previous = content.textContent.includes("--class striped --index 2 ");
  viewer.close();
  document.querySelectorAll(".pair")[1].click();
  seen.pair = viewer.open && content.querySelectorAll("img").length === 2;
  seen.pairFits = fits();
  viewer.close();
  const cell = document.querySelector("button.cell");
  cell.click();
  seen.photos = viewer.open && content.querySelectorAll("img").length === Number(cell.dataset.count);
  seen.noSteps = document.getElementById("viewer-steps").hidden;
  seen.photosFit = fits();
  document.querySelector(".close").click();
  seen.closed = !viewer.open;
  for (const link of document.querySelectorAll("nav a")) {
    link.click();
    seen[link.hash] = location.hash === link.hash && document.querySelector(link.hash) !== null;
  }
  return seen;
})()"""


@pytest.fixture(scope="module")
def tab(page: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """A browser; `tab.address` is the report's."""
    folder = tmp_path_factory.mktemp("browser")
    (folder / "page.html").write_text(page)
    with chromium(folder / "profile") as tab:
        tab.address = (folder / "page.html").as_uri()
        yield tab


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [1200, 390, 320])
def test_clicks_and_links_work_at_any_width_without_errors(tab: Page, width: int, dark: bool) -> None:
    tab.open(tab.address, width, dark=dark)
    assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")
    seen = tab.evaluate(CLICKS)
    assert len(seen) == 17
    assert [name for name, right in seen.items() if not right] == []
    assert tab.errors == []


CONTRAST = """(() => {
  const channels = (color) => color.match(/[\\d.]+/g).slice(0, 3).map((c) => c / 255)
    .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  const weights = [0.2126, 0.7152, 0.0722];
  const light = (color) => channels(color).reduce((sum, channel, i) => sum + weights[i] * channel, 0);
  const ground = light(getComputedStyle(document.body).backgroundColor);
  const least = (selector) => Math.min(...[...document.querySelectorAll(selector)].map((node) => {
    const ink = light(getComputedStyle(node).color);
    return (Math.max(ink, ground) + 0.05) / (Math.min(ink, ground) + 0.05);
  }));
  return { ground, text: least("h1, h2, h3, .lead, .note, figcaption, nav a, .eyebrow, dd, td, th") };
})()"""


def test_text_can_be_read_by_day_and_by_night(tab: Page) -> None:
    grounds = []
    for dark in (False, True):
        tab.open(tab.address, dark=dark)
        found = tab.evaluate(CONTRAST)
        grounds.append(found["ground"])
        assert found["text"] >= 4.5, "WCAG AA"
    assert grounds[0] > 0.8
    assert grounds[1] < 0.05


def test_on_paper_everything_is_open_and_nothing_is_dark(tab: Page) -> None:
    tab.open(tab.address, dark=True)
    tab.evaluate(
        """addEventListener("beforeprint", () => {
          window.printed = {
            folded: document.querySelectorAll("main details:not([open])").length,
            histogram: document.querySelector(".histogram").getBoundingClientRect().height > 0,
          };
        })"""
    )
    before = tab.evaluate("document.querySelectorAll('main details:not([open])').length")
    pdf = base64.b64decode(tab.call("Page.printToPDF", printBackground=True)["data"])
    assert pdf.startswith(b"%PDF")
    assert tab.evaluate("window.printed") == {"folded": 0, "histogram": True}
    assert tab.evaluate("document.querySelectorAll('main details:not([open])').length") == before > 0
    tab.call("Emulation.setEmulatedMedia", media="print")
    style = "getComputedStyle(document.querySelector('{}')).{}"
    assert tab.evaluate(style.format("body", "backgroundColor")) == "rgb(255, 255, 255)"
    assert tab.evaluate(style.format("nav", "display")) == "none"
    tab.call("Emulation.setEmulatedMedia", media="")


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


FIGURES = {"read": 0.95, "kept": 0.9, "moved": 0.1, "distance": 0.3, "renders_distance": 0.4}


@pytest.mark.parametrize(
    ("figures", "warm_up", "said"),
    [
        ({}, 1, []),
        ({"translation": FIGURES}, 1, ["95 of 100 renders", "names 90 of 100", "nearer to the photos"]),
        ({"translation": FIGURES | {"distance": 0.5}}, 0, ["farther from the photos"]),
        ({"translation": FIGURES, "photos": {"chosen_epoch": 1.0}}, 1, ["did not help here", "of epoch 1,"]),
        ({"translation": FIGURES, "photos": {"chosen_epoch": 3.0}}, 1, ["did no harm here", "epoch 3,"]),
    ],
)
def test_what_a_translation_did_is_said_in_words(figures: dict, warm_up: int, said: list[str]) -> None:
    words = " ".join(translation_words(figures, warm_up))
    assert bool(words) == bool(said)
    assert all(part in words for part in said)
    assert ("of epoch" in words) == ("photos" in figures)


def test_a_method_without_a_warm_up_is_compared_with_none() -> None:
    params = TrainParams(method="cut_then_classify", warm_up_epochs=1)
    words = translation_words({"translation": FIGURES, "photos": {"chosen_epoch": 3.0}}, params.warm_up)
    assert "help" not in " ".join(words)


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
