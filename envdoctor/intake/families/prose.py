"""What people say in sentences of their own about torch and its GPU, put together from the parts of such sentences.

A clause ends at a full stop followed by a space, at a semicolon and at the end of the line: what stands in another
clause is about something else.
"""

from __future__ import annotations

__all__ = ["ROWS"]

_IN = r"(?:(?![.!?] )[^\n;]){0,60}?"
"""Anything within one clause."""
_BUILD = r"\b(?:wheels?|builds?|(?:py)?torch|packages?|binar(?:y|ies)|conda-forge|pip)\b"
_GPU = r"(?:GPUs?|(?:graphics )?cards?|CUDA(?: devices?)?|video cards?)"
_HAS_NOT = (
    r"(?:has|have|had|with|contains?|includes?|ships?|comes? with) no"
    r"|without|lacks?|lacking"
    r"|(?:do|does|did)(?: not|n't) (?:have|contain|include|support|come with)"
)
_FEATURE = r"(?!(?:(?![.!?] )[^\n;]){0,24}(?:bf16|bfloat|b?float|fp\d|int\d|half\b|flash|tensor cores?|NVLink|P2P|MIG\b|\bTF32))"
"""What a card may lack and torch still runs on it."""
_NOT_CARRIED = (
    r"(?:(?:(?:does|do|did|will)(?: not|n't) (?:officially )?|no longer |never )(?:supports?|covers?|includes?)"
    r"|(?:is|are|was|were)(?: not|n't| no longer) (?:officially )?(?:supported|compatible|covered)"
    r"|(?:is|are|was|were) (?:too old|unsupported)|(?:dropped|removed|ended) (?:the )?(?:support )?(?:for|of)"
    r"|(?:starts?|begins?) (?:with|at|from)|(?:has|with|contains?|carries) no (?:kernels?|code|support) for|lacks (?:kernels?|code|support) for|built without"
    r"|(?:no longer|not|n't) (?:runs?|works?|starts?) (?:on|with)|knows nothing of|(?:does|do)(?: not|n't) know"
    r"|not among|(?:is|are) (?:missing|absent)|(?:is|are|was|were) (?:not|n't) (?:in|part of))" + _FEATURE
)
_COMPILER = r"(?:compiler|gcc(?:/g\+\+)?|g\+\+|clang(?:\+\+)?|MSVC|cl\.exe|build-essential|(?:Visual (?:Studio|C\+\+) )?Build Tools)"
_TOOLS = ("compiler", "gcc", "g++", "clang", "build-essential", "msvc", "cl.exe", "build tools")
_ABOUT = (
    *(
        "no {}",
        "{} is",
        "{} are",
        "{} was",
        "{} and",
        "{}, which",
        "{} which",
        "without {}",
        "lacks {}",
        "needs {}",
    ),
    *(
        "requires {}",
        "missing {}",
        "install {}",
        "installing {}",
        "installed {}",
        "adding {}",
        "++ {}",
        "c {}",
        "a {}",
    ),
    *("an {}", "the {}", "any {}", "host {}", "working {}"),
)
"""How a sentence comes to speak of a tool, unlike the banner of a Python that was made with it."""
_EXT = (
    r"(?:xformers|flash[-_ ]?attn|flash[-_ ]?attention|mmcv(?:-full)?|detectron2|bitsandbytes|apex|torch[-_](?:scatter|sparse|cluster|spline[-_]conv)"
    r"|pyg[-_]lib|vllm|sglang|sgl[-_]kernel|deepspeed|spconv|causal[-_]conv1d|mamba[-_]ssm|pytorch3d|nvdiffrast|gsplat|tiny-?cuda-?nn|DCNv2|exllamav?2?"
    r"|auto[-_]gptq|sageattention|flashinfer|natten|torchsparse|MinkowskiEngine|transformer[-_]engine|(?:the|an|its|this) (?:\w+ )?(?:extension|custom ops?|CUDA ops?|kernels))"
)
_ELSEWHERE = (
    r"(?:win_arm64|linux_aarch64|aarch64|arm64|armv[67]l?|armhf|ARM|musl\w*|Alpine|Windows on ARM|Intel Macs?|macOS|x86_64 macOS|ppc64le|POWER\d?"
    r"|s390x|riscv\w*|RISC-V|loongarch\w*|FreeBSD|Linux|Windows|this (?:platform|system|OS|architecture|processor))\b"
)
_OLD = r"(?:Fermi|Kepler|Maxwell|Pascal|Volta|Turing|Ampere|Hopper|Blackwell)"
_NAMED_CHIP = rf"(?:(?:compute |CUDA )?capability|sm_\d{{2,3}}|{_OLD}|this (?:GPU|card|one)|(?:the|my|that) (?:GPU|card))"

