"""Plans for Jetson boards: the torch that was built for their JetPack, not the wheels of desktops."""

from dataclasses import replace

import pytest
from rulebook.gpus import jetson
from rulebook.machines import HEALTHY, ORIN, TODAY

from envdoctor.facts import Interpreter, Paste
from envdoctor.machine import Machine
from envdoctor.planner import Target, Wishes, choose
from envdoctor.planner.asked import Asked
from envdoctor.planner.commands import pip_commands, uv_commands
from envdoctor.planner.recipe import recipe
from envdoctor.rules import judge


def board(l4t, python, torch="2.9.0+cpu", **host):
    facts = jetson(torch, None, l4t, python)
    return Machine(replace(facts, host=replace(facts.host, **host)), today=TODAY)


def lines(made):
    return [" ".join(step.argv) for step in made.steps]


@pytest.mark.parametrize(
    ("l4t", "python", "torch", "place"),
    [
        ("39.2.1", "3.12.3", "2.13.0", "https://download.pytorch.org/whl/cu130"),
        ("36.4.3", "3.10.12", "2.8.0", "https://pypi.jetson-ai-lab.io/jp6/cu126"),
        ("36.3.0", "3.10.12", "2.4.0a0+07cecf4168.nv24.05", "/jp/v60/pytorch/"),
        ("35.4.1", "3.8.10", "2.1.0a0+41361538.nv23.06", "/jp/v512/pytorch/"),
        ("35.1.0", "3.8.10", "1.13.0a0+340c4120.nv22.06", "/jp/v50/pytorch/"),
        ("32.7.1", "3.6.9", "1.10.0", "nvidia.box.com"),
    ],
)
def test_each_jetpack_gets_the_torch_that_was_built_for_it(l4t, python, torch, place):
    machine = board(l4t, python, kernel=None)
    # On JetPack 7 a board may be a Thor, which the usual wheels serve; this is an Orin.
    target = replace(Target.of(machine), jetson=machine.jetson)
    plan = choose(target, machine.tables, TODAY)
    assert plan.build is not None and plan.source is not None
    assert (plan.build.torch, plan.build.python) == (torch, ".".join(python.split(".")[:2]))
    assert place in (plan.source.url or "")


def test_an_index_of_wheels_for_boards_has_no_labels():
    machine = board("36.4.3", "3.10.12", torch="2.9.0+cpu")
    made = recipe(machine, Asked())
    assert lines(made)[-1].endswith(
        "-m pip install torch==2.8.0 torchvision==0.23.0 numpy<2"
        " --index-url https://pypi.jetson-ai-lab.io/jp6/cu126"
    )
    assert [each.key for each in made.warnings] == ["plan.jetson-without"]


def test_a_wheel_whose_address_tells_no_name_is_saved_under_it_first():
    machine = board("32.7.1", "3.6.9")
    plan = choose(Target.of(machine), machine.tables, TODAY)
    save, install = pip_commands(plan, ("python",), installed_torch=False)
    assert save[:3] == ("wget", "-O", "torch-1.10.0-cp36-cp36m-linux_aarch64.whl")
    assert install == ("python", "-m", "pip", "install", save[2])
    purposes = [step.purpose for step in recipe(machine, Asked()).steps]
    assert purposes[-2:] == ["download", "install"]


def test_uv_gets_an_index_only_and_pip_the_rest():
    at_hand = Wishes(today=TODAY, tool="uv")
    new = board("36.4.3", "3.10.12")
    plan = choose(Target.of(new), new.tables, at_hand)
    assert uv_commands(plan, None, installed_torch=False)[0][-2:] == (
        "--default-index",
        "https://pypi.jetson-ai-lab.io/jp6/cu126",
    )
    old = board("36.3.0", "3.10.12")
    assert choose(Target.of(old), old.tables, at_hand).build is None
    facts = old.facts
    bare = replace(facts.environment, has_pip=False, tools={"uv": "/usr/bin/uv"})
    made = recipe(Machine(replace(facts, environment=bare), today=TODAY), Asked())
    assert made.tool == "pip" and "ensurepip" in " ".join(lines(made))


