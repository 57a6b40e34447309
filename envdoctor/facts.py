"""What is known about one machine: typed, frozen, the same for a live machine, a report and pasted text.

Every block belongs to one probe (or one intake format). A field that is `None` was not learned; why
stands in `Facts.unknown` under its dotted path ("host.glibc"), and where a learned value came from
stands in `Facts.sources`. Nothing in here touches the machine or judges what it holds.

Units: sizes are bytes, times are seconds, versions are strings as their owners print them, compute
capabilities are strings "8.9", PCI ids are lower-case hexadecimal without a prefix.
"""

from __future__ import annotations

import dataclasses
import functools
import typing
from collections.abc import Callable, Mapping
from dataclasses import field
from typing import Literal, TypeVar

from envdoctor.frozen import Record, record
from envdoctor.reason import Reason

__all__ = [
    "Complaint",
    "CondaPackage",
    "CudaDriver",
    "CudaKernel",
    "CudaToolkit",
    "Distribution",
    "EditorChoice",
    "Editors",
    "Environment",
    "Facts",
    "GpuProcess",
    "Host",
    "Interpreter",
    "JupyterKernel",
    "MigInstance",
    "MirrorAnswer",
    "NoVersion",
    "Nvidia",
    "NvidiaSmi",
    "Nvml",
    "NvmlGpu",
    "OtherGpu",
    "Packages",
    "Paste",
    "PciCard",
    "ProbeOutcome",
    "Setting",
    "Shadow",
    "ShownCommand",
    "TorchDevice",
    "TorchFiles",
    "TorchImport",
    "Volume",
    "block_from_json",
    "facts_from_json",
    "facts_to_json",
]

Os = Literal["linux", "windows", "macos"]


@record
class Volume(Record):
    """The free space where something that matters lives."""

    role: Literal["environment", "temporary", "cache"]
    path: str
    free: int
    total: int


@record
class Host(Record):
    """The computer and its operating system."""

    os: Os | None = None
    os_name: str | None = None
    """The name people know: "Ubuntu 22.04.4 LTS", "Windows 11", "macOS 14.5"."""
    os_version: str | None = None
    """The comparable version: "22.04", "10.0.22631", "14.5"."""
    kernel: str | None = None
    arch: str | None = None
    """Of the machine, not of the interpreter: "x86_64", "aarch64", "x86"."""
    glibc: str | None = None
    musl: str | None = None
    glibcxx: str | None = None
    """The newest GLIBCXX_ symbol version of the system's libstdc++: "3.4.30"."""
    cpu_model: str | None = None
    cpu_features: tuple[str, ...] | None = None
    """The instruction sets torch asks for that the CPU has, of "avx", "avx2"; empty: it has neither."""
    apple_silicon: bool | None = None
    memory_total: int | None = None
    memory_available: int | None = None
    commit_limit: int | None = None
    """Windows: memory and page files together; Linux and macOS: memory and swap."""
    volumes: tuple[Volume, ...] = ()
    shm_total: int | None = None
    container: Literal["docker", "podman", "kubernetes", "lxc", "other"] | None = None
    wsl: Literal[1, 2] | None = None
    virtual_machine: str | None = None
    vc_runtime: str | None = None
    """Windows: the version of Microsoft's C++ run-time (msvcp140.dll)."""
    root: bool | None = None
    """Whether the doctor runs as root or administrator."""


