"""The host probe, on recorded machines and on this one."""

from __future__ import annotations

import os
import platform
import sys

import pytest

from envdoctor.outside import LiveOutside
from envdoctor.probes.host import probe_host
from envdoctor.probes.virtual import virtual_machine
from envdoctor.reason import reason

GB = 1 << 30
DOCKER_MOUNTS = "1251 1234 8:2 {source} /etc/hosts rw,relatime - ext4 /dev/sda2 rw\n"


def linux(machine_of, files=None, **more):
    return machine_of(**{"system": "linux", "files": files or {}, "folders": {"/tmp": []}, **more})


# Windows


def test_windows_11_is_told_by_its_build_not_by_its_product_name(recorded):
    host = probe_host(recorded("windows11-laptop-4060-cpu-torch")).value
    assert (host.os, host.os_name, host.os_version) == ("windows", "Windows 11", "10.0.22631")
    assert host.kernel == "10.0.22631.4460"
    assert host.arch == "x86_64"
    assert host.cpu_model == "13th Gen Intel(R) Core(TM) i7-13650HX"
    assert host.cpu_features == ("avx", "avx2")
    assert host.vc_runtime == "14.42.34433"
    assert host.virtual_machine is None
    assert host.glibc is None


def test_windows_10_stays_windows_10(recorded):
    assert probe_host(recorded("windows10-no-driver")).value.os_name == "Windows 10"


@pytest.mark.parametrize(
    ("values", "name", "version"),
    [
        (
            {"ProductName": "Windows Server 2022 Datacenter", "InstallationType": "Server", "CurrentBuild": "20348",
             "CurrentMajorVersionNumber": "10", "CurrentMinorVersionNumber": "0"},
            "Windows Server 2022 Datacenter", "10.0.20348",
        ),
        (
            {"ProductName": "Windows Server 2025 Standard", "InstallationType": "Server", "CurrentBuild": "26100",
             "CurrentMajorVersionNumber": "10", "CurrentMinorVersionNumber": "0"},
            "Windows Server 2025 Standard", "10.0.26100",
        ),
        ({"ProductName": "Windows 7 Ultimate", "CurrentVersion": "6.1", "CurrentBuild": "7601"}, "Windows 7 Ultimate", "6.1.7601"),
        ({}, None, None),
    ],
)  # fmt: skip
def test_other_windows_versions(machine_of, values, name, version):
    key = r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion"
    reading = probe_host(machine_of(system="windows", machine="AMD64", registry={key: values}))
    assert (reading.value.os_name, reading.value.os_version) == (name, version)
    assert ("os_name" in reading.unknown) == (name is None)


def test_an_emulated_python_on_arm_does_not_hide_the_real_processor(machine_of):
    key = r"HKLM\SYSTEM\CurrentControlSet\Control\Session Manager\Environment"
    outside = machine_of(
        system="windows",
        machine="AMD64",
        registry={key: {"PROCESSOR_ARCHITECTURE": "ARM64"}},
        cpu_features=["avx"],
    )
    host = probe_host(outside).value
    assert host.arch == "aarch64"
    assert host.cpu_features is None


def test_vc_runtime_of_the_32_bit_view_counts(recorded):
    x64 = r"HKLM\SOFTWARE\Microsoft\VisualStudio\14.0\VC\Runtimes\x64"
    other = x64.replace("SOFTWARE", r"SOFTWARE\WOW6432Node")
    row = {"Version": "v14.29.30133.00", "Installed": "1"}
    host = probe_host(recorded("windows11-healthy-3060", registry={x64: None, other: row})).value
    assert host.vc_runtime == "14.29.30133"


def test_vc_runtime_present_but_unregistered_is_unknown_and_absent_is_empty(recorded):
    key = r"HKLM\SOFTWARE\Microsoft\VisualStudio\14.0\VC\Runtimes\x64"
    there = probe_host(recorded("windows11-healthy-3060", registry={key: None}))
    assert there.value.vc_runtime is None
    assert there.unknown["vc_runtime"].values["path"].endswith("msvcp140.dll")
    library = r"C:\Windows\System32\msvcp140.dll"
    gone = probe_host(recorded("windows11-healthy-3060", registry={key: None}, files={library: None}))
    assert gone.value.vc_runtime == ""


