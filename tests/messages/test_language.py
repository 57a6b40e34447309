"""Which language is spoken: the option, the locale, the menus of Windows, and what the output can write."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from envdoctor.messages.language import asked, can_write, of_locale, of_windows

if TYPE_CHECKING:
    from tests.recorded import RecordedOutside

DESKTOP, CACHED = r"HKCU\Control Panel\Desktop", r"HKCU\Control Panel\Desktop\MuiCached"
REGION = r"HKCU\Control Panel\International"


@pytest.mark.parametrize(
    ("arguments", "language"),
    [
        (["check"], "auto"),
        (["check", "--lang", "zh"], "zh"),
        (["--lang=zh", "check"], "zh"),
        (["--lang", "zh", "check", "--lang=en"], "en"),
        (["check", "--", "--lang", "zh"], "auto"),
        (["check", "--lang"], "auto"),
        (["check", "--language", "zh"], "auto"),
    ],
)
def test_the_option(arguments: list[str], language: str) -> None:
    assert asked(arguments) == language


@pytest.mark.parametrize(
    ("environ", "language"),
    [
        ({}, None),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_TW"}, "zh"),
        ({"LANG": "zh"}, "zh"),
        ({"LANG": "zha_CN.UTF-8"}, "en"),  # Zhuang is no Chinese
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "zh_CN.GBK", "LC_ALL": "C"}, "en"),
        ({"LANG": "en_US.UTF-8", "LC_MESSAGES": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": ""}, "zh"),
    ],
)
def test_the_locale(environ: dict[str, str], language: str | None) -> None:
    assert of_locale(environ) == language


@pytest.mark.parametrize(
    ("registry", "language"),
    [
        ({}, "en"),
        ({DESKTOP: {"PreferredUILanguages": "['zh-CN', 'en-US']"}}, "zh"),
        (
            {DESKTOP: {"PreferredUILanguages": "['en-US']"}, REGION: {"LocaleName": "zh-CN"}},
            "en",
        ),
        ({DESKTOP: {"Wallpaper": "x"}, CACHED: {"MachinePreferredUILanguages": "['zh-CN']"}}, "zh"),
        ({REGION: {"LocaleName": "zh-CN"}}, "zh"),
    ],
)
def test_the_menus_of_windows(
    machine_of: Callable[..., RecordedOutside], registry: dict[str, dict[str, str]], language: str
) -> None:
    assert of_windows(machine_of(system="windows", registry=registry)) == language


def test_what_an_output_can_write() -> None:
    assert can_write("zh", "gbk") and can_write("zh", "utf-8")
    assert not any(can_write("zh", encoding) for encoding in ("cp1252", "ascii", "no-such", None))
    assert can_write("en", "ascii")


def run(*arguments: str, **environ: str) -> subprocess.CompletedProcess[bytes]:
    env = {key: value for key, value in os.environ.items() if not key.startswith(("LC_", "LANG"))}
    env |= {"NO_COLOR": "1", "PYTHONIOENCODING": "utf-8", **environ}
    return subprocess.run([sys.executable, "-m", "envdoctor", *arguments], capture_output=True, env=env)


@pytest.mark.parametrize(
    ("arguments", "environ", "words"),
    [
        (["check", "--help"], {"LANG": "zh_CN.UTF-8"}, "选项："),
        (["--help"], {"LC_ALL": "zh_CN.UTF-8", "LANG": "en_US.UTF-8"}, "命令："),
        (["check", "--help", "--lang", "zh"], {}, "envdoctor check [选项]"),
        (["--lang", "en", "check", "--help"], {"LANG": "zh_CN.UTF-8"}, "Options:"),
        (["check", "--help"], {"LANG": "zh_CN.UTF-8", "PYTHONIOENCODING": "ascii"}, "Options:"),
    ],
)
def test_help_is_in_the_reader_s_language(arguments: list[str], environ: dict[str, str], words: str) -> None:
    ran = run(*arguments, **environ)
    assert ran.returncode == 0, ran.stderr
    assert words in ran.stdout.decode("utf-8")


def test_chinese_on_gbk_and_where_only_ascii_can_be_written() -> None:
    plan = ("check", "--quick", "--lang", "zh", "--python", sys.executable, "--assume", "torch=none")
    assert "这个 Python 环境里没有安装 torch" in run(*plan, PYTHONIOENCODING="gbk").stdout.decode("gbk")
    for encoding in ("ascii", "cp1252"):
        text = run(*plan, PYTHONIOENCODING=encoding).stdout.decode(encoding)
        assert "torch is not installed" in text, "letters that can't be written would be question marks"


def test_a_usage_error_in_chinese() -> None:
    ran = run("check", "--format", "yaml", LANG="zh_CN.UTF-8")
    assert ran.returncode == 2
    assert ran.stderr.decode("utf-8") == (
        "envdoctor: '--format' 的值不对：'yaml' 不在可选值之列：'text'、'json'、'markdown'、'html'。\n"
    )
    ascii_only = run("check", "--format", "yaml", "--lang", "zh", PYTHONIOENCODING="ascii")
    assert ascii_only.stderr.startswith(b"envdoctor: Invalid value for '--format'")


def test_a_wrong_language_is_a_usage_error() -> None:
    ran = run("check", "--lang", "fr")
    assert (ran.returncode, ran.stdout) == (2, b"")
    assert b"'fr' is not one of 'auto', 'en', 'zh'" in ran.stderr
