"""The JSON schemas of the reports, as files for other programs, made from the types of the facts.

`python -m envdoctor.reports.schemas` writes the schema of `check` as the types have it now.
"""

from __future__ import annotations

import dataclasses
import json
import types
import typing
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, Union

from envdoctor.facts import Facts
from envdoctor.findings import Severity
from envdoctor.reason import Reason

__all__ = ["CHECK", "check_schema"]

CHECK = Path(__file__).parent / "check.schema.json"
"""The published schema of one report of `envdoctor check --format json`."""

Schema = dict[str, object]

_STRING: Schema = {"type": "string"}
_CODE: Schema = {"type": "string", "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$"}
_CODE_OR_NULL: Schema = {"anyOf": [_CODE, {"type": "null"}]}


def check_schema() -> Schema:
    """What a report of `check` may hold. Keys beyond these may come with later versions of envdoctor."""
    definitions: dict[str, Schema] = {}
    facts = _of(Facts, definitions)
    remedy = _object(
        "What to do, and the commands that do it, each a list of arguments.",
        summary=_STRING,
        commands=_list(_list(_STRING, least=1)),
    )
    finding = _object(
        "A named condition. `caused_by` is the code of the finding that this one follows from.",
        code=_CODE,
        severity={"enum": [each.value for each in Severity]},
        title=_STRING,
        detail=_STRING,
        evidence=_list(_STRING),
        caused_by=_CODE_OR_NULL,
        remedies=_list(remedy),
    )
    report = _object(
        '`primary` is the code of the root cause. `source` is "live" or the name of the input.',
        schema={"const": 1},
        envdoctor={"type": "string", "description": "The version that wrote the report."},
        source=_STRING,
        verdict={"enum": ["ok", "warnings", "errors"]},
        primary=_CODE_OR_NULL,
        findings=_list(finding),
        facts=facts,
    )
    report["properties"] = {
        **typing.cast("Schema", report["properties"]),
        "unhidden": {"const": True, "description": "Stands only where --no-redact was given."},
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A report of envdoctor check, version 1",
        **report,
        "if": {"properties": {"verdict": {"const": "errors"}}},
        "then": {"properties": {"primary": _CODE}},
        "else": {"properties": {"primary": {"type": "null"}}},
        "$defs": dict(sorted(definitions.items())),
    }


def _object(description: str, **properties: Schema) -> Schema:
    return {
        "description": description,
        "type": "object",
        "properties": properties,
        "required": list(properties),
    }


def _list(items: Schema, least: int = 0) -> Schema:
    return {"type": "array", "items": items, **({"minItems": least} if least else {})}


def _of(kind: Any, definitions: dict[str, Schema]) -> Schema:
    """The schema of a type that facts are made of; records go into the definitions."""
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin in (Union, types.UnionType):
        # What is not known is left out, so `null` never stands in a report.
        return _of(next(each for each in arguments if each is not type(None)), definitions)
    if origin is Literal:
        return {"enum": list(arguments)}
    if origin is tuple:
        return _list(_of(arguments[0], definitions))
    if origin is Mapping:
        return {"type": "object", "additionalProperties": _of(arguments[1], definitions)}
    if kind is Reason:
        return {"anyOf": [_record(kind, definitions), _STRING]}  # a sentence in older reports
    if dataclasses.is_dataclass(kind):
        return _record(typing.cast("type", kind), definitions)
    return {"type": {str: "string", int: "integer", float: "number", bool: "boolean"}[kind]}


def _record(kind: type, definitions: dict[str, Schema]) -> Schema:
    reference: Schema = {"$ref": f"#/$defs/{kind.__name__}"}
    if kind.__name__ not in definitions:
        definitions[kind.__name__] = {}
        hints = typing.get_type_hints(kind)
        missing = dataclasses.MISSING
        definitions[kind.__name__] = {
            "description": (kind.__doc__ or "").partition("\n")[0],
            "type": "object",
            "properties": {f.name: _of(hints[f.name], definitions) for f in dataclasses.fields(kind)},
            "required": [
                f.name
                for f in dataclasses.fields(kind)
                if f.default is missing and f.default_factory is missing
            ],
        }
    return reference


def as_file() -> str:
    """The schema as it stands in the file."""
    return json.dumps(check_schema(), indent=2, ensure_ascii=False) + "\n"
