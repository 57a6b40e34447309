"""What people say of the GPU and its driver in their own words: whether it is seen, held, hidden, too old or too new.

Remarks are weaker than a program's words. `WORDS` count wherever they stand; `SENTENCES` only outside of a label with
its value.
"""

from __future__ import annotations

from envdoctor.intake.families.clauses import GENERATIONS, IN, NOT_CARRIED, WORKS

__all__ = ["SENTENCES", "WORDS"]

_CARD = r"(?:gpus?|cards?|graphics cards?|cuda|devices?|rtx|gtx|tesla|nvidia|a100|h100|v100|t4)\b"
_SEES_NOT = r"(?:(?:does|do|did|can|could|will|is|are)(?: not|n[o']t)|cannot|can't|unable to|fail(?:s|ed)? to|no longer|never)"
_SEE = r"(?:see|sees|find|finds|detect|detects|use|uses|access|recogni[sz]e|reach|get)"
_GPU = r"(?:GPUs?|(?:graphics )?cards?|CUDA(?: devices?)?|video cards?)"
_NAMED_CHIP = rf"(?:(?:compute |CUDA )?capability|sm_\d{{2,3}}|{GENERATIONS}|this (?:GPU|card|one)|(?:the|my|that) (?:GPU|card)|(?:the|my|an?|RTX) ?(?:[2345]0[5-9]0|1[06][5-8]0)(?: ?Ti)?)"

WORDS: tuple[tuple[str, tuple[str, ...], str], ...] = (
    (
        "said-gpu-unseen",
        (
            *(
                f"{no} {verb}"
                for no in ("not", "n't", "never")
                for verb in ("detect", "recogni", "us", "find", "see")
            ),
            *("识别", "检测", "找不", "用不"),
        ),
        r"(?:\bnot|n't|never) (?:detect|recogni|us|find|see)\w* (?:my |the |any )?(?:gpu|graphics card|cuda|RTX|GTX|nvidia)"
        r"|(?:没有?|不|无法|未能?|没法)(?:被)?(?:识别|检测)[^\n，。；]{0,4}(?:显卡|gpu|cuda)|(?:识别|检测|找)不(?:到|了|出)[^\n，。；]{0,6}(?:显卡|gpu|cuda)"
        r"|(?:显卡|gpu|cuda)[^\n，。；]{0,4}(?:(?:识别|检测|找)不(?:到|了|出)|(?:没有?|不|无法|未能?|没法)(?:被)?(?:识别|检测))|用不(?:了|上)(?:显卡|gpu|cuda)",
    ),
    (
        "said-one-device",
        ("device_count", "only one", "only 1", "mig device only", "mig instance only"),
        r"device_count\(\)[^\n]{0,20}(?:returns?|is|=|:|->|gives?) ?[01]\b|(?:sees?|shows?|finds?|uses?) (?:only (?:one|1) (?:MIG )?(?:device|GPU|instance)|(?:one|1) (?:MIG )?(?:device|GPU|instance) only)",
    ),
    (
        "said-wants-gpu",
        (
            "--device",
            "device=",
            "--gpu",
            ".cuda()",
            "to('cuda",
            'to("cuda',
            "-gpus",
            "cudatoolkit=",
            "pytorch-cuda=",
        ),
        r"--device[ =](?:0|cuda|gpu)|device ?= ?'?\"?(?:0\b|cuda)|\.cuda\(\)|\.to\(['\"]cuda|--gpus? ?=?\d|--n[-_]gpus? \d|(?:cudatoolkit|pytorch-cuda)=\d",
    ),
    (
        "said-no-gpu",
        (
            "no gpu in",
            "no nvidia gpu",
            "without a gpu",
            "has no gpu",
            "no nvidia devices found",
            "没有显卡",
            "没有独立显卡",
            "没有独显",
            "没有英伟达显卡",
            "没有n卡",
            "没有nvidia",
            "没有 nvidia",
            "没有gpu",
            "没有 gpu",
            "there is no gpu",
            "no graphics card",
            "no nvidia graphics card",
            "no nvidia card",
            "don't have a gpu",
            "do not have a gpu",
            "don't have an nvidia",
            "do not have an nvidia",
            "no dedicated gpu",
            "no discrete gpu",
            "cpu-only node",
            "cpu-only head",
            "cpu-only machine",
            *("核显", "集成显卡", "集显"),
        ),
        r"(?:只有|仅有|就一个|就只有)[^\n,，。;；]{0,12}(?:核显|集成显卡|集显)|(?<!if you )(?:don't|do not) have an? (?:nvidia )?(?:gpu|graphics card)"
        r"|(?<!如果)(?<!若)没有 ?(?:独立|英伟达|nvidia|n)? ?(?:显卡|独显|gpu|卡)(?!的话)"
        r"|there is no gpu(?:,|$| here| on purpose| at all)|no gpu in|no (?:nvidia )?(?:gpu|card|graphics card)|without a gpu|has no gpu|no nvidia devices found"
        r"|no (?:dedicated|discrete) gpu|(?<!you are running on a )(?<!you are on a )cpu-only (?:node|head|machine)",
    ),
    (
        "said-hidden",
        (
            "cuda_visible_devices",
            "ray.remote",
            "ray.init",
            "num_gpus",
            "ray serve",
            "ray worker",
            "ray actor",
            "rayactor",
            "rayworker",
        ),
        r"(?:empties|emptied|clears|unsets|overwrites|overrides|sets) CUDA_VISIBLE_DEVICES|@?ray\.remote|\bRay Serve\b|\b(?:\w*Ray ?Actors?|Ray ?Workers?(?:Wrapper)?)\b|CUDA_VISIBLE_DEVICES[\"\x27]\] ?= ?[\"\x27](?!0)|CUDA_VISIBLE_DEVICES ?(?:=|is|to|:) ?(?:\"\"|''|-1|empty)|num_gpus ?= ?0|(?:no|without|lacks?|omits?) num_gpus",
    ),
    ("said-mig", ("mig",), r"\bMIG\b"),
)