@record
class Interpreter(Record):
    """The patient's Python, as it describes itself when started isolated (`-I`)."""

    executable: str | None = None
    version: str | None = None
    """"3.12.9", with the pre-release tail where there is one: "3.15.0rc1"."""
    implementation: str | None = None
    """"cpython", "pypy", "graalpy"."""
    bits: int | None = None
    free_threaded: bool | None = None
    machine: str | None = None
    """What the interpreter was built for: "x86_64", "aarch64", "x86"; not the host's under emulation."""
    platform: str | None = None
    """`sysconfig.get_platform()`: "linux-x86_64", "win-amd64", "macosx-14.0-arm64"."""
    soabi: str | None = None
    wheel_tags: tuple[str, ...] = ()
    """The most specific tags first, at most a handful: "cp312-cp312-manylinux_2_36_x86_64"."""
    rosetta: bool | None = None
    prefix: str | None = None
    base_prefix: str | None = None
    site_packages: tuple[str, ...] = ()
    user_site: str | None = None
    user_site_enabled: bool | None = None
    stdlib: str | None = None
    encodings: Mapping[str, str] = field(default_factory=dict)
    """"filesystem", "preferred", "stdout", "utf8_mode" ("0" or "1")."""
    ssl: str | None = None
    """OpenSSL's version line; empty: the interpreter has no `ssl` module."""
    libc: str | None = None


@record
class Setting(Record):
    """One effective line of a configuration, with the file or variable it stands in."""

    name: str
    value: str
    origin: str


@record
class Environment(Record):
    """The patient as a place: what kind it is, who made it and what a shell would run in it."""

    kind: Literal["venv", "virtualenv", "conda", "system", "pyenv", "windows-store", "standalone"] | None = (
        None
    )
    """"standalone": an unpacked interpreter of its own (python.org, uv's managed Pythons, embedded)."""
    manager: Literal["uv", "poetry", "pipenv", "pixi", "conda", "hatch"] | None = None
    name: str | None = None
    prefix: str | None = None
    conda_base: bool | None = None
    conda_root: str | None = None
    found_by: str | None = None
    """How the patient was chosen: "option", "notebook", "VIRTUAL_ENV", "CONDA_PREFIX", "project", "PATH",
    "doctor"."""
    active: bool | None = None
    system_site_packages: bool | None = None
    externally_managed: bool | None = None
    has_pip: bool | None = None
    shell_python: str | None = None
    """The `python` a shell would run now, links followed."""
    shell_python_prefix: str | None = None
    shell_pip: str | None = None
    shell_pip_prefix: str | None = None
    shell_pip_python: str | None = None
    """"3.8": the Python that the shell's `pip` says it installs for."""
    """The prefix of the interpreter that the shell's `pip` installs into."""
    tools: Mapping[str, str] = field(default_factory=dict)
    """Installers on PATH: "uv", "conda", "mamba", "micromamba", "pip" → their path."""
    pip_settings: tuple[Setting, ...] = ()
    pip_overridden: tuple[Setting, ...] = ()
    """Lines of pip's configuration that a stronger one of the same name replaced with another value."""
    uv_settings: tuple[Setting, ...] = ()
    """Which indexes uv asks: "index-url", "index", "pip.torch-backend"; a later line is stronger."""
    conda_settings: tuple[Setting, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)
    """Only variables on the allow-list (CUDA_VISIBLE_DEVICES, PYTHONPATH ...), credentials cut."""
    pyvenv_home_missing: bool | None = None
    """A venv whose base interpreter is gone."""


@record
class Distribution(Record):
    """One installed distribution of torch's family, read from its metadata."""

    name: str
    """Normalised: "torch", "nvidia-cublas-cu12"."""
    version: str
    location: str
    installer: str | None = None
    site: Literal["environment", "base", "user", "pythonpath"] = "environment"
    direct_url: str | None = None
    missing_files: int | None = None
    """Files that RECORD lists and the disk lacks; `None`: not checked."""
    missing_sample: tuple[str, ...] = ()
    short_files: int | None = None
    """Libraries that hold fewer bytes than RECORD states; `None`: not compared (conda changes its own)."""
    short_sample: tuple[str, ...] = ()
    requires: tuple[str, ...] = ()
    """Requires-Dist lines that name a member of torch's family or NumPy."""


@record
class CondaPackage(Record):
    """One row of `conda-meta`."""

    name: str
    version: str
    build: str
    channel: str | None = None


@record
class Shadow(Record):
    """Something that Python would import, or the loader would load, instead of the real thing."""

    name: str
    """The module or library: "torch", "json", "libcudnn.so.9"."""
    path: str
    by: Literal["working-folder", "pythonpath", "user-site", "library-path"]


