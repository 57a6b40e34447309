"""What to type: the environment, the tool and the commands, on machines of every kind."""

from __future__ import annotations

import html
from dataclasses import replace

import pytest

from envdoctor.errors import UsageError
from envdoctor.facts import Host, MirrorAnswer, Setting
from envdoctor.machine import Machine
from envdoctor.messages import catalogue
from envdoctor.planner.asked import Asked
from envdoctor.planner.recipe import Recipe, recipe
from envdoctor.reports.diagnosis import diagnose
from envdoctor.reports.forms import one
from envdoctor.reports.recipe_words import source_words
from envdoctor.reports.style import Style
from tests.install.conftest import LINUX, Make, conda, with_torch

GPU = ("driver=580.65.06", "gpu=NVIDIA GeForce RTX 4090")
CU130 = "https://download.pytorch.org/whl/cu130"
PINS = ("torch==2.14.1+cu130", "torchvision==0.29.1+cu130", "torchaudio==2.11.0+cu130")


def keys(made: Recipe) -> list[str]:
    return [each.key for each in (*made.why, *made.warnings)]


def lines(made: Recipe) -> list[str]:
    return [" ".join(argv) for argv in made.commands]


def test_an_active_venv_takes_torch_by_its_own_pip(machine: Make) -> None:
    made = recipe(machine(*GPU), Asked())
    assert made.commands == (("python", "-m", "pip", "install", *PINS, "--index-url", CU130),)
    assert made.environment is None and made.tool == "pip"
    assert made.carried_out[0].argv[0] == "/envs/dl/bin/python"


def test_an_environment_that_is_not_active_is_named_by_its_interpreter(machine: Make) -> None:
    made = recipe(machine(*GPU, active=False), Asked())
    assert made.commands[0][0] == "/envs/dl/bin/python"


def test_a_torch_that_is_there_is_taken_out_first(machine: Make) -> None:
    made = recipe(machine(*GPU, facts=with_torch(LINUX, "2.14.1+cpu")), Asked())
    assert lines(made)[0] == "python -m pip uninstall -y torch torchvision torchaudio"
    assert [step.purpose for step in made.steps] == ["remove", "install"]


def test_nothing_is_done_where_the_build_is_there_already(machine: Make) -> None:
    here = with_torch(
        LINUX, "2.14.1+cu130", "13.0", ("torchvision", "0.29.1+cu130"), ("torchaudio", "2.11.0+cu130")
    )
    made = recipe(machine("gpu=none", facts=here), Asked())
    assert not made.already  # without a GPU the CPU build is the right one
    made = recipe(machine(*GPU[:1], facts=here), Asked())
    assert made.already and made.commands == () and made.plan.build is not None
    other = with_torch(LINUX, "2.14.1+cu130", "13.0", ("torchvision", "0.28.0+cu130"))
    assert not recipe(machine(*GPU[:1], facts=other), Asked()).already


def test_a_companion_that_is_here_stays_in_step_with_torch(machine: Make) -> None:
    here = with_torch(LINUX, "2.9.0+cu128", "12.8", ("torchvision", "0.24.0+cu128"))
    made = recipe(machine(*GPU, facts=here), Asked(packages=("torch",)))
    assert set(made.plan.packages) == {"torch", "torchvision"}
    assert "install.companions-here" in keys(made)
    assert set(recipe(machine(*GPU), Asked(packages=("torchvision",))).plan.packages) == {
        "torch",
        "torchvision",
    }


def test_a_companion_in_condas_base_is_not_the_new_environments(machine: Make) -> None:
    here = with_torch(LINUX, "2.9.0+cu128", "12.8", ("torchvision", "0.24.0+cu128"))
    made = recipe(machine(*GPU, facts=conda(here, base=True)), Asked(packages=("torch",)))
    assert made.environment is not None and set(made.plan.packages) == {"torch"}


def test_condas_base_gets_an_environment_that_names_pip_and_python(machine: Make) -> None:
    made = recipe(machine(*GPU, facts=conda(LINUX, base=True)), Asked())
    assert lines(made)[:2] == ["conda create -y -n dl python=3.12 pip", "conda activate dl"]
    assert made.commands[2][:4] == ("python", "-m", "pip", "install")
    assert made.carried_out[1].argv[:7] == ("conda", "run", "-n", "dl", "--no-capture-output", "python", "-m")
    assert "activate" not in [step.purpose for step in made.carried_out]
    assert "install.env-base" in keys(made)


