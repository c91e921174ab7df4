"""The smallest valid params: those of params.yaml with sizes and counts that cost next to nothing."""

from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
TINY = {
    "garments": {"n": 1},
    "render": {"n": 1, "size": 48},
    "target": {
        "size": 32,
        "val": None,
        "test": None,
        "labelled": None,
        "stand_in": {"unlabelled": 1, "labelled": 1, "garments": 1, "samples": 1},
    },
    "train": {
        "size": 32,
        "backbone": "test_resnet",  # timm's smallest
        "pretrained": False,
        "batch_size": 4,
        "epochs": 2,
        "lr": 1e-3,
        "lr_gan": 1e-3,
        "lambda_kernel": 1.0,
        "pseudo_label_epoch": 1,
        "adversary": {"width": 16},
        "generator": {"width": 4, "blocks": 1},
        "discriminator": {"width": 4, "patch": 0.3},
        "nce": {"patches": 16, "width": 8},
    },
    "evaluate": {"bootstrap": 100},
    "experiments": {
        "seeds": [0],
        "images": [1],
        "train": {
            "size": 32,
            "batch_size": 4,
            "epochs": 2,
            "updates": 4,
            "frozen_stages": 0,
            "schedule": "constant",
            "average": 0.0,
        },
    },
}


def tiny_params(**changes: Any) -> dict[str, Any]:
    """All of params.yaml; `changes` are merged into it, sections and all: train={"method": "mcc"}."""
    params = yaml.safe_load((ROOT / "params.yaml").read_text())
    return merged(merged(params, TINY), changes)


def write_tiny_params(path: Path, **changes: Any) -> Path:
    path.write_text(yaml.safe_dump(tiny_params(**changes)))
    return path


def merged(params: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """`params` with the values of `changes`, mapping by mapping; a key that `params` lacks is an error."""
    unknown = changes.keys() - params.keys()
    assert not unknown, f"params.yaml has no {unknown}"
    return params | {
        key: merged(params[key], value) if isinstance(value, dict) else value
        for key, value in changes.items()
    }
