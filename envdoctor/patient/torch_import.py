"""Imports torch as the user would and runs one small kernel a device. For Python 3.6 and up.

Each step says what it learned at once, so that a crash in a later one loses nothing.
"""

import os
import sys

sys.path[:1] = []  # our own folder; the working folder was never on the path
TOKEN = sys.argv[1]
ANSWER = os.dup(1)
os.dup2(2, 1)  # whatever prints from here on prints to stderr

# What this script needs is imported past PYTHONPATH, then forgotten, so that a json.py there can't spoil
# the answer and still meets torch as it meets the user.
_before = set(sys.modules)
_path = list(sys.path)
_user = [os.path.abspath(each) for each in os.environ.get("PYTHONPATH", "").split(os.pathsep) if each]
sys.path[:] = [each for each in sys.path if os.path.abspath(each) not in _user]
import json  # noqa: E402
import traceback  # noqa: E402
import warnings  # noqa: E402

for _name in set(sys.modules) - _before:
    del sys.modules[_name]
sys.modules["warnings"] = warnings  # one record of what was warned about
sys.path[:] = _path

MAX_DEVICES = 16


def say(data, kind="part"):
    os.write(ANSWER, ("\n%s:%s %s\n" % (TOKEN, kind, json.dumps(data))).encode("ascii"))


def line(error):
    text = str(error).strip()
    return text[:2000] if text else type(error).__name__


def guarded(work, *arguments):
    """The result, or None where torch of this age has no such thing."""
    try:
        return work(*arguments)
    except Exception:
        return None


def bring_in():
    say({"phase": "import"})
    try:
        import torch
    except ImportError as error:
        absent = isinstance(error, ModuleNotFoundError) and error.name == "torch"
        failed(error, "absent" if absent else "raised")
    except Exception as error:
        failed(error, "raised")
    if getattr(torch, "__version__", None) is None:
        where = getattr(torch, "__file__", None) or list(getattr(torch, "__path__", ["?"]))[0]
        say({"outcome": "raised", "error_type": "ImportError", "path": str(where),
             "error": "the torch that is found at %s has no version: it is not PyTorch" % where}, "done")
        sys.exit(0)
    return torch


def failed(error, outcome):
    rows = traceback.format_exception(type(error), error, error.__traceback__)
    rows = [row[:400] for row in "".join(rows).splitlines()][-30:]
    say({"outcome": outcome, "error_type": type(error).__name__, "error": line(error), "traceback": rows}, "done")
    sys.exit(0)


def describe(torch):
    version = torch.version
    capabilities = getattr(torch, "cuda", None)
    flags = guarded(lambda: torch._C._cuda_getArchFlags())
    mps = getattr(getattr(torch, "backends", None), "mps", None)
    xpu = getattr(torch, "xpu", None)
    say({
        "outcome": "imported",
        "version": str(torch.__version__),
        "path": os.path.dirname(torch.__file__ or ""),
        "cuda": getattr(version, "cuda", None),
        "hip": getattr(version, "hip", None),
        "arch_list": flags.split() if flags else (guarded(capabilities.get_arch_list) if capabilities else None),
        "mps_built": guarded(mps.is_built) if mps else None,
        "mps_available": guarded(mps.is_available) if mps else None,
        "xpu_built": bool(getattr(version, "xpu", None)) or None,
        "xpu_available": guarded(xpu.is_available) if xpu else None,
    })


def exact(torch, device):
    """One small kernel and one small product, both compared with what integers give."""
    try:
        numbers = torch.arange(64, device=device).float()
        total = float((numbers * 2 + 1).sum().cpu())
        rows = (torch.arange(256, device=device).reshape(16, 16) % 7).float()
        product = torch.matmul(rows, rows.t()).cpu().double().sum().item()
        cells = [[(16 * i + j) % 7 for j in range(16)] for i in range(16)]
        wanted = sum(sum(a * b for a, b in zip(x, y)) for x in cells for y in cells)
    except Exception as error:
        return {"ok": False, "error": line(error)}
    if total != 4096.0 or product != float(wanted):
        return {"ok": False, "error": "wrong result: %r and %r instead of 4096.0 and %r" % (total, product, wanted)}
    return {"ok": True}


