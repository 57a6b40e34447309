"""What the tools around NVIDIA's driver say: image entry points, DKMS, schedulers, other frameworks' first calls.

Texts: the entry points of NVIDIA's images, DKMS, the kernel module's log, Singularity's --nv, Slurm, ggml, TensorRT,
TensorFlow and JAX, Jetson's memory manager, glibc's loader on versioned libraries of CUDA.
"""

from __future__ import annotations

__all__ = ["ROWS"]

_DRIVER = r"(?:nvidia|cuda|gpu|graphics|kernel)[^\n]{0,24}drivers?\b"

ROWS: tuple[tuple[str, tuple[str, ...], str], ...] = (
    (
        "newer-driver-asked",
        (
            "this container was built for",
            "older than required",
            "older than the",
            "lower than the",
            "less than the",
            "requires at least driver",
            "requires nvidia driver",
            "minimum required driver",
            "minimum driver version",
            "driver version required",
            "driver must be at least",
            "needs driver",
            "need a newer driver",
            "needs a newer driver",
        ),
        r"was built for (?:NVIDIA|CUDA) Driver Release \S{1,20} or later, but version"
        rf"|{_DRIVER}[^\n]{{0,80}}\b(?:older|lower|less) than (?:the )?(?:required|CUDA|minimum|runtime)"
        rf"|{_DRIVER}[^\n]{{0,60}}does not meet[^\n]{{0,30}}minimum"
        r"|(?:requires at least|requires NVIDIA|minimum required|needs) driver(?: version)?[^\n]{0,40}\b(?:but|found|have|detected|installed)\b"
        r"|driver must be at least|needs? a newer driver",
    ),
    (
        "capability-refused",
        (
            "no supported gpu(s) detected to run this container",
            "gpu, which is not supported by this container",
        ),
        "",
    ),
    (
        "cuda-number",
        ("initialization failure with error", "failed call to cuinit"),
        r"(?:initialization failure with error: |cuInit: (?:CUDA_)?ERROR[ (:]{1,3})(?P<subject>\d{1,3})\b",
    ),
    (
        "cuda-start",
        ("failed to initialize cuda:", "failed to initialize cuda ("),
        r"failed to initialize CUDA[: (]{1,3}(?!no CUDA|out of memory|forward|CUDA driver|system)",
    ),
    (
        "cuda-init-error",
        ("initialization error", "cudaerrorinitializationerror", "cuda_error_not_initialized"),
        r"CUDA(?: runtime)? error:? ?(?:\(?3\)?)?\s?:? ?initialization error|^\W{0,3}initialization error\W{0,3}$"
        r"|cudaGetDeviceCount\W{1,3}(?:failed|returned|error)?[: ]{0,3}initialization error|cudaErrorInitializationError|CUDA_ERROR_NOT_INITIALIZED",
    ),
    (
        "hidden-by-scheduler",
        ("nodevfiles",),
        "",
    ),  # Slurm's value of CUDA_VISIBLE_DEVICES for a job without GPUs
    (
        "forked",
        ("fork", "worker process", "_worker_loop", "multiprocessing", "process-1", "gunicorn", "celery"),
        r"forked subprocess|start method|DataLoader worker|in worker process|_worker_loop|multiprocessing[\\/.]|os\.fork"
        r"|\bfork(?:s|ed|ing)?\b|ForkPool|\bProcess-\d|gunicorn|celery",
    ),
    (
        "extension-crash",
        ("fatal python error",),
        r"import (?P<subject>[A-Za-z_]\w{2,40})['\"]?\)?\s{0,4}\n[^\n]{0,40}Fatal Python error: (?:Aborted|Segmentation|Illegal|Bus)",
    ),
    (
        "said-extension",
        ("+torch", "torch2.", "+pt2"),
        r"(?P<subject>(?!torch)[A-Za-z]\w{2,40})-\d[\w.]*\+[\w.]*?(?:torch|pt)\d[\w.]*-cp\S*\.whl",
    ),
    (
        "torch-lacks-package",
        ("which is not installed",),
        r"\btorch \d\S{2,40} requires (?P<subject>nvidia-[\w-]{3,40})[^\n]{0,60}which is not installed",
    ),
    ("engine-no-device", ("failed to import torch.dml", "failed to import torch_directml"), ""),
    ("torch-no-driver", ("unknown error (303)", "cuinit: cuda_error_shared_object"), ""),
    ("nvml-library-missing", ("nvidia-smi: error while loading shared libraries",), ""),
    ("nvml-no-permission", ("insufficient permissions",), r"nvidia-smi\b[^\n]{0,20}insufficient permissions"),
    ("device-denied", ("nvrmmem",), r"(?P<subject>NvRmMem\w{0,20}) failed[^\n]{0,40}Permission denied"),
    (
        "kernel-module",
        (
            "bad return status for module build",
            "/var/lib/dkms/nvidia",
            "rivafb",
            "nvidia-installer",
            "nvidia: version magic",
        ),
        r"dkms/nvidia\S{0,80}make\.log|Bad return status for module build[\s\S]{0,200}nvidia"
        r"|rivafb[^\n]{0,60}(?:was loaded|obtained)|nvidia: version magic",
    ),
    (
        "driver-without-card",
        ("installed in this system is not supported by",),
        r"PCI ID: 10de:(?P<subject>[0-9a-f]{4})\)[^()]{0,120}installed in this system is not\s+supported"
        r"|installed in this system is not supported by[^()]{0,60}NVIDIA",
    ),
    (
        "docker-no-runtime",
        (
            "could not find any nv files on this host",
            "could not find any nvidia binaries on this host",
            "could not find any nvidia libraries on this host",
        ),
        "",
    ),
    (
        "could-not-load",
        ("version `lib",),
        r"version [`'](?P<subject>lib(?:nvJitLink|cu\w{2,12}|nccl)\.so[\w.]{0,12})' not found",
    ),
    (
        "undefined-symbol-bare",
        ("undefined symbol",),
        r"(?P<subject>[^\s:]{1,200}\.so): undefined symbol\W{0,4}$"
        r"|(?P<other>\w{3,60}_(?:cuda|C|ops|ext\w{0,8}|extensions?))(?:\.so)? (?:has an? |with an? )?undefined symbols?\b(?!:)",
    ),
    (
        "memory-error",
        ("oom-kill event", "out-of-memory handler", "oom_kill"),
        r"oom[-_]kill event|out-of-memory handler|oom_kill",
    ),
    (
        "worker-bus-error",
        ("/dev/shm",),
        r"No space left on device[^\n]{0,30}/dev/shm|/dev/shm[^\n]{0,120}No space left"
        r"|\b(?:shm|tmpfs) {1,80}[\d.]{1,8}[KMGT]i?[^\n/]{0,60} (?:8[5-9]|9\d|100)% /dev/shm\b",
    ),
    (
        "kernel-module-version",
        ("kernel module",),
        r"(?:NVRM version:|NVIDIA UNIX)[^\n]{0,60}Kernel Module (?:for \S{1,12} )?(?P<subject>\d{3}\.\d[\d.]{1,10})",
    ),
    (
        "user-library-version",
        ("libnvidia-", "nvidia-utils", "nvml library version", "nvidia-smi "),
        r"(?:libnvidia-(?:compute|gl|ml|cfg1|common|encode)[\w:-]{0,24}|nvidia-utils[\w:-]{0,24}|NVML library version:?"
        r"|nvidia-smi) {1,12}\(?(?P<subject>\d{3}\.\d{2,3}(?:\.\d{2})?)\b(?!\.?\d* +Driver)",
    ),
    (
        "windows-build",
        ("windows", "os build", "10.0.1"),
        r"(?:\bwindows\b[^\n]{0,30}|OS build |Windows build number:? ?)\b(?:10\.0\.)?(?P<subject>1\d{4})(?=\.\d|\b)",
    ),
)
