"""Reports that write "label: value": torch's collect_env of every version, its forks, and kindred banners.

The labels are those of torch.utils.collect_env (and vLLM's, which pads them), MMCV's and detectron2's
collect_env, `transformers-cli env`, `accelerate env`, `python -m xformers.info` and ComfyUI's start-up log.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from envdoctor.intake.draft import MOST_KEPT, Draft, PackageRow

__all__ = ["LABELS", "NOT_COLLECTED", "read_columns", "read_label"]

NOT_COLLECTED = frozenset(
    {"could not collect", "n/a", "none", "no cuda", "not available", "unknown", "?", ""}
)

LABELS = {
    "pytorch version": "torch",
    "pytorch version (gpu?)": "torch-and-gpu",
    "pytorch version (accelerator?)": "torch-and-gpu",
    "pytorch": "torch",
    "torch version": "torch",
    "torch": "torch",
    "torch.__version__": "torch",
    "pytorch.version": "torch",
    "cuda used to build pytorch": "torch-cuda",
    "torch.version.cuda": "torch-cuda",
    "torch cuda": "torch-cuda",
    "torch cuda version": "torch-cuda",
    "pytorch cuda": "torch-cuda",
    "pytorch cuda version": "torch-cuda",
    "rocm used to build pytorch": "torch-hip",
    "os": "os",
    "operating system": "os",
    "os name": "os",
    "sys.platform": "os",
    "system": "os",
    "libc version": "libc",
    "python version": "python",
    "python": "python",
    "sys.version": "python",
    "python platform": "platform",
    "platform": "platform",
    "is cuda available": "cuda-available",
    "cuda available": "cuda-available",
    "gpu available": "cuda-available",
    "torch.cuda.is_available()": "cuda-available",
    "torch.cuda.is_available": "cuda-available",
    "pytorch.cuda": "cuda-available",
    "cuda is available": "cuda-available",
    "has cuda": "cuda-available",
    "torch.cuda.is_available() returned": "cuda-available",
    "is xpu available": "xpu-available",
    "pytorch xpu available": "xpu-available",
    "cuda runtime version": "toolkit",
    "cuda toolkit version": "toolkit",
    "nvcc version": "toolkit",
    "nvcc": "nvcc",
    "cuda_home": "cuda-home",
    "gpu models and configuration": "gpu-models",
    "gpu": "gpu",
    "gpu type": "gpu",
    "gpu name": "gpu",
    "gpu.name": "gpu",
    "accelerator": "gpu",
    "cuda device": "gpu",
    "cuda device name": "gpu",
    "gpu 0 name": "gpu",
    "pytorch cuda available": "cuda-available",
    "torch cuda available": "cuda-available",
    "driver": "driver",
    "gpu driver": "driver",
    "gpu driver version": "driver",
    "nvidia-driver": "driver",
    "gpu model": "gpu",
    "graphics card": "gpu",
    "gpu.compute_capability": "capability",
    "nvidia driver version": "driver",
    "nvidia driver": "driver",
    "driver version": "driver",
    "cudnn version": "cudnn",
    "hip runtime version": "hip-runtime",
    "model name": "cpu",
    "cpu": "cpu",
    "cpu model": "cpu",
    "processor": "cpu",
    "flags": "cpu-flags",
    "architecture": "arch",
    "torchvision": "torchvision",
    "torchvision version": "torchvision",
    "torchaudio": "torchaudio",
    "torchaudio version": "torchaudio",
    "numpy": "numpy",
    "numpy version": "numpy",
    "system ram": "memory",
    "nccl version": "nccl",
    "device": "device",
    "card name": "gpu",
    "video card": "gpu",
    "显卡": "gpu",
    "显卡型号": "gpu",
    "gpu型号": "gpu",
    "显卡驱动": "driver",
    "驱动版本": "driver",
    "显卡驱动版本": "driver",
    "操作系统": "os",
    "系统": "os",
    "python版本": "python",
    "python 版本": "python",
    "pytorch版本": "torch",
    "pytorch 版本": "torch",
    "torch版本": "torch",
    "os version": "os",
    "os platform": "os",
}
"""Labels in lower case → the field; what the fields mean stands in `_READERS` and in `assemble`."""

_COLLECT_ENV = frozenset({"torch-cuda", "gpu-models", "toolkit", "cuda-available", "torch-hip", "driver"})
_GPU_NUMBER = re.compile(r"(?:gpu|device) ?(\d{1,3}(?: ?, ?\d{1,3}){0,63})", re.IGNORECASE)
_UUID = re.compile(r" ?\((?:UUID: ?)?((?:GPU|MIG)-[\w/-]{1,80})\)")
_ARCH_NOTE = re.compile(r" ?\(arch=(\d{1,2}\.\d)\)")
_VERSION = re.compile(r"\d[\w.+!-]*")
_LEAD = "-*•`\"' \t"


_COLUMNS = re.compile(
    r"(?P<label>sys\.platform|GPU available|GPU \d{1,3}(?:,\d{1,3}){0,15}|Driver version|PyTorch|torchvision)"
    r" (?P<value>(?:linux|win32|darwin|Yes|No|True|False|NVIDIA|GeForce|Tesla|Quadro|TITAN|\d)\S?.{0,200})$"
)
"""detectron2's table, whose columns blanks divide."""
_ULTRALYTICS = re.compile(r"(?P<label>OS|CUDA) (?P<value>(?:Windows|Linux|macOS)-\d\S{2,80}|None)$")
"""Rows of what `yolo checks` prints that nobody else writes so."""


