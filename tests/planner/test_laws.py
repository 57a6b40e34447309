"""Laws that hold for every machine in the supported space."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as some

from envdoctor.knowledge import knowledge
from envdoctor.planner import Plan, Target, Wishes, choose, judge, pick, pip_commands
from envdoctor.planner.candidates import best, candidates
from envdoctor.versions import version_numbers

TODAY = date(2026, 11, 24)
TABLES = knowledge()
DRIVERS = (
    *("418.39", "450.80.02", "460.32.03", "470.57.02", "495.44", "510.39.01", "520.61.05", "525.60.13"),
    *("528.33", "530.30.02", "535.129.03", "545.23.06", "551.61", "555.42.02", "560.35.03", "570.26"),
    *("576.02", "580.65.06", "590.44.01", "595.71.05", "610.43.02", "615.10"),
)
CAPABILITIES = (
    "3.5",
    "3.7",
    "5.0",
    "5.2",
    "6.0",
    "6.1",
    "7.0",
    "7.5",
    "8.0",
    "8.6",
    "8.7",
    "8.9",
    "9.0",
    "10.0",
)
CAPABILITIES += ("11.0", "12.0", "12.1")
PYTHONS = ("3.7", "3.8", "3.9", "3.10", "3.11", "3.12", "3.13", "3.13t", "3.14", "3.14t", "3.15", "3.16")

gpus = some.lists(some.sampled_from(CAPABILITIES), min_size=1, max_size=3, unique=True)
places = some.sampled_from(["linux_x86_64", "linux_aarch64", "windows_amd64"])
pythons = some.sampled_from(PYTHONS)
wishes = some.builds(
    Wishes,
    today=some.sampled_from([TODAY, date(2025, 6, 1), date(2027, 3, 1)]),
    torch=some.sampled_from(["settled", "latest"]),
    mirror=some.sampled_from([None, "tuna", "nju", "aliyun"]),
    tool=some.sampled_from(["pip", "conda"]),
)
run = settings(max_examples=100, deadline=None)


def target(place: str, python: str, driver: str | None, capabilities: list[str]) -> Target:
    return Target(
        platform=place,  # type: ignore[arg-type]
        python=python,
        os="windows" if place.startswith("windows") else "linux",
        glibc=None if place.startswith("windows") else "2.35",
        driver=driver,
        driver_system="windows" if place.startswith("windows") else "linux",
        driver_cuda=TABLES.driver_cuda(driver) if driver else None,
        accelerator="nvidia",
        gpus=tuple((None, each) for each in capabilities),
        capabilities=tuple(sorted(capabilities, key=version_numbers)),
    )


def age(plan: Plan) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The larger, the newer: the release, then its CUDA."""
    if plan.build is None:
        return (), ()
    return version_numbers(plan.build.torch), version_numbers(plan.build.variant.removeprefix("cu"))


@run
@given(places, pythons, some.sampled_from([None, *DRIVERS]), gpus)
def test_a_pick_is_the_choice_without_its_words(
    place: str, python: str, driver: str | None, capabilities: list[str]
) -> None:
    machine = target(place, python, driver, capabilities)
    chosen = choose(machine, TABLES, TODAY)
    assert pick(machine, TABLES, TODAY) == replace(chosen, why=(), rejected=(), warnings=())


@run
@given(places, pythons, some.tuples(some.sampled_from(DRIVERS), some.sampled_from(DRIVERS)), gpus, wishes)
def test_a_newer_driver_never_gives_an_older_build(
    place: str, python: str, drivers: tuple[str, str], capabilities: list[str], wish: Wishes
) -> None:
    old, new = sorted(drivers, key=version_numbers)
    before = choose(target(place, python, old, capabilities), TABLES, wish)
    after = choose(target(place, python, new, capabilities), TABLES, wish)
    assert age(after) >= age(before)