def cuda(torch):
    say({"phase": "cuda"})
    try:
        available = bool(torch.cuda.is_available())
    except Exception as error:
        say({"cuda_available": False, "cuda_error": line(error)})
        return []
    say({"cuda_available": available, "device_count": guarded(torch.cuda.device_count)})
    if not available:
        if torch.version.cuda or getattr(torch.version, "hip", None):
            try:
                torch.cuda.init()
            except Exception as error:
                say({"cuda_error": line(error)})
        return []
    devices = []
    for index in range(min(torch.cuda.device_count(), MAX_DEVICES)):
        device = {"index": index, "name": str(guarded(torch.cuda.get_device_name, index) or "?"), "kind": "cuda"}
        capability = guarded(torch.cuda.get_device_capability, index)
        if capability and not getattr(torch.version, "hip", None):
            device["capability"] = "%d.%d" % tuple(capability)
        properties = guarded(torch.cuda.get_device_properties, index)
        if properties is not None:
            device["memory_total"] = int(properties.total_memory)
        devices.append(device)
    say({"devices": devices})
    for index, device in enumerate(devices):
        say({"phase": "kernel:%d" % index})
        device["kernel"] = exact(torch, "cuda:%d" % index)
        say({"devices": devices})
    return devices


def others(torch, devices):
    kinds = []
    if guarded(lambda: torch.backends.mps.is_available()):
        kinds.append(("mps", "mps", "Apple GPU"))
    if guarded(lambda: torch.xpu.is_available()):
        kinds += [("xpu", "xpu:%d" % i, None) for i in range(min(torch.xpu.device_count(), MAX_DEVICES))]
    for index, (kind, device, name) in enumerate(kinds):
        say({"phase": "kernel:" + device})
        label = name or str(guarded(torch.xpu.get_device_name, index) or "Intel GPU")
        devices.append({"index": index, "name": label, "kind": kind, "kernel": exact(torch, device)})
        say({"devices": devices})


def libraries(torch):
    say({"phase": "cudnn"})
    try:
        number = torch.backends.cudnn.version()
        say({"cudnn": str(number) if number else None})
    except Exception as error:
        say({"cudnn_error": line(error)})
    nccl = guarded(lambda: torch.cuda.nccl.version()) if torch.version.cuda else None
    if nccl:
        say({"nccl": ".".join(map(str, nccl)) if isinstance(nccl, tuple) else str(nccl)})


def numpy(torch):
    say({"phase": "numpy"})
    try:
        import numpy
    except Exception:
        return
    say({"numpy_version": str(numpy.__version__)})
    try:
        torch.from_numpy(numpy.zeros(1))
    except Exception as error:
        say({"numpy_bridge_error": line(error)})


def companions(torch):
    import importlib.util

    versions, errors = {}, {}
    for name in ("torchvision", "torchaudio"):
        say({"phase": name})
        if guarded(importlib.util.find_spec, name) is None:
            continue
        try:
            module = __import__(name)
            versions[name] = str(getattr(module, "__version__", "?"))
            if name == "torchvision":
                boxes = torch.tensor([[0.0, 0.0, 1.0, 1.0], [0.0, 0.0, 1.0, 1.0]])
                module.ops.nms(boxes, torch.tensor([1.0, 0.5]), 0.5)
        except Exception as error:
            errors[name] = "%s: %s" % (type(error).__name__, line(error))
        say({"companions": versions, "companion_errors": errors})


def main():
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        torch = bring_in()
        describe(torch)
        devices = cuda(torch)
        others(torch, devices)
        libraries(torch)
        numpy(torch)
        companions(torch)
    texts = []
    for each in caught:
        text = str(each.message)[:600]
        if each.category not in (DeprecationWarning, PendingDeprecationWarning) and text not in texts:
            texts.append(text)
    say({"warnings": texts[:10], "phase": None}, "done")


main()
os._exit(0)  # what hangs or crashes on the way out is none of the user's trouble here
