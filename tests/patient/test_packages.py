"""What is installed, and whose it is, as the files tell."""

from __future__ import annotations

import importlib.metadata
import json
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from envdoctor.facts import Interpreter, Packages
from envdoctor.messages import catalogue
from envdoctor.outside import LiveOutside
from envdoctor.probes.interpreter import probe_interpreter
from envdoctor.probes.locate import locate
from envdoctor.probes.packages import probe_packages

if TYPE_CHECKING:
    from tests.recorded import RecordedOutside

MakeOutside = Callable[..., LiveOutside]
MakeInstall = Callable[..., Path]
Interpreters = Callable[..., Interpreter]


def versions(packages: Packages) -> dict[str, str]:
    return {each.name: each.version for each in packages.distributions or ()}


def test_an_empty_environment(outside: MakeOutside, env: Path, interpreter_of: Interpreters) -> None:
    reading = probe_packages(outside(), interpreter_of(env))
    assert reading.value == Packages(distributions=())
    assert not reading.unknown


def test_a_folder_that_can_not_be_read_is_unknown(
    outside: MakeOutside, tmp_path: Path, interpreter_of: Interpreters
) -> None:
    lost = interpreter_of(tmp_path, site_packages=(str(tmp_path / "none"),))
    reading = probe_packages(outside(), lost)
    assert reading.value.distributions is None
    assert str(tmp_path / "none") in catalogue("en").reason(reading.unknown["distributions"])
    assert probe_packages(outside(), Interpreter()).unknown["distributions"]


@pytest.mark.parametrize("quick", [False, True])
def test_a_whole_torch(
    outside: MakeOutside,
    env: Path,
    site: Callable[[Path], Path],
    torch_install: MakeInstall,
    interpreter_of: Interpreters,
    quick: bool,
) -> None:
    needs = [
        "numpy",
        "nvidia-cublas-cu12==12.8.4.1; platform_system == 'Linux'",
        "sympy>=1.13",
        "triton==3.5.1",
    ]
    torch_install(site(env), requires=needs)
    reading = probe_packages(outside(), interpreter_of(env), quick=quick)
    (torch,) = reading.value.distributions or ()
    assert (torch.name, torch.version, torch.installer, torch.site) == (
        "torch",
        "2.9.1+cu128",
        "pip",
        "environment",
    )
    assert (torch.missing_files, torch.missing_sample) == (0, ())
    assert torch.requires == (needs[0], needs[1], needs[3]), "sympy is none of the family"
    files = reading.value.torch
    assert files is not None
    assert (files.version, files.cuda, files.hip, files.xpu) == ("2.9.1+cu128", "12.8", None, None)
    assert (files.debug, files.git_version, files.source_tree) == (False, "abc", False)
    assert files.libraries == ("libc10.so", "libtorch_cpu.so")
    assert files.path == str(site(env) / "torch")


def test_the_real_torch_is_read_as_its_own_metadata_says(outside: MakeOutside) -> None:
    try:
        distribution = importlib.metadata.distribution("torch")
    except importlib.metadata.PackageNotFoundError:
        pytest.skip("no torch beside the tests")
    before = "torch" in sys.modules  # another test of this process may have imported it
    at = outside()
    interpreter = probe_interpreter(at, locate(at, sys.executable, sys.executable), 20).value
    for quick in (False, True):
        value = probe_packages(at, interpreter, quick=quick).value
        torch = next(each for each in value.distributions or () if each.name == "torch")
        assert torch.version == distribution.version
        assert (torch.missing_files, torch.short_files) == (0, 0)
        assert value.torch is not None
        assert value.torch.version.partition("+")[0] == distribution.version.partition("+")[0]
        assert any("torch_cpu" in name for name in value.torch.libraries)
    assert versions(value)["numpy"] == importlib.metadata.version("numpy")
    assert ("torch" in sys.modules) is before, "reading imports nothing"


