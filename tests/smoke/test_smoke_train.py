"""`envdoctor smoke-train` with the real torch on the CPU, as a person or a script runs it."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys

import jsonschema
import pytest

from envdoctor.messages import catalogue
from envdoctor.reports.smoke_explain import as_walk, sections
from envdoctor.reports.smoke_json import SCHEMA_FILE
from envdoctor.reports.text import Style
from envdoctor.smoke.options import CHECKS
from envdoctor.smoke.result import SmokeResult

DOCTOR = [sys.executable, "-m", "envdoctor", "smoke-train", "--python", sys.executable]


def command(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "NO_COLOR": "1", "PYTHONIOENCODING": "utf-8", **environ}
    return subprocess.run(
        [*DOCTOR, *arguments], capture_output=True, text=True, encoding="utf-8", env=env, timeout=120
    )


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> dict:  # type: ignore[type-arg]
    folder = tmp_path_factory.mktemp("temporary")
    ran = command("--device", "cpu", "--format", "json", "--explain", TMPDIR=str(folder))
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert not list(folder.iterdir()), "a temporary file was left behind"
    found: dict = json.loads(ran.stdout)  # type: ignore[type-arg]
    return found


def test_a_healthy_cpu_passes_every_check(report: dict) -> None:  # type: ignore[type-arg]
    statuses = {check["name"]: check["status"] for check in report["checks"]}
    assert tuple(statuses) == CHECKS
    others = {name: status for name, status in statuses.items() if status != "passed"}
    assert others == {"compile": "not-claimed", "speed": "not-claimed"}
    assert (report["verdict"], report["primary"], report["device"]) == ("passed", None, "cpu")


def test_the_report_keeps_the_published_schema(report: dict) -> None:  # type: ignore[type-arg]
    schema = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(report, schema)


def test_the_loss_falls_from_a_guess_to_the_noise(report: dict) -> None:  # type: ignore[type-arg]
    losses, training = report["loss"], report["training"]
    assert len(losses) == 240 and all(math.isfinite(loss) for loss in losses)
    assert losses[0] > 0.5, "prices are scaled to a spread of one"
    assert training["noise"] == pytest.approx(0.16**2, rel=0.3)
    assert training["noise"] * 0.9 < training["held_out_loss"] <= training["bound"]


def test_every_measured_number_keeps_its_bound(report: dict) -> None:  # type: ignore[type-arg]
    bounded = [check for check in report["checks"] if check["bound"] is not None]
    assert len(bounded) >= 12
    assert all(check["measured"] <= check["bound"] for check in bounded)


@pytest.mark.parametrize(("language", "encoding"), [("en", "utf-8"), ("zh", "gbk"), ("en", "ascii")])
def test_the_walk_can_be_followed_by_hand(report: dict, language: str, encoding: str) -> None:  # type: ignore[type-arg]
    walk = report["walk"]
    result = SmokeResult(
        verdict="passed",
        device="cpu",
        checks=(),
        losses=tuple(report["loss"]),
        facts={"walk": walk, "held_out_loss": 0.03, "held_out_floor": 0.029},
    )
    text = as_walk(sections(result, catalogue(language)), Style(width=80, encoding=encoding))
    text.encode(encoding)
    house = walk["houses"][walk["house"]]
    total = sum(x * w for x, w in zip(house["scaled"], walk["weight"], strict=True)) + walk["bias"]
    assert total == pytest.approx(walk["sum"], abs=1e-6)
    assert walk["old"] - walk["rate"] * walk["slope"] == pytest.approx(walk["new"], abs=1e-7)
    assert walk["autograd"] == pytest.approx(walk["slope"], abs=1e-6)
    assert walk["loss_after"] < walk["loss"]
    for number in (f"{walk['slope']:.8f}", f"{walk['autograd']:.8f}", f"{walk['new']:.6f}"):
        assert number in text
    if encoding != "ascii":
        assert ("监督学习" if language == "zh" else "supervised learning") in text
        assert ("无监督学习" if language == "zh" else "Unsupervised") in text


def test_a_walk_of_a_run_without_a_first_step_is_empty() -> None:
    nothing = SmokeResult(verdict="failed", device=None, checks=(), losses=(), facts={"walk": {"house": 0}})
    assert as_walk(sections(nothing, catalogue("en")), Style()) == ""


def test_too_few_steps_make_no_claim_and_the_report_is_for_people() -> None:
    ran = command("--device", "cpu", "--steps", "12")
    assert ran.returncode == 0, ran.stdout
    assert "12 steps are too few to claim that it learns; 160 are needed" in ran.stdout
    assert "√ Nothing failed on" in ran.stdout and "learns was not claimed" in " ".join(ran.stdout.split())
    assert ran.stderr == ""


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--device", "gpu"), "--device gpu: choose auto, cuda, cuda:N, mps, xpu or cpu"),
        (("--dtype", "int8"), "--dtype int8: choose float32"),
        (("--device", "cpu", "--require-gpu"), "exclude each other"),
        (("--steps", "0"), "at least 1 step"),
        (("--seed", "-1"), "--seed -1: choose 0 or"),
    ],
)
def test_what_makes_no_sense_is_refused(arguments: tuple[str, ...], words: str) -> None:
    ran = command(*arguments)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert words in ran.stderr
