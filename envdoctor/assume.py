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
from envdoctor.machine import Machine, normal_arch

__all__ = ["KEYS", "assume"]

KEYS = ("os", "arch", "python", "driver", "gpu", "torch", "glibc")


def assume(facts: Facts, assumptions: Iterable[str]) -> Facts:
    """The facts with each `KEY=VALUE` laid over them; what the change makes meaningless is forgotten.

    Raises:
        UsageError: a key that does not exist or a value that makes no sense; the message names the key.

    """
    pairs = [_pair(each) for each in assumptions]
    if not pairs:
        return facts
    steps: dict[str, Callable[[Facts, str], Facts]] = {
        "os": _os,
        "arch": _arch,
        "python": _python,
        "driver": _driver,
        "torch": _torch,
        "glibc": _glibc,
    }
    # The system first: another one wipes the host, and the rest is then laid on the clean slate.
    for key in ("os", "arch", "glibc", "python", "driver", "torch"):
        values = [value for name, value in pairs if name == key]
        if len(values) > 1:
            raise UsageError(f"--assume {key}= is given {len(values)} times; it takes one value")
        for value in values:
            facts = steps[key](facts, value)
    gpus = [value for name, value in pairs if name == "gpu"]
    if gpus:
        facts = _gpus(facts, gpus, without_driver=("driver", "none") in pairs)
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
    return replace(nvidia, dxg=True, wsl_libcuda="/usr/lib/wsl/lib/libcuda.so.1")


def _arch(facts: Facts, value: str) -> Facts:
    arch = normal_arch(value)
    if arch not in ("x86_64", "aarch64", "x86"):
        raise UsageError(f"--assume arch={value}: the architectures are x86_64 (amd64) and aarch64 (arm64)")
    host = replace(facts.host, arch=arch)
    if host.os == "macos":
        host = replace(host, apple_silicon=arch == "aarch64")
    return replace(
        facts,
        host=host,
        interpreter=replace(facts.interpreter, machine=arch, bits=32 if arch == "x86" else 64),
    )


def _python(facts: Facts, value: str) -> Facts:
    found = re.fullmatch(r"(\d)\.(\d{1,2})(\.\d+)?(t?)", value)
    if found is None:
        raise UsageError(
            f"--assume python={value}: write a version such as 3.12, or 3.13t for a free-threaded one"
        )
    known = facts.interpreter
    changed = replace(known, version=value.rstrip("t"), free_threaded=bool(found[4]))
    if (known.version or "").split(".")[:2] != [found[1], found[2]]:
        changed = replace(changed, executable=None)  # what is there starts another Python
    return replace(facts, interpreter=changed, torch_import=None)


def _driver(facts: Facts, value: str) -> Facts:
    nvidia = replace(facts.nvidia, driver_version=None, module_loaded=False)
    if value.lower() != "none":
        if not re.fullmatch(r"\d{3}(\.\d+){0,2}", value):
            raise UsageError(
                f"--assume driver={value}: write a version such as 551.61 or 535.129.03, or none"
            )
        nvidia = replace(facts.nvidia, driver_version=value, module_loaded=True)
    gpus = Machine(facts).gpus  # whatever showed them: the driver, torch, the bus
    known = tuple(
        NvmlGpu(index=index, name=gpu.name, compute_capability=gpu.capability, memory_total=gpu.memory_total)
        for index, gpu in enumerate(gpus)
    )
    if not any(card.vendor == "nvidia" for card in nvidia.cards or ()) and gpus:
        cards = tuple(PciCard(vendor="nvidia", name=gpu.name) for gpu in gpus)
        nvidia = replace(nvidia, cards=(*(nvidia.cards or ()), *cards))
    return replace(
        facts,
        nvidia=nvidia,
        nvml=Nvml(state="ok", gpus=known or None) if value.lower() != "none" else None,
        nvidia_smi=None,
        cuda_driver=None,
        torch_import=_forget_cuda(facts),
        sources={**facts.sources, "nvidia.driver_version": "--assume"},
    )


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


def _glibc(facts: Facts, value: str) -> Facts:
    if not re.fullmatch(r"2\.\d{1,2}", value):
        raise UsageError(f"--assume glibc={value}: write a version such as 2.28")
    return replace(facts, host=replace(facts.host, glibc=value))


def _gpus(facts: Facts, names: list[str], *, without_driver: bool) -> Facts:
    facts = replace(facts, nvidia_smi=None, cuda_driver=None, torch_import=_forget_cuda(facts))
    if [name.lower() for name in names] == ["none"]:
        return replace(facts, nvidia=Nvidia(cards=()), nvml=None, other_gpus=())
    others = tuple(
        OtherGpu(vendor=vendor, name=name, integrated=False)
        for name in names
        if (vendor := _other_vendor(name)) is not None
    )
    ours = [_nvidia_name(name) for name in names if _other_vendor(name) is None]
    nvml: Nvml | None = None
    cards: tuple[PciCard, ...] = ()
    if without_driver:
        cards = tuple(PciCard(vendor="nvidia", name=name, driver="") for name in ours)
    elif ours:
        nvml = Nvml(state="ok", gpus=tuple(NvmlGpu(index=i, name=name) for i, name in enumerate(ours)))
    nvidia = replace(facts.nvidia, cards=None if nvml else cards)
    return replace(facts, nvidia=nvidia, nvml=nvml, other_gpus=others)


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
