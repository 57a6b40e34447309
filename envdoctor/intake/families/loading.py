"""What Python and the dynamic loaders say when torch, its companions or its libraries do not load.

Texts: CPython's import system, the loaders of glibc, Windows (system error codes) and macOS (dyld), OpenMP,
MKL, NumPy, torch/__init__.py, torchvision.
"""

from __future__ import annotations

import re

from envdoctor.knowledge.python_news import (
    ADDED_MODULES,
    ADDED_NAMES,
    ADDED_WORDS,
    REMOVED_MODULES,
    REMOVED_NAMES,
)

__all__ = ["ROWS"]

_SYNTAX = ("syntaxerror: invalid syntax", "syntaxerror: unterminated f-string", "f-string: ")
_LIBRARY = {
    *(f"from '{each.partition('.')[0]}'" for each in (*ADDED_NAMES, *REMOVED_NAMES)),
    *(f"module '{each.partition('.')[0]}' has no" for each in (*ADDED_NAMES, *REMOVED_NAMES)),
    *(f"no module named '{each}" for each in (*ADDED_MODULES, *REMOVED_MODULES)),
    *(f"no module named {each}" for each in (*ADDED_MODULES, *REMOVED_MODULES)),
    "operand type(s) for |:",
    "got an unexpected keyword argument",
    "zip() takes no keyword arguments",
    "future feature annotations",
    "'type' object is not subscriptable",
    "object has no attribute 'remove",
    "path' object has no attribute",
}
"""How a Python says that its library lacks something: with the module's name, or in words of its own."""
_LACKS = (
    r"(?P<subject>cannot import name '?\w+'? from '[\w.]+'|module '[\w.]+' has no attribute '\w+'"
    r"|No module named '?(?:" + "|".join(map(re.escape, (*ADDED_MODULES, *REMOVED_MODULES))) + r")\b"
    r"|" + "|".join(words for words, _ in ADDED_WORDS) + ")"
)

