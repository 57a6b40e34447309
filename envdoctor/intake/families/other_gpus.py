"""What ROCm, Intel's oneAPI, Metal and DirectML say about GPUs that are not NVIDIA's.

Texts: rocminfo, rocm-smi and amd-smi, ROCm's HIP and HSA error names, rocBLAS; c10/xpu, SYCL and Level Zero, Intel's
extension for PyTorch; torch/mps; DirectML.
"""

from __future__ import annotations

__all__ = ["ROWS"]

ROWS: tuple[tuple[str, tuple[str, ...], str], ...] = (
    # -- AMD's kernel driver
    (
        "amd-module",
        (
            "rock module is not loaded",
            "driver not initialized (amdgpu not found",
            "drivers not loaded (amdgpu",
            "/sys/module/amdgpu/initstate",
            "module amdgpu not found",
            "could not insert 'amdgpu'",
            "check amdgpu version and module status",
            "amdgpu-dkms (--configure)",
            "rock-dkms",
            "no wddm adapters found",
            "hsa_init failed",
        ),
        r"module is not loaded|amdgpu not found|not loaded \(amdgpu|initstate'?: No such|amdgpu not found|insert 'amdgpu'"
        r"|module status|--configure|(?:rror|rocessing)[^\n]*\n? ?rock-dkms|No WDDM|hsa_init failed",
    ),
    (
        "amd-node-missing",
        ("/dev/kfd",),
        r"(?P<subject>custom device) [\"']/dev/kfd|/dev/kfd[\"']?(?: read-write)?: (?:open /dev/kfd: )?no such file|directory: '/dev/kfd'",
    ),
    (
        "hsa-no-agent",
        ("hsa_status_error_out_of_resources", "hsa api call failure"),
        r"rocminfo[^\n]*\n?[^\n]*HSA_STATUS_ERROR(?:_OUT_OF_RESOURCES)?\b|api call failure",
    ),
    (
        "hip-no-device",
        (
            "no hip gpus are available",
            "no rocm-capable device is detected",
            "could not initialize tensile host: no devices found",
            "unexpected error from hipgetdevicecount",
            "hiperrornodevice",
        ),
        "",
    ),
    ("hip-invalid-image", ("hiperrorinvalidimage", "hip error: device kernel image is invalid"), ""),
    ("hip-invalid-function", ("hsa_status_error_invalid_isa",), ""),
    (
        "said-rocm",
        ("rocm",),
        r"\bROCm ?(?:version )?(?P<subject>\d\.\d)(?!\d)",
    ),
    (
        "said-mac-cuda",
        ("mac", "apple", "m1", "m2", "m3", "m4", ".cuda()", "device=cuda", "'cuda'"),
        r"(?:\bMac\w*|\bApple\b|\bM[1-5]\b|macOS)[^\n]{0,30}?(?:不支持|没有|不能用|无法使用|\bno\b|without|(?:does not|doesn't) (?:have|support))[^\n]{0,16}?CUDA|\.cuda\(\)|device ?= ?['\"]?cuda\b",
    ),
    ("segfault", ("segmentation fault", "sigsegv"), ""),
    (
        "amd-fault",
        ("hsa_status_error_memory_aperture_violation", "memory access fault by gpu"),
        "",
    ),
    (
        "amd-unsupported",
        ("gfx",),
        r"(?:lacks?|no|without|does(?:n't| not)|not)[^\n]{0,24}support[^\n]{0,24}\b(?P<subject>gfx[0-9a-f]{3,5})"
        r"|\b(?P<other>gfx[0-9a-f]{3,5})[^\n]{0,24}(?:not|un) ?supported"
        r"|(?:not|n't|never|no longer|without)\b[^\n.;]{0,16}\b(?:compiled|built|kernels?|code|binary)\b[^\n.;]{0,12}\b(?:with|for|on) [`'\"]?(?P<third>gfx[0-9a-f]{3,5})",
    ),
    (
        "hsa-override",
        ("hsa_override_gfx_version",),
        r"HSA_OVERRIDE_GFX_VERSION\W{1,4}(?P<subject>\d{1,2}\.\d\.\d)",
    ),
    # -- Intel
    (
        "xpu-none",
        (
            "no xpu devices are available",
            "no xpu devices found",
            "no xpu device available",
            "no xpu device found",
            "xpu device count is zero",
            "dpcpp device count is zero",
            "dpcpp devices should be greater than zero",
            "xpu.device_count()",
            "xpu device count is 0",
            "failed to initialize xpu devices",
            "no device of requested type available",
            "pi_error_device_not_found",
            "zeinit failed",
            "intel gpu driver is not properly installed",
            "installed with level zero sysman support",
            "ze_result_error_uninitialized",
        ),
        r"no XPU devices? (?:are )?(?:available|found)|(?:XPU|DPCPP) [Dd]evice count is|dpcpp devices should|xpu\.device_count\(\)[`'\"*\W]{0,4}(?:is|are|returns?|gives?|==?|->)? ?[`'\"]?0\b|initialize XPU|requested type available|DEVICE_NOT_FOUND|zeInit|UNINITIALIZED|GPU driver is (?:not properly )?installed",
    ),
    (
        "xpu-lost",
        ("result_error_device_lost", "pi_error_device_lost"),
        "",
    ),
    (
        "xpu-left-out",
        ("officially supported by pytorch xpu",),
        r"detected GPU \((?P<subject>[^\n]{3,60}?)\) is not officially supported by PyTorch XPU",
    ),
    (
        "xpu-call",
        ("native api failed", "required aspect fp64", "ur error"),
        r"Native API failed|aspect fp64|\bUR error\b",
    ),
    (
        "ipex-torch",
        ("needs to work with pytorch",),
        r"needs to work with PyTorch (?P<subject>\d[\w.*]{0,12}),? but PyTorch",
    ),
    # -- memory of GPUs that are not CUDA's
    (
        "other-oom",
        (
            "mps backend out of memory",
            "xpu out of memory",
            "hip out of memory",
            "hip error: out of memory",
            "not enough gpu video memory",
            "error_out_of_device_memory",
            "(ur_result_error_out_of_resources)",
            "kiogpucommandbuffercallbackerroroutofmemory",
        ),
        "",
    ),
    # -- Apple
    (
        "mps-not-built",
        (
            "not built with mps enabled",
            "not linked with support for mps",
            "mps is not built",
            "mps.is_built()",
            "from the 'mps' backend",
        ),
        r"'aten::empty(?:\.memory_format|_strided)' with arguments from the 'MPS'|not built with MPS|support for mps|MPS is not built|is_built\(\)\W{0,6}False",
    ),
    (
        "mps-device-unknown",
        ("device type at start of device string",),
        r"device type at start of device string: (?P<subject>mps|xpu)\b",
    ),
    (
        "said-mac",
        (
            "macbook",
            "imac",
            "mac mini",
            "mac studio",
            "mac pro",
            "mac os",
            "macos",
            "osx",
            "os x",
            "苹果电脑",
            "radeon pro ",
            "on mac",
            "in mac",
            "my mac",
            "on a mac",
        ),
        r"\b(?:on|in|my|on a) (?:M[1-5] )?(?:Mac|MAC)\b(?! addr)|\bRadeon Pro (?:4[56]\d|5[5-8]\d|5[3-7]00|Vega)|\b(?:MacBook|iMac|Mac ?[Mm]ini|Mac Studio|Mac Pro|mac ?OS|Mac OS|OSX|OS X)\b|苹果电脑",
    ),
)
