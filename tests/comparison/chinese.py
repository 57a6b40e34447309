"""The Chinese of the tables that scripts write into `docs/`, so that both languages show the same figures.

A cell or line that has no Chinese here stops the renewal, before anything is written.
"""

from __future__ import annotations

import re

__all__ = ["chinese"]

CELLS = {
    # docs/benchmarks.md
    "command": "命令",
    "beside": "对照",
    "s": "秒",
    "ratio": "倍数",
    "of work": "处理器倍数",
    "budget": "预算",
    "kept": "达标",
    "**missed**": "**超出**",
    "needs torch here": "这里需要 torch",
    "install (planning)": "install（只做方案）",
    "import torch, ask CUDA": "import torch 并询问 CUDA",
    "tool": "工具",
    "`check --quick`, s": "`check --quick`，秒",
    "`check`, s": "`check`，秒",
    "not installed": "未安装",
    "reports": "报告",
    "number": "份数",
    "s of work": "处理器秒数",
    "a second": "每秒份数",
    "500 a second": "每秒 500 份",
    "one pasted text": "一份粘贴的文字",
    "exit code": "退出码",
    "pasted collect_env": "粘贴的 collect_env",
    "saved JSON": "保存的 JSON",
    # docs/comparison.md, the traps
    "right": "正确",
    "says nothing": "没有提到",
    "not installable": "装不上",
    "**hangs**": "**卡住**",
    "**leaves processes behind**": "**留下进程**",
    "torch segfaults at import": "torch 导入时段错误",
    "torch calls sys.exit at import": "torch 导入时调用 sys.exit",
    "torch ends the process at import (`os._exit`)": "torch 导入时结束进程 (`os._exit`)",
    "torch hangs at import": "torch 导入时卡住",
    "torch prints rubbish and an answer of its own at import": "torch 导入时打印乱码和伪造的答案",
    "torch raises `WinError 126 ... fbgemm.dll`": "torch 抛出 `WinError 126 ... fbgemm.dll`",
    "torch lacks libcudart.so.12": "torch 缺少 libcudart.so.12",
    "`torch.cuda.is_available()` raises": "`torch.cuda.is_available()` 抛出异常",
    "a module torch.py in the working folder": "工作目录里有一个 torch.py",
    "nvidia-smi hangs": "nvidia-smi 卡住",
    "nvidia-smi crashes": "nvidia-smi 崩溃",
    "nvidia-smi prints rubbish": "nvidia-smi 打印乱码",
    "nvidia-smi prints 70 MB": "nvidia-smi 打印 70 MB",
    "the driver does not answer (nvidia-smi exit code 9, NVML 9)": "显卡驱动没有回应（nvidia-smi 退出码 9，NVML 9）",
    "driver and library versions differ (NVML 18)": "驱动与库的版本不一致 (NVML 18)",
    "NVML hangs": "NVML 卡住",
    "NVML crashes": "NVML 崩溃",
    "`cuInit` hangs": "`cuInit` 卡住",
    "`cuInit` crashes": "`cuInit` 崩溃",
    "a CPU build of torch beside a GPU": "有 GPU，torch 却是 CPU 构建版本",
    "healthy: RTX 4090 (8.9), code up to sm_86": "健康：RTX 4090 (8.9)，代码到 sm_86 为止",
    "healthy: GTX 1080 (6.1), code for sm_60": "健康：GTX 1080 (6.1)，有 sm_60 的代码",
    "healthy: driver 535 (CUDA 12.2) with a CUDA 12.6 build": "健康：驱动 535 (CUDA 12.2) 配 CUDA 12.6 构建版本",
    "RTX 5090 (12.0), code up to sm_90": "RTX 5090 (12.0)，代码到 sm_90 为止",
    "healthy: a mirror of PyPI is configured": "健康：配置了 PyPI 镜像源",
    "torchvision for another torch is installed": "装了为另一个 torch 构建的 torchvision",
    "a terminal whose encoding is GBK": "编码为 GBK 的终端",
    "a terminal whose encoding is ASCII": "编码为 ASCII 的终端",
    "credentials of a proxy and an index, for a report in public": "代理和软件源里的密码，而报告要公开",
    # docs/comparison.md, beside uv
    "runs": "能运行",
    "no kernels": "没有核函数",
    "driver too old": "驱动太旧",
    "CPU build": "CPU 构建版本",
    "nothing": "无",
    "system": "系统",
    "driver": "驱动",
    "Linux on Arm": "Arm 上的 Linux",
    "refuses, rightly": "拒绝，正确",
    "refuses; a build exists": "拒绝，其实有可用的构建版本",
}
"""Whole cells."""

