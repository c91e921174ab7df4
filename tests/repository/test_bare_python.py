"""Training and prediction run where the project is not installed: no Blender, no DVC, whatever Python.

That is a rented GPU machine: Python 3.12, for which there is no Blender, and PyTorch's own packages.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.helpers.train_project import write_train_project

ROOT = Path(__file__).parents[2]

MISSING = "bpy,gpu,bmesh,mathutils,dvc,dvclive,dask,distributed,coloraide,matplotlib,pooch,ruamel,scipy"
"""What such a machine lacks and must not need."""

SCRIPT = """
import sys
from importlib.machinery import PathFinder

found = PathFinder.find_spec

def find_spec(name, *args):
    return None if name.split(".")[0] in sys.argv[1].split(",") else found(name, *args)

PathFinder.find_spec = staticmethod(find_spec)  # dill calls it on an instance
import pipeline.predict, train.__main__

train.__main__.main(sys.argv[4:], standalone_mode=False)
options = {"--model": sys.argv[2], "--images": sys.argv[3], "--out": sys.argv[3] + ".csv"}
pipeline.predict.main([word for pair in options.items() for word in pair], standalone_mode=False)
assert pipeline.predict.__file__.startswith(sys.path[1]), sys.path
"""


def train_and_predict(python: str, folder: Path, missing: str) -> None:
    """Run both from a PYTHONPATH, in a folder that is not the project's."""
    options = write_train_project(folder, method="fashion_cut", epochs=1)
    (folder / "script.py").write_text(SCRIPT)
    model, photo = folder / "models" / "classifier", folder / "manifest0.png"
    arguments = [missing, str(model), str(photo), *options]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [python, str(folder / "script.py"), *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert "warning: dvclive is not installed, so there are no curves in" in done.stderr
    header, row = (folder / "manifest0.png.csv").read_text().splitlines()
    assert header.startswith("path,label,confidence")
    assert row.startswith("manifest0.png,")


def test_training_and_prediction_need_neither_blender_nor_dvc(tmp_path):
    train_and_predict(sys.executable, tmp_path, MISSING)


def test_training_and_prediction_run_on_python_3_12(tmp_path):
    python = os.environ.get("PYTHON_3_12") or shutil.which("python3.12")
    if python is None:
        pytest.skip("no python3.12; name one that has PyTorch in $PYTHON_3_12")
    needed = "import torch, timm, accelerate, safetensors, pyarrow, PIL, click, rich, pydantic"
    if subprocess.run([python, "-c", needed], capture_output=True).returncode:
        pytest.skip(f"{python} has no PyTorch, timm, ...; name one that has them in $PYTHON_3_12")
    train_and_predict(python, tmp_path, "")
