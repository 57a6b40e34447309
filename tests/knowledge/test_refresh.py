"""`python -m envdoctor.knowledge.refresh` against a real package index on this machine."""

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from envdoctor.knowledge import Knowledge, knowledge, package_index
from envdoctor.knowledge.loading import DATA_FOLDER
from envdoctor.knowledge.package_index import default_index_url
from envdoctor.knowledge.refresh import main
from envdoctor.knowledge.schema import validate_folder

LINUX_DEMANDS = (
    'cuda-toolkit[cublas,cudart]==13.4.1; platform_system == "Linux"',
    'nvidia-nccl-cu13==2.30.7; platform_system == "Linux"',
    "numpy (>=1.26) ; extra == 'all'",
)

NEXT, NEXT_VISION = "9.0.0", "9.1.0"
"""Versions that no table holds, also when the releases of years to come have their rows."""


@pytest.fixture
def folder(tmp_path):
    target = tmp_path / "tables"
    shutil.copytree(DATA_FOLDER, target)
    return target


def add_release(index, version=NEXT, **more):
    """A torch release as an index would list it, and its companion."""
    for platform in ("linux_x86_64", "linux_aarch64", "windows_amd64", "macos_arm64"):
        demands = LINUX_DEMANDS if platform.startswith("linux") else None
        for python in ("3.12", "3.13", "3.14t"):
            index.add("torch", version, python, platform, demands=demands, size=512_000_000, **more)


def run(index, capsys, *arguments):
    code = main(["--index-url", index.url, *arguments])
    said = capsys.readouterr()
    return code, said.out, said.err


def test_an_index_that_agrees_shows_no_difference_and_writes_nothing(index, capsys):
    index.hold_shipped_tables()
    before = {path: path.read_bytes() for path in DATA_FOLDER.iterdir()}
    code, out, err = run(index, capsys)
    assert (code, err) == (0, "")
    assert out == f"{index.url}: no differences\n"
    assert {path: path.read_bytes() for path in DATA_FOLDER.iterdir()} == before
    assert all("simple.v1+json" in headers["Accept"] for _, headers in index.asked)


def test_a_new_release_becomes_a_sound_row(index, capsys, folder):
    before = knowledge().releases[-1]
    index.hold_shipped_tables()
    add_release(index)
    index.add("torchvision", NEXT_VISION, "any", "linux_x86_64", demands=(f"torch (=={NEXT})", "numpy"))
    code, out, _ = run(index, capsys, "--write", "--into", str(folder))
    assert code == 0
    assert f"torch {NEXT}: new, 2026-12-01, on the package index as linux_x86_64 cu134" in out
    assert f"torchvision {NEXT_VISION}: new, 2026-12-01, demands torch=={NEXT}" in out
    (inferred,) = (line for line in out.splitlines() if "inferred, not read: official variants " in line)
    carried = {variant for variants in before.official_variants.values() for variant in variants} - {"cpu"}
    assert set(inferred.partition("variants ")[2].split(", ")) >= carried | {"cu134"}
    assert "archs.json has no row for 9.0" in out

    validate_folder(folder)
    tables = Knowledge(folder)
    release = tables.releases[-1]
    assert release.version == NEXT
    assert release.released.isoformat() == "2026-12-01"
    assert release.pypi_variant == {
        "linux_x86_64": "cu134",
        "linux_aarch64": "cu134",
        "windows_amd64": "cpu",
        "macos_arm64": "cpu",
    }
    assert release.pythons["linux_x86_64"] == ("3.12", "3.13", "3.14t")
    assert release.wheel_megabytes["windows_amd64"] == 512
    assert release.min_glibc == {"linux_x86_64": "2.28", "linux_aarch64": "2.28"}
    assert release.min_macos == "14.0"
    assert (release.torchvision, release.torchaudio) == (NEXT_VISION, before.torchaudio)
    assert release.is_inferred("cu134", "windows_amd64")
    assert release.is_inferred("cpu", "windows_arm64")
    assert not release.is_inferred("cpu", "linux_x86_64")
    assert tables.companion_fits("torchvision", NEXT_VISION, NEXT) is True
    shipped = json.loads((DATA_FOLDER / "torch_releases.json").read_text())["as_of"]
    assert json.loads((folder / "torch_releases.json").read_text())["as_of"] >= shipped
    assert not [path for path in folder.iterdir() if path.suffix != ".json"]


