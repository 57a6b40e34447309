"""What compiled packages on top of torch say, and what happens when one is compiled with the wrong tools.

Texts: torch/utils/cpp_extension.py and torch._inductor of all versions, nvcc and host compilers, DeepSpeed's op builder,
bitsandbytes, xFormers, FlashAttention, Apex, pip's resolver where it speaks of such a package.
"""

from __future__ import annotations

__all__ = ["ROWS"]

_TOOLKIT = r"(?:cuda(?:_\w+|rt\w*|gl\w*|egl\w*)?|cu(?:blas|sparse|solver|rand|fft|dnn|pti)\w*|nv(?:rtc|jitlink|ToolsExt|ml)\w*|npp\w*|nccl)"
"""How headers and libraries of CUDA's toolkit, and of cuDNN and NCCL beside it, are named."""
_OF_TORCH = r"['\"‘](?:(?:const )?(?:class|struct) )?(?:at|c10|torch|thrust)\b"
"""How compilers begin to name what belongs to torch's C++ interface or to CUDA's templates."""
_HOSTS = (
    r"(?:(?:Python|pyconfig|omp|crypt|std\w+|crtdbg|crtdefs|corecrt\w*|io|wchar|features|windows|math|limits|sys/\w+|bits/[\w+]+)\.h"
    r"|c?math|iostream|c?std\w+|climits|limits|algorithm|type_traits|cassert|vector|string|memory|array|utility|functional|initializer_list)"
)
"""Headers of the host's compiler, its system and Python."""