PATTERNS = (
    (r"wrong: (“.*”)", r"误判：\1"),
    (r"\*\*dies \((\w+)\)\*\*", r"**崩溃 (\1)**"),
    (r"\*\*traceback \((\w+)\)\*\*", r"**抛出 \1**"),
    (r"\*\*ends in the middle, exit code (-?\d+)\*\*", r"**中途结束，退出码 \1**"),
    (r"\*gets to its end, of (\d+)\*", r"*能运行到底，共 \1 项*"),
    (r"\*names what is wrong, of (\d+)\*", r"*指出问题，共 \1 项*"),
    (r"\*raises no false alarm, of (\d+)\*", r"*没有误报，共 \1 项*"),
    (r"(\d+) to (\d+)", r"\1 至 \2"),
    (r"(\S+): \*\*no kernels\*\*", r"\1：**没有核函数**"),
    (r"(\S+): \*\*driver too old\*\*", r"\1：**驱动太旧**"),
    (r"(\S+): \*\*CPU build\*\*", r"\1：**CPU 构建版本**"),
)
"""Cells with something in them that varies."""

NEUTRAL = re.compile(
    r"""(?x) [^A-Za-z]*                                   # figures
    | `[^`]+`                                             # code
    | [\d./+ x]+ \ (x|s|MB|KB)                            # a budget, a size
    | [-\w]+ \ \d[\d.]*                                   # a tool and its version
    | --\w+ | check(\ --quick)? | smoke-train\ --device\ cpu
    | python\ -[cm]\ [\w. ]+ | import\ torch | collect_env | pip\ check | [-\w]+doctor\ (check|diagnose)
    | envdoctor | uv | GPU | MB | Linux | Windows
    | (Tesla|GeForce|[ABH]\d{3}) [\w ]* \(\d+\.\d\)       # a GPU and its compute capability
    | \d[\d.]*\+(cpu|cu\d+)                               # a build
    """
)
"""Cells that are the same in both languages."""

LINES = (
    (
        r"Python ([\d.]+)(, torch \S+)?, (\d+) CPUs, (\w+); (\d+) runs; load ([\d.]+) before and ([\d.]+) after\.",
        r"Python \1\2，\3 个 CPU，\4；运行 \5 次；负载：之前 \6，之后 \7。",
    ),
    (
        r"(uv [\d.]+), indexes as of (\S+), (\d+) machines, Python ([\d., ]+)\.",
        r"\1，软件源截至 \2，共 \3 台机器，Python \4。",
    ),
    (
        r"Where a build exists that runs \((\d+) machines\), the pick comes to:",
        r"存在能运行的构建版本时（\1 台机器），选出来的结果是：",
    ),
    (r"Where none exists \((\d+) machines\):", r"不存在时（\1 台机器）："),
    (r"- uv's pick runs and envdoctor's does not: (\d+)\.", r"- uv 选的能运行、envdoctor 选的不能：\1。"),
    (
        r"- Where both run, by default: same release (\d+), envdoctor's newer (\d+), uv's newer (\d+)\.",
        r"- 两者都能运行时，默认选项下：版本相同的 \1，envdoctor 的较新 \2，uv 的较新 \3。",
    ),
    (
        r"- The same with `--torch latest`: same release (\d+), envdoctor's newer (\d+), uv's newer (\d+)\.",
        r"- 加上 `--torch latest`：版本相同的 \1，envdoctor 的较新 \2，uv 的较新 \3。",
    ),
    (
        r"Python ([\d.]+), drivers by the first version of their branch\. What stands in bold is wrong there\.",
        r"Python \1，驱动只写分支的第一个版本。粗体的是错的。",
    ),
)
"""What stands outside of tables."""


def chinese(text: str) -> str:
    """The same tables in Chinese.

    Raises:
        ValueError: a cell or a line has no Chinese.

    """
    return "".join(f"{_row(line) if line.startswith('|') else _line(line)}\n" for line in text.splitlines())


def _row(line: str) -> str:
    cells = line.removeprefix("| ").removesuffix(" |").split(" | ")
    return "| " + " | ".join(_cell(cell) for cell in cells) + " |"


def _cell(cell: str) -> str:
    if cell in CELLS:
        return CELLS[cell]
    for pattern, words in PATTERNS:
        if re.fullmatch(pattern, cell):
            return re.sub(pattern, words, cell)
    if NEUTRAL.fullmatch(cell):
        return cell
    raise ValueError(f"no Chinese for the cell {cell!r}: add it to tests/comparison/chinese.py")


def _line(line: str) -> str:
    for pattern, words in LINES:
        if re.fullmatch(pattern, line):
            return re.sub(pattern, words, line).replace(", ", "、")
    if line:
        raise ValueError(f"no Chinese for the line {line!r}: add it to tests/comparison/chinese.py")
    return line
