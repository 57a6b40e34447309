"""Imports torch as the user would and runs one small kernel a device. For Python 3.6 and up.

Arguments: the token, and the seconds after which the doctor ends this process.
Each step says what it learned at once, so that a crash in a later one loses nothing.
"""

import os
import sys

TOKEN = sys.argv[1]
LIMIT = float(sys.argv[2]) if len(sys.argv) > 2 else 0.0
del sys.argv[1:]  # what is imported below has no use for either
ANSWER = os.dup(1)
os.dup2(2, 1)  # whatever prints from here on prints to stderr

MAX_DEVICES = 16
TEXT_KEPT = 2000


def whole(path):
    """The path as one can compare it; an empty one is the working folder, which may be gone."""
    try:
        return os.path.normcase(os.path.realpath(path or os.curdir))
    except (OSError, ValueError):
        return path


# Python puts our folder first on the path, unless PYTHONSAFEPATH says no. The working folder never was there.
HERE = whole(os.path.dirname(__file__))
sys.path[:] = [each for each in sys.path if whole(each) != HERE]


def past_user():
    """The modules that this script needs, imported past PYTHONPATH and then forgotten where there is one.

    A json.py there can then not spoil the answer, and still meets torch as it meets the user.
    """
    library = whole(os.path.dirname(os.__file__))
    named = os.environ.get("PYTHONPATH")
    users = {whole(each) for each in named.split(os.pathsep)} if named else set()
    users = {each for each in users if each != library and not each.startswith(library + os.sep)}
    path, before = list(sys.path), dict(sys.modules)
    for name, module in before.items():
        folder = os.path.dirname(getattr(module, "__file__", None) or "")
        if users and folder and (whole(folder) in users or whole(os.path.dirname(folder)) in users):
            del sys.modules[name]
    sys.path[:] = [each for each in path if whole(each) not in users]
    import json
    import traceback
    import warnings

    sys.path[:] = path
    if users:
        for name in set(sys.modules) - set(before):
            del sys.modules[name]
        sys.modules.update(before)
        sys.modules["warnings"] = warnings  # one record of what was warned about
    return json, traceback, warnings


json, traceback, warnings = past_user()


def say(data, kind="part"):
    rest = ("\n%s:%s %s\n" % (TOKEN, kind, json.dumps(data, default=str))).encode("ascii")
    while rest:
        rest = rest[os.write(ANSWER, rest):]


def leave(data):
    """Say the last word and go; what hangs or crashes on the way out is none of the user's trouble here."""
    say(data, "done")
    for stream in (sys.stdout, sys.stderr):
        guarded(lambda: stream.flush())
    os._exit(0)


def text(value):
    """A bounded string that every encoding of Unicode takes; None stays None."""
    if value is None:
        return None
    return str(value)[:TEXT_KEPT].encode("utf-8", "replace").decode("utf-8")


def line(error):
    return (guarded(text, error) or "").strip() or type(error).__name__


def guarded(work, *arguments):
    """The result, or None where torch of this age has no such thing."""
    try:
        return work(*arguments)
    except Exception:
        return None


def step(name, work, *arguments):
    """Name the step before it is done: if the process ends in it, the doctor knows where."""
    say({"phase": name})
    return guarded(work, *arguments)


def leave_a_trace():
    """Have Python itself write where it was when the process crashes or hangs (POSIX: Windows raises
    the exceptions that faulthandler shows in sound programs too)."""
    import faulthandler

    if os.name == "posix":
        faulthandler.enable(2, all_threads=False)
        if LIMIT > 0:
            faulthandler.dump_traceback_later(LIMIT - min(1.0, LIMIT / 10), file=2)
    sys.stdout.reconfigure(line_buffering=True)  # a crash must not swallow what was printed before it


class Warned:
    """The distinct warnings so far that Python shows by default."""

    HIDDEN = (DeprecationWarning, PendingDeprecationWarning, ImportWarning, ResourceWarning)

    def __init__(self, caught):
        self.caught = caught
        self.told = 0

    def texts(self):
        found = []
        for each in self.caught:
            message = (guarded(text, each.message) or "")[:600]
            if message and message not in found and not issubclass(each.category, self.HIDDEN):
                found.append(message)
        return found

    def tell(self):
        found = self.texts()[:10]
        if len(found) > self.told:
            self.told = len(found)
            say({"warnings": found})

    def with_words(self, words):
        return next((each for each in self.texts() if words in each), None)