@pytest.mark.parametrize(
    ("values", "allowed"), [({"LongPathsEnabled": "1"}, True), ({"LongPathsEnabled": "0"}, False), ({}, False), (None, None)]
)  # fmt: skip
def test_whether_windows_allows_long_paths(recorded, values, allowed):
    key = r"HKLM\SYSTEM\CurrentControlSet\Control\FileSystem"
    reading = probe_host(recorded("windows11-healthy-3060", registry={key: values}))
    assert reading.value.long_paths is allowed
    assert ("long_paths" in reading.unknown) == (allowed is None)


def test_the_cache_is_where_pips_configuration_has_it(machine_of):
    outside = machine_of(
        system="linux",
        environ={"HOME": "/home/li"},
        files={"/home/li/.config/pip/pip.conf": "[global]\ncache-dir = /scratch/li/pip\n"},
        disk={"/": [50 * GB, 500 * GB], "/scratch": [GB, 900 * GB]},
    )
    (cache,) = (each for each in probe_host(outside).value.volumes if each.role == "cache")
    assert (cache.path, cache.free) == ("/scratch/li/pip", GB)


def test_volumes_name_the_environment_the_temporary_folder_and_pips_cache(recorded):
    outside = recorded("windows11-laptop-4060-cpu-torch", environ={"PIP_CACHE_DIR": r"D:\pip-cache"})
    prefix = r"C:\Users\Li\miniconda3\envs\dl"
    volumes = {each.role: each for each in probe_host(outside, prefix).value.volumes}
    assert volumes["environment"].path == prefix
    assert volumes["environment"].free == 112 * GB
    assert volumes["temporary"].path == r"C:\Users\Li\AppData\Local\Temp"
    assert (volumes["cache"].path, volumes["cache"].total) == (r"D:\pip-cache", 500 * GB)


# macOS


def test_apple_silicon(recorded):
    host = probe_host(recorded("macos14-m2-healthy")).value
    assert (host.os, host.os_name, host.os_version) == ("macos", "macOS 14.5", "14.5")
    assert (host.arch, host.apple_silicon, host.cpu_model) == ("aarch64", True, "Apple M2")
    assert host.memory_total == 16 * GB
    assert host.cpu_features is None
    assert {each.role: each.path for each in host.volumes}["cache"] == "/Users/sam/Library/Caches/pip"


def test_a_process_under_rosetta_still_sees_apple_silicon(recorded):
    outside = recorded("macos-rosetta")
    assert outside.machine == "x86_64"
    host = probe_host(outside).value
    assert (host.arch, host.apple_silicon) == ("aarch64", True)


def test_an_intel_mac(recorded):
    answer = (
        "machdep.cpu.brand_string: Intel(R) Core(TM) i7-9750H CPU @ 2.60GHz\nhw.memsize: 17179869184\n"
        "hw.optional.avx1_0: 1\nhw.optional.avx2_0: 1\nkern.osrelease: 22.6.0\nkern.hv_vmm_present: 0\n"
    )
    outside = recorded("macos-rosetta", commands=[{"argv0": "sysctl", "stdout": answer}])
    host = probe_host(outside).value
    assert (host.arch, host.apple_silicon, host.cpu_features) == ("x86_64", False, ("avx", "avx2"))


def test_a_sysctl_that_hangs_leaves_honest_unknowns(recorded):
    reading = probe_host(recorded("macos-rosetta", commands=[{"argv0": "sysctl", "outcome": "timed-out"}]))
    assert reading.value.apple_silicon is None
    assert reading.unknown["apple_silicon"] == reason("program-silent", program="sysctl")
    assert reading.value.os_version == "13.6.4"


# Linux


