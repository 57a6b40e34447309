"""The same verdict for a machine that differs in a few facts: `--assume KEY=VALUE`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Literal

from envdoctor.errors import UsageError
from envdoctor.facts import (
    Facts,
    Host,
    Interpreter,
    Nvidia,
    Nvml,
    NvmlGpu,
    OtherGpu,
    Packages,
    PciCard,
    TorchFiles,
    TorchImport,
)
from envdoctor.knowledge import knowledge
from envdoctor.machine import Gpu, Machine, normal_arch
from envdoctor.reason import reason

__all__ = ["KEYS", "assume"]

KEYS = ("os", "arch", "python", "driver", "gpu", "torch", "glibc")
WSL_LIBCUDA = "/usr/lib/wsl/lib/libcuda.so.1"


def assume(facts: Facts, assumptions: Iterable[str]) -> Facts:
    """The facts with each `KEY=VALUE` laid over them; what the change makes meaningless is forgotten.

    Raises:
        UsageError: a key that does not exist or a value that makes no sense; the message names the key.

    """
    pairs = [_pair(each) for each in assumptions]
    if not pairs:
        return facts
    given = {key: [value for name, value in pairs if name == key] for key in KEYS}
    for key, values in given.items():
        if len(values) > 1 and key != "gpu":
            raise UsageError(f"--assume {key}= is given {len(values)} times; it takes one value")
    # The system first: another one wipes the host, and the rest is then laid on the clean slate.
    steps: dict[str, Callable[[Facts, str], Facts]] = {
        "os": _os,
        "arch": _arch,
        "glibc": _glibc,
        "python": _python,
    }
    for key, step in steps.items():
        for value in given[key]:
            facts = step(facts, value)
    if given["gpu"]:
        facts = _gpus(facts, given["gpu"])
    for value in given["driver"]:
        facts = _driver(facts, value, gpus_named=bool(given["gpu"]))
    for value in given["torch"]:
        facts = _torch(facts, value)
    return replace(facts, assumed=tuple(f"{key}={value}" for key, value in pairs))


def _pair(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    key, value = key.strip().lower(), value.strip()
    if not equals or key not in KEYS:
        import difflib

        near = difflib.get_close_matches(key, KEYS, 1)
        hint = f"did you mean {near[0]}=...?" if near else f"the keys are {', '.join(KEYS)}"
        raise UsageError(f"--assume {text!r} is not KEY=VALUE with a known key: {hint}")
    if not value:
        raise UsageError(f"--assume {key}= has no value")
    return key, value


def _os(facts: Facts, value: str) -> Facts:
    name = value.lower()
    if name not in ("linux", "windows", "macos", "wsl"):
        raise UsageError(f"--assume os={value}: the systems are windows, linux, macos, wsl")
    is_wsl = facts.host.wsl is not None
    if name == ("wsl" if is_wsl else facts.host.os):
        return facts
    # Nothing of this machine's host leaks into the answer for another system.
    arch = "aarch64" if name == "macos" else "x86_64"
    host = Host(
        os="linux" if name == "wsl" else name,  # type: ignore[arg-type]  # checked above
        os_name={"linux": "Linux", "windows": "Windows", "macos": "macOS", "wsl": "Linux (WSL 2)"}[name],
        arch=arch,
        wsl=2 if name == "wsl" else None,
        apple_silicon=True if name == "macos" else None,
    )
    interpreter = Interpreter(
        version=facts.interpreter.version,
        implementation="cpython",
        bits=64,
        machine=arch,
        free_threaded=facts.interpreter.free_threaded,
    )
    if facts.host.os is None:
        return _with_system(facts, host, arch)
    return Facts(host=host, interpreter=interpreter, nvidia=_under(host, Nvidia()))


def _with_system(facts: Facts, host: Host, arch: str) -> Facts:
    """A report that does not tell its system, told it: its GPUs and its driver are of no other machine."""
    known, python = facts.host, facts.interpreter
    return replace(
        facts,
        host=replace(
            known,
            os=host.os,
            os_name=known.os_name or host.os_name,
            arch=known.arch or arch,
            wsl=host.wsl,
            apple_silicon=host.apple_silicon,
        ),
        interpreter=replace(
            python,
            implementation=python.implementation or "cpython",
            bits=python.bits or 64,
            machine=python.machine or arch,
        ),
        nvidia=_under(host, facts.nvidia),
    )


def _under(host: Host, nvidia: Nvidia) -> Nvidia:
    """What shows of NVIDIA under this system: WSL passes the driver of Windows on."""
    if host.wsl is None:
        return nvidia
    return replace(nvidia, dxg=True, wsl_libcuda=WSL_LIBCUDA)


def _arch(facts: Facts, value: str) -> Facts:
    arch = normal_arch(value)
    if arch not in ("x86_64", "aarch64", "x86"):
        raise UsageError(f"--assume arch={value}: the architectures are x86_64 (amd64) and aarch64 (arm64)")
    if arch == Machine(facts).arch:
        return facts
    if normal_arch(facts.interpreter.machine or facts.host.arch) is not None:
        facts = _without_packages(facts)
    host = replace(facts.host, arch=arch, cpu_model=None, cpu_features=None)
    if host.os == "macos":
        host = replace(host, apple_silicon=arch == "aarch64")
    bits: Literal[32, 64] = 32 if arch == "x86" else 64
    return replace(facts, host=host, interpreter=replace(facts.interpreter, machine=arch, bits=bits))


def _without_packages(facts: Facts) -> Facts:
    """Another interpreter in the place of this one: what is installed for this one is not there."""
    interpreter = replace(facts.interpreter, executable=None)  # what is there starts this one
    return replace(facts, interpreter=interpreter, packages=Packages(), torch_import=None)


def _glibc(facts: Facts, value: str) -> Facts:
    if facts.host.os not in ("linux", None):
        raise UsageError(f"--assume glibc={value}: only Linux has glibc, and this is {facts.host.os_name}")
    if not re.fullmatch(r"2\.\d{1,2}", value):
        raise UsageError(f"--assume glibc={value}: write a version such as 2.28")
    if facts.host.glibc is not None and facts.host.glibc != value:
        facts = replace(facts, torch_import=None)  # what ran here was loaded by this machine's own
    return replace(facts, host=replace(facts.host, glibc=value, musl=None))


def _python(facts: Facts, value: str) -> Facts:
    found = re.fullmatch(r"(\d)\.(\d{1,2})(\.\d+)?(t?)", value)
    if found is None:
        raise UsageError(
            f"--assume python={value}: write a version such as 3.12, or 3.13t for a free-threaded one"
        )
    known = facts.interpreter
    key = f"{found[1]}.{found[2]}{found[4]}"
    if known.version is not None and Machine(facts).python_key != key:
        facts = _without_packages(facts)
    changed = replace(facts.interpreter, version=value.rstrip("t"), free_threaded=bool(found[4]))
    return replace(facts, interpreter=changed, torch_import=None)


def _driver(facts: Facts, value: str, *, gpus_named: bool) -> Facts:
    """Another driver under the same GPUs; where none is known or named, which one it drives is not known."""
    without = value.lower() == "none"
    if facts.host.os == "macos":
        raise UsageError(f"--assume driver={value}: NVIDIA makes no driver for macOS")
    if not without and not re.fullmatch(r"\d{3}(\.\d+){0,2}", value):
        raise UsageError(f"--assume driver={value}: write a version such as 551.61 or 535.129.03, or none")
    known, gpus = facts.nvidia, Machine(facts).gpus
    cards = tuple(card for card in known.cards or () if card.vendor == "nvidia")
    cards = cards or tuple(PciCard(vendor="nvidia", name=gpu.name) for gpu in gpus)
    if without:
        bare = tuple(replace(card, driver="") for card in cards)
        nvidia = Nvidia(cards=bare or known.cards, module_loaded=False, dxg=known.dxg)
        facts = _without_library(facts)
    else:
        unknown = () if gpus_named else None
        nvidia = replace(known, cards=cards or unknown, driver_version=value, module_loaded=True)
    facts = replace(
        facts,
        nvidia=nvidia,
        nvml=None,
        nvidia_smi=None,
        cuda_driver=None,
        torch_import=_forget_cuda(facts),
        sources={**facts.sources, "nvidia.driver_version": "--assume"},
    )
    return facts if without or not gpus else _managed(facts, gpus)


def _without_library(facts: Facts) -> Facts:
    """WSL without a driver in Windows: the library that it would lend is not there."""
    if facts.host.wsl is None:
        return facts
    absent = reason("absent", path=WSL_LIBCUDA)
    return replace(facts, unknown={**facts.unknown, "nvidia.wsl_libcuda": absent})


def _managed(facts: Facts, gpus: Iterable[Gpu]) -> Facts:
    """The driver shows those of the GPUs that it still drives."""
    machine = Machine(facts)
    driven = [gpu for gpu in gpus if not machine.tables.left_behind(machine.driver, gpu.capability)]
    shown = tuple(
        NvmlGpu(index=index, name=gpu.name, compute_capability=gpu.capability, memory_total=gpu.memory_total)
        for index, gpu in enumerate(driven)
    )
    nodes = facts.nvidia.device_nodes or (("/dev/nvidiactl",) if machine.in_container else ())
    return replace(facts, nvml=Nvml(state="ok", gpus=shown), nvidia=replace(facts.nvidia, device_nodes=nodes))


def _forget_cuda(facts: Facts) -> TorchImport | None:
    ran = facts.torch_import
    if ran is None or ran.outcome != "imported":
        return ran
    # With another driver or GPU, what ran here proves nothing any more; the build stays what it is.
    return replace(ran, cuda_available=None, cuda_error=None, device_count=None, devices=())


def _torch(facts: Facts, value: str) -> Facts:
    if value.lower() == "none":
        packages = replace(
            facts.packages,
            torch=None,
            distributions=tuple(d for d in facts.packages.distributions or () if d.name != "torch"),
        )
        return replace(facts, packages=packages, torch_import=None)
    found = re.fullmatch(r"\d+\.\d+(?:\.\d+)?(?:\+(cpu|cu(\d{2,3})|rocm[\d.]+|xpu))?", value)
    if found is None:
        raise UsageError(f"--assume torch={value}: write a version such as 2.14.1+cu126, or none")
    cuda = f"{found[2][:-1]}.{found[2][-1]}" if found[2] else None
    if found[1] is None:
        release = knowledge().release(value)
        if release is None:
            raise UsageError(f"--assume torch={value}: no such release in the tables")
        arch = normal_arch(facts.interpreter.machine or facts.host.arch)
        platform = {"linux": f"linux_{arch}", "windows": "windows_amd64", "macos": "macos_arm64"}.get(
            facts.host.os or ""
        )
        label = next((v for k, v in release.pypi_variant.items() if k == platform), "cpu")
        cuda = f"{label[2:-1]}.{label[-1]}" if re.fullmatch(r"cu\d{2,3}", label) else None
    hip = found[1][4:] if (found[1] or "").startswith("rocm") else None
    files = TorchFiles(
        path="(assumed)", version=value, cuda=cuda, hip=hip, xpu="1" if found[1] == "xpu" else None
    )
    packages = Packages(distributions=(), torch=files)
    return replace(facts, packages=packages, torch_import=None)


def _gpus(facts: Facts, names: list[str]) -> Facts:
    """The GPUs that are named in the place of those that are here, under the driver that is here."""
    nothing = [name.lower() for name in names].count("none")
    if nothing and len(names) > 1:
        raise UsageError("--assume gpu=none is given beside another GPU")
    driver = Machine(facts).driver
    facts = replace(facts, nvml=None, nvidia_smi=None, cuda_driver=None, torch_import=_forget_cuda(facts))
    if nothing:
        return replace(facts, nvidia=Nvidia(cards=()), other_gpus=())
    others = tuple(
        OtherGpu(vendor=vendor, name=name, integrated=False)
        for name in names
        if (vendor := _other_vendor(name)) is not None
    )
    ours = [_nvidia_name(name) for name in names if _other_vendor(name) is None]
    cards = tuple(PciCard(vendor="nvidia", name=name) for name in ours)
    nvidia = replace(facts.nvidia, cards=cards, driver_version=driver)
    facts = replace(facts, nvidia=nvidia, other_gpus=others)
    return _managed(facts, Machine(facts).gpus) if ours else facts


def _nvidia_name(name: str) -> str:
    """What to call a GPU of NVIDIA's: by its whole name where the one that was typed is the end of it.

    Raises:
        UsageError: the tables do not know it, or know several chips of this name.

    """
    row = knowledge().gpu_by_name(name)
    ambiguous = knowledge().ambiguous_capabilities(name)
    if row is None and ambiguous:
        raise UsageError(
            f"--assume gpu={name}: this name stands for chips of compute capability "
            f"{' and '.join(ambiguous)}; only the PCI id or the driver can tell them apart"
        )
    if row is None:
        near = knowledge().similar_gpu_names(name)
        hint = f"did you mean {' / '.join(near)}?" if near else "write the name as nvidia-smi does"
        raise UsageError(f"--assume gpu={name}: no such GPU in the tables; {hint}")
    # "GTX 1060" is no less than what was typed: no memory is added that nobody spoke of.
    return row.name if row.name.lower().endswith(name.lower()) else name


def _other_vendor(name: str) -> Literal["amd", "intel", "apple"] | None:
    lower = name.lower()
    if re.search(r"\b(radeon|instinct|amd|rx \d{4}|mi\d{3})", lower):
        return "amd"
    if re.search(r"\b(intel|arc|iris|uhd|data center gpu max)", lower):
        return "intel"
    return "apple" if re.search(r"\bapple\b", lower) else None
