"""What must not be seen by others, taken out of any text.

Credentials always; home folders, user and host names, serial numbers and UUIDs of GPUs unless all is wanted.
"""

from __future__ import annotations

import functools
import os
import re
import sys
from collections.abc import Callable, Iterable

from envdoctor.late import late
from envdoctor.outside import LiveOutside, Outside

__all__ = ["Redactor", "redactor_for", "redactor_for_text", "show_all", "without_credentials"]

_USERINFO = late(
    r"""(?P<scheme>\b[A-Za-z][A-Za-z0-9+.-]*:(?:/|\\/){2})
    (?:
        [^\s/?\#"'<>\\]*@            # all that stands before the last @ of the authority
      | [^\s/:@"'<>\\]+:(?!\d+(?:/|$))[^\s@"'<>]*@+(?:[^\s/@"'<>]*@)*   # a password with a bare slash in it
    )""",
    re.VERBOSE,
)
_SECRET_QUERY = late(
    r"""(?P<key>[?&;](?:[\w.-]*(?:token|secret|passw(?:or)?d|signature|credential|api[-_]?key|access[-_]?key|auth)[\w.-]*
    |key|pwd|sig|x-(?:amz|goog)-[\w-]+|awsaccesskeyid)=)(?!\*\*\*(?![^&;\s"'<>\#]))[^&;\s"'<>\#]+""",
    re.VERBOSE | re.IGNORECASE,
)
_PATH_TOKEN = late(r"(?P<before>[/\\]t[/\\])(?!\*\*\*)[\w.~%-]{6,}(?=[/\\]|\s|$)")
"""Anaconda's channel tokens: https://host/t/TOKEN/channel."""
_KNOWN_TOKEN = late(
    r"\b(?:gh[pousr]_\w{16,}|github_pat_\w{16,}|glpat-[\w-]{12,}|hf_[A-Za-z0-9]{16,}|pypi-[\w-]{16,}|AKIA[A-Z0-9]{12,}"
    r"|sk-[\w-]{20,}|xox[abprs]-[\w-]{10,}|AIza[\w-]{30,}|npm_[A-Za-z0-9]{30,}"
    r"|eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,})"
)
_TOKEN_STARTS = ("gh", "glpat-", "hf_", "pypi-", "AKIA", "sk-", "xox", "AIza", "npm_", "eyJ")
"""What the tokens of `_KNOWN_TOKEN` begin with: a text without any of them is not searched further."""
_SECRET_NAME = r"(?:token|secret|passw(?:or)?d|api[_-]?key|access[_-]?key(?:[_-]id)?|credentials?)"
_SECRET_SETTING = late(
    # A variable or a line of a configuration whose name says that its value is nobody's business.
    rf"""(?P<name>(?<![\w.-])[\w.-]*{_SECRET_NAME}["']?\s*(?:=|:(?=\s*["']|\s+\S*\d))\s*["']?)"""
    r"""(?!["'=<>\[({]|\*\*\*)[^\s"',;]{4,}""",
    re.IGNORECASE,
)
_SECRET_WORDS = ("token", "secret", "passw", "key", "credential")
_SECRET_WORD = late(_SECRET_NAME, re.IGNORECASE)
_AUTHORIZATION = late(r"(?P<kind>\b(?:Bearer|Basic)\s+)(?!\*\*\*)[A-Za-z0-9+/=._~-]{8,}", re.IGNORECASE)


def without_credentials(text: str) -> str:
    """The text with every user name, password and token cut, in URLs, in settings, wherever known."""
    if "://" in text or ":\\/\\/" in text:
        text = _USERINFO.sub(lambda found: found["scheme"], text)
    if "=" in text:
        text = _SECRET_QUERY.sub(lambda found: found["key"] + "***", text)
    if "/t/" in text or "\\t\\" in text:
        text = _PATH_TOKEN.sub(lambda found: found["before"] + "***", text)
    lower = text.lower()
    if any(word in lower for word in _SECRET_WORDS) and _SECRET_WORD.search(text):
        text = _SECRET_SETTING.sub(lambda found: found["name"] + "***", text)
    if any(start in text for start in _TOKEN_STARTS):
        text = _KNOWN_TOKEN.sub("***", text)
    if "bearer" in lower or "basic" in lower:
        text = _AUTHORIZATION.sub(lambda found: found["kind"] + "***", text)
    return text


_SUSPICIOUS = late(
    r"[/\\@=]|gh[pousr]_|github_pat_|glpat-|hf_|pypi-|AKIA|sk-|xox|AIza|npm_|eyJ|(?i:bearer|basic)\s|(?i:gpu|mig)-"
    rf"|(?i:serial|{_SECRET_NAME})"
)
"""One of these is in everything that is hidden, names of machines left aside."""
_SHORT = 16
"""Letters; a word or a version that is shorter is no token of any kind."""