def test_names_of_every_spelling(
    outside: MakeOutside, env: Path, site: Callable[[Path], Path], interpreter_of: Interpreters
) -> None:
    folder = site(env)
    for name in (
        "nvidia_cublas_cu12-12.8.4.1.dist-info",
        "nvidia_ml_py-12.560.30.dist-info",
        "flash_attn-2.8.3+cu12torch2.9.dist-info",
        "mmcv_full-1.7.2-py3.11.egg-info",
        "pytorch_triton_rocm-3.5.1.dist-info",
        "torch_scatter-2.1.2+pt25cu124.dist-info",
        "numpy-1.26.4-py3.11.egg-info",
        "numpy-1.26.4.dist-info",
        "requests-2.0.0.dist-info",
        "~orch-2.9.1.dist-info",
        "torchvision-0.24.1.dist-info",
        "broken.dist-info",
        "torch.dist-info",
    ):
        (folder / name).mkdir()
    (folder / "detectron2.egg-info").mkdir()
    (folder / "detectron2.egg-info" / "PKG-INFO").write_text(
        "Metadata-Version: 2.1\nName: detectron2\nVersion: 0.6\n"
    )
    (folder / "apex-0.1-py3.11-linux-x86_64.egg-info").write_text("Name: apex\nVersion: 0.1\n")
    value = probe_packages(outside(), interpreter_of(env)).value
    assert versions(value) == {
        "apex": "0.1",
        "detectron2": "0.6",
        "flash-attn": "2.8.3+cu12torch2.9",
        "mmcv-full": "1.7.2",
        "numpy": "1.26.4",
        "nvidia-cublas-cu12": "12.8.4.1",
        "pytorch-triton-rocm": "3.5.1",
        "torch-scatter": "2.1.2+pt25cu124",
        "torchvision": "0.24.1",
    }
    assert len(value.distributions or ()) == 9, "two formats of metadata are one installation"
    assert value.leftovers == ("~orch-2.9.1.dist-info",)


def test_two_copies_in_one_folder(
    outside: MakeOutside,
    env: Path,
    site: Callable[[Path], Path],
    torch_install: MakeInstall,
    interpreter_of: Interpreters,
) -> None:
    torch_install(site(env), "2.5.1", cuda="12.4")
    torch_install(site(env), "2.9.1+cu128")
    value = probe_packages(outside(), interpreter_of(env)).value
    assert [each.version for each in value.distributions or ()] == ["2.5.1", "2.9.1+cu128"]
    assert value.torch is not None
    assert value.torch.version == "2.9.1+cu128", "the files are of the one that came last"


@pytest.mark.skipif(os.name != "posix", reason="links")
def test_one_folder_under_two_names_holds_nothing_twice(
    outside: MakeOutside,
    env: Path,
    site: Callable[[Path], Path],
    torch_install: MakeInstall,
    interpreter_of: Interpreters,
) -> None:
    torch_install(site(env))
    (env / "lib64").symlink_to("lib")
    both = (str(site(env)), str(site(env)).replace("/lib/", "/lib64/"))
    value = probe_packages(outside(PYTHONPATH=both[1]), interpreter_of(env, site_packages=both)).value
    assert len(value.distributions or ()) == 1
    assert value.shadows == ()


def test_whose_folder_a_copy_lies_in(
    outside: MakeOutside,
    env: Path,
    tmp_path: Path,
    site: Callable[[Path], Path],
    install: MakeInstall,
    torch_install: MakeInstall,
    interpreter_of: Interpreters,
) -> None:
    base, user, path = tmp_path / "base" / "site-packages", tmp_path / "user", tmp_path / "cluster"
    torch_install(site(env), "2.9.1")
    torch_install(base, "2.8.0")
    torch_install(user, "2.7.0")
    torch_install(path, "2.6.0")
    told = interpreter_of(
        env, site_packages=(str(site(env)), str(base)), user_site=str(user), user_site_enabled=True
    )
    at = outside(PYTHONPATH=f"{path}{os.pathsep}{tmp_path / 'absent'}")
    value = probe_packages(at, told).value
    assert [(each.version, each.site) for each in value.distributions or ()] == [
        ("2.6.0", "pythonpath"),
        ("2.7.0", "user"),
        ("2.9.1", "environment"),
        ("2.8.0", "base"),
    ]
    assert value.torch is not None
    assert value.torch.version == "2.6.0", "PYTHONPATH comes first"
    no_user = interpreter_of(env, user_site=str(user), user_site_enabled=False)
    value = probe_packages(outside(), no_user).value
    assert [each.version for each in value.distributions or ()] == ["2.9.1"]


def test_torch_without_its_version_file(
    outside: MakeOutside,
    env: Path,
    site: Callable[[Path], Path],
    torch_install: MakeInstall,
    interpreter_of: Interpreters,
) -> None:
    torch_install(site(env))
    (site(env) / "torch" / "version.py").unlink()
    value = probe_packages(outside(), interpreter_of(env)).value
    assert value.torch is not None
    assert value.torch.version is None