SENTENCES: tuple[tuple[str, tuple[str, ...], str], ...] = (
    (
        "cuda-35",
        (
            "insufficient driver",
            "insufficient nvidia driver",
            "driver insufficient",
            "driver is insufficient",
        ),
        r"\binsufficient (?:NVIDIA |CUDA )?driver\b|\bdriver (?:is )?insufficient\b",
    ),
    (
        "said-gpu-unseen",
        (
            "see",
            "find",
            "detect",
            "use",
            "access",
            "recogni",
            "cuda is",
            "cuda=false",
            "gpu is",
            "gpu name is",
            "gpus are",
            "appear",
            "show up",
        ),
        rf"{_CARD}[^\n.;]{{0,12}} (?:do(?:es)?|did)(?: not|n't) (?:appear|show up)\b|{_SEES_NOT} (?:be )?{_SEE}(?:ed|d)? (?:the |my |any |a |its |our )?{_CARD}"
        rf"|{_CARD}[^\n.;]{{0,12}} (?:is|are|was) (?:not|no longer) (?:seen|found|detected|used|available|visible|usable|accessible|recogni[sz]ed|listed|shown|offered)"
        r"|cuda ?= ?false\b|\bsees? no (?:gpu|cuda|device)|\bno (?:gpus?|cuda devices?)(?: name)? (?:is|are|was|were)? ?(?:seen|found|detected|visible|available|listed|shown|offered)",
    ),
    (
        "said-no-gpu",
        (
            "without gpu",
            "without any gpu",
            "no gpu attached",
            "no gpu on",
            "no gpu runtime",
            "connected to a gpu",
            "a gpu runtime",
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
            "gpu runtime",
            "runtime type",
            "runtime has to",
            "runtime was not",
        ),
        r"without (?:an? |any )?hardware accelerator|without (?:an? |any )?(?:nvidia )?gpus?\b(?! (?:support|access|flag|option|passthrough))|no gpu (?:attached|on|was|runtime)|(?:not|n't) (?:connected to )?a gpu(?: runtime)?\b"
        r"|(?:runtime|accelerator)(?: type)?:? (?:is |set to |type )?['\"]?none\b"
        r"|runtime(?: type)? (?:was|is|has|had|must|needs?|should|were)(?: not| to| be|n't){1,3} (?:be )?(?:changed |set |switched |selected )?(?:to )?(?:one with )?(?:an? )?GPU\b|without a GPU runtime|(?:tpu|cpu) (?:runtime|instance)"
        r"|cpu[- ]only (?:vm|instance|server|runtime|notebook|laptop|box|host|session|pod)",
    ),
    (
        "said-no-driver",
        ("driver",),
        r"(?:without|no|lacks?|missing)(?: the| an?| any)? (?:nvidia |gpu |cuda )?(?:display )?drivers? (?:is |was |were )?(?:installed|present|there|at all)"
        r"|without (?:the |an? |any )?nvidia('s)? drivers?\b|(?:nvidia |gpu )?drivers? (?:is|was|are|were|has|have)(?: not|n't) (?:been )?(?:installed|enabled)"
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
        rf"|(?:after|until) (?:a |the )?(?:re(?:boot|start)\w*)(?: of the (?:machine|host|server))?[^\n.;]{{0,24}}(?:{WORKS})|re(?:boot|start)\w*[^\n.;]{{0,16}}{WORKS}",
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
        "vfio-holds",
        ("vfio-pci",),
        r"vfio-pci[^\n]{0,16}(?:for|holds|owns|has|bound)[^\n]{0,24}(?:\d{4}|nvidia|gpu|card)",
    ),
    (
        "legacy-driver",
        ("driver",),
        r"(?:last|final|(?:latest|newest) supported) (?:supported |working )?driver(?: branch| series)?(?: for it| for this card)? (?:is|was) (?:the )?(?P<subject>\d{3})\b"
        r"|driver\b[^\n;]{0,12}; (?:the )?(?:last|latest|newest) (?:one )?(?:for|that supports|supporting) (?:it|(?:the|this|my|that) (?:\w+ )?\w+) (?:is|was) (?P<other>\d{3})(?![\d])"
        r"|driver (?:\d{3}[\d.]* )?(?:does not|doesn't|no longer) supports? (?:it|this card|this gpu|the card)\b",
    ),
    (
        "said-gpu-unsupported",
        (
            "support",
            "compatible",
            "too old",
            "dropped",
            "kernels for",
            "no wheel",
            "no build",
            "start with",
            "starts at",
            "starts with",
            "begin with",
            "knows nothing",
            "not know ",
            "no longer",
            "not among",
            "不支持",
            "太新",
            "太旧",
            "太老",
            "算力",
            "sm_",
            "lacks kernels",
            "no code for",
        ),
        rf"\bno (?:published |official )?(?:wheels?|builds?|releases?|versions?)\b{IN}\b(?:has|have|with|carr(?:y|ies)|contains?|includes?|supports?|for)\b{IN}\b{_NAMED_CHIP}\b"
        rf"|\b(?:(?:py)?torch|CUDA|builds?|wheels?|releases?|versions?)\b{IN}\b(?:{NOT_CARRIED}){IN}\b{_NAMED_CHIP}\b"
        rf"|\b{_NAMED_CHIP}\b(?: of)?(?: \d{{1,2}}\.\d)?{IN}\b(?:{NOT_CARRIED}|(?:which|that) (?:py)?torch)"
        rf"|\b{_NAMED_CHIP}\b{IN}\b(?:which|that) (?:(?:this|the|current|recent) )*(?:(?:py)?torch|build|wheel)\b{IN}\b(?:{NOT_CARRIED})",
    ),
    (
        "said-gpu-unsupported",
        ("不支持", "太新", "太旧", "太老", "算力"),
        r"不(?:再)?支持[^\n，。；]{0,12}(?:sm_\d{2,3}|显卡|架构|算力|计算能力|GPU|gpu)|(?:显卡|架构|GPU|gpu)(?:型号)?[^\n，。；]{0,4}太(?:新|旧|老)|(?:算力|计算能力)[^\n，。；]{0,6}(?:太低|不够|不足|过低)",
    ),
    (
        "said-gpu-fails",
        (
            "fail",
            "refused",
            "computed",
            "stops",
            "dies",
            "crash",
            "error",
            "not work",
            "n't work",
            "rejected",
        ),
        rf"\b(?:nothing can be computed|every (?:kernel|operation|launch) fails|(?:the )?(?:card|GPU) (?:is|was) (?:refused|rejected|not usable)"
        rf"|(?:kernels?|the run|the job|the model|operations?|training|inference|computation|launch(?:es)?|it)\b{IN}\b(?:fails?|failed|stops?|stopped|dies|died|crash(?:es|ed)?|(?:does not|doesn't) work|is refused|raises|(?:ends|stops) with an? error))\b",
    ),
    (
        "said-no-gpu-found",
        ("detected", "available", "recogni", "visible", "only the cpu", "seen", "finds no", "sees no"),
        rf"\bno (?:(?:usable|compatible|suitable|supported|working|nvidia|other|cuda[- ]capable) )*{_GPU}(?: (?:or|and) (?:other )?\w+)?"
        r" (?:(?:was|were|is|are|has been|could be) )?(?:detected|found|available|visible|recogni[sz]ed|seen)\b"
        r"|\bonly the CPU (?:can be |is |was )?(?:used|seen|found)\b|\b(?:finds|sees|detects) no (?:CUDA |NVIDIA )?(?:GPU|device)s?\b",
    ),
)