_SEPARATOR = r"(?:/|\\{1,2})"
_POSIX_USER = late(r"(?P<root>(?<![\w.~-])/(?:home|Users)/)(?P<name>[^\s/\\:*?\"'<>|,;)\]]+)")
_WINDOWS_USER = late(
    rf"(?P<root>(?:\b[A-Za-z]:|(?<!\w){_SEPARATOR}mnt{_SEPARATOR}[a-z])"
    rf"{_SEPARATOR}(?:Users|Documents and Settings){_SEPARATOR})"
    r"(?P<name>[^\s\\/:*?\"'<>|]+(?:\ [^\s\\/:*?\"'<>|]+){0,3}(?=[\\/])|[^\s\\/:*?\"'<>|,;)\]]+)",
    re.IGNORECASE,
)
_GPU_UUID = late(
    r"\b(?P<start>(?:GPU|MIG)-(?:GPU-)?[0-9a-f]{4})[0-9a-f]{4}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b",
    re.IGNORECASE,
)
_SERIAL = late(
    r"""(?P<name>\bserial(?:[ _-]?(?:number|no\.?))?["']?\s*[:=]\s*["']?)(?!\*\*\*)(?=[\w-]*\d)[\w-]{5,}""",
    re.IGNORECASE,
)
"""The number on the card, as `nvidia-smi -q` and tools of Windows print it."""
_SHARED_FOLDERS = frozenset({"public", "shared", "default", "all users", "linuxbrew"})
_COMMON = """
    admin administrator alpine amd arch archlinux bin centos conda container cuda data debian default
    desktop dev docker env envs fedora gpu home host intel jovyan kali laptop lib linux local localhost
    login mac macos main master mint mnt node notebook nvidia opt pc pip pod python pytorch rocky root
    runner server site-packages test tmp torch ubuntu user users usr uv var windows work worker
    workstation wsl
"""
_COMMON_WORDS = frozenset(_COMMON.split())
"""Names that identify nobody; hiding them would only spoil the report."""


class Redactor:
    """Hides one machine's home folders, user names and host names in any text.

    Arguments:
        homes: home folders, as paths of either system.
        users: login names; hidden where they stand as a whole part of a path.
        hosts: names of the machine; hidden as whole words, in any case.

    """

    def __init__(
        self, homes: Iterable[str] = (), users: Iterable[str] = (), hosts: Iterable[str] = ()
    ) -> None:
        self._homes = _home_pattern(homes)
        names = {user for user in users if len(user) > 1 and user.lower() not in _COMMON_WORDS}
        self._users = _words(names, r"(?<=[/\\])(?:{})(?=[/\\\s:;,\"']|$)")
        self._hosts = _words(
            {host for host in hosts if len(host) > 2 and host.lower() not in _COMMON_WORDS},
            r"(?<![\w.-])(?:{})(?![\w-]|\.\w)",
        )

    def text(self, text: str) -> str:
        """The text as it may be shown to anybody."""
        if len(text) < _SHORT and text.replace(".", "").isalnum():
            return self._hosts.sub("<host>", text) if self._hosts is not None else text
        if not _SUSPICIOUS.search(text):
            # No path, URL or token is in it, as in most strings of a report; a bare name may be.
            return self._hosts.sub("<host>", text) if self._hosts is not None else text
        text = without_credentials(text)
        if self._homes is not None:
            text = self._homes.sub(lambda found: "~" if found.group().isascii() else f"~{_NOBODY}", text)
        lower = text.lower()
        if "users" in lower or "documents and settings" in lower:
            text = _WINDOWS_USER.sub(_hidden_user, text)
        if "/home/" in text or "/Users/" in text:
            text = _POSIX_USER.sub(_hidden_user, text)
        if self._users is not None:
            text = self._users.sub("<user>", text)
        if self._hosts is not None:
            text = self._hosts.sub("<host>", text)
        if "serial" in lower:
            text = _SERIAL.sub(lambda found: found["name"] + "***", text)
        if "gpu-" in lower or "mig-" in lower:
            text = _GPU_UUID.sub(lambda found: f"{found['start']}...", text)
        return text


_NOBODY = "用户"
"""Stands for a name outside ASCII, which may be the very reason why a library can't open a path."""


def _hidden_user(found: re.Match[str]) -> str:
    if found["name"].lower() in _SHARED_FOLDERS:
        return found.group()
    return f"{found['root']}<{'user' if found['name'].isascii() else _NOBODY}>"


