"""What counts as a proof: each way in which torch is not what was planned."""

from __future__ import annotations

import pytest

from envdoctor.execution.steps import Expected
from envdoctor.execution.verify import judge
from envdoctor.facts import CudaKernel, TorchDevice, TorchImport

GPU = TorchDevice(index=0, name="NVIDIA GeForce RTX 4060", kernel=CudaKernel(ok=True))
CUDA = TorchImport(
    outcome="imported",
    version="2.14.1+cu126",
    cuda="12.6",
    devices=(GPU,),
    companions={"torchvision": "0.29.1+cu126"},
)
PLANNED = Expected(
    torch="2.14.1",
    variant="cu126",
    packages={"torch": "2.14.1+cu126", "torchvision": "0.29.1+cu126"},
    device=True,
)


def test_the_planned_build_that_computes_is_a_proof() -> None:
    assert judge(CUDA, PLANNED) is None


def test_builds_of_conda_have_no_label_and_are_known_by_their_cuda() -> None:
    assert (
        judge(TorchImport(outcome="imported", version="2.14.1", cuda="12.6", devices=(GPU,)), PLANNED) is None
    )


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"outcome": "raised", "error": "libtorch_cpu.so"}, "run.verify.raised"),
        ({"outcome": "crashed"}, "run.verify.crashed"),
        ({"outcome": "timed-out"}, "run.verify.timed-out"),
        ({"outcome": "absent"}, "run.verify.absent"),
        ({"version": "2.15.0"}, "run.verify.version"),
        ({"version": "2.14.1+cpu", "cuda": None, "devices": ()}, "run.verify.variant"),
        ({"cuda": "13.0"}, "run.verify.variant"),
        ({"cuda": None, "hip": "7.2"}, "run.verify.variant"),
        ({"companions": {"torchvision": "0.28.0"}}, "run.verify.companion-version"),
        ({"companions": {"torchvision": "0.29.1+cpu"}}, "run.verify.companion-version"),
        ({"companion_errors": {"torchvision": "operator nms does not exist"}}, "run.verify.companion"),
        ({"devices": (), "cuda_error": "no CUDA-capable device"}, "run.verify.no-device"),
        (
            {
                "devices": (
                    TorchDevice(index=0, name="GPU", kernel=CudaKernel(ok=False, error="no kernel image")),
                )
            },
            "run.verify.kernel",
        ),
    ],
)
def test_what_is_not_as_planned_is_named(changes: dict[str, object], key: str) -> None:
    from dataclasses import replace

    problem = judge(replace(CUDA, **changes), PLANNED)  # type: ignore[arg-type]
    assert problem is not None and problem.key == key


def test_the_cpu_build_needs_no_device() -> None:
    torch = TorchImport(outcome="imported", version="2.14.1+cpu")
    assert judge(torch, Expected(torch="2.14.1", variant="cpu")) is None
    assert judge(CUDA, Expected(torch="2.14.1", variant="cpu")) is not None
