"""The look-ups: what reaches a GPU, which driver, which companion; and what they cost."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from envdoctor.knowledge import architectures, knowledge
from envdoctor.versions import version_numbers

CAPABILITIES = sorted({gpu.compute_capability for gpu in knowledge().gpus} | {"10.1"})
EMBEDDED = {"3.2", "5.3", "6.2", "7.2", "8.7", "10.1", "11.0"}
BETTER = ["none", "tegra", "ptx", "native"]
code = st.lists(st.sampled_from(CAPABILITIES), max_size=5).map(tuple)


# -- coverage


@pytest.mark.parametrize(
    ("capability", "sass", "ptx", "expected"),
    [
        ("8.9", ("8.6",), (), "native"),  # RTX 40 with an sm_86 build
        ("6.1", ("6.0",), (), "native"),  # GTX 10 with an sm_60 build
        ("5.2", ("5.0",), (), "native"),
        ("10.3", ("10.0",), (), "native"),
        ("12.1", ("12.0",), (), "native"),
        ("7.0", ("7.5", "8.0"), (), "none"),  # Volta with a build that begins at Turing
        ("12.0", ("8.0", "9.0"), (), "none"),  # RTX 50 with a cu126 build
        ("12.0", ("9.0",), ("9.0",), "ptx"),
        ("8.0", ("8.6",), (), "none"),  # a newer minor version
        ("8.6", ("8.9",), ("8.9",), "none"),
        ("12.0", ("3.7",), ("3.7",), "none"),  # PTX of Kepler
        ("3.7", ("3.7",), ("3.7",), "native"),
        ("8.7", ("8.0", "8.6"), (), "tegra"),
        ("8.7", ("8.0", "8.7"), (), "native"),
        ("8.7", ("8.0",), ("8.0",), "ptx"),
        ("8.9", ("8.7",), (), "none"),  # code for Orin is for Orin alone
        ("5.3", ("5.0",), (), "tegra"),
        ("11.0", ("11.0",), (), "native"),
        ("10.1", ("11.0",), (), "native"),  # one chip, two numbers
        ("11.0", ("10.1",), (), "native"),
        ("11.0", ("10.0",), (), "none"),
        ("10.1", ("10.0",), (), "tegra"),
        ("8.6", (), (), "none"),
    ],
)
def test_how_code_reaches_a_gpu(capability, sass, ptx, expected):
    assert knowledge().coverage(capability, sass, ptx) == expected


def test_a_gpu_known_not_to_be_embedded_takes_the_desktop_code():
    assert knowledge().coverage("8.7", ("8.0",), (), embedded=False) == "native"
    assert knowledge().coverage("12.1", ("12.0",), (), embedded=True) == "native"


@given(st.sampled_from(CAPABILITIES), code, code, code)
def test_more_machine_code_never_covers_less(capability, sass, ptx, added):
    before = knowledge().coverage(capability, sass, ptx)
    after = knowledge().coverage(capability, sass + added, ptx)
    assert BETTER.index(after) >= BETTER.index(before)


@given(st.sampled_from(CAPABILITIES), code, code, code)
def test_more_ptx_never_covers_less(capability, sass, ptx, added):
    before = knowledge().coverage(capability, sass, ptx)
    assert BETTER.index(knowledge().coverage(capability, sass, ptx + added)) >= BETTER.index(before)


@given(st.sampled_from(CAPABILITIES), code)
def test_a_gpu_is_covered_by_its_own_code_and_never_by_another_major(capability, sass):
    assert knowledge().coverage(capability, (capability, *sass), ()) == "native"
    major = capability.split(".")[0]
    thor = {"10.1", "11.0"}
    foreign = tuple(c for c in sass if c.split(".")[0] != major and not {c, capability} <= thor)
    assert knowledge().coverage(capability, foreign, ()) == "none"


@given(code, st.sampled_from(CAPABILITIES), st.sampled_from(CAPABILITIES))
def test_a_newer_gpu_of_the_same_major_takes_what_an_older_takes(sass, one, other):
    same_major = one.split(".")[0] == other.split(".")[0]
    if same_major and not {one, other} & EMBEDDED and float(one) <= float(other):
        older, newer = (knowledge().coverage(c, sass, ()) for c in (one, other))
        assert older == "none" or newer == "native"


@pytest.mark.parametrize(
    ("torch", "variant", "platform", "capability", "expected"),
    [
        ("2.14.1+cu126", "cu126", "windows_amd64", "6.1", "native"),
        ("2.14.1", "cu130", "windows_amd64", "6.1", "none"),
        ("2.15", "cu132", "linux_x86_64", "7.0", "none"),
        ("2.7.1", "cu128", "linux_x86_64", "7.0", "none"),
        ("2.8.0", "cu128", "linux_x86_64", "7.0", "native"),
        ("2.7.0", "cu118", "linux_x86_64", "3.7", "native"),
        ("2.6.0", "cu124", "windows_amd64", "12.0", "none"),
        ("2.7.0", "cu128", "windows_amd64", "12.0", "native"),
        ("2.13.0", "cu130", "linux_aarch64", "12.1", "native"),
        ("2.13.0", "cu130", "linux_aarch64", "8.7", "tegra"),
    ],
)
def test_known_builds_reach_known_gpus(torch, variant, platform, capability, expected):
    row = knowledge().archs(torch, variant, platform)
    assert knowledge().coverage(capability, row.sass, row.ptx) == expected


def test_no_row_for_what_is_not_known():
    assert knowledge().archs("2.14", "cpu", "linux_x86_64") is None
    assert knowledge().archs("9.9", "cu130", "linux_x86_64") is None
    assert knowledge().archs("2.14", "cu130", "macos_arm64") is None


def test_torch_s_own_list_is_understood():
    listed = ("sm_75", "sm_86", "sm_90a", "sm_120", "compute_120", "gfx90a")
    assert architectures(listed) == (("7.5", "8.6", "9.0", "12.0"), ("12.0",))


def test_rocm_builds():
    assert "gfx1151" in knowledge().rocm_archs("rocm7.2")
    assert "gfx1151" not in knowledge().rocm_archs("rocm7.1")
    assert knowledge().rocm_archs("rocm1.0") == ()


# -- drivers


@pytest.mark.parametrize(
    ("driver", "cuda"),
    [
        ("551.86", "12.4"),  # Windows, branch 550
        ("535.129.03", "12.2"),
        ("566.36", "12.7"),
        ("450.80.02", "11.0"),
        ("384.81", "9.0"),
        ("537.13", "12.2"),
        ("527.41", "12.0"),
        ("580.95.05", "13.0"),
        ("616.92", "13.4"),
        ("700.10", "13.4"),  # a branch to come: at least this
        ("340.108", None),
        ("", None),
    ],
)
def test_the_cuda_of_a_driver(driver, cuda):
    assert knowledge().driver_cuda(driver) == cuda


@given(*(st.tuples(st.integers(300, 700), st.integers(0, 200)) for _ in range(2)))
def test_a_newer_driver_never_implements_an_older_cuda(one, other):
    older, newer = (knowledge().driver_cuda(f"{d[0]}.{d[1]:02}") for d in sorted((one, other)))
    assert older is None or float(newer) >= float(older)


@pytest.mark.parametrize(
    ("cuda", "system", "minimum", "native"),
    [
        ("12.6", "linux", "525.60.13", "560.28.03"),
        ("12.6", "windows", "528.33", "560.76"),
        ("12.6.3", "linux", "525.60.13", "560.28.03"),
        ("11.8", "windows", "452.39", "520.06"),
        ("11.0", "linux", "450.36.06", "450.36.06"),
        ("13.0", "windows", "580", "580"),
        ("13.4", "linux", "580", "615"),
        ("12.7", "linux", "525.60.13", "565"),
        ("13.9", "linux", "580", None),
        ("10.2", "linux", "440.33", "440.33"),
        ("9.2", "linux", "396.26", "396.26"),
        ("99.0", "linux", None, None),
    ],
)
def test_drivers_for_a_cuda(cuda, system, minimum, native):
    assert knowledge().minimum_driver(cuda, system) == minimum
    assert knowledge().native_driver(cuda, system) == native


def test_the_minimum_rises_with_cuda_and_the_driver_that_implements_it_reports_it():
    tables = knowledge()
    rows = tables.branches()
    assert [row.branch for row in rows] == sorted({row.branch for row in rows})
    for row in rows:
        for driver in (row.first_linux, row.first_windows):
            assert driver is None or tables.driver_cuda(driver) == row.cuda, row
    found = [tables.minimum_driver(row.cuda, "linux") for row in rows if float(row.cuda) >= 10]
    numbers = [tuple(int(part) for part in driver.split(".")) for driver in found]
    assert numbers == sorted(numbers)


@pytest.mark.parametrize(
    ("capability", "branch"),
    [
        ("2.1", 390),
        ("3.5", 470),
        ("3.7", 470),
        ("5.2", 580),
        ("6.1", 580),
        ("7.0", 580),
        ("7.5", None),
        ("12.0", None),
    ],
)
def test_the_last_branch_of_a_generation(capability, branch):
    assert knowledge().last_branch(capability) == branch


# -- releases, companions, sources


@pytest.mark.parametrize(
    ("name", "version", "torch", "fits"),
    [
        ("torchvision", "0.22.1", "2.7.1", True),
        ("torchvision", "0.22.1+cu126", "2.7.1+cu126", True),
        ("torchvision", "0.22.0", "2.7.1", False),
        ("torchvision", "0.29.2", "2.15.0", True),
        ("torchvision", "0.29.2", "2.14.0", True),
        ("torchvision", "0.29.2", "2.13.0", False),
        ("torchaudio", "2.11.0", "2.15.0", True),
        ("torchaudio", "2.11.0", "2.10.0", False),
        ("torchvision", "0.13.1", "2.5.1", False),
        ("torchvision", "0.13.1", "1.12.1", True),
        ("torchvision", "0.99.0", "2.15.0", None),
        ("torchvision", "0.18.0a0+6043bc2", "2.4.0a0", None),
        ("torchvision", "0.25.0.dev20251201", "2.10.0.dev20251201", None),
        ("torchtext", "0.18.0", "2.3.0", None),
    ],
)
def test_which_companion_was_made_for_which_torch(name, version, torch, fits):
    assert knowledge().companion_fits(name, version, torch) is fits


def test_releases_by_version():
    tables = knowledge()
    assert tables.release("2.14.1+cu126") is tables.release("2.14.1")
    assert tables.release("2.14.1").minor == "2.14"
    assert tables.release("1.15.0") is None
    assert "3.13t" in tables.release("2.9.0").pythons["linux_x86_64"]
    assert {"cpu", "cu126", "rocm7.2", "xpu"} <= set(
        tables.release("2.14.1").official_variants["linux_x86_64"]
    )
    assert tables.release("2.13.0").pythons["windows_arm64"] == ("3.11", "3.12", "3.13")


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("tuna", "tuna"),
        ("tsinghua", "tuna"),
        ("TUNA", "tuna"),
        ("huaweicloud", "huawei"),
        ("sjtug", "sjtu"),
        ("nowhere", None),
    ],
)
def test_mirrors_by_name(name, found):
    mirror = knowledge().mirror(name)
    assert (mirror.id if mirror else None) == found


def test_kinds_of_wheel_sources():
    tables = knowledge()
    assert tables.mirror("aliyun").wheels.kind == "flat"
    assert tables.mirror("nju").wheels.url.format(variant="cu126").endswith("/whl/cu126")
    assert tables.mirror("tuna").wheels is None
    assert tables.mirror("tuna").companion == "nju"


def test_conda_forge_reaches_what_the_newest_wheels_left_behind():
    tables = knowledge()
    builds = [row for row in tables.conda_forge if row.torch == "2.13.0" and row.platform == "linux_x86_64"]
    assert {row.cuda for row in builds} == {"12.9", "13.0"}
    volta = {row.cuda: tables.coverage("7.0", row.archs, row.ptx) for row in builds}
    assert volta == {"12.9": "native", "13.0": "none"}


# -- cost


def test_asking_for_the_tables_reads_none_of_them():
    """Neither tables nor row types nor anything of weight is loaded until something is asked."""
    script = (
        "import sys, envdoctor.knowledge as k; k.knowledge();"
        "from envdoctor.knowledge import loading;"
        "print(loading.read.cache_info().currsize,"
        " [m for m in ('envdoctor.knowledge.tables', 'envdoctor.knowledge.schema', 'urllib.request', 'packaging',"
        " 'difflib') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "0 []"


def test_a_look_up_reads_its_own_table_only():
    script = (
        "from envdoctor.knowledge import knowledge, loading;"
        "knowledge().gpu_by_pci('2684'); print(loading.read.cache_info().currsize)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "1"


def test_the_settled_python_is_the_newest_that_no_other_one_beats() -> None:
    """Python 3.15 has wheels of torch, and lacks a quarter of what people install beside it."""
    tables = knowledge()
    rows = {row["python"]: row["current"] for row in tables._table("pythons").raw("pythons", ("python",))}
    settled = tables.settled_python
    assert settled.packages == max(rows.values()) == rows[settled.version]
    newer = [python for python in rows if version_numbers(python) > version_numbers(settled.version)]
    assert all(rows[python] < settled.packages for python in newer)
    assert settled.next == min(newer, key=version_numbers, default=None)