@record
class TorchFiles(Record):
    """torch as it lies on disk where the interpreter would find it, read without importing it."""

    path: str | None = None
    version: str | None = None
    """From torch/version.py, with the local label: "2.14.1+cu126"."""
    cuda: str | None = None
    hip: str | None = None
    xpu: str | None = None
    debug: bool | None = None
    git_version: str | None = None
    libraries: tuple[str, ...] = ()
    """Names of the shared libraries in torch/lib."""
    source_tree: bool | None = None


@record
class Packages(Record):
    """What is installed in the patient, from files only."""

    distributions: tuple[Distribution, ...] | None = None
    """torch's family (torch, torchvision, torchaudio, numpy, triton, nvidia-*, compiled extensions);
    `None`: the folders could not be read. A name that stands twice is a duplicate."""
    conda: tuple[CondaPackage, ...] = ()
    leftovers: tuple[str, ...] = ()
    """Remains of a broken uninstall: "~orch", "~orch-2.5.1.dist-info"."""
    unfinished_run: str | None = None
    """What a run of `install --run` that was cut off was to install: "torch 2.14.1+cpu"."""
    torch: TorchFiles | None = None
    """`None`: no torch folder where the interpreter would look."""
    shadows: tuple[Shadow, ...] = ()


@record
class CudaKernel(Record):
    """One small kernel run on one device, its result checked."""

    ok: bool
    error: str | None = None


@record
class TorchDevice(Record):
    """One accelerator as torch sees it."""

    index: int
    name: str
    kind: Literal["cuda", "xpu", "mps"] = "cuda"
    capability: str | None = None
    memory_total: int | None = None
    kernel: CudaKernel | None = None


@record
class TorchImport(Record):
    """What `import torch` did in a child of the patient's interpreter."""

    outcome: Literal["imported", "raised", "crashed", "exited", "timed-out", "absent", "unreadable"]
    seconds: float | None = None
    error_type: str | None = None
    error: str | None = None
    """The last line of the exception, or the last lines of stderr after a crash."""
    traceback: tuple[str, ...] = ()
    exit_code: int | None = None
    """Negative: the signal that ended the child."""
    output: str | None = None
    """What torch printed while it was imported, bounded."""
    warnings: tuple[str, ...] = ()
    path: str | None = None
    version: str | None = None
    cuda: str | None = None
    hip: str | None = None
    arch_list: tuple[str, ...] | None = None
    """`torch.cuda.get_arch_list()`: "sm_80", "compute_120", "gfx1100"."""
    cuda_available: bool | None = None
    cuda_error: str | None = None
    """The message of the first CUDA call that failed."""
    device_count: int | None = None
    devices: tuple[TorchDevice, ...] = ()
    cudnn: str | None = None
    cudnn_error: str | None = None
    nccl: str | None = None
    mps_built: bool | None = None
    mps_available: bool | None = None
    xpu_built: bool | None = None
    xpu_available: bool | None = None
    phase: str | None = None
    """The step under way when the child ended early: "import", "cuda", "kernel:0", "torchvision"."""
    numpy_version: str | None = None
    numpy_bridge_error: str | None = None
    """Why `torch.from_numpy` fails; empty or `None`: it works or was not tried."""
    companions: Mapping[str, str] = field(default_factory=dict)
    """Version of each companion that was imported after torch: "torchvision" → "0.29.1+cu126"."""
    companion_errors: Mapping[str, str] = field(default_factory=dict)


@record
class PciCard(Record):
    """A display or 3D controller on the PCI bus (or what stands for it under WSL and on Windows)."""

    vendor: Literal["nvidia", "amd", "intel", "other"]
    device_id: str | None = None
    address: str | None = None
    name: str | None = None
    driver: str | None = None
    """The kernel driver in control: "nvidia", "nouveau", "vfio-pci", "amdgpu"; empty: none."""
    device_class: str | None = None


