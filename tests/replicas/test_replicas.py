"""The copies have the shapes of what they copy, and misbehave when they are told to."""

from __future__ import annotations

import hashlib
import io
import re
import urllib.error
import urllib.request
import zipfile
from http.client import IncompleteRead

import pytest

from replicas import Replicas, Wheel, stock


def get(replicas: Replicas, url: str) -> str:
    with urllib.request.urlopen(replicas.at(url), timeout=10) as answer:
        return str(answer.read().decode())


def names(page: str) -> list[str]:
    return re.findall(r">([^<]+)</a>", page)


def test_a_page_of_pypi_has_hashes_and_says_which_python(replicas: Replicas) -> None:
    page = get(replicas, "https://pypi.tuna.tsinghua.edu.cn/simple/torch/")
    assert 'data-requires-python="&gt;=3.10"' in page
    assert "torch-2.14.1-cp312-cp312-manylinux_2_28_x86_64.whl" in names(page)
    assert "torch-2.14.1-cp312-cp312-win_amd64.whl" in names(page)
    assert "torch-2.5.1-cp312-cp312-manylinux1_x86_64.whl" in names(page)
    assert "torch-2.10.0-3-cp312-cp312-manylinux_2_28_x86_64.whl" in names(page)
    assert "torch-2.14.1-cp312-cp312-macosx_14_0_arm64.whl" in names(page)
    assert "torch-2.10.0-2-cp312-none-macosx_11_0_arm64.whl" in names(page)
    assert "torch-2.10.0-cp314-cp314-macosx_14_0_arm64.whl" not in names(page)
    assert not [name for name in names(page) if "+" in name or "win_arm64" in name]
    href = re.search(r'href="([^"#]+torch-2\.14\.1-cp312-cp312-win_amd64\.whl)#sha256=(\w+)"', page)
    assert href is not None
    with urllib.request.urlopen(replicas.url + href[1], timeout=10) as answer:
        content = answer.read()
    assert hashlib.sha256(content).hexdigest() == href[2]
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        assert "cuda = None" in archive.read("torch/version.py").decode()


def test_the_root_of_a_variant_links_to_projects_and_to_no_wheel(replicas: Replicas) -> None:
    page = get(replicas, "https://download.pytorch.org/whl/cu121")
    assert "torch/" in re.findall(r'href="([^"]+)"', page)
    assert ".whl" not in page
    listed = names(get(replicas, "https://download.pytorch.org/whl/cu121/torch/"))
    assert "torch-2.5.1+cu121-cp312-cp312-linux_x86_64.whl" in listed
    assert all("+cu121-" in name for name in listed)
    everything = names(get(replicas, "https://download.pytorch.org/whl/torch/"))
    assert {"torch-2.14.1+xpu-cp312-cp312-win_amd64.whl", "torch-2.14.1+cpu-cp312-cp312-win_amd64.whl"} <= {
        *everything
    }


def test_a_flat_page_links_to_wheels_of_the_whole_family(replicas: Replicas) -> None:
    page = get(replicas, "https://mirrors.aliyun.com/pytorch-wheels/cu126/")
    assert 'href="torch-2.14.1%2Bcu126-cp312-cp312-win_amd64.whl"' in page
    assert 'href="torchvision-0.29.1%2Bcu126-cp312-cp312-win_amd64.whl"' in page
    assert "sha256" not in page


def test_what_is_not_there_is_refused_as_its_host_does(replicas: Replicas) -> None:
    for url, status in [
        ("https://download.pytorch.org/whl/cu126/numba/", 403),
        ("https://mirror.nju.edu.cn/pytorch/whl/cu132/torch/", 403),
        ("https://pypi.tuna.tsinghua.edu.cn/simple/nothing-of-this-name/", 404),
        ("https://mirrors.tuna.tsinghua.edu.cn/pytorch/whl/cu126/torch/", 404),
    ]:
        with pytest.raises(urllib.error.HTTPError) as error:
            get(replicas, url)
        assert error.value.code == status
        error.value.close()


def test_torchaudio_stopped_at_2_11_and_demands_nothing() -> None:
    (wheel,) = [
        each
        for each in stock.pytorch("cu126", "torchaudio")
        if each.filename == "torchaudio-2.11.0+cu126-cp312-cp312-win_amd64.whl"
    ]
    assert wheel.requires == ()
    assert not stock.pytorch("cu132", "torchaudio")
    vision = next(each for each in stock.pypi("torchvision") if each.version == "0.22.1")
    assert "torch==2.7.1" in vision.requires


def test_commands_are_led_here(replicas: Replicas) -> None:
    argv = ("uv", "pip", "install", "x", "--index", "https://download.pytorch.org/whl/cu126")
    assert replicas.argv(argv)[-3:] == [
        f"{replicas.url}/download.pytorch.org/whl/cu126",
        "--default-index",
        f"{replicas.url}/default.index/simple",
    ]


def test_misbehaviour_starts_and_ends(replica_server: Replicas) -> None:
    url = "https://pypi.tuna.tsinghua.edu.cn/simple/torch/torch-2.14.1-cp312-cp312-win_amd64.whl"
    with replica_server.healed() as replicas:
        replicas.refuse("torch-2.14.1", status=503)
        with pytest.raises(urllib.error.HTTPError) as error:
            get(replicas, url)
        error.value.close()
        replicas.heal()
        replicas.break_off("torch-2.14.1")
        with pytest.raises(IncompleteRead):
            get(replicas, url)
        replicas.heal()
        replicas.hold("torch", {"torch/__init__.py": "raise OSError('broken')"})
        with urllib.request.urlopen(replicas.at(url), timeout=10) as answer:
            broken = zipfile.ZipFile(io.BytesIO(answer.read()))
        assert broken.read("torch/__init__.py") == b"raise OSError('broken')"
    with urllib.request.urlopen(replica_server.at(url), timeout=10) as answer:
        assert b"raise OSError" not in answer.read()


def test_a_wheel_is_the_same_bytes_each_time() -> None:
    wheel = Wheel("x", "1", "py3-none-any", files=(("x.py", "pass\n"),))
    assert wheel.content == Wheel("x", "1", "py3-none-any", files=(("x.py", "pass\n"),)).content
    assert wheel.filename == "x-1-py3-none-any.whl"
