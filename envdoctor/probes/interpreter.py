"""The patient's interpreter: what it says about itself when it is started isolated."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from envdoctor.errors import PatientNotFoundError
from envdoctor.facts import Interpreter
from envdoctor.outside import Outside, Ran
from envdoctor.probes.patient import Answer, ask
from envdoctor.probes.reading import Reading
from envdoctor.probes.wheel_tags import wheel_tags
from envdoctor.reason import NOTHING, Reason, reason

if TYPE_CHECKING:
    from envdoctor.probes.locate import Patient

__all__ = ["probe_interpreter", "pyvenv_settings"]

VERSION_LIMIT = 5.0
"""Seconds for `python -V`, which reads neither site nor the script."""
OLDEST = (3, 6)
"""The oldest Python that the patient's scripts are written for."""


def probe_interpreter(outside: Outside, patient: Patient, timeout: float) -> Reading[Interpreter]:
    """What the patient's Python is; fields stay unknown, with the reason, where it can't say.

    Raises:
        PatientNotFoundError: the user named this program, and it is no Python.

    """
    if patient.broken:
        gone = reason("base-gone", path=patient.prefix_hint or patient.executable)
        return Reading(Interpreter(executable=patient.executable), unknown={"version": gone})
    answer = ask(outside, patient.argv, "interpreter", timeout=timeout)
    if isinstance(answer.data.get("version"), str):
        return _told(outside, patient, answer)
    return _silent(outside, patient, answer.ran)


def _told(outside: Outside, patient: Patient, answer: Answer) -> Reading[Interpreter]:
    data = answer.data
    command = " ".join(patient.argv)
    failed = _texts(data.get("failed"))
    unknown = {name: reason("told", text=said) for name, said in failed.items() if name in _FIELDS}
    if answer.state == "partial":
        for name in _FIELDS - data.keys():
            unknown.setdefault(name, _how_it_ended(answer.ran).under("ended"))
    executable = _text(data, "executable") or patient.executable
    prefix, base = _text(data, "prefix"), _text(data, "base_prefix")
    ssl = _text(data, "ssl")
    if ssl == "" and _conda_not_active(outside, prefix):
        # conda's libraries are found only in an activated environment; elsewhere a failure says nothing.
        ssl, unknown["ssl"] = None, reason("not-active", said=_text(data, "ssl_error") or NOTHING)
    value = Interpreter(
        executable=executable,
        version=_text(data, "version"),
        implementation=_text(data, "implementation"),
        bits=_number(data, "bits"),
        free_threaded=_truth(data, "free_threaded"),
        machine=_text(data, "machine"),
        platform=_text(data, "platform"),
        soabi=_text(data, "soabi"),
        wheel_tags=wheel_tags(data),
        rosetta=_truth(data, "rosetta"),
        prefix=prefix,
        base_prefix=base,
        site_packages=_items(data.get("site_packages")),
        user_site=_text(data, "user_site"),
        user_site_enabled=_user_site_enabled(outside, executable, prefix, base),
        stdlib=_text(data, "stdlib"),
        encodings=_texts(data.get("encodings")),
        ssl=ssl,
        libc=_text(data, "libc"),
    )
    return Reading(value, dict.fromkeys(("version", "executable", "prefix"), command), unknown)


_FIELDS = frozenset(
    (
        "free_threaded",
        "platform",
        "soabi",
        "rosetta",
        "site_packages",
        "user_site",
        "stdlib",
        "encodings",
        "libc",
        "ssl",
    )
)


def _silent(outside: Outside, patient: Patient, ran: Ran) -> Reading[Interpreter]:
    """What `-V` tells of an interpreter that could not run the script: too old, broken, or no Python."""
    empty = Interpreter(executable=patient.executable)
    asked = outside.run([*patient.argv, "-V"], timeout=VERSION_LIMIT) if ran.outcome != "not-started" else ran
    found = re.search(
        r"^(?:Python|GraalPy|Jython) (\d+\.\d+(?:\.\d+)?\S*)", f"{asked.stdout}\n{asked.stderr}", re.MULTILINE
    )
    if found is None:
        if patient.found_by == "option" and ran.outcome != "timed-out" and asked.outcome != "timed-out":
            raise PatientNotFoundError(
                f"--python {patient.executable} is not a Python interpreter: {_own_words(asked)}"
            )
        return Reading(empty, unknown={"version": _how_it_ended(ran).under("no-start")})
    numbers = tuple(int(part) for part in re.findall(r"\d+", found[1])[:2])
    if numbers < OLDEST:
        why = reason("too-old-to-ask", version=found[1])
        unknown = dict.fromkeys((*sorted(_FIELDS), "prefix", "bits"), why)
        return Reading(
            Interpreter(executable=patient.executable, version=found[1], implementation=_kind(asked)),
            {"version": f"{patient.executable} -V"},
            unknown,
        )
    return Reading(empty, unknown={"version": _how_it_ended(ran).under("no-script")})


