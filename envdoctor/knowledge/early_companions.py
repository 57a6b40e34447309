"""Which torchvision and torchaudio went with which torch before the oldest release in the tables."""

from __future__ import annotations

from envdoctor.versions import every_number

__all__ = ["early_companion_fits"]

_PAIRED = (4, 12)
_AHEAD = {"torchvision": 1, "torchaudio": 0}
"""From torch 1.4 to 1.12 the minor numbers went together: torchvision 0.11, torchaudio 0.10 with torch 1.10
(the tables in the READMEs of pytorch/vision and pytorch/audio)."""


def early_companion_fits(name: str, version: str, torch: str) -> bool | None:
    """Whether both are of one release between torch 1.4 and 1.12; `None`: not both are of that time."""
    mine, theirs = every_number(torch)[:2], every_number(version)[:2]
    if name not in _AHEAD or len(mine) < 2 or len(theirs) < 2 or (mine[0], theirs[0]) != (1, 0):
        return None
    wanted, (first, last) = theirs[1] - _AHEAD[name], _PAIRED
    if not (first <= mine[1] <= last and first <= wanted <= last):
        return None
    return wanted == mine[1]
