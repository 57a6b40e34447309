"""envdoctor comes through the traps that others fell into, with the verdict that the comparison asks for."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from standins import driver

from comparison.peers import PEERS, Said, Site
from comparison.trap_list import TRAPS, Trap
from comparison.traps import meet, verdict

QUICKLY = [trap for trap in TRAPS if trap.torch is not None and "hangs" not in trap.name]
"""Those that need no real torch and no waiting. The others run in the comparison."""


@pytest.fixture(scope="module")
def gpu(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    if os.name != "posix" or shutil.which("cc") is None:
        pytest.skip("the stand-ins need a C compiler on Linux")
    return driver(tmp_path_factory.mktemp("driver"))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    home = tmp_path_factory.mktemp("patient") / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(home)], check=True)
    return Site(home / "bin" / "python")


@pytest.mark.parametrize("trap", QUICKLY, ids=lambda each: each.name)
def test_the_trap_is_judged_rightly(trap: Trap, site: Site, gpu: dict[str, str]) -> None:
    said = meet(PEERS[0], site, trap, gpu)
    assert verdict(trap, said) == "right", said.text


def test_the_judge_tells_the_kinds_of_failure_apart() -> None:
    trap = next(trap for trap in TRAPS if "fbgemm" in trap.name)
    assert verdict(trap, Said("dies (SIGSEGV)", "")) == "**dies (SIGSEGV)**"
    assert verdict(trap, Said("", "torch is NOT installed. fbgemm.dll")).startswith("wrong")
    assert verdict(trap, Said("", "all is well")) == "says nothing"
    assert verdict(trap, Said("", "Error loading fbgemm.dll")) == "right"


def test_what_is_exchanged_is_put_back(site: Site, tmp_path: Path) -> None:
    (site.folder / "torch").mkdir()
    (site.folder / "torch" / "kept").touch()
    with site.holding({"torch/__init__.py": "", "torch-1.dist-info/METADATA": ""}):
        assert not (site.folder / "torch" / "kept").exists()
        assert (site.folder / "torch-1.dist-info").is_dir()
    assert [each.name for each in (site.folder / "torch").iterdir()] == ["kept"]
    assert not (site.folder / "torch-1.dist-info").exists()
    shutil.rmtree(site.folder / "torch")