def test_a_linux_server(recorded):
    reading = probe_host(recorded("linux-v100-cu130"))
    host = reading.value
    assert (host.os, host.os_name, host.os_version) == ("linux", "Ubuntu 22.04.5 LTS", "22.04")
    assert (host.kernel, host.arch) == ("5.15.0-122-generic", "x86_64")
    assert (host.glibc, host.glibcxx, host.musl) == ("2.35", "3.4.30", None)
    assert host.cpu_model == "Intel(R) Xeon(R) Gold 6148 CPU @ 2.40GHz"
    assert host.cpu_features == ("avx", "avx2")
    assert (host.memory_total, host.commit_limit) == (188 * GB, 196 * GB)
    assert (host.container, host.wsl, host.virtual_machine, host.root) == (None, None, None, False)
    assert host.shm_total == 94 * GB
    assert reading.sources["glibcxx"] == "/usr/lib/x86_64-linux-gnu/libstdc++.so.6"


@pytest.mark.parametrize(
    ("kernel", "environ", "wsl"),
    [
        ("5.15.153.1-microsoft-standard-WSL2", {}, 2),
        ("4.19.104-microsoft-standard", {}, 2),
        ("4.4.0-19041-Microsoft", {"WSL_DISTRO_NAME": "Ubuntu"}, 1),
        ("6.6.9-mykernel", {"WSL_DISTRO_NAME": "Ubuntu"}, 2),
        ("6.8.0-1015-azure", {}, None),
    ],
)
def test_wsl_by_its_kernel(machine_of, kernel, environ, wsl):
    outside = linux(machine_of, {"/proc/sys/kernel/osrelease": kernel + "\n"}, environ=environ)
    assert probe_host(outside).value.wsl == wsl


def test_wsl_is_not_called_a_virtual_machine_or_a_container(recorded):
    host = probe_host(recorded("wsl2-healthy", files={"/run/systemd/container": "wsl\n"})).value
    assert (host.wsl, host.virtual_machine, host.container) == (2, None, None)


def test_a_docker_container_with_its_memory_limit_and_small_shared_memory(recorded):
    host = probe_host(recorded("docker-no-gpu")).value
    assert host.container == "docker"
    assert host.shm_total == 64 << 20
    assert host.memory_total == 32 * GB
    assert host.memory_available == 31 * GB  # 2 GB in use, of which 1 GB is file cache that gives way
    assert host.root is True


@pytest.mark.parametrize(
    ("recording", "kind"),
    [
        ({"environ": {"KUBERNETES_SERVICE_HOST": "10.96.0.1"}, "files": {"/.dockerenv": ""}}, "kubernetes"),
        ({"files": {"/proc/1/cgroup": "12:memory:/kubepods/burstable/pod1/abc\n"}}, "kubernetes"),
        ({"files": {"/run/.containerenv": "engine=podman\n"}}, "podman"),
        ({"files": {"/run/systemd/container": "lxc\n"}}, "lxc"),
        ({"files": {"/run/systemd/container": "systemd-nspawn\n"}}, "other"),
        ({"files": {"/proc/1/environ": "TERM=xterm\0container=lxc\0"}}, "lxc"),
        ({"files": {"/proc/1/cgroup": "9:devices:/lxc/ct100\n"}}, "lxc"),
        ({"files": {"/proc/1/cgroup": "4:memory:/docker/9f86d081884c\n"}}, "docker"),
        ({"files": {"/proc/1/cgroup": "4:memory:/system.slice/docker-9f86.scope\n"}}, "docker"),
        ({"environ": {"APPTAINER_CONTAINER": "/images/torch.sif"}}, "other"),
        ({"files": {"/proc/self/mountinfo": DOCKER_MOUNTS.format(source="/var/lib/docker/containers/0/hosts")}}, "docker"),
        ({"files": {"/proc/self/mountinfo": DOCKER_MOUNTS.format(source="/var/lib/kubelet/pods/0/etc-hosts")}}, "kubernetes"),
    ],
)  # fmt: skip
def test_containers_by_what_they_leave_behind(machine_of, recording, kind):
    assert probe_host(linux(machine_of, **recording)).value.container == kind


@pytest.mark.parametrize(
    "files",
    [
        {"/proc/1/cgroup": "0::/init.scope\n"},
        {"/proc/1/cgroup": "12:pids:/init.scope\n1:name=systemd:/init.scope\n"},
        # a Docker host: containers of others are mounted, but /etc/hosts is its own
        {"/proc/self/mountinfo": "90 25 0:50 / /var/lib/docker/overlay2/ab/merged rw - overlay overlay rw\n"},
        {"/proc/self/mountinfo": DOCKER_MOUNTS.format(source="/etc/hosts")},
    ],
)
def test_hosts_are_not_taken_for_containers(machine_of, files):
    assert probe_host(linux(machine_of, files)).value.container is None


