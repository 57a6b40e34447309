"""`install --from`: the plan for a machine that somebody pasted."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from envdoctor.commands.install import install
from envdoctor.commands.planning import Options
from envdoctor.errors import UsageError
from envdoctor.planner.asked import Asked

Write = Callable[..., Path]


def plan(capsys: pytest.CaptureFixture[str], source: Path, **options: object) -> dict[str, object]:
    code = install(Options(source=str(source), form="json", **options))  # type: ignore[arg-type]
    made = json.loads(capsys.readouterr().out)
    assert code == (0 if made["build"] else 1)
    return made  # type: ignore[no-any-return]


def test_the_plan_is_for_the_machine_of_the_paste(
    capsys: pytest.CaptureFixture[str], write: Write, collect_env: str
) -> None:
    made = plan(capsys, write("issue.txt", text=collect_env))
    build = made["build"]
    assert isinstance(build, dict)
    assert (build["python"], build["platform"]) == ("3.12", "windows_amd64")
    assert str(build["variant"]).startswith("cu12"), "driver 551.86 runs CUDA 12"


def test_a_saved_report_and_what_if(capsys: pytest.CaptureFixture[str], write: Write) -> None:
    newer = plan(capsys, write("r.json"), assume=("driver=610.43.02",))
    assert isinstance(newer["build"], dict)
    assert newer["build"]["variant"].startswith("cu13")


@pytest.mark.parametrize("system", ["linux", "windows", "wsl"])
def test_a_report_that_names_no_system_keeps_its_gpu_when_it_is_told(
    system: str, capsys: pytest.CaptureFixture[str], write: Write
) -> None:
    """The command that asks for `--assume os=` has to lead to the plan for the machine that was pasted."""
    text = (
        "Python 3.10.12\n"
        "| NVIDIA-SMI 535.104.05      Driver Version: 535.104.05   CUDA Version: 12.2     |\n"
        "|   0  NVIDIA A100-SXM4-40GB          On  | 00000000:00:04.0 Off |                    0 |\n"
    )
    pasted = write("smi.txt", text=text)
    with pytest.raises(UsageError, match="--assume os="):
        install(Options(source=str(pasted)))
    build = plan(capsys, pasted, assume=(f"os={system}",))["build"]
    assert isinstance(build, dict)
    assert (build["variant"], build["python"]) == ("cu126", "3.10")


def test_a_mirror_is_asked_for_as_ever(capsys: pytest.CaptureFixture[str], write: Write) -> None:
    made = plan(capsys, write("r.json"), asked=Asked(mirror="nju"))
    assert "mirror.nju.edu.cn" in json.dumps(made["commands"])


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("CUDA out of memory", "add --assume os=windows --assume python=3.12"),
        ("", "the file is empty"),
        ('{"schema": 9, "facts": {}}', "its schema is 9"),
    ],
)
def test_what_is_not_enough_is_named(write: Write, text: str, reason: str) -> None:
    with pytest.raises(UsageError, match=r"x\.txt: ") as raised:
        install(Options(source=str(write("x.txt", text=text))))
    assert reason in str(raised.value)


def test_one_machine_a_plan(write: Write) -> None:
    folder = write("all/a.json").parent
    write("all/b.json")
    with pytest.raises(UsageError, match="holds several reports"):
        install(Options(source=str(folder)))


@pytest.mark.parametrize(
    "options",
    [{"python": "x"}, {"timeout": 2.0}, {"run": True}, {"asked": Asked(mirror="auto")}],
    ids=lambda options: next(iter(options)),
)
def test_options_about_this_machine_are_refused(write: Write, options: dict[str, object]) -> None:
    with pytest.raises(UsageError, match="--from is not"):
        install(Options(source=str(write("r.json")), **options))  # type: ignore[arg-type]
