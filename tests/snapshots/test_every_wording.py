"""Every sentence of the catalogue is said somewhere by the code itself, in both languages, with no gap left in it.

A catalogue that notes what is asked of it takes the place of the real one while all of the data set is rendered.
"""

from __future__ import annotations

import itertools
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace

import pytest
from rulebook import CASES
from rulebook import machines as codes

from envdoctor import messages
from envdoctor.assume import assume
from envdoctor.errors import UsageError
from envdoctor.facts import Environment, Facts, Paste
from envdoctor.machine import Machine
from envdoctor.messages import PLACEHOLDER, UNKNOWN, UNNAMED, Catalogue
from envdoctor.planner.asked import Asked
from envdoctor.planner.recipe import recipe
from envdoctor.reason import NOTHING, reason
from envdoctor.reports import story
from envdoctor.reports.diagnosis import Diagnosis
from envdoctor.reports.forms import one, several
from envdoctor.reports.recipe_text import recipe_as_text
from envdoctor.reports.smoke_explain import sections
from envdoctor.reports.smoke_html import as_html
from envdoctor.reports.smoke_markdown import as_markdown
from envdoctor.reports.smoke_plot import picture
from envdoctor.reports.smoke_view import smoke_view
from envdoctor.reports.style import Style
from envdoctor.rules import judge
from envdoctor.smoke.result import SmokeResult
from tests.snapshots.machines import TODAY
from tests.snapshots.rare import PROBES, SAMPLES, every_check
from tests.snapshots.rendering import FORMS, LANGUAGES, snapshot

ELSEWHERE = {
    "run.": "what `install --run` does: said by real runs in tests/execution",
    "mirrors.": "the table of mirrors and what measuring finds: said in tests/mirrors",
    "plan.": "why a build is passed over: said by the cells of tests/planner",
    "install.": "what a plan says of itself: said by the recipes of tests/install and tests/planner",
    "value.": "names of mirrors and of things, which stand inside other sentences",
    "progress.": "whom an examination waits for: drawn on terminals only",
    "smoke.progress": "the same of a smoke run",
}
"""Families whose sentences other tests say; here they are filled with samples."""
FALLBACKS = {
    "env-pythonpath-shadow", "torch-import-failed", "torch-partial-install",
    "fabric-manager-down", "wsl-driver", "memory-low", "os-too-old",
}  # fmt: skip
"""Codes each of whose findings has a wording of its own; the bare title is for a wording yet to come."""
BROKEN = {case.code: case.broken for case in reversed(CASES)}
THREE = ("python-too-old", "gpu-ecc-errors", "toolkit-mismatch")
"""An error, a warning and a note."""
KEPT = {
    "markdown.heading.info",
    "markdown.row.error",
    "markdown.row.warning",
    "smoke.status.skipped",
    "probe.ok",
}
"""One of a row, of which today's reports show the others only."""
LEFT_OVER = re.compile(r"\{[a-z_0-9]+\}")


class Noted(dict[str, str]):
    """The sentences of a catalogue, and the keys that were asked for."""

    def __init__(self, sentences: dict[str, str]) -> None:
        super().__init__(sentences)
        self.said: set[str] = set()

    def get(self, key: str, default: str | None = None) -> str | None:  # type: ignore[override]
        self.said.add(key)
        return super().get(key, default)

    def __getitem__(self, key: str) -> str:
        self.said.add(key)
        return super().__getitem__(key)


