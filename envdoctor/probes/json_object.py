"""JSON that other programs wrote, or that somebody put where theirs is expected."""

from __future__ import annotations

import json

__all__ = ["json_object"]


def json_object(text: str | None) -> dict[str, object]:
    """The object that a text holds; empty where it holds none, or one nested without end."""
    try:
        told = json.loads(text) if text else None
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}
