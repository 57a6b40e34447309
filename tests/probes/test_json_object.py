"""What stands where another program's JSON is expected may be anything."""

from __future__ import annotations

import pytest

from envdoctor.probes.json_object import json_object


@pytest.mark.parametrize("text", [None, "", "{", "[1]", "3", '"text"', "[" * 200_000, '{"a":' * 200_000])
def test_what_is_no_object_is_an_empty_one(text: str | None) -> None:
    assert json_object(text) == {}


def test_an_object_is_read() -> None:
    assert json_object('{"a": [1, "b"]}') == {"a": [1, "b"]}
