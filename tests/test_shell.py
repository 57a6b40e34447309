"""A line to paste gives the shell that reads it exactly the words that were meant.

Neither cmd nor PowerShell is here; `cmd` and `powershell` below read a line by the rules that they are documented to
have, as far as a command line of ours goes: where a word ends, what quotes do, what begins a sentence.
"""

from __future__ import annotations

import shlex
import string
import subprocess
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as some

from envdoctor.facts import Facts
from envdoctor.machine import Machine
from envdoctor.shell import for_cmd_alone, shell, spoken


def words_of(line: str, apart: str) -> list[str]:
    """The words of a line: parted outside quotes, which fall away; an apostrophe is a letter."""
    words, word, quoted = [], "", False
    for letter in line + " ":
        if letter == '"':
            quoted = not quoted
        elif letter in apart and not quoted:
            words += [word] if word else []
            word = ""
        else:
            word += letter
    assert not quoted, f"a quote is left open: {line}"
    return words


def cmd(line: str) -> list[str]:
    """How cmd takes a line apart: outside quotes these end a command, a pipe or a file's name begins, or a name is escaped."""
    bare = "".join(line.split('"')[::2])
    assert not set("&|<>^()%") & set(bare), f"cmd sees an operator in {line}"
    return words_of(line, " \t,;")


def powershell(line: str) -> list[str]:
    """How PowerShell takes a line apart: a quote or a number at its start makes it an expression."""
    assert line[0] not in "\"'0123456789-(@$&%", f"PowerShell takes this for an expression: {line}"
    bare = "".join(line.split('"')[::2])
    assert not set("&|<>;(){}`'#,") & set(bare), f"PowerShell sees an operator in {line}"
    assert "$" not in line and "`" not in line
    return words_of(line, " \t")


NAMES = some.text(string.ascii_letters + "0123456789 .-_()&'[]李", min_size=1, max_size=12).map(
    lambda name: name.strip(" .") or "x"
)
"""Names of folders; "$" and "%" stand in none, since the shells read them inside quotes too."""
PROGRAMS = some.builds(
    lambda start, parts: start + "\\".join(parts),
    some.sampled_from(["C:\\", "D:\\", "\\\\host\\"]),
    some.lists(NAMES, min_size=1, max_size=5),
)
ARGUMENTS = some.lists(
    some.one_of(NAMES, PROGRAMS, some.sampled_from(["-m", "torch==2.14.1+cu126", "numpy<2", "a,b"]))
)


@pytest.mark.parametrize("reader", [cmd, powershell])
@given(PROGRAMS, ARGUMENTS)
def test_cmd_and_powershell_both_read_one_line(
    reader: Callable[[str], list[str]], program: str, arguments: list[str]
) -> None:
    assert reader(shell((program, *arguments), "windows")) == [program, *arguments]


@pytest.mark.parametrize(
    ("argv", "line"),
    [
        (("C:\\Users\\Li Ming\\venv\\Scripts\\python.exe", "-m", "pip"), 'C:\\Users\\"Li Ming"\\venv\\Scripts\\python.exe -m pip'),
        (("C:\\Program Files (x86)\\py\\python.exe",), 'C:\\"Program Files (x86)"\\py\\python.exe'),
        (("my env\\Scripts\\activate",), '.\\"my env"\\Scripts\\activate'),
        ((".venv\\Scripts\\activate",), ".venv\\Scripts\\activate"),
        (("C:\\李明\\python.exe",), "C:\\李明\\python.exe"),
        (("python", "-m", "pip", "install", "numpy<2"), 'python -m pip install "numpy<2"'),
        (("conda", "activate", "D:\\my envs\\dl"), 'conda activate "D:\\my envs\\dl"'),
        (("py", "-3.12", "-m", "venv", "C:\\a b"), 'py -3.12 -m venv "C:\\a b"'),
    ],
)  # fmt: skip
def test_only_what_needs_quotes_has_them_on_windows(argv: tuple[str, ...], line: str) -> None:
    assert shell(argv, "windows") == line


