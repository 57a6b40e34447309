"""What nvidia-smi says: its table through the years, its listing, its errors, and where it lies."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from envdoctor.facts import GpuProcess, MigInstance
from envdoctor.outside import LiveOutside
from envdoctor.probes.nvidia_smi import probe_nvidia_smi
from envdoctor.probes.nvml import probe_nvml
from envdoctor.probes.smi_output import FULL_QUERY, QUERY, rows, table, versions
from envdoctor.probes.smi_place import find

# The tables follow the layouts that drivers 384, 465, 535, 551 and 610 print; their values are made up.
OLD = """\
+-----------------------------------------------------------------------------+
| NVIDIA-SMI 384.111                Driver Version: 384.111                   |
|-------------------------------+----------------------+----------------------+
| GPU  Name        Persistence-M| Bus-Id        Disp.A | Volatile Uncorr. ECC |
| Fan  Temp  Perf  Pwr:Usage/Cap|         Memory-Usage | GPU-Util  Compute M. |
|===============================+======================+======================|
|   0  Tesla K40m          Off  | 0000:02:00.0     Off |                    3 |
| N/A   31C    P0    62W / 235W |   3915MiB / 11439MiB |      0%   E. Process |
+-------------------------------+----------------------+----------------------+
|   1  GeForce GTX 108...  Off  | 00000000:03:00.0 Off |                  N/A |
| 21%   34C    P8    10W / 250W |      2MiB / 11172MiB |      0%   Prohibited |
+-------------------------------+----------------------+----------------------+

+-----------------------------------------------------------------------------+
| Processes:                                                       GPU Memory |
|  GPU       PID   Type   Process name                             Usage      |
|=============================================================================|
|    0       837      C   ...onda3/envs/dl/bin/python                 3913MiB |
|    0      1250      G   /usr/lib/xorg/Xorg                             2MiB |
+-----------------------------------------------------------------------------+
"""
MIG = """\
+---------------------------------------------------------------------------------------+
| NVIDIA-SMI 535.161.08             Driver Version: 535.161.08   CUDA Version: 12.2     |
|-----------------------------------------+----------------------+----------------------+
| GPU  Name                 Persistence-M | Bus-Id        Disp.A | Volatile Uncorr. ECC |
| Fan  Temp   Perf          Pwr:Usage/Cap |         Memory-Usage | GPU-Util  Compute M. |
|                                         |                      |               MIG M. |
|=========================================+======================+======================|
|   0  NVIDIA A100-SXM4-40GB          On  | 00000000:07:00.0 Off |                   On |
| N/A   24C    P0              42W / 400W |     75MiB / 40960MiB |     N/A      Default |
|                                         |                      |              Enabled |
+-----------------------------------------+----------------------+----------------------+
|   1  NVIDIA A100-SXM4-40GB          On  | 00000000:0F:00.0 Off |                    0 |
| N/A   25C    P0              43W / 400W |      4MiB / 40960MiB |      0%      Default |
|                                         |                      |            Disabled* |
+-----------------------------------------+----------------------+----------------------+

+---------------------------------------------------------------------------------------+
| MIG devices:                                                                          |
+------------------+--------------------------------+-----------+-----------------------+
| GPU  GI  CI  MIG |                   Memory-Usage |        Vol|      Shared           |
|      ID  ID  Dev |                     BAR1-Usage | SM     Unc| CE ENC DEC OFA JPG    |
|                  |                                |        ECC|                       |
|==================+================================+===========+=======================|
|  0    5   0   0  |              25MiB /  9856MiB  | 28      0 |  2   0    1    0    0 |
|                  |               0MiB / 16383MiB  |           |                       |
+------------------+--------------------------------+-----------+-----------------------+
|  0    7   0   1  |              12MiB /  4864MiB  | 14      0 |  1   0    0    0    0 |
|                  |               0MiB /  8191MiB  |           |                       |
+------------------+--------------------------------+-----------+-----------------------+
"""
NEW = """\
Fri Oct  9 00:57:51 2026
+-----------------------------------------------------------------------------------------+
| NVIDIA-SMI 617.14                 KMD Version: 617.14        CUDA UMD Version: 13.4     |
+-----------------------------------------+------------------------+----------------------+
| GPU  Name                  Driver-Model | Bus-Id          Disp.A | Volatile Uncorr. ECC |
| Fan  Temp   Perf          Pwr:Usage/Cap |           Memory-Usage | GPU-Util  Compute M. |
|                                         |                        |               MIG M. |
|=========================================+========================+======================|
|   0  NVIDIA GeForce RTX 4060 ...  WDDM  |   00000000:01:00.0  On |                  N/A |
| N/A   40C    P8              1W /   65W |    1070MiB /   8188MiB |     27%      Default |
|                                         |                        |                  N/A |
+-----------------------------------------+------------------------+----------------------+

