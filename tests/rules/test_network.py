"""Where packages come from: each fault of a configuration, and the lookalike that is none."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from envdoctor.facts import (
    Distribution,
    Environment,
    Facts,
    Host,
    Interpreter,
    MirrorAnswer,
    Nvml,
    NvmlGpu,
    Packages,
    Setting,
    TorchFiles,
)
from envdoctor.findings import Finding, Severity
from envdoctor.machine import Machine
from envdoctor.messages import catalogue
from envdoctor.rules import judge, primary

TUNA = "https://pypi.tuna.tsinghua.edu.cn/simple"
CU121 = "https://download.pytorch.org/whl/cu121"
CODES = ("mirror-dead", "mirror-unreachable", "mirror-lacks-cuda-build", "pip-config-conflict", "proxy-broken", "tls-failed")  # fmt: skip

LAPTOP = Facts(
    host=Host(os="windows", os_name="Windows 11", arch="x86_64"),
    interpreter=Interpreter(
        executable="C:\\envs\\dl\\python.exe", version="3.12.9", implementation="cpython", bits=64, machine="AMD64",
        prefix="C:\\envs\\dl", base_prefix="C:\\Python312", ssl="OpenSSL 3.0.15",
    ),
    environment=Environment(
        kind="venv", prefix="C:\\envs\\dl", found_by="VIRTUAL_ENV", active=True, has_pip=True,
        system_site_packages=False,
    ),
    packages=Packages(
        distributions=(
            Distribution(name="torch", version="2.14.1", location="C:\\envs\\dl\\Lib\\site-packages", installer="pip"),
        ),
        torch=TorchFiles(path="C:\\envs\\dl\\Lib\\site-packages\\torch", version="2.14.1+cpu"),
    ),
    nvml=Nvml(
        state="ok", driver_version="560.94", cuda_version="12.6",
        gpus=(NvmlGpu(index=0, name="NVIDIA GeForce RTX 4060", compute_capability="8.9"),),
    ),
    other_gpus=(),
)  # fmt: skip
CUDA_TORCH = Packages(
    distributions=(
        Distribution(name="torch", version="2.14.1+cu126", location="C:\\envs\\dl\\Lib\\site-packages", installer="pip"),
    ),
    torch=TorchFiles(path="C:\\envs\\dl\\Lib\\site-packages\\torch", version="2.14.1+cu126", cuda="12.6"),
)  # fmt: skip
HEALTHY = replace(LAPTOP, packages=CUDA_TORCH)


def settings(*lines: tuple[str, str], origin: str = "pip.ini") -> tuple[Setting, ...]:
    return tuple(Setting(name=name, value=value, origin=origin) for name, value in lines)


def configured(
    facts: Facts, *lines: tuple[str, str], origin: str = "pip.ini", **environment: object
) -> Facts:
    changed = replace(facts.environment, pip_settings=settings(*lines, origin=origin), **environment)  # type: ignore[arg-type]
    return replace(facts, environment=changed)


def found(facts: Facts) -> tuple[Finding, ...]:
    return judge(Machine(facts, today=date(2026, 11, 24)))


def network(facts: Facts) -> list[tuple[str, str, str]]:
    return [
        (each.code, each.variant, each.severity.value)
        for each in found(facts)
        if each.code in CODES and each.severity in (Severity.ERROR, Severity.WARNING)
    ]


CASES = [
    ((("global.index-url", "http://pypi.douban.com/simple/"), ("global.trusted-host", "pypi.douban.com")), "mirror-dead", "configured", "error"),
    ((("global.index-url", TUNA), ("global.extra-index-url", "https://pypi.doubanio.com/simple")), "mirror-dead", "configured", "warning"),
    ((("global.find-links", "https://mirrors.tuna.tsinghua.edu.cn/pytorch-wheels/cu121"),), "mirror-dead", "invented", "warning"),
    ((("global.index-url", "http://pypi.tuna.tsinghua.edu.cn/simple"),), "pip-config-conflict", "untrusted", "error"),
    ((("global.extra-index-url", "http://packages.example.org/simple"),), "pip-config-conflict", "untrusted", "warning"),
    ((("global.no-index", "true"),), "pip-config-conflict", "no-index", "error"),
    ((("global.no-index", "false"), ("install.no-index", "true")), "pip-config-conflict", "no-index", "error"),
    ((("global.index-url", "http://126.0.0.1/simple"),), "pip-config-conflict", "untrusted", "error"),
    ((("global.user", "yes"),), "pip-config-conflict", "user", "error"),
    ((("install.target", "D:\\packages"),), "pip-config-conflict", "elsewhere", "warning"),
    ((("global.index-url", TUNA), ("install.index-url", "https://mirrors.aliyun.com/pypi/simple")), "pip-config-conflict", "overridden", "warning"),
    ((("global.index-url", TUNA), ("global.extra-index-url", CU121)), "pip-config-conflict", "configured-extra-index", "warning"),
    ((("global.index-url", TUNA), ("global.find-links", CU121)), "pip-config-conflict", "configured-links", "warning"),
]  # fmt: skip


@pytest.mark.parametrize(("lines", "code", "variant", "level"), CASES)
def test_a_fault_of_the_configuration(
    lines: tuple[tuple[str, str], ...], code: str, variant: str, level: str
) -> None:
    facts = configured(HEALTHY, *lines)
    assert network(facts) == [(code, variant, level)]
    words = catalogue()
    (finding,) = [each for each in found(facts) if each.code == code]
    for text in (words.title(finding), words.detail(finding), *map(words.say, finding.evidence)):
        assert text and "{" not in text and not text.startswith(("finding.", "evidence."))
    assert finding.remedies and all("{" not in words.say(each.summary) for each in finding.remedies)


@pytest.mark.parametrize(
    "lines",
    [
        (("global.index-url", TUNA),),
        (("global.index-url", "https://mirrors.aliyun.com/pypi/simple/"), ("global.trusted-host", "mirrors.aliyun.com")),
        (("global.index-url", "http://mirrors.aliyun.com/pypi/simple/"), ("install.trusted-host", "mirrors.aliyun.com")),
        (("global.index-url", "http://127.0.0.1:3141/root/pypi/+simple"),),
        (("global.index-url", "https://packages.example.org/simple"),),
        (("global.no-index", "true"), ("global.find-links", "D:\\wheels")),
        (("global.no-index", "false"),),
        # What `pip install` goes by: the stronger line, and nothing that is for another command.
        (("install.no-index", "false"), ("global.no-index", "true")),
        (("download.no-index", "true"), ("wheel.no-index", "true")),
        (("install.index-url", "http://127.1.2.3/simple"), ("download.index-url", "http://pypi.douban.com/simple")),
        (("global.index-url", "http://[::1]:3141/simple"), ("global.extra-index-url", "http://localhost/simple")),
        (("global.user", "no"),),
        (("global.require-virtualenv", "true"),),
        (("global.index-url", TUNA), ("install.index-url", TUNA + "/")),
        (("global.extra-index-url", "https://packages.example.org/simple"),),
        (("global.find-links", "https://mirrors.aliyun.com/pytorch-wheels/cu121/"),),
        (("global.find-links", CU121 + "/torch/"),),
        (("global.index-url", "https://u:p@[::1"), ("global.extra-index-url", "http://[")),
    ],
)  # fmt: skip
def test_a_configuration_that_is_none_of_the_doctors_business(lines: tuple[tuple[str, str], ...]) -> None:
    assert network(configured(HEALTHY, *lines)) == []


def test_a_variable_that_overrides_a_file_is_told_and_a_user_file_over_a_systems_is_not() -> None:
    file = settings(("global.index-url", TUNA))
    by_variable = configured(
        HEALTHY, ("global.index-url", "https://mirrors.ustc.edu.cn/pypi/simple"), origin="PIP_INDEX_URL", pip_overridden=file
    )  # fmt: skip
    assert network(by_variable) == [("pip-config-conflict", "overridden", "warning")]
    by_file = configured(
        HEALTHY, ("global.index-url", "https://mirrors.ustc.edu.cn/pypi/simple"), pip_overridden=file
    )
    assert network(by_file) == []


def test_only_a_venv_satisfies_require_virtualenv() -> None:
    conda = configured(HEALTHY, ("global.require-virtualenv", "true"), kind="conda")
    assert network(conda) == [("pip-config-conflict", "require-virtualenv", "error")]


def test_the_mirrors_cpu_build_stands_above_torch_cpu_build() -> None:
    facts = configured(LAPTOP, ("global.index-url", TUNA))
    assert network(facts) == [("mirror-lacks-cuda-build", "configured", "error")]
    assert primary(found(facts)) == "mirror-lacks-cuda-build"
    follower = next(each for each in found(facts) if each.code == "torch-cpu-build")
    assert follower.caused_by == "mirror-lacks-cuda-build"
    (finding,) = [each for each in found(facts) if each.code == "mirror-lacks-cuda-build"]
    assert any("torch==2.14.1+cu126" in argv for argv in finding.remedies[0].commands)


@pytest.mark.parametrize(
    "facts",
    [
        LAPTOP,  # nothing shows where it came from
        configured(LAPTOP, ("global.index-url", "https://packages.example.org/simple")),
        configured(HEALTHY, ("global.index-url", TUNA)),
        configured(replace(LAPTOP, nvml=None, nvidia=replace(LAPTOP.nvidia, cards=())), ("global.index-url", TUNA)),
        # The label stands in the metadata: it is from an index of PyTorch's own.
        configured(
            replace(LAPTOP, packages=replace(LAPTOP.packages, distributions=(replace(LAPTOP.packages.distributions[0], version="2.14.1+cpu"),))),  # type: ignore[index]
            ("global.index-url", TUNA),
        ),
        # On Linux PyPI's wheel is a CUDA build, so a CPU build is from elsewhere.
        configured(replace(LAPTOP, host=Host(os="linux", arch="x86_64", glibc="2.39")), ("global.index-url", TUNA)),
    ],
)  # fmt: skip
def test_a_cpu_build_that_the_mirror_did_not_give(facts: Facts) -> None:
    assert "mirror-lacks-cuda-build" not in [code for code, _, _ in network(facts)]


@pytest.mark.parametrize("option", ["extra-index-url", "find-links"])
def test_pytorchs_index_in_the_wrong_place_explains_the_cpu_build(option: str) -> None:
    facts = configured(LAPTOP, ("global.index-url", TUNA), (f"global.{option}", CU121))
    assert [(code, level) for code, _, level in network(facts)] == [("pip-config-conflict", "error")]
    assert primary(found(facts)) == "pip-config-conflict"


def answered(mirror: str, outcome: str, **more: object) -> MirrorAnswer:
    return MirrorAnswer(mirror=mirror, serves="pypi", url="https://host/simple", outcome=outcome, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("outcome", "code", "variant"),
    [
        ("refused", "mirror-unreachable", "measured"),
        ("timed-out", "mirror-unreachable", "measured"),
        ("no-such-host", "mirror-unreachable", "measured"),
        ("cut", "mirror-unreachable", "measured"),
        ("not-found", "mirror-unreachable", "lists-nothing"),
        ("lists-nothing", "mirror-unreachable", "lists-nothing"),
        ("tls", "tls-failed", "measured"),
    ],
)
def test_the_configured_index_was_measured_and_fails(outcome: str, code: str, variant: str) -> None:
    base = configured(HEALTHY, ("global.index-url", TUNA))
    rows = (answered("tuna", outcome, status=403), answered("bfsu", "ok", rate=1e6))
    assert network(replace(base, mirrors=rows)) == [(code, variant, "error")]
    # Another mirror that fails is a row of a table, not a fault of this machine.
    others = (answered("tuna", "ok", rate=1e6), answered("bfsu", outcome))
    assert network(replace(base, mirrors=others)) == []


def test_an_index_of_ones_own_that_fails_is_told() -> None:
    base = configured(HEALTHY, ("global.index-url", "https://packages.example.org/simple"))
    rows = (answered("tuna", "ok", rate=1e6), answered("configured", "refused", status=403))
    assert network(replace(base, mirrors=rows)) == [("mirror-unreachable", "measured", "error")]


def test_a_proxy_is_broken_where_nothing_passes_it() -> None:
    down = (answered("tuna", "proxy", detail="http://127.0.0.1:7890: refused"), answered("bfsu", "proxy"))
    assert network(replace(HEALTHY, mirrors=down)) == [("proxy-broken", "measured", "error")]
    assert network(replace(HEALTHY, mirrors=(*down, answered("nju", "ok", rate=1e6)))) == []
