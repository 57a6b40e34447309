"""What the person asks for outranks what the planner would choose, and nonsense is refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from envdoctor.errors import UsageError
from envdoctor.knowledge import Knowledge
from envdoctor.planner import Target, Wishes, choose, judge

TODAY = date(2026, 11, 24)
Make = Callable[..., Target]


def build(target: Target, tables: Knowledge, **wishes: object) -> str | None:
    got = choose(target, tables, Wishes(today=TODAY, **wishes)).build  # type: ignore[arg-type]
    return f"{got.torch}+{got.variant}" if got else None


def test_settled_latest_or_a_version(machine: Make, tables: Knowledge) -> None:
    target = machine("linux", "595.71.05", ["NVIDIA GeForce RTX 4090"])
    assert build(target, tables) == "2.14.1+cu130"
    assert build(target, tables, torch="2.9.0") == "2.9.0+cu130"
    assert build(target, tables, torch="2.9") == "2.9.1+cu130"
    # Only PyPI's own build of 2.15.0 has been seen, and that is cu132.
    assert build(target, tables, torch="latest") == "2.15.0+cu132"


def test_a_release_settles_after_a_month(machine: Make, tables: Knowledge) -> None:
    target = machine("mac")
    before = choose(target, tables, date(2026, 11, 26)).build
    after = choose(target, tables, date(2026, 11, 27)).build
    assert before is not None and before.torch == "2.14.1"
    assert after is not None and after.torch == "2.15.0"


def test_a_backend_of_choice(machine: Make, tables: Knowledge) -> None:
    target = machine("linux", "595.71.05", ["NVIDIA GeForce RTX 4090"])
    assert build(target, tables, backend="cpu") == "2.14.1+cpu"
    assert build(target, tables, backend="cu126") == "2.14.1+cu126"
    assert build(target, tables, backend="cu118") == "2.7.1+cu118"
    # A machine without a GPU may prepare a CUDA environment.
    assert build(machine("linux"), tables, backend="cu126") == "2.14.1+cu126"


def test_fewer_packages_ask_less(machine: Make, tables: Knowledge) -> None:
    target = machine("linux", "595.71.05", ["NVIDIA GeForce RTX 4090"])
    assert build(target, tables, packages=("torch", "torchvision")) == "2.14.1+cu132"


@pytest.mark.parametrize(
    ("wishes", "told"),
    [
        ({"torch": "2.14.7"}, "2.14.1"),
        ({"backend": "cu127"}, "cu126"),
        ({"mirror": "tsingua"}, "tsinghua"),
        ({"mirror": "zzz"}, "there are official, tuna"),
        ({"mirror": "tunaa"}, "tuna"),
        ({"packages": ("torch", "tensorflow")}, "torch"),
    ],
)
def test_what_does_not_exist_is_refused_with_what_does(
    tables: Knowledge, wishes: dict[str, object], told: str
) -> None:
    with pytest.raises(UsageError, match=told):
        Wishes(today=TODAY, **wishes).checked(tables)  # type: ignore[arg-type]


def test_what_exists_passes(tables: Knowledge) -> None:
    wishes = Wishes(today=TODAY, torch="2.14", backend="rocm7.2", mirror="tsinghua", packages=("torch",))
    assert wishes.checked(tables) is wishes


@pytest.mark.parametrize(
    ("driver", "gpu", "torch", "variant", "reason", "nearest"),
    [
        ("580.65.06", "NVIDIA GeForce RTX 5090", "2.9.0", "cu126", "plan.no-code", ("2.9.0", "cu130")),
        ("580.65.06", "NVIDIA GeForce GTX 1060 6GB", "2.15.0", "cu130", "plan.no-code", ("2.14.1", "cu126")),
        ("535.129.03", "NVIDIA GeForce RTX 4060", "2.9.0", "cu130", "plan.driver", ("2.9.0", "cu126")),
        ("580.65.06", "NVIDIA GeForce RTX 4060", "2.9.0", "cu121", "plan.no-variant", ("2.9.0", "cu130")),
        ("580.65.06", "NVIDIA GeForce RTX 4060", "2.9.7", "cu130", "plan.no-release", ("2.9.1", "cu130")),
        ("580.65.06", "NVIDIA GeForce RTX 4060", "2.1.0", "cu121", "plan.no-wheel", ("2.2.0", "cu121")),
    ],
)
def test_a_choice_made_elsewhere_is_refused_with_the_nearest_that_works(
    machine: Make,
    tables: Knowledge,
    driver: str,
    gpu: str,
    torch: str,
    variant: str,
    reason: str,
    nearest: tuple[str, str],
) -> None:
    first, *_, last = judge(machine("linux", driver, [gpu]), torch, variant, tables)
    assert first.key == reason
    assert last.key == "plan.nearest"
    assert (last.values["torch"], last.values["variant"]) == nearest


def test_a_choice_that_fits_has_nothing_against_it(machine: Make, tables: Knowledge) -> None:
    target = machine("linux", "535.129.03", ["NVIDIA GeForce RTX 4060"])
    assert judge(target, "2.5.1", "cu121", tables) == ()
    assert judge(target, "2.5.1+cu121", "cpu", tables) == ()