+-----------------------------------------------------------------------------------------+
| Processes:                                                                              |
|  GPU   GI   CI              PID   Type   Process name                        GPU Memory |
|        ID   ID                                                               Usage      |
|=========================================================================================|
|    0   N/A  N/A           11084    C+G   ...ndows\\System32\\explorer.exe          N/A    |
|    0   N/A  N/A            4711      C   C:\\Users\\anna\\dl\\python.exe              N/A    |
+-----------------------------------------------------------------------------------------+
"""


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (OLD, ("384.111", None)),
        (MIG, ("535.161.08", "12.2")),
        (NEW, ("617.14", "13.4")),
        ("| NVIDIA-SMI 550.40.06    Driver Version: 551.86    CUDA Version: 12.4 |", ("551.86", "12.4")),
        ("nonsense", (None, None)),
    ],
)
def test_the_tables_head_of_every_generation(text: str, told: tuple[str | None, str | None]) -> None:
    assert versions(text) == told


def test_an_old_table() -> None:
    kepler, pascal = table(OLD)
    assert (kepler.index, kepler.name, kepler.pci) == (0, "Tesla K40m", "0000:02:00.0")
    assert (kepler.memory_used, kepler.memory_total) == (3915 << 20, 11439 << 20)
    assert (kepler.compute_mode, kepler.ecc_uncorrected, kepler.mig) == ("exclusive-process", 3, None)
    assert kepler.processes == (GpuProcess(pid=837, memory=3913 << 20, name="python"),)
    assert (pascal.index, pascal.name, pascal.compute_mode) == (1, "GeForce GTX 108...", "prohibited")
    assert (pascal.ecc_uncorrected, pascal.processes) == (None, ())


def test_a_table_with_mig() -> None:
    on, off = table(MIG)
    assert (on.mig, off.mig) == (True, False)
    assert on.mig_instances == (
        MigInstance(name="MIG 0", memory_total=9856 << 20),
        MigInstance(name="MIG 1", memory_total=4864 << 20),
    )
    assert on.memory_total == 40960 << 20, "the memory of a MIG device is not the GPU's"
    assert off.mig_instances == ()


def test_a_new_table_of_windows() -> None:
    (gpu,) = table(NEW)
    assert (gpu.name, gpu.driver_model, gpu.pci) == (
        "NVIDIA GeForce RTX 4060 ...",
        "WDDM",
        "00000000:01:00.0",
    )
    assert (gpu.memory_used, gpu.compute_mode, gpu.mig) == (1070 << 20, "default", None)
    assert gpu.processes == (
        GpuProcess(pid=11084, name="explorer.exe"),
        GpuProcess(pid=4711, name="python.exe"),
    )


def test_hostile_text_costs_no_time() -> None:
    started = time.monotonic()
    text = "\n".join(["|   0  N" + " " * 200_000 + "|x|y|", "|" * 100_000, "|  0 " + "1 " * 100_000] * 20)
    assert table(text) == ()
    assert time.monotonic() - started < 20


def test_a_full_listing() -> None:
    text = (
        "0, NVIDIA A100-SXM4-40GB, GPU-1, 00000000:07:00.0, 40960, 75, 535.161.08, 8.0, Default, Enabled, [N/A], 0\n"
        "1, NVIDIA T4, GPU-2, 00000000:08:00.0, 15360, 3, 535.161.08, 7.5, Exclusive_Process, [N/A], TCC, [N/A]\n"
        "2, NVIDIA GB10, GPU-3, 0000000F:01:00.0, [N/A], [N/A], 580.95, 12.1, Default, [N/A], [N/A], [N/A]\n"
        "Unable to determine the device handle\n"
    )
    first, second, third = rows(text, FULL_QUERY)
    assert (first.compute_capability, first.compute_mode, first.mig, first.ecc_uncorrected) == (
        "8.0",
        "default",
        True,
        0,
    )
    assert (second.compute_mode, second.mig, second.driver_model) == ("exclusive-process", None, "TCC")
    assert (third.memory_total, third.memory_used, third.compute_capability) == (None, None, "12.1")


def machine_with(machine_of, **answers):  # type: ignore[no-untyped-def]
    """A Linux with an nvidia-smi that answers the table and the listings given."""
    path = "/usr/bin/nvidia-smi"
    asked = {
        "table": [path],
        "full": [path, f"--query-gpu={FULL_QUERY}", "--format=csv,noheader,nounits"],
        "basic": [path, f"--query-gpu={QUERY}", "--format=csv,noheader,nounits"],
    }
    commands = [{"argv": asked[name], **answer} for name, answer in answers.items()]
    return machine_of(system="linux", environ={"PATH": "/usr/bin"}, files={path: ""}, commands=commands)


def test_an_old_driver_is_asked_again_without_the_fields_it_lacks(machine_of) -> None:  # type: ignore[no-untyped-def]
    outside = machine_with(
        machine_of,
        table={"stdout": OLD},
        full={"exit_code": 2, "stdout": 'Field "compute_cap" is not a valid field to query.\n'},
        basic={"stdout": "1, GeForce GTX 1080 Ti, GPU-2, 00000000:03:00.0, 11172, 2, 384.111\n"},
    )
    smi = probe_nvidia_smi(outside, 5).value
    assert (smi.state, smi.driver_version, smi.on_path) == ("ok", "384.111", True)
    assert smi.gpus is not None
    (gpu,) = smi.gpus
    assert (gpu.name, gpu.uuid) == ("GeForce GTX 1080 Ti", "GPU-2"), "the listing does not cut names"
    assert gpu.compute_mode == "prohibited", "only the table told"


def test_without_any_listing_the_table_has_to_do(machine_of) -> None:  # type: ignore[no-untyped-def]
    smi = probe_nvidia_smi(machine_with(machine_of, table={"stdout": NEW}), 5).value
    assert (smi.driver_version, smi.cuda_version) == ("617.14", "13.4")
    assert smi.gpus == table(NEW)


@pytest.mark.parametrize(
    ("code", "text"),
    [
        (9, "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver."),
        (18, "Failed to initialize NVML: Driver/library version mismatch"),
        (6, "No devices were found"),
        (15, "Unable to determine the device handle for GPU 0000:02:00.0: GPU is lost."),
        (255, "Failed to initialize NVML: Unknown Error"),
    ],
)
def test_an_error_keeps_its_words_and_code(machine_of, code: int, text: str) -> None:  # type: ignore[no-untyped-def]
    smi = probe_nvidia_smi(
        machine_with(machine_of, table={"exit_code": code, "stdout": text + "\n"}), 5
    ).value
    assert (smi.state, smi.exit_code, smi.error) == ("error", code, text)


def test_a_crash_is_told_from_an_error(machine_of) -> None:  # type: ignore[no-untyped-def]
    assert probe_nvidia_smi(machine_with(machine_of, table={"exit_code": -11}), 5).value.state == "crashed"


def test_rubbish_is_unreadable(machine_of) -> None:  # type: ignore[no-untyped-def]
    smi = probe_nvidia_smi(machine_with(machine_of, table={"stdout": "\x00\x01??"}), 5).value
    assert (smi.state, smi.driver_version, smi.gpus) == ("unreadable", None, None)


@pytest.mark.skipif(os.name != "posix", reason="the program is a shell script")
@pytest.mark.parametrize("when", ["at once", "in the listing"])
def test_a_real_hang_ends_within_the_limit(tmp_path: Path, when: str) -> None:
    program, alive = tmp_path / "nvidia-smi", tmp_path / "pid"
    (tmp_path / "table").write_text(NEW)
    first = f'[ $# = 0 ] && exec cat "{tmp_path}/table"\n' if when == "in the listing" else ""
    program.write_text(f'#!/bin/sh\n{first}echo $$ > "{alive}"\nexec sleep 600\n')
    program.chmod(0o755)
    outside = LiveOutside({"PATH": f"{tmp_path}:/usr/bin:/bin"})
    started = time.monotonic()
    smi = probe_nvidia_smi(outside, 0.5).value
    assert time.monotonic() - started < 30
    assert smi.state == ("ok" if when == "in the listing" else "timed-out")
    assert (smi.driver_version == "617.14") is (when == "in the listing")
    if alive.exists():
        with pytest.raises(ProcessLookupError):
            os.kill(int(alive.read_text()), 0)


@pytest.mark.parametrize(
    "place",
    [
        r"C:\Windows\System32\nvidia-smi.exe",
        r"C:\Program Files\NVIDIA Corporation\NVSMI\nvidia-smi.exe",
        r"C:\Windows\System32\DriverStore\FileRepository\nv_dispi.inf_amd64_0d9b1\nvidia-smi.exe",
    ],
)
def test_it_is_found_off_path_on_windows(machine_of, place: str) -> None:  # type: ignore[no-untyped-def]
    outside = machine_of(system="windows", environ={"SystemRoot": r"C:\Windows"}, files={place: ""})
    assert find(outside) == (place, False)


def test_it_is_found_off_path_in_wsl(machine_of) -> None:  # type: ignore[no-untyped-def]
    place = "/usr/lib/wsl/lib/nvidia-smi"
    assert find(machine_of(system="linux", files={place: ""})) == (place, False)
    absent = probe_nvidia_smi(machine_of(system="linux"), 5)
    assert absent.value.state == "absent"
    assert "path" in absent.unknown


@pytest.mark.gpu
@pytest.mark.skipif(not Path("/dev/nvidiactl").exists(), reason="no NVIDIA GPU in this machine")
def test_nvidia_smi_and_nvml_tell_the_same() -> None:
    outside = LiveOutside()
    smi, nvml = probe_nvidia_smi(outside, 60).value, probe_nvml(outside, 60).value
    if smi.state == "absent":
        pytest.skip("this machine has no nvidia-smi")
    assert nvml is not None
    assert smi.gpus and nvml.gpus
    assert (smi.driver_version, smi.cuda_version) == (nvml.driver_version, nvml.cuda_version)
    for ours, theirs in zip(nvml.gpus, smi.gpus, strict=True):
        for name in ("index", "name", "uuid", "compute_capability", "compute_mode", "mig"):
            assert getattr(ours, name) == getattr(theirs, name), name
        assert abs((ours.memory_total or 0) - (theirs.memory_total or 0)) <= 1 << 20
