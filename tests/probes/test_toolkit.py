"""The probe for a local CUDA toolkit and a C++ compiler."""

from __future__ import annotations

import json

from envdoctor.outside import LiveOutside
from envdoctor.probes.toolkit import probe_toolkit
from envdoctor.reason import reason

V12 = json.dumps(
    {
        "cuda": {"name": "CUDA SDK", "version": "12.4.1"},
        "cuda_nvcc": {"name": "CUDA NVCC", "version": "12.4.131"},
    }
)


def linux(machine_of, files, **more):
    return machine_of(system="linux", files=files, **{"environ": {"PATH": "/usr/local/bin:/usr/bin"}, **more})


def test_the_usual_folder_without_nvcc_on_path(recorded):
    reading = probe_toolkit(recorded("linux-v100-cu130"))
    toolkit = reading.value
    assert (toolkit.nvcc, toolkit.cuda_home) == ("/usr/local/cuda/bin/nvcc", "/usr/local/cuda")
    assert toolkit.version == "12.4.131"
    assert toolkit.compiler == "/usr/bin/g++"
    assert reading.sources["version"] == "/usr/local/cuda/version.json"


def test_nothing_is_run(recorded):
    for name in ("linux-v100-cu130", "windows11-healthy-3060", "macos14-m2-healthy"):
        outside = recorded(name)
        probe_toolkit(outside)
        assert outside.ran == []


def test_cuda_home_stands_above_path(machine_of):
    files = {
        "/opt/cuda-11.8/bin/nvcc": "",
        "/opt/cuda-11.8/version.json": json.dumps({"cuda": {"version": "11.8.0"}}),
        "/usr/bin/nvcc": "",
    }
    environ = {"PATH": "/usr/bin", "CUDA_HOME": "/opt/cuda-11.8"}
    toolkit = probe_toolkit(linux(machine_of, files, environ=environ)).value
    assert (toolkit.nvcc, toolkit.version, toolkit.cuda_home) == (
        "/opt/cuda-11.8/bin/nvcc",
        "11.8.0",
        "/opt/cuda-11.8",
    )


def test_a_stale_cuda_home_is_told_and_path_serves(machine_of):
    files = {"/usr/local/cuda-12.4/bin/nvcc": "", "/usr/local/cuda-12.4/version.json": V12}
    environ = {"PATH": "/usr/local/cuda-12.4/bin", "CUDA_HOME": "/usr/local/cuda-10.2"}
    toolkit = probe_toolkit(linux(machine_of, files, environ=environ)).value
    assert (toolkit.cuda_home, toolkit.nvcc, toolkit.version) == (
        "/usr/local/cuda-10.2", "/usr/local/cuda-12.4/bin/nvcc", "12.4.131"
    )  # fmt: skip


def test_a_link_on_path_leads_to_the_version(machine_of):
    files = {"/usr/local/cuda-12.4/bin/nvcc": "", "/usr/local/cuda-12.4/version.json": V12}
    toolkit = probe_toolkit(
        linux(machine_of, files, links={"/usr/bin/nvcc": "/usr/local/cuda-12.4/bin/nvcc"})
    ).value
    assert (toolkit.nvcc, toolkit.version) == ("/usr/bin/nvcc", "12.4.131")


def test_debians_nvcc_is_a_script_and_its_version_stands_in_a_header(machine_of):
    files = {
        "/usr/bin/nvcc": '#!/bin/sh\nexec /usr/lib/nvidia-cuda-toolkit/bin/nvcc "$@"\n',
        "/usr/include/cuda.h": "#ifndef CUDA_H\n#define CUDA_VERSION 11080\n",
    }
    assert probe_toolkit(linux(machine_of, files)).value.version == "11.8"


def test_a_wrapper_script_leads_to_its_toolkit(machine_of):
    files = {
        "/usr/local/bin/nvcc": '#!/bin/sh\nexec /usr/local/cuda-12.4/bin/nvcc "$@"\n',
        "/usr/local/cuda-12.4/version.json": V12,
    }
    assert probe_toolkit(linux(machine_of, files)).value.version == "12.4.131"


def test_old_toolkits_have_a_text_file_and_bare_ones_only_a_name(machine_of):
    files = {"/usr/local/cuda/bin/nvcc": "", "/usr/local/cuda/version.txt": "CUDA Version 10.2.89\n"}
    assert probe_toolkit(linux(machine_of, files)).value.version == "10.2.89"
    bare = linux(machine_of, {"/usr/local/cuda-9.2/bin/nvcc": ""}, links={"/usr/local/cuda": "cuda-9.2"})
    reading = probe_toolkit(bare)
    assert (reading.value.version, reading.sources["version"]) == ("9.2", "/usr/local/cuda-9.2")


def test_a_damaged_version_file_is_no_version(machine_of):
    for text in ("{", "[]", '{"cuda": "12"}', '{"cuda": {"version": 12}}'):
        files = {"/opt/cuda/bin/nvcc": "", "/opt/cuda/version.json": text}
        reading = probe_toolkit(linux(machine_of, files))
        assert reading.value.version is None
        assert reading.unknown["version"].key == "no-version-file"


def test_condas_nvcc(machine_of):
    env = "/home/a/miniconda3/envs/dl"
    files = {f"{env}/bin/nvcc": "", f"{env}/conda-meta/cuda-nvcc-12.6.85-hcdd1206_1.json": "{}"}
    toolkit = probe_toolkit(linux(machine_of, files, environ={"PATH": f"{env}/bin"})).value
    assert toolkit.version == "12.6.85"


def test_the_newest_of_several_on_windows(recorded):
    root = r"C:\Program Files\NVIDIA GPU Computing Toolkit\CUDA"
    files = {rf"{root}\v{v}\bin\nvcc.exe": "" for v in ("9.2", "11.8", "12.6")}
    files[rf"{root}\v12.6\version.json"] = json.dumps({"cuda": {"version": "12.6.2"}})
    toolkit = probe_toolkit(recorded("windows11-healthy-3060", files=files)).value
    assert (toolkit.version, toolkit.cuda_home) == ("12.6.2", rf"{root}\v12.6")
    assert toolkit.nvcc == rf"{root}\v12.6\bin\nvcc.exe"


def test_cl_on_windows_is_the_compiler(recorded):
    folder = r"C:\VS\VC\Tools\MSVC\14.42.34433\bin\Hostx64\x64"
    outside = recorded("windows11-healthy-3060", files={rf"{folder}\cl.exe": ""}, environ={"PATH": folder})
    assert probe_toolkit(outside).value.compiler == rf"{folder}\cl.exe"


def test_a_machine_without_either(recorded):
    reading = probe_toolkit(recorded("windows11-healthy-3060"))
    assert (reading.value.nvcc, reading.value.version, reading.value.cuda_home) == (None, None, None)
    assert reading.value.compiler is None
    assert reading.unknown == {"compiler": reason("none-on-path")}


def test_the_live_machine_is_read_without_a_program(monkeypatch):
    outside = LiveOutside()
    monkeypatch.setattr(outside, "run", lambda *args, **kwargs: 1 / 0)
    probe_toolkit(outside)