@pytest.mark.parametrize("tool", ["mamba", "micromamba"])
def test_conda_goes_by_the_name_it_has_there(machine: Make, tool: str) -> None:
    made = recipe(machine(*GPU, facts=conda(LINUX, base=True, tool=tool)), Asked())
    assert lines(made)[:2] == [f"{tool} create -y -n dl python=3.12 pip", f"{tool} activate dl"]


def test_condas_base_in_a_container_is_as_good_as_an_environment(machine: Make) -> None:
    facts = replace(conda(LINUX, base=True), host=replace(LINUX.host, container="docker"))
    assert recipe(machine(*GPU, facts=facts), Asked()).environment is None


def test_a_name_that_is_taken_is_passed_over_and_refused_where_it_was_asked_for(machine: Make) -> None:
    # `conda create -y` deletes an environment of the same name without a question.
    base = machine(*GPU, facts=conda(LINUX, base=True))
    taken = {"/opt/conda/envs/dl"}
    made = recipe(base, Asked(), taken.__contains__)
    assert made.environment is not None and made.environment.place == "torch"
    with pytest.raises(UsageError, match=r"--env dl: it exists already"):
        recipe(base, Asked(environment="dl"), taken.__contains__)


def test_the_system_python_gets_a_venv_of_its_own(machine: Make) -> None:
    facts = replace(
        LINUX, interpreter=replace(LINUX.interpreter, executable="/usr/bin/python3", prefix="/usr")
    )
    made = recipe(
        machine(*GPU, facts=facts, kind="system", externally_managed=True, found_by="PATH"), Asked()
    )
    assert lines(made)[:2] == ["/usr/bin/python3 -m venv .venv", ". .venv/bin/activate"]
    assert made.carried_out[1].argv[0] == ".venv/bin/python"
    assert {"install.env-managed", "install.needs-venv"} <= set(keys(made))


def test_uv_makes_the_environment_where_it_is_there(machine: Make) -> None:
    made = recipe(machine(*GPU, kind="system", tools={"uv": "/usr/bin/uv"}), Asked())
    assert lines(made)[0] == "uv venv --seed --python 3.12 .venv"
    assert made.tool == "uv"
    assert lines(made)[-1].startswith("uv pip install torch==2.14.1+cu130")
    assert made.carried_out[-1].argv[:5] == ("uv", "pip", "install", "--python", ".venv/bin/python")


@pytest.mark.parametrize(
    ("python", "key"), [("3.9", "install.env-python"), ("3.16", "install.env-python-none")]
)
def test_a_python_that_stands_in_the_way_gets_an_environment_with_another(
    machine: Make, python: str, key: str
) -> None:
    made = recipe(machine(*GPU, f"python={python}"), Asked())
    assert made.environment is not None and made.environment.python == "3.14"
    assert lines(made)[0] == "python3.14 -m venv .venv"
    assert {key, "install.needs-python"} <= set(keys(made))


def test_an_old_python_stays_where_its_torch_was_asked_for_or_is_the_best_there_is(machine: Make) -> None:
    assert recipe(machine(*GPU, "python=3.9"), Asked(torch="2.8.0")).environment is None
    old = ("driver=470.256.02", "gpu=Tesla K80", "python=3.9")
    assert recipe(machine(*old), Asked()).environment is None


def test_a_free_threaded_python_was_meant(machine: Make) -> None:
    made = recipe(machine(*GPU, "python=3.13t"), Asked())
    assert made.environment is None and made.plan.build is not None and made.plan.build.torch == "2.12.0"


def test_conda_forges_torch_is_replaced_by_conda(machine: Make) -> None:
    facts = conda(LINUX, channel="https://conda.anaconda.org/conda-forge")
    made = recipe(machine(*GPU, facts=facts), Asked())
    assert made.tool == "conda"
    assert lines(made)[-1].startswith("conda install -y --override-channels -c ")
    made = recipe(machine(*GPU, facts=facts), Asked(torch="2.14.1"))
    assert made.tool == "pip"  # conda-forge does not have it
    assert lines(made)[0] == "conda remove -y pytorch torchvision"


def test_the_frozen_channels_torch_makes_way_for_wheels(machine: Make) -> None:
    made = recipe(machine(*GPU, facts=conda(LINUX, channel="https://conda.anaconda.org/pytorch")), Asked())
    assert made.tool == "pip"
    assert [step.purpose for step in made.steps] == ["remove", "install"]
    assert lines(made)[0] == "conda remove -y pytorch torchvision"