def bring_in():
    say({"phase": "import"})
    try:
        import torch
    except (SystemExit, KeyboardInterrupt):
        raise
    except BaseException as error:  # a panic in a Rust extension is no Exception
        absent = type(error) is ModuleNotFoundError and error.name == "torch"
        below = error.__traceback__ and error.__traceback__.tb_next  # without this file's own row
        rows = guarded(traceback.format_exception, type(error), error, below) or []
        rows = [(guarded(text, row) or "")[:400] for row in "".join(rows).splitlines()][-30:]
        leave({"outcome": "absent" if absent else "raised", "error_type": type(error).__name__,
               "error": line(error), "traceback": rows, "phase": None})
    if getattr(torch, "__version__", None) is None:
        where = text(getattr(torch, "__file__", None) or next(iter(getattr(torch, "__path__", ["?"])), "?"))
        leave({"outcome": "raised", "error_type": "ImportError", "path": where, "phase": None,
               "error": "the torch that is found at %s has no version: it is not PyTorch" % where})
    return torch


def describe(torch):
    file = getattr(torch, "__file__", None) or ""
    version = getattr(torch, "version", None)
    say({
        "outcome": "imported",
        "version": text(torch.__version__),
        "path": text(os.path.dirname(file) if os.path.basename(file).startswith("__init__.") else file),
        "cuda": text(getattr(version, "cuda", None)),
        "hip": text(getattr(version, "hip", None)),
        "arch_list": guarded(archs, torch),
    })


def archs(torch):
    """What the build holds code for, also where no GPU is at hand and `get_arch_list` keeps silent."""
    flags = guarded(lambda: torch._C._cuda_getArchFlags())
    return [text(each) for each in (flags.split() if flags else torch.cuda.get_arch_list())]


def build_is_for_gpus(torch):
    return bool(getattr(torch.version, "cuda", None) or getattr(torch.version, "hip", None))


def cuda(torch, warned):
    """The CUDA (or HIP) devices, each with the outcome of its kernel."""
    try:
        available = bool(torch.cuda.is_available())
    except Exception as error:
        say({"cuda_available": False, "cuda_error": line(error)})
        return []
    count = guarded(lambda: int(torch.cuda.device_count()))
    say({"cuda_available": available, "device_count": count})
    if available or guarded(build_is_for_gpus, torch):
        failure = cuda_failure(torch, warned)
        if failure:
            say({"cuda_error": failure[:TEXT_KEPT]})
    devices = [cuda_device(torch, index) for index in range(min(count or 0, MAX_DEVICES) if available else 0)]
    if devices:
        say({"devices": devices})
    for index, device in enumerate(devices):
        say({"phase": "kernel:%d" % index})
        device["kernel"] = exact(torch, "cuda:%d" % index)
        say({"devices": devices})
    return devices


def cuda_failure(torch, warned):
    """Why CUDA can't be used: what `init` raises and, where it says more, what was warned about before."""
    try:
        torch.cuda.init()
        raised = ""
    except Exception as error:
        raised = line(error)
    said = warned.with_words("CUDA initialization") or ""
    return raised if raised and raised[:60] in said else " / ".join(each for each in (raised, said) if each)


def cuda_device(torch, index):
    device = {"index": index, "name": guarded(lambda: text(torch.cuda.get_device_name(index))) or "?"}
    if not guarded(lambda: torch.version.hip):
        device["capability"] = guarded(lambda: "%d.%d" % tuple(torch.cuda.get_device_capability(index)))
    device["memory_total"] = guarded(lambda: int(torch.cuda.get_device_properties(index).total_memory))
    return device


def exact(torch, device):
    """One small kernel and one small product, each compared with what integers give."""
    try:
        numbers = torch.arange(64, device=device).float()
        total = float((numbers * 2 + 1).sum().cpu())
        rows = (torch.arange(1024, device=device).reshape(32, 32) % 7).float()
        product = torch.matmul(rows, rows.t()).cpu().tolist()
    except Exception as error:
        return {"ok": False, "error": line(error)}
    cells = [[(32 * i + j) % 7 for j in range(32)] for i in range(32)]
    wanted = [[float(sum(a * b for a, b in zip(x, y))) for y in cells] for x in cells]
    if total != 4096.0:
        return {"ok": False, "error": "wrong result: a sum is %r instead of 4096.0" % total}
    if product != wanted:
        cells = [(i, j) for i in range(32) for j in range(32) if product[i][j] != wanted[i][j]]
        return {"ok": False, "error": "wrong result: %d of 1024 cells of a product, the first %r instead of %r"
                % (len(cells), product[cells[0][0]][cells[0][1]], wanted[cells[0][0]][cells[0][1]])}
    return {"ok": True}


def apple(torch, devices):
    mps = getattr(torch.backends, "mps", None)  # torch 1.12 and up
    available = guarded(lambda: bool(mps.is_available())) if mps else False
    say({"mps_built": guarded(lambda: bool(mps.is_built())) if mps else False, "mps_available": available})
    if available:
        say({"phase": "kernel:mps"})
        devices.append({"index": 0, "name": "Apple GPU", "kind": "mps", "kernel": exact(torch, "mps")})
        say({"devices": devices})


