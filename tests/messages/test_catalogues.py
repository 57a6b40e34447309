"""Both languages say the same things: keys, placeholders, and the manners of Chinese typesetting."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

import pytest

import envdoctor
from envdoctor.facts import Environment
from envdoctor.findings import Finding, Severity, words
from envdoctor.knowledge import knowledge
from envdoctor.messages import FOLDER, PLACEHOLDER, Catalogue, catalogue, speak, spoken
from envdoctor.reason import reason

PACKAGE = Path(envdoctor.__file__).parent
HAN = re.compile(r"[\u4e00-\u9fff]")
NAMES_ONLY = re.compile(
    r"[\W\d_]*(?:(?:Python|glibc|CUDA|GPU|CPU|PCI|ID|GB|Xid|WSL|torch|pip|conda|forge|python)[\W\d_]*)*"
)
"""Sentences made of names and placeholders, the same in any language."""
TOLD_BY_TABLES = {f"value.{said}" for row in knowledge().mirrors for said in (row.name, *row.quirks)}
"""What a row says stands there in English; only the other languages have it in their catalogue."""
PAIRS = [(path, path.with_name("zh" + path.name[2:])) for path in sorted(FOLDER.glob("en*.json"))]


def sentences(path: Path) -> dict[str, str]:
    pairs: list[tuple[str, str]] = json.loads(
        path.read_text(encoding="utf-8"), object_pairs_hook=lambda found: found
    )
    assert len(dict(pairs)) == len(pairs), f"{path.name}: a key stands twice"
    return dict(pairs)


def every_chinese_sentence() -> list[tuple[str, str]]:
    found = [(key, text) for _, twin in PAIRS for key, text in sentences(twin).items()]
    for twins in json.loads((FOLDER / "help.zh.json").read_text(encoding="utf-8")).values():
        found += list(twins.items())
    return found


@pytest.mark.parametrize(("english", "chinese"), PAIRS, ids=lambda path: path.name)
def test_both_languages_have_the_same_keys_and_placeholders(english: Path, chinese: Path) -> None:
    ours = sentences(english)
    theirs = {key: text for key, text in sentences(chinese).items() if key not in TOLD_BY_TABLES}
    assert list(ours) == list(theirs), set(ours) ^ set(theirs) or "the order differs"
    for key in ours:
        assert sorted(set(PLACEHOLDER.findall(ours[key]))) == sorted(set(PLACEHOLDER.findall(theirs[key]))), (
            key
        )


@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_key_stands_in_two_files(language: str) -> None:
    # The catalogue is all of them together: one of the two sentences would never be said.
    places: dict[str, str] = {}
    for path in sorted(FOLDER.glob(f"{language}*.json")):
        for key in sentences(path):
            assert key not in places, f"{key} stands in {places[key]} and in {path.name}"
            places[key] = path.name


@pytest.mark.parametrize(("english", "chinese"), PAIRS, ids=lambda path: path.name)
def test_no_sentence_is_left_in_english(english: Path, chinese: Path) -> None:
    ours, theirs = sentences(english), sentences(chinese)
    for key, text in theirs.items():
        bare = PLACEHOLDER.sub("", text)
        assert HAN.search(bare) or NAMES_ONLY.fullmatch(bare), f"{key}: {text}"
        assert bool(text) == bool(ours.get(key, key)), key


def test_what_the_tables_say_of_each_mirror_has_its_chinese() -> None:
    place = FOLDER / "zh_mirrors.json"
    there = {key for key in sentences(place) if key.startswith("value.")}
    lacking = sorted(TOLD_BY_TABLES - there - {"value.PyPI, PyTorch, Anaconda"})
    assert not lacking, f"envdoctor/messages/{place.name} lacks {lacking}"
    assert not there - TOLD_BY_TABLES, "no row of the mirrors says so"


def test_chinese_is_set_as_chinese_engineers_set_it() -> None:
    for key, text in every_chinese_sentence():
        assert not re.search(r"[\u4e00-\u9fff][A-Za-z0-9`\"{]|[A-Za-z0-9`\"}][\u4e00-\u9fff]", text), (
            f"{key}: a space belongs between Chinese and Latin letters: {text}"
        )
        assert not re.search(r"[\u4e00-\u9fff][,;:!?()]|[,;:!?()][\u4e00-\u9fff]", text), (
            f"{key}: Chinese takes full-width marks: {text}"
        )
        assert not re.search(r"[，。：；、] (?! ?envdoctor)|[，。：；、]{2}", text), f"{key}: {text}"


def literals() -> set[str]:
    """Every string constant of the package, the fixed beginnings of f-strings included."""
    found: set[str] = set()
    for path in PACKAGE.rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        found |= {n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)}
    return found


def test_no_key_that_the_code_names_is_missing() -> None:
    known = catalogue("en").sentences
    named = {
        text for text in literals() if re.fullmatch(r"(?:evidence|remedy|report|next)\.[a-z0-9.-]+", text)
    }
    assert {text for text in named if not text.endswith((".", "-"))} <= set(known)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_probe_is_told_by_its_own_name(language: str) -> None:
    words = catalogue(language)
    for key in words.sentences:
        name = key.removeprefix("progress.")
        if name != key and "." not in name:
            said = words.text("report.probe-failed", name=name, detail="killed")
            assert f" {name} " in said, "a value of that name has words of its own"


def test_no_sentence_stands_there_for_nobody() -> None:
    used = literals()
    kinds = str(Environment.__annotations__["kind"])
    for key in sentences(FOLDER / "en.json"):
        family, _, rest = key.partition(".")
        if family == "finding":
            code, *variant = rest.split(".")[:-1]
            assert code in used, key
            assert all(each in used for each in variant), key
        elif family in ("progress", "found", "value", "volume"):
            assert rest.removesuffix(".slow") in used or rest == "unknown", key
        elif family == "environment":
            assert rest in ("conda-base", "unknown") or f"'{rest}'" in kinds or f'"{rest}"' in kinds, key
        elif family == "remedy" and rest in ("nouveau", "vfio-pci", "memory-low", "cpu-missing-instructions"):
            assert rest in used, key  # the remedy is named after the driver or the code
        elif family == "report" and rest.startswith("probe-"):
            assert rest.removeprefix("probe-") in used, key
        elif family == "next":
            assert rest.split(".")[0] in ("ok", "warnings", "errors"), key
        else:
            assert key in used, key


def test_a_process_speaks_the_language_it_was_told() -> None:
    finding = Finding("torch-missing", Severity.ERROR)
    assert (spoken(), catalogue().title(finding)) == ("en", "torch is not installed in this environment")
    try:
        speak("zh")
        assert catalogue().title(finding) == "这个 Python 环境里没有安装 torch"
    finally:
        speak("en")


def test_what_a_language_lacks_is_said_in_english() -> None:
    assert catalogue("xx").text("report.all-well") == catalogue("en").text("report.all-well")
    assert set(catalogue("en").sentences) <= set(catalogue("zh").sentences)


def test_a_thing_of_ours_is_named_in_the_reader_s_language() -> None:
    line = words("evidence.archs", version="2.9.0", archs="7.5", source="the tables")
    assert catalogue("zh").say(line) == "torch 2.9.0 含有 7.5 的代码（来源：数据表）"
    assert catalogue("en").say(line).endswith("(from the tables)")


def test_a_value_is_never_read_as_a_template() -> None:
    assert catalogue("en").text("evidence.gpu", name="{name} {key}") == "GPU: {name} {key}"


def test_every_reason_has_its_sentence_and_every_sentence_its_reason() -> None:
    plain: set[str] = set()
    contexts: set[str] = set()
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                name = (
                    node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                )
                if name in ("reason", "under"):
                    (plain if name == "reason" else contexts).add(str(node.args[0].value))
    ends = {each for each in plain if each in ("refused", "timed-out", "signal", "code")}
    named = (plain - ends) | {f"{context}.{end}" for context in contexts for end in ends} | {"told"}
    known = {key.removeprefix("unknown.") for key in catalogue("en").sentences if key.startswith("unknown.")}
    assert named == known


def test_a_reason_is_told_in_the_reader_s_language() -> None:
    gone = reason("pip-of-gone", path="/a/pip", python="/b/python")
    assert catalogue("en").reason(gone) == "/a/pip belongs to /b/python, which is gone"
    assert catalogue("zh").reason(gone) == "/a/pip 属于 /b/python，而后者已经不在了"


def test_a_reason_of_a_later_version_is_told_as_it_came() -> None:
    assert catalogue("en").reason(reason("not-invented-yet", path="/x")) == "not-invented-yet /x"


def test_a_chinese_value_stands_in_chinese_without_spaces() -> None:
    zh = Catalogue("zh", {"a": "来自 {name} 的", "value.Nanjing University": "南京大学", "b": "{x} {y}"})
    assert zh.text("a", name="Nanjing University") == "来自南京大学的"
    assert zh.text("a", name="PyPI") == "来自 PyPI 的"
    assert zh.text("b", x="一", y="D:\\我的 项目") == "一 D:\\我的 项目", "what is given stays as it is"
