"""Python sessions: expressions typed at a prompt or given to `python -c`, and the values under them."""

from __future__ import annotations

import re

from envdoctor.intake.draft import Draft
from envdoctor.intake.labels import read_label
from envdoctor.intake.lines import PastedText

__all__ = ["read_sessions"]

_LABELS = {
    "torch.__version__": "torch.__version__",
    "torch.version.__version__": "torch.__version__",
    "torch.version.cuda": "torch.version.cuda",
    "torch.version.hip": "rocm used to build pytorch",
    "torch.cuda.is_available()": "torch.cuda.is_available()",
    "torch.xpu.is_available()": "is xpu available",
    "torch.cuda.get_device_name()": "gpu",
    "torch.cuda.get_device_name(0)": "gpu",
    "torchvision.__version__": "torchvision",
    "torchaudio.__version__": "torchaudio",
    "numpy.__version__": "numpy",
    "np.__version__": "numpy",
    "sys.version": "sys.version",
    "sys.platform": "sys.platform",
    "platform.platform()": "python platform",
    "platform.machine()": "architecture",
}
"""Expressions → the label under which `labels` knows what their values mean."""
_KNOWN = "|".join(re.escape(each) for each in sorted(_LABELS, key=len, reverse=True))
_EXPRESSION = re.compile(rf"(?:>>> ?|In ?\[\d{{1,4}}\]: ?)?(?P<expression>{_KNOWN})$")
_PRINTED = re.compile(r"print ?\((?P<arguments>[^\n]{3,300})\)\W{0,3}$")
_PART = re.compile(_KNOWN)
_OUT = re.compile(r"Out ?\[\d{1,4}\]: ?")
REACH = 6
"""Lines below an expression in which its value may stand: warnings come between."""
MOST = 64


def read_sessions(pasted: PastedText, draft: Draft) -> None:
    """Keep the values of the expressions that tell what the machine is."""
    if not any(sign in pasted.flat for sign in ("torch.", "sys.", "platform.", ".__version__")):
        return
    seen = 0
    for number, line in enumerate(pasted.lines):
        expressions = _expressions(line)
        if not expressions:
            continue
        seen += 1
        if seen > MOST:
            return
        for below in range(number + 1, min(number + 1 + REACH, len(pasted.lines))):
            if _keep(expressions, pasted.lines[below], below + 1, draft):
                break


def _expressions(line: str) -> list[str]:
    if len(line) > 400 or "." not in line:
        return []
    alone = _EXPRESSION.match(line)
    if alone:
        return [alone["expression"]]
    printed = _PRINTED.search(line)
    return _PART.findall(printed["arguments"]) if printed else []


def _keep(expressions: list[str], line: str, number: int, draft: Draft) -> bool:
    """Take a line for the values of the expressions; whether it had the shape of them."""
    text = _OUT.sub("", line, count=1).strip()
    parts = [text] if len(expressions) == 1 else text.split()
    values = [each.strip("'\"(),") for each in parts]
    if len(values) != len(expressions):
        return False
    if not all(_fits(each, value) for each, value in zip(expressions, values, strict=True)):
        return False
    for expression, value in zip(expressions, values, strict=True):
        read_label(f"{_LABELS[expression]}: {value}", number, draft)
    return True


def _fits(expression: str, value: str) -> bool:
    if expression.endswith("is_available()"):
        return value in ("True", "False")
    if expression.endswith(("version.cuda", "version.hip")):
        return value == "None" or re.fullmatch(r"\d{1,2}\.\d[\w.-]*", value) is not None
    if expression.endswith(("get_device_name()", "get_device_name(0)")):
        return re.match(r"NVIDIA|GeForce|Tesla|Quadro|TITAN|AMD|Radeon|Intel", value) is not None
    if expression == "sys.platform":
        return value in ("linux", "win32", "darwin")
    if expression.startswith("platform."):
        return re.search(r"x86_64|AMD64|arm64|aarch64|i\d86", value) is not None
    return re.match(r"\d{1,2}\.\d", value) is not None
