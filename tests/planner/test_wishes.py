"""What the person asks for outranks what the planner would choose, and nonsense is refused."""

from __future__ import annotations

import functools
from collections.abc import Callable
from datetime import date

import pytest

from envdoctor.errors import UsageError
from envdoctor.knowledge import Knowledge, TorchRelease
from envdoctor.planner import Target, Wishes, choose, judge

TODAY = date(2026, 11, 24)
Make = Callable[..., Target]


class AsOfToday(Knowledge):
    """The tables without what was released later: what is latest changes with every row."""

    @functools.cached_property
    def releases(self) -> tuple[TorchRelease, ...]:
        return tuple(row for row in super().releases if row.released <= TODAY)


@pytest.fixture(scope="session")
def tables() -> Knowledge:
    return AsOfToday()


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
        ({"packages": ("pytorch",)}, r"did you mean torch\?"),
        ({"backend": "12.6"}, r"did you mean cu126\?"),
        ({"backend": "cuda12.4"}, r"did you mean cu124\?"),
        ({"backend": "gpu"}, r"did you mean cu132\?"),
        ({"backend": "rocm"}, r"did you mean rocm7.2\?"),
        ({"backend": "mps"}, "uses Apple's GPU"),
        ({"torch": "2.14.1+cu126", "backend": "cu130"}, "different builds"),
        ({"torch": "2.14.1+cu999"}, "no such build"),
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


def test_a_label_in_the_version_is_the_backend(tables: Knowledge) -> None:
    wishes = Wishes(today=TODAY, torch="2.9.0+cu126").checked(tables)
    assert (wishes.torch, wishes.backend) == ("2.9.0", "cu126")


def test_torch_comes_first_and_is_never_left_to_chance(tables: Knowledge) -> None:
    assert Wishes(today=TODAY, packages=("torchaudio",)).checked(tables).packages == ("torch", "torchaudio")
    asked = Wishes(today=TODAY, packages=("torchvision", "torch", "torch")).checked(tables)
    assert asked.packages == ("torch", "torchvision")


def test_latest_is_the_newest_even_without_a_companion(machine: Make, tables: Knowledge) -> None:
    target = machine("linux", "595.71.05", ["NVIDIA GeForce RTX 4090"])
    plan = choose(target, tables, Wishes(today=TODAY, torch="latest"))
    assert "torchaudio" not in plan.packages
    assert [each.values["name"] for each in plan.warnings if each.key == "plan.left-out"] == ["torchaudio"]
    # PyPI's torchaudio is built for CUDA 13.0, and refuses a torch of CUDA 13.2.
    assert plan.source is not None and plan.source.kind == "pypi"
    settled = choose(target, tables, Wishes(today=date(2026, 12, 24)))
    assert settled.build is not None and settled.build.torch == "2.14.1"
    (told,) = [each for each in settled.warnings if each.key == "plan.newer-without"]
    assert told.values == {"name": "torchaudio", "torch": "2.15.0", "variant": "cu132"}


def test_a_cpu_build_that_was_asked_for_is_not_blamed_on_a_missing_gpu(
    machine: Make, tables: Knowledge
) -> None:
    target = machine("linux", "595.71.05", ["NVIDIA GeForce RTX 4090"])
    plan = choose(target, tables, Wishes(today=TODAY, backend="cpu"))
    assert "plan.why-cpu" not in {each.key for each in plan.why}
    assert [each.values["gpu"] for each in plan.why if each.key == "plan.why-asked-cpu"] == [
        "NVIDIA GeForce RTX 4090"
    ]
    mac = choose(machine("mac"), tables, Wishes(today=TODAY, backend="cpu"))
    assert mac.build is not None and mac.build.torch == "2.14.1"
    assert [each.key for each in mac.why] == ["plan.why-settled", "plan.why-mac"]


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
