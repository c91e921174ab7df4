"""Whatever stands in params.yaml is valid params or one clear line per key."""

import copy
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.params import Params, load_params
from pipeline.scale import apply_scale
from tests.helpers.pipeline_project import ROOT

PARAMS: dict[str, Any] = yaml.safe_load((ROOT / "params.yaml").read_text())


def keys(tree: dict[str, Any], above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for name, value in tree.items():
        yield (*above, name)
        if isinstance(value, dict):
            yield from keys(value, (*above, name))


def changed(where: tuple[str, ...], value: object) -> dict[str, Any]:
    params = copy.deepcopy(PARAMS)
    section = params
    for name in where[:-1]:
        section = section[name]
    section[where[-1]] = value
    return params


numbers = st.one_of(st.integers(), st.floats(), st.sampled_from([10**400, 2**64, math.nan, math.inf]))
words = st.one_of(st.text(max_size=5), st.sampled_from(["", "plain", "\x1b[2J", "..", "~"]))
values = st.recursive(
    st.one_of(st.none(), st.booleans(), numbers, words),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.one_of(words, numbers), inner, max_size=2)
    ),
    max_leaves=4,
)


@settings(max_examples=100, deadline=None)
@given(where=st.sampled_from(list(keys(PARAMS))), value=values)
@example(where=("train", "lr"), value=math.nan)
@example(where=("train",), value={1: 2})
@example(where=("seed",), value=10**400)
def test_any_value_of_any_key_is_valid_or_one_clear_line_for_each_key(
    where: tuple[str, ...], value: object
) -> None:
    try:
        params = Params.parse(changed(where, value), "params.yaml")
    except click.ClickException as error:
        for line in error.message.split("\n"):
            assert line.startswith("params.yaml: ")
            assert line.isprintable()
            assert len(line) < 1000
    else:
        assert all(math.isfinite(number) for number in floats_in(params.model_dump()))
        assert params.target.source
        assert params.target.unlabelled
        assert len(set(params.classes)) == len(params.classes)


def floats_in(value: object) -> Iterator[float]:
    if isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from floats_in(inner)
    elif isinstance(value, float):
        yield value


@pytest.mark.parametrize(
    ("where", "value", "line"),
    [
        (("classes",), ["plain", "floral", "plain"], "classes: plain is there twice"),
        (("classes",), ["plain", "../x"], "classes: there is no pattern '../x'; there are plain"),
        (("experiments", "seeds"), [0, 1, 0], "experiments.seeds: 0 is there twice"),
        (("experiments", "methods"), ["mcc", "mcc"], "experiments.methods: mcc is there twice"),
        (("target", "source"), "", "target.source: String should have at least 1 character"),
        (("target", "unlabelled"), "", "target.unlabelled: String should have at least 1 character"),
        (("train", "lr"), math.inf, "train.lr: Input should be a finite number"),
    ],
)
def test_a_wrong_value_is_one_line_that_names_the_key(
    where: tuple[str, ...], value: object, line: str
) -> None:
    with pytest.raises(click.ClickException) as error:
        Params.parse(changed(where, value), "params.yaml")
    assert error.value.message.startswith(f"params.yaml: {line}")
    assert "\n" not in error.value.message


def test_a_number_too_long_to_print_is_one_line_too() -> None:
    with pytest.raises(click.ClickException, match=r"params.yaml: seed: .* \(got .*\)"):
        Params.parse(changed(("seed",), -(10**5000)), "params.yaml")


@pytest.mark.parametrize("split", ["val", "test"])
def test_an_empty_list_of_labels_is_none(split: str) -> None:
    """It is what one types for "none": dvc exp run -S target.val="""
    params = Params.parse(changed(("target", split), ""), "params.yaml")
    assert getattr(params.target, split) is None


@pytest.mark.parametrize("wrong", [3, ["a.csv", "a.csv"], ["a.csv", 3], [None], {"a": "b"}])
def test_several_files_of_labels_are_different_paths_or_one_line_says_so(wrong: Any) -> None:
    params = Params.parse(changed(("target", "val"), ["a.csv", "b.csv"]), "params.yaml")
    assert (params.target.files("val"), params.target.files("labelled")) == (["a.csv", "b.csv"], [])
    assert Params.parse(changed(("target", "val"), []), "params.yaml").target.val is None
    with pytest.raises(click.ClickException, match=r"^params.yaml: target.val: should be a path") as error:
        Params.parse(changed(("target", "val"), wrong), "params.yaml")
    assert "\n" not in error.value.message


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("seed: 0", "seed: 0\nseed: 1", "not valid YAML: seed is there twice"),
        ("  epochs: 3", "  epochs: 3\n  epochs: 4", "not valid YAML: epochs is there twice"),
        ("seed: 0", "seed: 2001-99-99", "not valid YAML: month must be in"),
        ("seed: 0", "seed: " + "9" * 5000, "not valid YAML: Exceeds the limit"),
        ("seed: 0", "seed: " + "[" * 1000, "not valid YAML: maximum recursion"),
        ("seed: 0", "seed: 18446744073709551616", "seed: a number should be at most 2147483647"),
        ("seeds: [0, 1, 2]", "seeds: [0, 4294967296]", r"experiments\.seeds\.1: a number should be at most"),
        ("seed: 0", "seed: &a [*a]", "not valid YAML"),
        ("seed: 0", "? [a]\n: 0", "not valid YAML"),
        ("# Every", "# caf\xe9 Every", "not in UTF-8"),
    ],
)
@pytest.mark.parametrize("read", [load_params, lambda path: apply_scale("smoke", path)])
def test_a_broken_file_is_one_line_and_stays_as_it_is(
    tmp_path: Path, read: Any, old: str, new: str, message: str
) -> None:
    path = tmp_path / "params.yaml"
    path.write_bytes((ROOT / "params.yaml").read_text().replace(old, new, 1).encode("latin-1"))
    before = path.read_bytes()
    with pytest.raises(click.ClickException, match=message) as error:
        read(path)
    assert "\n" not in error.value.message
    assert path.read_bytes() == before


def test_a_scale_writes_sections_that_were_left_out(tmp_path: Path) -> None:
    path = tmp_path / "params.yaml"
    path.write_text(yaml.safe_dump({**PARAMS, "train": {}}))
    apply_scale("smoke", path)
    assert load_params(path).train.generator.width == 8
