"""What commands that are passed around really install, and why the plan's own take the form that they have."""

from __future__ import annotations

from pathlib import Path

import pytest
from replicas import Replicas
from replicas.asking import Answer, Question, ask_pip, ask_uv

from envdoctor.assume import assume
from envdoctor.facts import Facts
from envdoctor.knowledge import Knowledge, knowledge
from envdoctor.knowledge.tables import Platform
from envdoctor.machine import Machine
from envdoctor.planner.asked import Asked
from envdoctor.planner.recipe import recipe
from envdoctor.shell import shell

TUNA = "https://pypi.tuna.tsinghua.edu.cn/simple"
OFFICIAL = "https://download.pytorch.org/whl"
FLAT = "https://mirrors.aliyun.com/pytorch-wheels/cu126/"
FAMILY = ("torch", "torchvision", "torchaudio")
RECIPE = ("--index-url", TUNA, "-f", f"{OFFICIAL}/cu121")
PIP = ("python", "-m", "pip", "install")

ASKED = {
    "recipe, Windows": (*FAMILY, *RECIPE),
    "recipe, Linux": (*FAMILY, *RECIPE),
    "recipe, macOS": (*FAMILY, *RECIPE),
    "recipe with the version pinned": ("torch==2.5.1", "torchvision==0.20.1", "torchaudio==2.5.1", *RECIPE),
    "recipe with the version pinned, Linux": ("torch==2.5.1", *RECIPE),
    "recipe with the build pinned": ("torch==2.5.1+cu121", *RECIPE),
    "extra index, nothing pinned": (*FAMILY, "--index-url", TUNA, "--extra-index-url", f"{OFFICIAL}/cu126"),
    "index of all variants": ("torch==2.14.1", "--index-url", OFFICIAL),
    "flat page, torch pinned": ("torch==2.14.1", "torchvision", "--index-url", TUNA, "-f", FLAT),
    "flat page as index": ("torch==2.14.1", "--index-url", FLAT),
    "torch pinned alone": ("torch==2.7.1+cu126", *FAMILY[1:], "--index-url", f"{OFFICIAL}/cu126"),
}
_ROW = knowledge().releases[-1]
LATEST = (_ROW.version, _ROW.torchvision, _ROW.torchaudio)
EXPECTED = {
    "recipe, Windows": LATEST,
    "recipe, Linux": LATEST,
    "recipe, macOS": LATEST,
    "recipe with the version pinned": ("2.5.1", "0.20.1", "2.5.1"),
    "recipe with the version pinned, Linux": ("2.5.1",),
    "recipe with the build pinned": None,
    "extra index, nothing pinned": (*LATEST[:2], f"{LATEST[2]}+cu126"),
    "index of all variants": ("2.14.1+xpu",),
    "flat page, torch pinned": ("2.14.1+cu126", LATEST[1]),
    "flat page as index": None,
    "torch pinned alone": ("2.7.1+cu126", "0.29.1+cu126", "2.11.0+cu126"),
}


SYSTEMS: dict[str, Platform] = {"Linux": "linux_x86_64", "macOS": "macos_arm64"}
DOCS = Path(__file__).parents[2] / "docs"
PAGES = {"en": DOCS / "mirrors.md", "zh": DOCS / "zh" / "mirrors.md"}


@pytest.fixture(scope="module")
def answers(replica_server: Replicas, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Answer]:
    questions = [
        Question((*PIP, *words), SYSTEMS.get(name.rpartition(", ")[2], "windows_amd64"), "3.12")
        for name, words in ASKED.items()
    ]
    found = ask_pip(replica_server, questions, tmp_path_factory.mktemp("pip"))
    return dict(zip(ASKED, found, strict=True))


@pytest.mark.parametrize("name", EXPECTED)
def test_pip_takes(answers: dict[str, Answer], name: str) -> None:
    answer, expected = answers[name], EXPECTED[name]
    if expected is None:
        assert answer.error
        return
    assert tuple(answer.found[each][0] for each in FAMILY if each in answer.found) == expected


def test_the_recipe_takes_everything_from_pypi(answers: dict[str, Answer], replica_server: Replicas) -> None:
    for name in ("recipe, Windows", "recipe, Linux", "recipe with the version pinned"):
        for _, origin in answers[name].found.values():
            assert origin.startswith(replica_server.at(TUNA)), name
    assert answers["recipe, Windows"].found["torch"][1].partition("#")[0].endswith("-win_amd64.whl")