def test_another_python_than_the_jetpacks_means_a_new_environment():
    made = recipe(board("36.4.3", "3.12.9"), Asked())
    assert made.environment is not None and made.environment.python == "3.10"
    assert made.plan.build is not None and made.plan.build.torch == "2.8.0"


@pytest.mark.parametrize(
    ("asked", "key"),
    [
        ({"torch": "2.14.1"}, "plan.jetson-other"),
        ({"torch": "2.1"}, "plan.jetson-other"),  # nor is 2.13 what "2.1" means
        ({"backend": "cu130"}, "plan.jetson-other"),
        ({"tool": "conda"}, "plan.jetson-other"),
    ],
)
def test_what_no_board_can_have_is_refused_with_what_there_is(asked, key):
    machine = board("36.4.3", "3.10.12")
    plan = choose(Target.of(machine), machine.tables, Wishes(today=TODAY, **asked))
    assert plan.build is None and key in [each.key for each in plan.why]


@pytest.mark.parametrize("asked", [{"torch": "2.14.1"}, {"torch": "2.14.1", "backend": "cu130"}])
def test_no_usual_build_is_called_the_nearest(asked) -> None:
    made = recipe(board("36.4.3", "3.10.12"), Asked(**asked))
    assert made.nearest is None and "plan.jetson-other" in [each.key for each in made.why]


def test_a_version_may_be_asked_for_in_short() -> None:
    machine = board("36.4.3", "3.10.12")
    plan = choose(Target.of(machine), machine.tables, Wishes(today=TODAY, torch="2.5"))
    assert plan.build is not None and plan.build.torch == "2.5.0a0+872d972e41.nv24.08"
    assert [(each.torch, each.reason.key) for each in plan.rejected] == [("2.15.0", "plan.jetson-usual")]


def test_a_cpu_build_is_the_usual_one():
    machine = board("36.4.3", "3.10.12")
    plan = choose(Target.of(machine), machine.tables, Wishes(today=TODAY, backend="cpu"))
    assert plan.build is not None and plan.build.variant == "cpu" and plan.source is not None
    assert plan.source.url == "https://download.pytorch.org/whl/cpu"


def test_a_board_that_does_not_tell_its_release_is_asked_for_it():
    machine = board(None, "3.10.12", kernel="5.4.0-tegra")
    plan = choose(Target.of(machine), machine.tables, TODAY)
    assert plan.build is None and [each.key for each in plan.why] == [
        "plan.jetson-any-board",
        "plan.jetson-which",
    ]
    finding = judge(machine)[0]
    assert finding.remedies[0].commands == (("cat", "/etc/nv_tegra_release"),)


def test_a_release_older_than_every_wheel_is_told_so():
    machine = board("32.2.1", "3.6.9", kernel="4.9.140-tegra")
    assert machine.jetson == ()


def test_a_thor_and_a_card_in_a_board_take_the_usual_wheels():
    thor = Machine(replace(jetson("2.9.0+cpu", None, "38.4.0", "3.12.3")), today=TODAY)
    assert Target.of(thor).jetson == ()
    known = replace(Target.of(thor), capabilities=("11.0",), gpus=(("Jetson AGX Thor", "11.0"),))
    plan = choose(known, thor.tables, TODAY)
    assert plan.build is not None and plan.build.variant == "cu130"
    assert "plan.driver-jetpack" in [each.key for each in plan.warnings]
    card = Machine(replace(HEALTHY, host=ORIN), today=TODAY)
    assert not card.is_jetson and Target.of(card).jetson == ()


def test_the_release_tells_the_python_where_a_report_does_not():
    facts = replace(jetson("2.9.0+cpu", None), interpreter=Interpreter(), paste=Paste())
    assert Target.of(Machine(facts, today=TODAY)).python == "3.10"


def test_a_live_board_is_not_told_that_it_has_no_gpu():
    found = {each.code for each in judge(board("36.4.7", "3.10.12", torch="2.9.0+cpu"))}
    assert "torch-cpu-build" in found and not found & {"gpu-absent", "driver-missing", "driver-not-running"}
    inside = board("36.4.7", "3.10.12", torch="2.9.0+cpu", container="docker")
    assert {each.code for each in judge(inside)} & {"container-no-gpu", "torch-cpu-build"} == {
        "torch-cpu-build"
    }
