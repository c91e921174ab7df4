"""Stage entry points that `dvc.yaml` calls, and the typed params they share."""

from assets.common.runtime import prepare_for_torch

prepare_for_torch()
