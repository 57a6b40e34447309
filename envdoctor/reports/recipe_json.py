"""A recipe as JSON, version 1."""

from __future__ import annotations

from collections.abc import Callable

from envdoctor.messages import Catalogue
from envdoctor.planner.recipe import Recipe
from envdoctor.redact import show_all, without_credentials
from envdoctor.reports.recipe_words import (
    size_words,
    source_rows,
    source_words,
    versions,
)
from envdoctor.shell import for_cmd_alone, shell, spoken

__all__ = ["recipe_as_json"]

SCHEMA = 1


def recipe_as_json(recipe: Recipe, words: Catalogue, hide: Callable[[str], str]) -> dict[str, object]:
    """One plan as plain JSON values, hidden things and credentials taken out."""
    plan, build = recipe.plan, recipe.plan.build
    commands = [[hide(without_credentials(each)) for each in argv] for argv in recipe.commands]
    said = (*recipe.why, *((recipe.python_reason,) if recipe.python_reason is not None else ()))
    why = [words.say(each) for each in said]
    system = spoken(recipe.machine)
    lines = [shell(tuple(argv), system) for argv in commands]
    if build is not None:
        size = size_words(recipe)
        why += [words.say(each) for each in (*source_words(recipe), *((size,) if size else ()))]
    return {
        "schema": SCHEMA,
        "build": None
        if build is None
        else {
            "torch": build.torch,
            "variant": build.variant,
            "python": build.python,
            "platform": build.platform,
        },
        "packages": versions(recipe),
        "commands": commands,
        "shell": lines,
        "sources": source_rows(recipe),
        "why": [hide(without_credentials(each)) for each in why],
        "rejected": [
            {"torch": row.torch, "variant": row.variant, "reason": words.say(row.reason)}
            for row in plan.rejected
        ],
        "warnings": [
            *(hide(without_credentials(words.say(each))) for each in recipe.warnings),
            *([words.text("report.for-cmd")] if for_cmd_alone(lines, system) else []),
            *([words.text("report.unhidden")] if hide is show_all else []),
        ],
    }
