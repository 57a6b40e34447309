"""What came to Python's language and standard library, and what was taken from them, by the version's number.

Source: "What's New In Python 3.x" and the notes "Added in version", "Removed in version" of its manual.
"""

from __future__ import annotations

import re

__all__ = [
    "ADDED_MODULES",
    "ADDED_NAMES",
    "ADDED_SYNTAX",
    "ADDED_WORDS",
    "REMOVED_MODULES",
    "REMOVED_NAMES",
    "SYNTAX_BY_NAME",
]

Version = tuple[int, int]

ADDED_MODULES: dict[str, Version] = {
    "secrets": (3, 6),
    "dataclasses": (3, 7),
    "contextvars": (3, 7),
    "importlib.resources": (3, 7),
    "importlib.metadata": (3, 8),
    "zoneinfo": (3, 9),
    "graphlib": (3, 9),
    "tomllib": (3, 11),
}
_ADDED: dict[str, dict[Version, str]] = {
    "typing": {
        (3, 8): "Literal Final Protocol TypedDict runtime_checkable SupportsIndex get_args get_origin final",
        (3, 9): "Annotated",
        (3, 10): "ParamSpec Concatenate TypeAlias TypeGuard is_typeddict",
        (3, 11): "Self Never LiteralString Required NotRequired Unpack TypeVarTuple assert_never assert_type",
        (3, 12): "override TypeAliasType",
        (3, 13): "ReadOnly TypeIs",
    },
    "functools": {(3, 8): "cached_property singledispatchmethod", (3, 9): "cache"},
    "enum": {(3, 11): "StrEnum ReprEnum EnumCheck verify"},
    "contextlib": {(3, 7): "nullcontext AsyncExitStack", (3, 10): "aclosing", (3, 11): "chdir"},
    "math": {(3, 8): "prod dist comb isqrt perm", (3, 9): "lcm nextafter ulp", (3, 11): "cbrt exp2"},
    "asyncio": {
        (3, 7): "run create_task get_running_loop",
        (3, 9): "to_thread",
        (3, 11): "TaskGroup timeout Runner",
    },
    "itertools": {(3, 10): "pairwise", (3, 12): "batched"},
    "types": {(3, 9): "GenericAlias", (3, 10): "UnionType NoneType EllipsisType"},
    "datetime": {(3, 11): "UTC"},
    "inspect": {(3, 10): "get_annotations"},
    "warnings": {(3, 13): "deprecated"},
    "shlex": {(3, 8): "join"},
}
_REMOVED: dict[str, dict[Version, str]] = {
    "collections": {
        (3, 10): "Mapping MutableMapping Sequence MutableSequence Iterable Iterator Callable Container"
        " Hashable Sized Set MutableSet Generator Awaitable Coroutine ByteString KeysView ValuesView"
    },
    "fractions": {(3, 9): "gcd"},
    "time": {(3, 8): "clock"},
    "base64": {(3, 9): "decodestring encodestring"},
    "inspect": {(3, 11): "getargspec formatargspec"},
    "asyncio": {(3, 11): "coroutine"},
    "pkgutil": {(3, 12): "ImpImporter ImpLoader"},
    "configparser": {(3, 12): "SafeConfigParser"},
    "ssl": {(3, 12): "wrap_socket match_hostname"},
    "locale": {(3, 12): "format"},
    "ast": {(3, 14): "Num Str Bytes NameConstant Ellipsis"},
}


def _by_name(table: dict[str, dict[Version, str]]) -> dict[str, Version]:
    return {
        f"{module}.{name}": version
        for module, rows in table.items()
        for version, names in rows.items()
        for name in names.split()
    }


ADDED_NAMES, REMOVED_NAMES = _by_name(_ADDED), _by_name(_REMOVED)
"""Names of the standard library, with their module, and the version that added or removed them."""
REMOVED_MODULES: dict[str, Version] = {
    **dict.fromkeys(("formatter", "parser", "symbol"), (3, 10)),
    "binhex": (3, 11),
    **dict.fromkeys(("imp", "distutils", "asynchat", "asyncore", "smtpd"), (3, 12)),
    **dict.fromkeys(("cgi", "cgitb", "telnetlib", "imghdr", "pipes", "crypt", "audioop", "uu"), (3, 13)),
    **dict.fromkeys(("xdrlib", "nntplib", "sndhdr", "sunau", "aifc", "lib2to3"), (3, 13)),
}
ADDED_WORDS: tuple[tuple[str, Version], ...] = (
    (r"unexpected keyword argument '(?:capture_output|text)'", (3, 7)),
    (r"future feature annotations is not defined", (3, 7)),
    (r"unexpected keyword argument '(?:dirs_exist_ok|missing_ok)'", (3, 8)),
    (
        r"\b(?:list|dict|tuple|set|frozenset|type)\[[^\n]{0,120}\s[^\n]{0,40}"
        r"TypeError: 'type' object is not subscriptable",
        (3, 9),
    ),
    (r"'str' object has no attribute 'remove(?:prefix|suffix)'", (3, 9)),
    (r"Path' object has no attribute '(?:is_relative_to|with_stem|readlink)'", (3, 9)),
    (r"operand type\(s\) for \|: '(?:type|NoneType|_GenericAlias|ABCMeta|_?\w*Meta)' and '\w+'", (3, 10)),
    (r"operand type\(s\) for \|: '\w+' and 'NoneType'", (3, 10)),
    (r"unexpected keyword argument '(?:kw_only|slots|match_args)'", (3, 10)),
    (r"zip\(\) takes no keyword arguments", (3, 10)),
)
"""What a Python says of a use of its library that came later."""
ADDED_SYNTAX: tuple[tuple[re.Pattern[str], Version], ...] = tuple(
    (re.compile(pattern), version)
    for pattern, version in (
        (r"^\s*type \w+(?:\[[^\]]*\])? = |^\s*(?:def|class) \w+\[", (3, 12)),
        (r"\bexcept ?\*", (3, 11)),
        (
            r"^\s*match\b(?! ?[=.(\[]).*:\s*$|^\s*case\b(?! ?[=.]).*:|\bmatch[- ]statement|\bmatch/case\b",
            (3, 10),
        ),
        (r"^\s*with \($|^\s*with \([^()]* as ", (3, 10)),
        (r"\bf[\"'][^\n]{0,200}\{[\w.]+=\}", (3, 8)),
        (r":=|\bdef \w+\([^)]*, ?/[,)]", (3, 8)),
        (r"(?<!\w)[rR]?f[rR]?[\"']|^\s*[\w.]+ ?: ?\w[\w\[\], .]* = |\*\*\w+: \w", (3, 6)),
    )
)
"""Code that an older Python calls invalid syntax; the first that fits counts."""
SYNTAX_BY_NAME: dict[str, Version] = {
    "f-string": (3, 6),
    "fstring": (3, 6),
    "dataclass": (3, 7),
    "walrus": (3, 8),
    "assignment expression": (3, 8),
    "positional-only": (3, 8),
    "match": (3, 10),
}
"""What people call syntax, and dataclasses, by the Python that brought it."""