def test_the_limit_of_a_batch_job_counts_also_from_an_outer_group(machine_of):
    meminfo = "MemTotal: 201326592 kB\nMemAvailable: 150000000 kB\nSwapTotal: 0 kB\n"
    group = "/sys/fs/cgroup/system.slice/slurmstepd.scope/job_7"
    files = {
        "/proc/meminfo": meminfo,
        "/proc/self/cgroup": "0::/system.slice/slurmstepd.scope/job_7/step_0/user\n",
        f"{group}/step_0/user/memory.max": "max\n",
        f"{group}/memory.max": "17179869184\n",
        f"{group}/memory.current": "4294967296\n",
    }
    host = probe_host(linux(machine_of, files)).value
    assert (host.memory_total, host.memory_available) == (16 * GB, 12 * GB)


def test_version_1_control_groups_without_a_limit_change_nothing(machine_of):
    files = {
        "/proc/meminfo": "MemTotal: 8388608 kB\nMemAvailable: 4194304 kB\nSwapTotal: 1048576 kB\n",
        "/proc/self/cgroup": "5:memory:/\n1:name=systemd:/\n",
        "/sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
    }
    host = probe_host(linux(machine_of, files)).value
    assert (host.memory_total, host.memory_available, host.commit_limit) == (8 * GB, 4 * GB, 9 * GB)
    files["/sys/fs/cgroup/memory/memory.limit_in_bytes"] = "2147483648\n"
    assert probe_host(linux(machine_of, files)).value.memory_total == 2 * GB


def test_alpine_has_musl_and_no_glibc(machine_of):
    files = {
        "/etc/os-release": 'NAME="Alpine Linux"\nID=alpine\nVERSION_ID=3.20.3\nPRETTY_NAME="Alpine Linux v3.20"\n',
        "/lib/ld-musl-x86_64.so.1": "",
        "/lib/apk/db/installed": "C:Q1abc=\nP:musl\nV:1.2.5-r0\nA:x86_64\n\n",
    }
    reading = probe_host(linux(machine_of, files))
    assert (reading.value.glibc, reading.value.musl) == (None, "1.2.5")
    assert reading.value.os_version == "3.20.3"
    assert reading.unknown["glibc"] == reason("musl")


def test_musl_without_apk_is_asked_by_its_loader(machine_of):
    loader = "/lib/ld-musl-aarch64.so.1"
    said = "musl libc (aarch64)\nVersion 1.1.24\nDynamic Program Loader\nUsage: ...\n"
    outside = linux(machine_of, {loader: ""}, commands=[{"argv": [loader], "exit_code": 1, "stderr": said}])
    assert probe_host(outside).value.musl == "1.1.24"


def test_glibc_beside_a_musl_loader_is_glibc(machine_of):
    host = probe_host(linux(machine_of, {"/lib/ld-musl-x86_64.so.1": ""}, libc="glibc 2.39")).value
    assert (host.glibc, host.musl) == ("2.39", None)


def test_old_systems_without_os_release(machine_of):
    files = {"/etc/redhat-release": "CentOS release 6.7 (Final)\n", "/usr/lib64/libstdc++.so.6.0.13": ""}
    links = {"/usr/lib64/libstdc++.so.6": "libstdc++.so.6.0.13"}
    host = probe_host(linux(machine_of, files, links=links, libc="glibc 2.12")).value
    assert (host.os_name, host.os_version) == ("CentOS release 6.7 (Final)", "6.7")
    assert (host.glibc, host.glibcxx) == ("2.12", "3.4.13")


