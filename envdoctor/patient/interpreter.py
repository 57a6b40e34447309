"""Tells what this interpreter is: one JSON line, nothing imported but what that takes. For Python 3.6 and up."""

import os
import sys

TOKEN = sys.argv[1]
ANSWER = os.dup(1)
os.dup2(2, 1)  # whatever prints from here on prints to stderr


def say(kind, data):
    # A site hook may have printed half a line before this script began; the answer needs a line of its own.
    os.write(ANSWER, ("\n%s:%s %s\n" % (TOKEN, kind, as_json(data))).encode("ascii"))


def as_json(value):
    """What json.dumps gives, without its import: that of `re` alone takes as long as starting Python."""
    try:
        from _json import encode_basestring_ascii as quoted
    except ImportError:  # PyPy
        import json

        return json.dumps(value)
    if isinstance(value, dict):
        return "{%s}" % ", ".join("%s: %s" % (quoted(key), as_json(value[key])) for key in value)
    if isinstance(value, (list, tuple)):
        return "[%s]" % ", ".join(map(as_json, value))
    if isinstance(value, str):
        return quoted(value)
    return "null" if value is None else str(value).lower()  # True, False and whole numbers


def version():
    info = sys.version_info
    tail = {"alpha": "a", "beta": "b", "candidate": "rc"}.get(info[3], "")
    return "%d.%d.%d" % info[:3] + ("%s%d" % (tail, info[4]) if tail else "")


def free_threaded():
    return "t" in getattr(sys, "abiflags", "") or "free-threading" in sys.version


def soabi():
    try:
        from _imp import extension_suffixes
    except ImportError:
        from importlib.machinery import EXTENSION_SUFFIXES
    else:
        EXTENSION_SUFFIXES = extension_suffixes()
    # ".cpython-312-x86_64-linux-gnu.so", ".cp312-win_amd64.pyd"; a suffix without a tag has two parts.
    parts = EXTENSION_SUFFIXES[0].split(".") if EXTENSION_SUFFIXES else []
    return parts[1] if len(parts) > 2 else None


def platform_name():
    if os.name == "posix" and sys.platform.startswith("linux"):
        return "linux-" + os.uname()[4]  # what sysconfig says, without the time its import takes
    import sysconfig

    return sysconfig.get_platform()


def machine(platform, bits):
    name = platform.rsplit("-", 1)[-1].lower()
    if platform == "win32":
        return "x86"
    if name in ("universal2", "universal", "intel", "fat", "fat64", "fat3"):
        name = os.uname()[4].lower()
    name = {"amd64": "x86_64", "arm64": "aarch64", "armv8l": "aarch64"}.get(name, name)
    if bits == 32:
        return "x86" if name in ("x86_64", "i386", "i486", "i586", "i686") else "arm" if name == "aarch64" else name
    return name


def rosetta():
    if sys.platform != "darwin":
        return None
    import ctypes

    value, size = ctypes.c_int(0), ctypes.c_size_t(ctypes.sizeof(ctypes.c_int))
    library = ctypes.CDLL(None)
    failed = library.sysctlbyname(b"sysctl.proc_translated", ctypes.byref(value), ctypes.byref(size), None, 0)
    return not failed and value.value == 1


def macos_version():
    if sys.platform != "darwin":
        return None
    import platform

    return platform.mac_ver()[0]


def site_folders():
    named = [path for path in sys.path if os.path.basename(path) in ("site-packages", "dist-packages")]
    if named:
        return named
    import site

    return [path for path in site.getsitepackages() if os.path.isdir(path)]


def user_site():
    import site

    return site.getusersitepackages()


def libc():
    if not sys.platform.startswith("linux"):
        return None
    try:
        said = os.confstr("CS_GNU_LIBC_VERSION")
    except (AttributeError, OSError, ValueError):
        said = None
    if said:
        return said
    import glob

    loaders = glob.glob("/lib/ld-musl-*.so.1")
    if not loaders and "musl" not in (soabi() or ""):
        return None
    return ("musl " + musl_version(loaders)).strip()


def musl_version(loaders):
    """The version that musl's loader prints when it is run alone; empty where it can't be told."""
    import re
    import subprocess

    for loader in loaders:
        ran = subprocess.Popen([loader], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        said = re.search(r"^Version ([0-9.]+)", ran.communicate()[1].decode("ascii", "replace"), re.MULTILINE)
        if said:
            return said.group(1)
    return ""


def openssl():
    try:
        import _ssl
    except ImportError as error:
        return {"ssl": "", "ssl_error": "%s: %s" % (type(error).__name__, error)}
    return {"ssl": _ssl.OPENSSL_VERSION}


def encodings():
    with open(os.devnull) as file:  # it is opened with locale.getpreferredencoding(False)
        preferred = file.encoding
    return {
        "filesystem": sys.getfilesystemencoding(),
        "preferred": preferred,
        "stdout": getattr(sys.stdout, "encoding", None) or "",
        "utf8_mode": str(getattr(sys.flags, "utf8_mode", 0)),
    }


def stdlib():
    return os.path.dirname(os.path.abspath(os.__file__))


def main():
    bits = 64 if sys.maxsize > 2**32 else 32
    data = {
        "executable": sys.executable,
        "version": version(),
        "implementation": sys.implementation.name,
        "bits": bits,
        "prefix": sys.prefix,
        "base_prefix": getattr(sys, "real_prefix", None) or sys.base_prefix,
    }
    say("part", data)  # the rest may fail in a damaged interpreter; this much is known then
    rest = {"failed": {}}
    for name, ask in (
        ("free_threaded", free_threaded),
        ("platform", platform_name),
        ("soabi", soabi),
        ("rosetta", rosetta),
        ("macos_version", macos_version),
        ("site_packages", site_folders),
        ("user_site", user_site),
        ("stdlib", stdlib),
        ("encodings", encodings),
        ("libc", libc),
    ):
        try:
            rest[name] = ask()
        except Exception as error:
            rest["failed"][name] = "%s: %s" % (type(error).__name__, error)
    if rest.get("platform"):
        rest["machine"] = machine(rest["platform"], bits)
    try:
        rest.update(openssl())
    except Exception as error:
        rest["failed"]["ssl"] = "%s: %s" % (type(error).__name__, error)
    say("done", rest)


main()
