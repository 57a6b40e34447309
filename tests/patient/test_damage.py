"""Installations that lack files, and what a removal left behind."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from envdoctor.facts import Interpreter
from envdoctor.outside import LiveOutside
from envdoctor.probes.distributions import is_leftover
from envdoctor.probes.packages import probe_packages

if TYPE_CHECKING:
    from tests.recorded import RecordedOutside

MakeOutside = Callable[..., LiveOutside]
MakeInstall = Callable[..., Path]
Interpreters = Callable[..., Interpreter]


def test_missing_files_are_counted_and_named(
    outside: MakeOutside,
    env: Path,
    site: Callable[[Path], Path],
    torch_install: MakeInstall,
    interpreter_of: Interpreters,
) -> None:
    torch_install(site(env))
    (site(env) / "torch" / "lib" / "libtorch_cpu.so").unlink()
    shutil.rmtree(site(env) / "torch" / "nn")
    (torch,) = probe_packages(outside(), interpreter_of(env)).value.distributions or ()
    assert torch.missing_files == 3
    assert torch.missing_sample == (
        "torch/lib/libtorch_cpu.so",
        "torch/nn/__init__.py",
        "torch/nn/modules/linear.py",
    )
    (torch,) = probe_packages(outside(), interpreter_of(env), quick=True).value.distributions or ()
    assert torch.missing_sample == ("torch/lib/libtorch_cpu.so",), "quick looks where it matters most"


@pytest.mark.parametrize("quick", [True, False])
def test_a_library_that_was_cut_short_is_named(
    outside: MakeOutside,
    env: Path,
    site: Callable[[Path], Path],
    torch_install: MakeInstall,
    interpreter_of: Interpreters,
    quick: bool,
) -> None:
    record = torch_install(site(env)) / "RECORD"
    library = site(env) / "torch" / "lib" / "libtorch_cpu.so"
    library.write_bytes(b"x" * 90)
    rows = record.read_text()
    for file in ("torch/lib/libtorch_cpu.so", "torch/nn/__init__.py"):
        assert f"{file},sha256=x,0" in rows
        rows = rows.replace(f"{file},sha256=x,0", f"{file},sha256=x,100")
    record.write_text(rows)
    (torch,) = probe_packages(outside(), interpreter_of(env), quick=quick).value.distributions or ()
    assert (torch.missing_files, torch.short_files) == (0, 1), "a script may be edited, a library may not"
    assert torch.short_sample == ("torch/lib/libtorch_cpu.so",)
    library.write_bytes(b"x" * 100)
    (torch,) = probe_packages(outside(), interpreter_of(env), quick=quick).value.distributions or ()
    assert torch.short_files == 0
    (record.parent / "INSTALLER").write_text("conda\n")
    library.write_bytes(b"x" * 90)
    (torch,) = probe_packages(outside(), interpreter_of(env), quick=quick).value.distributions or ()
    assert torch.short_files is None, "conda patches libraries after their RECORD was written"


def test_what_images_are_slimmed_by_is_not_missed(
    outside: MakeOutside,
    env: Path,
    site: Callable[[Path], Path],
    torch_install: MakeInstall,
    interpreter_of: Interpreters,
) -> None:
    torch_install(site(env))
    shutil.rmtree(site(env) / "torch" / "include")
    shutil.rmtree(site(env) / "torch" / "nn" / "__pycache__")
    (torch,) = probe_packages(outside(), interpreter_of(env)).value.distributions or ()
    assert torch.missing_files == 0


def test_without_a_record_nothing_is_claimed(
    outside: MakeOutside,
    env: Path,
    site: Callable[[Path], Path],
    torch_install: MakeInstall,
    interpreter_of: Interpreters,
) -> None:
    (torch_install(site(env)) / "RECORD").unlink()
    (torch,) = probe_packages(outside(), interpreter_of(env)).value.distributions or ()
    assert torch.missing_files is None


def test_a_file_whose_name_holds_a_comma(
    outside: MakeOutside,
    env: Path,
    site: Callable[[Path], Path],
    interpreter_of: Interpreters,
    install: MakeInstall,
) -> None:
    info = install(site(env), "numpy", "2.1.0", {"numpy/__init__.py": "", "numpy/a,b.txt": ""})
    (info / "RECORD").write_text(
        'numpy/__init__.py,,\r\n"numpy/a,b.txt",sha256=x,0\r\n"numpy/""c"".txt",,\r\n'
    )
    (numpy,) = probe_packages(outside(), interpreter_of(env)).value.distributions or ()
    assert numpy.missing_sample == ('numpy/"c".txt',)


def test_a_folder_that_may_not_be_read_proves_nothing(machine_of: Callable[..., RecordedOutside]) -> None:
    site = "/env/lib/python3.11/site-packages"
    files = {
        f"{site}/torch/__init__.py": "",
        f"{site}/torch/lib/libc10.so": "",
        f"{site}/torch-2.9.1.dist-info/RECORD": "torch/__init__.py,,\ntorch/lib/libc10.so,,\ntorch/gone/x.py,,\n",
    }
    told = Interpreter(prefix="/env", base_prefix="/usr", site_packages=(site,))
    made = machine_of(system="linux", files=files, forbidden=[f"{site}/torch/lib"])
    (torch,) = probe_packages(made, told).value.distributions or ()
    assert torch.missing_sample == ("torch/gone/x.py",)


def test_what_an_uninstall_left_behind(
    outside: MakeOutside, env: Path, site: Callable[[Path], Path], interpreter_of: Interpreters
) -> None:
    (site(env) / "torch" / "lib").mkdir(parents=True)
    (site(env) / "torch" / "lib" / "c10.dll").write_text("")
    value = probe_packages(outside(), interpreter_of(env)).value
    assert value.distributions == ()
    assert value.torch is not None
    assert value.torch.version is None
    (site(env) / "torch" / "lib" / "c10.dll").unlink()
    (site(env) / "torch" / "lib").rmdir()
    assert probe_packages(outside(), interpreter_of(env)).value.torch is None, "an empty folder is nothing"


@pytest.mark.parametrize(
    "name",
    [
        "~orch",
        "~-rch",
        "~~rch",
        "~=rch-2.5.1.dist-info",
        "~umpy",
        "~umpy.libs",
        "~vidia",
        "~orchvision-0.20.1.dist-info",
    ],
)
def test_leftovers_of_the_family(name: str) -> None:
    assert is_leftover(name)


@pytest.mark.parametrize("name", ["torch", "~ip", "~equests-2.0.dist-info", "~", "~h", "~torch", "orch"])
def test_other_names_are_no_leftovers(name: str) -> None:
    assert not is_leftover(name)


@given(st.integers(1, 3), st.lists(st.sampled_from("-~.=%0123456789"), max_size=3))
def test_every_name_that_pip_invents_is_recognised(kept: int, letters: list[str]) -> None:
    """pip keeps the length: "~", then letters that no name has, then the rest of the name."""
    name = "torchvision"
    head = "~" + "".join(letters[: kept - 1])
    assert is_leftover(head + name[len(head) :])