def test_a_processor_without_avx_and_one_on_arm(machine_of):
    flags = (
        "processor\t: 0\nmodel name\t: QEMU Virtual CPU version 2.5+\nflags\t\t: fpu sse sse2 hypervisor\n\n"
    )
    host = probe_host(linux(machine_of, {"/proc/cpuinfo": flags})).value
    assert (host.cpu_features, host.virtual_machine) == ((), "a virtual machine")
    arm = "processor\t: 0\nBogoMIPS\t: 62.50\nFeatures\t: fp asimd\n\n"
    files = {"/proc/cpuinfo": arm, "/proc/device-tree/model": "NVIDIA Jetson AGX Orin Developer Kit\0"}
    host = probe_host(linux(machine_of, files, machine="aarch64")).value
    assert (host.cpu_features, host.cpu_model) == (None, "NVIDIA Jetson AGX Orin Developer Kit")


def test_jetson_linux_tells_its_release(machine_of):
    line = "# R36 (release), REVISION: 4.7, GCID: 42132812, BOARD: generic, EABI: aarch64, DATE: Thu Sep 18\n"
    told = {"/etc/nv_tegra_release": line + "# KERNEL_VARIANT: oot\n"}
    reading = probe_host(linux(machine_of, told, machine="aarch64"))
    assert (reading.value.l4t, reading.sources["l4t"]) == ("36.4.7", "/etc/nv_tegra_release")
    for other in ({}, {"/etc/nv_tegra_release": "something else\n"}):
        assert probe_host(linux(machine_of, other, machine="aarch64")).value.l4t is None


def test_only_the_first_processor_of_cpuinfo_counts(machine_of):
    text = "processor\t: 0\nmodel name\t: First\nflags\t\t: sse\n\nprocessor\t: 1\nmodel name\t: Second\nflags\t\t: avx avx2\n\n"
    host = probe_host(linux(machine_of, {"/proc/cpuinfo": text})).value
    assert (host.cpu_model, host.cpu_features) == ("First", ())


def test_a_machine_that_shows_nothing_gives_reasons_not_defaults(machine_of):
    reading = probe_host(
        machine_of(system="linux", machine="", forbidden=["/proc", "/etc", "/usr", "/sys", "/lib", "/tmp"])
    )
    host = reading.value
    assert (host.arch, host.glibc, host.memory_total, host.cpu_model, host.volumes) == (
        None,
        None,
        None,
        None,
        (),
    )
    assert {
        "os_name",
        "kernel",
        "memory_total",
        "glibc",
        "glibcxx",
        "volumes.cache",
    } <= reading.unknown.keys()


@pytest.mark.parametrize(
    ("maker", "product", "hypervisor", "name"),
    [
        ("QEMU", "Standard PC (Q35 + ICH9, 2009)", True, "QEMU"),
        ("Microsoft Corporation", "Virtual Machine", True, "Hyper-V"),
        ("Microsoft Corporation", "Surface Laptop 5", None, None),
        ("Amazon EC2", "p4d.24xlarge", True, "Amazon EC2"),
        ("Amazon EC2", "p5.metal", False, None),
        ("innotek GmbH", "VirtualBox", None, "VirtualBox"),
        ("HUAWEI", "MateBook 14", None, None),
        ("Huawei Cloud", "OpenStack Nova", True, "Huawei Cloud"),
        ("LENOVO", "82WK", None, None),
        ("", "", None, None),
    ],
)
def test_virtual_machines(maker, product, hypervisor, name):
    assert virtual_machine(maker, product, hypervisor) == name


# This machine


@pytest.mark.skipif(sys.platform != "linux", reason="compares with Linux's own answers")
def test_the_live_host_agrees_with_the_standard_library_and_psutil():
    import psutil

    reading = probe_host(LiveOutside())
    host = reading.value
    assert host.kernel == platform.release()
    assert host.os == "linux"
    if platform.libc_ver()[0] == "glibc":
        assert host.glibc == platform.libc_ver()[1]
    assert host.memory_total is not None and host.memory_total <= psutil.virtual_memory().total
    assert host.root == (os.geteuid() == 0)
    assert {each.role for each in host.volumes} >= {"environment", "temporary"}


def test_reading_the_live_host_starts_no_program_on_linux(monkeypatch):
    if sys.platform != "linux":
        pytest.skip("other systems ask a program")
    outside = LiveOutside()
    monkeypatch.setattr(outside, "run", lambda *args, **kwargs: pytest.fail("a program was started"))
    if outside.libc() is None:
        pytest.skip("musl's loader tells its version only when it is run")
    probe_host(outside)
