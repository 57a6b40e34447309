"""What people say of the system in their own words: container, scheduler, WSL, processor, kind of Python, memory.

Remarks are weaker than a program's words. `WORDS` count wherever they stand; `SENTENCES` only outside of a label with
its value.
"""

from __future__ import annotations

__all__ = ["SENTENCES", "WORDS"]

WORDS: tuple[tuple[str, tuple[str, ...], str], ...] = (
    (
        "said-singularity",
        ("singularity", "apptainer", "--nv"),
        r"\b(?:singularity|apptainer)\b|without --nv",
    ),
    (
        "said-denied",
        (
            "nobody ",
            "video group",
            "render group",
            "with sudo",
            "as root",
            "crw-rw----",
            "under sudo",
            "groups",
        ),
        r"not (?:in|(?:a )?member of|part of) (?:the )?(?:groups? )?[`'\"]?(?:render|video)\b|with sudo (?:it works|the (?:GPU|card) is|everything works)|(?:not (?:in|a member of)|no member of|isn't in) (?:the )?(?:video|render) group|works? (?:only )?(?:with|under|as) (?:sudo|root)|\b(?:only|but not|not) (?:as|with|under|for) (?:the )?(?:sudo|root)\b(?! password)|crw-rw----[^\n]{0,60}(?:nvidia|kfd|dri)|(?:nvidia|kfd)[^\n]{0,40}crw-rw----|\bnobody +(?:nogroup|nobody)\b[^\n]{0,60}/dev/(?:nvidia|kfd|dri)",
    ),
    (
        "said-shm",
        ("--shm-size", "--ipc", "/dev/shm", "num_workers", "dataloader"),
        r"--shm-size|--ipc[= ]host|/dev/shm|num_workers ?=? ?[1-9]|DataLoader",
    ),
    (
        "said-virtual-machine",
        (
            "virtualbox",
            "vmware",
            "virtual machine",
            "qemu",
            "hyper-v",
            "parallels",
            "without passthrough",
            "虚拟机",
        ),
        r"VirtualBox|VMware|virtual machine|\bQEMU\b|Hyper-V|Parallels|passthrough|虚拟机",
    ),
    (
        "said-docker",
        ("docker", "container", "容器"),
        r"(?:inside|in|within|running|run|from|using|使用|在) ?(?:an? |the |my )?[\w. /:-]{0,30}\b(?:docker|container)\b|docker (?:container|image|run|compose|exec)|docker-compose|\bimage nvidia/cuda|\((?:in |inside )?(?:the )?(?:same running )?container\)|容器",
    ),
    (
        "said-kubernetes",
        (
            *("kubernetes", "k8s", "k0s", "k3s", "gpu operator", "kubectl", " pod", "openshift", "kubeflow"),
            "runtimeclass",
        ),
        r"kubernetes|k8s|gpu operator|kubectl|\bk[03]s\b|\b(?:in|inside|within|of|the|my|GPU|an?) (?:an? |the |my )?(?:\w+ )?(?<!TPU )pods?\b|openshift|kubeflow|runtimeClass(?:Name)?\b",
    ),
    ("said-podman", ("podman", "rootless"), r"podman|rootless (?:docker|container)"),
    ("said-wsl", ("wsl", "windows subsystem for linux"), r"\bWSL ?2?\b|Windows Subsystem"),
    (
        "said-wsl1",
        ("wsl 1", "wsl1", "version 1", "-microsoft"),
        r"4\.4\.0-\d+-Microsoft|\bWSL ?1\b|wsl[^\n]{0,40}version 1\b",
    ),
    (
        "said-lxc",
        ("lxc", "lxd", "incus"),
        r"\bLXC\b(?! (?:is|was) not)|\b(?:LXD|Incus) (?:container|instance)",
    ),
    (
        "said-no-gpus-flag",
        (
            "--gpus",
            "--nv",
            "nvidia.com/gpu",
            "deploy.resources",
            "gpu reservation",
            "gpus: all",
            "--runtime=nvidia",
            "runtime: nvidia",
            "nvidia runtime",
            "devices:",
            "default-runtime",
            "default_runtime",
            "default runtime",
            "runtimeclass",
        ),
        r"(?:default[-_ ]runtime(?:_name)?\b[^\n;.]{0,40}?(?:\bis|=|:|remains|still)? ?['\"`]?runc\b|default[-_ ]runtime (?:is|was) not\b|(?:not|n't|never) (?:set |made )?(?:as )?(?:the )?default[-_ ]runtime)|(?:no|without|missing|lacks?) (?:a |the )?(?:default[-_ ]runtime|runtimeClass(?:Name)?)\b|(?:without|no|missing|lacks?|forgot|omit\w*|not (?:pass|give|set|us)\w*)[^\n]{0,30}(?:--gpus|--nv\b|nvidia\.com/gpu|deploy\.resources|gpu reservation|--runtime=nvidia|nvidia runtime|runtime: nvidia|devices: section)",
    ),
    (
        "said-no-gres",
        ("--gres", "--gpus", "srun", "salloc", "slurm"),
        r"(?:without|no|missing|lacks?|forgot|omit\w*)[^\n]{0,30}--(?:gres|gpus(?:-per-\w+)?)\b"
        r"|\b(?:srun|salloc) (?!(?:[^\n]*(?:--gres|--gpus|-G ?\d|\\$)))",
    ),
    (
        "said-apple",
        (
            "apple silicon",
            "apple m",
            "m1",
            "m2",
            "m3",
            "m4",
            "m5",
            "uname -m",
            "proc_translated",
            "arm64 outside",
        ),
        r"i386[^\n;]{0,60}\barm64 (?:outside|elsewhere|in)|uname -m[^\n]{0,40}\barm64|proc_translated[`'\"]?(?: is|:| =|=)? ?1\b|Apple ?[Ss]ilicon|Apple M\d|\bM[1-5](?: (?:Pro|Max|Ultra)|\b(?: Mac| ?芯片| ?的 ?Mac))|Mac[^\n]{0,20}\bM[1-5]\b|(?:^|[(,;:] ?)M[1-5](?: (?:Pro|Max|Ultra))?(?=[;,.)]|$)",
    ),
    (
        "said-x86-mac",
        (
            "i386",
            "x86_64",
            "x86-64",
            "rosetta",
            "osx-64",
            "intel",
            "emulat",
            "proc_translated",
            "translated",
            "homebrew",
        ),
        r"processor\(\)[^\n]{0,20}i386|Rosetta|\bosx-64\b|Mach-O[^\n]{0,30}x86_64|proc_translated[`'\"]?(?: is|:| =|=)? ?1\b|\b(?:runs?|running|is|are) translated\b|Homebrew[^\n;.]{0,20}/usr/local\b|\barch\b[^\n;]{0,20}\bi386\b"
        r"|(?:Intel|x86[_-]64|x86|amd64) ?(?:版|架构)? ?的 ?(?:Mini|Ana|mini|ana)?(?:conda|forge|Python|python|Homebrew)|(?:Intel|x86[_-]64|x86|amd64)(?:[- ]only)?[- ](?:(?:edition|version|build|installer|variant|only)s? )?(?:of )?(?:the )?(?:Mini|Ana|mini|ana)?(?:conda|forge|3|Python|python|interpreter|brew|Homebrew|terminal|shell|installation|installer)\d?\b"
        r"|\b(?:conda|miniforge|[Pp]ython|interpreter|terminal|shell|env\w*|venv)\b[^\n.;]{0,30}\b(?:is|are|was|runs?|installed|built|made)\b[^\n.;]{0,24}\b(?:x86[_-]64|Intel|emulat\w*|amd64)\b"
        r"|\b(?:[Pp]ython|conda|[Tt]erminal)\b[^\n.;]{0,16}\b(?:as|shows?|says|kind:?) Intel\b"
        r"|platform\.machine\(\)\)?[\"']?\n?[^\n]{0,30}\bx86_64|macosx_\d\d_\d_x86_64(?!\.whl)",
    ),
    ("said-pypy", ("pypy",), r"(?<!python\.org/)\bpypy(?:3|\d|\b)"),
    ("said-graalpy", ("graalpy",), r"\bgraalpy(?:[_-]\w+)?\b"),
    (
        "said-32-bit",
        (
            "32-bit",
            "32 bit",
            "32位",
            "32 位",
            "win32",
            "-32",
            "(x86)\\python",
            "32bit",
            "calcsize",
            "-x86-",
            "-i686-",
        ),
        r"\bcpython-3[\w.+]{1,20}-(?:windows|linux)-(?:x86|i686)-|\b32[- ]?bit (?:build|Python|runtime|version|interpreter|(?:Raspberry Pi |Pi )?OS\b|Raspbian|\()|Python[^\n]{0,30}\b32[- ]?bit|python\d+-32\b|\(x86\)\\python|\[MSC v\.\d+ 32 bit|32 ?位|\('32bit'|calcsize\([\'\"]P[\'\"]\)\W{0,6}(?:(?:is|gives?|returns?|prints?) ?)?4\b",
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
        r"free[- ]thread|nogil|3\.1\dt\b|(?:using CPython[^\n]{0,20}|e\.g\., )`cp31\dt`|cp31\d-cp31\dt",
    ),
    (
        "said-arm-windows",
        (
            "snapdragon",
            "windows on arm",
            "windows 11 arm",
            "surface pro x",
            "for arm64",
            "arm64 python",
            "(arm64)",
        ),
        r"Surface Pro X|Python for ARM64|ARM64 Python|Windows[^\n]{0,12}\(ARM64\)|Snapdragon|Windows (?:11 )?on ARM|Windows 11 ARM",
    ),
    (
        "said-intel-mac",
        ("intel", "英特尔"),
        r"mac ?OS(?: [\d.]+)?(?: on)?[ ,(]{1,2}(?:Intel\b|x86\b)|\bx86 Macs?\b|Intel[- ](?:based )?(?:i?Mac(?:Book)?|MacBook|chips? Mac)|(?:i?Mac(?:Book)?(?: Pro| Air| mini)?)(?:,| is| with| has)?(?: an?)? \(?Intel\b|Mac[^\n]{0,40}(?:Intel (?:Core|i\d|Xeon|chip)|Core i\d)|英特尔[^\n]{0,6}Mac|Mac[^\n]{0,6}英特尔",
    ),
    (
        "said-arm-board",
        ("jetson", "raspberry pi", "orange pi", "树莓派", "on aarch64", "(aarch64)", "dgx spark", "rk3588"),
        r"\bJetson\b|Raspberry Pi|Orange Pi|树莓派|on aarch64|\(aarch64\)|DGX Spark|RK3588",
    ),
    ("said-arm32", ("piwheels.org", "armv7l", "armv6l", "armhf"), r"piwheels\.org|\barmv[67]l\b|\barmhf\b"),
    (
        "said-musl",
        ("musllinux", "alpine", "musl"),
        r"musllinux|\bAlpine\b|\bmusl\b|(?:FROM|image:) \S{0,80}alpine",
    ),
    (
        "said-other-system",
        ("freebsd", "openbsd", "netbsd", "termux", "android", "solaris", "haiku os"),
        r"(?:OS|System|system|on|inside|in)\b:? ?(?P<subject>FreeBSD|OpenBSD|NetBSD|Termux|Android|Solaris|Haiku)\b",
    ),
    (
        "said-musl-refused",
        ("alpine", "musl"),
        r"(?:alpine|musl)\b[^\n]{0,120}(?:torch is (?:un|not )supported|no (?:torch )?wheels?|(?:un|not )supported by torch)",
    ),
)

