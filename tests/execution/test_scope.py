"""Which folders an install may change, and what its pip can tell."""

from __future__ import annotations

from pathlib import Path

import pytest

from envdoctor.execution.scope import pip_can_tell_progress, roots_of
from envdoctor.outside import LiveOutside, Ran
from envdoctor.probes import patient
from envdoctor.probes.patient import Answer


def asked(monkeypatch: pytest.MonkeyPatch, **said: object) -> None:
    monkeypatch.setattr(
        patient, "ask", lambda *_, **__: Answer(state="answered", data=said, ran=Ran((), "exited"))
    )


def test_a_folder_within_another_is_kept_with_it_and_a_neighbour_on_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folders = [str(tmp_path / name) for name in ("lib", "lib/site", "lib64", "bin")]
    asked(monkeypatch, folders=folders, prefix="/usr", base_prefix="/usr")
    roots = roots_of(LiveOutside(), "python", str(tmp_path))
    assert [Path(each.path).name for each in roots] == ["bin", "lib", "lib64"]


def test_of_a_venv_what_wheels_write_beside_its_packages_is_kept_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packages = str(tmp_path / "lib")
    asked(monkeypatch, folders=[packages], prefix=str(tmp_path), base_prefix="/usr")
    of_venv = {Path(each.path).name for each in roots_of(LiveOutside(), "python", str(tmp_path))}
    assert {"lib", "share", "pyvenv.cfg"} <= of_venv
    asked(monkeypatch, folders=[packages], prefix=str(tmp_path), base_prefix=str(tmp_path))
    own = [Path(each.path).name for each in roots_of(LiveOutside(), "python", str(tmp_path))]
    assert own == ["lib"], "beside the packages of a Python of the system lies what others own"


@pytest.mark.parametrize(("version", "tells"), [("24.0", False), ("24.1", True), ("25.3", True)])
def test_the_first_pip_that_tells_progress_in_lines(tmp_path: Path, version: str, tells: bool) -> None:
    (tmp_path / "lib" / "python3.12" / "site-packages" / f"pip-{version}.dist-info").mkdir(parents=True)
    assert pip_can_tell_progress(str(tmp_path)) is tells
