"""What installers say when a file can't be written, replaced or removed, and the marks of pip's own code.

Texts: pip's "Could not install packages due to an OSError" with the codes of Windows and of C, uv's "(os error N)",
conda's PermissionError, and the sentences of Windows for its error codes 5 and 32,
the solvers of conda where Python stands in the way.
"""

from __future__ import annotations

__all__ = ["ROWS"]

ROWS: tuple[tuple[str, tuple[str, ...], str], ...] = (
    (
        "write-refused",
        (
            "winerror 5]",
            "winerror 32]",
            "errno 13] permission denied",
            "(os error 5)",
            "(os error 13)",
            "(os error 32)",
        ),
        r"(?:WinError (?:5|32)\]|Errno 13\] Permission denied)[^'\"\n]{0,120}['\"](?P<subject>[^'\"\n]{3,300})"
        r"|[`'\"](?P<other>[^`'\"\n]{3,300})[`'\"][^`\n]{0,80}\(os error (?:5|13|32)\)"
        r"|WinError (?:5|32)\]|Errno 13\]|os error",
    ),
    ("could-not-install", ("could not install packages due to an",), ""),
    (
        "pip-frames",
        ("pip\\_vendor", "pip/_vendor", "pip\\_internal", "pip/_internal"),
        r"File \"[^\"\n]{0,300}[\\/]pip[\\/]+_(?:vendor|internal)[\\/]",
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
        "cuda-symbol-version",
        ("with link time reference",),
        r"(?P<subject>[^\s:]{3,260}): symbol \w+,? version \S{1,80} not defined in file",
    ),
    (
        "torch-needs-library",
        ("depends on nvidia-",),
        r"\btorch \S{3,40} depends on (?P<subject>nvidia-[\w-]{3,60}==[\w.]{1,40})",
    ),
    (
        "whisper-on-cpu",
        ("fp16 is not supported on cpu",),
        "",
    ),
    (
        "said-cuda-replaced",
        ("replac", "overwr", "uninstall", "reinstall", "downgrad", "remov"),
        r"(?:replac|overwr|uninstall|reinstall|downgrad|remov)\w*[^\n]{0,120}?(?:CPU[- ](?:only|version|build|torch|wheel|variant)|non-(?:CUDA|GPU)|without CUDA|cpu ?版)"
        r"|(?:CPU[- ](?:only|version|build|torch)|non-(?:CUDA|GPU) \w+)[^\n]{0,60}(?:replac|overwr)\w*[^\n]{0,40}(?:CUDA|GPU|cu\d{2,3})",
    ),
    (
        "uninstalled-cuda",
        ("uninstalling torch-",),
        r"Uninstalling torch-\d[\w.]{0,20}\+(?P<subject>cu\d{2,3})",
    ),
    (
        "installed-torch",
        ("successfully installed",),
        r"Successfully installed[^\n]{0,3000}?\btorch-(?P<subject>\d[\w.+]{2,40})(?= |$|\n)",
    ),
)
