"""What people tell of servers, notebooks and containers in their own words, where no program's line is quoted.

Like `system`, these are remarks of one line each. The sentences are taken apart by what they are about (a driver, a
card, a container, an interpreter) and by what is said of it, rather than listed.
"""

from __future__ import annotations

__all__ = ["ROWS"]

_CARD = r"(?:gpus?|cards?|graphics cards?|cuda|devices?|rtx|gtx|tesla|nvidia|a100|h100|v100|t4)\b"
_SEES_NOT = r"(?:(?:does|do|did|can|could|will|is|are)(?: not|n[o']t)|cannot|can't|unable to|fail(?:s|ed)? to|no longer|never)"
_SEE = r"(?:see|sees|find|finds|detect|detects|use|uses|access|recogni[sz]e|reach|get)"
_WORKS = r"(?:works?|worked|helps?|helped|fix(?:es|ed)|solve[sd]?|cure[sd]|runs?|is fine|succeeds?|imports?)"
_TORCH = r"(?:py)?torch(?:vision|audio)?"

ROWS: tuple[tuple[str, tuple[str, ...], str], ...] = (
    # -- the GPU is not seen
    (
        "said-gpu-unseen",
        ("see", "find", "detect", "use", "access", "recogni", "cuda is", "cuda=false", "gpu is", "gpus are"),
        rf"{_SEES_NOT} (?:be )?{_SEE}(?:ed|d)? (?:the |my |any |a |its |our )?{_CARD}"
        rf"|{_CARD}[^\n.;]{{0,12}} (?:is|are|was) (?:not|no longer) (?:seen|found|detected|used|available|visible|usable|accessible|recogni[sz]ed)"
        r"|cuda ?= ?false\b|\bsees? no (?:gpu|cuda|device)|\bno (?:gpus?|cuda devices?) (?:is|are|was|were)? ?(?:seen|found|detected|visible|available)",
    ),
    (
        "said-no-gpu",
        (
            "without gpu",
            "without any gpu",
            "no gpu attached",
            "no gpu on",
            "runtime type none",
            "accelerator: none",
            "accelerator none",
            "tpu runtime",
            "cpu runtime",
            "cpu instance",
            "cpu-only",
            "cpu only",
            "no gpu was",
            "hardware accelerator",
        ),
        r"without (?:an? |any )?hardware accelerator|without (?:an? |any )?(?:nvidia )?gpus?\b(?! (?:support|access|flag|option|passthrough))|no gpu (?:attached|on|was)"
        r"|(?:runtime|accelerator)(?: type)?:? (?:is |set to |type )?['\"]?none\b|(?:tpu|cpu) (?:runtime|instance)"
        r"|cpu[- ]only (?:vm|instance|server|runtime|notebook|laptop|box|host|session|pod)",
    ),
    # -- the driver
    (
        "said-no-driver",
        ("driver",),
        r"(?:without|no|lacks?|missing)(?: the| an?| any)? (?:nvidia |gpu |cuda )?(?:display )?drivers? (?:is |was |were )?(?:installed|present|there|at all)"
        r"|without (?:the |an? |any )?nvidia('s)? drivers?\b|(?:nvidia |gpu )?drivers? (?:is|was|were|has|have)(?: not|n't) (?:been )?installed"
        r"|(?:未|没有?)(?:安装)(?:显卡|nvidia)?驱动",
    ),
    (
        "said-module-lost",
        (
            "kernel",
            "dkms",
            "lsmod",
            "secure boot",
            "secureboot",
            "nvidia-smi has failed",
            "nvidia-smi fails",
            "nvidia-smi stopped",
        ),
        r"(?:kernel|unattended-upgrades?)[^\n.;]{0,20}(?:updat|upgrad|chang)\w*[^\n]{0,60}(?:nvidia-smi|driver|gpu|cuda)[^\n]{0,30}(?:fail|stop|no longer|not work|broke|error|gone|lost)"
        r"|nvidia-smi[^\n]{0,30}(?:fail|stop|no longer|not work|broke)\w*[^\n]{0,40}(?:after|since)[^\n]{0,24}(?:kernel|unattended)"
        r"|dkms[^\n]{0,30}(?:not|n't|never|failed to)[^\n]{0,12}(?:re)?(?:build|built)|lsmod[^\n]{0,40}(?:no|not|without|empty|nothing)\b[^\n]{0,20}(?:nvidia)?"
        r"|NVIDIA-SMI has failed|(?:nvidia|kernel) module[^\n]{0,12}(?:is |was |has )?(?:not|n't|never)[^\n]{0,8}(?:loaded|built|load)",
    ),
    (
        "said-reset-helps",
        ("suspend", "hibernat", "sleep", "resume", "nvidia_uvm", "reboot", "nvidia-uvm", "restart"),
        r"(?:after|since|following|from|upon|on) (?:a |the |an )?(?:laptop )?(?:suspend|hibernat\w+|sleep|resum\w+|wak\w+)"
        r"|(?:rmmod|modprobe)[^\n]{0,30}nvidia[_-]uvm|nvidia[_-]modprobe"
        rf"|(?:after|until) (?:a |the )?(?:re(?:boot|start)\w*)(?: of the (?:machine|host|server))?[^\n.;]{{0,24}}(?:{_WORKS})|re(?:boot|start)\w*[^\n.;]{{0,16}}{_WORKS}",
    ),
    (
        "cuda-999",
        ("returns 999", "returned 999", "-> 999", "error: 999", "code 999"),
        r"(?:cuda\w*|cuInit|deviceQuery|nvml\w*)[^\n]{0,60}(?:returns?|returned|->|error:|code) ?999\b",
    ),
    (
        "fabric-manager",
        ("fabricmanager", "fabric manager"),
        r"fabric ?-?manager(?: version)? (?P<v>\d{3}\.\d+)[^\n.;]{0,40}\bdriver (?:version )?(?!(?P=v))\d{3}\.\d",
    ),
    ("smi-lost", ("err!",), r"nvidia-smi[^\n]{0,30}ERR!"),
    (
        "said-memory-held",
        (
            "zombie",
            "no process",
            "no running process",
            "crashed",
            "died",
            "after the",
            "killed",
            "ctrl",
            "释放",
            "进程",
            "not free",
            "not release",
            "not reset",
            "not clear",
        ),
        r"\b(?:GiB|GB|MiB|MB|memory|显存)(?:\b|占)[^\n;]{0,60}(?:used|occupied|held|taken|in use|allocated|full|占用|占满)[^\n;]{0,60}"
        r"(?:no (?:running )?process|zombie|after (?:the (?:process|job|program|script|crash|kill)|ctrl|kill)|(?:process|job|program|script) (?:has )?(?:died|crashed|ended)|crash|killed|ctrl|没有进程|找不到进程|结束|杀死)"
        r"|(?:no (?:running )?process|zombie)[^\n;]{0,40}(?:memory|GiB|MiB|GB)[^\n;]{0,30}(?:used|held|occupied|in use|taken)"
        r"|\b(?:program|process|script|job|training|run)\b[^\n.;]{0,12} has (?:already |long )?(?:crashed|died|ended|exited|been killed)|显存(?:没有|未|不)(?:被)?释放"
        r"|\b(?:kill\w*|runs?|process\w*|program|script)\b[^\n;]{0,30}(?:not|n't|never) (?:free|release|reset|clear|give back)\w*[^\n;]{0,12}(?:it\b|the memory|memory|(?:the )?gpu)"
        r"|\b(?:gpu )?memory (?:of the gpus? )?(?:is |was |stays )?(?:not|never) (?:freed|released|reset|cleared|deallocated)",
    ),
    (
        "said-memory-eaten",
        ("memory", "ram"),
        r"\b(?:takes?|uses?|eats?|fills?|exhausts?|consum\w+|took|used|ate)(?: up)? (?:all|the whole)(?: of)?(?: the| my| its)? ?(?:available |system |host |cpu |machine's )?(?:memory|RAM)\b"
        r"|\b(?:runs?|ran) out of (?:system |host |cpu )?RAM\b",
    ),
    (
        "vfio-holds",
        ("vfio-pci",),
        r"vfio-pci[^\n]{0,16}(?:for|holds|owns|has|bound)[^\n]{0,24}(?:\d{4}|nvidia|gpu|card)",
    ),
    (
        "legacy-driver",
        ("driver",),
        r"(?:last|final) (?:supported |working )?driver(?: branch| series)?(?: for it| for this card)? (?:is|was) (?:the )?(?P<subject>\d{3})\b"
        r"|driver (?:\d{3}[\d.]* )?(?:does not|doesn't|no longer) supports? (?:it|this card|this gpu|the card)\b",
    ),
    # -- containers and schedulers
    (
        "said-docker",
        (
            "the container",
            "dev container",
            "devcontainer",
            "this container",
            "docker build",
            "on the host",
            "daemon-reload",
        ),
        r"\b(?:the|this|dev) ?container\b|\bdocker build\b|\bon the host\b(?! cpu)|systemctl daemon-reload",
    ),
    (
        "said-no-gpus-flag",
        ("reservations", "nvidia.com/gpu", "resources.limits", "deploy section"),
        r"(?:no|without|missing|lacks?|not)\b[^\n]{0,24}(?:reservations\.devices|resources\.limits|deploy section|limit nvidia\.com/gpu|nvidia\.com/gpu)",
    ),
    (
        "said-denied",
        ("as a user", "as root", "with sudo", "selinux", "group video", "group render"),
        r"True (?:as|with|under) (?:root|sudo)|False as (?:a |the )?(?:normal |ordinary )?user|SELinux (?:is )?enforcing|(?:not|n't) in (?:the )?group (?:video|render)",
    ),
    # -- which Python, which torch
    (
        "said-site-shadow",
        (".local",),
        rf"(?:import {_TORCH} |python |it )?(?:takes?|loads?|prints?|picks?(?: up)?|comes?|came|uses?|finds?|resolves?|imports?|points?)\b[^\n]{{0,90}}(?:from |to )?\S{{0,60}}\.local(?:/lib/python[\d.]+|\b)",
    ),
    (
        "said-pythonpath",
        ("pythonpath",),
        rf"(?:without|unset\w*|clear\w*|remov\w*|empty\w*|dropping) (?:the )?PYTHONPATH[^\n.;]{{0,24}}{_WORKS}|PYTHONPATH[^\n.;]{{0,30}}(?:unset|removed|cleared)[^\n.;]{{0,24}}{_WORKS}",
    ),
    (
        "said-named-as-module",
        (".py",),
        r"(?:file|script|module) [`'\"]?(?P<subject>[a-z]\w{1,40})\.py[`'\"]? (?:lies|is|stands|sits|exists|was|lay) ?(?:in|next|beside|there)",
    ),
    (
        "said-other-python",
        ("without sudo", "sudo ", "belongs to"),
        rf"\bpip\d?(?:\.\d+)? belongs to\b|without sudo (?:it |everything |that |the import )?{_WORKS}|(?:with|under) sudo[^\n.;]{{0,30}}(?:another|other|system|root)[^\n.;]{{0,12}}(?:python|env)",
    ),
    (
        "said-kernel-elsewhere",
        ("kernel",),
        r"(?:notebook|jupyter)?[- ]?kernel (?:is|uses|runs|belongs|points)[^\n.;]{0,40}(?:of (?:the )?base|base|system|another|other|default)\b[^\n]{0,80}torch",
    ),
    (
        "said-from-pip",
        ("pypi", "pip "),
        r"\bfrom PyPI\b|\b(?:by|with|through|via) pip\b|\bpip (?:took|brought|installed|pulled|upgraded)",
    ),
    # -- what was built for what
    (
        "said-built-for",
        (
            "was built for",
            "was compiled for",
            "was built against",
            "was compiled against",
            "was built with",
            "was compiled with",
            "built for torch",
            "compiled on",
            "built on",
            "torch_cuda_arch_list",
        ),
        r"(?P<subject>[A-Za-z][\w.-]{1,40}) (?:was|is|were|had been) (?:built|compiled) (?:(?:for|against|with) (?:py)?torch ?v?\d|(?:on|for) (?:another|a different|the other)|elsewhere|with TORCH_CUDA_ARCH_LIST)",
    ),
    (
        "said-torch-runs",
        ("torch",),
        r"torch\.(?:rand|randn|zeros|ones|tensor|empty|arange)\([^\n]{0,30}\)(?:\.(?:cuda|to)\([^)\n]{0,12}\))?[^\n.;]{0,16}(?:works|ok\b|is fine|runs)"
        r"|(?:plain |own )?(?:py)?torch (?:itself |alone )?(?:works|runs|is fine)\b(?! (?:in|on the cpu|on cpu))",
    ),
    (
        "detected-cuda",
        ("detected cuda version",),
        r"detected CUDA version mismatch",
    ),
    (
        "killed",
        ("with killed", "'killed'", "by the oom", "out-of-memory killer"),
        r"(?:ends?|ended|stops?|stopped|dies|died|aborts?|terminates?|fails?|exits?) with [`'\"]?Killed\b|killed by the (?:oom|out[- ]of[- ]memory|kernel)",
    ),
    (
        "said-cpu-build",
        ("cpu_py",),
        r"pytorch[= ,]{1,3}[\d.]+[= ,(]{1,3}cpu_py",
    ),
)
