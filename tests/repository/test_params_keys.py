"""`dvc repro` sees a change of any key of params.yaml, with the real dvc.yaml and stubs for its commands.

`dvc status` proves nothing: it reports the change of a key that DVC's run cache then overlooks, and the cache
returns what the stage wrote for the old value. So the stages run, and what they wrote is read.
"""

import json
import re
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import ruamel.yaml
import yaml
from dvc.dependency.param import ParamsDependency
from dvc.repo import Repo
from dvc.stage import Stage

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.filterwarnings("ignore:_NoneStep.value:DeprecationWarning")  # DVC's own

PARAMS = yaml.safe_load((ROOT / "params.yaml").read_text())


def keys(params: dict[str, Any], prefix: str = "") -> Iterator[str]:
    """The dotted names of all values that are no mappings."""
    for key, value in params.items():
        if isinstance(value, dict):
            yield from keys(value, f"{prefix}{key}.")
        else:
            yield prefix + key


def at(params: Any, key: str) -> Any:
    for part in key.split("."):
        params = params[part]
    return params


def another(value: Any) -> Any:
    """A value of the same kind."""
    match value:
        case bool():
            return not value
        case int() | float():
            return 2 * value + 1
        case str():
            return f"{value}other"
        case list():
            return value[::-1] or ["another"]
    return 7


class Pipeline:
    """A DVC project in the working folder: this repository's dvc.yaml, and code and photos made up."""

    def __init__(self) -> None:
        self.params = deepcopy(PARAMS)
        del self.params["classes"][2:]  # a stage per class; two show what many do
        self.ran: list[str] = []
        self.stages: list[Stage] = []
        self.tried: list[set[str]] = []
        pipeline = yaml.safe_load((ROOT / "dvc.yaml").read_text())
        Path("dvc.yaml").write_text(json.dumps(pipeline))
        Repo.init(no_scm=True)

    def reproduce(self, *only: str) -> list[str]:
        """Run `dvc repro`, or `dvc repro --single-item` of `only`; return the stages whose command ran."""
        self.ran = []
        Path("params.yaml").write_text(json.dumps(self.params))
        repo = Repo()
        self.stages = list(repo.index.stages)
        self.make_up_sources()
        repo.reproduce(targets=list(only) or None, single_item=bool(only))
        return self.ran

    def make_up_sources(self) -> None:
        outs = [out for stage in self.stages for out in paths(stage.outs)]
        for stage in self.stages:
            for dep in paths(stage.deps):
                if not any(related(dep, out) for out in outs):
                    write(dep, str(dep))

    def stub(self, stage: Stage, **_: object) -> None:
        """Stands for `dvc.stage.run.cmd_run`: write the values and the files that the stage depends on."""
        self.ran.append(stage.addressing)
        values = json.loads(Path("params.yaml").read_text())
        read = {key: at(values, key) for key in declared(stage, values)}
        for out in paths(stage.outs):
            files = [file for dep in paths(stage.deps) for file in (dep, *dep.rglob("*")) if file.is_file()]
            text = json.dumps([stage.cmd, read, *(hash(file.read_bytes()) for file in sorted(files))])
            write(out, text)

    def readers(self, key: str) -> set[str]:
        """The stages that name `key`, or a mapping around it, in `params`."""
        return {
            stage.addressing
            for stage in self.stages
            if any(f"{key}.".startswith(f"{name}.") for name in declared(stage, self.params))
        }

    def is_filled_in(self, key: str) -> bool:
        """Is `key`, or a mapping around it, part of a command or a path in dvc.yaml?"""
        names = re.findall(r"\$\{([\w.]+)\}", Path("dvc.yaml").read_text())
        return any(f"{key}.".startswith(f"{name}.") for name in names)

    def commands(self) -> dict[str, tuple[str, list[Path]]]:
        """Every stage's command and dependencies, which may have a value of params.yaml filled in."""
        return {stage.addressing: (stage.cmd, paths(stage.deps)) for stage in self.stages}

    def downstream(self, names: set[str]) -> set[str]:
        """`names` and every stage that depends on what one of them writes."""
        written = [out for stage in self.stages if stage.addressing in names for out in paths(stage.outs)]
        found = names | {
            stage.addressing
            for stage in self.stages
            if any(related(dep, out) for dep in paths(stage.deps) for out in written)
        }
        return found if found == names else self.downstream(found)


def declared(stage: Stage, params: dict[str, Any]) -> set[str]:
    """The keys in a stage's `params`; a stage that names the file alone has all."""
    of_file = [dep.params or list(params) for dep in stage.deps if isinstance(dep, ParamsDependency)]
    return {key for names in of_file for key in names}


def paths(ends: list[Any]) -> list[Path]:
    return [Path(end.def_path) for end in ends if not isinstance(end, ParamsDependency)]


def related(one: Path, other: Path) -> bool:
    """Is one of them, or lies in, the other?"""
    return one.is_relative_to(other) or other.is_relative_to(one)


def file_of(path: Path) -> Path:
    """A file itself, and the one file of a folder."""
    return path if path.suffix else path / "file"


def write(path: Path, text: str) -> None:
    file = file_of(path)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


@pytest.fixture(scope="module")
def pipeline(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pipeline]:
    """The project after a first run. JSON is YAML too, and DVC reads it in a tenth of the time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("project"))
        patch.setattr(ruamel.yaml.YAML, "load", lambda _, text: json.loads(text))
        patch.setattr(ruamel.yaml.YAML, "dump", lambda _, data, stream: json.dump(data, stream))
        pipeline = Pipeline()
        patch.setattr("dvc.stage.run.cmd_run", pipeline.stub)
        assert set(pipeline.reproduce()) == set(pipeline.commands())
        assert not pipeline.reproduce()
        yield pipeline


@pytest.mark.parametrize("key", list(keys(PARAMS)))
def test_a_changed_key_runs_the_stages_that_read_it_and_those_after_them(
    pipeline: Pipeline, key: str
) -> None:
    """The first key of those with the same readers runs all that follows; the others run their readers."""
    readers = pipeline.readers(key)
    whole = readers not in pipeline.tried or pipeline.is_filled_in(key)
    pipeline.tried.append(readers)
    if whole:
        pipeline.reproduce()
    before = pipeline.commands()
    *sections, name = key.split(".")
    section = at(pipeline.params, ".".join(sections)) if sections else pipeline.params
    section[name] = another(section[name])

    if whole:
        ran = pipeline.reproduce()
        changed = {stage for stage, command in pipeline.commands().items() if command != before[stage]}
        assert set(ran) == pipeline.downstream(readers | changed)
    else:
        ran = pipeline.reproduce(
            *(stage.addressing for stage in pipeline.stages if stage.addressing in readers)
        )
        assert set(ran) == readers
    assert len(ran) == len(set(ran))
    for stage in pipeline.stages:
        for out in paths(stage.outs):
            _, read, *_ = json.loads(file_of(out).read_text())
            assert read == {name: at(pipeline.params, name) for name in declared(stage, pipeline.params)}