def test_a_path_in_the_middle_of_a_line_stays_whole() -> None:
    argv = ("uv", "pip", "install", "--python", "C:\\Users\\Li Ming\\python.exe", "torch")
    assert shell(argv, "windows") == 'uv pip install --python "C:\\Users\\Li Ming\\python.exe" torch'
    assert powershell(shell(argv, "windows")) == cmd(shell(argv, "windows")) == [*argv]


@given(
    some.lists(
        some.text(string.printable.replace("\n", "").replace("\r", "").replace("~", ""), min_size=1),
        min_size=1,
    )
)
def test_a_posix_shell_reads_the_words_that_were_meant(argv: list[str]) -> None:
    line = shell(tuple(argv), "linux")
    assert shlex.split(line) == argv


def test_a_home_folder_is_one_inside_quotes_too() -> None:
    line = shell(("~/my env/bin/python", "-c", "it's"), "linux")
    assert line == "~/'my env/bin/python' -c 'it'\"'\"'s'"
    said = subprocess.run(
        ["/bin/sh", "-c", f"printf '%s|' {line}"],
        env={"HOME": "/home/li"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout == "/home/li/my env/bin/python|-c|it's|"


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("~\\envs\\my env\\Scripts\\python.exe", "C:\\Users\\Li & Co\\envs\\my env\\Scripts\\python.exe"),
        ("~", "C:\\Users\\Li & Co"),
        ("~用户\\envs\\dl", "C:\\Users\\Li & Co\\envs\\dl"),
        ("--prefix=~\\envs", "--prefix=C:\\Users\\Li & Co\\envs"),
        ("torch~=2.1", "torch~=2.1"),
        ("C:\\site-packages\\~orch", "C:\\site-packages\\~orch"),
    ],
)
def test_a_hidden_home_folder_is_found_by_cmd(word: str, meant: str) -> None:
    """cmd puts the value of a variable into a line before it takes it apart, inside quotes too."""
    programs = [] if "=" in word else [(word, "-m", "pip")]
    for argv in (*programs, ("python", word)):
        line = shell(argv, "windows")
        assert for_cmd_alone([line], "windows") is (word != meant)
        assert cmd_with(line, USERPROFILE="C:\\Users\\Li & Co") == [
            meant if each == word else each for each in argv
        ]


def cmd_with(line: str, **variables: str) -> list[str]:
    for name, value in variables.items():
        line = line.replace(f"%{name}%", value)
    return cmd(line)


def test_a_home_folder_beyond_ascii_starts_what_lies_in_it_elsewhere_too() -> None:
    assert shell(("~用户/envs/dl/bin/python", "-m", "pip"), "linux") == "~/envs/dl/bin/python -m pip"
    bash = shell(("~\\envs\\my env\\Scripts\\python.exe",), "linux")
    assert bash == "~/'envs/my env/Scripts/python.exe'"
    assert not for_cmd_alone([bash], "linux")


def test_git_bash_on_windows_reads_as_a_posix_shell() -> None:
    facts = Facts()
    windows = replace(facts, host=replace(facts.host, os="windows"))
    assert spoken(Machine(windows)) == "windows"
    bash = replace(windows, environment=replace(windows.environment, variables={"MSYSTEM": "MINGW64"}))
    assert spoken(Machine(bash)) == "linux"
    line = shell(("C:\\Users\\li\\python.exe", "-m", "pip"), spoken(Machine(bash)))
    assert shlex.split(line) == ["C:\\Users\\li\\python.exe", "-m", "pip"]


@pytest.mark.parametrize(
    "argv",
    [("python", "-m", "pip", "install", "numpy<2"), ("python", "-m", "venv", "my env"), ("conda", "a,b")],
)
def test_a_line_for_an_untold_system_reads_alike_in_every_shell(argv: tuple[str, ...]) -> None:
    assert spoken(Machine(Facts())) == "any"
    line = shell(argv, "any")
    assert shlex.split(line) == cmd(line) == powershell(line) == list(argv)


def test_where_the_system_is_not_told_a_path_with_backslashes_is_for_windows() -> None:
    line = shell(("C:\\my env\\Scripts\\activate",), "any")
    assert cmd(line) == powershell(line) == ["C:\\my env\\Scripts\\activate"]
