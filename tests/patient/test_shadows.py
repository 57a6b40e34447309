"""What stands before the real torch in the search orders, and what only seems to."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from envdoctor.facts import Interpreter, Shadow
from envdoctor.outside import LiveOutside
from envdoctor.probes.interpreter import probe_interpreter
from envdoctor.probes.locate import locate
from envdoctor.probes.packages import probe_packages
from envdoctor.probes.shadows import EARLY_STDLIB

MakeOutside = Callable[..., LiveOutside]
Interpreters = Callable[..., Interpreter]


@pytest.fixture
def shadows(
    outside: MakeOutside, made_venv: Path, interpreter_of: Interpreters
) -> Callable[..., list[tuple[str, str, str]]]:
    """The shadows over a plain environment, in a working folder and with variables."""

    def find(
        cwd: Path | None = None, fields: dict[str, object] | None = None, **environ: str
    ) -> list[tuple[str, str, str]]:
        at = outside(cwd, **environ)
        found: tuple[Shadow, ...] = probe_packages(
            at, interpreter_of(made_venv, **(fields or {}))
        ).value.shadows
        return [(each.name, each.path, each.by) for each in found]

    return find


Shadows = Callable[..., list[tuple[str, str, str]]]


@pytest.mark.parametrize(
    "file", ["torch.py", "torch/__init__.py", "random.py", "json.py", "numpy.py", "typing/__init__.py"]
)
def test_a_file_in_the_working_folder(shadows: Shadows, tmp_path: Path, file: str) -> None:
    folder = tmp_path / "project"
    (folder / file).parent.mkdir(parents=True)
    (folder / file).write_text("")
    path = (folder / file).parent if file.endswith("__init__.py") else folder / file
    name = path.stem
    assert shadows(folder) == [(name, str(path), "working-folder")]


@pytest.mark.parametrize(
    "file", ["torch/data.txt", "torch.txt", "train.py", "json/x.json", "os.py", "itertools.py", "torch.py/x"]
)
def test_what_hides_nothing(shadows: Shadows, tmp_path: Path, file: str) -> None:
    folder = tmp_path / "project"
    (folder / file).parent.mkdir(parents=True)
    (folder / file).write_text("")
    assert shadows(folder) == []


def test_python_agrees_on_what_hides_a_module(outside: MakeOutside, made_venv: Path, tmp_path: Path) -> None:
    """A listed name is reported just where a file of that name would be imported by this very Python."""
    at = outside()
    interpreter = probe_interpreter(at, locate(at, str(made_venv), sys.executable), 20).value
    listed = sorted(EARLY_STDLIB & set(sys.stdlib_module_names))
    program = (
        "import sys; loaded = set(sys.modules)\n"
        "from importlib.machinery import BuiltinImporter as b, FrozenImporter as z\n"
        f"print(*(n for n in {listed!r} if n in loaded or b.find_spec(n) or z.find_spec(n)))\n"
    )
    said = subprocess.run(
        [str(interpreter.executable), "-c", program], capture_output=True, text=True, check=True
    )
    reported = set()
    for name in listed:
        folder = tmp_path / "in" / name
        folder.mkdir(parents=True)
        (folder / f"{name}.py").write_text("")
        reported |= {each.name for each in probe_packages(outside(folder), interpreter).value.shadows}
    safe = set(said.stdout.split())
    assert set(listed) - safe <= reported
    assert reported & safe <= {"types", "functools", "operator"}, "loaded at the start by some versions only"


def test_standing_in_the_installation_itself_is_no_shadow(
    outside: MakeOutside, tmp_path: Path, torch_install: Callable[..., Path], interpreter_of: Interpreters
) -> None:
    env = tmp_path / "env"
    site = env / "lib" / "python3.11" / "site-packages"
    torch_install(site)
    (site / "random.py").write_text("")
    for folder in (site, site / "torch"):
        assert probe_packages(outside(folder), interpreter_of(env)).value.shadows == ()


def test_a_source_tree_hides_the_installed_torch(shadows: Shadows, tmp_path: Path) -> None:
    (tmp_path / "pytorch" / "torch").mkdir(parents=True)
    (tmp_path / "pytorch" / "torch" / "__init__.py").write_text("")
    assert [each[0] for each in shadows(tmp_path / "pytorch")] == ["torch"]


def test_pythonpath(shadows: Shadows, tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    for file in (one / "torch" / "__init__.py", two / "json.py", two / "numpy.py"):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("")
    path = os.pathsep.join([str(one), str(two), str(one), "", "relative"])
    assert shadows(PYTHONPATH=path) == [
        ("torch", str(one / "torch"), "pythonpath"),
        ("json", str(two / "json.py"), "pythonpath"),
    ]


def test_the_library_of_another_python_on_pythonpath_is_not_listed_whole(
    shadows: Shadows, tmp_path: Path
) -> None:
    for name in EARLY_STDLIB:
        (tmp_path / f"{name}.py").write_text("")
    assert 0 < len(shadows(PYTHONPATH=str(tmp_path))) <= 8


def test_the_user_site_of_an_environment(
    shadows: Shadows, tmp_path: Path, torch_install: Callable[..., Path]
) -> None:
    user = tmp_path / "user"
    torch_install(user)
    enabled = {"user_site": str(user), "user_site_enabled": True}
    assert shadows(fields=enabled) == [("torch", str(user / "torch"), "user-site")]
    assert shadows(fields={**enabled, "user_site_enabled": False}) == []


def test_the_user_site_of_a_plain_python_is_where_torch_belongs(
    outside: MakeOutside, tmp_path: Path, torch_install: Callable[..., Path]
) -> None:
    user, site = tmp_path / "user", tmp_path / "lib" / "site-packages"
    site.mkdir(parents=True)
    torch_install(user)
    told = Interpreter(
        prefix=str(tmp_path),
        base_prefix=str(tmp_path),
        site_packages=(str(site),),
        user_site=str(user),
        user_site_enabled=True,
    )
    assert probe_packages(outside(), told).value.shadows == ()
    (tmp_path / "conda-meta").mkdir()
    assert [each.by for each in probe_packages(outside(), told).value.shadows] == ["user-site"], (
        "conda's is another"
    )


@pytest.mark.skipif(sys.platform != "linux", reason="LD_LIBRARY_PATH is Linux's")
def test_libraries_on_the_loaders_path(shadows: Shadows, tmp_path: Path) -> None:
    folder = tmp_path / "cuda" / "lib64"
    folder.mkdir(parents=True)
    for name in (
        "libcudnn.so",
        "libcudnn.so.8",
        "libcudnn.so.8.9.7",
        "libcudnn_ops.so.9",
        "libcublasLt.so.12",
        "libtorch_cpu.so",
        "libnvJitLink.so.12",
        "libcuda.so",
        "libfoo.so",
        "notes.txt",
    ):
        (folder / name).write_text("")
    found = shadows(LD_LIBRARY_PATH=f"{folder}:{tmp_path / 'absent'}:{folder}")
    assert {each[0] for each in found} == {
        "libcudnn.so.8",
        "libcudnn_ops.so.9",
        "libcublasLt.so.12",
        "libtorch_cpu.so",
        "libnvJitLink.so.12",
    }
    assert {each[2] for each in found} == {"library-path"}
    (folder / "libcuda.so.1").write_text("")
    assert ("libcuda.so.1", str(folder / "libcuda.so.1"), "library-path") in shadows(
        LD_LIBRARY_PATH=str(folder)
    )


@pytest.mark.skipif(sys.platform != "linux", reason="LD_LIBRARY_PATH is Linux's")
def test_libraries_that_would_be_loaded_anyway(
    outside: MakeOutside, tmp_path: Path, torch_install: Callable[..., Path], interpreter_of: Interpreters
) -> None:
    site = tmp_path / "env" / "lib" / "python3.11" / "site-packages"
    torch_install(site)
    at = outside(LD_LIBRARY_PATH=f"{site}/torch/lib:/usr/lib/x86_64-linux-gnu:/usr/lib/wsl/lib")
    names = [each.name for each in probe_packages(at, interpreter_of(tmp_path / "env")).value.shadows]
    assert not [
        name for name in names if name.startswith(("libtorch", "libc10", "libcuda.", "libstdc", "libgomp"))
    ]
