"""What the rest of a text, and what is known of the machine, must show before a sentence is believed."""

from __future__ import annotations

import re
from collections.abc import Callable

from envdoctor.facts import Sentence
from envdoctor.knowledge.python_news import SYNTAX_BY_NAME
from envdoctor.rules.complaints.ages import is_blind, is_linux_driver
from envdoctor.rules.complaints.heard import Heard
from envdoctor.rules.complaints.kinds import ASKED_THE_DRIVER
from envdoctor.rules.complaints.notions import has
from envdoctor.rules.complaints.pythons import MINOR
from envdoctor.rules.complaints.switches import is_unswitched
from envdoctor.versions import version_numbers

__all__ = ["STATES"]


def _is_missing(heard: Heard) -> bool:
    """Whether a module is missing where the code runs: by a program's word, or by somebody's."""
    if heard.any("no-torch", "said-no-torch", "no-module"):
        return True
    return any(has(each.text, "import") and has(each.text, "fails") for each in _sentences(heard))


_PYTHON = re.compile(r"[^\s'\"]*[\\/]python[\d.]*(?:\.exe)?(?![\w./\\])", re.IGNORECASE)


def _names_two(heard: Heard) -> bool:
    """Whether two interpreters are named by where they lie."""
    return len({found for each in _sentences(heard) for found in _PYTHON.findall(each.text)}) > 1


_AVAILABLE = re.compile(r"is_available\(?\)?[\s:=]*(?:is |returns |gives )?True")


def _is_blind(heard: Heard) -> bool:
    """Whether torch may see no GPU: nothing shows, and nobody says, that it does."""
    ran = heard.machine.facts.torch_import
    seen = ran is not None and ran.cuda_available is True
    return not seen and not any(_AVAILABLE.search(each.text) for each in _sentences(heard))


def _may_lack_cuda(heard: Heard) -> bool:
    """Whether torch may be a build without CUDA beside a GPU that could use one."""
    machine = heard.machine
    if not _is_blind(heard) or machine.torch_cuda is not None or machine.os == "macos":
        return False
    if heard.any(*ASKED_THE_DRIVER):
        return False
    if any(has(each.text, "other-build") for each in _sentences(heard)):
        return False
    cardless = heard.any("said-no-gpu", "said-virtual-machine") and not machine.gpus
    other = bool(machine.facts.other_gpus) and not machine.gpus
    return not cardless and not other and not any(has(each.text, "no-card") for each in _sentences(heard))


def _is_newest(heard: Heard) -> bool:
    """Whether the GPU is of the latest generation, and nothing is known of the torch."""
    machine = heard.machine
    unknown = machine.torch_version is None and machine.facts.torch_import is None
    return unknown and any(version_numbers(each.capability) >= (12, 0) for each in machine.gpus)


def _is_dropped(heard: Heard) -> bool:
    """Whether the GPUs are of those that builds for CUDA 12.8 and later left out, and torch is not known."""
    machine = heard.machine
    unknown = machine.torch_version is None and machine.facts.torch_import is None
    capabilities = [version_numbers(each) for each in machine.capabilities]
    return unknown and bool(capabilities) and all((5, 0) <= each < (7, 0) for each in capabilities)


def _has_other(heard: Heard) -> bool:
    """Whether the only GPU is one of AMD's or Intel's that torch has builds for."""
    machine = heard.machine
    others = [each for each in machine.facts.other_gpus or () if not each.integrated]
    return not machine.gpus and any(each.vendor in ("amd", "intel") for each in others)


def _is_unfit(heard: Heard) -> bool:
    """Whether torch may be a build for another maker's GPUs than the one that is here."""
    machine = heard.machine
    mine = {"rocm": "amd", "xpu": "intel"}.get((machine.torch_variant or "").rstrip("0123456789."))
    return mine is None or mine not in {each.vendor for each in machine.facts.other_gpus or ()}


_TORCH = re.compile(
    r"(?<![\w-])(?:py)?torch(?:\.__version__)?(?: is| version|=|:)* ?v?(\d+\.\d+\.\d+)", re.IGNORECASE
)
_VISION = re.compile(
    r"(?<![\w-])(torchvision|torchaudio)(?: is| version|=|:)* ?v?(\d+\.\d+\.\d+)", re.IGNORECASE
)


def _is_unmatched(heard: Heard) -> bool:
    """Whether somebody names a torch and a companion that was made for another."""
    text = "\n".join(each.text for each in _sentences(heard))
    torch = _TORCH.search(text)
    version = torch[1] if torch else heard.machine.torch_version
    if version is None:
        return False
    fits = heard.machine.tables.companion_fits
    return any(fits(name.lower(), other, version) is False for name, other in _VISION.findall(text))


def _works_with_newer(heard: Heard) -> bool:
    """Whether the Python that it works with is newer than the other one that is named."""
    good: list[int] = []
    bad = [heard.machine.python[1]] if heard.machine.python else []
    for each in _sentences(heard):
        (good if has(each.text, "cured") else bad).extend(int(found) for found in MINOR.findall(each.text))
    return bool(good and bad) and max(good) > max(bad)


def _is_old_windows(heard: Heard) -> bool:
    name = heard.machine.facts.host.os_name or ""
    return re.search(r"Windows (?:7|8|8\.1|XP|Vista|Server 20(?:08|12))\b", name) is not None


def _is_before_syntax(heard: Heard) -> bool:
    """Whether somebody names syntax that the Python of the text does not know yet."""
    python = heard.machine.python
    named = [each.text.lower() for each in _sentences(heard) if has(each.text, "new-syntax")]
    return python is not None and any(
        name in text and python < since for text in named for name, since in SYNTAX_BY_NAME.items()
    )


def _sentences(heard: Heard) -> tuple[Sentence, ...]:
    return heard.paste.told


def _may_be_windows(heard: Heard) -> bool:
    """Whether the system is Windows, or nothing tells."""
    machine = heard.machine
    return machine.os == "windows" or (machine.os is None and not is_linux_driver(machine.driver))


STATES: dict[str, Callable[[Heard], bool]] = {
    "missing": _is_missing,
    "unseen": is_blind,
    "two-pythons": _names_two,
    "switched": lambda heard: not is_unswitched(heard),
    "contained": lambda heard: heard.machine.in_container,
    "blind": _is_blind,
    "on-host": lambda heard: not (heard.machine.in_container or heard.machine.is_wsl) and _is_blind(heard),
    "cuda-unproven": _may_lack_cuda,
    "plain": lambda heard: heard.machine.torch_variant == "cpu" and _may_lack_cuda(heard),
    "newest-gpu": _is_newest,
    "dropped-gpu": _is_dropped,
    "modern-python": lambda heard: (heard.machine.python or (0, 0)) >= (3, 11),
    "other-gpu": _has_other,
    "unfit": _is_unfit,
    "not-installed": lambda heard: heard.machine.torch_imports is not True,
    "newer-works": _works_with_newer,
    "old-os": _is_old_windows,
    "before-syntax": _is_before_syntax,
    "unmatched": _is_unmatched,
    "no-nvidia": lambda heard: not heard.machine.gpus,
    "nvidia": lambda heard: bool(heard.machine.gpus) and not heard.machine.facts.other_gpus,
    "windows": _may_be_windows,
    "apple": lambda heard: heard.machine.facts.host.apple_silicon is True or heard.machine.os == "macos",
}
