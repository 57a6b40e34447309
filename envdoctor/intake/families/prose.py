"""What people say in sentences of their own about torch and its GPU, put together from the parts of such sentences.

A clause ends at a full stop followed by a space, at a semicolon and at the end of the line: what stands in another
clause is about something else.
"""

from __future__ import annotations

__all__ = ["ROWS"]

_IN = r"(?:(?![.!?] )[^\n;]){0,60}?"
"""Anything within one clause."""
_BUILD = r"\b(?:wheels?|builds?|(?:py)?torch|packages?|binar(?:y|ies)|conda-forge|pip)\b"
_GPU = r"(?:GPUs?|(?:graphics )?cards?|CUDA(?: devices?)?|video cards?)"
_HAS_NOT = (
    r"(?:has|have|had|with|contains?|includes?|ships?|comes? with) no"
    r"|without|lacks?|lacking"
    r"|(?:do|does|did)(?: not|n't) (?:have|contain|include|support|come with)"
)
_NOT_CARRIED = (
    r"(?:(?:does|do|did|will)(?: not|n't) (?:officially )?|no longer |never )(?:supports?|covers?|includes?)"
    r"|(?:is|are|was|were)(?: not|n't| no longer) (?:officially )?(?:supported|compatible|covered)"
    r"|(?:is|are|was|were) (?:too old|unsupported)|(?:dropped|removed|ended) (?:the )?(?:support )?(?:for|of)"
    r"|has no (?:kernels?|code|support) for|lacks (?:kernels?|code|support) for|built without"
)
_COMPILER = r"(?:compiler|gcc(?:/g\+\+)?|g\+\+|clang(?:\+\+)?|MSVC|cl\.exe|build-essential|(?:Visual (?:Studio|C\+\+) )?Build Tools)"
_OLD = r"(?:Fermi|Kepler|Maxwell|Pascal|Volta|Turing|Ampere|Hopper|Blackwell)"
_NAMED_CHIP = rf"(?:(?:compute |CUDA )?capability|sm_\d{{2,3}}|{_OLD}|this (?:GPU|card|one)|(?:the|my|that) (?:GPU|card))"

ROWS: tuple[tuple[str, tuple[str, ...], str], ...] = (
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
        rf"{_BUILD}{_IN}\b(?:for (?:the )?CPUs? only|CPU[- ]only|only (?:for|on|supports?|runs? on|uses?) (?:the )?CPU|(?:the|a|its) CPU[- ](?:build|version|variant|wheel|one)\b)"
        rf"|{_BUILD}{_IN}\b(?:{_HAS_NOT}) (?:any )?(?:CUDA|GPU)(?: support| code| kernels| libraries)?\b(?! ?toolkit| ?\d)",
    ),
    (
        "said-gpu-unsupported",
        (
            "support",
            "compatible",
            "too old",
            "dropped",
            "no kernels for",
            "lacks kernels",
            "no code for",
        ),
        rf"\b(?:(?:py)?torch|CUDA|builds?|wheels?|releases?|versions?)\b{_IN}\b(?:{_NOT_CARRIED}){_IN}\b{_NAMED_CHIP}\b"
        rf"|\b{_NAMED_CHIP}\b(?: of)?(?: \d{{1,2}}\.\d)?{_IN}\b(?:{_NOT_CARRIED}|(?:which|that) (?:py)?torch)"
        rf"|\b{_NAMED_CHIP}\b{_IN}\b(?:which|that) (?:(?:this|the|current|recent) )*(?:(?:py)?torch|build|wheel)\b{_IN}\b(?:{_NOT_CARRIED})",
    ),
    (
        "said-no-gpu-found",
        ("detected", "available", "recogni", "visible", "only the cpu", "seen", "finds no", "sees no"),
        rf"\bno (?:(?:usable|compatible|suitable|supported|working|nvidia|other|cuda[- ]capable) )*{_GPU}(?: (?:or|and) (?:other )?\w+)?"
        r" (?:(?:was|were|is|are|has been|could be) )?(?:detected|found|available|visible|recogni[sz]ed|seen)\b"
        r"|\bonly the CPU (?:can be |is |was )?(?:used|seen|found)\b|\b(?:finds|sees|detects) no (?:CUDA |NVIDIA )?(?:GPU|device)s?\b",
    ),
    (
        "no-compiler",
        ("compiler", "gcc", "g++", "clang", "build-essential", "msvc", "cl.exe", "build tools"),
        rf"\bno (?:host |working |usable |C(?:\+\+)? ?(?:and C\+\+ )?)*{_COMPILER}(?: (?:is|was))?(?: (?:present|installed|available|found))?(?: in| on| for|[.;,]|$)"
        rf"|\b{_COMPILER}(?: and \S{{2,8}})? (?:is|are|was|were) (?:missing|absent|(?:not|n't) (?:installed|present|available|found|there|on (?:the )?PATH))"
        rf"|\b(?:without|lacks|missing|has no|have no|needs?|requires?) (?:an? |the |any )?(?:C(?:\+\+)? )?{_COMPILER}\b"
        rf"|(?:after )?(?:install\w*|add\w*) (?:the )?(?:C(?:\+\+)? )?{_COMPILER}[^\n;.]{{0,40}}(?:fixe[sd]|solve[sd]|works?|resolve[sd]|cure[sd]|helps|helped)",
    ),
    (
        "extension-import",
        ("._ext", "._c", "_cuda", "._kernels", "_ext'"),
        r"(?:import_module|load_ext|import(?:ing|s|ed)?)\b\W{1,3}(?P<subject>(?!torch\b|torchvision|torchaudio)[A-Za-z]\w+\._(?:ext|C|cuda\w*|kernels|ops)\b)",
    ),
    (
        "said-cured-by-cuda",
        ("/cu1", "/cu9", "+cu1"),
        r"\bwith (?:-f|--(?:extra-)?index-url)? ?\S*[/+]cu\d{2,3}\b\S*(?: installed)?,? (?:it|the same|this|everything|pip|torch|all)\b[^\n;]{0,40}"
        r"(?:CUDA (?:build|one|version)|works?\b|is fine|the GPU is (?:seen|found|used))",
    ),
)
