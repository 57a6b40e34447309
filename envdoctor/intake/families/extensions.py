"""What compiled packages on top of torch say, and what happens when one is compiled with the wrong tools.

Texts: torch/utils/cpp_extension.py and torch._inductor of all versions, nvcc and host compilers, DeepSpeed's op builder,
bitsandbytes, xFormers, FlashAttention, Apex, pip's resolver where it speaks of such a package.
"""

from __future__ import annotations

__all__ = ["ROWS"]

ROWS: tuple[tuple[str, tuple[str, ...], str], ...] = (
    # -- the toolkit that compiles
    (
        "detected-cuda",
        (
            "does not match the version torch was compiled with",
            "cudamismatchexception",
            "is only supported on cuda 11",
            "is only supported on cuda 12",
            "cuda version mismatch",
        ),
        r"Installed CUDA version (?P<subject>\d+\.\d+) does not match[^\n]{0,80}|CUDAMismatch|only supported on CUDA 1[12][.\d]* and above[^\n]{0,60}",
    ),
    (
        "nvcc-host",
        (
            "is greater than the maximum required version by cuda",
            "parameter packs not expanded with",
            "unknown option '-generate-dependencies-with-compile'",
            "is not defined for option 'std'",
            "_float32",
            "__builtin_ia32",
            "__is_array_known_bounds",
        ),
        r"maximum required version by CUDA|parameter packs not expanded|generate-dependencies|nvcc fatal[^\n]{0,60}option 'std'"
        r"|identifier \"(?:_Float32x?|__builtin_ia32\w+)\" is undefined",
    ),
    (
        "cuda-home",
        (
            "cuda_home does not exist",
            "missingcudaexception",
            "cuda_runtime.h: no such",
            "cuda_runtime_api.h: no such",
            "cublas_v2.h: no such",
            "cusparse.h: no such",
            "cusolverdn.h: no such",
            "curand_kernel.h: no such",
            "nvtoolsext.h: no such",
            "include file: 'cuda",
            "cannot find -lcudart",
            "unable to find cuda",
            "cannot find ptxas",
            "ptxas: not found",
            "no cuda toolset found",
            "failed to find nvcc",
            "specify the cuda_toolkit_root_dir",
            "cuda_toolkit_root_dir",
        ),
        r"CUDA_HOME does not exist|MissingCUDAException|\.h: No such file|Cannot open include file: 'cuda|-lcudart|[Cc]annot find ptxas|ptxas: not found|No CUDA toolset|[Ff]ailed to find nvcc|CUDA_TOOLKIT_ROOT_DIR[^\n]{0,40}(?:not found|NOTFOUND|specify|missing)|missing: CUDA_TOOLKIT_ROOT_DIR|Specify the CUDA_TOOLKIT",
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
            "'cmath' file not found",
            "'iostream' file not found",
            "'cstdlib' file not found",
            "'limits' file not found",
            "cannot open include file: 'algorithm'",
            "cannot open include file: 'stddef.h'",
            "cannot open include file: 'crtdbg.h'",
            "cannot open include file: 'corecrt.h'",
            "cannot open include file: 'io.h'",
            "cannot open include file: 'type_traits'",
            "cannot open include file: 'cstddef'",
            "cannot open file 'python",
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
        r"minimum required version|ABI-incompatible|option '-std=c\+\+|option '-fopenmp'|compiler 'cl\.exe'|file not found|include file: '[\w.]+'|cannot open file '(?:python\d*|kernel32|msvcprt\w*)\.lib'|no g\+\+ in|acceptable C compiler|cc1plus|directory: '(?:cc|cl|clang)'",
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
    ("triton-optional", ("matching triton is not available",), ""),
    # -- sources written for another torch
    (
        "extension-source",
        (
            "thc/thc.h: no such file",
            "'thc/thc.h'",
            "thcudacheck",
            "at_check",
            "c++14 or later compatible compiler is required",
            "c++17 or later compatible compiler is required",
            "c++20 or later compatible compiler is required",
            "you need c++14 to compile pytorch",
            "you need c++17 to compile pytorch",
            "you need c++20 to compile pytorch",
            "deprecatedtypeproperties",
        ),
        r"THC/THC\.h'?: No such file|include file: 'THC/THC\.h'|'?\"?(?:AT_CHECK|THCudaCheck)'?\"? (?:was not declared|is undefined)|C\+\+(?:14|17|20) (?:or later|to compile PyTorch)|(?:no suitable conversion|cannot convert)[^\n]{0,80}DeprecatedTypeProperties",
    ),
    # -- packages that were made for another torch, CUDA or GPU
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
            "operator wasn't built - see",
            "unable to jit load the",
            "but your gpu has capability",
        ),
        r"library version not found|(?:detection|[Ss]etup) failed|native library|load error|no attribute 'c\w+|undefined symbol: c\w+|ROCm binary|wasn't built|Unable to JIT load the (?P<subject>\w+) op|but your GPU has capability \(\d+, \d+\) \(too (?:new|old)\)",
    ),
    (
        "extension-ops",
        (
            "no module named 'amp_c'",
            "no module named 'fused_layer_norm_cuda'",
            "no module named 'apex_c'",
            "no module named 'triton.ops'",
            "no module named 'selective_scan_cuda'",
            "no module named 'causal_conv1d_cuda'",
            "no module named 'flash_attn_cuda'",
            "no module named 'multiscaledeformableattention'",
            "failed to import from vllm._c",
            "name '_c' is not defined",
            "failed to load custom c++ ops",
            "object has no attribute 'ds_opt_adam'",
        ),
        r"Error: No module named '(?P<subject>[\w.]+)'|from (?P<other>vllm\._\w+)|name '_C' is not defined|custom C\+\+ ops|'ds_opt_(?P<third>adam)'",
    ),
    (
        "extension-requirement",
        ("but you have torch",),
        r"(?P<subject>(?:xformers|vllm|flash[-_]attn|fbgemm[-_]gpu|torch[-_]tensorrt|torchtext|torchdata|torchao|sglang|auto[-_]gptq|autoawq|triton)[\w.-]{0,20} \S{1,40} requires torch[^\n]{0,60}but you have torch \S{3,40})",
    ),
)