@record
class Nvidia(Record):
    """NVIDIA hardware and driver as the operating system shows them, without NVIDIA's own libraries."""

    cards: tuple[PciCard, ...] | None = None
    """`None`: the bus could not be read (a container without sysfs, WSL)."""
    driver_version: str | None = None
    """Of the kernel module (Linux) or the registry (Windows)."""
    module_loaded: bool | None = None
    module_flavour: Literal["open", "proprietary"] | None = None
    nouveau_loaded: bool | None = None
    packages: tuple[str, ...] = ()
    """User-space driver files found: "libcuda.so.1", "libnvidia-ml.so.1" → their paths."""
    library_version: str | None = None
    """Version in the file name that libcuda.so.1 leads to: "550.54.14"."""
    device_nodes: tuple[str, ...] = ()
    unreadable_nodes: tuple[str, ...] = ()
    """/dev/nvidia* nodes that exist and that this user may not open for reading and writing."""
    nvswitch: bool | None = None
    fabric_manager: Literal["running", "stopped", "absent"] | None = None
    dxg: bool | None = None
    """WSL: /dev/dxg exists."""
    wsl_libcuda: str | None = None
    linux_driver_in_wsl: bool | None = None
    xids: tuple[int, ...] = ()
    """Xid numbers in the kernel log, where it may be read."""


@record
class GpuProcess(Record):
    """A process that holds memory on a GPU."""

    pid: int
    memory: int | None = None
    name: str | None = None


@record
class MigInstance(Record):
    """One usable MIG device."""

    name: str
    memory_total: int | None = None


@record
class NvmlGpu(Record):
    """One GPU as NVIDIA's management library (or nvidia-smi's table) shows it."""

    index: int
    name: str | None = None
    uuid: str | None = None
    pci: str | None = None
    compute_capability: str | None = None
    memory_total: int | None = None
    memory_used: int | None = None
    processes: tuple[GpuProcess, ...] = ()
    compute_mode: Literal["default", "exclusive-process", "exclusive-thread", "prohibited"] | None = None
    mig: bool | None = None
    mig_instances: tuple[MigInstance, ...] = ()
    ecc_uncorrected: int | None = None
    driver_model: Literal["WDDM", "TCC", "MCDM"] | None = None
    error: str | None = None
    """"GPU is lost", or why its details can't be read."""


@record
class Nvml(Record):
    """What libnvidia-ml.so.1 / nvml.dll answered."""

    state: Literal["ok", "library-missing", "error", "crashed", "timed-out", "unreadable"]
    code: int | None = None
    """NVML's return code where the state is "error": 9 driver not loaded, 18 version mismatch."""
    message: str | None = None
    library: str | None = None
    driver_version: str | None = None
    cuda_version: str | None = None
    """The newest CUDA the driver implements: "12.4"."""
    library_version: str | None = None
    gpus: tuple[NvmlGpu, ...] | None = None
    fabric_state: str | None = None


@record
class NvidiaSmi(Record):
    """What nvidia-smi said."""

    path: str | None = None
    on_path: bool | None = None
    state: Literal["ok", "absent", "error", "crashed", "timed-out", "unreadable"] | None = None
    exit_code: int | None = None
    error: str | None = None
    driver_version: str | None = None
    cuda_version: str | None = None
    gpus: tuple[NvmlGpu, ...] | None = None


@record
class CudaDriver(Record):
    """`cuInit` in a child of the patient: its own result code and the library that was really loaded."""

    state: Literal["ok", "library-missing", "error", "crashed", "timed-out", "unreadable"]
    code: int | None = None
    """CUresult: 100 no device, 802 not ready, 803 version mismatch, 804 compatibility, 999 unknown."""
    message: str | None = None
    library: str | None = None
    library_version: str | None = None
    cuda_version: str | None = None
    device_count: int | None = None
    devices: tuple[TorchDevice, ...] = ()
    exit_code: int | None = None


