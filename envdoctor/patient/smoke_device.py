"""Which device the run is on, and what is known of it. Python 3.8 and up, torch 1.13 and up."""

import os
import platform
import sys
import time

from smoke_channel import error_text, text
from smoke_net import failed, passed

ANSWER_SECONDS = 15.0
"""How long to wait for the doctor to say what is in the machine; it asks meanwhile what may hang."""
KINDS = ("cuda", "xpu", "mps")


def device(run):
    """The device that was asked for, or the best there is; why no GPU is used is told with the CPU."""
    wanted = run.options["device"]
    refused = {}
    if wanted == "auto":
        kinds = KINDS[:2] if run.options.get("ranks") else KINDS  # a Mac has one GPU, which processes can't share
        chosen = next((kind for kind in kinds if usable(run.torch, kind, refused)), "cpu")
    else:
        chosen = wanted
        kind = wanted.split(":")[0]
        if kind != "cpu" and not usable(run.torch, kind, refused):
            raise failed(variant="unusable", device=wanted, error=refused.get(kind) or "")
    if chosen == "cpu" and run.options.get("require_gpu"):
        raise failed(variant="required", error=next(iter(refused.values()), ""))
    if chosen == "cpu" and wanted == "auto" and not cpu_will_do(run):
        raise failed(variant="gpu-unused", error=next(iter(refused.values()), ""))
    run.device = numbered(run, chosen)
    run.channel.say(facts={"chosen": "auto" if wanted == "auto" else "asked", "device": run.device, "device_name": name_of(run), "refused": refused})
    return passed(variant=run.kind, device=run.device, name=name_of(run))


def cpu_will_do(run):
    """The doctor's answer: no when a GPU is in this machine that torch ought to use."""
    if not run.options.get("ask_for_cpu"):
        return True
    path = os.path.join(run.folder, "may-use-cpu")
    until = time.monotonic() + ANSWER_SECONDS
    while time.monotonic() < until:
        try:
            with open(path) as file:
                return file.read() != "no"
        except OSError:
            time.sleep(0.01)
    return True


def usable(torch, kind, refused):
    """Whether torch can use this kind of device; what it says against it goes into `refused`."""
    if kind == "mps":
        back_end = getattr(torch.backends, "mps", None)
        return bool(back_end is not None and back_end.is_available())
    back_end = getattr(torch, kind, None)
    if back_end is None or not hasattr(back_end, "is_available"):
        return False
    try:
        if back_end.is_available():
            return True
        built = torch.version.cuda or torch.version.hip if kind == "cuda" else getattr(torch.version, "xpu", None)
        if not built:
            refused[kind] = "this build of torch has no %s" % kind.upper()
            return False
        back_end.init()
        refused[kind] = "is_available() is False"
    except Exception as error:
        refused[kind] = error_text(error)
    return False


def numbered(run, chosen):
    """With several processes on one machine, each has the GPU of its own number."""
    kind, _, index = chosen.partition(":")
    if kind not in ("cuda", "xpu"):
        return kind
    back_end = getattr(run.torch, kind)
    if run.options.get("ranks") and not index:
        index = os.environ.get("LOCAL_RANK", "0")
    count, number = back_end.device_count(), int(index or "0")
    if number >= count:
        raise failed(variant="number", device=chosen, count=count)
    back_end.set_device(number)
    return "%s:%d" % (kind, number)


def name_of(run):
    torch, kind = run.torch, run.kind
    try:
        if kind in ("cuda", "xpu"):
            return text(getattr(torch, kind).get_device_name(int(run.device.split(":")[1])))
        return "Apple GPU" if kind == "mps" else cpu_name()
    except Exception as error:
        return error_text(error)


def cpu_name():
    if sys.platform.startswith("linux"):
        try:
            with open("/proc/cpuinfo") as file:
                for line in file:
                    if line.startswith("model name"):
                        return line.partition(":")[2].strip()
        except OSError:
            pass
    return platform.processor() or platform.machine()


def memory_used(run):
    """Bytes at the peak: the device's own count, or this process's memory on the CPU."""
    try:
        if run.kind in ("cuda", "xpu"):
            back_end = getattr(run.torch, run.kind)
            return {"peak_memory": int(back_end.max_memory_allocated(int(run.device.split(":")[1])))}
        if run.kind == "mps":
            return {"peak_memory": int(run.torch.mps.driver_allocated_memory())}
        import resource

        unit = 1 if sys.platform == "darwin" else 1024
        return {"peak_memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit}
    except Exception:
        return {}