def _own_words(asked: Ran) -> str:
    """What a program that is no Python said when it was asked for its version."""
    if asked.outcome != "exited":
        return asked.error or "it could not be started"
    lines = [line.strip() for line in f"{asked.stdout}\n{asked.stderr}".splitlines() if line.strip()]
    return (
        f"asked for its version it says {lines[0][:120]!r}"
        if lines
        else "asked for its version it says nothing"
    )


def _kind(asked: Ran) -> str:
    text = f"{asked.stdout}\n{asked.stderr}"
    return "pypy" if "PyPy" in text else "jython" if "Jython" in text else "cpython"


def _how_it_ended(ran: Ran) -> Reason:
    """To be put `under` what it was asked for."""
    if ran.outcome == "not-started":
        return reason("refused", error=ran.error or NOTHING)
    if ran.outcome == "timed-out":
        return reason("timed-out", seconds=f"{ran.seconds:.0f}")
    lines = [line.strip() for line in f"{ran.stdout}\n{ran.stderr}".splitlines() if line.strip()]
    said = lines[-1][:300] if lines else NOTHING
    if ran.exit_code is not None and ran.exit_code < 0:
        return reason("signal", signal=-ran.exit_code, said=said)
    return reason("code", code=ran.exit_code if ran.exit_code is not None else "?", said=said)


def _user_site_enabled(
    outside: Outside, executable: str, prefix: str | None, base: str | None
) -> bool | None:
    """Whether a plain start, without `-I`, would look into the user site."""
    path = outside.path
    if outside.environ.get("PYTHONNOUSERSITE"):
        return False
    if prefix is None:
        return None
    if prefix != base:
        settings = pyvenv_settings(outside, prefix)
        return settings.get("include-system-site-packages", "false").lower() == "true"
    if outside.system == "windows":  # an embeddable Python has its search path in a file and nothing else
        names = outside.list_folder(path.dirname(executable)) or ()
        return not any(re.fullmatch(r"python\d*\._pth", name, re.IGNORECASE) for name in names)
    return True


def pyvenv_settings(outside: Outside, prefix: str) -> dict[str, str]:
    """The lines of a virtual environment's pyvenv.cfg; empty: there is none."""
    text = outside.read_text(outside.path.join(prefix, "pyvenv.cfg"), 16384) or ""
    pairs = (line.partition("=") for line in text.lstrip("\ufeff").splitlines() if "=" in line)
    return {key.strip().lower(): value.strip() for key, _, value in pairs}


def _conda_not_active(outside: Outside, prefix: str | None) -> bool:
    path = outside.path
    if (
        prefix is None
        or outside.system != "windows"
        or not outside.is_folder(path.join(prefix, "conda-meta"))
    ):
        return False
    active = outside.environ.get("CONDA_PREFIX", "")
    return bool(path.normcase(active) != path.normcase(prefix))


def _text(data: Mapping[str, object], name: str) -> str | None:
    value = data.get(name)
    return value if isinstance(value, str) else None


def _number(data: Mapping[str, object], name: str) -> int | None:
    value = data.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _truth(data: Mapping[str, object], name: str) -> bool | None:
    value = data.get(name)
    return value if isinstance(value, bool) else None


def _items(value: object) -> tuple[str, ...]:
    return tuple(each for each in value if isinstance(each, str)) if isinstance(value, list) else ()


def _texts(value: object) -> dict[str, str]:
    return {str(k): v for k, v in value.items() if isinstance(v, str)} if isinstance(value, dict) else {}