def test_gpus_that_only_conda_covers_get_conda_where_it_is_there(machine: Make) -> None:
    two = ("driver=580.65.06", "gpu=NVIDIA GeForce GTX 1060 6GB", "gpu=NVIDIA GeForce RTX 5090")
    assert recipe(machine(*two), Asked()).plan.build is None
    made = recipe(machine(*two, facts=conda(LINUX)), Asked())
    assert made.tool == "conda" and "install.only-conda" in keys(made)
    assert "cuda-version=12.9" in made.commands[-1]


def test_where_only_conda_has_a_build_for_the_processor_conda_is_taken(machine: Make) -> None:
    facts = replace(conda(LINUX), host=Host(os="macos", os_version="13.6", arch="x86_64"))
    made = recipe(machine(facts=facts), Asked(python_version="3.13"))
    assert made.tool == "conda" and "install.only-conda" in keys(made)
    assert made.plan.build is not None and made.plan.build.variant == "cpu"


def test_a_mirror_without_a_conda_channel_says_where_conda_goes(machine: Make) -> None:
    with_channel, without = (
        [
            each.key
            for each in source_words(
                recipe(machine(*GPU, facts=conda(LINUX)), Asked(tool="conda", mirror=each))
            )
        ]
        for each in ("tuna", "huawei")
    )
    assert "install.no-channel" in without and "install.no-channel" not in with_channel


@pytest.mark.parametrize("kind", ["venv", "system"])
def test_conda_never_installs_into_what_it_did_not_make(machine: Make, kind: str) -> None:
    """`conda install -p .venv` is refused by conda: the plan makes an environment of its own, by name."""
    here = {"tools": {"conda": "/opt/conda/bin/conda", "pip": "/envs/dl/bin/pip"}}
    made = recipe(machine(*GPU, kind=kind, **here), Asked(tool="conda"))
    assert lines(made)[0].startswith("conda create -y -n dl ") and lines(made)[1] == "conda activate dl"
    assert not any("/envs/dl" in each for each in lines(made))
    two = ("driver=580.65.06", "gpu=NVIDIA GeForce GTX 1060 6GB", "gpu=NVIDIA GeForce RTX 5090")
    by_itself = recipe(machine(*two, kind=kind, **here), Asked())
    assert by_itself.tool == "conda" and lines(by_itself)[0].startswith("conda create -y -n dl ")
    named = recipe(machine(*GPU, kind=kind, **here), Asked(tool="conda", environment="mine"))
    assert lines(named)[0].startswith("conda create -y -n mine ")


@pytest.mark.parametrize(
    ("os", "variables", "activates"),
    [
        ("linux", {}, ". .venv/bin/activate"),
        ("linux", {"SHELL": "/bin/zsh"}, ". .venv/bin/activate"),
        ("linux", {"SHELL": "/usr/bin/fish"}, "source .venv/bin/activate.fish"),
        ("linux", {"SHELL": "/bin/tcsh"}, "source .venv/bin/activate.csh"),
        ("windows", {}, ".venv\\Scripts\\activate"),
        ("windows", {"MSYSTEM": "MINGW64", "SHELL": "/usr/bin/bash"}, ". .venv/Scripts/activate"),
    ],
)
def test_each_shell_activates_in_its_own_words(
    machine: Make, os: str, variables: dict[str, str], activates: str
) -> None:
    facts = replace(LINUX, host=replace(LINUX.host, os=os))
    made = recipe(machine(*GPU, facts=facts, kind="system", variables=variables), Asked())
    assert lines(made)[1] == activates


def test_an_environment_without_pip_gets_pip_or_uv(machine: Make) -> None:
    made = recipe(machine(*GPU, has_pip=False, tools={}), Asked())
    assert lines(made)[0] == "python -m ensurepip"
    made = recipe(machine(*GPU, has_pip=False, tools={"uv": "/usr/bin/uv"}), Asked())
    assert made.tool == "uv" and lines(made)[0].startswith("uv pip install ")


def test_windows_gets_its_own_shapes(machine: Make) -> None:
    made = recipe(machine("os=windows", "python=3.8", *GPU), Asked())
    assert lines(made)[:2] == ["py -3.14 -m venv .venv", ".venv\\Scripts\\activate"]
    assert made.carried_out[1].argv[0] == ".venv\\Scripts\\python.exe"