@record
class OtherGpu(Record):
    """A GPU that is not NVIDIA's."""

    vendor: Literal["amd", "intel", "apple", "other"]
    name: str | None = None
    pci_id: str | None = None
    gfx: str | None = None
    """AMD's architecture name: "gfx1100"."""
    integrated: bool | None = None
    driver: str | None = None
    usable_nodes: bool | None = None
    """Linux: /dev/kfd (AMD) or a render node (Intel) may be opened by this user."""


@record
class CudaToolkit(Record):
    """A CUDA toolkit on this machine; PyTorch does not need one."""

    nvcc: str | None = None
    version: str | None = None
    cuda_home: str | None = None
    compiler: str | None = None
    """A host C++ compiler on PATH."""


@record
class EditorChoice(Record):
    """The interpreter that an editor uses in this folder, where one was chosen."""

    editor: Literal["vscode", "pycharm"]
    value: str
    """As it was written: "${workspaceFolder}/.venv", "Python 3.12 (dl)"."""
    origin: str
    """The file, and the setting in it."""
    executable: str | None = None
    """`None`: what is written can't be followed."""
    exists: bool | None = None
    is_patient: bool | None = None
    """Whether it belongs to the patient's environment."""


@record
class JupyterKernel(Record):
    """One Python kernel that Jupyter offers."""

    name: str
    display_name: str | None = None
    path: str
    """Its kernel.json."""
    scope: Literal["environment", "user", "system", "JUPYTER_PATH"]
    executable: str | None = None
    """What it starts; `None`: the Python that Jupyter itself runs in."""
    exists: bool | None = None
    is_patient: bool | None = None
    notebooks: tuple[str, ...] = ()
    """Notebooks of the working folder that ask for a kernel of this name and would get this one."""


@record
class Editors(Record):
    """What editors and notebooks would run here."""

    choices: tuple[EditorChoice, ...] = ()
    kernels: tuple[JupyterKernel, ...] = ()


@record
class MirrorAnswer(Record):
    """How one place of a mirror answered when it was measured."""

    mirror: str
    """Its id in the tables; "configured" for an index of pip's configuration that is in no table."""
    serves: Literal["pypi", "wheels", "conda"]
    url: str
    outcome: Literal[
        "ok",
        "refused",
        "timed-out",
        "no-such-host",
        "no-connection",
        "tls",
        "proxy",
        "not-found",
        "cut",
        "failed",
        "lists-nothing",
    ]
    """Of its page; "lists-nothing": it answered with a page that names no wheel of torch."""
    status: int | None = None
    first: float | None = None
    """Seconds until it began to answer."""
    newest: str | None = None
    """The newest torch that it lists."""
    rate: float | None = None
    """Bytes a second of one wheel's beginning."""
    file_outcome: str | None = None
    """How reading the wheel ended: as `outcome`."""
    host: str | None = None
    """The other host that redirects led to."""
    detail: str | None = None


@record
class ProbeOutcome(Record):
    """How one probe went."""

    name: str
    outcome: Literal["ok", "failed", "timed-out", "skipped"]
    seconds: float | None = None
    detail: str | None = None


@record
class Complaint(Record):
    """One message of a known family that a pasted text shows: somebody's or some program's own words."""

    kind: str
    """The family, a key of the message table: "cuda-802", "pip-no-space"."""
    line: int
    text: str
    """The line as it was pasted, bounded."""
    subject: str = ""
    """What the message names: a library, a version, an address."""
    raised_in: str = ""
    """The file of the innermost frame of the traceback above it."""


@record
class NoVersion(Record):
    """pip's "Could not find a version that satisfies the requirement", with what the index lists."""

    requirement: str
    """As asked for: "torch==2.1.2+cu118"."""
    name: str
    """Normalised."""
    version: str | None = None
    """The one version that was asked for, where it was one."""
    versions: tuple[str, ...]
    """Those that pip could have installed; empty: none, where `listed`."""
    line: int
    listed: bool = True
    """Whether the text shows what the index lists; old reports are often cut before that."""


