"""What NCCL, cuDNN and cuBLAS answer: their status names, and the words that torch puts around them.

Texts: ncclGetErrorString and torch's NCCLUtils, NCCL's own warnings, cudnn.h, torch/backends/cudnn, cublas_api.h.
"""

from __future__ import annotations

__all__ = ["ROWS"]

ROWS: tuple[tuple[str, tuple[str, ...], str], ...] = (
    (
        "worker-bus-error",
        ("call to posix_fallocate failed", "while creating shared memory segment", "call to shm_open failed"),
        r"posix_fallocate failed ?: ?No space|creating shared memory segment|shm_open failed ?: ?(?:No space|Cannot allocate)",
    ),
    (
        "nccl-system",
        ("unhandled system error", "ncclsystemerror"),
        r"nccl[^\n]{0,200}unhandled system error|unhandled system error[^\n]{0,60}NCCL|ncclSystemError|unhandled system error",
    ),
    (
        "nccl-copy",  # what a newer NCCL means by "not set" is no value to an older one
        ("attribute value -2147483648",),
        r"Invalid config \w+ attribute value -2147483648",
    ),
    ("nccl-cuda", ("unhandled cuda error", "ncclunhandledcudaerror"), ""),
    (
        "nccl-network",
        (
            "socketstartconnect",
            "nccl warn net/",
            "call to connect returned",
            "call to recv from",
            "bootstrap : no socket interface",
            "no socket interface found",
            "nccl_socket_ifname",
            "connection refused",
            "connection timed out",
            "no route to host",
            "ib_reg_mr",
            "ibv_",
            *("nodes", "machines", "servers", "hosts", "multi-node"),
            " roce",
            "infiniband",
        ),
        r"\b(?:(?:two|three|four|several|multiple|multi|both|different|[2-9]|\d\d)[- ]?(?:nodes?|machines|servers|hosts)|multi-?machine)\b|\bRoCE\b|InfiniBand|NCCL WARN[^\n]{0,80}(?:connect|socket|recv|NET/|ibv_|reg_mr|interface)|socketStartConnect|Call to (?:connect|recv)|NCCL[^\n]{0,120}(?:Connection refused|No route|timed out)",
    ),
    (
        "nccl-missing",
        ("have nccl built in", "nccl is not available"),
        r"have NCCL built.in|NCCL is not available",
    ),
    (
        "cuda-oom",
        (
            "cuda failure 'out of memory'",
            "cuda failure 2 'out of memory'",
            "failed to cuda calloc",
            "cublas_status_alloc_failed",
            "cudnn_status_alloc_failed",
        ),
        r"Cuda failure (?:2 )?'out of memory'|CUDA calloc|STATUS_ALLOC_FAILED",
    ),
    (
        "cuda-999",
        ("cuda failure 999", "cuda failure 'unknown error'", "cuda failure 30 "),
        r"Cuda failure (?:(?:999|30) )?'unknown error'",
    ),
    (
        "library-start",
        ("cublas_status_not_initialized", "cudnn_status_not_initialized", "cusolver_status_not_initialized"),
        r"(?P<subject>(?:CUBLAS|CUDNN|CUSOLVER)_STATUS_NOT_INITIALIZED)",
    ),
    (
        "library-call",
        (
            "cudnn_status_execution_failed",
            "cudnn_status_internal_error",
            "cudnn_status_mapping_error",
            "cublas_status_execution_failed",
            "cublas_status_internal_error",
            "cublas_status_not_initialized",
            "cudnn_status_not_initialized",
            "cublas runtime error",
            "unable to find a valid cudnn algorithm",
            "unable to find an engine to execute",
            "cuda runtime error (8)",
            "cuda runtime error (48)",
            "cuda runtime error (11)",
            "error=8 : ",
            "error=11 : ",
        ),
        r"(?P<subject>(?:CUDNN|CUBLAS)_STATUS_\w+)|cublas runtime error|valid cuDNN algorithm|find an engine|runtime error \((?:8|11|48)\)|error=(?:8|11) :",
    ),
    (
        "assertion",
        ("device-side assert", "assertion `", "assertion failed", "index out of bounds"),
        r"device-side assert|Assertion `[^`\n]{2,160}` failed|index out of bounds",
    ),
    ("cudnn-arch", ("cudnn_status_arch_mismatch",), ""),
    (
        "cudnn-version",
        (
            "cudnn version mismatch",
            "cudnn_status_runtime_prerequisite_missing",
            "cudnn library version mismatch",
            "but source was compiled with",
        ),
        r"cuDNN version mismatch|PREREQUISITE_MISSING|cuDNN library version|CuDNN library[^\n]{0,80}compiled with",
    ),
    (
        "cublas-copy",
        ("cublas_status_invalid_value", "cublaslt error", "cublasltmatmul"),
        r"(?P<subject>CUBLAS_STATUS_INVALID_VALUE)",
    ),
)