@pytest.mark.parametrize("how", ["pth", "finder", "egg-link"])
def test_a_torch_that_was_built_in_place(
    outside: MakeOutside,
    env: Path,
    tmp_path: Path,
    site: Callable[[Path], Path],
    torch_install: MakeInstall,
    interpreter_of: Interpreters,
    how: str,
) -> None:
    tree = tmp_path / "pytorch"
    shutil.rmtree(torch_install(tree, "2.11.0a0+gitabc", cuda="13.0"))
    for mark in ("setup.py", "CMakeLists.txt"):
        (tree / mark).write_text("")
    if how == "pth":
        (site(env) / "__editable__.torch-2.11.0.pth").write_text(f"import os; os.x()\n# note\n{tree}\n")
    elif how == "finder":
        finder = f"MAPPING = {{'functorch': '{tree}/functorch', 'torch': '{tree}/torch'}}\n"
        (site(env) / "__editable___torch_2_11_0_finder.py").write_text(finder)
    else:
        (site(env) / "easy-install.pth").write_text(f"{tree}\n")
        (site(env) / "torch.egg-link").write_text(f"{tree}\n.")
        (tree / "torch.egg-info").mkdir()
        (tree / "torch.egg-info" / "PKG-INFO").write_text("Name: torch\nVersion: 2.11.0a0+gitabc\n")
    for at in (outside(), outside(tree)):
        value = probe_packages(at, interpreter_of(env)).value
        assert value.torch is not None
        assert (value.torch.version, value.torch.source_tree) == ("2.11.0a0+gitabc", True)
        assert value.shadows == (), "the tree is where torch is meant to come from"
    if how == "egg-link":
        assert versions(value) == {"torch": "2.11.0a0+gitabc"}


def test_where_an_install_came_from_without_its_credentials(
    outside: MakeOutside,
    env: Path,
    site: Callable[[Path], Path],
    torch_install: MakeInstall,
    interpreter_of: Interpreters,
) -> None:
    info = torch_install(site(env), installer="uv")
    url = "https://anna:secret@mirror.example/torch.whl?X-Amz-Signature=abcdef"
    (info / "direct_url.json").write_text(json.dumps({"url": url, "archive_info": {}}))
    (torch,) = probe_packages(outside(), interpreter_of(env)).value.distributions or ()
    assert torch.installer == "uv"
    assert torch.direct_url == "https://mirror.example/torch.whl?X-Amz-Signature=***"
    (info / "direct_url.json").write_text("[rubbish")
    (torch,) = probe_packages(outside(), interpreter_of(env)).value.distributions or ()
    assert torch.direct_url is None


def test_conda_rows(
    outside: MakeOutside,
    env: Path,
    site: Callable[[Path], Path],
    conda_env: Callable[..., Path],
    torch_install: MakeInstall,
    interpreter_of: Interpreters,
) -> None:
    rows = [
        "pytorch-2.5.1-py3.11_cuda12.4_cudnn9.1.0_0",
        "pytorch-cuda-12.4-hc786d27_7",
        "numpy-base-1.26.4-py311hf175353_0",
        "requests-2.32.3-py311h06a4308_0",
        "_openmp_mutex-5.1-1_gnu",
        "python-3.11.7-h955ad1f_0",
    ]
    conda_env(env, rows)
    torch_install(site(env))
    value = probe_packages(outside(), interpreter_of(env, base_prefix=str(env))).value
    assert [(each.name, each.version, each.build) for each in value.conda] == [
        ("_openmp_mutex", "5.1", "1_gnu"),
        ("numpy-base", "1.26.4", "py311hf175353_0"),
        ("pytorch", "2.5.1", "py3.11_cuda12.4_cudnn9.1.0_0"),
        ("pytorch-cuda", "12.4", "hc786d27_7"),
    ]
    assert value.conda[2].channel == "https://mirror.example/conda/t/***/forge"
    assert versions(value) == {"torch": "2.9.1+cu128"}, "and pip brought a second one"


def test_windows_names_differ_in_case_only(
    machine_of: Callable[..., RecordedOutside],
) -> None:
    site = r"C:\env\Lib\site-packages"
    record = "torch/Version.py,,\ntorch/lib/C10.dll,,\ntorch/lib/torch_cpu.dll,,\n"
    files = {
        rf"{site}\torch\__init__.py": "",
        rf"{site}\torch\version.py": "__version__ = '2.5.1'\ncuda = None\n",
        rf"{site}\torch\lib\c10.dll": "",
        rf"{site}\torch\lib\fbgemm.dll": "",
        rf"{site}\torch-2.5.1.dist-info\RECORD": record,
        rf"{site}\torch-2.5.1.dist-info\METADATA": "Version: 2.5.1\n",
        rf"{site}\~orch\lib\c10.dll": "",
    }
    told = Interpreter(prefix=r"C:\env", base_prefix=r"C:\Python312", site_packages=(site,))
    value = probe_packages(machine_of(system="windows", files=files), told).value
    (torch,) = value.distributions or ()
    assert torch.missing_sample == ("torch/lib/torch_cpu.dll",)
    assert torch.site == "environment"
    assert value.leftovers == ("~orch",)
    assert value.torch is not None
    assert value.torch.libraries == ("c10.dll", "fbgemm.dll")
