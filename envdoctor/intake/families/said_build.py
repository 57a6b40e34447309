"""What people say in their own words of what was built for what: torch, its CUDA, extensions, compilers.

Remarks are weaker than a program's words. `WORDS` count wherever they stand; `SENTENCES` only outside of a label with
its value.
"""

from __future__ import annotations

from envdoctor.intake.families.clauses import GENERATIONS, IN, NOT_CARRIED

__all__ = ["SENTENCES", "WORDS"]

_BUILD = r"\b(?:wheels?|builds?|(?:py)?torch|packages?|binar(?:y|ies)|conda-forge|pip)\b"
_HAS_NOT = (
    r"(?:has|have|had|with|contains?|includes?|ships?|comes? with) no"
    r"|without|lacks?|lacking"
    r"|(?:do|does|did)(?: not|n't) (?:have|contain|include|support|come with)"
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

WORDS: tuple[tuple[str, tuple[str, ...], str], ...] = (
    (
        "said-cuda-replaced",
        ("replac", "overwr", "uninstall", "reinstall", "downgrad", "remov", " --> "),
        r"\b(?:pytorch|torchvision|torchaudio)\S* [^\n]{0,80}(?:cuda|gpu|cu1\d\d)\S* -{1,2}> [^\n]{0,60}(?:[-_]cpu|cpu[-_])|(?:replac|overwr|uninstall|reinstall|downgrad|remov)\w*[^\n]{0,120}?(?:CPU[- ](?:only|version|build|torch|wheel|variant)|non-(?:CUDA|GPU)|without CUDA|cpu ?版|\bto \+cpu|by[^\n]{0,24}\+cpu)"
        r"|(?:CPU[- ](?:only|version|build|torch)|non-(?:CUDA|GPU) \w+)[^\n]{0,60}(?:replac|overwr)\w*[^\n]{0,40}(?:CUDA|GPU|cu\d{2,3})",
    ),
    (
        "said-cured-by-cuda",
        (
            "fixe",
            "solve",
            "cure",
            "works after",
            "works now after",
            "worked after",
            "work after",
            "work now after",
            "it does after",
            "it did after",
            "it is after",
            "it shows after",
            "it appears after",
            "解决",
        ),
        r"install[^\n]{0,160}?(?:\+cu\d{2,3}|/cu\d{2,3}|pytorch-cuda=)[^\n]{0,40}?(?:fixe[sd]|solve[sd]|resolve[sd]|cure[sd]|解决)|(?:fixed|fixes|solved|resolved|cured|works? (?:now )?after|worked after|\bit (?:does|did|is|shows|appears) (?:so )?after|解决)[^\n]{0,60}?(?:install|安装|重装)[^\n]{0,160}?(?:\+cu\d{2,3}|/cu\d{2,3}|pytorch-cuda|cudatoolkit)",
    ),
    (
        "said-extension",
        (
            "extension",
            "custom op",
            "custom cuda",
            "custom kernel",
            "mmcv",
            "flash-attn",
            "flash_attn",
            "detectron2",
            "setup.py build",
            "setup.py develop",
            "tcnn_cuda_arch",
            "torch_cuda_arch_list",
            "-cuda\n",
            "mish",
        ),
        r"(?:build|compil\w+|install\w*)[^\n]{0,40}\bextension\b|\bextension (?P<subject>[\w.-]{2,40})|(?P<list>TCNN_CUDA_ARCHITECTURES|TORCH_CUDA_ARCH_LIST)(?![^\n]{0,60}from source)|custom (?:CUDA )?(?:op|kernel)s?\b|setup\.py (?:build|develop|install)",
    ),
    (
        "said-toolkit",
        ("has cuda", "have cuda", "is installed", "nvcc -v"),
        r"(?:machine|system|computer|server|we|i) ha(?:s|ve) CUDA|CUDA (?:toolkit )?\d+\.\d is installed|nvcc -V",
    ),
    (
        "said-cpu-build",
        (
            "cpu build",
            "cpu-only",
            "cpu only",
            "cpu version",
            "cpu wheel",
            "+cpu wheel",
            "cpu variant",
            "support cpu",
            "supports cpu",
            "is cpu",
            "for cpu",
            "is the cpu",
            "no cuda for",
            "no cuda support",
            "without cuda",
            "not support cuda",
            "n't support cuda",
            "支持cpu",
            "支持 cpu",
            "cpu 版",
            "cpu版",
            "cpuonly",
            "_cpu_",
            "non-cuda",
            "non-gpu",
            "gpu to cpu",
            "cuda to cpu",
        ),
        r"(?:gpu|cuda) to (?:the )?cpu\b|non-(?:CUDA|GPU) (?:version|build|torch|pytorch|wheel)|pytorch[= ]+[\d.]+[= ]+py[\d.]+_cpu_\d|CPU[- ]only (?:build|version|wheel|torch|pytorch)(?! of bits)|(?:is|gives|installs?|get|got|gets|was|the|an?) (?:the |an? )?[+]?CPU (?:build|version|wheel|variant)|cpu ?版|\b(?:wheel|build|package|torch|version|it) (?:is|are|was|supports?) (?:the )?(?:only (?:for )?)?CPU(?: only| version|-only| build)?\b|(?:only|just) (?:for |supports? )(?:the )?CPU|(?:version|build|wheel|torch|pytorch)[^\n.;]{0,12} (?:does not|doesn't) support CUDA\b|no CUDA (?:for|support)|without CUDA\b(?!:)|只支持 ?CPU",
    ),
    (
        "said-vision-cpu",
        ("cpu build", "cpu version", "cpu wheel", "cpu_", "是 cpu", "是cpu", "为 cpu", "为cpu"),
        r"torch(?:vision|audio) ?(?:是|装的是|为) ?cpu|torch(?:vision|audio)\b(?! and install)[^\n.;]{0,24}\bCPU (?:build|version|wheel)|torch(?:vision|audio) [\d.]+ cpu_",
    ),
    (
        "said-removed",
        (
            "removed",
            "withdrawn",
            "shut down",
            "discontinued",
            "no longer on",
            "no longer available",
            "no longer exists",
            "taken down",
            "停止服务",
            "已下线",
            "已关闭",
            "不再提供",
            "out of service",
        ),
        "",
    ),
    (
        "said-cuda-13",
        ("cuda 13", "cuda13", "cu130", "cu13"),
        r"CUDA ?13[^\n]{0,24}(?:image|build|wheel|version)|\bcu13\d\b|(?:torch|build|wheel|image)s? (?:for|of|with|on) CUDA ?13",
    ),
    (
        "said-extra-wins",
        (
            "precedence",
            "takes precedence",
            "unset global",
            "unsets global",
            "stays in force",
            "pypi wins",
            "from pypi",
            "--extra-index-url",
        ),
        r"precedence|PyPI wins|(?:torch|they|it)[^\n]{0,40}(?:come|comes|came|taken|is taken|install\w*) from PyPI|unsets? global|stays in force",
    ),
)

SENTENCES: tuple[tuple[str, tuple[str, ...], str], ...] = (
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
        r"(?P<subject>[A-Za-z][\w.-]{1,40}) (?:was|is|were|had been) (?:built|compiled) (?:(?:for|against|with) (?:py)?torch ?v?\d|(?:on|for) (?:another|a different|the other)|(?:on|for|with) (?:an? |the )?(?:(?:nvidia|geforce|rtx|gtx|tesla|quadro|titan)\b|\d{3,4} ?Ti\b|[AVPTKH]\d{2,3}\b)|elsewhere|with TORCH_CUDA_ARCH_LIST)",
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
        "detected-cuda",
        ("nvcc", "toolkit"),
        r"(?:nvcc|CUDA toolkit|toolkit)\b[^\n]{0,60}?(?P<subject>\b\d{1,2}\.\d)\b[^\n]{0,60}?torch[^\n]{0,60}?\b(?!(?P=subject))\d{1,2}\.\d\b[^\n]{0,120}?(?:(?:compil|buil[dt]|setup\.py|extension)[^\n]{0,80}?(?:fail|stop|error|refus|abort)|(?:fail|stop|error|refus|abort)[^\n]{0,60}?(?:compil|buil[dt]|setup\.py|extension))",
    ),
    (
        "said-cpu-build",
        ("cpu_py",),
        r"pytorch[= ,]{1,3}[\d.]+[= ,(]{1,3}cpu_py",
    ),
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
        rf"\b(?:torch|pytorch)\b{IN}\binstalled without (?:CUDA|GPU)|{_BUILD}{IN}\b(?:for (?:the )?CPUs? only|CPU[- ]only|only (?:for|on|supports?|runs? on|uses?) (?:the )?CPU|(?:the|a|its) CPU[- ](?:build|version|variant|wheel|one)\b)"
        r"|\b(?:channel|index|mirror|page|PyPI|repository|conda-forge|defaults)\b(?: has| holds| lists| serves| offers| gives| carries)? only (?:has |holds |lists |serves |offers )?(?:the )?CPU (?:builds?|wheels?|packages?|versions?|variants?)"
        rf"|{_BUILD}{IN}\b(?:{_HAS_NOT}) (?:any )?(?:CUDA|GPU)(?: support| code| kernels| libraries)?\b(?! ?toolkit| ?\d)",
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
        rf"\b(?:the|an?|its) (?:CUDA|NVIDIA|cu\d{{2,3}})[- ](?:build|version|wheel|torch|pytorch)\b|\b(?:replac|overwr|exchang)\w*{IN}\b(?:xpu|rocm) (?:build|wheel|torch|version|one)\b{IN}\b(?:by|with)\b|\b(?:puts?|installs?|installed|took|takes|gets?|got|gives?|gave|pulled|pulls|chose|chooses|downloads?|downloaded|fetched|picked)\b{IN}\b(?:CUDA|NVIDIA|CPU|cu\d{{2,3}})(?: |-)?(?:build|version|wheel|torch|pytorch|one)\b",
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
        rf"\b(?:no|without) (?:prebuilt |binary )?(?:wheels?|builds?)\b{IN}\bfor (?P<subject>{_ELSEWHERE})"
        rf"|\b(?:ended|stopped|dropped)\b{IN}\b(?:builds?|wheels?)\b{IN}\bfor (?P<other>{_ELSEWHERE})"
        rf"|\b(?:py)?torch (?:has )?dropped (?:(?:its )?(?:support|builds?|wheels?) (?:for|of) )?(?:the )?(?P<third>{_ELSEWHERE})"
        rf"|\b(?:published|built|made) for (?:Windows|Linux|macOS)(?: and WSL)? only\b",
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
        rf"\b(?:buil\w+|compil\w+|setup\.py|from source|install of)\b{IN}\b(?:fail|stop|end|error|abort|break)\w*",
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
            "reinstall",
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
        rf"\b(?P<subject>{_EXT})\b(?:\._\w+)?{IN}\b(?:"
        r"(?:built|made|compiled|meant|wheel|is)\b[^\n;]{0,24}?\b(?:for|against|with)\b[^\n;]{0,12}?(?:(?:py)?torch|CUDA|cu\d{2,3}|another|a different|an? (?:older|newer|other))\b[^\n;]{0,60}?(?:\b(?:while|whereas|but|beside|although|yet|instead|not)\b|torch (?:here |itself |now )?is|with torch|import fails|undefined symbol)"
        r"|(?:needs?|wants?|requires?|expects?) (?:py)?torch ?[=~<>]{0,2} ?\d[^\n]{0,80}?(?:does(?: not|n't) (?:load|import)|fails|undefined|breaks)"
        r"|(?:no longer|does not|doesn't|fails? to|can ?not|can't) (?:be )?(?:loads?|imports?|loaded|imported)\b"
        rf"|(?:built|compiled)\b{IN}\bTORCH_CUDA_ARCH_LIST[^\n]{{0,80}}?(?:fail|refus|error|crash)"
        r"|(?:has|had|have|needs?) to be (?:built|compiled|installed) (?:again|anew)"
        r"|(?:has no|lacks|without|have no) (?:kernels?|code|support) for\b"
        rf"|{NOT_CARRIED}{IN}\b(?:sm_?\d{{2,3}}|capability|{GENERATIONS}|this (?:GPU|card)))"
        rf"|(?:rebuil\w+|recompil\w+|reinstall\w+|build\w* again|compil\w+ again) (?P<other>{_EXT})\b[^\n;]{{0,40}}?(?:fix|solve|help|work|cure|resolve|settle)",
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
        ("._ext", "._c", "_cuda", "._kernels", "_ext'", " import _c", " import _ext"),
        r"\bfrom (?P<other>(?!torch\b|torchvision|torchaudio)[A-Za-z]\w+) import _(?:C|ext)\b|(?:import_module|load_ext|import(?:ing|s|ed)?)\b\W{1,3}(?P<subject>(?!torch\b|torchvision|torchaudio)[A-Za-z]\w+\._(?:ext|C|cuda\w*|kernels|ops)\b)",
    ),
    (
        "said-cured-by-cuda",
        ("/cu1", "/cu9", "+cu1"),
        r"\bwith (?:-f|--(?:extra-)?index-url)? ?\S*[/+]cu\d{2,3}\b\S*(?: installed)?,? (?:it|the same|this|everything|pip|torch|all)\b[^\n;]{0,40}"
        r"(?:CUDA (?:build|one|version)|works?\b|is fine|the GPU is (?:seen|found|used))",
    ),
    (
        "said-made-elsewhere",
        (
            "login",
            "head node",
            "front",
            "submit",
            "management node",
            "cpu-only",
            "cpu only",
            "gpu-less",
            "non-gpu",
            "without a gpu",
            "without gpu",
            "without any gpu",
            "no gpu",
            "节点",
            "没有显卡",
            "没有 gpu",
            "没有gpu",
        ),
        r"\b(?:made|creat\w+|buil[dt]s?|solv\w+|resolv\w+|install\w*|set up|locks?|locked|generated)\b[^\n;]{0,50}?"
        r"\b(?:on|in|from|by) (?:an? |the |my |some |its )?(?:\S+ ){0,2}?"
        r"(?:(?:cpu[- ]?only|gpu-?less|non-gpu|login|head|front[- ]?end|submit|management)"
        r" (?:node|machine|host|server|worker|runner|computer|box)"
        r"|(?:node|machine|host|server|runner|computer|box|worker|VM|instance),? "
        r"(?:without|with no|that has no|which has no|that doesn't have|lacking)(?: an?| any)? (?:\w+ )?GPUs?\b)"
        r"|在(?:登录|管理|没有 ?(?:GPU|显卡)的)[^\n;。]{0,8}(?:节点|机器|服务器)[^\n;。]{0,12}(?:安装|创建|建|装)",
    ),
)
