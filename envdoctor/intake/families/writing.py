"""What installers say when a file can't be written, replaced or removed, and what they trade.

Texts: pip's "Could not install packages due to an OSError" with the codes of Windows and of C, uv's "(os error N)",
conda's PermissionError, and the sentences of Windows for its error codes 5 and 32.
"""

from __future__ import annotations

__all__ = ["ROWS"]

_FOREIGN = r"(?-i:[\u00c0-\u024f\u0400-\u04ff\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af])"
"""A letter that is not of ASCII, as folders and users are named; no quotation mark."""

ROWS: tuple[tuple[str, tuple[str, ...], str], ...] = (
    (
        "write-refused",
        (
            "winerror 5]",
            "winerror 32]",
            "errno 13] permission denied",
            "(os error 5)",
            "(os error 13)",
            "(os error 32)",
        ),
        r"(?:WinError (?:5|32)\]|Errno 13\] Permission denied)[^'\"\n]{0,120}\n?[^'\"\n]{0,60}['\"](?P<subject>[^'\"\n]{3,300})"
        r"|[`'\"](?P<other>[^`'\"\n]{3,300})[`'\"][^`\n]{0,80}\(os error (?:5|13|32)\)"
        r"|WinError (?:5|32)\]|Errno 13\]|os error",
    ),
    ("could-not-install", ("could not install packages due to an",), ""),
    (
        "pip-frames",
        ("pip\\_vendor", "pip/_vendor", "pip\\_internal", "pip/_internal"),
        r"File \"[^\"\n]{0,300}[\\/]pip[\\/]+_(?:vendor|internal)[\\/]",
    ),
    (
        "cuda-symbol-version",
        ("with link time reference",),
        r"(?P<subject>[^\s:]{3,260}): symbol \w+,? version \S{1,80} not defined in file",
    ),
    (
        "computes-on-cpu",
        (
            "fp16 is not supported on cpu",
            "defaulting to cpu. note",
            "using cpu. note: this module is much faster",
            "falling back to cpu mode",
            "torch reports cuda not available",
            "no supported nvidia gpu found",
            "using torch device: cpu",
            "using device_type cpu",
            "using device: cpu",
            "没有发现支持的n卡",
            "without gpu support, or with missing cuda",
            "not implemented for 'half'",
            "cannot run with `cpu` device",
            "set vram state to: disabled",
            "no gpu detected",
            "no gpu has been detected",
            "no gpu being used",
            "realesrgan is slow on cpu",
            "using cpu for inference",
            *("use pytorch device: cpu", "use pytorch device_name: cpu", "device: cpu, n_gpu: 0"),
            *("ds_accelerator to cpu (auto", "accelerator device: 'cpu'"),
            *("'cuda', but cuda is not available", "enabled, but cuda is not available"),
            *("gpu is required to run awq", "gpu is required to quantize"),
            *(
                "device: cpu",
                "设备: cpu",
                "设备：cpu",
                "running on cpu",
                "running on the cpu",
                "loaded on cpu",
            ),
            *("cuda: false", "cuda:  false"),
        ),
        r"(?P<half>(?<!_cuda)(?<!_cuda_)\"(?![^\"\n]{0,60}cuda)[\w:]{3,80}\" not implemented for 'Half')"
        r"|FP16 is not supported on CPU|[Dd]efaulting to cpu\. Note|[Uu]sing CPU\. Note|[Ff]alling back to CPU mode|reports CUDA not available"
        r"|[Nn]o supported NVIDIA GPU|[Uu]sing torch device: cpu|[Uu]sing device_type cpu|[Uu]sing device: cpu|没有发现支持的|without GPU support, or|float16` cannot run with `cpu` device|vram state to: DISABLED|^\W{0,3}(?:\w+: )?no gpu (?:has been )?detected"
        r"|[Nn]o GPU being used|RealESRGAN is slow on CPU|[Uu]sing cpu for inference|[Uu]se pytorch device(?:_name)?: cpu|device: cpu, n_gpu: 0"
        r"|ds_accelerator to cpu \(auto|Accelerator device: 'cpu'|(?:'cuda'|enabled), but CUDA is not available|GPU is required to (?:run AWQ|quantize)"
        r"|^\W{0,3}(?:INFO|WARNING)?\W{0,3}(?:[\w ]{0,20}\bdevice|(?:当前|使用)?设备) ?[:：] ?cpu\W{0,3}$|^\W{0,3}(?:INFO|WARNING)?\W{0,3}(?:[\w ]{0,30}\b)?(?:running|loaded) on (?:the )?cpu\W{0,3}$"
        r"|^\W{0,3}(?:using |use )?cuda: {1,2}false\W{0,3}$",
    ),
    (
        "half-refused",  # CTranslate2 and transformers, of the device that they compute on
        ("target device or backend do not support efficient", "setup doesn't support bf16/gpu"),
        r"setup doesn't support (?P<bf16>bf16)/gpu|Requested (?P<subject>\w+) compute type, but the target device or backend do not support",
    ),
    (
        "vision-c-import",
        ("from torchvision import _c",),
        r"from torchvision import _C\b[^\n]{0,40}\n(?:[^\n]{0,200}\n)?ImportError: DLL load failed",
    ),
    (
        "foreign-path-refused",
        (
            "unable to open file",
            "parent directory",
            "open file failed",
            "file not found:",
            "can't open/read file",
            "could not open",
            'not found: "',
            "load model from",
            "cannot open source file",
        ),
        rf"(?:Unable to open file|Parent directory|open file failed|^\w*Error: File not found:|can't open/read file|[Cc]ould not open|Not found: \"|Load model from|cannot open source file)[^\n]{{0,240}}{_FOREIGN}"
        rf"|imread_\('[^'\n]{{0,200}}{_FOREIGN}[^\n]{{0,200}}can't open/read file",
    ),
    ("linux-library", (".so",), r"(?:CDLL|LoadLibrary)\([^\n]{0,200}\.so['\"]"),
    (
        "already-torch",
        ("requirement already satisfied: torch",),
        r"Requirement already (?:satisfied|up-to-date): torch(?:[=<>~!][^\s]{0,40})? in [^\n(]{3,260}\((?P<subject>\d[\w.+]{2,40})\)",
    ),
    (
        "uninstalled-cuda",
        ("uninstalling torch-",),
        r"Uninstalling torch-\d[\w.]{0,20}\+(?P<subject>cu\d{2,3})",
    ),
    (
        "installed-torch",
        ("successfully installed",),
        r"Successfully installed[^\n]{0,3000}?\btorch-(?P<subject>\d[\w.+]{2,40})(?= |$|\n)",
    ),
    (
        "torch-file-missing",
        ("no such file or directory", "系统找不到指定的文件", "cannot find the file specified"),
        r"(?:Errno 2\]|WinError [23]\])[^\n'\"]{0,80}['\"](?P<subject>[^'\"\n]{3,260}(?:site|dist)-packages[\\/]+torch[\\/][^'\"\n]{0,120}\.(?:py|so|dll|pyd|dylib|json)|[^'\"\n]{3,260}[\\/]torch_shm_manager)['\"]",
    ),
    ("torch-file-missing", ("unable to find torch_shm_manager",), ""),
    (
        "torch-c-undefined",
        ("name '_c' is not defined", "in dir(_c)"),
        r"in dir\(_C\)[^\n]{0,80}(?:\n[^\n]{0,200}){0,6}?NameError: name '_C'|name '_C' is not defined",
    ),
)