ROWS: tuple[tuple[str, tuple[str, ...], str], ...] = (
    (
        "said-cpu-build",
        (
            "the cpu",
            "cpu only",
            "cpu-only",
            "cpu build",
            "cpu version",
            "cpu variant",
            "no cuda",
            "no gpu support",
            "without cuda",
            "without gpu",
            "lacks cuda",
            "have cuda",
            "include cuda",
            "contain cuda",
            "support cuda",
        ),
        rf"\b(?:torch|pytorch)\b{_IN}\binstalled without (?:CUDA|GPU)|{_BUILD}{_IN}\b(?:for (?:the )?CPUs? only|CPU[- ]only|only (?:for|on|supports?|runs? on|uses?) (?:the )?CPU|(?:the|a|its) CPU[- ](?:build|version|variant|wheel|one)\b)"
        r"|\b(?:channel|index|mirror|page|PyPI|repository|conda-forge|defaults)\b(?: has| holds| lists| serves| offers| gives| carries)? only (?:has |holds |lists |serves |offers )?(?:the )?CPU (?:builds?|wheels?|packages?|versions?|variants?)"
        rf"|{_BUILD}{_IN}\b(?:{_HAS_NOT}) (?:any )?(?:CUDA|GPU)(?: support| code| kernels| libraries)?\b(?! ?toolkit| ?\d)",
    ),
    (
        "said-cpu-build",
        (
            "torch.version.cuda",
            "use_cuda=0",
            "use_cuda=off",
            "默认",
            "cpu 版",
            "cpu版",
            "cuda.is_built",
            "_cpu_0",
            "_cpu_1",
        ),
        r"\bpy3[\d.]*_cpu_\d|cuda\.is_built\(\)[`'\"]? ?(?:(?:is|gives|prints|returns|says|shows)|[:=]{1,2}|-?->)* ?[`'\"]?False\b|torch\.version\.cuda\)?[`'\"]? ?(?:(?:is|gives|prints|returns|says|shows|are)|[:=]{1,2}|-?->)* ?[`'\"]?None\b|USE_CUDA ?= ?(?:0|OFF)\b|装的?(?:是|成了?|了)? ?CPU ?版",
    ),
    (
        "said-other-build",
        ("cuda", "nvidia", "cpu", "xpu build", "rocm build", "xpu wheel", "rocm wheel"),
        rf"\b(?:the|an?|its) (?:CUDA|NVIDIA|cu\d{{2,3}})[- ](?:build|version|wheel|torch|pytorch)\b|\b(?:replac|overwr|exchang)\w*{_IN}\b(?:xpu|rocm) (?:build|wheel|torch|version|one)\b{_IN}\b(?:by|with)\b|\b(?:puts?|installs?|installed|took|takes|gets?|got|gives?|gave|pulled|pulls|chose|chooses|downloads?|downloaded|fetched|picked)\b{_IN}\b(?:CUDA|NVIDIA|CPU|cu\d{{2,3}})(?: |-)?(?:build|version|wheel|torch|pytorch|one)\b",
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
        rf"\bno (?:published |official )?(?:wheels?|builds?|releases?|versions?)\b{_IN}\b(?:has|have|with|carr(?:y|ies)|contains?|includes?|supports?|for)\b{_IN}\b{_NAMED_CHIP}\b"
        rf"|\b(?:(?:py)?torch|CUDA|builds?|wheels?|releases?|versions?)\b{_IN}\b(?:{_NOT_CARRIED}){_IN}\b{_NAMED_CHIP}\b"
        rf"|\b{_NAMED_CHIP}\b(?: of)?(?: \d{{1,2}}\.\d)?{_IN}\b(?:{_NOT_CARRIED}|(?:which|that) (?:py)?torch)"
        rf"|\b{_NAMED_CHIP}\b{_IN}\b(?:which|that) (?:(?:this|the|current|recent) )*(?:(?:py)?torch|build|wheel)\b{_IN}\b(?:{_NOT_CARRIED})",
    ),
    (
        "said-gpu-unsupported",
        ("不支持", "太新", "太旧", "太老", "算力"),
        r"不(?:再)?支持[^\n，。；]{0,12}(?:sm_\d{2,3}|显卡|架构|算力|计算能力|GPU|gpu)|(?:显卡|架构|GPU|gpu)(?:型号)?[^\n，。；]{0,4}太(?:新|旧|老)|(?:算力|计算能力)[^\n，。；]{0,6}(?:太低|不够|不足|过低)",
    ),
    (
        "said-no-wheel",
        (
            "no wheel",
            "no build",
            "published for",
            "ended its",
            "builds for macos",
            "not published for",
            "torch dropped",
        ),
        rf"\b(?:no|without) (?:prebuilt |binary )?(?:wheels?|builds?)\b{_IN}\bfor (?P<subject>{_ELSEWHERE})"
        rf"|\b(?:ended|stopped|dropped)\b{_IN}\b(?:builds?|wheels?)\b{_IN}\bfor (?P<other>{_ELSEWHERE})"
        rf"|\b(?:py)?torch (?:has )?dropped (?:(?:its )?(?:support|builds?|wheels?) (?:for|of) )?(?:the )?(?P<third>{_ELSEWHERE})"
        rf"|\b(?:published|built|made) for (?:Windows|Linux|macOS)(?: and WSL)? only\b",
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
        rf"|(?:kernels?|the run|the job|the model|operations?|training|inference|computation|launch(?:es)?|it)\b{_IN}\b(?:fails?|failed|stops?|stopped|dies|died|crash(?:es|ed)?|(?:does not|doesn't) work|is refused|raises|(?:ends|stops) with an? error))\b",
    ),
    (
        "said-build-fails",
        (
            "building",
            "build fail",
            "build stop",
            "build end",
            "build err",
            "compil",
            "setup.py",
            "from source",
            "install of",
        ),
        rf"\b(?:buil\w+|compil\w+|setup\.py|from source|install of)\b{_IN}\b(?:fail|stop|end|error|abort|break)\w*",
    ),
    (
        "said-no-gpu-found",
        ("detected", "available", "recogni", "visible", "only the cpu", "seen", "finds no", "sees no"),
        rf"\bno (?:(?:usable|compatible|suitable|supported|working|nvidia|other|cuda[- ]capable) )*{_GPU}(?: (?:or|and) (?:other )?\w+)?"
        r" (?:(?:was|were|is|are|has been|could be) )?(?:detected|found|available|visible|recogni[sz]ed|seen)\b"
        r"|\bonly the CPU (?:can be |is |was )?(?:used|seen|found)\b|\b(?:finds|sees|detects) no (?:CUDA |NVIDIA )?(?:GPU|device)s?\b",
    ),
    (
        "no-compiler",
        tuple(form.format(tool) for tool in _TOOLS for form in _ABOUT),
        rf"\bno (?:host |working |usable |C(?:\+\+)? ?(?:and C\+\+ )?)*{_COMPILER}(?: (?:is|was))?(?: (?:present|installed|available|found))?(?: in| on| for|[.;,]|$)"
        rf"|\b{_COMPILER},? which [^\n;.]{{2,40}}(?:lacks|does not have|doesn't have|has not)"
        rf"|\b{_COMPILER}(?: and \S{{2,8}})? (?:is|are|was|were) (?:missing|absent|(?:not|n't) (?:installed|present|available|found|there|on (?:the )?PATH))"
        rf"|\b(?:without|lacks|missing|has no|have no|needs?|requires?) (?:an? |the |any )?(?:C(?:\+\+)? )?{_COMPILER}\b"
        rf"|(?:after )?(?:install\w*|add\w*) (?:the )?(?:C(?:\+\+)? )?{_COMPILER}[^\n;.]{{0,40}}(?:fixe[sd]|solve[sd]|works?|resolve[sd]|cure[sd]|helps|helped)",
    ),
    (
        "extension-made-for",
        (
            "built",
            "made",
            "compiled",
            "needs",
            "wants",
            "wheel",
            "again",
            "rebuil",
            "recompil",
            "kernels for",
            "sm_",
            "no longer load",
            "not load",
            "to load",
            "not import",
            "be loaded",
        ),
        rf"\b(?P<subject>{_EXT})\b(?:\._\w+)?{_IN}\b(?:"
        r"(?:built|made|compiled|meant|wheel|is)\b[^\n;]{0,24}?\b(?:for|against|with)\b[^\n;]{0,12}?(?:(?:py)?torch|CUDA|cu\d{2,3}|another|a different|an? (?:older|newer|other))\b[^\n;]{0,60}?(?:\b(?:while|whereas|but|beside|although|yet|instead|not)\b|torch (?:here |itself |now )?is|with torch|import fails|undefined symbol)"
        r"|(?:needs?|wants?|requires?|expects?) (?:py)?torch ?[=~<>]{0,2} ?\d[^\n]{0,80}?(?:does(?: not|n't) (?:load|import)|fails|undefined|breaks)"
        r"|(?:no longer|does not|doesn't|fails? to|can ?not|can't) (?:be )?(?:loads?|imports?|loaded|imported)\b"
        rf"|(?:built|compiled)\b{_IN}\bTORCH_CUDA_ARCH_LIST[^\n]{{0,80}}?(?:fail|refus|error|crash)"
        r"|(?:has|had|have|needs?) to be (?:built|compiled|installed) (?:again|anew)"
        r"|(?:has no|lacks|without|have no) (?:kernels?|code|support) for\b"
        rf"|{_NOT_CARRIED}{_IN}\b(?:sm_?\d{{2,3}}|capability|{_OLD}|this (?:GPU|card)))"
        rf"|(?:rebuil\w+|recompil\w+|reinstall\w+|build\w* again|compil\w+ again) (?P<other>{_EXT})\b[^\n;]{{0,40}}?(?:fix|solve|help|work|cure|resolve)",
    ),
    (
        "detected-cuda",
        ("nvcc", "toolkit"),
        r"(?:nvcc|CUDA toolkit|toolkit)\b[^\n]{0,60}?(?P<subject>\b\d{1,2}\.\d)\b[^\n]{0,60}?torch[^\n]{0,60}?\b(?!(?P=subject))\d{1,2}\.\d\b[^\n]{0,120}?(?:(?:compil|buil[dt]|setup\.py|extension)[^\n]{0,80}?(?:fail|stop|error|refus|abort)|(?:fail|stop|error|refus|abort)[^\n]{0,60}?(?:compil|buil[dt]|setup\.py|extension))",
    ),
    (
        "cuda-home",
        (
            "no cuda toolkit",
            "without nvcc",
            "no nvcc",
            "without a cuda toolkit",
            "nvcc is missing",
            "lacks nvcc",
        ),
        r"(?:compil|buil[dt]|setup\.py|extension)[^\n]{0,100}?(?:no CUDA toolkit|no nvcc|without nvcc|without a CUDA toolkit|nvcc is missing|lacks nvcc)|(?:no CUDA toolkit|no nvcc|without nvcc|without a CUDA toolkit|nvcc is missing|lacks nvcc)[^\n]{0,100}?(?:compil|buil[dt]|setup\.py|extension)",
    ),
    (
        "extension-import",
        ("._ext", "._c", "_cuda", "._kernels", "_ext'"),
        r"(?:import_module|load_ext|import(?:ing|s|ed)?)\b\W{1,3}(?P<subject>(?!torch\b|torchvision|torchaudio)[A-Za-z]\w+\._(?:ext|C|cuda\w*|kernels|ops)\b)",
    ),
    (
        "said-cured-by-cuda",
        ("/cu1", "/cu9", "+cu1"),
        r"\bwith (?:-f|--(?:extra-)?index-url)? ?\S*[/+]cu\d{2,3}\b\S*(?: installed)?,? (?:it|the same|this|everything|pip|torch|all)\b[^\n;]{0,40}"
        r"(?:CUDA (?:build|one|version)|works?\b|is fine|the GPU is (?:seen|found|used))",
    ),
)
