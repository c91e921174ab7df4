"""Two processes do what one does."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from click.testing import CliRunner
from test_train_loop import write_project

from train.__main__ import main

ROOT = Path(__file__).parents[1]


def test_two_processes_have_the_losses_of_one_at_the_same_global_batch(tmp_path):
    """With the backbone frozen: else each process normalises by its own half's batch-norm statistics.

    Started with the variables that torchrun sets: `accelerate launch` starts CPU processes by MPI only.
    """
    settings = {"epochs": 2, "head_epochs": 2, "pseudo_label_epoch": 1, "pseudo_label_balance": 0.0}
    one, two = (tmp_path / name for name in ("one", "two"))
    commands = []
    for folder in (one, two):
        folder.mkdir()
        commands.append(write_project(folder, **settings))
    done = CliRunner().invoke(main, commands[0])
    assert done.exit_code == 0, done.output
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    shared = {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", "ACCELERATE_USE_CPU": "true"}
    shared |= {"GLOO_SOCKET_IFNAME": "lo", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port, "WORLD_SIZE": "2"}
    command = [sys.executable, "-m", "train", *commands[1]]
    processes = [
        subprocess.Popen(
            command,
            env=os.environ | shared | {"RANK": rank, "LOCAL_RANK": rank},
            stderr=subprocess.PIPE,
            text=True,
        )
        for rank in "01"
    ]
    try:
        outputs = [process.communicate(timeout=120)[1] for process in processes]
    finally:
        for process in processes:
            process.kill()
    assert [process.returncode for process in processes] == [0, 0], outputs
    assert "2 processes" in outputs[0]
    states = [torch.load(f / "run" / "checkpoint.pt", weights_only=True) for f in (one, two)]
    histories = [state["position"]["history"] for state in states]
    assert len(histories[0]) == len(histories[1]) > 2
    for number, (a, b) in enumerate(zip(*histories, strict=True)):
        # Adam's first steps are as long for a gradient of 1e-9 as for one of 1, so rounding errors grow
        assert a == pytest.approx(b, rel=(1e-5, 1e-3)[number] if number < 2 else 1e-2)
