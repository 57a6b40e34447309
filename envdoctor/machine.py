"""One machine as the rules and the planner see it: facts joined across the probes that tell the same thing.

Where several probes name a value, the order of trust is: what ran (torch, cuInit), what the driver says
(NVML, nvidia-smi), what the operating system says (the bus, the registry), what a table says.
"""

from __future__ import annotations

import functools
import re
from datetime import date, timedelta
from typing import TYPE_CHECKING, Literal

from envdoctor.facts import Distribution, Facts, NvmlGpu, OtherGpu, PciCard
from envdoctor.frozen import Record, record
from envdoctor.knowledge import Knowledge, Platform, TorchRelease, knowledge
from envdoctor.versions import version_numbers

if TYPE_CHECKING:
    from envdoctor.knowledge.jetson import JetsonRelease

__all__ = ["Gpu", "Machine", "normal_arch", "reaches", "version_numbers"]


@record
class Gpu(Record):
    """One NVIDIA GPU. `capability` is `None` where nothing tells it."""

    name: str | None = None
    capability: str | None = None
    capability_from: Literal["torch", "driver", "pci-id", "name"] | None = None
    memory_total: int | None = None
    memory_used: int | None = None


def normal_arch(name: str | None) -> str | None:
    """The architecture under one name: "x86_64", "aarch64", "x86", else as given in lower case."""
    if name is None:
        return None
    known = {"amd64": "x86_64", "x64": "x86_64", "arm64": "aarch64", "armv8l": "aarch64"}
    lower = name.lower()
    if lower in ("i386", "i486", "i586", "i686", "win32"):
        return "x86"
    return known.get(lower, lower)


def reaches(driver: str, least: str) -> bool:
    """Whether a driver is as new as asked; one of which only the branch is told ("410") may be any of it."""
    have, need = version_numbers(driver), version_numbers(least)
    return have >= (need[:1] if len(have) == 1 else need)


_DRIVER = re.compile(r"\d{1,4}(\.\d{1,6}){0,3}")
_BUS_ADDRESS = len("00:01:00.0")
"""Letters at the end of a PCI address that are written alike everywhere: domain, bus, device, function."""
SETTLED_DAYS = 30
"""A release is settled when it has been out this long: its first faults are then known."""