def test_a_late_patch_takes_after_its_own_series(index, capsys, folder):
    index.hold_shipped_tables()
    add_release(index, "2.14.9")
    code, _, _ = run(index, capsys, "--write", "--into", str(folder))
    assert code == 0
    versions = [release.version for release in Knowledge(folder).releases]
    here = versions.index("2.14.9")
    assert versions[here - 1 : here + 2] == ["2.14.1", "2.14.9", "2.15.0"]
    release = Knowledge(folder).release("2.14.9")
    assert "cu126" in release.official_variants["windows_amd64"]
    assert release.torchvision == "0.29.2"


def test_what_changed_in_a_known_release_is_told_line_by_line(index, capsys, folder):
    index.hold_shipped_tables()
    index.add("torch", "2.14.1", "3.15", "linux_x86_64", released="2026-11-30", requires_python=">=3.10")
    index.files["torch"] = [
        file
        for file in index.files["torch"]
        if "torch-2.13.0-cp310-cp310-win_amd64" not in str(file["filename"])
    ]
    index.files["torchaudio"] = [
        file for file in index.files["torchaudio"] if "-2.11.0-" not in file["filename"]
    ]
    code, out, _ = run(index, capsys)
    assert code == 0
    assert out.splitlines()[1:] == [
        "torchaudio 2.11.0: not on this index; the row stays",
        "torch 2.13.0: windows_amd64 loses Python 3.10",
        "torch 2.14.1: linux_x86_64 gains Python 3.15",
        "Nothing was written; --write renews the tables.",
    ]
    run(index, capsys, "--write", "--into", str(folder))
    tables = Knowledge(folder)
    assert "3.15" in tables.release("2.14.1").pythons["linux_x86_64"]
    assert tables.companion("torchaudio", "2.11.0")
    assert tables.release("2.13.0").pythons["windows_arm64"] == ("3.11", "3.12", "3.13")


def test_a_range_of_python_versions_in_another_order_is_no_difference(index, capsys):
    index.hold_shipped_tables()
    for file in index.files["torchvision"]:
        file["requires-python"] = ",".join(reversed(str(file["requires-python"]).split(",")))
    code, out, _ = run(index, capsys)
    assert (code, out) == (0, f"{index.url}: no differences\n")


def test_nightlies_old_releases_withdrawn_files_and_sources_are_passed_over(index, capsys):
    index.hold_shipped_tables()
    index.add("torch", "2.17.0.dev20261201", "3.13", "linux_x86_64")
    index.add("torch", "2.17.0rc1", "3.13", "linux_x86_64")
    index.add("torch", "1.12.1", "3.10", "linux_x86_64")
    index.add("torch", "2.17.0", "3.13", "linux_x86_64", yanked="broken")
    index.add("torch", "2.17.1", "3.13", "linux_x86_64", tag="manylinux_2_28_s390x")
    index.files["torch"].append({"filename": "torch-2.17.0.tar.gz", "url": "/files/torch-2.17.0.tar.gz"})
    code, out, _ = run(index, capsys)
    assert (code, out) == (0, f"{index.url}: no differences\n")


@pytest.mark.parametrize(
    ("demands", "variant"),
    [
        (("nvidia-cuda-runtime-cu12 (==12.8.90) ; platform_system == 'Linux'",), "cu128"),
        (("nvidia-cuda-runtime-cu11==11.7.99",), "cu117"),
        (("nvidia-cuda-runtime==13.0.96",), "cu130"),
        (("numpy", "sympy>=1.13"), "cpu"),
        (("cuda-toolkit==13.2.2; platform_machine == 'aarch64'",), "cpu"),
        (("this is no requirement ===", "cuda-toolkit==13.2.2"), "cu132"),
        (None, None),
    ],
)
def test_the_cuda_build_follows_from_what_the_wheel_demands(demands, variant, index, capsys, folder):
    index.hold_shipped_tables()
    index.add("torch", NEXT, "3.13", "linux_x86_64", demands=demands)
    code, _, err = run(index, capsys, "--write", "--into", str(folder))
    assert code == 0, err
    release = Knowledge(folder).release(NEXT)
    assert release.pypi_variant.get("linux_x86_64") == variant
    assert any("is not known" in note for note in release.notes) == (variant is None)


