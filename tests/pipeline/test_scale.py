"""The promises of pipeline.scale."""

import re
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from assets.common.settings import read_yaml
from materials.patterns import GROUPS, PAPER, PATTERNS
from pipeline.params import load_params
from pipeline.scale import NAMES, SCALES, apply_scale, main
from tests.helpers.pipeline_project import ROOT


@pytest.fixture
def params(tmp_path: Path) -> Path:
    path = tmp_path / "params.yaml"
    path.write_bytes((ROOT / "params.yaml").read_bytes())
    return path


def test_the_repository_is_at_laptop_scale(params: Path) -> None:
    assert apply_scale("laptop", params) == []
    assert params.read_bytes() == (ROOT / "params.yaml").read_bytes()


@pytest.mark.parametrize("name", NAMES)
def test_every_scale_is_valid_and_there_is_a_way_back(params: Path, name: str) -> None:
    changes = apply_scale(name, params)
    assert bool(changes) == (name != "laptop")
    assert load_params(params).render.n == read_yaml(SCALES / f"{name}.yaml")["render"]["n"]
    assert apply_scale(name, params) == []
    apply_scale("laptop", params)
    assert params.read_text() == (ROOT / "params.yaml").read_text()


def keys(tree: dict, above: str = "") -> set[str]:
    return {
        name
        for key, value in tree.items()
        for name in (keys(value, f"{above}{key}.") if isinstance(value, dict) else {above + key})
    }


def test_all_scales_set_the_same_keys() -> None:
    first, *others = (keys(read_yaml(SCALES / f"{name}.yaml")) for name in NAMES)
    assert all(other == first for other in others)


def test_the_paper_scale_is_the_papers(params: Path) -> None:
    apply_scale("paper", params)
    paper = load_params(params)
    assert 31_840 <= paper.render.n * len(paper.classes) < 31_847
    assert (paper.train.backbone, paper.train.lr, paper.train.epochs) == ("resnet50", 1e-5, 5)
    assert paper.train.lambda_gan == paper.train.lambda_classifier == 0.1
    assert (paper.train.generator.width, paper.train.generator.blocks) == (64, 9)


@pytest.mark.parametrize(
    ("words", "classes"),
    [
        ([], PAPER),
        (["--classes", "paper"], PAPER),
        (["--classes", "all"], (*PAPER, "houndstooth")),
        (["--classes", "striped, houndstooth"], ("striped", "houndstooth")),
    ],
)
def test_one_option_says_which_patterns_and_comments_stay(
    params: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], classes: tuple[str, ...]
) -> None:
    monkeypatch.setitem(PATTERNS, "houndstooth", "mine")
    monkeypatch.setitem(GROUPS, "all", (*PAPER, "houndstooth"))
    before = params.read_text()
    params.write_text(before.replace(", herringbone]", "]   # mine"))
    done = CliRunner().invoke(main, ["laptop", *words, "--params", str(params)])
    assert done.exit_code == 0, done.output
    assert tuple(load_params(params).classes) == classes
    row = f"[{', '.join(classes)}] # mine"
    assert re.sub(" +# mine", " # mine", params.read_text()) == before.replace(f"[{', '.join(PAPER)}]", row)


def test_patterns_by_lines_are_written_in_one_row_and_what_follows_stays(params: Path) -> None:
    """DVC's -S writes a list with a line per item."""
    text = params.read_text().replace("\ngarments:", "\n# mine\ngarments:")
    params.write_text(text.replace(f"[{', '.join(PAPER)}]", "\n- plain\n- striped"))
    apply_scale("laptop", params)
    assert params.read_text() == text


def test_a_pattern_that_does_not_exist_is_a_wrong_option(params: Path) -> None:
    done = CliRunner().invoke(main, ["laptop", "--classes", "plain,tartans", "--params", str(params)])
    assert done.exit_code == 2
    assert "there is no pattern 'tartans'; there are plain" in done.stderr


def test_ones_own_values_and_comments_stay(params: Path) -> None:
    text = params.read_text().replace("source: data/stand_in ", "source: my/photos  # mine\n ")
    params.write_text(text)
    apply_scale("smoke", params)
    assert "source: my/photos  # mine" in params.read_text()


def test_broken_params_stay_as_they_are(params: Path) -> None:
    params.write_text(params.read_text() + "typo: 1\n")
    before = params.read_bytes()
    with pytest.raises(click.ClickException, match="typo: unknown key"):
        apply_scale("smoke", params)
    assert params.read_bytes() == before


def test_the_command_says_what_it_changed(params: Path) -> None:
    done = CliRunner().invoke(main, ["smoke", "--params", str(params)])
    assert done.exit_code == 0
    assert "render.n: 100 -> 10" in done.stdout
    assert CliRunner().invoke(main, ["huge"]).exit_code == 2
