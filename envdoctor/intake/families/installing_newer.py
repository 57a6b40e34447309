"""What pip, uv, Poetry, conda and build tools raise where an installation stops, in the words of their newer releases.

Texts: pip's exceptions of 25 and later (network, build), its finder and its requirement files; uv's error types and the
hints of its resolver and its build front end; conda's gateways; urllib3 and PyO3 where they refuse a Python.
"""

from __future__ import annotations

__all__ = ["ROWS"]

_URL = r"https?://[^\s'\"<>)]{4,300}"

ROWS: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("externally-managed", ("is managed externally, and may not be manipulated",), ""),
    # -- the way to the index
    (
        "no-ssl-module",
        ("since ssl support is missing", "the 'ssl' module is unavailable"),
        "",
    ),
    (
        "old-openssl",
        ("only supports openssl 1.1.1+",),
        r"ImportError: urllib3 v2[\d.]* only supports OpenSSL",
    ),
    (
        "proxy",
        ("invalid proxy url", "configured to use a socks proxy, but pysocks"),
        r"invalid proxy URL|configured to use a SOCKS proxy",
    ),
    (
        "no-connection",
        (
            "because the network was disabled",
            "requests to registries was banned",
            "lack of valid authentication credentials",
            "using invalid credentials for this channel",
            "the token given for the url is invalid",
            "was not found in the cache",
        ),
        rf"torch\S* was not found in the cache|network was disabled|registries was banned|index URL \(?(?P<subject>{_URL})|invalid credentials for this channel|token given for the URL",
    ),
    (
        "index-malformed",
        ("seems invalid, please provide a scheme", "lacks a specific scheme", "index lookups were disabled"),
        r"index url \"[^\"\n]{0,200}\" seems invalid|Location '[^'\n]{1,300}' is ignored|index lookups were disabled",
    ),
    (
        "hashes-required",
        ("in --require-hashes mode", "in `--require-hashes` mode"),
        r"require-hashes`? mode, all requirements must",
    ),
    # -- what arrived
    (
        "invalid-wheel",
        (
            "cannot link a source that does not exist",
            "bad crc (got",
            "bad uncompressed size (got",
            "bad compressed size (got",
            "invalid zip file structure",
        ),
        "",
    ),
    (
        "hash-mismatch",
        ("size mismatch for `", "invalid hash value (expected"),
        r"Size mismatch for `[^`\n]{1,80}`: expected \d|invalid hash value \(expected",
    ),
    # -- for whom it is
    (
        "uv-no-wheel",
        (
            "binary distribution is incompatible with the current",
            "include a compatible wheel for the current",
            "cannot be installed in the current environment {",
        ),
        r"(?:incompatible with|compatible wheel for) the current (?P<subject>platform)"
        r"|installed in the current environment \{[^\n]{0,400}'(?P<other>platform)_",
    ),
    (
        "python-refused",
        (
            "is not compatible with the locked python requirement",
            "which is incompatible with the project's python",
            "is incompatible with the project's python",
            "is incompatible with the script's python",
            "which is incompatible with the script's python",
            "than pyo3's maximum supported version",
            "than pyo3's minimum supported version",
            "was removed from the standard library in python",
            "is not allowed by the project",
            "is not supported by the project",
        ),
        r"Python (?:interpreter )?version \((?P<subject>3\.\d{1,2})[\d.]*\) is (?:not (?:compatible|allowed|supported)|(?:newer|lower) than PyO3)"
        r"|resolved to Python (?P<other>3\.\d{1,2})[\d.]*, which is incompatible"
        r"|interpreter \(Python (?P<third>3\.\d{1,2})[\d.]*\) is incompatible|from the standard library in Python 3\.\d",
    ),
    (
        "companion-depends",
        (" depends on torch==",),
        r"\b(?P<subject>torch(?:vision|audio)==\S{3,40} depends on torch==[\w.+]{3,40})",
    ),
    (
        "companion-depends",
        (") depends on torch (",),
        r"\b(?P<subject>torch(?:vision|audio) \([\w.+]{3,40}\) depends on torch \([\w.+]{3,40}\))",
    ),
    ("poetry-unsolved", ("version solving failed",), ""),
    ("unsatisfiable", ("cannot solve the request because",), ""),
    (
        "conda-needs-python",
        (" would require ",),
        r"(?P<subject>(?:pytorch|torchvision|torchaudio) \S{1,40} would require\W{1,60}python >?=[^\n]{3,80})",
    ),
    (
        "conda-has-python",
        ("is not installable because it conflicts",),
        r"python (?P<subject>3\.\d{1,2})\*{0,2} +is not installable",
    ),
    # -- what installs
    (
        "pip-broken",
        ("no module named 'pip._", "from 'pip._", "no module named pip._"),
        r"No module named '?pip\._\w|cannot import name '\w+' from 'pip\._",
    ),
    (
        "no-compiler",
        (
            "returned non-zero exit status",
            "intel compiler error: less than minimal",
            "running 'nmake'",
            "install a library that provides",
        ),
        r"Running\s{1,4}'nmake'|Command '\['[^'\n]{0,120}(?:gcc|clang|cc)', '[^'\n]{0,200}main\.c'|Intel Compiler error: less than minimal"
        r"|install a library that provides \"(?!cu|nv)[\w/.+-]{3,60}\.h",
    ),
    (
        "cuda-home",
        ("install a library that provides",),
        r"install a library that provides \"(?P<subject>(?:cu|nv)[\w/.+-]{2,60}\.h)",
    ),
    (
        "no-torch",
        (
            "depends on `torch`, but doesn't declare it",
            "unable to pre-compile ops without torch",
            "requires the pytorch library but it was not found",
        ),
        "",
    ),
    # -- drivers and engines
    (
        "kernel-module",
        (
            "nvidia-persistenced failed to initialize",
            "failed to copy vbios to system memory",
            "nvidia: probe of ",
        ),
        r"persistenced failed|failed to copy vbios|nvidia: probe of \S{4,40} failed",
    ),
    ("docker-no-runtime", ("crun: cannot stat `/dev/nvidia",), ""),
)