def _words(names: Iterable[str], around: str) -> re.Pattern[str] | None:
    # The longest first, so that a full name goes before the short one it begins with.
    parts = [re.escape(name) for name in sorted(names, key=lambda name: (-len(name), name))]
    return re.compile(around.replace("{}", "|".join(parts)), re.IGNORECASE) if parts else None


def _home_pattern(homes: Iterable[str]) -> re.Pattern[str] | None:
    shapes = []
    for home in sorted(set(homes), key=lambda each: (-len(each), each)):
        drive = re.match(r"[A-Za-z]:", home)
        parts = [part for part in re.split(r"[\\/]+", home[2:] if drive else home) if part]
        if not parts or (drive and len(parts) < 2):
            continue  # "/" or "C:\Users" as a home would hide every path
        # Both slashes, doubled ones as in JSON and repr() too; Windows paths in any case.
        body = _SEPARATOR.join(re.escape(part) for part in parts)
        windows = bool(drive) or "\\" in home
        head = rf"\b{drive.group()}{_SEPARATOR}" if drive else (_SEPARATOR if windows else "/")
        shapes.append(f"(?i:{head}{body})" if windows else rf"(?<![\w.~-])/{body.replace(_SEPARATOR, '/')}")
    return re.compile(rf"(?:{'|'.join(shapes)})(?![\w-]|\.\w)") if shapes else None


def redactor_for(outside: Outside) -> Callable[[str], str]:
    """What hides this machine's owner in any text."""
    environ = outside.environ
    homes = [environ[name] for name in ("HOME", "USERPROFILE") if environ.get(name)]
    users = [environ[name] for name in ("USER", "LOGNAME", "USERNAME", "SUDO_USER") if environ.get(name)]
    users += [outside.path.basename(home.rstrip("/\\")) for home in homes]
    homes += [resolved for home in list(homes) if (resolved := outside.resolve(home)) != home]
    hosts = [environ[name] for name in ("COMPUTERNAME", "HOSTNAME") if environ.get(name)]
    hosts += [
        (outside.read_text(path, 256) or "").strip() for path in _HOST_FILES if outside.system == "linux"
    ]
    if isinstance(outside, LiveOutside) and sys.platform != "win32":
        hosts.append(os.uname().nodename)
    short = [host.partition(".")[0] for host in hosts if not host.replace(".", "").isdigit()]
    local = [f"{host}.local" for host in short if host]  # without a name it would be the folder ".local"
    return Redactor(homes, users, [*hosts, *short, *local]).text


def show_all(text: str) -> str:
    """The text unchanged: what --no-redact puts in the place of a redactor; reports say so."""
    return text


_PROMPT = late(
    r"(?:^|[\s(\[>])(?P<user>[a-z_][\w.-]{0,31})@(?P<host>[A-Za-z][\w-]{0,62}(?:\.[\w-]+)*)"
    r"(?=:[~/]|[ \]][~/#$\w])",
    re.MULTILINE,
)
"""A shell's prompt: "me@box:~$", "[me@box work]$"."""
_UNAME = late(r"^(?:Linux|Darwin) (?P<host>[\w.-]{1,255}) \d+\.\d+", re.MULTILINE)


def redactor_for_text(text: str) -> Callable[[str], str]:
    """What hides the people and machines that a pasted text names in paths, prompts and `uname` lines."""
    # Each pattern takes long over a log of megabytes, and most logs have nothing for it to find.
    users = set()
    if "/home/" in text or "/Users/" in text:
        users = {found["name"] for found in _POSIX_USER.finditer(text)}
    if any(name in text for name in ("Users", "users", "USERS", "Documents and")):
        users |= {found["name"] for found in _WINDOWS_USER.finditer(text)}
    hosts = set()
    if "Linux " in text or "Darwin " in text:
        hosts = {found["host"] for found in _UNAME.finditer(text)}
    if "@" in text:
        for found in _PROMPT.finditer(text):
            users.add(found["user"])
            hosts.add(found["host"])
    if not users and not hosts:
        return _hide_nobody
    return Redactor(users=users, hosts=hosts | {host.partition(".")[0] for host in hosts}).text


def _hide_nobody(text: str) -> str:
    """What hides credentials and home folders in texts that name nobody, which most are.

    Thousands of reports share most of their sentences.
    """
    return _known_text(text) if len(text) < _OFTEN_SEEN else _NOBODYS.text(text)


_OFTEN_SEEN = 200
_NOBODYS = Redactor()
_known_text = functools.lru_cache(maxsize=4096)(_NOBODYS.text)


_HOST_FILES = ("/proc/sys/kernel/hostname", "/etc/hostname")
