"""`python -m train`: from manifests to models, and one line for what a user can put right."""

import pytest
from click.testing import CliRunner

from tests.helpers.train_project import write_train_project
from train.__main__ import main


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"epochs": 0}, "train.epochs"),
        ({"method": "magic"}, "train.method: Input should be 'source_only', 'self_training',"),
        ({"lamda_gan": 1}, "train.lamda_gan: unknown key"),
        ({"batch_size": 5}, "train.batch_size"),
        ({"backbone": "resnet5O"}, "train.backbone: timm has no 'resnet5O'"),
        ({"head_epochs": 1}, "train.head_epochs: unknown key"),
        ({"size": 100_000}, "train.size: 8 x 100000 px at once need about"),
        ({"test_size": 100_000}, "train.test_size: 1 x 100000 px at once need about"),
    ],
)
def test_a_wrong_setting_is_one_line_that_names_the_key(tmp_path, changes, line):
    result = CliRunner().invoke(main, write_train_project(tmp_path, **changes))
    assert result.exit_code == 1
    assert line in result.output
    assert "Traceback" not in result.output


@pytest.mark.parametrize(("photos", "warned"), [(6, True), (32, False)])
def test_the_command_trains_from_manifests_and_warns_of_a_handful_of_photos(tmp_path, photos, warned):
    command = write_train_project(tmp_path, epochs=1, method="source_only", photos=photos)
    result = CliRunner().invoke(main, command)
    assert result.exit_code == 0, result.output
    assert (tmp_path / "models" / "classifier" / "model.safetensors").exists()
    assert ("warning: only 6 unlabelled target photos" in result.output) == warned
