"""The environment variables that a diagnosis may show: an allow-list, with every credential cut."""

from __future__ import annotations

import re
from collections.abc import Mapping

from envdoctor.redact import without_credentials

__all__ = ["shown_variables"]

_NAMES = frozenset(
    """
    CUDA_VISIBLE_DEVICES NVIDIA_VISIBLE_DEVICES NVIDIA_DRIVER_CAPABILITIES CUDA_DEVICE_ORDER
    CUDA_LAUNCH_BLOCKING
    CUDA_HOME CUDA_PATH CUDA_ROOT CUDA_MODULE_LOADING CUDA_FORCE_PTX_JIT CUDA_DISABLE_PTX_JIT
    TORCH_CUDA_ARCH_LIST
    LD_LIBRARY_PATH DYLD_LIBRARY_PATH DYLD_FALLBACK_LIBRARY_PATH LD_PRELOAD
    PYTHONPATH PYTHONHOME PYTHONNOUSERSITE PYTHONUSERBASE PYTHONUTF8 PYTHONIOENCODING
    HIP_VISIBLE_DEVICES ROCR_VISIBLE_DEVICES HSA_OVERRIDE_GFX_VERSION ROCM_PATH GPU_DEVICE_ORDINAL
    ZE_AFFINITY_MASK ONEAPI_DEVICE_SELECTOR KMP_DUPLICATE_LIB_OK OMP_NUM_THREADS MKL_THREADING_LAYER
    PYTORCH_ENABLE_MPS_FALLBACK PYTORCH_NVML_BASED_CUDA_CHECK
    CONDA_DEFAULT_ENV CONDA_PREFIX CONDA_OVERRIDE_CUDA CONDA_CHANNELS VIRTUAL_ENV PYENV_VERSION
    REQUESTS_CA_BUNDLE SSL_CERT_FILE SSL_CERT_DIR CURL_CA_BUNDLE
    PIP_INDEX_URL PIP_EXTRA_INDEX_URL PIP_FIND_LINKS PIP_NO_INDEX PIP_TRUSTED_HOST PIP_PROXY PIP_CERT
    PIP_CLIENT_CERT
    PIP_CONFIG_FILE PIP_REQUIRE_VIRTUALENV PIP_USER PIP_TARGET PIP_PREFIX PIP_NO_CACHE_DIR PIP_CACHE_DIR
    PIP_BREAK_SYSTEM_PACKAGES PIP_NO_BUILD_ISOLATION PIP_CONSTRAINT PIP_ONLY_BINARY PIP_NO_BINARY PIP_PRE
    UV_INDEX_URL UV_EXTRA_INDEX_URL UV_DEFAULT_INDEX UV_INDEX UV_FIND_LINKS UV_NO_INDEX
    UV_INDEX_STRATEGY UV_OFFLINE
    UV_TORCH_BACKEND UV_NATIVE_TLS UV_SYSTEM_CERTS UV_INSECURE_HOST UV_HTTP_TIMEOUT UV_PYTHON
    UV_SYSTEM_PYTHON SHELL MSYSTEM
    """.split()  # noqa: SIM905 - a list of sixty strings would hide the names among quotes
)
_ALLOCATOR = re.compile(r"PYTORCH_(?:\w+_)?ALLOC_CONF")
_PROXY = re.compile(r"(?:HTTPS?|ALL|FTP)_PROXY|PIP_PROXY", re.IGNORECASE)
_NO_PROXY = re.compile(r"NO_PROXY", re.IGNORECASE)
LONGEST = 4096
"""Letters kept of a value."""


def shown_variables(environ: Mapping[str, str]) -> dict[str, str]:
    """The variables that matter to torch, its installation or its loading, in alphabetical order."""
    shown = {}
    for name in sorted(environ):
        value = environ[name][:LONGEST]
        if _PROXY.fullmatch(name):
            shown[name] = _without_login(value)
        elif name in _NAMES or _ALLOCATOR.fullmatch(name) or _NO_PROXY.fullmatch(name):
            shown[name] = without_credentials(value)
    return shown


def _without_login(proxy: str) -> str:
    """A proxy has no path, so all before its last @ is a login, however it was written."""
    if "@" not in proxy:
        return without_credentials(proxy)
    scheme, slashes, _ = proxy.partition("://")
    return f"{scheme if slashes else ''}{slashes}{proxy.rpartition('@')[2]}"
