"""Each finding code that a live machine can raise: facts that raise it, and a near miss that does not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from rulebook import CASES, Case
from rulebook.machines import (
    BLIND,
    CONTAINER,
    CPU_FILES,
    DRIVER,
    HEALTHY,
    NO_GPU,
    NO_TORCH,
    NOT_RUN,
    NVML,
    PYTHON,
    RTX4090,
    SITE,
    TODAY,
    VENV,
    kernel,
)

from envdoctor.facts import CudaDriver, CudaToolkit, Facts, NvidiaSmi, Nvml, Packages, TorchFiles
from envdoctor.findings import Severity
from envdoctor.machine import Machine
from envdoctor.messages import catalogue
from envdoctor.rules import judge, primary


def findings(facts: Facts) -> dict[str, Severity]:
    return {each.code: each.severity for each in judge(Machine(facts, today=TODAY))}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.code)
def test_the_code_is_raised(case: Case) -> None:
    found = judge(Machine(case.broken, today=TODAY))
    levels = {each.code: each.severity for each in found}
    assert levels.get(case.code) is case.severity, levels
    if case.first:
        assert primary(found) == case.code, levels
        assert found[0].code == case.code


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.code)
def test_the_near_miss_does_not_raise_it(case: Case) -> None:
    harmless = {None} if case.severity is Severity.INFO else {None, Severity.INFO, Severity.OK}
    assert findings(case.near).get(case.code) in harmless


def test_a_healthy_machine_has_nothing_wrong() -> None:
    wrong = {
        code: level
        for code, level in findings(HEALTHY).items()
        if level in (Severity.ERROR, Severity.WARNING)
    }
    assert wrong == {}


def test_a_machine_without_gpu_and_a_cpu_build_has_nothing_wrong() -> None:
    levels = findings(NO_GPU)
    assert Severity.ERROR not in levels.values()
    assert levels["gpu-absent"] is Severity.INFO


def test_tools_of_nvidia_without_a_card_are_told_of() -> None:
    smi = NvidiaSmi(path="/usr/bin/nvidia-smi", state="error", exit_code=9, error="couldn't communicate")
    (absent,) = (
        each
        for each in judge(Machine(replace(NO_GPU, nvidia_smi=smi), today=TODAY))
        if each.code == "gpu-absent"
    )
    assert absent.severity is Severity.INFO
    assert "no NVIDIA card shows" in catalogue("en").title(absent)


def test_what_ran_outranks_the_driver_table() -> None:
    old = replace(
        HEALTHY,
        nvidia=replace(DRIVER, driver_version="470.57.02"),
        nvml=replace(NVML, driver_version="470.57.02"),
    )
    assert "driver-too-old" not in findings(old)


def test_a_driver_of_the_same_major_version_is_healthy() -> None:
    facts = replace(
        NOT_RUN,
        nvidia=replace(DRIVER, driver_version="535.129.03"),
        nvml=replace(NVML, driver_version="535.129.03", cuda_version="12.2"),
        packages=Packages(
            distributions=(), torch=TorchFiles(path=f"{SITE}/torch", version="2.14.1+cu126", cuda="12.6")
        ),
    )
    levels = findings(facts)
    assert Severity.ERROR not in levels.values()
    assert levels["driver-minor-compatibility"] is Severity.INFO


@pytest.mark.parametrize(
    ("capability", "archs"), [("8.9", ("sm_80", "sm_86")), ("6.1", ("sm_60", "sm_70")), ("10.3", ("sm_100",))]
)
def test_machine_code_of_the_same_major_version_runs(capability: str, archs: tuple[str, ...]) -> None:
    ran = replace(BLIND, arch_list=archs)
    facts = replace(
        HEALTHY, torch_import=ran, nvml=replace(NVML, gpus=(replace(RTX4090, compute_capability=capability),))
    )
    levels = findings(facts)
    assert "gpu-too-old-for-build" not in levels
    assert "gpu-too-new-for-build" not in levels


def test_a_toolkit_of_another_version_is_irrelevant() -> None:
    facts = replace(HEALTHY, toolkit=CudaToolkit(version="11.8", nvcc="/usr/local/cuda/bin/nvcc"))
    assert findings(facts)["toolkit-mismatch"] is Severity.INFO


def test_consequences_are_folded_under_their_cause() -> None:
    facts = replace(
        HEALTHY,
        torch_import=BLIND,
        nvml=Nvml(state="error", code=18, message="Driver/library version mismatch"),
        cuda_driver=CudaDriver(state="error", code=803),
        packages=CPU_FILES,
    )
    found = judge(Machine(facts, today=TODAY))
    assert primary(found) == "driver-library-mismatch"


def test_old_tables_say_so() -> None:
    found = {each.code for each in judge(Machine(HEALTHY, today=date(2027, 6, 1)))}
    assert "knowledge-stale" in found
    assert "knowledge-stale" not in findings(HEALTHY)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.code)
def test_every_finding_is_put_into_words(case: Case) -> None:
    said = catalogue("en")
    for finding in judge(Machine(case.broken, today=TODAY)):
        texts = [said.title(finding), said.detail(finding)]
        texts += [said.say(each) for each in finding.evidence]
        texts += [said.say(remedy.summary) for remedy in finding.remedies]
        assert said.title(finding) != finding.code, f"{finding.words_key} has no title"
        for text in texts:
            assert "{" not in text, f"{finding.words_key}: a placeholder was left in {text!r}"
        for words in (*finding.evidence, *(remedy.summary for remedy in finding.remedies)):
            assert words.key in said.sentences, f"{words.key} is not in the catalogue"


def test_where_pip_is_refused_the_remedy_makes_an_environment_first() -> None:
    facts = replace(
        NO_TORCH, host=CONTAINER, environment=replace(VENV, kind="system", externally_managed=True)
    )
    missing = next(each for each in judge(Machine(facts, today=TODAY)) if each.code == "torch-missing")
    first = missing.remedies[0].commands[0]
    assert "venv" in first
    assert any("torch==" in word for word in missing.remedies[0].commands[-1])


def test_an_environment_is_made_with_the_python_that_is_there_while_it_suits() -> None:
    def makes(version: str) -> tuple[str, ...]:
        python = replace(PYTHON, executable="/usr/bin/python3", version=version)
        system = replace(VENV, kind="system", externally_managed=True)
        facts = replace(NO_TORCH, interpreter=python, environment=system)
        return next(
            each.remedies[0].commands[0]
            for each in judge(Machine(facts, today=TODAY))
            if each.code == "torch-missing"
        )

    assert makes("3.11.2") == ("/usr/bin/python3", "-m", "venv", ".venv")
    assert makes("3.9.2")[0] == "python3.14", "with 3.9 there is an older torch only"


def test_a_kernel_that_is_missing_from_a_build_of_ptx_alone() -> None:
    lost = "CUDA error: no kernel image is available for execution on the device"
    facts = replace(HEALTHY, torch_import=replace(kernel(lost), arch_list=("compute_80",)))
    assert [(each.code, each.severity) for each in judge(Machine(facts))][:1] == [
        ("gpu-too-new-for-build", Severity.ERROR)
    ]
