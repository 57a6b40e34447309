"""`envdoctor install` as a person runs it: real processes in a real, empty venv."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

LAPTOP = ["os=windows", "python=3.12", "driver=551.61", "gpu=NVIDIA GeForce GTX 1060 6GB"]


def install(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "NO_COLOR": "1", "PYTHONIOENCODING": "utf-8", **environ}
    return subprocess.run(
        [sys.executable, "-m", "envdoctor", "install", *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env=env,
        timeout=180,
    )


def assumed(*pairs: str) -> list[str]:
    return [part for pair in pairs for part in ("--assume", pair)]


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real venv with nothing in it, not even pip; the path of its interpreter."""
    folder = tmp_path_factory.mktemp("patients") / "empty"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def test_a_laptop_gets_its_commands_whole_at_the_left_margin() -> None:
    ran = install("--mirror", "tuna", *assumed(*LAPTOP), COLUMNS="40")
    assert ran.returncode == 0, ran.stderr
    lines = ran.stdout.splitlines()
    assert (
        "python -m pip install torch==2.14.1+cu126 torchvision==0.29.1+cu126 torchaudio==2.11.0+cu126 "
        "--index-url https://pypi.tuna.tsinghua.edu.cn/simple "
        "--extra-index-url https://mirror.nju.edu.cn/pytorch/whl/cu126"
    ) in lines
    prose = [line for line in lines if not line.startswith("python -m") and "://" not in line]
    assert max(map(len, prose)) <= 40
    assert "nju" in ran.stdout and "551.61" in ran.stdout
    assert "2.15.0" in ran.stdout  # the end of Pascal's road is told


def test_json_has_the_keys_of_the_design_and_the_same_plan() -> None:
    ran = install("--format", "json", "--mirror", "aliyun", *assumed(*LAPTOP))
    plan = json.loads(ran.stdout)
    assert list(plan) == [
        "schema", "build", "packages", "commands", "shell", "sources", "why", "rejected", "warnings",
    ]  # fmt: skip
    assert plan["build"] == {
        "torch": "2.14.1",
        "variant": "cu126",
        "python": "3.12",
        "platform": "windows_amd64",
    }
    assert plan["packages"]["torch"] == "2.14.1+cu126"
    assert "--find-links" in plan["commands"][0]
    assert plan["shell"] == [" ".join(argv) for argv in plan["commands"]]
    assert {row["mirror"] for row in plan["sources"]} == {"aliyun"}
    assert {"torch", "variant", "reason"} == set(plan["rejected"][0])
    assert plan["why"] and all("{" not in each for each in plan["why"])


def test_an_honest_refusal_is_a_plan_without_a_build_and_exit_code_1() -> None:
    old = ["os=windows", "python=3.12", "driver=391.35", "gpu=GeForce GTX 580"]
    ran = install("--format", "json", *assumed(*old))
    plan = json.loads(ran.stdout)
    assert (ran.returncode, plan["build"], plan["commands"]) == (1, None, [])
    assert plan["why"]


def test_a_choice_made_elsewhere_is_judged() -> None:
    ran = install("--torch", "2.9.0", "--backend", "cu130", *assumed(*LAPTOP[:3], "gpu=RTX 4060"))
    assert ran.returncode == 1
    assert "CUDA 13.0 needs driver 580 or newer, here is 551.61" in ran.stdout
    wanted = "envdoctor install --torch 2.9.0 --backend cu126 "
    assert any(line.startswith(wanted) for line in ran.stdout.splitlines())


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--mirror", "tunna"], "--mirror tunna: no such mirror; did you mean tuna?"),
        (["--mirror", "douban"], "--mirror douban: Douban was shut down; take tuna, bfsu"),
        (["--mirror", "htp:/x"], "--mirror 'htp:/x' is neither a mirror's name nor a URL"),
        (["--mirror", "https://"], "--mirror 'https://' is neither"),
        (["--mirror", "ftp://host/simple"], "nor a URL such as https://host/simple"),
        (["--mirror", "https://mirrors.tuna.tsinghua.edu.cn/pytorch/whl/cu121"], "this address never existed"),
        (["--wheels", "tuna"], "tuna keeps no wheels of PyTorch's own; these do: official, sjtu, nju, aliyun"),
        (["--wheels", "https://pypi.tuna.tsinghua.edu.cn/simple"], "without PyTorch's own wheels"),
        (["--backend", "cu127"], "--backend cu127: no such build; did you mean cu126?"),
        (["--torch", "2.15.9"], "--torch 2.15.9: no such release"),
        (["--python-version", "312"], "--python-version 312: write it as 3.12"),
        (["--env", "a;b"], "--env 'a;b'"),
        (["numpy"], "numpy is not one of torch's packages"),
        (["torchvison"], "did you mean torchvision?"),
    ],
)  # fmt: skip
def test_bad_input_is_one_sentence_with_the_nearest_valid_value(arguments: list[str], said: str) -> None:
    ran = install(*arguments, *assumed(*LAPTOP))
    assert (ran.returncode, ran.stdout) == (2, "")
    assert said in ran.stderr
    assert len(ran.stderr.splitlines()) == 1


