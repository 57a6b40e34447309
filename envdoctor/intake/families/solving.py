"""What solvers say of the parts around torch: conda's of the Python that it keeps, pip's of what depends on what.

Texts: conda's classic solver and libmamba's explanations, the folders of channels, pip's "The conflict is caused by",
uv's of what is left.
"""

from __future__ import annotations

__all__ = ["ROWS"]

ROWS: tuple[tuple[str, tuple[str, ...], str], ...] = (
    (
        "install-failed",
        ("install", "安装"),
        r"(?:couldn'?t|could not|can'?t|cannot|unable to|fail(?:ed|s|ure)? (?:to|while|in)|errors?(?: while| when)?) install(?:ing|ation of)? (?:(?:of|the|package) )?(?:py)?torch\b|(?:py)?torch[^\n]{0,20} install(?:ation)? (?:has )?fail|Installing torch \([^)\n]{1,40}\): Failed|(?:torch|pytorch) ?安装(?:失败|不了|不上)|(?:无法|不能)安装 ?(?:py)?torch",
    ),
    (
        "index-garbled",
        (
            "unable to read repodata",
            "repodata json",
            "does not start with an object",
            "invalid index",
            "unexpected content-type",
        ),
        r"read repodata|repodata JSON|start with an object|[Ii]nvalid index|Content-Type: ?\S* ?[^\n]{0,60}(?:simple|pypi)",
    ),
    (
        "conda-has-python",
        ("your python: python", "pin on python", "pinned specs", "- python=", "- python 3."),
        r"Your python: python={1,2}(?P<subject>\d\.\d+)|pin on python (?P<other>\d\.\d+)|- ?['\"]?python ?={0,2} ?(?P<third>\d\.\d+)",
    ),
    (
        "conda-needs-python",
        ("-> python[version=", "requires python >=", "requires python 3", "existing python installation"),
        r"(?P<subject>(?:pytorch|torchvision|torchaudio)\S{0,60} -> python\[version=[^\n\]]{3,300})"
        r"|(?P<other>(?:pytorch|torchvision|torchaudio)-\d\S{3,80}(?:,)? (?:would require|requires|which requires) python >?=?[^\n]{3,80})",
    ),
    (
        "conda-subdir",
        ("/win-", "/linux-", "/osx-", "platform: win-", "platform: linux-", "platform: osx-", "platform : "),
        r"(?:\w/|[Pp]latform ?: )(?P<subject>(?:win|linux|osx)-(?:64|32|arm64|aarch64|ppc64le|armv[67]l|s390x))(?:/| |$|\n)",
    ),
    (
        "torch-needs-library",
        ("depends on ",),
        r"\btorch \S{3,40} depends on (?P<subject>(?!torch|python\b)[A-Za-z][\w.-]{2,60} ?[<>=!~]=?[\w.]{1,40})",
    ),
    (
        "companion-depends",
        ("depends on torch==",),
        r"\b(?P<subject>torch(?:vision|audio) \S{3,40} depends on torch==[\w.+]{3,40})",
    ),
    (
        "uv-only",  # uv-resolver's pubgrub/report.rs, of what is left of the versions
        ("only torch", "only the following versions of torch"),
        r"only (?P<subject>torch[<>=][^\s]{1,60}) is available|only the following versions of (?P<other>torch)(?:\{[^\n]{1,80}\})? are available",
    ),
)
