"""What people write in their own words about a machine: short phrases with one meaning.

These are remarks, weaker than a program's words. Each names a state of the machine in the terms of this field.
"""

from __future__ import annotations

__all__ = ["ROWS"]

ROWS: tuple[tuple[str, tuple[str, ...], str], ...] = (
    (
        "said-extension",
        ("extension", "custom op", "custom cuda", "custom kernel", "mmcv", "flash-attn", "flash_attn", "detectron2", "setup.py build", "setup.py develop", "-cuda\n", "mish"),
        r"(?:build|compil\w+|install\w*)[^\n]{0,40}\bextension\b|\bextension (?P<subject>[\w.-]{2,40})|custom (?:CUDA )?(?:op|kernel)s?\b|setup\.py (?:build|develop|install)",
    ),
    ("said-one-device", ("device_count", "devices", "gpu"), r"device_count\(\)[^\n]{0,20}(?:returns?|is|=|:|->|gives?) ?[01]\b|(?:sees?|shows?|finds?) only (?:one|1) (?:device|GPU|instance)"),
    ("said-toolkit", ("cuda",), r"(?:machine|system|computer|server|we|i) ha(?:s|ve) CUDA|CUDA (?:toolkit )?\d+\.\d is installed|nvcc -V"),
    (
        "said-wants-gpu",
        ("--device", "device=", "--gpu", ".cuda()", "to('cuda", 'to("cuda', "-gpus"),
        r"--device[ =](?:0|cuda|gpu)|device ?= ?'?\"?(?:0\b|cuda)|\.cuda\(\)|\.to\(['\"]cuda|--gpus? ?=?\d|--n[-_]gpus? \d",
    ),
    (
        "said-cpu-build",
        ("cpu build", "cpu-only", "cpu only", "cpu version", "cpu wheel", "+cpu wheel", "cpu variant", "cpu 版", "cpu版", "cpuonly"),
        r"CPU[- ]only (?:build|version|wheel|torch|pytorch)|(?:is|gives|installs?|get|got|gets|was|the|an?) (?:the |an? )?[+]?CPU (?:build|version|wheel|variant)|cpu ?版",
    ),
    (
        "said-vision-cpu",
        ("torchvision", "torchaudio"),
        r"torch(?:vision|audio)\b[^\n.;]{0,24}\bCPU (?:build|version|wheel)|torch(?:vision|audio) [\d.]+ cpu_",
    ),
    (
        "said-no-torch",
        ("torch is missing", "torch is not installed", "without torch", "has no torch", "pytorch is not installed", "torch isn't installed", "lacks torch", "torch is not found"),
        "",
    ),
    (
        "said-other-python",
        ("python", "pip", "interpreter", "env"),
        r"(?:runs?|uses?|used|resolves? to|picks?|takes?|calls?|starts?|finds?|points? (?:at|to))\b[^\n;.]{0,30}\b(?:the system|another|a third|(?:a )?different|the wrong|the base|base's|system's) ?(?:Python|interpreter|env\w*|pip)|(?:pip|conda) installs? (?:it |them )?(?:in)?to [^\n;]{3,160}|alias (?:python|pip)\d?=|where python ?->|which python ?->|\bin the (?:terminal|base env\w*|other env\w*) it works",
    ),
    (
        "said-works-elsewhere",
        ("works in a terminal", "works in the terminal", "from the terminal it works", "works from the terminal", "fails in the notebook", "works in the console", "works in cmd", "works on the command line"),
        "",
    ),
    (
        "said-foreign-path",
        ("non-ascii", "chinese", "中文", "unicode path", "accent", "umlaut", "cyrillic", ":\\", "/users/", "/home/"),
        r"non-ASCII|Chinese (?:character|letter|user ?name|path|folder)|中文(?:路径|用户名|字符|目录)|(?:path|folder|user ?name)[^\n]{0,40}(?:accent|umlaut|Cyrillic)|[A-Za-z]:\\[^\n\"'<>|?*]{0,160}?[\u0080-\uffff][^\n]{0,60}[\\/]|/(?:Users|home)/[^\n\"'/ ]{0,60}[\u0080-\uffff]",
    ),
    (
        "said-named-as-module",
        ("named", "called"),
        r"(?:script|file|module|notebook|program)[^\n]{0,20} (?:named|called) '?`?(?P<subject>[\w]{1,40})\.py\b",
    ),
    (
        "said-virtual-machine",
        ("virtualbox", "vmware", "virtual machine", "qemu", "hyper-v", "parallels", "without passthrough", "虚拟机"),
        r"VirtualBox|VMware|virtual machine|\bQEMU\b|Hyper-V|Parallels|passthrough|虚拟机",
    ),
    (
        "said-no-gpu",
        ("no gpu in", "no nvidia gpu", "without a gpu", "has no gpu", "no nvidia devices found", "没有显卡", "no dedicated gpu", "no discrete gpu", "cpu-only node", "cpu-only head", "cpu-only machine"),
        "",
    ),
    (
        "said-hidden",
        ("cuda_visible_devices", "ray.remote", "ray.init", "num_gpus"),
        r"(?:empties|emptied|clears|unsets|overwrites|overrides|sets) CUDA_VISIBLE_DEVICES|@?ray\.remote|CUDA_VISIBLE_DEVICES ?(?:=|is|to|:) ?(?:\"\"|''|-1|empty)|num_gpus ?= ?0",
    ),
    (
        "said-removed",
        ("removed", "withdrawn", "shut down", "discontinued", "no longer on", "no longer available", "no longer exists", "taken down", "停止服务", "已下线", "已关闭", "不再提供", "out of service"),
        "",
    ),
    ("said-cuda-13", ("cuda 13", "cuda13", "cu130", "cu13"), r"CUDA ?13[^\n]{0,24}(?:image|build|wheel|version)|\bcu13\d\b"),
    ("said-extra-wins", ("precedence", "takes precedence", "pypi wins", "from pypi", "--extra-index-url"), r"precedence|PyPI wins|(?:torch|they|it)[^\n]{0,40}(?:come|comes|came|taken|is taken|install\w*) from PyPI|unsets? global|stays in force"),
    (
        "said-docker",
        ("docker", "container", "容器"),
        r"(?:inside|in|within|running|run|from|using|使用|在) ?(?:an? |the |my )?[\w. /:-]{0,30}\b(?:docker|container)\b|docker (?:container|image|run|compose|exec)|docker-compose|\bimage nvidia/cuda|容器",
    ),
    ("said-kubernetes", ("kubernetes", "k8s", "gpu operator", "kubectl"), ""),
    ("said-podman", ("podman", "rootless"), r"podman|rootless (?:docker|container)"),
    ("said-wsl", ("wsl", "windows subsystem for linux"), r"\bWSL ?2?\b|Windows Subsystem"),
    ("said-wsl1", ("wsl 1", "wsl1", "version 1"), r"\bWSL ?1\b|wsl[^\n]{0,40}version 1\b"),
    (
        "said-no-gpus-flag",
        (
            "--gpus",
            "gpu reservation",
            "gpus: all",
            "--runtime=nvidia",
            "runtime: nvidia",
            "nvidia runtime",
            "devices:",
        ),
        r"(?:without|no|missing|lacks?|forgot|omit\w*|not (?:pass|give|set|us)\w*)[^\n]{0,30}(?:--gpus|gpu reservation|--runtime=nvidia|nvidia runtime|runtime: nvidia|devices: section)",
    ),
    (
        "said-mounted-driver",
        ("bind-mount", "bind mount", "mounted", "mount"),
        r"(?:nvidia-smi|libcuda|libnvidia|driver)[^\n]{0,60}(?:bind[- ]?)?mount|mount\w*[^\n]{0,60}(?:nvidia-smi|libcuda|libnvidia|driver files)",
    ),
    ("said-mig", ("mig",), r"\bMIG\b"),
    (
        "said-exclusive",
        ("exclusive_process", "exclusive process", "exclusive_thread", "e. process", "compute mode", "-c 3"),
        r"Exclusive[_ ](?:Process|Thread)|E\. Process|compute mode[^\n]{0,30}(?:exclusive|prohibited)",
    ),
    (
        "said-apple",
        ("apple silicon", "apple m", "m1", "m2", "m3", "m4", "m5"),
        r"Apple ?[Ss]ilicon|Apple M\d|\bM[1-5](?: (?:Pro|Max|Ultra)|\b(?: Mac| ?芯片))|Mac[^\n]{0,20}\bM[1-5]\b",
    ),
    (
        "said-x86-mac",
        ("i386", "x86_64", "rosetta"),
        r"processor\(\)[^\n]{0,20}i386|Rosetta|platform: osx-64",
    ),
    ("said-pypy", ("pypy",), r"\bpypy(?:3|\d|\b)"),
    (
        "said-32-bit",
        ("32-bit", "32 bit", "32位", "win32", "-32\\", "(x86)\\python", "32bit"),
        r"\b32[- ]?bit (?:build|Python|runtime|version|interpreter|\()|Python[^\n]{0,30}\b32[- ]?bit|python\d+-32\\|\(x86\)\\python|\[MSC v\.\d+ 32 bit|32位",
    ),
    (
        "said-free-threaded",
        (
            "free-threading build",
            "free-threaded",
            "free threaded",
            "cp313t",
            "cp314t",
            "3.13t",
            "3.14t",
            "nogil",
        ),
        "",
    ),
    ("said-musl", ("musllinux", "alpine", "musl"), r"musllinux|\bAlpine\b|\bmusl\b"),
    (
        "said-user-site",
        (".local/lib/python", "appdata\\roaming\\python", "--user"),
        r"\.local/lib/python\d|AppData\\Roaming\\Python\\|install --user",
    ),
    (
        "said-jupyter",
        ("jupyter", "ipykernel", "ipython", "notebook", "spyder", "kernelspec", "colab", "kaggle"),
        r"[Jj]upyter|ipykernel|[Ii][Pp]ython|\b[Nn]otebook|kernelspec",
    ),
    (
        "said-editor",
        (
            "vscode",
            "vs code",
            "visual studio code",
            "pycharm",
            "vim",
            "sublime",
            "emacs",
            "code runner",
            "spyder",
            "debugpy",
            "idle",
        ),
        r"VS ?[Cc]ode|Visual Studio Code|PyCharm|\b[Nn]?[Vv]im\b|Sublime|\bEmacs\b|Code Runner|ms-python|debugpy|python\.pythonPath|\bIDLE\b",
    ),
)