def test_credentials_in_an_address_never_show() -> None:
    for form in ("text", "json"):
        ran = install(
            "--mirror", "https://ann:geheim@pypi.example.org/simple", "--format", form, "--no-redact",
            *assumed(*LAPTOP),
        )  # fmt: skip
        assert ran.returncode == 0, ran.stderr
        assert "https://pypi.example.org/simple" in ran.stdout
        assert "geheim" not in ran.stdout + ran.stderr and "ann:" not in ran.stdout
    bad = install("--mirror", "https://ann:geheim@pypi.example.org:99999999/simple")
    assert bad.returncode == 2 and "geheim" not in bad.stderr


def test_a_real_empty_venv_is_planned_for_without_touching_it(empty: Path) -> None:
    before = sorted(str(path) for path in empty.parent.parent.rglob("*"))
    ran = install("--python", str(empty), "--with", "pip", "--format", "json")
    plan = json.loads(ran.stdout)
    assert ran.returncode == 0, ran.stderr
    assert [argv[1:4] for argv in plan["commands"]] == [["-m", "ensurepip"], ["-m", "pip", "install"]]
    assert sorted(str(path) for path in empty.parent.parent.rglob("*")) == before


def test_the_plan_is_written_into_a_file_whole(tmp_path: Path) -> None:
    ran = install("--output", str(tmp_path / "plan.txt"), *assumed(*LAPTOP))
    assert (ran.returncode, ran.stdout) == (0, "")
    assert "2.14.1+cu126" in (tmp_path / "plan.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("encoding", ["gbk", "ascii", "cp1252"])
def test_letters_that_the_terminal_lacks_degrade(encoding: str) -> None:
    env = {**os.environ, "NO_COLOR": "1", "PYTHONIOENCODING": encoding}
    ran = subprocess.run(
        [sys.executable, "-m", "envdoctor", "install", "--why", *assumed(*LAPTOP)],
        capture_output=True,
        env=env,
        timeout=180,
    )
    assert ran.returncode == 0, ran.stderr
    assert "torch==2.14.1+cu126" in ran.stdout.decode(encoding)


def test_planning_imports_nothing_heavy() -> None:
    code = (
        "import sys; sys.argv = ['envdoctor', 'install', '--python', sys.executable]\n"
        "from envdoctor.__main__ import main\ntry: main()\nexcept SystemExit: pass\n"
        "loaded = {'torch', 'rich', 'psutil', 'pynvml', 'pydantic', 'asyncio', 'urllib.request'} & set(sys.modules)\n"
        "assert not loaded, loaded"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr


def test_verbose_says_what_the_choice_rests_on_and_how_long_it_took(empty: Path) -> None:
    """The values, the wishes, the tables' date, the probes and where facts were read; nothing of it without."""
    given = ["--python", str(empty), *assumed("driver=551.61", "gpu=GTX 1060 6GB")]
    plain, verbose = install(*given).stdout, install("-v", "--with", "uv", *given).stdout
    rests = verbose.partition("What the choice rests on:")[2]
    for line in (
        "driver: 551.61 (CUDA 12.4)",
        "GPU: GeForce GTX 1060 6GB, compute capability 6.1",
        "installer: uv (--with)",
    ):
        assert f"\n  {line}\n" in rests
    assert "tables as of: 20" in rests
    durations, _, sources = rests.partition("Where each fact was read:")
    assert {"interpreter", "packages", "planning"} <= {
        line.split()[0] for line in durations.splitlines() if line
    }
    assert "interpreter.version:" in sources
    assert "rests on" not in plain and "Probes:" not in plain


@pytest.mark.parametrize(
    ("typed", "shown"), [("GTX 1060 6GB", "GeForce GTX 1060 6GB"), ("GTX 1060", "GTX 1060"), ("A100", "A100")]
)
def test_an_assumed_gpu_is_called_no_more_than_was_typed(typed: str, shown: str) -> None:
    head = install(*assumed("os=linux", "python=3.12", "driver=551.61", f"gpu={typed}"), COLUMNS="100").stdout
    assert f" · {shown} · " in head.partition("\n\n")[0].replace("\n  ", " ")


@pytest.mark.parametrize(
    "given",
    [
        ["torch", "torchvision", "--mirror", "tuna", "--with", "uv", "--env", "my env"],
        ["--wheels", "sjtu", "--python-version", "3.11"],
        ["--mirror", "https://mirror.example/simple"],
        ["--with", "conda"],
    ],
)
def test_the_nearest_build_is_asked_for_as_before_and_fits(given: list[str]) -> None:
    """What was typed stays typed, and the command that is offered is not refused in its turn."""
    machine = assumed("os=windows", "python=3.12", "driver=551.61", "gpu=NVIDIA GeForce RTX 3060")
    refused = install(*given, *machine, "--torch", "2.9.0", "--backend", "cu130")
    assert refused.returncode == 1
    offered = [line for line in refused.stdout.splitlines() if line.startswith("envdoctor install")]
    assert len(offered) == (0 if "conda" in given else 1)
    for line in offered:
        argv = shlex.split(line)[2:]
        at = argv.index("--torch")
        assert argv[at : at + 4] == ["--torch", "2.9.0", "--backend", "cu126"]
        assert sorted(argv) == sorted([*given, *machine, *argv[at : at + 4]])
        assert install(*argv).returncode == 0
