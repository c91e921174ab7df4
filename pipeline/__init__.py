"""Stage entry points that `dvc.yaml` calls, and the typed params they share."""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # spinning threads crawl when the cores are shared
