"""Rules about editors and notebooks: do they run the Python that was examined?"""

from __future__ import annotations

from collections.abc import Iterator

from envdoctor.facts import EditorChoice, JupyterKernel
from envdoctor.findings import UNKNOWN, Finding, Remedy, words
from envdoctor.machine import Machine
from envdoctor.reach import python_command
from envdoctor.rules import remedies
from envdoctor.rules.levels import warning

__all__ = ["RULES"]

EDITORS = {"vscode": "VS Code", "pycharm": "PyCharm"}


def _chosen_for_this_folder(machine: Machine) -> bool:
    """Whether the patient is what this folder, or this shell, would run.

    An environment that was named may be any, and a notebook that asks for itself runs the right kernel.
    """
    return machine.facts.environment.found_by not in (None, "option", "doctor", "notebook")


def editor(machine: Machine) -> Iterator[Finding]:
    """An editor that was told to use another interpreter in this folder, or one that is gone."""
    if not _chosen_for_this_folder(machine):
        return
    for choice in machine.facts.editors.choices:
        if choice.exists is False:
            yield _editor_finding(machine, choice, "editor-gone")
        elif choice.is_patient is False:
            yield _editor_finding(machine, choice, "editor")


def _editor_finding(machine: Machine, choice: EditorChoice, variant: str) -> Finding:
    name = EDITORS[choice.editor]
    mine = machine.facts.interpreter.executable or "python"
    theirs = choice.executable or choice.value
    found = [
        Remedy(words(f"remedy.editor-{choice.editor}", path=mine)),
    ]
    if variant == "editor":
        command = ("envdoctor", "check", "--python", theirs)
        found.append(Remedy(words("remedy.editor-examine", editor=name), (command,)))
    return warning(
        "vscode-interpreter-mismatch",
        [
            words("evidence.editor", editor=name, path=theirs, origin=choice.origin),
            words("evidence.examined", path=mine),
        ],
        found,
        variant,
        editor=name,
        path=theirs,
    )


def kernel(machine: Machine) -> Iterator[Finding]:
    """A kernel that notebooks here ask for, or the environment's own, that runs another Python."""
    if not _chosen_for_this_folder(machine):
        return
    for each in machine.facts.editors.kernels:
        if not each.notebooks and not _own(machine, each):
            continue
        if each.exists is False:
            yield _kernel_finding(machine, each, "kernel-gone")
        elif each.is_patient is False:
            yield _kernel_finding(machine, each, "kernel")


def _own(machine: Machine, spec: JupyterKernel) -> bool:
    """Whether Jupyter started in this environment would offer it as the environment's own kernel."""
    virtual = machine.facts.environment.kind in ("venv", "virtualenv", "conda")
    return virtual and spec.scope == "environment" and spec.name == "python3"


def _kernel_finding(machine: Machine, spec: JupyterKernel, variant: str) -> Finding:
    environment = machine.facts.environment
    name = environment.name or "python"
    python = python_command(machine)
    commands = (
        *remedies.packages(machine, "remedy.kernel-register", "install", "ipykernel").commands,
        (
            *(python, "-m", "ipykernel", "install", "--user"),
            *("--name", name, "--display-name", f"Python ({name})"),
        ),
    )
    evidence = [words("evidence.kernel", name=spec.name, path=spec.executable or UNKNOWN, origin=spec.path)]
    evidence += [words("evidence.examined", path=machine.facts.interpreter.executable or UNKNOWN)]
    if spec.notebooks:
        evidence.append(words("evidence.notebooks", names=", ".join(spec.notebooks[:5])))
    return warning(
        "jupyter-kernel-mismatch",
        evidence,
        [Remedy(words("remedy.kernel-register", display=f"Python ({name})"), commands)],
        variant,
        kernel=spec.display_name or spec.name,
        path=spec.executable or UNKNOWN,
    )


RULES = (editor, kernel)
