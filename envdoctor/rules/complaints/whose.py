"""Whose failure is it: torch's own, or that of a package which was compiled against torch?"""

from __future__ import annotations

import re

from envdoctor.facts import Complaint
from envdoctor.rules.complaints.heard import Heard
from envdoctor.rules.gpu_build import codes_of_release

__all__ = [
    "COMPANION",
    "EXTENSIONS",
    "builds_apart",
    "extension_in",
    "extension_of",
    "is_torch_path",
    "wants_other_runtime",
]

EXTENSIONS = tuple(
    """
    mmcv mmdet3d detectron2 flash_attention flash_attn flash_attn_2_cuda flash_attn_3 xformers bitsandbytes
    torch_scatter
    torch_sparse torch_cluster torch_spline_conv pyg_lib apex deepspeed vllm sgl_kernel sglang flashinfer
    exllama exllamav2 exllama_kernels auto_gptq autoawq awq_ext causal_conv1d mamba_ssm selective_scan
    spconv MinkowskiEngine pointnet2 pytorch3d kaolin nvdiffrast tinycudann gsplat
    diff_gaussian_rasterization simple_knn torchsparse dcn_v2 DCNv2 DCN deform_conv
    MultiScaleDeformableAttention GroundingDINO groundingdino sageattention transformer_engine natten
    mish_cuda fairseq horovod dgl onnxruntime ctranslate2 fused_dense lightconv_cuda fused_layer_norm_cuda
    emerging_optimizers torchao torchcodec fbgemm_gpu llama_cpp gptqmodel nunchaku punica lmdeploy turbomind
    fastertransformer
    """.split()  # noqa: SIM905 - a list of seventy strings would hide the names among quotes
)
"""Packages with CUDA code of their own, by the name that stands in their paths."""

_NAMES = re.compile(
    r"(?<![A-Za-z0-9_.])("
    + "|".join(re.escape(name).replace("_", "[-_]") for name in EXTENSIONS)
    + r")(?![a-z0-9])",
    re.IGNORECASE,
)
_TORCH_PATH = re.compile(r"[\\/](?:torch|torchgen|caffe2)[\\/](?!utils[\\/]cpp_extension)")
COMPANION = re.compile(
    r"torch(?:vision|audio|text|data)[\\/]|_torch_sox|lib(?:torchvision|torchaudio|torchtext)"
)
"""A file of a package that is released together with torch and compiled against it."""
_PACKAGE = re.compile(r"(?:site|dist)-packages[\\/]+([\w.-]+)")


def is_torch_path(path: str) -> bool:
    """Whether a file belongs to torch itself."""
    found = _PACKAGE.search(path)
    return found[1] == "torch" if found else _TORCH_PATH.search(path) is not None


_COMPILED = re.compile(
    r"(?:site|dist)-packages[\\/]+(?P<package>[\w.-]+?)(?:[\\/][^\s'\":]{1,200})?\.(?:so|pyd|abi3|cpython)\b"
)
"""A compiled file of a package, by where it lies."""
_NO_EXTENSIONS = re.compile(
    r"(?:lib)?(?:torch|functorch|torchgen|caffe2|nvidia|triton|numpy|scipy|pandas|cv2|PIL|sklearn|tensorflow|tensorrt|mkl|jax"
    r"|matplotlib|shapely|rasterio|av|soundfile|grpc|psutil|google|pyarrow|h5py|lxml|tokenizers|sentencepiece)",
    re.IGNORECASE,
)
"""Packages whose compiled files are not made against torch, and torch's own."""


def extension_in(text: str) -> str:
    """The compiled extension that a text names, or whose compiled file it shows; empty: none."""
    found = _NAMES.search(text)
    if found:
        return found[1]
    where = _COMPILED.search(text)
    if where is None or _NO_EXTENSIONS.match(where["package"]) or "cpython-" in where["package"]:
        return ""
    return where["package"]


def extension_of(heard: Heard, kind: str) -> str:
    """The extension that a complaint of this kind came from; empty: nothing points at one."""
    for complaint in heard.by_kind.get(kind, ()):
        if complaint.subject == "csrc/ops.cu":
            return "bitsandbytes"  # its own way of saying where a call of CUDA failed
        if kind == "no-kernel" and re.fullmatch(r"[A-Za-z_]\w+", complaint.subject):
            return complaint.subject  # the function that prints CUDA's words after its own name
        if complaint.raised_in and not is_torch_path(complaint.raised_in):
            if name := extension_in(complaint.raised_in):
                return name
        if name := extension_in(complaint.text):
            return name
    if "said-extension" in heard:
        return heard.subject("said-extension") or "extension"
    return ""


_BY_NAME = re.compile(r"\b(?:pip3?|uv|pdm|poetry)\b[^\n]*\b(?:install|add)\b(?! (?:-r|--requirement|-e|\.))")
"""A package that is asked for by its name: pip itself never imports torch, so what it builds did."""
_INSTALLS = re.compile(r"\b(?:install|add)\b")
_INSTALLS_TORCH = re.compile(r"\b(?:install|add)\b[^\n]*?(?<![\w/-])(?:py)?torch(?![\w-])")


def builds_apart(heard: Heard) -> bool:
    """Whether a package is built in an environment of its own, without the torch that is installed."""
    if "no-torch" not in heard:
        return False
    installs = [each for each in heard.commands if _INSTALLS.search(each)]
    others = bool(installs) and not any(_INSTALLS_TORCH.search(each) for each in installs)
    elsewhere = heard.any("said-other-python", "said-editor", "said-jupyter", "satisfied-elsewhere")
    compiled = any(_BY_NAME.search(each) and extension_in(each) for each in installs)
    named = any(_NAMES.search(each.text) for each in heard.paste.told)
    installed = compiled or named or heard.machine.torch_version is not None
    return "build-isolation" in heard or (others and installed and not elsewhere)


_RUNTIME = re.compile(r"libcudart\.so\.(\d{1,2}\.\d)")


def wants_other_runtime(heard: Heard, complaint: Complaint, name: str) -> str:
    """What wants a CUDA run-time of another version than any build of this torch has; empty: torch may."""
    found = _RUNTIME.match(name)
    if found is None or is_torch_path(complaint.raised_in):
        return ""
    machine = heard.machine
    builds = [version.rpartition("+cu")[2] for version, *_ in codes_of_release(machine)]
    ours = [machine.torch_cuda] if machine.torch_cuda else [f"{each[:-1]}.{each[-1]}" for each in builds]
    if ours and found[1] not in ours:
        return found[1]
    return "" if ours else extension_in("\n".join(each.text for each in heard.paste.told))