def test_metadata_is_read_even_where_the_index_does_not_say_that_it_has_it(index, capsys, folder):
    index.hold_shipped_tables()
    index.add("torch", NEXT, "3.13", "linux_x86_64", demands=LINUX_DEMANDS)
    del index.files["torch"][-1]["core-metadata"]
    assert run(index, capsys, "--write", "--into", str(folder))[0] == 0
    assert Knowledge(folder).release(NEXT).pypi_variant["linux_x86_64"] == "cu134"


@pytest.mark.parametrize(
    ("path", "answer", "code", "words"),
    [
        ("/simple/torch/", (404, "text/plain", b"no"), 2, "HTTP 404. Is this a package index?"),
        ("/simple/torch/", (403, "text/plain", b"no"), 2, "HTTP 403"),
        ("/simple/torch/", (503, "text/plain", b"no"), 3, "HTTP 503. Try again later"),
        ("/simple/torch/", (200, "text/html", b"<a href='torch.whl'>torch</a>"), 2, "as HTML only"),
        ("/simple/torch/", (200, "application/json", b'{"meta"'), 3, "does not answer as a package index does"),
        ("/simple/torch/", (200, "application/json", b"[]"), 3, "does not answer as a package index does"),
        ("/simple/torch/", (200, "application/json", b'{"meta":{"api-version":"1.0"},"files":[{}]}'), 3, "filename"),
        ("/simple/torch/", (200, "application/json", b'{"meta":{"api-version":"1.0"},"files":[7]}'), 3, "does not answer"),
        ("/simple/torch/", (200, "application/json", b'{"meta":{"api-version":"1.0"},"files":[]}'), 2, "lists no wheels"),
        ("/simple/torch/", (200, "application/json", b"\xff\xfe\x00"), 3, "does not answer"),
        ("/simple/torchvision/", (500, "text/plain", b""), 3, "torchvision/ failed: HTTP 500"),
    ],
)  # fmt: skip
def test_a_bad_answer_is_one_clear_sentence(path, answer, code, words, index, capsys, folder):
    index.hold_shipped_tables()
    index.answers[path] = answer
    before = {path: path.read_bytes() for path in folder.iterdir()}
    got, out, err = run(index, capsys, "--write", "--into", str(folder))
    assert (got, out) == (code, "")
    assert words in err
    assert err.startswith("error: ")
    assert err.count("\n") == 1
    assert {path: path.read_bytes() for path in folder.iterdir()} == before


def test_another_version_of_the_protocol_is_refused(index, capsys):
    index.hold_shipped_tables()
    page = {"meta": {"api-version": "2.0"}, "files": index.files["torch"]}
    index.answers["/simple/torch/"] = (200, "application/json", json.dumps(page).encode())
    code, _, err = run(index, capsys)
    assert code == 3
    assert "version 2.0 of the index protocol" in err


def test_metadata_that_is_none_stops_the_refresh(index, capsys, folder):
    index.hold_shipped_tables()
    add_release(index)
    for path in [path for path in index.answers if path.endswith(".metadata")]:
        index.answers[path] = (200, "text/html", b"<html>welcome</html>")
    code, _, err = run(index, capsys, "--write", "--into", str(folder))
    assert code == 3
    assert "is not the metadata of a wheel" in err
    assert Knowledge(folder).release(NEXT) is None


def test_a_new_release_needs_its_date(index, capsys):
    index.hold_shipped_tables()
    add_release(index, released=None)
    code, _, err = run(index, capsys)
    assert code == 2
    assert f"gives no upload dates for torch {NEXT}" in err


def test_an_index_can_not_point_at_local_files(index, capsys, tmp_path):
    secret = tmp_path / "torch.whl.metadata"
    secret.write_text("Metadata-Version: 2.1\nRequires-Dist: cuda-toolkit==13.9.1\n")
    index.hold_shipped_tables()
    index.add(
        "torch",
        NEXT,
        "3.13",
        "linux_x86_64",
        url=f"file://{tmp_path}/torch.whl",
        **{"core-metadata": True},
    )
    index.files["torch"][-1]["url"] = f"file://{tmp_path}/torch.whl"
    code, _, err = run(index, capsys)
    assert code == 3
    assert "no address on the web" in err


def test_credentials_reach_the_index_alone_and_no_text(index, capsys):
    index.answers["/simple/torch/"] = (401, "text/plain", b"")
    address = index.url.replace("http://", "http://anna:geheim@")
    assert main(["--index-url", address]) == 2
    said = capsys.readouterr()
    assert "geheim" not in said.out + said.err
    assert index.asked[0][1]["Authorization"].startswith("Basic ")


