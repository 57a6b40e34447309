"""The gate for what somebody else's report says: values of the shape that they must have, and nothing else."""

from __future__ import annotations

import pytest

from envdoctor.facts import Environment, Facts, Host, Interpreter, NvidiaSmi
from envdoctor.trust import trusted


@pytest.mark.parametrize(
    ("written", "taken"),
    [
        ("551.61", "551.61"),
        ("535.183.01", "535.183.01"),
        (" 390 (legacy)", "390"),
        ("470.57; rm -rf ~", "470.57"),
        ("$(reboot)", None),
        ("\u0661\u0662.\u0663", None),  # digits, but not of ASCII
    ],
)
def test_a_version_is_cut_to_what_a_version_can_be(written: str, taken: str | None) -> None:
    facts = trusted(Facts(nvidia_smi=NvidiaSmi(state="ok", driver_version=written)))
    assert facts.nvidia_smi is not None
    assert facts.nvidia_smi.driver_version == taken


def test_an_empty_version_stays_what_it_is() -> None:
    """The version of musl is empty where it can't be told, and musl is there all the same."""
    assert trusted(Facts(host=Host(musl=""))).host.musl == ""


@pytest.mark.parametrize(
    "path", ["/opt/venv/bin/python3.11", "C:\\envs\\dl\\python.exe", "~/miniconda3/bin/python"]
)
def test_a_plain_path_may_become_part_of_a_command(path: str) -> None:
    assert trusted(Facts(interpreter=Interpreter(executable=path))).interpreter.executable == path


@pytest.mark.parametrize(
    "path",
    [
        "python; reboot",
        "/opt/my env/bin/python",
        "/bin/python`id`",
        "-c",
        "/a/$HOME/python",
        "/a/../\n/python",
        "/" + "x" * 300,
    ],
)
def test_no_other_path_may(path: str) -> None:
    assert trusted(Facts(interpreter=Interpreter(executable=path))).interpreter.executable is None
    environment = trusted(
        Facts(environment=Environment(prefix=path, conda_root=path, tools={"pip": path}))
    ).environment
    assert (environment.prefix, environment.conda_root, environment.tools) == (None, None, {})


@pytest.mark.parametrize(
    ("name", "taken"), [("dl", "dl"), ("my-env.2", "my-env.2"), ("-n", None), ("a b", None), ("a;b", None)]
)
def test_the_name_of_an_environment_is_a_name(name: str, taken: str | None) -> None:
    assert trusted(Facts(environment=Environment(name=name))).environment.name == taken


def test_only_known_programs_are_tools() -> None:
    tools = {"pip": "/usr/bin/pip", "curl": "/usr/bin/curl"}
    assert trusted(Facts(environment=Environment(tools=tools))).environment.tools == {"pip": "/usr/bin/pip"}