def read_columns(line: str, number: int, draft: Draft) -> bool:
    """Keep a row of detectron2's table, or of Ultralytics'."""
    if line[:3] in ("OS ", "CUD") and (row := _ULTRALYTICS.match(line)):
        seen = row["label"] == "CUDA"
        return read_label("cuda available: no" if seen else f"platform: {row['value']}", number, draft)
    found = _COLUMNS.match(line)
    if found is None or (found["label"].startswith(("PyTorch", "torchvision")) and "@" not in line):
        return False
    return read_label(f"{found['label']}: {found['value'].partition(' @')[0]}", number, draft)


def read_label(line: str, number: int, draft: Draft) -> bool:
    """Keep what a line of the form "label: value" says; whether it was one that means something here."""
    label, colon, value = line.partition(":")
    if not colon or len(label) > 48:
        return False
    key = label.strip(_LEAD).lower().replace("`", "").replace("**", "")
    name = LABELS.get(key)
    if name is None:
        found = _GPU_NUMBER.fullmatch(key)
        if found is None:
            return False
        _keep_gpu(draft, found[1], value.strip(), number)
        return True
    value = value.strip().strip("`*").strip()
    if name in _COLLECT_ENV:
        draft.formats.setdefault("collect_env")
    lower = value.lower()
    if lower in NOT_COLLECTED or lower.startswith(("could not collect", "no cuda")):
        draft.missing.add(name)
        draft.lines.setdefault(f"{name} missing", number)
        if lower.startswith("no cuda"):
            draft.missing.add("no-cuda")
        return True
    reader = _READERS.get(name)
    if reader is not None:
        reader(draft, value, number)
    else:
        draft.put(name, value, number)
    return True


def _keep_gpu(draft: Draft, numbers: str, value: str, line: int) -> None:
    """One GPU of "GPU 0: NVIDIA A100 (UUID: GPU-...)" and MMCV's "GPU 0,1,2: Tesla V100"."""
    uuid = _UUID.search(value)
    arch = _ARCH_NOTE.search(value)
    name = _ARCH_NOTE.sub("", _UUID.sub("", value)).strip()
    if not name or len(name) > 100:
        return
    for part in numbers.split(","):
        index = int(part)
        if len(draft.gpus) < MOST_KEPT and index not in draft.gpus:
            draft.gpus[index] = name
            draft.lines.setdefault("gpus", line)
            if uuid:
                draft.gpu_uuids[index] = uuid[1]
    if arch:
        draft.capabilities[name] = arch[1]


