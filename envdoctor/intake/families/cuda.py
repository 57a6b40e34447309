"""What torch, the CUDA run-time, nvidia-smi, the kernel and container engines say about GPU and driver.

Texts: CUDA's own error strings (driver_types.h, cuda.h), torch's c10/cuda and torch/cuda/__init__.py, NVML's
error strings, the kernel module's log lines, libnvidia-container and Docker.
"""

from __future__ import annotations

__all__ = ["ROWS"]

_CALLS = r"cudaGetDeviceCount|cuInit|cudaSetDevice|cudaFree|cudart init|cuda driver library(?: init)?|CUresult|CUDA"
_FAILED = r"(?:failed to get device context|errno|error|err|failure|failed|returned|returns|returning|code|status|result|rc)(?: with)?(?: error)?(?: code)?"

ROWS: tuple[tuple[str, tuple[str, ...], str], ...] = (
    # -- a number without its text, as programs of any language print it
    (
        "cuda-number",
        (
            "cudagetdevicecount",
            "cuinit",
            "cudasetdevice",
            "cudafree",
            "cudart init",
            "cuda driver library",
            "curesult",
            "cuda error",
            "cuda failure",
            "cuda driver error",
            "cuda driver init",
        ),
        rf"(?:{_CALLS})\b[^\n]{{0,60}}?\b{_FAILED}[ =:(]{{1,3}}(?P<subject>"
        r"3|30|34|35|36|38|46|100|101|209|222|304|500|800|801|802|803|804|805|999)(?=\W|$|time=)(?![.\d])",
    ),
    # -- torch's first question to the driver fails with any number
    (
        "cuda-start",
        ("from cudagetdevicecount()", "cudagetdevicecount returned"),
        r"cudaGetDeviceCount(?:\(\))?.{0,260}?(?:Error|returned) (?P<subject>\d{1,3})\b"
        r"|error from cudaGetDeviceCount\(\)\. Did you run",
    ),
    (
        "cuda-34",
        ("cuda driver is a stub library", "cudaerrorstublibrary", "cuda_error_stub_library"),
        "",
    ),
    (
        "cuda-500",
        ("error 500: named symbol", "error 500:"),
        r"cudaGetDeviceCount.{0,260}?error 500|error 500: named symbol",
    ),
    (
        "init-oom",
        ("cudagetdevicecount", "cuda initialization:"),
        r"(?:cudaGetDeviceCount|CUDA initialization).{0,300}?out of memory",
    ),
    # -- the driver's age
    (
        "torch-driver-too-old",
        ("driver on your system is too old", "update your gpu driver by downloading"),
        r"(?:found version (?P<subject>\d{4,6}))|driver on your system is too old",
    ),
    (
        "cuda-35",
        (
            "driver version is insufficient",
            "cudaerrorinsufficientdriver",
            "error 35",
            "35 vs. 0",
            "insufficient cuda driver. cannot use cuda",
            "insufficient driver",
            "not supported in the installed cuda driver",
            "cudaerrorcallrequiresnewerdriver",
            "your nvidia driver is too old",
            "possibly insufficient driver version",
            "from libcuda.so.1",
            "cuda driver version found is",
        ),
        r"Failed to retrieve cu\w+ from libcuda|CUDA Driver version found is \d+\. Minimum|possibly insufficient|version is insufficient|Insufficient (?:cuda )?driver|InsufficientDriver|installed CUDA driver|RequiresNewerDriver|nvidia driver is too old|(?:cuda\w*|\(\)|code|runtime)\W[^\n]{0,80}error 35\b|\(35 vs\. 0\)",
    ),
    (
        "cuda-222",
        (
            "ptx was compiled with an unsupported toolchain",
            "cudaerrorunsupportedptxversion",
            "cuda_error_unsupported_ptx_version",
        ),
        "",
    ),
    (
        "container-cuda-requirement",
        (
            "unsatisfied condition: cuda",
            "unsatisfied condition: driver",
            "unsupported cuda version: driver",  # nvidia-docker 1; "0.0": it could not ask the driver
        ),
        r"unsatisfied condition: (?:cuda|driver) ?>= ?(?P<subject>\d+(?:\.\d+)?)"
        r"|unsupported CUDA version: driver (?!0\.0)\d+\.\d+ < image (?P<other>\d+\.\d+)",
    ),
    (
        "newer-driver-asked",
        (
            "driver is too old",
            "drivers are too old",
            "please update your driver",
            "update your nvidia driver",
            "updating your nvidia driver",
            "try updating your nvidia driver",
            "requires a newer driver",
            "which supports up to",
            "requires driver version",
            "driver is not supported",
            "driver is outdated",
            "driver was outdated",
            "driver is out of date",
            "驱动太旧",
            "驱动过旧",
            "驱动版本过低",
            "驱动版本太低",
            "驱动版本太旧",
            "驱动版本过旧",
            "驱动版本太老",
            "驱动过低",
            "驱动太低",
            "驱动太老",
        ),
        r"(?:nvidia|gpu|cuda)[^\n]{0,80}drivers?[^\n]{0,40}too old|updat\w+ your (?:nvidia )?driver|newer driver|requires driver version|which supports up to|(?:nvidia|gpu|cuda|graphics|my|the) driver (?:is|was) (?:not supported|outdated|out of date)|驱动(?:版本)?(?:太旧|过旧|过低|太低|太老)",
    ),
    (
        "legacy-driver",
        (".xx legacy drivers", "driver will ignore this gpu", "nvidia driver will ignore"),
        r"(?P<subject>\d{3})\.xx|ignore this",
    ),
    # -- no device
    (
        "torch-no-driver",  # not the remark of a web UI that goes on without its memory monitor
        ("found no nvidia driver on your system",),
        r"Found no NVIDIA driver on your system(?![^\n]{0,200}memory monitor disabled)",
    ),
    (
        "cuda-100",
        (
            "no cuda-capable device is detected",
            "cudaerrornodevice",
            "cuda_error_no_device",
            "hiperrornodevice",
            "no nvidia devices found",
            "no cuda device found",
            "only 0 devices available",
            "error 100:",
        ),
        "",
    ),
    # Ultralytics prints the variable as Python sees it, and where to read on "if no CUDA devices are seen".
    ("none-hidden", ("os.environ['cuda_visible_devices']: none",), ""),
    ("cuda-100", ("no cuda devices",), r"(?<!if )no CUDA devices"),
    ("no-cuda-gpus", ("no cuda gpus are available", "no hip gpus are available"), ""),
    (
        "cuda-101",
        (
            "invalid device ordinal",
            "cudaerrorinvaliddevice",
            "cuda_error_invalid_device",
            "invalid device id",
            "is not visible (cuda_visible_devices",
            "is not visible (hip_visible_devices",
            "contains more devices than rocr_visible_devices",
        ),
        r"is not visible \((?:CUDA|HIP)_VISIBLE_DEVICES=|more devices than ROCR_VISIBLE|invalid device ordinal|error_?invalid_?device(?!_?(?:func|point|sym))|AssertionError: Invalid device id|CUDA[^\n]{0,80}invalid device id",
    ),
    (
        "device-index",
        (
            "invalid cuda device index",
            "visible cuda devices",
            "but your machine only has",
            "but this machine only has",
        ),
        r"Invalid CUDA device index|there (?:is|are) \d+ visible CUDA devices?|but (?:your|this) machine only has(?!: \[\])",
    ),
    (
        "torch-init-failed",
        (
            "cuda driver initialization failed, you might not have",
            "you might not have a cuda gpu",
            "unexpected error from hipgetdevicecount",
        ),
        "",
    ),
    (
        "device-count-none",
        ("device_count()",),
        r"device_count\(\)\)?(?:\n(?:Out ?\[\d{1,4}\]: ?)?| ?(?:={1,2}|:|->|is|returns) ?)0$",
    ),
    (
        "device-assert",
        ("device < num_gpus", "device < device_num", "device < static_cast", "device_index < num_devices"),
        "",
    ),
    # -- what the build carries
    (
        "no-kernel",
        (
            "no kernel image",
            "cudaerrornokernelimagefordevice",
            "cuda_error_no_binary_for_gpu",
            "invalid device function",
            "cudaerrorinvaliddevicefunction",
        ),
        r"no kernel image is available for execution on the device at ?(?!\S*(?:aten|pytorch|caffe2|c10|torch[\\/]))\S{0,200}?(?P<place>[A-Za-z_]\w+)\.cu:\d|Error (?:no kernel image is available for execution on the device|invalid device function) at line \d+ in file \S{0,200}(?P<subject>csrc/ops\.cu)|^(?:error in )?(?P<printed>(?!\w*error\b|cuda\b|hip\b)\w{3,60}): ?no kernel image is available|no kernel image|NoKernelImage|NO_BINARY|invalid device function|InvalidDeviceFunction",
    ),
    (
        "triton-image",  # its assembler writes code for a newer CUDA than the driver reads
        ("device kernel image is invalid",),
        r"Triton Error \[CUDA\]: device kernel image is invalid",
    ),
    (
        "hip-invalid-function",
        (
            "hip error: invalid device function",
            "hiperrorinvaliddevicefunction",
            "hiperrornobinaryforgpu",
            "hip error: no kernel image is available",
            "unable to find code object for all current devices",
            "hip::fatbinaryinfo::",
            "hip::statco::",
        ),
        "",
    ),
    (
        "torch-capability",
        ("is not compatible with the current pytorch installation", "incompatible_device_warn.format("),
        r"warnings\.warn\(incompatible_device_warn|CUDA capability (?P<subject>sm_\d+[af]?)|not compatible with the current PyTorch",
    ),
    (
        "capability-refused",
        (
            "is not supported by this pytorch",
            "not supported by the current pytorch",
            "not supported by the installed pytorch",
            "not supported by this torch",
            "not yet supported in this version of the container",
            "does not support this gpu",
            "doesn't support this gpu",
        ),
        r"\((?P<subject>sm_\d+[af]?)\)|Detected [^\n]{3,80} GPU, which is not yet supported|not supported by|n[o']t support this GPU",
    ),
    (
        "rocblas-arch",
        ("rocblas error: cannot read", "tensilelibrary", "could not initialize tensile host"),
        r"(?P<subject>gfx[0-9a-f]{3,5})|rocBLAS error: Cannot|TensileLibrary|Tensile host(?!: No devices)",
    ),
    (
        "torch-capability-old",
        (
            "no longer supports this gpu because it is too old",
            "minimum cuda capability supported by this library",
            "warnings.warn(old_gpu_warn",
            "is not compatible with devices with sm <",
        ),
        r"not compatible with devices with SM <|warn\(old_gpu_warn|cuda capability (?P<subject>\d{1,2}\.\d)|too old|capability",
    ),
    (
        "capability-too-low",  # TensorFlow, Ollama, miners
        (
            "the minimum required cuda capability is",
            "gpu is too old. compute capability detected",
            "0 capability!",
        ),
        r"Ignoring visible gpu device[^\n]{0,240}minimum required Cuda capability is|GPU is too old\. Compute Capability detected"
        r"|kernel requires \d{1,2}\.\d capability",
    ),
    (
        "torch-capability-range",
        ("minimum and maximum cuda capability supported by this version",),
        r"supported by this version[^()]{1,60}(?P<subject>\(\d{1,2}\.\d\) ?- ?\(\d{1,2}\.\d\))",
    ),
    (
        "torch-capability-list",  # torch 2.10 and later
        (
            "the following list shows the ccs this version of pytorch was built for",
            "does not include kernels for this gpu",
            "no published pytorch cuda builds for release",
        ),
        "",
    ),
    ("nvrtc-arch", ("invalid value for --gpu-architecture",), ""),
    ("ptxas-arch", ("is not defined for option 'gpu-name'",), r"'(?P<subject>sm_\d+[af]?)'"),
    (
        "triton-too-old",
        (
            "too old to be supported by the triton gpu compiler",
            "triton only supports devices of cuda capability",
        ),
        "",
    ),
    # -- the driver's state
    (
        "cuda-802",
        (
            "system not yet initialized",
            "cudaerrorsystemnotready",
            "cuda_error_system_not_ready",
            "error 802",
            "802 system",
            "error code 802",
            "802 error",
            "(802)",
        ),
        r"system not yet|SystemNotReady|SYSTEM_NOT_READY|(?:cuda|cuInit|runtime|Error)[^\n]{0,160}\b802\b|\b802\b[^\n]{0,80}(?:cuda|system)",
    ),
    (
        "cuda-803",
        (
            "unsupported display driver / cuda driver combination",
            "cudaerrorsystemdrivermismatch",
            "cuda_error_system_driver_mismatch",
            "error 803",
            "error code 803",
        ),
        r"driver combination|DriverMismatch|DRIVER_MISMATCH|cuda[^\n]{0,200}\b803\b|\b803: system",
    ),
    (
        "cuda-804",
        (
            "forward compatibility was attempted on non supported hw",
            "cudaerrorcompatnotsupportedondevice",
            "cuda_error_compat_not_supported_on_device",
            "error 804",
            "error code 804",
        ),
        r"forward compatibility|CompatNotSupported|COMPAT_NOT_SUPPORTED|cuda[^\n]{0,200}\b804\b|\b804: forward",
    ),
    (
        "cuda-999",
        (
            "runtime error (30)",
            "runtime error (999)",
            "error=30 :",
            "cuda unknown error",
            "found an unknown error - this may be due to an incorrectly",
            "error 999",
            "error code 999",
            "error 30:",
            "cudaerrorunknown",
            "cuda_error_unknown",
            "(error 999)",
            "unknown error (30)",
            "unknown error (999)",
            "cuda error: unknown error",
            "cuda driver error: unknown error",
        ),
        r"cuda unknown error|cuda driver error: unknown|Found an unknown error|cudaErrorUnknown|CUDA_ERROR_UNKNOWN|cuda error: unknown|unknown error \((?:30|999)\)|(?:cuda|cuinit|nvml|THC)[^\n]{0,200}(?:error|code)[ =:(]{0,3}(?:30|999)\b|error (?:999|30): unknown|error=30 : unknown",
    ),
    (
        "cuda-304",
        (
            "os call failed or operation not supported",
            "cudaerroroperatingsystem",
            "cuda_error_operating_system",
        ),
        "",
    ),
    (
        "cuda-805",  # and 806 to 810: the same server
        (
            "mps client failed to connect",
            "communicate with the mps server",
            "mps server is not ready",
            "required to create mps client",
            "mps client has been terminated",
            "max number of mps client",
            "cudaerrormps",
            "cuda_error_mps",
        ),
        "",
    ),
    (
        "cuda-221",
        (
            "jit compiler library not found",
            "cudaerrorjitcompilernotfound",
            "cuda_error_jit_compiler_not_found",
        ),
        "",
    ),
    (
        "cuda-46",
        (
            "devices are busy or unavailable",
            "device(s) is/are busy or unavailable",
            "device busy or unavailable",
            "device is busy or unavailable",
            "cudaerrordevicesunavailable",
            "cudaerrordeviceunavailable",
            "cuda_error_device_unavailable",
            "(46 vs. 0)",
        ),
        "",
    ),
    (
        "cuda-214",
        ("uncorrectable ecc error", "cudaerroreccuncorrectable", "cuda_error_ecc_uncorrectable"),
        "",
    ),
    (
        "fabric-manager",
        ("fabricmanager", "fabric manager", "in progress"),
        r"^Fabric\s+State\s*:?\s*In Progress|fabric ?manager[^\n]{0,60}(?:version [\d.]+ )?don'?t match|fabric ?manager[^\n]{0,80}(?:not|inactive|dead|fail|absent|missing|isn't|stopped|in progress)|(?:no|without|install|start\w*) (?:the )?(?:nvidia-)?fabric ?manager|Fabric\b[^\n]{0,40}In Progress",
    ),
    (
        "no-nvswitch",
        ("nv_warn_nothing_to_do", "no nvswitch"),
        r"NV_WARN_NOTHING_TO_DO|\bno NVSwitch(?:es|es? devices?)?\b",
    ),
    # -- memory
    (
        "cuda-oom",
        (
            "cuda out of memory",
            "cuda error: out of memory",
            "cudaerrormemoryallocation",
            "cuda_error_out_of_memory",
            "outofmemoryerror: cuda",
            "hip out of memory",
            "cuda failed with error out of memory",
            "oom when allocating tensor",
            "resource_exhausted: out of memory",
            "(2): out of memory",
            "(2) : out of memory",
            "error=2 : out of memory",
            "error 2: out of memory",
            "(2 vs. 0) ",
            "cuda runtime (out of memory)",
            "out of memory allocating",
            "than desired gpu memory utilization",
            " buffer of size",
            ": out of memory",
            "triton error [cuda]: out of memory",
            "triton error [hip]: out of memory",
            "outofmemoryerror: allocation on device",
            "no available memory for the cache blocks",
            "have enough gpu ram to fit",
        ),
        r"Triton Error \[\w+\]: out of memory|OutOfMemoryError: Allocation on device|No available memory for the cache|enough GPU RAM to fit"
        r"|cudaMalloc\w*\b[^\n]{0,40}out of memory|cudaSuccess \(2 vs\. 0\)|Cuda Runtime \(out of memory\)"
        r"|cupy\.cuda\.memory\.OutOfMemoryError|RESOURCE_EXHAUSTED: Out of memory|OOM when allocating tensor"
        r"|Free memory on device[^\n]{0,60}less than desired GPU memory|(?:failed|unable) to allocate CUDA\d* buffer"
        r"|(?:cuda|hip)(?: error:)? out of memory|cudaerrormemoryallocation|cuda_error_out_of_memory"
        r"|outofmemoryerror: cuda|cuda failed with error out of memory"
        r"|(?:cuda|hip|gpu|THC|nccl|torch)[^\n]{0,300}?(?:\(2\)|error[ =]2) ?: out of memory",
    ),
    # -- nvidia-smi and NVML
    (
        "smi-no-contact",
        (
            "couldn't communicate with the nvidia driver",
            "could not communicate with the nvidia driver",
            "nvidia-smi has failed because",
        ),
        "",
    ),
    (
        "nvml-mismatch",
        (
            "driver/library version mismatch",
            "error_lib_rm_version_mismatch",
            "nvmlerror_librmversionmismatch",
            "nvml/rm version mismatch",
            "nvml init failure: 18",
            "api mismatch: the client has",
            "api mismatch: this client has",
            "api mismatch: the nvidia kernel module",
            "api mismatch: nvidia kernel module",
            "does not match dso version",
        ),
        "",
    ),
    ("nvml-blocked", ("gpu access blocked by the operating system",), ""),
    ("nvml-unavailable", ("failed to initialize nvml: n/a",), ""),  # WSL's, without a driver in Windows
    ("nvml-init", ("can't initialize nvml",), ""),
    (
        "nvml-unknown",
        (
            "failed to initialize nvml: unknown error",
            "nvml init failure: 999",
            "nvmlerror_unknown",
            "nvmlinit(): unknown error",
            "nvmldevicegethandlebyindex(): unknown error",
            "nvmldevicegethandlebypcibusid(): unknown error",
        ),
        "",
    ),
    ("smi-no-cuda", ("cuda version: err!",), ""),
    (
        "smi-crash",
        ("nvidia-smi",),
        r"nvidia-smi\b\s{0,3}(?:\n\s{0,4})?[^\n]{0,40}(?:Segmentation fault|core dumped|Bus error)|(?:Segmentation fault|core dumped)[^\n]{0,40}nvidia-smi",
    ),
    (
        "nvml-no-permission",
        (
            "failed to initialize nvml: insufficient permissions",
            "error_no_permission",
            "nvmlerror_nopermission",
            "nvml init failure: 4",
            "nvml error: insufficient permissions",
            "nvml: insufficient permissions",
        ),
        r"nvml[^\n]{0,60}insufficient permissions|(?:nvml|nvidia)[^\n]{0,160}error_no_permission"
        r"|nvmlerror_nopermission|nvml init failure: 4\b",
    ),
    (
        "nvml-not-loaded",
        (
            "failed to initialize nvml: driver not loaded",
            "error_driver_not_loaded",
            "nvmlerror_drivernotloaded",
            "nvml init failure: 9",
            "nvml error: driver not loaded",
            "nvml: driver not loaded",
            "cuda driver can't be loaded, is cuda enabled",
            "kernel driver does not appear to be running",
        ),
        "",
    ),
    (
        "nvml-library-missing",
        (
            "libnvidia-ml.so.1: cannot open",
            "libnvidia-ml.so: cannot open",
            "couldn't find libnvidia-ml.so",
            "could not find libnvidia-ml.so",
            "error_library_not_found",
            "nvmlerror_librarynotfound",
            "could not load nvml library",
            "nvml shared library not found",
            "load library failed: libnvidia-ml.so",
            "nvml dll is not found",
            "cuda driver library cannot be found",
        ),
        r"CUDA driver library cannot|libnvidia-ml\.so|nvmlerror_librarynotfound|nvml (?:library|shared library not found|dll is not found)"
        r"|(?:nvml|nvidia)[^\n]{0,160}error_library_not_found",
    ),
    ("smi-no-devices", ("no devices were found",), r"(?:^|[^\w'\"]) ?No devices were found"),
    (
        "smi-lost",
        (
            "gpu is lost",
            "unable to determine the device handle",
            *(f"{fell} off the bus" for fell in ("fallen", "fell", "falls", "falling", "dropped", "drops")),
            "gpu requires reset",
            "gpu_is_lost",
            "nvmlerror_gpuislost",
            "uncorrectable nvlink error",
            "peer gpu memory over nvlink",
        ),
        r"(?:uncorrectable nvlink error|Invalid access of peer GPU memory over nvlink)|gpu is lost|determine the device handle|gpu requires reset|gpu_?is_?lost"
        r"|(?:GPU|NVRM|Xid|NVIDIA|card|adapter|显卡)[^\n]{0,160}(?:f[ae]ll(?:en|s|ing)?|drop(?:s|ped)) off the bus",
    ),
    ("smi-lost", ("err!",), r"ERR!(?!\s+WDDM)[^\n\w]{0,40}ERR!|\b\d{1,2} +ERR!\s[^\n]{4,80}ERR!"),
    (
        "xid",
        ("xid",),
        r"\bXid\b\W{0,3}(?:\([^()\n]{1,60}\))?\W{0,4}(?P<subject>\d{1,3})\b",
    ),
    (
        "smi-not-found",
        (
            "nvidia-smi: command not found",
            "nvidia-smi: not found",
            "command 'nvidia-smi' not found",
            "'nvidia-smi' is not recognized",
            "nvidia-smi : the term",
            "unknown command: nvidia-smi",
            "nvidia-smi' 不是内部",
            "executable file not found in $path: unknown nvidia-smi",
            '"nvidia-smi": executable file not found',
            'exec: "nvidia-smi"',
            "nvidia-smi not found",
            "nvidia-smi is not found",
            "nvidia-smi was not found",
            "nvidia-smi and nvcc are not found",
            "nvidia-smi and nvcc not found",
        ),
        "",
    ),
    (
        "kernel-module",
        (
            "module nvidia not found",
            "modprobe: error: could not insert 'nvidia'",
            "rminitadapter failed",
            "could not insert 'nvidia",
            "error inserting nvidia",
            "failed to load the nvidia kernel module",
            "unable to load the kernel module 'nvidia",
            "requires use of the nvidia open kernel modules",
            "module verification failed: nvidia",
            "key was rejected by service",
            "dkms status",
            "none of the nvidia devices were initialized",
            "nvidia probe routine failed",
            "nvidia probe routine was not called",
            "no nvidia gpu found",
            "no nvidia devices probed",
            "pci i/o region assigned to your nvidia device is invalid",
            "nvidia kernel module is not loaded",
            "nvidia module is not loaded",
            "driver is not loaded",
            "loading of unsigned module is rejected",
            "module with unavailable key is rejected",
            "unsigned module loading is restricted",
            "nvidia: disagrees about version of symbol",
            "nvidia kernel module was not created",
            "bad return status for module build",
            "conflicting nvidia kernel module",
        ),
        r"module nvidia not found|devices were initialized|probe routine|NVRM: No NVIDIA GPU found|devices probed|I/O region|insert 'nvidia|inserting nvidia|load the (?:kernel module 'nvidia|NVIDIA kernel module)|RmInitAdapter|open kernel modules|nvidia[^\n]{0,60}rejected by service|^ *(?:ERROR: )?Key was rejected by service|nvidia[^\n]{0,40}(?:module|driver) is not loaded"
        r"|nvidia[\s\S]{0,200}(?:module is|unavailable key is) rejected|(?:module is|unavailable key is) rejected[\s\S]{0,200}nvidia"
        r"|unsigned module loading[^\n]{0,80}nvidia|nvidia[^\n]{0,80}unsigned module loading|nvidia: disagrees about version"
        r"|module was not created|nvidia[\s\S]{0,300}Bad return status for module build|Bad return status for module build[\s\S]{0,200}nvidia|Conflicting NVIDIA",
    ),
    (
        "nouveau-holds",
        ("nouveau",),
        r"driver in use: nouveau|nouveau (?:kernel )?(?:driver|module)?(?![^\n]{0,12}\b(?:not|no longer|never)\b)[^\n]{0,30}(?:in use|loaded|holds|bound|is currently|is still)",
    ),
    (
        "vfio-holds",
        ("driver in use: vfio-pci",),
        r"(?:NVIDIA|10de:)(?:(?!\b[\da-f]{2}:[\da-f]{2}\.\d )[\s\S]){0,300}?driver in use: vfio-pci",
    ),
    # -- containers
    ("docker-no-gpu-driver", ("could not select device driver",), ""),
    (
        "docker-no-runtime",
        (
            "unknown or invalid runtime name: nvidia",
            "unknown runtime specified nvidia",
            "unknown flag: --gpus",
            "unresolvable cdi devices",
            'nvidia-container-runtime": executable file not found',
            "nvidia-container-runtime: no such file",
            "error executing hook `/usr/bin/nvidia-container",
            "nvidia-container-runtime-hook",
            "nvidia-container-toolkit` (exit code",
            "no known gpu vendor found",
            "failed to discover gpu vendor",
            "cdi device injection failed",
            "no cdi configuration found",
            "does not have a cdi configuration",
            "/nvidia-container-runtime: time=",
        ),
        r"runtime name: nvidia|runtime specified nvidia|unknown flag: --gpus|CDI (?:devices|device injection|configuration)"
        r"|nvidia-container-runtime[\"-]|nvidia-container-runtime: no such|executing hook `/usr/bin/nvidia|nvidia-container-toolkit` \(exit"
        r"|GPU vendor|/nvidia-container-runtime: time=[^\n]{0,80}runc create failed",
    ),
    (
        "kubernetes-no-gpu",
        (
            "insufficient nvidia.com/",
            'no runtime for "nvidia" is configured',
            'runtimehandler "nvidia" not supported',
            "did you configure the nvidia container toolkit",
            "did you set the docker default runtime to",
            "incompatible strategy detected",
            "unable to allocate for the requested device: nvidia.com",
            "which is unexpected, resource: nvidia.com",
        ),
        r"Insufficient nvidia\.com|runtime for \"nvidia\"|RuntimeHandler \"nvidia\"|Container Toolkit\?|default runtime to|Incompatible strategy|nvidia\.com",
    ),
    ("kubernetes-no-gpu", ("nvidia.com/gpu:",), r"nvidia\.com/gpu: +0 *(?:\n|$)"),
    (
        "ngc-no-driver",
        (
            "the nvidia driver was not detected. gpu functionality will not be available",
            "nvidia driver was not detected",
        ),
        "",
    ),
    (
        "container-cli",
        ("nvidia-container-cli",),
        r"nvidia-container-cli(?:\.real)?: (?P<subject>[^\n]{3,120})",
    ),
    (
        "device-denied",
        ("/dev/nvidia", "/dev/kfd", "/dev/dri"),
        r"(?P<subject>/dev/(?:nvidia[\w-]*|kfd|dri/\w+))[^\n]{0,60}(?:permission denied|not permitted|not readable|access denied)|(?:permission denied|not permitted|unable to open|cannot open|can't open)[^\n]{0,60}(?P<other>/dev/(?:nvidia[\w-]*|kfd|dri/\w+))(?![^\n]{0,20}No such file)",
    ),
    (
        "device-missing",
        ("/dev/nvidia",),
        r"/dev/nvidia[\w-]*['\"`]{0,2}:? (?:is |are )?(?:missing|not found|absent|no such file|does not exist)"
        r"|(?:no|without|missing) /dev/nvidia",
    ),
    (
        "render-group",
        (
            'member of "render" group',
            'member of "video" group',
            "not a member of the render",
            "default drm access group",
        ),
        "",
    ),
    (
        "engine-no-gpu",
        ("docker run", "podman run", "nerdctl run", "singularity ", "apptainer "),
        r"\b(?:docker|podman|nerdctl) run\b(?![^\n]*(?:--gpus|--runtime|--device|NVIDIA_VISIBLE|\\$))"
        r"|\b(?:singularity|apptainer) (?:run|exec|shell|instance start)\b(?![^\n]*(?:--(?:nv|rocm)\b|\\$))",
    ),
    ("cgroup-denied", ("bpf_prog_query(bpf_cgroup_device) failed", "failed to add device rules"), ""),
    # -- WSL
    (
        "wsl-no-adapter",
        ("wsl environment detected but no adapters were found", "no dxcore adapter", "/dev/dxg"),
        r"no adapters were found|no dxcore|/dev/dxg'?:? (?:no such|not found|is missing|does not exist|missing)|(?:no|lacks?|without) /dev/dxg",
    ),
)
