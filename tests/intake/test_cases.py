"""What people pasted in public threads, written anew: the root cause first, the healthy left alone."""

from __future__ import annotations

import html
import json
import random
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from envdoctor.intake.families import FAMILIES
from tests.intake.conftest import HERE, Case, cases, messages, verdict

CASES = cases()
MESSAGES = [*messages(), *messages("installing.json"), *messages("wheels.json")]


def names(rows: list[Case]) -> list[str]:
    return [row.name for row in rows]


@pytest.mark.parametrize("case", CASES, ids=names(CASES))
def test_a_recorded_case(case: Case) -> None:
    found = verdict(case.text)
    assert case.is_answered(found), (found.primary, sorted(found.errors), sorted(case.never))


@pytest.mark.parametrize("case", MESSAGES, ids=names(MESSAGES))
def test_a_message_in_its_programs_own_words(case: Case) -> None:
    found = verdict(case.text)
    assert case.is_answered(found), (found.primary, sorted(found.errors))


TOLD = messages("told.json")


@pytest.mark.parametrize("case", TOLD, ids=names(TOLD))
def test_what_somebody_else_tells(case: Case) -> None:
    found = verdict(case.text)
    assert case.is_answered(found), (found.primary, sorted(found.errors))


NEAR_MISSES: dict[str, list[str]] = json.loads((HERE / "near_misses.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("code", NEAR_MISSES)
def test_a_near_miss(code: str) -> None:
    """Words that remind of a finding and do not mean it."""
    assert code not in verdict("\n".join(NEAR_MISSES[code]) + "\n").errors


def test_every_family_has_a_meaning() -> None:
    """A message that is recognised and then means nothing would be dead weight."""
    import envdoctor

    root = Path(envdoctor.__file__).parent
    judges = [*(root / "rules" / "complaints").glob("*.py"), root / "intake" / "signs.py"]
    text = "".join(path.read_text(encoding="utf-8") for path in judges)
    assert [kind for kind, _, _ in FAMILIES if f'"{kind}"' not in text] == []


NOISE = json.loads((HERE / "noise.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("machine", "line"), [(kind, line) for kind in ("cuda", "cpu") for line in NOISE[f"beside {kind}"]]
)
def test_what_programs_print_about_other_things_is_no_error(machine: str, line: str) -> None:
    """A sound machine's report with somebody's other trouble under it."""
    assert not verdict("\n".join([*NOISE[machine], "", line]) + "\n").errors


def test_every_code_is_raised_by_some_text_and_missed_by_another() -> None:
    raised = {case.primary for case in (*CASES, *MESSAGES)} - {None}
    assert raised <= set(NEAR_MISSES) | {"gpu-absent"}
    assert set(NEAR_MISSES) <= raised, set(NEAR_MISSES) - raised


def lines(change: Callable[[str], str]) -> Callable[[str], str]:
    return lambda text: "\n".join(change(line) for line in text.split("\n"))


def broken_at(width: int) -> Callable[[str], str]:
    def change(text: str) -> str:
        parts = (
            part
            for line in text.split("\n")
            for part in [line[i : i + width] for i in range(0, len(line), width)] or [""]
        )
        return "\n".join(parts)

    return change


def at_words(text: str) -> str:
    return "\n".join(
        part for line in text.split("\n") for part in textwrap.wrap(line, 120, break_long_words=False) or [""]
    )


DRESS: dict[str, Callable[[str], str]] = {
    "quoted": lines(lambda line: f"> {line}"),
    "quoted twice": lines(lambda line: f">> {line}"),
    "fenced": lambda text: f"### Bug\n\n```shell\n{text}\n```\n\nThanks!",
    "carriage returns": lambda text: text.replace("\n", "\r\n"),
    "coloured": lines(lambda line: f"\x1b[1;31m{line}\x1b[0m"),
    "stamped": lines(lambda line: f"2024-05-01 12:33:01,123 ERROR {line}" if line else line),
    "indented": lines(lambda line: f"    {line}"),
    "listed": lines(lambda line: f"- {line}" if line else line),
    "hard spaces": lambda text: text.replace(" ", "\u00a0"),
    "full-width colons": lambda text: text.replace(": ", "\uff1a"),
    "curly quotes": lambda text: text.replace("'", "\u2019"),
    "entities": lambda text: text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"),
    "cut from a page": lambda text: f"<pre><code>{html.escape(text)}</code></pre>",
    "a log of loguru": lines(lambda line: f"2024-05-01 12:33:01.123 | INFO     | {line}"),
    "a log of containers": lines(lambda line: f"trainer-1  | {line}"),
    "a log of Kubernetes": lines(lambda line: f"2024-05-01T12:33:01.123456789Z stderr F {line}"),
    "a log of torchrun": lines(lambda line: f"[rank0]: {line}"),
    "a log of Ray": lines(lambda line: f"(RayWorker pid=1234, ip=10.0.0.3) {line}"),
    "a log of vLLM": lines(lambda line: f"(EngineCore_0 pid=77) ERROR 05-01 12:33:01 [core.py:390] {line}"),
    "broken at 80": broken_at(80),
    "broken at words": at_words,
}


@pytest.mark.parametrize("dress", DRESS)
def test_the_same_text_in_another_dress(dress: str) -> None:
    """Quote marks, fences, colours, stamps and broken lines change next to nothing."""
    wrong = [case.name for case in CASES if not case.is_answered(verdict(DRESS[dress](case.text)))]
    assert len(wrong) <= len(CASES) * 0.015, wrong


def test_a_text_cut_in_the_middle_raises_no_false_alarm() -> None:
    chance = random.Random(7)
    healthy = [case for case in CASES if case.primary is None]
    wrong = []
    for case in healthy:
        start, end = sorted(chance.sample(range(len(case.text)), 2))
        if not case.is_answered(verdict(case.text[start:end])):
            wrong.append((case.name, case.text[start:end]))
    assert not wrong


def test_two_reports_in_one_text_keep_the_complaint() -> None:
    """A healthy report before or behind a complaint does not hide it."""
    complaint = "RuntimeError: operator torchvision::nms does not exist\n"
    healthy = next(case for case in CASES if case.primary is None and "nvidia" in case.text.lower())
    for text in (healthy.text + complaint, complaint + healthy.text):
        assert verdict(text).primary == "torch-companion-mismatch"
