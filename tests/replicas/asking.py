"""What real pip and real uv would install for a command, on another system than this one if need be."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from replicas.server import Replicas

UV = Path(sys.executable).with_name("uv.exe" if os.name == "nt" else "uv")

PIP_BATCH = """
import contextlib, io, json, sys
from pip._internal.cli.main import main
answers = []
for index, argv in enumerate(json.load(sys.stdin)):
    words = io.StringIO()
    with contextlib.redirect_stderr(words):
        code = main([*argv, "--report", f"{sys.argv[1]}/{index}.json"])
    answers.append([code, words.getvalue()])
print("ANSWERS" + json.dumps(answers))
"""
"""pip takes far longer to start than to answer; each question is a whole call of its own main function."""

LINUX = ("manylinux1", "manylinux2010", "manylinux2014", "manylinux_2_17", "linux")
PLATFORMS = {
    "windows_amd64": ("win_amd64",),
    "windows_arm64": ("win_arm64",),
    "macos_arm64": ("macosx_15_0_arm64",),
    "macos_x86_64": ("macosx_13_0_x86_64",),
}
UV_PLATFORMS = {
    "windows_amd64": "x86_64-pc-windows-msvc",
    "windows_arm64": "aarch64-pc-windows-msvc",
    "macos_arm64": "aarch64-apple-darwin",
    "macos_x86_64": "x86_64-apple-darwin",
    "linux_x86_64": "x86_64-manylinux_2_35",
    "linux_aarch64": "aarch64-manylinux_2_35",
}


@dataclass(frozen=True)
class Question:
    """A command as the plan prints it, and the system that it is for."""

    command: tuple[str, ...]
    platform: str
    python: str
    glibc: str | None = None
    macos: str | None = None


@dataclass(frozen=True)
class Answer:
    """What was selected: project → (version, where it came from); `error` where nothing was."""

    found: dict[str, tuple[str, str]]
    error: str = ""


def ask_pip(replicas: Replicas, questions: Sequence[Question], folder: Path) -> list[Answer]:
    """What pip selects, each question with all its options but without dependencies.

    pip judges the markers of dependencies by the interpreter that runs it, so for another system it can only
    be asked for what the command names.
    """
    asked = [_for_pip(replicas, question, folder) for question in questions]
    ran = subprocess.run(
        [sys.executable, "-I", "-c", PIP_BATCH, str(folder)],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        env=replicas.environment(folder),
        timeout=600,
    )
    assert ran.returncode == 0 and "ANSWERS" in ran.stdout, ran.stdout[-2000:] + ran.stderr[-2000:]
    answers = []
    for index, (code, said) in enumerate(json.loads(ran.stdout.rpartition("ANSWERS")[2])):
        report = folder / f"{index}.json"
        if code == 0:
            answers.append(Answer(_reported(json.loads(report.read_text(encoding="utf-8")))))
        else:
            answers.append(Answer({}, said or "failed"))
        report.unlink(missing_ok=True)
    return answers


def _for_pip(replicas: Replicas, question: Question, folder: Path) -> list[str]:
    argv = replicas.argv(question.command)
    rest = argv[argv.index("install") :]
    return [
        *rest,
        *("--dry-run", "--quiet", "--no-deps", "--only-binary=:all:", "--target", str(folder / "nowhere")),
        *("--implementation", "cp", "--python-version", question.python.rstrip("t")),
        *(word for tag in _abis(question.python) for word in ("--abi", tag)),
        *(word for tag in _tags(question) for word in ("--platform", tag)),
    ]


def _abis(python: str) -> tuple[str, ...]:
    number = "cp" + python.rstrip("t").replace(".", "")
    if python.endswith("t"):
        return (f"{number}t", "none")
    return ("cp37m", "none") if python == "3.7" else (number, "abi3", "none")


def _tags(question: Question) -> tuple[str, ...]:
    if not question.platform.startswith("linux"):
        if question.platform == "macos_arm64" and question.macos:
            return (f"macosx_{question.macos.partition('.')[0]}_0_arm64",)
        return PLATFORMS[question.platform]
    arch = question.platform.removeprefix("linux_")
    new = () if question.glibc == "2.17" else ("manylinux_2_28",)
    return tuple(f"{name}_{arch}" for name in (*new, *LINUX))


def _reported(report: dict[str, list[dict[str, dict[str, str]]]]) -> dict[str, tuple[str, str]]:
    return {
        each["metadata"]["name"].lower(): (each["metadata"]["version"], each["download_info"]["url"])
        for each in report["install"]
    }


def ask_uv(replicas: Replicas, question: Question, folder: Path) -> Answer:
    """What uv resolves for the system, dependencies and all, with the options of the command."""
    argv = replicas.argv(question.command)
    rest = argv[argv.index("install") + 1 :]
    pins = [word for word in rest if re.match(r"[a-z]+([=<]=?|$)", word)]
    options = [word for word in rest if word not in pins]
    platform = UV_PLATFORMS[question.platform]
    if question.glibc == "2.17":
        platform = platform.replace("2_35", "2_17")
    ran = subprocess.run(
        [
            *(str(UV), "pip", "compile", "-", *options, "--no-header", "--emit-index-annotation", "--quiet"),
            *("--python-platform", platform, "--python-version", question.python, "--python", sys.executable),
            *("--only-binary", ":all:"),
        ],
        input="\n".join(pins),
        capture_output=True,
        text=True,
        env={**replicas.environment(folder), "MACOSX_DEPLOYMENT_TARGET": question.macos or "15.0"},
        timeout=120,
    )
    if ran.returncode != 0:
        return Answer({}, ran.stderr)
    found: dict[str, tuple[str, str]] = {}
    name = ""
    for line in ran.stdout.splitlines():
        if pin := re.match(r"([a-zA-Z0-9-]+)==(\S+)", line):
            name = pin[1]
            found[name] = (pin[2], "")
        elif (origin := re.search(r"# from (\S+)", line)) and name:
            found[name] = (found[name][0], origin[1])
    return Answer(found)