def _torch(draft: Draft, value: str, line: int) -> None:
    if _VERSION.match(value):
        draft.put("torch", value.split(maxsplit=1)[0].rstrip(",;"), line)


def _torch_and_gpu(draft: Draft, value: str, line: int) -> None:
    """Hugging Face's "2.1.0+cu121 (True)" and "2.7.0+cu126 (CUDA)"."""
    version, _, rest = value.partition(" ")
    _torch(draft, version, line)
    state = rest.strip("() ").lower()
    if state in ("true", "cuda", "false", "na"):
        draft.put("cuda-available", "True" if state in ("true", "cuda") else "False", line)


def _available(draft: Draft, value: str, line: int) -> None:
    first = value.lower().split(maxsplit=1)[0].strip(",.;()'\"")
    if first in ("true", "yes", "available"):
        draft.put("cuda-available", "True", line)
    elif first in ("false", "no", "not"):
        draft.put("cuda-available", "False", line)


def _gpu_models(draft: Draft, value: str, line: int) -> None:
    found = re.match(r"(?:GPU|Device) (\d{1,3}): ?(.+)", value)
    _keep_gpu(draft, found[1] if found else "0", found[2] if found else value, line)


def _gpu(draft: Draft, value: str, line: int) -> None:
    for part in re.split(r"\s*[;/]\s*(?=NVIDIA|AMD|Intel)", value)[:8]:
        times = re.match(r"(\d{1,2}) ?[x×] ?(.+)", part)
        count, name = (int(times[1]), times[2]) if times else (1, part)
        for _ in range(min(count, 16)):
            _keep_gpu(draft, str(len(draft.gpus)), name, line)


def _device(draft: Draft, value: str, line: int) -> None:
    """ComfyUI's "cuda:0 NVIDIA GeForce RTX 4070 : cudaMallocAsync"."""
    found = re.match(r"cuda:(\d{1,2}) ([^:]{3,80}?)(?: :|$)", value)
    if found:
        _keep_gpu(draft, found[1], found[2], line)


def _companion(name: str) -> Callable[[Draft, str, int], None]:
    def keep(draft: Draft, value: str, line: int) -> None:
        if found := _VERSION.match(value):
            draft.add_distribution(PackageRow(name, found.group(), line))

    return keep


def _nvcc(draft: Draft, value: str, line: int) -> None:
    if found := re.search(r"release (\d+\.\d+)|V(\d+\.\d+)", value):
        draft.put("toolkit", found[1] or found[2], line)


def _driver(draft: Draft, value: str, line: int) -> None:
    windows = re.match(r"\d\d\.\d{1,2}\.1(?P<tens>\d)\.(?P<rest>\d{4})\b", value)
    if windows:
        digits = windows["tens"] + windows["rest"]  # Windows counts 551.86 as 31.0.15.5186
        draft.put("driver", f"{digits[:3]}.{digits[3:]}", line)
    elif found := re.match(r"\d{3}(?:\.\d+)*", value):
        draft.put("driver", found.group(), line)


def _capability(draft: Draft, value: str, line: int) -> None:
    if re.fullmatch(r"\d{1,2}\.\d", value):
        draft.put("capability", value, line)


_READERS: dict[str, Callable[[Draft, str, int], None]] = {
    "torch": _torch,
    "torch-and-gpu": _torch_and_gpu,
    "cuda-available": _available,
    "gpu-models": _gpu_models,
    "gpu": _gpu,
    "nvcc": _nvcc,
    "driver": _driver,
    "capability": _capability,
    "device": _device,
    "torchvision": _companion("torchvision"),
    "torchaudio": _companion("torchaudio"),
    "numpy": _companion("numpy"),
}