def intel(torch, devices):
    xpu = getattr(torch, "xpu", None)
    available = guarded(lambda: bool(xpu.is_available())) if xpu else False
    built = guarded(lambda: bool(torch._C._has_xpu)) if xpu else False
    say({"xpu_built": built or bool(getattr(torch.version, "xpu", None)), "xpu_available": available})
    for index in range(min(xpu.device_count(), MAX_DEVICES) if available else 0):
        say({"phase": "kernel:xpu:%d" % index})
        memory = guarded(lambda: int(xpu.get_device_properties(index).total_memory))
        devices.append({"index": index, "kind": "xpu", "memory_total": memory,
                        "name": guarded(lambda: text(xpu.get_device_name(index))) or "Intel GPU",
                        "kernel": exact(torch, "xpu:%d" % index)})
        say({"devices": devices})


def cudnn(torch):
    try:
        say({"cudnn": text(torch.backends.cudnn.version())})
    except Exception as error:
        say({"cudnn_error": line(error)})


def nccl(torch):
    version = torch.cuda.nccl.version() if torch.version.cuda else None
    if version:
        say({"nccl": ".".join(map(str, version)) if isinstance(version, tuple) else text(version)})


def numpy(torch, warned, broken):
    try:
        import numpy
    except Exception as error:
        if getattr(error, "name", None) != "numpy":  # there, and broken
            broken["numpy"] = "%s: %s" % (type(error).__name__, line(error))
            say({"companion_errors": broken})
        return
    say({"numpy_version": text(numpy.__version__)})
    try:
        torch.from_numpy(numpy.zeros(1)).numpy()
    except Exception as error:
        said = warned.with_words("NumPy")  # names the cause where the error only says "not available"
        say({"numpy_bridge_error": " / ".join(filter(None, (line(error), said)))[:TEXT_KEPT]})


# Where each companion keeps the compiled part that must fit torch, and how the file's name begins.
COMPILED = {"torchvision": [("", "_C.")], "torchaudio": [("lib", "libtorchaudio."), ("", "_torchaudio.")]}


def companions(torch, errors):
    import importlib.util

    versions = {}
    for name in sorted(COMPILED, reverse=True):
        spec = guarded(importlib.util.find_spec, name)
        if spec is None or spec.origin in (None, "namespace"):  # not there, or only an empty folder of that name
            continue
        say({"phase": name})
        folder = os.path.dirname(spec.origin)
        versions[name] = guarded(written_version, folder) or "?"
        try:
            compiled_part(torch, name, folder)
        except BaseException as error:
            # The whole package says whether this matters. It is the exception: it may take longer than torch.
            failure, reason = whole_package(torch, name), line(error.__cause__ or error)
            if failure:
                errors[name] = (failure if reason in failure else "%s / %s" % (failure, reason))[:TEXT_KEPT]
        say({"companions": versions, "companion_errors": errors})


def written_version(folder):
    with open(os.path.join(folder, "version.py")) as file:
        rows = [row.partition("=")[2] for row in file if row.startswith("__version__")]
    return text(rows[0].strip().strip("'\""))


def compiled_part(torch, name, folder):
    """Load what was compiled against torch, and for torchvision call one of its operators."""
    places = [(os.path.join(folder, inner), start) for inner, start in COMPILED[name]]
    found = [os.path.join(place, file) for place, start in places if os.path.isdir(place)
             for file in os.listdir(place) if file.startswith(start) and file.endswith((".so", ".pyd", ".dylib"))]
    if not found:
        raise ImportError("no compiled part in %s" % folder)
    if hasattr(os, "add_dll_directory"):
        os.add_dll_directory(folder)
    torch.ops.load_library(found[0])
    if name == "torchvision":
        torch.ops.torchvision.nms(*boxes(torch))


def whole_package(torch, name):
    try:
        module = __import__(name)
        if name == "torchvision":
            module.ops.nms(*boxes(torch))
    except BaseException as error:  # also SystemExit: a companion that leaves is broken
        return "%s: %s" % (type(error).__name__, line(error))
    return None


def boxes(torch):
    return torch.tensor([[0.0, 0.0, 1.0, 1.0], [0.0, 0.0, 1.0, 1.0]]), torch.tensor([1.0, 0.5]), 0.5


def main():
    guarded(leave_a_trace)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        warned = Warned(caught)
        torch = bring_in()
        describe(torch)
        warned.tell()
        devices = step("cuda", cuda, torch, warned) or []
        warned.tell()
        step("mps", apple, torch, devices)
        step("xpu", intel, torch, devices)
        step("cudnn", cudnn, torch)
        step("nccl", nccl, torch)
        errors = {}
        step("numpy", numpy, torch, warned, errors)
        guarded(companions, torch, errors)
        warned.tell()
    leave({"phase": None})


main()
