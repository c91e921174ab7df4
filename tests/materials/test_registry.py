"""Which patterns there are, and the words that commands take for several of them."""

import click
import pytest
from click.testing import CliRunner

import materials.sheet
import sdg.render
from materials.patterns import CLASSES, GROUPS, PAPER, expand


def test_the_papers_patterns_come_first() -> None:
    assert CLASSES[:7] == PAPER
    assert GROUPS == {"all": CLASSES, "paper": PAPER}


def test_words_for_several_patterns_are_expanded() -> None:
    assert expand(["striped"]) == {"striped"}
    assert expand(["paper", "striped"]) == set(PAPER)
    assert expand(["all"]) == set(CLASSES)


@pytest.mark.parametrize(
    ("words", "names"),
    [(["striped", "plain"], ("plain", "striped")), (["paper"], PAPER), (["all"], CLASSES), ([], None)],
)
def test_render_and_sheet_take_them_in_the_registrys_order(
    monkeypatch: pytest.MonkeyPatch, tmp_path, words: list[str], names: tuple[str, ...] | None
) -> None:
    arguments = [part for word in words for part in ("--class", word)]
    asked: list[str] = []
    monkeypatch.setattr(sdg.render, "render", lambda wanted, *_, **__: asked.extend(wanted))
    done = CliRunner().invoke(sdg.render.main, [*arguments, "--out", str(tmp_path)])
    assert (done.exit_code, tuple(asked)) == ((0, names) if names else (2, ()))
    drawn: list[str] = []
    monkeypatch.setattr(materials.sheet, "require_opengl", lambda: None)
    monkeypatch.setattr(materials.sheet, "random_draw", lambda name, *_: drawn.append(name))
    monkeypatch.setattr(materials.sheet, "range_draws", lambda *_: [])
    monkeypatch.setattr(materials.sheet, "swatch_maker", lambda: None)
    monkeypatch.setattr(materials.sheet, "render_sheet", lambda *_, **__: click.echo("drawn"))
    done = CliRunner().invoke(materials.sheet.main, [*arguments, "--out", str(tmp_path), "--n", "1"])
    assert done.exit_code == 0, done.output
    assert tuple(drawn) == (names or CLASSES)
