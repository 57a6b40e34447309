"""What people typed and what shells answered: commands, variables, settings, `which`, `pip -V`."""

from __future__ import annotations

import re

from envdoctor.facts import ShownCommand
from envdoctor.intake.draft import LONGEST_TEXT, MOST_KEPT, Draft

__all__ = ["read_shell"]

_COMMAND = re.compile(
    r"(?:^|[\s$>#%!(\"'`&;|])(?P<command>(?:(?:sudo|!|%) ?)?"
    r"(?:[\w./\\:~-]{0,120}python[\w.]{0,8}(?:\.exe)? (?:-[sEIB] ){0,3}-m (?:pip|uv)"
    r"|pip[\d.]{0,5}|uv(?: pip)?|conda|mamba|micromamba|poetry|pixi|pipenv)"
    r" (?:install|add|download|create|sync|update|upgrade|uninstall|remove|config|lock|run|env)"
    r"\b[^\n]{0,600})"
)
_TOOLS = ("pip", "uv", "conda", "mamba", "poetry", "pixi")
"""One of these stands in every such command."""
_PROMPT = re.compile(
    r"(?:\([\w.-]{1,40}\) ?)?"
    r"(?:\$|%|#|PS [A-Z]:\\[^>\n]{0,200}>|[A-Z]:\\[^>\n]{0,200}>"
    r"|[\w.-]{1,40}@[\w.-]{1,60}[: ][^$#\n]{0,200}[$#])"
    r" ?(?P<command>\S[^\n]{0,600})"
)
_VARIABLE = re.compile(
    r"(?:[-*•] )?(?:export |set |setx |\$env:|-e |ENV |os\.environ\[[\"'])?"
    r"(?P<name>[A-Za-z_][A-Za-z_0-9]{2,40})(?:[\"']\])?"
    r" ?(?:=|:) ?(?P<value>[^\n]{0,400})$"
)
_SETTING = re.compile(
    r"(?:(?:global|install|site|user)\.)?(?P<name>index-url|extra-index-url|find-links|trusted-host|no-index)"
    r" ?= ?'?(?P<value>[^';\n]{1,300})"
)
_LOOKING = re.compile(r"Looking in (?P<what>indexes|links): (?P<value>\S[^\n]{0,600})")
_ASKED = re.compile(r"(?:which|where|where\.exe|type -a|command -v) (?P<what>python|pip|conda)3?$")
_PATH = re.compile(r"(?:/[\w.+~-]+){2,20}$|[A-Z]:\\[^\n\"<>|]{3,260}$")
_WHICH = re.compile(
    r"(?:which|where|where\.exe|Get-Command|type) (?P<what>python3?|pip3?|conda|uv)\b ?(?:->|:|is|=>|=)? ?"
    r"(?P<path>[/~A-Za-z.][^\s;,]{2,260})"
)
_PIP = re.compile(
    r"pip (?P<version>\d[\d.]{1,12}) from (?P<path>\S(?:[^\n]{0,260}?\S)?) \(python (?P<python>\d\.\d+)\)"
)


def read_shell(line: str, number: int, draft: Draft) -> bool:
    """Keep what the line shows of a shell; whether it showed anything."""
    kept = False
    if ("=" in line or "os.environ[" in line) and (found := _VARIABLE.match(line)):
        kept = _variable(draft, line, found["name"], found["value"], number)
    if "=" in line and ("-url" in line or "find-links" in line or "-host" in line) and "--" not in line:
        kept = _settings(draft, line, number) or kept
    if "Looking in " in line and (found := _LOOKING.search(line)):
        if len(draft.settings) < MOST_KEPT:
            draft.settings.append((f"looking in {found['what']}", found["value"], number))
        kept = True
    if "pip" in line and " from " in line and (found := _PIP.search(line)):
        draft.put("pip-python", found["python"], number)
        draft.executables.setdefault("pip", found["path"])
        kept = True
    if (asked := draft.asked) is not None:
        draft.asked = None
        if _PATH.match(line):
            draft.executables.setdefault(asked, line)
            kept = True
    if ("which" in line or "where" in line or "type -a" in line) and (found := _ASKED.search(line)):
        draft.asked = found["what"]
    if ("which" in line or "where" in line) and _WHICH.search(line):
        for each in _WHICH.finditer(line):
            draft.executables.setdefault(each["what"].rstrip("3"), each["path"])
        kept = True
    return _continued(draft, line, number) or _command(draft, line, number) or kept


def _variable(draft: Draft, line: str, name: str, value: str, number: int) -> bool:
    from envdoctor.probes.variables import shown_variables

    quoted = re.match(r"\"([^\"]*)\"|'([^']*)'", value.strip())
    value = (quoted[1] or quoted[2] or "") if quoted else value.strip().strip("\"'")
    if value == "None" and "=" not in line:
        return False  # how Python prints a variable that is not set
    if name.upper() != name or len(draft.variables) >= MOST_KEPT or name in draft.variables:
        return False
    shown = shown_variables({name: value})
    draft.variables.update(shown)
    if shown:
        draft.lines.setdefault(f"variable {name}", number)
    return bool(shown)


def _settings(draft: Draft, line: str, number: int) -> bool:
    found = [(each["name"], each["value"].strip(), number) for each in _SETTING.finditer(line)]
    draft.settings += found[: max(0, MOST_KEPT - len(draft.settings))]
    return bool(found)


def _continued(draft: Draft, line: str, number: int) -> bool:
    """A command that goes on: its line ended in a backslash, or this one begins with an option."""
    last = draft.commands[-1] if draft.commands else None
    if last is None or number != last.line + last.text.count("\n") + 1:
        return False
    if not (last.text.endswith("\\") or line.startswith(("--", "-i ", "-f ", "-c ", "http"))):
        return False
    text = f"{last.text.rstrip(chr(92)).rstrip()} {line}"[:LONGEST_TEXT]
    draft.commands[-1] = ShownCommand(line=last.line, text=text)
    return True


def _command(draft: Draft, line: str, number: int) -> bool:
    found = _COMMAND.search(line) if any(tool in line for tool in _TOOLS) else None
    if (found is None and line[:1] in "$%#(PABCDEF") or "@" in line[:60]:
        found = found or _PROMPT.match(line)
    if found is None or len(draft.commands) >= MOST_KEPT:
        return False
    draft.commands.append(ShownCommand(line=number, text=found["command"].strip()[:LONGEST_TEXT]))
    return True
