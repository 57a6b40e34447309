"""Records behave as frozen dataclasses do, whenever somebody asks for their fields."""

from __future__ import annotations

import dataclasses
from dataclasses import field

import pytest

from envdoctor.frozen import Record, value


def _kinds() -> tuple[type, type]:
    @value
    class Base(Record):
        name: str
        tags: list[str] = field(default_factory=list)

    @value
    class Child(Base):
        size: int = 3

    return Base, Child


@pytest.mark.parametrize("asked", ["nobody", "base", "child", "both"])
def test_fields_of_a_record_are_the_same_whoever_asked_for_them_before(asked: str) -> None:
    """`dataclasses` takes the defaults off a class when it reads it; a record made later still has them."""
    base, child = _kinds()
    for kind, wanted in ((base, ("base", "both")), (child, ("child", "both"))):
        if asked in wanted:
            dataclasses.fields(kind)
    one, other = child("a"), child("a")
    assert (one.name, one.tags, one.size) == ("a", [], 3)
    assert one == other
    assert one.tags is not other.tags
    assert [each.name for each in dataclasses.fields(child)] == ["name", "tags", "size"]
    assert dataclasses.replace(one, size=4) == child("a", [], 4)


def test_a_record_refuses_what_a_dataclass_refuses() -> None:
    """Missing, unknown, doubled and too many values are errors; so is a change."""
    _, child = _kinds()
    for positional, named in (
        ((), {}),
        (("a",), {"nmae": 1}),
        (("a",), {"name": "b"}),
        (("a", [], 1, 2), {}),
    ):
        with pytest.raises(TypeError):
            child(*positional, **named)
    with pytest.raises(dataclasses.FrozenInstanceError):
        child("a").size = 5
