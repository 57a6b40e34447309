"""The door's own promises: what it starts is never waited for without a limit."""

from __future__ import annotations

import os
import sys
import threading
import time
from pathlib import Path

import pytest

from envdoctor.outside import LiveOutside
from envdoctor.outside.lines import REST_SECONDS, Lines


def test_what_prints_for_ever_after_the_end_is_left() -> None:
    """A grandchild in a group of its own keeps the pipe open, and is faster than whoever reads."""
    reading, writing = os.pipe()
    over = threading.Event()

    def print_for_ever() -> None:
        with os.fdopen(writing, "wb", buffering=0) as pipe:
            while not over.is_set():
                pipe.write(b"again\n" * 1000)

    printer = threading.Thread(target=print_for_ever, daemon=True)
    lines = Lines(os.fdopen(reading, "rb"))
    printer.start()
    began = time.monotonic()
    told = 0
    for line in lines.rest():
        assert line == "again"
        told += 1
        assert time.monotonic() - began < REST_SECONDS + 20, "it goes on as long as there is something"
    assert told > 0
    over.set()
    while printer.is_alive():
        list(lines.come(0.01))
    list(lines.rest())


def test_a_program_has_nothing_to_read() -> None:
    asked = LiveOutside().run([sys.executable, "-I", "-c", "print(repr(input()))"], timeout=20)
    assert asked.exit_code == 1 and "EOFError" in asked.stderr


def test_a_pipe_in_the_place_of_a_file_holds_nobody_up(tmp_path: Path) -> None:
    if not hasattr(os, "mkfifo"):
        pytest.skip("Windows has no pipes among its files")
    os.mkfifo(tmp_path / "pipe")
    assert not LiveOutside().read_text(str(tmp_path / "pipe"))