def test_the_configured_mirror_is_planned_for_and_said(machine: Make) -> None:
    tuna = Setting(
        name="global.index-url", value="https://pypi.tuna.tsinghua.edu.cn/simple/", origin="pip.conf"
    )
    made = recipe(machine(*GPU, pip_settings=(tuna,)), Asked())
    assert made.mirror == "tuna" and "install.configured" in keys(made)
    assert made.plan.source is not None and made.plan.source.url == tuna.value.rstrip("/")
    asked = recipe(machine(*GPU, pip_settings=(tuna,)), Asked(mirror="official"))
    assert asked.mirror == "official" and "install.configured" not in keys(asked)
    dead = replace(tuna, value="http://pypi.douban.com/simple")
    made = recipe(machine(*GPU, pip_settings=(dead,)), Asked())
    assert made.mirror == "tuna" and "install.configured-dead" in keys(made)
    own = replace(tuna, value="https://pypi.example.org/simple")
    assert recipe(machine(*GPU, pip_settings=(own,)), Asked()).mirror is None


def test_a_choice_made_elsewhere_is_refused_with_the_reason_and_the_nearest(machine: Make) -> None:
    made = recipe(machine("driver=550.54.14", GPU[1]), Asked(torch="2.9.0", backend="cu130"))
    assert made.plan.build is None and made.commands == ()
    assert made.why[0].key == "plan.driver"
    assert made.nearest is not None
    assert (made.nearest.torch, made.nearest.variant) == ("2.9.0", "cu126")


def measured(*rows: tuple[str, str, float | None]) -> tuple[MirrorAnswer, ...]:
    return tuple(
        MirrorAnswer(
            mirror=name, serves=serves, url="u", outcome="ok" if rate else "refused", first=0.1, rate=rate
        )  # type: ignore[arg-type]
        for name, serves, rate in rows
    )


def test_auto_takes_the_fastest_copy_of_pypi_and_the_fastest_wheels(machine: Make) -> None:
    laptop = ("os=windows", "python=3.12", "driver=551.61", "gpu=NVIDIA GeForce RTX 4060")
    answers = measured(
        ("tuna", "pypi", 3e6), ("bfsu", "pypi", 9e6), ("ustc", "pypi", None),
        ("nju", "wheels", 1e6), ("sjtu", "wheels", 5e6), ("official", "wheels", 2e5),
    )  # fmt: skip
    windows = machine(*laptop)
    made = recipe(Machine(replace(windows.facts, mirrors=answers), today=windows.today), Asked(mirror="auto"))
    assert made.plan.source is not None
    assert (made.mirror, made.plan.source.mirror) == ("bfsu", "sjtu")
    assert "--extra-index-url https://mirror.sjtu.edu.cn/pytorch-wheels/cu126" in lines(made)[-1]
    assert {"install.auto-pypi", "install.auto-wheels"} <= set(keys(made))
    # PyPI's own build fits a 4090 on Linux, so the fastest copy of PyPI has all of it.
    linux = machine(*GPU)
    made = recipe(Machine(replace(linux.facts, mirrors=answers), today=linux.today), Asked(mirror="auto"))
    assert made.plan.source is not None and made.plan.source.kind == "pypi"
    assert "install.auto-wheels" not in keys(made)


def test_auto_leaves_the_wheels_where_they_were_asked_for_or_only_are(machine: Make) -> None:
    answers = measured(("tuna", "pypi", 3e6), ("nju", "wheels", 9e6), ("official", "wheels", 2e5))
    windows = machine("os=windows", "python=3.12", "driver=610.43", "gpu=NVIDIA GeForce RTX 4060")
    measured_here = Machine(replace(windows.facts, mirrors=answers), today=windows.today)
    made = recipe(measured_here, Asked(mirror="auto", wheels="sjtu"))
    assert made.plan.source is not None and made.plan.source.mirror == "sjtu"
    # nju is the fastest and has no CUDA 13.2.
    made = recipe(measured_here, Asked(mirror="auto", backend="cu132"))
    assert made.plan.source is not None and made.plan.source.mirror == "official"


def test_auto_without_an_answer_is_a_plan_without_a_mirror_and_says_so(machine: Make) -> None:
    silent = machine(*GPU)
    facts = replace(silent.facts, mirrors=measured(("tuna", "pypi", None), ("nju", "wheels", None)))
    made = recipe(Machine(facts, today=silent.today), Asked(mirror="auto"))
    assert made.mirror is None and made.plan.build is not None
    assert "install.auto-none" in [each.key for each in made.warnings]


