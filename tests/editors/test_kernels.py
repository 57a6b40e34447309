"""Which Jupyter kernels are installed, which Python each runs, and the notebook that asks for itself."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from envdoctor.findings import Finding
from envdoctor.probes.kernels import installed_kernels, running_kernel
from envdoctor.probes.locate import locate

if TYPE_CHECKING:
    from tests.recorded import RecordedOutside

Codes = Callable[[list[Finding]], list[tuple[str, str]]]
USER = ".local/share/jupyter"


def test_kernels_of_every_place_in_jupyter_s_order(workplace: Any) -> None:
    workplace.kernel(USER, "dl", str(workplace.other))
    workplace.kernel("envs/mine/share/jupyter", "python3", str(workplace.mine))
    workplace.kernel("more", "extra", "/gone/bin/python")
    workplace.kernel(USER, "ir", "R", language="R")
    workplace.write(f"{USER}/kernels/broken/kernel.json", "{")
    workplace.environ["JUPYTER_PATH"] = str(workplace.home / "more")
    found = [(each.name, each.scope, each.exists, each.is_patient) for each in workplace.read().kernels]
    assert found == [
        ("extra", "JUPYTER_PATH", False, None),
        ("python3", "environment", True, True),
        ("dl", "user", True, False),
    ]


def test_kernels_that_no_notebook_here_asks_for_are_nobody_s_fault(workplace: Any) -> None:
    workplace.kernel(USER, "python3", str(workplace.other))
    workplace.kernel(USER, "old", "/gone/bin/python")
    assert workplace.judge() == []
    workplace.notebook("lesson.ipynb", "mine")
    assert workplace.judge() == []


def test_a_notebook_that_gets_another_python(workplace: Any, codes: Codes) -> None:
    workplace.kernel(USER, "python3", str(workplace.other))
    workplace.notebook("lesson.ipynb", "python3")
    (finding,) = workplace.judge()
    assert (finding.code, finding.variant) == ("jupyter-kernel-mismatch", "kernel")
    assert [command[:4] for command in finding.remedies[0].commands] == [
        ("python", "-m", "pip", "install"),
        ("python", "-m", "ipykernel", "install"),
    ]
    assert any(words.values.get("names") == "lesson.ipynb" for words in finding.evidence)


def test_near_misses_of_a_notebook(workplace: Any) -> None:
    workplace.notebook("lesson.ipynb", "python3")
    assert workplace.judge() == [], "no kernel of that name: Jupyter's own Python, whichever that is"
    workplace.kernel(USER, "python3", "python")
    assert workplace.judge() == [], "a bare name stands for Jupyter's own Python"
    for launcher in ("uv", "conda", "/usr/bin/env", "./start-kernel.sh"):
        workplace.kernel(USER, "python3", launcher)
        assert workplace.judge() == [], "which Python a launcher starts, it does not say"
    workplace.kernel(USER, "python3", str(workplace.mine))
    assert workplace.judge() == []
    workplace.kernel(USER, "python3", str(workplace.other))
    workplace.kernel("envs/mine/share/jupyter", "python3", str(workplace.mine))
    assert workplace.judge() == [], "the environment's own kernel comes first"


def test_a_kernel_whose_python_is_gone(workplace: Any, codes: Codes) -> None:
    workplace.kernel(USER, "dl", str(workplace.home / "envs" / "removed" / "bin" / "python"))
    workplace.notebook("lesson.ipynb", "DL")
    assert codes(workplace.judge()) == [("jupyter-kernel-mismatch", "kernel-gone")]


def test_an_environment_s_own_kernel_that_runs_another(workplace: Any, codes: Codes) -> None:
    workplace.kernel("envs/mine/share/jupyter", "python3", str(workplace.other))
    assert codes(workplace.judge()) == [("jupyter-kernel-mismatch", "kernel")]
    assert workplace.judge(kind="system") == [], "a system's folder is shared by everybody's kernels"


@pytest.mark.parametrize(
    ("system", "environ", "folder"),
    [
        ("windows", {"APPDATA": r"C:\Users\li\AppData\Roaming"}, r"C:\Users\li\AppData\Roaming\jupyter"),
        ("windows", {}, r"C:\ProgramData\jupyter"),
        ("macos", {"HOME": "/Users/li"}, "/Users/li/Library/Jupyter"),
        ("linux", {"HOME": "/home/li"}, "/home/li/.local/share/jupyter"),
        ("linux", {"HOME": "/home/li", "XDG_DATA_HOME": "/data"}, "/data/jupyter"),
        ("linux", {"HOME": "/home/li", "JUPYTER_DATA_DIR": "/j"}, "/j"),
        ("linux", {}, "/usr/local/share/jupyter"),
    ],
)
def test_where_each_system_keeps_kernels(
    machine_of: Callable[..., RecordedOutside], system: str, environ: dict[str, str], folder: str
) -> None:
    slash = "\\" if system == "windows" else "/"
    program = r"C:\py\python.exe" if system == "windows" else "/opt/py/bin/python"
    file = slash.join((folder, "kernels", "dl", "kernel.json"))
    spec = json.dumps({"argv": [program, "-m", "ipykernel"], "language": "python", "display_name": "dl"})
    outside = machine_of(system=system, environ=environ, files={file: spec, program: ""})
    (kernel,) = installed_kernels(outside, None)
    assert (kernel.executable, kernel.exists) == (program, True)


KERNEL = ["/envs/nb/bin/python", "-m", "ipykernel_launcher", "-f", "/run/kernel-1.json"]


@pytest.mark.parametrize(
    ("environ", "ancestors", "python"),
    [
        ({"JPY_PARENT_PID": "7"}, [["/bin/sh", "-c", "envdoctor check"], KERNEL], "/envs/nb/bin/python"),
        ({"MPLBACKEND": "module://matplotlib_inline.backend_inline"}, [KERNEL], "/envs/nb/bin/python"),
        ({"JPY_PARENT_PID": "7"}, [["/bin/bash"], ["/usr/bin/python3", "/usr/bin/jupyter-lab"]], None),
        ({"JPY_PARENT_PID": "7"}, [["/gone/python", *KERNEL[1:]]], None),
        ({}, [KERNEL], None),
        ({"MPLBACKEND": "agg"}, [KERNEL], None),
    ],
)
def test_the_kernel_that_started_us(
    machine_of: Callable[..., RecordedOutside],
    environ: dict[str, str],
    ancestors: list[list[str]],
    python: str | None,
) -> None:
    files = {"/envs/nb/bin/python": ""}
    outside = machine_of(system="linux", environ=environ, ancestors=ancestors, files=files)
    assert running_kernel(outside) == python


def test_in_a_notebook_the_kernel_is_the_patient(machine_of: Callable[..., RecordedOutside]) -> None:
    outside = machine_of(
        system="linux",
        environ={"JPY_PARENT_PID": "7", "VIRTUAL_ENV": "/envs/active", "PATH": "/envs/active/bin"},
        ancestors=[["/bin/sh", "-c", "envdoctor check"], KERNEL],
        files={"/envs/nb/bin/python": "", "/envs/active/bin/python": "", "/envs/active/pyvenv.cfg": ""},
    )
    patient = locate(outside, None, "/doctor/bin/python")
    assert (patient.executable, patient.found_by, patient.prefix_hint) == (
        "/envs/nb/bin/python",
        "notebook",
        "/envs/nb",
    )
    assert locate(outside, "/envs/active", "/doctor/bin/python").found_by == "option"


@pytest.mark.skipif(os.name != "posix", reason="a shell between kernel and doctor, as `!` makes it")
def test_a_real_process_that_looks_like_a_kernel(tmp_path: Path) -> None:
    environment = tmp_path / "nb"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(environment)], check=True)
    package = next((environment / "lib").glob("python*/site-packages")) / "ipykernel_launcher.py"
    package.write_text(
        "import subprocess, sys\n"
        f"line = {sys.executable + ' -m envdoctor check --quick --format json; true'!r}\n"
        "sys.stdout.write(subprocess.run(['/bin/sh', '-c', line], capture_output=True, text=True).stdout)\n"
    )
    env = {**os.environ, "JPY_PARENT_PID": "1", "PYTHONPATH": ""}
    ran = subprocess.run(
        [str(environment / "bin" / "python"), "-m", "ipykernel_launcher"],
        capture_output=True,
        text=True,
        env=env,
        cwd=tmp_path,
    )
    report = json.loads(ran.stdout)
    assert report["facts"]["environment"]["found_by"] == "notebook", ran.stderr
    assert report["facts"]["environment"]["name"] == "nb"
