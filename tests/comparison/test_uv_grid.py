"""envdoctor's choice of a build is never worse than uv's: real uv for a few machines, the planner for all."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest

from comparison.machines import GPUS, Machine, Pick, exists, machines, planned, worth
from comparison.uv_choice import Uv, program, uv

GTX_1080, RTX_4090 = GPUS[2], GPUS[7]


@pytest.fixture(scope="module")
def real_uv() -> Iterator[Uv]:
    if program() is None or shutil.which("openssl") is None:
        pytest.skip("needs uv and openssl")
    with uv() as running:
        yield running


def test_uv_looks_at_the_driver_and_not_at_the_gpu(real_uv: Uv) -> None:
    old, new = (Machine("linux_x86_64", "580.65.06", gpu, "3.12") for gpu in (GTX_1080, RTX_4090))
    assert real_uv.picks(old) == real_uv.picks(new)
    assert worth(real_uv.picks(new), new) == "runs"
    assert worth(real_uv.picks(old), old) == "no kernels"
    assert worth(planned(old), old) == worth(planned(new), new) == "runs"


def test_a_windows_driver_of_cuda_12_gets_a_newer_torch_than_from_uv(real_uv: Uv) -> None:
    machine = Machine("windows_amd64", "551.61", RTX_4090, "3.12")
    theirs, ours = real_uv.picks(machine), planned(machine)
    assert theirs is not None and ours is not None
    assert worth(theirs, machine) == worth(ours, machine) == "runs"
    assert tuple(map(int, ours.torch.split("."))) > tuple(map(int, theirs.torch.split(".")))


@pytest.mark.parametrize("python", ["3.9", "3.12"])
def test_wherever_a_build_runs_one_is_found_and_where_none_does_none_is_named(python: str) -> None:
    for machine in machines((python,)):
        assert worth(planned(machine), machine) == ("runs" if exists(machine) else "nothing"), machine


def test_the_judge_knows_what_fails_and_why() -> None:
    old = Machine("linux_x86_64", "535.54.03", GTX_1080, "3.12")
    assert worth(Pick("2.13.0", "cu129"), old) == "no kernels"
    assert worth(Pick("2.13.0", "cu130"), old) == "driver too old"
    assert worth(Pick("2.13.0", "cpu"), old) == "CPU build"
    assert worth(Pick("2.13.0", "cu126"), old) == "runs"
