"""What a person sees of a run: what matters, in bounds, and nothing that speaks to the terminal."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from envdoctor.commands.live import KEPT_LINES, LiveScreen
from envdoctor.execution import log as log_module
from envdoctor.execution.log import KEPT, open_log
from envdoctor.execution.reasons import reason
from envdoctor.findings import words
from envdoctor.messages import catalogue


class Terminal(io.StringIO):
    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


class Pipe(io.StringIO):
    encoding = "gbk"


def screen(stream: io.StringIO, width: int = 60) -> LiveScreen:
    return LiveScreen(stream, catalogue("en"), lambda text: text.replace("/home/me", "~"), columns=width)


def test_of_pips_output_stays_what_matters() -> None:
    out = Pipe()
    live = screen(out)
    for line in (
        "Looking in indexes: https://mirror/simple",
        "Collecting torch==2.14.1",
        "  Downloading https://mirror/files/torch-2.14.1%2Bcu126-cp312-cp312-linux_x86_64.whl.metadata (28 kB)",
        "Downloading https://mirror/files/torch-2.14.1%2Bcu126-cp312-cp312-linux_x86_64.whl (850.0 MB)",
        "Requirement already satisfied: numpy in /home/me/x",
        "Installing collected packages: torch",
        "Successfully installed torch-2.14.1+cu126",
    ):
        live.line(line)
    assert out.getvalue().splitlines() == [
        "  Downloading torch-2.14.1+cu126-cp312-cp312-linux_x86_64.whl (850.0 MB)",
        "  Installing collected packages: torch",
        "  Successfully installed torch-2.14.1+cu126",
    ]


def test_a_line_breaks_where_what_is_shown_ends_not_where_a_hidden_name_did() -> None:
    shown, whole = Pipe(), Pipe()
    LiveScreen(shown, catalogue("en"), lambda text: text.replace("/home/somebody/of/a/long/name", "~")).say(
        words("run.changes", path="/home/somebody/of/a/long/name/first/.venv")
    )
    screen(whole, width=80).say(words("run.changes", path="~/first/.venv"))
    assert shown.getvalue() == whole.getvalue()


def test_a_flood_is_bounded() -> None:
    out = Pipe()
    live = screen(out)
    for number in range(1000):
        live.line(f"Downloading package-{number}.whl")
    lines = out.getvalue().splitlines()
    assert len(lines) == KEPT_LINES + 1 and "log" in lines[-1]


def test_on_a_terminal_one_line_moves_and_fits() -> None:
    out = Terminal()
    live = screen(out, width=40)
    live.line(
        "Downloading https://mirror/files/torch-2.14.1-cp312-cp312-manylinux_2_28_x86_64.whl (850.0 MB)"
    )
    live.line("Progress 425000000 of 850000000")
    live.waiting("command", 12.0)
    moving = out.getvalue().rpartition("\r")[2]
    assert "12 s" in moving and "425 / 850 MB, 50 %" in moving and len(moving) < 40
    live.waiting("command", 13.0)
    live.say(words("run.verifying"))
    assert out.getvalue().endswith("network\n")
    assert max(len(part) for part in out.getvalue().replace("\n", "\r").split("\r")) <= 40


def test_nothing_in_the_output_speaks_to_the_terminal_or_tells_a_secret() -> None:
    out = Pipe()
    live = screen(out)
    live.line("ERROR: \x1b[31mred\x1b[0m \x1b]0;title\x07 https://me:secret@host/simple /home/me/x ✗")
    text = out.getvalue()
    assert "\x1b" not in text and "\x07" not in text and "secret" not in text and "~/x" in text
    text.encode("gbk")


def test_a_retry_is_said_shortly() -> None:
    out = Pipe()
    screen(out).line(
        "WARNING: Retrying (Retry(total=4, connect=None)) after connection broken by 'ReadTimeoutError("
        "\"HTTPConnectionPool(host='m', port=1): Read timed out. (read timeout=15.0)\")': /x"
    )
    assert out.getvalue() == "  Retrying: Read timed out.\n"


def test_a_terminal_that_was_closed_stops_nobody() -> None:
    out = Pipe()
    live = screen(out)
    out.close()
    live.say(words("run.verifying"))
    live.line("Downloading x")
    live.waiting("command", 1.0)


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ("ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device", "disk"),
        ("OSError: [WinError 112] There is not enough space on the disk", "disk"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.", "download"),
        ("  Caused by: Hash mismatch for `torch==2.14.1`", "download"),
        ("urllib3.exceptions.IncompleteRead: IncompleteRead(100 bytes read)", "download"),
        ("[Errno -2] Name or service not known", "network"),
        ("  cause: error sending request for url (https://mirror/simple/torch/)", "network"),
        ("ERROR: Could not find a version that satisfies the requirement torch==2.7.1+cu126", "no-build"),
        ("  × No solution found when resolving dependencies:", "no-build"),
        ("PackagesNotFoundError: The following packages are not available", "no-build"),
    ],
)
def test_the_causes_that_every_tool_has_get_their_name(line: str, key: str) -> None:
    found = reason(["Collecting torch", line, "something else"])
    assert found is not None and found.key == f"run.failed.{key}"
    assert found.key in catalogue("en").sentences


def test_a_host_that_is_not_found_is_no_damaged_download() -> None:
    line = (
        "WARNING: Retrying (Retry(total=4, connect=None)) after connection broken by 'NewConnectionError('<x object at "
        "0x7f>: Failed to establish a new connection: [Errno -2] Name or service not known')': /whl/cpu/torch/"
    )
    found = reason([line, "ERROR: ResolutionImpossible"])
    assert found is not None and found.key == "run.failed.network"
    assert found.values["error"] == (
        "Failed to establish a new connection: [Errno -2] Name or service not known"
    )


def test_what_is_not_known_has_no_name() -> None:
    assert reason(["Collecting torch", "RuntimeError: odd"]) is None


def test_logs_are_bounded_in_size_and_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_module, "LARGEST", 4000)
    for number in range(KEPT + 5):
        (tmp_path / f"install-20260101-{number:06}-1.log").write_text("old")
    log = open_log(tmp_path)
    log.line("token: https://me:secret@host/")
    for _ in range(100):
        log.line("x" * 100)
    log.close()
    log.line("after the end")
    assert len(list(tmp_path.glob("install-*.log"))) == KEPT
    assert log.path.stat().st_size <= 4200
    assert "secret" not in log.path.read_text()