def test_credentials_follow_no_redirect_to_another_host(index, capsys):
    index.hold_shipped_tables()
    other = index.url.replace("127.0.0.1", "localhost")
    index.answers["/simple/torchaudio/"] = (302, f"{other}/elsewhere/", b"")
    index.answers["/simple/torchvision/"] = (302, f"{index.url}/moved/", b"")
    page = {"meta": {"api-version": "1.1"}, "files": index.files["torchvision"]}
    index.answers["/simple/moved/"] = (200, "application/json", json.dumps(page).encode())
    index.answers["/simple/elsewhere/"] = (404, "text/plain", b"")
    assert main(["--index-url", index.url.replace("http://", "http://anna:geheim@")]) == 2
    capsys.readouterr()
    sent = {path: headers.get("Authorization", "") for path, headers in index.asked}
    assert sent["/simple/moved/"].startswith("Basic "), "the same host keeps what it was told"
    assert sent["/simple/elsewhere/"] == ""


def test_an_index_that_dribbles_is_left_at_the_limit(index, capsys):
    index.hold_shipped_tables()
    index.drip = 0.05
    started = time.monotonic()
    code, out, err = run(index, capsys, "--timeout", "0.6")
    assert time.monotonic() - started < 10, "at this rate the page takes hours"
    assert (code, out) == (3, "")
    assert "was not read whole within 0.6 seconds" in err


def test_an_index_that_has_a_new_release_for_ever_is_left_at_the_limit_of_the_whole(
    index, capsys, monkeypatch
):
    monkeypatch.setattr(package_index, "ANSWERS", 3)
    index.hold_shipped_tables()
    for minor in range(300):
        add_release(index, f"9.{minor}.0")
    index.wait = 0.1
    started = time.monotonic()
    code, _, err = run(index, capsys, "--timeout", "1")
    assert time.monotonic() - started < 20
    assert code == 3
    assert "took longer than 3 seconds altogether" in err or "was not read whole within 0." in err


@pytest.mark.parametrize("url", ["ftp://127.0.0.1/simple", "simple", "file:///etc/passwd", "http://", " "])
def test_what_is_no_address_is_a_usage_error(url, capsys):
    assert main(["--index-url", url]) == 2
    assert "not the address of a package index" in capsys.readouterr().err


def test_an_index_that_is_not_there(index, capsys):
    index.server.shutdown()
    index.server.server_close()
    assert main(["--index-url", index.url, "--timeout", "2"]) == 3
    assert "can't be reached" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["--timeout", "0"], ["--timeout", "soon"], ["--colour"]])
def test_a_wrong_option_is_a_usage_error(arguments, capsys):
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2
    assert "usage:" in capsys.readouterr().err


def test_a_folder_that_can_not_be_written_is_named(index, capsys, tmp_path):
    index.hold_shipped_tables()
    code, out, err = run(index, capsys, "--write", "--into", str(tmp_path / "nowhere"))
    assert (code, out) == (2, "")
    assert "nowhere" in err and "can't be written" in err


def test_the_index_is_pip_s_own(monkeypatch, tmp_path):
    assert (
        default_index_url({"PIP_INDEX_URL": "https://mirror.example/simple"})
        == "https://mirror.example/simple"
    )
    config = tmp_path / "pip.conf"
    config.write_text("[global]\nindex-url = https://configured.example/simple\n")
    monkeypatch.delenv("PIP_INDEX_URL", raising=False)
    monkeypatch.setenv("PIP_CONFIG_FILE", str(config))
    assert default_index_url({}) == "https://configured.example/simple"
    config.write_text(
        "[install]\nindex-url = https://own.example/simple\n[global]\nindex-url = https://configured.example/\n"
    )
    assert default_index_url({}) == "https://own.example/simple", "what `pip install` asks"
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    from pip._internal.models.index import PyPI

    assert default_index_url({}) == PyPI.simple_url


def test_it_runs_as_a_module(index, folder):
    """As a person runs it, with the index taken from the environment."""
    index.hold_shipped_tables()
    add_release(index)
    done = subprocess.run(
        [sys.executable, "-m", "envdoctor.knowledge.refresh", "--write", "--into", str(folder)],
        env={**os.environ, "PIP_INDEX_URL": index.url},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert f"torch {NEXT}: new" in done.stdout
    assert Knowledge(folder).release(NEXT)
