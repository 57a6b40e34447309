"""What the run does on machines that are odd and with people who are impatient."""

from __future__ import annotations

import ast
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import ClassVar

import pytest

from envdoctor.outside import LiveOutside
from envdoctor.smoke import Options, run
from envdoctor.smoke.questions import root_cause
from tests.smoke.conftest import marked

PLANTED = Path(__file__).parent / "planted"
WORKER = Path(__file__).parents[2] / "envdoctor" / "patient"
posix = pytest.mark.skipif(os.name != "posix", reason="signals and /sys are POSIX's")
CARD = "/sys/bus/pci/devices/0000:3b:00.0"


class WithCard(LiveOutside):
    """This machine with an NVIDIA V100 on its bus, which no driver controls."""

    FILES: ClassVar = {
        f"{CARD}/vendor": "0x10de\n",
        f"{CARD}/device": "0x1db1\n",
        f"{CARD}/class": "0x030200\n",
    }

    def read_text(self, path: str, limit: int = 4 << 20) -> str | None:
        return self.FILES.get(path) or super().read_text(path, limit)

    def list_folder(self, path: str) -> tuple[str, ...] | None:
        if path == CARD.rpartition("/")[0]:
            return (CARD.rpartition("/")[2],)
        return super().list_folder(path)


@pytest.mark.skipif(sys.platform != "linux", reason="the bus of Linux")
def test_a_gpu_that_torch_does_not_use_is_a_failure_with_check_s_cause() -> None:
    outside = WithCard()
    result = run(outside, [sys.executable], Options(steps=12))
    assert result.failed_check is not None
    assert (result.failed_check.name, result.failed_check.detail.key) == (
        "device",
        "smoke.device.failed.gpu-unused",
    )
    assert result.losses == (), "nothing was trained on the CPU instead"
    cause = root_cause(outside, [sys.executable], 60)
    assert cause is not None
    assert result.primary == cause.code
    assert result.findings[0].remedies == cause.remedies


@pytest.mark.skipif(sys.platform != "linux", reason="the bus of Linux")
def test_the_cpu_is_used_where_it_is_asked_for() -> None:
    result = run(WithCard(), [sys.executable], Options(steps=4, device="cpu"))
    assert (result.verdict, result.device) == ("passed", "cpu")


def test_a_gpu_that_is_required_and_absent() -> None:
    torch = pytest.importorskip("torch")
    if torch.cuda.is_available():
        pytest.skip("there is a GPU here")
    result = run(LiveOutside(), [sys.executable], Options(require_gpu=True))
    assert result.failed_check is not None
    assert result.failed_check.detail.key == "smoke.device.failed.required"
    asked = run(LiveOutside(), [sys.executable], Options(device="cuda:0"))
    assert asked.failed_check is not None
    assert asked.failed_check.detail.key == "smoke.device.failed.unusable"


def test_noise_forged_events_a_slow_start_and_warnings_fool_nobody() -> None:
    env = {**os.environ, "PYTHONPATH": str(PLANTED), "PLANTED_NOISE": "1"}
    result = run(LiveOutside(env), [sys.executable], Options(device="cpu", steps=12))
    assert result.passed, result.output
    assert len(result.losses) == 12


def test_an_interpreter_without_torch_gets_check_s_cause(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(tmp_path / "empty")], check=True)
    python = tmp_path / "empty" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    result = run(LiveOutside(), [str(python)], Options(device="cpu"))
    assert result.failed_check is not None
    assert (result.failed_check.name, result.primary) == ("import", "torch-missing")
    assert result.findings[0].remedies, "and what to do about it"


def test_an_import_that_leaves_has_failed_with_check_s_cause(tmp_path: Path) -> None:
    (tmp_path / "torch").mkdir()
    (tmp_path / "torch" / "__init__.py").write_text("import os; os._exit(0)")
    result = run(
        LiveOutside({**os.environ, "PYTHONPATH": str(tmp_path)}), [sys.executable], Options(device="cpu")
    )
    assert result.failed_check is not None
    assert (result.failed_check.name, result.failed_check.detail.key) == ("import", "smoke.ended.left")
    assert result.primary == "env-pythonpath-shadow"


@pytest.mark.parametrize("script", sorted(WORKER.glob("smoke_*.py")), ids=lambda path: path.stem)
def test_the_worker_is_written_for_python_3_8_and_imports_nothing_of_ours(script: Path) -> None:
    tree = ast.parse(script.read_text(encoding="utf-8"), feature_version=(3, 8))
    for node in ast.walk(tree):
        names = [each.name for each in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        for name in names:
            root = name.split(".")[0]
            assert root == "torch" or root.startswith("smoke_") or root in sys.stdlib_module_names, name


@posix
@pytest.mark.parametrize("ranks", [(), ("--nproc-per-node", "2")], ids=["one", "two"])
def test_ctrl_c_leaves_no_child_and_no_file(tmp_path: Path, ranks: tuple[str, ...]) -> None:
    mark = f"interrupt-{len(ranks)}-{os.getpid()}"
    env = {**os.environ, "MARK": mark, "TMPDIR": str(tmp_path)}
    argv = [sys.executable, "-m", "envdoctor", "smoke-train", "--python", sys.executable, *ranks]
    child = subprocess.Popen(
        [*argv, "--device", "cpu", "--steps", "100000"], env=env, stdout=subprocess.DEVNULL
    )
    limit = time.monotonic() + 60
    wanted = 4 if ranks else 2  # the doctor and the worker; or the doctor, torchrun and two workers
    while len(marked(mark)) < wanted and time.monotonic() < limit:
        time.sleep(0.2)
    time.sleep(1.0)
    child.send_signal(signal.SIGINT)
    assert child.wait(20) == 130
    for _ in range(50):
        if not marked(mark):
            break
        time.sleep(0.1)
    assert not marked(mark)
    assert not list(tmp_path.iterdir())
