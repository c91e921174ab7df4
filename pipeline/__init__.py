"""Stage entry points that `dvc.yaml` calls, and the typed params they share."""