@record
class ShownCommand(Record):
    """A command that a pasted text shows somebody to have run."""

    line: int
    text: str


@record
class Paste(Record):
    """What only a pasted text shows: complaints, commands, and in which formats it was written."""

    lines: int = 0
    formats: tuple[str, ...] = ()
    """What was understood: "collect_env", "nvidia-smi", "pip list", "conda list", "messages"."""
    complaints: tuple[Complaint, ...] = ()
    """In the order of the text, at most one of each kind and subject."""
    commands: tuple[ShownCommand, ...] = ()
    no_versions: tuple[NoVersion, ...] = ()
    remarks: Mapping[str, str] = field(default_factory=dict)
    """What people write in their own words, by the key of the remark: "pypy", "no-gpus-flag" → the line."""


@record
class Facts(Record):
    """All that is known about one machine."""

    host: Host = field(default_factory=Host)
    interpreter: Interpreter = field(default_factory=Interpreter)
    environment: Environment = field(default_factory=Environment)
    packages: Packages = field(default_factory=Packages)
    torch_import: TorchImport | None = None
    nvidia: Nvidia = field(default_factory=Nvidia)
    nvml: Nvml | None = None
    nvidia_smi: NvidiaSmi | None = None
    cuda_driver: CudaDriver | None = None
    other_gpus: tuple[OtherGpu, ...] | None = None
    toolkit: CudaToolkit = field(default_factory=CudaToolkit)
    editors: Editors = field(default_factory=Editors)
    mirrors: tuple[MirrorAnswer, ...] | None = None
    """`None`: nothing was measured; the network is asked only on demand."""
    probes: tuple[ProbeOutcome, ...] = ()
    paste: Paste | None = None
    """`None`: the facts are a live machine's."""
    sources: Mapping[str, str] = field(default_factory=dict)
    """Dotted path ("nvidia.driver_version") → where the value was read."""
    unknown: Mapping[str, Reason] = field(default_factory=dict)
    """Dotted path → why it could not be learned."""
    assumed: tuple[str, ...] = ()
    """The `KEY=VALUE` overrides that were applied."""


Block = TypeVar("Block")


def facts_to_json(facts: Facts, shown: Callable[[str], str] = str) -> dict[str, object]:
    """The facts as plain JSON values, every text as `shown` shows it.

    Fields that hold nothing but their default are left out.
    """
    return typing.cast("dict[str, object]", _plain(facts, shown))


def facts_from_json(data: object) -> Facts:
    """The facts that `facts_to_json` wrote; keys of newer versions are passed over.

    Raises:
        UsageError: a value has a shape that no version wrote; the message names its path.

    """
    from envdoctor.reviving import revive

    return typing.cast("Facts", revive(Facts, data, "facts"))


def block_from_json(kind: type[Block], data: object, path: str) -> Block:
    """One block of facts from JSON values.

    Raises:
        UsageError: a value has a shape that the block can't hold; the message names its path.

    """
    from envdoctor.reviving import revive

    return typing.cast("Block", revive(kind, data, path))


def _plain(value: object, shown: Callable[[str], str]) -> object:
    if isinstance(value, str):
        return shown(value)
    if isinstance(value, Record):
        held: dict[str, object] = vars(value)
        made: dict[str, object] = {}
        for name, default in _defaults(typing.cast("type", type(value))):
            item = held[name]
            # An empty tuple where `None` is the default was learned: there are none. It is kept.
            if item is not None and item != default:
                made[name] = _plain(item, shown)
        return made
    if isinstance(value, (tuple, list)):
        return [_plain(item, shown) for item in value]
    if isinstance(value, dict):
        return {shown(str(key)): _plain(item, shown) for key, item in value.items()}
    return value


@functools.cache
def _defaults(kind: type) -> tuple[tuple[str, object], ...]:
    """The fields of a record with what they hold when nothing was learned."""
    return tuple(
        (
            known.name,
            known.default if known.default_factory is dataclasses.MISSING else known.default_factory(),
        )
        for known in dataclasses.fields(kind)
    )