def test_a_driver_that_left_the_gpu_behind_is_told(machine: Make) -> None:
    made = recipe(machine("driver=580.65.06", "gpu=Tesla K80"), Asked())
    assert "install.driver-left" in keys(made)
    assert "install.driver-left" not in keys(recipe(machine("driver=470.256.02", "gpu=Tesla K80"), Asked()))
    # Windows numbers a branch on: 472.12 is of branch 470.
    windows = ("os=windows", "python=3.12", "driver=472.12", "gpu=Tesla K80")
    assert "install.driver-left" not in keys(recipe(machine(*windows), Asked()))


def test_a_project_tools_environment_is_said_to_be_synced_away(machine: Make) -> None:
    assert "install.managed" in keys(recipe(machine(*GPU, manager="poetry"), Asked()))
    assert "install.managed" not in keys(recipe(machine(*GPU, manager="uv"), Asked()))


NAMES = ["Debian GNU/Linux 12 (bookworm)", "Ubuntu 24.04.2 LTS", "Linux Mint 22"]


@pytest.mark.parametrize("name", NAMES)
def test_what_debian_lacks_is_said_by_check_as_by_install(machine: Make, name: str) -> None:
    facts = replace(LINUX, host=replace(LINUX.host, os_name=name))
    own = machine(*GPU, facts=facts, kind="system", externally_managed=True, found_by="PATH")
    (hint,) = (each for each in recipe(own, Asked()).warnings if each.key == "install.needs-venv")
    remedies = [
        each for found in diagnose(own, "live", catalogue("en"), str).findings for each in found.remedies
    ]
    assert [each.hint for each in remedies if "venv" in each.commands[0]] == [hint] * len(remedies)
    for form in ("text", "markdown", "html", "json"):
        said = html.unescape(one(diagnose(own, "live", catalogue("en"), str), form, Style(width=200)))
        assert f"sudo apt install python{own.python_key}-venv" in " ".join(said.replace("\\", "").split()), (
            form
        )


@pytest.mark.parametrize(("name", "kind"), [("Fedora Linux 42", "system"), ("Ubuntu 24.04.2 LTS", "venv")])
def test_other_pythons_lack_nothing(machine: Make, name: str, kind: str) -> None:
    facts = replace(LINUX, host=replace(LINUX.host, os_name=name))
    own = machine(*GPU, facts=facts, kind=kind, externally_managed=kind == "system", found_by="PATH")
    assert "install.needs-venv" not in keys(recipe(own, Asked()))
    findings = diagnose(own, "live", catalogue("en"), str).findings
    assert not [remedy.hint for each in findings for remedy in each.remedies if remedy.hint]


def test_a_plan_for_what_the_driver_drives_names_the_gpu_that_it_left_behind(machine: Make) -> None:
    made = recipe(machine("driver=580.65.06", "gpu=Tesla K80", "gpu=NVIDIA GeForce RTX 5090"), Asked())
    assert made.plan.build is not None and made.plan.build.variant == "cu130"
    assert "install.driver-beside" in keys(made) and "install.driver-left" not in keys(made)


def test_an_older_branch_is_advised_only_where_a_build_runs_on_it(machine: Make) -> None:
    """Branch 470 brings a GT 710 back, for which conda-forge has a build; for a GTX 680 there is none."""
    covered = recipe(machine("driver=535.104", "gpu=GT 710"), Asked())
    assert covered.plan.build is None
    assert {"plan.conda-covers", "plan.cpu-instead", "install.driver-left"} <= {*keys(covered)}
    ended = recipe(machine("driver=535.104", "gpu=GTX 680"), Asked())
    assert "plan.cpu-instead" in keys(ended) and "install.driver-left" not in keys(ended)


def test_an_assumed_python_is_not_started_by_the_one_that_is_here(machine: Make) -> None:
    here = {"kind": "system", "externally_managed": True, "found_by": "PATH"}
    assert lines(recipe(machine(*GPU, "python=3.12", **here), Asked()))[0].startswith(
        "/envs/dl/bin/python -m venv"
    )
    other = recipe(machine(*GPU, "python=3.13", **here), Asked())
    assert lines(other)[0] == "python3.13 -m venv .venv"
    assert "install.needs-python" in keys(other) and "install.needs-venv" not in keys(other)


def test_no_package_is_named_for_a_free_threaded_python(machine: Make) -> None:
    made = recipe(machine(*GPU, "python=3.14t", kind="system", externally_managed=True), Asked())
    assert "install.needs-venv" not in keys(made)
