"""dvc.yaml redoes what changed, so it has to name what a stage depends on."""

import re
import shlex
import shutil
from pathlib import Path

import grimp
import pytest
import yaml
from dvc.dependency.param import ParamsDependency
from dvc.repo import Repo

ROOT = Path(__file__).parents[2]
ROOMS = ("assets", "materials", "sdg", "train", "pipeline")
STAGES = {
    f"{file}:{name}": stage
    for file in ("dvc.yaml", "pipeline/experiments/dvc.yaml")
    for name, stage in yaml.safe_load((ROOT / file).read_text())["stages"].items()
}


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph(*ROOMS, exclude_type_checking_imports=True, cache_dir=None)


def file_of(module: str) -> str:
    path = Path(*module.split("."))
    return str(path / "__init__.py" if (ROOT / path).is_dir() else path.with_suffix(".py"))


@pytest.mark.parametrize("name", STAGES)
def test_a_stage_depends_on_the_code_that_its_command_reaches(name: str, graph: grimp.ImportGraph) -> None:
    """But for the params modules of other rooms: what they say, `params` of the stage covers."""
    stage = STAGES[name]
    entry = re.search(r"python -m (\S+)", stage["cmd"])[1]
    if f"{entry}.__main__" in graph.modules:
        entry = f"{entry}.__main__"
    reached = {entry} | graph.find_upstream_modules(entry)
    files = {file_of(module) for module in reached if not module.endswith(".params")}
    missing = {
        file for file in files if not any(file == dep or file.startswith(f"{dep}/") for dep in stage["deps"])
    }
    assert {file for file in missing if Path(file).name != "__init__.py"} == set()


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The working folder has this repository's stages and settings, and nothing else."""
    monkeypatch.chdir(tmp_path)
    Path(".dvc").mkdir()
    config = (ROOT / ".dvc" / "config").read_text()
    Path(".dvc/config").write_text(config.replace("[core]", "[core]\n    no_scm = true"))
    Path("pipeline/experiments").mkdir(parents=True)
    for file in ("dvc.yaml", "pipeline/experiments/dvc.yaml", "params.yaml"):
        shutil.copy(ROOT / file, file)


@pytest.mark.usefixtures("project")
def test_every_stage_reads_its_settings_from_the_one_params_file() -> None:
    read = {
        (stage.addressing, dep.fs_path)
        for stage in Repo().index.stages
        for dep in stage.deps
        if isinstance(dep, ParamsDependency)
    }
    assert {file for _, file in read} == {str(Path("params.yaml").absolute())}, read


def test_both_reports_are_redone_for_the_same_settings() -> None:
    """By name: of a file that a stage names as a whole, DVC overlooks the keys that are called size."""
    ours, theirs = (STAGES[f"{file}:report"] for file in ("dvc.yaml", "pipeline/experiments/dvc.yaml"))
    assert ours["params"] == theirs["params"]


@pytest.mark.usefixtures("project")
def test_kinds_of_other_to_hold_out_become_options_of_the_command() -> None:
    params = yaml.safe_load((ROOT / "params.yaml").read_text())

    def command(*without: str) -> list[str]:
        params["materials"]["other"]["without"] = [*without]
        Path("params.yaml").write_text(yaml.safe_dump(params))
        return shlex.split(Repo().stage.load_one(name="render@plain").cmd)

    assert "--without" not in command()
    told = [word for word in command("fair isle", "paisley") if word not in command()]
    assert told == ["--without", "fair isle", "--without", "paisley"]


@pytest.mark.parametrize("name", STAGES)
def test_no_stage_depends_on_a_list_of_files_of_code(name: str) -> None:
    assert [dep for dep in STAGES[name]["deps"] if dep.endswith(".py")] == []
