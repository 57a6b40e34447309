"""How a run ended, for people and as JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from envdoctor.execution.session import Outcome
from envdoctor.execution.steps import Work
from envdoctor.execution.tree import Left
from envdoctor.findings import Severity
from envdoctor.messages import Catalogue
from envdoctor.messages.columns import wrap
from envdoctor.planner.recipe import Recipe
from envdoctor.redact import without_credentials
from envdoctor.reports.style import Style, sign
from envdoctor.shell import for_cmd_alone, shell, spoken

__all__ = ["left_words", "outcome_as_json", "outcome_as_text"]

SHOWN_LEFT = 5
"""Things that could not be put back and are named."""


def outcome_as_text(
    outcome: Outcome,
    work: Work,
    recipe: Recipe,
    words: Catalogue,
    style: Style,
    *,
    hide: Callable[[str], str] = str,
    unhidden: bool = False,
) -> list[str]:
    """The end of a run, wrapped: what is there now, why, where the log is, what comes next.

    `hide` takes names out of it. `unhidden` says that names were asked to be shown, as the log and the paths
    here do.
    """
    width = style.columns
    lines = [""]
    for text in _sentences(outcome, work, words, style):
        lines += wrap(hide(text).strip(), width, "" if text[0] != " " else "  ", "  ")
    if unhidden:
        lines += wrap(words.text("report.unhidden"), width, "  ", "  ")
    if outcome.state == "failed":
        lines += ["", *wrap(words.text("run.next-failed"), width)]
    if outcome.state == "verified":
        new = recipe.environment
        if new is not None:
            system = spoken(recipe.machine)
            activate = shell(tuple(map(hide, new.activate())), system)
            lines += ["", words.text("run.next-activate"), "", activate]
            if for_cmd_alone([activate], system):
                lines += ["", *wrap(words.text("report.for-cmd"), width)]
        lines += ["", *wrap(words.text("run.next"), width)]
    return lines


def _sentences(outcome: Outcome, work: Work, words: Catalogue, style: Style) -> Iterator[str]:
    if outcome.state == "verified":
        mark = sign(Severity.OK, words, style)
        yield f"{mark} " + words.text("run.verified", what=work.what, proof=_proof(outcome, words))
    else:
        problem = words.text("run.failed.interrupted")
        if outcome.problem is not None:
            problem = words.say(outcome.problem)
        yield f"{sign(Severity.ERROR, words, style)} " + words.text("run.failed", problem=problem)
        lost = outcome.aftermath == "incomplete" and outcome.undo is None
        key = "run.after.lost" if lost else f"run.after.{outcome.aftermath}"
        yield "  " + words.text(key, undo=outcome.undo or "")
        yield from left_words(outcome.left, words)
    if outcome.log is not None:
        key = "run.log-temporary" if outcome.log_is_temporary else "run.log"
        yield "  " + words.text(key, path=outcome.log)


def left_words(left: Sequence[Left], words: Catalogue) -> Iterator[str]:
    """What could not be put back, the first few of it by name."""
    for each in left[:SHOWN_LEFT]:
        yield f"  - {each.path}: {_why(each, words)}"
    if len(left) > SHOWN_LEFT:
        yield "  - " + words.text("run.left-more", count=len(left) - SHOWN_LEFT)


def _why(left: Left, words: Catalogue) -> str:
    return words.text("run.left-written") if left.final else left.reason


def _proof(outcome: Outcome, words: Catalogue) -> str:
    devices = outcome.torch.devices if outcome.torch is not None else ()
    names = dict.fromkeys(device.name for device in devices if device.kernel is not None and device.kernel.ok)
    if names:
        return words.text("run.proof.device", device=words.listed(names))
    return words.text("run.proof.cpu")


def outcome_as_json(outcome: Outcome, words: Catalogue, hide: Callable[[str], str]) -> dict[str, object]:
    """The `run` object of `install --run --format json`, hidden things and credentials taken out."""

    def shown(text: str) -> str:
        return hide(without_credentials(text))

    restored = {"put-back": True, "removed": True, "incomplete": False}.get(outcome.aftermath)
    torch = outcome.torch
    return {
        "outcome": outcome.state,
        "aftermath": outcome.aftermath,
        "restored": restored,
        "problem": shown(words.say(outcome.problem)) if outcome.problem is not None else None,
        "steps": [
            {
                "argv": [shown(each) for each in done.argv],
                "outcome": done.outcome,
                "exit_code": done.exit_code,
                "seconds": round(done.seconds, 3),
                "error": shown(done.error) or None,
            }
            for done in outcome.steps
        ],
        "torch": None
        if torch is None
        else {
            "outcome": torch.outcome,
            "version": torch.version,
            "cuda": torch.cuda,
            "devices": [device.name for device in torch.devices],
        },
        "left": [{"path": shown(each.path), "reason": _why(each, words)} for each in outcome.left],
        "log": shown(outcome.log) if outcome.log is not None else None,
    }
