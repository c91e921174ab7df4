"""What a step asks of a GPU stays within bounds."""

from benchmarks.device.made_up import cut_params
from benchmarks.operators import count


def test_a_step_on_a_gpu_is_few_calls_and_the_host_reads_nothing():
    calls, reads = count(cut_params(), "gpu")
    assert calls <= 4000
    assert reads == 0
    assert count(cut_params(), "gpu, first steps").reads == 0
