"""What the command line of `install` asks for, before it meets a machine."""

from __future__ import annotations

import re
from typing import Literal

from envdoctor.errors import UsageError
from envdoctor.frozen import Record, record

__all__ = ["Asked", "Tool", "ToolWish"]

Tool = Literal["pip", "uv", "conda"]
ToolWish = Literal["auto", "pip", "uv", "conda"]


@record
class Asked(Record):
    """The wishes of `envdoctor install`, as they were typed.

    `packages` empty: torch with both companions. `mirror` and `wheels` are the name of a mirror or an
    address. `environment` is a name or a path of an environment to make; `python_version` is "3.12".
    """

    packages: tuple[str, ...] = ()
    torch: str = "settled"
    backend: str = "auto"
    mirror: str | None = None
    wheels: str | None = None
    tool: ToolWish = "auto"
    environment: str | None = None
    python_version: str | None = None

    def checked(self) -> Asked:
        """These wishes, where nothing in them is malformed; what the tables know is checked elsewhere.

        Raises:
            UsageError: a Python version or an environment that can't be one.

        """
        if self.python_version is not None and not re.fullmatch(r"3\.\d{1,2}t?", self.python_version):
            raise UsageError(f"--python-version {self.python_version}: write it as 3.12, or 3.13t")
        if self.environment is not None and not re.fullmatch(r"[\w.~ /\\:+@()-]+", self.environment):
            raise UsageError(
                f"--env {self.environment!r}: a name of letters, digits, - and _, or a path of such"
            )
        return self