@pytest.fixture(scope="module", params=LANGUAGES)
def noted(request: pytest.FixtureRequest) -> Iterator[Catalogue]:
    """The catalogue of a language after everything was rendered in it."""
    language = str(request.param)
    words = Catalogue(language, Noted(dict(messages.catalogue(language).sentences)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(messages, "_read", lambda asked: words)
        patch.setattr(messages, "_spoken", language)
        for said in _everything(words):
            assert not LEFT_OVER.search(said), said
        yield words


def _everything(words: Catalogue) -> Iterator[str]:
    yield from (snapshot(form, words.language) for form in FORMS)
    yield from _reports(words)
    yield from _several(words)
    yield from _runs(words)
    yield from _plans(words)
    yield from _unnamed(words)
    yield story.list_as_text(words, Style())
    yield story.list_as_markdown(words)


def _shown(facts: Facts, words: Catalogue, source: str = "live", *, unhidden: bool = False) -> Diagnosis:
    machine = Machine(facts, today=TODAY)
    return Diagnosis(machine, judge(machine), source, words, str, unhidden=unhidden)


def _reports(words: Catalogue) -> Iterator[str]:
    """The small print: where a Python was found, what could not be learned, what was assumed and left out."""
    told = Style(verbose=True)
    kinds = str(Environment.__annotations__["kind"])
    for kind in re.findall(r"['\"]([\w-]+)['\"]", kinds):
        yield one(_shown(replace(codes.HEALTHY, environment=Environment(kind=kind)), words), "text", told)  # type: ignore[arg-type]
    for key in words.sentences:
        family, _, rest = key.partition(".")
        if family == "found":
            where = replace(codes.VENV, found_by=rest)
            yield one(_shown(replace(codes.HEALTHY, environment=where), words), "text", told)
        elif family == "unknown":
            values = {
                name: NOTHING if name == "said" else str(SAMPLES.get(name, "7")) for name in _gaps(words, key)
            }
            unknown = {"host.glibc": reason(rest, **values)}
            yield one(_shown(replace(codes.HEALTHY, unknown=unknown), words), "text", told)
    for memory in (None, 8 << 30):
        unnamed = replace(codes.RTX4090, name="NVIDIA X", compute_capability=None, memory_total=memory)
        yield one(
            _shown(replace(codes.NOT_RUN, nvml=replace(codes.NVML, gpus=(unnamed,))), words), "html", told
        )
    warned = BROKEN["gpu-ecc-errors"]
    learned = replace(codes.HEALTHY, probes=PROBES, sources={"host.glibc": "ldd --version"})
    yield one(_shown(replace(learned, assumed=("driver=580.88",)), words), "text", told)
    yield one(_shown(learned, words, unhidden=True), "text", told)
    yield one(_shown(replace(warned, probes=PROBES), words), "text", told)
    yield one(_shown(Facts(assumed=("os=windows",)), words), "text", told)
    yield one(_shown(assume(codes.NO_GPU, ("driver=580.88",)), words), "text", told)
    own = replace(codes.PYTHON, executable="~\\dl\\python.exe")
    environment = replace(codes.VENV, active=False, shell_python=None)
    at_home = replace(codes.NO_TORCH, host=codes.WINDOWS, interpreter=own, environment=environment)
    yield one(_shown(at_home, words), "text", told)
    yield one(_shown(replace(BROKEN["gpu-hidden"], host=codes.WINDOWS), words), "text", told)
    yield one(
        _shown(replace(warned, paste=Paste(lines=900_000, left_out=40_000)), words, "log.txt"), "text", told
    )
    yield one(_shown(replace(warned, assumed=("driver=1",)), words, "-"), "markdown", told)
    for signs in (replace(told, spoken=True), replace(told, encoding="ascii")):
        for code in THREE:
            yield one(_shown(BROKEN[code], words), "text", signs)


def _several(words: Catalogue) -> Iterator[str]:
    for form in ("text", "markdown", "html", "json"):
        told = (_shown(BROKEN[code], words, f"{code}.txt") for code in THREE)
        yield "".join(several(told, form, words, Style()))


def _runs(words: Catalogue) -> Iterator[str]:
    """Smoke runs in the forms that snapshots do not show whole, those of several processes, and a real one."""
    for _, result in every_check():
        several_ranks = replace(
            result, facts={**result.facts, "world": 2, "backend": "gloo", "peak_memory": 1}
        )
        slow = replace(result, losses=(), facts={**result.facts, "speedup": 12.0, "cuda": "12.6"})
        auto = replace(
            result, device="cpu", facts={"chosen": "auto", "samples_per_second": 7, "import_seconds": 2.0}
        )
        unfinished = replace(result, facts={"torch": "2.6.0"}, output="it fell", findings=())
        nothing = replace(unfinished, checks=(), verdict="failed")
        for run in (result, several_ranks, slow, auto, unfinished, nothing):
            seen = smoke_view(run, words, str, unhidden=True)
            yield as_markdown(seen, run.losses, (), words)
            yield as_html(seen, picture(run, words), (), words)
    asked = [
        sys.executable,
        "-m",
        "envdoctor",
        "smoke-train",
        "--python",
        sys.executable,
        "--device",
        "cpu",
        "--format",
        "json",
        "--explain",
    ]
    told = json.loads(subprocess.run(asked, capture_output=True, check=True, timeout=300).stdout)
    facts = {
        "walk": told["walk"],
        "held_out_loss": told["training"]["held_out_loss"],
        "held_out_floor": told["training"]["noise"],
    }
    real = SmokeResult(
        verdict="passed", device="cpu", checks=(), losses=tuple(told["loss"]), facts=facts, seconds=9.0
    )
    yield as_html(smoke_view(real, words, str), picture(real, words), sections(real, words), words)


def _plans(words: Catalogue) -> Iterator[str]:
    """Recipes for a few machines and wishes, with the table of builds passed over."""
    wishes = (
        Asked(), Asked(mirror="tuna"), Asked(tool="uv", mirror="official"), Asked(tool="conda"), Asked(backend="cpu"),
        Asked(torch="latest"), Asked(torch="2.9.0", backend="cu130"), Asked(environment="dl", python_version="3.12"),
    )  # fmt: skip
    healthy = codes.HEALTHY
    old = replace(
        healthy, nvidia=replace(codes.DRIVER, driver_version="470.57.02"), nvml=None, cuda_driver=None
    )
    for facts, asked in itertools.product(
        (healthy, codes.NO_GPU, old, codes.python(version="3.6.9")), wishes
    ):
        try:
            made = recipe(Machine(facts, today=TODAY), asked)
        except UsageError:
            continue
        yield recipe_as_text(made, words, str, Style(verbose=True), why=True, seconds=0.1)


def _unnamed(words: Catalogue) -> Iterator[str]:
    """The sentences that do without a value, said where none of their values is known."""
    for key in [key for key in words.sentences if key.endswith(UNNAMED)]:
        whole = key.removesuffix(UNNAMED)
        kept = dict.fromkeys(_gaps(words, key), "7")
        yield words.text(whole, **{**dict.fromkeys(_gaps(words, whole), UNKNOWN), **kept})


def _gaps(words: Catalogue, key: str) -> list[str]:
    return PLACEHOLDER.findall(words.sentences[key])


def _elsewhere(key: str) -> bool:
    return key.startswith(tuple(ELSEWHERE))


def test_every_sentence_is_said(noted: Catalogue) -> None:
    assert isinstance(noted.sentences, Noted)
    bare = {f"finding.{code}.title" for code in FALLBACKS}
    unsaid = set(noted.sentences) - noted.sentences.said - bare - KEPT
    left = sorted(key for key in unsaid if not _elsewhere(key))
    assert not left, "\n".join(left)


def test_what_is_excepted_is_needed(noted: Catalogue) -> None:
    assert isinstance(noted.sentences, Noted)
    said = noted.sentences.said & set(noted.sentences)
    for code in FALLBACKS:
        assert f"finding.{code}.title" not in said, f"{code} is said; it is no exception"
    for family in ELSEWHERE:
        assert any(key.startswith(family) for key in set(noted.sentences) - said), family


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_said_elsewhere_fills_every_gap(language: str) -> None:
    words = messages.catalogue(language)
    for key in filter(_elsewhere, words.sentences):
        said = words.text(key, **dict.fromkeys(_gaps(words, key), "7"))
        assert said.strip() and said != key and not LEFT_OVER.search(said)