ROWS: tuple[tuple[str, tuple[str, ...], str], ...] = (
    (
        "import-crash",
        ("import torch", 'torch/__init__.py", line', 'torch\\__init__.py", line'),
        r"import torch\b[^\n]{0,80}(?:Segmentation fault|core dumped|access violation|0xC0000005|crashes)"
        r"|import torch['\"]?\)?\s{0,4}\n\s{0,8}(?:[^\n]{0,60} )?(?:Segmentation fault|段错误|Speicherzugriffsfehler|Aborted \(core|已放弃)"
        r"|import torch['\"]?\)?\s{0,4}\n[^\n]{0,80}exit code (?:139|-11\b|-1073741819|-1073740791)"
        r"|[\\/]torch[\\/]__init__\.py\", line \d+ in (?:<module>|_load_global_deps)",
    ),
    ("windows-too-old", ("api-ms-win-core-path-l1-1-0", "api-ms-win-core-path"), ""),
    (
        "torch-frame",
        ('torch/__init__.py", line', 'torch\\__init__.py", line'),
        r"File \"(?P<subject>(?:(?!site-packages|dist-packages)[^\"\n]){1,300}[\\/]torch[\\/]__init__\.py)\", line \d+, in <module>",
    ),
    (
        "torch-file",
        ("torch.__file__",),
        r"torch\.__file__\)?[\s:'\"=>-]{1,12}(?P<subject>[^\s'\"]{0,260}[\\/]torch\.py)\b",
    ),
    (
        "stdlib-shadowed",
        ("cannot import name",),
        r"cannot import name '?\w{1,60}'? from (?:partially initialized module )?'(?P<subject>\w{1,40})' \((?P<where>[^()\n]{1,260}\.py)\)",
    ),
    # -- Windows's loader
    (
        "winerror-1455",
        ("winerror 1455", "paging file is too small", "页面文件太小", "頁面檔太小", "error code 1455"),
        "",
    ),
    (
        "winerror-193",
        ("winerror 193", "is not a valid win32 application", "不是有效的 win32 应用程序", "error code 193"),
        "",
    ),
    (
        "winerror-dll",
        (
            "winerror 126",
            "winerror 127",
            "winerror 182",
            "winerror 1114",
            "the specified module could not be found",
            "the specified procedure could not be found",
            "dynamic link library (dll) initialization routine failed",
            "找不到指定的模块",
            "找不到指定的程序",
            "动态链接库(dll)初始化例程失败",
            "找不到指定的模組",
            "不正确的操作系统版本",
            "(or one of its dependencies)",
        ),
        r"(?:WinError \d+|module|procedure|DLL|模块|程序|routine)\b.{0,200}?(?:[\"']|Error loading[\s\"'.]{1,8})(?P<subject>[^\"']{0,260}?\.(?:dll|pyd))|WinError|DLL|模块|程序|specified (?:module|procedure)",
    ),
    (
        "library-not-loaded",
        ("could not load this library",),
        r"Could not load this library: (?P<subject>[^\n]{3,300}\.(?:pyd|so|dll|dylib))",
    ),
    (
        "dll-or-dependency",
        ("error loading", "erro loading"),
        r"Error? loading\s{1,6}\"(?P<subject>[^\"\n]{3,260}\.(?:dll|pyd))\"\s{1,6}or\s{1,6}one\s{1,6}of\s{1,6}its",
    ),
    ("dll-import", ("dll load failed",), r"DLL load failed(?: while importing (?P<subject>[\w.]+))?"),
    (
        "vcredist",
        (
            "visual c++ redistributable is not installed",
            "vcruntime140",
            "msvcp140",
            "microsoft visual c++ redistributable",
        ),
        r"Redistributable[^\n]{0,60}(?:not installed|missing|required|install)|(?:vcruntime|msvcp)140(?:_1)?\.dll",
    ),
    # -- glibc's loader
    (
        "glibc-version",
        ("glibc_", "glibcxx_", "cxxabi_", "gcc_"),
        r"version [`'‘\"]?(?P<subject>(?:GLIBC|GLIBCXX|CXXABI|GCC)_[\d.]+)[`'’\"]? not found",
    ),
    (
        "library-missing",
        (
            "cannot open shared object file",
            "libcuda.so cannot found",
            "open libcuda.so",
            "not found in the system path",
            "local variable 'cublas_path'",
        ),
        r"(?P<subject>[\w+./-]{3,200}\.so[\w.]{0,12}): cannot open shared object"
        r"|(?P<other>libcuda\.so) cannot found|Failed to open (?P<fifth>libcuda\.so)"
        r"|(?P<third>lib(?:cu|nv|nccl)\w{2,20}\.so)\.\*\[0-9\] not found in the system path"
        r"|local variable '(?P<fourth>cublas)_path'",
    ),
    (
        "undefined-symbol",
        ("undefined symbol:", "symbol: _z", "undefined reference to symbol", "with link time reference"),
        r"(?P<subject>(?:[^\s:]{1,260}: )?undefined\s{1,4}symbol: [\w@.]{2,200})"
        r"|(?P<bare>[^\s:]{1,260}(?:cpython-\w+|abi3|_cuda)[\w-]*\.so: undefined symbol:)\s*$"
        r"|(?P<other>[^\s:]{1,260}): symbol \w{2,200},? version \S{2,80} not defined in file",
    ),
    (
        "dyld-symbol",
        ("symbol not found:",),
        r"dlopen\((?P<subject>[^\s,()]{3,300}), ?\w{1,12}\): Symbol not found"
        r"|Symbol not found: [^\n]{0,300}\s*Referenced from: (?:<[^>\n]{1,60}> )?(?P<other>[^\n']{3,300})|Symbol not found",
    ),
    (
        "musl-relocating",
        ("error relocating /", "error loading shared library"),
        r"Error relocating (?P<subject>[^\s:]{3,260}): |Error loading shared library (?:ld-linux\S*|[^\n]{3,200}needed by [^\n]{0,200}[\\/]torch)",
    ),
    (
        "static-tls",
        ("cannot allocate memory in static tls block", "load any more object with static tls"),
        r"(?P<subject>[\w+./-]{3,200}\.so[\w.-]{0,12}): cannot allocate|any more object with static TLS",
    ),
    (
        "elf-damaged",
        (
            "file too short",
            "invalid elf header",
            "elf file's phentsize",
            "truncated mach-o",
            "not a mach-o file",
            "elf load command past end of file",
        ),
        "",
    ),
    (
        "exec-stack",
        (
            "cannot enable executable stack",
            "cannot restore segment prot after reloc",
            "cannot make segment writable for relocation",
        ),
        r"(?P<subject>[\w+./-]{3,200}\.so[\w.]{0,12}): cannot (?:enable executable|restore segment|make segment)",
    ),
    (
        "map-segment",
        ("failed to map segment",),
        r"(?P<subject>[\w+./-]{3,200}\.so[\w.]{0,12}): failed to map",
    ),
    (
        "could-not-load",
        (
            "could not load library lib",
            "could not load library cudnn",
            "could not locate cudnn",
            "could not locate cublas",
            "could not load library cublas",
            "is not found or cannot be loaded",
            "unable to load any of {libcudnn",
            "invalid handle. cannot load symbol",
            "error in dlopen for library",
            "error in loadlibrary for",
            "libcudart functions unavailable",
            "could not find any nvrtc library",
        ),
        r"lib(?P<runtime>cudart) functions|any (?P<compiler>NVRTC) library|(?:in dlopen for library|in LoadLibrary for) (?P<lib>[\w.+-]{3,80}?)(?:and|\. |\s|$)|(?P<subject>(?:lib)?cu(?:dnn|blas)[\w.]*|[\w+.-]*\.(?:so|dll)[\w.]*)",
    ),
    (
        "frozen-app",
        ("pyinstaller\\", "pyinstaller/", "cx_freeze", "pyimod0", "\\_mei", "/_mei", "nuitka"),
        "",
    ),
    (
        "cudnn-version",
        (
            "cudnn version incompatibility",
            "cudnn_status_sublibrary",
            "cudnn_status_version_mismatch",
            "loaded runtime cudnn library",
        ),
        "",
    ),
    (
        "nvrtc-builtins",
        ("nvrtc-builtins", "libnvrtc.so"),
        r"(?:failed to|cannot|could not) (?:open|find|load) [\"'`]?(?P<subject>[\w.-]*nvrtc-builtins[\w.-]*)|(?P<other>libnvrtc\.so[\w.]*): cannot open",
    ),
    ("nvjitlink", ("__nvjitlink",), r"undefined symbol: (?P<subject>__nvJitLink\w+)"),
    # -- macOS's loader
    (
        "macho-arch",
        ("incompatible architecture", "wrong architecture", "no suitable image found"),
        r"have \(?'?[\"`]?(?P<subject>x86_64|arm64e?|i386)|wrong architecture|no matching architecture",
    ),
    ("dyld-library", ("library not loaded:",), r"Library not loaded: \S*?(?P<subject>[\w+.-]+\.dylib)"),
    (
        "macos-too-old",
        (
            "built for macos",
            "which was built for mac os x",
            "newer than running os",
            "mps is not available because",
            "mps needs",
            "mps requires",
            "supported on macos",
        ),
        r"built for (?:mac ?os|newer)[^\n]{0,20}(?P<subject>\d+\.\d+)?|newer than running|mac ?os (?:version )?(?:is not )?(?P<other>1[2-9]\.\d)\+?|MPS backend[^\n]{0,30}?mac ?os (?P<fourth>\d\d(?:\.\d)?)|MPS backend|supported on mac ?os (?P<third>\d\d)",
    ),
    (
        "mps-unavailable",
        ("mps available", "mps.is_available"),
        r"mps (?:is )?available\W{0,4}false|mps\.is_available\(\)\W{0,4}(?:(?:is|returns|gives|prints|says) )?\W{0,2}false",
    ),
    # -- the processor
    (
        "illegal-instruction",
        (
            "illegal instruction",
            "illegal hardware instruction",
            "sigill",
            "0xc000001d",
            "code 132",
            "code: 132",
            "status 132",
            "(132)",
            "exit:132",
            "exit code -4",
            "trap invalid opcode",
            "cpu does not support fbgemm",
            "cpu doesn't support fbgemm",
            "but your machine doesn't support",
            "was compiled to use avx",
            "no avx",
            "非法指令",
            "不支持 avx",
            "不支持avx",
            "signal 4",
            "signal: 4",
            "some(4)",
            "non-avx",
            "without avx",
        ),
        r"compiled to use AVX2? instructions, but these|illegal (?:hardware )?instruction|\bSIGILL\b|0xC000001D|exit(?:ed|s)?\b\W{0,3}(?:with )?(?:non-zero )?(?:exit )?(?:status code|code|status)?\W{0,3}(?:132|-4)\b|invalid opcode|support FBGEMM|baseline optimizations[^\n]{0,200}your machine doesn't support|(?:no|non-|without) AVX2?\b|非法指令|不支持 ?AVX|\bsignal:? (?:Some\()?4\b",
    ),
    # -- OpenMP and MKL
    (
        "omp-15",
        (
            "omp: error #15",
            "libiomp5md.dll already initialized",
            "already initialized",
            "multiple copies of the openmp",
            "libomp.dylib`",
        ),
        r"libomp\.dylib`[^\n]{0,20}kmp_|OMP: Error #15|(?P<subject>lib[\w+.-]*omp[\w.-]*)[^\n]{0,60}already initialized|copies of the OpenMP",
    ),
    ("mkl-fatal", ("intel mkl fatal error", "intel mkl error", "intel onemkl fatal error"), ""),
    ("mkl-threading", ("is incompatible with libgomp", "mkl_threading_layer=intel"), ""),
    (
        "registered-twice",  # two copies of one library in one process
        (
            "only a single torch_library can be used to register",
            "with the same name and overload name multiple times",
        ),
        r"register the namespace (?P<subject>\w{1,60})|register an operator \((?P<other>\w{1,60})::",
    ),
    # -- NumPy
    (
        "numpy-abi",
        (
            "compiled using numpy 1.x cannot be run in",
            "_array_api not found",
            "numpy.dtype size changed",
            "numpy.core.multiarray failed to import",
            "compiled against api version",
            "compiled against abi version",
            "numpy is not available",
            "failed to initialize numpy: _array_api",
            "could not infer dtype of numpy.",
            "expected np.ndarray (got numpy.ndarray)",
            "compiled without numpy support",
        ),
        r"dtype of numpy\.(?:u?int|float|bool|complex|ndarray)\w*|got numpy\.ndarray|without NumPy support"
        r"|compiled using NumPy 1\.x|_ARRAY_API|dtype size changed|multiarray failed|compiled against A[PB]I version|Numpy is not available",
    ),
    # -- torchvision and torchaudio
    (
        "torchvision-nms",
        ("operator torchvision::", "builtin op: torchvision::", "couldn't load custom c++ ops"),
        r"operator (?P<subject>torchvision::\w+) does not exist|(?:no such operator|unknown builtin op:) (?P<other>torchvision::\w+)|custom C\+\+ ops",
    ),
    (
        "torchvision-no-cuda",
        (
            "could not run 'torchvision::",
            "pytorch and torchvision were compiled with different cuda",
            "pytorch and torchvision were compiled with different",
            "pytorch has cuda version",
            "not compiled with gpu support (",
        ),
        r"not compiled with GPU support \(\w+ at [^\n]{0,200}torchvision|Could not run '(?P<subject>torchvision::\w+)'|(?:PyTorch and torchvision were )compiled with different|has CUDA [Vv]ersion[^\n]{0,40}torchvision",
    ),
    (
        "torchaudio-mismatch",
        (
            "libtorchaudio",
            "_torchaudio",
            "pytorch has cuda version",
            "detected that pytorch and torchaudio were compiled with different",
        ),
        r"(?:lib|_)torchaudio[\w.-]{0,80}(?:: undefined symbol|[^\n]{0,60}(?:could not|cannot|failed|not be found))|(?:OSError|could not load|failed)[^\n]{0,80}(?:lib|_)torchaudio[\w.]*\.(?:so|pyd)|torchaudio were compiled with different|has CUDA version [^\n]{0,60}TorchAudio",
    ),
    (
        "companion-import",
        (
            "partially initialized module 'torchvision'",
            "no module named 'torchvision._c'",
            "torchvision.extension",
            "module 'torchvision' has no attribute",
        ),
        r"'torchvision'|torchvision\._C|torchvision\.extension",
    ),
    (
        "torch-requirement",
        ("but you have torch", "but you'll have torch"),
        r"(?P<subject>[\w.-]{2,60} \S{1,40} (?:requires|has requirement) torch[^\n]{0,60}but you(?:'ll)? have torch \S{3,40})",
    ),
    # -- modules that are not there, or not the right ones
    (
        "no-torch",
        ("no module named torch", "no module named 'torch'", 'no module named "torch"'),
        r"No module named ['\"]?torch['\"]?(?![\w.])",
    ),
    ("no-directml", ("no module named 'torch_directml'",), ""),
    (
        "no-module",
        (
            "no module named 'torch",
            "no module named torch",
            "no module named 'pytorch",
            "no module named pytorch",
        ),
        r"No module named '?(?P<subject>(?:torch|pytorch)(?!_directml)\w+)",
    ),
    (
        "no-torch-part",
        ("no module named 'torch.", "no module named torch."),
        r"No module named '?(?P<subject>torch\.[\w.]{1,80})",
    ),
    (
        "module-no-attribute",  # Python 2, which does not say of which module
        ("'module' object has no attribute",),
        r"'module' object has no attribute '(?P<subject>\w{1,60})",
    ),
    (
        "torch-no-attribute",
        (
            "module 'torch' has no attribute",
            "module 'torch._c' has no attribute",
            "module 'torch.",
            "module torch has no attribute",
            'type object "torch._c.',
            "type object 'torch._c.",
        ),
        r"module '?(?P<subject>torch(?:\.[\w.]{1,60})?)'? has no attribute '?(?P<other>\w{1,60})"
        r"|type object ['\"](?P<type>torch\._C)\.\w{1,60}['\"] has no attribute",
    ),
    (
        "torch-cannot-import",
        ("cannot import name",),
        r"cannot import name '?(?P<subject>\w{1,60})'? from (?:partially initialized module )?'?(?P<other>torch(?:\.[\w.]{1,60})?)'?(?P<where> \([^()\n]{1,200}\))?",
    ),
    (
        "no-package",
        ("is not a package",),
        r"No module named '[\w.]{1,80}'; '(?P<subject>\w{1,40})' is not a package",
    ),
    (
        "partial-module",
        ("partially initialized module '", "most likely due to a circular import"),
        r"partially initialized module '(?P<subject>[\w.]{1,60})'",
    ),
    (
        "source-tree",
        (
            "failed to load pytorch c extensions",
            "has loaded the `torch/_c` folder",
            "you cannot import torch from the source",
            "importing torch from the pytorch repository",
            "no module named 'torch._c'",
            "no module named torch._c",
            "no module named _c",
            "no module named '_c'",
            "cannot import name '_c'",
        ),
        r"[Cc] extensions|torch/_C|import(?:ing)? torch from|o module named|import name '_C'(?! from '(?!torch'))",
    ),
    (
        "source-tree",
        ('file "torch/', 'file "torch\\', 'file "./torch/'),
        r'File "(?:\./)?torch[\\/](?:\w+[\\/]){0,6}__init__\.py", line \d+[^"]{0,300}?(?:Import|ModuleNotFound|Attribute)Error:',
    ),
    ("renaming", ("consider renaming",), r"consider renaming '(?P<subject>[^'\n]{1,260})'"),
    ("shadowed-stdlib", ("has the same name as the standard library", "sre module mismatch"), ""),
    (
        "invalid-distribution",
        ("ignoring invalid distribution",),
        r"Ignoring invalid distribution (?P<subject>\S{1,60})",
    ),
    (
        "no-record",
        (
            "no record file was found for torch",
            "cannot uninstall torch",
            "hint: the package was installed by conda",
            "it is a distutils installed project",
            "missing `record` file",
            "`record` file not found",
        ),
        r"(?:uninstall|for) '?(?P<subject>torch\w*)|(?:site|dist)-packages[\\/](?P<other>torch(?:vision|audio)?)-\d[\s\S]{0,200}`RECORD` file|`RECORD` file not found[^\n]{0,200}packages[\\/](?P<third>torch(?:vision|audio)?)-\d",
    ),
    (
        "python-syntax",
        _SYNTAX,
        r"SyntaxError: invalid syntax[ ,;:-]*\((?P<subject>[^\n]{2,200})\)$"
        r"|^(?P<code>[^\n]{1,300})\n(?:[ \t]*[\^~]+[^\n]*\n)?[^\n]{0,12}SyntaxError: (?:invalid syntax|f-string)",
    ),
    ("python-syntax", _SYNTAX, r"SyntaxError: (?:invalid syntax|unterminated|f-string)"),
    ("python-lacks", tuple(sorted(_LIBRARY)), _LACKS),
    (
        "wants-python",
        (
            *("requires python", "require python", "needs python", "need python", "requires at least python"),
            *(
                "incompatible python version",
                "tested with 3.",
                "or later is required",
                "or higher is required",
                "or newer is required",
            ),
            *(
                "or above is required",
                "is required",
                "required by",
                "+ is required",
                "you have python",
                "you are using python",
            ),
            *("please use python", "unsupported python", "running python", "not supported on python"),
        ),
        r"^(?P<subject>(?=[^\n]{0,160}\b3\.\d)[^\n]{0,120}?(?:\b(?:requires?|needs?)(?: at least)?(?: a)? Python\b|\bPython\b[^\n]{0,30}?\b3\.\d+[^\n]{0,24}?\brequired\b|INCOMPATIBLE PYTHON VERSION|tested with 3\.\d+\.?\d* Python|[Uu]nsupported Python version)[^\n]{0,160})",
    ),
    (
        "dynamo-python",
        (
            "dynamo is not supported on python",
            "not yet supported for torch.compile",
            "torch.compile is not supported on python",
        ),
        r"Python (?P<subject>3\.\d+)\+?",
    ),
    (
        "torch-cpu-only",
        (
            "torch not compiled with cuda enabled",
            "not linked with support for cuda",
            "cannot initialize cuda without aten_cuda",
            "pytorch was compiled without cuda",
            "pytorch is not compiled with cuda",
            "not compiled with cuda support",
            "torch is not compiled with cuda",
            "pytorch not compiled with cuda",
            "pytorch no longer has cuda",
            "not able to use gpu: torch",
            "'torch._c' has no attribute '_cuda",
            "using cpu-only torch",
            "built with cuda:",
            "torch compiled without cuda",
            "torch was compiled without cuda",
            "nvtx functions not installed",
            "dummy base class ",
            "requires cuda support",
            "could not run 'aten::empty",
        ),
        r"NVTX functions not installed|dummy base class (?:_?(?:Cuda|CUDA|cuda_)\w*|Stream|Event)\b|torch\.cuda\.\w+ requires CUDA support"
        r"|'aten::empty(?:\.memory_format|_strided)' with arguments from the 'CUDA' backend"
        r"|torch[^\n]{0,20}\bbuilt with CUDA:? {0,12}(?:False|no)\b|torch[^\n]{0,30}not compiled with CUDA(?: support)?|torch\b[^\n]{0,20}(?:compiled without|no longer has) CUDA|support for cuda|without ATen_cuda|not able to use GPU: torch|no attribute '_cuda|CPU-only torch",
    ),
    (
        "no-xpu-build",
        (
            "torch not compiled with xpu enabled",
            "pytorch was compiled without xpu",
            "not compiled with xpu",
            "not linked with support for xpu",
            "dummy base class _xpu",
        ),
        "",
    ),
    (
        "xpu-unavailable",
        ("xpu.is_available()",),
        r"xpu\.is_available\(\)\W{0,4}(?:\n(?:Out ?\[\d{1,4}\]: ?)?| ?(?:is|returns?|gives?|prints?|->|=) ?)?False",
    ),
    ("deserialize-cuda", ("attempting to deserialize object on a cuda device",), ""),
    (
        "cuda-unavailable",
        (
            "cuda.is_available",
            "cuda is not available",
            "cuda device is not available",
            "cuda devices are not available",
            "torch is not able to use gpu",
            "version not installed/working",
            "not able to access cuda",
            "cuda is not enabled",
            "cuda not available",
            "cuda unavailable",
            "cuda is unavailable",
            "gpu is not available",
            "gpu not available",
            "no gpu found",
            "cannot find gpu",
            "gpu not found",
            "invalid cuda 'device",
            "not detect gpu",
            "cuda 不可用",
            "cuda不可用",
            "0 active drivers (",
            "no cuda runtime is found, using cuda_home",
            "mixed precision requires a gpu",
            "can only be used on cuda devices",
            "no supported gpu backend found",
            "cudaaccelerator` can not run on your system",
            "gpuaccelerator` can not run on your system",
            "your machine only has: []",
            "cannot find any torch accelerator",
            "unsloth: no nvidia gpu found",
            "should be true but is false",
            "expected a cuda device, but got: cpu",
            "does not support the current version of torch/cuda",
            "cpu training is not allowed",
            *("using gpu: false", "use gpu: false", "gpu available: false", "gpu enabled: false"),
            "no cuda device available",
            "gpu device not found",
            "assert torch.cuda.is_available",
        ),
        r"(?:us(?:e|ing) GPU|GPU (?:available|enabled)): False|CPU training is not allowed|no CUDA device available|GPU device not found|assert torch\.cuda\.is_available\(\)[^\n]{0,120}\n *AssertionError|0 active drivers \(\[\]\)|No CUDA runtime is found, using CUDA_HOME|mixed precision requires a GPU|only be used on CUDA devices|No supported gpu backend found|Accelerator` can not run on your system|your machine only has: \[\]|find any torch accelerator|Unsloth: No NVIDIA GPU found|is_available\(\) should be True but is False|Expected a cuda device, but got: cpu|does not support the current version of Torch/CUDA|`torch\.cuda\.is_available\(\) == False`|cuda\.is_available(?:\(\))?[)`'\"*]{0,3} ?(?:=(?!=)|:|-{1,2}>)? ?(?:is|returns?|returned|gives?|prints?)? ?(?:still |always )?[`'\"*]{0,2}(?:[\u4e00-\u9fff\u3040-\u30ff\uac00-\ud7a3，：、 ]{1,10})?false\b|(?<!but )(?:cuda|gpu) (?:devices? )?(?:is |are )?(?:not available|unavailable|not enabled)(?![^\n]{0,24}disabling)|not able to (?:use gpu|access cuda)|no gpu found|(?:cannot find|not detect) gpu|gpu not found|invalid cuda 'device|CUDA ?不可用"
        r"|TORCH (?:CUDA|GPU|MPS) version not installed/working",
    ),
    ("bus-error", ("bus error",), ""),
    (
        "path-encoding",
        (
            "illegal byte sequence",
            "errno 42",
            "unicodedecodeerror",
            "unicodeencodeerror",
            "codec can't decode",
            "codec can't encode",
        ),
        r"(?P<subject>[Ii]llegal byte sequence|'(?:gbk|cp\d+|utf-8|ascii|charmap|mbcs)' codec can't (?:de|en)code)",
    ),
    (
        "open-failed",
        (
            "open file failed",
            "parent directory",
            "can't find dependent libraries",
            "fails when given that path",
            "unsatisfiedlinkerror",
            "errno 2 on fopen",
            "file open error",
            "missing and no known rule to make it",
            "cannot open source file",
            "cannot find the path specified",
            "系统找不到指定的路径",
            "no such file or directory",
        ),
        r"open file failed|Parent directory [^\n]{1,200} does not exist|dependent libraries|given that path|UnsatisfiedLink|errno \d+ on fopen|cannot open source file|no known rule to make it|path specified|(?<!\[Errno 2\] )No such file or directory",
    ),
)