SENTENCES: tuple[tuple[str, tuple[str, ...], str], ...] = (
    (
        "said-memory-eaten",
        ("memory", "ram"),
        r"\b(?:takes?|uses?|eats?|fills?|exhausts?|consum\w+|took|used|ate)(?: up)? (?:all|the whole)(?: of)?(?: the| my| its)? ?(?:available |system |host |cpu |machine's )?(?:memory|RAM)\b"
        r"|\b(?:runs?|ran) out of (?:system |host |cpu )?RAM\b",
    ),
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
    (
        "killed",
        ("with killed", "'killed'", "by the oom", "out-of-memory killer"),
        r"(?:ends?|ended|stops?|stopped|dies|died|aborts?|terminates?|fails?|exits?) with [`'\"]?Killed\b|killed by the (?:oom|out[- ]of[- ]memory|kernel)",
    ),
    (
        "said-own-certificate",  # of a firewall that opens what passes it
        ("certificate", "re-sign", "证书"),
        r"(?:proxy|firewall|vpn|antivirus|network|compan\w+|corporate)\b[^\n.;]{0,60}\b(?:own|root|self-signed|custom|internal|inspect\w*|re-?sign\w*)\b[^\n.;]{0,24}\bcertificate|(?:own|custom|corporate|company|internal)(?: root| CA)? certificates?\b[^\n.;]{0,40}(?:proxy|firewall|vpn)|(?:公司|代理|防火墙)[^\n，。；]{0,16}(?:自签|自己的|根)[^\n，。；]{0,4}证书",
    ),
)
