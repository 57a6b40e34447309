"""torch as it is installed and as it fails to load."""

from __future__ import annotations

from dataclasses import replace

from envdoctor.facts import CondaPackage, Distribution, TorchImport
from envdoctor.findings import Severity
from rulebook.case import Case
from rulebook.machines import (
    CPU_FILES,
    CPU_RAN,
    HEALTHY,
    LINUX,
    NO_GPU,
    NO_TORCH,
    NOT_RUN,
    PACKAGES,
    RAN,
    SITE,
    TORCH,
    VISION,
    WINDOWS,
    failing,
    on_windows,
)

CASES = (
    Case("torch-missing", NO_TORCH, NOT_RUN),
    Case("torch-cpu-build", replace(HEALTHY, packages=CPU_FILES, torch_import=CPU_RAN), NO_GPU),
    Case("torch-import-failed", failing("something nobody has seen before"), HEALTHY),
    Case(
        "torch-import-failed",
        replace(HEALTHY, torch_import=TorchImport(outcome="crashed", exit_code=-11, error="")),
        HEALTHY,
    ),
    Case(
        "torch-import-failed",
        replace(HEALTHY, torch_import=TorchImport(outcome="timed-out", seconds=60.0)),
        HEALTHY,
    ),
    Case(
        "torch-import-failed",
        replace(HEALTHY, torch_import=TorchImport(outcome="exited", exit_code=0)),
        HEALTHY,
    ),
    Case(
        "torch-missing-library",
        failing("libcudnn.so.9: cannot open shared object file: No such file or directory"),
        failing("something else"),
    ),
    Case(
        "torch-missing-library",
        failing(
            '[WinError 126] The specified module could not be found. Error loading "C:\\x\\torch\\lib\\fbgemm.dll" or one of its dependencies.'
        ),
        failing(
            '[WinError 126] The specified module could not be found. Error loading "C:\\x\\torch\\lib\\c10.dll" or one of its dependencies.'
        ),
    ),
    Case(
        "torch-vcredist-missing",
        on_windows(
            '[WinError 1114] A dynamic link library (DLL) initialization routine failed. Error loading "C:\\x\\torch\\lib\\c10.dll" or one of its dependencies.',
            vc_runtime="14.16.27012",
        ),
        failing('[WinError 1455] The paging file is too small. Error loading "C:\\x\\torch\\lib\\c10.dll"'),
    ),
    Case(  # what Windows names is only the first library that it could not load
        "torch-vcredist-missing",
        on_windows(
            "DLL load failed while importing _C: The specified module could not be found.", vc_runtime=""
        ),
        on_windows("DLL load failed while importing _C: The specified module could not be found."),
    ),
    Case(
        "torch-vcredist-missing",
        replace(NOT_RUN, host=replace(WINDOWS, vc_runtime="")),
        replace(
            NOT_RUN,
            host=replace(WINDOWS, vc_runtime=""),
            packages=replace(
                PACKAGES, conda=(CondaPackage(name="vc14_runtime", version="14.44", build="h0"),)
            ),
        ),
        Severity.WARNING,
        False,
    ),
    Case(
        "memory-low",
        on_windows("[WinError 1455] The paging file is too small for this operation to complete."),
        failing("[WinError 126] c10.dll"),
    ),
    Case(
        "torch-glibc-too-old",
        replace(
            failing("/lib64/libm.so.6: version `GLIBC_2.27' not found (required by libtorch_cpu.so)"),
            host=replace(LINUX, os_name="CentOS Linux 7 (Core)", os_version="7", glibc="2.17"),
        ),
        failing("libm.so.6: cannot open shared object file"),
    ),
    Case(
        "torch-partial-install",
        replace(
            NOT_RUN,
            packages=replace(
                PACKAGES,
                distributions=(replace(TORCH, missing_files=7, missing_sample=("torch/lib/libc10.so",)),),
            ),
        ),
        NOT_RUN,
    ),
    Case(
        "torch-partial-install",
        replace(
            failing("an error of no known kind"),
            packages=replace(
                PACKAGES,
                distributions=(replace(TORCH, short_files=1, short_sample=("torch/lib/libtorch_cpu.so",)),),
            ),
        ),
        replace(  # stripped to save space, and it works
            HEALTHY,
            packages=replace(
                PACKAGES,
                distributions=(replace(TORCH, short_files=1, short_sample=("torch/lib/libtorch_cpu.so",)),),
            ),
        ),
    ),
    Case(
        "torch-partial-install",
        replace(NOT_RUN, packages=replace(PACKAGES, unfinished_run="torch 2.14.1+cpu")),
        NOT_RUN,
    ),
    Case(
        "torch-partial-install",
        failing("/x/libtorch_cpu.so: file too short"),
        failing("libfoo.so.1: cannot open shared object file"),
    ),
    Case(
        "torch-partial-install",
        replace(HEALTHY, torch_import=TorchImport(outcome="crashed", exit_code=-7, phase="import")),
        replace(HEALTHY, torch_import=TorchImport(outcome="crashed", exit_code=-11, phase="import")),
    ),
    Case(
        "torch-companion-mismatch",
        replace(
            HEALTHY,
            packages=replace(PACKAGES, distributions=(TORCH, replace(VISION, version="0.19.0+cu124"))),
            torch_import=None,
        ),
        NOT_RUN,
    ),
    Case(
        "torch-companion-mismatch",
        replace(
            HEALTHY,
            torch_import=replace(
                RAN,
                companion_errors={"torchvision": "RuntimeError: operator torchvision::nms does not exist"},
            ),
        ),
        HEALTHY,
    ),
    Case(
        "torch-numpy-abi",
        replace(
            HEALTHY,
            packages=replace(
                PACKAGES,
                distributions=(TORCH, VISION, Distribution(name="numpy", version="2.1.0", location=SITE)),
            ),
            torch_import=replace(RAN, numpy_bridge_error="Failed to initialize NumPy: _ARRAY_API not found"),
        ),
        replace(
            HEALTHY,
            packages=replace(
                PACKAGES,
                distributions=(TORCH, VISION, Distribution(name="numpy", version="2.1.0", location=SITE)),
            ),
        ),
    ),
    Case(
        "cpu-missing-instructions",
        replace(HEALTHY, torch_import=TorchImport(outcome="crashed", exit_code=-4)),
        replace(HEALTHY, torch_import=TorchImport(outcome="crashed", exit_code=-11)),
    ),
)