class Machine:
    """The facts of one machine with what follows from joining them. Nothing here is a judgement."""

    def __init__(self, facts: Facts, tables: Knowledge | None = None, today: date | None = None) -> None:
        self.facts = facts
        self.tables = tables if tables is not None else knowledge()
        self.today = today if today is not None else date.today()

    @functools.cached_property
    def os(self) -> Literal["linux", "windows", "macos"] | None:
        """The operating system; WSL is "linux"."""
        return self.facts.host.os

    @functools.cached_property
    def is_wsl(self) -> bool:
        """Whether this is a Linux inside Windows."""
        return self.facts.host.wsl is not None

    @functools.cached_property
    def is_jetson(self) -> bool:
        """Whether all NVIDIA GPUs are a Jetson's own, whose drivers are numbered in a way of their own."""
        from envdoctor.knowledge.capabilities import EMBEDDED

        if not self.gpus:
            return self.has_jetson_linux
        return {gpu.capability for gpu in self.gpus} <= EMBEDDED

    @functools.cached_property
    def has_jetson_linux(self) -> bool:
        """Whether NVIDIA's Linux for its boards runs here. Their GPU stands on no bus where one sees it."""
        host = self.facts.host
        return host.l4t is not None or (host.kernel or "").endswith("-tegra")

    @functools.cached_property
    def jetson(self) -> tuple[JetsonRelease, ...]:
        """The releases of Jetson Linux that this board may run, as far as is known; empty: no Jetson."""
        if not self.is_jetson:
            return ()
        from envdoctor.knowledge.jetson import by_kernel, by_l4t, jetson_releases

        host = self.facts.host
        told = by_l4t(host.l4t) if host.l4t else by_kernel(host.kernel or "")
        if host.l4t and not told:
            return ()  # older than all that is known
        own = set(self.capabilities)
        return tuple(each for each in told or jetson_releases() if own <= set(each.boards))

    @functools.cached_property
    def in_container(self) -> bool:
        """Whether the examined process lives in a container."""
        return self.facts.host.container is not None

    @functools.cached_property
    def arch(self) -> str | None:
        """What wheels are chosen for: the interpreter's machine, else the host's."""
        bits = self.facts.interpreter.bits
        arch = normal_arch(self.facts.interpreter.machine or self.facts.host.arch)
        return "x86" if bits == 32 and arch == "x86_64" else arch

    @functools.cached_property
    def platform(self) -> Platform | None:
        """The knowledge tables' name for the system and architecture; `None`: unknown or no wheels at all."""
        keys: dict[tuple[str | None, str | None], Platform] = {
            ("linux", "x86_64"): "linux_x86_64",
            ("linux", "aarch64"): "linux_aarch64",
            ("windows", "x86_64"): "windows_amd64",
            ("windows", "aarch64"): "windows_arm64",
            ("macos", "aarch64"): "macos_arm64",
            ("macos", "x86_64"): "macos_x86_64",
        }
        return keys.get((self.os, self.arch))

    @functools.cached_property
    def driver_system(self) -> Literal["linux", "windows"]:
        """Whose driver numbers apply: under WSL the driver is Windows's."""
        return "windows" if self.os == "windows" or self.is_wsl else "linux"

    @functools.cached_property
    def python(self) -> tuple[int, int] | None:
        """Major and minor version of the patient's Python."""
        numbers = version_numbers(self.facts.interpreter.version)
        return (numbers[0], numbers[1]) if len(numbers) > 1 else None

    @functools.cached_property
    def python_key(self) -> str | None:
        """As the tables write it: "3.12", free-threaded "3.13t"."""
        if self.python is None:
            return None
        return f"{self.python[0]}.{self.python[1]}" + ("t" if self.facts.interpreter.free_threaded else "")

    def installed(self, name: str) -> tuple[Distribution, ...]:
        """Every copy of a distribution in the patient, by normalised name."""
        return tuple(each for each in self.facts.packages.distributions or () if each.name == name)

    @functools.cached_property
    def torch_version(self) -> str | None:
        """The version of the torch that `import torch` gives, else that lies on disk; with its label."""
        ran, files = self.facts.torch_import, self.facts.packages.torch
        if ran is not None and ran.version:
            return ran.version
        if files is not None and files.version:
            return files.version
        copies = self.installed("torch")
        return copies[0].version if copies else None

    def assumes(self, key: str) -> bool:
        """Whether `--assume KEY=` was given: what is only assumed proves nothing of what stands beside it."""
        return any(each.partition("=")[0] == key for each in self.facts.assumed)

    @functools.cached_property
    def torch_cuda(self) -> str | None:
        """The CUDA version torch was built for: "12.6"; `None`: not a CUDA build, or unknown."""
        ran, files = self.facts.torch_import, self.facts.packages.torch
        if ran is not None and (ran.version or ran.cuda):
            return ran.cuda
        if files is not None and files.version:
            return files.cuda
        found = re.search(r"\+cu(\d{2,3})$", self.torch_version or "")
        return f"{found[1][:-1]}.{found[1][-1]}" if found else None

    @functools.cached_property
    def torch_variant(self) -> str | None:
        """The build's variant: "cpu", "cu126", "rocm7.2", "xpu"; `None`: no torch, or it can't be told."""
        version = self.torch_version
        if version is None:
            return None
        label = version.partition("+")[2]
        if found := re.match(r"(cpu|cu\d{2,3}|rocm\d+(?:\.\d+)*|xpu)(?![a-z0-9])", label):
            return found[1]
        if label.startswith("rocm"):
            return "rocm"  # AMD's own "rocmsdk20260116", by a day and not by a release
        if self.torch_cuda:
            return "cu" + "".join(self.torch_cuda.split(".")[:2])
        ran, files = self.facts.torch_import, self.facts.packages.torch
        hip = (ran.hip if ran else None) or (files.hip if files else None)
        if hip:
            return "rocm" + ".".join(hip.split(".")[:2])
        if (ran and ran.xpu_built) or (files and files.xpu):
            return "xpu"
        known = (ran is not None and ran.version) or (files is not None and files.version)
        return "cpu" if known else None

    @functools.cached_property
    def torch_imports(self) -> bool | None:
        """Whether `import torch` works; `None`: not tried."""
        ran = self.facts.torch_import
        return None if ran is None or ran.outcome == "unreadable" else ran.outcome == "imported"

    @functools.cached_property
    def cuda_proven(self) -> bool:
        """Whether torch ran on the GPU here, or at least said that it can: this outranks every table."""
        ran = self.facts.torch_import
        if ran is None or not ran.cuda_available:
            return False
        return all(device.kernel is None or device.kernel.ok for device in ran.devices)

    @functools.cached_property
    def driver(self) -> str | None:
        """NVIDIA's driver version: "551.86", "535.129.03". What is no version is passed over."""
        facts = self.facts
        answers = (
            facts.nvml.driver_version if facts.nvml else None,
            facts.nvidia.driver_version,
            facts.nvidia_smi.driver_version if facts.nvidia_smi else None,
        )
        return next((answer for answer in answers if answer and _DRIVER.fullmatch(answer)), None)

    @functools.cached_property
    def driver_source(self) -> str:
        """Where `driver` was read, for the evidence line."""
        facts = self.facts
        if facts.nvml and facts.nvml.driver_version:
            return "NVML"
        if facts.nvidia.driver_version:
            return facts.sources.get("nvidia.driver_version", "the operating system")
        return "nvidia-smi"

    @functools.cached_property
    def driver_state(self) -> Literal["answers", "installed", "missing"] | None:
        """Whether NVIDIA's driver answers, is only installed, or is not here; `None`: nothing tells."""
        facts = self.facts
        nvidia, nvml, smi = facts.nvidia, facts.nvml, facts.nvidia_smi
        answers = (nvml is not None and nvml.state == "ok") or (smi is not None and smi.state == "ok")
        if answers or self.cuda_proven:
            return "answers"
        parts = (nvidia.driver_version, nvidia.packages, nvidia.library_version, nvidia.module_loaded)
        if any(parts) or (smi is not None and smi.path):
            return "installed"
        # Of the host's driver a container shows the module alone.
        hidden = self.in_container and nvidia.module_loaded is not False
        return "missing" if nvidia.cards and not hidden else None

    @functools.cached_property
    def driver_cuda(self) -> str | None:
        """The newest CUDA the driver implements: "12.4"."""
        facts = self.facts
        answers = (
            facts.cuda_driver.cuda_version if facts.cuda_driver else None,
            facts.nvml.cuda_version if facts.nvml else None,
            facts.nvidia_smi.cuda_version if facts.nvidia_smi else None,
        )
        said = next((answer for answer in answers if answer), None)
        if said is None and self.driver is not None and not self.is_jetson:
            return self.tables.driver_cuda(self.driver)
        return said

    @functools.cached_property
    def gpus(self) -> tuple[Gpu, ...]:
        """The NVIDIA GPUs of the machine, hidden ones included where the bus or the driver shows them."""
        facts = self.facts
        if self.managed:
            return tuple(
                self._gpu(
                    each.name,
                    each.compute_capability,
                    self._teller(each),
                    None,
                    each.memory_total,
                    each.memory_used,
                )
                for each in self.managed
            )
        ran = facts.torch_import
        if ran is not None and any(device.kind == "cuda" for device in ran.devices) and not ran.hip:
            return tuple(
                self._gpu(device.name, device.capability, "torch", None, device.memory_total, None)
                for device in ran.devices
            )
        if facts.cuda_driver is not None and facts.cuda_driver.devices:
            return tuple(
                self._gpu(device.name, device.capability, "driver", None, device.memory_total, None)
                for device in facts.cuda_driver.devices
            )
        cards = [card for card in facts.nvidia.cards or () if card.vendor == "nvidia"]
        return tuple(self._gpu(card.name, None, None, card.device_id, None, None) for card in cards)

    def _teller(self, gpu: NvmlGpu) -> Literal["torch", "driver"]:
        """Who told the capability: a paste's GPUs are filed under nvidia-smi, what torch says of them too."""
        ran = self.facts.torch_import
        told = ran.devices if ran is not None and self.facts.paste is not None else ()
        same = any((each.name, each.capability) == (gpu.name, gpu.compute_capability) for each in told)
        return "torch" if same else "driver"

    def _gpu(
        self,
        name: str | None,
        capability: str | None,
        source: Literal["torch", "driver"] | None,
        device_id: str | None,
        memory_total: int | None,
        memory_used: int | None,
    ) -> Gpu:
        found: Literal["torch", "driver", "pci-id", "name"] | None = source if capability else None
        if capability is None and device_id is not None and (row := self.tables.gpu_by_pci(device_id)):
            name, capability, found = name or row.name, row.compute_capability, "pci-id"
        if capability is None and name is not None and (row := self.tables.gpu_by_name(name)):
            capability, found = row.compute_capability, "name"
        return Gpu(
            name=name,
            capability=capability,
            capability_from=found,
            memory_total=memory_total,
            memory_used=memory_used,
        )

    @functools.cached_property
    def left_behind(self) -> tuple[tuple[PciCard, Gpu], ...]:
        """The NVIDIA cards on the bus that the driver passes over, being newer than their last branch."""
        facts = self.facts
        cards = [card for card in facts.nvidia.cards or () if card.vendor == "nvidia"]
        managed = self.managed
        if len(managed) >= len(cards):
            return ()
        # The driver writes the domain with eight digits, the bus with four.
        driven = {gpu.pci.lower()[-_BUS_ADDRESS:] for gpu in managed if gpu.pci}
        rest = [card for card in cards if (card.address or "").lower()[-_BUS_ADDRESS:] not in driven]
        pairs = ((card, self._gpu(card.name, None, None, card.device_id, None, None)) for card in rest)
        return tuple(pair for pair in pairs if self.tables.left_behind(self.driver, pair[1].capability))

    @functools.cached_property
    def managed(self) -> tuple[NvmlGpu, ...]:
        """The GPUs that the driver itself shows, by NVML or by nvidia-smi."""
        nvml, smi = self.facts.nvml, self.facts.nvidia_smi
        return (nvml.gpus if nvml else None) or (smi.gpus if smi else None) or ()

    @functools.cached_property
    def has_nvidia(self) -> bool | None:
        """Whether an NVIDIA GPU is in the machine; `None`: nothing that was read can tell."""
        if self.gpus or self.has_jetson_linux:
            return True
        facts = self.facts
        if facts.nvidia.cards is not None:
            return False
        smi = facts.nvidia_smi
        if smi is not None and smi.state == "ok" and smi.driver_version is not None:
            return True  # it names its driver only where that has a GPU
        if facts.nvml is not None and facts.nvml.state == "ok":
            return False
        return None

    @functools.cached_property
    def other_usable(self) -> tuple[tuple[OtherGpu, str], ...]:
        """The AMD, Intel and Apple GPUs that some torch build for this system can use, with that build."""
        from envdoctor.knowledge.other_gpus import wanted_build

        pairs = ((gpu, wanted_build(gpu, self.os)) for gpu in self.facts.other_gpus or ())
        return tuple((gpu, build) for gpu, build in pairs if build is not None)

    @functools.cached_property
    def gpu_name(self) -> str | None:
        """The first GPU's name, whoever made it."""
        if self.gpus:
            return self.gpus[0].name
        others = self.facts.other_gpus or ()
        return others[0].name if others else None

    @functools.cached_property
    def capabilities(self) -> tuple[str, ...]:
        """The known compute capabilities of the NVIDIA GPUs, lowest first, each once."""
        known = {gpu.capability for gpu in self.gpus if gpu.capability}
        return tuple(sorted(known, key=version_numbers))

    @functools.cached_property
    def settled(self) -> TorchRelease:
        """The newest torch release that is settled today."""
        releases = self.tables.releases
        limit = self.today - timedelta(days=SETTLED_DAYS)
        return next((each for each in reversed(releases) if each.released <= limit), releases[0])