@run
@given(places, pythons, some.sampled_from(DRIVERS), gpus, some.sampled_from(CAPABILITIES))
def test_another_gpu_never_widens_the_choice(
    place: str, python: str, driver: str, capabilities: list[str], added: str
) -> None:
    wish = Wishes(today=TODAY, torch="latest", packages=("torch",))
    alone, _ = candidates(target(place, python, driver, capabilities), TABLES, wish)
    both, _ = candidates(target(place, python, driver, [*{*capabilities, added}]), TABLES, wish)
    builds = {(each.release.version, each.variant) for each in alone}
    assert {(each.release.version, each.variant) for each in both} <= builds


@run
@given(places, pythons, some.sampled_from([None, *DRIVERS]), gpus, wishes)
def test_the_judge_accepts_what_was_chosen(
    place: str, python: str, driver: str | None, capabilities: list[str], wish: Wishes
) -> None:
    machine = target(place, python, driver, capabilities)
    build = choose(machine, TABLES, replace(wish, tool="pip")).build
    if build is not None:
        assert judge(machine, build.torch, build.variant, TABLES) == ()


@run
@given(places, pythons, some.sampled_from([None, *DRIVERS]), gpus, wishes)
def test_every_wheel_that_a_plan_names_exists_and_reaches_the_gpus(
    place: str, python: str, driver: str | None, capabilities: list[str], wish: Wishes
) -> None:
    plan = choose(target(place, python, driver, capabilities), TABLES, replace(wish, tool="pip"))
    if plan.build is None or plan.source is None:
        return
    build = plan.build
    release = TABLES.release(build.torch)
    assert release is not None
    assert python in release.pythons[build.platform]
    plain = release.pypi_variant.get(build.platform) == build.variant
    assert plain if plan.source.kind == "pypi" else build.variant in release.official_variants[build.platform]
    for name, version in plan.packages.items():
        if name != "torch":
            row = TABLES.companion(name, version)
            assert row is not None
            assert {python, "any"} & {*row.pythons[build.platform]}
            assert TABLES.companion_fits(name, version, build.torch) is not False
    code = TABLES.archs(build.torch, build.variant, build.platform)
    assert code is not None
    assert all(TABLES.coverage(each, code.sass, code.ptx) in ("native", "ptx") for each in capabilities)
    if driver is not None:
        system = "windows" if place.startswith("windows") else "linux"
        least = TABLES.minimum_driver(f"{build.variant[2:-1]}.{build.variant[-1]}", system)
        assert least is not None and version_numbers(driver) >= version_numbers(least)
    assert pip_commands(plan, ("python",), installed_torch=False)


@run
@given(places, pythons, some.sampled_from([None, *DRIVERS]), gpus, wishes)
def test_where_there_is_no_build_the_plan_says_why(
    place: str, python: str, driver: str | None, capabilities: list[str], wish: Wishes
) -> None:
    plan = choose(target(place, python, driver, capabilities), TABLES, wish)
    assert plan.build is not None or plan.why
    assert {row.torch for row in plan.rejected} <= {row.version for row in TABLES.releases}


@run
@given(some.sampled_from(["linux_x86_64", "linux_aarch64", "windows_amd64", "macos_arm64"]), pythons, wishes)
def test_a_machine_without_a_gpu_never_gets_cuda(place: str, python: str, wish: Wishes) -> None:
    bare = Target(platform=place, python=python)  # type: ignore[arg-type]
    build = choose(bare, TABLES, wish).build
    assert build is None or build.variant == "cpu"


@run
@given(places, pythons, some.sampled_from([None, *DRIVERS]), gpus, wishes)
def test_stopping_at_the_best_release_changes_nothing(
    place: str, python: str, driver: str | None, capabilities: list[str], wish: Wishes
) -> None:
    machine = target(place, python, driver, capabilities)
    fits, _ = candidates(machine, TABLES, wish)
    assert best(machine, TABLES, wish) == max(fits, key=lambda each: each.key, default=None)