ROWS: tuple[tuple[str, tuple[str, ...], str], ...] = (
    # -- the toolkit that compiles
    (
        "detected-cuda",
        (
            "does not match the version torch was compiled with",
            "cudamismatchexception",
            "is only supported on cuda 11",
            "is only supported on cuda 12",
            "requires cuda >= ",
            "triton only support cuda",
            "cuda version mismatch",
        ),
        r"SM \d+\.x requires CUDA >= |Triton only support CUDA 10\.0|Installed CUDA version (?P<subject>\d+\.\d+) does not match[^\n]{0,80}|CUDAMismatch|only supported on CUDA 1[12][.\d]* and above[^\n]{0,60}",
    ),
    (
        "nvcc-host",
        (
            "is greater than the maximum required version by cuda",
            "parameter packs not expanded with",
            "running a too old version of gcc",
            "unknown option '-generate-dependencies-with-compile'",
            "is not defined for option 'std'",
            "_float32",
            "__builtin_ia32",
            "__is_array_known_bounds",
        ),
        r"maximum required version by CUDA|too old version of GCC|parameter packs not expanded|generate-dependencies|nvcc fatal[^\n]{0,60}option 'std'"
        r"|identifier \"(?:_Float32x?|__builtin_ia32\w+)\" is undefined",
    ),
    (
        "cuda-home",
        (
            "cuda_home does not exist",
            "missingcudaexception",
            ".h: no such",
            ".hpp: no such",
            ".cuh: no such",
            ".h' file not found",
            "include file: '",
            "cannot find -l",
            "unable to find library -l",
            "cannot open input file '",
            "cannot open file '",
            "unable to find cuda",
            "cannot find ptxas",
            "ptxas: not found",
            "no cuda toolset found",
            "failed to find nvcc",
            "specify the cuda_toolkit_root_dir",
            "cuda_toolkit_root_dir",
        ),
        r"CUDA_HOME does not exist|MissingCUDAException"
        rf"|\b(?:{_TOOLKIT}|nvtx3/\w+|crt/\w+|(?:cub|thrust|nv|cuda)/[\w/]+|cooperative_groups|device_launch_parameters|driver_types|vector_types)(?:\.h\w*|\.cuh)?'?(?::| file) (?:No such|not found)"
        rf"|-l(?:{_TOOLKIT}|nvidia-ml)\b|cannot open (?:input )?file '{_TOOLKIT}\.lib'"
        r"|[Cc]annot find ptxas|ptxas: not found|No CUDA toolset|[Ff]ailed to find nvcc|CUDA_TOOLKIT_ROOT_DIR[^\n]{0,40}(?:not found|NOTFOUND|specify|missing)|missing: CUDA_TOOLKIT_ROOT_DIR|Specify the CUDA_TOOLKIT",
    ),
    # -- the compiler of the host
    (
        "no-compiler",
        (
            "is less than the minimum required version",
            "may be abi-incompatible with pytorch",
            "unrecognized command line option '-std=c++",
            "unsupported option '-fopenmp'",
            "cannot find compiler 'cl.exe'",
            "' file not found",
            "include file: '",
            "include file '",
            ".h: no such",
            "cannot open file 'python",
            "cannot open input file 'python",
            "cannot open file 'kernel32.lib'",
            "cannot open file 'msvcprt",
            "which: no g++",
            "no acceptable c compiler",
            "cc1plus': ",
            "cc1plus: no such",
            "no such file or directory: 'cc'",
            "no such file or directory: 'cl'",
            "no such file or directory: 'clang'",
        ),
        rf"\b{_HOSTS}'?:? (?:No such|file not|not found)|include file:? '{_HOSTS}'|"
        r"minimum required version|ABI-incompatible|option '-std=c\+\+|option '-fopenmp'|compiler 'cl\.exe'|cannot open (?:input )?file '(?:python\d*|kernel32|msvcprt\w*)\.lib'|no g\+\+ in|acceptable C compiler|cc1plus|directory: '(?:cc|cl|clang)'",
    ),
    (
        "triton-missing",
        (
            "cannot find a working triton installation",
            "tritonmissing",
            "no module named 'triton'",
        ),
        r"working triton|TritonMissing|Error: No module named 'triton'",
    ),
    (
        "triton-tools",  # triton-windows looks for what it compiles with
        ("userwarning: failed to find", 'warnings.warn("failed to find', "triton\\windows_utils"),
        r"Failed to find (?P<subject>MSVC|Windows SDK|CUDA|Python libs|MinGW|Python headers)",
    ),
    (
        "compile-failed",  # Triton and Inductor, of the host's compiler
        ("cuda_utils.c", "__triton_launcher", "cc_cmd", "c++ compile error"),
        r"Failed to compile\. cc_cmd|CppCompileError: C\+\+ compile error|Command '\[[^\n]{0,3000}(?:cuda_utils|__triton_launcher)\.c\w{0,2}'[^\n]{0,3500}returned non-zero",
    ),
    ("triton-optional", ("matching triton is not available",), ""),
    # -- sources written for another torch
    (
        "extension-source",
        (
            ".h: no such file",
            ".h' file not found",
            ".h: 没有那个文件",
            "include file: '",
            "thc/thc.h,",
            "thcudacheck",
            "at_check",
            "c++14 or later compatible compiler is required",
            "c++17 or later compatible compiler is required",
            "c++20 or later compatible compiler is required",
            "you need c++14 to compile pytorch",
            "you need c++17 to compile pytorch",
            "you need c++20 to compile pytorch",
            "deprecatedtypeproperties",
            "torch.utils.ffi is deprecated",
            "no module named 'torch.utils.hipify'",
            " has no member ",
            " is not a member of ",
            " has no member named ",
            "no member named ",
            "has not been declared",
        ),
        rf"^(?![^\n]*(?:aten|pytorch)[\\/])[^\n]{{0,260}}(?:(?:namespace|class) {_OF_TORCH}[^\n]{{0,40}} has no member|is not a member of {_OF_TORCH}|{_OF_TORCH}[^\n]{{0,40}} has no member named|no member named '\w+' in (?:namespace )?{_OF_TORCH}|{_OF_TORCH}\w+['’] has not been declared)|"
        r"torch\.utils\.ffi is deprecated|'torch\.utils\.hipify'|THC/THC\.h, which (?:py)?torch[^\n]{0,20}(?:removed|dropped)|THC/\w+\.\w+'?(?::| file) (?:No such|not found|没有那个文件)|'?\"?(?:AT_CHECK|THCudaCheck)'?\"? (?:was not declared|is undefined)|C\+\+(?:14|17|20) (?:or later|to compile PyTorch)|(?:no suitable conversion|cannot convert)[^\n]{0,80}DeprecatedTypeProperties",
    ),
    (
        "torch-header",
        (".h: no such file", ".h' file not found", "include file: '"),
        r"(?P<subject>torch/extension\.h|c10/[\w/]+\.h)'?(?::| file) (?:No such|not found)",
    ),
    (
        "header-refused",
        ("): error c", "): error:", ": error: "),
        r"torch[\\/]include[\\/][^\n:*?<>|]{1,160}(?:\(\d+\): error|:\d+:\d+: error)",
    ),
    # -- packages that were made for another torch, CUDA or GPU
    (
        "extension-made-for",
        ("requires pytorch", "requires torch"),
        r"(?:^|: )(?P<subject>dgl|torch[-_]geometric|torchmetrics|xformers|deepspeed|flash[-_]attn|vllm|lmdeploy|apex|mmcv(?:-full)?|fairscale|kornia) requires (?:py)?torch ?[<>=]{1,2} ?\d[\d.]*\W{0,2}$",
    ),
    (
        "extension-no-gpu",
        (
            "required library version not found: libbitsandbytes",
            "cuda setup: cuda detection failed",
            "cuda setup: setup failed",
            "could not load bitsandbytes native library",
            "bitsandbytes library load error",
            "bitsandbytes native library functionality",
            "has no attribute 'cadam32bit",
            "has no attribute 'cget_col_row_stats'",
            "has no attribute 'cquantize_blockwise",
            "undefined symbol: cget_col_row_stats",
            "undefined symbol: cquantize_blockwise",
            "undefined symbol: cadam32bit",
            "find the bitsandbytes rocm binary",
            "no libcudart.so found! install cuda",
            "is_sm8x",
            "is_sm75",
            "operator wasn't built - see",
            "unable to jit load the",
            "unable to pre-compile",
            "gpus with compute capability below",
            "requires gpus with sm",
            "no supported cuda architectures found",
            "requires compute capability",
            "requires a gpu with compute capability",
            "requires sm",
            "requires ampere",
            "requires hopper",
            "only supports ampere",
            "only supports hopper",
            "only supports sm",
            "only supported on hopper",
            "only supported on ampere",
            "but your gpu has capability",
            "cuda extension not installed",
            "object has no attribute 'c",
            "with arguments from the 'cuda' backend",
            "with arguments from the 'hip' backend",
            "compiled for this",
            "built for this",
            "is not a recognized processor for this target",
            "from 'triton",
            "which was not built",
            "was not compiled",
            "extensions were not",
            "could not load libtorchcodec",
            "not compatible with this version of torchcodec",
            "cuda device capability",
            "current compute capability",
            "kernel for sm",
            "kernel is not available. make sure",
            "unsupported cuda architecture: sm",
            "device api cuda is not enabled",
            "could not find compatible tinycudann extension",
            "cuda binary not found at",
            "compatible cuda binary found at",
            "compatible rocm binary found at",
            "bitsandbytes: failed to load backend",
            "not available in cpu-only version of",
            "but was built for sm",
            "requires cuda extensions",
            "ops were compiled and installed with a different version",
            "compute capabilities remaining after filtering",
            "miss in module _ext",
            "can not be built for compute capabilities",
            "does not match flashinfer version",
        ),
        r"(?:CUDA|ROCm|XPU) binary (?:not )?found at|(?P<tenth>bitsandbytes): failed to load backend|in CPU-only version of (?P<eleventh>\w+)|is for sm\d+(?:-sm\d+)?, but was built for sm\d|(?P<twelfth>apex)\.[\w.]{2,60} requires cuda extensions|(?P<thirteenth>DeepSpeed) ops were compiled and installed|Unable to load (?P<fourteenth>\w+) op due to no compute cap|miss in module _ext|but (?P<fifteenth>\w+) can not be built for compute|(?P<sixteenth>flashinfer)-[\w-]+ version \([^)\n]{1,40}\) does not match"
        r"|compatible (?P<ninth>tinycudann) extension|(?P<sixth>\w+)? ?kernel for SM ?\d+\. Recompile|No compiled (?P<seventh>\w+)[^\n]{0,120}CUDA device capability|No implemented (?P<eighth>\w+) for current compute capability|SM\d+ kernel is not available|Unsupported CUDA architecture: sm_?\d|Device API cuda is not enabled|library version not found|(?:detection|[Ss]etup) failed|native library|load error|has no attribute 'c(?:adam|get_|quantize|dequantize)|undefined symbol: c\w+|ROCm binary|No libcudart\.so found!|Expected [^\n]{0,30}is_sm(?:8x|75)|wasn't built|capability below \d\.\d are not supported|No supported CUDA architectures found|(?:Error|ERROR|assert\w*)[^\n]{0,12}?(?!(?:[^\n]{0,80})(?:bfloat16|bf16|fp8|fp16|float16|int8))(?P<fifth>[A-Z]\w[\w .-]{0,40}?) (?:requires|only supports|is only supported on) (?:an? )?(?:NVIDIA )?(?:GPUs? (?:with|of) )?(?:sm_?\d\d|compute capability|Ampere|Hopper|Ada|Turing|Volta|Blackwell)|Unable to JIT load the (?P<subject>\w+) op(?! due to ninja)|Unable to pre-compile (?P<other>\w+)\b(?! without torch|, please first)|but your GPU has capability \(\d+, \d+\) \(too (?:new|old)\)|CUDA extension not installed|NoneType' object has no attribute 'c(?:get|adam|quantize|dequantize|igemm|lion|lamb|rms|momentum|percentile|prefetch|gemm|extract|transform|double|create|compress|fill|arange|hist)|Could not run '(?P<third>(?!aten|torchvision|prims|quantized|c10d|_c10d|inductor|xla)[A-Za-z_]\w+::\w+)'|not (?:compiled|built) for this (?:architecture|GPU|device|card|platform)|'sm_\d+\w?' is not a recognized processor|cannot import name '\w+' from 'triton\b|(?P<fourth>\w+_cuda)\b[^\n]{0,20}\b(?:was|were|is) not (?:built|compiled|installed)|(?:CUDA|C\+\+) extensions? (?:was|were|is|are) not (?:built|compiled|installed)|extension was not (?:built|compiled)|Could not load libtorchcodec|version of TorchCodec",
    ),
    (
        "ptx-version",  # an assembler older than the compiler that wrote the code
        ("unsupported .version",),
        r"Unsupported \.version (?P<subject>\d\.\d)",
    ),
    (
        "extension-ops",
        ("failed to load the backend extension",),
        r"load the backend extension: (?P<subject>[\w.]{2,60})",
    ),
    ("engine-no-device", ("failed to infer device type", "runtimeerror: unknown runtime environment"), ""),
    ("quantization-gpu", ("a gpu is needed for quantization",), ""),
    (
        # Triton's inner parts, which torch's compiler takes by their names: each Triton has others.
        "extension-ops",
        ("'compiledkernel'", "'jitfunction'", "launch_enter_hook", "launch_exit_hook"),
        r"'(?:CompiledKernel|JITFunction)' (?:object )?has no attribute|\bno attribute 'launch_(?:enter|exit)_hook'",
    ),
    (
        "extension-ops",
        (
            "no module named 'amp_c'",
            "no module named 'fused_layer_norm_cuda'",
            "no module named 'apex_c'",
            "no module named 'triton.",
            "no module named 'selective_scan_cuda'",
            "no module named 'causal_conv1d_cuda'",
            "no module named 'flash_attn_cuda'",
            "no module named 'multiscaledeformableattention'",
            "no module named 'torch_scatter.",
            "no module named 'torch_sparse.",
            "no module named 'torch_cluster.",
            "no module named 'pytorch3d._c'",
            "no module named 'pointnet2_ops._ext'",
            "no module named 'exllama_kernels'",
            "no module named 'exllamav2_kernels'",
            "no module named 'autogptq_cuda",
            "no module named 'awq_inference_engine'",
            "no module named 'fused_dense_cuda'",
            "_cuda'",
            "_ext'",
            "_kernels'",
            "no module named 'dropout_layer_norm'",
            "no module named 'rotary_emb'",
            "failed to import from vllm._c",
            "name '_c' is not defined",
            "nameerror: name '",
            "failed to load custom c++ ops",
            "object has no attribute 'ds_opt_adam'",
            "'nonetype' object has no attribute 'causal_conv1d",
            "'nonetype' object has no attribute 'selective_scan",
            "'nonetype' object has no attribute 'flash_attn",
            "'nonetype' object has no attribute 'mamba_chunk",
        ),
        r"'NoneType' object has no attribute '(?P<fourth>causal_conv1d|selective_scan|flash_attn|mamba)|Error: No module named '(?P<subject>(?!torch\.|torchvision)[\w.]+)'|from (?P<other>vllm\._\w+)|name '_C' is not defined|NameError: name '(?P<fifth>\w+_cuda(?:_\w+)?|exllama\w*|flash_attn\w*|causal_conv1d\w*|selective_scan\w*|marlin\w*)' is not defined|custom C\+\+ ops|'ds_opt_(?P<third>adam)'",
    ),
    (
        "extension-requirement",
        ("but you have torch", "due to incompatible torch version"),
        r"cpp extensions due to incompatible torch version \S+ for (?P<other>torchao version \S+)|(?P<subject>(?:xformers|vllm|flash[-_]attn|fbgemm[-_]gpu|torch[-_]tensorrt|torchtext|torchdata|torchao|sglang|auto[-_]gptq|autoawq|triton)[\w.-]{0,20} \S{1,40} (?:requires|has requirement) torch[^\n]{0,60}but you have torch \S{3,40})",
    ),
    (
        "torch-wants",
        ("but you have nvidia-", "but you have triton"),
        r"\btorch \S{3,40} (?:requires|has requirement) (?P<subject>(?:nvidia-|triton)[\w-]*==[\w.]+)[^\n]{0,200}but you have (?:nvidia-|triton)",
    ),
)
