"""`check --from`: what is read, in which order it is answered, and what an unreadable input does."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from envdoctor.commands.check import check
from envdoctor.commands.check_options import Options
from envdoctor.errors import UsageError
from envdoctor.machine import Machine

SOUND = ("os=windows", "python=3.12", "driver=551.86", "gpu=NVIDIA GeForce RTX 4060", "torch=2.5.1+cu121")
Write = Callable[..., Path]


def answers(capsys: pytest.CaptureFixture[str], *names: object, **options: object) -> tuple[int, str, str]:
    """The exit code, standard output and standard error of `check --from NAMES`."""
    code = check(Options(sources=tuple(map(str, names)), **options))  # type: ignore[arg-type]
    said = capsys.readouterr()
    return code, said.out, said.err


def line_of(report: object) -> str:
    return json.dumps(report)


def test_a_saved_report_is_judged_anew(capsys: pytest.CaptureFixture[str], write: Write) -> None:
    code, out, err = answers(capsys, write("laptop.json"), form="json")
    report = json.loads(out)
    assert (code, err) == (1, "")
    assert (report["source"], report["primary"]) == ("laptop.json", "torch-cpu-build")
    assert out.startswith("{\n"), "one report is one pretty object"


def test_pasted_text_is_judged_by_the_same_rules(
    capsys: pytest.CaptureFixture[str], write: Write, collect_env: str
) -> None:
    code, out, _ = answers(capsys, write("issue.txt", text=collect_env), form="json")
    report = json.loads(out)
    assert (code, report["source"], report["primary"]) == (1, "issue.txt", "torch-cpu-build")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "gb18030"])
def test_text_and_json_in_the_encodings_that_people_send(
    capsys: pytest.CaptureFixture[str], write: Write, collect_env: str, encoding: str
) -> None:
    chinese = collect_env + "\n我的显卡不能用\n"
    _, text, _ = answers(capsys, write("paste.txt", text=chinese.encode(encoding)), form="json")
    saved = write("plain.json").read_text() + "\n"
    _, from_json, err = answers(capsys, write("saved.json", text=saved.encode(encoding)), form="json")
    assert json.loads(text)["primary"] == "torch-cpu-build"
    assert json.loads(from_json)["primary"] == "torch-cpu-build", err


def test_several_are_json_lines_in_input_order(capsys: pytest.CaptureFixture[str], write: Write) -> None:
    folder = write("many/b.json").parent
    write("many/a.json", *SOUND)
    write("many/.hidden", text="not a report")
    (folder / "deeper").mkdir()
    last = write("c.json")
    code, out, err = answers(capsys, folder, last, form="json")
    reports = [json.loads(line) for line in out.splitlines()]
    assert [each["source"] for each in reports] == ["a.json", "b.json", "c.json"]
    assert [each["primary"] for each in reports] == [None, "torch-cpu-build", "torch-cpu-build"]
    assert (code, err) == (1, "")


def test_sound_reports_exit_with_0(capsys: pytest.CaptureFixture[str], write: Write) -> None:
    code, _, _ = answers(capsys, write("a.json", *SOUND), write("b.json", *SOUND))
    assert code == 0


def test_files_of_one_name_are_told_apart(capsys: pytest.CaptureFixture[str], write: Write) -> None:
    _, out, _ = answers(capsys, write("alpha/r.json"), write("beta/r.json"), form="json")
    assert [json.loads(line)["source"] for line in out.splitlines()] == ["alpha/r.json", "beta/r.json"]


def test_json_lines_are_told_apart_by_their_line(capsys: pytest.CaptureFixture[str], write: Write) -> None:
    report = line_of(json.loads(write("one.json").read_text()))
    path = write("fleet.jsonl", text=f"{report}\n\n{report}\n")
    _, out, _ = answers(capsys, path, form="json")
    assert [json.loads(line)["source"] for line in out.splitlines()] == ["fleet.jsonl:1", "fleet.jsonl:3"]


def test_a_report_on_one_line_is_one_report(capsys: pytest.CaptureFixture[str], write: Write) -> None:
    path = write("one.json", text=line_of(json.loads(write("pretty.json").read_text())) + "\n")
    _, out, _ = answers(capsys, path, form="json")
    assert json.loads(out)["source"] == "one.json"


def test_an_array_and_objects_in_a_row_are_several(capsys: pytest.CaptureFixture[str], write: Write) -> None:
    pretty = write("pretty.json").read_text()
    for text in (f"[{pretty},{pretty}]", f"{pretty}\n{pretty}\n"):
        _, out, err = answers(capsys, write("both.json", text=text), form="json")
        assert len(out.splitlines()) == 2, err


def test_a_report_posted_in_the_middle_of_a_text(capsys: pytest.CaptureFixture[str], write: Write) -> None:
    posted = f"Please help!\n\n```json\n{write('r.json').read_text()}\n```\nThanks\n"
    _, out, _ = answers(capsys, write("post.md", text=posted), form="json")
    assert json.loads(out)["primary"] == "torch-cpu-build"


def test_what_envdoctor_writes_it_reads(capsys: pytest.CaptureFixture[str], write: Write) -> None:
    _, first, _ = answers(capsys, write("r.json"), form="json")
    _, second, _ = answers(capsys, write("again.json", text=first), form="json")
    once, twice = json.loads(first), json.loads(second)
    assert once["findings"] == twice["findings"]
    assert once["facts"] == twice["facts"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "the file is empty"),
        (" \n\t\n", "the file is empty"),
        (bytes(range(256)) * 40, "binary"),
        ('{"schema": 2, "facts": {}}', "its schema is 2, this envdoctor reads schema 1"),
        ('{"schema": "1", "facts": {}}', 'its schema is "1"'),
        ('{"schema": true, "facts": {}}', "its schema is true"),
        ('{"schema": 1, "build": null}', "it holds no facts"),
        ('{"schema": 1, "facts": {"host": {"os": "beos"}}}', "facts.host.os holds 'beos'"),
        ('{"schema": 1, "facts": [', "cut off"),
        ('{\n"schema": 1,\n"envdoctor": "0.1.0",\n"facts": {"host": {"os": "lin', "cut off (line 4)"),
        ('{"schema": 1, "facts": {"host": nope}}', "no valid JSON in line 1"),
        ('{"schema": 1, "facts": {"toolkit": NaN}}', "no valid JSON: NaN"),
        ('{"schema": 1, "facts": ' + "[" * 100_000, "nested too deeply"),
    ],
)
def test_what_can_not_be_read_is_one_sentence_that_names_it(
    capsys: pytest.CaptureFixture[str], write: Write, text: str | bytes, reason: str
) -> None:
    code, out, err = answers(capsys, write("bad.txt", text=text), form="json")
    assert (code, out) == (2, "")
    assert err.startswith("envdoctor: bad.txt: ")
    assert reason in err
    assert len(err.splitlines()) == 1


def test_a_missing_file_is_named(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    code, out, err = answers(capsys, tmp_path / "none.txt")
    assert (code, out, err) == (2, "", "envdoctor: none.txt: no such file or directory\n")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no pipes among its files")
def test_a_pipe_in_a_folder_is_not_waited_for(capsys: pytest.CaptureFixture[str], write: Write) -> None:
    folder = write("all/a.json").parent
    os.mkfifo(folder / "pipe")
    _, out, _ = answers(capsys, folder, form="json")
    assert json.loads(out)["source"] == "a.json"


def test_an_empty_folder_is_named(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    code, out, err = answers(capsys, tmp_path)
    assert (code, out) == (2, "")
    assert "no files in this folder" in err


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may read every file")
def test_an_unreadable_file_is_named(capsys: pytest.CaptureFixture[str], write: Write) -> None:
    path = write("mine.txt")
    path.chmod(0)
    code, _, err = answers(capsys, path)
    assert code == 2
    assert "mine.txt: permission denied" in err


def test_one_bad_file_does_not_keep_the_others_from_an_answer(
    capsys: pytest.CaptureFixture[str], write: Write
) -> None:
    folder = write("all/a.json").parent
    write("all/b.json", text="")
    write("all/c.json", *SOUND)
    code, out, err = answers(capsys, folder, form="json")
    assert [json.loads(line)["source"] for line in out.splitlines()] == ["a.json", "c.json"]
    assert (code, err) == (2, "envdoctor: b.json: the file is empty\n")


def test_a_bad_line_is_named_and_the_others_are_answered(
    capsys: pytest.CaptureFixture[str], write: Write
) -> None:
    good = line_of(json.loads(write("r.json").read_text()))
    code, out, err = answers(capsys, write("x.jsonl", text=f"{good}\n{good[:60]}\n{good}\n"), form="json")
    assert [json.loads(line)["source"] for line in out.splitlines()] == ["x.jsonl:1", "x.jsonl:3"]
    assert code == 2
    assert err.startswith("envdoctor: x.jsonl:2: the report is cut off")


def test_a_text_without_anything_known_gets_no_verdict_of_health(
    capsys: pytest.CaptureFixture[str], write: Write
) -> None:
    code, out, _ = answers(capsys, write("x.txt", text="my program is slow\n"))
    assert code == 0
    assert "report-not-understood" in out
    assert "Nothing wrong" not in out
    assert "\npython -m torch.utils.collect_env\nnvidia-smi\n" in out


@pytest.mark.parametrize("option", [{"python": "x"}, {"quick": True}, {"timeout": 3.0}])
def test_options_about_this_machine_are_refused(write: Write, option: dict[str, object]) -> None:
    with pytest.raises(UsageError, match="--from does not"):
        check(Options(sources=(str(write("r.json")),), **option))  # type: ignore[arg-type]


def test_assumptions_are_laid_over_the_report(capsys: pytest.CaptureFixture[str], write: Write) -> None:
    code, out, _ = answers(capsys, write("r.json"), form="json", assume=("torch=2.5.1+cu121",))
    report = json.loads(out)
    assert (code, report["primary"], report["facts"]["assumed"]) == (0, None, ["torch=2.5.1+cu121"])


@pytest.mark.parametrize(
    ("driver", "primary"), [("580.65", "torch-cpu-build"), ("none", "driver-missing")], ids=str
)
def test_the_gpu_of_a_paste_stays_when_its_driver_is_assumed(
    capsys: pytest.CaptureFixture[str], write: Write, collect_env: str, driver: str, primary: str
) -> None:
    paste = write("issue.txt", text=collect_env)
    _, out, _ = answers(capsys, paste, form="json", assume=(f"driver={driver}",))
    assert json.loads(out)["primary"] == primary


def test_standard_input(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, write: Write
) -> None:
    data = write("r.json").read_bytes()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    _, out, _ = answers(capsys, "-", form="json")
    assert json.loads(out)["source"] == "-"
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"")))
    code, _, err = answers(capsys, "-")
    assert (code, err) == (2, "envdoctor: standard input: nothing came\n")
    with pytest.raises(UsageError, match="only once"):
        check(Options(sources=("-", "-")))


def test_the_table_fits_40_columns_and_ends_with_a_summary(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, write: Write
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    folder = write("all/a-file-with-quite-a-long-name-as-people-have-them.json").parent
    write("all/b.json", *SOUND)
    write("all/c.json")
    _, out, _ = answers(capsys, folder)
    assert max(map(len, out.splitlines())) <= 40
    assert "√ b.json" in out
    assert out.endswith("By cause, of 3 reports:\n  2  × torch-cpu-build\n  1  √ nothing wrong shows\n")


def test_several_into_a_file_that_is_whole_or_not_there(
    capsys: pytest.CaptureFixture[str], write: Write, tmp_path: Path
) -> None:
    target = tmp_path / "out.jsonl"
    _, out, _ = answers(capsys, write("a.json"), write("b.json"), form="json", output=target)
    assert out == ""
    assert len(target.read_text().splitlines()) == 2
    with pytest.raises(UsageError, match="--output"):
        check(Options(sources=(str(write("a.json")),), output=tmp_path / "no" / "out"))
    assert sorted(each.name for each in tmp_path.iterdir()) == ["a.json", "b.json", "out.jsonl"]


def test_nothing_of_this_machine_is_in_the_answer(write: Write) -> None:
    """The machine is asked nothing, and its own names would show up if it were."""
    env = {
        **os.environ,
        "PYTHONIOENCODING": "utf-8",
        "HOME": "/home/zwingli-here",
        "USER": "zwingli-here",
        "CUDA_VISIBLE_DEVICES": "zwingli-gpu",
        "VIRTUAL_ENV": "/home/zwingli-here/env",
    }
    command = [sys.executable, "-m", "envdoctor", "check", "--from", str(write("r.json")), "--format", "json"]
    ran = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", env=env)
    assert ran.returncode == 1, ran.stderr
    assert "zwingli" not in ran.stdout
    assert sys.prefix not in ran.stdout
    assert str(write("r.json").parent) not in ran.stdout


def test_memory_does_not_grow_with_the_number_of_reports(
    monkeypatch: pytest.MonkeyPatch, write: Write
) -> None:
    line = line_of(json.loads(write("r.json").read_text())) + "\n"

    def peak(count: int) -> int:
        path = write("many.jsonl", text=line * count)
        with open(os.devnull, "w", encoding="utf-8") as nowhere:
            monkeypatch.setattr(sys, "stdout", nowhere)
            tracemalloc.start()
            try:
                check(Options(sources=(str(path),), form="json"))
                return tracemalloc.get_traced_memory()[1]
            finally:
                tracemalloc.stop()

    peak(3)
    few, many = peak(60), peak(360)
    # One report's facts and answer take ten thousand bytes; what the allocators keep is bounded.
    assert many < few + 1_500_000, f"{few} bytes for 60 reports, {many} for 360"


def test_a_report_on_which_envdoctor_fails_costs_the_others_nothing(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, write: Write
) -> None:
    from envdoctor.commands import check_from

    whole = check_from.diagnose

    def sometimes(machine: Machine, source: str, *rest: Any, **more: Any) -> Any:
        return 1 / 0 if source == "a.json" else whole(machine, source, *rest, **more)

    monkeypatch.setattr(check_from, "diagnose", sometimes)
    code, out, err = answers(capsys, write("a.json"), write("b.json"), form="json")
    assert (code, json.loads(out)["source"]) == (3, "b.json")
    assert (
        err
        == "envdoctor: a.json: envdoctor itself failed on it, please report that (ZeroDivisionError: division by zero)\n"
    )


def test_names_that_are_shown_are_announced_and_credentials_never_show(
    capsys: pytest.CaptureFixture[str], write: Write, collect_env: str
) -> None:
    secret = "https://me:hunter2@pypi.example/simple"
    trouble = f"ImportError: /home/wang/x/libcudnn.so.9: cannot open shared object file ({secret})\n"
    path = write("x.txt", text=f"{collect_env}\n{trouble}")
    _, hidden, _ = answers(capsys, path, verbose=True)
    _, shown, _ = answers(capsys, path, verbose=True, redact=False)
    assert "--no-redact" in shown and "--no-redact" not in hidden
    assert "wang" in shown and "wang" not in hidden
    assert "hunter2" not in shown + hidden


@pytest.mark.parametrize("encoding", ["gbk", "ascii", "cp1252"])
@pytest.mark.parametrize("several", [False, True])
def test_json_and_html_lose_no_letter_where_the_output_is_not_utf8(
    monkeypatch: pytest.MonkeyPatch, write: Write, collect_env: str, encoding: str, several: bool
) -> None:
    paths = [
        write(f"{n}.txt", text=f'{collect_env}\nFile "C:\\实验\\é.py"\n实验.dll: WinError 126 fbgemm.dll\n')
        for n in "ab"
    ]
    sources = tuple(map(str, paths if several else paths[:1]))

    def out(form: str) -> bytes:
        raw = io.BytesIO()
        monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding=encoding))
        check(Options(sources=sources, form=form))
        sys.stdout.flush()
        return raw.getvalue()

    line = out("json").splitlines()[0] if several else out("json")
    assert json.loads(line.decode("ascii"))["verdict"] == "errors"
    assert "&#215;" in out("html").decode("ascii"), "the sign of an error"
    assert out("text").decode(encoding)
    assert out("markdown").decode(encoding)


def test_verbose_shows_each_report_whole(capsys: pytest.CaptureFixture[str], write: Write) -> None:
    _, out, _ = answers(capsys, write("a.json"), write("b.json", *SOUND), verbose=True)
    assert "Replace it with the build" in out
    assert out.count("Understood:") == 2
    assert "By cause, of 2 reports:" in out


@pytest.mark.parametrize(
    ("facts", "path"),
    [
        (
            {"nvml": {"state": "ok", "gpus": [{"index": 0}, {"index": "one"}]}},
            "facts.nvml.gpus[1].index holds 'one'",
        ),
        ({"nvml": {"state": "ok", "gpus": [{"name": "x"}]}}, "facts.nvml.gpus[0] lacks a field"),
        ({"sources": {"host.os": 3}}, "facts.sources.host.os holds 3"),
        ({"host": {"root": 1}}, "facts.host.root holds 1"),
        ({"host": {"memory_total": True}}, "facts.host.memory_total holds True"),
        ({"host": []}, "facts.host holds []"),
    ],
)
def test_a_value_of_the_wrong_shape_is_named_by_its_path(
    capsys: pytest.CaptureFixture[str], write: Write, facts: object, path: str
) -> None:
    report = {"schema": 1, "facts": facts, "later": "keys of later versions are passed over"}
    code, _, err = answers(capsys, write("x.json", text=json.dumps(report)))
    assert code == 2
    assert path in err