def test_the_recipe_gives_the_cpu_build_on_windows_and_a_newer_cuda_on_linux(tables: Knowledge) -> None:
    newest = tables.releases[-1]
    assert newest.pypi_variant["windows_amd64"] == "cpu"
    assert int(newest.pypi_variant["linux_x86_64"].removeprefix("cu")) > 121


def test_the_error_of_the_pinned_recipe_lists_what_pypi_has(answers: dict[str, Answer]) -> None:
    error = answers["recipe with the build pinned"].error
    assert "Could not find a version that satisfies the requirement torch==2.5.1+cu121" in error
    listed = error.partition("from versions:")[2].partition(")")[0]
    assert " 2.5.1," in listed and "+" not in listed


def _results(page: Path) -> list[str]:
    """The second cells of the table below the copied recipe, in order."""
    below = page.read_text(encoding="utf-8").partition(f"-f {OFFICIAL}/cu121\n")[2]
    rows = [line.split("|") for line in below.partition("\n|")[2].partition("\n\n")[0].splitlines()]
    return [row[2 if row[0] == "" else 1].strip() for row in rows[2:]]


@pytest.mark.parametrize("language", PAGES)
def test_the_page_says_of_the_recipe_what_real_pip_finds(
    language: str, answers: dict[str, Answer], tables: Knowledge
) -> None:
    windows, linux, mac, pinned, labelled = _results(PAGES[language])
    found = {name: {each: version for each, (version, _) in answers[name].found.items()} for name in ASKED}
    for name in FAMILY:
        assert f"{name} {found['recipe, Windows'][name]}" in windows
    assert "CPU" in windows and "CUDA" not in windows
    torch = found["recipe, Linux"]["torch"]
    release = tables.release(torch)
    assert release is not None
    cuda = release.pypi_variant["linux_x86_64"].removeprefix("cu")
    assert linux.startswith(f"torch {torch}") and f"**CUDA {cuda[:-1]}.{cuda[-1]}**" in linux
    assert "PyPI" in mac and answers["recipe, macOS"].found["torch"][1].partition("#")[0].endswith(
        "arm64.whl"
    )
    assert found["recipe with the version pinned, Linux"]["torch"] in pinned and "CPU" in pinned
    said = labelled.strip("`").removesuffix(" ...)")
    assert said in answers["recipe with the build pinned"].error


@pytest.mark.parametrize("language", PAGES)
def test_the_page_gives_the_command_that_is_planned(language: str, tables: Knowledge) -> None:
    """What to type instead of the recipe, and what is said of how it once seemed right."""
    laptop = assume(Facts(), ["os=windows", "python=3.12", "driver=551.61", "gpu=NVIDIA GeForce RTX 4060"])
    made = recipe(Machine(laptop, tables, today=tables.as_of), Asked(mirror="tuna"))
    page = PAGES[language].read_text(encoding="utf-8")
    assert f"\n    {shell(made.commands[-1], 'windows')}\n" in page
    plain = [row.version for row in tables.releases if row.pypi_variant.get("linux_x86_64") == "cu121"]
    assert (plain[0], plain[-1]) == ("2.1.0", "2.4.1")
    last = [row.version for row in tables.releases if "cu121" in row.official_variants["windows_amd64"]][-1]
    assert last == "2.5.1" and f"torch {last}" in page


def test_pips_habit_is_wrong_for_uv(replicas: Replicas, tmp_path: Path) -> None:
    pins = ("torch==2.14.1", "torchvision==0.29.1")
    habit = ("--index-url", f"{OFFICIAL}/cu126", "--extra-index-url", TUNA)
    right = ("--default-index", TUNA, "--index", f"{OFFICIAL}/cu126")
    for options, torch in ((habit, "2.14.1"), (right, "2.14.1+cu126")):
        question = Question(("uv", "pip", "install", *pins, *options), "windows_amd64", "3.12")
        answer = ask_uv(replicas, question, tmp_path)
        assert answer.found["torch"][0] == torch, answer.error


def test_uv_judges_the_markers_of_the_system_that_is_asked_about(replicas: Replicas, tmp_path: Path) -> None:
    command = ("uv", "pip", "install", "torch==2.14.1", "--default-index", TUNA)
    linux = ask_uv(replicas, Question(command, "linux_x86_64", "3.12"), tmp_path)
    windows = ask_uv(replicas, Question(command, "windows_amd64", "3.12"), tmp_path)
    assert linux.found["cuda-toolkit"][0] == "13.0.3"
    assert "nvidia-cudnn-cu13" in linux.found
    assert "cuda-toolkit" not in windows.found
